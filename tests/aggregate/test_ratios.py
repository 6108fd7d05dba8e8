"""WASPAS, ARAS, COPRAS, MARCOS, MOORA and MULTIMOORA: the formulas of the books in loops, and their edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.laws import weights_of

import hengdian_index as hi

A = hi.aggregate
TABLES = arrays(np.int64, st.tuples(st.integers(2, 6), st.integers(2, 4)), elements=st.integers(1, 40)).map(
    lambda x: x / 4.0
)
SIZES = ["waspas", "aras", "copras", "marcos", "multimoora"]


def columns(x):
    return [[float(v) for v in column] for column in x.T]


def over_best(x, costs):
    """Return the table, as lists by row, of each value over the best of its column."""
    out = [[0.0] * x.shape[1] for _ in x]
    for j, column in enumerate(columns(x)):
        for i, v in enumerate(column):
            out[i][j] = min(column) / v if j in costs else v / max(column)
    return out


def slow_waspas(x, w, costs, share=0.5):
    found = []
    for row in over_best(x, costs):
        product = 1.0
        for r, weight in zip(row, w, strict=True):
            product *= r**weight
        found.append(share * sum(a * b for a, b in zip(w, row, strict=True)) + (1 - share) * product)
    return found


def slow_aras(x, w, costs):
    rows = [[float(v) for v in row] for row in x]
    best = [min(c) if j in costs else max(c) for j, c in enumerate(columns(x))]
    table = [[1 / v if j in costs else v for j, v in enumerate(row)] for row in [best, *rows]]
    totals = [sum(row[j] for row in table) for j in range(len(w))]
    s = [sum(weight * v / total for weight, v, total in zip(w, row, totals, strict=True)) for row in table]
    return [one / s[0] for one in s[1:]]


def slow_copras(x, w, costs):
    v = [[weight * a / sum(c) for a, weight, c in zip(row, w, columns(x), strict=True)] for row in x.tolist()]
    plus = [sum(a for j, a in enumerate(row) if j not in costs) for row in v]
    minus = [sum(a for j, a in enumerate(row) if j in costs) for row in v]
    q = plus
    if any(minus):
        q = [p + sum(minus) / (m * sum(1 / other for other in minus)) for p, m in zip(plus, minus, strict=True)]
    return [one / max(q) for one in q]


def slow_marcos(x, w, costs):
    rows = x.tolist()
    ideal = [min(c) if j in costs else max(c) for j, c in enumerate(columns(x))]
    anti = [max(c) if j in costs else min(c) for j, c in enumerate(columns(x))]

    def total(row):
        return sum(
            weight * (best / v if j in costs else v / best)
            for j, (weight, v, best) in enumerate(zip(w, row, ideal, strict=True))
        )

    found = []
    for row in rows:
        low, high = total(row) / total(anti), total(row) / total(ideal)
        f_high, f_low = low / (low + high), high / (low + high)
        found.append((low + high) / (1 + (1 - f_high) / f_high + (1 - f_low) / f_low))
    return found


def slow_moora(x, w, costs):
    lengths = [math.sqrt(sum(v * v for v in column)) for column in columns(x)]
    return [sum((-1 if j in costs else 1) * w[j] * v / lengths[j] for j, v in enumerate(row)) for row in x.tolist()]


def slow_multimoora(x, w, costs):
    lengths = [math.sqrt(sum(v * v for v in column)) for column in columns(x)]
    v = [[a / length for a, length in zip(row, lengths, strict=True)] for row in x.tolist()]
    best = [min(c) if j in costs else max(c) for j, c in enumerate(zip(*v, strict=True))]
    reference = [max(w[j] * abs(best[j] - a) for j, a in enumerate(row)) for row in v]
    product = [math.prod(a ** (-w[j] if j in costs else w[j]) for j, a in enumerate(row)) for row in x.tolist()]
    three = list(zip(slow_moora(x, w, costs), [-r for r in reference], product, strict=True))

    def ahead(a, b):
        apart = [not math.isclose(p, q, rel_tol=1e-11, abs_tol=1e-13) for p, q in zip(a, b, strict=True)]
        votes = [(p > q) - (p < q) if far else 0 for p, q, far in zip(a, b, apart, strict=True)]
        return sum(votes) > 0

    return [sum(ahead(a, b) - ahead(b, a) for b in three) for a in three]


SLOW = {
    "waspas": slow_waspas,
    "aras": slow_aras,
    "copras": slow_copras,
    "marcos": slow_marcos,
    "moora": slow_moora,
    "multimoora": slow_multimoora,
}


@pytest.mark.parametrize("name", SLOW)
@settings(max_examples=30)
@given(data=st.data(), x=TABLES)
def test_a_method_equals_the_loops_of_the_book(name, data, x):
    k = x.shape[1]
    w = data.draw(weights_of(k))
    costs = data.draw(st.sets(st.integers(0, k - 1)))
    direction = [-1 if j in costs else 1 for j in range(k)]
    wanted = SLOW[name](x, w.tolist(), costs)
    np.testing.assert_allclose(getattr(A, name)(x, w, direction=direction), wanted, rtol=1e-11, atol=1e-13)


@settings(max_examples=20)
@given(data=st.data(), x=TABLES, share=st.sampled_from([0.0, 0.2, 1.0]))
def test_waspas_lies_between_sum_and_product(data, x, share):
    w = data.draw(weights_of(x.shape[1], least=1))
    np.testing.assert_allclose(A.waspas(x, w, share=share), slow_waspas(x, w.tolist(), set(), share), rtol=1e-12)


@pytest.mark.parametrize("name", SLOW)
@pytest.mark.parametrize("direction", [1, [1, -1, 1]])
def test_units_of_measure_do_not_matter_at_the_ends_of_the_numbers(name, direction):
    x, w = np.random.default_rng(1).lognormal(size=(9, 3)), [0.2, 0.3, 0.5]
    wanted = getattr(A, name)(x, w, direction=direction)
    for units in ([1e-300, 1.0, 1e300], [1e300] * 3, [1e-300] * 3):
        np.testing.assert_allclose(getattr(A, name)(x * units, w, direction=direction), wanted, rtol=1e-12)


@pytest.mark.parametrize("name", SIZES)
def test_values_below_0_and_costs_of_0_are_refused_by_cell(name):
    x = np.array([[1.0, 2.0], [0.0, 3.0], [4.0, -1.0]])
    with pytest.raises(hi.DataError, match=r"column 1, row 2: -1: this method aggregates ratios of sizes") as refusal:
        getattr(A, name)(x)
    assert len(refusal.value.faults) == 1
    with pytest.raises(hi.DataError, match=r"column 0, row 1: 0: this method aggregates ratios of sizes"):
        getattr(A, name)(np.abs(x), direction=[-1, 1])


@pytest.mark.parametrize("name", SLOW)
def test_a_column_of_zeros_is_refused_where_it_has_a_weight(name):
    x = np.array([[1.0, 0.0], [3.0, 0.0], [4.0, 0.0]])
    with pytest.raises(hi.DataError, match="column 1: all values are 0"):
        getattr(A, name)(x)
    np.testing.assert_allclose(getattr(A, name)(x, [1, 0]), getattr(A, name)(x[:, :1]))


def test_zeros_are_values_and_make_a_product_0():
    x = [[0.0, 4.0], [2.0, 2.0]]
    np.testing.assert_allclose(A.waspas(x, share=0), [0.0, math.sqrt(0.5)])
    assert A.multimoora(x, details=True).product.tolist() == pytest.approx([0.0, math.sqrt(0.5)])
    # A worst row of zeros leaves the utility its limit, the weighted sum.
    np.testing.assert_allclose(A.marcos([[0.0, 0.0], [1.0, 2.0], [2.0, 1.0]]), [0.0, 0.75, 0.75])


def test_a_single_row_is_its_own_best():
    row = [[3.0, 7.0]]
    assert [getattr(A, name)(row).item() for name in ("waspas", "aras", "copras")] == pytest.approx([1.0, 1.0, 1.0])
    assert A.marcos(row).item() == pytest.approx(2 / 3)
    assert A.moora(row).item() == pytest.approx(1.0)
    assert A.multimoora(row).item() == 0


def test_rows_that_are_alike_share_their_score_and_dominate_no_other():
    x = np.array([[0.1 * 3, 2.0], [0.3, 2.0], [0.1, 1.0]])
    scores = A.multimoora(x)
    assert scores.tolist() == [1.0, 1.0, -2.0]


@pytest.mark.parametrize("name", [name for name in SLOW if name != "multimoora"])
def test_a_gap_is_not_counted_as_0(name):
    x = np.array([[4.0, 6.0, 2.0], [4.0, np.nan, 2.0], [2.0, 3.0, 5.0], [3.0, 6.0, 1.0]])
    filled = x.copy()
    filled[1, 1] = 5.0
    with_gap, without = getattr(A, name)(x), getattr(A, name)(filled)
    # The other rows keep their order and nearly their scores: the column has the mean of what is there.
    np.testing.assert_allclose(with_gap[[0, 2, 3]], without[[0, 2, 3]], rtol=0.02)
    assert A.copras(x, direction=[1, -1, 1])[1] > 0


def test_circles_of_the_three_share_their_score():
    rng = np.random.default_rng(5)
    for _ in range(50):
        x = rng.integers(1, 6, size=(5, 3)).astype(float)
        assert A.multimoora(x).sum() == 0


def test_marcos_and_aras_have_the_order_their_notes_say():
    x, w = np.random.default_rng(2).lognormal(size=(30, 4)), np.array([0.1, 0.2, 0.3, 0.4])
    np.testing.assert_array_equal(np.argsort(A.marcos(x, w)), np.argsort((x / x.max(axis=0)) @ w))
    np.testing.assert_array_equal(np.argsort(A.copras(x, w)), np.argsort((x / x.sum(axis=0)) @ w))
    np.testing.assert_array_equal(np.argsort(A.moora(x)), np.argsort((x / np.linalg.norm(x, axis=0)).sum(axis=1)))


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_outside_0_to_1_is_refused(share):
    with pytest.raises(hi.SpecError, match="share: a number from 0 to 1"):
        A.waspas([[1.0, 2.0], [2.0, 1.0]], share=share)
