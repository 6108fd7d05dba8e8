"""Pictures of units without a level, of scales without a zero, of small steps and rare ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index.errors import DataError

pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots").use("Agg")


def late_towns(n: int, late: int, **options) -> hi.Result:
    """Return a result of n towns in three years, of which some have no first year."""
    values = np.random.default_rng(3).uniform(1, 9, (3 * n, 2))
    frame = pd.DataFrame(values, columns=["a", "b"])
    frame = frame.assign(town=np.repeat([f"T{i}" for i in range(n)], 3), year=np.tile([2019, 2020, 2021], n))
    frame = frame[~(frame["town"].isin([f"T{i}" for i in range(late)]) & (frame["year"] == 2019))]
    chosen = {"base": "2019", "new_units": "missing", "normalise": {"method": "min_max", "lower": 1, "upper": 100}}
    groups, indicators = [hi.Group("all")], [hi.Indicator("a", "all"), hi.Indicator("b", "all")]
    return hi.Index(unit="town", period="year", groups=groups, indicators=indicators, **(chosen | options)).compute(
        frame
    )


@pytest.mark.parametrize(
    ("n", "late", "title", "drawn"),
    [
        (12, 0, "all: the 8 of 12 units with the highest scores", 8),
        (12, 3, "all: the 8 highest by score of the 9 units with a level, 3 without", 8),
        (12, 7, "all: the 5 units with a level, 7 without", 5),
        (4, 1, "all, 1 without a level", 4),
    ],
)
def test_units_without_a_level_are_counted_apart(n, late, title, drawn):
    ax = late_towns(n, late).plot.lines()
    assert ax.get_title().replace("\n", " ") == title
    assert len([line for line in ax.lines if str(line.get_label()).startswith("T")]) == drawn


def test_why_a_unit_has_no_change_speaks_of_that_unit():
    with pytest.raises(DataError) as error:
        late_towns(12, 3).plot.change(unit="T1")
    assert "(there are 2 rows of unit 'T1'; periods run from 2020 to 2021)" in str(error.value)


def test_on_a_scale_without_a_zero_all_lines_change_in_points():
    result = late_towns(5, 0, base=None, normalise="z_score", new_units="refuse")
    scores = result.scores["all"].unstack()
    last = [text.get_text() for text in result.plot.lines().texts]
    change = (scores[2021] - scores[2020]).to_dict()
    assert {text.partition("\n")[0]: text.rpartition("(")[2] for text in last} == {
        town: f"{value:+.2f} points)".replace("-", "−") for town, value in change.items()
    }


def test_with_a_base_lines_change_in_per_cent():
    result = late_towns(5, 0)
    assert all(text.get_text().endswith(" %)") for text in result.plot.lines().texts)
    bare = late_towns(5, 0, base=None, normalise="z_score", new_units="refuse")
    shifted = late_towns(5, 0, base=None, new_units="refuse")
    assert all(text.get_text().endswith(" %)") for text in shifted.plot.lines().texts)
    assert not any(text.get_text().endswith(" %)") for text in bare.plot.lines().texts)


def test_small_steps_have_the_decimals_that_tell_them_from_0():
    result = late_towns(
        2, 0, base=None, normalise={"method": "min_max", "lower": 0.001, "upper": 0.002}, new_units="refuse"
    )
    parts = result.contributions().loc[("T1", 2021)].to_numpy()
    written = [text.get_text().replace("−", "-") for text in result.plot.waterfall(unit="T1").texts][1:-1]
    steps = parts[np.argsort(-np.abs(parts))]
    np.testing.assert_allclose([float(text) for text in written], steps, atol=5e-7)
    assert all(float(text) for text in written)
    assert len({len(text) for text in written}) == 1


def test_ranks_in_half_a_per_cent_of_the_draws_or_less_are_not_0(draws, monkeypatch):
    shares = draws.rank_frequency.copy()
    shares.iloc[:, :] = 0.0
    shares.iloc[:, :4] = [0.005, 0.004, 0.006, 0.985]
    monkeypatch.setattr(type(draws), "rank_frequency", property(lambda found: shares))
    texts = [text.get_text() for text in draws.plot.rank_frequency().texts]
    assert texts[:4] == ["<1", "<1", "1", "98"]
    assert set(texts) == set(texts[:4])
