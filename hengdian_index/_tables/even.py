"""Whether a text file is even, from its bytes: each line has a cell for each name, none in quotes, and no note follows.

Such a file can be given to pandas as it is: nothing in it needs a close look. Its bytes are looked at in blocks, as
pandas reads them. All is ASCII that parts cells and lines, which in UTF-8 stands for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import compress
from os import SEEK_END
from pathlib import Path

import numpy as np

from hengdian_index._tables.cells import is_missing
from hengdian_index._tables.grid import notes_below

_BLOCK = 1 << 18


def separators(path: Path, separator: str) -> int | None:
    r"""Return how many separators a file has; None where a cell may be in quotes, or a line end without a line feed.

    Of a table of n rows, its heading included, that has no short row, n (k - 1) separators leave none to a long one.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from hengdian_index._tables.even import separators
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "t.csv")
    ...     plain = file.write_bytes(b"a,b\n1,2\n") and separators(file, ",")
    ...     quoted = file.write_bytes(b'a,b\n1,"2"\n') and separators(file, ",")
    >>> plain, quoted
    (2, None)
    """
    n = alone = 0
    before = b""
    for block in _blocks(path):
        if b'"' in block or b"\0" in block:
            return None
        if b"\r" in block or before == b"\r":
            alone += block.count(b"\r") - block.count(b"\r\n") - (before == b"\r" and block[:1] == b"\n")
        before = block[-1:]
        n += int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == ord(separator)))
    return None if alone else n


def are_whole(path: Path, separator: str, k: int, rows: Iterable[bool]) -> bool:
    """Return whether some rows below the heading of a file that has `separators` have k cells each."""
    one = separator.encode()
    with path.open("rb") as file:
        next(file)
        return all(line.count(one) == k - 1 for line in compress(file, rows))


def ends_in_a_row(path: Path, separator: str) -> bool:
    """Return whether the last line of a file is a row of several cells and no note, as far as a block shows it."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, SEEK_END) - _BLOCK))
        before, _, last = file.read().rstrip(b"\r\n").rpartition(b"\n")
    cells = last.decode().split(separator)
    several = sum(not is_missing(cell) for cell in cells) > 1
    return bool(before) and several and not notes_below({0: cells}, 1, [0], "line")[1]


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block
