"""A draw that cannot be computed is refused or left out in the same way whether or not a cell is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.laws import LAW, every, sized

import hengdian_index as hi
from hengdian_index._tables.table import Labelled
from hengdian_index.errors import CellsError

UNITS = [f"town {i}" for i in range(7)]
CODES = ["m", "n", "o", "p"]


def seven_towns(gap: tuple[int, int] | None, low: float | None = None) -> pd.DataFrame:
    """Return seven towns, the last of which is not among the fit rows and may lie far below them in one column."""
    x = np.random.default_rng(5).uniform(10, 20, (7, 4)).round(2)
    x[6] = 15.0 if low is None else [low, 15, 15, 15]
    if gap is not None:
        x[gap] = np.nan
    return pd.DataFrame(x, columns=CODES).assign(town=UNITS)


def index_of(method: Any, options: dict[str, Any]) -> hi.Index:
    """Return an index of one group under an aggregation, on a scale from 1 to 50."""
    return hi.Index(
        unit="town",
        fit_on=UNITS[:6],
        normalise={"method": "min_max", "lower": 1, "upper": 50},
        groups=[hi.Group("all", aggregate={"method": method.name, **sized(options, 4)})],
        indicators=[hi.Indicator(code, "all") for code in CODES],
        missing="reweight",
    )


def answer(index: hi.Index, table: pd.DataFrame, infeasible: str) -> Any:
    """Return the share of draws left out, or the error."""
    try:
        found = hi.uncertainty(index, table, {"weights": hi.Noise(0.3)}, draws=4, infeasible=infeasible)
    except (hi.DataError, hi.SpecError) as error:
        return type(error), str(error.faults[0]).partition(":")[0]
    return found.excluded


@every("aggregate")
@given(row=st.integers(0, 6), column=st.integers(1, 3), infeasible=st.sampled_from(["refuse", "exclude"]))
@settings(LAW, max_examples=3)
def test_a_gap_leaves_the_answer_what_it_is(
    method: Any, options: dict[str, Any], row: int, column: int, infeasible: str
) -> None:
    """For every aggregation: with a cell missing the same error, or the same share left out, as the index itself."""
    index = index_of(method, options)
    for low in (None, -40.0):
        table = seven_towns((row, column), low)
        try:
            index.compute(table)
            computable = True
        except hi.DataError:
            computable = False
        found = answer(index, table, infeasible)
        if not computable:
            assert found[0] is hi.DataError
        elif answer(index, seven_towns(None, low), infeasible) == 0.0:
            assert found == 0.0


@pytest.mark.parametrize("mean", ["geometric", "harmonic", {"method": "power", "p": -1.5}])
@pytest.mark.parametrize("gap", [None, (6, 2), (0, 3), (3, 0)])
def test_the_cell_that_is_refused_is_named_once(mean: Any, gap: tuple[int, int] | None) -> None:
    index = hi.Index(
        unit="town",
        fit_on=UNITS[:6],
        normalise={"method": "min_max", "lower": 1, "upper": 50},
        groups=[hi.Group("all")],
        indicators=[hi.Indicator(code, "all") for code in CODES],
    )
    factors = {"weights": hi.Noise(0.2), "aggregate": ["arithmetic", mean]}
    with pytest.raises(hi.DataError, match=r"8 of 16 draws .*group 'all': column 'm', unit 'town 6': -\d") as error:
        hi.uncertainty(index, seven_towns(gap, -30.0), factors, draws=16)
    assert str(error.value).count("town 6") == 1
    with pytest.raises(hi.DataError, match="column 'm', unit 'town 6'"):
        hi.sensitivity(index, seven_towns(gap, -30.0), factors, draws=8)
    found = hi.uncertainty(index, seven_towns(gap, -30.0), factors, draws=16, infeasible="exclude")
    assert found.excluded == 0.5
    arithmetic = hi.uncertainty(index, seven_towns(gap, -30.0), {"weights": hi.Noise(0.2)}, draws=16)
    assert found.scores["nominal"].equals(arithmetic.scores["nominal"])


def test_a_method_that_takes_no_gaps_names_the_gap_under_draws() -> None:
    index = hi.Index(
        unit="town",
        groups=[hi.Group("all", aggregate="copeland")],
        indicators=[hi.Indicator(code, "all") for code in CODES],
    )
    gap = seven_towns((2, 1))
    assert hi.uncertainty(index, gap, {"weights": hi.Noise(0.2)}, draws=4).excluded == 0
    refusing = index.replace({"n.missing": "raise"})
    with pytest.raises(hi.DataError, match=r"column 'n', unit 'town 2': missing") as error:
        hi.uncertainty(refusing, gap, {"weights": hi.Noise(0.2)}, draws=4)
    assert str(error.value).count("town 2") == 1


@pytest.mark.parametrize("draws", [(), (1,), (3,), (2, 3)])
def test_marks_may_have_axes_that_the_values_lack(draws: tuple[int, ...]) -> None:
    marked = np.zeros((*draws, 2, 2), dtype=bool)
    marked[..., 1, 0] = True
    for leading in ((), (1,)):
        table = Labelled(np.arange(4.0).reshape(*leading, 2, 2), ("u", "v"), True, None)
        assert [str(fault) for fault in table.refusal(CellsError(marked, "no")).faults] == ["column 'u', row 1: 2: no"]


def test_weights_of_several_draws_reach_rows_with_gaps_that_propagate() -> None:
    x, w = np.array([[[1.0, 3.0], [np.nan, 2.0]]]), np.array([[0.5, 0.5], [0.25, 0.75]])
    found = hi.aggregate.arithmetic(x, w, missing="propagate")
    np.testing.assert_array_equal(found, [[2.0, np.nan], [2.5, np.nan]])
