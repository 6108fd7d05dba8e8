"""Tables in `.zip` and `.gz` files: the one inside is read, all else is refused before it is unpacked."""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._tables.read_file import read_stream
from hengdian_index.cli import main

TEXT = "place,year,jobs,rent\nAsh,2020,4,9.5\nElm,2020,8,7\nOak,2020,5,6\nAsh,2021,3,8\nElm,2021,7,5.5\nOak,2021,6,4\n"
INDEX = hi.Index(
    unit="place",
    period="year",
    groups=[hi.Group("all")],
    indicators=[hi.Indicator("jobs", "all"), hi.Indicator("rent", "all", direction=-1)],
)


def archive(path, members):
    """Write an archive of texts."""
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, text in members.items():
            file.writestr(name, text)
    return path


def packed():
    """Return a name and the bytes of each kind of file."""
    for method in (ZIP_DEFLATED, ZIP_LZMA):
        file = io.BytesIO()
        with ZipFile(file, "w", method) as zipped:
            zipped.writestr("API.csv", TEXT)
        yield "bank.zip", file.getvalue()
    yield "towns.csv.gz", gzip.compress(TEXT.encode())


KINDS = tuple(packed())


@pytest.mark.parametrize(
    ("beside", "left"),
    [
        (
            {"Metadata_Country_API_1.csv": "Code,Region\nA,x\n", "Metadata_Indicator_API_1.csv": "Code,Name\nA,x\n"},
            True,
        ),
        ({"README.txt": "Read this\n", "licence.txt": "Free\n", "guide.pdf": "%PDF"}, True),
        ({"deep/unsd-metadata.csv": "a,b\n1,2\n", "__MACOSX/._API_1.csv": "x", ".DS_Store": "x"}, True),
        ({}, False),
    ],
)
def test_the_one_table_of_an_archive_is_read_as_the_file_itself(tmp_path, beside, left):
    (tmp_path / "API_1.csv").write_text(TEXT, encoding="utf-8")
    path = archive(tmp_path / "bank.zip", {**beside, "inner/API_1.csv": TEXT})
    plain, packed = hi.read(tmp_path / "API_1.csv"), hi.read(path)
    pd.testing.assert_frame_equal(packed, plain)
    told = [line for line in packed.attrs["log"] if "bank.zip" in line]
    assert len(told) == 1
    for name in beside:
        assert (name in told[0]) is not (name.startswith((".", "__")))
    assert ("left out" in told[0]) is left
    pd.testing.assert_frame_equal(INDEX.compute(path).scores, INDEX.compute(tmp_path / "API_1.csv").scores)
    assert any("bank.zip" in why for why in INDEX.compute(path).log["why"])


@pytest.mark.parametrize("name", ["towns.csv.gz", "towns.TSV.gz", "towns.gz"])
def test_a_table_that_is_packed_alone_is_read(tmp_path, name):
    text = TEXT.replace(",", "\t") if "TSV" in name else TEXT
    (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    found = hi.read(tmp_path / name)
    assert found["rent"].tolist() == [9.5, 7, 6, 8, 5.5, 4]
    assert any(name in line for line in found.attrs["log"])


def test_commands_take_what_is_packed_as_a_file_and_from_standard_input(tmp_path):
    path = archive(tmp_path / "bank.zip", {"API.csv": TEXT, "Metadata_API.csv": "a,b\n1,2\n"})
    (tmp_path / "index.toml").write_text(INDEX.to_toml(), encoding="utf-8")
    ran = CliRunner().invoke(main, ["check", str(tmp_path / "index.toml"), str(path)])
    assert ran.exit_code == 0, ran.output
    for content in (path.read_bytes(), gzip.compress(TEXT.encode())):
        assert read_stream(content, "standard input")["jobs"].tolist() == [4, 8, 5, 3, 7, 6]


def test_packed_files_are_joined_by_their_names(tmp_path):
    for name, column in (("jobs", 2), ("rent", 3)):
        lines = [row.split(",") for row in TEXT.splitlines()]
        text = "".join(f"{row[0]},{row[1]},{'value' if i == 0 else row[column]}\n" for i, row in enumerate(lines))
        (tmp_path / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
    found = hi.read(tmp_path, unit="place", period="year")
    assert found["jobs"].tolist() == [4, 8, 5, 3, 7, 6]
    assert found["rent"].tolist() == [9.5, 7, 6, 8, 5.5, 4]


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"a.csv": TEXT, "b.tsv": TEXT, "Metadata_a.csv": TEXT}, ["2 tables: 'a.csv', 'b.tsv'", "unpack it", "folder"]),
        ({"bank_notes.csv": TEXT, "coins.csv": TEXT}, ["2 tables", "bank_notes.csv"]),
        ({"a.pdf": "%PDF"}, ["no table", "'a.pdf'", ".csv"]),
        ({"a.zip": "PK"}, ["no table", "'a.zip'"]),
        ({}, ["no table"]),
        ({"[Content_Types].xml": "<x/>"}, ["workbook", ".xlsx"]),
    ],
)
def test_an_archive_that_does_not_hold_one_table_is_refused_by_what_it_holds(tmp_path, members, words):
    path = archive(tmp_path / "bank.zip", members)
    for read in (hi.read, INDEX.compute):
        with pytest.raises(hi.DataError) as caught:
            read(path)
        assert str(caught.value).startswith("bank.zip: ")
        assert all(word in str(caught.value) for word in words)


def test_a_fault_names_the_member_and_its_line(tmp_path):
    path = archive(tmp_path / "bank.zip", {"API.csv": TEXT.replace("Elm,2021,7", "Elm,2021,many")})
    with pytest.raises(hi.DataError, match=r"^API\.csv line 6"):
        INDEX.compute(path)


def test_chinese_names_of_an_archive_that_says_no_encoding_are_read(tmp_path):
    path = archive(tmp_path / "bank.zip", {"xxxx.csv": TEXT})
    path.write_bytes(path.read_bytes().replace(b"xxxx.csv", "数据".encode("gb18030") + b".csv"))
    assert any("数据.csv" in line for line in hi.read(path).attrs["log"])


@pytest.mark.parametrize("kind", ["zip", "lying zip", "gz", "lying gz"])
def test_a_bomb_is_refused_without_being_unpacked(tmp_path, kind):
    size = 120 << 20
    if "zip" in kind:
        path = archive(tmp_path / "bomb.zip", {"a.csv": bytes(size)})
        if kind == "lying zip":
            content = path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 100))
            path.write_bytes(content)
    else:
        path = tmp_path / "bomb.csv.gz"
        content = gzip.compress(bytes(size), compresslevel=1)
        path.write_bytes(content[:-4] + struct.pack("<I", 9) if "lying" in kind else content)
    tracemalloc.start()
    try:
        with pytest.raises(hi.DataError, match=r"unpack"):
            hi.read(path)
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["bank.zip", "towns.csv.gz"])
def test_what_is_damaged_locked_or_absent_is_refused_by_name(tmp_path, name):
    whole = gzip.compress(TEXT.encode() * 9)
    if "zip" in name:
        whole = archive(tmp_path / "w.zip", {"a.csv": TEXT * 9}).read_bytes()
    path = tmp_path / name
    for content in (b"", whole[:40], whole[:-9], whole[:50] + b"\xff" * 9 + whole[59:]):
        path.write_bytes(content)
        with pytest.raises(hi.DataError, match=name):
            hi.read(path)
    path.unlink()
    with pytest.raises(hi.DataError, match="no such file"):
        hi.read(path)
    if "zip" in name:
        locked = bytearray(whole)
        locked[6] |= 1
        locked[whole.index(b"PK\x01\x02") + 8] |= 1
        path.write_bytes(bytes(locked))
        with pytest.raises(hi.DataError, match="password"):
            hi.read(path)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6), st.sampled_from(KINDS))
def test_no_damage_gives_other_numbers_or_a_raw_error(changes, kind):
    name, whole = kind
    content = bytearray(whole)
    for at, byte in changes:
        content[at % len(content)] = byte
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(bytes(content))
        try:
            found = hi.read(path)
        except hi.DataError:
            return
        assert found["rent"].tolist() == [9.5, 7, 6, 8, 5.5, 4]
