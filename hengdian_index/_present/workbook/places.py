"""Where each number of a result stands in the workbook, so that formulas can name it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from hengdian_index._files.sheets import Page, cell_of
from hengdian_index._index.result import Result
from hengdian_index._maths.notation import Style, text
from hengdian_index._methods.registry import Method
from hengdian_index._tables.archive import letters
from hengdian_index._words.catalogue import Lang, words

# On the sheet of weights: the rows of the group, the child and its name come before them.
FIRST_WEIGHT = 4


@dataclass(frozen=True)
class Places:
    """A result with its order on the sheets: rows from 2 on, columns after the labels, siblings side by side."""

    result: Result
    lang: Lang = "en"

    def say(self, word: str, **values: Any) -> str:
        """Return what the workbook says in its language."""
        return words(self.lang, "workbook", *self.result.panel.kinds)(word, **values)

    def arithmetic(self, tree: ast.expr) -> str:
        """Return arithmetic with the signs of the language."""
        signs = words(self.lang, "sign of arithmetic")
        return text(tree, style=Style(signs, signs["choice"]))

    def plain(self, why: str) -> str:
        """Return the comment of what is a value."""
        return self.say("plain", why=why)

    def method(self, method: Method) -> str:
        """Return what a method is called."""
        return str(method.traits.get("chinese") or method.name) if self.lang == "zh" else method.name

    def sheet(self, name: str) -> str:
        """Return the name of a sheet as a formula has it; beyond plain letters in quotes."""
        said = self.say(name)
        return said if said.isascii() else f"'{said}'"

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each group and indicator that has one, by its code."""
        tree = self.result.tree
        names = {leaf.code: leaf.name for leaf in tree.leaves} | {branch.code: branch.name for branch in tree.branches}
        return {code: name for code, name in names.items() if name}

    @property
    def named_units(self) -> bool:
        """Whether units have names beside their codes."""
        return self.result.setting.unit_names is not None and self.result.panel.units is not None

    @cached_property
    def labels(self) -> pd.DataFrame:
        """The labels of the rows, one column for each level, and one of what units are called."""
        frame = self.result.scores.index.to_frame(index=False)
        if self.named_units:
            frame.insert(1, self.result.setting.unit_names, frame.iloc[:, 0].map(self.result.panel.name))
        return frame.set_axis([name if isinstance(name, str) else self.say("row") for name in frame.columns], axis=1)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Codes of the groups, the root first, children of one group side by side."""
        order = [self.result.tree.root.code]
        for code in order:
            order += self.children(code, groups=True)
        return tuple(order)

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """Codes of the indicators, those of one group side by side."""
        return tuple(child for code in self.groups for child in self.children(code, groups=False))

    @cached_property
    def presented(self) -> tuple[str, ...]:
        """Codes of the groups whose scores are rescaled or rounded after they are aggregated."""
        return tuple(code for code in self.groups if self.result.tree.by_code[code].presented)

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(group, child) of each weight, of each group the groups before the indicators."""
        kinds = [(code, kind) for code in self.groups for kind in (True, False)]
        return tuple((code, child) for code, kind in kinds for child in self.children(code, groups=kind))

    @cached_property
    def dated(self) -> pd.DataFrame:
        """Weights, one row for each period from which they hold."""
        found = self.result.weights_by_period
        return found.set_axis(pd.MultiIndex.from_tuples([*found.columns]), axis=1)

    def children(self, code: str, *, groups: bool) -> list[str]:
        """Return a group's children that are groups, or those that are indicators."""
        by_code = self.result.tree.by_code
        return [child for child in by_code[code].children if (child in by_code) == groups]

    def label(self, i: int) -> list[Any]:
        """Return the labels of a row as cells."""
        return [cell_of(value) for value in self.labels.iloc[i].tolist()]

    def at(self, column: int, i: int) -> str:
        """Return the address of a row's cell, columns counted without the labels."""
        return f"{letters(len(self.labels.columns) + column + 1)}{i + 2}"

    def score_at(self, code: str, i: int) -> str:
        """Return the sheet and the address of a row's score in a group or an indicator."""
        sheet, column = self._scores_at[code]
        return f"{self.sheet(sheet)}!{self.at(column, i)}"

    def weight_at(self, group: str, child: str, line: int) -> str:
        """Return the address of a weight on its sheet."""
        return f"${letters(self._weights_at[group, child] + 2)}${line}"

    @cached_property
    def _scores_at(self) -> dict[str, tuple[str, int]]:
        found = {code: ("scores", j) for j, code in enumerate(self.groups)}
        return found | {code: ("normalised", j) for j, code in enumerate(self.indicators)}

    @cached_property
    def _weights_at(self) -> dict[tuple[str, str], int]:
        return {pair: j for j, pair in enumerate(self.pairs)}

    def named(self, code: str, comment: str = "") -> str:
        """Return the comment of a heading that is a code: its name, and what else is said of it."""
        return "\n".join(filter(None, [self.names.get(code, ""), comment]))

    def page(self, name: str, columns: Sequence[Column], number: str) -> Page:
        """Return a sheet of the labels and of columns."""
        labels = [list(map(cell_of, self.labels.iloc[:, j].tolist())) for j in range(len(self.labels.columns))]
        first = len(labels)
        return Page(
            self.say(name),
            [*self.labels.columns, *(column.heading for column in columns)],
            list(zip(*labels, *(column.cells for column in columns), strict=True)),
            [*[""] * first, *(self.named(column.code, column.comment) for column in columns)],
            number=number,
            frozen=(1, first),
            remarks={(i + 1, first + j): why for j, column in enumerate(columns) for i, why in column.remarks.items()},
            filtered=True,
        )


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: heading, cells, the comment of the heading and those of single rows, whose code it is."""

    heading: str
    cells: Sequence[Any]
    comment: str = ""
    remarks: Mapping[int, str] = field(default_factory=dict)
    code: str = ""


def plain_columns(frame: pd.DataFrame, comment: str = "") -> list[Column]:
    """Return the columns of a table as values."""
    return [
        Column(str(name), cells(frame.iloc[:, j].tolist()), comment, code=str(name))
        for j, name in enumerate(frame.columns)
    ]


def cells(values: Iterable[Any]) -> list[Any]:
    """Return values as cells."""
    return list(map(cell_of, values))
