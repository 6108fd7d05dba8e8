"""The page in Chinese says in Chinese what it says itself; what the library says in English is marked as English."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.pages import Page, read

import hengdian_index as hi
from hengdian_index._present.report.headline import headline
from hengdian_index._tables.read_panel import read_panel
from hengdian_index._words.catalogue import LANGUAGES, words
from hengdian_index._words.language import speaking
from hengdian_index.errors import DataError
from hengdian_index.plot.style import chinese_family, save

WORDS = {lang: words(lang, "report") for lang in LANGUAGES}
STEPS = {lang: words(lang, "step") for lang in LANGUAGES}

pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")

# What is no word of the page: columns of the data, codes of the index, names of methods and of files.
CODES = {"town", "year", "total", "CSV", "weights", "min_max", "equal", "arithmetic", "z_score"}
CODES |= {"report", "uncertainty", "draws"}


def chinese(units: int, years: int) -> tuple[hi.Index, pd.DataFrame]:
    """An index whose names are Chinese, so that English comes from elsewhere; half a group and one row are missing."""
    n, codes = units * years, ["x1", "x2", "x3", "x4"]
    values = np.random.default_rng(2).lognormal(3, 0.6, (n, 4)).round(1)
    values[1, 0], values[-1] = np.nan, np.nan
    labels = {
        "town": np.repeat([f"镇{i}" for i in range(units)], years),
        "year": np.tile(range(2001, 2001 + years), units),
    }
    groups = [hi.Group("total", name="总指数"), hi.Group("g1", "total", name="甲"), hi.Group("g2", "total", name="乙")]
    indicators = [hi.Indicator(x, g, name=f"指标{x[1]}") for x, g in zip(codes, ["g1", "g1", "g2", "g2"], strict=True)]
    timed = {"period": "year", "base": "2001", "normalise": {"method": "min_max", "lower": 1, "upper": 100}}
    index = hi.Index(name="指数", unit="town", groups=groups, indicators=indicators, **(timed if years > 1 else {}))
    table = pd.DataFrame(values, columns=codes).assign(**labels)
    return index, table if years > 1 else table.drop(columns="year")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Pages of a panel and of a cross-section in Chinese, and every text of their charts."""
    from matplotlib.text import Text

    folder, pages, texts = tmp_path_factory.mktemp("chinese"), {}, set()

    def listened(ax, path, **options):
        found = save(ax, path, **options)
        texts.update(text.get_text() for text in ax.figure.findobj(Text) if text.get_visible())
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hengdian_index._present.report.pictures.save", listened)
        for name, sizes in (("panel", (10, 3)), ("rows", (40, 1))):
            index, table = chinese(*sizes)
            found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=8, progress=False)
            path = index.compute(table).report(folder / f"{name}.html", lang="zh", uncertainty=found)
            pages[name] = read(path)
    return pages, texts


def words_of(text: str) -> set[str]:
    return set(re.findall("[A-Za-z_]{3,}", text)) - CODES


def own(page: Page) -> str:
    """Return what a page says itself, without the method statement and the provenance, which have texts of others."""
    text = "\n".join(page.own)
    return text[: text.rindex(WORDS["zh"]["method"])]


@pytest.mark.skipif(chinese_family() is None, reason="no font has Chinese: charts keep their English words")
def test_charts_have_no_english(drawn):
    texts = {text.replace("\n", "") for text in drawn[1]}
    assert {"得分", "位次", "水平，点", "比上年变化，点", "90%的抽样", "抽样百分比"} <= texts
    assert "总指数：有得分的9个单位中最高的8个，1个没有得分" in texts
    assert "总指数，38个样本中的前30个，2个没有得分" in texts
    assert "总指数，2003" in texts
    assert {text for text in texts if words_of(text)} == set()


@pytest.mark.skipif(chinese_family() is None, reason="no font has Chinese: charts keep their English words")
def test_no_picture_has_english():
    """Those that are not on the page too: each word that a picture writes itself has its Chinese."""
    from matplotlib.pyplot import close
    from matplotlib.text import Text

    index, table = chinese(6, 3)
    result = index.replace({"missing": "reweight"}).compute(table)
    plot, said = result.plot, set()
    with speaking("zh"):
        for ax in (
            plot.correlations(how="spearman"),
            plot.correlations(how="kendall", pairwise=False),
            plot.waterfall(unit="镇1", depth="indicators"),
            plot.level("g1", unit="镇1"),
            plot.ranking("g1", period="2001"),
            plot.treatment(),
        ):
            said |= {text.get_text() for text in ax.figure.findobj(Text)}
    close("all")
    assert {"甲，2001", "总指数，2002至2003"} <= {re.split(": |：", text)[-1] for text in said}
    assert {text for text in said if words_of(text)} == set()


def test_names_of_the_index_stay_in_a_chinese_picture():
    """An indicator called as a word of the pictures is one of the index, and keeps its name."""
    from matplotlib.pyplot import close

    named = ["median", "score", "5 others"]
    index = hi.Index(groups=[hi.Group("rank")], indicators=[hi.Indicator(name, "rank") for name in named])
    rng = np.random.default_rng(3)
    result = index.compute({name: rng.random(7) for name in named})
    with speaking("zh"):
        ax = result.plot.ranking()
        labels = [str(one.get_label()) for one in ax.containers]
        assert (sorted(labels), ax.get_xlabel(), ax.get_title()) == (sorted(named), "得分", "rank")
        hatches = {one.get_label(): one.patches[0].get_hatch() for one in ax.containers}
        assert not any(hatches.values())
        ax = result.plot.radar(unit=0)
        assert [str(line.get_label()) for line in ax.lines[:2]] == ["0", "其他6个样本的平均"]
    assert result.plot.ranking().get_xlabel() == "score"
    close("all")


@pytest.mark.parametrize("name", ["panel", "rows"])
def test_the_page_has_no_english(drawn, name):
    text, page = drawn[0][name]
    # What is typed stays as it is typed.
    assert words_of(re.sub(r"\w+ = ['\"]\w+['\"]", "", own(page))) == set()
    assert words_of("".join(one["aria-label"] for one in page.having("a") if "aria-label" in one)) == set()
    assert 'lang="en"' not in text.partition("<head>")[2]
    assert "<td>缺失：" in text
    assert STEPS["zh"]["aggregate"] in own(page)


def test_faults_and_warnings_are_told_in_the_language_of_the_page(tmp_path):
    index, table = chinese(3, 3)
    result = index.replace({"normalise": "z_score"}).compute(table)
    with pytest.raises(DataError) as error:
        result.series()
    _, page = read(result.report(tmp_path / "r.html", lang="zh"))
    with hi.options(lang="zh"):
        fault = str(error.value.faults[0])
    assert fault != error.value.faults[0].message
    assert f"{WORDS['zh']['not made']}{fault}" in "".join(page.own)
    assert words_of(re.sub(r"\w+ = ['\"]\w+['\"]", "", own(page))) == set()
    table.loc[table["year"] == 2001, ["x1", "x2", "x3", "x4"]] = 900.0
    below = index.replace({"normalise": "z_score"}).compute(table)
    text = below.report(tmp_path / "w.html", lang="zh").read_text(encoding="utf-8")
    assert 'lang="en"' not in text.partition("<head>")[2]


def draws(case: str):
    """Draws of a series, a panel, a cross-section, the latter also with draws that cannot be computed."""
    if case == "series":
        index, table = hi.example("film_industry")
    else:
        index, table = chinese(*{"panel": (4, 3), "rows": (7, 1), "excluded": (7, 1)}[case])
    factors = {"weights": hi.Noise(0.25)}
    if case == "excluded":
        factors |= {"aggregate": ["arithmetic", "geometric"]}
    return hi.uncertainty(index, table, factors, draws=16, progress=False, infeasible="exclude")


@pytest.mark.parametrize("case", ["series", "panel", "rows", "excluded"])
def test_the_summary_of_draws_has_the_numbers_of_the_english_one(case):
    found = draws(case)
    english, said = found.summary(), found.summary(lang="zh")
    numbers = r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*\d)"
    assert re.findall(numbers, said, re.ASCII) == re.findall(numbers, english, re.ASCII)
    assert ("left out" in english) == ("剔除" in said) == (case == "excluded")
    assert ("No draw" in english) == ("没有抽样" in said) == (case != "series")
    assert found.summary(lang="en") == english
    assert not re.search("[A-Za-z]{4,} [a-z]{4,}", said)
    with pytest.raises(hi.SpecError, match="lang: no 'english'"):
        found.summary(lang="english")


@pytest.mark.parametrize(
    ("row", "source", "english", "said"),
    [
        ({"town": "横店", "year": 2019}, "", "unit '横店', period 2019", "单位“横店”，时期2019"),
        ({"town": "unit 4", "year": 2019}, "data.csv", "data.csv line 2, unit 'unit 4', period 2019",
         "data.csv第2行，单位“unit 4”，时期2019"),
        ({"year": "1998Q1"}, "", "period 1998Q1", "时期1998Q1"),
        ({"town": 7}, "", "unit 7", "单位7"),
        ({}, "", "row 0", "行0"),
    ],
)  # fmt: skip
def test_rows_are_named_in_the_language_of_the_page(row, source, english, said):
    named = {"unit": "town" if "town" in row else None, "period": "year" if "year" in row else None}
    panel = read_panel(pd.DataFrame({"x": [1.0], **{name: [value] for name, value in row.items()}}), ["x"], **named)
    place = replace(panel, source=source).place(0)
    assert (place, place.told("zh")) == (english, said)


def test_fit_rows_without_periods_are_named_by_the_first_and_the_last():
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g")])
    table = pd.DataFrame({"a": [1.0, 4, 2], "b": [3.0, 1, 2]}, index=["a period", "unit 'x'", "row 3"])
    result = index.compute(table)
    spread = [one.remark for lang in LANGUAGES for one in headline(result, None, WORDS[lang])]
    assert "row 'a period' – row 'row 3'" in spread
    assert "行“a period” – 行“row 3”" in spread
