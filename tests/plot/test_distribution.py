"""Histograms count the values, and say how skewed they are, which lie apart and which are missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._words.language import speaking

pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")

VALUES = np.array([3.0, 4, 4, 5, 5, 5, 6, 6, 7, 16, np.nan, 5])


@pytest.fixture(scope="module")
def skewed() -> hi.Result:
    groups = [hi.Group("all"), hi.Group("g", "all", name="Group")]
    indicators = [hi.Indicator("x", "g", name="Share", direction=-1), hi.Indicator("y", "g")]
    index = hi.Index(period="year", groups=groups, indicators=indicators, missing="reweight", coverage=0.5)
    return index.compute({"year": range(2001, 2013), "x": VALUES, "y": np.arange(12.0)})


def heads(ax):
    return [place.get_title(loc="left") for place in ax.child_axes]


def counts(place):
    return [bar.get_height() for bar in place.patches]


def marks(place, kind):
    """Return where marks of a kind stand."""
    return sorted(x for line in place.lines if line.get_marker() == kind for x in line.get_xdata())


@pytest.mark.parametrize(("of", "column"), [("raw", "raw"), ("normalised", "normalised")])
def test_bars_count_the_values_and_each_has_its_mark(skewed, of, column):
    ax = skewed.plot.distribution("x", of=of)
    (place,) = ax.child_axes
    values = getattr(skewed, column)["x"].dropna().to_numpy()
    edges = [bar.get_x() for bar in place.patches] + [place.patches[-1].get_x() + place.patches[-1].get_width()]
    np.testing.assert_array_equal(counts(place), np.histogram(values, edges)[0])
    np.testing.assert_array_equal(edges, np.histogram_bin_edges(values, "fd"))
    assert sorted([*marks(place, "|"), *marks(place, "D")]) == sorted(values)
    low, high = np.quantile(values, [0.25, 0.75])
    fence = 1.5 * (high - low)
    assert marks(place, "D") == sorted(v for v in values if v < low - fence or v > high + fence)
    skew = hi.diagnose.describe(getattr(skewed, column))["skew"]["x"]
    assert heads(ax) == [f"Share\n{of}: skewness {skew:.2f}\n1 outlier, 1 missing".replace("-", "−")]


def test_raw_and_normalised_stand_side_by_side(skewed):
    ax = skewed.plot.distribution()
    assert [text.split(":")[0].replace("\n", " ") for text in heads(ax)] == [
        "Share raw",
        "normalised",
        "y raw",
        "normalised",
    ]
    ax.figure.draw_without_rendering()
    first, second, third, _ = (place.get_position() for place in ax.child_axes)
    assert first.y0 == pytest.approx(second.y0)
    assert first.x1 < second.x0
    assert third.y1 < first.y0
    assert ax.get_title().startswith("◆ outliers")


def test_groups_have_scores(skewed):
    ax = skewed.plot.distribution(["g", "x"])
    assert [text.split(":")[0] for text in heads(ax)] == ["Group\nscore", "Share\nnormalised"]
    assert sum(counts(ax.child_axes[0])) == skewed.scores["g"].notna().sum()


def test_rows_of_a_period(towns):
    ax = towns.plot.distribution("films", of="raw", period="2021")
    assert sum(counts(ax.child_axes[0])) == 6
    assert ax.get_title().startswith("films, 2021\n")


def test_of_many_indicators_the_most_skewed_are_shown():
    rng = np.random.default_rng(4)
    codes = [f"x{i:02}" for i in range(40)]
    table = pd.DataFrame(rng.lognormal(0, np.linspace(0.1, 1.5, 40), (60, 40)), columns=codes)
    index = hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator(code, "all") for code in codes])
    result = index.compute(table)
    ax = result.plot.distribution()
    skew = hi.diagnose.describe(result.raw)["skew"].abs().nlargest(24).index
    assert [text.split("\n")[0] for text in heads(ax)[::2]] == sorted(skew)
    assert ax.get_title().split("\n")[0] == "the 24 of 40 indicators farthest from symmetry"


def test_constant_values_and_none_at_all():
    index = hi.Index(
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("x", "all"), hi.Indicator("y", "all")],
        missing="reweight",
        coverage=0.4,
    )
    result = index.replace({"y": None}).compute({"x": [1.0, 2, 3]})
    assert sum(counts(result.plot.distribution("x").child_axes[0])) == 3
    same = hi.Index(
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("x", "all", normalise={"method": "goalposts", "low": 0, "high": 9})],
    ).compute({"x": [4.0, 4, 4]})
    ax = same.plot.distribution(of="raw")
    assert counts(ax.child_axes[0]) == [3]
    assert heads(ax) == ["x\nraw: skewness none"]


def test_what_is_asked_wrongly_is_refused_by_name(skewed):
    for ask, said in (
        (lambda: skewed.plot.distribution("z", of="score"), r"nodes: no 'z'[\s\S]*of: no 'score'; allowed: both, raw"),
        (lambda: skewed.plot.distribution([]), "nodes: none is named; choose among 'x', 'y'"),
        (lambda: skewed.plot.distribution("g", of="raw"), r"of: a group has no raw values \('g'\)"),
        (lambda: skewed.plot.distribution("x", period="1990"), "1990"),
    ):
        with pytest.raises((hi.SpecError, hi.DataError), match=said):
            ask()


def test_distributions_speak_chinese(skewed):
    with speaking("zh"):
        ax = skewed.plot.distribution("x")
    assert heads(ax)[0].split("\n")[1].startswith("原始：偏度")
    assert heads(ax)[0].endswith("1个异常值，缺失1个")
    assert heads(ax)[1].startswith("标准化后：偏度")
