"""One step of an explanation, and the whole of them as text."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from hengdian_index._words.markup import card, table


@dataclass(frozen=True, slots=True)
class Step:
    """One step: at which node, its kind, what is done, the arithmetic in numbers, and what comes out."""

    node: str
    step: str
    what: str
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

    def __str__(self) -> str:
        lines = [_line(Step(*values)) for values in self.steps.to_numpy()]
        return "\n".join([self._title(), *lines]) + "\n"

    def _title(self) -> str:
        return f"{self.node}, {self.place}: {_number(self.value)}"

    def _repr_html_(self) -> str:
        return card(self._title(), table(list(self.steps.columns), self.steps.to_numpy()))


def same(a: float, b: float) -> bool:
    """Return whether two numbers are equal, or both missing."""
    return a == b or (a != a and b != b)


def _line(one: Step) -> str:
    """Return a step as text: what is done, and `arithmetic = value`."""
    value, formula = _number(one.value), _rounded(one.formula)
    what = f": {_rounded(one.what)}" if one.what else ""
    if one.step == "content":
        return f"  {one.node}, {one.step}{what}"
    made = value if not formula or formula == value else f"{formula} = {value}"
    return f"  {one.node}, {one.step}{what}: {made}"


def _number(value: float) -> str:
    return "none" if value != value else f"{value:.10g}"


def _rounded(text: str) -> str:
    """Return a text whose numbers have at most ten significant digits."""
    return re.sub(r"(?<![\w.])\d+\.\d+(?:e[+-]?\d+)?(?![\w.])", lambda found: f"{float(found[0]):.10g}", text)
