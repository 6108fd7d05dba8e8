"""Cards for notebooks: what they show, and that every name is escaped."""

from __future__ import annotations

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
    return [index, index.fit(ROWS), result, judged, result.explain("q&r", node="x<i>")]


@pytest.mark.parametrize("number", range(5))
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
