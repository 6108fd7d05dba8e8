"""No page needs the network: MathJax comes from a package, and a page that loads something from elsewhere fails."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

MATHJAX = "tex-svg.js"

_LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc\s*=\s*["'](?:https?:)?//[^"']*"""
    r"""|<link\b(?=[^>]*\brel\s*=\s*["'](?:stylesheet|preload|icon|preconnect|modulepreload))[^>]*\bhref\s*=\s*["'](?:https?:)?//[^"']*"""
    r"""|@import\s+(?:url\()?["']?(?:https?:)?//[^"')]*|url\(\s*["']?(?:https?:)?//[^"')]*""",
    re.I,
)


def mathjax_file() -> Path:
    """Return where the installed package keeps the one file of MathJax that the pages use."""
    package = distribution("sphinx-mathjax-offline")
    found = [file for file in package.files or () if file.name == MATHJAX]
    return Path(str(package.locate_file(found[0])))


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at the finished pages."""
    app.connect("build-finished", refuse_network)
    return {"parallel_read_safe": True}


def refuse_network(app: Sphinx, error: Exception | None) -> None:
    """Raise if a page, or a style of the theme, loads a script, style, font or picture from elsewhere."""
    if error or app.builder.format != "html":
        return
    found = [
        f"{path.relative_to(app.outdir)}: {match}"
        for path in sorted(Path(app.outdir).rglob("*"))
        if path.suffix in (".html", ".css")
        for match in _LOADED.findall(path.read_text(encoding="utf-8"))
    ]
    if found:
        raise ExtensionError("pages that need the network when opened:\n" + "\n".join(found))
