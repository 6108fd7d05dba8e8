"""Every public class says what it is made of, or what it holds, and shows itself in an example that runs."""

from __future__ import annotations

import doctest
import inspect
import re
from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import Any

import pytest

import hengdian_index as hi


def public_classes() -> dict[str, Any]:
    """Return the classes that users find in the package and in its public folders, by the name they find."""
    named = {f"hi.{name}": getattr(hi, name) for name in hi.__all__}
    folders = {name: value for name, value in named.items() if isinstance(value, ModuleType)}
    named |= {f"{folder}.{name}": getattr(module, name) for folder, module in folders.items() for name in dir(module)}
    return {name: value for name, value in named.items() if inspect.isclass(value)}


CLASSES = public_classes()
SECTION = re.compile(r"^(Parameters|Attributes)\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", re.M | re.S)


def described(text: str) -> set[str]:
    """Return the names that the sections of parameters and attributes have a line of their own for."""
    heads = re.findall(r"^(\S[^\n:]*)(?: :|$)", "\n".join(body for _, body in SECTION.findall(text)), re.M)
    return {name.strip(" *") for head in heads for name in head.split(",")}


def test_public_classes_are_found() -> None:
    assert {"hi.Result", "hi.Index", "hi.DataError", "hi.Target", "hi.ahp.Priorities", "hi.explain.Theil"} <= set(
        CLASSES
    )
    assert all(value.__module__.startswith("hengdian_index.") for value in CLASSES.values())


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_has_its_parameters_or_attributes(name: str) -> None:
    text = inspect.getdoc(CLASSES[name]) or ""
    value = CLASSES[name]
    asked = {field.name for field in fields(value)} if is_dataclass(value) else set(inspect.signature(value).parameters)
    hidden = HIDDEN.get(name, set())
    assert hidden <= asked
    assert asked - described(text) == hidden
    # An attribute that is described and is not there misleads; one that is set later is declared.
    there = asked | inspect.get_annotations(value).keys()
    assert all(one in there or hasattr(value, one) for one in described(text))


# What a value holds for its own use, and nobody makes or reads.
HIDDEN = {
    "hi.Fitted": {"tree", "setting", "frequency"},
    "hi.Uncertainty": {"study"},
}


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_has_an_example_that_runs(name: str) -> None:
    (test,) = doctest.DocTestFinder(recurse=False).find(CLASSES[name], name, globs={})
    assert test.examples
    assert all(doctest.SKIP not in example.options for example in test.examples)
    failed, tried = doctest.DocTestRunner(verbose=False).run(test)
    assert (failed, tried) == (0, len(test.examples))
