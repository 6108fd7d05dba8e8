"""Bounds that are learnt from the fit rows, beside slow ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW

import hengdian_index as hi
from hengdian_index.normalise import efficacy, goalposts, min_max

VALUES = st.lists(st.integers(-40, 40).map(float), min_size=8, max_size=25, unique=True).map(np.array)


def mean_of(x: np.ndarray, k: int, *, largest: bool) -> float:
    """Return the mean of the k largest or smallest."""
    return sum(sorted(x.tolist(), reverse=largest)[:k]) / k


@LAW
@given(VALUES, st.integers(1, 4), st.sampled_from([0, 2.5, 10, 37.5]), st.sampled_from([1, -1]))
def test_the_bounds_of_min_max_follow_the_direction(x: np.ndarray, k: int, q: float, direction: int) -> None:
    turned = direction * x
    worst, best = float(np.percentile(turned, q)), mean_of(turned, k, largest=True)
    if worst >= best:
        return
    found = min_max(x, worst=f"percentile({q})", best=f"best_mean({k})", direction=direction, upper=100, clip=True)
    np.testing.assert_allclose(found, np.clip(100 * (turned - worst) / (best - worst), 0, 100), rtol=1e-9, atol=1e-9)


@LAW
@given(VALUES, st.integers(1, 3), st.sampled_from([1, -1]))
def test_the_mean_of_the_best_is_that_of_the_smallest_where_smaller_is_better(
    x: np.ndarray, k: int, direction: int
) -> None:
    low, high = mean_of(x, k, largest=False), mean_of(x, k, largest=True)
    words = {"low": f"worst_mean({k})", "high": f"best_mean({k})"}
    if direction == -1:
        words = {"low": f"best_mean({k})", "high": f"worst_mean({k})"}
    given_ = goalposts(x, low=low, high=high, direction=direction, clip=False)
    np.testing.assert_allclose(goalposts(x, **words, direction=direction, clip=False), given_, rtol=1e-9, atol=1e-9)


def test_a_bound_of_one_column_may_be_learnt_and_of_another_given() -> None:
    x = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 40.0], [50.0, 80.0]])
    found = goalposts(x, low={0: "percentile(0)", 1: 0}, high={0: "best_mean(2)", 1: "percentile(100)"}, clip=False)
    np.testing.assert_allclose(found, np.column_stack([(x[:, 0] - 1) / 25.5, x[:, 1] / 80]))


def test_learnt_bounds_are_those_of_the_fit_rows_and_of_each_table_of_a_stack() -> None:
    fitted = min_max.fit([0.0, 5.0, 10.0, 20.0], best="best_mean(2)")
    np.testing.assert_allclose(fitted([30.0, 15.0]), [2.0, 1.0])
    stack = np.array([[[0.0], [5.0], [10.0], [20.0]], [[0.0], [50.0], [100.0], [200.0]]])
    found = goalposts(stack, low=0, high="best_mean(2)")
    np.testing.assert_allclose(found[0], found[1])


def test_limits_of_a_base_year_by_percentiles_are_those_of_the_digital_finance_index() -> None:
    year = np.geomspace(1.0, 100.0, 21)
    low, high = np.percentile(year, [5, 95])
    found = efficacy([low, high, 300.0], fit_on=year, low="percentile(5)", high="percentile(95)", form="log", floor=0)
    np.testing.assert_allclose(found, [0, 100, 100 * np.log(300 / low) / np.log(high / low)], atol=1e-9)


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda x: min_max(x, best="best_mean(0)"), "best: best_mean takes how many of the fit rows, 1 or more, not 0"),
        (lambda x: min_max(x, best="best_mean(1.5)"), "1 or more, not 1.5"),
        (lambda x: min_max(x, worst="percentile(101)"), "worst: a percentile runs from 0 to 100, not 101"),
        (lambda x: goalposts(x, low="mean(3)", high=9), r"low: a number, or 'best_mean\(5\)'"),
        (lambda x: goalposts(x, low="percentile(90)", high="percentile(10)"), "low = .* must be below high"),
        (lambda x: min_max(x, best="best_mean(9)"), r"best_mean\(9\) needs 9 values in the rows to learn from"),
        (lambda x: min_max(x, worst="best_mean(1)", best="worst_mean(1)"), "its worst end is not below its best end"),
    ],
)
def test_bounds_that_cannot_be_are_refused(call, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        call([1.0, 2.0, 4.0, 8.0])


def test_bounds_are_written_to_a_file_and_said_in_both_languages(tmp_path) -> None:
    index = hi.Index(
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("a", "all"), hi.Indicator("b", "all", direction=-1)],
        normalise={"method": "min_max", "worst": "percentile(2.5)", "best": "best_mean(2)", "upper": 100, "clip": True},
    )
    assert hi.Index.from_toml(index.to_toml()) == index
    index.write(tmp_path / "spec.xlsx")
    assert hi.Index.read(tmp_path / "spec.xlsx") == index
    table = {"a": [1.0, 5.0, 7.0, 9.0], "b": [4.0, 3.0, 2.0, 0.0]}
    result = index.compute(table)
    fitted = index.fit(table)
    fitted.save(tmp_path / "fit.json")
    later = hi.Fitted.load(tmp_path / "fit.json").score({"a": [8.0], "b": [1.0]})
    assert later.scores["all"].tolist() == [100.0]
    english, chinese = (str(result.method(lang=lang)) for lang in ("en", "zh"))
    assert "mean of the 2 best fit rows" in english
    assert "percentile 2.5" in english
    assert "最好的2个值的均值" in chinese
    assert "第2.5百分位数" in chinese
