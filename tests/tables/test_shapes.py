"""A table that is long, of years or transposed has the values of the plain one, or is refused with what to write."""

import io
import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from click.testing import CliRunner

import hengdian_index as hi
from hengdian_index._tables.form import Form
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.shapes import as_wide
from hengdian_index.cli import main

TOWNS, YEARS = ("Ulm", "Bonn", "Trier"), (2019, 2021, 2022)
RENT = {
    (town, year): round(5 + 1.7 * i + 0.3 * j * j, 2) for i, town in enumerate(TOWNS) for j, year in enumerate(YEARS)
}
JOBS = {(town, year): 90 - 11 * i + 4 * j for i, town in enumerate(TOWNS) for j, year in enumerate(YEARS)}
PLAIN = pd.DataFrame([[*key, RENT[key], JOBS[key]] for key in RENT], columns=["town", "year", "rent", "jobs"])


def index(*codes, whose="town", when="year", **data):
    parts = [hi.Indicator(code, "all") for code in codes]
    groups = [hi.Group("all", coverage=0.3)]
    return hi.Index(unit=whose, period=when, groups=groups, indicators=parts, **({"data": data} if data else {}))


def saved(folder, rows, ending):
    """Return the path of a table whose rows are written as CSV or as a workbook."""
    path = folder / f"t.{ending}"
    if ending == "csv":
        frame = pd.DataFrame(rows)
        frame.to_csv(path, header=False, index=False)
        return path
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("data")
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if cell is not None:
                    sheet.write(i, j, cell)
    return path


def read(found, path):
    form = Form.of(found.data)
    return found.compute(read_table(path, form.texts(found.unit), form))


def values(result):
    """Return the values of each unit and period, by what they are called."""
    panel = result.panel
    when = panel.periods.text if panel.periods else [None] * panel.n
    return {
        (str(unit), period): tuple(row)
        for unit, period, row in zip(panel.unit_list(), when, np.nan_to_num(panel.values, nan=-1).tolist(), strict=True)
    }


def told(result):
    return "\n".join(result.log.loc[result.log["step"] == "read", "why"])


def lines_of(refusal):
    return re.search(r"\[data\]\n(.+)", str(refusal.value), re.DOTALL)[0]


def with_lines(found, lines):
    """Return an index with the lines that a message prints, as its file would have them."""
    return hi.Index.from_toml(f"{found.replace({'data': None}).to_toml()}\n{lines}\n")


WANTED = {(town, str(year)): (RENT[town, year], JOBS[town, year]) for town, year in RENT}
LONG = [
    ["town", "year", "what", "figure"],
    *([*key, "rent", RENT[key]] for key in RENT),
    *([*key, "jobs", JOBS[key]] for key in reversed(JOBS)),
]
ACROSS = [
    ["town", "what", *map(str, YEARS)],
    *([t, what, *(own[t, y] for y in YEARS)] for what, own in (("jobs", JOBS), ("rent", RENT)) for t in TOWNS),
]
SHAPES = {
    "long": (LONG, {"layout": "long", "indicator": "what", "value": "figure"}),
    "years": (ACROSS, {"layout": "years", "indicator": "what"}),
}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_that_is_not_said_is_refused_with_the_lines_that_read_it(shape, ending, tmp_path):
    rows, said = SHAPES[shape]
    path, found = saved(tmp_path, rows, ending), index("rent", "jobs")
    with pytest.raises(hi.DataError, match=f'layout = "{shape}"') as refusal:
        read(found, path)
    other = with_lines(found, lines_of(refusal))
    assert {name: other.data[name] for name in said} == said
    assert values(read(other, path)) == values(read(index("rent", "jobs", **said), path)) == WANTED


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("names", [("Ort", "Jahr"), ("town", "Jahr"), ("Ort", "year")])
def test_columns_that_the_index_calls_otherwise_are_in_the_lines(names, ending, tmp_path):
    rows = [[*names, "indicator", "value"], *LONG[1:]]
    path, found = saved(tmp_path, rows, ending), index("rent", "jobs")
    if names == ("Ort", "Jahr"):
        # No word says which column the periods are.
        with pytest.raises(hi.DataError, match="nothing says which column has the periods; write period = "):
            read(found, path)
    said = {"layout": "long"} | dict(zip(("unit", "period"), names, strict=True))
    result = read(index("rent", "jobs", **said), path)
    assert values(result) == WANTED
    assert list(result.scores.index.names) == ["town", "year"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_of_one_indicator_is_said_to_hold_it(ending, tmp_path):
    rows = [["town", *YEARS], *([t, *(RENT[t, y] for y in YEARS)] for t in TOWNS)]
    rows[2][2] = None
    path, found = saved(tmp_path, rows, ending), index("rent")
    with pytest.raises(hi.DataError, match="has periods as headings") as refusal:
        read(found, path)
    assert lines_of(refusal).splitlines() == ["[data]", 'layout = "years"', 'value = "rent"']
    result = read(with_lines(found, lines_of(refusal)), path)
    assert values(result) == {key: (own[0],) for key, own in WANTED.items()} | {("Bonn", "2021"): (-1,)}
    assert "3 headings read as periods: 2019, 2021, 2022" in told(result)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_units_may_stand_across(ending, tmp_path):
    rows = [["year", *TOWNS], *([y, *(RENT[t, y] for t in TOWNS)] for y in YEARS)]
    path, found = saved(tmp_path, rows, ending), index("rent")
    with pytest.raises(hi.DataError, match="is transposed: its rows are periods") as refusal:
        read(found, path)
    assert values(read(with_lines(found, lines_of(refusal)), path)) == {key: own[:1] for key, own in WANTED.items()}
    rows = [
        ["what", *TOWNS],
        *([what, *(own[t, 2021] for t in TOWNS)] for what, own in (("rent", RENT), ("jobs", JOBS))),
    ]
    path, found = saved(tmp_path, rows, ending), index("rent", "jobs", when=None)
    with pytest.raises(hi.DataError, match="is transposed: its rows are indicators") as refusal:
        read(found, path)
    wanted = {(t, None): (RENT[t, 2021], JOBS[t, 2021]) for t in TOWNS}
    assert values(read(with_lines(found, lines_of(refusal)), path)) == wanted


@pytest.mark.parametrize("shape", SHAPES)
def test_data_frames_are_read_as_files_are(shape):
    rows, said = SHAPES[shape]
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    found = index("rent", "jobs", **said)
    assert values(found.compute(frame)) == WANTED
    assert values(found.compute(frame.set_index(["town", "what"]))) == WANTED
    assert frame.attrs == {}
    pytest.importorskip("polars")
    import polars as pl

    assert values(found.compute(pl.from_pandas(frame))) == WANTED


def test_a_clean_table_is_not_touched():
    assert as_wide(PLAIN, ["rent", "jobs"], Form(), "town", "year") is PLAIN


SDMX = [
    [
        "STRUCTURE",
        "STRUCTURE_ID",
        "FREQ",
        "REF_AREA",
        "MEASURE",
        "SEX",
        "TIME_PERIOD",
        "OBS_VALUE",
        "OBS_STATUS",
        "UNIT_MULT",
    ],
    *(
        ["dataflow", "X:Y(1.0)", "A", t, what, "_T", y, own[t, y], "A", 0]
        for t, y in RENT
        for what, own in (("rent", RENT), ("jobs", JOBS))
    ),
]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_sdmx_needs_no_setting_until_a_dimension_varies(ending, tmp_path):
    found = index("rent", "jobs", whose="REF_AREA", when="TIME_PERIOD")
    result = read(found, saved(tmp_path, SDMX, ending))
    assert values(result) == WANTED
    assert "(SDMX-CSV): the indicators in 'MEASURE'" in told(result)
    assert "the same in every row: STRUCTURE 'dataflow', STRUCTURE_ID 'X:Y(1.0)', FREQ 'A', SEX '_T'" in told(result)
    more = [[*row[:5], "F", *row[6:]] for row in SDMX[1:]]
    path = saved(tmp_path, [SDMX[0], *more, *SDMX[1:]], ending)
    with pytest.raises(hi.DataError, match=r"SEX has several values: 'F' \(18 rows\), '_T' \(18 rows\)") as refusal:
        read(found, path)
    assert 'where = { SEX = "_T" }' in lines_of(refusal)
    assert "STRUCTURE" not in lines_of(refusal)
    result = read(with_lines(found, lines_of(refusal)), path)
    assert values(result) == WANTED
    assert "kept 18 of 36 rows, those with SEX '_T'" in told(result)


def test_a_dimension_that_varies_without_repeated_cells_is_refused(tmp_path):
    found = index("rent", "jobs", whose="REF_AREA", when="TIME_PERIOD")
    for at, own in ((3, "Ulm"), (6, 2022)):
        rows = [[*row[:5], "F" if row[at] == own else "_T", *row[6:]] for row in SDMX[1:]]
        with pytest.raises(hi.DataError, match=r'where = \{ SEX = "_T" \}'):
            read(found, saved(tmp_path, [SDMX[0], *rows], "csv"))
    # What goes with the indicator is of its meaning.
    rows = [[*row[:5], "F" if row[4] == "rent" else "_T", *row[6:]] for row in SDMX[1:]]
    result = read(found, saved(tmp_path, [SDMX[0], *rows], "csv"))
    assert values(result) == WANTED
    assert "SEX (F, _T) goes with the indicator" in told(result)


def test_codes_with_their_labels_behind_or_beside_them(tmp_path):
    heads = [f"{name}: {name.lower()}" for name in SDMX[0]]
    rows = [[f"{cell}: label of it" if isinstance(cell, str) else cell for cell in row] for row in SDMX[1:]]
    found = index("rent", "jobs", whose="REF_AREA", when="TIME_PERIOD")
    assert values(read(found, saved(tmp_path, [heads, *rows], "csv"))) == WANTED
    beside = [[*row[:4], f"The town of {row[3]}" if i else "Area", *row[4:]] for i, row in enumerate(SDMX)]
    result = read(found.replace({"unit_names": "Area"}), saved(tmp_path, [*beside], "csv"))
    assert values(result) == WANTED
    assert result.panel.name("Ulm") == "The town of Ulm"


def test_values_are_taken_times_their_power_of_ten_and_flags_are_told(tmp_path):
    rows = [list(row) for row in SDMX]
    rows[1][7:] = [RENT["Ulm", 2019] / 1000, "E", 3]
    rows[2][7:] = [JOBS["Ulm", 2019] * 100, "A", -2]
    result = read(index("rent", "jobs", whose="REF_AREA", when="TIME_PERIOD"), saved(tmp_path, rows, "csv"))
    assert values(result) == WANTED
    assert "UNIT_MULT: 1 value times 10^3, the first in line 2" in told(result)
    assert "UNIT_MULT: 1 value times 10^-2, the first in line 3" in told(result)
    assert "OBS_STATUS marks 1 value, each kept as it is: 'E' 1; the first in line 2" in told(result)
    rows[4][9] = "some"
    with pytest.raises(hi.DataError, match="UNIT_MULT: line 5: 'some' is no power of ten"):
        read(index("rent", "jobs", whose="REF_AREA", when="TIME_PERIOD"), saved(tmp_path, rows, "csv"))


def test_tables_of_the_oecd_and_the_who_declare_themselves(tmp_path):
    oecd = [["LOCATION", "Country", "INDICATOR", "Indicator", "TIME", "Unit", "PowerCode", "Value", "Flags"]]
    oecd += [
        [t[:3], t, what[:3].upper(), what, y, unit, "Units", own[t, y], None]
        for t, y in RENT
        for what, own, unit in (("rent", RENT, "Euro"), ("jobs", JOBS, "Persons"))
    ]
    wanted = {(town[:3], year): own for (town, year), own in WANTED.items()}
    # The period is called as the index calls it.
    assert values(read(index("REN", "JOB", whose="LOCATION"), saved(tmp_path, oecd, "csv"))) == wanted
    assert values(read(index("rent", "jobs", whose="LOCATION"), saved(tmp_path, oecd, "csv"))) == wanted
    who = [
        [
            "IndicatorCode",
            "ParentLocation",
            "SpatialDimValueCode",
            "Period",
            "Dim1",
            "FactValueNumeric",
            "FactValueNumericLow",
            "Value",
        ]
    ]
    who += [
        [what, "Europe", t, y, dim, own[t, y] - less, 1, f"{own[t, y]} [1-2]"]
        for t, y in RENT
        for what, own in (("rent", RENT), ("jobs", JOBS))
        for dim, less in (("Male", 1), ("Both sexes", 0))
    ]
    found, path = index("rent", "jobs", whose="SpatialDimValueCode", when="Period"), saved(tmp_path, who, "csv")
    with pytest.raises(hi.DataError, match=r'where = \{ Dim1 = "Both sexes" \}') as refusal:
        read(found, path)
    assert values(read(with_lines(found, lines_of(refusal)), path)) == WANTED


def world_bank(*more):
    rows = [["Country Name", "Country Code", "Indicator Name", "Indicator Code", "2018", *map(str, YEARS), None]]
    rows += [
        [f"{t} town", code, f"The {what}, of all", what, None, *(own[t, y] for y in YEARS), None]
        for t, code in zip(TOWNS, ("NA", "BON", "TRI"), strict=True)
        for what, own in (("rent", RENT), ("jobs", JOBS), ("else", JOBS))
    ]
    return [*more, *rows]


def test_tables_of_the_world_bank_declare_themselves(tmp_path):
    found, path = index("rent", "jobs", whose="Country Code"), tmp_path / "w.csv"
    text = pd.DataFrame(world_bank()).to_csv(header=False, index=False)
    path.write_text(f'"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-06-28",\n\n{text}')
    wanted = {
        (code, y): WANTED[t, y] for t, code in zip(TOWNS, ("NA", "BON", "TRI"), strict=True) for y in map(str, YEARS)
    }
    result = read(found, path)
    assert values(result) == wanted
    for line in (
        "line 1 is a title: 'Data Source'",
        "no value under '2018'; left out",
        "1 indicator of 'Indicator Code'",
    ):
        assert line in told(result)
    named = index("The rent, of all", "The jobs, of all", whose="Country Name")
    assert set(values(read(named, path)).values()) == set(wanted.values())
    with pytest.raises(hi.DataError, match="no row of 'Indicator Code' is of 'rents'; did you mean 'rent'"):
        read(index("rents", whose="Country Code"), path)
    with pytest.raises(hi.DataError, match='unit = "Country Code"') as refusal:
        read(index("rent", "jobs"), path)
    assert values(read(with_lines(index("rent", "jobs"), lines_of(refusal)), path)) == wanted


def test_our_world_in_data_has_no_codes_for_what_is_no_country(tmp_path):
    rows = [["Entity", "Code", "Year", "rent"], ["Europe", None, 2019, 9]]
    rows += [[t, t[:3].upper(), y, RENT[t, y]] for t, y in RENT]
    path = saved(tmp_path, rows, "csv")
    result = read(index("rent", whose="Code"), path)
    assert set(values(result).values()) == {own[:1] for own in WANTED.values()}
    assert "1 row without a code, no countries, left out: 'Europe'" in told(result)
    with pytest.raises(hi.DataError, match='unit = "Entity"'):
        read(index("rent"), path)
    with pytest.raises(hi.DataError, match="a total or mean among the units: 'Europe'"):
        read(index("rent", whose="Entity"), path)


def test_rows_are_kept_by_where_in_any_layout(tmp_path):
    rows = [["town", "year", "age", "rent", "jobs"]]
    rows += [[*key, age, RENT[key] + add, JOBS[key]] for key in RENT for age, add in ((1, 0), (2, 5))]
    path = saved(tmp_path, rows, "csv")
    for one in (1, "1", [1]):
        result = read(index("rent", "jobs", where={"age": one}), path)
        assert values(result) == WANTED
    with pytest.raises(hi.DataError, match=r"where: age has no '3'; allowed: 1, 2"):
        read(index("rent", "jobs", where={"age": 3}), path)
    with pytest.raises(
        hi.DataError, match=r"where names 'ages' in \[data\], but the table has no such column; did you mean"
    ):
        read(index("rent", "jobs", where={"ages": 1}), path)
    long = [[*row, "f" if row[2] == "rent" else "m"] for row in LONG[1:]]
    path = saved(tmp_path, [[*LONG[0], "sex"], *long], "csv")
    with pytest.raises(hi.DataError, match="where leaves no row of 'rent', which has sex 'f'"):
        read(index("rent", "jobs", **SHAPES["long"][1], where={"sex": "m"}), path)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_faults_name_the_line_and_the_cell_of_the_file(ending, tmp_path):
    rows = [list(row) for row in LONG]
    rows[14][3] = "n.n."
    where = "line 15" if ending == "csv" else r"line 15, unit 'Bonn', period 2021, indicator 'jobs' \(cell D15\)"
    with pytest.raises(hi.DataError, match=where):
        read(index("rent", "jobs", **SHAPES["long"][1]), saved(tmp_path, rows, ending))
    rows = [list(row) for row in ACROSS]
    rows[4][3] = "n.n."
    where = "line 5" if ending == "csv" else r"line 5, unit 'Ulm', period 2021, indicator 'rent' \(cell D5\)"
    with pytest.raises(hi.DataError, match=where):
        read(index("rent", "jobs", **SHAPES["years"][1]), saved(tmp_path, rows, ending))


def test_a_value_that_is_given_twice_is_refused_with_both_lines(tmp_path):
    rows = [*LONG, ["Bonn", "2021年", "jobs", 3]]
    with pytest.raises(
        hi.DataError, match=r"line 20: indicator 'jobs', unit 'Bonn', period 2021.* second time, after line 15"
    ):
        read(index("rent", "jobs", **SHAPES["long"][1]), saved(tmp_path, rows, "csv"))
    for blank, role in ((0, "unit"), (1, "period"), (2, "indicator")):
        rows = [*LONG, [None if j == blank else cell for j, cell in enumerate(["Köln", 2019, "jobs", 3])]]
        with pytest.raises(hi.DataError, match=f"have? no {role}|has no {role}|1 .* {role}: line 20"):
            read(index("rent", "jobs", **SHAPES["long"][1]), saved(tmp_path, rows, "csv"))


def test_periods_of_several_spellings_are_one(tmp_path):
    spelt = itertools.cycle(["{}Q3", "Q3 {}", "{}年第三季度", "{}-Q3"])
    rows = [LONG[0], *([t, next(spelt).format(y), what, own] for t, y, what, own in LONG[1:])]
    result = read(index("rent", "jobs", **SHAPES["long"][1]), saved(tmp_path, rows, "csv"))
    assert values(result) == {(town, f"{year}Q3"): own for (town, year), own in WANTED.items()}


def test_totals_and_left_out_units_are_found_in_a_long_table_too(tmp_path):
    rows = [*map(list, LONG), *(["合计", y, what, 1] for y in YEARS for what in ("rent", "jobs"))]
    path, found = saved(tmp_path, rows, "csv"), index("rent", "jobs", **SHAPES["long"][1])
    with pytest.raises(hi.DataError, match=r'exclude = \["合计"\]'):
        read(found, path)
    assert values(read(found.replace({"exclude": ["合计"]}), path)) == WANTED
    rows[18][3] = "?"
    with pytest.raises(hi.DataError, match="line 19, unit 'Ulm'"):
        read(found.replace({"exclude": ["合计"]}), saved(tmp_path, rows, "csv"))


def test_the_encoding_may_be_said(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("town,year,rent\n臺北,2021,1\n高雄,2021,3\n".encode("big5"))
    result = read(index("rent", encoding="big5"), path)
    assert list(values(result)) == [("臺北", "2021"), ("高雄", "2021")]
    assert "read as big5, not UTF-8" in told(result)
    with pytest.raises(hi.DataError, match="no text in ascii"):
        read(index("rent", encoding="ascii"), path)
    with pytest.raises(hi.SpecError, match="encoding: no encoding 'big55'"):
        index("rent", encoding="big55")


@pytest.mark.parametrize("ending", ["toml", "en.xlsx", "zh.xlsx"])
def test_every_field_goes_with_the_index(ending, tmp_path):
    where = {"AGE": "_T", "年龄": ["a", 2]}
    said = {"layout": "long", "unit": "u", "period": "p", "indicator": "i", "value": "v", "encoding": "gb18030"}
    found = index("rent", **said, where=where)
    path = tmp_path / f"i.{ending}"
    found.write(path, **({} if ending == "toml" else {"lang": ending[:2]}))
    assert hi.Index.read(path) == found
    form = Form.of(hi.Index.read(path).data)
    assert form.said == {**said, "where": where}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"layout": "tall"}, "layout: no 'tall'"),
        ({"where": "x"}, 'where: columns with the value of the rows to keep, { AGE = "_T" }'),
        ({"where": {"a": []}}, "where: a: a text or a number"),
        ({"unit": " "}, "unit: a name is needed"),
        ({"value": 3}, "value: a name is needed"),
    ],
)
def test_wrong_fields_are_refused(wrong, why):
    with pytest.raises(hi.SpecError, match=re.escape(f"data: {why}")):
        hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator("rent", "all")], data=wrong)


def test_the_command_prints_lines_that_it_reads(tmp_path):
    path, spec = saved(tmp_path, LONG, "csv"), tmp_path / "i.toml"
    index("rent", "jobs").write(spec)
    done = CliRunner().invoke(main, ["compute", str(spec), str(path), "--out", str(tmp_path / "o")])
    assert done.exit_code == 2
    assert not (tmp_path / "o").exists()
    lines = re.search(r"\[data\]\n(.+)", done.output, re.DOTALL)[0]
    spec.write_text(f"{spec.read_text(encoding='utf-8')}\n{lines}\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["compute", str(spec), str(path), "--out", str(tmp_path / "o")])
    assert done.exit_code == 0, done.output
    assert "read in the layout 'long'" in (tmp_path / "o" / "log.csv").read_text(encoding="utf-8-sig")


def test_a_long_table_of_many_rows_takes_time_in_proportion():
    n = 60_000
    frame = pd.DataFrame(
        {"town": np.arange(n) // 4, "year": 2020, "what": np.tile(list("abcd"), n // 4), "figure": 1.5}
    )
    form = Form.of(SHAPES["long"][1])
    found = as_wide(frame, list("abcd"), form, "town", "year")
    assert found.shape == (n // 4, 6)
    assert found[list("abcd")].to_numpy().sum() == 1.5 * n
    assert found.attrs["origin"].place(1, "c") == (8, "")


def test_what_is_learnt_from_a_long_table_reads_the_next_one(tmp_path):
    found = index("rent", "jobs", **SHAPES["long"][1], where={"what": ["rent", "jobs"]})
    frame = pd.DataFrame(LONG[1:], columns=LONG[0])
    found.fit(frame).save(tmp_path / "f.json")
    loaded = hi.Fitted.load(tmp_path / "f.json")
    assert loaded.setting.data == found.data
    assert loaded.score(frame).scores.equals(found.compute(frame).scores)


PAGE = Path(__file__).parents[2] / "docs" / "howto" / "shapes.md"


def test_the_page_on_shapes_reads_its_own_tables(tmp_path):
    blocks = re.findall(r"```(text|toml)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (_, plain), *rest = blocks
    found = index("income", "life", whose="country")
    (tmp_path / "t.csv").write_text(plain, encoding="utf-8")
    wanted = values(read(found, tmp_path / "t.csv"))
    for one, other in zip(rest[::2], rest[1::2], strict=True):
        said = dict([one, other])
        (tmp_path / "t.csv").write_text(said["text"], encoding="utf-8")
        lone = 'value = "income"' in said["toml"]
        own = with_lines(index("income", whose="country") if lone else found, said["toml"])
        assert values(read(own, tmp_path / "t.csv")) == {key: row[: 1 if lone else 2] for key, row in wanted.items()}


def test_csv_text_and_frame_agree():
    text = pd.DataFrame(LONG[1:], columns=LONG[0]).to_csv(index=False)
    found = index("rent", "jobs", **SHAPES["long"][1])
    assert values(found.compute(pd.read_csv(io.StringIO(text)))) == WANTED
