"""Min-max, z-scores, goalposts, efficacy: against textbook loops; targets, clips, constant columns, refusals."""

import math
import statistics
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.laws import LAW, close, same, tables

import hengdian_index as hi
from hengdian_index.normalise import efficacy, goalposts, min_max, none, z_score

FRAME = pd.DataFrame({"a": [1.0, 3.0, 9.0], "flat": [5.0, 5.0, 5.0]}, index=["p", "q", "r"])


def exact_min_max(column, lower=0, upper=1, direction=1):
    values = [Fraction(v) for v in column]
    lo, hi_ = min(values), max(values)
    share = [(v - lo if direction == 1 else hi_ - v) / (hi_ - lo) for v in values]
    return [float(lower + (upper - lower) * s) for s in share]


@LAW
@given(
    x=tables(columns=(1, 1)),
    direction=st.sampled_from([1, -1]),
    ends=st.sampled_from([(0, 1), (0, 100), (1, 100), (70, 130)]),
)
def test_min_max_is_the_position_between_the_smallest_and_the_largest(x, direction, ends):
    assume(x.min() < x.max())
    lower, upper = ends
    close(
        min_max(x[:, 0], lower=lower, upper=upper, direction=direction), exact_min_max(x[:, 0], lower, upper, direction)
    )


@LAW
@given(x=tables(columns=(1, 1)), ddof=st.sampled_from([0, 1]), direction=st.sampled_from([1, -1]))
def test_z_score_is_the_distance_from_the_mean_in_standard_deviations(x, ddof, direction):
    assume(x.min() < x.max())
    column = x[:, 0].tolist()
    m, s = statistics.fmean(column), (statistics.stdev if ddof else statistics.pstdev)(column)
    close(z_score(x[:, 0], ddof=ddof, direction=direction), [direction * (v - m) / s for v in column])
    close(
        z_score(x[:, 0], ddof=ddof, direction=direction, mean=100, sd=10),
        [100 + 10 * direction * (v - m) / s for v in column],
    )


@LAW
@given(x=tables(columns=(1, 1), sign=1), direction=st.sampled_from([1, -1]), clip=st.booleans(), log=st.booleans())
def test_goalposts_are_min_max_between_given_values(x, direction, clip, log):
    def scored(v):
        v, low, high = (math.log(t) if log else t for t in (v, 2.0, 20.0))
        share = (v - low if direction == 1 else high - v) / (high - low)
        return 10 + 80 * (min(max(share, 0), 1) if clip else share)

    found = goalposts(x[:, 0], low=2, high=20, lower=10, upper=90, clip=clip, log=log, direction=direction)
    close(found, [scored(v) for v in x[:, 0].tolist()])


@LAW
@given(
    x=tables(columns=(1, 1), sign=1),
    direction=st.sampled_from([1, -1]),
    form=st.sampled_from(["linear", "log", "exponential"]),
    clip=st.booleans(),
)
def test_efficacy_runs_from_the_floor_to_the_ceiling(x, direction, form, clip):
    def scored(v):
        bad, good = (6.0, 12.0) if direction == 1 else (12.0, 6.0)
        u = math.log(v / bad) / math.log(good / bad) if form == "log" else (v - bad) / (good - bad)
        score = 60 * (100 / 60) ** u if form == "exponential" else 60 + 40 * u
        return min(max(score, 60), 100) if clip else score

    found = efficacy(x[:, 0], low=6, high=12, form=form, clip=clip, direction=direction)
    np.testing.assert_allclose(found, [scored(v) for v in x[:, 0].tolist()], rtol=1e-12)


def test_the_three_forms_of_efficacy_halfway():
    halfway = [
        round(float(efficacy([9.0], low=6, high=12, form=form)[0]), 2) for form in ("linear", "log", "exponential")
    ]
    assert halfway == [80, 83.4, 77.46]


def test_bounds_may_differ_by_column_by_name_or_position():
    x = pd.DataFrame({"a": [2.0, 4.0], "b": [50.0, 10.0]})
    wanted = [[0.25, 0.5], [0.75, 0.1]]
    close(goalposts(x, low={"b": 0, "a": 1}, high={"a": 5, "b": 100}), wanted)
    close(goalposts(x, low=[1, 0], high=np.array([5, 100])), wanted)
    close(goalposts(x.to_numpy(), low=[1, 0], high=[5, 100], direction=[1, -1]), [[0.25, 0.5], [0.75, 0.9]])
    by_name = goalposts(x, low={"a": 1, "b": 0}, high={"a": 5, "b": 100}, direction={"b": -1})
    close(by_name, [[0.25, 0.5], [0.75, 0.9]])


def test_the_base_of_the_logarithm_does_not_matter():
    x = np.array([3.0, 50.0, 700.0])
    base_ten = goalposts(np.log10(x), low=0, high=3)
    close(goalposts(x, low=1, high=1000, log=True), base_ten)


@pytest.mark.parametrize("function", [min_max, none])
def test_a_target_is_best_even_if_no_row_reaches_it(function):
    x = np.array([2.0, 5.0, 14.0])
    if function is none:
        same(none(x, direction=hi.Target(4)), [-2, -1, -10])
    else:
        close(min_max(x, direction=hi.Target(4)), [0.8, 0.9, 0])
        close(min_max(x, direction=hi.Target(4), upper=100), [80, 90, 0])


def test_a_best_interval_counts_the_distance_outside_on_both_sides():
    x = np.array([[1.0], [4.0], [5.0], [6.0], [14.0]])
    close(min_max(x, direction=hi.Between(4, 6)), [[5 / 8], [1], [1], [1], [0]])
    sides = min_max(x, direction=hi.Between(4, 6, worst_low=0, worst_high=10))
    close(sides, [[1 / 4], [1], [1], [1], [0]])
    close(min_max.fit(x[1:4], direction=hi.Between(4, 6, 0, 10))(x), sides)


def test_directions_by_name_or_in_column_order():
    x = pd.DataFrame({"a": [1.0, 3.0], "b": [1.0, 3.0], "c": [1.0, 3.0]})
    wanted = [[0, 1, 1 / 3], [1, 0, 0]]
    close(min_max(x, direction={"b": -1, "c": hi.Target(0)}), [[0, 1, 2 / 3], [1, 0, 0]])
    close(min_max(x, direction=[1, -1, hi.Target(1.5)]), [[0, 1, 2 / 3], [1, 0, 0]])
    close(
        min_max(x, direction=pd.Series({"b": -1, "a": 1, "c": hi.Between(0, 0, -1, 1.5)})),
        [[0, 1, wanted[0][2]], [1, 0, 0]],
    )


@pytest.mark.parametrize("order", ["C", "F"])
def test_later_rows_run_on_along_the_line_unless_clipped(order):
    base, later = np.array([[2.0], [4.0]]), np.array([[1.0], [3.0], [6.0]], order=order)
    same(min_max.fit(base)(later), [[-0.5], [0.5], [2]])
    same(min_max.fit(base, clip=True)(later), [[0], [0.5], [1]])
    same(min_max(later, fit_on=base, lower=0, upper=100, clip=True), [[0], [50], [100]])


def test_a_fitted_map_takes_named_columns_in_any_order_and_names_a_missing_one():
    x = pd.DataFrame({"a": [1.0, 3.0], "b": [10.0, 50.0]})
    fitted = min_max.fit(x, direction={"b": -1})
    close(fitted(x[["b", "a"]]), fitted(x))
    assert list(fitted(x[["b", "a"]].assign(c=1)).columns) == ["a", "b"]
    with pytest.raises(hi.DataError, match=r"column 'b' is missing; .*a, B"):
        fitted(x.rename(columns={"b": "B"}))


def test_fit_rows_of_another_table_are_matched_by_name():
    base = pd.DataFrame({"b": [0.0, 100.0], "a": [0.0, 10.0]})
    x = pd.DataFrame({"a": [5.0], "b": [20.0]})
    close(min_max(x, fit_on=base), [[0.5, 0.2]])
    with pytest.raises(hi.DataError, match=r"fit_on has columns \['b', 'c'\]"):
        min_max(x, fit_on=base.rename(columns={"a": "c"}))
    with pytest.raises(hi.DataError, match=r"fit_on has 3 columns, the rows to score 2"):
        min_max(x.to_numpy(), fit_on=np.ones((2, 3)))
    with pytest.raises(hi.DataError, match=r"fit_on selects no row"):
        min_max(x, fit_on=[False])


@pytest.mark.parametrize("function", [min_max, z_score])
def test_a_constant_column_is_refused_by_name_or_gets_its_score(function):
    with pytest.raises(hi.DataError) as refusal:
        function(FRAME)
    assert [str(f) for f in refusal.value.faults] == [
        "indicator 'flat': constant over the fit rows; leave it out, fit on other rows, or give `constant` its score"
    ]
    same(function(FRAME, constant=0.5)["flat"], [0.5] * 3)
    close(function(FRAME, constant=0.5)["a"], function(FRAME[["a"]])["a"])
    with pytest.raises(hi.SpecError, match="constant"):
        function(FRAME, constant="zero")


@pytest.mark.parametrize("value", [0.1, 1e300, 1e-300, 12345.678])
def test_rounding_never_hides_a_constant_column(value):
    for function in (min_max, z_score):
        with pytest.raises(hi.DataError, match="constant over the fit rows"):
            function(np.full((7, 1), value))


def test_all_faulty_columns_are_reported_at_once_also_across_directions():
    x = FRAME.assign(other=2.0, none=np.nan)
    with pytest.raises(hi.DataError) as refusal:
        min_max(x, direction={"flat": -1})
    said = str(refusal.value)
    assert all(f"indicator '{name}'" in said for name in ("flat", "none"))
    with pytest.raises(hi.DataError) as refusal:
        min_max(x.drop(columns="none"), direction={"flat": -1})
    assert len(refusal.value.faults) == 2


def test_a_column_without_values_or_with_one_is_refused():
    with pytest.raises(hi.DataError, match=r"column 1: no value in the rows to learn from"):
        min_max([[1.0, np.nan], [2.0, np.nan]])
    with pytest.raises(hi.DataError, match=r"column 1: only 1 value in the rows to learn from; at least 2"):
        z_score([[1.0, 5.0], [2.0, np.nan]])


def test_a_range_beyond_the_number_range_is_refused():
    with pytest.raises(hi.DataError, match=r"column 0: the range of its values is not a finite number"):
        min_max(np.array([[-1.5e308], [1.5e308]]))


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1e12, 1e300])
def test_tiny_and_huge_values_keep_their_scores(scale):
    x = np.array([[1.0], [2.0], [5.0]])
    close(min_max(x * scale), min_max(x))
    close(z_score(x * scale), z_score(x))


def test_a_level_of_1e7_costs_no_digits():
    x = 1e7 + np.array([[1.0], [2.0], [3.0]])
    same(min_max(x), [[0], [0.5], [1]])
    close(z_score(x), [[-1], [0], [1]])


@pytest.mark.parametrize("log", [{"function": goalposts, "log": True}, {"function": efficacy, "form": "log"}])
def test_a_logarithm_refuses_values_and_bounds_of_zero_or_less(log):
    function, options = log["function"], {k: v for k, v in log.items() if k != "function"}
    table = pd.DataFrame({"income": [100.0, 0.0, -3.0]}, index=["p", "q", "r"])
    with pytest.raises(hi.DataError) as refusal:
        function(table, low=1, high=10, **options)
    assert [str(f).split(": a log")[0] for f in refusal.value.faults] == [
        "column 'income', row 'q': 0",
        "column 'income', row 'r': -3",
    ]
    with pytest.raises(hi.SpecError, match=r"indicator 'income': low = 0 must be above 0 under a logarithm"):
        function(table, low=0, high=10, **options)


@pytest.mark.parametrize(
    ("function", "options", "why"),
    [
        (min_max, {"lower": 1, "upper": 1}, "lower = 1 must be below upper = 1"),
        (z_score, {"sd": 0}, "sd: above 0, not 0"),
        (z_score, {"sd": -1}, "sd: above 0, not -1"),
        (z_score, {"ddof": -5}, "ddof: 0 or more, not -5"),
        (min_max, {"fit_on": [True]}, "fit_on: a mask of 1 value for 2 rows"),
        (min_max, {"fit_on": np.array([True, False, True])}, "fit_on: a mask of 3 values for 2 rows"),
        (goalposts, {"low": 5, "high": 3}, "low = 5 must be below high = 3"),
        (goalposts, {"low": [1, 9], "high": [2, 3]}, "column 1: low = 9 must be below high = 3"),
        (goalposts, {"low": {"b": 1}, "high": 3}, "low: no column 'b'"),
        (goalposts, {"low": [1, 2, 3], "high": 9}, "low: one finite number, or one for each of 2 columns"),
        (goalposts, {"low": float("nan"), "high": 9}, "low"),
        (goalposts, {"low": "one", "high": 9}, "low: one finite number, or one for each of 2 columns, not 'one'"),
        (goalposts, {"high": 9}, "option 'low' is missing"),
        (efficacy, {"low": 1, "high": 2, "form": "exponential", "floor": 0}, "floor: above 0 for the exponential form"),
        (efficacy, {"low": 1, "high": 2, "floor": 100, "ceiling": 60}, "floor = 100 must be below ceiling = 60"),
        (efficacy, {"low": 1, "high": 2, "form": "liner"}, "did you mean 'linear'?"),
        (goalposts, {"low": 1, "high": 2, "direction": hi.Target(3)}, "min_max, z_score and rank take a target"),
        (min_max, {"direction": 0}, "1 (larger is better), -1, Target(value) or Between(low, high), not 0"),
        (min_max, {"direction": {"c": -1}}, "direction: no column 'c'"),
        (min_max, {"direction": [1]}, "direction: 1 given for 2 columns"),
    ],
)
def test_wrong_choices_are_refused_with_what_is_allowed(function, options, why):
    with pytest.raises(hi.SpecError) as refusal:
        function(np.array([[1.0, 2.0], [3.0, 5.0]]), **options)
    assert why in str(refusal.value)


@pytest.mark.parametrize("function", [efficacy, goalposts])
def test_values_at_the_ends_of_the_numbers_get_their_scores_or_are_refused(function):
    x = np.array([[1.7e308, -1.7e308], [-1.7e308, 1.7e308], [0.0, 1e308]])
    for low, high in ((0.0, 1e308), (-1e308, -0.5e308)):
        options = {"clip": False}
        close(
            function(x, low=low, high=high, **options),
            function(x / 1e300, low=low / 1e300, high=high / 1e300, **options),
        )
    with pytest.raises(hi.DataError, match="column 1: the range of its values is not a finite number"):
        function(x, low=-1.7e308, high=1.7e308)
    with pytest.raises(hi.DataError, match=r"column 0, row 0: 1.7e\+308: its score is too large a number; rescale"):
        function(x, low=0, high=0.5, clip=False)
    with pytest.raises(hi.DataError, match="its score is too large a number"):
        efficacy(x, low=0, high=1e300, form="exponential")


@pytest.mark.parametrize("method", [goalposts, efficacy])
@pytest.mark.parametrize("bounds", [(3.0, 3.0), (4.0, 3.0), ([1.0, 7.0], [2.0, 7.0])])
def test_bounds_that_are_equal_or_out_of_order_have_no_scale(method, bounds):
    low, high = bounds
    with pytest.raises(hi.SpecError, match=r"low = .* must be below high = "):
        method([[1.0, 7.0], [2.0, 8.0]], low=low, high=high)


def test_efficacy_goes_beyond_its_marks_unless_it_is_held():
    assert efficacy([0.0, 5.0, 20.0], low=5.0, high=15.0).tolist() == [40.0, 60.0, 120.0]
    assert efficacy([0.0, 5.0, 20.0], low=5.0, high=15.0, clip=True).tolist() == [60.0, 60.0, 100.0]
