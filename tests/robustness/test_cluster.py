"""Draws over a cluster of two processes: the same numbers, few results held, whatever becomes of a worker."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from support.countries import countries, index

import hengdian_index as hi
from hengdian_index._robustness.cluster import spread
from hengdian_index._robustness.uncertainty import _points

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
