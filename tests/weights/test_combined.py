"""Combined weights and effective importances: a published example, slow formulas, laws, and refusals."""

import tomllib

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.interpolate import CubicSpline
from scipy.optimize import lsq_linear
from scipy.stats import spearmanr
from support.laws import law
from support.tables import correlated

import hengdian_index as hi
from hengdian_index.log import journal

LAW = law(25)
HOWS = ("additive", "multiplicative", "game")


def refused(error, *parts):
    """Expect an error whose message holds every part."""
    return pytest.raises(error, match="(?s)" + ".*".join(parts))


@st.composite
def sets_of_weights(draw, least=1, most=4):
    """Draw l sets of k positive weights that sum to 1."""
    shape = (draw(st.integers(least, most)), draw(st.integers(2, 6)))
    w = draw(arrays(np.int64, shape, elements=st.integers(1, 40)))
    return w / w.sum(axis=1, keepdims=True)


# combine


def test_game_published(published):
    folder = published / "game_theory"
    products, weights = tomllib.loads((folder / "CASE.toml").read_text(encoding="utf-8"))["check"]
    data = pd.read_csv(folder / "data.csv", index_col="code")
    found = hi.weights.combine([data["weight_ahp"], data["weight_critic"]], how="game", details=True)
    # The printed products are those of the printed weights; one of the two sets sums to .998.
    sums = data.sum().to_numpy()
    printed = pd.read_csv(folder / "expected_products.csv").pivot(index="row", columns="column", values="value")
    upper = np.triu_indices(2)
    gap = np.abs(found.products * np.outer(sums, sums) - printed.to_numpy())[upper]
    assert gap.max() <= products["tolerance"]
    wanted = pd.read_csv(folder / "expected_weights.csv", index_col="code")["weight"]
    assert list(found.weights.index) == list(wanted.index)
    assert (found.weights - wanted).abs().max() <= weights["tolerance"]
    assert not found.constrained


@LAW
@given(sets_of_weights(), st.data())
def test_additive_and_multiplicative_by_their_formulas(w, data):
    n, k = w.shape
    s = data.draw(st.lists(st.integers(1, 5), min_size=n, max_size=n))
    mean = [sum(s[one] * w[one, j] for one in range(n)) / sum(s) for j in range(k)]
    np.testing.assert_allclose(hi.weights.combine(w, shares=s), mean, rtol=1e-13)
    np.testing.assert_allclose(hi.weights.combine(w), w.mean(axis=0), rtol=1e-13)
    powers = [np.prod([w[one, j] ** s[one] for one in range(n)]) for j in range(k)]
    found = hi.weights.combine(w, how="multiplicative", shares=s)
    np.testing.assert_allclose(found, np.array(powers) / sum(powers), rtol=1e-11)
    np.testing.assert_allclose(hi.weights.combine(w, how="multiplicative"), w.prod(0) / w.prod(0).sum(), rtol=1e-12)


@LAW
@given(sets_of_weights(least=2))
def test_game_solves_its_equations_or_is_the_nearest_that_holds_shares_above_0(w):
    found = hi.weights.combine(w, how="game", details=True)
    g = w @ w.T
    np.testing.assert_allclose(found.products, g, rtol=1e-13)
    np.testing.assert_allclose(found.weights, found.alpha @ w, rtol=1e-12)
    assert (found.alpha >= 0).all()
    assert found.alpha.sum() == pytest.approx(1, rel=1e-14)
    # Another solver; sets that depend on each other leave alpha open, but not the weights.
    nearest = lsq_linear(g, np.diag(g), bounds=(0, np.inf), method="bvls", tol=1e-15).x
    np.testing.assert_allclose(found.weights, nearest @ w / nearest.sum(), atol=1e-7)
    if np.linalg.cond(g) < 1e6:
        free = np.linalg.solve(g, np.diag(g))
        assert bool(found.constrained) is bool((free < -1e-9).any())
        if (free > 0).all():
            np.testing.assert_allclose(found.alpha, free / free.sum(), rtol=1e-8, atol=1e-12)


def test_game_of_two_sets_in_closed_form():
    w = hi.weights.combine([[0.8, 0.2], [0.4, 0.6]], how="game", details=True)
    # g11 = .68, g12 = .44, g22 = .52: a1 = (.68 .52 - .44 .52) / d, a2 = (.68 .52 - .44 .68) / d
    a = np.array([0.68 * 0.52 - 0.44 * 0.52, 0.68 * 0.52 - 0.44 * 0.68])
    np.testing.assert_allclose(w.alpha, a / a.sum(), rtol=1e-12)
    assert w.condition == pytest.approx(np.linalg.cond([[0.68, 0.44], [0.44, 0.52]]), rel=1e-12)


NEARLY_EQUAL = np.array([[0.40, 0.35, 0.25], [0.42, 0.34, 0.24], [0.48, 0.30, 0.22]])


def test_game_among_nearly_equal_sets_rewards_no_set_that_the_solution_rejects():
    g = NEARLY_EQUAL @ NEARLY_EQUAL.T
    free = np.linalg.solve(g, np.diag(g))
    rejected = int(np.argmin(free))
    assert free[rejected] < 0
    with journal() as lines:
        found = hi.weights.combine(NEARLY_EQUAL, how="game", details=True)
    assert found.constrained
    assert found.alpha[rejected] == 0
    assert ["condition number" in line.why and f"{free[rejected]:.4g}" in line.why for line in lines] == [True]
    absolute = np.abs(free) / np.abs(free).sum()
    assert np.abs(found.weights - absolute @ NEARLY_EQUAL).max() > 0.001
    # A grid over a >= 0.
    line = np.linspace(0, 2, 81)
    a = np.stack(np.meshgrid(line, line, line), axis=-1).reshape(-1, 3)
    miss = np.linalg.norm(a @ g - np.diag(g), axis=1)
    own = np.linalg.norm(found.alpha * _scale(g, found.alpha) @ g - np.diag(g))
    assert own <= miss.min() + 1e-12


def _scale(g, alpha):
    """Return the c that brings c G alpha nearest to diag(G)."""
    moved = g @ alpha
    return moved @ np.diag(g) / (moved @ moved)


@pytest.mark.parametrize("how", HOWS)
def test_identical_sets_give_that_set(how):
    w = np.array([0.5, 0.3, 0.2])
    shares = [0.5, 0.5] if how == "multiplicative" else None
    np.testing.assert_allclose(hi.weights.combine([w, w], how=how, shares=shares), w, rtol=1e-12)
    np.testing.assert_allclose(hi.weights.combine([w], how=how), w, rtol=1e-12)


@pytest.mark.parametrize("how", HOWS)
@LAW
@given(w=sets_of_weights(least=2), data=st.data())
def test_sets_are_matched_by_name_and_their_order_does_not_matter(how, w, data):
    names = list("pqrstu")[: w.shape[1]]
    named = [pd.Series(one, names) for one in w]
    wanted = hi.weights.combine(named, how=how)
    assert list(wanted.index) == names
    assert wanted.sum() == pytest.approx(1, rel=1e-13)
    np.testing.assert_allclose(wanted, hi.weights.combine(w, how=how), rtol=1e-13)
    order = data.draw(st.permutations(names))
    turned = [named[-1][order], *(dict(one[::-1]) for one in named[:-1])]
    found = hi.weights.combine(turned, how=how)
    assert list(found.index) == order
    assert found.to_dict() == pytest.approx(wanted.to_dict(), rel=1e-6)


@pytest.mark.parametrize("how", HOWS)
def test_combine_broadcasts(how):
    w = np.random.default_rng(1).dirichlet(np.ones(4), size=(3, 5))
    w[0, 0] = [0.40, 0.35, 0.15, 0.10]
    w[1, 0] = [0.41, 0.35, 0.15, 0.09]
    w[2, 0] = [0.45, 0.33, 0.13, 0.09]
    found = hi.weights.combine(list(w), how=how, details=True)
    for draw in range(5):
        one = hi.weights.combine(w[:, draw], how=how, details=True)
        np.testing.assert_allclose(found.weights[draw], one.weights, rtol=1e-12)
        np.testing.assert_allclose(found.alpha[draw], one.alpha, rtol=1e-9)
        assert np.broadcast_to(found.constrained, 5)[draw] == one.constrained
        assert found.condition[draw] == pytest.approx(one.condition, rel=1e-9)


def test_sets_of_any_total_count_as_shares():
    assert hi.weights.combine([[80, 20], [0.4, 0.6]]).round(12).tolist() == [0.6, 0.4]


def test_a_zero_in_one_set_stays_zero_in_the_product_only():
    sets = [{"a": 0.5, "b": 0.5, "c": 0}, {"a": 0.2, "b": 0.3, "c": 0.5}]
    assert hi.weights.combine(sets, how="multiplicative").round(12).to_dict() == {"a": 0.4, "b": 0.6, "c": 0}
    assert hi.weights.combine(sets)["c"] == 0.25
    assert hi.weights.combine(sets, how="multiplicative", shares=[0, 1]).to_dict() == pytest.approx(sets[1])
    with refused(hi.DataError, "0 for every indicator"):
        hi.weights.combine([[1, 0], [0, 1]], how="multiplicative")


def test_many_small_weights_do_not_vanish_in_the_product():
    w = np.full((400, 4), 0.001) + np.array([0.9, 0.05, 0.02, 0.026])
    assert hi.weights.combine(w, how="multiplicative").argmax() == 0
    flat = hi.weights.combine(np.full((400, 1000), 0.001), how="multiplicative")
    np.testing.assert_allclose(flat, 0.001, rtol=1e-12)


@pytest.mark.parametrize("bad", [(-1, 2, 3), (np.nan, 1, 1), (0, 0, 0), (np.inf, 1, 1)])
def test_combine_refuses_what_are_no_weights(bad):
    with refused(hi.SpecError, "combine: set 2"):
        hi.weights.combine([[0.5, 0.3, 0.2], bad])


@pytest.mark.parametrize(
    ("sets", "options", "parts"),
    [
        (
            [{"a": 0.5, "bb": 0.5}, {"a": 0.5, "b": 0.5}],
            {},
            ["'b' is not in .*set 1; did you mean 'bb'", "nothing for 'bb'"],
        ),
        ([{"a": 0.5, "b": 0.5}, [0.5, 0.5]], {}, ["set 2 has no names"]),
        ([[0.5, 0.5], [0.5, 0.3, 0.2]], {}, ["set 2 has 3 numbers"]),
        ([], {}, ["no set"]),
        ({"a": 1}, {}, ["a list of sets"]),
        ([[0.5, "x"]], {}, ["set 1: criterion 1: 'x' is not a number"]),
        ([[0.5, 0.5]] * 2, {"how": "game", "shares": [1, 1]}, ["finds the shares itself"]),
        ([[0.5, 0.5]] * 2, {"shares": [1, 2, 3]}, ["for each of 2 sets"]),
        ([[0.5, 0.5]] * 2, {"shares": [1, -1]}, ["0 or more"]),
        ([[0.5, 0.5]] * 2, {"shares": [0, 0]}, ["not all 0"]),
        ([[0.5, 0.5]] * 2, {"shares": [np.nan, 1]}, ["0 or more"]),
        ([[0.5, 0.5]] * 2, {"how": "multiplicative", "shares": {"a": 1, "b": 2}}, ["in the order of the sets"]),
        ([[0.5, 0.5]] * 2, {"how": "gaem"}, ["did you mean 'game'"]),
    ],
)
def test_combine_refuses(sets, options, parts):
    with refused(hi.SpecError, *parts):
        hi.weights.combine(sets, **options)


# effective


def smooth_ratio(column, y):
    """R squared of y on the natural cubic splines of a column, built from cardinal splines; straight outside."""
    few, some, many = (0.1, 0.5, 0.9), (0.05, 0.35, 0.65, 0.95), (0.05, 0.275, 0.5, 0.725, 0.95)
    knots = np.quantile(column, few if len(y) < 30 else some if len(y) < 100 else many)
    functions = []
    for one in np.eye(len(knots)):
        spline = CubicSpline(knots, one, bc_type="natural")
        inside = np.clip(column, knots[0], knots[-1])
        functions.append(spline(inside) + spline(inside, 1) * (column - inside))
    a = np.column_stack(functions)
    residual = y - a @ np.linalg.lstsq(a, y, rcond=None)[0]
    return 1 - residual.var() / y.var()


@pytest.mark.parametrize("n", [20, 60, 150])
def test_effective_by_independent_formulas(n):
    x = correlated(n, 3, n)
    y = x @ [0.6, 0.3, 0.1] + 0.3 * x[:, 0] ** 2
    r = np.array([np.corrcoef(column, y)[0, 1] for column in x.T])
    rank = np.array([spearmanr(column, y)[0] for column in x.T])
    ratio = np.array([smooth_ratio(column, y) for column in x.T])
    wanted = {
        "r2": (r, r**2, r**2),
        "pearson": (r, r**2, r),
        "spearman": (rank, rank**2, rank),
        "smooth": (r, ratio, ratio),
    }
    for measure, (one, square, importance) in wanted.items():
        found = hi.weights.effective(y, x, measure=measure)
        assert list(found.columns) == ["r", "r2", "share"]
        np.testing.assert_allclose(found["r"], one, atol=1e-12)
        np.testing.assert_allclose(found["r2"], square, atol=1e-10)
        np.testing.assert_allclose(found["share"], importance / importance.sum(), atol=1e-10)


def test_a_smooth_fit_sees_what_a_straight_line_does_not():
    u = np.linspace(-1, 1, 101)
    x = np.column_stack([u, np.cos(37 * np.arange(101))])
    straight, curved = (hi.weights.effective(u**2, x, measure=measure) for measure in ("r2", "smooth"))
    assert straight["r2"][0] < 1e-20
    assert curved["r2"][0] > 0.99


def test_few_different_values_need_no_curve():
    x = np.column_stack([np.repeat([0.0, 1.0], 20), np.tile([0.0, 1.0, 2.0, 5.0], 10)])
    y = x @ [1.0, 1.0]
    assert hi.weights.effective(y, x, measure="smooth")["r2"][0] == pytest.approx(np.corrcoef(x[:, 0], y)[0, 1] ** 2)


def test_a_column_of_three_values_has_the_correlation_ratio_of_its_groups():
    group = np.repeat([0.0, 1.0, 2.0], [14, 12, 14])
    x = np.column_stack([group, np.random.default_rng(0).normal(size=40)])
    y = np.where(group == 1, 5.0, 0.0) + x[:, 1]
    means = pd.Series(y).groupby(group).transform("mean")
    ratio = hi.weights.effective(y, x, measure="smooth")["r2"][0]
    assert ratio == pytest.approx(means.var() / y.var(ddof=1), rel=1e-12)


@LAW
@given(st.integers(0, 10**6), st.sampled_from(["r2", "pearson", "spearman", "smooth"]))
def test_effective_does_not_depend_on_units_or_on_the_order_of_rows_and_columns(seed, measure):
    x = pd.DataFrame(correlated(seed, 3, 40), columns=["gross output", "指标", "c"])
    y = x.sum(axis=1)
    wanted = hi.weights.effective(y, x, measure=measure)
    scaled = hi.weights.effective(1e12 * y + 5e12, x * [1e-12, 1, 1e12] + [0, 1, 0], measure=measure)
    pd.testing.assert_frame_equal(scaled, wanted, rtol=1e-7)
    turned = hi.weights.effective(y.iloc[::-1], x[["c", "指标", "gross output"]], measure=measure)
    pd.testing.assert_frame_equal(turned.loc[wanted.index], wanted, rtol=1e-9)
    with_polars = hi.weights.effective(pl.Series(y.to_numpy()), pl.from_pandas(x), measure=measure)
    pd.testing.assert_frame_equal(with_polars, wanted, rtol=1e-12)


def test_effective_matches_rows_by_label():
    x = pd.DataFrame(correlated(1, 3, 6), index=list("uvwxyz"))
    y = x.sum(axis=1)
    wanted = hi.weights.effective(y, x)
    more = pd.concat([pd.Series({"extra": 99.0}), y.sample(frac=1, random_state=1)])
    pd.testing.assert_frame_equal(hi.weights.effective(more.drop("extra"), x), wanted)
    with refused(hi.DataError, "no score for rows 'z'"):
        hi.weights.effective(y.rename({"z": "Z"}), x)
    twice = pd.Series(y.to_numpy(), index=list("uuwxyz"))
    pd.testing.assert_frame_equal(hi.weights.effective(twice, x.set_axis(list("uuwxyz"))), wanted)
    with refused(hi.DataError, "different order"):
        hi.weights.effective(twice[::-1], x.set_axis(list("uuwxyz")))


def test_effective_leaves_incomplete_rows_out():
    x = correlated(2)
    y = x @ [0.5, 0.3, 0.2]
    gaps, short = x.copy(), y.copy()
    gaps[3, 1], short[7] = np.nan, np.nan
    kept = np.delete(np.arange(30), [3, 7])
    pd.testing.assert_frame_equal(hi.weights.effective(short, gaps), hi.weights.effective(y[kept], x[kept]))


def test_effective_refuses():
    x = correlated(3, 3, 10)
    with refused(hi.DataError, "column 'b': constant", "scores: constant"):
        hi.weights.effective(np.ones(10), pd.DataFrame(x, columns=list("abc")).assign(b=1e7 + 0.1))
    with refused(hi.DataError, "10 scores for 9 rows|9 scores for 10 rows"):
        hi.weights.effective(x[:9, 0], x)
    with refused(hi.DataError, "2 complete rows; at least 3"):
        hi.weights.effective(x[:2, 0], x[:2])
    with refused(hi.DataError, "one a row"):
        hi.weights.effective(x, x)
    with refused(hi.DataError, "none has a share"):
        hi.weights.effective([1.0, 2, 3], [[1.0, -1], [2.0, -2], [3.0, -3]], measure="pearson")
    with refused(hi.SpecError, "did you mean 'pearson'"):
        hi.weights.effective(x[:, 0], x, measure="person")


def test_both_are_listed_in_the_family():
    assert {"combine", "effective"} <= set(dir(hi.weights))


@pytest.mark.parametrize("table", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_a_table_is_no_list_of_sets(table):
    with refused(hi.SpecError, "rows or its columns are the sets", "a set in each row"):
        hi.weights.combine(table(np.array([[0.5, 0.5], [0.1, 0.9], [0.3, 0.7]])))
