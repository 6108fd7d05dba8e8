"""Tables that stand on their side, have units in their headings, or a year in a column of its own."""

import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table

INDEX = hi.Index(period="q", groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g"), hi.Indicator("y", "g")])
TABLE = pd.DataFrame({"q": ["2001Q1", "2001Q2", "2002Q1"], "x": [1.0, 3.0, 2.0], "y": [4.0, 2.0, 8.0]})
TURNED = pd.DataFrame([["x (km)", 1.0, 3.0, 2.0], ["y", 4.0, 2.0, 8.0]], columns=["of", *TABLE["q"]])


@pytest.mark.parametrize(
    "table",
    [
        TABLE.rename(columns={"x": "x（万元）", "y": "y/元"}),
        TABLE.rename(columns={"x": "x [km]", "q": "q(quarter)"}),
        TURNED,
        TURNED.rename(columns={"of": "q"}),
        TABLE.assign(year=[2001, 2001, 2002], q=["Q1", "Q2", "Q1"]),
        TABLE.assign(年份=["2001年", "2001年", "2002年"], q=["一季度", "第二季度", "Ⅰ季度"]),
    ],
)
def test_one_way_to_read_a_table_is_taken_and_told(table: pd.DataFrame) -> None:
    before, given = INDEX.compute(TABLE), table.copy()
    result = INDEX.compute(table)
    pd.testing.assert_frame_equal(result.scores, before.scores)
    assert len(result.log[result.log["why"].str.contains("read")]) >= 1 or "turned" in " ".join(result.log["why"])
    pd.testing.assert_frame_equal(table, given)


@pytest.mark.parametrize(
    "table",
    [
        TABLE.rename(columns={"x": "x (km)"}).assign(**{"x (h)": 1.0}),
        TURNED.rename(columns={"2001Q2": "total"}),
        TABLE.assign(year=2001, Year=2002, q=["Q1", "Q2", "Q3"]),
        TABLE.assign(year=[2001, None, 2002], q=["Q1", "Q2", "Q1"]),
    ],
)
def test_two_ways_to_read_a_table_are_refused(table: pd.DataFrame) -> None:
    with pytest.raises(hi.DataError):
        INDEX.compute(table)


def test_years_of_floats_are_whole() -> None:
    index = INDEX.replace({"unit": "u"})
    result = index.compute(TABLE.assign(q=[2001.0, 2002.0, 2003.0], u="a"))
    assert result.scores.index.get_level_values("q").tolist() == [2001, 2002, 2003]
    assert result.scores.index.get_level_values("q").dtype.kind == "i"


def test_headings_that_are_set_wide_are_what_is_asked_for(tmp_path):
    path = tmp_path / "yearbook.csv"
    path.write_text("地  区,票\u3000房(万元),场 次\n甲,3,5\n乙,4,9\n", encoding="utf-8")
    parts = [hi.Indicator("票房", "all"), hi.Indicator("场次", "all")]
    index = hi.Index(unit="地区", groups=[hi.Group("all")], indicators=parts)
    result = index.compute(read_table(path, ["地区"]))
    assert result.scores["all"].tolist() == [0, 1]
    assert result.scores.index.tolist() == ["甲", "乙"]
    assert "column '地  区' read as '地区'" in " ".join(result.log["why"])


def test_two_columns_that_two_rows_name_alike_are_refused_not_mixed_up(tmp_path):
    rows = [["", "规模", "", "规模"], ["年份", "企业数", "收入", "企业数"], [2020, 1, 2, 3], [2021, 4, 5, 6]]
    pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed")
    pd.DataFrame(rows).to_excel(tmp_path / "d.xlsx", index=False, header=False, engine="xlsxwriter")
    parts = [{"code": "企业数", "parent": "all"}, {"code": "收入", "parent": "all"}]
    index = hi.Index(period="年份", groups=[{"code": "all"}], indicators=parts, data={"header_rows": 2})
    with pytest.raises(hi.DataError, match="企业数"):
        index.compute(tmp_path / "d.xlsx")
