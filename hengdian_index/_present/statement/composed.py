"""One value of an indicator that is built of other columns, as arithmetic in these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from hengdian_index._present.statement.expressions import exact
from hengdian_index._scoring.choice import Choice, thawed
from hengdian_index._tables.table import Array

Cells: TypeAlias = Mapping[str, Mapping[str, float]]
"""Role of a column in the method -> name of each column in that role -> its value."""


def composed(choice: Choice, cells: Cells) -> str:
    """Return how a value follows from the columns of its row, nothing where it follows from other rows too."""
    writer = WRITERS.get(choice.method.name) if choice.method.registered else None
    return "" if writer is None else writer(choice, cells)


def _one(cells: Cells, role: str) -> str:
    return exact(next(iter(cells[role].values())))


def _balance(choice: Choice, cells: Cells) -> str:
    return f"{_one(cells, 'up')} - {_one(cells, 'down')}"


def _diffusion(choice: Choice, cells: Cells) -> str:
    """Return the index about 50, or twice its distance from 50 about another centre."""
    centre, up = int(choice.complete()["centre"]), _one(cells, "up")
    half = f"{up} + {_one(cells, 'same')} / 2" if "same" in cells else f"50 + ({up} - {_one(cells, 'down')}) / 2"
    if centre == 50:
        return half
    balance = f"{up} - {_one(cells, 'down')}" if "down" in cells else f"2 * ({half} - 50)"
    return f"{centre} + {balance}" if centre else balance


def _confidence(choice: Choice, cells: Cells) -> str:
    share = float(choice.complete()["share"])
    return f"{exact(share)} * {_one(cells, 'current')} + (1 - {exact(share)}) * {_one(cells, 'expected')}"


def _pmi(choice: Choice, cells: Cells) -> str:
    """Return the weighted sum; the index is linear, so its weights are read off at 0 and at 100 of each component."""
    names, values = list(cells["components"]), list(cells["components"].values())

    def at(row: Array) -> float:
        return float(choice.method.function(row[np.newaxis, :], names=names, **_options(choice))[0])

    none = at(np.zeros(len(names)))
    w = [(at(100 * row) - none) / 100 for row in np.eye(len(names))]
    terms = [exact(value) if one >= 0 else f"(100 - {exact(value)})" for one, value in zip(w, values, strict=True)]
    return " + ".join(f"{exact(abs(one))} * {term}" for one, term in zip(w, terms, strict=True))


def _options(choice: Choice) -> dict[str, Any]:
    return {name: thawed(value) for name, value in choice.settings.items()}


WRITERS: dict[str, Callable[[Choice, Cells], str]] = {
    "balance": _balance,
    "diffusion": _diffusion,
    "confidence": _confidence,
    "pmi": _pmi,
}
