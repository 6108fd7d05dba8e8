"""Write the pages that come from the registry of methods before Sphinx looks for its sources."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import tables
from reference import api_pages, shown_signature
from sphinx.application import Sphinx

from hengdian_index._methods.registry import FAMILIES


def setup(app: Sphinx) -> dict[str, bool]:
    """Write before the sources are collected; show classes as they are called."""
    app.connect("builder-inited", write_pages)
    app.connect("autodoc-process-signature", shown_signature)
    return {"parallel_read_safe": True}


def write_pages(app: Sphinx) -> None:
    """Write every generated page and table below `generated/`; what did not change is not touched."""
    for family in FAMILIES:
        import_module(f"hengdian_index.{family}")
    folder = Path(app.srcdir) / "generated"
    texts = {f"api/{name}.rst": text for name, text in api_pages().items()}
    texts["parts/families.md"] = "\n".join(tables.family_section(family) for family in FAMILIES if tables.own(family))
    texts |= {
        f"parts/{part.__name__}.md": part() for part in (tables.axioms, tables.proofs, tables.cases, tables.layers)
    }
    for old in set(folder.rglob("*.*")) - {folder / name for name in texts}:
        old.unlink()
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
