"""The path of a number in Chinese: each step with the numbers and formulas of the English one."""

from __future__ import annotations

import ast
import inspect

import pytest
from support.ears import english_in

import hengdian_index as hi
from hengdian_index._present.statement import path, path_of_level
from hengdian_index._words.catalogue import LANGUAGES, catalogue


@pytest.fixture(scope="module")
def result() -> hi.Result:
    index, table = hi.example("countries")
    return index.compute(table)


def test_steps_are_those_of_the_english_path(result: hi.Result) -> None:
    for node in (result.tree.root.code, *result.tree.codes[:3]):
        english, chinese = (result.explain("AUS", node=node, lang=lang) for lang in ("en", "zh"))  # type: ignore[arg-type]
        same = ["node", "step", "formula", "value"]
        assert english.steps[same].equals(chinese.steps[same])
        assert [what for what in chinese.steps["what"] if english_in(what)] == []
        text = str(chinese)
        for name in (one.name for one in (*result.tree.branches, *result.tree.leaves) if one.name):
            text = text.replace(name, "")
        assert [line for line in text.splitlines() if english_in(line)] == []
        with hi.options(lang="zh"):
            assert str(result.explain("AUS", node=node)) == str(chinese)


def test_what_is_said_of_steps(result: hi.Result) -> None:
    said = str(result.explain("AUS", node=result.tree.codes[0], lang="zh"))
    assert "原值" in said
    assert "的平均水平" in said
    with pytest.raises(hi.SpecError, match="lang: no 'fr'"):
        result.explain("AUS", lang="fr")  # type: ignore[arg-type]


def test_each_step_of_a_path_has_its_word_in_every_language() -> None:
    steps = {
        node.args[1].value
        for module in (path, path_of_level)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Step"
        if isinstance(node.args[1], ast.Constant)
    }
    assert {"child", "weight", "raw", "level"} <= steps
    for lang in LANGUAGES:
        assert steps <= set(catalogue(lang).rooms["step"]), lang
