"""Bring the notebooks of examples/ into the gallery, so that the build runs them and a broken one fails it."""

from __future__ import annotations

import json
from pathlib import Path

from sphinx.application import Sphinx

NOTEBOOKS = Path(__file__).parents[2] / "examples" / "notebooks"
# Run before each, unseen: pictures that are the same at each build, tables that show all of their columns.
_BEFORE = """\
%config InlineBackend.figure_formats = ["svg"]
import matplotlib.pyplot
import pandas

matplotlib.pyplot.rcParams.update({"svg.hashsalt": "hengdian_index"})
pandas.options.display.max_columns = 20
"""


def setup(app: Sphinx) -> dict[str, bool]:
    """Copy before Sphinx looks for its sources."""
    app.connect("builder-inited", copy_notebooks)
    return {"parallel_read_safe": True}


def copy_notebooks(app: Sphinx) -> None:
    """Write each notebook below generated/notebooks; one that did not change is not touched."""
    folder = Path(app.srcdir) / "generated" / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    texts = {path.name: page(path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    for old in set(folder.iterdir()) - {folder / name for name in texts}:
        old.unlink()
    for name, text in texts.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def page(path: Path) -> str:
    """Return a notebook as a page: with what is run before it, and where it is to be had."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    first = {"cell_type": "code", "execution_count": None, "outputs": [], "source": _BEFORE}
    last = f"This page is `examples/notebooks/{path.name}` of the project, run when the page was built."
    notebook["cells"] = [
        first | {"id": "before", "metadata": {"tags": ["remove-cell"]}},
        *notebook["cells"],
        {"cell_type": "markdown", "id": "after", "metadata": {}, "source": last},
    ]
    return json.dumps(notebook, ensure_ascii=False, indent=1)
