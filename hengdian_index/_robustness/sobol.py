"""Variance-based sensitivity: the share of the variance of an output that each factor accounts for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from hengdian_index._robustness.problem import read_problem
from hengdian_index._tables.cells import CELLS
from hengdian_index._tables.table import Array, Labelled, read_labelled, shortened
from hengdian_index._words.said import Said
from hengdian_index.errors import (
    DataError,
    Fault,
    FaultsError,
    SpecError,
    among,
    raise_all,
    raise_together,
    shown,
    suggestion,
)
from hengdian_index.log import note

# Resampled counts that are held at one time: 16 MB.
_BLOCK = 1 << 21

# A variance below this share of the mean square is 0 but for rounding.
_ZERO = 1e-12

# Outputs that differ by no more than this share of their size differ by rounding alone.
_ROUNDING = 16 * float(np.finfo(np.float64).eps)

# Dimensions that the direction numbers of Joe & Kuo 2008 reach.
_MOST = 21201


class Indices(NamedTuple):
    """Sensitivity indices; unpacks as `first, total, intervals`.

    `first` and `total` hold one number a factor (d,), a Series where the factors have names. `intervals` is a table
    with a row a factor: `first_low first_high total_low total_high`.
    """

    first: Any
    total: Any
    intervals: Any


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Runs to make of a model: the points `a` and `b`, and `swapped(factor)`, which is A with that factor from B.

    Attributes
    ----------
    a, b : array (N, dims)
        A row for each run: points of the unit cube, or values of the inputs of a problem.
    owners : tuple of int
        The factor that each column belongs to.
    names, factors : tuple of str
        What columns and factors are called; empty without a problem.
    """

    a: Array
    b: Array
    owners: tuple[int, ...]
    names: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()

    def swapped(self, factor: int | str) -> Array:
        """Return A with the columns of a factor, its number or its name, from B (N, dims)."""
        known = self.factors if isinstance(factor, str) else range(max(self.owners) + 1)
        if not among(factor, known):
            raise SpecError(
                Said("swapped: no factor {factor!r}{guess}", factor=factor, guess=suggestion(factor, known))
            )
        at = self.factors.index(factor) if isinstance(factor, str) else int(factor)
        return np.where(np.array(self.owners) == at, self.b, self.a)


def saltelli(factors: Sequence[int] | Mapping[str, Any], n: int, *, rng: Any = 0) -> Design:
    """Design of N (d + 2) runs for sensitivity indices: scrambled Sobol' points A and B, and A with a factor from B.

    Parameters
    ----------
    factors : d whole numbers of 1 or more, or SALib's problem
        Columns (uniform numbers) that each factor needs; a factor of several columns is moved as one. A problem is a
        mapping: `bounds`, two or more numbers an input; and, if wanted, `names`; `dists`, of which "unif" (lower,
        upper), "logunif" (the same), "triang" (lower, upper, peak as a share of the width), "norm" (mean, standard
        deviation), "lognorm" (those of the logarithm), "truncnorm" (lower, upper, mean, standard deviation), "weibull"
        (shape, scale, location); `groups`, the name of the factor that each input is part of; `num_vars`.
    n : int
        Runs N of A, best a power of 2: only then are the points balanced. Any other number gets a line in the log.
    rng : int, Generator or None
        Scrambles the points; the same seed gives the same points.

    Returns
    -------
    Design
        `a`, `b` (N, dims), values in [0, 1) or of the inputs of a problem; `swapped(i)`, also by name; `names` of
        columns and `factors` of a problem.

    Raises
    ------
    SpecError
        No factor, a size or n below 1, more columns than Sobol' points have; each key, distribution and bound of a
        problem that cannot be.

    Notes
    -----
    A and B are the two halves of one sequence of 2 dims columns, so that they are independent of one another. Columns
    of a problem are quantiles of the points. SALib has the runs of its `sample.sobol` in one table, a run of A, those
    of A with each factor from B, and the run of B below one another; of a triangle it also takes two numbers, the
    upper end and the peak, which are refused here.

    Source: Saltelli et al. 2010, Computer Physics Communications 181, section 5. Proof: its laws; the Ishigami case;
    scipy; SALib's samples and indices of the same points.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> design = hi.saltelli([1, 2], 8)
    >>> mixed = design.swapped(1)
    >>> bool((mixed[:, 0] == design.a[:, 0]).all()), bool((mixed[:, 1:] == design.b[:, 1:]).all())
    (True, True)

    SALib's form, for a model of a room's width and height:

    >>> problem = {"num_vars": 2, "names": ["width", "height"], "bounds": [[3, 5], [2, 3]]}
    >>> design = hi.saltelli(problem, 512)
    >>> area = lambda room: room[:, 0] * room[:, 1]
    >>> mixed = {name: area(design.swapped(name)) for name in design.factors}
    >>> hi.sobol(area(design.a), area(design.b), mixed).first.round(2).to_dict()
    {'width': 0.61, 'height': 0.39}
    """
    from scipy.stats import qmc

    if not isinstance(factors, (Mapping, Sequence, np.ndarray)):
        raise SpecError(
            Said(
                "saltelli: factors: the number of columns of each, [1, 1], or a problem, not {factors}",
                factors=shown(factors),
            )
        )
    problem = read_problem(factors) if isinstance(factors, Mapping) else None
    sizes: Any = [problem.groups.count(name) for name in problem.factors] if problem else factors
    generator = _checked_design(sizes, n, rng)
    _note_unbalanced(n)
    dims = sum(sizes)
    # 53 bits fill a float exactly: 0 itself, where quantile functions are infinite, all but never comes.
    points = qmc.Sobol(2 * dims, bits=53, rng=generator).random_base2((int(n) - 1).bit_length())[:n]
    a, b = points[:, :dims], points[:, dims:]
    if problem is None:
        return Design(a, b, tuple(i for i, size in enumerate(sizes) for _ in range(size)))
    owners = tuple(map(problem.factors.index, problem.groups))
    return Design(problem.scaled(a), problem.scaled(b), owners, problem.names, problem.factors)


def sobol(y_a: Any, y_b: Any, y_ab: Any, *, resamples: int = 1000, rng: Any = 0, level: float = 0.95) -> Indices:
    """First-order and total sensitivity indices of runs made elsewhere, with bootstrap intervals.

    Parameters
    ----------
    y_a, y_b : array or Series (N,)
        Outputs of the runs of the designs A and B, best N a power of 2; any other number gets a line in the log.
    y_ab : array (d, N), or table (N, d) with a column for each factor, or mapping from factor to outputs (N,)
        Outputs of A with factor i taken from B. Runs go together by position; a table keeps the factors' names.
    resamples : int
        Bootstrap resamples behind the intervals.
    rng : int, Generator or None
        Draws the resamples; the same seed gives the same intervals.
    level : float
        Share of the resamples that an interval holds, the rest cut off evenly at both ends.

    Returns
    -------
    Indices
        `first` and `total` (d,), `intervals`. Estimates may leave [0, 1] by noise: they are reported, not clipped.

    Raises
    ------
    DataError
        Outputs missing, infinite or of shapes that do not belong together; no factor changes any output.
    SpecError
        resamples below 1, a level outside (0, 1), an unusable rng.

    Notes
    -----
    y less the mean of (y_A, y_B), V their variance, ddof 1. First: S_i = mean(y_B (y_ABi - y_A)) / V, what factor i
    moves alone; total: T_i = mean((y_A - y_ABi)^2) / (2 V), with all it does together with others. Where factors only
    add, S = T and they sum to 1. Intervals: quantiles (type 7) over resampled runs, a run's y_A, y_B and y_AB kept
    together, mean and V computed anew. A resample without any variance is left out, with a line in the log. Sobol'
    points are more even than chance, so for them the intervals are wider than the error. COINr keeps V fixed and
    resamples each product alone; scipy takes V with ddof 0, and answers 0 where V = 0.

    Source: Saltelli et al. 2010, Computer Physics Communications 181 (S); Jansen 1999, Computer Physics
    Communications 117 (T). Proof: Ishigami (closed form), scipy, a slow loop of resamples.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> def model(u):
    ...     return u[:, 0] + 2 * u[:, 1]
    >>> design = hi.saltelli([1, 1], 1024)
    >>> y_ab = [model(design.swapped(i)) for i in range(2)]
    >>> first, total, intervals = hi.sobol(model(design.a), model(design.b), y_ab)
    >>> first.round(2).tolist(), total.round(2).tolist()
    ([0.2, 0.8], [0.2, 0.8])
    """
    generator = _checked(resamples, rng, level)
    a, b, table = _read(y_a, y_b, y_ab)
    terms = _terms(*_centred(a, b, table.values))
    n = len(terms)
    _note_unbalanced(n)
    first, total = _estimates(np.ones((1, n)), terms)[0]
    low, high = _bounds(terms, int(resamples), generator, level)
    first, total = table.named(first, "first"), table.named(total, "total")
    return Indices(first, total, _intervals(low, high, getattr(first, "index", None)))


def _checked(resamples: int, rng: Any, level: float) -> np.random.Generator:
    faults: list[Fault | Said] = (
        []
        if _whole(resamples)
        else [Said("sobol: resamples: a whole number of 1 or more, not {resamples!r}", resamples=resamples)]
    )
    if not (isinstance(level, (int, float, np.floating)) and 0 < level < 1):
        faults.append(Said("sobol: level: a share above 0 and below 1 such as 0.95, not {level!r}", level=level))
    return _generator("sobol", rng, faults)


def _checked_design(sizes: Sequence[int], n: int, rng: Any) -> np.random.Generator:
    wrong = [i for i, size in enumerate(sizes) if not _whole(size)]
    faults: list[Fault | Said] = [
        Said("saltelli: sizes[{i}]: a whole number of columns, 1 or more, not {size!r}", i=i, size=sizes[i])
        for i in wrong
    ]
    if not len(sizes):
        faults.append(Said("saltelli: sizes: no factor; give the number of columns of each factor"))
    if not faults and 2 * sum(sizes) > _MOST:
        faults.append(
            Said(
                "saltelli: sizes: {n} columns; Sobol' points reach {most}, twice for A and B",
                n=sum(sizes),
                most=_MOST // 2,
            )
        )
    if not _whole(n):
        faults.append(Said("saltelli: n: a whole number of runs, 1 or more, not {n!r}", n=n))
    return _generator("saltelli", rng, faults)


def _whole(number: object) -> bool:
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool) and bool(number >= 1)


def _generator(call: str, rng: Any, faults: list[Fault | Said]) -> np.random.Generator:
    """Return the generator, unless it or anything before it is at fault."""
    try:
        generator = np.random.default_rng(rng)
    except (TypeError, ValueError):
        faults.append(
            Said("{call}: rng: a whole number of 0 or more, a numpy Generator or None, not {rng!r}", call=call, rng=rng)
        )
    raise_all(SpecError, faults)
    return generator


def _note_unbalanced(n: int) -> None:
    if n & (n - 1):
        note(
            "sensitivity", Said("{n} runs are no power of 2: Sobol' points are not balanced, so errors are larger", n=n)
        )


def _read(y_a: Any, y_b: Any, y_ab: Any) -> tuple[Array, Array, Labelled]:
    """Return y_A and y_B (N,) and the table of y_AB (N, d); what is wrong with any of the three is said at once."""
    tables: dict[str, Labelled] = {}
    errors: list[FaultsError] = []
    for name, given in {"y_a": y_a, "y_b": y_b, "y_ab": _factors_last(y_ab)}.items():
        try:
            tables[name] = _outputs(name, given)
        except DataError as error:
            errors.append(error)
    raise_together(errors)
    raise_all(DataError, [*_sizes(tables), *_orders(tables)])
    return tables["y_a"].values[:, 0], tables["y_b"].values[:, 0], tables["y_ab"]


def _factors_last(y_ab: Any) -> Any:
    """Return an array (d, N), or a mapping of columns, as (N, d), the way a table has it."""
    if isinstance(y_ab, Mapping):
        import pandas as pd

        columns = {name: np.ravel(column) for name, column in y_ab.items()}
        sizes = {len(column) for column in columns.values()}
        if len(sizes) > 1:
            raise DataError(
                Said(
                    "sobol: y_ab: factors with {least} to {most} outputs; each needs one a run",
                    least=min(sizes),
                    most=max(sizes),
                )
            )
        return pd.DataFrame(columns)
    if not isinstance(y_ab, (np.ndarray, list, tuple)):
        return y_ab
    try:
        return np.asanyarray(y_ab).T
    except ValueError:  # rows of different lengths, which are named where tables are read
        return y_ab


def _outputs(name: str, given: Any) -> Labelled:
    try:
        table = read_labelled(given)
    except DataError as error:
        raise DataError(*(fault.under(saying=Said("sobol: {name}: ", name=name)) for fault in error.faults)) from None
    if name == "y_ab" and (table.values.ndim != 2 or (table.columns is None and np.ndim(given) != 2)):
        raise DataError(
            Said(
                "sobol: y_ab: an array of shape {shape}; give (d, N), a row for each factor",
                shape=np.shape(given)[::-1],
            )
        )
    if name != "y_ab" and (table.values.ndim != 2 or table.values.shape[1] != 1):
        raise DataError(
            Said(
                "sobol: {name}: of shape {shape}; give one output for each run, (N,)",
                name=name,
                shape=table.values.shape,
            )
        )
    gaps = np.argwhere(np.isnan(table.values))
    missing = [
        Fault(
            Said("sobol: {name}: {cell}: missing; every run needs an output", name=name, cell=table.cell(i, j)),
            kind=(CELLS, j),
        )
        for i, j in gaps.tolist()
    ]
    raise_all(DataError, shortened(missing))
    return table


def _sizes(tables: dict[str, Labelled]) -> Iterator[Said]:
    n, other, (runs, d) = (len(tables["y_a"].values), len(tables["y_b"].values), tables["y_ab"].values.shape)
    if n != other:
        yield Said("sobol: y_a has {n} runs and y_b {other}; both need N", n=n, other=other)
    elif runs != n:
        turned = Said("; it looks turned over") if d == n else ""
        if tables["y_ab"].columns is None:
            have = Said("(d, N) = ({d}, {runs})", d=d, runs=runs)
        else:
            rows = Said.of(runs, "{n} row", "{n} rows")
            have = Said("{rows} by {columns}", rows=rows, columns=Said.of(d, "{n} column", "{n} columns"))
        yield Said(
            "sobol: y_ab is {have} where y_a has N = {n} runs; give an array (d, N) or a table (N, d){turned}",
            have=have,
            n=n,
            turned=turned,
        )
    elif n < 2:
        yield Said("sobol: one run has no variance; at least 2 are needed, thousands for two digits")


def _orders(tables: dict[str, Labelled]) -> Iterator[Said]:
    """Yield a fault where two tables label the same runs in different orders: they would be mixed up silently."""
    labels = {name: table.source.index for name, table in tables.items() if hasattr(table.source, "iloc")}
    first = next(iter(labels), "")
    for name, index in labels.items():
        if not index.equals(labels[first]) and set(index) == set(labels[first]):
            yield Said(
                "sobol: {first} and {name} have the same runs in another order; bring them into one order",
                first=first,
                name=name,
            )


def _centred(a: Array, b: Array, ab: Array) -> tuple[Array, Array, Array]:
    """Return the outputs less the mean of A and B, near 1 in size so that no square is lost; y_AB as (N, d)."""
    _, exponent = np.frexp(max(np.abs(a).max(), np.abs(b).max()))
    a, b, ab = (np.ldexp(y, -exponent) for y in (a, b, ab))
    both = np.concatenate([a, b])
    if np.ptp(both) <= _ROUNDING:
        _refuse_constant(np.abs(ab - both[0]).max() <= _ROUNDING)
    mean = both.mean()
    return a - mean, b - mean, ab - mean


def _refuse_constant(everywhere: bool) -> None:
    if everywhere:
        raise DataError(Said("sobol: no factor changes any output, so there is no variance to share out"))
    raise DataError(
        Said("sobol: y_a and y_b are one constant where y_ab is not: too few runs, or runs of another design")
    )


def _terms(a: Array, b: Array, ab: Array) -> Array:
    """Return what each run adds to the sums that the indices are made of (N, 3 d + 2)."""
    steps = ab - a[:, np.newaxis]
    return np.column_stack([b[:, np.newaxis] * steps, steps, steps**2, a + b, a**2 + b**2])


def _estimates(counts: Array, terms: Array) -> Array:
    """Return S and T (r, 2, d) when each run counts so many times (r, N); NaN where these runs have no variance."""
    n = counts.shape[-1]
    sums = counts @ terms
    products, steps, squared = np.split(sums[:, :-2], 3, axis=-1)
    total, squares = sums[:, -2:-1], sums[:, -1:]
    mean = total / (2 * n)
    deviations = squares - total * mean
    variance = np.where(deviations > _ZERO * squares, deviations, np.nan) / (2 * n - 1)
    return np.stack([(products - mean * steps) / n / variance, squared / (2 * n) / variance], axis=1)


def _bounds(terms: Array, resamples: int, generator: np.random.Generator, level: float) -> Array:
    """Return the ends of the intervals (2, 2, d): low and high, of S and T."""
    blocks = _resampled(len(terms), resamples, generator)
    estimates = np.concatenate([_estimates(counts, terms) for counts in blocks])
    usable = ~np.isnan(estimates[:, 0, 0])
    if not usable.any():
        raise DataError(Said("sobol: no resample of the runs has any variance; make more runs"))
    if not usable.all():
        few = int((~usable).sum())
        note(
            "sensitivity",
            Said.of(
                few,
                "{n} of {all} resamples has no variance, left out of intervals",
                "{n} of {all} resamples have no variance, left out of intervals",
                all=resamples,
            ),
        )
    tail = (1 - level) / 2
    return np.asarray(np.quantile(estimates[usable], [tail, 1 - tail], axis=0))


def _resampled(n: int, resamples: int, generator: np.random.Generator) -> Iterator[Array]:
    """Yield how many times each run is drawn, a row for each resample (r, N), in blocks of bounded size."""
    most = max(1, _BLOCK // n)
    for start in range(0, resamples, most):
        counts = np.empty((min(most, resamples - start), n))
        for row in counts:
            row[:] = np.bincount(generator.integers(n, size=n), minlength=n)
        yield counts


def _intervals(low: Array, high: Array, factors: Any) -> Any:
    """Return the intervals as a table from their ends (2, d): S above T."""
    import pandas as pd

    columns = {"first_low": low[0], "first_high": high[0], "total_low": low[1], "total_high": high[1]}
    return pd.DataFrame(columns, index=factors)
