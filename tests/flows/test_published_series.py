"""Published cases of series, to the printed digit."""

import tomllib

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index import series


def tolerance(folder, what):
    checks = tomllib.loads((folder / "CASE.toml").read_text(encoding="utf-8"))["check"]
    (found,) = [check["tolerance"] for check in checks if check["what"].startswith(what)]
    return found


@pytest.fixture(scope="session")
def conference_board(published):
    return pd.read_csv(published / "climate" / "conference_board_1998.csv", index_col="quantity")["value"]


def test_the_conference_board_symmetric_change_of_weekly_hours(published, conference_board):
    hours = pd.Series(
        {month: conference_board[f"average_weekly_hours_1998_{month[-2:]}"] for month in ("1998-03", "1998-04")}
    )
    change = series.growth(hours, how="symmetric")["1998-04"]
    within = tolerance(published / "climate", "symmetric percent change")
    assert change == pytest.approx(conference_board["symmetric_percent_change"], abs=within)
    contribution = conference_board["standardisation_factor"] * change
    within = tolerance(published / "climate", "standardised contribution")
    assert contribution == pytest.approx(conference_board["standardised_contribution"], abs=within)


def test_the_conference_board_level_chained_from_the_sum_of_contributions(published, conference_board):
    change = pd.Series({"1998-04": conference_board["sum_of_contributions_1998_04"]})
    level = series.chain(change, how="symmetric", start=conference_board["index_1998_03"])["1998-04"]
    assert level == pytest.approx(conference_board["index_1998_04"], abs=tolerance(published / "climate", "level:"))
    assert round(level, 3) == 105.263


@pytest.fixture(scope="session")
def new_drivers(published):
    """Return the categories of one release: this year and the year before, which its growth gives."""

    def of(year):
        data = pd.read_csv(published / "nbs_new_drivers" / "data.csv").query("year == @year").set_index("category")
        before = data["index"] / (1 + data["growth_percent"] / 100)
        return pd.DataFrame([before, data["index"]], index=[str(year - 1), str(year)])

    return of


@pytest.mark.parametrize(
    ("year", "of", "what"),
    [
        (2017, "level", "contribution of each category to the LEVEL"),
        (2020, "change", "contribution of each category to the CHANGE"),
    ],
)
def test_new_growth_drivers_the_two_meanings_of_contribution(published, new_drivers, year, of, what):
    folder = published / "nbs_new_drivers"
    printed = pd.read_csv(folder / "expected_contribution.csv").query("year == @year").set_index("category")
    assert set(printed["of"]) == {of}
    found = series.contributions(new_drivers(year), of=of, share=True).loc[str(year)]
    np.testing.assert_allclose(
        found[printed.index], printed["contribution_percent"], rtol=0, atol=tolerance(folder, what) + 1e-12
    )
    other = series.contributions(new_drivers(year), of={"level": "change", "change": "level"}[of], share=True).loc[
        str(year)
    ]
    assert (other[printed.index] - printed["contribution_percent"]).abs().max() > 1


@pytest.mark.parametrize("year", [2017, 2020])
def test_new_growth_drivers_total_and_its_growth(published, new_drivers, year):
    folder = published / "nbs_new_drivers"
    printed = pd.read_csv(folder / "expected_total.csv", index_col="year").loc[year]
    total = hi.aggregate.arithmetic(new_drivers(year))
    assert total[str(year)] == pytest.approx(printed["index"], abs=tolerance(folder, "total ="))
    assert series.changes(total)[str(year)] == pytest.approx(printed["growth_percent"], abs=0.1)
