"""The lines of an audit, each what one check found at one place, told as plain text and as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, TypeAlias

from hengdian_index._audit.registry import Check, Measured, Skipped
from hengdian_index._values.letters import columns
from hengdian_index._words.catalogue import Lang, Room, words
from hengdian_index._words.markup import IGNORED, literal
from hengdian_index._words.said import Said
from hengdian_index._words.said import told as told_in

Verdict: TypeAlias = Literal["pass", "look", "fail", "not applicable"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of an audit: the check, what it answered at one place, and the thresholds it was held against."""

    made: Check
    answer: Measured | Skipped
    thresholds: Mapping[str, float]

    @property
    def check(self) -> str:
        """Name of the check."""
        return self.made.name

    @property
    def excess(self) -> float:
        """By how much what is asked is missed, below 0 where it holds; NaN where it cannot be judged."""
        return self.answer.excess if isinstance(self.answer, Measured) else float("nan")

    @property
    def verdict(self) -> Verdict:
        """The verdict: also a value that is too little to judge by, or is none, gives no pass."""
        if isinstance(self.answer, Skipped) or self.answer.doubt or self.excess != self.excess:
            return "not applicable"
        return self.made.crossed if self.answer.crosses else "pass"

    @property
    def reason(self) -> tuple[str | None, ...]:
        """Why it cannot be judged: places with the same reason are told of once."""
        if isinstance(self.answer, Measured):
            return (self.answer.doubt,)
        return self.answer.why, self.answer.facts.get("message"), self.answer.group, self.answer.other

    def told(self, lang: Lang = "en") -> dict[str, Any]:
        """Return the cells of the line: check, group, part, other, unit, value, threshold, verdict, why, ..."""
        said, answer = of_check(self.check, lang), self.answer
        measured = answer if isinstance(answer, Measured) else None
        return {
            "check": self.check,
            "group": answer.group,
            "part": answer.part,
            "other": answer.other,
            "unit": None if measured is None else measured.unit,
            "value": float("nan") if measured is None else measured.value,
            "threshold": "" if measured is None else said("asked", **self.thresholds),
            "verdict": self.verdict,
            "why": self._why(lang),
            "remedy": self._remedy(lang),
            "source": said["source"],
        }

    def _remedy(self, lang: Lang) -> str:
        if not isinstance(self.answer, Measured) or self.verdict not in ("look", "fail"):
            return ""
        if self.answer.remedy:
            return words(lang, "audit")(self.answer.remedy, **self.answer.facts)
        return of_check(self.check, lang)["remedy"]

    def _why(self, lang: Lang) -> str:
        said, answer = of_check(self.check, lang), self.answer
        place = {"group": answer.group, "part": answer.part, "other": answer.other}
        say = words(lang, "audit")
        own = {name: told_in(fact, lang) if isinstance(fact, Said) else fact for name, fact in answer.facts.items()}
        facts = {"needs": said["needs"], **place, **own}
        if isinstance(answer, Skipped):
            return say(answer.why, **facts)
        if answer.excess != answer.excess:
            return say["not a number"]
        more = [key for key in (*answer.also, answer.doubt) if key]
        facts["value"] = answer.value
        why = say(answer.why, **facts) if answer.why else said("why", **facts)
        told = [why, *(say(key, **facts) for key in more)]
        return say["between"].join(told)


def of_check(name: str, lang: Lang) -> Room:
    """Return what is said of a check: name, what is asked, why it was found so, what it needs, what to do, source."""
    return words(lang, f"audit {name}")


_HEADS = ("verdict", "check", "where", "value", "asked", "why", "what to do", "source")

_STYLE = """\
:root { --ink: #1b1b1b; --paper: #fff; --line: #c9ced6; --tint: #f1f4f8; --focus: #0b57a4;
  --pass: #1f631f; --look: #7a4f00; --fail: #b00020; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e8; --paper: #16181b; --line: #43474e; --tint: #22262b; --focus: #8cc4ff;
    --pass: #8fd18f; --look: #f0c060; --fail: #ff9aa2; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 84rem; padding: 0 1.2rem 3rem; color: var(--ink); background: var(--paper);
  font: 15px/1.45 system-ui, "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .4rem .6rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
td { overflow-wrap: break-word; min-width: 4rem; }
thead th { background: var(--tint); }
tbody th { font-weight: 500; min-width: 7rem; }
td.value { text-align: right; white-space: nowrap; }
td.pass { color: var(--pass); } td.look { color: var(--look); } td.fail { color: var(--fail); font-weight: 600; }
@media print {
  :root { --ink: #000; --paper: #fff; --line: #999; --tint: #fff; --pass: #000; --look: #000; --fail: #000; }
  @page { size: landscape; margin: 12mm; }
  body { max-width: none; padding: 0; font-size: 8.5pt; }
  .scroll { overflow: visible; }
  th, td { padding: .2rem .35rem; overflow-wrap: anywhere; min-width: 0; }
  tbody th { min-width: 5rem; }
  tr { break-inside: avoid; }
}
"""


def rows_of_text(lines: Sequence[Finding], summary: str, lang: Lang = "en") -> str:
    """Return findings as plain text, one a line, then what to do about each check crossed, and the summary."""
    cells = [_cells(line, lang) for line in lines]
    wide = [max((columns(row[j]) for row in cells), default=0) for j in (0, 1)]
    rows = [f"{_wide(row[0], wide[0])}  {_wide(row[1], wide[1])}  {_sentence(row, lang)}" for row in cells]
    remedies = dict.fromkeys((row[1], row[6]) for row in cells if row[6])
    told = [f"  {_wide(check, wide[1])}  {remedy}" for check, remedy in remedies]
    todo = ["\n".join([words(lang, "audit")["todo"], *told])] if told else []
    return "\n\n".join(["\n".join(rows), *todo, summary]) + "\n"


def page(name: str, summary: str, lines: Sequence[Finding], lang: Lang = "en") -> str:
    """Return findings as a whole HTML page; the same findings give the same bytes."""
    title = escape(words(lang, "audit")("title", name=name or words(lang, "audit")["an index"]))
    head = "\n".join(
        (
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{title}</title>",
            '<link rel="icon" href="data:,">',
            f"<style>\n{_STYLE}</style>",
        )
    )
    body = f'<main class="{IGNORED}">\n<h1>{title}</h1>\n{fragment(summary, lines, lang)}\n</main>'
    root = f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">'
    return f"<!DOCTYPE html>\n{root}\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n"


def fragment(summary: str, lines: Sequence[Finding], lang: Lang = "en") -> str:
    """Return findings as an HTML table below their summary."""
    named = escape(words(lang, "audit")["findings"])
    head = "".join(f'<th scope="col">{escape(words(lang, "audit")[name])}</th>' for name in _HEADS)
    rows = "\n".join(f"<tr>{_row(line, lang)}</tr>" for line in lines)
    table = f"<caption>{named}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>"
    scroll = f'<div class="scroll" role="region" tabindex="0" aria-label="{named}">'
    return literal(f"<p>{escape(summary)}</p>\n{scroll}\n<table>\n{table}\n</table>\n</div>")


def _row(line: Finding, lang: Lang) -> str:
    kinds = {"verdict": line.verdict.replace(" ", "-"), "value": "value"}
    cells = zip(_HEADS, _cells(line, lang), strict=True)
    return "".join(
        f'<th scope="row">{escape(cell)}</th>'
        if head == "check"
        else f'<td class="{kinds.get(head, "text")}">{escape(cell)}</td>'
        for head, cell in cells
    )


def _cells(line: Finding, lang: Lang) -> list[str]:
    """Return the texts of one line, in the order of the heads."""
    told = line.told(lang)
    value = "" if told["value"] != told["value"] else f"{told['value']:.3g}"
    place = " / ".join(told[key] for key in ("group", "part", "unit") if told[key])
    verdict, name = words(lang, "audit")[line.verdict], of_check(line.check, lang)["name"]
    return [verdict, name, place, value, told["threshold"], told["why"], told["remedy"], told["source"]]


def _sentence(row: Sequence[str], lang: Lang) -> str:
    """Return where something is, what it is, and what is asked."""
    place, asked, why = row[2], row[4], row[5]
    told = words(lang, "audit")("is asked", why=why, asked=asked) if asked else why
    return words(lang, "audit")("sentence", place=place, why=told) if place else told


def _wide(text: str, width: int) -> str:
    return text + " " * (width - columns(text))
