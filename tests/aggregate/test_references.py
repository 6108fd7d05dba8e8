"""EDAS, MABAC, CODAS, SPOTIS and CoCoSo: the formulas of the books in loops, and their edges."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.laws import weights_of

import hengdian_index as hi

A = hi.aggregate
TABLES = arrays(
    np.int64, st.tuples(st.integers(3, 6), st.integers(2, 4)), elements=st.integers(1, 40), unique=True
).map(lambda x: x / 4.0)


def slow_edas(x, w, costs):
    n, k = x.shape
    mean = [sum(x[:, j]) / n for j in range(k)]
    d = [[(x[i, j] - mean[j]) / mean[j] * (-1 if j in costs else 1) for j in range(k)] for i in range(n)]
    above = [sum(w[j] * max(0, row[j]) for j in range(k)) for row in d]
    below = [sum(w[j] * max(0, -row[j]) for j in range(k)) for row in d]
    return [(a / max(above) + 1 - b / max(below)) / 2 for a, b in zip(above, below, strict=True)]


def in_range(x, costs):
    low, high = x.min(axis=0), x.max(axis=0)
    return [
        [
            (high[j] - v) / (high[j] - low[j]) if j in costs else (v - low[j]) / (high[j] - low[j])
            for j, v in enumerate(row)
        ]
        for row in x
    ]


def slow_mabac(x, w, costs):
    n, k = x.shape
    v = [[w[j] * (t + 1) for j, t in enumerate(row)] for row in in_range(x, costs)]
    border = [math.prod(row[j] for row in v) ** (1 / n) for j in range(k)]
    return [sum(row[j] - border[j] for j in range(k)) for row in v]


def slow_codas(x, w, costs, tau=0.02):
    n, k = x.shape
    low, high = x.min(axis=0), x.max(axis=0)
    r = [[w[j] * (low[j] / v if j in costs else v / high[j]) for j, v in enumerate(row)] for row in x]
    worst = [min(row[j] for row in r) for j in range(k)]
    e = [math.sqrt(sum((row[j] - worst[j]) ** 2 for j in range(k))) for row in r]
    t = [sum(abs(row[j] - worst[j]) for j in range(k)) for row in r]
    total = []
    for i in range(n):
        total.append(0.0)
        for m in range(n):
            psi = 1 if abs(e[i] - e[m]) >= tau - 1e-12 else 0
            total[i] += (e[i] - e[m]) + psi * (t[i] - t[m])
    return total


def slow_cocoso(x, w, costs, share=0.5):
    t = in_range(x, costs)
    s = [sum(w[j] * v for j, v in enumerate(row)) for row in t]
    p = [sum(v ** w[j] for j, v in enumerate(row) if w[j] > 0) for row in t]
    least = min(one for one in s if one > 0), min(one for one in p if one > 0)
    found = []
    for a, b in zip(s, p, strict=True):
        first = (a + b) / (sum(s) + sum(p))
        second = a / least[0] + b / least[1]
        third = (share * a + (1 - share) * b) / (share * max(s) + (1 - share) * max(p))
        found.append((first * second * third) ** (1 / 3) + (first + second + third) / 3)
    return found


SLOW = {"edas": slow_edas, "mabac": slow_mabac, "codas": slow_codas, "cocoso": slow_cocoso}


@pytest.mark.parametrize("name", SLOW)
@settings(max_examples=30)
@given(data=st.data(), x=TABLES)
def test_a_method_equals_the_loops_of_the_book(name, data, x):
    k = x.shape[1]
    w = data.draw(weights_of(k))
    costs = data.draw(st.sets(st.integers(0, k - 1)))
    direction = [-1 if j in costs else 1 for j in range(k)]
    wanted = SLOW[name](x, w.tolist(), costs)
    np.testing.assert_allclose(getattr(A, name)(x, w, direction=direction), wanted, rtol=1e-10, atol=1e-12)


@settings(max_examples=20)
@given(data=st.data(), x=TABLES, tau=st.sampled_from([0.0, 0.05, 0.3, 9.0]), share=st.sampled_from([0.0, 0.3, 1.0]))
def test_tau_and_share_are_those_of_the_books(data, x, tau, share):
    w = data.draw(weights_of(x.shape[1])).tolist()
    np.testing.assert_allclose(A.codas(x, w, tau=tau), slow_codas(x, w, set(), tau), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(A.cocoso(x, w, share=share), slow_cocoso(x, w, set(), share), rtol=1e-10)


@pytest.mark.parametrize("name", SLOW)
@pytest.mark.parametrize("direction", [1, [1, -1, 1]])
def test_units_of_measure_do_not_matter_at_the_ends_of_the_numbers(name, direction):
    x, w = np.random.default_rng(1).lognormal(size=(9, 3)), [0.2, 0.3, 0.5]
    wanted = getattr(A, name)(x, w, direction=direction)
    for units in ([1e-300, 1.0, 1e300], [1e300] * 3, [1e-300] * 3):
        np.testing.assert_allclose(getattr(A, name)(x * units, w, direction=direction), wanted, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", ["edas", "codas"])
def test_values_below_0_and_costs_of_0_are_refused_by_cell(name):
    x = np.array([[1.0, 2.0], [0.0, 3.0], [4.0, -1.0]])
    with pytest.raises(hi.DataError, match=r"column 1, row 2: -1: this method aggregates ratios of sizes"):
        getattr(A, name)(x)
    with pytest.raises(hi.DataError, match=r"column 0, row 1: 0: this method aggregates ratios of sizes"):
        getattr(A, name)(np.abs(x), direction=[-1, 1])


@pytest.mark.parametrize("name", ["mabac", "cocoso"])
def test_a_constant_column_is_refused_where_it_has_a_weight(name):
    x = np.array([[1.0, 3.0], [3.0, 3.0], [4.0, 3.0]])
    with pytest.raises(hi.DataError, match="column 1: constant over the rows compared"):
        getattr(A, name)(x)
    with pytest.raises(hi.DataError, match="constant over the rows compared"):
        getattr(A, name)(x[:1])
    np.testing.assert_allclose(getattr(A, name)(x, [1, 0]), getattr(A, name)(x[:, :1]))


def test_a_constant_column_adds_nothing_to_edas_and_rows_alike_are_refused():
    x = np.array([[1.0, 0.1 * 3], [3.0, 0.1 * 3], [4.0, 0.1 * 3]])
    np.testing.assert_allclose(A.edas(x), A.edas(x[:, :1]))
    for alike in (x[:, 1:], x[:1], np.full((7, 2), 0.1)):
        with pytest.raises(hi.DataError, match="no column tells the rows compared apart"):
            A.edas(alike)


def test_a_single_row_is_no_farther_than_itself():
    assert A.codas([[3.0, 4.0]]).item() == 0


def test_codas_may_put_a_better_row_behind_at_the_threshold():
    # Of three that lead in one column each the first is near by straight distance, the second far and ahead by taxicab.
    x = np.vstack([[0.56] * 3, [0.525] * 3, np.eye(3), np.zeros(3)])
    first, second = A.codas(x)[:2]
    assert first < second
    np.testing.assert_allclose(A.codas(x), slow_codas(x, [1 / 3] * 3, set()), rtol=1e-12)


def test_the_worst_row_of_all_scores_0_in_cocoso_and_leaves_the_others_finite():
    x = np.array([[0.0, 0.0], [1.0, 3.0], [2.0, 1.0]])
    y = A.cocoso(x)
    assert y[0] == 0
    assert np.isfinite(y).all()
    np.testing.assert_allclose(y, slow_cocoso(x, [0.5, 0.5], set()))


def test_spotis_is_the_mean_of_goalposts():
    x, w = np.random.default_rng(4).uniform(2, 8, size=(7, 3)), [0.5, 0.3, 0.2]
    scores = hi.normalise.goalposts(x, low=[0, 1, 2], high=[10, 9, 8], direction=[1, -1, 1])
    wanted = hi.aggregate.arithmetic(scores, w) / (100 if scores.max() > 1 else 1)
    found = A.spotis(x, w, low=[0, 1, 2], high=[10, 9, 8], direction=[1, -1, 1])
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


@given(data=st.data(), x=TABLES)
@settings(max_examples=20)
def test_no_other_row_changes_a_score_of_spotis(data, x):
    w = data.draw(weights_of(x.shape[1]))
    found = A.spotis(x, w, low=0, high=10)
    np.testing.assert_array_equal(found[:2], A.spotis(x[:2], w, low=0, high=10))


def test_spotis_measures_from_a_target_and_an_interval_within_the_bounds():
    x = [[4.0, 1.0], [6.0, 5.0], [5.0, 9.0]]
    found = A.spotis(x, low=0, high=10, direction=[hi.Target(5), hi.Between(4, 6)])
    np.testing.assert_allclose(found, [1 - (0.1 + 0.3) / 2, 1 - (0.1 + 0.0) / 2, 1 - (0.0 + 0.3) / 2])


def test_spotis_refuses_what_is_beyond_its_bounds_or_clips_it():
    x = [[1.0, 2.0], [3.0, 11.0]]
    with pytest.raises(hi.DataError, match=r"column 1, row 1: 11: beyond the bounds low and high; widen them") as error:
        A.spotis(x, low=0, high=10)
    assert len(error.value.faults) == 1
    np.testing.assert_allclose(A.spotis(x, low=0, high=10, outside="clip"), [0.15, 0.65])
    assert A.spotis([[0.1 * 3, 1.0]], low=0, high=[0.3, 2]).item() == pytest.approx(0.75)


def test_bounds_that_are_none_are_refused_with_their_columns():
    with pytest.raises(hi.SpecError, match="low, high: each low below its high"):
        A.spotis([[1.0, 2.0]], low=3, high=3)
    with pytest.raises(hi.SpecError, match=r"spotis: column 1: low 4 is not below high 4"):
        A.spotis(np.array([[1.0, 2.0]]), low={0: 0, 1: 4}, high={0: 5, 1: 4})
    with pytest.raises(hi.SpecError, match="low: one finite number, or one for each of 2 columns"):
        A.spotis([[1.0, 2.0]], low=[1, 2, 3], high=9)


@given(x=TABLES)
@settings(max_examples=20)
def test_without_gaps_mabac_has_the_order_of_min_max_scores(x):
    assume((np.ptp(x, axis=0) > 0).all())
    plain = hi.aggregate.arithmetic(hi.normalise.min_max(x, lower=0, upper=1))
    found = A.mabac(x)
    np.testing.assert_allclose(found - found.mean(), plain - plain.mean(), atol=1e-12)


def test_a_row_with_a_gap_is_measured_over_what_it_has():
    x = np.array([[4.0, 6.0, 2.0], [3.9, np.nan, 2.1], [2.0, 3.0, 5.0], [3.0, 5.5, 1.0]])
    w, own = np.array([0.5, 0.25, 0.25]), np.array([[0.5, 0.25, 0.25]] * 4)
    own[1] = [2 / 3, 0, 1 / 3]
    t = (x - np.nanmin(x, axis=0)) / (np.nanmax(x, axis=0) - np.nanmin(x, axis=0))
    border = np.exp(np.nanmean(np.log(1 + t), axis=0))
    np.testing.assert_allclose(A.mabac(x, w), np.nansum(own * (1 + t - border), axis=1), rtol=1e-12)
    d = x / np.nanmean(x, axis=0) - 1
    above, below = np.nansum(own * np.maximum(d, 0), axis=1), np.nansum(own * np.maximum(-d, 0), axis=1)
    np.testing.assert_allclose(A.edas(x, w), (above / above.max() + 1 - below / below.max()) / 2, rtol=1e-12)
    # The sum of powers of two columns is taken as that of three.
    s, p = np.nansum(own * t, axis=1), np.nansum(np.where(np.isnan(t), np.nan, t**own), axis=1)
    p[1] *= 3 / 2
    three = (s + p) / (s + p).sum(), s / s.min() + p / p.min(), (s + p) / (s.max() + p.max())
    np.testing.assert_allclose(A.cocoso(x, w), np.cbrt(np.prod(three, axis=0)) + np.mean(three, axis=0), rtol=1e-12)
