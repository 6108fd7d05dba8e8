"""How widespread a rise is among many series."""

from __future__ import annotations

import numpy as np

from hengdian_index._methods.composing import composing
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import counted
from hengdian_index._values.equality import TOLERANCE
from hengdian_index.errors import DataError


def _faults(lag: int, same: float) -> list[str]:
    found = [] if lag >= 1 else [f"lag: a whole number of periods, 1 or more, not {lag}"]
    return found + ([] if same >= 0 else [f"same: a change in per cent, 0 or more, not {same:g}"])


@composing(
    "x",
    table="x",
    along="time",
    check=_faults,
    formula=r"x_t = 100\,\frac{\#\mathrm{risen} + \#\mathrm{same} / 2}{\#\mathrm{compared}}",
    chinese="序列扩散指数",
)
def breadth(x: Array, *, lag: int = 1, same: float = 0.0) -> Array:
    """Diffusion index of series: the share of them that rose, and half of the share that stayed, in per cent.

    Parameters
    ----------
    x : table (n, k)
        Periods by series, in order of time. Series without a value now or `lag` periods ago are left out.
    lag : int
        Periods between the two values compared.
    same : float
        The change, up or down, in per cent of the earlier value, up to which a series has stayed the same.

    Returns
    -------
    series or array (n,)
        0..100; the first `lag` periods are missing, as are those in which no series can be compared.

    Raises
    ------
    DataError
        Periods that are no periods, out of order or with a hole; no more rows than the lag.

    Notes
    -----
    100 (number risen + number the same / 2) / number compared. The Conference Board counts a rise of more than .05 per
    cent as 1, a change within .05 as 1/2 (`same=0.05`), over one month and over six (`lag=6`). Only the order of two
    values counts with `same=0`, so units of measure and any rising function of a series change nothing. A change that
    is but rounding (1e-12 of the larger value) is none.

    Source: Conference Board 2001, Business Cycle Indicators Handbook. Proof: a slow loop and its laws.

    Examples
    --------
    >>> import hengdian_index.climate as climate
    >>> climate.breadth([[1.0, 5.0, 3.0, 2.0], [2.0, 5.0, 1.0, 4.0]])
    array([ nan, 62.5])
    """
    if len(x) <= lag:
        raise DataError(
            f"breadth: {counted(len(x), 'row', 'leave')} nothing to compare over "
            f"{counted(lag, 'period')}; give more rows"
        )
    before, now = x[:-lag], x[lag:]
    # Neither a change of rounding nor one on the very limit may fall to one side.
    rounding = TOLERANCE * np.maximum(abs(before), abs(now))
    with np.errstate(over="ignore"):
        still = abs(now - before) <= same / 100 * abs(before) + rounding
    known = ~(np.isnan(now) | np.isnan(before))
    points = np.where(still, 0.5, now > before).sum(axis=1, where=known)
    count = known.sum(axis=1)
    share = np.divide(100 * points, count, out=np.full(len(count), np.nan), where=count > 0)
    return np.concatenate([np.full(lag, np.nan), share])
