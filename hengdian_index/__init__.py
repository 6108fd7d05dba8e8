"""Composite indexes: normalise, weigh, aggregate, freeze the base, explain every change exactly."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hengdian_index.about import __version__ as __version__

if TYPE_CHECKING:
    from hengdian_index import (
        aggregate,
        ahp,
        climate,
        diagnose,
        explain,
        impute,
        normalise,
        plot,
        series,
        treat,
        weights,
    )
    from hengdian_index.auditing.calling import audit
    from hengdian_index.auditing.outcome import Audit
    from hengdian_index.coinr import read_coinr
    from hengdian_index.decorators import aggregating, normalising, weighting
    from hengdian_index.engine import Fitted
    from hengdian_index.errors import DataError, SpecError
    from hengdian_index.fields import Group, Indicator
    from hengdian_index.gallery import example
    from hengdian_index.maps import Between, Target
    from hengdian_index.releases import Release, release
    from hengdian_index.result import Result
    from hengdian_index.revising import revisions
    from hengdian_index.robustness.alternatives import Comparison, compare, remove_one
    from hengdian_index.robustness.factors import Bootstrap, Dirichlet, Noise, Normal, Uniform
    from hengdian_index.robustness.outcome import Uncertainty
    from hengdian_index.robustness.sensitive import Sensitivity, sensitivity
    from hengdian_index.robustness.sobol import sobol
    from hengdian_index.robustness.uncertain import uncertainty
    from hengdian_index.spec import Index
    from hengdian_index.telling import Revisions


__all__ = [
    "Audit",
    "Between",
    "Bootstrap",
    "Comparison",
    "DataError",
    "Dirichlet",
    "Fitted",
    "Group",
    "Index",
    "Indicator",
    "Noise",
    "Normal",
    "Release",
    "Result",
    "Revisions",
    "Sensitivity",
    "SpecError",
    "Target",
    "Uncertainty",
    "Uniform",
    "aggregate",
    "aggregating",
    "ahp",
    "audit",
    "climate",
    "compare",
    "diagnose",
    "example",
    "explain",
    "impute",
    "normalise",
    "normalising",
    "plot",
    "read_coinr",
    "release",
    "remove_one",
    "revisions",
    "sensitivity",
    "series",
    "sobol",
    "treat",
    "uncertainty",
    "weighting",
    "weights",
]

# Each name is imported when it is first asked for: the command's help, or a program that needs one method, does not
# wait for pydantic, pandas and everything else. A name that is not here is a module of its own.
_HOME = {
    "Audit": "auditing.outcome",
    "Between": "maps",
    "Bootstrap": "robustness.factors",
    "Comparison": "robustness.alternatives",
    "DataError": "errors",
    "Dirichlet": "robustness.factors",
    "Fitted": "engine",
    "Group": "spec",
    "Index": "spec",
    "Indicator": "spec",
    "Noise": "robustness.factors",
    "Normal": "robustness.factors",
    "Release": "releases",
    "Result": "result",
    "Revisions": "telling",
    "Sensitivity": "robustness.sensitive",
    "SpecError": "errors",
    "Target": "maps",
    "Uncertainty": "robustness.outcome",
    "Uniform": "robustness.factors",
    "aggregating": "decorators",
    "audit": "auditing.calling",
    "compare": "robustness.alternatives",
    "example": "gallery",
    "normalising": "decorators",
    "read_coinr": "coinr",
    "release": "releases",
    "remove_one": "robustness.alternatives",
    "revisions": "revising",
    "sensitivity": "robustness.sensitive",
    "sobol": "robustness.sobol",
    "uncertainty": "robustness.uncertain",
    "weighting": "decorators",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'hengdian_index' has no attribute {name!r}")
    module = import_module(f"hengdian_index.{_HOME.get(name, name)}")
    value = getattr(module, name) if name in _HOME else module
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
