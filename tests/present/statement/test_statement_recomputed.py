"""A statement holds all its numbers: scores and series are computed again from its Markdown text alone."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from support.indexes import two_levels
from support.tables import panel, table

import hengdian_index as hi

NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
MAP = re.compile(rf"^- `(\w+)`.*\$z = \\frac{{x - ({NUMBER})}}{{({NUMBER})}} \\cdot ({NUMBER}) \+ ({NUMBER})\$", re.M)
GROUP = re.compile(r"^- `(\w+)`.*? consists of (.*?)\. .*?Weights: (.*?)\. Aggregation: `(\w+)`", re.M)
PAIR = re.compile(rf"`(\w+)` ({NUMBER})")


def scores(text: str, raw: hi.Result) -> dict[str, np.ndarray]:
    """Return the scores of every node that a statement's maps and weights give to raw values."""
    found = {}
    for code, centre, spread, gain, start in MAP.findall(text):
        x = raw.raw[code].to_numpy()
        found[code] = (x - float(centre)) / float(spread) * float(gain) + float(start)
    for code, _, weights, method in reversed(GROUP.findall(text)):
        parts = np.stack([found[child] for child, _ in PAIR.findall(weights)], axis=1)
        w = np.array([float(weight) for _, weight in PAIR.findall(weights)])
        found[code] = {"arithmetic": parts @ w, "geometric": np.exp(np.log(parts) @ w)}[method]
    return found


def test_the_film_index_is_computed_again_from_its_statement() -> None:
    index, rows = hi.example("film_industry")
    result = index.compute(rows)
    text = result.method()
    found = scores(text, result)
    assert set(found) == {*result.tree.codes, *result.tree.groups}
    for code in result.tree.groups:
        assert found[code] == pytest.approx(result.scores[code].to_numpy(), rel=2e-14)
    (said,) = re.findall(r"^- Levels in the base period: (.*)\.$", text, flags=re.M)
    levels = {code: float(level) for code, level in PAIR.findall(said)}
    assert set(levels) == set(result.tree.groups)
    inside = np.array([str(period).startswith("1998") for period in result.scores.index])
    for code, level in levels.items():
        assert found[code][inside].mean() == pytest.approx(level, rel=2e-14)
        assert 100 * found[code] / level == pytest.approx(result.series()[code].to_numpy(), rel=2e-14)


def test_the_chinese_statement_has_the_same_numbers() -> None:
    index, rows = hi.example("film_industry")
    result = index.compute(rows)
    numbers = [sorted(re.findall(r"\d+\.\d{5,}", result.method(lang))) for lang in ("en", "zh")]
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) > 20


DIRECTIONS = {"a": hi.Target(20.0), "b": hi.Between(15.0, 22.0), "c": hi.Between(15.0, 25.0, 1.0, 60.0), "d": -1}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_target_is_computed_again_from_the_formula_in_words(lang: Any) -> None:
    """Everything used is read in the statement: the formula, its ends, and what is best; and the rows."""
    rows = table()
    index = two_levels(base=None, fit_on="2001:2002").replace({f"{c}.direction": one for c, one in DIRECTIONS.items()})
    result = index.compute(rows)
    text = result.method(lang)
    formulas = re.findall(r"^\$\$\n(.*)\n\$\$$", text, flags=re.M)
    scale = r"z = \mathrm{upper} - (\mathrm{upper} - \mathrm{lower})\,"
    assert {scale + r"\frac{\delta}{\Delta}", scale + r"\delta"} < set(formulas)
    assert r"$\delta = \max(b_1 - x, 0, x - b_2)$" in text
    lower, upper = (float(re.search(rf"{word} ?({NUMBER})", text)[1]) for word in WORDS[lang])
    for code in "abc":
        said = re.search(rf"^- `{code}`[:：](.*?)[;；]", text, flags=re.M)[1]
        best = [float(number) for number in re.findall(NUMBER, said)]
        low, high = (best * 2)[:2] if len(best) == 1 else best[:2]
        x = rows[code].to_numpy()
        gap = np.maximum(np.maximum(low - x, x - high), 0)
        if len(best) == 4:
            gap = np.minimum(np.where(x < low, gap / (low - best[2]), gap / (best[3] - high)), 1)
        most = 1 if len(best) == 4 else gap[:8].max()
        assert upper - (upper - lower) * gap / most == pytest.approx(result.normalised[code].to_numpy(), rel=1e-12)
    turned = -rows["d"].to_numpy()
    share = (turned - turned[:8].min()) / (turned[:8].max() - turned[:8].min())
    assert lower + (upper - lower) * share == pytest.approx(result.normalised["d"].to_numpy(), rel=1e-12)
    told = {"en": "For `d` -x takes the place of x in the formula", "zh": "`d`越小越好，公式中以-x代替x"}
    assert told[lang] in text


WORDS = {"en": ("lower end", "upper end"), "zh": ("（下限", "、上限")}


def test_targets_of_other_methods_take_the_distance_too() -> None:
    text = (
        two_levels(normalise="z_score", base=None).replace({"a.direction": hi.Target(20.0)}).compute(table()).method()
    )
    assert r"For `a` $-\delta$ takes the place of x in the formula" in text
    assert "best end" not in text
    assert "delta" not in two_levels(normalise="z_score", base=None).compute(table()).method()


def test_a_panel_is_computed_again_from_its_statement() -> None:
    index = two_levels(unit="city", weights="entropy", aggregate="geometric")
    result = index.compute(panel())
    text = result.method()
    found = scores(text, result)
    units = np.array(result.panel.unit_list())
    for unit, said in re.findall(r"^- Levels in the base period of (\w): (.*)\.$", text, flags=re.M):
        for code, level in PAIR.findall(said):
            told = result.series().loc[unit, code].to_numpy()
            assert 100 * found[code][units == unit] / float(level) == pytest.approx(told, rel=1e-13)
