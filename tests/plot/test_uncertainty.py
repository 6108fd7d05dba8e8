"""Pictures of draws hold their numbers: intervals of ranks and scores, frequencies, Sobol' indices."""

from __future__ import annotations

import numpy as np
import pytest

import hengdian_index as hi

pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")


def names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


@pytest.mark.parametrize(("picture", "ascending"), [("rank_intervals", True), ("score_intervals", False)])
def test_intervals_are_those_of_the_draws(draws, picture, ascending):
    table = draws.ranks if ascending else draws.scores
    expected = table.xs(2022, level=1).sort_values("nominal", ascending=ascending, kind="stable")
    ax = getattr(draws.plot, picture)()
    assert names(ax) == expected.index.tolist()
    segments = np.array(ax.collections[0].get_segments())
    np.testing.assert_allclose(segments[:, :, 0], expected[["q05", "q95"]])
    median, nominal = (line.get_xdata() for line in ax.lines[:2])
    np.testing.assert_allclose(median, expected["median"])
    np.testing.assert_allclose(nominal, expected["nominal"])


def test_the_heat_map_is_the_rank_frequency(draws):
    ax = draws.plot.rank_frequency(period="2020")
    order = draws.ranks["nominal"].xs(2020, level=1).sort_values(kind="stable").index
    expected = draws.rank_frequency.xs(2020, level=1).loc[order].to_numpy()
    found = np.asarray(ax.images[0].get_array())
    np.testing.assert_allclose(found, 100 * expected[:, : found.shape[1]])
    np.testing.assert_allclose(found.sum(axis=1), 100)
    assert names(ax) == order.tolist()


def test_a_series_has_a_band_of_levels(film_draws):
    ax = film_draws.plot.score_intervals()
    levels = film_draws.series
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), levels["nominal"])
    corners = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (corners.min(), corners.max()) == pytest.approx((levels["q05"].min(), levels["q95"].max()))


def test_bars_are_the_sobol_indices(shares):
    ax = shares.plot.bars()
    order = shares.total.sort_values(ascending=False).index
    first, total = ([bar.get_width() for bar in box] for box in ax.containers)
    np.testing.assert_allclose(first, 100 * shares.first[order])
    np.testing.assert_allclose(total, 100 * shares.total[order])
    ends = np.array(ax.collections[1].get_segments())[:, :, 0]
    np.testing.assert_allclose(ends, 100 * shares.intervals.loc[order, ["total_low", "total_high"]])
    assert names(ax) == order.tolist()


@pytest.mark.parametrize("picture", ["rank_intervals", "score_intervals", "rank_frequency"])
def test_the_title_says_the_period_and_the_group(draws, picture):
    """Pictures of two periods, or of two groups, are told apart on paper."""
    study = draws.study
    found = hi.uncertainty(study.index, study.table, {"weights": hi.Noise(0.4)}, draws=8, node="reach", progress=False)
    draw = getattr(found.plot, picture)
    assert [draw().get_title(), draw(period="2020").get_title()] == ["reach, 2022", "reach, 2020"]


@pytest.mark.parametrize("picture", ["rank_intervals", "score_intervals", "rank_frequency"])
def test_a_title_does_not_lie_over_the_key(draws, picture):
    ax = getattr(draws.plot, picture)(top=2)
    ax.figure.draw_without_rendering()
    if ax.get_legend():
        assert ax.title.get_window_extent().y0 >= ax.get_legend().get_window_extent().y1


@pytest.mark.parametrize("picture", ["rank_intervals", "score_intervals", "rank_frequency"])
def test_the_first_rows_alone_are_the_first_of_all(draws, picture):
    whole, some = (getattr(draws.plot, picture)(top=top) for top in (None, 2))
    assert names(some) == names(whole)[:2]
    assert len(names(whole)) > 2
    assert some.get_title() == f"总指数, 2022, the first 2 of {len(names(whole))}"
    assert getattr(draws.plot, picture)(top=99).get_title() == "总指数, 2022"
    for top in (0, 1.5, True, "2"):
        with pytest.raises(hi.SpecError, match="top: a whole number of rows, 1 or more"):
            getattr(draws.plot, picture)(top=top)
