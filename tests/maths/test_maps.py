"""The fitted maps: each against its definition, cell by cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata
from support.laws import law

from hengdian_index._maths.maps import (
    Affine,
    Between,
    Chain,
    Clip,
    Distance,
    Exponential,
    Log,
    Mirror,
    Ranks,
    Reciprocal,
    Split,
    Target,
    cancelled,
    cancelled_each,
    chain,
    orientation,
)
from hengdian_index.errors import CellsError, SpecError

X = np.array([[1.0, -4.0], [np.nan, 0.5], [3.0, 2.0]])
ONE = np.ones(2)
small = arrays(np.int64, (7, 2), elements=st.integers(0, 5)).map(lambda x: x.astype(float))


def test_affine_is_at_plus_gain_times_the_share_of_the_spread():
    line = Affine(np.array([1.0, 2.0]), np.array([4.0, -0.5]), np.array([100.0, 3.0]), np.array([-1.0, 7.0]))
    wanted = [[-1 + 100 * (a - 1) / 4, 7 + 3 * (b - 2) / -0.5] for a, b in X]
    np.testing.assert_allclose(line(X), wanted, rtol=1e-15)


@pytest.mark.parametrize("spread", [2.0, -2.0])
def test_affine_gives_no_negative_zero(spread):
    zero = np.zeros(2)
    assert not np.signbit(Affine(ONE, spread * ONE, ONE, zero)(ONE[np.newaxis])).any()


def test_affine_works_on_blocks_of_a_large_table_as_on_a_small_one():
    x = np.random.default_rng(0).random((2**19 + 3, 2))
    line = Affine(0.25 * ONE, 0.5 * ONE, 3 * ONE, ONE)
    np.testing.assert_array_equal(line(x), 1 + 3 * ((x - 0.25) / 0.5))


def test_clip_holds_each_column_within_its_own_limits():
    np.testing.assert_array_equal(
        Clip(np.array([2.0, -1.0]), np.array([2.5, 1.0]))(X), [[2, -1], [np.nan, 0.5], [2.5, 1]]
    )


@pytest.mark.parametrize("ties", ["average", "min", "max", "dense"])
@law(20)
@given(x=small)
def test_ranks_of_the_fit_rows_are_the_textbook_ones(ties, x):
    x[2, 0] = np.nan
    wanted = rankdata(x, method=ties, axis=0, nan_policy="omit")
    np.testing.assert_array_equal(Ranks(np.sort(x, axis=0), ties)(x), wanted)


@pytest.mark.parametrize("ties", ["average", "min", "max", "dense"])
@law(20)
@given(x=small, new=st.integers(-2, 12).map(lambda i: i / 2))
def test_a_later_row_takes_the_rank_it_would_have_had(ties, x, new):
    fitted = x[:, 0].tolist()
    below, equal = sum(v < new for v in fitted), fitted.count(new)
    distinct = sorted(set(fitted))
    wanted = {
        "average": below + (equal + 1) / 2,
        "min": below + 1,
        "max": below + max(equal, 1),
        "dense": sum(v < new for v in distinct) + 1,
    }[ties]
    most = len(distinct) if ties == "dense" else len(fitted)
    assert Ranks(np.sort(x, axis=0), ties)(np.full((1, 2), new))[0, 0] == min(wanted, most)


def test_ranks_of_a_batch_are_those_of_each_table():
    fitted = np.sort(np.random.default_rng(1).integers(0, 4, (3, 6, 2)).astype(float), axis=-2)
    x = np.random.default_rng(2).integers(0, 4, (3, 5, 2)).astype(float)
    wanted = [Ranks(one)(rows) for one, rows in zip(fitted, x, strict=True)]
    np.testing.assert_array_equal(Ranks(fitted)(x), wanted)
    np.testing.assert_array_equal(Ranks(fitted[0])(x), [Ranks(fitted[0])(rows) for rows in x])


def test_mirror_log_exponential_and_reciprocal():
    np.testing.assert_array_equal(Mirror()(X), -X)
    positive = np.array([[1.0, 4.0], [np.nan, 0.5]])
    np.testing.assert_array_equal(Log()(positive), np.log(positive))
    np.testing.assert_allclose(Exponential(60, 100)(positive), 60 * (100 / 60) ** positive, rtol=1e-15)
    np.testing.assert_array_equal(Reciprocal(np.array([2.0, 8.0]))(positive), [[2, 2], [np.nan, 16]])


@pytest.mark.parametrize("one", [Log(), Reciprocal(ONE)])
def test_a_map_marks_the_cells_it_refuses(one):
    x = np.where(X == 2, 0, X)
    with pytest.raises(CellsError) as refusal:
        one(x)
    np.testing.assert_array_equal(refusal.value.marked, x <= 0)


@pytest.mark.parametrize("x", [-1.0, 0.0, 1.0, 2.0, 2.5, 3.0, 4.0, 9.0])
def test_distance_from_the_best_interval(x):
    away = max(2 - x, x - 3, 0)
    assert Distance(Between(2, 3))(np.array([[x]])) == -away
    share = min(max((2 - x) / 2, (x - 3) / 4, 0), 1)
    assert Distance(Between(2, 3, worst_low=0, worst_high=7))(np.array([[x]])) == pytest.approx(-share, abs=1e-15)


def test_distance_leaves_missing_values_missing():
    assert np.isnan(Distance(Between(2, 3, 0, 7))(np.array([[np.nan]]))).all()


@pytest.mark.parametrize(
    "limits",
    [
        {"low": 3, "high": 2},
        {"low": 2, "high": 3, "worst_low": 2, "worst_high": 9},
        {"low": 2, "high": 3, "worst_low": 1, "worst_high": 3},
        {"low": 2, "high": 3, "worst_low": 4, "worst_high": 9},
        {"low": 2, "high": 3, "worst_low": 1},
        {"low": 2, "high": 3, "worst_high": 9},
        {"low": float("nan"), "high": 3},
    ],
)
def test_limits_out_of_order_are_refused(limits):
    with pytest.raises(SpecError, match=r"Between"):
        Between(**limits)


def test_orientation_gives_the_turn_and_the_ends_that_belong_to_the_scale():
    assert orientation(1) == (None, None, None)
    assert orientation(-1) == (Mirror(), None, None)
    assert orientation(Target(4)) == (Distance(Between(4, 4)), 0.0, None)
    assert orientation(Between(2, 3)) == (Distance(Between(2, 3)), 0.0, None)
    assert orientation(Between(2, 3, 0, 9)) == (Distance(Between(2, 3, 0, 9)), 0.0, -1.0)


def test_a_chain_is_flat_and_applies_in_order():
    line, cap = Affine(ONE, 2 * ONE, ONE, 0 * ONE), Clip(0 * ONE, ONE)
    whole = chain(None, Mirror(), chain(Log(), line), cap)
    assert isinstance(whole, Chain)
    assert whole.maps == (Mirror(), Log(), line, cap)
    x = -np.array([[1.0, 2.0], [9.0, 30.0]])
    np.testing.assert_array_equal(whole(x), cap(line(Log()(Mirror()(x)))))


def test_a_mirror_before_a_line_becomes_part_of_the_line():
    line = Affine(np.array([1.0, 3.0]), 2 * ONE, 5 * ONE, ONE)
    merged = chain(Mirror(), line)
    assert isinstance(merged, Affine)
    np.testing.assert_array_equal(merged(X), line(-X))


def test_a_split_applies_each_map_to_its_columns():
    x = np.arange(1.0, 13.0).reshape(2, 2, 3)
    split = Split((((0, 2), Mirror()), ((1,), Log())))
    np.testing.assert_array_equal(split(x)[..., [0, 2]], -x[..., [0, 2]])
    np.testing.assert_array_equal(split(x)[..., 1], np.log(x[..., 1]))


def test_a_split_marks_refused_cells_in_the_whole_table():
    x = np.array([[1.0, 2.0, 3.0], [1.0, -5.0, -3.0]])
    with pytest.raises(CellsError) as refusal:
        Split((((2, 0), Mirror()), ((1,), Log())))(x)
    np.testing.assert_array_equal(refusal.value.marked, [[False, False, False], [False, True, False]])


def test_what_cancels_in_many_maps_is_what_does_in_each():
    lines = [Affine(*np.array([[c], [s], [g], [a]])) for c, s, g, a in [(5.0, -2.0, 99.0, 1.0), (1e308, 1e-9, 1, -7)]]
    ranks = Ranks(np.array([[1.0], [2.0]]))
    away = Distance(Between(2.0, 3.0, 1.0, 9.0))
    maps = [lines[0], chain(away, lines[1]), Log(), chain(ranks, lines[1], Clip(np.zeros(1), np.ones(1))), lines[1]]
    before = np.array([3.0, 4.0, 0.5, 8.0, 1e300])
    np.testing.assert_array_equal(
        cancelled_each(maps, before), [cancelled(one, before[[j]])[0] for j, one in enumerate(maps)]
    )
    assert cancelled_each([], np.zeros(0)).shape == (0,)


def test_a_row_that_was_fitted_has_its_rank_whatever_rows_come_with_it():
    fitted = np.sort(np.array([[0.3], [0.1 + 0.2], [0.7], [5.0], [np.nan]]), axis=0)
    ranks = Ranks(fitted, "min", np.array([1.0]))
    alone = ranks(fitted)
    np.testing.assert_array_equal(alone[:, 0], [1, 1, 3, 4, np.nan])
    np.testing.assert_array_equal(ranks(np.concatenate([fitted, [[0.7 + 1e-15], [9.0]]]))[:-2], alone)


def test_values_fitted_in_several_tables_rank_one_table_against_each():
    fitted = np.sort(np.random.default_rng(8).integers(0, 9, (4, 6, 2)) / 4, axis=-2)
    x, size = np.array([[0.5, 1.0], [1.25 + 1e-16, 0.75], [np.nan, 2.5]]), np.full((4, 2), 2.0)
    found = Ranks(fitted, size=size)(x)
    assert found.shape == (4, 3, 2)
    for i in range(4):
        np.testing.assert_array_equal(found[i], Ranks(fitted[i], size=size[i])(x))
