"""Checks of each group as a whole: whether its parts measure one thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hengdian_index._audit.context import Context
from hengdian_index._audit.registry import Answers, Measured, Skipped, check
from hengdian_index.diagnose import bartlett as bartlett_test
from hengdian_index.diagnose import cronbach_alpha, principal_components
from hengdian_index.diagnose import kmo as adequacy
from hengdian_index.errors import DataError


@check("look")
def alpha(context: Context, *, alpha: float = 0.7) -> Answers:
    """Cronbach's alpha of the parts of each group is at least this."""

    def measure(x: Any) -> tuple[float, float, dict[str, Any]]:
        found = cronbach_alpha(x, pairwise=True)
        # Of two, neither can be left out.
        remedy = "pair" if x.shape[1] == 2 else ""
        return found.alpha, alpha - found.alpha, {"remedy": remedy, **context.doubt(found.n)}

    return _each(context, measure)


@check("look")
def kmo(context: Context, *, kmo: float = 0.6) -> Answers:
    """The Kaiser-Meyer-Olkin measure of the parts of each group is at least this."""

    def measure(x: Any) -> tuple[float, float, dict[str, Any]]:
        value = adequacy(x).overall
        return value, kmo - value, _doubt(context, x)

    return _each(context, measure, least=3)


@check("look")
def bartlett(context: Context, *, bartlett: float = 0.05) -> Answers:
    """The p-value of Bartlett's test, that no parts of a group are correlated, is at most this."""

    def measure(x: Any) -> tuple[float, float, dict[str, Any]]:
        p = bartlett_test(x).p
        return p, p - bartlett, _doubt(context, x)

    return _each(context, measure)


@check("look")
def first_component(context: Context, *, first_component: float = 0.5) -> Answers:
    """The first principal component of the parts of each group has at least this share of their variance."""

    def measure(x: Any) -> tuple[float, float, dict[str, Any]]:
        share = float(principal_components(x).percent.iloc[0] / 100)
        return share, first_component - share, _doubt(context, x)

    return _each(context, measure, least=3)


@check("look")
def second_component(context: Context, *, second_component: float = 1) -> Answers:
    """The second eigenvalue of the correlations in each group is at most this."""

    def measure(x: Any) -> tuple[float, float, dict[str, Any]]:
        value = float(principal_components(x).eigenvalues.iloc[1])
        return value, value - second_component, _doubt(context, x)

    return _each(context, measure, least=3)


def _each(context: Context, measure: Callable[[Any], tuple[float, float, dict[str, Any]]], least: int = 2) -> Answers:
    """Yield a measure (value, excess, what else is told) of each group's parts, or why it cannot be taken."""
    for group, children in context.groups(least):
        try:
            value, excess, told = measure(context.nodes[children])
        except DataError as error:
            yield Skipped("stopped", group, facts={"message": str(error)})
        else:
            yield Measured(value, excess, group, **told)


def _doubt(context: Context, x: Any) -> dict[str, Any]:
    """Return why the rows complete in all parts are too few to judge by, if they are."""
    rows, parts = int(x.notna().all(axis=1).sum()), x.shape[1]
    if rows > parts or rows < context.fewest:
        return context.doubt(rows)
    return {"doubt": "rows as parts", "facts": {"rows": rows, "parts": parts}}
