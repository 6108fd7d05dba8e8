"""Kills writers by signal 9, at each of their steps or at random moments, and says what is left.

Run as a program by `test_kills.py`, so that its forks are of a small process without threads:
`python killed.py WRITER steps|moments COUNT FOLDER`. Prints how often old and new were found, and everything else.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index._index.text import write_tables
from hengdian_index._system.written import whole_folder

# What changes files, as Python tells its audit hooks.
CHANGES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.truncate"}


def results() -> tuple[hi.Result, hi.Result]:
    """Return two results with tables of the same names."""
    return two_levels().compute(table(seed=1)), two_levels(name="other").compute(table(seed=2))


def save(folder: Path) -> Callable[[int], Any]:
    made = results()
    return lambda which: made[which].fitted.save(folder / "fitted.json")


def report(folder: Path) -> Callable[[int], Any]:
    from hengdian_index._present.report import render

    made = [result.report(folder / "report.html").read_text(encoding="utf-8") for result in results()]
    # Kills shall fall on the writing, not on the drawing before.
    return lambda which: render._write(folder / "report.html", made[which])


def excel(folder: Path) -> Callable[[int], Any]:
    made = results()
    return lambda which: made[which].to_excel(folder / "result.xlsx")


def tables(folder: Path) -> Callable[[int], Any]:
    made = results()
    (folder / "out" / "own").mkdir(parents=True)
    (folder / "out" / "notes.csv").write_text("mine")
    (folder / "out" / "own" / "scores.csv").write_text("mine")
    # The second has a table more, which goes with the first.
    more = [{}, {"uncertainty": made[1].scores}]
    return lambda which: write_tables(made[which], folder / "out", **more[which])


def folder_of_files(folder: Path) -> Callable[[int], Any]:
    (folder / "out").mkdir()
    (folder / "out" / "own").write_text("mine")
    states = ({"a": b"1", "b": b"1"}, ["c"]), ({"a": b"2", "c": b"2"}, ["b"])
    return lambda which: whole_folder(folder / "out", *states[which])


def new_tables(folder: Path) -> Callable[[int], Any]:
    made = results()
    gone = partial(shutil.rmtree, folder / "out", ignore_errors=True)
    return lambda which: write_tables(made[which], folder / "out") if which else gone()


def release(folder: Path) -> Callable[[int], Any]:
    made = results()

    def write(which: int) -> None:
        if which == 0:
            # Out of sight in one step: a kill must not meet a folder that is half taken away.
            if (folder / "v1").exists():
                os.rename(folder / "v1", Path(tempfile.mkdtemp(dir=folder.parent)) / "v1")
        elif (folder / "v1").exists():
            # It is whole already: only the next release clears what is left of it.
            hi.release(made[1], folder / "v2")
            shutil.rmtree(folder / "v2")
        else:
            hi.release(made[1], folder / "v1")

    return write


def spec(folder: Path) -> Callable[[int], Any]:
    made = two_levels(), two_levels(name="other")
    return lambda which: made[which].write(folder / "index.toml")


def workbook(folder: Path) -> Callable[[int], Any]:
    made = two_levels(), two_levels(name="other")
    return lambda which: made[which].write(folder / "index.xlsx")


def audit(folder: Path) -> Callable[[int], Any]:
    made = [hi.audit(two_levels(), table(seed=seed)) for seed in (1, 2)]
    return lambda which: made[which].to_html(folder / "audit.html")


def plot(folder: Path) -> Callable[[int], Any]:
    from hengdian_index.plot import save as written

    pictures = [result.plot.lines() for result in results()]
    return lambda which: written(pictures[which], folder / "lines.png", dpi=60)


def method(folder: Path) -> Callable[[int], Any]:
    made = results()
    return lambda which: made[which].method(path=folder / "method.md")


WRITERS: dict[str, Callable[[Path], Callable[[int], Any]]] = {
    "Fitted.save": save,
    "report": report,
    "to_excel": excel,
    "write_tables": tables,
    "write_tables, new folder": new_tables,
    "whole_folder": folder_of_files,
    "release": release,
    "index.write": spec,
    "index.write, workbook": workbook,
    "audit page": audit,
    "plot.save": plot,
    "method": method,
}


def there(folder: Path) -> dict[str, str]:
    """Return what can be read: every file that is not hidden; a link that leads nowhere yet is none."""
    found = {}
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file():
            found[str(path.relative_to(folder))] = path.read_bytes().hex()
    return found


def left(folder: Path) -> list[str]:
    """Return what a run has left behind."""
    return sorted(path.name for path in folder.rglob(".*"))


def forked(act: Callable[[], Any]) -> int:
    """Start a child that acts and ends."""
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    return child


def killed_at(step: int, folder: Path) -> None:
    """Make this process kill itself before the given change of files in a folder."""
    met = 0

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal met
        if event not in CHANGES or not any(
            isinstance(one, (str, bytes, Path)) and str(folder) in str(one) for one in args
        ):
            return
        met += 1
        if met == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def main() -> None:
    """Kill and look, as the command line says."""
    name, how, count, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    write, rng = WRITERS[name](folder), random.Random(name)
    states = []
    for which in (0, 1):
        write(which)
        states.append(there(folder))
    start = time.monotonic()
    write(0)
    write(1)
    whole = time.monotonic() - start
    seen = {"old": 0, "new": 0, "ended": 0}
    other, behind = [], []
    trial = 0
    while trial < count:
        trial += 1
        write(0)
        if how == "steps":

            def act(step: int = trial) -> None:
                killed_at(step, folder)
                write(1)

            child = forked(act)
        else:

            def act() -> None:
                while True:
                    write(1)
                    write(0)

            child = forked(act)
            time.sleep(rng.uniform(0, 1.5 * whole))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        found = there(folder)
        if found in states:
            seen["old" if found == states[0] else "new"] += 1
        else:
            other.append({path: len(text) for path, text in found.items()})
        write(1)
        if there(folder) != states[1] or left(folder):
            behind.append([trial, *left(folder)])
        if how == "steps" and not os.WIFSIGNALED(status):
            # It has no more steps.
            seen["ended"] += 1
            break
    print(json.dumps({**seen, "other": other, "behind": behind}))


if __name__ == "__main__":
    main()
