"""A cross-section of last values: each unit's own, whatever the order of the rows, and the log says of when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index.cli import main

NAN = float("nan")
PARTS: dict[str, Any] = {
    "groups": [hi.Group("all")],
    "indicators": [hi.Indicator("x", "all"), hi.Indicator("y", "all", direction=-1)],
    "coverage": 0.1,
}
INDEX = hi.Index(unit="land", period="year", data={"latest": True}, **PARTS)
TABLE = pd.DataFrame(
    {
        "land": ["Aland", "Bland", "Cland"] * 3,
        "year": [2011] * 3 + [2012] * 3 + [2013] * 3,
        "x": [1.5, 7.25, 3.0, 4.5, NAN, 2.0, 9.0, NAN, NAN],
        "y": [6.0, NAN, 2.5, NAN, NAN, 8.0, 3.0, NAN, 4.0],
    }
)


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(2001, 2009), st.integers(0, 9)), min_size=4, unique_by=lambda r: r[:2]
    ),
    st.randoms(),
)
def test_each_unit_has_its_own_last_value(rows: list[tuple[int, int, int]], random: Any) -> None:
    """The oracle goes through the years from the last one back; 0 stands for a gap."""
    cells = {(unit, year): value or NAN for unit, year, value in rows}
    random.shuffle(rows)
    frame = pd.DataFrame({"land": [f"u{r[0]}" for r in rows], "year": [r[1] for r in rows]})
    frame["x"] = [cells[r[:2]] for r in rows]
    frame["y"] = np.arange(len(rows)) ** 2.0 + 0.1
    try:
        found = INDEX.compute(frame).raw["x"]
    except hi.DataError:
        return
    for unit in {r[0] for r in rows}:
        own = [cells[unit, year] for year in range(2009, 2000, -1) if (unit, year) in cells]
        wanted = next((value for value in own if value == value), NAN)
        assert found[f"u{unit}"] == pytest.approx(wanted, nan_ok=True)


def test_the_log_says_of_which_period_every_value_is() -> None:
    result = INDEX.compute(TABLE)
    assert result.raw.to_dict("list") == {"x": [9.0, 7.25, 2.0], "y": [3.0, pytest.approx(NAN, nan_ok=True), 4.0]}
    assert result.panel.periods is None
    assert list(result.scores.index) == ["Aland", "Bland", "Cland"]
    lines = [why for why in result.log["why"] if "latest = true" in why]
    assert lines == [
        "last values of 'x' (latest = true): 2013 for 1 unit; 2012 for Cland; 2011 for Bland",
        "last values of 'y' (latest = true): 2013 for 2 units; none for Bland",
    ]


def test_it_is_what_a_table_of_the_last_values_gives() -> None:
    """Also scored later, with other columns looked at beside it, and where [data] names the periods."""
    last = pd.DataFrame({"land": ["Aland", "Bland", "Cland"], "x": [9.0, 7.25, 2.0], "y": [3.0, NAN, 4.0]})
    plain = hi.Index(unit="land", **PARTS).compute(last)
    for index in (INDEX, INDEX.replace({"period": None, "data": {"latest": True, "period": "year"}})):
        result = index.compute(TABLE.sample(frac=1, random_state=3).sort_values("land", kind="stable"))
        pd.testing.assert_frame_equal(result.scores, plain.scores)
        pd.testing.assert_frame_equal(index.fit(TABLE).score(TABLE).scores, plain.scores)
        # A table without periods, a row a unit, is one of last values already.
        pd.testing.assert_frame_equal(index.compute(last).scores, plain.scores)


def test_what_stands_above_a_result_takes_it(tmp_path: Path) -> None:
    frame = pd.concat([TABLE, TABLE.assign(land=TABLE["land"] + "_2", x=TABLE["x"] * 1.7, y=TABLE["y"] + 0.3)])
    frame["people"] = np.arange(len(frame)) + 1.0
    result = INDEX.compute(frame)
    assert len(result.long("score")) == 6
    assert hi.audit(INDEX, frame, sizes=["people"]).summary()
    released = hi.release(result, tmp_path / "v1")
    again = hi.Index.read(tmp_path / "v1" / "index.toml").compute(released.data)
    pd.testing.assert_frame_equal(again.scores, result.scores)
    assert hi.Index.from_toml(INDEX.to_toml()) == INDEX


@pytest.mark.parametrize("layout", ["wide", "long"])
def test_a_file_through_the_command(tmp_path: Path, layout: str) -> None:
    data = (
        {"latest": True} if layout == "wide" else {"latest": True, "layout": "long", "indicator": "what", "value": "v"}
    )
    INDEX.replace({"data": data}).write(tmp_path / "index.toml")
    long = TABLE.melt(["land", "year"], var_name="what", value_name="v")
    (TABLE if layout == "wide" else long).to_csv(tmp_path / "t.csv", index=False)
    command = ["compute", *map(str, (tmp_path / "index.toml", tmp_path / "t.csv", "--out", tmp_path / "out"))]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    found = pd.read_csv(tmp_path / "out" / "scores.csv", index_col=0)["all"]
    assert found.to_dict() == pytest.approx(INDEX.compute(TABLE).scores["all"].to_dict())
    assert "t.csv: last values of" in (tmp_path / "out" / "log.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"unit": None}, "name the unit column"),
        ({"period": None}, "name the column, period, in the index or in"),
        ({"base": "2012"}, "base: latest = true leaves one value a unit"),
        ({"weigh_on": "period"}, "weigh_on: latest = true"),
        ({"data": {"latest": "yes"}}, "latest: true or false, not 'yes'"),
        ({"x.start": "2012"}, "indicator 'x': start: latest = true leaves no periods"),
    ],
)
def test_what_does_not_go_with_it_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(hi.SpecError, match=told):
        INDEX.replace(given)


def test_a_misspelt_period_of_a_panel_is_told() -> None:
    with pytest.raises(hi.DataError, match="the period column 'year' is missing"):
        INDEX.compute(TABLE.rename(columns={"year": "yaer"}))
