"""The score of an indicator as a formula: the map that was fitted, with its numbers on a sheet of their own."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from hengdian_index._files.sheets import Live, Page, cell_of
from hengdian_index._maths.arithmetic import Arithmetic, arithmetic_of, calculable, evaluated, filled, first, names
from hengdian_index._maths.maps import Map, chain
from hengdian_index._present.statement.expressions import simple_maps
from hengdian_index._present.workbook.formulas import formula
from hengdian_index._present.workbook.places import Column, Places, cells, plain_columns
from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.fields import rounding_of
from hengdian_index._scoring.period_maps import PeriodMaps
from hengdian_index._scoring.tree import Branch, Leaf
from hengdian_index._tables.archive import letters
from hengdian_index._tables.periods import format_period
from hengdian_index._tables.table import Array
from hengdian_index._values.stored import word_of
from hengdian_index._words.catalogue import words

# An indicator, and a period where each has a map of its own.
Fit: TypeAlias = tuple[str, int | None]

_CLOSE = 1e-12
# The place of the value in a formula.
_X = "{x}"


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that a map learnt: the word of the map, which of such maps in a row it is, and the number's own name."""

    word: str
    turn: int
    name: str


@dataclass(frozen=True, slots=True)
class _Step:
    """One map of those that follow each other, and what its names stand for."""

    tree: ast.expr
    numbers: Mapping[_Number, float]

    @classmethod
    def of(cls, found: Arithmetic, word: str, turn: int) -> _Step:
        numbers = {name: first(found.numbers[name]) for name in names(found.tree) if name in found.numbers}
        return cls(found.tree, {_Number(word, turn, name): value for name, value in numbers.items()})

    def __call__(self, x: Array) -> Array:
        """Return what it gives for values (n,)."""
        return evaluated(self.tree, {"x": x, **{number.name: value for number, value in self.numbers.items()}})

    def filled(self, x: ast.expr, called: Mapping[_Number, str]) -> ast.expr:
        """Return its arithmetic with what stands for x and for its numbers."""
        return filled(self.tree, {"x": x, **{number.name: ast.Name(called[number]) for number in self.numbers}})


def _steps(fitted: Map) -> tuple[_Step, ...] | None:
    """Return the steps of a map, None of one that is no arithmetic in x alone."""
    found: list[_Step] = []
    words: list[str] = []
    for part in simple_maps(fitted):
        arithmetic = arithmetic_of(part)
        if arithmetic is None or not calculable(arithmetic.tree):
            return None
        words.append(word_of(type(part)) or type(part).__name__)
        found.append(_Step.of(arithmetic, words[-1], words.count(words[-1])))
    return tuple(found)


def _numbers(steps: tuple[_Step, ...] | None) -> dict[_Number, float]:
    return {one: value for step in steps or () for one, value in step.numbers.items()}


def _rounded(branch: Branch) -> Map:
    """Return the map of a group's scores with its rounding at the end, in each period where each has its own."""
    one, last = branch.scaling, rounding_of(branch)
    return one.each(lambda part: chain(part, last)) if isinstance(one, PeriodMaps) else chain(one, last)


@dataclass(frozen=True)
class Fits:
    """The normalised indicators, what they are made of, and the numbers that their maps learnt."""

    places: Places

    @cached_property
    def steps(self) -> dict[Fit, tuple[_Step, ...] | None]:
        """The steps of the map of each indicator and each group rescaled or rounded, or of that of each period.

        None where a map is no formula.
        """
        found: dict[Fit, tuple[_Step, ...] | None] = {}
        for code in (*self.places.indicators, *self.places.presented):
            one = self._maps.get(code)
            if isinstance(one, PeriodMaps):
                found |= {(code, ordinal): _steps(part) for ordinal, part in sorted(one.maps.items())}
            else:
                found[code, None] = None if one is None else _steps(one)
        return found

    def _fit_of(self, code: str, row: int) -> Fit | None:
        """Return which map gives an indicator's score in a row, None where the row's period has none."""
        if (code, None) in self.steps:
            return code, None
        periods = self.places.result.panel.periods
        assert periods is not None
        own = code, int(periods.ordinals[row])
        return own if own in self.steps else None

    def _head(self, fit: Fit) -> str:
        """Return what stands above a map's numbers: the indicator, and the period where each has its own."""
        code, ordinal = fit
        if ordinal is None:
            return code
        periods = self.places.result.panel.periods
        assert periods is not None
        return f"{code} {format_period(ordinal, periods.frequency)}"

    @cached_property
    def _maps(self) -> Mapping[str, Map]:
        tree, maps = self.places.result.rows.tree, dict(self.places.result.fitted.maps)
        for code in self.places.presented:
            branch = tree.by_code[code]
            if branch.rescale is None or branch.scaling is not None:
                maps[code] = _rounded(branch)
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
    def _lines(self) -> dict[_Number, int]:
        """The line of each number on its sheet."""
        used = dict.fromkeys(one for steps in self.steps.values() for one in _numbers(steps))
        return {one: line for line, one in enumerate(used, 2)}

    @cached_property
    def _called(self) -> dict[_Number, str]:
        """What each number is called: in the words of its map or of the method, else by its own name."""
        said = {one: self._word(one) for one in self._lines}
        every = list(said.values())
        return {one: f"{name} ({one.word})" if every.count(name) > 1 else name for one, name in said.items()}

    def _word(self, one: _Number) -> str:
        """Return a number's word, with the turn of its map where it is not the first of its kind."""
        stem, _, place = one.name.rpartition("_") if one.name[-1].isdigit() else (one.name, "", "")
        choices = (self._choice(fit[0]) for fit, steps in self.steps.items() if one in _numbers(steps))
        choice = next(choices)
        own = choice.method.traits.get("words", {}).get(self.places.lang, {}) if choice else {}
        name = own.get(stem) or words(self.places.lang, "number").get(f"{one.word} {stem}", stem)
        return " ".join([name, *([place] if place else []), *([f"({one.turn})"] if one.turn > 1 else [])])

    def _fitted(self) -> Page:
        """Return the numbers of each indicator's map."""
        places = self.places
        numbers = [_numbers(steps) for steps in self.steps.values()]
        rows = [[self._called[one], *(column.get(one) for column in numbers)] for one in self._lines]
        comments = ["", *(places.named(code, self._told(code)) for code, _ in self.steps)]
        header = [places.say("number"), *map(self._head, self.steps)]
        return Page(places.say("fitted"), header, rows, comments, frozen=(1, 1))

    def _told(self, code: str) -> str:
        """Return in words how an indicator's score is made."""
        places = self.places
        steps = next(steps for fit, steps in self.steps.items() if fit[0] == code)
        if steps is None:
            choice = self._choice(code)
            known = code in self._maps and choice is not None
            return places.plain(places.method(choice.method) if known and choice else places.say("frozen"))
        said = (places.arithmetic(step.filled(ast.Name("x"), self._called)) for step in steps)
        told = places.say("mark").join([places.say("x"), *said])
        return places.say("with numbers", steps=told, fitted=places.say("fitted")) if _numbers(steps) else told

    def _choice(self, code: str) -> Choice | None:
        """Return how an indicator is normalised, or a group again."""
        tree = self.places.result.tree
        return tree.by_code[code].rescale if code in tree.by_code else tree.leaves[tree.codes.index(code)].normalise

    def _scores(self, code: str) -> Column:
        """Return the scores of an indicator, formulas where its map is one."""
        result = self.places.result
        values, x = (frame[code].to_numpy() for frame in (result.normalised, result.prepared))
        fill = next(leaf for leaf in result.tree.leaves if leaf.code == code).impute_scores
        return self._column(
            code, "prepared" if self._changed[code] else "raw", result.tree.codes.index(code), x, values, fill
        )

    def presented(self, code: str) -> Column:
        """Return the scores of a group that are rescaled or rounded, formulas of those that were aggregated."""
        rows = self.places.result.rows
        column = self.places.presented.index(code)
        fill = self.places.result.tree.by_code[code].impute
        return self._column(code, "aggregated", column, rows.aggregated(code), rows.values(code), fill)

    def _column(self, code: str, name: str, column: int, x: Array, values: Array, fill: Choice | None) -> Column:
        """Return scores that a map makes of a column of another sheet."""
        places, sheet = self.places, self.places.sheet(name)
        filled = np.isnan(x) & ~np.isnan(values) & (fill is not None)
        fits = [self._fit_of(code, row) for row in range(len(values))]
        found: list[Any] = cells(values.tolist())
        remarks: dict[int, Any] = {}
        for fit in dict.fromkeys(one for one in fits if one is not None):
            steps, rows = self.steps[fit], np.array([i for i, one in enumerate(fits) if one == fit])
            if steps is None:
                continue
            written = f"={self._formula(fit)}"
            for i, given in zip(rows.tolist(), self._given(steps, x[rows], values[rows]).tolist(), strict=True):
                if given:
                    found[i] = Live(written.replace(_X, f"{sheet}!{places.at(column, i)}"), float(values[i]))
                elif isinstance(found[i], float):
                    remarks[i] = places.plain(places.say("not its map"))
        remarks |= {i: self._imputed(fill) for i in np.flatnonzero(filled).tolist()}
        return Column(code, found, self._told(code), remarks, code)

    def _imputed(self, fill: Choice | None) -> str:
        """Return the comment of a score that was filled in."""
        assert fill is not None
        return self.places.plain(self.places.say("imputed", method=self.places.method(fill.method)))

    def _given(self, steps: tuple[_Step, ...], x: Array, values: Array) -> Any:
        """Return where the arithmetic gives the scores (n,)."""
        for step in steps:
            x = step(x)
        with np.errstate(invalid="ignore"):
            return np.abs(x - values) <= _CLOSE * np.maximum(1.0, np.abs(values))

    def _formula(self, fit: Fit) -> str:
        """Return the formula of a map with `{x}` for the value."""
        sheet, column = self.places.sheet("fitted"), letters(list(self.steps).index(fit) + 2)
        places = {one: f"{sheet}!{column}${line}" for one, line in self._lines.items()}
        tree: ast.expr = ast.Name(_X)
        for step in self.steps[fit] or ():
            tree = step.filled(tree, places)
        return formula(tree)

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
