"""SALib's problem form: quantiles, groups, names, and what is refused."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.stats import sobol_indices

import hengdian_index as hi
from hengdian_index._robustness.problem import DISTRIBUTIONS, read_problem

# The bounds of an input under each distribution, and the same distribution as scipy has it.
TWINS = {
    "unif": ([-2, 5], stats.uniform(-2, 7)),
    "logunif": ([0.5, 80], stats.loguniform(0.5, 80)),
    "triang": ([1, 4, 0.2], stats.triang(0.2, loc=1, scale=3)),
    "norm": ([3, 0.5], stats.norm(3, 0.5)),
    "truncnorm": ([-1, 2, 0.4, 0.8], stats.truncnorm(-1.75, 2, loc=0.4, scale=0.8)),
    "lognorm": ([0.3, 0.6], stats.lognorm(0.6, scale=math.exp(0.3))),
    "weibull": ([1.5, 2, 0.25], stats.weibull_min(1.5, loc=0.25, scale=2)),
}
PROBLEM = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-np.pi, np.pi]] * 3}


def ishigami(x):
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def outputs(model, design):
    """Return y_A, y_B and a mapping from factor to y_AB."""
    return model(design.a), model(design.b), {name: model(design.swapped(name)) for name in design.factors}


def every_kind(**more):
    return {"names": [*TWINS], "dists": [*TWINS], "bounds": [ends for ends, _ in TWINS.values()], **more}


def test_every_distribution_has_its_twin_here():
    assert set(TWINS) == set(DISTRIBUTIONS)


@pytest.mark.parametrize("kind", DISTRIBUTIONS)
def test_columns_are_quantiles_of_the_points(kind):
    ends, twin = TWINS[kind]
    points, design = hi.saltelli([1], 64, rng=5), hi.saltelli({"bounds": [ends], "dists": [kind]}, 64, rng=5)
    np.testing.assert_allclose(design.a, twin.ppf(points.a), rtol=1e-12)
    np.testing.assert_allclose(design.b, twin.ppf(points.b), rtol=1e-12)


def test_a_problem_without_dists_is_uniform_and_without_names_numbered():
    design = hi.saltelli({"bounds": np.array([[0, 2], [10, 20]])}, 8)
    plain = hi.saltelli([1, 1], 8)
    np.testing.assert_allclose(design.a, plain.a * [2, 10] + [0, 10])
    assert design.names == design.factors == ("x1", "x2")


def test_scipy_has_the_same_indices_of_the_same_runs():
    y_a, y_b, y_ab = outputs(ishigami, hi.saltelli(PROBLEM, 1024, rng=2))
    found = hi.sobol(y_a, y_b, y_ab, resamples=2)
    runs = {"f_A": y_a[None], "f_B": y_b[None], "f_AB": np.array([*y_ab.values()])[:, None]}
    theirs = sobol_indices(func=runs, n=1024)
    share = (2 * 1024 - 1) / (2 * 1024)
    np.testing.assert_allclose(found.first, np.ravel(theirs.first_order) * share, rtol=1e-10)
    np.testing.assert_allclose(found.total, np.ravel(theirs.total_order) * share, rtol=1e-10)
    assert [*found.first.index] == PROBLEM["names"]


def test_inputs_of_a_group_move_together_wherever_they_stand():
    problem = {"bounds": [[0, 1]] * 4, "names": list("abcd"), "groups": ["side", "core", "side", "core"]}
    design = hi.saltelli(problem, 16)
    assert design.factors == ("side", "core")
    for moved, factor in (([0, 2], "side"), ([1, 3], "core")):
        mixed = design.swapped(factor)
        np.testing.assert_array_equal(mixed[:, moved], design.b[:, moved])
        stay = [i for i in range(4) if i not in moved]
        np.testing.assert_array_equal(mixed[:, stay], design.a[:, stay])
        np.testing.assert_array_equal(mixed, design.swapped(design.factors.index(factor)))


def test_groups_have_the_indices_of_their_inputs_together():
    problem = {"bounds": [[0, 1]] * 3, "groups": ["one", "two", "one"]}
    found = hi.sobol(*outputs(lambda x: x @ [1.0, 2.0, 2.0], hi.saltelli(problem, 4096)), resamples=2)
    np.testing.assert_allclose([found.total["one"], found.total["two"]], [5 / 9, 4 / 9], atol=0.01)


def test_salib_has_the_same_samples_and_the_same_indices():
    pytest.importorskip("SALib")
    from SALib.analyze import sobol
    from SALib.util import scale_samples

    design, points = hi.saltelli(every_kind(), 128, rng=3), hi.saltelli([1] * len(TWINS), 128, rng=3)
    np.testing.assert_allclose(design.a, scale_samples(points.a.copy(), every_kind()), rtol=1e-12)
    n = 4096
    y_a, y_b, y_ab = outputs(ishigami, hi.saltelli(PROBLEM, n, rng=4))
    ours = hi.sobol(y_a, y_b, y_ab, resamples=2)
    # SALib wants a run of A, those of A with a factor from B, and the run of B, one below the other.
    runs = np.column_stack([y_a, *y_ab.values(), y_b]).ravel()
    theirs = sobol.analyze(dict(PROBLEM), runs, calc_second_order=False, seed=0)
    # It takes the mean of all runs away, and of A and B the variance.
    np.testing.assert_allclose(ours.first, theirs["S1"], atol=0.5 / math.sqrt(n))
    np.testing.assert_allclose(ours.total, theirs["ST"] * (2 * n - 1) / (2 * n), rtol=1e-9)


def test_what_salib_writes_into_a_problem_is_no_key_of_its_own():
    read = read_problem({**PROBLEM, "sample_scaled": True, "outputs": ["Y"], "groups": None})
    assert read.factors == ("x1", "x2", "x3")


def test_a_problem_is_not_changed():
    problem = every_kind()
    hi.saltelli(problem, 4)
    assert problem == every_kind()


def test_everything_that_is_wrong_with_a_problem_is_told_at_once():
    wrong = {
        "num_vars": 3,
        "names": ["a", "a", "c", "d", "e"],
        "bounds": [[1, 0], [0, 1], [0, -1], [0, 1, 2], ["low", 1]],
        "dists": ["unif", "beta", "norm", "unif", "unif"],
        "groups": ["g"],
        "limits": [],
    }
    with pytest.raises(hi.SpecError) as refused:
        hi.saltelli(wrong, 8)
    told = "\n".join(map(str, refused.value.faults))
    assert len(refused.value.faults) == 9
    for part in (
        "unknown key 'limits'",
        "groups: 1 where bounds has 5",
        "num_vars: 3 where bounds has 5",
        "names: 'a' is given twice",
        "a: bounds [1, 0] of 'unif': the lower bound must be below the upper",
        "a: no distribution 'beta'",
        "c: bounds [0, -1] of 'norm': the standard deviation must be above 0",
        "d: bounds of 'unif' are 2 numbers (lower, upper), not [0, 1, 2]",
        "e: bounds of 'unif' are 2 numbers",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("kind", "ends", "says"),
    [
        ("logunif", [0, 1], "above 0"),
        ("triang", [3, 0.5], "3 numbers (lower, upper, peak"),
        ("triang", [0, 1, 1.5], "from 0 to 1"),
        ("truncnorm", [2, 1, 0, 1], "below the upper"),
        ("truncnorm", [0, 1, 0, 0], "above 0"),
        ("lognorm", [1000, 1], "too large"),
        ("weibull", [0, 1], "above 0"),
        ("weibull", [1], "2 or 3 numbers (shape, scale, location)"),
        ("unif", [-1.7e308, 1.7e308], "overflows"),
        ("unif", [0, float("inf")], "2 numbers"),
        ("unif", [False, True], "2 numbers"),
        ("unif", "01", "2 numbers"),
    ],
)
def test_bounds_that_cannot_be_are_refused(kind, ends, says):
    with pytest.raises(hi.SpecError, match="saltelli: problem: x1: ") as refused:
        hi.saltelli({"bounds": [ends], "dists": [kind]}, 8)
    assert says in str(refused.value)


@pytest.mark.parametrize("given", [{}, {"bounds": []}, {"bounds": None, "names": ["a"]}, {"bounds": "ab"}])
def test_a_problem_needs_bounds(given):
    with pytest.raises(hi.SpecError, match="bounds: a pair of numbers for each input"):
        hi.saltelli(given, 8)


@pytest.mark.parametrize("factors", [3, None, {1, 2}])
def test_factors_are_sizes_or_a_problem(factors):
    with pytest.raises(hi.SpecError, match=r"saltelli: factors: the number of columns"):
        hi.saltelli(factors, 8)


@pytest.mark.parametrize("factor", [2, -1, "x9", "", None])
def test_a_factor_that_is_not_there_is_refused(factor):
    with pytest.raises(hi.SpecError, match="swapped: no factor"):
        hi.saltelli({"bounds": [[0, 1]] * 2}, 4).swapped(factor)


def test_outputs_by_factor_are_of_one_length():
    y = np.arange(4.0)
    with pytest.raises(hi.DataError, match="factors with 3 to 4 outputs"):
        hi.sobol(y, y[::-1], {"a": y, "b": y[:3]})
