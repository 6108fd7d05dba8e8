"""Indicators whose columns are figures of the year to date: the index of the single periods, gaps and refusals said."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._scoring.given import in_time, runs_on
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import read_periods
from hengdian_index.errors import DataError, SpecError

FLOWS = {"2021": [12.5, 9.75, 14.0, 8.25], "2022": [15.0, 11.5, 16.25, 9.0]}
NAMES = ("一季度", "上半年", "前三季度", "全年")


def index(cumulative="year", **more):
    """Return an index of a flow, which may be to date, and of a price, which is not."""
    own = {} if cumulative is None else {"cumulative": cumulative}
    return hi.Index(
        groups=[hi.Group("total")],
        indicators=[hi.Indicator("flow", "total", **own, **more), hi.Indicator("price", "total", direction=-1)],
        period="when",
    )


def quarterly(to_date=True, label="{year}Q{quarter}"):
    """Return two years of quarters."""
    rows = []
    for year, flows in FLOWS.items():
        for i, flow in enumerate(flows):
            value = round(sum(flows[: i + 1]), 2) if to_date else flow
            told = label.format(year=year, quarter=i + 1, month=3 * (i + 1), name=NAMES[i])
            rows.append({"when": told, "flow": value, "price": 40 + (i * 7 + int(year)) % 5})
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    "label",
    ["{year}Q{quarter}", "{year}年1-{month}月", "{year}年{name}", "{year}年{quarter}季度累计", "{year}年{month}月"],
)
def test_figures_to_date_score_as_those_of_single_periods(label):
    found, wanted = index().compute(quarterly(label=label)), index(None).compute(quarterly(to_date=False))
    np.testing.assert_array_equal(found.scores, wanted.scores)
    np.testing.assert_array_equal(found.raw, wanted.raw)
    assert list(found.scores.index) == (list(wanted.scores.index))
    assert any("6 figures to date less that of the quarter before" in line for line in found.log["why"])


def test_new_rows_are_read_as_those_of_the_fit():
    fitted = index().fit(quarterly())
    found = fitted.score(quarterly(label="{year}年1-{month}月").iloc[4:])
    np.testing.assert_array_equal(found.raw["flow"], FLOWS["2022"])


def test_a_gap_is_missing_for_each_unit_with_the_reason():
    both = pd.concat([quarterly().assign(who="a"), quarterly().drop(index=2).assign(who="b")], ignore_index=True)
    both.loc[5, "flow"] = None
    spec = hi.Index(**{**index()._fields(), "unit": "who"})
    found = spec.compute(both)
    raw = found.raw["flow"]
    assert {f"{who} {when}" for who, when in raw.index[raw.isna()]} == {"a 2022Q2", "a 2022Q3", "b 2021Q4"}
    said = [line for line in found.log["why"] if "are missing, for the figure to date of the quarter before" in line]
    assert len(said) == 1
    assert "'a 2022Q3'" in said[0]
    assert "'b 2021Q4'" in said[0]
    assert "'a 2022Q2'" not in said[0]


def test_labels_to_date_are_refused_where_no_indicator_is():
    with pytest.raises(DataError, match='write cumulative = "year" at the indicators'):
        index(None).compute(quarterly(label="{year}年1-{month}月"))


def test_years_in_a_column_of_their_own_go_with_labels_to_date():
    whole = quarterly(label="1-{month}月").assign(年份=[year for year in FLOWS for _ in range(4)])
    np.testing.assert_array_equal(index().compute(whole).raw["flow"], [*FLOWS["2021"], *FLOWS["2022"]])


def test_what_cannot_be_to_date_is_refused():
    parts = {"groups": [hi.Group("total")], "indicators": [hi.Indicator("flow", "total", cumulative="year")]}
    with pytest.raises(SpecError, match=r"cumulative: needs periods"):
        hi.Index(**parts)
    with pytest.raises(SpecError, match=r"cumulative: it is built of other columns"):
        index(build={"method": "diffusion", "up": "u", "same": "s"})
    with pytest.raises(SpecError, match="cumulative"):
        hi.Indicator("flow", "total", cumulative="month")


@pytest.mark.parametrize("suffix", [".toml", ".xlsx"])
def test_files_keep_it(tmp_path, suffix):
    path = tmp_path / f"index{suffix}"
    index().write(path)
    assert hi.Index.read(path) == index()
    index().fit(quarterly()).save(tmp_path / "fit.json")
    assert hi.Fitted.load(tmp_path / "fit.json").tree.leaves[0].cumulative == "year"


@pytest.mark.parametrize(("lang", "said"), [("en", "figures of the year to date"), ("zh", "年初累计值")])
def test_the_statement_says_it(lang, said):
    text = index().compute(quarterly()).method(lang=lang)
    assert str(text).count(said) == 1


def asked(found):
    """Return the indicators that the log asks about, whether they are of the year to date."""
    return [line.split("'")[1] for line in found.log["why"] if 'Then write cumulative = "year"' in line]


@pytest.mark.parametrize(
    "label", ["{year}Q{quarter}", "{year}年{quarter}季度", "{year}-{month:02d}"], ids=["quarter", "chinese", "month"]
)
def test_figures_to_date_that_do_not_say_so_are_asked_about(label):
    assert asked(index(None).compute(quarterly(label=label))) == ["flow"]
    assert asked(index(None).compute(quarterly(to_date=False, label=label))) == []
    assert asked(index().compute(quarterly(label=label))) == []


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), season=st.floats(0, 0.2), growth=st.floats(-0.1, 0.1))
def test_of_many_units_figures_to_date_are_asked_about_and_seasons_are_not(seed, season, growth):
    rng, n = np.random.default_rng(seed), 12
    quarter, year = np.arange(n) % 4, np.arange(n) // 4
    units = pd.concat(
        pd.DataFrame(
            {
                "who": who,
                "when": [f"{2001 + y}Q{q + 1}" for y, q in zip(year, quarter, strict=True)],
                "flow": rng.uniform(0.9, 1.1, n) * (1 + growth) ** year * (1 + season * np.sin(quarter + seed)),
                "price": rng.uniform(1, 2, n),
            }
        )
        for who in "abcdef"
    )
    sums = units.groupby(["who", units["when"].str[:4]])["flow"].cumsum()
    to_date = units.assign(flow=sums).sample(frac=1, random_state=1)
    spec = hi.Index(**{**index(None)._fields(), "unit": "who"})
    assert asked(spec.compute(to_date)) == ["flow"]
    assert asked(spec.compute(units)) == []


def test_a_trend_and_years_are_not_asked_about():
    when = [f"{y}Q{q}" for y in (2020, 2021) for q in (1, 2, 3, 4)]
    rising = pd.DataFrame({"when": when, "flow": range(8), "price": 1.5})
    rising.loc[3, "price"] = 2
    assert asked(index(None).compute(rising)) == []
    assert asked(index(None).compute(rising.assign(when=range(2001, 2009)))) == []


def test_values_are_deflated_to_the_prices_of_the_base_that_the_log_names():
    prices = [100.0, 102.0, 101.0, 104.0, 105.0, 107.0, 106.0, 110.0]
    whole = quarterly().assign(cpi=prices)
    found = index(deflate="cpi").compute(whole)
    np.testing.assert_allclose(found.raw["flow"], np.array([*FLOWS["2021"], *FLOWS["2022"]]) / prices * 100, rtol=1e-15)
    assert any("8 values at the prices of 2021Q1, where it is 100" in line for line in found.log["why"])
    mean = whole.assign(cpi=[98.0, 99.0, 101.0, 102.0, *prices[4:]])
    assert any("at the prices of 2021, where" in line for line in index(deflate="cpi").compute(mean).log["why"])
    other = whole.assign(cpi=np.array(prices) + 20)
    assert any("none of these rows" in line for line in index(deflate="cpi").compute(other).log["why"])
    gap = index(deflate="cpi").compute(whole.assign(cpi=[None, *prices[1:]]))
    assert any("1 value is missing, for the price index is: '2021Q1'" in line for line in gap.log["why"])


def test_what_cannot_be_deflated_by_is_refused():
    whole = quarterly().assign(cpi=[100.0, 0.0, -5.0, *[100.0] * 5])
    with pytest.raises(DataError, match=r"2021Q2, column 'cpi': 0: a price index is above 0"):
        index(deflate="cpi").compute(whole)
    with pytest.raises(DataError, match=r"column 'cpi' is missing"):
        index(deflate="cpi").compute(quarterly())
    with pytest.raises(SpecError, match=r"deflate: a column of the table is needed"):
        index(deflate="flow")
    with pytest.raises(SpecError, match=r"deflate: it is built of other columns"):
        index(None, deflate="cpi", build={"method": "diffusion", "up": "u", "same": "s"})


@pytest.mark.parametrize(("lang", "said"), [("en", "is deflated"), ("zh", "经价格平减")])
def test_the_statement_says_that_values_are_deflated(lang, said):
    whole = quarterly().assign(cpi=100.0)
    assert str(index(deflate="cpi").compute(whole).method(lang=lang)).count(said) == 1


GROWTH_ASKED = 'Then write growth = { on = "year", form = "index" }'


def asked_of_growth(found):
    """Return the indicators that the log asks about, whether they are growth with something = 100."""
    return [line.split("'")[1] for line in found.log["why"] if GROWTH_ASKED in line]


@pytest.mark.parametrize("years", [True, False])
def test_values_round_100_without_a_trend_are_asked_about(years):
    rng = np.random.default_rng(5)
    n = 16
    when = [str(2001 + i) for i in range(n)] if years else [f"{2001 + i // 4}Q{i % 4 + 1}" for i in range(n)]
    columns = {
        "cpi": 102 + rng.normal(0, 1.5, n),
        "prices": 100 * 1.008 ** np.arange(n),
        "mood": 50 + rng.normal(0, 3, n),
        "index": 108 - np.arange(n) * 0.4,
        "wide": 100 + rng.normal(0, 25, n),
    }
    named = {"index": {"name": "GDP (上年=100)"}}
    spec = hi.Index(
        groups=[hi.Group("total")],
        indicators=[hi.Indicator(code, "total", **named.get(code, {})) for code in columns],
        period="when",
    )
    table = pd.DataFrame({"when": when, **columns})
    assert asked_of_growth(spec.compute(table)) == ["cpi", "index"]
    said = spec.replace({"cpi.growth": {"on": "year", "form": "index"}, "index.name": "GDP"})
    assert asked_of_growth(said.compute(table)) == []
    assert asked_of_growth(spec.compute(table.head(7))) == []


def test_values_round_100_of_many_units_are_asked_about_unless_they_move_together():
    rng = np.random.default_rng(6)
    rows = [(who, 2001 + i) for who in "abc" for i in range(10)]
    table = pd.DataFrame(rows, columns=["who", "when"]).assign(
        flow=lambda d: d["who"].map({"a": 95.0, "b": 100.0, "c": 105.0}) + rng.normal(0, 2, len(d)),
        price=lambda d: 94 + 1.5 * (d["when"] - 2000) + rng.normal(0, 1, len(d)),
    )
    spec = hi.Index(**{**index(None)._fields(), "unit": "who"})
    assert asked_of_growth(spec.compute(table)) == ["flow"]


def column(labels, values):
    """Return a table of one column of one unit, and the column."""
    values = np.asarray(values, dtype=float)
    return Panel(values[:, np.newaxis], ("flow",), pd.Index(labels), None, read_periods(labels)), values


def test_years_whose_first_month_is_never_told_run_on_too():
    """As statistical offices have it that tell of January and February in one."""
    labels = [f"{year}-{month:02d}" for year in (2020, 2021, 2022) for month in range(2, 13)]
    flows = np.tile([2.0] + [1.0] * 10, (3, 1))
    panel, values = column(labels, flows.cumsum(axis=1).ravel())
    assert runs_on(panel, values, in_time(panel)) == 1
    panel, values = column(labels, flows.ravel() + 10)
    assert runs_on(panel, values, in_time(panel)) == 0


@pytest.mark.parametrize(("rising", "read"), [(35, False), (45, False), (55, True)])
def test_a_long_column_is_given_up_where_less_than_half_of_what_is_asked_for_runs_on(rising, read):
    """Of the 250 years at the start the first so many in a hundred rise; all after those 250 do."""
    rises = np.r_[np.arange(250) < 2.5 * rising, np.ones(250, dtype=bool)]
    years = np.where(rises[:, np.newaxis], [1.0, 2, 3, 4], [4.0, 3, 2, 1])
    labels = [f"{year}Q{quarter}" for year in range(1500, 2000) for quarter in (1, 2, 3, 4)]
    panel, values = column(labels, years.ravel())
    order = in_time(panel)
    first, whole = (share_slowly(years[:end]) for end in (250, 500))
    assert runs_on(panel, values, order) == pytest.approx(whole if read else first)


def share_slowly(years):
    """Return the smaller share of steps as those of figures to date, counted one by one."""
    within = [b >= a for year in years for a, b in pairwise(year)]
    across = [b[0] <= a[-1] / 2 for a, b in pairwise(years)]
    return min(sum(within) / len(within), sum(across) / len(across))
