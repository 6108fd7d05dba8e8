"""Every choice of a method in a small index, and fits whose answers are the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.indexes import POSITIVE
from support.laws import placed, sized, variants
from support.tables import table

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES, Method

# Choices that the variants of the law tests leave out.
MORE = [
    ("aggregate", "owa", {"order_weights": [1, 2, 3]}),
    ("impute", "group_mean", {"groups": "kind"}),
    ("impute", "group_median", {"groups": "kind"}),
    ("treat", "winsorise", {"points": 2}),
    ("treat", "box_cox", {"lmbda": -0.5}),
]


def same_answers(fitted: hi.Fitted, loaded: hi.Fitted, *frames: Any) -> None:
    """Assert that two fits score tables alike to the bit, with the same log."""
    for frame in frames:
        one, other = fitted.score(frame), loaded.score(frame)
        for ask in ("scores", "normalised", "prepared", "weights", "weights_by_period", "effective_weights"):
            assert getattr(one, ask).equals(getattr(other, ask))
        pd.testing.assert_frame_equal(one.log, other.log)
        assert one.provenance["spec_sha256"] == other.provenance["spec_sha256"]
        assert str(one.fit_rows) == str(other.fit_rows)


def wide(seed: int, n: int = 14) -> pd.DataFrame:
    """Return n quarters of positive numbers with a far one and gaps after the fifth row, and groups of the rows."""
    frame = table(n, seed, "abc")
    frame.loc[4, "a"] *= 40
    frame.loc[[5, 9], "b"] = np.nan
    frame.loc[7, "c"] = np.nan
    return frame.assign(kind=["high", "low"] * (n // 2))


def suited(method: Method, options: dict[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose numbers lie in the domain that a normalisation declares."""
    numbers = list("abc")
    return frame.assign(**dict(zip(numbers, placed(method, options, frame[numbers].to_numpy()).T, strict=True)))


def chosen(family: str, method: Method, options: dict[str, Any]) -> hi.Index:
    """Return an index of three indicators under one choice."""
    given = {"normalise": POSITIVE, "coverage": 0.3, family: {"method": method.name, **sized(options, 3)}}
    indicators = [hi.Indicator(code, "all") for code in "abc"]
    return hi.Index(period="quarter", fit_on="2001:2003Q1", groups=[hi.Group("all")], indicators=indicators, **given)


def choices() -> list[Any]:
    """Return (family, method, options) for every variant of every method that an index may choose."""
    found = [
        (family, *case.values, case.id)
        for family in ("normalise", "weights", "aggregate", "treat", "impute")
        for judged in (False, True)
        for case in variants(family, judged=judged, having=lambda method, _: "by" not in method.traits.get("needs", ()))
    ]
    found += [(family, FAMILIES[family][name], options, f"{name} {options}") for family, name, options in MORE]
    return [pytest.param(family, method, options, id=f"{family} {name}") for family, method, options, name in found]
