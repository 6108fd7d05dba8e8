"""What draws vary, in words: every uncertain choice with what it is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hengdian_index._present.report.choices import method_name
from hengdian_index._present.statement.expressions import precise
from hengdian_index._robustness.factors import Dirichlet, Factor, Noise, Uniform
from hengdian_index._robustness.labels import word
from hengdian_index._robustness.uncertainty import Uncertainty
from hengdian_index._scoring.tree import Choice, Tree
from hengdian_index._words.document import Block, Code, Piece, filled
from hengdian_index._words.report import Lang, Words
from hengdian_index.errors import FaultsError
from hengdian_index.plot.layout import name_of

# Fewer draws than this give rough intervals.
_FEW = 100

VARIED: Mapping[Lang, Words] = {
    "en": {
        "head": "What the draws vary:",
        "factor": "{address}: {how}",
        "noise": "each weight up to {share} % larger or smaller, {where}",
        "dirichlet": "weights drawn from a Dirichlet distribution round those of the index (concentration {share}), "
        "{where}",
        "every group": "in every group",
        "one group": "in the group {name}",
        "sd": "a normal error on the values of {what}, standard deviation {size} in its unit",
        "relative": "a normal error on the values of {what}, standard deviation {size} % of each value",
        "every indicator": "every indicator",
        "uniform": "any number from {low} to {high}, all equally likely",
        "number": "a number with the median {middle}, nine times in ten from {low} to {high}",
        "levels": "one of {choices}, each equally likely",
        "units": "the units from which bounds and weights are learnt, drawn again with replacement",
        "rows": "the rows from which bounds and weights are learnt, drawn again with replacement",
        "in": "in the index",
        "out": "left out",
        "listed": ", ",
        "few": "There are only {count} draws: intervals of fewer than {least} are rough; draw 500 or more.",
    },
    "zh": {
        "head": "抽样中变动的内容：",
        "factor": "{address}：{how}",
        "noise": "{where}，每个权重至多增大或减小 {share} %",
        "dirichlet": "{where}，权重取自以原权重为中心的狄利克雷分布（集中参数 {share}）",
        "every group": "在每个组内",
        "one group": "在组“{name}”内",
        "sd": "{what}的数值带有正态误差，标准差为 {size}（以其单位计）",
        "relative": "{what}的数值带有正态误差，标准差为各数值的 {size} %",
        "every indicator": "各指标",
        "uniform": "{low} 至 {high} 之间的任一数值，可能性相同",
        "number": "中位数为 {middle} 的数值，九成介于 {low} 至 {high}",
        "levels": "取下列之一，可能性相同：{choices}",
        "units": "对学习界限与权重所用的对象作有放回的重新抽取",
        "rows": "对学习界限与权重所用的行作有放回的重新抽取",
        "in": "纳入",
        "out": "剔除",
        "listed": "、",
        "few": "只有 {count} 次抽样：少于 {least} 次时区间较为粗略，宜取 500 次以上。",
    },
}


def varied(found: Uncertainty, lang: Lang) -> Iterator[Block]:
    """Yield what the draws vary, an item for each uncertain choice, and whether there are few of them."""
    say, tree = VARIED[lang], found.study.index.tree
    yield Block("text", (say["head"],))
    for factor in found.study.factors:
        how = _how(factor, tree, lang, found.study.panel.units is not None)
        yield Block("item", filled(say["factor"], address=Code(factor.address), how=how))
    count = int(found.kept.sum())
    if count < _FEW:
        yield Block("text", (say["few"].format(count=count, least=_FEW),))


def _how(factor: Factor, tree: Tree, lang: Lang, units: bool) -> tuple[Piece, ...]:
    say, given = VARIED[lang], factor.given
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
    field, say = factor.address.split(".")[-1], VARIED[lang]
    out: list[Piece] = []
    for one in factor.given:
        out += [*_alternative(field, one, lang), say["listed"]]
    return out[:-1]


def _alternative(field: str, one: Any, lang: Lang) -> tuple[Piece, ...]:
    if one is None or one is True:
        return (VARIED[lang][word(one)],)
    try:
        choice = Choice.of_weights(one) if field == "weights" else Choice.of(field, one)
    except (FaultsError, KeyError):
        return (Code(word(one)),)
    options = "; ".join(f"{name} = {value}" for name, value in choice.settings.items())
    name = method_name(choice.method, lang)
    shown: tuple[Piece, ...] = (name,) if name != choice.method.name else (Code(name),)
    return (*shown, *((" ", Code(options)) if options else ()))
