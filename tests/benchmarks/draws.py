"""How long many draws of an index take, beside plain NumPy, and how much memory: `python tests/benchmarks/draws.py`.

Each figure is the best of some rounds, ours and plain in turn in one process, in elapsed and in processor time.
"""

import os
import time
import tracemalloc

import numpy as np
import pandas as pd

import hengdian_index as hi

ROUNDS = 5
POSITIVE = {"method": "min_max", "lower": 1, "upper": 100}

# What may be uncertain in an index at once: treatment, imputation, scale, mean, weights.
FIVE = {
    "treat": ["none", "jrc"],
    "impute": ["mean", "median"],
    "normalise": [POSITIVE, "percentile_rank"],
    "aggregate": ["arithmetic", "geometric"],
    "weights": hi.Noise(0.25),
}
WEIGHTS = {"weights": hi.Noise(0.25)}


def units(n, k, *, groups=0, gaps=0.0):
    """Return an index of k indicators, in groups below the top if there are any, and a table of n units."""
    rng = np.random.default_rng(0)
    values = rng.lognormal(3, 0.6, (n, k))
    values[rng.random(values.shape) < gaps] = np.nan
    codes = [f"x{j}" for j in range(k)]
    inner = [f"g{g}" for g in range(groups)]
    index = hi.Index(
        unit="unit",
        groups=[hi.Group("all"), *(hi.Group(code, "all") for code in inner)],
        indicators=[hi.Indicator(code, inner[j % groups] if groups else "all") for j, code in enumerate(codes)],
        normalise=POSITIVE,
    )
    return index, pd.DataFrame(values, columns=codes).assign(unit=[f"u{i}" for i in range(n)])


def five_factors(draws):
    """Return the study of 51 units, 49 indicators in seven groups, five factors."""
    index, table = units(51, 49, groups=7, gaps=0.03)
    return hi.uncertainty(index, table, FIVE, draws=draws, progress=False)


def frequencies(n, k, draws):
    """Return how often each of n units stands at each rank, weights of k indicators uncertain."""
    index, table = units(n, k)
    return hi.uncertainty(index, table, WEIGHTS, draws=draws, progress=False).rank_frequency


def plain_order(n, k, draws):
    """Return the plain rule beside it: one product of draws of weights with scores, one sort; no counts."""
    table = units(n, k)[1].drop(columns="unit").to_numpy()
    z = 1 + 99 * (table - table.min(axis=0)) / np.ptp(table, axis=0)
    w = 1 + 0.25 * (2 * np.random.default_rng(0).random((draws, k)) - 1)
    w /= w.sum(axis=1, keepdims=True)
    start = times()
    order = np.argsort(-(w @ z.T), axis=1)
    return order, times() - start


def without_each():
    """Return the ranks of 51 units without each of 49 indicators."""
    index, table = units(51, 49, groups=7)
    return hi.remove_one(index, table).ranks


def times():
    """Return elapsed and processor time now."""
    return np.array([time.perf_counter(), time.process_time()])


def taken(function, *arguments, rounds=ROUNDS):
    """Return the shortest elapsed and the shortest processor time of a function."""
    found = []
    for _ in range(rounds):
        start = times()
        function(*arguments)
        found.append(times() - start)
    return np.min(found, axis=0)


def beside_plain(n, k, draws, rounds=ROUNDS):
    """Return the shortest times of ours and of the plain rule (2, 2), in turn; making the weights is not the rule's."""
    ours, plain = [], []
    for _ in range(rounds):
        ours.append(taken(frequencies, n, k, draws, rounds=1))
        plain.append(plain_order(n, k, draws)[1])
    return np.array([np.min(ours, axis=0), np.min(plain, axis=0)])


def peak_memory(function, *arguments):
    """Return the most bytes that a function holds at one time."""
    tracemalloc.start()
    try:
        function(*arguments)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def summed_up(n, k, draws):
    """Return processor times of draws of weights and of their summary."""
    index, table = units(n, k)
    start = time.process_time()
    found = hi.uncertainty(index, table, WEIGHTS, draws=draws, progress=False)
    drawn = time.process_time()
    found.summary()
    return drawn - start, time.process_time() - drawn


def main():
    print(f"best of {ROUNDS}, {os.cpu_count()} processors, numpy {np.__version__}; elapsed (processor time), limit")
    frequencies(51, 49, 64)
    elapsed, cpu = 1000 * taken(five_factors, 10_000) / 10_000
    print(f"51 x 49, three levels, five factors, 10,000 draws: {elapsed:.3f} ({cpu:.3f}) ms a draw, 0.1")
    ours, plain = beside_plain(200, 60, 100_000)
    print(f"200 x 60, 100,000 draws, rank frequencies: {ours[0]:.3f} ({ours[1]:.3f}) s")
    print(
        f"  the plain product and sort: {plain[0]:.3f} ({plain[1]:.3f}) s; {', '.join(_ratios(ours, plain))} times, 2"
    )
    print(f"  most memory: {peak_memory(frequencies, 200, 60, 100_000) / 1e6:.0f} MB, 1000")
    for what, sizes in (
        ("draws", [(200, 60, d) for d in (25_000, 50_000, 100_000)]),
        ("units", [(n, 60, 25_000) for n in (100, 200, 400)]),
    ):
        found = [taken(frequencies, *size)[0] for size in sizes]
        print(f"{what} 1 : 2 : 4: " + " : ".join(f"{one / found[0]:.2f}" for one in found))
    drawn, told = summed_up(2000, 60, 20_000)
    print(f"2,000 x 60, 20,000 draws: {drawn:.2f} s, their summary {told:.2f} s, no longer")
    elapsed, cpu = 1000 * taken(without_each)
    print(f"51 units without each of 49 indicators: {elapsed:.1f} ({cpu:.1f}) ms, 50")


def _ratios(ours, plain):
    return (f"{one:.2f}" for one in ours / plain)


if __name__ == "__main__":
    main()
