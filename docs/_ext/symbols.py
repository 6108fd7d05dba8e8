r"""What the symbols of a formula stand for: the words of the catalogue, the options, and what letters mean in a family.

A letter that a method uses in a sense of its own is explained in its docstring: `**Symbols.** v: eigenvector; ...`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from hengdian_index._methods.registry import Method
from hengdian_index._present.statement.phrases import Vocabulary

# What a formula gives, and what it is made of, is explained even where the formula defines it.
_SUBJECTS = {"w", "x", "y", "z", r"\hat{x}"}

_TOKEN = re.compile(
    r"\\(?:begin|end)\{\w+\}"
    r"|\\mathrm\{(?P<upright>\w+)\}"
    r"|(?P<dressed>\\(?:bar|hat)\{\w\})"
    r"|\\(?P<command>[A-Za-z]+)"
    r"|(?P<letter>[A-Za-z])"
)
_GREEK = {"alpha", "beta", "chi", "lambda", "Lambda", "rho", "xi", "varnothing"}

_ANY = {
    "n": "number of rows",
    "k": "number of columns",
    "i": "a row, one of the units",
    "j": "a column, one of the indicators",
    "l": "another row or column",
    "w": "weight, of column j where it has an index; all sum to 1",
    "e": "Euler's number, 2.718...",
}
_FAMILY = {
    "normalise": {
        "z": "score",
        "x": "value of an indicator; with an index that of a fit row",
        "n": "number of fit rows that have a value",
        "i": "a fit row",
        r"\bar{x}": "mean of the fit rows",
        "s": "standard deviation of the fit rows",
        "q": "quantile of the fit rows, at the share that its index says",
        "r": "rank of the value among the fit rows, 1 the worst",
        "d": "direction: 1 where larger is better, -1 where smaller is",
    },
    "weights": {
        "x": "score of a row in a column; a raw value where the method sees raw values",
        r"\bar{x}": "mean of a column",
        "s": "standard deviation of a column",
        "r": "correlation of two columns",
        r"\rho": "rank correlation of two columns",
        "d": "direction of a column, 1 or -1",
    },
    "aggregate": {
        "y": "score of a row",
        "z": "score of the row in a column, as normalised",
        "r": "rank within a row",
    },
    "treat": {
        "x": "value of an indicator; after treatment x'",
        r"\bar{x}": "mean of the fit rows",
        "s": "standard deviation of the fit rows",
        "q": "quantile of the fit rows, at the share that its index says",
        "G": "skewness (index 1) and kurtosis (index 2) of the fit rows, as spreadsheets compute them",
        r"\lambda": "power, by maximum likelihood unless it is given",
        "c": "constant learnt from the fit rows, so that the logarithm exists",
    },
    "impute": {
        "x": "value of an indicator",
        r"\hat{x}": "what is filled in",
        r"\bar{x}": "mean of the fit rows that have a value",
        "t": "a period",
        "a": "the last period before that has a value",
        "b": "the next period that has a value",
        "g": "group of a row",
    },
    "climate": {
        "x": "the column that is made",
        "t": "a period",
        "w": "weight of a component",
        "c": "component",
        "j": "a component",
    },
    "series": {"t": "a period"},
    "diagnose": {r"\bar{x}": "mean of a column"},
}


def tokens(latex: str) -> Iterator[str]:
    """Yield the symbols of a formula, each once: letters, Greek ones, dressed ones, and upright words."""
    found: dict[str, None] = {}
    for match in _TOKEN.finditer(latex):
        if match["upright"]:
            found[rf"\mathrm{{{match['upright']}}}"] = None
        elif match["command"]:
            found |= {rf"\{match['command']}": None} if match["command"] in _GREEK else {}
        elif plain := match["dressed"] or match["letter"]:
            found[plain] = None
    yield from found


def defined(latex: str) -> set[str]:
    """Return the symbols that a formula itself defines: those on the left of an equation."""
    sides = re.split(r"\\quad|\\;|\\\\", re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "0", latex))
    left = [side.partition("=")[0].strip() for side in sides if "=" in side]
    return {next(iter(tokens(one)), "") for one in left if not one.startswith(("(", r"\sum", r"\min", r"\max"))}


def explained(
    formulas: Sequence[str],
    family: str,
    method: Method | None,
    own: Mapping[str, str],
    parameters: Sequence[str],
) -> list[tuple[str, str]]:
    """Return each symbol of some formulas with its meaning, in the order in which they appear."""
    return [(symbol, said) for symbol, said in meanings(formulas, family, method, own, parameters).items() if said]


def meanings(
    formulas: Sequence[str],
    family: str,
    method: Method | None,
    own: Mapping[str, str],
    parameters: Sequence[str],
) -> dict[str, str | None]:
    """Return each symbol with its meaning: "" where the formula itself says it, and None where nothing does."""
    told = {symbol: text for key, text in own.items() for symbol in key.split(", ")}
    general = {**_ANY, **_FAMILY.get(family, {})}
    within = set().union(*map(defined, formulas)) - _SUBJECTS
    found: dict[str, str | None] = {}
    for symbol in (one for latex in formulas for one in tokens(latex)):
        word = symbol.removeprefix(r"\mathrm{").removesuffix("}")
        option = word.lstrip("\\")
        said = told.get(word) or told.get(symbol)
        if said is None and symbol in within:
            said = ""
        if said is None and method and word != symbol:
            said = _word(method, word)
        if said is None:
            said = general.get(symbol)
        if said is None and option in parameters:
            said = f"the option `{option}`"
        found.setdefault(symbol, said)
    return found


def _word(method: Method, name: str) -> str | None:
    """Return what the catalogue calls a word or an option of a method."""
    said = Vocabulary.of("en", method).symbol(name)
    if said is None:
        return None
    said = said.strip(": ")
    return f"{said} (option `{name}`)" if name in method.options else said
