"""What an index says of the form of its tables holds in every file, and goes with it wherever it is written."""

import io

import pandas as pd
import pytest
import xlsxwriter
from click.testing import CliRunner

import hengdian_index as hi
from hengdian_index._tables.form import Form
from hengdian_index._tables.grid import names_of
from hengdian_index._tables.read_file import read_table
from hengdian_index.cli import main

GROUPS = [hi.Group("all", coverage=0.3)]
TWO = [["town", "wealth", "", "rent"], ["", "income", "savings", "price"]]
ROWS = [["Ulm", 31, 7.5, 900], ["Bonn", 28, 4.5, 800], ["Köln", 25, 6.0, 1000]]


def index(*codes, **more):
    return hi.Index(unit="town", groups=GROUPS, indicators=[hi.Indicator(code, "all") for code in codes], **more)


def written(folder, rows):
    """Return the paths of one table as CSV and as a workbook."""
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    (folder / "t.csv").write_text(text, encoding="utf-8")
    with xlsxwriter.Workbook(folder / "t.xlsx") as book:
        sheet = book.add_worksheet("data")
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                sheet.write(i, j, cell)
    return folder / "t.csv", folder / "t.xlsx"


def scores(found, table):
    return found.compute(table).scores["all"].tolist()


PLAIN = pd.DataFrame(ROWS, columns=["town", "income", "savings", "price"])


@pytest.mark.parametrize(
    "upper",
    [
        TWO[0],
        ["town", "wealth", "wealth", "rent"],
        ["", "wealth", "", "rent"],
        ["place", "a label", "another", "third"],
    ],
)
def test_two_rows_of_a_heading_are_refused_with_the_line_that_reads_them(upper, tmp_path):
    codes = ("income", "savings", "price")
    lower = ["town" if upper[0] in ("place", "") else "", *codes]
    form = Form(header_rows=2)
    for path in written(tmp_path, [upper, lower, *ROWS]):
        with pytest.raises(hi.DataError, match=r"header_rows = 2 in \[data\]"):
            index(*codes).compute(read_table(path))
        result = index(*codes, data={"header_rows": 2}).compute(read_table(path, ["town"], form))
        assert result.scores["all"].tolist() == scores(index(*codes), PLAIN)
        assert result.log["why"].str.contains("s 1 to 2 name the columns").sum() == 1


def test_names_among_numbers_are_no_second_row_of_a_heading(tmp_path):
    rows = [["town", "what", "when", "value"], ["Ulm", "income", 2020, 31.5], ["Ulm", "price", 2020, 28.5]]
    for path in written(tmp_path, rows):
        with pytest.raises(hi.DataError, match="the table is long") as refusal:
            index("income", "price").compute(read_table(path))
        assert "header_rows" not in str(refusal.value)


def test_titles_units_and_notes_stand_around_a_heading_of_two_rows(tmp_path):
    above = [["A table of towns", "", "", ""], *TWO, ["", "1000 EUR", "1000 EUR", "EUR"]]
    below = [["Source: the towns", "", "", ""]]
    found = index("income", "price", data={"header_rows": 2})
    for path in written(tmp_path, [*above, *ROWS, *below]):
        assert scores(found, read_table(path, ["town"], Form(header_rows=2))) == scores(index("income", "price"), PLAIN)


def test_a_row_with_numbers_is_no_row_of_a_heading(tmp_path):
    for path in written(tmp_path, [["town", "income"], *([a, b] for a, b, *_ in ROWS)]):
        with pytest.raises(hi.DataError, match=r"header_rows = 2, but (line|row) 2 has numbers: the heading has 1 row"):
            read_table(path, ["town"], Form(header_rows=2))


def test_data_frames_are_read_as_files_are():
    text = "\n".join(",".join(map(str, row)) for row in [*TWO, *ROWS])
    found = index("income", "savings", data={"header_rows": 2})
    wanted = scores(index("income", "savings"), PLAIN)
    assert scores(found, PLAIN) == wanted
    assert scores(found, pd.read_csv(io.StringIO(text))) == wanted
    assert scores(found, pd.read_csv(io.StringIO(text), header=[0, 1])) == wanted


def test_columns_are_told_apart_by_the_rows_above():
    rows = [["town", "2021", "", "2022", ""], ["", "rent", "wage", "rent", "wage"]]
    assert names_of(rows) == ["town", "2021_rent", "2021_wage", "2022_rent", "2022_wage"]
    table = pd.DataFrame([*rows, ["Ulm", 9, 8, 7, 6], ["Bonn", 6, 7, 8, 9]])
    table = table.set_axis(table.iloc[0], axis=1).iloc[1:].reset_index(drop=True)
    assert scores(index("2022_rent", "2021_wage", data={"header_rows": 2}), table) == [0.5, 0.5]


def test_names_may_stand_on_either_row():
    assert names_of([["town", "rent"], ["Ort", "Miete"]], ["town", "rent"]) == ["town", "rent"]
    assert names_of([["town", "rent"], ["Ort", "Miete"]]) == ["Ort", "Miete"]


@pytest.mark.parametrize("ending", ["toml", "en.xlsx", "zh.xlsx"])
def test_the_form_goes_with_the_index(ending, tmp_path):
    found = index("income", data={"missing_marks": ["—", "..", -9, '"'], "header_rows": 2})
    path = tmp_path / f"i.{ending}"
    found.write(path, **({} if ending == "toml" else {"lang": ending[:2]}))
    assert hi.Index.read(path) == found
    assert hi.Index.read(path).data == found.data
    assert hi.Index.from_toml(found.to_toml()) == found
    assert found != index("income")
    found.fit(PLAIN).save(tmp_path / "f.json")
    assert hi.Fitted.load(tmp_path / "f.json").setting.data == found.data


def test_faults_of_the_form_are_told_by_line_and_by_cell(tmp_path):
    text = index("income").to_toml()
    line = text.count("\n") + 3
    with pytest.raises(hi.SpecError) as refusal:
        hi.Index.from_toml(f'{text}\n[data]\nheader_rows = 0\nmissing_mark = "x"\n')
    assert f"index.toml:{line}: data: header_rows: how many rows" in str(refusal.value)
    assert f"index.toml:{line + 1}: data: unknown key 'missing_mark'; did you mean 'missing_marks'?" in str(
        refusal.value
    )
    for wrong in ({"missing_marks": [[1]]}, {"missing_marks": [" "]}, {"header_rows": 1.5}, {"header_rows": True}, [1]):
        with pytest.raises(hi.SpecError, match="data: "):
            index("income", data=wrong)
    with pytest.raises(hi.SpecError, match=r"write a table \[data\] of its own"):
        hi.Index.from_toml(text.replace("[index]", "[index]\ndata = { header_rows = 2 }"))


@pytest.mark.parametrize("command", ["compute", "check", "audit", "report"])
def test_every_command_reads_the_table_in_its_form(command, tmp_path):
    found = index("income", "price", data={"header_rows": 2, "missing_marks": "—"})
    found.write(tmp_path / "i.toml")
    rows = [*TWO, *ROWS, ["Trier", "—", 5, 700], ["Essen", 26, 5, 750]]
    out = {"compute": ["--out", str(tmp_path / "out")], "report": [str(tmp_path / "out.html")]}.get(command, [])
    for path in written(tmp_path, rows):
        done = CliRunner().invoke(main, [command, str(tmp_path / "i.toml"), str(path), *out])
        assert done.exit_code != 2, done.output
        index("income", "price").write(tmp_path / "plain.toml")
        assert CliRunner().invoke(main, [command, str(tmp_path / "plain.toml"), str(path), *out]).exit_code == 2


@pytest.mark.parametrize("label", ["合计", "总 计", "Total", "平均", "Mean"])
def test_a_row_of_totals_among_periods_is_refused_by_its_line(label, tmp_path):
    found = hi.Index(period="town", groups=GROUPS, indicators=[hi.Indicator("x", "all")])
    for path in written(tmp_path, [["town", "x"], ["2022Q1", 3], ["2022Q2", 4], ["2022Q3", 5], [label, 12]]):
        with pytest.raises(hi.DataError, match=rf"line 5: {label!r} among the periods is a total or a mean"):
            found.compute(read_table(path))


def test_years_among_quarters_are_refused_by_their_lines(tmp_path):
    rows = [[f"{year}{part}", i] for i, year in enumerate((2021, 2022)) for part in ("Q1", "Q2", "Q3", "Q4", "年")]
    for given in ("quarter", "month"):
        named = [[a.replace("Q", "-0") if given == "month" else a, b] for a, b in rows]
        found = hi.Index(period="town", groups=GROUPS, indicators=[hi.Indicator("x", "all")])
        for path in written(tmp_path, [["town", "x"], *named]):
            with pytest.raises(hi.DataError, match=rf"line 6, 11: '2021年', '2022年' are years among {given}s"):
                found.compute(read_table(path))


def test_cells_may_be_merged_in_titles_and_in_a_heading_that_is_said(tmp_path):
    def book(*merged):
        with xlsxwriter.Workbook(tmp_path / "m.xlsx") as made:
            sheet = made.add_worksheet("data")
            for i, row in enumerate([["A table of towns"], *TWO, *ROWS]):
                for j, cell in enumerate(row):
                    sheet.write(i, j, cell)
            sheet.merge_range("A1:D1", "A table of towns")
            for cells, text in merged:
                sheet.merge_range(cells, text)
        return tmp_path / "m.xlsx"

    found, form = index("income", "price", data={"header_rows": 2}), Form(header_rows=2)
    path = book(("A2:A3", "town"), ("B2:C2", "wealth"))
    assert scores(found, read_table(path, ["town"], form)) == scores(index("income", "price"), PLAIN)
    with pytest.raises(
        hi.DataError, match=r"rows 2, 3 seem to name the columns together; if so, write header_rows = 2"
    ):
        read_table(path)
    with pytest.raises(hi.DataError, match=r"cell 'B4:B5': merged"):
        read_table(book(("B4:B5", "31")), ["town"], form)
