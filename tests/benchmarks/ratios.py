"""How long the core takes beside plain blocked NumPy, and how much memory: `python tests/benchmarks/ratios.py [rows]`.

Both run in turn in one process, five times each; the ratio is best over best, in elapsed and in processor time (which
counts every thread, and which other work on the machine disturbs less). Memory is the peak beyond the input, as a
share of the input. `HENGDIAN_BENCH_ROWS` sets the rows where no argument does.
"""

import os
import sys
import time
import tracemalloc

import numpy as np

import hengdian_index as hi

COLUMNS = 60
BLOCK = 4096
ROUNDS = 5


def data(rows, order):
    """Return a table of positive numbers in a memory order ("C" or "F")."""
    return np.array(np.random.default_rng(0).lognormal(size=(rows, COLUMNS)), order=order)


def blocks(x):
    return (x[start : start + BLOCK] for start in range(0, len(x), BLOCK))


def ours_entropy(x):
    return hi.weights.entropy(x)


def plain_entropy(x):
    total, log_total = np.zeros(COLUMNS), np.zeros(COLUMNS)
    for part in blocks(x):
        total += part.sum(axis=0)
        log_total += (part * np.log(part)).sum(axis=0)
    gain = 1 + (log_total / total - np.log(total)) / np.log(len(x))
    return gain / gain.sum()


def ours_min_max_and_mean(x):
    return hi.aggregate.arithmetic(hi.normalise.min_max(x), np.arange(1.0, COLUMNS + 1))


def plain_min_max_and_mean(x):
    w = np.arange(1.0, COLUMNS + 1) / np.arange(1.0, COLUMNS + 1).sum()
    low, high = extremes(x)
    scores, z = np.empty(len(x)), np.empty_like(x)
    for start in range(0, len(x), BLOCK):
        part = slice(start, start + BLOCK)
        np.divide(x[part] - low, high - low, out=z[part])
        scores[part] = z[part] @ w
    return scores


def extremes(x):
    low, high = np.full(COLUMNS, np.inf), np.full(COLUMNS, -np.inf)
    for part in blocks(x):
        np.minimum(low, part.min(axis=0), out=low)
        np.maximum(high, part.max(axis=0), out=high)
    return low, high


def ours_critic(x):
    return hi.weights.critic(x)


def plain_critic(x):
    low, high = extremes(x)
    mean = sum(part.sum(axis=0) for part in blocks(x)) / len(x)
    cross = np.zeros((COLUMNS, COLUMNS))
    for part in blocks(x):
        centred = part - mean
        cross += centred.T @ centred
    s = np.sqrt(np.diagonal(cross))
    c = s / (high - low) * (1 - cross / np.outer(s, s)).sum(axis=0)
    return c / c.sum()


def ours_topsis(x):
    return hi.aggregate.topsis(x, np.arange(1.0, COLUMNS + 1))


def plain_topsis(x):
    w = np.arange(1.0, COLUMNS + 1) / np.arange(1.0, COLUMNS + 1).sum()
    low, high = extremes(x)
    factor = w / np.sqrt(sum((part**2).sum(axis=0) for part in blocks(x)))
    scores = np.empty(len(x))
    for start in range(0, len(x), BLOCK):
        v = x[start : start + BLOCK] * factor
        to_best = np.sqrt(((v - high * factor) ** 2).sum(axis=1))
        to_worst = np.sqrt(((v - low * factor) ** 2).sum(axis=1))
        scores[start : start + BLOCK] = to_worst / (to_best + to_worst)
    return scores


CASES = {
    "entropy": (ours_entropy, plain_entropy),
    "min_max and weighted mean": (ours_min_max_and_mean, plain_min_max_and_mean),
    "critic": (ours_critic, plain_critic),
    "topsis": (ours_topsis, plain_topsis),
}


def best_times(functions, x):
    """Return the shortest elapsed and the shortest processor time of each function, all of them run in turn."""
    taken = [[] for _ in functions]
    for _ in range(ROUNDS):
        for function, times in zip(functions, taken, strict=True):
            start = time.perf_counter(), time.process_time()
            function(x)
            times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    return [tuple(map(min, zip(*times, strict=True))) for times in taken]


def extra_memory(function, x):
    """Return the peak memory a function takes beyond its input, as a share of the input."""
    tracemalloc.start()
    try:
        function(x)
        return tracemalloc.get_traced_memory()[1] / x.nbytes
    finally:
        tracemalloc.stop()


def main(rows):
    print(f"{rows:,} x {COLUMNS}, best of {ROUNDS}, {os.cpu_count()} processors, numpy {np.__version__}")
    print(
        f"{'case':<28}{'order':>6}{'ours, s':>10}{'plain, s':>10}{'ratio':>8}{'cpu':>8}{'extra memory':>14}{'plain':>8}"
    )
    for order in "CF":
        x = data(rows, order)
        for name, pair in CASES.items():
            (ours, ours_cpu), (plain, plain_cpu) = best_times(pair, x)
            memory = "".join(f"{extra_memory(f, x):>{width}.3f}" for f, width in zip(pair, (14, 8), strict=True))
            ratios = f"{ours / plain:>8.2f}{ours_cpu / plain_cpu:>8.2f}"
            print(f"{name:<28}{order:>6}{ours:>10.3f}{plain:>10.3f}{ratios}{memory}")


if __name__ == "__main__":
    main(int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("HENGDIAN_BENCH_ROWS", "1000000")))
