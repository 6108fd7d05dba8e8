"""The texts of an audit by language, under the same keys, filled with what was found."""

from __future__ import annotations

from typing import Any, get_args

from hengdian_index._words import audit_chinese, audit_english
from hengdian_index._words.audit import Lang, Words
from hengdian_index.errors import SpecError, suggestion

WORDS = {"en": audit_english.CHECKS, "zh": audit_chinese.CHECKS}
PHRASES = {"en": audit_english.PHRASES, "zh": audit_chinese.PHRASES}


def words(check: str, lang: Lang) -> Words:
    """Return what is said of a check."""
    return WORDS[lang][check]


def phrase(key: str, lang: Lang, **facts: Any) -> str:
    """Return a text filled with facts; what is no key is the message of an error, which stays as it is."""
    known = PHRASES[lang]
    return known[key].format(**facts) if key in known else key


def known_language(lang: Any) -> None:
    """Refuse a language that there is not."""
    if lang not in get_args(Lang):
        raise SpecError(f"lang: no {lang!r}{suggestion(lang, get_args(Lang))}")
