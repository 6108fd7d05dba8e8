"""Other names that people type for a method: those of the field in every language, beside the name that code has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from hengdian_index._words.catalogue import LANGUAGES, words

# A name in brackets stands beside the name: 层次分析法（AHP）.
_BRACKETS = re.compile(r"[（(]([^）)]*)[）)]")
# What tells no name from another.
_JOINTS = re.compile(r"[\s_\-–—·]+")


def plain(name: str) -> str:
    """Return what a name is told apart by: without case, width of letters, blanks and hyphens.

    Examples
    --------
    >>> from hengdian_index._methods.aliases import plain
    >>> plain("Min-Max"), plain("ＴＯＰＳＩＳ 法"), plain("min_max")
    ('minmax', 'topsis法', 'minmax')
    """
    return _JOINTS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def aliases(family: str, name: str, traits: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the other names of a method, those in its traits first, each once.

    Examples
    --------
    >>> from hengdian_index._methods.aliases import aliases
    >>> aliases("weights", "equal", {"chinese": "等权"})[:3]
    ('等权', 'equal weights', 'equal weighting')
    """
    said = str(traits.get("chinese") or "")
    head, inside = _BRACKETS.sub("", said).strip(), _BRACKETS.findall(said)
    # What stands in brackets explains, but for a short form in Latin letters.
    short = [one for one in inside if one.isascii()]
    known = (*traits.get("aliases", ()), *also_called(f"{family}.{name}"))
    return tuple(dict.fromkeys(one for one in (head, *short, *known) if one))


def meant(family: str, name: str, methods: Mapping[str, Any]) -> str | None:
    """Return the method of a family that a name stands for, None where it is none, or that of several."""
    wanted = {plain(name), plain(_BRACKETS.sub("", name))}
    found = [own for own, method in methods.items() if wanted & _plain((own, *aliases(family, own, method.traits)))]
    return found[0] if len(found) == 1 else None


def written_as(family: str, name: str, methods: Mapping[str, Any]) -> str:
    """Return the Chinese name of a method, its own where it has none that stands for it alone.

    Examples
    --------
    >>> from hengdian_index._methods.aliases import written_as
    >>> from hengdian_index._methods.registry import FAMILIES
    >>> written_as("weights", "entropy", FAMILIES["weights"])
    '熵权法'
    """
    said = str(methods[name].traits.get("chinese") or "") if name in methods else ""
    found = [one for one in (_BRACKETS.sub("", said).strip(), said) if one and meant(family, one, methods) == name]
    return found[0] if found else name


def also_called(address: str) -> tuple[str, ...]:
    """Return the other names of a public name, "explain.coupling" or "weights.entropy", in every language.

    Examples
    --------
    >>> from hengdian_index._methods.aliases import also_called
    >>> also_called("explain.coupling")[-1]
    '耦合协调模型'
    """
    return tuple(part for lang in LANGUAGES for part in _listed(lang).get(address, ()))


def called(name: str) -> tuple[str, ...]:
    """Return the public names that another name stands for: methods, functions, and what results have.

    Examples
    --------
    >>> from hengdian_index._methods.aliases import called
    >>> called("耦合协调度"), called("拉动百分点")
    (('explain.coupling',), ('series.contributions', 'Result.contributions'))
    """
    wanted = plain(name)
    return tuple(address for address in _listed(LANGUAGES[0]) if wanted in _plain(also_called(address)))


def near(word: str) -> tuple[str, ...]:
    """Return the other names that hold a word, the shortest first: what a search would list.

    Examples
    --------
    >>> from hengdian_index._methods.aliases import near
    >>> near("障碍")[:2]
    ('障碍度', '主要障碍')
    """
    wanted = plain(word)
    every = {name for lang in LANGUAGES for names in _listed(lang).values() for name in names}
    return tuple(sorted((name for name in every if wanted and wanted in plain(name)), key=lambda one: (len(one), one)))


def direction_of(word: str) -> int | None:
    """Return the direction that a word stands for, 1 or -1, in every language; 0 for a best value between, else None.

    Examples
    --------
    >>> from hengdian_index._methods.aliases import direction_of
    >>> direction_of("逆向指标"), direction_of("＋"), direction_of("\N{MINUS SIGN}1"), direction_of("适度指标")
    (-1, 1, -1, 0)
    """
    wanted = _sign(word)
    for lang in LANGUAGES:
        for key, said in words(lang, "direction word").items():
            if wanted == key or wanted in map(_sign, said.split(",")):
                return 0 if key == "between" else int(key)
    return 1 if wanted == "+1" else None


def _sign(word: str) -> str:
    """Return a word of a direction as it is compared: signs are kept, whatever dash they are written with."""
    text = unicodedata.normalize("NFKC", word).strip().casefold()
    return re.sub("^[\u2010-\u2015\u2212]", "-", text)


def _plain(names: Iterable[str]) -> set[str]:
    return {plain(name) for name in names}


@cache
def _listed(lang: str) -> Mapping[str, tuple[str, ...]]:
    """Return the other names that a language has, by family and method."""
    return {key: tuple(one.strip() for one in said.split(",")) for key, said in words(lang, "alias").items()}
