"""What compilers of indexes in China look for, and where the answer stands."""

from __future__ import annotations

from hengdian_index._methods.aliases import called, meant
from hengdian_index._methods.registry import FAMILIES

# Each is on the front page in Chinese, in `methods` and in the search of the site.
TERMS = [
    *("累计值转当季值", "由同比推水平", "不变价平减", "功效系数法", "熵权法", "面板熵权法", "组合赋权", "专家打分"),
    *("德尔菲", "协调系数", "定基发展速度", "定基环比换算", "权重归一", "方案层", "障碍度", "耦合协调度"),
    *("协调等级", "东中西", "泰尔指数", "Dagum 基尼系数", "核密度", "莫兰指数", "σ 收敛", "β 收敛", "排名表"),
    *("位次变化", "贡献率", "拉动百分点", "春节调整", "层次分析法", "变异系数法", "极差法", "等权", "线性插值"),
    *("逆向指标", "适度指标", "同比", "环比"),
]


def places(term: str) -> set[str]:
    """Return the pages of the site on what a term stands for."""
    name = term.replace(" ", "")
    found = {f"{family}.{method}" for family, methods in FAMILIES.items() if (method := meant(family, name, methods))}
    return {_page(address) for address in {*found, *called(name)}}


def _page(address: str) -> str:
    head, _, name = address.partition(".")
    return f"methods/{head}/{name}.html" if head.islower() and name else f"reference/names/{head}.html"
