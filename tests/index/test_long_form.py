"""The long table of a result holds the numbers of its other tables, each once."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from support.indexes import computed, two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index._index.long_form import LongKind

KINDS = get_args(LongKind)
PARTS: dict[str, Any] = {"groups": [hi.Group("all", name="whole")], "indicators": [hi.Indicator("x", "all")]}


def of_kind(result: hi.Result, kind: str) -> pd.DataFrame:
    wide = {"score": result.scores, "level": result.series(), "rank": result.ranks()}
    return wide[kind] if kind in wide else getattr(result, kind)


@given(computed(gaps=True))
def test_every_number_is_that_of_the_wide_tables(result: hi.Result) -> None:
    long = result.long(list(KINDS))
    for kind, part in long.groupby("kind"):
        wide = of_kind(result, str(kind))
        assert part["value"].to_numpy().tolist() == pytest.approx(wide.to_numpy().ravel("F").tolist(), nan_ok=True)
        assert part["node"].tolist() == np.repeat(list(wide), len(wide)).tolist()
        assert part["period"].tolist() == wide.index.tolist() * wide.shape[1]
    assert set(long["kind"]) == set(KINDS)
    assert not long.drop(columns="value").duplicated().any()


def test_labels_and_types() -> None:
    """Units, their names and periods have columns of their own, whatever the index calls them."""
    index = hi.Index(unit="value", period="kind", unit_names="label", **PARTS)
    frame = pd.DataFrame({"value": ["D", "F"] * 2, "kind": [2020, 2020, 2021, 2021], "label": ["Ger", "Fra"] * 2})
    long = index.compute(frame.assign(x=[1.0, 2.0, 3.0, None])).long()
    assert list(long) == ["unit", "unit_name", "period", "node", "name", "kind", "value"]
    assert long["kind"].unique().tolist() == ["raw", "normalised", "score", "level", "rank"]
    assert long["period"].dtype.kind == "i"
    assert long["value"].dtype == np.float64
    last = long[(long["kind"] == "raw") & (long["period"] == 2021)]
    assert last[["unit_name", "node", "name"]].to_numpy().tolist() == [["Ger", "x", "x"], ["Fra", "x", "x"]]
    assert last["value"].isna().tolist() == [False, True]
    assert long.loc[long["node"] == "all", "name"].unique().tolist() == ["whole"]


@pytest.mark.parametrize(
    ("given", "labels"),
    [
        (pd.DataFrame({"x": [1.0, 2.0]}, index=["a", "b"]), ["a", "b"]),
        ({"x": [1.0, 2.0]}, [0, 1]),
        (pd.DataFrame({"x": [1.0, 2.0]}, index=pd.MultiIndex.from_tuples([("a", 1), ("a", 2)])), [("a", 1), ("a", 2)]),
    ],
)
def test_rows_without_unit_and_period_have_their_own_label(given: Any, labels: list[Any]) -> None:
    long = hi.Index(**PARTS).compute(given).long()
    assert long["unit"].tolist()[:2] == labels
    assert "level" not in set(long["kind"])


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        ("scores", "kinds: no 'scores'.*'score'"),
        (["raw", "x"], "kinds: no 'x'"),
        ([], "kinds: none is named"),
        ("level", "kinds: no level, for the rows have no period"),
    ],
)
def test_kinds_that_there_are_not(kinds: Any, told: str) -> None:
    with pytest.raises(hi.SpecError, match=told):
        hi.Index(**PARTS).compute({"x": [1.0, 2.0]}).long(kinds)


def test_kinds_come_in_the_order_that_they_are_named_in() -> None:
    long = two_levels().compute(table()).long(["rank", "raw", "rank"])
    assert long["kind"].unique().tolist() == ["rank", "raw"]
