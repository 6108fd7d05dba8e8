"""The labels of a source: periods and their frequency, units, totals among them, and no pair twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.streams import Pieces
from support.tables import panel

import hengdian_index as hi
from hengdian_index._batches import survey as module
from hengdian_index._batches.reading import Layout
from hengdian_index._batches.source import source_of
from hengdian_index._batches.survey import Selector, survey

LAYOUT = Layout((), "city", "quarter")


def looked(table, cuts=(), layout=LAYOUT, **options):
    """Return what the labels of a table in pieces say."""
    return survey(source_of(Pieces(table, cuts)), layout, **options)


def counted(table):
    """Return a table in two pieces as a source that knows how many rows it has."""
    return replace(source_of(Pieces(table, [50])), rows=len(table))


def test_rows_units_and_periods_are_counted_across_pieces():
    found = looked(panel(9, "xyz"), [4, 4, 20], asked=["x", "2001", "nobody"])
    assert (found.rows, found.units, found.frequency.name) == (27, 3, "quarter")
    assert found.periods.text == [f"{y}Q{q}" for y in (2001, 2002) for q in (1, 2, 3, 4)] + ["2003Q1"]
    assert found.met == {"x"}


def test_many_rows_are_looked_at_in_turns(monkeypatch):
    table = panel(9, [f"u{i}" for i in range(30)])
    whole = survey(counted(table), LAYOUT)
    monkeypatch.setattr(module, "_ROWS", 40)
    assert survey(counted(table), LAYOUT) == whole
    twice = pd.concat([table, table.iloc[[70]]])
    with pytest.raises(hi.DataError, match="unit 'u7', period 2002Q4 is given a second time, after"):
        survey(counted(twice), LAYOUT)


def test_rows_that_share_a_hash_are_no_repetition(monkeypatch):
    monkeypatch.setattr(
        module, "keys_of", lambda batch: (np.zeros(batch.n, dtype=np.uint64), np.zeros(batch.n, dtype=np.uint64))
    )
    assert looked(panel(4, "xyz"), [5]).rows == 12


@pytest.mark.parametrize(
    ("units", "said"),
    [
        (["北京", "上海", "合计"], "a total or mean among the units: '合计'"),
        (["Bonn", "bonn ", "Ulm"], "differ in"),
    ],
)
def test_totals_and_twins_are_found_by_their_names(units, said):
    with pytest.raises(hi.DataError, match=said):
        looked(panel(4, units), [3, 7])


def test_units_that_are_left_out_count_for_nothing():
    layout = Layout((), "city", "quarter", exclude=("合计",))
    found = looked(panel(4, ["北京", "上海", "合计"]), [3], layout)
    assert (found.rows, found.units) == (8, 2)
    with pytest.raises(hi.DataError, match="units: no unit 'w'"):
        looked(panel(4, "xyz"), [3], Layout((), "city", "quarter", only=("x", "w")))


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("quarter", "soon", "soon"),
        ("quarter", None, "quarter"),
        ("city", None, "no city; write it or leave this row out"),
    ],
)
def test_labels_that_cannot_be_read_are_refused(column, value, said):
    table = panel(4, "xyz").astype(object)
    table.loc[6, column] = value
    with pytest.raises(hi.DataError, match=said):
        looked(table, [5])


def test_a_selector_is_of_units_periods_and_spans():
    found = looked(panel(8, "xyz"), asked=["x", "2001"])
    chosen = Selector.of(["x", "2002Q1:2002Q2", ["2001Q4"]], "fit_on", found)
    assert chosen.units == ("x",)
    assert len(chosen.spans) == 2
    assert Selector.of(None, "fit_on", found).every
    with pytest.raises(hi.DataError, match="fit_on '2030' selects no row"):
        Selector.of(["x", "2030"], "fit_on", found)
