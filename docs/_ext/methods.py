"""A page for each method and function of the families, from the registry and the docstrings."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import declared
import gallery
from docstrings import Told, code_of, executed, told_of
from prose import escape
from rst import bullets, code, label, math, page, symbols, table, title
from symbols import explained

from hengdian_index._methods.aliases import also_called
from hengdian_index._methods.registry import FAMILIES, Method

_PROJECT = Path(__file__).parents[2]
_ROLE = re.compile(r"\bhi\.(\w+)\.(\w+)")
# Folders of functions that are no methods of an index.
BESIDE = ("ahp", "series", "diagnose", "explain")


def method_pages() -> dict[str, str]:
    """Return the pages of the methods, each in the folder of its family, and the list of each family."""
    pages: dict[str, str] = {}
    for family in (*FAMILIES, *BESIDE):
        for function in functions(family):
            pages[f"{family}/{function.__name__}.rst"] = method_page(family, function)
        pages[f"{family}/index.rst"] = family_page(family)
    return pages


def functions(family: str) -> list[Callable[..., Any]]:
    """Return the public functions of a folder by name: first the methods of an index, then the others."""
    module = import_module(f"hengdian_index.{family}")
    found = [value for name in module.__all__ if inspect.isroutine(value := getattr(module, name))]
    return sorted(found, key=lambda f: (method_of(f) is None, f.__name__))


def method_of(function: Callable[..., Any]) -> Method | None:
    """Return the method that a public function stands for, None of a plain function."""
    return getattr(function, "method", None)


def chinese(function: Callable[..., Any]) -> str:
    """Return what a method is called in Chinese, without the explanation in brackets."""
    method = method_of(function)
    return re.split(r"[（(；]", str(method.traits.get("chinese", "")) if method else "")[0]


def family_page(family: str) -> str:
    """Return the page of a family: what its methods do, and a line for each."""
    module = import_module(f"hengdian_index.{family}")
    intro = (inspect.getdoc(module) or "").split("\n\n")
    rows = []
    for function in functions(family):
        told = told_of(function)
        said = [escape(told.summary), options_of(method_of(function))]
        rows.append([_doc(family, function), "\n\n".join(filter(None, said)), escape(told.proof)])
    docs = "\n".join(f"   {f.__name__}" for f in functions(family))
    return page(
        label(f"family-{family}"),
        title(family, "="),
        *map(escape, intro),
        table(["method" if family in FAMILIES else "function", "what comes out, and the options", "proof"], rows),
        f".. toctree::\n   :hidden:\n\n{docs}",
    )


def method_page(family: str, function: Callable[..., Any]) -> str:
    """Return the page of a function: signature, formula, when to use it, what it declares, source, proof, example."""
    told, name = told_of(function), function.__name__
    method = method_of(function)
    formulas = declared.formulas(method) if method else [("", told.formula)] if told.formula else []
    others = also_called(f"{family}.{name}")
    return page(
        _index_entries(family, function),
        label(f"method-{family}-{name}"),
        title(name, "="),
        f".. autofunction:: hengdian_index.{family}.{name}",
        f"Also called: {escape(', '.join(others))}." if others else "",
        _section("Formula", _formulas(family, formulas, function, told)),
        _section("When to use", escape(told.when)),
        _section("Pitfalls", escape(told.pitfalls)),
        _section("Conventions and variants", "\n\n".join(map(escape, told.remarks))),
        _section("What it declares", _declared(method)),
        _section("Source", escape(told.source)),
        _section("Proof", _proof(family, function, told)),
        _section("Example", executed(function)),
        _section("See also", _see_also(family, function, told)),
        _section("Code", _code(function)),
    )


def _section(name: str, text: str) -> str:
    return f"{title(name, '-')}\n\n{text}" if text else ""


def _index_entries(family: str, function: Callable[..., Any]) -> str:
    """Return entries of the index, which the search looks at, too: the name in words, and in Chinese."""
    called = chinese(function)
    others = also_called(f"{family}.{function.__name__}")
    name = f"{function.__name__.replace('_', ' ')} ({family})"
    words = dict.fromkeys([name, called, called.removesuffix("法"), *others])
    return ".. index::\n" + "\n".join(f"   single: {word}" for word in words if word)


def _formulas(family: str, formulas: list[tuple[str, str]], function: Callable[..., Any], told: Told) -> str:
    if not formulas:
        return ""
    parts = []
    for option, latex in formulas:
        parts += [f"With ``{option}``:"] * bool(option) + [math(latex)]
    own, latex = dict(symbols_of(told)), [one for _, one in formulas]
    meanings = explained(latex, family, method_of(function), own, list(told.entries))
    return "\n\n".join([*parts, symbols([f":math:`{symbol}`", escape(text)] for symbol, text in meanings)])


def symbols_of(told: Told) -> Iterator[tuple[str, str]]:
    r"""Yield the symbols that a docstring explains, each with its text: `s: standard deviation; \lambda: root`."""
    for one in " ".join(told.symbols.split()).rstrip(".").split("; "):
        symbol, colon, meaning = one.partition(": ")
        if colon:
            yield symbol, meaning


def _declared(method: Method | None) -> str:
    if method is None:
        return ""
    rows = [[name, escape(value)] for name, value in declared.facts(method)]
    if called := method.traits.get("chinese"):
        rows.append(["Called in Chinese", escape(str(called))])
    word = f'``{"build" if method.family == "climate" else method.family} = "{method.name}"``'
    return "\n\n".join([f"In an index it is {word}.", table(["what", "holds"], rows)])


def _proof(family: str, function: Callable[..., Any], told: Told) -> str:
    cases = cases_of(family, function.__name__)
    if not told.proof:
        return ""
    links = [f"Published numbers that the tests reproduce: {', '.join(map(_case, cases))}."] if cases else []
    indexes = [
        f":doc:`{one.title} </generated/gallery/{one.name}>`" for one in gallery.methods_of(family, function.__name__)
    ]
    links += [f"Published indexes that rest on it: {', '.join(indexes)}."] * bool(indexes)
    return "\n\n".join([escape(told.proof), *links])


def _case(name: str) -> str:
    return f":ref:`{name} <case-{name}>`"


@cache
def cases() -> dict[str, dict[str, Any]]:
    """Return the published cases of the tests by the name of their folder."""
    found = sorted((_PROJECT / "tests" / "reference").glob("*/CASE.toml"))
    return {file.parent.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in found}


def calls_of(case: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the functions that the checks of a case call: folder and name."""
    text = "\n".join(str(check.get("call", "")) for check in case.get("check", []))
    return list(dict.fromkeys(_ROLE.findall(text)))


def cases_of(family: str, name: str) -> list[str]:
    """Return the published cases whose checks call a function."""
    return [case for case, told in cases().items() if (family, name) in calls_of(told)]


def _see_also(family: str, function: Callable[..., Any], told: Told) -> str:
    own = [line.strip() for line in told.sections.get("See Also", "").splitlines() if line.strip()]
    method = method_of(function)
    if method is not None:
        near = declared.neighbours(method)
        rows = [(_public(one), "; ".join(differs) or "declares the same") for one, differs in near]
        told_rows = [[_doc(family, f), escape(told_of(f).summary), escape(differs)] for f, differs in rows]
        found = table(["method", "what it is", "declares otherwise"], told_rows)
    else:
        others = [f for f in functions(family) if f is not function]
        found = bullets(f"{_doc(family, f)}: {escape(told_of(f).summary)}" for f in others)
    return "\n\n".join([*(["\n".join(map(escape, own))] if own else []), found])


def _public(method: Method) -> Callable[..., Any]:
    return getattr(import_module(f"hengdian_index.{method.family}"), method.name)  # type: ignore[no-any-return]


def _doc(family: str, function: Callable[..., Any]) -> str:
    return f":py:obj:`{function.__name__} <hengdian_index.{family}.{function.__name__}>`"


def options_of(method: Method | None) -> str:
    """Return the options with their defaults, the other words of a choice behind them; what must be given is bold."""
    if method is None:
        return ""
    shown = [f"**{name}**" for name in method.judgements]
    for name, option in method.options.items():
        words = [word for word in declared.words(method.hints.get(name)) if not isinstance(word, bool)]
        others = ", ".join(f"``{declared.written(word)}``" for word in words if word != option.default)
        given = f"**{name}**" if option.default is option.empty else f"``{name}={declared.written(option.default)}``"
        shown.append(given + (f" ({others})" if others else ""))
    return f"Options: {', '.join(shown)}." if shown else ""


def _code(function: Callable[..., Any]) -> str:
    plain = inspect.unwrap(function)
    file = f"{plain.__module__.replace('.', '/')}.py"
    return "\n\n".join([f"``{file}``", code(code_of(function), "python")])


def every_function() -> Iterable[tuple[str, Callable[..., Any]]]:
    """Yield every function that has a page, with its folder."""
    for family in (*FAMILIES, *BESIDE):
        for function in functions(family):
            yield family, function
