"""Files and folders are written whole or not at all, and nothing else is left beside them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hengdian_index._system.written import staged, whole, whole_folder


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with whole(path) as part:
        part.write_text("new")
        assert (part.name, path.read_text()) == ("a.txt", "old")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(TypeError), whole(path) as part, part.open("w") as file:
        file.writelines(["half", 2])  # type: ignore[list-item]
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(OSError, match=r"a\.txt"), whole(path / "below.txt") as part:
        part.write_text("nowhere")


def test_an_error_names_the_file_and_not_its_part(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with pytest.raises(FileNotFoundError) as caught, whole(path) as part:
        (part / "below").write_text("x")
    assert caught.value.filename == str(path)
    assert names(tmp_path) == []


def test_what_dead_runs_left_is_cleared_and_what_live_runs_write_stays(tmp_path: Path) -> None:
    (tmp_path / ".writing-0123abcd").mkdir()
    (tmp_path / ".writing-0123abcd" / "half.txt").write_text("half")
    (tmp_path / ".releasing-x_1yz789").mkdir()
    (tmp_path / ".writing-0123456789abcdef0123456789abcdef.json").write_text("half")
    (tmp_path / ".writing-chapters").mkdir()
    with staged(tmp_path) as live:
        (live / "half.txt").write_text("half")
        with whole(tmp_path / "a.txt") as part:
            part.write_text("new")
        assert names(tmp_path) == sorted([live.name, ".writing-chapters", "a.txt"])
        assert (live / "half.txt").exists()
    assert names(tmp_path) == [".writing-chapters", "a.txt"]


def test_what_a_live_process_writes_stays_until_it_is_dead(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from hengdian_index._system.written import staged\n"
        "with staged(Path(sys.argv[1])): print('there', flush=True); time.sleep(60)"
    )
    paths = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, env=paths) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"there\n"
        with whole(tmp_path / "a.txt") as part:
            part.write_text("1")
        assert len(names(tmp_path)) == 2
        other.kill()
        other.wait()
    with whole(tmp_path / "a.txt") as part:
        part.write_text("2")
    assert names(tmp_path) == ["a.txt"]


def test_a_folder_without_links_is_replaced_file_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(1, "no links here")

    whole_folder(tmp_path / "out", {"a": b"1", "b": b"1"})
    (tmp_path / "out" / "own").write_text("mine")
    monkeypatch.setattr("os.symlink", refused)
    whole_folder(tmp_path / "out", {"a": b"2", "c": b"2"}, gone=["b", "d"])
    assert {one.name: one.read_text() for one in (tmp_path / "out").iterdir()} == {"a": "2", "c": "2", "own": "mine"}


def test_a_folder_that_fails_halfway_is_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    whole_folder(out, {"a": b"1", "b": b"1"})
    (out / "own").write_text("mine")
    before = {one.name: one.read_text() for one in out.iterdir()}
    replace, done = os.replace, list[object]()

    def fails(*where: object) -> None:
        done.append(where)
        if len(done) == 3:
            raise OSError(28, "No space left on device")
        replace(*where)  # type: ignore[arg-type]

    monkeypatch.setattr("os.replace", fails)
    with pytest.raises(OSError, match="No space left"):
        whole_folder(out, {"a": b"2", "b": b"2", "c": b"2"})
    assert {one.name: one.read_text() for one in out.iterdir()} == before
    assert not any(one.is_symlink() for one in out.iterdir())


def test_new_folders_go_again_when_nothing_comes_into_them(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too long"):
        whole_folder(tmp_path / "x" / "y" / "out", {"n" * 300: b"1"})
    assert names(tmp_path) == []


def test_a_folder_may_be_the_one_that_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    whole_folder(Path(), {"a": b"1"})
    assert Path.cwd().samefile(tmp_path)
    assert Path("a").read_text() == "1"
