"""Words a user chooses by: checked."""

from __future__ import annotations

from typing import Any

from hengdian_index.errors import Fault, SpecError, suggestion


def known(word: object, allowed: Any, kind: str, *, what: str = "method") -> str:
    """Return the word when it is one of those allowed; else raise SpecError."""
    if not isinstance(word, str) or word not in allowed:
        raise SpecError(Fault(f"ahp: no {kind} {word!r}{suggestion(word, allowed)}", (what,)))
    return word
