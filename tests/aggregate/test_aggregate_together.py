"""What `hi.aggregating` does for methods that compare rows: gaps, options by column, refusals, details."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import hengdian_index as hi
from hengdian_index._maths.means import Together, aggregate
from hengdian_index._methods.decorators import kernel
from hengdian_index.aggregate._shared import turned
from hengdian_index.log import journal

TABLE = pd.DataFrame(
    {"产值": [1.0, 2.0, 4.0], "b": [3.0, np.nan, 1.0], "c": [2.0, 5.0, 8.0], "100%": [1.0, 1.0, 2.0]}, index=list("pqr")
)


@dataclass(frozen=True, slots=True)
class Parts:
    scores: Any = field(metadata={"axis": "rows"})
    table: Any = field(metadata={"axis": "table"})
    ends: Any = field(metadata={"axis": "columns"})
    order: Any = field(metadata={"axis": "order"})
    peers: Any = field(metadata={"axis": "peers"})
    name: str = "parts"


@hi.aggregating(set_wise=True)
def lead_over_mean(x, w):
    return (x - x.mean(axis=-2, keepdims=True)) @ w


@hi.aggregating(set_wise=True, takes_gaps=True, per_column={"power": None, "sign": 1})
def by_parts(x, w, *, power=1.0, sign=1.0, details: bool = False):
    scores = np.nansum(x, axis=-1) * np.sum(power) * np.prod(sign)
    order = np.argsort(-scores)
    peers = [tuple(order[:2].tolist())] * len(x)
    return Parts(scores, x, np.nanmax(x, axis=0), tuple(order.tolist()), tuple(peers)) if details else scores


def test_a_method_that_compares_whole_rows_refuses_gaps_by_cell():
    with pytest.raises(hi.DataError, match=r"^column 'b', row 'q': .* this method compares complete rows"):
        lead_over_mean(TABLE)
    with pytest.raises(hi.DataError, match="missing='propagate'"):
        lead_over_mean(TABLE)


def test_rows_that_keep_no_score_are_left_out_before_the_comparison():
    expected = [*lead_over_mean(TABLE.loc[["p", "r"]])]
    for options in ({"missing": "propagate"}, {"coverage": 0.9}):
        with journal() as lines:
            found = lead_over_mean(TABLE, **options)
        np.testing.assert_array_equal(found, [expected[0], np.nan, expected[1]])
        assert [line.why for line in lines] == ["1 row has too few values for a score: missing"]


def test_a_batch_of_tables_compares_within_each():
    batch = np.stack([TABLE, TABLE + 1]).astype(float)
    found = lead_over_mean(batch, missing="propagate")
    np.testing.assert_array_equal(found, [lead_over_mean(one, missing="propagate") for one in batch])


def test_a_method_that_takes_gaps_sees_them():
    np.testing.assert_array_equal(by_parts(TABLE), [7, 8, 15])


def test_options_by_column_follow_the_names():
    by_name = {"c": 4, "b": 2, "100%": 0, "产值": 1}
    np.testing.assert_array_equal(by_parts(TABLE, power=by_name, sign={"b": -1}), -7 * by_parts(TABLE))
    np.testing.assert_array_equal(by_parts(TABLE, power=pd.Series(by_name)), 7 * by_parts(TABLE))
    with pytest.raises(hi.SpecError) as refusal:
        by_parts(TABLE, power={"c": 4, "bb": 2})
    assert [str(fault) for fault in refusal.value.faults] == [
        "by_parts: power: no column 'bb'; did you mean 'b'? (产值, b, c, 100%)",
        "by_parts: power: no value for column '产值'",
        "by_parts: power: no value for column 'b'",
        "by_parts: power: no value for column '100%'",
    ]


def test_details_carry_the_labels():
    found = by_parts(TABLE, details=True)
    pd.testing.assert_series_equal(found.scores, pd.Series([7.0, 8.0, 15.0], list("pqr"), name="score"))
    pd.testing.assert_frame_equal(found.table, TABLE)
    assert found.ends.to_dict() == {"产值": 4, "b": 3, "c": 8, "100%": 2}
    assert found.order == ("r", "q", "p")
    assert found.peers.to_dict() == dict.fromkeys("pqr", ("r", "q"))
    assert found.name == "parts"


def test_details_of_rows_left_out_are_missing_and_places_count_all_rows():
    found = by_parts(TABLE, missing="propagate", details=True)
    np.testing.assert_array_equal(found.scores, [7, np.nan, 15])
    assert found.table.loc["q"].isna().all()
    assert found.order == ("r", "p")
    assert found.peers.to_dict() == {"p": ("r", "p"), "q": (), "r": ("r", "p")}
    with pytest.raises(hi.DataError, match="at least one row with enough values"):
        by_parts(TABLE.assign(b=np.nan), missing="propagate", details=True)


@pytest.mark.parametrize("kind", ["polars", "pyarrow", "array"])
def test_details_of_rows_without_labels_name_places(kind):
    frame = pl.DataFrame({"a": [1.0, 5.0], "b": [2.0, 1.0]})
    given = {"polars": frame, "pyarrow": frame.to_arrow(), "array": frame.to_numpy()}[kind]
    found = by_parts(given, details=True)
    assert found.order == (1, 0)
    assert found.peers == ((1, 0), (1, 0))
    whole = {"polars": pl.Series, "pyarrow": pa.ChunkedArray, "array": np.ndarray}[kind]
    assert isinstance(found.scores, whole)


def test_a_method_must_give_one_finite_score_a_row():
    @hi.aggregating
    def all_in_one(x, w):
        return x.sum()

    @hi.aggregating
    def over_zero(x, w):
        with np.errstate(divide="ignore"):
            return 1 / x[..., 0]

    with pytest.raises(hi.DataError, match=r"one score a row is needed, an array \(3,\); the method gave \(\)"):
        all_in_one(TABLE.fillna(1))
    with pytest.raises(hi.DataError, match=r"^row 'p': the score is not a finite number") as refusal:
        over_zero(TABLE.assign(产值=[0.0, 1.0, 0.0]).fillna(1))
    assert len(refusal.value.faults) == 2


def test_the_engine_gets_the_same_kernel():
    w = np.full(4, 0.25)
    score = kernel(hi.aggregate.topsis.method, {"direction": {"b": -1}}, list(TABLE.columns))
    assert isinstance(score, Together)
    assert score.takes_gaps
    x = TABLE.fillna(2).to_numpy()
    np.testing.assert_array_equal(score(x, w), hi.aggregate.topsis(x, direction=[1, -1, 1, 1]))
    plain = kernel(hi.aggregate.adjusted_mazziotta_pareto.method, {})
    assert not isinstance(plain, Together)
    learnt = kernel(hi.aggregate.adjusted_mazziotta_pareto.method, {"reference": 1.0})
    assert isinstance(learnt, Together)


def test_scores_under_gaps_tell_the_weights_each_row_was_given():
    from hengdian_index._maths.means import Missing

    score = kernel(hi.aggregate.borda.method, {})
    found = aggregate(score, TABLE.to_numpy(), np.array([0.1, 0.2, 0.3, 0.4]), Missing())
    np.testing.assert_allclose(found.weights[1], [0.125, 0, 0.375, 0.5])
    assert not found.dropped.any()


@pytest.mark.parametrize("name", ["topsis", "vikor", "borda", "kemeny", "copeland", "benefit_of_the_doubt", "wroclaw"])
def test_every_kind_of_table_and_any_column_name(name):
    x = pl.DataFrame({"产值 (亿元)": [1, 2, 4], "": [3.5, 2.0, 1.0], "1": [2, 5, 8]})
    method = getattr(hi.aggregate, name)
    expected = method(x.to_numpy())
    np.testing.assert_allclose(np.asarray(method(x)), expected)
    np.testing.assert_allclose(np.asarray(method(x.to_arrow())), expected)
    np.testing.assert_allclose(method(x.to_pandas()), expected)


def test_directions_of_several_tables_are_turned_as_in_each():
    x = np.random.default_rng(4).normal(size=(6, 6, 4))
    directions = [1, -1, hi.Target(0.25), hi.Between(-0.5, 0.5)]
    found = turned(x, directions)
    for i, one in enumerate(x):
        np.testing.assert_array_equal(found[i], turned(one, directions))
    np.testing.assert_array_equal(found[..., 2].min(axis=-1), 0)
