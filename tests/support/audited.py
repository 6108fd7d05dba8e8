"""Indexes and tables whose indicators have the correlations asked for, to the last digit, for the audit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from support.indexes import POSITIVE

import hengdian_index as hi


def rows(r: np.ndarray, n: int = 60, seed: int = 1) -> np.ndarray:
    """Return n rows (n, k) of mean 20 and standard deviation 2 with correlations r (k, k)."""
    raw = np.random.default_rng(seed).normal(size=(n, len(r)))
    z = np.linalg.qr(raw - raw.mean(axis=0))[0] * np.sqrt(n - 1)
    return 20 + 2 * z @ np.linalg.cholesky(r).T


def blocks(sizes: tuple[int, int] = (3, 3), inside: Any = (0.7, 0.7), across: float = 0.5) -> np.ndarray:
    """Return correlations of two groups, alike inside each and across."""
    group = np.repeat([0, 1], sizes)
    r = np.where(group[:, None] == group, np.asarray(inside)[group][:, None], across)
    np.fill_diagonal(r, 1.0)
    return r


def set_pairs(r: np.ndarray, pairs: dict[tuple[int, int], float]) -> np.ndarray:
    """Return correlations with some of them set."""
    r = r.copy()
    for (i, j), value in pairs.items():
        r[i, j] = r[j, i] = value
    return r


def table_of(r: np.ndarray, sizes: tuple[int, int] = (3, 3), **options: Any) -> pd.DataFrame:
    """Return a table of units, indicators x1, x2, ... and y1, y2, ..., and a size that none of them follows."""
    n, k = options.get("n", 60), len(r)
    whole = np.eye(k + 1)
    whole[:k, :k] = r
    names = [f"x{i + 1}" for i in range(sizes[0])] + [f"y{i + 1}" for i in range(sizes[1])]
    frame = pd.DataFrame(rows(whole, **options), columns=[*names, "people"])
    return frame.assign(who=[f"u{i}" for i in range(n)])


def index_of(table: pd.DataFrame, weights: dict[str, float] | None = None, **choices: Any) -> hi.Index:
    """Return an index of the x and the y of a table."""
    codes = [name for name in table.columns if name[0] in "xy"]
    return hi.Index(
        unit="who",
        groups=[hi.Group("all"), hi.Group("left", "all"), hi.Group("right", "all")],
        indicators=[
            hi.Indicator(c, "left" if c[0] == "x" else "right", weight=(weights or {}).get(c, 1.0 if weights else None))
            for c in codes
        ],
        **{"normalise": POSITIVE, **choices},
    )


def sound() -> tuple[hi.Index, pd.DataFrame]:
    """Return an index with nothing to find."""
    table = table_of(blocks())
    return index_of(table), table


def crossed(audit: hi.Audit) -> set[str]:
    """Return the checks that something crosses."""
    return {check for check, verdict in audit.verdicts.items() if verdict in ("look", "fail")}
