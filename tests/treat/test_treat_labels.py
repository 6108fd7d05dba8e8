"""Whose cell a line of the log speaks of: columns, index levels, labels given beside the table."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from hengdian_index import treat
from hengdian_index.errors import SpecError

VALUES = [1.0, 2.0, 3.0, 4.0, 90.0]
YEARS = [2019, 2020, 2021, 2022, 2023]


def where(answer):
    return answer.log[["unit", "period", "indicator"]].values.tolist()


def test_rows_without_names_are_counted_and_labels_are_kept():
    assert where(treat.fence(VALUES)) == [[4, None, 0]]
    assert where(treat.fence(pd.Series(VALUES, index=list("abcde"), name="x"))) == [["e", None, "x"]]
    assert where(treat.fence(pl.DataFrame({"x": VALUES}))) == [[4, None, "x"]]


def test_index_levels_called_unit_and_period_are_used_unasked():
    index = pd.MultiIndex.from_arrays([list("aabbb"), YEARS], names=["unit", "period"])
    assert where(treat.fence(pd.DataFrame({"x": VALUES}, index=index))) == [["b", 2023, "x"]]
    alone = pd.DataFrame({"x": VALUES}, index=pd.Index(YEARS, name="period"))
    assert where(treat.fence(alone)) == [[None, 2023, "x"]]
    quarters = pd.DataFrame({"x": VALUES}, index=pd.period_range("2023Q1", periods=5, freq="Q"))
    assert where(treat.fence(quarters)) == [[None, pd.Period("2024Q1"), "x"]]


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_named_columns_label_the_rows_and_come_back_untouched(kind):
    columns = {"year": YEARS, "x": VALUES, "city": list("vwxyz")}
    frame = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}[kind](columns)
    answer = treat.fence(frame, unit="city", period="year")
    assert type(answer.table) is type(frame)
    back = answer.table if kind == "pandas" else pl.DataFrame(answer.table).to_pandas()
    assert list(back.columns) == ["year", "x", "city"]
    assert back["city"].tolist() == list("vwxyz")
    assert back["year"].dtype == np.int64
    assert back["x"].tolist() == [1.0, 2.0, 3.0, 4.0, 7.0]
    assert where(answer) == [["z", 2023, "x"]]


def test_a_lazy_frame_is_read():
    answer = treat.fence(pl.LazyFrame({"x": VALUES, "city": list("vwxyz")}), unit="city")
    assert answer.table["x"].to_list()[-1] == 7.0


def test_labels_may_stand_beside_the_table():
    assert where(treat.fence(VALUES, unit=list("vwxyz"), period=np.array(YEARS))) == [["z", 2023, 0]]


def test_a_misspelt_label_column_is_refused_with_a_suggestion():
    frame = pd.DataFrame({"x": VALUES, "city": list("vwxyz")})
    with pytest.raises(SpecError, match="unit: no column or index level 'ctiy'; did you mean 'city'"):
        treat.fence(frame, unit="ctiy")
    with pytest.raises(SpecError, match="unit: 2 given for 5 rows"):
        treat.fence(frame[["x"]], unit=["a", "b"])


def test_the_answer_is_a_pair_with_names():
    answer = treat.fence(VALUES)
    table, log = answer
    assert answer.table is table
    assert answer.log is log
    assert list(treat.fence([1.0, 2, 3, 4]).log.columns) == ["unit", "period", "indicator", "before", "after", "why"]


def test_fit_rows_may_carry_the_label_columns_or_not():
    base = pd.DataFrame({"x": VALUES, "city": list("vwxyz")})
    later = pd.DataFrame({"city": ["u"], "x": [50.0]})
    for fit_on in (base, base[["x"]]):
        assert where(treat.fence(later, unit="city", fit_on=fit_on)) == [["u", None, "x"]]
    assert treat.fence.fit(base, unit="city")(later).table["x"].tolist() == [7.0]


def test_text_among_the_numbers_is_named():
    from hengdian_index.errors import DataError

    with pytest.raises(DataError, match="column 'city', row 0: 'v' is not a number"):
        treat.fence(pd.DataFrame({"x": VALUES, "city": list("vwxyz")}))
