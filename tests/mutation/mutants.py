"""Mutants of the numeric core: one small error at a time is put into the code, and the tests must notice it.

    pip install ".[mutation]" && python tests/mutation/mutants.py --number 250 --seed 1 --workers 2

Cosmic Ray makes the mutants. The suite is run once with coverage to know which tests reach which line; then all tests
are collected once, and each mutant is a child of that process in which the code of one function is exchanged and the
tests that reach the changed line run, those of the mirrored file first, until one fails. A mutant of what runs at
import (a default, a constant, what a decorator does) is tried in a new process over a copy of the tree as well.
Survivors are run a second time against every test that reaches them; those that cannot be told from the original stand
in `equivalent.toml`.
"""

from __future__ import annotations

import argparse
import ast
import gc
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType

import cosmic_ray.plugins
import coverage
import pytest
from cosmic_ray.ast import get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "hengdian_index"
FOLDERS = ("aggregate", "ahp", "climate", "diagnose", "explain", "impute", "normalise", "series", "treat", "weights")
FOLDERS += ("_values", "_maths", "_scoring", "_levels")
OPERATORS = re.compile(
    "core/(AddNot|NumberReplacer|ZeroIterationForLoop|ReplaceTrueWithFalse|ReplaceFalseWithTrue|ReplaceAndWithOr"
    "|ReplaceOrWithAnd|ReplaceBreakWithContinue|ReplaceContinueWithBreak|ReplaceUnaryOperator_Delete_.*"
    "|ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Div|Div_Mul|Pow_Mul|FloorDiv_Mul|Mod_Mul|BitAnd_BitOr|BitOr_BitAnd)"
    "|ReplaceComparisonOperator_(Eq_NotEq|NotEq_Eq|Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Lt_GtE|Gt_LtE|LtE_Gt|GtE_Lt))"
)
FIRST = 300  # tests of the first pass; survivors meet all
SECONDS = 240  # of a processor: a mutant that takes more hangs, which a person would notice


@dataclass(frozen=True)
class Mutant:
    """One change of one line: the file, the number of the line, the line before and after, the mutated text."""

    path: Path
    line: int
    before: str
    after: str
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what names the mutant wherever its line stands: file, line before, line after."""
        return self.path.relative_to(ROOT).as_posix(), self.before, self.after


def files() -> list[Path]:
    """Return the files of the numeric core."""
    return [path for name in FOLDERS for path in sorted((PACKAGE / name).rglob("*.py")) if path.stem != "__init__"]


def draw(number: int, seed: int) -> list[Mutant]:
    """Return mutants drawn at random from all that can be made, as many from each file as it has a share of them."""
    sites = [site for path in files() for site in _sites(path)]
    found: list[Mutant] = []
    for path, operator, occurrence, line in random.Random(seed).sample(sites, len(sites)):
        if len(found) == number:
            break
        text = path.read_text(encoding="utf-8")
        mutated = mutate_code(text, _operator(operator), occurrence)
        before, after = text.splitlines(), mutated.splitlines()
        changed = [(a.strip(), b.strip()) for a, b in zip(before, after, strict=False) if a != b]
        if changed and len(before) == len(after):
            found.append(Mutant(path, line, *changed[0], mutated))
    return found


@cache
def _operator(name: str) -> Operator:
    return cosmic_ray.plugins.get_operator(name)()


def _sites(path: Path) -> list[tuple[Path, str, int, int]]:
    """Return every (file, operator, occurrence, line) but those in annotations, texts and traits told elsewhere."""
    text = path.read_text(encoding="utf-8")
    names = [name for name in cosmic_ray.plugins.operator_names() if OPERATORS.fullmatch(name)]
    passed = _passed(ast.parse(text))
    found: list[tuple[Path, str, int, int]] = []
    counts: Counter[str] = Counter()

    def walk(node: object) -> None:
        for name in names:
            for (line, column), _ in _operator(name).mutation_positions(node):
                if not any(first <= (line, column) < last for first, last in passed):
                    found.append((path, name, counts[name], line))
                counts[name] += 1
        for child in getattr(node, "children", ()):
            walk(child)

    walk(get_ast(text))
    return found


def _passed(tree: ast.Module) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the spans in which a change changes no number: annotations, type aliases, decorators' words, errors."""
    spans = []
    for node in ast.walk(tree):
        inside: list[ast.AST | None] = []
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside = [node.returns, *node.decorator_list]
        elif isinstance(node, ast.ClassDef):
            inside = list(node.decorator_list)
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            inside = [node.annotation]
            if isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation):
                inside = [node]
        elif isinstance(node, (ast.Raise, ast.JoinedStr)):
            inside = [node]
        spans += [
            ((one.lineno, one.col_offset), (one.end_lineno or 0, one.end_col_offset or 0)) for one in inside if one
        ]
    return spans


# Which tests reach a line.


def reached(data: Path, mutant: Mutant) -> list[str]:
    """Return the tests that reach the line of a mutant, those of the mirrored file first."""
    contexts = _contexts(data, mutant.path).get(mutant.line, [])
    tests = sorted({context.split("|")[0] for context in contexts if "::" in context})
    random.Random(mutant.line).shuffle(tests)
    mirrored = mutant.path.relative_to(PACKAGE)
    room = "/".join(part.lstrip("_") for part in mirrored.parent.parts)
    near = [f"tests/{room}/test_{mirrored.stem.lstrip('_')}.py", f"tests/{room}/"]
    return sorted(tests, key=lambda test: (not test.startswith(near[0]), not test.startswith(near[1])))


@cache
def _contexts(data: Path, path: Path) -> dict[int, list[str]]:
    found = coverage.CoverageData(basename=str(data))
    found.read()
    return found.contexts_by_lineno(str(path))


def cover(data: Path, workers: int) -> None:
    """Run the suite once and keep which test reaches which line."""
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"-n{workers}", "--cov=hengdian_index", "--cov-branch",
         "--cov-context=test", "--cov-report=", "-p", "no:cacheprovider"],
        cwd=ROOT, env=os.environ | {"COVERAGE_FILE": str(data)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip


# Running them.


def exchange(mutant: Mutant, live: list[FunctionType]) -> bool:
    """Exchange the code of the live function that a mutant changes; False if it changes no function."""
    before, after = (compile(text, str(mutant.path), "exec", dont_inherit=True, flags=_flags(text))
                     for text in (mutant.path.read_text(encoding="utf-8"), mutant.source))  # fmt: skip
    changed: list[tuple[CodeType, CodeType]] = []
    if not _compare(before, after, changed) or not changed:
        return False
    found = [(one, new) for one in live for old, new in changed if one.__code__ == old]
    for function, new in found:
        function.__code__ = new
    return bool(found)


def _flags(text: str) -> int:
    return 0x1000000 if "from __future__ import annotations" in text else 0


def _compare(a: CodeType, b: CodeType, changed: list[tuple[CodeType, CodeType]]) -> bool:
    """Collect the functions that differ; False if what runs at import differs itself."""
    if a.co_code != b.co_code or len(a.co_consts) != len(b.co_consts):
        return False
    for one, other in zip(a.co_consts, b.co_consts, strict=True):
        if not isinstance(one, CodeType):
            if one != other or type(one) is not type(other):
                return False
        elif one != other:
            if one.co_flags & 0x1:  # a function's locals are fast ones; a class body's are not
                changed.append((one, other))
                changed.extend(_inside(one, other))
            elif not _compare(one, other, changed):
                return False
    return True


def _inside(old: CodeType, new: CodeType) -> list[tuple[CodeType, CodeType]]:
    """Return the functions within a function that differ: of one that a decorator made, only these still run."""
    codes = ([one for one in code.co_consts if isinstance(one, CodeType)] for code in (old, new))
    pairs = [(a, b) for a, b in zip(*codes, strict=False) if a != b and len(a.co_freevars) == len(b.co_freevars)]
    return pairs + [inner for pair in pairs for inner in _inside(*pair)]


class Mutants:
    """A plugin of pytest that tries the mutants on the collected tests instead of running these."""

    def __init__(self, mutants: list[Mutant], data: Path, workers: int, first: int) -> None:
        self.mutants, self.data, self.workers, self.first = mutants, data, workers, first
        self.survivors: list[Mutant] = []
        self.live: list[FunctionType] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Let hypothesis draw the same examples for every mutant, remember none, and stop at the first that fails."""
        from hypothesis import Phase, settings

        phases, ordinary = (Phase.explicit, Phase.generate), settings.get_profile("ordinary")
        settings.register_profile("mutants", ordinary, database=None, derandomize=True, phases=phases)
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try each mutant in a child of this process."""
        items = {item.nodeid: item for item in session.items}
        self.live = [one for one in gc.get_objects() if isinstance(one, FunctionType)]
        gc.freeze()  # after the functions were looked for, as what is frozen is no longer found
        running: dict[int, tuple[Mutant, float]] = {}
        waiting = list(self.mutants)
        while waiting or running:
            while waiting and len(running) < self.workers:
                mutant = waiting.pop(0)
                running[self._start(session, items, mutant)] = (mutant, time.monotonic())
            self._end(running)
        return True

    def _start(self, session: pytest.Session, items: dict[str, pytest.Item], mutant: Mutant) -> int:
        tests = reached(self.data, mutant)[: self.first]
        sys.stdout.flush()
        child = os.fork()
        if child:
            return child
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1), os.dup2(nowhere, 2)
        os._exit(self._try(session, items, mutant, tests))

    def _try(self, session: pytest.Session, items: dict[str, pytest.Item], mutant: Mutant, tests: list[str]) -> int:
        """Return 0 if every test passes under the mutant."""
        try:
            if not exchange(mutant, self.live):
                return _afresh(mutant, [test for test in tests if test in items])
            for test in tests:
                if test not in items:
                    continue
                session.testsfailed = 0
                items[test].config.hook.pytest_runtest_protocol(item=items[test], nextitem=None)
                if session.testsfailed:
                    return 1
            at_import = "" in _contexts(self.data, mutant.path).get(mutant.line, [])
            return _afresh(mutant, tests) if at_import else 0
        except BaseException:
            return 1

    def _end(self, running: dict[int, tuple[Mutant, float]]) -> None:
        """Wait for a child to end; one that takes too long even for a busy machine is killed, so counts as noticed."""
        child, status = os.waitpid(-1, os.WNOHANG)
        for late in [one for one, (_, start) in running.items() if time.monotonic() - start > 10 * SECONDS]:
            os.killpg(late, signal.SIGKILL)
        if not child:
            time.sleep(0.02)
            return
        mutant, start = running.pop(child)
        survived = status == 0
        self.survivors += [mutant] if survived else []
        file, before, after = mutant.key
        word = "SURVIVED" if survived else "killed"
        print(f"{word} {file}:{mutant.line}: {before} -> {after} ({time.monotonic() - start:.1f} s)", flush=True)


def _afresh(mutant: Mutant, tests: list[str]) -> int:
    """Return how pytest ends over a copy of the tree that holds the mutant."""
    chosen = list(dict.fromkeys(test.split("::")[0] for test in tests)) or _mirrored(mutant)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", "__pycache__", ".hypothesis", "_build"))
        (tree / mutant.path.relative_to(ROOT)).write_text(mutant.source, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", *chosen[:12]]
        environment = os.environ | {"PYTHONPATH": str(tree)}
        return subprocess.run(command, cwd=tree, env=environment, stdout=subprocess.DEVNULL).returncode


def _mirrored(mutant: Mutant) -> list[str]:
    """Return the test files of what runs at import, which no test is known to reach: the mirrored ones and the laws."""
    part = mutant.path.relative_to(PACKAGE)
    room = ROOT.joinpath("tests", *(name.lstrip("_") for name in part.parent.parts))
    near = [room, *(ROOT / "tests" / "laws").glob(f"test_{part.parts[0]}*.py")]
    own = room / f"test_{part.stem.lstrip('_')}.py"
    return [str(one.relative_to(ROOT)) for one in ([own] if own.is_file() else near) if one.exists()]


def equivalent() -> dict[tuple[str, str, str], str]:
    """Return the mutants that no test can notice, each with its reason."""
    listed = tomllib.loads((Path(__file__).parent / "equivalent.toml").read_text(encoding="utf-8"))["mutant"]
    return {(one["file"], one["before"], one["after"]): one["why"] for one in listed}


def tried(mutants: list[Mutant], data: Path, workers: int, first: int) -> list[Mutant]:
    """Return the mutants that survive the tests that reach them."""
    plugin = Mutants(mutants, data, workers, first)
    pytest.main(
        ["-q", "-n0", "-p", "no:cacheprovider", "-p", "no:terminalreporter", str(ROOT)],
        plugins=[plugin],
    )
    return plugin.survivors


def main() -> int:
    """Draw mutants, try them, and print what survives; 1 if fewer than the share asked for are killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--coverage", type=Path, help="data of an earlier run, to save one")
    parser.add_argument("--least", type=float, default=0.92, help="share of the mutants that must be killed")
    given = parser.parse_args()
    os.chdir(ROOT)
    mutants, known = draw(given.number, given.seed), equivalent()
    with tempfile.TemporaryDirectory() as folder:
        data = given.coverage or Path(folder) / "coverage"
        if not data.is_file():
            cover(data, given.workers)
        survivors = tried(mutants, data.resolve(), given.workers, FIRST)
        if survivors:
            print(f"{len(survivors)} of {len(mutants)} survive the first tests; now all that reach them", flush=True)
            survivors = tried(survivors, data.resolve(), given.workers, 10**6)
    open_ones = [mutant for mutant in survivors if mutant.key not in known]
    killed = len(mutants) - len(survivors)
    print(f"\n{killed} of {len(mutants)} killed ({killed / len(mutants):.1%}), "
          f"{len(survivors) - len(open_ones)} equivalent, {len(open_ones)} open:")  # fmt: skip
    for mutant in sorted(open_ones, key=lambda one: one.key):
        print(f"  {mutant.key[0]}:{mutant.line}\n    - {mutant.before}\n    + {mutant.after}")
    return int(killed + len(survivors) - len(open_ones) < given.least * len(mutants))


if __name__ == "__main__":
    sys.exit(main())
