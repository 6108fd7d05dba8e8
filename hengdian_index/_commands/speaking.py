"""The language of a run: that which is asked for, and in it the help of the commands and the words of click."""

from __future__ import annotations

import copy
import gettext
import inspect
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from hengdian_index._values.letters import columns
from hengdian_index._words.catalogue import LANGUAGES, Lang, catalogue
from hengdian_index._words.language import VARIABLE, chosen, language, of_locale, speak
from hengdian_index._words.said import Said, joined, told

# Where a context keeps the language that an option asks for.
_LANG = "hengdian_index.lang"
_DOMAIN = "hengdian_index"
# Helps with values in them, by their English.
_EXPLAINED: dict[str, Said] = {}
# What begins no line in Chinese.
_NEVER_FIRST = "，。；：、？！）”》"
# Names as click quotes them.
_QUOTED = re.compile(r"'[^']*'(?:, '[^']*')*")


class Spoken(click.Command):
    """A command with an option for the language of all that it says, its own help included."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.params.append(_language())

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        """Read what was typed."""
        try:
            return super().make_context(*args, **options)
        except click.MissingParameter as error:
            if language() == "en" or error.param is None:
                raise
            # Click ends the sentence with a full stop of its own.
            why = Said("{name} is needed", name=error.param.human_readable_name)
            raise click.UsageError(told(why, language()), error.ctx) from None

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what follows the name of a command where it is called."""
        return [_translated(piece, "click") for piece in super().collect_usage_pieces(ctx)]

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help."""
        if language() == "en":
            return super().get_short_help_str(limit)
        return _help(self.help or "").partition("\n")[0].partition("。")[0]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help."""
        if language() == "en":
            return super().format_help_text(ctx, formatter)
        for part in _help(self.help or "").split("\n\n"):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(part)
        return None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what is said of each option."""
        every = [_told(one) for one in self.get_params(ctx) if isinstance(one, click.Option)]
        records = [record for one in every if (record := one.get_help_record(ctx))]
        with formatter.section(gettext.gettext("Options")):
            formatter.write_dl(records)


def _language() -> click.Option:
    """Return the option of a command or of all of them, the later one counts."""

    def heard(context: click.Context, _: click.Parameter, given: Lang | None) -> None:
        if given:
            context.meta[_LANG] = given

    return click.Option(
        ["--lang"],
        type=click.Choice(LANGUAGES),
        expose_value=False,
        is_eager=True,
        callback=heard,
        help="Language of all that is said and written; default: HENGDIAN_LANG, else that of the workbook INDEX, "
        "else en.",
    )


def explained(help: Said) -> str:
    """Return a help that has values in it, and is told in the language that is spoken."""
    _EXPLAINED[str(help)] = help
    return str(help)


def _help(text: str) -> str:
    """Return a help in the language that is spoken, paragraph by paragraph."""
    if text in _EXPLAINED:
        return told(_EXPLAINED[text], language())
    parts = [" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n")]
    return "\n\n".join(_translated(part, "help") for part in parts)


def _told(option: click.Option) -> click.Option:
    """Return an option, not to be read with, whose help is in the language that is spoken."""
    found = copy.copy(option)
    found.help = _help(option.help or "")
    return found


def _translated(english: str, context: str) -> str:
    forms = () if language() == "en" else catalogue(language()).translated(english, context)
    return forms[0] if forms else english


@contextmanager
def speaking_for(commands: click.Group, arguments: Sequence[str]) -> Iterator[None]:
    """Speak the language of a run inside the block: of its option, of the environment, of the workbook that it reads.

    Raises
    ------
    UsageError
        If the environment asks for a language that no catalogue is of, and no option for another.
    """
    option, first = _asked(commands, arguments)
    if option is None and chosen() is None:
        _refuse_unknown(os.environ.get(VARIABLE, ""))
        option = _of_workbook(first)
    before = speak(option) if option else None
    try:
        with _words_of_click():
            yield
    finally:
        if option:
            speak(before)


def _asked(commands: click.Group, arguments: Sequence[str]) -> tuple[Lang | None, Path | None]:
    """Return the language that an option asks for, and the first file of a command; what is wrong is told later."""
    known = [i for i, one in enumerate(arguments) if one in commands.commands]
    at = known[0] if known else len(arguments)
    how: dict[str, Any] = {"resilient_parsing": True, "ignore_unknown_options": True, "allow_interspersed_args": True}
    context = commands.make_context(None, list(arguments[:at]), **how)
    if not known:
        return context.meta.get(_LANG), None
    command = commands.commands[arguments[at]]
    context = command.make_context(arguments[at], list(arguments[at + 1 :]), parent=context, **how)
    names = [one.name for one in command.params if isinstance(one, click.Argument)]
    paths = [path for name in names[:1] for path in _flat(context.params.get(str(name)))]
    return context.meta.get(_LANG), paths[0] if paths else None


def _flat(given: object) -> list[Path]:
    if isinstance(given, (tuple, list)):
        return [path for one in given for path in _flat(one)]
    return [given] if isinstance(given, Path) else []


def _refuse_unknown(locale: str) -> None:
    """Refuse a language in the environment that no catalogue is of."""
    if locale.strip() and of_locale(locale) is None:
        from hengdian_index.errors import suggestion

        guess = suggestion(locale, LANGUAGES)
        raise click.UsageError(Said("{name}: no language {lang!r}{guess}", name=VARIABLE, lang=locale, guess=guess))


def _of_workbook(path: Path | None) -> Lang | None:
    """Return the language in which the sheets of an index are named; none where a file has none, or cannot be read."""
    if path is None or path.suffix.lower() not in (".xlsx", ".xlsm") or not path.is_file():
        return None
    from hengdian_index._tables.workbook import language_of
    from hengdian_index.errors import FaultsError

    with suppress(FaultsError):
        return language_of(path)
    return None


class _Click(gettext.NullTranslations):
    """The words of click in the language that is spoken; those that a catalogue does not have in English."""

    def gettext(self, message: str) -> str:
        found = _translated(message, "click")
        return _Sentence(found) if found != message else message

    def ngettext(self, one: str, several: str, n: int) -> str:
        found = _translated(one, "click")
        return _Sentence(found) if found != one else super().ngettext(one, several, n)


class _Sentence(str):
    """A sentence of click in another language, which has the signs of that language around and between its values."""

    __slots__ = ()

    def format(self, *given: Any, **values: Any) -> str:
        """Return the sentence with its values."""
        return super().format(*given, **{name: _signed(name, value) for name, value in values.items()})


def _signed(name: str, value: Any) -> Any:
    """Return what click puts into a sentence with the signs of Chinese; a whole message has them, but for its blanks.

    Click parts sentences with a blank, and quotes names as Python does, with a comma between several.
    """
    if not isinstance(value, str) or language() == "en":
        return value
    if name == "message":
        return re.sub(f"(?<=[{_NEVER_FIRST}]) ", "", value)
    return _QUOTED.sub(lambda names: joined(names[0][1:-1].split("', '"), quoted=True).told(language()), value)


@contextmanager
def _words_of_click() -> Iterator[None]:
    """Answer what click asks gettext for inside the block, without the files that gettext would look for."""
    ask, before = gettext.translation, gettext.textdomain()

    def translation(domain: str, *args: Any, **options: Any) -> gettext.NullTranslations:
        return _Click() if domain == _DOMAIN else ask(domain, *args, **options)

    gettext.translation = translation  # type: ignore[assignment]
    gettext.textdomain(_DOMAIN)
    try:
        yield
    finally:
        gettext.textdomain(before)
        gettext.translation = ask


class Page(click.HelpFormatter):
    """A page of help, broken where lines of letters that are twice as wide are full; in English as click does."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        if language() == "en":
            return super().write_usage(prog, args, prefix)
        return self.write(f"{gettext.gettext('Usage:')}{prog} {args}\n")

    def write_heading(self, heading: str) -> None:
        """Write what a list is of."""
        if language() == "en":
            return super().write_heading(heading)
        return self.write(f"{'':>{self.current_indent}}{heading}：\n")

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        if language() == "en":
            return super().write_text(text)
        return self._lines(text, self.current_indent)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of names and what they are."""
        if language() == "en":
            return super().write_dl(rows, col_max, col_spacing)
        every = list(rows)
        at = self.current_indent + min(max(columns(name) for name, _ in every), col_max) + col_spacing
        for name, text in every:
            begin = f"{'':>{self.current_indent}}{name}"
            if columns(begin) + col_spacing > at:
                self.write(f"{begin}\n")
                begin = ""
            self._lines(text, at, begin)
        return None

    def _lines(self, text: str, indent: int, begin: str = "") -> None:
        for line in _broken(text, max(self.width - indent, 20)) or [""]:
            self.write(f"{begin.ljust(indent) if begin else ' ' * indent}{line}".rstrip() + "\n")
            begin = ""


class Context(click.Context):
    """The state of a command, whose help is written in the language that is spoken."""

    formatter_class = Page


Spoken.context_class = Context


def _broken(text: str, most: int) -> list[str]:
    """Return the lines of a text, broken at blanks and beside every wide letter but before no sign that ends a word."""
    lines, line = list[str](), ""
    for piece in _pieces(text):
        if line and columns(line + piece.rstrip()) > most:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    """Return the smallest parts of a text between which a line may end."""
    pieces = list[str]()
    for letter in text:
        glued = pieces and (
            letter in _NEVER_FIRST
            or (pieces[-1][-1] in "（“《")
            or (columns(letter) == 1 == columns(pieces[-1][-1]) and not pieces[-1][-1].isspace())
        )
        if glued:
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces
