"""What a workbook calls the fields of an index: in English their own names, in Chinese these; and what each means."""

from __future__ import annotations

from typing import NamedTuple


class Heading(NamedTuple):
    """The Chinese name of a field and what it means, in both languages."""

    chinese: str
    english_meaning: str
    chinese_meaning: str

    def meaning(self, lang: str) -> str:
        """Return what the field means."""
        return self.chinese_meaning if lang == "zh" else self.english_meaning


# A field that means another thing in another table is entered again as "table.field".
HEADINGS = {
    "code": Heading(
        "代码",
        "Short unique name. That of an indicator is its column in the data.",
        "唯一的简短名称；指标的代码即数据表中的列名。",
    ),
    "parent": Heading(
        "上级",
        "Code of the group it belongs to. Only the top group has none.",
        "所属分指数的代码；只有总指数没有上级。",
    ),
    "name": Heading("名称", "What readers see.", "供读者阅读的名称。"),
    "direction": Heading(
        "方向",
        "1: larger is better; -1: smaller is better; { target = 5 }: nearest to 5 is best; { between = [5, 6] }: "
        "inside is best.",
        "正向：越大越好；负向：越小越好；{ target = 5 }：越接近 5 越好；{ between = [5, 6] }：在区间内最好。",
    ),
    "weight": Heading(
        "权重",
        "Own weight in the parent: for all children of a group, or for none.",
        "在上级中的权重：同一上级要么都给，要么都不给。",
    ),
    "unit": Heading("单位", "Unit of measurement.", "计量单位。"),
    "index.unit": Heading("对象列", "Column of the data that says whose row it is.", "数据表中说明每行属于谁的列。"),
    "period": Heading("时期列", "Column of the data that says when.", "数据表中的时期列。"),
    "fit_on": Heading(
        "拟合期",
        "Rows that bounds and weights are learnt from, such as 2001:2006Q4. Blank: all.",
        "用来确定上下限和权重的时期，如 2001:2006Q4；留空为全部。",
    ),
    "base": Heading("基期", "Period or span whose mean level is `to`.", "平均水平定为基期值的时期。"),
    "to": Heading("基期值", "Level of the base period. Blank: 100.", "基期的指数值；留空为 100。"),
    "normalise": Heading(
        "标准化",
        'How values become scores: a method, or { method = "min_max", lower = 60, upper = 100 }.',
        '原始值如何变为得分：方法名，或 { method = "min_max", lower = 60, upper = 100 }。',
    ),
    "weights": Heading(
        "赋权",
        "How the children are weighed: a method, or { a = 3, b = 1 }.",
        "下级如何赋权：方法名，或 { a = 3, b = 1 }（含中文的代码加引号）。",
    ),
    "aggregate": Heading(
        "合成",
        'How scores become one: a method, or { method = "power", p = 2 }.',
        '得分如何合成：方法名，或 { method = "power", p = 2 }。',
    ),
    "treat": Heading("处理", "What is done about outliers: a method, or none.", "异常值如何处理：方法名，或 none。"),
    "impute": Heading("插补", "How missing values are filled: a method, or none.", "缺失值如何插补：方法名，或 none。"),
    "deseasonalise": Heading(
        "季节调整",
        'How the season is taken out: stl, x13, { method = "stl", model = "additive" }, or none.',
        '如何剔除季节因素：stl、x13、{ method = "stl", model = "additive" } 或 none。',
    ),
    "denominator": Heading("分母", "Column to divide by.", "作为分母的列。"),
    "missing": Heading(
        "缺失",
        "When a child is missing: reweight (over the others), propagate (no score), raise (refuse).",
        "下级缺失时：reweight（其余重新分配权重）、propagate（不给得分）、raise（报错）。",
    ),
    "coverage": Heading("覆盖率", "Least share that must be there, 0 to 1.", "所需数据的最低比例，0 到 1。"),
    "scope": Heading(
        "比较范围",
        "Rows that a method which compares rows sees: all, or period (those of one period).",
        "需要相互比较的方法所看的行：all（全部）或 period（同一时期）。",
    ),
    "weigh_on": Heading(
        "赋权期",
        "Rows that weights are learnt from: fit_on, base, or period (anew in each).",
        "用来确定权重的行：fit_on（拟合期）、base（基期）或 period（逐期）。",
    ),
    "weigh_scale": Heading(
        "赋权标度",
        "Scores that weights are learnt from: unit (on the scale 0 to 1) or score (as they are).",
        "用来确定权重的得分：unit（0 到 1 的标度）或 score（原得分）。",
    ),
    "unit_coverage": Heading(
        "对象覆盖率",
        "Units that have values in a smaller share of their cells, 0 to 1, are left out.",
        "有数据的单元格比例低于此值（0 到 1）的对象不计入。",
    ),
    "series": Heading(
        "序列",
        "Levels of the series: fixed base, or chained (ratio, symmetric, log).",
        "指数序列：fixed（定基）或链式（ratio、symmetric、log）。",
    ),
    "content": Heading(
        "内容变更",
        "Where indicators or weights change: link (the level is kept) or restate (history is computed again).",
        "指标或权重变更时：link（衔接水平）或 restate（重算历史）。",
    ),
    "new_units": Heading(
        "新对象",
        "Units without a level in the base period: refuse; link (enter at the mean level of the others); restate (get "
        "their mean base level); missing (no series).",
        "基期没有数据的对象：refuse（报错）、link（以其他对象的平均水平进入）、restate（取其他对象的基期平均）、missing（不编序列）。",
    ),
    "weights_since": Heading(
        "后续权重",
        "Weights from later periods on: { 2023Q1 = { a = 1, b = 2 } }.",
        "自某时期起的权重：{ 2023Q1 = { a = 1, b = 2 } }。",
    ),
    "build": Heading(
        "构成",
        'How it is made of other columns: { method = "diffusion", up = "rose", same = "same" }.',
        '由其他列构成：{ method = "diffusion", up = "rose", same = "same" }。',
    ),
    "start": Heading("起始期", "First period it counts. Blank: from the beginning.", "开始计入的时期；留空为一开始。"),
    "end": Heading("终止期", "Last period it counts. Blank: to the end.", "最后计入的时期；留空为一直计入。"),
    "replaces": Heading("替代", "Code of the indicator whose place it takes.", "所替代指标的代码。"),
}

# The columns of the sheet `index`.
FIELD = Heading("项目", "", "")
VALUE = Heading("值", "", "")
MEANING = Heading("含义", "", "")

# Headings of columns that are for people only.
REMARKS = ("note", "notes", "remark", "remarks", "meaning", "备注", "说明", "注", MEANING.chinese)

DIRECTIONS = {"正向": 1, "负向": -1, "positive": 1, "negative": -1, "+": 1, "-": -1, "1": 1, "-1": -1, "+1": 1}

NOTES = {
    "en": (
        "Fill in the sheets index, groups, indicators and data; blank cells are not given and take the default.",
        'A choice with options is one cell: { method = "power", p = 2 }. Lists are [1, 2].',
        "A direction is 1 or -1; or { target = 5 }: nearest to 5 is best; { between = [5, 6] }: inside is best.",
        "Panels of towns or countries: name the column that says whose row it is at `unit` on the sheet index, and the "
        "column of periods at `period`. Of one place only, leave `unit` blank.",
        "`base` is the period, or span such as 2015Q1:2015Q4, whose mean level becomes `to` (100).",
        'Text that would be read as something else stands in straight quotes: "1, 2".',
        "The headings may be English or Chinese. Columns headed `note` are for people and are not read.",
        'A sheet may hold pairwise judgements: weights are then { method = "ahp", matrix = "judgements" }, its name. '
        "In the row of one child and the column of another stands how many times as important the first is; blank: "
        "not compared. One triangle is enough.",
        'Options stand in the same cell: weights are { method = "ahp", matrix = "judgements", inconsistent = "note" } '
        "where judgements that contradict each other are to be noted instead of refused.",
        "One row of data for each period (and unit), one column for each indicator; leave missing values blank. "
        "Hidden rows and columns are read too.",
    ),
    "zh": (
        "请填写“指数”“分指数”“指标”“数据”四张表；留空表示不给出，取默认值。",
        '带参数的方法写在一个单元格里：{ method = "power", p = 2 }；列表写作 [1, 2]；请用半角标点。',
        "方向填正向、负向；或 { target = 5 }：越接近 5 越好；{ between = [5, 6] }：在区间内最好。",
        "多个对象（城市、国家等）的数据：在“指数”表的“对象列”写出说明每行属于谁的列名，在“时期列”写出时期的列名；只有一个对象时，“对象列”留空。",
        "“基期”是平均水平定为“基期值”（100）的时期或时段，如 2015Q1:2015Q4。",
        '会被当作别的内容的文字，放在半角引号里："1, 2"。',
        "列名可用中文或英文；名为“备注”的列供人阅读，不会读取。",
        '两两比较可单独成表：赋权写 { method = "ahp", matrix = "判断" }，即该表的名称；行对列填重要性的倍数，'
        "未比较的留空，只填上三角即可。",
        "参数写在同一单元格：判断不一致而仍要计算时，赋权写 "
        '{ method = "ahp", matrix = "判断", inconsistent = "note" }，不一致之处记入日志。',
        "数据表每个时期（每个对象）一行，每个指标一列；缺失值请留空；隐藏的行和列也会读取。",
    ),
}


def heading_of(table: str, field: str) -> Heading:
    """Return what a table's field is called; a field without an entry keeps its own name.

    Examples
    --------
    >>> from hengdian_index._words.headings import heading_of
    >>> heading_of("indicator", "unit").chinese, heading_of("index", "unit").chinese
    ('单位', '对象列')
    """
    return HEADINGS.get(f"{table}.{field}") or HEADINGS.get(field) or Heading(field, "", "")


def called(heading: Heading, name: str, lang: str) -> str:
    """Return the text of a heading in a language."""
    return heading.chinese if lang == "zh" else name
