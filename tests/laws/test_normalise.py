"""Laws of every normalisation in the registry."""

import numpy as np
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
    examples,
    frames,
    frozen,
    gaps_in_examples,
    numbers,
    orders,
    own,
    placed,
    public,
    required,
    same,
    tables,
)

from hengdian_index._methods.sample import Sample

EVERY = every("normalise")
DIRECTIONS = st.sampled_from([1, -1])


def test_every_required_option_has_an_example():
    assert gaps_in_examples("normalise") == []


@pytest.mark.parametrize("method", own("normalise"), ids=lambda m: m.name)
def test_the_public_function_stands_for_the_method(method):
    assert public(method).method is method


@EVERY
@LAW
@given(x=tables(gaps=True), direction=DIRECTIONS)
def test_shape_is_kept_and_missing_stays_missing(method, options, x, direction):
    x = placed(method, options, x)
    z = attempt(public(method), frozen(x), direction=direction, **options)
    assert z.shape == x.shape
    assert z.dtype == np.float64
    np.testing.assert_array_equal(np.isfinite(z), np.isfinite(x))


@every("normalise", having=declaring("monotone"))
@LAW
@given(x=tables(), direction=DIRECTIONS)
def test_better_values_never_score_lower(method, options, x, direction):
    x = placed(method, options, x)
    z = attempt(public(method), x, direction=direction, **options)
    order = np.argsort(direction * x, axis=0, kind="stable")
    steps = np.diff(np.take_along_axis(z, order, axis=0), axis=0)
    assert (steps >= -1e-12 * np.abs(z).max()).all()


@EVERY
@LAW
@given(x=tables(gaps=True), direction=DIRECTIONS)
def test_fitting_on_all_rows_then_scoring_is_computing(method, options, x, direction):
    x = placed(method, options, x)
    function = public(method)
    z = attempt(function, x, direction=direction, **options)
    same(function.fit(x, direction=direction, **options)(x), z)
    same(function(x, fit_on=x, direction=direction, **options), z)
    same(function(x, fit_on=slice(None), direction=direction, **options), z)
    same(function(x, fit_on=np.ones(len(x), dtype=bool), direction=direction, **options), z)


@EVERY
@LAW
@given(x=tables(gaps=True), direction=DIRECTIONS, split=st.integers(5, 6))
def test_later_rows_are_scored_one_by_one_under_the_frozen_map(method, options, x, direction, split):
    x = placed(method, options, x)
    function = public(method)
    fitted = attempt(function.fit, x[:split], direction=direction, **options)
    z = attempt(fitted, x)
    close(np.concatenate([fitted(row[np.newaxis]) for row in x]), z)
    same(function(x, fit_on=slice(0, split), direction=direction, **options), z)


@EVERY
@LAW
@given(x=tables(gaps=True), direction=DIRECTIONS)
def test_every_kind_of_table_gives_the_same_numbers_and_its_own_kind(method, options, x, direction):
    x = placed(method, options, x)
    function = public(method)
    z = attempt(function, x, direction=direction, **options)
    for frame in frames(x).values():
        before = numbers(frame)
        answer = function(frame, direction=direction, **options)
        assert type(answer) is type(frame)
        assert list(getattr(answer, "column_names", answer.columns)) == list(
            getattr(frame, "column_names", frame.columns)
        )
        close(answer, z)
        same(frame, before)
    pandas = frames(x)["pandas"]
    assert function(pandas, direction=direction, **options).index.equals(pandas.index)


@EVERY
@LAW
@given(x=tables(gaps=True))
def test_memory_order_does_not_matter(method, options, x):
    x = placed(method, options, x)
    z = attempt(public(method), x, **options)
    close(public(method)(np.asfortranarray(x), **options), z)
    close(public(method)(np.repeat(x, 2, axis=0)[::2], **options), z)


@every("normalise", having=lambda method, _: not method.takes_direction)
@LAW
@given(x=tables(gaps=True))
def test_smaller_is_better_means_the_negated_column(method, options, x):
    x = placed(method, options, x)
    same(attempt(public(method), x, direction=-1, **options), public(method)(-x, **options))


@EVERY
@LAW
@given(data=st.data(), x=tables(gaps=True))
def test_each_column_is_scored_for_itself(method, options, data, x):
    x = placed(method, options, x)
    k = x.shape[1]
    directions = [data.draw(DIRECTIONS) for _ in range(k)]
    z = attempt(public(method), x, direction=directions, **options)
    alone = [public(method)(x[:, j], direction=directions[j], **options) for j in range(k)]
    close(np.stack(alone, axis=1), z)
    frame = frames(x)["pandas"]
    close(public(method)(frame, direction=dict(zip(frame.columns, directions, strict=True)), **options), z)


@EVERY
@LAW
@given(data=st.data(), x=tables(gaps=True), direction=DIRECTIONS)
def test_scores_follow_their_rows(method, options, data, x, direction):
    x = placed(method, options, x)
    z = attempt(public(method), x, direction=direction, **options)
    order = data.draw(orders(len(x)))
    close(public(method)(x[order], direction=direction, **options), z[order])


@EVERY
@LAW
@given(x=tables(gaps=True), direction=DIRECTIONS)
def test_a_row_without_values_changes_nothing(method, options, x, direction):
    x = placed(method, options, x)
    z = attempt(public(method), x, direction=direction, **options)
    empty = np.full((1, x.shape[1]), np.nan)
    close(public(method)(np.concatenate([empty, x]), direction=direction, **options), np.concatenate([empty, z]))


@every("normalise", having=declaring("unit_free"))
@LAW
@given(data=st.data(), x=tables(), direction=DIRECTIONS)
def test_the_unit_of_measure_does_not_matter(method, options, data, x, direction):
    x = placed(method, options, x)
    z = attempt(public(method), x, direction=direction, **options)
    factors = np.array([data.draw(st.sampled_from([1e-12, 1.0, 1e12])) for _ in range(x.shape[1])])
    close(public(method)(x * factors, direction=direction, **options), z, 1e-9)


@every("normalise", having=declaring("gives"))
@LAW
@given(x=tables(gaps=True), direction=DIRECTIONS)
def test_scores_of_the_fit_rows_lie_where_the_method_says(method, options, x, direction):
    x = placed(method, options, x)
    z = attempt(public(method), x, direction=direction, **options)
    low, high = declared(method, "gives", options)
    slack = 1e-12 * (high - low) if np.isfinite(high - low) else 0
    assert (z[~np.isnan(z)] >= low - slack).all()
    assert (z[~np.isnan(z)] <= high + slack).all()


@EVERY
@LAW
@given(x=tables(rows=(6, 6), columns=(2, 3), gaps=True), scale=st.sampled_from([0.5, 3.0]), direction=DIRECTIONS)
def test_a_stacked_batch_equals_one_by_one(method, options, x, scale, direction):
    x = placed(method, options, x)
    batch = placed(method, options, np.stack([x, scale * x[::-1], x + 1]))
    one_by_one = [attempt(public(method), one, direction=direction, **options) for one in batch]
    close(public(method)(batch, direction=direction, **options), np.stack(one_by_one))
    close(public(method).fit(batch, direction=direction, **options)(batch), np.stack(one_by_one))


@every("normalise", having=lambda method, _: method.sees == "statistics")
@LAW
@given(data=st.data(), x=tables(gaps=True))
def test_rows_in_chunks_teach_the_same_as_rows_together(method, options, data, x):
    x = placed(method, options, x)
    z = attempt(public(method), x, **options)
    cut = data.draw(st.integers(1, len(x) - 1))
    learnt = method.function(Sample((x[:cut], x[cut:])), **complete(method, options))
    close(learnt(x), z, 1e-9)


@EVERY
@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.int64, np.float32, bool])
def test_any_number_type_is_converted_before_arithmetic(method, options, kind):
    x = np.array([[100, 1], [127, 2], [4, 120], [6, 77], [9, 5], [90, 6]]).astype(kind)
    try:
        z = public(method)(x.astype(np.float64), **options)
    except ValueError as refusal:
        with pytest.raises(type(refusal)):
            public(method)(x, **options)
    else:
        same(public(method)(x, **options), z)


@pytest.mark.parametrize("pair", [("lower", "upper"), ("floor", "ceiling")])
def test_a_scale_with_two_ends_declares_them(pair):
    found = [m for m in own("normalise") if set(pair) <= set(m.options)]
    assert found
    for method in found:
        options = examples(method)[0] | dict(zip(pair, (60.0, 100.0), strict=True))
        assert method.declared("ends", options) == (60.0, 100.0)


@every("normalise", having=declaring("ends"))
def test_the_ends_are_the_scores_of_the_worst_and_the_best(method, options):
    x = np.array([0.5, *np.linspace(1, 29, 40), 30.0]) * (4 if options.get("on") == "value" else 1)
    z = np.sort(public(method)(x, **options))
    np.testing.assert_allclose([z[0], z[-1]], declared(method, "ends", options), rtol=1e-12)


@every("normalise")
def test_a_scale_whose_zero_the_method_decides_declares_it(method, options):
    """Such scores stay when the unit's own 0 moves, though they are of both signs, so their 0 is no property of x."""
    if required(method):
        return
    x = np.linspace(1.0, 9.0, 12) ** 2
    here, there = np.split(placed(method, options, np.concatenate([x, x + 64.0])), 2)
    z, moved = (public(method)(values, **options) for values in (here, there))
    decided = np.allclose(z, moved, atol=1e-9) and z.min() < 0 < z.max()
    assert bool(declared(method, "own_zero", options)) == decided
