"""Tables of Eurostat: dimensions in one cell, flags behind values, `:` missing, without a setting."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from support.workbooks import workbook

import hengdian_index as hi
from hengdian_index._tables.form import Form
from hengdian_index._tables.read_file import read_table

FLAGGED = """freq,sex,theme,geo\\TIME_PERIOD\t2019 \t2020 \t2021
A,T,jobs,DK\t61.5 \t62 b\t63.1
A,T,jobs,NA\t: \t55.5 e\t56.0 ep
A,T,rent,DK\t8 \t7.5 \t: c
A,T,rent,NA\t5 u\t6 \t6.5
"""
PLAIN = pd.DataFrame(
    [
        ["DK", 2019, 61.5, 8],
        ["DK", 2020, 62, 7.5],
        ["DK", 2021, 63.1, None],
        ["NA", 2019, None, 5],
        ["NA", 2020, 55.5, 6],
        ["NA", 2021, 56, 6.5],
    ],
    columns=["geo", "when", "jobs", "rent"],
)


def index(*codes, **more):
    indicators = [hi.Indicator(code, "all") for code in codes or ("jobs", "rent")]
    return hi.Index(unit="geo", period="when", coverage=0.4, groups=[hi.Group("all")], indicators=indicators, **more)


def written(folder, text, ending):
    if ending != "xlsx":
        (folder / f"t.{ending}").write_text(text, encoding="utf-8")
        return folder / f"t.{ending}"
    return workbook(folder / "t.xlsx", s=[line.split("\t") for line in text.splitlines()])


def computed(path, found=None):
    found = found or index()
    return found.compute(read_table(path, ["geo"], Form.of(found.data), found.columns))


def same(result, plain=PLAIN, found=None):
    expected = (found or index()).compute(plain).scores["all"]
    pd.testing.assert_series_equal(result.scores["all"].sort_index(), expected.sort_index())


@pytest.mark.parametrize("ending", ["tsv", "txt", "csv", "xlsx"])
def test_a_table_with_flags_needs_no_setting_and_the_log_counts_them(tmp_path, ending):
    result = computed(written(tmp_path, FLAGGED, ending))
    same(result)
    log = " ".join(line.why for line in result.entries)
    for told in (
        "flag 'e' (estimated) at 2 values, the first in line 3, '2020'",
        "flag 'p' (provisional) at 1 value, the first in line 3, '2021'",
        "flag 'c' (confidential) at 1 value, the first in line 4, '2021'",
        "':' read as missing at 2 values, the first in line 3, '2019'",
        "the same in every row: freq 'A', sex 'T'",
    ):
        assert told in log


def test_a_data_frame_of_the_same_text_is_read_alike():
    table = pd.read_csv(io.StringIO(FLAGGED), sep="\t")
    same(index().compute(table))


def test_another_dimension_that_varies_is_chosen_by_where(tmp_path):
    more = FLAGGED + "A,F,jobs,DK\t50 \t51 \t52\nA,F,jobs,NA\t40 \t41 \t42\n"
    path = written(tmp_path, more, "tsv")
    with pytest.raises(hi.DataError, match=r'sex has several values(.|\n)*where = \{ sex = "T" \}'):
        computed(path)
    same(computed(path, index(data={"where": {"sex": "T"}})))


def test_a_total_is_refused_and_its_line_heeded(tmp_path):
    path = written(tmp_path, FLAGGED + "A,T,jobs,EU27_2020\t9 \t9 \t9\nA,T,rent,EU27_2020\t9 \t9 \t9\n", "tsv")
    with pytest.raises(hi.DataError, match=r't\.tsv line 6: .*EU27_2020.*exclude = \["EU27_2020"\]'):
        computed(path)
    same(computed(path, index(exclude=["EU27_2020"])))


@pytest.mark.parametrize(
    ("heads", "text"), [("2021-Q1 \t2021-Q2 ", ["2021Q1", "2021Q2"]), ("2021M03 \t2021M04", ["2021-03", "2021-04"])]
)
def test_one_dimension_and_periods_within_the_year(tmp_path, heads, text):
    path = written(tmp_path, f"geo\\TIME_PERIOD\t{heads}\nNA\t1 \t2 p\nDK\t3 \t4\n", "tsv")
    result = computed(path, index("jobs", data={"value": "jobs"}))
    assert list(dict.fromkeys(result.panel.periods.text)) == text
    assert set(result.panel.unit_list()) == {"NA", "DK"}


def test_what_is_no_value_of_the_format_is_refused_with_its_place(tmp_path):
    path = written(tmp_path, FLAGGED.replace("62 b", "62 Q"), "tsv")
    with pytest.raises(hi.DataError, match=r"t\.tsv line 2, unit 'DK'.*'62 Q' is not a number"):
        computed(path)
    broken = written(tmp_path, FLAGGED.replace("A,T,rent,NA", "A,T,rent"), "tsv")
    with pytest.raises(hi.DataError, match=r"t\.tsv line 5: 3 dimensions in the first cell, 4 in the heading"):
        computed(broken)
