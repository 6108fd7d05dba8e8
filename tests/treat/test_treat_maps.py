"""Fitted treatments as maps: they compose, split by column, and are flat values of arrays."""

from dataclasses import fields

import numpy as np
import pytest
from support.laws import close, same

from hengdian_index import normalise, treat
from hengdian_index._maths.maps import Chain, Clip, Split, chain
from hengdian_index._methods.learning import learn
from hengdian_index._methods.registry import FAMILIES
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import read_labelled
from hengdian_index.errors import CellsError
from hengdian_index.log import journal
from hengdian_index.treat._curves import Power, YeoJohnson

X = np.column_stack([np.arange(10.0), [*range(9), 400.0], 2.0 ** np.arange(0, 40, 4), -(3.0 ** np.arange(10))])


def test_a_treatment_and_a_normalisation_are_one_map():
    fitted = treat.jrc.fit(X, max_points=1)
    scores = normalise.min_max.fit(fitted(X).table)
    same(chain(fitted.map, scores.map)(X), scores(fitted(X).table))


@pytest.mark.parametrize("name", ["winsorise", "fence", "jrc", "log", "box_cox", "yeo_johnson"])
def test_a_map_is_made_of_arrays_with_one_number_for_each_column(name):
    options = {"winsorise": {"points": 1}, "log": {"offset": "range"}, "box_cox": {"offset": "range"}}.get(name, {})
    options |= {"lmbda": [0.5, 0, -0.1, 1]} if name == "box_cox" else {}
    fitted = getattr(treat, name).fit(X, **options).map
    for part in fitted.maps if isinstance(fitted, Chain) else (fitted,):
        assert isinstance(part, Clip | Power | YeoJohnson)
        assert {getattr(part, field.name).shape for field in fields(part)} == {(4,)}
        rebuilt = type(part)(**{f.name: np.array(getattr(part, f.name).tolist()) for f in fields(part)})
        same(rebuilt(X), part(X))


def test_columns_learnt_one_by_one_are_the_table():
    method = FAMILIES["treat"]["jrc"]
    parts = tuple(((j,), learn(method, read_labelled(X[:, [j]]), 1, {})) for j in range(4))
    close(Split(parts)(X), treat.jrc(X).table)


def test_a_kernel_tells_the_journal_what_it_does_to_which_column():
    with journal() as lines:
        treat.jrc.method.function(Sample((X,), ("even", "one far out", "doubling", "falling")), max_points=1)
    assert [line.indicator for line in lines] == ["one far out", "doubling", "falling"]
    assert all(line.step == "treat" and line.why.startswith("raw: skew") for line in lines)
    with journal() as lines:
        treat.fence.method.function(Sample((X[:3],), ("a", "b", "c", "d")))
    assert [(line.step, line.indicator) for line in lines] == [("untreated", name) for name in "abcd"]


def test_cells_out_of_reach_are_marked_in_the_columns_of_the_table():
    fitted = treat.log.fit(X, offset="range").map
    with pytest.raises(CellsError) as error:
        fitted(np.array([[0.0, -99.0, 1.0, 400.0]]))
    assert error.value.marked.tolist() == [[False, True, False, True]]
