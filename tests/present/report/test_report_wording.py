"""What a page says: reasons once, draws and choices in words, formulas as they are read."""

from __future__ import annotations

import pytest
from support.pages import read, towns

import hengdian_index as hi
from hengdian_index._maths.arithmetic import parsed
from hengdian_index._methods.registry import FAMILIES
from hengdian_index._present.document import Code
from hengdian_index._present.report import draws
from hengdian_index._present.report.draws import varied
from hengdian_index._present.report.pictures import Text
from hengdian_index._present.report.sections import Reasons
from hengdian_index._present.report.spoken import said, spoken
from hengdian_index._words.catalogue import LANGUAGES, words

WORDS = {lang: words(lang, "report") for lang in LANGUAGES}

pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")


def test_of_many_reasons_of_a_kind_the_first_are_told_and_the_rest_counted():
    reasons = Reasons(WORDS["en"])
    faults = [f"unit 'town {i}': no score" for i in range(48)]
    told = reasons.texts("No: ", [*faults, "no base", *faults], "Series")
    assert [one.said for one in told if one.said] == [*faults[:3], "no base"]
    assert Text("And 45 more of this kind.") in told
    assert reasons.texts("No: ", faults, "Ranking") == (Text("No: the reason is told under “Series”."),)
    new = reasons.texts("No: ", [*faults, "no rank"], "Ranking")
    assert new == (Text("No: ", "no rank"), Text("No: the reason is told under “Series”."))


def test_a_warning_is_said_once_on_a_page():
    reasons = Reasons(WORDS["en"])
    assert reasons.once(["a", "b", "a"], "Series") == ["a", "b"]
    assert reasons.once(["b", "c"], "Ranking") == ["c"]


def plain(blocks) -> list[str]:
    return ["".join(one.text if isinstance(one, Code) else str(one) for one in block.pieces) for block in blocks]


FACTORS = {
    "weights": hi.Noise(0.25),
    "one.weights": hi.Dirichlet(50),
    "data": hi.Normal(relative=0.02),
    "a": hi.Normal(sd=0.5),
    "units": hi.Bootstrap(),
    "normalise.lower": hi.Uniform(0.5, 2),
    "aggregate": ["arithmetic", {"method": "power", "p": 2}],
    "b": [True, None],
}
SAID = {
    "en": {
        "weights": "each weight up to 25 % larger or smaller, in every group",
        "one.weights": "weights drawn from a Dirichlet distribution round those of the index (concentration 50), "
        "in the group one",
        "data": "a normal error on the values of every indicator, standard deviation 2 % of each value",
        "a": "a normal error on the values of Towns, standard deviation 0.5 in its unit",
        "units": "the units from which bounds and weights are learnt, drawn again with replacement",
        "normalise.lower": "any number from 0.5 to 2, all equally likely",
        "aggregate": "one of arithmetic, power p = 2, each equally likely",
        "b": "one of in the index, left out, each equally likely",
    },
    "zh": {
        "weights": "在每个分指数内，每个权重至多增大或减小25%",
        "one.weights": "在分指数“one”内，权重取自以原权重为中心的狄利克雷分布（集中参数50）",
        "data": "各指标的数值带有正态误差，标准差为各数值的2%",
        "a": "Towns的数值带有正态误差，标准差为0.5（以其单位计）",
        "units": "对确定上下限与权重所用的单位作有放回的重新抽取",
        "normalise.lower": "0.5至2之间的任一数值，可能性相同",
        "aggregate": "取下列之一，可能性相同：加权算术平均（arithmetic）、加权幂平均（power） p = 2",
        "b": "取下列之一，可能性相同：纳入、剔除",
    },
}


@pytest.mark.parametrize("address", FACTORS)
def test_what_draws_vary_is_said_in_words(address):
    index, table = towns()
    found = hi.uncertainty(index, table, {address: FACTORS[address]}, draws=8, progress=False, infeasible="exclude")
    for lang, colon in (("en", ": "), ("zh", "：")):
        told = plain(varied(found, lang))
        assert told[:2] == [words(lang, "draws")["head"], f"{address}{colon}{SAID[lang][address]}"]
        assert told[2] == words(lang, "draws")["few"].format(count=int(found.kept.sum()), least=100)


def test_a_hundred_draws_are_not_called_few(tmp_path):
    index, table = towns()
    found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=100, progress=False)
    assert len(list(varied(found, "en"))) == 2
    text = read(index.compute(table).report(tmp_path / "r.html", uncertainty=found))[0]
    assert SAID["en"]["weights"] in text


def test_both_languages_say_the_same_of_draws():
    assert set(words("en", "draws")) == set(words("zh", "draws"))


def test_choices_are_named_in_the_language_of_the_page():
    some = [hi.Indicator(c, "total", direction=d) for c, d in (("a", 1), ("b", -1), ("c", hi.Target(75)))]
    tree = hi.Index(groups=[hi.Group("total")], indicators=some, normalise="min_max").tree
    said = draws.indicator_choices(tree, "zh")
    assert said["direction"].tolist() == ["正向", "负向", "适度指标（最优值75）"]
    assert said["normalise"].unique().tolist() == ["极差标准化（min_max）"]
    assert draws.group_choices(tree, "zh").loc["total", "aggregate"] == "加权算术平均（arithmetic）"
    english = draws.indicator_choices(tree, "en")
    assert english["direction"].tolist()[1:] == ["smaller is better", "best at 75, worse on both sides"]
    assert english["normalise"].unique().tolist() == ["min_max"]


def test_every_method_has_a_chinese_name_before_its_code():
    for family in ("normalise", "weights", "aggregate"):
        __import__(f"hengdian_index.{family}")
        for name, method in FAMILIES[family].items():
            if method.function.__module__.startswith("hengdian_index."):
                said = draws.method_name(method, "zh")
                assert said.endswith(f"（{name}）")
                assert len(said) > len(name) + 2


def test_a_unit_is_called_alike_throughout():
    assert not [key for key, text in WORDS["zh"].items() if "对象" in text or "单元" in text]


@pytest.mark.parametrize(
    ("latex", "english", "chinese"),
    [
        (r"w_j = \frac{1}{k}", "w sub j = 1 over k", "w 下标 j = 1 除以 k"),
        (r"y = \sum_j w_j\, z_j", "y = sum sub j w sub j z sub j", "y = 求和 下标 j w 下标 j z 下标 j"),
        (r"\lambda_{\max}", "lambda sub max", "lambda 下标 最大值"),
        (r"\strange{x}", r"\strange{x}", r"\strange{x}"),
    ],
)
def test_formulas_are_read_in_words(latex, english, chinese):
    assert spoken(latex, "en") == f"formula: {english}"
    assert spoken(latex, "zh") == f"公式：{chinese}"


@pytest.mark.parametrize(
    ("expression", "english", "chinese"),
    [
        ("(x - 2.5) / 4 * 100", "(x minus 2.5) over 4 times 100", "(x 减 2.5) 除以 4 乘 100"),
        ("-log(x)", "minus log of (x)", "负自然对数(x)"),
        ("max(x, 0) ** 2", "the largest of (x, 0) to the power 2", "最大值(x, 0) 的次方： 2"),
        ("20 if x < 5 else 1", "20 if x < 5, else 1", "若 x < 5 则 20，否则 1"),
        ("sum(w * z)", "the sum over the parts of (w times z)", "各部分之和(w 乘 z)"),
    ],
)
def test_arithmetic_is_read_from_what_it_is(expression, english, chinese):
    assert said([("z", parsed(expression))], "en") == f"formula: z = {english}"
    assert said([("z", parsed(expression))], "zh") == f"公式：z = {chinese}"


def test_formulas_of_a_page_are_called_formulas(written):
    for lang, head in (("en", "formula: "), ("zh", "公式：")):
        drawn = [one for one in read(written["film", lang])[1].having("svg") if one["class"] == "formula"]
        assert drawn
        assert all(one["aria-label"].startswith(head) for one in drawn)
        assert all(one.get("lang") == ("zh-Hans" if lang == "zh" else None) for one in drawn)
