"""Correlations and flags: printed tables, COINr's ASEM numbers, SciPy and pandas, laws, refusals."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from support.laws import LAW, close, frames, frozen, tables

import hengdian_index as hi
from hengdian_index.diagnose import correlations, flags
from hengdian_index.log import journal

HOW = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}
each_how = pytest.mark.parametrize("how", HOW)
RNG = np.random.default_rng(7)
X = pd.DataFrame(RNG.normal(size=(12, 4)) + RNG.normal(size=(12, 1)), columns=["screens", "票房", "gross output", "d"])
GAPPED = X.mask(RNG.random(X.shape) < 0.15)


def test_handbook_table_6_correlations_of_eight_indicators(published, tai):
    found = correlations(tai, how="pearson")
    printed = pd.read_csv(published / "tai" / "table_06_correlation.csv")
    assert len(printed) >= 28
    for line in printed.itertuples():
        assert found.r.loc[line.code_1, line.code_2] == pytest.approx(line.correlation, abs=0.005 + 1e-12)
    assert (found.n.to_numpy() == 23).all()


def test_asem_pairwise_correlations(software):
    case = software / "coinr_asem"
    raw = pd.read_csv(case / "pipeline" / "1_raw.csv", index_col="uCode")
    wanted = pd.read_csv(case / "corr" / "L1_raw_pearson.csv").pivot(index="Var1", columns="Var2", values="Correlation")
    found = correlations(raw, pairwise=True)
    assert found.pairwise
    np.testing.assert_allclose(found.r, wanted.loc[raw.columns, raw.columns], rtol=0, atol=1e-9)


def varied(x):
    return all(len(set(column[~np.isnan(column)])) > 2 for column in x.T)


def slow(x, how, pairwise):
    """Each pair by SciPy, over the rows the rule allows."""
    k = x.shape[1]
    r, p, n = np.ones((k, k)), np.zeros((k, k)), np.zeros((k, k), dtype=int)
    for i in range(k):
        for j in range(k):
            both = x[~np.isnan(x[:, [i, j]] if pairwise else x).any(axis=1)]
            n[i, j] = len(both)
            if i != j:
                r[i, j], p[i, j] = HOW[how](both[:, i], both[:, j])
    return r, p, n


@each_how
@LAW
@given(x=tables(rows=(5, 12)).filter(varied))
def test_correlations_are_scipy_s(how, x):
    found = correlations(frozen(x), how=how)
    for part, wanted in zip((found.r, found.p, found.n), slow(x, how, False), strict=True):
        np.testing.assert_allclose(part, wanted, rtol=1e-9, atol=1e-12)


@each_how
@pytest.mark.parametrize("pairwise", [False, True])
def test_gaps_cost_whole_rows_or_with_pairwise_those_of_the_pair(how, pairwise):
    found = correlations(GAPPED, how=how, pairwise=pairwise)
    for part, wanted in zip((found.r, found.p, found.n), slow(GAPPED.to_numpy(), how, pairwise), strict=True):
        np.testing.assert_allclose(part, wanted, rtol=1e-9, atol=1e-12)
    assert (found.how, found.pairwise) == (how, pairwise)


@each_how
def test_without_gaps_pairwise_changes_the_label_only(how):
    plain, pairwise = correlations(X, how=how), correlations(X, how=how, pairwise=True)
    pd.testing.assert_frame_equal(pairwise.r, plain.r)
    assert (plain.pairwise, pairwise.pairwise) == (False, True)


@each_how
@LAW
@given(x=tables(rows=(5, 12)).filter(varied), data=st.data())
def test_columns_go_by_name_and_rows_in_any_order(how, x, data):
    rows, columns = (data.draw(st.permutations(range(size))) for size in x.shape)
    table = pd.DataFrame(x, columns=list("abcde")[: x.shape[1]])
    turned, plain = correlations(table.iloc[rows, columns], how=how), correlations(table, how=how)
    pd.testing.assert_frame_equal(turned.r.loc[table.columns, table.columns], plain.r, rtol=1e-9)


@each_how
@pytest.mark.parametrize("factor", [1e-12, 1e12, 1e300])
def test_the_unit_of_measure_does_not_matter_and_a_turned_column_changes_sign(how, factor):
    plain = correlations(X, how=how)
    scaled = correlations(X.assign(d=-factor * X["d"]), how=how)
    turn = np.where(np.outer(X.columns == "d", X.columns != "d") | np.outer(X.columns != "d", X.columns == "d"), -1, 1)
    np.testing.assert_allclose(scaled.r, plain.r * turn, rtol=1e-9)
    np.testing.assert_allclose(scaled.p, plain.p, rtol=1e-6)


def test_columns_alike_are_correlated_without_doubt():
    found = correlations([[1.0, 3.0], [2.0, 5.0], [4.0, 9.0]])
    np.testing.assert_allclose((found.r.loc[0, 1], found.p.loc[0, 1]), (1, 0), atol=1e-7)


@each_how
def test_every_kind_of_table_gives_the_same(how):
    x = X.to_numpy()[:, :3]
    for table in frames(x).values():
        found = correlations(table, how=how)
        assert list(found.p.index) == list(found.r.columns) == ["gross output", "指标", "c"]
        close(found.r, correlations(x, how=how).r)


def test_groups_are_apart_each_over_its_own_complete_rows():
    table = GAPPED.assign(e=1.0 * X["d"] ** 2)
    groups = {"supply": ["screens", "票房"], "demand": ["gross output", "d", "e"]}
    found = correlations(table, groups)
    for columns in groups.values():
        alone = correlations(table[columns])
        for part, wanted in ((found.r, alone.r), (found.p, alone.p), (found.n, alone.n)):
            pd.testing.assert_frame_equal(part.loc[columns, columns], wanted)
    across = found.r.loc[groups["supply"], groups["demand"]]
    assert across.isna().all(axis=None)
    assert (found.n.loc[groups["supply"], groups["demand"]] == 0).all(axis=None)


def test_a_group_s_own_score_is_correlated_with_its_members():
    table = X.assign(supply=X["screens"] + X["票房"], index=X.sum(axis=1))
    groups = {"supply": ["screens", "票房"], "demand": ["gross output", "d"], "index": ["supply"]}
    found = correlations(table, groups).r
    for one, other in (("screens", "supply"), ("票房", "supply"), ("supply", "index")):
        assert found.loc[one, other] == pytest.approx(np.corrcoef(table[one], table[other])[0, 1])
    assert np.isnan(found.loc["screens", "index"])
    assert np.isnan(found.loc["supply", "d"])


@each_how
@pytest.mark.parametrize("pairwise", [False, True])
def test_a_constant_column_has_no_correlation_and_the_log_names_it(how, pairwise):
    table = GAPPED.assign(flat=0.1)
    with journal() as lines:
        found = correlations(table, how=how, pairwise=pairwise)
    assert [line.indicator for line in lines] == ["flat"]
    assert found.r.loc["flat"].isna().all()
    plain = correlations(GAPPED, how=how, pairwise=pairwise)
    pd.testing.assert_frame_equal(found.r.loc[X.columns, X.columns], plain.r)


def test_a_pair_with_too_few_rows_in_common_is_missing_and_in_the_log():
    gaps = [np.nan] * 2
    table = pd.DataFrame({"a": [1.0, 2.0, 4.0, *gaps], "b": [*gaps, 1.0, 2.0, 7.0], "c": [1.0, 4.0, 2.0, 3.0, 3.0]})
    with journal() as lines:
        found = correlations(table, pairwise=True)
    assert np.isnan(found.r.loc["a", "b"])
    assert found.n.loc["a", "b"] == 1
    assert found.r.loc["a", "c"] == pytest.approx(np.corrcoef([1, 2, 4], [1, 4, 2])[0, 1])
    assert ["('a', 'b')" in line.why for line in lines] == [True]


def test_too_few_complete_rows_are_refused_with_the_group_and_its_gaps():
    table = X.head(4).assign(screens=[np.nan, np.nan, 1.0, 2.0])
    with pytest.raises(hi.DataError, match=r"group 's': 2 rows complete.*'screens'.*pairwise=True") as refusal:
        correlations(table, {"s": ["screens", "票房"], "t": ["gross output", "d"]})
    assert len(refusal.value.faults) == 1
    with pytest.raises(hi.DataError, match="flags: 2 rows complete") as refusal:
        flags(table)
    assert "pairwise" not in str(refusal.value)


def test_infinity_is_refused_with_its_cell():
    with pytest.raises(hi.DataError, match="column 'd', row 3: infinity"):
        correlations(X.assign(d=X["d"].where(X.index != 3, np.inf)))


def test_a_misspelt_correlation_is_refused():
    with pytest.raises(hi.SpecError, match="did you mean 'spearman'"):
        correlations(X, how="spearmen")


def test_groups_that_do_not_fit_are_refused():
    with pytest.raises(hi.SpecError, match="did you mean 'screens'"):
        correlations(X, {"s": ["screns", "票房", "gross output", "d"]})


def test_flags_of_the_handbook_table_6(published, tai):
    """The printed correlations lie clear of the bounds, so that they decide every flag."""
    printed = pd.read_csv(published / "tai" / "table_06_correlation.csv")
    wanted = {
        (line.code_1, line.code_2, flag)
        for line in printed.itertuples()
        if line.code_1 != line.code_2
        for flag, holds in (
            ("redundant", line.correlation > 0.8),
            ("weak", abs(line.correlation) < 0.29),
            ("negative", line.correlation < 0),
        )
        if holds
    }
    found = flags(tai, high=0.8, low=0.29)
    assert list(found.columns) == ["first", "second", "group", "r", "flag"]
    assert set(zip(found["first"], found["second"], found["flag"], strict=True)) == wanted
    assert {"redundant", "weak", "negative"} == set(found["flag"])


ORTHOGONAL = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=float)


def with_correlations(r):
    """Return four rows of three columns that have exactly these correlations."""
    return pd.DataFrame(ORTHOGONAL @ np.linalg.cholesky(r).T, columns=["a", "b", "c"])


def test_each_flag_and_its_bound():
    x = with_correlations([[1.0, 0.95, -0.2], [0.95, 1.0, 0.1], [-0.2, 0.1, 1.0]])
    found = flags(x)
    assert found[["first", "second", "flag"]].to_numpy().tolist() == [
        ["a", "b", "redundant"],
        ["a", "c", "weak"],
        ["a", "c", "negative"],
        ["b", "c", "weak"],
    ]
    np.testing.assert_allclose(found["r"], [0.95, -0.2, -0.2, 0.1])
    assert flags(x, high=0.96, low=0.15)["flag"].tolist() == ["negative", "weak"]


def test_a_mirrored_column_is_redundant_and_works_against():
    x = with_correlations([[1.0, -0.95, 0.4], [-0.95, 1.0, -0.3], [0.4, -0.3, 1.0]])
    found = flags(x)
    assert found.loc[found["second"] == "b", "flag"].tolist() == ["redundant", "negative"]


def test_flags_stay_within_groups_and_reach_the_group_s_score():
    x = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [1.0, 2.1, 2.9, 4.0], "c": [4.0, 3.0, 2.1, 1.0]})
    x["s"] = [1.1, -1.0, -1.0, 1.1]
    found = flags(x, {"s": ["a", "b"], "t": ["c"]})
    assert found[["first", "second", "group", "flag"]].to_numpy().tolist() == [
        ["a", "b", "s", "redundant"],
        ["a", "s", "s", "weak"],
        ["b", "s", "s", "weak"],
    ]


def test_a_group_named_like_one_of_its_members_does_not_count_it_twice():
    x = with_correlations([[1.0, 0.95, 0.5], [0.95, 1.0, 0.5], [0.5, 0.5, 1.0]])
    found = flags(x, {"a": ["a", "b"], "rest": ["c"]})
    assert found[["first", "second", "flag"]].to_numpy().tolist() == [["a", "b", "redundant"]]


def test_nothing_to_flag_is_an_empty_table():
    found = flags(with_correlations([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]]))
    assert list(found.columns) == ["first", "second", "group", "r", "flag"]
    assert len(found) == 0
    assert len(flags(pl.DataFrame({"alone": [1.0, 2.0, 4.0]}))) == 0


@pytest.mark.parametrize("bounds", [{"high": 1.2}, {"low": -0.1}, {"high": 0.2, "low": 0.3}, {"low": np.nan}])
def test_bounds_that_are_no_rising_shares_are_refused(bounds):
    with pytest.raises(hi.SpecError, match="0 <= low <= high <= 1"):
        flags(X, **bounds)
