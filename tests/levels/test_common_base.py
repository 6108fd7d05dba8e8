"""One base for all units: the mean of the units, weighted or not, or one of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.indexes import POSITIVE, two_levels
from support.tables import panel, table

import hengdian_index as hi
from hengdian_index._index.text import summary

WEIGHED = {"weights": "people"}
BASES: list[Any] = ["mean", WEIGHED, "y", {"unit": "z"}]


def rows(n: int = 8, seed: int = 0) -> pd.DataFrame:
    """Return three cities by quarter, with people, some of their cells missing."""
    frame = panel(n, "xyz", "city")
    rng = np.random.default_rng(seed)
    frame["people"] = rng.uniform(1, 9, len(frame)).round(1)
    return frame


def based(base_of: Any, **choices: Any) -> hi.Index:
    return two_levels(unit="city", base_of=base_of, **choices)


def by_hand(result: hi.Result, frame: pd.DataFrame, base_of: Any) -> pd.DataFrame:
    """Return the series as the definition says it, period by period of the base."""
    scores, base = result.scores, []
    for quarter in ("2001Q1", "2001Q2", "2001Q3", "2001Q4"):
        own = scores.xs(quarter, level="quarter")
        if base_of in ("mean", WEIGHED):
            people = frame[frame["quarter"] == quarter].set_index("city")["people"].reindex(own.index)
            w = people if base_of == WEIGHED else people * 0 + 1
            base.append({g: np.average(own[g].dropna(), weights=w[own[g].notna()]) for g in own})
        else:
            base.append(own.loc[base_of["unit"] if isinstance(base_of, dict) else base_of].to_dict())
    return 100 * scores / pd.DataFrame(base).mean()


@pytest.mark.parametrize("base_of", BASES)
def test_levels_are_those_of_the_definition(base_of: Any) -> None:
    frame = rows()
    frame.loc[[1, 10], ["a", "b"]] = np.nan
    result = based(base_of).compute(frame)
    pd.testing.assert_frame_equal(result.series(), by_hand(result, frame, base_of), rtol=1e-12)


@pytest.mark.parametrize("base_of", BASES)
def test_levels_of_units_stand_to_one_another_as_their_scores(base_of: Any) -> None:
    result = based(base_of).compute(rows())
    multiples = result.series() / result.scores
    assert (multiples.max() / multiples.min() < 1 + 1e-12).all()
    own = two_levels(unit="city").compute(rows())
    pd.testing.assert_frame_equal(result.changes(), own.changes(), rtol=1e-9, atol=1e-9)
    pd.testing.assert_frame_equal(
        result.contributions(of="growth"), own.contributions(of="growth"), rtol=1e-9, atol=1e-9
    )


def test_the_mean_of_the_units_is_100_in_the_base() -> None:
    world = [{"name": "all three", "weights": "people"}]
    weighted = based("weighted", groups_of_units=world).compute(rows())
    assert weighted.unit_means("series").iloc[:4].mean().tolist() == pytest.approx([100] * 3, rel=1e-13)
    plain = based("mean", groups_of_units=[{"name": "all three"}]).compute(rows())
    assert plain.unit_means("series").iloc[:4].mean().tolist() == pytest.approx([100] * 3, rel=1e-13)
    own = two_levels(unit="city").compute(rows()).series().xs("y")
    pd.testing.assert_frame_equal(based("y").compute(rows()).series().xs("y"), own, rtol=1e-13)


@pytest.mark.parametrize("base_of", BASES)
@pytest.mark.parametrize("series", ["fixed", "ratio", "log"])
def test_the_order_of_rows_does_not_matter(base_of: Any, series: str) -> None:
    frame = rows()
    turned = frame.sample(frac=1, random_state=3)
    straight = based(base_of, series=series).compute(frame).series()
    pd.testing.assert_frame_equal(
        based(base_of, series=series).compute(turned).series().reindex(straight.index), straight, check_exact=True
    )


@pytest.mark.parametrize("base_of", BASES)
def test_a_chain_and_a_link_have_one_base_too(base_of: Any) -> None:
    for choices in ({"series": "ratio"}, {"series": "symmetric"}):
        result = based(base_of, **choices).compute(rows())
        multiples = result.series() / result.course.levels
        assert (multiples.max() / multiples.min() < 1 + 1e-12).all()
    linked = based(base_of).replace({"d.start": "2002Q1", "all.weights_since": {"2002Q3": {"left": 3, "right": 1}}})
    result = linked.compute(rows())
    multiples = result.series() / result.course.levels
    assert (multiples.max() / multiples.min() < 1 + 1e-12).all()
    parts = result.contributions(of="growth", lag=4, depth="indicators").sum(axis=1, skipna=False)
    np.testing.assert_allclose(parts, result.changes(4)["all"], rtol=1e-9)


def test_a_group_that_comes_later_has_the_base_of_the_group_above() -> None:
    late = based("mean").replace({"c.start": "2002Q2", "d.start": "2002Q2"})
    series = late.compute(rows()).series()
    assert series["right"].isna().sum() == 15
    np.testing.assert_allclose(series["right"].dropna().mean(), series["all"].iloc[5:8].mean(), rtol=0.6)


@pytest.mark.parametrize("base_of", BASES)
def test_a_fit_keeps_the_base_for_units_and_rows_it_has_not_seen(base_of: Any, tmp_path: Any) -> None:
    frame = rows()
    fitted = based(base_of).fit(frame)
    fitted.save(tmp_path / "fit.json")
    again = hi.Fitted.load(tmp_path / "fit.json")
    later = frame[(frame["quarter"] > "2002Q1") & (frame["city"] == "y")].assign(city="new")
    beside = pd.concat([later, frame])
    wanted = fitted.score(later).scores * 100 / fitted.base_levels[None]
    for fit in (fitted, again):
        pd.testing.assert_frame_equal(fit.score(later).series(), wanted)
        pd.testing.assert_frame_equal(fit.score(beside).series().loc[["new"]], wanted)
    written = fitted.score(beside, out=tmp_path / "out")
    assert written.rows == len(beside)
    found = pd.concat(map(pd.read_parquet, sorted((tmp_path / "out").glob("*.parquet"))))
    np.testing.assert_allclose(found["all_level"], fitted.score(beside).series()["all"], rtol=1e-12)
    levels = fitted.expressions().apply(beside)["left_level"]
    np.testing.assert_allclose(levels, fitted.score(beside).series()["left"], rtol=1e-12)


def test_draws_have_the_base_of_their_own_draw() -> None:
    frame = rows()
    weights = [{"left": 1, "right": 1}, {"left": 4, "right": 1}]
    for base_of in BASES:
        for factors in ({"all.weights": weights}, {"base_of": ["unit", base_of], "aggregate": ["arithmetic"]}):
            found = hi.uncertainty(based(base_of), frame, factors, draws=16, rows="2002Q4")
            if "base_of" in factors:
                each = [based(one).compute(frame).series()["all"] for one in factors["base_of"]]
            else:
                each = [based(base_of).replace({"all.weights": w}).compute(frame).series()["all"] for w in weights]
            ends = pd.concat(each, axis=1).xs("2002Q4", level="quarter")
            assert found.levels is not None
            own = np.sort(np.unique(found.levels.round(8), axis=0)[:, 0])
            np.testing.assert_allclose(own, np.sort(ends.iloc[0].round(8).unique()), rtol=1e-9)


def test_noise_in_the_weights_moves_the_base_with_the_scores() -> None:
    found = hi.uncertainty(based("y"), rows(), {"weights": hi.Noise(0.25)}, draws=32)
    assert found.levels is not None
    at = [label[0] == "y" and label[1] < "2002" for label in found.labels]
    np.testing.assert_allclose(found.levels[:, at].mean(axis=1), 100, rtol=1e-12)


def test_a_revision_is_told_from_that_of_the_base() -> None:
    frame = rows()
    changed = frame.assign(d=frame["d"].where(frame.index != 1, frame["d"] * 2))
    how = based("mean", normalise={"method": "goalposts", "low": 0, "high": 100, "lower": 1, "upper": 100})
    found = hi.revisions(how.compute(frame), how.compute(changed))
    assert set(found.moved["unit"]) == {"x", "y", "z"}
    parts = found.because[["data", "base", "fit"]].sum(axis=1)
    np.testing.assert_allclose(parts, found.moved["difference"], rtol=1e-9)
    assert (found.because["base"] != 0).any()


@pytest.mark.parametrize("base_of", BASES)
def test_one_base_is_said_wherever_a_base_is(base_of: Any) -> None:
    result = based(base_of).compute(rows())
    for lang, mean, weighted in (("en", "mean", "weighted by"), ("zh", "均值", "加权")):
        text = result.method(lang)  # type: ignore[arg-type]
        assert (weighted in text.partition("s}_0$")[2]) == (base_of == WEIGHED)
        assert (mean in text.partition("s}_0$")[2][:80]) or not isinstance(base_of, str) or base_of == "y"
    said = {"mean": "mean of the units", "y": "y"}.get(
        str(base_of), "z" if base_of != WEIGHED else "weighted by people"
    )
    assert f"{said}, 2001 = 100" in summary(result)
    assert f"{said}, 2001 = 100" in " ".join(result.plot.lines().get_ylabel().split())
    base = result.explain("x", "2002Q1").steps.query("node == 'all' and step == 'base'").iloc[0]
    assert f"{said} over 2001" in base["what"]
    assert eval(base["formula"]) == pytest.approx(base["value"], rel=1e-14)


def test_what_does_not_go_with_one_base_is_refused() -> None:
    with pytest.raises(hi.SpecError, match="base_of: one base for all units needs a base: name its periods"):
        two_levels(unit="city", base_of="mean", base=None)
    with pytest.raises(hi.SpecError, match="base_of: one base for all units needs a unit column: name it"):
        two_levels(base_of="mean")
    with pytest.raises(hi.SpecError, match="no unit needs a base of its own; take new_units = 'link' out"):
        based("mean", new_units="link")
    with pytest.raises(hi.SpecError, match=r"groups_of_units names no column of weights; write base_of = \{ weights"):
        based("weighted")
    with pytest.raises(hi.SpecError, match="has 'people' and 'area'; write base_of"):
        based("weighted", groups_of_units=[{"name": "a", "weights": "people"}, {"name": "b", "weights": "area"}])
    for wrong in ({"weight": "people"}, {"weights": 3}, {"weights": "people", "unit": "x"}, True, "", ["x"]):
        with pytest.raises(hi.SpecError, match='base_of: "unit", each its own; "mean", "weighted"'):
            based(wrong)


def test_it_goes_with_the_base_or_the_units_that_a_change_takes_out() -> None:
    spec = based("mean")
    assert spec.replace({"base": None}) == two_levels(unit="city", base=None)
    assert spec.replace({"unit": None}) == two_levels()


def test_a_unit_that_there_is_not_and_weights_below_0_are_refused() -> None:
    with pytest.raises(hi.DataError, match="base_of: no unit 'w'"):
        based("w").compute(rows())
    late = rows().query("city != 'x' or quarter > '2001Q4'")
    with pytest.raises(hi.DataError, match="base_of: no unit 'x' in the base period"):
        based("x", normalise="none").compute(late)
    with pytest.raises(hi.DataError, match=r"unit 'x', period 2001Q2: weight -3 in 'people' is below 0"):
        based(WEIGHED).compute(rows().assign(people=lambda t: t["people"].where(t.index != 1, -3)))
    with pytest.raises(hi.SpecError, match="'area' is no column that the index asks for"):
        based("mean").compute(rows()).series(base_of={"weights": "area"})
    with pytest.raises(hi.DataError, match="column 'people' is missing"):
        based(WEIGHED).compute(rows().drop(columns="people"))
    gone = rows()
    gone.loc[gone["city"] == "y", "a":"d"] = np.nan  # type: ignore[misc]
    with pytest.raises(hi.DataError, match="'all' has no score in the base period"):
        based("y").compute(gone).series()
    assert based("y", new_units="missing").replace({"base_of": "x"}).compute(gone).series().notna().any(axis=None)


def test_units_without_a_weight_or_a_level_are_not_in_the_mean_and_the_log_counts_them() -> None:
    frame = rows()
    frame.loc[frame["city"] == "x", "people"] = np.nan
    result = based(WEIGHED).compute(frame)
    left = based(WEIGHED, exclude=["x"], normalise=POSITIVE).compute(frame)
    assert result.log[result.log["step"] == "base"]["why"].tolist() == [
        "one base for all units: the mean of the units weighted by people, 2 of 3"
    ]
    base = result.scores.loc[["y", "z"]].loc[:, "all"].unstack().iloc[:, :4]
    w = frame.pivot(index="city", columns="quarter", values="people").loc[["y", "z"]].iloc[:, :4]
    np.testing.assert_allclose(result.base_levels[None][0], ((base * w).sum() / w.sum()).mean())  # type: ignore[index]
    assert left.base_levels is not None


@pytest.mark.parametrize("base_of", [*BASES, 276, {"unit": 276}, {"unit": "mean"}])
def test_a_spec_with_one_base_is_written_and_read(base_of: Any, tmp_path: Any) -> None:
    spec = based(base_of)
    assert hi.Index.from_toml(spec.to_toml()) == spec
    spec.write(tmp_path / "i.xlsx")
    assert hi.Index.read(tmp_path / "i.xlsx") == spec
    spec.write(tmp_path / "zh.xlsx", lang="zh")
    assert hi.Index.read(tmp_path / "zh.xlsx") == spec
    assert two_levels(unit="city").replace({"base_of": base_of}) == spec


def test_a_unit_that_is_called_like_a_word() -> None:
    frame = rows().replace({"city": {"x": "mean"}})
    units = ["mean", "y", "z"]
    named, mean = (based(one, units=units).compute(frame).series() for one in ({"unit": "mean"}, "mean"))
    np.testing.assert_allclose(named.xs("mean").iloc[:4].mean(), 100)
    assert not np.allclose(named, mean)


def test_without_units_or_words_of_it_nothing_is_other() -> None:
    assert two_levels(base_of="unit").compute(table()).series().equals(two_levels().compute(table()).series())
