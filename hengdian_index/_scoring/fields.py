"""The fields of groups and indicators: one list, from which addresses, sheets, files and the tree follow.

A field is written once, as an annotated line of a `Part`. Its type says what is checked and shown; markers beside the
type say the rest: `Choosable` from which family a method is chosen, `Inherited` that a part without a choice of its
own takes that of the group, or of the index, above.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, MISSING, dataclass, fields, is_dataclass
from dataclasses import Field as DataclassField
from functools import cache
from inspect import Parameter, Signature
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    Protocol,
    Self,
    TypeAlias,
    TypeVar,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, ValidationError, create_model
from pydantic.fields import FieldInfo

from hengdian_index._maths.arithmetic import Halves
from hengdian_index._maths.doubts import read_doubts, said
from hengdian_index._maths.maps import Direction, Rounded
from hengdian_index._maths.means import PartRule
from hengdian_index._methods.registry import code_of, parameters_of
from hengdian_index._scoring.choice import Choice, Frozen, frozen, read_direction, thawed
from hengdian_index._tables.cells import is_missing, number_of, single
from hengdian_index._tables.form import Form
from hengdian_index._tables.periods import ACCEPTED, read_label
from hengdian_index._tables.selection import LabelledMask, value_of
from hengdian_index._words.choices import value_meant
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import Fault, FaultsError, SpecError, among, fewer, raise_all, shown, suggestion
from hengdian_index.series import deseasonalise

T = TypeVar("T")
Kept = TypeVar("Kept", covariant=True)
Taken = TypeVar("Taken", contravariant=True)


class Read(Generic[Kept, Taken]):
    """The type of a field that holds something else than what it is given: `Read[held, given]`."""

    def __get__(self, part: object, kind: Any = None, /) -> Kept:
        """Return what the part holds."""
        raise NotImplementedError

    def __set__(self, part: object, given: Taken, /) -> None:
        """Take what a user gives."""
        raise NotImplementedError


Is: TypeAlias = Read[T, T]
"""The type of a field that holds what it is given, where that of a wider class is `Read`."""


@dataclass(frozen=True)
class Choosable:
    """A marker: the field is a choice of a method of some family; with `or_none`, "none" is a choice, too."""

    family: str
    or_none: bool = False

    def read(self, given: Any) -> Any:
        """Return the choice that a user's words stand for; "none" stands where a wider default shall not hold."""
        if (
            self.or_none
            and isinstance(given, str)
            and not given.isascii()
            and value_meant(self.family, given) == "none"
        ):
            return "none"
        if given is None or (self.or_none and among(given, ("none",))):
            return given
        return Choice.of_weights(given) if self.family == "weights" else Choice.of(self.family, given)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return BeforeValidator(self.read).__get_pydantic_core_schema__(source, handler)


_PASSED_DOWN = "passed down"
Inherited: TypeAlias = Annotated[T, _PASSED_DOWN]
"""A marker: where a part leaves the field out, the group or the index above decides."""


def _period(given: Any) -> Any:
    """Return a period as text, checked to be one."""
    if given is not None and (isinstance(given, bool) or read_label(given) is None):
        raise SpecError(Said("cannot read {given!r} as a period; write {accepted}", given=given, accepted=ACCEPTED))
    return None if given is None else str(given)


def _seasons(given: Any) -> Any:
    """Return the options of a seasonal adjustment: "stl", "x13", { method = ..., model = ... }, or "none"."""
    if given is None or among(given, ("none",)):
        return given
    options = dict(given) if isinstance(given, Mapping) else {"method": given}
    known = [name for name in parameters_of(deseasonalise) if name not in ("s", "per_year", "details")]
    faults = _unknown(options, known)
    words = {"method": ("stl", "x13"), "model": ("additive", "multiplicative")}
    for name, allowed in words.items():
        if not among(options.get(name, allowed[0]), allowed):
            faults.append(_no_such(name, options[name], allowed))
    raise_all(SpecError, faults)
    return Frozen(options)


def _unknown(options: Mapping[Any, Any], known: Sequence[str]) -> list[Said]:
    """Return a fault for each option that there is not."""
    return [
        Said("unknown option {name!r}{guess}", name=name, guess=suggestion(name, known))
        for name in options
        if not among(name, known)
    ]


def _no_such(name: str, given: Any, allowed: Sequence[str]) -> Said:
    """Return the fault of an option that is none of its words."""
    return Said("{name}: no {given}{guess}", name=name, given=shown(given), guess=suggestion(given, allowed))


_GROWTH = {"on": ("year", "period"), "form": ("percent", "index")}


def _growth(given: Any) -> Any:
    """Return what growth is on, in which form, and the column of levels: "year", { on = "year", form = "index" }."""
    if given is None:
        return None
    said = dict(given) if isinstance(given, Mapping) else {"on": given}
    if isinstance(said.get("on"), str):
        said["on"] = value_meant("growth", said["on"]) or said["on"]
    faults = _unknown(said, (*_GROWTH, "level"))
    faults += [] if "on" in said else [Said('on is missing: on = "year" or on = "period"')]
    for name, words in _GROWTH.items():
        if name in said and not among(said[name], words):
            faults.append(_no_such(name, said[name], words))
    if "level" in said and not (isinstance(said["level"], str) and said["level"].strip()):
        faults.append(Said("level: a column of the table, not {given}", given=shown(said["level"])))
    raise_all(SpecError, faults)
    if said.get("form") == "percent":
        del said["form"]
    return said["on"] if len(said) == 1 else Frozen(said)


def _rounding(given: Any) -> Any:
    """Return to how many digits scores are rounded, with where a half goes if not away from 0."""
    if given is None:
        return None
    said = dict(given) if isinstance(given, Mapping) else {"digits": given}
    faults = _unknown(said, _ROUNDING)
    digits, ties = said.get("digits"), said.get("ties", "away")
    if not isinstance(digits, (int, np.integer)) or isinstance(digits, bool) or abs(int(digits)) > _MOST_DIGITS:
        faults.append(
            Said(
                "digits: a whole number from -{most} to {most} is needed, not {given}",
                most=_MOST_DIGITS,
                given=shown(digits),
            )
        )
    if not among(ties, get_args(Halves)):
        faults.append(_no_such("ties", ties, get_args(Halves)))
    raise_all(SpecError, faults)
    return int(said["digits"]) if ties == "away" else Frozen(digits=int(said["digits"]), ties=ties)


_ROUNDING = ("digits", "ties")
_MOST_DIGITS = 15


def rounding_of(part: Any) -> Rounded | None:
    """Return how the scores of a group or an indicator are rounded, None where they are not."""
    given = part.round
    return None if given is None else Rounded(**given) if isinstance(given, Mapping) else Rounded(given)


_WEIGHTS_FORM = {"form": ("shares",), "link": ("period", "year")}


def _weights_form(given: Any) -> Any:
    """Return what weights are: "plain", "shares", { form = "shares", link = "year", prices = 2 }."""
    if among(given, ("plain", "shares")):
        return given
    said = dict(given) if isinstance(given, Mapping) else {"form": given}
    faults = _unknown(said, (*_WEIGHTS_FORM, "prices"))
    faults += [] if "form" in said else [Said('form is missing: form = "shares"')]
    for name, words in _WEIGHTS_FORM.items():
        if name in said and not among(said[name], words):
            faults.append(_no_such(name, said[name], ("plain", "shares") if name == "form" else words))
    prices = said.get("prices", "link")
    whole = isinstance(prices, int) and not isinstance(prices, bool)
    if not (0 < prices < _YEARS_AGO if whole else among(prices, ("link",)) or _is_span(prices)):
        faults.append(
            Said(
                'prices: "link", how many calendar years before, 2, or the periods, "2013", not {given}',
                given=shown(prices),
            )
        )
    raise_all(SpecError, faults)
    left = {name: value for name, value in said.items() if value != _FORM_BY_DEFAULT[name]}
    return Frozen({"form": "shares", **left}) if left else "shares"


# A larger number is the label of a year.
_YEARS_AGO = 100
_FORM_BY_DEFAULT = {"form": "shares", "link": "period", "prices": "link"}


def _is_span(given: Any) -> bool:
    """Return whether a text names a period, or the first and the last of several."""
    ends = str(given).split(":") if isinstance(given, str) else []
    return 0 < len(ends) <= 2 and all(read_label(end) is not None for end in ends)


def _dated_weights(given: Any) -> Any:
    """Return the choices of weights by the period they hold from."""
    if given is None:
        return Frozen()
    if not isinstance(given, Mapping):
        raise SpecError(
            Said("weights by the period they hold from, {{ 2023Q1 = {{ a = 1, b = 2 }} }}, not {given!r}", given=given)
        )
    found, faults = dict[str, Any](), list[Fault]()
    for period, choice in given.items():
        try:
            found[_period(period)] = None if choice is None else Choice.of_weights(choice)
        except SpecError as error:
            faults += [fault.under(str(period)) for fault in error.faults]
    raise_all(SpecError, faults)
    return Frozen(found)


def _weights_of_parts(given: Any) -> Any:
    """Return the weights of groups and indicators by the period they hold from; of a table its rows are periods."""
    if given is None:
        return Frozen()
    if hasattr(type(given), "columns") and not isinstance(given, Mapping):
        given = _rows_by_period(given)
    if not isinstance(given, Mapping) or not all(isinstance(some, Mapping) for some in given.values()):
        raise SpecError(
            Said(
                "weights of parts by the period they hold from, {{ 2023 = {{ a = 1, b = 2 }} }}, or a table of periods "
                "by codes, not {given}",
                given=shown(given),
            )
        )
    found, faults = dict[str, Any](), list[Fault]()
    for period, some in given.items():
        try:
            when = _period(period)
            if when in found:
                raise SpecError(Said("{period} is given twice", period=when))
            found[when] = Frozen({code: _weight_of(code, one) for code, one in some.items() if not is_missing(one)})
        except SpecError as error:
            faults += [fault.under(str(period), saying=Said("{period}: ", period=period)) for fault in error.faults]
    raise_all(SpecError, faults)
    return Frozen(found)


def _weight_of(code: Any, given: Any) -> float:
    number = number_of(given)
    if number is None or not 0 <= number < np.inf:
        raise SpecError(Said("{code!r}: a weight of 0 or more is needed, not {given}", code=code, given=shown(given)))
    return float(number)


def _rows_by_period(frame: Any) -> dict[Any, Any]:
    """Return the rows of a table by their period: the label of the row, or its first column."""
    import narwhals.stable.v2 as nw
    import pandas as pd

    try:
        table = frame if isinstance(frame, pd.DataFrame) else nw.from_native(frame, eager_only=True).to_pandas()
    except TypeError:
        raise SpecError(Said("a table of weights is needed, not {kind}", kind=type(frame).__name__)) from None
    if table.index.name is None and isinstance(table.index, pd.RangeIndex) and table.shape[1]:
        table = table.set_index(table.columns[0])
    twice = [str(one) for one in table.index[table.index.duplicated()].unique()]
    raise_all(SpecError, [Said("the period {period} has two rows", period=one) for one in twice])
    return {
        period: dict(zip(map(str, table.columns), row, strict=True)) for period, *row in table.itertuples(name=None)
    }


def _units(given: Any) -> Any:
    """Return the units that an index names."""
    if given is None:
        return None
    names = frozen([given] if single(given) else value_of(given))
    if not isinstance(names, tuple) or not all(type(one) in (str, int, float) and str(one).strip() for one in names):
        raise SpecError(Said('names of units, ["Paris", "Rome"], not {given}', given=shown(given)))
    twice = [one for one, count in Counter(map(str, names)).items() if count > 1]
    raise_all(SpecError, [Said("{unit} is named twice", unit=shown(one)) for one in twice])
    return names


def _groups_of_units(given: Any) -> Any:
    """Return columns of groups of units, each alone or with the column that weighs the units in their mean."""
    several = given if isinstance(given, (list, tuple)) else [given]
    faults = []
    for one in several:
        keys = set(one) if isinstance(one, Mapping) else {"by"} if isinstance(one, str) else set()
        texts = one.values() if isinstance(one, Mapping) else [one]
        right = len(keys & {"by", "name"}) == 1 and keys <= {"by", "name", "weights"}
        if not right or not all(isinstance(text, str) and text.strip() for text in texts):
            faults.append(
                Said(
                    '"region", {{ by = "region", weights = "people" }}, or for all units '
                    '{{ name = "all", weights = "people" }}; not {given}',
                    given=shown(one),
                )
            )
    raise_all(SpecError, faults)
    return frozen(list(several))


def whose_base(given: Any) -> Any:
    """Return whose level in the base is that of all units: "mean", "Germany", { weights = "people" }."""
    if isinstance(given, Mapping):
        if len(given) == 1 and (set(given) == {"unit"} or isinstance(given.get("weights"), str)):
            return Frozen(given)
    elif given is None or (isinstance(given, (str, int, float)) and not isinstance(given, bool) and str(given).strip()):
        return "unit" if given is None else given
    raise SpecError(
        Said(
            '"unit", each its own; "mean", "weighted", {{ weights = "people" }}, or a unit, "Germany", for all; '
            "not {given}",
            given=shown(given),
        )
    )


def _form(given: Any) -> Any:
    """Return what an index says of the form of its tables, the fields that it gives alone."""
    if given is None:
        return None
    form = Form.of(given)
    said = given if isinstance(given, Mapping) else form.said
    return frozen({name: getattr(form, name) for name in said if said[name] is not None})


def _doubts(given: Any) -> Any:
    """Return what is uncertain in an index by its address, alternatives as hashable values."""
    found = {} if given is None else read_doubts(given)
    return Frozen((at, _alternatives(at, one) if isinstance(one, (list, tuple)) else one) for at, one in found.items())


def _alternatives(address: str, given: Sequence[Any]) -> tuple[Any, ...]:
    picks_rows = address.rpartition(".")[2] in ("fit_on", "base")
    return tuple(frozen(value_of(one) if picks_rows else one) for one in given)


class Labelled(Protocol):
    """A labelled row of numbers, such as a pandas Series."""

    def to_dict(self) -> Any:
        """Return label -> number."""


Named: TypeAlias = str | Mapping[str, Any] | Callable[..., Any] | Choice | None
"""How a user says a choice: a method's name, `{"method": name, option: value}`, or a function."""

Normalise = Annotated[Read[Choice | None, Named], Choosable("normalise")]
Aggregate = Annotated[Read[Choice | None, Named], Choosable("aggregate")]
Weights = Annotated[Read[Choice | None, Named | Labelled], Choosable("weights")]
Treat = Annotated[Read[Choice | Literal["none"] | None, Named], Choosable("treat", or_none=True)]
Impute = Annotated[Read[Choice | Literal["none"] | None, Named], Choosable("impute", or_none=True)]
Build = Annotated[Read[Choice | None, Named], Choosable("climate")]
Rounding = Annotated[Read[int | Mapping[str, Any] | None, int | Mapping[str, Any] | None], BeforeValidator(_rounding)]
Seasons = Annotated[Read[Any, str | Mapping[str, Any] | None], BeforeValidator(_seasons)]
DatedWeights = Annotated[Read[Mapping[str, Choice], Mapping[Any, Any] | None], BeforeValidator(_dated_weights)]
WeightsOfParts = Annotated[Read[Mapping[str, Mapping[str, float]], Any], BeforeValidator(_weights_of_parts)]
WeightsForm = Annotated[
    Read[str | Mapping[str, Any], Literal["plain", "shares"] | Mapping[str, Any]], BeforeValidator(_weights_form)
]
WayUp = Annotated[Read[Direction, Direction | Mapping[str, Any]], BeforeValidator(read_direction)]
Selector = Annotated[Any, BeforeValidator(lambda given: frozen(value_of(given)))]
TableForm = Annotated[Read[Mapping[str, Any] | None, Mapping[str, Any] | None], BeforeValidator(_form)]
Units = Annotated[Read[tuple[Any, ...] | None, Sequence[Any] | str | None], BeforeValidator(_units)]
UnitGroups = Annotated[
    Read[tuple[Any, ...], Sequence[str | Mapping[str, str]] | str], BeforeValidator(_groups_of_units)
]
BaseOf = Annotated[
    Read[str | int | float | Mapping[str, Any], str | int | float | Mapping[str, Any]], BeforeValidator(whose_base)
]
Doubts = Annotated[Read[Mapping[str, Any], Mapping[str, Any] | None], BeforeValidator(_doubts)]
Growth = Annotated[
    Read[str | Mapping[str, str] | None, Literal["year", "period"] | Mapping[str, str] | None],
    BeforeValidator(_growth),
]
Period = Annotated[Read[str | None, Any], BeforeValidator(_period)]
To = Annotated[
    Annotated[float, Field(gt=0, allow_inf_nan=False)] | None,
    BeforeValidator(lambda given: None if among(given, ("none",)) else given),
]
Scope = Literal["all", "period"]
WeighScale = Literal["unit", "score"]
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(allow_inf_nan=False)]

LEFT_OUT: Any = None
"""The default of a choice that is not made here."""


@cache
def _fields(kind: Any) -> tuple[DataclassField[Any], ...]:
    """Return the fields of a kind of part."""
    return fields(kind) if is_dataclass(kind) else ()


class _Kind(type):
    """The type of the value classes: what they show is their fields, and what can be done with a value."""

    def __dir__(cls) -> list[str]:
        own = {field.name for field in _fields(cls)}
        bases = (base for base in cls.__mro__ if base is not object)
        return sorted(own | {name for base in bases for name in vars(base) if name[0] != "_"} - set(dir(BaseModel)))

    @property
    def __signature__(cls) -> Signature:
        types, shown = get_type_hints(cls), []
        for field in _fields(cls):
            kind = Parameter.KEYWORD_ONLY if field.kw_only else Parameter.POSITIONAL_OR_KEYWORD
            default = Parameter.empty if field.default is MISSING else field.default
            # What is read of what a user gives is of many types; the text of the class says which.
            read = types[field.name] is Any or get_origin(types[field.name]) is Read
            annotation = Parameter.empty if read else types[field.name]
            shown.append(Parameter(field.name, kind, default=default, annotation=annotation))
        return Signature(shown)

    @property
    def model_fields(cls) -> dict[str, FieldInfo]:
        """Each field with its type, its default and its markers."""
        return _model(cls).model_fields


@cache
def hints_of(kind: Any) -> dict[str, Any]:
    """Return the type of each field with its markers; what is not checked by its type is Any."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: _held(hints[field.name]) for field in _fields(kind)}


def _held(hint: Any) -> Any:
    if get_origin(hint) is Annotated:
        return Annotated[(_held(get_args(hint)[0]), *hint.__metadata__)]
    return Any if get_origin(hint) is Read else hint


@cache
def _model(kind: type[Part]) -> type[BaseModel]:
    """Return what checks the fields of a kind of part."""
    config = ConfigDict(frozen=True, strict=True, extra="forbid", arbitrary_types_allowed=True)
    defaults = {field.name: ... if field.default is MISSING else field.default for field in _fields(kind)}
    asked: dict[str, Any] = {name: (hint, defaults[name]) for name, hint in hints_of(kind).items()}
    return create_model(kind.__name__, __config__=config, **asked)


@cache
def inherited(kind: type[Part]) -> tuple[str, ...]:
    """Return the fields of a kind of part that the group or the index above decides where they are left out."""
    return tuple(name for name, info in kind.model_fields.items() if _PASSED_DOWN in info.metadata)


@cache
def choosable(kind: type[Part]) -> tuple[str, ...]:
    """Return the fields of a kind of part that are choices of a method, with options of their own."""
    found = kind.model_fields.items()
    return tuple(name for name, info in found if any(isinstance(mark, Choosable) for mark in info.metadata))


@dataclass_transform(frozen_default=True, field_specifiers=())
class Part(metaclass=_Kind):
    """What groups, indicators and the index share: frozen, checked when made, unknown fields refused, all faults told.

    Values can be made of one another as pydantic's are (`model_validate`, `model_dump`, `model_copy`); what would go
    round the checks is refused.
    """

    model_fields_set: frozenset[str]

    def __init_subclass__(cls, *, checked: bool = True) -> None:
        # Only the values that a user makes are checked; the package makes the others of what it has checked.
        dataclass(frozen=True, init=not checked)(cls)
        for name in ("__setattr__", "__delattr__", "__replace__"):
            if name in vars(cls):
                delattr(cls, name)

    def __init__(self, /, *place: Any, **given: Any) -> None:
        if vars(self):
            raise SpecError(self._unchanged)
        kind = type(self)
        places = [field.name for field in _fields(kind) if not field.kw_only]
        by_place = dict(zip(places, place, strict=False))
        twice = [name for name in by_place if name in given]
        faults = [Said("{name} is given twice, by its place and by its name", name=name) for name in twice]
        if len(place) > len(places):
            allowed = Said("only {names} may be", names=joined(places)) if places else Said("nothing may be")
            faults.append(
                Said(
                    "{kind}: {number} fields are given by their place; {allowed}",
                    kind=kind.__name__,
                    number=len(place),
                    allowed=allowed,
                )
            )
        raise_all(SpecError, faults)
        vars(self).update(kind._checked({**given, **by_place}))
        self._settle()

    @classmethod
    def _checked(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Return every field, and which are given; all faults at once."""
        who = called(cls.__name__.lower(), given["code"]) if "code" in given else None
        try:
            found = _model(cls).model_validate(_in_code(cls, given))
        except ValidationError as error:
            raise SpecError(*_faults_of(error, cls, who)) from None
        return {**vars(found), "model_fields_set": frozenset(found.model_fields_set)}

    def _settle(self) -> None:
        """Refuse fields that are right one by one, and do not go together."""

    def __replace__(self, /, **changes: Any) -> Self:
        """Return another with some fields changed, checked as any; `copy.replace` of Python 3.13 calls it."""
        return type(self)(**{**self._given, **changes})

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any = None) -> Self:
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        raise SpecError(joined([name, self._unchanged], "heads"))

    def __delattr__(self, name: str) -> None:
        raise SpecError(joined([name, self._unchanged], "heads"))

    def __setstate__(self, state: Any) -> None:
        if vars(self):
            raise SpecError(self._unchanged)
        vars(self).update(state)

    def __dir__(self) -> list[str]:
        return dir(type(self))

    @property
    def _given(self) -> dict[str, Any]:
        """The fields that were given, in their order."""
        return {
            field.name: getattr(self, field.name)
            for field in _fields(type(self))
            if field.name in self.model_fields_set
        }

    @property
    def _unchanged(self) -> Said:
        return Said("a part of an index is frozen; index.replace({{address: choice}}) gives another index")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return the same, or another with some fields changed, checked as any."""
        return self.__replace__(**(update or {}))

    def copy(self, *, update: Mapping[str, Any] | None = None, **options: Any) -> Self:
        """Return the same, or another with some fields changed, checked as any."""
        if options.pop("include", None) is not None or options.pop("exclude", None) is not None:
            raise SpecError(
                Said("copy: fields are not left out so; index.replace({{address: choice}}) gives another index")
            )
        return self.__replace__(**(update or {}))

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Return the part that a mapping of its fields describes."""
        if isinstance(obj, cls):
            return obj
        if not isinstance(obj, Mapping):
            raise SpecError(Said("a mapping of the fields of {kind}, not {given}", kind=cls.__name__, given=shown(obj)))
        return cls(**obj)

    def model_dump(self, *, mode: str = "python", **options: Any) -> dict[str, Any]:
        """Return the fields that were given, the parts as mappings; `model_validate` of it is the same value."""
        if mode != "python":
            raise SpecError(joined(["model_dump", _NO_JSON], "heads"))
        asked = [name for name, option in options.items() if option]
        if asked:
            raise SpecError(
                Said("model_dump: no {options}; it returns the fields that were given", options=joined(asked))
            )
        return {name: _dumped(value) for name, value in self._given.items()}

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Return the part that JSON text describes."""
        try:
            return cls.model_validate(json.loads(json_data))
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError, TypeError) as error:
            raise SpecError(Said("not valid JSON: {error}", error=error)) from None

    def _distinct(self) -> dict[str, Any]:
        """Return the fields that were given, functions told apart by their code."""
        return {name: distinct_text(value) for name, value in self._given.items()}

    def _said(self) -> dict[str, Any]:
        """Return the fields that were given, as plain values for TOML."""
        return {name: plain(value) for name, value in self._given.items() if value is not None}


_NO_JSON = Said("nothing is written as JSON; index.to_toml() is text, index.write(path) a TOML file or a workbook")
_UNCHECKED = Said("it checks nothing; make the value anew, hi.Group(...), or change an index with index.replace")
_REFUSED = {
    "model_construct": _UNCHECKED,
    "construct": _UNCHECKED,
    "model_validate_strings": Said("a text is no number here; make the value of values, or read TOML"),
    "from_orm": Said("give the fields by name, or a mapping of them to model_validate"),
    "parse_file": Said("hi.Index.read(path) reads a TOML file or a workbook"),
    "model_dump_json": _NO_JSON,
    "json": _NO_JSON,
}


def _refusal(name: str, remedy: Said) -> Any:
    """Return a method that refuses what pydantic's of that name would do."""

    def refuse(*_: Any, **__: Any) -> None:
        raise SpecError(joined([name, remedy], "heads"))

    return staticmethod(refuse)


for _name, _remedy in _REFUSED.items():
    setattr(Part, _name, _refusal(_name, _remedy))
for _old, _new in {"dict": "model_dump", "parse_raw": "model_validate_json"}.items():
    setattr(Part, _old, vars(Part)[_new])


def _dumped(value: Any) -> Any:
    """Return a field with the parts of an index in it as mappings."""
    several = isinstance(value, tuple) and any(isinstance(one, Part) for one in value)
    return tuple(part.model_dump() for part in value) if several else value


def called(kind: str, code: Any) -> Said:
    """Return how a message begins that is about a part of an index."""
    if kind == "group":
        return Said("group {code!r}: ", code=code)
    if kind == "indicator":
        return Said("indicator {code!r}: ", code=code)
    return Said("{kind} {code!r}: ", kind=kind, code=code)


# What pydantic finds, in our words; its own are told where it finds something else.
_FOUND: Mapping[str, Callable[[Mapping[str, Any]], Said]] = {
    "string_type": lambda _: Said("a valid string"),
    "float_type": lambda _: Said("a valid number"),
    "bool_type": lambda _: Said("a valid boolean"),
    "finite_number": lambda _: Said("a finite number"),
    "greater_than": lambda at: Said("greater than {limit}", limit=_limit(at["gt"])),
    "greater_than_equal": lambda at: Said("greater than or equal to {limit}", limit=_limit(at["ge"])),
    "less_than_equal": lambda at: Said("less than or equal to {limit}", limit=_limit(at["le"])),
}


def _limit(number: float) -> str:
    return f"{number:g}"


def _words_of(hint: Any) -> list[Any]:
    """Return the words that a type has."""
    own = list(get_args(hint)) if get_origin(hint) is Literal else []
    return own or [word for part in get_args(hint) if get_origin(hint) is not Literal for word in _words_of(part)]


def _in_code(kind: type[Part], given: dict[str, Any]) -> dict[str, Any]:
    """Return fields with the codes of words that are typed in another language."""
    typed = {name: value for name, value in given.items() if isinstance(value, str) and not value.isascii()}
    known = {name: value_meant(name, value) for name, value in typed.items() if _words_of(hints_of(kind).get(name))}
    return given | {name: code for name, code in known.items() if code is not None}


def _needed(found: Mapping[str, Any], hint: Any) -> Said | str:
    """Return what a field needs, where pydantic finds something else."""
    if found["type"] == "literal_error" and (words := _words_of(hint)):
        front, last = words[:-1], words[-1]
        return Said("{front} or {last!r}", front=joined(front, quoted=True), last=last) if front else shown(last)
    if found["type"] in _FOUND:
        return _FOUND[found["type"]](found.get("ctx", {}))
    return str(found["msg"]).removeprefix("Input should be ").removeprefix("Value error, ")


def _faults_of(error: ValidationError, kind: type[Part], who: Said | None) -> list[Fault]:
    """Return pydantic's findings in our words, each with its place."""
    found, unknown = list[Fault](), list[Fault]()
    for one in error.errors():
        place = tuple(one["loc"])
        field = str(place[0]) if place else ""
        inner = one.get("ctx", {}).get("error")
        if one["type"] == "extra_forbidden":
            guess = suggestion(field, kind.model_fields)
            unknown.append(Fault(Said("unknown key {field!r}{guess}", field=field, guess=guess), place))
        elif one["type"] == "missing":
            found.append(Fault(Said("{name!r} is missing", name=field), place))
        elif isinstance(inner, FaultsError):
            found += [fault.under(*place, saying=Said("{field}: ", field=field)) for fault in inner.faults]
        else:
            guess = suggestion(one["input"], get_args(PartRule)) if field == "missing" else ""
            needed, given = _needed(one, hints_of(kind).get(field)), shown(one["input"])
            why = Said("{field}: {needed}, not {given}{guess}", field=field, needed=needed, given=given, guess=guess)
            found.append(Fault(why, place))
    named = [fault.under(saying=who) for fault in unknown], [fault.under(saying=who) for fault in found]
    return [*fewer(named[0], Said("unknown keys")), *named[1]]


def plain(value: Any) -> Any:
    """Return a field as TOML has it."""
    value = said(value)
    if isinstance(value, Choice):
        return value.plain()
    if isinstance(value, LabelledMask):
        raise SpecError(
            Said(
                "a mask with row labels cannot be written to a file; name the rows, such as fit_on = ['2019', '2020'], "
                "or give the mask to fit(table, fit_on=mask)"
            )
        )
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    return thawed(value)


def distinct_text(value: Any) -> Any:
    """Return a field as something whose text tells it from every other value."""
    if isinstance(value, Choice):
        return value.fingerprint
    if isinstance(value, dict):
        return {key: distinct_text(part) for key, part in sorted(value.items()) if part is not None}
    if hasattr(value, "ppf") and not is_dataclass(value):
        return [float(value.ppf(share)) for share in _SHARES]
    if callable(value):
        return code_of(value)
    return [distinct_text(part) for part in value] if isinstance(value, (list, tuple)) else value


# Quantiles that tell one distribution from another.
_SHARES = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)


class Group(Part):
    """A group of indicators or of other groups, scored from its children.

    Parameters
    ----------
    code : str
        Its short name: the column of its scores, the beginning of its addresses.
    parent : str, optional
        Code of the group it belongs to; one group of an index, the top, has none.
    name : str
        What readers see.
    weight : float, optional
        Its own weight in its parent: all children of a group have one, or none.
    normalise, treat, impute, deseasonalise : choice, optional
        For the indicators below that make none; left out, those of the group or the index above. An `impute` with
        `"at": "scores"` fills the group's own score instead.
    weights, aggregate : choice, optional
        How the children are weighed, `{"a": 3, "b": 1}` or a method, and how their scores become one; left out, those
        of the index.
    rescale : choice, optional
        How its own scores are normalised again: any normalisation, learnt from the scores of the fit rows and frozen
        with the fit; children before parents, so that a parent is made of rescaled scores. Larger is better.
    round : int or mapping, optional
        Digits that its scores are rounded to, last of all: 1, or `{"digits": 1, "ties": "even"}` where a half goes to
        the even digit; left out, a half goes away from 0.
    missing : {"reweight", "propagate", "raise", "parent"}, optional
        What is done where a child has no score. "parent", with value shares: an indicator moves with its group from
        its last value on, a group that has nothing with the one above.
    coverage : float, optional
        Least share of the weights, 0 to 1, whose children must have a score.
    scope : {"all", "period"}, optional
        Rows that a method which compares rows (TOPSIS, Copeland), and `rescale`, sees: all, or those of one period.
    weigh_scale : {"unit", "score"}, optional
        Weights are learnt from scores on the scale 0 to 1, or from scores as they are.
    weights_since : mapping, optional
        Weights from later periods on: `{"2023Q1": {"a": 1, "b": 2}}`.

    Raises
    ------
    SpecError
        Every field that is unknown or cannot be read, at once.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total", weights={"a": 3, "b": 1})],
    ...     indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")],
    ... )
    >>> index.compute({"a": [0.0, 10.0], "b": [4.0, 2.0]}).scores["total"].tolist()
    [0.25, 0.75]
    """

    code: str
    parent: str | None = None
    name: str = ""
    _: KW_ONLY
    weight: Weight | None = None
    normalise: Normalise = LEFT_OUT
    weights: Weights = LEFT_OUT
    aggregate: Aggregate = LEFT_OUT
    rescale: Normalise = LEFT_OUT
    round: Rounding = LEFT_OUT
    treat: Treat = LEFT_OUT
    impute: Impute = LEFT_OUT
    missing: PartRule | None = None
    coverage: Share | None = None
    deseasonalise: Seasons = LEFT_OUT
    scope: Scope | None = None
    weigh_scale: WeighScale | None = None
    weights_since: DatedWeights = Frozen()  # type: ignore[assignment]  # what is held, not what is given


class Indicator(Part):
    """An indicator: a column of the table, its group, its direction, and what is done to its values.

    Parameters
    ----------
    code : str
        The column of the table.
    parent : str
        Code of its group.
    name : str
        What readers see.
    direction : {1, -1}, Target or Between
        1: larger is better; -1: smaller is better; `hi.Target(5)`: nearest to 5 is best; `hi.Between(5, 6)`: inside is
        best.
    weight : float, optional
        Its own weight in its group: all children of a group have one, or none.
    unit : str
        Unit of measurement.
    denominator : str, optional
        Column to divide by.
    normalise, treat, impute, deseasonalise : choice, optional
        A method's name, `{"method": name, option: value}` or a function; left out, that of the group or the index
        above. All but `normalise` may be "none": nothing is done, whatever is chosen above. `impute` fills values; with
        `"at": "scores"` it fills scores after normalisation: `{"method": "group_mean", "groups": "region", "at":
        "scores"}`.
    round : int or mapping, optional
        Digits that its normalised scores are rounded to: 1, or `{"digits": 1, "ties": "even"}` where a half goes to
        the even digit; left out, a half goes away from 0.
    missing : {"reweight", "propagate", "raise", "parent"}, optional
        What its groups do where it has no value; "parent", with value shares: it moves with its group.
    coverage : float, optional
        Least share of the fit rows, 0 to 1, that must have a value.
    build : choice, optional
        How it is made of other columns: `{"method": "diffusion", "up": "rose", "same": "same"}`.
    cumulative : {"year"}, optional
        Its column has figures of the year to date (累计值): each is less that of the period before, the first of a year
        as it is. Labels may then say so, too: 2022年1-6月, 2022年上半年, 2022年前三季度, 2022Q3累计, Jan-Jun 2022.
    growth : {"year", "period"} or mapping, optional
        Its column has growth on a year ago (同比) or on the period before (环比), in per cent. Its values are the
        levels chained from it, L_t = L_(t-m) (1 + g_t / 100), with m the periods in a year for "year" and 1 for
        "period". The m periods before the first growth of a unit are set to 100: a year without season or trend, which
        `{"on": "year", "level": "gdp"}` spares where the column "gdp" has levels, of one year at least; a chain starts
        from these, forwards and backwards, wherever it has none to go on from. `{"on": "year", "form": "index"}` is an
        index in which a year ago is 100 (上年同期=100). After a gap levels are missing, and the log says why. A fit
        keeps the levels: those of later rows go on from them, and rows that do not reach back to them are refused.
    deflate : str, optional
        Column of a price index: values at current prices become those of its base, where it is 100 (x / price * 100).
    fit_on : period, span, unit, label, or a list of these; optional
        Rows that its own bounds are learnt from.
    scope : {"all", "period"}, optional
        Its normalisation learns from all fit rows together, or in each period from the rows of that period alone, so
        that its score says where a unit stands in its year; left out, that of the index.
    start, end : period, optional
        First and last period it counts.
    replaces : str, optional
        Code of the indicator whose place and, unless it has its own, weight it takes from `start` on.

    Raises
    ------
    SpecError
        Every field that is unknown or cannot be read, at once.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total")],
    ...     indicators=[hi.Indicator("a", "total", direction=hi.Target(7)), hi.Indicator("b", "total", direction=-1)],
    ... )
    >>> index.compute({"a": [7.0, 6.0, 9.0], "b": [2.0, 1.0, 3.0]}).scores["total"].tolist()
    [0.75, 0.75, 0.0]
    """

    code: str
    parent: str | None = None
    name: str = ""
    _: KW_ONLY
    direction: WayUp = 1  # type: ignore[assignment]  # what is held, not what is given
    weight: Weight | None = None
    unit: str = ""
    denominator: str | None = None
    normalise: Inherited[Normalise] = LEFT_OUT
    treat: Inherited[Treat] = LEFT_OUT
    impute: Inherited[Impute] = LEFT_OUT
    round: Rounding = LEFT_OUT
    missing: PartRule | None = None
    coverage: Share | None = None
    deseasonalise: Inherited[Seasons] = LEFT_OUT
    build: Build = LEFT_OUT
    cumulative: Literal["year"] | None = None
    growth: Growth = LEFT_OUT
    deflate: str | None = None
    fit_on: Selector = None
    scope: Scope | None = None
    start: Period = LEFT_OUT
    end: Period = LEFT_OUT
    replaces: str | None = None
