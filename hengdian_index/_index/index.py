"""The index as a value: a tree of groups and indicators with the choices at each, read, checked and written."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import KW_ONLY, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, get_origin, get_type_hints

from hengdian_index._files import spec_file, toml
from hengdian_index._files.part_tables import Parts, is_frame, parts_of_frame
from hengdian_index._files.read_workbook import located
from hengdian_index._index import fitted
from hengdian_index._index.addresses import changed, demand
from hengdian_index._index.checks import choice_faults, idle_faults, share_faults, validity_faults, without_idle
from hengdian_index._index.doors import DOORS
from hengdian_index._index.factors import read_factors
from hengdian_index._index.result import Result
from hengdian_index._index.unit_groups import columns_of_units
from hengdian_index._levels.common_base import column_of_weights
from hengdian_index._maths.means import PartRule
from hengdian_index._scoring.choice import Choice, Frozen, thawed
from hengdian_index._scoring.fields import (
    LEFT_OUT,
    Aggregate,
    BaseOf,
    Doubts,
    Group,
    Impute,
    Indicator,
    Normalise,
    Part,
    Read,
    Scope,
    Seasons,
    Selector,
    Share,
    TableForm,
    To,
    Treat,
    UnitGroups,
    Units,
    WeighScale,
    Weights,
    WeightsForm,
    WeightsOfParts,
    distinct_text,
    hints_of,
)
from hengdian_index._scoring.preparation import columns_asked
from hengdian_index._scoring.tree import (
    NewUnits,
    OnChange,
    Series,
    Setting,
    Tree,
    WeighOn,
    fills_own,
    own_weights,
    planted,
    shape_faults,
)
from hengdian_index._tables.form import Form
from hengdian_index._values.decimals import counted
from hengdian_index._words.catalogue import Lang
from hengdian_index._words.said import Said, joined
from hengdian_index.aggregate import arithmetic
from hengdian_index.errors import Fault, SpecError, raise_all, shown, spoken, telling_in
from hengdian_index.normalise import min_max
from hengdian_index.weights import equal

Place = tuple[str | int, ...]

_PARTS = ("groups", "indicators")


class Frame(Protocol):
    """A table with one group or indicator a row, such as a pandas or polars DataFrame."""

    @property
    def columns(self) -> Any:
        """The names of its columns, which are those of fields."""


def _default(family: str, method: Any) -> Any:
    """Return the choice of an index that makes none."""
    return Choice.of(family, method)


class Index(Part):
    """A composite index: groups, indicators and choices; a value that is never changed, only replaced.

    Parameters
    ----------
    groups, indicators : lists of Group, Indicator (or mappings of their fields), or tables
        The tree: each names its parent; one group has none. A table (pandas, polars, pyarrow) has one a row and its
        fields in columns; COINr's iMeta, given for the indicators, has both. In a file `indicators =
        "indicators.csv"`, or a sheet, `{ file = "parts.xlsx", sheet = "indicators" }`.
    name : str
        What the index is called.
    unit, period : str, optional
        Columns or index levels of a table that say whose row it is and when.
    fit_on : period, span, unit, label, or a list of these; optional
        Rows that bounds, statistics and weights are learnt from; default: all rows that `fit` is given.
    base : period, span or list of periods, optional
        Whose mean level is `to`; another thing than `fit_on`.
    base_of : {"unit", "mean", "weighted"}, a unit, or mapping
        Whose mean level in the base period is `to`: each unit's own, so that levels say how far each has come; or one
        base for all units, so that their levels can be compared, too. `"Germany"`, or `{"unit": "mean"}` for one that
        is called like a word, is the level of a unit; `"mean"` the mean over the units, in each period of the base, of
        those that have a level; `{"weights": "people"}` that weighted by a column, which `"weighted"` takes from
        `groups_of_units`.
    to : float, optional
        Level of the base period; None, in a file "none", leaves the scores as they are.
    normalise, weights, aggregate, treat, impute, deseasonalise, missing, coverage, scope
        Choices for every group and indicator that does not make its own; the steps run in the order build, denominate,
        impute, deseasonalise, treat, direction, normalise, weigh, aggregate. `scope = "period"`: normalisations learn,
        and methods that compare rows (TOPSIS) compare, within each period.
    weigh_on : {"fit_on", "base", "period"}
        Learn weights from all fit rows pooled, from the base rows, or in each period from its own rows.
    weigh_scale : {"unit", "score"}
        Weights that depend on where 0 is (entropy, variation) are learnt from scores on the scale 0 to 1, whatever the
        ends they are presented on (`lower` and `upper`, `floor` and `ceiling`), or from the scores as they are. Scores
        without two ends are taken as they are; where the normalisation decides where 0 lies (z-scores) the log says so.
    units : list of units, optional
        Only these units of a table, in its order; those that are named are meant, also where a name or the values look
        like a total of others (Total, 全国) or like another spelling of another unit.
    exclude : list of units, optional
        Units of a table that are left out before anything else, such as its totals.
    unit_names : str, optional
        Column of what units are called, beside their codes: names stand in pictures, the report, the method statement
        and printed tables, and beside the codes in written ones and the Excel result.
    groups_of_units : list of columns, optional
        Groups that have a mean row of their own: `"region"`, a column of labels; `{"by": "region", "weights":
        "people"}`, the mean weighted by a column; `{"name": "World", "weights": "people"}`, all units.
    data : mapping, optional
        The form of its tables, in a file the table `[data]`: `{"missing_marks": ["—", ".."]}`, texts or numbers that
        stand for a missing value; `{"header_rows": 2}`, how many rows name the columns; `{"layout": "long",
        "indicator": "series", "value": "figure"}`, its shape ("wide", "long", "years", "transposed") and what names
        what, with the columns of units and periods where they are called otherwise; `{"where": {"AGE": "_T"}}`, the
        rows to keep; `{"encoding": "big5"}`; `{"latest": True}`, each unit's last value of each indicator, of whatever
        period, which the log says.
    doubts : mapping, optional
        What is uncertain, in a file the table `[doubts]`: address -> list of alternatives, `{"noise": 0.25}` and the
        like, as the factors of `hi.uncertainty`, which are these where it is given none.
    unit_coverage : float, optional
        Leave out the units that have values in a smaller share of their cells.
    series : {"fixed", "ratio", "symmetric", "log"}
        Levels of the series: scores on a fixed base, or a chain of ratios, of symmetric growth, of logarithms.
    content : {"link", "restate"}
        Where indicators or weights change: the level is kept, or history is computed again with the latest content.
    new_units : {"refuse", "link", "restate", "missing"}
        A unit (or a group of it) without a level in the base period is refused, enters at the mean level of the others,
        gets their mean base level, or has no series; "missing" also leaves out series whose base level is not above 0.
    weights_form : {"plain", "shares"} or mapping
        Weights multiply scores as they are, or are shares of a value (of spending, output, sales) at the prices of the
        link, as offices publish them: each is divided by the level there, up the tree. A link is the period before the
        shares hold (December, the fourth quarter); `{"form": "shares", "link": "year"}`: the mean of the year before
        (annual overlap). Shares at older prices, `{"form": "shares", "prices": 2}` (calendar years before they hold) or
        `"prices": "2013"`, are updated by prices to the link. Shares that have no date are those of the first period of
        the table, of an index whose weights never change those of the base.
    weights_since : mapping or table, optional
        Weights of groups and indicators by the period they hold from, `{"2023": {"a": 3, "b": 1}, "2024": ...}`, or a
        table of periods by codes, in a file also its name, `"weights.csv"`: for every group that names none itself. The
        earliest hold before their date, too; a group that has none here has the sum of its parts'.

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

    _: KW_ONLY
    groups: Read[tuple[Group, ...], Iterable[Group | Mapping[str, Any]] | Frame]
    indicators: Read[tuple[Indicator, ...], Iterable[Indicator | Mapping[str, Any]] | Frame]
    name: str = ""
    unit: str | None = None
    period: str | None = None
    fit_on: Selector = None
    base: Selector = None
    base_of: BaseOf = "unit"  # type: ignore[assignment]  # what is held, not what is given
    to: To = 100.0
    normalise: Normalise = _default("normalise", min_max)
    weights: Weights = _default("weights", equal)
    aggregate: Aggregate = _default("aggregate", arithmetic)
    treat: Treat = LEFT_OUT
    impute: Impute = LEFT_OUT
    deseasonalise: Seasons = LEFT_OUT
    missing: PartRule = "reweight"
    coverage: Share = 0.65
    scope: Scope = "all"
    weigh_on: WeighOn = "fit_on"
    weigh_scale: WeighScale = "unit"
    units: Units = LEFT_OUT
    exclude: Units = LEFT_OUT
    unit_names: str | None = None
    groups_of_units: UnitGroups = ()  # type: ignore[assignment]  # what is held, not what is given
    data: TableForm = LEFT_OUT
    doubts: Doubts = Frozen()  # type: ignore[assignment]  # what is held, not what is given
    unit_coverage: Share | None = None
    series: Series = "fixed"
    content: OnChange = "link"
    new_units: NewUnits = "refuse"
    weights_form: WeightsForm = "plain"  # type: ignore[assignment]  # what is held, not what is given
    weights_since: WeightsOfParts = Frozen()  # type: ignore[assignment]  # what is held, not what is given

    @classmethod
    def _checked(cls, given: dict[str, Any]) -> dict[str, Any]:
        faults: list[Fault] = []
        given, places, whole = _from_frames(given, faults)
        said = {name: _listed(given.get(name), name, faults) for name in ("groups", "indicators")}
        made = {
            "groups": _parts(Group, said["groups"], faults),
            "indicators": _parts(Indicator, said["indicators"], faults),
        }
        above, below = _pairs(said["groups"]), _pairs(said["indicators"])
        # With what is no group or indicator at all, what else the tree lacks cannot be told.
        faults += shape_faults(above, below) if whole and above is not None and below is not None else []
        found: dict[str, Any] = {}
        try:
            found = super()._checked({**given, **made})
        except SpecError as error:
            faults += [fault.under("index") for fault in error.faults]
        raise_all(SpecError, [located(fault, "", places) if places else fault for fault in faults])
        return found

    def _settle(self) -> None:
        if self.weigh_on == "base" and self.base is None:
            raise SpecError(Fault(Said("weigh_on = 'base' needs a base: name its periods"), ("index", "weigh_on")))
        if self.weigh_on == "period" and self.period is None:
            raise SpecError(Fault(Said("weigh_on = 'period' needs a period column: name it"), ("index", "weigh_on")))
        if self.weigh_on == "period":
            again = [(i, one, "rescale") for i, one in enumerate(self.groups) if one.rescale is not None]
            again += [(i, one, "impute") for i, one in enumerate(self.groups) if fills_own(one.impute)]
            faults = [
                Fault(
                    Said(
                        "group {code!r}: {name} is learnt from scores under one set of weights, and weigh_on = "
                        "'period' learns weights in each; take one of the two out",
                        code=one.code,
                        name=name,
                    ),
                    ("group", i, name),
                )
                for i, one, name in again
            ]
            raise_all(SpecError, faults)
        raise_all(SpecError, self._of_last_values() + share_faults(self))
        raise_all(SpecError, self._of_one_base())
        both = [one for one in self.units or () if one in (self.exclude or ())]
        twice = [
            Said("exclude: {unit} is among the units and left out of them; name it once", unit=shown(one))
            for one in both
        ]
        raise_all(SpecError, [Fault(why, ("index", "exclude")) for why in twice])
        if self.unit is None:
            asking = [name for name in ("unit_names", "groups_of_units") if getattr(self, name)]
            faults = [Fault(Said("{name} needs a unit column: name it", name=name), ("index", name)) for name in asking]
            raise_all(SpecError, faults)
        if self.units == ():
            raise SpecError(
                Fault(Said("units: no unit; name some, or leave the field out for all"), ("index", "units"))
            )
        raise_all(SpecError, validity_faults(self.indicators, self.period) + idle_faults(self._fields()))
        faults = choice_faults(self.tree, own_weights(self), {g.code for g in self.groups if g.weights})
        at = {part.code: i for parts in _PARTS for i, part in enumerate(getattr(self, parts))}
        raise_all(SpecError, [Fault(fault.message, _numbered(fault.place, at)) for fault in faults])
        if self.doubts:
            try:
                read_factors(self.certain, self.doubts, joined([]))
            except SpecError as error:
                raise SpecError(
                    *(fault.under("index", "doubts", saying=Said("doubts: ")) for fault in error.faults)
                ) from None

    def _of_one_base(self) -> list[Fault]:
        """Return what does not go with one base for all units."""
        if self.base_of == "unit":
            return []
        faults = list[Fault]()
        if self.new_units in ("link", "restate"):
            why = Said("no unit needs a base of its own; take new_units = '{rule}' out", rule=self.new_units)
            line = toml.line("base_of", thawed(self.base_of))
            faults.append(Fault(joined([line, why], "heads"), ("index", "base_of")))
        try:
            _ = self.base_of == "weighted" and column_of_weights(self.groups_of_units)
        except SpecError as error:
            faults += [fault.under("index", "base_of") for fault in error.faults]
        return faults

    def _of_last_values(self) -> list[Fault]:
        """Return what does not go with a cross-section of last values, which has units and no periods."""
        if not (self.data or {}).get("latest"):
            return []
        faults = []
        if self.unit is None:
            faults.append(
                Fault(Said("latest = true takes each unit's last value: name the unit column"), ("index", "unit"))
            )
        if self.period is None and not (self.data or {}).get("period"):
            why = Said("latest = true needs to know what is last: name the column, period, in the index or in [data]")
            faults.append(Fault(why, ("index", "period")))
        for name, asks in (("base", self.base is not None), ("weigh_on", self.weigh_on == "period")):
            if asks:
                why = Said("latest = true leaves one value a unit, and no periods; take one of the two out")
                faults.append(Fault(joined([name, why], "heads"), ("index", name)))
        for i, one in enumerate(self.indicators):
            for name in (name for name in ("start", "end") if getattr(one, name) is not None):
                why = Said("latest = true leaves no periods; take one of the two out")
                code = Said("indicator {name!r}", name=one.code)
                faults.append(Fault(joined([code, name, why], "heads"), ("indicators", i, name)))
        return faults

    @classmethod
    def read(cls, path: str | Path) -> Index:
        """Return the index that a TOML file or an Excel workbook describes; faults are given with line or cell.

        A workbook has the sheets `index`, `groups` and `indicators` (or 指数, 分指数, 指标); `write` makes one.
        """
        return cls._of(spec_file.read(Path(path), sheet_fields()))

    @classmethod
    def from_toml(cls, text: str, *, name: str = "index.toml") -> Index:
        """Return the index that TOML text describes."""
        return cls._of(spec_file.from_toml(text, name, sheet_fields()))

    @classmethod
    def _of(cls, document: spec_file.Document) -> Index:
        with telling_in(document.lang):
            try:
                index = cls(**document.fields)
            except SpecError as error:
                raise SpecError(*document.beside(error.faults)) from None
            raise_all(SpecError, document.beside(()))
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
        lang: Lang | None = None,
    ) -> None:
        """Write the index to a TOML file, or to an Excel workbook if the path ends in .xlsx.

        A TOML file that is there keeps its comments, its order and the spelling of what does not change; groups and
        indicators stay in tables of their own that it names, as long as they are those of the index.

        Parameters
        ----------
        data : pandas DataFrame, optional
            Becomes the sheet `data` of a workbook; without it the sheet has the headings that the index asks for.
        notes : list of str, optional
            Lines of the sheet `notes`; default: how to fill in the workbook.
        lang : "en" or "zh", optional
            Language of a workbook's headings, by default that which is spoken (`hi.options`); both are read.
        """
        path, tables = Path(path), self._tables()
        before: dict[str, Any] | None = None
        if path.suffix == ".toml" and os.path.isfile(path):
            with suppress(SpecError):
                before = type(self).read(path)._tables()

        def holds(text: str) -> bool:
            try:
                return type(self)._of(spec_file.from_toml(text, path.name, sheet_fields(), path.parent)) == self
            except SpecError:
                return False

        told: dict[str, Any] = {"data": data, "notes": notes, "lang": spoken(lang), "before": before, "holds": holds}
        spec_file.write(path, tables, sheet_fields(), self.columns, **told)

    @property
    def columns(self) -> list[str]:
        """Return the columns that a table of data has."""
        sizes, groups = columns_asked(self.tree)
        given = [leaf.code for leaf in self.tree.leaves if leaf.build is None]
        of_units = [name for names in columns_of_units(self.setting) for name in names]
        return list(dict.fromkeys([*filter(None, (self.unit, self.period)), *given, *sizes, *groups, *of_units]))

    def _tables(self) -> dict[str, Any]:
        head = {name: value for name, value in self._said().items() if name not in _PARTS}
        head |= {"to": "none"} if self.to is None else {}
        own = {name: head.pop(name, None) for name in ("data", "doubts")}
        return {
            "index": head,
            **{name: table for name, table in own.items() if table},
            "group": [g._said() for g in self.groups],
            "indicator": [i._said() for i in self.indicators],
        }

    def fit(self, table: Any, fit_on: Any = None) -> fitted.Fitted:
        r"""Return the index with what it learns from the fit rows of a table, frozen.

        Parameters
        ----------
        table : pandas, polars or pyarrow table, mapping of columns, or array (n, k)
            Has a column for each indicator, and the unit and period columns if the index names them. Or a source that
            does not fit into memory: a path, folder or pattern of Parquet (also partitioned) or CSV files, a pyarrow
            dataset or RecordBatchReader, a Polars LazyFrame, a DuckDB relation, a Dask or Spark frame, whatever gives
            an Arrow stream. It is read in passes, one for the indicators and one for each level of groups with
            learnt weights, and only the columns that are asked for. Choices that need all rows together have the source
            read into memory whole; that is said by name and size before, and refused where there is not so much.
        fit_on : period, span, unit, label, list of these, mask or slice; optional
            Overrides the index's own. Masks and slices are of a table in memory.

        Raises
        ------
        DataError
            Every fault of the table; in a source bad cells are told by file, row group and row.

        Examples
        --------
        >>> import tempfile
        >>> import hengdian_index as hi
        >>> index = hi.Index(unit="firm", groups=[hi.Group("total")], indicators=[hi.Indicator("x", "total")])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open(f"{folder}/firms.csv", "w") as file:
        ...         _ = file.write("firm,x\nA,1\nB,2\nC,5\n")
        ...     fitted = index.fit(f"{folder}/*.csv")
        ...     fitted.score(f"{folder}/*.csv", out=f"{folder}/scores")
        <Written: 3 rows in 1 file>
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
            with its last one, and the weights of its parent are those of the groups that stay. Doubts that the changes
            leave nothing to be about go, too.

        Raises
        ------
        SpecError
            An address that does not exist, with the nearest that does.
        """
        before = self._fields()
        fields = without_idle(changed(type(self), before, changes), before, changes)
        if self.doubts and "doubts" not in changes:
            certain = type(self)(**{name: value for name, value in fields.items() if name != "doubts"})
            left = {at: doubt for at, doubt in self.doubts.items() if _stands(certain, at, doubt)}
            return type(self)(**{**fields, "doubts": left}) if left else certain
        return type(self)(**fields)

    def check_address(self, address: str) -> None:
        """Raise a SpecError for an address that `replace` does not know."""
        demand(type(self), self._fields(), address)

    @cached_property
    def certain(self) -> Index:
        """The index without its doubts."""
        if not self.doubts:
            return self
        return type(self)(**{name: value for name, value in self._fields().items() if name != "doubts"})

    @cached_property
    def tree(self) -> Tree:
        """The tree, with the choice that holds at each node."""
        return planted(self)

    @cached_property
    def setting(self) -> Setting:
        """What the index says besides its tree."""
        names = (field.name for field in fields(Setting) if field.name != "spec")
        text = ""
        # Doubts that no file can have say nothing of how numbers are made.
        for index in (self, self.certain):
            with suppress(SpecError):
                text = text or index.to_toml()
        return Setting(**{name: getattr(self, name) for name in names}, spec=text)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the index: its fields, and the code of functions that have no registered name."""
        # Without any doubts an index is the same, whether it says so or not.
        said = {name: value for name, value in self._given.items() if name != "doubts" or value}
        given = {**said, **{name: [one._distinct() for one in getattr(self, name)] for name in _PARTS}}
        return hashlib.sha256(repr(distinct_text(given)).encode()).hexdigest()

    def _fields(self) -> dict[str, Any]:
        """Return the fields that were given, the parts as mappings."""
        return {**self._given, **{name: [dict(one._given) for one in getattr(self, name)] for name in _PARTS}}

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


def _stands(index: Index, address: str, doubt: Any) -> bool:
    """Return whether an index has what a doubt is about."""
    try:
        read_factors(index, {address: doubt})
    except SpecError:
        return False
    return True


def sheet_fields() -> dict[str, dict[str, Any]]:
    """Return the type, with its markers, of each field that a sheet of a workbook may give."""
    head = {name: kind for name, kind in hints_of(Index).items() if name not in (*_PARTS, "data")}
    hints = get_type_hints(Form)
    # What is a list or a mapping is TOML in a cell.
    head |= {
        row: Any if get_origin(hints[name]) in (tuple, Mapping) else hints[name] for name, row in Form.rows().items()
    }
    return {"index": head, "group": hints_of(Group), "indicator": hints_of(Indicator)}


def _from_frames(given: Mapping[str, Any], faults: list[Fault]) -> tuple[dict[str, Any], dict[Place, str], bool]:
    """Return the fields of an index with lists of parts in place of frames, where each stands, whether all are read."""
    found, places, whole = dict(given), dict[Place, str](), True
    for kind in ("group", "indicator"):
        if not is_frame(given.get(f"{kind}s")):
            continue
        parts = Parts([], [])
        try:
            parts = parts_of_frame(kind, given[f"{kind}s"], sheet_fields())
        except SpecError as error:
            faults += error.faults
            whole = False
        faults += parts.faults
        for name in _PARTS:
            # COINr's iMeta has groups beside its indicators.
            if (said := getattr(parts, name)) is not None and (name == f"{kind}s" or given.get(name) is None):
                found[name] = said
                places |= {place: told for place, told in parts.places.items() if f"{place[0]}s" == name}
    return found, places, whole


def _listed(given: Any, what: str, faults: list[Fault]) -> list[Any]:
    """Return the groups or indicators of an index as a list; a fault is added for anything else."""
    if given is None:
        return []
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        faults.append(
            Fault(Said("{what}: a list of them is needed, not {given}", what=what, given=shown(given)), ("index", what))
        )
        return []
    return list(given)


def _parts(kind: type[Group] | type[Indicator], given: Sequence[Any], faults: list[Fault]) -> tuple[Any, ...]:
    """Return groups or indicators from values or mappings; the faults of each are added to the list."""
    made, word = [], kind.__name__.lower()
    for i, item in enumerate(given):
        if isinstance(item, kind):
            made.append(item)
            continue
        try:
            fields_of = dict(**item)
        except TypeError:
            why = Said(
                "{what} {number}: hi.{kind} or a mapping of its fields, not {item}",
                what=Said("group") if kind is Group else Said("indicator"),
                number=i + 1,
                kind=kind.__name__,
                item=shown(item),
            )
            faults.append(Fault(why, (word, i)))
            continue
        try:
            made.append(kind(**fields_of))
        except SpecError as error:
            faults += [fault.under(word, i) for fault in error.faults]
    return tuple(made)


def _pairs(given: Sequence[Any]) -> list[tuple[str, str | None]] | None:
    """Return (code, parent) of each part, as far as it can be read; None where something is no part at all."""
    pairs = []
    for i, item in enumerate(given):
        if not isinstance(item, Mapping) and not hasattr(item, "code"):
            return None
        said = item if isinstance(item, Mapping) else {key: getattr(item, key, None) for key in ("code", "parent")}
        parent = said.get("parent")
        pairs.append((str(said.get("code", f"number {i + 1}")), parent if isinstance(parent, str) else None))
    return pairs


def _numbered(place: Place, at: Mapping[str, int]) -> Place:
    """Return a place that names a code with the number of that part instead."""
    word, code, *more = place
    return (word, at[str(code)], *more)
