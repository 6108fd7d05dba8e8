"""Tables of the registry in Markdown: the methods of a family, the laws, the proofs, the cases, the layers."""

from __future__ import annotations

import inspect
import math
import re
import runpy
import tomllib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from reference import functions, path
from sphinx.util import logging

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES, Method

_LOG = logging.getLogger(__name__)
_PROJECT = Path(__file__).parents[2]
_LAWS = {
    "M": "rises with each value",
    "I": "equal values give that value",
    "H": "scales with the values",
    "T": "shifts with the values",
    "S": "order of the columns does not matter",
    "B": "between the smallest and the largest value",
}


def own(family: str) -> list[Method]:
    """Return the package's methods of a family by name, without those that examples register."""
    methods = FAMILIES[family].values()
    return sorted((m for m in methods if m.function.__module__.startswith("hengdian_index.")), key=lambda m: m.name)


def family_section(family: str) -> str:
    """Return the heading of a family, the first line of its description, and its table."""
    module = import_module(f"hengdian_index.{family}")
    intro = inspect.getdoc(module) or ""
    beside = [_reference(f, f.__name__) for f in functions(module) if not hasattr(f, "method")]
    more = f"\nBeside them, functions that are no methods of an index: {', '.join(beside)}.\n" if beside else ""
    return f"## {family}\n\n{intro.splitlines()[0]}\n\n{family_table(family)}{more}"


def family_table(family: str) -> str:
    """Return the table of a family: method, first line, options, and the columns of what its methods declare."""
    methods = own(family)
    shown = [trait for trait in _TRAITS if any(trait in m.traits for m in methods)]
    judged = any(m.sees == "judgement" for m in methods)
    origin = ["from"] if judged else []
    head = ["method", "what comes out, and the options", *origin, *(_TRAITS[trait][0] for trait in shown)]
    rows = []
    for method in methods:
        learnt = ["judgement" if method.sees == "judgement" else "data"] if judged else []
        told = [_declared(method, trait, _TRAITS[trait][1]) for trait in shown]
        rows.append([_link(method), f"{_first_line(method.function)}{_options(method)}", *learnt, *told])
    return _table(head, rows)


def axioms() -> str:
    """Return the table of the laws that each aggregation declares; the law tests hold it to them."""
    methods = [m for m in own("aggregate") if "laws" in m.traits]
    rows = [[_link(m), *("✓" if letter in m.traits["laws"] else "" for letter in _LAWS)] for m in methods]
    return _table(["method", *_LAWS.values()], rows)


def proofs() -> str:
    """Return the table method -> proof, from the sentence "Proof: ..." of the description; warn where there is none."""
    rows = []
    for family in FAMILIES:
        for method in own(family):
            proof = _proof(method.function)
            if not proof:
                _LOG.warning("%s.%s: its description has no sentence 'Proof: ...'", family, method.name)
            rows.append([_link(method, f"{family}.{method.name}"), proof])
    rows += [[_reference(f, f"ahp.{f.__name__}"), _proof(f)] for f in functions(hi.ahp) if _proof(f)]
    return _table(["method", "proof"], rows)


def cases() -> str:
    """Return the table of the published cases that the tests hold: folder, title, source."""
    rows = []
    for file in sorted((_PROJECT / "tests" / "reference").glob("*/CASE.toml")):
        case = tomllib.loads(file.read_text(encoding="utf-8"))
        rows.append([f"`{file.parent.name}`", _cell(case["title"]), _cell(case["source"])])
    return _table(["case", "title", "source"], rows)


def layers() -> str:
    """Return the layers that the layer test has, from the top down, each module with its first line."""
    found = runpy.run_path(str(_PROJECT / "tests" / "test_layers.py"))["LAYERS"]
    lines = ['<div class="layers">']
    for layer in reversed(found):
        lines += ["<div>"]
        lines += [f"<p><code>{name}</code> {_html(_module_line(name))}</p>" for name in layer]
        lines += ["</div>"]
    return "\n".join([*lines, "</div>", ""])


def _declared(method: Method, trait: str, show: Callable[[Any], str]) -> str:
    """Return what a method declares: with its defaults, and with which words of its options something else."""
    value = method.traits.get(trait)
    if not callable(value):
        return show(value)
    given = {p.name: p.default for p in method.options.values() if p.default is not p.empty}
    try:
        plain = show(value(**given))
    except TypeError:
        return "by " + ", ".join(f"`{name}`" for name in inspect.signature(value).parameters)
    others: dict[str, list[str]] = {}
    for name, word in [(option, word) for option in given for word in _words(method.hints.get(option))]:
        told = show(value(**{**given, name: word}))
        if told != plain:
            others.setdefault(told or "not", []).append(f"`{name}={_word(word)}`")
    return "<br>".join([plain, *(f"{told} with {' or '.join(options)}" for told, options in others.items())])


def _words(hint: Any) -> tuple[Any, ...]:
    """Return the words that an option may be."""
    return get_args(hint) if get_origin(hint) is Literal else (True, False) if hint is bool else ()


def _link(method: Method, text: str = "") -> str:
    return f"{{py:func}}`{text or method.name} <hengdian_index.{method.family}.{method.name}>`"


def _reference(function: Callable[..., Any], text: str) -> str:
    return f"{{py:func}}`{text} <{path(function)}>`"


def _first_line(value: Any) -> str:
    return _cell((inspect.getdoc(value) or "").partition("\n")[0])


def _module_line(name: str) -> str:
    if name in ("__main__", "cli"):
        text = (_PROJECT / "hengdian_index" / f"{name}.py").read_text(encoding="utf-8")
        return text.split('"""')[1].partition("\n")[0]
    module = hi if name == "__init__" else import_module(f"hengdian_index.{name}")
    return (inspect.getdoc(module) or "").partition("\n")[0]


def _proof(function: Any) -> str:
    """Return what follows "Proof:" in a description, to the end of the paragraph."""
    for paragraph in re.split(r"\n\s*\n", inspect.getdoc(function) or ""):
        found = re.search(r"\b[Pp]roof(?: by law)?:\s+(.*)", " ".join(paragraph.split()))
        if found:
            return _cell(found[1])
    return ""


def _options(method: Method) -> str:
    """Return the options with their defaults, the other words of a choice behind them; what must be given is bold."""
    shown = [f"**{name}**" for name in method.judgements]
    for name, option in method.options.items():
        words = [word for word in _words(method.hints.get(name)) if not isinstance(word, bool)]
        others = ", ".join(f"`{_word(word)}`" for word in words if word != option.default)
        given = f"**{name}**" if option.default is option.empty else f"`{name}={_word(option.default)}`"
        shown.append(given + (f" ({others})" if others else ""))
    return "".join(f"<br>{option}" for option in shown[:1]) + "".join(f", {option}" for option in shown[1:])


def _word(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _yes(value: Any) -> str:
    return "✓" if value else ""


def _interval(value: Any) -> str:
    if value is None:
        return "set by the data"
    low, high = ("" if math.isinf(end) else "0" if abs(end) < 1e-300 else f"{end:g}" for end in value)
    return f"{low} to {high}" if low and high else f"{low} or more" if low else "any number"


_TRAITS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "gives": ("scores of fit rows", _interval),
    "domain": ("takes", lambda value: "any number" if value in (None, "real") else str(value)),
    "unit_free": ("free of the unit", _yes),
    "shift_free": ("free of the zero", _yes),
    "complete": ("complete rows", _yes),
    "monotone": ("monotone", _yes),
    "fits_on_base": ("learns from base", _yes),
}


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)([|<>$])", r"\\\1", text)


def _html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"
