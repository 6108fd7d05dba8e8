"""In Chinese numbers stand in tables with four decimals, and all their digits in an appendix."""

from __future__ import annotations

import re

import numpy as np
import pytest
from support.indexes import two_levels
from support.statements import weighed
from support.tables import panel, table

import hengdian_index as hi

APPENDIX = "## 附录：参数全值"


def parts(result: hi.Result) -> tuple[str, str]:
    """Return a Chinese statement up to its appendix, and this."""
    body, _, appendix = result.method("zh").partition(APPENDIX)
    return body, appendix


def lines(body: str, caption: str) -> list[list[str]]:
    """Return the cells of the table below a caption, its heading first."""
    _, _, rest = body.partition(f"{caption}\n\n|")
    shown = f"|{rest.partition(chr(10) * 2)[0]}".splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in (shown[0], *shown[2:])]


@pytest.fixture(scope="module")
def film() -> hi.Result:
    index, rows = hi.example("film_industry")
    return index.compute(rows)


def test_weights_stand_in_a_table(film: hi.Result) -> None:
    body, appendix = parts(film)
    heading, *rows = lines(body, "各分指数内下级指标的权重")
    assert heading == ["分指数", "下级指标", "权重"]
    assert {(group.strip("`"), part.strip("`")): weight for group, part, weight in rows} == {
        key: f"{weight:.4f}" for key, weight in film.weights.items()
    }
    for weight in film.weights:
        assert re.search(rf" {weight:.15g}[、。]", appendix)


def test_levels_of_the_base_stand_in_a_table(film: hi.Result) -> None:
    body, appendix = parts(film)
    heading, *rows = lines(body, "各指数的基期水平")
    assert heading == ["分指数", "基期水平"]
    inside = film.scores.loc[[str(period).startswith("1998") for period in film.scores.index]].mean()
    assert [level for _, level in rows] == [f"{level:.4f}" for level in inside[list(film.tree.groups)]]
    assert all(f"`{code}` {level:.12g}" in appendix for code, level in inside.items())


def test_no_number_of_the_text_has_more_than_fifteen_digits_in_prose(film: hi.Result) -> None:
    prose = re.sub(r"\$.*?\$", "", parts(film)[0])
    assert not re.findall(r"\d\.\d{5,}", prose)


def test_judgements_stand_in_a_whole_matrix(film: hi.Result) -> None:
    body, _ = parts(film)
    heading, *rows = lines(body, "`film`（Film industry 电影产业）的判断矩阵（1—9标度，行对列）")
    assert heading[1:] == [row[0] for row in rows]
    cells = [[eval(cell) for cell in row[1:]] for row in rows]  # fractions of our own page
    found = np.array(cells, dtype=float)
    assert found * found.T == pytest.approx(np.ones(found.shape))
    largest = np.linalg.eigvals(found).real.max()
    (checked,) = lines(body, "判断矩阵一致性检验结果")[1:]
    assert checked[:2] == ["`film`", f"{largest:.4f}"]
    assert "群决策：判断矩阵几何平均（AIJ）" in body


def test_judgements_may_be_fractions_as_text_and_pairs_unasked() -> None:
    judged = {"a": {"b": "1/2", "c": 2}, "b": {"c": 4}, "c": {"a": ""}}
    index = hi.Index(
        groups=[hi.Group("whole", weights={"method": "ahp", "matrix": judged})],
        indicators=[hi.Indicator(code, "whole") for code in "abc"],
    )
    body, _ = parts(index.compute(table(12)[["a", "b", "c"]]))
    _, *rows = lines(body, "`whole`的判断矩阵（1—9标度，行对列）")
    assert rows == [["`a`", "1", "1/2", "2"], ["`b`", "2", "1", "4"], ["`c`", "1/2", "1/4", "1"]]


def test_units_have_four_decimals_and_all_digits_at_the_end() -> None:
    result = two_levels(unit="city").compute(panel())
    body, appendix = parts(result)
    assert len(re.findall(r"^- 基期水平（\w）：`all` \d+\.\d{4}、", body, flags=re.M)) == 3
    assert len(re.findall(r"^- 基期水平（\w）：", appendix, flags=re.M)) == 3


def test_english_has_its_numbers_in_the_text(film: hi.Result) -> None:
    text = film.method("en")
    assert "| --- |" not in text
    assert "Numbers in full" not in text


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "- `a`, `b`, `d` would be imputed, but lack no value: `mean`."),
        ("zh", "- `a`、`b`、`d`没有需要插补的单元格（缺失时的插补方法：`mean`）。"),
    ],
)
def test_indicators_that_lack_nothing_share_a_line(lang: str, said: str) -> None:
    rows = table(24)
    rows.loc[[3, 4], "c"] = np.nan
    text = two_levels(impute="mean").compute(rows).method(lang)  # type: ignore[arg-type]
    assert said in text
    assert ("`c` is imputed: `mean`" if lang == "en" else "`c`的缺失值插补：`mean`；插补的单元格数：2。") in text


@pytest.mark.parametrize(
    ("index", "rows", "said"),
    [
        (two_levels(), table(24), "共24期，2个分指数，4个指标。"),
        (two_levels(unit="city"), panel(), f"共{len(panel())}个样本，2个分指数，4个指标。"),
        (two_levels(unit="city"), panel().query("quarter == '2001Q1'"), "共3个样本，2个分指数"),
    ],
)
def test_rows_are_what_they_are(index: hi.Index, rows: object, said: str) -> None:
    assert said in index.compute(rows).method("zh")


def test_each_expert_has_a_matrix() -> None:
    one, other = {"a": {"b": 3, "c": 5}, "b": {"c": 2}}, {"a": {"b": 2, "c": 4}, "b": {"c": 3}}
    for given, called in (({"张": one, "李": other}, ("张", "李")), ([one, other], ("专家1", "专家2"))):
        text = weighed({"method": "ahp", "matrix": given}).compute(table()).method("zh")
        for who, shown in zip(called, (one, other), strict=True):
            _, *rows = lines(text, f"`all`的判断矩阵（1—9标度，行对列）（{who}）")
            assert rows[0][2:] == [str(shown["a"]["b"]), str(shown["a"]["c"])]
            assert rows[2][1] == f"1/{shown['a']['c']}"
