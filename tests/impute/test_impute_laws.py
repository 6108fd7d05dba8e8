"""Laws of every imputation in the registry, and a user's own function."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import attempt, close, frames, frozen, law, names, numbers, orders, same, tables

from hengdian_index import impute
from hengdian_index._methods.imputing import imputing
from hengdian_index._methods.registry import FAMILIES
from hengdian_index.errors import DataError, SpecError

LAW = law(5)
VARIANTS = {
    "mean": [{}],
    "median": [{}],
    "group_mean": [{}],
    "group_median": [{}],
    "carry_forward": [{}, {"limit": 1}],
    "interpolate": [{}, {"limit": 1, "ends": "carry"}],
    "peers": [{}, {"scale": "z_score"}],
    "neighbours": [{"number": 2}],
    "regression": [{"rounds": 2}],
}
CASES = [pytest.param(n, o, id=f"{n} {o}") for n, several in VARIANTS.items() for o in several]
EVERY = pytest.mark.parametrize(("name", "options"), CASES)
# The rounds of regressions go through the columns in their order.
ORDERLESS = pytest.mark.parametrize(("name", "options"), [case for case in CASES if case.values[0] != "regression"])


@pytest.fixture(autouse=True)
def _learn(request):
    if "name" in request.fixturenames and request.getfixturevalue("name") in ("neighbours", "regression"):
        pytest.importorskip("sklearn", reason="scikit-learn is not installed (the extra `learn`)")


def labels(name, n):
    """Return what the imputation needs to know of n rows."""
    if name.startswith("group"):
        return {"groups": [f"group {i % 2}" for i in range(n)]}
    timed = name in ("carry_forward", "interpolate")
    return {"unit": [f"unit {i % 2}" for i in range(n)], "period": list(range(2000, 2000 + n))} if timed else {}


def fill(name, x, options, **more):
    return attempt(getattr(impute, name), x, **options, **labels(name, x.shape[-2]), **more)


def test_every_imputation_is_tried_here():
    registered = {m.name for m in FAMILIES["impute"].values() if m.function.__module__.startswith("hengdian_index.")}
    assert registered == set(VARIANTS)
    assert dir(impute) == sorted(registered)


@EVERY
@LAW
@given(x=tables(gaps=True))
def test_known_values_stay_and_every_gap_has_its_line(name, options, x):
    table, log = fill(name, frozen(x), options)
    missing = np.isnan(x)
    same(table[~missing], x[~missing])
    assert list(log.columns) == ["unit", "period", "indicator", "before", "after", "why"]
    assert log["before"].isna().all()
    same(log["after"], table[missing])
    assert log["indicator"].tolist() == np.argwhere(missing)[:, 1].tolist()
    np.testing.assert_array_equal(log["after"].isna(), log["why"].str.startswith("left missing"))


@EVERY
@LAW
@given(x=tables())
def test_a_complete_table_is_left_alone(name, options, x):
    table, log = fill(name, x, options)
    same(table, x)
    assert log.empty


@EVERY
@LAW
@given(x=tables(gaps=True))
def test_learning_then_filling_is_filling(name, options, x):
    table, log = fill(name, x, options)
    known = labels(name, len(x))
    again, lines = getattr(impute, name).fit(x, **options, **known)(x, **known)
    same(again, table)
    pd.testing.assert_frame_equal(lines, log)
    if name not in ("carry_forward", "interpolate"):
        same(fill(name, x, options, fit_on=np.ones(len(x), dtype=bool)).table, table)


@ORDERLESS
@LAW
@given(x=tables(gaps=True), data=st.data())
def test_the_order_of_rows_and_columns_does_not_matter(name, options, x, data):
    rows, columns = data.draw(orders(len(x))), data.draw(orders(x.shape[1]))
    known = {key: [value[i] for i in rows] for key, value in labels(name, len(x)).items()}
    moved, _ = attempt(getattr(impute, name), x[rows][:, columns], **options, **known)
    close(moved, fill(name, x, options).table[rows][:, columns], 1e-9)


@EVERY
@LAW
@given(x=tables(gaps=True), factors=st.lists(st.sampled_from([0.25, 1.0, 1024.0]), min_size=4, max_size=4))
def test_units_of_measure_do_not_matter(name, options, x, factors):
    unit = np.array(factors[: x.shape[1]])
    close(fill(name, x * unit, options).table / unit, fill(name, x, options).table, 1e-6)


@EVERY
@LAW
@given(x=tables(gaps=True))
def test_a_stack_of_tables_is_filled_table_by_table(name, options, x):
    stack = np.stack([x, 2 * x[::-1]])
    table, log = fill(name, stack, options)
    for layer, done in zip(stack, table, strict=True):
        same(done, fill(name, layer, options).table)
    assert log["unit"].map(lambda unit: isinstance(unit, tuple)).all()
    with pytest.raises(DataError, match="learns from one table"):
        getattr(impute, name).fit(stack, **options, **labels(name, len(x)))


@EVERY
@LAW
@given(x=tables(gaps=True))
def test_every_kind_of_table_comes_back_as_it_came(name, options, x):
    table, log = fill(name, x, options)
    for frame in frames(x).values():
        found, lines = attempt(getattr(impute, name), frame, **options, **labels(name, len(x)))
        assert type(found) is type(frame)
        assert list(getattr(found, "column_names", found.columns)) == names(x.shape[1])
        close(numbers(found), table, 1e-9)
        assert lines["why"].tolist() == log["why"].tolist()


@EVERY
def test_an_infinity_and_a_column_without_values_are_refused_by_name(name, options):
    frame = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, 2, np.inf, np.nan]}, index=list("wxyz"))
    with pytest.raises(DataError, match=r"'b'.*'y'.*infinity"):
        getattr(impute, name)(frame, **options, **labels(name, 4))
    with pytest.raises(DataError, match=r"'b'.*no value"):
        getattr(impute, name)(frame.assign(b=np.nan), **options, **labels(name, 4))


@EVERY
def test_a_misspelt_option_is_refused(name, options):
    with pytest.raises(SpecError, match="unknown option 'limitt'"):
        getattr(impute, name)([1.0, np.nan], **options, **labels(name, 2), limitt=1)


def test_a_fit_on_of_another_width_is_refused():
    with pytest.raises(DataError, match=r"fit_on has shape \(1, 3\), the rows to fill \(2, 1\)"):
        impute.mean([1.0, np.nan], fit_on=[[1.0, 2.0, 3.0]])
    with pytest.raises(DataError, match="column 'b' is missing"):
        impute.mean(pd.DataFrame({"a": [1.0], "b": [2.0]}), fit_on=pd.DataFrame({"a": [1.0]}))


@pytest.fixture
def own():
    yield
    FAMILIES["impute"].pop("own_rule", None)


@pytest.mark.usefixtures("own")
def test_a_users_function_fills_and_is_frozen():
    @imputing
    def own_rule(x):
        return np.where(np.isnan(x), 7.0, x)

    frame = pd.DataFrame({"a": [1.0, np.nan]})
    assert own_rule(frame).table["a"].tolist() == [1.0, 7.0]
    assert own_rule.fit(frame)(frame[1:]).table["a"].tolist() == [7.0]


@pytest.mark.usefixtures("own")
def test_a_users_function_that_learns_from_new_rows_is_refused_unless_it_takes_fit_on():
    @imputing
    def own_rule(x):
        return np.where(np.isnan(x), np.nanmax(x), x)

    fitted = own_rule.fit([1.0, np.nan])
    with pytest.raises(DataError, match="cannot be frozen"):
        fitted([[9.0], [np.nan]])

    @imputing
    def own_rule(x, *, fit_on=None):
        return np.where(np.isnan(x), np.nanmax(fit_on), x)

    same(own_rule.fit([1.0, np.nan])([[9.0], [np.nan]]).table, [[9.0], [1.0]])


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (lambda x: x + 1, "own_rule changes values"),
        (lambda x: x[:1], "own_rule must give finite values in the shape"),
        (lambda x: np.where(np.isnan(x), np.inf, x), "own_rule must give finite values"),
    ],
)
def test_a_users_function_may_only_fill(rule, said):
    rule.__name__ = "own_rule"
    with pytest.raises(DataError, match=said):
        imputing(rule)([1.0, np.nan])
