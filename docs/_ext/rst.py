"""Pieces of reStructuredText."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence


def page(*parts: str) -> str:
    """Return a page of parts, those that are empty left out."""
    return "\n\n".join(part for part in parts if part) + "\n"


def title(text: str, line: str) -> str:
    """Return a heading."""
    return f"{text}\n{line * max(len(text.encode()), 3)}"


def label(name: str) -> str:
    """Return the place that `:ref:` leads to."""
    return f".. _{name}:"


def math(latex: str) -> str:
    """Return a formula on a line of its own; several equations stand below each other."""
    whole = " ".join(latex.split())
    lines = [whole] if r"\begin" in whole else whole.split(r", \quad ")
    return block("math", whole if len(lines) == 1 else ", \\\\\n".join(f"& {line}" for line in lines))


def code(text: str, language: str) -> str:
    """Return a block of code."""
    return _directive("code-block", language, text)


def block(name: str, text: str) -> str:
    """Return a directive with a text."""
    return _directive(name, "", text)


def _directive(name: str, argument: str, text: str) -> str:
    return f".. {name}:: {argument}".rstrip() + "\n\n" + textwrap.indent(text, "   ")


def bullets(lines: Iterable[str]) -> str:
    """Return a list."""
    return "\n".join("- " + line.replace("\n", "\n  ") for line in lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a cell is text of a paragraph or more."""
    return _listed([head, *rows], ":header-rows: 1")


def symbols(rows: Iterable[Sequence[str]]) -> str:
    """Return a small table of symbols and what they stand for."""
    return _listed(rows, ":stub-columns: 1", ":class: symbols", ":widths: auto")


def _listed(rows: Iterable[Sequence[str]], *options: str) -> str:
    lines = [".. list-table::", *(f"   {option}" for option in options), ""]
    for row in rows:
        for i, cell in enumerate(row):
            text = textwrap.indent(cell, "       ").lstrip()
            lines.append(f"   {'* -' if i == 0 else '  -'} {text}".rstrip())
    return "\n".join(lines)
