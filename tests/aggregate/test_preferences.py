"""PROMETHEE II and ELECTRE III: counts in loops for every function and threshold, and their edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.laws import weights_of

import hengdian_index as hi
from hengdian_index.aggregate import preferences

A = hi.aggregate
TABLES = arrays(np.int64, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=st.integers(-12, 12)).map(
    lambda x: x / 4.0
)
GAPPED = arrays(
    np.float64, st.tuples(st.integers(2, 6), st.just(3)), elements=st.sampled_from([-1.0, 0.5, 2.0, 3.25, np.nan])
)
FUNCTIONS = ["usual", "u_shape", "v_shape", "level", "linear", "gaussian"]


def preference(kind, d, q, p, s):
    """Return the preference for a lead d, as Brans & Vincke tabulate the types I to VI."""
    if d <= 0:
        return 0.0
    return {
        "usual": 1.0,
        "u_shape": 1.0 if d > q else 0.0,
        "v_shape": min(d / p, 1.0),
        "level": 1.0 if d > p else 0.5 if d > q else 0.0,
        "linear": 1.0 if d > p else 0.0 if d <= q else (d - q) / (p - q),
        "gaussian": 1 - math.exp(-d * d / (2 * s * s)),
    }[kind]


def slow_promethee(x, w, kinds, q, p, s):
    n, k = x.shape
    found = []
    for a in range(n):
        net = 0.0
        for b in range(n):
            both = [j for j in range(k) if not math.isnan(x[a, j] + x[b, j])]
            total = sum(w[j] for j in both)
            if a == b or total == 0:
                continue
            lead = sum(w[j] * preference(kinds[j], x[a, j] - x[b, j], q, p, s) for j in both) / total
            net += lead - sum(w[j] * preference(kinds[j], x[b, j] - x[a, j], q, p, s) for j in both) / total
        found.append(net / max(n - 1, 1))
    return found


def credibility(a, b, w, q, p, v):
    both = [j for j in range(len(w)) if not math.isnan(a[j] + b[j])]
    total = sum(w[j] for j in both)
    if total == 0:
        return 0.0
    c, d = {}, {}
    for j in both:
        behind = b[j] - a[j]
        c[j] = 1.0 if behind <= q else 0.0 if behind >= p else (p - behind) / (p - q)
        d[j] = 0.0 if v is None or behind <= p else 1.0 if behind >= v else (behind - p) / (v - p)
    concordance = sum(w[j] * c[j] for j in both) / total
    found = concordance
    for j in both:
        if w[j] > 0 and d[j] > concordance:
            found *= (1 - d[j]) / (1 - concordance)
    return found


def slow_electre(x, w, q, p, v):
    def one(a, b):
        return 0.0 if a == b else credibility(x[a], x[b], w, q, p, v)

    return [sum(one(a, b) - one(b, a) for b in range(len(x))) for a in range(len(x))]


@settings(max_examples=60)
@given(data=st.data(), x=TABLES | GAPPED)
def test_promethee_equals_a_slow_count(data, x):
    k = x.shape[1]
    w, kinds = data.draw(weights_of(k)), [data.draw(st.sampled_from(FUNCTIONS)) for _ in range(k)]
    # Thresholds between the eighths that values lie on, and upon them.
    q, p, s = data.draw(st.sampled_from([(0.3, 1.7, 0.8), (0.5, 2.0, 3.0), (1.0, 1.0, 0.1)]))
    found = A.promethee(x, w, preference=kinds, q=q, p=p, s=s, coverage=0, missing="reweight")
    scored = ~np.isnan(found)
    wanted = slow_promethee(x[scored], w.tolist(), kinds, q, p, s)
    np.testing.assert_allclose(found[scored], wanted, rtol=0, atol=1e-12)


@settings(max_examples=60)
@given(data=st.data(), x=TABLES | GAPPED)
def test_electre_equals_a_slow_count(data, x):
    w = data.draw(weights_of(x.shape[1], least=1))
    q, p, v = data.draw(st.sampled_from([(0.3, 1.7, 3.1), (0.5, 2.0, None), (0.0, 0.7, 0.7)]))
    found = A.electre(x, w, q=q, p=p, v=v, coverage=0)
    scored = ~np.isnan(found)
    np.testing.assert_allclose(found[scored], slow_electre(x[scored], w.tolist(), q, p, v), rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_a_row_at_least_as_good_everywhere_never_scores_lower(kind):
    rng = np.random.default_rng(6)
    for _ in range(40):
        x = rng.integers(0, 9, size=(6, 3)) / 2.0
        x[1] = np.maximum(x[0], x[1])
        y = A.promethee(x, preference=kind, q=0.5, p=2, s=1)
        assert y[1] >= y[0] - 1e-12
        z = A.electre(x, q=0.5, p=1, v=2)
        assert z[1] >= z[0] - 1e-12


def test_scores_sum_to_0_and_a_single_row_has_0():
    x = np.random.default_rng(7).normal(size=(9, 4))
    for y in (A.promethee(x, preference="gaussian", s=1), A.electre(x, p=1, v=2)):
        assert abs(y.sum()) < 1e-12
    assert A.promethee(x[:1]).tolist() == A.electre(x[:1]).tolist() == [0.0]


def test_without_thresholds_promethee_counts_who_is_ahead():
    x = np.random.default_rng(8).normal(size=(7, 3))
    w = [0.5, 0.3, 0.2]
    np.testing.assert_allclose(A.promethee(x, w), 2 * A.borda(x, w) / 6 - 1, rtol=1e-12, atol=1e-12)


def test_details_are_the_two_flows():
    x = np.random.default_rng(9).normal(size=(7, 3))
    found = A.promethee(x, preference="v_shape", p=1, details=True)
    np.testing.assert_allclose(found.scores, found.positive - found.negative)
    assert found.positive.mean() == pytest.approx(found.negative.mean())
    other = A.electre(x, p=1, details=True)
    np.testing.assert_allclose(other.scores, other.outranks - other.outranked)
    with pytest.raises(hi.DataError, match="details are of one table"):
        A.promethee(np.stack([x, x]), details=True)


def test_leads_that_equal_a_threshold_but_for_rounding_equal_it():
    x = [[0.1 + 0.2, 1.0], [0.0, 1.0]]
    assert A.promethee(x, preference="u_shape", q=0.3).tolist() == [0.0, 0.0]
    assert A.promethee([[0.1 * 3, 1.0], [0.3, 1.0], [0.5, 1.0]]).tolist() == [-0.25, -0.25, 0.5]
    assert A.electre([[0.0], [0.1 + 0.2]], q=0.3, p=0.3).tolist() == [0.0, 0.0]


def test_blocks_of_rows_give_what_one_gives(monkeypatch):
    x = np.random.default_rng(10).normal(size=(23, 3))
    x[3, 1] = x[11, 0] = np.nan
    wanted = A.promethee(x, preference="linear", q=0.1, p=1), A.electre(x, q=0.1, p=0.5, v=1)
    monkeypatch.setattr(preferences, "_PAIRS", 60)
    found = A.promethee(x, preference="linear", q=0.1, p=1), A.electre(x, q=0.1, p=0.5, v=1)
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-14)


def test_options_by_name_are_those_of_the_columns():
    import pandas as pd

    x = pd.DataFrame(np.random.default_rng(11).normal(size=(6, 2)), columns=["a", "b"])
    by_name = A.promethee(x, preference={"b": "linear"}, q={"b": 0.2}, p={"b": 1.0})
    np.testing.assert_allclose(by_name, A.promethee(x, preference=["usual", "linear"], q=[0, 0.2], p=[0, 1.0]))
    np.testing.assert_allclose(A.electre(x, p=1, v={"b": 2.0}), A.electre(x, p=1, v=[None, 2.0]))


@pytest.mark.parametrize("unit", [1e-300, 1e300])
def test_units_of_measure_go_with_their_thresholds(unit):
    x = np.random.default_rng(12).normal(size=(8, 3))
    for kind in FUNCTIONS:
        wanted = A.promethee(x, preference=kind, q=0.2, p=1.5, s=0.7)
        found = A.promethee(x * unit, preference=kind, q=0.2 * unit, p=1.5 * unit, s=0.7 * unit)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)
    found = A.electre(x * unit, q=0.2 * unit, p=1.5 * unit, v=2 * unit)
    np.testing.assert_allclose(found, A.electre(x, q=0.2, p=1.5, v=2), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"preference": "liner"}, "preference: no function 'liner'.*linear"),
        ({"preference": ["usual"]}, "preference: 1 given for 2 columns"),
        ({"preference": "linear"}, "p: column 0 has the function 'linear' and needs a p above 0"),
        ({"preference": "level", "p": 2}, "q: column 0 has the function 'level' and needs a q above 0"),
        ({"preference": ["usual", "gaussian"]}, "s: column 1 has the function 'gaussian'"),
        ({"preference": "linear", "q": 3, "p": 2}, "of column 0 q 3 is above p 2"),
        ({"q": -1}, "q: of column 0 0 or more, not -1"),
        ({"q": [1, 2, 3]}, "q: one finite number, or one for each of 2 columns"),
        ({"p": np.inf}, "p: one finite number"),
    ],
    ids=str,
)
def test_promethee_refuses_thresholds_by_column(options, said):
    with pytest.raises(hi.SpecError, match=said):
        A.promethee([[1.0, 2.0], [2.0, 1.0]], **options)


@pytest.mark.parametrize(
    ("options", "said"),
    [({"q": 2, "p": 1}, "q 2 is above p 1"), ({"p": [1, 5], "v": 3}, "of column 1 p 5 is above v 3")],
)
def test_electre_refuses_thresholds_that_do_not_rise(options, said):
    with pytest.raises(hi.SpecError, match=said):
        A.electre([[1.0, 2.0], [2.0, 1.0]], **options)
