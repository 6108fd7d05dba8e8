"""A method is one file: three that no other file names are told, explained, calculated in a workbook and kept."""

from __future__ import annotations

import importlib
import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.indexes import table, two_levels
from support.spreadsheet import Workbook

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES
from hengdian_index._values import stored

NORMALISATION = '''
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from hengdian_index._maths.stats import Moments, Range
from hengdian_index._methods.decorators import normalising
from hengdian_index._values.stored import stored


@stored("saturation")
@dataclass(frozen=True, slots=True)
class Saturation:
    """`1 + ceiling t / (t + half)` of t = x - least, 0 below."""

    arithmetic: ClassVar[str] = "1 + ceiling * max(x - least, 0) / (max(x - least, 0) + half)"

    least: np.ndarray
    half: np.ndarray
    ceiling: float

    def __call__(self, x):
        """Apply to rows (..., n, k)."""
        t = np.maximum(x - self.least[..., np.newaxis, :], 0)
        return 1 + self.ceiling * t / (t + self.half[..., np.newaxis, :])


@normalising(
    sees="statistics",
    gives=lambda ceiling, **_: (1.0, 1 + ceiling),
    formula=r"z = 1 + \\mathrm{ceiling}\\,\\frac{x - x_{\\min}}{x - x_{\\min} + h}",
    chinese="饱和曲线法",
    words={
        "en": {"ceiling": "most", "middle": "half of the most at", "middle = mean": "the mean"},
        "zh": {"ceiling": "极限", "middle": "半程位于", "middle = mean": "均值", "half": "半程", "least": "最小值"},
    },
)
def saturation(sample, *, ceiling: float = 1.0, middle: Literal["mean", "range"] = "mean"):
    """Share of the most, half of it at the mean of the fit rows."""
    ends, moments = sample.measure(Range), sample.measure(Moments)
    half = moments.mean - ends.lo if middle == "mean" else (ends.hi - ends.lo) / 2
    sample.refuse(~(half > 0), "constant over the fit rows; leave it out")
    return Saturation(ends.lo, half, ceiling)
'''

WEIGHTING = '''
from hengdian_index._maths.stats import Moments
from hengdian_index._methods.decorators import weighting


@weighting(
    sees="statistics",
    shift_free=True,
    formula=r"w_j \\propto s_j^{\\mathrm{strength}}",
    chinese="标准差幂法",
    words={"en": {"strength": "exponent of the spread"}, "zh": {"strength": "离散度的指数"}},
)
def powered_deviation(x, *, strength: float = 0.5):
    """Weights in proportion to a power of the standard deviation."""
    return x.measure(Moments).deviation() ** strength
'''

AGGREGATION = '''
from hengdian_index._maths.means import weighted_sum
from hengdian_index._methods.decorators import aggregating


@aggregating(
    sees="stacks",
    laws="HSB",
    domain="above 0",
    arithmetic="sum(w * z ** (1 + lean)) / sum(w * z ** lean)",
    chinese="莱默平均",
    words={"en": {"lean": "lean to the larger values"}, "zh": {"lean": "偏向较大值的程度"}},
)
def lehmer(x, w, *, lean: float = 0.5):
    """Lehmer mean of each row."""
    return weighted_sum(x ** (1 + lean), w) / weighted_sum(x**lean, w)
'''

UNTOLD = '''
from dataclasses import dataclass

import numpy as np

from hengdian_index._methods.decorators import aggregating, normalising
from hengdian_index._values.stored import stored


@stored("capped root")
@dataclass(frozen=True, slots=True)
class CubeRoot:
    """The cube root."""

    def __call__(self, x):
        """Apply to rows (..., n, k)."""
        return np.cbrt(x)


@normalising(sees="statistics", chinese="立方根法")
def capped_root(sample, *, ceiling: float = 5.0):
    """Cube root of each value."""
    return CubeRoot()


@aggregating(sees="stacks", laws="IHTSB", domain="real", chinese="极值中点")
def midpoint(x, w):
    """Middle between the smallest and the largest value of each row."""
    return (x.min(axis=-1) + x.max(axis=-1)) / 2
'''

FILES = {
    "normalise": {"saturation": NORMALISATION, "untold": UNTOLD},
    "weights": {"powered_deviation": WEIGHTING},
    "aggregate": {"lehmer": AGGREGATION},
}
KNOWN: dict[str, Any] = {"log": math.log, "exp": math.exp, "min": min, "max": max, "abs": abs}


@pytest.fixture(scope="module", autouse=True)
def _new_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Put each file into the folder of its family, as far as Python can tell, and take it out again."""
    before = {family: dict(methods) for family, methods in FAMILIES.items()}
    words = dict(stored._CLASSES)
    for family, files in FILES.items():
        folder = tmp_path_factory.mktemp(family)
        sys.modules[f"hengdian_index.{family}"].__path__.append(str(folder))
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
            importlib.import_module(f"hengdian_index.{family}.{name}")
    yield
    for family, files in FILES.items():
        sys.modules[f"hengdian_index.{family}"].__path__.pop()
        for name in files:
            del sys.modules[f"hengdian_index.{family}.{name}"]
            delattr(sys.modules[f"hengdian_index.{family}"], name)
    for family, methods in before.items():
        for name in set(FAMILIES[family]) - set(methods):
            del FAMILIES[family][name]
    for word in set(stored._CLASSES) - set(words):
        del stored._WORDS[stored._CLASSES.pop(word)]


def index() -> hi.Index:
    return two_levels(
        normalise={"method": "saturation", "ceiling": 80.0},
        weights={"method": "powered_deviation", "strength": 2.0},
        aggregate={"method": "lehmer", "lean": 1.5},
        base="2002",
        coverage=0.4,
    )


def rows() -> Any:
    frame = table()
    frame.loc[3, "c"] = np.nan
    return frame


def scored() -> hi.Result:
    return index().compute(rows())


def formulas(book: Workbook) -> list[tuple[str, str]]:
    """Return the cells of the scores that are formulas."""
    return [cell for cell in book.formulas if cell[0] in ("scores", "normalised", "得分", "标准化得分")]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["`saturation` (most 80, half of the most at the mean)", "(exponent of the spread 2)"]),
        ("en", ["`lehmer` (lean to the larger values 1.5)", r"$\mathrm{ceiling}$ is the most"]),
        ("zh", ["`saturation`（极限80、半程位于均值）", "（离散度的指数2）", "`lehmer`（偏向较大值的程度1.5）"]),
        ("zh", [r"$\mathrm{ceiling}$为极限", r"$\mathrm{lean}$为偏向较大值的程度", "莱默平均"]),
    ],
)
def test_the_statement_has_their_words_formulas_and_numbers(lang: Any, said: list[str]) -> None:
    found = scored()
    text = found.method(lang)
    assert [one for one in said if one not in text] == []
    assert r"y = \frac{\sum_j w_j z_j^{1 + \mathrm{lean}}}{\sum_j w_j z_j^{\mathrm{lean}}}" in text
    least = rows()["a"].min()
    half = rows()["a"].mean() - least
    t = rf"\max(x - {least:.15g}, 0)"
    assert rf"z = 1 + \frac{{80 \cdot {t}}}{{{t} + {half:.15g}}}" in text


def test_an_explanation_is_arithmetic_down_to_the_raw_value() -> None:
    result = scored()
    for node in ("a", "all"):
        found = result.explain(period="2002Q1", node=node)
        for step in found.steps.itertuples():
            if step.formula:
                assert float(eval(step.formula, KNOWN)) == pytest.approx(step.value, rel=1e-12), step
        told = found.steps.query("step in ['normalise', 'aggregate']")
        assert (told["formula"] != "").all()
    assert told["value"].iloc[-1] == result.scores.loc["2002Q1", "all"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_workbook_calculates_their_scores(tmp_path: Path, lang: Any) -> None:
    result = scored()
    result.to_excel(tmp_path / "r.xlsx", lang=lang)
    book = Workbook(tmp_path / "r.xlsx")
    assert len(formulas(book)) == result.normalised.notna().sum().sum() + result.scores.notna().sum().sum()
    for cell in formulas(book):
        assert book.calculate(*cell) == pytest.approx(book.stored[cell], rel=1e-12), cell
    numbers = [row[0] for row in book.rows["fitted" if lang == "en" else "拟合参数"][1:]]
    assert numbers == (["most", "least", "half"] if lang == "en" else ["极限", "最小值", "半程"])


def test_their_choices_and_what_they_learnt_are_kept_in_files(tmp_path: Path) -> None:
    fitted = index().fit(rows())
    fitted.save(tmp_path / "fit.json")
    (tmp_path / "index.toml").write_text(index().to_toml(), encoding="utf-8")
    again, read = hi.Fitted.load(tmp_path / "fit.json"), hi.Index.read(tmp_path / "index.toml")
    assert read == index()
    for other in (again, read.fit(rows())):
        np.testing.assert_array_equal(other.score(rows()).scores, fitted.score(rows()).scores)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_declares_no_arithmetic_says_so_everywhere(tmp_path: Path, lang: Any) -> None:
    result = two_levels(normalise="capped_root", aggregate="midpoint", base=None).compute(rows())
    text = result.method(lang)
    assert ("Its map declares no arithmetic" if lang == "en" else "其映射没有声明算式") in text
    # An option of another method has words under this name, which are none of its.
    assert re.search(r"`capped_root`.{1,2}`ceiling` 5", text)
    steps = result.explain(period="2002Q1", node="a").steps.query("step in ['normalise', 'aggregate']")
    assert (steps["formula"] == "").all()
    assert steps["what"].str.endswith("declares no arithmetic").all()
    result.to_excel(tmp_path / "r.xlsx", lang=lang)
    assert formulas(Workbook(tmp_path / "r.xlsx")) == []


@pytest.mark.parametrize(
    ("arithmetic", "why"),
    [
        ("sum(w * zz)", "no 'zz' for 'sum(w * zz)'; did you mean 'z'?"),
        ("sum(w * sin(z))", "'sum(w * sin(z))' is none; write + - * / **, log, exp"),
        ("sum(w * z", "'sum(w * z' is none"),
        ("[z for z in w]", "'[z for z in w]' is none"),
    ],
)
def test_arithmetic_that_cannot_be_calculated_is_refused_where_it_is_declared(arithmetic: str, why: str) -> None:
    def odd_mean(x: Any, w: Any) -> Any:
        return x @ w

    with pytest.raises(hi.SpecError, match=re.escape(f"odd_mean: arithmetic: {why}")):
        hi.aggregating(arithmetic=arithmetic)(odd_mean)
    assert "odd_mean" not in FAMILIES["aggregate"]


def test_words_in_a_language_that_is_none_are_refused() -> None:
    with pytest.raises(hi.SpecError, match="odd_weights: words: no 'cn'"):

        @hi.weighting(words={"cn": {}})
        def odd_weights(x: Any) -> Any:
            return x.mean(axis=0)


def test_a_function_of_a_user_has_its_arithmetic_too(tmp_path: Path) -> None:
    @hi.normalising(arithmetic="x / size + 1")
    def per_size(x: Any, *, size: float = 50.0) -> Any:
        return x / size + 1

    @hi.aggregating(arithmetic="exp(sum(w * log(z)))")
    def in_logarithms(x: Any, w: Any) -> Any:
        return np.exp(np.log(x) @ w)

    try:
        chosen = {"normalise": {"method": "per_size", "size": 25.0}, "aggregate": "in_logarithms"}
        result = two_levels(**chosen, base=None).replace({"b.direction": 1}).compute(rows())
        result.to_excel(tmp_path / "r.xlsx")
        book = Workbook(tmp_path / "r.xlsx")
        assert len(formulas(book)) == result.normalised.notna().sum().sum() + result.scores.notna().sum().sum()
        for cell in formulas(book):
            assert book.calculate(*cell) == pytest.approx(book.stored[cell], rel=1e-12), cell
        text = result.method()
        assert r"y = e^{\sum_j w_j \ln(z_j)}" in text
        assert r"$z = \frac{x}{25} + 1$" in text
        assert r"z = \frac{x}{\mathrm{size}} + 1" in text
    finally:
        del FAMILIES["normalise"]["per_size"], FAMILIES["aggregate"]["in_logarithms"]
