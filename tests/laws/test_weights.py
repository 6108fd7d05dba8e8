"""Laws of every weighting in the registry."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import (
    LAW,
    attempt,
    close,
    complete,
    declared,
    declaring,
    every,
    frames,
    frozen,
    gaps_in_examples,
    names,
    numbers,
    orders,
    own,
    public,
    same,
    tables,
)

import hengdian_index as hi
from hengdian_index._methods.learning import weigh
from hengdian_index._methods.sample import Sample
from hengdian_index.log import journal

EVERY = every("weights")
JUDGED = every("weights", judged=True)


def test_every_required_option_has_an_example():
    assert gaps_in_examples("weights") == []


@pytest.mark.parametrize("method", own("weights"), ids=lambda m: m.name)
def test_the_public_function_stands_for_the_method(method):
    assert public(method).method is method


@EVERY
@LAW
@given(x=tables(unique=True, gaps=True))
def test_weights_lie_on_the_simplex(method, options, x):
    w = attempt(public(method), frozen(x), **options)
    assert w.shape == (x.shape[1],)
    assert (w >= 0).all()
    assert abs(w.sum() - 1) < 1e-12


@JUDGED
def test_judged_weights_lie_on_the_simplex(method, options):
    w = numbers(public(method)(**options))
    assert (w >= 0).all()
    assert abs(w.sum() - 1) < 1e-12


@EVERY
@LAW
@given(data=st.data(), x=tables(unique=True, gaps=True))
def test_weights_follow_their_columns(method, options, data, x):
    w = attempt(public(method), x, **options)
    order = data.draw(orders(x.shape[1]))
    close(public(method)(x[:, order], **options), w[order], 1e-9)
    frame = frames(x)["pandas"]
    close(public(method)(frame.iloc[:, order], **options).reindex(frame.columns), w, 1e-9)


@EVERY
@LAW
@given(data=st.data(), x=tables(unique=True, gaps=True))
def test_the_order_of_rows_does_not_matter(method, options, data, x):
    w = attempt(public(method), x, **options)
    close(public(method)(x[data.draw(orders(len(x)))], **options), w, 1e-9)


@every("weights", having=declaring("unit_free"))
@LAW
@given(data=st.data(), x=tables(unique=True, gaps=True))
def test_the_unit_of_measure_does_not_matter(method, options, data, x):
    w = attempt(public(method), x, **options)
    factors = np.array([data.draw(st.sampled_from([1e-12, 1.0, 1e12])) for _ in range(x.shape[1])])
    close(public(method)(x * factors, **options), w, 1e-9)


@EVERY
@LAW
@given(x=tables(unique=True, gaps=True))
def test_a_row_without_values_changes_nothing(method, options, x):
    w = attempt(public(method), x, **options)
    close(public(method)(np.insert(x, 2, np.nan, axis=0), **options), w)


@EVERY
@LAW
@given(x=tables(unique=True, gaps=True))
def test_every_kind_of_table_gives_the_same_weights_by_name(method, options, x):
    w = attempt(public(method), x, **options)
    for frame in frames(x).values():
        before = numbers(frame)
        answer = public(method)(frame, **options)
        assert isinstance(answer, pd.Series)
        assert list(answer.index) == names(x.shape[1])
        close(answer, w)
        same(frame, before)


@EVERY
@LAW
@given(x=tables(unique=True, gaps=True))
def test_memory_order_does_not_matter(method, options, x):
    w = attempt(public(method), x, **options)
    close(public(method)(np.asfortranarray(x), **options), w)
    close(public(method)(np.repeat(x, 2, axis=1)[:, ::2], **options), w)


@EVERY
@LAW
@given(x=tables(rows=(7, 7), columns=(2, 3), unique=True, gaps=True), data=st.data())
def test_a_stacked_batch_equals_one_by_one(method, options, x, data):
    batch = np.stack([x, x[:, ::-1], x[data.draw(orders(len(x)))] + 1.0])
    one_by_one = [attempt(public(method), one, **options) for one in batch]
    close(public(method)(batch, **options), np.stack(one_by_one), 1e-9)


@EVERY
@LAW
@given(data=st.data(), x=tables(unique=True, gaps=True))
def test_rows_in_chunks_weigh_the_same_as_rows_together(method, options, data, x):
    w = attempt(public(method), x, **options)
    cut = data.draw(st.integers(1, len(x) - 1))
    close(weigh(method, Sample((x[:cut], x[cut:])), options), w, 1e-9)


@EVERY
@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.int64, np.float32])
def test_any_number_type_is_converted_before_arithmetic(method, options, kind):
    x = np.array([[100, 1], [127, 2], [4, 120], [6, 77], [9, 5], [90, 6]]).astype(kind)
    try:
        w = public(method)(x.astype(np.float64), **options)
    except ValueError as refusal:
        with pytest.raises(type(refusal)):
            public(method)(x, **options)
    else:
        same(public(method)(x, **options), w)


@every("weights", having=lambda method, _: "details" in method.options)
@LAW
@given(x=tables(unique=True, gaps=True))
def test_details_hold_the_plain_answer(method, options, x):
    frame = frames(x)["pandas"]
    plain = attempt(public(method), frame, **options)
    details = attempt(public(method), frame, **(complete(method, options) | {"details": True}))
    pd.testing.assert_series_equal(details.weights, plain)


# A table on which every method that depends on where 0 is, or on rows with gaps, shows it.
TELLING = np.array([[1.0, 14, 3], [2, 10, 1], [5, 31, 8], [3, 22, 2], [9, 27, 9], [4, 12, 6], [7, 40, 4], [6, 18, 7]])


@every("weights", having=declaring("shift_free"))
@LAW
@given(data=st.data(), x=tables(unique=True, gaps=True, sign=1))
def test_where_0_is_does_not_matter(method, options, data, x):
    w = attempt(public(method), x, **options)
    added = np.array([data.draw(st.sampled_from([0.0, 0.125, 60.0])) for _ in range(x.shape[1])])
    close(public(method)(x + added, **options), w, 1e-9)


@every("weights", having=lambda method, options: not declaring("shift_free")(method, options))
def test_where_0_is_matters_where_it_is_not_declared_not_to(method, options):
    w = public(method)(TELLING, **options)
    assert np.abs(public(method)(TELLING + np.array([60.0, 0.0, 0.0]), **options) - w).max() > 1e-3


@EVERY
def test_what_learns_from_complete_rows_alone_says_so(method, options):
    gaps = TELLING.copy()
    # The rows with a gap hold the largest values of the others, which a range shows as well.
    gaps[4, 1] = gaps[6, 0] = np.nan
    w = public(method)(gaps[[0, 1, 2, 3, 5, 7]], **options)
    alone = bool(declared(method, "complete", options))
    with journal() as lines:
        found = public(method)(gaps, **options)
    assert alone == any("learnt from 6 of 8 rows, those with a value in every column" in line.why for line in lines)
    # IDOCRIW is CILOS, which wants complete rows, times entropy, which does not.
    if declared(method, "learns", options) is not False and method.name != "idocriw":
        assert np.allclose(found, w, rtol=1e-12) == alone
    with journal() as lines:
        public(method)(TELLING, **options)
    assert not any("rows, those" in line.why for line in lines)


@JUDGED
@pytest.mark.parametrize("gone", ["a", "b", "c"])
def test_a_judgement_holds_over_the_rest_when_one_is_taken_out(method, options, gone):
    index = hi.Index(
        groups=[hi.Group("g", weights={"method": method.name, **options})],
        indicators=[hi.Indicator(code, "g") for code in "abc"],
    )
    rest = index.replace({gone: None})
    whole, left = (one.fit({code: [1.0, 2.0, 4.0] for code in "abc"}).weights["g"] for one in (index, rest))
    assert list(left.index) == [code for code in "abc" if code != gone]
    assert left.sum() == pytest.approx(1, abs=1e-12)
    # Who weighs more than whom does not turn round.
    first, second = left.index
    assert (left[first] - left[second]) * (whole[first] - whole[second]) > -1e-9
