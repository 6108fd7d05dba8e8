"""The units of an index: those chosen, totals and twins among them refused."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.units import bare, named_totals, summed, twins

TOWNS = ("Ash", "Elm", "Fir", "Oak", "Yew")
INDEX = hi.Index(
    unit="place",
    period="year",
    groups=[hi.Group("all")],
    indicators=[hi.Indicator("jobs", "all"), hi.Indicator("rent", "all", direction=-1)],
)


def places(names=TOWNS, years=(2020, 2021), seed=3):
    """Return a panel of places with whole and broken numbers."""
    rng = np.random.default_rng(seed)
    rows = list(itertools.product(names, years))
    numbers = {"jobs": rng.integers(200, 9000, len(rows)), "rent": rng.uniform(4, 30, len(rows)).round(2)}
    return pd.DataFrame({"place": [a for a, _ in rows], "year": [b for _, b in rows], **numbers})


def with_row(table, name, how):
    """Return a panel with a unit more, the sum or the mean of the others in each year."""
    added = table.groupby("year", as_index=False)[["jobs", "rent"]].agg(how).assign(place=name)
    return pd.concat([table, added], ignore_index=True)


def refusal(table, index=INDEX):
    """Return what is said against a table."""
    with pytest.raises(hi.DataError) as caught:
        index.compute(table)
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "合计",
        "总计",
        "全国",
        "全省",
        "平均",
        "全国平均",
        "东部地区合计",
        "合计（含直辖市）",
        "Total",
        "TOTAL",
        "Sum",
        "World",
        "OECD",
        "EU27_2020",
        "EU28",
        "EA19",
        "Average",
        "总\u3000计",
        "Grand total",
        "EU average",
        "Total, all places",
        "European Union - 27 countries (from 2020)",
        "_T",
        "各地区",
    ],
)
def test_a_total_is_told_by_its_name_and_left_out_by_the_line_that_is_given(name):
    table = pd.concat([places(), places([name], seed=8)], ignore_index=True)
    said = refusal(table)
    assert name in said
    assert f'exclude = ["{name}"]' in said
    left = INDEX.replace({"exclude": [name]}).compute(table)
    pd.testing.assert_frame_equal(left.scores, INDEX.compute(places()).scores)
    assert any(repr(name) in why and "2 rows" in why for why in left.log["why"])
    meant = INDEX.replace({"units": [*TOWNS, name]}).compute(table)
    assert set(meant.scores.index.get_level_values(0)) == {*TOWNS, name}


@pytest.mark.parametrize(
    "names",
    [
        ["全国"],
        ["Total"],
        ["World", "OECD"],
        ["Africa", "Asia", "Europe", "Oceania"],
        ["东部", "中部", "西部"],
        ["Beverage", "Totalia", "Meaning", "Worldham"],
        ["United States", "Georgia", "Canada", "Peru", "India"],
        ["US", "CA", "DE", "IN", "AL"],
        ["China", "Hong Kong", "Macao", "Taiwan", "Japan"],
        ["EU1", "EA2", "G7", "G20", "A3"],
        ["中国", "美国", "日本", "德国"],
        ["Korea, Rep.", "Korea, Dem. People's Rep.", "Congo, Rep.", "Congo, Dem. Rep."],
        ["吉林省", "吉林市", "海南省"],
    ],
)
def test_units_that_are_none_of_it_pass(names):
    assert named_totals(names) == []
    assert twins(names) == []
    assert INDEX.compute(places(names)).panel.n == 2 * len(names)


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("United States", ["Ohio", "Utah", "Texas", "Maine"]),
        ("美国", ["纽约州", "得州", "加州"]),
        ("中国", ["北京市", "上海市", "浙江省"]),
        ("China", ["Beijing", "Hebei", "Hubei", "Hunan", "Elsewhere"]),
        ("Germany", ["Bayern", "Hessen", "Berlin", "Saarland"]),
        ("World", ["Peru", "Chad", "Fiji"]),
        ("High income", ["Peru", "Chad", "Fiji", "Oman"]),
        ("Europe", ["Peru", "Chad", "Fiji", "Oman"]),
    ],
)
def test_a_whole_among_its_parts_is_a_total(whole, parts):
    assert named_totals([*parts, whole]) == [whole]
    assert whole in refusal(places([*parts, whole]))


@pytest.mark.parametrize("how", ["sum", "mean"])
@pytest.mark.parametrize("name", ["Nn", 77])
def test_values_tell_a_total_that_has_another_name(how, name):
    names = TOWNS if name == "Nn" else (11, 12, 13, 14)
    table = with_row(places(names), name, how)
    said = refusal(table)
    assert f"{name!r} (the {how} of the others in every indicator and period)" in said
    assert ('exclude = ["Nn"]' if name == "Nn" else "exclude = [77]") in said
    assert INDEX.replace({"exclude": [name]}).compute(table).panel.n == 2 * len(names)
    assert INDEX.replace({"units": [*names, name]}).compute(table).panel.n == 2 * len(names) + 2
    # One cell that is another, and it is a unit.
    table.loc[table.index[-1], "jobs"] *= 1.5
    assert INDEX.compute(table).panel.n == 2 * len(names) + 2


@given(st.integers(0, 10**6), st.integers(4, 35), st.integers(0, 1), st.integers(1, 4), st.integers(1, 6))
def test_a_total_that_was_rounded_after_it_was_summed_is_found(seed, n, decimals, k, periods):
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 90, (periods, n, k)) * 100 ** (1 - decimals) * 10
    whole = x.sum(axis=1, keepdims=True).round(decimals)
    cells = np.concatenate([x.round(decimals), whole], axis=1).reshape(-1, k)
    units, when = np.tile(np.arange(n + 1), periods), np.repeat(np.arange(periods), n + 1)
    assert summed(cells, units, when) == [(n, "sum")]


def test_names_beside_codes_tell_a_total_and_are_no_codes():
    table = places((11, 12, 13, 14, 900)).rename(columns={"place": "code"})
    table["land"] = table["code"].map(dict(zip((11, 12, 13, 14, 900), [*TOWNS[:4], "World"], strict=True)))
    index = INDEX.replace({"unit": "code", "unit_names": "land"})
    said = refusal(table, index)
    assert "'900' (called 'World')" in said or "900 (called 'World')" in said
    assert "exclude = [900] in the index" in said
    assert index.replace({"exclude": [900]}).compute(table).panel.n == 8
    assert "exclude: 'World' is what unit 900 is called; write 900" in refusal(
        table, index.replace({"exclude": ["World"]})
    )
    assert f"units: '{TOWNS[0]}' is what unit 11 is called; write 11" in refusal(
        table, index.replace({"units": [TOWNS[0], 12]})
    )
    texts = table.assign(code=[f"X{one}" for one in table["code"]])
    assert 'exclude = ["X900"] in the index' in refusal(texts, index)


def test_sums_of_some_indicators_and_means_of_others_are_a_total():
    table = with_row(places(), "Nn", {"jobs": "sum", "rent": "mean"}).round({"rent": 2})
    assert "'Nn' (the sum or the mean of the others" in refusal(table)


def test_in_a_cross_section_row_labels_are_the_units():
    once = with_row(places(years=(2020,)), "Nn", "sum").set_index("place")[["jobs", "rent"]]
    index = INDEX.replace({"unit": None, "period": None})
    assert "'Nn' (the sum of the others in every indicator)" in refusal(once, index)
    assert 'exclude = ["Total"]' in refusal(once.rename({"Nn": "Total"}), index)
    assert index.replace({"exclude": ["Nn"]}).compute(once).scores.index.tolist() == list(TOWNS)
    named = INDEX.replace({"period": None})
    assert "'Nn'" in refusal(once.reset_index(), named)


@given(st.integers(0, 10**6), st.integers(4, 12), st.integers(1, 3), st.integers(1, 3))
def test_numbers_that_are_none_are_hardly_ever_taken_for_a_total(seed, n, k, periods):
    rng = np.random.default_rng(seed)
    units, when = np.repeat(np.arange(n), periods), np.tile(np.arange(periods), n)
    few = rng.integers(0, 6, (n * periods, k)).astype(float)
    even = np.repeat(5.0 + np.arange(n), periods)[:, np.newaxis] * rng.integers(1, 20, k)
    assert summed(even, units, when) == []
    assert summed(np.zeros((n * periods, k)), units, when) == []
    if k * periods == 1:
        assert summed(few, units, when) == []


@given(st.integers(0, 10**6), st.integers(4, 40), st.sampled_from(["sum", "mean"]))
def test_a_sum_or_mean_is_found_wherever_it_stands(seed, n, how):
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 1000, (n - 1, 2, 3)).round(2)
    x[rng.uniform(size=x.shape) < 0.1] = np.nan
    x[:3] = np.nan_to_num(x[:3], nan=7.25)
    at = int(rng.integers(n))
    cells = np.insert(x, at, getattr(np, f"nan{how}")(x, axis=0), axis=0).reshape(2 * n, 3)
    assert summed(cells, np.repeat(np.arange(n), 2), np.tile([2020, 2021], n)) == [(at, how)]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("北京", "北　京"), "blanks"),
        (("北京", "北京市"), "their endings"),
        (("广西", "广西壮族自治区"), "their endings"),
        (("Ash", "ASH"), "case"),
        (("Ash", "Ａsh"), "width"),
        (("New York", "NewYork"), "blanks"),
        (("Côte d'Ivoire", "Côte d’ivoire"), "blanks, case or width"),
    ],
)
def test_twins_are_named_and_refused_unless_they_are_meant(names, told):
    table = places(["Elm", "Oak", *names])
    said = refusal(table)
    assert all(repr(name) in said for name in names if "\u3000" not in name)
    assert f"differ in {told}" in said
    assert INDEX.replace({"units": ["Elm", "Oak", *names]}).compute(table).panel.n == 8
    assert INDEX.replace({"exclude": names[1:]}).compute(table).panel.n == 6


def test_labels_that_are_written_alike_are_never_meant_to_be_two():
    table = places().assign(place=[1, 1, "1", "1", 2, 2, 3, 3, 4, 4])
    assert "being a number or a text" in refusal(table, INDEX.replace({"units": [1, 2, 3, 4]}))


@given(st.lists(st.text(max_size=4), max_size=6))
def test_bare_names_are_as_many_as_names(names):
    found = bare(names)
    assert len(found) == len(names)
    assert found == [bare([name])[0] for name in names]


def test_only_the_units_named_are_computed_in_the_order_of_the_table():
    only = INDEX.replace({"units": ["Oak", "Ash", "Yew"]}).compute(places())
    assert list(dict.fromkeys(only.scores.index.get_level_values(0))) == ["Ash", "Oak", "Yew"]
    alone = places()[places().place.isin(["Ash", "Oak", "Yew"])]
    np.testing.assert_array_equal(only.scores, INDEX.compute(alone).scores)


def test_a_unit_that_the_table_lacks_is_refused_where_the_index_learns_and_missed_where_it_scores():
    index = INDEX.replace({"units": ["Ash", "Elm", "Oka"]})
    assert "units: no unit 'Oka'; did you mean 'Oak'?" in refusal(places(), index)
    assert "exclude: no unit 'oak' in the table; did you mean 'Oak'?" in refusal(
        places(), INDEX.replace({"exclude": ["oak"]})
    )
    near = INDEX.replace({"exclude": ["Oka"]}).compute(places())
    assert "exclude: no unit 'Oka' in the table; did you mean 'Oak'?" in near.log["why"].tolist()
    fitted = INDEX.replace({"units": ["Ash", "Elm", "Oak"]}).fit(places())
    assert fitted.score(places(["Ash", "Fir"])).scores.index.get_level_values(0).unique().tolist() == ["Ash"]
    # Next year's file may lack the total.
    absent = INDEX.replace({"exclude": ["Total"]}).compute(places())
    assert "exclude: no unit 'Total' in the table" in absent.log["why"].tolist()


@pytest.mark.parametrize(
    ("written", "asked"),
    [("全\u3000国", "全国"), ("全  国", "全国"), ("全国", "全 国"), ("ＯＥＣＤ", "OECD"), ("New  Town", "New Town")],
)
def test_a_unit_to_leave_out_may_be_written_with_other_blanks_or_width(written, asked):
    table = pd.concat([places(), places([written], seed=8)], ignore_index=True)
    left = INDEX.replace({"exclude": [asked]}).compute(table)
    pd.testing.assert_frame_equal(left.scores, INDEX.compute(places()).scores)
    assert any(repr(asked) in why and repr(written) in why for why in left.log["why"])
    # The fit that knows next year's table reads it alike.
    fitted = INDEX.replace({"exclude": [asked]}).fit(places())
    assert written not in fitted.score(table).scores.index.get_level_values(0)


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (("Türkiye", "Turkiye"), "accents or punctuation"),
        (("São Tomé and Príncipe", "Sao Tome and Principe"), "accents or punctuation"),
        (("Iğdır", "IGDIR"), "accents or punctuation"),
        (("Korea, Rep.", "Korea Rep"), "accents or punctuation"),
        (("Guinea-Bissau", "Guinea Bissau"), "accents or punctuation"),
        (("Timor Leste", "TIMOR-LESTE"), "accents or punctuation"),
        (("St. John’s", "St Johns"), "accents or punctuation"),
        (("Germany", "Germany*"), "marks of footnotes"),
        (("Oslo", "Oslo †‡"), "marks of footnotes"),
        (("* Peru", "Peru"), "marks of footnotes"),
        (("北京", "北京①"), "marks of footnotes"),
        (("上海²", "上海"), "marks of footnotes"),
        (("Turkiye", "Türkiye [a]"), "marks of footnotes"),
        (("合肥", "合肥㈠"), "marks of footnotes"),
    ],
)
def test_units_that_differ_in_accents_punctuation_or_marks_are_one(names, what):
    assert [set(same) for same in twins([*TOWNS, *names])] == [set(names)]
    said = refusal(places([*TOWNS, *names]))
    assert f"differ in {what} alone; write them alike" in said
    assert all(repr(name) in said for name in names)
    meant = INDEX.replace({"units": [*TOWNS, *names]}).compute(places([*TOWNS, *names]))
    assert set(meant.scores.index.get_level_values(0)) == {*TOWNS, *names}


@pytest.mark.parametrize(
    "names",
    [
        ["1.1", "11", "1-1", "2_1", "21"],
        ["AA", "AA-", "AA+", "A", "A-"],
        ["组①", "组②"],
        ["Zone¹", "Zone²"],
        ["C", "C#", "#1", "1"],
        ["ин", "йн", "がく", "かく", "강", "가"],
        ["Congo (Brazzaville)", "Congo (Kinshasa)", "Congo"],
        ["A.1", "A1", "A-1", "A_1"],
        ["Northwest University", "North-West University"],
        ["Newcastle", "New-Castle", "Co-operative", "Cooperative"],
    ],
)
def test_signs_that_tell_units_apart_stay(names):
    assert twins(names) == []
    assert INDEX.compute(places(names)).panel.n == 2 * len(names)


def test_a_unit_of_the_exact_name_is_left_out_alone():
    table = pd.concat([places(), places(["N 1"], seed=8), places(["N1"], seed=9)], ignore_index=True)
    said = refusal(table, INDEX.replace({"exclude": ["N 2"]}))
    assert "'N 1'" in said
    left = INDEX.replace({"exclude": ["N1"]}).compute(table)
    assert set(left.scores.index.get_level_values(0)) == {*TOWNS, "N 1"}


def test_what_is_left_out_is_not_read():
    table = places().astype({"rent": object, "year": object})
    table.loc[len(table)] = ["Total", "all years", 1.0, "n.a. here"]
    assert INDEX.replace({"exclude": ["Total"]}).compute(table).panel.n == 10


def test_rows_keep_their_lines_and_masks_their_rows(tmp_path: Path):
    path = tmp_path / "places.csv"
    table = pd.concat([places(["Total"]), places()], ignore_index=True).astype({"rent": object})
    table.to_csv(path, index=False)
    assert "places.csv line 2: a total or mean among the units: 'Total'" in refusal(read_table(path))
    index = INDEX.replace({"exclude": ["Total"]})
    mask = (table.year == 2020).to_numpy()
    expected = INDEX.fit(places(), fit_on="2020").score(places())
    np.testing.assert_array_equal(index.fit(table, fit_on=mask).score(table).scores, expected.scores)
    table.loc[3, "rent"] = "wrong"
    table.to_csv(path, index=False)
    assert "line 5" in refusal(read_table(path), index)


def test_the_fields_go_round_through_toml_and_workbooks_and_files(tmp_path: Path):
    index = INDEX.replace({"units": ["Ash", "Elm", 7], "exclude": ["Total"]})
    assert hi.Index.from_toml(index.to_toml()) == index
    for lang in ("en", "zh"):
        index.write(tmp_path / f"{lang}.xlsx", lang=lang)
        assert hi.Index.read(tmp_path / f"{lang}.xlsx") == index
    fitted = INDEX.replace({"exclude": ["Total"]}).fit(pd.concat([places(), places(["Total"])]))
    fitted.save(tmp_path / "fit.json")
    again = hi.Fitted.load(tmp_path / "fit.json")
    assert again.setting.exclude == ("Total",)
    assert again.score(pd.concat([places(), places(["Total"])])).panel.n == 10


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"units": []}, "units: no unit"),
        ({"units": ["Ash", "Ash"]}, "'Ash' is named twice"),
        ({"exclude": [["Ash"]]}, "names of units"),
        ({"exclude": {"Ash": 1}}, "not {'Ash': 1}"),
        ({"exclude": [True]}, "names of units"),
        ({"units": ["Ash"], "exclude": ["Ash"]}, "'Ash' is among the units and left out"),
    ],
)
def test_names_that_cannot_be_are_refused(fields, told):
    with pytest.raises(hi.SpecError, match=told):
        INDEX.replace(fields)


def test_rows_without_units_have_none_to_choose():
    table = pd.DataFrame({"year": [2020, 2021], "jobs": [1, 2], "rent": [3, 4]})
    assert "unit = '...'" in refusal(table, INDEX.replace({"unit": None, "exclude": ["Total"]}))
