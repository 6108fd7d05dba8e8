"""Units without a level: who leads the page, and what it says of it; weights that change, changes in points."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._present.report.pictures import Picture, Text
from hengdian_index._present.report.sections import content
from hengdian_index._present.report.tables import Limits, Sheet, table
from hengdian_index._words.catalogue import LANGUAGES, Lang, words

WORDS = {lang: words(lang, "report", of_years=True) for lang in LANGUAGES}

pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")


def three_towns(**options) -> tuple[hi.Index, pd.DataFrame]:
    """Three towns in three years; the third, the best of all, has no first year."""
    values = np.array([[1, 5], [3, 7], [4, 9], [3, 2], [4, 4], [6, 3], [30, 30], [40, 50]], dtype=float)
    frame = pd.DataFrame(values, columns=["a", "b"])
    frame = frame.assign(town=[*["Ash"] * 3, *["Birch"] * 3, *["Cedar"] * 2], year=[1, 2, 3, 1, 2, 3, 2, 3])
    frame["year"] += 2018
    chosen = {"base": "2019", "new_units": "missing", "normalise": {"method": "min_max", "lower": 1, "upper": 100}}
    groups = [hi.Group("all"), hi.Group("one", "all", name="One"), hi.Group("two", "all", name="Two")]
    indicators = [hi.Indicator("a", "one", name="First"), hi.Indicator("b", "two", name="Second")]
    return hi.Index(unit="town", period="year", groups=groups, indicators=indicators, **(chosen | options)), frame


def items(result: hi.Result, part: str, lang: Lang = "en") -> tuple:
    shown = content(result, lang, None, None)
    return next(section.items for section in shown.sections if section.id == f"part-{part}")


def said(result: hi.Result, part: str, lang: Lang = "en") -> list[str]:
    return [item.text for item in items(result, part, lang) if isinstance(item, Text)]


def sheets(result: hi.Result, part: str, lang: Lang = "en") -> dict[str, Sheet]:
    return {item.id: item for item in items(result, part, lang) if isinstance(item, Sheet)}


def test_a_unit_without_a_level_is_first_but_shown_by_none():
    index, frame = three_towns()
    result = index.compute(frame)
    numbers = {one.label: one for one in content(result, "en", None, None).numbers}
    best = result.series()["all"].xs(2021, level="year").idxmax()
    assert numbers["First in 2021"].value == "Cedar"
    assert numbers["Change on the year before"].remark.startswith(f"{best}, 2020")
    assert not [label for label in numbers if "evel" in label]
    assert WORDS["en"]["of unit"].format(unit=best, which=WORDS["en"]["first of change"]) in said(
        result, "contributions"
    )
    assert all(item.svg for item in items(result, "contributions") if isinstance(item, Picture))


def test_of_units_that_all_have_levels_nothing_is_said():
    index, frame = three_towns()
    result = index.replace({"base_of": "mean"}).compute(frame[frame["town"] != "Cedar"])
    assert "Mean level of all units" in {one.label for one in content(result, "en", None, None).numbers}
    assert any("the first in the last period;" in text for text in said(result, "contributions"))


def test_changes_on_a_scale_without_a_zero_are_in_points():
    index, frame = three_towns(base=None, normalise="z_score", new_units="refuse")
    result = index.compute(frame)
    score = result.scores["all"]
    change = score["Cedar", 2021] - score["Cedar", 2020]
    numbers = {one.label: one for one in content(result, "en", None, None).numbers}
    assert numbers["Change on the year before"].value == f"{change:+.2f} points"
    points = sheets(result, "series")["table-change-points-table"]
    np.testing.assert_allclose(points.frame["all"]["Cedar", 2021], change)
    assert "table-change-table" not in sheets(result, "series")


def test_scores_above_0_and_levels_with_a_base_change_in_per_cent():
    for options in ({"base": None, "new_units": "refuse"}, {}):
        index, frame = three_towns(**options)
        assert "table-change-table" in sheets(index.compute(frame), "series")


@pytest.mark.parametrize(
    ("lang", "heads", "start"), [("en", "One: First", "from the start"), ("zh", "One：First", "自始")]
)
def test_weights_by_period_have_names_and_a_start(lang, heads, start):
    frame = three_towns()[1]
    frame = frame[frame["town"] != "Cedar"].assign(c=[np.nan, 2.0, 3.0, np.nan, 5.0, 1.0])
    index = hi.Index(
        unit="town",
        period="year",
        base="2019",
        content="link",
        fit_on="2019:2021",
        normalise={"method": "min_max", "lower": 1, "upper": 100},
        groups=[hi.Group("all"), hi.Group("one", "all", name="One"), hi.Group("two", "all", name="Two")],
        indicators=[
            hi.Indicator("a", "one", name="First"),
            hi.Indicator("b", "two", name="Second"),
            hi.Indicator("c", "one", name="Third", start="2020"),
        ],
    )
    result = index.compute(frame)
    found = table(sheets(result, "weights", lang)["table-period-weights-table"], WORDS[lang], Limits(999, 9999, 0))
    assert heads in found.heads
    assert not any("(" in head for head in found.heads)
    assert [row[0] for row in found.rows] == [start, "2020"]
    caption = WORDS[lang]["period weights table"]
    assert said(result, "weights", lang) == [WORDS[lang]["weights since"].format(period="2020", caption=caption)]


def test_weights_that_hold_always_have_no_date():
    index, frame = three_towns()
    assert said(index.compute(frame), "weights") == []
