"""Conventions of other programs, a file each: what they do otherwise, and which option here gives their numbers.

A file beside this one is a tool; it is found by being there. It has `NAME` and `CONVENTIONS`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from hengdian_index._words.said import Said


@dataclass(frozen=True)
class Convention:
    """One thing that a program does otherwise, or, without `why`, a function that it has as it is here.

    Parameters
    ----------
    of : function, or Index
        What it is about; the class of indexes is an index as a whole.
    source : str
        Where the program says so.
    why : Said, optional
        What the program does, and what is done here.
    option, value : str, Any
        The option, or the field of an index, that gives their numbers.
    theirs : callable, optional
        Where no option does: their numbers by the functions here, from the data and the options; of an index, the index
        that gives them, None where it is that already.
    when : callable, optional
        Whether it bears on the data; default: always.
    call : str, optional
        How `theirs` is written by who wants the numbers, where that is no line of a spec.
    """

    of: Callable[..., Any]
    source: str
    why: Said | None = None
    option: str = ""
    value: Any = None
    theirs: Callable[..., Any] | None = None
    when: Callable[[Any], bool] | None = None
    call: str = ""

    @property
    def name(self) -> str:
        """What it is about as users write it: "weights.entropy"; "" of an index."""
        family = self.of.__module__.split(".")[1]
        return "" if family.startswith("_") else f"{family}.{self.of.__name__}"

    def bears_on(self, data: Any) -> bool:
        """Return whether it can move the numbers of some data at all."""
        return self.when is None or self.when(data)


@cache
def tools() -> dict[str, ModuleType]:
    """Return every tool by its name in code."""
    names = sorted(one.name for one in pkgutil.iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}") for name in names if not name.startswith("_")}
