"""The four means as users call them: weights by name, gaps, zeros, refusals."""

import math
import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, close, tables, weights_for

import hengdian_index as hi
from hengdian_index.aggregate import arithmetic, geometric, harmonic, power
from hengdian_index.log import journal

TABLE = pd.DataFrame({"a": [1.0, 2.0], "b": [4.0, 8.0], "c": [2.0, 16.0]}, index=["p", "q"])
SLOW = {
    arithmetic: lambda row, w: math.fsum(a * b for a, b in zip(row, w, strict=True)),
    geometric: lambda row, w: math.prod(a**b for a, b in zip(row, w, strict=True)),
    harmonic: lambda row, w: 1 / math.fsum(b / a for a, b in zip(row, w, strict=True)),
}


@pytest.mark.parametrize("method", SLOW)
@LAW
@given(x=tables(sign=1, columns=(3, 3)), w=weights_for(3))
def test_each_mean_is_its_formula_row_by_row(method, x, w):
    np.testing.assert_allclose(method(x, w), [SLOW[method](row, w) for row in x.tolist()], rtol=1e-12)


@LAW
@given(x=tables(sign=1))
def test_under_equal_weights_they_are_those_of_the_standard_library(x):
    np.testing.assert_allclose(arithmetic(x), [statistics.fmean(row) for row in x.tolist()], rtol=1e-12)
    np.testing.assert_allclose(geometric(x), [statistics.geometric_mean(row) for row in x.tolist()], rtol=1e-12)
    np.testing.assert_allclose(harmonic(x), [statistics.harmonic_mean(row) for row in x.tolist()], rtol=1e-12)


@LAW
@given(x=tables(sign=1), data=st.data())
def test_the_classical_means_are_powers_and_in_order(x, data):
    w = data.draw(weights_for(x.shape[1]))
    close(power(x, w, p=1), arithmetic(x, w))
    close(power(x, w, p=0), geometric(x, w))
    close(power(x, w, p=-1), harmonic(x, w))
    close(power(x, w, p=np.inf), x.max(axis=1))
    close(power(x, w, p=-np.inf), x.min(axis=1))
    rising = np.array([power(x, w, p=p) for p in (-np.inf, -3, -1, 0, 0.5, 1, 2, np.inf)])
    assert (np.diff(rising, axis=0) >= -1e-12 * x.max()).all()


@pytest.mark.parametrize("method", [arithmetic, geometric, harmonic])
def test_weights_are_matched_by_name_and_rescaled(method):
    by_position = method(TABLE, [0.5, 0.25, 0.25])
    close(method(TABLE, {"c": 1, "a": 2, "b": 1}), by_position)
    close(method(TABLE, pd.Series({"b": 1, "c": 1, "a": 2})), by_position)
    close(method(TABLE.to_numpy(), np.array([2, 1, 1])), by_position)
    with journal() as lines:
        method(TABLE, [2, 1, 1])
    assert [line.why for line in lines] == ["weights summing to 4 rescaled to 1"]


@pytest.mark.parametrize(
    ("w", "why"),
    [
        ({"a": 1, "bb": 2}, "weights: no column 'bb'"),
        ({"a": 1, "bb": 2}, "weights: none for column 'b'"),
        ({"a": 1, "bb": 2}, "weights: none for column 'c'"),
        ([1, 2], "weights: 2 given for 3 columns"),
        (5, "weights: 1 given for 3 columns"),
        ([1, -2, 3], "each must be a number of 0 or more"),
        ([1, float("nan"), 3], "each must be a number of 0 or more"),
        ([1, None, 3], "each must be a number of 0 or more"),
        (["a", 1, 2], "each must be a number of 0 or more"),
        ([0, 0, 0], "all are 0"),
    ],
)
def test_weights_that_do_not_fit_are_refused(w, why):
    with pytest.raises(hi.SpecError) as refusal:
        arithmetic(TABLE, w)
    assert why in str(refusal.value)


@pytest.mark.parametrize("method", [geometric, harmonic])
def test_a_zero_is_refused_with_its_cell_or_gives_the_limit(method):
    table = TABLE.assign(b=[0.0, 8.0])
    with pytest.raises(hi.DataError) as refusal:
        method(table)
    assert str(refusal.value) == "column 'b', row 'p': 0: this mean needs values above 0; normalise to such a scale"
    close(method(table, zeros="limit"), [0, method(TABLE)["q"]])
    close(method(table, [0.5, 0, 0.5], zeros="limit"), method(TABLE[["a", "c"]]))
    with pytest.raises(hi.DataError, match=r"column 'b', row 'p': -1: this mean needs values of 0 or more"):
        method(table.assign(b=[-1.0, 8.0]), zeros="limit")


def test_every_cell_outside_the_domain_is_named_also_beside_gaps():
    table = pd.DataFrame({"a": [0.0, 1.0, 3.0], "b": [2.0, -1.0, np.nan], "c": 1.0}, index=["p", "q", "r"])
    with pytest.raises(hi.DataError) as refusal:
        geometric(table)
    assert [str(f).split(": this")[0] for f in refusal.value.faults] == [
        "column 'a', row 'p': 0",
        "column 'b', row 'q': -1",
    ]
    with pytest.raises(hi.DataError, match=r"column 'a', row 'p': 0"):
        power(table, p=-2)
    with pytest.raises(hi.DataError, match=r"column 'b', row 'q': -1"):
        power(table, p=0.5)


@pytest.mark.parametrize("method", [geometric, harmonic])
def test_rows_without_a_score_are_not_asked_for_their_domain(method):
    x = np.array([[np.nan, np.nan, 0.0], [1.0, 2.0, 4.0]])
    scores = method(x, missing="propagate")
    assert np.isnan(scores[0])
    assert scores[1] == pytest.approx(method(x[1]))
    assert np.isnan(method(x)[0])


def test_rows_left_without_a_score_get_a_line_in_the_log():
    with journal() as lines:
        arithmetic([[1.0, np.nan, np.nan], [1.0, 2.0, 3.0]])
    assert [(line.step, line.why) for line in lines] == [("aggregate", "1 row has too few values for a score: missing")]


def test_a_score_is_a_number_a_row_or_a_series_with_its_labels():
    assert arithmetic([1.0, 2.0]) == 1.5
    assert isinstance(arithmetic([1.0, 2.0]), float)
    assert arithmetic([[1.0, 2.0]]).tolist() == [1.5]
    pd.testing.assert_series_equal(arithmetic(TABLE), pd.Series([7 / 3, 26 / 3], ["p", "q"], name="score"))


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"missing": "drop"}, "missing: no rule 'drop'"),
        ({"coverage": 1.5}, "coverage: a share from 0 to 1, not 1.5"),
        ({"covrage": 0.5}, "unknown option 'covrage'"),
        ({"zeros": "limit"}, "unknown option 'zeros'"),
    ],
)
def test_wrong_choices_are_refused(options, why):
    with pytest.raises(hi.SpecError) as refusal:
        arithmetic(TABLE, **options)
    assert why in str(refusal.value)


@pytest.mark.parametrize(
    ("p", "why"),
    [("2", "a number is needed, not '2'"), (True, "not True"), (float("nan"), "not nan"), (None, "not None")],
)
def test_the_order_of_a_power_mean_is_a_number(p, why):
    with pytest.raises(hi.SpecError) as refusal:
        power(TABLE, p=p)
    assert why in str(refusal.value)


@pytest.mark.parametrize(
    ("p", "zero", "negative"),
    [
        (-math.inf, True, True),
        (-1, False, False),
        (0, False, False),
        (0.5, True, False),
        (1, True, True),
        (2, True, False),
        (math.inf, True, True),
    ],
)
def test_a_power_takes_the_values_that_have_one(p, zero, negative):
    for value, taken in ((0.0, zero), (-1.0, negative)):
        if taken:
            assert np.isfinite(power([[2.0, value]], [0.5, 0.5], p=p)).all()
        else:
            with pytest.raises(hi.DataError, match="this mean needs values"):
                power([[2.0, value]], [0.5, 0.5], p=p)
    domain = power.method.traits["domain"](p=p)
    assert (domain != "above 0") is zero
    assert (domain == "real") is negative


def test_a_sum_takes_weights_as_they_are_given():
    x = TABLE.to_numpy()
    np.testing.assert_array_equal(hi.aggregate.sum(TABLE), [7.0, 26.0])
    for w in (
        [2, 1, 0.5],
        {"c": 0.5, "a": 2, "b": 1},
        pd.Series([0.5, 2.0, 1.0], ["c", "a", "b"]),
        np.array([2, 1, 0.5]),
    ):
        np.testing.assert_allclose(hi.aggregate.sum(TABLE, w), [7.0, 20.0], rtol=1e-15)
    np.testing.assert_allclose(hi.aggregate.sum(TABLE, [0.2, 0.3, 0.5]), x @ [0.2, 0.3, 0.5], rtol=1e-15)
    sets = np.array([[2.0, 1.0, 0.5], [1.0, 1.0, 1.0], [0.1, 0.2, 0.3]])
    np.testing.assert_allclose(hi.aggregate.sum(x, sets), sets @ x.T, rtol=1e-15)
    np.testing.assert_allclose(hi.aggregate.sum(x, sets, total=1), arithmetic(x, sets), rtol=1e-15)
    with journal() as log:
        hi.aggregate.sum(TABLE, [2, 1, 0.5])
    assert not [entry for entry in log if entry.step == "weights"]


def test_a_sum_scales_what_a_row_has_up_to_all_weights():
    gapped = TABLE.assign(b=[4.0, np.nan])
    np.testing.assert_allclose(hi.aggregate.sum(gapped, [1, 2, 3]), [15.0, (2 + 48) / 4 * 6])
    np.testing.assert_allclose(hi.aggregate.sum(gapped, coverage=0), [7.0, 27.0])
    sets = np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])
    for missing, last in (("reweight", [75.0, 27.0]), ("propagate", [np.nan, np.nan])):
        found = hi.aggregate.sum(gapped.to_numpy(), sets, missing=missing)
        np.testing.assert_allclose(found, np.column_stack([[15.0, 7.0], last]))


@pytest.mark.parametrize("total", [0, -1, np.inf])
def test_a_total_that_is_none_is_refused(total):
    with pytest.raises(hi.SpecError, match="total: a number above 0"):
        hi.aggregate.sum(TABLE, total=total)


def summed(**choices):
    """Return an index of two groups, one of which sums what is written of it."""
    return hi.Index(
        groups=[
            hi.Group("all", **choices.pop("top", {})),
            hi.Group("left", "all", **choices),
            hi.Group("right", "all"),
        ],
        indicators=[*(hi.Indicator(code, "left") for code in "ab"), hi.Indicator("c", "right")],
        normalise="none",
        period="year",
    )


ROWS = pd.DataFrame({"year": [2001, 2002, 2003], "a": [1.0, 2.0, 4.0], "b": [4.0, 8.0, 2.0], "c": [2.0, 16.0, 3.0]})


@pytest.mark.parametrize(
    ("choices", "wanted"),
    [
        ({}, [5.0, 10.0, 6.0]),
        ({"weights": {"a": 2, "b": 1}}, [6.0, 12.0, 10.0]),
        ({"weights": {"a": 0.5, "b": 0.5}}, [2.5, 5.0, 3.0]),
        ({"weights": {"a": 2, "b": 1}, "aggregate": {"method": "sum", "total": 1}}, [2.0, 4.0, 10 / 3]),
        ({"weights": "equal"}, [5.0, 10.0, 6.0]),
    ],
    ids=str,
)
def test_an_index_sums_with_the_weights_that_are_written(choices, wanted):
    index = summed(**{"aggregate": "sum", **choices})
    result = index.compute(ROWS)
    np.testing.assert_allclose(result.scores["left"], wanted, rtol=1e-15)
    assert hi.Index.from_toml(index.to_toml()) == index
    assert hi.Index.from_toml(index.to_toml()).compute(ROWS).scores.equals(result.scores)
    told = result.explain(period=2002, node="left")
    assert told.value == pytest.approx(wanted[1])
    assert sum(told.steps.query("step == 'aggregate'")["value"]) == pytest.approx(wanted[1])
    pieces = index.fit(ROWS).score(ROWS)
    np.testing.assert_allclose(pieces.scores["left"], wanted, rtol=1e-15)


def test_levels_and_changes_of_a_sum_split_into_its_terms():
    result = summed(top={"aggregate": "sum"}, aggregate="sum", weights={"a": 2, "b": 1}).compute(ROWS)
    levels = result.contributions("left", of="level")
    np.testing.assert_allclose(levels[["a", "b"]], [[2.0, 4.0], [4.0, 8.0], [8.0, 2.0]])
    changes = result.contributions("all", of="change", depth="indicators").iloc[1:]
    np.testing.assert_allclose(changes[["a", "b", "c"]], [[2.0, 4.0, 14.0], [4.0, -6.0, -13.0]])


@pytest.mark.parametrize("year", [2018, 2020, 2022])
def test_the_sums_of_the_social_vulnerability_index(software, year):
    folder = software.parent / "indexes" / "svi_pa"
    if not folder.is_dir():
        pytest.skip(f"the case is not here: {folder}")
    printed = pd.read_csv(folder / f"expected{year}.csv", dtype={"FIPS": str}).set_index("FIPS")
    early = {"THEME2": "AGE65 AGE17 DISABL SNGPNT", "THEME4": "MUNIT MOBILE CROWD NOVEH GROUPQ"}
    late = early | {"THEME2": "AGE65 AGE17 DISABL SNGPNT LIMENG", "THEME1": "POV150 UNEMP HBURD NOHSDP UNINSUR"}
    themes = early | {"THEME1": "POV UNEMP PCI NOHSDP", "THEME3": "MINRTY LIMENG"} if year == 2018 else late
    for theme, indicators in themes.items():
        found = hi.aggregate.sum(printed[[f"EPL_{code}" for code in indicators.split()]])
        np.testing.assert_allclose(found, printed[f"SPL_{theme}"], rtol=0, atol=1e-12)
