"""The names that people type for methods, functions and directions."""

from __future__ import annotations

from collections import defaultdict
from pkgutil import resolve_name

import pytest

import hengdian_index as hi
from hengdian_index._index.text import described
from hengdian_index._methods.aliases import aliases, also_called, called, direction_of, meant, plain
from hengdian_index._methods.registry import FAMILIES, find
from hengdian_index._words.catalogue import LANGUAGES, words

OWN = [
    (family, name)
    for family, methods in FAMILIES.items()
    for name, method in methods.items()
    if method.function.__module__.startswith("hengdian_index.")
]
# Terms that those who compile an index look for, and what must be among the answers.
TERMS = {
    "熵权法": "weights.entropy",
    "熵值法": "weights.entropy",
    "等权": "weights.equal",
    "极差法": "normalise.min_max",
    "功效系数法": "normalise.efficacy",
    "变异系数法": "weights.variation",
    "层次分析法": "weights.ahp",
    "组合赋权": "weights.combine",
    "专家打分": "weights.budget",
    "线性插值": "impute.interpolate",
    "定基发展速度": "normalise.relative",
    "累计值转当季值": "series.decumulate",
    "由同比推水平": "series.growth",
    "不变价平减": "Indicator",
    "德尔菲": "ahp.delphi",
    "方案层": "ahp.alternatives",
    "障碍度": "Result.obstacles",
    "耦合协调度": "explain.coupling",
    "东中西": "Index",
    "泰尔": "explain.theil",
    "Dagum基尼系数": "explain.dagum",
    "σ收敛": "explain.convergence",
    "位次变化": "Result.ranks",
    "贡献率": "Result.contributions",
    "拉动百分点": "Result.contributions",
    "权重归一": "Index",
    "春节调整": "series.deseasonalise",
    "信度检验": "diagnose.cronbach_alpha",
    "巴特利特球形检验": "diagnose.bartlett",
}


@pytest.mark.parametrize(("family", "name"), OWN)
def test_every_method_has_names_in_every_language(family: str, name: str) -> None:
    for lang in LANGUAGES:
        assert words(lang, "alias")[f"{family}.{name}"]
    for one in aliases(family, name, FAMILIES[family][name].traits):
        assert find(family, one).name == name


@pytest.mark.parametrize("family", FAMILIES)
def test_no_name_stands_for_two_methods(family: str) -> None:
    homes = defaultdict(set)
    for own, name in OWN:
        for one in (name, *aliases(own, name, FAMILIES[own][name].traits)):
            if own == family:
                homes[plain(one)].add(name)
    assert {one: home for one, home in homes.items() if len(home) > 1} == {}


def test_every_name_is_of_something_public() -> None:
    for address in words("en", "alias"):
        assert resolve_name(f"hengdian_index:{address}") is not None


@pytest.mark.parametrize(("term", "expected"), TERMS.items())
def test_terms_are_found(term: str, expected: str) -> None:
    family, _, name = expected.partition(".")
    methods = FAMILIES.get(family, {})
    assert expected in called(term) or meant(family, term, methods) == name


@pytest.mark.parametrize(
    ("family", "written", "expected"),
    [
        ("normalise", "Min-Max", "min_max"),
        ("aggregate", "ＴＯＰＳＩＳ法", "topsis"),
        ("weights", "entropy weight", "entropy"),
        ("weights", "Entropy Weight Method", "entropy"),
        ("impute", "K 近邻插补", "neighbours"),
    ],
)
def test_width_case_and_hyphens_tell_no_name_from_another(family: str, written: str, expected: str) -> None:
    assert find(family, written).name == expected


def test_a_specification_keeps_the_name_of_code() -> None:
    index = hi.Index(
        normalise="极差法",
        weights={"method": "变异系数法"},
        groups=[hi.Group("a")],
        indicators=[hi.Indicator("x", "a", direction="逆指标"), hi.Indicator("y", "a", direction="越大越好")],
    )
    assert (index.normalise.method.name, index.weights.method.name) == ("min_max", "variation")
    assert "极差法" not in index.to_toml()
    assert [one.direction for one in index.indicators] == [-1, 1]


def test_part_of_a_name_is_answered_with_the_names_that_hold_it() -> None:
    with pytest.raises(hi.SpecError, match=r"no method '障碍'; there are .*障碍度"):
        described("障碍")
    with pytest.raises(hi.SpecError, match="did you mean 'entropy'"):
        described("entrpy")


def test_what_nobody_calls_so_is_refused() -> None:
    with pytest.raises(hi.SpecError, match="no method '熵增法'"):
        find("weights", "熵增法")
    assert direction_of("升") is None
    assert also_called("weights.no_such_method") == ()


def test_a_users_method_has_its_own_names() -> None:
    traits = {"chinese": "自定法（两倍）", "aliases": ("翻番法",)}
    assert aliases("normalise", "twice", traits) == ("自定法", "翻番法")
