"""Rows that a user picks out of a table: by a mask of truths, a slice, labels, or spans of periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.cells import no_label, single, tabular, uncovered
from hengdian_index._tables.periods import Periods, read_periods, read_span
from hengdian_index._tables.table import Labelled, row_label, shortened
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, Fault, SpecError, guess, listed, native, raise_all, shown

Mask: TypeAlias = NDArray[np.bool_]


@stored("mask of labels")
@dataclass(frozen=True, slots=True)
class LabelledMask:
    """A mask as a value: the truth of each row, None where it has none, under the row's label.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index._tables.selection import LabelledMask
    >>> LabelledMask(("b", "a"), (True, False)).over(pd.Index(["a", "b"]), what="fit_on").tolist()
    [False, True]
    """

    labels: tuple[Any, ...]
    truths: tuple[Any, ...]

    def __repr__(self) -> str:
        return (
            "mask(" + ", ".join(f"{one!r}: {truth}" for one, truth in zip(self.labels, self.truths, strict=True)) + ")"
        )

    def over(self, *rows: Any, what: str) -> Mask:
        """Return the mask in the order of rows, by the first of their indexes that has the labels of the mask."""
        import pandas as pd

        own = pd.Series(list(self.truths), index=pd.Index(self.labels), dtype=object)
        known = set(self.labels)
        fits = [one for one in rows if known.issuperset(one)]
        rows_of = pd.DataFrame(index=fits[0] if fits else rows[0])
        mask = truths(own, what, len(rows_of), rows_of)
        assert mask is not None
        return mask


def value_of(given: Any) -> Any:
    """Return what picks rows as a value that does not change: a mask with labels keeps them, a column is a list.

    Raises
    ------
    SpecError
        A table, or a mapping.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index._tables.selection import value_of
    >>> value_of(pd.Series([True, False], index=["x", "y"])), value_of(pd.Series(["x", "z"]))
    (mask('x': True, 'y': False), ['x', 'z'])
    """
    if single(given) or isinstance(given, (slice, LabelledMask, list, tuple)):
        return given
    if isinstance(given, (Mapping, Labelled)) or tabular(given):
        raise SpecError(
            Said(
                "a period, span, unit, label, a list of these, or one truth for each row, not {given}",
                given=shown(given),
            )
        )
    cells = _cells(given)
    if cells is None:
        return given
    # What NumPy makes of the dates and texts of other columns has lost what they are.
    own = list(cells if isinstance(given, np.ndarray) or not hasattr(given, "dtype") else given)
    values = [None if no_label(cell) else native(cell) for cell in own]
    if hasattr(given, "iloc") and any(isinstance(cell, bool) for cell in values):
        return LabelledMask(tuple(map(native, given.index)), tuple(values))
    return values


def picked(given: Any, what: str, n: int, source: Any, periods: Periods | None = None) -> slice | Mask | None:
    """Return which of n rows a user picks, None where what is given picks none but is itself a table or numbers.

    A mask of truths; a slice of positions or of labels, both ends included; a label or a list of labels; a period, a
    span or a list of these. `source` is the table whose rows have the labels.

    Raises
    ------
    SpecError
        A mask of another length, or of other labels than the rows have; a label that no row has; a slice that cannot
        be read.
    DataError
        A missing value in a mask.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index._tables.selection import picked
    >>> years = pd.Series([5.0, 6.0, 7.0], index=["2019", "2020", "2021"])
    >>> picked(slice("2020", "2021"), "fit_on", 3, years).tolist()
    [False, True, True]
    """
    if isinstance(given, slice):
        return _sliced(given, what, n, source, periods)
    mask = truths(given, what, n, source)
    wanted = _labels(given, source, periods) if mask is None else None
    if wanted is None:
        return mask
    rows = np.zeros(n, dtype=np.bool_)
    index = _index(source)
    places = _places(index) if index is not None and len(wanted) > 1 else {}
    periods = _periods(source) if periods is None and len(wanted) > 1 and index is not None else periods
    for label in wanted:
        if type(label) is str and label in places:
            rows[places[label]] = True
        else:
            rows |= _labelled(label, what, source, periods)
    return rows


def _places(index: Any) -> dict[str, list[int]]:
    """Return the rows of each label that is a text, also of one of several labels."""
    found: dict[str, list[int]] = {}
    for i, one in enumerate(index):
        for part in dict.fromkeys(part for part in (one if index.nlevels > 1 else [one]) if isinstance(part, str)):
            found.setdefault(part, []).append(i)
    return found


def truths(given: Any, what: str, n: int, source: Any, of: str = "rows") -> Mask | None:
    """Return a mask of n truths in the order of the rows (or of what else there are n), None where none are given.

    A Series is matched to the row labels; by position where rows have none, if its own labels are positions.
    """
    cells = _cells(given)
    if cells is None or cells.dtype.kind not in "bO":
        return None
    holds = np.array([isinstance(cell, (bool, np.bool_)) for cell in cells]) if cells.dtype == object else cells | True
    if not holds.any():
        return None
    blank = ~holds if holds.all() else np.array([no_label(cell) for cell in cells])
    if not (holds | blank).all():
        odd = cells[int(np.argmin(holds | blank))]
        raise SpecError(
            Said("{what}: {odd!r} stands among truths; a mask holds True or False alone", what=what, odd=native(odd))
        )
    if len(cells) != n:
        raise SpecError(
            Said(
                "{what}: a mask of {values} for {those}",
                what=what,
                values=Said.of(len(cells), "{n} value", "{n} values"),
                those=_counted(n, of),
            )
        )
    where = given if hasattr(given, "iloc") else None
    why = Said("the mask has no value; say True or False there, such as with mask.fillna(False)")
    places = [row_label(where, i) for i in np.flatnonzero(blank).tolist()]
    gaps = [Fault(joined([what, place, why], "heads"), kind=(of,)) for place in places]
    raise_all(DataError, shortened(gaps))
    mask = np.array(cells, dtype=np.bool_)
    place = _order(given, what, n, source)
    return mask if place is None else np.asarray(mask[place])


def _counted(n: int, of: str) -> Said:
    return {
        "rows": Said.of(n, "{n} row", "{n} rows"),
        "columns": Said.of(n, "{n} column", "{n} columns"),
        "values": Said.of(n, "{n} value", "{n} values"),
        "units": Said.of(n, "{n} unit", "{n} units"),
    }[of]


def in_row_order(given: Any, what: str, table: Any) -> Any:
    """Return a mask with labels in the order of a table's rows, without its labels; anything else as it is."""
    if not hasattr(given, "iloc") or _index(table) is None:
        return given
    mask = truths(given, what, len(table), table)
    return given if mask is None else mask


def _cells(given: Any) -> NDArray[Any] | None:
    """Return the values of what is one-dimensional, hidden ones as None; None for anything else."""
    if single(given) or tabular(given):
        return None
    if isinstance(given, np.ma.MaskedArray) and given.dtype.kind != "V":
        return uncovered(given.astype(object))
    if isinstance(given, np.ndarray):
        return given if given.dtype.kind != "V" else None
    if hasattr(given, "dtype") and hasattr(given, "to_numpy") and hasattr(given, "isna"):
        return np.asarray(given.to_numpy())
    for name in ("to_list", "to_pylist"):
        if hasattr(given, name):
            return _objects(getattr(given, name)())
    return _objects(given)


def _objects(cells: Any) -> NDArray[Any] | None:
    """Return a list as an array of what it holds, None for what is no list."""
    if not isinstance(cells, (list, tuple)):
        return None
    out = np.empty(len(cells), dtype=object)
    out[:] = cells
    return out


def _text(cell: Any) -> bool:
    return isinstance(cell, (str, bytes))


def _order(given: Any, what: str, n: int, source: Any) -> Any:
    """Return the places that the rows have in a mask, None where they have the same."""
    own = given.index if hasattr(given, "iloc") else None
    rows = _index(source)
    if own is None or (rows is not None and own.equals(rows)):
        return None
    if rows is None:
        import pandas as pd

        rows = pd.RangeIndex(n)
    absent = [label for label in rows if label not in own]
    if absent or not own.is_unique:
        gone = native(absent[0]) if absent else None
        why = Said("no value for row {row!r}", row=gone) if absent else Said("some of its labels repeat")
        raise SpecError(
            Said(
                "{what}: the labels of the mask are not those of the rows: {why}; give mask.to_numpy()",
                what=what,
                why=why,
            )
        )
    return own.get_indexer(rows)


def _index(source: Any) -> Any:
    """Return the row labels of a pandas table, None for any other table."""
    return source.index if hasattr(source, "iloc") and hasattr(source, "index") else None


def _own_labels(source: Any) -> Any:
    """Return row labels that are more than positions counted from 0."""
    index = _index(source)
    counted = hasattr(index, "step") and index.start == 0 and index.step == 1 and index.name is None
    return None if counted else index


def _labels(given: Any, source: Any, periods: Periods | None) -> Sequence[Any] | None:
    """Return the labels that are given, None for a table, or for numbers where rows have no labels."""
    if isinstance(given, Labelled):
        return None
    named = periods is not None or _own_labels(source) is not None
    if single(given):
        number = isinstance(given, (bool, int, float, complex, np.number))
        return [given] if named or not number else None
    if isinstance(given, tuple) and named and _index(source) is not None and given in _index(source):
        return [given]
    cells = None if hasattr(given, "iloc") else _cells(given)
    return list(cells) if cells is not None and (named or any(map(_text, cells))) else None


def _labelled(label: Any, what: str, source: Any, periods: Periods | None) -> Mask:
    """Return the rows of a label, or of a period or span."""
    index = _index(source)
    if index is not None and not no_label(label):
        several = index.nlevels > 1
        mask = np.array([alike(one, label) or (several and label in one) for one in index], dtype=np.bool_)
        if mask.any():
            return mask
    span = _span(label, source, periods)
    if span is not None:
        return span
    own = _own_labels(source)
    if own is None:
        raise SpecError(
            Said(
                "{what}: the rows have no labels; give a slice, a mask or a table, not {label!r}",
                what=what,
                label=native(label),
            )
        )
    rows = [native(one) for one in own.unique()]
    raise SpecError(
        Said(
            "{what}: no row {label!r}{guess}; the rows are {rows}",
            what=what,
            label=native(label),
            guess=guess(label, rows),
            rows=listed(rows),
        )
    )


def alike(one: Any, label: Any) -> bool:
    """Return whether two labels are the same; a truth is no number."""
    same = one == label if isinstance(one, (bool, np.bool_)) is isinstance(label, (bool, np.bool_)) else False
    return isinstance(same, (bool, np.bool_)) and bool(same)


def _span(label: Any, source: Any, periods: Periods | None) -> Mask | None:
    """Return the rows of a period or a span, None where rows or label are none."""
    periods = _periods(source) if periods is None else periods
    if periods is None:
        return None
    try:
        low, high = read_span(label, periods.frequency)
    except SpecError:
        return None
    return np.asarray((periods.ordinals >= low) & (periods.ordinals <= high))


def _periods(source: Any) -> Periods | None:
    """Return the periods that the row labels are, None where they are none."""
    index = _own_labels(source)
    if index is None or (index.nlevels > 1 and "period" not in index.names):
        return None
    labels = index.get_level_values("period") if index.nlevels > 1 else index
    try:
        return read_periods(labels)
    except DataError:
        return None


def _sliced(given: slice, what: str, n: int, source: Any, periods: Periods | None) -> slice | Mask:
    """Return the rows of a slice of positions, or of labels with both ends."""
    ends = [end for end in (given.start, given.stop) if end is not None]
    counted = all(isinstance(end, (int, np.integer)) and not isinstance(end, bool) for end in ends)
    if counted and given.step is not None and (not isinstance(given.step, (int, np.integer)) or given.step == 0):
        raise SpecError(
            Said("{what}: the step of a slice is a whole number other than 0, not {step!r}", what=what, step=given.step)
        )
    if not ends or (counted and given.step is not None):
        return given
    text = ":".join("" if end is None else str(end) for end in (given.start, given.stop))
    span = None if given.step is not None else _span(text, source, periods)
    if counted:
        if span is None or not span.any():
            return given
        if len(range(n)[given]):
            raise SpecError(
                Said(
                    "{what}: {given!r} may count rows or name years; say {text!r} for the years, or a mask",
                    what=what,
                    given=given,
                    text=text,
                )
            )
        return span
    index = _own_labels(source)
    if span is not None:
        return span
    if index is None or given.step is not None:
        why = Said("the rows have no labels") if index is None else Said("a slice of labels has no step")
        raise SpecError(
            Said(
                "{what}: {why}; give a slice of positions, a mask or a table, not {given!r}",
                what=what,
                why=why,
                given=given,
            )
        )
    try:
        absent = [end for end in ends if end not in index]
        places = None if absent else index.slice_indexer(given.start, given.stop)
    except (KeyError, TypeError, ValueError):
        places = None
    if places is None:
        known = listed([native(one) for one in index])
        raise SpecError(
            Said(
                "{what}: {given!r} cannot be found: both ends must be labels of rows, each label once, or periods; the "
                "rows are {rows}",
                what=what,
                given=given,
                rows=known,
            )
        )
    mask = np.zeros(n, dtype=np.bool_)
    mask[places] = True
    return mask


def chosen(rows: Any, what: str, n: int, periods: Periods | None, source: Any = None) -> NDArray[np.bool_]:
    """Return which of n rows a selector means, (n,): a mask, a slice, periods or spans; without periods a position.

    `source` is the table whose labels a mask is matched to.

    Raises
    ------
    SpecError
        A selector that cannot be read, a mask of another length.
    DataError
        A missing value in a mask; no row selected.

    Examples
    --------
    >>> from hengdian_index._tables.periods import read_periods
    >>> from hengdian_index._tables.selection import chosen
    >>> chosen("2024", "base", 3, read_periods(["2023Q4", "2024Q1", "2024Q2"])).tolist()
    [False, True, True]
    """
    mask = np.zeros(n, dtype=np.bool_)
    found = (
        None
        if periods is not None and single(rows) and not isinstance(rows, slice)
        else picked(rows, what, n, source, periods)
    )
    if found is not None:
        mask[found] = True
    elif periods is not None:
        low, high = read_span(rows, periods.frequency, column=what)
        mask |= (periods.ordinals >= low) & (periods.ordinals <= high)
    elif isinstance(rows, (int, np.integer)) and not isinstance(rows, bool) and -n <= rows < n:
        mask[rows] = True
    else:
        raise SpecError(
            Said(
                "{what}: the rows have no periods; give a slice, a mask or a position, not {given!r}",
                what=what,
                given=rows,
            )
        )
    if not mask.any():
        none = Said.of(
            n,
            "{what}: {given!r} selects none of {n} row",
            "{what}: {given!r} selects none of {n} rows",
            what=what,
            given=rows,
        )
        if not periods:
            raise DataError(none)
        extent = Said("the periods run from {first} to {last}", first=periods.text[0], last=periods.text[-1])
        raise DataError(joined([none, extent], "clauses"))
    return mask
