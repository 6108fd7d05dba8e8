"""Shares of the total and unit length: exact sums, a published TOPSIS, refused cells, later rows."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.laws import close, law, same, tables

import hengdian_index as hi
from hengdian_index.normalise import share, vector

MORE = law(60)


@MORE
@given(x=tables(sign=0, gaps=True))
def test_shares_equal_exact_fractions_and_sum_to_1(x):
    assume((np.nansum(x, axis=0) > 0).all())
    z = share(x)
    close(np.nansum(z, axis=0), np.ones(x.shape[1]))
    for column, scores in zip(x.T, z.T, strict=True):
        total = sum(Fraction(value) for value in column[~np.isnan(column)])
        close(scores, [math.nan if math.isnan(value) else float(Fraction(value) / total) for value in column])


@MORE
@given(x=tables(sign=1, gaps=True))
def test_shares_of_a_cost_are_shares_of_the_reciprocals(x):
    z = share(x, direction=-1)
    close(np.nansum(z, axis=0), np.ones(x.shape[1]))
    close(z, share(1 / x))
    for column, scores in zip(x.T, z.T, strict=True):
        total = sum(1 / Fraction(value) for value in column[~np.isnan(column)])
        close(scores, [math.nan if math.isnan(value) else float(1 / Fraction(value) / total) for value in column])


@MORE
@given(x=tables(gaps=True))
def test_vector_has_length_1_and_equals_the_textbook_loop(x):
    assume((np.nansum(np.abs(x), axis=0) > 0).all())
    z = vector(x)
    close(np.nansum(z**2, axis=0), np.ones(x.shape[1]))
    for column, scores in zip(x.T, z.T, strict=True):
        length = math.sqrt(math.fsum(value * value for value in column if not math.isnan(value)))
        close(scores, [value / length for value in column])
    close(vector(x, direction=-1), 1 - z)


def test_vector_gives_the_published_closeness_of_five_graduate_schools():
    # Si Shoukui & Sun Zhaoliang, Mathematical Modelling: Algorithms and Applications: TOPSIS example. Staff ratio
    # scored by the best interval 5..6, unacceptable below 2 and above 12; the rate of late degrees stays a cost.
    schools = pd.DataFrame(
        {
            "books": [0.1, 0.2, 0.4, 0.9, 1.2],
            "ratio": [1, 1, 5 / 6, 2 / 6, 0],
            "funds": [5000, 6000, 7000, 10000, 400],
            "late": [4.7, 5.6, 6.7, 2.3, 1.8],
        },
        index=list("ABCDE"),
    )
    z = vector(schools) * [0.2, 0.3, 0.4, 0.1]
    late = z["late"]
    best = z.max().where(z.columns != "late", late.min())
    worst = z.min().where(z.columns != "late", late.max())
    to_best, to_worst = (np.sqrt(((z - ideal) ** 2).sum(axis=1)) for ideal in (best, worst))
    np.testing.assert_allclose(
        to_worst / (to_best + to_worst), [0.5258, 0.5787, 0.6255, 0.7003, 0.3165], rtol=0, atol=5e-5
    )


@pytest.mark.parametrize("factor", [1e-300, 1e-12, 1e12, 1e305])
@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("method", [share, vector])
def test_neither_total_nor_length_overflows_in_any_unit(method, direction, factor):
    x = np.array([1.0, 900, 700, 5, 11, 800])
    close(method(x * factor, direction=direction), method(x, direction=direction))


def test_totals_beyond_the_largest_number_have_shares_all_the_same():
    close(share([1e308] * 4), [0.25] * 4)
    close(vector([1e308, -1e308, 1e308, 1e308]), [0.5, -0.5, 0.5, 0.5])


def test_a_constant_column_has_equal_shares():
    close(share([7.0] * 4), [0.25] * 4)
    close(share([7.0] * 4, direction=-1), [0.25] * 4)
    close(vector([7.0] * 4), [0.5] * 4)
    close(vector([7.0] * 4, direction=-1), [0.5] * 4)


def test_a_negative_value_has_no_share_and_its_cell_is_named():
    table = pd.DataFrame({"a": [1.0, 2], "b": [3.0, -5]}, index=["FR", "DE"])
    for direction in (1, -1):
        with pytest.raises(hi.DataError, match="column 'b', row 'DE': -5") as refusal:
            share(table, direction=direction)
        assert len(refusal.value.faults) == 1
    same(vector(table)["b"] < 0, [False, True])


def test_a_value_of_0_has_no_reciprocal_and_its_cell_is_named():
    table = pd.DataFrame({"a": [1.0, 0], "b": [0.0, 5]}, index=["FR", "DE"])
    with pytest.raises(hi.DataError) as refusal:
        share(table, direction=-1)
    assert [str(fault).split(": ")[0] for fault in refusal.value.faults] == [
        "column 'b', row 'FR'",
        "column 'a', row 'DE'",
    ]
    with pytest.raises(hi.DataError, match="column 'a', row 'DE'"):
        share(table, direction={"a": -1})


def test_a_value_too_near_0_for_a_reciprocal_is_refused():
    with pytest.raises(hi.DataError, match="no reciprocal"):
        share([1.0, 5e-324], direction=-1)


@pytest.mark.parametrize("method", [share, vector])
def test_a_column_of_zeros_or_without_values_is_refused_by_name(method):
    with pytest.raises(hi.DataError, match="'b': all values are 0"):
        method(pd.DataFrame({"a": [1.0, 2], "b": [0.0, 0]}))
    with pytest.raises(hi.DataError, match="'b': no value"):
        method(pd.DataFrame({"a": [1.0, 2], "b": np.nan}))


def test_later_rows_are_measured_by_the_frozen_total_and_length():
    close(share.fit([1.0, 3.0])([8.0, 0.0]), [2, 0])
    close(share.fit([1.0, 4.0], direction=-1)([0.5]), [1.6])
    close(vector.fit([3.0, 4.0])([-10.0]), [-2])
    close(vector.fit([3.0, 4.0], direction=-1)([-10.0]), [3])
    with pytest.raises(hi.DataError, match=r"row 1: -2.*negative"):
        share.fit([1.0, 3.0])([1.0, -2.0])
    with pytest.raises(hi.DataError, match=r"row 0: 0.*reciprocal"):
        share.fit([1.0, 3.0], direction=-1)([0.0])


@given(x=tables(sign=0))
@settings(max_examples=20)
def test_shares_are_what_entropy_weights_are_made_of(x):
    assume((x.sum(axis=0) > 0).all())
    assume((x.max(axis=0) > x.min(axis=0)).any())
    p = share(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = 1 + np.where(p > 0, p * np.log(p), 0).sum(axis=0) / np.log(len(x))
    np.testing.assert_allclose(hi.weights.entropy(x), gap / gap.sum(), rtol=0, atol=1e-9)


@pytest.mark.parametrize("method", [share, vector])
@pytest.mark.parametrize("direction", [hi.Target(2), hi.Between(1, 2)])
def test_a_target_is_refused_with_the_methods_that_take_one(method, direction):
    with pytest.raises(hi.SpecError, match="min_max"):
        method([1.0, 2.0, 3.0], direction=direction)


@given(data=st.data())
@settings(max_examples=20)
def test_scores_lie_where_the_methods_say(data):
    for method, (low, high) in ((share, share.method.traits["gives"]()), (vector, (-1, 2))):
        x = data.draw(tables(sign=1 if method is share else -1))
        for direction in (1, -1):
            scores = method(x, direction=direction)
            assert ((scores >= low) & (scores <= high)).all()
