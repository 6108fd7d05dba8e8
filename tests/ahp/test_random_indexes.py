"""The random index is chosen, named in the answer and never made up."""

import numpy as np
import pytest
from support.matrices import from_upper

from hengdian_index import ahp
from hengdian_index.errors import SpecError
from hengdian_index.log import journal


def test_fault_22_the_random_index_is_chosen_and_named():
    matrix = from_upper(3, [2, 2, 2.7])  # CI = .0553: below .058, above .052
    older, newer = (ahp.priorities(matrix, random_index=name) for name in ("saaty", "saaty_2008"))
    assert (older.consistent, older.random_index, older.random_index_source) == (True, 0.58, "saaty")
    assert (newer.consistent, newer.random_index, newer.random_index_source) == (False, 0.52, "saaty_2008")
    own = ahp.priorities(matrix, random_index=0.49)
    assert (own.cr, own.random_index_source) == (pytest.approx(own.ci / 0.49), "given")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("saaty", ["Saaty", " SAATY "]),
        ("saaty_2008", ["saaty2008", "saaty_2008", "Saaty 2008", "SAATY-2008"]),
        ("agoston_csato_2022", ["agostoncsato2022", "Agoston Csato 2022", "agoston-csato_2022"]),
    ],
)
def test_a_table_is_found_however_its_name_is_joined_and_recorded_by_its_own(name, words):
    matrix = from_upper(4, [2, 3, 5, 2, 4, 2])
    expected = {"saaty": 0.90, "saaty_2008": 0.89, "agoston_csato_2022": 0.884}[name]
    for word in words:
        assert ahp.random_index(4, source=word) == expected
        found = ahp.priorities(matrix, random_index=word)
        assert (found.random_index, found.random_index_source) == (expected, name)


def test_the_log_names_a_table_by_its_own_name_too():
    with journal() as lines:
        assert ahp.random_index(5, source="Saaty 2008", missing=1) is None
    assert lines[0].why.endswith("in saaty_2008")


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


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ahp.random_index(3, source="saty"), "did you mean 'saaty'"),
        (lambda: ahp.random_index(3, source=2008), "no random index 2008"),
        (lambda: ahp.random_index(0), "n must be a whole number from 1"),
        (lambda: ahp.random_index(3, missing=-1), "missing must be"),
    ],
)
def test_wrong_choices_are_refused(call, said):
    with pytest.raises(SpecError, match=said):
        call()


@pytest.mark.parametrize("n", [[1, 2], 0, 2.5, None, True, "3"])
def test_a_threshold_is_of_a_number_of_items(n):
    with pytest.raises(SpecError, match="gci_threshold: the number of items"):
        ahp.gci_threshold(n)


@pytest.mark.parametrize(
    ("source", "missing", "first", "printed"),
    [
        ("saaty", 0, 1, "0 0 .58 .90 1.12 1.24 1.32 1.41 1.45 1.49 1.51 1.48 1.56 1.57 1.59"),
        ("saaty_2008", 0, 1, "0 0 .52 .89 1.11 1.25 1.35 1.40 1.45 1.49 1.52 1.54 1.56 1.58 1.59"),
        ("xu_1988", 0, 1, "0 0 .52 .89 1.12 1.26 1.36 1.41 1.46 1.49 1.52 1.54 1.56 1.58 1.59"),
        ("agoston_csato_2022", 0, 4, ".884 1.109 1.249 1.341"),
        ("agoston_csato_2022", 1, 4, ".583 .925 1.128 1.256"),
        ("agoston_csato_2022", 2, 4, ".306 .739 1.007"),
        ("agoston_csato_2022", 3, 4, ".053 .557 .883"),
        ("agoston_csato_2022", 4, 5, ".379 .758"),
        ("agoston_csato_2022", 5, 5, ".212 .634"),
        ("agoston_csato_2022", 6, 5, ".059 .510"),
        ("agoston_csato_2022", 7, 6, ".389"),
        ("agoston_csato_2022", 8, 6, ".271"),
        ("agoston_csato_2022", 9, 6, ".161"),
    ],
)
def test_the_tables_are_those_printed(source, missing, first, printed):
    """Rows as in the sources: Saaty 1980 and 2008 by items; Agoston and Csato 2022 by items for a number missing."""
    expected = [float(entry) for entry in printed.split()]
    found = [ahp.random_index(first + i, source=source, missing=missing) for i in range(len(expected))]
    assert found == expected
    assert not missing or ahp.random_index(first - 1, source=source, missing=missing) is None


def test_the_thresholds_of_the_gci_are_those_printed():
    """Aguaron and Moreno-Jimenez 2003: .31, .35, and .37 for more than four items."""
    assert [ahp.gci_threshold(n) for n in (3, 4, 5, 9, 15)] == [0.31, 0.35, 0.37, 0.37, 0.37]
