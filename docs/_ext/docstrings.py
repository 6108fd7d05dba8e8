"""What a docstring says, in parts: the sections of numpydoc, and what is marked in the notes (source, pitfalls)."""

from __future__ import annotations

import contextlib
import doctest
import inspect
import io
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

_SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}\n", re.M)
_ENTRY = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: : (.*))?$")
_MARK = re.compile(r"\b(Sources? and proof|Sources?|[Pp]roof(?:\s+by\s+law)?):\s+")
_PARAGRAPH = re.compile(r"\n\s*\n")
PARTS = {"**When to use.**": "when", "**Pitfalls.**": "pitfalls", "**Symbols.**": "symbols", ".. math::": "formula"}


@dataclass
class Told:
    """A docstring in parts; texts are as they were written, without their marks."""

    head: str = ""
    summary: str = ""
    extended: list[str] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    when: str = ""
    pitfalls: str = ""
    symbols: str = ""
    formula: str = ""
    source: str = ""
    proof: str = ""

    @property
    def shown(self) -> str:
        """The part that stands under the signature: what comes out, what goes in, what is refused."""
        head = "\n\n".join([self.summary, *self.extended])
        return self._followed(head, ("Notes", "Examples", "See Also"))

    def without(self, *left_out: str) -> str:
        """Return the docstring without some sections."""
        return self._followed(self.head, left_out)

    def _followed(self, head: str, left_out: tuple[str, ...]) -> str:
        kept = [f"{name}\n{'-' * len(name)}\n{text}" for name, text in self.sections.items() if name not in left_out]
        return "\n\n".join([head, *kept])

    @property
    def entries(self) -> dict[str, tuple[str, str]]:
        """Name of each parameter and attribute -> its type and its text."""
        found: dict[str, tuple[str, str]] = {}
        for section in ("Parameters", "Attributes"):
            for names, kind, text in entries_of(self.sections.get(section, "")):
                found |= {name.strip("*"): (kind, text) for name in names.split(", ")}
        return found


def told_of(value: Any) -> Told:
    """Return what the docstring of a value says."""
    return parsed(inspect.getdoc(value) or "")


def parsed(text: str) -> Told:
    """Return a docstring in parts."""
    pieces = _SECTION.split(text)
    head = _PARAGRAPH.split(pieces[0].strip())
    sections = dict(zip(pieces[1::2], map(str.rstrip, pieces[2::2]), strict=True))
    told = Told(pieces[0].strip(), head[0], sections=sections)
    told.extended = [kept for paragraph in head[1:] if (kept := _sorted(told, paragraph))]
    # A directive may have its text in a block of its own.
    notes = told.sections.get("Notes", "").strip().replace(".. math::\n\n", ".. math:: ")
    told.remarks = [kept for paragraph in _PARAGRAPH.split(notes) if (kept := _sorted(told, paragraph))]
    return told


def _sorted(told: Told, paragraph: str) -> str:
    """Put the marked parts of a paragraph where they belong, and return what is left of it."""
    for mark, name in PARTS.items():
        if paragraph.startswith(mark):
            setattr(told, name, paragraph.removeprefix(mark).strip())
            return ""
    pieces = _MARK.split(paragraph)
    for mark, text in zip(pieces[1::2], pieces[2::2], strict=True):
        if "ource" in mark:
            told.source = _sentence(text)
        if "roof" in mark:
            told.proof = _sentence(text)
    return pieces[0].strip()


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]


def entries_of(section: str) -> Iterator[tuple[str, str, str]]:
    """Yield the entries of a section of parameters: names, type, text."""
    entry: tuple[str, str] | None = None
    lines: list[str] = []
    for line in [*section.splitlines(), "end"]:
        if line[:1].strip():
            if entry:
                yield (*entry, inspect.cleandoc("\n".join(["", *lines])).strip())
            found = _ENTRY.match(line)
            entry, lines = (found[1], found[2] or "") if found else None, []
        else:
            lines.append(line)


def executed(function: Callable[..., Any] | type) -> str:
    """Return the example of a docstring with what it gives when it is run now; one that fails is an error."""
    told = told_of(function)
    examples = doctest.DocTestParser().get_examples(told.sections.get("Examples", ""))
    space: dict[str, Any] = {"__name__": "example"}
    # Some write files.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        shown = "\n".join("\n".join(_run(example, space, function)) for example in examples)
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
    return shown


def _run(example: doctest.Example, space: dict[str, Any], function: Any) -> Iterator[str]:
    lines = example.source.splitlines()
    yield from (f"{'...' if i else '>>>'} {line}".rstrip() for i, line in enumerate(lines))
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(example.source, "<example>", "single", dont_inherit=True), space)
    except Exception as error:
        if example.exc_msg is None:
            where = f"{function.__module__}.{function.__qualname__}"
            raise RuntimeError(f"the example of {where} fails: {error}") from error
        kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
        printed.write(f"Traceback (most recent call last):\n{kind}: {error}\n")
    yield from printed.getvalue().rstrip("\n").splitlines()


def code_of(function: Callable[..., Any]) -> str:
    """Return the source of a function without its docstring: what a reader wants to check."""
    import ast
    import textwrap

    plain = inspect.unwrap(function)
    text = textwrap.dedent(inspect.getsource(plain))
    lines = text.splitlines()
    body = ast.parse(text).body[0].body  # type: ignore[attr-defined]
    first = body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines)
