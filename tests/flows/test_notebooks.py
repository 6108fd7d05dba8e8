"""The notebooks of examples/: valid, without outputs, readable, listed in the gallery. The docs' build runs them."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

sys.path.append(str(ROOT / "docs" / "_ext"))

every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> Any:
    """Return a notebook; what its format warns of is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code(path: Path) -> list[str]:
    """Return the cells of code, without the lines that are IPython's own."""
    return [re.sub(r"(?m)^[%!].*$", "", cell.source) for cell in read(path).cells if cell.cell_type == "code"]


@every
def test_a_notebook_is_valid_and_has_no_outputs(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        assert cell.metadata == {}
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


@every
def test_a_notebook_can_be_read(path: Path) -> None:
    """A title, then what it is and whence its data are; short cells, and never three of code without a word."""
    cells = read(path).cells
    first = cells[0].source
    assert re.match(r"# \S[^\n]*\n\n", first)
    assert "**Data.**" in first
    kinds = "".join(cell.cell_type[0] for cell in cells)
    assert "cccc" not in kinds
    for cell in cells[1:]:
        assert not re.search(r"(?m)^# ", cell.source) or cell.cell_type == "code"
        assert len(cell.source.splitlines()) <= 36, cell.source[:60]
    assert sum(text.count("\n## ") + text.startswith("## ") for text in (cell.source for cell in cells)) >= 3


@every
def test_a_notebook_brings_its_data(path: Path) -> None:
    """It reads no file but what it wrote, and nothing from the network, so that it runs from any folder."""
    text = "\n".join(code(path))
    ast.parse(text)
    assert not re.search(r"https?://|urlopen|requests|read_excel\(|open\(", text)
    assert all("StringIO" in line for line in re.findall(r"read_csv\(\s*(\S+)", text))


def test_the_gallery_lists_each_notebook_twice_over() -> None:
    page = (ROOT / "docs" / "about" / "gallery" / "index.md").read_text(encoding="utf-8")
    names = [path.stem for path in NOTEBOOKS]
    assert len(names) >= 7
    assert sorted(re.findall(r"\]\(\.\./\.\./generated/notebooks/(\w+)\.ipynb\)", page)) == names
    assert sorted(re.findall(r"(?m)^\.\./\.\./generated/notebooks/(\w+)$", page)) == names


@every
def test_the_page_of_a_notebook_holds_all_of_it(path: Path) -> None:
    pytest.importorskip("sphinx")
    from notebooks import page

    made = nbformat.reads(page(path), as_version=nbformat.NO_CONVERT)
    nbformat.validate(made)
    assert [cell.source for cell in made.cells[1:-1]] == [cell.source for cell in read(path).cells]
    assert made.cells[0].metadata.tags == ["remove-cell"]
