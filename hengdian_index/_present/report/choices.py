"""Methods and directions as a page calls them in its language."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hengdian_index._methods.registry import Method
from hengdian_index._present.statement import phrases
from hengdian_index._scoring.tree import Tree
from hengdian_index._words.catalogue import Lang

_TURNS = {1: "正向", -1: "负向"}


def method_name(method: Method, lang: Lang) -> str:
    """Return what a method is called: its name, in Chinese after the name that Chinese texts give it."""
    own = str(method.traits.get("chinese") or "").partition("（")[0] if lang == "zh" else ""
    return f"{own}（{method.name}）" if own else method.name


def direction_name(given: Any, lang: Lang) -> str:
    """Return a direction in words.

    Examples
    --------
    >>> from hengdian_index._present.report.choices import direction_name
    >>> direction_name(-1, "zh"), direction_name(-1, "en")
    ('负向', 'smaller is better')
    """
    plain = isinstance(given, (int, float))
    return _TURNS[int(given)] if lang == "zh" and plain else phrases.direction(lang, given)


def groups(tree: Tree, lang: Lang) -> pd.DataFrame:
    """Return the choices of every group."""
    rows = [
        (b.code, b.name, b.parent or "", method_name(b.weights.method, lang), method_name(b.aggregate.method, lang))
        for b in map(tree.by_code.__getitem__, tree.groups)
    ]
    columns = ["code", "name", "parent", "weighting", "aggregate"]
    return pd.DataFrame(rows, columns=columns).set_index("code")


def indicators(tree: Tree, lang: Lang) -> pd.DataFrame:
    """Return the choices of every indicator."""
    rows = [
        (x.code, x.name, x.parent, direction_name(x.direction, lang), method_name(x.normalise.method, lang))
        for x in tree.leaves
    ]
    columns = ["code", "name", "group", "direction", "normalise"]
    return pd.DataFrame(rows, columns=columns).set_index("code")
