"""Roots give back the value when they are undone, and refuse what has none by its cell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW

import hengdian_index as hi

SIZES = st.lists(st.floats(0, 1e300), min_size=1, max_size=20).map(np.array)


@LAW
@given(SIZES, st.sampled_from([1, -1]))
def test_the_square_of_the_root_is_the_value(x: np.ndarray, direction: int) -> None:
    found = hi.normalise.square_root(x, direction=direction)
    np.testing.assert_allclose(found**2, x, rtol=1e-12)
    assert (direction * found >= 0).all()


@LAW
@given(SIZES, st.sampled_from([1, -1]))
def test_the_cube_of_the_root_is_the_value_of_either_sign(x: np.ndarray, sign: int) -> None:
    np.testing.assert_allclose(hi.normalise.cube_root(sign * x) ** 3, sign * x, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("rows", [[4.0, -1.0], [-1.0]])
def test_what_has_no_square_root_is_refused_by_its_cell(rows) -> None:
    why = f"row {len(rows) - 1}: -1: a square root needs a value of 0 or more"
    with pytest.raises(hi.DataError, match=why):
        hi.normalise.square_root(rows)
    with pytest.raises(hi.DataError, match=why):
        hi.normalise.square_root.fit([1.0, 2.0])(rows)


def test_the_excel_result_of_an_index_has_them_as_formulas(tmp_path) -> None:
    methods = ["square_root", "cube_root"]
    index = hi.Index(
        groups=[hi.Group("all")], indicators=[hi.Indicator(name, "all", normalise=name) for name in methods]
    )
    table = {name: [0.1, 0.4, 0.9] for name in methods}
    result = index.compute(table)
    expected = np.column_stack([np.sqrt(table["square_root"]), np.cbrt(table["cube_root"])])
    np.testing.assert_allclose(result.normalised, expected, rtol=1e-12)
    result.to_excel(tmp_path / "roots.xlsx")
    assert (tmp_path / "roots.xlsx").stat().st_size > 0


SHARES = st.lists(st.floats(1e-9, 1 - 1e-9), min_size=1, max_size=20).map(np.array)


@LAW
@given(SHARES, st.sampled_from([1, -1]), st.sampled_from([1.0, 100.0]))
def test_the_logistic_curve_gives_back_the_share(x: np.ndarray, direction: int, whole: float) -> None:
    found = hi.normalise.logit(whole * x, whole=whole, direction=direction)
    np.testing.assert_allclose(1 / (1 + np.exp(-direction * found)), x, rtol=1e-6)
    np.testing.assert_allclose(found, direction * scipy.special.logit(x), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("value", "whole"), [(0.0, 1), (1.0, 1), (1.2, 1), (-0.1, 1), (100.0, 100)])
def test_what_has_no_log_odds_is_refused_by_its_cell(value: float, whole: float) -> None:
    why = rf"row 1: {value:g}: logit needs a share between 0 and {whole}"
    with pytest.raises(hi.DataError, match=why):
        hi.normalise.logit([0.5, value], whole=whole)
    with pytest.raises(hi.DataError, match=why):
        hi.normalise.logit.fit([0.2, 0.4], whole=whole)([0.5, value])
    with pytest.raises(hi.SpecError, match="whole: a number above 0"):
        hi.normalise.logit([0.5], whole=0)


def test_an_expression_of_log_odds_refuses_the_same_cells() -> None:
    index = hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator("a", "all", normalise="logit")])
    table = pd.DataFrame({"a": [0.1, 0.5, 0.9]})
    fitted = index.fit(table)
    np.testing.assert_allclose(fitted.expressions().apply(table)["all"], scipy.special.logit(table["a"]))
    for bad in (0.0, 1.0, 2.0):
        with pytest.raises(hi.DataError):
            fitted.expressions().apply(pd.DataFrame({"a": [0.5, bad]}))
