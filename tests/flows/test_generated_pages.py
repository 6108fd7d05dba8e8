"""The pages that the package writes of itself: each method with what a referee asks, each name with an anchor."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES
from hengdian_index._methods.traits import DECLARED
from hengdian_index._tables.form import Form
from hengdian_index.cli import main

ROOT = Path(__file__).parents[2]
# What every page of a method has, and what one of a function that is no method of an index may lack.
SECTIONS = ("Formula", "When to use", "Pitfalls", "What it declares", "Source", "Proof", "Example", "See also", "Code")
OF_METHODS = {"Formula", "What it declares"}
CODE = """
import json, sys
sys.path.insert(0, "docs/_ext")
import declared, methods, pages, symbols
unknown = {}
for family, function in methods.every_function():
    told, method = methods.told_of(function), methods.method_of(function)
    latex = [one for _, one in declared.formulas(method)] if method else [told.formula]
    own = dict(methods.symbols_of(told))
    found = symbols.meanings(latex, family, method, own, list(told.entries))
    unknown[f"{family}.{function.__name__}"] = [symbol for symbol, said in found.items() if said is None]
traits = [*declared.TRAITS, *declared.SHOWN_OTHERWISE]
json.dump({"pages": pages.pages(), "unknown": unknown, "traits": traits}, sys.stdout)
"""


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """What the documents' own programs write, run by themselves: they have their own modules."""
    run = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.fixture(scope="module")
def pages(made: dict[str, Any]) -> dict[str, str]:
    return dict(made["pages"])


def sections(text: str) -> dict[str, str]:
    """Return the sections of a page by their headings."""
    pieces = re.split(r"^(\S[^\n]*)\n-{3,}\n", text, flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def every_method() -> list[str]:
    for family in FAMILIES:
        import_module(f"hengdian_index.{family}")
    ours = (m for family in FAMILIES.values() for m in family.values())
    return sorted(f"{m.family}.{m.name}" for m in ours if m.function.__module__.startswith("hengdian_index."))


def functions() -> list[str]:
    """Return the functions of the folders, methods or not."""
    folders = {name: getattr(hi, name) for name in hi.__all__ if isinstance(getattr(hi, name), ModuleType)}
    names = [
        (f"{folder}.{name}", getattr(module, name)) for folder, module in folders.items() for name in module.__all__
    ]
    return sorted(name for name, value in names if inspect.isroutine(value))


@pytest.mark.parametrize("name", every_method())
def test_the_page_of_a_method_has_all_that_a_referee_asks(pages: dict[str, str], name: str) -> None:
    family, _, method = name.partition(".")
    found = sections(pages[f"methods/{family}/{method}.rst"])
    assert set(SECTIONS) <= set(found), name
    assert all(found[one] for one in SECTIONS)
    assert ".. math::" in found["Formula"]
    assert ">>> " in found["Example"]
    assert len(found["When to use"]) > 20
    assert len(found["Pitfalls"]) > 20


@pytest.mark.parametrize("name", sorted(set(functions()) - set(every_method())))
def test_the_page_of_a_function_has_its_sections_or_stands_among_the_names(pages: dict[str, str], name: str) -> None:
    family, _, function = name.partition(".")
    if family in ("plot", "sklearn"):
        assert f".. autofunction:: hengdian_index.{name}" in pages[f"reference/names/{name}.rst"]
    else:
        found = sections(pages[f"methods/{family}/{function}.rst"])
        assert set(SECTIONS) - OF_METHODS <= set(found), name


def test_each_symbol_of_each_formula_is_explained(made: dict[str, Any]) -> None:
    assert {name: symbols for name, symbols in made["unknown"].items() if symbols} == {}
    assert len(made["unknown"]) > 100


def test_each_trait_is_told_in_words(made: dict[str, Any]) -> None:
    assert set(made["traits"]) == {trait for traits in DECLARED.values() for trait in traits}


def test_examples_show_what_they_give_now(pages: dict[str, str]) -> None:
    assert "\narray([0., 1.])\n" in pages["methods/weights/entropy.rst"]
    assert "\nSpecError" not in pages["methods/weights/entropy.rst"]


def test_proofs_lead_to_published_cases_and_these_to_methods(pages: dict[str, str]) -> None:
    cases = [path.parent.name for path in (ROOT / "tests" / "reference").glob("*/CASE.toml")]
    listed = pages["generated/parts/cases.md"]
    assert sorted(re.findall(r"^\(case-(\w+)\)=$", listed, flags=re.MULTILINE)) == sorted(cases)
    led = {case for text in pages.values() for case in re.findall(r"<case-(\w+)>", text)}
    assert led <= set(cases)
    assert {"tai", "ahp", "entropy_hospital", "topsis_graduate"} <= led
    assert "hengdian_index.weights.entropy>" in listed
    table = pages["generated/parts/proofs.md"]
    assert [
        name for name in functions() if name.partition(".")[0] not in ("plot", "sklearn") and f"`{name} <" not in table
    ] == []


def test_every_folder_lists_its_functions_with_their_proof(pages: dict[str, str]) -> None:
    for name in functions():
        family, _, function = name.partition(".")
        if family not in ("plot", "sklearn"):
            assert f"<hengdian_index.{name}>`\n" in pages[f"methods/{family}/index.rst"], name
            assert f"\n   {function}\n" in pages[f"methods/{family}/index.rst"] + "\n", name


def anchors(pages: dict[str, str]) -> set[str]:
    """Return what the pages describe, by full name, as Sphinx makes anchors of it."""
    found = set()
    for text in pages.values():
        module = "hengdian_index"
        for line in text.splitlines():
            given = re.match(r"\.\. (?:py:(currentmodule|module)|(?:auto|py:)\w+):: ([\w.]+)", line)
            if given and given[1]:
                module = given[2]
                found |= {module} if given[1] == "module" else set()
            elif given:
                found.add(given[2] if given[2].startswith("hengdian_index") else f"{module}.{given[2]}")
    return found


def public() -> list[tuple[str, Any]]:
    """Return every public name of the package and of its folders."""
    names = [(name, getattr(hi, name)) for name in hi.__all__]
    folders = [(name, value) for name, value in names if isinstance(value, ModuleType)]
    return names + [(f"{name}.{one}", getattr(value, one)) for name, value in folders for one in value.__all__]


@pytest.mark.parametrize("name", [name for name, _ in public()])
def test_every_public_name_has_its_anchor(pages: dict[str, str], name: str) -> None:
    assert f"hengdian_index.{name}" in anchors(pages)


# Members that give something of the package's inside: of no use without reading its code.
INSIDE = {"Index.tree", "Index.setting", "Result.tree", "Result.setting", "Result.course"}


def members() -> list[str]:
    """Return what users find on the public classes: what `dir` tells and the package wrote."""
    found = []
    for name, value in public():
        if inspect.isclass(value) and not issubclass(value, Exception):
            ours = [base for base in value.__mro__ if base.__module__.startswith("hengdian_index")]
            own = {one for base in ours for one in vars(base)} | (
                {f.name for f in fields(value)} if is_dataclass(value) else set()
            )
            found += [f"{name}.{one}" for one in dir(value) if one[0] != "_" and one in own]
    return sorted(set(found) - INSIDE)


@pytest.mark.parametrize("name", members())
def test_every_member_has_its_anchor(pages: dict[str, str], name: str) -> None:
    assert f"hengdian_index.{name}" in anchors(pages)


def test_fields_and_pictures_have_anchors_too(pages: dict[str, str]) -> None:
    wanted = [
        "Uniform.low",
        "Normal.sd",
        "Index.fit_on",
        "Group.weights_since",
        "Indicator.direction",
        "Revisions.because",
    ]
    wanted += [
        f"{name}.plot.{one}" for name in ("Result", "Uncertainty", "Sensitivity") for one in dir(getattr(hi, name).plot)
    ]
    assert [name for name in wanted if f"hengdian_index.{name}" not in anchors(pages)] == []


def test_nothing_of_the_inside_has_a_page(pages: dict[str, str]) -> None:
    assert [name for name in anchors(pages) if "._" in name] == []
    assert {f"hengdian_index.{name}" for name in INSIDE} & anchors(pages) == set()


def test_every_key_of_a_spec_is_told(pages: dict[str, str]) -> None:
    tables = {"index": hi.Index, "data": Form, "group": hi.Group, "indicator": hi.Indicator}
    keys = {f"{table}.{one.name}" for table, kind in tables.items() for one in fields(kind)}
    keys -= {"index.groups", "index.indicators", "index.data", "index.doubts"}
    text = pages["reference/toml.rst"]
    assert set(re.findall(r"^\.\. confval:: (\S+)$", text, flags=re.MULTILINE)) == keys
    told = re.split(r"^\.\. confval:: ", text, flags=re.MULTILINE)[1:]
    assert [one.partition("\n")[0] for one in told if len(re.sub(r"\s*:\w+:.*", "", one).split()) < 4] == []


def test_every_command_and_option_is_told(pages: dict[str, str]) -> None:
    text = pages["generated/parts/commands.md"]
    for name, command in main.commands.items():
        own = text.partition(f"\n### {name}\n" if not text.startswith(f"### {name}") else f"### {name}\n")[2].partition(
            "\n### "
        )[0]
        assert f"{{program}} hengdian-index {name}\n" in own
        options = [option for one in command.params if isinstance(one, click.Option) for option in one.opts]
        assert [option for option in options if not re.search(rf"\{{option\}}.*{option}\b", own)] == [], name


def test_search_finds_methods_by_their_chinese_words(pages: dict[str, str]) -> None:
    for name in every_method():
        family, _, method = name.partition(".")
        called = re.split(r"[（(；]", FAMILIES[family][method].traits["chinese"])[0]
        assert f"   single: {called}\n" in pages[f"methods/{family}/{method}.rst"], name
    glossary = (ROOT / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8")
    assert {"标准化（无量纲化）", "权重", "聚合"} <= set(glossary.splitlines())
