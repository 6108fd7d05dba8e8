"""Laws of all writers: links are followed, permissions stay, and what cannot be written leaves nothing but an error."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index._index.text import write_tables
from hengdian_index.plot import save

resource = pytest.importorskip("resource", reason="limits and permissions are those of POSIX")

# Each writer's file name; a name without ending is a folder.
FILES = {
    "Fitted.save": "fitted.json",
    "report": "report.html",
    "to_excel": "result.xlsx",
    "index.write": "index.toml",
    "index.write, workbook": "index.xlsx",
    "audit page": "audit.html",
    "plot.save": "lines.png",
    "method": "method.md",
}
FOLDERS = {"write_tables": "out", "release": "v1"}
NAMES = {**FILES, **FOLDERS}


@pytest.fixture(scope="module")
def writers() -> dict[str, Callable[[Path], Any]]:
    """Return the writers, all that they write made before."""
    for name in ("matplotlib", "jinja2", "xlsxwriter"):
        pytest.importorskip(name, reason=f"{name} is not installed")
    import matplotlib as mpl

    mpl.use("Agg")
    index = two_levels()
    result = index.compute(table())
    picture = result.plot.lines()
    return {
        "Fitted.save": result.fitted.save,
        "report": result.report,
        "to_excel": result.to_excel,
        "index.write": index.write,
        "index.write, workbook": index.write,
        "audit page": hi.audit(index, table()).to_html,
        "plot.save": lambda path: save(picture, path, dpi=40),
        "method": lambda path: result.method(path=path),
        "write_tables": lambda path: write_tables(result, path),
        "release": lambda path: hi.release(result, path),
    }


def found(folder: Path) -> dict[str, bytes]:
    """Return every file in a folder, hidden ones too."""
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


@contextlib.contextmanager
def mask(bits: int) -> Iterator[None]:
    before = os.umask(bits)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("name", FILES)
def test_a_link_is_followed_and_the_old_permissions_stay(name: str, writers: Any, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / f"v2-{FILES[name]}", tmp_path / FILES[name]
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    writers[name](link)
    assert (link.is_symlink(), os.readlink(link)) == (True, str(target))
    assert target.read_bytes() not in (b"old", b"")
    assert mode(target) == 0o600
    assert sorted(one.name for one in (tmp_path / "far").iterdir()) == [target.name]


@pytest.mark.parametrize("name", NAMES)
def test_a_link_to_what_is_not_there_yet_is_followed(name: str, writers: Any, tmp_path: Path) -> None:
    link, target = tmp_path / f"latest{Path(NAMES[name]).suffix}", tmp_path / NAMES[name]
    link.symlink_to(target.name)
    writers[name](link)
    assert link.is_symlink()
    assert target.exists()
    assert not target.is_symlink()


@pytest.mark.parametrize("name", NAMES)
def test_a_new_file_follows_the_umask(name: str, writers: Any, tmp_path: Path) -> None:
    path = tmp_path / NAMES[name]
    with mask(0o027):
        writers[name](path)
    assert mode(path) == (0o750 if path.is_dir() else 0o640)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_through_a_linked_folder(name: str, writers: Any, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    writers[name](tmp_path / "link" / NAMES[name])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / NAMES[name]).exists()


def test_tables_keep_permissions_links_and_what_else_is_there(writers: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    writers["write_tables"](out)
    before = found(out)
    (out / "scores.csv").chmod(0o600)
    shutil.move(out / "ranks.csv", tmp_path / "ranks.csv")
    (out / "ranks.csv").symlink_to("../ranks.csv")
    (out / "log.csv").unlink()
    (out / "log.csv").symlink_to("own/log.csv")
    (out / "own").mkdir()
    (out / "own" / "notes.txt").write_text("mine")
    (out / ".hidden").write_text("mine")
    (tmp_path / "ranks.csv").write_text("old")
    (out / "scores.csv").write_text("old")
    writers["write_tables"](out)
    assert (mode(out / "scores.csv"), os.readlink(out / "ranks.csv")) == (0o600, "../ranks.csv")
    assert (out / "log.csv").is_symlink()
    mine = {".hidden": b"mine", "own/notes.txt": b"mine", "own/log.csv": before["log.csv"]}
    assert found(out) == {**before, **mine}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out", "ranks.csv"]


def test_tables_that_a_result_does_not_have_go_unless_they_were_edited(tmp_path: Path) -> None:
    out, plain = tmp_path / "out", two_levels(base=None).compute(table()[["a", "b", "c", "d", "quarter"]])
    result = two_levels().compute(table())
    write_tables(result, out, uncertainty=result.scores, sensitivity=result.scores)
    (out / "sensitivity.csv").write_text("edited")
    (out / "own.csv").write_text("mine")
    write_tables(plain, out)
    assert not (out / "uncertainty.csv").exists()
    assert ((out / "sensitivity.csv").read_text(), (out / "own.csv").read_text()) == ("edited", "mine")


@contextlib.contextmanager
def full(limit: int = 100) -> Iterator[None]:
    """Let no file grow beyond some bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def closed(folder: Path) -> Iterator[None]:
    """Take the right to write in a folder, also from root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
        reached = os.access(hi.__file__, os.R_OK, effective_ids=True)
        os.seteuid(0)
        if not reached:
            pytest.skip("the package is where root alone may read, who may write everywhere")
    folder.chmod(0o555)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.fixture
def common() -> Iterator[Path]:
    """Return a folder that anybody may reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("trouble", [full, closed])
@pytest.mark.parametrize("name", NAMES)
def test_trouble_leaves_the_old_and_says_where(
    name: str, trouble: Any, there: bool, writers: Any, common: Path
) -> None:
    path = common / NAMES[name]
    if there and name == "write_tables":
        path.mkdir()
        for file in ("scores.csv", "own.txt"):
            (path / file).write_text("old")
    elif there and name in FILES:
        path.write_text("old")
    before = found(common)
    met = closed(path if path.is_dir() else common) if trouble is closed else full()
    with met, pytest.raises((hi.SpecError, hi.DataError)) as caught:
        writers[name](path)
    assert str(path) in str(caught.value)
    assert not [part for part in (".writing-", ".releasing-") if part in str(caught.value)]
    assert found(common) == before
    assert [one.name for one in common.iterdir()] == ([path.name] if before else [])


@pytest.mark.parametrize("kind", ["folder", "below a file", "too long", "NUL", "folder too long", "pipe"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_no_file_can_have(name: str, kind: str, writers: Any, tmp_path: Path) -> None:
    ending = Path(NAMES[name]).suffix
    path = {
        "folder": tmp_path / f"taken{ending}",
        "below a file": tmp_path / "file" / f"a{ending}",
        "too long": tmp_path / ("x" * 300 + ending),
        "NUL": tmp_path / f"a\0b{ending}",
        "folder too long": tmp_path / ("x" * 300) / f"a{ending}",
        "pipe": tmp_path / f"pipe{ending}",
    }[kind]
    (tmp_path / "file").write_text("old")
    if kind == "folder":
        path.mkdir()
        (path / "own.txt").write_text("mine")
        if name == "write_tables":
            (path / "scores.csv").mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises((hi.SpecError, hi.DataError)) as caught:
        writers[name](path)
    assert str(path) in str(caught.value) or kind == "folder too long"
    assert not [part for part in (".writing-", ".releasing-") if part in str(caught.value)]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("read", [hi.Index.read, hi.Fitted.load, hi.Release.read])
@pytest.mark.parametrize("ending", ["", ".toml", ".xlsx", ".json"])
@pytest.mark.parametrize("stem", ["absent", "x" * 300, "a\0b", f"{'x' * 300}/a", "a\0b/a", "file/a", "folder"])
def test_readers_refuse_the_same_names(read: Any, stem: str, ending: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / f"folder{ending}").mkdir()
    with pytest.raises((hi.SpecError, hi.DataError)):
        read(tmp_path / f"{stem}{ending}")
