"""What is asked again and again while telling one result in one language."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._index.consistency import Consistency, consistencies_of
from hengdian_index._maths.arithmetic import parsed
from hengdian_index._maths.notation import latex_of
from hengdian_index._methods.registry import ARITHMETIC, Method, lines_of
from hengdian_index._present.document import Block, Code, Equations, Math, Piece, filled
from hengdian_index._present.statement import phrases
from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.tree import Branch, Leaf
from hengdian_index._tables.panel import digest
from hengdian_index._words.catalogue import words
from hengdian_index.errors import FaultsError
from hengdian_index.log import Entry

MOST = 12
"""So many units, periods or cells are listed; the rest is counted."""

# What is only refused changes no number, and details change nothing that is told.
_SILENT = (None, "raise")


class Teller:
    """One result, and its words in one language."""

    def __init__(self, result: Any, lang: str) -> None:
        self.result, self.lang = result, lang
        self.words = words(lang, "statement", *result.panel.kinds)
        self.tree, self.setting, self.fitted, self.panel = result.tree, result.setting, result.fitted, result.panel
        self.shown = self._shown()
        self._last: dict[str, Choice] = {}
        self.appendix: list[Block] = []

    @property
    def apart(self) -> bool:
        """Whether numbers stand in tables with four decimals, and in full at the end: so offices print in Chinese."""
        return self.lang == "zh"

    @cached_property
    def consistencies(self) -> list[Consistency]:
        """How consistent the pairwise judgements behind the weights are."""
        return consistencies_of(self.result)

    def say(self, key: str, **values: Piece | Sequence[Piece]) -> tuple[Piece, ...]:
        """Return a sentence of the language, filled in."""
        return filled(self.words.form_for(key, values), **values)

    def unit(self, unit: Any) -> str:
        """Return a unit with what it is called before its code."""
        name = self.panel.name(unit)
        return str(unit) if name == unit else self.words["unit named"].format(name=name, unit=unit)

    def text(self, key: str, **values: Piece | Sequence[Piece]) -> Block:
        """Return a sentence as a paragraph."""
        return Block("text", self.say(key, **values))

    def item(self, *sentences: Sequence[Piece]) -> Block:
        """Return sentences as one item of a list."""
        gap = " " if self.lang == "en" else ""
        pieces = [piece for sentence in sentences if sentence for piece in (*sentence, gap)]
        return Block("item", tuple(pieces[:-1]))

    def joined(self, parts: Iterable[Piece | Sequence[Piece]]) -> list[Piece]:
        """Return parts with a comma between them."""
        found: list[Piece] = []
        for part in parts:
            found += [part] if isinstance(part, (str, Math, Code)) else list(part)
            found.append(self.words["and"])
        return found[:-1]

    def some(self, parts: Sequence[Piece | Sequence[Piece]], more: str = "more") -> list[Piece]:
        """Return the first parts, and how many more there are."""
        shown: list[Piece | Sequence[Piece]] = list(parts[:MOST])
        return self.joined([*shown, *([self.words[more].format(count=len(parts) - MOST)] if parts[MOST:] else [])])

    def named(self, node: Leaf | Branch) -> tuple[Piece, ...]:
        """Return the code and the name of a node."""
        pair = node.name and node.name != node.code
        return (Code(node.code), *self.say("options", options=node.name)) if pair else (Code(node.code),)

    def codes(self, codes: Iterable[str]) -> list[Piece]:
        """Return codes with a comma between them."""
        return self.joined([Code(code) for code in codes])

    def numbers(self, values: Mapping[str, str]) -> list[Piece]:
        """Return codes, each with its number."""
        return self.joined([(Code(code), f" {value}") for code, value in values.items()])

    def method(self, choice: Choice) -> tuple[Piece, ...]:
        """Return a method's name and the options that it was given or has, in words."""
        judged = {name: choice.options[name] for name in choice.method.judgements if name in choice.options}
        rest = {name: value for name, value in choice.complete().items() if name != "details"}
        given = judged | {name: v for name, v in rest.items() if not any(v is one or v == one for one in _SILENT)}
        below = {name for name, value in given.items() if self.apart and matrices(value)}
        shown = {name: value for name, value in given.items() if name not in below}
        said = self.options(shown, phrases.Vocabulary.of(self.lang, choice.method))
        if below:
            said = [self.words["judgements below"], *([words(self.lang, "sign")["row"]] if said else []), *said]
        if said and self._last.get(choice.method.name) == choice:
            return (Code(choice.method.name), *self.say("options", options=self.words["as above"]))
        self._last[choice.method.name] = choice
        return (Code(choice.method.name), *(self.say("options", options=said) if said else ()))

    def options(self, given: Mapping[str, Any], vocabulary: phrases.Vocabulary) -> list[Piece]:
        """Return options in words."""
        return phrases.options(self.lang, given, self.method, vocabulary)

    def formulas(self, choices: Iterable[Choice]) -> Iterator[Block]:
        """Yield each method's words and formula once, then what the words in the formulas stand for."""
        told: dict[tuple[Method, str | None], Choice] = {}
        for choice in choices:
            told.setdefault((choice.method, formula_of(choice)), choice)
        colon = ": " if self.lang == "en" else "："
        for (method, formula), choice in told.items():
            if formula is None:
                yield self.text("undeclared", method=Code(method.name))
            else:
                meaning = self.meaning(choice)
                yield Block("text", (Code(method.name), *((colon, meaning) if meaning else ()), colon[:1]))
                yield Block("formula", (Math(formula, _equations(choice)),))
        known = [(phrases.Vocabulary.of(self.lang, method), formula) for method, formula in told if formula]
        symbols = phrases.symbols(self.lang, known)
        if symbols:
            yield self.text("where", symbols=symbols)

    def meaning(self, choice: Choice) -> str:
        """Return what a method is called: the first line of its description, or its Chinese name."""
        said = (inspect.getdoc(choice.method.function) or "").partition("\n")[0].rstrip(".")
        return str(choice.method.traits.get("chinese", "")) if self.lang == "zh" else said

    def noted(self, step: str, leaf: Leaf | Branch) -> list[Entry]:
        """Return the lines of the log about an indicator or a group."""
        return [entry for entry in self.result.entries if entry.step == step and entry.indicator == leaf.code]

    def filled(self, node: Leaf | Branch) -> str:
        """Return how many values or scores of a node an imputation filled in."""
        return str(sum(entry.rows for entry in self.noted("impute", node) if entry.after is not None))

    def each_unit(self, told: Callable[[Any], Block | None], units: Sequence[Any], more: str, where: str) -> Any:
        """Yield what is told of the first units, and how many more there are and where."""
        yield from (block for unit in units[:MOST] if (block := told(unit)) is not None)
        if units[MOST:]:
            yield self.text(more, count=str(len(units) - MOST), where=Code(where))

    def rows_of(self, chosen: Any) -> NDArray[np.bool_] | None:
        """Return the rows (n,) that a selector means, None unless the result holds the rows that the fit saw."""
        try:
            return None if self.shown is None else np.asarray(self.panel.select(chosen, "rows"))
        except FaultsError:
            return None

    def learns_on_base(self, part: Leaf | Branch) -> bool:
        """Return whether an indicator's bounds, or a group's rescaling, were learnt from the base rows."""
        own, choice = (part.fit_on, part.normalise) if isinstance(part, Leaf) else (None, part.rescale)
        asked = self.result.fit_rows["fit_on"] is None and self.setting.base is not None and own is None
        return bool(asked and choice is not None and choice.method.traits.get("fits_on_base"))

    def _shown(self) -> NDArray[np.bool_] | None:
        """Return the fit rows (n,) among those of the result, None if these are not all there as the fit saw them."""
        try:
            mask = np.asarray(self.panel.select(self.result.fit_rows["fit_on"], "fit_on"))
        except FaultsError:
            return None
        same = digest(self.panel.pick(mask)) == self.result.fit_rows.get("sha256")
        return mask if same else None


def matrices(value: Any) -> list[tuple[Any, Mapping[str, Mapping[str, Any]]]]:
    """Return the judgements that an option is, of a part how many times it is as important as others, and whose.

    Those of one person are of nobody by name; others are by name, or by number from 1 on. An option of another form has
    none.
    """
    if _pairwise(value):
        return [("", value)]
    several = list(value.items()) if isinstance(value, Mapping) else []
    several = list(enumerate(value, 1)) if isinstance(value, (list, tuple)) else several
    return several if all(_pairwise(one) for _, one in several) else []


def _pairwise(value: Any) -> bool:
    rows = list(value.values()) if isinstance(value, Mapping) else []
    whole = all(
        isinstance(row, Mapping) and all(isinstance(one, (int, float, str)) for one in row.values()) for row in rows
    )
    return bool(rows) and whole


def _equations(choice: Choice) -> Equations:
    """Return the arithmetic that a choice's formula says, none for a formula of its own."""
    method = choice.method
    lines, name = lines_of(method.traits, choice.complete()), ARITHMETIC.get(method.family, ("y",))[0]
    if not lines or method.traits.get("formula") != latex_of(lines, name):
        return ()
    return [(name, parsed(lines[-1].expression)), *((line.name, parsed(line.expression)) for line in lines[:-1])]


def formula_of(choice: Choice) -> str | None:
    """Return the formula that a method declares for these options, None for one that declares none."""
    formula = choice.method.traits.get("formula")
    found = formula(**choice.complete()) if callable(formula) else formula
    return None if found is None else str(found)
