"""Speed of the core beside plain blocked NumPy, one group for each method and memory order.

Small unless `HENGDIAN_BENCH_ROWS` says otherwise:
`HENGDIAN_BENCH_ROWS=1000000 pytest tests/benchmarks --benchmark-enable`.
"""

import os
from functools import cache

import numpy as np
import pandas as pd
import polars as pl
import pytest
from benchmarks import draws, reading, scale
from benchmarks.ratios import CASES, data, extra_memory

import hengdian_index as hi
from hengdian_index._tables.periods import read_periods

ROWS = int(os.environ.get("HENGDIAN_BENCH_ROWS", "20000"))
table = cache(data)
# Texts of a pandas before 3 are objects, each of which is looked at; its columns are copied.
NEW = int(pd.__version__.split(".")[0]) >= 3


@pytest.mark.parametrize("side", ["ours", "plain"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("case", CASES)
def test_speed(benchmark, case, order, side):
    benchmark.group = f"{case}, {order} order, {ROWS:,} rows"
    x = table(ROWS, order)
    answer = benchmark(CASES[case][side == "plain"], x)
    np.testing.assert_allclose(answer, CASES[case][side == "ours"](x), rtol=1e-9)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(("case", "most"), [("entropy", 0.5), ("min_max and weighted mean", 1.5), ("critic", 0.5)])
def test_weights_take_no_copy_of_the_table_and_scores_one(case, most, order):
    assert extra_memory(CASES[case][0], table(100_000, order)) < most


@pytest.mark.parametrize("kind", scale.KINDS)
def test_an_index_of_a_large_table_takes_less_than_three_tables(kind):
    assert scale.peak(200_000, 0.01, kind) < (3 if NEW else 3.2)


@pytest.mark.parametrize("gaps", [0.0, 0.01])
def test_an_index_of_a_large_table_gives_what_plain_numpy_gives(gaps):
    x = scale.table(20_000, gaps)
    np.testing.assert_allclose(scale.ours(x), scale.plain(x.to_numpy()), rtol=1e-12)


def test_the_whole_film_index(benchmark):
    """Under 20 ms, fit and score."""
    index, frame = hi.example("film_industry")
    result = benchmark(index.compute, frame)
    assert result.scores.shape == (50, 7)


def test_ten_thousand_judgement_matrices(benchmark):
    """9 x 9, under half a second."""
    upper = np.exp(np.random.default_rng(0).uniform(-np.log(9), np.log(9), (10_000, 36)))
    i, j = np.triu_indices(9, 1)
    batch = np.ones((10_000, 9, 9))
    batch[:, i, j], batch[:, j, i] = upper, 1 / upper
    assert benchmark(hi.ahp.priorities, batch).weights.shape == (10_000, 9)


def test_400_000_quarters_as_text(benchmark):
    """50 distinct labels, under a second."""
    labels = pd.period_range("1998Q1", periods=50, freq="Q").astype(str).repeat(8000)
    assert len(benchmark(read_periods, labels).ordinals) == 400_000


def test_five_factors(benchmark):
    """51 x 49 in three levels: under a tenth of a millisecond a draw at 10,000 draws, mostly the fits of 16 choices."""
    found = benchmark(draws.five_factors, 10_000)
    assert found.drawn.shape == (10_000, 51)
    assert found.kept.all()


def test_five_factors_take_a_tenth_of_a_millisecond_a_draw():
    draws.five_factors(16)
    assert draws.taken(draws.five_factors, 10_000, rounds=3)[1] < 1


@pytest.mark.parametrize("side", ["ours", "plain"])
def test_draws_of_weights(benchmark, side):
    """Rank frequencies beside the plain product and sort; `python tests/benchmarks/draws.py` has 100,000 draws."""
    benchmark.group = "200 x 60, 10,000 draws of weights"
    function = {"ours": draws.frequencies, "plain": draws.plain_order}[side]
    assert benchmark(function, 200, 60, 10_000) is not None


def test_100_000_draws_take_less_than_a_gigabyte():
    assert draws.peak_memory(draws.frequencies, 200, 60, 100_000) < 1e9


@pytest.mark.parametrize(
    ("small", "large"), [((100, 60, 10_000), (100, 60, 40_000)), ((50, 60, 20_000), (200, 60, 20_000))]
)
def test_time_grows_with_draws_and_units_and_no_faster(small, large):
    """Four times as many take four times as long; sorting and a busy machine may add half as much."""
    draws.frequencies(10, 60, 16)
    assert draws.taken(draws.frequencies, *large, rounds=3)[1] < 6 * draws.taken(draws.frequencies, *small, rounds=3)[1]


def test_leaving_out_each_of_49_indicators(benchmark):
    """Under 50 ms."""
    assert benchmark(draws.without_each).shape == (51, 50)


def test_leaving_out_each_indicator_takes_50_milliseconds():
    assert draws.taken(draws.without_each)[1] < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("case", reading.CASES)
def test_a_clean_file_is_read_nearly_as_fast_as_pandas_reads_it(tmp_path, case):
    reading.write(tmp_path / "t.csv", case, 200_000)
    ours, plain = reading.best_times(tmp_path / "t.csv")
    assert ours < (1.3 if NEW or case == "numbers" else 2.8) * plain


def test_the_query_by_hand_is_that_of_expressions():
    x = scale.table(5_000, 0.05)
    fitted = scale.index().fit(x)
    frame = pl.from_pandas(x, nan_to_null=True).lazy()
    own = fitted.expressions().apply(frame).collect()["all"].to_numpy()
    hand = scale.by_hand(frame, fitted, x.min(), x.max()).collect()["all"].to_numpy()
    np.testing.assert_allclose(own, hand, rtol=1e-12)
