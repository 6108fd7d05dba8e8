"""Make up a table as yearbooks print them: MADE-UP DATA 虚构数据, no number of it was observed anywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

LABEL = "MADE-UP DATA 虚构数据"
TITLE = f"表3-2  影视产业主要指标（分季度）  {LABEL}"
NOTE = "注：本表全部数字均为虚构，由随机数生成；游客人次为年初至本季累计；“…”表示暂无数据。"
NAMES = ["一季度", "二季度", "三季度", "四季度"]
QUARTERS = [f"{year}年{name}" for year in range(2019, 2024) for name in NAMES]

# Of each column: the level it starts from, its growth a quarter, its noise, its digits.
COLUMNS = {
    "入驻企业数": (1000, 0.015, 0.01, 0),
    "开机剧组数": (80, 0.010, 0.05, 0),
    "扶持资金": (50, 0.020, 0.10, 1),
    "审批天数": (20, -0.020, 0.05, 1),
    "游客人次": (300, 0.010, 0.05, 0),
    "网络搜索量": (500, 0.020, 0.08, 0),
    "专利授权数": (40, 0.030, 0.15, 0),
    "原创剧本占比": (40, 0.005, 0.04, 1),
    "出口收入": (30, 0.015, 0.08, 1),
    "境外剧组数": (6, 0.010, 0.15, 0),
    "企业信心": (52, 0.004, 0.03, 1),
    "产能利用率": (74, 0.001, 0.02, 1),
}
SEASON = {"开机剧组数": [0.85, 1.10, 1.15, 0.90], "游客人次": [0.80, 1.05, 1.35, 0.80]}


def made_up() -> pd.DataFrame:
    """Return twenty quarters of made-up numbers, the same each time: visitors since January, a mark for no figure."""
    rng = np.random.default_rng(17)
    n = len(QUARTERS)
    table = pd.DataFrame({"季度": QUARTERS})
    for name, (start, growth, noise, digits) in COLUMNS.items():
        level = start * np.exp(growth * np.arange(n) + noise * rng.standard_normal(n))
        table[name] = (level * np.resize(SEASON.get(name, [1.0]), n)).round(digits)
    table["游客人次"] = table.groupby(table["季度"].str[:4])["游客人次"].cumsum()
    return table.astype({"出口收入": object}).replace({"出口收入": {table["出口收入"].iloc[-1]: "…"}})


def write(path: Path) -> None:
    """Write the table with a title above it and a note below, as yearbooks have them."""
    table = made_up()
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表3-2")
        sheet.merge_range(0, 0, 0, len(table.columns) - 1, TITLE)
        sheet.write_row(1, 0, table.columns)
        for row, values in enumerate(table.itertuples(index=False), start=2):
            sheet.write_row(row, 0, values)
        sheet.write(len(table) + 2, 0, NOTE)
        sheet.set_column(0, len(table.columns) - 1, 12)


if __name__ == "__main__":
    write(Path(__file__).parent / "yearbook.xlsx")
