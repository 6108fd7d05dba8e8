"""The method statement: the numbers of the fit, in two languages and two forms, names escaped."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index._maths.notation import latex
from hengdian_index._words.catalogue import LANGUAGES, words

WORDS = {lang: words(lang, "statement") for lang in LANGUAGES}


def places(text: str) -> set[str]:
    """Return the names of the places of a template."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same() -> None:
    assert list(WORDS["en"]) == list(WORDS["zh"])
    for key in WORDS["en"]:
        assert places(WORDS["en"][key]) == places(WORDS["zh"][key]), key


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_the_numbers_of_the_fit_are_there(lang: Any, form: Any) -> None:
    frame = table()
    result = two_levels(weights="entropy").compute(frame)
    text = result.method(lang, form)
    low, high = frame["a"].min(), frame["a"].max()
    assert rf"\frac{{x - {low:.15g}}}{{{high - low:.15g}}} \cdot 99 + 1" in text
    for weight in result.weights:
        assert f"{weight:.15g}" in text
    assert f"{result.base_levels[None][0]:.15g}" in text
    assert result.provenance["spec_sha256"] in text
    assert r"\sum_i p_{ij} \ln p_{ij}" in text
    assert r"y = \sum_j w_j z_j" in text
    assert text.count(r"\frac{x - \min x}{\max x - \min x}") == 1


def test_preparation_lists_what_was_touched() -> None:
    frame = table().assign(size=np.arange(1.0, 13))
    frame.loc[3, "a"] = np.nan
    frame.loc[6, "c"] = 4000.0
    index = two_levels(impute="mean", treat={"method": "winsorise", "points": 1}).replace({"b.denominator": "size"})
    result = index.compute(frame)
    text = result.method()
    kept = result.prepared["c"].max()
    assert f"cells changed: 1 (2002Q3: 4000 → {kept:.15g})" in text
    assert "`a` is imputed: `mean`; cells filled in the rows scored: 1." in text
    assert "`b` is divided by `size`." in text
    assert f"x' = \\min(x, {kept:.15g})" in text


def test_gaps_and_the_rule_for_them_are_counted() -> None:
    frame = table()
    frame.loc[[2, 5], "a"] = np.nan
    text = two_levels(coverage=0.5).compute(frame).method()
    assert "Of 12 rows, 2 were reweighted and 0 have no score." in text
    assert "less than 0.5 of the parts" in text
    assert "no score where one is missing" in two_levels(missing="propagate").compute(frame).method()


def test_changes_of_content_are_told_with_their_factor() -> None:
    result = two_levels().replace({"c.end": "2002Q2"}).compute(table())
    text = result.method()
    assert "From 2002Q3 on: left out `c`" in text
    assert f"{result.course.factors[1][0, 0]:.15g}" in text
    assert "自2002Q3起：去除`c`" in result.method("zh")


def test_later_weights_are_told_with_their_date() -> None:
    later = {"2002Q1": {"a": 1, "b": 3}}
    text = two_levels().replace({"left.weights_since": later}).compute(table()).method()
    assert "From 2002Q1 on: `fixed` (given `a` 1, `b` 3)." in text
    assert "Weights from 2002Q1 on: `a` 0.25, `b` 0.75." in text


@pytest.mark.parametrize("how", ["ratio", "symmetric", "log"])
def test_chained_series_have_their_formula(how: Any) -> None:
    assert "s_t = s_{t-1}" in two_levels(series=how).compute(table()).method()


def test_a_function_of_a_user_is_named() -> None:
    def halved(x: Any) -> Any:
        return x / 2

    text = two_levels(normalise=halved, base=None).compute(table()).method()
    assert "`halved`: a function without a declared formula" in text
    assert r"z = \mathrm{halved}(x)" in text


def test_names_are_escaped() -> None:
    index = hi.Index(
        name="R&D_index <1> 50% | *x*",
        groups=[hi.Group("g_1", name="a_b & c")],
        indicators=[hi.Indicator("x_1", "g_1", name="cost $ #1"), hi.Indicator("y", "g_1")],
    )
    result = index.compute({"x_1": [1.0, 2.0, 3.0], "y": [3.0, 1.0, 2.0]})
    markdown, tex = result.method(), result.method(form="latex")
    assert r"R\&D\_index \<1\> 50% \| \*x\*" in markdown
    assert r"cost \$ \#1" in markdown
    assert r"R\&D\_index \textless{}1\textgreater{} 50\%" in tex
    assert r"\texttt{x\_1} (cost \$ \#1)" in tex
    assert not re.search(r"(?<!\\)&", tex.replace(r" & ", ""))


def test_latex_lists_are_closed() -> None:
    text = two_levels().compute(table()).method(form="latex")
    assert text.count(r"\begin{itemize}") == text.count(r"\end{itemize}") > 0


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("(a + b) * c", r"\left(a + b\right) \cdot c"),
        ("a + (-3.0)", r"a + \left(-3.0\right)"),
        ("(a + b) ** 2", r"\left(a + b\right)^{2}"),
        ("exp(-x)", "e^{-x}"),
        ("min(max(x, 1), 2)", r"\min(\max(x, 1), 2)"),
        ("1e-07 * x", r"1 \cdot 10^{-7} \cdot x"),
        ("1 if x < 2 else 3", r"\begin{cases} 1 & x < 2 \\ 3 \end{cases}"),
    ],
)
def test_arithmetic_becomes_latex(expression: str, expected: str) -> None:
    assert latex(expression) == expected


def test_unknown_languages_and_forms_are_refused() -> None:
    result = two_levels().compute(table())
    with pytest.raises(hi.SpecError, match="lang: no 'fr'"):
        result.method("fr")  # type: ignore[arg-type]
    with pytest.raises(hi.SpecError, match="form: no 'html'"):
        result.method(form="html")  # type: ignore[arg-type]
    with pytest.raises(hi.SpecError, match=r"must end in \.md, \.tex or \.docx"):
        result.method(path="statement.pdf")


def test_files_are_written_by_their_ending(tmp_path: Path) -> None:
    result = two_levels().compute(table())
    for ending, form in ((".md", "markdown"), (".tex", "latex")):
        path = tmp_path / f"statement{ending}"
        result.method("zh", path=path)
        assert path.read_text(encoding="utf-8") == result.method("zh", form)  # type: ignore[arg-type]
