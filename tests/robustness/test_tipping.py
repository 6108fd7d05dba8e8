"""The least change of weights that brings one row above another: no search finds less, and the index agrees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

import hengdian_index as hi

Array = NDArray[np.float64]
GROUPS, PARTS = 3, 3


def two_levels(rng: np.random.Generator, aggregate: str = "arithmetic") -> tuple[hi.Index, pd.DataFrame]:
    """Return an index of three groups of three indicators, random weights, and a table of five towns."""
    tops, inner = rng.dirichlet(np.ones(GROUPS)), rng.dirichlet(np.ones(PARTS), GROUPS)
    names = [[f"i{g}{c}" for c in range(PARTS)] for g in range(GROUPS)]
    groups = [hi.Group("all", weights=dict(zip("xyz", tops.tolist(), strict=True)))]
    for g, code in enumerate("xyz"):
        groups.append(hi.Group(code, parent="all", weights=dict(zip(names[g], inner[g].tolist(), strict=True))))
    index = hi.Index(
        unit="town",
        normalise="none",
        aggregate=aggregate,
        groups=groups,
        indicators=[hi.Indicator(name, code) for code, own in zip("xyz", names, strict=True) for name in own],
    )
    table = pd.DataFrame(rng.uniform(1, 10, (5, GROUPS * PARTS)), columns=[one for own in names for one in own])
    return index, table.assign(town=list("ABCDE"))


def weights_of(index: hi.Index, table: Any) -> tuple[Array, Array]:
    """Return the weights of the groups (3,) and those within them (3, 3)."""
    w = index.compute(table).weights
    return w["all"].to_numpy(), np.array([w[code].to_numpy() for code in "xyz"])


def least_by_search(index: hi.Index, table: pd.DataFrame, pair: tuple[str, str], rng: np.random.Generator) -> float:
    """Return the smallest cost that a general search from many starts finds, infinite where it finds no weights."""
    tops, inner = weights_of(index, table)
    scores = table.set_index("town").drop(columns=[], errors="ignore").to_numpy()
    rows = {town: scores[i].reshape(GROUPS, PARTS) for i, town in enumerate(table["town"])}
    d = rows[pair[0]] - rows[pair[1]]

    def cost(x: Array) -> float:
        w, v = x[:GROUPS], x[GROUPS:].reshape(GROUPS, PARTS)
        return float(np.abs(w - tops).sum() + (w * np.abs(v - inner).sum(axis=1)).sum())

    def gap(x: Array) -> float:
        return float((x[:GROUPS] * (x[GROUPS:].reshape(GROUPS, PARTS) * d).sum(axis=1)).sum())

    conditions = [
        {"type": "eq", "fun": lambda x: x[:GROUPS].sum() - 1},
        {"type": "eq", "fun": lambda x: x[GROUPS:].reshape(GROUPS, PARTS).sum(axis=1) - 1},
        {"type": "ineq", "fun": lambda x: gap(x) - 1e-6},
    ]
    best = np.inf
    for _ in range(12):
        start = np.concatenate([rng.dirichlet(np.ones(GROUPS)), rng.dirichlet(np.ones(PARTS), GROUPS).ravel()])
        found = minimize(cost, start, method="SLSQP", bounds=[(0, 1)] * len(start), constraints=conditions)
        if found.success and gap(found.x) > -1e-7:
            best = min(best, cost(found.x))
    return best


def knapsack(shares: Array, d: Array, margin: float) -> float:
    """Return the least sum of moves of shares that lifts their sum with d to the margin, infinite if none does."""
    shares, best, moved = shares.copy(), int(np.argmax(d)), 0.0
    need = margin - shares @ d
    for j in np.argsort(d):
        if need <= 0 or d[j] == d[best]:
            break
        taken = min(shares[j], need / (d[best] - d[j]))
        shares[j] -= taken
        moved += 2 * taken
        need -= taken * (d[best] - d[j])
    return moved if need <= 1e-12 else np.inf


def places(index: hi.Index, table: pd.DataFrame) -> list[str]:
    """Return the towns, the best first."""
    return [str(town) for town in index.compute(table).scores["all"].sort_values(ascending=False).index]


def difference(index: hi.Index, table: Any, pair: tuple[Any, Any], changes: Mapping[str, Any]) -> float:
    """Return the score of the first of a pair less that of the second under other weights."""
    scores = index.replace(changes).compute(table).scores.iloc[:, 0]
    return float(scores.loc[pair[0]] - scores.loc[pair[1]])


@pytest.mark.parametrize("seed", range(20))
def test_no_search_finds_less(seed: int) -> None:
    rng = np.random.default_rng(seed)
    index, table = two_levels(rng)
    order = places(index, table)
    pair = (order[2], order[0])
    found, searched = hi.tipping(index, table, above=pair), least_by_search(index, table, pair, rng)
    if not found.possible:
        assert searched == np.inf
        return
    assert found.cost <= searched + 1e-6
    assert searched == np.inf or abs(found.cost - searched) < 1e-3 * (1 + searched)
    assert difference(index, table, pair, found.changes) >= 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_the_weights_of_indicators_move_as_a_knapsack_is_filled(seed: int) -> None:
    index, table = two_levels(np.random.default_rng(seed))
    order = places(index, table)
    pair = (order[3], order[1])
    result = index.compute(table)
    rows = table.set_index("town")
    d = (rows.loc[pair[0]] - rows.loc[pair[1]]).to_numpy(dtype=float)
    least = knapsack(result.effective_weights.to_numpy(), d, 1e-6)
    found = hi.tipping(index, table, above=pair, by="indicators")
    assert found.possible == np.isfinite(least)
    if found.possible:
        assert found.cost == pytest.approx(least, abs=1e-6)
        assert difference(index, table, pair, found.changes) >= 1e-6


@pytest.mark.parametrize("aggregate", ["geometric", "harmonic", "sum"])
@pytest.mark.parametrize("seed", range(5))
def test_trees_of_another_mean_are_lines_in_its_own_scale(aggregate: str, seed: int) -> None:
    index, table = two_levels(np.random.default_rng(seed), aggregate)
    order = places(index, table)
    pair = (order[1], order[0])
    for by in ("nodes", "indicators", "all"):
        found = hi.tipping(index, table, above=pair, by=by, margin=1e-3)
        # Of weights that are all free some bring the second above the first; a sum of shares is a mean.
        assert found.possible or by == "all"
        assert found.held == {}
        if found.possible:
            after = difference(index, table, pair, found.changes)
            assert after == pytest.approx(found.after)
            # No further than is asked for, but for the bend of the mean.
            assert 1e-3 <= after < 2e-3
        if by == "all":
            assert found.weights.drop(index="all")["change"].abs().max() < 1e-12 or not found.possible


def test_the_smallest_move_of_one_weight_is_that_of_a_scan() -> None:
    index, table = two_levels(np.random.default_rng(3))
    order = places(index, table)
    pair = (order[1], order[0])
    found = hi.tipping(index, table, above=pair)
    result = index.compute(table)
    for one in found.one_weight.to_dict("records"):
        w = result.weights[one["group"]]
        assert w[one["part"]] == pytest.approx(one["weight"])

        def moved(goal: float, one: Any = one, w: Any = w) -> dict[str, Any]:
            rest = w.drop(one["part"]) * (1 - goal) / (1 - one["weight"])
            return {f"{one['group']}.weights": {**rest.to_dict(), one["part"]: goal}}

        assert difference(index, table, pair, moved(one["tipping"])) == pytest.approx(1e-6, rel=1e-3)
        short = one["tipping"] - 1e-4 * np.sign(one["change"])
        assert difference(index, table, pair, moved(short)) < 0
    assert found.one_weight["change"].abs().is_monotonic_increasing
    assert found.one_weight["change"].abs().min() >= 0
    assert set(found.one_weight["group"]) <= {"all", "x", "y", "z"}


def learning() -> tuple[hi.Index, pd.DataFrame]:
    """Return an index whose weights are learnt at the top, judged in one group, and a panel with a gap."""
    rng = np.random.default_rng(8)
    codes = list("abcde")
    frame = pd.DataFrame([(t, y, *rng.uniform(1, 9, 5)) for y in (2020, 2021) for t in "PQRS"])
    frame = frame.set_axis(["town", "year", *codes], axis=1)
    index = hi.Index(
        unit="town",
        period="year",
        groups=[
            hi.Group("all", weights="entropy"),
            hi.Group("x", parent="all", weights={"method": "ahp", "matrix": {"a": {"b": 3, "c": 5}, "b": {"c": 2}}}),
            hi.Group("y", parent="all"),
        ],
        indicators=[hi.Indicator(code, "x" if code < "d" else "y") for code in codes],
    )
    return index, frame


def test_learnt_and_judged_weights_stay_as_they_were() -> None:
    index, table = learning()
    scores = index.compute(table).scores["all"].xs(2021, level="year").sort_values()
    pair = (scores.index[-2], scores.index[-1])
    found = hi.tipping(index, table, above=pair)
    assert found.period == "2021"
    # A group of equal weights that stay needs none written.
    assert set(found.changes) - {"y.weights"} == {"all.weights", "x.weights"}
    assert found.possible
    again = index.replace(found.changes).compute(table)
    assert (again.weights - found.weights["tipping"].to_numpy()).abs().max() < 1e-12
    scored = again.scores["all"].xs(2021, level="year")
    assert scored[pair[0]] - scored[pair[1]] >= 1e-6
    assert found.after == pytest.approx(scored[pair[0]] - scored[pair[1]])
    held = hi.tipping(index, table, above=pair, by="y")
    moved = held.weights["change"].abs()
    assert not held.possible or moved.drop(index="y").max() < 1e-12


def test_bounds_hold_and_may_leave_nothing() -> None:
    index, table = two_levels(np.random.default_rng(5))
    order = places(index, table)
    pair = (order[1], order[0])
    free = hi.tipping(index, table, above=pair)
    assert free.possible
    for bounds in (0.6, {"x": (0.2, 0.5), "i00": (0.1, 0.9)}):
        found = hi.tipping(index, table, above=pair, bounds=bounds)
        if found.possible:
            assert found.cost >= free.cost - 1e-9
            w = found.weights
            share = bounds if isinstance(bounds, float) else None
            if share is not None:
                assert (w["change"].abs() <= share * w["weight"] + 1e-9).all()
            else:
                assert 0.2 - 1e-9 <= w.loc[("all", "x"), "tipping"] <= 0.5 + 1e-9
    none = hi.tipping(index, table, above=(order[-1], order[0]), bounds=0.001)
    assert not none.possible
    assert np.isnan(none.cost)
    assert np.isnan(none.after)
    assert none.changes == {}
    assert none.weights["tipping"].isna().all()
    assert "no weights within the bounds" in none.summary()


def test_who_stands_above_already_needs_no_change() -> None:
    index, table = two_levels(np.random.default_rng(5))
    order = places(index, table)
    found = hi.tipping(index, table, above=(order[0], order[1]))
    assert (found.possible, found.cost, found.changes) == (True, 0.0, {})
    assert found.before == found.after > 0
    assert len(found.one_weight) == 0
    assert "as it is" in found.summary()


def test_what_has_another_mean_or_is_rescaled_keeps_its_weights_and_says_why() -> None:
    index, table = two_levels(np.random.default_rng(1))
    other = index.replace({"x.aggregate": "geometric", "y.rescale": "min_max"})
    order = places(other, table)
    found = hi.tipping(other, table, above=(order[1], order[0]))
    assert dict(found.held) == {"x": "its mean is not that of 'all'", "y": "its scores are rescaled, filled or rounded"}
    assert found.weights.loc[["x", "y"], "change"].abs().max() < 1e-12
    assert found.possible
    assert difference(other, table, (order[1], order[0]), found.changes) >= 1e-6
    with pytest.raises(hi.SpecError, match="by: the weights of 'x' cannot move: its mean is not that of 'all'"):
        hi.tipping(other, table, above=(order[1], order[0]), by="x")


def test_below_a_sum_that_counts_its_parts_the_weights_of_sums_are_held() -> None:
    index, table = two_levels(np.random.default_rng(1))
    counted = index.replace({"aggregate": {"method": "sum", "total": 3}})
    order = places(counted, table)
    found = hi.tipping(counted, table, above=(order[1], order[0]))
    assert set(found.held) == set("xyz")
    assert all(why.startswith("a sum counts its parts") for why in found.held.values())


def test_the_summary_speaks_both_languages() -> None:
    index, table = two_levels(np.random.default_rng(5))
    order = places(index, table)
    found = hi.tipping(index, table, above=(order[1], order[0]))
    assert "the least change that brings it above moves" in found.summary()
    with hi.options(lang="zh"):
        told = found.summary()
    assert told.startswith(f"“{order[1]}”比“{order[0]}”低")
    assert "最小改动" in told
    assert repr(found).startswith(f"<Tipping {order[1]!r} above {order[0]!r}: cost")


def test_what_cannot_be_asked_is_refused_in_words() -> None:
    index, table = two_levels(np.random.default_rng(5))
    with pytest.raises(
        hi.SpecError, match="above: two different units, not 'A' twice\nmargin: a number above 0, not 0"
    ):
        hi.tipping(index, table, above=("A", "A"), margin=0)
    with pytest.raises(hi.SpecError, match=r"above: the unit that is to stand above .*, not 'A'"):
        hi.tipping(index, table, above="A")  # type: ignore[arg-type]
    with pytest.raises((hi.SpecError, hi.DataError), match="Nowhere"):
        hi.tipping(index, table, above=("A", "Nowhere"))
    with pytest.raises(hi.SpecError, match="by: no 'node'; did you mean 'nodes'"):
        hi.tipping(index, table, above=("A", "B"), by="node")
    with pytest.raises(hi.SpecError, match=r"bounds: no part 'w'.*\nbounds: 'x': the least and the largest weight"):
        hi.tipping(index, table, above=("A", "B"), bounds={"w": (0, 1), "x": (0.9, 0.1)})
    with pytest.raises(hi.SpecError, match=r"bounds: a share such as 0\.25"):
        hi.tipping(index, table, above=("A", "B"), bounds=-1)
    with pytest.raises(hi.SpecError, match="tipping: group 'all': topsis is no weighted mean of its parts"):
        hi.tipping(index.replace({"all.aggregate": "topsis"}), table, above=("A", "B"))
    lost = table.assign(**{name: [np.nan, *table[name][1:]] for name in table.columns.drop("town")})
    with pytest.raises(hi.DataError, match="no score of 'A' in that row; name another period, or impute what is"):
        hi.tipping(index, lost, above=("A", "B"))
    gap = table.assign(i00=[np.nan, *table["i00"][1:]])
    held = hi.tipping(index, gap, above=("A", "B"))
    assert held.held["x"] == "one of the two has no value of 'i00'"
    flat = hi.Index(
        groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g"), hi.Indicator("c", "g")]
    )
    with pytest.raises(hi.DataError, match="no value of 'a', whose weight would go to the others; impute it first"):
        hi.tipping(flat, {"a": [np.nan, 1.0, 2.0], "b": [1.0, 2.0, 4.0], "c": [3.0, 2.0, 1.0]}, above=(0, 1))
