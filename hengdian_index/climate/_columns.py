"""What the climate indexes share: columns named in an option."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._methods.sample import Sample
from hengdian_index._tables.options import named


def named_columns(chosen: Any, sample: Sample, option: str) -> NDArray[np.bool_]:
    """Return which columns (k,) an option means: by name, by position where they have none, or by a mask."""
    return named(chosen, sample.columns or tuple(range(sample.k)), option)
