"""Excel, by the formulas that pages and worked tables have in its cells."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hengdian_index._index.index import Index
from hengdian_index._robustness.tools import Convention
from hengdian_index._words.said import Said
from hengdian_index.aggregate import arithmetic
from hengdian_index.normalise import relative, z_score
from hengdian_index.weights import ahp, entropy

NAME = "Excel"


def _blanks_as_zero(x: Any, w: Any = None, coverage: float = 0.65) -> Any:
    """Return weighted means in which a blank cell counts as 0, as SUMPRODUCT has it, however much of a row is there."""
    return arithmetic(pd.DataFrame(x).fillna(0), w, coverage=coverage)


CONVENTIONS = (
    Convention(
        of=entropy,
        option="zeros",
        value="shift",
        why=Said(
            "LN(0) is an error in a cell, so 0.0001 or another small number is added to every value; here 0 ln 0 is 0"
            " and nothing is added"
        ),
        source="https://blob.wenxiaobai.com/article/1831936a-05d8-4765-1081-030a2a7078ca",
    ),
    Convention(
        of=ahp,
        option="solver",
        value="arithmetic",
        why=Said(
            "the eigenvector has no formula in a cell, so the columns are divided by their sums and averaged; here it"
            " is the eigenvector"
        ),
        source="https://renrendoc.com/paper/205501489.html",
    ),
    Convention(
        of=z_score,
        option="ddof",
        value=0,
        why=Said("STDEV.P and the older STDEVP divide by n; here the standard deviation is the sample's, by n - 1"),
        source="https://excelabcd.co.in/?p=3603",
    ),
    Convention(
        of=relative,
        option="to",
        value="max",
        why=Said("the sheet divides by MAX of the column, so that the largest is the whole; here by the mean"),
        source="https://support.microsoft.com/office/max-function-e0012414-9ac8-4b34-9a47-73e662c08098",
    ),
    Convention(
        of=arithmetic,
        theirs=_blanks_as_zero,
        call="hi.aggregate.arithmetic(x.fillna(0), w)",
        why=Said(
            "SUMPRODUCT counts a blank cell as 0; here the weight of a missing value goes to the others, as long as"
            " enough of the row is there (coverage)"
        ),
        source="https://support.microsoft.com/office/sumproduct-function-16753e75-9f68-4874-94ac-4d2145a2fd2e",
    ),
    Convention(
        of=Index,
        option="weigh_scale",
        value="score",
        why=Said(
            "the sheet learns weights from the scores that it shows, 60 to 100 say, whose floor makes them more alike;"
            " here from the same scores on the scale from 0 to 1"
        ),
        source="https://1wenmi.com/doc/1083004.html",
    ),
)
