"""Cronbach's alpha, KMO and Bartlett: printed numbers, slow formulas, closed forms, laws, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from support.laws import close, frames, frozen, law
from support.tables import correlated

import hengdian_index as hi
from hengdian_index.diagnose import bartlett, cronbach_alpha, kmo
from hengdian_index.log import journal

RANDOM = law(20)
seeds = st.integers(0, 10**6)
each_call = pytest.mark.parametrize("call", [cronbach_alpha, kmo, bartlett])
ORTHOGONAL = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=float)


def test_handbook_table_11_alpha_of_eight_indicators(published, tai):
    found = cronbach_alpha(tai)
    printed = pd.read_csv(published / "tai" / "table_11_cronbach.csv", index_col="deleted_code").loc[tai.columns]
    assert found.alpha == pytest.approx(0.70, abs=0.005)
    np.testing.assert_allclose(found.if_deleted, printed["alpha_if_deleted"], rtol=0, atol=0.0005)
    np.testing.assert_allclose(found.item_rest, printed["correlation_with_total"], rtol=0, atol=0.0005)
    assert list(found.if_deleted.index) == list(found.item_rest.index) == list(tai.columns)
    assert found.n == 23


def slow_alpha(x, standardised):
    """Variances of the columns and of their sum, computed from the sum itself."""
    x = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1) if standardised else x
    k = x.shape[1]
    return k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1))


@pytest.mark.parametrize("standardised", [True, False])
@RANDOM
@given(seed=seeds, k=st.integers(3, 7))
def test_alpha_is_the_textbook_formula(standardised, seed, k):
    x = correlated(seed, k, units=(1, 100))
    found = cronbach_alpha(frozen(x), standardised=standardised)
    assert found.alpha == pytest.approx(slow_alpha(x, standardised), rel=1e-10)
    without = [slow_alpha(np.delete(x, j, axis=1), standardised) for j in range(k)]
    np.testing.assert_allclose(found.if_deleted, without, rtol=1e-9)
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1) if standardised else x
    rest = [np.corrcoef(z[:, j], np.delete(z, j, axis=1).sum(axis=1))[0, 1] for j in range(k)]
    np.testing.assert_allclose(found.item_rest, rest, rtol=1e-9)


@pytest.mark.parametrize("standardised", [True, False])
def test_pairwise_alpha_is_that_of_the_pairwise_matrix(standardised):
    x = pd.DataFrame(correlated(3, 4, units=(1, 100))).mask(np.random.default_rng(1).random((30, 4)) < 0.15)
    matrix = (x.corr() if standardised else x.cov()).to_numpy()
    found = cronbach_alpha(x, standardised=standardised, pairwise=True)
    assert found.alpha == pytest.approx(4 / 3 * (1 - np.trace(matrix) / matrix.sum()), rel=1e-12)
    assert found.n == min((x[[i, j]].notna().all(axis=1)).sum() for i in x for j in x)
    whole = cronbach_alpha(x, standardised=standardised)
    assert whole.alpha == pytest.approx(slow_alpha(x.dropna().to_numpy(), standardised), rel=1e-12)
    assert (found.pairwise, whole.pairwise, whole.n) == (True, False, len(x.dropna()))


@pytest.mark.parametrize("standardised", [True, False])
def test_without_gaps_pairwise_changes_the_label_only(standardised):
    x = correlated(5, 4, units=(1, 100))
    plain, pairwise = (
        cronbach_alpha(x, standardised=standardised),
        cronbach_alpha(x, standardised=standardised, pairwise=True),
    )
    assert pairwise.alpha == pytest.approx(plain.alpha, rel=1e-14)
    np.testing.assert_allclose(pairwise.if_deleted, plain.if_deleted, rtol=1e-13)


def test_columns_alike_have_alpha_1():
    assert cronbach_alpha(np.outer([1.0, 2.0, 4.0, 9.0], [1.0, 5.0, 0.1])).alpha == pytest.approx(1.0, abs=1e-14)


def test_standardised_alpha_is_free_of_units_and_the_other_is_not():
    x = correlated(8, units=(1, 100))
    assert cronbach_alpha(x * [1e-12, 1.0, 1e200]).alpha == pytest.approx(cronbach_alpha(x).alpha, rel=1e-12)
    raw = cronbach_alpha(x, standardised=False).alpha
    assert cronbach_alpha(x * 1e300, standardised=False).alpha == pytest.approx(raw, rel=1e-12)
    assert abs(cronbach_alpha(x * [1, 1, 100], standardised=False).alpha - raw) > 0.1


def test_of_two_indicators_there_is_no_alpha_without_one():
    x = correlated(1, 2, units=(1, 100))
    found = cronbach_alpha(x)
    r = np.corrcoef(x, rowvar=False)[0, 1]
    assert found.alpha == pytest.approx(2 * r / (1 + r), rel=1e-12)
    assert found.if_deleted.isna().all()
    np.testing.assert_allclose(found.item_rest, [r, r])


def test_a_rest_that_does_not_vary_is_told_in_the_log():
    a = np.array([1.0, 2.0, 4.0, 3.0])
    with journal() as lines:
        found = cronbach_alpha(pd.DataFrame({"a": a, "mirror": -a, "c": [1.0, 5.0, 2.0, 2.0]}))
    assert [line.indicator for line in lines] == ["c"]
    assert np.isnan([found.if_deleted["c"], found.item_rest["c"]]).all()
    assert np.isfinite(found.if_deleted[["a", "mirror"]]).all()


def test_a_sum_that_does_not_vary_is_refused():
    a = np.array([1.0, 2.0, 4.0, 3.0])
    with pytest.raises(hi.DataError, match="sum of the columns does not vary"):
        cronbach_alpha(np.column_stack([a, -a]))


def test_pairs_without_rows_in_common_are_refused_by_name():
    gaps = [np.nan] * 3
    x = pd.DataFrame({"a": [1.0, 2.0, 5.0, *gaps], "b": [*gaps, 1.0, 2.0, 4.0], "c": range(6)})
    with pytest.raises(hi.DataError, match=r"\('a', 'b'\): fewer than three rows in common"):
        cronbach_alpha(x, pairwise=True)
    with pytest.raises(hi.DataError, match=r"0 rows complete.*'a', 'b'"):
        cronbach_alpha(x)


@pytest.mark.parametrize("pairwise", [False, True])
def test_constant_indicators_are_refused_by_name(pairwise):
    x = pd.DataFrame(correlated(2, units=(1, 100)), columns=["a", "b", "c"]).assign(b=0.1, c=7.0)
    with pytest.raises(hi.DataError, match=r"indicator 'b': constant.*\n.*indicator 'c': constant"):
        cronbach_alpha(x, pairwise=pairwise)


def partial_correlations(x):
    """Correlate what least squares leaves of two columns once all others are taken out."""
    n, k = x.shape
    q = np.zeros((k, k))
    for i in range(k):
        for j in range(i):
            others = np.column_stack([np.ones(n), np.delete(x, [i, j], axis=1)])
            left = x[:, [i, j]] - others @ np.linalg.lstsq(others, x[:, [i, j]], rcond=None)[0]
            q[i, j] = q[j, i] = np.corrcoef(left, rowvar=False)[0, 1]
    return q


@RANDOM
@given(seed=seeds, k=st.integers(2, 7))
def test_kmo_by_least_squares(seed, k):
    x = correlated(seed, k, units=(1, 100))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    r, q = np.corrcoef(x, rowvar=False) - np.eye(k), partial_correlations(x)
    found = kmo(frozen(x))
    assert found.overall == pytest.approx((r**2).sum() / ((r**2).sum() + (q**2).sum()), rel=1e-9)
    each = (r**2).sum(axis=0) / ((r**2).sum(axis=0) + (q**2).sum(axis=0))
    np.testing.assert_allclose(found.indicators, each, rtol=1e-9)


def test_kmo_of_three_indicators_in_closed_form():
    r12, r13, r23 = 0.6, 0.5, 0.4
    q12 = (r12 - r13 * r23) / np.sqrt((1 - r13**2) * (1 - r23**2))
    q13 = (r13 - r12 * r23) / np.sqrt((1 - r12**2) * (1 - r23**2))
    q23 = (r23 - r12 * r13) / np.sqrt((1 - r12**2) * (1 - r13**2))
    root = np.linalg.cholesky([[1, r12, r13], [r12, 1, r23], [r13, r23, 1]])
    found = kmo(pd.DataFrame(ORTHOGONAL @ root.T, columns=["a", "b", "c"]))
    plain, partial = r12**2 + r13**2 + r23**2, q12**2 + q13**2 + q23**2
    assert found.overall == pytest.approx(plain / (plain + partial), rel=1e-12)
    first = (r12**2 + r13**2) / (r12**2 + r13**2 + q12**2 + q13**2)
    assert found.indicators["a"] == pytest.approx(first, rel=1e-12)


def test_kmo_of_two_indicators_is_a_half():
    assert kmo(correlated(4, 2, units=(1, 100))).overall == pytest.approx(0.5, rel=1e-14)


def test_an_indicator_without_any_correlation_has_no_kmo():
    x = ORTHOGONAL @ np.linalg.cholesky([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1.0]]).T
    with pytest.raises(hi.DataError, match="indicator 2: not defined: no other indicator is correlated") as refusal:
        kmo(x)
    assert len(refusal.value.faults) == 1


@RANDOM
@given(seed=seeds, k=st.integers(2, 6))
def test_bartlett_is_the_textbook_formula(seed, k):
    x = correlated(seed, k, units=(1, 100))
    r = np.corrcoef(x, rowvar=False)
    found = bartlett(frozen(x))
    chi2 = -(30 - 1 - (2 * k + 5) / 6) * np.log(np.linalg.det(r))
    assert found.chi2 == pytest.approx(chi2, rel=1e-9)
    assert found.df == k * (k - 1) / 2
    assert found.p == pytest.approx(stats.chi2.sf(chi2, found.df), rel=1e-6)


def test_bartlett_of_columns_without_correlation():
    found = bartlett(ORTHOGONAL[:, :2])
    assert (found.chi2, found.df, found.p) == (0.0, 1, 1.0)
    assert np.copysign(1, found.chi2) == 1


def test_bartlett_s_statistic_has_the_mean_and_the_tail_of_chi2_where_nothing_is_correlated():
    rng = np.random.default_rng(11)
    found = [bartlett(rng.normal(size=(40, 4))) for _ in range(400)]
    assert np.mean([one.chi2 for one in found]) == pytest.approx(6, abs=3 * np.sqrt(12 / 400))
    assert np.mean([one.p < 0.05 for one in found]) == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 400))


@pytest.mark.parametrize("call", [kmo, bartlett])
def test_indicators_that_depend_on_each_other_are_named(call):
    x = pd.DataFrame(correlated(6, 4, units=(1, 100)), columns=["screens", "票房", "seats", "d"])
    x["total"] = x["screens"] + 3 * x["票房"]
    with pytest.raises(hi.DataError, match=r"not defined: indicators 'screens', '票房', 'total' are dependent"):
        call(x)


@pytest.mark.parametrize("call", [kmo, bartlett])
def test_rows_must_outnumber_the_indicators(call):
    x = correlated(6, 4, 6, units=(1, 100))
    x[:2, 0] = np.nan
    with pytest.raises(hi.DataError, match="not defined: 4 rows complete in all of 4 indicators"):
        call(x)


@each_call
def test_a_constant_indicator_is_refused_by_name(call):
    with pytest.raises(hi.DataError, match=r"indicator 1: constant over 30 complete rows"):
        call(np.insert(correlated(2, 2, units=(1, 100)), 1, 0.1, axis=1))


@each_call
def test_one_indicator_is_refused(call):
    with pytest.raises(hi.DataError, match="one indicator"):
        call(correlated(1, 1, units=(1, 100)))


@each_call
def test_two_complete_rows_are_refused_with_the_columns_that_have_gaps(call):
    x = pd.DataFrame(correlated(1, 3, 5, units=(1, 100)), columns=["a", "b", "c"])
    x.loc[:2, "b"] = np.nan
    with pytest.raises(hi.DataError, match=r"2 rows complete in all columns; at least 3.*'b'"):
        call(x)


@each_call
def test_rows_with_gaps_are_left_out(call):
    x = correlated(1, units=(1, 100))
    gapped = np.vstack([x, [np.nan, 1e6, -1e6]])
    for name in call(x).__slots__:
        np.testing.assert_allclose(getattr(call(gapped), name), getattr(call(x), name), rtol=1e-12)


@each_call
def test_the_order_of_rows_and_columns_and_the_unit_do_not_matter(call):
    x = pd.DataFrame(correlated(9, 4, units=(1, 100)), columns=list("abcd"))
    plain, turned = call(x), call(x.iloc[::-1, [2, 0, 3, 1]] * 1e-12)
    for name in plain.__slots__:
        one, other = getattr(plain, name), getattr(turned, name)
        np.testing.assert_allclose(other[list("abcd")] if isinstance(other, pd.Series) else other, one, rtol=1e-9)


@each_call
def test_every_kind_of_table_gives_the_same(call):
    x = correlated(10, units=(1, 100))
    for given_table in frames(x).values():
        for name in call(x).__slots__:
            close(getattr(call(given_table), name), getattr(call(x), name))
