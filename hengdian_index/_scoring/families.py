"""Every family of methods, imported together so that the registry is full."""

from hengdian_index import aggregate, climate, impute, normalise, treat, weights
from hengdian_index._methods.registry import FAMILIES

__all__ = ["FAMILIES", "aggregate", "climate", "impute", "normalise", "treat", "weights"]
