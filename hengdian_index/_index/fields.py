"""The fields of groups and indicators: what may be written in each, and how it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from hengdian_index._files.wording import direction_of, distinct_text, faults_of, plain
from hengdian_index._maths.means import Rule
from hengdian_index._methods.registry import parameters_of
from hengdian_index._scoring.tree import Choice, Frozen, frozen
from hengdian_index._tables.periods import ACCEPTED, read_label
from hengdian_index._tables.selection import value_of
from hengdian_index.errors import Fault, SpecError, among, raise_all, shown, suggestion
from hengdian_index.series import deseasonalise


def _choice(family: str) -> Any:
    return BeforeValidator(lambda given: None if given is None else Choice.of(family, given))


def _or_none(family: str, given: Any) -> Any:
    """Return the choice of a step that may be left out: "none" stands where a wider default shall not hold."""
    return given if given is None or among(given, ("none",)) else Choice.of(family, given)


def _weights(given: Any) -> Any:
    """Return the choice of a group's weights; a plain mapping child -> weight means `fixed`."""
    return None if given is None else Choice.of_weights(given)


def _period(given: Any) -> Any:
    """Return a period as text, checked to be one."""
    if given is not None and (isinstance(given, bool) or read_label(given) is None):
        raise SpecError(f"cannot read {given!r} as a period; write {ACCEPTED}")
    return None if given is None else str(given)


def _seasons(given: Any) -> Any:
    """Return the options of a seasonal adjustment: "stl", "x13", { method = ..., model = ... }, or "none"."""
    if given is None or among(given, ("none",)):
        return given
    options = dict(given) if isinstance(given, Mapping) else {"method": given}
    known = [name for name in parameters_of(deseasonalise) if name not in ("s", "per_year", "details")]
    faults = [f"unknown option {name!r}{suggestion(name, known)}" for name in options if name not in known]
    words = {"method": ("stl", "x13"), "model": ("additive", "multiplicative")}
    for name, allowed in words.items():
        if not among(options.get(name, allowed[0]), allowed):
            faults.append(f"{name}: no {options[name]!r}{suggestion(options[name], allowed)}")
    raise_all(SpecError, faults)
    return Frozen(options)


def _dated_weights(given: Any) -> Any:
    """Return the choices of weights by the period they hold from."""
    if given is None:
        return Frozen()
    if not isinstance(given, Mapping):
        raise SpecError(f"weights by the period they hold from, {{ 2023Q1 = {{ a = 1, b = 2 }} }}, not {given!r}")
    found, faults = dict[str, Any](), list[Fault]()
    for period, choice in given.items():
        try:
            found[_period(period)] = _weights(choice)
        except SpecError as error:
            faults += [fault.under(str(period)) for fault in error.faults]
    raise_all(SpecError, faults)
    return Frozen(found)


Normalise = Annotated[Any, _choice("normalise")]
Aggregate = Annotated[Any, _choice("aggregate")]
Weights = Annotated[Any, BeforeValidator(_weights)]
Treat = Annotated[Any, BeforeValidator(lambda given: _or_none("treat", given))]
Impute = Annotated[Any, BeforeValidator(lambda given: _or_none("impute", given))]
Build = Annotated[Any, _choice("climate")]
Selector = Annotated[Any, BeforeValidator(lambda given: frozen(value_of(given)))]
Seasons = Annotated[Any, BeforeValidator(_seasons)]
Scope = Literal["all", "period"]
WeighScale = Literal["unit", "score"]
Period = Annotated[Any, BeforeValidator(_period)]
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(allow_inf_nan=False)]


def _dumped(value: Any) -> Any:
    """Return a field with the parts of an index in it as mappings."""
    several = isinstance(value, tuple) and any(isinstance(one, Part) for one in value)
    return tuple(part.model_dump() for part in value) if several else value


class Part(BaseModel):
    """What groups, indicators and the index share: strict, frozen, unknown keys refused, faults as SpecError.

    What pydantic gives a model to go round its checks is refused, or does the same as making the part anew.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", arbitrary_types_allowed=True)

    def __init__(self, /, *place: Any, **data: Any) -> None:
        if self.__dict__:
            raise SpecError(self._unchanged)
        by_place = dict(zip(type(self).model_fields, place, strict=False))
        twice = [name for name in by_place if name in data]
        raise_all(SpecError, [f"{name} is given twice, by its place and by its name" for name in twice])
        given = {**data, **by_place}
        who = f"{type(self).__name__.lower()} {given['code']!r}: " if "code" in given else ""
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise SpecError(*faults_of(error, type(self), who)) from None

    def __replace__(self, /, **changes: Any) -> Self:
        """Return another with some fields changed, checked as any; `copy.replace` of Python 3.13 calls it."""
        return type(self)(**{**{name: getattr(self, name) for name in self.model_fields_set}, **changes})

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any = None) -> Self:
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        raise SpecError(f"{name}: {self._unchanged}")

    def __delattr__(self, name: str) -> None:
        raise SpecError(f"{name}: {self._unchanged}")

    def __setstate__(self, state: Any) -> None:
        if self.__dict__:
            raise SpecError(self._unchanged)
        super().__setstate__(state)

    @property
    def _unchanged(self) -> str:
        return "a part of an index is frozen; index.replace({address: choice}) gives another index"

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return the same, or another with some fields changed, checked as any."""
        return self.__replace__(**(update or {}))

    def copy(self, *, update: Mapping[str, Any] | None = None, **options: Any) -> Self:
        """Return the same, or another with some fields changed, checked as any."""
        if options.pop("include", None) is not None or options.pop("exclude", None) is not None:
            raise SpecError("copy: fields are not left out so; index.replace({address: choice}) gives another index")
        return self.__replace__(**(update or {}))

    @classmethod
    # The plugin of pydantic writes another signature for every model.
    def model_construct(cls, _fields_set: Any = None, **values: Any) -> Self:  # type: ignore[override]
        """Refuse: nothing would be checked."""
        raise SpecError(f"model_construct checks nothing; make {cls.__name__}(...), or change one with index.replace")

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Return the part that a mapping of its fields describes."""
        if isinstance(obj, cls):
            return obj
        if not isinstance(obj, Mapping):
            raise SpecError(f"a mapping of the fields of {cls.__name__}, not {shown(obj)}")
        return cls(**obj)

    def model_dump(self, *, mode: str = "python", **options: Any) -> dict[str, Any]:
        """Return the fields that were given, the parts as mappings; `model_validate` of it is the same value."""
        if mode != "python":
            raise SpecError(f"model_dump: {self._no_json}")
        asked = [name for name, option in options.items() if option]
        if asked:
            raise SpecError(f"model_dump: no {', '.join(asked)}; it returns the fields that were given")
        given = ((name, getattr(self, name)) for name in type(self).model_fields if name in self.model_fields_set)
        return {name: _dumped(value) for name, value in given}

    def model_dump_json(self, **options: Any) -> str:
        """Refuse: an index is written as TOML, or as a workbook."""
        raise SpecError(f"model_dump_json: {self._no_json}")

    def json(self, **options: Any) -> str:
        """Refuse: an index is written as TOML, or as a workbook."""
        raise SpecError(f"json: {self._no_json}")

    @property
    def _no_json(self) -> str:
        return "nothing is written as JSON; index.to_toml() is text, index.write(path) a TOML file or a workbook"

    @classmethod
    def from_orm(cls, obj: Any) -> Self:
        """Refuse: fields are given by name."""
        raise SpecError(f"from_orm: give the fields, {cls.__name__}(...), or a mapping of them to model_validate")

    @classmethod
    def parse_raw(cls, b: Any, **options: Any) -> Self:
        """Return the part that JSON text describes."""
        return cls.model_validate_json(b)

    @classmethod
    def parse_file(cls, path: Any, **options: Any) -> Self:
        """Refuse: `Index.read` reads files."""
        raise SpecError("parse_file: hi.Index.read(path) reads a TOML file or a workbook")

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Return the part that JSON text describes."""
        try:
            return cls.model_validate(json.loads(json_data))
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError, TypeError) as error:
            raise SpecError(f"not valid JSON: {error}") from None

    @classmethod
    def model_validate_strings(cls, obj: Any, **options: Any) -> Self:
        """Refuse: a text is no number."""
        raise SpecError(f"a text is no number here; make {cls.__name__}(...) of values, or read TOML")

    def distinct(self) -> dict[str, Any]:
        """Return the fields that were given, functions told apart by their code."""
        given = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        return {name: distinct_text(value) for name, value in given.items()}

    def said(self) -> dict[str, Any]:
        """Return the fields that were given, as plain values for TOML."""
        given = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        return {name: plain(value) for name, value in given.items() if value is not None}


class Group(Part):
    """A group of indicators or of other groups, scored from its children.

    Choices left out are those of the index; `weight` is the group's own weight in its parent. `weights_since` gives
    the weights from later periods on, `{ 2023Q1 = { a = 1, b = 2 } }`. With `scope` "period" a method that compares
    rows (TOPSIS, Copeland) sees those of one period. With `weigh_scale` "score" weights are learnt from scores as they
    are, not on the scale 0 to 1.
    """

    code: str
    parent: str | None = None
    name: str = ""
    weight: Weight | None = None
    normalise: Normalise = None
    weights: Weights = None
    aggregate: Aggregate = None
    treat: Treat = None
    impute: Impute = None
    missing: Rule | None = None
    coverage: Share | None = None
    deseasonalise: Seasons = None
    scope: Scope | None = None
    weigh_scale: WeighScale | None = None
    weights_since: Annotated[Any, BeforeValidator(_dated_weights)] = Frozen()


class Indicator(Part):
    """An indicator: a column of the table, its group, its direction, and what is done to its values.

    `denominator` names a column to divide by; `coverage` is the least share of fit rows that must have a value;
    `treat` and `impute` are choices or "none". `build` makes it of other columns: `{ method = "diffusion", up =
    "rose", same = "same" }`. It counts from the period `start` to `end`; one that `replaces` another takes its place
    and, unless it has its own, its weight from `start` on. `fit_on` are the rows its bounds are learnt from.
    """

    code: str
    parent: str | None = None
    name: str = ""
    direction: Annotated[Any, BeforeValidator(direction_of)] = 1
    weight: Weight | None = None
    unit: str = ""
    denominator: str | None = None
    normalise: Normalise = None
    treat: Treat = None
    impute: Impute = None
    missing: Rule | None = None
    coverage: Share | None = None
    deseasonalise: Seasons = None
    build: Build = None
    fit_on: Selector = None
    start: Period = None
    end: Period = None
    replaces: str | None = None
