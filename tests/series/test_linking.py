"""Series that are linked: what is compared, and what is said of it."""

import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index.log import journal

YEARS = [2018, 2019, 2020, 2021]


def told(old, new, at):
    """Return the first level, and what was noted."""
    with journal() as entries:
        found = hi.series.link(old, new, at)
    return found.loc[2018], [entry.why for entry in entries if "values in both series" in entry.why]


@pytest.mark.parametrize(
    ("first", "second", "at", "level", "lines"),
    [
        ([1.0, 2.0, 4.0, None], [None, 4.0, 8.0, 9.0], slice(2019, 2020), 2.0, 0),
        ([1.0, 2.0, 4.0, None], [None, 4.0, 6.0, 9.0], slice(2018, 2020), 5 / 3, 1),
        ([1.0, 2.0, None, None], [None, 4.0, 6.0, 9.0], slice(2019, 2020), 2.0, 1),
        ([1.0, 2.0, 4.0], [None, 4.0, 6.0, 9.0], slice(2019, 2021), 5 / 3, 1),
    ],
)
def test_periods_that_only_one_series_has_are_left_out_and_told(first, second, at, level, lines):
    """The old series is multiplied by the ratio of the means over the periods that both have."""
    old, new = (pd.Series(values, index=YEARS[: len(values)], dtype=float) for values in (first, second))
    found, noted = told(old, new, at)
    assert found == pytest.approx(level, rel=1e-12)
    assert len(noted) == lines
