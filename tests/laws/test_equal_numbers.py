"""Laws of every method in an index: no order of rows or columns and no unit of measure changes a rank or a refusal.

The tables hold marks from 1 to 5, rows that hold the same marks in another order among them, so that scores tie in
exact numbers and rounding alone could part them.
"""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, declared, every, orders, placed, sized

import hengdian_index as hi
from hengdian_index.errors import DataError

UNITS = [10.0, 1 / 3, 0.1]
# Scales above 0, so that every mean takes them.
MARKS = {"method": "min_max", "lower": 1, "upper": 100}


@st.composite
def marks(draw, columns=(3, 5)):
    """Draw a table of marks whose first rows hold the same marks in other orders."""
    k = draw(st.integers(*columns))
    rows = draw(st.lists(st.lists(st.integers(1, 5), min_size=k, max_size=k), min_size=3, max_size=6))
    turned = [[row[i] for i in draw(orders(k))] for row in rows[:3]]
    return pd.DataFrame([*rows, *turned, rows[0]], columns=list("abcde")[:k]).astype(float)


def index_of(columns, method=None, *, below=False, **choices):
    """Return an index of columns under one group, or with all but the first in a group of their own below it."""
    normalise = choices.pop("normalise", MARKS)
    groups = [hi.Group("all", **choices), *([hi.Group("some", "all")] if below else [])]
    parent = {c: "some" if below and c != "a" else "all" for c in columns}
    return hi.Index(groups=groups, indicators=[hi.Indicator(c, parent[c]) for c in columns], normalise=normalise)


def outcome(index, table):
    """Return the ranks of every group by row label, or None for a table that is refused."""
    try:
        return index.compute(table).ranks().set_axis(table.index, axis=0).sort_index()[list(index.tree.groups)]
    except DataError:
        return None


def hold(make, table, data, units):
    """Assert that the outcome stays in another order of rows, of columns, and in other units of measure."""
    index = make(table.columns)
    wanted = outcome(index, table)
    moved = table.iloc[data.draw(orders(len(table)))]
    columns = table.columns[data.draw(orders(len(table.columns)))]
    told = [outcome(index, moved), outcome(make(columns), table[columns])]
    told += [outcome(index, table * unit) for unit in (UNITS if units else [])]
    for found in told:
        assert (found is None) == (wanted is None)
        if wanted is not None:
            pd.testing.assert_frame_equal(found, wanted)


def choice(method, options, k):
    """Return a method with its options for k columns as a spec has it."""
    made = sized(options, k)
    return {
        "method": method.name,
        **{name: getattr(value, "tolist", lambda v=value: v)() for name, value in made.items()},
    }


@every("normalise")
@LAW
@given(table=marks(), data=st.data())
def test_ranks_under_every_normalisation(method, options, table, data):
    units = declared(method, "unit_free", options)
    table = placed(method, options, table)
    hold(lambda columns: index_of(columns, normalise=choice(method, options, 1)), table, data, units)


@every("aggregate")
@LAW
@given(table=marks(), below=st.booleans(), data=st.data())
def test_ranks_under_every_aggregation(method, options, table, below, data):
    k = 2 if below else len(table.columns)
    hold(lambda columns: index_of(columns, below=below, aggregate=choice(method, options, k)), table, data, True)


@every("aggregate", having=lambda method, options: declared(method, "domain", options) == "real")
@LAW
@given(table=marks(), data=st.data())
def test_ranks_under_every_aggregation_of_scores_that_cancel(method, options, table, data):
    spec = choice(method, options, 2)
    hold(lambda columns: index_of(columns, below=True, aggregate=spec, normalise="z_score"), table, data, True)


@every("weights")
@LAW
@given(table=marks(), below=st.booleans(), data=st.data())
def test_ranks_under_every_weighting(method, options, table, below, data):
    k = 2 if below else len(table.columns)
    units = declared(method, "unit_free", options) or not declared(method, "raw", options)
    hold(lambda columns: index_of(columns, below=below, weights=choice(method, options, k)), table, data, units)
