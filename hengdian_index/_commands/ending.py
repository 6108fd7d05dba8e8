"""How a command ends: faults and notes as lines on stderr, exit status 2 on bad input, quiet where nobody reads on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from hengdian_index._commands.printing import is_quiet, noted
from hengdian_index._commands.speaking import Spoken, speaking_for
from hengdian_index._words.language import language
from hengdian_index._words.said import Said, joined, told
from hengdian_index.errors import cause

if TYPE_CHECKING:
    from hengdian_index.errors import FaultsError


def refusing(command: Callable[..., None]) -> Callable[..., None]:
    """Turn errors of spec and data into one line a fault on stderr and exit status 2; warnings into one line each."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        from hengdian_index._system.alone import all_heard
        from hengdian_index.errors import FaultsError

        with all_heard() as warned:
            try:
                command(*args, **options)
            except FaultsError as error:
                for line in lines(error):
                    click.echo(line, err=True)
                sys.exit(2)
            finally:
                for text in warned if not is_quiet() else ():
                    click.echo(noted(" ".join(text.split())), err=True)

    return run


def lines(error: FaultsError) -> list[str]:
    """Return a line a fault, after what kind it is of, in the language that is spoken."""
    kinds = {"SpecError": Said("SpecError"), "OptionError": Said("OptionError"), "DataError": Said("DataError")}
    return [told(joined([kinds[type(error).__name__], fault.message], "heads"), language()) for fault in error.faults]


class Commands(Spoken, click.Group):
    """Commands that end in one line and exit status 2 also where what they print cannot be written.

    Where the reader of what they print has gone, as `head` does, they end without a word.
    """

    command_class = Spoken

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Run the command that is asked for, in the language of the run."""
        given = sys.argv[1:] if args is None else list(args)
        try:
            with speaking_for(self, given):
                return self._run(given, *rest, **options)
        except click.UsageError as error:
            error.show()
            sys.exit(error.exit_code)

    def _run(self, *args: Any, **options: Any) -> Any:
        try:
            return super().main(*args, **options)
        except OSError as error:
            _let_go()
            why = Said("Error: the output cannot be written: {error}", error=cause(error, error.strerror or ""))
            with suppress(OSError):
                click.echo(told(why, language()), err=True)
            sys.exit(2)

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        """Read what was typed, or print the help that it asks for."""
        with _read_on():
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        with _read_on():
            return super().invoke(ctx)


@contextmanager
def _read_on() -> Iterator[None]:
    """End without a word where nobody reads on what is printed in the block."""
    try:
        yield
    except BrokenPipeError:
        _let_go()
        sys.exit(0)


def _let_go() -> None:
    """Send what is left in the buffer nowhere: it would be tried again at the exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
