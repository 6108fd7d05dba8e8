"""One vintage of an index, a result or a release, laid out for comparison: levels, data, choices, what was learnt."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._index.index import Index
from hengdian_index._index.published import Key, Published, differing, keys_of
from hengdian_index._index.result import Result
from hengdian_index._methods.learning import OwnMap
from hengdian_index._scoring.tree import Tree
from hengdian_index._tables.table import Array
from hengdian_index._vintages.choices import choices
from hengdian_index._vintages.release import Release, data_of, rows_of
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, FaultsError, SpecError

Learnt = dict[tuple[str, str, str], float]
"""(kind, node, part) -> a number that was learnt."""


@dataclass(frozen=True, eq=False)
class Vintage:
    """What was published at one time, and what it was made of.

    `roles` says which column of `data` is the unit, the period or the row's own label; `fitted` is the frozen fit or
    None; `source` is what the user gave.
    """

    source: Result | Release
    published: Published
    data: pd.DataFrame
    roles: Mapping[str, str]
    weights: pd.Series[float]
    spec: str
    provenance: Mapping[str, Any]
    fitted: Any
    frequency: str | None

    @cached_property
    def values(self) -> pd.DataFrame:
        """The raw data without the columns that say whose and when a row is."""
        own = [column for role, column in self.roles.items() if role != "row"]
        return self.data[[name for name in self.data.columns if name not in own]]

    @cached_property
    def choices(self) -> dict[str, Any]:
        """Every choice by its address, with the fit rows as they really were, and the version that computed."""
        found = choices(self.spec) if self.spec else {"index": f"sha256 {self.provenance['spec_sha256']}"}
        found["fit_on"] = json.loads(json.dumps(self.provenance["fit_rows"].get("fit_on"), default=str))
        return {**found, "hengdian_index": self.provenance["hengdian_index"]}

    @cached_property
    def tree(self) -> Tree | None:
        """The tree with the choice that holds at each node; None where neither fit nor spec is at hand."""
        if isinstance(self.source, Result):
            return self.source.tree
        if self.fitted is not None:
            found: Tree = self.fitted.tree
            return found
        return Index.from_toml(self.spec).tree if self.spec else None

    @cached_property
    def edges(self) -> list[tuple[str, str, float]]:
        """Group, child and its weight."""
        codes, children = (self.weights.index.get_level_values(level).tolist() for level in (0, 1))
        return list(zip(codes, children, self.weights.tolist(), strict=True))

    @cached_property
    def leaves(self) -> dict[str, frozenset[str]]:
        """The indicators below each group."""
        below: dict[str, frozenset[str]] = {}
        for group in reversed(self.published.groups):
            children = [child for code, child, _ in self.edges if code == group]
            below[group] = frozenset().union(*(below.get(child, frozenset([child])) for child in children))
        return below

    @cached_property
    def learnt(self) -> Learnt:
        """Weights, numbers of the maps, and base levels."""
        found: Learnt = {("weight", code, child): weight for code, child, weight in self.edges}
        if self.fitted is None:
            return found
        for code, map_ in self.fitted.maps.items():
            found |= {("map", code, path): value for path, value in _numbers(map_, "")}
        for unit, levels in (self.fitted.base_levels or {}).items():
            for code, level in zip(self.published.groups, levels, strict=True):
                found["base level", code, "" if unit is None else str(unit)] = float(level)
        return found

    def result(self) -> Result:
        """Return the result, a release scored again and found the same.

        Raises
        ------
        DataError
            A release without its fit, or whose fit no longer gives its numbers.
        """
        if isinstance(self.source, Result):
            return self.source
        if self.fitted is None:
            raise DataError(Said("the older release holds no fit"))
        result: Result = self.fitted.score(self.data)
        again = result.series().to_numpy()
        if again.shape != self.published.levels.shape or differing(self.published.levels, again).any():
            raise DataError(
                Said("the fit of the older release does not give its numbers with this version of the package")
            )
        return result


def vintage(source: Result | Release | str | os.PathLike[str], what: str) -> Vintage:
    """Return a result, a release, or the release in a folder, laid out for comparison; `what` is its name."""
    if isinstance(source, Result):
        return _of_result(source)
    if not isinstance(source, Release | str | os.PathLike):
        raise SpecError(
            Said(
                "{what}: a Result, a Release or the folder of a release, not {name}",
                what=what,
                name=type(source).__name__,
            )
        )
    return _of_release(source if isinstance(source, Release) else Release.read(source))


def _of_result(result: Result) -> Vintage:
    levels = result.series().to_numpy()
    return Vintage(
        source=result,
        published=Published(keys_of(result.panel), result.tree.groups, levels),
        data=data_of(result),
        roles=rows_of(result),
        weights=result.weights,
        spec=result.setting.spec,
        provenance=result.provenance,
        fitted=result.fitted,
        frequency=result.panel.periods.frequency.name if result.panel.periods else None,
    )


def _of_release(release: Release) -> Vintage:
    series, data, roles = release.series, release.data, dict(release.manifest["rows"])
    labels = [list(data.index if role == "row" else data[column]) for role, column in roles.items()]
    keys: tuple[Key, ...] = tuple(zip(*(map(str, column) for column in labels), strict=True))
    try:
        fitted = release.fitted
    except FaultsError:
        # A method of the fit may not be registered here, or be another in this version; the tables still compare.
        fitted = None
    return Vintage(
        source=release,
        published=Published(keys, tuple(map(str, series.columns)), series.to_numpy()),
        data=data,
        roles=roles,
        weights=release.weights,
        spec=release.spec,
        provenance=release.provenance,
        fitted=fitted,
        frequency=release.manifest["frequency"],
    )


def _numbers(value: Any, path: str) -> list[tuple[str, float]]:
    """Return the numbers inside a fitted map, each with its path."""
    if isinstance(value, OwnMap):
        # A user's function keeps the fit rows themselves; what it makes of them cannot be seen.
        return []
    if is_dataclass(value) and not isinstance(value, type):
        pairs = [(field.name, getattr(value, field.name)) for field in fields(value)]
    elif isinstance(value, Mapping):
        pairs = [(str(key), part) for key, part in value.items()]
    elif isinstance(value, (tuple, list)) or (isinstance(value, np.ndarray) and value.size != 1):
        pairs = [(str(i), part) for i, part in enumerate(value)]
    else:
        return [(path, number)] if (number := _number(value)) is not None else []
    return [found for name, part in pairs for found in _numbers(part, f"{path}.{name}" if path else name)]


def _number(value: Any) -> float | None:
    plain: Array = np.asarray(value)
    return float(plain.reshape(-1)[0]) if plain.dtype.kind in "iuf" and plain.size == 1 else None
