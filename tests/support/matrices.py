"""Pairwise comparison matrices for the tests of ahp: published, written out and random ones."""

from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

CASE = Path(__file__).parents[1] / "reference" / "ahp"
METHODS = ("eigenvector", "geometric", "arithmetic")
SCALE = [1 / k for k in range(9, 1, -1)] + [float(k) for k in range(1, 10)]
WRITTEN = [[1.0, 3.0, 0.5], [1 / 3, 1.0, 0.25], [2.0, 4.0, 1.0]]
HOLED = [[1, 2, None], [None, 1, 3], [None, None, 1]]


def published_matrix(name):
    return pd.read_csv(CASE / name, dtype=str, index_col=0)


def from_upper(n, upper):
    matrix = np.ones((n, n))
    i, j = np.triu_indices(n, 1)
    matrix[i, j], matrix[j, i] = upper, 1 / np.asarray(upper)
    return matrix


@st.composite
def reciprocal(draw, least=3, most=7):
    n = draw(st.integers(least, most))
    return from_upper(n, draw(arrays(float, n * (n - 1) // 2, elements=st.sampled_from(SCALE))))


@st.composite
def consistent(draw, least=2, most=9):
    weights = np.array(draw(st.lists(st.floats(0.05, 20), min_size=least, max_size=most)))
    return weights[:, None] / weights[None, :], weights / weights.sum()


def with_holes(draw, matrix):
    """Leave a random spanning tree of the comparisons and a random part of the rest."""
    n = len(matrix)
    keep = draw(arrays(bool, (n, n)))
    for item in range(1, n):
        keep[draw(st.integers(0, item - 1)), item] = True
    keep = np.triu(keep, 1)
    return np.where(keep | keep.T | np.eye(n, dtype=bool), matrix, np.nan)


@st.composite
def incomplete(draw, least=3, most=7):
    return with_holes(draw, draw(reciprocal(least, most)))
