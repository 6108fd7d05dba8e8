"""Values carried on and lines between two: slow loops over the calendar, holes, ends, several units."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.laws import LAW, close, same

from hengdian_index import impute
from hengdian_index.errors import DataError, SpecError

nan = math.nan


@st.composite
def panels(draw):
    """Draw values (n, k), a unit and a year for each row: rows missing, in any order."""
    units = draw(st.integers(1, 3))
    pairs = draw(st.lists(st.tuples(st.integers(0, units - 1), st.integers(2000, 2012)), min_size=4, unique=True))
    x = draw(arrays(float, (len(pairs), 2), elements=st.sampled_from([nan, nan, 1.0, 2.5, -4.0, 7.0])))
    x[draw(st.integers(0, len(pairs) - 1))] = 3.0
    return x, [f"unit {unit}" for unit, _ in pairs], [year for _, year in pairs]


def known_of(x, units, years, i, j):
    """Return the known (year, value) of a cell's unit, in order."""
    rows = [r for r in range(len(x)) if units[r] == units[i] and not math.isnan(x[r, j])]
    return sorted((years[r], x[r, j]) for r in rows)


def slow_carry(x, units, years, limit):
    out = x.copy()
    for i, j in np.argwhere(np.isnan(x)):
        before = [pair for pair in known_of(x, units, years, i, j) if pair[0] < years[i]]
        if before and years[i] - before[-1][0] <= limit:
            out[i, j] = before[-1][1]
    return out


def slow_line(x, units, years, limit, ends):
    out = x.copy()
    for i, j in np.argwhere(np.isnan(x)):
        known = known_of(x, units, years, i, j)
        before, after = [p for p in known if p[0] < years[i]], [p for p in known if p[0] > years[i]]
        if before and after:
            (t0, v0), (t1, v1) = before[-1], after[0]
            if t1 - t0 - 1 <= limit:
                out[i, j] = v0 + (v1 - v0) * (years[i] - t0) / (t1 - t0)
        elif ends == "carry" and known:
            t, v = before[-1] if before else after[0]
            if abs(t - years[i]) <= limit:
                out[i, j] = v
    return out


@LAW
@given(panel=panels(), limit=st.sampled_from([None, 1, 2, 5]))
def test_carry_forward_is_the_slow_loop(panel, limit):
    x, units, years = panel
    table, log = impute.carry_forward(x, limit, unit=units, period=years)
    close(table, slow_carry(x, units, years, limit or math.inf))
    assert len(log) == np.isnan(x).sum()
    np.testing.assert_array_equal(log["after"].isna(), log["why"].str.startswith("left missing"))


@LAW
@given(panel=panels(), limit=st.sampled_from([None, 1, 2, 5]), ends=st.sampled_from(["missing", "carry"]))
def test_interpolate_is_the_slow_loop(panel, limit, ends):
    x, units, years = panel
    table, log = impute.interpolate(x, limit, unit=units, period=years, ends=ends)
    close(table, slow_line(x, units, years, limit or math.inf, ends))
    assert len(log) == np.isnan(x).sum()
    np.testing.assert_array_equal(log["after"].isna(), log["why"].str.startswith("left missing"))


@LAW
@given(start=st.integers(-999, 999), slope=st.integers(-99, 99), data=st.data())
def test_a_line_is_recovered_exactly(start, slope, data):
    years = np.arange(2000, 2020)
    line = start + slope * (years - 2000.0)
    holes = data.draw(arrays(bool, 20))
    holes[[0, 19]] = False
    same(impute.interpolate(np.where(holes, nan, line), period=years).table, line)


def test_a_hole_as_long_as_the_limit_is_filled_and_a_longer_one_is_not():
    years, x = [2000, 2001, 2002, 2003], [1.0, nan, nan, 4.0]
    same(impute.interpolate(x, 2, period=years).table, [1.0, 2.0, 3.0, 4.0])
    same(impute.interpolate(x, 1, period=years).table, x)
    same(impute.carry_forward(x, 2, period=years).table, [1.0, 1.0, 1.0, 4.0])
    same(impute.carry_forward(x, 1, period=years).table, [1.0, 1.0, nan, 4.0])


def test_distance_is_by_calendar_and_not_by_row():
    index = pd.Index(["2020Q1", "2020年第二季度", "2021-Q1"], name="period")
    table, log = impute.interpolate(pd.DataFrame({"x": [0.0, nan, 8.0]}, index=index))
    assert table["x"].tolist() == [0.0, 2.0, 8.0]
    assert log[["unit", "period"]].values.tolist() == [[None, "2020年第二季度"]]
    assert log["why"].tolist() == ["on the line between 2020Q1 and 2021Q1"]


def test_every_reason_to_leave_a_cell_missing_is_said():
    years = [2000, 2001, 2004, 2010, 2011]
    line = impute.interpolate([nan, 1.0, nan, 2.0, nan], 4, period=years)
    assert line.log["why"].tolist() == [
        "left missing: before the first known value of the unit, no extrapolation",
        "left missing: 8 years between 2001 and 2010, limit 4",
        "left missing: after the last known value of the unit, no extrapolation",
    ]
    carried = impute.interpolate([nan, nan, 1.0, 2.0, nan], 2, period=[1999, *years[1:]], ends="carry")
    same(carried.table, [nan, nan, 1.0, 2.0, 2.0])
    assert carried.log["why"].tolist() == [
        "left missing: before the first known value of the unit, 5 years away, limit 2",
        "left missing: before the first known value of the unit, 3 years away, limit 2",
        "carried from 2010, 1 year away",
    ]
    two = pd.DataFrame({"city": list("aabb"), "year": [1, 2, 1, 2], "x": [1.0, nan, nan, nan]})
    two["year"] += 2000
    assert impute.interpolate(two, unit="city", period="year").log["why"].tolist() == [
        "left missing: after the last known value of the unit, no extrapolation",
        "left missing: the unit has no value",
        "left missing: the unit has no value",
    ]
    assert impute.carry_forward(two, unit="city", period="year").log["why"].tolist() == [
        "carried forward from 2001, 1 year old",
        "left missing: the unit has no earlier value",
        "left missing: the unit has no earlier value",
    ]


def test_units_and_periods_from_columns_levels_and_the_index_of_dates():
    columns = {"city": list("abab"), "month": ["2024-01", "2024-01", "2024-02", "2024-03"], "x": [1.0, 5.0, nan, nan]}
    frame = pd.DataFrame(columns)
    named = impute.carry_forward(frame, 1, unit="city", period="month")
    same(named.table["x"], [1.0, 5.0, 1.0, nan])
    assert named.log[["unit", "period"]].values.tolist() == [["a", "2024-02"], ["b", "2024-03"]]
    levels = impute.carry_forward(frame.set_index(["city", "month"]), 1, unit="city", period="month")
    same(levels.table["x"], named.table["x"])
    unasked = frame.rename(columns={"city": "unit", "month": "period"}).set_index(["unit", "period"])
    same(impute.carry_forward(unasked, limit=1).table["x"], named.table["x"])
    polars = impute.carry_forward(pl.DataFrame(columns).fill_nan(None), 1, unit="city", period="month")
    assert polars.table["x"].to_list() == [1.0, 5.0, 1.0, None]
    dated = pd.DataFrame({"x": [1.0, nan]}, index=pd.to_datetime(["2024-01-31", "2024-02-29"]))
    assert impute.carry_forward(dated).table["x"].tolist() == [1.0, 1.0]


def test_later_rows_are_filled_by_their_own_past():
    fitted = impute.carry_forward.fit(pd.DataFrame({"year": [2000], "x": [1.0]}), 3, period="year")
    later = pd.DataFrame({"year": [2001, 2002], "x": [7.0, nan]})
    assert fitted(later).table["x"].tolist() == [7.0, 7.0]


@pytest.mark.parametrize("function", [impute.carry_forward, impute.interpolate])
def test_what_cannot_be_ordered_in_time_is_refused(function):
    frame = pd.DataFrame({"city": list("aab"), "year": [2000, 2000, 2000], "x": [1.0, nan, nan]})
    with pytest.raises(SpecError, match="period: name the column"):
        function(frame[["x"]])
    with pytest.raises(SpecError, match="did you mean 'year'"):
        function(frame, period="yaer")
    with pytest.raises(DataError, match="unit 'a': two rows of period 2000; keep one") as error:
        function(frame, unit="city", period="year")
    assert len(error.value.faults) == 1
    with pytest.raises(DataError, match="or name the unit with unit="):
        function(frame[["year", "x"]], period="year")
    with pytest.raises(DataError, match="cannot read 'soon'"):
        function([1.0, nan], period=["2000", "soon"])
    with pytest.raises(DataError, match=r"column 0.*no value"):
        function([nan, nan], period=[2000, 2001])
    with pytest.raises(SpecError, match="limit: at least 1"):
        function([1.0, nan], 0, period=[2000, 2001])
    with pytest.raises(SpecError, match="limit: int"):
        function([1.0, nan], 1.5, period=[2000, 2001])
    with pytest.raises(SpecError, match="learns nothing from other rows"):
        function([1.0, nan], period=[2000, 2001], fit_on=slice(1))
