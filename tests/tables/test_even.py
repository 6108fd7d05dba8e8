"""The quick way through an even file gives what the close look gives, for every file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengdian_index._tables import read_file
from hengdian_index._tables.even import separators
from hengdian_index.errors import FaultsError

CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "1", "2.5", "-3e2", "007", "NA", "N/A", "..", "—", "1,5", "北京", "São", "'=1", "'tis", '"a"', '"'],
    ),
    st.sampled_from(["Note: x", "数据来源：年鉴", "2020", "2021Q1", "a;b", "x\ty", "true", "\u2028", "1e400", "\0"]),
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(str),
)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=0, max_size=8)
HEADS = st.sampled_from([["u", "x", "y"], ["", "u", "x"], ["u", "x", "x"], [" u ", "'=x", "y"], ["u", "x", ""]])


def outcome(path: Path, labels: list[str]) -> tuple[Any, ...]:
    """Return all that is known of a file once it is read, or the words of its refusal."""
    try:
        frame = read_file.read_table(path, labels)
    except FaultsError as error:
        return type(error).__name__, str(error)
    cells = [[(type(cell).__name__, repr(cell)) for cell in frame.iloc[:, j].tolist()] for j in range(frame.shape[1])]
    return list(frame.columns), list(map(str, frame.dtypes)), cells, dict(sorted(frame.attrs.items()))


def both(path: Path, labels: list[str]) -> tuple[Any, bool]:
    """Return the outcome of a file, the same for the close look, and whether the quick way was gone."""
    quick, found = read_file._read_even, []

    def gone(*given: Any) -> Any:
        found.append(quick(*given))
        return found[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_file, "_read_even", gone)
        ours = outcome(path, labels)
        patch.setattr(read_file, "_read_even", lambda *_: None)
        assert ours == outcome(path, labels)
    return ours, bool(found) and found[0] is not None


@given(
    HEADS,
    ROWS,
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    st.booleans(),
    st.sampled_from([[], ["u"], ["u", "y"]]),
    st.data(),
)
def test_both_ways_give_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    head: list[str],
    rows: list[list[str]],
    end: str,
    separator: str,
    encoding: str,
    ended: bool,
    labels: list[str],
    data: st.DataObject,
) -> None:
    """A row is lengthened, cut, left blank, or a byte changed, in half of the files."""
    lines = [list(row) for row in (head, *rows)]
    if rows and data.draw(st.booleans()):
        row = lines[data.draw(st.integers(1, len(rows)))]
        row[:] = data.draw(st.sampled_from([[*row, "9"], row[:-1], row[:1], [""], [""] * 3, [*row, ""]]))
    text = end.join(separator.join(row) for row in lines) + (end if ended else "")
    raw = text.encode(encoding, errors="replace")
    if data.draw(st.integers(0, 5)) == 0:
        at = data.draw(st.integers(0, len(raw) - 1))
        raw = raw[:at] + data.draw(st.binary(min_size=1, max_size=2)) + raw[at + 1 :]
    path = tmp_path_factory.mktemp("even") / "t.csv"
    path.write_bytes(raw)
    both(path, labels)


HEAD, LINES = "u,q,x,y\n", [f"a{i},2020Q{i % 4 + 1},{i}.5,{i}\n" for i in range(60)]
MEANT = {
    "plain": ("".join([HEAD, *LINES]), True),
    "with a mark": ("\ufeff" + "".join([HEAD, *LINES]), True),
    "Chinese": ("".join([HEAD, *LINES]).replace("a", "县"), True),
    "last cells missing": (HEAD + "a,2020Q1,1,\nb,2020Q1,2,NA\n", True),
    "line feeds and returns": ("".join([HEAD, *LINES]).replace("\n", "\r\n"), True),
    "no line feed at its end": ("".join([HEAD, *LINES])[:-1], True),
    "a text among numbers": (HEAD + "a,2020Q1,1,two\nb,2020Q1,2,3\n", True),
    "guarded texts": (HEAD + "'=a,2020Q1,1,'+b\nb,2020Q1,2,'tis\n", True),
    "numbered rows": (HEAD.replace("u", "") + "".join(LINES), True),
    "a short row": ("".join([HEAD, *LINES, "b,2020Q1,1\n", *LINES]), False),
    "a long row": ("".join([HEAD, *LINES, "b,2020Q1,1,2,3\n", "c,2020Q1,4,5\n"]), False),
    "a long row and a short one": (HEAD + "a,2020Q1,1\nb,2020Q1,1,2,3\nc,2020Q1,4,5\n", False),
    "quotes": (HEAD + 'a,2020Q1,"1,000",3\n' + "".join(LINES), False),
    "a note": ("".join([HEAD, *LINES, "Source: an office,,,\n"]), False),
    "a note of two cells": ("".join([HEAD, *LINES, "注：表, ,见年鉴,\n"]), False),
    "a return alone": ("".join([HEAD, *LINES, "b,2020Q1,1,2\r", *LINES]), False),
    "half a letter": ("".join([HEAD, *LINES]).encode() + b"b,2020Q1,1,\xe5\xbf\nc,2020Q1,1,2\n", False),
}


@pytest.mark.parametrize("kind", MEANT)
def test_even_files_are_read_the_quick_way_and_others_are_not(tmp_path: Path, kind: str) -> None:
    text, quick = MEANT[kind]
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert both(path, ["u"])[1] is quick
    if not quick:
        assert both(path, [])[1] is quick


def test_what_spoils_a_file_is_found_in_every_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few bytes part every line somewhere else."""
    path = tmp_path / "t.csv"
    for size in (1, 2, 3, 7, 64):
        monkeypatch.setattr("hengdian_index._tables.even._BLOCK", size)
        for end in ("\n", "\r\n"):
            for more, known in (("", True), ('"b",2,3,4\n', False), ("b,\r2,3,4\n", False), ("b,2,\0,4\n", False)):
                path.write_bytes("".join([HEAD, *LINES, more, *LINES]).replace("\n", end).encode())
                assert separators(path, ",") == (363 if known else None)


def test_a_column_of_a_long_file_is_read_whole(tmp_path: Path) -> None:
    """pandas reads a long file in parts, of which one may have numbers alone; a text below makes texts of all."""
    n = 400_000
    lines = [f"{i},1.50,{i}\n" for i in range(n)]
    (tmp_path / "t.csv").write_text("".join(["u,x,y\n", *lines[:-1], f"{n},two,3\n"]))
    found, quick = both(tmp_path / "t.csv", ["u"])
    assert quick
    assert [found[2][1][i] for i in (0, -2, -1)] == [("str", "'1.50'"), ("str", "'1.50'"), ("str", "'two'")]
