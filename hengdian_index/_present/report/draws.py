"""Methods, directions, and what draws vary, as a page calls them in its language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from hengdian_index._index.factors import Factor
from hengdian_index._maths.doubts import Dirichlet, Noise, Uniform
from hengdian_index._maths.notation import precise
from hengdian_index._methods.registry import Method
from hengdian_index._present.document import Block, Code, Piece, filled
from hengdian_index._present.statement import phrases
from hengdian_index._robustness.labels import word
from hengdian_index._robustness.uncertainty import Uncertainty
from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.fields import rounding_of
from hengdian_index._scoring.tree import Branch, Leaf, Tree
from hengdian_index._words.catalogue import Lang, Words, words
from hengdian_index.errors import FaultsError
from hengdian_index.plot.layout import name_of

_TURNS = {1: "正向", -1: "负向"}


def method_name(method: Method, lang: Lang) -> str:
    """Return what a method is called: its name, in Chinese after the name that Chinese texts give it."""
    own = str(method.traits.get("chinese") or "").partition("（")[0] if lang == "zh" else ""
    return f"{own}（{method.name}）" if own else method.name


def direction_name(given: Any, lang: Lang) -> str:
    """Return a direction in words.

    Examples
    --------
    >>> from hengdian_index._present.report.draws import direction_name
    >>> direction_name(-1, "zh"), direction_name(-1, "en")
    ('负向', 'smaller is better')
    """
    plain = isinstance(given, (int, float))
    return _TURNS[int(given)] if lang == "zh" and plain else phrases.direction(lang, given)


def group_choices(tree: Tree, lang: Lang) -> pd.DataFrame:
    """Return the choices of every group."""
    rows = [
        (b.code, b.name, b.parent or "", method_name(b.weights.method, lang), method_name(b.aggregate.method, lang))
        for b in map(tree.by_code.__getitem__, tree.groups)
    ]
    columns = ["code", "name", "parent", "weighting", "aggregate"]
    frame = pd.DataFrame(rows, columns=columns).set_index("code")
    branches = [tree.by_code[code] for code in tree.groups]
    if any(branch.rescale for branch in branches):
        frame["rescale"] = [method_name(b.rescale.method, lang) if b.rescale else "" for b in branches]
    return _with_rounding(frame, branches)


def _with_rounding(frame: pd.DataFrame, parts: Sequence[Branch | Leaf]) -> pd.DataFrame:
    """Return choices with a column that says to what scores are rounded, where some are."""
    found = list(map(rounding_of, parts))
    if any(found):
        frame["round"] = [f"{10.0**-one.digits:g}" if one else "" for one in found]
    return frame


def indicator_choices(tree: Tree, lang: Lang) -> pd.DataFrame:
    """Return the choices of every indicator."""
    rows = [
        (x.code, x.name, x.parent, direction_name(x.direction, lang), method_name(x.normalise.method, lang))
        for x in tree.leaves
    ]
    columns = ["code", "name", "group", "direction", "normalise"]
    return _with_rounding(pd.DataFrame(rows, columns=columns).set_index("code"), tree.leaves)


# Fewer draws than this give rough intervals.
_FEW = 100


def varied(found: Uncertainty, lang: Lang) -> Iterator[Block]:
    """Yield what the draws vary, an item for each uncertain choice, and whether there are few of them."""
    say, tree = words(lang, "draws"), found.study.index.tree
    yield Block("text", (say["head"],))
    for factor in found.study.factors:
        how = _how(factor, tree, lang, found.study.panel.units is not None)
        yield Block("item", filled(say["factor"], address=Code(factor.address), how=how))
    count = int(found.kept.sum())
    if count < _FEW:
        yield Block("text", (say("few", count=count, least=_FEW),))


def _how(factor: Factor, tree: Tree, lang: Lang, units: bool) -> tuple[Piece, ...]:
    say, given = words(lang, "draws"), factor.given
    if factor.kind == "bootstrap":
        return (say["units" if units else "rows"],)
    if factor.kind == "levels":
        return filled(say["levels"], choices=_alternatives(factor, lang))
    if factor.kind == "weights":
        one = say["one group"].format(name=name_of(tree, factor.parts[0]))
        where = say["every group"] if factor.address == "weights" else one
        return (_weights(given, where, say),)
    if factor.kind == "data":
        what = say["every indicator"] if factor.address == "data" else name_of(tree, factor.address)
        key, size = ("sd", given.sd) if given.relative is None else ("relative", 100 * given.relative)
        return (say[key].format(what=what, size=precise(size)),)
    if isinstance(given, Uniform):
        return (say["uniform"].format(low=precise(given.low), high=precise(given.high)),)
    low, middle, high = (f"{float(given.ppf(share)):.4g}" for share in (0.05, 0.5, 0.95))
    return (say["number"].format(low=low, middle=middle, high=high),)


def _weights(given: Noise | Dirichlet, where: str, say: Words) -> str:
    if isinstance(given, Noise):
        return say["noise"].format(share=precise(100 * given.share), where=where)
    return say["dirichlet"].format(share=precise(given.concentration), where=where)


def _alternatives(factor: Factor, lang: Lang) -> list[Piece]:
    """Return the alternatives of a choice, methods by their names, apart by commas."""
    field, say = factor.address.split(".")[-1], words(lang, "draws")
    out: list[Piece] = []
    for one in factor.given:
        out += [*_alternative(field, one, lang), say["listed"]]
    return out[:-1]


def _alternative(field: str, one: Any, lang: Lang) -> tuple[Piece, ...]:
    if one is None or one is True:
        return (words(lang, "draws")[word(one)],)
    try:
        choice = Choice.of_weights(one) if field == "weights" else Choice.of(field, one)
    except (FaultsError, KeyError):
        return (Code(word(one)),)
    options = "; ".join(f"{name} = {value}" for name, value in choice.settings.items())
    name = method_name(choice.method, lang)
    shown: tuple[Piece, ...] = (name,) if name != choice.method.name else (Code(name),)
    return (*shown, *((" ", Code(options)) if options else ()))
