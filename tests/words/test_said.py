"""A sentence is a value: it is its English text, and is told in another language where it is shown."""

from __future__ import annotations

import ast
import copy
import pickle
import re
import string
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import law
from support.texts import of_sentences

import hengdian_index as hi
from hengdian_index._words import catalogue as catalogues
from hengdian_index._words.catalogue import catalogue
from hengdian_index._words.said import Said, Shown, joined, told
from hengdian_index.log import Entry

PACKAGE = Path(hi.__file__).parent


def fields(template: str) -> set[str]:
    """Return the names of the places in a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the Chinese catalogue have some sentences that no module says."""
    known = {
        "{who!r}: {why}": ("{who!r}：{why}",),
        "{town!r} sold {share:.1%} of {things}": ("{things}中的{share:.1%}由{town!r}售出",),
        "nothing is left": ("没有剩余",),
        "{n} row is left out": ("剔除{n}行",),
    }
    rooms = dict(catalogue("zh").rooms)
    rooms[""] = catalogues.Room("", "zh", known, {}, catalogue("zh").form)
    monkeypatch.setattr("hengdian_index._words.said.catalogue", lambda lang: catalogue(lang)._replace(rooms=rooms))


def line() -> Said:
    """Return a sentence with a name, a number and a list inside another sentence."""
    things = joined(["Tea", "Silk"], quoted=True)
    return Said("{who!r}: {why}", who="A", why=Said("{town!r} sold {share:.1%} of {things}", **locals_of(things)))


def locals_of(things: Said) -> dict[str, Any]:
    """Return the values of the inner sentence."""
    return {"town": "横店", "share": 0.125, "things": things}


def test_a_sentence_is_its_english_text(chinese: None) -> None:
    text = "'A': '横店' sold 12.5% of 'Tea', 'Silk'"
    assert line() == text
    assert hash(line()) == hash(text)
    assert line() in {text}
    assert f"{line()}!" == f"{text}!"
    assert line().told("en") == text
    assert type(line().told("en")) is str


def test_it_is_told_in_another_language_with_its_parts_and_marks(chinese: None) -> None:
    assert line().told("zh") == "“A”：“Tea”、“Silk”中的12.5%由“横店”售出"
    assert told("plain", "zh") == "plain"


def test_what_has_no_translation_stays_english_and_its_parts_are_told(chinese: None) -> None:
    assert Said("in short: {what}", what=Said("nothing is left")).told("zh") == "in short: 没有剩余"


def test_plural_forms_are_those_of_each_language(chinese: None) -> None:
    some = [Said.of(n, "{n} row is left out", "{n} rows are left out") for n in (0, 1, 2)]
    assert list(some) == ["0 rows are left out", "1 row is left out", "2 rows are left out"]
    assert [one.told("zh") for one in some] == ["剔除0行", "剔除1行", "剔除2行"]
    assert len({one.general for one in some}) == 1
    unknown = [Said.of(n, "{n} cat sat", "{n} cats sat") for n in (1, 3)]
    assert [one.told("zh") for one in unknown] == ["1 cat sat", "3 cats sat"]


def test_values_are_those_of_the_moment_it_was_said() -> None:
    rows, one = [1, 2], np.array([1.5])
    said = Said("{rows} and {one}", rows=rows, one=one)
    rows.append(3)
    one[0] = 9
    assert said.told("zh") == str(said) == "[1, 2] and [1.5]"
    with pytest.raises(TypeError):
        said.values["rows"] = 1  # type: ignore[index]


def test_numbers_keep_their_formats() -> None:
    said = Said("{a:.2f} {b:.0%} {c!r} {d}", a=np.float64(1), b=np.float32(0.25), c=np.int64(3), d=None)
    assert said == "1.00 25% 3 None"
    assert said.told("zh") == str(said)


def test_what_is_no_plain_name_is_quoted_as_python_writes_it() -> None:
    path = Path("a") / "b"
    for value in (path, "two\nlines", 7, ("x",)):
        said = Said("{value!r}", value=value)
        assert said == said.told("zh") == repr(value)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda said: pickle.loads(pickle.dumps(said))])
def test_copies_say_the_same_in_every_language(chinese: None, again: Any) -> None:
    counted = Said.of(1, "{n} row is left out", "{n} rows are left out")
    for said in (line(), counted, joined([line(), "b", Path("c")], "clauses"), Said("{p!r}", p=Path("x"))):
        other = again(said)
        assert type(other) is type(said)
        assert (str(other), other.told("zh"), other.general) == (str(said), said.told("zh"), said.general)


def test_a_sentence_in_the_log_of_a_saved_fit_is_told_after_loading(chinese: None, tmp_path: Path) -> None:
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g")])
    fitted = index.fit({"a": [1.0, 2.0, 4.0], "b": [2.0, 1.0, 7.0]})
    kept = (Entry("weights", line()), Entry("weights", joined([line(), Path("x")])))
    replace(fitted, log=kept).save(tmp_path / "fitted.json")
    found = hi.Fitted.load(tmp_path / "fitted.json").log
    assert [told(one.why, "zh") for one in found] == [told(one.why, "zh") for one in kept]
    assert [one.why for one in found] == [one.why for one in kept]


def test_kinds_between_parts() -> None:
    parts = ["a", 2]
    signs = {kind: joined(parts, kind) for kind in ("names", "places", "clauses", "heads", "whole")}  # type: ignore[arg-type]
    assert list(signs.values()) == ["a, 2", "a, 2", "a; 2", "a: 2", "a2"]
    assert [one.told("zh") for one in signs.values()] == ["a、2", "a，2", "a；2", "a：2", "a2"]
    assert joined([]) == joined([]).told("zh") == ""


def test_the_general_is_the_same_whatever_the_values_are() -> None:
    said = {Said("{a!r} is {b:.1f} of {c}", a=a, b=b, c=joined([a])).general for a, b in (("x", 1.0), ("'", -2e9))}
    assert said == {"… is … of …"}
    assert joined([Said("no {a}", a=1), Said("no {a}", a=2)], "clauses").general == "no …"


@law(20)
@given(st.text(), st.floats(allow_nan=False), st.integers())
def test_english_is_what_format_makes(name: str, share: float, n: int) -> None:
    template = "{name!r} {name} {share:.3g} {n:d}"
    assert Said(template, name=name, share=share, n=n) == template.format(name=name, share=share, n=n)


def test_shown_values_survive() -> None:
    one = Shown("text", "<text>")
    assert (str(one), repr(one), repr(pickle.loads(pickle.dumps(one)))) == ("text", "<text>", "<text>")


def templates() -> Iterator[tuple[str, list[ast.expr], set[str], ast.Call]]:
    """Yield every sentence of the package: where it is said, its templates, and the names of its values."""
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for x in ast.walk(ast.parse(text)) if "_words.said import" in text else ():
            name = ast.unparse(x.func) if isinstance(x, ast.Call) else ""
            if isinstance(x, ast.Call) and name in ("Said", "Said.of"):
                values = {str(k.arg) for k in x.keywords} | ({"n"} if name == "Said.of" else set())
                yield f"{path.name}:{x.lineno}", x.args[1:] if name == "Said.of" else x.args, values, x


def test_every_sentence_is_written_where_it_is_said_with_a_value_for_each_place() -> None:
    for where, written, values, call in templates():
        for one in written:
            assert isinstance(one, ast.Constant), where
            assert isinstance(one.value, str), where
            assert fields(one.value) <= values, where
        taken = set().union(*(fields(one.value) for one in written if isinstance(one, ast.Constant)))  # type: ignore[arg-type]
        assert values - taken <= {"n"}, where
        assert len(written) == (2 if ast.unparse(call.func) == "Said.of" else 1), where


def test_every_sentence_has_its_translation_and_every_translation_its_sentence() -> None:
    said = {ast.literal_eval(written[0]) for _, written, _, _ in templates()}
    for lang in catalogues.LANGUAGES:
        known = catalogue(lang).rooms.get("", {})
        assert lang == "en" or set(known) == said
        for english, text in known.items():
            assert fields(text) <= fields(english), english
            assert not re.search("[A-Za-z]{4,} [a-z]{4,}", text), text


def test_english_has_no_catalogue_of_sentences() -> None:
    assert not [room for room in catalogue("en").rooms if of_sentences(room)]


def test_what_is_general_is_a_sentence_that_is_told_in_each_language(chinese: None) -> None:
    counted = [Said.of(n, "{n} row is left out", "{n} rows are left out") for n in (1, 2)]
    assert {one.in_general.told("zh") for one in counted} == {"剔除…行"}
    assert line().in_general == "…: … sold … of …"
    assert line().in_general.told("zh") == "…：…中的…由…售出"
    assert line().in_general.in_general == line().in_general
    assert joined([line(), line()], "clauses").in_general.told("zh") == "…：…中的…由…售出"
    assert joined(["A", 2]).in_general.told("zh") == "…"
    assert type(pickle.loads(pickle.dumps(line().in_general))) is Said


def test_a_wide_blank_is_a_letter_of_a_chinese_name_and_stands_as_it_is_told() -> None:
    title = "表3-12\u3000主要指标"
    line = Said("row {number} is a title: {text!r}", number=1, text=title)
    assert "\\u3000" in line
    assert f"“{title}”" in Said("{name!r}", name=title).told("zh")
    assert "\\x07" in Said("{name!r}", name="表\u3000\x07").told("zh")


def test_a_question_in_chinese_ends_its_clause() -> None:
    asked = joined([Said("; did you mean {close!r}?", close="甲"), Said("between {kind}", kind=1)], "clauses")
    assert "？；" not in asked.told("zh")
    assert "？可用：" in Said(
        "tool: no {tool!r}{guess}; known: {names}", tool="a", guess=asked.items[0], names="b"
    ).told("zh")
    assert "?; " in asked
