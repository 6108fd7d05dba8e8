"""Weights by principal components: the Handbook's tables, independent formulas, refusals."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.tables import correlated

import hengdian_index as hi
from hengdian_index.log import journal


def mixed(seed=0, n=30):
    """Three columns that agree and one, called 'd', that goes against them."""
    x = pd.DataFrame(correlated(seed, 4, n, common=2), columns=list("abcd"))
    return x.assign(d=-x.d)


# pca


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), k=st.integers(2, 6))
def test_pca_is_the_first_singular_vector_of_the_z_scores(seed, k):
    x = correlated(seed, k, common=2)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    v = np.abs(np.linalg.svd(z)[2][0])
    np.testing.assert_allclose(hi.weights.pca(x), v / v.sum(), atol=1e-12)
    np.testing.assert_allclose(hi.weights.pca(x, form="squared"), v**2, atol=1e-12)


def test_the_composite_by_pca_has_the_largest_variance_a_weighting_of_z_scores_can_have():
    x = correlated(7, 4, common=2)
    z = hi.normalise.z_score(x)
    w = hi.weights.pca(x)
    reached = np.var(z @ w) / (w**2).sum()
    others = np.random.default_rng(0).normal(size=(2000, 4))
    assert reached >= (np.var(z @ others.T, axis=0) / (others**2).sum(axis=1)).max()


def test_pca_refuses_mixed_signs_and_names_the_minority(tai):
    with pytest.raises(hi.DataError, match=r"'exports'.*turn its direction.*form='squared'") as refusal:
        hi.weights.pca(tai)
    assert len(refusal.value.faults) == 1
    turned = hi.weights.pca(tai.assign(exports=-tai.exports))
    assert (turned > 0).all()


def test_pca_squared_takes_mixed_signs_from_the_printed_loadings(published, tai):
    printed = pd.read_csv(published / "tai" / "table_08_loadings.csv", index_col="code").component_1
    w = hi.weights.pca(tai, form="squared")
    assert list(w.index) == list(tai.columns)
    # A loading printed with two digits is off by at most .005, its square over the eigenvalue 3.35 by .003.
    np.testing.assert_allclose(w, printed[tai.columns] ** 2 / (printed**2).sum(), atol=0.003)


def test_pca_details_are_labelled_and_complete(tai):
    answer = hi.weights.pca(tai, form="squared", details=True)
    pd.testing.assert_series_equal(answer.weights, hi.weights.pca(tai, form="squared"))
    np.testing.assert_allclose(answer.loadings @ answer.loadings.T, tai.corr(), atol=1e-12)
    np.testing.assert_allclose(answer.eigenvalues / 8, answer.explained)
    with pytest.raises(AttributeError):
        answer.weights = None


def test_pca_needs_two_columns_and_three_rows():
    with pytest.raises(hi.DataError, match="two or more"):
        hi.weights.pca([[1.0], [2.0], [4.0]])
    with pytest.raises(hi.DataError, match=r"pca: rows complete in all columns: 2; at least 3"):
        hi.weights.pca([[1.0, 2.0], [2.0, 3.0]])


def test_pca_refuses_columns_that_are_not_correlated_at_all():
    with pytest.raises(hi.DataError, match="as large as the next one"):
        hi.weights.pca([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])


# factor


def test_factor_follows_the_handbook(published, tai):
    folder = published / "tai"
    answer = hi.weights.factor(tai, details=True)
    printed = pd.read_csv(folder / "table_09_varimax_loadings.csv", index_col="code").loc[tai.columns]
    variance = pd.read_csv(folder / "table_09_explained.csv").variance.to_numpy()
    order = np.argsort(-variance)
    loadings = printed.filter(like="factor").to_numpy()[:, order]
    sign = np.where(loadings.sum(axis=0) < 0, -1, 1)
    np.testing.assert_allclose(answer.rotated, loadings * sign, rtol=0, atol=0.005)
    np.testing.assert_allclose(answer.variance, variance[order], rtol=0, atol=0.005)
    np.testing.assert_allclose(answer.communalities, printed.communality, rtol=0, atol=0.005)
    squared = pd.read_csv(folder / "table_17_squared_loadings.csv", index_col="code").loc[tai.columns].to_numpy()
    shares = pd.read_csv(folder / "table_17_explained_share.csv").share.to_numpy()
    np.testing.assert_allclose(answer.squared, squared[:, order], rtol=0, atol=0.005)
    np.testing.assert_allclose(answer.shares, shares[order], rtol=0, atol=0.005)
    eigenvalues = pd.read_csv(folder / "table_07_eigenvalues.csv").eigenvalue
    np.testing.assert_allclose(answer.eigenvalues, eigenvalues, rtol=0, atol=0.05)


def test_factor_weights_from_the_printed_loadings(published, tai):
    printed = pd.read_csv(published / "tai" / "table_09_varimax_loadings.csv", index_col="code").loc[tai.columns]
    a = printed.filter(like="factor").to_numpy()
    share = (a**2).sum(axis=0) / (a**2).sum()
    w = []
    for row in a:
        f = np.abs(row).argmax()
        w.append(row[f] ** 2 / (a[:, f] ** 2).sum() * share[f])
    # Loadings printed with two digits: each square is off by .01 of a total of 5.2.
    np.testing.assert_allclose(hi.weights.factor(tai), np.array(w) / sum(w), atol=0.002)


def test_factor_groups_by_the_raw_loading_not_by_the_scaled_one(tai):
    answer = hi.weights.factor(tai, details=True)
    raw, scaled = np.abs(answer.rotated).argmax(axis=1), answer.squared.argmax(axis=1)
    assert (raw != scaled).any()
    w = [answer.squared[j, f] * answer.shares[f] for j, f in enumerate(raw)]
    np.testing.assert_allclose(answer.weights, np.array(w) / sum(w), atol=1e-12)


@pytest.mark.parametrize(("keep", "number"), [("tenth", 4), ("kaiser", 2), (3, 3), (8, 8)])
def test_factor_keeps_as_many_components_as_asked(tai, keep, number):
    assert hi.weights.factor(tai, keep=keep, details=True).rotated.shape == (8, number)


def test_factor_without_rotation_keeps_the_loadings(tai):
    answer = hi.weights.factor(tai, rotation=None, details=True)
    np.testing.assert_array_equal(answer.rotated, answer.loadings)
    square = hi.weights.pca(tai, form="squared", details=True).loadings[:, :4] ** 2
    np.testing.assert_allclose(answer.weights, square.max(axis=1) / square.max(axis=1).sum(), atol=1e-12)


def test_factor_by_one_component_is_pca_squared():
    x = correlated(3, 5, common=2)
    np.testing.assert_allclose(hi.weights.factor(x, keep=1), hi.weights.pca(x, form="squared"), atol=1e-12)


def test_factor_says_when_little_is_explained():
    x = np.random.default_rng(0).normal(size=(400, 12))
    with journal() as lines:
        answer = hi.weights.factor(x, details=True)
    q = answer.rotated.shape[1]
    assert answer.explained[:q].sum() < 0.6
    assert any(f"{100 * answer.explained[:q].sum():.0f} %" in line.why for line in lines)


def test_factor_refuses_what_has_no_answer():
    x = correlated(1, common=2)
    with pytest.raises(hi.SpecError, match="no more than 3"):
        hi.weights.factor(x, keep=4)
    with pytest.raises(hi.SpecError, match="1 or more"):
        hi.weights.factor(x, keep=0)
    with pytest.raises(hi.DataError, match=r"rows complete in all columns: 4; at least 5"):
        hi.weights.factor(correlated(1, 4, 4, common=2))
    wide = np.random.default_rng(0).normal(size=(2000, 30))
    with pytest.raises(hi.DataError, match="keep = 'tenth'"):
        hi.weights.factor(wide)


def test_factor_names_the_columns_that_depend_on_each_other():
    x = pd.DataFrame(correlated(2, 4, common=2), columns=list("abcd")).assign(total=lambda t: t.a + t.c)
    with pytest.raises(hi.DataError, match="depends exactly") as refusal:
        hi.weights.factor(x)
    assert [str(fault).split("'")[1] for fault in refusal.value.faults] == ["a", "c", "total"]


def test_a_stack_of_tables_that_keep_different_numbers_of_components():
    rng = np.random.default_rng(5)
    stack = np.stack([correlated(0, 6, common=2), rng.normal(size=(30, 6))])
    kept = [hi.weights.factor(x, details=True).rotated.shape[1] for x in stack]
    assert kept[0] < kept[1]
    np.testing.assert_allclose(hi.weights.factor(stack), [hi.weights.factor(x) for x in stack], atol=1e-9)


# what both promise


@pytest.mark.parametrize("method", [hi.weights.pca, hi.weights.factor])
def test_constant_columns_are_refused_by_name_or_dropped_first(method):
    x = pd.DataFrame(correlated(4, common=2), columns=list("abc"))
    flat = x.assign(flat=0.1 + 0.2)
    with pytest.raises(hi.DataError, match=r"'flat': constant.*constant='zero'"):
        method(flat)
    with journal() as lines:
        w = method(flat, constant="zero")
    assert [line.indicator for line in lines] == ["flat"]
    pd.testing.assert_series_equal(w[["a", "b", "c"]], method(x))
    assert w["flat"] == 0


@pytest.mark.parametrize("method", [hi.weights.pca, hi.weights.factor])
def test_the_gaps_of_a_constant_column_that_is_dropped_cost_no_rows(method):
    x = pd.DataFrame(correlated(4, common=2), columns=list("abc"))
    x.loc[1, "a"] = x.loc[0, "a"]
    flat = x.assign(flat=[1.0, 1.0] + [np.nan] * (len(x) - 2))
    pd.testing.assert_series_equal(method(flat, constant="zero")[["a", "b", "c"]], method(x))


@pytest.mark.parametrize("method", [hi.weights.pca, hi.weights.factor])
def test_a_column_that_is_constant_over_the_complete_rows_is_refused(method):
    x = pd.DataFrame(correlated(4, 3, 12, common=2), columns=list("abc"))
    x.loc[:5, "a"] = 1.0
    x.loc[6:, "b"] = np.nan
    with pytest.raises(hi.DataError, match=r"'a': constant over the complete rows"):
        method(x, constant="zero")


@pytest.mark.parametrize("method", [hi.weights.pca, hi.weights.factor])
@pytest.mark.parametrize("constant", ["raise", "zero"])
def test_fault_1_all_columns_constant(method, constant):
    with pytest.raises(hi.DataError, match="constant") as refusal:
        method(pd.DataFrame({"a": [1.0] * 5, "b": [2.0] * 5}), constant=constant)
    assert [str(fault).split("'")[1] for fault in refusal.value.faults] == ["a", "b"]


@pytest.mark.parametrize("method", [hi.weights.pca, hi.weights.factor])
def test_fault_5_gaps_leave_their_rows_out_and_infinity_is_refused(method):
    x = correlated(6, common=2)
    gaps = x.copy()
    gaps[4, 1] = gaps[9, 2] = np.nan
    np.testing.assert_allclose(method(gaps), method(np.delete(x, [4, 9], axis=0)), atol=1e-12)
    with pytest.raises(hi.DataError, match=r"column 1, row 4.*infinity"):
        method(np.where(np.isnan(gaps), np.inf, x))


def test_gaps_that_leave_too_few_rows_are_named():
    x = pd.DataFrame(correlated(6, 3, 4, common=2), columns=list("abc"))
    x.loc[1:, "b"] = np.nan
    with pytest.raises(hi.DataError, match=r"complete in all columns: 1;.*missing in 'b'"):
        hi.weights.pca(x)


@pytest.mark.parametrize("method", [hi.weights.pca, hi.weights.factor])
def test_fault_6_sizes_near_the_largest_and_smallest_number(method):
    x = correlated(8, common=2)
    x /= np.abs(x).max()
    np.testing.assert_allclose(method(x * [1.7e308, 1.0, 1e-300]), method(x), atol=1e-12)


@pytest.mark.parametrize("method", [hi.weights.pca, hi.weights.factor])
def test_fault_7_one_row(method):
    with pytest.raises(hi.DataError, match="complete in all columns: 1"):
        method([[1.0, 2.0]])


def test_fault_9_a_negative_loading_is_never_a_negative_weight():
    x = mixed()
    for answer in (hi.weights.pca(x, form="squared"), hi.weights.factor(x)):
        assert (answer >= 0).all()
    with pytest.raises(hi.DataError, match="'d'"):
        hi.weights.pca(x)


def test_equal_components_among_those_kept_need_a_rotation():
    design = np.array(list(itertools.product([1.0, 2.0], repeat=3)))
    mixed = np.array([[1.0, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0.5], [0, 0, 0, 1]])
    pairs = np.array(list(itertools.product([-1.0, 1.0], repeat=4))) @ mixed
    for unit in (1.0, 1 / 3, 0.1):
        for x, keep in ((design, "tenth"), (design, 3), (pairs, 4), (pairs, 3), (pairs, 2)):
            with pytest.raises(hi.DataError, match="as large as the next one, so the weights are not determined"):
                hi.weights.factor(unit * x, rotation=None, keep=keep)
        np.testing.assert_allclose(hi.weights.factor(unit * design), 1 / 3)
        np.testing.assert_allclose(hi.weights.factor(unit * pairs, keep=2), 1 / 4)


def test_factors_of_several_tables_are_those_of_each():
    x = np.random.default_rng(7).normal(size=(9, 6, 3))
    found = hi.weights.factor(x, keep=2)
    np.testing.assert_allclose(found, [hi.weights.factor(one, keep=2) for one in x], rtol=1e-9)
