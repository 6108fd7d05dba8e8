"""Robust scores and the logistic curve: textbook loops, laws, degenerate columns, later rows."""

import math
import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import norm
from support.laws import LAW, close, law, same, tables
from support.workbooks import check, formulas, written

import hengdian_index as hi
from hengdian_index.normalise import logistic, robust, z_score

MORE = law(60)
EITHER = pytest.mark.parametrize("scale", ["iqr", "mad"])
LISTS = st.lists(st.integers(-400, 400).map(lambda i: i / 8), min_size=5, max_size=15)


def slow_scale(column, scale):
    """Return the scale of a column with the quantiles of the standard library ("inclusive" is type 7)."""
    if scale == "iqr":
        low, _, high = statistics.quantiles(column, n=4, method="inclusive")
        return high - low
    middle = statistics.median(column)
    return 1.4826 * statistics.median([abs(value - middle) for value in column])


def slow_logistic(column):
    mean, deviation = statistics.fmean(column), statistics.stdev(column)
    return [1 / (1 + math.exp(-(value - mean) / deviation)) for value in column]


@EITHER
@MORE
@given(column=LISTS)
def test_robust_equals_the_textbook_loop(scale, column):
    size = slow_scale(column, scale)
    assume(size > 0)
    middle = statistics.median(column)
    close(robust(column, scale=scale), [(value - middle) / size for value in column])


def test_robust_by_hand():
    # Median 5, quartiles 3 and 8, absolute deviations 0 2 3 4 5.
    column = [1.0, 3.0, 5.0, 8.0, 10.0]
    close(robust(column), [-0.8, -0.4, 0, 0.6, 1])
    close(robust(column, scale="mad"), np.array([-4, -2, 0, 3, 5]) / (3 * 1.4826))


def test_the_median_deviation_estimates_the_deviation_of_normal_data():
    normal = statistics.NormalDist(mu=7, sigma=3)
    column = normal.quantiles(20_001)
    close(robust(column, scale="mad")[[0, -1]], [-3.89078, 3.89078], 1e-4)


@EITHER
@MORE
@given(column=LISTS, further=st.floats(1, 1e9))
def test_one_extreme_that_moves_further_out_changes_no_other_score(scale, column, further):
    column = np.array(column)
    middle = np.median(column)
    extreme = np.argmax(np.abs(column - middle))
    assume(slow_scale(column.tolist(), scale) > 0)
    moved = column.copy()
    moved[extreme] += further if column[extreme] > middle else -further
    others = np.arange(len(column)) != extreme
    same(robust(moved, scale=scale)[others], robust(column, scale=scale)[others])
    assert not np.array_equal(z_score(moved)[others], z_score(column)[others])


@EITHER
def test_a_scale_of_0_is_refused_by_name_although_the_column_varies(scale):
    table = pd.DataFrame({"screens": [1.0, 2, 3, 4, 5, 6], "grants": [0, 0, 0, 0, 0, 7.0], "flat": 3.0})
    with pytest.raises(hi.DataError) as refusal:
        robust(table, scale=scale)
    first, second = refusal.value.faults
    assert "'grants'" in str(first)
    assert "'flat'" in str(second)
    assert "half of the values" in str(first)
    assert "is 0" in str(first)
    given_score = robust(table, scale=scale, constant=0.5)
    assert given_score["grants"].tolist() == given_score["flat"].tolist() == [0.5] * 6
    same(given_score["screens"], robust(table["screens"], scale=scale))


@MORE
@given(x=tables(gaps=True))
def test_logistic_equals_the_textbook_loop(x):
    assume((np.nanmax(x, axis=0) > np.nanmin(x, axis=0)).all())
    z = logistic(x)
    for j in range(x.shape[1]):
        present = ~np.isnan(x[:, j])
        close(z[present, j], slow_logistic(x[present, j].tolist()))


@MORE
@given(column=st.lists(st.integers(-400, 400), min_size=3, max_size=12, unique=True))
def test_logistic_is_half_at_the_mean_rises_and_is_symmetric(column):
    curve = logistic.fit(column)
    mean = statistics.fmean(column)
    close(curve([mean]), [0.5])
    scores = curve(np.sort(column))
    assert (np.diff(scores) > 0).all()
    close(curve([mean + 2.5, mean - 2.5]).sum(), 1.0)
    close(logistic(column, direction=-1), 1 - logistic(column))


def test_logistic_stays_inside_0_and_1_however_far_out_and_a_geometric_mean_takes_it():
    scores = logistic.fit([1.0, 2.0, 3.0])([-1e300, -1e4, 40.0, 1e300])
    assert (scores > 0).all()
    assert (scores < 1).all()
    assert (np.diff(scores) >= 0).all()
    low, high = logistic.method.traits["gives"](constant="raise")
    assert (low, high) == (scores.min(), scores.max())
    assert 0 < hi.aggregate.geometric([scores[0], scores[-1]]) < 1e-100


def test_logistic_refuses_a_constant_column_by_name_or_gives_it_the_score_asked_for():
    table = pd.DataFrame({"a": [1.0, 2, 4], "flat": 3.0})
    with pytest.raises(hi.DataError, match=r"'flat'.*constant") as refusal:
        logistic(table)
    assert len(refusal.value.faults) == 1
    for score in (0.0, 0.25, 1.0):
        fitted = logistic.fit(table, constant=score)
        assert fitted(table)["flat"].tolist() == [score] * 3
        assert fitted(pd.DataFrame({"a": [9.0], "flat": [8.0]}))["flat"].tolist() == [score]
        same(fitted(table)["a"], logistic(table["a"]))


@pytest.mark.parametrize(("method", "least"), [(robust, 1), (logistic, 2)])
def test_too_few_values_are_refused_by_name(method, least):
    table = pd.DataFrame({"a": [1.0, 2, 4], "b": [np.nan, 3, np.nan], "c": np.nan})
    with pytest.raises(hi.DataError, match="'c'"):
        method(table)
    with pytest.raises(hi.DataError, match="'b'"):
        method(table[["a", "b"]])
    if least == 1:
        assert method(table[["b"]], constant=0)["b"].tolist()[1] == 0


@pytest.mark.parametrize("options", [{"scale": "iqr"}, {"scale": "mad"}, None], ids=["iqr", "mad", "logistic"])
def test_a_target_is_best_and_distance_counts_on_both_sides(options):
    method, options = (logistic, {}) if options is None else (robust, options)
    x = [2.0, 4.0, 5.0, 9.0]
    scores = method(x, direction=hi.Target(5), **options)
    assert scores[2] == scores.max()
    assert scores[1] > scores[0] > scores[3]
    same(scores, method([-3.0, -1.0, 0.0, -4.0], **options))
    inside = method(x, direction=hi.Between(4, 6), **options)
    assert inside[1] == inside[2] == inside.max()


def test_later_rows_follow_the_frozen_centre_and_scale():
    x = [1.0, 3.0, 5.0, 8.0, 10.0]
    close(robust.fit(x)([105.0, 5.0]), [20.0, 0.0])
    close(logistic.fit([1.0, 2.0, 3.0])([5.0]), [1 / (1 + math.exp(-3))])


def test_numbers_near_the_largest_are_scored_or_refused_never_turned_into_nan():
    close(robust([1e308, -1e308, 1.5e308, 0, 3.0])[:3], [1, -1, 1.5])
    with pytest.raises(hi.DataError, match="not a finite number"):
        robust([-1.7e308, 1.7e308], scale="mad")


@LAW
@given(tables(unique=True), st.sampled_from([1, -1]), st.sampled_from([0, 1]))
def test_the_cumulative_distribution_is_that_of_scipy(x, direction, ddof):
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=ddof)
    found = hi.normalise.cumulative_distribution(x, direction=direction, ddof=ddof)
    np.testing.assert_allclose(found, norm.cdf(direction * z), rtol=1e-9)


def test_the_cumulative_distribution_stays_inside_0_and_1_and_holds_a_constant_column():
    fitted = hi.normalise.cumulative_distribution.fit([1.0, 2.0, 3.0])
    far = fitted([-1e9, 2.0, 1e9])
    assert 0 < far[0] < far[1] == 0.5 < far[2] < 1
    assert hi.normalise.cumulative_distribution([4.0, 4.0], constant=0.3).tolist() == [0.3, 0.3]
    with pytest.raises(hi.DataError, match="constant over the fit rows"):
        hi.normalise.cumulative_distribution([4.0, 4.0])


def test_the_cumulative_distribution_is_a_formula_of_the_workbook(tmp_path):
    leaf = hi.Indicator("a", "all", normalise="cumulative_distribution")
    result = hi.Index(groups=[hi.Group("all")], indicators=[leaf]).compute({"a": [1.0, 4.0, 5.0, 9.0]})
    book = written(result, tmp_path / "curve.xlsx")
    assert formulas(book, "normalised", "a") == 4
    check(book, result)
