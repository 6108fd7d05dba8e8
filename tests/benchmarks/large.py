"""How a table that does not fit into memory compares with Polars by hand: `python tests/benchmarks/large.py`.

Parquet of 5,000,000 x 40 (`--rows`), one cell in a hundred missing, 1.6 GB in ten files below a folder of the year;
`--copies 10` lays that folder down as ten years by links, 50,000,000 rows. The index has min_max, entropy weights on
two levels and weighted means with the coverage rule. Ours is held against Polars by hand that does the same work, with
the same bounds and weights:

- learn: bounds and weights by three queries; `index.fit(folder)`, in passes;
- score: one query that writes the scores (`sink_parquet`); `fitted.expressions().apply(scan_parquet(folder))`, and
  `fitted.score(folder, out=)` by batches, which also finds that no unit is there twice in a year, and what is bad.

Each run is a process of its own, two processors and threads for all, in turn, the best of `--rounds`: elapsed and
processor time after the imports, and the most memory that the process has held, imports included (VmHWM). The scores
are compared. `--json PATH` keeps the figures with the date, the versions and the load before each run.
"""

import argparse
import datetime
import json
import math
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

GROUPS, EACH, GAPS, FILES = 8, 5, 0.01, 10
COLUMNS = [f"x{j}" for j in range(GROUPS * EACH)]
CHILDREN = {f"g{g}": COLUMNS[g * EACH : (g + 1) * EACH] for g in range(GROUPS)}
COVERAGE = 0.65
PROCESSORS = 2
FIRST = 2001
# What each run is told apart by, the one that the others are held against, and the most that is wanted of wall and CPU.
WAYS = {
    "learn by hand": (None, {}),
    "fit in passes": ("learn by hand", {}),
    "score by hand": (None, {}),
    "expressions": ("score by hand", {"wall": 1.3, "cpu": 1.3}),
    "batches": ("score by hand", {"wall": 2.0}),
}


def make(folder, rows, copies):
    """Write the files of the first year, and link them as those of the others."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(0)
    ends = np.linspace(0, rows, FILES + 1).astype(int)
    years = [folder / f"year={FIRST + copy}" for copy in range(copies)]
    for year in years:
        year.mkdir(parents=True)
    for part, (start, end) in enumerate(pairwise(ends)):
        columns = {"firm": np.arange(start, end)}
        for name in COLUMNS:
            gaps = rng.random(end - start) < GAPS
            columns[name] = pa.array(rng.lognormal(size=end - start), mask=gaps)
        path = years[0] / f"part-{part}.parquet"
        pq.write_table(pa.table(columns), path, row_group_size=1 << 17, use_dictionary=False)
        for year in years[1:]:
            (year / path.name).symlink_to(path)


def index():
    import hengdian_index as hi

    return hi.Index(
        unit="firm",
        period="year",
        normalise="min_max",
        weights="entropy",
        coverage=COVERAGE,
        groups=[hi.Group("all"), *(hi.Group(group, "all") for group in CHILDREN)],
        indicators=[hi.Indicator(code, group) for group, codes in CHILDREN.items() for code in codes],
    )


def scanned(folder):
    import polars as pl

    return pl.scan_parquet(folder / "**/*.parquet", hive_partitioning=True)


def normalised(frame, known):
    import polars as pl

    low, high = known["low"], known["high"]
    return frame.with_columns((pl.col(code) - low[code]) / (high[code] - low[code]) for code in COLUMNS)


def mean(weights):
    """Return the weighted mean of the columns that are there, of rows that have enough of them."""
    import polars as pl

    columns = {code: pl.col(code) for code in weights}
    there = [pl.when(one.is_null()).then(0.0).otherwise(weights[code]) for code, one in columns.items()]
    known = pl.sum_horizontal(one.is_not_null() for one in columns.values())
    total = pl.sum_horizontal(one * weights[code] for code, one in columns.items())
    return pl.when(known >= COVERAGE * len(weights)).then(total / pl.sum_horizontal(there))


def entropy(frame, groups):
    """Return the entropy weights of the columns of each group, by one query."""
    import polars as pl

    columns = [code for codes in groups.values() for code in codes]
    asked = {}
    for code in columns:
        z = pl.col(code)
        asked |= {f"{code} n": z.count(), f"{code} sum": z.sum()}
        asked[f"{code} terms"] = pl.when(z > 0).then(z * z.log()).otherwise(0.0).sum()
    found = frame.select(**asked).collect(engine="streaming").row(0, named=True)

    def gain(code):
        n, total, terms = (found[f"{code} {what}"] for what in ("n", "sum", "terms"))
        return 1 + (terms / total - math.log(total)) / math.log(n)

    gains = {group: {code: gain(code) for code in codes} for group, codes in groups.items()}
    return {group: {code: one / sum(own.values()) for code, one in own.items()} for group, own in gains.items()}


def learn_by_hand(folder, work):
    import polars as pl

    frame = scanned(folder)
    ends = frame.select(
        *(pl.col(code).min().alias(f"{code} low") for code in COLUMNS),
        *(pl.col(code).max().alias(f"{code} high") for code in COLUMNS),
    )
    found = ends.collect(engine="streaming").row(0, named=True)
    known = {end: {code: found[f"{code} {end}"] for code in COLUMNS} for end in ("low", "high")}
    known["weights"] = entropy(normalised(frame, known), CHILDREN)
    parts = normalised(frame, known).select(mean(own).alias(group) for group, own in known["weights"].items())
    known["weights"] |= entropy(parts, {"all": list(CHILDREN)})
    (work / "by_hand.json").write_text(json.dumps(known))


def fit_in_passes(folder, work):
    fitted = index().fit(folder)
    fitted.save(work / "fitted.json")
    weights = {group: own.droplevel(0).to_dict() for group, own in fitted.weights.groupby(level=0)}
    (work / "weights.json").write_text(json.dumps(weights))


def score_by_hand(folder, work):
    known = json.loads((work / "by_hand.json").read_text())
    known["weights"] = json.loads((work / "weights.json").read_text())
    groups = dict(known["weights"])
    top = groups.pop("all")
    parts = normalised(scanned(folder), known).select(
        "firm", "year", *(mean(own).alias(group) for group, own in groups.items())
    )
    parts.with_columns(mean(top).alias("all")).sink_parquet(work / "by hand.parquet")


def expressions(folder, work, fitted):
    fitted.expressions().apply(scanned(folder)).sink_parquet(work / "expressions.parquet")


def batches(folder, work, fitted):
    written = fitted.score(folder, out=work / "batches")
    assert written.complete


def run(way, folder, work):
    """Print what one way takes, in this process."""
    import polars  # noqa: F401

    given = ()
    if not way.endswith("by hand"):
        import pyarrow.parquet  # noqa: F401

        import hengdian_index as hi

        given = () if way == "fit in passes" else (hi.Fitted.load(work / "fitted.json"),)
    function = globals()[way.replace(" ", "_")]
    before = most()
    start = time.perf_counter(), time.process_time()
    function(folder, work, *given)
    taken = {"wall": time.perf_counter() - start[0], "cpu": time.process_time() - start[1]}
    print(json.dumps({**taken, "peak": most(), "imports": before}))


def most():
    """Return the most memory that this process has held, in bytes."""
    own = Path("/proc/self/status")
    if own.exists():
        return int(re.search(r"VmHWM:\s*(\d+)", own.read_text())[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def fresh(way, folder, work):
    """Return what one way takes, in a process of its own with two processors, and the load before it."""
    threads = {"POLARS_MAX_THREADS": str(PROCESSORS), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--way", way, str(folder), str(work)]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    load = os.getloadavg()[0]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **threads})
    return {**json.loads(done.stdout), "load": load}


def measure(folder, work, rounds):
    """Return the best times and the largest memory and load of each way, in turn."""
    taken = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way, runs in taken.items():
            shutil.rmtree(work / "batches", ignore_errors=True)
            runs.append(fresh(way, folder, work))
            if way in ("expressions", "batches"):
                compare(work, way)
    best = {"wall": min, "cpu": min, "peak": max, "imports": max, "load": max}
    return {way: {what: of(one[what] for one in runs) for what, of in best.items()} for way, runs in taken.items()}


def compare(work, way):
    """See that a way gives the rows and the scores of the query by hand."""
    import numpy as np
    import polars as pl

    path = work / {"batches": "batches/*.parquet", "expressions": "expressions.parquet"}[way]
    for name in ("year", "firm", "all", *CHILDREN):
        both = (
            pl.scan_parquet(one).select(name).collect()[name].to_numpy() for one in (path, work / "by hand.parquet")
        )
        np.testing.assert_allclose(*both, rtol=1e-11, err_msg=f"{way}: {name}")


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rows", type=int, default=int(os.environ.get("HENGDIAN_BENCH_ROWS", "5000000")))
    given.add_argument("--copies", type=int, default=1)
    given.add_argument("--rounds", type=int, default=3)
    given.add_argument("--folder", type=Path, help="where the temporary folder is made")
    given.add_argument("--json", type=Path, help="the file that keeps the figures")
    said = given.parse_args()
    size = said.rows * len(COLUMNS) * 8 + said.copies * said.rows * (len(CHILDREN) + 3) * 8 * 3
    print(f"{said.rows * said.copies:,} x {len(COLUMNS)}; a temporary folder of up to {size / 1e9:.1f} GB")
    with tempfile.TemporaryDirectory(dir=said.folder) as made:
        folder, work = Path(made, "rows"), Path(made, "work")
        work.mkdir()
        make(folder, said.rows, said.copies)
        found = {
            "command": "python tests/benchmarks/large.py "
            f"--rows {said.rows} --copies {said.copies} --rounds {said.rounds}",
            "date": datetime.date.today().isoformat(),
            "rows": said.rows * said.copies,
            "columns": len(COLUMNS),
            "bytes": sum(path.stat().st_size for path in folder.rglob("*.parquet")),
            "rounds": said.rounds,
            "processors": min(PROCESSORS, os.cpu_count()),
            "python": platform.python_version(),
            "versions": {name: version(name) for name in ("hengdian-index", "polars", "pyarrow", "numpy", "pandas")},
            "ways": measure(folder, work, said.rounds),
        }
    for way, taken in found["ways"].items():
        beside, wanted = WAYS[way]
        taken["ratios"] = {what: taken[what] / found["ways"][beside][what] for what in ("wall", "cpu") if beside}
        ratios = ", ".join(
            f"{what} {ratio:.2f}" + (f" (wanted {wanted[what]})" if what in wanted else "")
            for what, ratio in taken["ratios"].items()
        )
        print(
            f"{way:>14}: {taken['wall']:.1f} s, processors {taken['cpu']:.1f} s, memory {taken['peak'] / 1e9:.2f} GB "
            f"(imports {taken['imports'] / 1e9:.2f}), load {taken['load']:.1f}{'; ' if ratios else ''}{ratios}"
        )
    if said.json:
        said.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--way"]:
        run(sys.argv[2], *map(Path, sys.argv[3:5]))
    else:
        main()
