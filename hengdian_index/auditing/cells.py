"""Checks of the data: coverage, constant indicators, zeros, outliers, sizes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hengdian_index.auditing.context import Context
from hengdian_index.auditing.registry import Measured, check
from hengdian_index.diagnose import correlations, describe

_JRC = "JRC guidance (COIN Tool; Becker et al., COINr)"


@check(
    source=_JRC,
    remedy="take the unit out (unit_coverage), find its values, or impute them and say so",
    crossed="fail",
    needs="units",
)
def coverage_of_units(context: Context, *, coverage_of_units: float = 0.65) -> Iterator[Measured]:
    """Each unit has values in so large a share of its cells."""
    context.demand_units("the coverage of one is that of its indicators", least=2)
    there = context.raw.notna().mean(axis=1).to_numpy()
    units = context.panel.units
    labels = np.asarray(context.labels if units is None else [str(unit) for unit in units])
    for unit in dict.fromkeys(labels.tolist()):
        share = float(there[labels == unit].mean())
        why = f"has {share:.0%} of its values"
        yield Measured(share, f"at least {coverage_of_units:g}", coverage_of_units - share, why, unit=unit)


@check(
    source=_JRC,
    remedy="take the indicator out, find its values, or impute them and say so",
    crossed="fail",
    needs="an indicator",
)
def coverage_of_indicators(context: Context, *, coverage_of_indicators: float = 0.65) -> Iterator[Measured]:
    """Each indicator has values in so large a share of the rows."""
    for code, share in context.raw.notna().mean().items():
        why = f"has values in {share:.0%} of the rows{_left_out(context, str(code))}"
        asked = f"at least {coverage_of_indicators:g}"
        yield Measured(float(share), asked, coverage_of_indicators - float(share), why, part=str(code))


@check(
    source="a constant tells no two rows apart",
    remedy="take the indicator out, or measure it more finely",
    crossed="fail",
    needs="an indicator",
)
def constant(context: Context, *, distinct: float = 2) -> Iterator[Measured]:
    """Each indicator, as normalisation sees it, has so many different values."""
    for code, count in describe(context.prepared)["unique"].items():
        why = f"has {count} different {'value' if count == 1 else 'values'}{_left_out(context, str(code))}"
        yield Measured(float(count), f"at least {distinct:g}", distinct - float(count), why, part=str(code))


@check(
    source="COINr (get_stats: half of the values)",
    remedy="see whether 0 means none or not known; a count of a rare thing wants a share or a category",
    crossed="look",
    needs="a value",
)
def zeros(context: Context, *, zeros: float = 0.5) -> Iterator[Measured]:
    """The share of zeros among the values of an indicator is no larger than this."""
    told = describe(context.raw)
    for code in told.index[told["n"] > 0]:
        share = float(told.loc[code, "zeros"] / told.loc[code, "n"])
        yield Measured(share, f"at most {zeros:g}", share - zeros, f"{share:.0%} of its values are 0", part=str(code))


@check(
    source=f"{_JRC}; Groeneveld & Meeden 1984",
    remedy="treat it (treat = 'jrc', a logarithm), divide it by a size, or correct the values",
    crossed="fail",
    needs="an indicator with four values that are not all alike",
)
def outliers(context: Context, *, skew: float = 2, kurtosis: float = 3.5) -> Iterator[Measured]:
    """No indicator, as normalisation sees it, has both |skewness| and excess kurtosis above these."""
    told = describe(context.prepared)
    for code in told.index[told["kurtosis"].notna()]:
        g1, g2 = float(told.loc[code, "skew"]), float(told.loc[code, "kurtosis"])
        asked, why = f"|G1| at most {skew:g} or G2 at most {kurtosis:g}", f"G1 = {g1:.2f}, G2 = {g2:.2f}"
        yield Measured(abs(g1), asked, min(abs(g1) - skew, g2 - kurtosis), why, part=str(code))


@check(
    source="COIN Tool (correlation with denominators)",
    remedy="divide the indicator by the size (denominator), unless size is what is meant",
    crossed="look",
    needs="an indicator with a denominator, or the argument sizes",
)
def scale_effects(context: Context, *, scale_effects: float = 0.6) -> Iterator[Measured]:
    """No indicator, after the denominators, is correlated more than this with a size."""
    for size in context.sizes:
        column = context.sizes[size].reset_index(drop=True)
        for code in context.prepared:
            pair = context.prepared[[code]].assign(size=column).set_axis([0, 1], axis=1)
            both = pair.dropna()
            if len(both) < 3 or (both.max() == both.min()).any():
                continue
            r = float(correlations(both).r.loc[0, 1])
            asked, why = f"|r| at most {scale_effects:g}", f"r = {r:.2f} with {size!r}"
            yield Measured(r, asked, abs(r) - scale_effects, why, part=str(code), other=str(size))


def _left_out(context: Context, code: str) -> str:
    return "; the index can only be computed without it, and the other checks are" if code in context.left_out else ""
