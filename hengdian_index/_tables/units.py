"""Which units an index has: those chosen, without totals among them, none under two names."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.cells import is_missing
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, headed, joined
from hengdian_index.errors import DataError, guess, listed, native, raise_all, shown, suggestion

Place: TypeAlias = Callable[[int], Said | str]
"""What begins a message about a row: where it is."""

# What is written in several ways, and read as one.
_SIGNS = str.maketrans("‘’ʼ‐‑‒–—−", "'''------", "\u200b\u200c\u200d\u2060\ufeff")
_BLANKS = re.compile(r"[^\S\n]+")
_REMARK = re.compile(r"(?<=.)\([^()]*\)$")
# What kind of place a Chinese name says it is; the nation of an autonomous region may be left out.
_PLACE = re.compile(
    r"(?P<stem>\w{2,}?)(?:(?:壮族|回族|维吾尔)?(?P<region>自治区)|(?P<kind>特别行政区|自治州|自治县|地区|省|市|县|区|盟|旗))"
)
_MARKS = "*:.·。"
_LAST = frozenset("区州县省市盟旗")
# Latin letters of which an accent is a part.
_LETTERS = str.maketrans("ıøłđħ", "ioldh")
_ACCENTS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_DOTS = ".,'’\"“”·•()"
_PUNCTUATION = re.compile(rf"(?<!\d)(?:[{_DOTS}](?!\d)|(?<=[^\W\d])[-_](?=[^\W\d]))")
# Between two words, where another name may have a blank.
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-_](?=[^\W\d_])")
# Marks of footnotes as they stand after a name, or before it.
_STARS, _RAISED = "*†‡§¶#", "¹²³⁰⁴-⁹①-⑳⑴-⒇❶-❿➀-➉㈠-㈩"
_FOOTNOTE = re.compile(rf"^[{_STARS}]+\s*(?=[^\W\d]{{2}})|(?<=\w[\w.)])\s*(?:[{_STARS}{_RAISED}]|\[\w\])+$")
_ANY_MARK = re.compile(rf"[{_STARS}{_RAISED}\[]")
# A sum or a mean of others is told from chance among so many units; a country has so many of its parts beside it.
_FEWEST, _SEVERAL = 4, 3
# A unit that is the sum or the mean of the others by chance in more tables than this is no total.
_CHANCE = 0.01
# Where more units than this may be one, values are so alike that none stands out.
_ALIKE = 20
# A message names so many units.
_LISTED = 12


def label_text(label: Any) -> str:
    """Return what a unit is called, a number like the text of it: 1, 1.0 and "1" are written alike."""
    if type(label) is str:
        return label.strip()
    plain = native(label)
    return str(int(plain) if isinstance(plain, float) and plain.is_integer() else plain).strip()


def bare(names: Sequence[str]) -> list[str]:
    """Return names without blanks, case and width; they are as many as they came.

    Examples
    --------
    >>> from hengdian_index._tables.units import bare
    >>> bare(["北　京", "北京", "Ｎew York", "new york"])
    ['北京', '北京', 'newyork', 'newyork']
    """
    # In one text, for names come in millions.
    text = "\n".join(names)
    if text.count("\n") >= len(names) > 0:
        text = "\n".join(name.replace("\n", " ") for name in names)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).translate(_SIGNS).casefold())
    text = text.casefold()
    for blank in " \t\r":
        text = text.replace(blank, "")
    return _BLANKS.sub("", text).split("\n") if names else []


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows (n,) are of units that an index has; what is wrong with its names, what was done, who is out."""

    rows: NDArray[np.bool_]
    faults: tuple[Said, ...] = ()
    notes: tuple[Said, ...] = ()
    out: tuple[str, ...] = ()


def chosen(
    labels: Iterable[Any],
    only: Sequence[Any] | None,
    exclude: Sequence[Any],
    *,
    complete: bool = True,
    called: Mapping[str, Any] = MappingProxyType({}),
) -> Chosen:
    """Return which rows are left where an index names its units, or units to leave out.

    Parameters
    ----------
    labels : iterable
        The unit of each row.
    only, exclude : sequence of units
        The units, all those of the table where None; those left out of them.
    complete : bool
        The table has every unit that is named, as one to learn from has; one that is scored later may lack some.
    called : mapping
        The unit of each name that stands beside the units.
    """
    names = [label_text(one) for one in labels]
    known = dict.fromkeys(names)
    wanted, gone = ([label_text(one) for one in given] for given in (only or (), exclude))
    faults, notes = list[Said](), list[Said]()
    for one, there in _as_narrow([one for one in gone if one not in known and one not in called], known).items():
        notes.append(
            Said(
                "exclude: {name} read as the unit {units}, which is written with other blanks or width",
                name=shown(one),
                units=listed(there),
            )
        )
        gone = [name for name in gone if name != one] + there
    if complete:
        named = [(field, one) for field, given in (("units", wanted), ("exclude", gone)) for one in given]
        faults += [
            Said(
                "{field}: {name} is what unit {unit} is called; write {code}",
                field=field,
                name=shown(one),
                unit=shown(called[one]),
                code=_array([called[one]])[1:-1],
            )
            for field, one in named
            if one not in known and one in called
        ]
        known_or_called = {**known, **called}
        faults += [
            Said("units: no unit {unit}{guess}", unit=shown(one), guess=suggestion(one, known))
            for one in wanted
            if one not in known_or_called
        ]
        for one in (one for one in gone if one not in known_or_called):
            # Another unit may well be called nearly so (Niger, Nigeria); one that differs in blanks alone is meant.
            same = next((same for same in twins([one, *known]) if same[0] == one), None)
            near = guess(one, known) if same is None else Said("; did you mean {twin}?", twin=shown(same[1]))
            (notes if same is None else faults).append(
                Said("exclude: no unit {unit} in the table{guess}", unit=shown(one), guess=near)
            )
    kept = set(known if only is None else wanted).difference(gone)
    rows = np.fromiter((name in kept for name in names), dtype=np.bool_, count=len(names))
    out = [one for one in known if one not in kept]
    if out and not faults:
        notes.append(
            Said.of(
                len(out),
                "{n} unit left out by the index ({rows}): {units}",
                "{n} units left out by the index ({rows}): {units}",
                rows=Said.of(int((~rows).sum()), "{n} row", "{n} rows"),
                units=listed(out),
            )
        )
    return Chosen(rows, tuple(faults), tuple(notes), tuple(out))


def _as_narrow(names: Sequence[str], units: Iterable[str]) -> dict[str, list[str]]:
    """Return the units that some names are but for blanks and width."""
    if not names:
        return {}
    found: dict[str, list[str]] = {}
    for unit in units:
        found.setdefault(_narrow(unit), []).append(unit)
    return {name: found[_narrow(name)] for name in names if _narrow(name) in found}


def _narrow(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def twins(units: Iterable[Any]) -> list[list[Any]]:
    """Return the units that are one, but for how they are written.

    They differ in blanks, case, width, accents, punctuation, a Chinese ending (省, 市, 自治区), or the mark of a
    footnote where the name stands without it, too.

    Examples
    --------
    >>> from hengdian_index._tables.units import twins
    >>> twins(["北京", "吉林省", "北京市", "吉林市", "Ash", "ASH "])
    [['北京', '北京市'], ['Ash', 'ASH ']]
    >>> twins(["Türkiye", "Turkiye", "Korea, Rep.", "Korea Rep", "Peru*", "Peru", "Oslo①", "Oslo②"])
    [['Türkiye', 'Turkiye'], ['Korea, Rep.', 'Korea Rep'], ['Peru', 'Peru*']]
    """
    distinct = list(dict.fromkeys(units))
    texts = distinct if all(type(one) is str for one in distinct) else [label_text(one) for one in distinct]
    names = _without_accents(bare(texts))
    marked = _marked(texts)
    if len(set(names)) == len(names) and not marked and not _ending(names, _LAST):
        return []
    found: dict[str, list[Any]] = {}
    for name, one in zip(names, distinct, strict=True):
        found.setdefault(name, []).append(one)
    for i, name in marked.items():
        if name in found and names[i] != name and names[i] in found:
            found[name] += found.pop(names[i])
    stems: dict[str, dict[str, list[str]]] = {}
    for name in found:
        place = _PLACE.fullmatch(name) if name[-1:] in _LAST else None
        if place:
            stems.setdefault(place["stem"], {}).setdefault(place["region"] or place["kind"], []).append(name)
    for stem, kinds in stems.items():
        every = [stem, *(name for names in kinds.values() for name in names)]
        for first, *others in [every] if stem in found else kinds.values():
            for name in others:
                found[first] += found.pop(name)
    parted = [part for same in found.values() if len(same) > 1 for part in _hyphenated_apart(same)]
    return [same for same in parted if len(same) > 1]


def _hyphenated_apart(same: list[Any]) -> list[list[Any]]:
    """Return names that are alike, those with a hyphen between words apart from those with one word there.

    A hyphen may stand for a blank (Guinea-Bissau, Guinea Bissau); North-West and Northwest University are two.
    """
    hyphened = [one for one in same if isinstance(one, str) and _HYPHEN.search(one)]
    words = {tuple(_words(one)) for one in hyphened}
    alone = [one for one in same if one not in hyphened and not (isinstance(one, str) and tuple(_words(one)) in words)]
    return [[one for one in same if one not in alone], alone] if hyphened else [same]


def _words(name: str) -> list[str]:
    return _without_accents(bare(_HYPHEN.sub(" ", name).split()))


def _without_accents(names: list[str]) -> list[str]:
    """Return bare names without the accents of Latin letters and without punctuation; they are as many as they came.

    What stands beside a digit, and a hyphen at an end, may tell names apart: 1.1 and 11, AA- and AA.
    """
    given = text = "\n".join(names)
    if not text.isascii():
        plain = text.translate(_LETTERS)
        if not unicodedata.is_normalized("NFD", plain):
            plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", plain)))
        text = plain
    if any(sign in text for sign in f"{_DOTS}-_"):
        text = _PUNCTUATION.sub("", text)
    if text == given:
        return names
    # A name of signs alone is one.
    return [plain or name for plain, name in zip(text.split("\n"), names, strict=True)]


def _marked(names: Sequence[str]) -> dict[int, str]:
    """Return what names that have a mark of a footnote are without it, bare, by their position."""
    text = "\n".join(names)
    if not (_ANY_MARK.search(text) if not text.isascii() else any(mark in text for mark in "*#[")):
        return {}
    found = {i: plain for i, one in enumerate(names) if (plain := _FOOTNOTE.sub("", one.strip())) != one.strip()}
    return {i: name for i, name in zip(found, _without_accents(bare(list(found.values()))), strict=True) if name}


def _ending(names: Sequence[str], ends: Iterable[str]) -> bool:
    """Return whether any name ends so; names come in millions, and few do."""
    text = "\n".join([*names, ""])
    return any(f"{end}\n" in text for end in ends)


def difference(same: Sequence[Any]) -> Said:
    """Return what twins differ in."""
    texts = [one for one in same if isinstance(one, str)]
    if len(texts) < len(same):
        return Said("being a number or a text")
    for told, one in (
        (Said("blanks"), lambda text: "".join(text.split())),
        (Said("case"), lambda text: text.strip().casefold()),
        (Said("width"), lambda text: unicodedata.normalize("NFKC", text).strip()),
        (Said("blanks, case or width"), lambda text: bare([text])[0]),
        (Said("accents or punctuation"), lambda text: _without_accents(bare([text]))[0]),
        (Said("marks of footnotes"), lambda text: _marked([text]).get(0) or _without_accents(bare([text]))[0]),
    ):
        if len({one(text) for text in texts}) == 1:
            return told
    return Said("their endings (省, 市, 自治区)")


def twin_faults(whose: Sequence[Any], units: NDArray[Any], place: Place, *, named: bool) -> list[Said]:
    """Return a fault for units that are one under several names; where the index has `named` its units they are meant.

    The other arguments are those of `total_faults`.
    """
    faults = []
    for same in twins(whose):
        names = list(dict.fromkeys(map(label_text, same)))
        if named and len(names) > 1:
            continue
        units_, what = listed(same), difference(same)
        told = (
            Said(
                "units {units} differ in {what} alone; write them alike, or if they are several, name all: units = "
                "{everyone}",
                units=units_,
                what=what,
                everyone=_everyone(whose),
            )
            if len(names) > 1
            else Said("units {units} differ in {what} alone; write them alike", units=units_, what=what)
        )
        faults.append(headed(place(_first(units, same[1])), told))
    return faults


def _first(units: NDArray[Any], unit: Any) -> int:
    """Return the first row of a unit."""
    return next(i for i, one in enumerate(units.tolist()) if one == unit and type(one) is type(unit))


def _everyone(whose: Sequence[Any]) -> str:
    return _array(whose[:_LISTED], more=len(whose) > _LISTED)


def names_of(units: Sequence[Any], names: Sequence[Any], column: str) -> dict[Any, str]:
    """Return what units are called; several names of one unit, and one of several, are refused.

    Examples
    --------
    >>> from hengdian_index._tables.units import names_of
    >>> names_of(["DE", "FR", "DE"], ["Germany", None, "Germany"], "country")
    {'DE': 'Germany'}
    """
    pairs = dict.fromkeys((u, label_text(n)) for u, n in zip(units, names, strict=True) if not is_missing(n))
    by_unit, by_name = dict[Any, list[str]](), dict[str, list[Any]]()
    for unit, name in pairs:
        by_unit.setdefault(unit, []).append(name)
        by_name.setdefault(name, []).append(unit)
    faults = [
        Said(
            "{column}: unit {unit} has the names {names}; write one in every row",
            column=column,
            unit=shown(unit),
            names=listed(own),
        )
        for unit, own in by_unit.items()
        if len(own) > 1
    ]
    faults += [
        Said(
            "{column}: units {units} have one name, {name}; tell them apart",
            column=column,
            units=listed(own),
            name=shown(name),
        )
        for name, own in by_name.items()
        if len(own) > 1
    ]
    raise_all(DataError, faults)
    return dict(pairs.keys())


def _array(names: Sequence[Any], *, more: bool = False) -> str:
    """Return names as a list is written in TOML and in Python."""
    texts = [f'"{name}"' if isinstance(name, str) and not set(name) & {'"', "\\"} else shown(name) for name in names]
    return f"[{', '.join([*texts, '...'] if more else texts)}]"


def total_faults(
    whose: Sequence[Any],
    units: NDArray[Any],
    values: Array,
    when: NDArray[Any] | None,
    out: Sequence[str],
    place: Place,
    names: Mapping[Any, str] = MappingProxyType({}),
) -> list[Said]:
    """Return a fault if units are totals or means of others, by their names or their values.

    Parameters
    ----------
    whose : sequence
        Each unit once.
    units, values, when : arrays (n,), (n, k), (n,)
        Unit, numbers and period of each row; None without periods.
    out : sequence of units
        Those that the index leaves out already.
    place : function
        Where a row is.
    names : mapping
        What units are called, where a column beside them says it.
    """
    found: dict[Any, Said] = dict.fromkeys(named_totals(whose), Said("by its name"))
    units_of = {name: one for one, name in names.items() if one not in found}
    found |= {units_of[name]: Said("called {name}", name=shown(name)) for name in named_totals(units_of)}
    rest = ~np.isin(units, list(found)) if found else slice(None)
    periods = np.zeros(len(values), dtype=np.intp) if when is None else when
    for one, kind in summed(values[rest], units[rest], periods[rest]):
        found[one] = (
            Said("{what} in every indicator", what=_SUMS[kind])
            if when is None
            else Said("{what} in every indicator and period", what=_SUMS[kind])
        )
    if not found:
        return []
    first = next(iter(found))
    named = joined([Said("{unit} ({why})", unit=shown(one), why=why) for one, why in list(found.items())[:_LISTED]])
    if len(found) > _LISTED:
        named = Said("{names} and {n} more", names=named, n=len(found) - _LISTED)
    told = Said.of(
        len(found),
        "a total or mean among the units: {names}; leave it out: exclude = {gone} in the index; if it is a unit of its "
        "own, name all: units = {everyone}",
        "totals or means among the units: {names}; leave them out: exclude = {gone} in the index; if they are units of "
        "their own, name all: units = {everyone}",
        names=named,
        gone=_array([*out, *found]),
        everyone=_everyone(whose),
    )
    return [headed(place(_first(units, first)), told)]


_SUMS = {
    "sum": Said("the sum of the others"),
    "mean": Said("the mean of the others"),
    "sum or the mean": Said("the sum or the mean of the others"),
    "mean or the sum": Said("the mean or the sum of the others"),
}


@cache
def _known() -> Mapping[str, Any]:
    """Return the names of totals as they are compared."""
    said = tomllib.loads((Path(__file__).parent / "totals.toml").read_text(encoding="utf-8"))
    parts = {name: frozenset(bare(places)) for name, places in said["parts"].items()}
    wholes = {bare([name])[0]: parts[own] for name, own in said["wholes"].items()}
    names, regions = (frozenset(bare(said[key])) for key in ("names", "regions"))
    return {
        "names": names,
        "regions": regions,
        "whole": names | regions | frozenset(wholes),
        "signs": (*said["ends"], *said["last_words"], *_MARKS, ")"),
        "starts": tuple(said["starts"]),
        "ends": tuple(said["ends"]),
        "last": tuple(said["last_words"]),
        "patterns": re.compile("|".join(said["patterns"])),
        "wholes": wholes,
    }


def named_totals(units: Iterable[Any]) -> list[Any]:
    """Return the units that are totals or means of others by their names.

    Examples
    --------
    >>> from hengdian_index._tables.units import named_totals
    >>> named_totals(["北京", "上海", "合 计"]), named_totals(["Total"]), named_totals(["Ohio", "Utah", "USA"])
    (['合 计'], [], ['USA'])
    """
    known = _known()
    texts = [one for one in dict.fromkeys(units) if isinstance(one, str)]
    plain = bare(texts)
    if known["whole"].isdisjoint(plain) and not _ending(plain, known["signs"]):
        text = "\n".join(["", *plain])
        if not any(f"\n{start}" in text for start in known["starts"]):
            return []
    names = dict(zip(texts, plain, strict=True))
    totals = {one for one, name in names.items() if _is_total(one, name, known)}
    regions = {one for one, name in names.items() if name in known["regions"]} - totals
    if 2 * len(regions) <= len(names) - len(totals) - len(regions):
        totals |= regions
    for one in (one for one, name in names.items() if name in known["wholes"]):
        parts = known["wholes"][names[one]]
        inside = sum(name in parts or _PLACE.sub(r"\g<stem>", name) in parts for name in names.values())
        if inside >= _SEVERAL or 2 <= inside == len(names) - 1:
            totals.add(one)
    return [one for one in texts if one in totals] if len(totals) < len(texts) else []


def _is_total(one: str, name: str, known: Mapping[str, Any]) -> bool:
    plain = name if name.isalnum() else _REMARK.sub("", name.strip(_MARKS))
    return bool(
        plain in known["names"]
        or plain.endswith(known["ends"])
        or (plain.endswith(known["last"]) and re.split(r"[\W_]+", one.casefold().rstrip("*:. "))[-1] in known["last"])
        or known["patterns"].fullmatch(plain)
    )


def summed(values: Array, units: NDArray[Any], when: NDArray[Any]) -> list[tuple[Any, str]]:
    """Return the units whose values are in every cell the sum, or the mean, of those of the other units, and which.

    Parameters
    ----------
    values : array (n, k)
        Numbers, missing ones NaN.
    units, when : arrays (n,)
        Whose and of which period each row is.

    Notes
    -----
    With S the sum of a period's values and m how many there are, x is the sum of the others where 2 x = S, their mean
    where m x = S, up to the rounding of the table. Each indicator is one or the other. Cells in which chance does as
    much (the middle of even steps, small whole numbers) count by that chance, and together must leave less than 1 in
    100. Most tables are done with the first indicator of one period.
    """
    if len(values) < _FEWEST:
        return []
    found, counts = np.unique(when, return_counts=True) if (when != when[0]).any() else (when[:1], np.array([1]))
    rows = np.flatnonzero(when == found[int(np.argmax(counts))])
    left, together = np.arange(len(rows)), np.zeros(len(rows), dtype=np.intp)
    if len(rows) < _FEWEST:
        return []
    steps = []
    for column in values[rows].T:
        steps.append(_step(column))
        left = left[np.any(_compared(column, together, left, steps[-1])[0], axis=0)]
        if not len(left):
            return []
    if len(left) > _ALIKE:
        return []
    own = [np.flatnonzero(units == units[row]) for row in rows[left]]
    kinds = _kinds(values, own, np.unique(when, return_inverse=True)[1], steps)
    return [(native(units[row]), kind) for row, kind in zip(rows[left], kinds, strict=True) if kind]


def _kinds(
    values: Array, own: Sequence[NDArray[np.intp]], periods: NDArray[np.intp], steps: Sequence[float]
) -> list[str]:
    """Return whether each of some units is the sum or the mean of the others in each column, if that is no chance."""
    mine, size = np.concatenate(own), float(np.bincount(periods).max())
    ends = np.cumsum([len(rows) for rows in own])[:-1]
    found: list[dict[str, float] | None] = [{} for _ in own]
    chance = [size for _ in own]
    for column, step in zip(values.T, steps, strict=True):
        same, odds = (np.split(each, ends, axis=1) for each in _compared(column, periods, mine, step))
        for i, kinds in enumerate(found):
            likely = {kind: odds[i][j].prod() for j, kind in enumerate(("sum", "mean")) if same[i][j].all()}
            if kinds is None or not likely:
                found[i] = None
                continue
            kind = min(likely, key=lambda one: likely[one])
            chance[i] *= likely[kind]
            found[i] = kinds | ({kind: 1.0} if likely[kind] < 1 else {})
    told = zip(found, chance, strict=True)
    return [" or the ".join(kinds) if kinds is not None and likely < _CHANCE else "" for kinds, likely in told]


def _compared(
    x: Array, periods: NDArray[np.intp], mine: NDArray[np.intp], step: float
) -> tuple[NDArray[np.bool_], Array]:
    """Return whether some values of a column are the sum, and the mean, of the others in their period (2, m).

    And how likely chance does as much, 1 where it says nothing.
    """
    there = ~np.isnan(x)
    with np.errstate(all="ignore"):
        m, total, size, square = (
            np.bincount(periods, weights=np.where(there, each, 0.0))[periods[mine]]
            for each in (1.0, x, np.abs(x), x * x)
        )
        low, high = _ends(x, periods, mine)
        own = x[mine]
        rounding = 1e-9 * size
        # Sums of rounded values wander from what was rounded after it was summed: by half a step each, and among many
        # hardly ever by five of their standard deviations. Of decimals more is rounding than of whole numbers.
        wander = step * np.minimum(0.5 * m, 1.5 * np.sqrt(m))
        loose = rounding + np.where(step <= (1e-3 if step % 1 == 0 else 1e-2) * np.abs(own), wander, 0.0)
        same = np.array([np.abs(2 * own - total) <= loose, np.abs(m * own - total) <= (m - 1) * step + rounding])
        odds = np.array([(2 * loose + step) / (size - np.abs(own)), 2 * (3 * step + rounding) / (high - low)])
        # One other value that is not 0 is no sum, the middle of even steps no mean.
        weak = np.array(
            [~(square - own * own < own * own * (1 - 1e-9)), np.abs(2 * own - low - high) <= step + rounding]
        )
    silent = np.isnan(own) | (m < 2)
    odds = np.where(weak | silent | np.isnan(odds) | (m < _FEWEST), 1.0, np.clip(odds, 1e-12, 1.0))
    return same | silent, odds


def _ends(x: Array, periods: NDArray[np.intp], mine: NDArray[np.intp]) -> tuple[Array, Array]:
    """Return the least and the largest value of the periods of some rows."""
    order = np.argsort(periods, kind="stable")
    starts = np.searchsorted(periods[order], np.arange(periods.max() + 1))
    low, high = np.fmin.reduceat(x[order], starts), np.fmax.reduceat(x[order], starts)
    return low[periods[mine]], high[periods[mine]]


def _step(column: Array) -> float:
    """Return what the first values of a column are whole multiples of: a power of ten, or many of it; 0 of none."""
    some = column[np.isfinite(column)][:1000]
    for decimals in range(7):
        with np.errstate(over="ignore"):
            scaled = some * 10.0**decimals
        if len(some) and np.abs(scaled).max() < 1e15 and np.allclose(scaled, np.rint(scaled), rtol=1e-12, atol=1e-7):
            return float(np.gcd.reduce(np.rint(scaled).astype(np.int64))) / 10.0**decimals
    return 0.0
