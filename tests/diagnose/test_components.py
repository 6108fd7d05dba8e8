"""Principal components of a table: printed tables, singular values, laws, refusals."""

import numpy as np
import pandas as pd
import pytest
from support.laws import close, frames, frozen
from support.tables import correlated

import hengdian_index as hi
from hengdian_index.diagnose import principal_components
from hengdian_index.log import journal


def test_handbook_table_7_eigenvalues_and_their_shares(published, tai):
    found = principal_components(tai)
    printed = pd.read_csv(published / "tai" / "table_07_eigenvalues.csv", index_col="component")
    for ours, theirs in (("eigenvalues", "eigenvalue"), ("percent", "percent"), ("cumulative", "cumulative_percent")):
        assert list(getattr(found, ours).index) == list(printed.index) == list(range(1, 9))
        np.testing.assert_allclose(getattr(found, ours), printed[theirs], rtol=0, atol=0.05)
    assert found.n == 23


def test_handbook_table_8_loadings_up_to_the_sign_of_a_component(published, tai):
    found = principal_components(tai).loadings
    printed = pd.read_csv(published / "tai" / "table_08_loadings.csv", index_col="code").loc[tai.columns]
    assert list(found.index) == list(tai.columns)
    sign = np.sign((found.to_numpy() * printed.to_numpy()).sum(axis=0))
    np.testing.assert_allclose(found * sign, printed, rtol=0, atol=0.005)


@pytest.mark.parametrize(("seed", "k", "n"), [(0, 1, 25), (1, 4, 25), (2, 7, 25), (3, 6, 4)])
def test_components_are_the_singular_values_of_the_z_scores(seed, k, n):
    x = correlated(seed, k, n, units=(1, 100))
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    _, values, vectors = np.linalg.svd(z / np.sqrt(n - 1), full_matrices=False)
    found = principal_components(frozen(x), scores=True)
    m = len(values)
    np.testing.assert_allclose(found.eigenvalues[:m], values**2, atol=1e-12)
    sign = np.sign((found.loadings.to_numpy()[:, :m] * vectors.T).sum(axis=0)) * (values > 1e-10)
    np.testing.assert_allclose(found.loadings.iloc[:, :m] * sign, vectors.T * values * (values > 1e-10), atol=1e-9)
    np.testing.assert_allclose(found.cumulative.iloc[-1], 100)


def test_scores_vary_as_much_as_their_component_and_load_as_told():
    x = pd.DataFrame(correlated(5, 4, 25, units=(1, 100)), index=[f"unit {i}" for i in range(25)], columns=list("abcd"))
    found = principal_components(x, scores=True)
    assert list(found.scores.index) == list(x.index)
    np.testing.assert_allclose(found.scores.cov(), np.diag(found.eigenvalues), atol=1e-12)
    np.testing.assert_allclose(found.scores.mean(), 0, atol=1e-12)
    joint = np.corrcoef(np.hstack([x, found.scores]), rowvar=False)[:4, 4:]
    np.testing.assert_allclose(found.loadings, joint, atol=1e-12)


def test_scores_are_told_only_where_asked_for():
    assert principal_components(correlated(5, 3, 25, units=(1, 100))).scores is None


def test_a_unit_with_a_gap_has_no_scores_and_the_log_says_so():
    x = correlated(5, 3, 25, units=(1, 100))
    gapped = np.vstack([x, [1.0, np.nan, 2.0]])
    with journal() as lines:
        found = principal_components(gapped, scores=True)
    assert ["1 row with a missing value" in line.why for line in lines] == [True]
    assert found.n == 25
    assert found.scores.iloc[-1].isna().all()
    np.testing.assert_allclose(found.scores.iloc[:-1], principal_components(x, scores=True).scores, atol=1e-12)


@pytest.mark.parametrize("factor", [1e-12, 1e300])
def test_the_unit_of_measure_does_not_matter(factor):
    x = correlated(6, 3, 25, units=(1, 100))
    plain, scaled = principal_components(x, scores=True), principal_components(x * [1, factor, 1], scores=True)
    np.testing.assert_allclose(scaled.loadings, plain.loadings, atol=1e-9)
    np.testing.assert_allclose(scaled.scores, plain.scores, atol=1e-9)


def test_indicators_that_depend_on_each_other_have_an_eigenvalue_of_0():
    x = correlated(7, 3, 25, units=(1, 100))
    found = principal_components(np.column_stack([x, x.sum(axis=1)]))
    assert found.eigenvalues[4] == 0.0
    assert found.eigenvalues[3] > 0.01


def test_columns_go_by_name():
    x = pd.DataFrame(correlated(8, 4, 25, units=(1, 100)), columns=list("abcd"))
    plain, turned = principal_components(x), principal_components(x[list("cadb")])
    np.testing.assert_allclose(turned.loadings.loc[list("abcd")], plain.loadings, atol=1e-12)


def test_every_kind_of_table_gives_the_same():
    x = correlated(9, 3, 25, units=(1, 100))
    wanted = principal_components(x, scores=True)
    for given_table in frames(x).values():
        found = principal_components(given_table, scores=True)
        close(found.loadings, wanted.loadings)
        close(found.scores, wanted.scores)


def test_a_constant_indicator_is_refused_by_name():
    with pytest.raises(hi.DataError, match="indicator 'flat': constant over 25 complete rows"):
        principal_components(pd.DataFrame(correlated(1, 2, 25, units=(1, 100)), columns=["a", "b"]).assign(flat=0.1))


def test_too_few_rows_are_refused():
    with pytest.raises(hi.DataError, match="2 rows complete in all columns; at least 3"):
        principal_components(correlated(1, 2, 2, units=(1, 100)))


def test_scores_are_numbered_as_the_components_are():
    frame = pd.DataFrame(correlated(4, 3, 9), columns=list("abc"))
    found = principal_components(frame, scores=True)
    assert list(found.scores.columns) == list(found.loadings.columns) == [1, 2, 3]
