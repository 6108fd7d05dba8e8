"""A page of prose and a table as a file of Word, through python-docx."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from hengdian_index._system.written import whole
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError

# The typefaces that offices print with; Word takes another where one is not there.
_FACES = {"en": ("Times New Roman", "SimSun"), "zh": ("Times New Roman", "宋体")}


def write_word(
    path: str | Path,
    title: str,
    paragraphs: Sequence[str],
    caption: str,
    table: Sequence[Sequence[str]],
    lang: Literal["en", "zh"],
) -> None:
    """Write a title, paragraphs and a table below its caption; the first line of the table is its heading.

    Raises
    ------
    DataError
        Without python-docx.
    OSError
        As writing does; nothing is left behind.
    """
    try:
        import docx
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml.ns import qn
    except ImportError:
        raise DataError(
            Said("{path}: writing needs python-docx: pip install 'hengdian-index[word]'", path=path)
        ) from None
    document = docx.Document()
    latin, eastern = _FACES[lang]
    for style in ("Normal", "Title", "Caption"):
        fonts: Any = document.styles[style]
        fonts.font.name = latin
        fonts.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), eastern)
    document.core_properties.title = title
    document.core_properties.language = {"en": "en-GB", "zh": "zh-CN"}[lang]
    document.add_heading(title, 0)
    for text in paragraphs:
        document.add_paragraph(text)
    document.add_paragraph(caption, style="Caption")
    cells = document.add_table(rows=0, cols=len(table[0]), style="Light Grid Accent 1")
    for line in table:
        for at, (cell, text) in enumerate(zip(cells.add_row().cells, line, strict=True)):
            cell.text = text
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT if at else WD_ALIGN_PARAGRAPH.LEFT
    with whole(Path(path)) as target:
        document.save(str(target))
