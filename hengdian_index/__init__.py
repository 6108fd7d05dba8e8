"""Composite indexes: normalise, weigh, aggregate, freeze the base, explain every change exactly."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hengdian_index._index.doors import DOORS
from hengdian_index._system.about import __version__ as __version__

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
        sklearn,
        treat,
        weights,
    )
    from hengdian_index._audit.audit import Audit, audit
    from hengdian_index._batches.written import Written
    from hengdian_index._index.coinr import read_coinr
    from hengdian_index._index.fitted import Fitted
    from hengdian_index._index.index import Index
    from hengdian_index._index.options import options
    from hengdian_index._index.result import Result
    from hengdian_index._maths.doubts import Bootstrap, Dirichlet, Noise, Normal, Uniform
    from hengdian_index._maths.maps import Between, Target
    from hengdian_index._methods.composing import composing
    from hengdian_index._methods.decorators import aggregating, normalising, weighting
    from hengdian_index._methods.imputing import imputing
    from hengdian_index._methods.treating import treating
    from hengdian_index._robustness.alternatives import Comparison, compare, remove_one
    from hengdian_index._robustness.reconciliation import Reconciliation, compare_with
    from hengdian_index._robustness.sensitivity import Sensitivity, sensitivity
    from hengdian_index._robustness.sobol import saltelli, sobol
    from hengdian_index._robustness.tipping import Tipping, tipping
    from hengdian_index._robustness.uncertainty import Uncertainty, uncertainty
    from hengdian_index._scoring.fields import Group, Indicator
    from hengdian_index._tables.read_data import read
    from hengdian_index._tables.tidy import tidy
    from hengdian_index._vintages.release import Release, release
    from hengdian_index._vintages.revisions import Revisions, revisions
    from hengdian_index.aggregate.quasi_arithmetic import means
    from hengdian_index.errors import DataError, SpecError
    from hengdian_index.examples import example


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
    "Reconciliation",
    "Release",
    "Result",
    "Revisions",
    "Sensitivity",
    "SpecError",
    "Target",
    "Tipping",
    "Uncertainty",
    "Uniform",
    "Written",
    "aggregate",
    "aggregating",
    "ahp",
    "audit",
    "climate",
    "compare",
    "compare_with",
    "composing",
    "diagnose",
    "example",
    "explain",
    "impute",
    "imputing",
    "means",
    "normalise",
    "normalising",
    "options",
    "plot",
    "read",
    "read_coinr",
    "release",
    "remove_one",
    "revisions",
    "saltelli",
    "sensitivity",
    "series",
    "sklearn",
    "sobol",
    "tidy",
    "tipping",
    "treat",
    "treating",
    "uncertainty",
    "weighting",
    "weights",
]

# Each name is imported when it is first asked for: the command's help, or a program that needs one method, does not
# wait for pydantic, pandas and everything else. A name that is not here is a module of its own.
_HOME = {
    "Audit": "_audit.audit",
    "Between": "_maths.maps",
    "Bootstrap": "_maths.doubts",
    "Comparison": "_robustness.alternatives",
    "DataError": "errors",
    "Dirichlet": "_maths.doubts",
    "Expressions": "_batches.expressions",
    "Fitted": "_index.fitted",
    "Group": "_scoring.fields",
    "Index": "_index.index",
    "Indicator": "_scoring.fields",
    "Noise": "_maths.doubts",
    "Normal": "_maths.doubts",
    "Reconciliation": "_robustness.reconciliation",
    "Release": "_vintages.release",
    "Result": "_index.result",
    "Revisions": "_vintages.revisions",
    "Sensitivity": "_robustness.sensitivity",
    "SpecError": "errors",
    "Target": "_maths.maps",
    "Tipping": "_robustness.tipping",
    "Uncertainty": "_robustness.uncertainty",
    "Uniform": "_maths.doubts",
    "Written": "_batches.written",
    "aggregating": "_methods.decorators",
    "audit": "_audit.audit",
    "compare": "_robustness.alternatives",
    "compare_with": "_robustness.reconciliation",
    "composing": "_methods.composing",
    "example": "examples",
    "imputing": "_methods.imputing",
    "means": "aggregate.quasi_arithmetic",
    "normalising": "_methods.decorators",
    "options": "_index.options",
    "read": "_tables.read_data",
    "read_coinr": "_index.coinr",
    "release": "_vintages.release",
    "remove_one": "_robustness.alternatives",
    "revisions": "_vintages.revisions",
    "saltelli": "_robustness.sobol",
    "sensitivity": "_robustness.sensitivity",
    "sobol": "_robustness.sobol",
    "tidy": "_tables.tidy",
    "tipping": "_robustness.tipping",
    "treating": "_methods.treating",
    "uncertainty": "_robustness.uncertainty",
    "weighting": "_methods.decorators",
}


# What values can do that stands above them: class and attribute -> the module and the name of what does it.
_DOORS = {
    "Comparison.card": ("_present.cards", "of_comparison"),
    "Comparison.plot": ("plot", "OF_COMPARISON"),
    "Fitted.card": ("_present.cards", "of_fitted"),
    "Index.card": ("_present.cards", "of_index"),
    "Result.bulletin": ("_present.bulletin", "bulletin"),
    "Result.card": ("_present.cards", "of_result"),
    "Result.explain": ("_present.statement.path", "explain"),
    "Result.method": ("_present.statement.method", "method"),
    "Result.plot": ("plot", "OF_RESULT"),
    "Result.report": ("_present.report.render", "report"),
    "Result.to_csv": ("_index.text", "to_csv"),
    "Result.to_excel": ("_present.workbook.book", "to_excel"),
    "Revisions.card": ("_present.cards", "of_revisions"),
    "Sensitivity.card": ("_present.cards", "of_sensitivity"),
    "Sensitivity.plot": ("plot", "OF_SENSITIVITY"),
    "Uncertainty.card": ("_present.cards", "of_uncertainty"),
    "Uncertainty.plot": ("plot", "OF_UNCERTAINTY"),
}


def _loaded(module: str, name: str) -> Any:
    return getattr(import_module(f"{__name__}.{module}"), name)


DOORS |= {name: partial(_loaded, *place) for name, place in _DOORS.items()}


if not TYPE_CHECKING:
    # Type checkers would take any name for one of the package.
    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module 'hengdian_index' has no attribute {name!r}")
        value = _loaded(_HOME[name], name) if name in _HOME else import_module(f"{__name__}.{name}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
