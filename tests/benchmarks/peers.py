"""The same method in other Python libraries, as their documentation says it is called.

A peer is (library, a function of (x, w) that returns what is timed, whether its numbers are those of ours). What a
library asks for before it computes, such as a matrix of its own kind, is made outside of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

LIBRARIES = {"pymcdm": "pymcdm", "scikit-criteria": "skcriteria", "pyDecision": "pyDecision"}


def installed() -> dict[str, str]:
    """Return the versions of the libraries that are there."""
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def pymcdm(x: Any, w: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the methods of pymcdm."""
    from pymcdm import methods, normalizations, weights

    types = np.ones(x.shape[1])
    yield "entropy", lambda: weights.entropy_weights(x)
    yield "critic", lambda: weights.critic_weights(x)
    topsis = methods.TOPSIS(normalizations.vector_normalization)
    yield "topsis", lambda: topsis(x, w, types)
    weighted_sum = methods.WSM(normalizations.minmax_normalization)
    yield "min_max and weighted mean", lambda: weighted_sum(x, w, types)


def skcriteria(x: Any, w: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the methods of scikit-criteria; its means and TOPSIS rank as well."""
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.agg.topsis import TOPSIS
    from skcriteria.preprocessing.scalers import MinMaxScaler, VectorScaler
    from skcriteria.preprocessing.weighters import CRITIC, EntropyWeighter

    matrix = skcriteria.mkdm(x, [max] * x.shape[1], weights=w)
    yield "entropy", lambda: EntropyWeighter().transform(matrix).weights.to_numpy()
    yield "critic", lambda: CRITIC().transform(matrix).weights.to_numpy()
    yield "topsis", lambda: TOPSIS().evaluate(VectorScaler("matrix").transform(matrix)).e_.similarity
    yield (
        "min_max and weighted mean",
        lambda: WeightedSumModel().evaluate(MinMaxScaler("matrix").transform(matrix)).e_.score,
    )


def pydecision(x: Any, w: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the methods of pyDecision; its weighted sum divides by the largest value, and is another method."""
    from pyDecision.algorithm import critic_method, entropy_method, topsis_method

    types = ["max"] * x.shape[1]
    yield "entropy", lambda: entropy_method(x, types)
    yield "critic", lambda: critic_method(x, types)
    yield "topsis", lambda: topsis_method(x, w, types, graph=False, verbose=False)


PEERS = {"pymcdm": pymcdm, "scikit-criteria": skcriteria, "pyDecision": pydecision}
