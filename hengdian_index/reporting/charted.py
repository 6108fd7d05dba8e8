"""What charts write themselves, in the language of the page; names of the index stay."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hengdian_index.reporting.words import Lang, Words

# Whole texts.
IN_CHARTS: Mapping[Lang, Words] = {
    "en": {},
    "zh": {
        "score": "得分",
        "rank": "位次",
        "level, points": "水平，点",
        "change on the period before, points": "环比变化，点",
        "median": "中位数",
        "as it is": "原方案",
        "90 % of the draws": "90 % 的抽样",
        "per cent of the draws": "抽样百分比",
        "reweighting": "权重重分",
        "interaction": "交互",
        "other rows": "其他行",
    },
}

# Ends of titles, after the name of what is drawn; a line may break in them.
_ENDS: Mapping[Lang, Words] = {
    "en": {},
    "zh": {
        "(?P<some>[0-9]+) others": r"其他\g<some>项",
        "the (?P<some>[0-9]+) highest of (?P<all>[0-9]+) units": r"\g<all>个单位中最高的\g<some>个",
        "the first (?P<some>[0-9]+) of (?P<all>[0-9]+)": r"\g<all>行中的前\g<some>行",
        "(?P<some>[0-9]+) without a score": r"\g<some>行没有得分",
    },
}

_MARKS = {"^": "", r",\s": "，", r":\s": "："}


def in_chart(text: str, lang: Lang) -> str:
    """Return a text of a chart in a language.

    Examples
    --------
    >>> from hengdian_index.reporting.charted import in_chart
    >>> in_chart("Film, the first 30 of 50, 2 without a score", "zh")
    'Film，50行中的前30行，2行没有得分'
    >>> in_chart("score", "zh"), in_chart("score", "en"), in_chart("Film score", "zh")
    ('得分', 'score', 'Film score')
    """
    if text in IN_CHARTS[lang]:
        return IN_CHARTS[lang][text]
    # From the last to the first: an end is followed by nothing, or by one that is translated.
    for english, said in reversed(list(_ENDS[lang].items())):
        for mark, own in _MARKS.items():
            broken = english.replace(" ", r"\s")
            text = re.sub(rf"{mark}{broken}(?=$|，)", own + said, text)
    return text
