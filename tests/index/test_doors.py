"""What a value can do above itself: real at run time, and shown to type checkers as it is."""

from __future__ import annotations

import ast
import copy
import inspect
import pickle
import pydoc
import textwrap
from collections.abc import Iterator
from typing import Any

import pytest

import hengdian_index as hi
from hengdian_index._index import stubs
from hengdian_index._index.doors import DOORS, Door

CLASSES = {one.__name__: one for one in (hi.Result, hi.Uncertainty, hi.Sensitivity, hi.Comparison)}
CARDS = {name for name in DOORS if name.endswith(".card")}
METHODS = sorted(name for name in DOORS if name not in CARDS and not name.endswith(".plot"))
PLOTS = [f"{name}.{plot}" for name in DOORS if name.endswith(".plot") for plot in DOORS[name]()]


@pytest.fixture(scope="module")
def result() -> hi.Result:
    index = hi.Index(
        unit="town", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all"), hi.Indicator("y", "all")]
    )
    return index.compute({"town": ["A", "B", "C"], "x": [1.0, 2.0, 4.0], "y": [3.0, 1.0, 2.0]})


def parsed(function: Any) -> ast.FunctionDef:
    """Return a function as it is written."""
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(found, ast.FunctionDef)
    return found


def stubs_of(owner: type) -> dict[str, ast.FunctionDef]:
    """Return the functions that a class has for type checkers alone."""
    (written,) = ast.parse(inspect.getsource(owner)).body
    assert isinstance(written, ast.ClassDef)
    blocks = (node for node in written.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    return {one.name: one for block in blocks for one in block.body if isinstance(one, ast.FunctionDef)}


def shape(function: ast.FunctionDef) -> tuple[Any, ...]:
    """Return the arguments of a function but the first, with types and defaults, its answer and its first line."""
    arguments = copy.deepcopy(function.args)
    del arguments.args[0]
    said = ast.unparse(arguments).replace("Drawn", "Uncertainty").replace("Literal['en', 'zh']", "Lang")
    said = said.replace("Released", "Release")
    line = (ast.get_docstring(function) or "").partition("\n")[0]
    assert function.returns is not None
    return said, ast.unparse(function.returns), line


def doors() -> Iterator[tuple[str, ast.FunctionDef, Any]]:
    """Yield every door with its stub and its function."""
    for name in METHODS:
        owner, method = name.split(".")
        yield name, stubs_of(CLASSES[owner])[method], DOORS[name]()
    for name in PLOTS:
        owner, plot, method = name.split(".")
        yield name, parsed(getattr(getattr(stubs, f"{owner}Plots"), method)), DOORS[f"{owner}.{plot}"]()[method]


@pytest.mark.parametrize(("name", "stub", "function"), [pytest.param(*door, id=door[0]) for door in doors()])
def test_a_stub_says_what_its_function_takes_and_gives(name: str, stub: ast.FunctionDef, function: Any) -> None:
    assert shape(stub) == shape(parsed(inspect.unwrap(function)))


@pytest.mark.parametrize("owner", CLASSES.values(), ids=CLASSES)
def test_every_stub_has_its_door_and_every_door_its_stub(owner: type) -> None:
    hung = {name for name, value in vars(owner).items() if isinstance(value, Door)}
    assert (
        hung == stubs_of(owner).keys() == {name.split(".")[1] for name in set(DOORS) - CARDS if owner.__name__ in name}
    )
    plots = DOORS[f"{owner.__name__}.plot"]()
    protocol = getattr(stubs, f"{owner.__name__}Plots")
    assert {name for name in vars(protocol) if name[:1] != "_"} == set(plots)


@pytest.mark.parametrize("name", METHODS)
def test_help_signature_and_completion_show_the_function_itself(result: hi.Result, name: str) -> None:
    owner, method = name.split(".")
    function = getattr(CLASSES[owner], method)
    assert function is DOORS[name]()
    bound = getattr(result, method)
    assert list(inspect.signature(bound).parameters) == list(inspect.signature(function).parameters)[1:]
    assert inspect.getdoc(bound) == inspect.getdoc(function)
    shown = pydoc.plain(pydoc.render_doc(bound))
    # Python 3.13 gives each parameter of a long signature a line of its own.
    assert f"{method}({next(iter(inspect.signature(bound).parameters))}" in "".join(shown.split())
    assert "Parameters" in shown
    assert method in dir(result)
    assert method in pydoc.plain(pydoc.render_doc(hi.Result))


@pytest.mark.parametrize("name", PLOTS)
def test_plots_are_functions_of_the_class_and_methods_of_its_values(name: str) -> None:
    owner, plot, method = name.split(".")
    accessor = getattr(CLASSES[owner], plot)
    assert method in dir(accessor)
    assert getattr(accessor, method) is DOORS[f"{owner}.{plot}"]()[method]
    assert method in repr(accessor)


def test_a_value_fills_in_the_first_argument(result: hi.Result) -> None:
    assert result.plot.ranking.__self__ is result
    assert list(inspect.signature(result.plot.ranking).parameters) == ["node", "period", "top", "depth", "ax"]
    with pytest.raises(AttributeError, match="no plot 'rankin'; did you mean 'ranking'"):
        _ = result.plot.rankin


def test_doors_are_no_fields_and_stay_open_on_copies(result: hi.Result) -> None:
    assert pickle.loads(pickle.dumps(copy.copy(result))).method() == result.method()
    with pytest.raises(AttributeError):
        result.method = None


def test_cards_are_what_a_notebook_shows(result: hi.Result) -> None:
    index, table = hi.example("film_industry")
    doubts = {"film.weights": hi.Noise(0.25)}
    studied = (
        hi.uncertainty(index, table, doubts, draws=8),
        hi.sensitivity(index, table, doubts, draws=8, resamples=4),
    )
    others = (hi.compare({"one": index, "other": index}, table), hi.revisions(result, result))
    shown = (index, result.fitted, result, *studied, *others)
    assert {f"{type(value).__name__}.card" for value in shown} == CARDS
    for value in shown:
        html = value._repr_html_()
        assert html == DOORS[f"{type(value).__name__}.card"]()(value)
        assert "<table" in html or "<ul" in html or "none of 3 rows" in html


def test_the_folder_of_plots_shows_pictures_alone() -> None:
    assert set(dir(hi.plot)) == {"save", *(name.rpartition(".")[2] for name in PLOTS)}
