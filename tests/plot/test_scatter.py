"""A score against a variable from outside: dots are the numbers, correlations those of `diagnose`, names fit."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._words.language import speaking

pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")


@pytest.fixture(scope="module")
def valleys():
    """Eight units in two years, with a column that is not scored and one of texts."""
    rng = np.random.default_rng(8)
    table = pd.DataFrame(rng.lognormal(1, 0.5, (16, 2)), columns=["x", "y"]).round(2)
    table = table.assign(who=np.repeat(list("ABCDEFGH"), 2), year=np.tile([2020, 2021], 8))
    table = table.assign(people=np.arange(16.0) ** 1.5, coast=["east", "west"] * 8)
    table.loc[3, "people"] = np.nan
    groups = [hi.Group("all", name="Whole"), hi.Group("g", "all")]
    index = hi.Index(
        unit="who",
        period="year",
        groups=groups,
        indicators=[hi.Indicator("x", "g"), hi.Indicator("y", "g", name="Why")],
    )
    return index.compute(table), table


def dots(ax):
    return np.column_stack(ax.lines[0].get_data())


def sorted_rows(rows):
    rows = np.asarray(rows, dtype=float)
    return rows[np.lexsort(rows.T)]


def said_of(x, y, how):
    r = hi.diagnose.correlations(pd.DataFrame({"x": x, "y": y}), how=how).r.iloc[0, 1]
    return f"{how.title()} correlation {r:.2f}".replace("-", "−")


def test_dots_are_a_column_and_the_scores(valleys):
    result, table = valleys
    ax = result.plot.scatter("people", period=2021)
    both = pd.DataFrame({"x": table["people"].to_numpy(), "y": result.scores["all"].to_numpy()})
    both = both[(table["year"] == 2021).to_numpy()].dropna()
    np.testing.assert_array_equal(sorted_rows(dots(ax)), sorted_rows(both))
    told = (
        f"{said_of(both.x, both.y, 'pearson')}, {said_of(both.x, both.y, 'spearman')}, n = 7, 1 without a value of both"
    )
    assert " ".join(ax.get_title().split()) == f"Whole, 2021 {told}"
    assert ax.get_xlabel() == "people"
    assert ax.get_ylabel() == "Whole, score"


def test_a_series_is_found_by_unit_by_period_and_by_both(valleys):
    result, _ = valleys
    units = pd.Series({name: float(i) for i, name in enumerate("HGFEDCBAZ")}, name="Rain")
    last = result.scores["all"].xs(2021, level="year")
    ax = result.plot.scatter(units)
    np.testing.assert_array_equal(sorted_rows(dots(ax)), sorted_rows(np.column_stack([units[last.index], last])))
    assert ax.get_xlabel() == "Rain"
    np.testing.assert_array_equal(dots(result.plot.scatter(dict(units))), dots(ax))
    both = pd.Series(np.arange(16.0), index=result.scores.index).sample(frac=1, random_state=2)
    every = result.plot.scatter(both, "y", period="2020:2021")
    wanted = np.column_stack([both[result.scores.index], result.normalised["y"]])
    np.testing.assert_array_equal(sorted_rows(dots(every)), sorted_rows(wanted))
    assert every.get_ylabel() == "Why, normalised"
    texts = both.rename(str, level=1)
    np.testing.assert_array_equal(dots(result.plot.scatter(texts, "y", period="2020:2021")), dots(every))


def test_a_series_of_periods(film):
    rain = pd.Series(np.arange(50.0), index=film.scores.index)
    np.testing.assert_array_equal(dots(film.plot.scatter(rain)), np.column_stack([rain, film.scores["film"]]))


def test_names_of_units_serve_too():
    index, table = hi.example("countries")
    result = index.compute(table)
    names = [str(result.panel.name(unit)) for unit in dict.fromkeys(result.panel.units)]
    ax = result.plot.scatter({name: i for i, name in enumerate(names)})
    assert len(dots(ax)) == len(names)


@pytest.mark.parametrize("n", [13, 120])
@pytest.mark.parametrize("given", [False, True])
def test_names_lie_over_no_name_no_dot_and_not_outside(n, given):
    import matplotlib.pyplot as plt
    from matplotlib.text import Text

    rng = np.random.default_rng(n)
    names = [f"County of the {side} Valley {i}" for i in range(n) for side in ("Upper", "Lower")][:n]
    index = hi.Index(unit="who", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    result = index.compute({"who": names, "x": rng.normal(size=n), "z": rng.lognormal(size=n)})
    ax = result.plot.scatter("z", ax=plt.subplots()[1] if given else None)
    ax.figure.draw_without_rendering()
    boxes = {text.get_text(): Text.get_window_extent(text) for text in ax.texts}
    assert len(boxes) >= min(n, 12) - 4
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes.values(), 2))
    places = ax.transData.transform(dots(ax))
    frame = ax.get_window_extent()
    for box in boxes.values():
        assert not ((places > [box.x0, box.y0]) & (places < [box.x1, box.y1])).all(axis=1).any()
        assert frame.x0 - 2 < box.x0 < box.x1 < frame.x1 + 2
        assert frame.y0 - 2 < box.y0 < box.y1 < frame.y1 + 2


def test_what_is_asked_wrongly_is_refused_by_name(valleys):
    result, table = valleys
    twice = pd.Series([1.0, 2.0, 3.0], index=["A", "A", "B"])
    for ask, error, said in (
        (
            lambda: result.plot.scatter("peopel"),
            hi.SpecError,
            "by: the table has no column 'peopel'; did you mean 'people'",
        ),
        (lambda: result.plot.scatter("who"), hi.SpecError, "by: the table has no column 'who'"),
        (lambda: result.plot.scatter("coast"), hi.SpecError, "by: 'coast' needs numbers, not 'east', 'west'"),
        (lambda: result.plot.scatter("people", "h"), hi.SpecError, "node: no 'h'"),
        (lambda: result.plot.scatter(twice), hi.SpecError, "by: labels that stand twice: 'A'"),
        (
            lambda: result.plot.scatter({"Q": 1.0}),
            hi.DataError,
            "by: no label is that of a row, such as 'Q'; there are",
        ),
        (lambda: result.plot.scatter({"A": np.nan}), hi.DataError, "by: no row has both a value"),
        (
            lambda: result.plot.scatter(table),
            hi.SpecError,
            "by: a column of the table, a Series or a mapping, not DataFrame",
        ),
        (lambda: result.plot.scatter(np.arange(16)), hi.SpecError, "not ndarray"),
    ):
        with pytest.raises(error, match=said):
            ask()


def test_too_few_rows_have_no_correlation(valleys):
    result, _ = valleys
    ax = result.plot.scatter({"A": 1, "B": 2})
    told = " ".join(ax.get_title().split())
    assert told.endswith("Pearson correlation none, Spearman correlation none, n = 2, 6 without a value of both")
    with speaking("zh"):
        said = result.plot.scatter("people").get_title().split("\n")[1]
    assert said.startswith("皮尔逊相关系数")
