"""Blocks of rows: every row once, in order, whatever the shape and the memory order."""

import itertools

import numpy as np
import pytest

from hengdian_index._maths import blocks

SHAPES = [(1, 1), (3, 200_000), (1, 500_000), (70_000, 3), (2, 5_000, 30), (0, 4)]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", SHAPES)
def test_each_block_sees_every_row_once_and_in_order(shape, order):
    x = np.array(np.arange(np.prod(shape), dtype=np.float64).reshape(shape), order=order)
    for each in (blocks.each_block, blocks.each_product):
        np.testing.assert_array_equal(np.concatenate(each(lambda part: part, x), axis=-2), x)


def test_columns_of_many_rows_come_one_by_one_and_of_few_together():
    assert [list(some) for some in blocks.few_columns(range(4), 10**9)] == [[0], [1], [2], [3]]
    assert [list(some) for some in blocks.few_columns([3, 5, 8], 1)] == [[3, 5, 8]]
    assert [list(some) for some in blocks.few_columns([], 7)] == []
    several = [list(some) for some in blocks.few_columns(range(100), 1000)]
    assert list(itertools.chain(*several)) == list(range(100))
    assert 1 < max(map(len, several)) <= blocks._CELLS // 1000
