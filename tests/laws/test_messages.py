"""Messages that stay readable: long lists in short, equal faults once, labels that can be told apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._robustness.labels import listed_words
from hengdian_index.errors import readable, suggestion

LANDS = [f"Land of number {i}" for i in range(120)]


def of_lands(**choices: object) -> tuple[hi.Index, pd.DataFrame]:
    """Return an index with a base and rows of many lands over two years."""
    rows = [(land, year, float(i % 7 + year - 1999), 1.0 + i) for i, land in enumerate(LANDS) for year in (2000, 2001)]
    index = hi.Index(
        unit="land",
        period="year",
        normalise={"method": "min_max", "lower": 1, "upper": 10},
        groups=[hi.Group("all"), hi.Group("one", "all"), hi.Group("two", "all")],
        indicators=[hi.Indicator("x", "one"), hi.Indicator("y", "two")],
        **choices,
    )
    return index, pd.DataFrame(rows, columns=["land", "year", "x", "y"])


@given(st.lists(st.text(min_size=1, max_size=30), max_size=200))
def test_a_list_of_names_is_read_at_one_sight(names: list[str]) -> None:
    said = readable(names)
    assert len(said) <= 420 or len(names) == 1
    shown = said.rpartition(" and ")[0] if said.endswith(" more") and len(", ".join(names)) > 400 else said
    assert ", ".join(names).startswith(shown)


def test_a_near_name_is_told_without_a_long_list() -> None:
    assert suggestion("Land of numbr 7", LANDS) == "; did you mean 'Land of number 7'?"
    assert suggestion("entrpy", ["equal", "entropy"]) == "; did you mean 'entropy'? (equal, entropy)"
    index, table = of_lands()
    with pytest.raises(hi.DataError) as error:
        index.compute(table).strengths("Land of nmber 3")
    assert len(str(error.value)) < 100
    wide = table.rename(columns={"year": "years"}).assign(**{f"column number {i}": 1 for i in range(90)})
    with pytest.raises(hi.DataError) as error:
        index.compute(wide)
    assert str(error.value) == "the period column 'year' is missing; did you mean 'years'?"
    with pytest.raises(hi.DataError) as error:
        index.compute(wide.drop(columns="x").rename(columns={"years": "year"}))
    assert len(str(error.value)) < 700
    assert "column 'x' is missing" in str(error.value)


def test_units_without_a_base_level_are_one_fault() -> None:
    index, table = of_lands(base="2000", coverage=1.0)
    table.loc[(table["year"] == 2000) & table["land"].isin(LANDS[:40]), "x"] = np.nan
    with pytest.raises(
        hi.DataError, match=r"^40 units have no score in the base period: .* and 35 more \(2 groups"
    ) as e:
        index.compute(table).series()
    assert len(e.value.faults) == 1
    few = table.copy()
    few.loc[few["land"].isin(LANDS[1:40]), "x"] = 5.0
    with pytest.raises(hi.DataError, match="unit 'Land of number 0': 'all' has no score in the base period"):
        index.compute(few).series()


def test_cells_with_the_same_text_are_one_fault() -> None:
    index, table = of_lands()
    texts = table.astype({"x": object})
    texts.loc[texts.index % 3 == 0, "x"] = ".."
    texts.loc[4, "x"] = "5,3"
    texts.loc[6, "y"] = np.inf
    with pytest.raises(hi.DataError) as error:
        index.compute(texts)
    assert len(error.value.faults) == 3
    said = str(error.value)
    assert "'..' is not a number" in said
    assert "; and so in 79 more cells of the column" in said
    assert "'5,3' is not a number" in said


def test_what_is_no_part_of_an_index_is_told_once() -> None:
    with pytest.raises(hi.SpecError) as error:
        hi.Index(groups=["total"], indicators=["a", "b", hi.Indicator("c", "total")])
    assert str(error.value).splitlines() == [
        "group 1: hi.Group or a mapping of its fields, not 'total'",
        "indicator 1: hi.Indicator or a mapping of its fields, not 'a'",
        "indicator 2: hi.Indicator or a mapping of its fields, not 'b'",
    ]


def test_rows_of_a_panel_can_be_told_apart_in_a_list() -> None:
    rows = [("Korea, Rep.", 2015), ("Peru", 2014), ("Peru", 2015)]
    assert listed_words(rows) == "Korea, Rep. (2015), Peru (2014) and Peru (2015)"
    assert listed_words(["a", "b"]) == "a and b"
    index, table = of_lands()
    table.loc[table["land"].isin(LANDS[:2]), ["x", "y"]] = np.nan
    said = hi.uncertainty(index, table, {"weights": hi.Noise(0.2)}, draws=4).summary()
    names = [f"{land} ({year})" for land in LANDS[:2] for year in (2000, 2001)]
    assert f"No draw gives a score to {', '.join(names[:3])} and {names[3]}." in said


def test_one_is_one() -> None:
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g")])
    result = index.compute({"a": [1.0, 2.0]})
    assert repr(index) == "<Index '': 1 group, 1 indicator>"
    assert repr(result) == "<Result of an index: 2 rows, 1 group, 1 indicator>"
    assert "2 rows, 1 indicator in 1 group." in result.method()


def test_a_fit_says_its_rows_by_units_and_periods() -> None:
    index, table = of_lands()
    assert repr(index.fit(table, fit_on="2000")).endswith("learnt from 120 rows (120 units, 2000)>")
    assert "240 rows (120 units, 2000 to 2001)" in index.fit(table)._repr_html_()


LOGGED = hi.Index(
    unit="land", period="year", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all", treat="log")]
)


def lands(n: int) -> pd.DataFrame:
    """Return two years of n lands, all values below 0."""
    return pd.DataFrame({"land": np.repeat([f"L{i}" for i in range(n)], 2), "year": [2011, 2012] * n, "x": -2.0})


def said(index: hi.Index, table: pd.DataFrame, **options: object) -> list[str]:
    with pytest.raises(hi.DataError) as error:
        index.fit(table, **options)
    return [str(fault) for fault in error.value.faults]


def test_refused_cells_rows_and_masks_are_one_line_each() -> None:
    table = lands(15)
    assert said(LOGGED, table) == [
        "column 'x', unit 'L0', period 2011: -2: a logarithm or a power needs a value above 0; choose an offset, "
        "such as offset='range'; and so in 29 more cells of the column"
    ]
    mask = pd.array([True] * 10 + [None] * 20, dtype="boolean")
    (masked,) = said(LOGGED, table.assign(x=1.0 + table.index), fit_on=mask)
    assert masked.startswith("fit_on: row 10: the mask has no value")
    assert masked.endswith("; and so in 19 more rows")


def test_repeated_rows_name_both_places_and_are_told_once() -> None:
    table = lands(15).assign(x=1.0)
    (one,) = said(LOGGED, pd.concat([table, table[3:4]]))
    assert one == (
        "unit 'L1', period 2012 is given a second time, in row 30 after row 3, counted from 0; "
        "keep one row of each unit and period"
    )
    (all_,) = said(LOGGED, pd.concat([table, table]))
    assert "; and so in 29 more pairs of unit and period (units: 'L0', 'L1', 'L2', 'L3', 'L4' and 10 more)" in all_
    thrice = said(LOGGED, table.assign(land="L"))
    assert len(thrice) == len(set(thrice)) == 2
    assert "in row 2 after row 0, counted from 0 (and 13 more times)" in thrice[0]


def test_a_period_of_one_row_is_named_once_with_what_to_do() -> None:
    index = hi.Index(
        period="year",
        groups=[hi.Group("all", aggregate="topsis", scope="period")],
        indicators=[hi.Indicator("x", "all"), hi.Indicator("y", "all")],
    )
    with pytest.raises(hi.DataError) as error:
        index.compute(pd.DataFrame({"year": [2011, 2012, 2013], "x": [1.0, 3, 2], "y": [2.0, 1, 5]}))
    told = str(error.value)
    assert told.count("period 2011") == 1
    assert told.endswith("take scope = 'period' out")


def test_a_column_transformed_whole_has_one_line_in_the_log() -> None:
    table = lands(4)
    log = LOGGED.compute(table.assign(x=1.0 + table.index)).log
    assert log.loc[log["step"] == "treat", "why"].tolist() == ["log: all values transformed: ln(x)"]
