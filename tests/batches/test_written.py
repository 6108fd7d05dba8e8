"""Scores in a folder are those of a result; parts are whole or not there, and a run goes on where it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fits import choices, chosen, wide
from support.laws import law
from support.streams import Pieces, near, parquet, pieces
from support.tables import panel

import hengdian_index as hi
from hengdian_index._batches import written

COLUMNS = ["top", "left", "right"]


def index(**choices):
    """Return an index of two groups over quarters of cities."""
    return hi.Index(
        unit="city",
        period="quarter",
        groups=[hi.Group("top"), hi.Group("left", "top"), hi.Group("right", "top", coverage=0.4)],
        indicators=[hi.Indicator(c, "left" if c in "ab" else "right") for c in "abcd"],
        **choices,
    )


def cities(n=12, units="uvwxyz", seed=5):
    """Return quarters of cities with gaps."""
    found = panel(n, units)
    rng = np.random.default_rng(seed)
    found.loc[rng.random(len(found)) < 0.1, "c"] = np.nan
    return found


def read(folder):
    """Return what was written, by unit and period."""
    return pd.read_parquet(folder).set_index(["city", "quarter"])


@pytest.fixture
def small(monkeypatch):
    """Let a part be of few rows."""
    monkeypatch.setattr(written, "_ROWS", 10)


@law(8)
@given(data=st.data())
def test_what_is_written_is_what_a_result_has(data, tmp_path_factory):
    rows = cities()
    fitted = index(weights="entropy", impute={"method": "mean"} if data.draw(st.booleans()) else None).fit(rows)
    folder = tmp_path_factory.mktemp("scores") / "out"
    answer = fitted.score(data.draw(pieces(rows)), out=folder)
    result = fitted.score(rows)
    found = read(folder)[COLUMNS].reindex(result.scores.index)
    near(found, result.scores[COLUMNS])
    assert answer.rows == len(rows)
    assert answer.complete
    digest = result.log_digest()
    digest = digest[digest["step"].isin(["aggregate", "impute"])]
    assert answer.gaps == dict(zip(digest["step"] + ": " + digest["kind"], digest["lines"], strict=True))


def test_values_that_a_treatment_moves_are_counted(tmp_path):
    rows = cities(40)
    fitted = index(treat={"method": "fence", "width": 0.5}).fit(rows)
    answer = fitted.score(rows, out=tmp_path / "out")
    digest = fitted.score(rows).log_digest().set_index("kind")["lines"]
    assert answer.gaps["treat: fence: values moved"] == digest["fence: values moved"] > 1


def complete(fitted, given, out):
    """Return whether all parts are written; what must be scored as one is refused at once."""
    try:
        return fitted.score(given, out=out).complete
    except hi.DataError:
        return False


@pytest.mark.parametrize(("family", "method", "options"), choices())
def test_any_method_scores_in_pieces_what_it_scores_of_all_rows(family, method, options, tmp_path):
    rows, cut = wide(1), Pieces(wide(1).iloc[::-1], [2, 9])
    try:
        fitted = chosen(family, method, options).fit(rows)
    except hi.DataError:
        pytest.skip("no fit of these rows")
    try:
        result = fitted.score(rows)
    except hi.DataError:
        assert not complete(fitted, cut, tmp_path / "out")
        return
    fitted.score(cut, out=tmp_path / "out")
    found = pd.read_parquet(tmp_path / "out").set_index("quarter").reindex(result.scores.index)
    near(found, result.scores)


def test_levels_are_those_of_the_base(tmp_path):
    rows = cities()
    fitted = index(base="2001").fit(Pieces(rows, [20]))
    fitted.score(Pieces(rows, [3, 50]), out=tmp_path / "out")
    wanted = fitted.score(rows).series()
    found = read(tmp_path / "out")[[f"{code}_level" for code in COLUMNS]].reindex(wanted.index)
    near(found, wanted[COLUMNS])
    new = rows.assign(city=rows["city"].replace("z", "new"))
    answer = fitted.score(Pieces(new), out=tmp_path / "new")
    found = read(tmp_path / "new")
    assert found.loc["new", "top_level"].isna().all()
    near(found[COLUMNS].reindex(fitted.score(new).scores.index), fitted.score(new).scores[COLUMNS])
    assert {count for what, count in answer.gaps.items() if what.startswith("base: rows without a level")} == {12}


def test_a_table_in_memory_is_written_too(tmp_path):
    rows = cities()
    fitted = index().fit(rows)
    answer = fitted.score(rows, out=tmp_path / "out")
    near(read(tmp_path / "out")[COLUMNS], fitted.score(rows).scores[COLUMNS])
    assert [one.name for one in answer.files] == ["part-00000.parquet"]
    assert (tmp_path / "out" / "_SUCCESS").exists()
    assert json.loads((tmp_path / "out" / "_manifest.json").read_text())["columns"] == ["city", "quarter", *COLUMNS]


@pytest.mark.usefixtures("small")
def test_parts_are_of_whole_pieces_and_in_the_order_of_the_source(tmp_path):
    rows = cities()
    fitted = index().fit(rows)
    answer = fitted.score(parquet(rows, tmp_path / "t.parquet", 4), out=tmp_path / "out")
    assert len(answer.files) == 6
    assert [pq.read_metadata(one).num_rows for one in answer.files] == [12] * 6
    assert pd.concat(map(pd.read_parquet, answer.files))["city"].tolist() == rows["city"].tolist()


@pytest.mark.usefixtures("small")
def test_a_bad_part_is_left_out_and_told_and_the_rest_is_kept(tmp_path):
    rows = cities()
    fitted = index().fit(rows)
    bad = rows.copy()
    bad.loc[17, "b"] = -np.inf
    path = parquet(bad, tmp_path / "t.parquet", 4)
    answer = fitted.score(path, out=tmp_path / "out")
    assert not answer.complete
    assert "t.parquet: row group 4, row 1, counted from 0" in answer.faults[0]
    assert "indicator 'b': infinity" in answer.faults[0]
    assert not (tmp_path / "out" / "_SUCCESS").exists()
    assert len(answer.files) == 5
    assert "not complete" in repr(answer)
    with pytest.raises(hi.DataError, match="its parts are of another source"):
        fitted.score(parquet(rows, path, 4), out=tmp_path / "out", resume=True)


@pytest.mark.usefixtures("small")
def test_a_run_goes_on_with_the_parts_that_are_wanting(tmp_path, monkeypatch):
    rows = cities()
    fitted, path = index().fit(rows), parquet(rows, tmp_path / "t.parquet", 4)
    whole = fitted.score(path, out=tmp_path / "out")
    before = read(tmp_path / "out")
    gone = whole.files[2]
    gone.unlink()
    (tmp_path / "out" / "_SUCCESS").unlink()
    seen = []
    scored = written._scored
    monkeypatch.setattr(written, "_scored", lambda part, *rest: seen.append(part.number) or scored(part, *rest))
    again = fitted.score(path, out=tmp_path / "out", resume=True)
    assert set(seen) == {2}
    assert (again.rows, again.gaps, again.files) == (whole.rows, whole.gaps, whole.files)
    pd.testing.assert_frame_equal(read(tmp_path / "out"), before)
    # A file that is cut off is none of its parts.
    gone.write_bytes(gone.read_bytes()[:-30])
    assert fitted.score(path, out=tmp_path / "out", resume=True).rows == whole.rows
    pd.testing.assert_frame_equal(read(tmp_path / "out"), before)


def test_a_folder_of_others_and_parts_of_another_fit_are_left_alone(tmp_path):
    rows = cities()
    one, other = index().fit(rows), index(weights="entropy").fit(rows)
    path = parquet(rows, tmp_path / "t.parquet", 4)
    one.score(path, out=tmp_path / "out")
    with pytest.raises(hi.DataError, match="it holds parts of an earlier run; resume=True goes on"):
        one.score(path, out=tmp_path / "out")
    with pytest.raises(hi.DataError, match="its parts are of another fit"):
        other.score(path, out=tmp_path / "out", resume=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    for resume in (False, True):
        with pytest.raises(hi.DataError, match="it holds other files; name one that is new or empty"):
            one.score(path, out=tmp_path / "mine", resume=resume)
    with pytest.raises(hi.DataError, match="a file has this name"):
        one.score(path, out=path)
    with pytest.raises(hi.SpecError, match="give out, too"):
        one.score(rows, resume=True)


@pytest.mark.usefixtures("small")
def test_a_full_disk_is_told_and_what_is_whole_stays(tmp_path, monkeypatch):
    rows = cities()
    fitted, path = index().fit(rows), parquet(rows, tmp_path / "t.parquet", 4)
    write = pq.ParquetWriter.write_table
    monkeypatch.setattr(os, "cpu_count", lambda: 1)

    def full(self, rows, *args, **options):
        if rows.column("city")[0].as_py() == "w":
            raise OSError(28, "No space left on device")
        return write(self, rows, *args, **options)

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(hi.DataError, match=r"part-00002\.parquet cannot be written: No space left on device; 2 parts"):
        fitted.score(path, out=tmp_path / "out")
    there = {one.name for one in (tmp_path / "out").glob("part-*")}
    assert {"part-00000.parquet", "part-00001.parquet"} <= there
    assert "part-00002.parquet" not in there
    monkeypatch.setattr(pq.ParquetWriter, "write_table", write)
    assert fitted.score(path, out=tmp_path / "out", resume=True).complete


KILLED = """
import sys, time
import hengdian_index as hi
from hengdian_index._batches import written
written._ROWS = 10
scored = written._scored
def slow(part, *rest):
    if part.number == 3:
        print("there", flush=True)
        time.sleep(60)
    return scored(part, *rest)
written._scored = slow
hi.Fitted.load(sys.argv[1]).score(sys.argv[2], out=sys.argv[3])
"""


def test_a_run_that_is_killed_loses_nothing_and_goes_on(tmp_path, small):
    rows = cities()
    fitted, path = index().fit(rows), parquet(rows, tmp_path / "t.parquet", 4)
    fitted.save(tmp_path / "fit.json")
    command = [sys.executable, "-c", KILLED, tmp_path / "fit.json", path, tmp_path / "out"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(hi.__file__).parents[1])
    assert run.stdout.readline().strip() == b"there"
    for _ in range(200):
        if len(list((tmp_path / "out").glob("part-*"))) >= 2:
            break
        time.sleep(0.05)
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    there = sorted(one.name for one in (tmp_path / "out").glob("part-*"))
    assert there[:2] == ["part-00000.parquet", "part-00001.parquet"]
    assert "part-00003.parquet" not in there
    assert not (tmp_path / "out" / "_SUCCESS").exists()
    assert fitted.score(path, out=tmp_path / "out", resume=True).complete
    near(read(tmp_path / "out")[COLUMNS], fitted.score(rows).scores[COLUMNS])
    assert [one.name for one in (tmp_path / "out").iterdir() if one.name.startswith(".")] == []


def test_a_unit_and_period_twice_is_found_across_parts(tmp_path, small):
    rows = cities()
    fitted = index().fit(rows)
    twice = pd.concat([rows, rows.iloc[[40]]])
    said = r"row group 18, row 0, counted from 0, unit 'x', period 2002Q1 is given a second time, after .*row group 10"
    path = parquet(twice, tmp_path / "t.parquet", 4)
    with pytest.raises(hi.DataError, match=said):
        fitted.score(path, out=tmp_path / "out")
    with pytest.raises(hi.DataError, match=said):
        index().fit(path)
    assert not (tmp_path / "out").exists()
    with pytest.raises(hi.DataError, match="is given a second time"):
        fitted.score(Pieces(twice, [30]).reader(), out=tmp_path / "once")
    assert not (tmp_path / "once" / "_SUCCESS").exists()


def test_what_is_read_once_is_fitted_and_scored(tmp_path):
    rows = cities()
    whole = index(weights="entropy").fit(rows)
    fitted = index(weights="entropy").fit(Pieces(rows, [7, 30]).reader())
    assert "can be read once, and was kept in a file" in fitted.log[0].why
    near(fitted.weights, whole.weights)
    fitted.score(Pieces(rows, [7, 30]).reader(), out=tmp_path / "out")
    near(read(tmp_path / "out")[COLUMNS], whole.score(rows).scores[COLUMNS])


@pytest.mark.parametrize("choices", [{"impute": "carry_forward"}, {"impute": "interpolate"}, {"aggregate": "topsis"}])
def test_choices_that_see_other_rows_are_scored_as_a_result_is(choices, tmp_path):
    rows = cities().sample(frac=1, random_state=4)
    fitted = index(**choices).fit(rows)
    fitted.score(parquet(rows, tmp_path / "t.parquet", 4), out=tmp_path / "out")
    result = fitted.score(rows)
    near(read(tmp_path / "out")[COLUMNS].reindex(result.scores.index), result.scores[COLUMNS])


@law(8)
@given(seed=st.integers(0, 99), gaps=st.sampled_from([0.0, 0.1, 0.5]), based=st.booleans())
def test_a_lazy_frame_is_scored_by_its_engine_as_by_batches(seed, gaps, based, tmp_path_factory):
    import polars as pl

    rows = panel(12, "uvwxyz")
    rng = np.random.default_rng(seed)
    for name in "abcd":
        rows.loc[rng.random(len(rows)) < gaps, name] = np.nan
    fitted = index(**({"base": "2001", "to": 100} if based else {})).fit(cities())
    folder = tmp_path_factory.mktemp("scores")
    plain = fitted.score(rows, out=folder / "plain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hengdian_index._index.in_pieces.in_turn", lambda *_: pytest.fail("a row left its engine"))
        lazy = fitted.score(pl.from_pandas(rows).lazy(), out=folder / "lazy")
    assert (lazy.rows, lazy.gaps, lazy.complete) == (plain.rows, plain.gaps, True)
    assert list(read(folder / "lazy")) == list(read(folder / "plain"))
    near(read(folder / "lazy"), read(folder / "plain"))


@pytest.mark.parametrize("choice", [{}, {"normalise": "rank"}, {"impute": "mean"}, {"treat": {"method": "fence"}}])
def test_a_lazy_frame_with_a_cell_to_refuse_or_another_choice_is_scored_by_batches(choice, tmp_path, small):
    import polars as pl

    rows = cities()
    fitted = index(**choice).fit(rows)
    rows.loc[31, "a"] = rows.loc[31, "a"] if choice else np.inf
    answers = [
        fitted.score(given, out=tmp_path / name)
        for name, given in {"plain": rows, "lazy": pl.from_pandas(rows).lazy()}.items()
    ]
    assert [one.split(":", 1)[1] for one in answers[0].faults] == [one.split(":", 1)[1] for one in answers[1].faults]
    assert bool(answers[1].faults) == (not choice)
    if choice:
        assert answers[0].gaps == answers[1].gaps
        near(read(tmp_path / "lazy"), read(tmp_path / "plain"))


def test_a_run_of_a_lazy_frame_goes_on_by_engine_where_batches_left_it(tmp_path, small, monkeypatch):
    import polars as pl

    from hengdian_index._batches import source

    # A row of two labels and four columns: pieces of ten rows.
    monkeypatch.setattr(source, "_NUMBERS", 60)
    rows = cities()
    fitted = index().fit(rows)
    bad = rows.copy()
    bad.loc[31, "a"] = np.inf
    first = fitted.score(pl.from_pandas(bad).lazy(), out=tmp_path / "scores")
    assert not first.complete
    again = fitted.score(pl.from_pandas(rows).lazy(), out=tmp_path / "scores", resume=True)
    assert again.complete
    whole = fitted.score(rows, out=tmp_path / "whole")
    assert (again.rows, again.gaps) == (whole.rows, whole.gaps)
    near(read(tmp_path / "scores"), read(tmp_path / "whole"))
