"""Imports go down only, those of statements wherever they stand, for types, and those of texts too."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import hengdian_index

PACKAGE = Path(hengdian_index.__file__).parent
ROOT = PACKAGE.name

FAMILIES = ("normalise", "weights", "aggregate", "treat", "impute", "climate", "series", "diagnose", "explain")

# From the ground up. A module may import from the layers below its own, a folder also from itself.
# The page on rooms in docs/ draws its picture from this tuple.
LAYERS = (
    ("_words", "_values", "_system"),
    ("errors", "log"),
    ("_tables",),
    ("_maths", "ahp"),
    ("_methods",),
    FAMILIES,
    ("_scoring",),
    ("_levels", "_files", "_batches"),
    ("_index",),
    ("_robustness", "_vintages", "examples"),
    ("_audit", "plot", "sklearn"),
    ("_present", "_commands"),
    ("__init__", "cli"),
    ("__main__",),
)

LEVEL = {name: level for level, layer in enumerate(LAYERS) for name in layer}
INSIDE_FUNCTIONS_ONLY = {
    "dask",
    "duckdb",
    "distributed",
    "docx",
    "jinja2",
    "latex2mathml",
    "matplotlib",
    "polars",
    "pyarrow",
    "pyspark",
    "pyreadstat",
    "python_calamine",
    "sklearn",
    "statsmodels",
    "xlrd",
    "xlsxwriter",
}
# Once installed, the examples stand inside the package; they are users of it, not parts.
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "examples" not in path.relative_to(PACKAGE).parts)


def dotted(path):
    """Return the name by which a file of the package is imported."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {dotted(path): path for path in FILES}


def each(files):
    """Return the decorator that runs a test for every file."""
    return pytest.mark.parametrize("path", files, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def part(path):
    """Return the module or folder of the package that a file belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path):
    """Return what a file imports as (line, dotted module, where): where is "run", "typing", "function" or "text".

    A text is an import where it names a module of the package, by its whole path or by that below the package: the
    argument of import_module, an entry of a table of what is loaded when it is asked for.
    """
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
            # Under another name its calls would not be known.
            yield from ((child.lineno, f"{ROOT}.?", "text") for one in child.names if _renamed(one))
        elif isinstance(child, ast.Call) and ast.unparse(child.func).split(".")[-1] in ("import_module", "__import__"):
            yield child.lineno, _loaded(child, path), "text"
        elif isinstance(child, ast.Constant) and isinstance(child.value, str) and "." in child.value:
            yield from ((child.lineno, name, "text") for name in _written(child.value))
        yield from _imports(child, path, inside)


def _renamed(alias):
    return alias.name == "import_module" and alias.asname is not None


def _named(statement, path):
    """Return the modules of a `from` statement; a name may be that of a module in the folder it is taken from."""
    source = statement.module or ""
    if statement.level:
        folder = (ROOT, *path.relative_to(PACKAGE).parent.parts)
        source = ".".join((*folder[: len(folder) - statement.level + 1], *filter(None, [source])))
    names = [f"{source}.{alias.name}" for alias in statement.names]
    return list(dict.fromkeys(name if name in MODULES else source for name in names))


def _written(text):
    """Return the module of the package that a text names, alone or before something in it: `a.b.name`, `a.b:name`."""
    if not re.fullmatch(r"\w+(\.\w+)+(:[\w.]+)?", text):
        return []
    parts = text.partition(":")[0].split(".")
    heads = [".".join(parts[:n]) for n in range(len(parts), 1, -1)]
    return [name for head in heads for name in (head, f"{ROOT}.{head}") if name in MODULES][:1]


def _loaded(call, path):
    """Return the module that import_module is given; one that only a run makes out stands for its first words.

    One that begins with dots is looked for from the package that is given with it, or from the file's own folder.
    """
    here = {"__name__": dotted(path), "__package__": dotted(path.parent)}
    given = dict(zip(("name", "package"), call.args, strict=False)) | {one.arg: one.value for one in call.keywords}
    told = {what: ast.unparse(one) for what, one in given.items()}
    for name, module in here.items():
        told = {what: text.replace(f"{{{name}}}", module) for what, text in told.items()}
    known = {what: found[1] for what, text in told.items() if (found := re.match(r"""f?['"]([\w.]*)""", text))}
    name = known.get("name", "")
    if name.startswith("."):
        whence = known.get("package") or here.get(told.get("package"), here["__package__"])
        inside = name.lstrip(".")
        up = len(name) - len(inside) - 1
        name = ".".join(filter(None, [*whence.split(".")[: len(whence.split(".")) - up], inside]))
    return name.rstrip(".") or f"{ROOT}.?"


def own(module):
    """Return the part of the package that a dotted module is, None for any other package's."""
    first, *rest = module.split(".")
    return (rest[0] if rest else "__init__") if first == ROOT else None


def below(path):
    """Return the files of the package that a file imports, in whatever way."""
    found = (module if module in MODULES else module.rpartition(".")[0] for _, module, _ in imports(path))
    return {MODULES[module] for module in found if module in MODULES} - {path}


def circle(graph):
    """Return a circle of a graph, empty without one."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_the_package_is_a_few_rooms_in_a_few_layers():
    assert len(LAYERS) <= 14
    assert len(list(PACKAGE.glob("*.py"))) <= 6


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
        if (there := own(module)) and there != here and LEVEL.get(there, 99) >= LEVEL.get(here, len(LAYERS))
    ]
    assert up == []


def test_no_files_import_each_other_in_a_circle():
    assert [dotted(path) for path in circle({path: below(path) for path in FILES})] == []


def test_no_rooms_import_each_other_in_a_circle():
    rooms = {part(path): set() for path in FILES}
    for path in FILES:
        rooms[part(path)] |= {part(other) for other in below(path)} - {part(path)}
    assert circle(rooms) == []


# What a library's own classes are the base of stands in a file of its own, which is loaded when it is asked for.
BASED_ON = {"sklearn": PACKAGE / "sklearn" / "transformer.py"}


@each(FILES)
def test_optional_libraries_are_imported_inside_functions(path):
    early = [
        f"line {line}: {module}"
        for line, module, where in imports(path)
        if where == "run" and (name := module.split(".")[0]) in INSIDE_FUNCTIONS_ONLY and path != BASED_ON.get(name)
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
    heavy = sorted({"numpy", "pandas", "pydantic", "scipy", "click"} | INSIDE_FUNCTIONS_ONLY)
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
        ("from hengdian_index._maths import means", [(1, f"{ROOT}._maths.means", "run")]),
        ('TABLE = {"report": ("_index.result", "report")}', [(1, f"{ROOT}._index.result", "text")]),
        (f'NAME = "{ROOT}._index.result"', [(1, f"{ROOT}._index.result", "text")]),
        ('x = "a.b"', []),
        ('import_module(f"{__name__}.{name}")', [(1, f"{ROOT}.weights.spread", "text")]),
        (f'import_module(f"{ROOT}.{{name}}")', [(1, ROOT, "text")]),
        ('importlib.import_module("pandas")', [(1, "pandas", "text")]),
        ("import_module(name)", [(1, f"{ROOT}.?", "text")]),
        ('import_module("..plot", __package__)', [(1, f"{ROOT}.plot", "text")]),
        (f'import_module(".plot", "{ROOT}")', [(1, f"{ROOT}.plot", "text")]),
        (f'import_module(name=".plot", package="{ROOT}")', [(1, f"{ROOT}.plot", "text")]),
        ('import_module(f".{name}", package)', [(1, f"{ROOT}.weights", "text")]),
        (
            "from importlib import import_module as load",
            [(1, "importlib", "run"), (1, f"{ROOT}.?", "text")],
        ),
        ('NAME = "_index.result:Result.report"', [(1, f"{ROOT}._index.result", "text")]),
        ('NAME = "_index.result.Result"', [(1, f"{ROOT}._index.result", "text")]),
        ('NAME = "the _index.result.Result of x.y"', []),
    ],
)
def test_the_walk_finds_imports_wherever_they_stand(source, wanted):
    tree = ast.parse(source)
    assert list(_imports(tree, PACKAGE / "weights" / "spread.py", "run")) == wanted


def test_a_circle_is_found():
    assert circle({1: {2}, 2: {3}, 3: set()}) == []
    assert set(circle({1: {2}, 2: {3}, 3: {1}})) == {1, 2, 3}


TESTS = Path(__file__).parent
# What the tests of no single room are: laws of all methods, flows of a user, and what tests are made of.
BESIDE = {"laws", "flows", "support", "typing", "reference", "kept", "benchmarks", "fuzz", "mutation"}
# Tests of the suite itself.
OF_THE_SUITE = {"layers", "suite"}
TEST_FILES = sorted(path for path in TESTS.rglob("test_*.py") if path.relative_to(TESTS).parts[0] not in BESIDE)


def room_of(path):
    """Return the folder of the package that a folder of tests is for, None where there is no such folder."""
    inside = path.relative_to(TESTS)
    return next((room for name in (inside, f"_{inside}") if (room := PACKAGE / name).is_dir()), None)


def modules_in(room):
    """Return the names of the modules and folders of a room, the underscore left out."""
    return {path.stem.lstrip("_") for path in room.iterdir() if path.suffix in ("", ".py")} - {""}


@pytest.mark.parametrize("path", TEST_FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_a_test_stands_where_its_module_does(path):
    """A file is named after a module of its room, or after the room, and may say which aspect of it: test_x_y.py."""
    room, own = room_of(path.parent), path.stem.removeprefix("test_")
    assert room is not None, "no room of the package has this name"
    names = modules_in(room) | ({path.parent.name} if path.parent != TESTS else OF_THE_SUITE)
    assert any(own == name or own.startswith(f"{name}_") for name in names), f"no module of {room.name} is called so"


def test_every_folder_of_tests_has_its_room():
    held = {path.parent for path in TEST_FILES} | {path.parent.parent for path in TEST_FILES if path.parent != TESTS}
    assert {path.relative_to(TESTS).as_posix() for path in held if room_of(path) is None} == set()
    assert {name for name in BESIDE if not (TESTS / name).is_dir()} == set()


@pytest.mark.parametrize("page", sorted(PACKAGE.glob("_*/README.md")), ids=lambda page: page.parent.name)
def test_the_page_of_a_room_names_what_is_there(page):
    text = page.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60, "a page is read on one screen"
    named = set(re.findall(r"`((?:\w+/)*\w+(?:\.py|/))`", text))
    absent = {name for name in named if not ([*page.parent.rglob(name)] or (PACKAGE / name).exists())}
    assert named
    assert absent == set(), "these are no files of the room, nor of the package"


def test_no_test_imports_another_and_tables_are_made_in_support():
    made = {node.name for node in _defined(TESTS / "support" / "tables.py")}
    found = []
    for path in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        loaded = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        loaded += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        others = [name for name in loaded if name.rpartition(".")[2].startswith("test_")]
        again = [node.name for node in _defined(path) if node.name in made]
        found += [f"{path.relative_to(TESTS)}: {name}" for name in (*others, *again)]
    assert found == [], "what tests share stands in tests/support"


def _defined(path):
    """Return the functions and classes that a file defines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
