"""Small multiples: a panel a unit or a group, the same axes in all, and the numbers of the series in each."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._words.language import speaking
from hengdian_index.plot import save

pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")


def head(place):
    return place.get_title(loc="left")


def lines(place):
    """Return the lines of a panel, without those behind in grey and the level of the base."""
    return [line for line in place.lines if not line.get_label().startswith("_") and line.get_linewidth() > 1]


@pytest.fixture(scope="module")
def counties():
    """Forty units with long names, one without any value, one that ends early."""
    names = [f"Autonomous County of the {side} Highlands {i}" for i in range(20) for side in ("Upper", "Lower")]
    table = pd.DataFrame({"county": np.repeat(names, 5), "year": np.tile(range(2018, 2023), 40)})
    row = np.arange(200.0)
    table = table.assign(x=5 + np.sin(row) + row / 100, y=4 + np.cos(row))
    table.loc[table["county"] == names[0], ["x", "y"]] = np.nan
    table.loc[(table["county"] == names[39]) & (table["year"] > 2020), ["x", "y"]] = np.nan
    groups = [hi.Group("all"), hi.Group("gx", "all"), hi.Group("gy", "all")]
    indicators = [hi.Indicator("x", "gx"), hi.Indicator("y", "gy")]
    return hi.Index(unit="county", period="year", groups=groups, indicators=indicators).compute(table)


def test_a_panel_a_unit_holds_its_series_on_the_same_axes(towns):
    ax = towns.plot.multiples()
    series, change = towns.series()["total"], towns.changes()["total"]
    assert [head(place).split("\n")[0] for place in ax.child_axes] == list(series.index.unique(0))
    for place in ax.child_axes:
        town = head(place).split("\n")[0]
        (line,) = lines(place)
        np.testing.assert_array_equal(line.get_ydata(), series[town])
        last = f"{series[town].iloc[-1]:.1f} ({change[town].iloc[-1]:+.1f} %)".replace("-", "−")
        assert head(place).split("\n")[1] == last
        assert place.get_ylim() == ax.child_axes[0].get_ylim()
        assert place.get_xlim() == ax.child_axes[0].get_xlim()
    assert ax.get_title() == "总指数, 2019 = 100"


def test_the_others_stand_behind_in_grey(towns):
    ax = towns.plot.multiples()
    series = towns.series()["total"]
    for place in ax.child_axes:
        behind = next(line for line in place.lines if line.get_linewidth() == 0.5)
        found = np.asarray(behind.get_ydata(), dtype=float)
        np.testing.assert_array_equal(np.sort(found[np.isfinite(found)]), np.sort(series))


def test_a_panel_a_group_holds_the_lines_of_units(towns, film):
    ax = towns.plot.multiples(each="group", units=["Elm", "横店"])
    codes = ["total", "supply", "reach", "fame"]
    assert [head(place) for place in ax.child_axes] == ["总指数", "supply", "reach", "fame"]
    for place, code in zip(ax.child_axes, codes, strict=True):
        for line, town in zip(lines(place), ["Elm", "横店"], strict=True):
            np.testing.assert_array_equal(line.get_ydata(), towns.series()[code][town])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Elm", "横店"]
    single = film.plot.multiples()
    for place, code in zip(single.child_axes, film.tree.groups, strict=False):
        (line,) = lines(place)
        np.testing.assert_array_equal(line.get_ydata(), film.series()[code])
    assert single.get_title() == "1998 = 100"


def test_groups_in_panels_of_units_are_told_apart_below(towns):
    ax = towns.plot.multiples(["supply", "fame"])
    for place in ax.child_axes:
        town = head(place)
        for line, code in zip(lines(place), ["supply", "fame"], strict=True):
            np.testing.assert_array_equal(line.get_ydata(), towns.series()[code][town])
    first, second = lines(ax.child_axes[0])
    assert first.get_color() != second.get_color()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["supply", "fame"]


def test_of_many_units_the_highest_have_a_panel_and_it_is_said(counties):
    ax = counties.plot.multiples()
    last = counties.series()["all"].xs(2022, level=1).dropna().sort_values(ascending=False)
    shown = [" ".join(head(place).split("\n")[:-1]) for place in ax.child_axes]
    assert shown == list(last.index[:30])
    assert " ".join(ax.get_title().split()) == "all, score, the 30 highest of the 38 units with a score, 2 without"


def test_what_is_missing_is_said(counties):
    names = [
        f"Autonomous County of the {side} Highlands {i}" for i, side in ((0, "Upper"), (19, "Lower"), (3, "Upper"))
    ]
    ax = counties.plot.multiples(units=names)
    none, early, whole = ax.child_axes
    assert [text.get_text() for text in none.texts] == ["no score"]
    assert head(early).endswith(", 2020")
    assert not head(whole).endswith(", 2022")
    with speaking("zh"):
        first = counties.plot.multiples(units=names).child_axes[0]
    assert [text.get_text() for text in first.texts] == ["没有得分"]


def line_boxes(text):
    """Return the box of each line of a text as drawn: a long first line stands above what is beside the second."""
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox

    whole, box = text.get_text(), Text.get_window_extent(text)
    if text.get_ha() != "left":
        return [(whole, box)]
    found, parts = [], whole.split("\n")
    for i, part in enumerate(parts):
        text.set_text(part)
        top = box.y1 - i * box.height / len(parts)
        width = Text.get_window_extent(text).width
        found.append((part, Bbox([[box.x0, top - box.height / len(parts)], [box.x0 + width, top]])))
    text.set_text(whole)
    return [(part, own) for part, own in found if part]


def drawn_texts(ax):
    """Return (text, box) of all lines of the texts of panels as drawn."""
    ax.figure.draw_without_rendering()
    found = [ax.title, *(ax.get_legend().get_texts() if ax.get_legend() else [])]
    for place in ax.child_axes:
        found += [place._left_title, *place.texts]
        for axis, ends in ((place.xaxis, place.get_xlim()), (place.yaxis, place.get_ylim())):
            ticks = [tick for tick in axis.get_major_ticks() if min(ends) <= tick.get_loc() <= max(ends)]
            found += [tick.label1 for tick in ticks if tick.label1.get_visible()]
    return [one for text in found if text.get_text() for one in line_boxes(text)]


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("name", ["multiples", "distribution"])
@pytest.mark.parametrize("of", ["counties", "film", "towns"])
def test_texts_of_panels_lie_neither_over_one_another_nor_outside(request, name, of, given):
    import matplotlib.pyplot as plt

    result = request.getfixturevalue(of)
    more = {"ax": plt.subplots(figsize=(9, 14))[1]} if given else {}
    ax = getattr(result.plot, name)(**more)
    found = drawn_texts(ax)
    over = [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(found, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1.5 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1.5
    ]
    assert over == []
    width, height = ax.figure.canvas.get_width_height()
    assert [t for t, b in found if min(b.x0, b.y0) < -2 or b.x1 > width + 2 or b.y1 > height + 2] == []


def test_panels_keep_their_gaps_in_axes_of_another_size(towns):
    import matplotlib.pyplot as plt

    _, (left, right) = plt.subplots(1, 2, figsize=(14, 5))
    ax = towns.plot.multiples(ax=left)
    assert ax is left
    ax.figure.draw_without_rendering()
    frame = ax.get_position()
    for place in ax.child_axes:
        box = place.get_position()
        assert frame.x0 - 1e-9 <= box.x0 < box.x1 <= frame.x1 + 1e-9
        assert frame.y0 - 1e-9 <= box.y0 < box.y1 <= frame.y1 + 1e-9
    assert max(place.get_position().x1 for place in ax.child_axes) < right.get_position().x0


def test_the_same_panels_are_the_same_bytes(towns, tmp_path):
    one, two = (save(towns.plot.multiples(), tmp_path / f"{name}.svg").read_bytes() for name in "ab")
    assert one == two


def test_what_is_asked_wrongly_is_refused_by_name(towns, counties):
    flat = hi.Index(unit="who", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    for ask, error, said in (
        (lambda: towns.plot.multiples(each="node"), hi.SpecError, "each: no 'node'; allowed: unit, group"),
        (
            lambda: towns.plot.multiples(["fam", "x"]),
            hi.SpecError,
            r"no group 'fam'; did you mean 'fame'[\s\S]*no group 'x'",
        ),
        (lambda: towns.plot.multiples([]), hi.SpecError, "nodes: none is named; choose among 'total'"),
        (lambda: towns.plot.multiples(units="Del"), hi.SpecError, "unit: no unit 'Del'; did you mean 'Dell'"),
        (
            lambda: counties.plot.multiples(each="group", units=list(counties.panel.units[::5][1:12])),
            hi.SpecError,
            "units: at most 8 lines can be told apart in a panel, not 11",
        ),
        (lambda: flat.compute({"who": list("AB"), "x": [1.0, 2]}).plot.multiples(), hi.DataError, "have no period"),
    ):
        with pytest.raises(error, match=said):
            ask()
