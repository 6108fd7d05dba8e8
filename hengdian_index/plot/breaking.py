"""Where a line of text may end: between words, within Chinese, never where a reader would stumble."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Han, kana, hangul, full-width forms.
_RANGES = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0002fa1f"
WIDE = re.compile(f"[{_RANGES}]")

# No line ends with what opens, or begins with what closes or is the sign of a unit.
_OPEN = r"（《「『【〔〈“‘(\[{￥"
_CLOSE = r"）》」』】〕〉，。、；：？！”’％‰…—·～)\]},.;:!?%°′″℃"

_RUN = rf"[^\s{_RANGES}{_OPEN}{_CLOSE}]+"
_HAN = rf"(?![{_OPEN}{_CLOSE}])[{_RANGES}]"
# What stays together: a run of letters and digits with the marks inside it, a number with its counter ("第3个"), one
# character; each with what opens before it and what closes after it.
_ATOM = re.compile(
    rf"(?:[{_OPEN}]\s*)*(?:第?{_RUN}(?:[{_CLOSE}]+{_RUN})*(?:(?<=[0-9]){_HAN})?|{_HAN}|)(?:\s*[{_CLOSE}])*", re.DOTALL
)
_SPACE = re.compile(rf"((?<![{_OPEN}\s])[^\S\u00a0]+(?![{_CLOSE}\s]))")


def size(text: str) -> int:
    """Return how many letters wide a text is, a Chinese character counted as two."""
    return len(text) + len(WIDE.findall(text))


def broken(text: str, width: int) -> str:
    r"""Return text in lines of about `width` letters; a word is broken, within Chinese, where it is wider than a line.

    Examples
    --------
    >>> from hengdian_index.plot.breaking import broken
    >>> broken("票房收入增长率（%）", 14)
    '票房收入增长率\n（%）'
    """
    lines = [""]
    for piece in _pieces(text, width):
        if lines[-1] and size(lines[-1].rstrip() + piece) > width and not piece.isspace():
            lines.append("")
        lines[-1] += piece if lines[-1] or not piece.isspace() else ""
    return "\n".join(line.strip() for line in lines)


def _pieces(text: str, width: int) -> Iterator[str]:
    """Yield what is set whole: words and the spaces between them, of words wider than a line their parts."""
    for word in _SPACE.split(text):
        yield from filter(None, [word] if size(word) <= width else _ATOM.findall(word))
