"""Theil and Dagum: slow double loops, laws, closed forms, refusals."""

import math
import tomllib
from decimal import Decimal, getcontext
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, frozen

import hengdian_index as hi
from hengdian_index.explain import dagum, theil
from hengdian_index.log import journal

getcontext().prec = 50

both = pytest.mark.parametrize("split", [theil, dagum])
CITIES = pd.DataFrame(
    {"income": [1.0, 3.0, 2.0, 6.0, 5.0], "region": ["东部", "东部", "west", "west", "n o r t h"]},
    index=["a", "b", "c", "d", "e"],
)


@st.composite
def populations(draw, zeros=True):
    """Draw values, not all 0, and the group of each."""
    n = draw(st.integers(2, 12))
    y = draw(st.lists(st.integers(0 if zeros else 1, 60), min_size=n, max_size=n).filter(any))
    return np.array(y, dtype=float), draw(st.lists(st.sampled_from("abcd"), min_size=n, max_size=n))


def in_groups(y, groups):
    return {g: [float(v) for v, h in zip(y, groups, strict=True) if h == g] for g in dict.fromkeys(groups)}


def slow_theil(values):
    """The definition, one value at a time; the inequality of nothing is 0."""
    mean = sum(values) / len(values)
    return math.fsum(v / mean * math.log(v / mean) for v in values if v) / len(values)


def slow_theil_parts(y, groups):
    between = within = 0.0
    for part in in_groups(y, groups).values():
        units, total = len(part) / len(y), sum(part) / sum(y)
        if total:
            between += total * math.log(total / units)
            within += total * slow_theil(part)
    return between, within


def mean(values):
    return math.fsum(values) / len(values)


def slow_gini(first, second):
    """Mean absolute difference over the sum of the means, by a double loop."""
    apart = mean([abs(a - b) for a in first for b in second])
    return apart / (mean(first) + mean(second)) if apart else 0.0


def slow_dagum_parts(y, groups):
    """Dagum 1997 as it is printed: groups sorted by their means, D of each pair, a double loop."""
    parts = sorted(in_groups(y, groups).values(), key=mean)
    units = [len(part) / len(y) for part in parts]
    total = [math.fsum(part) / math.fsum(y) for part in parts]
    within = math.fsum(slow_gini(part, part) * p * s for part, p, s in zip(parts, units, total, strict=True))
    net = crossed = 0.0
    for j in range(len(parts)):
        for h in range(j):
            d = mean([max(a - b, 0) for a in parts[j] for b in parts[h]])
            p = mean([max(b - a, 0) for a in parts[j] for b in parts[h]])
            distance = (d - p) / (d + p) if d + p else 0.0
            both_ways = slow_gini(parts[j], parts[h]) * (units[j] * total[h] + units[h] * total[j])
            net, crossed = net + both_ways * distance, crossed + both_ways * (1 - distance)
    return within, net, crossed


@LAW
@given(population=populations())
def test_theil_is_the_textbook_formula(population):
    y, groups = population
    found = theil(frozen(y), groups)
    np.testing.assert_allclose(found.total, slow_theil(y.tolist()), atol=1e-14)
    np.testing.assert_allclose((found.between, found.within), slow_theil_parts(y, groups), atol=1e-14)


@LAW
@given(population=populations())
def test_dagum_is_the_textbook_formula(population):
    y, groups = population
    found = dagum(frozen(y), groups)
    np.testing.assert_allclose(found.total, slow_gini(y.tolist(), y.tolist()), atol=1e-14)
    parts = (found.within, found.between, found.transvariation)
    np.testing.assert_allclose(parts, slow_dagum_parts(y, groups), atol=1e-14)


@LAW
@given(population=populations())
def test_the_parts_sum_to_the_whole_exactly_and_so_do_the_tables(population):
    y, groups = population
    by_logs, by_pairs = theil(y, groups), dagum(y, groups)
    assert by_logs.total == by_logs.between + by_logs.within
    assert by_pairs.total == by_pairs.within + by_pairs.between + by_pairs.transvariation
    assert min(by_logs.between, by_logs.within, by_pairs.within, by_pairs.between, by_pairs.transvariation) >= 0
    added = by_logs.groups[["between", "within"]].sum()
    np.testing.assert_allclose(added, (by_logs.between, by_logs.within), atol=1e-15)
    np.testing.assert_allclose(by_pairs.groups["within"].sum(), by_pairs.within, atol=1e-15)
    parts = by_pairs.pairs[["between", "transvariation"]].sum()
    np.testing.assert_allclose(parts, (by_pairs.between, by_pairs.transvariation), atol=1e-15)
    for table in (by_logs.groups, by_pairs.groups):
        np.testing.assert_allclose(table[["share_of_units", "share_of_total"]].sum(), 1)


def parts_of(found):
    """Return the numbers of an answer by name, tables left out."""
    return {name: getattr(found, name) for name in found.__slots__ if name not in ("groups", "pairs", "pooled")}


def agree(found, wanted, tolerance=1e-13):
    for name, number in parts_of(wanted).items():
        assert getattr(found, name) == pytest.approx(number, rel=tolerance, abs=tolerance)


@both
@LAW
@given(population=populations(), data=st.data())
def test_neither_the_order_of_the_units_nor_the_names_of_the_groups_matter(split, population, data):
    y, groups = population
    order = data.draw(st.permutations(range(len(y))))
    turned = split(y[order], [{"a": 4, "b": 3, "c": 2, "d": 1}[groups[i]] for i in order])
    agree(turned, split(y, groups))


@both
@LAW
@given(population=populations())
def test_doubling_the_population_changes_nothing(split, population):
    y, groups = population
    agree(split(np.concatenate([y, y]), groups + groups), split(y, groups))


@both
@pytest.mark.parametrize("factor", [1e-300, 1e-12, 3.0, 1e12, 2e306])
def test_the_unit_of_measure_does_not_matter(split, factor):
    scaled, plain = split(CITIES["income"] * factor, CITIES["region"]), split(CITIES["income"], CITIES["region"])
    agree(scaled, plain)
    np.testing.assert_allclose(scaled.groups["mean"], plain.groups["mean"] * factor, rtol=1e-14)


@both
@LAW
@given(population=populations())
def test_one_group_has_nothing_between_and_a_group_for_each_unit_nothing_within(split, population):
    y, _ = population
    one, each = split(y, ["all"] * len(y)), split(y, range(len(y)))
    assert (one.within, one.between) == (one.total, 0.0)
    assert each.within == 0.0
    assert each.total == pytest.approx(one.total, abs=1e-14)


@both
@LAW
@given(population=populations())
def test_groups_alike_have_nothing_between(split, population):
    y, _ = population
    found = split(np.concatenate([y, y]), ["first"] * len(y) + ["second"] * len(y))
    assert found.between == pytest.approx(0.0, abs=1e-15)


def test_groups_that_do_not_overlap_have_no_transvariation():
    found = dagum([1.0, 2.0, 2.0, 5.0, 9.0, 10.0], ["low"] * 3 + ["high"] * 3)
    assert found.transvariation == 0.0
    assert found.pairs.loc[0, "distance"] == 1.0


@pytest.mark.parametrize("n", [2, 7, 100])
def test_one_unit_with_everything(n):
    y, groups = [1.0] + [0.0] * (n - 1), ["rich"] + ["poor"] * (n - 1)
    by_logs, by_pairs = theil(y, groups), dagum(y, groups)
    assert (by_logs.total, by_logs.within) == (pytest.approx(math.log(n), rel=1e-14), 0.0)
    assert by_pairs.total == pytest.approx(1 - 1 / n, rel=1e-14)
    assert by_pairs.groups.loc["poor", "gini"] == by_logs.groups.loc["poor", "theil"] == 0.0


def test_two_groups_of_zeros_do_not_differ():
    found = dagum([0.0, 0.0, 0.0, 5.0], ["a", "a", "b", "c"])
    assert found.total == pytest.approx(0.75, rel=1e-15)
    pair = found.pairs.set_index(["first", "second"]).loc[("a", "b")]
    assert pair.tolist() == [0.0, 0.0, 0.0, 0.0]


@both
def test_equal_values_have_no_inequality_at_all(split):
    found = split([0.1] * 7, ["a", "b"] * 3 + ["a"])
    assert set(parts_of(found).values()) == {0.0}


@both
def test_the_order_in_which_groups_come_does_not_turn_the_answer(split):
    """Much public code wants the groups sorted by their means by the caller."""
    rising = CITIES.iloc[[0, 1, 2, 3, 4]]
    falling = CITIES.iloc[[4, 3, 2, 1, 0]]
    found, turned = split(rising["income"], rising["region"]), split(falling["income"], falling["region"])
    agree(turned, found)
    assert list(found.groups.index) == list(turned.groups.index) == ["n o r t h", "west", "东部"]


def test_a_level_of_1e7_costs_no_digit():
    y, groups = np.array([1.0, 2.0, 3.0, 4.0, 6.0]) + 1e7, ["a", "b", "a", "b", "b"]
    exact = [Decimal(v) for v in y.tolist()]
    middle = sum(exact) / 5
    total = sum(v / middle * (v / middle).ln() for v in exact) / 5
    between = Decimal(0)
    for part in in_groups(y, groups).values():
        relative = sum(map(Decimal, part)) / len(part) / middle
        between += len(part) * relative * relative.ln() / 5
    found = theil(y, groups)
    assert found.total == pytest.approx(float(total), rel=1e-12)
    assert found.between == pytest.approx(float(between), rel=1e-12)
    apart = sum(abs(a - b) for a in exact for b in exact)
    assert dagum(y, groups).total == pytest.approx(float(apart / (2 * 25 * middle)), rel=1e-14)


def test_tables_name_the_groups_and_say_what_each_adds():
    found = theil(CITIES["income"], CITIES["region"]).groups
    assert list(found.columns) == ["n", "mean", "share_of_units", "share_of_total", "theil", "within", "between"]
    assert found.loc["west", ["n", "mean", "share_of_units"]].tolist() == [2, 4.0, 0.4]
    assert found.loc["west", "theil"] == pytest.approx(slow_theil([2.0, 6.0]))
    assert found.loc["东部", "between"] == pytest.approx(4 / 17 * math.log(4 / 17 / 0.4))
    told = dagum(CITIES["income"], CITIES["region"])
    assert list(told.groups.columns) == ["n", "mean", "share_of_units", "share_of_total", "gini", "within"]
    assert told.groups.loc["west", "gini"] == pytest.approx(0.25)
    assert list(told.pairs.columns) == ["first", "second", "gini", "distance", "between", "transvariation"]
    assert told.pairs[["first", "second"]].to_numpy().tolist() == [
        ["n o r t h", "west"],
        ["n o r t h", "东部"],
        ["west", "东部"],
    ]
    assert told.pairs["gini"].tolist() == pytest.approx([slow_gini([5.0], [2.0, 6.0]), 3 / 7, 2.5 / 6])


@both
def test_every_kind_of_table_gives_the_same(split):
    wanted = split(CITIES["income"].to_numpy(), CITIES["region"].tolist())
    polars = pl.from_pandas(CITIES)
    kinds = [
        (CITIES["income"], CITIES["region"]),
        (CITIES["income"], CITIES["region"].astype("category")),
        (CITIES["income"], CITIES["region"].iloc[::-1]),
        (CITIES, "region"),
        (CITIES.set_index("region", append=True)["income"], "region"),
        (polars["income"], polars["region"]),
        (polars, "region"),
        (pa.Table.from_pandas(CITIES, preserve_index=False), "region"),
        (CITIES["income"].astype(np.int8), CITIES["region"]),
    ]
    for y, groups in kinds:
        found = split(y, groups)
        assert parts_of(found) == parts_of(wanted)
        pd.testing.assert_frame_equal(found.groups, wanted.groups)


@both
def test_a_unit_without_a_value_is_left_out_and_the_log_says_so(split):
    y, groups = [*CITIES["income"], np.nan, np.nan], [*CITIES["region"], "west", None]
    with journal() as lines:
        found = split(y, groups)
    assert parts_of(found) == parts_of(split(CITIES["income"], CITIES["region"]))
    assert ["2 units without a value" in line.why for line in lines] == [True]


@both
def test_a_negative_value_is_refused_with_its_row(split):
    with pytest.raises(hi.DataError, match=r"row 'c': -2: .*cannot be negative"):
        split(CITIES["income"].replace(2.0, -2.0), CITIES["region"])


@both
def test_a_unit_without_a_group_is_refused_by_name(split):
    for absent in (None, np.nan, pd.NA):
        with pytest.raises(hi.DataError, match="row 'd': the unit has no group"):
            split(CITIES["income"], [*CITIES["region"][:3], absent, "west"])


@both
@pytest.mark.parametrize(
    ("y", "why"),
    [
        ([0.0, 0.0], "all values are 0"),
        ([5.0], "needs two or more"),
        ([5.0, np.nan], "needs two or more"),
        ([1.0, np.inf], "infinity"),
    ],
)
def test_what_has_no_inequality_is_refused(split, y, why):
    with pytest.raises(hi.DataError, match=why):
        split(y, ["a", "b"][: len(y)])


@both
@pytest.mark.parametrize("groups", [["a"], None, "regoin", ["a"] * 6])
def test_groups_that_do_not_fit_are_refused(split, groups):
    with pytest.raises(hi.SpecError, match="groups"):
        split(CITIES["income"], groups)


@both
def test_a_misspelt_column_of_groups_is_refused_with_a_suggestion(split):
    with pytest.raises(hi.SpecError, match="did you mean 'region'"):
        split(CITIES, "regoin")


@st.composite
def weighted(draw, zeros=True):
    """Draw a population and a whole number of heads for each unit."""
    y, groups = draw(populations(zeros))
    return y, groups, draw(st.lists(st.integers(1, 5), min_size=len(y), max_size=len(y)))


def slow_log_deviation(values):
    middle = mean(values)
    return math.fsum(math.log(middle / v) for v in values) / len(values)


@both
@LAW
@given(population=weighted())
def test_a_weight_is_so_many_units_alike(split, population):
    y, groups, heads = population
    repeated = split(np.repeat(y, heads), np.repeat(groups, heads).tolist())
    found = split(y, groups, weights=heads)
    agree(found, repeated)
    order = list(repeated.groups.index)
    pd.testing.assert_frame_equal(
        found.groups.drop(columns="n").loc[order], repeated.groups.drop(columns="n"), rtol=1e-12, atol=1e-15
    )
    agree(split(y, groups, weights=[1e9 * one for one in heads]), found)


@LAW
@given(population=weighted(zeros=False))
def test_the_mean_logarithmic_deviation_is_the_textbook_formula(population):
    y, groups, heads = population
    found = theil(y, groups, weights=heads, form="L")
    agree(theil(y, groups, weights=heads, form="GE(0)"), found)
    many, of = np.repeat(y, heads).tolist(), np.repeat(groups, heads).tolist()
    parts = in_groups(many, of).values()
    within = math.fsum(len(part) / len(many) * slow_log_deviation(part) for part in parts)
    between = math.fsum(len(part) / len(many) * math.log(mean(many) / mean(part)) for part in parts)
    np.testing.assert_allclose(found.total, slow_log_deviation(many), atol=1e-14)
    np.testing.assert_allclose((found.between, found.within), (between, within), atol=1e-14)
    np.testing.assert_allclose(found.groups["between"].sum(), found.between, atol=1e-15)


def test_the_log_deviation_keeps_its_digits_near_1_and_far_from_it():
    y = np.array([1.0, 2.0, 3.0, 4.0, 6.0]) + 1e7
    exact = [Decimal(v) for v in y.tolist()]
    middle = sum(exact) / 5
    wanted = float(sum((middle / v).ln() for v in exact) / 5)
    assert theil(y, list("ababb"), form="L").total == pytest.approx(wanted, rel=1e-12)
    assert theil([1.0, 1e200], ["a", "b"], form="L").total == pytest.approx(100 * math.log(10) - math.log(2), rel=1e-14)


def test_a_value_of_0_has_no_log_deviation():
    with pytest.raises(hi.DataError, match="column '2021', row 'b': 0: theil: 0 has no logarithm"):
        theil(PANEL.replace(3.0, 0.0)[["2021"]], REGIONS, form="L")
    with pytest.raises(hi.SpecError, match="form: no form 'T1'"):
        theil([2.0, 1.0], ["a", "b"], form="T1")


PANEL = pd.DataFrame(
    {"2021": [1.0, 3.0, 2.0, 6.0], "2022": [2.0, 3.0, np.nan, 5.0], "2023": [4.0, 4.0, 4.0, 4.0]},
    index=pd.Index(["a", "b", "c", "d"], name="city"),
)
REGIONS = ["east", "east", "west", "west"]
HEADS = pd.DataFrame({"2021": [4, 1, 2, 2], "2022": [5, 1, 9, 2], "2023": [6, 2, 2, 2]}, index=PANEL.index)


@both
def test_a_panel_is_a_period_at_a_time(split):
    with journal() as lines:
        found = split(PANEL, REGIONS, weights=HEADS.iloc[::-1])
    assert [line.why for line in lines] == [f"{split.__name__}: 1 missing value is left out"]
    rows = PANEL.stack().rename_axis(["city", "year"])
    long = pd.DataFrame({"y": rows, "heads": HEADS.stack().rename_axis(rows.index.names)}).dropna().reset_index()
    long["region"] = long["city"].map(dict(zip(PANEL.index, REGIONS, strict=True)))
    shuffled = long[["y", "heads", "region", "year"]].sample(frac=1, random_state=3)
    by_name = split(shuffled, "region", weights="heads", periods="year")
    for year in PANEL:
        there = PANEL[year].notna()
        alone = split(
            PANEL[year][there], [r for r, t in zip(REGIONS, there, strict=True) if t], weights=HEADS[year][there]
        )
        for name, number in parts_of(alone).items():
            assert getattr(found, name)[year] == pytest.approx(number, rel=1e-14)
            assert getattr(by_name, name)[year] == pytest.approx(number, rel=1e-13, abs=1e-15)
        pd.testing.assert_frame_equal(found.groups.loc[year], alone.groups)
    assert list(by_name.total.index) == list(PANEL.columns)
    assert found.total.name == "total"


@pytest.mark.parametrize("form", ["T", "L"])
def test_the_pooled_years_split_between_years_and_inside_them(form):
    found = theil(PANEL, REGIONS, weights=HEADS, form=form)
    long = pd.DataFrame({"y": PANEL.stack(), "heads": HEADS.stack()}).dropna()
    years = theil(long["y"], long.index.get_level_values(1), weights=long["heads"], form=form)
    assert found.pooled["total"] == pytest.approx(years.total, rel=1e-13)
    assert found.pooled["between_periods"] == pytest.approx(years.between, rel=1e-13)
    assert found.pooled["total"] == pytest.approx(found.pooled.iloc[1:].sum(), rel=1e-14)
    share = years.groups["share_of_total" if form == "T" else "share_of_units"].reindex(found.between.index)
    assert found.pooled["between_groups"] == pytest.approx((share * found.between).sum(), rel=1e-13)
    assert theil(PANEL["2021"], REGIONS).pooled is None


CASE = Path(__file__).parents[1] / "reference" / "theil_groups"
CHECKS = {one["input"][0]: one for one in tomllib.loads((CASE / "CASE.toml").read_text(encoding="utf-8"))["check"]}


def printed(name):
    """Return a published table, what is printed of it, and how exactly."""
    rows = pd.read_csv(CASE / "expected.csv")
    told = rows[rows["table"] == name].set_index("quantity")["value"]
    return pd.read_csv(CASE / f"{name}.csv"), told, CHECKS[f"{name}.csv"]["tolerance"]


def test_one_published_grouping():
    table, told, tolerance = printed("heads")
    found = theil(table, "group", weights="people")
    for name in ("total", "between", "within"):
        assert getattr(found, name) == pytest.approx(told[name], abs=tolerance)
    np.testing.assert_allclose(found.groups["theil"], told[found.groups.index], atol=tolerance)


def test_two_published_groupings_that_are_nested():
    table, told, tolerance = printed("cities")
    # A province of one city has nothing between its cities.
    found = theil(table["wage"], table["city"], weights=table["employed"], periods=table["province"]).pooled
    for name in ("total", "between_periods", "between_groups"):
        assert found[name] == pytest.approx(told[name], abs=tolerance)
    assert found["within"] == pytest.approx(told["within_groups"], abs=tolerance)


def test_periods_stand_in_the_order_of_time():
    months = ["2024年10月", "2024年9月", "2024年10月", "2024年9月"]
    found = dagum([1.0, 2.0, 3.0, 5.0], ["a", "a", "b", "b"], periods=months)
    assert list(found.total.index) == ["2024年9月", "2024年10月"]
    assert list(found.pairs.index.get_level_values("period")) == ["2024年9月", "2024年10月"]


@both
def test_faults_of_a_panel_name_the_period_and_the_row(split):
    with pytest.raises(hi.DataError, match=r"^period '2022': .*all values are 0.*\nperiod '2023': .*needs two or more"):
        split(PANEL.assign(**{"2022": 0.0, "2023": [1.0, np.nan, np.nan, np.nan]}), REGIONS)
    with pytest.raises(hi.DataError, match="row 'b': the unit has no weight above 0"):
        split(PANEL["2021"], REGIONS, weights=[1.0, 0.0, 2.0, 1.0])
    with pytest.raises(hi.DataError, match="row 'd': the unit has no period"):
        split(PANEL["2021"], REGIONS, periods=["x", "x", "x", None])
    for bad in (["one", 1, 1, 1], [1.0, 2.0], "head", HEADS.iloc[:3], HEADS.to_numpy()[:, :2]):
        with pytest.raises(hi.SpecError, match="weights"):
            split(PANEL, REGIONS, weights=bad)
