"""Quasi-arithmetic means: against 60 digits, at the ends of the number range, and the exact split of a change."""

from dataclasses import dataclass, field
from decimal import Decimal, getcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.laws import law

import hengdian_index as hi
from hengdian_index._maths.means import (
    ARITHMETIC,
    Missing,
    Together,
    aggregate,
    detailed,
    extreme,
    geometric_pair,
    harmonic_pair,
    log_secant,
    power_pair,
    power_secant,
    weighted_sum,
)
from hengdian_index.errors import CellsError, DataError, SpecError

getcontext().prec = 60

POWERS = [-30, -2, -1, -0.5, 0, 1e-6, 0.5, 1, 2, 3, 30]
PAIRS = {"arithmetic": ARITHMETIC, "geometric": geometric_pair(), "harmonic": harmonic_pair()} | {
    f"power {p}": power_pair(p) for p in POWERS
}
ORDER = {"arithmetic": 1, "geometric": 0, "harmonic": -1} | {f"power {p}": p for p in POWERS}
positive = st.integers(1, 4000).map(lambda i: i / 16)


def textbook(x, w, p):
    """Return the weighted power mean with 60 digits."""
    x, w, p = [Decimal(float(v)) for v in x], [Decimal(float(v)) for v in w], Decimal(float(p))
    if p == 0:
        return sum(b * a.ln() for a, b in zip(x, w, strict=True)).exp()
    return (sum(b * (a.ln() * p).exp() for a, b in zip(x, w, strict=True)).ln() / p).exp()


def assert_digits(found, wanted, digits=12):
    assert abs(Decimal(float(found)) / wanted - 1) < Decimal(10) ** -digits, (float(found), float(wanted))


@pytest.mark.parametrize("name", PAIRS)
@law(15)
@given(x=st.lists(positive, min_size=3, max_size=3))
def test_each_mean_is_the_textbook_formula(name, x):
    w = np.array([0.5, 0.375, 0.125])
    assert_digits(PAIRS[name].mean(np.array([x]), w)[0], textbook(x, w, ORDER[name]), 12)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("size", [1e-300, 1e-200, 1e-160, 1e-100, 1e-20, 1e20, 1e100, 1e160, 1e200, 1e300])
def test_values_near_the_ends_of_the_number_range_keep_their_digits(name, size):
    x, w = np.array([1.25, 2.0, 3.5]) * size, np.array([0.5, 0.25, 0.25])
    assert_digits(PAIRS[name].mean(x[np.newaxis], w)[0], textbook(x, w, ORDER[name]), 11)


@pytest.mark.parametrize("name", ["geometric", "harmonic", "power 2", "power -2", "power 0.5"])
def test_a_row_of_values_of_very_different_size(name):
    x, w = np.array([1e-200, 1.0, 1e200]), np.array([0.5, 0.25, 0.25])
    assert_digits(PAIRS[name].mean(x[np.newaxis], w)[0], textbook(x, w, ORDER[name]), 11)


NEAR_0 = [-0.09, -1e-3, -1e-9, -1e-17, 1e-17, 1e-12, 1e-9, 1e-3, 0.09]


@pytest.mark.parametrize("p", NEAR_0)
@pytest.mark.parametrize("x", [(1e-300, 1e-300, 1e300), (1e-300, 1e300, 1e300), (3.0, 1.0, 2.0), (2e300, 1e300, 5e300)])
def test_a_power_near_0_keeps_its_digits_over_the_whole_range_of_numbers(p, x):
    w = np.array([0.25, 0.25, 0.5])
    assert_digits(power_pair(p).mean(np.array([x]), w)[0], textbook(x, w, p), 11)


@pytest.mark.parametrize("p", [-1e-17, 1e-17, -1e-320, 1e-320])
def test_a_power_next_to_0_of_the_two_ends_is_their_geometric_mean(p):
    np.testing.assert_allclose(power_pair(p).mean(np.array([[1e-300, 1e300]]), np.full(2, 0.5)), 1, rtol=1e-11)


@pytest.mark.parametrize("p", [0.05, 1e-3, 1e-9, 1e-320])
def test_zeros_under_a_power_near_0_leave_the_weight_of_the_rest_as_a_factor(p):
    x, w = np.array([[0.0, 2.0, 8.0], [0.0, 0.0, 0.0], [5.0, 5.0, 5.0]]), np.array([0.5, 0.25, 0.25])
    factor = float((Decimal("0.5").ln() / Decimal(p)).exp())
    wanted = [factor * power_pair(p).mean(x[:1, 1:], np.array([0.5, 0.5]))[0], 0, 5]
    np.testing.assert_allclose(power_pair(p).mean(x, w), wanted, rtol=1e-12)


@pytest.mark.parametrize("p", [-0.09, -1e-9, -1e-17, 1e-17, 1e-9, 1e-3, 0.09])
def test_the_parts_of_a_change_under_a_power_near_0_sum_to_it_for_values_far_apart(p):
    pair, w = power_pair(p), np.array([0.5, 0.5])
    z0, z1 = np.array([[1e-140, 1e140], [1e-150, 1e170]]), np.array([[1e-60, 1e140], [1e150, 1e-100]])
    y0, y1 = pair.mean(z0, w), pair.mean(z1, w)
    parts = w * pair.slope(z0, z1, y0, y1) * (z1 - z0)
    # The means themselves, of numbers so far apart, have 13 digits.
    off = np.abs(parts.sum(axis=1) - (y1 - y0))
    assert (off <= 1e-12 * np.maximum(y0, y1)).all()
    np.testing.assert_allclose((w * pair.share(z0, y0[:, np.newaxis])).sum(axis=1), 1, rtol=1e-11)


@pytest.mark.parametrize("name", ["harmonic", "power -2", "power -30", "power 3", "power 30"])
@pytest.mark.parametrize("unweighted", [1e-300, 1e-12, 1e12, 1e300])
def test_a_value_without_weight_says_nothing(name, unweighted):
    x, w = np.array([[unweighted, 1.0, 2.0]]), np.array([0.0, 0.5, 0.5])
    np.testing.assert_allclose(PAIRS[name].mean(x, w), PAIRS[name].mean(x[:, 1:], w[1:]), rtol=1e-13)


@pytest.mark.parametrize("name", ["power -30", "power 30"])
def test_a_power_that_overflows_for_ordinary_values(name):
    x, w = np.array([1e-11, 1.0, 1e11]), np.array([0.5, 0.25, 0.25])
    assert_digits(PAIRS[name].mean(x[np.newaxis], w)[0], textbook(x, w, ORDER[name]), 11)


@pytest.mark.parametrize("pair", [geometric_pair(True), harmonic_pair(True), power_pair(2), power_pair(0.5)])
def test_the_mean_of_zeros_is_zero(pair):
    assert pair.mean(np.zeros((2, 3)), np.full(3, 1 / 3)).tolist() == [0, 0]


@pytest.mark.parametrize("pair", [geometric_pair(True), harmonic_pair(True)])
def test_with_the_limit_a_zero_gives_zero_only_where_it_has_weight(pair):
    x = np.array([[0.0, 2.0, 4.0], [1.0, 2.0, 0.0]])
    w = np.array([0.5, 0.5, 0.0])
    wanted = pair.mean(x[1:, :2], w[:2])
    np.testing.assert_allclose(pair.mean(x, w), [0, wanted[0]], rtol=1e-15)


@pytest.mark.parametrize(
    ("pair", "refused"),
    [
        (geometric_pair(), [True, True]),
        (harmonic_pair(), [True, True]),
        (power_pair(-0.5), [True, True]),
        (geometric_pair(True), [False, True]),
        (harmonic_pair(True), [False, True]),
        (power_pair(0.5), [False, True]),
        (power_pair(3), [False, True]),
        (ARITHMETIC, [False, False]),
    ],
)
def test_values_outside_the_domain_are_marked(pair, refused):
    x = np.array([[2.0, 0.0, -1.0]])
    marked = np.array([[False, *refused]])
    if not marked.any():
        assert pair.mean(x, np.full(3, 1 / 3))[0] == pytest.approx(1 / 3)
        return
    with pytest.raises(CellsError, match=r"needs values (above 0|of 0 or more); normalise") as refusal:
        pair.mean(x, np.full(3, 1 / 3))
    np.testing.assert_array_equal(refusal.value.marked, marked)


@settings(max_examples=30)
@given(x=st.lists(positive, min_size=4, max_size=4))
def test_the_mean_rises_with_the_order(x):
    w = np.array([0.4, 0.3, 0.2, 0.1])
    orders = [-30, -2, -1, -0.5, 0, 0.5, 1, 2, 30]
    rising = [extreme(False)(np.array([x]), w)[0]]
    rising += [power_pair(p).mean(np.array([x]), w)[0] for p in orders]
    rising += [extreme(True)(np.array([x]), w)[0]]
    assert (np.diff(rising) >= -1e-12 * max(x)).all()


def test_the_extremes_are_those_of_positive_weight():
    x, w = np.array([[1.0, 5.0, 9.0], [-1.0, -5.0, 2.0]]), np.array([0.5, 0.5, 0.0])
    np.testing.assert_array_equal(extreme(True)(x, w), [5, -1])
    np.testing.assert_array_equal(extreme(False)(x, w), [1, -5])


STEPS = [
    (2.0, 2.0),
    (2.0, 2.0 * (1 + 1e-15)),
    (2.0, 2.0 + 1e-9),
    (2.0, 3.0),
    (1e-3, 1e3),
    (5.0, 1.0),
    (1e-8, 1e-8 + 1e-20),
]


@pytest.mark.parametrize(("a", "b"), STEPS)
@pytest.mark.parametrize("p", [-30, -2, -0.5, 1e-6, 0.5, 2, 3, 30])
def test_the_secant_of_a_power_does_not_cancel(a, b, p):
    x, y, power = Decimal(a), Decimal(b), Decimal(p)
    wanted = power * x ** (power - 1) if a == b else ((y.ln() * power).exp() - (x.ln() * power).exp()) / (y - x)
    assert_digits(power_secant(p)(np.array(a), np.array(b)), wanted)


@pytest.mark.parametrize("p", [1e-9, -1e-9, 1e-3, -1e-3, 0.05, -0.05])
@pytest.mark.parametrize(("a", "b"), [(1e-300, 1e300), (1e300, 1e-300)])
def test_the_secant_of_a_power_near_0_from_one_end_of_the_numbers_to_the_other(a, b, p):
    test_the_secant_of_a_power_does_not_cancel(a, b, p)
    x, y = Decimal(a), Decimal(b)
    assert_digits(log_secant(np.array(a), np.array(b)), (y.ln() - x.ln()) / (y - x))


@pytest.mark.parametrize(("a", "b"), STEPS)
def test_the_secants_of_the_classical_means_do_not_cancel(a, b):
    x, y = Decimal(a), Decimal(b)
    assert_digits(log_secant(np.array(a), np.array(b)), 1 / x if a == b else (y.ln() - x.ln()) / (y - x))
    assert_digits(harmonic_pair().secant(np.array(a), np.array(b)), -1 / (x * y))
    assert ARITHMETIC.secant(np.array(a), np.array(b)) == 1


def test_the_secant_of_a_power_from_zero():
    np.testing.assert_allclose(power_secant(2)(np.array([0.0, 0.0]), np.array([3.0, 0.0])), [3, 0])
    np.testing.assert_allclose(power_secant(0.5)(np.array([4.0]), np.array([0.0])), [0.5])


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("step", [0.0, 1e-12, 1e-3, 5.0])
def test_the_parts_of_a_change_sum_to_it(name, step):
    pair, w = PAIRS[name], np.array([0.5, 0.3, 0.2])
    z0 = np.array([[1.0, 2.0, 4.0], [3.0, 3.0, 3.0]])
    z1 = z0 + step * np.array([[1.0, -0.15, 0.25], [1.0, 0.0, -0.5]])
    y0, y1 = pair.mean(z0, w), pair.mean(z1, w)
    parts = w * pair.slope(z0, z1, y0, y1) * (z1 - z0)
    np.testing.assert_allclose(parts.sum(axis=1), y1 - y0, rtol=0, atol=1e-13)
    assert np.isfinite(parts).all()


def test_weighted_sums_take_one_set_of_weights_or_one_a_row():
    x = np.arange(24.0).reshape(2, 4, 3)
    shared, batch, rows = np.array([0.2, 0.3, 0.5]), np.array([[1.0, 0, 0], [0, 0.5, 0.5]]), np.full((2, 4, 3), 1 / 3)
    np.testing.assert_allclose(weighted_sum(x, shared), (x * shared).sum(axis=-1))
    np.testing.assert_allclose(weighted_sum(x, batch), (x * batch[:, np.newaxis]).sum(axis=-1))
    np.testing.assert_allclose(weighted_sum(x, rows), x.mean(axis=-1))


def test_missing_rules_are_checked_all_at_once():
    with pytest.raises(SpecError) as refusal:
        Missing.of("rewieght", 1.5)
    assert [str(fault) for fault in refusal.value.faults] == [
        "missing: no rule 'rewieght'; did you mean 'reweight'? (reweight, propagate, raise)",
        "coverage: a share from 0 to 1, not 1.5",
    ]
    with pytest.raises(SpecError, match="coverage"):
        Missing.of("reweight", float("nan"))


def test_scores_say_which_weights_each_row_got_and_which_rows_were_dropped():
    x = np.array([[1.0, 2.0, 3.0], [1.0, np.nan, 3.0], [np.nan, np.nan, 3.0]])
    w = np.array([0.5, 0.25, 0.25])
    scores = aggregate(ARITHMETIC, x, w, Missing())
    np.testing.assert_allclose(scores.weights, [w, [2 / 3, 0, 1 / 3], [np.nan] * 3], rtol=1e-15)
    np.testing.assert_array_equal(scores.dropped, [False, False, True])
    np.testing.assert_allclose(scores.values, [1.75, 5 / 3, np.nan], rtol=1e-15)
    assert aggregate(ARITHMETIC, x[:1], w, Missing()).weights is None


def test_a_row_whose_present_columns_have_no_weight_has_no_score():
    scores = aggregate(ARITHMETIC, np.array([[np.nan, 2.0, 3.0]]), np.array([1.0, 0.0, 0.0]), Missing())
    assert scores.dropped.all()
    assert np.isnan(scores.values).all()


def test_gaps_are_handled_alike_by_a_pair_and_by_a_plain_function():
    x = np.random.default_rng(0).random((3, 8, 4)) + 0.1
    x[0, 1, 2] = x[1, 3, 0] = x[1, 3, 1] = x[2, 5, 3] = np.nan
    w = np.array([[0.4, 0.3, 0.2, 0.1], [0.25] * 4, [0.1, 0.2, 0.3, 0.4]])
    pair = geometric_pair()
    for missing in (Missing(), Missing("propagate"), Missing(coverage=0.3)):
        by_pair, by_function = aggregate(pair, x, w, missing), aggregate(pair.mean, x, w, missing)
        np.testing.assert_allclose(by_function.values, by_pair.values, rtol=1e-13)
        np.testing.assert_array_equal(by_function.dropped, by_pair.dropped)


@dataclass(frozen=True)
class Told:
    """Scores, and the rows they are of."""

    scores: np.ndarray = field(metadata={"axis": "rows"})
    table: np.ndarray = field(metadata={"axis": "table"})


def told(x, w):
    if (x < 0).any():
        raise CellsError(x < 0, "below 0")
    return Told(x @ w, x)


def test_details_of_a_table_with_a_row_left_out_are_missing_there():
    x, w = np.array([[1.0, 3.0], [np.nan, 5.0], [7.0, 9.0]]), np.array([0.25, 0.75])
    rule = Missing("reweight", 0.65)
    found = detailed(Together(told, takes_gaps=True), x, w, rule)
    np.testing.assert_array_equal(found.scores, [2.5, np.nan, 8.5])
    np.testing.assert_array_equal(found.table, [[1, 3], [np.nan, np.nan], [7, 9]])
    np.testing.assert_array_equal(detailed(Together(told), x[[0, 2]], w, rule).scores, [2.5, 8.5])


def test_details_that_are_refused_name_the_cell_of_the_whole_table():
    x = np.array([[np.nan, 3.0], [2.0, 5.0], [7.0, -9.0]])
    with pytest.raises(CellsError, match="below 0") as refused:
        detailed(Together(told, takes_gaps=True), x, np.array([0.5, 0.5]), Missing("reweight", 0.65))
    np.testing.assert_array_equal(refused.value.marked, [[False, False], [False, False], [False, True]])


def test_details_need_one_table_and_a_row_in_it():
    x = np.array([[np.nan, 3.0], [np.nan, 5.0]])
    with pytest.raises(DataError, match="at least one row with enough values"):
        detailed(Together(told, takes_gaps=True), x, np.array([0.5, 0.5]), Missing("reweight", 0.65))
    with pytest.raises(DataError, match="one table only"):
        detailed(Together(told, takes_gaps=True), x[np.newaxis], np.array([0.5, 0.5]), Missing("reweight", 0.65))


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("order", ["C", "F"])
def test_many_rows_with_gaps_are_each_the_mean_of_what_they_have(name, order):
    rng = np.random.default_rng(5)
    x = np.array(rng.uniform(0.5, 9, (40_000, 5)), order=order)
    x[rng.random(x.shape) < 0.1] = np.nan
    w = np.array([0.4, 0.25, 0.0, 0.2, 0.15])
    found = aggregate(PAIRS[name], x, w, Missing(coverage=0.5))
    there = ~np.isnan(x)
    lost = (there.mean(axis=1) < 0.5) | (there @ w == 0)
    np.testing.assert_array_equal(found.dropped, lost)
    np.testing.assert_array_equal(np.isnan(found.values), lost)
    for row in [*np.flatnonzero(~there.all(axis=1) & ~lost)[:40].tolist(), 16_383, 16_384, 39_999]:
        if not lost[row]:
            own = there[row]
            one = textbook(x[row, own], w[own] / w[own].sum(), ORDER[name])
            # The weights of the textbook sum to 1 but for rounding, which a power of 1e6 is of.
            assert found.values[row] == pytest.approx(float(one), rel=1e-9 if name == "power 1e-06" else 2e-13), row
    whole = there.all(axis=1)
    alone = aggregate(PAIRS[name], np.asfortranarray(x[whole]), w, Missing())
    # A power of columns that do not lie together may differ in its last bit from one of columns that do.
    np.testing.assert_allclose(found.values[whole], alone.values, rtol=2e-15 if order == "C" else 0)


def test_a_row_that_keeps_little_of_the_weight_loses_no_digits():
    x = np.array([[np.nan, 3.0, 5.0]])
    w = np.array([1 - 2e-15, 1e-15, 1e-15])
    found = aggregate(ARITHMETIC, x, w / w.sum(), Missing(coverage=0.5))
    assert found.values[0] == pytest.approx(4, rel=1e-15)


def test_of_many_rows_each_value_outside_the_domain_is_marked_unless_its_row_has_no_score():
    x = np.full((40_000, 3), 2.0)
    x[[5, 20_000, 39_000], 1] = -1
    x[[7, 20_000], 2] = np.nan
    x[39_000, [0, 2]] = np.nan
    with pytest.raises(CellsError) as error:
        aggregate(geometric_pair(), x, np.full(3, 1 / 3), Missing())
    assert np.argwhere(error.value.marked).tolist() == [[5, 1], [20_000, 1]]


@pytest.mark.parametrize(
    ("pair", "chinese"),
    [
        (harmonic_pair(), "该平均数要求数值大于0；请标准化到这样的标度"),
        (power_pair(2.0), "该平均数要求数值不小于0；请标准化到这样的标度"),
    ],
)
def test_what_lies_outside_the_domain_is_told_in_chinese(pair, chinese):
    with pytest.raises(CellsError) as found:
        pair.mean(np.array([[1.0, -2.0]]), np.array([0.5, 0.5]))
    assert found.value.why.told("zh") == chinese


def test_every_wrong_word_of_a_rule_is_told_in_chinese():
    with hi.options(lang="zh"), pytest.raises(SpecError) as found:
        Missing.of("drop", 2)
    with hi.options(lang="zh"):
        assert str(found.value) == (
            "missing：没有规则“drop”；可选：reweight、propagate、raise\ncoverage：应为0至1的比例，现为2"
        )
