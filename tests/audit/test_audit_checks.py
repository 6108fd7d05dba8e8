"""Each check alone: an index with nothing to find, one in which only it finds something, thresholds that turn it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.audited import blocks, crossed, index_of, set_pairs, sound, table_of

import hengdian_index as hi
from hengdian_index._audit.audit import CHECKS
from hengdian_index._words.catalogue import LANGUAGES, words

PHRASES = {lang: words(lang, "audit") for lang in LANGUAGES}

Case = tuple[hi.Index, pd.DataFrame, dict[str, float]]

# Under these every check finds something in the sound index.
STRICT: dict[str, dict[str, float]] = {
    "coverage_of_units": {"coverage_of_units": 1.1},
    "coverage_of_indicators": {"coverage_of_indicators": 1.1},
    "constant": {"distinct": 61},
    "zeros": {"zeros": -0.1},
    "year_to_date": {"year_to_date": -0.1},
    "outliers": {"skew": -1, "kurtosis": -3},
    "scale_effects": {"scale_effects": -0.1},
    "redundant": {"redundant": 0.6},
    "negative": {"negative": 0.75},
    "against_parent": {"against_parent": 0.95},
    "not_heard": {"not_heard": 0.95},
    "dominated": {"dominated": 0.9},
    "counted_twice": {"counted_twice": 0.4},
    "misplaced": {"misplaced": -0.5},
    "alpha": {"alpha": 0.9},
    "kmo": {"kmo": 0.8},
    "bartlett": {"bartlett": -0.1},
    "first_component": {"first_component": 0.9},
    "second_component": {"second_component": 0.25},
    "effective_weights": {"effective_weights": 1.001},
    "one_out": {"one_out": 0},
    "rank_interval": {"rank_interval": 0},
    "other_mean": {"other_mean": 0},
}


# For indicators that hardly go together.
LOOSE = {"one_out": 1.0, "alpha": -1.0, "bartlett": 1.0, "rank_interval": 1.0, "other_mean": 1.0}


def one_value(**cells: Any) -> Case:
    """Return the sound index with some columns changed: a function of the column each."""
    index, table = sound()
    return index, table.assign(**{name: change(table[name]) for name, change in cells.items()}), {}


def gaps_of_a_unit() -> Case:
    index, table = sound()
    return index, table.assign(**{c: table[c].where(table.index != 7) for c in ("x1", "x2", "y1")}), {}


def gaps_of_an_indicator() -> Case:
    return one_value(x1=lambda x: x.where(np.arange(60) % 5 > 1))


def constant() -> Case:
    index, table, _ = one_value(x1=lambda x: 0 * x + 5)
    return index, table, {"dominated": 0.95}


def zeros() -> Case:
    return one_value(x1=lambda x: (x - x.quantile(0.55)).clip(lower=0))


def outlier() -> Case:
    index, table = sound()
    best = table[["x1", "x2", "x3"]].mean(axis=1).idxmax()
    return index, table.assign(x1=table["x1"].where(table.index != best, 36.0)), {}


def scale_effect() -> Case:
    index, table = sound()
    return index, table.assign(people=table["x1"] + 0.4 * (table["people"] - 20)), {}


def redundant() -> Case:
    table = table_of(set_pairs(blocks(), {(0, 1): 0.96, (0, 2): 0.75, (1, 2): 0.75}))
    return index_of(table), table, {}


def negative() -> Case:
    # Two columns of which one falls where the other rises make a second eigenvalue of 1 or more.
    table = table_of(set_pairs(blocks(across=0.4), {(0, 1): -0.02, (0, 2): 0.6, (1, 2): 0.6}))
    return index_of(table), table, {"second_component": 1.1, "kmo": 0, "alpha": 0.5, "dominated": 1}


def against_parent() -> Case:
    # What runs against its group runs against a part of it, and the group holds together less.
    pairs = {(0, 1): -0.6, (0, 2): -0.6, **{(0, j): -0.4 for j in (3, 4, 5)}}
    table = table_of(set_pairs(blocks(), pairs))
    lenient = {"negative": -1, "alpha": -9, "kmo": 0, "dominated": 1, "misplaced": 1}
    return index_of(table, {"x1": 0.5}), table, lenient


def not_heard() -> Case:
    table = table_of(set_pairs(blocks(), {(0, 1): 0.1, (0, 2): 0.1, **{(0, j): 0.05 for j in (3, 4, 5)}}))
    return index_of(table, {"x1": 0.1}), table, {"alpha": 0.5, "kmo": 0.4, "dominated": 1, "effective_weights": 99}


def dominated() -> Case:
    index, table = sound()
    wide = table.assign(x1=60 + 4 * (table["x1"] - 20), x2=table["x2"] + 40, x3=table["x3"] + 40)
    wide = wide.assign(**{c: 60 + 2.5 * (wide[c] - 20) for c in ("y1", "y2", "y3")})
    return index.replace({"normalise": "none"}), wide, {}


def counted_twice() -> Case:
    table = table_of(set_pairs(blocks(inside=(0.75, 0.75), across=0.7), {(0, 3): 0.95}))
    return index_of(table), table, {"dominated": 0.94}


def misplaced() -> Case:
    pairs = {(0, 1): 0.5, (0, 2): 0.5, (1, 2): 0.8, (0, 3): 0.75, (0, 4): 0.75, (0, 5): 0.75}
    table = table_of(set_pairs(blocks(), pairs))
    return index_of(table), table, {"kmo": 0.5, "dominated": 0.95}


def low_alpha() -> Case:
    table = table_of(blocks(across=0.3))
    return index_of(table), table, {"rank_interval": 1.0}


def low_kmo() -> Case:
    table = table_of(set_pairs(blocks(), {(0, 1): 0.85, (0, 2): 0.35, (1, 2): 0.6}))
    return index_of(table), table, {"dominated": 0.95}


def few_rows() -> Case:
    # As few as are judged at all.
    table = table_of(blocks(inside=(0.5, 0.7)), n=10)
    places = {"one_out": 1.0, "rank_interval": 1.0, "other_mean": 1.0}
    return index_of(table), table, {**places, "kmo": 0.0, "alpha": 0.5, "dominated": 0.95}


def many_things() -> Case:
    table = table_of(blocks((8, 3), (0.25, 0.7), 0.3), (8, 3))
    return index_of(table), table, {"dominated": 0.95, "rank_interval": 1}


def in_quarters() -> Case:
    """Return the sound index of five units over twelve quarters each, in which only years are looked at."""
    table = sound()[1]
    when = [f"{2001 + i % 12 // 4}Q{i % 4 + 1}" for i in range(60)]
    whole = table.assign(who=[f"u{i // 12}" for i in range(60)], when=when)
    others = [(name, limit) for name, one in CHECKS.items() for limit in one.thresholds if name != "year_to_date"]
    return index_of(whole, period="when"), whole, {limit: _loosest(name, limit) for name, limit in others}


def to_date() -> Case:
    index, table, loose = in_quarters()
    sums = table.groupby(["who", table["when"].str[:4]])["x1"].cumsum()
    return index, table.assign(x1=sums), loose


def two_things() -> Case:
    r = blocks((6, 3), (0.2, 0.7), 0.42)
    halves = {(i, j): 0.8 for i in range(6) for j in range(i) if (i < 3) == (j < 3)}
    table = table_of(set_pairs(r, halves), (6, 3))
    return index_of(table), table, {"dominated": 0.93}


def small_weight() -> Case:
    table = sound()[1]
    return index_of(table, {"x1": 0.2}), table, {"dominated": 0.95}


def one_alone() -> Case:
    table = table_of(blocks((3, 1), (0.7, 0.7), 0.5), (3, 1))
    return index_of(table), table, {}


def near_ranks() -> Case:
    table = table_of(blocks((1, 1), across=0.1), (1, 1))
    return index_of(table), table, {**LOOSE, "rank_interval": 0.25}


def one_uneven() -> Case:
    table = table_of(blocks((1, 1), across=0.2), (1, 1))
    uneven = table.assign(x1=table["x1"].rank() ** 5, y1=table["y1"].rank())
    return index_of(uneven), uneven, {**LOOSE, "other_mean": 0.1}


CASES: dict[str, Any] = {
    "coverage_of_units": gaps_of_a_unit,
    "coverage_of_indicators": gaps_of_an_indicator,
    "constant": constant,
    "zeros": zeros,
    "year_to_date": to_date,
    "outliers": outlier,
    "scale_effects": scale_effect,
    "redundant": redundant,
    "negative": negative,
    "against_parent": against_parent,
    "not_heard": not_heard,
    "dominated": dominated,
    "counted_twice": counted_twice,
    "misplaced": misplaced,
    "alpha": low_alpha,
    "kmo": low_kmo,
    "bartlett": few_rows,
    "first_component": many_things,
    "second_component": two_things,
    "effective_weights": small_weight,
    "one_out": one_alone,
    "rank_interval": near_ranks,
    "other_mean": one_uneven,
}


# Those that have been published, in the sources that the checks name, and those of our own.
PUBLISHED = {"coverage_of_units": 0.65, "coverage_of_indicators": 0.65, "zeros": 0.5, "skew": 2, "kurtosis": 3.5}
PUBLISHED |= {"scale_effects": 0.6, "redundant": 0.92, "counted_twice": 0.92, "dominated": 0.92, "not_heard": 0.3}
PUBLISHED |= {"alpha": 0.7, "kmo": 0.6, "bartlett": 0.05, "second_component": 1}
OWN = {"distinct": 2, "negative": 0, "against_parent": 0, "misplaced": 0, "first_component": 0.5}
OWN |= {"year_to_date": 0.95, "effective_weights": 2, "one_out": 0.1, "rank_interval": 0.25, "other_mean": 0.1}


def test_thresholds() -> None:
    assert hi.audit(*sound(), draws=8).thresholds == {**PUBLISHED, **OWN}


def test_every_check_has_a_case() -> None:
    assert set(CASES) == set(STRICT) == set(CHECKS)


def test_the_sound_index_has_nothing_to_find() -> None:
    audit = hi.audit(*sound(), sizes=["people"], draws=64)
    assert audit.verdicts["year_to_date"] == "not applicable"
    assert set(audit.verdicts.drop("year_to_date")) == {"pass"}
    assert list(audit.verdicts.index) == audit.findings["check"].tolist() == list(CHECKS)


@pytest.mark.parametrize("name", CASES)
def test_only_this_check_finds_something(name: str) -> None:
    index, table, lenient = CASES[name]()
    audit = hi.audit(index, table, sizes=["people"], draws=128, **lenient)
    assert crossed(audit) == {name}
    assert audit.verdicts[name] == CHECKS[name].crossed
    own = audit.findings[audit.findings["check"] == name]
    remedies = {"alpha": PHRASES["en"]["pair"]}
    assert set(own.loc[own["verdict"] == CHECKS[name].crossed, "remedy"]) == {remedies.get(name, CHECKS[name].remedy)}
    assert (own["source"] == CHECKS[name].source).all()


@pytest.mark.parametrize("name", STRICT)
def test_a_stricter_threshold_turns_the_verdict(name: str) -> None:
    index, table, loose = in_quarters() if name == "year_to_date" else (*sound(), {})
    audit = hi.audit(index, table, sizes=["people"], draws=64, **{**loose, **STRICT[name]})
    assert crossed(audit) == {name}
    assert audit.passed == (CHECKS[name].crossed == "look")
    for limit in STRICT[name].values():
        assert f"{limit:g}" in audit.findings.query("check == @name")["threshold"].iloc[0]


@pytest.mark.parametrize("name", CASES)
def test_a_looser_threshold_turns_it_back(name: str) -> None:
    index, table, lenient = CASES[name]()
    loose = {limit: _loosest(name, limit) for limit in CHECKS[name].thresholds}
    audit = hi.audit(index, table, sizes=["people"], draws=64, **{**lenient, **loose})
    assert audit.verdicts[name] == "pass"
    assert crossed(audit) == set()


def _loosest(name: str, limit: str) -> float:
    """Return a threshold that nothing crosses: beyond the strict one, on the other side of the default."""
    strict, default = STRICT[name][limit], CHECKS[name].thresholds[limit]
    return -99.0 if strict > default else 99.0


@pytest.mark.parametrize("name", [name for name in STRICT if name != "dominated"])
def test_a_value_at_its_threshold_passes_and_one_beyond_does_not(name: str) -> None:
    index, table, loose = in_quarters() if name == "year_to_date" else (*sound(), {})
    limit, *others = STRICT[name]
    beside = {**loose, **{other: STRICT[name][other] for other in others}}
    given = {"sizes": ["people"], "draws": 64, **beside}
    start = {limit: STRICT[name][limit]}
    gravest = max(line.excess for line in hi.audit(index, table, **given, **start).every if line.check == name)
    up = STRICT[name][limit] > CHECKS[name].thresholds[limit]
    edge = STRICT[name][limit] + (-gravest if up else gravest)
    for step, verdict in ((0.0, "pass"), (1e-6, CHECKS[name].crossed)):
        audit = hi.audit(index, table, **given, **{limit: edge + (step if up else -step)})
        assert audit.verdicts[name] == verdict


@pytest.mark.parametrize(
    ("check", "there", "verdict"),
    [("indicators", 39, "pass"), ("indicators", 38, "fail"), ("units", 13, "pass"), ("units", 12, "fail")],
)
def test_sixty_five_per_cent_are_enough(check: str, there: int, verdict: str) -> None:
    index, table = sound()
    if check == "indicators":
        table = table.assign(x1=table["x1"].where(table.index < there))
    else:
        table = table_of(blocks((10, 10)), (10, 10))
        index = index_of(table)
        table.loc[5, [c for c in table if c[0] in "xy"][there:]] = np.nan
    assert hi.audit(index, table, draws=8).verdicts[f"coverage_of_{check}"] == verdict


def test_a_group_at_the_threshold_is_not_dominated() -> None:
    index, table, _ = dominated()
    found = hi.audit(index, table, draws=8).measured.query("check == 'dominated' and part == 'x1'")["value"].item()
    assert found > 0.93
    for step, verdict in ((0.0, "pass"), (1e-6, "look")):
        assert hi.audit(index, table, draws=8, dominated=found - step).verdicts["dominated"] == verdict
    # Heard by several parts, it is dominated by none.
    assert hi.audit(index, table, draws=8, dominated=0.5).verdicts["dominated"] == "pass"


@pytest.mark.parametrize(("g1", "g2", "verdict"), [(0.99, 0.99, "fail"), (1.01, 0.99, "pass"), (0.99, 1.01, "pass")])
def test_outliers_need_both_skewness_and_kurtosis(g1: float, g2: float, verdict: str) -> None:
    from scipy import stats

    index, table = sound()
    x = [1.0, 2.0, 3.0] * 19 + [7.0, 8.0, 9.0]
    limits = {"skew": g1 * stats.skew(x, bias=False), "kurtosis": g2 * stats.kurtosis(x, bias=False)}
    assert hi.audit(index, table.assign(x1=x), draws=8, **limits).verdicts["outliers"] == verdict
