"""What was computed: scores, series, changes, exact contributions, ranks, weights, log, provenance."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._index.consistency import consistency_table
from hengdian_index._index.doors import DOORS, Door, Doors
from hengdian_index._index.long_form import LongKind, kinds_of, long_form
from hengdian_index._index.pivots import pivoted
from hengdian_index._index.poverty import Poverty, poverty
from hengdian_index._index.provenance import provenance
from hengdian_index._index.strengths import obstacle_degrees, strengths
from hengdian_index._index.unit_groups import unit_means
from hengdian_index._levels.bases import BaseLevels, factors, lacking_in_base, refuse_infinite, with_entrants
from hengdian_index._levels.chained import Chained
from hengdian_index._levels.common_base import levels_of_base
from hengdian_index._levels.contributions import Depth, Whole, in_order
from hengdian_index._levels.courses import Course, Direct, Linked, provisional
from hengdian_index._methods.effects import Split
from hengdian_index._scoring.contents import Content, late_groups, rows_of
from hengdian_index._scoring.fields import whose_base
from hengdian_index._scoring.scores import Evaluation, weights_series
from hengdian_index._scoring.tree import Setting, Tree
from hengdian_index._scoring.value_shares import ValueShares
from hengdian_index._tables.cells import number_of
from hengdian_index._tables.panel import Panel, row_of
from hengdian_index._tables.periods import EARLIEST, format_period
from hengdian_index._tables.scopes import Compared, Unlabelled, Within, scopes
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import counted
from hengdian_index._words.catalogue import Lang
from hengdian_index._words.language import language
from hengdian_index._words.said import Said, told
from hengdian_index.errors import DataError, SpecError, among, raise_all, shown, suggestion
from hengdian_index.log import Entry, frame_of, tally

if TYPE_CHECKING:
    from pathlib import Path

    from hengdian_index._index.explanation import Explanation
    from hengdian_index._index.stubs import Drawn, Released, ResultPlots


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """The scores of some rows under a fitted index, and everything that follows from them.

    Rows carry (unit, period) as index, or the table's own labels; columns are codes of the spec.

    Attributes
    ----------
    fitted : Fitted
        The fit whose bounds and weights hold.
    contents : tuple
        What the index consists of and its weights, from each change of content on.
    panel, prepared_panel : Panel
        The rows as they were read, and as normalisation saw them.
    rows : Evaluation
        Scores of the indicators and the groups, as arrays.
    entries : tuple
        The lines of `log`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     period="year",
    ...     base=2020,
    ...     groups=[hi.Group("total")],
    ...     indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total", direction=-1)],
    ... )
    >>> result = index.compute({"year": [2020, 2021, 2022], "a": [1.0, 2.0, 5.0], "b": [8.0, 7.0, 6.0]})
    >>> result.scores["total"].tolist()
    [0.0, 0.375, 1.0]
    """

    fitted: Any
    contents: tuple[Content, ...]
    panel: Panel
    prepared_panel: Panel
    rows: Evaluation
    entries: tuple[Entry, ...]

    if TYPE_CHECKING:

        @property
        def plot(self) -> ResultPlots:
            """Pictures of the result."""

        def bulletin(
            self,
            path: str | Path | None = None,
            *,
            period: Any = None,
            unit: Any = None,
            lang: Lang | None = None,
            uncertainty: Drawn | None = None,
            earlier: Released | str | Path | None = None,
        ) -> str:
            """Return the bulletin of a period as Markdown, written to a file of Word or Markdown where one is named."""

        def explain(
            self, unit: Any = None, period: Any = None, node: str | None = None, *, lang: Lang | None = None
        ) -> Explanation:
            """Return the path from the raw value to the score, step by step, each with its formula in numbers."""

        def method(
            self,
            lang: Lang | None = None,
            form: Literal["markdown", "latex"] = "markdown",
            *,
            path: str | Path | None = None,
        ) -> str:
            """Return what was computed in words and formulas, with the numbers of this fit; for a paper's appendix."""

        def report(
            self,
            path: str | Path,
            *,
            lang: Lang | None = None,
            uncertainty: Drawn | None = None,
            title: str | None = None,
            period: Any = None,
            units: Any = None,
        ) -> Path:
            """Write a result as one HTML page that needs nothing else, or as a file of Word, and return its path."""

        def to_csv(self, folder: str | Path) -> list[str]:
            """Write every table of the result to a folder as CSV, all or none, and return the names of the files."""

        def to_excel(self, path: str | Path, *, lang: Lang | None = None) -> None:
            """Write the result to an Excel workbook in which what is arithmetic is a formula."""

    else:
        plot = Doors()
        bulletin = Door()
        explain = Door()
        method = Door()
        report = Door()
        to_csv = Door()
        to_excel = Door()

    @property
    def tree(self) -> Tree:
        """The tree of groups and indicators, with the choice that holds at each."""
        tree: Tree = self.fitted.tree
        return tree

    @property
    def setting(self) -> Setting:
        """What the index says besides its tree."""
        setting: Setting = self.fitted.setting
        return setting

    @property
    def base_levels(self) -> BaseLevels | None:
        """Mean levels over the base period, of each unit; None where the fit holds none."""
        levels: BaseLevels | None = self.fitted.base_levels
        return levels

    @property
    def fit_rows(self) -> Mapping[str, Any]:
        """Which rows were learnt from: how many, the first and the last, their SHA-256."""
        rows: Mapping[str, Any] = self.fitted.rows
        return rows

    @property
    def scores(self) -> pd.DataFrame:
        """Scores of every group, the root first (n, groups), each row under the content of its period."""
        return self._frame({code: self.rows.values(code).copy() for code in self.tree.groups})

    @property
    def normalised(self) -> pd.DataFrame:
        """Normalised indicators (n, k)."""
        return self._indicators(self.rows.leaves)

    @property
    def raw(self) -> pd.DataFrame:
        """The indicators as they came (n, k)."""
        return self._indicators(self.panel.values[:, : len(self.tree.codes)])

    @property
    def prepared(self) -> pd.DataFrame:
        """The indicators as normalisation saw them (n, k): built, denominated, imputed, adjusted, treated."""
        return self._indicators(self.prepared_panel.values)

    @cached_property
    def provisional(self) -> pd.DataFrame:
        """Which levels (n, groups) rest on a value carried forward, and will be revised when the value comes.

        Those of the period itself, and those that a base period, a link or a chain makes depend on it.
        """
        return self._matrix(provisional(self.rows, self.course, self.prepared_panel, self.setting.base))

    @property
    def weights(self) -> pd.Series[float]:
        """Weights within each group, indexed by (group, child); the latest where they change."""
        return weights_series(self._latest.tree, self._latest.weights)

    @property
    def weights_by_period(self) -> pd.DataFrame:
        """Weights within each group, one row for each period from which they hold; (group, child) in the columns."""
        own = self.panel.period_labels()
        found = {}
        for content in self.contents:
            dated = content.by_period or {content.since: content.weights}
            for since, weights in sorted(dated.items()):
                found[own.get(since, self._start(since))] = weights_series(content.tree, weights)
        return pd.DataFrame(found).T.rename_axis("since")

    @property
    def effective_weights(self) -> pd.Series[float]:
        """Weight of each indicator in the whole: the product of the weights down the tree; sums to 1."""
        content = self._latest
        share = {content.tree.root.code: 1.0}
        for code in content.tree.groups:
            for child, weight in zip(content.tree.by_code[code].children, content.weights[code], strict=True):
                share[child] = share[code] * float(weight)
        return pd.Series({code: share.get(code, 0.0) for code in self.tree.codes}, name="effective weight")

    @property
    def consistency(self) -> pd.DataFrame:
        """How consistent pairwise judgements are, those of each expert and those of all together, group by group.

        Rows (group, since, expert); columns `lambda_max`, `ci`, `cr`, `consistent`; empty without such judgements.
        """
        return consistency_table(self)

    def ranks(self, within: Within = Compared.BY_DEFAULT, *, missing: Unlabelled = "refuse") -> pd.DataFrame:
        """Return the rank of each row in each group, 1 = best; ties share the smaller number.

        Scores that differ by rounding alone are one number (see `hengdian_index._values.equality`), so they tie.

        Parameters
        ----------
        within : str, list of str or None
            Compare the rows that have the same label in a column of the table (an income group, a region), or in each
            of several: ["period", "region"]. The words "period" and "unit" are those of the index. None: all rows.
            Default: the rows of a period where the index has units and periods, else all rows.
        missing : {"refuse", "leave_out", "group"}
            What rows without a label are: a fault, without a rank, or ranked among themselves.

        Raises
        ------
        SpecError
            A column that the table has not.
        DataError
            Rows without a label, or labels that differ in blanks or in case alone.

        Examples
        --------
        >>> import hengdian_index as hi
        >>> index = hi.Index(unit="town", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
        >>> table = {"town": ["A", "B", "C"], "coast": ["east", "west", "east"], "x": [1.0, 2.0, 3.0]}
        >>> index.compute(table).ranks(within="coast")["all"].tolist()
        [2.0, 1.0, 1.0]
        """
        codes = scopes(self.panel, within, missing)
        ranks = self.scores.reset_index(drop=True).groupby(codes).rank(ascending=False, method="min")
        ranks[codes < 0] = np.nan
        return ranks.set_axis(self.panel.labels, axis=0)

    def series(self, base: Any = None, to: float | None = None, *, base_of: Any = None) -> pd.DataFrame:
        """Return the levels of every group, the mean of the base period set to `to`.

        Parameters
        ----------
        base : period, span or list of periods, optional
            Default: the index's own base; without one, the first period.
        to : float, optional
            Level of the base period; default: the index's own (100). An index without base and `to` gives its scores.
        base_of : {"unit", "mean", "weighted"}, a unit, or mapping; optional
            Whose level is the base, as in an index; default: the index's own.

        Raises
        ------
        DataError
            A base without rows or without a score, or a level of 0 or less in it: no series in per cent of that exists
            (with new_units = "missing" it is missing, which the log says, and a warning for a base asked for here).

        Notes
        -----
        to * level / mean of the levels over the base period; in a panel each unit has its own base, unless `base_of`
        names one for all: the mean, in each period of the base, of the levels of the units. The level is the
        score (series = "fixed"; where the content changes, linked), or a chain of ratios, of symmetric growth or of
        logarithms, as the index says.
        """
        with np.errstate(over="ignore"):
            levels = self.course.levels * self.factors(base, to, base_of)
        refuse_infinite(levels, self.panel, self.tree.groups, Said("level"))
        return self._matrix(levels)

    def unit_means(self, of: Literal["series", "scores"] = "scores", base: Any = None) -> pd.DataFrame:
        """Return the means over the units of each group that the index names (`groups_of_units`), by period.

        Parameters
        ----------
        of : {"scores", "series"}
            Of the scores, or of the levels, of which each unit has its own base.
        base : period, span or list of periods, optional
            Of the series; default: that of the index.

        Returns
        -------
        DataFrame
            Labelled as the rows of the result, the group in the place of the unit; a group that is called like a unit
            has its column before its name ("region: North").

        Notes
        -----
        sum_u w_u s_u / sum_u w_u over the units that have a score and a weight in the period; w = 1 without a column of
        weights. Ranks within groups are `ranks(within=["period", "region"])`.

        Examples
        --------
        >>> import hengdian_index as hi
        >>> parts = {"groups": [hi.Group("all")], "indicators": [hi.Indicator("x", "all")]}
        >>> index = hi.Index(unit="town", groups_of_units=[{"by": "coast", "weights": "people"}], **parts)
        >>> table = {"town": ["A", "B", "C"], "coast": ["east", "west", "east"], "x": [1, 2, 3], "people": [1, 5, 3]}
        >>> index.compute(table).unit_means()["all"].to_dict()
        {'east': 0.75, 'west': 0.5}
        """
        if not among(of, ("series", "scores")):
            raise SpecError(Said("of: no {of!r}{guess}", of=of, guess=suggestion(of, ["series", "scores"])))
        if not self.setting.groups_of_units:
            raise SpecError(Said('the index names no groups of units; name them: groups_of_units = ["region"]'))
        return unit_means(self.setting, self.panel, self.scores if of == "scores" else self.series(base))

    def changes(
        self,
        lag: int = 1,
        how: Literal["percent", "points", "log"] = "percent",
        *,
        base: Any = None,
        to: float | None = None,
        base_of: Any = None,
    ) -> pd.DataFrame:
        """Return the change of every group on the period `lag` before.

        Parameters
        ----------
        lag : int
            1: the previous period; 4: a year ago in quarters. Counted by the calendar, so a hole gives missing.
        how : {"percent", "points", "log"}
            100 (s1 / s0 - 1), s1 - s0 in points of the series, or 100 ln(s1 / s0). A change in per cent of a level that
            is not above 0 says nothing: it is missing, with a warning.
        """
        if not among(how, ("percent", "points", "log")):
            raise SpecError(
                Said("how: no {how!r}{guess}", how=how, guess=suggestion(how, ["percent", "points", "log"]))
            )
        levels = self.series(base, to, base_of=base_of).to_numpy()
        before, now = self._before(levels, lag), levels
        if how == "points":
            with np.errstate(over="ignore"):
                return self._changes(now - before)
        lost = (before <= 0) | ((now <= 0) & (how == "log"))
        if lost.any():
            self._warn_of(lost, self.tree.groups, how, "how='points'")
            before, now = np.where(lost, np.nan, before), np.where(lost, np.nan, now)
        with np.errstate(over="ignore"):
            return self._changes(100 * (now / before - 1) if how == "percent" else 100 * np.log(now / before))

    def _warn_of(self, lost: NDArray[np.bool_], codes: Sequence[str], how: str, instead: str) -> None:
        """Warn of changes (n, codes) from or to a level that is not above 0, of which only points can be told."""
        row, column = np.argwhere(lost)[0].tolist()
        why = Said.of(
            int(lost.sum()),
            "{n} change has no {how} value, from or to a level that is not above 0 (the first: {code!r}, {place}); it "
            "is missing; {instead} has all",
            "{n} changes have no {how} value, from or to a level that is not above 0 (the first: {code!r}, {place}); "
            "they are missing; {instead} has all",
            how=how,
            code=codes[column],
            place=self.panel.place(row),
            instead=instead,
        )
        warnings.warn(told(why, language()), stacklevel=3)

    def _changes(self, values: Array) -> pd.DataFrame:
        refuse_infinite(values, self.panel, self.tree.groups, Said("change"))
        return self._matrix(values)

    def contributions(
        self,
        node: str | None = None,
        *,
        of: Whole = "change",
        lag: int = 1,
        depth: Depth = "children",
        share: bool = False,
        split: Split = "interaction",
        base: Any = None,
        to: float | None = None,
        base_of: Any = None,
    ) -> pd.DataFrame:
        """Return what each part contributes to a group's level, its change or its growth; rows sum to it exactly.

        Parameters
        ----------
        node : str, optional
            Code of a group; default: the root.
        of : {"change", "growth", "level"}
            The change, in points of the series; the growth rate, which is `changes(lag)`, in percentage points
            (拉动百分点); the level. Shares of a change and of a level are both printed as "contribution rate" (贡献率)
            in official releases; they are different numbers.
        lag : int
            For a change and for growth: on how many periods before.
        depth : {"children", "indicators"}
            The parts: the group's children, or the indicators below it.
        share : bool
            In per cent of the whole, instead of points; missing where the change is 0.
        split : {"interaction", "shapley"}
            What an aggregation that is no mean leaves when each child has moved alone: a column of its own, or shared
            out.

        Returns
        -------
        DataFrame (n, parts)
            In the order of the spec, groups before indicators. A further column "reweighting" appears where missing
            values or learnt weights changed the weights between the two periods, "interaction" where a group is
            aggregated by something else than a quasi-arithmetic mean, and "other rows" for what the movement of the
            others does under a method that compares rows.

        Notes
        -----
        For a mean with the pair (f, f inverse) the change splits as w_j (f(z1_j) - f(z0_j)) (y1 - y0) / (f(y1) -
        f(y0)), with the limit where y1 = y0; the level as y w_j f(z_j) / f(y). Down the tree the factors multiply. For
        the geometric mean the first is the log-mean (Vartia-Montgomery) split. Its level parts have no bounds near a
        level of 1, of which the logarithm is 0 (347 and -346 of 1.001): where their sizes add up to more than 10 times
        the level each part counts by its weight, y w_j, with a line in the log. Across a link each content's part of
        the change counts at the factor of that content; along a chain the parts are those of the steps, added up.

        Of growth a part is 100 times that of the change over the level before, missing with a warning where this is not
        above 0. On a year before, of an index that is linked once in it, the parts are Ribe's: what a part adds up to
        the link at the old weights, and from the link on at the new ones.

        Under any other aggregation the part of a child is the effect of its own move, alone or (Shapley) averaged over
        all orders, and a leaf below it has that effect per unit of the child's change, times its own part of that
        change: the factor down the tree again, a secant of the aggregation, so that no number of leaves is too large.
        Where the leaves of a child nearly cancel the secant is measured over a step about the child's middle, in the
        limit its derivative (at a kink the mean of both sides). A method that jumps (ranks) has none there: the effect
        is "interaction", with a line in the log. What is missing in a period takes no part in either; what both
        periods have is split as if the rest were not there. Proof: all orders of the leaves of small trees, and the
        limit of gaps of 1e-3, 1e-6, 1e-9 and 0.
        """
        branch = self._branch(node)
        faults = list[Said]()
        for name, word, kind in (("of", of, Whole), ("depth", depth, Depth), ("split", split, Split)):
            if not among(word, get_args(kind)):
                guess = suggestion(word, get_args(kind))
                faults.append(Said("{name}: no {word!r}{guess}", name=name, word=word, guess=guess))
        if not isinstance(share, (bool, np.bool_)):
            faults.append(Said("share: true or false is needed, not {share}", share=shown(share)))
        raise_all(SpecError, faults)
        g = self.tree.groups.index(branch.code)
        factor = self.factors(base, to, base_of)[:, g]
        level = self.series(base, to, base_of=base_of).to_numpy()[:, g]
        with np.errstate(over="ignore"):
            if of == "level":
                parts, whole = self.course.level_parts(branch.code, depth == "indicators"), level
            else:
                parts = self.course.change_parts(branch.code, lag, depth == "indicators", split)
                before = self._before(level[:, np.newaxis], lag)[:, 0]
                whole = level - before
            parts = in_order(self.tree, parts)
            values = np.stack([part * factor for part in parts.values()], axis=1)
        if share:
            whole = np.where(np.abs(whole) < 1e-9 * np.abs(level), np.nan, whole)
        elif of == "growth":
            whole = before
        if of == "growth" and (before <= 0).any():
            self._warn_of(before[:, np.newaxis] <= 0, [branch.code], "percent", "of='change'")
            whole = np.where(before > 0, whole, np.nan)
        if share or of == "growth":
            with np.errstate(over="ignore"):
                values = 100 * (values / whole[:, np.newaxis])
        refuse_infinite(values, self.panel, list(parts), Said("contribution"))
        frame = self._frame(dict(zip(parts, values.T, strict=True)))
        frame.attrs["of"] = of
        return frame

    def obstacles(self) -> pd.DataFrame:
        """Return each indicator's share (n, k) in what separates a row from the best: obstacle degrees, summing to 1.

        Raises
        ------
        SpecError
            A normalisation without a best and a worst score (z-scores, relatives).

        Notes
        -----
        O_j = F_j (1 - z_j) / sum F (1 - z): F_j the product of the weights down to j in the row's period, whatever the
        aggregation, z on 0..1. The obstacle of a group is the sum of its indicators'. Source: the obstacle-degree model
        of Chinese development texts.
        """
        return self._indicators(obstacle_degrees(self.tree, self.rows.leaves, self.rows.importance()))

    def strengths(self, unit: Any, n: int = 3, *, period: Any = None) -> pd.DataFrame:
        """Return the n best and the n worst indicators of a unit: columns indicator, score, rank, kind.

        Ranked among the rows of its period (the last it has, or `period`), ties by score; at least 3 rows are needed.
        """
        row = row_of(self.panel, unit, period)
        return strengths(self.tree, self.panel, self.rows.leaves, row, n)

    def poverty(
        self, node: str | None = None, *, within: Within = Compared.BY_DEFAULT, weights: str | None = None
    ) -> Poverty:
        """Return headcount ratio, intensity and adjusted headcount ratio (Alkire-Foster), and what makes them up.

        Parameters
        ----------
        node : str, optional
            Code of a group whose aggregation is `counting`; default: the root, or the only one.
        within : str, list of str or None
            Columns that tell the groups of units apart, as in `ranks`: "region", ["period", "region"]. None: all rows
            together. Default: those of a period where the index has units and periods, else all rows.
        weights : str, optional
            Column of the table with the number of people that a row stands for. Default: the one that the index names
            in `groups_of_units`; without one each row counts once.

        Returns
        -------
        Poverty
            `H`, `A`, `M0`; tables `measures`, `headcounts`, `censored`, `contributions`, `dimensions`.

        Raises
        ------
        SpecError
            No group that counts, several of which none is the root, a column that the table has not.
        DataError
            An indicator below the group whose score is neither 0 nor 1; a row without a label or a weight.

        Notes
        -----
        H = share of people with a count of at least the cut-off; A = their mean count; M0 = H A, the mean of the
        censored counts. The contribution of an indicator is its weight times its censored headcount ratio, of M0, in
        per cent; where rows have gaps, with the weights that each row was given. Rows without a score are left out.

        Source: Alkire & Foster 2011 (Journal of Public Economics 95).

        Examples
        --------
        >>> import hengdian_index as hi
        >>> tree = {"groups": [hi.Group("poor")], "indicators": [hi.Indicator("a", "poor"), hi.Indicator("b", "poor")]}
        >>> index = hi.Index(normalise="none", aggregate={"method": "counting", "cutoff": 0.5}, **tree)
        >>> table = {"a": [1, 0, 1, 0], "b": [1, 0, 0, 0], "coast": ["east", "east", "west", "west"]}
        >>> index.compute(table).poverty(within="coast").measures[["H", "A", "M0"]].to_dict("index")
        {'east': {'H': 0.5, 'A': 1.0, 'M0': 0.5}, 'west': {'H': 0.5, 'A': 0.5, 'M0': 0.25}}
        """
        return poverty(self.rows, self.panel, self.setting, node, within, weights)

    def long(self, kinds: LongKind | Sequence[LongKind] | None = None) -> pd.DataFrame:
        """Return the result as one tidy table, a number in each row, for R, Tableau, a database or a chart.

        Parameters
        ----------
        kinds : {"raw", "prepared", "normalised", "score", "level", "rank"} or list of these, optional
            What the numbers are. Of indicators: as they came, as normalisation saw them (`prepared`), normalised; of
            groups: scores, levels (`series`), ranks. Default: all but "prepared", levels where there are any.

        Returns
        -------
        DataFrame
            Columns `unit` and `period`, those that the rows have (`unit_name` after them where the index has names of
            units; `unit` is the row's own label where they have neither); `node`, the code of an indicator or a group,
            and its `name`; `kind`; `value`. A number that is missing keeps its row.

        Examples
        --------
        >>> import hengdian_index as hi
        >>> index = hi.Index(unit="town", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all", name="rent")])
        >>> long = index.compute({"town": ["A", "B"], "x": [1.0, 3.0]}).long(["raw", "score"])
        >>> long.loc[long["unit"] == "B"].to_numpy().tolist()
        [['B', 'x', 'rent', 'raw', 3.0], ['B', 'all', 'all', 'score', 1.0]]
        """
        wanted = kinds_of(kinds, timed=self.setting.base is not None or self.panel.periods is not None)
        frames = {kind: self._of_kind(kind) for kind in wanted}
        names = {leaf.code: leaf.name or leaf.code for leaf in self.tree.leaves}
        names |= {code: self.tree.by_code[code].name or code for code in self.tree.groups}
        return long_form(frames, names, self.panel)

    def pivot(self, kind: LongKind = "score", node: str | None = None) -> pd.DataFrame:
        """Return the numbers of one group or indicator with a row for each unit and a column for each period.

        Parameters
        ----------
        kind : {"score", "level", "rank", "normalised", "raw", "prepared"}
            What the numbers are, as in `long`.
        node : str, optional
            Code of a group, or of an indicator for the last three; default: the whole.

        Returns
        -------
        DataFrame
            Units as they come, periods in time; missing where a unit has no row or no number.

        Raises
        ------
        SpecError
            A kind or a code that there is not.
        DataError
            Rows without units or without periods.

        Examples
        --------
        >>> import hengdian_index as hi
        >>> tree = {"groups": [hi.Group("all")], "indicators": [hi.Indicator("x", "all")]}
        >>> index = hi.Index(unit="town", period="year", **tree)
        >>> table = {"town": ["A", "A", "B"], "year": [2020, 2021, 2021], "x": [1.0, 3.0, 2.0]}
        >>> index.compute(table).pivot("rank")
        year  2020  2021
        town
        A      1.0   1.0
        B      NaN   2.0
        """
        if not among(kind, get_args(LongKind)):
            raise SpecError(
                Said("kind: no {kind}{guess}", kind=shown(kind), guess=suggestion(kind, get_args(LongKind)))
            )
        frame = self._of_kind(kind)
        code = self.tree.root.code if node is None else node
        if not among(code, frame.columns):
            guess = suggestion(code, frame.columns)
            if kind in ("score", "level", "rank"):
                raise SpecError(Said("node: no group {node}{guess}", node=shown(code), guess=guess))
            raise SpecError(Said("node: no indicator {node}{guess}", node=shown(code), guess=guess))
        return pivoted(self.panel, frame[code].to_numpy(dtype=np.float64))

    def _of_kind(self, kind: LongKind) -> pd.DataFrame:
        """Return the numbers of all rows that a kind is of."""
        made = {"score": lambda: self.scores, "level": self.series, "rank": self.ranks}
        return made[kind]() if kind in made else getattr(self, kind)

    @property
    def log(self) -> pd.DataFrame:
        """What was noted while fitting and scoring: step, why, and which unit, period and indicator."""
        return frame_of(self.entries)

    def log_digest(self) -> pd.DataFrame:
        """Return the log counted by step and reason: columns step, kind, lines, indicators, units, periods, first.

        `lines` says how many lines there are of a kind, the next three of how many indicators, units and periods they
        are, `first` what the first of them says. Of many rows that lack the same `log` has the first and a line that
        counts the others, which are lines here too; their units are not among those counted.

        Examples
        --------
        >>> import hengdian_index as hi
        >>> nan = float("nan")
        >>> index = hi.Index(
        ...     unit="town",
        ...     impute="mean",
        ...     groups=[hi.Group("all")],
        ...     indicators=[hi.Indicator("x", "all"), hi.Indicator("y", "all")],
        ... )
        >>> result = index.compute({"town": ["A", "B", "C"], "x": [1.0, nan, 3.0], "y": [nan, 2.0, 3.0]})
        >>> result.log_digest()[["step", "kind", "lines", "units"]].to_numpy().tolist()
        [['impute', 'mean: filled', 2, 2]]
        """
        return tally(self.entries)

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """Versions, hashes of spec and data, fit rows, base, and the time of asking."""
        return provenance(self.setting, self.panel, self.fit_rows)

    def _repr_html_(self) -> str:
        return str(DOORS["Result.card"]()(self))

    def __repr__(self) -> str:
        numbers = {"row": self.panel.n, "group": len(self.tree.groups), "indicator": len(self.tree.codes)}
        sizes = ", ".join(counted(number, noun) for noun, number in numbers.items())
        return f"<Result of {self.setting.name or 'an index'}: {sizes}>"

    @cached_property
    def course(self) -> Course:
        """How the levels go through time."""
        tree, setting, contents, rows, panel = self.tree, self.setting, self.contents, self.rows, self.panel
        if setting.series != "fixed":
            return Chained(how=setting.series, tree=tree, contents=contents, rows=rows, panel=panel)
        if len(contents) == 1:
            return Direct(rows, panel)
        form, periods, known = ValueShares.of(setting), panel.periods, self.fitted.links
        over = 1 if form is None or periods is None else form.over(periods.frequency)
        return Linked(tree=tree, contents=contents, rows=rows, panel=panel, known=known, over=over)

    @property
    def _latest(self) -> Content:
        """The content that holds in the last period of the rows."""
        which = rows_of([content.since for content in self.contents], self.panel)
        return self.contents[max(int(which.max()), 0)]

    def _start(self, since: int) -> str:
        frequency = self.panel.periods.frequency if self.panel.periods else None
        return "" if frequency is None or since == EARLIEST else format_period(since, frequency)

    def _branch(self, node: str | None) -> Any:
        code = self.tree.root.code if node is None else node
        if not among(code, self.tree.by_code):
            raise SpecError(
                Said("node: no group {node}{guess}", node=shown(code), guess=suggestion(code, self.tree.groups))
            )
        return self.tree.by_code[code]

    def factors(self, base: Any = None, to: float | None = None, base_of: Any = None) -> Array:
        """Return what each level (n, groups) is multiplied by: to / mean level over the base, of its unit or of all."""
        own = base_of is None or whose_base(base_of) == self.setting.base_of
        frozen = self.base_levels if base is None and own else None
        setting = self.setting if own else replace(self.setting, base_of=whose_base(base_of))
        base = self.setting.base if base is None else base
        to = self.setting.to if to is None and base is not None else to
        levels = self.course.levels
        if to is None:
            return np.ones_like(levels)
        number = number_of(to) if isinstance(to, (int, float, np.number)) and not isinstance(to, bool) else None
        if number is None or not 0 < number < np.inf:
            raise SpecError(Said("to: a finite number above 0, not {to}", to=shown(to)))
        late = late_groups(self.tree, self.contents)
        known = frozen or levels_of_base(setting, self.panel, levels, self._base_rows(base), late)
        known = with_entrants(self.panel, levels, known, setting.new_units)
        groups, lacking = self.tree.groups, partial(self._lacking, base)
        return factors(self.panel, known, number, groups, setting.new_units, warned=not frozen, lacking=lacking)

    def _lacking(self, base: Any, unit: Any, code: str) -> Said | None:
        """Return why a group of a unit has no score in the base, where its rows are here."""
        if base is None or not self.panel.holds(base):
            return None
        return lacking_in_base(self.rows, self.panel, self.panel.select(base, "base"), unit, code)

    def _base_rows(self, base: Any) -> Any:
        if base is not None and self.setting.series != "fixed" and not self.panel.holds(base):
            raise DataError(
                Said(
                    "series = '{series}' is a chain; give the rows from its base, {base}, on; {extent}",
                    series=self.setting.series,
                    base=base,
                    extent=self.panel.extent(),
                )
            )
        if base is not None:
            return self.panel.select(base, "base")
        if self.panel.periods is None:
            raise DataError(Said("the rows have no period, so there is no first one to set to `to`; give `base`"))
        return self.panel.periods.ordinals == self.panel.periods.ordinals.min()

    def _before(self, levels: Array, lag: int) -> Array:
        rows = self.panel.previous(lag)
        return np.where((rows >= 0)[:, np.newaxis], levels[rows], np.nan)

    def _indicators(self, values: Array) -> pd.DataFrame:
        return pd.DataFrame(values, index=self.panel.labels, columns=list(self.tree.codes), copy=True)

    def _frame(self, columns: Mapping[str, Array]) -> pd.DataFrame:
        return pd.DataFrame(dict(columns), index=self.panel.labels)

    def _matrix(self, values: Array) -> pd.DataFrame:
        return pd.DataFrame(values, index=self.panel.labels, columns=list(self.tree.groups))
