"""One language for one run: what was said is told in the language of the moment when it is shown."""

from __future__ import annotations

import logging
import pickle
import threading

import pytest

import hengdian_index as hi
from hengdian_index._words.language import language, of_locale, speaking
from hengdian_index._words.said import Said
from hengdian_index.errors import Fault, spoken
from hengdian_index.log import Entry, frame_of, note

ENGLISH = "lang: no 'fr'; allowed: en, zh"
CHINESE = "lang：没有语言“fr”；可选：en、zh"


def refused() -> hi.SpecError:
    """Return an error that was raised in whatever language is spoken."""
    with pytest.raises(hi.SpecError) as found:
        hi.options(lang="fr")  # type: ignore[arg-type]
    return found.value


def test_an_error_is_told_in_the_language_of_the_moment_when_it_is_shown() -> None:
    error = refused()
    with hi.options(lang="zh"):
        assert str(error) == str(error.faults[0]) == CHINESE
        assert error.said == ENGLISH
        assert str(pickle.loads(pickle.dumps(error))) == CHINESE
    assert str(error) == ENGLISH


def test_a_choice_holds_in_every_thread_until_it_is_taken_back() -> None:
    heard: list[str] = []
    before = hi.options(lang="zh")
    try:
        thread = threading.Thread(target=lambda: heard.append(language()))
        thread.start()
        thread.join()
        assert heard == [language()] == ["zh"]
        assert repr(before) == "options(lang='zh')"
        with speaking("en"):
            assert language() == "en"
    finally:
        hi.options(lang=None)
    assert language() == "en"


def test_the_environment_says_it_where_nobody_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HENGDIAN_LANG", "zh_CN.UTF-8")
    assert (language(), str(refused())) == ("zh", CHINESE)
    with hi.options(lang="en"):
        assert str(refused()) == ENGLISH
    monkeypatch.setenv("HENGDIAN_LANG", "")
    assert language() == spoken(None) == "en"
    assert of_locale("Zh-Hans") == "zh"
    assert of_locale("zhuang") is None


def test_a_workbook_speaks_its_own_language_where_nobody_chose() -> None:
    error = refused()
    error.lang = "zh"
    assert str(error) == CHINESE
    with speaking("en"):
        assert str(error) == ENGLISH


def test_several_faults_are_lines_and_a_place_is_said_before() -> None:
    one = Said("lang: no {lang!r}{guess}", lang="fr", guess="")
    error = hi.SpecError(Fault(one).under("x", saying=Said("{name!r}", name="A")), one)
    assert str(error) == "'A'lang: no 'fr'\nlang: no 'fr'"
    assert error.faults[0].place == ("x",)
    with speaking("zh"):
        assert str(error) == "“A”lang：没有语言“fr”\nlang：没有语言“fr”"


def test_the_log_is_told_in_the_language_and_has_the_same_reason_in_every_one(caplog: pytest.LogCaptureFixture) -> None:
    lines = [Entry("weights", Said("{names} and {n} more", names="A", n=n)) for n in (1, 2)]
    english = frame_of(lines)
    with speaking("zh"), caplog.at_level(logging.INFO, logger="hengdian_index"):
        chinese = frame_of(lines)
        note("weights", lines[0].why)
    assert list(english["why"]) == ["A and 1 more", "A and 2 more"]
    assert list(chinese["why"]) == ["A等，另有1个", "A等，另有2个"]
    assert set(english["reason"]) == set(chinese["reason"]) == {"… and … more"}
    record = caplog.records[-1]
    assert record.getMessage() == "weights: A等，另有1个"
    assert (record.step, record.reason) == ("weights", "… and … more")  # type: ignore[attr-defined]
