"""What to look at again, in a table and in words."""

import re

import numpy as np
import pytest
from hypothesis import given
from support.matrices import SCALE, published_matrix, reciprocal

from hengdian_index import ahp
from hengdian_index.errors import DataError


@given(reciprocal())
def test_revise_is_the_textbook_loop(matrix):
    found = ahp.revise(matrix)
    weights = ahp.priorities(matrix, method="geometric").weights
    assert len(found) == len(matrix) * (len(matrix) - 1) // 2
    sizes = []
    for row in found.itertuples():
        i, j = row.first, row.second
        changed = matrix.copy()
        changed[i, j], changed[j, i] = row.suggested, 1 / row.suggested
        assert row.value == matrix[i, j]
        assert row.suggested == pytest.approx(weights[i] / weights[j])
        assert row.cr_after == pytest.approx(ahp.priorities(changed).cr, abs=1e-9)
        assert abs(np.log(row.nearest / row.suggested)) == pytest.approx(
            min(abs(np.log(np.array(SCALE) / row.suggested)))
        )
        sizes.append(abs(np.log(row.value / row.suggested)))
    assert all(sizes[k] >= sizes[k + 1] - 1e-9 for k in range(len(sizes) - 1))


@given(reciprocal())
def test_following_the_first_suggestion_never_raises_gci(matrix):
    first = ahp.revise(matrix).iloc[0]
    i, j = int(first["first"]), int(first["second"])
    changed = matrix.copy()
    changed[i, j], changed[j, i] = first["suggested"], 1 / first["suggested"]
    assert ahp.priorities(changed).gci <= ahp.priorities(matrix).gci + 1e-12


def test_verdict_says_which_judgement_to_look_at():
    """By hand: geometric means 14^(1/3) and (3/7)^(1/3), ratio 3.196; lambda = 1 + d + 1/d with d = 10.5^(1/3)."""
    matrix = {"a": {"b": 7, "c": 2}, "b": {"c": 3}}
    assert ahp.verdict(matrix) == "CR 0.557 >= 0.1; look at ('a', 'b'): 7, suggested 3.2"
    assert ahp.verdict([[1, 7, 2], [None, 1, 3], [None, None, 1]]).endswith("look at [0, 1]: 7, suggested 3.2")
    assert ahp.verdict(matrix, random_index=None).startswith("GCI 1.84 >= 0.31; look at")
    assert re.fullmatch(r"CR 0\.022\d* < 0\.1", ahp.verdict(published_matrix("drinks.csv")))


def test_revise_of_two_items_has_nothing_to_suggest():
    row = ahp.revise([[1, 5], [0.2, 1]]).iloc[0]
    assert (row["value"], row["suggested"], row["nearest"], row["cr_after"]) == pytest.approx((5, 5, 5, 0))
    assert ahp.revise([[1]]).empty
    assert list(ahp.revise([[1]]).columns) == ["first", "second", "value", "suggested", "nearest", "cr_after"]


def test_revise_takes_one_matrix():
    with pytest.raises(DataError, match="one matrix is wanted"):
        ahp.revise(np.ones((2, 3, 3)))
