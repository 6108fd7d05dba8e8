"""The catalogues of the pages: each text has its Chinese, with the same code, links and formulas as the English."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from hengdian_index._words.catalogue import Entry, entries

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "docs" / "locale" / "zh_CN" / "LC_MESSAGES").glob("*.po"))
# A role shows a name, which may be another, and leads somewhere.
ROLE = re.compile(r"(?:\{[\w:]+\}|:[\w:]+:)`(?:[^`<]*<)?([^`>]+)>?`")
# What stays as it is: code, formulas, where a link or a role leads.
KEPT = re.compile(r"`+[^`]+`+|\$[^$]+\$|(?<=\]\()[^)]+(?=\))|@\S+")


def texts(path: Path) -> list[Entry]:
    """Return the entries of a catalogue without its head."""
    return [one for one in entries(path.read_text(encoding="utf-8")) if one.key]


def kept(text: str) -> Counter[str]:
    """Return what a translation must not change."""
    return Counter(KEPT.findall(ROLE.sub(r" @\1 ", text)))


EVERY = [pytest.param(path, id=path.stem) for path in CATALOGUES]


def test_there_is_a_catalogue_for_each_folder_of_pages() -> None:
    folders = {path.name for path in (ROOT / "docs").iterdir() if path.is_dir() and any(path.rglob("*.md"))}
    assert {path.stem for path in CATALOGUES} >= {*folders, "index"} - {"generated", "_build", "jupyter_execute"}


@pytest.mark.parametrize("path", EVERY)
def test_every_text_stands_once_and_has_its_chinese(path: Path) -> None:
    found = texts(path)
    assert [text for text, times in Counter(one.key for one in found).items() if times > 1] == []
    assert [one.key for one in found if not one.forms[0].strip()] == []


@pytest.mark.parametrize("path", EVERY)
def test_a_translation_keeps_code_links_and_formulas(path: Path) -> None:
    assert {one.key: kept(one.forms[0]) for one in texts(path) if kept(one.key) != kept(one.forms[0])} == {}


@pytest.mark.parametrize("path", EVERY)
def test_what_is_translated_is_chinese(path: Path) -> None:
    own = [one for one in texts(path) if one.forms[0] != one.key]
    assert own
    assert [one.key for one in own if not re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", one.forms[0])] == []


def test_a_link_that_is_changed_is_found() -> None:
    assert kept("see [a](b.md#c) and `x`") == kept("见[甲](b.md#c)和 `x`")
    assert kept("see [a](b.md)") != kept("见[甲](c.md)")
    assert kept("{py:func}`a <b.c>`") == kept("{py:func}`甲 <b.c>`") != kept("{py:func}`甲 <b.d>`")
