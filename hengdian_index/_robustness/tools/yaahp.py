"""yaahp, a desktop program for hierarchies of judgements; after its output as published papers quote it.

Papers print its ratio .0176 beside the eigenvalue 3.0183 of three items, so the random index .52. No manual was read.
"""

from __future__ import annotations

from hengdian_index._robustness.tools import Convention
from hengdian_index._words.said import Said
from hengdian_index.ahp.group import is_several
from hengdian_index.weights import ahp

NAME = "yaahp"
CONVENTIONS = (
    Convention(
        of=ahp,
        option="random_index",
        value="xu_1988",
        why=Said(
            "yaahp divides the consistency index by the random indexes 0.52, 0.89, 1.12, 1.26 and so on of Xu Shubo;"
            " here it is divided by those of Saaty (1980), 0.58, 0.90, 1.12, 1.24"
        ),
        source="https://www.yaahp.com",
    ),
    Convention(
        of=ahp,
        option="how",
        value="aip",
        when=is_several,
        why=Said(
            "of several experts yaahp offers the geometric mean of their weights, each from one matrix; here their"
            " judgements are averaged first, and the group's matrix is solved"
        ),
        source="https://www.yaahp.com",
    ),
)
