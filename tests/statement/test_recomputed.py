"""A statement holds all its numbers: scores and series are computed again from its Markdown text alone."""

from __future__ import annotations

import re

import numpy as np
import pytest
from indexes import two_levels
from statement.statements import panel

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
