"""Conventions of other programs: each equals a slow loop of the program's own formula on random tables."""

from __future__ import annotations

import math
import tomllib

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._robustness.tools import Convention, tools
from hengdian_index._words.said import Said

SEEDS = range(5)
EVERY = [(name, one) for name, tool in tools().items() for one in tool.CONVENTIONS]


def numbers_of(seed: int, rows: int = 9, columns: int = 3) -> pd.DataFrame:
    """A table of numbers from 0 to 1, with a 0 in one column."""
    x = pd.DataFrame(np.random.default_rng(seed).random((rows, columns)), columns=list("abcdefg")[:columns])
    x.iloc[seed % rows, 0] = 0.0
    return x


def judged(seed: int, n: int = 4) -> list[list[float]]:
    """A reciprocal matrix of judgements from 1/5 to 5, not consistent."""
    draws = np.random.default_rng(seed)
    found = [[1.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1, n):
            value = float(draws.integers(1, 6)) ** float(draws.choice([-1, 1]))
            found[i][j], found[j][i] = value, 1 / value
    return found


def close(found: hi.Reconciliation, loop: list[float]) -> None:
    np.testing.assert_allclose(found.theirs.to_numpy(), loop, rtol=1e-9, atol=1e-12)


# --- slow loops of what the programs say that they compute ---------------------------------------------------------


def entropy_loop(columns: list[list[float]], divisor: float) -> list[float]:
    left = []
    for column in columns:
        total, e = sum(column), 0.0
        for value in column:
            p = value / total
            e -= p * math.log(p) if p > 0 else 0.0
        left.append(1 - e / divisor)
    return [d / sum(left) for d in left]


def moved(column: list[float]) -> list[float]:
    return [value + abs(min(column)) + 0.01 for value in column] if min(column) <= 0 else column


def columns_of(x: pd.DataFrame) -> list[list[float]]:
    return [x[name].tolist() for name in x]


def sum_product(a: list[list[float]]) -> list[float]:
    n = len(a)
    sums = [sum(a[i][j] for i in range(n)) for j in range(n)]
    return [sum(a[i][j] / sums[j] for j in range(n)) / n for i in range(n)]


def ratio(a: list[list[float]], w: list[float], random_index: float) -> float:
    n = len(a)
    largest = sum(sum(a[i][j] * w[j] for j in range(n)) / (n * w[i]) for i in range(n))
    return (largest - n) / (n - 1) / random_index


def powers(a: list[list[float]]) -> list[float]:
    w = [1.0] * len(a)
    for _ in range(500):
        w = [sum(x * y for x, y in zip(row, w, strict=True)) for row in a]
        w = [x / sum(w) for x in w]
    return w


CHINESE = {3: 0.52, 4: 0.89, 5: 1.12, 6: 1.26, 7: 1.36}
SAATY = {3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32}


@pytest.mark.parametrize("seed", SEEDS)
def test_spssau_entropy_is_the_formula_after_its_shift(seed: int) -> None:
    x = numbers_of(seed)
    x["b"] -= 0.5
    x["b"] = x["b"].abs()
    found = hi.compare_with("SPSSAU", "熵值法", x)
    close(found, entropy_loop([moved(column) for column in columns_of(x)], math.log(len(x))))
    assert found.difference > 0
    assert not found.agrees


@pytest.mark.parametrize("n", [3, 4, 5, 6, 7])
@pytest.mark.parametrize("seed", SEEDS)
def test_spssau_and_excel_ahp_are_means_of_normalised_columns(seed: int, n: int) -> None:
    a = judged(seed, n)
    w = sum_product(a)
    close(hi.compare_with("spssau", "ahp", a), [*w, ratio(a, w, CHINESE[n])])
    close(hi.compare_with("excel", "层次分析法", a), [*w, ratio(a, w, SAATY[n])])


@pytest.mark.parametrize("n", [3, 4, 6])
@pytest.mark.parametrize("seed", SEEDS)
def test_yaahp_is_the_eigenvector_with_other_random_indexes(seed: int, n: int) -> None:
    a, b = judged(seed, n), judged(seed + 50, n)
    w = powers(a)
    found = hi.compare_with("yaahp", "ahp", a)
    close(found, [*w, ratio(a, w, CHINESE[n])])
    assert [one.address for one in found.departures] == (["random_index"] if n != 5 else [])
    both = [math.sqrt(x * y) for x, y in zip(w, powers(b), strict=True)]
    close_to = hi.compare_with("yaahp", "ahp", [a, b], inconsistent="note").theirs.to_numpy()[:n]
    np.testing.assert_allclose(close_to, [x / sum(both) for x in both], rtol=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_spssau_critic_takes_the_deviations_as_they_are(seed: int) -> None:
    x = numbers_of(seed) * [1, 20, 300]
    columns = columns_of(x)

    def mean(v: list[float]) -> float:
        return sum(v) / len(v)

    def product(u: list[float], v: list[float]) -> float:
        return sum((a - mean(u)) * (b - mean(v)) for a, b in zip(u, v, strict=True))

    s = [math.sqrt(product(v, v) / (len(v) - 1)) for v in columns]
    conflict = [sum(1 - product(u, v) / math.sqrt(product(u, u) * product(v, v)) for v in columns) for u in columns]
    c = [a * b for a, b in zip(s, conflict, strict=True)]
    close(hi.compare_with("spssau", "critic", x), [one / sum(c) for one in c])
    scores = hi.normalise.min_max(x)
    assert hi.compare_with("spssau", "critic", scores).agrees


@pytest.mark.parametrize("seed", SEEDS)
def test_spssau_independence_and_variation_are_those_here(seed: int) -> None:
    x = numbers_of(seed)
    r = []
    for name in x:
        others = np.column_stack([np.ones(len(x)), x.drop(columns=name)])
        fitted = others @ np.linalg.lstsq(others, x[name].to_numpy(), rcond=None)[0]
        r.append(1 / float(np.corrcoef(fitted, x[name])[0, 1]))
    found = hi.compare_with("spssau", "独立性权重法", x)
    np.testing.assert_allclose(found.theirs.to_numpy(), np.array(r) / sum(r), rtol=1e-8)
    spread = (x.std() / x.mean()).to_numpy()
    varied = hi.compare_with("spssau", "variation", x)
    close(varied, list(spread / spread.sum()))
    assert (found.departures, varied.agrees) == ((), True)
    assert varied.summary() == "SPSSAU computes weights.variation as it is computed here."
    assert "与本库相同" in varied.summary(lang="zh")


@pytest.mark.parametrize("seed", SEEDS)
def test_spssau_topsis_does_not_normalise(seed: int) -> None:
    x, w = numbers_of(seed), [0.5, 0.3, 0.2]
    best, worst = x.max().tolist(), x.min().tolist()
    closeness = []
    for row in x.to_numpy().tolist():
        far = math.sqrt(sum((u * (b - v)) ** 2 for u, b, v in zip(w, best, row, strict=True)))
        near = math.sqrt(sum((u * (b - v)) ** 2 for u, b, v in zip(w, worst, row, strict=True)))
        closeness.append(near / (far + near))
    close(hi.compare_with("spssau", "topsis", x, w=w), closeness)


@pytest.mark.parametrize("seed", SEEDS)
def test_spssau_coupling_is_that_of_columns_from_1_to_99_hundredths(seed: int) -> None:
    u, shares = numbers_of(seed), [0.2, 0.3, 0.5]
    lows, highs = u.min().tolist(), u.max().tolist()
    loop = []
    for row in u.to_numpy().tolist():
        scaled = [0.01 + 0.98 * (v - low) / (high - low) for v, low, high in zip(row, lows, highs, strict=True)]
        c = math.prod(scaled) ** (1 / 3) / (sum(scaled) / 3)
        t = sum(a * b for a, b in zip(shares, scaled, strict=True))
        loop += [c, t, math.sqrt(c * t)]
    close(hi.compare_with("spssau", "耦合协调度", u, shares=shares), loop)


@pytest.mark.parametrize("seed", SEEDS)
def test_excel_entropy_adds_a_ten_thousandth(seed: int) -> None:
    x = numbers_of(seed)
    shifted = [[value + 0.0001 for value in column] for column in columns_of(x)]
    close(hi.compare_with("excel", "熵权法", x), entropy_loop(shifted, math.log(len(x))))


@pytest.mark.parametrize("seed", SEEDS)
def test_excel_deviations_maxima_and_blanks(seed: int) -> None:
    x = numbers_of(seed)
    n = len(x)
    means = [sum(column) / n for column in columns_of(x)]
    s = [math.sqrt(sum((v - m) ** 2 for v in c) / n) for c, m in zip(columns_of(x), means, strict=True)]
    rows = x.to_numpy().tolist()
    close(
        hi.compare_with("excel", "z_score", x),
        [(v - m) / d for row in rows for v, m, d in zip(row, means, s, strict=True)],
    )
    largest = [max(column) for column in columns_of(x)]
    ratios = [v / top for row in rows for v, top in zip(row, largest, strict=True)]
    close(hi.compare_with("excel", "relative", x, scale=1), ratios)
    gaps, w = x.mask(x < 0.3), [1.0, 2.0, 1.0]
    blanks = [sum(0 if v < 0.3 else v * u for v, u in zip(row, w, strict=True)) / 4 for row in rows]
    close(hi.compare_with("excel", "arithmetic", gaps, w=w, coverage=0), blanks)


@pytest.mark.parametrize("seed", SEEDS)
def test_stata_divides_by_the_logarithm_of_the_years(seed: int) -> None:
    places = pd.MultiIndex.from_product([["甲", "乙", "丙"], [2021, 2022, 2023]], names=["region", "year"])
    x = numbers_of(seed).set_index(places)
    columns = [
        [(value - min(column)) / (max(column) - min(column)) for value in column] for column in columns_of(x * 7 + 2)
    ]
    left = []
    for column in columns:
        p = [value / sum(column) + 1e-10 for value in column]
        left.append(1 + sum(one * math.log(one) for one in p) / math.log(3))
    found = hi.compare_with("stata", "entropy", x * 7 + 2)
    close(found, [d / sum(left) for d in left])
    line = tomllib.loads(found.line)
    np.testing.assert_allclose(list(line["weights"].values()), found.theirs.to_numpy())
    with pytest.raises(hi.DataError, match="rows labelled by unit and period"):
        hi.compare_with("stata", "entropy", numbers_of(seed))
    with pytest.raises(hi.DataError, match="rows labelled by unit and period"):
        hi.compare_with("stata", "entropy", x.iloc[:-1])


# --- what holds for every convention -------------------------------------------------------------------------------


@pytest.mark.parametrize(("tool", "one"), EVERY, ids=lambda value: getattr(value, "option", value) or "own")
def test_a_convention_says_why_in_both_languages_and_where_from(tool: str, one: Convention) -> None:
    assert one.source.startswith("https://")
    if one.why is None:
        assert (one.option, one.theirs) == ("", None)
    else:
        assert isinstance(one.why, Said)
        assert one.why.told("zh") != one.why
        assert bool(one.option) != bool(one.theirs)


def test_a_tool_is_found_by_being_there() -> None:
    assert list(tools()) == ["excel", "spssau", "stata", "yaahp"]
    assert {tool.NAME for tool in tools().values()} == {"Excel", "SPSSAU", "Stata", "yaahp"}


@pytest.mark.parametrize(
    ("tool", "of", "options"),
    [
        ("spssau", "entropy", {"zeros": "spssau"}),
        ("excel", "z_score", {"ddof": 0}),
        ("spssau", "topsis", {"norm": "none"}),
    ],
)
def test_with_their_option_nothing_departs(tool: str, of: str, options: dict[str, object]) -> None:
    found = hi.compare_with(tool, of, numbers_of(1), **options)
    assert (found.departures, found.difference, found.agrees) == ((), 0.0, True)
    assert "as it is computed here" in str(found)


def test_each_departure_says_how_much_it_moves_alone() -> None:
    a = judged(3)
    found = hi.compare_with("spssau", "ahp", a)
    solver, table_of = found.departures
    eigen, arithmetic = hi.ahp.priorities(a), hi.ahp.priorities(a, method="arithmetic")
    alone = [*(arithmetic.weights - eigen.weights), arithmetic.cr - eigen.cr]
    assert solver.difference == pytest.approx(np.abs(alone).max())
    assert table_of.difference == pytest.approx(eigen.ci / 0.89 - eigen.ci / 0.90)
    assert (solver.ours, solver.theirs) == ("eigenvector", "arithmetic")
    assert "Xu Shubo" in found.reason
    assert "许树柏" in found.summary(lang="zh")


def test_judgements_that_an_index_refuses_are_compared_all_the_same() -> None:
    contrary = [[1, 5, 1 / 5], [1 / 5, 1, 5], [5, 1 / 5, 1]]
    assert hi.compare_with("spssau", "ahp", contrary).ours["CR"] > 0.1


INDEX = hi.Index(
    period="year",
    unit="town",
    normalise={"method": "min_max", "lower": 60, "upper": 100},
    weights="entropy",
    groups=[hi.Group("all", weights="equal"), hi.Group("g", "all"), hi.Group("h", "all")],
    indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g"), hi.Indicator("c", "h"), hi.Indicator("d", "h")],
)


def towns_of(seed: int) -> pd.DataFrame:
    x = numbers_of(seed, 12, 4)
    return x.assign(town=[town for town in "甲乙丙" for _ in range(4)], year=[2020, 2021, 2022, 2023] * 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_index_is_weighed_at_once_by_programs_without_groups(seed: int) -> None:
    data = towns_of(seed)
    found = hi.compare_with("spssau", INDEX, data)
    scores = hi.normalise.min_max(data[list("abcd")])
    w = entropy_loop([moved(column) for column in columns_of(scores)], math.log(12))
    by_hand = 60 + 40 * (scores * w).sum(axis=1)
    np.testing.assert_allclose(found.theirs.to_numpy(), by_hand, rtol=1e-9)
    assert [one.address for one in found.departures] == ["groups", "g.weights.zeros, h.weights.zeros"]
    assert hi.Index.from_toml(found.line) == found.index
    pd.testing.assert_series_equal(found.index.compute(data).scores["all"], found.theirs, check_names=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_index_whose_weights_are_learnt_from_60_to_100(seed: int) -> None:
    data = towns_of(seed)
    found = hi.compare_with("excel", INDEX.replace({"weights": {"method": "entropy", "zeros": "shift"}}), data)
    assert [one.address for one in found.departures] == ["weigh_scale"]
    scores = hi.normalise.min_max(data[list("abcd")], lower=60, upper=100)
    parts = []
    for codes in (["a", "b"], ["c", "d"]):
        shifted = [[value + 0.0001 for value in column] for column in columns_of(scores[codes])]
        parts.append((scores[codes] * entropy_loop(shifted, math.log(12))).sum(axis=1))
    np.testing.assert_allclose(found.theirs.to_numpy(), sum(parts) / 2, rtol=1e-9)
    assert found.line == 'weigh_scale = "score"'


def test_an_index_under_the_snippet_has_fixed_weights() -> None:
    data = towns_of(2)
    found = hi.compare_with("stata", INDEX, data)
    assert [one.address for one in found.departures] == ["groups", "g.weights, h.weights"]
    flat = hi.normalise.min_max(data.set_index(["town", "year"])[list("abcd")])
    w = hi.compare_with("stata", "entropy", flat).theirs
    np.testing.assert_allclose(found.theirs.to_numpy(), 60 + 40 * (flat * w.to_numpy()).sum(axis=1), rtol=1e-9)


def test_weights_of_an_index_are_learnt_from_the_fit_rows() -> None:
    data = towns_of(3)
    index = INDEX.replace({"fit_on": "2020:2022", "weights": "critic", "g.weights": "equal"})
    found = hi.compare_with("spssau", index, data)
    assert found.agrees
    assert [one.address for one in found.departures] == ["h.weights"]


def test_an_index_that_no_convention_touches_is_computed_alike() -> None:
    found = hi.compare_with("yaahp", INDEX, towns_of(1))
    assert (found.departures, found.agrees, found.index) == ((), True, INDEX)


def test_what_is_not_known_is_refused_with_what_is() -> None:
    with pytest.raises(hi.SpecError, match=r"tool: no 'spsau'; did you mean 'spssau'\?; known: .*yaahp"):
        hi.compare_with("spsau", "entropy", numbers_of(1))
    with pytest.raises(hi.SpecError, match=r"yaahp: no convention of 'entropy' is known; known: 'weights.ahp'"):
        hi.compare_with("yaahp", "entropy", numbers_of(1))
    with pytest.raises(hi.SpecError, match="without 'form'; leave them out"):
        hi.compare_with("spssau", "coupling", numbers_of(1), form="wang2021")
    with pytest.raises(hi.SpecError, match="lang"):
        hi.compare_with("excel", "z_score", numbers_of(1)).summary(lang="fr")  # type: ignore[arg-type]


@pytest.mark.parametrize("made_of", ["polars", "pyarrow"])
def test_a_table_of_another_library_has_the_same_answer(made_of: str) -> None:
    library = pytest.importorskip(made_of)
    x = numbers_of(1)
    columns = {name: x[name].tolist() for name in x}
    other = library.DataFrame(columns) if made_of == "polars" else library.table(columns)
    for of in ("entropy", "critic", "topsis", "coupling"):
        same, found = hi.compare_with("spssau", of, x), hi.compare_with("spssau", of, other)
        pd.testing.assert_frame_equal(found.numbers, same.numbers)
        assert found.line == same.line


def test_it_is_shown_as_a_card_and_never_changes() -> None:
    found = hi.compare_with("excel", "z_score", numbers_of(1)["a"])
    assert "STDEV.P" in found._repr_html_()
    assert repr(found).startswith("<Reconciliation with Excel: normalise.z_score, up to 0.")
    with pytest.raises(AttributeError):
        found.tool = "other"  # type: ignore[misc]
