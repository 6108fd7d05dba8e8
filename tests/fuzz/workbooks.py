"""Spoils workbooks at random and reads them: only the two errors may come, in time and within bounds of memory.

`python tests/fuzz/workbooks.py --seconds 300 --seed 1` runs it alone; what fails is kept in a file and named.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.workbook import holds_data, read_sheets

MOST_SECONDS, MOST_MEGABYTES = 5.0, 1024

# What stands badly where a number, a cell, a type or an encoding is expected.
NONSENSE = [
    "",
    "-1",
    "0",
    "1.5",
    "1e309",
    "-1e-320",
    "NaN",
    "99999999999999999999",
    "9" * 400,
    "A0",
    "A1",
    "a1",
    "1A",
    "XFD1048576",
    "XFE1",
    "ZZZZZZZZ9",
    "A1:XFD1048576",
    "A٣",
    "s",
    "str",
    "inlineStr",
    "e",
    "b",
    "d",
    "UTF-9",
    "UTF-16",
    "latin-1",
    "&#0;",
    "&#x10FFFF;",
    "&lt;",
    "&amp",
    "]]>",
    "_x0000_",
    "_x005F_x0041_",
    "\ud7ff",
    "\ufffe",
    "../../etc/passwd",
    "xl/workbook.xml",
    "2020-13-45T99:00:00",
    "=1+1",
    "nil",
    "指标",
    "<c/>",
    '<row r="7">',
    "</row>",
    '<c r="A1"><v>1</v></c>',
    "<!-- x -->",
    "<![CDATA[x]]>",
    "<?xml version='1.0' encoding='UTF-9'?>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
]


@dataclass
class Outcome:
    """How many inputs were read and refused, the slowest, and what must not be: other errors, hangs."""

    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def inputs(self) -> int:
        """How many inputs were tried."""
        return self.read + self.refused + len(self.faults)


def seeds(folder: Path) -> list[bytes]:
    """Return workbooks that are read well: the package's own, and one of cells of every kind."""
    import xlsxwriter

    index, table = hi.example("film_industry")
    index.write(folder / "film.xlsx", data=table, lang="zh")
    from hengdian_index._index.template import new_workbook

    new_workbook(folder / "new.xlsx")
    with xlsxwriter.Workbook(folder / "cells.xlsx", {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("data")
        sheet.write_row(0, 0, ["year", "a", "b", "c", "d"])
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        for i in range(1, 9):
            sheet.write_row(i, 0, [2000 + i, i / 7, f"text {i % 3}", i % 2 == 0])
            sheet.write_formula(i, 4, f"=A{i + 1}*2", None, 2 * (2000 + i))
            sheet.write_number(i, 5, 40_000 + i, date)
        sheet.write_string(0, 5, "when")
        book.add_worksheet("notes").write_rich_string(0, 0, "plain ", book.add_format({"bold": True}), "bold")
    return [(folder / name).read_bytes() for name in ("film.xlsx", "new.xlsx", "cells.xlsx")]


def flipped(content: bytes, rng: random.Random) -> bytes:
    """Return the bytes with a few of them changed."""
    out = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5, 30])):
        out[rng.randrange(len(out))] = rng.choice([0, 255, 60, 62, 34, rng.randrange(256)])
    return bytes(out)


def cut(content: bytes, rng: random.Random) -> bytes:
    """Return the bytes without their end, or without a piece inside."""
    start, length = rng.randrange(len(content)), rng.choice([1, 10, 1000, len(content)])
    return content[:start] + content[start + length :]


def doubled(content: bytes, rng: random.Random) -> bytes:
    """Return the bytes with a piece of them standing in another place too."""
    start, place = rng.randrange(len(content)), rng.randrange(len(content))
    piece = content[start : start + rng.choice([1, 20, 400])] * rng.choice([1, 1, 3, 2000])
    return content[:place] + piece + content[place:]


def between(content: bytes, rng: random.Random) -> bytes:
    """Return XML with nonsense in the place of an attribute's value, of a text, or of a tag."""
    first, last = rng.choice([(b'"', b'"'), (b'"', b'"'), (b">", b"<"), (b"<", b">")])
    start = content.find(first, rng.randrange(len(content)))
    end = content.find(last, start + 1)
    said = rng.choice(NONSENSE).encode("utf-8", "surrogatepass")
    return content if start < 0 or end < 0 else content[: start + 1] + said + content[end:]


def nested(content: bytes, rng: random.Random) -> bytes:
    """Return XML with many elements within one another, or many beside."""
    place, n = content.find(b"<", rng.randrange(len(content))), rng.choice([10, 1000, 20_000])
    piece = rng.choice([b"<a>" * n, b"<a>" * n + b"</a>" * n, b"<c/>" * n, b"<row/>" * n])
    return content[:place] + piece + content[place:]


BYTES: list[Callable[[bytes, random.Random], bytes]] = [flipped, cut, doubled]
TEXTS: list[Callable[[bytes, random.Random], bytes]] = [flipped, cut, doubled, between, between, between, nested]


def spoilt(content: bytes, rng: random.Random) -> bytes:
    """Return a workbook that is spoilt: as bytes, or in the parts of its archive."""
    if rng.random() < 0.25:
        return rng.choice(BYTES)(content, rng)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(rng.choice([1, 1, 2, 4])):
        name = rng.choice([*parts, *(one for one in parts if "sheet" in one or "workbook" in one)])
        fate = rng.random()
        if fate < 0.04:
            parts.pop(name)
        elif fate < 0.08:
            parts[name] = rng.choice(list(parts.values()))
        elif fate < 0.1:
            parts[rng.choice([name.upper(), f"../{name}", f"/{name}", f"{name}\x00"])] = parts.pop(name)
        elif parts[name]:
            parts[name] = rng.choice(TEXTS)(parts[name], rng)
        if not parts:
            break
    out = io.BytesIO()
    ways = [zipfile.ZIP_DEFLATED] * 6 + [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text, compress_type=rng.choice(ways))
    done = out.getvalue()
    return flipped(done, rng) if rng.random() < 0.1 else done


def read_all(path: Path) -> Iterator[object]:
    """Read a workbook in every way."""
    for way in (hi.Index.read, read_table, read_sheets, holds_data):
        try:
            yield way(path)
        except (hi.SpecError, hi.DataError) as error:
            yield error


def run(seconds: float, seed: int, most: int | None = None, keep: Path | None = None) -> Outcome:
    """Spoil and read workbooks for some seconds, or so many of them; inputs that fail are kept in a folder."""
    found, rng, end = Outcome(), random.Random(seed), time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good, path = seeds(folder), folder / "spoilt.xlsx"
        while time.monotonic() < end and (most is None or found.inputs < most):
            content = spoilt(rng.choice(good), rng)
            path.write_bytes(content)
            start = time.process_time()
            try:
                answers = list(read_all(path))
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                place = traceback.extract_tb(error.__traceback__)[-1]
                fault = f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}: {str(error)[:200]}"
            else:
                refused = [one for one in answers if isinstance(one, ValueError)]
                fault = "; ".join(f"silent: {one}" for one in refused if path.name not in str(one))[:300]
                found.kinds.update(str(one).split(": ")[-1][:40] for one in refused)
                taken = time.process_time() - start
                found.slowest = max(found.slowest, taken)
                fault = f"took {taken:.1f} s" if taken > MOST_SECONDS else fault
                found.refused += not fault and bool(refused)
                found.read += not fault and not refused
            if fault:
                found.faults.append(_kept(fault, content, keep))
    return found


def _kept(fault: str, content: bytes, keep: Path | None) -> str:
    if keep is None:
        return fault
    keep.mkdir(parents=True, exist_ok=True)
    file = keep / f"{sha256(content).hexdigest()[:16]}.xlsx"
    file.write_bytes(content)
    return f"{fault} ({file})"


def megabytes() -> float:
    """Return the most memory that this process has had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> int:
    """Run as the command line says; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "spoilt_workbooks")
    asked = parser.parse_args()
    found = run(asked.seconds, asked.seed, keep=asked.keep)
    for fault, times in Counter(found.faults).most_common(40):
        print(f"{times} x {fault}")
    print(f"{found.inputs} inputs, {found.read} read, {found.refused} refused, {len(found.faults)} faults")
    print(f"slowest {found.slowest:.2f} s, most memory {megabytes():.0f} MB, {len(found.kinds)} kinds of refusal")
    return int(bool(found.faults) or megabytes() > MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
