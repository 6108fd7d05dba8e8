"""What counting says of groups of people: the four persons of Alkire and Foster, and a loop over made-up households."""

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index.errors import DataError, SpecError

CUTOFF = 1 / 3
PARENTS = {"school": "education", "attend": "education", "fuel": "living", "water": "living", "floor": "living"}
SHARES = {"school": 1 / 4, "attend": 1 / 4, "fuel": 1 / 6, "water": 1 / 6, "floor": 1 / 6}


def spec(**more):
    """Return an index of two dimensions with five indicators, each dimension of half the weight."""
    groups = [hi.Group("poverty", aggregate={"method": "counting", "cutoff": CUTOFF})]
    groups += [hi.Group("education", "poverty"), hi.Group("living", "poverty")]
    indicators = [hi.Indicator(code, parent) for code, parent in PARENTS.items()]
    return hi.Index(normalise="none", groups=groups, indicators=indicators, **more)


def households(n=60, seed=5):
    """Return households with their deprivations, region, year and members."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({code: rng.integers(0, 2, n) for code in PARENTS})
    people = rng.integers(1, 9, n)
    return frame.assign(
        house=np.arange(n) // 2, year=np.arange(n) % 2 + 2020, region=list("sn") * (n // 2), people=people
    )


def slow(table):
    """Return (H, A, M0, censored headcounts, contributions) of weighted households by loops."""
    people = poor = total = 0.0
    censored = dict.fromkeys(PARENTS, 0.0)
    for _, row in table.iterrows():
        count = sum(SHARES[code] for code in PARENTS if row[code] == 1)
        people += row["people"]
        if count >= CUTOFF - 1e-12:
            poor += row["people"]
            total += row["people"] * count
            for code in PARENTS:
                censored[code] += row["people"] * row[code]
    ratio = {code: value / people for code, value in censored.items()}
    m0 = total / people
    return poor / people, total / poor, m0, ratio, {code: 100 * SHARES[code] * ratio[code] / m0 for code in ratio}


def test_the_four_persons_of_alkire_and_foster():
    # Deprivations, H, A and M0 as the tests of mpindex (MIT, commit ad3a3c91) have them.
    persons = {"a1": [0, 1, 1, 0], "a2": [0, 0, 1, 1], "b1": [0, 0, 1, 0], "b2": [0, 1, 1, 0]}
    parts = {"groups": [hi.Group("c")], "indicators": [hi.Indicator(code, "c") for code in persons]}
    index = hi.Index(normalise="none", missing="raise", aggregate={"method": "counting", "cutoff": 0.5}, **parts)
    found = hi.Index.from_toml(index.to_toml()).compute(persons).poverty()
    assert (found.H, found.A, found.M0) == (0.5, 0.75, 0.375)
    assert found.contributions.loc["all"].sum() == pytest.approx(100, abs=1e-12)
    assert found.censored.loc["all"].tolist() == [0.5, 0.25, 0.25, 0.5]
    assert found.headcounts.loc["all"].tolist() == [0.5, 0.5, 0.25, 0.5]


@pytest.mark.parametrize("within", [None, "region", ["period", "region"], "default"])
def test_measures_are_those_of_a_loop_over_households(within):
    table = households()
    result = spec(unit="house", period="year").compute(table)
    asked = {} if within == "default" else {"within": within}
    found = result.poverty(weights="people", **asked)
    by = {"default": ["year"], "None": [], "region": ["region"]}.get(str(within), ["year", "region"])
    groups = dict(iter(table.groupby(by))) if by else {("all",): table}
    assert len(found.measures) == len(groups)
    for key, rows in groups.items():
        label = key if len(key) > 1 else key[0]
        h, a, m0, censored, contributions = slow(rows)
        measures = found.measures.loc[label]
        assert measures[["H", "A", "M0"]].tolist() == pytest.approx([h, a, m0], rel=1e-12)
        assert found.censored.loc[label].to_dict() == pytest.approx(censored, rel=1e-12)
        assert found.contributions.loc[label].to_dict() == pytest.approx(contributions, rel=1e-12)
        assert found.contributions.loc[label].sum() == pytest.approx(100, rel=1e-12)
        living = sum(contributions[code] for code in ("fuel", "water", "floor"))
        assert found.dimensions.loc[label, "living"] == pytest.approx(living, rel=1e-12)
        assert measures["units"] == len(rows)


def test_contributions_of_regions_sum_to_100_in_each_period():
    found = (
        spec(unit="house", period="year").compute(households()).poverty(within=["period", "region"], weights="people")
    )
    sums = found.measures.groupby(level=0)[["share", "contribution"]].sum()
    np.testing.assert_allclose(sums["share"], 1, rtol=1e-12)
    np.testing.assert_allclose(sums["contribution"], 100, rtol=1e-12)
    assert found.H.index.names == ["period", "region"]


def test_weights_are_those_that_the_index_names():
    table = households()
    named = spec(unit="house", period="year", groups_of_units=[{"by": "region", "weights": "people"}]).compute(table)
    plain = spec(unit="house", period="year").compute(table)
    pd.testing.assert_frame_equal(named.poverty().measures, plain.poverty(weights="people").measures)
    assert not np.allclose(named.poverty().M0, plain.poverty().M0)


def test_rows_without_a_score_are_left_out_and_nobody_poor_has_no_intensity():
    table = households(12).astype(dict.fromkeys(PARENTS, float))
    table.loc[3, list(PARENTS)] = np.nan
    found = spec().compute(table).poverty()
    pd.testing.assert_frame_equal(found.measures, spec().compute(table.drop(index=3)).poverty().measures)
    nobody = spec().compute({code: [0, 0] for code in PARENTS}).poverty()
    assert (nobody.H, nobody.M0) == (0, 0)
    assert np.isnan(nobody.A)
    assert nobody.contributions.isna().all(axis=None)


def test_raw_values_become_deprivations_by_their_first_cut_off():
    scale = {"method": "categorical", "on": "value", "scores": [0, 1]}
    indicators = [
        hi.Indicator("school", "poor", direction=-1, normalise={**scale, "cuts": [5]}),
        hi.Indicator("minutes", "poor", normalise={**scale, "cuts": [30]}),
    ]
    groups = [hi.Group("poor", aggregate={"method": "counting", "cutoff": 1})]
    index = hi.Index(groups=groups, indicators=indicators)
    found = index.compute({"school": [5, 6, 0, 9], "minutes": [30, 31, 10, 29.5]}).poverty()
    assert found.headcounts.loc["all"].to_dict() == {"school": 0.5, "minutes": 0.5}
    assert (found.H, found.A, found.M0) == (0.25, 1.0, 0.25)


def test_faults_say_where_and_what_to_do():
    table = households(8)
    result = spec().compute(table)
    with pytest.raises(
        SpecError, match="'living' is aggregated by 'arithmetic', which does not count; write aggregate"
    ):
        result.poverty("living")
    with pytest.raises(SpecError, match="node: no group 'povert'; did you mean"):
        result.poverty("povert")
    with pytest.raises(SpecError, match="weights: no column 'peopel'; did you mean"):
        result.poverty(weights="peopel")
    with pytest.raises(DataError, match="weights: 'region' holds no numbers"):
        result.poverty(weights="region")
    with pytest.raises(DataError, match=r"weight -2 in 'people' is no number of 0 or more"):
        spec().compute(table.assign(people=[1, 2, -2, 4, 5, 6, 7, 8])).poverty(weights="people")
    with pytest.raises(DataError, match=r"neither \(.*'water' is 0.4\)"):
        spec().compute(table.assign(water=0.4)).poverty()
    with pytest.raises(SpecError, match="no group counts deprivations; write aggregate"):
        spec().replace({"poverty.aggregate": "arithmetic"}).compute(table).poverty()
