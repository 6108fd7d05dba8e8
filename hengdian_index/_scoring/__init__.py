"""A tree of choices and rows become fitted maps, weights and the scores of every group.

A choice is a name until it is looked up, so the families of methods are imported here, which fills the registry.
"""

from hengdian_index import aggregate, climate, impute, normalise, treat, weights

__all__ = ["aggregate", "climate", "impute", "normalise", "treat", "weights"]
