"""Example indexes that come with the package, offline."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hengdian_index._index.index import Index
from hengdian_index._tables.read_file import read_table
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, suggestion

# The folder stands inside the package once installed and beside it in a checkout.
_PLACES = (Path(__file__).parent / "examples", Path(__file__).parents[1] / "examples")


def example(name: str) -> tuple[Index, pd.DataFrame]:
    """Return the index and the table of an example.

    Parameters
    ----------
    name : str
        "film_industry": 50 quarters of a film industry, 15 indicators in six groups. "countries": a panel of 13
        countries and 15 years with gaps, with names and regions. "new_drivers", "pmi", "pbc": official indexes of
        China, rebuilt from their published components. "hengdian": a template on made-up data.

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
    >>> index, table = hi.example("pmi")
    >>> index.compute(table).scores["pmi"].round(1).tolist()[-2:]
    [51.3, 51.6]
    """
    place = next(place for place in _PLACES if place.is_dir())
    found = {spec.parent.name: spec.parent for spec in place.rglob("index.toml")}
    if name not in found:
        raise SpecError(Said("no example {name!r}{guess}", name=name, guess=suggestion(name, sorted(found))))
    return Index.read(found[name] / "index.toml"), read_table(found[name] / "data.csv")
