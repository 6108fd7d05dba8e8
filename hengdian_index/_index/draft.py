"""A draft of an index from a table of data: what can be guessed is guessed, what must be chosen stands in comments."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from hengdian_index._files import toml
from hengdian_index._files.write_workbook import write_workbook
from hengdian_index._index.guesses import Found, Guess, guessed, labels_in
from hengdian_index._index.index import Index, sheet_fields
from hengdian_index._index.text import first_line
from hengdian_index._methods.registry import FAMILIES
from hengdian_index._system.written import whole
from hengdian_index._tables.form import HEADING_ROWS, Form
from hengdian_index._tables.grid import name_and_unit
from hengdian_index._tables.periods import Periods, read_periods
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.shapes import as_wide, proposed
from hengdian_index._tables.units import named_totals
from hengdian_index._words.catalogue import LANGUAGES, Lang, Room, words
from hengdian_index._words.said import Said, joined
from hengdian_index._words.said import told as told_in
from hengdian_index.errors import DataError, FaultsError, SpecError, among, cause, listed, raise_all, shown, spoken

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_CHOICES = ("normalise", "weights", "aggregate")
_SCALE = {"method": "min_max", "lower": 0, "upper": 100}
# Levels on a base need scores that are not near 0.
_SCALE_OF_SERIES = {"method": "min_max", "lower": 60, "upper": 100}
# Headings that are periods have no column; this is what it is called.
_PERIOD = "year"
_DEFAULTS = {"weights": "equal", "aggregate": "arithmetic", "missing": "reweight"}


@dataclass(frozen=True)
class Draft:
    """A draft as text and as tables; `asked` are indicators whose direction is to be chosen, `open` what else is."""

    text: str
    head: Mapping[str, Any]
    groups: Sequence[Mapping[str, Any]]
    indicators: Sequence[Mapping[str, Any]]
    notes: Sequence[str]
    table: pd.DataFrame
    asked: Sequence[str]
    open: Sequence[str]


def new_index(path: str | Path, data: str | Path, *, lang: Lang | None = None, force: bool = False) -> Draft:
    """Write a draft of an index for the table in a file, and return it.

    Parameters
    ----------
    path : path
        Ends in .toml, or .xlsx for a workbook that holds the table, too; nothing stands there yet, or `force` is given.
    data : path
        A table with a row for each unit, or period, or both. Columns of units and periods are guessed, every other
        column of numbers becomes an indicator, in groups where headings begin alike. Of a table that is long, or has
        periods as headings, `[data]` says so in the draft.
    lang : "en" or "zh", optional
        Language of the comments; by default that which is spoken (`hi.options`).

    Raises
    ------
    SpecError
        A file that exists, another ending, another language, a folder that cannot be written to.
    DataError
        A table that cannot be read, or that has no column of numbers.

    Notes
    -----
    Whether less is better nobody can guess: a heading that sounds so (unemployment, 失业率) has a line to choose from.
    The draft is computed on the table before it is written; what then is refused stands in it as what must be decided.
    """
    path, data = Path(path), Path(data)
    ending = path.suffix.lower()
    faults = [] if lang is None or among(lang, LANGUAGES) else [Said("lang: 'en' or 'zh', not {lang!r}", lang=lang)]
    faults += [] if ending in (".toml", ".xlsx") else [Said("{name}: a draft ends in .toml or .xlsx", name=path.name)]
    if path.resolve() == data.resolve():
        faults.append(Said("{path}: is the table itself, which would be lost; choose another name", path=path))
    elif not force and os.path.lexists(path):
        why = Said("{path}: exists already and is not overwritten; choose another name, or give --force", path=path)
        faults.append(why)
    raise_all(SpecError, faults)
    lang = spoken(lang)
    made = drafted(data, words(lang, "draft"), lang)
    if ending == ".xlsx":
        parts = (made.head, made.groups, made.indicators)
        write_workbook(path, *parts, fields=sheet_fields(), data=made.table, notes=made.notes, lang=lang)
        return made
    try:
        with whole(path) as part:
            part.write_text(made.text, encoding="utf-8")
    except OSError as error:
        why = cause(error, error.strerror or "")
        raise SpecError(
            Said("{path}: cannot be written ({why}); choose another name or folder", path=path, why=why)
        ) from None
    return made


def drafted(data: Path, say: Room, lang: str) -> Draft:
    """Return a draft for the table in a file, with comments in the words of a language."""
    source, heading = _read(data)
    form = proposed(source, data.stem) or {}
    table = _wide(source, form) if form else source
    guess = guessed(table)
    if form:
        labels = {"unit": form.get("unit"), "period": form.get("period", _PERIOD)}
        guess = replace(guess, **labels, unit_names=None)
        if "unit" in form:
            guess = replace(guess, indicators=_whole_names(guess, table))
        else:
            # Of one unit, indicators in rows are turned without a word.
            form = {}
    form |= heading
    if not guess.indicators:
        raise DataError(
            Said(
                "{name}: no column of numbers that differ; columns found: {columns}",
                name=data.name,
                columns=listed(list(table.columns)),
            )
        )
    base = _base(table, guess)
    if base and _refusal(_Draft(data.name, guess, say, lang, base, form=form).index(), source, series=True):
        base = None
    opened = [] if base else _refusal(_Draft(data.name, guess, say, lang, None, form=form).index(), source)
    found = _Draft(data.name, guess, say, lang, base, opened, table, form)
    return Draft(
        found.text(), found.head(), found.groups(), found.indicators(), found.notes(), table, found.asked(), opened
    )


def _read(data: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the table in a file, and how many rows name its columns where that is more than one."""
    try:
        # Labels keep each character: NA is Namibia.
        return read_table(data, labels_in(read_table(data))), {}
    except DataError:
        for rows in HEADING_ROWS:
            form = Form(header_rows=rows)
            with suppress(FaultsError):
                return read_table(data, labels_in(read_table(data, (), form)), form), {"header_rows": rows}
        raise


def _wide(source: pd.DataFrame, form: Mapping[str, Any]) -> pd.DataFrame:
    """Return the labels and the indicators of a table that is long or of years, a column each."""
    labels = (form.get("unit"), form.get("period", _PERIOD))
    wide = as_wide(source, (), Form.of(form), *labels, likely=True)
    kept = [name for name in wide.columns if name in labels or name in wide.attrs["origin"].names]
    table = wide[kept].copy()
    table.attrs = {}
    return table


def _whole_names(guess: Guess, table: pd.DataFrame) -> tuple[Found, ...]:
    """Return indicators called as the rows of them are, with their units of measure."""
    whole_name = {name_and_unit(column)[0]: str(column) for column in table.columns}
    return tuple(replace(one, code=whole_name.get(one.code, one.code)) for one in guess.indicators)


def _refusal(index: Index, table: pd.DataFrame, *, series: bool = False) -> list[Said]:
    """Return why an index cannot be computed on a table."""
    try:
        result = index.compute(table)
        _ = result.series() if series else result.scores
    except FaultsError as error:
        return [fault.message for fault in error.faults]
    return []


def _base(table: pd.DataFrame, guess: Guess) -> str | None:
    """Return the first year that has all its periods."""
    periods = _periods(table, guess)
    if periods is None:
        return None
    per_year = periods.frequency.per_year
    found = sorted(set(periods.ordinals.tolist()))
    whole_years = [
        one // per_year for one in found if one % per_year == 0 and set(range(one, one + per_year)) <= {*found}
    ]
    return str(whole_years[0]) if whole_years else None


def _periods(table: pd.DataFrame, guess: Guess) -> Periods | None:
    if guess.period is None or guess.to_date or guess.period not in table.columns:
        return None
    try:
        return read_periods(table[guess.period].to_numpy(), column=guess.period)
    except DataError:
        return None


class _Draft:
    """The parts of a draft, and how they are written down."""

    def __init__(
        self,
        source: str,
        guess: Guess,
        say: Room,
        lang: str,
        base: str | None,
        opened: Sequence[str] = (),
        table: pd.DataFrame | None = None,
        form: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.source, self.guess, self.say, self.lang, self.base, self.opened = source, guess, say, lang, base, opened
        self.table, self.form = table, form
        self.codes = [one.code for one in guess.indicators]
        self.root = self._free(say["root"], self.codes)
        taken = [*self.codes, self.root]
        self.group_codes = {name: self._free(name, taken) for name in guess.groups}

    @staticmethod
    def _free(code: str, taken: Sequence[str]) -> str:
        while code in taken:
            code += "_index"
        return code

    def head(self) -> dict[str, Any]:
        guess = self.guess
        found = {
            "name": Path(self.source).stem,
            "unit": guess.unit,
            "period": guess.period,
            "unit_names": guess.unit_names,
            "base": self.base,
            "normalise": _SCALE_OF_SERIES if self.base else _SCALE,
            **_DEFAULTS,
        }
        return {name: value for name, value in found.items() if value is not None}

    def groups(self) -> list[dict[str, Any]]:
        lower = [{"code": self.group_codes[name], "parent": self.root, "name": name} for name in self.guess.groups]
        return [{"code": self.root}, *lower]

    def indicators(self) -> list[dict[str, Any]]:
        return [self._indicator(one) for one in self.guess.indicators]

    def _indicator(self, one: Found) -> dict[str, Any]:
        parent = self.root if one.group is None else self.group_codes[one.group]
        part: dict[str, Any] = {"code": one.code, "parent": parent}
        part |= {"unit": one.unit} if one.unit else {}
        return part | ({"cumulative": "year"} if self.guess.to_date else {})

    def index(self) -> Index:
        return Index(**self.head(), data=dict(self.form) or None, groups=self.groups(), indicators=self.indicators())

    def asked(self) -> list[str]:
        return [one.code for one in self.costs()]

    def costs(self) -> list[Found]:
        return [one for one in self.guess.indicators if one.cost]

    def notes(self) -> list[str]:
        """Return what a workbook says of the draft, a line each."""
        asked = [self.say("ask", code=one.code, word=one.cost) for one in self.costs()]
        left = [self._left(name, why) for name, why in self.guess.left.items()]
        decide = [self.say["decide"], *(told_in(one, self.lang) for one in self.opened)] if self.opened else []
        return [self.say("title", file=self.source), *decide, *asked, *left, *words(self.lang, "notes").values()]

    def text(self) -> str:
        """Return the draft as TOML: lines of choices that are open are comments."""
        lines = [*self._titles(), "", "[index]", *self._head_lines(), ""]
        for group in self.groups():
            lines += ["[[group]]", *(toml.line(key, value) for key, value in group.items())]
            lines += [] if "parent" in group else self._example_weights()
            lines += [""]
        lines += [_comment(self._left(name, why)) for name, why in self.guess.left.items()]
        lines += [""] if self.guess.left else []
        for one in self.guess.indicators:
            lines += ["[[indicator]]", *(toml.line(key, value) for key, value in self._indicator(one).items())]
            lines += [self._aside(toml.line("direction", -1), self.say("sounds", word=one.cost))] if one.cost else []
            lines += [""]
        lines += ["[data]"] if self.form else []
        for key, value in self.form.items():
            why = f"  {_comment(self.say[key])}" if key in ("layout", "where") else ""
            lines.append(f"{toml.line(key, value)}{why}")
        return "\n".join(lines).rstrip("\n") + "\n"

    def _titles(self) -> list[str]:
        lines = [self.say("title", file=self.source), self.say["how"]]
        if self.costs():
            lines.append(self.say("directions", codes=joined(self.asked()).told(self.lang)))
        if self.opened:
            lines += ["", self.say["decide"], *(f"- {told_in(one, self.lang)}" for one in self.opened)]
        return [_comment(line) for line in lines]

    def _head_lines(self) -> list[str]:
        head, say, guess = self.head(), self.say, self.guess
        lines = [toml.line("name", head["name"])]
        labels = [name for name in ("unit", "period", "unit_names") if name in head]
        lines += [f"{toml.line(name, head[name])}  {_comment(say[name])}" for name in labels]
        if guess.groups_of_units:
            lines.append(self._aside(toml.line("groups_of_units", list(guess.groups_of_units)), say["groups_of_units"]))
        totals = self._totals()
        lines += [self._aside(toml.line("exclude", totals), say["exclude"])] if totals else []
        if guess.period is not None:
            example = toml.line("base", head.get("base") or "2020")
            lines.append(f"{example}  {_comment(say['base'])}" if self.base else self._aside(example, say["base"]))
            lines.append(self._aside(toml.line("fit_on", head.get("base") or "2020"), say["fit_on"]))
        for choice in _CHOICES:
            lines += ["", _comment(say[choice]), *self._alternatives(choice), toml.line(choice, head[choice])]
        rules = [self._aside(toml.line("missing", one), say[f"missing {one}"]) for one in ("propagate", "raise")]
        lines += ["", _comment(say["missing"]), *rules, toml.line("missing", head["missing"])]
        return [*lines, self._aside(toml.line("coverage", 0.65), say["coverage"])]

    def _alternatives(self, family: str) -> list[str]:
        """Return a line for each method of a family that needs nothing more to be said."""
        ready = {
            name: method
            for name, method in sorted(FAMILIES[family].items())
            if method.sees != "judgement" and not method.absent({}) and name != "none"
        }
        quoted = {name: f'"{name}"' for name in ready}
        width = max(map(len, quoted.values()))
        return [f"#   {quoted[name]:<{width}}  {self._meaning(method)}" for name, method in ready.items()]

    def _meaning(self, method: Any) -> str:
        chinese = method.traits.get("chinese")
        return str(chinese) if self.lang == "zh" and isinstance(chinese, str) else first_line(method.function)

    def _example_weights(self) -> list[str]:
        children = [self.group_codes[name] for name in self.guess.groups]
        children += [one.code for one in self.guess.indicators if one.group is None]
        if len(children) < 2:
            return []
        equal = dict.fromkeys(children, 1)
        return [self._aside(toml.line("weights", equal), self.say["own weights"])]

    def _totals(self) -> list[str]:
        if self.table is None or self.guess.unit is None:
            return []
        return [str(one) for one in named_totals(dict.fromkeys(self.table[self.guess.unit].dropna().tolist()))]

    def _left(self, name: str, why: str) -> str:
        return self.say(f"left {why}", column=shown(name))

    @staticmethod
    def _aside(line: str, why: str) -> str:
        return f"# {line}  {_comment(why)}"


def _comment(text: str) -> str:
    """Return a line of comment; what would end it is a blank."""
    return f"# {_CONTROLS.sub(' ', text)}" if text else ""
