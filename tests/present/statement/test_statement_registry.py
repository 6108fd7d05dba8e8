"""Every method of the package declares its formula and its Chinese name, beside its function."""

import inspect
import re
from typing import get_args

import pytest
from support.laws import own

from hengdian_index._scoring.families import FAMILIES

METHODS = [method for family in FAMILIES for method in own(family)]
every_method = pytest.mark.parametrize("method", METHODS, ids=lambda m: f"{m.family}.{m.name}")

# Options on which a formula depends, though no annotation lists their words.
WORDS = {"log": [False, True], "reference": [None, 1.0]}


def formulas(method):
    """Return every formula that a method may have."""
    formula = method.traits["formula"]
    if not callable(formula):
        return [formula]
    asked = next(p.name for p in inspect.signature(formula).parameters.values() if p.kind is not p.VAR_KEYWORD)
    defaults = {p.name: p.default for p in method.options.values()}
    return [formula(**{**defaults, asked: word}) for word in WORDS.get(asked) or get_args(method.hints[asked])]


@every_method
def test_every_method_has_a_chinese_name(method):
    assert re.search(r"[\u4e00-\u9fff]", method.traits["chinese"])


@pytest.mark.parametrize("family", FAMILIES)
def test_chinese_names_tell_the_methods_of_a_family_apart(family):
    names = [method.traits["chinese"] for method in own(family)]
    assert len(set(names)) == len(names)


@every_method
def test_every_method_has_a_formula_for_every_word_of_its_options(method):
    found = formulas(method)
    assert found
    assert all(isinstance(text, str) and text for text in found)
    assert len(set(found)) == len(found)


@every_method
def test_formulas_are_balanced_and_hold_no_words_of_a_language(method):
    for text in formulas(method):
        bare = text.replace(r"\{", "").replace(r"\}", "")
        assert bare.count("{") == bare.count("}")
        assert len(re.findall(r"\\left\b", text)) == len(re.findall(r"\\right\b", text))
        assert text.count(r"\begin{cases}") == text.count(r"\end{cases}")
        assert r"\text" not in text
