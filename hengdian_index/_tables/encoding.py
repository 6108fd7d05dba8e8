"""Which letters the bytes of a text file are: UTF-8, UTF-16, GB18030 or Windows-1252, told apart by what they give."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_NAMES = {
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "gb18030": "GB18030",
    "cp1252": "Windows-1252",
}
# One Chinese character: two bytes of GBK, or four of GB18030.
_CHARACTER = re.compile(rb"[\x81-\xfe](?:[\x30-\x39][\x81-\xfe][\x30-\x39]|[\x40-\x7e\x80-\xfe])")
_LETTER = re.compile(rb"[A-Za-z]")


def decoded(data: bytes, said: str | None = None) -> tuple[str, str]:
    """Return the text of a file, and the name of its encoding where that is another than UTF-8; it may be `said`.

    Western names in Windows-1252 are valid GB18030 too: an accented letter and the one after it make a Chinese
    character that stands between Latin letters. Where most characters are of that kind, they are none.

    Raises
    ------
    UnicodeError
        None of these.

    Examples
    --------
    >>> from hengdian_index._tables.encoding import decoded
    >>> decoded("España,1".encode("cp1252")), decoded("西班牙,1".encode("gbk"))
    (('España,1', 'Windows-1252'), ('西班牙,1', 'GB18030'))
    """
    if said is not None:
        plain = said.startswith("utf-8")
        return data.decode("utf-8-sig" if plain else said).removeprefix("\ufeff"), "" if plain else said
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8-sig" and any(ord(letter) < 32 and letter not in "\t\r\n\f\v" for letter in text):
            continue
        return text, _NAMES.get(encoding, "")
    raise UnicodeError("no text")


def _candidates(data: bytes) -> Iterator[str]:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            yield encoding
            return
    if data[:2].count(0) == 1:
        yield "utf-16-be" if data[0] == 0 else "utf-16-le"
        return
    yield "utf-8-sig"
    yield from ("cp1252", "gb18030") if _is_western(data) else ("gb18030", "cp1252")


def _is_western(data: bytes) -> bool:
    """Return whether most of what would be Chinese characters are an accented letter within a Latin word."""
    found = list(_CHARACTER.finditer(data))
    western = 0
    for one in found:
        after_letter = bool(_LETTER.match(data[max(0, one.start() - 1) : one.start()]))
        before_letter = bool(_LETTER.match(data[one.end() : one.end() + 1]))
        western += bool(_LETTER.match(one.group()[1:])) or (after_letter and before_letter)
    return 2 * western > len(found)
