"""Uncertainty and sensitivity of an index: draws of its choices, weights and data, and what they explain."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hengdian_index._index import engine
from hengdian_index._index.index import Index
from hengdian_index._robustness.factors import read_factors
from hengdian_index._robustness.ranks import ranks_of
from hengdian_index._robustness.states import Ranked
from hengdian_index._robustness.study import Study
from hengdian_index._robustness.uncertainty import Uncertainty
from hengdian_index._system.alone import unheard
from hengdian_index._tables.table import Array, shortened
from hengdian_index._values.decimals import counted
from hengdian_index.errors import DataError, FaultsError, SpecError, among, raise_all, shown, suggestion
from hengdian_index.log import journal

Infeasible = Literal["refuse", "exclude"]

# As many points as a sequence of Sobol' has.
MOST_DRAWS = 2**30


def uncertainty(
    index: Index,
    table: Any,
    factors: Mapping[str, Any],
    *,
    draws: int = 1000,
    rng: int = 0,
    node: str | None = None,
    rows: Any = None,
    infeasible: Infeasible = "refuse",
    max_memory: float = 5e8,
    progress: bool | None = None,
    client: Any = None,
) -> Uncertainty:
    """Scores and ranks of an index under many draws of what is uncertain in it.

    Parameters
    ----------
    index : Index
        The nominal choices.
    table : table
        As for `Index.compute`.
    factors : mapping
        Address (as in `Index.replace`) -> list of alternatives; `hi.Noise` or `hi.Dirichlet` at "weights" or
        "cluster.weights"; `hi.Normal` at "data" or an indicator; a distribution (`hi.Uniform`, scipy.stats) at a number
        such as "total.aggregate.p"; `hi.Bootstrap()` at "units" for the fit rows; `{"x3": [True, None]}` for an
        indicator in or out.
    draws : int
        How many; a power of 2 spreads scrambled Sobol' points best.
    rng : int
        Seed: the same seed gives the same answer, whatever the memory.
    node : str, optional
        The group whose scores are asked for; default: the top.
    rows : period, span, unit, label or list of these; optional
        The rows asked for; default: all. Ranks compare the rows of one period where rows have units and periods.
    infeasible : {"refuse", "exclude"}
        What becomes of combinations that cannot be computed (a geometric mean over z-scores): all are named and
        refused, or left out with their share.
    max_memory : float
        Bytes that scores may take in memory; beyond, they lie in a temporary file.
    progress : bool, optional
        Show a bar; default: only on a terminal.
    client : dask.distributed.Client, optional
        Spread the draws over a cluster; the numbers are the same.

    Returns
    -------
    Uncertainty
        `scores`, `series`, `ranks` (nominal, mean, median, q05, q95), `rank_frequency`, `acceptability(top)`,
        `ahead()`, `parameters`, `by_choice()`, `summary()`.

    Raises
    ------
    SpecError
        An address that does not exist, alternatives that cannot be read, combinations that cannot be computed.
    DataError
        As for `Index.compute`; no draw that can be computed.

    Notes
    -----
    A discrete factor with L levels takes level floor(u L): fixed bins, not cut by the sample's own range. Each distinct
    choice is fitted once, draws that differ only in weights are scored at once. Quantiles are of type 7. Source:
    Saisana, Saltelli & Tarantola 2005 (JRSS-A 168); Lahdelma & Salminen 2001 (acceptability). Proof: each draw equals
    `index_of(draw).compute(table_of(draw))`; no noise gives the nominal ranks.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")]
    ... )
    >>> table = {"a": [1.0, 3.0, 2.0], "b": [5.0, 6.0, 9.0]}
    >>> found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=64)
    >>> found.rank_frequency.sum(axis=1).tolist()
    [1.0, 1.0, 1.0]
    """
    check_words(draws, max_memory, rng, infeasible)
    study = study_of(index, table, factors, node, rows)
    from scipy.stats import qmc

    with np.errstate(all="ignore"):
        u = _points(qmc.Sobol(study.size, scramble=True, rng=rng), draws)
    refused = infeasible == "refuse"
    if refused:
        try_all(study, u, "take these alternatives out, or infeasible='exclude' leaves their draws out")
    drawn = run_all(study, u, max_memory, progress, client)
    demand(drawn.kept, study, "other alternatives or smaller errors, or infeasible='exclude'" if refused else None)
    return Uncertainty(study, u, drawn.scores, drawn.levels, drawn.ranks, nominal_of(study), drawn.kept)


def study_of(index: Index, table: Any, factors: Mapping[str, Any], node: str | None, rows: Any) -> Study:
    """Return the study: the index and its rows, what is uncertain, and which rows are compared with each other."""
    if not isinstance(index, Index):
        raise SpecError(f"index: an Index, not {type(index).__name__}")
    tree, setting = index.tree, index.setting
    found = read_factors(index, tree, factors)
    code = tree.root.code if node is None else node
    if not among(code, tree.by_code):
        raise SpecError(f"node: no group {code!r}{suggestion(code, tree.groups)}")
    with journal():
        _, panel = engine.learn(tree, setting, engine.read(tree, setting, table), based=False)
    asked = np.flatnonzero(panel.select(rows, "rows"))
    shown = panel.pick(asked)
    scopes = [np.arange(len(asked))] if shown.periods is None or shown.units is None else shown.periods.blocks()
    return Study(index, table, panel, tuple(found), code, asked, tuple(scopes))


def nominal_of(study: Study) -> tuple[Array, Array | None, Array]:
    """Return score, level and rank of each row (n,) under the index as it is."""
    drawn = study.nominal()
    ranks = ranks_of(drawn.scores, study.scopes, drawn.cancelled)[0].astype(np.float64)
    return drawn.scores[0], None if drawn.levels is None else drawn.levels[0], np.where(ranks > 0, ranks, np.nan)


def try_all(study: Study, u: Array, remedy: str) -> None:
    """Refuse combinations that cannot be computed, each by name, before anything is drawn; `remedy` is what to do."""
    keys = {tuple(map(float, key)) for key in np.unique(study.keys(u), axis=0)}
    found: dict[str, list[str]] = {}
    for key in sorted({*study.combinations(), *keys}):
        state = study.state(key)
        if isinstance(state, FaultsError):
            said = ", ".join(f"{address} = {value!r}" for address, value in study.changes(key).items())
            found.setdefault(str(state.faults[0]), []).append(said)
    faults = [
        f"{said[0]}: {why}" + (f" (and in {len(said) - 1} combinations more)" if len(said) > 1 else "")
        for why, said in found.items()
    ]
    raise_all(SpecError, [*shortened(faults), remedy] if faults else [])


def run_all(study: Study, u: Array, max_memory: float, progress: bool | None, client: Any) -> Ranked:
    """Return what all draws give, computed in blocks; what does not fit into memory lies in a file meanwhile."""
    blocks, shape = study.blocks(u), (len(u), len(study.asked))
    based = study.index.setting.base is not None and study.index.setting.to is not None
    wide = np.iinfo(np.int16).max <= shape[1]
    scores, levels = _space(shape, max_memory), _space(shape, max_memory) if based else None
    ranks, kept = np.empty(shape, dtype=np.int32 if wide else np.int16), np.empty(len(u), dtype=np.bool_)
    shown = sys.stderr.isatty() if progress is None else progress
    if client is None:
        found: Iterable[Ranked] = (study.run(u[rows]) for rows in blocks)
    else:
        held = client.scatter(study, broadcast=True, hash=False)
        found = (future.result() for future in client.map(_block, [u[rows] for rows in blocks], study=held))
    for rows, block in zip(blocks, _with_bar(found, len(blocks)) if shown else found, strict=True):
        scores[rows], ranks[rows], kept[rows] = block.scores, block.ranks, block.kept
        if levels is not None:
            levels[rows] = block.levels
    return Ranked(scores, levels, ranks, kept)


def _with_bar(found: Iterable[Ranked], blocks: int) -> Iterable[Ranked]:
    from tqdm import tqdm

    shown: Iterable[Ranked] = tqdm(found, total=blocks, desc="draws", leave=False)
    return shown


def _block(u: Array, *, study: Study) -> Ranked:
    """Return what a block of draws gives, on another machine."""
    return study.run(u)


def _space(shape: tuple[int, int], max_memory: float) -> Array:
    """Return room for numbers, in a file without a name where memory shall not hold them."""
    if shape[0] * shape[1] * 8 <= max_memory:
        return np.empty(shape)
    import tempfile

    with tempfile.TemporaryFile() as file:
        return np.memmap(file, dtype=np.float64, mode="w+", shape=shape)


def demand(kept: NDArray[np.bool_], study: Study, remedy: str | None) -> None:
    """Refuse draws without scores or levels with what to do; without a remedy they are left out if others remain."""
    reasons = "; ".join(list(study.reasons)[:3]) or "no row has a score, or no level above 0 in its base"
    if not kept.any():
        raise DataError(f"no draw can be computed: {reasons}")
    if remedy is not None and not kept.all():
        raise DataError(f"{counted(int((~kept).sum()), 'draw', of=len(kept))} cannot be computed: {reasons}; {remedy}")


def _points(engine: Any, draws: int) -> Array:
    # A number of points that is no power of 2 is less balanced.
    with unheard(UserWarning):
        return np.asarray(engine.random(draws))


def check_words(draws: Any, max_memory: Any, rng: Any, infeasible: Any = "refuse") -> None:
    """Refuse options that cannot be."""
    faults = []
    if isinstance(draws, bool) or not isinstance(draws, (int, np.integer)) or not 1 <= draws <= MOST_DRAWS:
        faults.append(f"draws: a whole number from 1 to {MOST_DRAWS:,}, not {shown(draws)}")
    if not among(infeasible, ("refuse", "exclude")):
        faults.append(f"infeasible: no {infeasible!r}{suggestion(infeasible, ['refuse', 'exclude'])}")
    if not isinstance(max_memory, (int, float)) or not max_memory > 0:
        faults.append(f"max_memory: a number of bytes above 0, not {max_memory!r}")
    if isinstance(rng, bool) or not isinstance(rng, (int, np.integer)) or rng < 0:
        faults.append(f"rng: a whole number, 0 or more, not {rng!r}")
    raise_all(SpecError, faults)
