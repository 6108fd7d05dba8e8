"""Draws of a study: refused where they cannot be computed, run in blocks, held in memory or in a file."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hengdian_index._robustness.cluster import client_faults, spread
from hengdian_index._robustness.study import Ranked, Study
from hengdian_index._tables.table import Array, shortened
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, FaultsError, SpecError, among, raise_all, shown, suggestion

Infeasible = Literal["refuse", "exclude"]

# Numbers of a file that are in memory at one time.
_READ = 1 << 23

# As many points as a sequence of Sobol' has.
MOST_DRAWS = 2**30


def try_all(study: Study, u: Array, remedy: Said) -> None:
    """Refuse combinations that cannot be computed, each by name, before anything is drawn; `remedy` is what to do."""
    keys = {tuple(map(float, key)) for key in np.unique(study.keys(u), axis=0)}
    found: dict[Said, list[Said]] = {}
    for key in sorted({*study.combinations(), *keys}):
        state = study.state(key)
        if isinstance(state, FaultsError):
            changed = joined([f"{address} = {value!r}" for address, value in study.changes(key).items()])
            found.setdefault(state.faults[0].message, []).append(changed)
    faults = [_refused(why, changed) for why, changed in found.items()]
    raise_all(SpecError, [*shortened(faults), remedy] if faults else [])


def _refused(why: Said, changed: list[Said]) -> Said:
    """Return what is wrong with some combinations for the same reason, the first by what it changes."""
    if len(changed) == 1:
        return joined([changed[0], why], "heads")
    more = len(changed) - 1
    return Said("{changed}: {why} (and in {n} combinations more)", changed=changed[0], why=why, n=more)


def run_all(study: Study, u: Array, max_memory: float, progress: bool | None, client: Any) -> Ranked:
    """Return what all draws give, computed in blocks; what does not fit into memory lies in a file meanwhile."""
    blocks, shape = study.blocks(u), (len(u), len(study.rows))
    based = study.index.setting.levelled
    wide = np.iinfo(np.int16).max <= shape[1]
    scores, levels = _space(shape, max_memory), _space(shape, max_memory) if based else None
    ranks, kept = np.empty(shape, dtype=np.int32 if wide else np.int16), np.empty(len(u), dtype=np.bool_)
    shown = sys.stderr.isatty() if progress is None else progress
    if client is None:
        found: Iterable[Ranked] = (study.run(u[rows]) for rows in blocks)
    else:
        found = spread(client, study, [u[rows] for rows in blocks])
    for rows, block in zip(blocks, _with_bar(found, len(blocks)) if shown else found, strict=True):
        scores[rows], ranks[rows], kept[rows] = block.scores, block.ranks, block.kept
        if levels is not None:
            levels[rows] = block.levels
        let_go(scores, levels)
    return Ranked(scores, levels, ranks, kept)


def _with_bar(found: Iterable[Ranked], blocks: int) -> Iterable[Ranked]:
    from tqdm import tqdm

    shown: Iterable[Ranked] = tqdm(found, total=blocks, desc="draws", leave=False)
    return shown


def _space(shape: tuple[int, int], max_memory: float) -> Array:
    """Return room for numbers, in a file without a name where memory shall not hold them."""
    if shape[0] * shape[1] * 8 <= max_memory:
        return np.empty(shape)
    import tempfile

    with tempfile.TemporaryFile() as file:
        return np.memmap(file, dtype=np.float64, mode="w+", shape=shape)


def let_go(*spaces: Array | None) -> None:
    """Let the system take the memory of numbers that lie in a file; they are read again when they are asked for."""
    for space in spaces:
        lies_in = getattr(space, "base", None)
        if isinstance(lies_in, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            lies_in.madvise(mmap.MADV_DONTNEED)


def columns_of(values: Array, columns: slice) -> Array:
    """Return some columns (draws, k) of numbers that may lie in a file, of which little is in memory at one time."""
    if not isinstance(values.base, mmap.mmap):
        return np.asarray(values[:, columns])
    out = np.empty((len(values), len(range(values.shape[1])[columns])), dtype=values.dtype)
    step = max(1, _READ // values.shape[1])
    for start in range(0, len(values), step):
        out[start : start + step] = values[start : start + step, columns]
        let_go(values)
    return out


def demand(kept: NDArray[np.bool_], study: Study, remedy: Said | None) -> None:
    """Refuse draws without scores or levels with what to do; without a remedy they are left out if others remain."""
    reasons = joined(sorted(study.reasons)[:3], "clauses") or Said(
        "no row has a score, or no level above 0 in its base"
    )
    if not kept.any():
        raise DataError(Said("no draw can be computed: {reasons}", reasons=reasons))
    lost = int((~kept).sum())
    if remedy is not None and lost:
        told = Said.of(len(kept), "{n} draw", "{n} draws")
        raise DataError(
            Said(
                "{lost} of {draws} cannot be computed: {reasons}; {remedy}",
                lost=lost,
                draws=told,
                reasons=reasons,
                remedy=remedy,
            )
        )


def check_words(draws: Any, max_memory: Any, rng: Any, client: Any = None, infeasible: Any = "refuse") -> None:
    """Refuse options that cannot be."""
    faults = list[Said]()
    if isinstance(draws, bool) or not isinstance(draws, (int, np.integer)) or not 1 <= draws <= MOST_DRAWS:
        why = Said("draws: a whole number from 1 to {most:,}, not {draws}", most=MOST_DRAWS, draws=shown(draws))
        faults.append(why)
    if not among(infeasible, ("refuse", "exclude")):
        guess = suggestion(infeasible, ["refuse", "exclude"])
        faults.append(Said("infeasible: no {infeasible!r}{guess}", infeasible=infeasible, guess=guess))
    if not isinstance(max_memory, (int, float)) or not max_memory > 0:
        faults.append(Said("max_memory: a number of bytes above 0, not {given!r}", given=max_memory))
    if isinstance(rng, bool) or not isinstance(rng, (int, np.integer)) or rng < 0:
        faults.append(Said("rng: a whole number, 0 or more, not {rng!r}", rng=rng))
    faults += [] if client is None else client_faults(client)
    raise_all(SpecError, faults)
