"""What a method declares about itself, in words: from its traits, with the options under which something else holds."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any, Literal, get_args, get_origin

import numpy as np

from hengdian_index._methods.registry import FAMILIES, Method

Show = Callable[[Any], str]

LAWS = {
    "M": "rises with each value",
    "I": "equal values give that value",
    "H": "scales with the values",
    "T": "shifts with the values",
    "S": "order of the columns does not matter",
    "B": "between the smallest and the largest value",
    "D": "a row at least as good everywhere never scores lower",
}


def _yes(value: Any) -> str:
    return "yes" if value else "no"


def _interval(value: Any) -> str:
    if value is None:
        return "set by the data"
    low, high = ("" if math.isinf(end) else "0" if abs(end) < 1e-300 else f"{end:g}" for end in value)
    return f"{low} to {high}" if low and high else f"{low} or more" if low else "any number"


def _values(value: Any) -> str:
    """Return which values a method takes: a text, or the interval inside which they lie."""
    if value in (None, "real"):
        return "any number"
    return (
        value
        if isinstance(value, str)
        else f"above {value[0]:g}" + ("" if math.isinf(value[1]) else f" and below {value[1]:g}")
    )


def _laws(value: Any) -> str:
    return ", ".join(LAWS[letter] for letter in str(value)) or "none"


def _names(value: Any) -> str:
    return ", ".join(value) or "none"


# Trait -> what it is called, and how its value is said. In this order they stand on a page.
TRAITS: dict[str, tuple[str, Show]] = {
    "gives": ("Scores of the fit rows lie in", _interval),
    "ends": ("Worst and best score", _interval),
    "domain": ("Takes", _values),
    "monotone": ("Monotone: a larger value never scores less (with direction 1)", _yes),
    "unit_free": ("Free of the unit: a column times a positive number changes nothing", _yes),
    "shift_free": ("Free of the zero: a number added to a column changes nothing", _yes),
    "own_zero": ("Decides itself where 0 lies", _yes),
    "laws": ("Laws", _laws),
    "set_wise": ("Compares the rows with each other", _yes),
    "refers": ("May be measured by fit rows that are kept (`reference`)", _yes),
    "takes_gaps": ("Takes rows with gaps as they are", _yes),
    "complete": ("Only rows without a gap count", _yes),
    "fits_on_base": ("Without rows to fit on it learns from the base period", _yes),
    "keeps_values": ("The fit keeps every value of the fit rows", _yes),
    "takes_target": ("Takes a target as direction", _yes),
    "normalises": ("Changes the scale", _yes),
    "matches": ("Weights are sought so that importances are as wanted", _yes),
    "provisional": ("What it fills is provisional: marked, and replaced when the value comes", _yes),
    "needs": ("Needs besides the values", _names),
    "columns": ("Made of the columns", _names),
    "along": ("The rows are one unit's", lambda value: "period after period" if value else "any rows"),
    "across": ("A value is filled from", lambda value: "other indicators of its row" if value else "its own indicator"),
    "limit": ("Limit of changed cells", str),
    "total": ("Takes what the weights sum to, as they are given, as the option", lambda value: f"`{value}`"),
    "by_row": ("Weights in an index", lambda value: "of each row, from columns of the table"),
    "by_column": ("One value a column may be given for", _names),
    "per_column": ("One value a column may be given for", _names),
}

# Traits that are not sentences of their own: the page shows them otherwise, or they only serve the package.
SHOWN_OTHERWISE = {
    *("formula", "arithmetic", "of_distance", "figures"),
    *("aliases", "chinese", "words", "example"),
    *("learns", "raw"),
    *("check", "without", "consistency", "parts", "normalised", "second", "table"),
}

# What methods of a family learn from, where no trait says more.
_LEARNT = {
    "normalise": "the fit rows, each column by itself; later rows are scored along the frozen map",
    "weights": "the scores of the fit rows",
    "aggregate": "nothing: each row is scored from its own values",
    "treat": "the fit rows, each column by itself; bounds and constants are frozen",
    "impute": "the fit rows, or for rows that are scored later what was learnt from these",
    "climate": "nothing: each row, or each unit's series, by itself",
}


def learnt_from(method: Method) -> str:
    """Return which rows a method learns from."""
    traits = method.traits
    if method.sees == "judgement":
        return "no rows: judgements that people give"
    if traits.get("raw"):
        return "values of the fit rows before direction and normalisation"
    if method.family == "aggregate" and method.declared("set_wise", {}):
        return "the rows that are scored together: all, or those of one period (`scope`)"
    if method.family == "weights" and traits.get("shift_free") is False:
        return "the scores of the fit rows, on the scale 0 to 1 (`weigh_scale`)"
    if traits.get("learns") is False or (method.family == "impute" and not traits.get("learns")):
        return "nothing: no rows but those of the unit itself" if traits.get("needs") else "nothing"
    if (method.family == "treat" and method.sees == "rows") or (method.family == "normalise" and not _asks(method)):
        return "nothing: every number it needs is given"
    if method.family == "climate" and traits.get("learns"):
        return "the fit rows, whose factors are frozen"
    return _LEARNT[method.family]


@cache
def _asks(method: Method) -> bool:
    """Return whether other fit rows give other scores; options that must be given are as in its example, or rise."""
    if method.sees == "rows":
        return False
    public = getattr(import_module(f"hengdian_index.{method.family}"), method.name)
    needed = [p.name for p in method.options.values() if p.default is p.empty]
    given = {name: float(at) for at, name in enumerate(needed, start=1)} | dict(method.traits.get("example", {}))
    fits = [np.linspace(2.0, 8.0, 12), np.geomspace(0.5, 900.0, 12)]
    domain = method.declared("domain", given)
    size = 1000.0 / domain[1] if domain and np.isfinite(domain[1]) else 1.0
    later = np.array([[4.0], [200.0]]) / size
    found = [public.fit(rows[:, np.newaxis] / size, **given)(later) for rows in fits]
    return not np.array_equal(*found)


def facts(method: Method) -> Iterator[tuple[str, str]]:
    """Yield what a method declares: what it is called, and what holds, with the options that change it."""
    yield "Learnt from", learnt_from(method)
    if method.family == "normalise":
        yield "Applies the direction", "itself" if method.takes_direction else "no: it sees values already turned"
    for trait, (name, show) in TRAITS.items():
        if method.traits.get(trait) not in (None, (), ""):
            yield name, "; ".join(said(method, trait, show))


def said(method: Method, trait: str, show: Show) -> list[str]:
    """Return what a method declares: with its defaults, and with which words of its options something else."""
    value = method.traits.get(trait)
    if not callable(value):
        return [show(value)]
    given = {p.name: p.default for p in method.options.values() if p.default is not p.empty}
    try:
        plain = show(value(**given))
    except TypeError:
        return ["by " + ", ".join(f"`{name}`" for name in inspect.signature(value).parameters if name != "_")]
    others: dict[str, list[str]] = {}
    for name, word in [(option, word) for option in given for word in words(method.hints.get(option))]:
        told = show(value(**{**given, name: word}))
        if told != plain:
            others.setdefault(told or "not", []).append(f"`{name}={written(word)}`")
    asked = [one for one in inspect.signature(value).parameters if one in given and not words(method.hints.get(one))]
    free = [f"other values of {', '.join(f'`{name}`' for name in asked)} may change it"] if asked else []
    return [plain, *(f"{told} with {' or '.join(options)}" for told, options in others.items()), *free]


def formulas(method: Method) -> list[tuple[str, str]]:
    """Return the formulas of a method: under which option ("" for the defaults), and the LaTeX."""
    value = method.traits.get("formula")
    if not callable(value):
        return [("", str(value))] if value else []
    given = {p.name: None if p.default is p.empty else p.default for p in method.options.values()}
    found = {str(value(**given)): ""}
    for name, hint in method.hints.items():
        for word in words(hint) if name in given else ():
            found.setdefault(str(value(**{**given, name: word})), f"{name}={written(word)}")
    return [(option, latex) for latex, option in found.items()]


def words(hint: Any) -> tuple[Any, ...]:
    """Return the words that an option may be."""
    return get_args(hint) if get_origin(hint) is Literal else (True, False) if hint is bool else ()


def written(value: object) -> str:
    """Return a value as a reader writes it."""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def own(family: str) -> list[Method]:
    """Return the package's methods of a family by name, without those that examples register."""
    methods = FAMILIES.get(family, {}).values()
    return sorted((m for m in methods if m.function.__module__.startswith("hengdian_index.")), key=lambda m: m.name)


def neighbours(method: Method, most: int = 5) -> list[tuple[Method, list[str]]]:
    """Return the methods of the family that are most like one, with what they declare otherwise."""
    mine = dict(facts(method))
    found = []
    for other in own(method.family):
        theirs = dict(facts(other))
        names = [name for name in {**mine, **theirs} if mine.get(name, "no") != theirs.get(name, "no")]
        differs = [f"{name.partition(':')[0]}: {theirs.get(name, 'no')}" for name in names]
        if other != method:
            apart = method.function.__module__ != other.function.__module__
            found.append((apart, len(differs), other.name, other, differs))
    return [(other, differs) for *_, other, differs in sorted(found, key=lambda one: one[:3])[:most]]
