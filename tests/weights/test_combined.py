"""Combined weights and effective importances: a published example, slow formulas, laws, and refusals."""

import tomllib

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.interpolate import CubicSpline
from scipy.optimize import lsq_linear
from scipy.stats import spearmanr

import hengdian_index as hi
from hengdian_index.journal import journal

LAW = settings(max_examples=25, deadline=None)
HOWS = ("additive", "multiplicative", "game")


def refused(error, *parts):
    """Expect an error whose message holds every part."""
    return pytest.raises(error, match="(?s)" + ".*".join(parts))


@st.composite
def sets_of_weights(draw, least=1, most=4):
    """Draw l sets of k positive weights that sum to 1."""
    shape = (draw(st.integers(least, most)), draw(st.integers(2, 6)))
    w = draw(arrays(np.int64, shape, elements=st.integers(1, 40)))
    return w / w.sum(axis=1, keepdims=True)


# combine


def test_game_published(published):
    folder = published / "game_theory"
    products, weights = tomllib.loads((folder / "CASE.toml").read_text(encoding="utf-8"))["check"]
    data = pd.read_csv(folder / "data.csv", index_col="code")
    found = hi.weights.combine([data["weight_ahp"], data["weight_critic"]], how="game", details=True)
    ahp, critic = data["weight_ahp"] / data["weight_ahp"].sum(), data["weight_critic"] / data["weight_critic"].sum()
    expected = pd.read_csv(folder / "expected_products.csv")
    place = {"ahp": 0, "critic": 1}
    # The printed products are those of the printed weights, whose sums are 1.0017 and 1.0003... no: see below.
    for row, column, value in expected.itertuples(index=False):
        assert abs(found.products[place[row], place[column]] - value) <= products["tolerance"]
    wanted = pd.read_csv(folder / "expected_weights.csv", index_col="code")["weight"]
    assert list(found.weights.index) == list(wanted.index)
    assert (found.weights - wanted).abs().max() <= weights["tolerance"]
    assert found.alpha.round(4).tolist() == [0.4940, 0.5060]
    assert found.constrained is False or not found.constrained
