"""Equal, given and judged weights: published examples, closed forms, slow oracles, laws, and refusals."""

import tomllib

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog
from support.laws import LAW, close, law

import hengdian_index as hi
from hengdian_index.log import journal
from hengdian_index.weights import equal, fixed


@pytest.mark.parametrize("k", [1, 3, 7])
def test_equal_weights_are_one_over_k_whatever_the_data(k):
    close(equal(np.zeros((2, k))), np.full(k, 1 / k))
    assert equal(np.zeros((5, 2, k))).shape == (5, k)


@LAW
@given(values=st.lists(st.integers(0, 50), min_size=1, max_size=6).filter(any))
def test_fixed_weights_are_the_values_over_their_sum(values):
    close(fixed(values), [v / sum(values) for v in values])
    close(fixed(tuple(values)), fixed(np.array(values)))


def test_names_are_kept():
    for values in ({"gross output": 1, "指标": 3}, pd.Series({"gross output": 1, "指标": 3})):
        pd.testing.assert_series_equal(fixed(values), pd.Series({"gross output": 0.25, "指标": 0.75}, name="weight"))


def test_the_judgement_may_be_given_by_name():
    close(fixed(values=[1, 3]), [0.25, 0.75])


@pytest.mark.parametrize(("values", "lines"), [([0.25, 0.75], 0), ([1 / 3, 1 / 3, 1 / 3], 0), ([1, 3], 1)])
def test_a_sum_other_than_one_is_rescaled_with_a_line_in_the_log(values, lines):
    with journal() as log:
        fixed(values)
    assert len(log) == lines
    assert all("summing to 4 rescaled to 1" in line.why for line in log)


@pytest.mark.parametrize(
    "values",
    [
        [-1, 2, 3],
        [float("nan"), 1, 1],
        [float("inf"), 1],
        [0, 0, 0],
        ["a", 1],
        [None, 1],
        [],
        {},
        {"a": -1, "b": 2},
        [[1, 2], [3]],
    ],
)
def test_negative_missing_and_all_zero_weights_are_refused(values):
    with pytest.raises(hi.SpecError):
        fixed(values)


def test_the_refusal_says_what_was_given():
    with pytest.raises(hi.SpecError, match=r"each must be a number of 0 or more, not \[-1.0, 2.0, 3.0\]"):
        fixed([-1, 2, 3])
    with pytest.raises(hi.SpecError, match=r"all are 0; give at least one a positive weight"):
        fixed([0, 0, 0])


def test_a_misspelt_option_is_refused():
    with pytest.raises(hi.SpecError, match="unknown option 'scale'"):
        fixed([1, 2], scale=1)


@pytest.mark.parametrize("values", [None, 3, {1, 2}, frozenset({1}), "ab", np.array(3.0)])
def test_what_has_neither_names_nor_an_order_is_refused(values):
    with pytest.raises(hi.SpecError, match="fixed: weights by name in a mapping or Series, or in order in a list, not"):
        fixed(values)


LAW = law(25)


@pytest.fixture
def case(published):
    checks = tomllib.loads((published / "weights" / "CASE.toml").read_text(encoding="utf-8"))["check"]
    tolerance = {check["what"]: check["tolerance"] for check in checks}
    return lambda name: pd.read_csv(published / "weights" / name, index_col=0), tolerance


def refused(error, *parts):
    """Expect an error whose message holds every part."""
    return pytest.raises(error, match="(?s)" + ".*".join(parts))


# budget


def test_budget_by_hand():
    w = hi.weights.budget(pd.DataFrame({"a": [60, 20], "b": [40, 80]}, index=["ann", "bob"]))
    assert w.round(12).to_dict() == {"a": 0.4, "b": 0.6}


POINTS = arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(2, 5)), elements=st.integers(0, 100)).filter(
    lambda points: (points.sum(axis=1) > 0).all()
)


@LAW
@given(POINTS, st.data())
def test_budget_is_the_mean_over_the_experts_of_their_shares(points, data):
    n, k = points.shape
    shares = np.array(data.draw(st.lists(st.integers(1, 9), min_size=n, max_size=n)))
    slow = [sum(shares[e] * points[e, j] / sum(points[e]) for e in range(n)) / sum(shares) for j in range(k)]
    np.testing.assert_allclose(hi.weights.budget(points, shares=shares), slow, rtol=1e-13)
    even = [sum(points[e, j] / sum(points[e]) for e in range(n)) / n for j in range(k)]
    np.testing.assert_allclose(hi.weights.budget(points), even, rtol=1e-13)


@LAW
@given(POINTS, st.integers(2, 4))
def test_budget_of_identical_experts_is_that_of_one_whatever_they_hand_out(points, times):
    one = hi.weights.budget(points[:1])
    np.testing.assert_allclose(hi.weights.budget(np.vstack([points[0]] * times)), one, rtol=1e-14)
    np.testing.assert_allclose(hi.weights.budget(np.vstack([points[0], points[0] * 1e9])), one, rtol=1e-14)


def test_budget_takes_its_points_in_any_form():
    frame = pd.DataFrame({"a": [60, 20], "b": [40, 80]}, index=["ann", "bob"])
    rows = frame.to_dict(orient="index")
    wanted = hi.weights.budget(frame).to_dict()
    turned = {"bob": {"b": 80, "a": 20}, "ann": rows["ann"]}
    forms = [rows, list(rows.values()), turned, pl.from_pandas(frame), [frame.loc["ann"], frame.loc["bob"]]]
    for form in forms:
        assert hi.weights.budget(form).to_dict() == pytest.approx(wanted, rel=1e-15)
    assert hi.weights.budget({"a": 60, "b": 40}).to_dict() == {"a": 0.6, "b": 0.4}
    assert hi.weights.budget(frame.loc["ann"]).to_dict() == {"a": 0.6, "b": 0.4}


def test_shares_of_experts_go_by_name():
    frame = pd.DataFrame({"a": [1, 0], "b": [0, 1]}, index=["ann", "bob"])
    assert hi.weights.budget(frame, shares={"bob": 1, "ann": 3}).to_dict() == {"a": 0.75, "b": 0.25}
    assert hi.weights.budget(frame, shares=[3, 1]).to_dict() == {"a": 0.75, "b": 0.25}
    with refused(hi.SpecError, "'bo' is not in the experts; did you mean 'bob'", "nothing for 'bob'"):
        hi.weights.budget(frame, shares={"bo": 1, "ann": 3})


def test_budget_broadcasts():
    batch = np.random.default_rng(0).integers(1, 9, size=(3, 4, 5))
    np.testing.assert_array_equal(hi.weights.budget(batch), [hi.weights.budget(points) for points in batch])


def test_budget_names_every_faulty_cell_and_expert():
    frame = pd.DataFrame({"a": [1, -2, 0], "b": [np.nan, 3, 0]}, index=["ann", "bob", "eve"])
    with refused(hi.DataError, "column 'b', row 'ann': nan", "column 'a', row 'bob': -2", "row 'eve' gave no points"):
        hi.weights.budget(frame)
    with refused(hi.DataError, "column 'b', row 'bob': nan"):
        hi.weights.budget({"ann": {"a": 1, "b": 1}, "bob": {"a": 1}})


@pytest.mark.parametrize("shares", [[1], [1, -2], [0, 0], [1, np.nan], "ab"])
def test_shares_that_do_not_fit_are_refused(shares):
    with refused(hi.SpecError, "shares"):
        hi.weights.budget([[1, 2], [2, 1]], shares=shares)


# rank_order


def test_shares_are_counted_by_expert():
    with refused(hi.SpecError, "budget: shares: 1 given for 2 experts"):
        hi.weights.budget([[1, 2, 3], [2, 1, 3]], shares=[1])


def test_centroid_of_five():
    w = hi.weights.rank_order(list("abcde"))
    assert w.round(4).tolist() == [0.4567, 0.2567, 0.1567, 0.09, 0.04]
    assert list(w.index) == list("abcde")


@pytest.mark.parametrize("k", range(1, 9))
def test_centroid_is_the_mean_of_the_corners_of_the_ordered_weights(k):
    corners = [[1 / m] * m + [0] * (k - m) for m in range(1, k + 1)]
    np.testing.assert_allclose(hi.weights.rank_order(range(k)), np.mean(corners, axis=0), rtol=1e-14)


@pytest.mark.parametrize("k", range(1, 9))
def test_other_forms_by_their_formulas(k):
    rank = range(1, k + 1)
    total = sum(1 / s for s in rank)
    formulas = {
        "sum": [2 * (k + 1 - r) / (k * (k + 1)) for r in rank],
        "reciprocal": [1 / r / total for r in rank],
    }
    for form, wanted in formulas.items():
        np.testing.assert_allclose(hi.weights.rank_order(range(k), form=form), wanted, rtol=1e-14)
    for p in (0, 0.5, 1, 2, 30.0):
        wanted = [(k + 1 - r) ** p / sum(s**p for s in rank) for r in rank]
        np.testing.assert_allclose(hi.weights.rank_order(range(k), form="exponent", p=p), wanted, rtol=1e-13)


@pytest.mark.parametrize("form", ["centroid", "sum", "reciprocal"])
def test_ties_share_the_mean_of_both_orders(form):
    one = hi.weights.rank_order(["a", "b", "c", "d"], form=form)
    other = hi.weights.rank_order(["a", "c", "b", "d"], form=form)
    wanted = (one + other) / 2
    for ranks in (
        {"a": 1, "b": 2, "c": 2, "d": 4},
        {"d": 3, "c": 2, "b": 2, "a": 1},
        {"a": 1, "b": 2.5, "c": 2.5, "d": 4},
    ):
        tied = hi.weights.rank_order(ranks, form=form)
        assert list(tied.index) == list(ranks)
        pd.testing.assert_series_equal(tied.sort_index(), wanted.sort_index(), rtol=1e-14)
    assert hi.weights.rank_order(pd.Series([7, 7, 7], list("abc")), form=form).tolist() == pytest.approx([1 / 3] * 3)


@LAW
@given(st.permutations(list("abcdef")), st.sampled_from(["centroid", "sum", "reciprocal"]))
def test_an_order_and_its_ranks_say_the_same(order, form):
    by_order = hi.weights.rank_order(order, form=form)
    by_rank = hi.weights.rank_order({name: order.index(name) + 1 for name in sorted(order)}, form=form)
    assert by_rank.sum() == pytest.approx(1, rel=1e-14)
    assert by_rank.to_dict() == pytest.approx(by_order.to_dict(), rel=1e-14)
    assert by_order.is_monotonic_decreasing


@pytest.mark.parametrize(
    ("order", "options", "message"),
    [
        (["a", "b", "a"], {}, "more than once: 'a'"),
        ([], {}, "no name"),
        ("abc", {}, "not 'abc'"),
        ({"a": 1, "b": "second"}, {}, "'b': 'second' is not a number"),
        ({"a": 1, "b": None}, {}, "'b': nan is no rank"),
        (["a", "b"], {"form": "exponent"}, "needs p"),
        (["a", "b"], {"form": "exponent", "p": -1}, "not -1"),
        (["a", "b"], {"p": 2}, "p belongs to form='exponent'"),
        (["a", "b"], {"form": "centriod"}, "did you mean 'centroid'"),
        (["a", "b"], {"fomr": "sum"}, "did you mean 'form'"),
    ],
)
def test_rank_order_refuses(order, options, message):
    with refused(hi.SpecError, message):
        hi.weights.rank_order(order, **options)


# swara


def test_swara_published(case):
    read, tolerance = case
    wanted = read("expected_swara.csv")["weight"]
    found = hi.weights.swara(read("swara.csv")["comparative_importance"])
    assert list(found.index) == list(wanted.index)
    assert (found - wanted).abs().max() <= tolerance["SWARA weights"]


@LAW
@given(st.lists(st.floats(0, 5), min_size=1, max_size=8))
def test_swara_by_its_recurrence(s):
    q = [1.0]
    for step in s[1:]:
        q.append(q[-1] / (1 + step))
    wanted = [one / sum(q) for one in q]
    for first in (None, np.nan, 0):
        np.testing.assert_allclose(hi.weights.swara([first, *s[1:]]), wanted, rtol=1e-13)


def test_swara_refuses_by_name_and_all_at_once():
    with refused(hi.SpecError, "'a': 0.3, but the first", "'b': -0.1", "'c': nan"):
        hi.weights.swara({"a": 0.3, "b": -0.1, "c": None})
    with refused(hi.SpecError, "criterion 1: inf"):
        hi.weights.swara([None, np.inf])
    with refused(hi.SpecError, "nothing is given"):
        hi.weights.swara({})


# best_worst


@st.composite
def comparisons(draw, least=3, most=6):
    """Whole-number comparisons; the best is the first criterion, the worst the last."""
    k, a = draw(st.integers(least, most)), draw(st.integers(2, 9))
    middle = st.lists(st.integers(2, a), min_size=k - 2, max_size=k - 2)
    return np.array([1, *draw(middle), a], float), np.array([a, *draw(middle), 1], float)


def worst_deviation(best, worst, w):
    b, last = w[..., :1], w[..., -1:]
    return np.maximum(np.abs(b - best * w), np.abs(w - worst * last)).max(axis=-1)


def possible(best, worst, xi):
    """Rows A with A w <= 0 exactly when the ratios of w keep within xi of the comparisons (nonlinear form)."""
    one = np.eye(len(best))
    b, last = one[0], one[-1]
    rows = []
    for j in range(len(best)):
        rows += [b - (best[j] + xi) * one[j], (best[j] - xi) * one[j] - b] if j > 0 else []
        rows += [one[j] - (worst[j] + xi) * last, (worst[j] - xi) * last - one[j]] if j < len(best) - 1 else []
    return np.array(rows)


def programme(cost, rows):
    """Return the least cost over the simplex under rows @ w <= 0, None if nothing satisfies them."""
    k = rows.shape[1]
    # The usual tolerance of 1e-7 on a row is one of 1e-6 on xi where a weight is small.
    exact = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    solution = linprog(cost, A_ub=rows, b_ub=np.zeros(len(rows)), A_eq=np.ones((1, k)), b_eq=[1], options=exact)
    return solution.fun if solution.status == 0 else None


def test_best_worst_published(case):
    read, tolerance = case
    given_ = read("best_worst_1.csv")
    wanted = read("expected_best_worst_1.csv")["weight"]
    found = hi.weights.best_worst(given_["best_to_others"], given_["others_to_worst"], details=True)
    assert list(found.weights.index) == list(wanted.index)
    allowed = tolerance["best-worst method, linear form; xi = 0 (fully consistent)"]
    assert (found.weights - wanted).abs().max() <= allowed
    assert found.xi < 1e-12
    assert found.input_consistency == 0


@pytest.mark.parametrize("form", ["linear", "nonlinear"])
@LAW
@given(w=arrays(float, st.integers(2, 7), elements=st.floats(0.1, 9)))
def test_consistent_comparisons_give_back_the_weights(form, w):
    w = w / w.sum()
    best, worst = w.max() / w, w / w.min()
    found = hi.weights.best_worst(best, worst, form=form, details=True)
    np.testing.assert_allclose(found.weights, w, rtol=1e-7, atol=1e-9)
    assert found.xi < 1e-9
    assert found.consistency < 1e-7
    assert found.input_consistency < 1e-9


@LAW
@given(comparisons())
def test_linear_is_optimal_and_its_weights_are_the_only_ones(judged):
    best, worst = judged
    found = hi.weights.best_worst(best, worst, details=True)
    assert worst_deviation(best, worst, found.weights) == pytest.approx(found.xi, abs=1e-9)
    one = np.eye(len(best))
    bound = np.concatenate([one[0] - np.diag(best), one - np.outer(worst, one[-1])])
    # As rows @ w <= 0 on the simplex: the deviation, less xi times the sum of the weights.
    slack = np.concatenate([bound, -bound])
    if found.xi > 1e-5:
        assert programme(np.zeros(len(best)), slack - (found.xi - 1e-5)) is None
    for j in range(len(best)):
        least, most = (sign * programme(sign * one[j], slack - found.xi - 1e-9) for sign in (1, -1))
        assert least == pytest.approx(found.weights[j], abs=1e-6)
        assert most == pytest.approx(found.weights[j], abs=1e-6)


def test_linear_beats_a_grid():
    best, worst = np.array([1.0, 2, 7]), np.array([7.0, 5, 1])
    a, b = np.meshgrid(np.linspace(0, 1, 401), np.linspace(0, 1, 401))
    grid = np.stack([a, b, 1 - a - b], axis=-1)[a + b <= 1]
    nearest = worst_deviation(best, worst, grid).min()
    xi = hi.weights.best_worst(best, worst, details=True).xi
    assert nearest - 7 * 2 / 400 <= xi <= nearest


@settings(max_examples=8)
@given(comparisons())
def test_nonlinear_by_bisection_of_linear_programmes(judged):
    best, worst = judged
    found = hi.weights.best_worst(best, worst, form="nonlinear", details=True)
    k, low, high = len(best), 0.0, 9.0
    for _ in range(27):
        xi = (low + high) / 2
        low, high = (low, xi) if programme(np.zeros(k), possible(best, worst, xi)) is not None else (xi, high)
    assert found.xi == pytest.approx(high, abs=1e-6)
    rows = possible(best, worst, found.xi + 1e-7)
    for j in range(k):
        cost = np.eye(k)[j]
        assert found.low[j] == pytest.approx(programme(cost, rows), abs=1e-5)
        assert found.high[j] == pytest.approx(-programme(-cost, rows), abs=1e-5)
    middle = found.intervals.mean(axis=1)
    np.testing.assert_allclose(found.weights, middle / middle.sum(), rtol=1e-14)


def test_nonlinear_in_closed_form():
    # (3 - xi)(2 - xi) = 4 + xi, so xi = 3 - sqrt(7); one middle criterion leaves one answer.
    found = hi.weights.best_worst([1, 3, 4], [4, 2, 1], form="nonlinear", details=True)
    xi = 3 - 7**0.5
    ratios = np.array([4 + xi, 2 - xi, 1])
    assert found.xi == pytest.approx(xi, rel=1e-12)
    np.testing.assert_allclose(found.weights, ratios / ratios.sum(), rtol=1e-12)
    np.testing.assert_allclose(found.low, found.high, rtol=1e-12)
    assert found.consistency == pytest.approx(xi / 1.63, rel=1e-12)
    assert found.input_consistency == pytest.approx((3 * 2 - 4) / (4**2 - 4), rel=1e-12)


def test_nonlinear_in_closed_form_when_the_middle_says_too_little():
    # (2 + xi)(2 + xi) = 9 - xi, so xi = (sqrt(45) - 5) / 2.
    found = hi.weights.best_worst([1, 2, 9], [9, 2, 1], form="nonlinear", details=True)
    xi = (45**0.5 - 5) / 2
    ratios = np.array([9 - xi, 2 + xi, 1])
    assert found.xi == pytest.approx(xi, rel=1e-12)
    np.testing.assert_allclose(found.weights, ratios / ratios.sum(), rtol=1e-12)


def test_consistency_index_is_the_published_table(case):
    printed = case[0]("best_worst_consistency_index.csv")["consistency_index"]
    for a, index in printed.items():
        # The most contradictory judgements between 1 and a: all middle comparisons are a.
        found = hi.weights.best_worst([1, a, a], [a, a, 1], form="nonlinear", details=True)
        assert found.xi == pytest.approx(index, abs=0.005)
        if a > 1:
            assert found.consistency == pytest.approx(found.xi / index, rel=1e-12)
            assert found.input_consistency == 1
    beyond = hi.weights.best_worst([1, 12, 12], [12, 12, 1], form="nonlinear", details=True)
    assert beyond.consistency == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize("form", ["linear", "nonlinear"])
@LAW
@given(judged=comparisons(), data=st.data())
def test_order_of_the_criteria_does_not_matter(form, judged, data):
    names = list("abcdef")[: len(judged[0])]
    best, worst = (pd.Series(side, names) for side in judged)
    order = data.draw(st.permutations(names))
    wanted = hi.weights.best_worst(best, worst, form=form)
    found = hi.weights.best_worst(best[order], worst[sorted(order)], form=form)
    assert list(found.index) == order
    assert found.to_dict() == pytest.approx(wanted.to_dict(), abs=1e-7)


@pytest.mark.parametrize("form", ["linear", "nonlinear"])
def test_criteria_that_equal_the_best_or_the_worst_weigh_as_much(form):
    best, worst = [1, 1, 3, 6, 6, 6], [6, 6, 5, 1, 1, 1]
    w = hi.weights.best_worst(best, worst, form=form)
    assert w[0] == pytest.approx(w[1], rel=1e-9)
    assert w[3] == pytest.approx(w[4], rel=1e-9) == pytest.approx(w[5], rel=1e-9)
    np.testing.assert_allclose(hi.weights.best_worst([1, 1, 1], [1, 1, 1], form=form), [1 / 3] * 3, rtol=1e-12)
    assert hi.weights.best_worst([1], [1], form=form) == pytest.approx([1])


def test_best_worst_by_position_or_name_and_with_labels():
    best, worst = {"p": 1, "q": 3}, {"q": 1, "p": 3}
    assert hi.weights.best_worst(best, worst).round(12).to_dict() == {"p": 0.75, "q": 0.25}
    found = hi.weights.best_worst(worst=worst, best=best, details=True)
    assert found.weights.round(12).to_dict() == {"p": 0.75, "q": 0.25}
    assert list(found.intervals.columns) == ["low", "high"]
    assert list(found.intervals.index) == ["p", "q"]
    assert hi.weights.best_worst([1, 3], [3, 1], details=True).intervals.shape == (2, 2)


def test_a_comparison_beyond_best_with_worst_is_logged():
    with journal() as lines:
        hi.weights.best_worst({"a": 1, "b": 7, "c": 5}, {"a": 5, "b": 2, "c": 1})
    assert ["'b' exceeds 5" in line.why for line in lines] == [True]


@pytest.mark.parametrize(
    ("best", "worst", "parts"),
    [
        ([1, 0.5, 4], [4, -2, 1], ["best: criterion 1: 0.5", "worst: criterion 1: -2"]),
        ([1, None, 4], [4, 2, 1], ["best: criterion 1: nan"]),
        ([2, 2, 4], [4, 2, 2], ["best: none is 1", "worst: none is 1"]),
        ([1, 2, 4], [5, 2, 1], ["best: criterion 2: 4 and worst: criterion 0: 5 are one comparison"]),
        ([1, 2], [2, 2, 1], ["worst has 3 numbers, best has 2"]),
        ({"a": 1, "b": 2}, {"a": 2, "c": 1}, ["'c' is not in best", "nothing for 'b'"]),
        ({"a": 1, "b": 2}, [2, 1], ["worst has no names"]),
        ({"a": 1, "b": "much"}, {"a": 2, "b": 1}, ["best: 'b': 'much' is not a number"]),
        (3, [1], ["best: one number for each criterion"]),
    ],
)
def test_best_worst_refuses(best, worst, parts):
    with refused(hi.SpecError, *parts):
        hi.weights.best_worst(best, worst)


def test_equally_important_ends_leave_nothing_between():
    with refused(hi.SpecError, "equally important", "'c'"):
        hi.weights.best_worst({"a": 1, "b": 1, "c": 3}, {"a": 1, "b": 1, "c": 1.5})


def test_misspelt_options_are_refused():
    with refused(hi.SpecError, "did you mean 'linear'"):
        hi.weights.best_worst([1, 2], [2, 1], form="liner")
    with refused(hi.SpecError, "did you mean 'form'"):
        hi.weights.best_worst([1, 2], [2, 1], from_="linear")
    with pytest.raises(TypeError, match="worst"):
        hi.weights.best_worst([1, 2])


@pytest.mark.parametrize("form", ["centroid", "sum", "reciprocal"])
def test_a_list_within_an_order_is_a_place_shared(form):
    order = ["roads", ["schools", "parks"], "clinics"]
    by_rank = {"roads": 1, "schools": 2, "parks": 2, "clinics": 3}
    pd.testing.assert_series_equal(hi.weights.rank_order(order, form=form), hi.weights.rank_order(by_rank, form=form))


@pytest.mark.parametrize("order", [["a", {"b": 1}], ["a", []], [["a", "b"], "b"], [["a", ["b"]]], [np.nan, "a"], []])
def test_places_that_hold_no_names_are_refused(order):
    with pytest.raises(hi.SpecError, match="rank_order"):
        hi.weights.rank_order(order)
