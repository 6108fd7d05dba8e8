"""The command `hengdian-index`: demo, new, compute, check, release, revisions, audit, report, methods."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from hengdian_index._values.decimals import counted

if TYPE_CHECKING:
    from hengdian_index._index.index import Index
    from hengdian_index._index.result import Result


def _refusing(command: Callable[..., None]) -> Callable[..., None]:
    """Turn errors of spec and data into one line a fault on stderr and exit status 2; warnings into one line each."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        from hengdian_index._system.alone import all_heard
        from hengdian_index.errors import FaultsError

        with all_heard() as warned:
            try:
                command(*args, **options)
            except FaultsError as error:
                for fault in error.faults:
                    click.echo(f"{type(error).__name__}: {fault}", err=True)
                sys.exit(2)
            finally:
                for text in warned:
                    click.echo(f"Note: {' '.join(text.split())}", err=True)

    return run


def _files(metavar: str) -> Callable[[Any], Any]:
    """Take INDEX, DATA, which a workbook with a sheet of data need not name, and what is written."""

    def split(_: click.Context, parameter: click.Parameter, given: tuple[Path, ...]) -> tuple[Path, Path | None, Path]:
        if len(given) not in (2, 3):
            raise click.UsageError(f"{metavar} is needed; given: {len(given)}")
        return given[0], given[1] if len(given) == 3 else None, given[-1]

    return click.argument("files", nargs=-1, metavar=metavar, type=click.Path(path_type=Path), callback=split)


_index = click.argument("index", type=click.Path(dir_okay=False, path_type=Path))
_data = click.argument("data", type=click.Path(dir_okay=False, path_type=Path), required=False)
_fit_on = click.option(
    "--fit-on", help="Periods, unit or label to learn bounds and weights from (overrides the index)."
)
_base = click.option("--base", help="Period or span whose mean level is 100 (overrides the index).")
_lang = click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of what is written."
)


class _Commands(click.Group):
    """Commands that end in one line and exit status 2 also where what they print cannot be written."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the command that is asked for."""
        try:
            return super().main(*args, **options)
        except OSError as error:
            # What is left in the buffer would be tried again at the exit.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            with suppress(OSError):
                click.echo(f"Error: the output cannot be written: {error.strerror or error}", err=True)
            sys.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hengdian-index")
def main() -> None:
    """Composite indexes: normalise, weigh, aggregate, freeze the base, explain every change.

    INDEX is a .toml or .xlsx file, DATA a .csv, .tsv, .parquet or .xlsx file; of a workbook that holds both, INDEX is
    enough.
    """


# What is said of the data of each example that the demo offers.
_DEMOS = {
    "film_industry": (
        "Real data, illustrative judgements: the published Hengdian indicators, weights and base are not public."
    ),
    "countries": "Real data, illustrative choices: a selection of films, those that English-language critics rated.",
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
@_refusing
def demo(name: str, out: Path | None) -> None:
    """Compute an example, print its last periods and how sure they are, write the tables as CSV."""
    from hengdian_index._index.text import intervals, rank_intervals, summary, write_tables
    from hengdian_index._maths.doubts import Noise
    from hengdian_index._robustness.uncertainty import uncertainty
    from hengdian_index.examples import example

    index, table = example(name)
    result = index.compute(table)
    factors = {"weights": Noise(0.25), "aggregate": ["arithmetic", "geometric"]}
    found = uncertainty(index, table, factors, draws=512, progress=False)
    shown = intervals(found.series) if result.panel.units is None else rank_intervals(result, found.ranks)
    click.echo(summary(result))
    click.echo(
        "90 % intervals: weights up to a quarter larger or smaller in every group, arithmetic or geometric means"
    )
    click.echo(f"\n{shown}\n\n{found.summary()}\n")
    click.echo(_DEMOS[name])
    out = out or Path(f"{name}_index")
    _written(write_tables(result, out, uncertainty=found.series), out)


@main.command()
@click.argument("path", metavar="FILE.xlsx", type=click.Path(dir_okay=False, path_type=Path))
@_lang
@_refusing
def new(path: Path, lang: Literal["en", "zh"]) -> None:
    """Write a workbook to fill in, with a small example that computes at once."""
    from hengdian_index._index.template import new_workbook

    new_workbook(path, lang=lang)
    click.echo(f"Written to {path}. Fill it in, then: hengdian-index report {path} {path.stem}.html")


@main.command()
@_index
@_data
@_fit_on
@_base
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the tables as CSV.")
@click.option("--excel", type=click.Path(dir_okay=False, path_type=Path), help="Workbook of results, live formulas.")
@_lang
@_refusing
def compute(
    index: Path,
    data: Path | None,
    fit_on: str | None,
    base: str | None,
    out: Path | None,
    excel: Path | None,
    lang: Literal["en", "zh"],
) -> None:
    """Compute INDEX on DATA; print its end, write the tables to --out or --excel."""
    from hengdian_index._index.text import summary, write_tables
    from hengdian_index._present.workbook.book import excel_written
    from hengdian_index._system.written import new_folders

    _apart({"--excel": excel}, index, data)
    result = _result(index, data, fit_on, base)
    text = summary(result)
    with ExitStack() as both:
        if out and excel and excel.resolve().parent == out.resolve():
            both.enter_context(new_folders(out))
        if excel:
            both.enter_context(excel_written(result, excel, lang))
        files = write_tables(result, out, apart=filter(None, (index, data))) if out else []
    click.echo(text)
    if out:
        _written(files, out)
    if excel:
        click.echo(f"Written to {excel}")


@main.command()
@_index
@_data
@_refusing
def check(index: Path, data: Path | None) -> None:
    """Say everything that is wrong with INDEX, and with DATA under it; what was noted while computing, too."""
    from hengdian_index._index.index import Index
    from hengdian_index._index.text import log_size, noted
    from hengdian_index._tables.workbook import ENDINGS, holds_data
    from hengdian_index._values.decimals import counted

    bundled = data is None and index.suffix.lower() in ENDINGS
    if data is None and not (bundled and holds_data(index)):
        found, table = Index.read(index), None
    else:
        found, table = _read(index, data)
    if table is None or (bundled and not len(table)):
        said = "; it has no data to check" if bundled else ""
        sizes = f"{counted(len(found.groups), 'group')}, {counted(len(found.indicators), 'indicator')}"
        click.echo(f"{index.name}: {sizes}; nothing is wrong{said}")
        return
    result = found.compute(table)
    _ = result.series() if result.setting.base is not None else result.scores
    rows = counted(result.panel.n, "row")
    fit = f"{index.name}: its {rows} fit its index" if bundled else f"{(data or index).name}: {rows} fit {index.name}"
    click.echo(f"{fit}; {log_size(len(result.entries))}")
    for line in noted(result.entries):
        click.echo(f"  {line}")


@main.command()
@_files("INDEX [DATA] FOLDER")
@_fit_on
@_base
@_refusing
def release(files: tuple[Path, Path | None, Path], fit_on: str | None, base: str | None) -> None:
    """Compute INDEX on DATA and write everything to the new FOLDER, which is never changed again."""
    from hengdian_index._vintages.release import release as write_release

    index, data, folder = files
    found = write_release(_result(index, data, fit_on, base), folder)
    click.echo(f"Released to {folder}: {counted(len(found.files) + 1, 'file')}, sealed in release.json")


@main.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@_refusing
def revisions(old: Path, new: Path) -> None:
    """Say what moved from the release in the folder OLD to that in NEW, by how much and because of what."""
    from hengdian_index._vintages.revisions import revisions as compared

    click.echo(compared(old, new).summary(), nl=False)


@main.command()
@_index
@_data
@click.option(
    "--html",
    "--out",
    "html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the findings as a page.",
)
@_lang
@click.option("--strict", is_flag=True, help="Exit with 1 also for findings that want a look.")
@click.option("--size", "sizes", multiple=True, help="Column of sizes (population) that no indicator shall follow.")
@click.option("--threshold", "given", multiple=True, metavar="NAME=NUMBER", help="Another threshold of a check.")
@_refusing
def audit(
    index: Path,
    data: Path | None,
    html: Path | None,
    lang: Literal["en", "zh"],
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

    _apart({"--html": html}, index, data)
    if html is not None and html.suffix.lower() not in (".html", ".htm"):
        raise SpecError(f"--html: {html} is no name of a page; it ends in .html")
    thresholds: dict[str, Any] = demanded(_thresholds(given))
    spec, table = _read(index, data)
    found = audited(spec, table, sizes=sizes, **thresholds)
    if html is not None:
        found.to_html(html, lang=lang)
    click.echo(found.to_text(lang=lang), nl=False)
    if not found.passed or (strict and "look" in set(found.verdicts)):
        sys.exit(1)


@main.command()
@_files("INDEX [DATA] OUT.html")
@_fit_on
@_base
@_lang
@click.option("--draws", type=click.IntRange(min=0), default=0, show_default=True, help="Draws of weights; 0: none.")
@_refusing
def report(
    files: tuple[Path, Path | None, Path],
    fit_on: str | None,
    base: str | None,
    lang: Literal["en", "zh"],
    draws: int,
) -> None:
    """Write INDEX computed on DATA as one HTML page that needs no network.

    With --draws also how sure it is: weights up to a quarter larger or smaller in every group.
    """
    from hengdian_index._maths.doubts import Noise
    from hengdian_index._robustness.uncertainty import uncertainty

    index, data, out = files
    _apart({"OUT.html": out}, index, data)
    found, table = _read(index, data)
    given = {name: value for name, value in {"fit_on": fit_on, "base": base}.items() if value is not None}
    found = found.replace(given) if given else found
    result = found.compute(table)
    # A page without its series is no report of a published index; Result.report writes one that says why.
    _ = result.series() if result.setting.base is not None else result.scores
    drawn = uncertainty(found, table, {"weights": Noise(0.25)}, draws=draws, progress=False) if draws else None
    click.echo(f"Written to {result.report(out, lang=lang, uncertainty=drawn)}")


@main.command()
@click.argument("name", required=False)
@_refusing
def methods(name: str | None) -> None:
    """List the methods, or describe the method NAME."""
    from hengdian_index._index.text import described, listing

    click.echo(described(name) if name else listing())


def _thresholds(given: tuple[str, ...]) -> dict[str, float]:
    """Return thresholds written as NAME=NUMBER."""
    from hengdian_index._tables.cells import number_of
    from hengdian_index.errors import SpecError, raise_all

    pairs = [(name.strip().replace("-", "_"), number) for name, _, number in (one.partition("=") for one in given)]
    found, faults = dict[str, float](), list[str]()
    for name, number in pairs:
        value = number_of(number) if number.strip() else None
        if value is None:
            faults.append(f"--threshold {name}={number}: NAME=NUMBER is needed, redundant=0.95")
        else:
            found[name] = value
    raise_all(SpecError, faults)
    return found


def _result(index: Path, data: Path | None, fit_on: str | None, base: str | None) -> Result:
    """Return the result of files."""
    found, table = _read(index, data)
    if base is not None:
        found = found.replace({"base": base})
    return found.compute(table, fit_on=fit_on)


def _read(index: Path, data: Path | None) -> tuple[Index, Any]:
    """Return what two files hold, or one workbook with both; the faults of both are reported together."""
    from hengdian_index._index.index import Index
    from hengdian_index._tables.form import Form
    from hengdian_index._tables.read_file import read_table
    from hengdian_index._tables.workbook import ENDINGS
    from hengdian_index.errors import FaultsError, SpecError, raise_together

    if data is None and index.suffix.lower() not in ENDINGS:
        raise SpecError(f"DATA is missing: only a workbook holds its data itself, and {index.name} is none")
    errors: list[FaultsError] = []
    found, table = None, None
    try:
        found = Index.read(index)
    except FaultsError as error:
        errors.append(error)
    try:
        form = Form.of(found.data if found else None)
        columns = found.columns if found else ()
        table = read_table(data or index, form.texts(found.unit if found else None), form, columns)
    except FaultsError as error:
        errors.append(error)
    raise_together(errors)
    assert found is not None
    return found, table


def _apart(written: dict[str, Path | None], *read: Path | None) -> None:
    """Refuse to write over a file that is read."""
    from hengdian_index.errors import SpecError, raise_all

    known = {path.resolve() for path in read if path is not None}
    why = "is INDEX or DATA itself, which would be lost; give another name"
    raise_all(
        SpecError, [f"{name}: {path} {why}" for name, path in written.items() if path and path.resolve() in known]
    )


def _written(files: list[str], out: Path) -> None:
    click.echo(f"Written to {out}: {', '.join(files)}")
