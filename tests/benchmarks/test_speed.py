"""Speed of the core beside plain blocked NumPy, one group for each method and memory order.

Small unless `HENGDIAN_BENCH_ROWS` says otherwise:
`HENGDIAN_BENCH_ROWS=1000000 pytest tests/benchmarks --benchmark-enable`.
"""

import os
from functools import cache

import numpy as np
import pytest
from benchmarks.ratios import CASES, data, extra_memory

ROWS = int(os.environ.get("HENGDIAN_BENCH_ROWS", "20000"))
table = cache(data)


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
