"""Texts are data: every language has the same keys with the same places, each is said somewhere, tools read them."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.texts import of_sentences

import hengdian_index
from hengdian_index._words.catalogue import LANGUAGES, Entry, catalogue, entries, words

PACKAGE = Path(hengdian_index.__file__).parent
FILES = {lang: PACKAGE / "_words" / f"{lang}.po" for lang in LANGUAGES}
TREES = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))]
ROOMS = sorted(catalogue("en").rooms)


def read(lang: str) -> list[Entry]:
    """Return the entries of a language, the head left out."""
    return [one for one in entries(FILES[lang].read_text(encoding="utf-8")) if one.key]


def fields(text: str) -> set[str]:
    """Return the names of the places in a text."""
    return set(re.findall(r"\{(\w+)[!:}]", text))


def constants() -> Iterator[str]:
    """Yield every text that stands in the code of the package."""
    for tree in TREES:
        yield from (x.value for x in ast.walk(tree) if isinstance(x, ast.Constant) and isinstance(x.value, str))


def patterns() -> Iterator[str]:
    """Yield what f-strings can make, where they say at least a word themselves."""
    for tree in TREES:
        for x in ast.walk(tree):
            if isinstance(x, ast.JoinedStr):
                own = "".join(part.value for part in x.values if isinstance(part, ast.Constant))
                if re.search("[a-z]{2}", own):
                    parts = (re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in x.values)
                    yield "".join(parts)


def test_a_language_has_a_file_and_each_key_once() -> None:
    assert set(FILES.values()) == set((PACKAGE / "_words").glob("*.po"))
    for lang in LANGUAGES:
        keys = [(one.context, one.key) for one in read(lang)]
        assert len(set(keys)) == len(keys), lang


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_the_texts_of_every_other(lang: str) -> None:
    rooms = {name: list(room) for name, room in catalogue(lang).rooms.items() if not of_sentences(name)}
    assert rooms == {name: list(room) for name, room in catalogue("en").rooms.items()}


@pytest.mark.parametrize("room", ROOMS)
def test_texts_have_the_same_places_in_every_language(room: str) -> None:
    english = words("en", room)
    for lang in LANGUAGES:
        for key, forms in words(lang, room).forms.items():
            assert fields(forms[-1]) == fields(english[key]), (lang, key)
            # The form for one thing need not say how many there are.
            assert all(fields(form) <= fields(english[key]) for form in forms), (lang, key)
            # Between a Chinese word and its number there is no gap.
            assert all(forms) or (room, key, lang) == ("sign", "gap", "zh")


def test_texts_with_plural_forms_have_as_many_as_the_language_has() -> None:
    keyed = {lang: [one for one in read(lang) if not of_sentences(one.context)] for lang in LANGUAGES}
    many = {lang: {(one.context, one.key) for one in keyed[lang] if one.plural} for lang in LANGUAGES}
    assert len({frozenset(keys) for keys in many.values()}) == 1
    for lang, expected in (("en", 2), ("zh", 1)):
        assert {len(one.forms) for one in read(lang) if one.plural} <= {expected}
        assert {len(one.forms) for one in read(lang) if not one.plural} == {1}


@pytest.mark.parametrize(
    "room", ["report", "audit", "statement", "workbook", "plot", "draws", "template", "comparability"]
)
def test_every_text_is_said_somewhere(room: str) -> None:
    page = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.html"))
    known = {*constants(), *re.findall(r'say\["([^"]+)"', page), *re.findall(r'else "([^"]+)"\]', page)}
    made = [re.compile(one) for one in patterns()]
    assert [key for key in words("en", room) if key not in known and not any(p.fullmatch(key) for p in made)] == []


def test_every_key_that_code_names_is_there() -> None:
    known = {key for room in catalogue("en").rooms.values() for key in room}
    asked = set[str]()
    for x in (x for tree in TREES for x in ast.walk(tree)):
        by_key = isinstance(x, ast.Subscript) and ast.unparse(x.value).rpartition(".")[2] in ("say", "words")
        called = isinstance(x, ast.Call) and ast.unparse(x.func).rpartition(".")[2] in ("say", "text", "item")
        for key in [x.slice] if by_key else x.args[:1] if called else []:
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                asked.add(key.value)
    assert len(asked) > 150
    assert asked - known == set()


def test_the_number_that_decides_on_the_form_is_a_place_of_the_text() -> None:
    for lang in LANGUAGES:
        for one in (one for one in read(lang) if one.plural and not of_sentences(one.context)):
            assert one.plural in fields(one.forms[-1]), (lang, one.key)


def test_a_text_agrees_with_its_number() -> None:
    english, chinese = words("en", "report"), words("zh", "report")
    assert [english("units counted", count=n) for n in (0, 1, 2)] == ["0 units", "1 unit", "2 units"]
    assert [chinese("units counted", count=n) for n in (1, 2)] == ["1个单位", "2个单位"]
    assert words("en", "audit")("few rows", rows=1, least=3).startswith("1 row cannot tell")


def test_a_missing_text_is_no_empty_one() -> None:
    say = words("zh", "report")
    with pytest.raises(KeyError, match="no such text"):
        say["no such text"]
    with pytest.raises(KeyError, match="no such room"):
        words("en", "no such room")
    with pytest.raises(KeyError):
        say("level of")


def test_the_reader_knows_the_format() -> None:
    text = r"""
# A remark.
msgid ""
msgstr ""
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n<5 ? 1 : 2);\n"

#: somewhere.py:1
#, python-brace-format
msgctxt "page"
msgid "quoted"
msgstr "a \"b\" \\n\n"
"and on"
msgid "files"
msgid_plural "many files"
msgstr[0] "{n} file"
msgstr[1] "{n} files"
#~ msgid "old"
#~ msgstr "gone"
"""
    head, first, second = entries(text)
    assert head.forms[0].startswith("Plural-Forms")
    assert first == Entry("page", "quoted", "", ('a "b" \\n\nand on',))
    assert second == Entry("", "files", "many files", ("{n} file", "{n} files"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tools_of_translators_read_the_file(lang: str, tmp_path: Path) -> None:
    program = shutil.which("msgfmt")
    if program is None:
        pytest.skip("msgfmt is not installed")
    command = [program, "--check", "--output-file", str(tmp_path / "x.mo"), str(FILES[lang])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_read_before_a_text_is_asked_for() -> None:
    code = (
        "import hengdian_index as hi; [getattr(hi, name) for name in hi.__all__];"
        "from hengdian_index._words.catalogue import catalogue; print(catalogue.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


# Words that no statistical office prints, and what says the same in their place.
STRANGE = {
    "学得": "根据…确定",
    "学习": "确定",
    "拟合期": "参数确定期",
    "拟合行": "参数确定期",
    "拟合样本": "参数确定期",
    "审计": "统计诊断",
    "末次值": "沿用上期值",
    "克朗巴哈": "克隆巴赫 α",
    "填补": "插补",
    "权重重分": "权重重新分配",
    "逐个判断": "判断矩阵几何平均（AIJ）",
    "暂定": "初步数",
    "拖累": "下拉",
    "正贡献": "拉动",
    "负贡献": "下拉",
    "带动总体": "对总指数方差的解释",
    "未被体现": "与分指数相关偏低",
    "单一主导": "单指标主导",
    "归组": "归类",
}
# Of one thing there is one word on a page; a sentence said in the code may be about other objects and groups.
ONE_WORD = {"对象": "单位", "各时期": "各期", "组成部分的组": "分指数", "所属组": "所属分指数", "同组": "同一分指数"}


@pytest.mark.parametrize("word", [*STRANGE, *ONE_WORD])
def test_chinese_is_that_of_a_statistical_office(word: str) -> None:
    """Words that people type (`alias`, and what a heading was called before) are read, and printed nowhere."""
    said = {(one.context, one.key): one.forms[-1] for one in read("zh") if one.context != "alias"}
    said |= {(room, key): text.split(", ")[0] for (room, key), text in said.items() if room == "heading"}
    asked = [text for (room, _), text in said.items() if room or word in STRANGE]
    assert [text for text in asked if word in text] == [], (STRANGE | ONE_WORD)[word]


def test_chinese_has_no_blank_before_a_sign_of_per_cent_or_around_numbers() -> None:
    printed = [
        one.forms[-1]
        for one in read("zh")
        if one.context not in ("alias", "meaning", "notes", "draft", "speech", "sign of arithmetic", "")
    ]
    loose = re.compile(r"[0-9}] %|[一-龥]\s\{\w|\{(?!code)\w+\}\s[一-龥]")
    assert [text for text in printed if loose.search(text)] == []


def test_advice_of_the_audit_names_sheets_and_columns_in_chinese() -> None:
    advice = [one.forms[-1] for one in read("zh") if one.context.startswith("audit")]
    assert [text for text in advice if re.search(r"hi\.|treat =|参数 ?sizes", text)] == []
    columns = {one.forms[-1].split(", ")[0] for one in read("zh") if one.context == "heading"}
    sheets = {one.forms[-1].split(", ")[0] for one in read("zh") if one.context == "tab"}
    named = {name for text in advice for name in re.findall("“([一-龥]+)”", text)}
    assert named <= columns | sheets
    assert {"指标", "分指数", "处理", "参数确定期"} <= named
