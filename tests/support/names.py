"""The public names of the package and what they take: `python tests/support/names.py > tests/kept/0.3.0.names`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import hengdian_index as hi


def names(thing: Any = hi, place: str = "hi") -> Iterator[tuple[str, list[str]]]:
    """Yield every public name below a module or a class, and what can be given to it by name."""
    for name in sorted({name for name in dir(thing) if not name.startswith("_")} | described(thing, "Attributes")):
        # A field of a class without a default is on its values alone.
        found, full = getattr(thing, name, None), f"{place}.{name}"
        yield full, parameters(found)
        if isinstance(found, ModuleType) or (inspect.isclass(found) and place == "hi"):
            yield from names(found, full)


def described(thing: Any, section: str) -> set[str]:
    """Return the names that a section of the description of a class has."""
    text = inspect.getdoc(thing) if inspect.isclass(thing) else None
    found = re.search(rf"^{section}\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", text or "", re.M | re.S)
    heads = re.findall(r"^(\S[^\n:]*?)(?: :|$)", found[1], re.M) if found else []
    return {name.strip(" *") for head in heads for name in head.split(",")}


def parameters(thing: Any) -> list[str]:
    """Return what a function takes by name, and a class that users make; not how the package makes its values."""
    if not callable(thing) or (inspect.isclass(thing) and not described(thing, "Parameters")):
        return []
    try:
        taken = inspect.signature(thing).parameters.values()
    except ValueError:
        return []
    return [
        one.name for one in taken if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY) and one.name != "self"
    ]


if __name__ == "__main__":
    print("\n".join(f"{name}({', '.join(words)})" for name, words in names()))
