"""A family of methods, which finds its files by itself."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any


def family(
    package: str, suggestion: Callable[[object, Iterable[object]], str]
) -> tuple[list[str], Callable[[str], Any], Callable[[], list[str]]]:
    """Import every file of a family's folder, and return `__all__`, `__getattr__` and `__dir__` of its module.

    The module has what the files give away, and nothing of what it was made with. A file whose name begins with `_`
    gives nothing, any other what it lists in `__all__`; without one what it defines under a name without `_`: values
    and functions, of a file with registered methods these alone. `suggestion` answers a misspelt name.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> "theil" in hi.explain.__all__
    True
    >>> hi.series.chian
    Traceback (most recent call last):
    AttributeError: series has no method 'chian'; did you mean 'chain'? (...)
    """
    module = sys.modules[package]
    names = [one.name for one in iter_modules(module.__path__) if not one.name.startswith("_")]
    given: dict[str, Any] = {}
    for file in [import_module(f".{name}", package) for name in sorted(names)]:
        given |= _given(file)
    for name, value in list(vars(module).items()):
        if not (name.startswith("_") or inspect.ismodule(value)):
            delattr(module, name)
    vars(module).update(given)

    def absent(name: str) -> Any:
        guess = "" if name.startswith("_") else suggestion(name, sorted(given))
        raise AttributeError(f"{package.rpartition('.')[2]} has no method {name!r}{guess}")

    return sorted(given), absent, lambda: sorted(given)


def _given(file: ModuleType) -> dict[str, Any]:
    """Return what a file gives away, by name."""
    if hasattr(file, "__all__"):
        return {name: getattr(file, name) for name in file.__all__}
    own = {name: value for name, value in vars(file).items() if getattr(value, "__module__", None) == file.__name__}
    functions = {name: value for name, value in own.items() if inspect.isfunction(value)}
    methods = {name: value for name, value in functions.items() if hasattr(value, "method")}
    classes = {name: value for name, value in own.items() if inspect.isclass(value)}
    values = {name: value for name, value in classes.items() if is_dataclass(value) and "__call__" not in vars(value)}
    given = (methods or functions) | values
    return {name: value for name, value in given.items() if not name.startswith("_")}
