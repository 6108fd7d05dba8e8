"""What headings and cells make of the columns of a table."""

import pandas as pd
import pytest

from hengdian_index._tables.form import Form
from hengdian_index._tables.roles import folded, heading_period, said_roles, words


@pytest.mark.parametrize(
    ("heading", "wanted"),
    [
        ("2019", 2019),
        (2019, 2019),
        (2019.0, 2019),
        ("2019 [YR2019]", 2019),
        ("YR2019", 2019),
        ("2019年", "2019年"),
        ("2019Q2", "2019Q2"),
        ("2019 [YR2020]", None),
        ("1200", None),
        ("9999", None),
        ("income [EUR]", None),
        ("sum 2019", None),
        (None, None),
    ],
)
def test_headings_that_are_periods(heading, wanted):
    assert heading_period(heading) == wanted


def test_words_are_compared_without_blanks_case_and_width():
    assert {folded(one) for one in ("OBS_VALUE", "obs value", "Obs.Value", "ＯＢＳ＿ＶＡＬＵＥ")} == {"obsvalue"}
    assert all(
        folded(one) == one for kind in ("units", "periods", "indicators", "values", "notes") for one in words(kind)
    )


def roles(columns, asked, **said):
    return said_roles(pd.DataFrame(columns), Form.of(said), asked, "town", "year")


def test_a_wide_table_has_no_roles_also_where_a_column_is_missing():
    assert roles({"town": ["A"], "year": [2000], "a": [1]}, ["a", "b"]) is None
    assert roles({"town": ["A"], "year": [2000], "a (EUR)": [1]}, ["a"]) is None
    assert roles({"town": ["A"], "year": [2000], "x": [1]}, ["a", "b"]) is None


def test_the_column_of_indicators_is_that_which_names_most_of_them():
    table = {"town": ["a", "B"], "year": [2000, 2000], "code": ["a", "b"], "name": ["a", "c"], "n": [1.5, 2.5]}
    found = roles(table, ["a", "b"])
    assert (found.layout, found.unit, found.period, found.indicator, found.value) == (
        "long",
        "town",
        "year",
        "code",
        "n",
    )
    assert roles(table, ["a", "c"]).indicator == "name"
    assert roles(table, ["a", "b"], layout="long", indicator="name").indicator == "name"
