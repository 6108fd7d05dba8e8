"""Weights from columns as a function: means of shares, names in an index, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi


def test_numbers_give_the_mean_of_the_shares_of_each_row() -> None:
    spent = pd.DataFrame({"bread": [30.0, 5.0], "rent": [70.0, 15.0]}, index=["A", "B"])
    found = hi.weights.column(spent)
    assert found.index.tolist() == ["bread", "rent"]
    np.testing.assert_allclose(found, [(0.3 + 0.25) / 2, (0.7 + 0.75) / 2])
    np.testing.assert_allclose(hi.weights.column({"x": [30.0, 5.0], "y": [70.0, 15.0]}), found)
    np.testing.assert_allclose(hi.weights.column(spent * 1e300), found)


def test_odd_numbers_are_refused() -> None:
    with pytest.raises(hi.DataError, match=r"column 'x', row 1: -2: the weight of a part"):
        hi.weights.column({"x": [1.0, -2.0], "y": [1.0, 1.0]})
    with pytest.raises(hi.DataError, match="all weights of the row are 0"):
        hi.weights.column({"x": [1.0, 0.0], "y": [1.0, 0.0]})
    with pytest.raises(hi.SpecError, match="names of columns, or a column of numbers"):
        hi.weights.column(3)
