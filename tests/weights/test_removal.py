"""MEREC, CILOS, IDOCRIW and LOPCOW: printed examples, textbook formulas, directions, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from support.laws import law
from support.tables import positive

import hengdian_index as hi
from hengdian_index.log import journal

RAW = [hi.weights.merec, hi.weights.cilos, hi.weights.idocriw]
EVERY = pytest.mark.parametrize("method", [*RAW, hi.weights.lopcow])


def weighed(numbers):
    return np.array(numbers) / sum(numbers)


@pytest.mark.parametrize(
    ("example", "method"),
    [
        ("merec_illustrative", hi.weights.merec),
        ("zavadskas_economic", hi.weights.cilos),
        ("zavadskas_podvezko", hi.weights.cilos),
        ("zavadskas_podvezko", hi.weights.idocriw),
    ],
)
def test_weights_as_printed(published, example, method):
    folder = published / "weights"
    x = pd.read_csv(folder / f"{example}.csv", index_col="alternative")
    direction = pd.read_csv(folder / f"{example}_direction.csv", index_col="code").direction
    printed = pd.read_csv(folder / "expected_weights.csv", index_col=["example", "method", "code"]).value.sort_index()
    wanted = printed.loc[example, method.method.name]
    w = method(x, direction=direction.to_dict())
    assert set(w.index) == set(wanted.index)
    np.testing.assert_allclose(w[wanted.index], wanted, rtol=0, atol=5e-5)


def merec(x, cost):
    """Textbook MEREC, number by number."""
    n, k = x.shape
    ratio = [[x[i, j] / x[:, j].max() if cost[j] else x[:, j].min() / x[i, j] for j in range(k)] for i in range(n)]
    effects = []
    for j in range(k):
        effect = 0.0
        for row in ratio:
            whole = np.log(1 + sum(abs(np.log(r)) for r in row) / k)
            without = np.log(1 + sum(abs(np.log(r)) for other, r in enumerate(row) if other != j) / k)
            effect += abs(without - whole)
        effects.append(effect)
    return weighed(effects)


def cilos(x, cost):
    """Textbook CILOS: costs inverted, columns to sum 1, the square matrix, the loss matrix, the equations."""
    x = np.where(cost, x.min(axis=0) / x, x)
    x = x / x.sum(axis=0)
    k = x.shape[1]
    a = np.array([x[x[:, i].argmax()] for i in range(k)])
    f = np.array([[(a[j, j] - a[i, j]) / a[j, j] for j in range(k)] for i in range(k)])
    for j in range(k):
        f[j, j] = -sum(f[i, j] for i in range(k) if i != j)
    return np.linalg.lstsq(np.vstack([f, np.ones(k)]), np.append(np.zeros(k), 1.0), rcond=None)[0]


def entropy(x):
    p = x / x.sum(axis=0)
    return weighed(1 + (p * np.log(p)).sum(axis=0) / np.log(len(x)))


def lopcow(x, cost):
    u = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
    u = np.where(cost, 1 - u, u)
    return weighed(np.abs(np.log(np.sqrt((u**2).mean(axis=0)) / u.std(axis=0, ddof=1)) * 100))


def determined(method, x, **options):
    """Return the weights; give the example up where columns are best in one row, which leaves CILOS open."""
    try:
        return method(x, **options)
    except hi.DataError:
        if method in (hi.weights.merec, hi.weights.lopcow):
            raise
        reject()


TEXTBOOK = {
    "merec": merec,
    "cilos": cilos,
    "idocriw": lambda x, cost: weighed(cilos(x, cost) * entropy(x)),
    "lopcow": lopcow,
}


@EVERY
@law(20)
@given(seed=st.integers(0, 10**6), k=st.integers(2, 6), costs=st.integers(0, 63))
def test_the_textbook_formula(method, seed, k, costs):
    x, cost = positive(seed, k, 9, shape=2), np.array([bool(costs >> j & 1) for j in range(k)])
    w = determined(method, x, direction=np.where(cost, -1, 1))
    np.testing.assert_allclose(w, TEXTBOOK[method.method.name](x, cost), rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("method", [hi.weights.merec, hi.weights.cilos])
def test_a_cost_is_the_inverse_of_a_benefit(method):
    x = positive(1, 4, 9, shape=2)
    np.testing.assert_allclose(method(x, direction=-1), method(1 / x), rtol=1e-9)


def test_a_cost_is_the_mirror_of_a_benefit_in_lopcow():
    x = positive(2, 4, 9, shape=2)
    np.testing.assert_allclose(hi.weights.lopcow(x, direction=-1), hi.weights.lopcow(-x), rtol=1e-9)


def test_lopcow_does_not_see_rising_affine_maps():
    x = positive(3, 4, 9, shape=2)
    moved = x * [1, 1e6, 1e-6, 3] + [1e3, 0, 1, -9]
    np.testing.assert_allclose(hi.weights.lopcow(moved), hi.weights.lopcow(x), rtol=1e-9)


def test_idocriw_is_the_product_of_cilos_and_entropy():
    x = positive(4, 4, 9, shape=2)
    product = hi.weights.cilos(x, direction=[1, -1, 1, 1]) * hi.weights.entropy(x)
    np.testing.assert_allclose(hi.weights.idocriw(x, direction=[1, -1, 1, 1]), product / product.sum(), rtol=1e-12)


@EVERY
def test_a_direction_goes_by_name(method):
    x = pd.DataFrame(positive(5, 4, 9, shape=2), columns=list("abcd"))
    w = method(x, direction=[1, -1, 1, -1])
    every = {"d": -1, "c": 1, "b": -1, "a": 1}
    for given_as in ({"b": -1, "d": -1}, every, pd.Series(every)):
        pd.testing.assert_series_equal(method(x, direction=given_as), w)
    assert np.abs(method(x) - w).max() > 1e-6


@EVERY
def test_a_wrong_direction_is_refused(method):
    x = pd.DataFrame(positive(5, 4, 9, shape=2), columns=list("abcd"))
    with pytest.raises(hi.SpecError, match=r"1 \(larger is better\) or -1"):
        method(x, direction=2)
    with pytest.raises(hi.SpecError, match="no column 'e'"):
        method(x, direction={"e": -1})


@pytest.mark.parametrize("method", RAW)
def test_values_of_0_or_less_are_refused_with_their_cells(method):
    x = pd.DataFrame({"a": [1.0, 0.0, 2.0], "b": [1.0, 2.0, -3.0]}, index=["x", "y", "z"])
    with pytest.raises(hi.DataError) as refusal:
        method(x)
    first, second = map(str, refusal.value.faults)
    assert first.startswith("column 'a', row 'y': 0:")
    assert second.startswith("column 'b', row 'z': -3:")
    assert "raw values above 0" in first


@pytest.mark.parametrize("method", RAW)
def test_rows_with_a_gap_are_left_out_and_logged(method):
    x = positive(6, 4, 9, shape=2)
    gaps = x.copy()
    gaps[2, 1] = gaps[5, 0] = np.nan
    with journal() as lines:
        w = method(gaps)
    assert any("2 rows" in line.why for line in lines)
    if method is hi.weights.idocriw:
        wanted = weighed(hi.weights.cilos(np.delete(x, [2, 5], axis=0)) * hi.weights.entropy(gaps))
    else:
        wanted = method(np.delete(x, [2, 5], axis=0))
    np.testing.assert_allclose(w, wanted, rtol=1e-12)


def test_lopcow_leaves_gaps_out_column_by_column():
    x = positive(7, 2, 9, shape=2)
    gaps = x.copy()
    gaps[3, 1] = np.nan
    alone = [lopcow_strength(x[:, 0]), lopcow_strength(np.delete(x[:, 1], 3))]
    np.testing.assert_allclose(hi.weights.lopcow(gaps), weighed(alone), rtol=1e-9)


def lopcow_strength(column):
    u = (column - column.min()) / (column.max() - column.min())
    return abs(np.log(np.sqrt((u**2).mean()) / u.std(ddof=1)))


def test_lopcow_of_columns_that_hardly_vary_keeps_its_digits():
    steps = np.array([[0.0, 5.0], [1.0, 6.0], [4.0, 12.0]])
    np.testing.assert_allclose(hi.weights.lopcow(1e9 + steps), lopcow(steps, [False, False]), rtol=1e-12)


def test_lopcow_of_two_rows_has_no_answer():
    with pytest.raises(hi.DataError, match="use more rows"):
        hi.weights.lopcow([[1.0, 5.0], [2.0, 3.0]])


def test_merec_gives_a_constant_column_0_and_says_so():
    x = pd.DataFrame(positive(8, 2, 9, shape=2), columns=list("ab"))
    with journal() as lines:
        w = hi.weights.merec(x.assign(flat=3.0))
    assert [line.indicator for line in lines] == ["flat"]
    assert w["flat"] == 0
    np.testing.assert_allclose(w, merec(x.assign(flat=3.0).to_numpy(), [False] * 3), rtol=1e-9)


def test_merec_of_columns_that_hardly_vary_keeps_its_digits():
    x = np.column_stack([1e7 + np.array([0.0, 1.0]), 1e7 + np.array([0.0, 2.0])])
    # To first order the effects are as the gaps: ln(1 + 1e-7) to ln(1 + 2e-7), the shared logarithm cancels.
    s, t = np.log1p(1e-7), np.log1p(2e-7)
    whole = np.log1p((s + t) / 2)
    wanted = weighed([whole - np.log1p(t / 2), whole - np.log1p(s / 2)])
    np.testing.assert_allclose(hi.weights.merec(x), wanted, rtol=1e-8)


def test_a_column_that_loses_nothing_takes_all_of_cilos_with_a_line_in_the_log():
    # Two rows are best for a, in one of which b loses; a loses nothing in the row where b is best.
    x = pd.DataFrame({"a": [2.0, 2.0, 1.0], "b": [1.0, 3.0, 1.0]})
    with journal() as lines:
        w = hi.weights.cilos(x)
    assert w.to_dict() == {"a": 1.0, "b": 0.0}
    assert ["'b' weighs 0" in line.why for line in lines] == [True]


@pytest.mark.parametrize("method", [hi.weights.cilos, hi.weights.idocriw])
def test_columns_best_in_one_row_leave_cilos_open(method):
    x = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [5.0, 6.0, 9.0]})
    with pytest.raises(hi.DataError, match="leaves the weights open") as refusal:
        method(x)
    assert len(refusal.value.faults) == 2


@EVERY
def test_fault_1_all_columns_constant(method):
    with pytest.raises(hi.DataError, match="constant") as refusal:
        method(pd.DataFrame({"a": [1.0, 1.0, 1.0], "b": [0.3, 0.3, 0.3]}))
    assert [str(fault).split("'")[1] for fault in refusal.value.faults] == ["a", "b"]


@EVERY
def test_fault_5_infinity_is_refused_with_its_cell(method):
    with pytest.raises(hi.DataError, match=r"column 'b', row 'y'.*infinity"):
        method(pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, np.inf]}, index=["x", "y"]))


@EVERY
def test_fault_6_sizes_near_the_largest_and_smallest_number(method):
    x = positive(9, 3, 9, shape=2)
    x /= x.max()
    np.testing.assert_allclose(method(x * [1.7e308, 1.0, 1e-300]), method(x), rtol=1e-9)


def test_fault_6_a_column_that_spans_all_numbers():
    x = np.array([[1e-300, 1.0], [1e300, 2.0], [1.0, 4.0]])
    logs = np.log(x) - np.log(x).min(axis=0)
    whole = np.log1p(logs.sum(axis=1) / 2)
    wanted = weighed([(whole - np.log1p(logs[:, 1 - j] / 2)).sum() for j in (0, 1)])
    np.testing.assert_allclose(hi.weights.merec(x), wanted, rtol=1e-12)


@EVERY
def test_fault_7_one_row(method):
    with pytest.raises(hi.DataError, match="at least 2"):
        method([[1.0, 2.0]])


@EVERY
def test_fault_8_the_unit_of_measure_does_not_matter(method):
    x = positive(10, 3, 9, shape=2)
    for unit in (1e-12, 1e12):
        np.testing.assert_allclose(method(x * [1.0, unit, 1.0]), method(x), rtol=1e-9)


@pytest.mark.parametrize("method", [hi.weights.cilos, hi.weights.idocriw, hi.weights.lopcow])
def test_fault_9_a_constant_column_is_refused_not_given_all_the_weight(method):
    with pytest.raises(hi.DataError, match="'flat': constant"):
        method(pd.DataFrame({"a": [1.0, 2.0, 5.0], "flat": 2.0, "b": [4.0, 1.0, 3.0]}))


@law(20)
@given(seed=st.integers(0, 10**6), k=st.integers(2, 5))
def test_fault_9_cilos_and_idocriw_are_0_or_more_and_the_same_each_time(seed, k):
    x = positive(seed, k, 9, shape=2)
    for method in (hi.weights.cilos, hi.weights.idocriw):
        first = determined(method, x)
        assert (first >= 0).all()
        np.testing.assert_array_equal(method(x), first)
