"""Statistics of ranks on a panel are taken where ranks are: within each period."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import hengdian_index as hi
from hengdian_index._robustness.ranks import frequencies, mean_shift, rank_spread

SCIPY = {"spearman": stats.spearmanr, "kendall": stats.kendalltau, "pearson": stats.pearsonr}


def ports(**choices: Any) -> hi.Index:
    return hi.Index(
        unit="port",
        period="year",
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("a", "all"), hi.Indicator("b", "all"), hi.Indicator("c", "all")],
        **choices,
    )


def weighted(**weights: float) -> hi.Index:
    return ports().replace({"all.weights": {"a": 1.0, "b": 1.0, "c": 1.0} | weights})


def port_years(sizes: list[int], seed: int = 0, drift: float = 0.0) -> pd.DataFrame:
    """Return years of so many ports; b falls, a rises by `drift` a year."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"p{i}", 2000 + t, rng.uniform() + drift * t, rng.uniform() - drift * t, rng.uniform())
        for t, n in enumerate(sizes)
        for i in range(n)
    ]
    return pd.DataFrame(rows, columns=["port", "year", "a", "b", "c"])


def slow(scores: pd.DataFrame, how: str) -> float:
    """Return the mean of SciPy's correlations, one period after the other."""
    found = []
    for _, own in scores.groupby(level="year"):
        x, y = own.dropna().to_numpy().T
        if len(x) > 1 and len(set(x)) > 1 and len(set(y)) > 1:
            found.append((len(x), SCIPY[how](x, y).statistic))
    n, r = np.array(found).T
    return float((n * r).sum() / n.sum())


@given(
    sizes=st.lists(st.integers(1, 7), min_size=2, max_size=5).filter(lambda n: max(n) > 2),
    seed=st.integers(0, 999),
    drift=st.sampled_from([0.0, 5.0]),
    how=st.sampled_from(sorted(SCIPY)),
)
def test_correlations_are_the_mean_of_those_within_each_period(
    sizes: list[int], seed: int, drift: float, how: Any
) -> None:
    indexes = {"one": weighted(a=9), "two": weighted(b=9)}
    found = hi.compare(indexes, port_years(sizes, seed, drift))
    assert found.correlations(how).loc["one", "two"] == pytest.approx(slow(found.scores, how), abs=1e-9)
    assert found.correlations(how).loc["two", "one"] == found.correlations(how).loc["one", "two"]


def test_ranks_that_do_not_move_are_correlated_fully_whatever_the_years_do() -> None:
    frame = port_years([4, 4, 4])
    frame["b"] = frame["a"] + 3 * (2001 - frame["year"])
    frame["a"] += 3 * (frame["year"] - 2001)
    found = hi.compare({"one": weighted(a=8, c=0), "two": weighted(b=8, c=0)}, frame)
    assert found.mean_shift.tolist() == [0.0]
    assert found.summary() == (
        "Ranks move by 0.00 places on average under two; the rank correlation with 'one' is 1.000,"
        " the mean of those within each of 3 periods."
    )
    one = hi.compare({"one": weighted(a=8, c=0), "two": weighted(b=8, c=0)}, frame, rows=2001)
    assert one.summary().endswith("is 1.000.")


def test_periods_without_a_correlation_are_left_out_and_told() -> None:
    frame = port_years([5, 1, 5])
    found = hi.compare({"one": weighted(), "two": weighted(a=4)}, frame)
    assert "the mean of those within each of 2 of 3 periods; the others have none." in found.summary()
    lonely = hi.compare({"one": weighted(), "two": weighted(a=4)}, port_years([1, 1]))
    assert lonely.summary().endswith("; no rank correlation with 'one' is defined.")
    assert "within each of 2 of 3 periods" in hi.remove_one(ports(), frame).summary()


def test_sensitivity_of_the_rank_correlation_of_a_panel_is_that_of_its_draws() -> None:
    """The outcome of each run is the mean over periods of SciPy's correlation with the nominal ranks."""
    from hengdian_index._robustness.sensitivity import _measure
    from hengdian_index._robustness.study import Ranked

    factors = {"weights": hi.Noise(0.9), "aggregate": ["arithmetic", "median"]}
    frame = port_years([6, 3, 5], seed=3)
    drawn = hi.uncertainty(ports(), frame, factors, draws=8)
    found = _measure(drawn.study, "rank_correlation")(Ranked(drawn.drawn, None, drawn.drawn_ranks, drawn.kept))
    nominal = pd.Series(drawn.nominal[2], index=drawn.labels)
    for draw, value in enumerate(found):
        both = pd.DataFrame({"nominal": nominal, "draw": drawn.drawn_ranks[draw]})
        assert value == pytest.approx(slow(both, "spearman"))
    whole = hi.sensitivity(ports(), frame, factors, draws=8, of="rank_correlation")
    assert np.isfinite(whole.total).all()


@pytest.mark.parametrize(
    ("factors", "choices"),
    [
        ({"aggregate": ["arithmetic", "geometric"]}, {"normalise": "z_score"}),
        ({"units": hi.Bootstrap()}, {"fit_on": 2000}),
    ],
)
def test_sensitivity_names_no_argument_that_it_has_not(factors: dict[str, Any], choices: dict[str, Any]) -> None:
    with pytest.raises((hi.SpecError, hi.DataError)) as error:
        hi.sensitivity(ports(**choices), port_years([2, 5]), factors, draws=16)
    assert "infeasible" not in inspect.signature(hi.sensitivity).parameters
    assert "infeasible" not in str(error.value)
    assert "indices of sensitivity need every run of their design" in str(error.value)


@given(st.integers(1, 60), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_the_spread_of_counted_ranks_is_that_of_the_ranks(draws: int, n: int, seed: int) -> None:
    ranks = np.random.default_rng(seed).integers(0, n + 1, (draws, n)).astype(np.int16)
    shares = (0.05, 0.5, 0.95)
    found = rank_spread(frequencies(ranks, n), shares)
    for i, own in enumerate(ranks.T):
        own = own[own > 0]
        wanted = [own.mean(), *np.quantile(own, shares)] if len(own) else [np.nan] * 4
        np.testing.assert_array_equal(found[:, i], wanted)


def test_the_mean_shift_is_that_of_each_draw_however_many_there_are() -> None:
    rng = np.random.default_rng(1)
    ranks = rng.integers(0, 6, (5000, 5)).astype(np.int16)
    nominal = np.array([1.0, 2.0, np.nan, 4.0, 5.0])
    known = [0, 1, 3, 4]
    some = np.where(ranks[:, known] > 0, ranks[:, known], np.nan)
    none = np.isnan(some).all(axis=1)
    found = mean_shift(ranks, nominal)
    np.testing.assert_allclose(found[~none], np.nanmean(np.abs(some - nominal[known])[~none], axis=1), rtol=1e-15)
    assert np.isnan(found[none]).all()
