"""Attributes of a result that stand above it, such as `plot`: loaded when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MethodType
from typing import Any

from hengdian_index.errors import suggestion


class Accessor:
    """Functions whose first argument is filled in: `result.plot.lines()` is `lines(result)`."""

    __slots__ = ("_name", "_value")

    def __init__(self, value: Any, name: str) -> None:
        self._value = value
        self._name = name

    @property
    def _functions(self) -> Mapping[str, Callable[..., Any]]:
        found: Mapping[str, Callable[..., Any]] = import_module("hengdian_index.plot").PLOTS[self._name]
        return found

    def __getattr__(self, name: str) -> Any:
        # Copying asks for names before there are any values.
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._functions:
            raise AttributeError(f"no plot {name!r}{suggestion(name, self._functions)}")
        return MethodType(self._functions[name], self._value)

    def __dir__(self) -> list[str]:
        return list(self._functions)

    def __repr__(self) -> str:
        return f"<plots of {self._value!r}: {', '.join(self._functions)}>"


class Plots:
    """Attribute of a class whose pictures `hengdian_index.plot` has under a name.

    Pictures stand above all that they show; they are looked up by name when asked for, so that nothing below them
    imports them.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, value: Any, owner: type[Any] | None = None) -> Any:
        """Return the pictures of a value."""
        return self if value is None else Accessor(value, self.name)


class Elsewhere:
    """Method of a class that is a function of a module above it, imported when it is asked for."""

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name

    def __get__(self, value: Any, owner: type[Any] | None = None) -> Any:
        """Return the function, its first argument filled in with the value."""
        function = getattr(import_module(f"hengdian_index.{self.module}"), self.name)
        return function if value is None else MethodType(function, value)
