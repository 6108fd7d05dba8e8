"""Denominators: the ASEM index, every way to name them, and what is refused."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, close, same, tables

from hengdian_index import treat
from hengdian_index.errors import DataError, SpecError


@pytest.fixture
def cities():
    return pd.DataFrame(
        {"cinemas": [10, 30], "income": [8.0, np.nan], "people": [2, 5], "area": [4.0, 0.0], "name": ["甲", "乙"]},
        index=pd.Index(["A", "B"], name="unit"),
    )


def test_asem_denominated_as_coinr_denominates_it(software):
    case = software / "coinr_asem"
    raw, wanted = (pd.read_csv(case / "pipeline" / f, index_col="uCode") for f in ("1_raw.csv", "2_denominated.csv"))
    data = pd.read_csv(case / "data" / "iData.csv", index_col="uCode")
    by = pd.read_csv(case / "data" / "iMeta.csv", index_col="iCode")["Denominator"].dropna().to_dict()
    table = raw.join(data[sorted(set(by.values()))])
    found, log = treat.denominate(table, by, missing="propagate")
    pd.testing.assert_frame_equal(found[wanted.columns], wanted, check_dtype=False, rtol=0, atol=1e-9)
    pd.testing.assert_frame_equal(found[sorted(set(by.values()))], table[sorted(set(by.values()))])
    lost = log[log["after"].isna()]
    assert lost[["unit", "indicator"]].values.tolist() == [["LAO", "Elec"], ["LAO", "Gas"]]
    assert lost["why"].unique().tolist() == ["left missing: its denominator, 'Energy', is missing"]
    with pytest.raises(DataError, match=r"unit 'LAO', indicator 'Elec'.*missing") as error:
        treat.denominate(table, by)
    assert len(error.value.faults) == 2


@LAW
@given(x=tables(gaps=True), data=st.data())
def test_denominating_divides_and_multiplying_restores(x, data):
    by = np.array(data.draw(st.lists(st.integers(1, 50), min_size=len(x), max_size=len(x))), dtype=float)
    table, log = treat.denominate(x, by, scale=100)
    close(table, 100 * x / by[:, np.newaxis])
    assert len(log) == np.isfinite(x).sum()
    close(treat.denominate(table, 1 / by, scale=0.01).table, x)


def test_one_column_divides_the_others_and_stays(cities):
    table, log = treat.denominate(cities.drop(columns=["name", "area"]), "people", scale=1000)
    assert table["cinemas"].tolist() == [5000.0, 6000.0]
    assert table["people"].tolist() == [2, 5]
    assert table["people"].dtype == cities["people"].dtype
    assert log["why"].unique().tolist() == ["divided by 'people', times 1000"]
    assert log[["unit", "indicator", "before", "after"]].values.tolist() == [
        ["A", "cinemas", 10.0, 5000.0],
        ["A", "income", 8.0, 4000.0],
        ["B", "cinemas", 30.0, 6000.0],
    ]


def test_a_mapping_names_the_denominator_of_each_and_leaves_the_rest(cities):
    table, _ = treat.denominate(cities, {"cinemas": "people", "people": "people"}, scale={"cinemas": 10})
    assert table["cinemas"].tolist() == [50.0, 60.0]
    assert table["people"].tolist() == [1.0, 1.0]
    pd.testing.assert_frame_equal(table[["income", "area", "name"]], cities[["income", "area", "name"]])
    assert list(table.columns) == list(cities.columns)


def test_polars_tables_keep_their_label_columns(cities):
    frame = pl.DataFrame({name: cities[name].tolist() for name in ("name", "cinemas", "people")})
    table, log = treat.denominate(frame, by="people", unit="name")
    assert table.columns == frame.columns
    assert table["cinemas"].to_list() == [5.0, 6.0]
    assert log["unit"].tolist() == ["甲", "乙"]
    mapped, _ = treat.denominate(frame, {"cinemas": "people"})
    assert mapped["cinemas"].to_list() == [5.0, 6.0]


def test_a_series_is_matched_by_label_and_not_by_place(cities):
    people = pd.Series([5.0, 2.0], index=["B", "A"])
    table, _ = treat.denominate(cities[["cinemas"]], people)
    assert table["cinemas"].tolist() == [5.0, 6.0]
    with pytest.raises(SpecError, match="none for row 'B'"):
        treat.denominate(cities[["cinemas"]], people.drop("B"))


def test_a_fitted_division_serves_later_rows(cities):
    fitted = treat.denominate.fit(cities[["cinemas", "people"]], "people")
    assert fitted(pd.DataFrame({"cinemas": [8.0], "people": [4.0]})).table["cinemas"].tolist() == [2.0]
    with pytest.raises(SpecError, match="name columns"):
        treat.denominate.fit(cities[["cinemas"]], [1.0, 2.0])


def test_a_stack_of_tables_shares_the_denominators():
    x = np.arange(1.0, 13).reshape(2, 3, 2)
    table, log = treat.denominate(x, [1.0, 2.0, 4.0])
    same(table, x / np.array([1, 2, 4.0])[:, np.newaxis])
    assert log.loc[0, "unit"] == (0, 0)


def test_whole_numbers_do_not_overflow():
    table, _ = treat.denominate(np.array([[120], [100]], dtype=np.int8), [1, 1], scale=1000)
    assert table.tolist() == [[120000.0], [100000.0]]


def test_denominators_that_cannot_divide_are_all_named(cities):
    panel = cities.assign(year=[2020, 2021])
    with pytest.raises(DataError) as error:
        treat.denominate(panel.drop(columns=["name", "people"]), "area", period="year")
    assert [str(f) for f in error.value.faults] == [
        "unit 'B', period 2021, indicator 'cinemas': the denominator is 0 ('area'), where there is a value to divide; "
        "it must be above 0"
    ]
    with pytest.raises(DataError, match=r"unit 0, indicator 0: the denominator is -2 .*"):
        treat.denominate([[1.0]], [-2.0])
    with pytest.raises(DataError, match="is missing"):
        treat.denominate([[1.0]], [np.nan])
    with pytest.raises(DataError, match="-2"):
        treat.denominate([[1.0]], [-2.0], missing="propagate")
    with pytest.raises(DataError, match="too large a number"):
        treat.denominate([[1e300]], [1e-300])
    with pytest.raises(DataError, match="infinity"):
        treat.denominate([[1.0]], [np.inf])


def test_a_missing_value_needs_no_denominator():
    table, log = treat.denominate([[np.nan], [6.0]], [0.0, 3.0])
    same(table, [[np.nan], [2.0]])
    assert len(log) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": "poeple"}, "did you mean 'people'"),
        ({"by": {"cinemas": "poeple"}}, "did you mean 'people'"),
        ({"by": {"cinemsa": "people"}}, "did you mean 'cinemas'"),
        ({"by": [1.0, 2.0, 3.0]}, "by: 3 given for 2 rows"),
        ({"by": "people", "scale": {"cinemsa": 2}}, "did you mean 'cinemas'"),
        ({"by": "people", "missing": "drop"}, "no 'drop'"),
        ({"by": "people", "scael": 2}, "did you mean 'scale'"),
    ],
)
def test_wrong_choices_are_refused(cities, options, said):
    with pytest.raises(SpecError, match=said):
        treat.denominate(cities[["cinemas", "people"]], **options)


def test_an_array_has_no_columns_to_name():
    with pytest.raises(SpecError, match="n denominators"):
        treat.denominate([[1.0]], "people")


def test_a_fit_takes_its_denominator_by_name(cities):
    table = cities[["cinemas", "people"]]
    named, placed = treat.denominate.fit(table, by="people"), treat.denominate.fit(table, "people")
    pd.testing.assert_frame_equal(named(table).table, placed(table).table)
