"""Make up the data of the template: MADE-UP DATA 虚构数据, no number of it was observed anywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

LABEL = "MADE-UP DATA 虚构数据"
SEED = 20
QUARTERS = [f"{year}Q{quarter}" for year in range(2019, 2024) for quarter in range(1, 5)]

# Of each series: the level it starts from, its growth a quarter, its noise, its digits.
SERIES = {
    "firms": (1000, 0.015, 0.01, 0),
    "crews": (80, 0.01, 0.05, 0),
    "studio_vacancy": (30, -0.01, 0.04, 1),
    "support_funds": (50, 0.02, 0.10, 1),
    "permit_days": (20, -0.02, 0.05, 1),
    "broadcast_share": (20, 0.005, 0.05, 1),
    "searches": (5000, 0.02, 0.08, 0),
    "visitors": (3000, 0.01, 0.05, 0),
    "patents": (40, 0.03, 0.15, 0),
    "original_share": (40, 0.005, 0.04, 1),
    "virtual_stages": (5, 0.08, 0.03, 0),
    "export_revenue": (30, 0.015, 0.08, 1),
    "foreign_crews": (6, 0.01, 0.15, 0),
}
SEASON = {"crews": [0.85, 1.10, 1.15, 0.90], "visitors": [0.80, 1.05, 1.35, 0.80]}


def made_up() -> pd.DataFrame:
    """Return twenty quarters of made-up numbers, the same each time."""
    rng = np.random.default_rng(SEED)
    n = len(QUARTERS)
    table = pd.DataFrame({"quarter": QUARTERS})
    for code, (start, growth, noise, digits) in SERIES.items():
        level = start * np.exp(growth * np.arange(n) + noise * rng.standard_normal(n))
        values = (level * np.resize(SEASON.get(code, [1.0]), n)).round(digits)
        table[code] = values if digits else pd.array(values, dtype="Int64")
    for question in ("now", "ahead"):
        better, worse = rng.uniform(26, 36, n).round(1), rng.uniform(14, 22, n).round(1)
        table[f"{question}_better"] = better
        table[f"{question}_same"] = (100 - better - worse).round(1)
    # The virtual stages are counted from 2021 on; the last export revenue is not reported yet.
    table.loc[table["quarter"] < "2021Q1", "virtual_stages"] = pd.NA
    table.loc[n - 1, "export_revenue"] = np.nan
    return table.assign(remark=LABEL)


if __name__ == "__main__":
    made_up().to_csv(Path(__file__).parent / "data.csv", index=False, encoding="utf-8")
