"""Scores on a Dask cluster: python with_dask.py FIRMS SCORES (folders of Parquet files)."""

import sys

import dask.dataframe as dd
import pandas as pd
from distributed import Client

import hengdian_index as hi

index = hi.Index(
    unit="firm",
    groups=[hi.Group("total", weights="entropy")],
    indicators=[hi.Indicator("profit", "total"), hi.Indicator("debt", "total", direction=-1)],
)


def scored(rows: pd.DataFrame, fitted: hi.Fitted) -> pd.DataFrame:
    """Return firm and scores of the rows of one partition, which may have none."""
    if rows.empty:
        return pd.DataFrame({"firm": rows["firm"], **dict.fromkeys(fitted.tree.groups, pd.Series(dtype=float))})
    return fitted.score(rows).scores.reset_index()


if __name__ == "__main__":
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None):
        firms = dd.read_parquet(sys.argv[1], columns=["firm", "profit", "debt"])
        fitted = index.fit(firms)  # a partition at a time
        scores = firms.map_partitions(scored, fitted, meta=scored(firms.head(0), fitted))
        scores.to_parquet(sys.argv[2], write_index=False)
