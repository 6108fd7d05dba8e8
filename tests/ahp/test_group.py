"""Several people: combined, matched by name, and compared with weights."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.matrices import HOLED, WRITTEN, consistent, from_upper, reciprocal

from hengdian_index import ahp
from hengdian_index.errors import DataError, SpecError
from hengdian_index.log import journal


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


def test_fault_25_means_off_the_scale_are_accepted():
    joint = ahp.combine([[[1, 3], ["1/3", 1]], [[1, 4], ["1/4", 1]]])
    assert ahp.priorities(joint).weights[0] == pytest.approx(12**0.5 / (12**0.5 + 1))


@pytest.mark.parametrize(
    ("call", "said"),
    [
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


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ahp.combine([WRITTEN, HOLED]), r"expert 2: not compared: \[0, 2\]; complete it first"),
        (lambda: ahp.combine([{"a": {"b": 2}}, {"a": {"c": 2}}]), "expert 2 compares 'a', 'c', expert 1 'a', 'b'"),
        (lambda: ahp.combine([WRITTEN, [[1, 5], [5, 1]]]), r"expert 2: judgements \[0, 1\]: 5"),
        (lambda: ahp.combine(WRITTEN), "a list of matrices is wanted"),
        (lambda: ahp.combine([]), "a list of matrices is wanted"),
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


SHEETS = {"Wang": {"a": {"b": 3, "c": 5}, "b": {"c": 2}}, "Li": {"c": {"a": "1/4", "b": "1/2"}, "b": {"a": "1/2"}}}


def test_people_may_have_names():
    listed = ahp.combine(list(SHEETS.values()))
    pd.testing.assert_frame_equal(ahp.combine(SHEETS), listed)
    frames = {name: ahp.complete(one) for name, one in SHEETS.items()}
    pd.testing.assert_frame_equal(ahp.combine(frames), listed)
    shares = {"Li": 1, "Wang": 3}
    pd.testing.assert_frame_equal(ahp.combine(SHEETS, shares=shares), ahp.combine(list(SHEETS.values()), shares=[3, 1]))
    with pytest.raises(SpecError, match=r"no expert 'Lee'; allowed: Wang, Li\n.*none for expert 'Li'"):
        ahp.combine(SHEETS, shares={"Wang": 1, "Lee": 2})
    with pytest.raises(DataError, match=r"expert 'Zhao': not compared: \('b', 'c'\); complete it first"):
        ahp.combine({**SHEETS, "Zhao": {"a": {"b": 2, "c": 3}}})


@pytest.mark.parametrize("how", ["list", "mapping", "table"])
def test_judgements_beyond_the_scale_are_noted_and_used(how):
    matrix = {"tea": {"wine": 12, "milk": 9.0}, "wine": {"milk": 0.11}}
    given = {"list": [[1, 12, 9.0], ["", 1, 0.11], ["", "", 1]], "mapping": matrix, "table": ahp.complete(matrix)}[how]
    cell = "[0, 1]" if how == "list" else "('tea', 'wine')"
    with journal() as lines:
        ahp.priorities(given)
    assert [line.why for line in lines] == [
        f"judgements beyond the scale of 1 to 9 and 1/9, taken as given: {cell}: 12"
    ]
    with journal() as lines:
        ahp.combine([given, given])
    assert [line.why.partition(":")[0] for line in lines] == ["expert 1", "expert 2"]
    # The reciprocal alone is the same judgement; those of two decimals are on the scale.
    with journal() as lines:
        ahp.priorities([[1, "1/12"], ["", 1]])
        ahp.priorities([[1, 0.11], ["", 1]])
    assert len(lines) == 1


def test_group_means_are_no_judgements_beyond_the_scale():
    with journal() as lines:
        ahp.priorities(ahp.combine([[[1, 9], ["1/9", 1]], [[1, 8], ["1/8", 1]]]))
    assert lines == []
