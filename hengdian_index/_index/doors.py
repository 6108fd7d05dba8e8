"""What a value can do that stands above it: a table of these functions, and how a class gives them away.

`hengdian_index/__init__.py`, which runs before everything else, fills the table with loaders, so that nothing down here
imports what stands above, and nothing is loaded before it is asked for. Editors and type checkers see the stubs on the
classes; at run time `help`, `inspect.signature` and completion show the functions themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MethodType
from typing import Any

DOORS: dict[str, Callable[[], Any]] = {}
"""Class and attribute, "Result.report", -> what loads the function, or the functions by name, behind it."""


class Door:
    """Method of a class that is a function standing above it; its first argument is the value."""

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._key = f"{owner.__name__}.{name}"

    def __get__(self, value: Any, owner: type[Any] | None = None) -> Any:
        """Return the function, its first argument filled in with the value."""
        function = DOORS[self._key]()
        return function if value is None else MethodType(function, value)


class Doors(Door):
    """Attribute of a class whose attributes are functions standing above it: `result.plot.lines()`."""

    def __get__(self, value: Any, owner: type[Any] | None = None) -> Any:
        """Return the functions, their first argument filled in with the value."""
        return Accessor(DOORS[self._key](), value)


class Accessor:
    """Functions whose first argument is filled in: `result.plot.lines()` is `lines(result)`."""

    __slots__ = ("_functions", "_value")

    def __init__(self, functions: Mapping[str, Callable[..., Any]], value: Any) -> None:
        self._functions = functions
        self._value = value

    def __getattr__(self, name: str) -> Any:
        # Copying asks for names before there are any values.
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._functions:
            # The package loads this file first: all that it loads with it makes every command wait.
            from hengdian_index.errors import suggestion

            raise AttributeError(f"no plot {name!r}{suggestion(name, self._functions)}")
        function = self._functions[name]
        return function if self._value is None else MethodType(function, self._value)

    def __dir__(self) -> list[str]:
        return list(self._functions)

    def __repr__(self) -> str:
        whose = "" if self._value is None else f" of {self._value!r}"
        return f"<plots{whose}: {', '.join(self._functions)}>"
