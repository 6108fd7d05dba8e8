"""What it would take: the least change of weights that brings one row above another, as a linear programme."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from hengdian_index._index.index import Index
from hengdian_index._index.result import Result
from hengdian_index._maths.means import Pair
from hengdian_index._methods.decorators import kernel
from hengdian_index._scoring.scores import Scored
from hengdian_index._scoring.tree import Branch
from hengdian_index._tables.panel import Panel, row_of
from hengdian_index._tables.table import Array
from hengdian_index._words.catalogue import Lang
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, SpecError, among, listed, raise_all, shown, spoken, suggestion
from hengdian_index.log import journal

_COSTS = ("nodes", "indicators")
# Weights that moved by less than this are those that there were.
_MOVED = 1e-9
# So often what is asked of the programme is raised where rounding, or a mean that is no line, leaves it short.
_TRIES = 30


@dataclass(frozen=True, eq=False)
class Tipping:
    """What it would take to bring one row above another, by weights alone.

    Attributes
    ----------
    above : tuple
        The unit (or label) that is to stand above, and the one that it is to pass.
    period : str or None
        The period whose scores are compared, None where rows have none.
    possible : bool
        Whether any weights within the bounds do it.
    before, after : float
        Score of the first less that of the second, as published and under the weights found; `after` is computed by
        the index with these weights, NaN where none do it.
    cost : float
        How far weights moved, NaN where none do it; see `hi.tipping`.
    weights : DataFrame
        Every weight, indexed by (group, part): columns `weight`, `tipping`, `change`.
    one_weight : DataFrame
        The smallest move of one weight alone that does it, the others of its group in proportion; the smallest first:
        columns `group`, `part`, `weight`, `tipping`, `change`.
    changes : dict
        What `Index.replace` takes: the weights of every group that is not weighed equally, learnt ones as they were.
    held : dict
        Group -> why its weights could not move.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("countries")
    >>> print(hi.tipping(index, table, above=("JPN", "ITA")).summary().splitlines()[1])
    Alone, the weight of 'openness' in 'film' would have to go from 0.2500 to 0.2267.
    """

    above: tuple[Any, Any]
    period: str | None
    possible: bool
    before: float
    after: float
    cost: float
    weights: pd.DataFrame
    one_weight: pd.DataFrame
    changes: dict[str, Any]
    held: dict[str, Said]

    def summary(self, *, lang: Lang | None = None) -> str:
        """Return it in words: whether it can be, the weights that move most, the smallest move of one weight alone."""
        lines = [self._said(), *([self._alone()] if self.before <= 0 else [])]
        if self.held:
            why = joined([Said("{group!r} ({why})", group=group, why=why) for group, why in self.held.items()])
            lines.append(Said("Held: the weights of {why}.", why=why))
        return joined(lines, "lines").told(spoken(lang))

    def _said(self) -> Said:
        first, second = map(shown, self.above)
        gap = abs(self.before)
        if self.before > 0 and not len(self._moved):
            return Said("{first} stands {gap:.4g} above {second} as it is.", first=first, second=second, gap=gap)
        below = Said("{first} stands {gap:.4g} below {second}", first=first, second=second, gap=gap)
        if not self.possible:
            return Said("{below}, and no weights within the bounds bring it above.", below=below)
        moved = self._moved
        most = [
            Said("{part!r} {before:.4f} → {after:.4f}", part=one["part"], before=one["weight"], after=one["tipping"])
            for one in moved.iloc[:5].reset_index().to_dict("records")
        ]
        return Said(
            "{below}; the least change that brings it above moves {n} of {all} weights: {most}.",
            below=below, n=len(moved), all=len(self.weights), most=_with_rest(most, len(moved)),
        )  # fmt: skip

    @property
    def _moved(self) -> pd.DataFrame:
        """Weights that change, those that change most first."""
        change = self.weights["change"].abs()
        return self.weights.loc[change[change > _MOVED].sort_values(ascending=False, kind="stable").index]

    def _alone(self) -> Said:
        if not len(self.one_weight):
            return Said("No weight brings it above alone.")
        first = self.one_weight.iloc[0]
        return Said(
            "Alone, the weight of {part!r} in {group!r} would have to go from {before:.4f} to {after:.4f}.",
            part=first["part"], group=first["group"], before=first["weight"], after=first["tipping"],
        )  # fmt: skip

    def __repr__(self) -> str:
        first, second = self.above
        found = f"cost {self.cost:.4g}" if self.possible else "impossible"
        return f"<Tipping {first!r} above {second!r}: {found}>"


def _with_rest(parts: Sequence[Said], n: int) -> Said:
    return Said("{names} and {n} more", names=joined(parts), n=n - len(parts)) if n > len(parts) else joined(parts)


def tipping(
    index: Index,
    table: Any,
    *,
    above: tuple[Any, Any],
    by: str = "nodes",
    period: Any = None,
    bounds: float | Mapping[str, tuple[float, float]] | None = None,
    margin: float = 1e-6,
) -> Tipping:
    r"""Return the least change of weights that brings one unit above another, or that there is none.

    Parameters
    ----------
    index : Index
        Whose weights may change. All else stays: bounds, means, and what other weights were learnt.
    table : table
        As `Index.compute` takes it.
    above : pair of units (or of row labels)
        The one that is to stand above, and the one that it is to pass.
    by : "nodes", "indicators" or code of a group
        What is as small as can be: the moves of weights within each group, counted by how much the group counts; the
        moves of the weights that indicators have in the whole; or those within one group, while all others stay.
    period : optional
        Which scores are compared. Default: the last period in which both have one.
    bounds : float or mapping, optional
        How far weights may go: a share (0.25: each up to a quarter larger or smaller than it is) or, for each part that
        is named, its least and largest weight within its group. Default: from 0 to 1.
    margin : float
        By how much the score has to be larger.

    Returns
    -------
    Tipping
        `possible`, `cost`, `weights`, `one_weight`, `changes` (for `Index.replace`), `summary()`.

    Raises
    ------
    SpecError
        Not two different rows, an unknown group or part, bounds out of order, a negative margin; a root that is no
        weighted mean of its parts, or is rescaled; weights that are columns of the table or shares of a value; an index
        whose parts differ by period.
    DataError
        A row without a score, or without a value that weights would have to be spread over.

    Notes
    -----
    In the weights of the indicators in the whole, F_j (the products of weights down to them), a tree of one mean is
    linear: any F >= 0 that sum to 1 belong to exactly one set of weights, w_c = F_c / F_g with F_g the sum of the F
    below g, and f(score) = sum F_j f(z_j). So

    minimise cost(F) subject to sum F = 1, F >= 0, sum F_j (f(z_Aj) - f(z_Bj)) >= margin, low F_g <= F_c <= high F_g

    is a linear programme, with the cost sum_g sum_c \|F_c - w_c F_g\| ("nodes") or sum_j \|F_j - F0_j\|
    ("indicators"). Its least is the least of all: nothing hangs on where a search begins. Groups with another mean than
    the root, or whose scores are rescaled, filled or rounded, keep their weights (`held` says why). What is found is
    computed again by the index with these weights. Weights learnt from scores, such as entropy's, would be learnt
    anew where weights below them change: `changes` holds them as they were.

    **When to use.** A reader asks how firmly a place in a ranking stands: a small change says that the order of the two
    hangs on the weights.

    **Pitfalls.** The least change is extreme: it moves few weights, and far. It is no proposal; `one_weight` is often
    nearer to what is meant. Weights are only one of the choices (see `hi.uncertainty`).

    Source: linear programming in the weights as in Rios Insua & French (1991, European Journal of Operational Research
    54); solved by HiGHS through SciPy. Proof: a general search on 20 random trees, and scores computed again.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     normalise="none", groups=[hi.Group("g")], indicators=[hi.Indicator(code, "g") for code in "ab"]
    ... )
    >>> found = hi.tipping(index, {"a": [1.0, 3.0], "b": [2.0, 1.0]}, above=(0, 1))
    >>> found.weights["tipping"].round(3).tolist()
    [0.333, 0.667]
    """
    raise_all(SpecError, list(_faults(above, margin)))
    index = index.certain
    with journal():
        result = index.compute(table)
    rows, when = _rows(result, above, period)
    _need_alike(result, rows)
    space = _Space.of(result, rows)
    moving = _moving(result, space, by)
    limits = _limits(result, bounds)
    scores = result.rows.values(result.tree.root.code)
    before = after = float(scores[rows[0]] - scores[rows[1]])
    found: dict[str, Array] | None = space.weights
    asked = margin * space.slope
    for _ in range(_TRIES if before < margin else 0):
        found = _least(space, moving, limits, asked, by)
        after = np.nan if found is None else _again(index, table, _changes(result, found), rows)
        if found is None or after >= margin:
            break
        asked = _raised(asked, (margin - after) * space.slope)
    done = found is not None and after >= margin
    weights = found if found is not None and done else space.weights
    return Tipping(
        above=(above[0], above[1]),
        period=when,
        possible=done,
        before=before,
        after=after if done else np.nan,
        cost=(0.0 if before >= margin else _cost(space, weights, by)) if done else np.nan,
        weights=_table(result, space.weights, weights if done else None),
        one_weight=_one_weight(space, moving if before < margin else (), limits, margin),
        changes=_changes(result, weights) if done and before < margin else {},
        held=space.held,
    )


def _faults(above: Any, margin: Any) -> Iterator[Said]:
    pair = isinstance(above, (tuple, list)) and len(above) == 2
    if not pair:
        yield Said(
            "above: the unit that is to stand above and the one that it is to pass, not {above}", above=shown(above)
        )
    elif above[0] == above[1]:
        yield Said("above: two different units, not {unit} twice", unit=shown(above[0]))
    number = isinstance(margin, (int, float)) and not isinstance(margin, bool)
    if not (number and np.isfinite(margin) and margin > 0):
        yield Said("margin: a number above 0, not {margin}", margin=shown(margin))


def _rows(result: Result, above: Sequence[Any], period: Any) -> tuple[tuple[int, int], str | None]:
    """Return the two rows to compare and their period: the last in which both have a score where none is given."""
    panel, scores = result.panel, result.rows.values(result.tree.root.code)
    if panel.periods is None or panel.units is None or period is not None:
        first, second = (row_of(panel, one, period) for one in above)
    else:
        for one in above:
            row_of(panel, one, None)
        known = [_scored_in(panel, scores, one) for one in above]
        both = sorted(set(known[0]) & set(known[1]))
        if not both:
            raise DataError(Said("{units} have no score in the same period", units=listed(list(above))))
        first, second = (of_one[both[-1]] for of_one in known)
    lacking = [one for one, row in zip(above, (first, second), strict=True) if np.isnan(scores[row])]
    if lacking:
        raise DataError(
            Said(
                "no score of {units} in that row; name another period, or impute what is missing", units=listed(lacking)
            )
        )
    when = None if panel.periods is None or panel.units is None else str(panel.period(first))
    return (first, second), when


def _scored_in(panel: Panel, scores: Array, unit: Any) -> dict[int, int]:
    """Return the row of each period in which a unit has a score."""
    assert panel.periods is not None
    rows = np.flatnonzero(np.asarray(panel.units == unit) & ~np.isnan(scores))
    return dict(zip(panel.periods.ordinals[rows].tolist(), rows.tolist(), strict=True))


def _need_alike(result: Result, rows: tuple[int, int]) -> None:
    """Refuse an index whose parts differ by period, whose weights differ by row, or whose scores are no mean."""
    root = result.tree.root
    faults = []
    if len({(one.tree.codes, one.tree.groups) for one in result.contents}) > 1:
        faults.append(Said("tipping: the parts of the index differ by period; ask an index of one of them"))
    if any(one.by_unit is not None for one in result.contents):
        faults.append(Said("tipping: its weights are shares of a value, which follow prices; no weight is free"))
    why = _why_held(result.rows, root, rows)
    if why is not None:
        faults.append(Said("tipping: group {group!r}: {why}", group=root.code, why=why))
    raise_all(SpecError, faults)
    lacking = _lacking(result.rows, root, rows)
    if lacking:
        raise DataError(
            Said(
                "tipping: one of the two has no value of {parts}, whose weight would go to the others; impute it first",
                parts=listed(lacking),
            )
        )


def _lacking(rows: Scored, branch: Branch, pair: tuple[int, int]) -> list[str]:
    there = rows.children(branch)[list(pair)].sum(axis=0)
    return [child for child, known in zip(branch.children, there, strict=True) if np.isnan(known)]


def _pair(branch: Branch) -> Pair | None:
    """Return the mean of a group, None where its scores are none."""
    found = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    return found if isinstance(found, Pair) else None


def _why_held(rows: Scored, branch: Branch, pair: tuple[int, int]) -> Said | None:
    """Return why the scores of a group do not follow its weights as those of one mean do, None where they do."""
    mean = _pair(branch)
    if mean is None:
        return Said("{method} is no weighted mean of its parts", method=branch.aggregate.method.name)
    if branch.presented:
        return Said("its scores are rescaled, filled or rounded")
    if branch.weighing is not None:
        return Said("its weights are columns of the table")
    x = rows.children(branch)[list(pair)]
    if mean.zero_is_limit and (x == mean.limit).any():
        return Said(
            "a part has the score {limit:g}, the limit of {method}",
            limit=mean.limit,
            method=branch.aggregate.method.name,
        )
    return None


@dataclass(frozen=True, eq=False)
class _Space:
    """The part of a tree in which weights may move: its groups, root first, and what they are made of, `ends` (k).

    `below` (groups and ends) says which ends stand below each part, `values` (2, k) are f of the scores of the two
    rows, so that their difference `d` grows where the first gains.
    """

    groups: tuple[Branch, ...]
    ends: tuple[str, ...]
    below: Mapping[str, Array]
    weights: dict[str, Array]
    values: Array
    mean: Pair
    sign: float
    held: dict[str, Said]

    @classmethod
    def of(cls, result: Result, pair: tuple[int, int]) -> _Space:
        """Return the part of a result's tree that has the mean of its root, down to what cannot move."""
        tree, rows, root = result.tree, result.rows, result.tree.root
        groups, ends, held = list[Branch](), list[str](), dict[str, Said]()
        mean = _pair(root)
        assert mean is not None
        waiting = [root]
        while waiting:
            branch = waiting.pop(0)
            groups.append(branch)
            for child in branch.children:
                below = tree.by_code.get(child)
                why = None if below is None else _apart(rows, below, root, mean, pair)
                if below is not None and why is None:
                    waiting.append(below)
                    continue
                ends.append(child)
                if why is not None:
                    held[child] = why
                    held |= {one.code: Said("it stands below {group!r}", group=child) for one in _under(result, child)}
        at = {code: np.eye(len(ends))[j] for j, code in enumerate(ends)}
        for branch in reversed(groups):
            at[branch.code] = np.sum([at[child] for child in branch.children], axis=0)
        weights = {one.code: _own_weights(rows, one, pair[0]) for one in tree.branches}
        scores = np.array([[rows.values(code)[row] for code in ends] for row in pair])
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.asarray(mean.forward(scores))
        return cls(tuple(groups), tuple(ends), at, weights, values, mean, _sign(mean, scores), held)

    @property
    def d(self) -> Array:
        """What each end (k,) says for the first row."""
        return np.asarray(self.sign * (self.values[0] - self.values[1]))

    def inner(self, weights: Mapping[str, Array]) -> dict[str, Array]:
        """Return how each part is made of the ends (k,): of the root, their weights in the whole."""
        found = {code: self.below[code] for code in self.ends}
        for branch in reversed(self.groups):
            parts = [w * found[child] for child, w in zip(branch.children, weights[branch.code], strict=True)]
            found[branch.code] = np.sum(parts, axis=0)
        return found

    def shares(self, weights: Mapping[str, Array]) -> Array:
        """Return the weights of the ends in the whole (k,)."""
        return self.inner(weights)[self.groups[0].code]

    @property
    def slope(self) -> float:
        """How much f changes where the score of the second row changes by 1."""
        score = np.asarray(self.mean.inverse(self.values[1] @ self.shares(self.weights)))
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = abs(float(self.mean.secant(score, score))) / self.mean.times
        return slope if np.isfinite(slope) and slope > 0 else 1.0

    def gap(self, shares: Array) -> float:
        """Return the score of the first row less that of the second."""
        first, second = self.mean.inverse(self.values @ shares) * self.mean.times
        return float(first - second)

    def within(self, shares: Array) -> dict[str, Array]:
        """Return the weights of every group that belong to weights in the whole; those of what counts nothing stay."""
        found = dict(self.weights)
        for branch in self.groups:
            parts = np.array([self.below[child] @ shares for child in branch.children])
            if parts.sum() > _MOVED:
                found[branch.code] = parts / parts.sum()
        return found


def _apart(rows: Scored, branch: Branch, root: Branch, mean: Pair, pair: tuple[int, int]) -> Said | None:
    """Return why the weights of a group do not move with those of the root."""
    why = _why_held(rows, branch, pair)
    if why is not None:
        return why
    own = _pair(branch)
    assert own is not None
    if own.linear and mean.linear:
        # A sum whose weights sum to 1 is a mean.
        if not np.allclose([own.times, mean.times], 1, rtol=0, atol=_MOVED):
            return Said("a sum counts its parts, so the weights of sums of sums are no shares of the whole")
    elif branch.aggregate != root.aggregate:
        return Said("its mean is not that of {root!r}", root=root.code)
    lacking = _lacking(rows, branch, pair)
    return Said("one of the two has no value of {parts}", parts=listed(lacking)) if lacking else None


def _under(result: Result, code: str) -> list[Branch]:
    """Return the groups below one."""
    children = [
        result.tree.by_code[child] for child in result.tree.by_code[code].children if child in result.tree.by_code
    ]
    return [*children, *(one for child in children for one in _under(result, child.code))]


def _own_weights(rows: Scored, branch: Branch, row: int) -> Array:
    """Return the weights asked for in a row, shares of their sum."""
    w = rows.asked_weights(branch)
    w = np.asarray(w if w.ndim == 1 else w[row], dtype=np.float64)
    return w / w.sum() if w.sum() > 0 else w


def _sign(mean: Pair, scores: Array) -> float:
    """Return 1 where f grows with the scores, -1 where it falls."""
    low, high = float(scores.min()), float(scores.max())
    if low == high:
        return 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        first, last = np.asarray(mean.forward(np.array([low, high])))
    return 1.0 if last >= first else -1.0


def _moving(result: Result, space: _Space, by: str) -> tuple[str, ...]:
    """Return the groups whose weights may move."""
    free = tuple(one.code for one in space.groups if len(one.children) > 1)
    if among(by, _COSTS):
        return free
    if not among(by, result.tree.by_code):
        names = [*_COSTS, *result.tree.groups]
        raise SpecError(Said("by: no {by}{guess}", by=shown(by), guess=suggestion(by, names)))
    if by in space.held:
        raise SpecError(Said("by: the weights of {group!r} cannot move: {why}", group=by, why=space.held[by]))
    if by not in free:
        raise SpecError(Said("by: {group!r} has one part, whose weight is 1", group=by))
    return (by,)


def _limits(result: Result, bounds: Any) -> Callable[[str, float], tuple[float, float]]:
    """Return the least and the largest weight of a part, given its weight."""
    if bounds is None:
        return lambda _, w: (0.0, 1.0)
    if not hasattr(bounds, "items"):
        number = isinstance(bounds, (int, float)) and not isinstance(bounds, bool)
        if not (number and np.isfinite(bounds) and bounds >= 0):
            wanted = Said("a share such as 0.25, or for each part its least and largest weight")
            raise SpecError(Said("bounds: {wanted}, not {bounds}", wanted=wanted, bounds=shown(bounds)))
        return lambda _, w: (max(0.0, w * (1 - bounds)), min(1.0, w * (1 + bounds)))
    parts = [child for branch in result.tree.branches for child in branch.children]
    faults = []
    for name, pair in bounds.items():
        if not among(name, parts):
            faults.append(Said("bounds: no part {name}{guess}", name=shown(name), guess=suggestion(name, parts)))
        elif not _ordered(pair):
            faults.append(
                Said(
                    "bounds: {name!r}: the least and the largest weight, from 0 to 1, not {pair}",
                    name=name,
                    pair=shown(pair),
                )
            )
    raise_all(SpecError, faults)
    return lambda child, w: bounds.get(child, (0.0, 1.0))


def _ordered(pair: Any) -> bool:
    try:
        low, high = map(float, pair)
    except (TypeError, ValueError):
        return False
    return 0 <= low <= high <= 1


def _moves(space: _Space, by: str) -> tuple[Array, Array]:
    """Return what the cost counts: rows (m, k) of shares, and what (m,) is taken from them before their sizes are."""
    if by == "indicators":
        return np.eye(len(space.ends)), space.shares(space.weights)
    rows = [
        space.below[child] - w * space.below[branch.code]
        for branch in space.groups
        for child, w in zip(branch.children, space.weights[branch.code], strict=True)
    ]
    return np.array(rows), np.zeros(len(rows))


def _least(
    space: _Space, moving: Sequence[str], limits: Callable[[str, float], tuple[float, float]], margin: float, by: str
) -> dict[str, Array] | None:
    """Return the weights of least cost under which the first row is above by the margin, None where there are none."""
    k = len(space.ends)
    move, start = _moves(space, by)
    m = len(move)
    fixed, upper = list[Array](), list[Array]()
    for branch in space.groups:
        whole = space.below[branch.code]
        for child, w in zip(branch.children, space.weights[branch.code], strict=True):
            part = space.below[child]
            if branch.code not in moving:
                fixed.append(part - w * whole)
                continue
            low, high = limits(child, float(w))
            upper += [low * whole - part] if low > 0 else []
            upper += [part - high * whole] if high < 1 else []
    slack = np.eye(m)
    above = np.vstack([-space.d, *upper])
    unequal = np.block([[above, np.zeros((len(above), m))], [move, -slack], [-move, -slack]])
    limit = np.concatenate([[-margin], np.zeros(len(upper)), start, -start])
    equal = np.vstack([np.ones(k), *fixed])
    found = linprog(
        np.concatenate([np.zeros(k), np.ones(m)]),
        A_ub=unequal,
        b_ub=limit,
        A_eq=np.hstack([equal, np.zeros((len(equal), m))]),
        b_eq=np.concatenate([[1.0], np.zeros(len(fixed))]),
        bounds=(0, None),
        method="highs",
    )
    if found.x is None:
        return None
    weights = space.within(np.maximum(found.x[:k], 0.0))
    stay = {code for code, w in weights.items() if code not in moving or np.allclose(w, space.weights[code], 0, _MOVED)}
    return {code: space.weights[code] if code in stay else w for code, w in weights.items()}


def _raised(asked: float, short: float) -> float:
    """Return what to ask for where the scores computed again fall short of the margin."""
    return asked + max(short, 1e-3 * asked)


def _cost(space: _Space, weights: Mapping[str, Array], by: str) -> float:
    move, start = _moves(space, by)
    return float(np.abs(move @ space.shares(weights) - start).sum())


def _changes(result: Result, weights: Mapping[str, Array]) -> dict[str, Any]:
    """Return what `replace` takes so that every group has these weights, and none is learnt again."""
    changes: dict[str, Any] = {}
    for branch in reversed(result.tree.branches):
        if len(branch.children) < 2 or branch.weighing is not None:
            continue
        w = weights[branch.code]
        same = branch.weights.method.name == "equal" and np.ptp(w) == 0
        if not same:
            changes[f"{branch.code}.weights"] = dict(zip(branch.children, w.tolist(), strict=True))
        if branch.weights_since:
            changes[f"{branch.code}.weights_since"] = {}
    return changes


def _again(index: Index, table: Any, changes: Mapping[str, Any], rows: tuple[int, int]) -> float:
    """Return the difference of the two rows as the index with other weights computes it."""
    with journal():
        result = index.replace(changes).compute(table)
    scores = result.rows.values(result.tree.root.code)
    return float(scores[rows[0]] - scores[rows[1]])


def _table(result: Result, before: Mapping[str, Array], after: Mapping[str, Array] | None) -> pd.DataFrame:
    """Return every weight before and after, missing after where nothing was found."""
    groups = result.tree.branches[::-1]
    labels = [(branch.code, child) for branch in groups for child in branch.children]
    frame = pd.DataFrame(index=pd.MultiIndex.from_tuples(labels, names=["group", "part"]))
    frame["weight"] = np.concatenate([before[branch.code] for branch in groups])
    frame["tipping"] = np.nan if after is None else np.concatenate([after[branch.code] for branch in groups])
    return frame.assign(change=frame["tipping"] - frame["weight"])


def _one_weight(
    space: _Space, moving: Sequence[str], limits: Callable[[str, float], tuple[float, float]], margin: float
) -> pd.DataFrame:
    """Return the smallest move of each weight alone that brings the first row above, the smallest first."""
    inner = space.inner(space.weights)
    counts = {space.groups[0].code: 1.0}
    found = []
    for branch in space.groups:
        w = space.weights[branch.code]
        counts |= {child: counts[branch.code] * float(one) for child, one in zip(branch.children, w, strict=True)}
        for j, child in enumerate(branch.children if branch.code in moving else ()):
            rest = np.sum([w[i] * inner[other] for i, other in enumerate(branch.children) if i != j], axis=0)
            if w[j] < 1:
                direction = counts[branch.code] * (inner[child] - rest / (1 - w[j]))
                goal = _alone(space, float(w[j]), direction, margin)
                low, high = limits(child, float(w[j]))
                if goal is not None and low <= goal <= high:
                    found.append((branch.code, child, float(w[j]), goal, goal - float(w[j])))
    frame = pd.DataFrame(found, columns=["group", "part", "weight", "tipping", "change"])
    return frame.sort_values("change", key=np.abs, kind="stable", ignore_index=True)


def _alone(space: _Space, w: float, direction: Array, margin: float) -> float | None:
    """Return what a weight has to become, where each step of it moves shares in a direction; None where none does."""
    shares = space.shares(space.weights)
    slope, asked = float(space.d @ direction), margin * space.slope
    for _ in range(_TRIES if slope else 0):
        goal = w + (asked - float(space.d @ shares)) / slope
        if not 0 <= goal <= 1:
            return None
        after = space.gap(shares + (goal - w) * direction)
        if after >= margin:
            return goal
        asked = _raised(asked, (margin - after) * space.slope)
    return None
