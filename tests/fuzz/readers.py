"""Spoilt input for every reader: nothing but SpecError and DataError may come of it, soon and in little memory.

A file of this folder with a `trial(random)` is a reader's: that makes one input and returns it, as a report shows it,
with the call that reads it. A trial is known by its number, so that it can be run again alone:

    python tests/fuzz/readers.py --seconds 300
    python tests/fuzz/readers.py --seconds 60 specs labels
    python tests/fuzz/readers.py --only 1234 specs
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

READERS = sorted(path.stem for path in HERE.glob("*.py") if "\ndef trial(random" in path.read_text(encoding="utf-8"))
MOST_SECONDS, MOST_BYTES = 5, 1 << 30


class Hang(Exception):
    """A trial that takes longer than it may."""


@dataclass(frozen=True)
class Finding:
    """A trial that went wrong: its reader and number, what was given, what came of it."""

    reader: str
    number: int
    given: object
    why: str

    def __str__(self) -> str:
        return f"{self.reader} --only {self.number}\n{str(self.given)[:4000]}\n{self.why}"


def trial(reader: str, number: int, seed: int = 0) -> tuple[Finding | None, str]:
    """Return what is wrong with one trial, None if nothing is, and the kind of its end."""
    from hengdian_index import DataError, SpecError

    given, read = import_module(f"fuzz.{reader}").trial(Random(f"{reader} {seed} {number}"))
    before, began = _peak(), time.process_time()
    why, end = "", "read"
    try:
        with _Alarm():
            read()
    except (SpecError, DataError) as error:
        end = "refused"
        if not str(error).strip():
            why = "an error without words"
    # Whatever else comes is what is looked for.
    except Exception as error:
        why = f"{type(error).__name__}: {traceback.format_exc()[-1500:]}"
    took, grown = time.process_time() - began, _peak() - before
    if took > MOST_SECONDS:
        why += f"\nit took {took:.1f} s of the processor"
    if grown > MOST_BYTES:
        why += f"\nit took {grown >> 20} MB"
    return (Finding(reader, number, given, why), "wrong") if why else (None, end)


def run(reader: str, numbers: Iterable[int], seconds: float = float("inf"), seed: int = 0) -> Iterator[Finding]:
    """Yield the trials that go wrong, until the numbers or the seconds are used up; tell how many there were."""
    began, ends = time.perf_counter(), Counter[str]()
    for number in numbers:
        if time.perf_counter() - began > seconds:
            break
        finding, end = trial(reader, number, seed)
        ends[end] += 1
        if finding:
            yield finding
    told = ", ".join(f"{n} {end}" for end, n in sorted(ends.items()))
    print(f"{reader}: {ends.total()} inputs in {time.perf_counter() - began:.0f} s: {told}")


def _peak() -> int:
    """Return the most memory that the process has had, in bytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


class _Alarm:
    """End what hangs with an exception, where the system can."""

    def __enter__(self) -> None:
        if hasattr(signal, "setitimer"):
            self.former: Callable[..., object] | int | None = signal.signal(signal.SIGPROF, self.ring)
            signal.setitimer(signal.ITIMER_PROF, 2 * MOST_SECONDS)

    def __exit__(self, *_: object) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, self.former)

    def ring(self, *_: object) -> None:
        raise Hang(f"it did not end in {2 * MOST_SECONDS} s")


def main() -> int:
    """Run the readers that are named, or all, and print what goes wrong; one finding of each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readers", nargs="*", metavar="reader", help=f"of {', '.join(READERS)}; default: all")
    parser.add_argument("--seconds", type=float, default=60, help="time for each reader")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="the number of a trial to run again")
    asked = parser.parse_args()
    warnings.simplefilter("error")
    wrong = 0
    for reader in asked.readers or READERS:
        kinds = set[str]()
        numbers = count() if asked.only is None else [asked.only]
        for finding in run(reader, numbers, asked.seconds, asked.seed):
            wrong += 1
            kind = "\n".join(finding.why.splitlines()[-4:])
            if kind not in kinds:
                kinds.add(kind)
                print(finding, end="\n\n", flush=True)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
