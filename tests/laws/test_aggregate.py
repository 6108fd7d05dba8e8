"""Laws of every aggregation in the registry, by the letters it declares (see `hi.aggregating`)."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from support.laws import (
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
    sized,
    tables,
    weights_for,
)

from hengdian_index.errors import DataError, SpecError

SIGNS = {"real": None, "zero or more": 0, "above 0": 1}
EVERY = every("aggregate")


def letter(*any_of):
    """Return the decorator that runs a law for the variants that declare one of its letters."""
    return every("aggregate", having=lambda method, options: set(any_of) & set(declared(method, "laws", options) or ""))


def row_by_row(method, options):
    return not declared(method, "set_wise", options)


def column_by_column(method, options):
    """Return whether leaving a column out leaves the scale of the scores as it is, which a sum of fewer does not."""
    takes_gaps, total = declared(method, "takes_gaps", options), declared(method, "total", options)
    return row_by_row(method, options) and not takes_gaps and total is None


ROW_BY_ROW = every("aggregate", having=row_by_row)
COLUMN_BY_COLUMN = every("aggregate", having=column_by_column)


def example(data, method, options, **shape):
    """Draw rows in the declared domain and weights or None; return them, the method as f(x, w), and its scores."""
    x = data.draw(tables(sign=SIGNS[declared(method, "domain", options) or "above 0"], **shape))
    w = data.draw(st.none() | weights_for(x.shape[1]))
    score = partial(public(method), **sized(options, x.shape[1]))
    try:
        return x, w, score, attempt(score, frozen(x), w)
    except SpecError:
        assume(w is not None)  # a method may refuse unequal weights
        reject()


def decisive(score, x, w, y):
    """Return weights, and their scores, that leave one best order of the rows; of several the first is taken."""
    most_on_one = 0.5 ** np.arange(x.shape[1])
    try:
        return most_on_one, attempt(score, x, most_on_one)
    except SpecError:
        return w, y


def test_every_required_option_has_an_example():
    assert gaps_in_examples("aggregate") == []


@pytest.mark.parametrize("method", own("aggregate"), ids=lambda m: m.name)
def test_the_public_function_stands_for_the_method(method):
    assert public(method).method is method


@EVERY
def test_only_known_laws_and_domains_are_declared(method, options):
    assert set(declared(method, "laws", options) or "") <= set("MIHTSBD")
    assert (declared(method, "domain", options) or "real") in SIGNS


@letter("M")
@LAW
@given(data=st.data())
def test_m_a_higher_value_never_lowers_the_score(method, options, data):
    x, w, score, y = example(data, method, options)
    higher = x.copy()
    higher[:, data.draw(st.integers(0, x.shape[1] - 1))] += data.draw(st.sampled_from([1e-6, 1.0, 1e6]))
    assert (score(higher, w) >= y - 1e-12 * np.abs(y)).all()


@letter("M", "D")
@LAW
@given(data=st.data())
def test_d_a_row_at_least_as_good_everywhere_never_scores_lower(method, options, data):
    x, w, score, _ = example(data, method, options)
    x[0] = np.maximum(x[0], x[1])
    y = attempt(score, x, w)
    assert y[0] >= y[1] - 1e-12 * np.abs(y).max()


@letter("I")
@LAW
@given(data=st.data())
def test_i_a_value_that_all_columns_share_is_the_score(method, options, data):
    x, w, score, _ = example(data, method, options)
    shared = np.repeat(x[:, :1], x.shape[1], axis=1)
    np.testing.assert_allclose(attempt(score, shared, w), x[:, 0], rtol=1e-12)


@letter("H")
@LAW
@given(data=st.data(), factor=st.sampled_from([1e-100, 1e-3, 7.0, 1e100]))
def test_h_scores_scale_with_the_values(method, options, data, factor):
    x, w, score, y = example(data, method, options)
    close(score(factor * x, w), factor * y, 1e-11)


@letter("T")
@LAW
@given(data=st.data(), step=st.sampled_from([-50.0, 0.125, 1e4]))
def test_t_scores_shift_with_the_values(method, options, data, step):
    x, w, score, y = example(data, method, options)
    close(score(x + step, w), y + step)


@letter("S")
@LAW
@given(data=st.data())
def test_s_under_equal_weights_the_order_of_columns_does_not_matter(method, options, data):
    x, _, score, _ = example(data, method, options)
    order = data.draw(orders(x.shape[1]))
    close(attempt(score, x[:, order]), score(x))


@letter("B")
@LAW
@given(data=st.data())
def test_b_scores_lie_between_the_smallest_and_the_largest_value(method, options, data):
    x, _, _, y = example(data, method, options)
    slack = 1e-12 * np.abs(x).max(axis=1)
    assert (y >= x.min(axis=1) - slack).all()
    assert (y <= x.max(axis=1) + slack).all()


@EVERY
@LAW
@given(data=st.data())
def test_columns_take_their_weights_with_them(method, options, data):
    x, w, score, y = example(data, method, options)
    assume(w is not None)
    order = data.draw(orders(x.shape[1]))
    frame = frames(x)["pandas"]
    by_name = pd.Series(w, frame.columns).iloc[order]
    close(score(frame, by_name), y)
    close(score(frame, by_name.to_dict()), y)
    close(score(x[:, order], w[order]), y, 1e-9)


@EVERY
@LAW
@given(data=st.data())
def test_scores_follow_their_rows(method, options, data):
    x, w, score, y = example(data, method, options, unique=True)
    if declared(method, "set_wise", options):
        w, y = decisive(score, x, w, y)
    order = data.draw(orders(len(x)))
    close(score(x[order], w), y[order], 1e-9)


@EVERY
@LAW
@given(data=st.data())
def test_every_kind_of_table_gives_the_same_scores(method, options, data):
    x, w, score, y = example(data, method, options, gaps=True)
    for frame in frames(x).values():
        before = numbers(frame)
        close(score(frame, w), y)
        same(frame, before)
    pandas = frames(x)["pandas"]
    answer = score(pandas, w)
    assert answer.name == "score"
    assert answer.index.equals(pandas.index)


@EVERY
@LAW
@given(data=st.data())
def test_memory_order_does_not_matter(method, options, data):
    x, w, score, y = example(data, method, options, gaps=True)
    close(score(np.asfortranarray(x), w), y)
    close(score(np.repeat(x, 2, axis=1)[:, ::2], w), y)


@EVERY
@LAW
@given(data=st.data())
def test_a_stacked_batch_equals_one_by_one(method, options, data):
    x, w, score, _ = example(data, method, options, rows=(7, 7), columns=(2, 3), gaps=True)
    batch = np.stack([x, x[:, ::-1], 2 * x])
    one_by_one = [attempt(score, one, w) for one in batch]
    close(score(batch, w), np.stack(one_by_one))
    if w is not None:
        weights = np.stack([w, w[::-1], w])
        each = [attempt(score, one, row) for one, row in zip(batch, weights, strict=True)]
        close(score(batch, weights), np.stack(each))


@ROW_BY_ROW
@LAW
@given(data=st.data())
def test_each_row_is_scored_for_itself(method, options, data):
    x, w, score, y = example(data, method, options, gaps=True)
    close(np.concatenate([score(row[np.newaxis], w) for row in x]), y)
    assert score(list(x[0]), w) == pytest.approx(y[0], rel=1e-12)


@COLUMN_BY_COLUMN
@LAW
@given(data=st.data())
def test_reweight_is_leaving_the_column_out(method, options, data):
    x, w, score, y = example(data, method, options, columns=(3, 5), gaps=True)
    for row, found in zip(x, y, strict=True):
        present = ~np.isnan(row)
        if present.mean() < 0.65:
            assert np.isnan(found)
        else:
            rest = None if w is None else w[present] / w[present].sum()
            assert score(row[present], rest) == pytest.approx(found, rel=1e-11)


@EVERY
@LAW
@given(data=st.data())
def test_propagate_leaves_rows_with_a_gap_without_a_score_and_out_of_the_comparison(method, options, data):
    x, w, score, _ = example(data, method, options, gaps=True)
    whole = ~np.isnan(x).any(axis=1)
    strict = attempt(score, x, w, missing="propagate")
    np.testing.assert_array_equal(np.isnan(strict), ~whole)
    close(strict[whole], score(x[whole], w, missing="raise"))


@EVERY
@LAW
@given(data=st.data())
def test_raise_refuses_a_gap_and_names_the_cell(method, options, data):
    x, w, score, _ = example(data, method, options)
    x[3, 1] = np.nan
    with pytest.raises(DataError, match=r"^column 1, row 3: missing value, .* missing = 'raise'") as refusal:
        score(x, w, missing="raise")
    assert len(refusal.value.faults) == 1


@EVERY
@pytest.mark.parametrize("missing", ["reweight", "propagate"])
def test_a_row_without_values_has_no_score_at_any_coverage(method, options, missing):
    x = np.array([[3.0, 2.0], [np.nan, np.nan], [4.0, 7.0], [1.0, 5.0]])
    y = public(method)(x, missing=missing, coverage=0, **sized(options, 2))
    np.testing.assert_array_equal(np.isnan(y), [False, True, False, False])


@ROW_BY_ROW
def test_a_row_has_a_score_from_a_coverage_of_exactly_65_per_cent(method, options):
    x = np.linspace(1, 3, 40).reshape(2, 20)
    x[0, 13:], x[1, 12:] = np.nan, np.nan
    np.testing.assert_array_equal(np.isnan(public(method)(x, **sized(options, 20))), [False, True])


@ROW_BY_ROW
@pytest.mark.parametrize(("present", "columns"), [(2, 3), (7, 10), (29, 49), (2, 49)])
def test_a_row_at_the_coverage_asked_for_has_a_score(method, options, present, columns):
    x = np.where(np.arange(columns) < present, 2.0, np.nan)[np.newaxis]
    # That of the values it has, which share the weights of all: some methods hang on how many parts there are.
    has = public(method)(x[:, :present], np.full(present, columns / present), **sized(options, present))
    share, options = present / columns, sized(options, columns)
    assert public(method)(x, coverage=share, **options) == pytest.approx(has)
    assert np.isnan(public(method)(x, coverage=share + 1e-6, **options)).all()


@every("aggregate", having=lambda method, _: "details" in method.options)
@LAW
@given(data=st.data())
def test_details_hold_the_plain_answer(method, options, data):
    x, w, _, y = example(data, method, options)
    chosen = sized(complete(method, options), x.shape[1]) | {"details": True}
    close(attempt(public(method), x, w, **chosen).scores, y)
