"""A document written to a file, whole or not at all; the ending of its name decides on the form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hengdian_index._present.document import Block, rendered
from hengdian_index._present.word import write_blocks
from hengdian_index._system.written import whole
from hengdian_index._words.catalogue import Lang
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, cause

_FORMS = {".md": "markdown", ".tex": "latex"}


def written_to(path: Path, blocks: Sequence[Block], lang: Lang) -> None:
    """Write a document as Markdown, LaTeX or a file of Word."""
    if path.suffix == ".docx":
        write_blocks(path, blocks, lang)
    elif path.suffix in _FORMS:
        text = rendered(blocks, _FORMS[path.suffix])
        try:
            with whole(path) as part:
                part.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise DataError(Said("cannot write {path}: {error}", path=path, error=cause(error))) from None
    else:
        raise SpecError(Said("path: {name!r} must end in .md, .tex or .docx", name=path.name))
