"""Pages, and what reads them."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd

import hengdian_index as hi

NASTY = "<script>alert('x')</script>&\"quoted\""
VOID = {"meta", "link", "br", "img", "input", "hr"}
APART = {"code", "svg", "script", "style"}
SECTIONS = ["headline", "framework", "series", "contributions", "ranking", "uncertainty", "log", "weights", "method"]
SECTIONS.append("provenance")

# From pandas 3 on the only way to read numbers; before it has to be asked for.
_EXACT = {"float_precision": "round_trip"} if pd.__version__ < "3" else {}


def csv_table(source, **options):
    """Return CSV, a text or a path, as a table whose numbers are those written."""
    return pd.read_csv(io.StringIO(source) if isinstance(source, str) else source, **_EXACT, **options)


class Page(HTMLParser):
    """A page read strictly: every tag closed by its own end; `own` is what it says in its own language."""

    def __init__(self, text: str, unclosed: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.open, self.tags, self.headings, self.loads, self.pieces = [], [], [], [], []
        self.apart, self.own = [False], []
        self.feed(text)
        self.close()
        assert self.open == [*unclosed]

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found, tuple(self.open)))
        self.loads += [found[name] for name in ("src", "href", "xlink:href", "srcset", "data") if found.get(name)]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)
            self.apart.append(self.apart[-1] or tag in APART or found.get("lang") == "en")

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag
        self.apart.pop()

    def handle_data(self, data):
        self.pieces.append(data)
        self.own += [] if self.apart[-1] else [data]

    @property
    def text(self) -> str:
        """All that the page says."""
        return "".join(self.pieces)

    def having(self, tag):
        return [attributes for name, attributes, _ in self.tags if name == tag]

    def files(self):
        """Return every table offered as a file, by name."""
        found = {}
        for link in self.having("a"):
            if "download" in link:
                head, _, body = link["href"].partition(",")
                assert head == "data:text/csv;charset=utf-8;base64"
                found[link["download"]] = base64.b64decode(body).decode("utf-8-sig")
        return found


def towns(name: str = "Towns") -> tuple[hi.Index, pd.DataFrame]:
    index = hi.Index(
        name=name,
        unit="town",
        period="year",
        base="2019",
        base_of="mean",
        normalise={"method": "min_max", "lower": 1, "upper": 100},
        groups=[hi.Group("total", name=name), hi.Group("one", "total"), hi.Group("two", "total")],
        indicators=[hi.Indicator(c, p, name=name) for c, p in zip("abcd", ["one", "one", "two", "two"], strict=True)],
    )
    frame = pd.DataFrame(np.random.default_rng(5).lognormal(3, 0.6, (12, 4)).round(1), columns=list("abcd"))
    return index, frame.assign(town=np.repeat(["横店", "Birch", name], 4), year=np.tile([2019, 2020, 2021, 2022], 3))


def read(path: Path) -> tuple[str, Page]:
    text = path.read_text(encoding="utf-8")
    return text, Page(text)
