"""Distance to a target: min_max at the best value, a slow formula, labels and names, targets on the wrong side."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.laws import close, law, same, tables

import hengdian_index as hi
from hengdian_index.log import journal
from hengdian_index.normalise import distance_to_target, min_max, relative

MORE = law(60)


@pytest.fixture
def units():
    return pd.DataFrame({"screens": [10.0, 30, 50], "waste": [8.0, 4, 6]}, index=["Hebei", "Jiangsu", "Zhejiang"])


@MORE
@given(x=tables(gaps=True))
def test_with_the_best_value_as_target_it_is_min_max(x):
    assume((np.nanmax(x, axis=0) > np.nanmin(x, axis=0)).all())
    close(distance_to_target(x, target=np.nanmax(x, axis=0)), min_max(x))
    close(distance_to_target(x, target=np.nanmin(x, axis=0), direction=-1), min_max(x, direction=-1))


@MORE
@given(x=tables(), target=st.integers(-300, 300).map(float), direction=st.sampled_from([1, -1]), cap=st.booleans())
def test_it_equals_the_formula_value_by_value(x, target, direction, cap):
    worst = [min(column) if direction == 1 else max(column) for column in x.T.tolist()]
    assume(target not in worst)
    way = [[(value - w) / (target - w) for value, w in zip(row, worst, strict=True)] for row in x.tolist()]
    wanted = [[min(score, 1.0) if cap else score for score in row] for row in way]
    close(distance_to_target(x, target=target, direction=direction, cap=cap), wanted)


def test_targets_by_name_match_the_columns_in_any_order(units):
    wanted = pd.DataFrame({"screens": [0, 0.25, 0.5], "waste": [0, 1, 0.5]}, index=units.index)
    options = {"direction": {"waste": -1}}
    pd.testing.assert_frame_equal(distance_to_target(units, target={"waste": 4, "screens": 90}, **options), wanted)
    turned = units[["waste", "screens"]]
    answer = distance_to_target(turned, target={"screens": 90, "waste": 4}, **options)
    pd.testing.assert_frame_equal(answer, wanted[["waste", "screens"]])


def test_a_series_of_targets_goes_by_name_not_by_position(units):
    swapped = pd.Series({"waste": 16.0, "screens": 90.0})
    same(distance_to_target(units, target=swapped)["screens"], [0, 0.25, 0.5])
    same(distance_to_target(units, target=[90.0, 16.0]), distance_to_target(units, target=swapped))


def test_a_unit_may_be_the_target(units):
    scores = distance_to_target(units, target="Jiangsu", direction={"waste": -1})
    same(scores, [[0, 0], [1, 1], [2, 0.5]])
    frozen = distance_to_target.fit(units, target="Zhejiang")
    same(frozen(pd.DataFrame({"waste": [10.0, 4], "screens": [70.0, -10]}))["screens"], [1.5, -0.5])


def test_a_label_that_stands_for_several_rows_means_their_mean():
    index = pd.MultiIndex.from_tuples([("A", 2020), ("A", 2021), ("B", 2020), ("B", 2021)])
    panel = pd.DataFrame({"x": [0.0, 5, 10, 20], "y": [0.0, 4, 8, np.nan]}, index=index)
    same(distance_to_target(panel, target="B"), [[0, 0], [1 / 3, 0.5], [2 / 3, 1], [4 / 3, np.nan]])
    same(distance_to_target(panel, target=("B", 2020)), [[0, 0], [0.5, 0.5], [1, 1], [2, np.nan]])
    same(relative(panel, to="B")["y"], [0, 50, 100, np.nan])


@pytest.mark.parametrize("target", ["Hebi", None, pd.Period("2020Q1"), ("Hebei", 2020)])
def test_a_label_that_is_no_fit_row_is_refused(units, target):
    with pytest.raises(hi.SpecError, match=r"target: a number, one for each column, or the label of a fit row"):
        distance_to_target(units, target=target)


def test_a_reference_unit_without_a_value_is_refused_by_name(units):
    units.loc["Jiangsu", "waste"] = np.nan
    with pytest.raises(hi.DataError, match="'waste': no value in the reference row 'Jiangsu'"):
        distance_to_target(units, target="Jiangsu")


def test_a_target_that_is_the_worst_value_is_refused_by_name(units):
    with pytest.raises(hi.DataError, match="'screens': the target is the worst value") as refusal:
        distance_to_target(units, target={"screens": 10, "waste": 9})
    assert len(refusal.value.faults) == 1
    with pytest.raises(hi.DataError, match="'waste': the target is the worst value"):
        distance_to_target(units, target={"screens": 60, "waste": 8}, direction={"waste": -1})


@pytest.mark.parametrize(("direction", "target"), [(1, 5), (-1, 60)])
def test_a_target_on_the_wrong_side_is_logged_and_scores_no_more_than_0(units, direction, target):
    with journal() as lines:
        scores = distance_to_target(units[["screens"]], target=target, direction=direction)
    assert [(line.step, line.indicator) for line in lines] == [("normalise", "screens")]
    assert "worse than every fit row" in lines[0].why
    assert (scores <= 0).all(axis=None)


def test_a_constant_column_scores_0_with_a_line_in_the_log():
    table = pd.DataFrame({"a": [1.0, 2], "flat": [3.0, 3]})
    with journal() as lines:
        scores = distance_to_target(table, target=5)
    same(scores["flat"], [0, 0])
    assert [line.indicator for line in lines] == ["flat"]
    assert "constant" in lines[0].why


def test_nothing_is_logged_where_nothing_surprises(units):
    with journal() as lines:
        distance_to_target(units, target=99)
    assert lines == []


def test_cap_stops_at_the_target_and_leaves_the_other_end(units):
    capped = distance_to_target.fit(units["screens"], target=30, cap=True)
    same(capped(units["screens"]), [0, 1, 1])
    same(capped(pd.Series([-10.0, 20, 1e9], name="screens")), [-1, 0.5, 1])


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ({"screens": 90}, "target: no value for indicator 'waste'"),
        ({"screens": 90, "waste": 1, "wast": 1}, "no column 'wast'; did you mean 'waste'"),
        ([90, 1, 1], "one for each of 2 columns"),
        (np.inf, "one finite number"),
    ],
)
def test_targets_that_do_not_fit_the_columns_are_refused(units, target, says):
    with pytest.raises(hi.SpecError, match=says):
        distance_to_target(units, target=target)


@pytest.mark.parametrize("direction", [hi.Target(2), hi.Between(1, 2)])
def test_a_direction_with_a_target_of_its_own_is_refused(direction):
    with pytest.raises(hi.SpecError, match="min_max"):
        distance_to_target([1.0, 2.0, 3.0], target=3, direction=direction)
