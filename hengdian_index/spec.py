"""The index as a value: a tree of groups and indicators with the choices at each, read, checked and written."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from hengdian_index import engine, families, toml
from hengdian_index.errors import Fault, SpecError, suggestion
from hengdian_index.gate import choice_faults
from hengdian_index.means import Missing, Rule
from hengdian_index.result import Result
from hengdian_index.tree import Branch, Choice, Leaf, Setting, Tree, frozen, ordered, shape_faults
from hengdian_index.wording import (
    direction_of,
    distinct_text,
    faults_of,
    located,
    own_weights,
    pairs,
    parts,
    placed,
    plain,
)


def _choice(family: str) -> Any:
    return BeforeValidator(lambda given: None if given is None else Choice.of(family, given))


def _or_none(family: str, given: Any) -> Any:
    """Return the choice of a step that may be left out: "none" stands where a wider default shall not hold."""
    return given if given is None or given == "none" else Choice.of(family, given)


def _weights(given: Any) -> Any:
    """Return the choice of a group's weights; a plain mapping child -> weight means `fixed`."""
    given = frozen(given) if hasattr(given, "to_dict") else given
    if isinstance(given, Mapping) and "method" not in given:
        given = {"method": "fixed", "values": dict(given)}
    return None if given is None else Choice.of("weights", given)


Normalise = Annotated[Any, _choice("normalise")]
Aggregate = Annotated[Any, _choice("aggregate")]
Weights = Annotated[Any, BeforeValidator(_weights)]
Treat = Annotated[Any, BeforeValidator(lambda given: _or_none("treat", given))]
Impute = Annotated[Any, BeforeValidator(lambda given: _or_none("impute", given))]
Selector = Annotated[Any, BeforeValidator(frozen)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    """What groups, indicators and the index share: strict, frozen, unknown keys refused, faults as SpecError."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", arbitrary_types_allowed=True)

    def __init__(self, *place: Any, **data: Any) -> None:
        given = {**data, **dict(zip(type(self).model_fields, place, strict=False))}
        who = f"{type(self).__name__.lower()} {given['code']!r}: " if "code" in given else ""
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise SpecError(*faults_of(error, type(self), who)) from None

    def distinct(self) -> dict[str, Any]:
        """Return the fields that were given, functions told apart by their code."""
        given = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        return {name: distinct_text(value) for name, value in given.items()}

    def said(self) -> dict[str, Any]:
        """Return the fields that were given, as plain values for TOML."""
        given = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        return {name: plain(value) for name, value in given.items() if value is not None}


class Group(_Part):
    """A group of indicators or of other groups, scored from its children.

    Choices left out are those of the index; `weight` is the group's own weight in its parent.
    """

    code: str
    parent: str | None = None
    name: str = ""
    weight: float | None = None
    normalise: Normalise = None
    weights: Weights = None
    aggregate: Aggregate = None
    treat: Treat = None
    impute: Impute = None
    missing: Rule | None = None
    coverage: Share | None = None


class Indicator(_Part):
    """An indicator: a column of the table, its group, its direction, and what is done to its values.

    `denominator` names a column to divide by; `coverage` is the least share of fit rows that must have a value;
    `treat` and `impute` are choices or "none".
    """

    code: str
    parent: str | None = None
    name: str = ""
    direction: Annotated[Any, BeforeValidator(direction_of)] = 1
    weight: float | None = None
    unit: str = ""
    denominator: str | None = None
    normalise: Normalise = None
    treat: Treat = None
    impute: Impute = None
    missing: Rule | None = None
    coverage: Share | None = None


class Index(_Part):
    """A composite index: groups, indicators and choices; a value that is never changed, only replaced.

    Parameters
    ----------
    groups, indicators : lists of Group, Indicator (or mappings of their fields)
        The tree: each names its parent; one group has none.
    name : str
        What the index is called.
    unit, period : str, optional
        Columns or index levels of a table that say whose row it is and when.
    fit_on : period, span, unit, label, or a list of these; optional
        Rows that bounds, statistics and weights are learnt from; default: all rows that `fit` is given.
    base : period, span or list of periods, optional
        Whose mean level is `to`; another thing than `fit_on`.
    to : float, optional
        Level of the base period.
    normalise, weights, aggregate, treat, impute, missing, coverage
        Choices for every group and indicator that does not make its own; the steps run in the order denominate,
        impute, treat, direction, normalise, weigh, aggregate.

    Raises
    ------
    SpecError
        Every fault of the spec at once, each with its place.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total")],
    ...     indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total", direction=-1)],
    ... )
    >>> index.compute({"a": [1.0, 3.0, 2.0], "b": [5.0, 5.0, 9.0]}).scores["total"].tolist()
    [0.5, 1.0, 0.25]
    """

    groups: tuple[Group, ...]
    indicators: tuple[Indicator, ...]
    name: str = ""
    unit: str | None = None
    period: str | None = None
    fit_on: Selector = None
    base: Selector = None
    to: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = 100.0
    normalise: Normalise = Choice.of("normalise", families.normalise.min_max)
    weights: Weights = Choice.of("weights", families.weights.equal)
    aggregate: Aggregate = Choice.of("aggregate", families.aggregate.arithmetic)
    treat: Treat = None
    impute: Impute = None
    missing: Rule = "reweight"
    coverage: Share = 0.65

    def __init__(self, **data: Any) -> None:
        faults: list[Fault] = []
        groups = parts(Group, data.get("groups"), "group", faults)
        indicators = parts(Indicator, data.get("indicators"), "indicator", faults)
        faults += shape_faults(pairs(data.get("groups")), pairs(data.get("indicators")))
        try:
            super().__init__(**{**data, "groups": groups, "indicators": indicators})
        except SpecError as error:
            faults += [fault.under("index") for fault in error.faults]
        if faults:
            raise SpecError(*faults)
        own = {**own_weights(groups), **own_weights(indicators)}
        faults = choice_faults(self._tree, own, {g.code for g in groups if g.weights})
        if faults:
            raise SpecError(*(placed(fault, groups, indicators) for fault in faults))

    @classmethod
    def read(cls, path: str | Path) -> Index:
        """Return the index that a TOML file describes; every fault is given with file and line."""
        path = Path(path)
        if path.suffix != ".toml":
            raise SpecError(
                f"{path.name}: an index is read from a .toml file, not {path.suffix or 'a file without ending'!r}"
            )
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise SpecError(f"{path}: no such file") from None
        except (OSError, UnicodeDecodeError) as error:
            raise SpecError(f"{path}: cannot be read as UTF-8 text ({error})") from None
        return cls.from_toml(text, name=path.name)

    @classmethod
    def from_toml(cls, text: str, *, name: str = "index.toml") -> Index:
        """Return the index that TOML text describes."""
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            quotes = '; a name beyond A-Z, a-z, 0-9, _ and - needs quotes: "供给" = 3' if "key" in str(error) else ""
            raise SpecError(f"{name}: not valid TOML: {error}{quotes}") from None
        lines = toml.lines_of(text)
        surplus = [Fault(f"unknown table {k!r}{suggestion(k, _TABLES)}", (k,)) for k in tables if k not in _TABLES]
        head = tables.get("index", {})
        try:
            index = cls(**{**head, "groups": tables.get("group", []), "indicators": tables.get("indicator", [])})
        except SpecError as error:
            raise SpecError(*(located(fault, name, lines) for fault in (*surplus, *error.faults))) from None
        if surplus:
            raise SpecError(*(located(fault, name, lines) for fault in surplus))
        return index

    def to_toml(self) -> str:
        """Return the index as TOML text; `Index.from_toml` of it is the same index."""
        head = {name: value for name, value in self.said().items() if name not in ("groups", "indicators")}
        if self.to is None:
            raise SpecError("to = None cannot be written to TOML; leave `base` out instead")
        tables = {
            "index": head,
            "group": [g.said() for g in self.groups],
            "indicator": [i.said() for i in self.indicators],
        }
        return toml.written(tables)

    def write(self, path: str | Path) -> None:
        """Write the index to a TOML file."""
        text = self.to_toml()
        Path(path).write_text(text, encoding="utf-8")

    def fit(self, table: Any, fit_on: Any = None) -> engine.Fitted:
        """Return the index with what it learns from the fit rows of a table, frozen.

        Parameters
        ----------
        table : pandas, polars or pyarrow table, mapping of columns, or array (n, k)
            Has a column for each indicator, and the unit and period columns if the index names them.
        fit_on : period, span, unit, label, list of these, mask or slice; optional
            Overrides the index's own.
        """
        return engine.fit(self._tree, self._setting, table, fit_on)

    def compute(self, table: Any, fit_on: Any = None) -> Result:
        """Return the scores of a table's rows: fit and score in one."""
        return engine.compute(self._tree, self._setting, table, fit_on)

    def replace(self, changes: Mapping[str, Any]) -> Index:
        """Return another index in which the choices at some addresses are others.

        Parameters
        ----------
        changes : mapping
            Address -> choice: `"normalise"`, `"cluster.weights"`, `"cluster.aggregate.p"`, `"x3.direction"`;
            `{"x3": None}` takes an indicator, or a group with all below it, out.

        Raises
        ------
        SpecError
            An address that does not exist, with the nearest that does.
        """
        from hengdian_index.addresses import changed

        return type(self)(**changed(self._fields(), changes))

    @cached_property
    def _tree(self) -> Tree:
        parents = [(g.code, g.parent) for g in self.groups]
        group = {g.code: g for g in self.groups}
        children: dict[str | None, list[str]] = {}
        parts: tuple[Any, ...] = (*self.groups, *self.indicators)
        for part in parts:
            children.setdefault(part.parent, []).append(part.code)
        weight = {**own_weights(self.groups), **own_weights(self.indicators)}
        branches = tuple(self._branch(group[code], tuple(children[code]), weight) for code in ordered(parents))
        return Tree(tuple(self._leaf(i, group) for i in self.indicators), branches)

    def _branch(self, group: Group, children: tuple[str, ...], weight: Mapping[str, float]) -> Branch:
        own = {child: weight[child] for child in children if child in weight}
        weights = group.weights or (Choice.of("weights", {"method": "fixed", "values": own}) if own else self.weights)
        missing = Missing(group.missing or self.missing, self.coverage if group.coverage is None else group.coverage)
        return Branch(
            group.code, group.parent, group.name, children, weights, group.aggregate or self.aggregate, missing
        )

    def _leaf(self, indicator: Indicator, group: Mapping[str, Group]) -> Leaf:
        def chosen(field: str) -> Any:
            found, above = getattr(indicator, field), group.get(indicator.parent or "")
            while found is None and above is not None:
                found, above = getattr(above, field), group.get(above.parent or "")
            found = getattr(self, field) if found is None else found
            return None if found == "none" else found

        return Leaf(
            indicator.code,
            indicator.parent or "",
            indicator.name,
            indicator.direction,
            chosen("normalise"),
            chosen("treat"),
            chosen("impute"),
            indicator.denominator,
            indicator.missing,
            indicator.coverage,
        )

    @cached_property
    def _setting(self) -> Setting:
        return Setting(self.name, self.unit, self.period, self.fit_on, self.base, self.to, self.fingerprint)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the index: its fields, and the code of functions that have no registered name."""
        given = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        given |= {name: [part.distinct() for part in getattr(self, name)] for name in ("groups", "indicators")}
        return hashlib.sha256(repr(distinct_text(given)).encode()).hexdigest()

    def _fields(self) -> dict[str, Any]:
        """Return the fields that were given, the parts as mappings."""
        fields = {name: getattr(self, name) for name in self.model_fields_set}
        for name in ("groups", "indicators"):
            fields[name] = [{key: getattr(part, key) for key in part.model_fields_set} for part in fields[name]]
        return fields

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Index) and self.fingerprint == other.fingerprint

    def __repr__(self) -> str:
        return f"<Index {self.name!r}: {len(self.groups)} groups, {len(self.indicators)} indicators>"

    __str__ = __repr__


_TABLES = ("index", "group", "indicator")
