"""Long names, gaps, many parts and few rows: nothing is cut, nothing lies over anything else, nothing is left empty."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi

pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")

REGIONS = [
    f"Autonomous Region of the {side} {land}"
    for side, land in itertools.product(["Upper", "Lower", "Inner"], ["River Valleys", "Lakes and Highlands", "Coast"])
]
GROUPS = ["Infrastructure for production", "Human capital in creative occupations", "Reception by audiences abroad"]


@pytest.fixture(scope="module")
def regions():
    index = hi.Index(
        unit="region",
        period="year",
        base="2019",
        normalise={"method": "min_max", "lower": 1, "upper": 100},
        groups=[
            hi.Group("all", name="Composite index of the film industry of the autonomous regions"),
            *(hi.Group(f"g{i}", "all", name=name) for i, name in enumerate(GROUPS)),
        ],
        indicators=[
            hi.Indicator(
                f"x{i}{j}",
                f"g{i}",
                name=f"Number of {what} for each thousand inhabitants",
                treat={"method": "winsorise", "points": 2},
            )
            for i in range(3)
            for j, what in enumerate(["registered companies", "permanently employed persons"])
        ],
    )
    row, column = np.arange(27)[:, np.newaxis], np.arange(6)
    values = np.exp(3 + 0.6 * np.sin(1.3 * row + 2.1 * column) + 0.2 * np.cos(0.37 * row * column))
    table = pd.DataFrame(values.round(3), columns=[f"x{i}{j}" for i in range(3) for j in range(2)])
    return index, table.assign(region=np.repeat(REGIONS, 3), year=np.tile([2019, 2020, 2021], 9))


def ticks(axis):
    """Return the labels of the ticks that are drawn."""
    low, high = sorted(axis.get_view_interval())
    return [tick.label1 for tick in axis.get_major_ticks() if low - 1e-9 <= tick.get_loc() <= high + 1e-9]


def boxes(ax):
    """Return (text, box) of all texts of axes as drawn, without the leaders that some have."""
    from matplotlib.text import Text

    ax.figure.figure.draw_without_rendering()
    found = [*ax.texts, ax.title]
    found += [*ticks(ax.xaxis), *ticks(ax.yaxis), ax.xaxis.label, ax.yaxis.label] if ax.axison else []
    found += ax.get_legend().get_texts() if ax.get_legend() else []
    return [(text.get_text(), Text.get_window_extent(text)) for text in found if text.get_text()]


def overlapping(ax):
    """Return pairs of texts that lie over one another by more than a dot."""
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(boxes(ax), 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1.5 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1.5
    ]


def cut(ax):
    """Return texts that reach out of the figure."""
    width, height = ax.figure.canvas.get_width_height()
    return [
        said for said, box in boxes(ax) if min(box.x0, box.y0) < -1.5 or box.x1 > width + 1.5 or box.y1 > height + 1.5
    ]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("lines", {}),
        ("lines", {"nodes": ["all", "g0", "g1"], "units": REGIONS[:2]}),
        ("level", {"unit": REGIONS[1]}),
        ("level", {"unit": REGIONS[1], "depth": "indicators"}),
        ("change", {"unit": REGIONS[1], "depth": "indicators"}),
        ("waterfall", {"unit": REGIONS[1], "depth": "indicators"}),
        ("ranking", {}),
        ("ranking", {"depth": "indicators"}),
        ("framework", {}),
        ("radar", {"unit": REGIONS[1]}),
        ("correlations", {}),
        ("treatment", {}),
        ("scatter", {"by": "x00"}),
    ],
)
def test_long_names_are_neither_cut_nor_over_one_another(regions, name, options):
    index, table = regions
    ax = getattr(index.compute(table).plot, name)(**options)
    assert cut(ax) == []
    assert overlapping(ax) == []


@pytest.mark.parametrize("name", ["rank_intervals", "rank_frequency", "score_intervals"])
def test_long_names_in_pictures_of_draws(regions, name):
    index, table = regions
    ax = getattr(hi.uncertainty(index, table, {"weights": hi.Noise(0.4)}, draws=32).plot, name)()
    assert cut(ax) == []
    assert overlapping(ax) == []


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("name", ["slope", "shift"])
def test_long_names_in_pictures_of_comparisons(regions, name, given):
    import matplotlib.pyplot as plt

    index, table = regions
    others = {
        "normalised by percentile ranks": index.replace({"normalise": "percentile_rank"}),
        "aggregated by the geometric mean of all": index.replace({"aggregate": "geometric"}),
        "the minimum of the groups": index.replace({"all.aggregate": "minimum"}),
    }
    found = hi.compare({"as it is published": index, **others}, table)
    more = {"ax": plt.subplots(figsize=(8, 6))[1]} if given else {}
    ax = getattr(found.plot, name)(**more)
    assert cut(ax) == []
    assert overlapping(ax) == []


@pytest.fixture(scope="module")
def holed():
    """Five units: one without any value, two that end before the others, in the same period."""
    index = hi.Index(unit="who", period="year", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    table = pd.DataFrame({"who": np.repeat(list("ABCDE"), 6), "year": np.tile(range(2018, 2024), 5)})
    table["x"] = 10 + np.sin(np.arange(30.0)) + np.arange(30) / 10
    table.loc[table.who.eq("E"), "x"] = np.nan
    table.loc[table.who.isin(["A", "B"]) & (table.year > 2020), "x"] = np.nan
    return index.compute(table)


def test_a_line_that_ends_early_has_its_name_at_its_last_level(holed):
    ax = holed.plot.lines()
    series = holed.series()["all"]
    frame = ax.get_window_extent()
    found = {text.get_text().split("\n")[0]: text for text in ax.texts}
    for town, last in {"A": 2020, "B": 2020, "C": 2023, "D": 2023}.items():
        year = holed.panel.periods.ordinals[series.index.get_loc((town, last))]
        assert found[town].xy == (year, pytest.approx(series[town, last]))
        assert f"{series[town, last]:.{2 if series.max() < 10 else 1}f}" in found[town].get_text()
    drawn = dict(boxes(ax))
    for text in (found["A"], found["B"]):
        box = drawn[text.get_text()]
        assert text.arrow_patch is None
        assert frame.x0 < box.x0 < box.x1 < frame.x1
        tip = ax.transData.transform(text.xy)
        away = np.maximum(np.maximum([box.x0, box.y0] - tip, tip - [box.x1, box.y1]), 0)
        assert np.hypot(*away) < 0.6 * ax.figure.dpi
    assert overlapping(ax) == []


@pytest.mark.parametrize("figures", ["subplots", "subfigures"])
def test_early_ends_in_axes_made_elsewhere(holed, figures):
    """The place of a name is sought in the picture as it is drawn: years in Chinese need their font by then."""
    import matplotlib.pyplot as plt

    from hengdian_index.plot.style import chinese_family

    if chinese_family() is None:
        pytest.skip("no font with Chinese is installed")
    index = hi.Index(
        unit="who", period="year", groups=[hi.Group("all", name="总指数")], indicators=[hi.Indicator("x", "all")]
    )
    table = pd.DataFrame(
        {"who": ["横店"] * 2 + ["北京"] * 3, "year": [f"{y}年" for y in (2019, 2020, 2019, 2020, 2021)]}
    )
    result = index.compute(table.assign(x=[1.0, 3.0, 2.0, 4.0, 5.0]))
    figure = plt.figure()
    ax = (figure if figures == "subplots" else figure.subfigures(1, 2)[0]).subplots()
    result.plot.lines(ax=ax)
    assert {text.get_text().split("\n")[0] for text in ax.texts} == {"横店", "北京"}
    assert overlapping(ax) == []


def test_a_unit_without_any_level_is_told(holed):
    ax = holed.plot.lines()
    assert ax.get_title() == "all, 1 without a score"
    assert "E" not in {text.get_text().split("\n")[0] for text in ax.texts}


def test_a_level_between_two_gaps_is_a_dot():
    index = hi.Index(period="year", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    table = pd.DataFrame({"year": range(1990, 2020), "x": np.arange(30.0)})
    table.loc[[9, 11], "x"] = np.nan
    ax = index.compute(table).plot.lines()
    dots = [line for line in ax.lines if line.get_marker() == "." and line.get_linestyle() == "None"]
    assert [line.get_xdata().tolist() for line in dots] == [[2000]]


@pytest.fixture(scope="module")
def many():
    """Thirty indicators, so more than can be told apart."""
    codes = [f"x{i:02}" for i in range(30)]
    index = hi.Index(
        period="year", groups=[hi.Group("all")], indicators=[hi.Indicator(code, "all") for code in codes], base="2001"
    )
    rng = np.random.default_rng(3)
    return index.compute(pd.DataFrame(rng.normal(size=(6, 30)), columns=codes).assign(year=range(2001, 2007)))


def test_of_more_than_20_parts_the_largest_and_the_sum_of_the_others_are_drawn(many):
    parts = many.contributions(of="level")
    large = parts.abs().sum().sort_values(ascending=False).index[:19]
    for ax, whole, length in (
        (many.plot.level(), many.series()["all"], "get_height"),
        (many.plot.ranking(), many.scores["all"].sort_values(ascending=False), "get_width"),
    ):
        found = {box.get_label(): [getattr(bar, length)() for bar in box] for box in ax.containers}
        assert len(found) == 20
        assert list(found)[-1] == "11 others"
        np.testing.assert_allclose(np.sum(list(found.values()), axis=0), whole, atol=1e-9)
    level = {box.get_label(): [bar.get_height() for bar in box] for box in many.plot.level().containers}
    assert set(level) == {*large, "11 others"}
    np.testing.assert_allclose(level["11 others"], parts.drop(columns=large).sum(axis=1))


def test_a_waterfall_of_many_parts_leads_to_the_level(many):
    ax = many.plot.waterfall()
    assert len(ax.patches) == 20
    assert ax.patches[-1].get_x() + ax.patches[-1].get_width() == pytest.approx(many.series()["all"].iloc[-1])


def test_a_stack_has_room_above_where_a_part_is_zero():
    """A bar of height 0 would hold the limit at the top of the stack."""
    index = hi.Index(
        period="year", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all"), hi.Indicator("y", "all")]
    )
    ax = index.compute({"year": [2001, 2002], "x": [0.0, 1.0], "y": [1.0, 0.0]}).plot.level()
    assert ax.get_ylim() == (0.0, pytest.approx(0.5 * 1.04))


def test_one_row_is_a_picture_too():
    index = hi.Index(
        period="year",
        normalise={"method": "goalposts", "low": 0, "high": 10},
        groups=[hi.Group("all"), *(hi.Group(code, "all") for code in "lmr")],
        indicators=[hi.Indicator(f"{code}{i}", code) for code in "lmr" for i in range(2)],
    )
    table = {"year": [2020], **{f"{code}{i}": [3.0 + i] for code in "lmr" for i in range(2)}}
    result = index.compute(table)
    for name in ("lines", "level", "ranking", "framework", "treatment"):
        assert overlapping(getattr(result.plot, name)()) == []
    with pytest.raises(hi.DataError, match="against: period 2020 is the first itself; name another to compare with"):
        result.plot.radar()
    with pytest.raises(hi.DataError, match="no change on the period before; no period has one"):
        result.plot.waterfall()
    draws = hi.uncertainty(index, table, {"weights": hi.Noise(0.4)}, draws=32)
    ax = draws.plot.score_intervals()
    low, high = draws.scores[["q05", "q95"]].iloc[0]
    np.testing.assert_allclose(ax.collections[1].get_segments()[0][:, 1], [low, high])
    assert [tick.get_text() for tick in draws.plot.rank_intervals().get_xticklabels()] == ["1"]


def test_a_radar_says_level_only_where_there_is_a_base():
    """Without a base the series are scores, whatever `to` says."""
    index = hi.Index(
        period="year",
        groups=[hi.Group("all"), *(hi.Group(code, "all") for code in "lmr")],
        indicators=[hi.Indicator(f"{code}0", code) for code in "lmr"],
    )
    table = {"year": [2020, 2021], "l0": [1.0, 2.0], "m0": [2.0, 1.0], "r0": [3.0, 5.0]}
    assert index.compute(table).plot.radar().get_title() == "all, scores"


def test_bad_requests_say_what_there_is(holed, many):
    import matplotlib.pyplot as plt

    for ask, error, said in (
        (lambda: many.plot.lines([]), hi.SpecError, "nodes: none is named; choose among 'all'"),
        (lambda: many.plot.lines(3), hi.SpecError, "node: no group 3; allowed: all"),
        (lambda: holed.plot.lines(units=[]), hi.SpecError, "units: none is named; choose among 'A', 'B'"),
        (lambda: many.plot.lines(units="A"), hi.SpecError, "unit: the rows have no unit, so none is 'A'; leave it out"),
        (lambda: many.plot.lines(ax=plt.figure()), hi.SpecError, "ax: axes of matplotlib, .*not Figure"),
        (lambda: many.plot.ranking(depth="leaf"), hi.SpecError, "depth: no 'leaf'; allowed: children, indicators"),
        (lambda: many.plot.ranking(top=0, depth="leaf"), hi.SpecError, "top: a whole number .*\n.*depth: no 'leaf'"),
        (lambda: many.plot.change(lag=9), hi.DataError, "no period has a change on 9 periods before .*2001 to 2006"),
        (lambda: holed.plot.waterfall(unit="A"), hi.DataError, "no change on the .*; the last period with one is 2020"),
    ):
        with pytest.raises(error, match=said):
            ask()
