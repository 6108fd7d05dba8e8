"""Coupling coordination: a slow formula, laws, refusals."""

import math
from itertools import combinations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, frozen, names

import hengdian_index as hi
from hengdian_index.explain import coupling
from hengdian_index.log import journal

FORMS = ("standard", "wang2021")
each_form = pytest.mark.parametrize("form", FORMS)
WRITTEN = pd.DataFrame({"industry": [0.9, 0.5, 0.2], "城市": [0.1, 0.5, 0.4]}, index=["p", "q", "r"])


def slow_degree(row, form):
    k = len(row)
    if form == "standard":
        return k * math.prod(row) ** (1 / k) / sum(row)
    apart = [abs(a - b) for a, b in combinations(row, 2)]
    even = 1 - sum(apart) / len(apart)
    return math.sqrt(even * math.prod(value / max(row) for value in row) ** (1 / (k - 1)))


@st.composite
def scores(draw, least=0):
    """Draw a table of scores in 0..1 by hundredths, no row of zeros."""
    n, k = draw(st.integers(1, 5)), draw(st.integers(2, 5))
    drawn = st.lists(st.integers(least, 100), min_size=k, max_size=k).filter(any)
    return np.array(draw(st.lists(drawn, min_size=n, max_size=n))) / 100


@LAW
@given(u=scores(), form=st.sampled_from(FORMS), data=st.data())
def test_coupling_is_the_textbook_formula(u, form, data):
    shares = data.draw(st.lists(st.integers(1, 9), min_size=u.shape[1], max_size=u.shape[1]))
    found = coupling(frozen(u), shares=[share / sum(shares) for share in shares], form=form)
    c = [slow_degree(row, form) for row in u.tolist()]
    t = [sum(a * b for a, b in zip(row, shares, strict=True)) / sum(shares) for row in u.tolist()]
    np.testing.assert_allclose(found.c, c, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found.t, t, rtol=1e-12)
    np.testing.assert_allclose(found.d, [math.sqrt(a * b) for a, b in zip(c, t, strict=True)], rtol=1e-12, atol=1e-15)


@each_form
@LAW
@given(score=st.integers(1, 100), k=st.integers(2, 6))
def test_equal_scores_are_wholly_coupled(form, score, k):
    found = coupling([[score / 100] * k], form=form)
    assert found.c == [1.0]
    np.testing.assert_allclose(found.d, math.sqrt(score / 100), rtol=1e-14)


@each_form
@LAW
@given(u=scores())
def test_every_answer_lies_in_0_to_1(form, u):
    found = coupling(u, form=form)
    assert all(((part >= 0) & (part <= 1)).all() for part in (found.c, found.t, found.d))


@each_form
@LAW
@given(u=scores(), data=st.data())
def test_the_order_of_the_subsystems_does_not_matter(form, u, data):
    order = data.draw(st.permutations(range(u.shape[1])))
    weights = np.arange(1.0, u.shape[1] + 1)
    weights /= weights.sum()
    plain, turned = coupling(u, weights, form=form), coupling(u[:, order], weights[order], form=form)
    for part in ("c", "t", "d"):
        np.testing.assert_allclose(getattr(turned, part), getattr(plain, part), rtol=1e-12, atol=1e-15)


@LAW
@given(u=scores(least=1))
def test_standard_coupling_looks_at_proportions_only_and_wang_at_distances_too(u):
    np.testing.assert_allclose(coupling(u / 2).c, coupling(u).c, rtol=1e-12)
    assert (coupling(u / 2, form="wang2021").c >= coupling(u, form="wang2021").c).all()


@each_form
def test_a_score_of_0_is_not_coupled(form):
    found = coupling([[0.8, 0.0, 0.4], [1.0, 1.0, 0.0]], form=form)
    assert found.c.tolist() == found.d.tolist() == [0.0, 0.0]
    np.testing.assert_allclose(found.t, [0.4, 2 / 3])


def test_wang_of_two_subsystems_in_closed_form():
    assert coupling([0.9, 0.1], form="wang2021").c == pytest.approx(math.sqrt(0.2 * 0.1 / 0.9), rel=1e-14)


def test_scores_of_1e_minus_200_do_not_vanish():
    found = coupling([[9e-200, 1e-200], [9e-200, 9e-200]])
    np.testing.assert_allclose(found.c, [0.6, 1.0], rtol=1e-14)


def test_nothing_is_rescaled():
    alone, among = coupling([[0.2, 0.4]]), coupling([[0.2, 0.4], [1.0, 0.9], [0.05, 0.01]])
    assert (alone.c[0], alone.d[0]) == (among.c[0], among.d[0])
    assert alone.t[0] == pytest.approx(0.3, rel=1e-15)


def test_a_stack_of_tables_is_a_table_at_a_time():
    u = np.random.default_rng(0).random((3, 4, 2))
    np.testing.assert_array_equal(coupling(u).d, [coupling(one).d for one in u])


def test_answers_are_labelled_like_the_rows():
    found = coupling(WRITTEN)
    assert list(found.d.index) == ["p", "q", "r"]
    np.testing.assert_allclose(found.c, [0.6, 1.0, math.sqrt(0.08) / 0.3], rtol=1e-14)
    assert coupling(pl.from_pandas(WRITTEN)).c.to_list() == found.c.tolist()
    assert isinstance(coupling([0.9, 0.1]).d, float)


def test_whole_numbers_of_few_bits_are_read_as_they_are():
    np.testing.assert_array_equal(coupling(np.array([[1, 1], [0, 1]], dtype=np.int8)).c, [1.0, 0.0])


def test_shares_are_matched_by_name_and_rescaled_with_a_line_in_the_log():
    with journal() as lines:
        by_name = coupling(WRITTEN, pd.Series({"城市": 1.0, "industry": 3.0}))
    assert "shares summing to 4 rescaled to 1" in lines[0].why
    np.testing.assert_allclose(by_name.t, WRITTEN.to_numpy() @ [0.75, 0.25], rtol=1e-15)
    np.testing.assert_array_equal(by_name.c, coupling(WRITTEN).c)


def test_a_row_with_a_gap_has_no_coupling_and_the_log_says_so():
    with journal() as lines:
        found = coupling([[0.5, np.nan], [0.5, 0.5]])
    assert np.isnan([found.c[0], found.t[0], found.d[0]]).all()
    assert found.c[1] == 1.0
    assert ["1 row has a missing score" in line.why for line in lines] == [True]


def test_rounding_above_1_is_cut_off():
    found = coupling([1 + 1e-15, 1.0])
    assert (found.c, found.t, found.d) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("value", [1.001, -0.001, 55.0])
@each_form
def test_a_score_outside_0_to_1_is_refused_with_its_cell(form, value):
    with pytest.raises(hi.DataError, match=f"column '城市', row 'q': {value:g}: outside 0..1"):
        coupling(WRITTEN.assign(城市=[0.1, value, 0.4]), form=form)


@each_form
def test_rows_of_zeros_are_refused_by_name(form):
    with pytest.raises(hi.DataError, match=r"^row 'q': every score is 0.*\nrow 'r': every score is 0") as refusal:
        coupling(WRITTEN.mul([1.0, 0.0, 0.0], axis=0), form=form)
    assert len(refusal.value.faults) == 2


def test_one_subsystem_is_refused():
    with pytest.raises(hi.DataError, match="one subsystem"):
        coupling([[0.5], [0.7]])


def test_a_misspelt_form_is_refused():
    with pytest.raises(hi.SpecError, match="did you mean 'wang2021'"):
        coupling(WRITTEN, form="wang2012")


NO_SHARES = [[-1.0, 2.0], [np.nan, 1.0], [0.0, 0.0], [1.0], 1.0, [[0.5, 0.5]], {"industry": 1.0}, {"cities": 1.0}]


@pytest.mark.parametrize("shares", NO_SHARES)
def test_shares_that_are_no_shares_are_refused(shares):
    with pytest.raises(hi.SpecError, match="shares"):
        coupling(WRITTEN, shares)


def test_names_are_free():
    u = np.full((2, 5), 0.3)
    assert coupling(pd.DataFrame(u, columns=names(5))).c.tolist() == [1.0, 1.0]
