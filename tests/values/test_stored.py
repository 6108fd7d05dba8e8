"""The words of saved files are the package's promise: classes may be renamed, moved and given more optional fields."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index._maths.maps import Affine, Clip
from hengdian_index._values import stored


def words(content: Any) -> set[str]:
    """Return the words that a saved file uses."""
    if isinstance(content, list):
        return set().union(*map(words, content), set())
    if not isinstance(content, dict):
        return set()
    return set().union(*map(words, content.values()), {content["$"]} if "$" in content else set())


def test_a_saved_file_names_neither_modules_nor_private_fields(tmp_path: Path) -> None:
    two_levels().fit(table()).save(tmp_path / "fitted.json")
    content = json.loads((tmp_path / "fitted.json").read_text("utf-8"))["content"]
    assert "fit" in words(content)
    assert [word for word in words(content) if "." in word or word != word.lower()] == []
    private = [field.name for kind in stored._CLASSES.values() for field in fields(kind) if field.name.startswith("_")]
    assert private == []


def test_a_renamed_class_with_another_optional_field_reads_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = table()
    fitted = two_levels().fit(frame)
    fitted.save(tmp_path / "fitted.json")

    @dataclass(frozen=True)
    class Line(Affine):
        """The affine map under another name, in another module, with one more field."""

        unit: str = ""

    monkeypatch.setitem(stored._CLASSES, "affine", Line)
    monkeypatch.setitem(stored._WORDS, Line, "affine")
    loaded = hi.Fitted.load(tmp_path / "fitted.json")
    assert any(isinstance(one, Line) for one in loaded.maps.values())
    assert loaded.score(frame).scores.equals(fitted.score(frame).scores)
    loaded.save(tmp_path / "again.json")
    assert hi.Fitted.load(tmp_path / "again.json").score(frame).scores.equals(fitted.score(frame).scores)


def test_a_word_has_one_class_and_only_dataclasses_have_words() -> None:
    with pytest.raises(ValueError, match="the word 'clip' is that of Clip"):
        stored.stored("clip")(Affine)
    with pytest.raises(TypeError, match="only a dataclass can be stored"):
        stored.stored("list of numbers")(list)
    assert stored.word_of(Clip) == "clip"
    assert stored.word_of(dict) is None


def test_parts_that_are_lacking_or_unknown_are_named() -> None:
    one = np.ones(2)
    assert stored.restored("clip", {"low": one, "high": one}).low is one
    with pytest.raises(LookupError, match="no value is stored as 'klip'"):
        stored.restored("klip", {})
    with pytest.raises(LookupError, match="clip has other parts: middle, high"):
        stored.restored("clip", {"low": one, "middle": one})


def test_every_word_of_the_first_version_is_a_word_of_this_one() -> None:
    from hengdian_index._index.stored_file import _VERSION_1

    assert set(_VERSION_1.values()) <= set(stored._CLASSES)
