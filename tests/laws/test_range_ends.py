"""A unit of measure at either end of the range of numbers changes no score, rank or part: or what is lost is refused.

What an index computes itself (a filled gap, a distance, a ratio) is told apart by the rule of equality, whose size must
stay a number there.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, declared, every, sized

import hengdian_index as hi
from hengdian_index._maths.maps import Affine, Distance, Log, Ranks, Reciprocal, cancelled, orientation
from hengdian_index._values import equality

BIGGEST = float(np.finfo(np.float64).max)
# Powers of two, which change no digit where numbers are not among the smallest, and powers of ten.
UNITS = [2.0**-990, 1e-300, 1e300, 2.0**1015]
COMPUTED = ["filled", "filled cost", "target", "interval", "two-sided", "ratio"]


def computed(how, unit):
    """Return the choices that make an index compute its indicator, in a unit of measure."""
    return {
        "filled": {"impute": "mean"},
        "filled cost": {"impute": "median", "direction": -1},
        "target": {"direction": {"target": 3.5 * unit}},
        "interval": {"direction": hi.Between(3 * unit, 4 * unit)},
        "two-sided": {"direction": hi.Between(3 * unit, 4 * unit, worst_low=unit / 2, worst_high=90 * unit)},
        "ratio": {"denominator": "people"},
    }[how]


def outcome(method, options, how, values, unit):
    """Return scores and ranks in a unit of measure, or None where they are refused."""
    gap = [np.nan] if how.startswith("filled") else [3.25 * unit]
    table = pd.DataFrame({"a": np.append(np.array(values) * unit, gap)})
    table["people"] = np.resize([2.0, 1.0, 3.0, 1.5], len(table))
    made = {name: getattr(value, "tolist", lambda v=value: v)() for name, value in sized(options, 1).items()}
    leaf = hi.Indicator("a", "all", normalise={"method": method.name, **made}, **computed(how, unit))
    try:
        result = hi.Index(groups=[hi.Group("all")], indicators=[leaf]).compute(table)
    except (hi.DataError, hi.SpecError):
        return None
    return result.scores["all"].to_numpy(), result.ranks()["all"].to_numpy()


@every("normalise", having=lambda method, options: declared(method, "unit_free", options))
@pytest.mark.parametrize("how", COMPUTED)
@LAW
@given(values=st.lists(st.integers(1, 60), min_size=4, max_size=7, unique=True), unit=st.sampled_from(UNITS))
def test_a_unit_near_the_ends_changes_no_score_of_what_is_computed(method, options, how, values, unit):
    wanted = outcome(method, options, how, values, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        found = outcome(method, options, how, values, unit)
    if wanted is None or found is None:
        # A refusal is a method's right in any unit, but a table refused near 1 is refused at the ends, too.
        assert found is None
        return
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(found[1], wanted[1])


@pytest.mark.parametrize("unit", [1e-310, 1e-312 * 64, 1e300, 1e308, BIGGEST / 1.8])
@pytest.mark.parametrize("method", ["min_max", "z_score", "robust", "logistic", "rank", "percentile_rank", "relative"])
def test_filled_columns_and_distances_keep_apart_what_differs(method, unit):
    def scores(unit, **choices):
        values = np.array([1.5, 0.9, 1.7, 1.1, 1.4]) * unit
        if "impute" in choices:
            values[2] = np.nan
        leaf = hi.Indicator("a", "all", normalise=method, **choices)
        return hi.Index(groups=[hi.Group("all")], indicators=[leaf]).compute({"a": values}).scores["all"]

    for near, far in [
        ({"impute": "mean"},) * 2,
        ({"direction": {"target": 1.45}}, {"direction": {"target": 1.45 * unit}}),
    ]:
        if method == "relative" and "direction" in near:
            continue
        np.testing.assert_allclose(scores(unit, **far), scores(1.0, **near), rtol=1e-8, atol=1e-8)


def test_a_users_map_of_computed_values_is_not_levelled_by_their_size():
    def steep(x):
        return (x - np.nanmin(x)) / (np.nanmax(x) - np.nanmin(x))

    def share(x, fit_on=None):
        return steep(x)

    steps = [3.0, np.nan, 7.0, 4.0]
    for own in (share, lambda x: steep):
        leaf = hi.Indicator("a", "all", normalise=own, impute={"method": "mean"})
        found = hi.Index(groups=[hi.Group("all")], indicators=[leaf]).compute({"a": np.array(steps) * 2.0**60})
        np.testing.assert_allclose(found.scores["all"], [0, 5 / 12, 1, 0.25], rtol=1e-12)


def test_a_size_beyond_the_largest_number_levels_nothing_that_differs():
    values = np.array([3.0, 1.0, 1.0, 2.0])
    np.testing.assert_array_equal(equality.settled(values, np.inf), values)
    assert equality.same([1.0, 2.0], [1.0, 3.0], np.inf).tolist() == [True, False]
    assert equality.together(BIGGEST, BIGGEST, 1.0) == BIGGEST
    near = np.array([1.0, 1 + 1e-14, 1.5]) * 1e308
    assert len(np.unique(equality.settled(near, equality.together(BIGGEST, BIGGEST)))) == 2


@pytest.mark.parametrize("unit", [1e-310, 1.0, 1e307])
def test_what_cancels_in_a_map_is_free_of_the_unit(unit):
    one, top = np.ones(1), np.array([5.0 * unit])
    line = Affine(np.array([2.0 * unit]), np.array([4.0 * unit]), 3 * one, one)
    np.testing.assert_allclose(cancelled(line, top), 3 * 7 / 4 + 1, rtol=1e-9)
    sides, *_ = orientation(hi.Between(2 * unit, 3 * unit, worst_low=1 * unit, worst_high=5 * unit))
    assert isinstance(sides, Distance)
    np.testing.assert_allclose(cancelled(sides, top), 8, rtol=1e-9)
    for exact in (Ranks(one[:, np.newaxis]), Reciprocal(top)):
        assert cancelled(exact, top) == 0
    assert cancelled(Log(), top) == 1


QUARTERS = ["2010Q1", "2010Q2", "2010Q3", "2010Q4", "2011Q1"]


@pytest.mark.parametrize("series", ["fixed", "ratio", "log"])
@pytest.mark.parametrize("columns", [("a",), ("a", "b")])
def test_levels_of_the_largest_numbers_are_those_of_others(series, columns):
    def result(unit):
        table = {"q": QUARTERS, "a": np.array([8, 9, 10, 11, 12]) * unit, "b": np.array([9, 8, 9, 11, 11]) * unit}
        leaves = [hi.Indicator(c, "all") for c in columns]
        index = hi.Index(
            period="q", base="2010", groups=[hi.Group("all")], indicators=leaves, normalise="none", series=series
        )
        return index.compute(table)

    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        far, near = result(1.4e307), result(1.0)
        for found in (lambda r: r.series(), lambda r: r.changes(), lambda r: r.contributions()):
            np.testing.assert_allclose(found(far), found(near), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("enter", ["link", "restate"])
def test_units_enter_at_the_mean_of_the_largest_numbers(enter):
    def levels(unit):
        table = {
            "u": [*"PPPPP", *"QQ"],
            "q": [*QUARTERS, *QUARTERS[3:]],
            "a": np.array([8, 9, 10, 11, 12, 7, 9]) * unit,
        }
        index = hi.Index(
            unit="u",
            period="q",
            base="2010Q1:2010Q3",
            new_units=enter,
            groups=[hi.Group("all")],
            indicators=[hi.Indicator("a", "all")],
            normalise="none",
        )
        return index.compute(table).series()["all"].to_numpy(dtype=float)

    np.testing.assert_allclose(levels(1.4e307), levels(1.0), rtol=1e-12)


@pytest.mark.parametrize("mean", ["geometric", {"method": "power", "p": -0.05}, {"method": "power", "p": 0.02}])
@pytest.mark.parametrize("unit", [2.0**-1000, 2.0**-1030])
def test_parts_of_a_change_near_0_are_those_of_exact_logarithms(mean, unit):
    a, b = unit * np.array([3.0, 4.0, 6.0]), np.array([5.0, 6.0, 5.5])
    leaves = [hi.Indicator("a", "all"), hi.Indicator("b", "all")]
    index = hi.Index(
        period="q", base=2010, groups=[hi.Group("all", aggregate=mean)], indicators=leaves, normalise="none"
    )
    result = index.compute({"q": [2010, 2011, 2012], "a": a, "b": b})
    found, level = result.contributions().to_numpy(dtype=float), result.series()["all"].to_numpy(dtype=float)
    assert list(result.contributions().columns) == ["a", "b"]
    np.testing.assert_allclose(found[1:].sum(axis=1), np.diff(level), rtol=1e-9)
    p = 0.0 if mean == "geometric" else mean["p"]
    logs = np.diff(np.log([a, b]), axis=1)
    # (b^p - a^p) of each part over the sum of them is its share; in logarithms alone for p = 0.
    steps = logs if p == 0 else np.diff(np.exp(p * np.log([a, b])), axis=1)
    np.testing.assert_allclose(found[1:].T, steps / steps.sum(axis=0) * np.diff(level), rtol=1e-7, atol=1e-9)


def test_a_part_no_number_can_say_is_refused():
    group = hi.Group("all", aggregate="geometric", weights={"a": 0.001, "b": 0.999})
    leaves = [hi.Indicator("a", "all"), hi.Indicator("b", "all")]
    index = hi.Index(period="q", groups=[group], indicators=leaves, normalise="none")
    result = index.compute({"q": [2010, 2011], "a": [5e-324, 2e-323], "b": [1.0, 1.25]})
    with pytest.raises(hi.SpecError, match="so much nearer 0 than the mean"):
        result.contributions(of="change", to=None)
    with pytest.raises(hi.DataError, match="so much nearer 0 than the mean"):
        hi.series.contributions([[5e-324, 1.0], [2e-323, 1.25]], [0.001, 0.999], form="geometric")


def test_means_over_draws_of_the_largest_numbers():
    leaves = [hi.Indicator("a", "all"), hi.Indicator("b", "all")]
    index = hi.Index(groups=[hi.Group("all")], indicators=leaves, normalise="none")

    def drawn(unit):
        table = {"a": np.array([4.0, 5.0, 7.0]) * unit, "b": np.array([5.0, 6.5, 5.5]) * unit}
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=64)
            return found.scores / unit, found.ranks

    (scores, ranks), (wanted, ranked) = drawn(2.0**1020), drawn(1.0)
    pd.testing.assert_frame_equal(scores, wanted, rtol=1e-12)
    pd.testing.assert_frame_equal(ranks, ranked)


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("unit", [2.0**-1030, 2.0**1020])
def test_neighbours_of_the_largest_and_smallest_numbers(weights, unit):
    x = np.array([[1.0, 9.0], [2.0, 8.0], [2.5, np.nan], [3.5, 7.0], [7.0, 2.0]])
    wanted = hi.impute.neighbours(x, number=3, weights=weights).table
    np.testing.assert_allclose(
        hi.impute.neighbours(x * unit, number=3, weights=weights).table / unit, wanted, rtol=1e-9
    )


SMALLEST = 5e-324


def test_the_length_of_the_smallest_numbers_has_all_its_digits():
    steps = np.array([1.0, 0.0, 2.0, 5.0])
    for direction in (1, -1):
        found = hi.normalise.vector(steps * SMALLEST, direction=direction)
        np.testing.assert_allclose(found, hi.normalise.vector(steps, direction=direction), rtol=1e-12)


@pytest.mark.parametrize("method", ["z_score", "logistic", "robust", "share", "relative"])
def test_a_spread_or_mean_of_few_digits_is_refused(method):
    with pytest.raises(hi.DataError, match="few of its digits; rescale"):
        getattr(hi.normalise, method)(np.array([1.0, 2.0, 4.0, 7.0]) * SMALLEST)


LOUD = [
    lambda: hi.weights.cilos([[SMALLEST, 2.0], [1.7e308, 1.0], [1.0, 3.0], [SMALLEST, 5.0]]),
    lambda: hi.weights.idocriw([[SMALLEST], [1.7e308], [1.0], [SMALLEST]]),
    lambda: hi.series.growth([1.7e308, 1.6e308]),
    *(lambda how=how: hi.series.changes([1.7e308, 1.5e308], how=how) for how in ("percent", "points", "log")),
    lambda: hi.climate.breadth([[1.7e308, -1.7e308], [-1.7e308, 1.7e308]]),
    lambda: hi.climate.breadth([[1.7e308, -1.7e308], [-1.7e308, 1.7e308]], same=0.1),
]


@pytest.mark.parametrize("call", LOUD)
def test_no_warning_leaks_at_the_ends_of_the_range(call):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = np.asarray(call(), dtype=float)
    assert np.isfinite(found[1:]).all()


@pytest.mark.parametrize(
    "best", [{"target": -1.5e308}, hi.Between(-1e308, -9e307, worst_low=-1.7e308, worst_high=1e308)]
)
def test_a_distance_too_large_for_a_number_is_refused(best):
    leaf = hi.Indicator("a", "all", direction=best, normalise="none")
    with pytest.raises(hi.DataError, match=r"'a', row 0: 1.7e\+308: its score is too large a number"):
        hi.Index(groups=[hi.Group("all")], indicators=[leaf]).compute({"a": [1.7e308, 1.0, -1e308]})
