"""Composite indexes: normalise, weigh, aggregate, freeze the base, explain every change exactly."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hengdian_index import aggregate, ahp, normalise, weights
from hengdian_index.decorators import aggregating, normalising, weighting
from hengdian_index.errors import DataError, SpecError
from hengdian_index.maps import Between, Target

if TYPE_CHECKING:
    from hengdian_index.engine import Fitted
    from hengdian_index.gallery import example
    from hengdian_index.result import Result
    from hengdian_index.spec import Group, Index, Indicator

__version__ = "0.1.0"

__all__ = [
    "Between",
    "DataError",
    "Fitted",
    "Group",
    "Index",
    "Indicator",
    "Result",
    "SpecError",
    "Target",
    "aggregate",
    "aggregating",
    "ahp",
    "example",
    "normalise",
    "normalising",
    "weighting",
    "weights",
]

# These bring pandas and pydantic with them, which the methods and the command's help do without.
_LATER = {
    "Fitted": "engine",
    "Group": "spec",
    "Index": "spec",
    "Indicator": "spec",
    "Result": "result",
    "example": "gallery",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'hengdian_index' has no attribute {name!r}")
    value = getattr(import_module(f"hengdian_index.{_LATER[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
