"""The script that type checkers read is a program, and each of its wrong calls is one for both of them."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import hengdian_index as hi

SCRIPT = Path(__file__).with_name("user.py")
TEXT = SCRIPT.read_text(encoding="utf-8")


def functions(*, wrong):
    """Return the functions of wrong calls, or the others."""
    return [
        node
        for node in ast.parse(TEXT).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("wrong_") == wrong
    ]


def test_the_right_calls_pass_without_a_word():
    for needed in ("matplotlib", "jinja2", "xlsxwriter", "python_calamine", "statsmodels", "sklearn"):
        pytest.importorskip(needed)
    root = SCRIPT.parents[2]
    path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))
    # Old libraries use what newer ones beneath them call old.
    done = subprocess.run(
        [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", str(SCRIPT)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "MPLBACKEND": "agg"},
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_wrong_calls_are_caught_by_both_checkers():
    calls = [statement for function in functions(wrong=True) for statement in function.body]
    assert len(calls) > 50
    lines = TEXT.splitlines()
    for call in calls:
        assert call.lineno == call.end_lineno
        assert re.search(r"  # type: ignore\[.+\]  # pyright: ignore\[.+\]$", lines[call.lineno - 1])


def test_right_calls_ask_no_checker_to_look_away():
    first = min(function.lineno for function in functions(wrong=True))
    assert "ignore[" not in "\n".join(TEXT.splitlines()[: first - 1])


def test_every_public_name_is_used_and_most_methods_of_a_family():
    assert {name for name in hi.__all__ if not re.search(rf"\bhi\.{name}\b", TEXT)} == set()
    for family in ("normalise", "weights", "aggregate", "treat", "impute", "climate"):
        named = dir(getattr(hi, family))
        methods = [name for name in named if hasattr(getattr(getattr(hi, family), name), "method")]
        assert methods
        unused = [name for name in methods if not re.search(rf"\bhi\.{family}\.{name}\b", TEXT)]
        # Not each: a new method is one file, and nothing else has to be touched.
        assert len(unused) <= len(methods) / 4, unused
