"""Pages of reference in reStructuredText: every public name, described by its own docstring."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES


def api_pages() -> dict[str, str]:
    """Return the pages of reference: one for the index and its helpers, one for each module of functions."""
    named = {name: getattr(hi, name) for name in hi.__all__}
    modules = {name: value for name, value in named.items() if isinstance(value, ModuleType)}
    modules |= {f: import_module(f"hengdian_index.{f}") for f in FAMILIES if FAMILIES[f] and f not in modules}
    rest = {name: value for name, value in named.items() if name not in modules}
    return {"index": _index_page(rest), **{name: _module_page(name, module) for name, module in modules.items()}}


def functions(module: ModuleType) -> list[Callable[..., Any]]:
    """Return the public functions of a module, by name."""
    return sorted((v for v in _offered(module) if inspect.isfunction(v)), key=lambda v: v.__name__)


def path(value: Any) -> str:
    """Return where a reader finds a name: in the package itself, in the folder it belongs to, or in its module."""
    folder = ".".join(value.__module__.split(".")[:2])
    for place in ("hengdian_index", folder):
        if getattr(import_module(place), value.__name__, None) is value:
            return f"{place}.{value.__name__}"
    return f"{value.__module__}.{value.__name__}"


def _index_page(named: dict[str, Any]) -> str:
    errors = [v for v in named.values() if inspect.isclass(v) and issubclass(v, Exception)]
    values = [v for v in named.values() if inspect.isclass(v) and v not in errors]
    functions = [v for v in named.values() if not inspect.isclass(v)]
    order = {"Index": 0, "Group": 1, "Indicator": 2, "Fitted": 3, "Result": 4}
    values.sort(key=lambda v: (order.get(v.__name__, 9), v.__name__))
    parts = [_title("The index", "="), "Everything here is a name of ``hi`` after ``import hengdian_index as hi``."]
    parts += [_title(v.__name__, "-") + "\n\n" + _class(v) for v in values]
    parts += [_title("Functions and decorators", "-"), *map(_function, functions)]
    parts += [_title("Errors", "-"), *(f".. autoexception:: {path(v)}" for v in errors)]
    return _page(parts)


def _module_page(name: str, module: ModuleType) -> str:
    parts = [_title(f"hi.{name}", "="), f".. automodule:: {module.__name__}"]
    parts += [f"{_title(f.__name__, '-')}\n\n{_function(f)}" for f in functions(module)]
    details = _details(module)
    if details:
        parts.append(_title("What the functions return", "-"))
    parts += [f".. autoclass:: {path(c)}\n   :no-members:" for c in details]
    return _page(parts)


def _details(module: ModuleType) -> list[type]:
    """Return the values that the functions of a module give where there is more to tell than the plain answer."""
    told = (v for v in _offered(module) if inspect.isclass(v) and is_dataclass(v) and "__call__" not in vars(v))
    return sorted(told, key=lambda v: v.__name__)


def _offered(module: ModuleType) -> set[Any]:
    """Return what a module offers: what was written in it, or in the files whose names it takes over."""
    statements = ast.walk(ast.parse(inspect.getsource(module)))
    files = {module.__name__, *(s.module for s in statements if isinstance(s, ast.ImportFrom))}
    named = (getattr(module, name) for name in dir(module) if name[:1] != "_")
    inside = (v for v in named if callable(v) and v.__module__.startswith(module.__name__))
    return {v for v in inside if v.__module__ in files}


def shown_signature(app: Any, what: str, name: str, value: Any, *_: Any) -> tuple[str, None] | None:
    """Return how a class is called: a model by its fields, and a value that nobody makes by hand not at all."""
    if what != "class":
        return None
    if hasattr(value, "model_fields"):
        shown = [one.replace(annotation=one.empty) for one in inspect.signature(value).parameters.values()]
        plain = (one.replace(default=one.default.plain()) if hasattr(one.default, "plain") else one for one in shown)
        return str(inspect.Signature(list(plain))), None
    made_by_hand = is_dataclass(value) and {str(f.type) for f in fields(value)} <= {"float", "float | None"}
    return None if made_by_hand or not is_dataclass(value) else ("", None)


def _class(value: type) -> str:
    """Return a class with its public members, also those of bases within the package."""
    bases = [base for base in value.__mro__ if base.__module__.startswith("hengdian_index")]
    found = [(name, member) for base in bases for name, member in vars(base).items()]
    shown = [name for name, member in found if name in dir(value) and name[:1] != "_" and _documented(member)]
    members = list(dict.fromkeys(shown))
    told = f":members: {', '.join(members)}" if members else ":no-members:"
    return f".. autoclass:: {path(value)}\n   {told}"


def _documented(member: Any) -> bool:
    member = getattr(member, "__func__", member)
    return bool(getattr(member, "__doc__", None)) and (callable(member) or hasattr(member, "__get__"))


def _function(value: Callable[..., Any]) -> str:
    return f".. autofunction:: {path(value)}"


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _title(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}"
