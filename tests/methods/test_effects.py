"""Parts below groups that are no means: against all orders of the leaves, near and at cancelling parts, over gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.indexes import two_levels
from support.laws import declared, every, public, sized
from support.tables import quarters, table

import hengdian_index as hi
from hengdian_index.log import journal

LAW = settings(max_examples=7, deadline=None)

# Groups, each with its children; what is no group is a leaf.
TREES: list[dict[str, str]] = [
    {"top": "abcde"},
    {"top": "gh", "g": "ab", "h": "cd"},
    {"top": "gc", "g": "abd"},
    {"top": "gh", "g": "abc", "h": "de"},
    {"top": "gd", "g": "hc", "h": "ab"},
]


def leaves(tree: Mapping[str, str], node: str = "top") -> list[str]:
    """Return the leaves below a node."""
    return [leaf for child in tree[node] for leaf in leaves(tree, child)] if node in tree else [node]


def orders(tree: Mapping[str, str], node: str = "top") -> Iterator[list[str]]:
    """Yield every order of the leaves in which those of each group stand together."""
    if node not in tree:
        yield [node]
        return
    for some in permutations(tree[node]):
        for inner in product(*(list(orders(tree, child)) for child in some)):
            yield [leaf for part in inner for leaf in part]


def built(tree: Mapping[str, str], aggregate: Any, weights: Mapping[str, float], **choices: Any) -> hi.Index:
    """Return an index over the tree, every group aggregated alike, or each in its own way; a weight not given is 1."""
    parent = {child: node for node, children in tree.items() for child in children}
    own = aggregate if isinstance(aggregate, dict) and "top" in aggregate else dict.fromkeys(tree, aggregate)
    above = [hi.Group(g, parent[g], aggregate=own[g], weight=weights.get(g, 1.0)) for g in tree if g != "top"]
    return hi.Index(
        period="year",
        normalise="none",
        coverage=0.0,
        groups=[hi.Group("top", aggregate=own["top"]), *above],
        indicators=[hi.Indicator(leaf, parent[leaf], weight=weights.get(leaf, 1.0)) for leaf in leaves(tree)],
        **choices,
    )


def two_years(x0: Mapping[str, float], x1: Mapping[str, float]) -> pd.DataFrame:
    return pd.DataFrame([{"year": 2001, **x0}, {"year": 2002, **x1}])


def parts_of(index: hi.Index, x0: Mapping[str, float], x1: Mapping[str, float], **asked: Any) -> pd.Series:
    result = index.compute(two_years(x0, x1))
    parts = result.contributions(**{"depth": "indicators", "split": "shapley", **asked}).iloc[1]
    change = result.scores["top"].iloc[1] - result.scores["top"].iloc[0]
    assert abs(parts.sum() - change) <= 1e-12 * result.scores["top"].abs().max()
    return parts


class ByHand:
    """The score of a tree from the functions that users call, one row at a time, and the parts over all orders."""

    def __init__(self, tree: Mapping[str, str], aggregate: Any, weights: Mapping[str, float]) -> None:
        self.tree, self.weights = tree, weights
        self.aggregate = {g: aggregate[g] if isinstance(aggregate, dict) else aggregate for g in tree}

    def score(self, x: Mapping[str, float], node: str = "top") -> float:
        if node not in self.tree:
            return x[node]
        function, options = self.aggregate[node]
        children = [c for c in self.tree[node] if not np.isnan(self.score(x, c))]
        if not children:
            return np.nan
        row = [self.score(x, child) for child in children]
        w = np.array([self.weights.get(child, 1.0) for child in children])
        return float(function([row], w / w.sum(), coverage=0.0, **sized(options, len(children)))[0])

    def parts(self, x0: Mapping[str, float], x1: Mapping[str, float], consistent: bool = True) -> dict[str, float]:
        found = dict.fromkeys(leaves(self.tree), 0.0)
        every_order = list(orders(self.tree)) if consistent else list(permutations(leaves(self.tree)))
        known: dict[frozenset[str], float] = {}

        def score(here: frozenset[str]) -> float:
            if here not in known:
                known[here] = self.score({leaf: (x1 if leaf in here else x0)[leaf] for leaf in found})
            return known[here]

        for order in every_order:
            for position, leaf in enumerate(order):
                here = frozenset(order[:position])
                found[leaf] += (score(here | {leaf}) - score(here)) / len(every_order)
        return found


def row_wise(method: Any, options: Any) -> bool:
    return not declared(method, "set_wise", options) and method.name != "owa"


def in_an_index(method: Any, options: Any) -> Any:
    # By hand each set of weights sums to 1.
    options = options | ({method.traits["total"]: 1.0} if "total" in method.traits else {})
    return {"method": method.name, **options} if options else method.name


def moved(seed: int, names: list[str], size: float) -> tuple[dict[str, float], dict[str, float]]:
    rng = np.random.default_rng(seed)
    x0 = dict(zip(names, rng.uniform(80, 120, len(names)).tolist(), strict=True))
    return x0, {name: value + size * float(rng.uniform(-1, 1)) for name, value in x0.items()}


@every("aggregate", having=row_wise)
@pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree["top"])
@LAW
@given(seed=st.integers(0, 10**6), consistent=st.booleans())
def test_small_moves_split_as_the_mean_over_all_orders_of_the_leaves(
    method: Any, options: Any, tree: dict[str, str], seed: int, consistent: bool
) -> None:
    """A product of two moves is what orders differ by, so parts agree but for the square of the size of the moves."""
    names = leaves(tree)
    weights = dict(zip([*tree, *names], np.random.default_rng(seed + 1).uniform(1, 3, 20), strict=False))
    x0, x1 = moved(seed, names, 1e-3)
    found = parts_of(built(tree, in_an_index(method, options), weights), x0, x1)
    wanted = ByHand(tree, (public(method), options), weights).parts(x0, x1, consistent or len(names) > 4)
    for name in names:
        assert abs(found[name] - wanted[name]) < 1e-6, name


@every("aggregate", having=row_wise)
@LAW
@given(seed=st.integers(0, 10**6))
def test_the_children_of_a_group_have_their_parts_over_all_orders_however_large_the_moves(
    method: Any, options: Any, seed: int
) -> None:
    tree = {"top": "abcd"}
    weights = dict(zip("abcd", np.random.default_rng(seed).uniform(1, 3, 4), strict=True))
    x0, x1 = moved(seed, list("abcd"), 30.0)
    by_hand = ByHand(tree, (public(method), options), weights)
    found = parts_of(built(tree, in_an_index(method, options), weights), x0, x1)
    if method.sees == "statistics":
        return  # a mean has its own exact split
    wanted = by_hand.parts(x0, x1)
    np.testing.assert_allclose(found[list("abcd")], [wanted[name] for name in "abcd"], atol=1e-10)


@every("aggregate", having=row_wise)
@pytest.mark.parametrize("below", ["arithmetic", "geometric", "mazziotta_pareto"])
@pytest.mark.parametrize("split", ["interaction", "shapley"])
def test_parts_converge_as_the_moves_of_a_sub_group_cancel(method: Any, options: Any, below: str, split: str) -> None:
    """Each part is the sub-group's part per unit of its move times the leaf's part of that; it has a limit at 0."""
    tree = {"top": "gh", "g": "ab", "h": "cd"}
    weights = {"g": 2.0, "h": 3.0}
    groups = {"top": in_an_index(method, options), "g": below, "h": "arithmetic"}
    index = built(tree, groups, weights)
    x0 = {"a": 104.0, "b": 104.0, "c": 90.0, "d": 97.0}

    def at(gap: float) -> np.ndarray:
        # b takes back what a moves of g, but for the gap: found by halving.
        low, high = 80.0, 104.0
        for _ in range(60):
            b = (low + high) / 2
            low, high = (b, high) if getattr(hi.aggregate, below)([[109.0, b]])[0] < 104.0 + gap else (low, b)
        parts = parts_of(index, x0, {"a": 109.0, "b": b, "c": 93.0, "d": 96.0}, split=split)
        return parts[list("abcd")].to_numpy()

    limit = at(0.0)
    for gap in (1e-3, 1e-6, 1e-9):
        assert np.abs(at(gap) - limit).max() < 3 * gap + 1e-8
    if below != "mazziotta_pareto" or split == "shapley":
        assert abs(limit[0] + limit[1]) < 1e-8


def test_leaves_that_nearly_cancel_keep_their_sign_and_proportion() -> None:
    """What the old sharing by size gave here: b fell by 12 and had a part above 0."""
    tree = {"top": "gh", "g": "ab", "h": "cd"}
    index = built(tree, {"top": {"method": "mazziotta_pareto", "penalty": 1}, "g": "arithmetic", "h": "arithmetic"}, {})
    x0 = {"a": 100.0, "b": 100.0, "c": 80.0, "d": 80.0}
    for b in (88.3, 88.1, 88.01, 88.0, 87.99):
        found = parts_of(index, x0, {"a": 112.0, "b": b, "c": 84.0, "d": 80.0})
        assert found["a"] > 3
        assert found["b"] < -3
        assert found["a"] / 12 == pytest.approx(found["b"] / (b - 100), rel=1e-6)
        assert found["d"] == 0


@every("aggregate", having=row_wise)
@LAW
@given(seed=st.integers(0, 10**6), split=st.sampled_from(["interaction", "shapley"]))
def test_twins_have_equal_parts_and_what_stays_has_none(method: Any, options: Any, seed: int, split: str) -> None:
    tree = {"top": "gh", "g": "abe", "h": "cd"}
    x0, x1 = moved(seed, list("abcde"), 20.0)
    x0["b"], x1["b"] = x0["a"], x1["a"]
    x1["e"], x1["c"], x1["d"] = x0["e"], x0["c"], x0["d"]
    found = parts_of(built(tree, in_an_index(method, options), {}), x0, x1, split=split)
    assert found["a"] == pytest.approx(found["b"], rel=1e-9, abs=1e-12)
    assert found[["c", "d", "e"]].abs().max() == 0


@every("aggregate", having=row_wise)
@LAW
@given(seed=st.integers(0, 10**6), split=st.sampled_from(["interaction", "shapley"]))
def test_what_is_in_neither_period_is_as_if_it_were_not_there(method: Any, options: Any, seed: int, split: str) -> None:
    choice = in_an_index(method, options)
    x0, x1 = moved(seed, list("abcde"), 20.0)
    gone = {"b": np.nan}
    found = parts_of(built(TREES[3], choice, {"a": 2.0, "g": 3.0}), x0 | gone, x1 | gone, split=split)
    small = {"top": "gh", "g": "ac", "h": "de"}
    wanted = parts_of(built(small, choice, {"a": 2.0, "g": 3.0}), x0, x1, split=split)
    np.testing.assert_allclose(found[list("acde")], wanted[list("acde")], atol=1e-10)
    assert found["b"] == 0
    assert found.get("reweighting", 0.0) == pytest.approx(0, abs=1e-12)
    assert found.get("interaction", 0.0) == pytest.approx(wanted.get("interaction", 0.0), abs=1e-10)


@every("aggregate", having=row_wise)
@pytest.mark.parametrize("split", ["interaction", "shapley"])
def test_what_is_in_one_period_alone_leaves_the_others_their_parts(method: Any, options: Any, split: str) -> None:
    if method.sees == "statistics":
        pytest.skip("a mean takes the mean of the weights of both periods")
    choice, tree = in_an_index(method, options), {"top": "abcd"}
    x0, x1 = moved(5, list("abcd"), 20.0)
    for start, end in ((x0 | {"d": np.nan}, x1), (x0, x1 | {"d": np.nan})):
        found = parts_of(built(tree, choice, {"a": 2.0}), start, end, split=split)
        wanted = parts_of(built({"top": "abc"}, choice, {"a": 2.0}), x0, x1, split=split)
        np.testing.assert_allclose(found[list("abc")], wanted[list("abc")], atol=1e-10)
        assert found["d"] == 0
        by_hand = ByHand(tree, (public(method), options), {"a": 2.0})
        rest = by_hand.score(end) - by_hand.score(start) - sum(wanted)
        assert found.get("reweighting", 0.0) == pytest.approx(rest, abs=1e-9)


def test_a_rest_that_the_method_refuses_is_reweighting_too() -> None:
    """With ddof=1 one child alone has no score, so what both periods have cannot be told from what they have not."""
    x0, x1 = moved(7, list("abc"), 20.0)
    method = {"method": "mazziotta_pareto", "ddof": 1}
    found = parts_of(built({"top": "abc"}, method, {}), x0 | {"a": np.nan}, x1 | {"b": np.nan})
    assert found[list("abc")].abs().max() == 0
    assert abs(found["reweighting"]) > 1


def test_nothing_that_both_periods_have_is_reweighting() -> None:
    x0, x1 = moved(6, list("abcd"), 20.0)
    index = built({"top": "abcd"}, "minimum", {})
    found = parts_of(index, x0 | {"a": np.nan, "b": np.nan}, x1 | {"c": np.nan, "d": np.nan})
    assert found[list("abcd")].abs().max() == 0
    assert found["reweighting"] == pytest.approx(min(x1["a"], x1["b"]) - min(x0["c"], x0["d"]))


@pytest.mark.parametrize("aggregate", ["mazziotta_pareto", {"method": "mean_min", "alpha": 0.5, "beta": 1.0}])
@pytest.mark.parametrize("split", ["interaction", "shapley"])
def test_weights_that_vary_by_period_count_in_both_and_have_a_part_of_their_own(aggregate: Any, split: str) -> None:
    index = hi.Index(
        period="year",
        unit="unit",
        normalise="none",
        weigh_on="period",
        groups=[hi.Group("top", aggregate=aggregate, weights="deviation")],
        indicators=[hi.Indicator(code, "top") for code in "abc"],
    )
    rng = np.random.default_rng(3)
    rows = [(unit, year) for unit in "pqr" for year in (2000, 2001, 2002)]
    frame = pd.DataFrame(rows, columns=["unit", "year"]).assign(**{c: rng.uniform(80, 120, 9) for c in "abc"})
    result = index.compute(frame)
    found = result.contributions(split=split)  # type: ignore[arg-type]
    own = hi.aggregate.mazziotta_pareto if aggregate == "mazziotta_pareto" else hi.aggregate.mean_min
    options = {} if isinstance(aggregate, str) else {key: aggregate[key] for key in ("alpha", "beta")}
    for row, (_, year) in enumerate(rows):
        if year == 2000:
            continue
        x0, x1 = (frame.loc[at, list("abc")].to_dict() for at in (row - 1, row))
        shown = [frame.loc[frame["year"] == one, list("abc")] for one in (year - 1, year)]
        hands = [ByHand({"top": "abc"}, (own, options), hi.weights.deviation(some).to_dict()) for some in shown]
        parts = [hand.parts(x0, x1) for hand in hands]
        wanted = {c: (parts[0][c] + parts[1][c]) / 2 for c in "abc"}
        rest = hands[1].score(x1) - hands[0].score(x0) - sum(wanted.values())
        if split == "interaction":
            wanted = {c: hands[0].score(x0 | {c: x1[c]}) - hands[0].score(x0) for c in "abc"}
            rest = hands[1].score(x1) - hands[0].score(x1)
        np.testing.assert_allclose(found.iloc[row][list("abc")].to_numpy(float), list(wanted.values()), atol=1e-9)
        assert found["reweighting"].iloc[row] == pytest.approx(rest, abs=1e-9)
        assert abs(rest) > 1e-3


def cancelling(aggregate: Any, **choices: Any) -> tuple[hi.Index, pd.DataFrame]:
    """Return an index and a table in which a and b cancel, and c moves, from each quarter to the next."""
    index = hi.Index(
        period="quarter",
        normalise="none",
        groups=[hi.Group("all", aggregate=aggregate), hi.Group("left", "all"), hi.Group("right", "all")],
        indicators=[hi.Indicator(c, "left" if c in "ab" else "right") for c in "abcd"],
        **choices,
    )
    n = 8
    swing = np.where(np.arange(n) % 2, 9.0, 0.0)
    frame = pd.DataFrame(
        {"quarter": quarters(n), "a": 100 + swing, "b": 100 - swing * (1 - 1e-7), "c": 90.0, "d": 90.0}
    )
    frame["c"] += np.arange(n)
    return index, frame


@pytest.mark.parametrize("series", ["fixed", "ratio"])
@pytest.mark.parametrize("split", ["interaction", "shapley"])
@pytest.mark.parametrize("lag", [1, 3])
def test_series_of_every_course_split_cancelling_parts_by_their_limit(series: str, split: str, lag: int) -> None:
    index, frame = cancelling("mazziotta_pareto", series=series, base="2001Q1")
    result = index.compute(frame)
    found = result.contributions(depth="indicators", split=split, lag=lag).iloc[lag:]  # type: ignore[arg-type]
    np.testing.assert_allclose(found.sum(axis=1), result.series()["all"].diff(lag).iloc[lag:], atol=1e-9)
    np.testing.assert_allclose(found["a"], -found["b"], rtol=1e-4)
    assert (np.sign(found["a"]) == np.sign(frame["a"].diff(lag).iloc[lag:].to_numpy())).all()
    assert found["a"].abs().min() > 1
    share = result.contributions(depth="indicators", split=split, lag=lag, share=True).iloc[lag:]  # type: ignore[arg-type]
    np.testing.assert_allclose(share["a"] / share["c"], found["a"] / found["c"], rtol=1e-9)


def test_linked_contents_split_cancelling_parts_by_their_limit() -> None:
    index, frame = cancelling("mazziotta_pareto", base="2001Q1")
    index = index.replace({"d.start": "2001Q4"})
    found = index.compute(frame).contributions(depth="indicators", split="shapley").iloc[1:]
    np.testing.assert_allclose(found["a"], -found["b"], rtol=1e-4)
    assert found["a"].abs().min() > 1


def test_revisions_split_cancelling_parts_by_their_limit() -> None:
    index, frame = cancelling("mazziotta_pareto")
    fitted = index.fit(frame)
    late = frame.copy()
    late.loc[3, "a"] += 5.0
    late.loc[3, "b"] -= 5.0 - 1e-9
    found = hi.revisions(fitted.score(frame), fitted.score(late)).by_indicator.iloc[0]
    assert found["a"] > 1
    assert found["a"] == pytest.approx(-found["b"], rel=1e-6)


@hi.aggregating(laws="MHB")
def passed(x, w):  # type: ignore[no-untyped-def]
    """Weight of what is at least 100: it jumps."""
    return 100 + (w * (x >= 100.0)).sum(axis=-1)


@pytest.mark.parametrize("sign", [1, -1])
def test_at_the_end_of_what_a_method_takes_the_slope_is_that_to_one_side(sign: int) -> None:
    def bounded(x, w):  # type: ignore[no-untyped-def]
        if (sign * x < 0).any():
            raise hi.DataError("beyond 0")
        return (w * np.abs(x) * (1 + np.abs(x))).sum(axis=-1)

    tree = {"top": "gh", "g": "ab", "h": "cd"}
    index = built(tree, {"top": bounded, "g": "arithmetic", "h": "arithmetic"}, {})
    found = parts_of(
        index,
        {"a": 0.0, "b": 0.0, "c": sign, "d": sign},
        {"a": 4.0, "b": -4.0, "c": sign, "d": sign},
        split="interaction",
    )
    assert found["a"] == pytest.approx(sign * 1.0, rel=1e-3)
    assert found["b"] == pytest.approx(-sign * 1.0, rel=1e-3)


@pytest.mark.parametrize("split", ["interaction", "shapley"])
@pytest.mark.parametrize("gap", [-1e-2, 1e-3, 1e-5, 1e-8])
def test_a_method_that_jumps_has_no_parts_below_and_says_so(split: str, gap: float) -> None:
    tree = {"top": "gh", "g": "ab", "h": "cd"}
    index = built(tree, {"top": passed, "g": "arithmetic", "h": "arithmetic"}, {})
    start = 100 - gap / 4
    x0 = {"a": start, "b": start, "c": 99.0, "d": 102.0}
    result = index.compute(two_years(x0, {"a": start + 9, "b": start - 9 + gap, "c": 99.0, "d": 102.0}))
    with journal() as lines:
        found = result.contributions(depth="indicators", split=split).iloc[1]  # type: ignore[arg-type]
    assert found["interaction"] == np.sign(gap) * 0.5
    assert found[list("abcd")].abs().max() == 0
    (said,) = [line.why for line in lines if line.step == "contributions"]
    assert said.startswith("passed jumps where the parts of a sub-group nearly cancel: in 1 change")


@every("aggregate", having=lambda method, options: bool(declared(method, "set_wise", options)))
@pytest.mark.parametrize("split", ["interaction", "shapley"])
@pytest.mark.parametrize("scope", ["all", "period"])
def test_methods_that_compare_rows_have_bounded_parts_that_sum(
    method: Any, options: Any, split: str, scope: str
) -> None:
    if method.name == "cocoso":
        pytest.skip("divided by the least sum of any row, its scores have no bound near a row that is worst in all")
    rng = np.random.default_rng(8)
    rows = [(unit, year) for unit in "pqrs" for year in (2001, 2002)]
    frame = pd.DataFrame(rows, columns=["unit", "year"]).assign(**{c: rng.uniform(80, 120, 8) for c in "abcd"})
    frame["e"] = np.nan
    given = {**options, **({"reference": 100.0} if method.name == "adjusted_mazziotta_pareto" else {})}
    index = hi.Index(
        unit="unit",
        period="year",
        normalise="none",
        coverage=0.5,
        groups=[hi.Group("top", aggregate=in_an_index(method, given), scope=scope), hi.Group("g", "top")],
        indicators=[hi.Indicator(c, "g" if c in "ab" else "top") for c in "abcd"],
    )
    found = []
    for gap in (1e-1, 1e-3, 1e-6, 1e-9, 0.0):
        frame.loc[1, ["a", "b"]] = frame.loc[0, ["a", "b"]].to_numpy() + np.array([9.0, gap - 9.0])
        result = index.compute(frame)
        parts = result.contributions(depth="indicators", split=split)  # type: ignore[arg-type]
        change = result.scores["top"].diff()[1::2]
        np.testing.assert_allclose(
            parts[1::2].sum(axis=1), change, atol=1e-9 * max(1.0, result.scores["top"].abs().max())
        )
        found.append(parts.iloc[1][["a", "b"]].to_numpy(float))
    size = result.scores["top"].abs().max()
    assert np.abs(found).max() <= 10 * size
    smooth = not np.allclose(found[-1], 0)
    if smooth:
        np.testing.assert_allclose(found[2], found[-1], atol=1e-4 * size)
        np.testing.assert_allclose(found[3], found[-1], atol=1e-5 * size)


def test_a_small_change_of_a_high_level_has_no_column_for_rounding() -> None:
    for aggregate in ("minimum", "mazziotta_pareto", "arithmetic", "geometric"):
        index = built({"top": "abc"}, aggregate, {"a": 2.0, "b": 3.0})
        x0 = {"a": 1e9 + 0.1, "b": 1e9 + 0.3, "c": 1e9 + 0.7}
        found = parts_of(index, x0, {name: value + 1e-3 for name, value in x0.items()})
        assert set(found.index) <= {"a", "b", "c"}
        result = index.compute(two_years(x0, {name: value + 1e-3 for name, value in x0.items()}))
        assert found.sum() == pytest.approx(result.scores["top"].diff().iloc[1], rel=1e-12)


def test_the_rounding_of_a_sum_is_shared_out() -> None:
    """To the last bits: parts that are added up in another order than the change was."""
    result = two_levels(aggregate="geometric").compute(table(40, 3))
    level, parts = result.series()["all"], result.contributions(depth="indicators")
    assert (np.abs(parts.sum(axis=1) - level.diff())[1:] <= 4 * np.spacing(parts.abs().sum(axis=1)[1:])).all()
