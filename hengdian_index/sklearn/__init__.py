"""An index as a step of scikit-learn, which is loaded once a name of this module is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hengdian_index._system.about import install
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError

if TYPE_CHECKING:
    from hengdian_index.sklearn.transformer import IndexTransformer

__all__ = ["IndexTransformer"]


if not TYPE_CHECKING:
    # Type checkers would take any name for one of the module.
    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            value = getattr(import_module("hengdian_index.sklearn.transformer"), name)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "sklearn":
                raise
            raise SpecError(
                Said(
                    "hi.sklearn.{name} needs scikit-learn, which is not installed: {install}",
                    name=name,
                    install=install("learn"),
                )
            ) from None
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__
