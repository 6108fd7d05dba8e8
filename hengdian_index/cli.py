"""The command `hengdian-index`: each of its commands, from what is typed to what is printed and written."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from hengdian_index._commands import options
from hengdian_index._commands.ending import Commands, refusing
from hengdian_index._commands.printing import (
    answer,
    folder,
    notes,
    piped,
    printed,
    progress,
    quiet,
    show,
    to_pipe,
    told,
)
from hengdian_index._commands.reading import (
    called,
    changed,
    doubts_of,
    files,
    keep_apart,
    read,
    read_index,
    read_several,
    result_of,
    thresholds_of,
    units_of,
)
from hengdian_index._words.language import language
from hengdian_index._words.said import Said, joined

if TYPE_CHECKING:
    from hengdian_index._commands.options import Data
    from hengdian_index._index.index import Index
    from hengdian_index._index.result import Result
    from hengdian_index._robustness.sensitivity import Sensitivity
    from hengdian_index._robustness.uncertainty import Uncertainty


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hengdian-index")
@quiet
def main() -> None:
    """Composite indexes: normalise, weigh, aggregate, freeze the base, explain every change.

    INDEX is a .toml or .xlsx file, DATA a .csv, .tsv, .parquet, .xlsx, .ods, .xls, .dta or .sav file; of a workbook
    that holds both, INDEX is enough. DATA may also be a folder, or several files, each with some of the indicators.
    `-` is standard input where DATA is read, and standard output where a result is written.

    Exit status: 0; 2 for bad input, with a line a fault on stderr and nothing half-written.
    """


# What is said of the data of each example that the demo offers.
_DEMOS = {
    "film_industry": Said(
        "Real data, illustrative judgements: the published Hengdian indicators, weights and base are not public."
    ),
    "countries": Said(
        "Real data, illustrative choices: a selection of films, those that English-language critics rated."
    ),
}


@main.command()
@click.option(
    "--example",
    "name",
    type=click.Choice([*_DEMOS]),
    default="film_industry",
    show_default=True,
    help="fifty quarters of one industry, or thirteen countries in fifteen years.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="[default: the name of the example, with _index]"
)
@printed("series", "uncertainty", "scores", "ranks", "weights", "...")
@quiet
@refusing
def demo(name: str, out: Path | None) -> None:
    """Compute an example, print its last periods and how sure they are, write the tables as CSV."""
    from hengdian_index._index.text import main_table, summary, write_tables, written_tables
    from hengdian_index._maths.doubts import Noise
    from hengdian_index._robustness.uncertainty import uncertainty
    from hengdian_index.examples import example

    index, table = example(name)
    result = index.compute(table)
    factors = {"weights": Noise(0.25), "aggregate": ["arithmetic", "geometric"]}
    found = uncertainty(index, table, factors, draws=512, progress=progress())
    how = said(
        Said("90 % intervals: weights up to a quarter larger or smaller in every group, arithmetic or geometric means")
    )
    text = f"{summary(result)}\n{how}\n\n{_drawn_text(result, found)}\n\n{_in_words(found)}\n\n{said(_DEMOS[name])}\n"
    shown = answer(lambda: text, *main_table(result), lambda: {**written_tables(result), "uncertainty": found.series})
    out = out or Path(f"{name}_index")
    written = write_tables(result, out, uncertainty=found.series)
    show(shown)
    _told_written(written, out)


@main.command()
@click.argument("path", metavar="INDEX", type=click.Path(dir_okay=False, path_type=Path))
@options.table
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@quiet
@refusing
def new(path: Path, data: Path | None, force: bool) -> None:
    """Draft INDEX, a .toml or .xlsx file, for the table DATA; without DATA, a workbook with a small example.

    Columns of units and periods are guessed, every other column of numbers is an indicator, and each choice has a
    comment. The example computes at once and is there to be overwritten.
    """
    from hengdian_index._index.draft import new_index
    from hengdian_index._index.template import new_workbook

    if data is None:
        new_workbook(path, lang=language(), force=force)
        next_one = f"hengdian-index report {path} {path.stem}.html"
        told(Said("Written to {path}. Fill it in, then: {command}", path=path, command=next_one))
        return
    made = new_index(path, data, lang=language(), force=force)
    indicators = Said.of(len(made.indicators), "{n} indicator", "{n} indicators")
    groups = Said.of(len(made.groups), "{n} group", "{n} groups")
    told(Said("Written to {path}: {indicators} in {groups}", path=path, indicators=indicators, groups=groups))
    if made.asked:
        told(Said("Choose the direction of {names}", names=joined(made.asked)))
    for line in made.open:
        told(Said("To be decided: {line}", line=line))
    # A workbook holds its table.
    files = " ".join(str(one) for one in ((path,) if path.suffix.lower() == ".xlsx" else (path, data)))
    told(Said("Then: {command}", command=f"hengdian-index compute {files}"))


@main.command()
@options.index
@options.data
@options.fit_on
@options.base
@options.out
@click.option("--excel", type=click.Path(dir_okay=False, path_type=Path), help="Workbook of results, live formulas.")
@printed("series", "scores", "ranks", "weights", "change_on_year", "log", "...")
@quiet
@refusing
def compute(
    index: Path,
    data: Data,
    fit_on: str | None,
    base: str | None,
    out: Path | None,
    excel: Path | None,
) -> None:
    """Compute INDEX on DATA; print its end, write the tables to --out or --excel.

    With --format the series alone, or another --table: `cat d.csv | hengdian-index compute i.toml - --format csv`.
    """
    from hengdian_index._index.text import main_table, noted, summary, write_tables, written_tables
    from hengdian_index._present.workbook.book import excel_written
    from hengdian_index._system.written import new_folders

    out, alone = folder(out), to_pipe(excel, "--excel")
    keep_apart({"--excel": excel}, index, data)
    result = result_of(index, data, fit_on, base)
    shown = b"" if alone else answer(lambda: summary(result), *main_table(result), lambda: written_tables(result))
    written: list[str] = []
    with ExitStack() as both:
        if out and excel and excel.resolve().parent == out.resolve():
            both.enter_context(new_folders(out))
        if excel and not alone:
            both.enter_context(excel_written(result, excel, language()))
        if out:
            written = write_tables(result, out, apart=files(index, data))
    if alone:
        piped(lambda path: result.to_excel(path, lang=language()), "result.xlsx")
    show(shown, written=bool(out or excel))
    if out:
        _told_written(written, out)
    if excel and not alone:
        told(Said("Written to {path}", path=excel))
    notes(noted(result.entries))


@main.command()
@options.index
@options.data
@printed()
@quiet
@refusing
def check(index: Path, data: Data) -> None:
    """Say everything that is wrong with INDEX, and with DATA under it; what was noted while computing, too.

    With --format the log of the computation; with --quiet nothing, unless something is wrong.
    """
    from hengdian_index._index.text import log_size, noted
    from hengdian_index._tables.workbook import ENDINGS, holds_data
    from hengdian_index.log import Entry, frame_of

    bundled = data is None and index.suffix.lower() in ENDINGS
    if data is None and not (bundled and holds_data(index)):
        found, table = read_index(index), None
    else:
        found, table = read(index, data)
    own, entries = called(index), tuple[Entry, ...]()
    if table is None or (bundled and not len(table)):
        groups = Said.of(len(found.groups), "{n} group", "{n} groups")
        indicators = Said.of(len(found.indicators), "{n} indicator", "{n} indicators")
        sizes = joined([groups, indicators], "names")
        alone = Said("{index}: {sizes}; nothing is wrong; it has no data to check", index=own, sizes=sizes)
        both = Said("{index}: {sizes}; nothing is wrong", index=own, sizes=sizes)
        lines = [said(alone if bundled else both)]
    else:
        result = found.compute(table)
        _ = result.series() if result.setting.base is not None else result.scores
        rows, entries = Said.of(result.panel.n, "{n} row", "{n} rows"), result.entries
        fit = Said("{file}: {rows} fit {index}", file=called(data or index), rows=rows, index=own)
        fit = Said("{index}: its {rows} fit its index", index=own, rows=rows) if bundled else fit
        first = joined([fit, log_size(len(entries))], "clauses")
        lines = [said(first), *(f"  {line}" for line in noted(entries))]
    show(answer(lambda: "\n".join(lines), "log", lambda: frame_of(entries).set_index("step")), written=True)


@main.command()
@options.several("INDEX [DATA...] FOLDER")
@options.fit_on
@options.base
@quiet
@refusing
def release(files: tuple[Path, Data, Path], fit_on: str | None, base: str | None) -> None:
    """Compute INDEX on DATA and write everything to the new FOLDER, which is never changed again."""
    from hengdian_index._vintages.release import release as write_release

    index, data, folder = files
    found = write_release(result_of(index, data, fit_on, base), folder)
    count = Said.of(len(found.files) + 1, "{n} file", "{n} files")
    told(Said("Released to {folder}: {files}, sealed in release.json", folder=folder, files=count))


# What can be printed of revisions beside the numbers that moved.
_OF_REVISIONS = ("compared", "added", "gone", "cells", "choices", "learnt", "because", "by_indicator")


@main.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@printed("moved", *_OF_REVISIONS)
@quiet
@refusing
def revisions(old: Path, new: Path) -> None:
    """Say what moved from the release in the folder OLD to that in NEW, by how much and because of what."""
    from hengdian_index._vintages.revisions import revisions as compared

    found = compared(old, new)
    others = {name: getattr(found, name) for name in _OF_REVISIONS}
    show(answer(lambda: _in_words(found), "moved", found.moved, lambda: others))


@main.command()
@options.index
@options.data
@click.option(
    "--html",
    "--out",
    "html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the findings as a page.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 also for findings that want a look.")
@click.option("--size", "sizes", multiple=True, help="Column of sizes (population) that no indicator shall follow.")
@click.option("--threshold", "given", multiple=True, metavar="NAME=NUMBER", help="Another threshold of a check.")
@printed("findings", "measured")
@quiet
@refusing
def audit(
    index: Path,
    data: Data,
    html: Path | None,
    strict: bool,
    sizes: tuple[str, ...],
    given: tuple[str, ...],
) -> None:
    """Audit INDEX on DATA: coverage, outliers, correlations, dimensions, weights, ranks; each with what to do.

    Exit status: 0 if nothing fails, 1 if something does, 2 for bad input.
    """
    from hengdian_index._audit.audit import audit as audited
    from hengdian_index._audit.registry import demanded
    from hengdian_index.errors import SpecError

    alone = to_pipe(html, "--html")
    keep_apart({"--html": html}, index, data)
    if html is not None and not alone and html.suffix.lower() not in (".html", ".htm"):
        raise SpecError(Said("--html: {html} is no name of a page; it ends in .html", html=html))
    thresholds: dict[str, Any] = demanded(thresholds_of(given))
    spec, table = read(index, data)
    found = audited(spec, table, sizes=sizes, **thresholds)
    findings = {name: lambda name=name: getattr(found, name).set_index("check") for name in ("findings", "measured")}
    page = found.to_html(None if alone else html, lang=language()) if html is not None else ""
    text = found.to_text(lang=language())
    show(page.encode() if alone else answer(lambda: text, "findings", findings["findings"], lambda: findings))
    if not found.passed or (strict and "look" in set(found.verdicts)):
        sys.exit(1)


@main.command()
@options.several("INDEX [DATA...] OUT.html")
@options.fit_on
@options.base
@click.option("--draws", type=click.IntRange(min=0), default=0, show_default=True, help="Draws of doubts; 0: none.")
@click.option("--period", help="Period that the page is about; default: the last.")
@click.option("--unit", "--units", "units", multiple=True, help="Unit with a profile; several: A,B, or again.")
@quiet
@refusing
def report(
    files: tuple[Path, Data, Path],
    fit_on: str | None,
    base: str | None,
    draws: int,
    period: str | None,
    units: tuple[str, ...],
) -> None:
    """Write INDEX computed on DATA as one HTML page that needs no network.

    With --period the page is about that period, and later rows are left out; with --unit a unit has a profile: scores
    and ranks, indicators against the mean of its group, contributions.

    With --draws also how sure it is: under the doubts of INDEX, or, where it has none, with weights up to a quarter
    larger or smaller in every group.
    """
    from hengdian_index._maths.doubts import Noise
    from hengdian_index._present.report.chosen import span, up_to
    from hengdian_index._robustness.uncertainty import uncertainty

    index, data, out = files
    alone = to_pipe(out, "OUT.html")
    keep_apart({"OUT.html": out}, index, data)
    found, table = read(index, data)
    found = changed(found, fit_on=fit_on, base=base)
    result = found.compute(table)
    # A page without its series is no report of a published index; Result.report writes one that says why.
    _ = result.series() if result.setting.base is not None else result.scores
    factors = found.doubts or {"weights": Noise(0.25)}
    rows = span(up_to(result, period)) if draws and period is not None else None
    drawn = uncertainty(found, table, factors, draws=draws, rows=rows, progress=progress()) if draws else None
    asked: dict[str, Any] = {
        "lang": language(),
        "uncertainty": drawn,
        "period": period,
        "units": units_of(result, units),
    }
    if alone:
        piped(lambda path: result.report(path, **asked), "report.html")
    else:
        told(Said("Written to {path}", path=result.report(out, **asked)))


@main.command()
@options.index
@options.data
@options.fit_on
@options.base
@click.option("--draws", type=click.IntRange(min=0), default=0, show_default=True, help="Draws of doubts; 0: none.")
@click.option("--period", help="Period that the bulletin is about; default: the last.")
@click.option("--unit", help="Unit whose index it is; default: all that are compared.")
@click.option(
    "--earlier",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Folder of the release published before: what of it is revised is said too.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File, .docx or .md; else it is printed.")
@quiet
@refusing
def bulletin(
    index: Path,
    data: Data,
    fit_on: str | None,
    base: str | None,
    draws: int,
    period: str | None,
    unit: str | None,
    earlier: Path | None,
    out: Path | None,
) -> None:
    """Say INDEX computed on DATA as a statistical office does: half a page of prose and a table.

    With --draws also how sure it is: under the doubts of INDEX, or, where it has none, with weights up to a quarter
    larger or smaller in every group.
    """
    from hengdian_index._maths.doubts import Noise
    from hengdian_index._present.report.chosen import span, up_to
    from hengdian_index._robustness.uncertainty import uncertainty

    keep_apart({"--out": out}, index, data)
    found, table = read(index, data)
    found = changed(found, fit_on=fit_on, base=base)
    result = found.compute(table)
    factors = found.doubts or {"weights": Noise(0.25)}
    rows = span(up_to(result, period)) if draws and period is not None else None
    drawn = uncertainty(found, table, factors, draws=draws, rows=rows, progress=progress()) if draws else None
    whose = next(iter(units_of(result, (unit,)) or [None])) if unit is not None else None
    text = result.bulletin(out, period=period, unit=whose, lang=language(), uncertainty=drawn, earlier=earlier)
    show(text.rstrip("\n"), written=bool(out))
    if out:
        told(Said("Written to {path}", path=out))


@main.command()
@options.index
@options.data
@options.fit_on
@options.base
@options.doubt
@options.draws
@options.rng
@options.node
@click.option(
    "--infeasible",
    type=click.Choice(["refuse", "exclude"]),
    default="refuse",
    show_default=True,
    help="Combinations that cannot be computed: refuse them by name, or leave their draws out.",
)
@options.out
@printed("series", "scores", "ranks", "rank_frequency", "acceptability", "mean_shift", "by_choice", "parameters")
@quiet
@refusing
def uncertainty(
    index: Path,
    data: Data,
    fit_on: str | None,
    base: str | None,
    doubts: tuple[str, ...],
    draws: int,
    rng: int,
    node: str | None,
    infeasible: Literal["refuse", "exclude"],
    out: Path | None,
) -> None:
    """Draw what is uncertain in INDEX on DATA: how far levels, scores and ranks hang on it.

    What is uncertain is the table [doubts] of INDEX, or each --doubt.
    """
    from hengdian_index._robustness.uncertainty import uncertainty as drawn

    out = folder(out)
    spec, table, result = _studied(index, data, fit_on, base, doubts)
    found = drawn(spec, table, draws=draws, rng=rng, node=node, infeasible=infeasible, progress=progress())
    frames: dict[str, Any] = {
        **({"series": lambda: found.series} if found.levels is not None else {}),
        "scores": lambda: found.scores,
        "ranks": lambda: found.ranks,
        "rank_frequency": lambda: found.rank_frequency,
        "acceptability": lambda: found.acceptability().to_frame(),
        "mean_shift": lambda: found.mean_shift.to_frame(),
        "by_choice": found.by_choice,
        "parameters": lambda: found.parameters,
    }
    if result.panel.units is None and result.panel.periods is not None:
        main_one = "series" if "series" in frames else "scores"
    else:
        main_one = "ranks"
    asked = {"draws": draws, "rng": rng, "node": found.study.node, "infeasible": infeasible}
    _end_study(
        lambda: f"{_in_words(found)}\n\n{_drawn_text(result, found)}",
        frames,
        main_one,
        out,
        files(index, data),
        _study_provenance(result, "uncertainty", spec, asked),
    )


@main.command()
@options.index
@options.data
@options.fit_on
@options.base
@options.doubt
@click.option("--draws", type=click.IntRange(min=1), default=1024, show_default=True, help="N, best a power of 2.")
@options.rng
@options.node
@click.option(
    "--of",
    default="rank_shift",
    show_default=True,
    help="Whose variance: rank_shift, rank_correlation, or score:ROW, level:ROW, rank:ROW of one row by its label; "
    "ROW of a panel is UNIT,PERIOD.",
)
@click.option("--resamples", type=click.IntRange(min=1), default=1000, show_default=True, help="Of the intervals.")
@options.out
@printed()
@quiet
@refusing
def sensitivity(
    index: Path,
    data: Data,
    fit_on: str | None,
    base: str | None,
    doubts: tuple[str, ...],
    draws: int,
    rng: int,
    node: str | None,
    of: str,
    resamples: int,
    out: Path | None,
) -> None:
    """Say which doubt of INDEX explains how much of what varies on DATA: Sobol' indices.

    INDEX is computed N (d + 2) times for d doubts, those of its table [doubts] or each --doubt.
    """
    from hengdian_index._index.text import as_text
    from hengdian_index._robustness.sensitivity import sensitivity as explained

    out = folder(out)
    spec, table, result = _studied(index, data, fit_on, base, doubts)
    what, _, row = of.partition(":")
    found = explained(
        spec,
        table,
        draws=draws,
        rng=rng,
        of=(what, row) if row else what,
        node=node,
        resamples=resamples,
        progress=progress(),
    )
    asked = {"draws": draws, "rng": rng, "node": node, "of": of, "resamples": resamples}
    _end_study(
        lambda: f"{_in_words(found)}\n\n{as_text(found.table.set_axis(_indices(found), axis=1))}",
        {"sensitivity": found.table},
        "sensitivity",
        out,
        files(index, data),
        _study_provenance(result, "sensitivity", spec, asked),
    )


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="INDEX... [DATA]", type=click.Path(path_type=Path))
@options.doubt
@options.node
@click.option(
    "--how",
    type=click.Choice(["spearman", "pearson", "kendall"]),
    default="spearman",
    show_default=True,
    help="Correlation of the scores.",
)
@click.option(
    "--with",
    "program",
    metavar="PROGRAM",
    help="Scores of one INDEX beside those by the conventions of spssau, yaahp, excel or stata, with the reasons.",
)
@options.out
@printed("ranks", "scores", "shifts", "mean_shift", "correlations", "numbers", "departures")
@quiet
@refusing
def compare(
    paths: tuple[Path, ...],
    doubts: tuple[str, ...],
    node: str | None,
    how: Literal["spearman", "pearson", "kendall"],
    program: str | None,
    out: Path | None,
) -> None:
    """Compare scores and ranks on DATA under several INDEXes, the first with all others.

    Of one INDEX, with the alternatives that its table [doubts], or each --doubt, lists, one at a time.
    """
    from hengdian_index._index.text import as_text
    from hengdian_index._robustness.alternatives import alternatives
    from hengdian_index._robustness.alternatives import compare as compared
    from hengdian_index.errors import SpecError

    out = folder(out)
    alone = len(paths) == 1 or paths[-1].suffix.lower() == ".toml"
    found, table = read_several(paths if alone else paths[:-1], None if alone else paths[-1])
    first = doubts_of(next(iter(found.values())), doubts)
    if program is not None:
        if len(found) > 1 or doubts or node is not None:
            raise SpecError(Said("--with: one index is compared with a program; give one, without --doubt and --node"))
        _compare_with_program(first.certain, table, program, out, files(*paths))
        return
    if len(found) == 1:
        found = alternatives(first)
    elif doubts:
        raise SpecError(Said("--doubt: of several indexes nothing else varies; give one, or leave it out"))
    comparison = compared(found, table, node=node)
    correlations = comparison.correlations(how)
    near = correlations.iloc[:, 0].rename(said(Said("{how} with the first", how=how)))
    frames = {
        "ranks": comparison.ranks,
        "scores": comparison.scores,
        "shifts": comparison.shifts,
        "mean_shift": comparison.mean_shift.rename_axis("index").to_frame(),
        "correlations": correlations.rename_axis("index"),
    }
    moved = frames["mean_shift"].set_axis([said(Said("mean shift"))], axis=1)
    side = moved.join(near).rename_axis(None)
    asked = {"node": node, "how": how, "indexes": {name: one.fingerprint for name, one in found.items()}}
    _end_study(
        lambda: f"{_in_words(comparison)}\n\n{as_text(side)}",
        frames,
        "ranks",
        out,
        files(*paths),
        _study_provenance(next(iter(found.values())).compute(table), "compare", first, asked),
    )


@main.command()
@click.argument("name", required=False)
@printed()
@quiet
@refusing
def methods(name: str | None) -> None:
    """List the methods, or describe the method NAME."""
    from hengdian_index._index.text import described, listing, methods_table

    show(answer(lambda: described(name) if name else listing(), "methods", lambda: methods_table(name)))


def _studied(
    index: Path, data: Data, fit_on: str | None, base: str | None, doubts: tuple[str, ...]
) -> tuple[Index, Any, Result]:
    """Return the index of a study with its doubts, its table, and the result of the index as it is."""
    from hengdian_index.errors import SpecError

    found, table = read(index, data)
    found = doubts_of(changed(found, fit_on=fit_on, base=base), doubts)
    if not found.doubts:
        raise SpecError(
            Said(
                "{index} has no doubts; write a table [doubts] with {line}, or give --doubt '{line}'",
                index=called(index),
                line="weights = { noise = 0.25 }",
            )
        )
    return found, table, found.compute(table)


def _end_study(
    text: Callable[[], str],
    frames: Mapping[str, Any],
    first: str,
    out: Path | None,
    read_from: list[Path],
    provenance: Mapping[str, Any],
) -> None:
    """Print the text or a table of a study, and write all its tables to a folder where one is asked for."""
    from hengdian_index._index.text import write_folder

    shown = answer(text, first, frames[first], lambda: frames)
    if out:
        every = {name: frame() if callable(frame) else frame for name, frame in frames.items()}
        written = write_folder(every, provenance, out, apart=read_from)
    show(shown, written=bool(out))
    if out:
        _told_written(written, out)


def _study_provenance(result: Result, study: str, index: Index, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return where the numbers of a study come from: those of the index as it is, its doubts, what was asked."""
    from hengdian_index._maths.doubts import said

    doubts = {address: said(doubt) for address, doubt in index.doubts.items()}
    return {**result.provenance, "study": {"study": study, **asked, "doubts": doubts}}


def _compare_with_program(index: Index, table: Any, program: str, out: Path | None, read_from: list[Path]) -> None:
    """Print the scores of an index beside those by the conventions of a program, and what differs."""
    import pandas as pd

    from hengdian_index._index.text import as_text
    from hengdian_index._robustness.reconciliation import compare_with

    found = compare_with(program, index, table)
    reasons = {
        "here": [str(one.ours) for one in found.departures],
        "there": [str(one.theirs) for one in found.departures],
        "difference": [one.difference for one in found.departures],
        "why": [one.why.told(language()) for one in found.departures],
        "source": [one.source for one in found.departures],
    }
    frames = {
        "numbers": found.numbers,
        "departures": pd.DataFrame(reasons, pd.Index([one.address for one in found.departures], name="address")),
    }
    headings = {"ours": said(Said("ours")), "theirs": said(Said("theirs"))}
    _end_study(
        lambda: f"{found.summary()}\n\n{as_text(found.numbers.rename(columns=headings))}",
        frames,
        "numbers",
        out,
        read_from,
        _study_provenance(index.compute(table), "compare", index, {"with": found.tool}),
    )


def said(sentence: Said) -> str:
    """Return a sentence in the language that is spoken."""
    return sentence.told(language())


def _indices(found: Sensitivity) -> list[str]:
    """Return the columns of indices of sensitivity in words."""
    words = (Said("first"), Said("total"), Said("first_low"), Said("first_high"), Said("total_low"), Said("total_high"))
    return [said(one) for one in words]


def _in_words(found: Any) -> str:
    """Return what a study says in the language that is spoken."""
    return str(found.summary(lang=language()))


def _drawn_text(result: Result, found: Uncertainty) -> str:
    """Return the last levels of a series, or the ranks of units in the last period, with their 90 % intervals."""
    from hengdian_index._index.text import intervals, rank_intervals

    if result.panel.units is not None or result.panel.periods is None:
        return rank_intervals(result, found.ranks)
    return intervals(found.series if found.levels is not None else found.scores)


def _told_written(written: list[str], out: Path) -> None:
    told(Said("Written to {path}: {names}", path=out, names=joined(written)))
