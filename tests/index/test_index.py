"""The index as a value: read, checked all at once, written, replaced."""

from __future__ import annotations

import copy
import pickle
import re
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from support.indexes import MEANS, POSITIVE, indexes, two_levels
from support.tables import table

import hengdian_index as hi


@given(indexes())
@settings(max_examples=150)
def test_toml_round_trip(index: hi.Index) -> None:
    again = hi.Index.from_toml(index.to_toml())
    assert again == index
    assert hash(again) == hash(index)
    assert again.to_toml() == index.to_toml()


def test_a_round_trip_computes_the_same(tmp_path: Path) -> None:
    index = two_levels(weights="critic").replace({"all.weights": {"method": "ahp", "matrix": [[1, "1/3"], [3, 1]]}})
    index.write(tmp_path / "index.toml")
    again = hi.Index.read(tmp_path / "index.toml")
    pd.testing.assert_frame_equal(again.compute(table()).scores, index.compute(table()).scores, check_exact=True)


def test_weights_can_be_said_in_three_ways() -> None:
    by_group = two_levels().replace({"left.weights": {"a": 3, "b": 1}})
    by_method = two_levels().replace({"left.weights": {"method": "fixed", "values": {"b": 0.25, "a": 0.75}}})
    by_child = two_levels().replace({"a.weight": 3.0, "b.weight": 1.0})
    expected = by_group.compute(table()).scores
    for other in (by_method, by_child):
        pd.testing.assert_frame_equal(other.compute(table()).scores, expected)


def test_an_index_is_a_value() -> None:
    index = two_levels()
    with pytest.raises(ValueError, match="frozen"):
        index.name = "other"
    assert index == two_levels()
    assert index != index.replace({"left.weights": "entropy"})
    assert len({index, two_levels()}) == 1


def changed_by(index: Any, **changes: Any) -> list[Any]:
    """Return what every way to change a field makes of an index or a part."""
    ways = [
        lambda: index.__replace__(**changes),
        lambda: index.model_copy(update=changes),
        lambda: index.copy(update=changes),
        lambda: type(index).model_validate({**{n: getattr(index, n) for n in index.model_fields_set}, **changes}),
    ]
    made = []
    for way in ways:
        try:
            made.append(way())
        except hi.SpecError as error:
            made.append(str(error))
    return made


def test_what_is_shown_is_what_is_computed_however_an_index_is_changed() -> None:
    index = two_levels()
    before = index.compute(table()).scores
    for changes in ({"to": 10.0}, {"normalise": "rank"}, {"aggregate": {"method": "power", "p": 3}}, {"base": "2002"}):
        wanted = index.replace(changes)
        for other in changed_by(index, **changes):
            assert (other, other.to_toml(), other.fingerprint) == (wanted, wanted.to_toml(), wanted.fingerprint)
            pd.testing.assert_frame_equal(other.compute(table()).series(), wanted.compute(table()).series())
    for changes in ({"to": -1.0}, {"normalise": "rnk"}, {"groups": []}, {"nothing": 3}):
        assert all(isinstance(found, str) for found in changed_by(index, **changes))
    pd.testing.assert_frame_equal(index.compute(table()).scores, before)


def test_parts_are_changed_with_their_checks() -> None:
    for part in (hi.Group("g", weight=2.0), hi.Indicator("a", "g", direction=-1)):
        assert all(found.weight == 3.0 and found.code == part.code for found in changed_by(part, weight=3.0))
        assert all("weight" in found for found in changed_by(part, weight="x"))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", [hi.Index, hi.Group, hi.Indicator])
def test_ways_round_the_checks_are_refused(kind: Any) -> None:
    for way in (
        lambda: kind.model_construct(code="a"),
        lambda: kind.construct(code="a"),
        lambda: kind.model_validate_strings({"code": "a"}),
        lambda: kind.model_validate(3),
        lambda: kind.model_validate({"code": 3, "parent": 4}),
        lambda: kind.model_validate_json("{"),
        lambda: kind(self=3),
    ):
        with pytest.raises(hi.SpecError):
            way()


def test_a_part_is_neither_set_nor_cut() -> None:
    for part in (two_levels(), hi.Group("g"), hi.Indicator("a", "g")):
        for change in (
            partial(setattr, part, "name", "x"),
            partial(delattr, part, "name"),
            partial(part.copy, exclude={"name"}),
        ):
            with pytest.raises(hi.SpecError, match="replace"):
                change()
        assert copy.copy(part) is part
        assert copy.deepcopy(part) is part
        assert pickle.loads(pickle.dumps(part)) == part
    options = two_levels().normalise.options
    for change in (
        lambda: options.update(upper=5),
        lambda: options.pop("upper"),
        lambda: options.setdefault("x", 1),
        lambda: options.clear(),
        lambda: options.popitem(),
        lambda: options.__delitem__("upper"),
        lambda: options.__ior__({"upper": 5}),
    ):
        with pytest.raises(TypeError, match="replace"):
            change()


def test_a_place_and_a_name_are_not_both_given() -> None:
    assert _faults(lambda: hi.Group("a", code="b")) == ["code is given twice, by its place and by its name"]


@pytest.mark.parametrize("given", [3, "abc", {"code": "a"}, 2.5])
def test_groups_and_indicators_are_lists(given: Any) -> None:
    told = _faults(lambda: hi.Index(groups=given, indicators=given))
    assert [one.split(":")[0] for one in told[:2]] == ["groups", "indicators"]


def test_any_iterable_of_parts_will_do() -> None:
    index = two_levels()
    again = hi.Index(
        period="quarter",
        base="2001",
        normalise=POSITIVE,
        groups=iter(index.groups),
        indicators=(i for i in index.indicators),
    )
    assert again == index


def _faults(build: Any) -> list[str]:
    with pytest.raises(hi.SpecError) as caught:
        build()
    return [str(fault) for fault in caught.value.faults]


TOML = (
    """\
[index]
name = "x"
periode = "q"
weights = "entrpy"
missing = "rewegh"
coverage = 3

[[group]]
code = "top"
aggregate = { method = "power", q = 2 }

[[group]]
code = "a"
parent = "tpo"

[[group]]
code = "b"
parent = "c"

[[group]]
code = "c"
parent = "b"

[[indicator]]
code = "x1"
parent = "a"
direction = 3
normalise = { method = "min_max", lower = "5" }

[[indicator]]
parent = "a"
code = "x1"
unit = """
    + '''"""
[[group]]
"""

[[indicators]]
code = "x2"
'''
)


def test_all_faults_of_a_file_at_once_with_their_lines() -> None:
    found = _faults(lambda: hi.Index.from_toml(TOML, name="my.toml"))
    expected = [
        "my.toml:3: unknown key 'periode'; did you mean 'period'?",
        "my.toml:4: weights: no method 'entrpy'; did you mean 'entropy'?",
        "my.toml:5: missing: 'reweight', 'propagate', 'raise' or 'parent', not 'rewegh'; did you mean 'reweight'?",
        "my.toml:6: coverage: less than or equal to 1, not 3",
        "my.toml:8: group 'top': no group or indicator has it as parent",
        "my.toml:10: group 'top': aggregate: power: unknown option 'q'",
        "my.toml:10: group 'top': aggregate: power: option 'p' is missing",
        "my.toml:14: group 'a': parent: no group 'tpo'; did you mean 'top'?",
        "my.toml:18: group 'b': its parents run in a circle: b -> c -> b",
        "my.toml:27: indicator 'x1': direction: 1 (larger is better)",
        "my.toml:28: indicator 'x1': normalise: min_max: lower: a number is needed, not '5'",
        "my.toml:30: indicator 'x1': code is given twice",
        "my.toml:37: unknown table 'indicators'; did you mean 'indicator'?",
    ]
    for start in expected:
        assert any(fault.startswith(start) for fault in found), (start, found)
    assert len(found) == len(expected)


def test_faults_of_choices_that_do_not_fit() -> None:
    def build() -> hi.Index:
        return hi.Index(
            groups=[
                hi.Group("top", aggregate="geometric"),
                hi.Group("g1", "top", weights={"x1": 1, "x22": 1}),
                hi.Group(
                    "g2", "top", weights={"method": "ahp", "matrix": [[1, 9, "1/9"], ["1/9", 1, 5], [9, "1/5", 1]]}
                ),
                hi.Group("g3", "top", weights="equal"),
                hi.Group("g4", "top"),
            ],
            indicators=[
                *(hi.Indicator(x, "g1") for x in ("x1", "x2")),
                *(hi.Indicator(y, "g2") for y in ("y1", "y2", "y3")),
                hi.Indicator("z1", "g3", weight=3.0),
                hi.Indicator("z2", "g3"),
                hi.Indicator("v1", "g4", weight=3.0),
                hi.Indicator("v2", "g4"),
            ],
        )

    found = "\n".join(_faults(build))
    assert "group 'top': aggregate: geometric needs values above 0, but 'g1' runs from 0 to 1" in found
    assert "zeros = 'limit'" in found
    assert "group 'g1': weights: fixed: no child 'x22'; did you mean 'x2'?" in found
    assert "group 'g1': weights: fixed: nothing given for child 'x2'" in found
    assert "group 'g2': weights: ahp: CR 4.77 >= 0.1; look at ('y1', 'y2'): 9" in found
    assert "group 'g3': weights: its children 'z1' have a weight of their own" in found
    assert "group 'g4': weights: 'v2' has no weight and the others have" in found


@pytest.mark.parametrize(
    ("normalise", "aggregate", "fits"),
    [
        ("min_max", "geometric", False),
        ({"method": "min_max", "lower": 1, "upper": 100}, "geometric", True),
        ("min_max", {"method": "geometric", "zeros": "limit"}, True),
        ("z_score", {"method": "geometric", "zeros": "limit"}, False),
        ("z_score", "arithmetic", True),
        ("min_max", "harmonic", False),
        ("min_max", {"method": "power", "p": 2}, True),
        ("min_max", {"method": "power", "p": -1}, False),
        ("z_score", {"method": "power", "p": 2}, False),
        ("rank", "geometric", True),
        ("percentile_rank", "geometric", True),
        ({"method": "percentile_rank", "form": "unit"}, "geometric", False),
    ],
)
def test_a_scale_that_reaches_0_meets_its_mean_at_the_gate(normalise: Any, aggregate: Any, fits: bool) -> None:
    """FAULTS 18."""
    if fits:
        two_levels(normalise=normalise, aggregate=aggregate)
    else:
        assert all(
            "needs values" in fault for fault in _faults(lambda: two_levels(normalise=normalise, aggregate=aggregate))
        )


@pytest.mark.parametrize("values", [{"a": -1, "b": 2}, {"a": 0, "b": 0}, {"a": float("nan"), "b": 1}])
def test_weights_that_are_none_are_refused(values: dict[str, float]) -> None:
    """FAULTS 20."""
    assert "group 'left': weights: fixed" in _faults(lambda: two_levels().replace({"left.weights": values}))[0]


def test_no_group_two_tops_no_indicator() -> None:
    assert "no group" in "\n".join(_faults(lambda: hi.Index(groups=[], indicators=[])))
    tops = _faults(
        lambda: hi.Index(
            groups=[hi.Group("a"), hi.Group("b")], indicators=[hi.Indicator("x", "a"), hi.Indicator("y", "b")]
        )
    )
    assert tops == ["2 groups have no parent ('a', 'b'); exactly one is the top"]
    assert "parent is missing" in _faults(lambda: hi.Index(groups=[hi.Group("a")], indicators=[hi.Indicator("x")]))[0]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "no such file" in _faults(lambda: hi.Index.read(tmp_path / "none.toml"))[0]
    (tmp_path / "broken.toml").write_text("[index\n")
    assert _faults(lambda: hi.Index.read(tmp_path / "broken.toml"))[0].startswith("broken.toml: not valid TOML")
    (tmp_path / "latin.toml").write_bytes(b"[index]\nname = '\xe9'\n")
    assert "UTF-8" in _faults(lambda: hi.Index.read(tmp_path / "latin.toml"))[0]
    assert "read from a .toml file" in _faults(lambda: hi.Index.read(tmp_path / "index.json"))[0]


class TestReplace:
    def test_addresses(self) -> None:
        index = two_levels()
        other = index.replace(
            {
                "normalise": "z_score",
                "left.weights": "critic",
                "left.aggregate": {"method": "power", "p": 1},
                "a.direction": -1,
            }
        )
        assert other.normalise.method.name == "z_score"
        assert other.groups[1].weights.method.name == "critic"
        assert other.indicators[0].direction == -1
        assert index == two_levels()
        assert other.replace({"left.aggregate.p": 1.0}).groups[1].aggregate.options["p"] == 1.0

    def test_each_change_is_the_index_built_that_way(self) -> None:
        for mean in MEANS:
            assert (
                two_levels()
                .replace({"aggregate": mean})
                .compute(table())
                .scores.equals(two_levels(aggregate=mean).compute(table()).scores)
            )

    def test_taking_parts_out(self) -> None:
        index = two_levels().replace({"left.weights": {"a": 3, "b": 1}})
        assert index.replace({"a": None}).compute(table()).weights["left", "b"] == 1
        assert [g.code for g in index.replace({"left": None}).groups] == ["all", "right"]
        emptied = index.replace({"a": None, "b": None})
        assert [g.code for g in emptied.groups] == ["all", "right"]
        judged = two_levels().replace({"all.weights": {"method": "ahp", "matrix": {"left": {"right": 3}}}})
        assert judged.replace({"left": None}).compute(table()).weights["all", "right"] == 1

    def test_an_address_that_is_none(self) -> None:
        found = _faults(
            lambda: two_levels().replace(
                {"left.weigths": "equal", "lft.weights": "equal", "a": 3, "left.weights.zeros": "exact"}
            )
        )
        assert "no address 'left.weigths'; did you mean 'left.weights'?" in found[0]
        assert "no address 'lft.weights'; did you mean 'left.weights'?" in found[1]
        assert "only None" in found[2]
        assert "has no option" in found[3]


def test_directions_in_toml() -> None:
    text = (
        two_levels()
        .to_toml()
        .replace("direction = -1", "direction = { between = [5, 6], worst_low = 2, worst_high = 12 }")
    )
    index = hi.Index.from_toml(text)
    assert index.indicators[1].direction == hi.Between(5.0, 6.0, worst_low=2.0, worst_high=12.0)
    frame = table().assign(b=[5.5, 2.0, 12.0, 3.5, 9.0, 20.0, 1.0, 5.0, 6.0, 4.0, 7.0, 8.0])
    z = index.replace({"normalise": "min_max"}).compute(frame).normalised["b"]
    assert z.iloc[:7].tolist() == pytest.approx([1, 0, 0, 0.5, 0.5, 0, 0])
    bad = _faults(lambda: hi.Index.from_toml(text.replace("worst_low = 2", "worst_low = 7")))
    assert "limits must rise" in bad[0]


def test_functions_of_one_name_are_different_choices() -> None:
    def entropy(x):  # type: ignore[no-untyped-def]
        return [9.0, 1.0]

    own, named = two_levels(weights=entropy), two_levels(weights="entropy")
    assert own != named
    assert own.fingerprint != named.fingerprint
    assert two_levels(weights=lambda x: [1, 2]) != two_levels(weights=lambda x: [2, 1])
    with pytest.raises(hi.SpecError, match="only registered functions can be written"):
        own.to_toml()


@pytest.mark.parametrize("code", ["", " ", "reweighting", "interaction"])
def test_codes_that_are_none_are_refused(code: str) -> None:
    """A blank code once made the search for a parent run for ever."""
    found = _faults(lambda: hi.Index(groups=[hi.Group(code)], indicators=[hi.Indicator("a", code)]))
    assert any("a code is a text that is not blank" in fault for fault in found)


@pytest.mark.parametrize("to", [0, -5, float("inf"), float("nan")])
def test_a_base_level_is_a_number_above_0(to: float) -> None:
    assert "to: " in _faults(lambda: two_levels(to=to))[0]
    with pytest.raises(hi.SpecError, match="to: a finite number above 0"):
        two_levels().compute(table()).series(to=to)


def test_an_index_and_a_fit_can_be_copied_and_pickled() -> None:
    import copy
    import pickle

    index = two_levels(weights="critic", aggregate="geometric", treat="fence")
    fitted = index.fit(table())
    for again in (pickle.loads(pickle.dumps(index)), copy.deepcopy(index)):
        assert again == index
    for other in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        pd.testing.assert_frame_equal(other.score(table()).series(), fitted.score(table()).series(), check_exact=True)
    assert len(repr(fitted)) < 200
    assert len(str(index)) < 200


def parts_of_an_index() -> list[Any]:
    index = two_levels()
    return [index, index.groups[0], index.indicators[0]]


@pytest.mark.parametrize("which", range(3), ids=["index", "group", "indicator"])
def test_a_value_is_not_made_twice(which: int) -> None:
    one, before = parts_of_an_index()[which], parts_of_an_index()[which]
    for again in (lambda: one.__init__(**before.model_dump()), lambda: one.__setstate__(before.__getstate__())):
        with pytest.raises(hi.SpecError, match=r"frozen; index\.replace"):
            again()
    assert one == before


@pytest.mark.parametrize("which", range(3), ids=["index", "group", "indicator"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_pydantic_writes_is_read_again_or_refused(which: int) -> None:
    one = parts_of_an_index()[which]
    assert type(one).model_validate(one.model_dump()) == one
    assert type(one).model_validate(one.dict()) == one
    for call in (one.model_dump_json, one.json, partial(one.model_dump, mode="json")):
        with pytest.raises(hi.SpecError, match=r"to_toml\(\)"):
            call()
    for read in (type(one).from_orm, type(one).parse_raw, type(one).parse_file):
        with pytest.raises(hi.SpecError):
            read(one)
    with pytest.raises(hi.SpecError, match="no exclude"):
        one.model_dump(exclude={"code"})


def test_a_group_left_empty_goes_with_its_last_part() -> None:
    groups = [hi.Group("top"), hi.Group("x", "top"), hi.Group("y", "top")]
    leaves = [hi.Indicator("a", "x"), hi.Indicator("b", "x"), hi.Indicator("c", "y")]
    left = hi.Index(groups=groups, indicators=leaves).replace({"a": None, "b": None})
    assert [group.code for group in left.groups] == ["top", "y"]


def chain_of_groups(levels: int) -> list[hi.Group]:
    """Return groups, each in the one before."""
    return [hi.Group("g0"), *(hi.Group(f"g{i}", f"g{i - 1}") for i in range(1, levels))]


def test_a_tree_of_the_deepest_kind_is_explained_and_a_deeper_one_is_refused(tmp_path):
    index = hi.Index(groups=chain_of_groups(100), indicators=[hi.Indicator("a", "g99"), hi.Indicator("b", "g99")])
    result = index.compute({"a": [1.0, 2.0, 4.0], "b": [3.0, 2.0, 5.0]})
    assert result.contributions(of="level").shape[0] == 3
    hi.release(result, tmp_path / "v1")
    result.to_excel(tmp_path / "book.xlsx")
    for levels in (101, 3000):
        with pytest.raises(hi.SpecError, match="group 'g100': more than 100 groups one in the other"):
            hi.Index(groups=chain_of_groups(levels), indicators=[hi.Indicator("a", f"g{levels - 1}")])
    text = index.to_toml().replace('code = "a"\nparent = "g99"', 'code = "a"\nparent = "g100"')
    with pytest.raises(hi.SpecError, match=r"index.toml:\d+: group 'g100': more than 100 groups"):
        hi.Index.from_toml(text + '\n[[group]]\ncode = "g100"\nparent = "g99"\n')


def test_groups_that_run_in_a_circle_are_told_as_such_alone():
    groups = [hi.Group("top"), hi.Group("a", "b"), hi.Group("b", "a"), hi.Group("top", "top")]
    with pytest.raises(hi.SpecError) as caught:
        hi.Index(groups=groups, indicators=[hi.Indicator("x", "a")])
    assert "one in the other" not in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "chinese"),
    [
        (
            lambda: two_levels().replace({"all.wieghts": "equal"}),
            r"没有地址“all.wieghts”；是否应为“all.weights”？（应为指数的字段，或“代码.字段”：.*）",
        ),
        (
            lambda: two_levels(aggregate="geometric", normalise="min_max"),
            r"分指数“all”：aggregate：geometric要求数值大于0，但“.*”的取值为0至1.*；请标准化到大于0的标度"
            r"（如min_max，lower = 1，upper = 100），或令0的得分为0（zeros = 'limit'）",
        ),
        (
            lambda: hi.Index(
                groups=[hi.Group("总")], indicators=[hi.Indicator("甲", "总", replaces="乙", start="2020", end="2019")]
            ),
            r"指标“甲”：replaces：没有指标“乙”；.*\n指标“甲”：start：需要有期；请在指数中指明期所在的列\n"
            r"指标“甲”：end：起始期2020晚于终止期2019",
        ),
        (lambda: two_levels(weigh_on="base", base=None), r"weigh_on = 'base'需要有基期：请指明"),
        (lambda: two_levels().compute(table()).pivot(kind="socre"), r"kind：没有“socre”；是否应为“score”？.*"),
        (lambda: two_levels().compute(table()).series(to=0), r"to：应为大于0的有限的数，现为0"),
        (lambda: two_levels().compute(table()).poverty(), r"poverty：没有对剥夺计数的分指数；请写aggregate = \{.*\}"),
        (lambda: hi.example("films"), r"没有示例“films”；.*"),
        (
            lambda: hi.uncertainty(two_levels(), table(), {"units": hi.Noise(0.1)}, draws=16),
            r"因素“units”：权重的扰动须写在权重的地址上；.*",
        ),
        (lambda: hi.Noise(2), r"Noise：比例应不小于0且小于1，现为2；0.25表示上下浮动四分之一"),
    ],
)
def test_what_is_refused_is_told_in_chinese(wrong: Any, chinese: str) -> None:
    with pytest.raises((hi.SpecError, hi.DataError)) as found:
        wrong()
    assert str(found.value) == found.value.said
    with hi.options(lang="zh"):
        assert re.fullmatch(chinese, str(found.value), re.DOTALL), str(found.value)


def test_a_file_is_written_in_the_language_that_is_spoken_where_none_is_asked_for(tmp_path: Path) -> None:
    with hi.options(lang="zh"):
        two_levels().write(tmp_path / "zh.xlsx")
        two_levels().write(tmp_path / "en.xlsx", lang="en")
    two_levels().write(tmp_path / "plain.xlsx")
    books = {one: pd.read_excel(tmp_path / f"{one}.xlsx", None, engine="calamine") for one in ("zh", "en", "plain")}
    names = {one: list(book) for one, book in books.items()}
    assert names["plain"] == names["en"]
    assert "指标" in names["zh"]
    with pytest.raises(hi.SpecError, match="lang: no 'fr'"):
        two_levels().write(tmp_path / "fr.xlsx", lang="fr")  # type: ignore[arg-type]
