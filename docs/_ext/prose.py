"""Docstrings say formulas in plain words (w_j, |x|, x*y); here they become safe reStructuredText before numpydoc."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_CODE = re.compile(r"(:[\w:+.-]+:`[^`]+`|``.+?``|`[^`]+`)", re.S)
_STRESSED = re.compile(r"(?<![\w*])(\*[A-Za-z][\w ]*\*)(?![\w*])")
_PARAMETER = re.compile(r"^\*{0,2}\w+(, \*{0,2}\w+)*( : .*)?$")
_MARKED = re.compile(r"(?<![\w*])(Formula|Sources?|Proof(?: by law)?|Sources? and proof):(?=\s)")
_OPENING = re.compile(r"^\s*(>>>|\.\. |-{3,}$|={3,}$)")


def setup(app: Sphinx) -> dict[str, bool]:
    """Run before numpydoc, whose own handler has priority 500."""
    app.connect("autodoc-process-docstring", escape_docstring, priority=100)
    return {"parallel_read_safe": True}


def escape_docstring(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Replace the lines of a docstring by the same with nothing in them that reStructuredText would read as markup."""
    lines[:] = [*"\n\n".join(_blocks("\n".join(lines))).splitlines(), ""]


def escape(text: str) -> str:
    """Return prose with its code spans as literals and its stars, bars and trailing underscores as themselves."""
    pieces = _CODE.split(text)
    return "".join(_code(piece) if i % 2 else _plain(piece) for i, piece in enumerate(pieces))


def _blocks(text: str) -> Iterator[str]:
    """Yield the paragraphs, those of prose escaped; examples, directives and headings pass as they are."""
    for block in re.split(r"\n\s*\n", text):
        yield "\n".join(_parts(block.splitlines()))


def _parts(lines: list[str]) -> Iterator[str]:
    prose: list[str] = []
    for i, line in enumerate(lines):
        if _OPENING.match(line) and not re.match(r"^\s*[-=]{3,}$", line):
            yield from _flushed(prose)
            yield from lines[i:]
            return
        if _PARAMETER.match(line) or re.match(r"^\s*[-=]{3,}$", line):
            yield from _flushed(prose)
            prose = []
            yield line
        else:
            prose.append(line)
    yield from _flushed(prose)


def _flushed(prose: list[str]) -> Iterator[str]:
    if prose:
        yield escape("\n".join(prose))


def _code(piece: str) -> str:
    if piece.startswith((":", "``")):
        return piece
    name = piece.strip("`")
    if re.fullmatch(r"hi(\.\w+)+", name):
        return f":py:obj:`{name} <{'hengdian_index' + name[2:]}>`"
    return f"``{name}``"


def _plain(piece: str) -> str:
    kept = _STRESSED.split(piece)
    return "".join(part if i % 2 else _unmarked(part) for i, part in enumerate(kept))


def _unmarked(piece: str) -> str:
    safe = re.sub(r"([\\*|])", r"\\\1", piece)
    safe = re.sub(r"_(?!\w)", r"\\_", safe)
    return _MARKED.sub(r"**\1:**", safe)
