"""The findings of an audit as plain text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from hengdian_index.auditing.registry import Finding

_HEADS = ("verdict", "check", "where", "value", "asked", "why", "what to do", "source")

_STYLE = """\
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #ddd; }
td.value { text-align: right; white-space: nowrap; }
td.pass { color: #2a6f2a; } td.look { color: #8a5a00; } td.fail { color: #b00020; font-weight: 600; }
"""


def rows_of_text(lines: Sequence[Finding], summary: str) -> str:
    """Return findings as plain text, one a line, then what to do about each check crossed, and the summary."""
    verdicts, checks = ([cells[j] for cells in map(_cells, lines)] for j in (0, 1))
    wide = [max(map(len, column), default=0) for column in (verdicts, checks)]
    rows = [
        f"{verdict:<{wide[0]}}  {check:<{wide[1]}}  {_sentence(line)}"
        for verdict, check, line in zip(verdicts, checks, lines, strict=True)
    ]
    remedies = {_spoken(line.check): line.remedy for line in lines if line.remedy}
    told = [f"  {check:<{wide[1]}}  {remedy}" for check, remedy in remedies.items()]
    return "\n\n".join(["\n".join(rows), *(["\n".join(["What to do:", *told])] if told else []), summary]) + "\n"


def page(name: str, summary: str, lines: Sequence[Finding]) -> str:
    """Return findings as a whole HTML page; the same findings give the same bytes."""
    title = escape(f"Audit of {name or 'an index'}")
    head = f'<meta charset="utf-8">\n<title>{title}</title>\n<style>\n{_STYLE}</style>'
    body = f"<h1>{title}</h1>\n{fragment(summary, lines)}"
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'


def fragment(summary: str, lines: Sequence[Finding]) -> str:
    """Return findings as an HTML table below their summary."""
    head = "".join(f"<th>{name}</th>" for name in _HEADS)
    rows = "\n".join(f"<tr>{_row(line)}</tr>" for line in lines)
    return f"<p>{escape(summary)}</p>\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _row(line: Finding) -> str:
    kinds = {"verdict": line.verdict.replace(" ", "-"), "value": "value"}
    cells = zip(_HEADS, _cells(line), strict=True)
    return "".join(f'<td class="{kinds.get(head, "text")}">{escape(cell)}</td>' for head, cell in cells)


def _cells(line: Finding) -> list[str]:
    """Return the texts of one line, in the order of the heads."""
    where = [line.group, line.part, line.unit]
    value = "" if line.value != line.value else f"{line.value:.3g}"
    place = " / ".join(one for one in where if one)
    return [line.verdict, _spoken(line.check), place, value, line.threshold, line.why, line.remedy, line.source]


def _sentence(line: Finding) -> str:
    """Return where something is, what it is, and what is asked."""
    place = _cells(line)[2]
    asked = f" (asked: {line.threshold})" if line.threshold else ""
    return f"{place}: {line.why}{asked}" if place else f"{line.why}{asked}"


def _spoken(check: str) -> str:
    return check.replace("_", " ")
