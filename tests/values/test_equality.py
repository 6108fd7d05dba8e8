"""Rounding is no difference: the rule itself, and what it decides, against exact fractions."""

import itertools
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW

import hengdian_index as hi
from hengdian_index._maths.maps import Ranks
from hengdian_index._robustness.ranks import ranks_of
from hengdian_index._values import equality

nan = np.nan
THIRD = 1 / 3


# The rule


def test_numbers_are_equal_within_a_share_of_what_they_come_from():
    assert equality.same(0.1 + 0.7, 0.8, 0.8)
    assert not equality.same(1.0, 1 + 3e-12, 1.0)
    assert equality.same(1.0, 1 + 3e-12, 4.0)
    assert equality.same([nan, 1.0, 0.0], [nan, 1.0, 0.0], [1.0, nan, 0.0]).tolist() == [False, False, True]


def test_neighbours_join_and_all_that_join_are_the_smallest():
    steps = 1 + 0.8e-12 * np.arange(5)
    values = np.array([7.0, steps[3], nan, steps[0], steps[4], -2.0, steps[1], steps[2]])
    assert equality.settled(values).tolist()[3:] == [1, 1, -2, 1, 1]
    assert equality.settled(values)[1] == 1
    np.testing.assert_array_equal(equality.settled(values)[[0, 2, 5]], [7, nan, -2])


def test_each_pair_has_its_own_size_and_what_cancelled_adds_to_it():
    values = np.array([1e9, 1.0, 1 + 1e-8, 1e9 * (1 + 2e-16)])
    assert equality.settled(values).tolist() == [1e9, 1, 1 + 1e-8, 1e9]
    assert equality.settled(values, 1e5).tolist() == [1e9, 1, 1, 1e9]


def test_what_is_settled_along_an_axis_and_what_is_as_given():
    table = np.array([[0.1 + 0.2, 0.3], [0.3, 5.0], [0.1 + 0.2, 0.3]])
    np.testing.assert_array_equal(equality.settled(table, axis=0), [[0.3, 0.3], [0.3, 5], [0.3, 0.3]])
    assert equality.settled(table, np.array([nan, 0.0]), axis=0) is not None
    np.testing.assert_array_equal(equality.settled(table, np.array([nan, 0.0]), axis=0), table)
    np.testing.assert_array_equal(equality.settled(np.array([1.0])), [1])
    np.testing.assert_array_equal(equality.settled(np.array([np.inf, nan, np.inf, 1])), [np.inf, nan, np.inf, 1])


def test_sizes_of_their_own_join_by_the_smaller_of_two():
    values = np.array([3.0, 1.0, 1 + 1e-9, 2.0, nan])
    np.testing.assert_array_equal(equality.settled(values, np.array([1e300, 0, 0, 5, 0])), values)
    both = equality.settled(np.column_stack([values, values]), np.array([[0, 1e4]] * 5), axis=0)
    np.testing.assert_array_equal(both, [[3, 3], [1, 1], [1 + 1e-9, 1], [2, 2], [nan, nan]])


@LAW
@given(st.lists(st.integers(-5, 5), min_size=2, max_size=9), st.integers(0, 2**32 - 1))
def test_settled_is_the_slow_rule(numbers, seed):
    noise = np.random.default_rng(seed).uniform(-1e-14, 1e-14, len(numbers))
    found = equality.settled(np.array(numbers) + noise, 1.0)
    for i, a in enumerate(numbers):
        same = [numbers[j] + noise[j] for j, b in enumerate(numbers) if a == b]
        assert found[i] == min(same)


def test_a_column_is_constant_when_its_range_is_rounding():
    x = np.array([[0.3, 1.0, 0.0, nan], [0.1 + 0.2, 1 + 1e-11, 0.0, nan], [nan, 1.0, 0.0, nan]])
    level = equality.flattened(x)
    np.testing.assert_array_equal(level, [[0.3, 1, 0, nan], [0.3, 1 + 1e-11, 0, nan], [nan, 1, 0, nan]])
    assert equality.flattened(x[:, 1:]) is not level
    late = np.full((40, 1), 0.3)
    late[30] = 0.1 + 0.2
    assert np.ptp(equality.flattened(late)) == 0
    late[35] = 0.31
    assert equality.flattened(late) is late
    assert equality.flattened(np.zeros((0, 2))).shape == (0, 2)


# Raw values, and values that are computed


def test_raw_values_that_differ_by_the_last_bit_are_two():
    x = [1.0, 1 + 2**-52, 2.0]
    assert hi.normalise.rank(x).tolist() == [1, 2, 3]
    assert hi.normalise.borda(x).tolist() == [0, 1, 2]
    assert hi.normalise.min_max(x)[1] > 0
    assert hi.aggregate.copeland(np.array(x)[:, np.newaxis]).tolist() == [-2, 0, 2]


def test_a_raw_column_of_which_nothing_can_be_told_ties():
    x = np.array([1.0, 1 + 2**-52, 1.0])
    assert hi.normalise.rank(x).tolist() == [2, 2, 2]
    for method in ("min_max", "z_score", "robust", "logistic"):
        with pytest.raises(hi.DataError, match=r"constant|equal"):
            getattr(hi.normalise, method)(x)
        assert getattr(hi.normalise, method)(x, constant=0.25).tolist() == [0.25, 0.25, 0.25]
    assert hi.normalise.distance_to_target([0.1 + 0.2, 0.5], target=0.8)[0] == 0


@pytest.mark.parametrize("unit", [1.0, 10.0, THIRD])
def test_equal_distances_tie_in_every_unit(unit):
    x = np.array([0.2, 0.8, 0.5, 0.1, 1.4]) * unit
    target, span = hi.Target(0.5 * unit), hi.Between(0.4 * unit, 0.6 * unit)
    for direction in (target, span):
        assert hi.normalise.rank(x, direction=direction).tolist() == [3.5, 3.5, 5, 2, 1]
        assert hi.normalise.rank(x, direction=direction, ties="dense").tolist() == [3, 3, 4, 2, 1]
        assert hi.normalise.borda(x, direction=direction).tolist() == [2.5, 2.5, 4, 1, 0]
        ratios = hi.aggregate.rank_sum_ratio(x[:, np.newaxis], direction=direction)
        np.testing.assert_allclose(ratios, np.array([3.5, 3.5, 5, 2, 1]) / 5)


def test_a_value_on_the_target_but_for_rounding_is_best_and_later_rows_tie_with_fitted_ones():
    fitted = hi.normalise.rank.fit([[0.2], [0.8], [0.1]], direction=hi.Target(0.5))
    assert fitted([[0.5 + (0.1 + 0.2)]])[0, 0] == 2.5
    with pytest.raises(hi.DataError, match="constant"):
        hi.normalise.min_max([0.1 + 0.2, 0.3], direction=hi.Target(0.3))


def test_a_computed_value_that_misses_a_cut_by_rounding_reaches_it():
    cuts = {"cuts": [0.3, 0.6], "scores": [0, 1, 2], "on": "value"}
    assert hi.normalise.categorical([0.7 - 0.4, 0.1 * 3, 0.6, 0.59], **cuts).tolist() == [1, 1, 2, 1]
    assert hi.normalise.categorical([0.1 * 3, 0.31], **cuts, direction=-1).tolist() == [2, 1]
    assert hi.normalise.above_below([7.0, 10.0, 13.0], threshold=0.3).tolist() == [0, 0, 0]


def test_ranks_of_values_with_a_size_join_what_is_fitted_and_what_comes_later():
    fitted = np.sort(np.array([[0.1 + 0.2], [0.3], [0.7], [nan]]), axis=0)
    new = np.array([[0.3], [0.1 * 3], [0.5], [0.9], [nan]])
    np.testing.assert_array_equal(Ranks(fitted, "average", np.ones(1))(new), [[1.5], [1.5], [2.5], [3], [nan]])
    np.testing.assert_array_equal(Ranks(fitted, "average", np.array([nan]))(new[:1]), [[1]])


# Scores of an index


def shuffled(values, times, seed=0):
    """Return rows that hold the same values in other orders."""
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(values) for _ in range(times)])


def flat_index(columns, **more):
    """Return an index of columns in one group."""
    return hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator(c, "all") for c in columns], **more)


def exact(table, weights):
    """Return the scores of min-max values under whole weights as fractions."""
    low, high = table.min(), table.max()
    return [
        sum(w * Fraction(int(row[c] - low[c]), int(high[c] - low[c])) for c, w in weights.items())
        for _, row in table.iterrows()
    ]


def ranks_exactly(scores):
    """Return 1 + how many are larger."""
    return [1 + sum(other > one for other in scores) for one in scores]


@LAW
@given(st.lists(st.lists(st.integers(1, 7), min_size=4, max_size=4), min_size=5, max_size=9), st.data())
def test_ranks_are_those_of_exact_scores(rows, data):
    table = pd.DataFrame([*rows, [1, 1, 1, 1], [7, 7, 7, 7], rows[0][::-1]], columns=list("abcd"))
    weights = dict(zip("abcd", data.draw(st.lists(st.integers(1, 4), min_size=4, max_size=4)), strict=True))
    wanted = ranks_exactly(exact(table, weights))
    index = flat_index("abcd").replace({"all.weights": weights})
    assert index.compute(table).ranks()["all"].tolist() == wanted
    assert index.compute(table * THIRD).ranks()["all"].tolist() == wanted
    found = hi.uncertainty(index, table, {"all.aggregate": ["arithmetic"]}, draws=2, progress=False)
    assert found.ranks["nominal"].tolist() == wanted
    assert found.ranks["q05"].tolist() == wanted
    compared = hi.compare({"a": index, "b": index.replace({"normalise": {"method": "min_max", "upper": 30}})}, table)
    assert compared.ranks["b"].tolist() == wanted


def test_orders_of_columns_do_not_move_ranks_in_a_comparison():
    table = pd.DataFrame(shuffled([0.1, 0.2, 0.3, 0.7, 0.9], 30), columns=list("abcde"))
    index, turned = flat_index("abcde", normalise="none"), flat_index("ecadb", normalise="none")
    found = hi.compare({"one": index, "other": turned}, table)
    assert (found.ranks == 1).all().all()
    assert found.summary().startswith("Ranks move by 0.00 places")


def test_draws_that_change_nothing_rank_as_the_index_does():
    table = pd.DataFrame(np.vstack([shuffled([0.1, 0.2, 0.3, 0.4], 6), [[0.9, 0.9, 0.9, 0.8]]]), columns=list("abcd"))
    index = flat_index("abcd", normalise="none")
    found = hi.uncertainty(index, table, {"weights": hi.Noise(0.0)}, draws=8, progress=False)
    assert found.rank_frequency[2].tolist() == [1, 1, 1, 1, 1, 1, 0]
    assert (found.ahead().iloc[:6, :6].to_numpy()[~np.eye(6, dtype=bool)] == 0.5).all()
    assert (hi.remove_one(index, table).ranks["nominal"].iloc[:6] == 2).all()


def test_ties_of_draws_are_told_by_what_cancelled():
    scores = np.array([[3e-17, -1e-17, 0.0, nan], [3e-17, -1e-17, 0.0, nan]])
    assert ranks_of(scores, [np.arange(4)], np.array([1.0, 0.0])).tolist() == [[1, 1, 1, 0], [1, 3, 2, 0]]


def test_scores_that_cancel_tie_however_small_they_are():
    marks = np.random.default_rng(2).integers(1, 6, 12) / 10
    table = pd.DataFrame({"up": marks, "down": marks * 3})
    index = hi.Index(
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("up", "all"), hi.Indicator("down", "all", direction=-1)],
        normalise="z_score",
    )
    assert (index.compute(table).ranks()["all"] == 1).all()
    assert (hi.compare({"a": index, "b": index}, table).ranks == 1).all().all()
    assert (hi.uncertainty(index, table, {"normalise": ["z_score"]}, draws=2, progress=False).ranks["q95"] == 1).all()


@pytest.mark.parametrize("unit", [10.0, THIRD, 0.1])
def test_a_column_far_from_0_keeps_its_ties_in_every_unit(unit):
    table = pd.DataFrame(4e6 + shuffled([1.0, 2.0, 4.0, 5.0], 9, seed=4), columns=list("abcd"))
    for method in ("min_max", "z_score"):
        index = flat_index("abcd", normalise=method)
        ranks = index.compute(table).ranks()
        pd.testing.assert_frame_equal(index.compute(table * unit).ranks(), ranks)
        pd.testing.assert_frame_equal(index.compute((table * unit)[["d", "b", "a", "c"]]).ranks(), ranks)


@pytest.mark.parametrize("method", ["copeland", "borda", "kemeny", "rank_sum_ratio"])
def test_methods_that_compare_groups_see_their_ties(method):
    values = shuffled([0.1, 0.2, 0.3, 0.4], 5, seed=7)
    table = pd.DataFrame(np.hstack([values, np.arange(20.0).reshape(5, 4)]), columns=list("abcdwxyz"))
    index = hi.Index(
        groups=[hi.Group("all", aggregate=method), hi.Group("g", "all"), hi.Group("h", "all")],
        indicators=[hi.Indicator(c, "g" if c in "abcd" else "h", normalise="none") for c in "abcdwxyz"],
    )
    result = index.compute(table)
    assert result.scores["g"].nunique() == 1
    alone = getattr(hi.aggregate, method)(np.column_stack([np.ones(5), result.scores["h"]]))
    np.testing.assert_allclose(result.scores["all"], alone, rtol=1e-12)
    found = hi.uncertainty(index, table, {"all.weights": hi.Noise(0.1)}, draws=4, progress=False)
    assert found.ranks["q95"].tolist() == [5, 4, 3, 2, 1]


def test_a_group_that_is_constant_but_for_rounding_is_constant_to_weightings():
    values = np.hstack([shuffled([0.1, 0.2, 0.3], 8, seed=3), np.random.default_rng(3).random((8, 4))])
    table = pd.DataFrame(values, columns=list("abcpqrs"))

    def index(weights):
        return hi.Index(
            groups=[hi.Group("all", weights=weights), *(hi.Group(g, "all") for g in "ghk")],
            indicators=[
                hi.Indicator(c, g, normalise="none")
                for g, own in {"g": "abc", "h": "pq", "k": "rs"}.items()
                for c in own
            ],
        )

    for weights in ("pca", "critic", "independence"):
        with pytest.raises(hi.DataError, match="'g': constant"):
            index(weights).compute(table)
    for weights in ("entropy", "variation", "gini", "deviation", "angle"):
        assert index(weights).compute(table).weights["all", "g"] == 0


# Computed columns


def test_a_ratio_that_is_constant_but_for_rounding_is_refused_and_others_tie():
    table = pd.DataFrame(
        {"unit": list("abcd"), "part": [0.3, 0.1, 0.7, 0.9], "of": [3, 1, 7, 9.0], "x": [1.0, 2, 3, 4]}
    )
    index = hi.Index(
        unit="unit",
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("part", "all", denominator="of"), hi.Indicator("x", "all")],
    )
    with pytest.raises(hi.DataError, match="'part': constant over the fit rows"):
        index.compute(table)
    ranked = index.replace({"part.normalise": "rank"})
    assert ranked.compute(table.assign(of=[3, 1, 7, 1.0])).normalised["part"].tolist() == [2, 2, 2, 4]


RATIOS = [
    ({"method": "goalposts", "low": 0, "high": 8, "lower": 1, "upper": 2}, [1, -1]),
    ({"method": "categorical", "cuts": [25, 60], "scores": [0, 1, 2], "on": "percentile"}, [1, hi.Target(1.5)]),
    *((name, [1, -1, hi.Target(1.5), hi.Between(1, 2, 0.25, 6)]) for name in ("min_max", "rank", "percentile_rank")),
]


@pytest.mark.parametrize(("choice", "direction"), [(choice, one) for choice, ways in RATIOS for one in ways])
def test_one_ratio_beyond_all_others_makes_none_of_them_equal(choice, direction):
    cases = pd.DataFrame({"cases": [3.0, 7.0, 1.0, 9.0, 5.0, 1e280], "people": [2.0, 4.0, 1.0, 3.0, 8.0, 2.0]})
    # As they would be without the one: it is the last in the order of all maps here, or at their end.
    few = cases.iloc[:5]

    def scores(rows):
        part = hi.Indicator("cases", "total", normalise=choice, direction=direction, denominator="people")
        index = hi.Index(groups=[hi.Group("total")], indicators=[part])
        return index.fit(few).score(rows).normalised["cases"].to_numpy()

    np.testing.assert_array_equal(scores(cases)[:5], scores(few))


def test_one_ratio_beyond_all_others_is_learnt_from_as_it_would_be_divided():
    cases = pd.DataFrame({"cases": [3.0, 7.0, 1.0, 9.0, 5.0, 1e280], "people": [2.0, 4.0, 1.0, 3.0, 8.0, 2.0]})
    for name, direction in itertools.product(("rank", "percentile_rank"), (1, hi.Target(1.5))):
        said = {"normalise": name, "direction": direction}
        groups = [hi.Group("total")]
        found = hi.Index(groups=groups, indicators=[hi.Indicator("cases", "total", denominator="people", **said)])
        ranks = found.compute(cases).normalised["cases"]
        assert ranks.nunique() == 6
        divided = hi.Index(groups=groups, indicators=[hi.Indicator("cases", "total", **said)])
        assert divided.compute({"cases": cases["cases"] / cases["people"]}).normalised["cases"].tolist() == list(ranks)


def test_one_score_beyond_all_others_makes_none_of_the_means_equal():
    rows = pd.DataFrame({"a": [1.0, 2, 3, 4, -1e15, 5], "b": [2.0, -1, 7, 4, 0, nan], "c": [3.0, 1, 4, 1, 5, 9]})
    groups = [hi.Group("all"), hi.Group("part", "all", coverage=0.5)]
    parts = [hi.Indicator("a", "part"), hi.Indicator("b", "part"), hi.Indicator("c", "all")]
    index = hi.Index(groups=groups, indicators=parts, normalise="none")
    scores = index.compute(rows).scores
    assert scores["part"].tolist() == [1.5, 0.5, 5, 4, -5e14, 5]
    assert scores["all"].tolist()[:4] == [2.25, 0.75, 4.5, 2.5]
    drawn = hi.uncertainty(index, rows, {"weights": hi.Noise(1e-9)}, draws=8)
    assert np.array_equal(drawn.drawn_ranks[0], scores["all"].rank(ascending=False))


def test_a_fit_that_is_saved_ties_as_before(tmp_path):
    table = pd.DataFrame({"x": [0.2, 0.8, 0.1, 0.45], "y": [1.0, 2, 3, 4]})
    index = hi.Index(
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("x", "all", direction=hi.Target(0.5), normalise="rank"), hi.Indicator("y", "all")],
    )
    fitted = index.fit(table)
    fitted.save(tmp_path / "fit.json")
    again = hi.Fitted.load(tmp_path / "fit.json").score(table)
    assert again.normalised["x"].tolist() == fitted.score(table).normalised["x"].tolist() == [2.5, 2.5, 1, 4]


def test_a_base_whose_levels_cancel_is_refused_whatever_the_bits():
    table = pd.DataFrame({"period": range(2000, 2006), "x": [0.1, 0.7, 0.4, 0.9, 1.1, 1.3]})
    for unit in (1.0, 10.0, THIRD, 0.7, 1.9):
        index = hi.Index(
            period="period",
            groups=[hi.Group("all")],
            indicators=[hi.Indicator("x", "all")],
            normalise="z_score",
            fit_on="2000:2003",
            base="2000:2003",
        )
        with pytest.raises(hi.DataError, match="base"):
            index.compute(table.assign(x=table["x"] * unit)).series()


# Methods by themselves


@pytest.mark.parametrize("method", ["copeland", "borda", "kemeny", "rank_sum_ratio", "topsis", "vikor", "wroclaw"])
def test_a_column_of_rounding_is_refused_where_rows_are_compared(method):
    told = np.array([1.0, 4.0, 2.0, 3.0])
    noise = np.array([0.1 + 0.2, 0.3, 0.3, 0.3])
    score = getattr(hi.aggregate, method)
    with pytest.raises(
        hi.DataError, match=r"^column 'noise': constant over the rows compared, but for rounding; round"
    ):
        score(pd.DataFrame({"noise": noise, "told": told}))
    without = score(np.column_stack([noise, told]), [0.0, 1.0])
    np.testing.assert_array_equal(without, score(np.column_stack([np.full(4, 0.3), told]), [0.0, 1.0]))


def test_outranking_halves_a_column_of_rounding():
    share = hi.aggregate.outranking([[0.1 + 0.2, 1.0], [0.3, 2.0]])
    np.testing.assert_array_equal(share, [[0, 0.25], [0.75, 0]])


def test_vikor_takes_equal_compromises_together():
    x = np.array([[0.1, 0.2, 0.3], [0.3, 0.1, 0.2], [0.2, 0.3, 0.1], [0.0, 0.0, 0.0], [0.3, 0.3, 0.0]]) * 0.7
    for rows in ([0, 1, 2, 3, 4], [2, 4, 0, 3, 1]):
        found = hi.aggregate.vikor(x[rows], details=True)
        first = sorted(rows[i] for i in found.compromise)
        assert first == sorted(rows[i] for i in np.flatnonzero(found.q <= found.q.min() + 0.25 - 1e-9))


def test_cilos_counts_all_rows_in_which_a_column_is_best():
    x = np.array([[4.0, 5.0, 1.0], [4.0, 2.0, 3.0], [1.0, 8.0, 2.0]])
    w = hi.weights.cilos(x)
    lost = np.array([[0, (3 / 8 + 6 / 8) / 2, (2 / 3 + 0) / 2], [3 / 4, 0, 1 / 3], [0, 6 / 8, 0]])
    np.testing.assert_allclose((lost - np.diag(lost.sum(axis=0))) @ w, 0, atol=1e-12)
    for rows in ([1, 0, 2], [2, 1, 0]):
        np.testing.assert_allclose(hi.weights.cilos(x[rows]), w, rtol=1e-12)
    np.testing.assert_allclose(hi.weights.cilos(np.where(x == 4, x * (1 + 1e-15 * np.eye(3)), x)), w, rtol=1e-12)


def test_importances_of_ranks_tie_what_rounding_parts():
    from hengdian_index.weights._importances import ranked

    assert ranked(np.array([[0.1 + 0.2], [0.3], [0.5]]))[:, 0].tolist() == [1.5, 1.5, 3]


def test_identical_rows_take_all_the_weight_of_their_distance():
    x = [[2.5, 7.1, nan], [2.5, 7.1, 4.0], [2.5, 7.1, 10.0], [9.0, 1.0, 100.0], [8.0, 3.0, 90.0]]
    for number in (2, 3, 4):
        assert hi.impute.neighbours(x, number=number, weights="distance").table[0, 2] == 7


def test_rows_equally_far_share_the_places_that_are_left():
    x = np.array([[5.0, nan], [4.9, 1.0], [5.3, 10.0], [4.7, 20.0], [9.0, 99.0]])
    assert hi.impute.neighbours(x, number=2).table[0, 1] == pytest.approx((1 + 15) / 2)
    assert hi.impute.neighbours(x[::-1], number=2).table[-1, 1] == pytest.approx((1 + 15) / 2)


ROUNDED = np.array([[0.1 + 0.2, 1.0, 5.0], [0.3, 4.0, 2.0], [0.3, 2.0, 3.0], [0.3, 3.0, 9.0], [0.9, nan, nan]])


def told(weigh, table):
    """Return the weights, rounded, or the refusal as text."""
    try:
        return weigh(table).round(12).tolist()
    except hi.DataError as error:
        return str(error)


@pytest.mark.parametrize("method", ["critic", "pca", "independence", "cilos", "scatter", "entropy", "merec", "gini"])
def test_weightings_learn_nothing_from_rounding(method):
    table = ROUNDED[:4]
    plain = np.where(np.abs(table - 0.3) < 1e-9, 0.3, table)
    weigh = getattr(hi.weights, method)
    assert told(weigh, table) == told(weigh, plain)


@pytest.mark.parametrize("method", ["critic", "pca", "cilos"])
def test_a_column_may_be_rounding_over_the_complete_rows_alone(method):
    with pytest.raises(hi.DataError, match=r"column 0.*constant"):
        getattr(hi.weights, method)(ROUNDED)


def test_rounding_has_no_correlation_and_is_no_peer():
    table = ROUNDED[:4]
    assert hi.diagnose.correlations(table).r.iloc[0].isna().all()
    with pytest.raises(hi.DataError, match="constant"):
        hi.diagnose.cronbach_alpha(table)
    gap = np.vstack([table, [0.3, nan, 5.0]])
    np.testing.assert_allclose(hi.impute.peers(gap).table[4, 1], hi.impute.peers(gap[:, 1:]).table[4, 0], rtol=1e-12)


# Treatments


@pytest.mark.parametrize("unit", [1.0, 0.1, 0.7, THIRD, 1e-200])
@pytest.mark.parametrize("shift", [0.0, 300.0])
def test_an_even_column_leans_to_neither_side_in_any_unit_or_order(unit, shift):
    even = shift + np.array([4.0, 7, 3, 12, 9, 0, 9, 3, 8, 5, 6])
    order = np.array([3, 10, 0, 7, 1, 9, 5, 2, 8, 4, 6])
    for points in (1, 2, 3):
        wanted = hi.treat.winsorise(even, points=points).table
        found = hi.treat.winsorise((even * unit)[order], points=points).table
        np.testing.assert_allclose(found, unit * wanted[order], rtol=1e-13)
    assert hi.treat.winsorise(even * unit, points=1).table.max() < even.max() * unit
    found = hi.treat.log((even * unit)[order], offset="range").table
    wanted = np.log(even - shift + 0.12)[order]
    np.testing.assert_allclose(found - np.log(unit), wanted, rtol=1e-9)


def test_the_limits_of_the_joint_research_centre_hold_on_the_very_limit():
    # One of n values apart from the others has G1 = sqrt(n) and G2 = n.
    for unit in (1.0, 0.1, 0.3, THIRD, 7e-9):
        column = unit * (np.arange(10) == 9)
        assert hi.treat.jrc(column, skew=np.sqrt(10), kurtosis=0).log.empty
        assert hi.treat.jrc(column, skew=0, kurtosis=10).log.empty


@pytest.mark.parametrize("treat", [{"method": "winsorise", "points": 2}, {"method": "jrc"}])
@pytest.mark.parametrize("unit", [1.0, 10.0, 1e-7, THIRD])
def test_a_ratio_of_one_level_and_one_outlier_is_treated_alike_in_every_unit(treat, unit):
    heads = np.array([3.0, 1, 7, 6, 3, 1, 7, 9, 11])
    table = pd.DataFrame({"town": list("ABCDEFGHI"), "heads": heads, "x": [3.0, 1, 4, 1, 5, 9, 2, 6, 5]})
    table["cases"] = 0.1 * unit * heads * np.where(heads == 9, 40, 1)
    rate = hi.Indicator("cases", "t", denominator="heads", treat=treat)
    result = hi.Index(unit="town", groups=[hi.Group("t")], indicators=[rate, hi.Indicator("x", "t")]).compute(table)
    assert result.normalised["cases"].tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 0]
    told = "untreated: a further step would leave all values equal" in result.log["why"].tolist()
    assert told == (treat["method"] == "winsorise")


def test_a_step_is_not_taken_to_a_column_of_rounding():
    column = np.array([5.0, 1.0, 1.0, np.nextafter(1, 2), 1.0])
    table, log = hi.treat.winsorise(column, points=2)
    np.testing.assert_array_equal(table, column)
    assert log["why"].tolist() == ["untreated: a further step would leave all values equal"]


@pytest.mark.parametrize("unit", [1.0, 0.01, 0.1, THIRD, 7.0])
@pytest.mark.parametrize("way", [1.0, -1.0])
def test_a_value_on_the_fence_but_for_rounding_is_untouched(unit, way):
    # The quartiles are 8 and 18, so 33 lies on the fence above; 43 lies beyond one or both.
    column = way * unit * np.array([3.0, 7, 8, 10, 12, 17, 18, 26, 33])
    table, log = hi.treat.fence(column)
    np.testing.assert_array_equal(table, column)
    assert log.empty
    # One of 10 values apart from the others lies 0.9 sqrt(10) standard deviations from the mean.
    apart = way * unit * (5 + 2.0 * (np.arange(10) == 4))
    table, log = hi.treat.fence(apart, rule="sigma", width=0.9 * np.sqrt(10))
    np.testing.assert_array_equal(table, apart)
    assert log.empty
    fitted = hi.treat.fence.fit(column)
    assert fitted(column * (1 + 1e-15)).log.empty
    assert len(fitted(column * (1 + 1e-9)).log) == 1


def test_ties_of_a_step_are_those_of_the_rule():
    column = np.array([0.3, 0.1, 0.1 + 0.2, 0.05, 0.15, 0.1, 0.2])
    table, log = hi.treat.winsorise(column, points=1)
    np.testing.assert_array_equal(table, np.where(column > 0.25, 0.2, column))
    assert log["why"].tolist() == ["2 points winsorised"] * 2
    below = -np.sort(column)
    np.testing.assert_array_equal(hi.treat.winsorise(below, points=1).table, np.where(below < -0.25, -0.2, below))
    # The fence lies on the larger of two that are equal, which stay as they are.
    later = np.array([9.0, 0.3, 0.1 + 0.2, 0.1, 0.2, 0.0])
    np.testing.assert_array_equal(hi.treat.winsorise(later, points=1).table, np.r_[0.1 + 0.2, later[1:]])


# Descriptions


@pytest.mark.parametrize("unit", [1.0, 10.0, THIRD])
def test_a_column_of_rounding_is_described_as_constant(unit):
    rounding = unit * np.array([0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2, 0.1 + 0.2])
    told = hi.diagnose.describe(np.column_stack([rounding, np.full(5, rounding.min())]))
    pd.testing.assert_series_equal(told.loc[0], told.loc[1], check_names=False)
    assert told["unique"].tolist() == [1, 1]
    assert told[["skew", "kurtosis"]].isna().all(axis=None)
    x = np.column_stack([rounding, [1.0, 3, 2, 5, 4]])
    for measure in ("r2", "pearson", "spearman", "smooth"):
        with pytest.raises(hi.DataError, match="effective: column 0: constant"):
            hi.weights.effective([2.0, 4, 3, 5, 1], x, measure=measure)
        with pytest.raises(hi.DataError, match="effective: scores: constant"):
            hi.weights.effective(rounding, x[:, 1:], measure=measure)


def test_the_audit_finds_what_is_constant_but_for_rounding():
    heads = np.array([3.0, 1, 7, 6, 3, 1, 7, 6])
    table = pd.DataFrame(
        {"town": list("ABCDEFGH"), "heads": heads, "cases": 0.1 * heads, "x": [3.0, 1, 4, 1, 5, 9, 2, 6]}
    ).assign(y=lambda t: t["x"] ** 2)
    index = hi.Index(
        unit="town",
        groups=[hi.Group("t")],
        normalise="rank",
        indicators=[hi.Indicator("cases", "t", denominator="heads"), hi.Indicator("x", "t"), hi.Indicator("y", "t")],
    )
    audit = hi.audit(index, table, draws=8, fewest=4)
    assert audit.verdicts["constant"] == "fail"
    found = audit.measured.query("check == 'constant'").set_index("part")["value"]
    assert found.to_dict() == {"cases": 1, "x": 7, "y": 7}


# Many columns


@pytest.mark.parametrize("n", [2, 17, 40])
def test_columns_that_are_uneven_are_those_that_flattening_changes(n):
    x = np.tile(np.arange(1.0, 7.0), (n, 1))
    x[-1] += [0.0, 2e-16, 1e-13, 1e-9, 1.0, np.nan]
    x[0, 1] = np.nan
    slow = [
        equality.constant(np.nanmin(column), np.nanmax(column)) and np.nanmin(column) < np.nanmax(column)
        for column in x.T
    ]
    assert equality.uneven(x).tolist() == slow
    found = equality.flattened(x)
    np.testing.assert_array_equal(((found != x) & ~np.isnan(x)).any(axis=0), slow)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(x))
    plain = x[:, ~np.array(slow)]
    assert equality.flattened(plain) is plain


@pytest.mark.parametrize("rows", [6, 40_000])
def test_ties_of_an_index_are_the_same_whether_columns_are_settled_together_or_one_by_one(rows):
    rng = np.random.default_rng(5)
    table = {f"x{j}": rng.integers(1, 5, rows) / 10 * 3 for j in range(3)}
    index = hi.Index(
        groups=[hi.Group("all")],
        indicators=[hi.Indicator(code, "all", direction=hi.Target(0.6)) for code in table],
        normalise={"method": "min_max", "lower": 1, "upper": 100},
    )
    z = index.compute(table).normalised
    for code in table:
        column = z[code].to_numpy()
        assert len(np.unique(column)) == len(np.unique(np.abs(np.round(table[code] - 0.6, 9))))
