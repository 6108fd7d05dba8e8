"""A document of headings, paragraphs, items, formulas and tables, written as Markdown or as LaTeX."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from hengdian_index._maths.notation import latex, precise
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, suggestion

Equations: TypeAlias = Sequence[tuple[str, ast.expr]]
"""Names, and the arithmetic that each stands for."""


@dataclass(frozen=True, slots=True)
class Math:
    """A formula in a line of text, in LaTeX; what it says as arithmetic, where it is some."""

    latex: str
    equations: Equations = field(default=(), compare=False, repr=False)

    @classmethod
    def of(cls, name: str, tree: ast.expr) -> Math:
        """Return the formula of fitted arithmetic, its numbers in fifteen digits."""
        return cls(f"{name} = {latex(tree, precise)}", ((name, tree),))


@dataclass(frozen=True, slots=True)
class Code:
    """A name as it stands in a spec or a table."""

    text: str


Piece: TypeAlias = str | Math | Code


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a document; formulas on lines of their own have one piece of mathematics.

    The pieces of a table are its caption; it has rows of cells, the first of which heads it.
    """

    kind: Literal["title", "heading", "text", "item", "formula", "table"]
    pieces: tuple[Piece, ...] = ()
    rows: tuple[tuple[tuple[Piece, ...], ...], ...] = ()

    @classmethod
    def table(cls, caption: Sequence[Piece], *rows: Sequence[Piece | Sequence[Piece]]) -> Block:
        """Return a table of rows of cells below its caption."""
        cells = (tuple((one,) if isinstance(one, (str, Math, Code)) else tuple(one) for one in row) for row in rows)
        return cls("table", tuple(caption), tuple(cells))


def filled(template: str, **values: Piece | Sequence[Piece]) -> tuple[Piece, ...]:
    """Return a sentence with its places filled in.

    Examples
    --------
    >>> from hengdian_index._present.document import Code, filled
    >>> filled("{a} and {b}.", a=Code("x"), b="y")
    (Code(text='x'), ' and ', 'y', '.')
    """
    out: list[Piece] = []
    for part in re.split(r"(\{[^}]*\})", template):
        value = values[part[1:-1]] if part[:1] == "{" else part
        out += [value] if isinstance(value, (str, Math, Code)) else list(value)
    return tuple(piece for piece in out if piece != "")


def rendered(blocks: Sequence[Block], form: str) -> str:
    """Return a document as Markdown or as LaTeX."""
    if form not in _FORMS:
        raise SpecError(Said("form: no {form!r}{guess}", form=form, guess=suggestion(form, _FORMS)))
    return _FORMS[form](blocks)


def _markdown(blocks: Sequence[Block]) -> str:
    marks = {"title": "# ", "heading": "## ", "item": "- "}
    own = {"formula": lambda block: f"$$\n{_plain(block)}\n$$", "table": _md_table}
    return _joined(blocks, lambda b: own[b.kind](b) if b.kind in own else marks.get(b.kind, "") + _md(b.pieces))


def _latex(blocks: Sequence[Block]) -> str:
    around = {"title": r"\section*{%s}", "heading": r"\subsection*{%s}", "item": r"\item %s"}
    written: list[str] = []
    inside = False
    for block in blocks:
        if (block.kind == "item") != inside:
            written.append(r"\end{itemize}" if inside else r"\begin{itemize}")
            inside = not inside
        if block.kind == "formula":
            written.append(f"\\[\n{_plain(block)}\n\\]")
        elif block.kind == "table":
            written.append(_tex_table(block))
        else:
            written.append(around.get(block.kind, "%s").replace("%s", _tex_pieces(block.pieces)))
    return "\n\n".join([*written, *([r"\end{itemize}"] if inside else [])]) + "\n"


def _joined(blocks: Sequence[Block], said: Callable[[Block], str]) -> str:
    text = ""
    for before, block in zip([None, *blocks], blocks, strict=False):
        close = before is not None and before.kind == block.kind == "item"
        text += ("" if before is None else "\n" if close else "\n\n") + said(block)
    return text + "\n"


def _tex_pieces(pieces: Sequence[Piece]) -> str:
    return "".join(f"${p.latex}$" if isinstance(p, Math) else _tex(p) for p in pieces)


def _tex_table(block: Block) -> str:
    lines = [" & ".join(map(_tex_pieces, row)) + r" \\" for row in block.rows]
    inside = "\n".join([r"\hline", lines[0], r"\hline", *lines[1:], r"\hline"])
    return (
        f"{_tex_pieces(block.pieces)}\n\n\\begin{{tabular}}{{{'l' * len(block.rows[0])}}}\n{inside}\n\\end{{tabular}}"
    )


def _md_table(block: Block) -> str:
    heading, *lines = ("| " + " | ".join(map(_md, row)) + " |" for row in block.rows)
    return "\n".join([_md(block.pieces), "", heading, "|" + " --- |" * len(block.rows[0]), *lines])


def _md(pieces: Sequence[Piece]) -> str:
    return "".join(map(_md_piece, pieces))


def _md_piece(piece: Piece) -> str:
    if isinstance(piece, Math):
        return f"${piece.latex}$"
    if isinstance(piece, Code):
        fence = "``" if "`" in piece.text else "`"
        space = " " if len(fence) > 1 else ""
        return f"{fence}{space}{_one_line(piece.text)}{space}{fence}"
    return re.sub(r"([\\`*_{}\[\]<>#|$~^&@])", r"\\\1", _one_line(piece))


_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_TEX |= {"→": r"$\to$", "<": r"\textless{}", ">": r"\textgreater{}", **{sign: f"\\{sign}" for sign in "{}$&#%_"}}


def _tex(piece: str | Code) -> str:
    text = "".join(_TEX.get(sign, sign) for sign in _one_line(piece if isinstance(piece, str) else piece.text))
    return text if isinstance(piece, str) else rf"\texttt{{{text}}}"


def _plain(block: Block) -> str:
    return " ".join(piece.latex for piece in block.pieces if isinstance(piece, Math))


def _one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text)


_FORMS: Mapping[str, Callable[[Sequence[Block]], str]] = {"markdown": _markdown, "latex": _latex}
