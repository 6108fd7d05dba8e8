"""A fit in passes is the fit of the whole table: any method, any cut, any order, and in few passes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fits import choices, chosen, wide
from support.laws import every, law, own
from support.streams import Pieces, near, parquet, pieces
from support.tables import panel

import hengdian_index as hi
from hengdian_index._batches import memory, passes
from hengdian_index._batches.asking import Count
from hengdian_index._batches.choices import needing_all
from hengdian_index._batches.passes import learn_source
from hengdian_index._batches.source import source_of
from hengdian_index._index.in_pieces import layout_of
from hengdian_index._maths.stats import LogSums, Moments, Products, Range
from hengdian_index._scoring.choice import Choice
from hengdian_index.log import general

ROWS = ("normalise", "relative")


def answers(index, table):
    """Return the fit of a table, or what it is refused with."""
    try:
        return index.fit(table), None
    except (hi.DataError, hi.SpecError) as error:
        return None, error


def learnt(index, given, **options):
    """Return what an index learns from a source in passes."""
    source = source_of(given)
    return learn_source(index.tree, index.setting, source, layout_of(index.tree, index.setting), **options)


@pytest.mark.parametrize(("family", "method", "options"), choices())
@law(6)
@given(data=st.data())
def test_any_method_learns_in_pieces_what_it_learns_of_all_rows(family, method, options, data):
    index = chosen(family, method, options)
    table = wide(data.draw(st.integers(0, 3)), 14)
    in_order = options.get("to") == "first" or method.name in ("regression", "kemeny", "box_cox", "yeo_johnson")
    cut = data.draw(pieces(table, ordered=in_order))
    whole, refused = answers(index, table)
    parts, other = answers(index, cut)
    assert (refused is None) == (other is None), (refused, other)
    if whole is None or parts is None:
        return
    near(parts.weights, whole.weights)
    for frame in (table, wide(7)):
        try:
            wanted = whole.score(frame)
        except hi.DataError:
            continue
        found = parts.score(frame)
        near(found.normalised, wanted.normalised)
        near(found.scores, wanted.scores)
    assert parts.rows["count"] == whole.rows["count"]
    # Scores that tie but for rounding have one rank or another, and so has what is attained in the sentence on it.
    said = general if options.get("measure") == "spearman" else str
    assert {said(line.why) for line in whole.log} <= {said(line.why) for line in parts.log}


@every("normalise")
@law(4)
@given(data=st.data())
def test_a_group_is_rescaled_in_pieces_as_by_all_rows(method, options, data):
    again = {"method": method.name, **options}
    scale = {"method": "min_max", "lower": 0.02, "upper": 0.98, "clip": True}
    groups = [hi.Group("top", weights="deviation", rescale="rank", round=1), hi.Group("g", "top", rescale=again)]
    indicators = [hi.Indicator(code, "g" if code in "ab" else "top") for code in "abc"]
    index = hi.Index(groups=groups, indicators=indicators, normalise=scale)
    table = wide(data.draw(st.integers(0, 3)), 14)[list("abc")]
    whole, refused = answers(index, table)
    parts, other = answers(index, data.draw(pieces(table, ordered=True)))
    assert (refused is None) == (other is None), (refused, other)
    if whole is not None and parts is not None:
        near(parts.score(table).scores, whole.score(table).scores)
        near(parts.weights, whole.weights)


def test_few_choices_need_all_rows():
    wanting = set()
    for case in choices():
        family, method, options = case.values
        index = chosen(family, method, options)
        if needing_all(index.tree, index.setting):
            wanting.add(method.name)
    compared = {method.name for method in own("aggregate") if method.declared("set_wise", {}) is True}
    assert wanting - compared <= {"benefit_of_the_doubt", "carry_forward", "interpolate", "neighbours", "regression"}
    assert {"carry_forward", "interpolate", "topsis"} <= wanting


@pytest.mark.parametrize("statistic", [Range, Moments, LogSums, Products])
@law(20)
@given(data=st.data())
def test_merged_statistics_keep_the_digits_of_all_rows(statistic, data):
    seed, level = data.draw(st.integers(0, 20)), data.draw(st.sampled_from([0.0, 1e3, 1e9]))
    x = level + np.abs(np.random.default_rng(seed).normal(size=(data.draw(st.integers(2, 400)), 2)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(x)), max_size=40)))
    merged = passes._Merged()
    for part in np.split(x, cuts):
        if len(part):
            merged.add(statistic.of(part))
    whole, found = statistic.of(x), merged.whole()
    if statistic is Range:
        assert np.array_equal(found.lo, whole.lo)
        assert np.array_equal(found.hi, whole.hi)
    elif statistic is Moments:
        np.testing.assert_allclose(found.deviation(), whole.deviation(), rtol=6e-14)
        np.testing.assert_allclose(found.mean, whole.mean, rtol=6e-14)
    elif statistic is LogSums:
        np.testing.assert_allclose(found.divergence, whole.divergence, rtol=1e-12, atol=1e-300)
    else:
        np.testing.assert_allclose(found.correlation(), whole.correlation(), atol=6e-14)


def test_a_level_far_from_0_keeps_its_digits_in_many_pieces():
    x = 1e9 + np.random.default_rng(4).normal(size=20_000)
    table = pd.DataFrame({"x": x})
    index = hi.Index(normalise="z_score", groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g")])
    cut = Pieces(table, range(0, 20_000, 7))
    one, other = index.fit(table).maps["x"], index.fit(cut).maps["x"]
    np.testing.assert_allclose(other.spread, one.spread, rtol=6e-14)
    np.testing.assert_allclose(other.centre, one.centre, rtol=1e-16)


def nested(**choices):
    """Return an index of three levels."""
    return hi.Index(
        groups=[hi.Group("top"), hi.Group("left", "top"), hi.Group("right", "top")],
        indicators=[hi.Indicator(c, "left" if c in "ab" else "right") for c in "abcd"],
        **choices,
    )


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"normalise": {"method": "goalposts", "low": 0.0, "high": 90.0}, "weights": "equal"}, 1),
        ({"normalise": "min_max", "weights": "equal"}, 1),
        ({"normalise": "z_score", "weights": "deviation"}, 3),
        ({"normalise": "min_max", "weights": "entropy"}, 3),
        ({"normalise": "min_max", "weights": "critic"}, 3),
        ({"normalise": "relative", "weights": "equal"}, 1),
        ({"normalise": "robust", "weights": "equal"}, 1),
        ({"normalise": "min_max", "weights": "equal", "impute": "mean"}, 2),
    ],
)
def test_a_pass_is_for_the_maps_and_one_for_each_level_with_learnt_weights(given, wanted):
    table = wide(1).assign(d=lambda t: t["a"] * 2 + t["b"].fillna(1))
    cut = Pieces(table[list("abcd")], [3, 9])
    assert learnt(nested(**given), cut).passes == wanted


def test_what_a_pass_asks_is_merged_alike_by_one_thread_and_by_several():
    table = panel(40, "uvwxyz")
    index = nested(normalise="z_score", weights="critic", unit="city", period="quarter")
    cut = Pieces(table, range(0, len(table), 11))
    one, many = (learnt(index, cut, threads=n) for n in (1, 4))
    for code in one.contents[0].weights:
        assert np.array_equal(one.contents[0].weights[code], many.contents[0].weights[code])


def test_rows_that_are_not_fit_rows_are_not_learnt_from():
    table = panel(16, "xyz")
    index = nested(unit="city", period="quarter", fit_on=["2001", "2003Q1:2003Q2"], weights="entropy")
    whole, parts = index.fit(table), index.fit(Pieces(table.sample(frac=1, random_state=3), [5, 6, 30]))
    near(parts.weights, whole.weights)
    assert parts.rows["count"] == whole.rows["count"] == 18
    assert (parts.rows["earliest"], parts.rows["latest"]) == (whole.rows["earliest"], whole.rows["latest"])
    units = nested(unit="city", period="quarter", fit_on=["x", "z"])
    near(units.fit(Pieces(table, [7])).score(table).scores, units.fit(table).score(table).scores)


def test_what_selects_no_row_is_refused_and_what_counts_rows_has_no_meaning():
    table = panel(8, "xyz")
    cut = Pieces(table, [4])
    with pytest.raises(hi.DataError, match=r"fit_on '2030' selects no row; there are 24 rows; periods run from 2001Q1"):
        nested(unit="city", period="quarter").fit(cut, fit_on="2030")
    with pytest.raises(hi.SpecError, match="is of the rows of a table in memory"):
        nested(unit="city", period="quarter").fit(cut, fit_on=slice(0, 3))


@pytest.mark.parametrize("weigh_on", ["fit_on", "base"])
def test_the_base_and_its_levels_are_learnt_from_pieces(weigh_on):
    table = panel(12, "xyz")
    index = nested(
        unit="city", period="quarter", base="2002", normalise="relative", weights="entropy", weigh_on=weigh_on
    )
    whole, parts = index.fit(table), index.fit(Pieces(table.sample(frac=1, random_state=1), [3, 20]))
    assert set(parts.base_levels) == set(whole.base_levels)
    for unit in whole.base_levels:
        near(parts.base_levels[unit], whole.base_levels[unit])
    near(parts.score(table).series(), whole.score(table).series())


def test_indicators_with_rows_of_their_own_groups_of_rows_and_denominators():
    table = wide(2, 28).assign(people=lambda t: np.arange(1.0, len(t) + 1))
    index = hi.Index(
        period="quarter",
        groups=[hi.Group("all", weights="deviation", coverage=0.3)],
        indicators=[
            hi.Indicator("a", "all", fit_on="2002", treat={"method": "winsorise", "points": 1}),
            hi.Indicator("b", "all", impute={"method": "group_mean", "groups": "kind"}, denominator="people"),
            hi.Indicator("c", "all", direction=hi.Target(20.0), impute="median", coverage=0.5),
        ],
    )
    whole, parts = index.fit(table), index.fit(Pieces(table, [2, 9, 9, 17]))
    near(parts.weights, whole.weights)
    near(parts.score(table).scores, whole.score(table).scores)


def test_a_relative_of_a_unit_is_learnt_from_its_rows():
    table = panel(5, "xyz")
    index = nested(unit="city", period="quarter", normalise={"method": "relative", "to": "y"})
    near(index.fit(Pieces(table, [4, 8])).score(table).scores, index.fit(table).score(table).scores)
    with pytest.raises(hi.SpecError, match="the label of a fit row, not 'nobody'"):
        nested(unit="city", period="quarter", normalise={"method": "relative", "to": "nobody"}).fit(Pieces(table))


def test_a_bad_cell_is_told_by_file_row_group_and_row(tmp_path):
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, np.inf, 6.0, 7.0], "b": np.arange(7.0)})
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g")])
    path = parquet(table, tmp_path / "one.parquet", 3)
    with pytest.raises(
        hi.DataError, match=r"one\.parquet: row group 1, row 1, counted from 0, indicator 'a': infinity"
    ):
        index.fit(path)
    texts = table.assign(a=["1", "2", "x", "4", "5", "6", "n/a"])
    path = parquet(texts, tmp_path / "two.parquet", 3)
    with pytest.raises(hi.DataError, match=r"two\.parquet: row group 0, row 2, counted from 0, indicator 'a': 'x' is"):
        index.fit(path)
    logs = hi.Index(treat="log", groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g")])
    with pytest.raises(hi.DataError):
        logs.fit(parquet(table.assign(a=1.0), tmp_path / "three.parquet", 3))


def test_a_negative_share_is_refused_with_its_value_and_how_to_mend_it():
    table = pd.DataFrame({"a": [1.0, -2.0, 3.0, 4.0], "b": [4.0, 2.0, 1.0, 1.0]})
    index = hi.Index(
        normalise="none", weights="entropy", groups=[hi.Group("g")],
        indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g")],
    )  # fmt: skip
    with pytest.raises(hi.DataError) as whole:
        index.fit(table)
    with pytest.raises(hi.DataError) as parts:
        index.fit(Pieces(table, [2]))
    assert str(parts.value) == str(whole.value)


def test_a_source_that_changes_between_passes_is_refused():
    table = wide(1)[list("abc")]

    class Shrinking(Pieces):
        def reader(self):
            self.parts = self.parts[:-1] if self.times > 2 else self.parts
            return super().reader()

    index = hi.Index(weights="entropy", groups=[hi.Group("g")], indicators=[hi.Indicator(c, "g") for c in "abc"])
    with pytest.raises(hi.DataError, match="it must not change while it is read"):
        index.fit(Shrinking(table, [5, 8, 11]))


def test_what_needs_all_values_says_so_and_is_refused_beyond_the_memory(monkeypatch):
    table = wide(1)
    index = hi.Index(normalise="rank", groups=[hi.Group("g")], indicators=[hi.Indicator(c, "g") for c in "abc"])
    told = [line.why for line in index.fit(Pieces(table, [4])).log]
    assert any(one.startswith("rank of 'a', 'b', 'c': all values of 14 rows are needed at one time") for one in told)
    monkeypatch.setattr(memory, "_free", lambda: 100)
    with pytest.raises(hi.DataError, match=r"of memory is needed at one time, .* is free; min_max, z_score"):
        index.fit(Pieces(table, [4]))


def test_columns_beyond_what_is_held_wait_for_another_pass(monkeypatch):
    table = wide(1)
    index = hi.Index(normalise="robust", groups=[hi.Group("g")], indicators=[hi.Indicator(c, "g") for c in "abc"])
    monkeypatch.setattr(passes, "HELD", 14 * 8)
    found = learnt(index, Pieces(table[list("abc")], [4]))
    assert found.passes == 3
    assert sum(line.why.startswith("robust of 'a', 'b', 'c'") for line in found.log) == len(found.log) == 1
    for code in "abc":
        near(found.maps[code].centre, index.fit(table).maps[code].centre)


def test_a_choice_that_needs_all_rows_is_read_whole_and_says_so():
    table = panel(10, "xyz").sample(frac=1, random_state=2)
    table.loc[table["quarter"].isin(["2002Q2", "2003Q1"]) & (table["city"] == "x"), "a"] = np.nan
    index = nested(unit="city", period="quarter", impute="carry_forward")
    whole, parts = index.fit(table), index.fit(Pieces(table, [5, 11]))
    near(parts.score(table).scores, whole.score(table).scores)


def test_statistics_count_and_choices_tell_themselves_apart():
    assert (Count.of(np.zeros((3, 2))) + Count.of(np.zeros((2, 2)))).rows == 5
    assert Choice.of("weights", "entropy") == Choice.of("weights", "entropy")
