"""Imports go down only: the import statements of every module are walked, wherever they stand."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import hengdian_index

PACKAGE = Path(hengdian_index.__file__).parent
ROOT = PACKAGE.name

FAMILIES = ("normalise", "weights", "aggregate", "treat", "impute", "climate", "series", "diagnose", "explain")

# From the ground up. A module may import from the layers below its own, a folder also from itself.
# The page of ideas in docs/ draws its picture from this tuple.
LAYERS = (
    ("errors", "_values", "_system"),
    ("log",),
    ("_tables", "_words"),
    ("_maths", "ahp"),
    ("_methods",),
    FAMILIES,
    ("_scoring",),
    ("_levels", "_files"),
    ("_index",),
    ("_robustness", "_vintages", "examples"),
    ("_audit", "plot"),
    ("_present",),
    ("__init__", "cli"),
    ("__main__",),
)

LEVEL = {name: level for level, layer in enumerate(LAYERS) for name in layer}
# What an index, a fit and a result show of themselves stands above them.
DOORS = {"_index/engine.py", "_index/index.py", "_index/method.py"}
INSIDE_FUNCTIONS_ONLY = {
    "dask",
    "jinja2",
    "matplotlib",
    "polars",
    "pyarrow",
    "python_calamine",
    "sklearn",
    "statsmodels",
    "xlsxwriter",
}
# Once installed, the examples stand inside the package; they are users of it, not parts.
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "examples" not in path.relative_to(PACKAGE).parts)


def each(files):
    """Return the decorator that runs a test for every file."""
    return pytest.mark.parametrize("path", files, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def part(path):
    """Return the module or folder of the package that a file belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path):
    """Return every import of a file as (line, dotted module, where): where is "run", "typing" or "function"."""
    return list(_imports(ast.parse(path.read_text(encoding="utf-8")), path, "run"))


def _imports(node, path, where):
    for child in ast.iter_child_nodes(node):
        inside = where
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside = "function"
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            inside = "typing"
        if isinstance(child, ast.Import):
            yield from ((child.lineno, alias.name, where) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield from ((child.lineno, name, where) for name in _named(child, path))
        yield from _imports(child, path, inside)


def _named(statement, path):
    """Return the modules of a `from` statement; a name of the package itself may be one of its modules."""
    source = statement.module or ""
    if statement.level:
        folder = (ROOT, *path.relative_to(PACKAGE).parent.parts)
        source = ".".join((*folder[: len(folder) - statement.level + 1], *filter(None, [source])))
    if source != ROOT:
        return [source]
    return [f"{ROOT}.{alias.name}" if alias.name in LEVEL else ROOT for alias in statement.names]


def own(module):
    """Return the part of the package that a dotted module is, None for any other package's."""
    first, *rest = module.split(".")
    return (rest[0] if rest else "__init__") if first == ROOT else None


def test_every_module_has_a_layer():
    found = {part(path) for path in FILES}
    assert found - set(LEVEL) == set(), "name these modules in LAYERS"
    assert set(LEVEL) - found == set(), "these are no modules any more"


@each(FILES)
def test_imports_go_down(path):
    here = part(path)
    up = [
        f"line {line}: {module} is not below {here}"
        for line, module, _ in imports(path)
        if (there := own(module)) and there != here and LEVEL.get(there, 0) >= LEVEL.get(here, len(LAYERS))
        if not (there == "_present" and path.relative_to(PACKAGE).as_posix() in DOORS)
    ]
    assert up == []


@each(FILES)
def test_optional_libraries_are_imported_inside_functions(path):
    early = [
        f"line {line}: {module}"
        for line, module, where in imports(path)
        if where == "run" and module.split(".")[0] in INSIDE_FUNCTIONS_ONLY
    ]
    assert early == []


@each([path for path in FILES if part(path) != "_tables" and LEVEL.get(part(path), len(LAYERS)) <= LEVEL["normalise"]])
def test_methods_load_neither_pandas_nor_scipy(path):
    early = [
        f"line {line}: {module}"
        for line, module, where in imports(path)
        if where == "run" and module.split(".")[0] in {"pandas", "scipy", "pydantic"}
    ]
    assert early == []


def test_importing_the_package_loads_no_heavy_library():
    heavy = sorted({"pandas", "pydantic", "scipy", "click"} | INSIDE_FUNCTIONS_ONLY)
    script = f"import sys, {ROOT}; print([name for name in {heavy!r} if name in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("import pandas as pd", [(1, "pandas", "run")]),
        (
            "def f():\n    from hengdian_index import _index, x",
            [(2, f"{ROOT}._index", "function"), (2, ROOT, "function")],
        ),
        (
            "if TYPE_CHECKING:\n    from hengdian_index._index.index import Index",
            [(2, f"{ROOT}._index.index", "typing")],
        ),
        ("class A:\n    import numpy.linalg", [(2, "numpy.linalg", "run")]),
        (
            "from . import means\nfrom ..stats import Range",
            [(1, f"{ROOT}.weights", "run"), (2, f"{ROOT}.stats", "run")],
        ),
    ],
)
def test_the_walk_finds_imports_wherever_they_stand(source, wanted):
    tree = ast.parse(source)
    assert list(_imports(tree, PACKAGE / "weights" / "spread.py", "run")) == wanted
