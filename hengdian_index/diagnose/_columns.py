"""What the diagnoses share: the table, its columns and their groups, and the products of complete rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.stats import Products
from hengdian_index._tables.options import column_groups
from hengdian_index._tables.table import Array, Labelled, read_labelled
from hengdian_index._values.equality import flattened
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, listed, raise_all

# Of two rows every correlation is 1 or -1.
LEAST = 3


def read(x: Any) -> Labelled:
    """Return the table of numbers (n, k), with labels."""
    return read_labelled(x).need_shape(Said("one table of units by indicators is needed"))


def index(labels: Sequence[Any], name: str | None = None) -> Any:
    """Return labels as a pandas index."""
    import pandas as pd

    return pd.Index(labels, name=name, dtype=object, tupleize_cols=False).infer_objects()


def series(values: Any, labels: Sequence[Any], name: str) -> Any:
    """Return one number a label."""
    import pandas as pd

    return pd.Series(values, index=index(labels), name=name)


def square(values: Array, labels: Sequence[Any]) -> Any:
    """Return a table of all pairs of columns (k, k)."""
    import pandas as pd

    return pd.DataFrame(values, index=index(labels), columns=index(labels))


def by_row(table: Labelled, columns: Mapping[Any, Any]) -> Any:
    """Return a table with a row for each unit, labelled as it came in."""
    import pandas as pd

    source = table.source
    labels = source.index if hasattr(source, "iloc") else pd.RangeIndex(len(table.values))
    return pd.DataFrame(dict(columns), index=labels)


def members(groups: Any, columns: Sequence[Any]) -> dict[Any, list[int]]:
    """Return the columns (by position) of each group; None is one group of all."""
    if groups is None:
        return {None: list(range(len(columns)))}
    found: dict[Any, list[int]] = {}
    for column, group in column_groups(groups, columns, with_scores=True):
        found.setdefault(group, []).append(columns.index(column))
    return found


def with_scores(groups: Mapping[Any, list[int]], columns: Sequence[Any]) -> dict[Any, list[int]]:
    """Return each group's columns followed by the column of its own score, where there is one."""
    place = {name: j for j, name in enumerate(columns)}
    return {g: [*own, place[g]] if g in place and place[g] not in own else own for g, own in groups.items()}


def complete(table: Labelled, call: str) -> Products:
    """Return the products of the rows complete in all columns; too few rows and constant columns are refused."""
    products = Products.of(flattened(table.values))
    n = int(products.n)
    if n < LEAST:
        raise few_rows(call, n, table.names, table.values)
    flat = np.flatnonzero(np.diagonal(products.cross) == 0)
    why = Said("constant over {n} complete rows, so its correlation is undefined; leave it out", n=n)
    raise_all(
        DataError, [Said("{call}: indicator {name!r}: {why}", call=call, name=table.names[j], why=why) for j in flat]
    )
    return products


def few_rows(call: str | Said, n: int, columns: Sequence[Any], x: Array, remedy: Said | str = "") -> DataError:
    """Return the refusal of too few complete rows; it names the columns with gaps."""
    gaps = [columns[int(j)] for j in np.flatnonzero(np.isnan(x).any(axis=0))]
    told: Said | str = ""
    if gaps:
        told = Said(
            "; values are missing in {columns}: fill them, or leave those columns out{remedy}",
            columns=listed(gaps),
            remedy=remedy,
        )
    return DataError(
        Said.of(
            n,
            "{call}: {n} row complete in all columns; at least {least} are needed{gaps}",
            "{call}: {n} rows complete in all columns; at least {least} are needed{gaps}",
            call=call,
            least=LEAST,
            gaps=told,
        )
    )


def by_pairs(x: Array, measure: Callable[[Array], Array], layers: int) -> tuple[Array, NDArray[np.int64]]:
    """Return a measure of each pair of columns over the rows that both have, and the number of those rows (k, k).

    `measure` is a function of complete rows (m, j) that returns (layers, j, j), and so does this of k columns. Pairs
    with too few rows are NaN.
    """
    k = x.shape[-1]
    there = (~np.isnan(x)).astype(np.float64)
    n = (there.T @ there).astype(np.int64)
    answer = np.full((layers, k, k), np.nan)
    # The single columns come last, so that the diagonal is theirs.
    for block in [*map(list, combinations(range(k), 2)), *([j] for j in range(k))]:
        if n[block[0], block[-1]] >= LEAST:
            rows = x[:, block]
            answer[:, np.array(block)[:, np.newaxis], block] = measure(rows[~np.isnan(rows).any(axis=1)])
    return answer, n
