"""Dask and Spark: the examples run over uneven and empty partitions, with the scores of the table in memory."""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi

EXAMPLES = Path(__file__).parents[2] / "examples" / "clusters"
# How many rows each part has.
PARTS = (7, 0, 400, 1, 93)

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def firms() -> pd.DataFrame:
    """Return firms in no order, with gaps."""
    rng, n = np.random.default_rng(8), sum(PARTS)
    frame = pd.DataFrame({"firm": [f"f{i:04d}" for i in rng.permutation(n)], "profit": rng.normal(5, 2, n)})
    frame["debt"] = rng.lognormal(1, 0.5, n)
    frame.loc[rng.random(n) < 0.05, "debt"] = np.nan
    return frame


@pytest.fixture(scope="module")
def folder(firms: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of uneven parts of the firms, one of them empty."""
    found = tmp_path_factory.mktemp("firms")
    ends = np.cumsum([0, *PARTS])
    for number, (first, last) in enumerate(pairwise(ends)):
        firms.iloc[first:last].to_parquet(found / f"{number}.parquet", index=False)
    return found


def run(program: str, *arguments: Path) -> None:
    """Run an example as a user does, with this package."""
    settings = {**os.environ, "PYTHONPATH": str(Path(hi.__file__).parents[1]), "OPENBLAS_NUM_THREADS": "1"}
    settings |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    command = [sys.executable, str(EXAMPLES / program), *map(str, arguments)]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def need_same(found: pd.DataFrame, index: hi.Index, firms: pd.DataFrame, rtol: float) -> None:
    """Assert that scores are those of the table in memory, firm by firm, whatever their order."""
    expected = index.compute(firms).scores
    assert len(found) == len(expected)
    scores = found.set_index("firm").reindex(expected.index)
    np.testing.assert_allclose(scores.astype(float), expected, rtol=rtol)


@pytest.mark.program("distributed", "pyarrow")
def test_the_example_of_dask(firms: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    run("with_dask.py", folder, tmp_path / "scores")
    index = runpy.run_path(str(EXAMPLES / "with_dask.py"))["index"]
    need_same(pd.read_parquet(tmp_path / "scores"), index, firms, 1e-12)


@pytest.mark.program("pyspark", "java", "pyarrow")
def test_the_example_of_spark(firms: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    run("with_spark.py", folder, tmp_path / "scores")
    index = runpy.run_path(str(EXAMPLES / "with_spark.py"))["index"]
    need_same(pd.read_parquet(tmp_path / "scores"), index, firms, 1e-10)


@pytest.mark.program("distributed", "pyarrow")
def test_partitions_that_a_cluster_holds_are_learnt_from_and_a_killed_worker_loses_none(
    firms: pd.DataFrame, folder: Path, tmp_path: Path
) -> None:
    import dask.dataframe as dd
    import distributed

    example: dict[str, Any] = runpy.run_path(str(EXAMPLES / "with_dask.py"))
    own = {"processes": True, "host": "127.0.0.1", "dashboard_address": None}
    mark = tmp_path / "killed"

    def scored_once_killed(rows: pd.DataFrame, fitted: hi.Fitted) -> pd.DataFrame:
        """Return the scores of rows; the first process that is asked for many of them is killed."""
        if len(rows) > 100 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        scores = fitted.score(rows).scores if len(rows) else pd.DataFrame(columns=fitted.tree.groups, dtype=float)
        return scores.rename_axis("firm").reset_index().astype({"firm": object})

    # It stands within the test, so that it is sent whole: workers need not find this file.
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, **own) as cluster,
        distributed.Client(cluster) as client,
    ):
        held = client.persist(dd.read_parquet(folder))
        fitted = example["index"].fit(held)
        distributed.wait(held)
        parts = [client.submit(scored_once_killed, part, fitted) for part in client.compute(held.to_delayed())]
        scores = pd.concat(client.gather(parts))
    assert mark.exists()
    need_same(scores, example["index"], firms, 1e-12)
