"""What is drawn stays where it belongs: in the figure that is written, in the axes that were given."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index.plot import save
from hengdian_index.plot.style import chinese_family

pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")

needs_chinese = pytest.mark.skipif(chinese_family() is None, reason="no font with Chinese is installed")


@pytest.fixture(scope="module")
def large():
    """Six towns in 16 quarters, 36 indicators with Chinese names of two lines."""
    groups = {"supply": "供给与产业集聚", "demand": "市场需求与消费", "fame": "国际传播影响力"}
    indicators = [
        hi.Indicator(f"x{i}", list(groups)[i // 12], name=f"第{i}个影视产业高质量发展评价指标的平均增长率（%）")
        for i in range(36)
    ]
    index = hi.Index(
        unit="town",
        period="quarter",
        base="2019",
        normalise={"method": "min_max", "lower": 1, "upper": 100},
        groups=[hi.Group("all", name="横店指数"), *(hi.Group(code, "all", name=n) for code, n in groups.items())],
        indicators=indicators,
    )
    row, column = np.arange(96)[:, np.newaxis], np.arange(36)
    table = pd.DataFrame(np.exp(np.sin(1.7 * row + 2.3 * column)), columns=[f"x{i}" for i in range(36)])
    quarters = [f"{2019 + i // 4}Q{i % 4 + 1}" for i in range(16)]
    return index.compute(table.assign(town=np.repeat(list("ABCDEF"), 16), quarter=np.tile(quarters, 6)))


def reach(ax):
    """Return where all that is drawn of axes is, in shares of the figure, and its width and height in inches."""
    ax.figure.draw_without_rendering()
    box = ax.get_tightbbox().transformed(ax.figure.transFigure.inverted())
    return box.x0, box.y0, box.x1, box.y1


def labels_overlap(ax):
    """Return pairs of labels of the horizontal axis that lie over one another."""
    ax.figure.draw_without_rendering()
    texts = [label for label in ax.get_xticklabels() if label.get_text()]
    assert len(texts) > 1
    found = [(text.get_text(), text.get_window_extent()) for text in texts]
    return [(a, b) for (a, one), (b, two) in itertools.pairwise(found) if one.x1 + 2 > two.x0]


@needs_chinese
@pytest.mark.parametrize("name", ["level", "change"])
def test_a_long_key_is_in_the_figure(large, name):
    ax = getattr(large.plot, name)(unit="A", depth="indicators")
    assert len(ax.get_legend().get_texts()) == 21
    x0, y0, x1, y1 = reach(ax)
    assert min(x0, y0) > -0.005
    assert max(x1, y1) < 1.005


def test_what_reaches_out_of_the_figure_is_in_the_file(film, tmp_path):
    from PIL import Image

    ax = film.plot.lines("film")
    sizes = []
    for far in (0, 1.5):
        mark = ax.figure.text(far, 0.5, "outside")
        with Image.open(save(ax, tmp_path / "picture.png", dpi=50)) as image:
            sizes.append(image.size)
        mark.remove()
    assert sizes[0] == (325, 180)
    assert sizes[1][0] > 1.5 * 325


@pytest.mark.parametrize("name", ["lines", "level"])
def test_dates_keep_apart_in_small_axes(large, name):
    import matplotlib.pyplot as plt

    _, grid = plt.subplots(2, 2, figsize=(12, 9), layout="constrained")
    for ax in grid.flat:
        getattr(large.plot, name)(**({"units": "A"} if name == "lines" else {"unit": "A"}), ax=ax)
    for ax in grid.flat:
        assert labels_overlap(ax) == []
    _, narrow = plt.subplots(1, 4, figsize=(8, 2), layout="constrained")
    large.plot.lines(ax=narrow[0])
    assert labels_overlap(narrow[0]) == []


def test_dates_have_room_again_in_a_wide_figure(large):
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(3, 3))
    large.plot.lines(units="A", ax=ax)
    counts = []
    for width in (3, 12):
        figure.set_figwidth(width)
        figure.draw_without_rendering()
        counts.append(sum(bool(label.get_text()) for label in ax.get_xticklabels()))
    assert counts[0] < counts[1]


def test_numbers_of_columns_keep_apart(large):
    ax = large.plot.correlations()
    assert labels_overlap(ax) == []
    assert [label.get_text() for label in ax.get_xticklabels()][-1] == "36"


@needs_chinese
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("lines", {}),
        ("lines", {"units": "A"}),
        ("level", {"unit": "A"}),
        ("level", {"unit": "A", "depth": "indicators"}),
        ("change", {"unit": "A", "depth": "indicators"}),
        ("waterfall", {"unit": "A"}),
        ("ranking", {}),
        ("radar", {"unit": "A"}),
        ("framework", {}),
        ("correlations", {}),
    ],
)
def test_each_picture_stays_in_its_quarter_of_a_plain_figure(large, name, options):
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(12, 9))
    home = figure.subfigures(1, 1) if name == "lines" else figure
    polar = {"projection": "polar"} if name == "radar" else {}
    for i, j in ((0, 0), (1, 1)):
        ax = home.add_subplot(2, 2, 1 + 2 * i + j, **polar)
        getattr(large.plot, name)(**options, ax=ax)
        figure.draw_without_rendering()
        box = ax.get_tightbbox().transformed(figure.transFigure.inverted())
        middle = 0.02
        assert box.x0 > 0.5 * j - middle, (i, j)
        assert box.x1 < 0.5 * (j + 1) + middle, (i, j)
        assert box.y0 > 0.5 * (1 - i) - middle, (i, j)
        assert box.y1 < 0.5 * (2 - i) + middle, (i, j)


def test_a_key_of_given_axes_pools_what_it_cannot_name(large):
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(figsize=(6, 3))
    large.plot.level(unit="A", depth="indicators", ax=ax)
    bars = np.array([[bar.get_height() for bar in box] for box in ax.containers])
    assert len(bars) < 20
    assert sum("others" in box.get_label() for box in ax.containers) == 1
    np.testing.assert_allclose(bars.sum(axis=0), large.series()["all"]["A"])


def test_axes_under_a_layout_engine_are_left_to_it(film):
    import matplotlib.pyplot as plt

    _, (left, _) = plt.subplots(1, 2, layout="constrained")
    before = left.get_position().bounds
    film.plot.level(ax=left)
    assert left.get_position().bounds == before
