"""Expressions, SQL and the kernels give the same scores, and refuse the same cells."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from support.laws import law
from support.streams import near
from support.tables import panel

import hengdian_index as hi
from hengdian_index._batches.footers import scanned_ends

N = 30


def kinds(name):
    """Return what a table is made, and how it is made a pandas frame again."""
    made = {
        "pandas": (lambda rows: rows, lambda found: found),
        "polars": (pl.from_pandas, lambda found: found.to_pandas()),
        "lazy": (lambda rows: pl.from_pandas(rows).lazy(), lambda found: found.collect().to_pandas()),
    }
    return made[name]


def sql(fitted, rows):
    """Return the scores that DuckDB finds."""
    import duckdb

    with duckdb.connect() as connection:
        connection.register("given rows", pl.from_pandas(rows).to_arrow())
        return connection.execute(fitted.to_sql(table="given rows", normalised=True)).df()


def test_what_is_ranked_or_rounded_is_left_to_the_kernels():
    ranked = hi.Index(groups=[hi.Group("all", rescale="rank", round=1)], indicators=[hi.Indicator("a", "all", round=2)])
    fitted = ranked.fit({"a": [1.0, 2.0, 4.0]})
    with pytest.raises(hi.SpecError, match="no arithmetic in one value") as told:
        fitted.expressions()
    said = [str(fault) for fault in told.value.faults]
    assert [line.partition(" is no")[0] for line in said] == ["indicator 'a': round", "group 'all': rank"]


# Scores above 0, of every value or of those near the ones learnt from; and scores of any sign.
POSITIVE = (
    {"method": "min_max", "lower": 10, "upper": 90, "clip": True},
    {"method": "goalposts", "low": 0.5, "high": 4, "lower": 1, "upper": 2},
    {"method": "categorical", "cuts": [0.75, 1.5, 2.25], "scores": [1, 2, 2, 5], "on": "value"},
    "logistic",
    {"method": "efficacy", "low": 0.2, "high": 3, "form": "exponential"},
    {"method": "efficacy", "low": 0.2, "high": 3, "form": "log"},
    {"method": "z_score", "mean": 100, "sd": 10},
    {"method": "efficacy", "low": 0.2, "high": 3},
)
ANY = (
    *POSITIVE,
    "min_max",
    "z_score",
    "robust",
    "relative",
    {"method": "distance_to_target", "target": 2.5},
    "share",
    "vector",
    "above_below",
    "none",
)
TURNED = ("min_max", "z_score", "robust", "logistic", "vector")
DIRECTIONS = st.sampled_from([hi.Target(1.5), hi.Between(1, 2), hi.Between(1, 2, 0.25, 6)])
TREATMENTS = st.sampled_from(
    [
        None,
        None,
        "log",
        "box_cox",
        "yeo_johnson",
        {"method": "winsorise", "limits": [0.1, 0.9]},
        {"method": "fence"},
    ]
)
SUMS = ("arithmetic", "minimum", "maximum")
MEANS = (
    *SUMS,
    "arithmetic",
    {"method": "geometric", "zeros": "limit"},
    "geometric",
    "harmonic",
    {"method": "harmonic", "zeros": "limit"},
    *({"method": "power", "p": p} for p in (2, 40, 0.3, -1.5)),
    {"method": "geometric", "reflect": 150},
    {"method": "geometric", "reflect": 90, "zeros": "limit"},
    {"method": "quasi_arithmetic", "f": "z ** 2", "inverse": "y ** 0.5"},
    {"method": "quasi_arithmetic", "f": "log(z + 7)", "inverse": "exp(y) - 7"},
    {"method": "counting", "cutoff": 0.7},
)
RULES = st.sampled_from([None, None, None, None, None, None, "reweight", "propagate", "raise"])
COVERAGES = st.sampled_from([0, 0.4, 0.65, 1])


@st.composite
def indexes(draw):
    """Draw an index of up to three levels: maps, means, directions, denominators and rules of each part."""
    positive = draw(st.booleans())
    maps, means = (POSITIVE, MEANS) if positive else (ANY, SUMS)
    parents = {"top": None}
    for g in range(draw(st.integers(1, 3))):
        parents[f"g{g}"] = draw(st.sampled_from(list(parents)))
    indicators, codes = list[hi.Indicator](), iter("abcdefghij")
    children = {group: [one for one, parent in parents.items() if parent == group] for group in parents}
    for group in parents:
        for code in [next(codes) for _ in range(draw(st.integers(0 if children[group] else 1, 2)))]:
            choice = draw(st.sampled_from(maps))
            name = choice if isinstance(choice, str) else choice["method"]
            turns = st.one_of(st.sampled_from([1, -1]), DIRECTIONS) if name in TURNED else st.sampled_from([1, -1])
            said = {
                "direction": 1 if name == "none" else draw(turns),
                "normalise": choice,
                "treat": draw(TREATMENTS),
                "denominator": draw(st.sampled_from([None, None, None, "size"])),
                "missing": draw(RULES),
            }
            indicators.append(hi.Indicator(code, group, **said))
            children[group].append(code)
    groups = []
    for group, parent in parents.items():
        weights = st.lists(
            st.sampled_from([0, 1, 1, 2.5]), min_size=len(children[group]), max_size=len(children[group])
        )
        given = dict(zip(children[group], draw(weights.filter(any)), strict=True))
        again = (POSITIVE[0], None, None, None) if positive else ("z_score", "min_max", "logistic", None, None, None)
        said = {"aggregate": draw(st.sampled_from(means)), "coverage": draw(COVERAGES), "weights": given}
        said["rescale"] = draw(st.sampled_from(again))
        groups.append(hi.Group(group, parent, **said))
    return {"unit": "firm", "groups": groups, "indicators": indicators}


def rows(seed, gaps, columns="abcdefghij"):
    """Return firms with gaps and a size."""
    rng = np.random.default_rng(seed)
    found = pd.DataFrame({"firm": [f"f{i}" for i in range(N)]})
    for code in columns:
        found[code] = np.where(rng.random(N) < gaps, np.nan, rng.gamma(2.0, 0.8, N).round(2) + 0.01)
    return found.assign(size=rng.gamma(3.0, 1.0, N) + 0.1)


@st.composite
def later_rows(draw, seed):
    """Draw rows to score with gaps, and at times a cell that may be refused."""
    found = rows(seed + 1, draw(st.sampled_from([0, 0.1, 0.4])))
    if draw(st.booleans()):
        name = draw(st.sampled_from([*"abcd", "size"]))
        found.loc[draw(st.integers(0, N - 1)), name] = draw(st.sampled_from([np.inf, -1.0, 0.0, 1e3, -1e3, np.nan]))
    return found


def scan_of(table, folder, size):
    """Return rows as a scan of two files of row groups of a size."""
    half = len(table) // 2
    for i, part in enumerate((table.iloc[:half], table.iloc[half:])):
        pl.from_pandas(part, nan_to_null=i == 0).write_parquet(folder / f"{i}.parquet", row_group_size=size)
    return pl.scan_parquet(folder / "*.parquet")


def fitted_of(drawn, table):
    """Return a fit of a drawn index, unless index or rows are refused."""
    try:
        return hi.Index(**drawn).fit(table)
    except ValueError:
        reject()


def scored(fitted, table):
    """Return the scores and the normalised indicators of the kernels; None where rows are refused."""
    try:
        result = fitted.score(table)
    except hi.DataError:
        return None
    return pd.concat([result.normalised.add_suffix("_normalised"), result.scores], axis=1)


@law(12)
@given(
    drawn=indexes(),
    seed=st.integers(0, 99),
    data=st.data(),
    kind=st.sampled_from(["pandas", "polars", "lazy"]),
)
def test_expressions_are_the_kernels(drawn, seed, data, kind):
    fitted = fitted_of(drawn, rows(seed, 0))
    later = data.draw(later_rows(seed))
    wanted, (made, plain) = scored(fitted, later), kinds(kind)
    if wanted is None:
        with pytest.raises(hi.DataError):
            fitted.expressions().apply(made(later))
        return
    found = plain(fitted.expressions().apply(made(later), normalised=True)).set_index("firm")
    assert list(found) == list(wanted)
    near(found, wanted)


@pytest.mark.program("duckdb")
@law(12)
@given(drawn=indexes(), seed=st.integers(0, 99), data=st.data())
def test_sql_is_the_kernels(drawn, seed, data):
    fitted = fitted_of(drawn, rows(seed, 0))
    later = data.draw(later_rows(seed))
    wanted = scored(fitted, later)
    if wanted is None:
        with pytest.raises(Exception, match=r"indicator|group"):
            sql(fitted, later)
        return
    near(sql(fitted, later).set_index("firm")[list(wanted)], wanted)


@law(20)
@given(drawn=indexes(), seed=st.integers(0, 99), data=st.data())
def test_every_check_that_finds_a_row_is_made(drawn, seed, data):
    found = fitted_of(drawn, rows(seed, 0)).expressions()
    given = data.draw(later_rows(seed))
    frame = found._frame(given)
    doubtful = {id(check) for check in found._doubtful(frame, {})}
    with np.errstate(all="ignore"):
        for step in found.steps:
            frame = frame.with_columns(**step)
        checks = zip(found.plan.checks, found.checks.values(), strict=True)
        bad = [check for check, condition in checks if len(frame.filter(condition))]
    # What is made of a refused value is missing, which may be refused in its turn.
    first = min((check.step for check in bad), default=0)
    assert all(id(check) in doubtful for check in bad if check.step == first)
    with tempfile.TemporaryDirectory() as folder:
        # The same of what footers say, and of values that are looked at where they say nothing.
        scan = scan_of(given, Path(folder), data.draw(st.integers(1, N)))
        by_footers = {id(check) for check in found._doubtful(found._frame(scan), scanned_ends(scan, found.columns))}
    assert all(id(check) in by_footers for check in bad if check.step == first)


def index(**choices):
    """Return an index of three indicators in two groups."""
    given = {
        "unit": "firm",
        "groups": [hi.Group("top"), hi.Group("people", "top")],
        "indicators": [hi.Indicator("a", "top"), hi.Indicator("b", "people"), hi.Indicator("c", "people")],
    }
    return hi.Index(**given | choices)


def test_gaps_and_values_beyond_those_learnt_from_by_hand():
    table = pd.DataFrame({"firm": ["x", "y"], "a": [2.0, 4.0], "b": [0.0, 10.0], "c": [5.0, 25.0]})
    later = pl.DataFrame(
        {"firm": ["p", "q", "r"], "a": [5, None, 2], "b": [5.0, float("nan"), None], "c": [5.0, 15, None]}
    )
    groups = [hi.Group("top", weights={"a": 3, "people": 1}, coverage=0.5), hi.Group("people", "top", coverage=0.5)]
    found = index(groups=groups).fit(table).expressions().apply(later)
    # people: (.5 + 0) / 2; .5 alone; none. top: (3 · 1.5 + .25) / 4; .5 alone; 0 alone.
    assert found.columns == ["firm", "top", "people"]
    assert found["people"].to_list() == [0.25, 0.5, None]
    assert found["top"].to_list() == [1.1875, 0.5, 0.0]


def test_a_value_short_of_a_cut_by_rounding_reaches_it():
    steps = {"method": "categorical", "cuts": [0.1], "scores": [0, 1], "on": "value"}
    short = pd.DataFrame({"firm": ["x", "y"], "a": [1 - 0.9, 0.1 - 1e-9], "b": 1.0, "c": 1.0})
    assert short["a"][0] < 0.1
    fitted = index(normalise=steps).fit(short)
    found = fitted.expressions()
    assert list(found.apply(short, normalised=True)["a_normalised"]) == [1.0, 0.0]
    assert list(fitted.score(short).normalised["a"]) == [1.0, 0.0]


@pytest.mark.program("duckdb")
@pytest.mark.parametrize("labels", [["x", "y", "it's"], [7, 30, 5], None])
def test_levels_are_those_of_the_base(labels):
    table = panel(8, labels or ["only"])
    chosen = {"unit": "city"} if labels else {}
    parts = {"groups": index().groups, "indicators": index().indicators}
    fitted = hi.Index(period="quarter", base="2001", to=100, **parts, **chosen).fit(table)
    wanted = fitted.score(table).series()
    near(fitted.expressions().apply(table)[[f"{group}_level" for group in wanted]], wanted)
    lazy = fitted.expressions().apply(pl.from_pandas(table).lazy()).collect()
    near(lazy["top_level"].to_numpy(), wanted["top"])
    if labels:
        other = fitted.expressions().apply(
            table.assign(city=table["city"].where(table["quarter"] != "2001Q1", labels[1]))
        )
        assert other["top_level"].notna().all()
        new = table.assign(city=0 if isinstance(labels[0], int) else "z")
        assert fitted.expressions().apply(new)["top_level"].isna().all()
    keys = [*chosen.values(), "quarter"]
    found = sql(fitted, table).set_index(keys)["people_level"]
    near(found.reindex(pd.MultiIndex.from_frame(table[keys]) if labels else table["quarter"]), wanted["people"])


def test_steps_of_a_frame_of_ones_own():
    table = rows(3, 0.1, "abc")
    fitted = index().fit(table)
    frame = pl.from_pandas(table).lazy()
    import narwhals.stable.v2 as nw

    own = nw.from_native(frame)
    for step in fitted.expressions().steps:
        own = own.with_columns(**step)
    near(own.collect()["top"].to_numpy(), fitted.score(table).scores["top"])
    normalised = nw.from_native(frame).select(**fitted.expressions().normalised).collect()
    near(normalised.to_numpy(), fitted.score(table).normalised)


@pytest.mark.parametrize("kind", ["pandas", "polars", "lazy"])
def test_cells_are_counted_and_refused(kind):
    table = rows(4, 0, "abc")
    mean = [hi.Group("top"), hi.Group("people", "top", aggregate={"method": "geometric", "zeros": "limit"})]
    three = [
        hi.Indicator("a", "top", denominator="size"),
        hi.Indicator("b", "people", treat="log"),
        hi.Indicator("c", "people", normalise={"method": "goalposts", "low": 0, "high": 9, "clip": False}),
    ]
    made = kinds(kind)[0]
    found = index(groups=mean, indicators=three).fit(table).expressions()
    bad = table.assign(a=table["a"].where(table.index != 7, np.inf), size=table["size"].where(table.index > 2, 0.0))
    with pytest.raises(hi.DataError) as told:
        found.apply(made(bad))
    said = str(told.value)
    assert "indicator 'a': infinity is no value; mend it or leave it out (1 row, first firm 'f7')" in said
    assert "indicator 'a': its denominator 'size' is not a number above 0" in said
    assert "(3 rows, first firm 'f0')" in said
    with pytest.raises(hi.DataError, match=r"indicator 'b': .*above 0 \(1 row, first firm 'f5'\)"):
        found.apply(made(table.assign(b=table["b"].where(table.index != 5, -1.0))))
    with pytest.raises(hi.DataError, match=r"group 'people': 'c_normalised': this mean needs values of 0 or more"):
        found.apply(made(table.assign(c=table["c"].where(table.index != 5, -1.0))))


def test_footers_spare_a_look_at_the_values(tmp_path, monkeypatch):
    table = rows(4, 0.1, "abc")
    found = index().fit(table).expressions()
    wanted = found.apply(table)
    # Of a column with NaN some versions of Polars write no ends, and then the values are looked at.
    pl.from_pandas(table).write_parquet(tmp_path / "rows.parquet", row_group_size=4)
    scan = pl.scan_parquet(tmp_path / "*.parquet")
    monkeypatch.setattr("hengdian_index._batches.expressions._collected", lambda frame: pytest.fail("looked at"))
    near(found.apply(scan).collect()["top"].to_numpy(), wanted["top"])
    # Of a cell that may be refused for being missing the footer knows too little: it may be NaN.
    monkeypatch.undo()
    with pytest.raises(hi.DataError, match="'b_normalised' is missing, and the rule is 'raise'"):
        index(missing="raise").fit(rows(4, 0, "abc")).expressions().apply(scan)


@pytest.mark.parametrize(
    "way", ["whole", "no statistics", "another writer", "filtered", "sliced", "cut", "renamed", "by folders"]
)
@pytest.mark.parametrize("cell", [np.inf, -np.inf, np.nan, None])
def test_what_footers_do_not_say_is_looked_at(way, cell, tmp_path):
    import pyarrow.parquet as pq

    table = rows(4, 0, "abc")
    found = index().fit(table).expressions()
    given = pl.from_pandas(table).with_columns(b=pl.Series([*table["b"][:-1], cell], dtype=pl.Float64, strict=False))
    path = tmp_path / ("b=2" if way == "by folders" else "") / "rows.parquet"
    path.parent.mkdir(exist_ok=True)
    pq.write_table(given.to_arrow(), path, row_group_size=7, write_statistics=way != "no statistics")
    if way == "another writer":
        path.write_bytes(path.read_bytes().replace(b"parquet-cpp-arrow", b"somebody else's ."))
    scan = pl.scan_parquet(path, n_rows=N if way == "cut" else None, hive_partitioning=way == "by folders")
    changed = {
        "filtered": lambda one: one.filter(pl.col("a") > 0),
        "sliced": lambda one: one.slice(0, N),
        "renamed": lambda one: one.with_columns(b=pl.col("b") + 0),
    }
    scan = changed.get(way, lambda one: one)(scan)
    assert ("b" in scanned_ends(scan, "abc")) == (way == "whole")
    if way != "by folders" and cell in (np.inf, -np.inf):
        with pytest.raises(hi.DataError, match=r"indicator 'b': infinity is no value.* \(1 row, first firm 'f29'\)"):
            found.apply(scan)
    else:
        near(found.apply(scan).collect()["people"].to_numpy(), found.apply(scan.collect())["people"].to_numpy())


def test_columns_that_are_no_numbers_or_not_there():
    table = rows(5, 0, "abc")
    found = index().fit(table).expressions()
    with pytest.raises(hi.DataError, match=r"columns of numbers are needed, not 'b' \(String\); cast them"):
        found.apply(pl.from_pandas(table).with_columns(pl.col("b").cast(pl.String)))
    with pytest.raises(hi.DataError, match="column 'c' is missing"):
        found.apply(pl.from_pandas(table).lazy().drop("c"))
    with pytest.raises(hi.DataError, match="expressions apply to a table of pandas, Polars"):
        found.apply([1.0, 2.0])


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        ({"normalise": "rank"}, "indicator 'a': rank"),
        ({"normalise": "percentile_rank"}, "indicator 'b': percentile_rank"),
        ({"impute": "peers"}, "indicator 'a': impute"),
        ({"aggregate": "copeland"}, "group 'top': copeland"),
        (
            {"aggregate": "mazziotta_pareto", "normalise": {"method": "z_score", "mean": 100, "sd": 10}},
            "mazziotta_pareto",
        ),
        (
            {"aggregate": {"method": "power", "p": 1e-6}, "normalise": {"method": "min_max", "lower": 1, "upper": 2}},
            "power",
        ),
        ({"unit_coverage": 0.5}, "unit_coverage"),
        ({"exclude": ["f3"]}, "units, exclude"),
    ],
)
def test_what_is_no_expression_is_refused_by_name(choices, told):
    fitted = index(**choices).fit(rows(6, 0.0, "abc"))
    for door in (fitted.expressions, fitted.to_sql):
        with pytest.raises(hi.SpecError, match=told) as error:
            door()
        faults = str(error.value).splitlines()
        assert len(faults) == len(set(faults))


def test_a_dialect_that_there_is_not():
    with pytest.raises(hi.SpecError, match="dialect: no 'duckdbb'; did you mean 'duckdb'"):
        index().fit(rows(7, 0, "abc")).to_sql("duckdbb")


@pytest.mark.program("duckdb")
def test_names_that_sql_must_quote():
    import duckdb

    names = ['the "a"', "b's", "c d"]
    table = rows(8, 0.1, "abc").rename(columns=dict(zip("abc", names, strict=True)))
    fitted = index(indicators=[hi.Indicator(name, "people" if name != "c d" else "top") for name in names]).fit(table)
    wanted = fitted.score(table).scores["top"]
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA own")
        connection.register("given", pl.from_pandas(table).to_arrow())
        connection.execute('CREATE TABLE own."firms of all" AS SELECT * FROM given')
        for source in ("own.firms of all", "(SELECT * FROM given)"):
            near(connection.execute(fitted.to_sql(table=source)).df()["top"], wanted)
        near(fitted.expressions().apply(connection.table("given")).df()["top"], wanted)


@pytest.mark.program("duckdb")
def test_sql_raises_an_error_for_a_cell_that_is_refused():
    table = rows(9, 0, "abc")
    fitted = index(missing="raise").fit(table)
    with pytest.raises(Exception, match="indicator 'b': infinity is no value"):
        sql(fitted, table.assign(b=table["b"].where(table.index != 3, -np.inf)))
    exponential = {"method": "efficacy", "low": 0.2, "high": 3, "form": "exponential"}
    with pytest.raises(Exception, match="indicator 'a': its score is too large a number"):
        sql(index(normalise=exponential).fit(table), table.assign(a=table["a"].where(table.index != 3, 1e9)))
    with pytest.raises(Exception, match="group 'people': 'c_normalised' is missing"):
        sql(fitted, table.assign(c=table["c"].where(table.index != 3)))
