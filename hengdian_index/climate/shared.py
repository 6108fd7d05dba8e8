"""What the climate indexes share: columns named in an option."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index.errors import SpecError, raise_all, suggestion
from hengdian_index.sample import Sample


def named_columns(chosen: Any, sample: Sample, option: str) -> NDArray[np.bool_]:
    """Return which columns (k,) an option names, by name or, where they have none, by position."""
    listing = [chosen] if isinstance(chosen, (str, int)) else [] if chosen is None else list(chosen)
    names = sample.columns or tuple(range(sample.k))
    raise_all(
        SpecError, [f"{option}: no column {name!r}{suggestion(name, names)}" for name in listing if name not in names]
    )
    return np.array([name in listing for name in names], dtype=np.bool_)
