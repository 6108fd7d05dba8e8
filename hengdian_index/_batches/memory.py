"""What takes memory says so before it starts, by name and size, and is refused where there is not so much."""

from __future__ import annotations

import logging

from hengdian_index._words.language import language
from hengdian_index._words.said import Said, told
from hengdian_index.errors import DataError

_logger = logging.getLogger("hengdian_index")

# What is not small is held up to so many bytes at one time.
HELD = 1 << 28


def need_memory(what: Said, size: int, instead: Said) -> None:
    """Say how much memory something takes before it starts, and refuse what there is not.

    Raises
    ------
    DataError
        More than is free.
    """
    free = _free()
    if free is not None and size > free:
        raise DataError(
            Said(
                "{what}: {size} of memory is needed at one time, {free} is free; {instead}",
                what=what,
                size=size_said(size),
                free=size_said(free),
                instead=instead,
            )
        )
    said = Said("{what}: {size} of memory", what=what, size=size_said(size))
    _logger.log(logging.WARNING if size >= HELD else logging.INFO, "%s", told(said, language()))


def _free() -> int | None:
    """Return how many bytes of memory are free, None where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as told:
            return next(int(line.split()[1]) * 1024 for line in told if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        return None


def size_said(size: float) -> str:
    """Return a number of bytes in words.

    Examples
    --------
    >>> from hengdian_index._batches.memory import size_said
    >>> size_said(320_000_000), size_said(1_600_000_000)
    ('320 MB', '1.6 GB')
    """
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(size / 1e6, 0.1):.3g} MB"
