"""Means over groups of units: against a loop over the rows, in tables, page and files."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._index.text import write_tables

REGIONS = {"Ash": "north", "Elm": "north", "Fir": "south", "Oak": "south", "Yew": "south", "Box": None}
INDEX = hi.Index(
    unit="place",
    period="year",
    base="2020",
    normalise={"method": "min_max", "lower": 1, "upper": 10},
    groups=[hi.Group("all"), hi.Group("work", "all"), hi.Group("home", "all")],
    indicators=[hi.Indicator("jobs", "work"), hi.Indicator("rent", "home", direction=-1)],
    groups_of_units=["region", {"by": "coast", "weights": "people"}, {"name": "World", "weights": "people"}],
)


def places(seed=2):
    """Return places with regions, coasts and people, some without."""
    rng = np.random.default_rng(seed)
    rows = list(itertools.product(REGIONS, (2020, 2021, 2022)))
    frame = pd.DataFrame(rows, columns=["place", "year"]).assign(
        region=[REGIONS[name] for name, _ in rows],
        coast=["east" if name < "F" else "west" for name, _ in rows],
        people=rng.uniform(1, 50, len(rows)).round(1),
        jobs=rng.uniform(10, 99, len(rows)),
        rent=rng.uniform(3, 30, len(rows)),
    )
    frame.loc[4, "people"] = np.nan
    frame.loc[[1, 8], ["jobs", "rent"]] = np.nan
    return frame


def slow(table, frame, labels, weights, code):
    """Return sum w s / sum w of each label and year by a loop over rows."""
    sums = {}
    for label, year, weight, value in zip(labels, table.year, weights, frame[code], strict=True):
        if label is not None and weight == weight and value == value:
            top, below = sums.get((label, year), (0.0, 0.0))
            sums[label, year] = (top + weight * value, below + weight)
    return {key: top / below for key, (top, below) in sums.items()}


@pytest.mark.parametrize("of", ["scores", "series"])
@pytest.mark.parametrize("code", ["all", "work", "home"])
def test_means_are_those_of_a_loop_over_rows(of, code):
    table = places()
    result = INDEX.compute(table)
    frame = result.scores if of == "scores" else result.series()
    ones = np.ones(len(table))
    expected = {
        **slow(table, frame, [REGIONS[name] for name in table.place], ones, code),
        **slow(table, frame, table.coast, table.people, code),
        **slow(table, frame, ["World"] * len(table), table.people, code),
    }
    found = result.unit_means(of)[code]
    assert found.index.names == ["place", "year"]
    assert found.to_dict() == pytest.approx(expected)


def test_groups_do_not_move_units_and_rows_without_group_or_weight_are_told():
    result, plain = INDEX.compute(places()), INDEX.replace({"groups_of_units": []}).compute(places())
    pd.testing.assert_frame_equal(result.scores, plain.scores)
    why = result.log["why"].tolist()
    assert "3 rows in no mean over units: no label in 'region'" in why
    assert "1 row in no mean over units: no 'people'" in why
    assert "columns that the index does not use: region, coast, people" in plain.log["why"].tolist()


def test_a_group_that_is_called_like_a_unit_has_its_column_before_its_name():
    table = places().replace({"coast": {"east": "Ash", "west": "north"}})
    found = INDEX.compute(table).unit_means().index.get_level_values(0).unique().tolist()
    assert found == ["north", "south", "coast: Ash", "coast: north", "World"]


def test_written_tables_and_the_page_have_the_groups(tmp_path: Path):
    result = INDEX.compute(places())
    write_tables(result, tmp_path / "out")
    series = pd.read_csv(tmp_path / "out" / "series.csv")
    assert len(series) == len(places()) + 15
    np.testing.assert_allclose(series[["all", "work", "home"]].iloc[-15:], result.unit_means("series"))
    ranks = pd.read_csv(tmp_path / "out" / "ranks_within_region.csv", index_col=[0, 1])
    np.testing.assert_array_equal(ranks, result.ranks(["period", "region"], missing="leave_out"))
    for lang, told in (
        ("en", ("Means over groups of units", "Ranks within coast")),
        ("zh", ("各分组单位的平均", "coast内的排名")),
    ):
        page = result.report(tmp_path / f"{lang}.html", lang=lang).read_text(encoding="utf-8")
        assert all(text in page for text in told)
        assert "World" in page


def test_the_field_goes_round_through_files(tmp_path: Path):
    assert hi.Index.from_toml(INDEX.to_toml()) == INDEX
    INDEX.write(tmp_path / "i.xlsx", lang="zh", data=places())
    assert hi.Index.read(tmp_path / "i.xlsx") == INDEX
    fitted = INDEX.fit(places())
    fitted.save(tmp_path / "f.json")
    again = hi.Fitted.load(tmp_path / "f.json").score(places())
    pd.testing.assert_frame_equal(again.unit_means("series"), fitted.score(places()).unit_means("series"))


def test_a_study_and_an_audit_read_the_columns_too():
    index = INDEX.replace({"base": None, "weights": "equal"})
    table = places().dropna()
    found = hi.uncertainty(index, table, {"normalise": ["min_max", "rank"]}, draws=8)
    assert len(found.scores)
    assert len(hi.audit(index, table, draws=8, sizes=["people"]).findings)


@pytest.mark.parametrize(
    "given", [[7], [{"by": "region", "name": "x"}], [{"weights": "people"}], [{"by": "region", "with": "people"}], [""]]
)
def test_what_names_no_groups_is_refused(given):
    with pytest.raises(hi.SpecError, match="groups_of_units"):
        INDEX.replace({"groups_of_units": given})


def test_columns_that_lack_and_weights_below_zero_are_refused():
    with pytest.raises(hi.DataError, match="column 'region' is missing"):
        INDEX.compute(places().drop(columns="region"))
    with pytest.raises(hi.DataError, match="unit 'Ash', period 2021: weight -3 in 'people' is below 0"):
        INDEX.compute(places().assign(people=lambda d: d.people.where(d.index != 1, -3)))
    with pytest.raises(hi.SpecError, match="needs a unit column"):
        INDEX.replace({"unit": None})
    with pytest.raises(hi.SpecError, match='groups_of_units = \\["region"\\]'):
        INDEX.replace({"groups_of_units": []}).compute(places()).unit_means()
    with pytest.raises(hi.SpecError, match="of: no 'levels'"):
        INDEX.compute(places()).unit_means("levels")


NAMED = INDEX.replace({"unit_names": "called"})
NAMES = {"Ash": "Ash town", "Elm": "Elm Grove", "Fir": "Fir Hill", "Oak": "Oak Wood", "Yew": "Yew End"}


def named_places():
    """Return places with their names, one without."""
    return places().assign(called=lambda d: d.place.map(NAMES))


def test_names_of_units_stand_in_pictures_page_and_tables_beside_their_codes(tmp_path: Path):
    result = NAMED.compute(named_places())
    assert result.scores.equals(INDEX.compute(places()).scores)
    write_tables(result, tmp_path / "out")
    for name in ("scores", "series", "ranks", "unit_means"):
        written = pd.read_csv(tmp_path / "out" / f"{name}.csv")
        assert list(written.columns[:3]) == ["place", "called", "year"]
        assert set(written["called"][written["place"].isin(NAMES)]) <= set(NAMES.values())
    assert set(pd.read_csv(tmp_path / "out" / "series.csv")["called"]) >= {"Box", "Ash town", "World"}
    page = result.report(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Oak Wood" in page
    assert ">Oak<" not in page
    texts = [text.get_text() for text in result.plot.ranking().get_yticklabels()]
    assert any("Yew End" in text for text in texts)
    assert "Elm Grove" in result.plot.waterfall(unit="Elm").get_title()


def test_names_that_do_not_tell_units_are_refused():
    table = named_places()
    with pytest.raises(hi.DataError, match="unit 'Ash' has the names 'Ash town', 'Ashton'"):
        NAMED.compute(table.assign(called=table.called.where(table.index != 2, "Ashton")))
    with pytest.raises(hi.DataError, match="units 'Fir', 'Oak' have one name, 'Fir Hill'"):
        NAMED.compute(table.replace({"called": {"Oak Wood": "Fir Hill"}}))
    with pytest.raises(hi.DataError, match="column 'called' is missing"):
        NAMED.compute(places())
    with pytest.raises(hi.SpecError, match="unit_names needs a unit column"):
        NAMED.replace({"unit": None, "groups_of_units": []})


def test_a_release_keeps_names_and_groups(tmp_path: Path):
    table = pd.concat([named_places(), named_places().head(3).assign(place="Total", called="All")])
    index = NAMED.replace({"exclude": ["Total"]})
    result = index.compute(table)
    first = hi.release(result, tmp_path / "first")
    np.testing.assert_allclose(first.series, result.series())
    later = index.compute(table.assign(jobs=table.jobs * (1 + (table.place == "Elm"))))
    second = hi.release(later, tmp_path / "second")
    moved = hi.revisions(first, second)
    assert moved.why_not == ""
    assert "Elm" in moved.summary(0.0)


def test_names_of_units_stand_where_units_are_told(tmp_path: Path):
    table = named_places()
    result = NAMED.compute(table)
    ends = [text.get_text() for text in result.plot.lines(units=["Elm", "Oak"]).texts]
    assert any("Elm Grove" in text for text in ends)
    assert "Oak Wood" in result.plot.lines(units=["Oak"], nodes=["all"]).get_title()
    assert "unit 'Fir' (Fir Hill), period 2022" in str(result.explain(unit="Fir"))
    shown = result.method()
    assert "6 units: Ash Town (Ash)".lower() in shown.lower()
    assert "Levels in the base period of Oak Wood (Oak)" in shown
    assert "Means over units" in shown
    assert "weighted by `people`" in shown
    chinese = result.method(lang="zh")
    assert "Oak Wood Oak" in chinese
    assert "以`people`加权" in chinese
    assert "Yew End" in result._repr_html_()
    with pytest.raises(hi.DataError, match=r"unit 'Ash' \(Ash town\), period 2021: weight -3"):
        NAMED.compute(table.assign(people=table.people.where(table.index != 1, -3)))


def test_a_study_tells_units_by_name():
    index = NAMED.replace({"base": None, "weights": "equal", "groups_of_units": []})
    found = hi.uncertainty(index, named_places().dropna(), {"normalise": ["min_max", "rank"]}, draws=16)
    assert re.search(r"the widest [\d.]+ \((Ash town|Elm Grove|Fir Hill|Oak Wood|Yew End), 202[012]\)", found.summary())
    last = hi.uncertainty(
        index, named_places().dropna(), {"normalise": ["min_max", "rank"]}, draws=16, rows="2021"
    ).summary()
    assert re.search(r"(Ash town|Elm Grove|Fir Hill|Oak Wood|Yew End) \(2021\)|first in", last)


def test_the_report_heads_names_with_their_column(tmp_path: Path):
    page = NAMED.compute(named_places()).report(tmp_path / "page.html").read_text(encoding="utf-8")
    assert re.search(r"<th[^>]*>\s*(<button[^>]*>)?\s*called", page)
    assert not re.search(r"<th[^>]*>\s*(<button[^>]*>)?\s*place\b", page)
