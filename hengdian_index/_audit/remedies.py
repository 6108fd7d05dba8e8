"""What to do about a finding, after a look at what the index does already: no remedy is what was done."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hengdian_index._audit.context import Context
from hengdian_index._scoring.tree import Leaf
from hengdian_index._values.equality import TOLERANCE
from hengdian_index.diagnose import describe

# Two parts that weigh so much of the mean of the others have halved weights.
_HALF = 0.5

# More classes than this are no classes.
_CLASSES = 7

# Points of 100 that jrc may winsorise: 5 in a cross-section of a hundred rows.
_SHARE = 0.05


def leaf_of(context: Context, code: str) -> Leaf | None:
    """Return an indicator of what was computed, None for one that was left out."""
    return next((leaf for leaf in context.tree.leaves if leaf.code == code), None)


def of_coverage(context: Context, code: str) -> dict[str, Any]:
    """Return the remedy for an indicator with gaps: those that are imputed already are not to be imputed."""
    leaf = leaf_of(context, code)
    fills = leaf and (leaf.impute or leaf.impute_scores)
    return {"remedy": "imputed already", "facts": {"imputed": fills.method.name}} if fills else {}


def of_unit(context: Context) -> dict[str, Any]:
    """Return the remedy for a unit with gaps: where units are screened, or gaps imputed, another threshold is left."""
    screened = context.result.setting.unit_coverage
    if screened is not None:
        return {"remedy": "screened already", "facts": {"screened": screened}}
    imputed = all(leaf.impute or leaf.impute_scores for leaf in context.tree.leaves)
    return {"remedy": "unit imputed already"} if imputed else {}


def of_constant(context: Context, code: str) -> dict[str, Any]:
    """Return the remedy for an indicator without differences: what was done to it may have taken them away."""
    leaf = leaf_of(context, code)
    if leaf is None or describe(context.raw[[code]])["unique"].item() < 2:
        return {}
    done = leaf.treat or leaf.impute
    return {} if done is None else {"remedy": "made constant", "facts": {"done": done.method.name}}


def of_zeros(context: Context, code: str) -> dict[str, Any]:
    """Return the remedy for an indicator of many zeros: it may be a share or a few classes already."""
    leaf = leaf_of(context, code)
    if leaf is None:
        return {}
    classes = context.result.normalised[code].nunique()
    if classes <= _CLASSES < context.raw[code].nunique():
        return {"remedy": "classes already", "facts": {"classes": classes}}
    return {"remedy": "share already", "facts": {"divisor": leaf.denominator}} if leaf.denominator else {}


def of_outliers(context: Context, code: str, skew: float, kurtosis: float) -> dict[str, Any]:
    """Return the remedy for an indicator with outliers: a treatment that it has was not enough."""
    leaf = leaf_of(context, code)
    if leaf is None:
        return {}
    scores = describe(context.result.normalised[[code]][context.rows]).loc[code]
    if abs(scores["skew"]) <= skew or scores["kurtosis"] <= kurtosis:
        return {"remedy": "no outliers among scores", "facts": {"normalise": leaf.normalise.method.name}}
    if leaf.treat is None:
        return {"remedy": "divided, not treated", "facts": {"divisor": leaf.denominator}} if leaf.denominator else {}
    name = leaf.treat.method.name
    limit = leaf.treat.method.traits.get("limit")
    if limit is None:
        return {"remedy": "treated, not enough", "facts": {"treat": name}}
    rows, most = len(context.raw), leaf.treat.complete()[limit]
    facts = {"points": most, "rows": rows, "more": max(round(_SHARE * rows), 2 * (most or 0))}
    lines = [entry for entry in context.result.entries if entry.step == "treat" and entry.indicator == code]
    if all(entry.before is not None for entry in lines):
        return {"remedy": "jrc held", "facts": {**facts, "held": sum(line.rows for line in lines)}}
    return {"remedy": "jrc without limit" if most is None else "jrc not enough", "facts": facts}


def of_voice(context: Context, group: str, part: str) -> str:
    """Return the remedy for a part that is not heard: it may weigh more than every other already."""
    weights = _weights(context, group, part)
    return "heaviest already" if weights[part] > weights.drop(part).max() else ""


def of_lead(context: Context, group: str, part: str) -> str:
    """Return the remedy for a part that the group repeats: it may weigh less than every other already."""
    weights = _weights(context, group, part)
    return "spreads apart" if weights[part] < weights.drop(part).min() else ""


def of_stay(context: Context, code: str) -> str:
    """Return the remedy for an indicator that ranks hang on: it may weigh less than all others already."""
    weights = context.result.effective_weights
    return "lightest already" if weights[code] < weights.drop(code).min() else ""


def of_pair(context: Context, group: str, first: str, second: str) -> str:
    """Return the remedy for two parts that say one thing: their weights may be halved already."""
    weights = _weights(context, group, first, second)
    others = weights.drop([first, second])
    light = len(others) and max(weights[first], weights[second]) <= _HALF * others.mean() + TOLERANCE
    return "halved already" if light else ""


def _weights(context: Context, group: str, *parts: str) -> pd.Series[float]:
    """Return the weights within a group, by part: the latest under which it has some parts, which may have ended."""
    dated = pd.DataFrame(context.result.weights_by_period.xs(group, axis=1, level="group"))
    together = dated[dated[list(parts)].notna().all(axis=1)]
    if together.empty:
        return pd.Series(float("nan"), index=list(parts))
    own: pd.Series[float] = together.iloc[-1].dropna()
    return own


def of_importance(context: Context) -> str:
    """Return the remedy where weights are no importances: they may be matched already."""
    methods = {branch.weights.method for branch in context.tree.branches if len(branch.children) > 1}
    return "matched already" if any(method.traits.get("matches") for method in methods) else ""
