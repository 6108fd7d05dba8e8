"""The aggregate of one row in figures: the formula of each method with the numbers of the row, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._present.statement.expressions import exact
from hengdian_index._scoring.choice import Choice
from hengdian_index._tables.table import Array

Figure: TypeAlias = tuple[str, str, float]
"""What is found, the arithmetic that finds it, its value."""


@dataclass(frozen=True)
class Case:
    """One row of a group: its parts' scores z (k,) and weights w (k,), those that are there and count.

    `parts` are the codes of all parts, `there` (parts,) says which of them the row has, `whole` (n, parts) holds the
    rows that it is compared with, itself at `place`, and `asked` (parts,) the weights before gaps; `score` is what
    comes out.
    """

    choice: Choice
    parts: tuple[str, ...]
    there: NDArray[np.bool_]
    w: Array
    asked: Array
    score: float
    whole: Array
    place: int

    @property
    def children(self) -> tuple[str, ...]:
        """The codes of the parts that are there."""
        return tuple(code for code, there in zip(self.parts, self.there, strict=True) if there)

    @property
    def among(self) -> Array:
        """The rows compared, over the parts that are there (n, k); others may lack some of them."""
        return self.whole[:, self.there]

    @property
    def z(self) -> Array:
        """The scores of the parts that are there (k,)."""
        own: Array = self.among[self.place]
        return own

    @property
    def options(self) -> dict[str, Any]:
        """The options of the method, the defaults among them."""
        return self.choice.complete()

    def option(self, name: str, absent: float) -> Array:
        """Return an option that is one for all parts, or one for each, by position or by code: (parts,)."""
        given = self.options[name]
        if isinstance(given, Mapping):
            return np.array([given.get(part, absent) for part in self.parts], dtype=np.float64)
        return np.broadcast_to(np.asarray(given, dtype=np.float64), self.there.shape)

    def directions(self, given: Any) -> Any:
        """Return directions as one for all parts, or one for each of those that are there."""
        if isinstance(given, Mapping):
            return [given.get(child, 1) for child in self.children]
        if isinstance(given, (list, tuple, np.ndarray)):
            return [one for one, there in zip(given, self.there, strict=True) if there]
        return given


Writer: TypeAlias = Callable[[Case], Iterator[Figure]]


def figures(case: Case, others: Mapping[str, Writer] | None = None) -> list[Figure]:
    """Return the steps to the aggregate of a row, the last of which gives its score; none for other methods.

    `others` writes the methods that compare rows.
    """
    method = case.choice.method
    writer = {**WRITERS, **(others or {})}.get(method.name) if method.registered else None
    found = list((_mean if "written" in method.traits else writer or _unknown)(case))
    return found if found and np.isclose(found[-1][2], case.score, rtol=1e-9, atol=1e-12) else []


def compares(choice: Choice) -> bool:
    """Return whether a method compares rows, so that a score depends on others."""
    declared = choice.method.traits.get("set_wise")
    return bool(declared(**choice.complete()) if callable(declared) else declared)


def total(w: Sequence[float] | Array, terms: Sequence[str]) -> str:
    """Return a weighted sum as arithmetic."""
    return " + ".join(f"{exact(a)} * {term}" for a, term in zip(w, terms, strict=True))


def _unknown(case: Case) -> Iterator[Figure]:
    yield from ()


def _mean(case: Case) -> Iterator[Figure]:
    """Yield a quasi-arithmetic mean."""
    p = case.options.get("p")
    if p is not None and np.isinf(p):
        yield from (_maximum if p > 0 else _minimum)(case)
        return
    pattern = case.choice.method.traits["written"](**case.options) or ("log({})", "exp({})")
    if pattern[0] != "{}" and (case.z == 0).any() and not (p or 0) > 0:
        yield "0, the limit, as a part is 0", exact(0.0), 0.0
        return
    terms = [pattern[0].format(exact(value)) for value in case.z]
    yield "", str(pattern[1].format(total(case.w, terms))), case.score


def _minimum(case: Case) -> Iterator[Figure]:
    yield "the smallest", _called("min", case.z), float(case.z.min())


def _maximum(case: Case) -> Iterator[Figure]:
    yield "the largest", _called("max", case.z), float(case.z.max())


def _called(name: str, values: Array) -> str:
    return f"{name}({', '.join(map(exact, values))})" if len(values) > 1 else exact(values[0])


def _median(case: Case) -> Iterator[Figure]:
    """Yield the weight at or below each value, smallest first, as far as half of it."""
    order = np.argsort(case.z, kind="stable")
    z, cumulative = case.z[order], case.w[order].cumsum()
    low = int(np.argmax(cumulative >= 0.5 - 1e-12))
    high = int(np.argmax(cumulative > 0.5 + 1e-12))
    for at in range(low + 1):
        yield (
            f"weight of the values up to {exact(z[at])}",
            " + ".join(map(exact, case.w[order][: at + 1])),
            cumulative[at],
        )
    if low == high:
        yield "the first value with half of the weight", exact(z[low]), float(z[low])
    else:
        middle = f"({exact(z[low])} + {exact(z[high])}) / 2"
        yield "mean of the two values between which half of the weight lies", middle, float((z[low] + z[high]) / 2)


def _owa(case: Case) -> Iterator[Figure]:
    """Yield the weighted sum by rank; the weights of a row with gaps have the shape of those for all ranks."""
    given = np.asarray(case.options["order_weights"], dtype=np.float64)
    k, m = len(given), len(case.z)
    shape = np.concatenate([[0.0], np.cumsum(given / given.sum())])
    v = given / given.sum() if k == m else np.diff(np.interp(np.arange(m + 1) / m, np.arange(k + 1) / k, shape))
    z = -np.sort(-case.z)
    yield "weights of the ranks, the largest value first", total(v, [exact(value) for value in z]), float(v @ z)


def _penalised(case: Case, z: Array, ddof: int = 0) -> Iterator[Figure]:
    """Yield mean, standard deviation, coefficient of variation, and the mean with the penalty."""
    terms = [exact(value) for value in z]
    mean = float(case.w @ z)
    yield "mean", total(case.w, terms), mean
    k = len(z)
    sd = float(np.sqrt(case.w @ (z - mean) ** 2 * (k / (k - 1) if ddof else 1.0)))
    squares = total(case.w, [f"({term} - {exact(mean)}) ** 2" for term in terms])
    squares = f"({squares}) * {k} / {k - 1}" if ddof else squares
    yield "standard deviation", f"({squares}) ** 0.5", sd
    cv = sd / mean
    yield "coefficient of variation", f"{exact(sd)} / {exact(mean)}", cv
    sign = "+" if case.options["penalty"] > 0 else "-"
    score = mean + case.options["penalty"] * sd * cv
    yield "mean, and the penalty sd * cv", f"{exact(mean)} {sign} {exact(sd)} * {exact(cv)}", score


def _mazziotta_pareto(case: Case) -> Iterator[Figure]:
    yield from _penalised(case, case.z, case.options["ddof"])


def _adjusted(case: Case) -> Iterator[Figure]:
    """Yield the parts on their scale, where a reference sets it, and the mean with its penalty."""
    z = case.z
    if case.options["reference"] is not None:
        sign, centre = (case.option(*one)[case.there] for one in (("direction", 1.0), ("reference", np.nan)))
        low, high = np.nanmin(case.among, axis=0), np.nanmax(case.among, axis=0)
        z = 100 + 30 * sign * ((case.z - centre) / (high / 2 - low / 2))
        for j, child in enumerate(case.children):
            turn = "+" if sign[j] > 0 else "-"
            part = f"({exact(case.z[j])} - {exact(centre[j])}) / (({exact(high[j])} - {exact(low[j])}) / 2)"
            yield f"{child} on the scale from 70 to 130", f"100 {turn} 30 * {part}", float(z[j])
    yield from _penalised(case, z)


def _mean_min(case: Case) -> Iterator[Figure]:
    alpha, beta = (float(case.options[name]) for name in ("alpha", "beta"))
    mean, least = float(case.w @ case.z), float(case.z.min())
    yield "mean", total(case.w, [exact(value) for value in case.z]), mean
    yield "the smallest", _called("min", case.z), least
    root = f"(({exact(mean)} - {exact(least)}) ** 2 + {exact(beta)} ** 2) ** 0.5"
    score = mean - alpha * (np.hypot(mean - least, beta) - beta)
    yield "mean less the penalty", f"{exact(mean)} - {exact(alpha)} * ({root} - {exact(beta)})", float(score)


WRITERS: dict[str, Writer] = {
    "minimum": _minimum,
    "maximum": _maximum,
    "median": _median,
    "owa": _owa,
    "mazziotta_pareto": _mazziotta_pareto,
    "adjusted_mazziotta_pareto": _adjusted,
    "mean_min": _mean_min,
}
