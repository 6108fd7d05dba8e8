"""Names are drawn as they are written: what is a formula or a comment elsewhere is text here."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index.plot import OF_RESULT, OF_UNCERTAINTY, save

pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")

NAMES = ["$x_$", "US$ per HK$", "a_b^c", r"\frac", "%", "_hidden", "$$", r"50 % of $\alpha$"]
UNITS = ["$u_$", "US$ and HK$", "a^_b", r"\sum"]


@pytest.fixture(scope="module")
def strange():
    """A panel whose units, groups and indicators all have such names, and its draws."""
    groups = [
        hi.Group("all", name="US$ or HK$"),
        *(hi.Group(f"g{i}", "all", name=name) for i, name in enumerate(NAMES[:3])),
    ]
    treat = {"method": "winsorise", "points": 2}
    indicators = [hi.Indicator(f"x{i}", f"g{i % 3}", name=name, treat=treat) for i, name in enumerate(NAMES)]
    scale = {"method": "min_max", "lower": 1, "upper": 100}
    index = hi.Index(unit="who", period="year", base="2020", normalise=scale, groups=groups, indicators=indicators)
    row, column = np.arange(12)[:, np.newaxis], np.arange(8)
    table = pd.DataFrame(np.exp(np.sin(1.3 * row + 2.1 * column)), columns=[f"x{i}" for i in range(8)])
    table = table.assign(who=np.repeat(UNITS, 3), year=np.tile([2020, 2021, 2022], 4))
    return index.compute(table), hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=8, progress=False)


def texts(ax):
    """Return all texts of a figure as they are once drawn, each in one line."""
    from matplotlib.text import Text

    ax.figure.draw_without_rendering()
    found = [text for text in ax.figure.findobj(Text) if text.get_text()]
    assert not any(text.get_parse_math() or text.get_usetex() for text in found if "$" in text.get_text())
    return " | ".join(" ".join(text.get_text().split()) for text in found)


DRAWN = {
    "lines": ({"nodes": ["all", "g0", "g1", "g2"], "units": UNITS[:2]}, [*UNITS[:2], *NAMES[:3], "US$ or HK$"]),
    "level": ({"unit": UNITS[1], "depth": "indicators"}, [UNITS[1], *NAMES, "US$ or HK$"]),
    "change": ({"unit": UNITS[1], "depth": "indicators"}, [UNITS[1], *NAMES, "US$ or HK$"]),
    "waterfall": ({"unit": UNITS[1], "depth": "indicators"}, [UNITS[1], *NAMES, "US$ or HK$"]),
    "ranking": ({"depth": "indicators"}, [*UNITS, *NAMES, "US$ or HK$"]),
    "framework": ({}, [*NAMES, "US$ or HK$"]),
    "radar": ({"unit": UNITS[1]}, [UNITS[1], *NAMES[:3], "US$ or HK$"]),
    "correlations": ({}, NAMES),
    "multiples": ({}, [*UNITS, "US$ or HK$"]),
    "distribution": ({}, NAMES),
    "scatter": ({"by": "x1", "node": "g0"}, [NAMES[0], NAMES[1], *UNITS]),
    "treatment": ({"indicator": "x1"}, [NAMES[1]]),
    "rank_intervals": ({}, [*UNITS, "US$ or HK$"]),
    "rank_frequency": ({}, [*UNITS, "US$ or HK$"]),
    "score_intervals": ({}, [*UNITS, "US$ or HK$"]),
}


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("name", DRAWN)
def test_names_are_drawn_as_they_are(strange, name, given, tmp_path):
    import matplotlib.pyplot as plt

    options, names = DRAWN[name]
    source = strange[name in OF_UNCERTAINTY].plot
    more = {"ax": plt.subplots(subplot_kw={"projection": "polar" if name == "radar" else None})[1]} if given else {}
    ax = getattr(source, name)(**options, **more)
    said = texts(ax)
    assert [one for one in names if one not in said] == []
    assert save(ax, tmp_path / "picture.svg").stat().st_size > 0


def test_every_picture_of_names_is_tried():
    assert set(DRAWN) == {*OF_RESULT, *OF_UNCERTAINTY}


def test_two_dollars_look_like_two_dollars(strange, tmp_path):
    """As a formula the text between them would be narrower, and the dollars gone."""
    from matplotlib.text import Text

    index = hi.Index(unit="who", groups=[hi.Group("all", name="US$ and HK$")], indicators=[hi.Indicator("x", "all")])
    ax = index.compute({"who": ["A", "B", "C"], "x": [1.0, 2.0, 3.0]}).plot.ranking()
    ax.figure.draw_without_rendering()
    plain = ax.figure.text(0.5, 0.5, "US$ and HK$", fontproperties=ax.title.get_fontproperties(), parse_math=False)
    assert Text.get_window_extent(ax.title).width == pytest.approx(plain.get_window_extent().width)


def test_base_and_factors_with_dollars(tmp_path):
    groups = [hi.Group("all"), hi.Group("g", "all")]
    index = hi.Index(groups=groups, indicators=[hi.Indicator("$x$", "g"), hi.Indicator("y", "g")])
    table = {"$x$": [1.0, 3.0, 2.0, 5.0], "y": [5.0, 6.0, 9.0, 1.0]}
    factors = {"g.weights": hi.Noise(0.4), "normalise": ["min_max", "percentile_rank"]}
    ax = hi.sensitivity(index, table, factors, draws=16, progress=False).plot.bars()
    assert {"g.weights", "normalise"} <= {label.get_text() for label in ax.get_yticklabels()}
    assert not any(label.get_parse_math() for label in ax.get_yticklabels())
    assert "$x$" in texts(index.compute(table).plot.correlations())


def test_formulas_of_the_user_stay_formulas(film):
    """Only what the package writes is taken as it is."""
    ax = film.plot.lines()
    own = ax.figure.text(0, 0, "$x^2$")
    assert own.get_parse_math()
