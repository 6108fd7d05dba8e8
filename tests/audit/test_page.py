"""What an audit says in two languages, and its page: escaped, the same each time, read by a browser and by axe."""

from __future__ import annotations

import importlib.util
import json
import re
import string
import subprocess
from pathlib import Path

import numpy as np
import pytest
from support import browser
from support.audited import sound
from support.pages import Page

import hengdian_index as hi
from hengdian_index._audit.audit import CHECKS
from hengdian_index._words.catalogue import LANGUAGES, words

PHRASES = {lang: words(lang, "audit") for lang in LANGUAGES}
WORDS = {lang: {name: words(lang, f"audit {name}") for name in CHECKS} for lang in LANGUAGES}


@pytest.fixture(scope="module")
def audit() -> hi.Audit:
    """Return an audit with every verdict, and names that a page must not take for markup."""
    index, table = sound()
    index = index.replace({"name": "<script>alert('x')</script>"})
    table = table.assign(who=["<b>&amp;</b>", *table["who"][1:]], x2=table["x1"] + 0.2 * table["y1"])
    table.loc[0, ["x1", "x2", "y1"]] = np.nan
    found = hi.audit(index, table, draws=16)
    assert set(found.verdicts) == {"pass", "look", "fail", "not applicable"}
    return found


def fields(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same() -> None:
    assert list(WORDS["en"]) == list(WORDS["zh"]) == list(CHECKS)
    assert list(PHRASES["en"]) == list(PHRASES["zh"])
    for key, text in PHRASES["en"].items():
        assert fields(text) == fields(PHRASES["zh"][key]), key
    for name, own in WORDS["en"].items():
        other = WORDS["zh"][name]
        assert all((*own.values(), *other.values())), name
        assert fields(own["asked"]) == fields(other["asked"]) == set(CHECKS[name].thresholds), name
        assert fields(own["why"]) == fields(other["why"]), name
        assert all(
            not fields(text) for said in (own, other) for text in (said["name"], said["needs"], said["remedy"])
        ), name
        assert re.search("[\u4e00-\u9fff]", other["remedy"]), name


def test_every_threshold_of_our_own_says_so() -> None:
    ours = {"negative", "against_parent", "dominated", "misplaced", "first_component", "effective_weights"}
    ours |= {"one_out", "rank_interval", "other_mean", "year_to_date"}
    assert {name for name, own in WORDS["en"].items() if "this package's" in own["source"]} == ours
    assert {name for name, own in WORDS["zh"].items() if "本软件包" in own["source"]} == ours


def test_every_phrase_is_used() -> None:
    package = Path(hi.__file__).parent
    files = (package / "_audit").glob("*.py")
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    for key in PHRASES["en"]:
        assert f'"{key}"' in source, key


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_escaped_and_the_same_each_time(audit: hi.Audit, lang: str, tmp_path: Path) -> None:
    text = audit.to_html(tmp_path / "audit.html", lang=lang)
    assert (tmp_path / "audit.html").read_bytes() == text.encode()
    assert audit.to_html(lang=lang) == text
    assert "<script" not in text
    assert "&lt;script&gt;alert(&#x27;x&#x27;)" in text
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in text
    assert "<b>" not in audit._repr_html_()
    assert set(re.findall(r"(?:src|href)=\"([^\"]*)\"", text)) == {"data:,"}
    assert not re.search(r"https?:|url\(|@import", text)
    assert text.count("<tr>") == len(audit.findings) + 1
    with pytest.raises(hi.DataError, match="cannot write to"):
        audit.to_html(tmp_path / "no" / "audit.html", lang=lang)


def test_dollars_in_names_stay_dollars() -> None:
    index, table = sound()
    audit = hi.audit(index.replace({"name": "from $5 to $9"}), table, draws=8)
    classes = 'class="tex2jax_ignore mathjax_ignore"'
    assert audit._repr_html_().startswith(f"<div {classes}>")
    assert audit._repr_html_().count("</div>") == 2
    for lang in ("en", "zh"):
        page = audit.to_html(lang=lang)
        body = page.partition("<body>")[2]
        assert body.strip().startswith(f"<main {classes}>")
        assert "from $5 to $9" in body


def test_the_page_is_well_formed(audit: hi.Audit) -> None:
    for lang in ("en", "zh"):
        assert Page(audit.to_html(lang=lang)).open == []


def test_chinese(audit: hi.Audit) -> None:
    page = audit.to_html(lang="zh")
    assert '<html lang="zh-Hans">' in page
    text = audit.to_text(lang="zh")
    first = next(line for line in text.splitlines() if "单位的数据覆盖率" in line)
    assert first == "不通过    单位的数据覆盖率  <b>&amp;</b>：有50%的值（要求：不低于0.65）"
    assert "建议：\n  单位的数据覆盖率" in text
    assert audit.summary(lang="zh").endswith("不通过：单位的数据覆盖率。")
    assert not re.search("[\u4e00-\u9fff]", audit.to_text() + audit.to_html())
    with pytest.raises(hi.SpecError, match="lang: no 'cn'"):
        audit.to_html(lang="cn")
    with pytest.raises(hi.SpecError, match="lang: no 'de'"):
        audit.to_text(lang="de")


def opened(page: str, script: str, folder: Path, *options: str) -> str:
    """Return the title that a script leaves in a page; the console must stay empty."""
    (folder / "page.html").write_text(page.replace("</body>", f"{script}</body>"), encoding="utf-8")
    common = ["--headless", "--disable-gpu", "--no-sandbox", "--enable-logging=stderr", f"--user-data-dir={folder}/u"]
    command = [browser.found(), *common, *options, "--virtual-time-budget=5000", "--dump-dom"]
    command.append((folder / "page.html").as_uri())
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert "CONSOLE" not in done.stderr
    return re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)[1]


LOADED = """<script>
addEventListener("load", () => {
  document.title = performance.getEntriesByType("resource").length + "|" + document.querySelectorAll("tbody tr").length;
});
</script>"""


@pytest.mark.browser
def test_a_browser_opens_the_page_and_loads_nothing(audit: hi.Audit, tmp_path: Path) -> None:
    title = opened(audit.to_html(lang="zh"), LOADED, tmp_path)
    assert title == f"0|{len(audit.findings)}"


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "dark"), [("en", False), ("zh", True)])
def test_axe_finds_nothing(audit: hi.Audit, lang: str, dark: bool, tmp_path: Path) -> None:
    found = importlib.util.find_spec("axe_core_python")
    if found is None:
        pytest.skip("axe-core-python is not installed")
    axe = (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")
    run = "axe.run().then((found) => { document.title = JSON.stringify(found.violations.map((one) => one.id)); });"
    options = ["--blink-settings=preferredColorScheme=0"] if dark else []
    page = audit.to_html(lang=lang)
    assert json.loads(opened(page, f"<script>{axe}</script><script>{run}</script>", tmp_path, *options)) == []
