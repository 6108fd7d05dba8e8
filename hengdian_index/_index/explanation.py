"""One step of an explanation, and the whole of them as text."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from hengdian_index._words.catalogue import Lang
from hengdian_index._words.markup import card, table
from hengdian_index._words.said import Said, joined
from hengdian_index.log import step_in


@dataclass(frozen=True, slots=True)
class Step:
    """One step: at which node, its kind, what is done, the arithmetic in numbers, and what comes out."""

    node: str
    step: str
    what: Said | str
    formula: str
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The path from a raw value to a score.

    Attributes
    ----------
    node, place : str
        Which number: the code of an indicator or a group, and the row.
    value : float
        Its score.
    steps : DataFrame
        node, step, what, formula, value: one line a step, in order. Formulas are arithmetic for Python, with log, exp,
        min and max, in all digits; where a step depends on other rows the formula is empty and `what` says on which.
        As text, numbers have ten significant digits.
    """

    node: str
    place: str
    value: float
    steps: pd.DataFrame
    lang: Lang = "en"

    def __str__(self) -> str:
        lines = [_line(Step(*values), self.lang) for values in self.steps.to_numpy()]
        return "\n".join([self._title(), *lines]) + "\n"

    def _title(self) -> str:
        where = joined([self.node, self.place], "places")
        return joined([where, _number(self.value)], "heads").told(self.lang)

    def _repr_html_(self) -> str:
        return card(self._title(), table(list(self.steps.columns), self.steps.to_numpy()))


def same(a: float, b: float) -> bool:
    """Return whether two numbers are equal, or both missing."""
    return a == b or (a != a and b != b)


def _line(one: Step, lang: Lang) -> str:
    """Return a step as text: what is done, and `arithmetic = value`."""
    value, formula = _number(one.value), _rounded(one.formula)
    parts: list[Said | str] = [joined([one.node, step_in(one.step, lang)], "places")]
    parts += [_rounded(one.what)] if one.what else []
    if one.step != "content":
        parts.append(value if not formula or formula == value else f"{formula} = {value.told(lang)}")
    return f"  {joined(parts, 'heads').told(lang)}"


def _number(value: float) -> Said:
    return Said("none") if value != value else joined([f"{value:.10g}"])


def _rounded(text: str) -> str:
    """Return a text whose numbers have at most ten significant digits."""
    return re.sub(r"(?<![\w.])\d+\.\d+(?:e[+-]?\d+)?(?![\w.])", lambda found: f"{float(found[0]):.10g}", text)
