"""How a command ends: faults and notes as lines on stderr, exit status 2 on bad input, quiet where nobody reads on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any

import click

from hengdian_index._commands.printing import is_quiet


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
                for fault in error.faults:
                    click.echo(f"{type(error).__name__}: {fault}", err=True)
                sys.exit(2)
            finally:
                for text in warned if not is_quiet() else ():
                    click.echo(f"Note: {' '.join(text.split())}", err=True)

    return run


class Commands(click.Group):
    """Commands that end in one line and exit status 2 also where what they print cannot be written.

    Where the reader of what they print has gone, as `head` does, they end without a word.
    """

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the command that is asked for."""
        try:
            return super().main(*args, **options)
        except OSError as error:
            _let_go()
            with suppress(OSError):
                click.echo(f"Error: the output cannot be written: {error.strerror or error}", err=True)
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
