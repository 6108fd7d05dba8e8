"""Write the pages that come from the package before Sphinx looks for its sources."""

from __future__ import annotations

from pathlib import Path

from pages import pages
from reference import shown_docstring, shown_signature
from sphinx.application import Sphinx

# Folders, and a page, that hold nothing else.
_OWN = ("generated/gallery", "generated/parts", "methods/*/", "reference/names")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write before the sources are collected; show names as they are called, docstrings without what pages show."""
    app.connect("builder-inited", write_pages)
    app.connect("autodoc-process-signature", shown_signature)
    # Before the docstrings are escaped.
    app.connect("autodoc-process-docstring", shown_docstring, priority=50)
    app.connect("build-finished", lay_out_signatures)
    return {"parallel_read_safe": True}


def lay_out_signatures(app: Sphinx, error: Exception | None) -> None:
    """Say of the lines of a long signature, which Sphinx writes as a list of definitions, that they are layout."""
    if error or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        plain = text.replace('<dl>\n<dd><em class="sig-param">', '<dl role="none">\n<dd><em class="sig-param">')
        plain = plain.replace('<dd><em class="sig-param">', '<dd role="none"><em class="sig-param">')
        if plain != text:
            path.write_text(plain, encoding="utf-8")


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
