"""Choices that see other rows are named, each with what to choose instead; all others are not."""

from __future__ import annotations

import pytest
from support.indexes import two_levels

import hengdian_index as hi
from hengdian_index._batches.choices import needing_all


def told(**choices):
    """Return what is said of an index."""
    index = hi.Index(
        unit="u", period="p", groups=[hi.Group("g")],
        indicators=[hi.Indicator("a", "g", **choices.pop("own", {})), hi.Indicator("b", "g")], **choices,
    )  # fmt: skip
    return needing_all(index.tree, index.setting)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"own": {"impute": "carry_forward"}}, "indicator 'a': carry_forward fills from other periods of the unit"),
        ({"own": {"impute": "neighbours"}}, "indicator 'a': neighbours fills from all fit rows"),
        ({"own": {"deseasonalise": "stl"}}, "indicator 'a': deseasonalise works through the periods of a unit"),
        ({"own": {"cumulative": "year"}}, "indicator 'a': cumulative takes off the period before"),
        ({"own": {"growth": "year"}}, "indicator 'a': growth chains the levels of a unit"),
        ({"own": {"deflate": "cpi"}}, "indicator 'a': deflate names the base of its prices from all rows"),
        ({"aggregate": "topsis"}, "group 'g': topsis compares rows; a mean scores each by itself"),
        ({"unit_coverage": 0.5}, "unit_coverage counts the cells of all rows of a unit"),
        ({"series": "ratio", "base": "2001"}, "series = 'ratio' chains the levels of a unit"),
        ({"weigh_on": "period"}, "weigh_on = 'period' learns weights in each period"),
        ({"new_units": "link", "base": "2001"}, "new_units = 'link' takes the level of new units from the others"),
        ({"own": {"start": "2003"}}, "start, end, replaces and weights_since link the levels of a unit"),
        ({"normalise": lambda x: x * 2.0}, "is a function of all rows; one of statistics is fitted in pieces"),
    ],
)
def test_what_sees_other_rows_is_named(choices, said):
    assert any(said in one for one in told(**choices))


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"normalise": "none"},
        {"weights": "critic", "treat": "jrc", "impute": "peers"},
        {"aggregate": {"method": "owa", "order_weights": [1, 2]}},
        {"new_units": "missing", "base": "2001", "weigh_on": "base"},
        {"own": {"start": "2003"}, "content": "restate"},
        {"data": {"missing_marks": ["-"]}},
    ],
)
def test_what_sees_its_own_row_alone_is_not(choices):
    assert told(**choices) == []


def test_what_must_be_in_memory_says_so_by_name_and_size_and_is_refused_beyond_it(monkeypatch, tmp_path, caplog):
    from support.streams import parquet
    from support.tables import table

    from hengdian_index._batches import memory

    path = parquet(table(), tmp_path / "t.parquet", 4)
    index = two_levels()
    with caplog.at_level("INFO", "hengdian_index"):
        result = index.compute(path)
    assert "t.parquet (12 rows of 5 columns" in caplog.text
    assert "is read into memory whole" in caplog.text
    assert any("is read into memory whole" in one for one in result.log["why"])
    monkeypatch.setattr(memory, "_free", lambda: 10)
    with pytest.raises(hi.DataError, match=r"of memory is needed at one time, .* is free; index\.fit\(source\)"):
        index.compute(path)
    assert index.fit(path).rows["count"] == 12
