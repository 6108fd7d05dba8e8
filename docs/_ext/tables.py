"""Tables of the registry in Markdown: the methods of a family, the laws, the proofs, the cases, the layers."""

from __future__ import annotations

import inspect
import re
import runpy
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from declared import LAWS, TRAITS, own
from declared import said as declared
from docstrings import told_of
from methods import BESIDE, calls_of, cases_of, every_function, functions, method_of, options_of
from methods import cases as published

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES, Method

_PROJECT = Path(__file__).parents[2]


def families() -> str:
    """Return a section for each family: what it does, a table of its methods, or a line for each of its functions."""
    return "\n".join(_section(family) for family in (*FAMILIES, *BESIDE))


def _section(family: str) -> str:
    module = import_module(f"hengdian_index.{family}")
    intro = (inspect.getdoc(module) or "").splitlines()[0]
    rest = [f for f in functions(family) if method_of(f) is None]
    parts = [f"## {family}", f"{intro} {{ref}}`All of {family}, with proofs <family-{family}>`."]
    parts += [family_table(family)] * bool(own(family))
    parts += ["Functions that are no methods of an index:"] * bool(rest and own(family))
    if rest:
        parts.append(_table(["function", "what comes out"], [[_reference(f, family), _first_line(f)] for f in rest]))
    return "\n\n".join([*parts, ""])


def family_table(family: str) -> str:
    """Return the table of a family: method, first line, options, and the columns of what its methods declare."""
    methods = own(family)
    shown = [trait for trait in _COLUMNS if any(trait in m.traits for m in methods)]
    judged = any(m.sees == "judgement" for m in methods)
    origin = ["from"] if judged else []
    head = ["method", "what comes out, and the options", *origin, *(_COLUMNS[trait] for trait in shown)]
    rows = []
    for method in methods:
        learnt = ["judgement" if method.sees == "judgement" else "data"] if judged else []
        told = [_declared(method, trait) for trait in shown]
        options = _cell(options_of(method).replace("``", "`"))
        rows.append([_link(method), f"{_first_line(method.function)} {options}".strip(), *learnt, *told])
    return _table(head, rows)


def axioms() -> str:
    """Return the table of the laws that each aggregation declares; the law tests hold it to them."""
    methods = [m for m in own("aggregate") if "laws" in m.traits]
    rows = [[_link(m), *("✓" if letter in m.traits["laws"] else "" for letter in "MIHTSB")] for m in methods]
    return _table(["method", *(LAWS[letter] for letter in "MIHTSB")], rows)


def proofs() -> str:
    """Return the table function -> proof, from the sentence "Proof: ..." of its description."""
    rows = []
    for family, function in every_function():
        proof = told_of(function).proof
        found = ", ".join(f"{{ref}}`{name} <case-{name}>`" for name in cases_of(family, function.__name__))
        rows.append([_reference(function, family, whole=True), _cell(_linked(proof)), found])
    return _table(["function", "proof", "published case"], rows)


def cases() -> str:
    """Return a section for each published case that the tests hold: what it is, its source, what it checks."""
    return "\n".join(_case(name, told) for name, told in published().items())


def _case(name: str, told: dict[str, Any]) -> str:
    calls = [(family, f) for family, f in calls_of(told) if hasattr(import_module(f"hengdian_index.{family}"), f)]
    links = ", ".join(f"{{py:obj}}`{family}.{f} <hengdian_index.{family}.{f}>`" for family, f in calls)
    checked = f"It checks {links}." if links else ""
    text = [f"(case-{name})=\n\n### {name}", _cell(told["title"]) + ".", f"Source: {_cell(told['source'])}", checked]
    return "\n\n".join([*filter(None, text), ""])


def _linked(text: str) -> str:
    """Return a text whose names of functions lead to their pages."""
    return re.sub(r"`(hi\.[\w.]+)`", lambda m: f"{{py:obj}}`{m[1]} <hengdian_index{m[1][2:]}>`", text)


def layers() -> str:
    """Return the layers that the layer test has, from the top down, each module with its first line."""
    found = runpy.run_path(str(_PROJECT / "tests" / "test_layers.py"))["LAYERS"]
    lines = ['<div class="layers">']
    for layer in reversed(found):
        lines += ["<div>"]
        lines += [f"<p><code>{name}</code> {_html(_module_line(name))}</p>" for name in layer]
        lines += ["</div>"]
    return "\n".join([*lines, "</div>", ""])


def _declared(method: Method, trait: str) -> str:
    """Return what a method declares, a tick for yes and nothing for no."""
    said = [one for one in declared(method, trait, TRAITS[trait][1]) if not one.startswith("other values")]
    return "<br>".join(re.sub(r"^(yes|no)(?= with|$)", _tick, one) for one in said)


def _tick(match: re.Match[str]) -> str:
    return "✓" if match[1] == "yes" else "not" if match.end() < len(match.string) else ""


def _link(method: Method, text: str = "") -> str:
    return f"{{py:func}}`{text or method.name} <hengdian_index.{method.family}.{method.name}>`"


def _reference(function: Callable[..., Any], family: str, *, whole: bool = False) -> str:
    name = function.__name__
    return f"{{py:func}}`{f'{family}.{name}' if whole else name} <hengdian_index.{family}.{name}>`"


def _first_line(value: Any) -> str:
    return _cell((inspect.getdoc(value) or "").partition("\n")[0])


def _module_line(name: str) -> str:
    if name in ("__main__", "cli"):
        text = (_PROJECT / "hengdian_index" / f"{name}.py").read_text(encoding="utf-8")
        return text.split('"""')[1].partition("\n")[0]
    module = hi if name == "__init__" else import_module(f"hengdian_index.{name}")
    return (inspect.getdoc(module) or "").partition("\n")[0]


_COLUMNS = {
    "gives": "scores of fit rows",
    "domain": "takes",
    "unit_free": "free of the unit",
    "shift_free": "free of the zero",
    "complete": "complete rows",
    "monotone": "monotone",
    "fits_on_base": "learns from base",
}


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)([|<>$])", r"\\\1", text)


def _html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"
