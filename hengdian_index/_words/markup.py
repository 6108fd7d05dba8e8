"""Small pieces of HTML for notebooks: without scripts or colours of their own, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from hengdian_index._words.language import language
from hengdian_index._words.said import told

IGNORED = "tex2jax_ignore mathjax_ignore"


def literal(html: str) -> str:
    """Return HTML in which dollars in names stay dollars: a notebook would set what is between two as a formula.

    The classes are those of elements that MathJax leaves alone, in its versions 2 and 3.

    Examples
    --------
    >>> from hengdian_index._words.markup import literal
    >>> literal("<p>from $5 to $9</p>")
    '<div class="tex2jax_ignore mathjax_ignore"><p>from $5 to $9</p></div>'
    """
    return f'<div class="{IGNORED}">{html}</div>'


def card(title: object, *parts: str) -> str:
    """Return a titled piece of HTML made of others."""
    return literal(f"<p><strong>{_text(title)}</strong></p>{''.join(parts)}")


def line(text: object) -> str:
    """Return a paragraph."""
    return f"<p>{_text(text)}</p>"


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; numbers are rounded to four significant digits, a missing one is an empty cell.

    Examples
    --------
    >>> from hengdian_index._words.markup import table
    >>> table(["a<b"], [[0.123456]])
    '<table><thead><tr><th>a&lt;b</th></tr></thead><tbody><tr><td>0.1235</td></tr></tbody></table>'
    """
    top = "".join(f"<th>{_text(one)}</th>" for one in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(_said(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def nested(label: str, inside: Sequence[str]) -> str:
    """Return an entry of a list, what is below it folded out; `label` and `inside` are HTML."""
    if not inside:
        return f"<li>{label}</li>"
    return f"<li><details open><summary>{label}</summary><ul>{''.join(inside)}</ul></details></li>"


def _said(cell: Any) -> str:
    if isinstance(cell, float):
        return "" if cell != cell else f"{cell:,.2f}" if abs(cell) >= 1000 else f"{cell:.4g}"
    return "" if cell is None else told(cell, language())


def _text(said: object) -> str:
    """Return a text as HTML, a sentence in the language spoken."""
    return escape(told(said, language()))
