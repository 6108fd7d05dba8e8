"""Indexes side by side, and an index without each of its parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from support.countries import countries, index
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index._robustness.alternatives import alternatives


def test_identical_indexes_do_not_differ() -> None:
    found = hi.compare({"one": index(), "two": index()}, countries())
    assert (found.shifts == 0).all(axis=None)
    assert found.mean_shift.tolist() == [0]
    for how in ("spearman", "kendall", "pearson"):
        np.testing.assert_allclose(found.correlations(how=how), 1)  # type: ignore[arg-type]


def test_correlations_and_shifts_are_those_of_their_definitions() -> None:
    found = hi.compare({"one": index(), "two": index(aggregate="geometric", normalise="rank")}, countries())
    a, b = found.scores.to_numpy().T
    n = len(a)
    concordant = sum((a[i] - a[j]) * (b[i] - b[j]) > 0 for i in range(n) for j in range(i))
    assert found.correlations(how="kendall").iloc[0, 1] == pytest.approx(4 * concordant / (n * (n - 1)) - 1)
    assert found.correlations().iloc[0, 1] == pytest.approx(stats.spearmanr(a, b).statistic)
    ranks = [[1 + sum(x > y for x in column) for y in column] for column in (a, b)]
    assert found.ranks.to_numpy().T.tolist() == ranks
    assert found.shifts["two"].tolist() == [q - p for p, q in zip(*ranks, strict=True)]
    shift = found.shifts["two"].abs().mean()
    correlation = stats.spearmanr(a, b).statistic
    assert found.summary() == (
        f"Ranks move by {shift:.2f} places on average under two; the rank correlation with 'one' is {correlation:.3f}."
    )


def test_the_summary_names_what_moves_ranks_most_and_least() -> None:
    found = hi.remove_one(index(), countries())
    most, least = found.mean_shift.idxmax(), found.mean_shift.idxmin()
    assert f"most without {most} (by {found.mean_shift.max():.2f} places on average)" in found.summary()
    assert f"least without {least} ({found.mean_shift.min():.2f})" in found.summary()
    assert f"correlation with 'nominal' is {found.correlations()['nominal'].min():.3f}" in found.summary()
    alone = hi.compare({"one": index()}, countries())
    assert alone.summary() == "There is nothing to compare."


@pytest.mark.parametrize("aggregate", ["arithmetic", "geometric", "median", {"method": "power", "p": -1}])
@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("missing", ["reweight", "propagate"])
def test_leaving_out_is_replacing_by_nothing(aggregate: object, gaps: bool, missing: str) -> None:
    frame = countries(gaps=gaps)
    one = index(aggregate=aggregate, coverage=0.6, missing=missing).replace({"left.weights": {"a": 3, "b": 1}})
    for level, parts in (("indicator", "abcd"), ("group", ["left", "right"])):
        found = hi.remove_one(one, frame, level=level)  # type: ignore[arg-type]
        assert found.scores.columns.tolist() == ["nominal", *parts]
        np.testing.assert_allclose(found.scores["nominal"], one.compute(frame).scores["all"], rtol=1e-12)
        for part in parts:
            alone = one.replace({part: None}).compute(frame).scores["all"]
            np.testing.assert_allclose(found.scores[part], alone, rtol=1e-12)


@pytest.mark.parametrize(
    ("aggregate", "whole"),
    [
        ({"method": "topsis", "direction": {"a": -1, "b": hi.Between(4, 6)}}, False),
        ({"method": "topsis", "direction": {"a": -1, "b": hi.Between(4, 6)}}, True),
        ({"method": "topsis", "direction": [-1, 1, hi.Target(5), 1]}, False),
        ({"method": "grey_relational", "reference": [9, 8, 7, 6]}, False),
        (
            {"method": "promethee", "preference": "linear", "q": {"a": 1, "b": 0.5}, "p": dict.fromkeys("abcd", 3)},
            False,
        ),
        ({"method": "waspas", "direction": {"d": -1}}, True),
    ],
)
def test_an_option_by_column_goes_with_its_column(aggregate: dict[str, Any], whole: bool) -> None:
    """Also where a group gives it in the order of its columns, or the whole index by their names."""
    frame = pd.DataFrame(np.random.default_rng(8).uniform(1, 9, (7, 4)), columns=list("abcd")).assign(
        who=list("tuvwxyz")
    )
    own, common = (None, aggregate) if whole else (aggregate, "arithmetic")
    one = hi.Index(
        unit="who",
        normalise="none",
        aggregate=common,
        groups=[hi.Group("all", aggregate=own)],
        indicators=[hi.Indicator(code, "all") for code in "abcd"],
    )
    found = hi.remove_one(one, frame)
    for code in "abcd":
        alone = one.replace({code: None}).compute(frame).scores["all"]
        np.testing.assert_allclose(found.scores[code], alone, rtol=1e-12)


def test_leaving_out_what_weighs_nothing_changes_nothing() -> None:
    one = index().replace({"left.weights": {"a": 1, "b": 0}})
    found = hi.remove_one(one, countries())
    np.testing.assert_allclose(found.scores["b"], found.scores["nominal"], rtol=1e-12)
    assert found.mean_shift["b"] == 0


def test_the_last_part_cannot_be_left_out() -> None:
    one = hi.Index(
        unit="who", groups=[hi.Group("all")], indicators=[hi.Indicator("a", "all"), hi.Indicator("b", "all")]
    )
    assert hi.remove_one(one.replace({"b": None}), countries()).scores.columns.tolist() == ["nominal"]
    assert hi.remove_one(one, countries(), level="group").scores.columns.tolist() == ["nominal"]


def test_words_are_checked() -> None:
    with pytest.raises(hi.SpecError, match="level: no 'indicators'; did you mean 'indicator'"):
        hi.remove_one(index(), countries(), level="indicators")  # type: ignore[arg-type]
    with pytest.raises(hi.SpecError, match="indexes: a mapping of name -> Index"):
        hi.compare([index()], countries())  # type: ignore[arg-type]
    with pytest.raises(hi.DataError, match=r"two: .*column 'a' is missing"):
        hi.compare({"two": index()}, countries().drop(columns="a"))
    with pytest.raises(hi.SpecError, match="how: no 'tau'"):
        hi.compare({"one": index(), "two": index()}, countries()).correlations(how="tau")  # type: ignore[arg-type]


def test_the_index_that_alternatives_are_of_is_named_in_the_language_told() -> None:
    index = two_levels().replace({"doubts": {"aggregate": ["arithmetic", "geometric"]}})
    said = hi.compare(alternatives(index), table()).summary(lang="zh")
    assert "原方案" in said
    assert "as it is" not in said
