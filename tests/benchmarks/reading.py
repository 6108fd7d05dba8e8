"""How long a clean CSV takes beside pandas' own `read_csv`: `python tests/benchmarks/reading.py [rows]`.

Both read it in turn in one process, five times each; the ratio is best over best, in processor time. Memory is the
peak of a process that reads the file once, beyond what it takes with the libraries alone, where Linux tells it.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from hengdian_index._tables.read_file import read_table

COLUMNS = 20
ROUNDS = 5
PEAK = """
import re, sys, pandas
from hengdian_index._tables.read_file import read_table
def most():
    return int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])
before = most()
kept = (pandas.read_csv if sys.argv[1] == "plain" else read_table)(sys.argv[2])
print(most() - before)
"""


def numbers(rows, columns):
    x = np.random.default_rng(0).lognormal(3, size=(rows, columns)).round(4)
    return pd.DataFrame(x, columns=[f"x{j}" for j in range(columns)])


def panel(rows, columns):
    """Return twenty years of units, with a gap in one cell of ten."""
    frame = numbers(rows, columns - 2)
    frame = frame.mask(np.random.default_rng(1).random(frame.shape) < 0.1)
    frame.insert(0, "unit", [f"unit {i // 20}" for i in range(rows)])
    frame.insert(1, "year", [2001 + i % 20 for i in range(rows)])
    return frame


CASES = {"numbers": (numbers, []), "panel with gaps": (panel, ["unit"])}


def write(path, case, rows):
    CASES[case][0](rows, COLUMNS).to_csv(path, index=False)


def best_times(path):
    """Return the shortest processor time of the library's reader and of pandas', run in turn."""
    labels = [name for name in ("unit",) if name in pd.read_csv(path, nrows=0)]
    taken = [], []
    for _ in range(ROUNDS):
        for times, read in zip(taken, (lambda: read_table(path, labels), lambda: pd.read_csv(path)), strict=True):
            start = time.process_time()
            read()
            times.append(time.process_time() - start)
    return tuple(map(min, taken))


def peak(path, side):
    """Return the peak memory of a process that reads the file, in kilobytes, beyond what it had before."""
    if not Path("/proc/self/status").exists():
        return float("nan")
    return int(subprocess.run([sys.executable, "-c", PEAK, side, path], capture_output=True, check=True).stdout)


def main(rows):
    print(f"{rows:,} x {COLUMNS}, best of {ROUNDS}, pandas {pd.__version__}")
    print(f"{'case':<18}{'ours, s':>10}{'plain, s':>10}{'ratio':>8}{'peak, MB':>10}{'plain':>8}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        for case in CASES:
            write(path, case, rows)
            ours, plain = best_times(path)
            memory = [peak(path, side) / 1024 for side in ("ours", "plain")]
            print(f"{case:<18}{ours:>10.3f}{plain:>10.3f}{ours / plain:>8.2f}{memory[0]:>10.0f}{memory[1]:>8.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
