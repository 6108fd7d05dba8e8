"""Kinds of published indexes as specs, on made-up tables, beside their published methods written out plainly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import hengdian_index as hi

N = 60
ROUNDED = 1e-12


def places(codes: list[str], seed: int = 4) -> pd.DataFrame:
    """Return places with figures that follow a hidden level, a region and people."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=N)
    columns = {code: np.exp(0.6 * hidden + rng.normal(0, 0.4, N)) for code in codes}
    labels = {"place": [f"P{i:02}" for i in range(N)], "region": rng.choice(list("ABC"), N)}
    return pd.DataFrame({**labels, "people": rng.integers(1, 90, N), **columns})


def away(x: Any, digits: int) -> Any:
    """Return numbers rounded, a half away from zero, as they are printed."""
    scaled = np.abs(x) * 10.0**digits
    return np.sign(x) * np.floor(np.round(scaled, 9) + 0.5) / 10.0**digits


def exponential(x: pd.Series[float]) -> Any:
    """Return the exponential of ranks of the English and Scottish indexes, half-life 23."""
    return -23 * np.log(1 - x.rank() / len(x) * (1 - np.exp(-100 / 23)))


def kept(index: hi.Index, table: pd.DataFrame, folder: Path) -> hi.Result:
    """Return the result of an index that is the same from every file, and whose fit is the same when it is saved."""
    result = index.compute(table)
    assert hi.Index.from_toml(index.to_toml()) == index
    index.write(folder / "index.xlsx")
    assert hi.Index.read(folder / "index.xlsx") == index
    index.fit(table).save(folder / "fit.json")
    again = hi.Fitted.load(folder / "fit.json").score(table)
    pd.testing.assert_frame_equal(again.scores, result.scores, rtol=1e-13)
    for lang in ("en", "zh"):
        result.to_excel(folder / f"{lang}.xlsx", lang=lang)
        assert result.method(lang=lang)
    return result


def test_a_deprivation_index_takes_the_exponential_of_the_rank_of_each_domain(tmp_path: Path) -> None:
    """The English and the Scottish way: normal scores and one factor within a domain, exponential ranks, weights."""
    domains = {"income": ["i"], "work": ["w"], "education": ["e1", "e2", "e3"], "health": ["h1", "h2"]}
    shares = {"income": 22.5, "work": 22.5, "education": 13.5, "health": 13.5}
    table = places([code for codes in domains.values() for code in codes])
    index = hi.Index(
        unit="place",
        normalise="none",
        to="none",
        groups=[
            hi.Group("all", weights=shares, rescale="rank"),
            *(
                hi.Group(
                    domain,
                    "all",
                    rescale={"method": "exponential_rank", "half": 23},
                    weights="likelihood_factor" if len(codes) > 2 else "equal",
                )
                for domain, codes in domains.items()
            ),
        ],
        indicators=[
            hi.Indicator(code, domain, normalise="normal_score" if len(codes) > 1 else None)
            for domain, codes in domains.items()
            for code in codes
        ],
    )
    result = kept(index, table, tmp_path)
    x = table.set_index("place")
    found = {}
    for domain, codes in domains.items():
        z = x[codes] if len(codes) == 1 else norm.ppf((x[codes].rank() - 3 / 8) / (N + 1 / 4)) + 0 * x[codes]
        found[domain] = exponential((z * result.weights[domain][codes]).sum(axis=1))
    expected = pd.DataFrame(found)
    np.testing.assert_allclose(result.scores[list(domains)], expected, rtol=1e-9)
    total = sum(expected[domain] * share for domain, share in shares.items()) / sum(shares.values())
    np.testing.assert_allclose(result.scores["all"], total.rank())


def test_a_component_has_the_mean_1000_and_the_deviation_100_in_whole_numbers(tmp_path: Path) -> None:
    """The way of NZDep."""
    codes = ["a", "b", "c", "d"]
    index = hi.Index(
        unit="place",
        normalise="z_score",
        weights="pca",
        to="none",
        groups=[hi.Group("all", rescale={"method": "z_score", "mean": 1000, "sd": 100}, round=0)],
        indicators=[hi.Indicator(code, "all") for code in codes],
    )
    table = places(codes)
    result = kept(index, table, tmp_path)
    z = (table[codes] - table[codes].mean()) / table[codes].std()
    vector = np.abs(np.linalg.eigh(z.corr())[1][:, -1])
    score = z @ vector
    expected = away(1000 + 100 * (score - score.mean()) / score.std(), 0)
    np.testing.assert_allclose(result.scores["all"], expected, atol=ROUNDED)
    parts = result.contributions(of="level")
    np.testing.assert_allclose(parts.sum(axis=1), result.scores["all"], rtol=1e-12)
    assert list(parts) == [*codes, "rescaling", "rounding"]
    assert (parts["rounding"].abs() <= 0.5 + 1e-9).all()


def test_a_sentiment_indicator_has_the_mean_100_and_the_deviation_10_of_a_frozen_sample(tmp_path: Path) -> None:
    """The way of the EU's Economic Sentiment Indicator: weights of sectors, equal ones within them."""
    sectors = {"industry": (["i1", "i2", "i3"], 40), "services": (["s1", "s2", "s3"], 30), "shops": (["r1"], 5)}
    rng, months = np.random.default_rng(2), pd.period_range("2000-01", "2009-12", freq="M").astype(str)
    cycle = 10 * np.sin(np.arange(len(months)) / 12)
    codes = [code for own, _ in sectors.values() for code in own]
    table = pd.DataFrame({"month": months, **{code: cycle + rng.normal(0, 4, len(months)) for code in codes}})
    index = hi.Index(
        period="month",
        fit_on="2000-01:2007-12",
        normalise="z_score",
        to="none",
        groups=[
            hi.Group(
                "esi",
                weights={sector: share for sector, (_, share) in sectors.items()},
                rescale={"method": "z_score", "mean": 100, "sd": 10},
                round=1,
            ),
            *(hi.Group(sector, "esi") for sector in sectors),
        ],
        indicators=[hi.Indicator(code, sector) for sector, (own, _) in sectors.items() for code in own],
    )
    result = kept(index, table, tmp_path)
    x, sample = table.set_index("month"), slice("2000-01", "2007-12")
    z = (x - x.loc[sample].mean()) / x.loc[sample].std()
    score = sum(z[own].mean(axis=1) * share for own, share in sectors.values())
    expected = 100 + 10 * (score - score.loc[sample].mean()) / score.loc[sample].std()
    np.testing.assert_allclose(result.scores["esi"], away(expected, 1), atol=ROUNDED)
    # Months that come later move nothing, and what moved the indicator sums to its change.
    early = index.fit(table.iloc[:96]).score(table)
    np.testing.assert_allclose(early.scores, result.scores, rtol=1e-12)
    parts = result.contributions(of="change")
    np.testing.assert_allclose(parts.sum(axis=1).iloc[1:], np.diff(result.scores["esi"]), atol=1e-9)
    for lang in ("en", "zh"):
        result.report(tmp_path / f"{lang}.html", lang=lang)


def test_a_risk_index_rounds_every_level_and_turns_its_geometric_mean(tmp_path: Path) -> None:
    """The way of INFORM: (10 - geometric mean of (10 - x) / 10 * 9 + 1) / 9 * 10, and the cube root of a product."""
    below = {"hazard": ["q", "f"], "vulnerability": ["v", "u"], "capacity": ["g", "p"]}
    turned = {"method": "geometric", "reflect": 100 / 9}
    table = places([code for codes in below.values() for code in codes])
    index = hi.Index(
        unit="place",
        normalise={"method": "min_max", "upper": 10},
        to="none",
        groups=[
            hi.Group("risk", aggregate={"method": "geometric", "zeros": "limit"}, round=1),
            *(hi.Group(code, "risk", aggregate=turned if code == "hazard" else None, round=1) for code in below),
        ],
        indicators=[hi.Indicator(code, group, round=1) for group, codes in below.items() for code in codes],
    )
    result = kept(index, table, tmp_path)
    x = table.set_index("place")
    found = {}
    for group, codes in below.items():
        z = away((x[codes] - x[codes].min()) / (x[codes].max() - x[codes].min()) * 10, 1)
        mean = z.mean(axis=1)
        if group == "hazard":
            mean = (10 - np.exp(np.log((10 - z) / 10 * 9 + 1).mean(axis=1))) / 9 * 10
        found[group] = away(mean, 1)
    expected = pd.DataFrame(found)
    np.testing.assert_allclose(result.scores[list(below)], expected, atol=ROUNDED)
    np.testing.assert_allclose(result.scores["risk"], away(expected.prod(axis=1) ** (1 / 3), 1), atol=ROUNDED)


def test_counts_become_roots_in_per_cent_of_the_best_and_so_does_the_total(tmp_path: Path) -> None:
    """The way of ARWU: each count has a group of its own, whose root is normalised again."""
    shares = {"alumni": 10, "staff": 20, "papers": 20}
    best = {"method": "relative", "to": "max"}
    table = places(list(shares)).assign(alumni=lambda frame: frame["alumni"].round(1) * (frame.index > 5))
    index = hi.Index(
        unit="place",
        normalise="square_root",
        to="none",
        groups=[
            hi.Group(
                "total", weights={f"{code}_score": share for code, share in shares.items()}, rescale=best, round=1
            ),
            *(hi.Group(f"{code}_score", "total", rescale=best, round=1) for code in shares),
        ],
        indicators=[hi.Indicator(code, f"{code}_score") for code in shares],
    )
    result = kept(index, table, tmp_path)
    roots = np.sqrt(table[list(shares)])
    scores = away(100 * roots / roots.max(), 1)
    total = (scores * pd.Series(shares)).sum(axis=1)
    np.testing.assert_allclose(result.scores[[f"{code}_score" for code in shares]], scores, atol=ROUNDED)
    np.testing.assert_allclose(result.scores["total"], away(100 * total / total.max(), 1), atol=ROUNDED)


def test_goals_are_measured_from_a_percentile_to_the_mean_of_the_best_five(tmp_path: Path) -> None:
    """The way of the Sustainable Development Report."""
    codes = ["a", "b", "c", "d"]
    index = hi.Index(
        unit="place",
        normalise={"method": "goalposts", "low": "percentile(2.5)", "high": "best_mean(5)", "upper": 100},
        to="none",
        groups=[hi.Group("all"), hi.Group("g", "all"), hi.Group("h", "all")],
        indicators=[hi.Indicator(code, group) for code, group in zip(codes, "gghh", strict=True)],
    )
    table = places(codes)
    result = kept(index, table, tmp_path)
    x = table[codes]
    low, high = x.quantile(0.025), x.apply(lambda column: column.nlargest(5).mean())
    z = (100 * (x - low) / (high - low)).clip(0, 100)
    goals = pd.DataFrame({"g": z[["a", "b"]].mean(axis=1), "h": z[["c", "d"]].mean(axis=1)})
    np.testing.assert_allclose(
        result.scores[["all", "g", "h"]], goals.assign(all=goals.mean(axis=1))[["all", "g", "h"]]
    )


def test_a_score_rests_on_three_sources_at_least(tmp_path: Path) -> None:
    """The way of the Corruption Perceptions Index: sources of mean 45 and deviation 20, their mean in whole points."""
    codes = [f"s{j}" for j in range(6)]
    table = places(codes)
    gone = np.random.default_rng(7).random((N, 6)) < 0.4
    table[codes] = table[codes].mask(gone)
    index = hi.Index(
        unit="place",
        normalise={"method": "z_score", "mean": 45, "sd": 20},
        coverage=0.5,
        to="none",
        groups=[hi.Group("all", round=0)],
        indicators=[hi.Indicator(code, "all", coverage=0.2) for code in codes],
    )
    result = kept(index, table, tmp_path)
    z = 45 + 20 * (table[codes] - table[codes].mean()) / table[codes].std()
    expected = away(z.mean(axis=1), 0).where(table[codes].notna().sum(axis=1) >= 3)
    np.testing.assert_allclose(result.scores["all"], expected, atol=ROUNDED)
    assert expected.isna().any()


def test_a_dimension_that_a_place_lacks_is_that_of_its_region(tmp_path: Path) -> None:
    codes = ["a", "b", "c", "d"]
    table = places(codes)
    table.loc[:4, ["a", "b"]] = np.nan
    filled = {"method": "group_mean", "groups": "region", "weights": "people", "at": "scores"}
    index = hi.Index(
        unit="place",
        coverage=0.4,
        to="none",
        groups=[hi.Group("all"), hi.Group("g", "all", impute=filled), hi.Group("h", "all")],
        indicators=[hi.Indicator(code, group) for code, group in zip(codes, "gghh", strict=True)],
    )
    scores = kept(index, table, tmp_path).scores.reset_index()
    for i in range(5):
        near = (table["region"] == table["region"][i]) & (table.index > 4)
        expected = np.average(scores["g"][near], weights=table["people"][near])
        assert scores["g"][i] == pytest.approx(expected, rel=1e-12)
        assert scores["all"][i] == pytest.approx((scores["g"][i] + scores["h"][i]) / 2, rel=1e-12)
