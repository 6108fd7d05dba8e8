"""Example indexes that come with the package, offline."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hengdian_index.errors import SpecError, suggestion
from hengdian_index.rows.files import read_table
from hengdian_index.spec import Index

# The folder stands beside the package in a checkout and inside it once installed.
_PLACES = (Path(__file__).parent / "examples", Path(__file__).parents[1] / "examples")


def example(name: str) -> tuple[Index, pd.DataFrame]:
    """Return the index and the table of an example.

    Parameters
    ----------
    name : str
        "film_industry": 50 quarters of a film industry, 15 indicators in six groups.

    Raises
    ------
    SpecError
        A name that is none; the message lists them.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> table.shape
    (50, 16)
    """
    found = {spec.parent.name: spec.parent for place in _PLACES for spec in place.glob("*/index.toml")}
    if name not in found:
        raise SpecError(f"no example {name!r}{suggestion(name, sorted(found))}")
    return Index.read(found[name] / "index.toml"), read_table(found[name] / "data.csv")
