"""Write the pages that come from the package before Sphinx looks for its sources."""

from __future__ import annotations

from pathlib import Path

from pages import pages
from reference import shown_docstring, shown_signature
from sphinx.application import Sphinx

# Folders, and a page, that hold nothing else.
_OWN = ("generated/parts", "methods/*/", "reference/names")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write before the sources are collected; show names as they are called, docstrings without what pages show."""
    app.connect("builder-inited", write_pages)
    app.connect("autodoc-process-signature", shown_signature)
    # Before the docstrings are escaped.
    app.connect("autodoc-process-docstring", shown_docstring, priority=50)
    return {"parallel_read_safe": True}


def write_pages(app: Sphinx) -> None:
    """Write what is generated; what did not change is not touched, and what is no more goes away."""
    source, texts = Path(app.srcdir), pages()
    there = {file for own in _OWN for folder in source.glob(own) for file in folder.rglob("*.*")}
    for old in there - {source / name for name in texts}:
        old.unlink()
    for name, text in texts.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
