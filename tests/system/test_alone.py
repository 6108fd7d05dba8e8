"""Settings of the whole process are changed by one thread at a time, and a system without threads is no hindrance."""

from __future__ import annotations

import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index._maths import blocks
from hengdian_index._system.alone import all_heard, heard, shared_out, unheard
from hengdian_index._tables import table as rows


def test_only_the_warnings_of_the_own_thread_and_kind_are_heard() -> None:
    ready, done = threading.Event(), threading.Event()

    def other() -> None:
        ready.wait(10)
        warnings.warn("of another thread", UserWarning, stacklevel=1)
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with warnings.catch_warnings(record=True) as outside:
        warnings.simplefilter("always")
        with heard(UserWarning) as found:
            ready.set()
            assert done.wait(10)
            warnings.warn("mine", UserWarning, stacklevel=1)
            warnings.warn("of another kind", RuntimeWarning, stacklevel=1)
        warnings.warn("after", UserWarning, stacklevel=1)
    thread.join()
    assert list(map(str, found)) == ["mine"]
    assert {str(one.message) for one in outside} == {"of another thread", "of another kind", "after"}


def test_settings_of_warnings_are_the_same_after_many_threads() -> None:
    before = list(warnings.filters)

    def listen(_: int) -> int:
        with heard(UserWarning) as found, unheard(RuntimeWarning):
            warnings.warn("x", UserWarning, stacklevel=1)
            warnings.warn("x", RuntimeWarning, stacklevel=1)
        return len(found)

    assert shared_out(listen, range(200), 8) == [1] * 200
    assert list(warnings.filters) == before


@pytest.mark.parametrize("allowed", [0, 1])
def test_without_threads_everything_is_computed_in_turn(
    allowed: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    frame = table(40)
    for module in (blocks, rows):
        monkeypatch.setattr(module, "_LARGE", 8)
    monkeypatch.setattr(blocks, "_BLOCK", 16)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no reports")
    pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
    factors = {"weights": hi.Noise(0.3), "aggregate": ["arithmetic", "geometric"]}

    def everything() -> tuple[object, ...]:
        index = two_levels(normalise="z_score", base=None, aggregate="arithmetic")
        result = index.compute(frame)
        draws = hi.uncertainty(two_levels(), frame, factors, draws=32, rng=0)
        page = two_levels().compute(frame).report(tmp_path / "r.html").read_bytes()
        shares = hi.sensitivity(two_levels(), frame, factors, draws=16, rng=0)
        return result.scores.to_csv(), draws.ranks.to_csv(), repr(shares), page, hi.audit(index, frame).to_text()

    start, started = threading.Thread.start, list[object]()

    def refuse(thread: threading.Thread) -> None:
        started.append(thread)
        if len(started) > allowed:
            raise RuntimeError("can't start new thread")
        start(thread)

    together = everything()
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert everything() == together
    assert len(started) > allowed


def test_an_error_of_the_function_is_its_own() -> None:
    def fails(one: int) -> int:
        raise RuntimeError(f"of {one}")

    with pytest.raises(RuntimeError, match="of 1"):
        shared_out(fails, [1, 2], 2)


def test_items_keep_their_order() -> None:
    assert shared_out(lambda one: one * 2, list(range(100)), 4) == list(np.arange(100) * 2)


def test_threads_are_started_in_one_place() -> None:
    folder = Path(hi.__file__).parent
    starting = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in ("PoolExecutor", "Thread(", "catch_warnings"))
    }
    assert starting == {"_system/alone.py"}


def test_a_command_hears_each_text_once_also_from_threads() -> None:
    def say(text: str) -> None:
        warnings.warn(text, UserWarning, stacklevel=1)

    with all_heard() as said:
        shared_out(say, ["one", "two", "one"], 2)
        with heard(UserWarning) as own:
            say("inner")
        say("two")
    assert sorted(said) == ["one", "two"]
    assert [str(one) for one in own] == ["inner"]
