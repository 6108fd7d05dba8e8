"""Studies as commands: the numbers of Python, folders whole or not at all, doubts from the spec or the command."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index.cli import main

DOUBTS = {"weights": hi.Noise(0.25), "left.aggregate": ["arithmetic", "geometric"], "c": [True, None]}


def run(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
    done = CliRunner().invoke(main, list(map(str, arguments)), input=stdin)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    two_levels(name="Small", doubts=DOUBTS).write(tmp_path / "index.toml")
    table().to_csv(tmp_path / "data.csv", index=False)
    return tmp_path / "index.toml", tmp_path / "data.csv"


def read(text: str, index: int = 0) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), index_col=index)


def towns(folder: Path) -> tuple[Path, Path]:
    """Write an index of units in two years, and its rows."""
    rows = pd.concat([table(2, seed=i).assign(quarter=[2001, 2002], town=town) for i, town in enumerate("xyz")])
    two_levels(doubts=DOUBTS, unit="town", base=None).write(folder / "towns.toml")
    rows.to_csv(folder / "towns.csv", index=False)
    return folder / "towns.toml", folder / "towns.csv"


def test_uncertainty_is_that_of_python(files: tuple[Path, Path], tmp_path: Path) -> None:
    given = ("uncertainty", *files, "--draws", 32, "--rng", 5)
    code, said, _ = run(*given, "--out", tmp_path / "out")
    found = hi.uncertainty(two_levels(), table(), DOUBTS, draws=32, rng=5)
    assert code == 0
    assert found.summary() in said
    assert said.splitlines()[-1].startswith(f"Written to {tmp_path / 'out'}: series.csv")
    for name in ("series", "scores", "ranks", "parameters", "rank_frequency"):
        expected = getattr(found, name)
        written = pd.read_csv(tmp_path / "out" / f"{name}.csv", index_col=0)
        pd.testing.assert_frame_equal(written, expected.set_axis(expected.columns.astype(str), axis=1), **LOOSE)
    pd.testing.assert_frame_equal(read(run(*given, "--format", "csv")[1]), found.series, **LOOSE)
    study = json.loads((tmp_path / "out" / "provenance.json").read_text())["study"]
    assert study["doubts"]["weights"] == {"noise": 0.25}
    assert (study["study"], study["draws"], study["rng"]) == ("uncertainty", 32, 5)
    assert run(*given, "--lang", "zh")[1].startswith("32次抽样")


LOOSE = {"check_names": False, "check_index_type": False, "check_column_type": False, "check_dtype": False}


def test_units_have_intervals_of_their_ranks(tmp_path: Path) -> None:
    spec, data = towns(tmp_path)
    code, said, _ = run("uncertainty", spec, data, "--draws", 16)
    assert code == 0
    assert said.splitlines()[2].split() == ["rank", "low", "high"]
    found = hi.uncertainty(hi.Index.read(spec), pd.read_csv(data), draws=16)
    ranks = pd.read_csv(io.StringIO(run("uncertainty", spec, data, "--draws", 16, "--format", "csv")[1]))
    assert ranks["q95"].tolist() == found.ranks["q95"].tolist()


def test_sensitivity_is_that_of_python(files: tuple[Path, Path], tmp_path: Path) -> None:
    given = ("sensitivity", *files, "--draws", 32, "--rng", 3, "--resamples", 20)
    found = hi.sensitivity(two_levels(), table(), DOUBTS, draws=32, rng=3, resamples=20)
    code, said, _ = run(*given, "--out", tmp_path / "out")
    assert (code, found.summary() in said) == (0, True)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "out" / "sensitivity.csv", index_col=0), found.table, **LOOSE)
    pd.testing.assert_frame_equal(read(run(*given, "--format", "csv")[1]), found.table, **LOOSE)


@pytest.mark.parametrize("what", ["level:2002Q1", "rank_correlation"])
def test_the_outcome_of_a_sensitivity_is_chosen(what: str, files: tuple[Path, Path]) -> None:
    of = tuple(what.split(":")) if ":" in what else what
    found = hi.sensitivity(two_levels(), table(), DOUBTS, draws=16, resamples=10, of=of)
    given = ("sensitivity", *files, "--draws", 16, "--resamples", 10, "--of")
    assert read(run(*given, what, "--format", "csv")[1])["total"].tolist() == pytest.approx(found.total.tolist())
    code, _, errors = run(*given, "rank_shft")
    assert (code, "did you mean 'rank_shift'" in errors) == (2, True)


def test_a_row_of_a_panel_is_named_by_both_labels(tmp_path: Path) -> None:
    spec, data = towns(tmp_path)
    given = ("sensitivity", spec, data, "--draws", 16, "--resamples", 10, "--format", "json", "--of")
    code, said, errors = run(*given, "score:y, 2002")
    assert code == 0, errors
    assert [row["factor"] for row in json.loads(said)["rows"]] == list(DOUBTS)


def test_a_unit_of_a_panel_is_refused_with_the_rows_that_the_command_takes(tmp_path: Path) -> None:
    spec, data = towns(tmp_path)
    given = ("sensitivity", spec, data, "--draws", 16, "--resamples", 10, "--format", "csv", "--of")
    code, _, errors = run(*given, "score:y")
    assert (code, "rows=" in errors) == (2, False)
    assert "'y' stands for 2 of the rows; name one of them: 'y,2001', 'y,2002'" in errors
    tables = [read(run(*given, f"score:{row}")[1]) for row in ("y,2002", "y, 2002", " y ,2002")]
    assert len(tables[0]) == len(DOUBTS)
    for one in tables[1:]:
        pd.testing.assert_frame_equal(one, tables[0])


def test_compare_takes_indexes_or_the_alternatives_of_one(files: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    two_levels(aggregate="geometric").write(other)
    code, said, _ = run("compare", files[0], other, files[1], "--out", tmp_path / "out")
    found = hi.compare({"index": two_levels(), "other": two_levels(aggregate="geometric")}, table())
    assert (code, found.summary() in said) == (0, True)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "out" / "ranks.csv", index_col=0), found.ranks, **LOOSE)
    printed = run("compare", files[0], other, "-", "--table", "shifts", stdin=files[1].read_bytes())[1]
    pd.testing.assert_frame_equal(read(printed), found.shifts, **LOOSE)
    alone = read(run("compare", *files, "--format", "csv")[1])
    assert list(alone) == ["as it is", "left.aggregate = geometric", "c = out"]
    geometric = hi.compare({"a": two_levels(), "b": two_levels().replace({"left.aggregate": "geometric"})}, table())
    assert alone["left.aggregate = geometric"].tolist() == geometric.ranks["b"].tolist()


def test_compare_with_a_program_is_that_of_python(files: tuple[Path, Path], tmp_path: Path) -> None:
    entropy = two_levels(weights="entropy")
    entropy.write(tmp_path / "entropy.toml")
    given = ("compare", tmp_path / "entropy.toml", files[1], "--with", "SPSSAU")
    found = hi.compare_with("spssau", entropy, table())
    assert found.departures
    code, said, _ = run(*given, "--out", tmp_path / "out")
    assert (code, found.summary() in said) == (0, True)
    written = pd.read_csv(tmp_path / "out" / "numbers.csv", index_col=0)
    pd.testing.assert_frame_equal(written, found.numbers, **LOOSE)
    departures = read(run(*given, "--table", "departures", "--lang", "zh")[1])
    assert list(departures.index) == [one.address for one in found.departures]
    assert departures["why"].tolist() == [one.why.told("zh") for one in found.departures]
    assert found.summary(lang="zh").split("；")[0] in run(*given, "--lang", "zh")[1]


def test_one_index_alone_is_compared_with_a_known_program(files: tuple[Path, Path], tmp_path: Path) -> None:
    two_levels(aggregate="geometric").write(tmp_path / "other.toml")
    code, _, errors = run("compare", *files, "--with", "matlab")
    assert (code, "known: 'excel', 'spssau', 'stata', 'yaahp'" in errors) == (2, True)
    two = [tmp_path / "other.toml", *files]
    for given in (two, [*files, "--node", "left"], [*files, "--doubt", "weights = ['equal']"]):
        code, _, errors = run("compare", *given, "--with", "excel")
        assert (code, "give one, without --doubt and --node" in errors) == (2, True)


def test_indexes_of_one_name_are_told_apart_by_their_folders(files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    two_levels(aggregate="geometric").write(tmp_path / "b" / "index.toml")
    frame = read(run("compare", files[0], tmp_path / "b" / "index.toml", files[1], "--format", "csv")[1])
    assert list(frame) == [str(files[0]), str(tmp_path / "b" / "index.toml")]


@pytest.mark.parametrize("study", ["uncertainty {i} {d}", "sensitivity {i} {d}", "compare {i} {d}"])
def test_an_index_without_doubts_is_told_what_to_write(study: str, files: tuple[Path, Path], tmp_path: Path) -> None:
    two_levels().write(files[0])
    words = study.format(i=files[0], d=files[1]).split()
    code, said, errors = run(*words, "--out", tmp_path / "out")
    assert (code, said, "[doubts]" in errors) == (2, "", True)
    assert not (tmp_path / "out").exists()


def test_doubts_of_the_command_stand_in_place_of_those_of_the_index(files: tuple[Path, Path]) -> None:
    given = ("--doubt", "left.weights = { dirichlet = 30 }", "--doubt", 'normalise = ["rank", "percentile_rank"]')
    code, said, _ = run("uncertainty", *files, "--draws", 16, "--infeasible", "exclude", *given)
    assert code == 0
    assert "2 uncertain choices (left.weights, normalise)" in said
    code, _, errors = run("uncertainty", *files, "--doubt", "weights { noise = 0.25 }")
    assert (code, errors.startswith("SpecError: --doubt weights { noise")) == (2, True)
    code, _, errors = run("uncertainty", *files, "--doubt", "wieghts = { noise = 0.25 }")
    assert (code, "did you mean 'weights'" in errors) == (2, True)


def test_what_cannot_be_computed_leaves_nothing_behind(files: tuple[Path, Path], tmp_path: Path) -> None:
    doubt = 'normalise = ["z_score", "min_max"]\n"left.aggregate" = ["geometric"]'
    code, said, errors = run("uncertainty", *files, "--doubt", doubt, "--out", tmp_path / "out")
    assert (code, said) == (2, "")
    assert "geometric needs values above 0" in errors
    assert not (tmp_path / "out").exists()
    code, _, errors = run("uncertainty", *files, "--draws", 16, "--out", files[1])
    assert code == 2
    assert files[1].read_text().startswith("quarter")


def test_a_folder_of_tables_is_not_written_over_the_data(files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    data = files[1].rename(tmp_path / "out" / "scores.csv")
    before = data.read_bytes()
    code, _, errors = run("uncertainty", files[0], data, "--draws", 16, "--out", tmp_path / "out")
    assert (code, "would be lost" in errors) == (2, True)
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["scores.csv"]
    assert data.read_bytes() == before


def test_faults_of_all_files_come_together(files: tuple[Path, Path], tmp_path: Path) -> None:
    code, _, errors = run("compare", files[0], tmp_path / "no.toml", tmp_path / "nor.toml", tmp_path / "no.csv")
    assert code == 2
    assert errors.count("no such file") == 3


def test_a_report_draws_the_doubts_of_its_index(files: tuple[Path, Path], tmp_path: Path) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
    assert run("report", *files, tmp_path / "r.html", "--draws", 16)[0] == 0
    assert "left.aggregate" in (tmp_path / "r.html").read_text()
