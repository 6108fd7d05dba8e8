"""How a large table in memory compares with plain NumPy: `python tests/benchmarks/scale.py [rows]`.

An index of 60 indicators on two levels: min_max, entropy weights on both, weighted means with the coverage rule;
without gaps and with one gap in a hundred cells. Ours and plain NumPy run in turn in one process, best of some rounds,
in elapsed and in processor time. Memory is the peak of a fresh process, the table included, less what the imports
took, as a multiple of the table. `HENGDIAN_BENCH_ROWS` sets the rows where no argument does.
"""

import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

import hengdian_index as hi

GROUPS, EACH = 10, 6
ROUNDS = 3
COVERAGE = 0.65
KINDS = ("frame", "columns", "array")


def index():
    """Return an index of two levels, all weights learnt."""
    groups = [f"g{g}" for g in range(GROUPS)]
    return hi.Index(
        normalise="min_max",
        weights="entropy",
        coverage=COVERAGE,
        groups=[hi.Group("all"), *(hi.Group(group, "all") for group in groups)],
        indicators=[hi.Indicator(f"x{j}", groups[j // EACH]) for j in range(GROUPS * EACH)],
    )


def values(rows, gaps):
    """Return positive numbers (rows, 60), a share of them missing, made without a second table beside them."""
    rng = np.random.default_rng(0)
    x = np.empty((rows, GROUPS * EACH), order="F")
    for column in x.T:
        column[:] = rng.lognormal(size=rows)
        column[rng.random(rows) < gaps] = np.nan
    return x


def table(rows, gaps, kind="frame"):
    """Return a table as a frame of one block, a mapping of columns, or an array."""
    x = values(rows, gaps)
    if kind == "array":
        return x
    names = [f"x{j}" for j in range(x.shape[1])]
    if kind == "columns":
        return dict(zip(names, x.T, strict=True))
    return pd.DataFrame(x, columns=names, copy=False)


def ours(x):
    return index().compute(x).scores["all"].to_numpy()


def plain(x):
    """Return the same scores of an array as one writes them by hand."""
    low, high = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
    z = (x - low) / (high - low)
    parts = [z[:, g * EACH : (g + 1) * EACH] for g in range(GROUPS)]
    top = np.stack([plain_mean(part, plain_entropy(part)) for part in parts], axis=1)
    return plain_mean(top, plain_entropy(top))


def plain_entropy(z):
    with np.errstate(divide="ignore", invalid="ignore"):
        p = z / np.nansum(z, axis=0)
        terms = np.where(p > 0, p * np.log(p), 0.0)
    gain = 1 + terms.sum(axis=0) / np.log((~np.isnan(z)).sum(axis=0))
    return gain / gain.sum()


def plain_mean(z, w):
    there = ~np.isnan(z)
    if there.all():
        return z @ w
    scores = np.where(there, z, 0.0) @ w / (there @ w)
    scores[there.mean(axis=1) < COVERAGE] = np.nan
    return scores


def best_times(rows, gaps):
    """Return the shortest elapsed and processor times of ours and of plain NumPy (2, 2), in turn."""
    x = table(rows, gaps)
    array = x.to_numpy()
    taken = [[], []]
    for _ in range(ROUNDS):
        for function, given, times in ((ours, x, taken[0]), (plain, array, taken[1])):
            start = time.perf_counter(), time.process_time()
            function(given)
            times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    return np.array([np.min(times, axis=0) for times in taken])


def peak(rows, gaps, kind="frame", what="ours"):
    """Return the peak memory of a fresh process as a multiple of the table, which it includes."""
    command = [sys.executable, __file__, "--peak", str(rows), str(gaps), kind, what]
    run = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ})
    return float(run.stdout)


def own_peak(rows, gaps, kind, what):
    """Return the peak memory of this process as a multiple of the table."""
    index().compute(table(1000, gaps, kind))
    before = _most()
    x = table(rows, gaps, kind)
    if what == "ours":
        result = index().compute(x)
        assert len(result.entries) < rows
    elif what == "plain":
        plain(x)
    return (_most() - before) / (rows * GROUPS * EACH * 8)


def _most():
    """Return the most memory this process has held, in bytes."""
    # What the system counts for a process on Linux begins with that of the one that started it.
    own = Path("/proc/self/status")
    if own.exists():
        return int(re.search(r"VmHWM:\s*(\d+)", own.read_text())[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def in_memory(rows):
    """Print times and memory of a table in memory."""
    print(f"{rows:,} x {GROUPS * EACH} in memory, best of {ROUNDS}, load {os.getloadavg()[0]:.1f}")
    for gaps in (0.0, 0.01):
        own, beside = best_times(rows, gaps)
        ratios = ", ".join(f"{one:.2f}" for one in own / beside)
        print(f"gaps {gaps:.0%}: {own[0]:.2f} s, plain NumPy {beside[0]:.2f} s: {ratios} times (elapsed, processor), 2")
        found = ", ".join(f"{kind} {peak(rows, gaps, kind):.2f}" for kind in KINDS)
        print(f"  most memory, of the table: {found}, 3; plain NumPy {peak(rows, gaps, 'array', 'plain'):.2f}")


def by_hand(frame, fitted, low, high):
    """Return the scores of a lazy frame as one writes the query by hand, bounds and weights given."""
    import polars as pl

    def mean(weights):
        column = {code: pl.col(code) for code in weights}
        there = [pl.when(one.is_null()).then(0.0).otherwise(weights[code]) for code, one in column.items()]
        known = pl.sum_horizontal(one.is_not_null() for one in column.values())
        total = pl.sum_horizontal(one * weights[code] for code, one in column.items())
        return pl.when(known >= COVERAGE * len(weights)).then(total / pl.sum_horizontal(there))

    groups = {group: own.droplevel(0).to_dict() for group, own in fitted.weights.groupby(level=0)}
    top = groups.pop("all")
    normalised = frame.select((pl.col(code) - low[code]) / (high[code] - low[code]) for code in low.index)
    return normalised.select(mean(own).alias(group) for group, own in groups.items()).select(mean(top).alias("all"))


def expressions_times(rows):
    """Return the shortest elapsed and processor times (2, 2) of expressions run by Polars, and of the query by hand."""
    import polars as pl

    pandas = table(rows, 0.01)
    fitted, low, high = index().fit(pandas), pandas.min(), pandas.max()
    frame = pl.from_pandas(pandas, nan_to_null=True).lazy()
    del pandas
    found = fitted.expressions()

    def apply():
        return found.apply(frame)

    def hand():
        return by_hand(frame, fitted, low, high)

    taken = {apply: [], hand: []}
    for _ in range(ROUNDS):
        for function, times in taken.items():
            start = time.perf_counter(), time.process_time()
            scores = function().select("all").collect(engine="streaming")["all"]
            times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
            assert len(scores) == rows
    return np.array([np.min(times, axis=0) for times in taken.values()])


def by_expressions(rows):
    """Print times of expressions run by Polars, and of the query written by hand, in turn in one process."""
    import polars as pl

    own, beside = expressions_times(rows)
    print(f"{rows:,} x {GROUPS * EACH} by expressions on Polars {pl.__version__}, load {os.getloadavg()[0]:.1f}")
    ratios = ", ".join(f"{one:.2f}" for one in own / beside)
    print(
        f"cells counted and scored: {own[0]:.2f} s, by hand {beside[0]:.2f} s: {ratios} times (elapsed, processor), 1.3"
    )


def main(rows):
    print(f"{os.cpu_count()} processors, numpy {np.__version__}, pandas {pd.__version__}")
    in_memory(rows)
    by_expressions(rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        print(own_peak(int(sys.argv[2]), float(sys.argv[3]), *sys.argv[4:]))
    else:
        main(int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("HENGDIAN_BENCH_ROWS", "1000000")))
