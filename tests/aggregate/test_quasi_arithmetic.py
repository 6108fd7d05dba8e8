"""Means of any pair: the classical ones by their pairs, INFORM's inverted one, exact parts, files, refusals."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from support.laws import tables, weights_for

import hengdian_index as hi
from hengdian_index.errors import DataError, SpecError

ROWS = pd.DataFrame(
    {
        "place": ["A", "A", "B", "B", "C", "C"],
        "year": [2021, 2022] * 3,
        "flood": [2.1, 2.3, 0.0, 0.4, 8.8, 8.8],
        "quake": [6.4, 6.0, 1.5, 1.5, 9.9, 10.0],
        "war": [0.0, 5.0, 3.3, 3.1, 4.2, 4.3],
    }
)
CODES = ["flood", "quake", "war"]
INFORM = {"method": "geometric", "reflect": 100 / 9}


def spec(aggregate, **more):
    """Return an index of three hazards on a scale from 0 to 10, two of them in a group."""
    groups = [hi.Group("hazard", aggregate=aggregate), hi.Group("natural", "hazard", aggregate=aggregate)]
    parents = {"flood": "natural", "quake": "natural", "war": "hazard"}
    indicators = [hi.Indicator(code, parent) for code, parent in parents.items()]
    return hi.Index(unit="place", period="year", normalise="none", groups=groups, indicators=indicators, **more)


def inform(*values):
    """Return INFORM's mean as its workbook writes it: (10 - GEOMEAN((10 - x) / 10 * 9 + 1, ...)) / 9 * 10."""
    turned = [(10 - value) / 10 * 9 + 1 for value in values]
    return (10 - np.prod(turned, axis=0) ** (1 / len(turned))) / 9 * 10


@given(x=tables(sign=1, columns=(3, 3)), w=weights_for(3))
def test_the_classical_means_by_their_pairs(x, w):
    for f, inverse, method in (
        ("log(z)", "exp(y)", hi.aggregate.geometric),
        ("1 / z", "1 / y", hi.aggregate.harmonic),
        ("3 - 2 * z", "(3 - y) / 2", hi.aggregate.arithmetic),
    ):
        np.testing.assert_allclose(hi.aggregate.quasi_arithmetic(x, w, f=f, inverse=inverse), method(x, w), rtol=1e-11)
    squares = hi.means(np.square, np.sqrt)
    np.testing.assert_allclose(squares(x, w), hi.aggregate.power(x, w, p=2), rtol=1e-12)


@pytest.mark.parametrize("missing", ["reweight", "propagate"])
def test_gaps_are_treated_as_in_every_mean(missing):
    x = np.array([[1.0, np.nan, 4.0], [2.0, 3.0, 5.0], [np.nan, np.nan, 7.0]])
    for mean, same in (
        (hi.means(np.log, np.exp), hi.aggregate.geometric),
        (hi.means(np.log1p, np.expm1), lambda x, **o: hi.aggregate.geometric(x + 1, **o) - 1),
    ):
        np.testing.assert_allclose(mean(x, missing=missing), same(x, missing=missing), rtol=1e-12)
    mirrored = hi.aggregate.geometric(x, reflect=8, missing=missing)
    np.testing.assert_allclose(mirrored, 8 - hi.aggregate.geometric(8 - x, missing=missing), rtol=1e-12)


def test_the_inverted_geometric_mean_of_inform():
    expected = inform(inform(ROWS["flood"], ROWS["quake"]), ROWS["war"])
    pair = hi.means(lambda z: np.log(100 / 9 - z), lambda y: 100 / 9 - np.exp(y))
    text = {"method": "quasi_arithmetic", "f": "log(100/9 - z)", "inverse": "100/9 - exp(y)"}
    for aggregate in (INFORM, pair, text):
        result = spec(aggregate).compute(ROWS)
        np.testing.assert_allclose(result.scores["hazard"], expected, rtol=1e-13)


@pytest.mark.parametrize("depth", ["children", "indicators"])
@pytest.mark.parametrize(
    "aggregate",
    [
        INFORM,
        {"method": "geometric", "reflect": 10, "zeros": "limit"},
        hi.means(lambda z: np.log(100 / 9 - z), lambda y: 100 / 9 - np.exp(y)),
        hi.means(np.log1p, np.expm1),
        hi.means("exp(z / 4) + 20", "4 * log(y - 20)"),
    ],
    ids=["reflect", "limit", "traced", "untraced", "text"],
)
def test_levels_and_changes_split_exactly(aggregate, depth):
    result = spec(aggregate).compute(ROWS)
    level = result.contributions(of="level", depth=depth)
    scores = result.scores["hazard"]
    np.testing.assert_allclose(level.sum(axis=1), scores, rtol=0, atol=1e-12)
    change = result.contributions(of="change", depth=depth)
    np.testing.assert_allclose(change.sum(axis=1)[1::2], scores[1::2] - scores.to_numpy()[::2], rtol=0, atol=1e-12)
    assert "interaction" not in change
    assert "reweighting" not in change
    # What is 0 adds nothing, what does not move nothing to a change.
    assert level["war"].iloc[0] == 0


def test_parts_of_a_mirrored_level_do_not_hang_on_how_f_is_written():
    one, other = (spec(hi.means(*pair)).compute(ROWS) for pair in PAIRS_OF_ONE_MEAN)
    first, second = (result.contributions(of="level", depth="indicators") for result in (one, other))
    np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        first, spec(INFORM).compute(ROWS).contributions(of="level", depth="indicators"), rtol=1e-9
    )


PAIRS_OF_ONE_MEAN = (
    ("log(100/9 - z)", "100/9 - exp(y)"),
    ("5 - 3 * log(100/9 - z)", "100/9 - exp((5 - y) / 3)"),
)


@pytest.mark.parametrize("step", [1e-3, 1e-5, 1e-7, 1e-9, 0.0])
def test_slopes_of_small_changes_are_those_of_the_closed_form(step):
    rows = pd.DataFrame({"place": "A", "year": [2021, 2022], "flood": 2.0, "quake": 6.0, "war": [3.0, 3.0 + step]})
    rows.loc[1, "flood"] -= step / 3
    found = spec(hi.means("log(100/9 - z)", "100/9 - exp(y)")).compute(rows).contributions(depth="indicators")
    exact = spec(INFORM).compute(rows).contributions(depth="indicators")
    np.testing.assert_allclose(found.iloc[1], exact.iloc[1], rtol=1e-6, atol=1e-14)


def test_a_pair_of_functions_that_is_arithmetic_goes_to_a_file_and_back(tmp_path):
    index = spec(hi.means(lambda z: 1 / (z + 2) ** 2, lambda y: 1 / np.sqrt(y) - 2), base="2021", to=100)
    again = hi.Index.from_toml(index.to_toml())
    assert again == index
    fitted = index.fit(ROWS)
    fitted.save(tmp_path / "fit.zip")
    pd.testing.assert_frame_equal(hi.Fitted.load(tmp_path / "fit.zip").score(ROWS).scores, index.compute(ROWS).scores)


def test_a_pair_that_is_none_works_in_python_and_says_how_to_be_written():
    index = spec(hi.means(np.log1p, np.expm1))
    assert repr(index.groups[0].aggregate) == "<means(log1p, expm1)>"
    copied = pickle.loads(pickle.dumps(index))
    pd.testing.assert_frame_equal(copied.compute(ROWS).scores, index.compute(ROWS).scores)
    renamed = index.replace({"flood.name": "Floods", "hazard.aggregate": "arithmetic"})
    assert renamed.compute(ROWS).contributions(of="level").sum(axis=1).notna().all()
    with pytest.raises(SpecError, match="only registered functions can be written"):
        index.to_toml()


def test_a_registered_pair_is_a_word_of_a_spec_with_options():
    @hi.aggregating(sees="statistics", arithmetic="top - exp(sum(w * log(top - z)))")
    def turned(*, top: float = 20.0):
        return hi.means(lambda z: np.log(top - z), lambda y: top - np.exp(y))

    index = spec({"method": "turned", "top": 100 / 9})
    assert hi.Index.from_toml(index.to_toml()) == index
    result, known = index.compute(ROWS), spec(INFORM).compute(ROWS)
    np.testing.assert_allclose(result.scores, known.scores, rtol=1e-13)
    for of in ("level", "change"):
        parts = (one.contributions(of=of, depth="indicators").iloc[1::2] for one in (result, known))
        np.testing.assert_allclose(*parts, rtol=1e-7, atol=1e-10)
    assert turned([[1.0, 3.0]], top=5.0)[0] == pytest.approx(5 - np.sqrt(8))


@pytest.mark.parametrize(
    ("f", "inverse", "said"),
    [
        (3, np.exp, "f: a function or a formula, not 3"),
        ("log(q) + z", "exp(y)", "f: one name is needed.*found: q, z"),
        ("log(z", "exp(y)", "f: 'log\\(z' is none; write"),
        ("sin(z)", "y", "f: 'sin\\(z\\)' is none; write"),
        ("min(z)", "y", "f: sum, prod, and min or max of one see all parts"),
        ("7", "y", "f: one name is needed.*found: none"),
        (np.log, lambda y: float(y), "inverse: it takes no array"),
        (np.log, lambda y: 1.0, "inverse: a number for each value is needed"),
    ],
)
def test_what_is_no_pair_is_refused_where_it_is_given(f, inverse, said):
    with pytest.raises(SpecError, match=said):
        hi.means(f, inverse)


def test_values_that_the_pair_does_not_take_are_refused_by_their_cells():
    with pytest.raises(DataError, match=r"row 1: -2: the inverse does not lead back"):
        hi.means(np.square, np.sqrt)([[1.0, 2.0], [1.0, -2.0]])
    with pytest.raises(DataError, match=r"row 0: 0: f of the value is no finite number"):
        hi.means(np.log, np.exp)([[1.0, 0.0]])
    with pytest.raises(DataError, match=r"the inverse does not lead back"):
        hi.means(np.log, lambda y: 10**y)([[1.0, 2.0]])
    with pytest.raises(DataError, match=r"f rises from some values to others, and falls"):
        hi.means("1 / (z + 3)", "1 / u - 3")([[1.0, 2.0], [-4.0, -5.0]])
    with pytest.raises(DataError, match=r"row 0: the mean does not lie among its values"):
        hi.means("1 / (z + 3)", "1 / u - 3")([[1.0, -5.0]])
    with pytest.raises(DataError, match=r"'quake'.*10: this mean needs values below 10"):
        spec({"method": "geometric", "reflect": 10}).compute(ROWS)
    with pytest.raises(SpecError, match="reflect: a finite number, not inf"):
        spec({"method": "geometric", "reflect": np.inf})
