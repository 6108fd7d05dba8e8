"""Mazziotta-Pareto, its adjusted form, and mean-min: other software's numbers, slow formulas, limits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.laws import weights_of

import hengdian_index as hi

SCORES = arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=st.integers(560, 1040)).map(
    lambda x: x / 8.0
)


def slow_index(row, w, penalty):
    mean = sum(v * z for v, z in zip(w, row, strict=True))
    variance = sum(v * (z - mean) ** 2 for v, z in zip(w, row, strict=True))
    return mean + penalty * variance / mean


@settings(max_examples=40)
@given(data=st.data(), x=SCORES, penalty=st.sampled_from([-1, 1]))
def test_mazziotta_pareto_equals_a_slow_formula(data, x, penalty):
    w = data.draw(weights_of(x.shape[1]))
    expected = [slow_index(row, w, penalty) for row in x]
    np.testing.assert_allclose(hi.aggregate.mazziotta_pareto(x, w, penalty=penalty), expected, rtol=1e-13)


def test_mazziotta_pareto_of_compind_takes_the_sample_variance_twice(software):
    x = pd.read_csv(software / "compind" / "eu_nuts1.csv", index_col=0)
    expected = pd.read_csv(software / "compind" / "expected_eu_nuts1.csv", index_col=0)
    z = hi.normalise.z_score(x, mean=100, sd=10, ddof=1, direction={"roads": -1})
    for penalty, column in ((-1, "ci_mpi_pos"), (1, "ci_mpi_neg")):
        found = hi.aggregate.mazziotta_pareto(z, penalty=penalty, ddof=1)
        np.testing.assert_allclose(found, expected[column], rtol=0, atol=1e-9)
    assert np.abs(hi.aggregate.mazziotta_pareto(z) - expected["ci_mpi_pos"]).max() > 3


def test_mazziotta_pareto_of_11_dimensions_of_compind(software):
    x = pd.read_csv(software / "compind" / "bli_2017.csv", index_col=0)
    expected = pd.read_csv(software / "compind" / "expected_bli_2017.csv", index_col=0)
    z = hi.normalise.z_score(x, mean=100, sd=10, ddof=1)
    for penalty, column in ((-1, "ci_mpi_pos"), (1, "ci_mpi_neg")):
        found = hi.aggregate.mazziotta_pareto(z, penalty=penalty, ddof=1)
        np.testing.assert_allclose(found, expected[column], rtol=0, atol=1e-9)


@settings(max_examples=30)
@given(x=SCORES)
def test_without_spread_the_index_is_the_mean(x):
    even = np.repeat(x[:, :1], 3, axis=1)
    np.testing.assert_allclose(hi.aggregate.mazziotta_pareto(even), x[:, 0], rtol=1e-14)


def test_the_index_rises_with_each_value_between_70_and_130():
    rng = np.random.default_rng(1)
    x = rng.uniform(70, 130, (500, 4))
    for j in range(4):
        higher = x.copy()
        higher[:, j] = rng.uniform(x[:, j], 130)
        assert (hi.aggregate.mazziotta_pareto(higher) >= hi.aggregate.mazziotta_pareto(x)).all()


def test_values_near_the_end_of_the_number_range_do_not_overflow():
    x = np.array([[80.0, 120.0]])
    np.testing.assert_allclose(hi.aggregate.mazziotta_pareto(x * 1e300), [96e300], rtol=1e-14)


@pytest.mark.parametrize("row", [[-1.0, 1.0], [0.0, 0.0], [-5.0, 2.0]])
def test_a_mean_not_above_0_is_refused_with_the_row(row):
    table = pd.DataFrame([[100.0, 90.0], row], index=["Jinhua", "Ningbo"], columns=["a", "b"])
    with pytest.raises(hi.DataError, match=r"^row 'Ningbo': the mean of its values is not above 0"):
        hi.aggregate.mazziotta_pareto(table)


def test_a_gap_does_not_hide_which_row_is_refused():
    table = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": [1.0, -2.0, 1.0], "c": [2.0, 1.0, 1.0]}, index=["p", "q", "r"])
    with pytest.raises(hi.DataError, match=r"^row 'q': the mean of its values") as refusal:
        hi.aggregate.mazziotta_pareto(table)
    assert len(refusal.value.faults) == 1


def test_the_sample_variance_needs_two_indicators():
    with pytest.raises(hi.DataError, match="ddof=1 needs two indicators"):
        hi.aggregate.mazziotta_pareto([[100.0], [90.0]], ddof=1)


def test_penalty_is_a_sign():
    with pytest.raises(hi.SpecError, match=r"mazziotta_pareto: penalty: no 2; .*-1, 1"):
        hi.aggregate.mazziotta_pareto([[100.0, 90.0]], penalty=2)


def test_adjusted_index_of_compind(software):
    x = pd.read_csv(software / "compind" / "eu_2020.csv").set_index(["geo", "year"])
    expected = pd.read_csv(software / "compind" / "expected_eu_2020_ampi.csv").set_index(["geo", "year"])
    found = hi.aggregate.adjusted_mazziotta_pareto(x, reference=(50, 100))
    np.testing.assert_allclose(found, expected.loc[x.index, "ampi"], rtol=0, atol=0.0005001)
    by_name = hi.aggregate.adjusted_mazziotta_pareto(x, reference={"finalenergy": 100, "employ": 50})
    pd.testing.assert_series_equal(by_name, found)
    alone = hi.aggregate.adjusted_mazziotta_pareto(x[["employ"]], reference=50)
    np.testing.assert_allclose(alone, expected.loc[x.index, "norm_employ"], rtol=0, atol=1e-9)


def test_adjusted_index_heeds_its_penalty():
    x = np.array([[80.0, 120.0], [100.0, 100.0]])
    np.testing.assert_allclose(hi.aggregate.adjusted_mazziotta_pareto(x), [96, 100])
    np.testing.assert_allclose(hi.aggregate.adjusted_mazziotta_pareto(x, penalty=1), [104, 100])


@settings(max_examples=30)
@given(x=SCORES)
def test_adjusted_index_on_its_own_scale_is_the_plain_index(x):
    found = hi.aggregate.adjusted_mazziotta_pareto(x)
    np.testing.assert_array_equal(found, hi.aggregate.mazziotta_pareto(x))


def test_adjusted_index_puts_the_reference_at_100_and_reverses_a_cost():
    x = pd.DataFrame({"good": [2.0, 4.0, 8.0], "bad": [9.0, 3.0, 5.0]})
    found = hi.aggregate.adjusted_mazziotta_pareto(x, reference=x.iloc[1], direction={"bad": -1})
    half_good, half_bad = 3.0, 3.0
    z = np.column_stack([100 + 30 * (x["good"] - 4) / half_good, 200 - (100 + 30 * (x["bad"] - 3) / half_bad)])
    np.testing.assert_allclose(found, [slow_index(row, [0.5, 0.5], -1) for row in z], rtol=1e-13)
    assert found[1] == pytest.approx(100)


def test_adjusted_index_learns_its_scale_from_all_rows_gaps_left_out():
    x = np.array([[0.0, 1.0, 2.0], [10.0, 5.0, np.nan], [5.0, 3.0, 8.0]])
    found = hi.aggregate.adjusted_mazziotta_pareto(x, reference=[5, 3, 5])
    np.testing.assert_allclose(found, [70, 130, slow_index([100, 100, 130], [1 / 3] * 3, -1)], rtol=1e-13)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"reference": {"a": 1.0}}, hi.SpecError, "reference: no value for column 'b'"),
        ({"reference": {"a": 1.0, "b": 1.0, "bb": 1.0}}, hi.SpecError, r"no column 'bb'; did you mean 'b'\?"),
        ({"reference": [1, 2, 3]}, hi.SpecError, "reference: one finite number, or one for each of 2 columns"),
        ({"reference": 1, "direction": hi.Target(3)}, hi.SpecError, "direction 1 or -1"),
        ({"direction": -1}, hi.SpecError, "direction needs a reference"),
        ({"reference": 1}, hi.DataError, "^column 'b': constant over the rows"),
    ],
)
def test_adjusted_index_refuses_by_name(options, error, said):
    with pytest.raises(error, match=said):
        hi.aggregate.adjusted_mazziotta_pareto(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 3.0]}), **options)


@settings(max_examples=40)
@given(data=st.data(), x=SCORES, alpha=st.sampled_from([0.0, 0.25, 1.0]), beta=st.sampled_from([0.0, 0.5, 40.0]))
def test_mean_min_equals_a_slow_formula_and_has_both_limits(data, x, alpha, beta):
    w = data.draw(weights_of(x.shape[1]))
    expected = []
    for row in x:
        mean, least = sum(v * z for v, z in zip(w, row, strict=True)), min(row)
        expected.append(mean - alpha * (((mean - least) ** 2 + beta**2) ** 0.5 - beta))
    np.testing.assert_allclose(hi.aggregate.mean_min(x, w, alpha=alpha, beta=beta), expected, rtol=1e-12)
    np.testing.assert_allclose(hi.aggregate.mean_min(x, w, alpha=0, beta=beta), hi.aggregate.arithmetic(x, w))
    np.testing.assert_allclose(hi.aggregate.mean_min(x, w, alpha=1, beta=0), hi.aggregate.minimum(x, w), rtol=1e-13)


def test_mean_min_says_both_faults_at_once():
    with pytest.raises(hi.SpecError, match=r"alpha: a number from 0 to 1, not 2\nmean_min: beta: a finite number"):
        hi.aggregate.mean_min([[1.0, 2.0]], alpha=2, beta=-1)
