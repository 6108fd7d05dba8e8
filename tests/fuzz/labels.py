"""Period labels of every type and spelling, spoilt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import numpy as np
import pandas as pd
from fuzz._spoiling import TEXTS, spoilt

from hengdian_index._tables.periods import FREQUENCIES, read_periods, read_span

GOOD = [
    *("2020", "2020年", "2020H1", "H2 2021", "2020年上半年", "2021Q3", "2021-Q3", "Q3 2021", "2021年第三季度"),
    *(
        "2021-06",
        "2021M06",
        "2021年6月",
        "2021-06-30",
        "2021/6/30",
        "2021年6月30日",
        "2021-06-30T12:30:00Z",
        "2020:2021",
    ),
]
OTHER = [
    *(2020, 2020.0, 2020.5, True, None, float("nan"), float("inf"), 10**400, -5, 0, 2**63, 1 + 2j, Decimal("2020")),
    *(date(2020, 1, 1), datetime(2020, 5, 3, 2), timedelta(5), np.timedelta64(3, "D"), np.datetime64("2020-05")),
    *(np.datetime64("2020-05-03"), np.datetime64(10**18, "Y"), pd.NA, pd.NaT, pd.Timestamp("2020-01-05", tz="UTC")),
    *(pd.Period("2020Q3"), pd.Period("2020", "Y-MAR"), pd.Timedelta(3), np.int8(4), np.float32(2020), np.bool_(True)),
    *([2020], (2020, 2021), {"a": 1}, {2020}, np.array([2020, 2021]), np.array(2020), b"2020", object, lambda: 3),
]


def trial(random: Random) -> tuple[object, Callable[[], object]]:
    """Return labels and the call that reads them as periods, or one of them as a span."""
    labels: list[object] = []
    for _ in range(random.choice([1, 1, 2, 5])):
        kind = random.random()
        if kind < 0.5:
            labels.append(spoilt(random, random.choice(GOOD)))
        else:
            labels.append(random.choice(GOOD if kind < 0.6 else TEXTS if kind < 0.7 else OTHER))
    frequency = random.choice([None, None, *FREQUENCIES.values()])
    if random.random() < 0.3:
        return labels[0], lambda: read_span(labels[0], frequency or FREQUENCIES["month"])
    kinds: list[Callable[[list[object]], object]] = [list, pd.Series, lambda given: pd.Series(given, dtype=object)]
    kind_of = random.choice(kinds)
    return labels, lambda: read_periods(kind_of(labels), frequency=frequency)
