"""Aggregations by order within a row: other software's numbers, slow counts, limits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import hengdian_index as hi
from hengdian_index.log import journal

ROWS = arrays(np.int64, st.tuples(st.integers(1, 4), st.integers(1, 6)), elements=st.integers(-20, 20)).map(
    lambda x: x / 4.0
)


def whole_weights(k):
    return arrays(np.int64, k, elements=st.integers(0, 8)).filter(lambda w: w.sum() > 0)


def min_max(x):
    return (x - x.min()) / (x.max() - x.min())


@pytest.mark.parametrize(
    ("file", "scale", "low", "high", "q"),
    [
        ("bli_2017", min_max, "owa_lowest_4", "owa_highest_4", 4),
        ("hpi_2019", lambda x: x, "owa_lowest", "owa_highest", 2),
    ],
)
def test_compind_owa_is_the_mean_of_the_lowest_and_of_the_highest_values(software, file, scale, low, high, q):
    x = scale(pd.read_csv(software / "compind" / f"{file}.csv", index_col=0))
    expected = pd.read_csv(software / "compind" / f"expected_{file}.csv", index_col=0)
    k = x.shape[1]
    lowest, highest = [0] * (k - q) + [1] * q, [1] * q + [0] * (k - q)
    np.testing.assert_allclose(hi.aggregate.owa(x, order_weights=lowest), expected[low], rtol=0, atol=1e-12)
    np.testing.assert_allclose(hi.aggregate.owa(x, order_weights=highest), expected[high], rtol=0, atol=1e-12)


@settings(max_examples=30)
@given(x=ROWS)
def test_owa_has_the_minimum_the_maximum_and_the_mean_as_limits(x):
    k = x.shape[1]
    np.testing.assert_array_equal(hi.aggregate.owa(x, order_weights=np.eye(k)[0]), hi.aggregate.maximum(x))
    np.testing.assert_array_equal(hi.aggregate.owa(x, order_weights=np.eye(k)[-1]), hi.aggregate.minimum(x))
    np.testing.assert_allclose(hi.aggregate.owa(x, order_weights=[3] * k), x.mean(axis=1), atol=1e-14)


def test_owa_weighs_ranks_not_columns():
    x = [[1.0, 10.0, 100.0], [100.0, 1.0, 10.0]]
    np.testing.assert_allclose(hi.aggregate.owa(x, order_weights=[0.5, 0.3, 0.2]), [53.2, 53.2])


def test_owa_reports_its_orness():
    with journal() as lines:
        hi.aggregate.owa([[1.0, 2.0, 3.0]], order_weights=[0.5, 0.5, 0])
    assert [line.why for line in lines] == ["owa: orness 0.75"]


def test_owa_over_fewer_ranks_keeps_the_shape_of_its_weights():
    gap = [[4.0, np.nan, 1.0, 2.0]]
    for order_weights, same in [
        ([1, 0, 0, 0], 4.0),
        ([0, 0, 0, 1], 1.0),
        ([1, 1, 1, 1], 7 / 3),
        # The upper half of 3 ranks: all of the first, half of the second.
        ([1, 1, 0, 0], (4.0 + 0.5 * 2.0) / 1.5),
    ]:
        found = hi.aggregate.owa(gap, order_weights=order_weights)
        np.testing.assert_allclose(found, [same], rtol=1e-14, err_msg=str(order_weights))


@pytest.mark.parametrize(
    ("order_weights", "w", "said"),
    [
        ([0.5, 0.5], None, "order_weights: 2 given for 3 columns"),
        ([1, -1, 1], None, "order_weights: numbers of 0 or more"),
        ([0, 0, 0], None, "not all 0"),
        ([1, 1, np.nan], None, "order_weights: numbers of 0 or more"),
        ("orness", None, "order_weights: numbers of 0 or more"),
        ([1, 1, 1], [1, 2, 1], "owa: w must be None or equal"),
    ],
)
def test_owa_refuses_weights_that_do_not_fit(order_weights, w, said):
    with pytest.raises(hi.SpecError, match=said):
        hi.aggregate.owa([[1.0, 2.0, 3.0]], w, order_weights=order_weights)


def slow_median(row, w):
    """Count up the weights in exact whole numbers."""
    total, so_far, middle = sum(w), 0, []
    for z, weight in sorted(zip(row, w, strict=True)):
        so_far += weight
        if weight > 0 and (2 * so_far >= total) and not middle:
            middle.append(z)
            if 2 * so_far > total:
                return z
        elif weight > 0 and middle:
            return (middle[0] + z) / 2
    return middle[0]


@settings(max_examples=60)
@given(data=st.data(), x=ROWS)
def test_median_equals_a_slow_count(data, x):
    w = data.draw(whole_weights(x.shape[1]))
    expected = [slow_median(row, [int(v) for v in w]) for row in x]
    np.testing.assert_allclose(hi.aggregate.median(x, w), expected, rtol=0, atol=1e-14)


@settings(max_examples=30)
@given(x=ROWS)
def test_median_with_equal_weights_is_the_common_one(x):
    np.testing.assert_allclose(hi.aggregate.median(x), np.median(x, axis=1), rtol=0, atol=1e-14)


@pytest.mark.parametrize(("w", "expected"), [([0.1, 0.4, 0.2, 0.3], 2.5), ([0.1, 0.35, 0.05, 0.5], 3.5)])
def test_median_finds_the_exact_half_of_decimals(w, expected):
    """The sum of .1, .35 and .05 falls short of .5 by one bit."""
    np.testing.assert_allclose(hi.aggregate.median([[1.0, 2.0, 3.0, 4.0]], w), [expected])


@settings(max_examples=30)
@given(data=st.data(), x=ROWS)
def test_minimum_and_maximum_are_the_ends_of_the_columns_with_a_weight(data, x):
    w = data.draw(whole_weights(x.shape[1]))
    np.testing.assert_array_equal(hi.aggregate.minimum(x, w), x[:, w > 0].min(axis=1))
    np.testing.assert_array_equal(hi.aggregate.maximum(x, w), x[:, w > 0].max(axis=1))
    np.testing.assert_array_equal(hi.aggregate.minimum(x, w), hi.aggregate.power(x, w, p=-np.inf))
    np.testing.assert_array_equal(hi.aggregate.maximum(x, w), hi.aggregate.power(x, w, p=np.inf))
