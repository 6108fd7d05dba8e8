"""Hears all that the package says while tests run, tells it in Chinese, and fails a test where half is English.

A sentence is half translated where four English words stand in a row, but for what is typed or is another's: texts in
quotation marks, brackets and code, names with a sign in them, formulas, files. `HENGDIAN_EARS=1` switches it on.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from hengdian_index import errors, log
from hengdian_index._words import said
from hengdian_index._words.catalogue import catalogue
from hengdian_index._words.said import Joined, told

ON = os.environ.get("HENGDIAN_EARS", "") not in ("", "0")
TESTS = str(Path(__file__).parents[1])

_TYPED = re.compile(
    r"“[^”]*”|‘[^’]*’|'[^']*'|\"[^\"]*\"|`[^`]*`|\{[^}]*\}|\[[^\]]*\]|\([^()]*\)|原文：[^；）]*|（[^（）\u4e00-\u9fff]*）|[!-~]*[A-Za-z0-9\]][._/\\=:@-]+[!-~]*"
)
_MOST = 3000
_FOUR = re.compile(r"(?<![\w-])[A-Za-z][a-z]+(?: [A-Za-z][a-z]*){3}(?![\w-])")


def english_in(text: str) -> str:
    """Return the four English words in a row that a Chinese text has; nothing where it has none."""
    # What is longer quotes what somebody gave.
    found = _FOUR.search(_TYPED.sub("；", text[:_MOST]))
    return found[0] if found else ""


class Ears:
    """What was heard, and which of it is half English."""

    def __init__(self) -> None:
        self.heard = set[str]()
        self.halves = list[str]()

    def hear(self, text: object) -> None:
        """Remember a sentence that is half English in Chinese."""
        if not isinstance(text, str) or str.__str__(text) in self.heard:
            return
        self.heard.add(str.__str__(text))
        chinese = told(text, "zh")
        words = english_in(chinese)
        if words:
            self.halves.append(f"{words!r} in {chinese!r}")

    def taken(self) -> list[str]:
        """Return what was half English since this was asked last."""
        found, self.halves = self.halves, []
        return found


def by_a_test(depth: int = 2) -> bool:
    """Return whether what is said was said by a test, or by code that stands in one."""
    frame: Any = sys._getframe(depth)
    while frame is not None and frame.f_code.co_filename in (errors.__file__, log.__file__, "<string>"):
        frame = frame.f_back
    return frame is None or frame.f_code.co_filename.startswith(TESTS)


def listen(ears: Ears) -> None:
    """Let ears hear every sentence of the package, each fault and each line of the log as a whole."""
    made, fail, write = said._made, errors.FaultsError.__init__, log.tell
    known = catalogue("zh").rooms[""]

    @wraps(made)
    def heard_made(kind: Any, text: str, template: str, several: str, values: Any) -> Any:
        found = made(kind, text, template, several, values)
        if kind is not Joined and template in known:
            ears.hear(found)
        return found

    @wraps(fail)
    def heard_fault(self: errors.FaultsError, *faults: Any) -> None:
        fail(self, *faults)
        if not by_a_test():
            for fault in self.faults:
                ears.hear(fault.message)

    @wraps(write)
    def heard_line(entries: Any) -> None:
        write(entries)
        if not by_a_test():
            for entry in entries:
                ears.hear(entry.why)

    said._made, errors.FaultsError.__init__, log.tell = heard_made, heard_fault, heard_line  # type: ignore[assignment, method-assign]


EARS = Ears()
if ON:
    listen(EARS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Fail a test that made the package say something half English."""
    yield
    halves = EARS.taken() if ON else []
    if halves:
        pytest.fail("half English in Chinese:\n" + "\n".join(halves), pytrace=False)
