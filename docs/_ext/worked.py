"""Worked examples of Chinese texts beside what is computed here, and mistakes met in such pages: parts of two pages.

Both stand in `tests/reference/chinese_examples/CASE.toml`. A check has `data`, Python that makes the table, `call`, the
expression that must give the `printed` numbers, and `half`, half a unit of the last printed digit. A mistake has `data`
and two expressions, `theirs` and `ours`, whose numbers, one after the other, are `gives`; what must be refused stands
in `refused`, and the functions whose pages warn of it in `at`, in words that hold `says`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from gallery import PROJECT, Check, Compared, shown

import hengdian_index as hi

FOLDER = PROJECT / "tests" / "reference" / "chinese_examples"


@dataclass(frozen=True)
class Entry:
    """What an example and a mistake have in common: a name in both languages, and data."""

    what: str
    chinese: str
    data: str
    half: float

    @cached_property
    def names(self) -> dict[str, Any]:
        """The names after the data were made."""
        names: dict[str, Any] = {"hi": hi, "np": np, "pd": pd, "folder": FOLDER}
        exec(compile(self.data, self.what, "exec"), names)
        return names

    def run(self, expression: str) -> Any:
        """Return what an expression gives."""
        return eval(compile(expression, self.what, "eval"), dict(self.names))


@dataclass(frozen=True)
class Example(Entry):
    """A published computation, and the call that gives its numbers."""

    source: str
    call: str
    printed: tuple[float, ...]
    note: str = ""

    def compared(self) -> Compared:
        """Return the figures found beside the printed ones."""
        found = self.run(self.call)
        labels = found.index if isinstance(found, pd.Series) else range(1, len(self.printed) + 1)
        rows = pd.DataFrame({"found": _flat(found), "printed": self.printed}, [(str(one),) for one in labels])
        return Compared(Check(self.what, self.call, "", self.half), rows)


@dataclass(frozen=True)
class Mistake(Entry):
    """What a page computes, and what the definition gives."""

    met: str
    theirs: str
    ours: str
    gives: tuple[float, ...]
    why: str
    instead: str
    at: tuple[str, ...]
    says: str
    refused: str = ""

    def numbers(self) -> tuple[list[float], list[float]]:
        """Return the numbers of the page's way, and those of the definition."""
        return _flat(self.run(self.theirs)), _flat(self.run(self.ours))

    def refusal(self) -> str:
        """Return the message of the call that must be refused."""
        try:
            self.run(self.refused)
        except ValueError as error:
            return str(error)
        raise ValueError(f"{self.what}: {self.refused} is not refused")


def _flat(value: Any) -> list[float]:
    return np.asarray(value, dtype=float).ravel().tolist()


def _read(key: str) -> list[dict[str, Any]]:
    told = tomllib.loads((FOLDER / "CASE.toml").read_text(encoding="utf-8"))[key]
    return [{name: tuple(one) if isinstance(one, list) else one for name, one in entry.items()} for entry in told]


def examples() -> list[Example]:
    """Return every example."""
    return [Example(**one) for one in _read("check")]


def mistakes() -> list[Mistake]:
    """Return every mistake."""
    return [Mistake(**one) for one in _read("mistake")]


def examples_part() -> str:
    """Return a section for each example, computed; raise where a figure is not the printed one."""
    parts = []
    for one in examples():
        found = one.compared()
        if not found.beyond.empty:
            raise ValueError(f"{one.what}: {found.beyond}")
        parts += [f"## {one.what}", f"{one.chinese}. Source: {_address(one.source)}"]
        parts += [_python(f"{one.data.strip()}\n{one.call}"), *list(shown(found))[2:], one.note]
    return "\n\n".join(filter(None, [*parts, "\n"]))


def mistakes_part() -> str:
    """Return a section for each mistake: where it was met, both numbers as computed, why, and what to do."""
    parts = []
    for one in mistakes():
        theirs, ours = (", ".join(f"{x:.{_digits(one.half)}f}" for x in numbers) for numbers in one.numbers())
        parts += [f"## {one.what}", f"{one.chinese}. Met at {_address(one.met)}."]
        parts += [_python(f"{one.data.strip()}\nwrong = {one.theirs}\nright = {one.ours}")]
        parts += [f"wrong: **{theirs}**; right: **{ours}**.", one.why, f"Here: {one.instead}"]
        parts += [f"`{one.refused}` is refused: {_quoted(one.refusal())}"] if one.refused else []
        parts += [f"The pages that warn of it: {', '.join(map(_link, one.at))}."]
    return "\n\n".join([*parts, "\n"])


def _digits(half: float) -> int:
    return round(-np.log10(2 * half))


def _link(name: str) -> str:
    return f"{{py:obj}}`{name} <hengdian_index.{name}>`"


def _address(text: str) -> str:
    """Return a text whose first word is an address as one that can be followed."""
    first, _, rest = text.partition(" ")
    colon = ":" if first.endswith(":") else ""
    return f"<{first.removesuffix(':')}>{colon} {rest}".strip()


def _quoted(message: str) -> str:
    return f"*{message}*"


def _python(code: str) -> str:
    return f"```python\n{code}\n```"
