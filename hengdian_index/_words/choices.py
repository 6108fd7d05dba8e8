"""The words of fields that have a few, such as what a missing value does, as people type them in every language."""

from __future__ import annotations

import re
import unicodedata

from hengdian_index._words.catalogue import LANGUAGES, words

_ROOM = "choice"
_JOINTS = re.compile(r"[\s_\-–—·]+")


def _plain(word: str) -> str:
    return _JOINTS.sub("", unicodedata.normalize("NFKC", word)).casefold()


def value_meant(field: str, word: str) -> str | None:
    """Return the code of a field that a word stands for in any language, None where it is none.

    Examples
    --------
    >>> from hengdian_index._words.choices import value_meant
    >>> value_meant("missing", "重新分配权重"), value_meant("series", "链式"), value_meant("scope", "somewhere")
    ('reweight', 'ratio', None)
    """
    wanted, begun = _plain(word), f"{field}."
    for lang in LANGUAGES:
        for key, said in words(lang, _ROOM).items():
            if key.startswith(begun) and wanted in map(_plain, said.split(", ")):
                return key.removeprefix(begun)
    return None


def word_of(field: str, code: str, lang: str) -> str | None:
    """Return the word that is written for a code of a field, None where the language has none.

    Examples
    --------
    >>> from hengdian_index._words.choices import word_of
    >>> word_of("missing", "raise", "zh"), word_of("weights", "raise", "zh")
    ('报错', None)
    """
    said = words(lang, _ROOM).get(f"{field}.{code}")
    return None if said is None else said.split(", ")[0]
