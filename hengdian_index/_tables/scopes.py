"""Which rows are compared with each other: those of one period, of one region, of one label in any column."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.cells import no_label
from hengdian_index._tables.panel import Beside, Panel
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, SpecError, among, listed, raise_all, suggestion

Unlabelled: TypeAlias = Literal["refuse", "leave_out", "group"]


class Compared(Enum):
    """What rows are compared with where nothing is said."""

    BY_DEFAULT = "the rows of their period where there are units and periods, else all rows"

    def __repr__(self) -> str:
        return self.value


Within: TypeAlias = str | Sequence[str] | Compared | None


def scopes(panel: Panel, within: Within, missing: Unlabelled = "refuse") -> NDArray[np.intp]:
    """Return a number for each row (n,), equal for rows that are compared with each other, -1 for rows left out.

    Parameters
    ----------
    within : str, sequence of str, None or default
        "period" and "unit" are those of the index; other words are columns of the table. None: all rows together.
    missing : {"refuse", "leave_out", "group"}
        What rows without a label in one of the columns are: a fault, left out, or compared among themselves.
    """
    words = get_args(Unlabelled)
    faults = (
        []
        if among(missing, words)
        else [Said("missing: no {missing!r}{guess}", missing=missing, guess=suggestion(missing, words))]
    )
    if within is Compared.BY_DEFAULT:
        within = "period" if panel.units is not None and panel.periods is not None else None
    asked = [] if within is None else [within] if isinstance(within, (str, int)) else _several(within, faults)
    known = columns_of(panel)
    faults += [
        Said("within: no {name!r}{guess}", name=name, guess=suggestion(name, known))
        for name in asked
        if name not in known
    ]
    absent = [name for name in ("period", "unit") if name in asked and name not in known]
    if absent and len(faults) == len(absent):
        raise DataError(*(Said("the rows have no {name}; name its column in the index", name=name) for name in absent))
    raise_all(SpecError, faults)
    codes = np.zeros(panel.n, dtype=np.intp)
    refused: list[Said] = []
    for name in asked:
        own = _codes(panel, name, known[name], missing, refused)
        codes = np.where((codes < 0) | (own < 0), -1, codes * (own.max(initial=0) + 1) + own)
        codes = np.where(codes < 0, -1, np.unique(codes, return_inverse=True)[1])
    raise_all(DataError, refused)
    return codes


def _several(within: Any, faults: list[Said]) -> list[str]:
    names = list(within) if isinstance(within, (list, tuple)) else []
    if not names or not all(isinstance(name, (str, int)) for name in names):
        faults.append(Said("within: a column, a list of columns or None, not {given!r}", given=within))
        return []
    return names


def columns_of(panel: Panel) -> dict[Any, Any]:
    """Return the columns of the table, scored or not: name -> labels (n,), or the columns that hold them."""
    found: dict[Any, Any] = {}
    if panel.beside is not None:
        found |= dict.fromkeys(panel.beside.columns, panel.beside)
    found |= {name: panel.values[:, j] for j, name in enumerate(panel.columns)} | dict(panel.groups)
    own = {
        "unit": None if panel.units is None else panel.unit_codes(),
        "period": panel.periods and panel.periods.ordinals,
    }
    for role, labels in own.items():
        if labels is not None:
            name = panel.labels.names[0 if role == "unit" else -1]
            found |= {role: labels} if name is None else {name: labels, role: labels}
    return found


def _codes(panel: Panel, name: Any, column: Any, missing: Unlabelled, refused: list[Said]) -> NDArray[np.intp]:
    """Return a number for the label of each row (n,) in one column, -1 for rows left out; faults join `refused`."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "iu":
        return np.unique(column, return_inverse=True)[1]
    labels = column.labels(name) if isinstance(column, Beside) else list(column)
    labels = [None if _blank(one) else one for one in labels]
    try:
        distinct = list(dict.fromkeys(labels))
    except TypeError:
        refused.append(Said("within: {name!r} has lists; one text or number a row is needed", name=name))
        return np.zeros(panel.n, dtype=np.intp)
    refused += [Said("within: {name!r}: {why}", name=name, why=fault) for fault in _alike(distinct)]
    without = [i for i, one in enumerate(labels) if one is None]
    if without and missing == "refuse":
        places = joined([*map(panel.place, without[:3])], "places")
        refused.append(
            Said.of(
                len(without),
                "within: {n} row has no label in {name!r} ({places}); missing='leave_out' ranks the others, "
                "missing='group' ranks these among themselves",
                "within: {n} rows have no label in {name!r} ({places}); missing='leave_out' ranks the others, "
                "missing='group' ranks these among themselves",
                name=name,
                places=Said("{places} and others", places=places) if len(without) > 3 else places,
            )
        )
    number = {one: -1 if one is None and missing != "group" else i for i, one in enumerate(distinct)}
    return np.array([number[one] for one in labels], dtype=np.intp)


def _blank(label: Any) -> bool:
    try:
        return no_label(label) or (isinstance(label, str) and not label.strip())
    except (TypeError, ValueError):
        return False


def _alike(labels: Sequence[Any]) -> list[Said]:
    """Return a fault for labels that differ in blanks or in case alone."""
    found: dict[str, list[str]] = {}
    for one in labels:
        if isinstance(one, str):
            found.setdefault(" ".join(one.split()).casefold(), []).append(one)
    return [
        Said("{names} differ in blanks or in case alone; write them alike", names=listed(same))
        for same in found.values()
        if len(same) > 1
    ]
