"""Pairwise comparisons: the published matrices, the laws, slow oracles, and the faults found in other tools."""

import re
import time
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hengdian_index import ahp
from hengdian_index.errors import DataError, SpecError
from hengdian_index.journal import journal

CASE = Path(__file__).parent / "reference" / "ahp"
CHECKS = tomllib.loads((CASE / "CASE.toml").read_text(encoding="utf-8"))["check"]
METHODS = ("eigenvector", "geometric", "arithmetic")
SCALE = [1 / k for k in range(9, 1, -1)] + [float(k) for k in range(1, 10)]
TABLES = {"saaty": "saaty", "saaty2008": "saaty_2008", "agoston_csato": "agoston_csato_2022"}


def table(name):
    return pd.read_csv(CASE / name, dtype=str, index_col=0)


def from_upper(n, upper):
    matrix = np.ones((n, n))
    i, j = np.triu_indices(n, 1)
    matrix[i, j], matrix[j, i] = upper, 1 / np.asarray(upper)
    return matrix


@st.composite
def reciprocal(draw, least=3, most=7):
    n = draw(st.integers(least, most))
    return from_upper(n, draw(arrays(float, n * (n - 1) // 2, elements=st.sampled_from(SCALE))))


@st.composite
def consistent(draw, least=2, most=9):
    weights = np.array(draw(st.lists(st.floats(0.05, 20), min_size=least, max_size=most)))
    return weights[:, None] / weights[None, :], weights / weights.sum()


def with_holes(draw, matrix):
    """Leave a random spanning tree of the comparisons and a random part of the rest."""
    n = len(matrix)
    keep = draw(arrays(bool, (n, n)))
    for item in range(1, n):
        keep[draw(st.integers(0, item - 1)), item] = True
    keep = np.triu(keep, 1)
    return np.where(keep | keep.T | np.eye(n, dtype=bool), matrix, np.nan)


@st.composite
def incomplete(draw, least=3, most=7):
    return with_holes(draw, draw(reciprocal(least, most)))


def within(found, expected, tolerance):
    assert np.max(np.abs(np.asarray(found, float) - np.asarray(expected, float))) <= tolerance * (1 + 1e-9)


# Published case: one function for each kind of check, every check of CASE.toml is run.


def expected_rows(check):
    rows = pd.read_csv(CASE / check["expected"])
    for column, value in check.get("where", {}).items():
        rows = rows[rows[column] == value]
    return rows.set_index(check["key"])[check["column"]]


def check_weights(check):
    method = re.search(r'method="(\w+)"', check["call"])[1]
    expected = expected_rows(check)
    found = ahp.priorities(table(check["input"][0]), method=method)
    within(found.weights.loc[expected.index], expected, check["tolerance"])
    assert found.weights.sum() == pytest.approx(1, abs=1e-15)


def check_quantities(check):
    method = "geometric" if "geometric" in check["call"] else "eigenvector"
    found = ahp.priorities(table(check["input"][0]), method=method)
    for quantity, value in expected_rows(check).items():
        within(getattr(found, quantity), value, check["tolerance"])


def check_leader_ratios(check):
    for matrix, value in expected_rows(check).items():
        found = ahp.priorities(table(f"{matrix}.csv"), random_index="saaty_2008")
        within(found.cr, value, check["tolerance"])
        assert found.random_index_source == "saaty_2008"


def check_hierarchy(check):
    criteria = ahp.priorities(table(check["input"][0])).weights
    prefix = check["where"]["hierarchy"]
    local = {name: ahp.priorities(table(f"{prefix}_{name}.csv")).weights for name in criteria.index}
    scores = pd.DataFrame(local) @ criteria
    expected = expected_rows(check)
    within(scores.loc[expected.index], expected, check["tolerance"])


def check_random_index(check):
    rows = pd.read_csv(CASE / "random_index.csv", index_col="n")
    for column, source in TABLES.items():
        for n, value in rows[column].items():
            if column in check["column"] or pd.notna(value):
                assert ahp.random_index(n, source=source) == value


def check_thresholds(check):
    for n, value in expected_rows(check).items():
        assert ahp.gci_threshold(int(n.rstrip("+"))) == value
    assert ahp.gci_threshold(12) == 0.37


KINDS = {
    "priorities": check_weights,
    "consistency ratio": check_quantities,
    "lambda_max, CI, CR of the geometric priorities; lambda_max = mean of (A w)_i / w_i": check_quantities,
    "consistency ratio of three leader matrices": check_leader_ratios,
    "hierarchy: criteria weights times the weights of the alternatives": check_hierarchy,
    "random index tables": check_random_index,
    "GCI value that corresponds to CR = 0.10": check_thresholds,
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check['what'][:18]}-{check['input'][0]}")
def test_published(check):
    KINDS[check["what"]](check)


def test_random_index_by_number_missing():
    rows = pd.read_csv(CASE / "random_index_incomplete.csv")
    assert len(rows) == 23
    for n, missing, value in rows.itertuples(index=False):
        assert ahp.random_index(n, source="agoston_csato_2022", missing=missing) == value


def test_huangshan_by_the_other_methods():
    """CASE.toml, note of the huangshan check: computed there, not published."""
    matrix = table("huangshan.csv")
    within(ahp.priorities(matrix).weights, [0.1599, 0.4185, 0.2625, 0.0618, 0.0973], 5e-5)
    within(ahp.priorities(matrix, method="arithmetic").weights, [0.1611, 0.4162, 0.2618, 0.0624, 0.0986], 5e-5)


def test_leader_ratios_under_the_older_table():
    """CASE.toml, note of the leader check, its digits cut off and not rounded (the first is .04386)."""
    names = ("leader_criteria", "leader_experience", "leader_education")
    ratios = [ahp.priorities(table(f"{name}.csv")).cr for name in names]
    assert [int(10_000 * ratio) for ratio in ratios] == [438, 318, 559]


# Oracles: textbook loops beside the fast kernels.


@given(reciprocal(most=9))
def test_eigenvector_is_that_of_numpy(matrix):
    roots, vectors = np.linalg.eig(matrix)
    vector = np.abs(vectors[:, roots.real.argmax()])
    found = ahp.priorities(matrix)
    np.testing.assert_allclose(found.weights, vector / vector.sum(), rtol=1e-10)
    assert found.lambda_max == pytest.approx(roots.real.max(), rel=1e-12)


@given(reciprocal())
def test_other_methods_and_indices_are_those_of_the_textbook(matrix):
    n = len(matrix)
    geometric = np.array([np.prod(row) ** (1 / n) for row in matrix])
    geometric /= geometric.sum()
    arithmetic = np.mean([matrix[:, j] / sum(matrix[:, j]) for j in range(n)], axis=0)
    for method, weights in (("geometric", geometric), ("arithmetic", arithmetic)):
        found = ahp.priorities(matrix, method=method)
        root = np.mean([sum(matrix[i, j] * weights[j] for j in range(n)) / weights[i] for i in range(n)])
        np.testing.assert_allclose(found.weights, weights, rtol=1e-12)
        assert found.lambda_max == pytest.approx(root, rel=1e-12)
        assert found.ci == pytest.approx((root - n) / (n - 1), abs=1e-12)
        assert found.cr == pytest.approx(found.ci / ahp.random_index(n), abs=1e-15)
        assert found.consistent is (found.cr < 0.1)
    squares = [np.log(matrix[i, j] * geometric[j] / geometric[i]) ** 2 for i in range(n) for j in range(i + 1, n)]
    assert ahp.priorities(matrix).gci == pytest.approx(2 * sum(squares) / ((n - 1) * (n - 2)), abs=1e-12)


@pytest.mark.parametrize("size", [1e3, 1e6, 1e50])
def test_very_large_judgements_neither_overflow_nor_stall(size):
    """Three items: lambda = 1 + d + 1/d with d the cube root of a12 a23 a31."""
    found = ahp.priorities([[1, size, 1], [1 / size, 1, size], [1, 1 / size, 1]])
    d = size ** (2 / 3)
    assert found.lambda_max == pytest.approx(1 + d + 1 / d, rel=1e-9)


def test_judgements_that_contradict_beyond_arithmetic_are_refused_and_not_nan():
    cycle = from_upper(4, [1e150, 1e-150, 1, 1e150, 1, 1])
    cycle[0, 1], cycle[1, 0] = 1e200, 1e-200
    with pytest.raises(DataError, match="too far for 64-bit"):
        ahp.priorities(cycle)
    assert np.isfinite(ahp.priorities(cycle, method="geometric").weights).all()


@given(incomplete())
def test_geometric_completion_is_least_squares_of_logs(matrix):
    n = len(matrix)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if not np.isnan(matrix[i, j])]
    design = np.array([np.eye(n)[i] - np.eye(n)[j] for i, j in pairs])
    logs = np.linalg.lstsq(design, np.log([matrix[pair] for pair in pairs]), rcond=None)[0]
    expected = np.where(np.isnan(matrix), np.exp(logs[:, None] - logs[None, :]), matrix)
    np.testing.assert_allclose(ahp.complete(matrix, method="geometric"), expected, rtol=1e-9)
    found = ahp.priorities(matrix, method="geometric")
    np.testing.assert_allclose(found.weights, np.exp(logs) / np.exp(logs).sum(), rtol=1e-9)


@given(incomplete(), st.integers(0, 10**6))
def test_eigenvector_completion_is_at_the_least_root(matrix, seed):
    filled = ahp.complete(matrix)
    roots, vectors = np.linalg.eig(filled)
    least = roots.real.max()
    x = np.abs(vectors[:, roots.real.argmax()])
    left_roots, left_vectors = np.linalg.eig(filled.T)
    y = np.abs(left_vectors[:, left_roots.real.argmax()])
    flow = y[:, None] * filled * x[None, :] / (y @ x)
    gap = (flow - flow.T)[np.isnan(matrix)]
    assert np.all(np.abs(gap) < 1e-9 * least)
    push = np.triu(np.where(np.isnan(matrix), np.random.default_rng(seed).normal(0, 0.1, matrix.shape), 0))
    assert np.linalg.eigvals(filled * np.exp(push - push.T)).real.max() >= least - 1e-9
    np.testing.assert_array_equal(np.where(np.isnan(matrix), 1, filled), np.where(np.isnan(matrix), 1, matrix))


@given(reciprocal())
def test_revise_is_the_textbook_loop(matrix):
    found = ahp.revise(matrix)
    weights = ahp.priorities(matrix, method="geometric").weights
    assert len(found) == len(matrix) * (len(matrix) - 1) // 2
    sizes = []
    for row in found.itertuples():
        i, j = row.first, row.second
        changed = matrix.copy()
        changed[i, j], changed[j, i] = row.suggested, 1 / row.suggested
        assert row.value == matrix[i, j]
        assert row.suggested == pytest.approx(weights[i] / weights[j])
        assert row.cr_after == pytest.approx(ahp.priorities(changed).cr, abs=1e-9)
        assert abs(np.log(row.nearest / row.suggested)) == pytest.approx(
            min(abs(np.log(np.array(SCALE) / row.suggested)))
        )
        sizes.append(abs(np.log(row.value / row.suggested)))
    assert all(sizes[k] >= sizes[k + 1] - 1e-9 for k in range(len(sizes) - 1))


@given(reciprocal(), st.data())
def test_violations_are_those_of_the_textbook(matrix, data):
    n = len(matrix)
    weights = data.draw(st.lists(st.sampled_from([1.0, 2.0, 3.0]), min_size=n, max_size=n))
    total = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            prefers, heavier = np.sign(matrix[i, j] - 1), np.sign(weights[i] - weights[j])
            total += 1.0 if prefers * heavier < 0 else 0.5 if (prefers == 0) != (heavier == 0) else 0.0
    assert ahp.compatibility(matrix, weights).pvn == pytest.approx(2 * total / ((n - 1) * (n - 2)))


def test_what_was_not_asked_is_not_violated():
    """Of (a, b) and (b, c), asked, the weights turn the first round: one violation, times 2 / ((3 - 1)(3 - 2)) = 1."""
    found = ahp.compatibility({"a": {"b": 2}, "b": {"c": 4}}, {"a": 1, "b": 2, "c": 1.5})
    assert found.pvn == 1


# Laws


@given(reciprocal(), st.randoms(use_true_random=False))
def test_order_of_rows_and_columns_does_not_matter(matrix, random):
    names = [f"item {k}" for k in range(len(matrix))]
    frame = pd.DataFrame(matrix, index=names, columns=names)
    shuffled = frame.loc[random.sample(names, len(names)), random.sample(names, len(names))]
    for method in METHODS:
        one, other = ahp.priorities(frame, method=method), ahp.priorities(shuffled, method=method)
        np.testing.assert_allclose(other.weights[names], one.weights, rtol=1e-12)
        assert (other.lambda_max, other.gci) == pytest.approx((one.lambda_max, one.gci))
        assert list(other.weights.index) == list(shuffled.index)


@given(consistent(least=1))
def test_a_consistent_matrix_has_one_answer(pair):
    matrix, weights = pair
    for method in METHODS:
        found = ahp.priorities(matrix, method=method)
        np.testing.assert_allclose(found.weights, weights, rtol=1e-12)
        assert found.lambda_max == pytest.approx(len(weights))
        assert (found.ci, found.cr, found.gci) == pytest.approx((0, 0, 0), abs=1e-12)
        assert found.consistent is True
        assert found.ci >= 0


@given(reciprocal())
def test_geometric_weights_turn_round_with_the_judgements(matrix):
    weights, turned = (ahp.priorities(one, method="geometric").weights for one in (matrix, matrix.T))
    np.testing.assert_allclose(turned, (1 / weights) / (1 / weights).sum(), rtol=1e-12)


@given(st.lists(reciprocal(4, 4), min_size=1, max_size=4), st.data())
def test_aij_equals_aip_under_geometric_means(matrices, data):
    shares = data.draw(st.lists(st.floats(0.1, 5), min_size=len(matrices), max_size=len(matrices)))
    joint = ahp.combine(matrices, how="aij", shares=shares)
    np.testing.assert_allclose(joint * joint.T, 1, rtol=1e-12)
    np.testing.assert_allclose(
        ahp.priorities(joint, method="geometric").weights,
        ahp.combine(matrices, how="aip", shares=shares, method="geometric"),
        rtol=1e-12,
    )


@given(consistent(), st.data())
def test_completing_a_consistent_matrix_recovers_it(pair, data):
    matrix, weights = pair
    holed = with_holes(data.draw, matrix)
    for method in ("eigenvector", "geometric"):
        np.testing.assert_allclose(ahp.complete(holed, method=method), matrix, rtol=1e-9)
    for method in METHODS:
        found = ahp.priorities(holed, method=method)
        np.testing.assert_allclose(found.weights, weights, rtol=1e-9)
        assert found.missing == np.isnan(holed).sum() // 2
        assert found.consistent


@given(reciprocal())
def test_completing_a_complete_matrix_changes_nothing(matrix):
    np.testing.assert_array_equal(ahp.complete(matrix), matrix)


@given(reciprocal())
def test_following_the_first_suggestion_never_raises_gci(matrix):
    first = ahp.revise(matrix).iloc[0]
    i, j = int(first["first"]), int(first["second"])
    changed = matrix.copy()
    changed[i, j], changed[j, i] = first["suggested"], 1 / first["suggested"]
    assert ahp.priorities(changed).gci <= ahp.priorities(matrix).gci + 1e-12


@given(reciprocal())
def test_own_geometric_weights_have_the_matrix_own_gci(matrix):
    weights = ahp.priorities(matrix, method="geometric").weights
    assert ahp.compatibility(matrix, weights).gcompi == pytest.approx(ahp.priorities(matrix).gci, abs=1e-12)


@given(consistent(least=3))
def test_weights_turned_round_violate_every_strict_order(pair):
    matrix, weights = pair
    n = len(weights)
    strict = np.triu(np.abs(np.log(matrix)) > 1e-9, 1).sum()
    assert ahp.compatibility(matrix, weights).pvn == 0
    assert ahp.compatibility(matrix, 1 / weights).pvn == pytest.approx(2 * strict / ((n - 1) * (n - 2)))


@settings(max_examples=25)
@given(st.lists(reciprocal(5, 5), min_size=1, max_size=4), incomplete(5, 5), st.sampled_from(METHODS))
def test_a_batch_is_its_matrices_one_by_one(matrices, holed, method):
    batch = np.stack([*matrices, holed])
    found = ahp.priorities(batch[None], method=method)
    assert found.weights.shape == (1, len(batch), 5)
    for k, matrix in enumerate(batch):
        one = ahp.priorities(matrix, method=method)
        np.testing.assert_allclose(found.weights[0, k], one.weights, rtol=1e-12)
        for field in ("lambda_max", "ci", "cr", "gci", "random_index"):
            assert getattr(found, field)[0, k] == pytest.approx(getattr(one, field), abs=1e-12)
        assert (found.consistent[0, k], found.missing[0, k]) == (one.consistent, one.missing)


# Equivalences: every way to write a matrix

WRITTEN = [[1.0, 3.0, 0.5], [1 / 3, 1.0, 0.25], [2.0, 4.0, 1.0]]
WEIGHTS = ahp.priorities(WRITTEN).weights
NAMES = ["产出", "scale up", "c"]


def columns(matrix):
    return {"item": NAMES, **{name: [row[k] for row in matrix] for k, name in enumerate(NAMES)}}


@pytest.mark.parametrize(
    "matrix",
    [
        np.array(WRITTEN),
        [["1", "3", " 1/2"], ["1/3", "1.0", "1/4"], ["2", "8 / 2", "1"]],
        [[1, "3", "1/2.0"], ["", 1, None], [np.nan, 4, np.nan]],
        pd.DataFrame(WRITTEN, index=NAMES, columns=NAMES).loc[NAMES, NAMES[::-1]],
        pd.DataFrame(columns(WRITTEN)),
        pl.DataFrame(columns(WRITTEN)),
        pa.table(columns(WRITTEN)),
        {NAMES[0]: {NAMES[1]: 3, NAMES[2]: "1/2"}, NAMES[2]: {NAMES[1]: 4}},
    ],
    ids=["array", "text", "triangle", "columns turned", "names in a column", "polars", "arrow", "mapping"],
)
def test_every_way_to_write_a_matrix_gives_the_same(matrix):
    found = ahp.priorities(matrix).weights
    if isinstance(found, pd.Series):
        assert set(found.index) == set(NAMES)
        found = found[NAMES]
    np.testing.assert_allclose(found, WEIGHTS, rtol=1e-14)


def test_names_of_a_mapping_stand_in_order_of_first_appearance():
    found = ahp.priorities({"b": {"d": 2}, "a": {"b": 3, "c": 1}})
    assert list(found.weights.index) == ["b", "d", "a", "c"]


def test_rows_without_names_follow_the_columns_and_the_log_says_so():
    with journal() as lines:
        found = ahp.priorities(pd.DataFrame(WRITTEN, columns=NAMES))
    assert list(found.weights.index) == NAMES
    assert "no names" in lines[0].why


def test_labels_are_kept_and_the_input_is_not_changed():
    frame = pd.DataFrame(
        [[1, 2.0, np.nan], [np.nan, 1, 3], [np.nan, np.nan, 1]], index=list("abc"), columns=list("abc")
    )
    frame.index.name = "item"
    before = frame.copy()
    filled = ahp.complete(frame)
    assert (filled.loc["a", "c"], filled.loc["c", "a"]) == pytest.approx((6, 1 / 6))
    assert filled.index.equals(frame.index)
    assert filled.index.name == "item"
    assert ahp.combine([filled, filled]).loc["a", "c"] == pytest.approx(6)
    assert isinstance(ahp.combine([frame, filled], how="aip"), pd.Series)
    assert set(ahp.revise(frame)["first"]) == {"a", "b"}
    pd.testing.assert_frame_equal(frame, before)


def test_people_are_matched_by_item_names():
    one = {"a": {"b": 2, "c": 4}, "b": {"c": 2}}
    turned = {"c": {"b": "1/2", "a": "1/4"}, "b": {"a": "1/2"}}
    np.testing.assert_allclose(ahp.combine([one, turned]), ahp.complete(one), rtol=1e-12)
    group = pd.Series({"c": 1.0, "b": 2.0, "a": 4.0})
    assert ahp.compatibility([one, turned], group).gcompi == pytest.approx(0, abs=1e-15)


def test_shares_weigh_the_people():
    first, second = [[1, 4], [0.25, 1]], [[1, 1], [1, 1]]
    assert ahp.combine([first, second], shares=[1, 0])[0, 1] == pytest.approx(4)
    assert ahp.combine([first, second], shares=[0.25, 0.75])[0, 1] == pytest.approx(4**0.25)
    with journal() as lines:
        assert ahp.combine([first, second], shares=[3, 1])[0, 1] == pytest.approx(4**0.75)
    assert "rescaled" in lines[0].why
    judged = [from_upper(3, [2, 4, 2]), from_upper(3, [2, 4, 3])]
    alone = [ahp.compatibility(one, [4, 2, 1]).gcompi for one in judged]
    together = ahp.compatibility(judged, [4, 2, 1], shares=[0.9, 0.1])
    assert together.gcompi == pytest.approx(0.9 * alone[0] + 0.1 * alone[1])


# FAULTS.md 22 to 25


def test_fault_22_the_random_index_is_chosen_and_named():
    matrix = from_upper(3, [2, 2, 2.7])  # CI = .0553: below .058, above .052
    older, newer = (ahp.priorities(matrix, random_index=name) for name in ("saaty", "saaty_2008"))
    assert (older.consistent, older.random_index, older.random_index_source) == (True, 0.58, "saaty")
    assert (newer.consistent, newer.random_index, newer.random_index_source) == (False, 0.52, "saaty_2008")
    own = ahp.priorities(matrix, random_index=0.49)
    assert (own.cr, own.random_index_source) == (pytest.approx(own.ci / 0.49), "given")


@pytest.mark.parametrize("n", range(1, 16))
def test_fault_23_every_size_up_to_15(n):
    matrix = from_upper(n, np.full(n * (n - 1) // 2, 2.0))
    found = ahp.priorities(matrix)
    assert found.weights.shape == (n,)
    assert np.isfinite([found.lambda_max, found.ci, found.cr, found.gci]).all()
    if n <= 2:
        assert (found.ci, found.cr, found.gci, found.consistent) == (0, 0, 0, True)
        np.testing.assert_allclose(found.weights, [[1], [2 / 3, 1 / 3]][n - 1], rtol=1e-15)


def test_fault_23_beyond_15_the_answer_is_clear():
    matrix = from_upper(16, np.full(120, 2.0))
    with pytest.raises(SpecError, match=r"1 to 15 items, found 16; .*random_index=1\.6"):
        ahp.priorities(matrix)
    with pytest.raises(SpecError, match="found 16"):
        ahp.random_index(16)
    given_number = ahp.priorities(matrix, random_index=1.6)
    assert given_number.cr == pytest.approx(given_number.ci / 1.6)
    undecided = ahp.priorities(matrix, random_index=None)
    assert undecided.cr is None
    assert undecided.consistent is (undecided.gci < 0.37)


def test_fault_24_contradictions_are_all_listed_with_what_would_be_right():
    matrix = {"a": {"b": 3, "c": 2}, "b": {"a": 3, "c": 5}, "c": {"a": "1/2", "b": 5}}
    with pytest.raises(DataError) as error:
        ahp.priorities(matrix)
    assert len(error.value.faults) == 2
    assert "('a', 'b'): 3 and ('b', 'a'): 3 contradict" in str(error.value)
    assert "if the first is right, the second is 0.3333" in str(error.value)
    assert "('b', 'c'): 5" in str(error.value)


def test_fault_24_unconnected_judgements_name_their_parts():
    with pytest.raises(DataError, match=r"2 parts .*\['a', 'b'\]; \['c', 'd'\]; ask at least 1 more.*\('a', 'c'\)"):
        ahp.priorities({"a": {"b": 2}, "c": {"d": 3}})
    alone = np.array([[1, 2, np.nan], [0.5, 1, np.nan], [np.nan, np.nan, 1]])
    with pytest.raises(DataError, match=r"matrix \[1\]: .*\[0, 1\]; \[2\]"):
        ahp.complete(np.stack([np.ones((3, 3)), alone]))


def test_fault_24_a_missing_pair_is_not_read_as_1():
    found = ahp.priorities({"a": {"b": 3}, "b": {"c": 3}})
    np.testing.assert_allclose(found.weights, [9 / 13, 3 / 13, 1 / 13], rtol=1e-12)
    assert found.missing == 1


def test_fault_24_twelve_items_with_eleven_judgements_take_milliseconds():
    names = [f"x{k}" for k in range(12)]
    matrix = {names[k]: {names[k + 1]: 2} for k in range(11)}
    start = time.perf_counter()
    found = ahp.priorities(matrix)
    assert time.perf_counter() - start < 0.1
    np.testing.assert_allclose(found.weights, 2.0 ** -np.arange(1, 13) / (1 - 2.0**-12), rtol=1e-9)
    assert found.cr is None
    assert found.consistent


def test_fault_25_means_off_the_scale_are_accepted():
    joint = ahp.combine([[[1, 3], ["1/3", 1]], [[1, 4], ["1/4", 1]]])
    assert ahp.priorities(joint).weights[0] == pytest.approx(12**0.5 / (12**0.5 + 1))


def test_fault_25_reciprocals_typed_with_two_decimals_are_accepted_and_logged():
    with journal() as lines:
        found = ahp.complete([[1, 7, 3], [0.14, 1, 2], [0.33, 0.5, 1]])
    np.testing.assert_array_equal(found, from_upper(3, [7, 3, 2]))
    assert [line.why for line in lines] == ["2 rounded reciprocals, the upper triangle is used: [0, 1], [0, 2]"]
    ahp.complete([[1, 2], [0.515, 1]])
    with pytest.raises(DataError, match=r"product is 1\.032"):
        ahp.complete([[1, 2], [0.516, 1]])


# Bad input: every fault, where it stands


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ([[1, 0], [None, 1]], [r"\[0, 1\]: 0 is not a positive"]),
        (
            [[1, -3, "x"], [None, 2, True], [None, "1/0", 1]],
            ["-3", "'x' is no", "True is no", "'1/0' is no", "diagonal"],
        ),
        ([[1, np.inf], [None, 1]], ["inf"]),
        ([[1, "inf"], [None, 1]], ["'inf' is no"]),
        (np.ones((2, 3)), [r"shape \(2, 3\)"]),
        ([[1, 2], [0.5]], ["row 1 of the matrix has 1 entries, 2 expected"]),
        ([], ["shape"]),
        ("matrix.csv", ["square"]),
        (7, ["square"]),
        ({"a": 3, "b": {"a": 1}}, ["row 'a': write a mapping"]),
        ([{"a": {"b": 2}}, {"a": {"b": 3}}], ["ahp.combine"]),
        (pd.DataFrame(np.ones((2, 2)), index=["a", "b"], columns=["a", "c"]), ["rows: 'b'", "columns: 'c'"]),
        (pd.DataFrame(np.ones((2, 2)), index=["a", "a"], columns=["a", "b"]), ["'a' stands 2 times"]),
    ],
)
def test_faults_of_a_matrix_are_told_all_at_once(matrix, said):
    with pytest.raises(DataError) as error:
        ahp.priorities(matrix)
    for words in said:
        assert re.search(words, str(error.value)), str(error.value)


def test_faults_name_the_items():
    with pytest.raises(DataError, match=r"\('tea', 'wine'\): 'lots' is no judgement.*fraction such as '1/3'"):
        ahp.priorities({"tea": {"wine": "lots"}})


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ahp.priorities(WRITTEN, method="eigen"), "no method 'eigen'; .*eigenvector, geometric, arithmetic"),
        (lambda: ahp.priorities(WRITTEN, random_index="saaty2008"), "did you mean 'saaty_2008'"),
        (lambda: ahp.priorities(WRITTEN, random_index=0), "positive number"),
        (lambda: ahp.priorities(WRITTEN, random_index=True), "positive number"),
        (lambda: ahp.random_index(3, source="saty"), "did you mean 'saaty'"),
        (lambda: ahp.random_index(0), "n must be a whole number from 1"),
        (lambda: ahp.random_index(3, missing=-1), "missing must be"),
        (lambda: ahp.complete(WRITTEN, method="mean"), "no completion 'mean'"),
        (lambda: ahp.combine([WRITTEN], how="aijs"), "did you mean 'aij'"),
        (lambda: ahp.combine([WRITTEN], how="aij", method="geometric"), "how='aip' only"),
        (lambda: ahp.combine([WRITTEN, WRITTEN], shares=[1, -1, np.nan]), r"2 shares, found 3\n.*-1\.0, nan"),
        (lambda: ahp.combine([WRITTEN, WRITTEN], shares=[0, 0]), "all 0"),
        (lambda: ahp.combine([WRITTEN, WRITTEN], shares=["much", 1]), "shares must be a list of numbers"),
        (lambda: ahp.compatibility(WRITTEN, [1, 1, 1], shares=[1]), "list of matrices"),
    ],
)
def test_wrong_choices_are_refused(call, said):
    with pytest.raises(SpecError, match=said):
        call()


HOLED = [[1, 2, None], [None, 1, 3], [None, None, 1]]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ahp.combine([WRITTEN, HOLED]), "matrix 1 has 1 pairs not compared: complete it first"),
        (lambda: ahp.combine([{"a": {"b": 2}}, {"a": {"c": 2}}]), "matrix 1 compares 'a', 'c', matrix 0 'a', 'b'"),
        (lambda: ahp.combine([WRITTEN, [[1, 5], [5, 1]]]), r"matrix 1: judgements \[0, 1\]: 5"),
        (lambda: ahp.combine(WRITTEN), "a list of matrices is wanted"),
        (lambda: ahp.combine([]), "a list of matrices is wanted"),
        (lambda: ahp.revise(np.ones((2, 3, 3))), "one matrix is wanted"),
        (lambda: ahp.compatibility([[1, 2], [0.5]], [1, 1]), "row 1 of the matrix has 1 entries"),
        (lambda: ahp.compatibility(WRITTEN, [1, 1]), "3 items need 3 weights"),
        (lambda: ahp.compatibility(WRITTEN, ["a", 1, 1]), "weights must be a list of numbers"),
        (lambda: ahp.compatibility(WRITTEN, [1, 0, np.nan]), "positive and finite .* 0.0, nan"),
        (lambda: ahp.compatibility({"a": {"b": 2}}, {"a": 1, "z": 2}), "weights are for 'a', 'z'"),
    ],
)
def test_data_that_do_not_fit_are_refused(call, said):
    with pytest.raises(DataError, match=said):
        call()


# Consistency where no random index is known; the words for people


def test_without_a_random_index_gci_decides_and_the_log_says_so():
    for last, fine in ((6.0, True), (40.0, False)):
        matrix = from_upper(4, [2, 4, 8, 2, 4, last])
        with journal() as lines:
            found = ahp.priorities(matrix, random_index=None)
        assert found.cr is None
        assert found.random_index is None
        assert found.consistent is fine is (found.gci < 0.35)
        assert "GCI < 0.35 decides" in lines[0].why
    batch = ahp.priorities(np.ones((2, 4, 4)), random_index=None)
    assert np.isnan(batch.cr).all()
    assert batch.consistent.all()


def test_incomplete_matrices_use_the_random_index_by_number_missing():
    matrix = from_upper(5, [2.0, 3, 4, 5, 2, 3, 4, 2, 3, 2])
    matrix[0, 4] = matrix[4, 0] = matrix[1, 3] = matrix[3, 1] = np.nan
    found = ahp.priorities(matrix)
    assert (found.missing, found.random_index, found.random_index_source) == (2, 0.739, "agoston_csato_2022")
    assert found.cr == pytest.approx(found.ci / 0.739)
    with journal() as lines:
        assert ahp.random_index(7, source="agoston_csato_2022", missing=2) is None
        assert ahp.random_index(3, source="agoston_csato_2022") is None
        assert ahp.random_index(5, source="saaty", missing=1) is None
    assert len(lines) == 3


def test_verdict_says_which_judgement_to_look_at():
    """By hand: geometric means 14^(1/3) and (3/7)^(1/3), ratio 3.196; lambda = 1 + d + 1/d with d = 10.5^(1/3)."""
    matrix = {"a": {"b": 7, "c": 2}, "b": {"c": 3}}
    assert ahp.verdict(matrix) == "CR 0.557 >= 0.1; look at ('a', 'b'): 7, suggested 3.2"
    assert ahp.verdict([[1, 7, 2], [None, 1, 3], [None, None, 1]]).endswith("look at [0, 1]: 7, suggested 3.2")
    assert ahp.verdict(matrix, random_index=None).startswith("GCI 1.84 >= 0.31; look at")
    assert re.fullmatch(r"CR 0\.022\d* < 0\.1", ahp.verdict(table("drinks.csv")))


def test_revise_of_two_items_has_nothing_to_suggest():
    row = ahp.revise([[1, 5], [0.2, 1]]).iloc[0]
    assert (row["value"], row["suggested"], row["nearest"], row["cr_after"]) == pytest.approx((5, 5, 5, 0))
    assert ahp.revise([[1]]).empty
    assert list(ahp.revise([[1]]).columns) == ["first", "second", "value", "suggested", "nearest", "cr_after"]


def test_ten_thousand_matrices_of_nine_take_less_than_half_a_second():
    random = np.random.default_rng(0)
    upper = np.exp(random.uniform(-np.log(9), np.log(9), (10_000, 36)))
    i, j = np.triu_indices(9, 1)
    batch = np.ones((10_000, 9, 9))
    batch[:, i, j], batch[:, j, i] = upper, 1 / upper
    start = time.perf_counter()
    found = ahp.priorities(batch)
    assert time.perf_counter() - start < 0.5
    ratios = (batch @ found.weights[..., None])[..., 0] / found.weights
    np.testing.assert_allclose(ratios / found.lambda_max[:, None], 1, rtol=1e-12)
