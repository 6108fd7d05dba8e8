"""TOPSIS, VIKOR, grey relation and the Wroclaw taxonomy: published cases, other software's numbers, double loops."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.laws import weights_of

import hengdian_index as hi
from hengdian_index._maths import blocks

TABLES = arrays(
    np.int64, st.tuples(st.integers(3, 6), st.integers(1, 4)), elements=st.integers(1, 40), unique=True
).map(lambda x: x / 4.0)


def case(folder, key):
    """Return a case's data, weights by column and expected numbers."""
    data = pd.read_csv(folder / "data.csv", index_col=key)
    weights = pd.read_csv(folder / "weights.csv", index_col="code")["weight"]
    return data, weights, pd.read_csv(folder / "expected.csv", index_col=key)["score"]


def slow_topsis(x, w, norm="vector", form="w"):
    n, k = x.shape
    v = [[0.0] * k for _ in range(n)]
    for j in range(k):
        column = [float(x[i, j]) for i in range(n)]
        low, high = min(column), max(column)
        scale = {"vector": math.sqrt(sum(a * a for a in column)), "min_max": high - low, "none": 1.0}[norm]
        for i in range(n):
            v[i][j] = (w[j] if form == "w" else math.sqrt(w[j])) * column[i] / scale
    best = [max(v[i][j] for i in range(n)) for j in range(k)]
    worst = [min(v[i][j] for i in range(n)) for j in range(k)]
    scores = []
    for i in range(n):
        to_best = math.sqrt(sum((v[i][j] - best[j]) ** 2 for j in range(k)))
        to_worst = math.sqrt(sum((v[i][j] - worst[j]) ** 2 for j in range(k)))
        scores.append(to_worst / (to_best + to_worst))
    return scores


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("form", ["w", "sqrt"])
def test_topsis_of_a_table_in_many_blocks(order, form, monkeypatch):
    monkeypatch.setattr(blocks, "_BLOCK", 64)
    monkeypatch.setattr(blocks, "_LARGE", 128)
    rng = np.random.default_rng(0)
    x, w = np.array(rng.lognormal(size=(101, 4)), order=order), np.array([0.1, 0.2, 0.3, 0.4])
    found = hi.aggregate.topsis(x, w, form=form)
    np.testing.assert_allclose(found, slow_topsis(x, w, form=form), rtol=1e-12)
    draws = rng.dirichlet(np.ones(4), 5)
    many = hi.aggregate.topsis(x, draws, form=form)
    np.testing.assert_allclose(many, [slow_topsis(x, one, form=form) for one in draws], rtol=1e-12)


@pytest.mark.parametrize("norm", ["vector", "min_max"])
def test_topsis_keeps_its_digits_at_the_ends_of_the_numbers(norm):
    x, w = np.random.default_rng(1).lognormal(size=(12, 3)), np.array([0.2, 0.3, 0.5])
    wanted = slow_topsis(x, w, norm)
    for units in ([2.0**-1000, 1, 2.0**1000], 2.0**-1000, 2.0**1015):
        np.testing.assert_allclose(hi.aggregate.topsis(x * units, w, norm=norm), wanted, rtol=1e-12)
    for unit in (2.0**-1000, 2.0**1015):
        found = hi.aggregate.topsis(x * unit, w, norm="none")
        np.testing.assert_allclose(found, slow_topsis(x, w, "none"), rtol=1e-12)


def test_topsis_of_tzeng_and_huang(published):
    x, w, expected = case(published / "topsis_tzeng", "alternative")
    np.testing.assert_allclose(hi.aggregate.topsis(x, w), expected, rtol=0, atol=5e-5)


def test_topsis_of_the_graduate_schools_with_an_interval_and_a_cost(published):
    x, w, expected = case(published / "topsis_graduate", "school")
    interval = {"student_staff_ratio": hi.Between(5, 6, worst_low=2, worst_high=12)}
    found = hi.aggregate.topsis(x, w, direction={**interval, "late_rate": -1})
    np.testing.assert_allclose(found, expected, rtol=0, atol=5e-5)
    fed = x.assign(late_rate=-x["late_rate"])
    np.testing.assert_allclose(hi.aggregate.topsis(fed, w, direction=interval), found, rtol=1e-14)


def test_topsis_variants_of_the_graduate_schools_computed_with_the_case(published):
    x, w, _ = case(published / "topsis_graduate", "school")
    direction = {"student_staff_ratio": hi.Between(5, 6, worst_low=2, worst_high=12)}
    reciprocal = hi.aggregate.topsis(x.assign(late_rate=1 / x["late_rate"]), w, direction=direction)
    np.testing.assert_allclose(reciprocal, [0.5213, 0.5744, 0.6226, 0.6983, 0.3190], rtol=0, atol=5e-5)
    root = hi.aggregate.topsis(x.assign(late_rate=1 / x["late_rate"]), w, form="sqrt", direction=direction)
    np.testing.assert_allclose(root, [0.4858, 0.5265, 0.5622, 0.6776, 0.4005], rtol=0, atol=5e-5)


@settings(max_examples=40)
@given(
    data=st.data(), x=TABLES, norm=st.sampled_from(["vector", "min_max", "none"]), form=st.sampled_from(["w", "sqrt"])
)
def test_topsis_equals_double_loops(data, x, norm, form):
    w = data.draw(weights_of(x.shape[1]))
    found = hi.aggregate.topsis(x, w, norm=norm, form=form)
    np.testing.assert_allclose(found, slow_topsis(x, w, norm, form), rtol=1e-12)


@settings(max_examples=30)
@given(x=TABLES)
def test_topsis_leaves_columns_of_length_1_as_they_are(x):
    scaled = hi.normalise.vector(x)
    found = [hi.aggregate.topsis(scaled, norm=norm) for norm in ("vector", "none")]
    np.testing.assert_allclose(found[0], hi.aggregate.topsis(x), rtol=1e-13)
    np.testing.assert_allclose(found[1], hi.aggregate.topsis(x), rtol=1e-13)


def test_topsis_norms_have_different_winners_and_the_result_names_its_own():
    x = pd.DataFrame({"a": [100.0, 101.0, 100.5], "b": [6.0, 2.0, 5.0]}, index=["p", "q", "r"])
    by_vector, by_range = hi.aggregate.topsis(x, details=True), hi.aggregate.topsis(x, norm="min_max", details=True)
    assert (by_vector.scores.idxmax(), by_vector.norm) == ("p", "vector")
    assert (by_range.scores.idxmax(), by_range.norm) == ("r", "min_max")
    np.testing.assert_allclose(by_vector.to_worst / (by_vector.to_worst + by_vector.to_best), by_vector.scores)


def test_a_target_is_an_interval_without_width_and_its_farthest_row_scores_0():
    x = np.array([[3.0, 1.0], [5.0, 2.0], [9.0, 1.5]])
    by_hand = np.column_stack([1 - np.abs(x[:, 0] - 4) / 5, x[:, 1]])
    found = hi.aggregate.topsis(x, direction=[hi.Target(4), 1])
    np.testing.assert_allclose(found, hi.aggregate.topsis(by_hand), rtol=1e-14)
    np.testing.assert_array_equal(found, hi.aggregate.topsis(x, direction=[hi.Between(4, 4), 1]))


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.int32, np.int64])
@pytest.mark.parametrize("name", ["topsis", "vikor", "wroclaw", "grey_relational", "rank_sum_ratio", "borda"])
def test_whole_numbers_do_not_overflow(kind, name):
    x = np.array([[120, 3], [90, 100], [5, 127]])
    method = getattr(hi.aggregate, name)
    np.testing.assert_array_equal(method(x.astype(kind)), method(x.astype(float)))


@pytest.mark.parametrize("factor", [1e-200, 1e200])
@pytest.mark.parametrize("name", ["topsis", "vikor", "wroclaw", "grey_relational"])
def test_the_size_of_the_numbers_does_not_matter(factor, name):
    x = np.array([[1.0, 3.0], [4.0, 1.0], [2.0, 2.0]])
    method = getattr(hi.aggregate, name)
    np.testing.assert_allclose(method(x * factor), method(x), rtol=1e-13)


@pytest.mark.parametrize(
    ("columns", "options", "said"),
    [
        ({"指标 1": [0.0, 0.0]}, {}, "^column '指标 1': all values are 0, so the column has no length"),
        ({"指标 1": [3.0, 3.0]}, {"norm": "min_max"}, "^column '指标 1': constant over the rows compared"),
        ({"指标 1": [3.0, 3.0], "b": [1.0, 1.0]}, {}, "^row 'p': no column tells the rows compared apart"),
    ],
)
def test_topsis_refuses_what_has_no_distance_by_name(columns, options, said):
    x = pd.DataFrame({"b": [1.0, 2.0]} | columns, index=["p", "q"])
    with pytest.raises(hi.DataError, match=said):
        hi.aggregate.topsis(x, **options)


def test_a_column_without_weight_is_not_asked_for_a_length():
    x = np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 5.0]])
    for name, options in (("topsis", {}), ("topsis", {"norm": "min_max"}), ("vikor", {})):
        np.testing.assert_allclose(getattr(hi.aggregate, name)(x, [0, 1], **options), [0, 0.25, 1], atol=1e-15)


def slow_vikor(x, w, v):
    """Return S, R and Q in exact fractions, from whole-number weights."""
    n, k = x.shape
    x = np.array([[Fraction(a) for a in row] for row in x.tolist()])
    w = [Fraction(int(one), int(sum(w))) for one in w]
    s, r, v = [], [], Fraction(v)
    for i in range(n):
        terms = [w[j] * (max(x[:, j]) - x[i, j]) / (max(x[:, j]) - min(x[:, j])) for j in range(k)]
        s.append(sum(terms))
        r.append(max(terms))

    def part(values, i):
        return (values[i] - min(values)) / (max(values) - min(values)) if max(values) > min(values) else Fraction(0)

    q = [v * part(s, i) + (1 - v) * part(r, i) for i in range(n)]
    return [[float(one) for one in values] for values in (s, r, q)]


@settings(max_examples=40)
@given(data=st.data(), x=TABLES, v=st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_vikor_equals_exact_fractions(data, x, v):
    w = data.draw(arrays(np.int64, x.shape[1], elements=st.integers(1, 9)))
    s, r, q = slow_vikor(x, w, v)
    found = hi.aggregate.vikor(x, w, v=v, details=True)
    for field, expected in (("s", s), ("r", r), ("q", q)):
        np.testing.assert_allclose(getattr(found, field), expected, rtol=1e-11, atol=1e-13, err_msg=field)
    np.testing.assert_array_equal(found.scores, 1 - found.q)


@settings(max_examples=30)
@given(data=st.data(), x=TABLES)
def test_vikor_is_free_of_the_scale_of_each_column(data, x):
    w, k = data.draw(weights_of(x.shape[1])), x.shape[1]
    gain = np.array([3.0, 0.5, 100.0, 7.0])[:k]
    np.testing.assert_allclose(hi.aggregate.vikor(x * gain - 5, w), hi.aggregate.vikor(x, w), rtol=1e-9, atol=1e-12)


def test_vikor_gives_1_to_a_row_that_is_best_by_s_and_r_and_0_to_one_that_is_worst_by_both():
    found = hi.aggregate.vikor([[9.0, 9.0], [1.0, 8.0], [2.0, 1.0], [1.0, 1.0]])
    np.testing.assert_allclose(found[[0, 3]], [1, 0])


def test_vikor_names_the_compromise():
    x = pd.DataFrame({"a": [10.0, 9.8, 0.0, 2.0], "b": [9.8, 10.0, 1.0, 0.0]}, index=["p", "q", "r", "s"])
    close = hi.aggregate.vikor(x, [0.5, 0.5], details=True)
    assert close.conditions.advantage is False
    assert close.compromise == ("p", "q")
    clear = hi.aggregate.vikor(x.drop("q"), details=True)
    assert clear.conditions == (True, True)
    assert clear.compromise == ("p",)


def test_vikor_without_stability_shares_the_first_place():
    x = np.array([[9.0, 3.0, 0.0], [1.0, 10.0, 3.0], [2.0, 4.0, 10.0], [4.0, 3.9, 4.0]])
    s, r, q = slow_vikor(x, [1] * 3, 0.5)
    assert (np.argmin(s), np.argmin(r), np.argmin(q)) == (1, 3, 2)
    found = hi.aggregate.vikor(x, details=True)
    assert found.conditions == (True, False)
    assert found.compromise == tuple(np.argsort(q)[:2])


def test_vikor_is_stable_if_its_first_row_is_best_by_one_of_the_two():
    x = np.array([[1.0, 1.0, 0.0], [5.0, 3.0, 5.0], [7.0, 4.0, 1.0], [2.0, 3.0, 7.0]])
    s, r, q = slow_vikor(x, [1] * 3, 0.5)
    assert (np.argmin(s), np.argmin(r), np.argmin(q)) == (2, 1, 1)
    found = hi.aggregate.vikor(x, details=True)
    assert found.conditions == (True, True)
    assert found.compromise == (1,)


def test_vikor_refuses_constant_columns_and_single_rows_by_name():
    x = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 3.0], "c": [4.0, 4.0]})
    with pytest.raises(hi.DataError, match=r"^column 'b': constant .*\ncolumn 'c': constant"):
        hi.aggregate.vikor(x)
    with pytest.raises(hi.DataError, match="column 'a': constant"):
        hi.aggregate.vikor(x[:1])


def test_grey_grades_of_three_sectors(published):
    series = pd.read_csv(published / "grey_gdp" / "data.csv", index_col="year")
    expected = pd.read_csv(published / "grey_gdp" / "expected.csv", index_col="code")["grade"]
    for scaled, grades in [
        (series / series.mean(), expected),
        (series / series.iloc[0], [0.6685, 0.7314, 0.8297]),
        (hi.normalise.min_max(series), [0.7035, 0.7395, 0.7268]),
    ]:
        sectors = scaled.drop(columns="gdp").T
        found = hi.aggregate.grey_relational(sectors, rho=0.5, reference=scaled["gdp"])
        np.testing.assert_allclose(found, grades, rtol=0, atol=5e-5)
        assert list(found.index) == list(expected.index)
        as_list = hi.aggregate.grey_relational(sectors, reference=list(scaled["gdp"]))
        pd.testing.assert_series_equal(as_list, found)


@settings(max_examples=40)
@given(data=st.data(), x=TABLES, rho=st.sampled_from([0.1, 0.5, 1.0]), own=st.booleans())
def test_grey_grades_equal_double_loops(data, x, rho, own):
    w = data.draw(weights_of(x.shape[1]))
    target = [2.0] * x.shape[1] if own else x.max(axis=0)
    d = [[abs(x[i, j] - target[j]) for j in range(x.shape[1])] for i in range(len(x))]
    least, most = min(map(min, d)), max(map(max, d))
    expected = [sum(w[j] * (least + rho * most) / (d[i][j] + rho * most) for j in range(len(w))) for i in range(len(x))]
    found = hi.aggregate.grey_relational(x, w, rho=rho, reference=target if own else None)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_grey_grades_of_rows_that_equal_the_reference_are_1():
    np.testing.assert_array_equal(hi.aggregate.grey_relational([[2.0, 3.0], [2.0, 3.0]]), [1, 1])


@pytest.mark.parametrize("rho", [0, -0.5, 1.5])
def test_the_distinguishing_coefficient_lies_above_0_and_up_to_1(rho):
    with pytest.raises(hi.SpecError, match="grey_relational: rho: above 0 and at most 1"):
        hi.aggregate.grey_relational([[1.0, 2.0]], rho=rho)


@pytest.mark.parametrize(
    ("file", "column", "scale"),
    [
        ("eu_nuts1", "ci_wroclaw_raw", lambda x: x),
        ("bli_2017", "ci_wroclaw_minmax", lambda x: (x - x.min()) / (x.max() - x.min())),
    ],
)
def test_compind_wroclaw_is_1_less_our_score(software, file, column, scale):
    x = pd.read_csv(software / "compind" / f"{file}.csv", index_col=0)
    expected = pd.read_csv(software / "compind" / f"expected_{file}.csv", index_col=0)[column]
    np.testing.assert_allclose(1 - hi.aggregate.wroclaw(scale(x)), expected, rtol=0, atol=1e-12)


@settings(max_examples=30)
@given(data=st.data(), x=TABLES)
def test_wroclaw_equals_double_loops(data, x):
    w = data.draw(weights_of(x.shape[1]))
    d = [math.sqrt(sum(w[j] * (max(x[:, j]) - x[i, j]) ** 2 for j in range(len(w)))) for i in range(len(x))]
    mean = sum(d) / len(d)
    spread = math.sqrt(sum((a - mean) ** 2 for a in d) / (len(d) - 1))
    expected = [1 - a / (mean + 2 * spread) for a in d]
    np.testing.assert_allclose(hi.aggregate.wroclaw(x, w), expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("x", [[[1.0, 2.0]], [[1.0, 2.0], [1.0, 2.0]]])
def test_wroclaw_refuses_rows_that_are_all_alike(x):
    with pytest.raises(hi.DataError, match="no column tells the rows compared apart"):
        hi.aggregate.wroclaw(x)


@settings(max_examples=40)
@given(data=st.data(), x=TABLES, name=st.sampled_from(["topsis", "vikor", "grey_relational", "wroclaw"]))
def test_a_row_with_a_gap_is_measured_over_the_columns_it_has(data, x, name):
    """The other rows keep their bests and ranges, so a column that is gone is a column without weight."""
    assume(x.shape[1] > 1)
    w = data.draw(weights_of(x.shape[1]))
    extra = np.vstack([x, (x[0] + x[1]) / 2])
    gap = extra.copy()
    gap[-1, 0] = np.nan
    method = getattr(hi.aggregate, name)
    found = method(gap, w, coverage=0.1)
    assert np.isfinite(found).all()
    if name == "topsis":
        options = {"norm": "none"}
        moved = method(gap, w, coverage=0.1, **options)[-1]
        # The middle of two rows is no column's end: over the rest, with weight 0 on the first, the same point.
        rest = method(extra, np.where(np.arange(len(w)) == 0, 0.0, w), **options)[-1]
        assert moved == pytest.approx(rest, rel=1e-11)
    if name == "vikor":
        s = method(gap, w, coverage=0.1, details=True).s[-1]
        terms = (x[:, 1:].max(axis=0) - extra[-1, 1:]) / np.ptp(x[:, 1:], axis=0)
        assert s == pytest.approx((w[1:] / w[1:].sum()) @ terms, rel=1e-11)


def test_a_gap_never_counts_as_0():
    x = pd.DataFrame({"a": [0.9, 0.1, 0.5], "b": [0.8, 0.2, np.nan], "c": [0.9, 0.1, 0.8]})
    for name in ("topsis", "vikor", "grey_relational", "wroclaw", "rank_sum_ratio", "borda"):
        method = getattr(hi.aggregate, name)
        assert method(x)[2] > method(x.fillna(0))[2], name


def test_a_row_below_the_coverage_takes_no_part_in_the_comparison():
    x = np.array([[1.0, 5.0, 2.0], [3.0, 1.0, 4.0], [99.0, np.nan, np.nan]])
    for name in ("topsis", "vikor", "grey_relational", "wroclaw", "rank_sum_ratio", "borda", "copeland", "kemeny"):
        method = getattr(hi.aggregate, name)
        np.testing.assert_array_equal(method(x), [*method(x[:2]), np.nan], err_msg=name)


def test_details_of_rows_left_out_are_missing_too():
    x = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": [5.0, 7.0, 1.0]}, index=["p", "q", "r"])
    found = hi.aggregate.vikor(x, missing="propagate", details=True)
    assert found.q.isna().tolist() == [False, True, False]
    assert set(found.compromise) == {"p", "r"}


def test_grey_grades_of_gaps_too_large_for_a_number():
    x = np.array([[1.7e308, -1.7e308], [-1.7e308, 1.7e308], [0.0, 1e308]])
    for own in (None, [-1e308, 1e308]):
        small = None if own is None else np.array(own) / 1e300
        wanted = hi.aggregate.grey_relational(x / 1e300, reference=small)
        np.testing.assert_allclose(hi.aggregate.grey_relational(x, reference=own), wanted, rtol=1e-13)


@pytest.mark.parametrize("norm", ["vector", "none"])
def test_topsis_leaves_out_a_column_without_values(norm):
    x = np.array([[3.0, 1.0, np.nan], [2.0, 5.0, np.nan], [4.0, 2.0, np.nan]])
    np.testing.assert_allclose(hi.aggregate.topsis(x, norm=norm), hi.aggregate.topsis(x[:, :2], norm=norm), rtol=1e-12)
    with pytest.raises(hi.DataError, match="all values are 0"):
        hi.aggregate.topsis(np.nan_to_num(x))


def test_topsis_contributions_where_a_column_begins_later():
    table = pd.DataFrame({"year": [2010, 2011, 2012], "a": [3.0, 6, 5], "b": [9.0, 4, 7], "c": [np.nan, np.nan, 2.0]})

    def told(codes):
        children = [hi.Indicator(code, "total") for code in codes]
        group = hi.Group("total", aggregate="topsis")
        index = hi.Index(period="year", normalise="none", coverage=0.01, groups=[group], indicators=children)
        return index.compute(table).contributions()

    found, without = told("abc"), told("ab")
    np.testing.assert_allclose(found.loc[2011, ["a", "b"]].astype(float), without.loc[2011, ["a", "b"]].astype(float))
    assert found.loc[2011, "c"] == 0
