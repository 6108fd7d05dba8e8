"""What managers say and how widespread a rise is: answer shares, purchasing managers, confidence, breadth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from hengdian_index._methods.composing import Array, composing
from hengdian_index._methods.decorators import unit_sum
from hengdian_index._methods.figures import Built, Figure
from hengdian_index._methods.sample import Sample
from hengdian_index._values.equality import TOLERANCE
from hengdian_index._words.said import Said
from hengdian_index.climate._columns import named_columns
from hengdian_index.errors import CellsError, DataError, SpecError, suggestion

# Printed shares are rounded, so three of them may miss 100 by this much.
_ROUNDED = 0.5 + 1e-9

_SCHEMES: Mapping[str, tuple[Mapping[str, float], tuple[str, ...]]] = {
    "nbs": (
        {
            "new_orders": 0.30,
            "production": 0.25,
            "employment": 0.20,
            "supplier_delivery": 0.15,
            "raw_material_inventory": 0.10,
        },
        ("supplier_delivery",),
    ),
}


def _diffusion_figures(built: Built) -> Iterator[Figure]:
    """Yield the index about 50, or twice its distance from 50 about another centre."""
    centre, shares = int(built.options["centre"]), built.single
    half = "up + same / 2" if "same" in shares else "50 + (up - down) / 2"
    balance = "up - down" if "down" in shares else f"2 * ({half} - 50)"
    yield Figure.of("", half if centre == 50 else f"centre + {balance}" if centre else balance, centre=centre, **shares)


@composing(
    "up",
    "same",
    "down",
    figures=_diffusion_figures,
    formula=lambda centre, **_: {
        50: (
            r"x = \mathrm{up} + \mathrm{same} / 2, \quad 50 + (\mathrm{up} - \mathrm{down}) / 2 \; "
            r"(\mathrm{same} = \varnothing)"
        ),
        100: r"x = 100 + \mathrm{up} - \mathrm{down}",
        0: r"x = \mathrm{up} - \mathrm{down}",
    }[centre],
    chinese="扩散指数",
)
def diffusion(up: Any, same: Any = None, down: Any = None, *, centre: Literal[50, 100, 0] = 50) -> Any:
    r"""Diffusion index of answers: the share that says up, and half of the share that says the same.

    Parameters
    ----------
    up, same, down : series, array (n,) or number
        Shares of the answers in per cent, 0..100: higher, unchanged, lower. Either `same` or `down` may stay away.
    centre : {50, 100, 0}
        The value that says as many rise as fall. 50: 0..100, as ISM, the NBS and the People's Bank of China print it.
        100: 0..200, as climate indexes of the NBS. 0: the balance, -100..100, as the European Commission prints it.

    Returns
    -------
    series, array (n,) or float

    Raises
    ------
    DataError
        A share outside 0..100, shares that sum to more than 100.5 or, all three given, to less than 99.5; shares none
        of which is above 1, which may be parts of 1.
    SpecError
        Neither `same` nor `down` is given.

    Notes
    -----
    50: up + same/2; without `same` 50 + (up - down)/2. 100: 100 + up - down. 0: up - down. Without `down` it is
    100 - up - same. Where printed shares sum to 99.9 or 100.1, the two rules for 50 differ by .05; the People's Bank
    takes the first (weights 1, 1/2 and 0).

    Proof: the entrepreneur survey of the People's Bank of China, 2020Q2 and 2020Q3; the ISM report of April 2010.

    **Symbols.** \varnothing: `same` is not given.

    **When to use.** Answers in three classes, told on a scale on which 50 (or 100, or 0) is no change.

    **Pitfalls.** It says how widespread a movement is, not how large; a reading above the centre may still be a slower
    rise. Know the centre of a series before it is compared.

    Source: Institute for Supply Management, Report On Business; People's Bank of China, entrepreneur survey.

    Examples
    --------
    >>> import hengdian_index.climate as climate
    >>> climate.diffusion(40, 32, 28), climate.diffusion(40, 32, 28, centre=100), climate.diffusion(40, 32, centre=0)
    (56.0, 112.0, 12.0)
    """
    _check_shares([share for share in (up, same, down) if share is not None], same_given=same is not None)
    if same is not None and (centre == 50 or down is None):
        half = up + same / 2
    elif down is not None:
        half = 50 + (up - down) / 2
    else:
        raise SpecError(
            Said("diffusion: give `same` or `down` beside `up`; the share that rises alone says no balance")
        )
    return half if centre == 50 else centre + 2 * (half - 50)


@composing(
    "up",
    "down",
    arithmetic="up - down",
    chinese="差额（净值）",
)
def balance(up: Any, down: Any) -> Any:
    """Balance of answers: the share that says up less the share that says down.

    Parameters
    ----------
    up, down : series, array (n,) or number
        Shares of the answers in per cent, 0..100.

    Returns
    -------
    series, array (n,) or float
        -100..100, 0 where as many rise as fall.

    Raises
    ------
    DataError
        A share outside 0..100, a row that sums to more than 100.5; shares none of which is above 1.

    Notes
    -----
    up - down = 2 (diffusion - 50). Proof: that identity, against `diffusion`.

    **When to use.** Answers in three classes, told as those that say up less those that say down.

    **Pitfalls.** It says how widespread a movement is, not how large. Half up and half down reads as all the same.

    Source: European Commission, Joint Harmonised EU Programme of Business and Consumer Surveys.

    Examples
    --------
    >>> import hengdian_index.climate as climate
    >>> climate.balance([40.0, 20.0], [28.0, 30.0])
    array([ 12., -10.])
    """
    _check_shares([up, down])
    return up - down


def _check_shares(shares: Sequence[Array], *, same_given: bool = False) -> None:
    """Refuse shares outside 0..100, and rows whose shares cannot be those of one question."""
    table = np.stack(shares, axis=-1)
    outside = (table < 0) | (table > 100)
    if outside.any():
        raise CellsError(outside, Said("a share of the answers in per cent lies in 0..100"))
    total = table.sum(axis=-1)
    too_much, too_little = total > 100 + _ROUNDED, total < 100 - _ROUNDED
    if len(shares) == 3 and (too_much | too_little).any():
        raise CellsError(
            too_much | too_little, Said("the shares do not sum to 100 per cent, give or take .5 for rounding")
        )
    if too_much.any():
        raise CellsError(too_much, Said("two shares of the answers sum to more than 100 per cent"))
    # What most answers say may be the share that is not given.
    _refuse_parts(
        table,
        Said("no share of the answers is above 1: parts of 1 must be multiplied by 100")
        if same_given
        else Said(
            "no share of the answers is above 1: parts of 1 must be multiplied by 100; "
            "if they are per cent, give `same` of diffusion too"
        ),
    )


def _refuse_parts(table: Array, why: Said) -> None:
    """Refuse numbers that look like parts of 1 where per cent are meant: none above 1, and not whole."""
    largest = np.fmax.reduce(table, axis=None)
    if 0 < largest <= 1 and (np.nan_to_num(table) % 1).any():
        raise DataError(why)


def _pmi_faults(weights: Any, **_: Any) -> list[Said]:
    if not isinstance(weights, str) or weights in _SCHEMES:
        return []
    return [Said("weights: no scheme {weights!r}{guess}", weights=weights, guess=suggestion(weights, _SCHEMES))]


def _pmi_figures(built: Built) -> Iterator[Figure]:
    """Yield the weighted sum; the index is linear, so its weights are read off at 0 and at 100 of each component."""
    names, values = zip(*built.cells["components"].items(), strict=True)
    own = {name: value for name, value in built.options.items() if name in ("weights", "inverted")}

    def at(row: Array) -> float:
        return float(pmi.method.function(row[np.newaxis, :], names=names, **own)[0])

    none = at(np.zeros(len(names)))
    w = [(at(100 * row) - none) / 100 for row in np.eye(len(names))]
    known = {f"c{j}": value for j, value in enumerate(values)} | {f"w{j}": abs(one) for j, one in enumerate(w)}
    terms = [f"w{j} * {f'c{j}' if one >= 0 else f'(100 - c{j})'}" for j, one in enumerate(w)]
    yield Figure.of("", " + ".join(terms), **known)


@composing(
    "components",
    table="components",
    second="weights",
    check=_pmi_faults,
    figures=_pmi_figures,
    formula=r"x = \sum_j w_j c_j, \quad c_j = 100 - \mathrm{component}_j \; (j \in \mathrm{inverted})",
    chinese="采购经理指数",
)
def pmi(components: Any, weights: Any, *, inverted: Any = None, names: Sequence[Any] | None = None) -> Array:
    """Purchasing managers' index: the weighted mean of diffusion indexes.

    Parameters
    ----------
    components : table (n, k), array, or mapping of name to series or number
        Diffusion indexes, 0..100. A row with a missing component is missing: the weights are of a fixed set.
    weights : mapping by component, sequence (k,), or "nbs"
        Rescaled to sum 1. "nbs": new_orders .30, production .25, employment .20, supplier_delivery .15 (inverted),
        raw_material_inventory .10, for components of just these names.
    inverted : names, optional
        Components taken as 100 - c, such as supplier deliveries, which slow down when trade is brisk; positions where
        the components have no names. Default: none, with "nbs" its own; an empty list says they are turned already.

    Returns
    -------
    series, array (n,) or float
        0..100; 50 where all components are 50.

    Raises
    ------
    SpecError
        Weights or inverted components that are not those of the data.
    DataError
        A component outside 0..100; components none of which is above 1, which may be parts of 1.

    Notes
    -----
    sum w c. ISM (USA) weighs five components equally, .20 each, and inverts none: its deliveries index counts slower
    deliveries as up.

    Source: National Bureau of Statistics of China, notes of the monthly releases. Proof: 13 months of them, 2016-02
    to 2017-02.

    **When to use.** Purchasing managers' surveys: one number from the diffusion indexes of orders, output, employment,
    deliveries and stocks.

    **Pitfalls.** Weights, and which component is turned round, differ between publishers: take theirs. Components are
    to be seasonally adjusted before.

    Examples
    --------
    >>> import hengdian_index.climate as climate
    >>> weights = {"new_orders": 0.75, "delivery": 0.25}
    >>> climate.pmi({"new_orders": 54.0, "delivery": 48.0}, weights, inverted=["delivery"])
    53.5
    """
    outside = (components < 0) | (components > 100)
    if outside.any():
        raise CellsError(outside, Said("a diffusion index lies in 0..100"))
    _refuse_parts(components, Said("no share of the components is above 1: parts of 1 must be multiplied by 100"))
    if isinstance(weights, str):
        weights, own = _SCHEMES[weights]
        inverted = own if inverted is None else inverted
    sample = Sample((components,), tuple(names) if names is not None else None)
    shares = unit_sum(sample.per_column(weights, "weights"), sample.k, "weights")
    turned = named_columns(inverted, sample, "inverted")
    return np.asarray(np.where(turned, 100 - components, components) @ shares)


def _share_fault(share: float) -> list[Said]:
    return (
        [] if 0 <= share <= 1 else [Said("share: the weight of the present lies in 0..1, not {share:g}", share=share)]
    )


@composing(
    "current",
    "expected",
    check=_share_fault,
    arithmetic="share * current + (1 - share) * expected",
    formula=r"x = \mathrm{share}\,\mathrm{current} + (1 - \mathrm{share})\,\mathrm{expected}",
    chinese="景气（信心）指数",
)
def confidence(current: Any, expected: Any, *, share: float = 0.4) -> Any:
    """Confidence or climate index: the weighted mean of how things are and how they are expected to become.

    Parameters
    ----------
    current, expected : series, array (n,) or number
        Indexes of the present and of the expected situation, on one scale: those of the NBS are
        `diffusion(good, down=bad, centre=100)`, 0..200.
    share : float
        Weight of the present, 0..1.

    Returns
    -------
    series, array (n,) or float

    Notes
    -----
    share current + (1 - share) expected; .4 and .6 in the enterprise climate index of the NBS. The ifo institute takes
    the geometric mean of the two balances, each raised by 200 (`hi.aggregate.geometric`).

    Source: National Bureau of Statistics of China, annex of the release of 2013Q2. Proof: its identity and laws.

    **When to use.** How things are and how they are expected to become, in one number.

    **Pitfalls.** The share is a convention, and opposite movements of the two cancel: show both beside it.

    Examples
    --------
    >>> import hengdian_index.climate as climate
    >>> climate.confidence(120, 130)
    126.0
    """
    return share * current + (1 - share) * expected


def _faults(lag: int, same: float) -> list[Said]:
    found = [] if lag >= 1 else [Said("lag: a whole number of periods, 1 or more, not {lag}", lag=lag)]
    return found + ([] if same >= 0 else [Said("same: a change in per cent, 0 or more, not {same:g}", same=same)])


@composing(
    "x",
    table="x",
    along="time",
    check=_faults,
    formula=r"x_t = 100\,\frac{\#\mathrm{risen} + \#\mathrm{same} / 2}{\#\mathrm{compared}}",
    chinese="序列扩散指数",
)
def breadth(x: Any, *, lag: int = 1, same: float = 0.0) -> Array:
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

    **When to use.** How many of several series rise, whatever their sizes and units.

    **Pitfalls.** Sizes of changes are ignored, and with few series it moves in steps of 100 / n. In quiet times noise
    decides: give `same` or a longer `lag`.

    Examples
    --------
    >>> import hengdian_index.climate as climate
    >>> climate.breadth([[1.0, 5.0, 3.0, 2.0], [2.0, 5.0, 1.0, 4.0]])
    array([ nan, 62.5])
    """
    if len(x) <= lag:
        raise DataError(
            Said.of(
                len(x),
                "breadth: {n} row leaves nothing to compare over {lag}; give more rows",
                "breadth: {n} rows leave nothing to compare over {lag}; give more rows",
                lag=Said.of(lag, "{n} period", "{n} periods"),
            )
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
