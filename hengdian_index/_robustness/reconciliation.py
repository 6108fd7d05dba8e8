"""Numbers here beside those of another program: which of its conventions differ, what each moves, what gives theirs."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._files.toml import line
from hengdian_index._index.index import Index
from hengdian_index._methods.aliases import aliases, also_called, plain
from hengdian_index._methods.registry import Method
from hengdian_index._robustness.tools import Convention, tools
from hengdian_index._scoring.choice import Choice
from hengdian_index._tables.table import read_labelled
from hengdian_index._words.catalogue import Lang
from hengdian_index._words.markup import card, table
from hengdian_index._words.markup import line as paragraph
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import SpecError, guess, listed, spoken
from hengdian_index.log import journal

# Differences up to this share of the largest number are rounding.
_ROUNDING = 1e-8
# Rows of a card.
_SHOWN = 12
# Choices of an index that conventions can be about, by the field that makes them.
_BRANCH, _LEAF = ("weights", "aggregate"), ("normalise",)


@dataclass(frozen=True)
class Departure:
    """One convention of the program that is not the one here.

    Attributes
    ----------
    address : str
        The option, or the address in the index.
    ours, theirs : Any
        What it is here and there; of what no option says, None.
    why : Said
        What the program does, and what is done here; `why.told("zh")` in Chinese.
    source : str
        Where the program says so.
    difference : float
        How far numbers move by this alone.
    """

    address: str
    ours: Any
    theirs: Any
    why: Said
    source: str
    difference: float


@dataclass(frozen=True, eq=False)
class Reconciliation:
    """Numbers here beside those of another program, with the reason of each difference.

    Attributes
    ----------
    tool : str
        The program.
    of : str
        The function, or the name of the index.
    numbers : DataFrame
        `ours` and `theirs`.
    departures : tuple of Departure
        What the program does otherwise: of each `address`, `ours`, `theirs`, `why`, `source`, and the `difference` that
        it makes alone.
    line : str
        The line of a spec, or the call, that gives their numbers here.
    index : Index or None
        Of an index, the one that gives their numbers.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.compare_with("spssau", "熵值法", [[0.0, 1.0], [1.0, 2.0], [2.0, 4.0]])
    >>> found.line
    'weights = { method = "entropy", zeros = "spssau" }'
    """

    tool: str
    of: str
    numbers: pd.DataFrame
    departures: tuple[Departure, ...]
    line: str
    index: Index | None = None

    @property
    def ours(self) -> pd.Series[float]:
        """The numbers here."""
        return self.numbers["ours"]

    @property
    def theirs(self) -> pd.Series[float]:
        """The numbers of the program."""
        return self.numbers["theirs"]

    @property
    def difference(self) -> float:
        """The largest difference; infinite where one has a number and the other none."""
        return _apart(self.ours, self.theirs)

    @property
    def agrees(self) -> bool:
        """Whether both give the same numbers, up to rounding."""
        return _alike(self.difference, self.ours)

    @property
    def reason(self) -> str:
        """Why the numbers differ, in one sentence; `summary(lang="zh")` has it in Chinese."""
        return self._reason

    @property
    def _reason(self) -> Said:
        if not self.departures:
            return Said("{tool} computes {of} as it is computed here.", tool=self.tool, of=self.of)
        moving = [one for one in self.departures if not _alike(one.difference, self.ours)]
        why = joined([one.why for one in moving or self.departures], "clauses")
        if self.agrees:
            return Said("{tool} gives the same numbers here, though it differs: {why}.", tool=self.tool, why=why)
        return Said("{tool} differs by up to {most:.4g}: {why}.", tool=self.tool, most=self.difference, why=why)

    def summary(self, *, lang: Lang | None = None) -> str:
        """Return the reason, and the line that gives their numbers here.

        Parameters
        ----------
        lang : {"en", "zh"}, optional
            English or Chinese; that which is spoken where none is given.

        Raises
        ------
        SpecError
            Another language.

        Examples
        --------
        >>> import hengdian_index as hi
        >>> found = hi.compare_with("excel", "z_score", [1.0, 2.0, 3.0])
        >>> print(found.summary())
        Excel differs by up to 0.2247: STDEV.P and the older STDEVP divide by n; here the standard deviation is the \
sample's, by n - 1. Their numbers here: normalise = { method = "z_score", ddof = 0 }
        """
        told = [self._reason]
        if self.departures and self.line and "\n" not in self.line:
            told.append(Said("Their numbers here: {line}", line=self.line))
        return joined(told, "sentences").told(spoken(lang))

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        return f"<Reconciliation with {self.tool}: {self.of}, up to {self.difference:.4g}>"

    def _repr_html_(self) -> str:
        head = ["", *self.numbers.columns]
        first = self.numbers.head(_SHOWN)
        rows = [(_label(label), float(row["ours"]), float(row["theirs"])) for label, row in first.iterrows()]
        return card(f"{self.tool}: {self.of}", paragraph(self.summary()), table(head, rows))


def compare_with(tool: str, of: Any, data: Any, /, **options: Any) -> Reconciliation:
    """Numbers here beside those of another program, which of its conventions differ, and the line that gives theirs.

    The program itself is not run: what it says that it computes is computed by the functions here, with the options
    that give its numbers.

    Parameters
    ----------
    tool : {"spssau", "yaahp", "excel", "stata"}
        The program.
    of : str or Index
        A function by any of its names ("entropy", "熵值法", "weights.entropy"); or an index, whose every choice is
        then compared.
    data : table, matrix or judgements
        What the function takes; of an index its table.
    **options
        Options of the function as they are used here.

    Returns
    -------
    Reconciliation
        `ours`, `theirs`, `difference`, `departures` with the reason and the source of each and how much it moves alone,
        `reason` in two languages, `line`.

    Raises
    ------
    SpecError
        A program, or a function of it, of which no convention is known; a fault of the options.
    DataError
        As the function, or the index.

    Notes
    -----
    Proof: each convention equals a slow loop of the program's own formula on random tables.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> judged = {"price": {"size": 3, "place": 2}, "place": {"size": 4}}
    >>> found = hi.compare_with("spssau", "ahp", judged)
    >>> [(one.address, one.theirs) for one in found.departures]
    [('solver', 'arithmetic'), ('random_index', 'xu_1988')]
    >>> found.numbers.round(4).loc["CR"].tolist()
    [0.0929, 0.1045]
    """
    known = {plain(name): one for name, one in tools().items()}
    if plain(str(tool)) not in known:
        allowed = tuple(tools())
        raise SpecError(
            Said(
                "tool: no {tool!r}{guess}; known: {names}", tool=tool, guess=guess(tool, allowed), names=listed(allowed)
            )
        )
    module = known[plain(str(tool))]
    if isinstance(of, Index):
        return _of_index(module.NAME, module.CONVENTIONS, of, data)
    return _of_function(module.NAME, _about(module.NAME, module.CONVENTIONS, of), data, options)


def _frame(data: Any) -> Any:
    """Return a table of polars or pyarrow as one of pandas, anything else as it is."""
    if isinstance(data, pd.DataFrame) or not hasattr(data, "to_pandas"):
        return data
    labelled = read_labelled(data)
    return pd.DataFrame(labelled.values, columns=list(labelled.columns or ()))


def _about(tool: str, conventions: tuple[Convention, ...], asked: Any) -> tuple[Convention, ...]:
    """Return the conventions about the function that is asked for."""
    about = {one.name: one for one in conventions if one.name}
    found = [name for name, one in about.items() if plain(str(asked)) in map(plain, _called(one))]
    if len(found) != 1:
        raise SpecError(
            Said(
                "{tool}: no convention of {asked!r} is known{guess}; known: {names}",
                tool=tool,
                asked=asked,
                guess=guess(asked, about),
                names=listed(tuple(about)),
            )
        )
    return tuple(one for one in conventions if one.name == found[0])


def _called(one: Convention) -> Iterator[str]:
    """Yield the names of the function that a convention is about, in every language."""
    family, _, own = one.name.partition(".")
    method = _method(one)
    yield from (one.name, own, *(aliases(family, own, method.traits) if method else also_called(one.name)))


def _method(one: Convention) -> Method | None:
    """Return the method that a convention is about, None of a plain function."""
    return getattr(one.of, "method", None)


def _of_function(
    tool: str, conventions: tuple[Convention, ...], data: Any, options: Mapping[str, Any]
) -> Reconciliation:
    """Return the comparison of one function."""
    about = conventions[0]
    method = _method(about)
    data = data if method and method.sees == "judgement" else _frame(data)
    departures = [
        one for one in conventions if one.bears_on(data) and (one.theirs or _option(one, options) != one.value)
    ]
    asked = {**options, **{one.option: one.value for one in departures if one.option}}
    own = next((one for one in departures if one.theirs), None)
    with journal():
        ours = _numbers(about, data, options)
        theirs = _own_numbers(tool, own, data, options) if own else _numbers(about, data, asked)
        alone = [
            theirs if one.theirs else _numbers(about, data, {**options, one.option: one.value}) for one in departures
        ]
    told = tuple(
        _departure(one, one.option, _option(one, options), _apart(ours, numbers))
        for one, numbers in zip(departures, alone, strict=True)
    )
    family = about.name.partition(".")[0]
    written = own.call or line(family, _by_child(theirs)) if own else _line(about, data, asked)
    return Reconciliation(tool, about.name, _beside(ours, theirs), told, written)


def _departure(one: Convention, address: str, ours: Any, difference: float) -> Departure:
    assert one.why is not None
    return Departure(address, ours, one.value, one.why, one.source, difference)


def _option(one: Convention, options: Mapping[str, Any]) -> Any:
    """Return the option that a convention is about as it is given, or its default."""
    return options.get(one.option, inspect.signature(one.of).parameters[one.option].default) if one.option else None


def _numbers(one: Convention, data: Any, options: Mapping[str, Any]) -> pd.Series[float]:
    """Return what the function gives as a column of numbers; of judgements with their consistency ratio."""
    method = _method(one)
    consistency = method.traits.get("consistency") if method else None
    if method and consistency and "inconsistent" not in options:
        # A comparison shows a ratio that an index refuses.
        options = {**options, "inconsistent": "note"}
    found = _series(one.of(data, **options))
    if method and consistency:
        ratio = consistency({**options, method.judgements[0]: data}, list(found.index))[-1][1].cr
        found = pd.concat([found, pd.Series({"CR": np.nan if ratio is None else float(ratio)})])
    return found


def _own_numbers(tool: str, one: Convention, data: Any, options: Mapping[str, Any]) -> pd.Series[float]:
    """Return the numbers that no option here gives; refuse options that the program does not know."""
    assert one.theirs is not None
    known = inspect.signature(one.theirs).parameters
    if unknown := [name for name in options if name not in known]:
        names = joined(unknown, quoted=True)
        raise SpecError(
            Said("{tool} computes {of} without {names}; leave them out", tool=tool, of=one.name, names=names)
        )
    return _series(one.theirs(data, **options))


def _series(value: Any) -> pd.Series[float]:
    """Return numbers of any shape as one column, under their labels."""
    if is_dataclass(value):
        value = pd.DataFrame({field.name: getattr(value, field.name) for field in fields(value)})
    if isinstance(value, pd.Series):
        return value.astype(np.float64)
    numbers = np.asarray(value, dtype=np.float64)
    if numbers.ndim == 2:
        labels = pd.DataFrame(value)
        cells = pd.MultiIndex.from_product([labels.index, labels.columns])
        return pd.Series(numbers.ravel(), cells)
    return pd.Series(numbers)


def _beside(ours: pd.Series[float], theirs: pd.Series[float]) -> pd.DataFrame:
    """Return both as two columns, theirs under the labels of ours."""
    return pd.DataFrame({"ours": ours, "theirs": theirs.to_numpy()}, index=ours.index)


def _apart(a: pd.Series[float], b: pd.Series[float]) -> float:
    """Return the largest difference of numbers in the same places."""
    x, y = a.to_numpy(), b.to_numpy()
    if not np.array_equal(np.isnan(x), np.isnan(y)):
        return np.inf
    return float(np.nanmax(np.abs(x - y), initial=0.0))


def _alike(difference: float, numbers: pd.Series[float]) -> bool:
    return difference <= _ROUNDING * max(float(np.nanmax(np.abs(numbers.to_numpy()), initial=0.0)), 1e-300)


def _line(one: Convention, data: Any, options: Mapping[str, Any]) -> str:
    """Return the line of a spec that chooses the method with its options; directions and weights stand elsewhere."""
    method, family = _method(one), one.name.partition(".")[0]
    assert method is not None
    given = {name: value for name, value in options.items() if name in method.options and name != "direction"}
    judged = dict.fromkeys(method.judgements, data)
    return line(family, Choice.of(family, {"method": method.name, **judged, **given}).plain())


def _by_child(weights: pd.Series[float]) -> dict[str, float]:
    return {str(child): float(weight) for child, weight in weights.items()}


def _label(label: Any) -> str:
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _of_index(tool: str, conventions: tuple[Convention, ...], index: Index, data: Any) -> Reconciliation:
    """Return the comparison of a whole index: what the program would do otherwise, each alone and all together."""
    root = index.tree.root.code
    ours = index.compute(data).scores[root]
    theirs, departures, told = index, list[Departure](), dict[str, Any]()
    # Groups go before the choices at those that are left.
    for one in sorted(conventions, key=lambda one: one.of is not Index):
        alone, changes = _changed(index, one, data)
        if alone is None:
            continue
        option = f".{one.option}" if one.of is not Index and one.option else ""
        where = ", ".join(f"{address}{option}" for address in changes) or "groups"
        here = getattr(index, one.option, None) if one.of is Index else _option(one, {})
        departures.append(_departure(one, where, here, _apart(ours, alone.compute(data).scores[root])))
        after, changes = _changed(theirs, one, data)
        theirs = after or theirs
        told |= changes
    numbers = _beside(ours, theirs.compute(data).scores[root] if departures else ours)
    whole = any(one.address == "groups" for one in departures)
    lines = theirs.to_toml() if whole else "\n".join(_at(address, choice) for address, choice in told.items())
    return Reconciliation(tool, index.name or "Index", numbers, tuple(departures), lines, theirs)


def _changed(index: Index, one: Convention, data: Any) -> tuple[Index | None, dict[str, Any]]:
    """Return the index under one convention, None where that changes nothing, and the choices that are others."""
    if one.of is Index and one.theirs:
        return one.theirs(index), {}
    changes = {one.option: one.value} if one.of is Index else dict(_choices(index, one, data))
    other = index.replace(changes) if changes else index
    return (None, {}) if _settled(other) == _settled(index) else (other, changes)


def _settled(index: Index) -> tuple[Any, Any]:
    """Return what an index computes, whatever it leaves unsaid."""
    return index.tree, replace(index.setting, fingerprint="", spec="")


def _choices(index: Index, one: Convention, data: Any) -> Iterator[tuple[str, Any]]:
    """Yield the addresses at which a convention changes a choice, and the choice under it."""
    family, _, name = one.name.partition(".")
    branches = [index.tree.by_code[code] for code in index.tree.groups]
    if family == "weights" and one.theirs:
        found = [branch for branch in branches if branch.weights.method.name == name]
        scores = _fit_scores(index, data) if found else pd.DataFrame()
        for branch in found:
            yield f"{branch.code}.weights", _by_child(one.theirs(scores[list(branch.children)]))
    elif one.option:
        nodes = index.tree.leaves if family in _LEAF else branches if family in _BRANCH else ()
        for node in nodes:
            choice: Choice = getattr(node, family)
            if choice.method.name == name and all(map(one.bears_on, choice.judgements)):
                plainly = choice.plain()
                said = {"method": plainly} if isinstance(plainly, str) else plainly
                yield f"{node.code}.{family}", {**said, one.option: one.value}


def _fit_scores(index: Index, data: Any) -> pd.DataFrame:
    """Return the scores of indicators and groups in the rows that weights are learnt from."""
    result = index.compute(data)
    scores = result.normalised.join(result.scores)
    fit_on = index.setting.fit_on
    return scores if fit_on is None else scores[result.panel.select(fit_on, "fit_on")]


def _at(address: str, choice: Any) -> str:
    """Return a choice as the line of a spec, behind the group or indicator that it is of."""
    code, _, field = address.rpartition(".")
    return f"{code}: {line(field, choice)}" if code else line(field, choice)
