"""Weights that columns of the table give each row: a slow loop, gaps, time, parts, files, long tables, refusals."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.workbooks import check, written

import hengdian_index as hi
from hengdian_index.errors import CellsError

nan = math.nan
SPENT = {"column": "spent on {}"}
CODES = ("food", "rent", "fuel")


def homes() -> pd.DataFrame:
    """Return prices and spending of three kinds of homes in three years, a gap in both."""
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"home": ["poor", "middle", "rich"] * 3, "year": np.repeat([2020, 2021, 2022], 3)})
    for code in CODES:
        table[code] = rng.uniform(90, 140, 9).round(2)
        table[f"spent on {code}"] = rng.uniform(1, 60, 9).round(1)
    table.loc[4, ["fuel", "spent on fuel"]] = nan
    table.loc[7, "spent on fuel"] = 0.0
    return table


def index(weights: Any = SPENT, **choices: Any) -> hi.Index:
    """Return a price index of one group under another."""
    return hi.Index(
        unit="home",
        period="year",
        base=2020,
        normalise="none",
        coverage=0.0,
        groups=[hi.Group("all"), hi.Group("prices", "all", weights=weights, **choices)],
        indicators=[hi.Indicator(code, "prices") for code in CODES],
    )


def slow(table: pd.DataFrame, mean: str) -> list[float]:
    """Return the mean of each row by a loop, of the parts that are there, by what is spent on them."""
    out = []
    for row in table.to_dict("records"):
        parts = [(row[f"spent on {code}"], row[code]) for code in CODES if not math.isnan(row[code])]
        whole = sum(w for w, _ in parts)
        if mean == "geometric":
            out.append(math.exp(sum(w * math.log(x) for w, x in parts) / whole))
        elif mean == "harmonic":
            out.append(whole / sum(w / x for w, x in parts))
        else:
            out.append(sum(w * x for w, x in parts) / whole)
    return out


@pytest.mark.parametrize("mean", ["arithmetic", "geometric", "harmonic"])
def test_each_row_has_the_weights_of_its_columns(mean: str) -> None:
    table = homes()
    found = index(aggregate=mean).compute(table)
    np.testing.assert_allclose(found.scores["prices"], slow(table, mean), rtol=1e-13)
    spent = table[[f"spent on {code}" for code in CODES]].fillna(0.0).to_numpy()
    np.testing.assert_allclose(found.weights["prices"], (spent / spent.sum(axis=1, keepdims=True)).mean(axis=0))
    own = {code: f"spent on {code}" for code in CODES}
    assert index({"column": own}, aggregate=mean).compute(table).scores.equals(found.scores)


def test_a_function_of_a_user_is_shown_one_row_at_a_time() -> None:
    def middle(x: np.ndarray, w: np.ndarray) -> Any:
        return (x * w).sum(axis=-1)

    found = index(aggregate=middle).compute(homes())
    np.testing.assert_allclose(found.scores["prices"], slow(homes(), "arithmetic"), rtol=1e-13)
    parts = found.contributions(depth="indicators")
    np.testing.assert_allclose(parts.sum(axis=1, skipna=False), found.changes(1, "points")["all"], atol=1e-9)

    def picky(x: np.ndarray, w: np.ndarray) -> Any:
        if (x > 139).any():
            raise CellsError(x > 139, "too dear")
        return (x * w).sum(axis=-1)

    dear = homes()
    dear.loc[3, "rent"] = 150.0
    with pytest.raises(hi.DataError, match=r"column 'rent', unit 'poor', period 2021: 150: too dear$"):
        index(aggregate=picky).compute(dear)


def test_new_rows_bring_their_own_and_the_order_of_rows_is_nothing(tmp_path: Path) -> None:
    table = homes()
    fitted = index().fit(table)
    fitted.save(tmp_path / "fit.json")
    later = table.iloc[[2, 0]].assign(year=2023)
    for one in (fitted, hi.Fitted.load(tmp_path / "fit.json")):
        np.testing.assert_allclose(one.score(later).scores["prices"], slow(later, "arithmetic"), rtol=1e-13)
    turned = fitted.score(table.iloc[::-1]).scores["prices"]
    pd.testing.assert_series_equal(turned.sort_index(), fitted.score(table).scores["prices"].sort_index())


@pytest.mark.parametrize("mean", ["arithmetic", "geometric"])
def test_parts_sum_and_moving_weights_are_reweighting(mean: str) -> None:
    found = index(aggregate=mean).compute(homes())
    for whole, of in ((found.series()["all"], "level"), (found.changes(1, "points")["all"], "change")):
        for depth in ("children", "indicators"):
            parts = found.contributions(of=of, depth=depth)
            np.testing.assert_allclose(parts.sum(axis=1, skipna=False), whole, atol=1e-9)
    assert found.contributions(depth="indicators")["reweighting"].abs().max() > 0
    held = homes()
    for code in CODES:
        held[f"spent on {code}"] = held["home"].map({"poor": 1.0, "middle": 2.0, "rich": 3.0}) + CODES.index(code)
    held["fuel"] = held["fuel"].fillna(100.0)
    assert "reweighting" not in index(aggregate=mean).compute(held).contributions(depth="indicators")


def test_a_chain_takes_the_weights_of_the_later_period() -> None:
    table = homes()
    table = table[table["home"] == "poor"].reset_index(drop=True)
    found = index().replace({"series": "ratio"}).compute(table).series()["prices"].to_numpy()
    level, wanted = 100.0, [100.0]
    for t in (1, 2):
        spent = {code: table[f"spent on {code}"][t] for code in CODES}
        now, before = (sum(w * table[code][i] for code, w in spent.items()) for i in (t, t - 1))
        level *= now / before
        wanted.append(level)
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_a_long_table_has_weights_beside_its_values() -> None:
    wide = pd.DataFrame({"year": [2020, 2021, 2022], "DE": [100.0, 103, 108], "FR": [100.0, 102, 107]})
    wide["people_DE"], wide["people_FR"] = [83.0, 83.2, 84.0], [67.0, 67.6, 68.0]
    long = pd.concat(
        wide[["year", code, f"people_{code}"]].set_axis(["year", "prices", "people"], axis=1).assign(country=code)
        for code in ("DE", "FR")
    )

    def area(**data: Any) -> hi.Index:
        return hi.Index(
            period="year",
            base=2020,
            normalise="none",
            data=data or None,
            groups=[hi.Group("area", weights={"column": "people"})],
            indicators=[hi.Indicator("DE", "area"), hi.Indicator("FR", "area")],
        )

    made = area(layout="long", indicator="country", value="prices")
    wanted = [np.average(wide.loc[i, ["DE", "FR"]], weights=wide.loc[i, ["people_DE", "people_FR"]]) for i in range(3)]
    np.testing.assert_allclose(made.compute(long.sample(frac=1, random_state=2)).scores["area"].sort_index(), wanted)
    np.testing.assert_allclose(area().compute(wide).scores["area"], wanted)
    assert made.compute(long).weights.equals(area().compute(wide).weights)
    with pytest.raises(hi.DataError, match=r"(?s)column 'people_FR' is missing.*takes one column for each part"):
        area().compute(wide.drop(columns="people_FR"))


def test_files_keep_columns_and_taking_a_part_out_leaves_the_rest(tmp_path: Path) -> None:
    own = {code: f"spent on {code}" for code in CODES}
    for weights in (SPENT, {"column": own}):
        made = index(weights)
        assert hi.Index.from_toml(made.to_toml()) == made
        made.write(tmp_path / "index.xlsx")
        assert hi.Index.read(tmp_path / "index.xlsx") == made
        table = homes()
        without = made.replace({"fuel": None}).compute(table).scores["prices"]
        np.testing.assert_allclose(without, slow(table.assign(fuel=nan), "arithmetic"), rtol=1e-13)
        removed = hi.remove_one(made, table).scores["fuel"]
        np.testing.assert_allclose(removed, without, rtol=1e-12)
    dated = made.replace({"prices.weights": "equal", "prices.weights_since": {"2021": SPENT}}).compute(homes())
    np.testing.assert_allclose(dated.scores["prices"][3:], slow(homes(), "arithmetic")[3:], rtol=1e-13)
    np.testing.assert_allclose(dated.scores["prices"][:3], homes()[list(CODES)].mean(axis=1)[:3], rtol=1e-13)


def test_statement_path_and_draws_say_it() -> None:
    found = index().compute(homes())
    told = str(found.method())
    assert "Each row has weights of its own, the shares of `spent on food`, `spent on rent`, `spent on fuel`" in told
    assert "各样本有各自的权重" in str(found.method(lang="zh"))
    steps = found.explain("rich", 2021, "prices").steps
    weights = steps[steps["step"] == "weight"]["value"].to_numpy()
    row = homes().iloc[5][[f"spent on {code}" for code in CODES]].to_numpy(dtype=float)
    np.testing.assert_allclose(weights, row / row.sum())
    ways = {"prices.aggregate": ["arithmetic", "geometric"]}
    drawn = hi.uncertainty(index(), homes(), ways, draws=32, progress=False)
    np.testing.assert_allclose(drawn.scores["nominal"], found.scores["all"])
    with pytest.raises(hi.SpecError, match="the weights of 'prices' come from columns of the table"):
        hi.uncertainty(index(), homes(), {"prices.weights": {"noise": 0.2}})


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"spent on rent": -1.0}, r"column 'spent on rent', unit 'poor', period 2020: -1: the weight of a part"),
        ({"spent on rent": nan}, "column 'spent on rent', unit 'poor', period 2020: the weight of a part"),
        (dict.fromkeys([f"spent on {code}" for code in CODES], 0.0), "all weights of the row are 0"),
    ],
)
def test_odd_weights_are_refused_with_their_cell(changed: dict[str, float], why: str) -> None:
    with pytest.raises(hi.DataError, match=why):
        index().compute(homes().assign(**changed))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"prices.aggregate": "topsis"}, "topsis takes rows together, under the same weights"),
        ({"prices.weights": {"column": {"food": "spent on food"}}}, "nothing given for child 'rent'"),
        ({"prices.weights": {"method": "column", "column": 3}}, "column: names of columns, or a column of numbers"),
        ({"weights_form": "shares"}, "give shares by period, weights_since, not in columns"),
    ],
)
def test_what_does_not_go_together_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(hi.SpecError, match=why):
        index().replace(changes)


@pytest.mark.parametrize("mean", ["arithmetic", "geometric"])
def test_a_workbook_calculates_each_row_from_its_sizes(tmp_path: Path, mean: str) -> None:
    found = index(aggregate=mean).compute(homes())
    book = written(found, tmp_path / "book.xlsx")
    check(book, found)
    assert book.rows["sizes"][0] == ["home", "year", *(f"spent on {code}" for code in CODES)]
    live = [cell for sheet, cell in book.formulas if sheet == "scores" and cell[0] == "D"]
    assert len(live) == len(homes())


def test_engines_are_told() -> None:
    with pytest.raises(hi.SpecError, match="weights from columns have their mean over all rows"):
        index().fit(homes()).expressions()
