"""Scores in Spark: python with_spark.py FIRMS SCORES (folders of Parquet files)."""

import sys
from collections.abc import Iterator

import pandas as pd
from pyspark.sql import SparkSession

import hengdian_index as hi

index = hi.Index(
    unit="firm",
    groups=[hi.Group("total", weights="entropy")],
    indicators=[hi.Indicator("profit", "total"), hi.Indicator("debt", "total", direction=-1)],
)

if __name__ == "__main__":
    spark = SparkSession.builder.appName("scores").getOrCreate()
    firms = spark.read.parquet(sys.argv[1]).select("firm", "profit", "debt")
    fitted = index.fit(firms)  # a partition at a time

    def scored(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Yield firm and scores of the rows of each batch; one of no rows has none."""
        for rows in batches:
            if len(rows):
                yield fitted.score(rows).scores.reset_index()

    names = [f"`{group}` double" for group in fitted.tree.groups]
    firms.mapInPandas(scored, ", ".join(["firm string", *names])).write.parquet(sys.argv[2])
    spark.stop()
