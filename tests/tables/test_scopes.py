"""Which rows are compared with each other: by period, by any column of the table, by several."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._tables.scopes import Compared


def lands(periods: int = 3, units: int = 8, seed: int = 0) -> pd.DataFrame:
    """Return lands by year, each with a region and an income group that changes in time."""
    rng = np.random.default_rng(seed)
    rows = [
        (
            f"L{i}",
            2010 + t,
            "north" if i % 2 else "south",
            int(rng.integers(1, 4)),
            rng.integers(0, 9) / 2,
            rng.random(),
        )
        for i in range(units)
        for t in range(periods)
    ]
    return pd.DataFrame(rows, columns=["land", "year", "region", "income", "x", "y"])


def index(**choices: Any) -> hi.Index:
    return hi.Index(
        groups=[hi.Group("all"), hi.Group("part", "all")],
        indicators=[hi.Indicator("x", "part"), hi.Indicator("y", "all")],
        **{"unit": "land", "period": "year", **choices},
    )


def slow(scores: np.ndarray, labels: list[Any]) -> list[float]:
    """Return ranks by counting the better rows of the same label, one by one."""
    return [
        float(1 + sum(o > s for o, other in zip(scores, labels, strict=True) if other == own)) if s == s else np.nan
        for s, own in zip(scores, labels, strict=True)
    ]


@given(
    seed=st.integers(0, 999),
    within=st.lists(
        st.sampled_from(["land", "year", "region", "income", "x", "unit", "period"]), min_size=1, max_size=3
    ),
)
@settings(max_examples=25, deadline=None)
def test_ranks_count_the_better_rows_of_the_same_labels(seed: int, within: list[str]) -> None:
    table = lands(seed=seed).sample(frac=1, random_state=seed, ignore_index=True)
    table.loc[3, ["x", "y"]] = np.nan, np.nan
    result = index(coverage=0.0).compute(table)
    roles = {"unit": "land", "period": "year"}
    known = table.assign(x=table["x"].fillna(-1))
    labels = list(known[[roles.get(name, name) for name in within]].itertuples(index=False, name=None))
    missing = "group" if "x" in within else "refuse"
    for code, scores in result.scores.items():
        found = result.ranks(within if len(within) > 1 else within[0], missing=missing)[code]
        np.testing.assert_array_equal(found, slow(scores.to_numpy(), labels))


def test_a_panel_is_ranked_within_its_periods_unless_said_otherwise() -> None:
    table = lands()
    result = index().compute(table)
    pd.testing.assert_frame_equal(result.ranks(), result.ranks(within="period"))
    pd.testing.assert_frame_equal(result.ranks(), result.ranks(Compared.BY_DEFAULT))
    pd.testing.assert_frame_equal(result.ranks(), result.ranks("year"))
    assert result.ranks()["all"].max() == 8
    assert sorted(result.ranks(within=None)["all"]) == list(range(1, 25))
    np.testing.assert_array_equal(result.ranks()["all"], hi.compare({"a": index(), "b": index()}, table).ranks["a"])
    one = index(unit=None).compute(table[table["land"] == "L3"])
    assert sorted(one.ranks()["all"]) == [1, 2, 3]
    towns = index(period=None).compute(table[table["year"] == 2011])
    assert sorted(towns.ranks()["all"]) == list(range(1, 9))


@pytest.mark.parametrize("kind", ["pandas", "index level", "polars", "pyarrow", "mapping"])
def test_columns_of_any_table_are_there(kind: str) -> None:
    table = lands()
    given = {
        "pandas": table,
        "index level": table.set_index(["region", "land"]),
        "polars": pl.DataFrame(table),
        "pyarrow": pa.Table.from_pandas(table),
        "mapping": table.to_dict("list"),
    }[kind]
    found = index().compute(given).ranks(["period", "region"])
    assert found["all"].tolist() == index().compute(table).ranks(["year", "region"])["all"].tolist()
    assert found["all"].max() == 4


def test_what_becomes_of_the_table_later_changes_no_rank() -> None:
    table = lands()
    result = index().compute(table)
    before = result.ranks("region")
    table["region"] = "one"
    pd.testing.assert_frame_equal(result.ranks("region"), before)
    fitted = index().fit(lands())
    later = fitted.score(lands(seed=1).assign(region="one"))
    pd.testing.assert_frame_equal(later.ranks("region"), later.ranks(None))


def test_rows_left_out_take_their_labels_along() -> None:
    table = lands(units=9)
    table.loc[table["land"] == "L0", ["x", "y"]] = np.nan
    result = index(unit_coverage=0.5).compute(table)
    assert len(result.ranks()) == 24
    some = table[table["land"] != "L0"]
    labels = list(some["region"])
    np.testing.assert_array_equal(result.ranks("region")["all"], slow(result.scores["all"].to_numpy(), labels))


def test_rows_without_a_label_are_refused_left_out_or_a_group() -> None:
    table = lands(periods=1).assign(region=["n", None, "s", " ", "n", np.nan, "s", pd.NA])
    result = index().compute(table)
    with pytest.raises(
        hi.DataError, match=r"4 rows have no label in 'region' \(unit 'L1', period 2010, .* and others\)"
    ):
        result.ranks("region")
    left = result.ranks("region", missing="leave_out")["all"]
    assert left.isna().tolist() == [False, True, False, True] * 2
    alone = result.ranks("region", missing="group")["all"]
    assert sorted(alone[left.isna()]) == [1, 2, 3, 4]
    assert alone[left.notna()].tolist() == left[left.notna()].tolist()


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (["a", "a ", "b", "b"], "'a', 'a ' differ in blanks or in case alone"),
        (["Low income", "low income", "b", "b"], "'Low income', 'low income' differ in blanks or in case alone"),
        ([["a"], ["b"], ["a"], ["b"]], "'group' has lists; one text or number a row is needed"),
    ],
)
def test_labels_that_are_none_are_refused(column: list[Any], told: str) -> None:
    table = lands(periods=1, units=4).assign(group=column)
    with pytest.raises(hi.DataError, match=told):
        index().compute(table).ranks("group")


def test_what_is_no_column_is_refused() -> None:
    result = index().compute(lands())
    with pytest.raises(hi.SpecError, match=r"no 'regoin'; did you mean 'region'\?"):
        result.ranks("regoin")
    with pytest.raises(hi.SpecError, match="missing: no 'drop'"):
        result.ranks("region", missing="drop")  # type: ignore[arg-type]
    for nothing in ([], {"region": 1}, [["region"]]):
        with pytest.raises(hi.SpecError, match="a column, a list of columns or None"):
            result.ranks(nothing)  # type: ignore[arg-type]
    with pytest.raises(hi.DataError, match="the rows have no period; name its column in the index"):
        index(period=None).compute(lands(periods=1)).ranks("period")
    twice = pd.concat([lands(), lands()[["region"]]], axis=1)
    with pytest.raises(hi.DataError, match="'region' stands twice"):
        index().compute(twice).ranks("region")


def test_a_release_and_a_folder_of_tables_rank_within_the_period(tmp_path: Any) -> None:
    result = index(base="2010", normalise={"method": "min_max", "lower": 1, "upper": 2}).compute(lands())
    hi.release(result, tmp_path / "r")
    found = pd.read_csv(tmp_path / "r" / "ranks.csv")
    assert found["all"].tolist() == result.ranks("period")["all"].tolist()
    again = hi.Release.read(tmp_path / "r")
    assert again.fitted.score(again.data).ranks()["all"].tolist() == found["all"].tolist()
    assert not (tmp_path / "r" / "change_on_year.csv").exists()
