"""Charts and formulas as SVG inside a page: without addresses of other hosts, and with names that stay apart."""

from __future__ import annotations

import re
import tempfile
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from hengdian_index._present.document import Equations
from hengdian_index._present.report.spoken import said, spoken
from hengdian_index._system.alone import heard
from hengdian_index._words.catalogue import Lang, words
from hengdian_index._words.language import speaking
from hengdian_index.errors import FaultsError
from hengdian_index.plot.style import FontWarning, chinese_family, context, save, unshown

# Letters of SVG; a chart of more is drawn in dots, so many an inch.
_MOST = 450_000
_DOTS = 150


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, and after it what the library says itself, both in the language of the page."""

    text: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart of the page, or why there is none; `svg` is markup, `dots` the chart as PNG in its place."""

    id: str
    title: str
    svg: str
    notes: tuple[Text, ...]
    sheet: str
    dots: bytes = b""

    @property
    def drawn(self) -> bool:
        """Whether there is a chart."""
        return bool(self.svg or self.dots)


def picture(id: str, title: str, sheet: str, draw: Callable[[], Any], lang: Lang, *, as_dots: bool = False) -> Picture:
    """Return a chart as SVG, or in dots; one that cannot be drawn says why, warnings become notes.

    Parameters
    ----------
    sheet : str
        Caption of the table that has its numbers.
    draw : callable
        Draws, and returns axes.
    """
    say = words(lang, "report")
    try:
        svg, told = _drawn(draw, lang, as_dots)
    except FaultsError as error:
        return Picture(id, title, "", tuple(Text(say["not drawn"], str(fault)) for fault in error.faults), sheet)
    if as_dots and isinstance(svg, bytes):
        return Picture(id, title, "", told, sheet, svg)
    described = f"{say['chart of']} {say['numbers'].format(caption=sheet)}"
    if isinstance(svg, bytes):
        source = f"data:image/png;base64,{b64encode(svg).decode()}"
        markup = f'<img class="chart" src="{source}" alt="{escape(f"{title}. {described}")}">'
        return Picture(id, title, markup, told, sheet)
    return Picture(id, title, inline(svg, id, title, described), told, sheet)


def _drawn(draw: Callable[[], Any], lang: Lang, as_dots: bool) -> tuple[str | bytes, tuple[Text, ...]]:
    """Return what a function draws as SVG, as PNG where that is too large or asked for, and its warnings."""
    with heard(UserWarning) as caught, unshown(), tempfile.TemporaryDirectory() as folder:
        with speaking(lang):
            ax = draw()
        svg = save(ax, Path(folder) / "chart.svg").read_text(encoding="utf-8")
        dots = save(ax, Path(folder) / "chart.png", dpi=_DOTS).read_bytes() if as_dots or len(svg) > _MOST else None
    # The hint on fonts is given once in a run; a note of the page must come each time.
    others = (str(one) for one in caught if not isinstance(one, FontWarning))
    # The other hint on fonts is matplotlib's, of no class of its own.
    told = [one for one in dict.fromkeys(others) if not one.startswith("Glyph")]
    boxes = chinese_family() is None and "□" in svg
    return dots or svg, (*(Text("", one) for one in told), *([Text(words(lang, "report")["no font"])] if boxes else []))


def inline(svg: str, id: str, title: str, description: str) -> str:
    """Return an SVG file as an element of a page, its names prefixed, title and description in front.

    Examples
    --------
    >>> from hengdian_index._present.report.pictures import inline
    >>> found = inline('<?xml version="1.0"?><svg viewBox="0 0 1 1"><path id="a"/></svg>', "x", "Levels", "A chart.")
    >>> found.partition(">")[0]
    '<svg viewBox="0 0 1 1" class="chart" role="img" aria-label="Levels" aria-describedby="x-text"'
    >>> found.rpartition("<path")[2]
    ' id="x-a"/></svg>'
    """
    body = re.sub(
        r"<metadata>.*?</metadata>|<title>.*?</title>|<!--.*?-->", "", svg[svg.index("<svg") :], flags=re.DOTALL
    )
    body = re.sub(r'\s(?:xmlns(?::\w+)?|version)="[^"]*"', "", body)
    body = re.sub(r'\bid="', f'id="{id}-', body)
    body = body.replace('xlink:href="#', f'href="#{id}-').replace("url(#", f"url(#{id}-")
    body = re.sub(r"\n\s*", "\n", body).strip()
    head, _, rest = body.partition(">")
    head = re.sub(r'\s(?:width|height)="[^"]*"', "", head)
    label = f'class="chart" role="img" aria-label="{escape(title)}" aria-describedby="{id}-text"'
    texts = f'<title>{escape(title)}</title><desc id="{id}-text">{escape(description)}</desc>'
    return f"{head} {label}>{texts}{rest}"


def formula(latex: str, lang: Lang = "en", equations: Equations = ()) -> str | None:
    """Return a formula as SVG in the colour of the text, named in words; None where it cannot be set."""
    drawn = _set_once(latex)
    if drawn is None:
        return None
    view, style, path = drawn
    label = escape(said(equations, lang) if equations else spoken(latex, lang))
    tongue = ' lang="zh-Hans"' if lang == "zh" else ""
    attributes = f'class="formula" role="img"{tongue} aria-label="{label}" viewBox="{view}" style="{style}"'
    return f'<svg {attributes}><title>{label}</title><path d="{path}"/></svg>'


@cache
def _set_once(latex: str) -> tuple[str, str, str] | None:
    try:
        with context():
            return _set(latex)
    except (FaultsError, ValueError, RuntimeError):
        return None


def _set(latex: str) -> tuple[str, str, str]:
    """Return the view, the style and the path of a formula."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    large = latex.replace(r"\frac", r"\dfrac")
    path = TextPath((0, 0), f"${large}$", size=100, prop=FontProperties(family=["DejaVu Sans"]))
    box = path.get_extents()
    pad = 4
    left, low, width, height = box.x0 - pad, box.y0 - pad, box.width + 2 * pad, box.height + 2 * pad
    letters = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}
    # Whole hundredths of an em are finer than any screen, and keep the page small.
    steps = [
        letters[int(code)] + ("" if code == 79 else " ".join(f"{v:.0f}" for v in _flipped(points)))
        for points, code in path.iter_segments(curves=True, simplify=False)
    ]
    view = f"{left:.0f} {-(low + height):.0f} {width:.0f} {height:.0f}"
    style = f"width:{width / 100:.2f}em;height:{height / 100:.2f}em;vertical-align:{low / 100:.2f}em"
    return view, style, "".join(steps)


def _flipped(points: Any) -> list[float]:
    """Return points with the vertical axis pointing down, as SVG has it."""
    return [float(v) if i % 2 == 0 else -float(v) for i, v in enumerate(points)]
