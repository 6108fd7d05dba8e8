"""An index in a workbook: written, filled in, read back, its faults by sheet and cell."""

from __future__ import annotations

import datetime
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from support.indexes import DIRECTIONS, indexes, two_levels
from support.tables import table
from support.workbooks import workbook

import hengdian_index as hi
from hengdian_index._files.read_workbook import _named, parsed
from hengdian_index._files.sheets import heading_of, headings_of, meaning_of
from hengdian_index._files.write_workbook import write_workbook
from hengdian_index._index.index import sheet_fields
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.workbook import read_sheets, tab
from hengdian_index._words.catalogue import words
from hengdian_index._words.choices import value_meant, word_of
from hengdian_index.cli import main

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])
FIELDS = sheet_fields()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workbooks")


@given(index=indexes(), lang=st.sampled_from(["en", "zh"]))
@settings(max_examples=80)
def test_any_index_round_trips(folder: Path, index: hi.Index, lang: str) -> None:
    path = folder / "any.xlsx"
    index.write(path, lang=lang)
    again = hi.Index.read(path)
    assert again == index
    assert again.to_toml() == index.to_toml()


@given(
    value=st.one_of(
        st.text(st.characters(blacklist_categories=("Cs",)), max_size=8),
        st.sampled_from(
            ["true", '"', '"a"', "{", "[1]", "=1", "@x", "-1", "+", "1998", "_x0041_", "#N/A", "正向", " a "]
        ),
        st.integers(-(2**53), 2**53),
        st.dates(datetime.date(1900, 3, 1)),
        st.lists(
            st.one_of(st.text("ab\"' {}[]=,\\", max_size=4), st.integers(), st.dates(), st.floats(0, 1)), max_size=3
        ),
    )
)
@settings(max_examples=60)
def test_any_selector_round_trips(folder: Path, value: Any) -> None:
    index = two_levels(fit_on=value)
    index.write(folder / "selector.xlsx")
    assert hi.Index.read(folder / "selector.xlsx") == index


@LANGUAGES
def test_the_example_goes_from_toml_to_a_workbook_and_back(tmp_path: Path, lang: str) -> None:
    index, frame = hi.example("film_industry")
    index.write(tmp_path / "one.xlsx", data=frame, lang=lang)
    middle = hi.Index.read(tmp_path / "one.xlsx")
    middle.write(tmp_path / "two.toml")
    again = hi.Index.read(tmp_path / "two.toml")
    again.write(tmp_path / "three.xlsx", data=read_table(tmp_path / "one.xlsx"), lang=lang)
    assert index == middle == again
    pd.testing.assert_frame_equal(read_table(tmp_path / "one.xlsx"), frame, check_exact=True)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "three.xlsx").read_bytes()


@pytest.mark.parametrize(
    "changes",
    [
        {"a.weight": 0.1 + 0.2, "b.weight": 1 / 3},
        {"left.weights": {"a": 3, "b": 1.0}, "right.weights": {"method": "fixed", "values": {"c": 1, "d": 2}}},
        {"all.weights": {"method": "ahp", "matrix": [[1, "1/3"], ["3", 1]]}, "right.weights": "critic"},
        {"a.treat": "none", "left.missing": "raise", "left.coverage": 0.65, "a.direction": -1},
        {"treat": "fence", "a.normalise": {"method": "min_max", "lower": 1, "upper": 2.0}},
    ],
)
@LANGUAGES
def test_choices_round_trip(tmp_path: Path, changes: dict[str, Any], lang: str) -> None:
    index = two_levels(name="=SUM(A1)", fit_on=["2001Q1", "2001Q3"]).replace(changes)
    index.write(tmp_path / "i.xlsx", lang=lang)
    again = hi.Index.read(tmp_path / "i.xlsx")
    assert again == index
    assert again.name == "=SUM(A1)"


@LANGUAGES
def test_changing_content_round_trips(tmp_path: Path, lang: str) -> None:
    left = hi.Group("left", "all", weights={"a": 3, "b": 1}, weights_since={"2002Q1": {"a": 1, "b": 1}})
    index = hi.Index(
        period="quarter",
        scope="period",
        weigh_on="base",
        unit_coverage=0.5,
        content="restate",
        base="2001",
        groups=[hi.Group("all", aggregate="copeland"), left],
        indicators=[
            hi.Indicator("a", "left", fit_on="2001:2002"),
            hi.Indicator("b", "left", end="2002Q4"),
            hi.Indicator("c", "left", start="2003Q1", replaces="b"),
        ],
    )
    index.write(tmp_path / "i.xlsx", lang=lang)
    assert hi.Index.read(tmp_path / "i.xlsx") == index


@given(direction=DIRECTIONS)
@settings(max_examples=10)
def test_a_direction_round_trips_in_chinese(folder: Path, direction: Any) -> None:
    index = two_levels().replace({"a.direction": direction, "normalise": "min_max"})
    index.write(folder / "direction.xlsx", lang="zh")
    assert hi.Index.read(folder / "direction.xlsx") == index


def test_data_keep_every_digit_and_their_labels(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"x": rng.random(50) * 10.0 ** rng.integers(-200, 200, 50), "y": [None, *range(49)]},
        index=pd.MultiIndex.from_product([["=甲", "@b"], range(2001, 2026)], names=["who", "year"]),
    )
    two_levels().write(tmp_path / "i.xlsx", data=frame)
    again = read_table(tmp_path / "i.xlsx")
    pd.testing.assert_frame_equal(again, frame.reset_index(), check_exact=True, check_dtype=False)
    days = pd.DataFrame({"q": pd.to_datetime(["2001-01-01", None]), "x": [1, 2]})
    two_levels().write(tmp_path / "d.xlsx", data=days)
    # pandas 2 counts the seconds of a date in other units than pandas 3.
    found, seconds = read_table(tmp_path / "d.xlsx"), {"q": "datetime64[s]"}
    pd.testing.assert_frame_equal(found.astype(seconds), days.astype(seconds))
    with pytest.raises(hi.DataError, match="column 'x', row 1: infinity"):
        two_levels().write(tmp_path / "d.xlsx", data=days.assign(x=[1, np.inf]))


def filled(path: Path, **changes: list[list[Any]]) -> Path:
    """Return a small workbook as a person would type it."""
    sheets: dict[str, list[list[Any]]] = {
        "指数": [["项目", "值"], ["名称", "小指数"], ["时期列", "季度"], ["基期", "2001"], ["合成", "geometric"]],
        "分指数": [
            ["代码", "上级", "名称", "标准化", "备注"],
            ["总", None, "总指数", '{ method = "min_max", lower = 60, upper = 100 }', "可留空"],
            ["景气", "总"],
        ],
        "指标": [
            ["代码", "上级", "方向", "权重"],
            ["票房", "景气", "正向", 3],
            [None, None, None, None],
            ["集中度", "景气", "负向", "1"],
        ],
        "数据": [["季度", "票房", "集中度"], *([f"2001Q{i}", 2.0 * i, 9 - i] for i in range(1, 5))],
    }
    return workbook(path, **{**sheets, **changes})


def test_a_workbook_filled_in_by_hand_in_chinese(tmp_path: Path) -> None:
    path = filled(tmp_path / "表.xlsx")
    index = hi.Index.read(path)
    choices = {"period": "季度", "base": "2001", "aggregate": "geometric"}
    expected = hi.Index(
        name="小指数",
        groups=[
            hi.Group("总", name="总指数", normalise={"method": "min_max", "lower": 60, "upper": 100}),
            hi.Group("景气", "总"),
        ],
        indicators=[
            hi.Indicator("票房", "景气", direction=1, weight=3.0),
            hi.Indicator("集中度", "景气", direction=-1, weight=1.0),
        ],
        **choices,
    )
    assert index == expected
    run = CliRunner().invoke(main, ["compute", str(path), str(path), "--out", str(tmp_path / "out")])
    assert run.exit_code == 0, run.output
    assert (tmp_path / "out" / "series.csv").exists()


def faults(path: Path) -> list[str]:
    with pytest.raises(hi.SpecError) as caught:
        hi.Index.read(path)
    return [str(fault) for fault in caught.value.faults]


def test_all_faults_at_once_with_sheet_and_cell(tmp_path: Path) -> None:
    found = faults(
        filled(
            tmp_path / "i.xlsx",
            指数=[["项目", "值"], ["基 期", "2001"], ["weights", "entrpy"], ["coverage", 3], ["weights", "equal"]],
            分指数=[
                ["code", "parents", "aggregate"],
                ["top", None, "{ method = power }"],
                ["left", "top", '{ method = "power", q = 2 }'],
            ],
            指标=[["代码", "上极", "parent", "方向"], ["x", None, "tpo", 3], [None] * 4, ["y", None, "left", "升"]],
        )
    )
    expected = [
        "i.xlsx: sheet '指数' cell A2: unknown heading '基 期'; did you mean '基期'?",
        "i.xlsx: sheet '指数' cell A5: 'weights' is given twice",
        "i.xlsx: sheet '分指数' cell B1: unknown heading 'parents'; did you mean 'parent'?",
        "i.xlsx: sheet '分指数' cell C2 (aggregate): aggregate: '{ method = power }' cannot be read",
        "i.xlsx: sheet '指标' cell B1: unknown heading '上极'; allowed: 代码, 上级",
        "i.xlsx: sheet '分指数' cell C3 (aggregate): group 'left': aggregate: power: unknown option 'q'",
        "i.xlsx: sheet '分指数' cell C3 (aggregate): group 'left': aggregate: power: option 'p' is missing",
        "i.xlsx: sheet '指标' cell D2 (方向): indicator 'x': direction: 1 (larger is better)",
        "i.xlsx: sheet '指标' cell D4 (方向): indicator 'y': direction: '升': allowed: 1 or 正向 (larger is better), ",
        "i.xlsx: sheet '指标' cell C2 (parent): indicator 'x': parent: no group 'tpo'; did you mean 'top'?",
        "i.xlsx: sheet '指数' cell B3: weights: no method 'entrpy'; did you mean 'entropy'?",
        "i.xlsx: sheet '指数' cell B4: coverage: less than or equal to 1, not 3",
        "i.xlsx: sheet '分指数' row 2: group 'top': no group or indicator has it as parent",
        "i.xlsx: 2 groups have no parent ('top', 'left'); exactly one is the top",
    ]
    for start in expected:
        assert any(fault.startswith(start) for fault in found), (start, found)
    assert len(found) == len(expected), found


def test_what_a_chinese_keyboard_writes_is_read() -> None:
    assert parsed("aggregate", Any, "｛ method ＝ “power”，p ＝ ２ ｝") == {"method": "power", "p": 2}
    assert parsed("direction", Any, "｛ between ＝ ［44，46］ ｝") == {"between": [44, 46]}
    # Inside quotes a sign is part of a name.
    assert parsed("weights", Any, '{ "票房（亿元），合计" = 1 }') == {"票房（亿元），合计": 1}


def test_methods_and_directions_have_the_names_of_the_field(tmp_path: Path) -> None:
    path = filled(
        tmp_path / "i.xlsx",
        指数=[["项目", "值"], ["标准化", "极差法"], ["赋权", "熵值法"], ["合成", "线性加权法"], ["插补", "线性插值"]],
        分指数=[["代码", "上级"], ["景气", None]],
        指标=[
            ["代码", "上级", "方向"],
            ["票房", "景气", "效益型"],
            ["空置率", "景气", "逆向指标"],
            ["价格", "景气", "−"],
        ],
    )
    index = hi.Index.read(path)
    found = (index.normalise, index.weights, index.aggregate, index.impute)
    assert [one.method.name for one in found if one] == ["min_max", "entropy", "arithmetic", "interpolate"]
    assert [one.direction for one in index.indicators] == [1, -1, -1]


@pytest.mark.parametrize(("lang", "expected"), [("en", "Entropy weights"), ("zh", "熵权法")])
def test_the_sheet_of_choices_says_what_each_means(tmp_path: Path, lang: str, expected: str) -> None:
    index, _ = hi.example("film_industry")
    index.write(tmp_path / "i.xlsx", lang=lang)
    sheet = CalamineWorkbook.from_path(tmp_path / "i.xlsx").get_sheet_by_index(5).to_python()
    at = sheet[0].index("weights")
    meanings = {row[at]: row[at + 1] for row in sheet[1:]}
    assert str(meanings["entropy"]).startswith(expected)
    assert all(meaning for name, meaning in meanings.items() if name)


def test_a_direction_that_needs_its_best_values_says_so(tmp_path: Path) -> None:
    path = filled(
        tmp_path / "i.xlsx",
        指数=[["项目", "值"]],
        分指数=[["代码", "上级"], ["景气", None]],
        指标=[["代码", "上级", "方向"], ["集中度", "景气", "适度"]],
    )
    assert ["cell C2 (方向)" in fault and "{ between = [5, 6] }" in fault for fault in faults(path)] == [True]


def test_the_gate_of_choices_names_the_cell(tmp_path: Path) -> None:
    index = [["field", "value"], ["aggregate", "geometric"], ["normalise", "min_max"]]
    path = filled(tmp_path / "i.xlsx", 指数=index, 分指数=[["代码", "上级"], ["总", None], ["景气", "总"]])
    assert any(
        fault.startswith("i.xlsx: sheet '分指数' row 3: group '景气': aggregate: geometric") for fault in faults(path)
    )


@pytest.mark.parametrize("cell", ["[" * 3000, "{" + "a." * 16_000 + "a = 1}", "[" + "9" * 5000 + "]", "{a = " * 900])
def test_cells_of_choices_that_no_one_could_mean(tmp_path: Path, cell: str) -> None:
    rows = [["code", "parent", "normalise"], ["总", None, cell], ["景气", "总"]]
    told = faults(filled(tmp_path / "b.xlsx", 分指数=rows))
    assert any("normalise" in one and "cannot be read" in one and len(one) < 700 for one in told), told


def test_sheets_that_are_missing_misspelt_or_twice_there(tmp_path: Path) -> None:
    path = workbook(tmp_path / "i.xlsx", indx=[["name", "x"]], Groups=[["code"]], 分指数=[["code"]])
    assert faults(path) == [
        "i.xlsx: 2 sheets stand for 'groups': 'Groups', '分指数'; keep one",
        "i.xlsx: no sheet 'index' (指数); did you mean 'indx'?; sheets found: 'indx', 'Groups', '分指数'",
        "i.xlsx: no sheet 'indicators' (指标); sheets found: 'indx', 'Groups', '分指数'",
    ]
    empty = faults(workbook(tmp_path / "e.xlsx", groups=[], indicators=[["code"]]))
    assert empty[0] == "e.xlsx: sheet 'groups': no column 'code' (代码); the first row names the columns"
    assert "e.xlsx: no group" in "\n".join(empty)


def test_the_head_has_a_header_or_is_left_out(tmp_path: Path) -> None:
    groups, indicators = [["code"], [1]], [["Code", "Parent"], [2, 1]]
    path = workbook(
        tmp_path / "i.xlsx",
        index=[["Field", "value"], ["Fit-on", 2001], ["base"]],
        groups=groups,
        indicators=indicators,
    )
    expected = hi.Index(fit_on=2001, groups=[hi.Group("1")], indicators=[hi.Indicator("2", "1")])
    assert hi.Index.read(path) == expected
    headless = workbook(tmp_path / "h.xlsx", index=[["base", 2001]], groups=groups, indicators=indicators)
    assert faults(headless) == ["h.xlsx: sheet 'index': the first row names the columns: field, value; or 项目, 值"]
    bare = workbook(tmp_path / "b.xlsx", groups=groups, indicators=indicators)
    assert hi.Index.read(bare) == hi.Index(groups=[hi.Group("1")], indicators=[hi.Indicator("2", "1")])


def test_files_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    assert faults(tmp_path / "none.xlsx")[0].endswith("no such file")
    (tmp_path / "text.xlsx").write_text("[index]")
    assert "not an Excel workbook" in faults(tmp_path / "text.xlsx")[0]
    index = two_levels()
    for write, told in [
        (lambda: index.write(tmp_path / "no" / "i.xlsx"), "the folder '.*no' does not exist"),
        (lambda: index.write(tmp_path / "i.xlsm"), "written to .toml or .xlsx, not '.xlsm'"),
        (lambda: index.write(tmp_path / "i.toml", data=table()), "only an .xlsx workbook holds data"),
        (lambda: index.write(tmp_path / "i.xlsx", lang="fr"), "lang: no 'fr'"),
        (lambda: two_levels(name="n" * 40_000).write(tmp_path / "i.xlsx"), "sheet 'index' cell B2: 40,000 characters"),
    ]:
        with pytest.raises(hi.SpecError, match=told):
            write()
    assert not list(tmp_path.glob("i.*"))


def test_faults_of_a_workbook_and_its_data_come_together(tmp_path: Path) -> None:
    path = filled(tmp_path / "i.xlsx", 分指数=[["代码", "上级"], ["总", "无"]], 数据=[["季度", None], [1, 2]])
    run = CliRunner().invoke(main, ["compute", str(path), str(path)])
    assert run.exit_code == 2
    assert "i.xlsx：“分指数”!B2（上级）：分指数“总”：parent：没有分指数“无”" in run.stderr
    assert "i.xlsx：“数据”!B2：该列没有列名却有数值；请在单元格B1中写上列名" in run.stderr


@LANGUAGES
def test_an_empty_form_has_every_field_explained_and_lists_to_choose_from(tmp_path: Path, lang: str) -> None:
    path = tmp_path / "form.xlsx"
    write_workbook(path, {}, [], [], fields=FIELDS, lang=lang)
    sheets = read_sheets(path)
    names = {sheet: tab(sheet, lang) for sheet in words(lang, "tab") if sheet != "judgements"}
    assert list(sheets) == list(names.values())
    for table_name, sheet in (("group", "groups"), ("indicator", "indicators")):
        expected = [heading_of(table_name, f, "zh") if lang == "zh" else f for f in FIELDS[table_name]]
        assert list(sheets[names[sheet]].header) == expected
    assert len(sheets[names["index"]].rows) == len(FIELDS["index"])
    xml = zipfile.ZipFile(path).read("xl/worksheets/sheet3.xml").decode()
    assert f"'{names['lists']}'!${'C' if lang == 'zh' else 'A'}$2" in xml
    assert ("正向" in xml) == (lang == "zh")
    assert 'state="frozen"' in xml
    comments = zipfile.ZipFile(path).read("xl/comments2.xml").decode()
    assert meaning_of("indicator", "denominator", lang) in comments


def test_every_field_has_its_words_in_both_languages() -> None:
    for table_name, names in FIELDS.items():
        assert all(meaning_of(table_name, name, lang) for name in names for lang in ("en", "zh")), table_name
        assert len({heading_of(table_name, name, "zh") for name in names}) == len(names)
    known = {name for names in FIELDS.values() for name in names} | {f"{t}.{n}" for t in FIELDS for n in FIELDS[t]}
    assert set(words("en", "meaning")) <= known


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["{ target = 5 }", "{ between = [5, 6] }", "`unit`", "`base`", 'inconsistent = "note"']),
        ("zh", ["{ target = 5 }", "{ between = [5, 6] }", "地区/单位列", "“基期”", 'inconsistent = "note"']),
    ],
)
def test_the_notes_say_where_directions_units_base_and_options_go(tmp_path: Path, lang: str, words: list[str]) -> None:
    two_levels().write(tmp_path / "i.xlsx", lang=lang)
    sheet = read_sheets(tmp_path / "i.xlsx")[tab("notes", lang)]
    notes = "\n".join([*sheet.header, *(str(row[0]) for row in sheet.rows)])
    assert [word for word in words if word not in notes] == []


def test_the_same_index_gives_the_same_bytes(tmp_path: Path) -> None:
    two_levels().write(tmp_path / "a.xlsx", data=table())
    time.sleep(1.1)
    two_levels().write(tmp_path / "b.xlsx", data=table())
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def codes_of(kind: Any) -> list[str]:
    """Return the codes that the type of a field has."""
    own = list(get_args(kind)) if get_origin(kind) is Literal else [one for k in get_args(kind) for one in codes_of(k)]
    return [one for one in own if isinstance(one, str)]


def words_of_fields() -> list[tuple[str, str, str]]:
    """Return each word that a cell may have for a field: the field, the code, the word in Chinese."""
    return [
        (key.partition(".")[0], key.partition(".")[2], word)
        for key, said in words("zh", "choice").items()
        for word in said.split(", ")
    ]


def test_every_word_of_a_field_stands_for_one_code_and_every_code_has_one() -> None:
    found = words_of_fields()
    assert {(field, value_meant(field, word)) for field, _, word in found} == {(one, code) for one, code, _ in found}
    assert len({(field, word) for field, _, word in found}) == len(found)
    for field, kind in {name: kind for one in FIELDS.values() for name, kind in one.items()}.items():
        assert all(word_of(field, code, "zh") for code in codes_of(kind)), field


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({"缺失": "重新分配权重", "比较范围": "同一期"}, {"missing": "reweight", "scope": "period"}),
        ({"缺失": "不给得分", "序列": "链式", "基期": "2001"},
         {"missing": "propagate", "series": "ratio", "base": "2001"}),
        ({"赋权标度": "原得分", "处理": "不处理", "插补": "不插补"},
         {"weigh_scale": "score", "treat": "none", "impute": "none"}),
        ({"缺失": "仍为缺失", "表格布局": "宽表"}, {"missing": "propagate", "data": {"layout": "wide"}}),
    ],
)  # fmt: skip
def test_words_of_fields_are_read_and_written_in_chinese(
    tmp_path: Path, choices: dict[str, str], expected: dict[str, Any]
) -> None:
    more = {"合成": "优劣解距离法", "赋权": "熵权法", **choices}
    path = filled(tmp_path / "i.xlsx", 指数=[["项目", "值"], ["时期列", "季度"], *map(list, more.items())])
    index = hi.Index.read(path)
    assert {name: getattr(index, name) for name in expected} == expected
    index.write(tmp_path / "again.xlsx", lang="zh")
    assert hi.Index.read(tmp_path / "again.xlsx") == index
    rows = CalamineWorkbook.from_path(tmp_path / "again.xlsx").get_sheet_by_name("指数").to_python()
    cells = {row[0]: row[1] for row in rows}
    assert (cells["合成"], cells["赋权"]) == ("TOPSIS法", "熵权法")
    if "missing" in expected:
        assert cells["缺失"] == word_of("missing", expected["missing"], "zh")


def test_headings_of_earlier_workbooks_are_read() -> None:
    for table_name, name, before in (
        ("index", "unit", "对象列"),
        ("index", "fit_on", "拟合期"),
        ("index", "exclude", "剔除对象"),
    ):
        known = headings_of(table_name, name, "zh")
        assert before in known[1:]
        assert known[0] == heading_of(table_name, name, "zh")
        spec = SimpleNamespace(found=[])
        found = [_named(table_name, one, FIELDS[table_name], where="A1", spec=spec, taken={}) for one in known]  # type: ignore[arg-type]
        assert found == [name] * len(known)
        assert spec.found == []
