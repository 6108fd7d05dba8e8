"""Texts in CSV: no spreadsheet takes them for formulas, and what is read back is what was written."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._index.text import write_tables
from hengdian_index._tables.guard import csv_of, guarded, unguarded, unguarded_cells
from hengdian_index._tables.read_file import read_table

STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
NUMBERS = ["-1.5", "+2", "-1e-3", "+.5", "-3."]
TEXTS = st.one_of(
    st.sampled_from(NUMBERS),
    st.builds("".join, st.tuples(st.sampled_from(["", "'", "''"]), st.sampled_from(STARTS), st.text(max_size=5))),
    st.text(max_size=6),
).filter(lambda text: "\0" not in text and text.isprintable() | (text[:1] in "\t\r\n"))


def is_formula(cell: str) -> bool:
    """Return whether a spreadsheet would compute a cell."""
    return cell[:1] in STARTS and cell not in NUMBERS and not cell.lstrip("+-").replace(".", "", 1).isdecimal()


@example([("\n0", " 5"), ("-1 ", "x")], "", "a")
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5), TEXTS, TEXTS)
def test_what_is_written_is_no_formula_and_comes_back(cells: list[tuple[str, str]], name: str, label: str) -> None:
    frame = pd.DataFrame(cells, columns=[name or "x", "b"]).assign(n=-1.5)
    text = csv_of(frame, index=False)
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert not [cell for row in found for cell in row if is_formula(cell)]
    assert {row[2] for row in found[1:]} == {"-1.5"}
    back = unguarded_cells(pd.read_csv(io.StringIO(text, newline=""), dtype=str, keep_default_na=False))
    assert back.columns.tolist()[:1] == [name or "x"] or name in ("b", "n")
    assert [tuple(row[:2]) for row in back.to_numpy().tolist()] == cells
    assert guarded(frame.set_axis([label] * len(frame))).index[0] in (label, f"'{label}")


@example("\n0")
@given(TEXTS)
def test_guarding_is_undone(text: str) -> None:
    (cell,) = guarded(pd.DataFrame({"a": [text]}))["a"]
    assert unguarded(cell) == text


@pytest.mark.parametrize("text", ["-", "-inf", "-1_000", "+nan", "-1.5.2", "1-2=3", "-1e"])
def test_only_plain_numbers_begin_with_a_sign(text: str) -> None:
    (cell,) = guarded(pd.DataFrame({"a": [text]}))["a"]
    assert cell == (f"'{text}" if text[0] in STARTS else text)


def odd(start: str) -> tuple[hi.Index, pd.DataFrame]:
    """Return an index whose name, units, codes and columns begin like formulas, and its table."""
    codes = [f"{start}SUM(A1)", f"'{start}b"]
    index = hi.Index(
        name=f"{start}name",
        unit=f"{start}place",
        groups=[hi.Group(f"{start}total", name=f"{start}all")],
        indicators=[hi.Indicator(code, f"{start}total", name=f"{start}{code}") for code in codes],
    )
    places = [f"{start}HYPERLINK(1)", "plain", f"'{start}x"]
    return index, pd.DataFrame({f"{start}place": places, codes[0]: [1.0, -2.5, 4.0], codes[1]: [3.0, 1.0, -2.0]})


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝"])
def test_files_of_names_that_begin_like_formulas(start: str, tmp_path: Path) -> None:
    index, frame = odd(start)
    result = index.compute(frame)
    write_tables(result, tmp_path / "out")
    released = hi.release(result, tmp_path / "v1")
    for file in [*(tmp_path / "out").glob("*.csv"), *(tmp_path / "v1").glob("*.csv")]:
        cells = [cell for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline="")) for cell in row]
        assert not [cell for cell in cells if is_formula(cell)], file.name
    pd.testing.assert_frame_equal(released.scores, result.scores, check_names=False)
    assert released.data.columns.tolist() == frame.columns.tolist()
    assert released.weights.index.tolist() == result.weights.index.tolist()
    assert hi.revisions(tmp_path / "v1", tmp_path / "v1").summary()
    read = read_table(tmp_path / "v1" / "data.csv", [f"{start}place"])
    again = hi.Index.read(tmp_path / "v1" / "index.toml").compute(read)
    pd.testing.assert_frame_equal(again.scores, result.scores)
