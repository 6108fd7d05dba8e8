"""A pickle is opened by a process that has imported nothing, as those of a cluster are; what cannot be says so."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.fits import choices, chosen, wide
from support.indexes import answer_shares, built_of, two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES, find

HOME = Path(hi.__file__).parents[1]

# Opens each file in a child of its own, which begins as bare as this process is.
OPENING = """
import os, pathlib, pickle, sys
assert "hengdian_index" not in sys.modules
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    child = os.fork()
    if not child:
        try:
            print(path.name, type(pickle.loads(path.read_bytes())).__name__, flush=True)
        except BaseException as error:
            print(path.name, f"{type(error).__name__}: {error}", flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def run(script: str, *arguments: object, where: Path = HOME) -> str:
    """Return what a new process prints."""
    paths = os.pathsep.join([str(where), str(HOME)])
    settings = {**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, env=settings, cwd=where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_every_kind_of_value_is_opened_in_a_bare_process(tmp_path: Path) -> None:
    index, frame = two_levels(), table()
    result = index.compute(frame)
    things: dict[str, Any] = {f"method of {family}": next(iter(FAMILIES[family].values())) for family in FAMILIES}
    things |= {"index": index, "fit": result.fitted, "tree": index.tree, "result": result, "log": result.log}
    things |= {f"map {type(one).__name__}": one for one in result.fitted.maps.values()}
    things |= {"group": hi.Group("g"), "target": hi.Target(3), "noise": hi.Noise(0.25), "fault": hi.DataError("no")}
    things["learnt map"] = hi.normalise.min_max.fit([[1.0], [2.0]])
    things["map of a function"] = hi.normalise.none.fit([[1.0], [2.0]])
    built = built_of(hi.Indicator("b", "all", build={"method": "diffusion", "up": "up", "same": "same"}))
    things["built"] = built.fit(answer_shares())
    things["uncertainty"] = hi.uncertainty(index, frame, {"weights": hi.Noise(0.25)}, draws=4)
    for name, thing in things.items():
        (tmp_path / name).write_bytes(pickle.dumps(thing))
    assert run(OPENING, tmp_path).splitlines() == [f"{name} {type(things[name]).__name__}" for name in sorted(things)]


def test_a_new_process_scores_with_the_fits_of_every_method(tmp_path: Path) -> None:
    frame, expected = wide(1), {}
    for number, case in enumerate(choices()):
        family, method, options = case.values
        if method.name not in ("neighbours", "regression"):
            try:
                fitted = chosen(family, method, options).fit(frame)
                expected[str(number)] = fitted.score(frame).scores
            except hi.DataError:
                continue
            (tmp_path / str(number)).write_bytes(pickle.dumps(fitted))
    assert len(expected) > 50
    (tmp_path / "frame").write_bytes(pickle.dumps(frame))
    opening = (
        "import pathlib, pickle, sys; folder = pathlib.Path(sys.argv[1])\n"
        "frame = pickle.loads((folder / 'frame').read_bytes())\n"
        "names = [path.name for path in folder.iterdir() if path.name != 'frame']\n"
        "found = {one: pickle.loads((folder / one).read_bytes()).score(frame).scores for one in names}\n"
        "(folder / 'found').write_bytes(pickle.dumps(found))"
    )
    run(opening, tmp_path)
    found = pickle.loads((tmp_path / "found").read_bytes())
    assert [name for name in expected if not found[name].equals(expected[name])] == []


def test_processes_that_are_spawned_score() -> None:
    fitted, frame = two_levels().fit(table()), table()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        there = pool.apply(type(fitted).score, (fitted, frame))
    assert there.scores.equals(fitted.score(frame).scores)


METHOD = """
import hengdian_index as hi

@hi.normalising
def per_dozen(x):
    return x / 12
"""
MAKING = """
import pickle, sys, pathlib
import hengdian_index as hi
from {module} import per_dozen

index = hi.Index(normalise="per_dozen", groups=[hi.Group("all")], indicators=[hi.Indicator("a", "all")])
pathlib.Path(sys.argv[1]).write_bytes(pickle.dumps(index.fit({{"a": [12.0, 36.0]}})))
"""
TRYING = """
import pickle, sys, pathlib
try:
    print(pickle.loads(pathlib.Path(sys.argv[1]).read_bytes()).score({"a": [24.0]}).scores["all"].tolist())
except ValueError as error:
    print(type(error).__name__, error)
"""


def test_a_method_of_a_user_is_found_by_its_module_or_missed_by_name(tmp_path: Path) -> None:
    away, other = tmp_path / "away", tmp_path / "other"
    for folder in (tmp_path, other):
        folder.mkdir(exist_ok=True)
        (folder / "dozens.py").write_text(METHOD)
    (other / "dozens.py").write_text("")
    away.mkdir()
    run(MAKING.format(module="dozens"), tmp_path / "fit", where=tmp_path)
    assert run(TRYING, tmp_path / "fit", where=tmp_path) == "[2.0]\n"
    missed = run(TRYING, tmp_path / "fit", where=away)
    assert "SpecError normalise: method 'per_dozen' is registered by the module 'dozens'" in missed
    assert "No module named 'dozens'" in missed
    assert "put it into a module that every process can import, or register it in each before" in missed
    assert "which does not do so here;" in run(TRYING, tmp_path / "fit", where=other)
    # The name taken by another function is no reason to score with that one.
    taken = METHOD.replace("12", "13") + TRYING
    assert "is of the module 'dozens', and here of '__main__'; rename one" in run(taken, tmp_path / "fit", where=away)


def test_a_method_of_a_script_must_be_registered_before(tmp_path: Path) -> None:
    making = METHOD + MAKING.replace("from {module} import per_dozen\n", "").format()
    run(making, tmp_path / "fit")
    assert "is registered by the module '__main__', which does not do so here;" in run(TRYING, tmp_path / "fit")
    assert run(METHOD + TRYING, tmp_path / "fit") == "[2.0]\n"


def test_a_method_is_itself_again() -> None:
    method = find("normalise", "min_max")
    assert pickle.loads(pickle.dumps(method)) is method
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(method)).function.__name__, "min_max")
