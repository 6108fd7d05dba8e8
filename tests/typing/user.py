"""Most of the public API as a user writes it, for type checkers; run as a program it passes through without a word.

`mypy --strict` and `basedpyright` must have nothing to say of what is right, and each must catch every wrong call in
the functions that begin with `wrong_`: a comment that ignores a fault which is no longer found is a fault itself.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import hengdian_index as hi

YEARS = [2019, 2020, 2021, 2022]
TOWNS = pd.DataFrame(
    {
        "town": [town for town in ("Aa", "Bo", "Cy") for _ in YEARS],
        "year": YEARS * 3,
        "screens": [4.0, 5.0, 7.0, 8.0, 2.0, 3.0, 3.5, 5.0, 6.0, 6.5, 8.0, 9.5],
        "seats": [40.0, 44.0, 60.0, 66.0, 25.0, 27.0, 39.0, 52.0, 61.0, 68.0, 71.0, 97.0],
        "price": [9.0, 9.5, 10.0, 11.5, 7.0, 7.5, 8.0, 8.5, 12.0, 12.5, 12.0, 13.0],
        "coast": [coast for coast in ("west", "west", "east") for _ in YEARS],
        "people": [100.0] * 4 + [50.0] * 4 + [200.0] * 4,
    }
)
CODES = ["screens", "seats", "price"]
X = TOWNS[CODES]
MIXED = pd.DataFrame({"a": [1.0, 3.0, 2.0], "b": [2.0, 1.0, 3.0], "c": [3.0, 2.5, 1.0]})


# --- methods of one's own -------------------------------------------------------------------------------------------


@hi.normalising
def per_thousand(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return x / 1000


def half_faults(half: float) -> list[str]:
    return [] if half > 0 else ["half: a number above 0"]


@hi.normalising(gives=(0.0, 1.0), unit_free=True, check=half_faults)
def saturating(x: NDArray[np.float64], *, half: float = 1.0) -> NDArray[np.float64]:
    return np.asarray(x / (x + half * np.nanmean(x, axis=0)))


@hi.weighting
def by_range(x: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = np.nanmax(x, axis=0) - np.nanmin(x, axis=0)
    return np.asarray(spread / spread.sum())


@hi.weighting(unit_free=False)
def by_power(x: NDArray[np.float64], *, p: float = 2.0) -> NDArray[np.float64]:
    size = np.nanmean(x**p, axis=0)
    return np.asarray(size / size.sum())


@hi.aggregating
def weighted_sum(x: NDArray[np.float64], w: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((x * w).sum(axis=-1))


@hi.aggregating(set_wise=False)
def softened(x: NDArray[np.float64], w: NDArray[np.float64], *, by: float = 0.5) -> NDArray[np.float64]:
    return np.asarray((1 - by) * (x * w).sum(axis=-1) + by * x.min(axis=-1))


@hi.treating
def halved(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return x / 2


@hi.imputing
def zeroes(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.nan_to_num(x)


@hi.composing("above", "below")
def ratio(above: Any, below: Any, *, times: float = 1.0) -> Any:
    return times * above / below


def decorators() -> None:
    per_thousand(X)
    saturating(X, half=2.0)
    by_range(X)
    by_power(X, p=1.5)
    weighted_sum(X, [1, 1, 2])
    softened(X, None, by=0.25)
    halved(X)
    zeroes(X)
    ratio(TOWNS["screens"], TOWNS["people"], times=1000.0)
    later = per_thousand.fit(X, direction=-1)
    later(X.head(2))
    hi.Index(
        groups=[hi.Group("total", weights=by_power, aggregate=softened)],
        indicators=[hi.Indicator("screens", "total", normalise=saturating), hi.Indicator("seats", "total")],
    ).compute(TOWNS)


# --- the index ------------------------------------------------------------------------------------------------------


def indexes() -> hi.Index:
    hi.Group("total")
    hi.Group("supply", "total")
    hi.Group("supply", "total", "Supply")
    hi.Group("supply", "total", name="Supply", weight=0.5, weights="entropy", aggregate="geometric")
    hi.Group("supply", "total", rescale="rank", round=1)
    hi.Group("supply", "total", rescale={"method": "relative", "to": "max"}, round={"digits": 1, "ties": "even"})
    hi.Indicator("seats", "supply", round=2)
    hi.Group(code="supply", parent="total", coverage=0.5, missing="raise", scope="period", weigh_scale="score")
    hi.Indicator("price", "total")
    hi.Indicator("price", "total", scope="period")
    hi.Indicator("price", "total", "Price", direction=-1)
    hi.Indicator("price", "total", direction=hi.Target(10.0), unit="yuan", weight=1.0)
    hi.Indicator("price", "total", direction=hi.Between(8.0, 12.0), normalise={"method": "min_max", "clip": True})
    hi.Indicator(code="seats", parent="total", denominator="people", treat="fence", impute="none")
    for whose in ("mean", {"weights": "people"}, 276):
        part = hi.Indicator("price", "all")
        hi.Index(unit="town", period="year", base=2015, base_of=whose, groups=[hi.Group("all")], indicators=[part])
    for form in ("shares", {"form": "shares", "link": "year", "prices": 2}):
        chained = {2020: {"price": 1.0, "fuel": 2.0}}
        parts = [hi.Indicator("price", "all", missing="parent"), hi.Indicator("fuel", "all")]
        hi.Index(period="year", weights_form=form, weights_since=chained, groups=[hi.Group("all")], indicators=parts)
    index = hi.Index(
        name="Cinemas",
        unit="town",
        period="year",
        base=2019,
        fit_on="2019:2021",
        normalise={"method": "min_max", "lower": 1, "upper": 10},
        weights="equal",
        aggregate="arithmetic",
        missing="reweight",
        coverage=0.5,
        groups=[hi.Group("total"), hi.Group("supply", "total", "Supply", weights={"screens": 1, "seats": 2})],
        indicators=[
            hi.Indicator("screens", "supply"),
            hi.Indicator("seats", "supply", denominator="people"),
            hi.Indicator("price", "total", direction=-1),
        ],
    )
    other: hi.Index = index.replace({"normalise": "z_score", "supply.weights": "entropy", "price": None})
    assert other != index
    assert isinstance(index.fingerprint, str)
    text: str = index.to_toml()
    assert hi.Index.from_toml(text) == index
    hi.Index.from_toml(text, name="cinemas.toml")
    index.check_address("supply.weights")
    groups: tuple[hi.Group, ...] = index.groups
    codes: list[str] = [group.code for group in groups] + [one.code for one in index.indicators]
    assert len(codes) == 5
    return index


def files(index: hi.Index, folder: Path) -> None:
    long = pd.DataFrame({"town": ["A", "A"], "what": ["a", "b"], "amount": [1.0, 3.0]})
    plain: pd.DataFrame = hi.tidy(long, unit="town", indicator="what", value="amount")
    assert plain.loc[0, "b"] == 3.0
    plain.to_csv(folder / "towns.csv", index=False)
    again: pd.DataFrame = hi.read(folder / "towns.csv")
    assert [*again.columns] == ["town", "a", "b"]
    index.write(folder / "index.toml")
    index.write(str(folder / "index.xlsx"), data=TOWNS, notes=["Cinemas"], lang="zh")
    assert hi.Index.read(folder / "index.toml") == hi.Index.read(folder / "index.xlsx")
    fitted: hi.Fitted = index.fit(TOWNS)
    fitted.save(folder / "fitted.json")
    loaded: hi.Fitted = hi.Fitted.load(str(folder / "fitted.json"))
    assert loaded.score(TOWNS).scores.equals(fitted.score(TOWNS).scores)
    written: hi.Written = fitted.score(TOWNS, out=folder / "scores")
    assert fitted.score(TOWNS, out=str(folder / "scores"), resume=True).files == written.files
    assert (written.rows, dict(written.gaps), written.faults, written.complete) == (len(TOWNS), {}, (), True)


# --- fits and results -----------------------------------------------------------------------------------------------


def results(index: hi.Index, folder: Path) -> hi.Result:
    fitted: hi.Fitted = index.fit(TOWNS, fit_on="2019:2020")
    index.fit({name: TOWNS[name].to_numpy() for name in ("town", "year", "screens", "seats", "price", "people")})
    weights: pd.Series[float] = fitted.weights
    assert len(weights) == 4
    assert [*fitted.maps] == ["screens", "seats", "price"]
    fitted.log_lines()
    fitted.refit(TOWNS, fit_on="2019:2020", revise=True)
    fitted.score(TOWNS.tail(4))
    result: hi.Result = index.compute(TOWNS)
    index.compute(TOWNS, fit_on=2019)
    frames: list[pd.DataFrame] = [
        result.scores,
        result.normalised,
        result.raw,
        result.prepared,
        result.provisional,
        result.weights_by_period,
        result.consistency,
        result.ranks(),
        result.ranks(within=["period", "coast"], missing="leave_out"),
        result.ranks(None),
        result.series(),
        result.series(base="2020", to=1000),
        result.changes(),
        result.changes(2, "points", base=2019),
        result.contributions(),
        result.contributions("supply", of="level", depth="indicators", share=True),
        result.contributions(lag=2, split="shapley", base=2019, to=100.0),
        result.contributions(of="growth", lag=4),
        result.series(2019, base_of="mean"),
        result.obstacles(),
        result.strengths("Aa", n=1, period=2020),
        result.log,
        result.log_digest(),
    ]
    assert all(isinstance(frame, pd.DataFrame) for frame in frames)
    shares: pd.Series[float] = result.effective_weights
    assert round(shares.sum(), 9) == 1
    versions: dict[str, Any] = result.provenance
    assert versions["hengdian_index"] == hi.__version__
    text: str = result.method("zh", "latex", path=folder / "method.tex")
    assert text != result.method(None)
    assert text
    bulletin: str = result.bulletin(folder / "b.md", period=2021, unit="Aa", lang="zh")
    assert bulletin
    explanation = result.explain("Aa", 2020, node="seats", lang="zh")
    assert float(explanation.value) == float(explanation.steps["value"].iloc[-1]) or str(explanation)
    result.to_excel(folder / "result.xlsx", lang="en")
    files: list[str] = result.to_csv(folder / "tables")
    assert files
    pivot: pd.DataFrame = result.pivot("level", "supply")
    assert [*result.pivot("rank").columns] == [*pivot.columns] == YEARS
    long: pd.DataFrame = result.long(["score", "rank"])
    assert list(long)[-1] == "value"
    return result


# --- pictures and pages ---------------------------------------------------------------------------------------------


def pictures(result: hi.Result, folder: Path) -> None:
    axes = result.plot.lines(["total", "supply"], units=["Aa"], lag=1, base=2019, to=100)
    result.plot.lines(ax=axes)
    hi.plot.lines(result, "total")
    result.plot.level("supply", unit="Aa", depth="indicators")
    result.plot.change(unit="Aa", lag=1, split="shapley")
    result.plot.waterfall(unit="Aa", period=2021)
    result.plot.ranking(period=2021, top=2)
    result.plot.framework("sunburst")
    flat = hi.Index(unit="town", groups=[hi.Group("all")], indicators=[hi.Indicator(code, "all") for code in CODES])
    hi.plot.radar(flat.compute(TOWNS[TOWNS["year"] == 2022]), unit="Aa", against="Bo")
    result.plot.correlations(how="spearman", pairwise=False)
    result.plot.treatment("seats")
    result.plot.multiples("supply", each="group", units=["Aa", "Bo"], lag=1, base=2019, to=100, ax=axes)
    result.plot.distribution(["seats", "price"], of="raw", period=2021, ax=axes)
    rain = hi.plot.scatter(result, pd.Series({"Aa": 1.0, "Bo": 2.5, "Cy": 2.0}), "supply", period=2021)
    result.plot.scatter({"Aa": 1.0, "Bo": 2.5}, ax=rain)
    result.plot.scatter("people", ax=rain)
    path: Path = hi.plot.save(axes, folder / "lines.svg", dpi=100)
    assert path.exists()
    page: Path = result.report(folder / "page.html", lang="zh", title="Kinos", period=2021, units=["Aa", "Bo"])
    assert page.exists()


# --- questions asked of an index ------------------------------------------------------------------------------------


def robustness(index: hi.Index, result: hi.Result, folder: Path) -> None:
    factors: dict[str, Any] = {
        "normalise": ["min_max", "percentile_rank"],
        "supply.weights": hi.Noise(0.25),
        "total.weights": hi.Dirichlet(50),
        "price": hi.Normal(relative=0.01),
    }
    found: hi.Uncertainty = hi.uncertainty(index, TOWNS, factors, draws=32, rng=1, node="total", infeasible="exclude")
    frames: list[pd.DataFrame] = [found.scores, found.ranks, found.series, found.rank_frequency]
    shares: pd.Series[float] = found.acceptability(top=2)
    assert len(shares) == len(frames[0])
    words: str = found.summary()
    assert words
    found.plot.rank_intervals(period=2022, top=3)
    found.plot.rank_frequency(period=2022)
    found.plot.score_intervals(top=2, period=2021)
    result.report(folder / "draws.html", uncertainty=found)
    hi.uncertainty(index, TOWNS, {"units": hi.Bootstrap(), "price": hi.Normal(sd=1.0)}, draws=8, infeasible="exclude")
    hi.uncertainty(index, TOWNS, {"total.aggregate": [{"method": "power", "p": 2}, "geometric"]}, draws=8)
    power = index.replace({"aggregate": {"method": "power", "p": 2}})
    hi.uncertainty(power, TOWNS, {"aggregate.p": hi.Uniform(0.5, 2)}, draws=8, progress=False, max_memory=1e8)
    choices = {"normalise": ["min_max", "percentile_rank"], "supply.weights": hi.Noise(0.25)}
    shifts: hi.Sensitivity = hi.sensitivity(index, TOWNS, choices, draws=16, resamples=20, of=("score", ("Aa", 2020)))
    shifts.plot.bars()
    assert shifts.runs
    assert shifts.summary(lang="zh")
    doubted = index.replace({"doubts": {"supply.weights": {"noise": 0.25}, "aggregate": ["arithmetic", "geometric"]}})
    own: hi.Uncertainty = hi.uncertainty(doubted, TOWNS, draws=8, infeasible="exclude")
    assert own.summary()
    alternatives: hi.Comparison = hi.compare(doubted.replace({"doubts": {"normalise": ["z_score"]}}), TOWNS)
    assert list(alternatives.ranks) == ["as it is", "normalise = z_score"]
    alternatives.plot.slope("normalise = z_score", of="scores", period=2021, named=2)
    beside = alternatives.plot.shift(period=2021, top=3)
    hi.plot.slope(alternatives, ["normalise = z_score"], ax=beside)
    y = np.linspace(0.0, 1.0, 8)
    hi.sobol(y, y[::-1], np.stack([y**2, 1 - y]), resamples=10, rng=0)
    problem = {"num_vars": 2, "names": ["length", "width"], "bounds": [[1, 2], [3, 0.5]], "dists": ["unif", "norm"]}
    design = hi.saltelli(problem, 8, rng=1)
    hi.sobol(design.a[:, 0], design.b[:, 0], {name: design.swapped(name)[:, 0] for name in design.factors})
    assert hi.saltelli([1, 2], 8).swapped(1).shape == (8, 3)
    two: hi.Comparison = hi.compare({"one": index, "z": index.replace({"normalise": "z_score"})}, TOWNS, node="total")
    without: hi.Comparison = hi.remove_one(index, TOWNS, level="indicator")
    tipped: hi.Tipping = hi.tipping(index, TOWNS, above=("Aa", "Bo"), by="indicators", bounds={"screens": (0, 1)})
    index.replace(tipped.changes)
    tipped.summary(lang="zh")
    tables: list[pd.DataFrame] = [two.scores, two.ranks, two.shifts, two.correlations("kendall"), without.shifts]
    assert len(tables) == 5
    means: pd.Series[float] = two.mean_shift
    assert len(means) == 1
    assert two.summary()
    beside_theirs: hi.Reconciliation = hi.compare_with("spssau", "熵值法", hi.normalise.min_max(X))
    apart: pd.Series[float] = beside_theirs.theirs - beside_theirs.ours
    assert beside_theirs.difference == apart.abs().max()
    assert beside_theirs.summary(lang="zh")
    whole: hi.Index | None = hi.compare_with("excel", index, TOWNS).index
    assert whole is not None


def learning(index: hi.Index) -> None:
    step = hi.sklearn.IndexTransformer(index, output="normalised", nodes=["seats"], weights="critic")
    step.set_params(**{"supply.weights": {"screens": 1, "seats": 3}})
    codes: list[str] = [str(code) for code in step.fit(TOWNS).get_feature_names_out()]
    scores: NDArray[np.float64] = step.transform(TOWNS)
    assert scores.shape == (len(TOWNS), len(codes))
    fitted: hi.Fitted = step.fitted_
    assert fitted.maps
    hi.sklearn.IndexTransformer(choices={"aggregate": "geometric"})


def audits_and_vintages(index: hi.Index, result: hi.Result, folder: Path) -> None:
    found: hi.Audit = hi.audit(index, TOWNS, sizes=["people"], draws=16, rng=0, fewest=5, redundant=0.95)
    tables: list[pd.DataFrame] = [found.findings, found.measured]
    passed: bool = found.passed
    checks: list[str] = found.checks
    assert tables
    assert checks
    assert passed in (True, False)
    found.to_html(folder / "audit.html", lang="zh")
    one: hi.Release = hi.release(result, folder / "first")
    more = TOWNS.assign(price=TOWNS["price"] ** 1.5)
    two: hi.Release = hi.release(index.compute(more), folder / "second")
    read: hi.Release = hi.Release.read(folder / "first")
    assert read.name == one.name == two.name
    assert isinstance(read.series, pd.DataFrame)
    why: hi.Revisions = hi.revisions(one, two)
    hi.revisions(one, index.compute(more))
    beside: str = result.bulletin(unit="Aa", earlier=one) + result.bulletin(unit="Aa", earlier=folder / "first")
    assert beside
    moved: pd.DataFrame = why.moved
    assert len(moved)
    assert why.summary(more_than=0.1)


def faults(index: hi.Index) -> list[str]:
    try:
        hi.Index.from_toml("[index]")
    except hi.SpecError as error:
        return [str(fault) for fault in error.faults]
    try:
        index.compute(TOWNS.drop(columns="price"))
    except hi.DataError as error:
        return [str(error)]
    return []


# --- families -------------------------------------------------------------------------------------------------------


def normalisations() -> None:
    scores: pd.DataFrame = hi.normalise.min_max(X, lower=0, upper=100, clip=True, direction={"price": -1})
    hi.normalise.min_max([[1.0], [2.0]], fit_on=[[0.0], [4.0]])
    hi.normalise.z_score(X, mean=100, sd=15, ddof=0)
    hi.normalise.robust(X, scale="mad")
    hi.normalise.goalposts(X, low=0, high=[10, 100, 20], clip=False)
    hi.normalise.relative(X, to="max", scale=1)
    hi.normalise.efficacy(X, low=1, high=[20, 200, 20], form="log", floor=50, ceiling=90, clip=True)
    hi.normalise.rank(X, ties="min", direction=[1, 1, -1])
    hi.normalise.percentile_rank(X, form="unit")
    hi.normalise.borda(X)
    hi.normalise.categorical(X, cuts=[25, 75], scores=[0, 1, 2])
    hi.normalise.above_below(X, threshold=0.1)
    hi.normalise.distance_to_target(X, target=100, cap=True)
    hi.normalise.share(X)
    hi.normalise.vector(X)
    hi.normalise.none(X)
    hi.normalise.logistic(X)
    hi.normalise.cumulative_distribution(X, ddof=0)
    hi.normalise.logit([[0.5], [0.8]], whole=1)
    hi.normalise.piecewise(X, at=[0, 10, 100], scores=[0, 60, 100], below=0, clip=False)
    hi.normalise.min_max(X, worst="percentile(2.5)", best="best_mean(5)")
    assert len(hi.normalise.min_max.fit(X, upper=10)(X)) == len(scores)


def weightings() -> None:
    shares: pd.Series[float] = hi.weights.entropy(X, zeros="shift", shift=0.01)
    hi.weights.equal(X)
    hi.weights.critic(X, correlation="spearman")
    hi.weights.variation(X)
    hi.weights.deviation(X, ddof=0)
    hi.weights.independence(X)
    hi.weights.merec(X, direction=[1, 1, -1])
    hi.weights.cilos(MIXED, direction=1)
    hi.weights.idocriw(MIXED)
    hi.weights.lopcow(X)
    hi.weights.gini(X)
    hi.weights.angle(X)
    hi.weights.scatter(X)
    hi.weights.max_deviation(X)
    hi.weights.pca(X, form="squared", details=True)
    hi.weights.factor(X, rotation=None)
    hi.weights.matched(X, importance=[1, 1, 1], measure="r2", details=True)
    hi.weights.fixed({"a": 1, "b": 3})
    hi.weights.column({"a": [1.0, 2.0], "b": [3.0, 5.0]})
    hi.impute.group_mean([1.0, float("nan")], ["n", "n"], weights=[3.0, 1.0])
    hi.Group("total", weights={"column": "spent on {}"}, impute={"method": "mean", "at": "scores"})
    hi.weights.budget([[60, 40], [50, 50]], shares=[1, 2])
    hi.weights.rank_order(["a", "b", "c"], form="sum")
    hi.weights.swara({"a": 0, "b": 0.2})
    hi.weights.best_worst([1, 2, 4], [4, 2, 1], form="nonlinear", details=True)
    hi.weights.ahp([[1, 2], [0.5, 1]], items=["a", "b"], inconsistent="note")
    hi.weights.combine([[0.5, 0.5], [0.2, 0.8]], how="multiplicative", details=True)
    hi.weights.effective(X["price"], X)
    assert len(shares) == 3


def aggregations() -> None:
    w = [1, 1, 2]
    scores: pd.Series[float] = hi.aggregate.arithmetic(X, w, missing="propagate", coverage=0.5)
    hi.aggregate.geometric(X, zeros="limit")
    hi.aggregate.harmonic(X, w)
    hi.aggregate.power(X, w, p=2)
    hi.aggregate.owa(X, order_weights=[0.5, 0.3, 0.2])
    hi.aggregate.mazziotta_pareto(X, penalty=1)
    hi.aggregate.adjusted_mazziotta_pareto(X, reference=None)
    hi.aggregate.mean_min(X, w, alpha=0.5, beta=2)
    hi.aggregate.minimum(X)
    hi.aggregate.maximum(X)
    hi.aggregate.median(X)
    hi.aggregate.copeland(X, w)
    hi.aggregate.kemeny(X.head(4), w, details=True)
    hi.aggregate.borda(X)
    hi.aggregate.topsis(X, w, norm="min_max", direction=[1, 1, -1], details=True)
    hi.aggregate.vikor(X, w, reference=X)
    hi.aggregate.vikor(X, w, v=0.6)
    hi.aggregate.grey_relational(X, rho=0.4)
    hi.aggregate.rank_sum_ratio(X, form="non_integer")
    hi.aggregate.wroclaw(X)
    hi.aggregate.benefit_of_the_doubt(X.head(4), details=True)
    hi.aggregate.outranking(X, w)
    hi.aggregate.sum(X, w, total=3)
    hi.aggregate.counting([[1, 0, 1]], cutoff=0.5)
    hi.aggregate.geometric(X, w, reflect=2e6)
    hi.aggregate.projection_pursuit(X, radius=0.2, details=True)
    hi.aggregate.catastrophe(X, rule="non_complementary", order=[2, 1, 3])
    hi.aggregate.quasi_arithmetic(X, f="log(z)", inverse="exp(y)")
    with hi.options(lang="zh"):
        hi.options(lang=None)
    hi.means(np.sqrt, np.square)(X, w, missing="propagate")
    hi.Index(aggregate=hi.means("z ** 3", "y ** (1 / 3)"), groups=[hi.Group("a")], indicators=[hi.Indicator("b", "a")])
    counts = hi.Index(
        normalise="none",
        aggregate={"method": "counting", "cutoff": 0.5},
        groups=[hi.Group("poor")],
        indicators=[hi.Indicator("food", "poor"), hi.Indicator("roof", "poor")],
    )
    poor = counts.compute({"food": [1, 0], "roof": [1, 0], "people": [3, 1]}).poverty(within=None, weights="people")
    assert poor.measures["H"].tolist() == [poor.H]
    hi.aggregate.waspas(X, w, share=0.4)
    hi.aggregate.aras(X, w, direction=[1, 1, -1])
    hi.aggregate.copras(X, w, direction={CODES[0]: 1})
    hi.aggregate.marcos(X, missing="propagate")
    hi.aggregate.moora(X, w)
    hi.aggregate.multimoora(X, details=True)
    hi.aggregate.edas(X, w)
    hi.aggregate.mabac(X, w)
    hi.aggregate.codas(X, tau=0.03)
    hi.aggregate.spotis(X, low=0, high=[1e6, 1e6, 1e6], outside="clip")
    hi.aggregate.cocoso(X, share=0.5)
    hi.aggregate.promethee(X, preference=["linear", "usual", "level"], q=1, p=2, details=True)
    hi.aggregate.electre(X, p=2, q=1, v=None)
    assert len(scores) == len(X)


def judgements() -> None:
    matrix = [[1, "1/3", 2], [3, 1, 4], ["1/2", "1/4", 1]]
    found = hi.ahp.priorities(matrix, method="geometric", random_index="saaty")
    consistent: bool | None = found.consistent
    assert consistent is not None
    assert found.cr < 0.2
    hi.ahp.combine([matrix, matrix], how="aip", shares=[1, 2])
    hi.ahp.complete([[1, np.nan, 2], [np.nan, 1, 4], [0.5, 0.25, 1]])
    hi.ahp.revise(matrix)
    hi.ahp.compatibility(matrix, found.weights)
    hi.ahp.random_index(4, source="saaty")


def columns_made_ready() -> None:
    hi.treat.winsorise(X, points=1)
    hi.treat.log(X, offset="range")
    hi.treat.box_cox(X, lmbda=0.5)
    hi.treat.yeo_johnson(X)
    hi.treat.fence(X, rule="sigma", width=3.0)
    hi.treat.jrc(X, max_points=None, skew=2, kurtosis=3.5)
    hi.treat.denominate(X, by=TOWNS["people"], scale=1000)
    table, log = hi.impute.mean(X)
    assert len(table) == len(X)
    assert len(log) == 0
    hi.impute.median(X, fit_on=X.head(6))
    hi.impute.group_mean(X, groups=TOWNS["coast"])
    hi.impute.group_median(X, TOWNS["coast"])
    hi.impute.carry_forward(TOWNS[["town", "year", "price"]], limit=2, unit="town", period="year")
    hi.impute.interpolate(TOWNS[["town", "year", "price"]], unit="town", period="year", ends="carry")
    hi.impute.peers(X, scale="z_score")
    gappy = X.mask(X > 70)
    hi.impute.neighbours(gappy, number=2, weights="distance")
    hi.impute.regression(gappy, rounds=2, rng=0)


def series() -> None:
    s = pd.Series([100.0, 104.0, 103.0, 110.0], index=pd.Index(["2019", "2020", "2021", "2022"], name="year"))
    hi.series.rebase(s, "2020", to=1000)
    hi.series.relatives(s)
    hi.series.chain(hi.series.growth(s), "ratio", start=100)
    hi.series.link(s.head(3), s.tail(2) / 2, at="2021", details=True)
    hi.series.changes(s, 1, "log")
    hi.series.contributions(X, [1, 1, 1], of="level", form="arithmetic")
    hi.series.contributions(X, of="growth", lag=2)
    months = pd.Series(np.sin(np.arange(48.0)) + 10, index=pd.period_range("2019-01", periods=48, freq="M"))
    hi.series.deseasonalise(months, "stl", model="additive", robust=False)
    hi.climate.diffusion(s / 2, [30.0, 30.0, 20.0, 20.0], centre=0)
    hi.climate.balance([40.0], np.array([30.0]))
    hi.climate.confidence(s, s + 1, share=0.5)
    hi.climate.breadth(X, lag=1, same=0.1)
    answers = pd.DataFrame({"orders": [52.0, 49.0], "stocks": [48.0, 50.0]})
    hi.climate.pmi(answers, {"orders": 0.7, "stocks": 0.3}, inverted=["stocks"])
    hi.climate.cycle(X.head(4), standardise="mean_abs", base=0, to=100, details=True)


def diagnoses() -> None:
    hi.diagnose.describe(X)
    hi.diagnose.availability(X)
    correlations = hi.diagnose.correlations(X, how="spearman", pairwise=True)
    assert len(correlations.r) == 3
    alpha: float = hi.diagnose.cronbach_alpha(X, standardised=False).alpha
    assert alpha == alpha
    hi.diagnose.flags(X, high=0.9, low=0.2)
    hi.diagnose.kmo(X)
    hi.diagnose.bartlett(X)
    hi.diagnose.principal_components(X, scores=True)
    hi.explain.theil(TOWNS["screens"], TOWNS["coast"])
    hi.explain.dagum(TOWNS["screens"], TOWNS["coast"])
    unequal = hi.explain.theil(TOWNS["seats"], TOWNS["coast"], weights=TOWNS["people"], periods=TOWNS["year"], form="L")
    assert len(unequal.total) == len(YEARS)
    coupled = hi.explain.coupling(hi.normalise.min_max(X, lower=0.1), form="wang2021")
    hi.explain.grade(coupled.d, lang="zh")
    hi.explain.grade(coupled.d, [0.4, 0.6], ["low", "middle", "high"])
    hi.explain.convergence([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [4.0, 5.0, 6.0]])
    hi.explain.convergence(
        [[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [4.0, 5.0, 6.0], [5, 5, 6]], controls=[[0], [1], [0], [1]]
    )
    hi.explain.density(X, bandwidth="normal").periods.sort_index()
    hi.explain.moran([1.0, 2.0, 8.0, 9.0], [(0, 1), (1, 2), (2, 3)], permutations=99).overall.sort_index()
    hi.ahp.delphi({"first": [[9, 7, 3], [8, 9, 2]], "second": [[9, 8, 3], [8, 7, 2]]}, highest=10)
    hi.ahp.alternatives({"cost": {"light": 2}}, {"cost": {"A": {"B": 3}}, "light": {"A": 1, "B": 2}}, mode="ideal")
    hi.ahp.dematel([[0, 3, 1], [1, 0, 2], [0, 1, 0]], form="length")
    hi.ahp.fuzzy(hi.ahp.membership([4.0, 12.0], [[2, 4, 6], [15, 10, 5]]), [1, 2], operator="min_max", values=[9, 7, 5])
    meta = pd.DataFrame(
        {
            "iCode": ["total", "a", "b"],
            "Level": [2, 1, 1],
            "Type": ["Aggregate", "Indicator", "Indicator"],
            "Parent": [None, "total", "total"],
            "Direction": [1, 1, -1],
            "Weight": [1, 1, 1],
        }
    )
    data = pd.DataFrame({"uCode": ["A", "B"], "a": [1.0, 2.0], "b": [3.0, 1.0]})
    coin: hi.Index = hi.read_coinr(data, meta)[0]
    assert coin.groups
    index, table = hi.example("film_industry")
    columns: list[str] = [str(name) for name in table.columns]
    assert columns
    assert index.name


# --- wrong calls ----------------------------------------------------------------------------------------------------


def wrong_results(result: hi.Result, found: hi.Uncertainty, shares: hi.Sensitivity) -> None:
    result.report("page.html", langg="zh")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    result.report("page.html", lang="de")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    result.report("page.html", uncertainty=shares)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    result.report()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    result.report("page.html", unit="Aa")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    result.pivot("scores")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    result.long("scores")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    result.to_excel(1, 2, 3)  # type: ignore[arg-type, call-arg]  # pyright: ignore[reportCallIssue]
    result.to_excel("r.xlsx", language="zh")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    result.method(language="zh")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    result.method("zh", "html")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    result.explain(nodes="total")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    result.plot.linez()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    result.plot.lines(nodess="total")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    result.plot.ranking(top="all")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    result.plot.multiples(each="node")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    result.plot.distribution(of="score")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    result.plot.scatter()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    result.plot.level(depth="leaves")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    result.rank()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    result.ranks(witin="coast")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    result.changes(how="per cent")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    result.contributions(of="growth rate")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    result.strength("Aa")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    result.series(too=100)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    found.plot.bars()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    found.plot.rank_intervals(topp=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.compare({}, TOWNS).plot.slope(of="levels")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    shares.plot.bars(period=2020)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    found.acceptability("first")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def wrong_indexes(index: hi.Index) -> None:
    hi.Group()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.Group("total", weightz="entropy")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.Group("total", missing="drop")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.Indicator("a", "total", directoin=-1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.Indicator(1, "total")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.Index(groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total")], serie="fixed")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.Index(groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total")], series="chained")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.Index([hi.Group("total")], [hi.Indicator("a", "total")])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    index.compute()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    index.compute(TOWNS, fit_onn="2019")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    index.fit(TOWNS).scor(TOWNS)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    index.write("index.xlsx", lang="de")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    index.replace(normalise="z_score")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    index.name = "another"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def wrong_questions(index: hi.Index, result: hi.Result) -> None:
    hi.uncertainty(index, TOWNS, {"normalise": ["min_max"]}, drawss=10)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.uncertainty(index)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.sensitivity(index, TOWNS, {}, draws="many")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.compare([index, index], TOWNS)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.remove_one(index, TOWNS, level="leaf")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.audit(index, TOWNS, sise=["people"])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.audit(index, TOWNS, redundnt=0.9)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.release(result)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.Noise()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.Normal(sdd=1.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.Uniform(0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.Target("ten")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.saltelli(3, 8)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.saltelli([1, 1], "8")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.sklearn.IndexTransformer(index, output="ranks")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.sklearn.IndexTransformer(index, weight="equal")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.uncertain(index, TOWNS, {})  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def wrong_methods() -> None:
    hi.normalise.min_max(X, uper=10)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.normalise.min_max(X, upper="ten")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.normalise.goalposts(X)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.normalise.min_maxx(X)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    hi.normalise.robust(X, scale="range")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.weights.entropy(X, zero="shift")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.weights.critic(X, correlation="kendall")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.weights.rank_order(["a", "b"], form="median")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.aggregate.power(X)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    hi.aggregate.topsis(X, normm="vector")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    hi.aggregate.spotis(X, low=0, high=1, outside="keep")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    hi.aggregate.arithmetic(X, missing="drop")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    hi.treat.winsorise(X, point=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.treat.fence(X, rule="box")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.impute.interpolate(X, ends="extend")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.impute.group_mean(X, group=TOWNS["coast"])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.climate.diffusion(X, center=50)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.ahp.priorities([[1]], solver="geometric")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.series.chain([1.0], begin=100)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.ahp.priorities([[1]], method="eigen")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.ahp.verdict([[1]], method="eigen")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.ahp.complete([[1]], method="arithmetic")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.ahp.combine([[[1]]], how="mean")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.series.changes([1.0], 1, "pct")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.series.growth([1.0], "percent")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.series.chain([1.0], gap="stay")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.series.chain([1.0], form="per cent")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.series.contributions(X, of="growth rate")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.series.deseasonalise([1.0], "x12")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.diagnose.correlations(X, how="tau")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.explain.coupling(X, form="wang")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    hi.diagnose.kmo(X, groups=None)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hi.explain.theil(X)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    saturating(X, halff=2.0)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    saturating(X, half="two")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    by_power(X, q=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    softened(X, None, bye=0.5)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    ratio(X, X, time=1000.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def main() -> None:
    """Make every right call."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        decorators()
        index = indexes()
        files(index, folder)
        result = results(index, folder)
        pictures(result, folder)
        robustness(index, result, folder)
        learning(index)
        audits_and_vintages(index, result, folder)
        assert faults(index)
        normalisations()
        weightings()
        aggregations()
        judgements()
        columns_made_ready()
        series()
        diagnoses()


if __name__ == "__main__":
    main()
