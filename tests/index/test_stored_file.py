"""A fit saved to a file and loaded: the same scores to the last bit, and no file that is not what was saved."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fits import choices, chosen, same_answers, suited, wide
from support.indexes import answer_shares, built_of, changing, entering, late, two_levels, with_entrant
from support.laws import attempt, law, own
from support.tables import quarters, table

import hengdian_index as hi
from hengdian_index._index.stored_file import _REGISTER
from hengdian_index._maths.maps import Affine
from hengdian_index._methods.imputing import imputing
from hengdian_index._methods.registry import FAMILIES, Method
from hengdian_index._methods.treating import treating

FEW = law(2)


def again(fitted: hi.Fitted) -> hi.Fitted:
    """Return a fit saved and loaded; saving the loaded one gives the same bytes."""
    with TemporaryDirectory() as folder:
        first, second = Path(folder) / "first.json", Path(folder) / "second.json"
        fitted.save(first)
        loaded = hi.Fitted.load(first)
        loaded.save(second)
        assert first.read_bytes() == second.read_bytes()
    return loaded


def test_every_method_of_an_index_is_saved_here() -> None:
    tried = {case.values[1] for case in choices()}
    left = {method.name for family in ("normalise", "weights", "aggregate", "treat", "impute") for method in own(family)
            if method not in tried}  # fmt: skip
    assert left == {"denominate"}


@pytest.mark.parametrize(("family", "method", "options"), choices())
@FEW
@given(seed=st.integers(0, 10**6))
def test_a_loaded_fit_scores_bit_for_bit(family: str, method: Method, options: dict[str, Any], seed: int) -> None:
    if method.name in ("neighbours", "regression"):
        pytest.importorskip("sklearn", reason="scikit-learn is not installed (the extra `learn`)")
    frame = suited(method, options, wide(seed))
    fitted = attempt(chosen(family, method, options).fit, frame)
    attempt(fitted.score, frame)
    same_answers(fitted, again(fitted), frame)


@pytest.mark.parametrize(
    ("how", "content"),
    [
        ("fixed", "link"),
        ("ratio", "link"),
        ("symmetric", "link"),
        ("log", "link"),
        ("fixed", "restate"),
        ("ratio", "restate"),
        ("log", "restate"),
    ],
)
def test_changes_of_content_and_links_are_kept(how: str, content: str) -> None:
    frame = late() if content == "link" else table(14, 1)
    index = changing(series=how, content=content, fit_on="2001Q1:2003Q1").replace({"normalise": "relative"})
    fitted = index.fit(frame)
    loaded = again(fitted)
    for one in (frame, frame.iloc[-2:] if how == "fixed" else frame):
        for ask in ("series", "changes", "contributions", "ranks"):
            assert getattr(fitted.score(one), ask)().equals(getattr(loaded.score(one), ask)())
    if content == "link":
        same_answers(fitted, loaded, frame)


@pytest.mark.parametrize("weigh_on", ["fit_on", "base", "period"])
@pytest.mark.parametrize("new_units", ["link", "restate"])
def test_units_their_bases_and_weights_by_period_are_kept(weigh_on: str, new_units: str) -> None:
    frame = with_entrant()
    fitted = entering(weights="entropy", weigh_on=weigh_on, new_units=new_units).fit(frame)
    loaded = again(fitted)
    later = frame[frame["year"] == 2004].assign(year=2005)
    same_answers(fitted, loaded, frame, later)
    for one in (frame, later):
        assert fitted.score(one).series().equals(loaded.score(one).series())


@pytest.mark.parametrize("method", ["cycle", "breadth"])
def test_built_indicators_keep_what_they_learnt_of_each_unit(method: str) -> None:
    both = pd.concat(
        [answer_shares().assign(who="A"), answer_shares().assign(who="B", s=lambda f: f["s"][::-1].to_numpy())]
    )
    mood = hi.Indicator("mood", "all", build={"method": method, "x": ["s", "t"]})
    index = built_of(mood, hi.Indicator("up", "all"), unit="who", fit_on="2001:2002")
    fitted = index.fit(both)
    loaded = again(fitted)
    same_answers(fitted, loaded, both)
    assert loaded.builds == fitted.builds


def test_a_step_without_memory_is_kept() -> None:
    pytest.importorskip("statsmodels", reason="statsmodels is not installed")
    fitted = two_levels().replace({"a.deseasonalise": "stl"}).fit(table(16))
    same_answers(fitted, again(fitted), table(16))


def test_screened_units_stay_out() -> None:
    frame = with_entrant()
    frame.loc[frame["who"] == "B", "x"] = np.nan
    fitted = entering(unit_coverage=0.65).fit(frame)
    loaded = again(fitted)
    same_answers(fitted, loaded, frame, frame.assign(x=1.0))
    assert loaded.left_out == {"A": False, "B": True, "C": False}


@pytest.mark.parametrize("direction", [1, -1, hi.Target(20.0), hi.Between(15, 25), hi.Between(15, 25, 1, 90)])
def test_directions_denominators_and_bare_arrays(direction: Any) -> None:
    frame = table().assign(people=np.arange(1.0, 13))
    given = {"a.direction": direction, "b.denominator": "people", "right.impute": "peers"}
    fitted = two_levels().replace(given).fit(frame)
    same_answers(fitted, again(fitted), frame)
    bare = two_levels().replace({"period": None, "base": None}).fit(frame[list("abcd")].to_numpy())
    same_answers(bare, again(bare), np.ones((2, 4)))


@pytest.mark.parametrize(
    "unit",
    [
        "江苏",
        7,
        2.5,
        True,
        (1, "a"),
        date(2001, 2, 3),
        datetime(2001, 2, 3, 4, 5),
        pd.Timestamp("2001-02-03", tz="Asia/Shanghai"),
        pd.Timestamp("2001-02-03 04:05:06.789012345"),
        pd.Period("2001Q2", "Q"),
        np.int8(4),
        np.float32(0.1),
        np.str_("x"),
        np.datetime64("2001-02-03"),
    ],
    ids=repr,
)
def test_labels_of_every_type_are_kept(unit: Any) -> None:
    fitted = two_levels().fit(table())
    loaded = again(replace(fitted, left_out={unit: True}, rows={**fitted.rows, "fit_on": [unit, slice(0, 3, None)]}))
    assert loaded.left_out == {unit: True}
    assert [type(key) for key in loaded.left_out] == [type(unit)]
    assert loaded.rows["fit_on"] == [unit, slice(0, 3, None)]


@pytest.mark.parametrize(
    "array",
    [
        np.array([0.1, -0.0, np.nan, np.inf, -np.inf, 5e-324, 1 / 3, 2.0**70]),
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.arange(24.0).reshape(4, 6)[::-2, 1::2],
        np.arange(12, dtype=">i2").reshape(3, 4).T,
        np.array([1.1, np.nan], dtype=np.float32),
        np.array([True, False]),
        np.array(["a", "江苏"]),
        np.array(["2001-02", "NaT"], dtype="M8[M]"),
        np.array(["a", None, 2.5, (1, 2), (3, 4)], dtype=object),
        np.empty((0, 3)),
        np.array(2.5),
        np.array([2**64 - 1], dtype=np.uint64),
    ],
    ids=lambda array: f"{array.dtype} {array.shape}",
)
def test_arrays_are_kept_with_type_shape_and_order(array: np.ndarray) -> None:
    fitted = two_levels().fit(table())
    found = again(replace(fitted, rows={**fitted.rows, "fit_on": array})).rows["fit_on"]
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    assert found.tolist() == array.tolist() or array.dtype.kind in "fM"
    if array.dtype.kind == "f":
        np.testing.assert_array_equal(found, array)
        np.testing.assert_array_equal(np.signbit(found), np.signbit(array))
    if array.dtype.kind == "M":
        np.testing.assert_array_equal(found, array)
    order = array.copy(order="K").flags
    assert (found.flags.c_contiguous, found.flags.f_contiguous) == (order.c_contiguous, order.f_contiguous)


@pytest.mark.parametrize("fit_on", [pd.Index(["2001", "2002"]), pd.Series([True] * 9 + [False] * 3), slice(0, 9)])
def test_ways_to_name_the_fit_rows_can_be_saved(fit_on: Any) -> None:
    frame = table()
    fitted = two_levels().fit(frame, fit_on=fit_on)
    loaded = again(fitted)
    assert np.array_equal(loaded.rows["fit_on"], fit_on) or loaded.rows["fit_on"] == fit_on
    assert loaded.score(frame).scores.equals(fitted.score(frame).scores)


class Foreign:
    """A map that is not the package's."""

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return 2 * x


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget what a test registers."""
    before = {family: dict(methods) for family, methods in FAMILIES.items()}
    yield
    for family, methods in before.items():
        FAMILIES[family].clear()
        FAMILIES[family].update(methods)


@pytest.mark.usefixtures("registry")
class TestOwnFunctions:
    def test_registered_ones_are_saved_by_name(self, tmp_path: Path) -> None:
        @hi.normalising
        def halved(x, *, fit_on=None):  # type: ignore[no-untyped-def]
            return x / np.nanmax(x if fit_on is None else fit_on, axis=0)

        @hi.normalising
        def mapped(x):  # type: ignore[no-untyped-def]
            one = np.ones(x.shape[1])
            return Affine(one, 2 * one, one, one)

        @hi.weighting
        def by_mean(x):  # type: ignore[no-untyped-def]
            return x.mean(axis=0)

        @hi.aggregating
        def least(x, w):  # type: ignore[no-untyped-def]
            return x.min(axis=-1)

        @treating
        def floored(x):  # type: ignore[no-untyped-def]
            return x.clip(min=10)

        @imputing
        def tens(x):  # type: ignore[no-untyped-def]
            return np.where(np.isnan(x), 10.0, x)

        frame = table()
        frame.loc[3, "a"] = np.nan
        index = two_levels(normalise="halved", weights="by_mean", aggregate="least", treat="floored", impute="tens")
        fitted = index.replace({"c.normalise": mapped, "b.direction": 1}).fit(frame)
        same_answers(fitted, again(fitted), frame, frame.iloc[:5])
        fitted.save(tmp_path / "fitted.json")
        del FAMILIES["normalise"]["halved"]
        with pytest.raises(hi.SpecError, match=r"fitted.json: no method 'halved'.*import the module that registers it"):
            hi.Fitted.load(tmp_path / "fitted.json")

    def test_others_are_refused_all_at_once_with_the_remedy(self, tmp_path: Path) -> None:
        index = two_levels(aggregate=lambda x, w: x.mean(axis=1)).replace(
            {"a.normalise": np.log1p, "c.treat": lambda x: x, "left.weights": lambda x: [1, 2]}
        )
        with pytest.raises(hi.SpecError) as caught:
            index.fit(table()).save(tmp_path / "fitted.json")
        assert [str(fault).split(" is no registered")[0] for fault in caught.value.faults] == [
            "indicator 'a': normalise: log1p",
            "indicator 'c': treat: <lambda>",
            *[f"group {code!r}: aggregate: <lambda>" for code in ("right",)],
            "group 'left': weights: <lambda>",
            "group 'left': aggregate: <lambda>",
            "group 'all': aggregate: <lambda>",
        ]
        assert "decorate it with hengdian_index.normalising" in str(caught.value)
        assert list(tmp_path.iterdir()) == []

    def test_what_a_function_learnt_must_be_the_packages(self, tmp_path: Path) -> None:
        @hi.normalising
        def foreign(x):  # type: ignore[no-untyped-def]
            return Foreign()

        index = two_levels().replace({"a.normalise": foreign, "d.normalise": foreign})
        with pytest.raises(hi.SpecError) as caught:
            index.fit(table()).save(tmp_path / "fitted.json")
        for code, fault in zip("ad", caught.value.faults, strict=True):
            assert str(fault).startswith(f"indicator {code!r}: normalise: a value (")
            assert str(fault).endswith("register a function that returns numbers or a fitted map of the package")

    def test_a_name_that_another_function_took(self, tmp_path: Path) -> None:
        @hi.weighting
        def mine(x):  # type: ignore[no-untyped-def]
            return [1, 2]

        fitted = two_levels(weights=mine).fit(table())

        @hi.weighting  # type: ignore[no-redef]
        def mine(x):  # type: ignore[no-untyped-def]
            return [2, 1]

        with pytest.raises(hi.SpecError, match="another function has taken the name 'mine'"):
            fitted.save(tmp_path / "fitted.json")

    def test_the_decorators_named_in_messages_exist(self) -> None:
        assert set(_REGISTER) == set(FAMILIES) - {"climate"}
        for dotted in _REGISTER.values():
            module, name = dotted.rsplit(".", 1)
            assert callable(getattr(sys.modules[module], name))


def test_odd_values_are_refused_with_their_place(tmp_path: Path) -> None:
    fitted = two_levels().fit(table())
    odd = replace(fitted, left_out={"A": {1, 2}}, rows={**fitted.rows, "fit_on": np.array([1j])})
    with pytest.raises(hi.SpecError) as caught:
        odd.save(tmp_path / "fitted.json")
    assert [str(fault).split(" cannot")[0] for fault in caught.value.faults] == [
        "rows.fit_on: a value (numpy.ndarray)",
        "left_out.A: a value (builtins.set)",
    ]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Return the file of a fit."""
    path = tmp_path / "fitted.json"
    changing().fit(late()).save(path)
    return path


def forge(path: Path, **changes: Any) -> None:
    """Write a changed file with the hash that belongs to it."""
    document = {**json.loads(path.read_text("utf-8")), **changes}
    rest = {name: part for name, part in document.items() if name != "sha256"}
    seal = sha256(json.dumps(rest, separators=(",", ":")).encode()).hexdigest()
    path.write_text(json.dumps({**rest, "sha256": seal}), encoding="utf-8")


def test_the_file_says_what_it_is(saved: Path) -> None:
    document = json.loads(saved.read_text("utf-8"))
    fitted = hi.Fitted.load(saved)
    assert list(document) == ["format", "version", "package", "spec_sha256", "data_sha256", "content", "sha256"]
    assert (document["format"], document["version"], document["package"]) == (
        "hengdian_index fitted", 2, hi.__version__,
    )  # fmt: skip
    assert document["spec_sha256"] == changing().fingerprint == fitted.setting.fingerprint
    assert document["data_sha256"] == fitted.rows["sha256"]
    forge(saved)
    assert json.loads(saved.read_text("utf-8")) == document
    assert hi.Index.from_toml(fitted.setting.spec) == changing()


def test_the_data_hash_follows_the_fit_rows_alone() -> None:
    frame = table()
    frame.loc[3, "c"] = np.nan

    def found(one: Any, **choices: Any) -> Any:
        return two_levels(coverage=0.5, **choices).fit(one).rows["sha256"]

    other_bits = frame.astype({"c": object})
    other_bits.loc[3, "c"] = np.copysign(np.nan, -1)
    same = [
        found(one)
        for one in (frame, other_bits, pl.from_pandas(frame), frame.to_dict("list"), frame[[*"dcba", "quarter"]])
    ]
    assert len({*same, found(frame, normalise="z_score")}) == 1
    others = [frame.assign(a=frame["a"].where(frame["a"] != frame["a"][5], 1.0)), frame.iloc[:-1], frame.iloc[::-1]]
    others.append(frame.assign(quarter=[*quarters(12)[1:], "2004Q1"]))
    assert len({same[0], *map(found, others), found(frame, fit_on="2001:2002")}) == 6


@settings(max_examples=40)
@given(data=st.data())
def test_a_changed_digit_is_found(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fitted.json"
        changing().fit(late()).save(path)
        text = path.read_text("utf-8")
        at = data.draw(st.sampled_from([i for i, sign in enumerate(text) if sign in "0123456789"]))
        other = data.draw(st.sampled_from([digit for digit in "123456789" if digit != text[at]]))
        path.write_text(text[:at] + other + text[at + 1 :], encoding="utf-8")
        # A last digit beyond the precision of a double only spells the same number otherwise.
        if json.loads(path.read_text("utf-8")) != json.loads(text):
            with pytest.raises(hi.DataError, match=r"^fitted\.json: (edited or damaged|version \d* of the format)"):
                hi.Fitted.load(path)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
def test_a_file_cut_off_is_refused(saved: Path, share: float) -> None:
    text = saved.read_text("utf-8")
    saved.write_text(text[: int(share * len(text))], encoding="utf-8")
    with pytest.raises(hi.DataError, match=r"fitted.json: damaged or cut off, for it is no JSON .*; save the fit"):
        hi.Fitted.load(saved)


def test_an_edited_file_is_refused(saved: Path) -> None:
    saved.write_text(saved.read_text("utf-8").replace('"min_max"', '"z_score"'), encoding="utf-8")
    with pytest.raises(hi.DataError, match=r"fitted.json: edited or damaged .*; save the fit again, or change the ind"):
        hi.Fitted.load(saved)


def test_another_layout_of_the_same_file_is_read(saved: Path) -> None:
    """What editors do to a file without changing a value: line ends, a byte order mark, the indent."""
    document = json.loads(saved.read_text("utf-8"))
    expected = hi.Fitted.load(saved).score(late()).scores
    saved.write_bytes(b"\xef\xbb\xbf" + json.dumps(document, indent=4).replace("\n", "\r\n").encode())
    assert hi.Fitted.load(saved).score(late()).scores.equals(expected)


def test_another_version_is_refused(saved: Path) -> None:
    forge(saved, version=3, package="9.1.0")
    with pytest.raises(hi.DataError) as caught:
        hi.Fitted.load(saved)
    assert str(caught.value) == (
        "fitted.json: version 3 of the format, this is version 2; hengdian_index 9.1.0 wrote the file, and this is "
        f"{hi.__version__}; fit the index again, or load the file with the version that wrote it"
    )


@pytest.mark.parametrize(
    "content",
    [
        {"$": "os.system", "command": "true"},
        {"$": "cli.main"},
        {"$": "__main__.main"},
        {"$": "logarithm", "base": 2},
        {"$": "affine"},
        {"$": "maps.Affine"},
        {"$": "log entry", "step": "only fields with a default may be left out"},
        {"$": "learning.Split", "parts": []},
        {"$": "learning.np.ndarray"},
        {"$": "array", "dtype": "<f8", "shape": [2], "order": "C", "values": [1.0]},
        {"$": "dict", "items": [1]},
        {"$": 1},
    ],
    ids=str,
)
def test_classes_and_parts_that_are_not_here_are_refused(saved: Path, content: Any) -> None:
    forge(saved, content=content, package="0.0.9")
    with pytest.raises(hi.DataError, match=r"fitted.json: hengdian_index 0.0.9 wrote the file, and this is"):
        hi.Fitted.load(saved)


@pytest.mark.parametrize("text", ["[]", "1", '"fitted"', "{}", '{"format": "other"}'])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(hi.DataError, match=r"other.json: not a fit saved by hengdian_index"):
        hi.Fitted.load(path)
    with pytest.raises(hi.DataError, match=r"none\.json: no such file"):
        hi.Fitted.load(tmp_path / "none.json")
    with pytest.raises(hi.DataError, match="cannot be read"):
        hi.Fitted.load(tmp_path)


def test_a_value_that_is_no_fit_is_refused(saved: Path) -> None:
    forge(saved, content={"$": "mirror"})
    with pytest.raises(hi.DataError, match=r"fitted.json: holds a Mirror, not a Fitted"):
        hi.Fitted.load(saved)


def test_a_save_that_fails_leaves_the_old_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(hi.SpecError, match=r"fitted.json: cannot be written \(No space left on device\)"):
        two_levels().fit(table()).save(saved)
    assert [path.name for path in saved.parent.iterdir()] == ["fitted.json"]
    assert saved.read_bytes() == before
    with pytest.raises(hi.SpecError, match="cannot be written"):
        two_levels().fit(table()).save(saved.parent / "none" / "fitted.json")


def test_a_loaded_fit_is_pickled_and_saved_again(saved: Path) -> None:
    frame = late()
    loaded = hi.Fitted.load(str(saved))
    for one in (pickle.loads(pickle.dumps(loaded)), pickle.loads(pickle.dumps(changing().fit(frame)))):
        assert one.score(frame).series().equals(loaded.score(frame).series())
        one.save(saved)
        same_answers(loaded, hi.Fitted.load(saved), frame)


def test_a_new_process_loads_what_every_method_learnt(tmp_path: Path) -> None:
    """Nothing but `Fitted` is asked for there, so loading itself must find methods and classes."""
    for number, case in enumerate(choices()):
        family, method, options = case.values
        if method.name not in ("neighbours", "regression"):
            try:
                chosen(family, method, options).fit(wide(1)).save(tmp_path / f"{number}.json")
            except hi.DataError:
                continue
    assert len(list(tmp_path.iterdir())) > 50
    loading = "[Fitted.load(path) for path in pathlib.Path(sys.argv[1]).iterdir()]"
    script = f"import pathlib, sys; from hengdian_index import Fitted; {loading}"
    home = Path(hi.__file__).parents[1]
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, cwd=home)
