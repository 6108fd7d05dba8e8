"""Rows picked by masks, slices and labels."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from hengdian_index._tables.selection import LabelledMask, in_row_order, picked, truths, value_of
from hengdian_index.errors import DataError, SpecError

YEARS = pd.Series([3.0, 1.0, 4.0, 1.5], index=[2019, 2020, 2021, 2022])
TOWNS = pd.DataFrame({"a": [3.0, 1.0, 4.0]}, index=["Ulm", "Bonn", "Jena"])
PANEL = pd.DataFrame(
    {"a": np.arange(4.0)}, index=pd.MultiIndex.from_product([["Ulm", "Bonn"], [2019, 2020]], names=["unit", "period"])
)


def rows(given, source, n=None):
    """Return the rows that a selection picks, by position."""
    n = len(source) if n is None else n
    return np.arange(n)[picked(given, "fit_on", n, source)].tolist()


@pytest.mark.parametrize(
    "mask",
    [
        np.array([True, False, True]),
        [True, False, True],
        (True, False, True),
        np.array([True, False, True], dtype=object),
        np.ma.masked_array([True, False, True], mask=[False] * 3),
        pd.array([True, False, True], dtype="boolean"),
        pd.Series([True, False, True], index=TOWNS.index, dtype="boolean"),
        pd.Series([True, True, False], index=["Jena", "Ulm", "Bonn"]),
        pd.Series([True, True, False], index=["Jena", "Ulm", "Bonn"], dtype=object),
        pd.Series([True, False, True], index=TOWNS.index, dtype=pd.ArrowDtype(pa.bool_())),
        pl.Series([True, False, True]),
        pa.array([True, False, True]),
        pa.chunked_array([[True], [False, True]]),
    ],
)
def test_a_mask_of_any_kind_picks_its_rows(mask):
    assert rows(mask, TOWNS) == [0, 2]


@pytest.mark.parametrize(
    ("mask", "where"),
    [
        (np.array([True, None, False], dtype=object), "row 1"),
        ([True, False, None], "row 2"),
        (np.ma.masked_array([True, False, True], mask=[True, False, False]), "row 0"),
        (pd.Series([True, None, False], index=["Jena", "Bonn", "Ulm"], dtype="boolean"), "row 'Bonn'"),
        (pl.Series([True, None, False]), "row 1"),
        (pa.array([None, True, False]), "row 0"),
    ],
)
def test_a_mask_without_a_value_names_the_row(mask, where):
    with pytest.raises(DataError, match=f"fit_on: {where}: the mask has no value"):
        rows(mask, TOWNS)


@pytest.mark.parametrize(
    ("mask", "why"),
    [
        ([True, False], "a mask of 2 values for 3 rows"),
        ([True], "a mask of 1 value for 3 rows"),
        (pd.Series([True, False, True], index=["Ulm", "Bonn", "Gera"]), "no value for row 'Jena'"),
        (pd.Series([True, False, True], index=["Ulm", "Ulm", "Jena"]), "no value for row 'Bonn'"),
        (pd.Series([True, False, True]), "the labels of the mask are not those of the rows"),
        ([True, 2.0, False], "2.0 stands among truths"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused(mask, why):
    with pytest.raises(SpecError, match=why):
        rows(mask, TOWNS)


def test_on_an_array_a_mask_with_labels_goes_by_position():
    shuffled = pd.Series([True, False, False], index=[2, 0, 1])
    assert rows(shuffled, np.ones((3, 2))) == [2]
    with pytest.raises(SpecError, match=r"mask.to_numpy\(\)"):
        rows(shuffled.set_axis(list("abc")), np.ones((3, 2)))


@pytest.mark.parametrize(
    ("given", "source", "wanted"),
    [
        (slice("Ulm", "Bonn"), TOWNS, [0, 1]),
        (slice("Bonn", None), TOWNS, [1, 2]),
        (slice("2020", "2021"), YEARS, [1, 2]),
        (slice(2020, 2021), YEARS, [1, 2]),
        (slice("2020", "2021"), YEARS.set_axis(pd.PeriodIndex(YEARS.index.astype(str), freq="Y")), [1, 2]),
        (slice("2020", "2021"), YEARS.set_axis(pd.to_datetime(YEARS.index.astype(str))), [1, 2]),
        (slice("2020", "2021"), YEARS.set_axis(["2021", "2019", "2022", "2020"]), [0, 3]),
        (slice("2020", None), PANEL, [1, 3]),
        (slice(1, 3), YEARS, [1, 2]),
        (slice(None, None, 2), TOWNS, [0, 2]),
        (slice(-1, None), TOWNS, [2]),
        ("Bonn", TOWNS, [1]),
        (["Jena", "Ulm"], TOWNS, [0, 2]),
        (np.array(["Jena"]), TOWNS, [2]),
        ([2019, 2022], YEARS, [0, 3]),
        (["2019", "2021:2022"], YEARS, [0, 2, 3]),
        (2021, YEARS, [2]),
        (("Bonn", 2020), PANEL, [3]),
        ("Bonn", PANEL, [2, 3]),
        ([], TOWNS, []),
    ],
)
def test_slices_and_labels_pick_rows(given, source, wanted):
    assert rows(given, source) == wanted


@pytest.mark.parametrize(
    ("given", "source", "why"),
    [
        ("Bon", TOWNS, "no row 'Bon'; did you mean 'Bonn'"),
        (["Ulm", "Gera"], TOWNS, "no row 'Gera'"),
        (slice("Ulm", "Gera"), TOWNS, "cannot be found"),
        (slice("Ulm", "Jena", 2), TOWNS, "no step"),
        (slice(0, 2, 0), TOWNS, "other than 0"),
        (slice("a", "b"), np.ones((3, 1)), "have no labels"),
        ("Ulm", np.ones((3, 1)), "have no labels"),
        (["Ulm"], pl.DataFrame({"a": [1.0, 2.0, 3.0]}), "have no labels"),
        (slice(None, 2020), YEARS, "may count rows or name years"),
    ],
)
def test_what_picks_no_row_by_name_is_refused(given, source, why):
    with pytest.raises(SpecError, match=why):
        rows(given, source)


@pytest.mark.parametrize("data", [np.ones((2, 1)), pd.DataFrame({"a": [1.0]}), [1.0, 9.0], pl.Series([1.0]), [[1.0]]])
def test_numbers_for_rows_without_labels_pick_none(data):
    assert picked(data, "fit_on", 3, np.ones((3, 1))) is None


def test_only_a_mask_with_labels_is_put_in_order():
    mask = pd.Series([False, True, True], index=["Jena", "Ulm", "Bonn"])
    np.testing.assert_array_equal(in_row_order(mask, "fit_on", TOWNS), [True, True, False])
    for other in ("2020", ["Ulm"], None, slice(0, 1), [True, False, True]):
        assert in_row_order(other, "fit_on", TOWNS) is other
    assert truths(["Ulm"], "fit_on", 3, TOWNS) is None


@pytest.mark.parametrize(
    "column",
    [
        np.array(["Ulm", "Jena"]),
        pd.Index(["Ulm", "Jena"]),
        pd.Series(["Ulm", "Jena"], dtype="string"),
        pd.array(["Ulm", "Jena"], dtype="string"),
        pl.Series(["Ulm", "Jena"]),
        pa.array(["Ulm", "Jena"]),
        pa.chunked_array([["Ulm"], ["Jena"]]),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_column_of_labels_is_kept_as_a_list(column):
    assert list(value_of(column)) == ["Ulm", "Jena"]


@pytest.mark.parametrize("dtype", [bool, object, "boolean", "bool[pyarrow]"])
def test_a_mask_keeps_its_labels_as_a_value(dtype):
    mask = pd.Series([True, False, True], index=["Jena", "Ulm", "Bonn"], dtype=dtype)
    held = value_of(mask)
    assert held == LabelledMask(("Jena", "Ulm", "Bonn"), (True, False, True))
    assert hash(held) == hash(value_of(mask))
    assert held.over(TOWNS.index, what="fit_on").tolist() == [False, True, True]


def test_a_mask_is_laid_over_the_first_rows_with_its_labels():
    held = value_of(pd.Series([True, False], index=["y", "x"]))
    assert held.over(pd.RangeIndex(2), pd.Index(["x", "y"]), what="base").tolist() == [False, True]
    with pytest.raises(SpecError, match="no value for row 0"):
        held.over(pd.RangeIndex(2), pd.Index(["x", "z"]), what="base")


@pytest.mark.parametrize("given", [{"Ulm": True}, TOWNS, pl.DataFrame({"a": [True]}), np.eye(2) > 0])
def test_tables_and_mappings_pick_no_rows(given):
    with pytest.raises(SpecError, match="one truth for each row"):
        value_of(given)
