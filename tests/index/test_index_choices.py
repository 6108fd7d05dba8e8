"""A word of a choice that is a missing value, a list or a mapping is refused like any other that is not allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi

NOISE = {"weights": hi.Noise(0.3)}
ASKED: dict[str, Callable[[Any], Any]] = {
    **{f"index {name}": lambda odd, name=name: two_levels(**{name: odd}) for name in ("impute", "treat")},
    "index deseasonalise": lambda odd: two_levels(deseasonalise=odd),
    "indicator treat": lambda odd: hi.Indicator("a", "left", treat=odd),
    "replace": lambda odd: two_levels().replace({"treat": odd}),
    "address": lambda odd: two_levels().replace({tuple(odd) if isinstance(odd, list) else odd: 1}),
    "check address": lambda odd: two_levels().check_address(odd),
    "uniform": lambda odd: hi.Uniform(odd, 1),
    "infeasible": lambda odd: hi.uncertainty(two_levels(), table(), NOISE, draws=8, infeasible=odd),
    "node": lambda odd: hi.uncertainty(two_levels(), table(), NOISE, draws=8, node=odd),
    "sensitivity": lambda odd: hi.sensitivity(two_levels(), table(), NOISE, draws=8, of=odd),
    "level": lambda odd: hi.remove_one(two_levels(), table(), level=odd),
    "correlation": lambda odd: hi.diagnose.correlations([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0]], how=odd),
    **{
        f"contributions {name}": lambda odd, name=name: two_levels().compute(table()).contributions(**{name: odd})
        for name in ("node", "of", "depth", "split", "share")
    },
    "changes": lambda odd: two_levels().compute(table()).changes(how=odd),
    "explain": lambda odd: two_levels().compute(table()).explain(node=odd, period="2002Q1"),
    "ranks": lambda odd: two_levels().compute(table()).ranks(missing=odd),
    "framework": lambda odd: two_levels().compute(table()).plot.framework(kind=odd),
}


@pytest.mark.parametrize("odd", [pd.NA, ["points"]], ids=["NA", "list"])
@pytest.mark.parametrize("asked", ASKED)
def test_what_is_no_word_is_refused(asked: str, odd: Any) -> None:
    if asked == "framework":
        pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")
    with pytest.raises(hi.SpecError):
        ASKED[asked](odd)


def test_a_unit_that_is_no_label_is_refused() -> None:
    index = hi.Index(unit="u", groups=[hi.Group("t")], indicators=[hi.Indicator("a", "t")])
    result = index.compute({"u": ["x", "y", "z"], "a": [1.0, 2.0, 4.0]})
    for odd in (pd.NA, ["x"]):
        for ask in (result.explain, result.strengths):
            with pytest.raises((hi.SpecError, hi.DataError), match="no unit"):
                ask(unit=odd)
