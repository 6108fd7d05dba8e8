"""A result as plain text and as CSV files, and the registry as text."""

from __future__ import annotations

import inspect
import json
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._index.comparability import incomparable, levels_compare
from hengdian_index._index.comparability import told as lapses_told
from hengdian_index._index.long_form import LongKind
from hengdian_index._index.provenance import rows_said
from hengdian_index._index.result import Result
from hengdian_index._index.unit_groups import columns_of_groups
from hengdian_index._levels.common_base import base_said
from hengdian_index._levels.contributions import Depth
from hengdian_index._methods.aliases import aliases, also_called, called, meant, near
from hengdian_index._methods.registry import FAMILIES, Method
from hengdian_index._system.alone import unheard
from hengdian_index._system.written import followed, whole_folder
from hengdian_index._tables.guard import csv_of
from hengdian_index._tables.periods import format_period
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import form_of, written
from hengdian_index._values.letters import columns
from hengdian_index._words.catalogue import Lang, words
from hengdian_index._words.language import language, speaking
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, SpecError, cause, listed, raise_all, spoken, suggestion
from hengdian_index.log import Entry, step_in, told

_ROWS = 8
_PROVENANCE = "provenance.json"

# Units that are printed.
_UNITS = 40
# Names that a refusal offers.
_NAMES = 8


def summary(result: Result, lang: Lang | None = None) -> str:
    """Return the end of a result in words and tables, in a language; without one in that which is spoken.

    Of units the ranks and scores in the last period; of one series its last levels, changes and the largest
    contributions to the last change.
    """
    with speaking(spoken(lang)):
        return _summary(result)


def _summary(result: Result) -> str:
    parts = [result.setting.name or _told(Said("Index")), _told(_fit_line(result))]
    if result.panel.periods is None or result.panel.units is not None:
        parts += [_ranking(result), *_provisional(result)]
    else:
        parts += [_levels(result), *_largest(result), *_provisional(result)]
    if result.entries:
        head = _told(Said("{head}:", head=log_size(len(result.entries))))
        parts.append("\n".join([head, *(f"  {line}" for line in noted(result.entries))]))
    return "\n\n".join(parts) + "\n"


def log_size(lines: int) -> Said:
    """Return how many lines a log has, in words."""
    return Said.of(lines, "{n:,} line in the log", "{n:,} lines in the log")


def noted(entries: Sequence[Entry], most: int = 12) -> list[str]:
    """Return a log as a few lines of text, what was noted of several cells in one; the tail is counted."""
    lines = told(entries)
    more = Said("and {n} more; `compute --out` writes all", n=len(lines) - most)
    return lines if len(lines) <= most else [*lines[:most], _told(more)]


def intervals(levels: pd.DataFrame) -> str:
    """Return the last levels under many draws, with the ends of their 90 % intervals, as text."""
    shown = levels[["nominal", "q05", "q95"]].tail(_ROWS)
    return _text(shown.set_axis(_each(Said("level"), Said("low"), Said("high")), axis=1))


def rank_intervals(result: Result, ranks: pd.DataFrame) -> str:
    """Return the ranks of units in the last period under many draws, with the ends of their 90 % intervals, as text."""
    panel, rows = result.panel, _last_rows(result)
    shown = ranks[["nominal", "q05", "q95"]].set_axis(_each(Said("rank"), Said("low"), Said("high")), axis=1).iloc[rows]
    if panel.units is not None:
        shown = shown.set_axis([panel.name(panel.unit(row)) for row in rows.tolist()], axis=0)
    return _text(shown.sort_values(shown.columns[0], kind="stable")[:_UNITS], ["rank"] * 3)


def as_text(frame: pd.DataFrame, form: str = ".2f") -> str:
    """Return a table of numbers as text, its first rows where they are many."""
    left = len(frame) - _UNITS
    more = Said.of(left, "{n} row more; --out writes all.", "{n} rows more; --out writes all.")
    return _text(frame[:_UNITS], [form] * frame.shape[1]) + (f"\n{_told(more)}" if left > 0 else "")


def tables(result: Result) -> dict[str, pd.DataFrame]:
    """Return every table of a result by name: those that a folder of tables and a release hold."""
    found = {
        "scores": result.scores,
        "normalised": result.normalised,
        "weights": result.weights.to_frame(),
        "effective_weights": result.effective_weights.to_frame(),
        "ranks": result.ranks(),
        "log": result.log.set_index("step"),
    }
    if len(result.consistency):
        found["consistency"] = result.consistency
    if result.provisional.any(axis=None):
        found["provisional"] = result.provisional
    if len(result.weights_by_period) > 1:
        found["weights_by_period"] = result.weights_by_period
    if result.panel.periods is not None or result.setting.base is not None:
        found["series"] = result.series()
    if result.panel.periods is not None:
        year = result.panel.periods.frequency.per_year
        lags = {"change_on_period": 1, **({"change_on_year": year} if year > 1 else {})}
        lost = 0
        for name, lag in lags.items():
            found[name], without = _in_percent(result, lag)
            lost += int(without.to_numpy().sum())
        if lost:
            why = Said.of(
                lost,
                "{names}: {n} change from a level that is not above 0 has no value in per cent and is blank; "
                "series has the levels",
                "{names}: {n} changes from a level that is not above 0 have no value in per cent and are blank; "
                "series has the levels",
                names=joined(list(lags)),
            )
            warnings.warn(_told(why), stacklevel=2)
        found["contributions_to_change"] = result.contributions(depth="indicators")
        if growth_told(result):
            found["contributions_to_growth"] = contributions_to_growth(result, "indicators")
        # A level splits only under means; an index that has none still has all its other tables.
        with suppress(SpecError):
            found["contributions_to_level"] = result.contributions(of="level", depth="indicators")
    return found


def growth_told(result: Result) -> bool:
    """Return whether changes are told in per cent: there are some from levels above 0."""
    with unheard(UserWarning):
        return bool(result.panel.periods is not None and result.changes()[result.tree.root.code].notna().any())


def contributions_to_growth(result: Result, depth: Depth = "children", *, share: bool = False) -> pd.DataFrame:
    """Return the parts of growth on the period before; those of a level that is not above 0 are missing."""
    with unheard(UserWarning):
        return result.contributions(of="growth", depth=depth, share=share)


def with_unit_means(result: Result, of: Literal["series", "scores"]) -> pd.DataFrame:
    """Return the series or the scores of a result, the means over groups of units below those of the units."""
    frame = result.series() if of == "series" else result.scores
    return pd.concat([frame, result.unit_means(of)]) if result.setting.groups_of_units else frame


def ranks_within(result: Result) -> dict[str, pd.DataFrame]:
    """Return the ranks within each column of groups of units; units without a label have none."""
    beside = ["period"] if result.panel.periods is not None else []
    columns = columns_of_groups(result.setting)[0]
    return {name: result.ranks([*beside, name], missing="leave_out") for name in columns}


def _of_unit_groups(result: Result) -> dict[str, pd.DataFrame]:
    """Return the tables that the groups of units of a result add or change, by name."""
    if not result.setting.groups_of_units:
        return {}
    found = {f"ranks_within_{name}": ranks for name, ranks in ranks_within(result).items()}
    timed = result.panel.periods is not None or result.setting.base is not None
    series = {"series": with_unit_means(result, "series")} if timed else {}
    return {"unit_means": result.unit_means(), **found, **series}


def _pivots(result: Result) -> dict[str, pd.DataFrame]:
    """Return the whole of a panel by unit and period, by name: its scores, its levels if it has any, its ranks."""
    panel = result.panel
    if panel.units is None or len(panel.period_labels()) < 2:
        return {}
    kinds: list[LongKind] = ["score", "level", "rank"] if result.setting.levelled else ["score", "rank"]
    return {f"pivot_{kind}": result.pivot(kind) for kind in kinds}


def _with_names(result: Result, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table to be written with the names of units, if there are any, after their codes."""
    panel, column = result.panel, result.setting.unit_names
    if column is None or frame.index.names[0] != panel.labels.names[0] or frame.index.names[0] is None:
        return frame
    levels = [frame.index.get_level_values(i) for i in range(frame.index.nlevels)]
    index = pd.MultiIndex.from_arrays([levels[0], levels[0].map(panel.name), *levels[1:]])
    return frame.set_axis(index.set_names([frame.index.names[0], column, *frame.index.names[1:]]), axis=0)


def _in_percent(result: Result, lag: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the changes in per cent, and which of them have a value in points alone: the caller says so, once."""
    with unheard(UserWarning):
        found = result.changes(lag)
    return found, found.isna() & result.changes(lag, "points").notna()


def texts(result: Result) -> dict[str, str]:
    """Return what is written of a result, by file name: its tables as CSV, its provenance as JSON."""
    found = {f"{name}.csv": csv_of(frame) for name, frame in tables(result).items()}
    return {**found, _PROVENANCE: _json(result.provenance)}


def written_tables(result: Result) -> dict[str, pd.DataFrame]:
    """Return every table of a result as it is written, by name: with the names and the groups of units."""
    every = tables(result) | _of_unit_groups(result) | _pivots(result)
    return {name: _with_names(result, frame) for name, frame in every.items()}


def main_table(result: Result) -> tuple[str, pd.DataFrame]:
    """Return the table that says most, as it is written: the series of an index with periods, else the scores."""
    if result.panel.periods is None and result.setting.base is None:
        return "scores", _with_names(result, result.scores)
    return "series", _with_names(result, with_unit_means(result, "series"))


def to_csv(result: Result, folder: str | Path) -> list[str]:
    """Write every table of the result to a folder as CSV, all or none, and return the names of the files.

    They are those of the command `compute --out`: scores, normalised indicators, weights, ranks, series, changes,
    contributions, log, what else the index has, of a panel its scores, levels and ranks with a row for each unit and a
    column for each period (`pivot_score.csv` and the like), and `provenance.json` with versions and hashes. Files are
    in UTF-8 with a byte-order mark, by which Excel knows the letters; a text that begins like a formula has an
    apostrophe before it.

    Parameters
    ----------
    folder : path
        Made if it is not there. Tables that an earlier result wrote there, and this one does not have, go; what else is
        there stays.

    Raises
    ------
    DataError
        The folder cannot be written to; nothing is left half written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import hengdian_index as hi
    >>> index = hi.Index(unit="town", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    >>> result = index.compute({"town": ["A", "B"], "x": [1.0, 3.0]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = result.to_csv(Path(folder) / "results")
    ...     text = (Path(folder) / "results" / "scores.csv").read_text(encoding="utf-8-sig")
    >>> files[:3], text.splitlines()
    (['scores.csv', 'normalised.csv', 'weights.csv'], ['town,all', 'A,0.0', 'B,1.0'])
    """
    return write_tables(result, Path(folder))


def write_tables(result: Result, out: Path, *, apart: Iterable[Path] = (), **more: pd.DataFrame) -> list[str]:
    """Write every table of a result, and more tables by name, to a folder, all or none; return the file names."""
    return write_folder(written_tables(result) | more, result.provenance, out, apart=apart)


def write_folder(
    frames: Mapping[str, pd.DataFrame], provenance: Mapping[str, Any], out: Path, *, apart: Iterable[Path] = ()
) -> list[str]:
    """Write tables and where they come from to a folder, all or none; return the file names.

    Tables are CSV in UTF-8 with a byte-order mark. Files that `apart` names are not written over. `provenance.json` has
    the SHA-256 of each table beside it; tables that stood there before, and are not among these, go unless they were
    edited.
    """
    # By the mark Excel knows the letters, which elsewhere it takes for those of its own country.
    found = {f"{name}.csv": csv_of(frame).encode("utf-8-sig") for name, frame in frames.items()}
    sealed = {name: _hash(content) for name, content in found.items()}
    found[_PROVENANCE] = _json({**provenance, "files": sealed}).encode("utf-8")
    try:
        kept = {followed(path) for path in apart}
        lost = kept & {followed(out / name) for name in found}
        faults = [
            Said("--out: {path} is INDEX or DATA itself, which would be lost; give another folder", path=path)
            for path in sorted(lost)
        ]
        raise_all(SpecError, faults)
        gone = [name for name in _unedited(out) if name not in found and followed(out / name) not in kept]
        whole_folder(out, found, gone)
    except OSError as error:
        why = cause(error, error.strerror or "")
        raise DataError(
            Said("cannot write to {path}: {strerror}; choose another folder", path=out, strerror=why)
        ) from None
    return list(found)


def _unedited(out: Path) -> list[str]:
    """Return the tables in a folder that are what an earlier result wrote there."""
    try:
        sealed = json.loads((out / _PROVENANCE).read_bytes())["files"]
        return [name for name, seal in sealed.items() if name == Path(name).name and _hash_at(out / name) == seal]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return []


def _hash_at(path: Path) -> str:
    return _hash(path.read_bytes()) if path.is_file() else ""


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()


def _json(said: Mapping[str, object]) -> str:
    return json.dumps(said, indent=2, ensure_ascii=False, default=str) + "\n"


def listing() -> str:
    """Return every method by family, with the first line of its description; in Chinese with its name in Chinese."""
    lines = []
    for family, methods in FAMILIES.items():
        lines.append(_told(Said("{head}:", head=_family(family))))
        width = max(map(len, methods), default=0)
        lines += [f"  {name:<{width}}  {meaning(method)}" for name, method in sorted(methods.items())]
    return "\n".join(lines)


def _family(name: str) -> str:
    """Return what a family is called, with the name that is typed."""
    said = step_in(name, language())
    return name if said == name else f"{said} {name}"


def methods_table(name: str | None = None) -> pd.DataFrame:
    """Return every method, or those of one name, with its family, its options and the first line of its description."""
    every: list[Method | str] = [one for methods in FAMILIES.values() for _, one in sorted(methods.items())]
    rows = [_row(one) for one in (_called(name) if name else every)]
    return pd.DataFrame(rows, columns=["family", "method", "description", "options"]).set_index("family")


def _row(one: Method | str) -> tuple[str, str, str, str]:
    """Return the family, the name, the first line of the description and the options of a method or a public name."""
    if isinstance(one, Method):
        return one.family, one.name, first_line(one.function), _signature(one)[1:-1]
    family, _, name = one.rpartition(".")
    value = resolve_name(f"hengdian_index:{one}")
    return family, name, first_line(value), str(inspect.signature(value))[1:-1] if inspect.isroutine(value) else ""


def described(name: str) -> str:
    """Return the description of a method; `weights.entropy` picks one of two families.

    A name that the field has for it serves too, also of a function: 熵权法, entropy weight, 障碍度.
    """
    return "\n\n".join(_description(one) for one in _called(name))


def meaning(method: Method) -> str:
    """Return what a method is, in one line: in Chinese what it is called, in English what it says of itself."""
    chinese = method.traits.get("chinese")
    return str(chinese) if language() == "zh" and isinstance(chinese, str) else first_line(method.function)


def _description(one: Method | str) -> str:
    """Return name, signature, other names and description of a method, or of what has this public name."""
    if isinstance(one, Method):
        head, others = f"{one.family}.{one.name}{_signature(one)}", aliases(one.family, one.name, one.traits)
        value: Any = one.function
    else:
        value, others = resolve_name(f"hengdian_index:{one}"), also_called(one)
        head = one + (str(inspect.signature(value)) if inspect.isroutine(value) else "")
    # Names are found, and shown, in either language.
    also = [_told(joined([Said("Also called"), joined(others)], "heads"))] if others else []
    if language() == "en":
        return "\n\n".join([head, *also, str(inspect.getdoc(value))])
    own = [meaning(one)] if isinstance(one, Method) else []
    where = Said("In full, in English: help(hi.{name}).", name=head.partition("(")[0])
    return "\n\n".join([head, *own, *also, *_options(one), _told(where)])


def _options(one: Method | str) -> list[str]:
    """Return what the options of a method are, in the language that is spoken."""
    if not isinstance(one, Method):
        return []
    known = words(language(), "option")
    keys = {name: f"{one.family}.{one.name}.{name}" for name in one.options}
    lines = [f"  {name}  {known[key]}" for name, key in keys.items() if key in known]
    return ["\n".join([_told(Said("Options:")), *lines])] if lines else []


def _called(name: str) -> list[Method | str]:
    """Return the methods of a name, which may begin with their family; or what else has this other name."""
    family, _, short = name.rpartition(".")
    found: list[Method | str] = []
    found += [methods[short] for key, methods in FAMILIES.items() if short in methods and family in ("", key)]
    if not found:
        others = [(key, meant(key, name, methods), methods) for key, methods in FAMILIES.items()]
        found += [methods[own] for _, own, methods in others if own is not None]
        own_names = {f"{one.family}.{one.name}" for one in found if isinstance(one, Method)}
        found += [one for one in called(name) if one not in own_names]
    if not found:
        known = [(key, method) for key, methods in FAMILIES.items() for method in methods]
        homes = Counter(method for _, method in known)
        every = [method if homes[method] == 1 else f"{key}.{method}" for key, method in known]
        names = near(name)
        there = Said("; there are {names}", names=listed(names[:_NAMES]))
        guess = there if names else suggestion(short, sorted(every))
        raise SpecError(Said("no method {name!r}{guess}", name=name, guess=guess))
    return found


def _fit_line(result: Result) -> Said:
    rows = result.fit_rows
    lines = [Said("Bounds and weights learnt from {rows}, then frozen.", rows=rows_said(rows))]
    if rows["fit_on"] is None:
        lines = [
            Said(
                "Bounds and weights learnt from all {rows}; no fit_on: a row more can move the others.",
                rows=rows_said(rows),
            )
        ]
    where = {
        "base": Said("Weights learnt from the {n} base rows.", n=rows["weights"]["rows"]),
        "period": Said("Weights learnt from each period's own rows."),
    }
    if rows["weights"]["learnt_from"] in where:
        lines.append(where[rows["weights"]["learnt_from"]])
    if result.setting.levelled:
        lines.append(Said("Base {base}.", base=base_said(result.setting, result.panel)))
    return joined(lines, "sentences")


def _ranking(result: Result) -> str:
    """Return ranks and scores of the units in the last period, the best first, and what is left out."""
    panel, root = result.panel, result.tree.root.code
    rows, heading, base = _last_rows(result), "", result.setting.levelled and levels_compare(result)
    if panel.periods is not None:
        heading = _told(Said("Ranks and scores in {period}:", period=panel.period(int(rows[0])))) + "\n"
    every = result.ranks()[root]
    ranks = every.to_numpy()[rows]
    shown = rows[np.argsort(np.nan_to_num(ranks, nan=np.inf), kind="stable")][:_UNITS]
    frame = _named(result, result.scores.iloc[shown])
    frame.insert(0, _told(Said("rank")), every.iloc[shown], allow_duplicates=True)
    forms = ["rank", *[form_of(result.scores.to_numpy()[rows])] * len(result.tree.groups)]
    if base and panel.periods is not None:
        level = Said("level ({base})", base=base_said(result.setting, panel))
        frame[_told(level)] = result.series()[root].iloc[shown]
        forms.append(".2f")
    if panel.units is not None:
        frame = frame.set_axis([panel.name(unit) for unit in panel.units[shown].tolist()], axis=0)
    lapses = incomparable(result)
    said = Said("Not comparable with the other periods: {lapses}.", lapses=lapses_told(lapses, language()))
    apart = f"\n{_told(said)}" if lapses else ""
    return heading + _text(frame, forms) + _left_out(result, len(shown), rows, ranks) + apart


def _last_rows(result: Result) -> NDArray[np.intp]:
    """Return the rows of the last period; all, where rows have none."""
    periods = result.panel.periods
    return np.arange(result.panel.n) if periods is None else np.flatnonzero(periods.ordinals == periods.ordinals.max())


def _left_out(result: Result, shown: int, rows: Array, ranks: Array) -> str:
    """Return sentences on units that the table of ranks does not show, or that have no rank."""
    panel = result.panel
    said, every = list[Said](), len(rows)
    of = Said.of(every, "{n} row", "{n} rows") if panel.units is None else Said.of(every, "{n} unit", "{n} units")
    if shown < every:
        said.append(Said("{n} of {rows}; --out writes all.", n=shown, rows=of))
    without = int(np.isnan(ranks).sum())
    if without:
        said.append(Said("{n} of {rows} without a score.", n=without, rows=of))
    gone = len(set(panel.unit_list())) - every if panel.units is not None else 0
    if gone:
        of = Said.of(gone + every, "{n} unit", "{n} units")
        said.append(Said("{gone} of {units} without a row in this period.", gone=gone, units=of))
    return "".join(f"\n{_told(one)}" for one in said)


def _levels(result: Result) -> str:
    """Return the levels of the last periods of one series and the two changes, one row a group."""
    periods, levels = result.panel.periods, result.series() if result.setting.levelled else result.scores
    assert periods is not None
    order = periods.ordinals.argsort()[-_ROWS:]
    shown = levels.iloc[order].T
    shown.columns = [format_period(int(o), periods.frequency) for o in periods.ordinals[order]]
    forms = [form_of(shown.to_numpy())] * shown.shape[1]
    year, blank = periods.frequency.per_year, False
    on_period, on_year = _each(Said("change %"), Said("on year %"))
    for name, lag in ((on_period, 1), (on_year, year)) if year > 1 else ((on_year, 1),):
        found, without = _in_percent(result, lag)
        shown[name] = found.iloc[order[-1]]
        blank |= bool(without.iloc[order[-1]].any())
    names = [result.tree.by_code[code].name or code for code in result.tree.groups]
    said = Said("A change from a level that is not above 0 has no value in per cent: its cell is blank.")
    return _text(shown.set_axis(names, axis=0), forms) + (f"\n{_told(said)}" if blank else "")


def _largest(result: Result, most: int = 3) -> list[str]:
    """Return the indicators that moved the root most in the last period of a single series."""
    periods = result.panel.periods
    if result.panel.units is not None or periods is None:
        return []
    parts = result.contributions(depth="indicators").iloc[int(periods.ordinals.argmax())].dropna()
    if parts.empty:
        return []
    names = {leaf.code: leaf.name or leaf.code for leaf in result.tree.leaves}
    top = parts.reindex(parts.abs().sort_values(ascending=False).index)[:most]
    head = _told(Said("Largest contributions to the last change of {change:+.2f} points:", change=parts.sum()))
    return ["\n".join([head, *(f"  {value:+6.2f}  {names.get(str(code), code)}" for code, value in top.items())])]


def _provisional(result: Result) -> list[str]:
    """Return a line on the indicators of the last period whose values are carried forward, if there are any."""
    periods, marks = result.panel.periods, result.prepared_panel.provisional
    if periods is None or marks is None:
        return []
    last = marks[periods.ordinals == periods.ordinals.max()].any(axis=0)
    names = [leaf.name or leaf.code for leaf, marked in zip(result.tree.leaves, last, strict=True) if marked]
    said = Said("Provisional: the last period rests on values carried forward of {names}.", names=joined(names))
    return [_told(said)] if names else []


def _named(result: Result, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_axis([result.tree.by_code[code].name or code for code in frame.columns], axis=1)


def _text(frame: pd.DataFrame, forms: Sequence[str] = ()) -> str:
    """Return a table as text, aligned also where letters are twice as wide; numbers in `forms`, else two decimals."""
    forms = [*forms, *[".2f"] * (frame.shape[1] - len(forms))]
    cells = [["", *map(str, frame.columns)]]
    cells += [
        [_label(label), *("" if v != v else written(v, form) for v, form in zip(row, forms, strict=True))]
        for label, row in zip(frame.index, frame.to_numpy().tolist(), strict=True)
    ]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join((_pad(cell, w, left=j == 0)) for j, (cell, w) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in cells
    )


def _told(said: Said) -> str:
    return said.told(language())


def _each(*said: Said) -> list[str]:
    return [_told(one) for one in said]


def _label(label: object) -> str:
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _pad(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - columns(text))
    return text + space if left else space + text


def first_line(function: object) -> str:
    """Return the first line of what a function says of itself."""
    return (inspect.getdoc(function) or "").partition("\n")[0]


def _signature(method: object) -> str:
    options = ", ".join(str(p) for p in getattr(method, "options", {}).values())
    return f"({options})"
