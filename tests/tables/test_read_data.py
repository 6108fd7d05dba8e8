"""Several files as one table, what does not match told; any file as a plain table, with its log."""

from __future__ import annotations

import logging
import sys

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from support.workbooks import workbook

import hengdian_index as hi
from hengdian_index._tables.form import Form
from hengdian_index._tables.read_data import read_data
from hengdian_index.cli import main

SPEC = """
[index]
name = "Try"
unit = "town"
period = "year"
coverage = 0.3
{more}
[[group]]
code = "all"
[[indicator]]
code = "income"
parent = "all"
[[indicator]]
code = "air"
parent = "all"
"""
INDEX = hi.Index.from_toml(SPEC.format(more=""))
WHOLE = pd.DataFrame(
    [["Ulm", 2020, 31.0, 8.5], ["Ulm", 2021, 33, 8], ["Bonn", 2020, 28, 5], ["Bonn", 2021, 27, 6]],
    columns=["town", "year", "income", "air"],
)


def across(name):
    return WHOLE.pivot(index="town", columns="year", values=name).loc[["Ulm", "Bonn"]].reset_index()


def folder(path, **tables):
    path.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.to_csv(path / f"{name}.csv", index=False)
    return path


def computed(given, index=INDEX):
    return index.compute(read_data(given, Form.of(index.data), index.columns, index.unit, index.period))


def same(result, index=INDEX, table=WHOLE):
    expected = index.compute(table).scores["all"]
    pd.testing.assert_series_equal(result.scores["all"].sort_index(), expected.sort_index())


def log(result):
    return " | ".join(line.why for line in result.entries)


def test_a_folder_of_years_across_is_refused_with_the_line_that_reads_it(tmp_path):
    files = folder(tmp_path / "many", income=across("income"), air=across("air"))
    with pytest.raises(hi.DataError, match=r'air\.csv(.|\n)*layout = "years"'):
        computed(files)
    index = INDEX.replace({"data": {"layout": "years"}})
    same(computed(files, index))
    same(computed([files / "air.csv", files / "income.csv"], index))


def test_files_with_unit_period_and_value_are_each_the_indicator_they_are_called_by(tmp_path):
    parts = {name: WHOLE[["town", "year", name]].rename(columns={name: "Value of it"}) for name in ("income", "air")}
    result = computed(folder(tmp_path / "many", **parts))
    same(result)
    assert "the values of 'Value of it' read as 'income'" in log(result)


def test_files_may_have_several_indicators_and_such_as_nothing_asks_for(tmp_path):
    more = WHOLE.assign(rent=[1, 2, 3, 4])[["town", "year", "income", "rent"]]
    files = folder(tmp_path / "many", economy=more, air=WHOLE[["town", "year", "air"]], other=across("air"))
    (files / "readme.md").write_text("no table")
    result = computed(files)
    same(result)
    assert "economy.csv: columns that are not taken: 'rent'" in log(result)
    assert "other.csv: not read, for the index uses none of its columns" in log(result)


def test_two_value_columns_are_refused_until_one_is_named(tmp_path):
    parts = {
        name: WHOLE[["town", "year", name]].rename(columns={name: "figure"}).assign(error=0.1)
        for name in ("income", "air")
    }
    files = folder(tmp_path / "many", **parts)
    with pytest.raises(hi.DataError, match=r"air\.csv: .*'figure', 'error'; write value = "):
        computed(files)
    same(computed(files, INDEX.replace({"data": {"value": "figure"}})))


def test_what_does_not_match_is_told_with_counts(tmp_path):
    air = WHOLE[["town", "year", "air"]]
    short = air[(air["town"] == "Ulm") | (air["year"] == 2020)]
    extra = pd.concat([short, pd.DataFrame([["Essen", 2022, 7.0]], columns=short.columns)])
    result = computed(folder(tmp_path / "many", income=WHOLE[["town", "year", "income"]], air=extra))
    told = log(result)
    assert "income.csv lacks 1 of 3 units that others have: 'Essen'; values are missing there" in told
    assert "income.csv lacks 1 of 3 periods that others have: 2022; values are missing there" in told
    assert "air.csv lacks 1 pair of unit and period that others have, the first of 'Bonn'" in told
    assert result.panel.n == 5


def test_one_unit_under_two_names_is_named_with_both(tmp_path):
    parts = {
        "income": pd.DataFrame({"town": ["鞍山", "大连"], "year": 2020, "income": [1, 2]}),
        "air": pd.DataFrame({"town": ["鞍山市", "大连"], "year": 2020, "air": [1, 2]}),
    }
    files = folder(tmp_path / "many", **parts)
    with pytest.raises(hi.DataError, match=r"鞍山.*鞍山市"):
        computed(files)
    table = read_data(files, Form(), INDEX.columns, "town", "year")
    assert any("'鞍山市' (air.csv)" in line and "'鞍山' (income.csv)" in line for line in table.attrs["liberties"])


def test_periods_are_one_however_they_are_written(tmp_path):
    air = WHOLE[["town", "year", "air"]].assign(year=["2020年", "2021年"] * 2)
    result = computed(folder(tmp_path / "many", income=WHOLE[["town", "year", "income"]], air=air))
    assert result.panel.n == 4
    np.testing.assert_allclose(
        result.scores["all"].to_numpy()[[1, 0, 3, 2]], INDEX.compute(WHOLE).scores["all"].to_numpy()[[1, 0, 3, 2]]
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda t: pd.concat([t, t.iloc[:1]]),
            r"air\.csv line 6: town 'Ulm', year 2020 is given a second time, after line 2",
        ),
        (lambda t: t.assign(town=["Ulm", None, "Bonn", "Bonn"]), r"air\.csv line 3: no town; write it"),
        (
            lambda t: t.assign(air=["8.5", "—", "5", "6"]),
            r"^air\.csv line 3, unit 'Ulm', period 2021, indicator 'air'",
        ),
        (
            lambda t: t.assign(income=[31, 99, 28, 27]),
            r"income\.csv line 3: 'income' is 33.*, but 99 in line 3 of air\.csv",
        ),
    ],
)
def test_faults_have_their_file_and_line(tmp_path, change, told):
    files = folder(
        tmp_path / "many", income=WHOLE[["town", "year", "income"]], air=change(WHOLE[["town", "year", "air"]])
    )
    with pytest.raises(hi.DataError, match=told):
        computed(files)


def both(path, **columns):
    """Write two files, the second with some other columns; return their paths, which have no name together."""
    more = pd.concat([WHOLE, pd.DataFrame([["Rome", 2020, 9.0, 4.0]], columns=WHOLE.columns)])
    folder(path, income=more[["town", "year", "income"]], air=more[["town", "year", "air"]].assign(**columns))
    return [path / "income.csv", path / "air.csv"]


@pytest.mark.parametrize("left_out", [[], ["Rome"]])
@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"air": ["8", "7", "6", "many", "5"]}, r"^air\.csv line 5, unit 'Bonn', period 2021, indicator 'air'"),
        (
            {"town": ["Ulm", "Ulm", "Bonn", "Bonn", "ulm "]},
            r"^air\.csv line 6: units 'Ulm', 'ulm' differ in case alone",
        ),
        ({"year": [2020, 2021, 2020, "later", 2020]}, r"year: .*line 5 of air\.csv"),
    ],
)
def test_faults_of_joined_files_name_the_file_once_with_its_line(tmp_path, columns, told, left_out):
    index = INDEX.replace({"exclude": left_out})
    with pytest.raises(hi.DataError, match=told) as caught:
        computed(both(tmp_path, **columns), index)
    assert str(caught.value).count("air.csv") == 1


def test_the_log_of_joined_files_names_each_file_once(tmp_path):
    files = both(tmp_path, air=["8.5 ", "1 008", "5", "６", "4"])
    told = [*log(computed(files)).split(" | "), *hi.read(files, unit="town", period="year").attrs["log"]]
    assert any("air.csv" in line for line in told)
    assert not [line for line in told if "2 files" in line or line.count("air.csv") > 1]


def test_the_same_figures_in_two_files_are_one_column(tmp_path):
    same(computed(folder(tmp_path / "many", income=WHOLE, air=WHOLE[["town", "year", "air"]])))


def test_sheets_that_each_have_an_indicator_are_joined_where_they_are_named(tmp_path):
    sheets = {
        name: [list(map(str, across(name).columns)), *across(name).to_numpy().tolist()] for name in ("income", "air")
    }
    book = workbook(tmp_path / "b.xlsx", **sheets)
    index = INDEX.replace({"data": {"layout": "years", "sheet": ["income", "air"]}})
    same(computed(book, index))
    assert index.data["sheet"] == ("income", "air")
    again = hi.Index.from_toml(index.to_toml()) if hasattr(index, "to_toml") else index
    same(computed(book, again))
    bad = workbook(
        tmp_path / "c.xlsx", **{**sheets, "air": [["town", "2020", "2021"], ["Ulm", 3, "x"], ["Bonn", 1, 2]]}
    )
    with pytest.raises(hi.DataError, match=r"^c\.xlsx sheet 'air' line 2, .*'air' \(cell C2\): 'x' is not a number"):
        computed(bad, index)


def test_an_index_with_several_sheets_goes_through_its_files(tmp_path):
    index = INDEX.replace({"data": {"sheet": ["income", "air"]}})
    for name in ("i.toml", "i.xlsx"):
        index.write(tmp_path / name)
        assert hi.Index.read(tmp_path / name).data == index.data


def test_a_folder_without_tables_and_files_without_labels_are_refused(tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(hi.DataError, match="no table in this folder"):
        computed(tmp_path / "none")
    files = folder(tmp_path / "many", income=across("income"), air=across("air"))
    bare = hi.Index(groups=INDEX.groups, indicators=INDEX.indicators)
    with pytest.raises(hi.SpecError, match="joined on unit and period; name at least one"):
        computed(files, bare)


def test_the_commands_take_a_folder_and_several_files(tmp_path):
    (tmp_path / "i.toml").write_text(SPEC.format(more='[data]\nlayout = "years"'), encoding="utf-8")
    files = folder(tmp_path / "many", income=across("income"), air=across("air"))
    WHOLE.to_csv(tmp_path / "whole.csv", index=False)
    (tmp_path / "plain.toml").write_text(SPEC.format(more=""), encoding="utf-8")

    def scores(spec, *data):
        out = tmp_path / f"out{len(data)}{data[0].name}"
        run = CliRunner().invoke(main, ["compute", str(tmp_path / spec), *map(str, data), "--out", str(out)])
        assert run.exit_code == 0, run.output
        return pd.read_csv(out / "scores.csv").set_index(["town", "year"]).sort_index()

    expected = scores("plain.toml", tmp_path / "whole.csv")
    pd.testing.assert_frame_equal(scores("i.toml", files), expected)
    pd.testing.assert_frame_equal(scores("i.toml", files / "air.csv", files / "income.csv"), expected)
    run = CliRunner().invoke(main, ["report", str(tmp_path / "i.toml"), str(files), str(tmp_path / "r.html")])
    assert run.exit_code == 0, run.output
    run = CliRunner().invoke(main, ["check", str(tmp_path / "i.toml"), *map(str, files.iterdir())])
    assert "4 rows fit" in run.output


class TestRead:
    def test_a_file_is_a_plain_table_with_its_log(self, tmp_path, caplog):
        path = tmp_path / "t.csv"
        path.write_bytes("各市，2022\n城市;收入;编号\n甲市;1.234,5;007\n乙市;2,25;8\n注：估计\n".encode("gb18030"))
        with caplog.at_level(logging.INFO):
            table = hi.read(path, unit="编号")
        assert table["收入"].tolist() == [1234.5, 2.25]
        assert table["编号"].tolist() == ["007", "8"]
        said = " ".join(table.attrs["log"])
        for told in (
            "t.csv: read as GB18030",
            "semicolons",
            "line 1 is a title",
            "line 5 below the table is a note",
            "decimal commas in 2 cells",
        ):
            assert told in said
        assert set(table.attrs) == {"log"}

    def test_what_is_no_number_stays_text_and_is_said(self, tmp_path):
        (tmp_path / "t.csv").write_text("town,x\nA,1\nB,2\nC,…\nD,4\n", encoding="utf-8")
        table = hi.read(tmp_path / "t.csv")
        assert table["x"].tolist() == ["1", "2", "…", "4"]
        assert table.attrs["log"] == ("t.csv: 1 cell of 'x' no number, the first '…' in line 4; the column stays text",)
        plain = hi.read(tmp_path / "t.csv", missing_marks=["…"])
        assert plain["x"].isna().tolist() == [False, False, True, False]
        assert "'…' read as missing in 1 cell of 'x', the first in line 4" in plain.attrs["log"][0]
        (tmp_path / "n.csv").write_text("town,x\nA,1\nB,-9\n", encoding="utf-8")
        assert hi.read(tmp_path / "n.csv", missing_marks=[-9])["x"].isna().tolist() == [False, True]

    def test_a_name_that_looks_like_a_missing_value_stays(self, tmp_path):
        (tmp_path / "t.csv").write_text("iso,x\nNA,1\nDE,NA\n", encoding="utf-8")
        table = hi.read(tmp_path / "t.csv")
        assert table["iso"].tolist() == ["NA", "DE"]
        assert table["x"].isna().tolist() == [False, True]

    def test_shapes_and_formats_that_declare_themselves(self, tmp_path):
        across("income").to_csv(tmp_path / "years.csv", index=False)
        table = hi.read(tmp_path / "years.csv", layout="years", unit="town", period="year", value="income")
        assert table.sort_values(["town", "year"])["income"].tolist() == [28, 27, 31, 33]
        (tmp_path / "e.tsv").write_text(
            "freq,theme,geo\\TIME_PERIOD\t2020 \t2021\nA,jobs,DK\t1 p\t: \nA,air,DK\t3\t4\n"
        )
        found = hi.read(tmp_path / "e.tsv", unit="geo", period="year")
        assert found["jobs"].tolist()[0] == 1
        assert found["jobs"].isna().tolist() == [False, True]
        assert found["air"].tolist() == [3, 4]

    def test_a_folder_is_joined(self, tmp_path):
        files = folder(tmp_path / "many", income=across("income"), air=across("air"))
        table = hi.read(files, layout="years", unit="town", period="year")
        same(INDEX.compute(table))
        assert "2 tables joined to 4 rows" in " ".join(table.attrs["log"])

    def test_its_log_goes_into_that_of_what_is_computed_on_it(self, tmp_path):
        WHOLE.to_csv(tmp_path / "t.csv", index=False, sep=";")
        table = hi.read(tmp_path / "t.csv")
        result = INDEX.compute(table[table["year"] > 2019].sort_values("year"))
        same(result)
        assert "t.csv: cells are parted by semicolons" in log(result)

    def test_options_that_cannot_be_read_are_refused(self, tmp_path):
        with pytest.raises(hi.SpecError, match="layout"):
            hi.read(tmp_path / "t.csv", layout="tall")
        with pytest.raises(hi.DataError, match="no such file"):
            hi.read(tmp_path / "t.csv")


class TestXarray:
    @pytest.fixture
    def cube(self):
        xarray = pytest.importorskip("xarray", reason="xarray is not installed")
        return WHOLE.set_index(["town", "year"]).to_xarray(), xarray

    def test_a_dataset_and_arrays_of_it(self, cube):
        dataset, _ = cube
        same(INDEX.compute(dataset))
        same(INDEX.compute(dataset.to_dataarray(dim="series")))
        same(INDEX.compute(dataset.to_dataarray(dim="series").transpose("year", "series", "town")))

    def test_an_array_of_one_indicator(self, cube):
        dataset, _ = cube
        one = INDEX.replace({"air": None})
        for array in (dataset["income"], dataset["income"].rename(None)):
            same(one.compute(array), one)

    def test_an_array_that_names_no_indicator_is_refused(self, cube):
        dataset, _ = cube
        with pytest.raises(hi.DataError, match="dimensions town, year, none of which has the indicators"):
            INDEX.compute(dataset["income"].rename("other"))


def test_files_need_no_library_that_they_do_not_use(tmp_path, monkeypatch):
    for name in ("pyreadstat", "xlrd", "python_calamine"):
        monkeypatch.setitem(sys.modules, name, None)
    WHOLE.to_csv(tmp_path / "t.csv", index=False)
    assert hi.read(tmp_path / "t.csv")["income"].tolist() == WHOLE["income"].tolist()
