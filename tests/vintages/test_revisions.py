"""Revisions: what moved between two vintages, and the exact reasons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.indexes import POSITIVE, two_levels
from support.tables import panel, quarters, table

import hengdian_index as hi


def relative(**choices: Any) -> hi.Index:
    return two_levels(**{"normalise": "relative", "fit_on": "2001", **choices})


def revised(*cells: tuple[int, str, float], n: int = 12) -> pd.DataFrame:
    """Return the table with some cells others."""
    frame = table().head(n).copy()
    for row, column, value in cells:
        frame.loc[row, column] = value
    return frame


def sums_hold(found: hi.Revisions) -> None:
    """Check that the parts sum to each difference, and the parts of the root to its own."""
    level = found.moved.set_index(["node", *_roles(found)])["after"].abs()
    because = found.because.set_index(["node", *_roles(found)])
    total = because[["data", "base", "fit"]].sum(axis=1)
    assert (total - because["difference"]).abs().le(1e-9 * level.reindex(because.index)).all()
    root = because.loc[[found.moved["node"].iloc[0]]]
    inside = found.by_indicator.drop(columns=["base", "fit"]).sum(axis=1, skipna=False)
    np.testing.assert_allclose(inside, root["data"], rtol=0, atol=1e-9 * float(level.max()))
    whole = found.by_indicator.sum(axis=1, skipna=False)
    np.testing.assert_allclose(whole, root["difference"], rtol=0, atol=1e-9 * float(level.max()))


def _roles(found: hi.Revisions) -> list[str]:
    return [role for role in ("unit", "period", "row") if role in found.moved.columns]


def test_nothing_moved() -> None:
    found = hi.revisions(relative().compute(table()), relative().compute(table()))
    for name in ("moved", "added", "gone", "cells", "choices", "learnt", "because", "by_indicator"):
        assert len(getattr(found, name)) == 0, name
    assert found.why_not == ""
    assert "none of 12 quarters of 'all' moved" in found.summary()


def test_one_cell_by_hand() -> None:
    """Relatives to the mean 10 of the base: 11 -> 12 is 10 points of a, by its weight 1/2 five points of the whole."""
    index = hi.Index(
        period="year",
        base="2001",
        normalise="relative",
        groups=[hi.Group("total")],
        indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")],
    )
    frame = pd.DataFrame({"year": [2001, 2002], "a": [10.0, 11.0], "b": [5.0, 6.0]})
    fitted = index.fit(frame)
    found = hi.revisions(fitted.score(frame), fitted.score(frame.assign(a=[10.0, 12.0])))
    assert found.moved.to_numpy().tolist() == [["total", "2002", 115, 120, pytest.approx(5)]]
    assert found.cells.to_numpy().tolist() == [["2002", "a", 11, 12]]
    assert found.because.to_numpy().tolist() == [["total", "2002", pytest.approx(5), pytest.approx(5), 0, 0]]
    assert found.by_indicator.loc["2002"].to_dict() == {"a": pytest.approx(5), "b": 0, "base": 0, "fit": 0}
    said = found.summary()
    assert "1 of 2 years of 'total' moved by more than 0.05; largest 2002: 115.00 -> 120.00 (+5.00)" in said
    assert "because a 2002 was 11, is 12 (+5.00)" in said
    assert len(found.choices) == len(found.learnt) == 0


def test_a_move_is_what_rounding_cannot_be() -> None:
    fitted = relative().fit(table())
    value = float(table().loc[6, "a"])
    tiny = hi.revisions(fitted.score(table()), fitted.score(revised((6, "a", value * (1 + 4e-16)))))
    assert (len(tiny.cells), len(tiny.moved)) == (1, 0)
    small = hi.revisions(fitted.score(table()), fitted.score(revised((6, "a", value * (1 + 1e-9)))))
    assert small.moved["node"].tolist() == ["all", "left"]
    assert "0 of 12 quarters of 'all' moved by more than 0.05" in small.summary()
    sums_hold(small)


def test_the_data_part_is_the_new_data_under_the_old_fit() -> None:
    """The definition, computed the plain way."""
    old = relative().compute(table())
    new = relative(weights="entropy").compute(revised((6, "a", 30.0), (9, "d", 5.0)))
    found = hi.revisions(old, new)
    under_old = old.fitted.score(revised((6, "a", 30.0), (9, "d", 5.0))).series() - old.series()
    for _, row in found.because.iterrows():
        np.testing.assert_allclose(row["data"], under_old.loc[row["period"], row["node"]], rtol=1e-12, atol=1e-12)
    assert set(found.because.loc[found.because["data"] != 0, "period"]) == {"2002Q3", "2003Q2"}
    assert found.choices.to_numpy().tolist() == [["weights", "equal", "entropy"]]
    sums_hold(found)


def test_a_new_value_in_the_base_period_moves_the_base_level() -> None:
    index = relative(normalise="none").replace({"b.direction": 1})
    old, new = index.compute(table()), index.compute(revised((1, "c", 50.0)))
    found = hi.revisions(old, new)
    sums_hold(found)
    later = found.because[(found.because["node"] == "all") & (found.because["period"] != "2001Q2")]
    assert (later["data"] == 0).all()
    np.testing.assert_allclose(later["base"], later["difference"], rtol=1e-9)
    frozen = hi.revisions(old, old.fitted.score(revised((1, "c", 50.0))))
    assert set(frozen.because["period"]) == {"2001Q2"}
    assert (frozen.because["base"] == 0).all()
    assert {"base level"} == set(found.learnt["kind"])


def test_rows_that_the_fit_learns_from_move_bounds_and_weights() -> None:
    """FAULTS 30: a row more moves the others, and the revision says that nothing but the fit did it."""
    index = two_levels(weights="entropy")
    found = hi.revisions(index.compute(table().head(11)), index.compute(table()))
    assert len(found.cells) == len(found.choices) == 0
    assert set(found.added["period"]) == {"2003Q4"}
    assert (found.because["data"] == 0).all()
    assert (found.because["base"] == 0).all()
    assert {"weight", "map"} <= set(found.learnt["kind"])
    assert "learnt numbers moved though their choice did not" in found.summary()
    old, new = index.compute(table().head(11)).weights, index.compute(table()).weights
    moved = found.learnt[found.learnt["kind"] == "weight"].set_index(["node", "part"])
    for at, row in moved.iterrows():
        assert (row["before"], row["after"]) == (old[at], new[at])


def test_values_that_come_and_go() -> None:
    index = relative(coverage=0.0)
    old = index.compute(revised((6, "a", np.nan), (7, "c", np.nan), (7, "d", np.nan)))
    new = index.compute(revised((8, "b", np.nan), (9, "a", np.nan), (9, "b", np.nan)))
    found = hi.revisions(old, new)
    came = found.cells.set_index(["period", "indicator"])
    assert came.loc[("2002Q3", "a"), "after"] == table().loc[6, "a"]
    assert np.isnan(came.loc[("2003Q1", "b"), "after"])
    assert len(came) == 6
    assert found.added[["node", "period"]].to_numpy().tolist() == [["right", "2002Q4"]]
    assert found.gone[["node", "period"]].to_numpy().tolist() == [["left", "2003Q2"]]
    assert "a 2002Q3 was missing, is" in found.summary()
    sums_hold(found)


def test_an_indicator_that_is_left_out_is_a_choice() -> None:
    old, new = relative(), relative().replace({"b": None})
    found = hi.revisions(old.compute(table()), new.compute(table().drop(columns="b")))
    assert found.choices["address"].tolist() == ["b"]
    assert found.choices["before"].tolist() == ["indicator"]
    assert len(found.cells) == 0
    assert (found.because["data"] == 0).all()
    sums_hold(found)
    assert set(found.moved["node"]) == {"all", "left"}


def test_an_indicator_that_is_new_is_a_choice() -> None:
    frame = table(columns="abcde")
    index = hi.Index(
        period="quarter",
        base="2001",
        normalise="relative",
        groups=[hi.Group("all")],
        indicators=[hi.Indicator(code, "all") for code in "abcde"],
    )
    found = hi.revisions(index.replace({"e": None}).compute(frame), index.compute(frame))
    assert found.choices.to_numpy().tolist() == [["e", None, "indicator"]]
    assert (found.because["data"] == 0).all()
    assert len(found.learnt) == 0


def test_a_renamed_group_keeps_its_history() -> None:
    renamed = hi.Index(
        period="quarter",
        base="2001",
        normalise="relative",
        fit_on="2001",
        groups=[hi.Group("total"), hi.Group("west", "total"), hi.Group("right", "total")],
        indicators=[
            hi.Indicator("a", "west"),
            hi.Indicator("b", "west", direction=-1),
            hi.Indicator("c", "right"),
            hi.Indicator("d", "right"),
        ],
    )
    found = hi.revisions(relative().compute(table()), renamed.compute(table()))
    assert len(found.moved) == len(found.added) == len(found.gone) == len(found.learnt) == 0
    assert found.choices.to_numpy().tolist() == [["all", "all", "total"], ["left", "left", "west"]]


def test_choices_are_compared_field_by_field() -> None:
    old = relative(aggregate={"method": "power", "p": 2}, name="One")
    new = relative(aggregate={"method": "power", "p": 3}, name="One").replace(
        {"left.weights": {"a": 1, "b": 2}, "c.direction": -1, "fit_on": "2001:2002"}
    )
    found = hi.revisions(old.compute(table()), new.compute(table())).choices.set_index("address")
    assert set(found.index) == {"aggregate.p", "left.weights", "c.direction", "fit_on"}
    assert found.loc["aggregate.p"].tolist() == [2, 3]
    assert found.loc["fit_on"].tolist() == ["2001", "2001:2002"]


def test_fit_rows_given_when_computing_count_as_a_choice() -> None:
    found = hi.revisions(relative().compute(table()), relative().compute(table(), fit_on="2002"))
    assert found.choices.to_numpy().tolist() == [["fit_on", "2001", "2002"]]
    assert "1 choices changed: fit_on: 2001 -> 2002" in found.summary()


def test_what_is_said_at_length_and_what_by_default_are_the_same_choice() -> None:
    found = hi.revisions(relative().compute(table()), relative(weights="equal", missing="reweight").compute(table()))
    assert len(found.choices) == 0


def test_units_that_join() -> None:
    index = relative(unit="unit", new_units="link")
    late = panel(8, "AB", "unit").query("unit == 'A' and quarter >= '2002'").assign(unit="C")
    found = hi.revisions(
        index.compute(panel(8, "AB", "unit")), index.compute(pd.concat([panel(8, "AB", "unit"), late]))
    )
    assert len(found.moved) == 0
    assert set(found.added["unit"]) == {"C"}
    changed = panel(8, "AB", "unit")
    changed.loc[12, "d"] *= 2
    found = hi.revisions(index.compute(panel(8, "AB", "unit")), index.compute(pd.concat([changed, late])))
    assert found.moved[["node", "unit", "period"]].to_numpy().tolist() == [
        ["all", "B", "2002Q1"],
        ["right", "B", "2002Q1"],
    ]
    sums_hold(found)


def test_a_base_of_each_unit() -> None:
    index = relative(unit="unit", normalise="none").replace({"b.direction": 1})
    changed = panel(8, "AB", "unit")
    changed.loc[9, "d"] *= 2
    found = hi.revisions(index.compute(panel(8, "AB", "unit")), index.compute(changed))
    assert set(found.moved["unit"]) == {"B"}
    sums_hold(found)
    assert (found.because.query("period > '2001Q4'")["base"] < 0).all()


def test_vintages_without_a_row_in_common() -> None:
    found = hi.revisions(
        relative().compute(table()),
        relative(base=None, fit_on=None).compute(table().assign(quarter=quarters(12, 1990))),
    )
    assert (len(found.added), len(found.gone), len(found.moved)) == (36, 36, 0)
    assert "no number is in both" in found.summary()


def test_rows_told_apart_otherwise_cannot_be_compared() -> None:
    cross = hi.Index(unit="quarter", groups=[hi.Group("all")], indicators=[hi.Indicator("a", "all")])
    with pytest.raises(hi.DataError, match="old rows are told apart by unit, the new by period"):
        hi.revisions(cross.compute(table()), relative().compute(table()))
    with pytest.raises(hi.SpecError, match="old: a Result, a Release or the folder of a release, not DataFrame"):
        hi.revisions(table(), relative().compute(table()))  # type: ignore[arg-type]


def test_a_cross_section() -> None:
    index = hi.Index(unit="country", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    old = index.compute({"country": ["A", "B", "C"], "x": [1.0, 2.0, 3.0]})
    new = index.compute({"country": ["A", "B", "C"], "x": [1.0, 2.5, 3.0]})
    found = hi.revisions(old, new)
    assert found.moved.to_numpy().tolist() == [["all", "B", 0.5, 0.75, 0.25]]
    assert found.by_indicator.loc["B", "x"] == pytest.approx(0.25)
    assert "1 of 3 rows of 'all'" in found.summary()


def test_rows_with_labels_of_their_own() -> None:
    index = hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")], normalise="none")
    old, new = (index.compute(pd.DataFrame({"x": values}, index=["u", "v"])) for values in ([1.0, 2.0], [1.0, 3.0]))
    found = hi.revisions(old, new)
    assert found.moved.to_numpy().tolist() == [["all", "v", 2, 3, 1]]
    sums_hold(found)


@pytest.mark.parametrize("chained", ["ratio", "symmetric", "log"])
def test_a_chain_splits_by_indicator_too(chained: str) -> None:
    index = relative(series=chained)
    found = hi.revisions(index.compute(table()), index.compute(revised((6, "a", 30.0), (9, "d", 5.0), (2, "c", 40.0))))
    sums_hold(found)
    assert "link" not in found.by_indicator.columns
    assert (found.by_indicator["b"] == 0).all()
    assert (found.by_indicator[["a", "c", "d"]] != 0).any().all()


def test_a_change_of_content_splits_too() -> None:
    index = relative().replace({"left.weights_since": {"2002Q3": {"a": 3, "b": 1}}})
    fitted = index.fit(table())
    found = hi.revisions(fitted.score(table()), fitted.score(revised((8, "a", 30.0), (3, "d", 5.0))))
    sums_hold(found)
    assert set(found.moved["period"]) == {"2001Q4", "2003Q1"}
    assert found.by_indicator.loc["2003Q1", ["b", "c", "d"]].tolist() == [0, 0, 0]


def test_numbers_without_a_score_under_the_old_fit_are_said_to_have_no_split() -> None:
    old, new = relative(missing="propagate"), relative(coverage=0.0)
    found = hi.revisions(old.compute(table()), new.compute(revised((6, "a", np.nan))))
    assert found.why_not == "2 numbers have no score under the old fit with the new data"
    assert set(found.moved.query("period == '2002Q3'")["node"]) == {"all", "left"}
    assert "2002Q3" not in set(found.because["period"])


def test_data_that_the_old_fit_refuses_say_so() -> None:
    old, new = relative(missing="raise"), relative(coverage=0.0)
    found = hi.revisions(old.compute(table()), new.compute(revised((6, "a", np.nan))))
    assert "cannot be scored under the old fit" in found.why_not
    assert len(found.moved) > 0
    assert len(found.because) == len(found.by_indicator) == 0
    assert "cannot say why" in found.summary()


@st.composite
def two_vintages(draw: st.DrawFn) -> tuple[hi.Result, hi.Result]:
    """Return an index on two tables, the second revised here and there, with other choices or none."""
    penalised = {"method": "mean_min", "alpha": 0.5, "beta": 0.0}
    means = ["arithmetic", "geometric", "harmonic", {"method": "power", "p": 2}, penalised]
    index = two_levels(
        normalise=draw(st.sampled_from([{**POSITIVE, "clip": True}, "relative"])),
        weights=draw(st.sampled_from(["equal", "entropy"])),
        aggregate=draw(st.sampled_from(means)),
        fit_on=draw(st.sampled_from([None, "2001", "2001:2002"])),
        coverage=0.0,
    )
    frame = table(12, draw(st.integers(0, 999)))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    other = frame.copy()
    cells = rng.random((12, 4)) < draw(st.sampled_from([0.05, 0.5]))
    values = other[list("abcd")].to_numpy()
    moved = values * rng.lognormal(0, draw(st.sampled_from([1e-6, 0.3])), values.shape)
    other[list("abcd")] = np.where(cells, moved, values)
    if draw(st.booleans()):
        frame.loc[int(rng.integers(4, 12)), "a"] = np.nan
    changes = draw(st.sampled_from([{}, {"left.weights": {"a": 1, "b": 3}}, {"aggregate": "arithmetic"}, {"b": None}]))
    return index.compute(frame), index.replace(changes).compute(other)


@settings(max_examples=40)
@given(two_vintages())
def test_the_reasons_sum_to_the_difference(pair: tuple[hi.Result, hi.Result]) -> None:
    found = hi.revisions(*pair)
    if len(found.moved) and not found.why_not:
        assert len(found.because) == len(found.moved)
        sums_hold(found)


def test_releases_say_the_same_as_results(tmp_path: Path) -> None:
    old, new = relative().compute(table()), relative(weights="entropy").compute(revised((6, "a", 30.0)))
    hi.release(old, tmp_path / "v1")
    later = hi.release(new, tmp_path / "v2")
    plain = hi.revisions(old, new)
    for one, other in ((tmp_path / "v1", tmp_path / "v2"), (str(tmp_path / "v1"), later), (old, later)):
        found = hi.revisions(one, other)
        for name in ("moved", "added", "gone", "cells", "choices", "learnt", "because", "by_indicator"):
            pd.testing.assert_frame_equal(getattr(found, name), getattr(plain, name), check_exact=True, obj=name)
    head = hi.revisions(tmp_path / "v1", later).summary().splitlines()[0]
    assert head == f"v2 (released {later.time}) against v1 (released {old.provenance['time']}):"


def built() -> hi.Index:
    return hi.Index(
        period="quarter",
        normalise="none",
        groups=[hi.Group("all")],
        indicators=[
            hi.Indicator("x", "all", build={"method": "diffusion", "up": "a", "same": "c"}),
            hi.Indicator("d", "all"),
        ],
    )


@pytest.mark.filterwarnings("ignore:.*no value in per cent")
@pytest.mark.parametrize(
    ("index", "row", "column", "moves"),
    [
        (relative().replace({"a.denominator": "d"}), 6, "d", {"a", "d"}),
        (relative(impute={"method": "mean"}), 6, "a", {"a"}),
        (relative(treat={"method": "winsorise", "points": 2}), 5, "c", {"c"}),
        (relative(aggregate="topsis", normalise="vector"), 6, "a", {"a"}),
        (relative(aggregate="copeland", base=None), 6, "a", {"a"}),
        (built(), 6, "a", {"x"}),
    ],
    ids=["denominator", "imputed", "treated", "topsis", "copeland", "built"],
)
def test_every_step_of_an_index_counts_at_its_indicator(
    index: hi.Index, row: int, column: str, moves: set[str], tmp_path: Path
) -> None:
    """Whatever stands between a cell and the root; as a result and as a release."""
    frame, other = table(), table()
    other.loc[row, column] *= 0.7
    if index.impute is not None:
        frame.loc[row, column] = np.nan
    old = index.compute(frame)
    found = hi.revisions(hi.release(old, tmp_path / "v1"), old.fitted.score(other))
    sums_hold(found)
    parts = found.by_indicator.drop(columns=["base", "fit"])
    assert set(parts.columns[(parts != 0).any()]) == moves
    assert (found.because["fit"] == 0).all()
    assert found.cells["indicator"].tolist() == [column]


def test_weights_learnt_in_each_period_are_the_fit(tmp_path: Path) -> None:
    index = relative(unit="unit", weigh_on="period", weights="entropy", fit_on=None)
    changed = panel(8, "AB", "unit")
    changed.loc[9, "d"] *= 2
    found = hi.revisions(hi.release(index.compute(panel(8, "AB", "unit")), tmp_path / "v1"), index.compute(changed))
    sums_hold(found)
    assert {"weight", "map"} <= set(found.learnt["kind"])


def test_units_that_are_screened_come_and_go() -> None:
    index = relative(unit="unit", unit_coverage=0.9)
    thin = panel(8, "AB", "unit")
    thin.loc[8:12, "a"] = np.nan
    found = hi.revisions(index.compute(panel(8, "AB", "unit")), index.compute(thin))
    assert set(found.gone["unit"]) == {"B"}
    assert set(found.moved["unit"]) == {"A"}
    assert (found.because["data"] == 0).all()
    sums_hold(found)


def test_a_release_without_its_fit_says_what_moved_but_not_why(tmp_path: Path) -> None:
    def own(x: Any, fit_on: Any = None) -> Any:
        return x / (x if fit_on is None else fit_on)[0]

    index = relative(normalise=own)
    hi.release(index.compute(table()), tmp_path / "v1")
    hi.release(index.compute(revised((6, "a", 30.0))), tmp_path / "v2")
    found = hi.revisions(tmp_path / "v1", tmp_path / "v2")
    assert set(found.moved["period"]) == {"2002Q3"}
    assert found.why_not == "the new data cannot be scored under the old fit: the older release holds no fit"
    assert len(found.cells) == 1
