"""Tables of equivalents: what another tool calls and what is called here, each row run, from one file a tool.

A file `howto/coming_from/TOOL.toml` holds the data that both sides compute from (`data`, Python), what the other tool
imports (`imports`), and rows. The page prints what a row's `ours` gives when it is built; the tests run the other side.

A row is of one of four kinds:

- equal: `theirs` and `ours` give the same numbers, within `within` (relative; 1e-9 where it says nothing);
- `differs`, the reason: they do not; `alike` is the call here that gives their numbers, if there is one;
- `absent`, what to do instead: `theirs` has no counterpart, and no method of the registry has a name of `without`;
- `gives`, what comes out: a picture, a file, a value that is no number; `ours` must run.

Where `theirs` is no Python, `formula` (NumPy) gives its numbers; where it is, `formula` may say them for the page, and
the tests hold it to them. Of a spreadsheet's formula `fill` says how it is copied, and `before` which formula stands in
the helper cells that it names. `quoted` names a table that the tool itself computed from the table `quoted_from`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

import hengdian_index as hi

FOLDER = Path(__file__).parents[1] / "howto" / "coming_from"
# Numbers of a result that a page prints, and digits of each.
_SHOWN, _DIGITS = 4, 4

Kind = Literal["equal", "differs", "absent", "gives"]
Fill = Literal["down", "across", "one", "judgements"]


@dataclass(frozen=True)
class Row:
    """One line of a table; the fields are the keys of the file."""

    section: str
    theirs: str | list[str]
    ours: str = ""
    formula: str = ""
    alike: str = ""
    note: str = ""
    differs: str = ""
    absent: str = ""
    gives: str = ""
    without: tuple[str, ...] = ()
    within: float = 1e-9
    before: str = ""
    fill: Fill = "down"
    quoted: str = ""
    quoted_from: str = ""

    @property
    def kind(self) -> Kind:
        """What the row says of its two sides."""
        return "differs" if self.differs else "absent" if self.absent else "gives" if self.gives else "equal"

    @property
    def names(self) -> list[str]:
        """What the other tool calls: one call, or the names of several that have no counterpart."""
        return [self.theirs] if isinstance(self.theirs, str) else self.theirs

    @property
    def told(self) -> str:
        """The reason, what to do instead, or what comes out."""
        return self.differs or self.absent or self.gives


@dataclass(frozen=True)
class Tool:
    """The file of one tool."""

    name: str
    module: str
    data: str
    imports: str
    covers: dict[str, str]
    rows: tuple[Row, ...]

    def run(self, expression: str, **names: Any) -> Any:
        """Return what an expression of this side gives, computed from the data."""
        return self._run(expression, "", names)

    def run_theirs(self, expression: str) -> Any:
        """Return what an expression of the other tool gives; it must be installed."""
        return self._run(expression, self.imports, {})

    def _run(self, expression: str, imports: str, names: dict[str, Any]) -> Any:
        space: dict[str, Any] = {"np": np, "pd": pd, "hi": hi}
        exec(compile(f"{imports}\n{self.data}", f"{self.name}: data", "exec"), space)
        return eval(compile(expression, f"{self.name}: {expression}", "eval"), space | names)


def tools() -> list[str]:
    """Return the names of the tools that have a file."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def tool(name: str) -> Tool:
    """Read the file of a tool; what it must not hold is refused with its row."""
    found = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    rows = found.pop("row")
    known = {field.name for field in fields(Row)}
    for number, row in enumerate(rows, 1):
        if wrong := set(row) - known or {"section", "theirs"} - set(row):
            raise ValueError(f"{name}.toml: row {number} ({row.get('theirs')}): unknown or missing: {sorted(wrong)}")
        if len({"differs", "absent", "gives"} & set(row)) > 1:
            raise ValueError(f"{name}.toml: row {number} ({row['theirs']}): one of differs, absent, gives")
    values = {"module": "", "imports": "", "covers": {}, **found}
    return Tool(name=name, rows=tuple(Row(**row) for row in rows), **values)


def numbers(value: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the numbers of an array, a table or a plain value."""
    return np.atleast_1d(np.asarray(value, dtype=float))


def distance(a: Any, b: Any) -> float:
    """Return how far two results are apart: the largest difference over the largest number, gaps in the same places."""
    x, y = numbers(a), numbers(b)
    if x.shape != y.shape or not np.array_equal(np.isnan(x), np.isnan(y)):
        return np.inf
    size = max(float(np.nanmax(np.abs(y))), 1e-300)
    return float(np.nanmax(np.abs(x - y))) / size


def faults(of: Tool, row: Row) -> Iterator[str]:
    """Yield what is not so of a row, as far as this side and a formula tell."""
    if row.kind == "absent":
        return
    ours = of.run(row.ours)
    if row.kind == "equal" and row.formula and (apart := distance(ours, of.run(row.formula))) > row.within:
        yield f"not equal: {apart:.3g} apart"
    if row.kind == "differs" and row.formula:
        if distance(ours, of.run(row.formula)) <= row.within:
            yield "equal, though it says that it differs"
        if row.alike and (apart := distance(of.run(row.alike), of.run(row.formula))) > row.within:
            yield f"`alike` is not their number: {apart:.3g} apart"


def shown(value: Any) -> str:
    """Return the first numbers of a result as text."""
    flat = numbers(value).ravel()
    told = ["missing" if np.isnan(x) else f"{x:.{_DIGITS}g}" for x in flat[:_SHOWN]]
    return ", ".join(told) + (" …" if len(flat) > _SHOWN else "")


def table(of: Tool, section: str, heading: str) -> str:
    """Return a section's table in Markdown, computed; raise where a row is not so."""
    lines = [f"| {heading} | here | what comes out |", "|---|---|---|"]
    for row in [row for row in of.rows if row.section == section]:
        if wrong := list(faults(of, row)):
            raise ValueError(f"{of.name}.toml: {row.theirs}: {'; '.join(wrong)}")
        theirs = ", ".join(_code(name) for name in [*filter(None, [row.before]), *row.names])
        ours = _code(row.ours) if row.ours else "–"
        lines.append(f"| {theirs} | {ours} | {' '.join(_outcome(of, row))} |")
    if len(lines) == 2:
        raise ValueError(f"{of.name}.toml: no row of section {section!r}")
    return "\n".join(lines)


def _outcome(of: Tool, row: Row) -> Iterator[str]:
    """Yield what the last column says of a row."""
    if row.kind == "equal":
        yield _sentence(f"equal: {shown(of.run(row.ours))}")
    elif row.kind == "differs":
        theirs = row.formula or row.alike
        there = f", there {shown(of.run(theirs))}" if theirs else ""
        yield f"{_sentence(f'**Differs**: here {shown(of.run(row.ours))}{there}')} {_cell(row.differs)}"
        if row.alike:
            yield f"Their numbers here: {_code(row.alike)}."
    else:
        yield _cell(row.told)
    if row.note:
        yield _cell(row.note)


def _sentence(text: str) -> str:
    return text if text.endswith("…") else f"{text}."


def _code(text: str) -> str:
    tick = "``" if "`" in text else "`"
    return f"{tick}{_cell(' '.join(text.split()))}{tick}"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
