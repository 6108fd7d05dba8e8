"""Which language is spoken: in a block, else in the whole process, else where the environment says so."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from hengdian_index._words.catalogue import LANGUAGES, Lang

VARIABLE = "HENGDIAN_LANG"

# Of the process, so that each of its threads has it; a block is of one thread or task alone.
_process: list[Lang | None] = [None]
_here: ContextVar[Lang | None] = ContextVar("language", default=None)


def language() -> Lang:
    """Return the language in which this thread speaks now; English where nobody chose one.

    Examples
    --------
    >>> from hengdian_index._words.language import language, speaking
    >>> with speaking("zh"):
    ...     language()
    'zh'
    """
    return chosen() or "en"


def chosen() -> Lang | None:
    """Return the language that was chosen for this block, this process or in the environment."""
    return _here.get() or _process[0] or of_locale(os.environ.get(VARIABLE, ""))


def of_locale(text: str) -> Lang | None:
    """Return the language of a text such as "zh" or "zh_CN.UTF-8", none where no catalogue is of it.

    Examples
    --------
    >>> from hengdian_index._words.language import of_locale
    >>> of_locale("zh_CN.UTF-8"), of_locale("EN-gb"), of_locale("fr")
    ('zh', 'en', None)
    """
    word = re.split(r"[-_.@]", text.strip().lower())[0]
    return next((lang for lang in LANGUAGES if lang == word), None)


def speak(lang: Lang | None) -> Lang | None:
    """Speak a language from now on, in every thread; return which one the process spoke, none where none was chosen."""
    before, _process[0] = _process[0], lang
    return before


@contextmanager
def speaking(lang: Lang | None) -> Iterator[None]:
    """Speak a language inside the block; the one of the process where it is none."""
    token = _here.set(lang or _here.get())
    try:
        yield
    finally:
        _here.reset(token)
