"""Published indexes as specs, and what they give beside the published figures: pages and tests from one file an index.

A folder `about/gallery/NAME/` holds a spec, `index.toml` with the tables that it names, and `case.toml`: where the
data come from, the Python that reads them (`table`) and what is computed of them (`steps`), and checks. A check has
`found` and `printed`, expressions of Python, and `half`, half a unit of the last printed digit; `inputs` is what
rounded inputs leave open, for the reason `why`. `cells` and `close` are how many figures there are and how many are
within half a unit (else all), as last counted: they stand on the page where the data are not at hand, and the tests
hold them to what is computed.

Data lie in `tests/reference` or `examples`, or, where they may not be shipped, in a folder beside the project or in the
one that HENGDIAN_REFERENCE names.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache, cached_property
from math import floor, log10
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import hengdian_index as hi
from hengdian_index._scoring.choice import Choice

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / "docs" / "about" / "gallery"
KINDS = {
    "places": "Countries, places, institutions",
    "prices": "Prices and growth",
    "surveys": "Surveys and climate",
    "choices": "Tables of multi-criteria methods",
}
# Figures of a check, and lines of a table, that a page shows.
_SHOWN = 8
# Letters of a line of a table beside a spec.
_WIDE = 90


@dataclass(frozen=True)
class Check:
    """One table of printed figures, and the expression that gives them."""

    what: str
    found: str
    printed: str
    half: float
    inputs: float = 0.0
    why: str = ""
    cells: int = 0
    close: int = -1

    @property
    def bound(self) -> float:
        """How far a figure may be from the printed one; a hair is for rounding of the difference itself."""
        return (self.half + self.inputs) * (1 + 1e-6) + 1e-12


@dataclass(frozen=True)
class Compared:
    """Figures found beside printed ones, a row each."""

    check: Check
    rows: pd.DataFrame

    @property
    def apart(self) -> pd.Series[float]:
        """How far each is from the printed one; infinite where there is none."""
        return (self.rows["found"] - self.rows["printed"]).abs().fillna(np.inf)

    @property
    def close(self) -> int:
        """How many are within half a printed unit."""
        return int((self.apart <= self.check.half * (1 + 1e-6) + 1e-12).sum())

    @property
    def beyond(self) -> pd.DataFrame:
        """The rows that are further than the bound."""
        return self.rows[self.apart > self.check.bound]


@dataclass(frozen=True)
class Case:
    """A published index: its spec, its data, its checks."""

    name: str
    title: str
    kind: str
    about: str
    source: str
    data: str
    terms: str
    table: str
    check: tuple[Check, ...]
    steps: str = "result = index.compute(table)"
    spec: str = "index.toml"
    lacking: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where the spec is."""
        return (FOLDER / self.name / self.spec).resolve()

    @property
    def folder(self) -> Path | None:
        """Where the data are, None if they are not here."""
        found = (root / self.data for root in roots())
        return next((folder for folder in found if folder.is_dir()), None)

    @cached_property
    def index(self) -> hi.Index:
        """The index that the spec says."""
        return hi.Index.read(self.path)

    def read(self, name: str, **options: Any) -> pd.DataFrame:
        """Return a table of the data."""
        folder = self.folder
        if folder is None:
            raise FileNotFoundError(f"{self.name}: no {self.data} in any of {', '.join(map(str, roots()))}")
        return pd.read_csv(folder / name, **options)

    def run(self) -> dict[str, Any]:
        """Return the names after the data were read and the index computed."""
        names: dict[str, Any] = {"hi": hi, "np": np, "pd": pd, "read": self.read, "index": self.index}
        for part in (self.table, self.steps):
            exec(compile(part, f"{self.name}/case.toml", "exec"), names)
        return names

    def compared(self, names: dict[str, Any]) -> list[Compared]:
        """Return every check with its figures."""
        return [Compared(one, _beside(one, names)) for one in self.check]

    @cached_property
    def methods(self) -> list[tuple[str, str]]:
        """Return family and name of each method that the spec chooses."""
        tree = self.index.tree
        nodes = [*tree.leaves, *tree.branches]
        values = [getattr(node, field.name) for node in nodes for field in fields(node)]
        chosen = [part for value in values if isinstance(value, Choice) for part in value.all_parts]
        return list(dict.fromkeys((one.method.family, one.method.name) for one in chosen if one.method.name != "none"))


def roots() -> tuple[Path, ...]:
    """Return the folders in which data may lie."""
    beside = os.environ.get("HENGDIAN_REFERENCE", PROJECT.parent / "shared" / "reference")
    return PROJECT / "tests" / "reference", PROJECT / "examples", Path(beside)


@cache
def cases() -> dict[str, Case]:
    """Return every case by its name."""
    return {path.parent.name: case(path.parent.name) for path in sorted(FOLDER.glob("*/case.toml"))}


def case(name: str) -> Case:
    """Read the file of a case; keys that it must not have are refused."""
    told = tomllib.loads((FOLDER / name / "case.toml").read_text(encoding="utf-8"))
    checks = tuple(Check(**one) for one in told.pop("check"))
    lacking = tuple(told.pop("lacking", ()))
    return Case(name=name, check=checks, lacking=lacking, **told)


def _beside(check: Check, names: dict[str, Any]) -> pd.DataFrame:
    """Return the printed figures and those found, aligned by their labels where both have some."""
    found, printed = (eval(compile(text, check.what, "eval"), names) for text in (check.found, check.printed))
    shown = _long(printed).dropna()
    if isinstance(found, pd.Series | pd.DataFrame) and isinstance(printed, pd.Series | pd.DataFrame):
        ours = _long(found)
        if absent := [label for label in shown.index if label not in ours.index]:
            raise KeyError(f"{check.what}: no figure for {absent[:3]}")
        values = ours[shown.index].to_numpy()
    else:
        values = np.asarray(found, dtype=float).ravel()[_long(printed, whole=True).notna().to_numpy()]
    return pd.DataFrame({"found": values, "printed": shown.to_numpy()}, index=shown.index)


def _long(value: Any, *, whole: bool = False) -> pd.Series[float]:
    """Return figures one below the other, labelled by row and column; of a series and of plain numbers by row."""
    if isinstance(value, pd.DataFrame):
        rows = [(*_labels(row), str(column)) for row in value.index for column in value.columns]
        return pd.Series(value.to_numpy(dtype=float).ravel(), pd.Index(rows, tupleize_cols=False))
    if isinstance(value, pd.Series):
        return pd.Series(value.to_numpy(dtype=float), pd.Index(list(map(_labels, value.index)), tupleize_cols=False))
    flat = np.atleast_1d(np.asarray(value, dtype=float)).ravel()
    return pd.Series(flat, pd.Index([(str(i + 1),) for i in range(len(flat))], tupleize_cols=False))


def _labels(row: Any) -> tuple[str, ...]:
    return tuple(map(str, row)) if isinstance(row, tuple) else (str(row),)


def pages() -> dict[str, str]:
    """Return a page for each index, and the tables of all of them."""
    texts = {f"generated/gallery/{name}.md": _page(one) for name, one in cases().items()}
    return texts | {"generated/parts/gallery.md": overview(), "generated/parts/gallery_methods.md": methods_table()}


def overview() -> str:
    """Return the table of all indexes by kind: what was computed, how many figures agree, where the data are."""
    parts = []
    for kind, heading in KINDS.items():
        rows = []
        for name, one in cases().items():
            if one.kind == kind:
                cells = sum(check.cells for check in one.check)
                close = sum(check.cells if check.close < 0 else check.close for check in one.check)
                rest = "; the others within what rounded inputs leave open" if close < cells else ""
                title = f"{{doc}}`{one.title} </generated/gallery/{name}>`"
                rows.append([title, _cell(one.about), _count(close, cells) + rest])
        parts += [f"### {heading}", _table(["index", "what it is", "figures within half a printed unit"], rows)]
    return "\n\n".join([*parts, ""])


def methods_table() -> str:
    """Return which indexes rest on which method."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in cases().values():
        for method in one.methods:
            found.setdefault(method, []).append(f"{{doc}}`{one.title} </generated/gallery/{one.name}>`")
    rows = [
        [f"{{py:func}}`{family}.{name} <hengdian_index.{family}.{name}>`", ", ".join(found[family, name])]
        for family, name in sorted(found)
    ]
    return _table(["method", "indexes"], rows)


def methods_of(family: str, name: str) -> list[Case]:
    """Return the indexes whose specs choose a method."""
    return [one for one in cases().values() if (family, name) in one.methods]


def _page(one: Case) -> str:
    here = one.folder is not None
    figures = [part for found in one.compared(one.run()) for part in shown(found)] if here else _recorded(one)
    methods = ", ".join(f"{{py:func}}`{f}.{n} <hengdian_index.{f}.{n}>`" for f, n in one.methods)
    lacking = ["## What could not be had", "\n".join(f"- {text}" for text in one.lacking)] if one.lacking else []
    away = [] if here else ["The data are not part of the project and were not here when this page was built."]
    return "\n\n".join(
        [
            f"(gallery-{one.name})=\n\n# {one.title}",
            one.about,
            f"**Source.** {one.source} **Terms.** {one.terms}",
            f"**Methods.** {methods}." if methods else "",
            "## The spec",
            f"```toml\n{one.path.read_text(encoding='utf-8').strip()}\n```",
            *_tables_of(one),
            "## The data",
            *away,
            f"`read` reads a file of `{one.data}` by pandas.",
            f"```python\n{(one.table.strip() + chr(10) + one.steps.strip()).strip()}\n```",
            "## Figures beside the published ones",
            *figures,
            *lacking,
            "",
        ]
    )


def _tables_of(one: Case) -> Iterator[str]:
    """Yield the tables beside a spec, the first lines of each."""
    for path in sorted(one.path.parent.glob("*.csv")) if one.spec == "index.toml" else []:
        lines = path.read_text(encoding="utf-8").splitlines()
        shown = [line if len(line) <= _WIDE else f"{line[:_WIDE]}..." for line in lines[:_SHOWN]]
        more = [f"... {len(lines) - _SHOWN} lines more"] if len(lines) > _SHOWN else []
        yield "\n".join([f"`{path.name}` beside it:", "", "```text", *shown, *more, "```"])


def shown(found: Compared) -> Iterator[str]:
    """Yield what stands of a check: its count, its first rows, and those farthest off."""
    check, rows = found.check, found.rows
    digits = max(0, -floor(log10(2 * check.half) + 1e-9))
    yield f"### {check.what}"
    yield f"```python\n{check.found.strip()}\n```"
    said = f"{_count(found.close, len(rows))} within half a printed unit, {check.half:g}"
    if check.inputs:
        reason = f" ({check.why})" if check.why else ""
        said += f"; {_count(len(rows) - len(found.beyond), len(rows))} within that and {check.inputs:g} more{reason}"
    yield f"{said}. Largest difference: {found.apart.max():.3g}."
    first = rows.iloc[:_SHOWN]
    worst = rows.loc[[label for label in found.apart.nlargest(2).index if label not in set(first.index)]]
    lines = [
        [
            ", ".join(label),
            f"{row.found:.{digits + 2}f}",
            f"{row.printed:.{digits}f}",
            f"{row.found - row.printed:+.{digits + 2}f}",
        ]
        for part in (first, worst)
        for label, row in zip(part.index, part.itertuples(), strict=True)
    ]
    yield _table(["", "found", "published", "difference"], [[_cell(cell) for cell in line] for line in lines])
    if left := len(rows) - len(lines):
        yield f"{left} more."


def _recorded(one: Case) -> list[str]:
    """Return what was counted where the data were at hand."""
    rows = [
        [_cell(check.what), _count(check.cells if check.close < 0 else check.close, check.cells), f"{check.half:g}"]
        for check in one.check
    ]
    return ["As counted where the data are:", _table(["figures", "within half a printed unit", "half a unit"], rows)]


def _count(close: int, cells: int) -> str:
    return f"{close} of {cells}" if close < cells else f"all {cells}"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows])
