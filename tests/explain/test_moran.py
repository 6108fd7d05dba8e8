"""Moran's I: all shuffles one by one, a double loop, esda, every form of neighbours, refusals."""

from __future__ import annotations

import tomllib
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.laws import LAW, frozen

import hengdian_index as hi
from hengdian_index.explain import moran
from hengdian_index.log import journal

NAMES = ["京", "津", "冀", "晋", "蒙"]
CITIES = pd.Series([9.0, 8.0, 7.5, 2.0, 1.0], index=NAMES)
PAIRS = [("京", "津"), ("京", "冀"), ("津", "冀"), ("冀", "晋"), ("晋", "蒙")]
MATRIX = pd.DataFrame(0.0, index=NAMES, columns=NAMES)
for one, other in PAIRS:
    MATRIX.loc[one, other] = MATRIX.loc[other, one] = 1.0


def slow_i(y: list[float], w: np.ndarray) -> float:
    """Return Moran's I by a double loop."""
    n, middle = len(y), sum(y) / len(y)
    top = sum(w[i][j] * (y[i] - middle) * (y[j] - middle) for i in range(n) for j in range(n))
    return n / w.sum() * top / sum((v - middle) ** 2 for v in y)


def test_the_neighbourhoods_of_columbus() -> None:
    case = Path(__file__).parents[1] / "reference" / "moran_columbus"
    check = tomllib.loads((case / "CASE.toml").read_text(encoding="utf-8"))["check"][0]
    printed = pd.read_csv(case / check["expected"], index_col=check["key"])[check["column"]]
    crime = pd.read_csv(case / "crime.csv", index_col="area")["crime"]
    found = moran(crime, pd.read_csv(case / "pairs.csv"))
    whole = found.overall.loc["crime"]
    told = [whole["i"], whole["expected"], whole["sd"] ** 2]
    np.testing.assert_allclose(told, printed[["i", "expected", "variance"]], atol=check["tolerance"])
    assert whole["z"] == pytest.approx(printed["z"], abs=5e-5)
    assert found.local["i"].mean() == pytest.approx(printed["i"], abs=check["tolerance"])
    assert whole["p_permuted"] == 0.001


@st.composite
def maps(draw, n: int | None = None):
    """Draw values and weights of neighbours, some units without any."""
    n = n or draw(st.integers(4, 8))
    y = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n).filter(lambda v: len(set(v)) > 1))
    w = np.array(draw(st.lists(st.lists(st.integers(0, 3), min_size=n, max_size=n), min_size=n, max_size=n)), float)
    np.fill_diagonal(w, 0)
    assume(w.any())
    return [float(v) for v in y], w


@LAW
@given(maps(), st.booleans())
def test_it_is_the_double_loop_and_local_ones_sum_to_it(drawn, standardised: bool) -> None:
    y, w = drawn
    used = w / np.where(w.sum(axis=1) > 0, w.sum(axis=1), 1)[:, np.newaxis] if standardised else w
    found = moran(y, frozen(w), standardised=standardised, permutations=0)
    assert found.overall.loc[0, "i"] == pytest.approx(slow_i(y, used), rel=1e-10, abs=1e-12)
    assert found.local["i"].sum() == pytest.approx(used.sum() * found.overall.loc[0, "i"], rel=1e-10, abs=1e-10)
    assert found.local["quadrant"].isna().tolist() == (w.sum(axis=1) == 0).tolist()


@LAW
@given(maps(n=6))
def test_mean_and_deviation_are_those_of_all_shuffles(drawn) -> None:
    y, w = drawn
    every = [slow_i(list(one), w) for one in permutations(y)]
    found = moran(y, w, standardised=False, permutations=0).overall.loc[0]
    assert found["expected"] == pytest.approx(np.mean(every), abs=1e-10)
    if np.std(every) > 1e-6:
        assert found["sd"] == pytest.approx(np.std(every), rel=1e-8)
        assert found["z"] == pytest.approx((found["i"] - np.mean(every)) / np.std(every), rel=1e-6, abs=1e-8)


def test_shuffles_come_near_the_share_of_all_of_them() -> None:
    w = MATRIX.to_numpy()
    used = w / w.sum(axis=1, keepdims=True)
    every = np.array([slow_i(list(one), used) for one in permutations(CITIES)])
    found = moran(CITIES, MATRIX, permutations=4999)
    share = (every >= found.overall["i"].iloc[0] - 1e-12).mean()
    assert found.overall["p_permuted"].iloc[0] == pytest.approx(share, abs=0.01)
    # The first has two neighbours among four others: of six pairs one has a sum as large as theirs.
    assert found.local.loc["京", "p_permuted"] == pytest.approx(1 / 6, abs=0.02)
    again, other = moran(CITIES, MATRIX, permutations=4999), moran(CITIES, MATRIX, permutations=4999, rng=8)
    pd.testing.assert_frame_equal(again.local, found.local)
    assert other.local["p_permuted"].tolist() != found.local["p_permuted"].tolist()


NEAR = {unit: [other for other in NAMES if MATRIX.loc[unit, other]] for unit in NAMES}
FORMS = {
    "matrix": MATRIX,
    "turned": MATRIX.iloc[::-1, [2, 0, 1, 4, 3]],
    "named in a column": MATRIX.rename_axis("unit").reset_index(),
    "polars matrix": pl.from_pandas(MATRIX.rename_axis("unit").reset_index()),
    "array": MATRIX.to_numpy(),
    "lists": MATRIX.to_numpy().tolist(),
    "pairs": PAIRS,
    "table of pairs": pd.DataFrame(PAIRS, columns=["unit", "neighbour"]),
    "both ways": pd.DataFrame([*PAIRS, *((b, a) for a, b in PAIRS)]),
    "weighted pairs": pl.DataFrame({"a": [a for a, _ in PAIRS], "b": [b for _, b in PAIRS], "w": [1] * 5}),
    "mapping": NEAR,
    "weighted mapping": {unit: dict.fromkeys(own, 2) for unit, own in NEAR.items()},
    # What the two kinds of weights of libpysal have.
    "W": SimpleNamespace(neighbors=NEAR, weights={unit: [1.0] * len(own) for unit, own in NEAR.items()}),
    "Graph": SimpleNamespace(adjacency=MATRIX.stack()),
}


@pytest.mark.parametrize("form", FORMS)
def test_neighbours_may_be_told_in_many_forms(form: str) -> None:
    wanted = moran(CITIES, MATRIX)
    found = moran(CITIES, FORMS[form])
    pd.testing.assert_frame_equal(found.overall, wanted.overall)
    pd.testing.assert_frame_equal(found.local, wanted.local)


def test_pairs_that_stand_once_are_taken_both_ways_and_the_log_says_so() -> None:
    with journal() as lines:
        moran(CITIES, PAIRS, permutations=0)
    assert [line.why for line in lines] == ["neighbours: each pair stands once, and is taken both ways"]
    with journal() as lines:
        one_way = moran(CITIES, [*PAIRS, ("津", "京")], permutations=0)
    assert not [line for line in lines if "both ways" in line.why]
    assert one_way.overall["i"].iloc[0] != moran(CITIES, PAIRS, permutations=0).overall["i"].iloc[0]


def test_a_panel_is_a_period_at_a_time_and_gaps_are_left_out() -> None:
    panel = pd.DataFrame({2020: CITIES, 2021: CITIES[::-1].to_numpy()}, index=NAMES)
    panel.loc["蒙", 2021] = np.nan
    with journal() as lines:
        found = moran(panel, MATRIX, permutations=0)
    assert "moran: 1 unit without a value left out" in [line.why for line in lines]
    alone = moran(CITIES, MATRIX, permutations=0).overall.iloc[0]
    pd.testing.assert_series_equal(found.overall.loc[2020], alone, check_names=False)
    four = moran(panel[2021].dropna(), MATRIX.iloc[:4, :4], permutations=0)
    assert found.overall.loc[2021, "i"] == pytest.approx(four.overall["i"].iloc[0])
    assert found.local.loc[2021].index.tolist() == NAMES[:4]
    long = panel.stack().rename_axis(["unit", "year"])
    pd.testing.assert_frame_equal(moran(long, MATRIX, permutations=0).overall, found.overall, check_names=False)


def test_units_may_stand_in_a_column() -> None:
    table = CITIES.rename("score").rename_axis("city").reset_index()
    for kind in (table, pl.from_pandas(table)):
        found = moran(kind, PAIRS, unit="city")
        assert found.local.index.tolist() == NAMES
        assert found.overall["i"].iloc[0] == pytest.approx(moran(CITIES, PAIRS).overall["i"].iloc[0])


def test_an_island_is_named_and_others_that_are_no_units_are_left_out() -> None:
    pairs = [*PAIRS[:4], ("蒙", None), ("晋", "陕"), ("京", "津")]
    with journal() as lines:
        found = moran(CITIES, pairs)
    said = [line.why for line in lines]
    assert "neighbours: no unit of the table is called '陕'; left out" in said
    assert "moran: no neighbours with a value: '蒙'" in said
    assert found.local.loc["蒙", ["i", "quadrant"]].tolist() == [0.0, None]
    assert np.isnan(found.local.loc["蒙", "p_permuted"])


def test_where_every_shuffle_is_the_same_there_is_no_test() -> None:
    with journal() as lines:
        found = moran(CITIES, 1 - np.eye(5))
    assert found.overall["i"].iloc[0] == pytest.approx(-0.25)
    assert np.isnan(found.overall[["z", "p"]].to_numpy()).all()
    assert "every shuffle has the same coefficient" in lines[0].why


def test_it_is_that_of_esda() -> None:
    esda, libpysal = pytest.importorskip("esda"), pytest.importorskip("libpysal")
    rng = np.random.default_rng(3)
    near = np.triu(rng.random((30, 30)) < 0.15, 1)
    near = near | near.T | np.eye(30, k=1, dtype=bool) | np.eye(30, k=-1, dtype=bool)
    y = rng.normal(size=30) + np.arange(30) / 8
    w = libpysal.weights.W({i: np.flatnonzero(row).tolist() for i, row in enumerate(near)})
    found, whole, local = moran(y, w), esda.Moran(y, w), esda.Moran_Local(y, w, permutations=0)
    wanted = [whole.I, whole.EI, np.sqrt(whole.VI_rand), whole.z_rand, whole.p_rand]
    np.testing.assert_allclose(found.overall.loc[0, ["i", "expected", "sd", "z", "p"]].astype(float), wanted, rtol=1e-9)
    np.testing.assert_allclose(found.local["i"] * 29 / 30, local.Is, rtol=1e-9)
    assert found.local["quadrant"].tolist() == [{1: "HH", 2: "LH", 3: "LL", 4: "HL"}[q] for q in local.q]
    assert found.overall.loc[0, "p_permuted"] == pytest.approx(whole.p_sim, abs=0.02)


@pytest.mark.parametrize(
    ("y", "neighbours", "error", "why"),
    [
        (CITIES, PAIRS[:3], hi.DataError, "none for unit '晋'.*\\n.*none for unit '蒙'"),
        (CITIES, [*PAIRS, ("京", "京")], hi.DataError, "'京' stands as its own neighbour"),
        (CITIES, MATRIX.replace(1.0, -1.0), hi.DataError, "'京', '津': -1.0; a weight is a number of 0 or more"),
        (CITIES, [(a, b, "near") for a, b in PAIRS], hi.DataError, "'near'; a weight"),
        (CITIES, [(*PAIRS[0], 1), (*PAIRS[0], 2), *((*pair, 1) for pair in PAIRS)], hi.DataError, "given twice"),
        (CITIES, MATRIX * 0, hi.DataError, "no unit has a neighbour"),
        (CITIES * 0, MATRIX, hi.DataError, "all values are alike"),
        (CITIES.iloc[:3], MATRIX, hi.DataError, "3 units with a value; four are needed"),
        (pd.concat([CITIES, CITIES.iloc[:1]]), MATRIX, hi.DataError, "unit '京' stands twice"),
        (CITIES, [("京",)], hi.SpecError, "pairs are rows"),
        (CITIES, np.ones((3, 3)), hi.SpecError, r"a matrix of shape \(3, 3\) for 5 units"),
        (CITIES, "queen", hi.SpecError, "neighbours: a matrix"),
        (CITIES, {"京": "津"}, hi.SpecError, "'京': a list of units"),
        (CITIES, 5, hi.SpecError, "neighbours: a matrix"),
    ],
)
def test_what_has_no_coefficient_is_refused(y, neighbours, error, why) -> None:
    with pytest.raises(error, match=why):
        moran(y, neighbours)


def test_choices_that_are_none_are_refused() -> None:
    with pytest.raises(hi.SpecError, match="permutations: 0 or more, not -1"):
        moran(CITIES, MATRIX, permutations=-1)
    with pytest.raises(hi.SpecError, match="rng"):
        moran(CITIES, MATRIX, rng="seed")
