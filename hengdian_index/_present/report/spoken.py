"""Formulas as they are read aloud: arithmetic in words, LaTeX in words where it is simple, else as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from hengdian_index._maths.notation import Style, precise, text
from hengdian_index._words.catalogue import Lang, words

_GREEK = "alpha beta gamma delta Delta epsilon lambda mu nu pi rho sigma tau phi omega kappa theta eta xi"
_SAID: Mapping[str, tuple[str, str]] = {
    r"\sum": ("sum", "求和"),
    r"\prod": ("product", "连乘"),
    r"\cdot": ("times", "乘"),
    r"\times": ("times", "乘"),
    r"\le": ("at most", "小于等于"),
    r"\leq": ("at most", "小于等于"),
    r"\ge": ("at least", "大于等于"),
    r"\geq": ("at least", "大于等于"),
    r"\ne": ("is not", "不等于"),
    r"\infty": ("infinity", "无穷"),
    r"\ldots": ("…", "…"),
    r"\min": ("min", "最小值"),
    r"\max": ("max", "最大值"),
    r"\ln": ("log of", "自然对数"),
    r"\exp": ("exp of", "指数"),
    r"\in": ("in", "属于"),
    "=": ("=", "="),
    "_": ("sub", "下标"),
    "^": ("to the power", "的次方："),
}
_OVER, _ROOT, _MEAN = ("over", "除以"), ("square root of", "平方根"), ("mean", "均值")
_PLAIN = r"\\(?:left|right|,|;|!|quad|qquad|displaystyle|limits)(?![a-zA-Z])"
_GROUP = r"\{([^{}]*)\}"


def spoken(latex: str, lang: Lang) -> str:
    r"""Return a formula in words.

    Examples
    --------
    >>> from hengdian_index._present.report.spoken import spoken
    >>> spoken(r"z = \frac{x - \mathrm{low}}{\sqrt{n}}", "en")
    'formula: z = (x - low) over (square root of n)'
    >>> spoken("w_j", "zh")
    '公式：w 下标 j'
    >>> spoken(r"\unknown{x}", "en")
    'formula: \\unknown{x}'
    """
    said = _in_words(latex, int(lang == "zh"))
    return words(lang, "report")["formula"] + (latex if re.search(r"[\\{}&]", said) else said)


def said(equations: Sequence[tuple[str, ast.expr]], lang: Lang) -> str:
    """Return arithmetic in words, straight from what it is.

    Examples
    --------
    >>> from hengdian_index._maths.arithmetic import parsed
    >>> from hengdian_index._present.report.spoken import said
    >>> said([("z", parsed("(x - 2.5) / 4 * 100"))], "en")
    'formula: z = (x minus 2.5) over 4 times 100'
    """
    speech = words(lang, "speech")
    style = Style(speech, speech["choice"])
    every = (speech("equals", name=name, value=text(tree, precise, style)) for name, tree in equations)
    return words(lang, "report")["formula"] + "; ".join(every)


def _in_words(latex: str, at: int) -> str:
    text = re.sub(r"\\[,;!]", " ", re.sub(_PLAIN, " ", latex))
    text = re.sub(rf"\\(?:mathrm|text|operatorname|mathbf){_GROUP}", r"\1", text)
    before = ""
    while before != text:
        before = text
        text = re.sub(rf"\\[dt]?frac{_GROUP}\s*{_GROUP}", rf"(\1) {_OVER[at]} (\2)", text)
        text = re.sub(rf"\\sqrt{_GROUP}", rf"{_ROOT[at]} (\1)", text)
        text = re.sub(rf"\\bar{_GROUP}", rf"{_MEAN[at]} (\1)", text)
        text = re.sub(rf"([_^]){_GROUP}", r"\1(\2)", text)
    for word in _GREEK.split():
        text = re.sub(rf"\\{word}(?![a-zA-Z])", f" {word} ", text)
    for sign, said in _SAID.items():
        end = r"(?![a-zA-Z])" if sign.startswith("\\") else ""
        text = re.sub(re.escape(sign) + end, f" {said[at]} ", text)
    text = re.sub(r"\(\s*([\w.]+)\s*\)", r"\1", text)
    return re.sub(r"\s+", " ", re.sub(r"\(\s+", "(", re.sub(r"\s+\)", ")", text))).strip()
