"""Which choices of an index see more than one row at a time, so that rows cannot be read and scored apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.contents import changes
from hengdian_index._scoring.tree import Branch, Leaf, Setting, Tree
from hengdian_index._tables.form import Form
from hengdian_index._words.said import Said, joined

# What the form of a table says besides what a source is: a plain table, its names in one heading.
_PLAIN = ("missing_marks",)


def needing_all(tree: Tree, setting: Setting) -> list[Said]:
    """Return the choices for which rows are needed together, each with what to choose instead."""
    together = [
        (branch, Said("{method} compares rows; a mean scores each by itself", method=branch.aggregate.method.name))
        for branch in tree.branches
        if branch.aggregate.method.declared("set_wise", branch.aggregate.options)
    ]
    together += [
        (branch, joined(["rescale", _of_all_rows(branch.rescale)], "heads"))
        for branch in tree.branches
        if branch.rescale is not None and _sees_all(branch.rescale)
    ]
    kept = Said("reference = 'fit' keeps the scores of all fit rows; a mean scores each row by itself")
    together += [(branch, kept) for branch in tree.branches if branch.refers]
    rescaled = Said("scope = 'period' rescales it within each period; 'all' learns once")
    together += [(branch, rescaled) for branch in tree.branches if branch.within]
    found = _of_groups(together)
    found += [
        joined([Said("indicator {code!r}", code=leaf.code), why], "heads")
        for leaf in tree.leaves
        for why in _of_leaf(leaf)
    ]
    filled = [
        (branch, Said("{method} learns from all scores; leave impute out", method=branch.impute.method.name))
        for branch in tree.branches
        if branch.impute is not None
    ]
    weighed = Said("weights from columns have their mean over all rows; give weights, or scale rows before")
    filled += [(branch, weighed) for branch in tree.branches if branch.weighing is not None]
    return [*found, *_of_groups(filled), *_of_index(tree, setting)]


def _of_groups(found: Sequence[tuple[Branch, Said]]) -> list[Said]:
    return [joined([Said("group {code!r}", code=branch.code), why], "heads") for branch, why in found]


def _of_index(tree: Tree, setting: Setting) -> Iterator[Said]:
    """Yield what the choices of a whole index need besides the values of a row."""
    if setting.unit_coverage is not None:
        yield Said("unit_coverage counts the cells of all rows of a unit; leave out those units before")
    if changes(tree) and setting.content == "link":
        yield Said(
            "start, end, replaces and weights_since link the levels of a unit; content = 'restate' scores all rows "
            "alike"
        )
    if setting.weights_form != "plain":
        yield Said("weights_form = 'shares' divides by the levels of a unit in other periods; 'plain' does not")
    if setting.series != "fixed":
        yield Said(
            "series = {series!r} chains the levels of a unit; series = 'fixed' has each by itself",
            series=setting.series,
        )
    if setting.weigh_on == "period":
        yield Said("weigh_on = 'period' learns weights in each period; 'fit_on' and 'base' learn them once")
    if setting.base is not None and setting.new_units in ("link", "restate"):
        yield Said(
            "new_units = {new_units!r} takes the level of new units from the others; 'missing' leaves their series out",
            new_units=setting.new_units,
        )
    other = [name for name in Form.of(setting.data).said if name not in _PLAIN]
    if other:
        yield Said("[data] {fields}: the table is laid out anew; hi.tidy does it, once", fields=joined(other))


def _of_leaf(leaf: Leaf) -> Iterator[Said]:
    """Yield what an indicator's values need besides those of their row."""
    if leaf.scope == "period":
        yield Said("scope = 'period' normalises it within each period; 'all' learns once")
    if leaf.impute is not None:
        method, options = leaf.impute.method, leaf.impute.options
        if "period" in method.traits.get("needs", ()):
            yield Said("{method} fills from other periods of the unit; 'mean' or 'peers' do not", method=method.name)
        elif method.sees == "rows" or method.name in ("neighbours", "regression"):
            yield Said("{method} fills from all fit rows; 'mean', 'group_mean' or 'peers' do not", method=method.name)
        if options.get("weights") is not None and method.sees != "rows":
            yield Said("{method} by weights learns from all rows; without weights it does not", method=method.name)
        if isinstance(options.get("groups"), tuple):
            yield Said("{method} by several columns learns from all rows; by one it does not", method=method.name)
    if leaf.impute_scores is not None:
        name = leaf.impute_scores.method.name
        yield Said("{method} learns from all scores; at = 'values' does not", method=name)
    if leaf.deseasonalise is not None:
        yield Said("deseasonalise works through the periods of a unit; adjust the column before")
    if leaf.build is not None and (leaf.build.method.traits["along"] or leaf.build.method.traits["learns"]):
        yield Said("{method} works through all rows; build the column before", method=leaf.build.method.name)
    if leaf.cumulative is not None:
        yield Said("cumulative takes off the period before; hi.series.decumulate does it, once")
    if leaf.growth is not None:
        yield Said("growth chains the levels of a unit; hi.series.chain does it, once")
    if leaf.deflate is not None:
        yield Said("deflate names the base of its prices from all rows; deflate the column before")
    steps = (leaf.normalise, leaf.treat)
    yield from (_of_all_rows(step) for step in steps if step is not None and _sees_all(step))


def _of_all_rows(choice: Choice) -> Said:
    return Said("{method} is a function of all rows; one of statistics is fitted in pieces", method=choice.method.name)


def _sees_all(choice: Choice) -> bool:
    """Return whether a normalisation or a treatment is shown all rows, and no statistics of them."""
    return bool(choice.method.sees == "rows" and choice.method.traits.get("normalises", True))
