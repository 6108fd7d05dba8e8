"""What draws say, in one paragraph of the language of the page: the numbers of `Uncertainty.summary`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hengdian_index._robustness.labels import label, one_of_several
from hengdian_index._robustness.uncertainty import Uncertainty
from hengdian_index._words.catalogue import Lang

_MOST = 5


def summary(found: Uncertainty, lang: Lang) -> str:
    """Return what the draws say.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> from hengdian_index._present.report.summary import summary
    >>> index, table = hi.example("film_industry")
    >>> found = hi.uncertainty(index, table, {"film.weights": hi.Noise(0.25)}, draws=64)
    >>> print(summary(found, "zh"))
    64 次抽样，不确定的选择 1 项（film.weights）。2010Q2 的水平为 109.39；90 % 的抽样在 108.42 至 110.60 之间。
    """
    return found.summary() if lang == "en" else "".join(_sentences(found))


def _sentences(found: Uncertainty) -> Iterator[str]:
    addresses = "、".join(factor.address for factor in found.study.factors)
    yield f"{int(found.kept.sum())} 次抽样，不确定的选择 {len(found.study.factors)} 项（{addresses}）。"
    if found.excluded:
        yield f"{100 * found.excluded:.1f} % 的抽样无法计算，已剔除。"
    panel = found.study.panel
    yield from _last(found) if panel.periods is not None and panel.units is None else _standing(found)
    never = found.labels[found.scores["mean"].isna()].tolist()
    if never:
        yield f"没有抽样给出{_listed(never)}的得分。"


def _last(found: Uncertainty) -> Iterator[str]:
    """Return a sentence on the last period of a series."""
    periods = found.study.panel.periods
    assert periods is not None
    at = int(periods.ordinals[found.study.rows].argmax())
    what, table = ("得分", found.scores) if found.levels is None else ("水平", found.series)
    last = table.iloc[at]
    if not np.isnan(last["mean"]):
        yield (
            f"{label(found.labels[at])} 的{what}为 {last['nominal']:.2f}；"
            f"90 % 的抽样在 {last['q05']:.2f} 至 {last['q95']:.2f} 之间。"
        )


def _standing(found: Uncertainty) -> Iterator[str]:
    """Return sentences on the ranks of units: how far they move, how wide their intervals are, who is first."""
    width = (found.ranks["q95"] - found.ranks["q05"]).dropna()
    if len(width) < 2:
        return
    one = len(found.study.scopes) == 1
    where = "" if one else "各时期内"
    if not found.mean_shift.max() > 0:
        yield f"{where}位次不变。"
    else:
        yield (
            f"{where}位次平均移动 {found.mean_shift.mean():.2f} 位；"
            f"90 % 区间平均宽 {width.mean():.1f} 位，最宽 {width.max():.1f} 位（{label(width.idxmax())}）。"
        )
    if one:
        first = found.acceptability(1)
        best = first.index[first == first.max()].tolist()
        yield f"{_listed(best)}{'' if len(best) == 1 else '各'}在 {100 * first.max():.0f} % 的抽样中居首。"


def _listed(labels: list[Any]) -> str:
    """Return labels as text, those past the first few counted."""
    rest = f"及另外 {len(labels) - _MOST} 个" if len(labels) > _MOST else ""
    return f"{'、'.join(map(one_of_several, labels[:_MOST]))}{rest}"
