"""What a command prints: a text for people, or one table as CSV or JSON for machines, with all else on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from hengdian_index._commands.speaking import explained
from hengdian_index._words.language import language
from hengdian_index._words.said import Said, joined
from hengdian_index._words.said import told as said

if TYPE_CHECKING:
    import pandas as pd

    Table: TypeAlias = pd.DataFrame | Callable[[], pd.DataFrame]

PIPE = Path("-")
"""Standard input where a file is read, standard output where one is written."""

# Where a context keeps what these options say, and whether a file goes to standard output.
_QUIET, _FORM, _TABLE, _FILE = (f"hengdian_index.{word}" for word in ("quiet", "format", "table", "file"))


def _kept(context: click.Context, key: str, given: Any) -> None:
    if given:
        context.meta[key] = given


quiet = click.option(
    "--quiet",
    "-q",
    is_flag=True,
    expose_value=False,
    callback=lambda context, _, given: _kept(context, _QUIET, given),
    help="No notes, no progress, no word of what was written.",
)


def printed(*tables: str) -> Callable[[Any], Any]:
    """Return the options of a command that prints a table: `--format`, and `--table` where it has several."""
    form = click.option(
        "--format",
        type=click.Choice(["csv", "json"]),
        expose_value=False,
        callback=lambda context, _, given: _kept(context, _FORM, given),
        help="Print a table alone to standard output, numbers with all digits; notes go to stderr.",
    )
    which = click.option(
        "--table",
        metavar="NAME",
        expose_value=False,
        callback=lambda context, _, given: _kept(context, _TABLE, given),
        help=explained(Said("Which table, as CSV unless --format says otherwise: {names}.", names=joined(tables))),
    )
    return (lambda command: form(which(command))) if tables else form


def is_quiet() -> bool:
    """Return whether notes, progress and words of what was written are not wanted."""
    return bool(_asked(_QUIET))


def for_machines() -> bool:
    """Return whether standard output carries data alone."""
    return any(map(_asked, (_FORM, _TABLE, _FILE)))


def progress() -> bool | None:
    """Return what a study is told of its bar: none with --quiet, else one on a terminal."""
    return False if is_quiet() else None


def folder(out: Path | None) -> Path | None:
    """Return the folder that tables are written to; `--out -` is none, and prints a table, as CSV unless otherwise."""
    if out == PIPE and not for_machines():
        click.get_current_context().meta[_FORM] = "csv"
    return None if out == PIPE else out


def to_pipe(path: Path | None, what: str) -> bool:
    """Return whether a file goes to standard output, which then carries nothing else."""
    from hengdian_index.errors import SpecError

    if path != PIPE:
        return False
    if for_machines():
        raise SpecError(
            Said("{what} - and a table: standard output takes one of them; give the other a file", what=what)
        )
    click.get_current_context().meta[_FILE] = True
    return True


def piped(write: Callable[[Path], object], name: str) -> None:
    """Print the content of a file that is written by its path and would have some name."""
    with TemporaryDirectory() as place:
        write(Path(place, name))
        content = Path(place, name).read_bytes()
    click.echo(content, nl=False)


def answer(
    text: Callable[[], str], name: str, frame: Table, others: Callable[[], Mapping[str, Table]] = dict
) -> str | bytes:
    """Return what a command prints: its text, or a table by its name, that of `name` where none is asked for."""
    from hengdian_index._tables.guard import csv_of
    from hengdian_index._tables.records import json_of
    from hengdian_index.errors import SpecError, suggestion

    if not for_machines():
        return text().rstrip("\n") + "\n"
    asked, every = _asked(_TABLE) or name, {name: frame}
    if asked != name:
        every |= others()
    if asked not in every:
        raise SpecError(Said("--table: no table {asked!r}{guess}", asked=asked, guess=suggestion(asked, every)))
    found = every[asked]
    found = found() if callable(found) else found
    written = json_of(asked, found) + "\n" if _asked(_FORM) == "json" else csv_of(found)
    # The same bytes wherever they are written, whatever the letters and the line ends of the system.
    return written.encode("utf-8")


def show(found: str | bytes, *, written: bool = False) -> None:
    """Print an answer; with --quiet a text is left out where files were `written`, or nothing is wrong."""
    if isinstance(found, bytes) or not (written and is_quiet()):
        click.echo(found, nl=False)


def told(text: Said) -> None:
    """Say what is no answer, on standard output as long as no data are there; with --quiet, nothing."""
    if not is_quiet():
        click.echo(said(text, language()), err=for_machines())


def notes(lines: Iterable[str]) -> None:
    """Say on stderr what a text would say of the log, where standard output carries data alone."""
    for line in lines if for_machines() and not is_quiet() else ():
        click.echo(noted(line), err=True)


def noted(text: str) -> str:
    """Return a line that tells a note, in the language that is spoken."""
    return said(joined([Said("Note"), text], "heads"), language())


def _asked(key: str) -> Any:
    context = click.get_current_context(silent=True)
    return context.meta.get(key) if context else None
