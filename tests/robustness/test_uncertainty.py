"""Draws of an index: each equals the index computed on its own, whatever is uncertain and however it is cut up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from support.countries import countries, index
from support.indexes import POSITIVE, two_levels
from support.laws import law
from support.tables import table

import hengdian_index as hi
from hengdian_index._robustness.ranks import ranks_of

FACTORS: dict[str, dict[str, Any]] = {
    "normaliser": {"normalise": [POSITIVE, "rank", {"method": "percentile_rank"}]},
    "one indicator's normaliser": {"a.normalise": [POSITIVE, "rank"]},
    "weights method": {"weights": ["equal", "entropy", "critic"], "left.weights": ["equal", {"a": 3, "b": 1}]},
    "aggregation": {"aggregate": ["arithmetic", "geometric", {"method": "power", "p": 2}, "mazziotta_pareto"]},
    "set-wise": {"all.aggregate": ["arithmetic", "topsis", "copeland"], "weights": hi.Noise(0.2)},
    "treatment": {"treat": ["none", "jrc", {"method": "winsorise", "points": 1}], "normalise": [POSITIVE, "rank"]},
    "imputation": {"impute": ["mean", "median"], "missing": ["reweight", "propagate"]},
    "direction": {"b.direction": [1, -1]},
    "inclusion": {"a": [True, None], "weights": hi.Noise(0.3)},
    "fit rows": {"fit_on": [None, ["u0", "u1", "u2", "u3", "u4"]], "weights": ["entropy", "equal"]},
    "a number": {"aggregate": [{"method": "power", "p": 1.0}], "left.aggregate.p": hi.Uniform(0.5, 3)},
    "a distribution": {"coverage": stats.uniform(0.1, 0.8)},
    "noise on all weights": {"weights": hi.Noise(0.25)},
    "noise on one group": {"right.weights": hi.Noise(0.9), "normalise": [POSITIVE, "rank"]},
    "Dirichlet": {"weights": hi.Dirichlet(20)},
    "measurement error": {"data": hi.Normal(relative=0.05), "weights": hi.Noise(0.1)},
    "error of one indicator": {"c": hi.Normal(sd=2.0), "weights": ["equal", "entropy"]},
}


@pytest.mark.parametrize("name", FACTORS)
@given(seed=st.integers(0, 10**6), gaps=st.booleans())
@law(3)
def test_a_draw_is_the_index_computed_on_its_own(name: str, seed: int, gaps: bool) -> None:
    """Batched draws equal replace(...).compute(...) for every kind of factor."""
    frame, factors = countries(seed=seed, gaps=gaps), FACTORS[name]
    one = index(coverage=0.0)
    if gaps and name == "set-wise":
        one = one.replace({"impute": "mean"})
    if name == "a number":
        one = one.replace({"left.aggregate": {"method": "power", "p": 1.0}})
    found = hi.uncertainty(one, frame, factors, draws=8, rng=seed)
    for draw in range(8):
        data = found.table_of(draw).reset_index().rename(columns={"index": "who"})
        expected = found.index_of(draw).compute(data).scores["all"].to_numpy()
        size = np.nanmax(np.abs(expected))
        np.testing.assert_allclose(found.drawn[draw], expected, rtol=1e-12, atol=1e-12 * size)


@pytest.mark.parametrize("how", ["fixed", "ratio", "log"])
@pytest.mark.parametrize("content", [{}, {"c.start": "2001Q3"}])
def test_draws_of_series_are_those_of_the_index(how: str, content: dict[str, Any]) -> None:
    one = two_levels(series=how).replace(content)
    found = hi.uncertainty(one, table(), {"left.weights": hi.Noise(0.5), "normalise": [POSITIVE]}, draws=4)
    for draw in range(4):
        alone = found.index_of(draw).compute(table())
        np.testing.assert_allclose(found.drawn[draw], alone.scores["all"], rtol=1e-12)
        np.testing.assert_allclose(found.levels[draw], alone.series()["all"], rtol=1e-12)  # type: ignore[index]
    assert found.series["nominal"].iloc[:4].mean() == pytest.approx(100)


@pytest.mark.parametrize("new_units", ["link", "restate", "missing"])
def test_draws_of_units_without_a_base_level_are_those_of_the_index(new_units: str) -> None:
    """C comes after the base period; B has a gap in it, its base is that of the other year."""
    frame = pd.DataFrame([(u, t) for t in range(2001, 2005) for u in "ABC" if u != "C" or t > 2002], columns=["u", "t"])
    frame = frame.assign(x=np.arange(3.0, 13), y=[5.0, np.nan, 9, 2, 6, 7, 5, 8, 3, 1])
    parts = [hi.Indicator("x", "all"), hi.Indicator("y", "all")]
    one = hi.Index(unit="u", period="t", base="2001:2002", missing="propagate", groups=[hi.Group("all")],
                   indicators=parts, normalise=POSITIVE, new_units=new_units)  # fmt: skip
    found = hi.uncertainty(one, frame, {"weights": hi.Noise(0.5)}, draws=4, progress=False)
    for draw in range(4):
        alone = found.index_of(draw).compute(frame).series()["all"]
        np.testing.assert_allclose(found.levels[draw], alone, rtol=1e-12)  # type: ignore[index]
    assert alone.unstack("u")["C"].notna().any() == (new_units != "missing")
    assert alone.unstack("u").loc[2002, "B"] == 100


def test_no_noise_gives_the_nominal_ranks() -> None:
    found = hi.uncertainty(index(), countries(), {"weights": hi.Noise(0.0), "normalise": [POSITIVE]}, draws=16)
    nominal = index().compute(countries())
    np.testing.assert_allclose(found.scores["nominal"], nominal.scores["all"], rtol=1e-12)
    for column in ("mean", "median", "q05", "q95"):
        np.testing.assert_allclose(found.scores[column], nominal.scores["all"], rtol=1e-12)
        np.testing.assert_allclose(found.ranks[column], nominal.ranks()["all"], rtol=1e-12)
    assert (found.mean_shift == 0).all()
    assert (found.acceptability(1) == (nominal.ranks()["all"] == 1)).all()


def test_frequencies_sum_to_1_and_agree_with_the_ranks() -> None:
    found = hi.uncertainty(index(), countries(), {"weights": hi.Noise(0.5)}, draws=200)
    np.testing.assert_allclose(found.rank_frequency.sum(axis=1), 1, rtol=1e-12)
    ranks = pd.DataFrame(found.drawn).rank(axis=1, ascending=False, method="min")
    np.testing.assert_array_equal(found.drawn_ranks, ranks)
    for row, shares in enumerate(found.rank_frequency.to_numpy()):
        np.testing.assert_allclose(shares, [(ranks[row] == rank).mean() for rank in range(1, 13)], rtol=1e-12)
    np.testing.assert_allclose(found.acceptability(3), (ranks <= 3).mean(), rtol=1e-12)
    np.testing.assert_allclose(found.scores["q05"], np.quantile(found.drawn, 0.05, axis=0), rtol=1e-12)
    ahead = found.ahead()
    assert ahead.iloc[2, 5] == pytest.approx((found.drawn[:, 2] > found.drawn[:, 5]).mean())
    np.testing.assert_allclose(ahead + ahead.T, 1, rtol=1e-12)


def _cities() -> tuple[hi.Index, pd.DataFrame]:
    """Return five units, one of them without a value, one with gaps, and an index that leaves one out by choice."""
    frame = pd.DataFrame({"who": list("pqrst"), "a": [5.0, 4, 3, np.nan, np.nan], "b": [1.0, 2, 4, 3, np.nan]})
    groups, parts = [hi.Group("all", coverage=0.5)], [hi.Indicator("a", "all"), hi.Indicator("b", "all")]
    return hi.Index(unit="who", groups=groups, indicators=parts), frame


def test_a_unit_without_a_score_is_missing_not_0() -> None:
    one, frame = _cities()
    found = hi.uncertainty(one, frame, {"weights": hi.Noise(0.5), "a": [True, None]}, draws=64)
    for told in (found.scores, found.ranks, found.rank_frequency):
        assert told.loc["t"].isna().all()
    assert np.isnan(found.acceptability(2)["t"])
    ahead = found.ahead()
    assert ahead["t"].isna().all()
    assert ahead.loc["t"].isna().all()
    both = ahead.drop(index="t", columns="t")
    np.testing.assert_allclose(both + both.T, 1, rtol=1e-12)
    scores = found.drawn
    assert both.loc["p", "r"] == pytest.approx(
        np.mean((scores[:, 0] > scores[:, 2]) + (scores[:, 0] == scores[:, 2]) / 2)
    )
    assert found.summary().endswith("No draw gives a score to t.")


def test_a_draw_that_gives_a_unit_no_score_does_not_count_for_it() -> None:
    one, frame = _cities()
    found = hi.uncertainty(one, frame, {"b": [True, None]}, draws=64)
    assert np.isnan(found.drawn[:, 3]).mean() == 0.5
    assert found.rank_frequency.sum(axis=1).tolist()[:4] == [1] * 4
    scored = found.drawn[~np.isnan(found.drawn[:, 3])]
    higher, level = (scored[:, 3] > scored[:, 0]).mean(), (scored[:, 3] == scored[:, 0]).mean()
    assert found.ahead().loc["s", "p"] == higher + level / 2
    shift = np.where(found.drawn_ranks > 0, found.drawn_ranks, np.nan) - found.ranks["nominal"].to_numpy()
    np.testing.assert_allclose(found.mean_shift, np.nanmean(np.abs(shift)[:, :4], axis=1), rtol=1e-12)


def test_the_summary_says_what_was_asked_for() -> None:
    """A series has levels, units have ranks; ties at the top are all named."""
    series = hi.uncertainty(two_levels(), table(), {"weights": hi.Noise(0.3)}, draws=16)
    last = series.series.iloc[-1]
    assert series.summary() == (
        f"16 draws of 1 uncertain choice (weights). The level of {series.labels[-1]} is {last['nominal']:.2f};"
        f" 90 % of the draws lie between {last['q05']:.2f} and {last['q95']:.2f}."
    )
    one, frame = _cities()
    same = frame.iloc[[0, 0, 1]].assign(who=["v", "w", "x"], a=[9.0, 9.0, 1.0], b=[9.0, 9.0, 1.0])
    tied = hi.uncertainty(one, same, {"a": [True]}, draws=1)
    assert tied.summary() == (
        "1 draw of 1 uncertain choice (a). No rank moves. v and w are each first in 100 % of the draws."
    )
    found = hi.uncertainty(index(), countries(), {"weights": hi.Noise(0.9)}, draws=64)
    width = found.ranks["q95"] - found.ranks["q05"]
    assert f"Ranks move by {found.mean_shift.mean():.2f} places on average" in found.summary()
    assert f"the widest {width.max():.1f} ({width.idxmax()})" in found.summary()
    assert f"{found.acceptability().idxmax()} is first in" in found.summary()


def test_choices_come_in_the_order_given() -> None:
    factors = {"aggregate": ["arithmetic", "geometric", "mazziotta_pareto"], "normalise": [POSITIVE, "z_score"]}
    found = hi.uncertainty(index(), countries(), factors, draws=64, infeasible="exclude")
    told = found.by_choice()
    assert told.index.get_level_values("choice").tolist() == [*factors["aggregate"], str(POSITIVE), "z_score"]
    words, shift = found.parameters["aggregate"], found.mean_shift
    for word in factors["aggregate"]:
        own = (words == word) & found.kept
        assert told.loc[("aggregate", word), "share"] == own.sum() / found.kept.sum()
        assert told.loc[("aggregate", word), "mean_shift"] == pytest.approx(shift[own].mean())


@given(st.integers(1, 5), st.integers(1, 9), st.integers(0, 10**6))
@settings(max_examples=30)
def test_ranks_are_those_of_pandas(draws: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (draws, n)).astype(float)
    scores[rng.random(scores.shape) < 0.1] = np.nan
    expected = pd.DataFrame(scores).rank(axis=1, ascending=False, method="min").fillna(0)
    np.testing.assert_array_equal(ranks_of(scores, [np.arange(n)]), expected)


def test_the_same_seed_gives_the_same_numbers_whatever_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """FAULTS 26."""
    factors = {"weights": hi.Noise(0.25), "normalise": [POSITIVE, "rank"], "aggregate": ["arithmetic", "geometric"]}
    first = hi.uncertainty(index(), countries(), factors, draws=100, rng=3)
    for memory in (1.0, 1e9):
        again = hi.uncertainty(index(), countries(), factors, draws=100, rng=3, max_memory=memory)
        assert np.array_equal(first.drawn, again.drawn)
        assert np.array_equal(first.drawn_ranks, again.drawn_ranks)
    other = hi.uncertainty(index(), countries(), factors, draws=100, rng=4)
    assert not np.array_equal(first.drawn, other.drawn)


def test_alternatives_have_fixed_bins() -> None:
    """FAULTS 29: the level is floor(u L), so every alternative has its share of any sample of a power of 2."""
    found = hi.uncertainty(index(), countries(), {"normalise": [POSITIVE, "rank"], "weights": hi.Noise(0.1)}, draws=64)
    assert found.by_choice()["share"].tolist() == [0.5, 0.5]
    u = found.uniform[:, 0]
    assert [str(word) for word in found.parameters["normalise"]] == [str(POSITIVE) if x < 0.5 else "rank" for x in u]


def test_weights_are_uniform_where_they_should_be() -> None:
    """FAULTS 26: the moments of Dirichlet and of the noise."""
    w = np.array([0.5, 0.3, 0.2])
    u = stats.qmc.Sobol(3, rng=1).random(2**13)
    drawn = hi.Dirichlet(30).weights(w, u)
    np.testing.assert_allclose(drawn.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(drawn.mean(axis=0), w, atol=2e-3)
    np.testing.assert_allclose(drawn.var(axis=0), w * (1 - w) / 31, rtol=0.03)
    flat = hi.Dirichlet(3).weights(np.full(3, 1 / 3), u)
    assert stats.kstest(flat[:, 0], stats.beta(1, 2).cdf).statistic < 0.02
    noisy = hi.Noise(0.25).weights(w, u)
    raw = w * (0.75 + 0.5 * u)
    np.testing.assert_allclose(noisy, raw / raw.sum(axis=1, keepdims=True), rtol=1e-12)
    assert (noisy > 0).all()


def test_a_misspelt_address_is_refused() -> None:
    """FAULTS 28."""
    with pytest.raises(
        hi.SpecError, match=r"factor 'normalize': no address 'normalize'; did you mean 'normalise'"
    ) as error:
        hi.uncertainty(
            index(), countries(), {"normalize": ["rank"], "lef.weights": hi.Noise(0.1), "x": hi.Normal(sd=1)}
        )
    assert len(error.value.faults) == 3
    assert "did you mean 'left.weights'" in str(error.value)


def test_combinations_that_cannot_be_computed_are_refused_up_front_or_left_out() -> None:
    """FAULTS 27."""
    factors = {"normalise": [POSITIVE, "z_score"], "aggregate": ["arithmetic", "geometric"]}
    with pytest.raises(
        hi.SpecError, match=r"normalise = 'z_score', aggregate = 'geometric': .*needs values above 0"
    ) as error:
        hi.uncertainty(index(), countries(), factors, draws=4)
    assert "infeasible='exclude'" in str(error.value)
    found = hi.uncertainty(index(), countries(), factors, draws=64, infeasible="exclude")
    assert found.excluded == 0.25
    assert not found.scores.isna().any(axis=None)
    np.testing.assert_allclose(found.rank_frequency.sum(axis=1), 1, rtol=1e-12)
    assert "25.0 % of the draws were left out" in found.summary()


def test_ranks_compare_the_rows_of_a_period() -> None:
    panel = pd.concat([countries(5, seed).assign(year=2001 + seed) for seed in range(2)])
    one = two_levels(base=None).replace({"period": "year", "unit": "who"})
    found = hi.uncertainty(one, panel, {"weights": hi.Noise(0.3)}, draws=8)
    nominal = one.compute(panel)
    np.testing.assert_array_equal(found.ranks["nominal"], nominal.ranks(within="period")["all"])
    assert found.rank_frequency.shape == (10, 5)
    last = hi.uncertainty(one, panel, {"weights": hi.Noise(0.3)}, draws=8, rows="2002")
    np.testing.assert_array_equal(last.drawn, found.drawn[:, 5:])


def test_fit_rows_are_drawn_again() -> None:
    found = hi.uncertainty(index(), countries(), {"units": hi.Bootstrap()}, draws=16, infeasible="exclude")
    assert found.scores["q05"].lt(found.scores["q95"]).any()
    again = hi.uncertainty(index(), countries(), {"units": hi.Bootstrap()}, draws=16, infeasible="exclude")
    np.testing.assert_array_equal(found.drawn, again.drawn)


def test_sensitivity_of_what_matters_alone() -> None:
    """One factor alone has all the variance; one that changes nothing has none."""
    frame = countries(20)
    alone = hi.sensitivity(index(), frame, {"normalise": [POSITIVE, "rank"], "name": ["x", "y"]}, draws=1024)
    assert alone.first["normalise"] == pytest.approx(1, abs=0.005)
    assert alone.total["name"] == 0
    for of in ("rank_correlation", ("score", "u3"), ("rank", "u3")):
        found = hi.sensitivity(
            index(), frame, {"weights": hi.Noise(0.5), "normalise": [POSITIVE, "rank"]}, draws=64, of=of
        )
        assert found.total.gt(0).all()
        assert found.runs == 64 * 4
        assert found.intervals.index.tolist() == ["weights", "normalise"]
    with pytest.raises(hi.DataError, match="no factor changes any output"):
        hi.sensitivity(index(), frame, {"name": ["x", "y"]}, draws=16)
    with pytest.raises(hi.SpecError, match="of: no 'rank_shifts'; did you mean 'rank_shift'"):
        hi.sensitivity(index(), frame, {"normalise": [POSITIVE, "rank"]}, of="rank_shifts")


def test_sensitivity_is_that_of_runs_made_one_by_one() -> None:
    frame = countries(8)
    factors = {"weights": hi.Noise(0.5), "normalise": [POSITIVE, "rank"]}
    found = hi.sensitivity(index(), frame, factors, draws=16, of=("score", "u1"))
    from hengdian_index._robustness.sobol import saltelli

    design = saltelli([4 + 2, 1], 16, rng=0)
    study = hi.uncertainty(index(), frame, factors, draws=1).study

    def alone(u: np.ndarray) -> np.ndarray:
        return np.array([study.index_of(row).compute(frame).scores["all"].iloc[1] for row in u])

    y_ab = np.array([alone(design.swapped(i)) for i in range(2)])
    first, total, _ = hi.sobol(alone(design.a), alone(design.b), y_ab)
    np.testing.assert_allclose(found.first, first, rtol=1e-9)
    np.testing.assert_allclose(found.total, total, rtol=1e-9)


def test_words_are_checked() -> None:
    for options, why in (
        ({"draws": 0}, "draws: a whole number"),
        ({"infeasible": "ignore"}, "infeasible: no 'ignore'"),
    ):
        with pytest.raises(hi.SpecError, match=why):
            hi.uncertainty(index(), countries(), {"weights": hi.Noise(0.1)}, **options)
    with pytest.raises(hi.SpecError, match="a share from 0 to below 1"):
        hi.Noise(1.5)
    with pytest.raises(hi.SpecError, match="sd or relative, one of them"):
        hi.Normal(sd=1, relative=0.1)
    with pytest.raises(hi.SpecError, match="a list of alternatives"):
        hi.uncertainty(index(), countries(), {"normalise": "rank"})
    with pytest.raises(hi.DataError, match="the index has no base"):
        hi.uncertainty(index(), countries(), {"weights": hi.Noise(0.1)}, draws=4).series  # noqa: B018


AGGREGATIONS = [
    "arithmetic", "geometric", "harmonic", "median", "minimum", "mazziotta_pareto", "topsis", "copeland", "borda",
    "vikor", "rank_sum_ratio", "grey_relational", "wroclaw", {"method": "mean_min", "alpha": 0.5, "beta": 1.0},
]  # fmt: skip


@pytest.mark.parametrize("aggregate", AGGREGATIONS, ids=str)
@pytest.mark.parametrize("whole_row", [False, True])
def test_noise_reaches_every_aggregation_also_over_gaps(aggregate: Any, whole_row: bool) -> None:
    frame = countries()
    frame.loc[3, list("abcd") if whole_row else "a"] = np.nan
    takes_gaps = not whole_row and not isinstance(aggregate, dict) and aggregate in SETWISE
    one = index(aggregate=aggregate, coverage=0.4).replace({"impute": "mean"} if takes_gaps else {})
    found = hi.uncertainty(one, frame, {"weights": hi.Noise(0.9)}, draws=8)
    for draw in range(8):
        alone = found.index_of(draw).compute(frame).scores["all"]
        np.testing.assert_allclose(found.drawn[draw], alone, rtol=1e-12, atol=1e-12)


SETWISE = ("topsis", "copeland", "borda", "vikor", "rank_sum_ratio", "grey_relational", "wroclaw")


def test_a_function_of_a_user_sees_what_it_sees_in_an_index() -> None:
    def highest(x: np.ndarray, w: np.ndarray) -> np.ndarray:
        assert (x.ndim, w.ndim) == (2, 1)
        return np.asarray(x.max(axis=1))

    one = index().replace({"all.aggregate": highest, "left.aggregate": lambda x, w: x @ w})
    found = hi.uncertainty(one, countries(), {"weights": hi.Noise(0.3)}, draws=4)
    for draw in range(4):
        alone = found.index_of(draw).compute(countries()).scores["all"]
        np.testing.assert_allclose(found.drawn[draw], alone, rtol=1e-12)


def test_what_is_asked_for_stays_or_is_refused() -> None:
    with pytest.raises(hi.SpecError, match=r"right = None: the group asked for, 'right', is taken out"):
        hi.uncertainty(index(), countries(), {"right": [True, None]}, draws=4, node="right")
    with pytest.raises(hi.SpecError, match=r"unit_coverage.*cannot vary"):
        hi.uncertainty(index(), countries(), {"unit_coverage": [None, 0.9]}, draws=4)
    with pytest.raises(hi.SpecError, match=r"no method 'z_scroe'; did you mean 'z_score'"):
        hi.uncertainty(index(), countries(), {"normalise": ["rank", "z_scroe"]}, draws=4, infeasible="exclude")


def test_there_are_no_levels_on_a_base_of_0_or_less() -> None:
    scores = two_levels(normalise="z_score").compute(table()).scores["all"]
    low = str(scores.groupby(scores.index.str[:4]).mean().idxmin())
    alternatives = {"normalise": [POSITIVE, "z_score"]}
    with pytest.raises(hi.DataError, match=r"4 of 8 draws cannot be computed: .*no level above 0 in its base"):
        hi.uncertainty(two_levels(base=low), table(), alternatives, draws=8)
    found = hi.uncertainty(two_levels(base=low), table(), alternatives, draws=8, infeasible="exclude")
    assert found.excluded == 0.5
    assert found.series["q05"].gt(0).all()


def test_the_share_in_the_top_is_of_all_draws() -> None:
    frame = countries()
    best = int(index().compute(frame).scores["all"].to_numpy().argmax())
    frame.loc[best, "a"] = np.nan
    factors = {"missing": ["reweight", "propagate"]}
    found = hi.uncertainty(index(coverage=0.4), frame, factors, draws=16)
    np.testing.assert_allclose(found.acceptability(1), (found.drawn_ranks == 1).mean(axis=0))


def test_the_level_of_a_row_can_be_explained() -> None:
    factors = {"left.weights": hi.Noise(0.3), "base": ["2001", "2002"]}
    found = hi.sensitivity(two_levels(), table(), factors, draws=32, of=("level", "2003Q4"))
    assert found.total["base"] > 0.1
    assert hi.sensitivity(two_levels(), table(), factors, draws=32, of=("score", "2003Q4")).total["base"] == 0


def test_a_row_of_a_panel_is_named_by_its_label() -> None:
    both = pd.concat([countries(5, seed).assign(year=2001 + seed) for seed in range(2)])
    one = two_levels(base=None).replace({"period": "year", "unit": "who"})
    found = hi.sensitivity(one, both, {"weights": hi.Noise(0.3)}, draws=1024, of=("score", ("u1", 2002)))
    assert found.total["weights"] == pytest.approx(1, abs=0.01)


def test_fit_rows_drawn_again_can_be_asked_for() -> None:
    found = hi.uncertainty(index(), countries(), {"units": hi.Bootstrap()}, draws=4, infeasible="exclude")
    assert len(found.rows_of(1)) == 12
    assert set(found.rows_of(1)) < set(countries()["who"])
    with pytest.raises(hi.SpecError, match="rows_of"):
        found.index_of(1)


def test_the_table_of_a_draw_has_what_its_index_asks_for() -> None:
    frame = countries().assign(size=np.arange(1.0, 13))
    factors = {"a.denominator": [None, "size"], "data": hi.Normal(relative=0.1)}
    found = hi.uncertainty(index(), frame, factors, draws=4)
    for draw in range(4):
        data = found.table_of(draw).reset_index().rename(columns={"index": "who"})
        alone = found.index_of(draw).compute(data).scores["all"]
        np.testing.assert_allclose(found.drawn[draw], alone, rtol=1e-12)


def test_a_tree_without_siblings_has_no_weights_to_vary() -> None:
    one = hi.Index(groups=[hi.Group("t")], indicators=[hi.Indicator("a", "t")])
    with pytest.raises(hi.SpecError, match="no group has two parts or more, so there are no weights to vary"):
        hi.uncertainty(one, {"a": [1.0, 2.0]}, {"weights": hi.Noise(0.2)}, draws=8)
