"""Options of a choice in columns of their own: limits as offices publish them, one row an indicator."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import hengdian_index as hi

TABLE = {"a": [1.0, 3.0], "b": [2.0, 9.0]}


def read(folder: Path, *lines: str) -> hi.Index:
    """Return the index of two indicators that a table of these lines names."""
    (folder / "parts.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "index.toml").write_text('indicators = "parts.csv"\n[index]\n[[group]]\ncode = "g"\n', encoding="utf-8")
    return hi.Index.read(folder / "index.toml")


def test_published_limits_are_those_of_efficacy_scores(tmp_path: Path) -> None:
    index = read(tmp_path, "代码,上级,方向,不允许值,满意值", "a,g,正向,1,5", "b,g,逆向,2,9")
    low, high = (
        hi.normalise.efficacy([3.0], low=1, high=5)[0],
        hi.normalise.efficacy([9.0], low=2, high=9, direction=-1),
    )
    assert index.compute(TABLE).normalised.iloc[1].tolist() == [low, high[0]]
    frame = pd.DataFrame(
        {"code": ["a", "b"], "parent": "g", "不允许值": [1, 2], "满意值": [5, 9], "direction": [1, -1]}
    )
    assert hi.Index(groups=[hi.Group("g")], indicators=frame).compute(TABLE).scores.equals(index.compute(TABLE).scores)


def test_any_option_of_a_choice_may_have_a_column(tmp_path: Path) -> None:
    index = read(
        tmp_path,
        "code,parent,normalise,normalise.low,normalise.high,normalise.clip",
        "a,g,goalposts,0,best_mean(1),false",
        'b,g,"{ method = ""goalposts"", upper = 100 }",1.5,10,',
    )
    options = [dict(leaf.normalise.options) for leaf in index.tree.leaves]
    assert options == [{"low": 0, "high": "best_mean(1)", "clip": False}, {"upper": 100, "low": 1.5, "high": 10}]


def test_a_sheet_has_them_too(tmp_path: Path) -> None:
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g")])
    rows = pd.DataFrame(
        {"code": ["a", "b"], "parent": "g", "normalise": "piecewise", "normalise.at": "[0, 1, 2, 3, 4]"}
    )
    with pd.ExcelWriter(tmp_path / "parts.xlsx") as book:
        rows.to_excel(book, sheet_name="indicators", index=False)
    (tmp_path / "index.toml").write_text('indicators = "parts.xlsx"\n[index]\n[[group]]\ncode = "g"\n')
    found = hi.Index.read(tmp_path / "index.toml")
    assert found == index.replace({"a.normalise": choice(), "b.normalise": choice()})


def choice() -> dict[str, object]:
    """Return lines between five limits."""
    return {"method": "piecewise", "at": [0, 1, 2, 3, 4]}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("code,parent,treat.points", "a,g,1", "b,g,"), r"line 2, column 3 .*the row has no method in 'treat'"),
        (("code,parent,normalise,normalise.lo", "a,g,rank,1", "b,g,rank,"), "rank: unknown option 'lo'"),
        (
            ("code,parent,不允许值,满意值", "a,g,5,2", "b,g,1,2"),
            r"line 2, column 3 \(不允许值\).*low = 5 must be below high = 2",
        ),
        (("code,parent,不允许值,不允许值", "a,g,5,2", "b,g,1,2"), "'normalise.low' is given twice"),
        (("code,parent,weight.low", "a,g,5", "b,g,1"), "unknown heading 'weight.low'"),
        (
            (
                "code,parent,normalise,normalise.low",
                'a,g,"{ method = ""efficacy"", low = 1, high = 2 }",1',
                "b,g,rank,",
            ),
            "'low' stands in 'normalise', too; give it once",
        ),
    ],
)
def test_options_without_their_choice_are_refused_with_the_cell(
    tmp_path: Path, lines: tuple[str, ...], why: str
) -> None:
    with pytest.raises(hi.SpecError, match=why):
        read(tmp_path, *lines)
