"""Pages of reference in reStructuredText: every public name, described by its own docstring."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import hengdian_index as hi
from hengdian_index.methods import FAMILIES


def api_pages() -> dict[str, str]:
    """Return the pages of reference: one for the index and its helpers, one for each module of functions."""
    named = {name: getattr(hi, name) for name in hi.__all__}
    modules = {name: value for name, value in named.items() if isinstance(value, ModuleType)}
    modules |= {f: import_module(f"hengdian_index.{f}") for f in FAMILIES if FAMILIES[f] and f not in modules}
    rest = {name: value for name, value in named.items() if name not in modules}
    return {"index": _index_page(rest), **{name: _module_page(name, module) for name, module in modules.items()}}


def functions(module: ModuleType) -> list[Callable[..., Any]]:
    """Return the public functions that were written in a module or in its folder."""
    found = {name: getattr(module, name) for name in vars(module) if not name.startswith("_")}
    mine = (f for f in found.values() if inspect.isfunction(f) and _is_of(f, module))
    return sorted(dict.fromkeys(mine), key=lambda f: f.__name__)


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
    details = list(_details(module))
    if details:
        parts.append(_title("What the functions return", "-"))
    parts += [f".. autoclass:: {path(c)}\n   :no-members:" for c in details]
    return _page(parts)


def _details(module: ModuleType) -> Iterator[type]:
    """Yield the values that the functions of a module return where more is told than the plain answer."""
    public = {f.__module__ for f in functions(module)}
    classes = {v for name in public for v in vars(import_module(name)).values() if inspect.isclass(v)}
    told = (c for c in classes if _is_of(c, module) and hasattr(c, "__dataclass_fields__") and c.__name__[:1] != "_")
    yield from sorted((c for c in told if _tells_more(c)), key=lambda c: c.__name__)


def _tells_more(one: type) -> bool:
    fields = one.__dataclass_fields__  # type: ignore[attr-defined]  # a dataclass, the caller looked
    return "weights" in fields or "scores" in fields or not callable(getattr(one, "__call__", None))


def _is_of(value: Any, module: ModuleType) -> bool:
    return value.__module__ == module.__name__ or value.__module__.startswith(f"{module.__name__}.")


def _class(value: type) -> str:
    """Return a class with its own public members, and its fields where a model lists them."""
    members = [name for name, member in vars(value).items() if name[:1] != "_" and _documented(member)]
    lines = [f".. autoclass:: {path(value)}", f"   :members: {', '.join(members)}" if members else "   :no-members:"]
    fields = getattr(value, "model_fields", None)
    if not fields:
        return "\n".join(lines)
    rows = [f"   * - ``{name}``\n     - {_default(f)}" for name, f in fields.items()]
    table = ["", ".. list-table::", "   :header-rows: 1", "", "   * - field", "     - default", *rows]
    return "\n".join([*lines, *table])


def _default(field: Any) -> str:
    if field.is_required():
        return "must be given"
    value = field.default.plain() if hasattr(field.default, "plain") else field.default
    return f"``{value!r}``"


def _documented(member: Any) -> bool:
    member = getattr(member, "__func__", member)
    return bool(getattr(member, "__doc__", None)) and (callable(member) or hasattr(member, "__get__"))


def _function(value: Callable[..., Any]) -> str:
    return f".. autofunction:: {path(value)}"


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _title(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}"
