"""What a computation will take: memory there is not is refused before it starts, and a long wait is told."""

from __future__ import annotations

import os
import warnings
from contextlib import suppress
from pathlib import Path

from hengdian_index._words.language import language
from hengdian_index._words.said import Said, told
from hengdian_index.errors import DataError
from hengdian_index.log import note

# Of a shorter wait, in seconds, nobody need be told.
PATIENCE = 60.0

# In seconds.
_DAY, _HOUR, _MINUTE = 86400, 3600, 60

# Of the memory there is, so much is for others.
_SPARE = 0.1

# Where the system says what it has left, and what a container may have and has.
_MEMORY = Path("/proc/meminfo")
_LIMITS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)


def memory_left() -> float:
    """Return how many bytes the process can still have, infinite where the system does not say."""
    found = [float("inf")]
    with suppress(OSError, StopIteration, ValueError):
        lines = _MEMORY.read_text(encoding="ascii").splitlines()
        found.append(1024.0 * int(next(line.split()[1] for line in lines if line.startswith("MemAvailable:"))))
    for limit, used in _LIMITS:
        with suppress(OSError, ValueError):
            found.append(float(int(limit.read_text(encoding="ascii")) - int(used.read_text(encoding="ascii"))))
    if len(found) == 1:
        with suppress(AttributeError, OSError, ValueError):
            found.append(float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))
    return max(min(found), 0.0)


def estimate(step: str, what: Said, size: float, seconds: float, remedy: Said) -> None:
    """Refuse a computation that needs more memory than there is, and say of a long one how long it will take.

    Parameters
    ----------
    step : str
        The step of the log.
    what : sentence
        What is computed: "kemeny of 20,000 rows".
    size, seconds : float
        Bytes that it holds at one time, and about how long it takes.
    remedy : sentence
        What to do instead.

    Raises
    ------
    DataError
        With what it would take, what there is and what to do.
    """
    left = memory_left() * (1 - _SPARE)
    if size > left:
        raise DataError(
            Said(
                "{what} needs {memory} of memory, and {left} are free; it would take about {duration}; {remedy}",
                what=what,
                memory=_bytes(size),
                left=_bytes(left),
                duration=_duration(seconds),
                remedy=remedy,
            )
        )
    if seconds > PATIENCE:
        said = Said(
            "{what} takes about {duration} and {memory} of memory; {remedy}",
            what=what,
            duration=_duration(seconds),
            memory=_bytes(size),
            remedy=remedy,
        )
        note(step, said)
        warnings.warn(told(said, language()), stacklevel=2)


def _bytes(size: float) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e8 else f"{size / 1e6:,.1f} MB"


def _duration(seconds: float) -> Said:
    if seconds >= _DAY:
        return Said.of(round(seconds / _DAY), "{n} day", "{n} days")
    if seconds >= _HOUR:
        return Said.of(round(seconds / _HOUR), "{n} hour", "{n} hours")
    if seconds >= _MINUTE:
        return Said.of(round(seconds / _MINUTE), "{n} minute", "{n} minutes")
    return Said.of(max(round(seconds), 1), "{n} second", "{n} seconds")
