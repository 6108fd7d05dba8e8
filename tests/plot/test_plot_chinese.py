"""Pictures speak Chinese: labels in the language that is spoken, faults of what cannot be drawn."""

from typing import Any

import pytest

import hengdian_index as hi
from hengdian_index.plot import style

needs_chinese = pytest.mark.skipif(style.chinese_family() is None, reason="no font with Chinese is installed")


@pytest.fixture(scope="module")
def film() -> Any:
    index, table = hi.example("film_industry")
    return index.compute(table)


@needs_chinese
def test_labels_are_in_the_language_spoken(film: Any) -> None:
    with hi.options(lang="zh"):
        chinese = film.plot.change(lag=4).get_ylabel()
    assert (chinese, film.plot.change(lag=4).get_ylabel()) == (
        "比4期前的变化，点",
        "change on 4 periods before, points",
    )


def test_without_a_font_labels_stay_english(film: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hengdian_index.plot.layout.chinese_family", lambda: None)
    with hi.options(lang="zh"):
        assert film.plot.change(lag=4).get_ylabel() == "change on 4 periods before, points"


REFUSED = {
    "of：没有“growht”；是否应为“growth”？（可选：change、growth）": lambda film: film.plot.change(of="growht"),
    "node：没有分指数“none”；可选：": lambda film: film.plot.lines("none"),
    "top：应为不小于1的整数行数，而非0": lambda film: film.plot.ranking(top=0),
    "nodes：没有给出名称；可选：": lambda film: film.plot.distribution([]),
    "unit：各行没有单位，也就没有“横店”；请去掉": lambda film: film.plot.level(unit="横店"),
    "by：数据表没有列“oscars”": lambda film: film.plot.scatter("oscars"),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused(film: Any, said: str) -> None:
    with hi.options(lang="zh"), pytest.raises((hi.DataError, hi.SpecError)) as caught:
        REFUSED[said](film)
    with hi.options(lang="zh"):
        assert str(caught.value).startswith(said)


def test_the_hint_on_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "chinese_family", lambda: None)
    style._hint.cache_clear()
    with (
        hi.options(lang="zh"),
        pytest.warns(style.FontWarning, match="^没有安装中文字体，汉字以方框代替；请安装中文字体"),
    ):
        assert style.readable("票房") == "□□"
    style._hint.cache_clear()
