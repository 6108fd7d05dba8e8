"""The index as a value: a tree of groups and indicators with the choices at each, read, checked and written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields as dataclass_fields
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from hengdian_index._files import spec_file, toml
from hengdian_index._files.wording import distinct_text, listing, own_weights, pairs, parts, placed
from hengdian_index._index import fitted
from hengdian_index._index.checks import choice_faults, validity_faults
from hengdian_index._index.doors import DOORS
from hengdian_index._index.fields import (
    Aggregate,
    Group,
    Impute,
    Indicator,
    Normalise,
    Part,
    Scope,
    Seasons,
    Selector,
    Share,
    Treat,
    WeighScale,
    Weights,
)
from hengdian_index._index.planting import idle_faults, inherited, planted, without_idle
from hengdian_index._index.result import Result
from hengdian_index._maths.means import Rule
from hengdian_index._scoring import families
from hengdian_index._scoring.preparation import columns_asked
from hengdian_index._scoring.tree import Choice, NewUnits, Series, Setting, Tree, shape_faults
from hengdian_index._values.decimals import counted
from hengdian_index.errors import Fault, SpecError


class Index(Part):
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
    normalise, weights, aggregate, treat, impute, deseasonalise, missing, coverage, scope
        Choices for every group and indicator that does not make its own; the steps run in the order build, denominate,
        impute, deseasonalise, treat, direction, normalise, weigh, aggregate.
    weigh_on : {"fit_on", "base", "period"}
        Learn weights from all fit rows pooled, from the base rows, or in each period from its own rows.
    weigh_scale : {"unit", "score"}
        Weights that depend on where 0 is (entropy, variation) are learnt from scores on the scale 0 to 1, whatever the
        ends they are presented on (`lower` and `upper`, `floor` and `ceiling`), or from the scores as they are. Scores
        without two ends are taken as they are; where the normalisation decides where 0 lies (z-scores) the log says so.
    unit_coverage : float, optional
        Leave out the units that have values in a smaller share of their cells.
    series : {"fixed", "ratio", "symmetric", "log"}
        Levels of the series: scores on a fixed base, or a chain of ratios, of symmetric growth, of logarithms.
    content : {"link", "restate"}
        Where indicators or weights change: the level is kept, or history is computed again with the latest content.
    new_units : {"refuse", "link", "restate", "missing"}
        A unit (or a group of it) without a level in the base period is refused, enters at the mean level of the others,
        gets their mean base level, or has no series; "missing" also leaves out series whose base level is not above 0.

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
    deseasonalise: Seasons = None
    missing: Rule = "reweight"
    coverage: Share = 0.65
    scope: Scope = "all"
    weigh_on: Literal["fit_on", "base", "period"] = "fit_on"
    weigh_scale: WeighScale = "unit"
    unit_coverage: Share | None = None
    series: Series = "fixed"
    content: Literal["link", "restate"] = "link"
    new_units: NewUnits = "refuse"

    def __init__(self, /, **data: Any) -> None:
        faults: list[Fault] = []
        for name in ("groups", "indicators"):
            data[name] = listing(data.get(name), name, faults)
        groups = parts(Group, data.get("groups"), "group", faults)
        indicators = parts(Indicator, data.get("indicators"), "indicator", faults)
        above, below = pairs(data.get("groups")), pairs(data.get("indicators"))
        # With what is no group or indicator at all, what else the tree lacks cannot be told.
        faults += shape_faults(above, below) if above is not None and below is not None else []
        try:
            super().__init__(**{**data, "groups": groups, "indicators": indicators})
        except SpecError as error:
            faults += [fault.under("index") for fault in error.faults]
        if faults:
            raise SpecError(*faults)
        if self.weigh_on == "base" and self.base is None:
            raise SpecError(Fault("weigh_on = 'base' needs a base: name its periods", ("index", "weigh_on")))
        if self.weigh_on == "period" and self.period is None:
            raise SpecError(Fault("weigh_on = 'period' needs a period column: name it", ("index", "weigh_on")))
        own = inherited({**own_weights(groups), **own_weights(indicators)}, self)
        faults = validity_faults(indicators, self.period) + idle_faults(self._fields())
        if faults:
            raise SpecError(*faults)
        faults = choice_faults(self.tree, own, {g.code for g in groups if g.weights})
        if faults:
            raise SpecError(*(placed(fault, groups, indicators) for fault in faults))

    @classmethod
    def read(cls, path: str | Path) -> Index:
        """Return the index that a TOML file or an Excel workbook describes; faults are given with line or cell.

        A workbook has the sheets `index`, `groups` and `indicators` (or 指数, 分指数, 指标); `write` makes one.
        """
        return cls._of(spec_file.read(Path(path), sheet_fields()))

    @classmethod
    def from_toml(cls, text: str, *, name: str = "index.toml") -> Index:
        """Return the index that TOML text describes."""
        return cls._of(spec_file.from_toml(text, name))

    @classmethod
    def _of(cls, document: spec_file.Document) -> Index:
        try:
            index = cls(**document.fields)
        except SpecError as error:
            raise SpecError(*map(document.located, (*document.faults, *error.faults))) from None
        if document.faults:
            raise SpecError(*map(document.located, document.faults))
        return index

    def to_toml(self) -> str:
        """Return the index as TOML text; `Index.from_toml` of it is the same index."""
        return toml.written(self._tables())

    def write(
        self,
        path: str | Path,
        *,
        data: Any = None,
        notes: Sequence[str] | None = None,
        lang: Literal["en", "zh"] = "en",
    ) -> None:
        """Write the index to a TOML file, or to an Excel workbook if the path ends in .xlsx.

        Parameters
        ----------
        data : pandas DataFrame, optional
            Becomes the sheet `data` of a workbook; without it the sheet has the headings that the index asks for.
        notes : list of str, optional
            Lines of the sheet `notes`; default: how to fill in the workbook.
        lang : "en" or "zh"
            Language of a workbook's headings; both are read.
        """
        spec_file.write(Path(path), self._tables(), sheet_fields(), self._columns(), data=data, notes=notes, lang=lang)

    def _columns(self) -> list[str]:
        """Return the columns that a table of data has."""
        sizes, groups = columns_asked(self.tree)
        given = [leaf.code for leaf in self.tree.leaves if leaf.build is None]
        return list(dict.fromkeys([*filter(None, (self.unit, self.period)), *given, *sizes, *groups]))

    def _tables(self) -> dict[str, Any]:
        if self.to is None:
            raise SpecError("to = None cannot be written to a file; leave `base` out instead")
        head = {name: value for name, value in self.said().items() if name not in ("groups", "indicators")}
        return {
            "index": head,
            "group": [g.said() for g in self.groups],
            "indicator": [i.said() for i in self.indicators],
        }

    def fit(self, table: Any, fit_on: Any = None) -> fitted.Fitted:
        """Return the index with what it learns from the fit rows of a table, frozen.

        Parameters
        ----------
        table : pandas, polars or pyarrow table, mapping of columns, or array (n, k)
            Has a column for each indicator, and the unit and period columns if the index names them.
        fit_on : period, span, unit, label, list of these, mask or slice; optional
            Overrides the index's own.
        """
        return fitted.fit(self.tree, self.setting, table, fit_on)

    def compute(self, table: Any, fit_on: Any = None) -> Result:
        """Return the scores of a table's rows: fit and score in one."""
        return fitted.compute(self.tree, self.setting, table, fit_on)

    def replace(self, changes: Mapping[str, Any]) -> Index:
        """Return another index in which the choices at some addresses are others.

        Parameters
        ----------
        changes : mapping
            Address -> choice: `"normalise"`, `"cluster.weights"`, `"cluster.aggregate.p"`, `"x3.direction"`;
            `{"x3": None}` takes an indicator, or a group with all below it, out; a group that has no part left goes
            with its last one, and the weights of its parent are those of the groups that stay.

        Raises
        ------
        SpecError
            An address that does not exist, with the nearest that does.
        """
        from hengdian_index._index.addresses import changed

        before = self._fields()
        return type(self)(**without_idle(changed(before, changes), before, changes))

    def check_address(self, address: str) -> None:
        """Raise a SpecError for an address that `replace` does not know."""
        from hengdian_index._index.addresses import demand

        demand(self._fields(), address)

    @cached_property
    def tree(self) -> Tree:
        """The tree, with the choice that holds at each node."""
        return planted(self)

    @cached_property
    def setting(self) -> Setting:
        """What the index says besides its tree."""
        names = (field.name for field in dataclass_fields(Setting) if field.name != "spec")
        try:
            text = self.to_toml()
        except SpecError:
            text = ""
        return Setting(**{name: getattr(self, name) for name in names}, spec=text)

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

    def _repr_html_(self) -> str:
        return str(DOORS["Index.card"]()(self))

    def __repr__(self) -> str:
        sizes = f"{counted(len(self.groups), 'group')}, {counted(len(self.indicators), 'indicator')}"
        return f"<Index {self.name!r}: {sizes}>"

    __str__ = __repr__


def sheet_fields() -> dict[str, dict[str, Any]]:
    """Return the type of each field that a sheet of a workbook may give."""
    models: dict[str, type[Part]] = {"index": Index, "group": Group, "indicator": Indicator}
    said = {table: {name: f.annotation for name, f in model.model_fields.items()} for table, model in models.items()}
    return {**said, "index": {n: kind for n, kind in said["index"].items() if n not in ("groups", "indicators")}}
