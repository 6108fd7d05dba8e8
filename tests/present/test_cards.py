"""Cards for notebooks: what they show, and that every name is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from support.indexes import two_levels
from support.pages import Page
from support.tables import table

import hengdian_index as hi


def named() -> hi.Index:
    """Return an index with markup in its names."""
    return hi.Index(
        name="<script>alert(1)</script>",
        unit="city",
        groups=[hi.Group("g<1>", name="A & B")],
        indicators=[hi.Indicator("x<i>", "g<1>", name="<b>bold</b> & more"), hi.Indicator("y", "g<1>", direction=-1)],
    )


ROWS = {"city": ["<u>p</u>", "q&r", "s"], "x<i>": [1.0, 2.0, 3.0], "y": [3.0, 1.0, 2.0]}


def cards() -> list[Any]:
    index = named()
    result = index.compute(ROWS)
    judged = hi.ahp.priorities({"<b>a</b>": {"c&d": 3}})
    other = {**ROWS, "y": [3.0, 1.5, 2.0]}
    doubts = {"g<1>.weights": hi.Noise(0.25), "aggregate": ["arithmetic", "median"]}
    return [
        index,
        index.fit(ROWS),
        result,
        judged,
        result.explain("q&r", node="x<i>"),
        hi.uncertainty(index, ROWS, doubts, draws=8),
        hi.sensitivity(index, ROWS, doubts, draws=8, resamples=4, of=("score", "q&r")),
        hi.compare({"<i>one</i>": index, "R&D": index.replace({"aggregate": "median"})}, ROWS),
        hi.revisions(result, index.compute(other)),
        hi.audit(index, ROWS, draws=8),
    ]


@pytest.mark.parametrize("number", range(10))
def test_cards_are_whole_and_escaped(number: int) -> None:
    read = Page(cards()[number]._repr_html_())
    attributes = [name for _, found, _ in read.tags for name in found]
    assert not [name for name in attributes if name.startswith("on") or name == "style"]
    assert {name for name, _, _ in read.tags} <= {
        "div",
        "p",
        "strong",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ul",
        "li",
    } | {
        "details",
        "summary",
        "b",
        "caption",
    }
    assert "<" in read.text


def test_dollars_in_names_stay_dollars() -> None:
    index = hi.Index(
        name="from $5 to $9", groups=[hi.Group("g", name="$x_1$")], indicators=[hi.Indicator("a", "g", name="$y^2$")]
    )
    result = index.compute({"a": [1.0, 2.0]})
    for one in (index, index.fit({"a": [1.0, 2.0]}), result, result.explain(0, node="a")):
        html = one._repr_html_()
        assert html.startswith('<div class="tex2jax_ignore mathjax_ignore">')
        assert Page(html.removesuffix("</div>"), unclosed=("div",)).open == ["div"]


def test_the_tree_shows_its_choices() -> None:
    text = Page(two_levels().replace({"left.weights": {"a": 3, "b": 1}})._repr_html_()).text
    for said in ("weights fixed, arithmetic (a 3, b 1)", "weights equal", "b: min_max, smaller is better"):
        assert said in text


def test_a_fit_shows_maps_and_weights() -> None:
    frame = table()
    text = Page(two_levels(weights="entropy").fit(frame)._repr_html_()).text
    assert f"(x - {frame['a'].min():.10g}) / " in text
    assert "learnt from 12 rows" in text


def test_a_result_shows_the_last_levels_and_the_change() -> None:
    result = two_levels().compute(table(20))
    text = Page(result._repr_html_()).text
    assert "2005Q4" in text
    assert "2001Q1" not in text
    for code in result.tree.groups:
        assert f"{result.changes()[code].iloc[-1]:.4g}" in text
    assert "12 of 20 rows" in text


def test_a_batch_of_priorities_has_a_card_too() -> None:
    batch = hi.ahp.priorities(np.array([[[1.0, 2.0], [0.5, 1.0]]] * 3))
    assert "Priorities of 3 matrices" in Page(batch._repr_html_()).text


def said(value: Any) -> str:
    """Return the text of a card, its cells parted by blanks."""
    return " ".join(Page(value._repr_html_().replace("<", " <")).text.split())


def towns(n: int, years: Sequence[int] = (2020, 2021)) -> dict[str, Any]:
    """Return n towns in each year."""
    rng = np.random.default_rng(4)
    x, y = rng.gamma(3.0, size=(2, n * len(years)))
    names = [f"T{i}" for i in range(n)]
    return {"town": names * len(years), "year": [year for year in years for _ in names], "x": x, "y": y}


TOWNS = hi.Index(
    name="Towns",
    unit="town",
    period="year",
    groups=[hi.Group("all")],
    indicators=[hi.Indicator("x", "all"), hi.Indicator("y", "all")],
)


def test_draws_of_units_show_the_ranks_of_the_last_period_the_best_first() -> None:
    found = hi.uncertainty(TOWNS, towns(15), {"all.weights": hi.Noise(0.5)}, draws=16)
    text, own = said(found), found.ranks.xs(2021, level="year").sort_values("nominal")
    assert found.summary() in text
    assert "12 of 15 rows" in text
    shown = [f"{own.index[i]}, 2021 {i + 1} {own['q05'].iloc[i]:.4g} {own['q95'].iloc[i]:.4g}" for i in range(12)]
    assert [line for line in shown if line not in text] == []
    assert f"{own.index[12]}, 2021" not in text
    assert ", 2020" not in text.replace(found.summary(), "")


def test_draws_of_a_series_show_its_last_levels() -> None:
    index = two_levels()
    found = hi.uncertainty(index, table(20), {"weights": hi.Noise(0.25)}, draws=16)
    text = said(found)
    last = found.series.iloc[-1]
    assert f"2005Q4 {last['nominal']:.4g} {last['mean']:.4g} {last['q05']:.4g} {last['q95']:.4g}" in text
    assert "level" in text
    assert "2001Q1" not in text


def test_shares_of_variance_stand_the_largest_first() -> None:
    factors = {"weights": hi.Noise(0.1), "normalise": ["min_max", "z_score", "percentile_rank"]}
    found = hi.sensitivity(TOWNS, towns(9), factors, draws=32, resamples=8)
    text = said(found).replace(found.summary(), "")
    order = found.total.sort_values(ascending=False).index
    assert text.index(f"{order[0]} {found.first[order[0]]:.4g}") < text.index(f"{order[1]} {found.first[order[1]]:.4g}")
    assert "Sensitivity of rank shift" in text
    one = hi.sensitivity(TOWNS, towns(9), factors, draws=16, resamples=8, of=("score", ("T3", 2021)))
    assert "Sensitivity of score T3, 2021" in said(one)


def test_a_comparison_shows_shifts_and_the_ranks_under_each_index() -> None:
    found = hi.compare({"as it is": TOWNS, "mostly x": TOWNS.replace({"weights": {"x": 9, "y": 1}})}, towns(5))
    text = said(found)
    name = "mostly x"
    near = found.correlations().loc["as it is", name]
    assert f"{name} {found.mean_shift[name]:.4g} {found.shifts[name].abs().max():.4g} {near:.4g}" in text
    best = found.ranks.xs(2021, level="year").sort_values("as it is")
    assert f"{best.index[0]}, 2021 1 {best[name].iloc[0]:.4g}" in text
    assert "nothing to compare" in said(hi.compare({"alone": TOWNS}, towns(5)))


def test_revisions_show_what_moved_and_because_of_what() -> None:
    index = TOWNS.replace({"normalise": {"method": "goalposts", "low": 0, "high": 20}})
    before, after = towns(9), towns(9)
    after["x"][3] += 2
    found = hi.revisions(index.compute(before), index.compute(after))
    text = said(found)
    assert "all T3 2020" in text
    assert "0.05 0.05 0 0" in text
    assert "none of 18 rows" in said(hi.revisions(index.compute(before), index.compute(before)))
