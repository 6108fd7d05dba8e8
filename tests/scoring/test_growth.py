"""Indicators that come as growth: their levels, by the textbook, in pieces, with gaps, in every file and language."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index.errors import DataError, SpecError
from hengdian_index.series.chaining import read_as_other_form

LAGS = {("year", "Q"): 4, ("year", "M"): 12, ("year", ""): 1, ("period", "Q"): 1, ("period", "M"): 1, ("period", ""): 1}


def index(growth, unit=None, **more):
    """Return an index of an indicator that comes as growth, and of one that does not."""
    return hi.Index(
        unit=unit,
        period="when",
        groups=[hi.Group("total")],
        indicators=[hi.Indicator("sales", "total", growth=growth, **more), hi.Indicator("price", "total")],
    )


def labels(n, mark="Q", first=2015):
    """Return the labels of n periods: quarters, months or years."""
    per_year = {"Q": 4, "M": 12, "": 1}[mark]
    return [f"{first + i // per_year}{f'{mark}{i % per_year + 1}' if mark else ''}" for i in range(n)]


def grown(n=16, mark="Q", lag=4, seed=3, **columns):
    """Return a table of true levels, their growth in per cent, empty in the first periods, and a price."""
    rng = np.random.default_rng(seed)
    true = 40 * np.exp(np.cumsum(rng.normal(0.01, 0.04, n))) * (1 + 0.3 * np.sin(np.arange(n)))
    growth = np.full(n, np.nan)
    growth[lag:] = (true[lag:] / true[:-lag] - 1) * 100
    return pd.DataFrame(
        {"when": labels(n, mark), "sales": growth, "price": rng.uniform(1, 2, n), "true": true, **columns}
    )


def by_hand(growth, lag, start=100.0):
    """Return levels, one after the other, as a textbook has them."""
    first = next(i for i, g in enumerate(growth) if g == g)
    levels = dict.fromkeys(range(first - lag, first), start)
    for i, g in enumerate(growth):
        if i >= first:
            levels[i] = levels.get(i - lag, float("nan")) * (1 + g / 100)
    return [levels.get(i, float("nan")) for i in range(len(growth))]


@pytest.mark.parametrize(("on", "mark"), LAGS)
@pytest.mark.parametrize("empty", [True, False], ids=["the start is in the table", "the start is before the table"])
@pytest.mark.parametrize("form", ["percent", "index"])
def test_levels_are_those_of_the_textbook(on, mark, empty, form):
    lag = LAGS[on, mark]
    table = grown(30, mark, lag)
    table = table if empty else table.iloc[lag:].reset_index(drop=True)
    told = table.assign(sales=table["sales"] + 100) if form == "index" else table
    found = index({"on": on, "form": form}).compute(told).raw["sales"]
    np.testing.assert_allclose(found, by_hand(table["sales"].tolist(), lag), rtol=1e-13)
    if lag == 1:
        rates = table.set_index("when")["sales"]
        np.testing.assert_allclose(found, hi.series.chain(rates), rtol=1e-13)


@pytest.mark.parametrize("on", ["year", "period"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_pieces_scored_under_the_fit_have_the_levels_of_the_whole(on, data):
    seeds = data.draw(st.lists(st.integers(0, 99), min_size=1, max_size=3, unique=True))
    lag, cut = (4 if on == "year" else 1), data.draw(st.integers(8, 15))
    units = [grown(16, lag=lag, seed=s).iloc[data.draw(st.integers(0, 5)) :].assign(who=f"u{s}") for s in seeds]
    whole = pd.concat(units).sample(frac=1, random_state=seeds[0]).reset_index(drop=True)
    spec, place = index(on, unit="who"), whole["when"].map(labels(16).index)
    every = spec.compute(whole).raw["sales"]
    fitted = spec.fit(whole[place < cut])
    begin = data.draw(st.integers(max(0, cut - lag), cut))
    late = whole[place >= begin]
    # A few rates that all lie around 100 look like an index, and are refused.
    assume(read_as_other_form(late["sales"].to_numpy(), "percent") is None)
    found = fitted.score(late).raw["sales"]
    np.testing.assert_array_equal(found, every.loc[pd.MultiIndex.from_frame(late[["who", "when"]])])
    np.testing.assert_array_equal(fitted.score(whole).raw["sales"], every)


@pytest.mark.parametrize("on", ["year", "period"])
def test_rows_before_those_of_the_fit_have_the_same_level(on):
    lag = 4 if on == "year" else 1
    table = grown(20, lag=lag)
    fitted = index(on).fit(table.iloc[9:])
    found = fitted.score(table).raw["sales"].to_numpy()
    np.testing.assert_array_equal(found[9:], fitted.score(table.iloc[9:]).raw["sales"])
    np.testing.assert_allclose((found[lag:] / found[:-lag] - 1) * 100, table["sales"][lag:], rtol=1e-9)


@pytest.mark.parametrize("year", [0, 2, 3])
def test_a_column_of_levels_gives_the_true_levels_before_and_after_it(year):
    table = grown(16)
    rows = slice(4 * year, 4 * year + 4)
    known = np.full(16, np.nan)
    known[rows] = table["true"][rows]
    found = index({"on": "year", "level": "known"}).compute(table.assign(known=known))
    np.testing.assert_allclose(found.raw["sales"], table["true"], rtol=1e-12)
    assert any("starting from the levels in column 'known'" in line for line in found.log["why"])


def test_without_levels_a_quarter_is_compared_with_its_own_first_year():
    table = grown(16)
    found = index("year").compute(table)
    own = 100 * table["true"] / np.tile(table["true"][:4], 4)
    np.testing.assert_allclose(found.raw["sales"], own, rtol=1e-12)
    assert any(
        "the level of each quarter of 2015Q1 to 2015Q4 is set to 100" in line and "in per cent on a year ago" in line
        for line in found.log["why"]
    )


def test_a_gap_is_missing_with_its_chain_and_the_log_says_where():
    table = grown(16)
    table.loc[6, "sales"] = None
    found = index("year").compute(table.drop(index=9))
    raw = found.raw["sales"]
    assert raw.index[raw.isna()].tolist() == ["2016Q3", "2017Q3", "2018Q2", "2018Q3"]
    (said,) = [line for line in found.log["why"] if "4 values are missing, for growth is" in line]
    assert all(f"'{when}'" in said for when in raw.index[raw.isna()])
    known = np.where(np.arange(16) == 10, table["true"], np.nan)
    known[:4] = table["true"][:4]
    again = index({"on": "year", "level": "known"}).compute(table.assign(known=known)).raw["sales"]
    np.testing.assert_allclose(again, table["true"], rtol=1e-12)


def test_a_gap_of_the_fit_is_a_gap_of_later_rows_too_until_it_is_filled():
    table = grown(16)
    gap = table.assign(sales=table["sales"].where(table.index != 10))
    fitted = index("year").fit(gap.iloc[:12])
    assert fitted.score(gap.iloc[14:15]).raw["sales"].isna().all()
    np.testing.assert_allclose(fitted.score(table).raw["sales"].iloc[14], by_hand(table["sales"], 4)[14], rtol=1e-13)


def test_rows_that_do_not_reach_back_to_a_level_are_refused_by_name():
    table = pd.concat([grown(16, seed=s).assign(who=who) for s, who in ((1, "north"), (2, "south"))])
    spec = index("year", unit="who")
    fitted = spec.fit(table[table["when"] <= "2017Q2"])
    late = table[table["when"] >= "2018Q3"]
    with pytest.raises(DataError) as refused:
        fitted.score(late)
    assert len(refused.value.faults) == 4
    assert (
        "unit 'south', period 2018Q3: the growth of 'sales' is on a year ago, whose level, 2017Q3, is in neither the "
        "table nor the fit (2015Q1 to 2017Q2); give the rows from then on" in str(refused.value)
    )
    with pytest.raises(DataError, match=r"2017Q1, is in neither the table nor the fit, which does not have this unit"):
        fitted.score(grown(16).query("when == '2018Q1'").assign(who="west"))
    assert fitted.score(table[table["when"] >= "2017Q1"]).raw["sales"].notna().all()


def test_growth_that_is_given_in_the_other_form_is_refused_with_the_line_to_write():
    table = grown(16)
    with pytest.raises(DataError, match=r'write growth = { on = "year", form = "index" }'):
        index("year").compute(table.assign(sales=table["sales"] / 10 + 100))
    with pytest.raises(DataError, match=r'write growth = "period"$'):
        index({"on": "period", "form": "index"}).compute(table)
    with pytest.raises(DataError, match=r'write growth = { on = "year", form = "index", level = "true" }'):
        index({"on": "year", "level": "true"}).compute(table.assign(sales=table["sales"] / 10 + 100))


def test_growth_that_leaves_no_level_is_refused():
    table = grown(16)
    with pytest.raises(DataError, match=r"2016Q4, column 'sales': -100: growth to a level of 0 or less"):
        index("year").compute(table.assign(sales=table["sales"].where(table.index != 7, -100)))
    with pytest.raises(DataError, match=r"the level goes beyond the range of numbers"):
        index("period").compute(table.assign(sales=1e100))


def test_growth_of_figures_to_date_gives_those_of_single_periods():
    table = grown(16)
    to_date = table["true"].groupby(table["when"].str[:4]).cumsum()
    growth = (to_date / to_date.shift(4) - 1) * 100
    told = table.assign(
        sales=growth,
        known=to_date.where(table.index < 4),
        when=[f"{w[:4]}年1-{3 * int(w[-1])}月" for w in table["when"]],
    )
    found = index({"on": "year", "level": "known"}, cumulative="year").compute(told)
    np.testing.assert_allclose(found.raw["sales"], table["true"], rtol=1e-11)
    flat = index("year", cumulative="year").compute(told).raw["sales"]
    np.testing.assert_allclose(flat[:4], 100)
    np.testing.assert_allclose(flat[4:8].cumsum(), 100 * np.arange(1, 5) * (1 + growth[4:8] / 100).to_numpy())


def test_what_cannot_come_as_growth_is_refused():
    with pytest.raises(SpecError, match=r"growth: needs periods"):
        hi.Index(groups=[hi.Group("total")], indicators=[hi.Indicator("sales", "total", growth="year")])
    with pytest.raises(SpecError, match=r"growth: it is built of other columns"):
        index("year", build={"method": "diffusion", "up": "u", "same": "s"})
    with pytest.raises(SpecError, match=r'growth: figures to date grow on those of a year ago; write growth = "year"'):
        index("period", cumulative="year")
    with pytest.raises(SpecError, match=r"growth: level: a column of the table, not the indicator itself"):
        index({"on": "year", "level": "sales"})
    with pytest.raises(DataError, match=r"column 'gdp' is missing"):
        index({"on": "year", "level": "gdp"}).compute(grown())


@pytest.mark.parametrize(
    ("growth", "fault"),
    [
        ("month", "on: no 'month'"),
        ({"form": "index"}, "on is missing"),
        ({"on": "year", "form": "ratio"}, "form: no 'ratio'"),
        ({"on": "year", "level": 7}, "level: a column of the table, not 7"),
        ({"on": "year", "levels": "gdp"}, "unknown option 'levels'; did you mean 'level'"),
    ],
)
def test_words_of_growth_that_are_none_are_refused(growth, fault):
    with pytest.raises(SpecError, match=fault):
        hi.Indicator("sales", "total", growth=growth)


FORMS = ["year", "period", {"on": "year", "form": "index"}, {"on": "period", "form": "index", "level": "true"}]


@pytest.mark.parametrize("growth", FORMS, ids=str)
def test_files_keep_it(growth, tmp_path):
    spec = index(growth)
    for name in ("index.toml", "index.xlsx"):
        spec.write(tmp_path / name)
        assert hi.Index.read(tmp_path / name) == spec
    table = grown(16, lag=4 if "year" in str(growth) else 1)
    table = table.assign(sales=table["sales"] + 100) if "index" in str(growth) else table
    fitted = spec.fit(table.iloc[:12])
    fitted.save(tmp_path / "fit.json")
    found = hi.Fitted.load(tmp_path / "fit.json").score(table.iloc[12:])
    np.testing.assert_array_equal(found.scores, fitted.score(table).scores.iloc[12:])
    assert any("going on from the levels of the fit" in line for line in found.log["why"])


def test_plain_words_are_the_short_form():
    assert hi.Indicator("a", "t", growth={"on": "year", "form": "percent"}) == hi.Indicator("a", "t", growth="year")
    assert 'growth = "year"' in index({"on": "year"}).to_toml()


@pytest.mark.parametrize("growth", FORMS, ids=str)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_statement_has_the_formula_and_the_start(growth, lang):
    table = grown(16, lag=4 if "year" in str(growth) else 1)
    table = table.assign(sales=table["sales"] + 100) if "index" in str(growth) else table
    (said,) = [line for line in index(growth).compute(table).method(lang=lang).splitlines() if "L_t" in line]
    assert f"L_{{t-{4 if 'year' in str(growth) else 1}}}" in said
    assert ("`true`" if "level" in str(growth) else "100") in said
    told = {"en": ("in per cent", "as an index"), "zh": ("百分数", "为100的指数")}[lang]
    assert told["index" in str(growth)] in said


def test_a_study_keeps_what_values_are_made_of():
    for address in ("sales.growth", "sales.cumulative", "sales.deflate", "sales.growth.form"):
        with pytest.raises(SpecError, match=f"{address}"):
            hi.uncertainty(index("year"), grown(), {address: ["year", "period"]}, draws=8)


@pytest.mark.parametrize("how", [{"growth": "year"}, {"cumulative": "year"}, {"deflate": "cpi"}], ids=str)
def test_a_release_is_scored_again_from_its_own_data(how, tmp_path):
    table = grown(16, cpi=np.linspace(100, 120, 16))
    table = table if "growth" in how else table.assign(sales=table["true"].groupby(table["when"].str[:4]).cumsum())
    spec = hi.Index(
        **{**index(None)._fields(), "indicators": [hi.Indicator("sales", "total", **how)], "base": "2015"}
    ).replace({"normalise": {"method": "min_max", "lower": 60, "upper": 100}})
    result = spec.compute(table)
    first = hi.release(result, tmp_path / "first")
    np.testing.assert_array_equal(first.fitted.score(first.data).scores, result.scores)
    np.testing.assert_array_equal(first.data["sales"], table["sales"])
    later = table.assign(sales=table["sales"].where(table.index != 14, table["sales"] * 1.02))
    moved = hi.revisions(first, spec.compute(later))
    assert moved.why_not == ""
    assert "1 cells of the data changed: sales 2018Q3" in moved.summary()
