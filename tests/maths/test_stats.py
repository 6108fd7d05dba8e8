"""The mergeable statistics: exact arithmetic, any chunks, level and scale; the shape: slow formulas, SciPy, COINr."""

import inspect
import math
import warnings
from decimal import Decimal, getcontext
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats as scipy_stats
from support.laws import LAW, law

from hengdian_index._maths import blocks, stats
from hengdian_index._maths.stats import LogSums, Mean, Moments, Ordered, Products, Range, kurtosis, skewness, theil_term

getcontext().prec = 50

STATISTICS = [
    kind
    for kind in vars(stats).values()
    if inspect.isclass(kind) and hasattr(kind, "of") and kind is not stats.Statistic
]
LEVELS = {
    "plain": lambda x: x,
    "level 1e7": lambda x: 1e7 + x,
    "level 1e7, spread 0.1": lambda x: 1e7 + x / 64,
    "times 1e300": lambda x: x * 1e300,
    "times 1e-300": lambda x: x * 1e-300,
    "one column of each": lambda x: x * np.array([1e300, 1.0, 1e-300]),
}


def exact(value):
    return Fraction(float(value))


def columns(x):
    """Return the values of each column (n, k) as fractions, missing ones left out."""
    return [[exact(v) for v in column if not np.isnan(v)] for column in x.T]


def centred(values, power, size=abs):
    """Return the exact centred power sum, and the sum of its absolute terms."""
    mean = sum(values) / len(values)
    return sum((v - mean) ** power for v in values), sum(size(v - mean) ** power for v in values)


def within(found, wanted, size=None, digits=12):
    """Assert that a float, or an exact number, agrees to so many digits of `size` (default: of itself)."""
    size = abs(wanted) if size is None else size
    error = abs(Fraction(found) - Fraction(wanted)) / size if size else abs(Fraction(found))
    assert float(error) <= 10**-digits


def divergence(values):
    """Return sum (x/m) ln(x/m) by the textbook, with 50 digits."""
    x = [Decimal(v.numerator) / Decimal(v.denominator) for v in values]
    mean = sum(x) / len(x)
    return sum((v / mean * (v / mean).ln() for v in x if v), Decimal(0))


def check_range(found, x):
    for j, values in enumerate(columns(x)):
        assert (found.n[j], found.lo[j], found.hi[j]) == (len(values), float(min(values)), float(max(values)))


def check_ordered(found, x):
    for j, values in enumerate(columns(x)):
        assert found.n[j] == len(values)
        assert found.values[: len(values), j].tolist() == [float(v) for v in sorted(values)]
        assert np.isnan(found.values[len(values) :, j]).all()


def check_moments(found, x):
    for j, values in enumerate(columns(x)):
        scale = exact(found.scale[j])
        assert found.n[j] == len(values)
        mean = sum(values) / len(values)
        within(
            (exact(found.centre.high[j]) + exact(found.centre.low[j])) * scale,
            mean,
            max(abs(v - mean) for v in values) + abs(mean),
        )
        for power, sums in ((2, found.m2), (3, found.m3), (4, found.m4)):
            within(exact(sums[j]) * scale**power, *centred(values, power))


def check_products(found, x):
    whole = x[~np.isnan(x).any(axis=1)]
    assert found.n == len(whole)
    means = [sum(values) / len(values) for values in columns(whole)]
    for i, a in enumerate(columns(whole)):
        for j, b in enumerate(columns(whole)):
            terms = [(u - means[i]) * (v - means[j]) for u, v in zip(a, b, strict=True)]
            scale = exact(found.scale[i]) * exact(found.scale[j])
            within(exact(found.cross[i, j]) * scale, sum(terms), sum(map(abs, terms)))


def check_log_sums(found, x):
    for j, values in enumerate(columns(x)):
        assert found.n[j] == len(values)
        within(exact(found.centre.high[j]) + exact(found.centre.low[j]), sum(values) / len(values))
        wanted = divergence(values)
        assert float(abs(Decimal(float(found.divergence[j])) - wanted) / (wanted or 1)) <= 1e-12


CHECKS = {
    Range: check_range,
    Ordered: check_ordered,
    Moments: check_moments,
    Products: check_products,
    LogSums: check_log_sums,
}


@st.composite
def chunked(draw):
    """Draw rows above 0 (n, 3) with gaps, and where to cut them; no column is empty or constant as a whole."""
    n = draw(st.integers(4, 12))
    x = draw(arrays(np.int64, (n, 3), elements=st.integers(1, 400))) / 8.0
    x[2:][draw(arrays(bool, (n - 2, 3)))] = np.nan
    x[0], x[1] = [1.0, 2.0, 0.5], [3.0, 0.25, 7.0]
    return x, sorted(draw(st.lists(st.integers(1, n - 1), min_size=1, max_size=3, unique=True)))


def test_every_statistic_is_checked():
    assert set(STATISTICS) <= set(CHECKS), "a new statistic needs its exact check here"


@pytest.mark.parametrize("kind", STATISTICS)
@pytest.mark.parametrize("level", LEVELS)
@law(8)
@given(drawn=chunked())
def test_whole_and_merged_are_exact_to_12_digits(kind, level, drawn):
    x, cuts = LEVELS[level](drawn[0]), drawn[1]
    CHECKS[kind](kind.of(x), x)
    first, *others = [kind.of(chunk) for chunk in np.split(x, cuts)]
    merged, from_the_right = first, first
    for other in others:
        merged = merged + other
    CHECKS[kind](merged, x)
    for other in others:
        from_the_right = other + from_the_right
    CHECKS[kind](from_the_right, x)


@pytest.mark.parametrize("kind", STATISTICS)
@pytest.mark.parametrize(
    "gap", ["a chunk without values", "a chunk without rows", "a column without values in one chunk"]
)
def test_empty_chunks_change_nothing(kind, gap):
    x = np.array([[1.0, 5.0, 2.0], [4.0, 9.0, 2.5], [2.0, 8.0, 8.0], [3.0, 4.0, 1.0]])
    empty = {
        "a chunk without values": np.full((3, 3), np.nan),
        "a chunk without rows": np.empty((0, 3)),
        "a column without values in one chunk": np.array([[3.0, np.nan, 1.0], [2.0, np.nan, 0.5]]),
    }[gap]
    whole = np.concatenate([x, empty])
    CHECKS[kind](kind.of(x) + kind.of(empty), whole)
    CHECKS[kind](kind.of(empty) + kind.of(x), whole)
    CHECKS[kind](kind.of(whole), whole)


@pytest.mark.parametrize("value", [0.1, 1e7 + 0.1, 3e300, 3e-300])
@pytest.mark.parametrize("n", [3, 1000])
def test_a_constant_column_has_a_spread_of_exactly_zero(value, n):
    x = np.full((n, 2), value)
    for moments in (Moments.of(x), Moments.of(x[:1]) + Moments.of(x[1:])):
        assert (moments.m2 == 0).all()
        assert (moments.deviation() == 0).all()
    for products in (Products.of(x), Products.of(x[:1]) + Products.of(x[1:])):
        assert (products.cross == 0).all()
        assert np.isnan(products.correlation()).all()
    for sums in (LogSums.of(x), LogSums.of(x[:1]) + LogSums.of(x[1:])):
        assert (sums.divergence == 0).all()


def test_negative_values_are_marked_not_summed():
    x = np.array([[1.0, -1.0, 0.0], [2.0, np.nan, 0.0], [3.0, 4.0, 5.0]])
    np.testing.assert_array_equal(LogSums.of(x).negative, [False, True, False])
    np.testing.assert_array_equal((LogSums.of(x[2:]) + LogSums.of(x[:2])).negative, [False, True, False])


def test_zeros_count_as_rows_and_add_nothing():
    x = np.array([[0.0], [0.0], [3.0], [1.0]])
    check_log_sums(LogSums.of(x), x)
    check_log_sums(LogSums.of(x[:2]) + LogSums.of(x[2:]), x)
    assert LogSums.of(x[:2]).divergence[0] == 0


@pytest.mark.parametrize("kind", [Moments, Products, LogSums])
@pytest.mark.parametrize("row", [0, 301, 599])
@pytest.mark.parametrize("large", [1e200, 1e306, 1.5e308])
def test_one_huge_value_anywhere_in_a_long_column(kind, row, large):
    x = np.random.default_rng(0).random((600, 2)) + 1
    x[row, 0] = large
    CHECKS[kind](kind.of(x), x)


@pytest.mark.parametrize("kind", [Moments, Products, LogSums])
@pytest.mark.parametrize("tiny", [1e-200, 1e-306])
def test_mostly_tiny_values_with_some_plain_ones(kind, tiny):
    x = np.random.default_rng(0).random((600, 2)) + 1
    x[:, 1] *= tiny
    x[::201, 1] = [3.0, 1.0, 2.0]
    CHECKS[kind](kind.of(x), x)


@pytest.mark.parametrize("kind", STATISTICS)
@pytest.mark.parametrize("order", ["C", "F"])
def test_many_blocks_and_threads_give_what_one_block_gives(kind, order, monkeypatch):
    x = np.random.default_rng(1).lognormal(size=(197, 3))
    x[5, 1] = np.nan
    x = np.array(x, order=order)
    monkeypatch.setattr(blocks, "_BLOCK", 32)
    monkeypatch.setattr(blocks, "_LARGE", 128)
    CHECKS[kind](kind.of(x), x)


@pytest.mark.parametrize("kind", STATISTICS)
def test_leading_axes_are_separate_tables(kind):
    x = np.random.default_rng(2).random((2, 4, 7, 3)) + 0.5
    x[0, 1, 3, 2] = x[1, 2, 0, 0] = np.nan
    whole = kind.of(x[..., :4, :]) + kind.of(x[..., 4:, :])
    for place in np.ndindex(2, 4):
        alone = kind.of(x[place])
        assert_parts_close(whole, alone, place)


def assert_parts_close(batch, alone, place):
    for name in alone.__dataclass_fields__:
        part, wanted = getattr(batch, name), getattr(alone, name)
        if isinstance(wanted, Mean):
            part, wanted = part.high + part.low, wanted.high + wanted.low
        np.testing.assert_allclose(part[place], wanted, rtol=1e-12, atol=1e-13)


def test_the_input_is_never_changed():
    x = np.random.default_rng(3).random((50, 3)) * 1e300
    x[3, 1] = np.nan
    before = x.copy()
    x.flags.writeable = False
    for kind in STATISTICS:
        kind.of(x)
    np.testing.assert_array_equal(x, before)


def test_readings_of_the_moments_and_products_are_those_of_numpy():
    x = np.random.default_rng(4).normal(size=(40, 4)) @ np.array(
        [[1, 0.9, 0, 0], [0, 1, 0, 0], [0, -2, 1, 0], [0, 0, 0, 3.0]]
    )
    moments, products = Moments.of(x), Products.of(x)
    np.testing.assert_allclose(moments.mean, x.mean(axis=0), rtol=1e-12, atol=1e-14)
    for ddof in (0, 1):
        np.testing.assert_allclose(moments.deviation(ddof), x.std(axis=0, ddof=ddof), rtol=1e-12)
        np.testing.assert_allclose(products.deviation(ddof), x.std(axis=0, ddof=ddof), rtol=1e-12)
    np.testing.assert_allclose(products.correlation(), np.corrcoef(x, rowvar=False), rtol=1e-11)


def test_a_deviation_of_too_few_values_is_missing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(Moments.of(np.array([[3.0]])).deviation()).all()
        assert Moments.of(np.array([[3.0]])).deviation(0) == [0.0]


@pytest.mark.parametrize("q", [0, 0.05, 0.25, 0.5, 0.77, 1])
def test_quantiles_are_those_of_type_7(q):
    x = np.random.default_rng(5).random((11, 3))
    x[4, 0] = x[7, 0] = x[1, 2] = np.nan
    np.testing.assert_allclose(Ordered.of(x).quantile(q), np.nanquantile(x, q, axis=0), rtol=1e-14)
    merged = Ordered.of(x[:4]) + Ordered.of(x[4:])
    np.testing.assert_allclose(merged.quantile(q), np.nanquantile(x, q, axis=0), rtol=1e-14)


@pytest.mark.parametrize(
    "t", [-1, -0.999999, -0.5, -0.0201, -0.0199, -1e-5, -1e-12, 0, 1e-300, 1e-9, 0.0199, 0.0201, 1, 1e8]
)
def test_the_theil_term_keeps_its_digits_near_zero(t):
    exact_t = Decimal(float(t))
    wanted = (1 + exact_t) * (1 + exact_t).ln() - exact_t if t > -1 else Decimal(1)
    if 0 < abs(t) < 1e-10:
        wanted = exact_t**2 / 2 - exact_t**3 / 6
    np.testing.assert_allclose(theil_term(np.array(t)), float(wanted), rtol=5e-14)


@pytest.mark.parametrize("rows", [1, 15, 16, 17, 32, 100])
@pytest.mark.parametrize("gaps", [False, True])
def test_the_ends_of_a_long_table_are_those_of_each_column(rows, gaps):
    # Sixteen rows at a time are compared where they lie one after another.
    x = np.random.default_rng(rows).integers(-40, 40, (rows, 3)) / 8.0
    if gaps:
        x[:: max(2, rows // 5), 1] = np.nan
    for table in (x, np.asfortranarray(x), x[::-1], np.array([x, x])[1]):
        found = Range.of(table)
        for j in range(3):
            there = [value for value in table[:, j].tolist() if value == value]
            ends = (min(there), max(there)) if there else (np.nan, np.nan)
            np.testing.assert_array_equal((found.n[j], found.lo[j], found.hi[j]), (len(there), *ends))


COLUMNS = st.lists(st.integers(-500, 500), min_size=4, max_size=30).filter(lambda values: len(set(values)) > 1)


def slow_shape(values):
    n, mean = len(values), math.fsum(values) / len(values)
    m2, m3, m4 = (math.fsum((value - mean) ** p for value in values) / n for p in (2, 3, 4))
    g1, g2 = m3 / m2**1.5, m4 / m2**2 - 3
    return math.sqrt(n * (n - 1)) / (n - 2) * g1, (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6)


def shape(values):
    moments = Moments.of(np.array(values, dtype=float)[:, np.newaxis])
    return float(skewness(moments)[0]), float(kurtosis(moments)[0])


@LAW
@given(values=COLUMNS)
def test_shape_is_the_textbook_formula(values):
    np.testing.assert_allclose(shape(values), slow_shape(values), rtol=1e-9, atol=1e-9)


@LAW
@given(values=COLUMNS)
def test_shape_is_what_scipy_calls_unbiased(values):
    wanted = scipy_stats.skew(values, bias=False), scipy_stats.kurtosis(values, bias=False)
    np.testing.assert_allclose(shape(values), wanted, rtol=1e-9, atol=1e-9)


@LAW
@given(values=COLUMNS, factor=st.sampled_from([1e-12, 3.0, 1e150]))
def test_shape_is_free_of_the_unit_of_measure(values, factor):
    np.testing.assert_allclose(shape(np.array(values) * factor), shape(values), rtol=1e-6, atol=1e-9)


def test_a_mirrored_column_has_the_opposite_skewness():
    values = [1, 2, 4, 9, 30]
    assert shape([-value for value in values])[0] == pytest.approx(-shape(values)[0], rel=1e-12)


@pytest.mark.parametrize("values", [[3.0, 3.0, 3.0, 3.0], [1.0, 2.0]])
def test_shape_is_undefined_for_a_constant_or_too_few_values(values):
    assert np.isnan(shape(values)).all()


def test_three_values_have_a_skewness_and_no_kurtosis():
    g1, g2 = shape([1.0, 2.0, 9.0])
    assert g1 == pytest.approx(math.sqrt(6) * math.sqrt(3) * 90 / 38**1.5, rel=1e-12)
    assert np.isnan(g2)


def test_missing_values_are_left_out():
    assert shape([1.0, np.nan, 2.0, 4.0, 90.0]) == shape([1.0, 2.0, 4.0, 90.0])


def test_asem_skewness_and_kurtosis_before_and_after_treatment(software):
    case = software / "coinr_asem" / "pipeline"
    details = pd.read_csv(case / "5_treated_details.csv", index_col="iCode")
    for name, stage in (("4_screened.csv", 0), ("5_treated.csv", 1)):
        table = pd.read_csv(case / name, index_col="uCode")[details.index]
        moments = Moments.of(table.to_numpy(dtype=float))
        for found, word in ((skewness(moments), "Skew"), (kurtosis(moments), "Kurt")):
            wanted = details[f"check_SkewKurt{stage}.{word}"].to_numpy()
            there = ~np.isnan(wanted)
            assert there.sum() == (49 if stage == 0 else 15)
            np.testing.assert_allclose(found[there], wanted[there], rtol=0, atol=1e-9)


def test_two_values_have_no_skewness_whatever_is_left_of_their_cubes():
    pairs = np.random.default_rng(3).normal(3, 1, (2, 200))
    moments = Moments.of(pairs)
    assert (moments.m3 != 0).any(), "no cube of rounding among these: choose others"
    assert np.isnan(skewness(moments)).all()


def test_correlations_of_a_grid_of_tables_are_those_of_each():
    x = np.random.default_rng(5).normal(size=(2, 5, 9, 3))
    x[1, 4, :, 2] = 7.0
    found = Products.of(x).correlation()
    for at in np.ndindex(2, 5):
        np.testing.assert_array_equal(found[at], Products.of(x[at]).correlation())
    varying = [(a, b, j) for a, b in np.ndindex(2, 5) for j in range(3) if (a, b, j) != (1, 4, 2)]
    assert {found[a, b, j, j] for a, b, j in varying} == {1.0}
    assert np.isnan(found[1, 4, 2]).all()
