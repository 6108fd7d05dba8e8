"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

try:
    import fcntl
except ImportError:
    # Windows has none.
    fcntl = None  # type: ignore[assignment]

WRITING, RELEASING = ".writing-", ".releasing-"
# A digit or a line in eight letters, for folders that earlier versions left: a word is somebody's own.
_LEFT = re.compile(r"\.(?:writing|releasing)-(?:[0-9a-f]{8,}|(?=[a-z]*[0-9_])[a-z0-9_]{8})(?:\.\w+)?")
# Where no lock tells whether a run is alive, its parts are left alone for so many seconds.
_DAY = 86_400.0
# In a stage: the files before and after, a link to the side that counts, and where each file belongs.
_OLD, _NEW, _NOW, _PLACES = "old", "new", "now", "places.json"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a name to write to, which takes the place of a file when the block ends well; else the old file stays.

    A link is followed; permissions of the old file are kept, a new one follows the umask.

    Raises
    ------
    OSError
        As writing and replacing do, named after `path`; nothing is left behind.
    """
    try:
        target = followed(path)
        old = _file_at(target)
        with staged(target.parent) as stage:
            part = stage / target.name
            yield part
            alike(part, old)
            os.replace(part, target)
    except OSError as error:
        raise _named(error, path) from None


def whole_folder(path: Path, files: Mapping[str, bytes], gone: Iterable[str] = ()) -> None:
    """Put files into a folder in one step, whatever else it holds; those that are `gone` leave it with the same step.

    Links are followed, permissions kept. A folder that is not there, or empty, comes by one renaming. In another, each
    file is for a moment a link to its old contents, one renaming turns all links to the new ones, and files take the
    places of the links. Where a system has no links the files are replaced one by one in their order.

    Raises
    ------
    OSError
        As writing and replacing do, named after `path`; nothing is left behind.
    """
    try:
        target = followed(path)
        if target.exists() and not target.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "a file has this name", str(path))
        with new_folders(target.parent):
            _clear(target.parent)
            if not _renamed_in(target, files):
                _swapped_in(target, files, gone)
    except OSError as error:
        raise _named(error, path) from None


@contextmanager
def staged(folder: Path, prefix: str = WRITING) -> Iterator[Path]:
    """Give a new hidden folder in a folder, gone when the block ends; what killed runs left there is cleared first."""
    _clear(folder)
    stage, lock = _stage(folder, prefix)
    try:
        yield stage
    finally:
        # Files that are still links into it come first: the next run settles them.
        if not (stage / _PLACES).exists():
            shutil.rmtree(stage, ignore_errors=True)
        _unlock(lock)


@contextmanager
def new_folders(folder: Path) -> Iterator[None]:
    """Make a folder and those above it; the ones that were not there go again if the block fails."""
    absent = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for one in absent:
            with suppress(OSError):
                one.rmdir()
        raise


def followed(path: Path) -> Path:
    """Return where a path leads, links followed, also one to a file that is not there yet.

    Raises
    ------
    OSError
        A path that no file can have.
    """
    if "\0" in str(path):
        raise OSError(errno.EINVAL, "no name holds a NUL character", str(path))
    return Path(os.path.realpath(path))


def _named(error: OSError, path: Path) -> OSError:
    """Return an error of a part under the name of the file that it would have become."""
    return OSError(error.errno, error.strerror, str(path)) if error.errno else error


def _file_at(path: Path) -> os.stat_result | None:
    """Return what is known of a file that may be written over, None without one."""
    try:
        old = path.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(old.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(old.st_mode):
        raise OSError(errno.EINVAL, "a device or pipe, not a file", str(path))
    # Renaming would pass over what the file itself allows.
    path.open("r+b").close()
    return old


def alike(part: Path, old: os.stat_result | None) -> None:
    """Give a new file or folder the owner and the permissions of the one that it replaces."""
    if old is None:
        return
    if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (part.stat().st_uid, part.stat().st_gid):
        with suppress(PermissionError):
            os.chown(part, old.st_uid, old.st_gid)
    part.chmod(stat.S_IMODE(old.st_mode))


def _renamed_in(target: Path, files: Mapping[str, bytes]) -> bool:
    """Return whether files became a folder that was not there, or was empty, by one renaming."""
    there = target.exists()
    if there:
        _clear(target)
        # A shell in a folder that is replaced would stand in one that is no more.
        if any(target.iterdir()) or target == Path(os.path.realpath(Path.cwd())):
            return False
    try:
        with staged(target.parent) as stage:
            new = stage / _NEW
            new.mkdir()
            _fill(new, files)
            alike(new, target.stat() if there else None)
            os.rename(new, target)
    except OSError:
        if not target.is_dir():
            raise
        # A mount point, a folder above that is closed, another run that came first.
        return False
    return True


def _swapped_in(target: Path, files: Mapping[str, bytes], gone: Iterable[str]) -> None:
    """Put files into a folder that holds others, all in the moment in which one link turns from old to new."""
    lock = _lock(target, wait=True)
    try:
        with staged(target) as stage:
            places = {name: _place(target, name) for name in dict.fromkeys([*files, *gone])}
            _prepare(stage, files, places)
            try:
                (stage / _NOW).symlink_to(_OLD)
            except (OSError, NotImplementedError):
                _one_by_one(stage / _NEW, places)
                return
            where = {name: os.path.relpath(place, target) for name, place in places.items()}
            (stage / "places").write_text(json.dumps(where), encoding="utf-8")
            # Half of it would keep the next run from clearing the stage.
            os.replace(stage / "places", stage / _PLACES)
            try:
                for name, place in places.items():
                    _put_link(stage, name, place)
                (stage / "next").symlink_to(_NEW)
                os.replace(stage / "next", stage / _NOW)
            finally:
                _settle(stage)
    finally:
        _unlock(lock)


def _place(target: Path, name: str) -> Path:
    """Return where a file of a folder is: where its link leads, but not to another file system."""
    place = followed(target / name)
    beside = place.parent.is_dir() and place.parent.stat().st_dev == target.stat().st_dev
    return place if beside else target / name


def _prepare(stage: Path, files: Mapping[str, bytes], places: Mapping[str, Path]) -> None:
    """Lay the new files, and the old ones of the same places, into a stage."""
    for side in (_OLD, _NEW):
        (stage / side).mkdir()
    _fill(stage / _NEW, files)
    for name, place in places.items():
        old = _file_at(place)
        if old is not None:
            try:
                os.link(place, stage / _OLD / name)
            except OSError:
                shutil.copy2(place, stage / _OLD / name)
            if name in files:
                alike(stage / _NEW / name, old)
    # Who may read the folder reads its files through the stage while they are links.
    stage.chmod(stat.S_IMODE(stage.parent.stat().st_mode))


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _link_of(stage: Path, name: str, place: Path) -> str:
    return os.path.relpath(stage / _NOW / name, place.parent)


def _put_link(stage: Path, name: str, place: Path) -> None:
    link = stage / "link"
    link.symlink_to(_link_of(stage, name, place))
    os.replace(link, place)


def _settle(stage: Path) -> None:
    """Put files in the places that are links into a stage: those of the side that counts."""
    for name, where in json.loads((stage / _PLACES).read_bytes()).items():
        place, found = Path(os.path.normpath(stage.parent / where)), stage / _NOW / name
        if not place.is_symlink() or os.readlink(place) != _link_of(stage, name, place):
            continue
        if found.exists():
            os.replace(found, place)
        else:
            place.unlink()
    (stage / _PLACES).unlink()


def _one_by_one(new: Path, places: Mapping[str, Path]) -> None:
    for name, place in places.items():
        if (new / name).exists():
            os.replace(new / name, place)
        else:
            place.unlink(missing_ok=True)


def _clear(folder: Path) -> None:
    """Take away what killed runs left in a folder, after what had begun to take its place; live runs keep theirs."""
    try:
        left = [Path(entry.path) for entry in os.scandir(folder) if _LEFT.fullmatch(entry.name)]
    except OSError:
        # Writing will say what is wrong with the folder.
        return
    for one in left:
        with suppress(OSError, ValueError):
            if fcntl is None and time.time() - one.lstat().st_mtime < _DAY:
                continue
            lock = _lock(one, wait=False)
            if lock is None and fcntl is not None:
                continue
            try:
                if (one / _PLACES).exists():
                    _settle(one)
                shutil.rmtree(one) if one.is_dir() else one.unlink()
            finally:
                _unlock(lock)


def _stage(folder: Path, prefix: str) -> tuple[Path, int | None]:
    """Return a new hidden folder, and the lock that tells others that its run is alive."""
    while True:
        stage = folder / f"{prefix}{uuid4().hex}"
        stage.mkdir(mode=0o700)
        lock = _lock(stage, wait=True)
        # Another run may have taken it for a leftover before it had its lock.
        if stage.exists():
            return stage, lock
        _unlock(lock)


def _lock(path: Path, *, wait: bool) -> int | None:
    """Return a descriptor that holds a file or folder until it is closed or its process ends; None if none can."""
    if fcntl is None:
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _unlock(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)
