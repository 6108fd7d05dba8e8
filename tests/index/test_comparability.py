"""Periods of a panel that are not comparable: the report, the workbook, the command and the audit say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._index.comparability import Lapse, incomparable, told
from hengdian_index._index.text import summary


def lakes(n: int = 12, years: int = 4, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [(f"L{i}", 2020 + t, *rng.uniform(1, 2, 2)) for t in range(years) for i in range(n)]
    return pd.DataFrame(rows, columns=["lake", "year", "a", "b"])


def index(**choices: Any) -> hi.Index:
    indicators = [hi.Indicator("a", "all", name="Depth"), hi.Indicator("b", "all")]
    return hi.Index(unit="lake", period="year", groups=[hi.Group("all")], indicators=indicators, **choices)


@given(
    seed=st.integers(0, 99),
    gaps=st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.integers(0, 12)), max_size=4),
    noughts=st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.integers(0, 12)), max_size=2),
)
@settings(max_examples=20, deadline=None)
def test_they_are_those_that_the_audit_names(seed: int, gaps: list[Any], noughts: list[Any]) -> None:
    table = lakes(seed=seed)
    for value, cells in ((0.0, noughts), (np.nan, gaps)):
        for year, code, count in cells:
            table.loc[table.index[table["year"] == 2020 + year][:count], code] = value
    if table[["a", "b"]].nunique().min() < 2:
        return
    lapses = incomparable(index().compute(table))
    assert [lapse.period for lapse in lapses] == hi.audit(index(), table, draws=8).incomparable
    for lapse in lapses:
        own = table.loc[table["year"] == int(lapse.period), "a" if lapse.indicator == "Depth" else lapse.indicator]
        there = own.notna().mean() if lapse.kind == "values" else (own == 0).sum() / own.notna().sum()
        assert lapse.share == pytest.approx(there)


def test_series_and_cross_sections_have_none() -> None:
    table = lakes()
    table.loc[table["year"] == 2023, "a"] = np.nan
    assert len(incomparable(index().compute(table))) == 1
    assert incomparable(index().replace({"period": None}).compute(table[table["year"] == 2021])) == ()
    one = table[table["lake"] == "L0"].drop(columns="lake")
    assert incomparable(index().replace({"unit": None}).compute(one)) == ()


def test_report_workbook_and_command_tell_it_in_both_languages(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed")
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")
    from python_calamine import CalamineWorkbook

    from hengdian_index._present.report.headline import headline
    from hengdian_index._words.catalogue import words

    table = lakes()
    table.loc[(table["year"] == 2023) & (table["lake"] != "L3"), "a"] = np.nan
    result = index().compute(table)
    said = {"en": "2023 (Depth has values in 8% of the rows)", "zh": "2023（Depth仅8%的行有数据）"}
    label = {"en": "not comparable with the other periods", "zh": "与其他时期不可比"}
    for lang in ("en", "zh"):
        first = headline(result, None, words(lang, "report"))[0]
        assert (first.label.lower(), first.value, first.remark) == (label[lang], "2023", said[lang])
        result.to_excel(tmp_path / f"{lang}.xlsx", lang=lang)  # type: ignore[arg-type]
        sheet = CalamineWorkbook.from_path(tmp_path / f"{lang}.xlsx").get_sheet_by_index(0)
        assert [label[lang], said[lang]] in [row[:2] for row in sheet.to_python()]
    assert f"Not comparable with the other periods: {said['en']}." in summary(result)
    whole = index().compute(lakes())
    assert "comparable" not in summary(whole)
    assert "comparable" not in headline(whole, None, words("en", "report"))[0].label


def test_the_latest_of_many_are_named() -> None:
    many = [Lapse(t, str(t), "x", "zeros", 0.9) for t in range(2000, 2008)]
    assert told(many).startswith("2003 (90% of the values of x are 0), 2004 (")
    assert told(many).endswith("2007 (90% of the values of x are 0) …")
