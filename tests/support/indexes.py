"""Small indexes and tables, and a hypothesis strategy for random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

import hengdian_index as hi

MEANS: list[Any] = [
    "arithmetic",
    "geometric",
    "harmonic",
    {"method": "power", "p": 2},
    {"method": "power", "p": -0.5},
    {"method": "power", "p": 0.3},
]
POSITIVE = {"method": "min_max", "lower": 1, "upper": 100}


def quarters(n: int, start: int = 2001) -> list[str]:
    """Return n quarter labels."""
    return [f"{start + i // 4}Q{i % 4 + 1}" for i in range(n)]


def two_levels(**choices: Any) -> hi.Index:
    """Return an index of two groups of two indicators, a lower-is-better one among them."""
    return hi.Index(
        period="quarter",
        groups=[hi.Group("all"), hi.Group("left", "all"), hi.Group("right", "all")],
        indicators=[
            hi.Indicator("a", "left"),
            hi.Indicator("b", "left", direction=-1),
            hi.Indicator("c", "right"),
            hi.Indicator("d", "right"),
        ],
        **{"base": "2001", "normalise": POSITIVE, **choices},
    )


def table(n: int = 12, seed: int = 0, columns: str = "abcd") -> pd.DataFrame:
    """Return n quarters of positive numbers."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"quarter": quarters(n), **{c: rng.lognormal(3, 0.4, n).round(3) for c in columns}})


@st.composite
def computed(draw: st.DrawFn, gaps: bool = False) -> hi.Result:
    """Return the result of a random tree of up to three levels under random means and weights."""
    groups = [hi.Group("root", aggregate=draw(st.sampled_from(MEANS)))]
    for i in range(draw(st.integers(0, 3))):
        parent = draw(st.sampled_from([g.code for g in groups]))
        groups.append(hi.Group(f"g{i}", parent, aggregate=draw(st.sampled_from(MEANS)), weight=draw(st.floats(0.1, 5))))
    indicators = [
        hi.Indicator(f"x{i}{j}", group.code, direction=draw(st.sampled_from([1, -1])), weight=draw(st.floats(0.1, 5)))
        for i, group in enumerate(groups)
        for j in range(draw(st.integers(1, 3)))
    ]
    index = hi.Index(
        period="quarter", groups=groups, indicators=indicators, normalise=POSITIVE, base="2001", coverage=0.0
    )
    n = draw(st.integers(5, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = rng.lognormal(3, draw(st.sampled_from([0.01, 0.5, 1.5])), (n, len(indicators)))
    if gaps:
        values[rng.random(values.shape) < 0.2] = np.nan
        values[[0, -1]] = rng.lognormal(3, 0.5, (2, len(indicators)))
    frame = pd.DataFrame(values, columns=[i.code for i in indicators]).assign(quarter=quarters(n))
    return index.compute(frame)
