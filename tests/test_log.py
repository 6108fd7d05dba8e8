"""The log in short: every line is counted once, by step and reason."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._words.said import Said, joined
from hengdian_index.log import Entry, about, again, apart, general, journal, kind_of, note, tally, told


def holed(impute: object = "interpolate") -> hi.Result:
    """Return six farms over six years: D without a value of p, E begins late, F ends early, A has one hole."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame([(f, y, *rng.uniform(1, 9, 3)) for f in "ABCDEF" for y in range(2001, 2007)])
    frame = frame.set_axis(["farm", "year", "p", "q", "r"], axis=1)
    gone = (frame["farm"] == "D") | ((frame["farm"] == "E") & (frame["year"] < 2003))
    gone |= ((frame["farm"] == "F") & (frame["year"] > 2005)) | ((frame["farm"] == "A") & (frame["year"] == 2004))
    frame["p"] = frame["p"].mask(gone)
    index = hi.Index(
        unit="farm",
        period="year",
        impute=impute,
        groups=[hi.Group("all")],
        indicators=[hi.Indicator(code, "all") for code in "pqr"],
    )
    return index.compute(frame)


def test_the_lines_of_an_imputation_become_one() -> None:
    result = holed()
    assert told(result.entries) == [
        "impute: interpolate: 1 filled; 9 left: 6 the unit has no value; "
        "2 before the first known value of the unit, no extrapolation; "
        "1 after the last known value of the unit, no extrapolation",
        "aggregate: rows with missing parts: 9 the rest reweighted",
    ]
    table = result.log_digest().set_index(["step", "kind"])
    assert table.loc[("impute", "interpolate: left: the unit has no value")].tolist()[:4] == [6, 1, 1, 6]
    assert table.loc[("aggregate", "rows with missing parts: the rest reweighted"), "units"] == 3


@pytest.mark.parametrize("impute", ["interpolate", "carry_forward", "median", "peers", "neighbours", None])
def test_every_line_is_counted_once(impute: object) -> None:
    if impute == "neighbours":
        pytest.importorskip("sklearn", reason="scikit-learn is not installed (the extra `learn`)")
    result = holed(impute)
    table = result.log_digest()
    assert table["lines"].sum() == len(result.log)
    assert len(table) <= 6
    numbers = [
        int(n.replace(",", "")) for line in told(result.entries) for n in re.findall(r"(?<=[:,;] )[\d,]+ ", line)
    ]
    assert sum(numbers) >= len(result.log) - 2


@given(
    st.lists(
        st.builds(
            Entry,
            st.sampled_from(["impute", "base", "read"]),
            st.sampled_from(["value of 2019Q1 is 3 quarters old", "value of 2020Q4 is 1 quarters old", "other"]),
            unit=st.sampled_from([None, "A", 2]),
            kind=st.sampled_from(["", "", "m: filled", "m: left: x", "m: left: y"]),
        ),
        max_size=30,
    )
)
@settings(deadline=None)
def test_no_line_is_lost_whatever_they_say(entries: list[Entry]) -> None:
    table = tally(entries)
    assert table["lines"].sum() == len(entries)
    assert set(zip(table["step"], table["kind"], strict=True)) == {(one.step, kind_of(one)) for one in entries}
    assert len(told(entries)) <= len(table)


@pytest.mark.parametrize(
    ("why", "kind"),
    [
        ("carried forward from 2019Q1, 2 quarters old", "carried forward from …, … quarters old"),
        ("median of 343 values", "median of … values"),
        ("of group 'It\\'s 3'", "of group …"),
        ("G1 and x13 stay", "G1 and x13 stay"),
    ],
)
def test_a_kind_has_no_names_and_numbers(why: str, kind: str) -> None:
    assert general(why) == kind


def test_an_empty_log_has_an_empty_digest() -> None:
    assert tally([]).empty
    assert told([]) == []


def many(n: int, share: float) -> hi.Result:
    """Return n shops with four indicators in one group, a share of the cells empty, and some rows with too few."""
    rng = np.random.default_rng(3)
    x = rng.uniform(1, 9, (n, 4))
    x[rng.random(x.shape) < share] = np.nan
    frame = pd.DataFrame(x, columns=list("abcd")).assign(shop=[f"s{i}" for i in range(n)])
    indicators = [hi.Indicator(code, "all") for code in "abcd"]
    return hi.Index(unit="shop", groups=[hi.Group("all")], indicators=indicators, coverage=0.75).compute(frame)


def test_many_rows_that_lack_the_same_are_counted_after_the_first() -> None:
    result = many(5000, 0.2)
    raw = result.raw
    gaps = raw.isna()
    lines = [entry for entry in result.entries if entry.step == "aggregate"]
    assert sum(entry.rows for entry in lines) == gaps.any(axis=1).sum()
    alone = gaps["b"] & ~gaps[["a", "c", "d"]].any(axis=1)
    own = [entry for entry in lines if ": b (3 of 4 present); the rest reweighted" in entry.why]
    assert [entry.unit for entry in own if entry.rows == 1] == raw.index[alone][:20].tolist()
    rest = int(alone.sum()) - 20
    assert own[-1].why == f"missing in {rest:,} more rows: b (3 of 4 present); the rest reweighted"
    assert (own[-1].rows, own[-1].unit) == (rest, None)
    table = result.log_digest().set_index("kind")["lines"]
    few = gaps.sum(axis=1) > 1
    assert table["rows with missing parts: no score"] == few.sum()
    assert table["rows with missing parts: the rest reweighted"] == (gaps.any(axis=1) & ~few).sum()
    assert f"{few.sum():,} no score" in told(result.entries)[0]


def test_few_rows_with_gaps_have_a_line_each() -> None:
    result = many(900, 0.5)
    gaps = result.raw.isna().any(axis=1)
    lines = [entry for entry in result.entries if entry.step == "aggregate"]
    assert [entry.unit for entry in lines] == result.raw.index[gaps].tolist()
    assert all(entry.rows == 1 for entry in lines)


def test_rare_combinations_of_many_parts_are_counted_together() -> None:
    rng = np.random.default_rng(4)
    x = rng.uniform(1, 9, (4000, 70))
    x[rng.random(x.shape) < 0.3] = np.nan
    codes = [f"x{j}" for j in range(70)]
    index = hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator(code, "all") for code in codes])
    result = index.compute(pd.DataFrame(x, columns=codes))
    lines = [entry for entry in result.entries if entry.step == "aggregate"]
    assert len(lines) < 500
    assert sum(entry.rows for entry in lines) == 4000
    assert {entry.why for entry in lines if entry.rows > 1000} == {
        f"missing in {entry.rows:,} more rows: other combinations of parts; {entry.kind.partition(': ')[2]}"
        for entry in lines
        if entry.rows > 1000
    }


def test_lines_that_were_collected_apart_are_written_where_they_belong() -> None:
    with journal() as heard, about(joined(["of A: "]), indicator="A"):
        with apart() as kept:
            note("weights", joined(["judged"]))
            note("weights", joined(["of a unit"]), unit="x")
        again(kept)
    assert [(one.why, one.indicator, one.unit) for one in kept] == [("judged", None, None), ("of a unit", None, "x")]
    assert [(one.why, one.indicator, one.unit) for one in heard] == [
        ("of A: judged", "A", None),
        ("of a unit", "A", "x"),
    ]


def test_lines_are_counted_in_the_language_that_is_spoken() -> None:
    gaps = [Said("left missing by {name}", name=name) for name in "AB"]
    lines = [Entry("impute", why, "x", kind=joined(["mean", Said("left"), why.in_general], "heads")) for why in gaps]
    lines += [Entry("impute", joined(["mean"]), "y", kind=joined(["mean", Said("filled")], "heads"), rows=1200)]
    lines += [Entry("weights", one) for one in gaps]
    lines += [Entry("base", Said("filled"), "x", 2020)]
    assert told(lines) == [
        "impute: mean: 1,200 filled; 2 left: left missing by …",
        "weights: left missing by A (and 1 more like it)",
        "base: x, 2020: filled",
    ]
    with hi.options(lang="zh"):
        assert told(lines) == [
            "插补：mean：已插补1200处；未插补2处：…未予插补，仍为缺失",
            "权重：A未予插补，仍为缺失（另有同类1条）",
            "基期：x，2020：已插补",
        ]
        assert tally(lines)["kind"].tolist()[:2] == ["mean：未插补：…未予插补，仍为缺失", "mean：已插补"]
    assert tally(lines)["kind"].tolist()[:2] == ["mean: left: left missing by …", "mean: filled"]


def test_the_log_is_told_in_the_language_that_is_spoken_or_asked_for() -> None:
    entries = holed().entries
    english = told(entries)
    chinese = told(entries, "zh")
    assert told(entries, "en") == english
    assert chinese == [
        "插补：interpolate：已插补1处；未插补9处：该单位没有数值6处；"
        "位于该单位第一个已知值之前，不外推2处；位于该单位最后一个已知值之后，不外推1处",
        "合成：部分指标缺失的行：其余部分重新分配权重9处",
    ]
    with hi.options(lang="zh"):
        assert told(entries) == chinese
        kinds = tally(entries)["kind"].tolist()
    assert "interpolate：未插补：该单位没有数值" in kinds
    assert tally(entries)["kind"].tolist()[0].startswith("interpolate: ")


def test_a_plain_kind_of_an_older_fit_is_told_by_its_parts() -> None:
    lines = [Entry("impute", joined(["left"]), unit, kind="mean: left: no value") for unit in "AB"]
    assert told(lines) == ["impute: mean: 2 left: no value"]
    assert told(lines, "zh") == ["插补：mean：left2处：no value"]
