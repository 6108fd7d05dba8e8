"""Every kind of source gives the same rows, only the columns asked for, and one row group after the other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from support.streams import Pieces, parquet

import hengdian_index as hi
from hengdian_index._batches import source as module
from hengdian_index._batches.source import source_of, source_of_table

TABLE = pd.DataFrame({"who": [f"w{i}" for i in range(11)], " a ": np.arange(11.0), "b": np.arange(11) * 2, "c": 1.0})


def rows(source, columns=("b", "a", "who")):
    """Return the rows of a source as one table."""
    return pa.concat_tables([read().rows for read in source.reads(columns)]).to_pandas()


def kinds(folder):
    """Return every kind of source of the table."""
    path = parquet(TABLE, folder / "plain" / "one.parquet", 4)
    for name, part in {"x": TABLE.iloc[:5], "y": TABLE.iloc[5:]}.items():
        parquet(part, folder / "many" / f"{name}.parquet", 2)
    pq.write_to_dataset(
        pa.Table.from_pandas(TABLE.assign(key=[1] * 5 + [2] * 6)), folder / "keys", partition_cols=["key"]
    )
    (folder / "text").mkdir()
    TABLE.to_csv(folder / "text" / "t.csv", index=False)
    return {
        "path": path,
        "text path": str(path),
        "folder": folder / "many",
        "pattern": str(folder / "many" / "*.parquet"),
        "several": [folder / "many" / "x.parquet", folder / "many" / "y.parquet"],
        "partitions": folder / "keys",
        "csv": folder / "text" / "t.csv",
        "dataset": ds.dataset(path),
        "reader": pa.Table.from_pandas(TABLE).to_reader(3),
        "stream": Pieces(TABLE, [2, 2, 9]),
        "polars": pl.from_pandas(TABLE).lazy(),
        "scan": pl.scan_parquet(path),
    }


@pytest.mark.parametrize(
    "kind", ["path", "text path", "folder", "pattern", "several", "partitions", "csv", "dataset", "reader", "stream",
             "polars", "scan"],
)  # fmt: skip
def test_every_kind_gives_the_same_rows_of_the_columns_asked_for(kind, tmp_path):
    source = source_of(kinds(tmp_path)[kind])
    found = rows(source)
    assert list(found) == ["b", "a", "who"]
    assert found["who"].tolist() == TABLE["who"].tolist()
    assert found["a"].astype(float).tolist() == TABLE[" a "].tolist()
    assert source.rows in (11, None)
    assert source.again == (kind != "reader")
    if source.again:
        pd.testing.assert_frame_equal(rows(source), found)


@pytest.mark.program("duckdb")
def test_a_relation_of_duckdb(tmp_path):
    import duckdb

    path = parquet(TABLE, tmp_path / "one.parquet", 4)
    source = source_of(duckdb.sql(f"select * from '{path}'"))
    assert rows(source)["who"].tolist() == rows(source)["who"].tolist() == TABLE["who"].tolist()


def test_a_frame_of_dask_is_read_a_partition_at_a_time():
    dd = pytest.importorskip("dask.dataframe", reason="dask is not installed (the extra `dask`)")
    source = source_of(dd.from_pandas(TABLE, npartitions=3))
    assert rows(source)["who"].tolist() == TABLE["who"].tolist()


@pytest.mark.parametrize(
    "table",
    [TABLE, pl.from_pandas(TABLE), pa.Table.from_pandas(TABLE), TABLE.to_dict("list"), [[1.0]], np.ones((2, 2))],
)
def test_tables_in_memory_are_no_sources(table):
    assert source_of(table) is None


@pytest.mark.parametrize("table", [TABLE, pl.from_pandas(TABLE), pa.Table.from_pandas(TABLE), TABLE.to_dict("list")])
def test_a_table_in_memory_can_be_read_as_one(table):
    assert rows(source_of_table(table))["who"].tolist() == TABLE["who"].tolist()


def test_the_columns_that_folders_say_are_there(tmp_path):
    source = source_of(kinds(tmp_path)["partitions"])
    assert rows(source, ["key", "b"])["key"].tolist() == [1] * 5 + [2] * 6
    assert next(source.reads(["b"]))().file.startswith("key=1/")


def test_a_row_group_that_is_too_large_is_read_in_several_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_NUMBERS", 6)
    path = parquet(TABLE, tmp_path / "one.parquet", 11)
    found = [read() for read in source_of(path).reads(["a", "b"])]
    assert [(one.group, one.first, one.rows.num_rows) for one in found] == [(0, 0, 3), (0, 3, 3), (0, 6, 3), (0, 9, 2)]


def test_a_fingerprint_is_of_what_the_files_hold(tmp_path):
    path = parquet(TABLE, tmp_path / "one.parquet", 4)
    first = source_of(path).fingerprint
    assert first == source_of(str(path)).fingerprint != ""
    parquet(TABLE.assign(c=2.0), path, 4)
    assert source_of(path).fingerprint != first


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing.parquet", "no such file or folder"),
        ("none*.parquet", "no file matches this pattern"),
        ("", "no Parquet or CSV file in this folder"),
        ("book.xlsx", r"files of the kind \.xlsx; Parquet and CSV files are read in pieces, of one kind.*hi.read"),
        ("cut.parquet", r"cut\.parquet: cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name, said, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "book.xlsx").write_bytes(b"PK")
    whole = parquet(TABLE, tmp_path / "cut.parquet", 4).read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[:-40])
    path = tmp_path / "empty" if name == "" else tmp_path / name
    with pytest.raises(hi.DataError, match=said):
        source_of(path)


def test_columns_that_are_missing_are_named(tmp_path):
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("A", "g"), hi.Indicator("b", "g")])
    path = parquet(TABLE, tmp_path / "one.parquet", 4)
    with pytest.raises(hi.DataError, match=r"(?s)column 'A' is missing; did you mean 'a'\?.*1 of 2 columns is missing"):
        index.fit(path)
    parquet(TABLE, tmp_path / "many" / "a.parquet", 4)
    parquet(TABLE.drop(columns="b"), tmp_path / "many" / "b.parquet", 4)
    lower = index.replace({"A": None}).replace({})
    with pytest.raises(hi.DataError, match=r"b\.parquet: column 'b' is missing, which other files have"):
        lower.fit(tmp_path / "many")


def test_texts_that_are_numbers_are_read_as_of_a_table(tmp_path):
    table = pd.DataFrame(
        {"u": list("abcdef"), "x": ["1", " 2 ", "", "N/A", "５", "6e0"], "y": ["1", "2", "3", "4", "5", "6"]}
    )
    table.to_csv(tmp_path / "t.csv", index=False)
    index = hi.Index(
        unit="u", groups=[hi.Group("g", coverage=0.5)], indicators=[hi.Indicator("x", "g"), hi.Indicator("y", "g")]
    )
    whole = index.fit(table).score(table).scores
    parts = index.fit([tmp_path / "t.csv"]).score(table).scores
    pd.testing.assert_frame_equal(parts, whole, rtol=1e-12)
    table.assign(x="1,234").to_csv(tmp_path / "c.csv", index=False)
    with pytest.raises(hi.DataError, match="may be decimals or thousands, which only a whole column tells"):
        index.fit([tmp_path / "c.csv"])


def test_a_csv_that_is_not_plain_is_refused(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"u;x\na;1,5\n")
    index = hi.Index(unit="u", groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g")])
    with pytest.raises(
        hi.DataError,
        match=r"CSV with commas, in UTF-8, below one heading .of another give hi.read.path..: cannot be read",
    ):
        index.fit([tmp_path / "t.csv"])


def test_a_file_of_moderate_size_is_read_as_the_command_reads_it(tmp_path):
    table = pd.DataFrame({"城市": ["甲", "乙", "丙"], "x": [1204.5, 7.25, 33.0]})
    text = "城市;x\n甲;1.204,50\n乙;7,25\n丙;33,00\n数据来源：年鉴;\n"
    (tmp_path / "t.csv").write_bytes(text.encode("gb18030"))
    index = hi.Index(unit="城市", groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g")])
    wanted = index.compute(table).scores
    for found in (index.compute(tmp_path / "t.csv"), index.fit(str(tmp_path / "t.csv")).score(tmp_path / "t.csv")):
        pd.testing.assert_frame_equal(found.scores, wanted)
        assert {"read"} <= set(found.log["step"])
    assert index.fit(table).score(tmp_path / "t.csv", out=tmp_path / "scores").rows == 3
