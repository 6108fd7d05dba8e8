"""A document of Word in the making: paragraphs, tables that can be edited, pictures, formulas that Word sets itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from hengdian_index._present.document import Block, Code, Math, Piece
from hengdian_index._present.word_formula import NAMESPACE, formula
from hengdian_index._system.about import install
from hengdian_index._system.written import whole
from hengdian_index._words.catalogue import Lang, words
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, cause
from hengdian_index.plot.style import size

# The typefaces that offices print with; Word takes another where one is not there.
_FACES = {"en": ("Times New Roman", "SimSun"), "zh": ("Times New Roman", "宋体")}
_TYPED = "Consolas"
_STYLES = ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3", "Caption", "List Bullet")
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A file that carried the time of its making would not be the same twice.
_DATE = (2000, 1, 1, 0, 0, 0)
# Inches between the margins, letters of a table that stand side by side in them, and points of its type.
_WIDTH, _LETTERS, _SIZES = 6.0, 84, (9.0, 8.0, 7.0, 6.0)
# Rows that say how wide a column is, letters beyond which none is wider, and those that its margins take.
_LOOKED, _LONG, _MARGIN = 200, 28, 4


class Word:
    """A document in one language, written to a file at the end; tables and pictures are numbered as they come."""

    def __init__(self, title: str, lang: Lang) -> None:
        """Begin a document with its title.

        Raises
        ------
        SpecError
            Without python-docx or latex2mathml.
        """
        try:
            import docx
            from docx.oxml.ns import qn
            from latex2mathml.converter import convert
        except ImportError as error:
            raise _absent(error) from None
        self.lang, self.title, self._say = lang, title, words(lang, "report")
        self._document = docx.Document()
        self._numbers = {"table": 0, "figure": 0}
        self._mathml: Callable[[str], str] = convert
        latin, eastern = _FACES[lang]
        for name in _STYLES:
            style = self._document.styles[name]
            style.font.name = latin
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            fonts.set(qn("w:eastAsia"), eastern)
        about = self._document.core_properties
        about.title, about.author, about.comments = _legal(title)[:255], "", ""
        about.language = {"en": "en-GB", "zh": "zh-CN"}[lang]
        self.heading(title, 0)

    def heading(self, text: str, level: int = 1) -> None:
        """Add a heading."""
        self._document.add_heading(_legal(text), level)

    def paragraph(self, *pieces: Piece, style: str | None = None) -> None:
        """Add a paragraph of text, names as they are typed, and formulas."""
        paragraph = self._document.add_paragraph(style=style)
        for piece in pieces:
            if isinstance(piece, Math):
                paragraph._p.append(self._formula(piece.latex))
            elif isinstance(piece, Code):
                paragraph.add_run(_legal(piece.text)).font.name = _TYPED
            else:
                paragraph.add_run(_legal(piece))

    def blocks(self, blocks: Iterable[Block], below: int = 1) -> None:
        """Add blocks of a document, its headings of a level."""
        for block in blocks:
            if block.kind in ("title", "heading"):
                self.heading(_text_of(block.pieces), below)
            elif block.kind == "formula":
                paragraph = self._document.add_paragraph()
                shown = _element(f'<m:oMathPara xmlns:m="{NAMESPACE}"/>')
                for piece in block.pieces:
                    if isinstance(piece, Math):
                        shown.append(self._formula(piece.latex))
                paragraph._p.append(shown)
            elif block.kind == "table":
                heads, *rows = ([_text_of(cell) for cell in row] for row in block.rows)
                self.table(_text_of(block.pieces), heads, rows, [_is_number(rows, j) for j in range(len(heads))])
            else:
                self.paragraph(*block.pieces, style="List Bullet" if block.kind == "item" else None)

    def table(
        self,
        caption: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        numeric: Sequence[bool] | None = None,
        note: str = "",
    ) -> None:
        """Add a table below its caption, numbers at the right; its heading stands on each page that it goes on to."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Inches, Pt

        numeric = numeric or [j > 0 for j in range(len(heads))]
        self._caption("table", caption)
        made = self._document.add_table(rows=len(rows) + 1, cols=len(heads), style="Light Grid Accent 1")
        made.autofit = False
        share, type_size = _measured(heads, rows)
        letters = Pt(type_size)
        for column, part in zip(made.columns, share, strict=True):
            column.width = Inches(_WIDTH * part)
        # The cells of a table are looked up anew for every row that is asked for.
        cells = iter(made._cells)
        for line in (heads, *rows):
            for text, number, part in zip(line, numeric, share, strict=True):
                cell = next(cells)
                cell.width = Inches(_WIDTH * part)
                paragraph = cell.paragraphs[0]
                run = paragraph.add_run(_legal(text))
                run.font.size = letters
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if number else WD_ALIGN_PARAGRAPH.LEFT
                paragraph.paragraph_format.space_after = Pt(0)
        made.rows[0]._tr.get_or_add_trPr().append(
            _element('<w:tblHeader xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>')
        )
        self.paragraph(*([note] if note else []))

    def picture(self, dots: bytes, caption: str, description: str = "") -> None:
        """Add a picture, a PNG, above its caption; `description` is what a screen reader says."""
        from docx.shared import Inches

        shape = self._document.add_picture(BytesIO(dots), width=Inches(_WIDTH))
        self._document.paragraphs[-1].paragraph_format.keep_with_next = True
        shape._inline.docPr.set("descr", _legal(description or caption))
        self._caption("figure", caption)

    def save(self, path: str | Path) -> None:
        """Write the document to a file, whole or not at all; the same document has the same bytes.

        Raises
        ------
        OSError
            As writing does; nothing is left behind.
        """
        made, told = BytesIO(), BytesIO()
        self._document.save(made)
        with ZipFile(made) as given, ZipFile(told, "w", ZIP_DEFLATED) as kept:
            for name in given.namelist():
                kept.writestr(ZipInfo(name, _DATE), given.read(name), ZIP_DEFLATED)
        with whole(Path(path)) as target:
            target.write_bytes(told.getvalue())

    def _caption(self, kind: str, text: str) -> None:
        """Add a caption whose number is a field: Word counts again where a table is put in or taken out."""
        self._numbers[kind] += 1
        before, after = self._say[f"{kind} number"].split("{number}")
        paragraph = self._document.add_paragraph(style="Caption")
        paragraph.paragraph_format.keep_with_next = kind == "table"
        paragraph.add_run(before)
        field = _element(
            '<w:fldSimple xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
            f'w:instr="SEQ {kind.title()} \\* ARABIC"><w:r><w:t>{self._numbers[kind]}</w:t></w:r></w:fldSimple>'
        )
        paragraph._p.append(field)
        paragraph.add_run(_legal(f"{after}{text}"))

    def _formula(self, latex: str) -> Any:
        """Return a formula as Word's own."""
        return _element(formula(latex, self._mathml))


def write_word(
    path: str | Path,
    title: str,
    paragraphs: Sequence[str],
    caption: str,
    table: Sequence[Sequence[str]],
    lang: Lang,
) -> None:
    """Write a title, paragraphs and a table below its caption; the first line of the table is its heading."""
    document = Word(title, lang)
    for text in paragraphs:
        document.paragraph(text)
    document.table(caption, table[0], table[1:])
    document.save(path)


def write_blocks(path: Path, blocks: Sequence[Block], lang: Lang) -> None:
    """Write a document that is made of blocks, the first of them its title."""
    document = Word(_text_of(blocks[0].pieces), lang)
    document.blocks(blocks[1:])
    try:
        document.save(path)
    except OSError as error:
        raise DataError(Said("cannot write {path}: {error}", path=path, error=cause(error))) from None


def _text_of(pieces: Sequence[Piece]) -> str:
    return "".join(piece if isinstance(piece, str) else getattr(piece, "text", "") for piece in pieces)


def _is_number(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Return whether a column of a table begins each cell with a digit, as numbers and judgements (1/3) do."""
    return all(row[column][:1].isdigit() for row in rows)


def _legal(text: str) -> str:
    """Return a text with the sign for what cannot be shown where XML has no place for a character."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)


def _absent(error: ImportError) -> SpecError:
    """Return what is said where a library is not installed that documents of Word are made with."""
    library = {"docx": "python-docx"}.get(name := str(error.name).split(".")[0], name)
    return SpecError(
        Said(
            "a file of Word needs {library}, which is not installed: {remedy}", library=library, remedy=install("word")
        )
    )


def _element(markup: str) -> Any:
    from docx.oxml import parse_xml

    return parse_xml(markup)


def _measured(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[float], float]:
    """Return the share of the width that each column takes, and the largest type (points) in which lines fit it."""
    longest = [max((size(line[j]) for line in rows[:_LOOKED]), default=0) for j in range(len(heads))]
    letters = [
        min(_LONG, max(width, min(size(head), 12))) + _MARGIN for width, head in zip(longest, heads, strict=True)
    ]
    fitting = (points for points in _SIZES if sum(letters) * points / _SIZES[0] <= _LETTERS)
    return [one / sum(letters) for one in letters], next(fitting, _SIZES[-1])
