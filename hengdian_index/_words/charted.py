"""What charts write themselves, in the language of the page; names of the index stay."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hengdian_index._words.catalogue import Lang, Words

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
        "mean of (?P<some>[0-9]+) others": r"其他\g<some>行的平均",
        "(?P<some>[0-9]{4}[^,，\\s]*) to (?P<all>[0-9]{4}[^,，\\s]*)": r"\g<some>至\g<all>",
        "all (?P<all>[0-9]+) rows": r"全部\g<all>行",
        "pairwise, (?P<some>[0-9]+) to (?P<most>[0-9]+) of (?P<all>[0-9]+) rows": (
            r"逐对，共\g<all>行中的\g<some>至\g<most>行"
        ),
        "pairwise, (?P<some>[0-9]+) of (?P<all>[0-9]+) rows": r"逐对，共\g<all>行中的\g<some>行",
        "the (?P<some>[0-9]+) complete of (?P<all>[0-9]+) rows": r"共\g<all>行中的\g<some>个完整行",
        "scores": "得分",
        "the (?P<some>[0-9]+) highest of the (?P<all>[0-9]+) units with a level, (?P<none>[0-9]+) without": (
            r"有水平的\g<all>个对象中最高的\g<some>个，\g<none>个没有水平"
        ),
        "the (?P<some>[0-9]+) highest of the (?P<all>[0-9]+) units with a score, (?P<none>[0-9]+) without": (
            r"有得分的\g<all>个对象中最高的\g<some>个，\g<none>个没有得分"
        ),
        "the (?P<all>[0-9]+) units with a level, (?P<none>[0-9]+) without": (
            r"有水平的\g<all>个对象，\g<none>个没有水平"
        ),
        "the (?P<all>[0-9]+) units with a score, (?P<none>[0-9]+) without": (
            r"有得分的\g<all>个对象，\g<none>个没有得分"
        ),
        "the (?P<some>[0-9]+) highest of (?P<all>[0-9]+) units": r"\g<all>个对象中最高的\g<some>个",
        "the first (?P<some>[0-9]+) of (?P<all>[0-9]+)": r"\g<all>行中的前\g<some>行",
        "(?P<some>[0-9]+) without a score": r"\g<some>行没有得分",
        "(?P<some>[0-9]+) without a level": r"\g<some>个没有水平",
    },
}

# Beginnings of texts, before an end.
_HEADS: Mapping[Lang, Words] = {
    "en": {},
    "zh": {
        "Pearson correlation": "皮尔逊相关系数",
        "Spearman correlation": "斯皮尔曼相关系数",
        "Kendall correlation": "肯德尔相关系数",
    },
}

_MARKS = {"^": "", r",\s": "，", r":\s": "："}

# A comma before a period, where Chinese stands beside it: names of the index keep theirs.
_BEFORE_PERIOD = r"(?<=[\u3400-\u9fff）]),\s(?=[0-9]{4}[^,，\s]*(?:，|$))|,\s(?=[0-9]{4}[^,，\s]*，)"


def in_chart(text: str, lang: Lang) -> str:
    """Return a text of a chart in a language.

    Examples
    --------
    >>> from hengdian_index._words.charted import in_chart
    >>> in_chart("Film, the first 30 of 50, 2 without a score", "zh")
    'Film，50行中的前30行，2行没有得分'
    >>> in_chart("总指数, 2003, the first 4 of 6", "zh"), in_chart("总指数, 2002 to 2003", "zh")
    ('总指数，2003，6行中的前4行', '总指数，2002至2003')
    >>> in_chart("score", "zh"), in_chart("score", "en"), in_chart("Film score", "zh")
    ('得分', 'score', 'Film score')
    """
    if text in IN_CHARTS[lang]:
        return IN_CHARTS[lang][text]
    # From the last to the first: an end is followed by nothing, or by one that is translated.
    for english, said in reversed(list(_ENDS[lang].items())):
        for mark, own in _MARKS.items():
            broken = english.replace(" ", r"\s")
            text = re.sub(rf"{mark}{broken}(?=$|，|,\s[0-9]{{4}})", own + said, text)
    for english, said in _HEADS[lang].items():
        text = text.replace(english, said, 1) if text.startswith(f"{english}，") else text
    if not _ENDS[lang]:
        return text
    text = re.sub(_BEFORE_PERIOD, "，", text)
    # Whose steps a title tells of, before the group and its two periods; a change at the end of a line.
    text = re.sub(r":\s(?=[^:]*，[0-9]{4}[^,，\s]*至[0-9]{4}[^,，\s]*$)", "：", text)
    return re.sub(r"(?<=\([+−])([0-9.]+) points(?=\)$)", r"\1 点", text)
