"""The score of an indicator as a formula: the map that was fitted, with its numbers on a sheet of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from hengdian_index._files.sheets import Live, Page, cell_of
from hengdian_index._maths.maps import Affine, Chain, Clip, Distance, Exponential, Log, Map, Mirror, Reciprocal
from hengdian_index._methods.learning import OwnMap
from hengdian_index._methods.registry import Method
from hengdian_index._present.workbook.places import Column, Places, cells, plain_columns
from hengdian_index._scoring.tree import Leaf
from hengdian_index._tables.archive import letters
from hengdian_index._tables.table import Array
from hengdian_index.errors import CellsError
from hengdian_index.normalise.sizes import NotNegative

_CLOSE = 1e-12
# In the order of the sheet.
_NUMBERS = ("best from", "best to", "scale", "centre", "spread", "gain", "at", "floor", "ceiling", "lowest", "highest")
# Steps whose formula may take another formula for x; that of the others would need brackets.
_CLOSED = ("Affine", "Clip", "Log", "Exponential")
_POWER = "{floor}*EXP(({x})*LN({ceiling}/{floor}))"


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of a map: its words, the numbers it needs, and the formula that it makes of what comes before it."""

    word: str
    numbers: Mapping[str, float]
    formula: str


def _affine(one: Any) -> _Step:
    numbers = {name: _first(getattr(one, name)) for name in ("centre", "spread", "gain", "at")}
    return _Step("Affine", numbers, "({x}-{centre})/{spread}*{gain}+{at}")


def _clip(one: Any) -> _Step:
    numbers = {"lowest": _first(one.low), "highest": _first(one.high)}
    formula = "MAX({x},{lowest})" if np.isfinite(numbers["lowest"]) else "{x}"
    formula = f"MIN({formula},{{highest}})" if np.isfinite(numbers["highest"]) else formula
    return _Step("Clip", {name: number for name, number in numbers.items() if np.isfinite(number)}, formula)


def _distance(one: Any) -> _Step | None:
    numbers = {"best from": one.best.low, "best to": one.best.high}
    formula = "-MAX({best from}-{x},0,{x}-{best to})"
    return None if one.best.worst_low is not None else _Step("Distance", numbers, formula)


_STEPS: Mapping[type, Callable[[Any], _Step | None]] = {
    Affine: _affine,
    Clip: _clip,
    Distance: _distance,
    Mirror: lambda one: _Step("Mirror", {}, "-{x}"),
    Log: lambda one: _Step("Log", {}, "LN({x})"),
    Reciprocal: lambda one: _Step("Reciprocal", {"scale": _first(one.scale)}, "{scale}/{x}"),
    Exponential: lambda one: _Step("Exponential", {"floor": one.floor, "ceiling": one.ceiling}, _POWER),
}


def _first(values: Array) -> float:
    return float(np.ravel(values)[0])


def _steps(fitted: Map, method: Method) -> tuple[_Step, ...] | None:
    """Return the steps of a map whose formula can be written, None of any other."""
    same = (NotNegative, OwnMap) if method.name == "none" else (NotNegative,)
    parts = [part for part in (fitted.maps if isinstance(fitted, Chain) else (fitted,)) if not isinstance(part, same)]
    found = [_STEPS[type(part)](part) if type(part) in _STEPS else None for part in parts]
    steps = tuple(step for step in found if step is not None)
    closed = all(step.word in _CLOSED for step in steps[1:])
    return steps if closed and len(steps) == len(found) == len({step.word for step in steps}) else None


@dataclass(frozen=True)
class Fits:
    """The normalised indicators, what they are made of, and the numbers that their maps learnt."""

    places: Places

    @cached_property
    def steps(self) -> dict[str, tuple[_Step, ...] | None]:
        """The steps of each indicator's map, None where it is no formula."""
        maps, leaves = self._maps, {code: self._leaf(code) for code in self.places.indicators}
        return {
            code: _steps(maps[code], leaf.normalise.method) if code in maps else None for code, leaf in leaves.items()
        }

    @cached_property
    def _maps(self) -> Mapping[str, Map]:
        maps: Mapping[str, Map] = self.places.result.fitted.maps
        return maps

    @cached_property
    def _changed(self) -> dict[str, bool]:
        """Whether an indicator's prepared values are others than its raw ones."""
        raw, prepared = self.places.result.raw, self.places.result.prepared
        return {code: not np.array_equal(raw[code], prepared[code], equal_nan=True) for code in raw.columns}

    def pages(self) -> list[Page]:
        """Return the sheets `normalised`, `fitted` and, where values were prepared, `prepared`."""
        normalised = self.places.page("normalised", [self._scores(code) for code in self.places.indicators], "0.0000")
        prepared = self.places.page("prepared", [self._prepared(leaf) for leaf in self.places.result.tree.leaves], "")
        fitted = [self._fitted()] if self._lines else []
        return [normalised, *fitted, *([prepared] if any(self._changed.values()) else [])]

    def raw(self) -> Page:
        """Return the sheet of the values as they came."""
        return self.places.page("raw", plain_columns(self.places.result.raw), "")

    @cached_property
    def _lines(self) -> dict[str, int]:
        used = {name for steps in self.steps.values() for step in steps or () for name in step.numbers}
        return {name: line for line, name in enumerate((name for name in _NUMBERS if name in used), 2)}

    def _fitted(self) -> Page:
        """Return the numbers of each indicator's map."""
        places = self.places
        numbers = [
            {k: v for step in self.steps[code] or () for k, v in step.numbers.items()} for code in places.indicators
        ]
        rows = [[places.say(name), *(one.get(name) for one in numbers)] for name in self._lines]
        comments = ["", *(places.named(code, self._told(code)) for code in places.indicators)]
        header = [places.say("number"), *places.indicators]
        return Page(places.say("fitted"), header, rows, comments, frozen=(1, 1))

    def _told(self, code: str) -> str:
        """Return in words how an indicator's score is made."""
        places, steps = self.places, self.steps[code]
        if steps is None:
            method = places.method(self._leaf(code).normalise.method)
            return places.plain(method if code in self._maps else places.say("frozen"))
        told = places.say("mark").join([places.say("x"), *(places.say(step.word) for step in steps)])
        numbers = any(step.numbers for step in steps)
        return places.say("with numbers", steps=told, fitted=places.say("fitted")) if numbers else told

    def _leaf(self, code: str) -> Leaf:
        tree = self.places.result.tree
        return tree.leaves[tree.codes.index(code)]

    def _scores(self, code: str) -> Column:
        """Return the scores of an indicator, formulas where its map is one."""
        places, steps = self.places, self.steps[code]
        values, x = (frame[code].to_numpy() for frame in (places.result.normalised, places.result.prepared))
        if steps is None:
            return Column(code, cells(values.tolist()), self._told(code), code=code)
        near = self._given(code, x, values)
        formula, column = self._formula(code), places.result.tree.codes.index(code)
        sheet = places.sheet("prepared" if self._changed[code] else "raw")
        found = [
            Live("=" + formula.replace("{x}", f"{sheet}!{places.at(column, i)}"), value) if given else cell_of(value)
            for i, (value, given) in enumerate(zip(values.tolist(), near.tolist(), strict=True))
        ]
        why = places.plain(places.say("not its map"))
        remarks = {i: why for i, cell in enumerate(found) if isinstance(cell, float)}
        return Column(code, found, self._told(code), remarks, code)

    def _given(self, code: str, x: Array, values: Array) -> Any:
        """Return where the map gives the scores (n,)."""
        try:
            again = self._maps[code](x[:, np.newaxis])[:, 0]
        except CellsError:
            return np.zeros(len(x), dtype=np.bool_)
        with np.errstate(invalid="ignore"):
            return np.abs(again - values) <= _CLOSE * np.maximum(1.0, np.abs(values))

    def _formula(self, code: str) -> str:
        """Return an indicator's formula with `{x}` for the value."""
        sheet, column = self.places.sheet("fitted"), letters(self.places.indicators.index(code) + 2)
        formula = "{x}"
        for step in self.steps[code] or ():
            formula = step.formula.replace("{x}", formula)
        for name, line in self._lines.items():
            formula = formula.replace(f"{{{name}}}", f"{sheet}!{column}${line}")
        return formula

    def _prepared(self, leaf: Leaf) -> Column:
        """Return what normalisation saw of an indicator: the raw cell where it is the same, else a value."""
        places, code = self.places, leaf.code
        raw, sheet = places.result.raw[code].tolist(), places.sheet("raw")
        column = places.result.tree.codes.index(code)
        found = [
            Live(f"={sheet}!{places.at(column, i)}", now) if now == before else cell_of(now)
            for i, (before, now) in enumerate(zip(raw, places.result.prepared[code].tolist(), strict=True))
        ]
        told = self._preparations(leaf) if self._changed[code] else places.say("prepared as raw")
        return Column(code, found, told, code=code)

    def _preparations(self, leaf: Leaf) -> str:
        """Return in words what was done to an indicator before it was normalised."""
        say, method = self.places.say, self.places.method
        steps = [say("denominator", column=leaf.denominator)] if leaf.denominator is not None else []
        steps += [say("impute", method=method(leaf.impute.method))] if leaf.impute is not None else []
        steps += [say("deseasonalise")] if leaf.deseasonalise is not None else []
        steps += [say("treat", method=method(leaf.treat.method))] if leaf.treat is not None else []
        return say("prepared by", steps=say("mark").join(steps))
