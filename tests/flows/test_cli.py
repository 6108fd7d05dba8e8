"""The command, as a user types it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.workbook import data_table, read_sheets
from hengdian_index.cli import main


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    two_levels(name="Small", normalise="relative").write(tmp_path / "index.toml")
    table().to_csv(tmp_path / "data.csv", index=False)
    return tmp_path / "index.toml", tmp_path / "data.csv"


def test_demo(tmp_path: Path) -> None:
    code, said, _ = run("demo", "--out", tmp_path / "out")
    assert code == 0
    for quarter in ("2008Q3", "2010Q2"):
        assert quarter in said
    for name in (
        "Film industry",
        "Cluster",
        "Development environment",
        "Influence",
        "Innovation",
        "Internationalisation",
        "Prosperity",
    ):
        assert name in said
    assert "Largest contributions to the last change" in said
    index, frame = hi.example("film_industry")
    series = pd.read_csv(tmp_path / "out" / "series.csv", index_col=0)
    pd.testing.assert_frame_equal(series, index.compute(frame).series(), check_names=False)


def test_the_demo_of_the_countries_ranks_them_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, said, _ = run("demo", "--example", "countries")
    assert code == 0
    index, frame = hi.example("countries")
    result = index.compute(frame)
    best = result.scores["film"].xs(2014, level="year").sort_values(ascending=False).index
    names = frame.drop_duplicates("code").set_index("code")["country"]
    for part in said.split("90 % intervals: "):
        rows = [line for line in part.splitlines() if re.match(r"[A-Z][A-Za-z ]+  +\d", line)]
        assert [re.split(r" {2,}", line)[:2] for line in rows] == [[names[c], str(i + 1)] for i, c in enumerate(best)]
    written = pd.read_csv(tmp_path / "countries_index" / "ranks_within_region.csv")
    assert list(written.columns[:3]) == ["code", "country", "year"]


def test_the_demo_says_how_sure_the_levels_are(tmp_path: Path) -> None:
    said = run("demo", "--out", tmp_path)[1]
    index, frame = hi.example("film_industry")
    factors = {"weights": hi.Noise(0.25), "aggregate": ["arithmetic", "geometric"]}
    found = hi.uncertainty(index, frame, factors, draws=512)
    shown = said.partition("90 % intervals: ")[2].splitlines()[2:]
    assert shown[0].split() == ["level", "low", "high"]
    last = found.series[["nominal", "q05", "q95"]].tail(8)
    assert [line.split() for line in shown[1:9]] == [
        [quarter, *(f"{value:.2f}" for value in row)]
        for quarter, row in zip(last.index, last.to_numpy().tolist(), strict=True)
    ]
    assert found.summary() in shown
    assert ((last["q05"] < last["nominal"]) & (last["nominal"] < last["q95"])).all()
    written = pd.read_csv(tmp_path / "uncertainty.csv", index_col=0)
    pd.testing.assert_frame_equal(written, found.series, check_names=False)
    np.testing.assert_allclose(found.series["nominal"], index.compute(frame).series()["film"], rtol=1e-12)


def test_compute_writes_every_table(files: tuple[Path, Path], tmp_path: Path) -> None:
    code, said, _ = run("compute", *files, "--out", tmp_path / "out")
    assert code == 0
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {
        "scores.csv",
        "series.csv",
        "weights.csv",
        "contributions_to_change.csv",
        "contributions_to_growth.csv",
        "log.csv",
        "provenance.json",
    } <= written
    assert not any(name.startswith(".") for name in written)
    assert "Written to" in said


def test_base_and_fit_on_override_the_index(files: tuple[Path, Path], tmp_path: Path) -> None:
    assert run("compute", *files, "--fit-on", "2001:2003Q1", "--base", "2002Q1", "--out", tmp_path / "out")[0] == 0
    series = pd.read_csv(tmp_path / "out" / "series.csv", index_col=0)
    expected = two_levels(normalise="relative", fit_on="2001:2003Q1", base="2002Q1").compute(table()).series()
    pd.testing.assert_frame_equal(series, expected, check_names=False)
    assert series.loc["2002Q1"].tolist() == pytest.approx([100] * 3)


def test_bad_input_exits_with_2_and_writes_nothing(files: tuple[Path, Path], tmp_path: Path) -> None:
    index, data = files
    broken = table().astype({"a": object})
    broken.loc[1, "a"] = "n/a."
    broken.loc[3, "b"] = float("inf")
    broken.drop(columns="d").to_csv(data, index=False)
    code, said, errors = run("compute", index, data, "--out", tmp_path / "out")
    assert (code, said) == (2, "")
    assert not (tmp_path / "out").exists()
    lines = errors.splitlines()
    assert "DataError: data.csv: column 'd' is missing" in lines
    assert any("data.csv line 3, period 2001Q2, indicator 'a': 'n/a.' is not a number" in line for line in lines)
    assert any("data.csv line 5, period 2001Q4, indicator 'b': infinity" in line for line in lines)


def test_faults_of_both_files_come_together(tmp_path: Path) -> None:
    code, _, errors = run("compute", tmp_path / "no.toml", tmp_path / "no.csv")
    assert code == 2
    assert errors.count("no such file") == 2


def test_check(files: tuple[Path, Path]) -> None:
    assert run("check", files[0])[:2] == (0, "index.toml: 3 groups, 4 indicators; nothing is wrong\n")
    assert run("check", *files)[0] == 0
    files[0].write_text(files[0].read_text().replace("direction", "directoin"))
    code, _, errors = run("check", files[0])
    assert code == 2
    assert "did you mean 'direction'?" in errors


def test_a_workbook_holds_index_and_data(tmp_path: Path) -> None:
    """Each command takes the workbook alone, and the plain files say the same."""
    book = tmp_path / "my_index.xlsx"
    assert run("new", book)[:2] == (
        0,
        f"Written to {book}. Fill it in, then: hengdian-index report {book} my_index.html\n",
    )
    assert run("check", book)[1] == "my_index.xlsx: its 8 rows fit its index; 0 lines in the log\n"
    code, said, _ = run("compute", book, "--excel", tmp_path / "result.xlsx")
    assert (code, said) == (0, run("compute", book, book)[1] + f"Written to {tmp_path / 'result.xlsx'}\n")
    expected = hi.Index.read(book).compute(read_table(book)).series()
    found = data_table(tmp_path / "result.xlsx", "series")
    np.testing.assert_allclose(found[list(expected)].to_numpy(dtype=float), expected, rtol=1e-12)
    assert run("report", book, tmp_path / "r.html")[:2] == (0, f"Written to {tmp_path / 'r.html'}\n")
    assert run("release", book, tmp_path / "first")[0] == 0
    assert run("audit", book)[1] == run("audit", book, book)[1]


def test_check_shows_what_was_noted(tmp_path: Path) -> None:
    """Towns that differ in case, a quarter that is missing, a gap: lines that a reader of the page should know."""
    frame = pd.DataFrame(
        {"town": ["Ash", "ash", "Ash", "Elm", "Elm"], "q": ["2001Q1", "2001Q1", "2001Q3", "2001Q1", "2001Q2"]}
    )
    frame = frame.assign(a=[1.0, 2, 3, 4, 5], b=[1.0, np.nan, 3, 4, 5], c=[2.0, 1, 3, 4, 5])
    index = hi.Index(unit="town", period="q", groups=[hi.Group("g")], indicators=[hi.Indicator(c, "g") for c in "abc"])
    index.write(tmp_path / "i.xlsx", data=frame)
    refused = run("check", tmp_path / "i.xlsx")[2]
    assert refused == (
        "DataError: i.xlsx sheet 'data' line 3: units 'Ash', 'ash' differ in case alone; write them alike, or if they "
        'are several, name all: units = ["Ash", "ash", "Elm"]\n'
    )
    index.replace({"units": ["Ash", "ash", "Elm"]}).write(tmp_path / "i.xlsx", data=frame)
    said = run("check", tmp_path / "i.xlsx")[1].splitlines()
    assert said == [
        "i.xlsx: its 5 rows fit its index; 3 lines in the log",
        "  aggregate: ash, 2001Q1, g: missing: b (2 of 3 present); the rest reweighted",
        "  read: no row for 2001Q2 of 'Ash': changes on and from them are missing",
        "  read: units 'Ash', 'ash' differ in case alone: are they one?",
    ]
    frame.loc[:2, "town"] = ["Ash", "Birch", "Ash "]
    index.write(tmp_path / "i.xlsx", data=frame)
    assert (
        run("check", tmp_path / "i.xlsx")[2]
        == "DataError: i.xlsx sheet 'data' line 4: units 'Ash', 'Ash ' differ in blanks alone; write them alike\n"
    )
    index.replace({"unit": None}).write(tmp_path / "i.xlsx", data=frame.assign(town=["A", "B", "A", "C", "C"]))
    wanted = "several rows have the same period; if 'town' says whose they are, name it as `unit`"
    assert run("check", tmp_path / "i.xlsx")[2] == f"DataError: {wanted}\n"


def test_check_finds_the_faults_of_all_sheets(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "i.xlsx", engine="xlsxwriter") as book:
        sheets = {
            "index": pd.DataFrame({"field": ["period", "normalise"], "value": ["q", "minimix"]}),
            "groups": pd.DataFrame({"code": ["g"]}),
            "indicators": pd.DataFrame({"code": ["a"], "parent": ["h"]}),
            "data": pd.DataFrame({"q": ["2001Q1"]}),
        }
        for name, sheet in sheets.items():
            sheet.to_excel(book, sheet_name=name, index=False)
    code, _, said = run("check", tmp_path / "i.xlsx")
    assert code == 2
    assert [part in said for part in ("no group 'h'", "no method 'minimix'", "sheet 'groups' row 2")] == [True] * 3


def test_a_report_without_its_series_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    index = hi.Index.read(files[0]).replace({"normalise": "z_score"})
    index.write(files[0])
    for command, out in (("compute", "--out"), ("report", "")):
        code, _, said = run(command, *files, *filter(None, [out]), tmp_path / "out.html")
        assert code == 2
        assert "the base period; a series needs one above 0" in said
        assert not (tmp_path / "out.html").exists()


@pytest.mark.parametrize("written", [("compute", "--excel"), ("audit", "--html"), ("report", "")])
def test_no_command_writes_over_what_it_reads(tmp_path: Path, written: tuple[str, str]) -> None:
    command, option = written
    name = "my.html" if command == "report" else "my.xlsx"
    run("new", tmp_path / "my.xlsx")
    (tmp_path / "my.xlsx").rename(tmp_path / name)
    before = (tmp_path / name).read_bytes()
    again = tmp_path / "." / name
    code, _, said = run(command, tmp_path / name, *filter(None, [option]), again)
    assert code == 2
    assert "is INDEX or DATA itself, which would be lost" in said
    assert (tmp_path / name).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_codes_of_units_keep_their_zeros(tmp_path: Path) -> None:
    hi.Index(unit="u", groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g")]).write(tmp_path / "i.toml")
    (tmp_path / "d.csv").write_text("u,x\n010,1\n10,2\nNA,3\n")
    assert run("compute", tmp_path / "i.toml", tmp_path / "d.csv", "--out", tmp_path / "out")[0] == 0
    scores = pd.read_csv(tmp_path / "out" / "scores.csv", dtype=str, keep_default_na=False)
    assert scores["u"].tolist() == ["010", "10", "NA"]


def test_tables_are_not_written_over_the_data(files: tuple[Path, Path], tmp_path: Path) -> None:
    data = files[1].rename(tmp_path / "scores.csv")
    before = data.read_bytes()
    code, _, said = run("compute", files[0], data, "--out", tmp_path)
    assert (code, "is INDEX or DATA itself, which would be lost; give another folder" in said) == (2, True)
    assert data.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.toml", "scores.csv"]


def test_an_audit_is_written_to_a_page_alone(files: tuple[Path, Path], tmp_path: Path) -> None:
    code, _, said = run("audit", *files, "--html", tmp_path / "audit.csv")
    assert (code, "it ends in .html" in said) == (2, True)
    assert not (tmp_path / "audit.csv").exists()


def test_without_a_workbook_the_data_are_needed(files: tuple[Path, Path], tmp_path: Path) -> None:
    code, _, said = run("compute", files[0])
    assert (code, said) == (
        2,
        "SpecError: DATA is missing: only a workbook holds its data itself, and index.toml is none\n",
    )
    code, _, said = run("report", files[0])
    assert code == 2
    assert "INDEX [DATA...] OUT.html is needed; given: 1" in said
    code, _, said = run("report", *files)
    assert code == 2
    assert files[1].read_text().startswith("quarter")
    hi.Index.read(files[0]).write(tmp_path / "only.xlsx")
    assert run("check", tmp_path / "only.xlsx")[1].endswith("nothing is wrong; it has no data to check\n")
    code, _, said = run("compute", tmp_path / "only.xlsx")
    assert (code, said) == (2, "DataError: only.xlsx sheet 'data': the table has no rows\n")
    assert read_sheets(tmp_path / "only.xlsx")["data"].header == ("quarter", "a", "b", "c", "d")


def test_methods() -> None:
    code, said, _ = run("methods")
    assert code == 0
    assert all(name in said for name in ("min_max", "entropy", "critic", "geometric"))
    assert "Shannon 1948" in run("methods", "weights.entropy")[1]
    code, _, errors = run("methods", "entrpy")
    assert code == 2
    assert "did you mean 'entropy'?" in errors


def test_two_releases_and_what_moved_between_them(files: tuple[Path, Path], tmp_path: Path) -> None:
    index, data = files
    code, said, _ = run("release", index, data, tmp_path / "v1", "--fit-on", "2001", "--base", "2002")
    assert code == 0
    assert f"Released to {tmp_path / 'v1'}: " in said
    frame = table()
    frame.loc[9, "c"] = 1 + frame.loc[9, "c"]
    frame.to_csv(data, index=False)
    assert run("release", index, data, tmp_path / "v2", "--fit-on", "2001", "--base", "2002")[0] == 0
    code, said, _ = run("revisions", tmp_path / "v1", tmp_path / "v2")
    assert code == 0
    assert "1 of 12 quarters of 'all' moved by more than 0.05; largest 2003Q2: " in said
    assert "because c 2003Q2 was " in said
    folder = hi.Release.read(tmp_path / "v2")
    expected = two_levels(name="Small", normalise="relative", fit_on="2001", base="2002").compute(frame).series()
    pd.testing.assert_frame_equal(folder.series, expected, check_names=False)


def test_a_release_is_neither_overwritten_nor_edited(files: tuple[Path, Path], tmp_path: Path) -> None:
    assert run("release", *files, tmp_path / "v1")[0] == 0
    code, said, errors = run("release", *files, tmp_path / "v1")
    assert (code, said) == (2, "")
    assert "a release needs a new folder" in errors
    (tmp_path / "v1" / "series.csv").chmod(0o644)
    (tmp_path / "v1" / "series.csv").write_text("quarter,all\n")
    code, said, errors = run("revisions", tmp_path / "v1", tmp_path / "v2")
    assert (code, said) == (2, "")
    assert "series.csv is not what was released" in errors


def test_a_folder_that_cannot_be_written(files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file stands here")
    code, _, errors = run("compute", *files, "--out", tmp_path / "out" / "deeper")
    assert code == 2
    assert "cannot write to" in errors


@pytest.mark.parametrize("there", [True, False])
def test_tables_and_workbook_are_written_both_or_neither(there: bool, files: tuple[Path, Path], tmp_path: Path) -> None:
    out, excel = tmp_path / "out", tmp_path / "r.xlsx"
    if there:
        assert run("compute", *files, "--out", out, "--excel", excel)[0] == 0
        (out / "scores.csv").write_text("old")
    before = {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()}
    code, _, said = run("compute", *files, "--out", out, "--excel", tmp_path / "absent" / "r.xlsx")
    assert (code, "does not exist" in said) == (2, True)
    (tmp_path / "file").write_text("x")
    code, _, said = run("compute", *files, "--out", tmp_path / "file" / "out", "--excel", tmp_path / "new.xlsx")
    assert (code, "cannot write to" in said) == (2, True)
    (tmp_path / "file").unlink()
    assert {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()} == before
    assert out.exists() == there


def test_the_workbook_may_stand_among_the_tables(files: tuple[Path, Path], tmp_path: Path) -> None:
    assert run("compute", *files, "--out", tmp_path / "out", "--excel", tmp_path / "out" / "r.xlsx")[0] == 0
    assert {"scores.csv", "r.xlsx"} <= {one.name for one in (tmp_path / "out").iterdir()}


def test_a_cross_section_prints_scores(tmp_path: Path) -> None:
    hi.Index(unit="country", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")]).write(tmp_path / "i.toml")
    (tmp_path / "d.csv").write_text("country,x\nA,1\nB,3\n")
    code, said, _ = run("compute", tmp_path / "i.toml", tmp_path / "d.csv", "--out", tmp_path / "out")
    assert code == 0
    assert "A" in said
    assert pd.read_csv(tmp_path / "out" / "ranks.csv")["all"].tolist() == [2, 1]


def test_help_needs_neither_pandas_nor_pydantic() -> None:
    probe = (
        "import sys; sys.argv = ['hengdian-index', '--help']\n"
        "from hengdian_index.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'pandas', 'pydantic', 'scipy', 'matplotlib'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "[]"


def panel_files(folder: Path, units: int = 50, **choices: object) -> tuple[Path, Path, hi.Index, pd.DataFrame]:
    """Write an index and rows of many units over three years, on a scale from 0 to 1."""
    rng = np.random.default_rng(7)
    rows = [(f"unit {i:02}", year, *rng.uniform(0, 9, 2)) for i in range(units) for year in (2001, 2002, 2003)]
    frame = pd.DataFrame(rows, columns=["who", "year", "a", "b"]).drop(index=[5])
    frame.loc[frame.index[-1], ["a", "b"]] = np.nan
    index = hi.Index(
        name="Units",
        unit="who",
        period="year",
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("a", "all"), hi.Indicator("b", "all")],
        **choices,
    )
    index.write(folder / "i.toml")
    frame.to_csv(folder / "d.csv", index=False)
    return folder / "i.toml", folder / "d.csv", index, frame


def test_compute_prints_the_last_year_by_rank_and_what_is_left_out(tmp_path: Path) -> None:
    spec, data, index, frame = panel_files(tmp_path)
    said = run("compute", spec, data)[1]
    result = index.compute(frame)
    last = result.scores["all"].xs(2003, level="year").dropna().sort_values(ascending=False)
    lines = said.partition("Ranks and scores in 2003:\n")[2].splitlines()
    assert lines[0].split() == ["rank", "all"]
    assert [line.split() for line in lines[1:41]] == [
        [*unit.split(), str(i + 1), f"{score:.4f}"] for i, (unit, score) in enumerate(last.head(40).items())
    ]
    assert lines[41:44] == [
        "40 of 49 units; --out writes all.",
        "1 of 49 units without a score.",
        "1 of 50 units without a row in this period.",
    ]
    assert "all 149 rows (50 units, 2001 to 2003)" in said


def test_compute_prints_no_more_than_there_is(tmp_path: Path) -> None:
    spec, data, index, frame = panel_files(
        tmp_path, units=6, base="2001", base_of="mean", normalise={"method": "min_max", "lower": 1, "upper": 9}
    )
    frame = frame.dropna()
    frame[frame["year"] != 2002].to_csv(data, index=False)
    said = run("compute", spec, data)[1]
    assert "level (mean of the units, 2001 = 100)" in said
    assert "of 6 units;" not in said
    frame[frame["year"] == 2003].drop(columns="year").to_csv(data, index=False)
    index.replace({"period": None, "base": None}).write(spec)
    said = run("compute", spec, data)[1]
    assert "learnt from all 4 rows; no fit_on" in said
    assert [line.split()[-2] for line in said.split("\n\n")[2].splitlines()[1:]] == ["1", "2", "3", "4"]


def test_compute_says_the_log_in_short(tmp_path: Path) -> None:
    spec, data, _, frame = panel_files(tmp_path, impute="carry_forward")
    frame["a"] = frame["a"].mask(frame["year"] == 2002)
    frame.to_csv(data, index=False)
    lines = run("compute", spec, data)[1].partition("lines in the log:\n")[2].splitlines()
    assert lines[0] == "  impute: carry_forward: 52 filled"
    assert run("check", spec, data)[1].splitlines()[1:] == lines[: len(run("check", spec, data)[1].splitlines()) - 1]


def test_check_counts_one_as_one(tmp_path: Path) -> None:
    spec, data, *_ = panel_files(tmp_path)
    assert run("check", spec)[1] == "i.toml: 1 group, 2 indicators; nothing is wrong\n"
    assert run("check", spec, data)[1].startswith("d.csv: 149 rows fit i.toml; ")


COMMANDS = (
    "check {index} {data}",
    "compute {index} {data}",
    "compute {index} {data} --out {to}/tables --excel {to}/result.xlsx",
    "release {index} {data} {to}/release",
    "revisions {to}/release {to}/release",
    "audit {index} {data} --html {to}/audit.html",
    "report {index} {data} {to}/report.html --draws 4",
    "report {index} {data} {to}/report_zh.html --lang zh",
)


def warning_tables() -> dict[str, tuple[hi.Index, pd.DataFrame]]:
    """Return indexes and tables of which the library warns: no change in per cent, no level in the base."""
    groups, indicators = [hi.Group("all")], [hi.Indicator("x", "all"), hi.Indicator("y", "all")]
    quarters = [f"{year}Q{q}" for year in (2001, 2002, 2003) for q in range(1, 5)]
    x = [4.0, -1, 0, 3, 4, 5, -6, 5, 4, 3, 4, 5]
    falling = pd.DataFrame({"q": quarters, "x": x, "y": x[::-1]})
    series = hi.Index(period="q", normalise="none", groups=groups, indicators=indicators)
    rows = [(u, y, v + y - 2020, v * (y - 2018)) for v, u in enumerate("ABCD", 1) for y in (2020, 2021, 2022)]
    towns = pd.DataFrame(rows, columns=["town", "year", "x", "y"])
    late = towns[(towns["town"] != "D") | (towns["year"] > 2020)]
    panel = hi.Index(
        unit="town", period="year", base="2020", new_units="missing", groups=groups, indicators=indicators
    ).replace({"normalise": {"method": "min_max", "lower": 1, "upper": 100}})
    signs = towns.assign(x=towns["x"] - 4, y=towns["y"] - 6)
    return {
        "a series of both signs": (series, falling),
        "a unit without a base": (panel, late),
        "a panel of both signs": (panel.replace({"base": None, "normalise": "none"}), signs),
    }


@pytest.mark.parametrize("kind", list(warning_tables()))
def test_no_command_prints_a_warning_of_python(kind: str, tmp_path: Path) -> None:
    """What must be said is one line, once, without the source of the package or words of Python."""
    pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed")
    pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
    index, frame = warning_tables()[kind]
    index.write(tmp_path / "index.toml")
    frame.to_csv(tmp_path / "data.csv", index=False)
    places = {"index": tmp_path / "index.toml", "data": tmp_path / "data.csv", "to": tmp_path}
    told = {}
    for command in COMMANDS:
        arguments = [part.format(**places) for part in command.split()]
        done = subprocess.run([sys.executable, "-m", "hengdian_index", *arguments], capture_output=True, text=True)
        # An old matplotlib logs what a newer pyparsing thinks of its style files.
        lines = [line for line in done.stderr.splitlines() if ".mplstyle: " not in line]
        assert done.returncode in ((0, 1) if arguments[0] == "audit" else (0,)), done.stderr
        assert not [line for line in lines if "Warning" in line or ".py" in line or "how=" in line], (command, lines)
        assert len(set(lines)) == len(lines)
        told[command] = [line for line in lines if line.startswith("Note: ")]
    if "both signs" in kind:
        assert told[COMMANDS[1]] == []
        assert len(told[COMMANDS[2]]) == len(told[COMMANDS[3]]) == 1
        assert "level that is not above 0" in told[COMMANDS[2]][0]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("asked", [["methods"], ["--help"], ["compute"], ["check"], ["audit"]])
def test_output_that_cannot_be_written_ends_in_one_line(asked: list[str], files: tuple[Path, Path]) -> None:
    words = [*asked, *map(str, files)] if asked[0] in ("compute", "check", "audit") else asked
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "hengdian_index", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert run.returncode == 2
    assert run.stderr.startswith("Error: the output cannot be written: ")
    assert run.stderr.count("\n") == 1
