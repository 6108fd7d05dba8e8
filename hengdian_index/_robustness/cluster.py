"""Draws of a study spread over the workers of a Dask cluster, their results let go as they come."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from typing import Any, cast

from hengdian_index._robustness.study import Ranked, Study
from hengdian_index._system.about import __version__
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, shown


def client_faults(client: Any) -> list[Said]:
    """Return what is wrong with a client that draws shall be spread by."""
    distributed = sys.modules.get("distributed")
    if distributed is None or not isinstance(client, distributed.Client):
        given: Said | str = shown(client) if isinstance(client, str) else type(client).__name__
        opened = "Client(address)" if isinstance(client, str) else "Client()"
        if isinstance(client, type):
            given = Said("the class {name}", name=client.__name__)
        elif distributed is not None and isinstance(client, distributed.deploy.Cluster):
            opened = "Client(cluster)"
        return [
            Said(
                "client: a client of Dask, dask.distributed.{opened}, not {given}; without one the draws run here",
                opened=opened,
                given=given,
            )
        ]
    if client.asynchronous:
        return [
            Said("client: it is asynchronous, and its answers cannot be waited for; open one with asynchronous=False")
        ]
    if client.status != "running":
        return [Said("client: it is {status}; open another", status=client.status)]
    if not client.nthreads():
        return [Said("client: its cluster has no worker yet; client.wait_for_workers(1) waits for one")]
    # Asked in words that a worker without the package understands, too.
    versions = client.run(eval, "__import__('hengdian_index').__version__", on_error="return")
    found = {str(one) for one in versions.values() if isinstance(one, (str, ImportError))} - {__version__}
    if not found:
        return []
    return [
        Said(
            "client: hengdian_index on its workers: {found}; install {version}, as here, on every worker",
            found=joined(sorted(found), "clauses"),
            version=__version__,
        )
    ]


def spread(client: Any, study: Study, blocks: Sequence[Array]) -> Iterator[Ranked]:
    """Yield what each block of draws gives, in their order.

    No more blocks are given to the cluster than keep its workers busy, so that neither they nor this process hold many
    results. The study is a task like the others: it is computed again where the worker that had it is lost.
    """
    import dask
    from distributed import KilledWorker

    # A study is as large as its table, which is sent once.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"}):
        held = client.submit(_held, replace(study), pure=False)
    running, most = deque[Any](), 2 * sum(client.nthreads().values())

    def done() -> Ranked:
        block, reasons = running.popleft().result()
        study.reasons.update(dict.fromkeys(reasons))
        return cast(Ranked, block)

    try:
        for u in blocks:
            running.append(client.submit(_block, u, held, pure=False))
            if len(running) >= most:
                yield done()
        while running:
            yield done()
    except KilledWorker as error:
        raise DataError(
            Said(
                "client: workers were lost again and again while they computed the same draws; "
                "they may need more memory"
            )
        ) from error
    except CancelledError as error:
        raise DataError(
            Said("client: the cluster let go of the draws before they were computed: {error}", error=error)
        ) from error


def _held(study: Study) -> Study:
    """Return a study, on another machine."""
    return study


def _block(u: Array, study: Study) -> tuple[Ranked, tuple[str, ...]]:
    """Return what a block of draws gives, and why some of those that were met could not be computed."""
    return study.run(u), tuple(study.reasons)
