"""Series, changes, ranks, weights, log and provenance of a result."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi


@pytest.fixture
def result() -> hi.Result:
    return two_levels().compute(table())


def test_the_base_period_is_100(result: hi.Result) -> None:
    np.testing.assert_allclose(result.series().iloc[:4].mean(), 100, rtol=1e-14)
    np.testing.assert_allclose(result.series(base="2002Q3", to=1).iloc[6], 1, rtol=1e-14)
    np.testing.assert_allclose(result.series(base=["2002Q3", "2002Q4"]).iloc[6:8].mean(), 100, rtol=1e-14)


def test_without_a_base_levels_are_scores() -> None:
    bare = two_levels(base=None).compute(table())
    pd.testing.assert_frame_equal(bare.series(), bare.scores)
    np.testing.assert_allclose(bare.series(to=100).iloc[0], 100, rtol=1e-14)


def test_changes(result: hi.Result) -> None:
    level = result.series()
    pd.testing.assert_frame_equal(result.changes(), 100 * level.pct_change(fill_method=None), check_exact=False)
    pd.testing.assert_frame_equal(result.changes(4, how="points"), level.diff(4))
    log = result.changes(how="log")
    np.testing.assert_allclose(log.iloc[1:], 100 * np.log(level / level.shift()).iloc[1:], rtol=1e-12)


def test_a_year_compounds_four_quarters(result: hi.Result) -> None:
    growth = 1 + result.changes(1)["all"].to_numpy() / 100
    year = 1 + result.changes(4)["all"].to_numpy() / 100
    np.testing.assert_allclose(year[4:], [np.prod(growth[i - 3 : i + 1]) for i in range(4, len(growth))], rtol=1e-12)


def test_the_published_internationalisation_arithmetic() -> None:
    """109.49 in 2022Q2 at +5.23 % on the quarter before implies 104.05 (the one check the published numbers allow)."""
    index = hi.Index(
        period="quarter", normalise="none", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")]
    )
    result = index.compute({"quarter": ["2022年第一季度", "2022年第二季度"], "x": [104.05, 109.49]})
    assert round(float(result.changes()["all"].iloc[1]), 2) == 5.23
    assert round(109.49 / 1.0523, 2) == 104.05


def test_lags_count_by_the_calendar() -> None:
    """FAULTS 32: a hole gives missing, and unordered rows find their own quarter before."""
    whole = two_levels().compute(table())
    shuffled = table().drop(index=5).sample(frac=1, random_state=3)
    holed = two_levels(fit_on=None).fit(table()).score(shuffled)
    expected = whole.changes(how="points", base="2001").drop(index=["2002Q2", "2002Q3"])
    found = holed.changes(how="points", base="2001")
    assert found.loc["2002Q3"].isna().all()
    pd.testing.assert_frame_equal(found.loc[expected.index], expected)


def test_effective_weights_are_products_down_the_tree() -> None:
    index = two_levels().replace({"all.weights": {"left": 3, "right": 1}, "left.weights": {"a": 1, "b": 3}})
    result = index.compute(table())
    assert result.effective_weights.to_dict() == pytest.approx({"a": 0.1875, "b": 0.5625, "c": 0.125, "d": 0.125})
    assert result.weights["left", "b"] == pytest.approx(0.75)


def test_ranks_say_1_for_the_best_and_share_the_smaller_number() -> None:
    index = hi.Index(unit="who", period="when", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    frame = pd.DataFrame({"who": list("ABC") * 2, "when": [2001] * 3 + [2002] * 3, "x": [5, 9, 9, 1, 2, 3]})
    result = index.compute(frame)
    assert result.ranks(within="period")["all"].tolist() == [3, 1, 1, 3, 2, 1]
    assert result.ranks()["all"].tolist() == [3, 1, 1, 3, 2, 1]
    assert result.ranks(within=None)["all"].tolist() == [3, 1, 1, 6, 5, 4]
    assert result.ranks(within="unit")["all"].tolist() == [1, 1, 1, 2, 2, 2]
    assert result.scores.index.names == ["who", "when"]
    with pytest.raises(hi.SpecError, match=r"within: no 'periods'; did you mean 'period'\?"):
        result.ranks(within="periods")


def test_each_unit_of_a_panel_has_its_own_base() -> None:
    index = hi.Index(
        unit="who", period="when", base="2001", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")]
    )
    index = index.replace({"normalise": "none"})
    frame = pd.DataFrame({"who": list("AB") * 2, "when": [2001, 2001, 2002, 2002], "x": [5.0, 10.0, 6.0, 11.0]})
    assert index.compute(frame).series()["all"].tolist() == pytest.approx([100, 100, 120, 110])
    with pytest.raises(hi.DataError, match=r"unit 'C': 'all' has no score in the base period"):
        index.compute(pd.concat([frame, pd.DataFrame({"who": ["C"], "when": [2002], "x": [1.0]})])).series()


def test_a_base_that_cannot_be_is_refused() -> None:
    result = two_levels(normalise="z_score").compute(table())
    with pytest.raises(hi.DataError, match=r"level .* in the base period; a series needs one above 0"):
        result.series(base="2001Q1:2003Q4")
    with pytest.raises(
        hi.DataError, match=r"base '1990' selects no row; there are 12 rows; periods run from 2001Q1 to 2003Q4"
    ):
        result.series(base="1990")
    with pytest.raises(hi.DataError, match="no period"):
        hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g")]).compute({"x": [1.0, 2.0]}).changes()


def test_provenance_follows_spec_and_data(result: hi.Result) -> None:
    again = two_levels().compute(table())
    other_data, other_spec = table(), two_levels().replace({"left.weights": "entropy"})
    other_data.loc[0, "a"] += 0.001
    assert again.provenance["data_sha256"] == result.provenance["data_sha256"]
    assert again.provenance["spec_sha256"] == result.provenance["spec_sha256"]
    assert two_levels().compute(other_data).provenance["data_sha256"] != result.provenance["data_sha256"]
    assert other_spec.compute(table()).provenance["spec_sha256"] != result.provenance["spec_sha256"]
    assert result.provenance["fit_rows"]["count"] == 12


def test_a_result_cannot_be_changed(result: hi.Result) -> None:
    with pytest.raises(AttributeError):
        result.panel = None  # type: ignore[assignment,misc]
    before, scores = result.series(), result.scores
    scores.loc[:, "all"] = 0.0
    pd.testing.assert_frame_equal(result.series(), before)


def test_no_change_in_per_cent_of_nothing() -> None:
    """A level that falls to 0 or below has points, but no per cent: missing, with a warning that says where."""
    index = hi.Index(period="q", normalise="none", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    result = index.compute({"q": ["2001Q1", "2001Q2", "2001Q3"], "x": [4.0, -1.0, 2.0]})
    with pytest.warns(UserWarning, match=r"1 change has no percent value.*'all', period 2001Q3"):
        assert result.changes()["all"].tolist() == pytest.approx([np.nan, -125, np.nan], nan_ok=True)
    assert result.changes(how="points")["all"].tolist()[1:] == [-5, 3]
