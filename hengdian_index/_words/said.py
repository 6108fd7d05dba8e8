"""What the library says: a sentence and its values, in itself English, told in another language where it is shown."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from numbers import Number
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, TypeVar

from hengdian_index._words.catalogue import catalogue

Kind: TypeAlias = Literal["names", "places", "clauses", "heads", "sentences", "lines", "whole"]

# What stands between parts of a sentence; the catalogues have the signs of other languages under the same kinds.
_BETWEEN: Mapping[Kind, str] = {
    "names": ", ",
    "places": ", ",
    "clauses": "; ",
    "heads": ": ",
    "sentences": " ",
    "lines": "\n",
    "whole": "",
}


class Shown(str):
    """The text of a value that might change, and how it is quoted: what was said of it stays as it was said."""

    __slots__ = ("quoted",)
    quoted: str

    def __new__(cls, text: str, quoted: str) -> Shown:
        """Return the text, with how it is quoted."""
        self = super().__new__(cls, text)
        self.quoted = quoted
        return self

    def __repr__(self) -> str:
        return self.quoted

    def __format__(self, form: str) -> str:
        # What would be the form of a number is none of a text that stands for any.
        try:
            return format(str.__str__(self), form)
        except ValueError:
            return str.__str__(self)

    def __reduce__(self) -> Any:
        return Shown, (str.__str__(self), self.quoted)


# What stands for any value.
_ANY = Shown("…", "…")


class Said(str):
    """A sentence: it is its English text, with the template and the values that it was made of.

    The template is written where it is said, and is the key of its translations. Its places are plain names; one with
    `!r` is a name of the user's own, which each language puts between its quotation marks. A value may be a sentence
    itself and is told in the same language.

    Examples
    --------
    >>> from hengdian_index._words.said import Said, joined
    >>> line = Said("{who!r} has no row in {when}", who="横店", when=joined([2021, 2022]))
    >>> line
    "'横店' has no row in 2021, 2022"
    >>> line.general
    '… has no row in …'
    """

    __slots__ = ("several", "template", "values")
    template: str
    several: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> Said:
        """Return the sentence with its places filled in."""
        return said(template, "", values)

    @classmethod
    def of(cls, n: int, one: str, several: str, /, **values: Any) -> Said:
        """Return the sentence for one thing, or the one for any other number `n` of them.

        Examples
        --------
        >>> from hengdian_index._words.said import Said
        >>> Said.of(1, "{n} row is left out", "{n} rows are left out")
        '1 row is left out'
        """
        return said(one, several, {"n": n, **values})

    @property
    def in_general(self) -> Said:
        """What it says whatever the values are: sentences of one kind have it in common."""
        parts = {name: value.in_general if isinstance(value, Said) else _ANY for name, value in self.values.items()}
        return said(self.template, self.several, parts)

    @property
    def general(self) -> str:
        """What it says in general, the same text in every language."""
        return str.__str__(self.in_general)

    def told(self, lang: str) -> str:
        """Return the sentence in a language; in English where its catalogue does not have it."""
        if lang == "en":
            return str.__str__(self)
        forms, n = catalogue(lang).translated(self.template), self.values["n"] if self.several else 1
        n = n if isinstance(n, int) else 2
        english = self.several if n != 1 else self.template
        template = english if not forms else forms[min(catalogue(lang).form(n), len(forms) - 1)]
        return _asked(_Filler(lang).vformat(template, (), self.values))

    def parts(self) -> dict[str, Any]:
        """Return what the sentence is made of, by the names that `said` takes."""
        return {"template": self.template, "several": self.several, "values": dict(self.values)}

    def __reduce__(self) -> Any:
        return said, tuple(self.parts().values())


class Joined(Said):
    """Parts of a sentence in a row."""

    __slots__ = ("items", "kind", "quoted")
    items: tuple[Any, ...]
    kind: Kind
    quoted: bool

    @property
    def in_general(self) -> Said:
        """What the parts say whatever their values are; of names alone there is nothing to say."""
        parts = dict.fromkeys(part.in_general for part in self.items if isinstance(part, Said))
        return joined(list(parts) or [_ANY], self.kind)

    def told(self, lang: str) -> str:
        """Return the parts in a language, with its own sign between them."""
        sign = _sign(_BETWEEN[self.kind], f"between {self.kind}", lang)
        return _asked(sign.join(_quoted(one, lang) if self.quoted else told(one, lang) for one in self.items))

    def parts(self) -> dict[str, Any]:
        """Return what the row is made of, by the names that `joined` takes."""
        return {"items": self.items, "kind": self.kind, "quoted": self.quoted}

    def __reduce__(self) -> Any:
        return joined, tuple(self.parts().values())


def said(template: str, several: str, values: Mapping[str, Any]) -> Said:
    """Return a sentence with its values, and with its form for several things where it has one."""
    kept = {name: _kept(value) for name, value in values.items()}
    text = (several if several and kept["n"] != 1 else template).format_map(kept)
    return _made(Said, text, template, several, kept)


def joined(items: Sequence[Any], kind: Kind = "names", quoted: bool = False) -> Said:
    """Return parts with the sign between them that such parts have in the language.

    Examples
    --------
    >>> from hengdian_index._words.said import joined
    >>> joined(["a", "b"], quoted=True), joined(["a", "b"]).told("zh")
    ("'a', 'b'", 'a、b')
    """
    kept = tuple(map(_kept, items))
    text = _BETWEEN[kind].join(repr(part) if quoted else str(part) for part in kept)
    row = _made(Joined, text, "{items}", "", {"items": text})
    row.items, row.kind, row.quoted = kept, kind, quoted
    return row


def headed(head: object, text: S) -> S | Said:
    """Return a sentence after what it is about, such as its file; as it is where that is nothing.

    Examples
    --------
    >>> from hengdian_index._words.said import Said, headed
    >>> headed("towns.csv", Said("no rows")), headed(None, Said("no rows"))
    ('towns.csv: no rows', 'no rows')
    """
    return joined([head, text], "heads") if head else text


def told(text: object, lang: str) -> str:
    """Return any text in a language; one that is no sentence stays as it is."""
    return text.told(lang) if isinstance(text, Said) else str(text)


S = TypeVar("S", bound=Said)


class _Filler(string.Formatter):
    """Fills the places of a sentence in a language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def convert_field(self, value: Any, conversion: Any) -> Any:
        return _quoted(value, self.lang) if conversion == "r" else super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        return told(value, self.lang) if isinstance(value, Said) else str(format(value, format_spec))


def _asked(text: str) -> str:
    """Return a text in which a wide sign ends a question alone, without that of a clause after it."""
    return text.replace("？；", "？")


def _sign(english: str, context: str, lang: str) -> str:
    """Return what stands in a language for a sign of the English, which has other translations in other contexts."""
    forms = () if lang == "en" else catalogue(lang).translated(english, context)
    return forms[0] if forms else english


def _quoted(value: Any, lang: str) -> str:
    """Return a name between the quotation marks of a language; what is no plain text as Python writes it."""
    # Python counts the wide blank among what cannot be printed, and Chinese titles have it.
    printed = isinstance(value, str) and value.replace("\u3000", "").isprintable()
    plain = printed and not isinstance(value, Shown) and lang != "en"
    return _sign("'{name}'", "quoted", lang).format(name=value) if plain else repr(value)


def _kept(value: Any) -> Any:
    """Return a value that never changes: of any that might, the text that it has now."""
    if hasattr(value, "dtype") and not getattr(value, "ndim", 1) and value.dtype.kind in "biufU":
        value = value.item()
    fixed = value is None or type(value) is str or isinstance(value, (Said, Shown, Number))
    return value if fixed else Shown(str(value), repr(value))


def _made(kind: type[S], text: str, template: str, several: str, values: Mapping[str, Any]) -> S:
    made = str.__new__(kind, text)
    made.template, made.several, made.values = template, several, MappingProxyType(dict(values))
    return made
