"""Index relatives: every reference, both forms for costs, and what has no relative."""

import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, close, tables

import hengdian_index as hi
from hengdian_index.normalise import relative

REFERENCES = {
    "mean": statistics.fmean,
    "max": max,
    "min": min,
    "median": statistics.median,
    "first": lambda column: column[0],
    8.0: lambda column: 8.0,
}


@pytest.mark.parametrize("to", REFERENCES)
@LAW
@given(x=tables(columns=(1, 1), sign=1), scale=st.sampled_from([1, 100, 1000]))
def test_relatives_to_every_reference(to, x, scale):
    column = x[:, 0].tolist()
    reference = REFERENCES[to](column)
    close(relative(x[:, 0], to=to, scale=scale), [scale * v / reference for v in column])
    close(relative(x[:, 0], to=to, scale=scale, direction=-1), [scale * reference / v for v in column])
    mirror = relative(x[:, 0], to=to, scale=scale, direction=-1, negative="mirror")
    close(mirror, [scale * (2 - v / reference) for v in column])


def test_the_reference_scores_100_and_stays_when_rows_are_added():
    fitted = relative.fit([[80.0], [120.0]], to="first")
    close(fitted([[80.0], [120.0], [60.0]]), [[100], [150], [75]])
    close(relative([[80.0], [120.0], [60.0]], fit_on=slice(0, 2), to="mean"), [[80], [120], [60]])


def test_a_label_means_that_row_or_the_mean_of_its_rows():
    x = pd.DataFrame({"a": [2.0, 4.0, 8.0], "b": [10.0, 20.0, 5.0]}, index=["p", "base", "q"])
    close(relative(x, to="base"), [[50, 50], [100, 100], [200, 25]])
    panel = x.set_index(pd.MultiIndex.from_tuples([("p", 2019), ("base", 2019), ("base", 2020)]))
    close(relative(panel, to="base"), 100 * x / x.iloc[1:].mean())
    close(relative(panel, to=("base", 2020)), 100 * x / x.iloc[2])


@pytest.mark.parametrize("label", ["basis", "mena", None])
def test_a_label_that_is_no_row_is_refused(label):
    x = pd.DataFrame({"a": [2.0, 4.0]}, index=["p", "base"])
    with pytest.raises(hi.SpecError, match=r"to: 'mean', 'max', 'min', 'median', 'first', a number, .* not "):
        relative(x, to=label)


def test_missing_values_are_left_out_of_the_reference_and_stay_missing():
    close(relative([2.0, np.nan, 4.0], to="mean"), [200 / 3, np.nan, 400 / 3])
    with pytest.raises(hi.DataError, match=r"indicator 'a': no value in the reference row 'p'"):
        relative(pd.DataFrame({"a": [np.nan, 4.0, 5.0]}, index=["p", "q", "r"]), to="p")


@pytest.mark.parametrize(
    ("column", "options", "why"),
    [
        ([0.0, 2.0], {"to": "min"}, "the reference value is 0"),
        ([0.0, 0.0], {"to": "mean"}, "the reference value is 0"),
        ([1.0, 2.0], {"to": 0}, "the reference value is 0"),
        ([-1.0, 2.0], {"to": "max"}, "values below 0 have no relatives"),
    ],
)
def test_what_has_no_relative_is_refused_by_name(column, options, why):
    for direction in (1, -1):
        with pytest.raises(hi.DataError, match=f"indicator 'x': {why}"):
            relative(pd.DataFrame({"x": column}), direction=direction, **options)


def test_a_zero_under_the_reciprocal_is_refused_with_its_cell():
    with pytest.raises(hi.DataError, match=r"column 'x', row 'q': 0: a reciprocal needs a value above 0; use another"):
        relative(pd.DataFrame({"x": [2.0, 0.0]}, index=["p", "q"]), to="max", direction=-1)


def test_values_below_zero_never_turn_the_order_round():
    column = np.array([-8.0, -4.0, -2.0])
    for options in ({"direction": 1}, {"direction": -1}, {"direction": -1, "negative": "mirror"}):
        try:
            scores = relative(column, **options)
        except hi.DataError:
            continue
        assert (options["direction"] * np.diff(scores) > 0).all(), options


def test_a_way_longer_than_the_largest_number_gives_its_share_or_is_refused():
    x = np.array([[1.7e308, -1.7e308], [-1.7e308, 1.7e308], [0.0, 1e308]])
    close(hi.normalise.distance_to_target(x, target=0), hi.normalise.distance_to_target(x / 1e300, target=0), 1e-15)
    with pytest.raises(hi.DataError, match="column 0: the range of its values is not a finite number; rescale"):
        hi.normalise.distance_to_target(x, target=1.5e308)


@pytest.mark.parametrize("to", ["mean", "max", "min", "median"])
def test_a_column_without_values_is_told_as_such(to):
    x = pd.DataFrame({"full": [1.0, 2.0, 3.0], "empty": [np.nan] * 3})
    with pytest.raises(hi.DataError, match="'empty': no value in the rows to learn from"):
        relative(x, to=to)


def test_values_below_0_are_kept_where_they_are_meant():
    column = [-4.0, 2.0, 8.0]
    close(relative(column, to="max", below_zero="keep"), [-50, 25, 100])
    close(relative(column, to="max", below_zero="keep", direction=-1, negative="mirror"), [250, 175, 100])
    with pytest.raises(hi.DataError, match="a reciprocal needs a value above 0"):
        relative(column, to="max", below_zero="keep", direction=-1)
    for below, to in (([-4.0, -2.0], "max"), (column, -4.0), ([-9.0, 2.0], "mean")):
        with pytest.raises(hi.DataError, match="the reference value is below 0"):
            relative(below, to=to, below_zero="keep")
