"""A page for each public name, with its fields, methods and properties, each with an anchor of its own."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import methods
from docstrings import Told, executed, told_of
from prose import escape
from rst import page, table, title

import hengdian_index as hi
from hengdian_index._index.doors import Door, Doors
from hengdian_index._methods.aliases import also_called
from hengdian_index._methods.registry import FAMILIES
from hengdian_index._scoring.fields import Part, inherited

# Folders whose functions have their pages among the methods.
FOLDERS = (*FAMILIES, *methods.BESIDE)


def public() -> Iterator[tuple[str, Any]]:
    """Yield every public name, "Index" or "weights.entropy", with its value; folders before what is in them."""
    for name in hi.__all__:
        value = getattr(hi, name)
        yield name, value
        if isinstance(value, ModuleType):
            yield from ((f"{name}.{inner}", getattr(value, inner)) for inner in value.__all__)


def name_pages() -> dict[str, str]:
    """Return the pages of the public names; functions that have a page among the methods have none here."""
    found = {}
    for name, value in public():
        if isinstance(value, ModuleType):
            found[f"{name}.rst"] = _module_page(name, value)
        elif inspect.isclass(value):
            found[f"{name}.rst"] = _class_page(name, value)
        elif name.partition(".")[0] not in FOLDERS or "." not in name:
            found[f"{name}.rst"] = _function_page(name, value)
    return found


def names_table() -> str:
    """Return the table of the names of `hi` and the list of their pages, in Markdown."""
    whole = [(name, value) for name, value in public() if "." not in name]
    rows = [f"| {{py:obj}}`hi.{name} <hengdian_index.{name}>` | {_line(value)} |" for name, value in whole]
    tree = ["```{toctree}", ":hidden:", ":caption: Names", "", *(f"names/{name}" for name, _ in whole), "```"]
    return "\n".join(["| name | what it is |", "|---|---|", *rows, "", *tree, ""])


def members(value: type) -> dict[str, Any]:
    """Return the public methods and properties of a class; what gives a type of the package's inside is left out."""
    if issubclass(value, Exception):
        return {}
    ours = [base for base in value.__mro__ if base.__module__.startswith("hengdian_index")]
    found = {}
    for name in dir(value):
        member = next((vars(base)[name] for base in ours if name in vars(base)), None)
        if name[0] == "_" or name in _fields_of(value) or not _documented(member):
            continue
        function = getattr(member, "fget", None) or getattr(member, "func", None)
        if function is None or function.__annotations__.get("return") not in inside():
            found[name] = member
    return found


def told_fields(value: type) -> dict[str, tuple[str, str]]:
    """Return the fields of a class that its docstring tells, and all of a part of an index: type and text."""
    told = told_of(value).entries
    # A class of the same file may have the name of one that is not public.
    beside = vars(import_module(value.__module__))
    hidden = {one for one in inside() if getattr(beside.get(one), "__module__", "") != value.__module__}
    kept = {name: entry for name, entry in told.items() if entry[0] not in hidden}
    if issubclass(value, Part):
        kept = {name: told.get(name, ("", "")) for name in _fields_of(value)}
    return kept if is_dataclass(value) or issubclass(value, Part) else {}


@cache
def inside() -> frozenset[str]:
    """Return the names of the classes that are not public: a member of such a type is none for users."""
    every = [one.name for one in pkgutil.walk_packages(hi.__path__, "hengdian_index.") if "._" in one.name]
    skipped = ("_batches", "__main__")
    modules = [import_module(one) for one in every if not any(part in one for part in skipped)]
    classes = (value for module in modules for value in vars(module).values() if inspect.isclass(value))
    ours = {one.__name__ for one in classes if one.__module__.startswith("hengdian_index._")}
    return frozenset(ours - set(hi.__all__))


def path(value: Any) -> str:
    """Return where a reader finds a name: in the package itself, in the folder it belongs to, or in its module."""
    folder = ".".join(value.__module__.split(".")[:2])
    for place in ("hengdian_index", folder):
        if getattr(import_module(place), value.__name__, None) is value:
            return f"{place}.{value.__name__}"
    return f"{value.__module__}.{value.__name__}"


def _module_page(name: str, module: ModuleType) -> str:
    values = {one: getattr(module, one) for one in module.__all__}
    rows = [[f":py:obj:`{one} <hengdian_index.{name}.{one}>`", escape(_line(value))] for one, value in values.items()]
    own = [f"{name}.{one}" for one, value in values.items() if inspect.isclass(value) or name not in FOLDERS]
    intro = (inspect.getdoc(module) or "").split("\n\n")
    listed = "\n".join(f"   {one}" for one in own)
    return page(
        title(f"hi.{name}", "="),
        f".. py:module:: hengdian_index.{name}",
        *map(escape, intro),
        f"Formulas, pitfalls and proofs of each: :ref:`family-{name}`." if name in FOLDERS else "",
        table(["name", "what it is"], rows),
        f".. toctree::\n   :hidden:\n\n{listed}" if own else "",
    )


def _function_page(name: str, value: Callable[..., Any]) -> str:
    told = told_of(value)
    return page(
        title(f"hi.{name}", "="),
        f".. autofunction:: hengdian_index.{name}",
        _example(told, value),
    )


def _class_page(name: str, value: type) -> str:
    told = told_of(value)
    kind = "autoexception" if issubclass(value, Exception) else "autoclass"
    shown = told_fields(value)
    folder = name.rpartition(".")[0]
    attributes = [_field(value, field, *entry) for field, entry in shown.items()]
    found = members(value)
    words = [word for one in (name, *(f"{name}.{member}" for member in found)) for word in also_called(one)]
    return page(
        ".. index::\n" + "\n".join(f"   single: {word}" for word in words) if words else "",
        title(f"hi.{name}", "="),
        f".. py:currentmodule:: hengdian_index{f'.{folder}' if folder else ''}",
        f".. {kind}:: hengdian_index.{name}\n   :no-members:",
        _example(told, value),
        *_section("Fields", attributes),
        *_section("Methods and properties", [_member(name, value, one, member) for one, member in found.items()]),
    )


def _section(name: str, parts: list[str]) -> list[str]:
    return [title(name, "-"), *parts] if parts else []


def _example(told: Told, value: Any) -> str:
    return f"{title('Example', '-')}\n\n{executed(value)}" if "Examples" in told.sections else ""


def _field(value: type, field: str, kind: str, text: str) -> str:
    default = _default(value, field)
    falls = issubclass(value, Part) and field in inherited(value)
    above = "Left out, that of the group or the index above." if falls else ""
    lines = [f".. py:attribute:: {value.__name__}.{field}", "", *_indented(f"*{escape(kind)}*" if kind else "")]
    lines += _indented(escape(text)) + _indented(f"Default: ``{default}``." if default else "") + _indented(above)
    return "\n".join(lines)


def _indented(text: str) -> list[str]:
    return [*(f"   {line}" for line in text.splitlines()), ""] if text else []


def _default(value: type, field: str) -> str:
    found = {one.name: one for one in fields(value)}.get(field)  # type: ignore[arg-type]
    if found is None or found.default is MISSING or found.default is None or found.default == ():
        return ""
    plain = found.default.plain() if hasattr(found.default, "plain") else found.default
    return "" if plain == {} else repr(plain)


def _member(name: str, value: type, one: str, member: Any) -> str:
    whole = f"hengdian_index.{name}.{one}"
    if isinstance(member, Doors):
        return _accessor(f"{value.__name__}.{one}", member.__get__(None, value))
    called = isinstance(member, Door) or inspect.isfunction(getattr(member, "__func__", member))
    return f".. {'automethod' if called else 'autoproperty'}:: {whole}"


def _accessor(whole: str, functions: Any) -> str:
    """Return an attribute whose own attributes are pictures."""
    said = "Pictures, each a method; :py:obj:`hi.plot <hengdian_index.plot>` has them as functions."
    lines = [f".. py:attribute:: {whole}", "", f"   {said}", ""]
    for name in dir(functions):
        function = getattr(functions, name)
        lines += [f".. py:method:: {whole}.{name}{_readable(function, bound=True)}", ""]
        see = f":py:func:`hi.plot.{name} <hengdian_index.plot.{name}>`"
        lines += _indented(f"{escape(told_of(function).summary)} All options: {see}.")
    return "\n".join(lines)


def _line(value: Any) -> str:
    return (inspect.getdoc(value) or "").partition("\n")[0]


def _documented(member: Any) -> bool:
    member = getattr(member, "__func__", member)
    return bool(getattr(member, "__doc__", None)) and (callable(member) or hasattr(member, "__get__"))


def _fields_of(value: type) -> list[str]:
    return [one.name for one in fields(value)] if is_dataclass(value) else []


def shown_signature(app: Any, what: str, name: str, value: Any, *_: Any) -> tuple[str, None] | None:
    """Return how a name is called; a value that nobody makes by hand is not."""
    if what in ("function", "method"):
        return _readable(value, bound=what == "method"), None
    if what != "class":
        return None
    made_by_hand = is_dataclass(value) and {str(f.type) for f in fields(value)} <= {"float", "float | None"}
    return (_readable(value), None) if made_by_hand or issubclass(value, Part) else ("", None)


def _readable(value: Callable[..., Any], *, bound: bool = False) -> str:
    """Return a signature without types, which the list of parameters has in words; of a method without its value."""
    parameters = list(inspect.signature(value).parameters.values())
    static = bound and isinstance(inspect.getattr_static(value, "__self__", None), type)
    kept = parameters[1:] if bound and not static else parameters
    plain = (one.replace(default=one.default.plain()) if hasattr(one.default, "plain") else one for one in kept)
    return str(inspect.Signature([one.replace(annotation=one.empty) for one in plain]))


def shown_docstring(app: Any, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """Leave out of a docstring what its page shows in sections of its own."""
    inner = name.removeprefix("hengdian_index.")
    if what == "function" and inner.partition(".")[0] in FOLDERS and "." in inner:
        lines[:] = [*told_of(value).shown.splitlines(), ""]
    elif what in ("class", "exception", "function") and inner in dict(public()):
        own = ("Parameters", "Attributes") if what == "class" and told_fields(value) else ()
        lines[:] = [*told_of(value).without("Examples", *own).splitlines(), ""]
