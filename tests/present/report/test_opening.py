"""The sentences that a page opens with have the numbers of the result, and none says nothing."""

from __future__ import annotations

import html
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._present.report.opening import opening
from hengdian_index._words.catalogue import LANGUAGES, words

WORDS = {lang: words(lang, "report") for lang in LANGUAGES}

pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")


@pytest.fixture(scope="module")
def film() -> hi.Result:
    index, table = hi.example("film_industry")
    return index.compute(table)


def towns_table() -> pd.DataFrame:
    values = [[9, 2, 5], [8, 3, 6], [3, 9, 5], [6, 9, 4], [5, 5, 5], [5, 5, 4], [1, 1, 2], [1, 1, 3]]
    frame = pd.DataFrame(values, columns=["a", "b", "c"], dtype=float)
    return frame.assign(town=np.repeat(["Ash", "Birch", "Cedar", "Dell"], 2), year=np.tile([2020, 2021], 4))


def towns_index(**options) -> hi.Index:
    """An index whose scores are plain means of 0 to 10 made 0 to 1."""
    scale = {"method": "goalposts", "low": 0, "high": 10}
    indicators = [hi.Indicator(code, "all", name=name) for code, name in zip("abc", ["A", "Bee", "Sea"], strict=True)]
    given = {"unit": "town", "period": "year", "normalise": scale, "name": "Fun"} | options
    return hi.Index(groups=[hi.Group("all")], indicators=indicators, **given)


def said(result, lang="en", found=None):
    return opening(result, found, WORDS[lang])


def test_a_series_says_its_level_its_changes_and_what_moved_it(film):
    level, parts = film.series()["film"].iloc[-1], film.contributions(depth="indicators").iloc[-1]
    quarter, year = (film.changes(lag)["film"].iloc[-1] for lag in (1, 4))
    names = {leaf.code: leaf.name for leaf in film.tree.leaves}
    first, second = said(film)
    assert first == (
        f"In 2010Q2 {film.setting.name}, measured by 15 indicators, stands at {level:.2f} (1998 = 100), "
        f"{quarter:+.2f} % on 2010Q1, {year:+.2f} % on 2009Q2."
    )
    up, down = parts.idxmax(), parts.idxmin()
    assert second == (
        f"Compared with 2010Q1, {names[up]} adds most ({parts[up]:+.2f} points) "
        f"and {names[down]} takes most ({parts[down]:+.2f} points)."
    )
    chinese = said(film, "zh")
    assert len(chinese) == 2
    moved = [
        f"比{when}{'上升' if by > 0 else '下降'}{abs(by):.2f}%" for when, by in (("2010Q1", quarter), ("2009Q2", year))
    ]
    assert chinese[0].endswith(f"2010Q2为{level:.2f}（1998 = 100），{'，'.join(moved)}。")
    assert f"{parts[up]:+.2f}个点" in chinese[1]
    assert all(text.endswith("。") for text in chinese)


def test_draws_say_how_sure_a_level_is(film):
    index, table = hi.example("film_industry")
    found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=16, progress=False)
    low, high = found.series[["q05", "q95"]].iloc[-1]
    sure = f"How sure that is: 90 % of the draws lie from {low:.2f} to {high:.2f}."
    assert said(film, found=found)[2] == sure


def test_a_panel_says_who_is_first_who_moves_and_what_is_missing():
    table = towns_table()
    result = towns_index().compute(table)
    scores = result.scores["all"].xs(2021, level="year")
    assert said(result) == (
        f"Of the 4 units that Fun ranks by 3 indicators in 2021, first is Birch with a score of {scores['Birch']:.4g} "
        f"(place 1 in 2020), last is Dell with {scores['Dell']:.4g}.",
        "Compared with 2020, no unit changes its place.",
    )
    table.loc[3, "a"] = 1.0
    table.loc[5, "c"] = np.nan
    moved = towns_index(missing="reweight", coverage=0.5).compute(table)
    first, second, third = said(moved)
    assert "first is Ash with a score of 0.5667 (place 2 in 2020)" in first
    before, now = (moved.ranks()["all"].xs(year, level="year") for year in (2020, 2021))
    gained = before - now
    assert gained[gained == gained.max()].to_dict() == {"Ash": 1, "Cedar": 1}
    assert second == (
        "Compared with 2020, most places are gained by Ash, Cedar (1) "
        f"and lost by {gained.idxmin()} ({-gained.min():.0f})."
    )
    assert third == "How sure that is: 1 of 12 values is missing; 1 of 4 scores rests on part of the weight."
    assert said(moved, "zh")[2] == "可靠程度：12个数值中缺失1个；4个得分中1个只依据部分权重。"


def test_draws_say_how_sure_the_first_place_is():
    found = hi.uncertainty(towns_index(), towns_table(), {"weights": hi.Noise(0.9)}, draws=32, progress=False)
    result = towns_index().compute(towns_table())
    low, high = found.ranks.loc[("Birch", 2021), ["q05", "q95"]]
    assert said(result, found=found)[-1] == (
        f"How sure that is: in 90 % of the draws the rank of Birch is {low:.0f} to {high:.0f}."
    )


def test_a_cross_section_says_what_sets_the_first_apart():
    table = towns_table()
    result = towns_index(period=None).compute(table[table["year"] == 2021].drop(columns="year"))
    first, second = said(result)
    scores = result.scores["all"]
    assert first == (
        f"Of the 4 rows that Fun ranks by 3 indicators, first is Birch with a score of {scores['Birch']:.4g}, "
        f"last is Dell with {scores['Dell']:.4g}."
    )
    parts = result.contributions(of="level", depth="indicators")
    apart = parts.loc["Birch"] - parts.drop("Birch").mean()
    assert (apart.min() > 0) == second.endswith("no indicator speaks against it.")
    assert second.startswith("What sets Birch apart from the mean of the others most is Bee ")
    assert f"({apart['b']:+.2f} points)" in second
    assert apart.idxmax() == "b"
    assert apart.sum() == pytest.approx(scores["Birch"] - scores.drop("Birch").mean())


def test_rows_that_share_a_place_are_all_named():
    table = pd.DataFrame(
        {"town": list("VWXYZ"), "a": [4.0, 4, 4, 4, 1], "b": [4.0, 4, 4, 4, 1], "c": [4.0, 4, 4, 4, 1]}
    )
    (first, *_) = said(towns_index(period=None).compute(table))
    assert "first is V, W, X and 1 more with a score of 0.4, last is Z with 0.1" in first


def test_no_sentence_where_there_is_nothing_to_say():
    table = pd.DataFrame({"year": [2020], "a": [4.0], "b": [5.0], "c": [6.0]})
    alone = towns_index(unit=None, name="").compute(table)
    assert said(alone) == ("In 2020 the index, measured by 3 indicators, has a score of 0.5.",)
    same = pd.DataFrame({"town": ["Ash", "Birch"], "a": [4.0, 4], "b": [4.0, 4], "c": [4.0, 4]})
    assert said(towns_index(period=None).compute(same)) == ()
    bare = towns_table().assign(b=np.nan)
    assert said(towns_index(missing="propagate").compute(bare)) == (
        "How sure that is: 4 of 12 values are missing; 4 of 4 rows have no score.",
    )


def test_only_what_adds_is_told_where_nothing_takes():
    table = pd.DataFrame({"year": [2020, 2021], "a": [4.0, 5], "b": [5.0, 7], "c": [6.0, 6]})
    result = towns_index(unit=None).compute(table)
    assert said(result)[1] == "Compared with 2020, Bee adds most (+0.07 points), and no indicator takes anything."
    turned = towns_index(unit=None).compute(table.assign(year=[2021, 2020]))
    assert said(turned)[1] == "Compared with 2020, Bee takes most (-0.07 points), and no indicator adds anything."


def test_a_value_carried_forward_is_told():
    index, table = hi.example("hengdian")
    sure = said(index.compute(table))[-1]
    assert sure.endswith("the last levels rest on values carried forward and will be revised.")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_opens_with_the_bulletin(film, lang, tmp_path: Path):
    page = film.report(tmp_path / "page.html", lang=lang).read_text(encoding="utf-8")
    texts = re.findall(r'<p class="opening">(.*?)</p>', page)
    assert len(texts) >= 4
    bulletin = film.bulletin(lang=lang).split("\n\n")
    assert [html.unescape(text) for text in texts] == bulletin[1 : 1 + len(texts)]
    assert page.index(texts[-1]) < page.index('id="part-headline"')


def test_a_page_without_periods_opens_with_where_rows_stand(tmp_path: Path):
    result = towns_index(period=None).compute(towns_table().query("year == 2021"))
    page = result.report(tmp_path / "page.html").read_text(encoding="utf-8")
    texts = re.findall(r'<p class="opening">(.*?)</p>', page)
    assert [html.unescape(text) for text in texts] == list(said(result))
