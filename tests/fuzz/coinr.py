"""The tables of COINr with strange cells, and the index of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import numpy as np
import pandas as pd
from fuzz._spoiling import TEXTS

import hengdian_index as hi

META = {
    "iCode": ["a", "b", "c", "G", "H", "all", "pop"],
    "iName": ["First", "Second", "Third", "Left", "Right", "All", "People"],
    "Parent": ["G", "G", "H", "all", "all", None, None],
    "Direction": [1, -1, 1, 1, 1, None, None],
    "Weight": [1, 2, 1, 0.5, 0.5, None, None],
    "Denominator": [None, "pop", None, None, None, None, None],
    "Type": ["Indicator", "Indicator", "Indicator", "Aggregate", "Aggregate", "Aggregate", "Denominator"],
}
DATA = {
    "uCode": ["x", "y", "z"],
    "Time": [2020, 2020, 2020],
    "a": [1.0, 2.0, 3.0],
    "b": [8, 5, 0],
    "c": [2.0, 4.0, 6.5],
    "pop": [10, 20, 30],
}
CELLS = [
    *TEXTS,
    *(None, float("nan"), float("inf"), pd.NA, pd.NaT, True, 0, -1, 10**400, 1e308, 5e-324, 2 + 1j, Decimal("1.5")),
    *(date(2020, 1, 1), timedelta(1), pd.Timestamp("2021-01-01"), np.datetime64("2020"), np.timedelta64(3, "D")),
    *([1], ("a", "b"), {"a": 1}, {1}, np.array([1, 2]), np.int64(3), b"a", object(), "Indicator", "Aggregate", "a"),
]


def trial(random: Random) -> tuple[object, Callable[[], object]]:
    """Return both tables with strange cells and the call that reads them and computes the index."""
    meta, data = _spoilt(random, META), _spoilt(random, DATA)
    given: list[object] = []
    for table in (meta, data):
        frame: object = table
        if random.random() < 0.8:
            frame = pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in table.items()})
            frame = _shaped(random, frame)
        given.append(frame)

    def read() -> object:
        index, table = hi.read_coinr(given[1], given[0])
        return index.compute(table).series()

    return (meta, data), read


def _spoilt(random: Random, table: dict[str, list[object]]) -> dict[str, list[object]]:
    made = {name: list(column) for name, column in table.items()}
    for _ in range(random.choice([0, 0, 1, 1, 2])):
        name = random.choice(list(made))
        i = random.randrange(len(made[name]))
        kind = random.random()
        if kind < 0.8:
            made[name][i] = random.choice([*CELLS, made[random.choice(list(made))][0]])
        elif kind < 0.85:
            del made[name][i]
        elif kind < 0.9 and len(made) > 1:
            del made[name]
        else:
            made[random.choice([name + " ", name.lower(), "x", "iName", "Unit"])] = made.pop(name)
    return made


def _shaped(random: Random, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame in another shape than plain columns of objects."""
    kind = random.random()
    if kind < 0.2:
        try:
            return frame.convert_dtypes()
        # Strange cells may have no nullable dtype at all.
        except Exception:
            return frame
    if kind < 0.3:
        return pd.concat([frame, frame[[random.choice(list(frame.columns))]]], axis=1)
    if kind < 0.35:
        return frame.set_index(random.choice(list(frame.columns)))
    return frame if kind < 0.9 else frame.set_axis(pd.MultiIndex.from_product([["m"], frame.columns]), axis=1)
