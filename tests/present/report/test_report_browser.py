"""The page as a browser has it: seen, heard, walked through by keyboard, and without a network."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest
from support import browser
from support.pages import read, towns

import hengdian_index as hi
from hengdian_index._words.catalogue import LANGUAGES, words

WORDS = {lang: words(lang, "report") for lang in LANGUAGES}

pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")
if sys.platform == "win32":
    pytest.skip("the browser is led through file descriptors, which Windows does not pass on", allow_module_level=True)

pytestmark = pytest.mark.browser

EACH = pytest.mark.parametrize("case", [(name, lang) for name in ("film", "panel") for lang in ("en", "zh")])
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]

# Rows of a table are alike: the first few are checked for all. What a chart draws is one picture with one name.
TRIM = """
  for (const table of document.querySelectorAll("table"))
    while (table.tBodies[0].rows.length > 4) table.tBodies[0].deleteRow(-1);
  document.querySelectorAll("svg > :not(title, desc)").forEach((drawn) => drawn.remove());
"""

COLOURS = "[matchMedia('(prefers-color-scheme: dark)').matches, getComputedStyle(document.body).backgroundColor]"

# What the Tab key is to reach, in this order.
STOPS = 'const stops = [...document.querySelectorAll("a[href], button, [tabindex=\\"0\\"]")];'


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    made = browser.Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def axe() -> str:
    spec = find_spec("axe_core_python")
    if spec is None or spec.origin is None:
        pytest.skip("axe-core-python is not installed: accessibility is not checked")
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory) -> Path:
    """A page whose charts and tables of levels cannot be had, in Chinese."""
    index, table = towns()
    result = index.replace({"normalise": "z_score"}).compute(table)
    return result.report(tmp_path_factory.mktemp("faulty") / "r.html", lang="zh")


@pytest.fixture(scope="module")
def profiled(tmp_path_factory) -> Path:
    """A page about a year before the last, with profiles and their charts, in Chinese."""
    _, table = towns()
    flat = {"groups": [hi.Group("total")], "indicators": [hi.Indicator(code, "total") for code in "abcd"]}
    result = hi.Index(unit="town", period="year", base=2019, **flat).compute(table)
    path = tmp_path_factory.mktemp("profiled") / "r.html"
    return result.report(path, lang="zh", period=2021, units=["Birch", "横店"])


def checked(chromium, tags: Sequence[str] = TAGS) -> dict:
    """Return what axe finds wrong, what it is not sure of, and on how many elements each rule holds."""
    return chromium.ask(f"""axe.run(document, {{ runOnly: {{ type: "tag", values: {list(tags)} }} }}).then((found) => {{
      const told = (rule) => rule.nodes.map((node) => rule.id + ": " + node.html.slice(0, 200) + node.failureSummary);
      return {{
        wrong: [...found.violations, ...found.incomplete].flatMap(told),
        held: Object.fromEntries(found.passes.map((rule) => [rule.id, rule.nodes.length])),
      }};
    }})""")


@EACH
def test_axe_finds_no_fault_in_light_nor_in_dark(chromium, axe, written, case):
    page = read(written[case])[1]
    chromium.open(written[case].as_uri())
    chromium.ask(axe + TRIM)
    found = checked(chromium)
    assert found["wrong"] == []
    for rule, tag in (("button-name", "button"), ("th-has-data-cells", "table"), ("svg-img-alt", "svg")):
        assert found["held"][rule] == len(page.having(tag))
    assert chromium.ask(COLOURS) == [False, "rgb(255, 255, 255)"]
    chromium.dress("dark")
    assert chromium.ask(COLOURS) == [True, "rgb(23, 23, 23)"]
    dark = checked(chromium, ["cat.color"])
    assert dark["wrong"] == []
    assert dark["held"]["color-contrast"] == found["held"]["color-contrast"] > 300


def test_axe_finds_no_fault_in_a_narrow_window_nor_among_faults(chromium, axe, written, faulty, profiled):
    for path in (written["panel", "en"], profiled, faulty):
        chromium.open(path.as_uri(), width=390)
        assert chromium.ask("document.documentElement.scrollWidth <= innerWidth")
        chromium.ask(axe + TRIM)
        found = checked(chromium)
        assert found["wrong"] == []
        assert found["held"]["scrollable-region-focusable"] > 0
    assert found["held"]["valid-lang"] > 0


def test_axe_and_the_requests_show_what_is_broken(chromium, axe, written, tmp_path):
    text = written["panel", "en"].read_text(encoding="utf-8")
    broken = ['<img src="https://example.org/a.png">', '<p lang="xx">lost</p>', "<script>lost()</script>"]
    broken += [f'<p style="color:#{colour}">{name}</p>' for name, colour in (("pale", "bbb"), ("deep", "555"))]
    path = tmp_path / "broken.html"
    path.write_text(text.replace('tabindex="-1">', f'tabindex="-1">{"".join(broken)}'), encoding="utf-8")
    chromium.open(path.as_uri())
    chromium.ask(axe + TRIM)
    wrong = checked(chromium)["wrong"]
    assert sorted(one.partition(":")[0] for one in wrong) == ["color-contrast", "image-alt", "valid-lang"]
    assert ">pale<" in "".join(wrong)
    chromium.dress("dark")
    wrong = checked(chromium, ["cat.color"])["wrong"]
    assert wrong
    assert all(">deep<" in one for one in wrong)
    assert outside(chromium, path) == ["https://example.org/a.png"]
    assert complaints(chromium)


def outside(chromium, path: Path) -> list[str]:
    """Return what a page asked for besides itself and what it holds."""
    asked = [one["request"]["url"] for one in chromium.happened("Network.requestWillBeSent")]
    asked += chromium.ask("performance.getEntriesByType('resource').map((one) => one.name)")
    return sorted({one for one in asked if one != path.as_uri() and not one.startswith("data:")})


def complaints(chromium) -> list[dict]:
    """Return what a page wrote on the console, and what failed in it."""
    kinds = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
    return [one for kind in kinds for one in chromium.happened(kind)]


@EACH
def test_a_page_asks_for_nothing_and_complains_of_nothing(chromium, written, case):
    chromium.open(written[case].as_uri())
    chromium.ask("document.querySelectorAll('button').forEach((one) => one.click())")
    assert outside(chromium, written[case]) == []
    assert complaints(chromium) == []


def test_the_keyboard_reaches_everything_and_sorts(chromium, written):
    chromium.open(written["panel", "zh"].as_uri())
    number = chromium.ask(f"""(() => {{ {STOPS}
      window.seen = [];
      addEventListener("focusin", (event) => seen.push(stops.indexOf(event.target)));
      return stops.length; }})()""")
    for _ in range(number):
        chromium.press("Tab", 9)
    assert chromium.ask("seen") == list(range(number))
    assert chromium.ask(f"(() => {{ {STOPS} return stops.every((one) => one.getClientRects().length); }})()")
    kinds = chromium.ask(f"(() => {{ {STOPS} return stops.map((one) => one.className || one.localName); }})()")
    assert kinds[0] == "skip"
    assert {"button", "scroll", "plot", "a"} <= set(kinds)
    chromium.ask("document.querySelector('#table-levels-table button').focus()")
    for expected in ("ascending", "descending"):
        chromium.press("Enter", 13, "\r")
        assert chromium.ask("document.activeElement.parentElement.getAttribute('aria-sort')") == expected
    chromium.ask("document.querySelector('.skip').focus()")
    chromium.press("Enter", 13, "\r")
    assert chromium.ask("document.activeElement.id") == "main"


# Of every chart and table: whether it goes on to the right, whether words say so, whether its edge fades.
WIDER = """[...document.querySelectorAll(".plot, .scroll")].map((box) => [
  box.scrollWidth > box.clientWidth + 1, box.nextElementSibling.getClientRects().length > 0,
  getComputedStyle(box).maskImage !== "none"])"""


@pytest.mark.parametrize("width", [390, 1280])
def test_what_goes_on_to_the_right_says_so(chromium, written, width):
    chromium.open(written["panel", "en"].as_uri(), width=width)
    boxes = chromium.ask(f"new Promise((done) => setTimeout(() => done({WIDER}), 200))")
    assert len(boxes) > 20
    assert all(len(set(box)) == 1 for box in boxes)
    assert any(box[0] for box in boxes) or width > 390
    assert not all(box[0] for box in boxes) or width == 390


def test_an_edge_fades_until_the_end_is_reached(chromium, written):
    chromium.open(written["panel", "en"].as_uri(), width=390)
    script = """new Promise((done) => {
      const box = document.querySelector(".plot");
      box.addEventListener("scroll", () => setTimeout(() => done(getComputedStyle(box).maskImage), 100));
      box.scrollLeft = box.scrollWidth;
    })"""
    assert chromium.ask(script) == "none"


def test_letters_of_a_chart_can_be_read_in_a_narrow_window(chromium, written):
    chromium.open(written["panel", "en"].as_uri(), width=390)
    scale = "(() => { const one = document.querySelector('#chart-framework svg'); "
    scale += "return one.getBoundingClientRect().width / one.viewBox.baseVal.width; })()"
    # The smallest letters have 7 points; viewBox counts in points.
    assert 7 * chromium.ask(scale) >= 9


def test_on_paper_rows_and_headings_do_not_stand_alone(chromium, written):
    chromium.open(written["film", "en"].as_uri())
    chromium.call("Emulation.setEmulatedMedia", media="print")
    after = """[...document.querySelectorAll("h2, h3, figcaption, caption, thead")].map(
      (one) => getComputedStyle(one).breakAfter)"""
    assert set(chromium.ask(after)) == {"avoid"}
    ends = """[...document.querySelectorAll("tbody")].flatMap((one) => [one.rows[0], [...one.rows].at(-1)]).map(
      (row) => getComputedStyle(row).breakBefore)"""
    assert set(chromium.ask(ends)) == {"avoid"}
    hidden = "[...document.querySelectorAll('.hint')].every((one) => !one.getClientRects().length)"
    assert chromium.ask(hidden)
    chromium.call("Emulation.setEmulatedMedia", media="")


@pytest.mark.parametrize("case", [("film", "en"), ("panel", "zh")])
def test_columns_are_sorted(chromium, written, case):
    chromium.open(written[case].as_uri())
    script = """(() => {
      const table = document.getElementById("table-levels-table");
      const button = [...table.querySelectorAll("thead button")].at(-1);
      return [1, 2].map(() => {
        button.click();
        return [...table.tBodies[0].rows].map((row) => Number(row.cells[row.cells.length - 1].textContent));
      });
    })()"""
    up, down = chromium.ask(script)
    assert len(up) > 3
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert up != down


def test_files_are_downloaded_as_they_are_held(chromium, written, tmp_path):
    path = written["panel", "zh"]
    chromium.open(path.as_uri())
    files = read(path)[1].files()
    script = """Promise.all([...document.querySelectorAll("a[download]")].map(
      (one) => fetch(one.href).then((answer) => answer.text()).then((text) => [one.download, text])))"""
    assert dict(chromium.ask(script)) == files
    chromium.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    chromium.ask("document.querySelector('[download=\"table-levels-table.csv\"]').click()")
    chromium.until("Page.downloadProgress", lambda one: one["state"] == "completed")
    got = (tmp_path / "table-levels-table.csv").read_text(encoding="utf-8-sig")
    assert got == files["table-levels-table.csv"]
    assert WORDS["zh"]["download short"] in path.read_text(encoding="utf-8")
