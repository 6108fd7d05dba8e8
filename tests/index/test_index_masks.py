"""Masks as fit rows and base of an index: one answer for every kind of column, matched by labels, and a value."""

import json
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import hengdian_index as hi

HOLDS = [True, True, False, True, False]
TABLE = pd.DataFrame(
    {"town": list("vwxyz"), "a": [2.0, 9.0, 4.0, 7.0, 11.0], "b": [1.0, 3.0, 8.0, 2.0, 5.0]}, index=[10, 20, 30, 40, 50]
)
MASK = pd.Series(HOLDS, index=TABLE.index)
KINDS = {
    "series": MASK,
    "reversed": MASK[::-1],
    "object": MASK.astype(object),
    "nullable": MASK.astype("boolean"),
    "arrow": MASK.astype("bool[pyarrow]"),
    "by unit": MASK.set_axis(TABLE["town"])[::-1],
    "list": HOLDS,
    "extension": MASK.astype("boolean").array,
    "polars": pl.Series(HOLDS),
    "pyarrow": pa.array(HOLDS),
    "chunks": pa.chunked_array([HOLDS[:2], HOLDS[2:]]),
}
each_kind = pytest.mark.parametrize("mask", KINDS.values(), ids=KINDS)


def index(own=None, **fields):
    children = [hi.Indicator("a", "total", fit_on=own), hi.Indicator("b", "total")]
    return hi.Index(unit="town", groups=[hi.Group("total")], indicators=children, **fields)


def scores(chosen, table=TABLE):
    return chosen.compute(table).scores["total"].to_numpy()


@each_kind
def test_fit_rows_are_those_of_a_numpy_mask(mask):
    expected = scores(index(fit_on=np.array(HOLDS)))
    assert not np.allclose(expected, scores(index()))
    np.testing.assert_array_equal(scores(index(fit_on=mask)), expected)
    np.testing.assert_array_equal(scores(index().replace({"fit_on": mask})), expected)
    np.testing.assert_array_equal(scores(index(own=mask)), scores(index(own=np.array(HOLDS))))


@each_kind
def test_the_base_is_that_of_a_numpy_mask(mask):
    years = TABLE.assign(year=range(2001, 2006))
    if isinstance(mask, pd.Series) and mask.index.name == "town":
        mask = mask.set_axis(years.set_index("town")["year"].loc[mask.index])

    def levels(base):
        children = [hi.Indicator(code, "total", normalise="none") for code in "ab"]
        chosen = hi.Index(period="year", base=base, groups=[hi.Group("total")], indicators=children)
        return chosen.compute(years).series()["total"].to_numpy()

    np.testing.assert_array_equal(levels(mask), levels(np.array(HOLDS)))


@each_kind
def test_an_index_with_a_mask_is_a_value(mask, tmp_path):
    chosen = index(own=mask, fit_on=mask)
    again = index(own=mask, fit_on=mask)
    assert chosen == again
    assert hash(chosen) == hash(again)
    assert pickle.loads(pickle.dumps(chosen)) == chosen
    assert chosen != index(own=mask)
    assert chosen != index(own=mask, fit_on=~MASK)
    fitted = chosen.fit(TABLE)
    fitted.save(tmp_path / "fit.json")
    loaded = hi.Fitted.load(tmp_path / "fit.json")
    assert loaded.setting == fitted.setting
    assert loaded.rows == fitted.rows
    np.testing.assert_array_equal(loaded.refit(TABLE).score(TABLE).scores, chosen.compute(TABLE).scores)
    json.dumps(chosen.compute(TABLE).provenance, default=str)


@each_kind
def test_masks_are_alternatives(mask):
    found = hi.uncertainty(index(), TABLE, {"fit_on": [mask, ["v", "z"]]}, draws=4)
    expected = hi.uncertainty(index(), TABLE, {"fit_on": [HOLDS, ["v", "z"]]}, draws=4)
    np.testing.assert_array_equal(found.scores, expected.scores)


@pytest.mark.parametrize("kind", ["boolean", object])
def test_a_missing_truth_is_named_by_its_row(kind):
    mask = MASK.astype(kind)
    mask[30] = None
    for chosen in (index(fit_on=mask), index(own=mask)):
        with pytest.raises(hi.DataError, match="row 30: the mask has no value"):
            chosen.compute(TABLE)


@pytest.mark.parametrize(
    ("mask", "why"),
    [
        (MASK[:3], "a mask of 3 values for 5 rows"),
        (MASK.set_axis(range(5)), "no value for row 10"),
        (~(MASK | True), "no row"),
    ],
)
def test_masks_of_other_rows_are_refused(mask, why):
    for chosen in (index(fit_on=mask), index(own=mask)):
        with pytest.raises(ValueError, match=why):
            chosen.compute(TABLE)


@pytest.mark.parametrize("mask", [MASK, HOLDS], ids=["series", "list"])
def test_a_mask_of_the_table_holds_where_units_are_left_out(mask):
    table = TABLE.copy()
    table.loc[40, ["a", "b"]] = np.nan
    found = scores(index(own=mask, unit_coverage=0.5), table)
    np.testing.assert_array_equal(found, scores(index(own=["v", "w"]), table.drop(index=40)))


def test_a_mask_with_labels_is_not_written(tmp_path):
    for write in (
        hi.Index.to_toml,
        lambda one: one.write(tmp_path / "a.toml"),
        lambda one: one.write(tmp_path / "a.xlsx"),
    ):
        with pytest.raises(hi.SpecError, match="mask with row labels cannot be written to a file; name the rows"):
            write(index(fit_on=MASK))
    assert not list(tmp_path.iterdir())
    assert hi.Index.from_toml(index(fit_on=pl.Series(HOLDS)).to_toml()) == index(fit_on=HOLDS)


@pytest.mark.parametrize(("lang", "words"), [("en", "3 rows picked one by one"), ("zh", "逐一选定的3个样本")])
def test_a_statement_counts_the_rows_of_a_mask(lang, words):
    for chosen in (index(fit_on=MASK), index(own=MASK)):
        told = str(chosen.compute(TABLE).method(lang))
        assert words in told
        assert "mask(" not in told
