"""Choices as a spec says them: directions that a method takes as an option, in Python, in TOML and in a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import hengdian_index as hi

TABLE = pd.DataFrame({"a": [1.0, 2.0, 4.0, 3.0], "target": [6.0, 3.0, 5.0, 9.0], "c": [5.0, 2.0, 9.0, 4.0]})
DIRECTIONS: dict[str, tuple[Any, Any]] = {
    "an interval for a column": ({"target": {"between": [4, 5]}, "c": -1}, {"target": hi.Between(4, 5), "c": -1}),
    "worst limits": (
        {"c": {"between": [4, 5], "worst_low": 1, "worst_high": 10}},
        {"c": hi.Between(4, 5, worst_low=1, worst_high=10)},
    ),
    "a target for a column": ({"c": {"target": 4}}, {"c": hi.Target(4)}),
    "a column of that name": ({"target": -1}, {"target": -1}),
    "a target for a column of that name": ({"target": {"target": 5}}, {"target": hi.Target(5)}),
    "one interval for all": ({"between": [2, 5]}, hi.Between(2, 5)),
    "one target for all": ({"target": 4.5}, hi.Target(4.5)),
    "one a column": ([1, {"target": 5}, -1], [1, hi.Target(5), -1]),
}


def by(direction: Any) -> hi.Index:
    return hi.Index(
        groups=[hi.Group("all", aggregate={"method": "topsis", "direction": direction})],
        indicators=[hi.Indicator(code, "all") for code in TABLE],
        normalise="none",
    )


@pytest.mark.parametrize("name", DIRECTIONS)
def test_a_direction_among_the_options_is_written_and_read_as_that_of_an_indicator(name: str, tmp_path: Path) -> None:
    written, value = DIRECTIONS[name]
    index = by(value)
    assert by(written) == index
    assert hi.Index.from_toml(index.to_toml()) == index
    index.write(tmp_path / "index.xlsx")
    assert hi.Index.read(tmp_path / "index.xlsx") == index
    expected = hi.aggregate.topsis(TABLE, direction=value)
    assert index.compute(TABLE).scores["all"].tolist() == pytest.approx(expected.tolist(), rel=1e-12)


@pytest.mark.parametrize("wrong", [{"c": {"between": [5, 4]}}, {"c": {"near": 5}}, {"c": {"between": 5}}])
def test_a_direction_that_is_none_is_refused_with_what_may_stand_there(wrong: Any) -> None:
    with pytest.raises(hi.SpecError, match=r"group 'all': aggregate: .*(limits must rise|in TOML \{ target = 5 \})"):
        by(wrong)
