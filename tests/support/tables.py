"""Tables of numbers: quarters of an index, several units, columns that have something in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd


def quarters(n: int, start: int = 2001) -> list[str]:
    """Return n quarter labels."""
    return [f"{start + i // 4}Q{i % 4 + 1}" for i in range(n)]


def table(n: int = 12, seed: int = 0, columns: str = "abcd") -> pd.DataFrame:
    """Return n quarters of positive numbers."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"quarter": quarters(n), **{c: rng.lognormal(3, 0.4, n).round(3) for c in columns}})


def panel(
    n: int = 8, units: Sequence[Any] = "xyz", name: str = "city", *, seeds: Sequence[int] | None = None
) -> pd.DataFrame:
    """Return n quarters of several units, each with its own seed."""
    seeds = range(len(units)) if seeds is None else seeds
    frames = [table(n, seed).assign(**{name: unit}) for seed, unit in zip(seeds, units, strict=True)]
    return pd.concat(frames, ignore_index=True)


def correlated(
    seed: int,
    k: int = 3,
    n: int = 30,
    *,
    common: float | tuple[float, float] = 1.0,
    units: tuple[float, float] = (1.0, 1.0),
) -> np.ndarray:
    """Return n rows of k columns that share one part, by so much or each by a share drawn, each in a unit drawn."""
    rng = np.random.default_rng(seed)
    own, part = rng.normal(size=(n, k)), rng.normal(size=(n, 1))
    share = rng.uniform(*common, k) if isinstance(common, tuple) else common
    return (own + share * part) * rng.uniform(*units, k)


def positive(seed: int, k: int = 3, n: int = 12, *, shape: float = 1.0) -> np.ndarray:
    """Return n rows of k columns of numbers above 0, the more uneven the smaller `shape`."""
    return np.random.default_rng(seed).gamma(shape, size=(n, k))
