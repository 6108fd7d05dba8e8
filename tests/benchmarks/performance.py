"""All figures of the page on performance: `python tests/benchmarks/performance.py --write docs/about/performance.json`.

It runs what the other scripts of this folder measure, and the same methods in other libraries, where these are there
(`pip install ".[arrow,peers]" polars pyDecision`); what is absent is said. Every pair runs in turn in
one process. Elapsed and processor times are the best of some rounds; a ratio is ours over the other, below 1 where ours
takes less. Takes about five minutes on two processors that do nothing else; `--rows 20000` is a quick try.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import draws, peers, ratios, reading, scale

import hengdian_index as hi

# A library that needs long for one call is not asked five times.
ROUNDS, LONG = 5, 4.0
SIZES = ((200, 10), (200_000, 20))


def weights(k: int) -> Any:
    """Return unequal weights that sum to 1."""
    return np.arange(1.0, k + 1) / np.arange(1.0, k + 1).sum()


OURS: dict[str, Callable[[Any, Any], Any]] = {
    "entropy": lambda x, w: hi.weights.entropy(x),
    "critic": lambda x, w: hi.weights.critic(x),
    "topsis": lambda x, w: hi.aggregate.topsis(x, w),
    "min_max and weighted mean": lambda x, w: hi.aggregate.arithmetic(hi.normalise.min_max(x), w),
}


def in_turn(functions: dict[str, Callable[[], Any]]) -> dict[str, list[float]]:
    """Return the shortest elapsed and processor time of each function, run in turn, a long one less often."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in functions}
    for name, function in functions.items():
        # Not counted: imports and caches of the first call.
        start = time.perf_counter()
        function()
        if time.perf_counter() - start > LONG:
            taken[name].append(_time(function, 1))
    for _ in range(ROUNDS):
        for name, function in functions.items():
            if not taken[name] or taken[name][0][0] < LONG:
                taken[name].append(_time(function, 20 if taken[name] and taken[name][0][0] < 0.01 else 1))
    return {name: [float(one) for one in np.min(times, axis=0)] for name, times in taken.items()}


def _time(function: Callable[[], Any], calls: int) -> tuple[float, float]:
    """Return the elapsed and processor time of a call, the mean of some."""
    gc.collect()
    start = time.perf_counter(), time.process_time()
    for _ in range(calls):
        function()
    return (time.perf_counter() - start[0]) / calls, (time.process_time() - start[1]) / calls


def beside_peers(shrink: float) -> list[dict[str, Any]]:
    """Return the times of the same methods in several libraries, and how far their numbers are from ours."""
    found = []
    for n, k in SIZES:
        n = max(int(n * shrink), 200)
        x, w = np.random.default_rng(0).lognormal(size=(n, k)), weights(k)
        makers = {library: dict(peers.PEERS[library](x, w)) for library in peers.installed()}
        for case, ours in OURS.items():
            functions = {"hengdian_index": partial(ours, x, w)}
            functions |= {library: made[case] for library, made in makers.items() if case in made}
            answer = np.asarray(functions["hengdian_index"]())
            others = {name: np.asarray(function(), dtype=float) for name, function in functions.items()}
            times = in_turn(functions)
            for name, (elapsed, cpu) in times.items():
                found.append(
                    {
                        "method": case,
                        "rows": n,
                        "columns": k,
                        "library": name,
                        "elapsed": elapsed,
                        "cpu": cpu,
                        "ratio": times["hengdian_index"][0] / elapsed,
                        "difference": float(np.max(np.abs(others[name] - answer) / np.max(np.abs(answer)))),
                    }
                )
    return found


def pair(what: str, ours: Any, other: Any, beside: str = "plain NumPy") -> dict[str, Any]:
    """Return a line of a table: the times of ours and of what it is held against."""
    (elapsed, cpu), (other_elapsed, other_cpu) = np.asarray(ours).tolist(), np.asarray(other).tolist()
    return {
        "what": what,
        "beside": beside,
        "elapsed": elapsed,
        "other": other_elapsed,
        "ratio": elapsed / other_elapsed,
        "ratio_cpu": cpu / other_cpu,
    }


def beside_plain(rows: int) -> list[dict[str, Any]]:
    """Return the times of methods, a whole index, draws and reading, each beside the shortest code for the same."""
    found = []
    x = ratios.data(rows, "C")
    for case, functions in ratios.CASES.items():
        found.append(pair(f"`{case}`, {rows:,} x {ratios.COLUMNS}", *ratios.best_times(functions, x)))
    del x
    whole = f"index of two levels, {rows:,} x {scale.GROUPS * scale.EACH}"
    for gaps, told in ((0.0, "no gaps"), (0.01, "a gap in 100 cells")):
        found.append(pair(f"{whole}, {told}", *scale.best_times(rows, gaps)))
    found.append(pair(f"{whole}, by `expressions()`", *scale.expressions_times(rows), beside="Polars by hand"))
    number = max(rows // 10, 1000)
    found.append(pair(f"rank frequencies, 200 x 60, {number:,} draws", *draws.beside_plain(200, 60, number, rounds=3)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        for case in reading.CASES:
            reading.write(path, case, rows // 5)
            ours, plain = reading.best_times(path)
            found.append(
                pair(f"CSV of {case}, {rows // 5:,} x {reading.COLUMNS}", (ours, ours), (plain, plain), "pandas")
            )
    return found


def memory(rows: int) -> list[dict[str, Any]]:
    """Return the most memory of an index of a large table, as a multiple of the table."""
    what = {"hengdian_index": "ours", "plain NumPy": "plain"}
    return [
        {"what": f"index of two levels, {rows:,} x 60, a gap in 100 cells", "library": name}
        | {"tables": scale.peak(rows, 0.01, "frame" if side == "ours" else "array", side)}
        for name, side in what.items()
    ]


def whole_runs() -> list[dict[str, Any]]:
    """Return the times of what has no other to be held against."""
    index, table = hi.example("film_industry")
    runs = {
        "the film index, 50 x 15 on three levels, fitted and scored": lambda: index.compute(table),
        "51 x 49, five factors uncertain, 10,000 draws": lambda: draws.five_factors(10_000),
        "51 units without each of 49 indicators in turn": draws.without_each,
    }
    return [{"what": what, "elapsed": elapsed, "cpu": cpu} for what, (elapsed, cpu) in in_turn(runs).items()]


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    info = Path("/proc/cpuinfo")
    model = re.search(r"^model name\s*: (.*)$", info.read_text(), re.M) if info.exists() else None
    named = model[1] if model else platform.processor() or platform.machine()
    packages = ("numpy", "scipy", "pandas", "polars", "narwhals")
    return {
        "date": datetime.now().astimezone().date().isoformat(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": " ".join(named.split()),
        "processors": os.cpu_count(),
        "gigabytes": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "threads": {name: value for name, value in os.environ.items() if name.startswith(("OPENBLAS", "OMP", "MKL"))},
        "versions": {"python": platform.python_version(), "hengdian_index": hi.__version__}
        | {name: version(name) for name in packages}
        | peers.installed(),
        "absent": sorted(set(peers.LIBRARIES) - set(peers.installed())),
    }


def main() -> None:
    """Measure, print, and write where asked."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rows", type=int, default=1_000_000)
    given.add_argument("--write", type=Path)
    asked = given.parse_args()
    steps: dict[str, Callable[[], list[dict[str, Any]]]] = {
        "peers": lambda: beside_peers(asked.rows / 1_000_000),
        "plain": lambda: beside_plain(asked.rows),
        "memory": lambda: memory(asked.rows),
        "runs": whole_runs,
    }
    found: dict[str, Any] = machine() | {"command": "python tests/benchmarks/performance.py", "rows": asked.rows}
    loads, start = {}, time.perf_counter()
    for name, step in steps.items():
        loads[name] = round(os.getloadavg()[0], 2)
        found[name] = step()
        print(f"{name}: {time.perf_counter() - start:.0f} s, load {loads[name]}", file=sys.stderr)
    loads["end"] = round(os.getloadavg()[0], 2)
    found |= {"load": loads, "seconds": round(time.perf_counter() - start)}
    text = json.dumps(found, indent=1) + "\n"
    print(text)
    if asked.write:
        asked.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
