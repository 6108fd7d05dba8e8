"""Faults of other tools in normalising (13 to 15), as what every one of the smaller methods promises."""

import numpy as np
import pandas as pd
import pytest
from support.laws import close, same

import hengdian_index as hi
from hengdian_index.normalise import (
    above_below,
    borda,
    categorical,
    distance_to_target,
    logistic,
    robust,
    share,
    vector,
)

METHODS = [
    pytest.param(robust, {}, id="robust"),
    pytest.param(robust, {"scale": "mad"}, id="robust mad"),
    pytest.param(logistic, {}, id="logistic"),
    pytest.param(borda, {}, id="borda"),
    pytest.param(categorical, {}, id="categorical"),
    pytest.param(above_below, {}, id="above_below"),
    pytest.param(distance_to_target, {"target": "best"}, id="distance_to_target"),
    pytest.param(share, {}, id="share"),
    pytest.param(vector, {}, id="vector"),
]
EVERY = pytest.mark.parametrize(("method", "options"), METHODS)


@EVERY
def test_13_a_constant_column_is_refused_by_name_or_scores_what_the_method_says(method, options):
    table = pd.DataFrame({"screens": [1.0, 2, 3, 4], "flat": 7.0}, index=["best", "b", "c", "d"])
    says = {borda: 1.5, categorical: 40.0, above_below: 0.0, share: 0.25, vector: 0.5}
    options = {"target": [4, 7]} if options == {"target": "best"} else options
    if method in says:
        close(method(table, **options)["flat"], [says[method]] * 4)
        return
    with pytest.raises(hi.DataError) as refusal:
        method(table, **options)
    assert len(refusal.value.faults) == 1
    assert "'flat'" in str(refusal.value)


@EVERY
@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.int32, np.int64, np.float32])
def test_14_small_number_types_do_not_overflow(method, options, kind):
    column = [100, 127, 4, 6, 9, 90, 120]
    options = {"target": 60} if options == {"target": "best"} else options
    for direction in (1, -1):
        wanted = method(np.array(column, dtype=np.float64), direction=direction, **options)
        same(method(np.array(column, dtype=kind), direction=direction, **options), wanted)
    large = np.array([2_000_000_000, 1_999_999_999, 5, 1_000_000_000, 7], dtype=np.int32)
    options = {"target": 2e9} if "target" in options else options
    same(method(large, **options), method(large.astype(np.float64), **options))


@EVERY
def test_15_the_smallest_cost_scores_best(method, options):
    cost = pd.Series([5.0, 1, 30, 12, 9, 80, 3], index=["a", "best", "c", "d", "e", "worst", "g"], name="cost")
    scores = method(cost, direction=-1, **options)
    assert np.isfinite(scores).all()
    assert scores["best"] == scores.max()
    assert scores["worst"] == scores.min()
    assert scores["best"] > scores["worst"]
    assert (np.diff(scores[cost.sort_values().index]) <= 0).all()


@EVERY
def test_15_a_cost_of_0_is_scored_best_or_refused_with_its_cell(method, options):
    cost = pd.Series([5.0, 0, 30, 12, 9, 80, 3], index=["a", "best", "c", "d", "e", "worst", "g"], name="cost")
    if method is share:
        with pytest.raises(hi.DataError, match="column 'cost', row 'best'"):
            method(cost, direction=-1, **options)
        return
    scores = method(cost, direction=-1, **options)
    assert np.isfinite(scores).all()
    assert scores["best"] == scores.max() > scores["worst"]
