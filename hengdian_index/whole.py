"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a name to write to, which takes the place of a file when the block ends well; else the old file stays.

    Raises
    ------
    OSError
        As writing and replacing do; nothing is left behind.
    """
    part = path.parent / f".writing-{uuid4().hex}{path.suffix}"
    try:
        yield part
        os.replace(part, path)
    finally:
        # Not missing_ok: a parent that is a file raises another error than a name that is not there.
        if part.exists():
            part.unlink()
