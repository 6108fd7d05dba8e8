"""Public values are copied and pickled, and the copy agrees with the original."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fits import choices, chosen, same_answers, suited, wide
from support.indexes import answer_shares, built_of, two_levels
from support.laws import attempt, law
from support.tables import table

import hengdian_index as hi
from hengdian_index._methods.imputing import imputing
from hengdian_index._methods.registry import FAMILIES, Method

WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {n}": lambda value, n=n: pickle.loads(pickle.dumps(value, n)) for n in range(2, 6)},
}


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return one value at least of every public class, and of what their attributes give."""
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")
    folder: Path = tmp_path_factory.mktemp("copies")
    index, frame, factors = two_levels(), table(), {"weights": hi.Noise(0.3), "aggregate": ["arithmetic", "geometric"]}
    result = index.compute(frame)
    uncertain = hi.uncertainty(index, frame, factors, draws=32, rng=0)
    shares = hi.sensitivity(index, frame, factors, draws=16, rng=0)
    other = two_levels(name="other").compute(frame)
    return {
        "Audit": hi.audit(index, frame),
        "Between": hi.Between(1, 2),
        "Bootstrap": hi.Bootstrap(),
        "Comparison": hi.compare({"one": index, "two": two_levels(normalise="rank")}, frame),
        "DataError": hi.DataError("one fault", "another"),
        "Dirichlet": hi.Dirichlet(5),
        "Fitted": result.fitted,
        "Group": hi.Group("g"),
        "Index": index,
        "Indicator": hi.Indicator("a", "g", direction=hi.Target(3)),
        "Noise": hi.Noise(0.25),
        "Normal": hi.Normal(0.1),
        "Reconciliation": hi.compare_with("excel", "z_score", [1.0, 2.0, 4.0]),
        "Release": hi.release(result, folder / "v1"),
        "Result": result,
        "Revisions": hi.revisions(folder / "v1", hi.release(other, folder / "v2")),
        "Sensitivity": shares,
        "SpecError": hi.SpecError("a fault"),
        "Target": hi.Target(3),
        "Tipping": hi.tipping(index, frame, above=("2003Q4", "2003Q3")),
        "Uncertainty": uncertain,
        "Uniform": hi.Uniform(0, 1),
        "Written": result.fitted.score(frame, out=folder / "scores"),
        "result.plot": result.plot,
        "uncertainty.plot": uncertain.plot,
        "sensitivity.plot": shares.plot,
        "result.log": result.log,
        "result.panel": result.panel,
        "result.tree": result.tree,
        "explanation": result.explain(period="2002Q1"),
    }


def looks(value: Any) -> Any:
    """Return what a value shows: its public attributes that are plain or tables, its text and the pictures it has."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return value.to_csv()
    if isinstance(value, Exception):
        return type(value), value.args, str(value)
    seen = {}
    for name in dir(value):
        if name.startswith("_") or isinstance(inspect.getattr_static(type(value), name, None), classmethod):
            continue
        if type(value).__module__.startswith("pydantic") or name.startswith("model_"):
            continue
        try:
            one = getattr(value, name)
        except (hi.DataError, hi.SpecError) as error:
            one = str(error)
        if isinstance(one, pd.DataFrame | pd.Series):
            seen[name] = one.to_csv()
        elif isinstance(one, str | int | float | bool | tuple | None):
            seen[name] = repr(one)
        else:
            seen[name] = type(one).__name__
    return type(value), repr(value), seen


def test_every_public_class_has_a_value(values: dict[str, Any]) -> None:
    public = {name for name in hi.__all__ if inspect.isclass(getattr(hi, name))}
    assert public <= set(values)
    assert {name: type(values[name]) for name in public} == {name: getattr(hi, name) for name in public}


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_agrees_with_the_original(way: str, values: dict[str, Any]) -> None:
    for name, value in values.items():
        assert looks(WAYS[way](value)) == looks(value), name


@pytest.mark.parametrize("way", WAYS)
def test_pictures_of_a_copy_are_those_of_the_original(way: str, values: dict[str, Any]) -> None:
    import matplotlib.pyplot as plt

    for name in ("result.plot", "uncertainty.plot", "sensitivity.plot"):
        original, again = values[name], WAYS[way](values[name])
        assert dir(again) == dir(original)
        with pytest.raises(AttributeError, match="no plot 'linse'"):
            _ = again.linse
    plots = [values["result.plot"], WAYS[way](values["result.plot"])]
    first, second = (plot.lines().get_lines()[0].get_ydata().tolist() for plot in plots)
    assert first == second
    plt.close("all")


@pytest.mark.parametrize(("family", "method", "options"), choices())
@law(2)
@given(seed=st.integers(0, 10**6))
def test_fit_and_result_of_every_method_are_pickled(
    family: str, method: Method, options: dict[str, Any], seed: int
) -> None:
    if method.name in ("neighbours", "regression"):
        pytest.importorskip("sklearn", reason="scikit-learn is not installed (the extra `learn`)")
    frame = suited(method, options, wide(seed))
    fitted = attempt(chosen(family, method, options).fit, frame)
    result = attempt(fitted.score, frame)
    assert pickle.loads(pickle.dumps(result)).scores.equals(result.scores)
    same_answers(fitted, pickle.loads(pickle.dumps(fitted)), frame)


def test_fit_and_result_of_built_indicators_are_pickled() -> None:
    index = built_of(hi.Indicator("b", "all", build={"method": "diffusion", "up": "up", "same": "same"}))
    result = index.compute(answer_shares())
    assert pickle.loads(pickle.dumps(result)).scores.equals(result.scores)
    same_answers(result.fitted, pickle.loads(pickle.dumps(result.fitted)), answer_shares())


def test_a_registered_function_of_a_user_is_pickled() -> None:
    @hi.normalising
    def per_hundred(x: Any) -> Any:
        return x / 100

    @imputing
    def by_one(x: Any) -> Any:
        return np.where(np.isnan(x), 1.0, x)

    try:
        method = per_hundred.method
        result = chosen("normalise", method, {}).replace({"impute": "by_one"}).compute(wide(3))
        assert pickle.loads(pickle.dumps(result)).scores.equals(result.scores)
        same_answers(result.fitted, pickle.loads(pickle.dumps(result.fitted)), wide(3))
    finally:
        del FAMILIES["normalise"]["per_hundred"], FAMILIES["impute"]["by_one"]


def test_a_map_learnt_by_a_function_is_pickled() -> None:
    learnt = hi.normalise.none.fit([[1.0], [2.0]])
    assert pickle.loads(pickle.dumps(learnt))([[3.0]]).tolist() == [[3.0]]
