"""Of yearly data the change is on the year before, wherever it is told: 比上年, and never 环比."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._index.text import summary
from hengdian_index._words.language import speaking

PERIODS = {"year": [str(year) for year in range(2015, 2022)], "quarter": [f"202{i // 4}Q{i % 4 + 1}" for i in range(7)]}
SAID = {
    "en": {"year": "on the year before", "quarter": "on the period before"},
    "zh": {"year": "比上年", "quarter": "环比"},
}
each_language = pytest.mark.parametrize("lang", ["en", "zh"])
each_frequency = pytest.mark.parametrize("frequency", PERIODS)
each_course = pytest.mark.parametrize("series", ["fixed", "log"])
each_panel = pytest.mark.parametrize("units", [None, "AB"])


def result(frequency: str, units: str | None, series: str = "fixed", **choices: Any) -> hi.Result:
    rng = np.random.default_rng(4)
    frames = [
        pd.DataFrame({"when": PERIODS[frequency], **{code: rng.uniform(1, 9, 7) for code in "xy"}}).assign(who=who)
        for who in units or "A"
    ]
    index = hi.Index(
        name="i",
        unit="who" if units else None,
        period="when",
        base=PERIODS[frequency][0],
        series=series,  # type: ignore[arg-type]
        normalise={"method": "min_max", "lower": 1, "upper": 100},
        groups=[hi.Group("all"), hi.Group("part", "all")],
        indicators=[hi.Indicator("x", "part"), hi.Indicator("y", "all", growth="period")],
        **choices,
    )
    return index.compute(pd.concat(frames, ignore_index=True))


def texts(made: hi.Result, lang: Any, folder: Path) -> dict[str, str]:
    """Return every text that is made of a result, by what it is."""
    made.report(folder / "page.html", lang=lang)
    made.to_excel(folder / "book.xlsx", lang=lang)
    with zipfile.ZipFile(folder / "book.xlsx") as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    unit = {"unit": "A"} if made.panel.units is not None else {}
    with speaking(lang):
        labels = [made.plot.change(lag=lag, **unit).get_ylabel() for lag in (1, 2)]
    plt.close("all")
    return {
        "report": re.sub(r"<svg.*?</svg>", "", (folder / "page.html").read_text(encoding="utf-8"), flags=re.S),
        "workbook": sheets,
        "statement": made.method(lang),
        "chart": labels[0],
        "chart of 2": labels[1],
    }


@each_language
@each_frequency
@each_course
@each_panel
def test_a_change_is_on_what_the_periods_are(
    lang: str, frequency: str, series: str, units: str | None, tmp_path: Path
) -> None:
    found = texts(result(frequency, units, series), lang, tmp_path)
    other = SAID[lang]["quarter" if frequency == "year" else "year"]
    for name in ("report", "statement", "chart"):
        assert SAID[lang][frequency] in found[name], name
    if frequency == "year":
        for name, text in found.items():
            assert other not in text, name
            assert not re.search("环比|同比", text), name
    assert {"en": f"{frequency if frequency == 'year' else 'period'}s before", "zh": "前的变化"}[lang] in found[
        "chart of 2"
    ]


@each_frequency
def test_a_summary_names_the_change(frequency: str) -> None:
    text = summary(result(frequency, None))
    assert ("change %" in text, "on year %" in text) == ((False, True) if frequency == "year" else (True, True))


@each_frequency
@each_panel
def test_the_sheet_of_changes_names_them(frequency: str, units: str | None, tmp_path: Path) -> None:
    made = result(frequency, units)
    made.to_excel(tmp_path / "b.xlsx")
    heads = pd.read_excel(tmp_path / "b.xlsx", sheet_name="changes", engine="calamine").columns
    before = [head for head in heads if head.endswith("before")]
    assert before[0] == f"all, % {SAID['en'][frequency]}"
    assert len(before) == (2 if frequency == "year" else 4)
