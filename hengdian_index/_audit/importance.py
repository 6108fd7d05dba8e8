"""The check of weights: whether the scores move with an indicator as much as its weight says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hengdian_index._audit.context import Context
from hengdian_index._audit.registry import Measured, SkippedError, check
from hengdian_index._audit.remedies import of_importance
from hengdian_index.weights import effective


@check("look")
def effective_weights(context: Context, *, effective_weights: float = 2) -> Iterator[Measured]:
    """Each indicator's share in what moves the whole is within this ratio of its weight, up or down."""
    if context.earlier_weights:
        raise SkippedError("weights change")
    nominal = context.result.effective_weights
    codes = [str(code) for code, weight in nominal.items() if weight > 0 and code in context.nodes]
    root = context.tree.root.code
    if len(codes) < 2 or root not in context.nodes:
        return
    x = context.nodes[[root, *codes]]
    found = effective(x[root].to_numpy(), x[codes].to_numpy())["share"].to_numpy()
    wanted = nominal[codes].to_numpy() / nominal[codes].sum()
    remedy = of_importance(context)
    told = context.doubt(int(x.notna().all(axis=1).sum()))
    for code, share, weight in zip(codes, found.tolist(), wanted.tolist(), strict=True):
        ratio = share / weight
        far = max(ratio, 1 / ratio if ratio > 0 else np.inf)
        facts = {**told["facts"], "weight": weight, "share": share}
        yield Measured(ratio, far - effective_weights, part=code, facts=facts, remedy=remedy, doubt=told["doubt"])
