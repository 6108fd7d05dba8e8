"""The pages in two languages: a search that splits both, names from the package, and a link from each to the other.

English pages are built in a folder, Chinese ones in its folder `zh`, from the same sources and the catalogues in
`locale`. What comes from the package itself is called there as the package calls it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from keys import markdown, paragraphs
from methods import every_function
from pages import pages
from sphinx.addnodes import toctree
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.search.en import SearchEnglish

from hengdian_index._commands.speaking import _help as help_told
from hengdian_index._methods.aliases import aliases
from hengdian_index._words.language import speaking
from hengdian_index.cli import main

CHINESE = "zh_CN"
# The folder of the Chinese pages, below that of the English ones.
FOLDER = "zh"
# How much of each page is translated, beside the pages: the tests read it.
PROGRESS = "translated.txt"

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_WORDS = re.compile(rf"[{_HAN}]+|[^\W{_HAN}]+")
# What there is to translate; Sphinx has words of its own, in the language of a build.
_LATIN = re.compile("[A-Za-z]{2}")
# Lines that the generator writes round a name or code, which stays.
_SAID = {
    r"Also called: (.+)\.": "又称：{}。",
    r"Options: (.+)\.": "选项：{}。",
    r"With (``[^`]+``):": "取 {} 时：",
    r"Explained on (.+)\.": "说明见 {}。",
    r"The methods: (.+)\.": "方法见 {}。",
    r"In an index it is (``[^`]+``)\.": "在指数中写作 {} 。",
}


class Words(SearchEnglish):
    """English words by their stems; of Chinese every character and every pair of neighbours.

    A query asks for all pairs of what is typed, so a term is found wherever it stands and no dictionary is needed.
    """

    lang = "zh"
    js_splitter_code = r"""
var splitQuery = (query) =>
  (query.normalize("NFKC").match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}_])+/gu) ?? []).flatMap((word) => {
    const signs = [...word];
    return /\p{Script=Han}/u.test(word) && signs.length > 1
      ? signs.slice(1).map((sign, before) => signs[before] + sign)
      : [word];
  });
"""

    def split(self, input: str) -> list[str]:
        """Return the words of a text."""
        return [part for word in _WORDS.findall(input) for part in _parts(word)]


def _parts(word: str) -> list[str]:
    if not re.match(f"[{_HAN}]", word):
        return [word]
    return [*word, *(word[at : at + 2] for at in range(len(word) - 1))]


def setup(app: Sphinx) -> dict[str, bool]:
    """Split words for the search of both languages; write what the package says in Chinese before pages are read."""
    app.add_search_language(Words)
    app.connect("config-inited", _look_beside)
    app.connect("builder-inited", write_names)
    app.connect("html-page-context", link)
    app.connect("build-finished", tell_progress)
    return {"parallel_read_safe": True}


def _look_beside(app: Sphinx, config: Config) -> None:
    """Let catalogues be found where those of this build are written."""
    if config.language == CHINESE:
        config.locale_dirs = [*config.locale_dirs, str(_made(app))]


def _made(app: Sphinx) -> Path:
    return Path(app.doctreedir) / "locale"


def write_names(app: Sphinx) -> None:
    """Write the catalogues of what the package says in Chinese itself: names of methods, helps of commands."""
    if app.config.language != CHINESE:
        return
    folder = _made(app) / CHINESE / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    for domain, texts in {"methods": _titles(), "reference": dict(_helps())}.items():
        catalog = Catalog(locale=CHINESE)
        for english, chinese in {**texts, **_lines(domain)}.items():
            catalog.add(english, chinese)
        with (folder / f"{domain}.po").open("wb") as file:
            write_po(file, catalog)


def _titles() -> Mapping[str, str]:
    """Return the names of methods and functions, the Chinese ones first; but for names that several families have."""
    found = defaultdict(set)
    for family, function in every_function():
        method = getattr(function, "method", None)
        names = aliases(family, function.__name__, method.traits if method else {})
        found[function.__name__] |= {*[one for one in names if re.search(f"[{_HAN}]", one)][:1]}
    return {name: f"{next(iter(one))}（{name}）" for name, one in found.items() if len(one) == 1}


def _lines(folder: str) -> Mapping[str, str]:
    texts = "\n".join(text for place, text in pages().items() if place.startswith(f"{folder}/"))
    lines = {line.strip().removeprefix("- ") for line in texts.splitlines()}
    return {
        line: chinese.format(found[1].replace("` and :", "`、:"))
        for line in sorted(lines)
        for said, chinese in _SAID.items()
        if (found := re.fullmatch(said, line))
    }


def _helps() -> Iterator[tuple[str, str]]:
    """Yield the helps of the commands and their options, as the page on commands has them."""
    for name, command in main.commands.items():
        yield name, name
        context = click.Context(command, info_name=name)
        english, chinese = paragraphs(command.help or ""), paragraphs(_chinese(command.help))
        yield from zip(map(markdown, english), map(markdown, chinese), strict=True)
        for option in command.params:
            record = option.get_help_record(context)
            if record and isinstance(option, click.Option):
                told = record[1].replace(option.help or "", _chinese(option.help), 1)
                yield markdown(record[1]), markdown(told.replace("[default: ", "[默认：").replace("; x>=", "；x>="))


def _chinese(english: str | None) -> str:
    with speaking("zh"):
        return help_told(english or "")


def link(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Link a page to itself in the other language, where this is built; say of one that it is not wholly translated."""
    up, out = "../" * pagename.count("/"), Path(app.outdir)
    target = app.builder.get_target_uri(pagename)
    if app.config.language == CHINESE and out.name == FOLDER:
        context["other_language"] = {"href": f"{up}../{target}", "lang": "en", "name": "English"}
    elif app.config.language != CHINESE and (out / FOLDER / "index.html").exists():
        context["other_language"] = {"href": f"{up}{FOLDER}/{target}", "lang": "zh-CN", "name": "中文"}
    done = progress(doctree) if app.config.language == CHINESE and doctree is not None else (0, 0)
    if done[0] < done[1]:
        said = f"本页已译 {done[0]}/{done[1]} 段，其余为英文。"
        context["body"] = f'<p class="untranslated">{said}</p>\n{context["body"]}'


def progress(doctree: Any) -> tuple[int, int]:
    """Return how many of the texts of a page are translated, and how many there are."""
    found = [bool(one["translated"]) or not _LATIN.search(one.astext()) for one in doctree.findall(_is_text)]
    return sum(found), len(found)


def _is_text(node: Any) -> bool:
    return "translated" in getattr(node, "attributes", ()) and not isinstance(node, toctree)


def tell_progress(app: Sphinx, error: Exception | None) -> None:
    """Write how much of each page is translated beside the pages."""
    if error or app.builder.format != "html" or app.config.language != CHINESE:
        return
    found = {name: progress(app.env.get_doctree(name)) for name in sorted(app.env.found_docs)}
    lines = [f"{done}/{total} {name}\n" for name, (done, total) in found.items()]
    (Path(app.outdir) / PROGRESS).write_text("".join(lines), encoding="utf-8")
