"""Outranking, Copeland, Borda and Kemeny: the Handbook's profiles, slow counts, all orders tried."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.laws import weights_of

import hengdian_index as hi
from hengdian_index.aggregate import ranking
from hengdian_index.log import journal

TABLES = arrays(np.int64, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=st.integers(0, 4)).map(
    lambda x: x / 2.0
)


def profile(folder, name):
    """Return a profile of orders as a table of places (first = highest), and how many indicators have each order."""
    rows = pd.read_csv(folder / "tai" / f"{name}.csv")
    ranks = rows.drop(columns="indicators")
    options = sorted(set(ranks.to_numpy().ravel()))
    places = {option: [-list(order).index(option) for order in ranks.to_numpy()] for option in options}
    return pd.DataFrame(places).T, rows["indicators"].to_numpy()


def slow_share(x, w):
    """Return e by triple loops, over the columns that both rows have."""
    n, k = x.shape
    e = np.zeros((n, n))
    for a, b in itertools.permutations(range(n), 2):
        both = [j for j in range(k) if not np.isnan(x[a, j]) and not np.isnan(x[b, j])]
        if not both:
            e[a, b] = 0.5
        else:
            wins = sum(w[j] * (1.0 if x[a, j] > x[b, j] else 0.5 if x[a, j] == x[b, j] else 0.0) for j in both)
            e[a, b] = wins / sum(w[j] for j in both)
    return e


def support(e, order):
    return sum(e[a, b] for a, b in itertools.combinations(order, 2))


@pytest.mark.parametrize(("name", "table"), [("table_25", "table_27"), ("table_28", "table_30")])
def test_outranking_counts_of_the_handbook(published, name, table):
    x, counts = profile(published, f"{name}_profile")
    expected = pd.read_csv(published / "tai" / f"{table}_outranking.csv", index_col="option")
    found = hi.aggregate.outranking(x, counts) * counts.sum()
    pd.testing.assert_frame_equal(found, expected.astype(float), check_names=False, atol=1e-12)


def test_outranking_of_five_countries(published):
    x = pd.read_csv(published / "tai" / "table_35_impact.csv", index_col="country")
    expected = pd.read_csv(published / "tai" / "table_36_outranking.csv", index_col="country")
    found = hi.aggregate.outranking(x)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15)
    assert list(found.columns) == list(found.index) == list(x.index)


def test_borda_counts_of_the_handbook(published):
    expected = pd.read_csv(published / "tai" / "borda_scores.csv").set_index(["profile", "option"])["score"]
    for name in ("table_25", "table_28", "table_31"):
        x, counts = profile(published, f"{name}_profile")
        found = hi.aggregate.borda(x, counts) * counts.sum()
        np.testing.assert_allclose(found, expected[name], rtol=0, atol=1e-12)
    struck = hi.aggregate.borda(x.drop("d"), counts) * counts.sum()
    np.testing.assert_allclose(struck, expected["table_31_without_d"], rtol=0, atol=1e-12)
    assert (found.drop("d").rank() == 4 - struck.rank()).all()


def test_support_of_all_orders_of_three_options(published):
    x, counts = profile(published, "table_28_profile")
    scores = pd.read_csv(published / "tai" / "table_28_kemeny_scores.csv")
    share = hi.aggregate.outranking(x, counts)
    for *order, score in scores.itertuples(index=False):
        total = sum(share.loc[a, b] for a, b in itertools.combinations(order, 2)) * counts.sum()
        assert total == pytest.approx(score, abs=1e-9)
    best = hi.aggregate.kemeny(x, counts, details=True)
    assert best.order == ("b", "c", "a")
    assert best.support * counts.sum() == pytest.approx(104, abs=1e-9)
    assert (best.optimal, best.ties) == (True, 1)
    assert best.scores.to_dict() == {"a": 0, "b": 2, "c": 1}


def test_three_orders_of_five_countries_share_the_optimum(published):
    x = pd.read_csv(published / "tai" / "table_35_impact.csv", index_col="country")
    scores = pd.read_csv(published / "tai" / "table_37_kemeny_scores.csv")
    share = hi.aggregate.outranking(x)
    for *order, score in scores.itertuples(index=False):
        total = sum(share.loc[a, b] for a, b in itertools.combinations(order, 2))
        assert total == pytest.approx(score, abs=1e-9)
    best = hi.aggregate.kemeny(x, details=True)
    assert best.support == pytest.approx(6.375, abs=1e-9)
    assert best.ties == 3
    assert best.order == ("USA", "Sweden", "Finland", "Japan", "Korea")
    swedish_first = hi.aggregate.kemeny(x.loc[["Sweden", "USA", "Korea", "Japan", "Finland"]], details=True)
    assert swedish_first.order == ("Sweden", "USA", "Finland", "Japan", "Korea")


@settings(max_examples=60)
@given(data=st.data(), x=TABLES, gaps=st.booleans())
def test_outranking_and_copeland_equal_triple_loops(data, x, gaps):
    w = data.draw(weights_of(x.shape[1]))
    if gaps:
        x[data.draw(arrays(bool, x.shape))] = np.nan
        assume(not np.isnan(x).all(axis=1).any())
    expected = slow_share(x, w)
    np.testing.assert_allclose(hi.aggregate.outranking(x, w), expected, rtol=0, atol=1e-14)
    np.fill_diagonal(expected, 0.5)
    lead = np.where(np.abs(expected - 0.5) < 1e-12, 0, np.sign(expected - 0.5)).sum(axis=1)
    np.testing.assert_array_equal(hi.aggregate.copeland(x, w, coverage=0), lead)


@settings(max_examples=30)
@given(data=st.data(), x=TABLES)
def test_copeland_sums_to_0_and_sees_only_the_order_within_columns(data, x):
    w = data.draw(weights_of(x.shape[1]))
    scores = hi.aggregate.copeland(x, w)
    assert scores.sum() == 0
    np.testing.assert_array_equal(hi.aggregate.copeland(np.exp(3 * x) - 7, w), scores)


def test_blocks_of_rows_join(monkeypatch):
    from hengdian_index.aggregate import ranking

    x = np.random.default_rng(3).integers(0, 30, (23, 3)) / 2
    x[5, 1] = np.nan
    w = np.array([0.5, 0.2, 0.3])
    expected = slow_share(x, w)
    for pairs in (1, 100, 10**6):
        monkeypatch.setattr(ranking, "_PAIRS", pairs)
        np.testing.assert_allclose(hi.aggregate.outranking(x, w), expected, rtol=0, atol=1e-14)
        np.testing.assert_array_equal(
            hi.aggregate.copeland(x, w), np.sign((expected - expected.T).round(12)).sum(axis=1)
        )


def test_with_a_gap_neither_the_earlier_nor_the_later_row_is_favoured():
    x = np.array([[1.0, 2.0, np.nan], [1.0, np.nan, 2.0]])
    np.testing.assert_array_equal(hi.aggregate.copeland(x), [0, 0])
    x = np.array([[3.0, 1.0, 1.0], [2.0, np.nan, 1.0], [1.0, 2.0, 1.0]])
    np.testing.assert_array_equal(hi.aggregate.copeland(x), [1, 0, -1])
    np.testing.assert_array_equal(hi.aggregate.copeland(x[::-1]), [-1, 0, 1])


def test_thirds_that_sum_to_a_half_are_a_tie():
    # .1 + .2 + .2 against .3 + .2 is a tie, although the sums differ in the last bit.
    w = [0.1, 0.2, 0.2, 0.3, 0.2]
    x = [[1.0, 1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, 1.0]]
    np.testing.assert_array_equal(hi.aggregate.copeland(x, w), [0, 0])


@settings(max_examples=40)
@given(data=st.data(), x=TABLES)
def test_borda_counts_the_rows_beaten(data, x):
    w = data.draw(weights_of(x.shape[1]))
    n, k = x.shape
    expected = [
        sum(
            w[j] * sum(1.0 if x[i, j] > x[b, j] else 0.5 * (x[i, j] == x[b, j]) for b in range(n) if b != i)
            for j in range(k)
        )
        for i in range(n)
    ]
    np.testing.assert_allclose(hi.aggregate.borda(x, w), expected, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(hi.aggregate.borda(x, w), hi.aggregate.outranking(x, w).sum(axis=1), atol=1e-13)


def test_borda_stretches_the_ranks_of_a_column_with_a_gap():
    x = [[1.0, 4.0], [2.0, np.nan], [3.0, 5.0], [4.0, np.nan]]
    # Second column: two values, ranks 0 and 1 stretched to 0 and 3; rows with a gap count the first column alone.
    np.testing.assert_allclose(hi.aggregate.borda(x, coverage=0.5), [0, 1, (2 + 3) / 2, 3])
    alone = [[1.0, 4.0], [2.0, np.nan], [3.0, np.nan]]
    np.testing.assert_allclose(hi.aggregate.borda(alone, coverage=0.5), [(0 + 1) / 2, 1, 2])


@settings(max_examples=60)
@given(data=st.data(), x=TABLES)
def test_kemeny_equals_trying_all_orders(data, x):
    w = data.draw(weights_of(x.shape[1]))
    e = slow_share(x, w)
    totals = {order: support(e, order) for order in itertools.permutations(range(len(x)))}
    best = [order for order, total in totals.items() if total >= max(totals.values()) - 1e-10]
    found = hi.aggregate.kemeny(x, w, details=True)
    assert found.order == min(best)
    assert found.ties == len(best)
    assert found.optimal
    assert found.support == pytest.approx(max(totals.values()), abs=1e-12)
    places = np.mean([np.argsort(order) for order in best], axis=0)
    np.testing.assert_allclose(found.scores, len(x) - 1 - places, atol=1e-12)


def test_kemeny_of_seven_rows_equals_trying_all_5040_orders():
    x = np.random.default_rng(5).normal(size=(7, 5))
    e = slow_share(x, [0.2] * 5)
    best = max(itertools.permutations(range(7)), key=lambda order: support(e, order))
    assert hi.aggregate.kemeny(x, details=True).support == pytest.approx(support(e, best))


def test_rows_that_are_the_same_share_the_mean_of_their_places():
    x = [[3.0, 1.0], [2.0, 2.0], [3.0, 1.0], [0.0, 0.0]]
    np.testing.assert_allclose(hi.aggregate.kemeny(x, [0.7, 0.3]), [2.5, 1, 2.5, 0])


def test_kemeny_of_15_rows_is_proved_and_of_16_it_is_not():
    x = np.random.default_rng(1).normal(size=(16, 5))
    assert hi.aggregate.kemeny(x[:15], details=True).optimal
    found = hi.aggregate.kemeny(x, details=True)
    assert (found.optimal, found.ties) == (False, None)
    assert sorted(found.scores) == list(range(16))


def test_the_search_finds_the_optimum_where_it_can_be_proved():
    rng = np.random.default_rng(11)
    for _ in range(30):
        share = hi.aggregate.outranking(rng.normal(size=(9, 4)), rng.random(4))
        assert ranking._searched(share).support == pytest.approx(ranking._exact(share).support, abs=1e-9)


CYCLE = pd.DataFrame({"x": [3.0, 2, 1], "y": [1.0, 3, 2], "z": [2.0, 1, 3]}, index=list("abc"))


def test_several_best_orders_are_told():
    with journal() as lines:
        assert hi.aggregate.kemeny(CYCLE).to_dict() == {"a": 1, "b": 1, "c": 1}
    assert [line.why for line in lines] == ["kemeny: 3 orders are best alike; rows score their mean place in them"]
    with journal() as lines:
        found = hi.aggregate.kemeny(CYCLE, details=True)
    assert (found.ties, found.order, len(lines)) == (3, ("a", "b", "c"), 1)
    with journal() as lines:
        hi.aggregate.kemeny(np.stack([CYCLE, CYCLE.sort_values("x"), np.arange(9.0).reshape(3, 3)]))
    assert [line.why for line in lines] == [
        "kemeny: 3 orders are best alike in 2 of 3 tables; rows score their mean place in them"
    ]


def test_an_index_logs_that_several_orders_are_best():
    index = hi.Index(
        unit="who",
        groups=[hi.Group("all", aggregate="kemeny")],
        indicators=[hi.Indicator(name, "all", normalise="none") for name in "xyz"],
    )
    log = index.compute(CYCLE.rename_axis("who").reset_index()).log
    assert log["why"].str.contains("kemeny: 3 orders are best alike").any()


def test_one_best_order_is_told_only_where_it_is_not_proved():
    with journal() as lines:
        hi.aggregate.kemeny([[1.0, 2], [1, 2], [0, 1]])
    assert lines == []
    with journal() as lines:
        hi.aggregate.kemeny(np.arange(32.0).reshape(16, 2))
    assert [line.why for line in lines] == [
        "kemeny: of 16 rows the best order found by search is given; it is not proved best"
    ]


def test_no_move_of_one_row_betters_an_order_that_was_searched():
    x = np.random.default_rng(2).normal(size=(30, 6))
    found = hi.aggregate.kemeny(x, details=True)
    e = hi.aggregate.outranking(x)
    assert found.support == pytest.approx(support(e, found.order))
    for row in range(30):
        others = [other for other in found.order if other != row]
        for place in range(30):
            assert support(e, [*others[:place], row, *others[place:]]) <= found.support + 1e-9


def test_many_rows_that_all_columns_order_alike_are_found_in_that_order():
    place = np.random.default_rng(4).permutation(40).astype(float)
    x = np.column_stack([place, place**3, -1 / (1 + place)])
    np.testing.assert_array_equal(hi.aggregate.kemeny(x), place)


def test_the_order_of_many_rows_does_not_depend_on_how_they_came():
    rng = np.random.default_rng(6)
    x, order = rng.normal(size=(25, 5)), rng.permutation(25)
    np.testing.assert_array_equal(hi.aggregate.kemeny(x[order]), hi.aggregate.kemeny(x)[order])


def test_labels_of_polars_rows_are_their_places():
    import polars as pl

    x = pl.DataFrame({"指标 1": [1.0, 3.0, 2.0], "b": [1, 3, 2]})
    assert hi.aggregate.kemeny(x, details=True).order == (1, 2, 0)
    assert hi.aggregate.outranking(x).tolist() == [[0, 0, 0], [1, 0, 1], [1, 0, 0]]


def test_text_and_labels_are_not_read_as_gaps():
    x = pd.DataFrame({"a b": [1.0, 2.0], "c": ["x", "1.5"]}, index=["p", "q"])
    for name in ("copeland", "kemeny", "borda", "topsis", "benefit_of_the_doubt"):
        with pytest.raises(hi.DataError, match=r"^column 'c', row 'p': 'x' is not a number"):
            getattr(hi.aggregate, name)(x)


def climbed_one_by_one(margin, order):
    """Return what moving one item after another to its best place gives, each round in the order it began with."""
    moved = True
    while moved:
        moved = False
        for item in order.tolist():
            others = [other for other in order.tolist() if other != item]
            lost = [0.0]
            for other in others:
                lost.append(lost[-1] + margin[item, other])
            if lost[order.tolist().index(item)] - min(lost) > ranking._SAME:
                others.insert(lost.index(min(lost)), item)
                order, moved = np.array(others), True
    return order


@pytest.mark.parametrize("ties", [3, 50, 10**6])
def test_a_search_that_tries_many_items_at_once_moves_the_same_ones(ties):
    rng = np.random.default_rng(ties)
    for n in (16, 23, 60):
        support = ranking._outranking(rng.integers(0, ties, (n, 5)).astype(float), np.full(5, 0.2))
        margin, start = support - support.T, rng.permutation(n)
        assert ranking._climbed(margin, start).tolist() == climbed_one_by_one(margin, start).tolist()
