"""Laws of the border, over the whole registry: what is given is taken for what it says, or refused by name."""

import datetime
import inspect
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import (
    EXAMPLE_OPTIONS,
    LAW,
    close,
    every,
    frames,
    numbers,
    own,
    placed,
    public,
    required,
    sized,
    tables,
)

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES
from hengdian_index.errors import DataError, SpecError

X = np.array([[3.0, 1.0, 4.0], [1.5, 9.0, 2.0], [6.0, 5.0, 3.5], [8.0, 7.0, 9.5], [2.0, 3.0, 8.0], [4.0, 6.0, 2.5]])
FRAME = pd.DataFrame(X, columns=list("abc"), index=list("pqrstu"))
GAPS = np.where(X == 5.0, np.nan, X)

ODD = {
    "None": None,
    "a number": 5,
    "text": "abc",
    "bytes": b"abc",
    "a truth": True,
    "a date": datetime.date(2020, 1, 1),
    "NA": pd.NA,
    "NaT": pd.NaT,
    "an object": object(),
    "a function": len,
    "nothing": [],
    "an empty mapping": {},
    "a mapping": {"a": 1.0, "b": 2.0},
    "nested mappings": {"a": {"b": 1.0}, "b": {"a": 1.0}},
    "columns of several lengths": {"a": [1.0, 2.0], "b": [1.0]},
    "names": ["a", "b", "c"],
    "a mask": [True, False, True, True, False, True],
    "a mask with a gap": [True, None, True, True, False, True],
    "rows of several lengths": [[1.0, 2.0], [3.0]],
    "a set": {1.0, 2.0},
    "a range": range(3),
    "a slice": slice("p", "r"),
    "no axis": np.array(3.0),
    "three axes": np.ones((2, 6, 3)) + np.arange(6.0)[:, np.newaxis],
    "no rows": np.empty((0, 3)),
    "no columns": np.empty((3, 0)),
    "objects": np.array([[1, "a", None], [2, 3, 4.0]], dtype=object),
    "complex": X + 1j,
    "truths": X > 4,
    "dates": np.array([["2020-01-01", "2021-01-01"]], dtype="M8[D]"),
    "spans of time": np.array([[1, 2], [3, 4]], dtype="m8[D]"),
    "texts": np.array([["x", "y"], ["z", "w"]]),
    "records": np.array([(1, 2.0), (3, 4.0)], dtype=[("a", int), ("b", float)]),
    "masked": np.ma.masked_array(X, mask=X > 8.5),
    "all masked": np.ma.masked_all((4, 3)),
    "masked texts": np.ma.masked_array(np.array(["a", "b"]), mask=[True, False]),
    "infinite": np.where(X > 9, np.inf, X),
    "constant": np.ones((4, 3)),
    "one row": X[:1],
    "small whole numbers": X.astype(np.int8),
    "a frame": FRAME,
    "levels of columns": FRAME.set_axis(pd.MultiIndex.from_tuples([("u", "a"), ("u", "b"), ("v", "c")]), axis=1),
    "levels of rows": FRAME.set_axis(pd.MultiIndex.from_product([["A", "B"], [2019, 2020, 2021]])),
    "two columns of one name": FRAME.set_axis(list("aab"), axis=1),
    "numbers for names": FRAME.set_axis([1, 2, 3], axis=1),
    "a column without a name": FRAME.set_axis([None, "b", "c"], axis=1),
    "rows of one name": FRAME.set_axis(list("ppqrst")),
    "categories": FRAME.assign(a=pd.Categorical(list("xyxyxy"))),
    "periods": FRAME.assign(a=pd.Period("2020Q1")),
    "intervals": FRAME.assign(a=pd.Interval(0, 1)),
    "lists": pd.DataFrame({"a": [[1], [2]], "b": [1.0, 2.0]}),
    "nullable": FRAME.convert_dtypes().mask(FRAME > 8.5),
    "nullable truths": FRAME.convert_dtypes().mask(FRAME > 8.5) > 4,
    "a column": FRAME["a"],
    "a column of truths": FRAME["a"] > 4,
    "polars": pl.DataFrame({"a": [1.0, 2.0, 3.0, 5.0], "b": [2.0, 5.0, 1.0, None], "c": [1.0, 5.0, 4.0, 2.0]}),
    "lazy": pl.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 5.0, 1.0]}).lazy(),
    "polars lists": pl.DataFrame({"a": [[1], [2]], "b": [1.0, 2.0]}),
    "polars truths": pl.Series([True, None, False, True, True, True]),
    "arrow": pa.table({"a": [1.0, 2.0, 3.0], "b": [2.0, 5.0, None]}),
    "arrow columns of one name": pa.table([pa.array([1.0, 2.0]), pa.array([3.0, 1.0])], names=["a", "a"]),
    "an arrow column": pa.array([1.0, 2.0, 4.0]),
}

# What a method of `climate` works on, by name; a new one is tried with tables of shares alone.
COMPONENTS = {"breadth": [X], "cycle": [X], "pmi": [10 * X], "confidence": [10 * X[:, 0], 10 * X[:, 1]]}
SHARED = {
    "normalise": ("fit_on", "direction"),
    "aggregate": ("w", "missing", "coverage"),
    "treat": ("fit_on", "unit", "period"),
    "impute": ("fit_on", "unit", "period"),
}
METHODS = [pytest.param(m, id=f"{family}.{m.name}") for family in FAMILIES for m in own(family)]
PLAIN = [
    pytest.param(function, id=f"{module}.{name}")
    for module in ("series", "explain", "diagnose", "ahp", "weights", "aggregate", "treat")
    for name in dir(getattr(hi, module))
    if inspect.isfunction(function := getattr(getattr(hi, module), name)) and not hasattr(function, "method")
]


def taken_or_refused(call, *data, **options):
    """Call, and let nothing through but an answer, the two errors, or Python's own of a wrong call."""
    with warnings.catch_warnings():
        # NumPy says this of a list, and the value is missing as it should be.
        warnings.filterwarnings("ignore", "Warning: converting a masked element to nan")
        try:
            call(*data, **options)
        except (DataError, SpecError):
            return
        except TypeError as error:
            if "argument" not in str(error):
                raise


def needed(method):
    """Return options with which a method works on tables of three columns."""
    known = {"winsorise": [{"points": 1}], "denominate": [{"by": "c"}]}.get(
        method.name, EXAMPLE_OPTIONS.get(method.name, [{}])
    )
    return sized(known[0] if required(method) or method.family == "treat" else {}, 3)


def labels(method):
    """Return the labels of six rows that a method asks for."""
    asked = {"groups": list("xxyxyy"), "period": list(range(2001, 2007))}
    return {name: value for name, value in asked.items() if name in method.traits.get("needs", ())}


def ordinary(method):
    """Return data and options with which a method works on the frame."""
    options = needed(method)
    if method.family == "climate":
        data = COMPONENTS.get(method.name, [10 * X[:, 0], X[:, 1]])
        return data, {"weights": [1, 2, 1]} if method.name == "pmi" else {}
    judgements = [options.pop(name) for name in method.judgements if name in options]
    return (judgements or [suited(method, FRAME)]), options


def suited(method, x):
    """Return values that a method takes."""
    return placed(method, needed(method), x)


@pytest.mark.parametrize("method", METHODS)
def test_odd_data_are_taken_or_refused_by_name(method):
    data, options = ordinary(method)
    function = public(method)
    fitted = function.fit(*data, **options, **labels(method)) if hasattr(function, "fit") else None
    for odd in ODD.values():
        taken_or_refused(function, odd, *data[1:], **options)
        if fitted is not None:
            taken_or_refused(function.fit, odd, **options)
            taken_or_refused(fitted, odd)


@pytest.mark.parametrize("method", METHODS)
def test_odd_options_are_taken_or_refused_by_name(method):
    data, options = ordinary(method)
    for name in [*method.options, *SHARED.get(method.family, ())]:
        if name in ("rng", "rounds"):
            continue
        for odd in ODD.values():
            taken_or_refused(public(method), *data, **{**options, name: odd})


@pytest.mark.parametrize("function", PLAIN)
def test_plain_functions_take_or_refuse_odd_values_by_name(function):
    parameters = list(inspect.signature(function).parameters.values())
    needed = [p.name for p in parameters if p.default is p.empty]
    for odd in ODD.values():
        taken_or_refused(function, *[odd for _ in needed])
        for at in range(len(needed)):
            taken_or_refused(function, *[odd if i == at else FRAME for i in range(len(needed))])
        for name in [p.name for p in parameters if p.default is not p.empty]:
            taken_or_refused(function, *[FRAME for _ in needed], **{name: odd})


WITH_ROWS = [
    p
    for family in ("normalise", "weights", "aggregate", "treat", "impute")
    for p in METHODS
    if p.values[0].family == family and p.values[0].sees != "judgement" and p.values[0].name != "denominate"
]


def answer(method, x, **more):
    found = public(method)(x, **needed(method), **more)
    return numbers(found.table if method.family in ("treat", "impute") else found)


@pytest.mark.parametrize("method", WITH_ROWS)
def test_masked_values_are_missing_ones(method):
    gaps = suited(method, GAPS)
    masked = np.ma.masked_array(np.where(np.isnan(gaps), -99.0, gaps), mask=np.isnan(gaps))
    needs = labels(method)
    try:
        wanted = answer(method, gaps, **needs)
    except DataError:
        with pytest.raises(DataError):
            answer(method, masked, **needs)
        return
    close(answer(method, masked, **needs), wanted)


@pytest.mark.parametrize("method", WITH_ROWS)
def test_names_of_several_levels_are_names(method):
    frame = suited(method, ODD["levels of columns"])
    needs = labels(method)
    try:
        wanted = answer(method, suited(method, X), **needs)
    except DataError:
        with pytest.raises(DataError):
            answer(method, frame, **needs)
        return
    close(answer(method, frame, **needs), wanted)
    if method.family == "weights":
        assert public(method)(frame, **needed(method)).index.equals(frame.columns)


@every("aggregate")
@LAW
@given(data=st.data(), rule=st.sampled_from(["reweight", "propagate"]))
def test_sets_of_weights_mean_one_thing_however_many_they_are(method, options, data, rule):
    x = data.draw(tables(rows=(6, 6), columns=(3, 3), sign=1, gaps=True))
    many = data.draw(st.integers(1, 7))
    score = public(method)
    options = {**sized(options, 3), "missing": rule, "coverage": 0.3}
    sets = np.random.default_rng(many).dirichlet(np.ones(3), many)
    try:
        score(x, sets[0], **options)
    except SpecError:
        sets = np.full_like(sets, 1 / 3)
    except DataError:
        pass
    try:
        wanted = [score(x, w, **options) for w in sets]
    except DataError:
        with pytest.raises(DataError):
            score(x, sets, **options)
        return
    close(score(x, sets, **options), np.array(wanted), 1e-9)
    with pytest.raises(SpecError, match="sets for a table with labels"):
        score(frames(x)["pandas"], sets, **options)


def test_sets_for_a_row_and_for_a_stack():
    w = np.array([[0.5, 0.5], [0.25, 0.75]])
    assert hi.aggregate.arithmetic([4.0, 8.0], w).tolist() == [6.0, 7.0]
    stack = np.array([[[4.0, 8.0]], [[2.0, 6.0]]])
    assert hi.aggregate.arithmetic(stack, w).tolist() == [[6.0], [5.0]]
    with pytest.raises(SpecError, match="for a stack of tables of shape"):
        hi.aggregate.arithmetic(stack, np.ones((3, 2)))


def test_a_function_of_a_users_is_shown_one_set_at_a_time():
    @hi.aggregating
    def spread_of_parts(x, w):
        assert x.ndim == 2
        assert w.ndim == 1
        return np.ptp(x * w, axis=1)

    try:
        sets = np.array([[0.5, 0.5], [0.2, 0.8], [0.9, 0.1]])
        found = spread_of_parts(X[:3, :2], sets)
        np.testing.assert_allclose(found, [np.ptp(X[:3, :2] * w, axis=1) for w in sets])
    finally:
        del FAMILIES["aggregate"]["spread_of_parts"]


@every("aggregate")
def test_weights_by_key_go_to_their_columns(method, options):
    options = sized(options, 3)
    w = [0.2, 0.5, 0.3]
    try:
        wanted = public(method)(X, w, **options)
    except SpecError:
        w = [1 / 3] * 3
        wanted = public(method)(X, w, **options)
    for keyed in ({2: w[2], 0: w[0], 1: w[1]}, pd.Series(w, range(3)).iloc[::-1]):
        close(public(method)(X, keyed, **options), wanted)
    for wrong in ({0: 1, 1: 1}, {0: 1, 1: 1, 2: 1, 3: 1}, {"0": 1, "1": 1, "2": 1}):
        with pytest.raises(SpecError, match="weights"):
            public(method)(X, wrong, **options)


FITTED = [p for p in WITH_ROWS if p.values[0].family in ("normalise", "treat", "impute")]


@pytest.mark.parametrize("method", FITTED)
def test_what_is_learnt_from_k_columns_takes_k_columns(method):
    later = labels(method)
    options = {**needed(method), **later}
    fit, x = public(method).fit, suited(method, X)
    for learnt, others in ((x, (x[:, :1], x[:, :2], x[0].tolist(), x[:, 0])), (x[:, :1], (x, x[:, :2]))):
        fitted = fit(learnt, **options)
        for other in others:
            more = {k: v for k, v in later.items() if len(other) == len(x)}
            with pytest.raises(DataError, match=r"columns?, where|learnt from"):
                fitted(other, **more)


@pytest.mark.parametrize("method", [p for p in FITTED if not p.values[0].traits.get("needs")])
def test_what_is_learnt_by_name_gets_its_columns_by_name(method):
    options = needed(method)
    tables_of = frames(suited(method, X))
    for learnt in tables_of.values():
        fitted = public(method).fit(learnt, **options)
        wanted = fitted(learnt)
        names = list(tables_of["pandas"].columns)[::-1]
        turned = [
            frame[names] if isinstance(frame, pd.DataFrame) else frame.select(names) for frame in tables_of.values()
        ]
        for other in [*turned, turned[1].lazy()]:
            found = fitted(other)
            found, known = (one.table if hasattr(one, "table") else one for one in (found, wanted))
            close(found, numbers(known))
        with pytest.raises(DataError, match=f"column '{names[0]}' is missing"):
            fitted(turned[0].drop(columns=names[0]))


MASKED = [p for p in FITTED if p.values[0].traits.get("learns", True) and not p.values[0].traits.get("needs")]


@pytest.mark.parametrize("method", MASKED)
def test_fit_rows_are_picked_alike_by_mask_slice_and_label(method):
    x, frame = suited(method, X), suited(method, FRAME)
    rows = np.array([True, True, True, True, True, False])
    wanted = answer(method, x, fit_on=x[:5])
    ways = [rows, rows.tolist(), rows.astype(object), slice("p", "t"), list("tsrqp"), slice(0, 5)]
    ways += [pd.Series(rows, frame.index).iloc[::-1], pd.Series(rows, frame.index, dtype="boolean"), pl.Series(rows)]
    for way in ways:
        close(answer(method, frame, fit_on=way), wanted)
    with pytest.raises(DataError, match="row 'q': the mask has no value"):
        answer(method, frame, fit_on=pd.Series([True, None, *rows[2:]], frame.index, dtype="boolean"))
    with pytest.raises(DataError, match="a table of truths"):
        answer(method, frame, fit_on=FRAME > 4)
    for wrong in (["p", "z"], slice("p", "z"), [True], "z"):
        with pytest.raises(SpecError, match="fit_on"):
            answer(method, frame, fit_on=wrong)
