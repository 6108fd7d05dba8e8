"""SPSSAU, a web application for statistics; after its help pages."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hengdian_index._index.index import Index
from hengdian_index._robustness.tools import Convention
from hengdian_index._robustness.tools._flat import flat
from hengdian_index._words.said import Said
from hengdian_index.aggregate import topsis
from hengdian_index.diagnose import correlations
from hengdian_index.explain import coupling
from hengdian_index.normalise import min_max
from hengdian_index.weights import ahp, critic, entropy, independence, variation

NAME = "SPSSAU"
_EIGHT_WEIGHTS = "https://blog.csdn.net/m0_37228052/article/details/107382161"


def _critic(x: Any) -> Any:
    """Return CRITIC weights from the columns as given: standard deviation times the sum of 1 - r."""
    frame = pd.DataFrame(x)
    information = frame.std() * (1 - correlations(frame).r).sum()
    return information / information.sum()


def _coupling(u: Any, shares: Any = None) -> Any:
    """Return the coupling of columns that are first brought to .01 to .99."""
    return coupling(min_max(pd.DataFrame(u), lower=0.01, upper=0.99), shares)


CONVENTIONS = (
    Convention(
        of=entropy,
        option="zeros",
        value="spssau",
        why=Said(
            "SPSSAU moves a column that holds a value of 0 or less up by the magnitude of its smallest value and 0.01,"
            " so that every logarithm exists; here 0 ln 0 is 0 and nothing is moved"
        ),
        source="https://www.spssau.net/helps/entropy.html",
    ),
    Convention(
        of=ahp,
        option="solver",
        value="arithmetic",
        why=Said("SPSSAU takes the means of normalised columns unless told otherwise; here it is the eigenvector"),
        source="https://www.spssau.net/helps/ahp.html",
    ),
    Convention(
        of=ahp,
        option="random_index",
        value="xu_1988",
        why=Said(
            "the consistency ratio is divided by the random indexes of Xu Shubo, 0.52, 0.89, 1.12, 1.26 and so on; here"
            " by those of Saaty (1980), 0.58, 0.90, 1.12, 1.24"
        ),
        source="https://www.spssau.net/helps/ahp.html",
    ),
    Convention(
        of=critic,
        theirs=_critic,
        why=Said(
            "SPSSAU takes the standard deviations of the columns as they are given; here each is first brought to the"
            " scale from 0 to 1, so that no unit of measure decides"
        ),
        source="https://www.spssau.net/helps/critic.html",
    ),
    Convention(of=independence, source=_EIGHT_WEIGHTS),
    Convention(of=variation, source=_EIGHT_WEIGHTS),
    Convention(
        of=topsis,
        option="norm",
        value="none",
        why=Said("SPSSAU takes the columns as they are given; here each is first divided by its length"),
        source="https://www.spssau.net/helps/topsis.html",
    ),
    Convention(
        of=coupling,
        theirs=_coupling,
        call="hi.explain.coupling(hi.normalise.min_max(u, lower=0.01, upper=0.99))",
        why=Said(
            "SPSSAU first brings each column to the scale from 0.01 to 0.99 unless told otherwise; here scores are used"
            " as they are"
        ),
        source="https://www.spssau.net/helps/coupling.html",
    ),
    Convention(
        of=Index,
        theirs=flat,
        why=Said(
            "SPSSAU weighs all indicators at once; here those of each group are weighed among themselves, and the"
            " weight of an indicator in the whole is the product down the tree"
        ),
        source="https://www.spssau.net/helps/entropy.html",
    ),
)
