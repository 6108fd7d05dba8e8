"""What is drawn: the film example, a made-up panel of towns, draws and shares of both."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi

TOWNS = ["横店", "Birch", "象山", "Dell", "Elm", "Firth"]
CODES = ["studios", "crews", "films", "visitors", "awards", "exports"]


@pytest.fixture(autouse=True)
def close_figures():
    plt = pytest.importorskip("matplotlib.pyplot", reason="matplotlib is not installed: there are no plots")
    plt.switch_backend("Agg")
    yield
    plt.close("all")


@pytest.fixture(scope="session", name="film")
def film_result() -> hi.Result:
    index, table = hi.example("film_industry")
    return index.compute(table)


def towns_index() -> hi.Index:
    parents = ["supply", "supply", "reach", "reach", "fame", "fame"]
    treated = {"visitors": {"method": "winsorise", "points": 2}}
    return hi.Index(
        unit="town",
        period="year",
        base="2019",
        normalise={"method": "min_max", "lower": 1, "upper": 100},
        groups=[hi.Group("total", name="总指数"), *(hi.Group(code, "total") for code in ("supply", "reach", "fame"))],
        indicators=[hi.Indicator(c, p, treat=treated.get(c)) for c, p in zip(CODES, parents, strict=True)],
    )


def towns_table() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.lognormal(3, 0.6, (24, 6)).round(1), columns=CODES)
    return frame.assign(town=np.repeat(TOWNS, 4), year=np.tile([2019, 2020, 2021, 2022], 6))


@pytest.fixture(scope="session", name="towns")
def ranked_towns() -> hi.Result:
    return towns_index().compute(towns_table())


@pytest.fixture(scope="session")
def draws() -> hi.Uncertainty:
    factors = {"weights": hi.Noise(0.4), "aggregate": ["arithmetic", "geometric"]}
    return hi.uncertainty(towns_index(), towns_table(), factors, draws=64)


@pytest.fixture(scope="session")
def film_draws() -> hi.Uncertainty:
    index, table = hi.example("film_industry")
    return hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=32)


@pytest.fixture(scope="session")
def shares() -> hi.Sensitivity:
    factors = {"weights": hi.Noise(0.4), "aggregate": ["arithmetic", "geometric"]}
    return hi.sensitivity(towns_index(), towns_table(), factors, draws=32)


@pytest.fixture(scope="session")
def compared() -> hi.Comparison:
    index = towns_index()
    others = {
        "by rank": index.replace({"normalise": "percentile_rank"}),
        "top": index.replace({"aggregate": "minimum"}),
    }
    return hi.compare({"as it is": index, **others}, towns_table())
