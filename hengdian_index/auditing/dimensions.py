"""Checks of each group as a whole: whether its parts measure one thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hengdian_index.auditing.context import Context
from hengdian_index.auditing.registry import Answers, Measured, Skipped, check
from hengdian_index.diagnose import bartlett as bartlett_test
from hengdian_index.diagnose import cronbach_alpha, principal_components
from hengdian_index.diagnose import kmo as adequacy
from hengdian_index.errors import DataError

_HANDBOOK = "OECD/JRC Handbook 2008, step 4"
_TWO = "a group of two parts whose scores differ between rows"


@check(
    source=f"Nunnally 1978; {_HANDBOOK}",
    remedy="see without which part alpha rises (hi.diagnose.cronbach_alpha); the group may hold two things",
    crossed="look",
    needs=_TWO,
)
def alpha(context: Context, *, alpha: float = 0.7) -> Answers:
    """Cronbach's alpha of the parts of each group is at least this."""

    def measure(x: Any) -> float:
        return cronbach_alpha(x, pairwise=True).alpha

    return _each(context, measure, f"at least {alpha:g}", lambda value: alpha - value, "alpha = {:.3f}")


@check(
    source=f"Kaiser 1974; {_HANDBOOK}",
    remedy="the parts share little beyond pairs: do not read the group as one factor",
    crossed="look",
    needs="a group of three parts whose scores differ between rows (of two it is always .5)",
)
def kmo(context: Context, *, kmo: float = 0.6) -> Answers:
    """The Kaiser-Meyer-Olkin measure of the parts of each group is at least this."""

    def measure(x: Any) -> float:
        return adequacy(x).overall

    return _each(context, measure, f"at least {kmo:g}", lambda value: kmo - value, "KMO = {:.3f}", least=3)


@check(
    source=f"Bartlett 1950; {_HANDBOOK}",
    remedy="the parts may all be uncorrelated, or the rows too few to tell: no factor can be read from them",
    crossed="look",
    needs=_TWO,
)
def bartlett(context: Context, *, bartlett: float = 0.05) -> Answers:
    """The p-value of Bartlett's test, that no parts of a group are correlated, is at most this."""

    def measure(x: Any) -> float:
        return bartlett_test(x).p

    return _each(context, measure, f"p at most {bartlett:g}", lambda p: p - bartlett, "p = {:.3g}")


@check(
    source=f"JRC guidance; {_HANDBOOK}",
    remedy="the group holds several things: part it, or say that its score is a mean of unlike ones",
    crossed="look",
    needs=_TWO,
)
def first_component(context: Context, *, first_component: float = 0.5) -> Answers:
    """The first principal component of the parts of each group has at least this share of their variance."""

    def measure(x: Any) -> float:
        return float(principal_components(x).percent.iloc[0] / 100)

    asked = f"at least {first_component:g}"
    return _each(context, measure, asked, lambda share: first_component - share, "{:.0%} of the variance")


@check(
    source=f"Kaiser's rule; {_HANDBOOK}",
    remedy="the parts fall into several dimensions: part the group along them (hi.diagnose.principal_components)",
    crossed="look",
    needs=_TWO,
)
def second_component(context: Context, *, second_component: float = 1) -> Answers:
    """The second eigenvalue of the correlations in each group is at most this."""

    def measure(x: Any) -> float:
        return float(principal_components(x).eigenvalues.iloc[1])

    asked = f"at most {second_component:g}"
    return _each(context, measure, asked, lambda value: value - second_component, "second eigenvalue {:.2f}")


def _each(
    context: Context,
    measure: Callable[[Any], float],
    asked: str,
    excess: Callable[[float], float],
    said: str,
    least: int = 2,
) -> Answers:
    """Yield a measure of each group's parts, or why it cannot be taken."""
    for group, children in context.groups(least):
        try:
            value = measure(context.nodes[children])
        except DataError as error:
            yield Skipped(str(error), group)
        else:
            yield Measured(value, asked, excess(value), said.format(value), group)
