"""An index as a transformer: scikit-learn's own checks, the index's own scores, searches, tables in and out."""

import inspect
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest

import hengdian_index as hi

pytest.importorskip("sklearn")
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from hengdian_index.sklearn import IndexTransformer

# None: an index of whatever columns there are does all that scikit-learn asks of a transformer.
EXPECTED_FAILURES: dict[str, str] = {}

SUPPLY = ("screens", "seats")
INDEX = hi.Index(
    groups=[hi.Group("total"), hi.Group("supply", "total"), hi.Group("demand", "total")],
    indicators=[
        hi.Indicator("screens", "supply"),
        hi.Indicator("seats", "supply"),
        hi.Indicator("visits", "demand"),
        hi.Indicator("price", "demand", direction=-1),
    ],
)
PANEL = INDEX.replace({"unit": "town", "period": "year", "base": 2020})


def towns(n=30, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.gamma(3.0, size=(n, 4)), columns=["screens", "seats", "visits", "price"])


def town_panel(years=(2020, 2021, 2022)):
    table = towns(4 * len(years))
    return table.assign(town=list("abcd") * len(years), year=np.repeat(years, 4))


@pytest.mark.parametrize(
    "made",
    [
        IndexTransformer(),
        IndexTransformer(output="normalised", normalise="z_score"),
        IndexTransformer(
            weights="critic", aggregate="geometric", normalise={"method": "min_max", "lower": 1, "upper": 10}
        ),
    ],
    ids=["plain", "normalised", "chosen"],
)
def test_scikit_learn_finds_nothing_wrong(made):
    check_estimator(made, expected_failed_checks=EXPECTED_FAILURES, on_skip=None)


@pytest.mark.parametrize("output", ["scores", "normalised"])
def test_scores_are_those_of_the_index_with_what_was_learnt_frozen(output):
    learnt, later = towns(), towns(7, seed=1)
    found = IndexTransformer(INDEX, output=output).fit(learnt)
    wanted = getattr(INDEX.fit(learnt).score(later), output)
    np.testing.assert_array_equal(found.transform(later), wanted.to_numpy())
    assert [*found.get_feature_names_out()] == [*wanted]


def test_levels_keep_the_base_of_the_fit():
    table, later = town_panel(), town_panel((2023,))
    found = IndexTransformer(PANEL, output="levels").fit(table)
    np.testing.assert_array_equal(found.transform(later), PANEL.fit(table).score(later).series())
    own = found.transform(table)[table["year"] == 2020]
    np.testing.assert_allclose(own, 100)


def test_choices_stand_for_those_of_the_index():
    table = towns()
    changes = {"weights": "critic", "normalise": "z_score", "supply.weights": {"screens": 1, "seats": 3}, "price": None}
    wanted = INDEX.replace(changes)
    by_name = IndexTransformer(INDEX, weights="critic", normalise="z_score")
    by_name.set_params(**{"supply.weights": {"screens": 1, "seats": 3}, "price": None})
    at_once = IndexTransformer(INDEX, choices=changes)
    for one in (by_name, at_once):
        assert one.fit(table).index_ == wanted
        np.testing.assert_array_equal(one.transform(table), wanted.compute(table).scores)


def test_what_is_set_is_got_and_cloned():
    made = IndexTransformer(INDEX, choices={"supply.weights": "equal"})
    made.set_params(output="normalised", nodes="seats", **{"demand.weights": "entropy"})
    deep, own = made.get_params(), made.get_params(deep=False)
    assert (deep["supply.weights"], deep["demand.weights"], deep["output"]) == ("equal", "entropy", "normalised")
    assert set(own) == set(inspect.signature(IndexTransformer).parameters)
    assert clone(made).get_params() == deep
    assert IndexTransformer(INDEX).set_params(**deep).get_params() == deep


def test_setting_a_choice_leaves_the_mapping_that_was_given_as_it_is():
    given = {"supply.weights": "equal"}
    IndexTransformer(INDEX, choices=given).set_params(**{"supply.weights": "critic"})
    assert given == {"supply.weights": "equal"}


def test_a_search_finds_the_weights_that_made_the_answer():
    table = towns(60)
    # Between goalposts a score is the same whichever rows are learnt from.
    fixed = INDEX.replace({"normalise": {"method": "goalposts", "low": 0, "high": 20}})
    true = fixed.replace({"total.weights": {"supply": 1, "demand": 4}, "supply.weights": {"screens": 3, "seats": 1}})
    y = true.compute(table).scores["total"]
    steps = Pipeline([("index", IndexTransformer(fixed, nodes="total")), ("model", LinearRegression())])
    grid = {
        "index__supply.weights": ["equal", "critic", {"screens": 3, "seats": 1}],
        "index__total.weights": ["equal", {"supply": 1, "demand": 4}],
    }
    found = GridSearchCV(steps, grid, cv=3, error_score="raise").fit(table, y)
    assert found.best_params_ == {name: options[-1] for name, options in grid.items()}
    assert found.best_score_ == pytest.approx(1)
    plain = GridSearchCV(steps, {"index__weights": ["equal", "entropy", "critic"]}, cv=3, error_score="raise")
    assert len(set(plain.fit(table, y).cv_results_["mean_test_score"])) == 3


@pytest.mark.parametrize("kind", ["pandas", "polars"])
@pytest.mark.parametrize("given", [pd.DataFrame, pl.DataFrame])
def test_tables_come_out_as_they_are_asked_for(kind, given):
    table = towns()
    found = IndexTransformer(INDEX).set_output(transform=kind).fit_transform(given(table))
    assert type(found).__module__.split(".")[0] == kind
    assert [*found.columns] == ["total", "supply", "demand"]
    np.testing.assert_array_equal(found.to_numpy(), INDEX.compute(table).scores.to_numpy())


def test_rows_keep_their_order_and_their_labels():
    table = town_panel().sample(frac=1, random_state=3).set_index(["town", "year"])
    found = IndexTransformer(PANEL).set_output(transform="pandas").fit_transform(table)
    assert found.index.equals(table.index)
    pd.testing.assert_frame_equal(found, PANEL.compute(table).scores)


def test_columns_are_found_by_name_and_those_of_an_array_by_position():
    table = towns()[["price", "seats", "visits", "screens"]]
    wanted = INDEX.compute(table).scores.to_numpy()
    made = IndexTransformer(INDEX)
    np.testing.assert_array_equal(made.fit_transform(table), wanted)
    with pytest.warns(UserWarning, match="feature names"):
        np.testing.assert_array_equal(made.transform(table.to_numpy()), wanted)
    by_position = made.fit(table[[one.code for one in INDEX.indicators]].to_numpy())
    np.testing.assert_array_equal(by_position.transform(towns().to_numpy()), wanted)


def test_columns_without_an_index_become_one_group():
    table = towns().rename(columns={"price": "index"})
    found = IndexTransformer().set_output(transform="pandas").fit(table)
    assert [*found.transform(table)] == ["index_"]
    scaled = (table - table.min()) / (table.max() - table.min())
    np.testing.assert_allclose(found.transform(table)["index_"], scaled.mean(axis=1))
    numbered = found.fit(table.to_numpy())
    assert [one.code for one in numbered.index_.indicators] == ["x0", "x1", "x2", "x3"]
    assert [*numbered.get_feature_names_out()] == ["index"]


def test_a_pipeline_and_a_column_transformer_take_it_as_a_step():
    table = towns().assign(town="a")
    beside = ColumnTransformer(
        [("supply", IndexTransformer(), list(SUPPLY)), ("other", "passthrough", ["price"])],
        verbose_feature_names_out=True,
    ).set_output(transform="pandas")
    assert [*beside.fit_transform(table)] == ["supply__index", "other__price"]
    steps = make_pipeline(StandardScaler().set_output(transform="pandas"), IndexTransformer(INDEX))
    # A range has no unit: scaled columns have the scores of plain ones.
    np.testing.assert_allclose(steps.fit_transform(towns()), INDEX.compute(towns()).scores)
    assert [*steps.get_feature_names_out()] == ["total", "supply", "demand"]


def test_a_fit_is_pickled_and_scores_the_same():
    table = towns()
    made = IndexTransformer(INDEX, weights="critic").set_output(transform="pandas").fit(table)
    again = pickle.loads(pickle.dumps(made))
    pd.testing.assert_frame_equal(again.transform(table), made.transform(table))
    assert again.index_ == made.index_


def test_gaps_are_what_the_index_says():
    table = towns()
    table.loc[2, ["screens", "seats"]] = np.nan
    wanted = INDEX.compute(table).scores.to_numpy()
    assert np.isnan(wanted).any()
    np.testing.assert_array_equal(IndexTransformer(INDEX).fit_transform(table), wanted)
    strict = IndexTransformer(INDEX, choices={"missing": "raise"})
    with pytest.raises(hi.DataError):
        strict.fit_transform(table)


@pytest.mark.parametrize("given", ["array", "table"])
def test_infinity_is_refused(given):
    table = towns()
    table.iloc[1, 1] = np.inf
    with pytest.raises(ValueError, match=r"[Ii]nfinity"):
        IndexTransformer(INDEX).fit(table if given == "table" else table.to_numpy())


def test_names_of_columns_can_be_checked():
    made = IndexTransformer(INDEX).fit(towns())
    assert [*made.get_feature_names_out([*towns()])] == ["total", "supply", "demand"]
    with pytest.raises(ValueError, match="not equal to feature_names_in_"):
        made.get_feature_names_out(["a", "b", "c", "d"])
    with pytest.raises(ValueError, match=r"equal to number of features \(4\), got 1"):
        made.get_feature_names_out(["screens"])
    with pytest.raises(ValueError, match="feature names"):
        made.transform(towns().rename(columns={"price": "cost"}))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"output": "ranks"}, "output: no 'ranks'"),
        ({"nodes": "suply"}, "nodes: no group 'suply'; did you mean 'supply'"),
        ({"nodes": ["price"]}, "nodes: no group 'price'"),
        ({"output": "normalised", "nodes": "total"}, "nodes: no indicator 'total'"),
        ({"output": "levels"}, "the index names no base period"),
        ({"index": {"groups": []}}, "index: an hi.Index, or None"),
        ({"choices": ["weights"]}, "choices: a mapping"),
        ({"weights": "equal", "choices": {"weights": "critic"}}, "weights: chosen twice"),
        ({"weights": "entrpy"}, "did you mean 'entropy'"),
        ({"choices": {"suply.weights": "equal"}}, "no address 'suply.weights'"),
        ({"choices": {"unit": "town", "data": {"layout": "long"}}}, "layout = 'long' makes other rows"),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else None,
)
def test_what_cannot_be_chosen_is_refused_when_it_is_fitted(given, says):
    made = IndexTransformer(**{"index": INDEX, **given})
    with pytest.raises(hi.SpecError) as refused:
        made.fit(towns())
    assert says in str(refused.value)
    assert not hasattr(made, "fitted_")


@pytest.mark.parametrize("index", [INDEX, None])
@pytest.mark.parametrize(("name", "says"), [("outptu", "did you mean 'output'"), ("wieghts", "'weights'")])
def test_a_parameter_that_is_none_is_refused_when_it_is_set(index, name, says):
    with pytest.raises(hi.SpecError, match=f"set_params: '{name}' is neither") as refused:
        IndexTransformer(index).set_params(**{name: "equal"})
    assert says in str(refused.value)


def test_levels_ask_for_the_base_among_the_rows():
    with pytest.raises(hi.DataError, match="2020"):
        IndexTransformer(PANEL, output="levels").fit(town_panel((2021, 2022)))


def test_rows_that_the_index_leaves_out_are_refused():
    made = IndexTransformer(PANEL, choices={"exclude": ["a"]}).fit(town_panel())
    with pytest.raises(hi.DataError, match="X has 12 rows, the index takes 9 of them"):
        made.transform(town_panel())


def test_the_library_is_loaded_when_the_transformer_is_asked_for():
    script = (
        "import sys, hengdian_index as hi; from hengdian_index import *; hi.sklearn; first = 'sklearn' in sys.modules; "
        "hi.sklearn.IndexTransformer; print(first, 'sklearn' in sys.modules, dir(hi.sklearn))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False True ['IndexTransformer']"


def test_without_the_library_the_extra_is_named(monkeypatch):
    for name in [one for one in sys.modules if one.startswith("hengdian_index.sklearn.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(vars(hi.sklearn), "IndexTransformer")
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.base", None)
    with pytest.raises(hi.SpecError, match=r'needs scikit-learn, .* pip install "hengdian-index\[learn\]"'):
        hi.sklearn.IndexTransformer  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'Transformer'"):
        hi.sklearn.Transformer  # noqa: B018
