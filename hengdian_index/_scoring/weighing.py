"""The weights of one group's children: judged, learnt from rows, or made of several such sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Any

import numpy as np

from hengdian_index._methods.decorators import unit_sum
from hengdian_index._methods.learning import weigh
from hengdian_index._methods.sample import Sample
from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.tree import Branch, Tree
from hengdian_index._scoring.unit_scale import Ends, on_unit_scale, own_zeros
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import counted
from hengdian_index.errors import (
    CellsError,
    DataError,
    FaultsError,
    SpecError,
    listed,
    raise_all,
    raise_together,
    suggestion,
)
from hengdian_index.log import about, journal, note


def group_weights(tree: Tree, branch: Branch, x: Array, panel: Panel, ends: Sequence[Ends]) -> Array:
    """Return the weights of a group's children, learnt from their normalised values x (n, k) where they are learnt.

    `panel` holds the prepared values of the indicators, before direction and normalisation, in the same rows; `ends`
    are those of the children's scales.
    """
    if len(branch.children) == 1:
        return np.ones(1)
    try:
        when = next((since for since, choice in branch.weights_since.items() if choice == branch.weights), None)
        saying = f"group {branch.code!r}: " + (f"weights since {when}: " if when else "")
        with about(saying, indicator=branch.code, **({"period": when} if when else {})):
            return chosen_weights(
                branch.weights, branch.children, lambda choice: _learnt_weights(choice, tree, branch, x, panel, ends)
            )
    except FaultsError as error:
        where = f"group {branch.code!r}: weights: "
        raise type(error)(*(fault.under(saying=where) for fault in error.faults)) from error.__cause__


def needs_zero(choice: Choice) -> bool:
    """Return whether weights learnt from scores depend on where 0 is."""
    method = choice.method
    return method.declared("shift_free", choice.options) is False and not method.traits.get("raw")


def chosen_weights(choice: Choice, children: tuple[str, ...], learnt: Callable[[Choice], Array]) -> Array:
    """Return the weights of a group's children: judged, matched by name, or what `learnt` gives for other methods.

    Of a choice that is made of others, each of these is asked first.
    """
    if choice.method.sees != "judgement":
        return learnt(choice)
    choice = choice.by_name(children)
    settings = choice.settings
    if "items" in choice.method.options:
        settings.setdefault("items", children)
    judgements = [_of_parts(choice, children, learnt)] if choice.parts else choice.judgements
    names, values = choice.method.function(*judgements, **settings)
    if names is None:
        return unit_sum(np.asarray(values), len(children), choice.method.name, children)
    faults = [
        f"{choice.method.name}: no child {name!r}{suggestion(name, children)}" for name in names if name not in children
    ]
    faults += [f"{choice.method.name}: nothing given for child {child!r}" for child in children if child not in names]
    raise_all(SpecError, faults)
    given = dict(zip(names, values, strict=True))
    return unit_sum(np.array([given[child] for child in children]), len(children), choice.method.name, children)


def shrunk(choice: Choice, children: tuple[str, ...], gone: Set[str]) -> Choice:
    """Return a choice of weights over the children that are left.

    Judgements that do not hold over the rest by themselves (the best criterion of all is gone, what is left contradicts
    itself, or the method does not say how they shrink) give way to the proportions they gave to the rest.
    """
    rest = tuple(child for child in children if child not in gone)
    if len(rest) == len(children):
        return choice
    if choice.parts:
        return choice.each_part(lambda part: shrunk(part, children, gone))
    left = choice.without(children, gone)
    if choice.method.sees != "judgement" or len(rest) < 2:
        return left
    try:
        with journal():
            chosen_weights(left, rest, _unlearnt)
    except FaultsError:
        try:
            with journal():
                whole = dict(zip(children, chosen_weights(choice, children, _unlearnt).tolist(), strict=True))
        except FaultsError:
            return left
        total = sum(whole[child] for child in rest)
        values = {child: whole[child] / total for child in rest} if total > 0 else {}
        told = {"method": "fixed", "values": values, "left_of": choice.method.name}
        return Choice.of_weights(told) if values else left
    return left


def consistencies(choice: Choice, children: tuple[str, ...]) -> list[tuple[str, Any, Any]]:
    """Return (part, person, priorities) of the pairwise judgements of a choice: those of each, and of all under "".

    A part is the place of the choice among those that the whole is made of, "2.1", or "".
    """
    measured = choice.method.traits.get("consistency")
    own = [("", *one) for one in measured(choice.options, children)] if measured else []
    parts = [
        (f"{number}.{part}".rstrip("."), who, found)
        for number, one in enumerate(choice.parts, start=1)
        for part, who, found in consistencies(one, children)
    ]
    return [*own, *parts]


def _unlearnt(choice: Choice) -> Array:
    raise AssertionError(f"{choice.method.name} is no judgement")


def of_a_user(choice: Choice, children: tuple[str, ...], error: Exception, saying: str = "") -> Exception:
    """Return the error of a user's own function as a fault of the choice; other errors stay as they are."""
    if choice.method.sees != "rows" or choice.method.function.__module__.startswith("hengdian_index."):
        return error
    why = f"{choice.method.name} failed with {type(error).__name__}: {error}"
    return SpecError(f"{saying}{why}; it is given an array, rows x {counted(len(children), 'column')}")


def _of_parts(choice: Choice, children: tuple[str, ...], learnt: Callable[[Choice], Array]) -> list[Array]:
    """Return the weights of each part of a choice, the faults of all parts at once."""
    found: list[Array] = []
    errors: list[FaultsError] = []
    for number, part in enumerate(choice.parts, start=1):
        try:
            found.append(chosen_weights(part, children, learnt))
        except FaultsError as error:
            where = f"{choice.method.name}: part {number}: "
            errors.append(type(error)(*(fault.under(saying=where) for fault in error.faults)))
    raise_together(errors)
    return found


def _learnt_weights(choice: Choice, tree: Tree, branch: Branch, x: Array, panel: Panel, ends: Sequence[Ends]) -> Array:
    """Return the weights that a method learns from a group's children, from their raw values if it asks for these."""
    options, raw = dict(choice.options), dict[str, int]()
    scaled = branch.weigh_scale == "unit" and needs_zero(choice)
    if scaled:
        x = on_unit_scale(x, ends)
        placed = [child for child in branch.children if own_zeros(tree, child)]
        if placed:
            note(
                "weights",
                f"{choice.method.name} depends on where 0 is, and of {listed(placed)} the normalisation decides that: "
                "another mean gives other weights; take min_max there, or weights that need no 0 (deviation, critic)",
            )
    if choice.method.traits.get("raw"):
        raw = {leaf.code: leaf.direction for leaf in tree.leaves if leaf.direction in (1, -1)}
        places = [panel.columns.index(child) if child in raw else -1 for child in branch.children]
        x = np.stack([x[:, j] if at < 0 else panel.values[:, at] for j, at in enumerate(places)], axis=-1)
        if choice.method.takes_direction:
            options["direction"] = [raw.get(child, 1) for child in branch.children]
    try:
        return weigh(choice.method, Sample((x,), branch.children), options)
    except CellsError as error:
        faults = []
        for j in np.flatnonzero(error.marked.any(axis=0)).tolist():
            child, value = branch.children[j], x[np.argmax(error.marked[:, j]), j]
            who = "group" if child in tree.by_code else "indicator"
            on = " on the scale 0 to 1" if scaled and ends[j] not in (None, (0, 1)) else ""
            faults.append(f"{who} {child!r}: {value:g}{on}: {error.why}{_mend(choice, child in raw, bool(on))}")
        raise DataError(*faults) from None
    except FaultsError:
        raise
    except Exception as error:
        raise of_a_user(choice, branch.children, error) from error


def _mend(choice: Choice, raw: bool, scaled: bool) -> str:
    """Return what to do about a value that a method cannot take, of raw values or on the scale 0 to 1."""
    if not choice.method.traits.get("raw"):
        return "; hold scores within their scale (clip), or weigh_scale = 'score' learns from them as they are" * scaled
    if raw:
        return "; it is taken before direction and normalisation, so no normalisation mends it"
    return "; it is a score: normalise to a scale above 0 (min_max with lower = 1, upper = 100)"
