"""The other indicators of a group: the identity with leaving out, a slow loop, directions, groups of columns."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, close, same, tables

from hengdian_index import aggregate, impute, normalise
from hengdian_index._maths.maps import Target
from hengdian_index.errors import DataError, SpecError

nan = math.nan
SCALES = {"min_max": normalise.min_max, "z_score": normalise.z_score}


@pytest.mark.parametrize("scale", SCALES)
@LAW
@given(x=tables(columns=(2, 4), unique=True, gaps=True), data=st.data())
def test_peers_score_as_an_arithmetic_mean_of_the_present(scale, x, data):
    directions = data.draw(st.lists(st.sampled_from([1, -1]), min_size=x.shape[1], max_size=x.shape[1]))
    filled, _ = impute.peers(x, scale=scale, direction=directions)
    score = SCALES[scale].fit(x, direction=directions)
    present = ~np.isnan(x).all(axis=1)
    wanted = aggregate.arithmetic(score(x)[present], coverage=0)
    close(aggregate.arithmetic(score(filled)[present]), wanted, 1e-9)


@LAW
@given(x=tables(columns=(3, 4), unique=True, gaps=True))
def test_peers_is_the_slow_loop_within_each_group(x):
    k = x.shape[1]
    groups = ["one" if j < 2 else "two" for j in range(k)]
    low, high = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
    wanted = x.copy()
    for i, j in np.argwhere(np.isnan(x)):
        others = [c for c in range(k) if groups[c] == groups[j] and not math.isnan(x[i, c])]
        scores = [(x[i, c] - low[c]) / (high[c] - low[c]) for c in others]
        wanted[i, j] = low[j] + (high[j] - low[j]) * np.mean(scores) if scores else nan
    table, log = impute.peers(x, groups)
    close(table, wanted, 1e-9)
    np.testing.assert_array_equal(log["after"].isna(), log["why"].str.startswith("left missing"))


def test_groups_of_columns_in_every_spelling():
    frame = pd.DataFrame({"a": [0.0, 10, 5], "b": [0.0, 1, nan], "c": [8.0, 0, 0]})
    for groups in (["x", "x", "y"], {"x": ["a", "b"], "y": ["c"]}, {"c": "y", "b": "x", "a": "x"}):
        table, log = impute.peers(frame, groups)
        assert table["b"].tolist() == [0.0, 1.0, 0.5]
        assert log["why"].tolist() == ["mean score of 1 indicator of group 'x'"]
    assert impute.peers(frame).table["b"].tolist() == [0.0, 1.0, 0.25]
    assert impute.peers(frame, direction={"c": -1}).table["b"].tolist() == [0.0, 1.0, 0.75]


def test_a_row_without_peers_stays_missing():
    frame = pd.DataFrame({"a": [0.0, 1, nan], "b": [0.0, 1, nan], "c": [1.0, 2, 3]})
    table, log = impute.peers(frame, {"x": ["a", "b"], "y": ["c"]})
    pd.testing.assert_frame_equal(table, frame)
    assert log["why"].unique().tolist() == ["left missing: the row has no other indicator of group 'x'"]


def test_a_constant_indicator_is_no_peer_and_keeps_its_value():
    table, log = impute.peers([[0.0, 5.0, 0.0], [10.0, 5.0, 2.0], [5.0, nan, nan]])
    same(table[2], [5.0, 5.0, 1.0])
    assert log["why"].tolist() == ["the one value of a constant indicator", "mean score of 1 indicator"]


def test_the_scale_is_that_of_the_fit_rows():
    x = np.array([[0.0, 0.0], [1.0, 10.0], [3.0, nan]])
    assert impute.peers(x, fit_on=slice(2)).table[2, 1] == 30.0
    assert impute.peers(x).table[2, 1] == 10.0
    same(impute.peers.fit(x[:2])(x[2:]).table, [[3.0, 30.0]])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"groups": {"x": ["a", "bb"]}}, "did you mean 'b'"),
        ({"groups": {"x": ["a", "b"], "y": ["b"]}}, "'b' stands in two groups"),
        ({"groups": {"x": ["a"]}}, "no group for column 'b'"),
        ({"groups": ["x"]}, "one label for each of 2 columns"),
        ({"groups": "x"}, "one label for each of 2 columns"),
        ({"direction": 0}, "direction: 1 or -1"),
        ({"direction": {"a": 1, "b": Target(3)}}, r"direction: 1 or -1.*Target"),
        ({"direction": {"aa": 1}}, "direction: no column 'aa'; did you mean 'a'"),
        ({"direction": [1, 1, 1]}, "one for each of 2 columns"),
        ({"scale": "rank"}, "no 'rank'"),
    ],
)
def test_wrong_choices_are_refused(options, said):
    with pytest.raises(SpecError, match=said):
        impute.peers(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, nan]}), **options)


def test_a_spread_that_is_no_number_is_refused():
    with pytest.raises(DataError, match=r"column 0.*too large"):
        impute.peers([[-1.7e308, 1.0], [1.7e308, nan]])
