"""Every method of the package declares its formula and its Chinese name, beside its function."""

import re

import pytest
from support.laws import own
from support.statements import formulas_of

from hengdian_index._methods.registry import FAMILIES

METHODS = [method for family in FAMILIES for method in own(family)]
every_method = pytest.mark.parametrize("method", METHODS, ids=lambda m: f"{m.family}.{m.name}")


@every_method
def test_every_method_has_a_chinese_name(method):
    assert re.search(r"[\u4e00-\u9fff]", method.traits["chinese"])


@pytest.mark.parametrize("family", FAMILIES)
def test_chinese_names_tell_the_methods_of_a_family_apart(family):
    names = [method.traits["chinese"] for method in own(family)]
    assert len(set(names)) == len(names)


@every_method
def test_every_method_has_a_formula_for_every_word_of_its_options(method):
    found = formulas_of(method)
    assert found
    assert all(isinstance(text, str) and text for text in found)
    assert len(set(found)) == len(found)


@every_method
def test_formulas_are_balanced_and_hold_no_words_of_a_language(method):
    for text in formulas_of(method):
        bare = text.replace(r"\{", "").replace(r"\}", "")
        assert bare.count("{") == bare.count("}")
        assert len(re.findall(r"\\left\b", text)) == len(re.findall(r"\\right\b", text))
        assert text.count(r"\begin{cases}") == text.count(r"\end{cases}")
        assert r"\text" not in text
