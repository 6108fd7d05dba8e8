"""Projection pursuit: the index by a double loop, its top by trying directions, the same answer for the same rows."""

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index.errors import DataError, SpecError


def slow_index(y, radius):
    """Return spread times density of projected rows by a double loop."""
    n = len(y)
    mean = sum(y) / n
    spread = (sum((value - mean) ** 2 for value in y) / (n - 1)) ** 0.5
    reach = radius * spread
    density = sum(max(reach - abs(one - other), 0.0) for one in y for other in y)
    return spread, density, spread * density


def directions(k, m):
    """Return a dense net of directions of 0 or more (m, k)."""
    if k == 2:
        angle = np.linspace(0, np.pi / 2, m)
        return np.column_stack([np.cos(angle), np.sin(angle)])
    found = np.abs(np.random.default_rng(7).standard_normal((m, k)))
    return found / np.sqrt((found**2).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("radius", [0.1, 0.6])
@pytest.mark.parametrize(("n", "k", "seed"), [(9, 2, 1), (14, 2, 2), (8, 3, 3), (12, 4, 4)])
def test_no_direction_that_is_tried_has_a_larger_index(n, k, seed, radius):
    x = np.random.default_rng(seed).uniform(0, 1, (n, k))
    found = hi.aggregate.projection_pursuit(x, radius=radius, details=True)
    assert (found.direction >= 0).all()
    assert (found.direction**2).sum() == pytest.approx(1, rel=1e-12)
    np.testing.assert_allclose(found.scores, x @ found.direction, rtol=1e-13)
    known = slow_index(found.scores.tolist(), radius)
    assert (found.spread, found.density, found.index) == pytest.approx(known, rel=1e-10)
    tried = max(slow_index((x @ a).tolist(), radius)[2] for a in directions(k, 1500))
    assert found.index >= tried * (1 - 1e-12)


def test_a_direction_that_sets_two_groups_apart_is_found():
    rng = np.random.default_rng(3)
    group = np.repeat([0.0, 1.0], 10)
    x = np.column_stack([rng.uniform(0, 1, 20), group + rng.normal(0, 0.01, 20), rng.uniform(0, 1, 20)])
    found = hi.aggregate.projection_pursuit(x, radius=0.3, details=True)
    assert found.direction[1] > 0.95
    assert (found.scores[10:].min() - found.scores[:10].max()) > 0.5


def test_neither_the_order_of_rows_and_columns_nor_the_unit_of_measure_moves_it():
    rng = np.random.default_rng(11)
    x = rng.uniform(0, 1, (13, 4))
    plain = hi.aggregate.projection_pursuit(x)
    rows, columns = rng.permutation(13), rng.permutation(4)
    np.testing.assert_allclose(hi.aggregate.projection_pursuit(x[rows][:, columns]), plain[rows], rtol=1e-14)
    np.testing.assert_allclose(hi.aggregate.projection_pursuit(1024 * x), 1024 * plain, rtol=1e-13)
    np.testing.assert_allclose(hi.aggregate.projection_pursuit(x / 3), plain / 3, rtol=1e-6)
    # A column without differences tells nothing.
    wide = hi.aggregate.projection_pursuit(np.column_stack([x, np.full(13, 0.5)]), details=True)
    assert wide.direction[-1] == 0
    np.testing.assert_allclose(wide.scores, plain, rtol=1e-12)


def test_a_row_with_gaps_has_the_mean_of_its_other_values():
    rng = np.random.default_rng(5)
    x = rng.uniform(0.1, 1, (10, 3))
    gapped = np.vstack([x, [0.4, np.nan, 0.7]])
    found = hi.aggregate.projection_pursuit(gapped, details=True)
    np.testing.assert_array_equal(found.direction, hi.aggregate.projection_pursuit(x, details=True).direction)
    a = found.direction
    assert found.scores[-1] == pytest.approx((a[0] * 0.4 + a[2] * 0.7) / (a[0] + a[2]) * a.sum())


def test_an_index_tells_the_direction_and_the_step():
    frame = pd.DataFrame(np.random.default_rng(2).uniform(0, 9, (8, 3)), columns=list("abc")).assign(
        town=list("ABCDEFGH")
    )
    index = hi.Index(
        unit="town",
        aggregate={"method": "projection_pursuit", "radius": 0.2},
        groups=[hi.Group("all")],
        indicators=[hi.Indicator(code, "all") for code in "abc"],
    )
    result = hi.Index.from_toml(index.to_toml()).compute(frame)
    assert result.log["why"].str.contains("projection_pursuit: direction of the parts in their order: ").any()
    alone = hi.aggregate.projection_pursuit(result.normalised.to_numpy(), radius=0.2)
    np.testing.assert_allclose(result.scores["all"], alone, rtol=1e-12)
    assert "value along the best direction a" in str(result.explain("C"))


def test_what_cannot_be_projected_is_refused():
    with pytest.raises(SpecError, match="the direction is learnt from the rows"):
        hi.aggregate.projection_pursuit(np.eye(3), [0.5, 0.3, 0.2])
    with pytest.raises(DataError, match="column 0: constant over the rows compared"):
        hi.aggregate.projection_pursuit([[1.0, 2.0], [1.0, 2.0]])
    with pytest.raises(DataError, match="at least two complete rows are needed"):
        hi.aggregate.projection_pursuit([[1.0, 2.0]])
    with pytest.raises(SpecError, match="radius: a number above 0, not 0"):
        hi.aggregate.projection_pursuit(np.eye(3), radius=0)
