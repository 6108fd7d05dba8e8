"""Every family of methods, imported together so that the registry is full."""

from hengdian_index import aggregate, normalise, weights
from hengdian_index.methods import FAMILIES

__all__ = ["FAMILIES", "aggregate", "normalise", "weights"]
