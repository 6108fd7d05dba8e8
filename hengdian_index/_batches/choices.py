"""Which choices of an index see more than one row at a time, so that rows cannot be read and scored apart."""

from __future__ import annotations

from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.contents import changes
from hengdian_index._scoring.tree import Leaf, Setting, Tree
from hengdian_index._tables.form import Form

# What the form of a table says besides what a source is: a plain table, its names in one heading.
_PLAIN = ("missing_marks",)


def needing_all(tree: Tree, setting: Setting) -> list[str]:
    """Return the choices for which rows are needed together, each with what to choose instead."""
    found = [
        f"group {branch.code!r}: {branch.aggregate.method.name} compares rows; a mean scores each by itself"
        for branch in tree.branches
        if branch.aggregate.method.declared("set_wise", branch.aggregate.options)
    ]
    found += [
        f"group {branch.code!r}: rescale: {branch.rescale.method.name} is a function of all rows; one of statistics is "
        "fitted in pieces"
        for branch in tree.branches
        if branch.rescale is not None and _sees_all(branch.rescale)
    ]
    told = "reference = 'fit' keeps the scores of all fit rows; a mean scores each row by itself"
    found += [f"group {branch.code!r}: {told}" for branch in tree.branches if branch.refers]
    found += [
        f"group {branch.code!r}: scope = 'period' rescales it within each period; 'all' learns once"
        for branch in tree.branches
        if branch.within
    ]
    found += [text for leaf in tree.leaves for text in _of_leaf(leaf)]
    found += [
        f"group {branch.code!r}: {branch.impute.method.name} learns from all scores; leave impute out"
        for branch in tree.branches
        if branch.impute is not None
    ]
    found += [
        f"group {branch.code!r}: weights from columns have their mean over all rows; give weights, or scale rows before"
        for branch in tree.branches
        if branch.weighing is not None
    ]
    if setting.unit_coverage is not None:
        found.append("unit_coverage counts the cells of all rows of a unit; leave out those units before")
    if changes(tree) and setting.content == "link":
        told = "start, end, replaces and weights_since link the levels of a unit"
        found.append(f"{told}; content = 'restate' scores all rows alike")
    if setting.weights_form != "plain":
        found.append("weights_form = 'shares' divides by the levels of a unit in other periods; 'plain' does not")
    if setting.series != "fixed":
        found.append(f"series = {setting.series!r} chains the levels of a unit; series = 'fixed' has each by itself")
    if setting.weigh_on == "period":
        found.append("weigh_on = 'period' learns weights in each period; 'fit_on' and 'base' learn them once")
    if setting.base is not None and setting.new_units in ("link", "restate"):
        told = f"new_units = {setting.new_units!r} takes the level of new units from the others"
        found.append(f"{told}; 'missing' leaves their series out")
    other = [name for name in Form.of(setting.data).said if name not in _PLAIN]
    if other:
        found.append(f"[data] {', '.join(other)}: the table is laid out anew; hi.tidy does it, once")
    return found


def _of_leaf(leaf: Leaf) -> list[str]:
    """Return what an indicator's values need besides those of their row."""
    who, found = f"indicator {leaf.code!r}: ", list[str]()
    if leaf.scope == "period":
        found.append(f"{who}scope = 'period' normalises it within each period; 'all' learns once")
    if leaf.impute is not None:
        method = leaf.impute.method
        if "period" in method.traits.get("needs", ()):
            found.append(f"{who}{method.name} fills from other periods of the unit; 'mean' or 'peers' do not")
        elif method.sees == "rows" or method.name in ("neighbours", "regression"):
            found.append(f"{who}{method.name} fills from all fit rows; 'mean', 'group_mean' or 'peers' do not")
    if leaf.impute is not None and leaf.impute.options.get("weights") is not None and leaf.impute.method.sees != "rows":
        found.append(f"{who}{leaf.impute.method.name} by weights learns from all rows; without weights it does not")
    if leaf.impute is not None and isinstance(leaf.impute.options.get("groups"), tuple):
        found.append(f"{who}{leaf.impute.method.name} by several columns learns from all rows; by one it does not")
    if leaf.impute_scores is not None:
        found.append(f"{who}{leaf.impute_scores.method.name} learns from all scores; at = 'values' does not")
    if leaf.deseasonalise is not None:
        found.append(f"{who}deseasonalise works through the periods of a unit; adjust the column before")
    if leaf.build is not None and (leaf.build.method.traits["along"] or leaf.build.method.traits["learns"]):
        found.append(f"{who}{leaf.build.method.name} works through all rows; build the column before")
    if leaf.cumulative is not None:
        found.append(f"{who}cumulative takes off the period before; hi.series.decumulate does it, once")
    if leaf.growth is not None:
        found.append(f"{who}growth chains the levels of a unit; hi.series.chain does it, once")
    if leaf.deflate is not None:
        found.append(f"{who}deflate names the base of its prices from all rows; deflate the column before")
    steps = (leaf.normalise, leaf.treat)
    for choice in (step for step in steps if step is not None):
        if _sees_all(choice):
            found.append(f"{who}{choice.method.name} is a function of all rows; one of statistics is fitted in pieces")
    return found


def _sees_all(choice: Choice) -> bool:
    """Return whether a normalisation or a treatment is shown all rows, and no statistics of them."""
    return bool(choice.method.sees == "rows" and choice.method.traits.get("normalises", True))
