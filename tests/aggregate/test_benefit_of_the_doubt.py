"""The benefit of the doubt: other software's scores, one full linear programme a row, identities of its variants."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog
from support.laws import law

import hengdian_index as hi
from hengdian_index.aggregate.benefit_of_the_doubt import undominated
from hengdian_index.log import journal

TABLES = (
    arrays(np.int64, st.tuples(st.integers(2, 8), st.integers(1, 4)), elements=st.integers(0, 12))
    .filter(lambda x: (x > 0).any(axis=0).all())
    .map(lambda x: x / 4.0)
)
LAW = law(25)


def score(x, **options):
    return hi.aggregate.benefit_of_the_doubt(x, **options)


def one_by_one(x, bounds=None, share_bounds=None):
    """Return the scores by one programme a row, with all rows as constraints and on the scale of x."""
    n, k = x.shape
    scores = []
    for own in x:
        constraints, right = [*x], [1.0] * n
        for limits, unit in ((bounds, np.ones(k)), (share_bounds, own)):
            for j in range(k) if limits else ():
                each = np.eye(k)[j] * unit
                constraints += [limits[0] * unit - each, each - limits[1] * unit]
                right += [0.0, 0.0]
        scores.append(-linprog(-own, A_ub=constraints, b_ub=right).fun)
    return np.array(scores)


def along(x, direction):
    """Return the directional scores from the programme of the mix of rows, one a row."""
    n = len(x)
    scores = []
    for own in x:
        mix = np.column_stack([-x.T, direction])
        found = linprog(-np.eye(n + 1)[n], A_ub=[*mix, [1.0] * n + [0.0]], b_ub=[*-own, 1.0])
        scores.append(1 / (1 - found.fun))
    return np.array(scores)


@pytest.mark.parametrize(
    ("file", "column", "scale"),
    [
        ("eu_nuts1", "ci_bod", hi.normalise.min_max),
        ("bli_2017", "ci_bod_minmax", hi.normalise.min_max),
        ("bli_2017", "ci_bod_raw", lambda x: x),
    ],
)
def test_scores_of_compind(software, file, column, scale):
    x = pd.read_csv(software / "compind" / f"{file}.csv", index_col=0)
    expected = pd.read_csv(software / "compind" / f"expected_{file}.csv", index_col=0)[column]
    np.testing.assert_allclose(score(scale(x)), expected, rtol=0, atol=1e-9)


@LAW
@given(x=TABLES)
def test_free_scores_equal_one_programme_a_row(x):
    np.testing.assert_allclose(score(x), one_by_one(x), rtol=0, atol=1e-9)


@LAW
@given(x=TABLES, spread=st.sampled_from([0.0, 0.2, 0.6, 1.0]))
def test_scores_within_limits_equal_one_programme_a_row(x, spread):
    k = x.shape[1]
    limits = ((1 - spread) / k, min(1.0, (1 + spread) / k))
    np.testing.assert_allclose(score(x, bounds=limits), one_by_one(x, bounds=limits), rtol=0, atol=1e-8)
    np.testing.assert_allclose(score(x, share_bounds=limits), one_by_one(x, share_bounds=limits), rtol=0, atol=1e-8)


@LAW
@given(data=st.data(), x=TABLES)
def test_directional_scores_equal_one_programme_a_row(data, x):
    d = data.draw(arrays(np.int64, x.shape[1], elements=st.integers(0, 3)).filter(lambda d: d.any()))
    np.testing.assert_allclose(score(x, direction=d), along(x, d), rtol=0, atol=1e-8)
    np.testing.assert_allclose(score(x, direction=1), along(x, np.ones(x.shape[1])), rtol=0, atol=1e-8)


def test_many_rows_need_many_rounds_and_give_the_same():
    rng = np.random.default_rng(7)
    x = rng.random((400, 6))
    some = rng.choice(400, 25, replace=False)
    found = score(x)
    np.testing.assert_allclose(
        found[some], [-linprog(-row, A_ub=x, b_ub=np.ones(400)).fun for row in x[some]], atol=1e-9
    )
    assert found.max() == 1


@LAW
@given(x=TABLES)
def test_equal_weights_give_the_mean_over_the_largest_mean(x):
    k = x.shape[1]
    found = score(x, bounds=(1 / k, 1 / k))
    np.testing.assert_allclose(found, x.mean(axis=1) / x.mean(axis=1).max(), rtol=1e-9, atol=1e-12)


@LAW
@given(x=TABLES)
def test_a_direction_along_the_row_itself_gives_the_free_score(x):
    free = score(x)
    for row in np.flatnonzero(x.any(axis=1)):
        assert score(x, direction=x[row])[row] == pytest.approx(free[row], abs=1e-8)


@LAW
@given(x=TABLES)
def test_scores_lie_in_0_to_1_some_row_reaches_1_and_units_do_not_matter(x):
    found = score(x)
    assert found.min() >= 0
    assert found.max() == 1
    units = np.array([1e-9, 1.0, 1e12, 60.0])[: x.shape[1]]
    np.testing.assert_allclose(score(x * units), found, rtol=0, atol=1e-9)


@LAW
@given(x=TABLES, spread=st.sampled_from([None, 0.3]), direction=st.booleans())
def test_a_row_at_least_as_good_everywhere_never_scores_lower(x, spread, direction):
    k = x.shape[1]
    options = {"direction": 1} if direction else {"bounds": spread and ((1 - spread) / k, min(1.0, (1 + spread) / k))}
    found = score(x, **options)
    for a in range(len(x)):
        below = (x <= x[a]).all(axis=1)
        assert (found[below] <= found[a] + 1e-9).all()


@LAW
@given(x=TABLES)
def test_weights_give_the_scores_and_peers_hold_them_down(x):
    assume(x.any(axis=1).all())
    found = score(pd.DataFrame(x, index=[f"row {i}" for i in range(len(x))]), details=True)
    weights = found.weights.to_numpy()
    np.testing.assert_allclose((weights * x).sum(axis=1), found.scores, rtol=0, atol=1e-9)
    assert (weights @ x.T).max() <= 1 + 1e-9
    for label, peers in found.peers.items():
        assert len(peers) > 0
        for peer in peers:
            assert found.weights.loc[label].to_numpy() @ x[int(peer[4:])] == pytest.approx(1, abs=1e-7)


def test_weights_of_a_distance_give_the_score_too():
    x = np.random.default_rng(8).random((20, 3))
    found = score(x, direction=[1, 2, 0], details=True)
    np.testing.assert_allclose(found.weights @ [1, 2, 0], 1, rtol=1e-9)
    gap = (found.weights @ x.T).max(axis=1) - (found.weights * x).sum(axis=1)
    np.testing.assert_allclose(found.scores, 1 / (1 + gap), rtol=1e-12)


def test_by_hand():
    x = pd.DataFrame({"a": [4.0, 1.0, 2.0], "b": [1.0, 4.0, 2.0]}, index=["p", "q", "r"])
    found = score(x, details=True)
    np.testing.assert_allclose(found.scores, [1, 1, 0.8], rtol=1e-12)
    np.testing.assert_allclose(found.weights.loc["r"], [0.2, 0.2], rtol=1e-9)
    assert found.peers["r"] == ("p", "q")
    # Half of p and half of q is (2.5, 2.5): r may rise by .5 along (1, 1).
    np.testing.assert_allclose(score(x, direction=1), [1, 1, 1 / 1.5], rtol=1e-12)
    np.testing.assert_allclose(score(x, direction={"b": 1, "a": 1}), score(x, direction=1))


def test_limits_of_weights_and_limits_of_shares_differ():
    x = np.array([[4.0, 1.0], [1.0, 4.0], [3.0, 1.5]])
    by_weight, by_share = score(x, bounds=(0.3, 0.7)), score(x, share_bounds=(0.3, 0.7))
    assert np.abs(by_weight - by_share).max() > 0.01


def test_a_zero_under_a_positive_lower_share_scores_0_and_the_log_says_so():
    x = np.array([[4.0, 0.0], [1.0, 4.0], [2.0, 2.0]])
    with journal() as lines:
        found = score(x, share_bounds=(0.2, 0.8))
    assert found[0] == 0
    assert found[1] > 0
    assert [line.why for line in lines] == [
        "benefit_of_the_doubt: 1 row scores 0: a value of 0 under a positive lower share"
    ]


def test_a_row_with_a_gap_is_compared_over_its_columns_with_the_rows_that_have_them():
    x = pd.DataFrame(
        {"a": [2.0, np.nan, 4.0, 1.0], "b": [np.nan, 2.0, 1.0, 4.0], "c": [1.0, 1.0, 2.0, 2.0]}, index=list("rspq")
    )
    found = score(x, details=True)
    complete, without_b = score(x.loc[["p", "q"]]), score(x.loc[["p", "q", "r"], ["a", "c"]])
    np.testing.assert_allclose(found.scores, [without_b["r"], 0.5, *complete], rtol=1e-9)
    assert (found.peers["p"], found.peers["q"]) == (("p",), ("q",))
    np.testing.assert_array_equal(np.isnan(found.weights), np.isnan(x))
    assert set(found.peers["s"]) <= {"p", "q"}
    directed = score(x, direction=[1, 1, 0])
    assert directed["s"] == pytest.approx(score(x.loc[["p", "q", "s"], ["b", "c"]], direction=[1, 0])["s"], rel=1e-9)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"bounds": (0.6, 1)}, hi.SpecError, r"bounds: \(0.6, 1.0\): no 2 shares that sum to 1 lie within"),
        ({"share_bounds": (0, 0.4)}, hi.SpecError, "share_bounds: .*high at least 1/2"),
        ({"bounds": (0.5, 0.2)}, hi.SpecError, "bounds: a pair .low, high. of shares, 0 <= low <= high <= 1"),
        ({"bounds": 0.5}, hi.SpecError, "bounds: a pair"),
        ({"bounds": (0.1, 0.9), "direction": 1}, hi.SpecError, "direction: bounds and share_bounds limit the ratio"),
        ({"direction": [-1, 1]}, hi.SpecError, "direction: numbers of 0 or more, not all 0"),
        ({"direction": 0}, hi.SpecError, "direction: numbers of 0 or more, not all 0"),
        ({"direction": {"a": 1, "c": 1}}, hi.SpecError, "direction: no column 'c'"),
        ({"bound": (0.1, 0.9)}, hi.SpecError, r"unknown option 'bound'; did you mean 'bounds'\?"),
        ({"w": [1, 2]}, hi.SpecError, r"benefit_of_the_doubt: w must be None or equal, not \[0.333, 0.667\]: "),
    ],
)
def test_choices_that_cannot_be_are_refused(options, error, said):
    with pytest.raises(error, match=said):
        score(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 1.0]}), **options)


def test_a_negative_value_is_refused_with_its_cell_also_beside_rows_left_out():
    x = pd.DataFrame({"a": [np.nan, 1.0, -2.0], "b": [np.nan, 2.0, 3.0]}, index=list("pqr"))
    with pytest.raises(hi.DataError, match=r"^column 'a', row 'r': -2: .* needs values of 0 or more"):
        score(x)


def test_nothing_but_zeros_is_refused_with_the_rows():
    with pytest.raises(hi.DataError, match="row 0: nothing but zeros in the columns compared"):
        score([[0.0, 0.0], [0.0, 0.0]])
    with pytest.raises(hi.DataError, match="a column of the direction holds nothing but zeros"):
        score([[1.0, 0.0], [2.0, 0.0]], direction=1)
    np.testing.assert_allclose(score([[1.0, 0.0], [2.0, 0.0]]), [0.5, 1])


@settings(max_examples=40)
@given(x=arrays(np.int64, st.tuples(st.integers(1, 9), st.integers(1, 3)), elements=st.integers(0, 4)))
def test_undominated_rows_are_those_that_no_row_equals_or_exceeds(x):
    rows = [tuple(row) for row in x]
    expected = [
        i
        for i, row in enumerate(rows)
        if rows.index(row) == i and not any(other != row and all(np.greater_equal(other, row)) for other in rows)
    ]
    assert undominated(x.astype(float)).tolist() == expected


def test_values_next_to_0_score_as_in_a_larger_unit_but_have_no_weights():
    x = np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 1.0]])
    small = x * 1e-320
    for options in ({}, {"bounds": (0.3, 0.7)}, {"share_bounds": (0.3, 0.7)}):
        np.testing.assert_allclose(score(small, **options), score(x, **options), rtol=1e-9)
    for options in ({"details": True}, {"direction": 1}):
        with pytest.raises(hi.DataError, match=r"column 0: its values are (so|too) small .*; rescale its unit"):
            score(small, **options)
