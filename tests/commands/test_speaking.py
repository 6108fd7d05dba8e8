"""The language of a run: asked for, of the environment or of the workbook; from the first fault of parsing on."""

from __future__ import annotations

import gettext
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from support.indexes import two_levels
from support.tables import table

from hengdian_index._commands.speaking import Spoken
from hengdian_index._index.template import new_workbook
from hengdian_index._values.letters import columns
from hengdian_index._words.catalogue import catalogue
from hengdian_index._words.language import chosen
from hengdian_index.cli import main

FOUR_WORDS = re.compile(r"[A-Za-z]+(?: [A-Za-z']+){3}")


def run(*arguments: object, lang: str | None = None) -> tuple[int, str, str]:
    """Return how a command ends, and what it says on both streams."""
    result = CliRunner(env={"HENGDIAN_LANG": lang}).invoke(main, [str(a) for a in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert chosen() is None
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Return a workbook with Chinese sheets."""
    new_workbook(tmp_path / "指数.xlsx", lang="zh")
    return tmp_path / "指数.xlsx"


def helps() -> Iterator[str]:
    """Yield each paragraph of help, of commands and options."""
    context = click.Context(main)
    for command in (main, *main.commands.values()):
        texts = [command.help, *(one.help for one in command.get_params(context) if isinstance(one, click.Option))]
        for text in texts:
            yield from (" ".join(part.split()) for part in inspect.cleandoc(text or "").split("\n\n"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--quiet"], "缺少命令"),
        (["nix"], "没有命令“nix”"),
        (["check"], "缺少INDEX"),
        (["check", "--nix"], "没有选项“--nix”"),
        (["report", "x.toml"], "需要INDEX [DATA...] OUT.html；只给了1个"),
        (["uncertainty", "x.toml", "--draws", "many"], "“many”不是有效的数值"),
        (["uncertainty", "x.toml", "--draws", "0"], "0超出范围x>=1"),
        (["compare", "x.toml", "--how", "best"], "“best”不可取；可选：“spearman”、“pearson”、“kendall”"),
        (["new", "x.toml", "d.csv", "more"], "多余的参数（more）"),
        (["check", "x.toml", "--lang"], "选项“--lang”须有取值"),
    ],
)
def test_faults_of_parsing_are_told_in_the_language_of_the_run(typed: list[str], said: str) -> None:
    for place in {0, min(1, len(typed))}:
        code, out, err = run(*typed[:place], "--lang=zh", *typed[place:])
        assert (code, out) == (2, "")
        assert said in err
        assert re.match("用法：|错误：", err)
        assert not FOUR_WORDS.search(err)
    assert run(*typed, lang="zh_CN.UTF-8")[2] == err
    assert re.match("Usage: |Error: ", run(*typed)[2])


def test_the_option_stands_anywhere_and_the_later_one_counts() -> None:
    chinese = run("check", "--lang", "zh", "x.toml")
    assert chinese[2].startswith("设定错误：")
    assert run("--lang", "zh", "check", "x.toml") == run("check", "x.toml", "--lang", "zh") == chinese
    assert run("--lang", "en", "check", "x.toml", "--lang", "zh") == chinese
    english = run("check", "x.toml")
    assert english[2].startswith("SpecError: ")
    assert run("--lang", "zh", "check", "x.toml", "--lang", "en") == english
    assert run("check", "x.toml", "--lang", "en", lang="zh") == english


def test_a_language_that_is_not_there_is_refused(workbook: Path) -> None:
    for typed in (["check", workbook], ["methods"], ["--help"]):
        assert run(*typed, lang="fr") == (2, "", "Error: HENGDIAN_LANG: no language 'fr'; allowed: en, zh\n")
    assert run("check", workbook, "--lang", "zh", lang="fr")[0] == 0
    code, _, err = run("check", workbook, "--lang", "fr")
    assert code == 2
    assert "“fr”不可取；可选：“en”、“zh”" in err
    assert "'fr' is not one of 'en', 'zh'" in run("methods", "--lang", "fr")[2]


def test_a_workbook_with_chinese_sheets_is_answered_in_chinese(workbook: Path, tmp_path: Path) -> None:
    for typed in (["check", workbook, "--nix"], ["compute", workbook, "--base", "1999"], ["report", workbook]):
        assert re.match("用法：|设定错误：|数据错误：", run(*typed)[2])
        assert not re.search("用法|错误", run(*typed, "--lang", "en")[2])
        assert not re.search("用法|错误", run(*typed, lang="en")[2])
    two_levels(name="Small", normalise="relative").write(tmp_path / "i.toml")
    table().to_csv(tmp_path / "d.csv", index=False)
    # What is written over says nothing about what is read, and neither does a workbook of data alone.
    assert run("compute", tmp_path / "i.toml", tmp_path / "d.csv", "--excel", workbook, "--nix")[2].startswith("Usage")
    (tmp_path / "broken.xlsx").write_bytes(b"PK")
    assert run("check", tmp_path / "broken.xlsx")[2].startswith("DataError")


def test_each_command_has_the_option_and_its_help_in_chinese() -> None:
    known = catalogue("zh").rooms["help"]
    said = [text for text in helps() if not text.startswith("Which table")]
    assert [text for text in said if text not in known] == []
    assert set(known) - set(said) == set()
    for name, command in main.commands.items():
        assert isinstance(command, Spoken)
        code, out, _ = run(name, "--help", "--lang", "zh")
        assert code == 0
        assert "--lang [en|zh]" in out
        assert not FOUR_WORDS.search(re.sub("`[^`]*`", "", out)), out
        assert max(map(columns, out.splitlines())) <= 80
        assert not re.search(r"^\s*[，。；：、？！）”]", out, flags=re.M), out
    english = run("--help")[1]
    assert run("--help", "--lang", "en")[1] == english
    assert english.startswith("Usage: ")


def test_click_finds_its_own_words_again_after_a_run() -> None:
    before = gettext.translation, gettext.textdomain()
    run("--lang", "zh", "nix")
    assert (gettext.translation, gettext.textdomain()) == before


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (["checc"], "错误：没有命令“checc”。是否应为“check”？"),
        (["compute", "x.toml", "--exel", "a"], "错误：没有选项“--exel”。是否应为“--excel”、“--help”？"),
        (["check", "x.toml", "--format", "xml"], "错误：“--format”的取值有误：“xml”不可取；可选：“csv”、“json”。"),
        (["uncertainty", "x.toml", "--draws", "0"], "错误：“--draws”的取值有误：0超出范围x>=1。"),
    ],
)
def test_what_click_quotes_stands_between_chinese_signs(typed: list[str], line: str, tmp_path: Path) -> None:
    two_levels().write(tmp_path / "x.toml")
    given = [str(tmp_path / one) if one == "x.toml" else one for one in typed]
    if "是否" in line and not re.search(r"Did you mean (one of: )?'", run(*given)[2]):
        pytest.skip("this click has no guess at a command, and no quotes round one at an option")
    code, _, said = run(*given, "--lang", "zh") if len(typed) > 1 else run("--lang", "zh", *given)
    assert code == 2
    assert said.splitlines()[-1] == line
