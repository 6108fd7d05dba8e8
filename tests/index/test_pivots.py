"""Units in rows, periods in columns: the numbers of a panel as they are read side by side."""

import numpy as np
import pandas as pd
import pytest
from support.countries import index as countries_index
from support.tables import panel

import hengdian_index as hi

INDEX = hi.Index(
    unit="city",
    period="quarter",
    base="2001Q1",
    groups=[hi.Group("total"), hi.Group("left", "total"), hi.Group("right", "total")],
    indicators=[hi.Indicator(code, parent) for code, parent in zip("abcd", ["left"] * 2 + ["right"] * 2, strict=True)],
    normalise={"method": "min_max", "lower": 1, "upper": 100},
)


@pytest.fixture(scope="module")
def result():
    # Neither units nor periods stand in order, and one unit misses a period.
    return INDEX.compute(panel(5).drop(index=7).sample(frac=1, random_state=2))


@pytest.mark.parametrize(
    ("kind", "node", "table"),
    [
        ("score", None, lambda r: r.scores["total"]),
        ("score", "left", lambda r: r.scores["left"]),
        ("level", "right", lambda r: r.series()["right"]),
        ("rank", "total", lambda r: r.ranks()["total"]),
        ("normalised", "b", lambda r: r.normalised["b"]),
        ("raw", "c", lambda r: r.raw["c"]),
        ("prepared", "d", lambda r: r.prepared["d"]),
    ],
)
def test_each_number_stands_in_its_row_and_column(result, kind, node, table):
    found, wanted = result.pivot(kind, node), table(result)
    assert found.notna().to_numpy().sum() == len(wanted)
    for (city, quarter), value in wanted.items():
        assert found.loc[city, quarter] == value
    assert np.isnan(found.loc["y", "2001Q3"])


def test_units_stand_as_they_come_and_periods_in_time(result):
    found = result.pivot()
    assert [*found.columns] == ["2001Q1", "2001Q2", "2001Q3", "2001Q4", "2002Q1"]
    assert [*found.index] == [*dict.fromkeys(result.panel.unit_list())]
    assert (found.index.name, found.columns.name) == ("city", "quarter")


def test_labels_are_those_of_the_table():
    table = pd.DataFrame({"city": [3, 3, 1], "quarter": [2020, 2021, 2021], "a": [1.0, 2.0, 3.0]})
    index = hi.Index(unit="city", period="quarter", groups=[hi.Group("t")], indicators=[hi.Indicator("a", "t")])
    found = index.compute(table).pivot()
    assert found.loc[3, 2020] == 0.0
    assert found.loc[1, 2021] == 1.0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("scores",), "kind: no 'scores'; did you mean 'score'"),
        ((["score"],), "kind: no"),
        ((None,), "kind: no"),
        (("score", "a"), "node: no group 'a'"),
        (("raw", "lft"), "node: no indicator 'lft'"),
        (("raw",), "node: no indicator 'total'"),
    ],
)
def test_what_cannot_be_asked_is_refused(result, given, says):
    with pytest.raises(hi.SpecError) as refused:
        result.pivot(*given)
    assert says in str(refused.value)


def test_rows_without_units_or_periods_have_no_pivot():
    series = INDEX.replace({"unit": None}).compute(panel(5, "x"))
    with pytest.raises(hi.DataError, match="the rows have no unit"):
        series.pivot()
    flat = countries_index().compute(pd.DataFrame(np.eye(4) + 1, columns=list("abcd")).assign(who=list("wxyz")))
    with pytest.raises(hi.DataError, match="the rows have no period"):
        flat.pivot("rank")


def test_a_folder_of_tables_has_the_pivots_of_a_panel(result, tmp_path):
    files = result.to_csv(tmp_path / "panel")
    assert {"pivot_score.csv", "pivot_level.csv", "pivot_rank.csv"} <= set(files)
    read = pd.read_csv(tmp_path / "panel" / "pivot_level.csv", index_col="city")
    np.testing.assert_allclose(read, result.pivot("level"))
    unlevelled = INDEX.replace({"base": None}).compute(panel(3))
    assert {name for name in unlevelled.to_csv(tmp_path / "plain") if "pivot" in name} == {
        "pivot_score.csv",
        "pivot_rank.csv",
    }
    series = INDEX.replace({"unit": None}).compute(panel(5, "x"))
    assert not [name for name in series.to_csv(tmp_path / "series") if "pivot" in name]


def test_names_of_units_stand_beside_their_codes(tmp_path):
    table = panel(2).assign(called=lambda t: t["city"].str.upper())
    INDEX.replace({"unit_names": "called"}).compute(table).to_csv(tmp_path / "named")
    read = pd.read_csv(tmp_path / "named" / "pivot_rank.csv")
    assert read[["city", "called"]].to_numpy().tolist() == [["x", "X"], ["y", "Y"], ["z", "Z"]]
