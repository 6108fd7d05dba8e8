"""A fit as a file and back: frozen values as JSON, exact to the bit, sealed by a hash."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from hengdian_index._methods.registry import FAMILIES, Method, find, method_of
from hengdian_index._scoring.choice import Choice, Frozen
from hengdian_index._scoring.tree import Branch, Leaf, Tree
from hengdian_index._system.about import __version__
from hengdian_index._system.written import whole
from hengdian_index._tables.table import Array
from hengdian_index._values.stored import restored, word_of
from hengdian_index._words.said import Joined, Said, Shown, joined, said
from hengdian_index.errors import DataError, Fault, FaultsError, SpecError, cause, raise_all, shown

T = TypeVar("T")

FORMAT, VERSION = "hengdian_index fitted", 2
"""What the file calls itself, and the version of its layout; any change of the layout is another version."""

# The mark of a value that JSON has no word for.
_TAG = "$"
# The words of version 1, which were the classes of hengdian_index 0.1.0 and their modules.
_VERSION_1 = {
    "maps.Target": "target",
    "maps.Between": "between",
    "maps.Affine": "affine",
    "maps.Clip": "clip",
    "maps.Ranks": "ranks",
    "maps.Mirror": "mirror",
    "maps.Distance": "distance",
    "maps.Reciprocal": "reciprocal",
    "maps.Log": "logarithm",
    "maps.Exponential": "exponential",
    "maps.Chain": "chain",
    "maps.Split": "split",
    "means.Missing": "missing rule",
    "learning.OwnMap": "registered map",
    "preparation.Block": "imputation",
    "preparation.Preparation": "preparation",
    "building.Build": "build",
    "contents.Content": "content",
    "engine.Fitted": "fit",
    "tree.Choice": "choice",
    "tree.Leaf": "indicator",
    "tree.Branch": "group",
    "tree.Tree": "tree",
    "tree.Setting": "setting",
    "journal.Entry": "log entry",
    "seasons.Pattern": "seasonal pattern",
    "seasons.Seasons": "seasons",
    "treatment.FittedTreatment": "treatment",
    "filling.OwnFiller": "registered filler",
    "normalise.centred.Logistic": "logistic",
    "normalise.sizes.NotNegative": "not negative",
    "normalise.steps.Steps": "steps",
    "normalise.steps.Sides": "sides",
    "treat.curves.Power": "power curve",
    "treat.curves.YeoJohnson": "yeo-johnson curve",
    "treat.ratios.FittedRatio": "ratio",
    "impute.averages.Constants": "constants",
    "impute.averages.GroupConstants": "group constants",
    "impute.learned.Neighbours": "neighbours",
    "impute.learned.Regression": "regression",
    "impute.likeness.Peers": "peers",
    "impute.times.Carry": "carry forward",
    "impute.times.Line": "interpolation",
    "rows.spellings.Frequency": "frequency",
}
_REGISTER = {
    "normalise": "hengdian_index.normalising",
    "weights": "hengdian_index.weighting",
    "aggregate": "hengdian_index.aggregating",
    "treat": "hengdian_index.treating",
    "impute": "hengdian_index.imputing",
}
# Where a fit keeps, by indicator, what a step learnt.
_STEPS = {"builds": "build", "treatments": "treat", "maps": "normalise"}


def save(path: str | os.PathLike[str], fitted: Any) -> None:
    """Write a fit to a JSON file, whole or not at all; the same fit gives the same bytes.

    Raises
    ------
    SpecError
        Functions that are no registered methods, and values of other libraries: all of them, each with its place; a
        folder that cannot be written to.
    """
    _replace(Path(path), json.dumps(_written(fitted), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def seal(fitted: Any) -> str:
    """Return the SHA-256 of a fit, as its file has it; of one that cannot be saved, that of its spec and its rows."""
    try:
        return str(_written(fitted)["sha256"])
    except SpecError:
        return _seal({"spec": fitted.setting.fingerprint, "rows": fitted.rows["sha256"]})


def _written(fitted: Any) -> dict[str, Any]:
    """Return a fit as its file has it."""
    raise_all(SpecError, list(_unregistered(fitted.tree)))
    faults: list[Fault] = []
    content = _encoded(fitted, (), faults)
    raise_all(SpecError, faults)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "package": __version__,
        "spec_sha256": fitted.setting.fingerprint,
        "data_sha256": fitted.rows["sha256"],
        "content": content,
    }
    document["sha256"] = _seal(document)
    return document


def load(path: str | os.PathLike[str], kind: type[T]) -> T:
    """Return the fit that a file holds.

    Raises
    ------
    DataError
        No such file; a file that is cut off, of another format or version, or was edited after it was saved.
    SpecError
        A method of the fit that is not registered here.
    """
    import hengdian_index._scoring  # noqa: F401  # fills the registry, and loads the classes that methods learn

    file = Path(path)
    document = _document(file)
    try:
        found = _decoded(document["content"], _VERSION_1 if document["version"] == 1 else {})
    except FaultsError as error:
        told = [
            Said(
                "{name}: {fault}; import the module that registers it before loading",
                name=file.name,
                fault=fault.message,
            )
            for fault in error.faults
        ]
        raise SpecError(*told) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise DataError(
            Said(
                "{name}: {other_package} ({error})",
                name=file.name,
                other_package=_other_package(document),
                error=cause(error),
            )
        ) from None
    if not isinstance(found, kind):
        raise DataError(
            Said(
                "{name}: holds a {found}, not a {kind}", name=file.name, found=type(found).__name__, kind=kind.__name__
            )
        )
    return found


def _unregistered(tree: Tree) -> Iterator[Fault]:
    """Yield a fault for each choice that is a function without a registered name."""
    nodes: tuple[Leaf | Branch, ...] = (*tree.leaves, *tree.branches)
    for node in nodes:
        who = (
            Said("indicator {name!r}", name=node.code)
            if isinstance(node, Leaf)
            else Said("group {name!r}", name=node.code)
        )
        later = list(node.weights_since.values()) if isinstance(node, Branch) else []
        chosen = [(field.name, getattr(node, field.name)) for field in fields(node)]
        for step, choice in [*chosen, *(("weights_since", choice) for choice in later)]:
            for method in _methods(choice) if isinstance(choice, Choice) else ():
                if not method.registered:
                    yield Fault(joined([who, step, _remedy(method)], "heads"), (who, step))


def _methods(choice: Choice) -> Iterator[Method]:
    """Yield the method of a choice and those of its parts."""
    yield choice.method
    for part in choice.parts:
        yield from _methods(part)


def _remedy(method: Method) -> Said:
    known = FAMILIES[method.family].get(method.name)
    if known is not None:
        return Said(
            "another function has taken the name {name!r}, so this one cannot be saved; fit again with it",
            name=method.name,
        )
    return Said(
        "{name} is no registered method, so it cannot be saved; decorate it with {decorator}",
        name=method.name,
        decorator=_REGISTER.get(method.family) or Said("the decorator of {family}", family=method.family),
    )


class _Kind(NamedTuple):
    """How values of a type are taken apart into parts that can be written, and made of them again."""

    type: type[Any]
    parts: Callable[[Any], dict[str, Any]]
    made: Callable[..., Any]


def _array_parts(array: Array) -> dict[str, Any]:
    """Return the parts of an array; sums depend on its order in memory, so that is kept."""
    kept = array.copy(order="K")
    order: Literal["C", "F"] = "F" if kept.flags.f_contiguous and not kept.flags.c_contiguous else "C"
    flat = kept.ravel(order=order)
    if array.dtype.kind in "mM":
        flat = flat.view(np.int64)
    elif array.dtype.kind not in "biufUO" or (array.dtype.kind == "f" and array.dtype.itemsize > 8):
        raise TypeError(array.dtype)
    items = flat.tolist()
    values = [None if item != item else item for item in items] if array.dtype.kind == "f" else items
    return {"dtype": array.dtype.str, "shape": array.shape, "order": order, "values": tuple(values)}


def _array(dtype: str, shape: tuple[int, ...], order: Any, values: tuple[Any, ...]) -> Array:
    try:
        kind = np.dtype(dtype)
    except SyntaxError:
        # NumPy reads a text with a comma in it as Python.
        raise ValueError(f"no type {dtype!r}") from None
    if kind.kind == "O":
        return np.fromiter(values, dtype=object, count=len(values)).reshape(shape, order=order)
    if kind.kind == "f":
        values = tuple(math.nan if value is None else value for value in values)
    stored = np.array(values, dtype=np.int64).view(kind) if kind.kind in "mM" else np.array(values, dtype=kind)
    return stored.reshape(shape, order=order)


def _timestamp(text: str, zone: str | None) -> Any:
    found = pd.Timestamp(text)
    return found if zone is None else found.tz_convert(zone)


_KINDS = {
    "float": _Kind(float, lambda x: {"text": repr(x)}, lambda text: float(text)),
    "list": _Kind(list, lambda x: {"items": tuple(x)}, lambda items: list(items)),
    "dict": _Kind(dict, lambda x: {"items": tuple(x.items())}, lambda items: dict(items)),
    "frozen": _Kind(Frozen, lambda x: {"items": tuple(x.items())}, lambda items: Frozen(items)),
    "slice": _Kind(slice, lambda x: {"start": x.start, "stop": x.stop, "step": x.step}, lambda **x: slice(*x.values())),
    "date": _Kind(date, lambda x: {"text": x.isoformat()}, lambda text: date.fromisoformat(text)),
    "time": _Kind(datetime, lambda x: {"text": x.isoformat()}, lambda text: datetime.fromisoformat(text)),
    "timestamp": _Kind(
        pd.Timestamp, lambda x: {"text": x.isoformat(), "zone": None if x.tz is None else str(x.tz)}, _timestamp
    ),
    "period": _Kind(pd.Period, lambda x: {"ordinal": x.ordinal, "freq": x.freqstr}, lambda **x: pd.Period(**x)),
    "array": _Kind(np.ndarray, _array_parts, _array),
    "number": _Kind(np.generic, lambda x: {"array": np.asarray(x)}, lambda array: array[()]),
    "said": _Kind(Said, lambda x: x.parts(), lambda **x: said(**x)),
    "joined": _Kind(Joined, lambda x: x.parts(), lambda **x: joined(**x)),
    "shown": _Kind(Shown, lambda x: {"text": str.__str__(x), "quoted": x.quoted}, lambda **x: Shown(**x)),
    "method": _Kind(Method, lambda x: {"family": x.family, "name": x.name}, find),
}
_TAGS = {kind.type: tag for tag, kind in _KINDS.items()}


def _encoded(value: Any, place: tuple[str, ...], faults: list[Fault]) -> Any:
    """Return a value as JSON has it; what cannot be written becomes a fault."""
    if value is None or type(value) in (bool, int, str) or (type(value) is float and math.isfinite(value)):
        return value
    if type(value) is tuple:
        return [_encoded(item, place, faults) for item in value]
    if type(value) is Frozen and _TAG not in value and all(type(key) is str for key in value):
        return {key: _encoded(part, (*place, key), faults) for key, part in value.items()}
    try:
        tag, parts = _parts(value)
    except TypeError:
        faults.append(
            Fault(
                Said(
                    "{where}: {described} cannot be saved; {advice}",
                    where=_words(place),
                    described=_described(value),
                    advice=_advice(place),
                ),
                place,
            )
        )
        return None
    # The keys of a mapping say where its parts are.
    if tag in ("dict", "frozen"):
        items = [[_encoded(k, place, faults), _encoded(v, (*place, str(k)), faults)] for k, v in parts["items"]]
        return {_TAG: tag, "items": items}
    return {_TAG: tag, **{name: _encoded(part, (*place, name), faults) for name, part in parts.items()}}


def _parts(value: Any) -> tuple[str, dict[str, Any]]:
    """Return the tag of a value and its parts; a TypeError for what has none."""
    if isinstance(value, (pd.Index, pd.Series)):
        value = value.to_numpy()
    kind = np.generic if isinstance(value, np.generic) else type(value)
    if kind in _TAGS:
        return _TAGS[kind], _KINDS[_TAGS[kind]].parts(value)
    word = word_of(kind)
    if word is not None:
        return word, {field.name: getattr(value, field.name) for field in fields(value)}
    method = method_of(value)
    if method is None:
        raise TypeError(kind)
    return "function", {"method": method}


def _decoded(said: Any, alias: Mapping[str, str]) -> Any:
    """Return the value that JSON stands for; `alias` are the words of an earlier version of the format."""
    if isinstance(said, list):
        return tuple(_decoded(part, alias) for part in said)
    if not isinstance(said, dict):
        return said
    parts = {name: _decoded(part, alias) for name, part in said.items() if name != _TAG}
    if _TAG not in said:
        return Frozen(parts)
    tag = said[_TAG]
    if tag in _KINDS:
        return _KINDS[tag].made(**parts)
    if tag == "function":
        return parts["method"].function
    return restored(alias.get(tag, tag), parts)


def _words(place: tuple[str, ...]) -> Said:
    """Return where in a fit something is, in the words of a spec."""
    field, code, *_ = (*(place[1:] if place[:1] == ("preparation",) else place), "", "")
    if field in _STEPS:
        return joined([Said("indicator {name!r}", name=code), _STEPS[field]], "heads")
    return joined(["impute" if field == "blocks" else ".".join(place)])


def _described(value: Any) -> Said:
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    name = getattr(value, "__name__", "")
    return Said("{name} ({kind})", name=name, kind=kind) if name else Said("a value ({kind})", kind=kind)


def _advice(place: tuple[str, ...]) -> Said:
    if {"blocks", *_STEPS} & set(place[:2]):
        return Said(
            "choose a method of the package, or register a function that returns numbers or a fitted map of the package"
        )
    return Said("write it as a number, a text, a date, or a list or an array of these")


def _document(file: Path) -> dict[str, Any]:
    """Return what a file holds, checked: its format, its version, its seal."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise DataError(Said("{file}: no such file", file=file)) from None
    except (OSError, ValueError) as error:
        why = cause(error, (error.strerror or "") if isinstance(error, OSError) else "")
        raise DataError(
            Said("{file}: cannot be read ({why}); give a file that Fitted.save wrote", file=file, why=why)
        ) from None
    try:
        document = json.loads(content.decode("utf-8-sig"))
        seal = _seal(document) if isinstance(document, dict) else ""
    except (ValueError, RecursionError) as error:
        raise DataError(
            Said(
                "{name}: damaged or cut off, for it is no JSON ({error}); save the fit again",
                name=file.name,
                error=cause(error),
            )
        ) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise DataError(Said("{name}: not a fit saved by hengdian_index", name=file.name))
    if document.get("version") not in (1, VERSION):
        raise DataError(
            Said(
                "{name}: version {found} of the format, this is version {version}; {other_package}",
                name=file.name,
                found=shown(document.get("version")),
                version=VERSION,
                other_package=_other_package(document),
            )
        )
    if document.get("sha256") != seal:
        raise DataError(
            Said(
                "{name}: edited or damaged since it was saved, for its contents do not agree with its hash; save the "
                "fit again, or change the index and fit it again",
                name=file.name,
            )
        )
    return document


def _other_package(document: Mapping[str, Any]) -> Said:
    return Said(
        "hengdian_index {package} wrote the file, and this is {version}; fit the index again, or load the file with "
        "the version that wrote it",
        package=document.get("package"),
        version=__version__,
    )


def _seal(document: Mapping[str, Any]) -> str:
    """Return the hash of everything in a document but the hash itself."""
    rest = {name: part for name, part in document.items() if name != "sha256"}
    text = json.dumps(rest, ensure_ascii=True, separators=(",", ":"))
    return sha256(text.encode("ascii")).hexdigest()


def _replace(path: Path, text: str) -> None:
    """Put a text in the place of a file; a failure leaves the old file as it was."""
    try:
        with whole(path) as part, part.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        why = Said(
            "{path}: cannot be written ({why}); choose another name or folder",
            path=path,
            why=cause(error, error.strerror or ""),
        )
        raise SpecError(why) from None
