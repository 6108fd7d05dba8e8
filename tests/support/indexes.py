"""Small indexes and tables, and a hypothesis strategy for random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from support.tables import quarters, table

import hengdian_index as hi
from hengdian_index._scoring.tree import RESERVED

MEANS: list[Any] = [
    "arithmetic",
    "geometric",
    "harmonic",
    {"method": "power", "p": 2},
    {"method": "power", "p": -0.5},
    {"method": "power", "p": 0.3},
]
POSITIVE = {"method": "min_max", "lower": 1, "upper": 100}


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


_CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "normalise": st.sampled_from(["z_score", "rank", {"method": "min_max", "lower": 1.0, "upper": 100.0}]),
        "weights": st.sampled_from(["entropy", "critic", {"method": "entropy", "zeros": "shift"}]),
        "missing": st.sampled_from(["reweight", "propagate", "raise"]),
        "coverage": st.floats(0, 1),
    },
)


_NAMES = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=12).filter(
    lambda name: name not in RESERVED
)


DIRECTIONS = st.sampled_from(
    [1, -1, hi.Target(4.5), hi.Between(1.0, 2.0), hi.Between(5.0, 6.0, worst_low=2.0, worst_high=12.0)]
)


@st.composite
def indexes(draw: st.DrawFn) -> hi.Index:
    codes = draw(st.lists(_NAMES.filter(str.strip), min_size=6, max_size=6, unique=True))
    groups = [
        hi.Group(codes[0], name=draw(_NAMES), **draw(_CHOICES)),
        hi.Group(codes[1], codes[0], weights={codes[4]: draw(st.floats(0.1, 9)), codes[5]: 1}),
    ]
    indicators = [
        hi.Indicator(code, parent, name=draw(_NAMES), direction=draw(DIRECTIONS))
        for code, parent in zip(codes[2:], [codes[0], codes[0], codes[1], codes[1]], strict=True)
    ]
    return hi.Index(name=draw(_NAMES), groups=groups, indicators=indicators, **draw(_CHOICES))


def built_of(*indicators: hi.Indicator, **choices: Any) -> hi.Index:
    """Return an index of the indicators as they are."""
    given = {"period": "q", "normalise": "none", **choices}
    return hi.Index(groups=[hi.Group("all")], indicators=indicators, **given)


def answer_shares(n: int = 16) -> pd.DataFrame:
    """Return answer shares, two series, and a straight line with a seasonal pattern."""
    rng = np.random.default_rng(0)
    columns = {name: rng.uniform(20, 45, n) for name in ("up", "same")}
    series = {name: rng.lognormal(3, 0.1, n) for name in ("s", "t")}
    line = 100 + np.arange(n) + np.resize([5.0, -5.0, 10.0, -10.0], n)
    return pd.DataFrame({"q": quarters(n), **columns, **series, "x": line})


def changing(**choices: Any) -> hi.Index:
    """Return an index in which c starts in 2002Q2, b stops after 2002Q4, and weights change in 2003."""
    return hi.Index(
        period="quarter",
        base="2001",
        normalise=POSITIVE,
        groups=[
            hi.Group("all", weights_since={"2003Q1": {"left": 3, "right": 1}}),
            hi.Group("left", "all"),
            hi.Group("right", "all"),
        ],
        indicators=[
            hi.Indicator("a", "left"),
            hi.Indicator("b", "left", end="2002Q4"),
            hi.Indicator("c", "right", start="2002Q2"),
            hi.Indicator("d", "right"),
        ],
        **choices,
    )


def late(n: int = 14, seed: int = 1) -> pd.DataFrame:
    """Return a table in which c has no value before it starts and b none after it stops."""
    frame = table(n, seed)
    frame.loc[frame["quarter"] < "2002Q2", "c"] = np.nan
    frame.loc[frame["quarter"] > "2002Q4", "b"] = np.nan
    return frame


def with_entrant() -> pd.DataFrame:
    """Return three units over four years, C from 2003 on."""
    rng = np.random.default_rng(5)
    rows = [(who, year) for year in range(2001, 2005) for who in "ABC" if who != "C" or year >= 2003]
    return pd.DataFrame(rows, columns=["who", "year"]).assign(x=rng.uniform(1, 9, 10), y=rng.uniform(1, 9, 10))


def entering(**choices: Any) -> hi.Index:
    """Return an index of two indicators over units and years."""
    indicators = [hi.Indicator("x", "all"), hi.Indicator("y", "all")]
    given = {"unit": "who", "period": "year", "base": "2001", "normalise": POSITIVE, **choices}
    return hi.Index(groups=[hi.Group("all")], indicators=indicators, **given)


def learnt_weights(index: hi.Index, data: Any) -> np.ndarray:
    """Return the weights that an index learns from a table, group by group."""
    return index.fit(data).weights.to_numpy()
