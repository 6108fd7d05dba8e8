"""The bulletin of a period: half a page of prose as a statistical office releases it, made of the numbers alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hengdian_index._index.result import Result
from hengdian_index._methods.aliases import aliases
from hengdian_index._methods.registry import Method
from hengdian_index._present.report.chosen import chosen
from hengdian_index._present.report.headline import best_unit, figure
from hengdian_index._present.report.opening import opening, sure
from hengdian_index._present.report.units import compared, ranked
from hengdian_index._present.revised import At, revised
from hengdian_index._present.word import write_word
from hengdian_index._robustness.uncertainty import Uncertainty
from hengdian_index._system.written import whole
from hengdian_index._tables.cells import is_missing
from hengdian_index._tables.periods import format_period
from hengdian_index._tables.table import Array
from hengdian_index._vintages.release import Release
from hengdian_index._vintages.vintage import vintage
from hengdian_index._words.catalogue import Lang, Room, words
from hengdian_index._words.said import Said
from hengdian_index.errors import FaultsError, SpecError, spoken
from hengdian_index.plot.layout import name_of, of_unit, row_names
from hengdian_index.plot.numbers import in_points
from hengdian_index.plot.style import as_text

# Units that the table of many names.
_MOST = 20
_LONG = 35


@dataclass(frozen=True, slots=True)
class Page:
    """A bulletin: its title, its paragraphs, and a table with its heading."""

    title: str
    paragraphs: tuple[str, ...]
    caption: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """Return it as Markdown."""
        lines = [self.heading, ("---", *("---:" for _ in self.heading[1:])), *self.rows]
        table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
        return "\n\n".join([f"# {self.title}", *self.paragraphs, f"**{self.caption}**", table]) + "\n"


def bulletin(
    result: Result,
    path: str | Path | None = None,
    *,
    period: Any = None,
    unit: Any = None,
    lang: Lang | None = None,
    uncertainty: Uncertainty | None = None,
    earlier: Release | str | Path | None = None,
) -> str:
    """Return the bulletin of a period as Markdown, written to a file of Word or Markdown where one is named.

    Level and changes of the whole, which sub-indexes rose and fell, what pulled by how many percentage points, what is
    provisional, missing or filled, how sure that is, base and method; what is revised of an earlier release. Nothing is
    said that a number does not carry.

    Parameters
    ----------
    path : path, optional
        A file that ends in `.docx` (needs python-docx, `pip install 'hengdian-index[word]'`) or in `.md`.
    period : period, optional
        What it is about; default: the last.
    unit : label, optional
        Whose index it is, where the table has several units. Without it the bulletin is of all: who is first and last,
        who gained and lost places.
    lang : {"en", "zh"}, optional
        Language; by default that which is spoken (`hi.options`).
    uncertainty : Uncertainty, optional
        Draws of the same rows, from which the interval is.
    earlier : Release or path, optional
        The release that was published before, or its folder. What of it prints otherwise now is told, the last period
        first, with a column of the table. Where base, weights, members or method are others, so that levels published
        before are not comparable, that is said instead; `hi.revisions` has the reasons.

    Raises
    ------
    SpecError
        Another ending of the file; a unit that is not there; rows without periods.
    DataError
        A period that has no row; an earlier release that was edited, or that has no row of the result.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> text = index.compute(table).bulletin(period="2009Q4")
    >>> text.splitlines()[2][:93]
    'In the fourth quarter of 2009 Film industry index (illustrative) stood at 111.98 (1998 = 100)'
    """
    lang = spoken(lang)
    ending = None if path is None else Path(path).suffix.lower()
    if ending not in (None, ".docx", ".md"):
        raise SpecError(Said("path: a file that ends in .docx or .md, not {path!r}", path=str(path)))
    if result.panel.periods is None:
        raise SpecError(
            Said("a bulletin is of a period, and the rows have none; name the column in the index: period = ...")
        )
    some = chosen(result, period, unit).result
    page = bulletin_page(some, unit, uncertainty, lang)
    if earlier is not None:
        with as_text():
            page = _beside(page, some, unit, vintage(earlier, "earlier").source, lang)
    if path is not None and ending == ".docx":
        write_word(path, page.title, page.paragraphs, page.caption, (page.heading, *page.rows), lang)
    elif path is not None:
        with whole(Path(path)) as target:
            target.write_text(page.markdown(), encoding="utf-8")
    return page.markdown()


def bulletin_page(result: Result, unit: Any, found: Uncertainty | None, lang: Lang) -> Page:
    """Return the bulletin of the last period of a result, of one unit or of all."""
    with as_text():
        return (_of_one if _single(result, unit) else _of_many)(result, unit, found, lang)


def _single(result: Result, unit: Any) -> bool:
    """Return whether a bulletin is of one index over time, not of units that are compared."""
    return unit is not None or best_unit(result) is None


def _beside(page: Page, result: Result, unit: Any, earlier: Release | Result, lang: Lang) -> Page:
    """Return a bulletin with what of an earlier release is revised, in a sentence and in its table."""
    say, panel, tree, single = words(lang, "bulletin"), result.panel, result.tree, _single(result, unit)
    assert panel.periods is not None
    frequency = panel.periods.frequency
    ordinals = dict(zip(panel.periods.text, panel.periods.ordinals.tolist(), strict=True))
    parts = [tree.root.code, *(tree.root.children if single else ())]
    found = revised(result, earlier, [code for code in parts if code in tree.groups], unit)
    units = {} if single else {str(one): str(panel.name(one)) for one in panel.unit_list()}

    def named(at: At) -> str:
        return name_of(tree, at[0]) if single else units[at[1]]

    def when(period: str) -> str:
        return _period_said(ordinals[period], frequency, say)

    scored = not single and not result.setting.levelled
    whole = bool(found.numbers) and next(iter(found.numbers))[0] == tree.root.code
    kind = "score of unit" if scored else "level of unit" if not single else "level" if whole else "level of part"
    paragraphs = _paragraphs((*page.paragraphs[:-1], found.told(say, named, when, kind), page.paragraphs[-1]))
    if not found.period:
        return replace(page, paragraphs=paragraphs)
    shown = (of_unit(panel, unit)[-1:] if single else compared(result))[: len(page.rows)]
    whose = ["" if panel.units is None else str(panel.unit(int(row))) for row in shown]
    cells = [found.cells((code, one, found.period)) for code in parts for one in whose]
    heading = (say("score in" if scored else "level in", period=when(found.period)), say["published before"])
    # The table has the numbers of its own period, of units their scores.
    there = ordinals[found.period] == panel.periods.ordinals[shown[0]] and (single or scored)
    rows = tuple((*row, *more[int(there) :]) for row, more in zip(page.rows, cells, strict=True))
    return replace(page, paragraphs=paragraphs, heading=(*page.heading, *heading[int(there) :]), rows=rows)


def _of_one(result: Result, unit: Any, found: Uncertainty | None, lang: Lang) -> Page:
    """Return the bulletin of one index over time."""
    say = words(lang, "bulletin")
    row, line = int(of_unit(result.panel, unit)[-1]), _Line(result, say)
    root = result.tree.root.code
    level = say(
        "level", period=line.period(row), name=_named(result, unit, say), level=figure(line.level(root, row)),
        base=_base(result, say), changes=say["listed changes"].join(["", *line.changes(root, row)]),
    )  # fmt: skip
    told = [level, *line.parts(row), *line.pull(row)]
    told += [*sure(result, np.array([row]), found, words(lang, "report")), _method(result, say)]
    heading = (
        say["sub-index"],
        say["level of"],
        *line.headings,
        *line.pp,
    )
    codes = [root, *result.tree.root.children]
    rows = tuple(
        (
            name_of(result.tree, code),
            figure(line.level(code, row)) if code in result.tree.groups else "–",
            *(line.change_text(code, row, lag) for lag in line.lags.values()),
            *line.pull_text(code, row),
        )
        for code in codes
    )
    return Page(_title(result, unit, line.period(row), say), _paragraphs(told), say["table"], heading, rows)


def _of_many(result: Result, unit: Any, found: Uncertainty | None, lang: Lang) -> Page:
    """Return the bulletin of units that are compared in a period."""
    say, rows, periods = words(lang, "bulletin"), compared(result), result.panel.periods
    assert periods is not None
    period = _period_said(int(periods.ordinals[rows[0]]), periods.frequency, say)
    names, table = row_names(result.panel, rows), ranked(result)
    cells = tuple(
        (names[at], _rank(table["rank"].iloc[at]), figure(float(table[result.tree.root.code].iloc[at])))
        for at in range(min(len(rows), _MOST))
    )
    told = (*opening(result, found, words(lang, "report")), _method(result, say))
    caption = say["table of units"] if len(rows) <= _MOST else say("table of some", count=_MOST, all=len(rows))
    heading = (say["unit"], say["rank"], say["score"])
    return Page(_title(result, None, period, say), _paragraphs(told), caption, heading, cells)


def _rank(rank: Any) -> str:
    return "–" if is_missing(rank) else f"{rank:.0f}"


def _paragraphs(told: Any) -> tuple[str, ...]:
    return tuple(one for one in told if one)


def _title(result: Result, unit: Any, period: str, say: Room) -> str:
    return say("title", name=_named(result, unit, say), period=period)


def _named(result: Result, unit: Any, say: Room) -> str:
    """Return what the index is called, of a unit with its name."""
    name = result.setting.name or result.tree.root.name or say["the index"]
    if unit is None:
        return name
    whose = str(result.panel.name(unit))
    # Words in Latin letters need a blank between them in every language.
    apart = " " if (whose[-1:] + name[:1]).isascii() else ""
    return say("of unit", name=name if say.lang == "en" else apart + name, unit=whose)


def _base(result: Result, say: Room) -> str:
    """Return the base period and its level, nothing where there is none."""
    if not result.setting.levelled or result.setting.base is None:
        return ""
    return say("base", base=result.setting.base, to=f"{result.setting.to:g}")


def _method(result: Result, say: Room) -> str:
    """Return one sentence on what the index is made of, and how."""
    tree = result.tree
    inner = [branch for branch in tree.branches if len(branch.children) > 1] or tree.branches
    chosen_ones = {
        "normalise": [leaf.normalise.method for leaf in tree.leaves],
        "weights": [branch.weights.method for branch in inner],
        "aggregate": [branch.aggregate.method for branch in inner],
    }
    named = {
        part: say["listed"].join(dict.fromkeys(_name_of(one, say.lang) for one in used)) or "–"
        for part, used in chosen_ones.items()
    }
    groups = [child for child in tree.root.children if child in tree.groups]
    made = say("made of groups", count=len(tree.leaves), groups=len(groups)) if groups else ""
    return say("method", made=made or say("made of", count=len(tree.leaves)), **named)


def _name_of(method: Method, lang: str) -> str:
    """Return what a method is called in a language: its first name there, without the explanation in brackets."""
    every = aliases(method.family, method.name, method.traits)
    own = [one for one in every if one.isascii() == (lang == "en")]
    if lang == "en" and own and len(own[0]) > _LONG:
        # What is written out so long is known by its letters: CRITIC, TOPSIS.
        return method.name.upper()
    return re.split("[（(]", own[0])[0] if own else method.name.replace("_", " ")


class _Line:
    """What is said of the rows of one index: levels, changes and contributions, in words and in a table."""

    def __init__(self, result: Result, say: Room) -> None:
        self.result, self.say, self.points = result, say, in_points(result)
        assert result.panel.periods is not None
        self.frequency, self.ordinals = result.panel.periods.frequency, result.panel.periods.ordinals
        year = self.frequency.per_year
        self.lags = {self.frequency.name: 1, **({"year": year} if year > 1 else {})}
        self.measure = say["unit points"] if self.points else "%"
        self.headings = [say(f"per {self._lag(name)}", unit=self.measure) for name in self.lags]
        self.levels = result.series()
        self.steps = {lag: result.changes(lag, "points" if self.points else "percent") for lag in self.lags.values()}
        self.pulls: Any = None
        # An aggregation whose changes have no parts says so in its own part of the report.
        with suppress(FaultsError):
            self.pulls = result.contributions(of="change" if self.points else "growth")
        self.pp = () if self.pulls is None else (say["pull points"] if self.points else say["pull"],)

    def period(self, row: int) -> str:
        """Return the period of a row in words."""
        return _period_said(int(self.ordinals[row]), self.frequency, self.say)

    def level(self, code: str, row: int) -> float:
        """Return the level of a group."""
        return float(self.levels[code].to_numpy()[row])

    def change(self, code: str, row: int, lag: int) -> float:
        """Return the change of a group on some periods before, as it is printed; missing where there is none."""
        if code not in self.steps[lag]:
            return float("nan")
        # What is printed as 0.00 did not change.
        return round(float(self.steps[lag][code].to_numpy()[row]), 2) + 0.0

    def changes(self, code: str, row: int) -> list[str]:
        """Return the changes of a group on the period and the year before, in words; those that are known."""
        found = [(name, self.change(code, row, lag)) for name, lag in self.lags.items()]
        return [self._moved(by, self._on(name)) for name, by in found if np.isfinite(by)]

    def _on(self, name: str) -> str:
        return self.say[f"on {self._lag(name)}"]

    def _lag(self, name: str) -> str:
        return "year alone" if self.frequency.per_year == 1 else name

    def _moved(self, by: float, on: str = "") -> str:
        word = "unchanged" if by == 0 else "up" if by > 0 else "down"
        unit = self.say["points" if self.points else "per cent"]
        return self.say(word, on=on, by=f"{abs(by):.2f}", unit=unit).strip()

    def parts(self, row: int) -> Iterator[str]:
        """Yield how many sub-indexes rose and fell on the period before, and the level and change of each."""
        name, say, tree = next(iter(self.lags)), self.say, self.result.tree
        groups = [child for child in tree.root.children if child in tree.groups]
        moved = {code: self.change(code, row, 1) for code in groups}
        known = {code: by for code, by in moved.items() if np.isfinite(by)}
        if not known:
            return
        each = [
            say("part", name=name_of(tree, code), level=figure(self.level(code, row)), change=self._moved(by))
            for code, by in known.items()
        ]
        kinds = {"risen": 1, "fallen": -1, "same": 0}
        counts = {key: sum(np.sign(by) == sign for by in known.values()) for key, sign in kinds.items()}
        there = {key: count for key, count in counts.items() if count}
        on, told = self._on(name), say["each"].join(each)
        if len(there) == 1 and len(known) > 1:
            yield say(f"all {next(iter(there))}", count=len(known), on=on, each=told)
        else:
            said = say["listed counts"].join(say(key, count=count) for key, count in there.items())
            yield say("parts", count=len(known), on=on, said=said, each=told)

    def pull(self, row: int) -> Iterator[str]:
        """Yield what pulled the whole up and down, the largest first, and the indicators that did so most."""
        if self.pulls is None:
            return
        say, tree = self.say, self.result.tree
        own = {code: value for code, value in self._pulled(self.pulls, row).items() if round(value, 2) != 0}
        if not own:
            return
        told = [self._pull_said(name_of(tree, code), value) for code, value in _by_size(own)]
        yield say("pulls", each=say["each"].join(told))
        with suppress(FaultsError):
            deep = self.result.contributions(of="change" if self.points else "growth", depth="indicators")
            leaves = _by_size({c: v for c, v in self._pulled(deep, row).items() if c in tree.codes and round(v, 2)})
            ends = [end for end in (leaves[:1], leaves[-1:]) if end]
            most = dict(end[0] for end in ends if (end[0][1] > 0) == (end is ends[0]))
            if most and list(own) != list(dict(leaves)):
                said = [self._pull_said(name_of(tree, code), value) for code, value in most.items()]
                yield say("pulls of indicators", each=say["each"].join(said))

    def _pulled(self, table: Any, row: int) -> dict[str, float]:
        found = table.iloc[row]
        return {str(code): float(value) for code, value in found.items() if np.isfinite(value)}

    def _pull_said(self, name: str, value: float) -> str:
        unit = self.say["points" if self.points else "percentage points"]
        return self.say("pulled up" if value > 0 else "pulled down", name=name, by=f"{abs(value):.2f}", unit=unit)

    def change_text(self, code: str, row: int, lag: int) -> str:
        """Return a change as a cell of a table."""
        by = self.change(code, row, lag)
        return "–" if np.isnan(by) else f"{by:+.2f}" if by else "0.00"

    def pull_text(self, code: str, row: int) -> tuple[str, ...]:
        """Return what a part pulled as a cell of a table, of the whole their sum; none where changes have no parts."""
        if self.pulls is None:
            return ()
        parts: Array = self.pulls.iloc[row].to_numpy(dtype=np.float64)
        value = float(parts.sum()) if code == self.result.tree.root.code else float(self.pulls[code].iloc[row])
        return ("–" if np.isnan(value) else f"{round(value, 2) + 0.0:+.2f}",)


def _by_size(parts: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(parts.items(), key=lambda one: -one[1])


def _period_said(ordinal: int, frequency: Any, say: Room) -> str:
    """Return a period in words: the second quarter of 2022, 2022年二季度."""
    year, place = divmod(ordinal, frequency.per_year)
    if frequency.per_year == 1:
        return say("year", year=year)
    key = f"{frequency.name} {place + 1}"
    return say(key, year=year) if key in say else format_period(ordinal, frequency)
