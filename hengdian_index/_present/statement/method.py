"""The sections of a method statement, with the choices and the numbers of one result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from hengdian_index._index.result import Result
from hengdian_index._index.unit_groups import asked
from hengdian_index._maths.notation import precise
from hengdian_index._present.document import Block, Code, Math, Piece, rendered
from hengdian_index._present.document_file import written_to
from hengdian_index._present.statement import groups, levels, phrases
from hengdian_index._present.statement.directions import directions
from hengdian_index._present.statement.expressions import declared, tree_of
from hengdian_index._present.statement.teller import Teller
from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.growth import START, Growth
from hengdian_index._scoring.period_maps import PeriodMaps
from hengdian_index._scoring.preparation import ingredients
from hengdian_index._scoring.tree import Leaf
from hengdian_index._tables.periods import format_period
from hengdian_index._words.catalogue import Lang
from hengdian_index.errors import known_language, spoken
from hengdian_index.log import Entry

# How growth is said, by its form, and by what it is on: as such, and where its levels start.
_FORMS_OF_GROWTH = {"percent": "growth percent", "index": "growth index"}
_ON = {"year": ("growth year", "growth from year"), "period": ("growth period", "growth from period")}


def method(
    result: Result,
    lang: Lang | None = None,
    form: Literal["markdown", "latex"] = "markdown",
    *,
    path: str | Path | None = None,
) -> str:
    """Return what was computed in words and formulas, with the numbers of this fit; for a paper's appendix.

    Parameters
    ----------
    lang : {"en", "zh"}, optional
        English or Chinese; by default that which is spoken (`hi.options`).
    form : {"markdown", "latex"}
        Markdown with formulas between dollars, or LaTeX to be included in a document (Chinese: with ctex).
    path : path, optional
        Write it to this file as well; its ending decides on the form: .md, .tex, or .docx (the extra `word`)
        with formulas of Word's own.

    Raises
    ------
    SpecError
        A language, form or ending that is not known; .docx without python-docx.
    DataError
        A file that cannot be written; what stood there before stays.

    Notes
    -----
    Numbers have fifteen significant digits: scores and series can be computed again from the statement alone (the
    proof, for the film index and a panel). In Chinese tables have four decimals, and an appendix all digits. Formulas
    are those that each method declares beside its function; a function of your own without `formula` is named. Of more
    than twelve units or periods the first twelve are listed; the statement says where the others are.
    """
    lang = spoken(lang)
    blocks = statement(result, lang)
    text = rendered(blocks, form)
    if path is not None:
        written_to(Path(path), blocks, lang)
    return text


def statement(result: Any, lang: str) -> list[Block]:
    """Return the method statement of a result as blocks."""
    known_language(lang)
    return list(_blocks(Teller(result, lang)))


def _blocks(tell: Teller) -> Iterator[Block]:
    """Yield every block in order."""
    yield Block("title", tell.say("title", name=tell.setting.name or tell.words["an index"]))
    sections = {
        "data": data,
        "preparation": preparation,
        "normalisation": normalisation,
        "groups": groups.groups,
        "content": levels.content,
        "series": levels.series,
        "provenance": provenance,
    }
    for name, section in sections.items():
        inside = list(section(tell))
        if inside:
            yield Block("heading", (tell.words[name],))
            yield from inside
    if tell.appendix:
        yield Block("heading", (tell.words["appendix"],))
        yield from tell.appendix


def data(tell: Teller) -> Iterator[Block]:
    """Yield what the rows are, which of them were learnt from, and the base."""
    panel, fit, tree = tell.panel, tell.result.fit_rows, tell.tree
    # In Chinese the whole index is none of its sub-indexes.
    sizes = {"row": panel.n, "indicator": len(tree.codes), "group": len(tree.groups) - (tell.lang == "zh")}
    said = {f"{noun}s": tell.words(f"{noun} counted", count=size) for noun, size in sizes.items()}
    if not sizes["group"]:
        said["groups"] = tell.words["no groups"]
    yield tell.text("rows", **said)
    if panel.units is not None:
        units = list(map(tell.unit, dict.fromkeys(panel.unit_list())))
        yield tell.text("units", count=str(len(units)), units=tell.some(units, "more units"))
    if panel.periods is not None:
        bounds = (int(panel.periods.ordinals.min()), int(panel.periods.ordinals.max()))
        first, last = (format_period(bound, panel.periods.frequency) for bound in bounds)
        yield tell.text("periods", first=first, last=last)
    chosen = tell.words["all rows"] if fit["fit_on"] is None else phrases.rows(tell.lang, fit["fit_on"])
    yield tell.text("fit rows", count=str(fit["count"]), rows=chosen)
    gone = [tell.unit(unit) for unit, out in tell.fitted.left_out.items() if out]
    if gone:
        yield tell.text("left out", units=tell.joined(gone))
    if tell.setting.groups_of_units:
        yield tell.text("unit means", groups=tell.joined([_mean(tell, one) for one in asked(tell.setting)]))
    if not tell.setting.levelled:
        yield tell.text("no base")
    else:
        yield tell.text("base", base=_base(tell), to=precise(tell.setting.to))
    yield tell.text("digits apart" if tell.apart else "digits")
    yield tell.text("notation")


def _mean(tell: Teller, one: Mapping[str, str]) -> Sequence[Piece]:
    """Return of which units a mean is, and what weighs them."""
    of = tell.say("means by", column=Code(one["by"])) if "by" in one else tell.say("mean of all", name=one["name"])
    return (*of, *(tell.say("means weighted", column=Code(one["weights"])) if "weights" in one else ()))


def preparation(tell: Teller) -> Iterator[Block]:
    """Yield what was done to raw values, indicator by indicator."""
    whole = _whole(tell)
    items = [item for leaf in tell.tree.leaves for item in _prepared(tell, leaf, whole)]
    items += [
        tell.item(tell.say("impute none", indicators=tell.codes(codes), method=tell.method(choice)))
        for choice, codes in whole.items()
    ]
    yield tell.text("order" if items else "untouched")
    choices = [c for leaf in tell.tree.leaves for c in (leaf.build, leaf.impute, leaf.treat) if c is not None]
    yield from tell.formulas(choices)
    yield from items


def _whole(tell: Teller) -> dict[Choice, list[str]]:
    """Return the indicators without a value to be filled, by how it would be, where several are of one kind."""
    found: dict[Choice, list[str]] = {}
    for leaf in tell.tree.leaves:
        if leaf.impute is not None and tell.filled(leaf) == "0":
            found.setdefault(leaf.impute, []).append(leaf.code)
    return {choice: codes for choice, codes in found.items() if len(codes) > 1}


def _prepared(tell: Teller, leaf: Leaf, whole: Mapping[Choice, Sequence[str]]) -> Iterator[Block]:
    """Yield what was done to one indicator."""
    name = tell.named(leaf)
    if leaf.growth is not None:
        yield tell.item(_grown(tell, leaf))
    if leaf.cumulative is not None:
        yield tell.item(tell.say("cumulative", indicator=name))
    if leaf.deflate is not None:
        yield tell.item(tell.say("deflate", indicator=name, column=Code(leaf.deflate)))
    if leaf.build is not None:
        columns = tell.codes(ingredients(leaf.build))
        yield tell.item(tell.say("build", indicator=name, columns=columns, method=tell.method(leaf.build)))
    if leaf.denominator is not None:
        yield tell.item(tell.say("denominator", indicator=name, column=Code(leaf.denominator)))
    if leaf.impute is not None and leaf.code not in whole.get(leaf.impute, ()):
        yield tell.item(tell.say("impute", indicator=name, method=tell.method(leaf.impute), count=tell.filled(leaf)))
    if leaf.deseasonalise is not None:
        seasonal = phrases.Vocabulary(tell.lang, "series.deseasonalise", {})
        yield tell.item(tell.say("seasons", indicator=name, options=tell.options(leaf.deseasonalise, seasonal)))
    if leaf.treat is not None:
        yield _treated(tell, leaf, leaf.treat)


def _grown(tell: Teller, leaf: Leaf) -> Sequence[Piece]:
    """Return how the levels of an indicator are chained from growth."""
    growth, periods = Growth.of(leaf), tell.panel.periods
    lag = 1 if periods is None else growth.lag(periods.frequency)
    factor = r"\frac{g_t}{100}" if growth.form == "index" else r"\left(1 + \frac{g_t}{100}\right)"
    formula, form = Math(f"L_t = L_{{t-{lag}}} {factor}"), tell.say(_FORMS_OF_GROWTH[growth.form])
    column = () if growth.level is None else Code(growth.level)
    told, plain = _ON[growth.on]
    start = tell.say("growth from column" if column else plain, column=column, level=precise(START))
    return tell.say(told, indicator=tell.named(leaf), form=form, formula=formula, start=start)


def _treated(tell: Teller, leaf: Leaf, choice: Choice) -> Block:
    """Return what a treatment did to an indicator: its fitted map, and the cells it changed."""
    numbers = Math.of("x'", tree_of(tell.fitted.preparation.treatments[leaf.code]))
    lines = tell.noted("treat", leaf)
    cells = [entry for entry in lines if entry.before is not None]
    whole = any(entry.whole for entry in lines)
    listed: Sequence[Piece] = (
        tell.say("options", options=tell.some([_changed(entry) for entry in cells])) if cells else ()
    )
    count = str(tell.panel.n if whole else len(cells))
    indicator, method = tell.named(leaf), tell.method(choice)
    said = tell.say("treat", indicator=indicator, method=method, numbers=numbers, count=count, cells=listed)
    return tell.item(said)


def normalisation(tell: Teller) -> Iterator[Block]:
    """Yield the formulas of the normalisations, and each indicator's direction and fitted map."""
    leaves = tell.tree.leaves
    fills = [leaf.impute_scores for leaf in leaves if leaf.impute_scores is not None]
    yield from tell.formulas([*(leaf.normalise for leaf in leaves), *fills])
    common = len(leaves) > 1 and len({leaf.normalise for leaf in leaves}) == 1
    if common:
        yield tell.text("same method", method=tell.method(leaves[0].normalise))
    counts = {leaf.code: _known(tell, leaf) for leaf in leaves}
    whole = all(count is not None and count[0] == count[1] for count in counts.values())
    yield from directions(tell)
    yield tell.text("maps")
    if whole:
        yield tell.text("values all")
    on_base = [leaf for leaf in leaves if tell.learns_on_base(leaf)]
    if on_base:
        yield tell.text("on base", parts=tell.codes(leaf.code for leaf in on_base), base=_base(tell))
    comma = ", " if tell.lang == "en" else "，"
    for leaf in leaves:
        one = tell.fitted.maps[leaf.code]
        each = _of_periods(tell, leaf, one) if isinstance(one, PeriodMaps) else []
        numbers: Any = tell.say("period maps") if each else Math.of("z", tree_of(one))
        method = () if common else (comma, *tell.method(leaf.normalise))
        names = {"indicator": tell.named(leaf), "direction": phrases.direction(tell.lang, leaf.direction)}
        said = [tell.say("indicator", **names, method=method, numbers=numbers)]
        rows = _learnt_from(tell, leaf, None if whole else counts[leaf.code])
        untold = () if all(map(declared, one.maps.values() if each else (one,))) else tell.say("no arithmetic")
        filled: Sequence[Piece] = ()
        if leaf.impute_scores is not None:
            filled = tell.say("impute scores", method=tell.method(leaf.impute_scores), count=tell.filled(leaf))
        yield tell.item(
            *said, untold, *groups.rounded(tell, leaf), rows, filled, _own_rules(tell, leaf), _valid(tell, leaf)
        )
        yield from each


def _of_periods(tell: Teller, leaf: Leaf, one: PeriodMaps) -> list[Block]:
    """Return the map of each period."""
    assert tell.panel.periods is not None
    frequency = tell.panel.periods.frequency
    said = ((format_period(at, frequency), Math.of("z", tree_of(part))) for at, part in sorted(one.maps.items()))
    return [
        tell.item(tell.say("period map", indicator=Code(leaf.code), period=period, numbers=numbers))
        for period, numbers in said
    ]


def _base(tell: Teller) -> str:
    return phrases.rows(tell.lang, tell.setting.base)


def _known(tell: Teller, leaf: Leaf) -> tuple[int, int] | None:
    """Return how many values an indicator's map was learnt from, and from how many rows; None where not known."""
    on_base = tell.learns_on_base(leaf)
    rows = (
        tell.rows_of(tell.setting.base) if on_base else tell.shown if leaf.fit_on is None else tell.rows_of(leaf.fit_on)
    )
    if rows is None:
        return None
    values = tell.result.prepared_panel.values[rows, tell.tree.codes.index(leaf.code)]
    return int((~np.isnan(values)).sum()), len(values)


def _learnt_from(tell: Teller, leaf: Leaf, count: tuple[int, int] | None) -> Sequence[Piece]:
    """Return the rows an indicator's map was learnt from, where they are not simply all fit rows."""
    rows = "" if leaf.fit_on is None else phrases.rows(tell.lang, leaf.fit_on)
    if count is not None:
        return tell.say("learnt values", count=str(count[0]), rows=tell.say("of rows", rows=rows) if rows else ())
    return tell.say("own rows", rows=rows) if rows else ()


def _own_rules(tell: Teller, leaf: Leaf) -> list[Piece]:
    """Return what an indicator itself says about missing values."""
    gap = " " if tell.lang == "en" else ""
    said: list[Piece] = []
    if leaf.missing is not None:
        said += tell.say(f"own {leaf.missing}")
    if leaf.coverage is not None:
        said += [*([gap] if said and gap else []), *tell.say("own coverage", share=precise(leaf.coverage))]
    return said


def _valid(tell: Teller, leaf: Leaf) -> Sequence[Piece]:
    """Return in which periods an indicator counts, where the content changes."""
    if tell.setting.content == "restate":
        return ()
    ends = (("from", leaf.start), ("until", leaf.end))
    spans = [tell.words[key].format(period=period) for key, period in ends if period is not None]
    return tell.say("valid", spans=tell.joined(spans)) if spans else ()


def provenance(tell: Teller) -> Iterator[Block]:
    """Yield versions and hashes."""
    known = tell.result.provenance
    names = {name: str(known[name]) for name in ("python", "numpy", "pandas")}
    yield tell.text("versions", package=str(known["hengdian_index"]), **names)
    hashes = {"the spec": known["spec_sha256"], "the data": known["data_sha256"]}
    hashes["the fit rows"] = known["fit_rows"].get("sha256", "")
    for what, found in hashes.items():
        yield tell.item(tell.say("hash", what=tell.words[what], hash=Code(str(found))))


def _changed(entry: Entry) -> str:
    """Return what a treatment made of a cell."""
    place = " ".join(str(part) for part in (entry.unit, entry.period) if part is not None)
    before, after = (float("nan") if value is None else value for value in (entry.before, entry.after))
    return f"{place + ': ' if place else ''}{precise(before)} → {precise(after)}"
