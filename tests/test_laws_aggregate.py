"""Laws of every aggregation in the registry, by the letters it declares (see `hi.aggregating`)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from laws import (
    LAW,
    attempt,
    close,
    complete,
    declared,
    every,
    frames,
    frozen,
    gaps_in_examples,
    numbers,
    orders,
    own,
    public,
    same,
    tables,
    weights_for,
)

from hengdian_index.errors import DataError, SpecError

SIGNS = {"real": None, "zero or more": 0, "above 0": 1}
EVERY = every("aggregate")


def letter(one):
    """Return the decorator that runs a law for the variants that declare its letter."""
    return every("aggregate", having=lambda method, options: one in (declared(method, "laws", options) or ""))


# A mean of each row by itself gives back a value that all columns share; comparisons between rows do not.
ROW_BY_ROW = letter("I")


def example(data, method, options, **shape):
    """Draw rows in the declared domain, weights or None, and their scores."""
    x = data.draw(tables(sign=SIGNS[declared(method, "domain", options) or "above 0"], **shape))
    w = data.draw(st.none() | weights_for(x.shape[1]))
    try:
        return x, w, attempt(public(method), frozen(x), w, **options)
    except SpecError:
        assume(w is not None)
        reject()


def test_every_required_option_has_an_example():
    assert gaps_in_examples("aggregate") == []


@pytest.mark.parametrize("method", own("aggregate"), ids=lambda m: m.name)
def test_the_public_function_stands_for_the_method(method):
    assert public(method).method is method


@EVERY
def test_only_known_laws_and_domains_are_declared(method, options):
    assert set(declared(method, "laws", options) or "") <= set("MIHTSB")
    assert (declared(method, "domain", options) or "real") in SIGNS


@letter("M")
@LAW
@given(data=st.data())
def test_m_a_higher_value_never_lowers_the_score(method, options, data):
    x, w, y = example(data, method, options)
    higher = x.copy()
    higher[:, data.draw(st.integers(0, x.shape[1] - 1))] += data.draw(st.sampled_from([1e-6, 1.0, 1e6]))
    assert (public(method)(higher, w, **options) >= y - 1e-12 * np.abs(y)).all()


@letter("I")
@LAW
@given(data=st.data())
def test_i_a_value_that_all_columns_share_is_the_score(method, options, data):
    x, w, _ = example(data, method, options)
    shared = np.repeat(x[:, :1], x.shape[1], axis=1)
    np.testing.assert_allclose(public(method)(shared, w, **options), x[:, 0], rtol=1e-12)


@letter("H")
@LAW
@given(data=st.data(), factor=st.sampled_from([1e-100, 1e-3, 7.0, 1e100]))
def test_h_scores_scale_with_the_values(method, options, data, factor):
    x, w, y = example(data, method, options)
    close(public(method)(factor * x, w, **options), factor * y, 1e-11)


@letter("T")
@LAW
@given(data=st.data(), step=st.sampled_from([-50.0, 0.125, 1e4]))
def test_t_scores_shift_with_the_values(method, options, data, step):
    x, w, y = example(data, method, options)
    close(public(method)(x + step, w, **options), y + step)


@letter("S")
@LAW
@given(data=st.data())
def test_s_under_equal_weights_the_order_of_columns_does_not_matter(method, options, data):
    x, _, _ = example(data, method, options)
    order = data.draw(orders(x.shape[1]))
    close(public(method)(x[:, order], **options), attempt(public(method), x, **options))


@letter("B")
@LAW
@given(data=st.data())
def test_b_scores_lie_between_the_smallest_and_the_largest_value(method, options, data):
    x, _, y = example(data, method, options)
    slack = 1e-12 * np.abs(x).max(axis=1)
    assert (y >= x.min(axis=1) - slack).all()
    assert (y <= x.max(axis=1) + slack).all()


@EVERY
@LAW
@given(data=st.data())
def test_columns_take_their_weights_with_them(method, options, data):
    x, w, y = example(data, method, options)
    order = data.draw(orders(x.shape[1]))
    frame = frames(x)["pandas"]
    by_name = None if w is None else pd.Series(w, frame.columns).iloc[order]
    close(public(method)(frame, by_name, **options), y)
    close(public(method)(frame, None if w is None else by_name.to_dict(), **options), y)
    if w is not None:
        close(public(method)(x[:, order], w[order], **options), y, 1e-9)


@EVERY
@LAW
@given(data=st.data())
def test_scores_follow_their_rows(method, options, data):
    x, w, y = example(data, method, options)
    order = data.draw(orders(len(x)))
    close(public(method)(x[order], w, **options), y[order], 1e-9)


@EVERY
@LAW
@given(data=st.data())
def test_every_kind_of_table_gives_the_same_scores(method, options, data):
    x, w, _ = example(data, method, options, gaps=True)
    y = attempt(public(method), x, w, **options)
    for frame in frames(x).values():
        before = numbers(frame)
        close(public(method)(frame, w, **options), y)
        same(frame, before)
    pandas = frames(x)["pandas"]
    answer = public(method)(pandas, w, **options)
    assert answer.name == "score"
    assert answer.index.equals(pandas.index)


@EVERY
@LAW
@given(data=st.data())
def test_memory_order_does_not_matter(method, options, data):
    x, w, y = example(data, method, options, gaps=True)
    close(public(method)(np.asfortranarray(x), w, **options), y)
    close(public(method)(np.repeat(x, 2, axis=1)[:, ::2], w, **options), y)


@EVERY
@LAW
@given(data=st.data())
def test_a_stacked_batch_equals_one_by_one(method, options, data):
    x, w, _ = example(data, method, options, rows=(7, 7), columns=(2, 3), gaps=True)
    batch = np.stack([x, x[:, ::-1], 2 * x])
    one_by_one = [attempt(public(method), one, w, **options) for one in batch]
    close(public(method)(batch, w, **options), np.stack(one_by_one))
    if w is not None:
        weights = np.stack([w, w[::-1], w])
        each = [public(method)(one, row, **options) for one, row in zip(batch, weights, strict=True)]
        close(public(method)(batch, weights, **options), np.stack(each))


@ROW_BY_ROW
@LAW
@given(data=st.data())
def test_each_row_is_scored_for_itself(method, options, data):
    x, w, y = example(data, method, options, gaps=True)
    close(np.concatenate([public(method)(row[np.newaxis], w, **options) for row in x]), y)
    assert public(method)(list(x[0]), w, **options) == pytest.approx(y[0], rel=1e-12)


@ROW_BY_ROW
@LAW
@given(data=st.data())
def test_reweight_is_leaving_the_column_out(method, options, data):
    x, w, y = example(data, method, options, columns=(3, 5), gaps=True)
    whole = np.full(x.shape[1], 1 / x.shape[1]) if w is None else w
    for row, score in zip(x, y, strict=True):
        present = ~np.isnan(row)
        if present.mean() < 0.65:
            assert np.isnan(score)
        else:
            kept = None if w is None else whole[present]
            assert public(method)(row[present], kept, **options) == pytest.approx(score, rel=1e-11)


@ROW_BY_ROW
@LAW
@given(data=st.data())
def test_propagate_leaves_rows_with_a_gap_without_a_score(method, options, data):
    x, w, y = example(data, method, options, gaps=True)
    strict = public(method)(x, w, missing="propagate", **options)
    whole = ~np.isnan(x).any(axis=1)
    np.testing.assert_array_equal(np.isnan(strict), ~whole)
    close(strict[whole], y[whole])


@EVERY
@LAW
@given(data=st.data())
def test_raise_refuses_a_gap_and_names_the_cell(method, options, data):
    x, w, _ = example(data, method, options)
    x[3, 1] = np.nan
    with pytest.raises(DataError, match=r"column 1, row 3: nan: missing value") as refusal:
        public(method)(x, w, missing="raise", **options)
    assert len(refusal.value.faults) == 1


@ROW_BY_ROW
def test_a_row_has_a_score_from_a_coverage_of_exactly_65_per_cent(method, options):
    x = np.linspace(1, 3, 40).reshape(2, 20)
    x[0, 13:], x[1, 12:] = np.nan, np.nan
    y = public(method)(x, **options)
    assert np.isfinite(y[0])
    assert np.isnan(y[1])


@ROW_BY_ROW
@pytest.mark.parametrize(("present", "columns"), [(1, 3), (2, 3), (7, 10), (29, 49), (1, 49)])
def test_a_row_at_the_coverage_asked_for_has_a_score(method, options, present, columns):
    x = np.where(np.arange(columns) < present, 2.0, np.nan)[np.newaxis]
    at, above = present / columns, present / columns + 1e-6
    assert public(method)(x, coverage=at, **options) == pytest.approx(2.0)
    assert np.isnan(public(method)(x, coverage=above, **options)).all()


@ROW_BY_ROW
@pytest.mark.parametrize("missing", ["reweight", "propagate"])
def test_a_row_without_values_has_no_score_at_any_coverage(method, options, missing):
    x = np.array([[1.0, 2.0], [np.nan, np.nan]])
    y = public(method)(x, missing=missing, coverage=0, **options)
    np.testing.assert_array_equal(np.isnan(y), [False, True])


@every("aggregate", having=lambda method, _: "details" in method.options)
@LAW
@given(data=st.data())
def test_details_hold_the_plain_answer(method, options, data):
    x, w, y = example(data, method, options)
    close(public(method)(x, w, **(complete(method, options) | {"details": True})).scores, y)
