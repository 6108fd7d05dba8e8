"""What cannot be judged is said, with why: too few rows, units or parts, or a question that does not apply."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.audited import blocks, crossed, index_of, sound, table_of
from support.countries import countries
from support.countries import index as of_countries

import hengdian_index as hi
from hengdian_index._audit.page import Finding
from hengdian_index._audit.registry import CHECKS, Measured

CORRELATED = ["redundant", "negative", "against_parent", "not_heard", "dominated", "counted_twice", "misplaced"]
RANKED = ["one_out", "rank_interval", "other_mean"]


def why(audit: hi.Audit, check: str) -> str:
    """Return why a check cannot be judged, the only thing that it says."""
    own = audit.findings[audit.findings["check"] == check]
    assert own["verdict"].tolist() == ["not applicable"], own
    return str(own["why"].iloc[0])


def in_years(**changes: Any) -> tuple[hi.Index, pd.DataFrame]:
    """Return an index of twelve units in four years, with changes."""
    frames = [countries(12, seed).assign(year=2000 + seed) for seed in range(4)]
    return of_countries().replace({"period": "year", **changes}), pd.concat(frames, ignore_index=True)


def test_few_rows_have_values_and_no_verdict() -> None:
    index, table = sound()
    audit = hi.audit(index, table.iloc[:9], sizes=["people"], draws=8)
    for check in [*CORRELATED, "scale_effects", "alpha", "kmo", "bartlett", "first_component", "second_component"]:
        assert why(audit, check).endswith("; 9 rows cannot tell: 10 or more are needed (this package's threshold)")
        own = audit.measured[audit.measured["check"] == check]
        assert own["value"].notna().all()
        assert own["remedy"].eq("").all()
    assert "9 rows" in why(audit, "effective_weights")
    enough = hi.audit(index, table.iloc[:9], sizes=["people"], draws=8, fewest=9)
    assert set(enough.verdicts[CORRELATED]) <= {"pass", "look", "fail"}
    assert set(hi.audit(index, table.iloc[:10], draws=8).verdicts[CORRELATED]) <= {"pass", "look", "fail"}


def test_a_group_is_not_cleared_by_a_part_with_few_rows() -> None:
    table = table_of(blocks((2, 3)), (2, 3))
    poor = table.assign(x2=table["x2"].where(table.index < 9))
    index = index_of(table, {"x1": 9.0}, coverage=0.0)
    audit = hi.audit(index, poor, draws=8, dominated=0.5)
    told = audit.measured.query("check == 'dominated'").set_index("group")
    assert told.loc["left", "part"] == "x1"
    assert told["verdict"].to_dict() == {"all": "pass", "left": "not applicable", "right": "pass"}


def test_components_want_more_rows_than_parts() -> None:
    for n, judged in ((12, False), (13, True)):
        table = table_of(blocks((12, 3), (0.7, 0.7), 0.5), (12, 3), n=30).iloc[:n]
        told = hi.audit(index_of(table), table, draws=8).measured.query("group == 'left'").set_index("check")
        for check in ("kmo", "bartlett", "first_component", "second_component"):
            assert (told.loc[check, "verdict"] != "not applicable") == judged
    ending = "12 rows cannot tell of 12 parts: more rows than parts are needed"
    table = table.iloc[:12]
    told = hi.audit(index_of(table), table, draws=8).measured.query("group == 'left'").set_index("check")
    assert told.loc["first_component", "why"].endswith(ending)


def test_components_of_two_parts_say_nothing() -> None:
    # Of two, the first has at least half of the variance and the second eigenvalue is at most 1, whatever r.
    table = table_of(blocks((2, 2), (-0.9, -0.9), 0.0), (2, 2))
    audit = hi.audit(index_of(table), table, draws=8)
    for check in ("first_component", "second_component", "kmo"):
        assert "three parts" in why(audit, check)
    assert audit.verdicts["negative"] == "look"


def test_two_parts_that_do_not_go_together_are_not_told_to_drop_one() -> None:
    table = table_of(blocks((2, 3), (0.1, 0.2), 0.1), (2, 3))
    told = hi.audit(index_of(table), table, draws=8).findings.query("check == 'alpha'").set_index("group")["remedy"]
    assert told["left"].startswith("see whether a direction is wrong")
    assert told["right"].startswith("see without which part alpha rises")


@pytest.mark.parametrize("method", ["topsis", "harmonic", "copeland", "vikor"])
def test_an_index_of_no_mean_has_no_other_mean(method: str) -> None:
    index, table = sound()
    audit = hi.audit(index.replace({"aggregate": method}), table, draws=8)
    assert why(audit, "other_mean") == "no group of several parts takes an arithmetic or a geometric mean"
    assert audit.verdicts["one_out"] in ("pass", "look")


def test_z_scores_are_put_on_1_to_100_and_the_line_says_so() -> None:
    index, table = sound()
    z = hi.audit(index.replace({"normalise": "z_score"}), table, draws=8).measured.query("check == 'other_mean'")
    plain = hi.audit(index, table, draws=8).measured.query("check == 'other_mean'")
    assert z["why"].item().endswith("; every indicator on 1 to 100")
    assert z["value"].item() == plain["value"].item()


def test_a_mean_that_cannot_be_geometric_says_which_cell() -> None:
    index, table = sound()
    audit = hi.audit(index.replace({"left.aggregate": "topsis"}), table, draws=8)
    assert "0: this mean needs values above 0" in why(audit, "other_mean")


def test_rows_that_lose_their_score_do_not_move_the_ranks_of_others() -> None:
    # Without x2, rows without x1 have no score of their group; the others stand as they stood among themselves.
    index, table = sound()
    gone = np.arange(60) % 5 < 2
    audit = hi.audit(index, table.assign(x1=table["x1"].mask(gone)), draws=8)
    line = audit.measured.query("check == 'one_out' and part == 'x2'").iloc[0]
    assert line["why"].endswith("of 36 places on average; 24 rows without a score then are left aside")
    result = index.compute(table.assign(x1=table["x1"].mask(gone)))
    groups = result.normalised[["x1", "x3"]].mean(axis=1), result.scores["right"]
    without = ((groups[0] + groups[1]) / 2)[~gone].rank(ascending=False)
    before = result.scores["all"][~gone].rank(ascending=False)
    assert line["value"] == pytest.approx((without - before).abs().mean() / 36)
    assert audit.verdicts["one_out"] == "pass"


def test_a_row_that_nothing_is_left_of_is_named() -> None:
    index, table = sound()
    parts = [c for c in table if c[0] in "xy"]
    poor = table.assign(**{c: table[c].where((np.arange(60) + j) % 5 > 2) for j, c in enumerate(parts)})
    audit = hi.audit(index, poor, draws=8)
    assert why(audit, "one_out") == "without it no three rows with a score are left"
    assert "no draw can be computed" in why(audit, "rank_interval")
    assert "0 rows complete in all columns" in audit.findings.query("check == 'kmo'")["why"].iloc[0]
    assert audit.verdicts["coverage_of_indicators"] == "fail"


def test_an_indicator_is_asked_for_from_its_start_on() -> None:
    index, table = in_years(**{"d.start": "2003"})
    table["d"] = table["d"].where(table["year"] == 2003)
    audit = hi.audit(index, table, draws=8)
    assert audit.verdicts[["coverage_of_units", "coverage_of_indicators"]].tolist() == ["pass", "pass"]
    assert set(audit.measured.query("check == 'coverage_of_indicators'")["value"]) == {1.0}
    table["d"] = table["d"].where(table["who"].isin(["u0", "u1", "u2"]))
    poor = hi.audit(index.replace({"coverage": 0.0}), table, draws=8)
    told = poor.measured.query("check == 'coverage_of_indicators'").set_index("part")["value"]
    assert told.to_dict() == {"a": 1.0, "b": 1.0, "c": 1.0, "d": 0.25}
    unit = poor.measured.query("check == 'coverage_of_units'").set_index("unit")["value"]
    assert unit["u5"] == pytest.approx(12 / 13)


@pytest.mark.parametrize("changes", [{"d.start": "2002"}, {"weigh_on": "period", "weights": "entropy"}])
def test_weights_that_change_are_not_held_against_the_scores_of_other_periods(changes: dict[str, Any]) -> None:
    index, table = in_years(**changes)
    audit = hi.audit(index, table, draws=8)
    for check in ("effective_weights", "one_out"):
        assert why(audit, check).startswith("content or weights change by period")


def test_rows_of_the_latest_content_are_held_against_its_weights() -> None:
    index, table = in_years(**{"d.start": "2002"})
    late = hi.audit(index, table, rows="2002:2003", draws=8).measured.query("check == 'effective_weights'")
    result = index.compute(table)
    rows = table["year"].to_numpy() >= 2002
    share = hi.weights.effective(result.scores["all"][rows], result.normalised[rows])["share"]
    found = late.set_index("part")["value"]
    assert found.to_dict() == pytest.approx(dict(share / result.effective_weights))


@pytest.mark.parametrize("size", [3.0, np.nan])
def test_a_size_that_says_nothing_is_named(size: float) -> None:
    index, table = sound()
    audit = hi.audit(index, table.assign(people=size), sizes=["people"], draws=8)
    assert why(audit, "scale_effects") == "it or 'people' is constant, or fewer than three rows have both"
    assert len(audit.measured.query("check == 'scale_effects'")) == 6


@pytest.mark.parametrize(("n", "told"), [(1, "few units (1)"), (2, "few units (2)")])
def test_ranks_want_three_units(n: int, told: str) -> None:
    index, table = sound()
    audit = hi.audit(index.replace({"normalise": "none"}), table.iloc[:n], draws=8)
    assert all(told in why(audit, check) for check in RANKED)
    assert "fail" not in set(audit.verdicts.drop("constant"))
    if n == 1:
        assert why(audit, "constant") == "there is one row, which nothing is compared with"
        assert why(audit, "coverage_of_units").startswith("the rows are of one unit")
        assert audit.passed


def test_one_period_of_a_panel_is_ranked() -> None:
    index, table = sound()
    audit = hi.audit(index.replace({"period": "year"}), table.assign(year=2020), draws=64)
    assert crossed(audit) == set()
    assert audit.verdicts[RANKED].tolist() == ["pass"] * 3


def test_groups_of_one_part_and_one_indicator() -> None:
    parts = [hi.Indicator("a", "g"), hi.Indicator("b", "h")]
    index = hi.Index(groups=[hi.Group("all"), hi.Group("g", "all"), hi.Group("h", "all")], indicators=parts)
    audit = hi.audit(index, countries(), draws=8)
    assert set(audit.measured.query("check == 'alpha'")["group"]) == {"all"}
    alone = hi.Index(groups=[hi.Group("all"), hi.Group("g", "all")], indicators=parts[:1])
    told = hi.audit(alone, countries(), draws=8)
    for check in [*CORRELATED, "alpha", "kmo", "bartlett", "effective_weights", *RANKED]:
        assert why(told, check)


def test_all_values_of_a_group_missing() -> None:
    index, table = sound()
    audit = hi.audit(index, table.assign(x1=np.nan, x2=np.nan, x3=np.nan), draws=8)
    failing = audit.findings.query("verdict == 'fail'")
    assert set(failing["check"]) == {"coverage_of_units", "coverage_of_indicators", "constant"}
    assert failing.query("check == 'coverage_of_indicators'")["part"].tolist() == ["x1", "x2", "x3"]
    assert set(audit.measured.query("check == 'not_heard'")["group"]) == {"right"}


def test_a_weight_that_moves_little_is_as_far_off_as_one_that_moves_much() -> None:
    index, table = sound()
    for spread, ratio in ((0.01, "small"), (90.0, "large")):
        x1 = 500 + spread * np.random.default_rng(3).normal(size=60)
        audit = hi.audit(index.replace({"normalise": "none"}), table.assign(x1=x1), draws=8)
        found = audit.measured.query("check == 'effective_weights'").set_index("part").loc["x1"]
        assert (found["value"] < 0.5) == (ratio == "small")
        assert found["verdict"] == "look"


def test_copies_are_redundant_and_the_factor_tests_say_why_not() -> None:
    index, table = sound()
    audit = hi.audit(index, table.assign(x2=table["x1"] + 1e-3 * table["y1"]), draws=8)
    assert audit.findings.query("check == 'redundant'")[["part", "other"]].to_numpy().tolist() == [["x1", "x2"]]
    exact = hi.audit(index, table.assign(x2=2 * table["x1"]), draws=8)
    own = exact.measured[exact.measured["group"] == "left"]
    for check in ("kmo", "bartlett"):
        told = own[own["check"] == check]
        assert "'x1', 'x2' are dependent" in told["why"].item()


def test_a_value_that_is_no_number_is_no_pass() -> None:
    nothing = float("nan")
    line = Finding(CHECKS["redundant"], Measured(nothing, nothing, "g", "a", "b"), {"redundant": 0.92})
    assert line.verdict == "not applicable"
    assert line.told()["why"] == "it cannot be computed: it came out as no number"


def test_no_value_is_missing_beside_a_verdict() -> None:
    index, table = sound()
    for changes in ({}, {"normalise": "z_score"}, {"aggregate": "topsis"}, {"missing": "propagate"}):
        poor = table.assign(x1=table["x1"].mask(table.index % 7 == 0))
        told = hi.audit(index.replace(changes), poor, sizes=["people"], draws=8).measured
        assert np.isfinite(told.loc[told["verdict"] != "not applicable", "value"]).all()
        assert (told.loc[told["verdict"] == "not applicable", "why"] != "").all()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sizes": 3}, "sizes: a list of names of columns, not 3"),
        ({"sizes": [3]}, "sizes: a list of names of columns, not"),
        ({"fewest": 2}, "fewest: a whole number, 3 or more, not 2"),
        ({"fewest": True}, "fewest: a whole number"),
        ({"draws": 0}, "draws: a whole number from 1"),
    ],
)
def test_arguments_of_another_kind(given: dict[str, Any], message: str) -> None:
    with pytest.raises(hi.SpecError, match=message):
        hi.audit(*sound(), **given)


def test_a_size_that_is_no_column_is_one_fault() -> None:
    index, table = sound()
    with pytest.raises(hi.DataError, match="sizes: no column 'peple'; did you mean 'people'") as found:
        hi.audit(index, table, sizes=["peple"])
    assert len(found.value.faults) == 1


@pytest.mark.parametrize(
    ("x1", "divisor", "said"),
    [
        # What grows with the square of the size follows it still after the division; a part of the size does not.
        (lambda people: people**2, "people", "it is divided by this size already and grows faster than it"),
        (lambda people: people**0.1, "people", "it is divided by this size already and grows faster than it"),
        (lambda people: people**2, "x2", "it has another denominator"),
        (lambda people: people**2, None, "divide the indicator by the size"),
    ],
)
def test_advice_on_a_size_is_not_what_is_done_already(x1: Any, divisor: str | None, said: str) -> None:
    index, table = sound()
    table = table.assign(x1=x1(table["people"]))
    audit = hi.audit(index.replace({"x1.denominator": divisor}), table, sizes=["people"], draws=8)
    line = audit.measured.query("check == 'scale_effects' and part == 'x1' and other == 'people'").iloc[0]
    values = table["x1"] / (1 if divisor is None else table[divisor])
    assert line["value"] == pytest.approx(np.corrcoef(values, table["people"])[0, 1], abs=1e-12)
    assert line["verdict"] == "look"
    assert line["remedy"].startswith(said)
    told = "" if divisor is None else f"; r is that of the values divided by {divisor!r}"
    assert line["why"] == f"r = {line['value']:.2f} with 'people'{told}"
    chinese = audit.to_text(lang="zh")
    assert ("r按除以" in chinese) == (divisor is not None)


def test_bartlett_is_not_judged_over_few_rows() -> None:
    index, table = sound()
    for n in (5, 9):
        audit = hi.audit(index, table.iloc[:n], draws=8)
        own = audit.measured.query("check == 'bartlett'")
        assert len(own) == 3
        assert own["verdict"].eq("not applicable").all()
        assert own["why"].str.contains(f"{n} rows cannot tell: 10 or more are needed").all()
        assert own["value"].between(0, 1).all()
    assert hi.audit(index, table.iloc[:10], draws=8).verdicts["bartlett"] in ("pass", "look")
