"""Any table as the plain one that an index reads: a row for each unit and period, a column an indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from hengdian_index._tables import eurostat
from hengdian_index._tables.arrange import with_names
from hengdian_index._tables.cells import is_pandas
from hengdian_index._tables.form import Form, Layout
from hengdian_index._tables.read_panel import checked_cells, frame_of
from hengdian_index._tables.roles import said_roles
from hengdian_index._tables.shapes import as_wide, free_names, said_by_title
from hengdian_index._tables.table import eager
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, raise_all
from hengdian_index.log import note


def tidy(
    table: Any,
    *,
    layout: Layout | None = None,
    unit: str | None = None,
    period: str | None = None,
    indicator: str | None = None,
    value: str | None = None,
    where: Mapping[str, Any] | None = None,
    missing_marks: Sequence[Any] = (),
    header_rows: int = 1,
) -> Any:
    """Return a table that is long, of years or transposed as a plain one: unit, period, a column an indicator.

    Parameters
    ----------
    table : pandas, polars or pyarrow table, or mapping of columns
        The answer is of the same kind; that of a mapping is of pandas.
    layout : {"wide", "long", "years", "transposed"}, optional
        "long": a row for each value. "years": the headings are periods. "transposed": the rows are indicators, the
        headings periods or units. Left out, it is "long" where `indicator` and `value` are said, else what the headings
        declare or say (`OBS_VALUE`, `Country Name`, years, `indicator` and `value`, 指标 and 数值).
    unit, period, indicator, value : str, optional
        Columns; where left out, those that the headings say. Without a column of indicators `value` is the one that a
        table of years, or a transposed one, holds.
    where : mapping, optional
        Column -> value, or list of values, of the rows to keep: `{"AGE": "_T"}`.
    missing_marks : list of texts or numbers, optional
        What stands for a missing value besides blanks and NA: `["—", ".."]`.
    header_rows : int
        How many rows name the columns.

    Returns
    -------
    table
        Columns of the unit, the period and the indicators, in order of appearance; indicators are numbers. Of pandas
        `attrs["liberties"]` says what was done, which is also written to the log.

    Raises
    ------
    SpecError
        An option that cannot be read.
    DataError
        A dimension with several values, with the `where` that chooses; a value that is given twice; a cell that is no
        number; a layout whose columns nothing says.

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> long = pd.DataFrame(
    ...     {
    ...         "city": ["A", "A", "B"],
    ...         "year": [2020, 2020, 2020],
    ...         "indicator": ["trips", "cost", "trips"],
    ...         "value": [3, 7.5, 5],
    ...     }
    ... )
    >>> hi.tidy(long)
      city  year  trips  cost
    0    A  2020    3.0   7.5
    1    B  2020    5.0   NaN
    """
    said = {"layout": layout, "indicator": indicator, "value": value, "where": where, "header_rows": header_rows}
    form = Form.of({**said, "missing_marks": missing_marks or None})
    asked = [name for name in (unit, period) if name]
    frame = said_by_title(frame_of(with_names(table, header_rows, asked), (), asked, named=True))
    whoever, whenever = free_names(frame) if eurostat.is_parted(frame) else ("unit", "period")
    roles = said_roles(frame, form, (), unit or whoever, period or whenever)
    if roles is not None and roles.layout == "years" and not (roles.indicator or roles.value):
        frame, form = _called_by_file(frame, form)
    whose, when = unit, period
    if roles is not None:
        across = roles.layout != "long"
        whose = unit or roles.unit or ("unit" if roles.layout == "transposed" and period is None else None)
        when = period or (roles.period if roles.period is not None else "period" if across else None)
    wide = as_wide(frame, (), form, whose, when, likely=True)
    names = [name for name in wide.columns if name not in (whose, when)]
    if "origin" in wide.attrs:
        names = [name for name in names if name in wide.attrs["origin"].names]
        values, faults, liberties = checked_cells(wide, names, whose, when, form)
        raise_all(DataError, faults)
        attrs: dict[Any, Any] = {"liberties": (*wide.attrs["liberties"], *liberties)}
        wide = wide[[name for name in (whose, when) if name in wide.columns]].copy()
        for j, name in enumerate(names):
            wide[name] = values[:, j]
        wide.attrs = attrs
    for line in wide.attrs.get("liberties", ()):
        note("read", line)
    return _alike(wide, table)


def _called_by_file(frame: pd.DataFrame, form: Form) -> tuple[pd.DataFrame, Form]:
    """Return a table whose one indicator nothing names, and its form with the name of the file for it."""
    if "source" not in frame.attrs:
        return frame, form
    name = Path(str(frame.attrs["source"])).stem
    frame = frame.copy()
    frame.attrs["liberties"] = (
        *frame.attrs.get("liberties", ()),
        Said("the one indicator is called by its file, {name!r}", name=name),
    )
    return frame, replace(form, value=name)


def _alike(frame: pd.DataFrame, table: Any) -> Any:
    """Return a frame as a table of the library that another one is of."""
    if is_pandas(table) or isinstance(table, Mapping) or not hasattr(eager(table), "implementation"):
        return frame
    import narwhals.stable.v2 as nw

    backend = eager(table).implementation
    columns = {str(name): [None if one != one else one for one in frame[name].tolist()] for name in frame.columns}
    return nw.from_dict(columns, backend=backend).to_native()
