"""Pictures look as they did: each is drawn small and compared with one that was looked at, in tests/plot/baseline.

To renew the pictures after a change that is meant, and then look at them:

    HENGDIAN_BASELINE=renew python -m pytest tests/plot/test_plot_images.py

Names are in English, so that the one font is DejaVu Sans, which comes with matplotlib. Versions of matplotlib set
letters a little differently: so the axes have a fixed place, and pictures are blurred before they are compared. The
tolerance is above what 3.9, 3.10 and 3.11 differ by then (1.8; 3.2 where numbers are in the cells) and below what the
mutations here change (3.0; 40 there).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index.plot import OF_COMPARISON, OF_RESULT, OF_SENSITIVITY, OF_UNCERTAINTY

pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")

BASELINE = Path(__file__).parent / "baseline"
RENEW = os.environ.get("HENGDIAN_BASELINE") == "renew"

# Root of the mean squared difference of the colours, each 0 to 255, once blurred.
TOLERANCE = 2.4
WITH_NUMBERS = {"film-correlations": 5.0, "towns-rank_frequency": 5.0}

# Dots an inch: a picture of 6.5 inches is 468 dots wide.
DOTS = 72


def film_in_english() -> hi.Result:
    """Return the example, of every name its English part."""
    index, table = hi.example("film_industry")
    text = re.sub(r" ?[\u4e00-\u9fff]+", "", index.to_toml())
    return hi.Index.from_toml(text).compute(table)


TOWNS = ["Ash", "Birch", "Cedar", "Dell", "Elm"]
CODES = ["studios", "crews", "films", "visitors", "awards", "exports"]


def waves() -> tuple[hi.Index, pd.DataFrame]:
    """Return an index and a made-up table of five towns in four years; the last town has no last year."""
    parents = ["supply", "supply", "reach", "reach", "fame", "fame"]
    treated = {"visitors": {"method": "winsorise", "points": 2}}
    index = hi.Index(
        unit="town",
        period="year",
        normalise={"method": "min_max", "lower": 1, "upper": 100},
        groups=[hi.Group("total"), *(hi.Group(code, "total") for code in ("supply", "reach", "fame"))],
        indicators=[hi.Indicator(c, p, treat=treated.get(c)) for c, p in zip(CODES, parents, strict=True)],
    )
    row, column = np.arange(20)[:, np.newaxis], np.arange(6)
    values = 50 + 30 * np.sin(1.7 * row + 2.3 * column) + 2 * (row % 4)
    values[[6, 13], 3] = 160, 220
    table = pd.DataFrame(values.round(1), columns=CODES)
    table = table.assign(town=np.repeat(TOWNS, 4), year=np.tile([2019, 2020, 2021, 2022], 5))
    return index, table.iloc[:-1]


@pytest.fixture(scope="module")
def drawn():
    """Functions that draw, by the name of the file: every picture there is, some of them of two results."""
    index, table = waves()
    series, towns = film_in_english(), index.compute(table)
    factors = {"weights": hi.Noise(0.4), "aggregate": ["arithmetic", "geometric"]}
    draws = hi.uncertainty(index, table, factors, draws=64)
    shares = hi.sensitivity(index, table, factors, draws=64)
    ranks = index.replace({"normalise": "percentile_rank", "supply.weights": {"studios": 5, "crews": 1}})
    compared = hi.compare(
        {"as it is": index, "by rank": ranks, "lowest": index.replace({"aggregate": "minimum"})}, table
    )
    of_film = {name: getattr(series.plot, name) for name in OF_RESULT}
    of_film["lines"] = lambda: series.plot.lines(["film", "prosperity"], lag=4)
    of_film["distribution"] = lambda: series.plot.distribution(["dist_hhi", "mean_budget_musd"])
    of_film["scatter"] = lambda: series.plot.scatter("us_gross_musd")
    of_film["sunburst"] = lambda: series.plot.framework("sunburst")
    of_towns = {
        "lines": towns.plot.lines,
        "change": lambda: towns.plot.change(unit="Birch"),
        "waterfall": lambda: towns.plot.waterfall(unit="Birch", lag=3),
        "multiples": towns.plot.multiples,
        "ranking": lambda: towns.plot.ranking(depth="indicators"),
        "radar": lambda: towns.plot.radar(unit="Ash"),
        "treatment": towns.plot.treatment,
        **{name: getattr(draws.plot, name) for name in OF_UNCERTAINTY},
        **{name: getattr(shares.plot, name) for name in OF_SENSITIVITY},
        **{name: getattr(compared.plot, name) for name in OF_COMPARISON},
    }
    drawings = {f"film-{name}": draw for name, draw in of_film.items()}
    return drawings | {f"towns-{name}": draw for name, draw in of_towns.items()}


NAMES = [
    *(f"film-{name}" for name in [*OF_RESULT, "sunburst"]),
    *(f"towns-{name}" for name in ["lines", "change", "waterfall", "multiples", "ranking", "radar", "treatment"]),
    *(f"towns-{name}" for name in [*OF_UNCERTAINTY, *OF_SENSITIVITY, *OF_COMPARISON]),
]


def picture(ax, path: Path) -> Path:
    """Write a picture of few colours, so that it is small, the axes where letters of any width leave them."""
    import matplotlib as mpl
    from PIL import Image

    figure = ax.figure
    figure.set_layout_engine("none")
    upright = bool(figure.axes[-1].get_ylabel())
    second = [0.75, 0.22, 0.02, 0.64] if upright else [0.3, 0.06, 0.42, 0.02]
    for axes, place in zip(figure.axes, ([0.3, 0.22, 0.42, 0.64], second), strict=False):
        axes.set_position(place)
    with mpl.rc_context({"text.hinting": "no_hinting"}):
        figure.savefig(path, dpi=DOTS)
    with Image.open(path) as image:
        image.convert("RGB").quantize(32, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def blurred(path: Path, folder: Path, ending: str) -> str:
    """Return where a picture is written as one sees it from afar: of letters only how dark they are."""
    from PIL import Image, ImageFilter

    out = folder / f"{path.stem}-{ending}.png"
    with Image.open(path) as image:
        image.convert("RGB").filter(ImageFilter.GaussianBlur(3)).save(out)
    return str(out)


def difference(name: str, path: Path) -> str | None:
    """Return how a picture differs from the one looked at and where both are; None where it does not."""
    from matplotlib.testing.compare import compare_images
    from matplotlib.testing.exceptions import ImageComparisonFailure

    expected = BASELINE / f"{name}.png"
    assert expected.is_file(), f"no picture {expected}; HENGDIAN_BASELINE=renew writes it"
    two = blurred(expected, path.parent, "expected"), blurred(path, path.parent, "actual")
    try:
        found = compare_images(*two, WITH_NUMBERS.get(name, TOLERANCE))
    except ImageComparisonFailure as error:
        found = str(error)
    return found and f"{name}: {found}\nBefore blurring\n  Expected: {expected}\n  Actual: {path}"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_looks_as_it_did(drawn, name, tmp_path):
    if RENEW:
        BASELINE.mkdir(exist_ok=True)
        picture(drawn[name](), BASELINE / f"{name}.png")
    found = difference(name, picture(drawn[name](), tmp_path / f"{name}.png"))
    assert found is None, found


def test_every_picture_is_looked_at_and_small(drawn):
    assert set(drawn) == set(NAMES) == {path.stem for path in BASELINE.glob("*.png")}
    sizes = {path.name: path.stat().st_size for path in BASELINE.glob("*.png")}
    assert max(sizes.values()) < 16_000, sizes


def without_the_largest_bar(ax):
    max(ax.patches, key=lambda bar: abs(bar.get_width() * bar.get_height())).remove()


def with_a_sign_turned(ax):
    bar = max(ax.patches, key=lambda bar: abs(bar.get_height()))
    bar.set_height(-bar.get_height())


def with_two_colours_swapped(ax):
    one, other = (box.patches for box in ax.containers[:2])
    first, second = one[0].get_facecolor(), other[0].get_facecolor()
    for bar in one:
        bar.set_facecolor(second)
    for bar in other:
        bar.set_facecolor(first)


def with_the_cells_turned(ax):
    ax.images[0].set_data(np.asarray(ax.images[0].get_array())[::-1])


def with_a_line_upside_down(ax):
    values = np.asarray(ax.lines[0].get_ydata(), dtype=float)
    ax.lines[0].set_ydata(np.nanmax(values) + np.nanmin(values) - values)


def with_every_line_turned_round(ax):
    for line in ax.lines:
        line.set_ydata(np.asarray(line.get_ydata())[::-1])


def with_a_panel_upside_down(ax):
    line = next(line for line in ax.child_axes[0].lines if line.get_linewidth() > 1)
    values = np.asarray(line.get_ydata(), dtype=float)
    line.set_ydata(np.nanmax(values) + np.nanmin(values) - values)


def with_a_panel_without_its_largest_bar(ax):
    without_the_largest_bar(ax.child_axes[0])


def without_intervals(ax):
    ax.collections[0].remove()


def with_dots_below_the_diagonal(ax):
    for line in ax.lines[1:]:
        line.set_ydata(0.7 * np.asarray(line.get_ydata()))


MUTATIONS = [
    ("film-lines", with_a_line_upside_down),
    ("film-level", with_two_colours_swapped),
    ("film-ranking", with_two_colours_swapped),
    ("film-framework", without_the_largest_bar),
    ("film-correlations", with_the_cells_turned),
    ("towns-lines", with_a_line_upside_down),
    ("towns-change", without_the_largest_bar),
    ("towns-change", with_a_sign_turned),
    ("towns-change", with_two_colours_swapped),
    ("towns-waterfall", without_the_largest_bar),
    ("towns-ranking", without_the_largest_bar),
    ("towns-radar", with_a_line_upside_down),
    ("towns-treatment", with_dots_below_the_diagonal),
    ("towns-rank_intervals", without_intervals),
    ("towns-score_intervals", without_intervals),
    ("towns-rank_frequency", with_the_cells_turned),
    ("towns-bars", without_the_largest_bar),
    ("towns-bars", with_two_colours_swapped),
    ("towns-multiples", with_a_panel_upside_down),
    ("film-distribution", with_a_panel_without_its_largest_bar),
    ("film-scatter", with_a_line_upside_down),
    ("towns-slope", with_every_line_turned_round),
    ("towns-shift", without_the_largest_bar),
]


@pytest.mark.parametrize(("name", "mutate"), MUTATIONS)
def test_a_picture_that_changed_is_seen(drawn, name, mutate, tmp_path):
    ax = drawn[name]()
    mutate(ax)
    changed = picture(ax, tmp_path / f"{name}.png")
    found = difference(name, changed)
    assert found is not None
    assert str(changed) in found
    assert "failed-diff" in found
