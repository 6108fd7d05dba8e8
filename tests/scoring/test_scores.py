"""Scores of groups under several sets of weights at once: those of each set alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._scoring.scores import score


@pytest.mark.parametrize("scope", ["all", "period"])
def test_rows_compared_under_several_sets_of_weights_score_as_under_each(scope: str) -> None:
    rng = np.random.default_rng(6)
    frame = pd.DataFrame(rng.lognormal(size=(12, 3)), columns=list("abc"))
    frame = frame.assign(unit=list("pqrs") * 3, year=np.repeat([2001, 2002, 2003], 4))
    result = hi.Index(
        unit="unit",
        period="year",
        scope=scope,
        groups=[hi.Group("all", aggregate="topsis")],
        indicators=[hi.Indicator(code, "all") for code in "abc"],
    ).compute(frame)
    x, weights = result.normalised.to_numpy(), rng.dirichlet(np.ones(3), size=5)
    found = score(result.tree, {"all": weights}, x[np.newaxis], result.panel).values("all")
    assert found.shape == (5, 12)
    for w, scores in zip(weights, found, strict=True):
        alone = score(result.tree, {"all": w}, x, result.panel).values("all")
        np.testing.assert_allclose(scores, alone, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("direction", [1, -1])
def test_values_as_given_tie_only_where_they_are_the_same(direction: int) -> None:
    frame = pd.DataFrame({"a": [1.0, np.nextafter(1.0, 2), 3.0]})
    given = hi.Indicator("a", "all", direction=direction)
    index = hi.Index(groups=[hi.Group("all")], indicators=[given], normalise="rank")
    assert index.compute(frame).normalised["a"].tolist() == [1, 2, 3][::direction]
    about = index.replace({"a.direction": hi.Target(3.0)}).compute(frame).normalised["a"]
    assert about.tolist() == [1.5, 1.5, 3], "distances are computed, so that they tie but for rounding"
