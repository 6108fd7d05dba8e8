"""What revisions there are, as tables and in plain words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._index.published import step
from hengdian_index._values.decimals import counted


@dataclass(frozen=True, eq=False)
class Revisions:
    """What moved between two vintages, and why. Rows are named by unit and period, or by their own label.

    Attributes
    ----------
    moved : DataFrame
        node, row, before, after, difference: published numbers that are another. A renamed group has its new code.
    added, gone : DataFrame
        node, row, value: numbers that only the new, only the old vintage has.
    cells : DataFrame
        row, indicator, before, after: raw data that changed, also from or to missing.
    choices : DataFrame
        address, before, after: choices that differ, the fit rows and the package's version among them.
    learnt : DataFrame
        kind, node, part, before, after: weights, numbers of the maps and base levels that moved though their own
        choice did not.
    because : DataFrame
        node, row, difference, data, base, fit: why each number moved; data + base + fit = difference.
    by_indicator : DataFrame
        Row by row of the root, with the row as index: the data part by indicator (and what an indicator alone does not
        explain: reweighting, interaction, link), then base and fit; sums to the difference.
    why_not : str
        Why `because` is empty, if it is although numbers moved; which numbers cannot be split.
    """

    old: str
    new: str
    compared: pd.DataFrame
    moved: pd.DataFrame
    added: pd.DataFrame
    gone: pd.DataFrame
    cells: pd.DataFrame
    choices: pd.DataFrame
    learnt: pd.DataFrame
    because: pd.DataFrame
    by_indicator: pd.DataFrame
    why_not: str
    noun: str

    def summary(self, more_than: float = 0.05) -> str:
        """Return what moved and why, in plain words.

        Parameters
        ----------
        more_than : float
            Moves of the root that are no larger are not counted, in points of the series.
        """
        lines = [f"{self.new} against {self.old}:", self._headline(more_than)]
        lines += [f"cannot say why: {self.why_not}"] if self.why_not else []
        for frame, what in ((self.added, "new"), (self.gone, "no longer there")):
            lines += _counted(frame, f"published numbers are {what}", _row)
        lines += _counted(self.cells, "cells of the data changed", _cell)
        lines += _counted(self.choices, "choices changed", _choice)
        lines += _counted(self.learnt, "learnt numbers moved though their choice did not", _learnt)
        return "\n".join(lines) + "\n"

    def _headline(self, more_than: float) -> str:
        """Return how many levels of the root moved, the largest move and what made it."""
        if not len(self.compared):
            return "no number is in both"
        root = str(self.compared["node"].iloc[0])
        rows, moved = int((self.compared["node"] == root).sum()), self.moved[self.moved["node"] == root]
        if not len(moved):
            also = f"; {len(self.moved)} numbers below it did" if len(self.moved) else ""
            return f"none of {rows} {self.noun} of {root!r} moved{also}"
        size = moved["difference"].abs()
        largest = _records(moved.loc[[size.idxmax()]])[0]
        count = f"{int((size > more_than).sum())} of {rows} {self.noun} of {root!r} moved by more than {more_than:g}"
        reasons = self._reasons(largest)
        end = f", because {_some(reasons)}" if reasons else ""
        return f"{count}; largest {_place(largest)}: {step(largest['before'], largest['after'])}{end}"

    def _reasons(self, moved: dict[str, Any]) -> list[str]:
        """Return what made a move of the root, the largest first."""
        at = [i for i, label in enumerate(self.by_indicator.index) if _key(label) == _key_of(moved)]
        if not at:
            return []
        parts = self.by_indicator.iloc[at[0]].dropna()
        anew = "choices are others" if len(self.choices) else "bounds or weights were learnt from other data"
        words = {"base": "the base level moved", "fit": anew}
        changed = {(_key_of(cell), cell["indicator"]): cell for cell in _records(self.cells)}
        found = []
        for name in parts.abs().sort_values(ascending=False, kind="stable").index:
            if abs(parts[name]) > 1e-3 * abs(moved["difference"]):
                cell = changed.get((_key_of(moved), name))
                what = f"{_cell(cell)}" if cell else words.get(name, str(name))
                found.append(f"{what} ({parts[name]:+.{2 if abs(parts[name]) >= 0.005 else 6}f})")
        return found

    def __repr__(self) -> str:
        return (
            f"<Revisions: {counted(len(self.moved), 'number', of=len(self.compared))} moved, "
            f"{counted(len(self.cells), 'cell')} changed>"
        )


def _counted(frame: pd.DataFrame, what: str, said: Callable[[dict[str, Any]], str]) -> list[str]:
    """Return one line about the rows of a table, the first of them named; none about an empty one."""
    return [f"{len(frame)} {what}: {_some([said(one) for one in _records(frame)])}"] if len(frame) else []


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in one.items()} for one in frame.to_dict(orient="records")]


def _key(label: Any) -> tuple[str, ...]:
    return tuple(map(str, label)) if isinstance(label, tuple) else (str(label),)


def _key_of(record: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(record[role]) for role in ("unit", "period", "row") if role in record)


def _place(record: dict[str, Any]) -> str:
    return " ".join(_key_of(record))


def _row(record: dict[str, Any]) -> str:
    return f"{record['node']} {_place(record)}"


def _cell(record: dict[str, Any]) -> str:
    return f"{record['indicator']} {_place(record)} was {_value(record['before'])}, is {_value(record['after'])}"


def _choice(record: dict[str, Any]) -> str:
    return f"{record['address']}: {_value(record['before'])} -> {_value(record['after'])}"


def _learnt(record: dict[str, Any]) -> str:
    what = " ".join(filter(None, (record["kind"], record["node"], record["part"])))
    return f"{what} {_value(record['before'])} -> {_value(record['after'])}"


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        return "missing" if np.isnan(value) else f"{value:.6g}"
    return str(value)


def _some(said: Sequence[str], most: int = 3) -> str:
    return "; ".join(said[:most]) + (f"; and {len(said) - most} more" if len(said) > most else "")
