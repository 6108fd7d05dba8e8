"""Groups and indicators as tables: in files beside a spec, on sheets, in frames, of COINr and of the COIN Tool."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.workbooks import coin_tool, workbook

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table

GROUPS = [["code", "parent", "name"], ["all", None, "All of it"], ["people", "all", None], ["land", "all", None]]
INDICATORS = [
    ["code", "parent", "direction", "weight", "unit", "normalise"],
    ["doctors", "people", 1, 2, "per 1,000", None],
    ["deaths", "people", -1, 1, None, '{ method = "goalposts", low = 0, high = 40 }'],
    ["woods", "land", "{ between = [20, 60] }", None, "%", None],
]
CHINESE = {"code": "代码", "parent": "上级", "name": "名称", "direction": "方向", "weight": "权重", "unit": "单位"}
SPEC = '[index]\nname = "Towns"\ngroups = "{}"\nindicators = "{}"\n'
PLAIN = """
[index]
name = "Towns"
[[group]]
code = "all"
name = "All of it"
[[group]]
code = "people"
parent = "all"
[[group]]
code = "land"
parent = "all"
[[indicator]]
code = "doctors"
parent = "people"
direction = 1
weight = 2.0
unit = "per 1,000"
[[indicator]]
code = "deaths"
parent = "people"
direction = -1
weight = 1.0
normalise = { method = "goalposts", low = 0, high = 40 }
[[indicator]]
code = "woods"
parent = "land"
direction = { between = [20, 60] }
unit = "%"
"""


def text(path: Path, rows: list[list[Any]], separator: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=separator).writerows([["" if c is None else c for c in row] for row in rows])
    return path


def spec(folder: Path, *names: str) -> Path:
    path = folder / "towns.toml"
    path.write_text(SPEC.format(*names), encoding="utf-8")
    return path


def faults(read: Any, *args: Any, **options: Any) -> list[str]:
    with pytest.raises(hi.SpecError) as caught:
        read(*args, **options)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(("ending", "separator"), [(".csv", ","), (".csv", ";"), (".tsv", "\t"), (".txt", "\t")])
@pytest.mark.parametrize(("words", "encoding"), [({}, "utf-8-sig"), (CHINESE, "utf-8"), (CHINESE, "gb18030")])
def test_a_file_of_parts_is_the_spec_written_out(
    tmp_path: Path, ending: str, separator: str, words: dict[str, str], encoding: str
) -> None:
    for name, rows in (("g", GROUPS), ("i", INDICATORS)):
        headed = [[words.get(one, one) for one in rows[0]], *rows[1:]]
        text(tmp_path / (name + ending), headed, separator, encoding)
    assert hi.Index.read(spec(tmp_path, "g" + ending, "i" + ending)) == hi.Index.from_toml(PLAIN)


def test_sheets_of_a_workbook_and_a_file_beside_it(tmp_path: Path) -> None:
    workbook(tmp_path / "parts.xlsx", groups=GROUPS, 指标=INDICATORS, others=[["a"]])
    assert hi.Index.read(spec(tmp_path, "parts.xlsx", "parts.xlsx")) == hi.Index.from_toml(PLAIN)
    workbook(tmp_path / "named.xlsx", upper=GROUPS, lower=INDICATORS)
    path = tmp_path / "towns.toml"
    path.write_text(
        'groups = { file = "named.xlsx", sheet = "upper" }\nindicators = { file = "named.xlsx", sheet = "lower" }\n'
        '[index]\nname = "Towns"\n'
    )
    assert hi.Index.read(path) == hi.Index.from_toml(PLAIN)
    workbook(tmp_path / "single.xlsx", Sheet1=INDICATORS)
    listed = PLAIN.split("[[indicator]]")[0]
    path.write_text(listed.replace('name = "Towns"', 'name = "Towns"\nindicators = "single.xlsx"'))
    assert hi.Index.read(path) == hi.Index.from_toml(PLAIN)
    assert faults(hi.Index.read, spec(tmp_path, "named.xlsx", "parts.xlsx")) == [
        "named.xlsx: no sheet 'groups'; sheets found: 'upper', 'lower'; name it: "
        'groups = { file = "named.xlsx", sheet = "..." }'
    ]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.Table.from_pylist], ids=["pandas", "polars", "arrow"])
def test_frames_are_the_parts_that_they_list(make: Any) -> None:
    tables = []
    for rows in (GROUPS, INDICATORS):
        records = [
            {name: None if cell is None else str(cell) if name != "weight" else float(cell) for name, cell in pairs}
            for pairs in (zip(rows[0], row, strict=True) for row in rows[1:])
        ]
        tables.append(make(records))
    index = hi.Index(name="Towns", groups=tables[0], indicators=tables[1])
    assert index == hi.Index.from_toml(PLAIN)
    assert hi.Index.from_toml(index.to_toml()) == index


def test_a_frame_may_hold_values_and_have_its_codes_as_labels() -> None:
    frame = pd.DataFrame(
        {"parent": ["all", "all"], "direction": [hi.Target(4), -1], "normalise": [None, {"method": "z_score"}]},
        index=pd.Index(["a", "b"], name="code"),
    )
    index = hi.Index(groups=[hi.Group("all")], indicators=frame)
    one, other = index.indicators
    assert (one.direction, other.normalise.plain()) == (hi.Target(4), "z_score")
    assert [one.code, other.code] == ["a", "b"]


def test_faults_name_file_line_and_column(tmp_path: Path) -> None:
    text(tmp_path / "g.csv", GROUPS)
    (tmp_path / "i.csv").write_text(
        'code,parent,direction,weight,wieght\n\ndoctors,people,2,1,\n"deaths",peple,负向,heavy,\nwoods,land,正向,,\n',
        encoding="utf-8",
    )
    told = faults(hi.Index.read, spec(tmp_path, "g.csv", "i.csv"))
    assert told[0].startswith("i.csv: line 1, column 5: unknown heading 'wieght'; did you mean 'weight'?")
    assert [one.partition(" (")[0] for one in told[1:]] == [
        "i.csv: line 3, column 3",
        "i.csv: line 4, column 4",
        "i.csv: line 4, column 2",
    ]
    assert "(parent): indicator 'deaths': parent: no group 'peple'; did you mean 'people'?" in told[3]
    book = workbook(tmp_path / "p.xlsx", indicators=[["code", "parent", "direction"], ["doctors", "peple", 7]])
    told = faults(hi.Index.read, spec(tmp_path, "g.csv", book.name))
    assert told[0].startswith(
        "p.xlsx: sheet 'indicators' cell C2 (direction): indicator 'doctors': direction: 1 (larger"
    )
    frame = pd.DataFrame(INDICATORS[1:], columns=INDICATORS[0]).assign(direction=[1, "sideways", -1])
    told = faults(hi.Index, groups=pd.DataFrame(GROUPS[1:], columns=GROUPS[0]), indicators=frame)
    assert told == [one for one in told if one.startswith("indicators: row 2, column 3 (direction): ")]


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    text(tmp_path / "g.csv", GROUPS)
    (tmp_path / "empty.csv").write_text("\n")
    (tmp_path / "wide.csv").write_text("code,parent\na,all,more\n")
    (tmp_path / "book.xls").write_text("")
    for name, said in {
        "none.csv": "no such file",
        "empty.csv": "empty.csv: is empty; the first row names the columns",
        "wide.csv": "wide.csv: line 2 has 3 cells, the heading 2",
        "book.xls": "book.xls: indicators are not read from '.xls'; did you mean '.xlsx'?",
        "none.xlsx": "no such file",
    }.items():
        (told,) = faults(hi.Index.read, spec(tmp_path, "g.csv", name))
        assert said in told
    told = faults(hi.Index.from_toml, PLAIN.replace("[index]", '[index]\nindicators = "i.csv"'))
    assert told == ["index.toml:3: indicators: a table and [[indicator]] besides; write one of them"]
    told = faults(hi.Index.from_toml, "[index]\ngroups = { sheet = 'x' }")
    assert told[0].startswith("index.toml:2: groups: write [[group]] for each, or the name of a table")
    (told,) = faults(hi.Index, groups=[hi.Group("all")], indicators=type("Odd", (), {"columns": ["code"]})())
    assert told == "a table of groups or indicators is needed, not Odd"


META = pd.DataFrame(
    {
        "Level": [1, 1, 1, 2, 2, 3],
        "iCode": ["doctors", "deaths", "woods", "people", "land", "all"],
        "iName": ["Doctors", "Deaths", "Woods", "People", "Land", "All"],
        "Direction": [1, -1, 1, 1, 1, 1],
        "Weight": [2, 1, 1, 3, 1, 1],
        "Parent": ["people", "people", "land", "all", "all", None],
        "Unit": ["per 1,000", None, "%", None, None, None],
        "Target": [9, 0, 60, None, None, None],
        "Type": ["Indicator"] * 3 + ["Aggregate"] * 3,
    }
)


def test_imeta_of_coinr_gives_groups_and_indicators(tmp_path: Path) -> None:
    table = pd.DataFrame({"uCode": ["x", "y", "z"], "doctors": [1, 3, 2], "deaths": [9, 7, 8], "woods": [20, 30, 10]})
    whole = hi.read_coinr(table, META)[0]
    META.to_csv(tmp_path / "iMeta.csv", index=False)
    listed = META.astype(object).where(META.notna(), None).values.tolist()
    workbook(
        tmp_path / "coin.xlsx",
        iData=[["uCode"]],
        iMeta=[list(META), *listed[:3]],
    )
    read = [hi.Index(indicators=META), hi.Index(indicators=pl.from_pandas(META).lazy())]
    path = tmp_path / "i.toml"
    path.write_text('[index]\nindicators = "iMeta.csv"\n')
    for index in (*read, hi.Index.read(path)):
        assert (index.groups, index.indicators) == (whole.groups, whole.indicators)
    path.write_text('[index]\nindicators = "coin.xlsx"\n' + PLAIN.split("[[indicator]]")[0].split('"Towns"')[1])
    index = hi.Index.read(path)
    assert index.indicators == whole.indicators
    assert index.groups[0].name == "All of it"
    wrong = META.assign(Direction=[1, 5, 1, 1, 1, 1], Parent=["people", "people", "lnd", "all", "all", None])
    wrong.to_csv(tmp_path / "iMeta.csv", index=False)
    path.write_text('indicators = "iMeta.csv"\n')
    assert faults(hi.Index.read, path) == ["iMeta.csv row 3, iCode 'deaths': Direction: 1 or -1, not 5"]
    wrong.assign(Direction=1).to_csv(tmp_path / "iMeta.csv", index=False)
    told = faults(hi.Index.read, path)
    assert (
        "iMeta.csv row 4: indicator 'woods': parent: no group 'lnd'; did you mean 'land'? (people, land, all)" in told
    )


@pytest.mark.parametrize("labels", [True, False])
def test_a_workbook_of_the_coin_tool_is_an_index_and_its_data(tmp_path: Path, labels: bool) -> None:
    path = coin_tool(tmp_path / "tool.xlsx", labels=labels)
    index, table = hi.Index.read(path), read_table(path)
    assert (index.name, index.unit, index.unit_names) == ("My index", "Unit code", "Unit name")
    assert {group.code: (group.parent, group.weight) for group in index.groups} == {
        "Index": (None, None),
        "p.01": ("Index", 2.0),
        "p.02": ("Index", 1.0),
        "sp.01": ("p.01", 1.0),
        "sp.02": ("p.02", 1.0),
        "sp.03": ("p.02", 3.0),
    }
    # A unit's n/a is missing; two bounds are goalposts, one is none.
    scores = index.replace({"coverage": 0.0}).compute(table).scores
    assert scores.loc["AT"].to_dict() == pytest.approx(
        {"Index": (2 * 70 + 43.75) / 3, "p.01": 70, "p.02": 43.75, "sp.01": 70, "sp.02": 25, "sp.03": 50}
    )
    assert scores.loc["BE", "sp.01"] == pytest.approx(50)
    path = tmp_path / "s.toml"
    path.write_text('[index]\nindicators = "tool.xlsx"\nunit = "Unit code"\nnormalise = "rank"\n')
    assert hi.Index.read(path).indicators == index.indicators


@pytest.mark.parametrize(
    ("cell", "value", "told"),
    [
        ((7, 5), "down", "tool.xlsx: sheet 'Database' cell F8: direction: a number, not 'down'"),
        ((7, 5), 3, "tool.xlsx: sheet 'Database' cell F8: direction: 1 or -1, not 3"),
        ((17, 6), "many", "tool.xlsx: sheet 'Database' cell G18: a number, or n/a, is needed, not 'many'"),
    ],
)
def test_faults_of_a_coin_tool_name_the_cell(tmp_path: Path, cell: tuple[int, int], value: Any, told: str) -> None:
    assert faults(hi.Index.read, coin_tool(tmp_path / "tool.xlsx", changed=(*cell, value))) == [told]


CELLS = st.text("ab,;\"'\n 指=+-", max_size=6)


@given(names=st.lists(CELLS, min_size=1, max_size=4), separator=st.sampled_from([",", ";", "\t"]))
def test_what_is_read_from_a_table_is_written_and_read_back(
    tmp_path_factory: Any, names: list[str], separator: str
) -> None:
    folder = tmp_path_factory.mktemp("read")
    rows = [["code", "parent", "name"], *([f"x{i}", "all", f"({one})"] for i, one in enumerate(names))]
    text(folder / "i.csv", rows, separator)
    (folder / "s.toml").write_text('[index]\nindicators = "i.csv"\n[[group]]\ncode = "all"\n')
    index = hi.Index.read(folder / "s.toml")
    assert [one.name for one in index.indicators] == [f"({one})" for one in names]
    index.write(folder / "o.toml")
    assert hi.Index.read(folder / "o.toml") == index
