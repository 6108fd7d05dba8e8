"""Blocks of rows: every row once, in order, whatever the shape and the memory order."""

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
