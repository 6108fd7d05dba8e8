"""The one table in a `.zip` or `.gz`, as statistical offices hand them out: unpacked no further than it may grow."""

from __future__ import annotations

import gzip
import lzma
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from hengdian_index._words.said import Said, headed, joined
from hengdian_index.errors import DataError, FaultsError, cause, listed

ENDINGS = (".zip", ".gz")
"""The endings of files in which a table is packed."""

# More than that is a bomb, or too large for memory; a table of little but zeros is packed to a hundredth.
_MOST_BYTES = 2 << 30
_SUSPICIOUS_BYTES, _SUSPICIOUS_RATIO = 50 << 20, 200
_PIECE = 1 << 20
# What accompanies a table; a table of licences or notes has other words in its name.
_DOCUMENTATION = re.compile(
    r"(?:metadata|read[ _-]?me|codebook|documentation)(?:[\W_].*)?|.*[\W_](?:metadata|read[ _-]?me|codebook)"
    r"|licen[cs]e|notes?|about|(?:data[ _-]?)?dictionary|元数据|说明|使用说明|数据说明",
    re.IGNORECASE,
)
# Lengths, offsets and kinds may all be nonsense.
_DAMAGED = (
    BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    LookupError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@contextmanager
def unpacked(path: Path, endings: Sequence[str]) -> Iterator[tuple[Path, Said]]:
    """Unpack the one table of a file, of one of the `endings`, for a while; yield where it is, and what was done.

    Raises
    ------
    DataError
        No table, or several; a file that is damaged, locked with a password, or too large once unpacked, which is told
        before it is unpacked where the file says so, and stops the unpacking where it does not.
    """
    unpack = _of_gzip if path.suffix.lower() == ".gz" else _of_zip
    with TemporaryDirectory() as folder:
        try:
            found = unpack(path, Path(folder), endings)
        except (FaultsError, FileNotFoundError):
            raise
        except _DAMAGED as error:
            told = Said("cannot be unpacked: {why}; fetch it anew, or give the table itself", why=cause(error))
            raise DataError(headed(path.name, told)) from None
        yield found


def _of_zip(path: Path, folder: Path, endings: Sequence[str]) -> tuple[Path, Said]:
    with ZipFile(path) as archive:
        every = {_name(one): one for one in archive.infolist() if not _is_hidden(one)}
        if "[Content_Types].xml" in every:
            raise DataError(
                Said("{name}: is a workbook or a document; name it .xlsx if it is a workbook", name=path.name)
            )
        tables = [name for name in every if PurePosixPath(name).suffix.lower() in endings]
        tables = [name for name in tables if not _DOCUMENTATION.fullmatch(PurePosixPath(name).stem)] or tables
        if len(tables) != 1:
            raise DataError(headed(path.name, _held(tables, list(every), endings)))
        member = every[tables[0]]
        if member.flag_bits & 1:
            raise DataError(
                Said(
                    "{name}: {table} is locked with a password; unpack it, and give the table itself",
                    name=path.name,
                    table=tables[0],
                )
            )
        _refuse_bomb(path, member.file_size, member.compress_size)
        to = folder / PurePosixPath(tables[0]).name
        with archive.open(member) as source:
            _write(path, source, to, member.compress_size)
    left = [name for name in every if name != tables[0]]
    if not left:
        return to, Said("unpacked from {name}", name=path.name)
    return to, Said.of(
        len(left),
        "unpacked from {name}; {n} other file left out: {files}",
        "unpacked from {name}; {n} other files left out: {files}",
        name=path.name,
        files=listed(left),
    )


def _held(tables: Sequence[str], every: Sequence[str], endings: Sequence[str]) -> Said:
    """Return why no table of an archive is read."""
    if tables:
        return Said(
            "holds {n} tables: {names}; unpack it and give the one that is meant, or the folder, whose tables are "
            "joined",
            n=len(tables),
            names=listed(tables, 12),
        )
    if every:
        return Said(
            "holds no table, but {names}; unpack it and give a table, which may end in {endings}",
            names=listed(every, 12),
            endings=joined(endings),
        )
    return Said(
        "holds no table; unpack it and give a table, which may end in {endings}",
        endings=joined(endings),
    )


def _of_gzip(path: Path, folder: Path, endings: Sequence[str]) -> tuple[Path, Said]:
    # Text is what a name without another ending most often holds; what is none is refused as that.
    to = folder / (path.stem if Path(path.stem).suffix else f"{path.stem}.csv")
    if to.suffix.lower() not in endings:
        allowed = joined([f"{ending}.gz" for ending in endings])
        raise DataError(
            Said(
                "{name}: {ending} is no ending of a table; unpack it; allowed: {allowed}",
                name=path.name,
                ending=to.suffix,
                allowed=allowed,
            )
        )
    size = path.stat().st_size
    if not size:
        raise EOFError(Said("it is empty"))
    with gzip.open(path) as source:
        _write(path, source, to, size)
    return to, Said("unpacked from {name}", name=path.name)


def _name(member: ZipInfo) -> str:
    """Return what a member is called; programs that say no encoding write Chinese in that of the machine."""
    if member.flag_bits & 0x800 or member.filename.isascii():
        return member.filename.replace("\\", "/")
    try:
        return member.filename.encode("cp437").decode("gb18030").replace("\\", "/")
    except UnicodeError:
        return member.filename.replace("\\", "/")


def _is_hidden(member: ZipInfo) -> bool:
    """Return whether a member is a folder, or what systems put beside files."""
    parts = PurePosixPath(_name(member)).parts
    return member.is_dir() or not parts or "__MACOSX" in parts or parts[-1].startswith((".", "~"))


def _write(path: Path, source: IO[bytes] | gzip.GzipFile, to: Path, packed: int) -> None:
    """Write what is unpacked, piece by piece, until it is too much."""
    size = 0
    with to.open("wb") as file:
        while piece := source.read(_PIECE):
            size += len(piece)
            _refuse_bomb(path, size, packed)
            file.write(piece)


def _refuse_bomb(path: Path, size: int, packed: int) -> None:
    if size > _MOST_BYTES or (size > _SUSPICIOUS_BYTES and size > _SUSPICIOUS_RATIO * packed):
        raise DataError(
            Said(
                "{name}: unpacks from {packed:,} to {size:,} bytes or more; more than {most:,}, or than {times} times "
                "its packed size, is not unpacked here: unpack it, and give the table itself",
                name=path.name,
                packed=packed,
                size=size,
                most=_MOST_BYTES,
                times=_SUSPICIOUS_RATIO,
            )
        )
