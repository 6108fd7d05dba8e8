"""A report as a file of Word: the same sections, its tables to be edited, its charts in dots."""

from __future__ import annotations

from pathlib import Path

from hengdian_index._present.document import Block
from hengdian_index._present.report.pictures import Picture, Text
from hengdian_index._present.report.sections import Content
from hengdian_index._present.report.tables import Limits, Sheet, table
from hengdian_index._present.word import Word
from hengdian_index._words.catalogue import Words, words
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError

# A file of Word with more cells is slow to open; it holds no files of its own.
_LIMITS = Limits(320, 0, 0)
# Columns beside the labels that stand between the margins; wider tables go on below.
_COLUMNS = 8


def write_report(path: Path, shown: Content) -> None:
    """Write what a report shows to a file of Word, whole or not at all."""
    say = words(shown.lang, "report")
    document = Word(shown.title, shown.lang)
    for text in shown.opening:
        document.paragraph(text)
    document.heading(say["headline"])
    rows = [(one.label, " ".join(filter(None, (one.value, one.remark)))) for one in shown.numbers]
    document.table(say["headline"], (say["headline item"], say["headline value"]), rows, (False, False))
    for section in shown.sections:
        document.heading(section.title)
        for item in section.items:
            if isinstance(item, Text):
                document.paragraph(item.text + item.said)
            elif isinstance(item, Block):
                document.blocks([item], below=2)
            elif isinstance(item, Sheet):
                _table(document, item, say)
            else:
                _chart(document, item)
    try:
        document.save(path)
    except OSError as error:
        raise DataError(Said("cannot write {path}: {error}", path=path, error=error)) from None


def _table(document: Word, item: Sheet, say: Words) -> None:
    """Add a table, one that is too wide in parts, each with the labels of its rows."""
    made, labels = table(item, say, _LIMITS), item.frame.index.nlevels
    k = len(made.heads)
    parts = [range(start, min(start + _COLUMNS, k)) for start in range(labels, max(k, labels + 1), _COLUMNS)]
    for part in parts:
        at = [*range(labels), *part]
        document.table(
            made.caption + ("" if part is parts[0] else say["continued"]),
            [made.heads[j] for j in at],
            [[row[j] for j in at] for row in made.rows],
            [made.numeric[j] for j in at],
            made.note if part is parts[-1] else "",
        )


def _chart(document: Word, item: Picture) -> None:
    if item.dots:
        document.picture(item.dots, item.title)
    for note in item.notes:
        document.paragraph(note.text + note.said)
