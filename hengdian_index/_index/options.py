"""What holds for a whole run: `hi.options(lang="zh")`, from a call on or inside a block."""

from __future__ import annotations

from types import TracebackType

from hengdian_index._words.catalogue import Lang
from hengdian_index._words.language import language, speak
from hengdian_index.errors import known_language


def options(*, lang: Lang | None) -> Options:
    """Choose the language of errors, logs, summaries, reports and files, for all that follows or for one block.

    What was said before is told in the language of the moment when it is shown: an error is raised once and read in
    either, a log that was saved by one office is read by another in its own language. Without a choice the language is
    that of the environment variable `HENGDIAN_LANG`, else English; a call's own `lang=` comes first. Names that are
    typed (methods, options, columns of tables) are the same in every language.

    Parameters
    ----------
    lang : "en", "zh" or None
        The language; None takes the choice back. Every thread of the process has it.

    Raises
    ------
    SpecError
        If no catalogue is of the language.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> with hi.options(lang="zh"):
    ...     try:
    ...         hi.options(lang="fr")
    ...     except hi.SpecError as error:
    ...         print(error)
    lang：没有语言“fr”；可选：en、zh
    """
    if lang is not None:
        known_language(lang)
    return Options(speak(lang))


class Options:
    """A choice that holds until it is changed; as a block, until the end of the block."""

    def __init__(self, before: Lang | None) -> None:
        """Keep which language the process spoke before."""
        self._before = before

    def __enter__(self) -> Options:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        speak(self._before)

    def __repr__(self) -> str:
        return f"options(lang={language()!r})"
