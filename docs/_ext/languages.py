"""The pages in two languages: a search that splits both, names from the package, and a link from each to the other.

English pages are built in a folder, Chinese ones in its folder `zh`, from the same sources and the catalogues in
`locale`. What comes from the package itself is called there as the package calls it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from methods import every_function
from pages import pages
from sphinx.addnodes import toctree
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.search.en import SearchEnglish

from hengdian_index._methods.aliases import aliases

CHINESE = "zh_CN"
# The folder of the Chinese pages, below that of the English ones.
FOLDER = "zh"
# How much of each page is translated, beside the pages: the tests read it.
PROGRESS = "translated.txt"

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_WORDS = re.compile(rf"[{_HAN}]+|[^\W{_HAN}]+")
# Lines that the generator writes round a name or code, which stays.
_SAID = {
    r"Also called: (.+)\.": "又称：{}。",
    r"Options: (.+)\.": "选项：{}。",
    r"With (``[^`]+``):": "取 {} 时：",
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
    """Write the catalogue of what the package itself says in Chinese: names of methods, and lines round them."""
    if app.config.language != CHINESE:
        return
    catalog = Catalog(locale=CHINESE)
    for english, chinese in {**_titles(), **_lines()}.items():
        catalog.add(english, chinese)
    place = _made(app) / CHINESE / "LC_MESSAGES" / "methods.po"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as file:
        write_po(file, catalog)


def _titles() -> Mapping[str, str]:
    """Return the names of methods and functions, the Chinese ones first; but for names that several families have."""
    found = defaultdict(set)
    for family, function in every_function():
        method = getattr(function, "method", None)
        names = aliases(family, function.__name__, method.traits if method else {})
        found[function.__name__] |= {*[one for one in names if re.search(f"[{_HAN}]", one)][:1]}
    return {name: f"{next(iter(one))}（{name}）" for name, one in found.items() if len(one) == 1}


def _lines() -> Mapping[str, str]:
    texts = "\n".join(text for place, text in pages().items() if place.startswith("methods/"))
    lines = {line.strip().removeprefix("- ") for line in texts.splitlines()}
    return {
        line: chinese.format(found[1])
        for line in sorted(lines)
        for said, chinese in _SAID.items()
        if (found := re.fullmatch(said, line))
    }


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
    found = [bool(one["translated"]) for one in doctree.findall(_is_text)]
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
