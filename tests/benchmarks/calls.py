"""How long a call on a small table takes: `python tests/benchmarks/calls.py [--json PATH]`.

Every method of `normalise` and `weights` that asks for nothing but a table, on 200 x 60 positive numbers, and
`index.compute` on the film index: the shortest of many calls, in milliseconds, and their median over the methods.
"""

import datetime
import json
import os
import sys
import timeit
from pathlib import Path

import numpy as np

import hengdian_index as hi

ROUNDS = 7


def shortest(function):
    """Return the shortest time of a call in milliseconds."""
    timer = timeit.Timer(function)
    once = timer.timeit(1)
    number = max(1, int(0.02 / once))
    return min(once, min(timer.repeat(ROUNDS, number)) / number if once < 0.5 else once) * 1e3


def calls(module):
    """Return the time of each method that needs nothing but a table."""
    x, found = np.random.default_rng(0).lognormal(size=(200, 60)), {}
    for name in module.__all__:
        method = getattr(module, name)
        try:
            method(x)
        except (TypeError, ValueError):
            continue
        found[name] = shortest(lambda method=method: method(x))
    return found


def main(path=None):
    film, frame = hi.example("film_industry")
    load = os.getloadavg()[0]
    found = {
        "date": datetime.date.today().isoformat(),
        "load": load,
        "normalise": calls(hi.normalise),
        "weights": calls(hi.weights),
        "film": shortest(lambda: film.compute(frame)),
    }
    for name in ("normalise", "weights"):
        times = found[name]
        slow = sorted(times, key=times.get)[-3:]
        told = ", ".join(f"{one} {times[one]:.2f}" for one in slow)
        print(f"{name}, 200 x 60, {len(times)} methods: median {np.median([*times.values()]):.3f} ms; slowest {told}")
    print(f"index.compute of the film index: {found['film']:.1f} ms; load {load:.1f}")
    if path:
        Path(path).write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[2] if sys.argv[1:2] == ["--json"] else None)
