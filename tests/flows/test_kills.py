"""Whoever writes and is killed leaves the old or the new, never a mixture, and the next run clears what is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.killed import WRITERS

TESTS = Path(__file__).parents[1]
NEEDS = {"report": ("jinja2", "matplotlib"), "plot.save": ("matplotlib",)}
NEEDS |= dict.fromkeys(("to_excel", "index.write, workbook"), ("xlsxwriter",))

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no signal 9")


def after_kills(writer: str, how: str, count: int, folder: Path) -> dict[str, Any]:
    """Return what is found after so many kills; see `killed.py`."""
    for name in NEEDS.get(writer, ()):
        pytest.importorskip(name, reason=f"{name} is not installed")
    command = [sys.executable, str(TESTS / "support" / "killed.py"), writer, how, str(count), str(folder)]
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    settings = {**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("writer", ["Fitted.save", "whole_folder", "write_tables, new folder"])
def test_a_kill_at_each_step_leaves_old_or_new(writer: str, tmp_path: Path) -> None:
    found = after_kills(writer, "steps", 1000, tmp_path)
    assert (found["other"], found["behind"], found["ended"]) == ([], [], 1)
    assert found["old"] > 3
    assert found["new"] > 1


@pytest.mark.parametrize("writer", [name for name in WRITERS if name != "whole_folder"])
def test_a_few_kills_leave_old_or_new(writer: str, tmp_path: Path) -> None:
    found = after_kills(writer, "moments", 3, tmp_path)
    assert (found["other"], found["behind"], found["old"] + found["new"]) == ([], [], 3)


@pytest.mark.slow
@pytest.mark.parametrize("writer", WRITERS)
def test_thirty_kills_leave_old_or_new(writer: str, tmp_path: Path) -> None:
    found = after_kills(writer, "moments", 30, tmp_path)
    assert (found["other"], found["behind"], found["old"] + found["new"]) == ([], [], 30)


@pytest.mark.slow
@pytest.mark.parametrize("writer", WRITERS)
def test_a_kill_at_each_step_of_every_writer_leaves_old_or_new(writer: str, tmp_path: Path) -> None:
    found = after_kills(writer, "steps", 1000, tmp_path)
    assert (found["other"], found["behind"], found["ended"]) == ([], [], 1)
