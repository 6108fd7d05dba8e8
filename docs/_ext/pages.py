"""Every page that comes from the package, as text; nothing here needs Sphinx."""

from __future__ import annotations

import os

# Examples are run here, some of which draw.
os.environ.setdefault("MPLBACKEND", "Agg")

import gallery
import keys
import reference
import tables
import worked
from methods import method_pages


def pages() -> dict[str, str]:
    """Return every page and table that is generated, by its place among the documents."""
    parts = (tables.families, tables.axioms, tables.proofs, tables.cases, tables.layers)
    texts = {f"generated/parts/{part.__name__}.md": part() for part in parts}
    texts |= {f"generated/parts/{part.__name__}.md": part() for part in (worked.examples_part, worked.mistakes_part)}
    texts |= {"generated/parts/commands.md": keys.commands(), "generated/parts/names.md": reference.names_table()}
    texts |= {f"methods/{place}": text for place, text in method_pages().items()}
    texts |= {f"reference/names/{place}": text for place, text in reference.name_pages().items()}
    return texts | gallery.pages() | {"reference/toml.rst": keys.toml_page()}
