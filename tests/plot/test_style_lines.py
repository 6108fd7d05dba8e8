"""Lines of text end where a reader expects it, in English and in Chinese."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengdian_index.plot.style import broken, size

NEVER_FIRST = "，。、；：？！）】》”’％%"
NEVER_LAST = "（【《“‘"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("第0个影视产业", 8, ["第0个影", "视产业"]),
        ("影视产业第12个指标", 11, ["影视产业", "第12个指标"]),
        ("影视产业产值（%） 1", 14, ["影视产业产值", "（%） 1"]),
        ("年均增长 12.5 %，创新高", 12, ["年均增长", "12.5 %，创新", "高"]),
        ("全国2019年票房", 6, ["全国", "2019年", "票房"]),
        ("国产电影GDP占比", 10, ["国产电影", "GDP占比"]),
        ("企业数(家)", 8, ["企业数", "(家)"]),
        ("growth of 90 % a year", 12, ["growth of", "90 % a year"]),
        ("don’t break", 5, ["don’t", "break"]),
        ("《电影》“增长”", 6, ["《电", "影》", "“增长”"]),
    ],
)
def test_lines_end_where_they_may(text, width, lines):
    assert broken(text, width) == "\n".join(lines)


@given(
    st.lists(st.sampled_from([*"影视业个，。、）”％（《“", "12", "GDP", " ", "3.5", "%"]), max_size=24),
    st.integers(2, 14),
)
def test_no_break_splits_what_belongs_together(parts, width):
    text = "".join(parts)
    found = broken(text, width)
    assert re.sub(r"\s", "", found) == re.sub(r"\s", "", text)
    lines = found.split("\n")
    for before, after in itertools.pairwise(lines):
        assert after[0] not in NEVER_FIRST
        assert before[-1] not in NEVER_LAST
        if before + after in text:
            one, other = before[-1], after[0]
            assert not (one.isascii() and one.isalnum() and other.isascii() and other.isalnum())
            assert not (one.isdigit() and other in "影视业个")


@given(st.text("影视产业指数", min_size=1, max_size=40), st.integers(4, 20))
def test_chinese_fills_its_lines(text, width):
    """Without marks a line has as many characters as it has room for."""
    lines = broken(text, width).split("\n")
    assert all(size(line) in (width, width - 1) for line in lines[:-1])
    assert all(size(line) <= width for line in lines)
