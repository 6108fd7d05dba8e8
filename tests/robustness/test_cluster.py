"""Draws over a cluster of two processes: the same numbers, few results held, whatever becomes of a worker."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.countries import countries, index
from support.indexes import POSITIVE

import hengdian_index as hi
from hengdian_index._robustness.cluster import client_faults, spread

FACTORS = {"weights": hi.Noise(0.25), "normalise": [POSITIVE, "rank"], "aggregate": ["arithmetic", "geometric"]}

pytestmark = [
    pytest.mark.program("distributed"),
    # What Dask says while workers come and go.
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    own = {"processes": True, "host": "127.0.0.1", "dashboard_address": None}
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, **own) as cluster,
        distributed.Client(cluster) as found,
    ):
        yield found


def test_draws_over_two_processes_are_the_same(client: Any) -> None:
    here = hi.uncertainty(index(), countries(), FACTORS, draws=256)
    there = hi.uncertainty(index(), countries(), FACTORS, draws=256, client=client)
    np.testing.assert_array_equal(here.drawn, there.drawn)
    np.testing.assert_array_equal(here.drawn_ranks, there.drawn_ranks)
    alone = hi.sensitivity(index(), countries(), FACTORS, draws=32, resamples=50)
    assert hi.sensitivity(index(), countries(), FACTORS, draws=32, resamples=50, client=client).total.equals(
        alone.total
    )


def test_results_are_let_go_as_they_come(client: Any) -> None:
    study = hi.uncertainty(index(), countries(), FACTORS, draws=1).study
    u = np.random.default_rng(5).random((200, study.size))
    blocks = [u[some] for rows in study.blocks(u) for some in np.array_split(rows, max(1, len(rows) // 4))]
    most = 2 * 2
    assert len(blocks) > 10 * most
    for own, block in zip(blocks, spread(client, study, blocks), strict=True):
        assert len(client.futures) <= most + 1
        np.testing.assert_array_equal(block.scores, study.run(own).scores)


def test_draws_of_a_worker_that_is_killed_are_computed_again(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    table, mark = countries(400), tmp_path / "killed"
    here = hi.uncertainty(index(), table, FACTORS, draws=3000)

    def plant(mark: str) -> None:
        """Have this process killed in the middle of its second block of draws, unless one has been already."""
        from hengdian_index._robustness import cluster

        plain, begun = cluster._block, itertools.count()

        def once_killed(u: Any, study: Any) -> Any:
            found = plain(u, study)
            if next(begun) == 1 and not os.path.exists(mark):
                open(mark, "x").close()
                os.kill(os.getpid(), signal.SIGKILL)
            return found

        cluster._block = once_killed

    # It stands within the test, so that it is sent whole: workers need not find this file.
    own = {"processes": True, "host": "127.0.0.1", "dashboard_address": None}
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, **own) as cluster,
        distributed.Client(cluster, timeout=60) as client,
    ):
        client.wait_for_workers(2, timeout=60)
        before = client.run(os.getpid)
        client.run(plant, str(mark))
        # Whatever waits for draws is let go then, and fails.
        latest = threading.Timer(180, client.close)
        latest.start()
        try:
            there = hi.uncertainty(index(), table, FACTORS, draws=3000, client=client)
        finally:
            latest.cancel()
        client.wait_for_workers(2, timeout=60)
        after = client.run(os.getpid)
    assert mark.exists()
    assert len(set(before.values()) & set(after.values())) == 1
    np.testing.assert_array_equal(here.drawn, there.drawn)
    np.testing.assert_array_equal(here.drawn_ranks, there.drawn_ranks)


def test_why_draws_cannot_be_computed_is_said_as_it_is_here(client: Any) -> None:
    factors = {"data": hi.Normal(relative=2.0)}
    one = index(normalise="none", aggregate="geometric")
    said = []
    for where in ({}, {"client": client}):
        with pytest.raises((hi.DataError, hi.SpecError)) as caught:
            hi.uncertainty(one, countries(), factors, draws=64, **where)
        said.append(str(caught.value))
    assert "needs values above 0" in said[0]
    assert said[0] == said[1]


def test_what_is_no_client_to_spread_draws_by_is_refused_by_name(client: Any) -> None:
    import distributed

    with ThreadPoolExecutor(1) as pool:
        wrong = {
            "Client(address), not 'tcp://host:1'": "tcp://host:1",
            "Client(cluster), not LocalCluster": client.cluster,
            "Client(), not the class Client": distributed.Client,
            "Client(), not ThreadPoolExecutor": pool,
            "Client(), not int": 2,
        }
        for why, given in wrong.items():
            with pytest.raises(hi.SpecError, match=re.escape(f"client: a client of Dask, dask.distributed.{why};")):
                hi.uncertainty(index(), countries(), FACTORS, draws=8, client=given)
    with pytest.raises(hi.SpecError, match=r"draws: a whole number.*\n.*client: a client of Dask"):
        hi.sensitivity(index(), countries(), FACTORS, draws=0, client=2)


def test_a_client_that_cannot_work_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    own = {"processes": False, "dashboard_address": None}
    with distributed.LocalCluster(n_workers=0, **own) as cluster, distributed.Client(cluster) as found:
        assert client_faults(found) == [
            "client: its cluster has no worker yet; client.wait_for_workers(1) waits for one"
        ]
        cluster.scale(1)
        found.wait_for_workers(1)
        assert client_faults(found) == []
        monkeypatch.setattr("hengdian_index._robustness.cluster.__version__", "99")
        [why] = client_faults(found)
        assert why == f"client: hengdian_index on its workers: {hi.__version__}; install 99, as here, on every worker"
    assert client_faults(found) == ["client: it is closed; open another"]

    async def waiting() -> list[str]:
        async with distributed.Client(n_workers=0, asynchronous=True, **own) as another:
            return client_faults(another)

    assert "it is asynchronous" in asyncio.run(waiting())[0]
