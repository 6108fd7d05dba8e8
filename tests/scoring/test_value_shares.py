"""Weights that are shares of a value: chained Laspeyres indexes with a link a year, against the textbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi

BELOW = {"all": ["food", "home", "fuel"], "food": ["bread", "fruit"], "home": ["rent", "tools", "paint"]}
LEAVES = ["bread", "fruit", "rent", "tools", "paint", "fuel"]
YEARS = range(2011, 2015)
LINKS = {"period": "shares", "year": {"form": "shares", "link": "year"}}


def prices(per_year: int = 12, seed: int = 3, first: int = 2010) -> pd.DataFrame:
    """Return price indexes of five years, each of a size of its own."""
    rng = np.random.default_rng(seed)
    letter = {12: "-", 4: "Q"}[per_year]
    labels = [
        f"{y}{letter}{m:02d}" if per_year == 12 else f"{y}Q{m}"
        for y in range(first, 2015)
        for m in range(1, per_year + 1)
    ]
    x = np.exp(np.cumsum(rng.normal(0.004, 0.03, (len(labels), 6)), axis=0)) * [90, 7, 400, 1, 120, 55]
    return pd.DataFrame(x, index=pd.Index(labels, name="t"), columns=LEAVES)


def spending(seed: int = 5) -> dict[int, dict[str, float]]:
    """Return the shares of each year, of groups the sums of their parts."""
    rng, found = np.random.default_rng(seed), {}
    for year in YEARS:
        shares = dict(zip(LEAVES, rng.uniform(5, 40, 6).tolist(), strict=True))
        shares |= {code: sum(shares[leaf] for leaf in BELOW[code]) for code in ("food", "home")}
        found[year] = shares
    return found


def index(shares: dict[int, dict[str, float]], start: str = "Q1", **choices: Any) -> hi.Index:
    """Return the tree with the shares of each year from its first period on, those of the first without a date."""

    def group(code: str) -> hi.Group:
        dated = {f"{year}{start}": {c: some[c] for c in BELOW[code]} for year, some in shares.items()}
        undated = dated.pop(f"{min(shares)}{start}")
        return hi.Group(code, None if code == "all" else "all", weights=undated, weights_since=dated)

    parent = {leaf: code for code, parts in BELOW.items() for leaf in parts if leaf in LEAVES}
    given = {"period": "t", "normalise": "none", "base": "2012", "weights_form": "shares"}
    parts = [hi.Indicator(leaf, parent[leaf]) for leaf in LEAVES]
    return hi.Index(groups=[group(code) for code in BELOW], indicators=parts, **{**given, **choices})


def textbook(x: pd.DataFrame, shares: dict[int, dict[str, float]], link: str, per_year: int) -> pd.DataFrame:
    """Return the chained Laspeyres index of every group over its indicators, year after year, 2012 = 100."""
    out = {}
    for code in BELOW:
        leaves = [leaf for c in BELOW[code] for leaf in BELOW.get(c, [c])]
        level: dict[int, float] = {}
        for i in range(len(x)):
            year = 2010 + i // per_year
            used = max(year, 2011)
            before = range((used - 2010) * per_year - (per_year if link == "year" else 1), (used - 2010) * per_year)
            if used == year:
                linked = np.mean([level[b] for b in before])
            else:
                before, linked = range(per_year if link == "year" else 1), 1.0
            if used == 2011:
                before = range(per_year if link == "year" else 1)
                linked = np.mean([level.get(b, 1.0) for b in before]) if i >= len(before) else 1.0
            w = np.array([shares[used][leaf] for leaf in leaves])
            ratio = x[leaves].iloc[i].to_numpy() / x[leaves].iloc[list(before)].to_numpy().mean(axis=0)
            level[i] = float(linked * (w @ ratio) / w.sum())
        series = pd.Series(level).set_axis(x.index)
        out[code] = 100 * series / series[x.index.str[:4] == "2012"].mean()
    return pd.DataFrame(out)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("per_year", [12, 4])
def test_levels_are_those_of_a_chained_laspeyres_index(link: str, per_year: int) -> None:
    """With shares of groups that are the sums of their parts the index is the same over its indicators at once."""
    x, shares = prices(per_year), spending()
    start = "-01" if per_year == 12 else "Q1"
    result = index(shares, start, weights_form=LINKS[link]).compute(x.reset_index())
    np.testing.assert_allclose(result.series(), textbook(x, shares, link, per_year)[list(BELOW)], rtol=1e-12)
    assert result.log["why"].str.contains("shares of value at the prices of 2010").any()


@pytest.mark.parametrize("choice", ["arithmetic", "geometric", "harmonic", {"method": "power", "p": 0.4}], ids=str)
@pytest.mark.parametrize("link", LINKS)
def test_the_unit_of_a_price_changes_nothing(choice: Any, link: str) -> None:
    x, spec = prices(4), index(spending(), aggregate=choice, weights_form=LINKS[link])
    other = x * [1000, 1, 0.01, 7, 1, 3]
    here, there = (spec.compute(frame.reset_index()) for frame in (x, other))
    np.testing.assert_allclose(here.series(), there.series(), rtol=1e-11)
    plain = spec.replace({"weights_form": "plain"})
    plain_here, plain_there = (plain.compute(frame.reset_index()).series() for frame in (x, other))
    assert choice == "geometric" or np.abs(plain_here - plain_there).max().max() > 0.1


@pytest.mark.parametrize("link", LINKS)
def test_contributions_to_the_annual_rate_are_those_of_ribe(link: str) -> None:
    """Ribe (1999): the part of this year's shares since the link, and that of last year's up to it."""
    x, shares = prices(), spending()
    result = index(shares, "-01", weights_form=LINKS[link]).compute(x.reset_index())
    levels = result.series()
    parts = result.contributions(of="growth", lag=12)
    np.testing.assert_allclose(parts.sum(axis=1).iloc[12:], result.changes(lag=12)["all"].iloc[12:], atol=1e-11)
    over = 12 if link == "year" else 1

    def level(code: str, at: int) -> float:
        return float((levels if code in levels else x)[code].iloc[at])

    def linked(code: str, year: int) -> float:
        """Return the level at the link of a year's shares; those of 2011 hold from the first row on."""
        last = 12 * (max(year, 2011) - 2010) if year > 2011 else over
        return float(np.mean([level(code, at) for at in range(last - over, last)]))

    for i in range(24, len(x)):
        year, ago = 2010 + i // 12, i - 12
        for code in BELOW["all"]:
            new, old = (shares[y][code] / sum(shares[y][c] for c in BELOW["all"]) for y in (year, max(year - 1, 2011)))
            since = new * linked("all", year) / level("all", ago) * (level(code, i) / linked(code, year) - 1)
            before = old * linked("all", year - 1) / level("all", ago)
            before *= (linked(code, year) - level(code, ago)) / linked(code, year - 1)
            np.testing.assert_allclose(parts[code].iloc[i], 100 * (since + before), rtol=1e-9)


@pytest.mark.parametrize("lag", [1, 3, 4, 9])
def test_contributions_sum_to_the_change_over_links_of_a_year(lag: int) -> None:
    result = index(spending(), weights_form=LINKS["year"]).compute(prices(4).reset_index())
    change = result.series()["all"].diff(lag)
    for depth in ("children", "indicators"):
        parts = result.contributions(lag=lag, depth=depth)
        assert "reweighting" not in parts
        np.testing.assert_allclose(parts.sum(axis=1, skipna=False), change, atol=1e-11)


def test_shares_at_older_prices_are_updated_to_the_link() -> None:
    """Of spending of the year before last, multiplied by the growth of prices since."""
    x, shares = prices(4), {year: spending()[year] for year in (2012, 2013, 2014)}
    means = x.groupby(x.index.str[:4]).mean()

    def updated(year: int) -> dict[str, float]:
        own = {leaf: shares[year][leaf] * x[leaf][f"{year - 1}Q4"] / means[leaf][str(year - 2)] for leaf in LEAVES}
        return own | {code: sum(own[leaf] for leaf in BELOW[code]) for code in ("food", "home")}

    updates = {year: updated(year) for year in shares}
    older = all_dated(shares, weights_form={"form": "shares", "prices": 2}).compute(x.reset_index())
    at_link = all_dated(updates).compute(x.reset_index())
    np.testing.assert_allclose(older.series()[["food", "home"]], at_link.series()[["food", "home"]], rtol=1e-12)
    fixed = all_dated(shares, weights_form={"form": "shares", "prices": "2011"}).compute(x.reset_index())
    assert set(fixed.contents[0].priced.values()) == {"2011Q1:2011Q4"}


def all_dated(shares: dict[int, dict[str, float]], **choices: Any) -> hi.Index:
    """Return the index in which the shares of the first year, too, have their date."""
    dated = {f"{code}.weights_since": _all_dated(shares, code) for code in BELOW}
    return index(shares, **choices).replace(dated | {f"{code}.weights": None for code in BELOW})


def _all_dated(shares: dict[int, dict[str, float]], code: str) -> dict[str, dict[str, float]]:
    return {f"{year}Q1": {child: some[child] for child in BELOW[code]} for year, some in shares.items()}


def test_weights_that_all_have_a_date_hold_before_it_too() -> None:
    x, shares = prices(4), spending()
    spec, dated = index(shares), all_dated(shares)
    result = dated.compute(x.iloc[3:].reset_index())
    np.testing.assert_allclose(result.series(), spec.compute(x.iloc[3:].reset_index()).series(), rtol=1e-13)
    assert len(result.contents) == len(YEARS)
    first = dated.compute(x.reset_index()).contents[0].priced
    assert set(first.values()) == {"2010Q4"}


@pytest.mark.parametrize("link", LINKS)
def test_each_unit_has_the_weights_that_its_own_levels_make(link: str, tmp_path: Path) -> None:
    frames = {"north": prices(4), "south": prices(4, seed=8)}
    panel = pd.concat([frame.reset_index().assign(u=unit) for unit, frame in frames.items()])
    alone = index(spending(), weights_form=LINKS[link])
    spec = alone.replace({"unit": "u"})
    result = spec.compute(panel)
    for unit, frame in frames.items():
        np.testing.assert_array_equal(result.series().loc[unit], alone.compute(frame.reset_index()).series())
    fitted = spec.fit(panel)
    fitted.save(tmp_path / "fit.json")
    pd.testing.assert_frame_equal(hi.Fitted.load(tmp_path / "fit.json").score(panel).series(), result.series())
    result.to_excel(tmp_path / "result.xlsx")
    assert "by_unit" in result.method()
    assert "by_unit" in result.method(lang="zh")


@pytest.mark.parametrize("link", LINKS)
def test_later_rows_continue_the_series_of_the_fit(link: str) -> None:
    """The shares of 2014 hold after the last row of the fit; later rows bring the prices that they are at."""
    x, spec = prices(4), index(spending(), weights_form=LINKS[link])
    levels = spec.compute(x.reset_index()).series()
    for fitted_to in (12, 15, 16):
        fitted = spec.fit(x.iloc[:fitted_to].reset_index())
        later = fitted.score(x.iloc[8:].reset_index()).series()
        np.testing.assert_allclose(later, levels.iloc[8:], rtol=1e-13)
    alone = spec.fit(x.reset_index()).score(x.iloc[-2:].reset_index()).series()
    np.testing.assert_allclose(alone, levels.iloc[-2:], rtol=1e-13)


def test_what_lacks_prices_is_refused() -> None:
    x, spec = prices(4), index(spending())
    with pytest.raises(hi.DataError, match=r"'food': 'bread' has no value in 2012Q4, whose .*: impute it, or"):
        spec.compute(x.assign(bread=x["bread"].where(x.index != "2012Q4")).reset_index())
    with pytest.raises(hi.DataError, match=r"'fuel' has the level -1 in 2012Q4"):
        spec.compute(x.assign(fuel=x["fuel"].where(x.index != "2012Q4", -1.0)).reset_index())
    with pytest.raises(hi.DataError, match=r"no row of 2010Q4, whose prices its shares are at; give those rows, or"):
        all_dated(spending()).compute(x.iloc[4:].reset_index())
    with pytest.raises(hi.DataError, match=r"no row of 2010Q1 and 2 more, whose prices"):
        all_dated(spending(), weights_form=LINKS["year"]).compute(x.iloc[3:].reset_index())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"period": None, "base": None}, "needs periods"),
        ({"series": "ratio"}, "take series = 'ratio' out"),
        ({"weigh_on": "period"}, "take weigh_on = 'period' out"),
        ({"home.weights": "entropy", "home.weights_since": {}}, "group 'home': shares are given, .* not learnt by"),
        ({"aggregate": "minimum"}, "group 'all': minimum is no mean of levels"),
        ({"all.rescale": "rank"}, "group 'all': take rescale out"),
        ({"all.round": 1}, "group 'all': take round out"),
        ({"food.impute": {"method": "mean", "at": "scores"}}, "group 'food': take impute out"),
        ({"home.weights": {"column": "spent on {}"}, "home.weights_since": {}}, "group 'home': give shares by period"),
        ({"weights_form": "share"}, "no 'share'; did you mean 'shares'"),
        ({"weights_form": {"form": "shares", "link": "month"}}, "link: no 'month'"),
        ({"weights_form": {"link": "year"}}, "form is missing"),
        ({"weights_form": {"form": "shares", "price": 1}}, "unknown option 'price'; did you mean 'prices'"),
        ({"weights_form": {"form": "shares", "prices": 0}}, 'prices: "link", how many'),
        ({"weights_form": {"form": "shares", "prices": "lately"}}, 'prices: "link", how many'),
    ],
    ids=str,
)
def test_what_goes_with_no_shares_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(hi.SpecError, match=why):
        index(spending()).replace(changes)


@pytest.mark.parametrize(
    "form", [*LINKS.values(), {"form": "shares", "prices": 2}, {"form": "shares", "prices": "2011"}]
)
def test_a_file_holds_the_form_of_weights(form: Any, tmp_path: Path) -> None:
    spec = index(spending(), weights_form=form)
    assert hi.Index.from_toml(spec.to_toml()) == spec
    spec.write(tmp_path / "spec.xlsx")
    assert hi.Index.read(tmp_path / "spec.xlsx") == spec
    plain = {"form": "shares", "link": "period", "prices": "link"}
    assert index(spending(), weights_form=plain) == index(spending())


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("link", LINKS)
def test_the_statement_says_at_which_prices_shares_are(lang: Any, link: str) -> None:
    result = index(spending(), weights_form=LINKS[link]).compute(prices(4).reset_index())
    text = result.method(lang)
    assert r"w_j = \frac{W_j / \bar{z}_j}{\sum_l W_l / \bar{z}_l}" in text
    assert ("2012Q1:2012Q4" if link == "year" else "2012Q4") in text
    mean = index(spending(), aggregate="geometric", weights_form=LINKS[link]).compute(prices(4).reset_index())
    assert r"W_j / f_j" in mean.method(lang)


def test_the_path_of_a_level_names_the_year_of_its_link() -> None:
    result = index(spending(), weights_form=LINKS["year"]).compute(prices(4).reset_index())
    steps = result.explain(period="2013Q2").steps
    told = steps.loc[steps["step"] == "weight", "what"].iloc[0]
    assert told.startswith("food: its share 0.")
    assert "at the prices of 2012Q1:2012Q4" in told
    links = steps[steps["step"] == "link"]
    assert links["what"].str.contains("linked in 2012Q1 to 2012Q4").any()
    for formula, value in zip(links["formula"], links["value"], strict=True):
        assert eval(formula) == pytest.approx(value, rel=1e-12)


def test_noise_in_shares_is_noise_before_prices_divide_them() -> None:
    """Draws of weights are draws of shares: in another unit of a price they give the same levels."""
    x, spec = prices(4), index(spending())
    tables = [frame.reset_index() for frame in (x, x * [1000, 1, 0.01, 7, 1, 3])]
    doubts = {"weights": {"noise": 0.25}}
    here, there = (hi.uncertainty(spec, table, doubts, draws=8, rng=1) for table in tables)
    np.testing.assert_allclose(here.levels, there.levels, rtol=1e-10)
    assert here.levels.std(axis=0).max() > 0.01


def test_the_index_of_a_draw_has_the_shares_of_the_draw() -> None:
    x = prices(4).reset_index()
    spec = index(spending()).replace({f"{code}.weights_since": {} for code in BELOW} | _first(spending()))
    found = hi.uncertainty(spec, x, {"weights": {"noise": 0.25}}, draws=4, rng=2)
    with pytest.raises(hi.SpecError, match=r"remove_one: .* shares of value; use compare"):
        hi.remove_one(spec, x)
    for draw in range(4):
        again = found.index_of(draw).compute(x).series()["all"]
        np.testing.assert_allclose(again, found.levels[draw], rtol=1e-10)


def test_rows_of_shares_are_not_scored_apart() -> None:
    spec = index(spending())
    fitted = spec.fit(prices(4).reset_index())
    with pytest.raises(hi.SpecError, match="weights_form = 'shares'"):
        fitted.expressions()


def of_table(shares: Any, **choices: Any) -> hi.Index:
    """Return the tree whose weights are a table of the whole index."""
    groups = [hi.Group(code, None if code == "all" else "all") for code in BELOW]
    spec = index(spending())
    given = {"period": "t", "normalise": "none", "base": "2012", "weights_form": "shares", "weights_since": shares}
    return hi.Index(groups=groups, indicators=spec.indicators, **{**given, **choices})


def test_a_table_of_weights_is_that_of_the_groups() -> None:
    """Rows are periods, columns codes; what the index does not use is left, and a group sums its parts."""
    x, shares = prices(4).reset_index(), spending()
    wanted = index(shares).compute(x.iloc[3:]).series()
    table = pd.DataFrame(shares).T.rename_axis("year").assign(other=1.0)
    ways = [shares, table, table.reset_index(), table[LEAVES], {str(year): some for year, some in shares.items()}]
    for given in ways:
        spec = of_table(given)
        np.testing.assert_allclose(spec.compute(x.iloc[3:]).series(), wanted, rtol=1e-12)
        assert hi.Index.from_toml(spec.to_toml()) == spec
    own = of_table(table).replace({"home.weights": {"rent": 1, "tools": 1, "paint": 1}})
    assert own.tree.by_code["home"].weights_since == {}
    plain = of_table(table, weights_form="plain").compute(x)
    assert plain.weights_by_period.index.tolist() == ["", "2012Q1", "2013Q1", "2014Q1"]


def test_a_spec_names_the_file_of_its_weights(tmp_path: Path) -> None:
    table = pd.DataFrame(spending()).T.rename_axis("year").round(2)
    spec = of_table(table)
    table.to_csv(tmp_path / "weights.csv")
    with pd.ExcelWriter(tmp_path / "weights.xlsx") as book:
        table.to_excel(book, sheet_name="shares")
    lines = [line for line in spec.to_toml().splitlines() if not line.startswith("weights_since")]
    for named in ('"weights.csv"', '{ file = "weights.xlsx", sheet = "shares" }'):
        text = "\n".join([*lines[:1], f"weights_since = {named}  # by year", *lines[1:]])
        (tmp_path / "index.toml").write_text(text)
        read = hi.Index.read(tmp_path / "index.toml")
        assert read == spec
        read.replace({"name": "prices"}).write(tmp_path / "index.toml")
        assert f"weights_since = {named}  # by year" in (tmp_path / "index.toml").read_text()
    (tmp_path / "index.toml").write_text(text.replace("weights.xlsx", "lost.csv").replace(', sheet = "shares"', ""))
    with pytest.raises(hi.SpecError, match=r"index.toml:2: weights_since: .*lost.csv: no such file"):
        hi.Index.read(tmp_path / "index.toml")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([1, 2], "weights of parts by the period they hold from"),
        ({2011: 3}, "weights of parts by the period they hold from"),
        ({"lately": {"fuel": 1}}, "lately: cannot read 'lately' as a period"),
        ({2011: {"fuel": "much"}}, "2011: 'fuel': a weight of 0 or more is needed, not 'much'"),
        ({2011: {"fuel": -1}}, "2011: 'fuel': a weight of 0 or more"),
        ({2011: {}, "2011": {}}, "2011 is given twice"),
        (pd.DataFrame({"year": [2011, 2011], "fuel": [1, 2]}), "the period 2011 has two rows"),
        ({2011: dict.fromkeys(LEAVES[:-1], 1)}, "nothing given for child 'fuel'"),
    ],
    ids=str,
)
def test_weights_of_parts_that_cannot_be_read_are_refused(given: Any, why: str) -> None:
    with pytest.raises(hi.SpecError, match=why):
        of_table(given)


def test_other_weights_do_not_stand_beside_a_table_that_overrides_them() -> None:
    with pytest.raises(hi.SpecError, match="'weights': weights_since of the index has those of the groups"):
        of_table(spending()).replace({"weights": "equal"})


def test_shares_of_years_before_the_table_need_no_prices() -> None:
    """The first row of a table is often the link of its first year alone."""
    x, shares = prices(4), spending()
    early = of_table({2005: shares[2011], 2010: shares[2012], **shares})
    found = early.compute(x.iloc[3:].reset_index())
    np.testing.assert_allclose(found.series(), of_table(shares).compute(x.iloc[3:].reset_index()).series(), rtol=1e-12)
    assert found.log["why"].str.contains("the shares from 2011Q1 on hold before it, too").any()
    with pytest.raises(hi.DataError, match="no row of 2009Q4"):
        early.compute(x.iloc[2:].reset_index())


def test_shares_sum_up_the_tree_where_a_group_names_none() -> None:
    """Of parts with a weight of their own, and of groups whose shares have dates."""
    x, shares = prices(4).reset_index(), spending()
    wanted = index(shares)
    dated = wanted.replace({"all.weights": None, "all.weights_since": None, "fuel.weight": shares[2011]["fuel"]})
    found = dated.tree.by_code["all"]
    own = {child: shares[2012][child] for child in ("food", "home")} | {"fuel": shares[2011]["fuel"]}
    assert found.weights_since["2012Q1"].options["values"] == pytest.approx(own)
    assert found.weights.options["values"] == pytest.approx({child: shares[2011][child] for child in BELOW["all"]})
    fixed = {f"{code}.{name}": None for code in BELOW for name in ("weights", "weights_since")}
    bare = wanted.replace({**fixed, **{f"{leaf}.weight": shares[2011][leaf] for leaf in LEAVES}})
    one = wanted.replace({f"{code}.weights_since": {} for code in BELOW} | _first(shares))
    np.testing.assert_allclose(bare.compute(x).series(), one.compute(x).series(), rtol=1e-13)
    with pytest.raises(hi.SpecError, match="group 'home': no shares of 'rent', 'tools', 'paint'; give them as weights"):
        wanted.replace({"home.weights": None, "home.weights_since": None})
    assert (
        bare.replace({"weights_form": "plain", "fuel.weight": None}).tree.by_code["all"].weights.method.name == "equal"
    )


def _first(shares: dict[int, dict[str, float]]) -> dict[str, Any]:
    return {f"{code}.weights": {child: shares[2011][child] for child in BELOW[code]} for code in BELOW}


def test_a_blank_cell_of_a_table_counts_for_nothing() -> None:
    """What comes later needs a price at its first link alone; until then it is as if it were not there."""
    x, shares = prices(4), spending()
    late = {
        year: {code: one for code, one in some.items() if year >= 2013 or code != "tools"}
        for year, some in shares.items()
    }
    part = {year: some | {"home": sum(some.get(c, 0) for c in BELOW["home"])} for year, some in late.items()}
    x.loc[:"2012Q3", "tools"] = np.nan
    found = of_table(part).compute(x.reset_index()).series()
    without = of_table(part).replace({"tools": None}).compute(x.reset_index()).series()
    growth, other = found.pct_change(), without.pct_change()
    np.testing.assert_allclose(growth[:"2012Q4"], other[:"2012Q4"], rtol=1e-10)
    assert np.abs(growth["2013Q1":] - other["2013Q1":])["home"].max() > 1e-3
    with pytest.raises(hi.DataError, match="group 'home': 'tools' has no value in 2012Q4"):
        of_table(part).compute(x.assign(tools=x["tools"].where(x.index != "2012Q4")).reset_index())


def test_the_first_link_of_a_year_is_a_whole_year() -> None:
    """A table that begins with a fourth quarter: shares without a date are at the prices of the year after it."""
    x = prices(4).iloc[3:]
    result = index(spending(), weights_form=LINKS["year"]).compute(x.reset_index())
    assert set(result.contents[0].priced.values()) == {"2011Q1:2011Q4"}
    bare = index({2011: spending()[2011]}, weights_form=LINKS["year"], base=None)
    with pytest.raises(hi.DataError, match="no row of 2014Q1"):
        bare.compute(prices(4).iloc[13:16].reset_index())


@pytest.mark.parametrize("rule", ["reweight", "parent"])
def test_a_group_of_one_part_is_that_part_under_any_method(rule: Any) -> None:
    spec = index(spending(), missing=rule)
    extra = hi.Group("alone", "all", aggregate="minimum")
    parts = [one for one in spec.indicators if one.code != "fuel"] + [hi.Indicator("fuel", "alone")]
    shares = {year: {**some, "alone": some["fuel"]} for year, some in spending().items()}
    groups = [hi.Group("all"), hi.Group("food", "all"), hi.Group("home", "all"), extra]
    given = {"period": "t", "normalise": "none", "base": "2012", "weights_form": "shares", "missing": rule}
    x = prices(4)
    x.loc["2013Q2", "bread"] = np.nan
    found = hi.Index(groups=groups, indicators=parts, weights_since=shares, **given).compute(x.iloc[3:].reset_index())
    wanted = spec.compute(x.iloc[3:].reset_index())
    np.testing.assert_allclose(found.series()["all"], wanted.series()["all"], rtol=1e-12)
