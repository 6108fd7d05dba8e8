"""Rows measured by reference rows: what the reference alone gives, each row for itself, kept by a fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, attempt, close, own, public, tables, weights_for
from support.tables import panel

import hengdian_index as hi

METHODS = [m for m in own("aggregate") if m.traits.get("refers")]
EVERY = pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)


def test_the_methods_with_ideals_have_it() -> None:
    named = {m.name for m in METHODS}
    assert {"topsis", "vikor", "edas", "marcos", "waspas", "aras", "mabac", "wroclaw"} <= named


@EVERY
@LAW
@given(data=st.data(), x=tables(rows=(7, 10), sign=1, gaps=True))
def test_rows_beside_themselves_are_those_compared(method: Any, data: st.DataObject, x: np.ndarray) -> None:
    w = data.draw(weights_for(x.shape[1]))
    wanted = attempt(public(method), x, w, coverage=0.0)
    close(public(method)(x, w, reference=x, coverage=0.0), wanted)


@EVERY
@LAW
@given(x=tables(rows=(9, 12), sign=1, unique=True), direction=st.sampled_from([1, -1]))
def test_no_row_changes_the_score_of_another(method: Any, x: np.ndarray, direction: int) -> None:
    options = {} if method.name in ("vikor", "wroclaw") else {"direction": direction}
    known, later = x[:6], x[6:]
    found = attempt(public(method), later, reference=known, **options)
    alone = [public(method)(row[np.newaxis], reference=known, **options)[0] for row in later]
    close(found, np.array(alone))
    close(public(method)(later[::-1], reference=known, **options), found[::-1])


def test_topsis_beside_a_slow_one_with_fixed_ideals() -> None:
    known, later = np.array([[1.0, 9.0], [4.0, 5.0], [2.0, 2.0]]), np.array([[3.0, 3.0], [9.0, 12.0]])
    w = np.array([0.3, 0.7])
    length = np.sqrt((known**2).sum(axis=0))
    best, worst = known.max(axis=0), known.min(axis=0)
    wanted = []
    for row in np.clip(later, worst, best):
        far = np.sqrt(((w * (best - row) / length) ** 2).sum())
        near = np.sqrt(((w * (row - worst) / length) ** 2).sum())
        wanted.append(near / (near + far))
    np.testing.assert_allclose(hi.aggregate.topsis(later, w, reference=known), wanted, rtol=1e-12)
    assert wanted[1] == 1


def test_vikor_beside_a_slow_one_with_fixed_ends() -> None:
    known, later = np.array([[1.0, 9.0], [4.0, 5.0], [2.0, 2.0]]), np.array([[3.0, 3.0], [4.0, 8.0]])
    low, high = known.min(axis=0), known.max(axis=0)

    def loss(row: np.ndarray) -> tuple[float, float]:
        u = 0.5 * (high - row) / (high - low)
        return u.sum(), u.max()

    s, r = np.array([loss(row) for row in known]).T
    wanted = []
    for row in later:
        own_s, own_r = loss(row)
        q = (own_s - s.min()) / (s.max() - s.min()) / 2 + (own_r - r.min()) / (r.max() - r.min()) / 2
        wanted.append(1 - q)
    np.testing.assert_allclose(hi.aggregate.vikor(later, reference=known), wanted, rtol=1e-12)


def index_of(method: str, **choices: Any) -> hi.Index:
    """Return an index of a group measured by the fit rows, below a mean."""
    groups = [hi.Group("top"), hi.Group("g", "top", aggregate={"method": method, "reference": "fit"})]
    leaves = [hi.Indicator("a", "g"), hi.Indicator("b", "g", direction=-1), hi.Indicator("c", "top")]
    scale = {"method": "min_max", "lower": 1, "upper": 100, "clip": True}
    given = {"unit": "city", "period": "quarter", "fit_on": "2001Q1:2001Q3", "normalise": scale}
    return hi.Index(groups=groups, indicators=leaves, **{**given, **choices})


@EVERY
def test_a_fit_keeps_the_rows_that_others_are_measured_by(method: Any, tmp_path: Any) -> None:
    rows, index = panel(5, "pqrst"), index_of(method.name)
    whole = index.compute(rows)
    z = whole.normalised[["a", "b"]]
    known = z[z.index.get_level_values("quarter") <= "2001Q3"]
    plain = {"norm": "none"} if "norm" in method.options else {}
    np.testing.assert_allclose(whole.scores["g"], public(method)(z, reference=known, **plain), rtol=1e-9)
    fitted = index.fit(rows)
    fitted.save(tmp_path / "fit.json")
    for one in (fitted, hi.Fitted.load(tmp_path / "fit.json")):
        later = one.score(rows[(rows["quarter"] == "2002Q1") & rows["city"].isin(["p", "r"])])
        np.testing.assert_allclose(later.scores, whole.scores.loc[later.scores.index], rtol=1e-12)
    assert f"{method.name} measures by the 15 fit rows that it keeps" in " ".join(whole.log["why"])
    assert hi.Index.from_toml(index.to_toml()) == index
    steps = whole.explain("q", "2002Q1", node="g").steps
    assert "measured by 15 fit rows: " in steps["what"].iloc[-1]
    assert steps["formula"].iloc[-1]


def test_contributions_and_draws_go_through_it() -> None:
    rows, index = panel(5, "pqrst"), index_of("vikor")
    result = index.compute(rows)
    parts = result.contributions("g")
    changes = result.scores["g"].groupby(level="city", sort=False).diff().dropna()
    np.testing.assert_allclose(parts.dropna().sum(axis=1), changes, rtol=1e-9, atol=1e-9)
    assert "other rows" not in parts
    drawn = hi.uncertainty(index, rows, {"top.weights": hi.Noise(0.1)}, draws=8)
    assert drawn.scores.notna().all(axis=None)
    moved = index.replace({"c.end": "2001Q4"})
    assert moved.compute(rows).scores["g"].notna().all()


def test_the_statement_says_it_in_both_languages() -> None:
    result = index_of("topsis").compute(panel(5, "pqrst"))
    assert "measured by the fit rows, which are kept" in result.method()
    assert "参照固定的参数确定期" in result.method("zh")
    assert "Rows are compared with all rows scored" not in result.method()


def test_what_cannot_be_a_reference_is_refused() -> None:
    x = [[1.0, 2.0], [3.0, 1.0]]
    with pytest.raises(hi.SpecError, match="reference = 'fit' is for an index"):
        hi.aggregate.topsis(x, reference="fit")
    with pytest.raises(hi.SpecError, match="reference: a table of 2 columns, one row or more"):
        hi.aggregate.topsis(x, reference=[[1.0], [2.0]])
    with pytest.raises(hi.DataError, match="constant over the rows compared"):
        hi.aggregate.vikor(x, reference=[[1.0, 2.0], [1.0, 3.0]])
    with pytest.raises(hi.DataError, match=r"row 1: -3: this method aggregates ratios of sizes"):
        hi.aggregate.edas([[1.0, 2.0], [1.0, -3.0]], reference=x)
    with pytest.raises(hi.DataError, match="edas: reference: this method aggregates ratios"):
        hi.aggregate.edas(x, reference=[[1.0, 2.0], [-1.0, 3.0]])


def test_a_method_with_given_bounds_does_not_say_that_it_compares() -> None:
    group = hi.Group("g", aggregate={"method": "spotis", "low": 0, "high": 1})
    index = hi.Index(groups=[group], indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g")])
    result = index.compute(pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [3.0, 1.0, 2.0]}))
    assert not result.log["why"].str.contains("compares all rows").any()
