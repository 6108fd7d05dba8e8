"""Of a method statement: how each group's parts are weighed and aggregated, and what was found."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._index.consistency import Consistency
from hengdian_index._maths.arithmetic import filled
from hengdian_index._maths.maps import Map
from hengdian_index._maths.notation import precise
from hengdian_index._present.document import Block, Code, Math, Piece
from hengdian_index._present.statement import phrases
from hengdian_index._present.statement.expressions import declared, tree_of
from hengdian_index._present.statement.figures import compares
from hengdian_index._present.statement.teller import Teller, formula_of, matrices
from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.fields import rounding_of
from hengdian_index._scoring.fitting import Ends, ends_of, learnt, needs_zero, own_zeros
from hengdian_index._scoring.period_maps import PeriodMaps
from hengdian_index._scoring.tree import Branch, Leaf
from hengdian_index._scoring.value_shares import is_linear
from hengdian_index._tables.cells import fraction_of
from hengdian_index._tables.periods import EARLIEST, format_period
from hengdian_index._words.catalogue import words

# The weight of a part: its share over what the mean makes of its level where its share was measured.
_SHARES = r"w_j = \frac{W_j / @_j}{\sum_l W_l / @_l}"


def groups(tell: Teller) -> Iterator[Block]:
    """Yield the formulas of weights and aggregates, and what was chosen and found for each group."""
    branches = [tell.tree.by_code[code] for code in tell.tree.groups]
    chosen = [c for b in branches if len(b.children) > 1 for c in (b.weights, *_later(tell, b).values())]
    weighed = [part for choice in chosen for part in choice.all_parts]
    told = {(leaf.normalise.method, formula_of(leaf.normalise)) for leaf in tell.tree.leaves}
    told |= {(one.method, formula_of(one)) for leaf in tell.tree.leaves for one in (leaf.impute_scores,) if one}
    own = [one for b in branches for one in (b.rescale, b.impute) if one is not None]
    again = [one for one in own if (one.method, formula_of(one)) not in told]
    yield from tell.formulas([*weighed, *(branch.aggregate for branch in branches), *again])
    ends = ends_of(tell.result.contents[-1].tree, tell.result.contents[-1].weights)
    scales = {branch.code: _Scale.of(tell, branch, ends) for branch in branches if len(branch.children) > 1}
    yield from _what_is_weighed(tell, weighed, [choice for scale in scales.values() for choice in scale.choices])
    yield from _shares(tell)
    rules = {branch.missing for branch in branches}
    common = len(branches) > 1 and len(rules) == 1
    if common:
        yield tell.text("same rule", rule=_rule(tell, branches[0]))
    for branch in branches:
        yield tell.item(*_group(tell, branch, common, scales.get(branch.code)))
        yield from _of_periods(tell, branch)
    if tell.apart:
        yield from _in_tables(tell, branches)


def _in_tables(tell: Teller, branches: Sequence[Branch]) -> Iterator[Block]:
    """Yield the judgements, how consistent they are, and the weights, and leave them in full to the appendix."""
    say = words(tell.lang, "report")
    for branch in branches:
        for value in branch.weights.options.values():
            for who, matrix in matrices(value):
                yield _judgements(tell, branch, matrix, who)
    checked = [one for one in tell.consistencies if one.found.n > 2]
    if checked:
        heads = ["group", "since", "judged by", "judged lambda_max", "judged ci", "judged cr", "judged consistent"]
        lines = [_checked(tell, say, one) for one in checked]
        used = [at for at in range(len(heads)) if any(line[at] != "" for line in lines)]
        # A sign, not a word of the text.
        named: list[Piece] = [Code(say[one]) if one == "judged lambda_max" else say[one] for one in heads]
        yield Block.table(
            tell.say("consistency below"),
            [named[at] for at in used],
            *([line[at] for at in used] for line in lines),
        )
    told = [(branch, since, row) for branch in branches for since, row in _weights(tell, branch)]
    if told:
        several = any(since for _, since, _ in told)
        since_when = [say["since"]] if several else []
        rows: list[list[Piece]] = [
            [Code(branch.code), *([since] if several else []), Code(child), f"{weight:.4f}"]
            for branch, since, row in told
            for child, weight in row.items()
        ]
        yield Block.table(tell.say("weights below"), [say["group"], *since_when, say["part"], say["weight"]], *rows)
    for branch in branches:
        said = [*_consistency(tell, branch), *_found(tell, branch)]
        if said:
            tell.appendix.append(tell.item((*tell.named(branch), "："), *said))


def _checked(tell: Teller, say: Mapping[str, str], one: Consistency) -> list[Piece]:
    """Return a line of the table of consistency."""
    numbers = (one.found.lambda_max, one.found.ci, one.found.cr)
    shown = [tell.words["unknown"] if number is None else f"{number:.4f}" for number in numbers]
    passed = say[f"judged {'yes' if one.found.consistent else 'no'}"]
    return [Code(one.group), one.since, one.called(tell.lang), *shown, passed]


def _judgements(tell: Teller, branch: Branch, matrix: Mapping[str, Mapping[str, Any]], who: Any) -> Block:
    """Return a whole matrix of judgements, what was not judged as its counterpart turned over."""

    def cell(one: str, other: str) -> str:
        if one == other:
            return "1"
        given, back = matrix.get(one, {}).get(other), matrix.get(other, {}).get(one)
        if isinstance(given, str) and given.strip():
            return given.strip()
        number, turned = _number(given), _number(back)
        if number is not None or turned is None:
            return "" if number is None else precise(number)
        return f"1/{precise(turned)}" if turned > 1 else precise(1 / turned)

    codes = branch.children
    rows: list[list[Piece]] = [[Code(one), *(cell(one, other) for other in codes)] for one in codes]
    whose = tell.words["expert"].format(number=who) if isinstance(who, int) else str(who)
    of = tell.say("of whom", whose=whose) if whose else ()
    caption = (*tell.say("judgements of", group=tell.named(branch)), *of)
    return Block.table(caption, [tell.words["row over column"], *map(Code, codes)], *rows)


def _number(judged: Any) -> float | None:
    """Return a judgement, which may be a fraction as text, as a number; None where nothing was asked."""
    if isinstance(judged, str):
        return fraction_of(judged) if judged.strip() else None
    return None if judged is None or np.isnan(judged) else float(judged)


def _shares(tell: Teller) -> Iterator[Block]:
    """Yield how shares of a value become weights, and at the prices of which periods they are."""
    if tell.setting.weights_form == "plain":
        return
    linear = all(is_linear(branch) for branch in tell.tree.branches)
    yield tell.text("value shares" if linear else "value shares of means")
    yield Block("formula", (Math(_SHARES.replace("@", r"\bar{z}" if linear else "f")),))
    for content in tell.result.contents:
        spans: dict[str, list[str]] = {}
        for code, span in (content.priced or {}).items():
            spans.setdefault(span, []).append(code)
        first = tell.panel.periods is None or content.since == EARLIEST
        since = "" if first else format_period(content.since, tell.panel.periods.frequency)
        said = [tell.say("priced", period=span, groups=tell.codes(codes)) for span, codes in spans.items()]
        yield tell.item(tell.say("priced since" if since else "priced first", period=since, said=tell.joined(said)))
    if any(len(content.by_unit or {}) > 1 for content in tell.result.contents):
        yield tell.text("value shares by unit", where=Code("result.contents[-1].by_unit"))


@dataclass(frozen=True)
class _Scale:
    """The weightings of a group that depend on where 0 is, if they are shown anything but the scores as they are.

    `spans` are the parts by the ends of their scale, None for those that have none.
    """

    choices: tuple[Choice, ...]
    spans: Mapping[Ends, Sequence[str]]

    @classmethod
    def of(cls, tell: Teller, branch: Branch, ends: Mapping[str, Ends]) -> _Scale:
        """Return those of a group; none where every scale is 0 to 1 or has no ends, or is left as it is."""
        spans: dict[Ends, list[str]] = {}
        for child in branch.children:
            spans.setdefault(ends.get(child), []).append(child)
        chosen = [part for one in (branch.weights, *_later(tell, branch).values()) for part in one.all_parts]
        scaled = branch.weigh_scale == "unit" and not set(spans) <= {None, (0, 1)}
        return cls(tuple(filter(needs_zero, chosen)) if scaled else (), spans)


def _what_is_weighed(tell: Teller, choices: Sequence[Choice], scaled: Sequence[Choice]) -> Iterator[Block]:
    """Yield what the values are that weights are learnt from; `scaled` are shown scores on the scale 0 to 1."""
    learning = [choice.method for choice in choices if not choice.parts and learnt(choice)]
    on_unit = {choice.method for choice in scaled}
    keys = {
        "weighed scores": [one for one in learning if not one.traits.get("raw") and one not in on_unit],
        "weighed unit": [one for one in learning if one in on_unit],
        "weighed values": [one for one in learning if one.traits.get("raw")],
    }
    for key, methods in keys.items():
        if methods:
            yield tell.text(key, methods=tell.codes(dict.fromkeys(one.name for one in methods)))


def _group(tell: Teller, branch: Branch, common: bool, scale: _Scale | None) -> Iterator[Sequence[Piece]]:
    """Yield the sentences about one group."""
    yield tell.say("group", group=tell.named(branch), children=tell.codes(branch.children))
    yield from _weighed(tell, branch)
    if scale and scale.choices:
        yield _told_scale(tell, scale)
    placed = [child for child in branch.children if own_zeros(tell.tree, child)]
    moved = [part for one in (branch.weights, *_later(tell, branch).values()) for part in one.all_parts]
    methods = dict.fromkeys(choice.method.name for choice in moved if needs_zero(choice))
    if placed and methods and len(branch.children) > 1:
        yield tell.say("own zero", methods=tell.codes(methods), parts=tell.codes(placed))
    for period, choice in _later(tell, branch).items():
        yield tell.say("later", period=str(period), method=tell.method(choice))
    yield from () if tell.apart else _found(tell, branch)
    yield tell.say("aggregate", method=tell.method(branch.aggregate))
    if compares(branch.aggregate):
        yield tell.say("scope" if by_period(tell, branch) else "whole table")
    yield from _presented(tell, branch)
    if not common:
        yield _rule(tell, branch)
    counted = tell.result.rows.asked_weights(branch) > 0
    absent = (np.isnan(tell.result.rows.children(branch)) & counted).any(axis=1)
    lost = np.isnan(tell.result.rows.values(branch.code)) & absent
    if absent.any():
        filled_in = tell.result.rows.imputed(branch.code)
        reweighted = tell.words("rows reweighted", count=int((absent & ~lost & ~filled_in).sum()))
        without = tell.words("rows without", count=int(lost.sum()))
        yield tell.say("gaps", rows=tell.words("row counted", count=len(lost)), moved=reweighted, lost=without)


def _presented(tell: Teller, branch: Branch) -> Iterator[Sequence[Piece]]:
    """Yield how the scores of a group are normalised again, filled and rounded."""
    if branch.rescale is not None:
        contents = [one.tree.by_code[branch.code] for one in tell.result.contents if branch.code in one.tree.by_code]
        scaling = contents[-1].scaling
        assert scaling is not None
        each = scaling.maps.values() if isinstance(scaling, PeriodMaps) else (scaling,)
        numbers: Any = tell.say("period maps") if branch.within else _in_y(scaling)
        whose = "of the base" if tell.learns_on_base(branch) else "of the fit rows"
        rows = tell.say("of their period" if branch.within else whose)
        yield tell.say("rescaled", method=tell.method(branch.rescale), numbers=numbers, rows=rows)
        if not all(map(declared, each)):
            yield tell.say("no arithmetic")
    if branch.impute is not None:
        yield tell.say("impute scores", method=tell.method(branch.impute), count=tell.filled(branch))
    yield from rounded(tell, branch)


def _in_y(scaling: Map) -> Math:
    """Return a rescaling as arithmetic in the score that was aggregated."""
    return Math.of("z", filled(tree_of(scaling), {"x": ast.Name("y")}))


def _of_periods(tell: Teller, branch: Branch) -> Iterator[Block]:
    """Yield the map of each period within which a group is rescaled."""
    scaling = tell.result.contents[-1].tree.by_code[branch.code].scaling if branch.within else None
    if isinstance(scaling, PeriodMaps) and tell.panel.periods is not None:
        for at, part in sorted(scaling.maps.items()):
            period = format_period(at, tell.panel.periods.frequency)
            yield tell.item(tell.say("period map", indicator=Code(branch.code), period=period, numbers=_in_y(part)))


def rounded(tell: Teller, part: Leaf | Branch) -> Iterator[Sequence[Piece]]:
    """Yield to what the scores of a group or an indicator are rounded, and where a half goes."""
    rounding = rounding_of(part)
    if rounding is not None:
        said = {"away": "rounded away", "even": "rounded even"}[rounding.ties]
        yield tell.say(said, step=precise(10.0**-rounding.digits))


def _weighed(tell: Teller, branch: Branch) -> Iterator[Sequence[Piece]]:
    """Yield how the parts of a group are weighed, and what weights that are learnt rest on."""
    if len(branch.children) == 1:
        yield tell.say("one child")
        return
    if branch.weighing is not None:
        yield tell.say("by row", columns=tell.codes(branch.weighing))
        return
    if not learnt(branch.weights):
        yield tell.say("judged", method=tell.method(branch.weights))
        yield from () if tell.apart else _consistency(tell, branch)
        return
    yield tell.say("learnt", rows=_learnt_rows(tell), method=tell.method(branch.weights))
    yield from () if tell.apart else _consistency(tell, branch)
    rows, gaps = _learning(tell), np.isnan(tell.result.rows.children(branch)).any(axis=1)
    alone = any(choice.method.traits.get("complete") for choice in branch.weights.all_parts)
    if rows is None or len(tell.result.contents) > 1:
        if alone and gaps.any():
            yield tell.say("whole rows alone")
    elif gaps[rows].any():
        yield tell.say("whole rows count" if alone else "whole rows", count=str(int((~gaps[rows]).sum())))


def _told_scale(tell: Teller, scale: _Scale) -> Sequence[Piece]:
    """Return what scores on the scale 0 to 1 are, part by part."""
    said = []
    for ends, parts in scale.spans.items():
        formula = "z"
        if ends not in (None, (0, 1)):
            low, width = precise(ends[0]), precise(ends[1] - ends[0])
            formula = f"(z - {low})/{width}" if ends[0] >= 0 else f"(z + {precise(-ends[0])})/{width}"
        said.append(tell.say("unit scale of", formula=Math(f"x = {formula}"), parts=tell.codes(parts)))
    methods = tell.codes(dict.fromkeys(choice.method.name for choice in scale.choices))
    return tell.say("unit scale", methods=methods, scales=tell.joined(said))


def _learnt_rows(tell: Teller) -> Sequence[Piece]:
    """Return the rows that weights are learnt from."""
    seen = tell.fitted.rows["weights"]
    if seen["learnt_from"] == "period":
        sizes = sorted(seen["rows"].values())
        one = {"count": str(sizes[0])} if sizes[0] == sizes[-1] else {"least": str(sizes[0]), "most": str(sizes[-1])}
        return tell.say("from period", sizes=tell.say("each" if len(one) == 1 else "range", **one))
    if seen["learnt_from"] == "base":
        return tell.say("from base", count=str(seen["rows"]), base=phrases.rows(tell.lang, tell.setting.base))
    own = [leaf.fit_on for leaf in tell.tree.leaves if leaf.fit_on is not None]
    if not own:
        return tell.say("from fit_on", count=str(seen["rows"]))
    named, rows = tell.joined([phrases.rows(tell.lang, one) for one in dict.fromkeys(own)]), _learning(tell)
    if rows is None:
        return tell.say("from some", rows=named)
    return tell.say("from several", count=str(int(rows.sum())), rows=named)


def _learning(tell: Teller) -> Any:
    """Return which rows (n,) of the result the weights were learnt from, None where that is not known."""
    how = tell.fitted.rows["weights"]["learnt_from"]
    if tell.shown is None or how == "period":
        return None
    if how == "base":
        return tell.rows_of(tell.setting.base)
    if len(tell.result.contents) > 1 and any(leaf.fit_on is not None for leaf in tell.tree.leaves):
        return None
    found = tell.shown.copy()
    for leaf in tell.tree.leaves:
        rows = found if leaf.fit_on is None else tell.rows_of(leaf.fit_on)
        if rows is None:
            return None
        found |= rows
    return found


def _found(tell: Teller, branch: Branch) -> Iterator[Sequence[Piece]]:
    """Yield the weights of a group's parts, from each period on from which they hold, or in each."""
    for since, row in _weights(tell, branch):
        weights = tell.numbers({child: precise(weight) for child, weight in row.items()})
        yield tell.say("weights", since=since, weights=weights)


def _weights(tell: Teller, branch: Branch) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield from when on, or when, the parts of a group have which weights."""
    if len(branch.children) == 1:
        return
    alone, told = tell.setting.weigh_on == "period", list[tuple[str, dict[str, float]]]()
    for since, row in tell.result.weights_by_period.iterrows():
        own = {child: float(row.get((branch.code, child), np.nan)) for child in branch.children}
        told.append((str(since), {child: weight for child, weight in own.items() if weight == weight}))
    if alone and len(told) > 1 and all(own == told[0][1] for _, own in told):
        yield tell.words["in every period"], told[0][1]
        return
    key, several = "in period" if alone else "since", len(told) > 1
    before = [dict[str, float](), *(own for _, own in told)]
    kept = [one for one, old in zip(told, before, strict=False) if one[1] and (alone or one[1] != old)]
    for since, own in kept:
        yield tell.words[key].format(period=since) if several and since else "", own


def _consistency(tell: Teller, branch: Branch) -> Iterator[Sequence[Piece]]:
    """Yield how far pairwise judgements agree with themselves: those of each person, and those of all together."""
    for one in tell.consistencies:
        if one.group != branch.code or one.found.n < 3:
            continue
        numbers = {"value": one.found.lambda_max, "ci": one.found.ci, "cr": one.found.cr}
        said = {name: tell.words["unknown"] if value is None else f"{value:.6g}" for name, value in numbers.items()}
        whose = one.called(tell.lang)
        of = tell.words["of whom"].format(whose=whose) if whose else ""
        since = tell.words["since"].format(period=one.since) if one.since else ""
        taken = "" if one.found.consistent else tell.words["inconsistent"]
        yield tell.say("consistency", symbol=Math(r"\lambda_{\max}"), of=of + since, taken=taken, **said)


def _rule(tell: Teller, branch: Branch) -> Sequence[Piece]:
    """Return what is done where a part is missing."""
    rule = branch.missing.rule
    return tell.say(rule, coverage=precise(branch.missing.coverage)) if rule == "reweight" else tell.say(rule)


def _later(tell: Teller, branch: Branch) -> dict[str, Choice]:
    """Return the weights that replace a group's first ones, by period; none where the last hold throughout."""
    return {} if tell.setting.content == "restate" else dict(branch.weights_since)


def by_period(tell: Teller, branch: Branch) -> bool:
    """Return whether rows that a group's method compares are those of one period."""
    return branch.scope == "period" or tell.setting.weigh_on == "period"
