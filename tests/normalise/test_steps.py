"""Classes and above or below the mean: Table 15 of the Handbook, exact rational arithmetic, refused choices."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.laws import law, numbers, same, tables

import hengdian_index as hi
from hengdian_index.normalise import above_below, categorical, percentile_rank

MORE = law(60)
CUTS, SCORES = (5, 15, 35, 65, 85, 95), (0, 20, 40, 50, 60, 80, 100)


@pytest.fixture(scope="module")
def schooling(published):
    """Table 15 of the Handbook: mean years of schooling of 23 countries and their scores."""
    return pd.read_csv(published / "tai" / "table_15_schooling.csv", index_col="country")


def slow_class(q, cuts, scores):
    """Return the score of the highest cut with q >= cut, else the first score."""
    reached = [score for cut, score in zip(cuts, scores[1:], strict=True) if q >= cut]
    return reached[-1] if reached else scores[0]


def slow_side(r, threshold):
    return 1 if r > 1 + threshold else -1 if r < 1 - threshold else 0


# Published: tolerance 0, all 23 countries.


def test_categorical_gives_table_15(schooling):
    same(categorical(schooling["schooling"]), schooling["categorical"])


@pytest.mark.parametrize(
    "moved", [(5, 15, 30, 65, 85, 95), (5, 15, 35, 60, 85, 95), (4, 15, 35, 65, 85, 95), (5, 15, 35, 65, 80, 95)]
)
def test_other_cuts_miss_table_15(schooling, moved):
    assert (categorical(schooling["schooling"], cuts=moved) != schooling["categorical"]).any()


def test_above_below_gives_table_15(schooling):
    same(above_below(schooling["schooling"]), schooling["above_below_mean"])


# categorical


@MORE
@given(x=tables(gaps=True), direction=st.sampled_from([1, -1]))
def test_classes_of_percentiles_equal_a_count_of_rows_in_exact_arithmetic(x, direction):
    z = categorical(x, direction=direction)
    for column, scores in zip((direction * x).T, z.T, strict=True):
        present = column[~np.isnan(column)]
        share = [Fraction(100 * (1 + int((present < value).sum())), len(present)) for value in present]
        same(scores[~np.isnan(column)], [slow_class(q, CUTS, SCORES) for q in share])


@pytest.mark.parametrize("n", [50, 100, 200, 300])
def test_a_percentile_that_meets_a_cut_is_in_the_better_class(n):
    # 29 / 100 * 100 is 28.999999999999996 in doubles, 7 / 50 * 100 is 14.000000000000002.
    column = np.arange(float(n))
    for cut in range(1, 101):
        scores = categorical(column, cuts=[cut], scores=[0, 1])
        assert scores.sum() == sum(Fraction(100 * rank, n) >= cut for rank in range(1, n + 1))
    assert set(range(2, 101, 2)) <= set(percentile_rank(column).tolist())


@MORE
@given(
    column=st.lists(st.integers(0, 40), min_size=1, max_size=10),
    cuts=st.sets(st.integers(0, 40), min_size=1, max_size=4),
)
def test_classes_of_values_equal_a_slow_search(column, cuts):
    cuts = sorted(cuts)
    scores = [10 * i for i in range(len(cuts) + 1)]
    same(
        categorical(column, cuts=cuts, scores=scores, on="value"), [slow_class(value, cuts, scores) for value in column]
    )
    mirrored = [slow_class(-value, [-cut for cut in reversed(cuts)], scores) for value in column]
    same(categorical(column, cuts=cuts, scores=scores, on="value", direction=-1), mirrored)


def test_cuts_in_the_indicators_unit_may_differ_by_column_and_go_by_name():
    table = pd.DataFrame({"income": [900.0, 1000, 5000], "fine dust": [8.0, 10, 31], "gap": [np.nan, 1, 2]})
    options = {
        "cuts": {"fine dust": (10, 25), "gap": (1, 2), "income": (1000, 4000)},
        "scores": (0, 50, 100),
        "on": "value",
        "direction": {"fine dust": -1},
    }
    wanted = pd.DataFrame({"income": [0.0, 50, 100], "fine dust": [100.0, 100, 0], "gap": [np.nan, 50, 100]})
    pd.testing.assert_frame_equal(categorical(table, **options), wanted)
    turned = table[["gap", "fine dust", "income"]]
    pd.testing.assert_frame_equal(categorical(turned, **options), wanted[turned.columns])
    with pytest.raises(hi.SpecError, match="no column 'incme'; did you mean 'income'"):
        categorical(table, cuts={"incme": (1, 2), "fine dust": (1, 2), "gap": (1, 2)}, scores=(0, 1, 2), on="value")


def test_later_rows_are_placed_among_the_fit_rows():
    fitted = categorical.fit(np.arange(20.0))
    same(fitted([-5.0, 0.0, 0.5, 18.0, 99.0]), [20, 20, 20, 100, 100])
    same(fitted(np.arange(20.0)), categorical(np.arange(20.0)))
    same(categorical.fit(np.arange(20.0), direction=-1)([-5.0, 99.0]), [100, 20])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"cuts": (15, 5), "scores": (0, 1, 2)}, "cuts: numbers that rise"),
        ({"cuts": (5, 5), "scores": (0, 1, 2)}, "cuts: numbers that rise"),
        ({"cuts": (5, 15)}, "2 cuts make 3 classes"),
        ({"scores": (0, 1)}, "6 cuts make 7 classes"),
        ({"cuts": (5, 15), "scores": (2, 1, 0)}, "none below the one before"),
        ({"cuts": (5, np.nan), "scores": (0, 1, 2)}, "cuts: numbers that rise"),
        ({"cuts": (), "scores": (0,)}, "cuts: numbers that rise"),
        ({"cuts": {}, "scores": (0,)}, "cuts: numbers that rise"),
        ({"cuts": "abc", "scores": (0, 1)}, "cuts: numbers that rise"),
        ({"cuts": (5, 150), "scores": (0, 1, 2)}, "percentiles run from 0 to 100.*on='value'"),
        ({"cuts": {0: (1, 2), 1: (2, 1)}, "scores": (0, 1, 2), "on": "value"}, "cuts of 1: numbers that rise"),
        ({"on": "percent"}, "did you mean 'percentile'"),
    ],
)
def test_impossible_classes_are_refused_before_the_data_are_seen(options, says):
    with pytest.raises(hi.SpecError, match=says):
        categorical([[1.0, 2.0], [3.0, 4.0]], **options)


def test_all_wrong_lists_are_named_at_once():
    with pytest.raises(hi.SpecError) as refusal:
        categorical([[1.0, 2.0]], cuts={0: (2, 1), 1: (1,)}, scores=(0, 1, 2), on="value")
    assert len(refusal.value.faults) == 2


# above_below


@MORE
@given(
    x=tables(),
    threshold=st.sampled_from(["0", "0.05", "0.1", "0.2", "0.25", "0.5", "1.5"]),
    factor=st.sampled_from([1, 1e-12, 1e-3, 1e12]),
)
def test_sides_of_the_mean_equal_exact_arithmetic_in_every_unit(x, threshold, factor):
    assume((x.sum(axis=0) > 0).all())
    means = [sum(map(Fraction, column)) / len(column) for column in x.T.tolist()]
    wanted = [
        [slow_side(Fraction(value) / m, Fraction(threshold)) for value, m in zip(row, means, strict=True)]
        for row in x.tolist()
    ]
    same(above_below(x * factor, threshold=float(threshold)), np.array(wanted, float))
    same(above_below(x * factor, threshold=float(threshold), direction=-1), -np.array(wanted, float))


@pytest.mark.parametrize("unit", [1.0, 1e-12, 1e-3, 0.7, 1e12])
def test_the_limits_themselves_count_as_around_the_mean_in_every_unit(unit):
    # The second value is 1.2 times the mean exactly; in some units its ratio is rounded to 1.2000000000000002.
    same(above_below(np.array([-0.125, 7.375, 10.0, 14.625, -10.5, 15.5]) * unit), [-1, 0, 1, 1, -1, 1])
    same(above_below(np.array([0.8, 1.0, 1.2]) * unit), [0, 0, 0])
    same(above_below(np.array([0.799_999_999, 1.0, 1.200_000_001]) * unit), [-1, 0, 1])
    same(above_below(np.array([0.1, 0.2, 0.3]) * unit, threshold=0), [-1, 0, 1])


def test_a_zero_score_has_no_sign_and_missing_stays_missing():
    for direction in (1, -1):
        scores = above_below([1.0, np.nan, 1.0], direction=direction)
        same(scores, [0, np.nan, 0])
        assert not np.signbit(scores[[0, 2]]).any()


def test_later_rows_are_compared_with_the_frozen_mean():
    same(above_below.fit([5.0, 15.0])([7.9, 8.0, 12.0, 12.1, -3.0]), [-1, 0, 0, 1, -1])


def test_a_mean_of_0_or_less_is_refused_by_name():
    table = pd.DataFrame({"a": [1.0, 2], "balance": [-1.0, 1], "loss": [-4.0, -2]})
    with pytest.raises(hi.DataError) as refusal:
        above_below(table)
    assert [name in str(fault) for name, fault in zip(("balance", "loss"), refusal.value.faults, strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("threshold", [-0.1, np.inf, np.nan, "0.2"])
def test_an_impossible_threshold_is_refused(threshold):
    with pytest.raises(hi.SpecError, match="threshold"):
        above_below([1.0, 2.0], threshold=threshold)


@pytest.mark.parametrize("direction", [hi.Target(2), hi.Between(1, 2)])
def test_a_target_is_refused_with_the_methods_that_take_one(direction):
    with pytest.raises(hi.SpecError, match="min_max"):
        above_below([1.0, 2.0, 3.0], direction=direction)
    with pytest.raises(hi.SpecError, match="on='percentile' a target"):
        categorical([1.0, 2.0, 3.0], cuts=[2], scores=[0, 1], on="value", direction=direction)


def test_the_class_nearest_to_a_target_is_the_best():
    """Slow: the share of rows whose deviation is at least as large, read in the classes."""
    x = np.array([3.0, 8.0, 5.0, 1.0, 5.5, 9.0])
    outside = np.maximum(np.maximum(4 - x, x - 6), 0)
    for direction, deviation in ((hi.Target(5), abs(x - 5)), (hi.Between(4, 6), outside)):
        share = [100 * (1 + (deviation > d).sum()) / len(x) for d in deviation]
        expected = [sum(s >= cut for cut in (30, 60)) for s in share]
        same(categorical(x, cuts=[30, 60], scores=[0, 1, 2], direction=direction), np.array(expected, dtype=float))


def test_kinds_of_tables_keep_their_labels(schooling):
    scores = categorical(schooling[["schooling"]])
    assert scores.index.equals(schooling.index)
    same(numbers(scores), categorical(schooling[["schooling"]].to_numpy()))


def test_the_classes_are_those_of_the_technology_achievement_index():
    """Of 100 rising values the q-th ranks at q per cent; each class begins at its cut."""
    begins = {5: 20.0, 15: 40.0, 35: 50.0, 65: 60.0, 85: 80.0, 95: 100.0}
    scores = categorical(np.arange(1.0, 101.0))
    expected, score = [], 0.0
    for q in range(1, 101):
        score = begins.get(q, score)
        expected.append(score)
    assert scores.tolist() == expected


@pytest.mark.parametrize("method", [above_below, percentile_rank, categorical])
def test_a_column_without_values_is_named(method):
    x = pd.DataFrame({"full": [1.0, 2.0, 3.0], "empty": [np.nan] * 3})
    with pytest.raises(hi.DataError, match=r"'empty': .*value"):
        method(x)
