"""Hierarchies down to the alternatives: products by hand, a published choice, laws of the two modes, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW

import hengdian_index as hi
from hengdian_index.log import journal

CRITERIA = {"price": {"size": 3, "place": "1/2"}, "place": {"size": 6}}
UNDER = {
    "price": {"A": {"B": 2, "C": 4}, "B": {"C": 2}},
    "size": {"C": {"A": 5, "B": 3}, "B": {"A": 2}},
    "place": {"A": {"B": 1, "C": 1}, "B": {"C": 1}},
}
NUMBERS = st.lists(st.integers(1, 9), min_size=3, max_size=3)


def consistent(weights: list[int]) -> list[list[float]]:
    """Return the judgements that weights give."""
    return [[a / b for b in weights] for a in weights]


def test_scores_are_weights_times_priorities() -> None:
    found = hi.ahp.alternatives(CRITERIA, UNDER)
    local = pd.DataFrame({name: hi.ahp.priorities(matrix).weights for name, matrix in UNDER.items()})
    pd.testing.assert_frame_equal(found.local, local.loc[found.local.index])
    weights = hi.ahp.priorities(CRITERIA).weights
    np.testing.assert_allclose(found.weights[weights.index], weights)
    np.testing.assert_allclose(found.scores, local.loc[found.scores.index] @ found.weights[local.columns], rtol=1e-14)
    assert list(found.consistency.index) == [
        "criteria",
        "alternatives of 'price'",
        "alternatives of 'size'",
        "alternatives of 'place'",
    ]
    own = hi.ahp.priorities(UNDER["size"])
    assert found.consistency.loc["alternatives of 'size'", "cr"] == own.cr
    assert found.cr == pytest.approx(found.weights["size"] * own.ci / 0.58, rel=1e-12)


def test_the_choice_of_a_journey_of_a_textbook() -> None:
    """Jiang Qiyuan, Mathematical Models: criteria as judged there, the places by their printed priorities."""
    criteria = [
        [1, 1 / 2, 4, 3, 3],
        [2, 1, 7, 5, 5],
        [1 / 4, 1 / 7, 1, 1 / 2, 1 / 3],
        [1 / 3, 1 / 5, 2, 1, 1],
        [1 / 3, 1 / 5, 3, 1, 1],
    ]
    printed = [(0.595, 0.277, 0.129), (0.082, 0.236, 0.682), (0.429, 0.429, 0.142), (0.633, 0.193, 0.175)]
    printed += [(0.166, 0.166, 0.668)]
    found = hi.ahp.alternatives(criteria, [dict(zip("abc", one, strict=True)) for one in printed])
    assert found.consistency.loc["criteria", "lambda_max"] == pytest.approx(5.073, abs=1.5e-3)
    np.testing.assert_allclose(found.scores, [0.300, 0.246, 0.456], atol=1.5e-3)


@LAW
@given(NUMBERS, st.lists(NUMBERS, min_size=3, max_size=3))
def test_consistent_judgements_give_back_their_weights(weights: list[int], local: list[list[int]]) -> None:
    found = hi.ahp.alternatives(consistent(weights), [consistent(one) for one in local])
    share = np.array(weights) / sum(weights)
    np.testing.assert_allclose(found.scores, sum(w * np.array(p) / sum(p) for w, p in zip(share, local, strict=True)))
    assert found.cr == pytest.approx(0, abs=1e-12)
    given_numbers = hi.ahp.alternatives(
        dict(enumerate(weights)), {name: dict(enumerate(one)) for name, one in enumerate(local)}
    )
    np.testing.assert_allclose(given_numbers.scores, found.scores, rtol=1e-9)
    assert len(given_numbers.consistency) == 0


@LAW
@given(NUMBERS, st.lists(NUMBERS, min_size=3, max_size=3))
def test_a_copy_of_an_alternative_turns_no_order_in_the_ideal_mode(weights: list[int], local: list[list[int]]) -> None:
    under = {name: dict(zip("abc", one, strict=True)) for name, one in enumerate(local)}
    copied = {name: one | {"copy": one["c"]} for name, one in under.items()}
    one, more = (hi.ahp.alternatives(dict(enumerate(weights)), x, mode="ideal").scores for x in (under, copied))
    np.testing.assert_allclose(more[["a", "b", "c"]] / more["a"], one / one["a"], rtol=1e-12)
    assert one.sum() == pytest.approx(1)


def test_a_tree_of_criteria_is_multiplied_down() -> None:
    deep = {"goal": {"cost": {"quality": 2}}, "quality": {"light": {"noise": 3}}, "noise": {"day": {"night": 1}}}
    leaves = ["cost", "light", "day", "night"]
    found = hi.ahp.alternatives(deep, {name: {"A": {"B": 2}} for name in leaves})
    assert found.weights.round(6).to_dict() == {"cost": 0.666667, "light": 0.25, "day": 0.041667, "night": 0.041667}
    assert found.scores.round(6).tolist() == [0.666667, 0.333333]
    assert "criteria of 'quality'" in found.consistency.index


def test_the_order_in_which_alternatives_come_does_not_matter() -> None:
    turned = pd.DataFrame([[1, 0.5], [2, 1]], index=["B", "A"], columns=["B", "A"])
    found = hi.ahp.alternatives({"x": 1, "y": 1}, {"x": {"A": {"B": 2}}, "y": turned})
    assert found.scores.to_dict() == pytest.approx({"A": 2 / 3, "B": 1 / 3})


def test_judgements_that_contradict_each_other_are_named_in_the_log() -> None:
    round_about = {"A": {"B": 9, "C": "1/9"}, "B": {"C": 9}}
    with journal() as lines:
        found = hi.ahp.alternatives({"x": 1, "y": 2}, {"x": round_about, "y": {"A": 1, "B": 1, "C": 2}})
    assert not found.consistency["consistent"].iloc[0]
    assert [line.why.split(",")[0] for line in lines] == ["alternatives of 'x': judgements contradict each other"]
    assert hi.ahp.alternatives(CRITERIA, UNDER, random_index=None).cr is None


@pytest.mark.parametrize(
    ("criteria", "judgements", "why"),
    [
        (CRITERIA, {"price": UNDER["price"], "size": UNDER["size"]}, "no judgements under 'place'"),
        (CRITERIA, UNDER | {"sise": UNDER["size"]}, "'sise' is no lowest criterion.*did you mean 'size'"),
        (CRITERIA, UNDER | {"size": {"A": {"D": 2}}}, "alternatives of 'size': 'A', 'D'; 'A', 'B', 'C' are compared"),
        (CRITERIA, UNDER | {"size": {"A": {"B": -2}}, "place": {"A": {"B": "x"}}}, "of 'size'.*\\n.*of 'place'.*'x'"),
        ({"x": 1, "y": 1}, {"x": {"A": 1, "B": -1}, "y": {"A": 1, "B": 1}}, "of 'x': a matrix, or a number of 0"),
        ({"x": 1, "y": 1}, {"x": {"A": 0, "B": 0}, "y": {"A": 1, "B": 1}}, "of 'x': a matrix, or a number of 0"),
        ({"g": {"a": {"b": 1}}, "h": {"a": {"c": 1}}}, {}, "'a' stands under 'g', 'h'"),
        ({"g": {"a": {"b": 1}}, "h": {"c": {"d": 1}}}, {}, "one goal .*, found 'g', 'h'"),
        ({"g": {"a": {"b": 1}}, "c": {"d": {"e": 1}}, "d": {"c": {"f": 1}}}, {}, "in a circle"),
    ],
)
def test_what_is_no_hierarchy_is_refused(criteria, judgements, why) -> None:
    with pytest.raises(hi.DataError, match=why):
        hi.ahp.alternatives(criteria, judgements)


def test_misspelt_choices_are_refused() -> None:
    with pytest.raises(hi.SpecError, match="judgements: one matrix for each lowest criterion"):
        hi.ahp.alternatives(CRITERIA, None)
    with pytest.raises(hi.SpecError, match="did you mean 'ideal'"):
        hi.ahp.alternatives(CRITERIA, UNDER, mode="ideel")
    with pytest.raises(hi.SpecError, match="no random index"):
        hi.ahp.alternatives(CRITERIA, UNDER, random_index="saatty")
