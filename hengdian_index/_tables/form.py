"""What an index says of the form of its tables: the marks of missing values, the rows of the heading."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from hengdian_index._tables.cells import number_of, single
from hengdian_index._tables.printed import narrow
from hengdian_index.errors import Fault, SpecError, raise_all, shown, suggestion

_MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a table, as `[data]` of a spec says it; every field has a default, which is a plain table.

    Parameters
    ----------
    missing_marks : list of texts or numbers
        What stands for a missing value besides blanks and NA: `["—", ".."]`, `[-999]`.
    header_rows : int
        How many rows name the columns. A column has the name on the lowest of them, with those above before it
        (`2021_income`) where several columns share that; a name that the index asks for may stand on any of them.
    """

    missing_marks: tuple[Any, ...] = ()
    header_rows: int = 1

    @classmethod
    def of(cls, given: Any) -> Form:
        """Return the form that a mapping of fields says; a SpecError has every fault, with the field as its place.

        Examples
        --------
        >>> from hengdian_index._tables.form import Form
        >>> Form.of({"missing_marks": "—"})
        Form(missing_marks=('—',), header_rows=1)
        """
        if given is None or isinstance(given, cls):
            return given or cls()
        if not isinstance(given, Mapping):
            raise SpecError(f'a table of fields, {{ missing_marks = ["—"] }}, not {shown(given)}')
        known = [field.name for field in fields(cls)]
        faults = [
            Fault(f"unknown key {str(name)!r}{suggestion(name, known)}", (str(name),))
            for name in given
            if name not in known
        ]
        found: dict[str, Any] = {}
        for name, read in (("missing_marks", _marks), ("header_rows", _rows)):
            if given.get(name) is not None:
                try:
                    found[name] = read(given[name])
                except SpecError as error:
                    faults += [fault.under(name, saying=f"{name}: ") for fault in error.faults]
        raise_all(SpecError, faults)
        return cls(**found)

    @property
    def mark_texts(self) -> frozenset[str]:
        """The marks as texts, as narrow as they are compared."""
        return frozenset(narrow(str(mark)) for mark in self.missing_marks)

    @property
    def mark_numbers(self) -> frozenset[float]:
        """The marks that are numbers."""
        found = (number_of(mark) for mark in self.missing_marks)
        return frozenset(number for number in found if number is not None and not math.isnan(number))


PLAIN = Form()
"""The form of a table of which nothing is said."""


def _marks(given: Any) -> tuple[Any, ...]:
    marks = (given,) if single(given) else tuple(given)
    if not all(type(one) in (str, int, float) and str(one).strip() for one in marks):
        raise SpecError(f'texts or numbers that stand for a missing value, ["—", ".."], not {shown(given)}')
    return tuple(one.strip() if isinstance(one, str) else one for one in marks)


def _rows(given: Any) -> int:
    if type(given) is not int or not 1 <= given <= _MOST_ROWS:
        raise SpecError(f"how many rows name the columns, 1 to {_MOST_ROWS}, not {shown(given)}")
    return given
