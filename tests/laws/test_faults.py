"""One promise for each fault of other tools that concerns the core; the numbers are those of the list of faults."""

import math
from decimal import Decimal, getcontext

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from support.laws import close, frames, same

import hengdian_index as hi
from hengdian_index.aggregate import arithmetic, geometric, harmonic
from hengdian_index.log import journal
from hengdian_index.normalise import min_max, rank, relative, z_score
from hengdian_index.weights import critic, deviation, entropy, fixed, variation

getcontext().prec = 50

OBJECTIVE = pytest.mark.parametrize("weigh", [entropy, critic, variation, deviation])
X = np.array([[1.0, 30.0, 2.0], [4.0, 10.0, 3.0], [2.0, 50.0, 8.0], [3.0, 20.0, 1.0]])
TABLE = pd.DataFrame(X, columns=["screens", "票房", "gross output"], index=["p", "q", "r", "s"])


@OBJECTIVE
@pytest.mark.parametrize("value", [0.1, 1.0, 1e7 + 0.3])
def test_1_columns_that_are_all_constant_are_refused_by_name(weigh, value):
    with pytest.raises(hi.DataError) as refusal:
        weigh(pd.DataFrame(np.full((7, 3), value), columns=["a", "b", "c"]))
    assert all(f"'{name}'" in str(refusal.value) for name in "abc")


def test_2_a_level_of_1e7_costs_entropy_no_digit():
    x = 1e7 + np.array([[1.0, 3.0], [2.0, 1.0], [3.0, 1.0]])
    gains = []
    for column in x.T:
        p = [Decimal(v) / Decimal(sum(column)) for v in column]
        gains.append(1 + sum(v * v.ln() for v in p) / Decimal(3).ln())
    np.testing.assert_allclose(entropy(x), [float(g / sum(gains)) for g in gains], rtol=1e-12)


def test_3_a_zero_adds_nothing_to_an_entropy_and_is_no_error():
    w = entropy([[0.0, 1.0], [1.0, 1.0], [1.0, 2.0]])
    gains = [1 - math.log(2) / math.log(3), 1 - 1.5 * math.log(2) / math.log(3)]
    close(w, np.array(gains) / sum(gains))


def test_4_a_negative_entry_is_refused_with_its_cell():
    with pytest.raises(hi.DataError, match=r"^column 'screens', row 'r': -5: a share of a total cannot be negative"):
        entropy(TABLE.assign(screens=[1.0, 4.0, -5.0, 3.0]))


@OBJECTIVE
def test_5_a_gap_is_left_out_and_infinity_refused_with_its_cell(weigh):
    gapped = TABLE.copy()
    gapped.loc["extra"] = np.nan
    close(weigh(gapped), weigh(TABLE))
    partly = TABLE.assign(票房=[30.0, np.nan, 50.0, 20.0])
    assert np.isfinite(weigh(partly)).all()
    for infinity in (np.inf, -np.inf):
        with pytest.raises(hi.DataError, match=r"^column '票房', row 'q': infinity; give a finite number"):
            weigh(TABLE.assign(票房=[30.0, infinity, 50.0, 20.0]))


@pytest.mark.parametrize("weigh", [entropy, critic, variation])
@pytest.mark.parametrize("large", [1e200, 1e307 / 3, 1.7e308 / 50])
def test_6_a_column_near_the_end_of_the_number_range_does_not_overflow(weigh, large):
    np.testing.assert_allclose(weigh(X * [1, large, 1]), weigh(X), rtol=1e-11)
    np.testing.assert_allclose(weigh(X * large), weigh(X), rtol=1e-11)


@pytest.mark.parametrize("weigh", [entropy, critic, variation, deviation])
@pytest.mark.parametrize("row", [0, 333, 999])
def test_6_a_single_huge_value_in_a_long_table_does_not_overflow(weigh, row):
    x = np.random.default_rng(0).random((1000, 3)) + 1
    x[row, 1] = 1e300
    w = weigh(x)
    assert (w > 0).all()
    assert abs(w.sum() - 1) < 1e-12


def test_6_the_range_of_a_column_of_both_signs_does_not_overflow():
    x = min_max(X, lower=-1)
    np.testing.assert_allclose(critic(x * 1.5e308), critic(x), rtol=1e-11)


@OBJECTIVE
def test_7_one_row_is_refused(weigh):
    with pytest.raises(hi.DataError, match="only 1 value in the rows to learn from; at least 2 are needed"):
        weigh(TABLE.iloc[:1])


@pytest.mark.parametrize("weigh", [entropy, critic, variation])
@pytest.mark.parametrize("factor", [1e-12, 1e12])
def test_8_no_epsilon_makes_weights_depend_on_the_unit_of_measure(weigh, factor):
    np.testing.assert_allclose(weigh(X * [1, factor, 1]), weigh(X), rtol=1e-12)
    np.testing.assert_allclose(weigh(X * factor), weigh(X), rtol=1e-12)


def test_9_critic_names_a_constant_column_and_refuses_identical_ones():
    with pytest.raises(hi.DataError, match=r"^indicator 'flat': constant, so its correlation is undefined"):
        critic(TABLE.assign(flat=3.3))
    with pytest.raises(hi.DataError, match="all columns say the same"):
        critic(TABLE[["screens"]].assign(again=TABLE["screens"]))
    twice = critic(TABLE.assign(again=TABLE["screens"]))
    assert twice["again"] == pytest.approx(twice["screens"], rel=1e-12)


def test_10_deviations_in_different_units_are_said_in_the_log_and_the_docstring():
    with journal() as lines:
        deviation(TABLE.assign(screens=TABLE["screens"] * 1e5))
    assert any("are they in one unit" in line.why for line in lines)
    assert "unit of measure" in deviation.__doc__


@OBJECTIVE
def test_11_weights_go_by_name_whatever_the_order_of_the_columns(weigh):
    backwards = TABLE[TABLE.columns[::-1]]
    close(weigh(backwards)[TABLE.columns], weigh(TABLE))
    scaled = min_max(TABLE)
    close(arithmetic(scaled, weigh(backwards)), arithmetic(scaled, weigh(TABLE)))


def test_12_entropy_divides_by_the_logarithm_of_the_rows_it_sums_over():
    years, units = 2, 3
    panel = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, 6], "b": [1.0, 1, 1, 1, 1, 9]})
    p = panel / panel.sum()
    gains = 1 + (p * np.log(p)).sum() / math.log(years * units)
    close(entropy(panel), gains / gains.sum())
    inverted = 1 + (p * np.log(p)).sum() / math.log(years)
    assert (inverted < 0).all()


@pytest.mark.parametrize("normalise", [min_max, z_score])
def test_13_a_constant_column_is_refused_by_name_or_follows_the_written_policy(normalise):
    with pytest.raises(hi.DataError, match=r"^indicator 'flat': constant over the fit rows"):
        normalise(TABLE.assign(flat=0.1))
    same(normalise(TABLE.assign(flat=0.1), constant=50)["flat"], [50.0] * 4)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.int32, np.int64])
def test_14_small_number_types_do_not_overflow(kind):
    top = np.iinfo(kind).max
    x = np.array([[top, 1], [np.iinfo(kind).min // 2, 3], [top // 2, 2], [top - 1, 7]], dtype=kind)
    for method in (min_max, z_score, rank, arithmetic, deviation):
        same(method(x), method(x.astype(np.float64)))
    positive = np.array([[top, 1], [1, 3], [top // 2, 2]], dtype=kind)
    for method in (entropy, critic, variation, geometric, harmonic, relative):
        same(method(positive), method(positive.astype(np.float64)))


@pytest.mark.parametrize("to", ["mean", "max", "min", "median", "first"])
@pytest.mark.parametrize("negative", ["reciprocal", "mirror"])
def test_15_a_relative_never_rewards_a_cost(to, negative):
    cost = np.array([4.0, 1.0, 8.0])
    scores = relative(cost, to=to, direction=-1, negative=negative)
    assert scores[1] > scores[0] > scores[2]


def test_15_a_zero_gives_no_infinite_relative():
    for column, options in (([0.0, 2.0], {"to": "min"}), ([0.0, 2.0], {"to": "max", "direction": -1})):
        with pytest.raises(hi.DataError):
            relative(column, **options)


@pytest.mark.parametrize("mean", [arithmetic, geometric, harmonic])
def test_17_a_gap_is_never_counted_as_zero_nor_a_score_kept_that_rests_on_too_little(mean):
    x = np.array([[0.64, 0.64, 0.64], [0.64, 0.64, np.nan], [0.64, np.nan, np.nan]])
    with journal() as lines:
        scores = mean(x, [0.5, 0.2, 0.3])
    close(scores, [0.64, 0.64, np.nan])
    assert any("too few values" in line.why for line in lines)


@pytest.mark.parametrize("mean", [geometric, harmonic])
@pytest.mark.parametrize("value", [0.0, -3.0])
def test_18_a_mean_over_zeros_or_negatives_is_refused_with_unit_and_indicator(mean, value):
    table = TABLE.assign(票房=[30.0, 10.0, value, 20.0])
    with pytest.raises(hi.DataError, match=rf"^column '票房', row 'r': {value:g}: this mean needs values above 0"):
        mean(table)


def test_19_any_table_and_any_column_name_serves():
    for frame in (*frames(X).values(), pl.DataFrame(TABLE).lazy(), pa.table(TABLE.reset_index(drop=True)), X.tolist()):
        for weigh in (entropy, critic):
            close(weigh(frame), weigh(X))
    with pytest.raises(hi.DataError, match=r"column 'name', row 0: 'p' is not a number"):
        entropy(TABLE.reset_index(names="name").iloc[:2])


@pytest.mark.parametrize("values", [(-1, 2, 3), (math.nan, 1, 1), (0, 0, 0)])
def test_20_weights_below_zero_missing_or_all_zero_are_refused(values):
    with pytest.raises(hi.SpecError):
        fixed(values)
    with pytest.raises(hi.SpecError):
        arithmetic(X, values)


def test_21_a_misspelt_method_or_option_is_refused_with_a_suggestion():
    for refused, meant in (
        (lambda: hi.weights.entrpy, "entropy"),
        (lambda: entropy(X, zero="shift"), "zeros"),
        (lambda: entropy(X, zeros="exat"), "exact"),
        (lambda: min_max(X, uper=3), "upper"),
        (lambda: arithmetic(X, missing="rewieght"), "reweight"),
        (lambda: relative(X, negative="miror"), "mirror"),
        (lambda: min_max(TABLE, direction={"screen": -1}), "screens"),
        (lambda: arithmetic(TABLE, {"screens": 1, "票房": 1, "gross_output": 1}), "gross output"),
    ):
        with pytest.raises((ValueError, AttributeError), match=f"did you mean '{meant}'"):
            refused()
