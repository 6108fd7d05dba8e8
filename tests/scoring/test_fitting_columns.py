"""Large tables: columns computed where they are needed, scores made once, nothing copied that others may write to."""

from __future__ import annotations

import logging
import pickle

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._scoring import fitting
from hengdian_index._tables.read_panel import read_panel
from hengdian_index.errors import DataError


def index(**more: object) -> hi.Index:
    """Return an index of two levels with a chained map, a computed indicator, costs, targets and compared rows."""
    fields = {"weights": "entropy", "normalise": {"method": "min_max", "lower": 1, "upper": 10}} | more
    groups = [hi.Group("all", aggregate="geometric"), hi.Group("left", "all"), hi.Group("right", "all")]
    indicators = [
        hi.Indicator("a", "left", direction=-1),
        hi.Indicator("b", "left", denominator="size"),
        hi.Indicator("c", "left", treat={"method": "winsorise", "points": 2}),
        hi.Indicator("d", "right", direction=hi.Target(5.0), normalise={"method": "min_max", "lower": 1, "upper": 2}),
        hi.Indicator("e", "right", normalise={"method": "rank"}, impute="median"),
        hi.Indicator("f", "right"),
    ]
    return hi.Index(unit="who", groups=groups, indicators=indicators, **fields)


def firms(n: int = 300, gaps: float = 0.05) -> pd.DataFrame:
    """Return n rows with gaps."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(rng.uniform(1, 9, (n, 6)), columns=list("abcdef"))
    frame = frame.mask(rng.random(frame.shape) < gaps)
    return frame.assign(size=rng.uniform(2, 3, n), who=[f"w{i}" for i in range(n)])


@pytest.fixture
def by_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the normalised columns of every table computed where they are needed."""
    monkeypatch.setattr(fitting, "_AT_ONCE", 0)


def same(one: hi.Result, other: hi.Result) -> None:
    """Assert that two results say the same, to the last bit."""
    pd.testing.assert_frame_equal(one.scores, other.scores, check_exact=True)
    pd.testing.assert_frame_equal(one.normalised, other.normalised, check_exact=True)
    pd.testing.assert_frame_equal(one.prepared, other.prepared, check_exact=True)
    pd.testing.assert_series_equal(one.weights, other.weights, check_exact=True)
    assert one.entries == other.entries
    for branch in one.tree.branches:
        np.testing.assert_array_equal(one.rows.row_weights(branch), other.rows.row_weights(branch))


@pytest.mark.parametrize("more", [{}, {"fit_on": slice(0, 200)}, {"weigh_scale": "score"}], ids=str)
def test_columns_one_by_one_give_what_all_at_once_give(
    more: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = index(**more).compute(firms())
    monkeypatch.setattr(fitting, "_AT_ONCE", 0)
    same(index(**more).compute(firms()), at_once)


@pytest.mark.parametrize("more", [{}, {"fit_on": slice(0, 200)}], ids=str)
def test_fit_and_score_in_one_is_what_they_are_one_after_the_other(more: dict[str, object]) -> None:
    computed, scored = index(**more).compute(firms()), index(**more).fit(firms()).score(firms())
    same(computed, scored)


@pytest.mark.usefixtures("by_column")
def test_all_values_that_normalisations_refuse_are_told_at_once() -> None:
    frame = firms(gaps=0)
    frame.loc[3, "a"] = frame.loc[4, "f"] = -1.0
    parts = [hi.Indicator(code, "all", direction=-1) for code in "abf"]
    own = hi.Index(groups=[hi.Group("all")], indicators=parts, normalise={"method": "relative", "to": "mean"})
    fitted = own.fit(frame[list("abf")].abs())
    with pytest.raises(DataError) as error:
        fitted.score(frame[list("abf")])
    assert len(error.value.faults) == 2
    assert "'a'" in str(error.value)
    assert "'f'" in str(error.value)


def test_each_line_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="hengdian_index"):
        result = index().compute(firms())
    said = [record.getMessage() for record in caplog.records]
    lines = [f"{entry.step}: {entry.why}" for entry in result.entries if entry.unit is not None]
    assert sorted(line for line in said if line in set(lines)) == sorted(lines)


@pytest.mark.parametrize("columns", [list("ab"), list("ba"), ["a", "c"]], ids="".join)
def test_what_is_written_to_a_table_later_moves_nothing(columns: list[str]) -> None:
    frame = pd.DataFrame(np.random.default_rng(1).uniform(1, 9, (50, 3)), columns=list("abc"))
    wanted = frame[columns].to_numpy(copy=True)
    panel = read_panel(frame, columns)
    frame.iloc[0, :] = -1.0
    frame["a"] = 7.0
    np.testing.assert_array_equal(panel.values, wanted)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(panel)).values, wanted)


def test_what_is_written_to_an_array_later_moves_nothing() -> None:
    for order in "CF":
        x = np.array(np.random.default_rng(1).uniform(1, 9, (50, 2)), order=order)
        wanted, panel = x.copy(), read_panel(x, ["a", "b"])
        x[:] = 0
        np.testing.assert_array_equal(panel.values, wanted)


def test_a_users_function_that_writes_to_its_rows_moves_nothing() -> None:
    def halved(x: np.ndarray, fit_on: np.ndarray | None = None) -> np.ndarray:
        x /= 2
        return x

    frame = firms(gaps=0)
    before = frame.copy()
    part = hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator("a", "all"), hi.Indicator("f", "all")])
    result = part.replace({"normalise": halved}).compute(frame)
    pd.testing.assert_frame_equal(frame, before)
    np.testing.assert_array_equal(result.raw["a"], frame["a"])
    np.testing.assert_allclose(result.scores["all"], (frame["a"] + frame["f"]) / 4, rtol=1e-14)


def test_infinity_is_refused_in_a_table_of_plain_numbers_with_gaps() -> None:
    frame = firms()
    frame.loc[7, "f"] = np.inf
    with pytest.raises(DataError, match=r"'f'.*infinity is no value"):
        index().compute(frame)
