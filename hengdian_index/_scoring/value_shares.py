"""Weights that are shares of a value, divided by the level that what they weigh had when they were measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.means import Missing, Pair, aggregate
from hengdian_index._methods.decorators import kernel
from hengdian_index._scoring.choice import Frozen
from hengdian_index._scoring.contents import Content, columns_of
from hengdian_index._scoring.fields import called
from hengdian_index._scoring.scores import Weights
from hengdian_index._scoring.tree import Branch, Setting, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import Frequency, format_period, read_span
from hengdian_index._tables.table import Array, shortened
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, Fault, listed, raise_all, shown
from hengdian_index.log import note

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ValueShares:
    """Where levels are linked when shares change, and at the prices of which periods the shares are.

    `link` is the period before the shares hold, or the year before; `prices` are those of the link, of the calendar
    year so many years before, or of the periods that a label names.
    """

    link: Literal["period", "year"] = "period"
    prices: Any = "link"

    @classmethod
    def of(cls, setting: Setting) -> ValueShares | None:
        """Return what an index says of its shares; None where weights are used as they are."""
        said = setting.weights_form
        if said == "plain":
            return None
        given = said if isinstance(said, Mapping) else {}
        return cls(given.get("link", "period"), given.get("prices", "link"))

    def over(self, frequency: Frequency) -> int:
        """Return how many periods a link is over."""
        return frequency.per_year if self.link == "year" else 1

    def priced(self, since: int, frequency: Frequency) -> Span:
        """Return the first and last period whose prices the shares are at that hold from a period on."""
        if self.prices == "link":
            return since - self.over(frequency), since - 1
        if isinstance(self.prices, int):
            first = (since // frequency.per_year - self.prices) * frequency.per_year
            return first, first + frequency.per_year - 1
        return read_span(self.prices, frequency, column="prices")


def referred(
    tree: Tree, setting: Setting, contents: Sequence[Content], x: Array, panel: Panel, *, noted: bool = True
) -> tuple[Content, ...]:
    r"""Return contents whose weights are shares over levels, for the units among some rows that have none yet.

    .. math:: v_j = W_j / f(z_j(P)) \; / \; \sum_l W_l / f(z_l(P))

    with W the shares, P the periods whose prices they are at, and f that of the mean: z for the arithmetic one. The
    mean of the levels with weights v, over that in P, is that of the relatives z / z(P) with weights W.

    Parameters
    ----------
    x : array (n, k)
        The normalised indicators of the whole tree.
    panel : Panel
        Their rows.
    noted : bool
        Say at the prices of which periods the shares are.

    Raises
    ------
    DataError
        Parts without a level above 0 in the periods whose prices their shares are at.
    """
    form = ValueShares.of(setting)
    assert form is not None
    assert panel.periods is not None
    begin, units = int(panel.periods.ordinals.min()), units_of(panel)
    faults: list[Fault] = []
    said: dict[Said, dict[str, None]] = {}
    out = []
    for content in contents:
        shares = content.weights if content.shares is None else content.shares
        known, priced = dict(content.by_unit or {}), dict[str, str]()
        for unit, rows in units.items():
            if unit not in known:
                one = _Unit(tree, setting, form, content, shares, x[rows], panel.pick(rows), unit, begin)
                weights = one.weights()
                if one.faults and content.since > one.ordinals.max():
                    # What will hold later is known when the rows before it are.
                    continue
                known[unit] = weights
                faults += one.faults
                priced = {**one.priced, **priced}
                for when, code in one.said:
                    said.setdefault(when, {})[code] = None
        weights = next(iter(known.values())) if len(known) == 1 else shares
        spans = content.priced or Frozen({code: priced[code] for code in content.tree.groups if code in priced})
        begins = {unit: int(panel.periods.ordinals[rows[0]]) for unit, rows in units.items()} | dict(
            content.begins or {}
        )
        own, first = Frozen(known), Frozen(begins)
        out.append(replace(content, weights=weights, shares=shares, by_unit=own, priced=spans, begins=first))
    raise_all(DataError, shortened(faults))
    for when, groups in said.items() if noted else ():
        named = listed([code for code in tree.groups if code in groups])
        note("weights", Said("shares of value at the prices of {when}: {groups}", when=when, groups=named))
    return tuple(out)


def units_of(panel: Panel) -> dict[Any, NDArray[np.intp]]:
    """Return the rows of each unit in the order of time."""
    assert panel.periods is not None
    codes = panel.unit_codes()
    order = np.lexsort((panel.periods.ordinals, codes))
    first = np.unique(codes[order], return_index=True)[1]
    return {panel.unit(int(rows[0])): rows for rows in np.split(order, first[1:])}


class _Unit:
    """The rows of one unit under one content, and the levels of its parts in the periods of their prices."""

    def __init__(
        self,
        tree: Tree,
        setting: Setting,
        form: ValueShares,
        content: Content,
        shares: Weights,
        x: Array,
        panel: Panel,
        unit: Any,
        begin: int,
    ) -> None:
        assert panel.periods is not None
        self.setting, self.form, self.content, self.shares = setting, form, content, shares
        self.panel, self.unit, self.begin = panel, unit, begin
        self.ordinals, self.frequency = panel.periods.ordinals, panel.periods.frequency
        part = columns_of(tree, content.tree, x)
        self.values: dict[str, Array] = dict(zip(content.tree.codes, part.T, strict=True))
        self.starts = {leaf.code for leaf in content.tree.leaves if leaf.start is not None}
        self.faults: list[Fault] = []
        self.said: list[tuple[Said, str]] = []
        self.priced: dict[str, str] = {}

    def weights(self) -> Weights:
        """Return the weights of every group, from the leaves up."""
        found: dict[str, Array] = {}
        for branch in self.content.tree.branches:
            if self.starts.issuperset(branch.children):
                self.starts.add(branch.code)
            pair = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
            w = found[branch.code] = self.shares[branch.code]
            if not isinstance(pair, Pair):
                # Of one part alone, which is the group under any method.
                self.values[branch.code] = self.values[branch.children[0]]
                continue
            if len(branch.children) > 1:
                w = w * self._per_level(pair, branch)
                w = found[branch.code] = w / w.sum()
            rows = np.stack([self.values[child] for child in branch.children], axis=1)
            self.values[branch.code] = aggregate(pair, rows, w, Missing("reweight", 0.0)).values
        return Frozen(found)

    def _per_level(self, pair: Pair, branch: Branch) -> Array:
        """Return what the share of each child (k,) is multiplied by: 1 / f(z)."""
        inside, what = self._priced(branch)
        counted = zip(branch.children, self.shares[branch.code].tolist(), strict=True)
        # What counts for nothing needs no price.
        levels = np.array([self._level(branch, child, inside, what) if share else 1.0 for child, share in counted])
        if pair.linear:
            return 1 / levels
        return np.ones(len(levels)) if pair.quotient is None else pair.quotient(np.ones(len(levels)), levels)

    def _priced(self, branch: Branch) -> tuple[NDArray[np.bool_], Said]:
        """Return which rows have the prices of a group's shares, and those periods in words."""
        since = dated(branch, self.content.since, self.frequency, latest=self.setting.content == "restate")
        ordinals, setting = self.ordinals, self.setting
        if since is None and not (isinstance(self.form.prices, str) and self.form.prices != "link"):
            if not branch.weights_since and setting.base is not None and self.panel.holds(setting.base):
                inside = self.panel.select(setting.base, "base")
                what = Said("the base, {base}", base=setting.base)
                self.said.append((what, branch.code))
                self.priced[branch.code] = str(setting.base)
                return inside, what
            span, first = self._first(branch), True
        else:
            span, first = self.form.priced(0 if since is None else since, self.frequency), False
        own = int(ordinals.min())
        later = own > max(self.begin, span[0])
        # A unit that enters later is weighed by its first prices.
        span = (own, own + span[1] - span[0]) if later else span
        ends = [format_period(end, self.frequency) for end in span]
        what = joined(ends[:1]) if ends[0] == ends[1] else Said("{first} to {last}", first=ends[0], last=ends[1])
        when = what
        if later:
            when = Said("{periods}, the first of unit {unit}, which enters later", periods=what, unit=shown(self.unit))
        elif first:
            when = Said("{periods}, the first of the table", periods=what)
        self.said.append((when, branch.code))
        self.priced[branch.code] = ":".join(dict.fromkeys(ends))
        inside = (ordinals >= span[0]) & (ordinals <= span[1])
        if inside.sum() < span[1] - span[0] + 1:
            self._lacks(branch, self._without_rows(self._absent(span), since))
        return inside, what

    def _first(self, branch: Branch) -> Span:
        """Return the first link of the rows: a period, or a whole year that begins when the shares change."""
        over, begin = self.form.over(self.frequency), int(self.ordinals.min())
        changes = (read_span(period, self.frequency, column="weights_since")[0] for period in branch.weights_since)
        begin += (min(changes, default=0) - begin) % over
        return begin, begin + over - 1

    def _absent(self, span: Span) -> Said | str:
        known = set(self.ordinals.tolist())
        gone = [format_period(one, self.frequency) for one in range(span[0], span[1] + 1) if one not in known]
        return gone[0] if len(gone) == 1 else Said("{names} and {n} more", names=gone[0], n=len(gone) - 1)

    def _without_rows(self, periods: Said | str, since: int | None) -> Said:
        """Return that there are no rows with the prices of a group's shares, and what to do."""
        if since is None:
            return Said("no row of {periods}, whose prices its shares are at", periods=periods)
        return Said(
            "no row of {periods}, whose prices its shares are at; give those rows, or as weights without a date those "
            "that hold first, at the prices of {first}",
            periods=periods,
            first=format_period(int(self.ordinals.min()), self.frequency),
        )

    def _level(self, branch: Branch, child: str, inside: NDArray[np.bool_], what: Said) -> float:
        """Return the mean level of a child over some rows; of one that starts later its first."""
        values = self.values[child]
        found = values[inside]
        if child in self.starts and np.isnan(found).any():
            later = np.flatnonzero(~np.isnan(values))
            later = later[np.argsort(self.ordinals[later], kind="stable")]
            found = values[later[:1]]
        level = float(found.mean()) if len(found) else np.nan
        if not level > 0 and len(found):
            low = Said(
                "{child!r} has the level {level:g} in {what}, whose prices its share is at: it needs one above 0",
                child=child,
                level=level,
                what=what,
            )
            gone = Said(
                "{child!r} has no value in {what}, whose prices its share is at: impute it, or take missing = 'parent'",
                child=child,
                what=what,
            )
            self._lacks(branch, gone if np.isnan(level) else low)
        return level if level > 0 else 1.0

    def _lacks(self, branch: Branch, why: Said) -> None:
        fault = Fault(why, kind=(Said("units"), branch.code)).under(saying=called("group", branch.code))
        if self.unit is not None:
            fault = fault.under(saying=Said("unit {unit}: ", unit=shown(self.unit)))
        self.faults.append(fault)


def dated(branch: Branch, since: int, frequency: Frequency, *, latest: bool = False) -> int | None:
    """Return from which period on the weights of a group hold, None for those that hold first and have no date.

    `latest` says that the last weights hold throughout.
    """
    found = {
        read_span(period, frequency, column="weights_since")[0]: choice
        for period, choice in branch.weights_since.items()
    }
    if latest and found:
        return max(found)
    known = [date for date in found if date <= since]
    if known:
        return max(known)
    return min(found) if found and found[min(found)] == branch.weights else None


def is_linear(branch: Branch) -> bool:
    """Return whether a group's mean is the arithmetic one."""
    pair = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    return isinstance(pair, Pair) and pair.linear


def convertible(branch: Branch) -> bool:
    """Return whether shares of a group can be made weights of its levels: its mean is the same in any unit."""
    pair = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    return isinstance(pair, Pair) and (pair.linear or pair.quotient is not None or pair.forward is np.log)
