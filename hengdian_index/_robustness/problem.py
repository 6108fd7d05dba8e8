"""SALib's problem form: names, bounds, distributions and groups of the inputs of a model."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import SpecError, among, raise_all, shown, suggestion

# Half a step of 53 bits: the least uniform number that stands for 0, where quantiles are infinite.
_HALF = 2.0**-54


@dataclass(frozen=True, slots=True)
class Distribution:
    """What the numbers of `bounds` are, what is wrong with them, and the quantiles of uniform numbers under them."""

    bounds: tuple[Said, ...]
    quantiles: Callable[..., Array]
    wrong: Callable[..., Said | str]
    left_out: int = 0


def _ordered(low: float, high: float, *_: float) -> Said | str:
    if math.isinf(high - low):
        return Said("so wide that it overflows")
    return "" if low < high else Said("the lower bound must be below the upper")


def _positive(low: float, high: float) -> Said | str:
    return _ordered(low, high) if low > 0 else Said("the lower bound must be above 0")


def _spread(mean: float, deviation: float) -> Said | str:
    return "" if deviation > 0 else Said("the standard deviation must be above 0")


def _truncated(low: float, high: float, mean: float, deviation: float) -> Said | str:
    return _ordered(low, high) or _spread(mean, deviation)


def _peaked(low: float, high: float, peak: float) -> Said | str:
    return _ordered(low, high) or ("" if 0 <= peak <= 1 else Said("the peak is a share of the width, from 0 to 1"))


def _scaled(shape: float, scale: float, location: float = 0) -> Said | str:
    return "" if shape > 0 and scale > 0 else Said("shape and scale must be above 0")


def _uniform(u: Array, low: float, high: float) -> Array:
    return low + u * (high - low)


def _normal(u: Array, mean: float, deviation: float) -> Array:
    from scipy.special import ndtri

    return np.asarray(mean + deviation * ndtri(np.maximum(u, _HALF)))


def _truncated_normal(u: Array, low: float, high: float, mean: float, deviation: float) -> Array:
    from scipy.stats import truncnorm

    ends = (low - mean) / deviation, (high - mean) / deviation
    return np.asarray(truncnorm.ppf(u, *ends, loc=mean, scale=deviation))


def _triangular(u: Array, low: float, high: float, peak: float) -> Array:
    from scipy.stats import triang

    return np.asarray(triang.ppf(u, peak, loc=low, scale=high - low))


def _log_uniform(u: Array, low: float, high: float) -> Array:
    return np.exp(_uniform(u, math.log(low), math.log(high)))


def _log_normal(u: Array, mean: float, deviation: float) -> Array:
    return np.exp(_normal(u, mean, deviation))


def _weibull(u: Array, shape: float, scale: float, location: float = 0) -> Array:
    return np.asarray(location + scale * (-np.log1p(-u)) ** (1 / shape))


_ENDS, _MOMENTS = (Said("lower"), Said("upper")), (Said("mean"), Said("standard deviation"))

DISTRIBUTIONS = {
    "unif": Distribution(_ENDS, _uniform, _ordered),
    "logunif": Distribution(_ENDS, _log_uniform, _positive),
    "triang": Distribution((*_ENDS, Said("peak as a share of the width")), _triangular, _peaked),
    "norm": Distribution(_MOMENTS, _normal, _spread),
    "truncnorm": Distribution((*_ENDS, *_MOMENTS), _truncated_normal, _truncated),
    "lognorm": Distribution(
        tuple(Said("{name} of the logarithm", name=name) for name in _MOMENTS), _log_normal, _spread
    ),
    "weibull": Distribution((Said("shape"), Said("scale"), Said("location")), _weibull, _scaled, left_out=1),
}

# What SALib writes into a problem by itself says nothing of the inputs.
_WRITTEN = ("sample_scaled", "outputs")
_KEYS = ("num_vars", "names", "bounds", "dists", "groups")


@dataclass(frozen=True, slots=True)
class Problem:
    """The inputs of a model: their names, how each is distributed, and the factor that each is part of."""

    names: tuple[str, ...]
    bounds: tuple[tuple[float, ...], ...]
    dists: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def factors(self) -> tuple[str, ...]:
        """Groups, or names where there are none, in the order in which they come."""
        return tuple(dict.fromkeys(self.groups))

    def scaled(self, u: Array) -> Array:
        """Return uniform numbers (N, dims) as values of the inputs."""
        every = zip(u.T, self.dists, self.bounds, strict=True)
        with np.errstate(over="ignore"):
            found = np.column_stack([DISTRIBUTIONS[name].quantiles(one, *ends) for one, name, ends in every])
        odd = np.flatnonzero(~np.isfinite(found).all(axis=0))
        raise_all(
            SpecError,
            [
                Said(
                    "saltelli: problem: {name}: has values too large to compute with; narrow its bounds",
                    name=self.names[i],
                )
                for i in odd.tolist()
            ],
        )
        return found


def read_problem(given: Mapping[str, Any]) -> Problem:
    """Return a problem from SALib's mapping; all its faults are told at once."""
    faults = [
        Said("unknown key {key!r}{guess}", key=key, guess=suggestion(key, _KEYS))
        for key in given
        if not among(key, (*_KEYS, *_WRITTEN))
    ]
    bounds = _listed(given.get("bounds"))
    if not bounds:
        told = shown(given.get("bounds"))
        faults.append(Said("bounds: a pair of numbers for each input, [[0, 1], ...], not {bounds}", bounds=told))
    d = len(bounds)
    lists = {"names": [f"x{i + 1}" for i in range(d)], "dists": ["unif"] * d}
    lists |= {key: _listed(given[key]) for key in lists if given.get(key) is not None}
    lists["groups"] = lists["names"] if given.get("groups") is None else _listed(given["groups"])
    for key, each in lists.items():
        if d and len(each) != d:
            faults.append(Said("{key}: {n} where bounds has {d}; give one for each input", key=key, n=len(each), d=d))
    if given.get("num_vars") is not None and d and given["num_vars"] != d:
        faults.append(Said("num_vars: {n} where bounds has {d}", n=shown(given["num_vars"]), d=d))
    names = [str(name) for name in lists["names"]]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    faults += [Said("names: {name!r} is given twice", name=name) for name in twice]
    for name, dist, ends in zip(names, lists["dists"], bounds, strict=False):
        faults += [joined([name, why], "heads") for why in _wrong(dist, ends)]
    raise_all(SpecError, [Said("saltelli: problem: {fault}", fault=fault) for fault in faults])
    return Problem(
        tuple(names),
        tuple(tuple(float(one) for one in ends) for ends in bounds),
        tuple(lists["dists"]),
        tuple(map(str, lists["groups"])),
    )


def _wrong(dist: Any, ends: Any) -> Iterator[Said]:
    """Yield what is wrong with the bounds of an input."""
    if not among(dist, DISTRIBUTIONS):
        yield Said("no distribution {name}{guess}", name=shown(dist), guess=suggestion(dist, DISTRIBUTIONS))
        return
    kind, numbers = DISTRIBUTIONS[dist], _listed(ends)
    least, most = len(kind.bounds) - kind.left_out, len(kind.bounds)
    if not least <= len(numbers) <= most or not all(map(_number, numbers)):
        many = Said.of(most, "{n} number", "{n} numbers")
        many = many if least == most else Said("{least} or {many}", least=least, many=many)
        names = joined(kind.bounds)
        yield Said(
            "bounds of {dist!r} are {many} ({names}), not {ends}", dist=dist, many=many, names=names, ends=shown(ends)
        )
    elif why := kind.wrong(*map(float, numbers)):
        yield Said("bounds {ends} of {dist!r}: {why}", ends=shown(ends), dist=dist, why=why)


def _number(one: Any) -> bool:
    number = isinstance(one, (int, float, np.number)) and not isinstance(one, (bool, complex, np.complexfloating))
    return number and math.isfinite(one)


def _listed(given: Any) -> list[Any]:
    """Return what is given one after the other as a list, nothing for anything else."""
    return list(given) if isinstance(given, (Sequence, np.ndarray)) and not isinstance(given, (str, bytes)) else []
