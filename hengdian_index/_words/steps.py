"""What the steps of the log are called; elsewhere they are codes."""

from __future__ import annotations

from collections.abc import Mapping

from hengdian_index._words.report import Lang, Words

STEPS: Mapping[Lang, Words] = {
    "en": {},
    "zh": {
        "aggregate": "合成",
        "base": "基期",
        "climate": "景气",
        "content": "内容",
        "denominate": "相对化",
        "deseasonalise": "季节调整",
        "impute": "填补",
        "normalise": "标准化",
        "periods": "时期",
        "screen": "筛选",
        "series": "序列",
        "treat": "处理",
        "untreated": "未处理",
        "weights": "权重",
    },
}
