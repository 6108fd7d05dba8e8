"""Pictures of comparisons hold their numbers: ranks and scores from index to index, shifts of ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._words.language import speaking

pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")


def counties(n: int = 120) -> tuple[hi.Index, pd.DataFrame]:
    """An index of many units whose names are long; some lack a value, so a strict index does not score them."""
    rng = np.random.default_rng(11)
    names = [f"County of the {side} Valley {i}" for i in range(n // 2) for side in ("Upper", "Lower")]
    table = pd.DataFrame(rng.lognormal(2, 0.8, (n, 4)), columns=list("abcd")).assign(county=names)
    table.loc[table.index.isin([3, 30, 77]), "c"] = np.nan
    groups = [hi.Group("all"), hi.Group("one", "all"), hi.Group("two", "all")]
    indicators = [hi.Indicator(code, parent) for code, parent in zip("abcd", ["one", "one", "two", "two"], strict=True)]
    scale = {"method": "min_max", "lower": 1, "upper": 100}
    options = {"missing": "reweight", "coverage": 0.5, "normalise": scale}
    return hi.Index(unit="county", groups=groups, indicators=indicators, **options), table


@pytest.fixture(scope="module")
def many() -> hi.Comparison:
    index, table = counties()
    strict = index.replace({"missing": "propagate", "aggregate": "geometric"})
    return hi.compare({"as it is": index, "strict": strict}, table)


def lines(ax):
    """Return the numbers of the lines of rows."""
    return np.array([line.get_ydata() for line in ax.lines if line.get_transform() == ax.transData])


def sorted_rows(rows):
    rows = np.asarray(rows, dtype=float)
    return rows[np.lexsort(np.nan_to_num(rows, nan=-1).T)]


@pytest.mark.parametrize(("of", "period"), [("ranks", None), ("scores", None), ("ranks", "2020")])
def test_lines_are_the_ranks_or_scores_under_each_index(compared, of, period):
    ax = compared.plot.slope(of=of, period=period)
    expected = getattr(compared, of).xs(int(period or 2022), level="year")
    np.testing.assert_array_equal(sorted_rows(lines(ax)[:6]), sorted_rows(expected))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["as it is", "by rank", "top"]
    assert ax.get_title() == f"总指数, {period or 2022}"
    low, high = ax.get_ylim()
    assert (low > high) == (of == "ranks")


def test_each_row_says_its_first_and_its_last_rank(compared):
    ax = compared.plot.slope("top")
    ranks = compared.ranks.xs(2022, level="year")
    said = {text.get_text() for text in ax.texts}
    assert said == {f"{town}  {row['as it is']:.0f} → {row['top']:.0f}" for town, row in ranks.iterrows()}


@pytest.mark.parametrize("others", ["top", ["by rank", "top"], ["top", "by rank"]])
def test_colour_and_dashes_say_who_rises_and_who_falls(compared, others):
    ax = compared.plot.slope(others)
    kinds = {line.get_label(): line for line in ax.get_legend().get_lines()}
    final = str(ax.get_xticklabels()[-1].get_text())
    shift = compared.shifts[final].xs(2022, level="year")
    for line in ax.lines[:6]:
        first, last = np.asarray(line.get_ydata())[[0, -1]]
        kind = "rises" if last < first else "falls" if last > first else "stays"
        assert line.get_color() == kinds[kind].get_color()
    assert set(kinds) == {"rises" if s < 0 else "falls" if s > 0 else "stays" for s in shift}
    assert len({line.get_linestyle() for kind, line in kinds.items() if kind != "stays"}) == len({*kinds} - {"stays"})


def test_of_many_rows_those_that_move_most_are_named(many):
    ax = many.plot.slope()
    shift = many.shifts["strict"].dropna().abs()
    assert ax.get_title() == "all, 12 of 117 rows named, those that move most"
    named = [" ".join(text.get_text().split("  ")[0].split()) for text in ax.texts]
    assert len(named) == 12
    assert shift[named].min() >= shift.drop(named).max()
    assert len(lines(ax)) == 117
    assert {text.get_text() for text in many.plot.slope(named=3).texts} < {text.get_text() for text in ax.texts}


def test_a_gap_where_an_index_does_not_rank_a_row():
    index, table = counties(20)
    strict = index.replace({"missing": "propagate"})
    ax = hi.compare({"a": index, "strict": strict, "b": index.replace({"aggregate": "geometric"})}, table).plot.slope()
    assert np.isnan(lines(ax)).sum(axis=0).tolist() == [0, 1, 0]
    assert ax.get_title() == "all, 1 not ranked by every index"


def test_of_many_indexes_those_that_move_ranks_most_stand_beside_the_first():
    film, table = hi.example("film_industry")
    found = hi.remove_one(film, table)
    ax = found.plot.slope()
    names = {leaf.code: leaf.name for leaf in film.tree.leaves}
    large = found.mean_shift.nlargest(4).index
    said = [" ".join(label.get_text().split()) for label in ax.get_xticklabels()]
    assert said[0] == "as it is"
    assert {s.replace(" ", "") for s in said[1:]} == {f"without{names[c]}".replace(" ", "") for c in large}
    assert "the 4 of 15 other indexes that move ranks most" in " ".join(ax.get_title().split())


@pytest.mark.parametrize("other", ["by rank", "top"])
def test_bars_are_the_shifts_in_order(compared, other):
    ax = compared.plot.shift(other)
    shift = compared.shifts[other].xs(2022, level="year")
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == sorted(shift)
    named = [label.get_text() for label in ax.get_yticklabels()]
    assert dict(zip(named, widths, strict=True)) == shift.to_dict()
    ranks = compared.ranks.xs(2022, level="year")
    for text, town in zip(ax.texts, named, strict=True):
        ends = [f"{ranks.loc[town, name]:.0f}" for name in ("as it is", other)]
        assert text.get_text() == (" → ".join(ends) if shift[town] else ends[0])
    assert ax.get_title().split("\n")[0] == f"{other} against as it is"


def test_by_default_the_index_that_moves_ranks_most_and_the_rows_that_move_most(many, compared):
    most = compared.mean_shift.idxmax()
    assert compared.plot.shift().get_title() == f"{most} against as it is\n总指数, 2022"
    ax = many.plot.shift(top=10)
    shift = many.shifts["strict"].dropna()
    assert sorted(abs(bar.get_width()) for bar in ax.patches) == sorted(shift.abs().nlargest(10))
    said = " ".join(ax.get_title().split())
    assert said == "strict against as it is all, the 10 of 117 that move most, 3 without a rank under both"


def test_what_is_asked_wrongly_is_refused_by_name(compared):
    index, table = counties(4)
    one = hi.compare({"alone": index}, table)
    for ask, said in (
        (lambda: compared.plot.slope(of="rank"), "of: no 'rank'; did you mean 'ranks'"),
        (lambda: compared.plot.slope("tops"), "others: no 'tops'; did you mean 'top'"),
        (lambda: compared.plot.slope([]), "others: none is named; choose among 'by rank', 'top'"),
        (lambda: compared.plot.slope(named=0, of=2), r"of: no 2[\s\S]*named: a whole number of rows"),
        (lambda: compared.plot.shift("as it is"), "other: no 'as it is'"),
        (lambda: compared.plot.shift(top=1.5), "top: a whole number of rows"),
        (lambda: one.plot.slope(), "there is nothing beside 'alone': compare two indexes or more"),
        (lambda: one.plot.shift(), "there is nothing beside 'alone'"),
    ):
        with pytest.raises(hi.SpecError, match=said):
            ask()
    with pytest.raises(AttributeError, match=r"no plot 'slop'; did you mean 'slope'"):
        compared.plot.slop()


def test_rows_that_only_one_index_ranks_are_refused():
    index, table = counties(4)
    kept = index.replace({"c": None})
    strict = index.replace({"missing": "propagate", "c.normalise": {"method": "goalposts", "low": 0, "high": 9}})
    table["c"] = np.nan
    found = hi.compare({"kept": kept, "strict": strict}, table)
    for ask in (found.plot.slope, found.plot.shift):
        with pytest.raises(hi.DataError, match="no row has a rank under"):
            ask()


def test_pictures_of_comparisons_speak_chinese(compared):
    with speaking("zh"):
        ax, bars = compared.plot.slope(), compared.plot.shift("top")
    assert ax.get_ylabel() == "位次"
    assert {text.get_text() for text in ax.get_legend().get_texts()} <= {"上升", "下降", "不变"}
    assert bars.get_xlabel() == "位次变动（−上升，+下降）"
    assert bars.get_title().split("\n")[0] == "top，对比as it is"
