"""The score of one row that is compared with others, in figures: distances, ranks, duels, best weights."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hengdian_index._maths.means import shared_weights
from hengdian_index._present.statement.expressions import exact
from hengdian_index._present.statement.figures import Case, Figure, Writer, figures, total
from hengdian_index._scoring import families
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import counted
from hengdian_index.aggregate._shared import turned

_SAME = 1e-12


def compared(case: Case) -> list[Figure]:
    """Return the steps to a score that depends on other rows; none for other methods."""
    return figures(case, WRITERS)


def _ends(x: Array) -> tuple[Array, Array]:
    """Return the smallest and the largest value of each column, gaps left out."""
    return np.fmin.reduce(x, axis=0), np.fmax.reduce(x, axis=0)


def _root(terms: list[str]) -> str:
    return f"({' + '.join(terms)}) ** 0.5"


def _topsis(case: Case) -> Iterator[Figure]:
    """Yield the distances from the best and the worst point, and the share of the second in both."""
    given = case.options["direction"]
    listed = case.directions(given)
    x = turned(case.among, listed)
    (low, high), z = _ends(x), x[case.place]
    divisor = {"vector": np.sqrt(np.nansum(x**2, axis=0)), "min_max": high - low, "none": np.ones(len(z))}
    length = divisor[case.options["norm"]]
    factor = case.w if case.options["form"] == "w" else np.sqrt(case.w)
    found = {}
    for name, end in (("best", high), ("worst", low)):
        found[name] = float(np.sqrt((((end - z) * factor / length) ** 2).sum()))
        gaps = zip(end.tolist(), z.tolist(), factor.tolist(), length.tolist(), strict=True)
        terms = [f"(({exact(a)} - {exact(b)}) * {exact(f)} / {exact(d)}) ** 2" for a, b, f, d in gaps]
        yield f"distance from the {name} point", _root(terms), found[name]
    best, worst = exact(found["best"]), exact(found["worst"])
    score = found["worst"] / (found["best"] + found["worst"])
    yield "share of the distance from the worst", f"{worst} / ({best} + {worst})", score


def _vikor(case: Case) -> Iterator[Figure]:
    """Yield the mean and the largest loss, and both between the least and the largest among the rows."""
    (low, high), v = _ends(case.whole), float(case.options["v"])
    losses = shared_weights(case.whole, case.asked) * (high - case.whole) / np.where(high > low, high - low, 1.0)
    ends = zip(case.w.tolist(), *(part.tolist() for part in (high[case.there], case.z, low[case.there])), strict=True)
    terms = [f"{exact(w)} * ({exact(b)} - {exact(z)}) / ({exact(b)} - {exact(a)})" for w, b, z, a in ends]
    s, r = np.nansum(losses, axis=1), np.nanmax(losses, axis=1)
    yield "loss on the whole, S", " + ".join(terms), float(s[case.place])
    yield "largest loss, R", f"max({', '.join(terms)})" if len(terms) > 1 else terms[0], float(r[case.place])
    text, score = "1", 1.0
    for share, losses_of in ((v, s), (1 - v, r)):
        least, most, own = float(losses_of.min()), float(losses_of.max()), float(losses_of[case.place])
        if most - least > _SAME:
            text += f" - {exact(share)} * ({exact(own)} - {exact(least)}) / ({exact(most)} - {exact(least)})"
            score -= share * (own - least) / (most - least)
    yield "1 less S and R between the least and the largest of the rows", text, score


def _grey_relational(case: Case) -> Iterator[Figure]:
    """Yield the distances from the reference, and their weighted grades."""
    rho, given = float(case.options["rho"]), case.options["reference"]
    reference = _ends(case.whole)[1] if given is None else case.option("reference", np.nan)
    d = np.abs(case.whole - reference)
    least, most, own = float(np.nanmin(d)), float(np.nanmax(d)), d[case.place, case.there]
    ends = reference[case.there].tolist()
    for child, end, z, gap in zip(case.children, ends, case.z.tolist(), own.tolist(), strict=True):
        larger, smaller = (end, z) if end >= z else (z, end)
        yield f"distance of {child} from the reference", f"{exact(larger)} - {exact(smaller)}", gap
    if most == 0:
        yield "every row is the reference", exact(1.0), 1.0
        return
    top = f"({exact(least)} + {exact(rho)} * {exact(most)})"
    terms = [f"{top} / ({exact(gap)} + {exact(rho)} * {exact(most)})" for gap in own]
    score = float(case.w @ ((least + rho * most) / (own + rho * most)))
    yield "grades, from the least and the largest distance of all rows", total(case.w, terms), score


def _wroclaw(case: Case) -> Iterator[Figure]:
    """Yield the distance from the best point, measured by the distances of all rows."""
    high = _ends(case.whole)[1]
    d = np.sqrt(np.nansum((high - case.whole) ** 2 * shared_weights(case.whole, case.asked), axis=1))
    own, mean, sd = float(d[case.place]), float(d.mean()), float(d.std(ddof=1))
    gaps = [f"({exact(b)} - {exact(z)}) ** 2" for b, z in zip(high[case.there], case.z, strict=True)]
    yield "distance from the best point", f"({total(case.w, gaps)}) ** 0.5", own
    yield "mean distance of the rows compared", "", mean
    yield "standard deviation of these distances", "", sd
    score = 1 - own / (mean + 2 * sd)
    yield "1 less the distance over the mean and 2 sd", f"1 - {exact(own)} / ({exact(mean)} + 2 * {exact(sd)})", score


def _ranks(case: Case, x: Array) -> Iterator[Figure]:
    """Yield the rank of each part from the worst, 1, ties averaged."""
    for j, child in enumerate(case.children):
        below, same = int((x[:, j] < x[case.place, j]).sum()), int((x[:, j] == x[case.place, j]).sum())
        yield (
            f"rank of {child} from the worst: {below} below it, {same} equal",
            f"{below} + ({same} + 1) / 2",
            float(below + (same + 1) / 2),
        )


def _rank_sum_ratio(case: Case) -> Iterator[Figure]:
    """Yield the ranks, and their weighted mean over the number of rows."""
    x = turned(case.among, case.directions(case.options["direction"]))
    sizes = (~np.isnan(x)).sum(axis=0)
    ranks = list(_ranks(case, x) if case.options["form"] == "integer" else _stretched(case, x, sizes))
    yield from ranks
    values = np.array([value for _, _, value in ranks])
    if (sizes == len(x)).all():
        text = f"({total(case.w, [exact(value) for value in values])}) / {len(x)}"
        yield f"weighted mean rank over the {counted(len(x), 'row')}", text, float(case.w @ values) / len(x)
        return
    text = total(case.w, [f"{exact(value)} / {n}" for value, n in zip(values, sizes.tolist(), strict=True)])
    yield "weighted mean of the ranks, each over the rows that have the part", text, float(case.w @ (values / sizes))


def _stretched(case: Case, x: Array, sizes: Array) -> Iterator[Figure]:
    """Yield the rank of each part from the worst, 1, in proportion to its value."""
    low, high = _ends(x)
    columns = (part.tolist() for part in (sizes, x[case.place], low, high))
    for child, n, z, a, b in zip(case.children, *columns, strict=True):
        yield (
            f"rank of {child}, 1 the worst, between whole ones",
            f"1 + {n - 1} * ({exact(z)} - {exact(a)}) / ({exact(b)} - {exact(a)})",
            float(1 + (n - 1) * (z - a) / (b - a)),
        )


def _borda(case: Case) -> Iterator[Figure]:
    """Yield the ranks, and the weighted number of rows beaten."""
    ranks = list(_ranks(case, case.among))
    yield from ranks
    n, m = len(case.among) - 1, (~np.isnan(case.among)).sum(axis=0) - 1
    beaten = [value - 1 for _, _, value in ranks]
    # A part that no other row has counts as half of them beaten.
    found = np.array([b * n / part if part else n / 2 for b, part in zip(beaten, m.tolist(), strict=True)])
    terms = [
        f"({exact(b + 1)} - 1)" if part == n else f"({exact(b + 1)} - 1) * {n} / {part}" if part else f"{n} / 2"
        for b, part in zip(beaten, m.tolist(), strict=True)
    ]
    scaled = ", scaled up for rows without a part" if (m < n).any() else ""
    yield f"weighted number of rows beaten{scaled}", total(case.w, terms), float(case.w @ found)


def _copeland(case: Case) -> Iterator[Figure]:
    """Yield how many rows it beats by weight, and how many beat it."""
    signs = np.sign(case.z - case.among)
    both = ~np.isnan(signs) @ case.w
    margin = np.nan_to_num(signs) @ case.w / np.where(both > 0, both, 1.0)
    won, lost = int((margin > 2 * _SAME).sum()), int((margin < -2 * _SAME).sum())
    yield "rows that it leads in more than half of the weight", "", float(won)
    yield "rows that lead it", "", float(lost)
    yield "won less lost", f"{won} - {lost}", float(won - lost)


def _kemeny(case: Case) -> Iterator[Figure]:
    """Yield the place in the order that agrees best with the duels."""
    n = len(case.among)
    place = n - case.score
    yield "place in the order that most of the weight supports, 1 the best", "", place
    yield f"rows, {n}, less the place", f"{n} - {exact(place)}", n - place


def _benefit_of_the_doubt(case: Case) -> Iterator[Figure]:
    """Yield the weights that suit the row best, or the longest step along a direction, and the score."""
    if case.options["direction"] is not None:
        step = 1 / case.score - 1
        yield "longest step along the direction that the rows allow", "", step
        yield "1 over 1 and the step", f"1 / (1 + {exact(step)})", 1 / (1 + step)
        return
    limits = {name: case.options[name] for name in ("bounds", "share_bounds")}
    whole = np.asarray(~np.isnan(case.among).any(axis=1))
    given = families.aggregate.benefit_of_the_doubt(case.among[whole], **limits, details=True)
    v = np.asarray(given.weights)[int(whole[: case.place].sum())]
    for child, weight in zip(case.children, v.tolist(), strict=True):
        yield f"weight of {child} that suits the row best", "", weight
    terms = [f"{exact(a)} * {exact(b)}" for a, b in zip(v.tolist(), case.z.tolist(), strict=True)]
    yield "sum under these weights", " + ".join(terms), float(v @ case.z)


WRITERS: dict[str, Writer] = {
    "topsis": _topsis,
    "vikor": _vikor,
    "grey_relational": _grey_relational,
    "wroclaw": _wroclaw,
    "rank_sum_ratio": _rank_sum_ratio,
    "borda": _borda,
    "copeland": _copeland,
    "kemeny": _kemeny,
    "benefit_of_the_doubt": _benefit_of_the_doubt,
}
