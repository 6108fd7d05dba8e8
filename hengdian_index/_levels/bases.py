"""The base: the level of each unit that is set to 100, and what becomes of units that have none."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.blocks import mean_without_overflow
from hengdian_index._scoring.scores import Evaluation
from hengdian_index._scoring.tree import NewUnits, Setting
from hengdian_index._tables.cells import CELLS
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array, shortened
from hengdian_index._tables.units import label_text
from hengdian_index._values.equality import same
from hengdian_index._words.language import language
from hengdian_index._words.said import Said, joined
from hengdian_index._words.said import told as told_in
from hengdian_index.errors import DataError, Fault, listed, raise_all, shown
from hengdian_index.log import note

BaseLevels: TypeAlias = Mapping[Any, Array]
"""Base levels (groups,) by unit; those of rows without units, and one base for all units, stand under None."""


def base_levels(
    panel: Panel, levels: Array, rows: NDArray[np.bool_], late: Mapping[int, int] | None = None
) -> dict[Any, Array]:
    """Return the mean level of each group (groups,) over the base rows of each unit that have one; missing without.

    `late` are groups that come later, by position, and their parents, at whose level they enter and whose base they
    have.
    """
    units, at = panel.unit_list(), np.flatnonzero(rows)
    found: dict[Any, list[Array]] = {}
    # In the order of time, so that the mean is rounded alike however rows are ordered.
    for row in at if panel.periods is None else at[np.argsort(panel.periods.ordinals[at], kind="stable")]:
        found.setdefault(units[row], []).append(levels[row])
    means = {unit: mean_of_known(np.array(values)) for unit, values in found.items()}
    for unit, mean in means.items():
        for g, parent in (late or {}).items():
            mean[g] = mean[parent] if any(np.isnan(level[g]) for level in found[unit]) else mean[g]
    return means


def mean_of_known(levels: Array) -> Array:
    """Return the means of levels (periods, ...) over the periods that have one; missing where none has.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._levels.bases import mean_of_known
    >>> mean_of_known(np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan]])).tolist()
    [2.0, 5.0, nan]
    """
    there = ~np.isnan(levels)
    means = mean_without_overflow(np.where(there, levels, 0.0), there.sum(axis=0))
    # Levels that cancel have the mean 0, from which there is no series, not what rounding leaves of it.
    return np.where(same(means, 0.0, np.fmax.reduce(np.abs(levels), axis=0, initial=0.0)), 0.0, means)


def with_entrants(panel: Panel, levels: Array, known: BaseLevels, how: NewUnits) -> dict[Any, Array]:
    """Return base levels also for the groups of units that have no level in the base period.

    "link": such a series enters, in its first period with a level, at the mean level of the units that have a base, so
    that the mean does not move. "restate": its base level is the mean of theirs. "refuse", "missing": it gets none.
    """
    if how == "refuse" or None in known:
        return dict(known)
    nothing = np.full(levels.shape[1], np.nan)
    found = {unit: known.get(unit, nothing).copy() for unit in dict.fromkeys(panel.unit_list())}
    if how != "missing":
        for g in range(levels.shape[1]):
            _enter(panel, levels[:, g], known, found, g, how)
        found = {unit: base for unit, base in found.items() if unit in known or not np.isnan(base).all()}
    return {**known, **found}


def _enter(panel: Panel, levels: Array, known: BaseLevels, found: Mapping[Any, Array], g: int, how: NewUnits) -> None:
    """Give base levels to the units that have none in a group, in the order in which they enter."""
    new = [unit for unit, base in found.items() if np.isnan(base[g])]
    if not new or len(new) == len(found):
        return
    if how == "restate":
        mean = mean_of_known(np.array([base[g] for base in known.values()]))
        for unit in new:
            found[unit][g] = mean
        return
    codes = panel.unit_codes()
    ordinals = panel.periods.ordinals if panel.periods else np.zeros(panel.n, dtype=np.int64)
    relative = levels / np.array([base[g] for base in found.values()])[codes]
    for unit, row in sorted(_first_scored(panel, levels, new).items(), key=lambda item: int(ordinals[item[1]])):
        others = relative[(ordinals == ordinals[row]) & (codes != codes[row])]
        if not np.isnan(others).all():
            found[unit][g] = levels[row] / mean_of_known(others)
            later = (codes == codes[row]) & (ordinals > ordinals[row])
            relative[later] = levels[later] / found[unit][g]


def _first_scored(panel: Panel, levels: Array, units: Sequence[Any]) -> dict[Any, int]:
    """Return the first row of some units in which a group has a level (n,); units that never have one are left out."""
    assert panel.periods is not None
    rows = np.flatnonzero(~np.isnan(levels))
    rows = rows[np.argsort(panel.periods.ordinals[rows], kind="stable")]
    first: dict[Any, int] = {}
    wanted = set(units)
    for row in rows.tolist():
        unit = panel.unit(row)
        if unit in wanted and unit not in first:
            first[unit] = row
    return first


Lacking: TypeAlias = Callable[[Any, str], Said | None]
"""What a group of a unit lacks in the base period, in words."""


def factors(
    panel: Panel,
    levels: BaseLevels,
    to: float,
    groups: Sequence[str],
    how: NewUnits,
    *,
    warned: bool = False,
    lacking: Lacking = lambda unit, code: None,
) -> Array:
    """Return what each level (n, groups) is multiplied by, `to` over the base level of its unit.

    Under "missing" it is missing where there is no base level above 0, which `warned` says once; `levels` may also hold
    those of units that have no row here. A refusal says what is `lacking` for a score.

    Raises
    ------
    DataError
        A unit without a level, or with one of 0 or less, in the base period; under "missing" if no unit has one.
    """
    nothing = np.full(len(groups), np.nan)
    codes = np.zeros(panel.n, dtype=np.intp) if None in levels else panel.unit_codes()
    units = [None if None in levels else panel.unit(row) for row in np.unique(codes, return_index=True)[1].tolist()]
    means = np.array([levels.get(unit, nothing) for unit in units])
    called = {label_text(unit): unit for unit in levels}
    twins = [None if unit in levels else called.get(label_text(unit)) for unit in units]
    faults = [
        _Without(units[i], groups[j], float(means[i, j]), twins[i]) for i, j in np.argwhere(~(means > 0)).tolist()
    ]
    if how != "missing" or not any(level[0] > 0 for level in levels.values()):
        told = _without(units, np.isnan(means), groups)
        some = [(one.said(lacking), one.absent) for one in faults if not (told and one.absent)]
        refused = [
            Fault(
                Said(
                    "{fault}; a series needs one above 0: take another base or scale{remedy}",
                    fault=fault,
                    remedy=_remedy(how, absent),
                ),
                kind=(Said("series"), absent),
            )
            for fault, absent in (*some, *((one, True) for one in told))
        ]
        raise_all(DataError, shortened(refused))
    if faults and warned:
        said = Said(
            "{number} series are missing for want of a level above 0 in the base; the first: {fault}",
            number=len(faults),
            fault=faults[0].said(lacking),
        )
        warnings.warn(told_in(said, language()), stacklevel=4)
    with np.errstate(over="ignore"):
        multiples = np.asarray(to / np.where(means > 0, means, np.nan))
    small = []
    for i, j in np.argwhere(np.isinf(multiples)):
        why = Said(
            "{group!r} has the level {level:.6g} in the base period: {to:g} over it is too large a number; rescale the "
            "columns",
            group=groups[j],
            level=means[i, j],
            to=to,
        )
        small.append(Fault(_of_unit(units[i], why), kind=(Said("series"),)))
    raise_all(DataError, shortened(small))
    return np.asarray(multiples[codes])


def _of_unit(unit: Any, why: Said) -> Said:
    """Return what is said of a unit, if there are any, with its name."""
    return why if unit is None else joined([Said("unit {unit}: ", unit=shown(unit)), why], "whole")


@dataclass(frozen=True, slots=True)
class _Without:
    """A group of a unit without a base level above 0; `twin` is a unit with one whose name is another only as typed."""

    unit: Any
    group: str
    level: float
    twin: Any

    @property
    def absent(self) -> bool:
        """Whether it is of a unit, without any score and without a twin."""
        return self.unit is not None and self.twin is None and bool(np.isnan(self.level))

    def said(self, lacking: Lacking) -> Said:
        """Return it in words."""
        tail: Said | str = ""
        if self.twin is not None:
            tail = Said(" (which has {twin}: write units alike)", twin=shown(self.twin))
        elif np.isnan(self.level) and (why := lacking(self.unit, self.group)):
            tail = Said(" ({why})", why=why)
        gone = Said("{group!r} has no score in the base period{tail}", group=self.group, tail=tail)
        low = Said(
            "{group!r} has the level {level:.6g} in the base period{tail}",
            group=self.group,
            level=self.level,
            tail=tail,
        )
        return _of_unit(self.unit, gone if np.isnan(self.level) else low)


def lacking_in_base(rows: Evaluation, panel: Panel, base: NDArray[np.bool_], unit: Any, code: str) -> Said | None:
    """Return why a group of a unit has no score in the base rows (n,): the row, the values or the coverage it lacks.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> from hengdian_index._levels.bases import lacking_in_base
    >>> index = hi.Index(period="year", groups=[hi.Group("all")], indicators=[hi.Indicator(c, "all") for c in "ab"])
    >>> result = index.compute({"year": [2020, 2021, 2022], "a": [None, 3.0, 2.0], "b": [None, 2.0, 5.0]})
    >>> lacking_in_base(result.rows, result.panel, result.panel.select(2020, "base"), None, "all")
    "missing in 2020: 'a', 'b'"
    """
    own = np.flatnonzero(base)
    own = own if unit is None else np.array([row for row in own.tolist() if panel.unit(row) == unit], dtype=np.intp)
    if not len(own):
        return Said("there is no row of it")
    row = int(own[0] if panel.periods is None else own[np.argmin(panel.periods.ordinals[own])])
    gaps, branch = list(_gaps(rows, code, row)), rows.tree.by_code[code]
    there = [not np.isnan(rows.values(child)[row]) for child in branch.children]
    if not gaps:
        return None
    when = panel.labels[row] if panel.periods is None else panel.period(row)
    missing = Said("missing in {when}: {codes}", when=when, codes=listed(gaps))
    if not any(there) or not branch.missing.coverage:
        return missing
    return Said(
        "{missing}; {present} of {k} parts present, coverage = {coverage:g}",
        missing=missing,
        present=sum(there),
        k=len(there),
        coverage=branch.missing.coverage,
    )


def _gaps(rows: Evaluation, code: str, row: int) -> Iterator[str]:
    """Yield the indicators below a group that have no score in a row."""
    for child in rows.tree.by_code[code].children:
        if np.isnan(rows.values(child)[row]):
            yield from _gaps(rows, child, row) if child in rows.tree.by_code else (child,)


def refuse_infinite(values: Array, panel: Panel, columns: Sequence[str], what: Said) -> None:
    """Raise for values (n, columns), made of finite ones, that are too large for a number."""
    lost = np.argwhere(np.isinf(values))
    said = [
        Fault(
            Said(
                "{place}: {column!r}: its {what} is too large a number; rescale the columns",
                place=panel.place(i),
                column=columns[j],
                what=what,
            ),
            kind=(CELLS, j),
        )
        for i, j in lost.tolist()
    ]
    raise_all(DataError, shortened(said))


def _without(units: Sequence[Any], absent: NDArray[np.bool_], groups: Sequence[str], most: int = 3) -> list[Said]:
    """Return one text for all units without a score in the base period, and the groups they lack; none of a few."""
    rows, columns = np.asarray(absent.any(axis=1)), np.asarray(absent.any(axis=0))
    if rows.sum() <= most or units[0] is None:
        return []
    who = listed([unit for unit, lost in zip(units, rows, strict=True) if lost])
    what = listed([group for group, lost in zip(groups, columns, strict=True) if lost])
    said = Said.of(
        int(columns.sum()),
        "{units} units have no score in the base period: {who} ({n} group: {what})",
        "{units} units have no score in the base period: {who} ({n} groups: {what})",
        units=rows.sum(),
        who=who,
        what=what,
    )
    return [said]


def _remedy(how: NewUnits, absent: Any) -> Said:
    """Return what to do about a series without a base level above 0; `absent`: of a unit, without any."""
    if how == "missing":
        return Said("; no unit has one")
    if not absent:
        return Said(", or leave it out of the series with new_units = 'missing'")
    if how == "refuse":
        return Said("; choose new_units = 'link' or 'restate' to let it enter later, or 'missing' to leave it out")
    return Said("; no unit with a base has a level in its first period, so there is none to enter at")


def note_thin(panel: Panel, levels: Array, rows: NDArray[np.bool_], groups: Sequence[str]) -> None:
    """Write a line for every series that lacks a level in some period of the base: its base is the mean of the rest."""
    if panel.periods is None:
        return
    wanted = len(np.unique(panel.periods.ordinals[rows]))
    codes, there = panel.unit_codes(), ~np.isnan(levels) & rows[:, np.newaxis]
    first = np.unique(codes, return_index=True)[1]
    counts = np.zeros((len(first), len(groups)), dtype=np.int64)
    np.add.at(counts, codes, there)
    for code, own in enumerate(counts.tolist()):
        for count in sorted({one for one in own if 0 < one < wanted}):
            named = [group for group, one in zip(groups, own, strict=True) if one == count]
            why = Said(
                "a level in {count} of the {wanted} periods of the base, which is their mean",
                count=count,
                wanted=wanted,
            )
            note("base", _of_groups(named, groups, why), unit=panel.unit(int(first[code])))


def _of_groups(named: Sequence[str], groups: Sequence[str], why: Said) -> Said:
    """Return what is said of some groups with their names; of all alone."""
    return why if len(named) == len(groups) else joined([listed(named), why], "heads")


def note_entrants(
    setting: Setting, panel: Panel, scores: Array, known: BaseLevels | None, groups: Sequence[str], *, learnt: bool
) -> None:
    """Write a line for every unit without base levels of its own, of known ones only while they are `learnt`."""
    if not known or None in known or setting.new_units == "refuse":
        return
    nothing = np.full(len(groups), np.nan)
    units = [unit for unit in dict.fromkeys(panel.unit_list()) if learnt or unit not in known]
    if setting.new_units == "missing":
        _note_missing(units, known, groups)
    elif panel.units is not None and panel.periods is not None:
        lost = {unit: np.flatnonzero(np.isnan(known.get(unit, nothing))).tolist() for unit in units}
        _note_entries(setting, panel, scores, {unit: some for unit, some in lost.items() if some}, groups, learnt)


def _note_entries(
    setting: Setting,
    panel: Panel,
    scores: Array,
    lost: Mapping[Any, Sequence[int]],
    groups: Sequence[str],
    learnt: bool,
) -> None:
    """Write in which period series without a base level enter, and how."""
    first = {g: _first_scored(panel, scores[:, g], list(lost)) for g in {g for some in lost.values() for g in some}}
    for unit, some in lost.items():
        periods: dict[str | None, list[str]] = {}
        for g in some:
            if unit in first[g]:
                periods.setdefault(panel.period(first[g][unit]), []).append(groups[g])
        for period, named in periods.items():
            if setting.new_units == "link":
                why = Said(
                    "no level in the base period; enters in {period} at the mean level of the others (new_units)",
                    period=period,
                )
            else:
                why = Said(
                    "no level in the base period; enters in {period} with the mean base level of the others "
                    "(new_units)",
                    period=period,
                )
            if not learnt:
                why = Said(
                    "{why}; the fit does not know it, so the rows scored with it decide its level: fit again to freeze "
                    "it",
                    why=why,
                )
            note("base", _of_groups(named, groups, why), unit=unit)


def _note_missing(units: Sequence[Any], known: BaseLevels, groups: Sequence[str]) -> None:
    """Write a line for every unit of which a series is missing, for want of a level above 0 in the base period."""
    nothing = np.full(len(groups), np.nan)
    for unit in units:
        lost = [group for group, level in zip(groups, known.get(unit, nothing), strict=True) if not level > 0]
        if lost:
            some = Said(
                "no level above 0 in the base period: the series of {groups} are missing (new_units)",
                groups=listed(lost),
            )
            every = Said("no level above 0 in the base period: all its series are missing (new_units)")
            note("base", every if len(lost) == len(groups) else some, unit=unit)
