"""Checks of the data: coverage, constant indicators, zeros, outliers, sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hengdian_index._audit import periods, remedies
from hengdian_index._audit.context import Context
from hengdian_index._audit.registry import Answers, Measured, Skipped, SkippedError, check
from hengdian_index._index.comparability import LEAST_VALUES, MORE_ZEROS
from hengdian_index._values import equality
from hengdian_index.diagnose import correlations, describe


@check("fail")
def coverage_of_units(context: Context, *, coverage_of_units: float = 0.65) -> Iterator[Measured]:
    """Each unit has values in so large a share of its cells."""
    if context.units < 2:
        raise SkippedError("one unit")
    there, due = context.raw.notna().to_numpy() & context.due, context.due
    units = context.panel.units
    labels = np.asarray(context.labels if units is None else [str(unit) for unit in units])
    names, first, codes = np.unique(labels, return_index=True, return_inverse=True)
    asked, found = (np.bincount(codes, cells.sum(axis=1)) for cells in (due, there))
    for i in np.argsort(first).tolist():
        if asked[i]:
            share = float(found[i] / asked[i])
            yield Measured(share, coverage_of_units - share, unit=str(names[i]), **remedies.of_unit(context))


@check("fail")
def coverage_of_indicators(context: Context, *, coverage_of_indicators: float = LEAST_VALUES) -> Iterator[Measured]:
    """Each indicator has values in so large a share of the rows, and of those of each period of a panel."""
    for code, due in zip(map(str, context.raw), context.due.T, strict=True):
        if not due.any():
            continue
        share, told = float(context.raw[code].notna().to_numpy()[due].mean()), remedies.of_coverage(context, code)
        yield Measured(share, coverage_of_indicators - share, part=code, **_left_out(context, code), **told)
        yield from periods.hollow(context, code, coverage_of_indicators)


@check("fail")
def constant(context: Context, *, distinct: float = 2) -> Iterator[Measured]:
    """Each indicator, as normalisation sees it, has so many different values."""
    if context.panel.n < 2:
        raise SkippedError("one row")
    for code, count in describe(context.prepared)["unique"].items():
        told = {**_left_out(context, code), **remedies.of_constant(context, str(code))}
        yield Measured(float(count), distinct - float(count), part=str(code), **told)


@check("look")
def zeros(context: Context, *, zeros: float = MORE_ZEROS) -> Iterator[Measured]:
    """The share of zeros among the values of an indicator is no larger than this, and in no period by so much more."""
    told = describe(context.raw)
    for code in map(str, told.index[told["n"] > 0]):
        share = float(told.loc[code, "zeros"] / told.loc[code, "n"])
        yield Measured(share, share - zeros, part=code, **remedies.of_zeros(context, code))
        yield from periods.jump(context, code, zeros)


@check("fail")
def outliers(context: Context, *, skew: float = 2, kurtosis: float = 3.5) -> Iterator[Measured]:
    """No indicator, as normalisation sees it, has both |skewness| and excess kurtosis above these."""
    told = describe(context.prepared)
    for code in told.index[told["kurtosis"].notna()]:
        g1, g2 = float(told.loc[code, "skew"]), float(told.loc[code, "kurtosis"])
        excess = min(abs(g1) - skew, g2 - kurtosis)
        done: dict[str, Any] = remedies.of_outliers(context, str(code), skew, kurtosis) if excess > 0 else {}
        facts = {**done.pop("facts", {}), "g1": g1, "g2": g2}
        yield Measured(abs(g1), excess, part=str(code), facts=facts, **done)


@check("look")
def scale_effects(context: Context, *, scale_effects: float = 0.6) -> Answers:
    """No indicator, after the denominators, is correlated more than this with a size."""
    for size in context.sizes:
        column = context.sizes[size].reset_index(drop=True)
        for code in context.prepared:
            pair = context.prepared[[code]].assign(size=column).set_axis([0, 1], axis=1)
            both = pair.dropna()
            if len(both) < 3 or equality.constant(both.min(), both.max()).any():
                yield Skipped("size", part=str(code), other=str(size))
                continue
            r = float(correlations(both).r.loc[0, 1])
            told = _of_size(context, str(code), str(size), len(both))
            yield Measured(r, abs(r) - scale_effects, part=str(code), other=str(size), **told)


def _of_size(context: Context, code: str, size: str, rows: int) -> dict[str, Any]:
    """Return whether so many rows can tell, and what an indicator is divided by already."""
    told = context.doubt(rows)
    divisor = {leaf.code: leaf.denominator for leaf in context.tree.leaves}.get(code)
    if divisor is None:
        return told
    remedy = "divided by it" if divisor == size else "divided by another"
    return {**told, "facts": {**told["facts"], "divisor": divisor}, "also": ("divided",), "remedy": remedy}


def _left_out(context: Context, code: object) -> dict[str, Any]:
    return {"also": ("left out",)} if code in context.left_out else {}
