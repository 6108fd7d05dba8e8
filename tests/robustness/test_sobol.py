"""Sensitivity indices: the Ishigami function, other software, closed forms, resampling, refusals."""

import re
import tomllib

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, sobol_indices
from support.laws import LAW

from hengdian_index import DataError, SpecError
from hengdian_index._robustness.sobol import saltelli, sobol
from hengdian_index.log import journal

COLUMNS = ["first_low", "first_high", "total_low", "total_high"]
PARAMETERS = [(7.0, 0.1), (7.0, 0.05)]


def ishigami(u, a=7.0, b=0.1):
    x = np.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def runs(model, sizes, n, rng=0):
    """Return y_A, y_B and y_AB (d, N) of a model of points in the unit cube, by the package's own design."""
    design = saltelli(sizes, n, rng=rng)
    return model(design.a), model(design.b), np.array([model(design.swapped(i)) for i in range(len(sizes))])


def random_runs(n, seed):
    """Return runs of the Ishigami function at independent random points, for which the bootstrap is meant."""
    a, b = np.random.default_rng(seed).random((2, n, 3))
    mixed = [np.where(np.arange(3) == i, b, a) for i in range(3)]
    return ishigami(a), ishigami(b), np.array([ishigami(one) for one in mixed])


def textbook(y_a, y_b, y_ab):
    """Return S and T (2, d) by the formulas, one factor after the other."""
    both = [*y_a, *y_b]
    mean = sum(both) / len(both)
    v = sum((y - mean) ** 2 for y in both) / (len(both) - 1)
    n = len(y_a)
    s = [sum((y_b[j] - mean) * (row[j] - y_a[j]) for j in range(n)) / n / v for row in y_ab]
    t = [sum((y_a[j] - row[j]) ** 2 for j in range(n)) / n / (2 * v) for row in y_ab]
    return np.array([s, t])


@pytest.fixture(scope="session")
def closed_form(published):
    """Return S and T (2, 3) of the Ishigami function in closed form."""
    table = pd.read_csv(published / "sobol_ishigami" / "expected.csv").set_index(["a", "b", "quantity"])["value"]
    return lambda a, b: np.array([[table[a, b, f"{kind}_{i}"] for i in (1, 2, 3)] for kind in ("first", "total")])


@pytest.mark.parametrize(("a", "b"), PARAMETERS)
@pytest.mark.parametrize("rng", [0, 1, 2])
def test_ishigami_within_the_tolerance_of_the_case_at_8192_runs(published, closed_form, a, b, rng):
    (check,) = tomllib.loads((published / "sobol_ishigami" / "CASE.toml").read_text(encoding="utf-8"))["check"]
    first, total, _ = sobol(*runs(lambda u: ishigami(u, a, b), [1, 1, 1], 2**13, rng), resamples=1)
    np.testing.assert_allclose([first, total], closed_form(a, b), rtol=0, atol=check["tolerance"])


@pytest.mark.parametrize(("a", "b"), PARAMETERS)
def test_the_closed_form_lies_within_the_intervals_at_16384_runs(closed_form, a, b):
    _, _, intervals = sobol(*runs(lambda u: ishigami(u, a, b), [1, 1, 1], 2**14))
    first, total = closed_form(a, b)
    low, high = intervals.to_numpy()[:, [0, 2]].T, intervals.to_numpy()[:, [1, 3]].T
    assert (low <= [first, total]).all()
    assert (high >= [first, total]).all()
    assert (high - low).max() < 0.06


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_intervals_cover_the_truth_as_often_as_they_say(closed_form, level):
    truth, repetitions = closed_form(7.0, 0.1), 300
    covered = np.zeros((2, 3))
    for seed in range(repetitions):
        _, _, found = sobol(*random_runs(2**9, seed), resamples=300, level=level, rng=seed)
        ends = found.to_numpy().T
        covered += (ends[[0, 2]] <= truth) & (truth <= ends[[1, 3]])
    least, most = binom.ppf([1e-4, 1 - 1e-4], repetitions, level)
    assert (covered >= least).all(), covered
    assert (covered <= most).all(), covered


def test_scipy_on_the_same_runs():
    """scipy has the same products over the variance with ddof 0: apart by the factor 2N / (2N - 1) alone."""
    y_a, y_b, y_ab = runs(ishigami, [1, 1, 1], 2**8)
    theirs = sobol_indices(func={"f_A": y_a[None], "f_B": y_b[None], "f_AB": y_ab[:, None]}, n=2**8)
    first, total, _ = sobol(y_a, y_b, y_ab, resamples=1)
    shrunk = 1 - 1 / 2**9
    np.testing.assert_allclose(first, theirs.first_order * shrunk, rtol=0, atol=1e-13)
    np.testing.assert_allclose(total, theirs.total_order * shrunk, rtol=0, atol=1e-13)


def test_factors_that_only_add_share_the_variance_by_their_squares():
    slopes = np.array([1.0, -2.0, 3.0, 0.0])
    first, total, _ = sobol(*runs(lambda u: u @ slopes, [1, 1, 1, 1], 2**13), resamples=1)
    share = slopes**2 / (slopes**2).sum()
    np.testing.assert_allclose(first, share, rtol=0, atol=2e-3)
    np.testing.assert_allclose(total, share, rtol=0, atol=2e-3)
    assert first[3] == total[3] == 0


def test_a_factor_of_several_columns_has_what_they_have_together():
    slopes = np.array([1.0, -2.0, 3.0, 4.0])
    first, total, _ = sobol(*runs(lambda u: u @ slopes, [2, 1, 1], 2**13), resamples=1)
    np.testing.assert_allclose([first, total], [np.array([5, 9, 16]) / 30] * 2, rtol=0, atol=2e-3)
    everything = sobol(*runs(ishigami, [3], 2**13), resamples=1)
    np.testing.assert_allclose([everything.first, everything.total], 1, rtol=0, atol=0.01)


def test_intervals_are_quantiles_of_resampled_runs_one_after_the_other():
    """A slow loop: whole runs are drawn, the mean and the variance are of the drawn runs."""
    y_a, y_b, y_ab = random_runs(32, 4)
    generator = np.random.default_rng(9)
    drawn = [generator.integers(32, size=32) for _ in range(50)]
    slow = np.array([textbook(y_a[rows], y_b[rows], y_ab[:, rows]) for rows in drawn])
    first, total, intervals = sobol(y_a, y_b, y_ab, resamples=50, rng=9, level=0.9)
    np.testing.assert_allclose([first, total], textbook(y_a, y_b, y_ab), rtol=0, atol=1e-12)
    low, high = np.quantile(slow, [0.05, 0.95], axis=0)
    expected = np.array([low[0], high[0], low[1], high[1]]).T
    assert list(intervals.columns) == COLUMNS
    np.testing.assert_allclose(intervals, expected, rtol=0, atol=1e-12)


def test_blocks_of_resamples_change_no_digit_that_counts(monkeypatch):
    y = random_runs(64, 1)
    whole = sobol(*y, resamples=40)
    monkeypatch.setattr("hengdian_index._robustness.sobol._BLOCK", 64 * 7)
    np.testing.assert_allclose(sobol(*y, resamples=40).intervals, whole.intervals, rtol=0, atol=1e-13)


outputs = st.integers(2, 12).flatmap(
    lambda n: st.lists(st.lists(st.integers(-5, 5), min_size=n, max_size=n), min_size=4, max_size=4)
)


@LAW
@given(y=outputs)
def test_estimates_are_the_textbook_formulas(y):
    if len({*y[0], *y[1]}) == 1:
        with pytest.raises(DataError):
            sobol(y[0], y[1], y[2:])
        return
    first, total, _ = sobol(y[0], y[1], y[2:], resamples=30)
    np.testing.assert_allclose([first, total], textbook(y[0], y[1], y[2:]), rtol=1e-12, atol=1e-12)


@LAW
@given(order=st.permutations(range(3)), seed=st.integers(0, 5))
def test_the_order_of_factors_permutes_the_answers(order, seed):
    y_a, y_b, y_ab = random_runs(32, seed)
    one, other = sobol(y_a, y_b, y_ab, resamples=20), sobol(y_a, y_b, y_ab[order], resamples=20)
    np.testing.assert_allclose([other.first, other.total], [one.first[order], one.total[order]], rtol=0, atol=1e-12)
    np.testing.assert_allclose(other.intervals, one.intervals.to_numpy()[order], rtol=0, atol=1e-12)


@LAW
@given(power=st.integers(-900, 900), level=st.sampled_from([0.0, 1.0, -3e3, 1e5]), sign=st.sampled_from([1, -1]))
def test_neither_level_nor_unit_of_the_output_matters(power, level, sign):
    y = random_runs(32, 0)
    one = sobol(*y, resamples=20)
    other = sobol(*(np.ldexp(sign * part + level, power) for part in y), resamples=20)
    np.testing.assert_allclose([other.first, other.total], [one.first, one.total], rtol=0, atol=1e-8)
    np.testing.assert_allclose(other.intervals, one.intervals, rtol=0, atol=1e-8)


def test_a_table_keeps_the_names_of_the_factors():
    y_a, y_b, y_ab = random_runs(16, 2)
    plain = sobol(y_a, y_b, y_ab)
    table = pd.DataFrame(y_ab.T, columns=["x1", "x2", "x3"])
    for named in (table, pl.DataFrame(table.to_dict("list"))):
        first, total, intervals = sobol(pd.Series(y_a), y_b.tolist(), named)
        assert list(first.index) == list(total.index) == list(intervals.index) == ["x1", "x2", "x3"]
        np.testing.assert_array_equal([first, total], [plain.first, plain.total])
        np.testing.assert_array_equal(intervals, plain.intervals)
    assert list(plain.intervals.index) == [0, 1, 2]


def test_estimates_below_0_and_above_1_are_reported():
    first, total, _ = sobol([0, 1, 2, 3], [3, 1, 2, 0], [[3, 1, 2, 0], [0, 1, 2, 3]])
    np.testing.assert_allclose([first, total], textbook([0, 1, 2, 3], [3, 1, 2, 0], [[3, 1, 2, 0], [0, 1, 2, 3]]))
    assert total[0] > 1
    assert sobol([0, 1, 2, 3], [0, 1, 2, 3], [[3, 2, 1, 0]], resamples=5).first[0] < 0


def test_the_seed_decides_the_intervals_and_nothing_else():
    y = random_runs(64, 3)
    one, same, other = sobol(*y, rng=5), sobol(*y, rng=np.random.default_rng(5)), sobol(*y, rng=6)
    pd.testing.assert_frame_equal(one.intervals, same.intervals)
    assert not one.intervals.equals(other.intervals)
    np.testing.assert_array_equal(one.first, other.first)


def test_inputs_are_left_as_they_are():
    y = random_runs(16, 0)
    before = [part.copy() for part in y]
    sobol(*y)
    for part, copy in zip(y, before, strict=True):
        np.testing.assert_array_equal(part, copy)


def test_resamples_without_variance_are_left_out_and_told():
    y_a, y_b = [0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]
    with journal() as lines:
        _, _, intervals = sobol(y_a, y_b, [[0.0, 0.0, 1.0, 1.0]], resamples=400)
    assert np.isfinite(intervals.to_numpy()).all()
    (told,) = [re.match(r"(\d+) of 400 resamples ha(?:ve|s) no variance", line.why) for line in lines]
    least, most = binom.ppf([1e-4, 1 - 1e-4], 400, 0.75**4)
    assert least <= int(told[1]) <= most
    without_the_last = next(s for s in range(99) if 50 not in np.random.default_rng(s).integers(51, size=51))
    with pytest.raises(DataError, match="no resample of the runs has any variance"):
        sobol([0.0] * 50 + [1.0], [0.0] * 51, [[0.0] * 51], resamples=1, rng=without_the_last)


@pytest.mark.parametrize(("n", "said"), [(64, 0), (60, 1)])
def test_a_number_of_runs_that_is_no_power_of_2_is_told(n, said):
    with journal() as lines:
        sobol(*random_runs(n, 0), resamples=1)
        saltelli([1], n)
    assert [line.why for line in lines] == [
        f"{n} runs are no power of 2: Sobol' points are not balanced, so errors are larger"
    ] * 2 * said


@pytest.mark.parametrize("value", [0.0, 0.3, 1e9])
def test_outputs_that_no_factor_changes_have_no_indices(value):
    same = np.full(8, value)
    with pytest.raises(DataError, match="no factor changes any output"):
        sobol(same, same, [same, same])
    with pytest.raises(DataError, match="one constant where y_ab is not"):
        sobol(same, same, [same, same + 1])


def test_differences_by_rounding_are_no_variance():
    y = 0.1 * np.array([1, 2, 3, 4]) / np.array([1, 2, 3, 4])
    wobbly = y + np.array([0, 1, -1, 0]) * np.spacing(0.1)
    with pytest.raises(DataError, match="no factor changes any output"):
        sobol(y, wobbly, [wobbly])


GOOD = [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("y", "says"),
    [
        (([0, 1, np.nan, 3], GOOD, [GOOD]), ["y_a: column 0, row 2: missing"]),
        (([0, 1, "?", 3], GOOD, [[0, 1, np.inf, 3]]), ["y_a: cell (2,): '?'", "y_ab: column 0, row 2: infinity"]),
        ((GOOD, [0, 1, 2], [GOOD]), ["y_a has 4 runs and y_b 3"]),
        ((GOOD, GOOD, np.ones((4, 3))), ["y_ab is (d, N) = (4, 3) where y_a has N = 4", "turned over"]),
        ((GOOD, GOOD, pd.DataFrame([GOOD])), ["y_ab is 1 row by 4 columns", "turned over"]),
        ((GOOD, GOOD, np.ones((3, 5))), ["y_ab is (d, N) = (3, 5)"]),
        ((GOOD, GOOD, GOOD), ["y_ab: an array of shape (4,); give (d, N)"]),
        ((GOOD, GOOD, [[1, 2, 3, 4], [1, 2]]), ["y_ab: the rows of the array differ in length"]),
        (([GOOD], GOOD, [GOOD]), ["y_a: of shape (1, 4); give one output for each run"]),
        (([1], [2], [[1]]), ["one run has no variance"]),
        (
            (pd.Series(GOOD, list("abcd")), GOOD, pd.DataFrame({"x": GOOD}, index=list("abdc"))),
            ["y_a and y_ab have the same runs in another order"],
        ),
    ],
)
def test_outputs_that_cannot_be_used_are_refused_by_name(y, says):
    with pytest.raises(DataError) as refused:
        sobol(*y)
    for words in says:
        assert words in str(refused.value)


def test_wrong_choices_are_all_named_at_once():
    with pytest.raises(SpecError) as refused:
        sobol(GOOD, GOOD, [GOOD], resamples=0, level=95, rng="seed")
    assert [str(fault).split(":")[1].strip() for fault in refused.value.faults] == ["resamples", "level", "rng"]
    with pytest.raises(SpecError) as refused:
        saltelli([1, 0, 2.5], 0, rng=-1)
    assert [str(f).split(":")[1].strip() for f in refused.value.faults] == ["sizes[1]", "sizes[2]", "n", "rng"]
    with pytest.raises(SpecError, match="no factor"):
        saltelli([], 4)
    with pytest.raises(SpecError, match="12000 columns; Sobol' points reach 10600"):
        saltelli([12000], 4)


def test_the_design_moves_one_factor_at_a_time():
    design = saltelli([1, 3, 2], 16)
    assert design.a.shape == design.b.shape == (16, 6)
    owners = np.repeat([0, 1, 2], [1, 3, 2])
    for i in range(3):
        np.testing.assert_array_equal(design.swapped(i), np.where(owners == i, design.b, design.a))
    points = np.hstack([design.a, design.b])
    assert points.min() > 0
    assert points.max() < 1
    # Each sixteenth of each axis holds one of 16 Sobol' points: what balanced means.
    np.testing.assert_array_equal(np.sort(np.floor(points * 16), axis=0), np.arange(16.0)[:, None] + np.zeros(12))


def test_the_seed_decides_the_design():
    one, same, other = saltelli([2], 8, rng=1), saltelli([2], 8, rng=1), saltelli([2], 8, rng=2)
    np.testing.assert_array_equal(one.a, same.a)
    assert (one.a != other.a).all()
    np.testing.assert_array_equal(saltelli([2], 5, rng=1).b, one.b[:5])
