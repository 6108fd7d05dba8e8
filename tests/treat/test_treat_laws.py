"""Laws of every treatment in the registry that learns from one column."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import attempt, close, frames, frozen, law, names, numbers, same, tables

from hengdian_index import treat
from hengdian_index._methods.registry import FAMILIES
from hengdian_index.errors import DataError, SpecError

LAW = law(6)
VARIANTS = {
    "winsorise": [{"points": 2}, {"limits": (0.1, 0.9)}],
    "log": [{}, {"offset": "range"}, {"offset": "one"}],
    "box_cox": [{}, {"lmbda": -0.5}, {"lmbda": 0}, {"offset": "range"}, {"offset": "one"}],
    "yeo_johnson": [{}, {"lmbda": 2.5}],
    "fence": [{}, {"rule": "sigma", "width": 1}],
    "jrc": [
        {},
        {"max_points": None},
        {"max_points": 0},
        {"combine": True, "skew": 0.1, "kurtosis": 0},
        {"offset": "one"},
    ],
}
EVERY = pytest.mark.parametrize(
    ("name", "options"), [pytest.param(n, o, id=f"{n} {o}") for n, several in VARIANTS.items() for o in several]
)


@st.composite
def skewed(draw, *, gaps=True):
    """Draw a table with some values far out."""
    x = draw(tables(rows=(6, 12), gaps=gaps))
    i, j = (draw(st.integers(0, size - 1)) for size in x.shape)
    x[i, j] *= draw(st.sampled_from([1, 8, 64]))
    return x


def tolerance(name, options):
    """Return 1e-12 for another order of the sums; a power found by a search has some 8 digits."""
    return 1e-6 if name in ("box_cox", "yeo_johnson") and "lmbda" not in options else 1e-12


def function(name):
    return getattr(treat, name)


def test_every_treatment_is_tried_here_or_needs_a_second_column():
    registered = {m.name: m for m in FAMILIES["treat"].values() if m.function.__module__.startswith("hengdian_index.")}
    assert {name for name, m in registered.items() if not m.traits.get("needs")} == set(VARIANTS)
    assert dir(treat) == sorted(registered)


@EVERY
@LAW
@given(x=skewed())
def test_shape_is_kept_missing_stays_missing_and_the_input_is_not_changed(name, options, x):
    table, _ = attempt(function(name), frozen(x), **options)
    assert table.shape == x.shape
    assert table.dtype == np.float64
    np.testing.assert_array_equal(np.isfinite(table), np.isfinite(x))


@EVERY
@LAW
@given(x=skewed())
def test_the_order_of_the_values_is_kept(name, options, x):
    assert FAMILIES["treat"][name].traits["monotone"]
    table, _ = attempt(function(name), x, **options)
    order = np.argsort(x, axis=0, kind="stable")
    steps = np.diff(np.take_along_axis(table, order, axis=0), axis=0)
    assert not (steps < -1e-12 * np.nanmax(np.abs(table))).any()


@EVERY
@LAW
@given(x=skewed())
def test_fitting_on_all_rows_then_treating_is_treating(name, options, x):
    table, log = attempt(function(name), x, **options)
    again, same_log = function(name).fit(x, **options)(x)
    same(again, table)
    pd.testing.assert_frame_equal(same_log, log)
    for fit_on in (x, slice(None), np.ones(len(x), dtype=bool)):
        same(function(name)(x, fit_on=fit_on, **options).table, table)


@EVERY
@LAW
@given(x=skewed(), split=st.integers(4, 6))
def test_later_rows_are_treated_one_by_one_by_the_frozen_map(name, options, x, split):
    fitted = attempt(function(name).fit, x[:split], **options)
    table, _ = attempt(fitted, x)
    same(function(name)(x, fit_on=slice(split), **options).table, table)
    same(table[:split], function(name)(x[:split], **options).table)
    same(np.concatenate([fitted(row[np.newaxis]).table for row in x]), table)


@EVERY
@LAW
@given(x=skewed())
def test_the_log_says_exactly_what_was_done(name, options, x):
    table, log = attempt(function(name), x, **options)
    assert list(log.columns) == ["unit", "period", "indicator", "before", "after", "why"]
    cells = log.dropna(subset=["before"])
    replayed = x.copy()
    for line in cells.itertuples():
        assert replayed[line.unit, line.indicator] == line.before != line.after
        replayed[line.unit, line.indicator] = line.after
    same(replayed, table)
    assert (log["why"].str.len() > 0).all()
    assert log.loc[log["before"].isna(), "unit"].isna().all()


@EVERY
@LAW
@given(x=skewed())
def test_each_column_is_treated_by_itself_and_the_order_of_rows_does_not_matter(name, options, x):
    table, _ = attempt(function(name), x, **options)
    for j in range(x.shape[1]):
        close(function(name)(x[::-1, [j]], **options).table[::-1], table[:, [j]], tolerance(name, options))


@EVERY
@LAW
@given(x=skewed(gaps=False))
def test_a_stack_of_tables_is_treated_table_by_table(name, options, x):
    stack = np.stack([x, 2 * x[::-1], x + 1])
    table, log = attempt(function(name), stack, **options)
    for layer, done in zip(stack, table, strict=True):
        close(done, function(name)(layer, **options).table, tolerance(name, options))
    changed = np.argwhere(table != stack)
    assert sorted(zip(log["unit"], log["indicator"], strict=True)) == sorted(
        ((b, i), j) for b, i, j in changed.tolist()
    )


@EVERY
@LAW
@given(x=skewed())
def test_every_kind_of_table_comes_back_as_it_came(name, options, x):
    table, log = attempt(function(name), x, **options)
    for kind, frame in frames(x).items():
        found, lines = function(name)(frame, **options)
        assert type(found) is type(frame)
        assert list(getattr(found, "column_names", found.columns)) == names(x.shape[1])
        close(numbers(found), table, tolerance(name, options))
        np.testing.assert_array_equal(lines["before"], log["before"])
        where = log["unit"].dropna()
        wanted = [f"unit {i}" if kind == "pandas" else i for i in where]
        assert lines["unit"].dropna().tolist() == wanted


@EVERY
def test_whole_numbers_do_not_overflow(name, options):
    x = np.array([[120], [3], [7], [100], [90], [127]], dtype=np.int8)
    same(function(name)(x, **options).table, function(name)(x.astype(float), **options).table)


@EVERY
def test_an_infinity_and_a_column_without_values_are_refused_by_name(name, options):
    frame = pd.DataFrame({"a": [1.0, 2, 3, 4, 9], "b": [1.0, 2, np.inf, 4, 9]}, index=list("vwxyz"))
    with pytest.raises(DataError, match=r"'b'.*'x'.*infinity"):
        function(name)(frame, **options)
    with pytest.raises(DataError, match=r"'b'.*no value"):
        function(name)(frame.assign(b=np.nan), **options)


@EVERY
def test_a_misspelt_option_is_refused_with_a_suggestion(name, options):
    (known, *_) = [*FAMILIES["treat"][name].options]
    with pytest.raises(SpecError, match=f"did you mean '{known}'"):
        function(name)([1.0, 2, 3, 4], **options, **{known + "s": 1})


@pytest.mark.parametrize("name", ["winsorise", "jrc", "fence"])
@pytest.mark.parametrize("column", [[1.0, 2.0, 90.0], [5.0] * 6, [5.0, 5.0, 5.0, 5.0, np.nan]])
def test_a_column_without_a_shape_is_left_alone_and_logged(name, column):
    frame = pd.DataFrame({"a": column})
    table, log = function(name)(frame, **VARIANTS[name][0])
    pd.testing.assert_frame_equal(table, frame)
    assert log[["indicator", "why"]].values.tolist() == [["a", "untreated: fewer than 4 values, or all equal"]]
    assert log["unit"].isna().all()


@pytest.mark.parametrize(("name", "options"), [("log", {"offset": "range"}), ("box_cox", {}), ("yeo_johnson", {})])
def test_a_curve_that_needs_a_shape_leaves_a_column_without_one(name, options):
    table, log = function(name)(pd.DataFrame({"a": [5.0] * 6, "b": [1.0, 2, 3, 4, 5, 60]}), **options)
    assert table["a"].tolist() == [5.0] * 6
    assert log[log["indicator"] == "a"]["why"].tolist() == ["untreated: fewer than 4 values, or all equal"]
    assert len(log[log["indicator"] == "b"]) >= 5


def test_fitted_treatments_find_their_columns_by_name():
    frame = pd.DataFrame({"a": [1.0, 2, 3, 4, 90], "b": [5.0, 1, 2, 3, 4], "note": list("uvwxy")})
    fitted = treat.fence.fit(frame, unit="note")
    same(fitted(frame[["note", "b", "a"]]).table[["a", "b"]], fitted(frame).table[["a", "b"]])
    with pytest.raises(DataError, match="column 'a' is missing"):
        fitted(frame.drop(columns="a"))


def test_a_users_function_is_a_treatment_too():
    from hengdian_index._methods.treating import treating

    @treating
    def floor_of_zero(x):
        return np.maximum(x, 0)

    table, log = floor_of_zero(pd.DataFrame({"a": [-1.0, 2.0]}))
    assert table["a"].tolist() == [0.0, 2.0]
    assert log[["before", "after"]].values.tolist() == [[-1.0, 0.0]]
    del FAMILIES["treat"]["floor_of_zero"]
