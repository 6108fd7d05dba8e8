"""Worked examples of Chinese texts to the printed digit; mistakes of such pages, each computed both ways."""

from __future__ import annotations

import inspect
import sys
from dataclasses import replace
from functools import reduce
from pathlib import Path

import numpy as np
import pytest

import hengdian_index as hi

sys.path.append(str(Path(__file__).parents[2] / "docs" / "_ext"))
import worked
from worked import Example, Mistake

EXAMPLES, MISTAKES = worked.examples(), worked.mistakes()


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.what)
def test_every_figure_is_the_printed_one(one: Example) -> None:
    found = one.compared()
    assert found.beyond.empty, found.beyond
    assert len(found.rows) == len(one.printed)


@pytest.mark.parametrize("one", MISTAKES, ids=lambda one: one.what)
def test_a_mistake_gives_another_number(one: Mistake) -> None:
    theirs, ours = one.numbers()
    np.testing.assert_allclose([*theirs, *ours], one.gives, rtol=0, atol=one.half)
    assert np.abs(np.subtract(theirs, ours)).max() > 10 * one.half
    if one.refused:
        assert one.refusal()


@pytest.mark.parametrize("one", MISTAKES, ids=lambda one: one.what)
def test_the_pages_of_the_methods_warn_of_it(one: Mistake) -> None:
    for name in one.at:
        text = inspect.getdoc(reduce(getattr, name.split("."), hi)) or ""
        assert one.says in " ".join(text.partition("**Pitfalls.**")[2].split()), name


def test_the_weights_of_a_panel_are_turned_round_by_the_logarithm_of_the_years() -> None:
    (one,) = [one for one in MISTAKES if "logarithm" in one.what]
    assert (one.run("d") < 0).all()
    theirs, ours = one.numbers()
    assert list(np.argsort(theirs)) == list(np.argsort(ours)[::-1])


def test_an_example_with_another_figure_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    first = EXAMPLES[0]
    wrong = replace(first, printed=(0.3, *first.printed[1:]))
    monkeypatch.setattr(worked, "examples", lambda: [wrong])
    with pytest.raises(ValueError, match=first.what):
        worked.examples_part()
