"""Options that are integers beyond those of an array: a float where a float does, else a refusal in words."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from support.indexes import two_levels
from support.laws import own
from support.tables import table

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES

LARGE = [2**63, 2**64, -(2**64), 10**99, 10**400]
OPTIONS = [
    (family, method.name, option)
    for family in ("normalise", "aggregate", "treat", "impute", "weights")
    for method in own(family)
    if not method.traits.get("needs") or family == "impute"
    for option in method.options
]


def tried(call: Any) -> str:
    """Return what a call is refused with, empty if it is not; anything but an error of the package is raised."""
    try:
        call()
    except (hi.SpecError, hi.DataError) as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("family", "name", "option"), OPTIONS)
def test_no_option_meets_a_number_it_cannot_hold(family: str, name: str, option: str) -> None:
    for large in LARGE:
        choice = {"method": name, option: large}
        group = [hi.Group("t")]
        children = [hi.Indicator("a", "t"), hi.Indicator("b", "t")]
        found = tried(partial(hi.Index, groups=group, indicators=children, **{family: choice}))
        assert "a mapping of its fields" not in found
        given = {"code": "a", "parent": "t", family: choice}
        if family != "weights" and family != "aggregate":
            found = tried(partial(hi.Index, groups=group, indicators=[given]))
            assert "a mapping of its fields" not in found
        x = [[1.0, 4.0], [2.0, 3.0], [5.0, 9.0], [8.0, 8.5], [9.0, 6.0]]
        if FAMILIES[family][name].sees != "judgement":
            tried(partial(getattr(getattr(hi, family), name), x, **{option: large}))


def test_a_large_integer_is_the_float_it_stands_for() -> None:
    x = np.array([2.0, 3.0, 7.0])
    assert hi.normalise.min_max(x, upper=2**64).tolist() == hi.normalise.min_max(x, upper=2.0**64).tolist()
    text = """
    [index]
    normalise = { method = "min_max", upper = 18446744073709551616 }
    [[group]]
    code = "t"
    [[indicator]]
    code = "a"
    parent = "t"
    """
    index = hi.Index.from_toml(text)
    assert index.compute({"a": x}).scores["t"].tolist() == [0.0, 2.0**64 / 5, 2.0**64]
    assert hi.Index.from_toml(index.to_toml()) == index


def test_a_whole_number_that_is_too_large_is_told_with_its_line() -> None:
    text = '[index]\nimpute = { method = "regression", rng = 123456789012345678901234567 }\n[[group]]\ncode = "t"\n'
    with pytest.raises(hi.SpecError, match=r"index.toml:2: .*rng: 123456789012345678901234567 is too large"):
        hi.Index.from_toml(text + '[[indicator]]\ncode = "a"\nparent = "t"\n')
    with pytest.raises(hi.SpecError, match="rng: a whole number from 0 to 4294967295"):
        hi.impute.regression([[1.0, 2.0], [2.0, np.nan]], rng=2**32)


@pytest.mark.parametrize("large", [2**64, 10**400])
def test_functions_and_results_take_large_numbers_or_say_why_not(large: int) -> None:
    index, frame = two_levels(), table()
    result = index.compute(frame)
    series = [1.0, 2.0, 4.0]
    for told in (
        tried(lambda: hi.series.changes(series, lag=large)),
        tried(lambda: hi.series.contributions([[1.0, 2.0], [2.0, 3.0]], [0.5, 0.5], lag=large)),
        tried(lambda: hi.treat.winsorise(series, points=large)),
        tried(lambda: hi.uncertainty(index, frame, {"weights": hi.Noise(0.3)}, draws=large)),
        tried(lambda: result.changes(lag=large)),
    ):
        assert told
    for name in ("series", "changes", "contributions", "factors"):
        told = tried(lambda name=name: getattr(result, name)(to=large))
        assert bool(told) == (large == 10**400), name
