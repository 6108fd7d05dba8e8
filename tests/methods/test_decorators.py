"""A user's own function as a normalisation, a weighting, an aggregation; wrong options of any method."""

import contextlib
import inspect
import operator
import re
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from support.laws import close, same

import hengdian_index as hi
from hengdian_index._maths.maps import Affine
from hengdian_index._methods.registry import FAMILIES, find, resolve
from hengdian_index._tables.table import read_labelled, with_labels
from hengdian_index._words.said import Joined, Said
from hengdian_index.log import journal

X = np.array([[1.0, 10.0], [2.0, 40.0], [4.0, 20.0]])
TABLE = pd.DataFrame(X, index=["p", "q", "r"], columns=["gross output", "指标"])


@pytest.fixture(autouse=True)
def registry():
    """Leave the registry as it was."""
    before = {family: dict(methods) for family, methods in FAMILIES.items()}
    yield
    for family, methods in FAMILIES.items():
        methods.clear()
        methods.update(before[family])


def test_a_function_of_each_value_serves_as_a_normalisation():
    @hi.normalising
    def halved(x):
        return x / 2

    pd.testing.assert_frame_equal(halved(TABLE), TABLE / 2)
    same(halved(X, direction=-1), -X / 2)
    same(halved(X, direction=[1, -1]), X * [0.5, -0.5])
    same(halved.fit(X)([[9.0, 8.0]]), [[4.5, 4]])
    same(halved([[np.nan], [3.0]]), [[np.nan], [1.5]])
    assert find("normalise", "halved") is halved.method


def test_a_function_that_takes_the_fit_rows_can_be_frozen():
    @hi.normalising
    def to_the_best(x, *, fit_on=None, scale: float = 1):
        return scale * x / (x if fit_on is None else fit_on).max(axis=0)

    same(to_the_best(X), X / [4, 40])
    same(to_the_best.fit(X, scale=10)([[8.0, 4.0]]), [[20, 1]])
    same(to_the_best(X, fit_on=slice(0, 2)), X / [2, 40])


def test_a_function_that_returns_a_map_is_shown_the_fit_rows_only():
    shown = []

    @hi.normalising
    def above_first(x):
        shown.append(x.copy())
        one = np.ones(x.shape[1])
        return Affine(x[0], one, one, 0 * one)

    same(above_first.fit(X)([[5.0, 5.0]]), [[4, -5]])
    same(above_first(X, fit_on=slice(1, 3)), X - X[1])
    assert [len(rows) for rows in shown] == [3, 2]


def test_a_function_that_takes_the_direction_applies_it_itself():
    @hi.normalising
    def signed(x, *, direction=1):
        return x * 100 * direction

    same(signed(X, direction={0: -1}), X * [-100, 100])


def test_a_function_whose_old_scores_move_with_new_rows_cannot_be_frozen():
    @hi.normalising
    def share_of_total(x):
        return x / x.sum(axis=0)

    same(share_of_total(X), X / X.sum(axis=0))
    same(share_of_total.fit(X)(X), X / X.sum(axis=0))
    with pytest.raises(hi.DataError, match=r"share_of_total changes the scores of old rows .* `fit_on`"):
        share_of_total.fit(X)(X[:1])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda x: x[:-1], r"it gave shape \(2, 2\)"),
        (lambda x: np.log(x - 1), r"with 1 .*not finite"),
        (lambda x: np.where(x == 40, np.nan, x), r"with 1 .*not finite"),
        (lambda x: x.sum(axis=1), r"it gave shape \(3,\)"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_wrong_scores_of_a_users_function_are_refused(answer, why):
    with pytest.raises(hi.DataError, match=f"normalise: odd must give one finite score .*{why}"):
        _named(answer, "odd", hi.normalising)(X)


def _named(function, name, register):
    function.__name__ = function.__qualname__ = name
    return register(function)


def test_a_users_weighting_is_checked_and_rescaled():
    @hi.weighting
    def by_last(x, *, power: float = 1):
        return x[-1] ** power

    close(by_last(X), [4 / 24, 20 / 24])
    pd.testing.assert_series_equal(by_last(TABLE, power=0), pd.Series(0.5, TABLE.columns, name="weight"))
    with journal() as lines:
        by_last(X)
    assert [line.why for line in lines] == ["by_last: weights summing to 24 rescaled to 1"]


def test_a_users_weighting_may_answer_by_name_in_any_order():
    @hi.weighting
    def named(x):
        return {1: 3.0, 0: 1.0}

    close(named(X), [0.25, 0.75])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ([-1.0, 2.0], r"odd gave weights \[-1.0, 2.0\]; they must be >= 0 and not all 0"),
        ([0.0, 0.0], "they must be >= 0 and not all 0"),
        ([np.nan, 1.0], "odd: one finite number, or one for each of 2 columns"),
        ([1.0, 2.0, 3.0], "odd must give one weight for each of 2 columns"),
        ({0: 1.0, 5: 2.0}, "odd: no column 5"),
    ],
)
def test_wrong_weights_of_a_users_function_are_refused(answer, why):
    with pytest.raises(ValueError, match=why) as refusal:
        _named(lambda x: answer, "odd", hi.weighting)(X)
    assert isinstance(refusal.value, (hi.DataError, hi.SpecError))


def test_a_users_aggregation_gets_complete_rows_and_weights_that_sum_to_one():
    seen = []

    @hi.aggregating(laws="MIHTSB")
    def mean(x, w, *, plus: float = 0):
        seen.append((x.shape, w.copy()))
        return x @ w + plus

    close(mean(X, [1, 3]), X @ [0.25, 0.75])
    pd.testing.assert_series_equal(
        mean(TABLE, {"指标": 3, "gross output": 1}, plus=1), TABLE @ [0.25, 0.75] + 1, check_names=False
    )
    gapped = np.array([[1.0, 2.0, 6.0], [1.0, np.nan, 4.0], [np.nan, np.nan, 4.0]])
    seen.clear()
    close(mean(gapped, [0.5, 0.25, 0.25]), [2.5, 2, np.nan])
    assert sorted(shape for shape, _ in seen) == [(1, 2), (1, 3)]
    assert all(abs(w.sum() - 1) < 1e-15 for _, w in seen)


@pytest.mark.parametrize("answer", [lambda x, w: x, lambda x, w: 3.0, lambda x, w: np.full(len(x), np.nan)])
def test_wrong_scores_of_a_users_aggregation_are_refused(answer):
    with pytest.raises(hi.DataError):
        _named(answer, "odd", hi.aggregating)(X)


@pytest.mark.parametrize("register", [hi.normalising, hi.weighting, hi.aggregating])
def test_a_decorated_function_keeps_its_name_text_and_options_in_help(register):
    def of_data(x, *, how: Literal["big", "small"] = "big"):
        """Say how big."""

    def of_data_and_weights(x, w, *, how: Literal["big", "small"] = "big"):
        """Say how big."""

    sizes = of_data_and_weights if register is hi.aggregating else of_data
    sizes.__name__ = "sizes"
    given = register(sizes)
    parameters = inspect.signature(given).parameters
    assert (given.__name__, given.__doc__) == ("sizes", "Say how big.")
    assert next(iter(parameters)) == "x"
    assert parameters["how"].default == "big"
    assert "sample" not in parameters


@pytest.mark.parametrize(
    ("register", "data"),
    [(hi.normalising, "x"), (hi.weighting, "x"), (hi.aggregating, "x, w"), (hi.treating, "x"), (hi.imputing, "x")],
)
def test_an_option_that_can_be_given_by_its_place_is_refused(register, data):
    namespace = {}
    exec(f"def placed({data}, shape=1, size=2): return x", namespace)  # a signature for each family
    with pytest.raises(hi.SpecError) as error:
        register(namespace["placed"])
    remedy = f"an option is given by name alone; put a * before it: placed({data}, *, ...)"
    assert str(error.value) == f"placed: shape: {remedy}\nplaced: size: {remedy}"


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_signatures_show_types_as_what_may_be_given(family):
    public = [getattr(getattr(hi, family), name) for name in dir(getattr(hi, family))]
    methods = [one for one in public if hasattr(one, "method")]
    assert methods
    for method in methods:
        signature = inspect.signature(method)
        assert not [p for p in signature.parameters.values() if isinstance(p.annotation, str)], method.__name__


DECORATORS = {
    "normalise": hi.normalising,
    "weights": hi.weighting,
    "aggregate": hi.aggregating,
    "treat": hi.treating,
    "impute": hi.imputing,
    "climate": hi.composing,
}


@pytest.mark.parametrize("family", DECORATORS)
def test_help_of_a_decorator_says_what_each_trait_means(family):
    assert dir(getattr(hi, family))
    text = inspect.getdoc(DECORATORS[family])
    own = [method for method in FAMILIES[family].values() if method.function.__module__.startswith("hengdian_index.")]
    # A denominator is entered by its own file, for it takes a second table.
    methods = [method for method in own if method.name != "denominate"]
    traits = {trait for method in methods for trait in method.traits}
    assert len(traits) > 2
    assert {trait for trait in traits if not re.search(rf"`{trait}\b|^{trait} : |\*{trait} : ", text, re.M)} == set()


def test_a_name_that_the_package_uses_is_refused_and_ones_own_may_be_written_again():
    def entropy(x):
        return x

    with pytest.raises(hi.SpecError, match=r"weights has a method 'entropy' already; give the function another name"):
        hi.weighting(entropy)
    hi.normalising(entropy)
    assert find("normalise", "entropy").function is entropy
    assert hi.normalising(entropy).method is find("normalise", "entropy")


def test_any_function_stands_for_a_method_and_a_registered_one_only_for_its_family():
    assert resolve("weights", "entropy") is hi.weights.entropy.method
    assert resolve("weights", hi.weights.entropy) is hi.weights.entropy.method
    own = resolve("aggregate", max)
    assert (own.name, own.sees) == ("max", "rows")
    with pytest.raises(hi.SpecError, match=r"'entropy' is a method of 'weights', not of 'normalise'"):
        resolve("normalise", hi.weights.entropy)


OPTIONS = [
    (hi.normalise.min_max, {"loewr": 1}, "min_max: unknown option 'loewr'; did you mean 'lower'?"),
    (hi.normalise.min_max, {"lower": "0"}, "lower: "),
    (hi.normalise.min_max, {"lower": None}, "lower: "),
    (hi.normalise.min_max, {"lower": True}, "lower: "),
    (hi.normalise.min_max, {"upper": float("nan")}, "upper: "),
    (hi.normalise.min_max, {"clip": 1}, "clip: "),
    (hi.normalise.z_score, {"ddof": 1.0}, "ddof: "),
    (hi.normalise.z_score, {"constant": "drop"}, "constant: "),
    (
        hi.normalise.rank,
        {"ties": "avrage"},
        "rank: ties: no 'avrage'; did you mean 'average'? (average, min, max, dense)",
    ),
    (hi.normalise.rank, {"ties": 1}, "ties: no 1"),
    (hi.normalise.goalposts, {"high": 3}, "goalposts: option 'low' is missing"),
    (hi.weights.entropy, {"zeroes": "exact"}, "entropy: unknown option 'zeroes'; did you mean 'zeros'?"),
    (hi.weights.entropy, {"zeros": "shfit"}, "did you mean 'shift'?"),
    (hi.weights.deviation, {"ddof": True}, "ddof: "),
    (hi.aggregate.arithmetic, {"wieghts": [1, 2]}, "arithmetic: unknown option 'wieghts'"),
    (hi.aggregate.geometric, {"zeros": True}, "zeros: no True"),
    (hi.aggregate.power, {}, "power: option 'p' is missing"),
    (hi.aggregate.power, {"p": "2"}, "p: "),
]


@pytest.mark.parametrize(("method", "options", "why"), OPTIONS)
def test_options_misspelt_missing_or_of_a_wrong_type_are_refused(method, options, why):
    with pytest.raises(hi.SpecError) as refusal:
        method(X, **options)
    assert why in str(refusal.value)
    assert isinstance(refusal.value, TypeError)


@pytest.mark.parametrize("number", [1, 1.0, np.float32(1), np.int64(1)])
def test_any_kind_of_number_serves_as_a_number(number):
    same(hi.normalise.min_max(X, upper=number), hi.normalise.min_max(X))


def test_all_faults_of_the_options_are_reported_at_once():
    with pytest.raises(hi.SpecError) as refusal:
        hi.normalise.goalposts(X, low=1, clip="yes", uper=3)
    said = [str(fault) for fault in refusal.value.faults]
    assert len(said) == 3
    assert all(any(word in fault for fault in said) for word in ("'uper'", "clip:", "'high' is missing"))


def test_data_is_positional_and_options_are_not():
    with pytest.raises(TypeError):
        hi.normalise.min_max(X, 0, 100)
    with pytest.raises(TypeError):
        hi.aggregate.arithmetic(X, None, "raise")
    with pytest.raises(TypeError):
        hi.weights.entropy(x=X)


@pytest.mark.parametrize(
    ("family", "name", "meant"), [("weights", "entrpy", "entropy"), ("normalise", "min_mux", "min_max")]
)
def test_a_misspelt_method_is_answered_with_the_one_perhaps_meant(family, name, meant):
    with pytest.raises(AttributeError, match=f"{family} has no method '{name}'; did you mean '{meant}'"):
        getattr(getattr(hi, family), name)
    with pytest.raises(hi.SpecError, match=f"no method '{name}'; did you mean '{meant}'"):
        find(family, name)


@dataclass(frozen=True, slots=True)
class Details:
    """Arrays of every kind."""

    scores: np.ndarray = field(metadata={"axis": "rows"})
    weights: np.ndarray = field(metadata={"axis": "columns"})
    parts: np.ndarray = field(metadata={"axis": "table"})
    steps: int


def test_details_get_the_labels_of_the_table():
    plain = Details(X.sum(axis=1), X.sum(axis=0), 2 * X, 7)
    labelled = with_labels(plain, read_labelled(TABLE))
    pd.testing.assert_series_equal(labelled.scores, TABLE.sum(axis=1), check_names=False)
    pd.testing.assert_series_equal(labelled.weights, TABLE.sum(axis=0), check_names=False)
    pd.testing.assert_frame_equal(labelled.parts, 2 * TABLE)
    assert labelled.steps == 7
    same(with_labels(plain, read_labelled(X)).parts, 2 * X)


def _lifted(x, *, at: float = 0.0):
    return np.where(x < at, at, x)


def _completed(x, *, at: float = 0.0):
    return np.where(np.isnan(x), at, x)


def _halved(x, *, by: float = 2.0):
    return x / by


def _by_size(x, *, power: float = 1.0):
    return np.nanmean(np.abs(x), axis=0) ** power


def _midrange(x, w, *, of: float = 2.0):
    return (x.min(axis=-1) + x.max(axis=-1)) / of


def _ratio(up, down, *, per: float = 1.0):
    return per * up / down


EVERY = [
    (hi.treating(formula="own treatment", chinese="自定处理"), _lifted, (X,), "fit_on unit period at"),
    (hi.imputing(formula="own filling", chinese="自定插补"), _completed, (X,), "fit_on unit period at"),
    (hi.normalising(formula="own scale", chinese="自定标准化"), _halved, (X,), "fit_on direction by"),
    (hi.weighting(formula="own weights", chinese="自定赋权"), _by_size, (X,), "power"),
    (hi.aggregating(formula="own mean", chinese="自定合成"), _midrange, (X,), "w missing coverage of"),
    (hi.composing("up", "down", formula="own series", chinese="自定序列"), _ratio, (X[:, 0], X[:, 1]), "per"),
]


@pytest.mark.parametrize(
    ("decorator", "function", "data", "taken"), EVERY, ids=lambda part: getattr(part, "__name__", "")
)
def test_every_decorator_gives_a_function_that_is_called_told_and_refused_alike(decorator, function, data, taken):
    own = decorator(function)
    parameters = inspect.signature(own).parameters
    assert [*parameters][len(data) :] == taken.split()
    assert all(parameters[name].kind is not inspect.Parameter.VAR_KEYWORD for name in parameters)
    assert {"formula", "chinese"} <= set(own.method.traits)
    own(*data)
    with pytest.raises(hi.SpecError, match="unknown option 'zz'"):
        own(*data, zz=1)
    with pytest.raises(hi.SpecError, match="a number is needed"):
        own(*data, **{taken.split()[-1]: "much"})


def test_own_methods_of_every_step_are_told_by_their_formula_and_their_chinese_name():
    treat, impute, normalise, weights, aggregate, build = (decorator(function) for decorator, function, *_ in EVERY)
    index = hi.Index(
        groups=[hi.Group("total")],
        indicators=[
            hi.Indicator("a", "total", treat=treat, impute=impute),
            hi.Indicator("b", "total", build={"method": build, "up": "u", "down": "v"}),
        ],
        normalise=normalise,
        weights=weights,
        aggregate=aggregate,
    )
    table = {"a": [-1.0, np.nan, 3.0, 5.0], "u": [2.0, 3.0, 5.0, 6.0], "v": [1.0, 2.0, 2.0, 4.0]}
    result = index.compute(table)
    for lang, words in (("en", "formula"), ("zh", "chinese")):
        told = result.method(lang=lang)
        assert [m.name for m in (f.method for f in (treat, impute, build)) if m.traits[words] not in told] == []
        assert [
            m.name for m in (f.method for f in (normalise, weights, aggregate)) if m.traits[words] not in told
        ] == []


@pytest.mark.parametrize(
    "name", ["normalise.min_max", "weights.entropy", "aggregate.topsis", "treat.log", "impute.mean"]
)
def test_the_data_are_called_alike_where_a_method_is_written_and_where_it_is_called(name):
    public = operator.attrgetter(name)(hi)
    assert [next(iter(inspect.signature(f).parameters)) for f in (public, public.method.function)] == ["x", "x"]


@pytest.mark.parametrize(
    "decorator", [hi.treating, hi.imputing, hi.normalising, hi.weighting, hi.aggregating, hi.composing]
)
def test_a_misspelt_trait_of_ones_own_method_is_refused_with_the_one_perhaps_meant(decorator):
    columns = ["x"] if decorator is hi.composing else []
    with pytest.raises(hi.SpecError, match=r"own_one: no trait 'formule'; did you mean 'formula'\?"):

        @decorator(*columns, formule="x")
        def own_one(x):
            return x


def own_checked(*, part: float = 0.5):
    return [] if part < 1 else ["part: below 1"]


@pytest.mark.parametrize(
    ("wrong", "chinese"),
    [
        (lambda: find("weights", "entrpy"), "没有方法“entrpy”；是否应为“entropy”？"),
        (lambda: hi.weights.entropy(X, ddof=1), "entropy：没有选项“ddof”；可选：zeros、shift"),
        (lambda: hi.normalise.min_max(X, lower=None), "min_max：lower：应为数，现为None"),
        (
            lambda: hi.normalise.min_max(X, direction=2),
            "0的方向：应为1（越大越好）、-1、Target(value)或Between(low, high)，现为2",
        ),
        (
            lambda: hi.weights.entropy([[np.nan, 1.0], [np.nan, 2.0]]),
            "列0：参数确定期内没有数值；请去掉该指标，或改用有数值的行",
        ),
        (
            lambda: hi.normalise.z_score(pd.DataFrame({"票房": [np.nan, 2.0]})),
            "指标“票房”：参数确定期内只有1个数值；至少需要2个",
        ),
        (lambda: hi.aggregate.arithmetic(TABLE, {"指标": 1.0}), "weights：列“gross output”没有权重"),
        (
            lambda: hi.aggregate.arithmetic(TABLE, [1.0, -2.0]),
            "weights：每个都必须是不小于0的数，现为[1.0, -2.0]：“指标”为-2",
        ),
        (lambda: hi.aggregate.arithmetic(X, [1.0]), "weights：给出了1个，而数据有2列"),
        (lambda: hi.aggregate.arithmetic(X, missing="drop", coverage=2), "missing：没有规则“drop”；可选："),
        (lambda: hi.impute.mean([[np.nan], [np.nan]]), "列0：参数确定期内没有数值"),
    ],
)
def test_what_is_refused_is_told_in_chinese(wrong, chinese):
    with pytest.raises((hi.SpecError, hi.DataError)) as found:
        wrong()
    english = found.value.said
    assert str(found.value) == english
    with hi.options(lang="zh"):
        told = str(found.value)
    assert chinese in told
    assert not re.search("[a-z]{4,} [a-z]{4,}", re.sub("“.*?”", "", told))


def test_plain_words_of_a_users_own_method_stand_in_the_sentence_of_each_language():
    @hi.treating(why="floor of 0")
    def no_losses(x):
        return x.clip(min=0)

    @hi.normalising(check=own_checked)
    def parted(x, *, part: float = 0.5):
        return x * part

    with hi.options(lang="zh"):
        assert list(no_losses([[-1.0], [2.0]]).log["why"]) == ["floor of 0"]
        with pytest.raises(hi.SpecError, match=r"^parted：part: below 1$"):
            parted(X, part=3.0)


def test_the_log_of_a_treatment_is_told_in_the_language_in_which_it_is_asked_for():
    with hi.options(lang="zh"), journal() as lines:
        scores = hi.aggregate.arithmetic([[np.nan, np.nan], [1.0, 2.0]], [2.0, 6.0])
    assert np.isnan(scores).tolist() == [True, False]
    assert [line.why for line in lines] == [
        "weights summing to 8 rescaled to 1",
        "1 row has too few values for a score: missing",
    ]
    assert [line.why.told("zh") for line in lines] == [
        "weights之和为8，已换算为合计1",
        "1行的数值太少，无法计算得分，记为缺失",
    ]


WRONG = (-3, -0.5, 0, 1e9, np.inf, "zzz", [], [3, 1, 1], {"zzz": 1})


def judged() -> list[tuple[str, str, object]]:
    """Return every method that judges its options itself, with each of them."""
    every = [(family, one) for family, methods in FAMILIES.items() for one in methods.values()]
    return [(family, one.name, name) for family, one in every if "check" in one.traits for name in one.options]


@pytest.mark.parametrize(("family", "method", "option"), judged())
def test_what_a_method_says_of_its_options_is_a_sentence(family, method, option):
    own = find(family, method)
    known = {**own.traits.get("example", {}), **{p.name: p.default for p in own.options.values()}}
    heard = []
    for value in WRONG:
        with contextlib.suppress(TypeError, ValueError, AttributeError, KeyError):
            heard += own.traits["check"](**{**known, option: value})
    assert {type(one) for one in heard} <= {Said, Joined}
    assert not [one for one in heard if re.search("[a-z]{4,} [a-z]{3,}", re.sub("[“'].*?[”']", "", one.told("zh")))]
