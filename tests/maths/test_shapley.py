"""The Shapley split against the average over all orders, closed forms, and the rows and groups it refuses."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import close, law, same, tables, weights_for

import hengdian_index as hi
from hengdian_index._maths.shapley import MOST, shapley_parts
from hengdian_index._methods.decorators import kernel
from hengdian_index.errors import CellsError

LAW = law(25)
METHODS = [
    ("mazziotta_pareto", {}),
    ("mazziotta_pareto", {"penalty": 1}),
    ("minimum", {}),
    ("maximum", {}),
    ("median", {}),
    ("mean_min", {"alpha": 0.6, "beta": 2.0}),
]


def scored(name, options):
    """Return a registered aggregation as a function of rows and weights."""
    return kernel(getattr(hi.aggregate, name).method, options)


def slow(score, x0, x1, w):
    """Return the parts of one row: what the score moves when a child moves, averaged over all orders."""
    parts = np.zeros(len(x1))
    orders = list(permutations(range(len(x1))))
    for order in orders:
        row = x0.copy()
        for j in order:
            before = score(row[np.newaxis], w)[0]
            row[j] = x1[j]
            parts[j] += score(row[np.newaxis], w)[0] - before
    return parts / len(orders)


@st.composite
def moves(draw):
    """Draw two tables above 0 of the same shape, with weights."""
    x = draw(tables(rows=(2, 6), columns=(1, 5), sign=1))
    half = len(x) // 2
    return x[:half], x[half : 2 * half], draw(weights_for(x.shape[1]))


@pytest.mark.parametrize(("name", "options"), METHODS)
@LAW
@given(moves())
def test_it_is_the_average_over_all_orders(name, options, drawn):
    x0, x1, w = drawn
    score = scored(name, options)
    parts = shapley_parts(score, x0, x1, w)
    wanted = np.array([slow(score, *pair, w) for pair in zip(x0, x1, strict=True)])
    np.testing.assert_allclose(parts, wanted, rtol=0, atol=1e-12 * max(x0.max(), x1.max()))


@LAW
@given(moves())
def test_ordered_weights_too(drawn):
    x0, x1, _ = drawn
    k = x0.shape[1]
    score, w = scored("owa", {"order_weights": np.arange(1.0, k + 1)}), np.full(k, 1 / k)
    wanted = np.array([slow(score, *pair, w) for pair in zip(x0, x1, strict=True)])
    np.testing.assert_allclose(shapley_parts(score, x0, x1, w), wanted, rtol=0, atol=1e-12 * max(x0.max(), x1.max()))


@pytest.mark.parametrize(("name", "options"), METHODS)
@pytest.mark.parametrize("k", [1, 2, 7, MOST])
def test_parts_sum_to_the_change(name, options, k):
    rng = np.random.default_rng(k)
    x0, x1, w = rng.lognormal(3, 0.5, (60, k)), rng.lognormal(3, 0.5, (60, k)), rng.dirichlet(np.ones(k))
    score = scored(name, options)
    parts = shapley_parts(score, x0, x1, w)
    size = np.abs(parts).sum(axis=1)
    assert (np.abs(parts.sum(axis=1) - (score(x1, w) - score(x0, w))) <= 4 * np.spacing(size)).all()


def test_under_an_arithmetic_mean_a_part_is_weight_times_change_even_at_a_high_level():
    rng = np.random.default_rng(0)
    step, w = rng.integers(-8, 9, (20, 6)) / 8, np.array([1, 1, 2, 4, 4, 4]) / 16
    x0 = np.full((20, 6), 1e7)
    close(shapley_parts(lambda x, w: x @ w, x0, x0 + step, w), step * w, 1e-9)


def test_a_level_splits_from_zero_or_from_a_reference_row():
    w = np.array([0.5, 0.5])
    score = scored("minimum", {})
    same(shapley_parts(score, 0.0, np.array([[4.0, 6.0]]), w), [[2, 2]])
    # Either order: a first moves 1 then b 3, or b first moves 0 then a 4.
    same(shapley_parts(score, np.array([1.0, 2.0]), np.array([[5.0, 6.0]]), w), [[2.5, 1.5]])


def test_what_does_not_move_has_no_part_and_twins_share_alike():
    x0, x1 = np.array([[0.1, 0.3, 0.3]]), np.array([[0.1, 0.7, 0.7]])
    parts = shapley_parts(scored("mazziotta_pareto", {}), x0, x1, np.full(3, 1 / 3))
    assert parts[0, 0] == 0
    close(parts[0, 1], parts[0, 2])


def test_a_row_with_a_gap_has_no_parts_and_the_others_keep_theirs():
    rng = np.random.default_rng(1)
    x0, x1, w = rng.random((4, 3)) + 1, rng.random((4, 3)) + 1, np.full(3, 1 / 3)
    score = scored("median", {})
    wanted = shapley_parts(score, x0, x1, w)
    x0[1, 2] = x1[3, 0] = np.nan
    parts = shapley_parts(score, x0, x1, w)
    assert np.isnan(parts[[1, 3]]).all()
    same(parts[[0, 2]], wanted[[0, 2]])
    assert np.isnan(shapley_parts(score, x0[[1]], x1[[1]], w)).all()


def test_a_group_too_large_is_refused_with_a_way_out():
    with pytest.raises(hi.SpecError, match=r"13 children, and at most 12 are allowed.*sub-groups"):
        shapley_parts(scored("minimum", {}), 0.0, np.ones((1, 13)), np.full(13, 1 / 13))


def test_a_refused_mixture_is_marked_in_the_row_it_was_made_from():
    x1 = np.array([[np.nan, 2.0], [3.0, 4.0], [5.0, 6.0]])
    x0 = np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    with pytest.raises(CellsError, match=r"mean of its values is not above 0.*Shapley") as refusal:
        shapley_parts(scored("mazziotta_pareto", {}), x0, x1, np.full(2, 0.5))
    same(refusal.value.marked, [[False], [False], [True]])
    with pytest.raises(CellsError, match="not a finite number"):
        shapley_parts(lambda x, w: np.log(np.where(x.min(axis=-1) > 4, np.nan, 1.0)), x0, x1, np.full(2, 0.5))


def test_the_inputs_are_not_changed():
    x0, x1 = np.array([[1.0, 2.0]]), np.array([[2.0, 4.0]])
    x0.flags.writeable = x1.flags.writeable = False
    shapley_parts(scored("median", {}), x0, x1, np.full(2, 0.5))
