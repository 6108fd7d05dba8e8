"""The check of weights: whether the scores move with an indicator as much as its weight says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hengdian_index.auditing.context import Context
from hengdian_index.auditing.registry import Measured, check
from hengdian_index.weights import effective


@check(
    source="Paruolo, Saisana & Saltelli 2013 (JRSS-A 176); the ratio is this package's",
    remedy="do not read the weight as importance; hi.weights.matched finds weights that have the wanted one",
    crossed="look",
    needs="two indicators with weights whose scores differ between rows",
)
def effective_weights(context: Context, *, effective_weights: float = 2) -> Iterator[Measured]:
    """Each indicator's share in what moves the whole is within this ratio of its weight, up or down."""
    nominal = context.result.effective_weights
    codes = [str(code) for code, weight in nominal.items() if weight > 0 and code in context.nodes]
    root = context.tree.root.code
    if len(codes) < 2 or root not in context.nodes:
        return
    found = effective(context.nodes[root].to_numpy(), context.nodes[codes].to_numpy())["share"].to_numpy()
    wanted = nominal[codes].to_numpy() / nominal[codes].sum()
    for code, share, weight in zip(codes, found.tolist(), wanted.tolist(), strict=True):
        ratio = share / weight
        far = max(ratio, 1 / ratio if ratio > 0 else np.inf)
        why = f"weighs {weight:.1%} of the whole, moves {share:.1%} of it"
        yield Measured(
            ratio,
            f"at most {effective_weights:g} times its weight, up or down",
            far - effective_weights,
            why,
            part=str(code),
        )
