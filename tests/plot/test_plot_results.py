"""Pictures of a result hold its numbers: lines, stacks, steps, bars, sizes, corners, cells, dots."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index._words.language import speaking

pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")


def bars(ax, along="x"):
    """Return the length of each bar as (places, bars a place): one column for each container."""
    length = "get_height" if along == "x" else "get_width"
    return np.array([[getattr(bar, length)() for bar in container] for container in ax.containers]).T


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_lines_are_the_series(film):
    series, ax = film.series(), film.plot.lines()
    named = {line.get_label(): line.get_ydata() for line in ax.lines if len(line.get_xdata()) == len(series)}
    names = {branch.code: branch.name for branch in film.tree.branches}
    assert set(named) == {names[code] for code in series}
    for code in series:
        np.testing.assert_array_equal(named[names[code]], series[code])


def test_the_ends_of_lines_say_the_level_and_its_change(film):
    said = "\n".join(texts(film.plot.lines(["film", "cluster"], lag=4)))
    level, change = film.series().iloc[-1], film.changes(4).iloc[-1]
    for code in ("film", "cluster"):
        assert f"{level[code]:.1f} ({change[code]:+.1f} %)".replace("-", "−") in said


def test_a_level_that_is_not_above_0_changes_in_points():
    result = two_levels(normalise="z_score", base=None).compute(table())
    level = result.series()["all"]
    lag = next(lag for lag in range(1, len(level)) if level.iloc[-1 - lag] < 0)
    now, before = level.iloc[-1], level.iloc[-1 - lag]
    said = f"all\n{now:.3f} ({now - before:+.3f} points)".replace("-", "−")
    assert texts(result.plot.lines("all", lag=lag)) == [said]


def test_the_base_is_shaded_at_its_level(film):
    ax = film.plot.lines("film")
    first = film.panel.periods.ordinals.min()
    (span,) = [patch for patch in ax.patches if patch.get_width() > 1]
    assert (span.get_x(), span.get_x() + span.get_width()) == (first - 0.5, first + 3.5)
    assert any(set(line.get_ydata()) == {100.0} for line in ax.lines)
    assert ax.get_ylabel() == "1998 = 100"
    assert film.plot.lines("film", base="2005", to=50).get_ylabel() == "2005 = 50"


def test_a_hole_is_a_gap_in_the_line():
    holed = two_levels().compute(table().drop(index=5))
    ax = holed.plot.lines("all")
    assert np.flatnonzero(np.isnan(ax.lines[0].get_ydata())).tolist() == [5]
    assert np.flatnonzero(np.isnan(holed.plot.level().lines[0].get_ydata())).tolist() == [5]


def test_a_line_stands_where_the_content_changes():
    index, rows = hi.example("hengdian")
    result = index.compute(rows)
    ax = result.plot.lines()
    dotted = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == ":"]
    own = result.panel.periods.ordinals
    assert dotted == [content.since - 0.5 for content in result.contents if own.min() < content.since <= own.max()]
    assert dotted


def test_lines_of_units(towns):
    series = towns.series()["total"]
    ax = towns.plot.lines()
    for town in series.index.unique(0):
        assert any(np.array_equal(line.get_ydata(), series[town]) for line in ax.lines if line.get_label() == town)
    both = towns.plot.lines(["total", "fame"], units=["Dell", "横店"])
    assert [text.split("\n")[0] for text in texts(both)] == ["Dell, 总指数", "Dell, fame", "横店, 总指数", "横店, fame"]
    with pytest.raises(hi.SpecError, match=r"unit: no unit 'Del'; did you mean 'Dell'\?"):
        towns.plot.lines(units="Del")


def test_of_many_units_the_highest_are_shown_and_it_is_said():
    index = hi.Index(unit="who", period="when", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    frame = pd.DataFrame({"who": [f"u{i:02}" for i in range(12)] * 2, "when": np.repeat([2001, 2002], 12)})
    ax = index.compute(frame.assign(x=np.arange(24.0))).plot.lines()
    assert [text.split("\n")[0] for text in texts(ax)] == [f"u{i:02}" for i in range(11, 3, -1)]
    assert ax.get_title() == "all: the 8 highest of 12 units"


@pytest.mark.parametrize("depth", ["children", "indicators"])
def test_the_stacks_of_a_level_sum_to_it(film, depth):
    found = bars(film.plot.level(depth=depth))
    np.testing.assert_allclose(found, film.contributions(of="level", depth=depth))
    np.testing.assert_allclose(found.sum(axis=1), film.series()["film"], rtol=1e-12)


@pytest.mark.parametrize(("node", "lag"), [("film", 1), ("cluster", 4)])
def test_the_stacks_of_growth_sum_to_the_rate(film, node, lag):
    ax = film.plot.change(node, of="growth", lag=lag)
    line = next(one for one in ax.lines if len(one.get_xdata()) > 2)
    rate = film.changes(lag)[node].dropna()
    np.testing.assert_allclose(np.asarray(line.get_ydata())[np.isfinite(line.get_ydata())], rate, rtol=1e-9)
    said = "growth on the period before" if lag == 1 else f"growth on {lag} periods before"
    assert ax.get_ylabel() == f"{said}, percentage points"
    with pytest.raises(hi.SpecError, match="of: no 'growt'; did you mean 'growth'"):
        film.plot.change(of="growt")


@pytest.mark.parametrize(("node", "lag"), [("film", 1), ("cluster", 4)])
def test_the_stacks_of_a_change_sum_to_it(film, node, lag):
    ax = film.plot.change(node, lag=lag)
    change = film.changes(lag, how="points")[node].dropna()
    np.testing.assert_allclose(bars(ax), film.contributions(node, lag=lag).dropna())
    np.testing.assert_allclose(bars(ax).sum(axis=1), change, atol=1e-10)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), change, atol=1e-10)


def test_stacks_do_not_overlap(film):
    """Each stack reaches from the sum of what is below 0 to the sum of what is above."""
    ax, parts = film.plot.change(), film.contributions().dropna().to_numpy()
    tops = np.array([[bar.get_y() + max(bar.get_height(), 0) for bar in box] for box in ax.containers]).max(axis=0)
    feet = np.array([[bar.get_y() + min(bar.get_height(), 0) for bar in box] for box in ax.containers]).min(axis=0)
    np.testing.assert_allclose(tops, parts.clip(min=0).sum(axis=1))
    np.testing.assert_allclose(feet, parts.clip(max=0).sum(axis=1))


def test_what_is_no_part_is_a_stack_of_its_own():
    """Missing values change the weights; the change then has a column "reweighting"."""
    gaps = table()
    gaps.loc[6, "a"] = np.nan
    result = two_levels(missing="reweight", coverage=0.0).compute(gaps)
    ax = result.plot.change("left")
    assert "reweighting" in [text.get_text() for text in ax.get_legend().get_texts()]
    np.testing.assert_allclose(bars(ax).sum(axis=1), result.changes(how="points")["left"].dropna(), atol=1e-10)


def test_the_steps_of_a_waterfall_lead_to_the_level(towns):
    ax = towns.plot.waterfall(unit="Elm", lag=2)
    parts = towns.contributions(lag=2).loc[("Elm", 2022)]
    expected = parts.iloc[np.argsort(-parts.abs())]
    steps = [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    np.testing.assert_allclose([width for _, width in steps], expected)
    assert steps[0][0] == pytest.approx(towns.series()["total"]["Elm", 2020])
    assert sum(steps[-1]) == pytest.approx(towns.series()["total"]["Elm", 2022])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["2020", *expected.index, "2022"]
    with pytest.raises(hi.DataError, match=r"unit 'Elm', period 2019: 'total' has no change on the period before"):
        towns.plot.waterfall(unit="Elm", period="2019")
    with pytest.raises(hi.SpecError, match="unit: name one of '横店', 'Birch'"):
        towns.plot.waterfall()


def test_ranking_bars_sum_to_the_scores_best_first(towns):
    ax = towns.plot.ranking(period="2021")
    scores = towns.scores["total"].xs(2021, level=1).sort_values(ascending=False)
    np.testing.assert_allclose(bars(ax, "y").sum(axis=1), scores)
    assert [label.get_text() for label in ax.get_yticklabels()] == [f"{i + 1}  {u}" for i, u in enumerate(scores.index)]
    assert ax.get_title() == "总指数, 2021"
    assert towns.plot.ranking(top=2).get_title() == "总指数, 2022, the first 2 of 6"
    assert towns.plot.ranking("reach", period="2020").get_title() == "reach, 2020"


def test_titles_say_whose_which_group_and_when(towns, film):
    assert towns.plot.level(unit="Elm").get_title() == "Elm"
    assert towns.plot.level("reach", unit="Elm").get_title() == "Elm: reach"
    assert towns.plot.change("reach", unit="Elm").get_title() == "Elm: reach"
    assert towns.plot.waterfall("reach", unit="Elm", period="2021").get_title() == "Elm: reach, 2020 to 2021"
    assert towns.plot.waterfall(unit="Elm", lag=2).get_title() == "Elm: 总指数, 2020 to 2022"
    assert towns.plot.radar(unit="Elm", period="2020").get_title() == "总指数, scores, 2020"
    assert film.plot.level("cluster").get_title() == "Cluster 集聚"
    assert film.plot.waterfall().get_title().endswith(", 2010Q1 to 2010Q2")
    assert film.plot.ranking().get_title().endswith("the first 30 of 50")


def test_a_waterfall_says_at_once_that_rows_have_no_period_and_no_such_unit(towns):
    groups, indicators = [hi.Group("all")], [hi.Indicator("x", "all")]
    bare = hi.Index(groups=groups, indicators=indicators).compute({"x": [1.0, 2.0, 3.0]})
    with pytest.raises(hi.DataError, match="the rows have no period, so there is nothing to draw") as one:
        bare.plot.waterfall()
    assert "unit" not in str(one.value)
    named = hi.Index(unit="who", groups=groups, indicators=indicators)
    result = named.compute({"who": ["A", "B", "C"], "x": [1.0, 2.0, 3.0]})
    for ask in (result.plot.waterfall, result.plot.lines):
        with pytest.raises(hi.DataError, match="the rows have no period"):
            ask()
    with pytest.raises(hi.DataError) as two:
        result.plot.waterfall(unit="Z")
    assert [str(fault).partition(":")[0].split(",")[0] for fault in two.value.faults] == [
        "the rows have no period",
        "unit",
    ]
    with pytest.raises(hi.SpecError) as three:
        towns.plot.waterfall(unit="Elms", period="1990")
    assert [str(fault).split(" ")[0] for fault in three.value.faults] == ["unit:", "period"]


def test_a_score_without_parts_is_one_bar():
    """TOPSIS is no mean: its level does not split."""
    frame = pd.DataFrame({"who": list("ABC"), "x": [1.0, 2.0, 3.0], "y": [3.0, 5.0, 1.0]})
    index = hi.Index(
        unit="who",
        groups=[hi.Group("all", aggregate="topsis")],
        indicators=[hi.Indicator("x", "all"), hi.Indicator("y", "all")],
    )
    result = index.compute(frame)
    ax = result.plot.ranking()
    assert [bar.get_width() for bar in ax.patches] == sorted(result.scores["all"], reverse=True)


@pytest.mark.parametrize("kind", ["icicle", "sunburst"])
def test_the_framework_is_as_large_as_the_weights(film, kind):
    from matplotlib.patches import Rectangle, Wedge

    ax = film.plot.framework(kind)
    if kind == "icicle":
        sizes = [patch.get_height() for patch in ax.patches if isinstance(patch, Rectangle)][1:]
    else:
        sizes = [(patch.theta2 - patch.theta1) / 360 for patch in ax.patches if isinstance(patch, Wedge)]
    weights = film.effective_weights
    groups = list(film.tree.root.children)
    np.testing.assert_allclose(sizes[: len(groups)], film.weights["film"][groups])
    np.testing.assert_allclose(
        sizes[len(groups) :], [weights[c] for g in groups for c in film.tree.by_code[g].children]
    )
    said = " ".join(" ".join(texts(ax)).split())
    for node in (*film.tree.branches, *film.tree.leaves):
        assert " ".join(node.name.split()) in said


def test_the_corners_of_a_radar_are_scores(towns):
    ax = towns.plot.radar(unit="Dell", period="2020")
    children = ["supply", "reach", "fame"]
    year = towns.scores[children].xs(2020, level=1)
    np.testing.assert_allclose(ax.lines[0].get_ydata()[:-1], year.loc["Dell"])
    np.testing.assert_allclose(ax.lines[1].get_ydata()[:-1], year.drop("Dell").mean())
    assert [line.get_label() for line in ax.lines] == ["Dell", "mean of 5 others"]
    before = towns.plot.radar(unit="Dell", against="2019").lines[1].get_ydata()[:-1]
    np.testing.assert_allclose(before, towns.scores.loc[("Dell", 2019), children])
    beside = towns.plot.radar(unit="Dell", against="Elm").lines[1].get_ydata()[:-1]
    np.testing.assert_allclose(beside, towns.scores.loc[("Elm", 2022), children])


def test_a_radar_of_a_series_is_against_its_base(film):
    ax = film.plot.radar()
    children = list(film.tree.root.children)
    np.testing.assert_allclose(ax.lines[0].get_ydata()[:-1], film.series()[children].iloc[-1])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), 100.0)
    with pytest.raises(hi.SpecError, match="a radar needs three or more parts; 'innovation' has 2"):
        film.plot.radar("innovation")


@pytest.mark.parametrize(
    ("values", "begins"), [([30.0, 55.0, 90.0], 0), ([82.0, 95.0, 104.0], None), ([-1.3, 0.4, 2.0], None)]
)
def test_a_radar_says_where_its_axis_begins(values, begins):
    codes = ["a", "b", "c"]
    groups = [hi.Group("all", aggregate="arithmetic"), *(hi.Group(f"g{code}", "all") for code in codes)]
    scale = {"method": "goalposts", "low": 0, "high": 1, "clip": False}
    indicators = [hi.Indicator(code, f"g{code}", normalise=scale) for code in codes]
    table = {"who": ["A", "B"], **{code: [value, value + 1] for code, value in zip(codes, values, strict=True)}}
    result = hi.Index(unit="who", groups=groups, indicators=indicators).compute(table)
    ax = result.plot.radar(unit="A")
    begin = ax.get_ylim()[0]
    written = f"{begin:g}".replace("-", "−")
    assert ax.get_legend().get_title().get_text() == f"the axis begins at {written}"
    assert written in texts(ax)
    assert begin <= min(values)
    assert begin == begins if begins is not None else begin != 0
    assert begin == pytest.approx(round(begin, 1))
    with speaking("zh"):
        said = result.plot.radar(unit="A").get_legend().get_title().get_text()
    assert said == f"坐标轴从{written}开始"


def test_the_cells_of_the_heat_map_are_the_correlations(film):
    ax = film.plot.correlations(how="spearman")
    codes = [child for group in film.tree.root.children for child in film.tree.by_code[group].children]
    expected = hi.diagnose.correlations(film.normalised[codes], how="spearman").r
    np.testing.assert_array_equal(ax.images[0].get_array(), expected)
    frames = [(patch.get_x(), patch.get_width()) for patch in ax.patches]
    counts = [len(film.tree.by_code[group].children) for group in film.tree.root.children]
    assert frames == [(start - 0.5, count) for start, count in zip(np.cumsum([0, *counts]), counts, strict=False)]


def holed():
    """Twelve rows; the columns have 12, 9, 8 and 5 values, three rows have all."""
    values = np.sin(np.arange(48.0)).reshape(12, 4)
    values[:3, 1], values[2:6, 2], values[5:, 3] = np.nan, np.nan, np.nan
    codes = ["a", "b", "c", "d"]
    index = hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator(code, "all") for code in codes])
    return index.replace({"missing": "reweight", "coverage": 0.0}).compute(dict(zip(codes, values.T, strict=True)))


def rows_said(ax):
    return ax.figure.axes[-1].get_xlabel()


def test_correlations_say_how_many_rows_they_are_from(film):
    """Pairs by default, as the audit has them; between the columns 2 to 9 rows, those with fewer than 3 hatched."""
    result = holed()
    ax = result.plot.correlations()
    expected = hi.diagnose.correlations(result.normalised, pairwise=True)
    np.testing.assert_array_equal(ax.images[0].get_array(), expected.r)
    there = ~np.isnan(result.normalised.to_numpy())
    counts = (there[:, :, np.newaxis] & there[:, np.newaxis, :]).sum(axis=0)
    between = counts[~np.eye(4, dtype=bool)]
    between = between[between >= 3]
    assert rows_said(ax) == f"Pearson correlation, pairwise, {between.min()} to {between.max()} of 12 rows"
    assert rows_said(film.plot.correlations(how="kendall")) == "Kendall correlation, all 50 rows"


def test_correlations_of_complete_rows_say_how_many_are_complete():
    values = np.sin(np.arange(24.0)).reshape(8, 3)
    values[0, 1] = values[3, 2] = np.nan
    index = hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator(code, "all") for code in "abc"])
    result = index.replace({"missing": "reweight", "coverage": 0.0}).compute(dict(zip("abc", values.T, strict=True)))
    ax = result.plot.correlations(pairwise=False)
    assert rows_said(ax) == "Pearson correlation, the 6 complete of 8 rows"
    expected = hi.diagnose.correlations(result.normalised, pairwise=False).r
    np.testing.assert_array_equal(ax.images[0].get_array(), expected)
    assert rows_said(result.plot.correlations()) == "Pearson correlation, pairwise, 6 to 7 of 8 rows"


def dots(ax):
    """Return (before, after) of every dot, the diagonal left out."""
    points = np.concatenate([np.column_stack(line.get_data()) for line in ax.lines[1:]])
    return points[np.lexsort(points.T)]


def test_treatment_shows_values_before_and_after(towns):
    ax = towns.plot.treatment()
    both = np.column_stack([towns.raw["visitors"], towns.prepared["visitors"]])
    np.testing.assert_array_equal(dots(ax), both[np.lexsort(both.T)])
    assert ax.get_title().startswith("visitors: 2 of 24 values moved")
    assert len(texts(ax)) == 2
    with pytest.raises(hi.SpecError, match=r"indicator: no 'visitor'; did you mean 'visitors'\?"):
        towns.plot.treatment("visitor")


def test_treatment_does_not_show_what_denominators_and_imputation_do():
    """The value before treatment is divided and filled; only what treatment moved leaves the diagonal."""
    people = np.array([2.0, 4.0, 5.0, 8.0, 10.0, 20.0])
    values = np.array([4.0, 12.0, 20.0, np.nan, 60.0, 4000.0])
    index = hi.Index(
        groups=[hi.Group("all")],
        indicators=[
            hi.Indicator("x", "all", denominator="people", treat={"method": "winsorise", "points": 1}, impute="median"),
            hi.Indicator("y", "all", denominator="people"),
        ],
    )
    plot = index.compute({"x": values, "y": values[::-1] * 1e6 + 1, "people": people}, fit_on=None).plot
    ratios = values / people
    before = np.where(np.isnan(ratios), np.nanmedian(ratios), ratios)
    after = np.where(before == 200, 6.0, before)
    expected = np.column_stack([before, after])
    ax = plot.treatment()
    np.testing.assert_allclose(dots(ax), expected[np.lexsort(expected.T)])
    assert ax.get_title().startswith("x: 1 of 6 values moved")
    assert plot.treatment("y").get_title().startswith("y: 0 of 5 values moved")


def test_a_waterfall_shows_no_part_without_a_value(towns):
    """A part that is missing in one of the two periods is no step of 0; what it moves is reweighting."""
    panel = towns.panel
    table = pd.DataFrame(panel.values, columns=list(panel.columns), index=panel.labels).reset_index()
    unit = panel.units[0]
    last = (table.iloc[:, 0] == unit) & (table.iloc[:, 1] == table.iloc[:, 1].max())
    table.loc[last, "studios"] = np.nan
    result = towns.fitted.score(table)
    shown = [label.get_text() for label in result.plot.waterfall(unit=unit, depth="indicators").get_yticklabels()]
    # Half of its parts are too few for a score of supply, so its other part counts for nothing, too.
    assert set(shown[1:-1]) == {"reweighting", "films", "visitors", "awards", "exports"}
