"""What is uncertain in a study: each doubt of an index at its address, checked, with the numbers that decide it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._maths.doubts import KINDS, Bootstrap, Dirichlet, Noise, Normal, read_doubts
from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.tree import Tree
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import FaultsError, SpecError, listed, raise_all, suggestion


@dataclass(frozen=True)
class Factor:
    """One uncertain thing: its address, what was given, and the columns of uniform numbers that decide it.

    `kind` is "levels" (alternatives of a choice), "number", "weights", "data" or "bootstrap"; `parts` are the groups
    or indicators that noise falls on.
    """

    address: str
    kind: str
    given: Any
    parts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Number of columns of uniform numbers."""
        return len(self.names)

    def values(self, u: Array) -> Array:
        """Return the position of the alternative, or the number, in each draw (draws,)."""
        if self.kind == "levels":
            return np.minimum((u[:, 0] * len(self.given)).astype(np.intp), len(self.given) - 1)
        return np.asarray(self.given.ppf(u[:, 0]), dtype=np.float64)


def read_factors(index: Any, factors: Mapping[str, Any], what: Said | None = None) -> list[Factor]:
    """Return the factors of a study of an index without doubts, every address and value checked.

    A fault says `what` an address is, a factor unless told otherwise, and has the address as its place.
    """
    head = Said("factor ") if what is None else what
    faults: list[Any] = []
    try:
        given = read_doubts(factors)
    except SpecError as error:
        raise SpecError(*(fault.under(saying=head if fault.place else None) for fault in error.faults)) from None
    found: list[Factor] = []
    for address, doubt in given.items():
        try:
            found.append(_factor(index, index.tree, address, doubt))
        except FaultsError as error:
            saying = Said("{what}{address!r}: ", what=head, address=address)
            faults += [fault.under(address, saying=saying) for fault in error.faults]
    raise_all(SpecError, faults)
    return found


def _factor(index: Any, tree: Tree, address: str, given: Any) -> Factor:
    if isinstance(given, Bootstrap):
        if address != "units":
            raise SpecError(Said("a bootstrap stands at the address 'units'"))
        return Factor(address, "bootstrap", given, names=("units",))
    if isinstance(given, (Noise, Dirichlet)):
        return _weights_factor(tree, address, given)
    if isinstance(given, Normal):
        codes = tree.codes if address == "data" else (address,)
        if address != "data" and address not in tree.codes:
            raise SpecError(
                Said("no indicator {code!r}{guess}", code=address, guess=suggestion(address, ["data", *tree.codes]))
            )
        return Factor(address, "data", given, codes, (address,))
    if hasattr(given, "ppf"):
        index.replace({address: float(given.ppf(0.5))})
        return Factor(address, "number", given, names=(address,))
    if isinstance(given, (str, Mapping)) or not isinstance(given, Sequence) or not given:
        raise SpecError(
            Said(
                "a list of alternatives, {kinds} or a distribution, not {given!r}{near}",
                kinds=_NO_LIST,
                given=given,
                near=_near(given),
            )
        )
    index.check_address(address)
    if any(address == part.code for part in (*index.groups, *index.indicators)):
        given = [None if one is False else one for one in given]
        if not all(one is True or one is None for one in given):
            raise SpecError(Said('of a part all that can vary is whether it is there: ["in", "out"]'))
    if address.split(".")[-1] in _FIXED:
        raise SpecError(Said("cannot vary: a study keeps its rows and their labels; screen or name them before"))
    if {"cumulative", "growth", "deflate"} & {*address.split(".")[1:]}:
        raise SpecError(Said("cannot vary: a study keeps the values that its rows have; use hi.compare with replace"))
    _check_choices(address.split(".")[-1], given)
    return Factor(address, "levels", tuple(given), names=(address,))


def _check_choices(field: str, given: Sequence[Any]) -> None:
    """Refuse alternatives that no index can have: methods or options that do not exist."""
    faults: list[Any] = []
    for i, one in enumerate(given):
        if field in _READERS and one is not None:
            try:
                _READERS[field](one)
            except FaultsError as error:
                faults += [fault.under(i) for fault in error.faults]
    raise_all(SpecError, faults)


_NO_LIST = joined([kind.__name__ for kind in KINDS.values()])


def _near(given: Any) -> Said | str:
    """Return the word perhaps meant by one that is none: `{ nose = 0.25 }`."""
    words = list(given) if isinstance(given, Mapping) and len(given) == 1 else []
    return suggestion(words[0], KINDS) if words and not set(words) & set(KINDS) else ""


# Fields of an index that decide which rows there are, or what is uncertain.
_FIXED = ("unit_coverage", "units", "exclude", "data", "unit_names", "groups_of_units", "unit", "period", "doubts")
_READERS: dict[str, Callable[[Any], Any]] = {
    "normalise": lambda given: Choice.of("normalise", given),
    "aggregate": lambda given: Choice.of("aggregate", given),
    "weights": Choice.of_weights,
    "treat": lambda given: given == "none" or Choice.of("treat", given),
    "impute": lambda given: given == "none" or Choice.of("impute", given),
}


def _weights_factor(tree: Tree, address: str, given: Any) -> Factor:
    code = address.removesuffix(".weights") if address != "weights" else None
    groups = (
        [code]
        if code in tree.by_code
        else [g for g in tree.groups if code is None and len(tree.by_code[g].children) > 1]
    )
    if code is None and not groups:
        raise SpecError(Said("no group has two parts or more, so there are no weights to vary"))
    if not groups or (code is not None and address != f"{code}.weights"):
        allowed = ["weights", *(f"{g}.weights" for g in tree.groups)]
        raise SpecError(
            Said("noise on weights stands at one of their addresses{guess}", guess=suggestion(address, allowed))
        )
    rows = [g for g in groups if tree.by_code[str(g)].weighing is not None]
    groups = [g for g in groups if g not in rows]
    if not groups:
        raise SpecError(
            Said(
                "the weights of {rows} come from columns of the table, row by row; they do not vary", rows=listed(rows)
            )
        )
    names = [f"{g}.weights[{child}]" for g in groups for child in tree.by_code[str(g)].children]
    return Factor(address, "weights", given, tuple(map(str, groups)), tuple(names))
