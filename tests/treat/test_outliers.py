"""Winsorising, fences and the two-stage rule: slow loops, closed cases, the ASEM index, degenerate columns."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.laws import LAW, close, law, same

import hengdian_index as hi
from hengdian_index import treat
from hengdian_index._maths.maps import Chain, Clip
from hengdian_index.errors import DataError, SpecError

COLUMNS = st.lists(
    st.integers(-40, 40).map(lambda v: v / 4) | st.sampled_from([0.0, 300.0, 1000.0, -500.0]), min_size=4, max_size=24
).filter(lambda values: len(set(values)) > 1)


def slow_shape(values):
    """Return the sign of G1, its square, and G2, exactly."""
    n, exact = len(values), [Fraction(float(v)) for v in values]
    mean = sum(exact) / n
    m2, m3, m4 = (sum((v - mean) ** p for v in exact) / n for p in (2, 3, 4))
    g1_square, g2 = m3**2 / m2**3, m4 / m2**2 - 3
    sign = (m3 > 0) - (m3 < 0)
    kurtosis = Fraction(n - 1, (n - 2) * (n - 3)) * ((n + 1) * g2 + 6)
    return sign, Fraction(n * (n - 1), (n - 2) ** 2) * g1_square, kurtosis


def slow_step(values):
    """Set the extreme value on the side of the skew to the next one; None where that is not done."""
    high_side = slow_shape(values)[0] >= 0
    end = max(values) if high_side else min(values)
    others = [v for v in values if v != end]
    if len(set(others)) < 2:
        return None
    following = max(others) if high_side else min(others)
    return [following if v == end else v for v in values]


def slow_log(values):
    low, high = min(values), max(values)
    a = (high - low) / 100
    if slow_shape(values)[0] < 0:
        return [-math.log(high - v + a) for v in values]
    return [math.log(v - low + a) for v in values]


def passes(values, skew, kurtosis):
    _, g1_square, g2 = slow_shape(values)
    return g1_square <= Fraction(skew) ** 2 or g2 <= Fraction(kurtosis)


def slow_jrc(raw, max_points, skew, kurtosis, combine):
    if passes(raw, skew, kurtosis):
        return raw
    values = raw
    while True:
        following = slow_step(values)
        if following is None or sum(v != r for v, r in zip(following, raw, strict=True)) > max_points:
            break
        values = following
        if passes(values, skew, kurtosis):
            return values
    return slow_log(values if combine else raw)


def column(values):
    return np.array(values, dtype=float)


@LAW
@given(values=COLUMNS, points=st.integers(0, 4))
def test_winsorise_is_the_slow_loop(values, points):
    wanted = values
    for _ in range(points):
        wanted = slow_step(wanted) or wanted
    same(treat.winsorise(column(values), points=points).table, wanted)


@law(60)
@given(values=COLUMNS, points=st.integers(0, 30))
def test_winsorise_leaves_the_median_and_at_least_two_values(values, points):
    table, _ = treat.winsorise(column(values), points=points)
    assert np.median(table) == np.median(values)
    assert len(set(table)) > 1


@example(values=[0.0, 0.25, *[1000.0] * 6], max_points=10**6, limits=(0.5, 0), combine=False)
@law(100)
@given(
    values=COLUMNS,
    max_points=st.integers(0, 6) | st.just(10**6),
    limits=st.sampled_from([(2, 3.5), (1, 1), (0.5, 0), (0, 0)]),
    combine=st.booleans(),
)
def test_jrc_is_the_slow_loop(values, max_points, limits, combine):
    skew, kurtosis = limits
    wanted = slow_jrc(values, max_points, skew, kurtosis, combine)
    table, _ = treat.jrc(column(values), max_points=max_points, skew=skew, kurtosis=kurtosis, combine=combine)
    close(table, wanted)
    if max_points == 10**6:
        unlimited = treat.jrc(column(values), max_points=None, skew=skew, kurtosis=kurtosis, combine=combine)
        same(unlimited.table, table)


@LAW
@given(values=COLUMNS)
def test_jrc_never_touches_a_column_that_passes(values):
    table, log = treat.jrc(column(values))
    if passes(values, 2, 3.5):
        same(table, values)
        assert log.empty


def test_asem_treated_as_coinr_treats_it_cell_by_cell(software):
    case = software / "coinr_asem" / "pipeline"
    screened, treated = (pd.read_csv(case / f, index_col="uCode") for f in ("4_screened.csv", "5_treated.csv"))
    points = pd.read_csv(case / "5_treated_points.csv", index_col="uCode").stack().dropna()
    details = pd.read_csv(case / "5_treated_details.csv", index_col="iCode")
    table, log = treat.jrc(screened)
    pd.testing.assert_frame_equal(table, treated.astype(float), rtol=0, atol=1e-9)
    assert set(zip(log["unit"], log["indicator"], strict=True)) == set(points.index)
    assert log.groupby("indicator").size().to_dict() == details["winsorise.nwin"].dropna().to_dict()
    assert set(points) == {"winhi", "winlo"}


def test_asem_log_reports_both_stages(software):
    screened = pd.read_csv(software / "coinr_asem" / "pipeline" / "4_screened.csv", index_col="uCode")
    _, log = treat.jrc(screened[["FemLab"]])
    assert log["why"].tolist() == [
        "raw: skew -2.009, kurtosis 5.001, fails; 1 point winsorised: skew -1.892, kurtosis 4.363, passes"
    ]


def test_jrc_takes_the_logarithm_of_the_raw_values_and_says_so():
    raw = np.concatenate([np.arange(20.0), 1000 * 2.0 ** np.arange(8)])
    table, log = treat.jrc(pd.DataFrame({"a": raw}), max_points=2)
    close(table["a"], np.log(raw + 1280))
    assert len(log) == 28
    shapes = [slow_shape(list(stage)) for stage in (raw, np.minimum(raw, 32000), table["a"])]
    first, second, third = (f"skew {s * math.sqrt(g):.4g}, kurtosis {float(k):.4g}" for s, g, k in shapes)
    assert log["why"].unique().tolist() == [
        f"raw: {first}, fails; 2 points winsorised: {second}, fails; ln(x + 1280) of the raw values: {third}, passes"
    ]


def test_jrc_flags_a_column_that_the_logarithm_does_not_mend():
    raw = np.concatenate([np.arange(40.0), 100 * 1.8 ** np.arange(8)])
    table, log = treat.jrc(raw, max_points=2)
    assert not passes(table.tolist(), 2, 3.5)
    assert log["why"].str.endswith("fails; the logarithm is kept, look at it").all()
    assert len(log) == 48


def test_jrc_mirrors_the_logarithm_of_a_column_skewed_to_the_left():
    raw = -np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 500, 900])
    table, log = treat.jrc(raw, max_points=0)
    close(table, -np.log(-1 - raw + 0.01 * 899))
    assert "-ln(-1 - x + 8.99)" in log.loc[0, "why"]


def test_jrc_combined_takes_the_logarithm_of_the_winsorised_values():
    raw = column([*range(1, 30), 500, 900, 5000])
    table, log = treat.jrc(raw, max_points=1, combine=True)
    held = np.minimum(raw, 900)
    close(table, np.log(held - 1 + 8.99))
    assert "of the winsorised values" in log.loc[0, "why"]


def test_a_tie_moves_together_or_not_at_all():
    raw = column([*range(1, 30), 400, 400, 400])
    table, log = treat.jrc(raw, max_points=3)
    same(table, np.minimum(raw, 29))
    assert len(log) == 3
    table, log = treat.jrc(raw, max_points=2)
    close(table, np.log(raw - 1 + 3.99))
    assert "winsorised:" not in log.loc[0, "why"]


@pytest.mark.parametrize("rule", [{"points": 3}, {"limits": (0.05, 0.95)}])
def test_a_column_with_one_rare_value_is_not_made_constant(rule):
    raw = column([0] * 40 + [1])
    table, log = treat.winsorise(raw, **rule)
    same(table, raw)
    assert log["why"].str.startswith("untreated").tolist() == [True]


def test_a_column_with_one_rare_value_keeps_two_values_under_jrc_and_is_flagged():
    table, log = treat.jrc(column([0] * 40 + [1]))
    close(table, [math.log(0.01)] * 40 + [math.log(1.01)])
    assert log["why"].str.endswith("fails; the logarithm is kept, look at it").all()


def test_winsorise_says_when_it_stops_before_the_asked_number_of_steps():
    table, log = treat.winsorise(column([1, 1, 1, 1, 2, 3, 9]), points=5)
    same(table, [1, 1, 1, 1, 2, 2, 2])
    assert (
        log["why"].tolist() == ["2 points winsorised in 2 of 5 steps; a further step would leave all values equal"] * 2
    )


def test_winsorise_within_quantiles_of_type_7():
    raw = column([10, 20, 30, 40, 50])
    table, log = treat.winsorise(raw, limits=(0.1, 0.9))
    same(table, [14, 20, 30, 40, 46])
    assert log["why"].unique().tolist() == ["held within 14 and 46, the quantiles 0.1 and 0.9"]


@LAW
@given(values=COLUMNS, width=st.sampled_from([None, 0.5, 1.5]))
def test_fence_is_the_slow_formula(values, width):
    step = 1.5 if width is None else width
    q25, q75 = (np.quantile(values, q) for q in (0.25, 0.75))
    wanted = values if q25 == q75 else [min(max(v, q25 - step * (q75 - q25)), q75 + step * (q75 - q25)) for v in values]
    close(treat.fence(column(values), width=width).table, wanted)
    step = 3 if width is None else width
    m, s = np.mean(values), np.std(values, ddof=1)
    close(treat.fence(column(values), rule="sigma", width=width).table, np.clip(values, m - step * s, m + step * s))


@LAW
@given(values=COLUMNS)
def test_a_second_fence_changes_nothing_where_the_quartiles_stay(values):
    once = treat.fence(column(values)).table
    if [np.quantile(once, q) for q in (0.25, 0.75)] == [np.quantile(values, q) for q in (0.25, 0.75)]:
        same(treat.fence(once).table, once)


def test_a_fence_without_width_is_no_fence():
    raw = column([0, 0, 0, 0, 0, 0, 0, 7, 9])
    table, log = treat.fence(raw)
    same(table, raw)
    assert log["why"].tolist() == ["untreated: the iqr fence would make all values equal"]


def test_later_rows_are_held_at_the_fences_of_the_fit_rows():
    fitted = treat.jrc.fit(column([1, 2, 3, 4, 5, 6, 7, 90]))
    assert isinstance(fitted.map, Clip)
    table, log = fitted([[2000.0], [-9.0]])
    assert table.tolist() == [[7.0], [-9.0]]
    assert log[["unit", "before", "after"]].values.tolist() == [[0, 2000.0, 7.0]]


def test_a_side_that_was_not_winsorised_has_no_fence():
    for fitted in (
        treat.winsorise.fit(column([1, 2, 3, 4, 90]), points=1),
        treat.winsorise.fit(column([1, 2, 3, 4, 90]), limits=(0, 0.75)),
    ):
        assert fitted([[-9.0], [100.0]]).table.tolist() == [[-9.0], [4.0]]


def test_a_later_row_out_of_reach_of_the_fitted_logarithm_is_refused_by_name():
    raw = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 900]})
    fitted = treat.jrc.fit(raw, max_points=0)
    assert isinstance(fitted.map, Chain)
    with pytest.raises(DataError, match=r"'a', row 'new': -40: outside the reach of the curve learnt"):
        fitted(pd.DataFrame({"a": [-40.0]}, index=["new"]))


def test_jrc_without_an_offset_names_the_cells_it_cannot_log():
    frame = pd.DataFrame({"a": [0.0, 2, 3, 4, 5, 6, 7, 900], "b": np.arange(8.0)}, index=list("stuvwxyz"))
    with pytest.raises(DataError, match=r"'a', row 's': 0: .*choose an offset") as error:
        treat.jrc(frame, max_points=0, offset="none")
    assert len(error.value.faults) == 1


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: treat.winsorise([1, 2, 3, 4]), "either points"),
        (lambda: treat.winsorise([1, 2, 3, 4], points=1, limits=(0, 1)), "either points"),
        (lambda: treat.winsorise([1, 2, 3, 4], points=-1), "points: 0 or more"),
        (lambda: treat.winsorise([1, 2, 3, 4], limits=(0.05, 0.05)), "two rising shares"),
        (lambda: treat.winsorise([1, 2, 3, 4], limits=0.1), "two rising shares"),
        (lambda: treat.fence([1, 2, 3, 4], width=0), "width: above 0"),
        (lambda: treat.fence([1, 2, 3, 4], rule="mad"), "no 'mad'"),
        (lambda: treat.jrc([1, 2, 3, 4], max_points=-1), "max_points"),
        (lambda: treat.jrc([1, 2, 3, 4], skew=-2), "skew: 0 or more"),
        (lambda: treat.jrc([1, 2, 3, 4], offset="rnage"), "did you mean 'range'"),
    ],
)
def test_wrong_choices_are_refused(call, said):
    with pytest.raises(SpecError, match=said):
        call()


@pytest.mark.parametrize("name", ["winsorise", "fence"])
@pytest.mark.parametrize(
    "options", [{"points": 1}, {"limits": (0.1, 0.9)}, {"rule": "iqr"}, {"rule": "sigma"}], ids=str
)
def test_fewer_than_four_values_stay_and_the_descriptions_say_so(name, options):
    if ("rule" in options) != (name == "fence"):
        pytest.skip("an option of the other method")
    method = getattr(hi.treat, name)
    found = method([1.0, 2.0, 900.0], **options)
    assert found.table.tolist() == [1.0, 2.0, 900.0]
    assert "fewer than 4 values" in found.log["why"].iloc[0]
    assert "fewer than four stay" in method.__doc__.splitlines()[0]
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g", treat={"method": name, **options})])
    result = index.compute({"a": [1.0, 2.0, 3.0, 4.0, 90.0]})
    assert "fewer than four stay" in result.method()
    assert "不足四个数值时不处理" in result.method(lang="zh")
