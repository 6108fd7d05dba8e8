"""The sections of a method statement, with the choices and the numbers of one result."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from hengdian_index.building import ingredients
from hengdian_index.courses import Linked
from hengdian_index.errors import DataError, SpecError, suggestion
from hengdian_index.journal import Entry
from hengdian_index.methods import Method
from hengdian_index.rows.periods import format_period
from hengdian_index.statement.expressions import latex, of_map, short
from hengdian_index.statement.words import WORDS
from hengdian_index.statement.writing import Block, Code, Math, Piece, filled
from hengdian_index.tree import Branch, Choice, Leaf, thawed

_CELLS = 20
_FORMULAS = {
    "ratio": r"I_t = I_{t-1}\,\frac{s_t}{s_{t-1}}",
    "symmetric": r"I_t = I_{t-1}\,\frac{200 + V_t}{200 - V_t}, \quad "
    r"V_t = \sum_j w_j\,200\,\frac{z_{jt} - z_{j,t-1}}{z_{jt} + z_{j,t-1}}",
    "log": r"I_t = I_{t-1} \exp\left(\sum_j w_j \ln \frac{z_{jt}}{z_{j,t-1}}\right)",
}


def statement(result: Any, lang: str) -> list[Block]:
    """Return the method statement of a result as blocks."""
    if lang not in WORDS:
        raise SpecError(f"lang: no {lang!r}{suggestion(lang, WORDS)}")
    if result.fitted is None:
        raise DataError("this result does not hold its fit, so what was fitted cannot be told; score the rows again")
    return list(_Statement(result, lang).blocks())


class _Statement:
    """What is asked again and again while telling one result in one language."""

    def __init__(self, result: Any, lang: str) -> None:
        self.result, self.lang, self.words = result, lang, WORDS[lang]
        self.tree, self.setting, self.fitted = result.tree, result.setting, result.fitted
        self.dated = result.weights_by_period

    def blocks(self) -> Iterator[Block]:
        """Yield every block in order."""
        yield Block("title", self.say("title", name=self.setting.name or self.words["an index"]))
        for section in (self.data, self.preparation, self.normalisation, self.groups, self.content, self.series):
            inside = list(section())
            if inside:
                yield Block("heading", (self.words[section.__name__],))
                yield from inside
        yield Block("heading", (self.words["provenance"],))
        yield from self.provenance()

    def say(self, key: str, **values: Piece | Sequence[Piece]) -> tuple[Piece, ...]:
        """Return a sentence of the language, filled in."""
        return filled(self.words[key], **values)

    def text(self, key: str, **values: Piece | Sequence[Piece]) -> Block:
        """Return a sentence as a paragraph."""
        return Block("text", self.say(key, **values))

    def item(self, *sentences: Sequence[Piece]) -> Block:
        """Return sentences as one item of a list."""
        gap = " " if self.lang == "en" else ""
        pieces = [piece for sentence in sentences if sentence for piece in (*sentence, gap)]
        return Block("item", tuple(pieces[:-1]))

    def data(self) -> Iterator[Block]:
        """Yield what the rows are, which of them were learnt from, and the base."""
        panel, rows = self.result.panel, self.result.fit_rows
        sizes = (panel.n, len(self.tree.codes), len(self.tree.groups))
        yield self.text("rows", **dict(zip(("rows", "indicators", "groups"), map(str, sizes), strict=True)))
        if panel.units is not None:
            units = list(dict.fromkeys(map(str, panel.units)))
            yield self.text("units", count=str(len(units)), units=self.joined(units))
        if panel.periods is not None:
            bounds = (int(panel.periods.ordinals.min()), int(panel.periods.ordinals.max()))
            first, last = (format_period(bound, panel.periods.frequency) for bound in bounds)
            yield self.text("periods", first=first, last=last)
        ends = {end: str(rows[end]).removeprefix("period ") for end in ("first", "last")}
        yield self.text("fit rows", count=str(rows["count"]), **ends)
        chosen = rows["fit_on"]
        yield self.text("all rows") if chosen is None else self.text("chosen rows", choice=Code(f"fit_on = {chosen!r}"))
        gone = [str(unit) for unit, out in self.fitted.left_out.items() if out]
        if gone:
            yield self.text("left out", units=self.joined(gone))
        based = self.setting.base is not None
        yield (
            self.text("base", base=str(self.setting.base), to=short(self.setting.to)) if based else self.text("no base")
        )

    def preparation(self) -> Iterator[Block]:
        """Yield what was done to raw values, indicator by indicator."""
        items = [item for leaf in self.tree.leaves for item in self.prepared(leaf)]
        yield self.text("order" if items else "untouched")
        choices = [c for leaf in self.tree.leaves for c in (leaf.build, leaf.impute, leaf.treat) if c is not None]
        yield from self.formulas(choices)
        yield from items

    def prepared(self, leaf: Leaf) -> Iterator[Block]:
        """Yield what was done to one indicator."""
        name = self.named(leaf)
        if leaf.build is not None:
            columns = self.joined([Code(column) for column in ingredients(leaf.build)])
            yield self.item(self.say("build", indicator=name, columns=columns, method=self.method(leaf.build)))
        if leaf.denominator is not None:
            yield self.item(self.say("denominator", indicator=name, column=Code(leaf.denominator)))
        if leaf.impute is not None:
            count = str(len([e for e in self.noted("impute", leaf) if e.after is not None]))
            yield self.item(self.say("impute", indicator=name, method=self.method(leaf.impute), count=count))
        if leaf.deseasonalise is not None:
            yield self.item(self.say("seasons", indicator=name, options=self.options(leaf.deseasonalise)))
        if leaf.treat is not None:
            yield self.treated(leaf, leaf.treat)

    def treated(self, leaf: Leaf, choice: Choice) -> Block:
        """Return what a treatment did to an indicator: its fitted map, and the cells it changed."""
        numbers = Math(f"x' = {latex(of_map(self.fitted.preparation.treatments[leaf.code]))}")
        lines = self.noted("treat", leaf)
        cells = [entry for entry in lines if entry.before is not None]
        whole = any(entry.why.endswith("all values transformed") for entry in lines)
        said = [_changed(entry) for entry in cells[:_CELLS]]
        said += [self.words["more"].format(count=len(cells) - _CELLS)] if len(cells) > _CELLS else []
        listed: Sequence[Piece] = (" (", *self.joined(said), ")") if said else ()
        count = str(self.result.panel.n if whole else len(cells))
        indicator, method = self.named(leaf), self.method(choice)
        said_of = self.say("treat", indicator=indicator, method=method, numbers=numbers, count=count, cells=listed)
        return self.item(said_of)

    def normalisation(self) -> Iterator[Block]:
        """Yield the formulas of the normalisations, and each indicator's direction and fitted map."""
        yield self.text("direction")
        yield from self.formulas([leaf.normalise for leaf in self.tree.leaves])
        for leaf in self.tree.leaves:
            numbers = Math(f"z = {latex(of_map(self.fitted.maps[leaf.code]))}")
            indicator, direction, method = self.named(leaf), str(leaf.direction), self.method(leaf.normalise)
            said = [self.say("indicator", indicator=indicator, direction=direction, method=method, numbers=numbers)]
            if leaf.fit_on is not None:
                said.append(self.say("own rows", rows=Code(f"fit_on = {leaf.fit_on!r}")))
            ends = (("from", leaf.start), ("until", leaf.end))
            spans = [self.words[key].format(period=period) for key, period in ends if period is not None]
            yield self.item(*said, self.say("valid", spans=self.joined(spans)) if spans else ())

    def groups(self) -> Iterator[Block]:
        """Yield the formulas of weights and aggregates, and what was chosen and found for each group."""
        branches = [self.tree.by_code[code] for code in self.tree.groups]
        chosen = [c for b in branches if len(b.children) > 1 for c in (b.weights, *b.weights_since.values())]
        weighed = [part for choice in chosen for part in (choice, *choice.parts)]
        yield from self.formulas([*weighed, *(b.aggregate for b in branches)])
        for branch in branches:
            yield self.item(*self.group(branch))

    def group(self, branch: Branch) -> Iterator[Sequence[Piece]]:
        """Yield the sentences about one group."""
        children = [self.called(child) for child in branch.children]
        yield self.say("group", group=self.called(branch.code), children=self.joined(children))
        if len(branch.children) == 1:
            yield self.say("one child")
        elif not _learnt(branch.weights):
            yield self.say("judged", method=self.method(branch.weights))
        else:
            seen = self.fitted.rows["weights"]
            rows = self.words[f"from {seen['learnt_from']}"].format(count=seen["rows"])
            yield self.say("learnt", rows=rows, method=self.method(branch.weights))
        for period, choice in branch.weights_since.items():
            yield self.say("later", period=str(period), method=self.method(choice))
        yield from self.found_weights(branch)
        yield self.say("aggregate", method=self.method(branch.aggregate))
        if branch.scope == "period":
            yield self.say("scope")
        rule = branch.missing.rule
        yield self.say(rule, coverage=short(branch.missing.coverage)) if rule == "reweight" else self.say(rule)
        absent = np.isnan(self.result.rows.children(branch)).any(axis=1)
        lost = np.isnan(self.result.rows.values(branch.code))
        moved, rows_n = int((absent & ~lost).sum()), str(len(lost))
        if absent.any():
            yield self.say("gaps", rows=rows_n, moved=str(moved), lost=str(int(lost.sum())))

    def found_weights(self, branch: Branch) -> Iterator[Sequence[Piece]]:
        """Yield the weights of a group's parts, from each period on from which they hold."""
        if len(branch.children) == 1:
            return
        table, before = self.dated, None
        for since, row in table.iterrows():
            own = {child: row.get((branch.code, child), np.nan) for child in branch.children}
            said = [f"{child} {short(weight)}" for child, weight in own.items() if weight == weight]
            if said and said != before:
                when = self.words["since"].format(period=since) if len(table) > 1 and str(since) else ""
                yield self.say("weights", since=when, weights=self.joined(said))
            before = said

    def content(self) -> Iterator[Block]:
        """Yield what the index gained and lost from when on, and how levels were linked."""
        contents, periods = self.result.contents, self.result.panel.periods
        if len(contents) == 1 or periods is None:
            return
        for old, new in pairwise(contents):
            codes = [(*one.tree.groups, *one.tree.codes) for one in (old, new)]
            both = [b.code for b in new.tree.branches if b.code in old.tree.by_code]
            parts = {
                "added": [code for code in codes[1] if code not in codes[0]],
                "gone": [code for code in codes[0] if code not in codes[1]],
                "other weights": [c for c in both if new.tree.by_code[c].weights != old.tree.by_code[c].weights],
            }
            said = [self.say(key, parts=self.joined([*map(self.called, some)])) for key, some in parts.items() if some]
            flat = [piece for one in said for piece in (*one, self.words["and"])][:-1]
            yield self.item(self.say("change", period=format_period(new.since, periods.frequency), said=flat))
        yield self.text("restated" if self.setting.content == "restate" else "linked")
        course = self.result.course
        if isinstance(course, Linked) and self.result.panel.units is None:
            for content, factors in zip(contents[1:], course.factors[1:], strict=True):
                when, root = format_period(content.since, periods.frequency), self.called(self.tree.root.code)
                yield self.item(self.say("factor", group=root, period=when, factor=short(float(factors[0, 0]))))

    def series(self) -> Iterator[Block]:
        """Yield how scores become levels, and what is set to 100."""
        yield self.text(self.setting.series)
        if self.setting.series in _FORMULAS:
            yield Block("formula", (Math(_FORMULAS[self.setting.series]),))
        if self.setting.base is None:
            return
        yield self.text("index", to=short(self.setting.to))
        yield Block("formula", (Math(rf"I = {short(self.setting.to)}\,\frac{{s}}{{s_{{\mathrm{{base}}}}}}"),))
        for unit, levels in (self.result.base_levels or {}).items():
            of = "" if unit is None else self.words["of unit"].format(unit=unit)
            level = short(float(levels[0]))
            yield self.item(self.say("base level", group=self.called(self.tree.root.code), unit=of, level=level))
        if self.result.panel.units is not None:
            yield self.text("new units", how=self.words[self.setting.new_units])

    def provenance(self) -> Iterator[Block]:
        """Yield versions and hashes."""
        known = self.result.provenance
        names = {name: str(known[name]) for name in ("python", "numpy", "pandas")}
        yield self.text("versions", package=str(known["hengdian_index"]), **names)
        hashes = {"the spec": known["spec_sha256"], "the data": known["data_sha256"]}
        hashes["the fit rows"] = known["fit_rows"].get("sha256", "")
        for what, found in hashes.items():
            yield self.item(self.say("hash", what=self.words[what], hash=Code(str(found))))

    def formulas(self, choices: Iterable[Choice]) -> Iterator[Block]:
        """Yield each method's words and formula once."""
        told: dict[tuple[Method, str | None], Choice] = {}
        for choice in choices:
            formula = formula_of(choice)
            told.setdefault((choice.method, formula), choice)
        for (method, formula), choice in told.items():
            if formula is None:
                yield self.text("undeclared", method=Code(method.name))
            else:
                yield Block("text", (Code(choice.method.name), ": ", self.meaning(choice)))
                yield Block("formula", (Math(formula),))

    def meaning(self, choice: Choice) -> str:
        """Return what a method is called: the first line of its description, or its Chinese name."""
        said = (inspect.getdoc(choice.method.function) or "").partition("\n")[0].rstrip(".")
        return str(choice.method.traits.get("chinese", "")) if self.lang == "zh" else said

    def method(self, choice: Choice) -> tuple[Piece, ...]:
        """Return a method's name and the options that it was given or has."""
        judged = {name: choice.options[name] for name in choice.method.judgements if name in choice.options}
        # What is only refused changes no number.
        silent = (None, "raise")
        rest = {name: value for name, value in choice.complete().items() if name != "details"}
        options = judged | {name: v for name, v in rest.items() if not any(v is one or v == one for one in silent)}
        said = self.options(options)
        tail = (" (", *self.say("options", options=said), ")") if said else ()
        return (Code(choice.method.name), *tail)

    def options(self, options: Any) -> list[Piece]:
        """Return options as they stand in a spec."""
        return self.joined([Code(f"{name} = {thawed(value)!r}") for name, value in options.items()])

    def joined(self, parts: Sequence[Piece]) -> list[Piece]:
        """Return parts with a comma between them."""
        return [piece for part in parts for piece in (part, self.words["and"])][:-1]

    def named(self, node: Leaf | Branch) -> tuple[Piece, ...]:
        """Return the name and the code of a node, as pieces."""
        return (Code(node.code), f" ({node.name})") if node.name and node.name != node.code else (Code(node.code),)

    def called(self, code: str) -> Code:
        """Return the code of a node."""
        return Code(code)

    def noted(self, step: str, leaf: Leaf) -> list[Any]:
        """Return the lines of the log about an indicator."""
        return [entry for entry in self.result.entries if entry.step == step and entry.indicator == leaf.code]


def _changed(entry: Entry) -> str:
    """Return what a treatment made of a cell, in words."""
    place = " ".join(str(part) for part in (entry.unit, entry.period) if part is not None)
    before, after = (float("nan") if value is None else value for value in (entry.before, entry.after))
    return f"{place}: {short(before)} → {short(after)}".removeprefix(": ")


def _learnt(choice: Choice) -> bool:
    """Return whether weights depend on the values of rows."""
    if choice.method.sees == "judgement":
        return any(map(_learnt, choice.parts))
    return bool(choice.method.traits.get("learns", True))


def formula_of(choice: Choice) -> str | None:
    """Return the formula that a method declares for these options, None for one that declares none."""
    formula = choice.method.traits.get("formula")
    found = formula(**choice.complete()) if callable(formula) else formula
    return None if found is None else str(found)
