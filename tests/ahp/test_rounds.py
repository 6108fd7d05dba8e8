"""Delphi rounds: Kendall's W beside SciPy's Friedman test and a loop with ties, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare
from support.laws import LAW

import hengdian_index as hi
from hengdian_index.log import journal

MARKS = st.tuples(st.integers(2, 8), st.integers(3, 9)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(1, 5), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


def slow_w(marks: list[list[int]]) -> float:
    """Return Kendall's W from ranks counted one by one."""
    m, k = len(marks), len(marks[0])
    sums, ties = [0.0] * k, 0
    for row in marks:
        for j, mark in enumerate(row):
            sums[j] += sum(other < mark for other in row) + (row.count(mark) + 1) / 2
        ties += sum(row.count(mark) ** 3 - row.count(mark) for mark in set(row))
    spread = sum((one - m * (k + 1) / 2) ** 2 for one in sums)
    return 12 * spread / (m**2 * (k**3 - k) - m * ties)


@LAW
@given(MARKS)
def test_w_is_that_of_a_loop_and_its_test_that_of_friedman(marks: list[list[int]]) -> None:
    assume(all(len(set(row)) > 1 for row in marks))
    found = hi.ahp.delphi(marks).agreement.loc[1]
    assert found["w"] == pytest.approx(slow_w(marks), rel=1e-12, abs=1e-15)
    statistic, p = friedmanchisquare(*np.array(marks, dtype=float).T)
    assert found["chi2"] == pytest.approx(statistic, rel=1e-9, abs=1e-12)
    assert found["p"] == pytest.approx(p, rel=1e-9)


def test_items_are_described_round_by_round() -> None:
    first = pd.DataFrame({"甲": [9, 7, 10], "乙": [5, 5, 5]})
    second = pd.DataFrame({"甲": [9, 9, 9], "乙": [4, 5, None]})
    with journal() as lines:
        found = hi.ahp.delphi({"2024-1": first, "2024-2": second}, highest=10)
    assert [line.why for line in lines] == [
        "round 2024-2: 1 expert without a mark for every item, not counted in Kendall's W"
    ]
    one = found.items.loc[("2024-1", "甲")]
    np.testing.assert_allclose(one, [3, 26 / 3, first["甲"].std(), first["甲"].std() / (26 / 3), 1 / 3])
    assert found.items.loc[("2024-2", "乙"), "n"] == 2
    assert found.agreement["experts"].tolist() == [3, 2]
    assert found.agreement.loc["2024-2", "w"] == 1


def test_experts_without_any_order_have_no_concordance() -> None:
    assert np.isnan(hi.ahp.delphi([[5, 5, 5], [3, 3, 3]]).agreement.loc[1, "w"])


@pytest.mark.parametrize(
    ("marks", "highest", "why"),
    [
        ([[1, 2, 3]], None, "1 expert with a mark for every item; agreement needs two or more"),
        ([[1], [2]], None, "two items or more, one a column, not 1 column"),
        ([[1, 2], [2, 12]], 10, "a mark of 12 is above the highest, 10"),
        ({"a": [[1, 2], [2, 1]], "b": [[1, "x"], [2, 1]]}, None, "round b: .*'x'"),
    ],
)
def test_what_is_no_round_is_refused(marks, highest, why) -> None:
    with pytest.raises(hi.DataError, match=why):
        hi.ahp.delphi(marks, highest=highest)


@pytest.mark.parametrize("highest", ["full", float("nan"), [10, 10]])
def test_a_full_mark_that_is_no_number_is_refused(highest) -> None:
    with pytest.raises(hi.SpecError, match="highest: a finite number, the full mark"):
        hi.ahp.delphi([[1, 2], [2, 1]], highest=highest)


def test_a_round_without_a_mark_is_refused() -> None:
    with pytest.raises(hi.DataError, match="round 2: no mark in it"):
        hi.ahp.delphi([np.array([[1.0, 2.0], [2.0, 1.0]]), np.full((2, 2), np.nan)])
