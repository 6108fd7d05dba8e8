"""The decorator: what it registers, how data and options come in, what an index can do with a method."""

import inspect

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hengdian_index import DataError, SpecError, climate
from hengdian_index._methods.composing import compose, composing, learnt
from hengdian_index._methods.registry import FAMILIES, find
from hengdian_index._tables.read_panel import read_panel
from hengdian_index._tables.table import Labelled
from hengdian_index.errors import CellsError

QUARTERS = ["2023Q4", "2024Q1", "2024Q2"]


@pytest.fixture(autouse=True)
def registry():
    known = dict(FAMILIES["climate"])
    yield
    FAMILIES["climate"].clear()
    FAMILIES["climate"].update(known)


def test_what_a_method_declares():
    declared = {
        name: (m.traits["columns"], m.traits["table"], m.traits["along"]) for name, m in FAMILIES["climate"].items()
    }
    assert declared == {
        "diffusion": (("up", "same", "down"), None, None),
        "balance": (("up", "down"), None, None),
        "pmi": (("components",), "components", None),
        "confidence": (("current", "expected"), None, None),
        "breadth": (("x",), "x", "time"),
        "cycle": (("x", "match"), "x", "time"),
    }
    assert [name for name, m in FAMILIES["climate"].items() if m.traits["learns"]] == ["cycle"]
    assert list(find("climate", "pmi").options) == ["weights", "inverted"]


def test_the_signature_that_users_see():
    assert (
        str(inspect.signature(climate.pmi)).replace("'", "").startswith("(components: Any, weights: Any, *, inverted")
    )
    assert list(inspect.signature(climate.cycle).parameters)[:3] == ["x", "match", "fit_on"]
    assert "Cycle" in dir(climate)
    with pytest.raises(AttributeError, match="did you mean 'diffusion'"):
        climate.difusion  # noqa: B018


def test_an_own_method_has_its_labels_its_refusals_and_its_options():
    @composing("spot", "forward")
    def premium(spot, forward, *, per: float = 100.0):
        if (spot <= 0).any():
            raise CellsError(np.column_stack([spot <= 0, spot < 0]), "a price is above 0")
        return per * (forward / spot - 1)

    spot = pd.Series([50.0, 40.0, 0.0], index=QUARTERS)
    pd.testing.assert_series_equal(
        premium(spot[:2], [51.0, 44.0]), pd.Series([2.0, 10.0], index=QUARTERS[:2], name="premium")
    )
    assert premium(forward=51, spot=50, per=1.0) == pytest.approx(0.02)
    with pytest.raises(DataError, match="column 'spot', row '2024Q2': 0: a price is above 0"):
        premium(spot, 51)
    with pytest.raises(SpecError, match="did you mean 'per'"):
        premium(50, 51, pre=1.0)


def test_an_answer_of_another_shape_is_refused():
    @composing("x", table="x")
    def whole(x):
        return x

    with pytest.raises(DataError, match="one finite number for each of 2 rows"):
        whole([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize(
    ("data", "options", "error", "message"),
    [
        ((1, 2, 3, 4), {}, SpecError, "takes 'up', 'same', 'down' by position"),
        ((1, 2), {"same": 3}, SpecError, "'same' is given twice"),
        (([1, 2], [1, 2, 3]), {}, DataError, "'up' has 2 rows, where others have 3"),
        (
            (pl.DataFrame({"a": [1], "b": [2]}), 1),
            {},
            DataError,
            "up: one column is needed, not an array of shape (1, 2)",
        ),
        ((float("inf"), 1), {}, DataError, "up: infinity"),
        ((object(), 1), {}, DataError, "up: "),
        (
            (pd.Series([1.0, 2.0], index=[1, 2]), pd.Series([1.0, 2.0], index=[2, 1])),
            {},
            DataError,
            "'same' has other row labels than the rest; align them first",
        ),
    ],
)
def test_data_that_do_not_go_together_are_refused(data, options, error, message):
    with pytest.raises(error) as caught:
        climate.diffusion(*data, **options)
    assert message in str(caught.value)


def test_data_of_several_kinds_take_the_labels_of_the_one_that_has_some():
    same = pd.Series([60.0, 40.0], index=QUARTERS[:2])
    for up in ([30.0, 40.0], np.array([30.0, 40.0]), pl.Series([30.0, 40.0])):
        pd.testing.assert_series_equal(
            climate.diffusion(up, same), pd.Series([60.0, 60.0], index=same.index, name="diffusion")
        )


def part(panel, *names):
    """Return columns of an index's rows as a method takes them."""
    at = [panel.columns.index(name) for name in names]
    return Labelled(panel.values[:, at], names, False, panel)


def test_an_index_composes_with_columns_of_its_rows_and_names_their_cells():
    table = pd.DataFrame({"quarter": QUARTERS, "up": [30.0, 40.0, 130.0], "same": [60.0, 40.0, 10.0]})
    panel = read_panel(table, ["up", "same"], unit=None, period="quarter")
    method = find("climate", "diffusion")
    good = panel.pick(np.array([True, True, False]))
    np.testing.assert_array_equal(compose(method, [part(good, "up"), part(good, "same"), None], {}), [60.0, 60.0])
    with pytest.raises(DataError, match="column 'up', period 2024Q2: 130: a share"):
        compose(method, [part(panel, "up"), part(panel, "same"), None], {})


def test_what_an_index_freezes_is_plain_and_gives_the_same_answer():
    method, x = find("climate", "cycle"), np.exp(np.random.default_rng(1).normal(size=(9, 2)).cumsum(axis=0))
    rows = Labelled(x, ("a", "b"), True, x)
    learning = Labelled(np.where(np.arange(9)[:, np.newaxis] < 6, x, np.nan), ("a", "b"), False, x)
    frozen = learnt(method, [learning, None], {"trend": 1.0})
    assert {name: type(value) for name, value in frozen.items()} == {
        "factors": list,
        "shift": float,
        "trend": type(None),
    }
    found = compose(method, [rows, None], {"trend": 1.0, **frozen})
    np.testing.assert_array_equal(found, climate.cycle(x, trend=1.0, fit_on=slice(0, 6)))
    assert learnt(find("climate", "breadth"), [rows], {}) == {}
