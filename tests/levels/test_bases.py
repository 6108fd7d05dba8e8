"""Units that the base does not know: left out, let in or refused, each with its own reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi

TABLE = pd.DataFrame(
    {
        "shop": [4, 9, 4, 9, 4, 9],
        "year": [2010, 2010, 2011, 2011, 2012, 2012],
        "sales": [3.0, 5, 4, 7, 6, 6],
        "costs": [2.0, 8, 3, 7, 5, 4],
    }
)
NEW = pd.DataFrame({"shop": [4, 9, 12], "year": [2012] * 3, "sales": [5.0, 6, 7], "costs": [4.0, 3, 5]})


def fitted(new_units: str, **choices: Any) -> hi.Fitted:
    return hi.Index(
        unit="shop",
        period="year",
        base="2010",
        new_units=new_units,
        normalise={"method": "min_max", "lower": 1, "upper": 100},
        groups=[hi.Group("whole")],
        indicators=[hi.Indicator("sales", "whole"), hi.Indicator("costs", "whole")],
        **choices,
    ).fit(TABLE)


def test_rows_of_new_units_alone_have_no_levels_as_beside_others() -> None:
    fit = fitted("missing")
    together, alone = fit.score(NEW).series()["whole"], fit.score(NEW.tail(1)).series()["whole"]
    assert together.notna().tolist() == [True, True, False]
    assert alone.isna().tolist() == [True]
    assert "no level above 0 in the base period" in str(fit.score(NEW.tail(1)).log.to_dict())


def test_without_any_base_level_the_reason_is_that() -> None:
    index = hi.Index(
        unit="shop",
        period="year",
        base="2010",
        new_units="missing",
        groups=[hi.Group("whole")],
        indicators=[hi.Indicator("sales", "whole")],
    )
    with pytest.raises(hi.DataError) as error:
        index.compute(TABLE.assign(sales=[1.0, 1, 2, 3, 4, 5])).series()
    assert "no unit has one" in str(error.value)
    assert "to enter at" not in str(error.value)


@pytest.mark.parametrize("new_units", ["refuse", "link", "restate"])
def test_an_unknown_unit_is_named_as_the_table_has_it(new_units: str) -> None:
    with pytest.raises(hi.DataError, match=r"^unit 12: 'whole' has no score in the base period; "):
        fitted(new_units).score(NEW.tail(1).assign(sales=np.nan, costs=np.nan)).series()


@pytest.mark.parametrize("kind", [str, float, "string"], ids=str)
@pytest.mark.parametrize("new_units", ["refuse", "missing", "link"])
def test_numbers_and_texts_of_them_are_told_as_alike(new_units: str, kind: Any) -> None:
    """The shops of a CSV are texts, those of pandas numbers."""
    fit, rows = fitted(new_units), NEW.astype({"shop": kind}).head(2)
    if kind is float:
        assert fit.score(rows).series()["whole"].notna().all()
        return
    told = "units '4', 4 differ in being a number or a text alone: are they one?"
    result = fit.score(rows)
    assert told in "\n".join(str(line) for line in result.log["why"])
    if new_units == "refuse":
        with pytest.raises(
            hi.DataError, match=r"unit '4': 'whole' has no score in the base period \(which has 4: write"
        ):
            result.series()


def test_case_is_told_across_fit_and_score() -> None:
    named = TABLE.assign(shop=TABLE["shop"].map({4: "North", 9: "South"}))
    fit = fitted("missing").refit(named, revise=True)
    result = fit.score(NEW.head(2).assign(shop=["north", "South"]))
    assert "units 'north', 'North' differ in case alone" in "\n".join(map(str, result.log["why"]))
