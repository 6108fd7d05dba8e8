"""The steps of a fit as narwhals expressions: rows are scored by the engine that has them, and do not leave it."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from hengdian_index._batches.footers import scanned_ends
from hengdian_index._batches.plan import Check, Plan, Trees, free, is_nothing
from hengdian_index._batches.ranges import Range, Ranges, may_hold, ranges
from hengdian_index._maths.arithmetic import constant
from hengdian_index._scoring.scores import NO_SCORE, REWEIGHTED
from hengdian_index._values.decimals import counted
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, guess, raise_all, readable, shown

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

# So many terms of a sum are added one to the other; of more, each half is a sum: engines bound the depth.
_FLAT = 32
_FAULTS = 20


@dataclass(frozen=True, eq=False, repr=False)
class Expressions:
    """What a fit does to a row, as expressions: `apply` scores a table with them, one query for its engine.

    Attributes
    ----------
    labels, columns : tuple of str
        The columns that are read: unit and period, numbers.
    groups, levels : tuple of str
        The columns of scores, the root first, and where the fit knows the base of the levels from it, `total_level`.

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> index = hi.Index(unit="firm", groups=[hi.Group("total")], indicators=[hi.Indicator("x", "total")])
    >>> rows = pd.DataFrame({"firm": ["A", "B", "C"], "x": [1.0, 2.0, 5.0]})
    >>> index.fit(rows).expressions().apply(rows)
      firm  total
    0    A   0.00
    1    B   0.25
    2    C   1.00
    """

    plan: Plan

    @property
    def labels(self) -> tuple[str, ...]:
        """Columns of the unit and the period, where the index names them."""
        return self.plan.labels

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of numbers that are read."""
        return self.plan.columns

    @property
    def groups(self) -> tuple[str, ...]:
        """Columns of scores."""
        return self.plan.groups

    @property
    def levels(self) -> tuple[str, ...]:
        """Columns of levels, those of the base period `to`."""
        return self.plan.levels

    @cached_property
    def normalised(self) -> Mapping[str, nw.Expr]:
        """Indicator -> its score as a narwhals expression in the columns of the table."""
        first = self.plan.steps[0]
        return {code: _written(first[name], self.plan.columns) for code, name in self.plan.normalised.items()}

    @cached_property
    def steps(self) -> tuple[Mapping[str, nw.Expr], ...]:
        """Expressions by the column that they give, step after step: each is in the columns of those before.

        The first step gives the normalised indicators, under names of their own (`x_normalised`), from the columns of
        the table; those after it give the groups. A step is taken by `frame.with_columns(**step)`.
        """
        casts = (self.plan.columns, *(() for _ in self.plan.steps[1:]))
        return tuple(_each(trees, cast) for trees, cast in zip(self.plan.steps, casts, strict=True))

    @cached_property
    def checks(self) -> Mapping[str, nw.Expr]:
        """What is refused -> a condition in the columns of the table and of all steps; `apply` counts their rows."""
        own = {one.said: one for one in self.plan.checks}
        return {said: _written(one.tree, self.plan.columns if one.step == 0 else ()) for said, one in own.items()}

    def apply(self, table: Any, *, normalised: bool = False) -> Any:
        """Return the scores of a table's rows: a table of the same kind, lazy where it is lazy.

        Cells that a score would be refused for are counted first, in one query, unless the footers of Parquet files
        that a LazyFrame scans show that there are none; the scores are another, that of the answer. Units and periods
        are taken as they are: rows that are given twice are not looked for.

        Parameters
        ----------
        table : table of pandas, Polars or pyarrow, Polars LazyFrame, DuckDB relation, or other that narwhals knows
            Its numbers stand in columns of numbers.
        normalised : bool
            Also the normalised indicators, as columns `x_normalised`.

        Returns
        -------
        table of the same kind
            The unit and the period where the index names them, a column of scores for each group, and where the fit
            knows the base a column of levels, missing for a unit without a level above 0 in it.

        Raises
        ------
        DataError
            Columns that are missing, or of text; cells that are infinite, outside the domain of a map or a mean, or
            missing where the rule is "raise": how many of each, and where the first is.
        """
        wanted = [*self.labels, *(self.plan.normalised.values() if normalised else ()), *self.plan.answer]
        return self._stepped(table).select(*wanted).to_native()

    def with_gaps(self, table: Any) -> tuple[Any, dict[str, str]]:
        """Return what `apply` does, with two columns more: in how many groups a row has a gap, by what came of it.

        Their names are given by what the log says of such rows.
        """
        import narwhals.stable.v2 as nw

        scored, one, none = self._stepped(table), nw.lit(1), nw.lit(0)
        counts: dict[str, list[nw.Expr]] = {NO_SCORE: [], REWEIGHTED: []}
        for group, children in self.plan.between.items():
            gap, lost = reduce(operator.or_, (nw.col(child).is_null() for child in children)), nw.col(group).is_null()
            for end, found in ((NO_SCORE, gap & lost), (REWEIGHTED, gap & ~lost)):
                counts[end].append(nw.when(found).then(one).otherwise(none))
        taken = {*self.labels, *self.plan.answer}
        names = {end: free(f"rows: {end}", taken) for end in counts}
        sums = [_joined(operator.add, parts).alias(names[end]) for end, parts in counts.items()]
        return scored.select(*self.labels, *self.plan.answer, *sums).to_native(), names

    def _stepped(self, table: Any) -> Any:
        """Return a table with the columns of all steps, its cells good."""
        scored = self._frame(table)
        with np.errstate(all="ignore"):
            doubtful = self._doubtful(scored, scanned_ends(table, self.columns))
            for trees in self.plan.steps:
                scored = scored.with_columns(**_each(trees))
            self._need_good(scored, doubtful)
        return scored

    def __repr__(self) -> str:
        what = f"{counted(len(self.plan.normalised), 'indicator')}, {counted(len(self.groups), 'group')}"
        return f"<Expressions: {what}, {counted(len(self.plan.steps), 'step')}>"

    def _frame(self, table: Any) -> Any:
        """Return the columns of a table that are read, numbers as floats."""
        import narwhals.stable.v2 as nw

        try:
            frame = nw.from_native(table)
        except TypeError:
            raise DataError(
                Said(
                    "expressions apply to a table of pandas, Polars or pyarrow, a LazyFrame or a relation of DuckDB, "
                    "not {kind}",
                    kind=type(table).__name__,
                )
            ) from None
        types = frame.collect_schema()
        absent = [name for name in (*self.labels, *self.columns) if name not in types]
        faults = [
            Said("column {name!r} is missing{guess}", name=name, guess=guess(name, list(types)))
            for name in absent[:_FAULTS]
        ]
        if absent:
            faults.append(Said("columns found: {names}", names=readable(list(map(shown, types)))))
        texts = [name for name in self.columns if name not in absent and not _numeric(types[name])]
        if texts:
            kinds = readable([Said("{name!r} ({kind})", name=name, kind=types[name]) for name in texts])
            faults.append(
                Said("columns of numbers are needed, not {columns}; cast them, or hi.tidy the table", columns=kinds)
            )
        raise_all(DataError, faults)
        cast = [nw.col(name) if types[name] == nw.Float64 else nw.col(name).cast(nw.Float64) for name in self.columns]
        return frame.select(*map(nw.col, self.labels), *cast)

    def _doubtful(self, frame: Any, known: Ranges) -> list[Check]:
        """Return the checks that may find rows, as the ends of the columns have it: mostly none.

        Those that are not known are asked for, and whether a value is missing where that may be refused.
        """
        import narwhals.stable.v2 as nw

        asked: dict[str, Any] = {}
        for i, name in enumerate(self.columns):
            column, before = nw.col(name), known.get(name)
            if before is None:
                asked |= {f"low_{i}": column.min(), f"high_{i}": column.max()}
            if name in self.plan.watched and (before is None or before.missing):
                asked[f"missing_{i}"] = nw.when(column.is_finite()).then(nw.lit(0)).otherwise(nw.lit(1)).sum()
        ends = {name: found[0] for name, found in _collected(frame.select(**asked)).items()} if asked else {}
        found = dict[str, Range]()
        for i, name in enumerate(self.columns):
            low, high, missing = known.get(name) or (_end(ends[f"low_{i}"]), _end(ends[f"high_{i}"]), True)
            found[name] = Range(low, high, ends[f"missing_{i}"] != 0 if f"missing_{i}" in ends else missing)
        every = ranges(self.plan, found)
        return [check for check in self.plan.checks if may_hold(check.tree, every)]

    def _need_good(self, scored: Any, checks: Sequence[Check]) -> None:
        """Refuse what is wrong with cells of a table with the columns of all steps, after one query that counts it."""
        import narwhals.stable.v2 as nw

        if not checks:
            return
        one, none = nw.lit(1), nw.lit(0)
        numbered = {f"check_{i}": _written(check.tree) for i, check in enumerate(checks)}
        sums = {name: nw.when(bad).then(one).otherwise(none).sum() for name, bad in numbered.items()}
        counts = _collected(scored.select(**sums))
        found = [(check, int(counts[name][0] or 0)) for check, name in zip(checks, sums, strict=True)]
        found = [(check, n) for check, n in found if n]
        if found:
            # What is wrong with a value comes first: scores made of it say nothing.
            early = min(check.step for check, _ in found)
            raise DataError(*(self._told(scored, check, n) for check, n in found[:_FAULTS] if check.step == early))

    def _told(self, scored: Any, check: Check, n: int) -> Said:
        """Return what is wrong in so many rows, with the first of them."""
        rows = Said.of(n, "{n} row", "{n} rows")
        if self.labels:
            some = _collected(scored.filter(_written(check.tree)).select(*self.labels).head(1))
            where = [Said("{column} {label}", column=name, label=shown(some[name][0])) for name in self.labels]
            rows = Said("{rows}, first {where}", rows=rows, where=joined(where))
        return Said("{fault} ({rows})", fault=check.said, rows=rows)


def _numeric(kind: Any) -> bool:
    import narwhals.stable.v2 as nw

    return bool(kind.is_numeric()) or kind in (nw.Boolean, nw.Unknown)


def _collected(frame: Any) -> Mapping[str, list[Any]]:
    """Return a small table as lists by column."""
    import narwhals.stable.v2 as nw

    eager = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    found: Mapping[str, list[Any]] = eager.to_dict(as_series=False)
    return found


def _each(trees: Trees, cast: tuple[str, ...] = ()) -> dict[str, nw.Expr]:
    return {name: _written(tree, cast) for name, tree in trees.items()}


def _written(tree: ast.expr, cast: tuple[str, ...] = ()) -> nw.Expr:
    """Return a tree of a plan as an expression; the columns in `cast` are made floats."""
    import narwhals.stable.v2 as nw

    def of(part: ast.expr) -> Any:
        if isinstance(part, ast.Name):
            return nw.col(part.id).cast(nw.Float64) if part.id in cast else nw.col(part.id)
        if is_nothing(part):
            return nw.lit(None, dtype=nw.Float64)
        if isinstance(part, ast.Constant):
            return float(constant(part))
        if isinstance(part, ast.UnaryOp):
            return ~of(part.operand) if isinstance(part.op, ast.Not) else -1 * of(part.operand)
        if isinstance(part, ast.BoolOp):
            return reduce(operator.and_ if isinstance(part.op, ast.And) else operator.or_, map(of, part.values))
        if isinstance(part, ast.Compare):
            return _COMPARED[type(part.ops[0])](of(part.left), of(part.comparators[0]))
        if isinstance(part, ast.BinOp):
            return _OPERATIONS[type(part.op)](of(part.left), of(part.right))
        if isinstance(part, ast.IfExp):
            found = nw.when(of(part.test)).then(as_expression(part.body))
            return found if is_nothing(part.orelse) else found.otherwise(as_expression(part.orelse))
        assert isinstance(part, ast.Call)
        assert isinstance(part.func, ast.Name)
        return call(part.func.id, part.args)

    def as_expression(part: ast.expr) -> Any:
        found = of(part)
        return found if isinstance(found, nw.Expr) else nw.lit(found)

    def call(name: str, args: list[ast.expr]) -> Any:
        if name in ("sum", "prod"):
            return _joined(operator.add if name == "sum" else operator.mul, list(map(of, args)))
        if name in ("least", "greatest"):
            return (nw.min_horizontal if name == "least" else nw.max_horizontal)(*map(of, args))
        if name == "of":
            units, numbers = (one.value for one in args[1:3] if isinstance(one, ast.Constant))
            return _at(of(args[0]), units, numbers)
        if name in ("min", "max"):
            better = operator.lt if name == "min" else operator.gt
            return reduce(lambda a, b: chosen(better(a, b), a, b), map(of, args))
        return _CALLS[name](*map(of, args))

    def chosen(test: Any, a: Any, b: Any) -> Any:
        one, other = (part if isinstance(part, nw.Expr) else nw.lit(part) for part in (a, b))
        return nw.when(test).then(one).otherwise(other)

    whole: nw.Expr = as_expression(tree)
    return whole


def _at(unit: Any, units: Any, numbers: Any) -> Any:
    """Return the number of each row's unit; missing for one that has none."""
    import narwhals.stable.v2 as nw

    known = {one: number for one, number in zip(units, numbers, strict=True) if number is not None}
    if not known:
        return nw.lit(None, dtype=nw.Float64)
    unit = unit.cast(nw.String) if isinstance(units[0], str) else unit
    try:
        return unit.replace_strict(list(known), list(known.values()), default=None, return_dtype=nw.Float64)
    except TypeError:
        # An older narwhals, which has no default.
        pairs = enumerate(known.items())
        each = (nw.when(unit == one).then(nw.lit(number)).alias(f"base_{i}") for i, (one, number) in pairs)
        return nw.max_horizontal(*each)


def _end(value: Any) -> float:
    """Return an end of a column, infinite where it is not known: of one that has no value."""
    return float("inf") if value is None or value != value else float(value)


def _joined(sign: Callable[[Any, Any], Any], terms: list[Any]) -> Any:
    if len(terms) > _FLAT:
        half = len(terms) // 2
        return sign(_joined(sign, terms[:half]), _joined(sign, terms[half:]))
    return reduce(sign, terms)


_CALLS: Mapping[str, Callable[..., Any]] = {
    "log": lambda x: x.log(),
    "exp": lambda x: x.exp(),
    "abs": abs,
    "known": lambda x: ~x.is_null(),
    "finite": lambda x: x.is_finite(),
    "infinite": lambda x: x.abs() == float("inf"),
    "lost": lambda x: ~x.is_null() & ~x.is_finite(),
    "default": lambda x, value: x.fill_null(value),
}
_OPERATIONS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
