"""The plain table of one that is long, of years or transposed, in the library that it came in."""

import pandas as pd
import pytest

import hengdian_index as hi

LONG = pd.DataFrame(
    {
        "地区": ["北京", "北京", "上海", "上海", "上海"],
        "年份": [2020, 2020, 2020, 2020, 2021],
        "指标": ["产值", "人数", "产值", "人数", "产值"],
        "数值": [7.5, 41, "1,206.5", 38, None],
    }
)
WANTED = pd.DataFrame(
    {
        "地区": ["北京", "上海", "上海"],
        "年份": [2020, 2020, 2021],
        "产值": [7.5, 1206.5, None],
        "人数": [41.0, 38.0, None],
    }
)


def test_headings_that_say_it_need_no_option():
    found = hi.tidy(LONG)
    pd.testing.assert_frame_equal(found, WANTED, check_dtype=False)
    assert found["产值"].dtype == float
    assert any("commas between thousands in 1 cell of '产值'" in line for line in found.attrs["liberties"])
    pd.testing.assert_frame_equal(hi.tidy(LONG.to_dict("list")), WANTED, check_dtype=False)


def test_options_say_what_headings_do_not():
    odd = LONG.set_axis(list("abcd"), axis=1)
    said = {"layout": "long", "unit": "a", "period": "b", "indicator": "c", "value": "d"}
    pd.testing.assert_frame_equal(
        hi.tidy(odd, **said), WANTED.set_axis([*"ab", "产值", "人数"], axis=1), check_dtype=False
    )
    with pytest.raises(hi.DataError, match=r"indicator = 'x' in .data., but the table has no such column"):
        hi.tidy(odd, **said | {"indicator": "x"})
    with pytest.raises(hi.SpecError, match="layout: no 'tall'"):
        hi.tidy(odd, layout="tall")


def test_years_across_and_tables_on_their_side():
    across = pd.DataFrame({"city": ["A", "B"], "2020": [1, 2], "2021 [YR2021]": [3.5, None]})
    wanted = pd.DataFrame({"city": list("AABB"), "period": [2020, 2021] * 2, "gdp": [1, 3.5, 2, None]})
    pd.testing.assert_frame_equal(hi.tidy(across, value="gdp"), wanted, check_dtype=False)
    named = hi.tidy(across.assign(indicator="x"), period="year")
    assert list(named.columns) == ["city", "year", "x"]
    with pytest.raises(hi.DataError, match="no column has the names of indicators"):
        hi.tidy(across)
    turned = pd.DataFrame({"what": ["gdp", "jobs"], "2020Q1": [1, 2], "2020Q2": [3, 4]})
    found = hi.tidy(turned, layout="transposed", period="quarter")
    assert found.to_dict("list") == {"quarter": ["2020Q1", "2020Q2"], "gdp": [1.0, 3.0], "jobs": [2.0, 4.0]}
    places = pd.DataFrame({"what": ["gdp", "jobs"], "A": [1, 2], "B": [3, 4]})
    assert hi.tidy(places, layout="transposed", unit="city")["city"].tolist() == ["A", "B"]


def test_a_dimension_is_chosen_by_where():
    ages = pd.concat([LONG.assign(age="all"), LONG.assign(age="young")], ignore_index=True)
    with pytest.raises(hi.DataError, match=r'(?s)age has several values: .*where = \{ age = "all" \}'):
        hi.tidy(ages)
    pd.testing.assert_frame_equal(hi.tidy(ages, where={"age": "all"}), WANTED, check_dtype=False)


def test_cells_and_repetitions_are_refused_by_row():
    with pytest.raises(hi.DataError, match=r"unit '上海', period 2021, indicator '产值': '—' is not a number"):
        hi.tidy(LONG.assign(数值=[7.5, 41, 3, 38, "—"]))
    assert hi.tidy(LONG.assign(数值=[7.5, 41, 3, 38, "—"]), missing_marks=["—"])["产值"].isna().sum() == 1
    twice = pd.concat([LONG, LONG.iloc[[1]]], ignore_index=True)
    with pytest.raises(
        hi.DataError, match="row 5, counted from 0: indicator '人数', unit '北京', period 2020 is given a sec"
    ):
        hi.tidy(twice)


def test_columns_of_the_indicator_and_of_the_value_say_that_a_table_is_long():
    table = LONG.set_axis(["where", "when", "what", "amount"], axis=1)
    found = hi.tidy(table, unit="where", period="when", indicator="what", value="amount")
    pd.testing.assert_frame_equal(found, WANTED.rename(columns={"地区": "where", "年份": "when"}))


def test_a_plain_table_stays_as_it_is():
    pd.testing.assert_frame_equal(hi.tidy(WANTED), WANTED)
    assert hi.tidy(WANTED, where={"地区": "上海"})["产值"].tolist()[0] == 1206.5


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_the_answer_is_of_the_library_of_the_table(library):
    module = pytest.importorskip(library)
    plain = LONG.assign(数值=[7.5, 41.0, 1206.5, 38.0, None])
    given = module.DataFrame(plain.to_dict("list")) if library == "polars" else module.Table.from_pandas(plain)
    found = hi.tidy(given)
    assert type(found) is type(given)
    rows = found.to_dicts() if library == "polars" else found.to_pylist()
    assert rows[1:] == [
        {"地区": "上海", "年份": 2020, "产值": 1206.5, "人数": 38.0},
        {"地区": "上海", "年份": 2021, "产值": None, "人数": None},
    ]
