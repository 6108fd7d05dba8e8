"""Published cases of normalising, weighting and averaging, to the printed digit."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._maths.stats import LogSums, Moments

REFERENCE = Path(__file__).parents[1] / "reference"


def read(case, name, index=0):
    return pd.read_csv(REFERENCE / case / name, index_col=index)


def tolerance(case, **which):
    """Return the tolerance of the one check of a case whose entries hold these words."""
    checks = tomllib.loads((REFERENCE / case / "CASE.toml").read_text(encoding="utf-8"))["check"]
    (found,) = {
        check["tolerance"] for check in checks if all(word in str(check.get(key)) for key, word in which.items())
    }
    return found


def agree(found, printed, within):
    np.testing.assert_allclose(
        np.asarray(found, dtype=float), np.asarray(printed, dtype=float), rtol=0, atol=within + 1e-12
    )


TABLE_15 = {
    "rank": lambda x: hi.normalise.rank(x, ties="min"),
    "z_score": lambda x: hi.normalise.z_score(x),
    "min_max": lambda x: hi.normalise.min_max(x),
    "ratio_to_mean": lambda x: hi.normalise.relative(x, to="mean", scale=1),
    "ratio_to_best": lambda x: hi.normalise.relative(x, to="max", scale=1),
    "ratio_to_worst": lambda x: hi.normalise.relative(x, to="min", scale=1),
    "difference_from_mean": lambda x: hi.normalise.relative(x, to="mean", scale=1) - 1,
    "difference_from_worst": lambda x: hi.normalise.relative(x, to="min", scale=1) - 1,
    "above_below_mean": lambda x: hi.normalise.above_below(x, threshold=0.2),
    "percentile": lambda x: hi.normalise.percentile_rank(x),
    "categorical": lambda x: hi.normalise.categorical(x),
}


@pytest.mark.parametrize("column", TABLE_15)
def test_handbook_table_15_eleven_normalisations_of_mean_years_of_schooling(column):
    table = read("tai", "table_15_schooling.csv")
    agree(TABLE_15[column](table["schooling"]), table[column], tolerance("tai", note="Table 15", column=column))


def test_handbook_table_15_needs_ddof_1():
    table = read("tai", "table_15_schooling.csv")
    population = hi.normalise.z_score(table["schooling"], ddof=0)
    assert (abs(population - table["z_score"]) <= 0.005).sum() == 5


@pytest.mark.parametrize("scale", ["celsius", "fahrenheit"])
@pytest.mark.parametrize("year", [2003, 2004])
def test_handbook_table_14_dividing_an_interval_scale_by_its_maximum(scale, year):
    table = read("tai", "table_14_interval_scale.csv", ["scale", "country"]).loc[scale]
    relatives = hi.normalise.relative(table[[f"temperature_{year}", f"humidity_{year}"]], to="max", scale=1)
    agree(hi.aggregate.arithmetic(relatives), table[f"index_{year}"], tolerance("tai", note="Table 14"))


def test_handbook_table_38_ranks_of_the_technology_achievement_index():
    data, posts = read("tai", "data.csv"), read("tai", "goalposts.csv")
    logged = posts["log10"]
    scores = [
        hi.normalise.goalposts(data[part.index], low=part["low"], high=part["high"], log=log)
        for log, part in ((True, posts[logged]), (False, posts[~logged]))
    ]
    index = hi.aggregate.arithmetic(pd.concat(scores, axis=1))
    ranks = index.rank(ascending=False, method="min")
    printed = read("tai", "table_38_linear_ranks.csv")["rank"]
    agree(ranks[printed.index], printed, tolerance("tai", note="column LIN"))


def test_handbook_table_38_is_not_min_max_over_the_countries():
    data, posts = read("tai", "data.csv"), read("tai", "goalposts.csv")
    logged = data.assign(**{code: np.log10(data[code]) for code in posts.index[posts["log10"]]})
    ranks = hi.aggregate.arithmetic(hi.normalise.min_max(logged)).rank(ascending=False, method="min")
    printed = read("tai", "table_38_linear_ranks.csv")["rank"]
    assert (ranks[printed.index] != printed).any()


def test_handbook_geometric_mean_of_a_row_truncated_as_the_book_does():
    table = read("tai", "geometric_example.csv")
    found = hi.aggregate.geometric(table[["x1", "x2", "x3", "x4"]])
    agree(found, table["geometric"], tolerance("tai", what="geometric mean"))
    agree(np.floor(100 * found + 1e-9) / 100, table["geometric"], 0)


def krishnan():
    table, direction = read("weights", "krishnan.csv"), read("weights", "krishnan_direction.csv")["direction"]
    return hi.normalise.min_max(table, direction=direction)


def printed_weights(example, method):
    table = read("weights", "expected_weights.csv", "code")
    return table[(table["example"] == example) & (table["method"] == method)]["value"]


@pytest.mark.parametrize(
    ("weigh", "method"), [(hi.weights.critic, "critic"), (hi.weights.entropy, "entropy_on_min_max")]
)
def test_krishnan_2021_table_5_weights_on_min_max_scores(weigh, method):
    printed = printed_weights("krishnan", method)
    agree(weigh(krishnan())[printed.index], printed, tolerance("weights", what=method, where="krishnan"))


def test_krishnan_2021_table_5_critic_from_the_raw_table_with_directions():
    table, direction = read("weights", "krishnan.csv"), read("weights", "krishnan_direction.csv")["direction"]
    printed = printed_weights("krishnan", "critic")
    agree(hi.weights.critic(table, direction=direction.to_dict())[printed.index], printed, 5e-5)


def test_krishnan_2021_table_5_deviations_of_min_max_columns():
    printed = printed_weights("krishnan", "standard_deviation_of_min_max")
    within = tolerance("weights", what="standard_deviation_of_min_max")
    agree(Moments.of(krishnan()[printed.index].to_numpy()).deviation(), printed, within)
    agree(hi.weights.deviation(krishnan())[printed.index], printed / printed.sum(), within)


def test_zavadskas_2017_table_8_entropy_of_raw_values():
    printed = printed_weights("zavadskas_economic", "entropy")
    w = hi.weights.entropy(read("weights", "zavadskas_economic.csv"))
    agree(w[printed.index], printed, tolerance("weights", what="entropy", where="zavadskas_economic", note="RAW"))


def test_the_hospital_example_entropies_weights_and_scores():
    marks, expected = read("entropy_hospital", "data.csv"), read("entropy_hospital", "expected_weights.csv")
    scaled = hi.normalise.min_max(marks)
    sums, w = LogSums.of(scaled.to_numpy()), hi.weights.entropy(scaled)
    within = tolerance("entropy_hospital", what="entropy and entropy weights")
    agree(1 - sums.divergence / (sums.n * np.log(sums.n)), expected["entropy"], within)
    agree(w[expected.index], expected["weight"], within)
    scores = read("entropy_hospital", "expected_scores.csv")["score"]
    agree(hi.aggregate.arithmetic(marks, w)[scores.index], scores, tolerance("entropy_hospital", what="raw marks"))


@pytest.mark.parametrize(("shift", "moved"), [(1e-3, 0.0003), (0.01, 0.0025), (0.1, 0.0167), (1.0, 0.0625)])
def test_the_hospital_example_how_far_a_shift_of_the_zeros_moves_the_weights(shift, moved):
    scaled = hi.normalise.min_max(read("entropy_hospital", "data.csv"))
    shifted = hi.weights.entropy(scaled, zeros="shift", shift=shift)
    agree(abs(shifted - hi.weights.entropy(scaled)).max(), moved, 5e-5)


def test_the_efficacy_question_of_the_textbook():
    question = pd.read_csv(REFERENCE / "efficacy" / "data.csv").iloc[0]
    found = hi.normalise.efficacy(
        [question["x"]],
        low=question["unacceptable"],
        high=question["satisfactory"],
        form=question["form"],
        floor=question["floor"],
        ceiling=question["ceiling"],
    )
    printed = read("efficacy", "expected.csv")["score"]
    agree(found, printed, tolerance("efficacy", what="efficacy score"))


def log_mean(a, b):
    return np.where(a == b, a, (b - a) / (np.log(b) - np.log(np.where(a == b, a * 2, a))))


PPI = {
    "laspeyres": (hi.aggregate.arithmetic, lambda p0, q0, p, q: p0 * q0),
    "geometric_laspeyres": (hi.aggregate.geometric, lambda p0, q0, p, q: p0 * q0),
    "harmonic_laspeyres": (hi.aggregate.harmonic, lambda p0, q0, p, q: p0 * q0),
    "palgrave": (hi.aggregate.arithmetic, lambda p0, q0, p, q: p * q),
    "geometric_paasche": (hi.aggregate.geometric, lambda p0, q0, p, q: p * q),
    "paasche": (hi.aggregate.harmonic, lambda p0, q0, p, q: p * q),
    "tornqvist": (hi.aggregate.geometric, lambda p0, q0, p, q: (p0 * q0 / (p0 @ q0) + p * q / (p @ q)) / 2),
    "sato_vartia": (hi.aggregate.geometric, lambda p0, q0, p, q: log_mean(p0 * q0 / (p0 @ q0), p * q / (p @ q))),
    "marshall_edgeworth": (hi.aggregate.arithmetic, lambda p0, q0, p, q: p0 * (q0 + q)),
    "walsh1": (hi.aggregate.arithmetic, lambda p0, q0, p, q: p0 * np.sqrt(q0 * q)),
}


def price_index(name):
    """Return a fixed-base price index: a mean of price relatives, its weights from both periods."""
    data = pd.read_csv(REFERENCE / "ppi_manual" / "data.csv")
    price, quantity = (data.pivot(index="period", columns="product", values=v) for v in ("price", "quantity"))
    relatives = hi.normalise.relative(price, to="first", scale=1)
    mean, weights = PPI[name]
    base = price.iloc[0].to_numpy(), quantity.iloc[0].to_numpy()
    each = [
        mean(relatives.loc[[t]], weights(*base, price.loc[t].to_numpy(), quantity.loc[t].to_numpy()))
        for t in price.index
    ]
    return pd.concat(each)


@pytest.mark.parametrize("name", PPI)
def test_the_ppi_manual_formulas_that_are_means_of_relatives(name):
    printed = read("ppi_manual", "expected_fixed_base.csv")[name]
    agree(price_index(name)[printed.index], printed, tolerance("ppi_manual", what="price indexes"))


def test_the_ppi_manual_fisher_index_is_the_geometric_mean_of_two():
    printed = read("ppi_manual", "expected_fixed_base.csv")["fisher"]
    both = pd.DataFrame({name: price_index(name) for name in ("laspeyres", "paasche")})
    agree(hi.aggregate.geometric(both)[printed.index], printed, tolerance("ppi_manual", what="price indexes"))
