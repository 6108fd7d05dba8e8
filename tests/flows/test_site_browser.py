"""The built pages in a browser: nothing overflows, hides below the bar, stays untypeset, or shuts a reader out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from support import browser
from support.terms import TERMS, places

# Where the documents were built; `.ci/run` says so after it has built them.
SITE = os.environ.get("HENGDIAN_SITE", "")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser.found() is None, reason="chromium or chrome is not on the PATH"),
    pytest.mark.skipif(not SITE, reason="HENGDIAN_SITE does not say where the documents are built"),
]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
# The folder of the Chinese pages, and which of them must be translated to the last text.
CHINESE = "zh"
WHOLE = re.compile(r"index|start/.*|howto/.*|about/(index|idea|questions)|reference/(index|glossary|command|messages)")
SETTLED = "window.MathJax ? MathJax.startup.promise.then(() => true) : true"
# What a jump leads to, against the bar that stays on top.
LOOK = """(() => {
  document.documentElement.style.scrollBehavior = "auto";
  const bar = document.querySelector(".bd-header"), hidden = [];
  for (const one of document.querySelectorAll("dt.sig[id], dt[id], section[id]")) {
    one.scrollIntoView();
    const low = bar ? bar.getBoundingClientRect().bottom : 0;
    if (one.getBoundingClientRect().top < low - 1) hidden.push(one.id);
  }
  const wide = document.documentElement.scrollWidth - innerWidth;
  const math = document.querySelectorAll(".math").length, set = document.querySelectorAll("mjx-container").length;
  const wrong = document.querySelectorAll("mjx-merror, [data-mml-node=merror]").length;
  return { hidden, wide: Math.max(wide, 0), bare: Math.max(math - set, 0), wrong, math };
})()"""
# Rows of a table, entries of the sidebar, blocks of code are alike: the first few are checked for all. A formula is one
# picture.
TRIM = """
  for (const table of document.querySelectorAll("table")) [...table.rows].slice(5).forEach((row) => row.remove());
  for (const many of ["nav li", "section > dl", "pre"]) {
    const all = [...document.querySelectorAll(many)];
    if (all.length > 12) all.slice(12).forEach((one) => one.remove());
  }
  document.querySelectorAll("mjx-container svg *").forEach((drawn) => drawn.remove());
  0
"""
AXE = f"""
  axe.run(document, {{ runOnly: {{ type: "tag", values: {TAGS} }}, resultTypes: ["violations"] }}).then((found) =>
    found.violations.flatMap((rule) => rule.nodes.map((node) => rule.id + ": " + node.html.slice(0, 160))))
"""
FOUND = "document.querySelectorAll('#search-results li a')"
SEARCHED = f"""new Promise((done) => {{
  const began = Date.now();
  (function look() {{
    if ({FOUND}.length || Date.now() - began > 8000) setTimeout(() => done([...{FOUND}].map((one) => one.href)), 300);
    else setTimeout(look, 50);
  }})();
}})"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Browser]:
    made = browser.Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def axe() -> str:
    spec = find_spec("axe_core_python")
    if spec is None or spec.origin is None:
        pytest.skip("axe-core-python is not installed: accessibility is not checked")
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def pages() -> list[str]:
    """Return the pages of the site that hold text of its own."""
    site = Path(SITE)
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html")) if SITE else []
    return [one for one in found if not one.startswith(("_", f"{CHINESE}/")) and "/_" not in one]


def translated() -> dict[str, tuple[int, int]]:
    """Return of each page how many of its texts are translated, and how many it has."""
    text = (Path(SITE) / CHINESE / "translated.txt").read_text(encoding="utf-8")
    lines = re.findall(r"^(\d+)/(\d+) (.+)$", text, flags=re.MULTILINE)
    return {page: (int(done), int(every)) for done, every, page in lines}


def in_chinese() -> list[str]:
    """Return the pages whose texts are Chinese; the others look as the English ones do."""
    return [f"{CHINESE}/{page}.html" for page, (done, every) in translated().items() if done == every > 0]


def seen(chromium: browser.Browser, page: str, width: int) -> dict[str, Any]:
    """Return what is wrong with a page at a width."""
    chromium.open((Path(SITE) / page).resolve().as_uri(), width=width)
    chromium.ask(SETTLED)
    found: dict[str, Any] = chromium.ask(LOOK)
    return found


def test_there_are_pages_of_every_kind() -> None:
    assert {"index.html", "methods/weights/entropy.html", "reference/names/Index.html", "reference/toml.html"} <= set(
        pages()
    )
    assert len(pages()) > 200


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_overflows_hides_what_a_link_leads_to_or_leaves_formulas_bare(
    chromium: browser.Browser, width: int
) -> None:
    found = {page: seen(chromium, page, width) for page in [*pages(), *in_chinese()]}
    assert {
        page: one for page, one in found.items() if one["hidden"] or one["wide"] or one["bare"] or one["wrong"]
    } == {}
    typeset = [page for page, one in found.items() if one["math"]]
    assert len([page for page in typeset if page.startswith("methods/")]) > 90


def test_axe_finds_no_fault_on_any_page(chromium: browser.Browser, axe: str) -> None:
    found = {}
    for page in [*pages(), *in_chinese()]:
        chromium.open((Path(SITE) / page).resolve().as_uri())
        chromium.ask(SETTLED)
        chromium.ask(TRIM)
        chromium.ask(axe + "; 0")
        if wrong := chromium.ask(AXE):
            found[page] = wrong
    assert found == {}


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("entropy", "methods/weights/entropy.html"),
        ("熵权", "methods/weights/entropy.html"),
        ("极差标准化", "methods/normalise/min_max.html"),
        ("标准化", "reference/glossary.html"),
        ("install", "start/install.html"),
        ("citation", "about/citing.html"),
    ],
)
def test_search_finds_the_page(chromium: browser.Browser, words: str, page: str) -> None:
    chromium.open((Path(SITE) / "search.html").resolve().as_uri() + f"?q={words}")
    links = chromium.ask(SEARCHED)
    assert any(f"/{page}" in link for link in links[:10]), links[:10]


def found_by(chromium: browser.Browser, site: Path, words: str) -> list[str]:
    """Return the first pages that the search of a site finds."""
    chromium.open((site / "search.html").resolve().as_uri() + f"?q={quote(words)}")
    links = [link.partition("#")[0].partition("?")[0] for link in chromium.ask(SEARCHED)]
    return [link.removeprefix(site.resolve().as_uri() + "/") for link in dict.fromkeys(links)][:10]


@pytest.mark.parametrize("folder", ["", CHINESE])
@pytest.mark.parametrize("term", TERMS)
def test_search_finds_what_compilers_look_for(chromium: browser.Browser, term: str, folder: str) -> None:
    found = found_by(chromium, Path(SITE) / folder, term)
    assert places(term) & set(found), found


def test_what_nobody_writes_is_not_found(chromium: browser.Browser) -> None:
    assert found_by(chromium, Path(SITE) / CHINESE, "熵增法则") == []


def test_pages_for_users_are_translated_to_the_last_text() -> None:
    counts = translated()
    done, every = (sum(column) for column in zip(*counts.values(), strict=True))
    print(f"{done} of {every} texts are translated, {len(in_chinese())} of {len(counts)} pages wholly")
    for page, (has, needs) in counts.items():
        assert has == needs or not WHOLE.fullmatch(page), f"{page}: {has} of {needs} texts are translated"
    assert {page.partition(".html")[0] for page in pages() if page.startswith(("start/", "howto/"))} <= set(counts)


def test_methods_have_their_chinese_names(chromium: browser.Browser) -> None:
    chromium.open((Path(SITE) / CHINESE / "methods/weights/entropy.html").resolve().as_uri())
    assert chromium.ask("document.querySelector('h1').firstChild.textContent") == "熵权法（entropy）"


@pytest.mark.parametrize("page", ["index.html", "start/yearbook.html", "methods/weights/entropy.html"])
def test_each_page_links_to_itself_in_the_other_language(chromium: browser.Browser, page: str) -> None:
    for here, there in [(page, f"{CHINESE}/{page}"), (f"{CHINESE}/{page}", page)]:
        chromium.open((Path(SITE) / here).resolve().as_uri())
        link = chromium.ask("document.querySelector('a.other-language').href")
        assert link == (Path(SITE) / there).resolve().as_uri()
