"""Releases: everything is written, nothing can be changed, and what is read back is what was published."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.indexes import two_levels
from support.tables import panel, quarters, table

import hengdian_index as hi
from hengdian_index._index.text import texts
from hengdian_index._vintages import release


def relative(**choices: Any) -> hi.Index:
    return two_levels(**{"name": "Small", "normalise": "relative", "fit_on": "2001", **choices})


def edit(file: Path, old: bytes, new: bytes) -> None:
    file.chmod(0o644)
    assert old in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(old, new, 1))


def test_a_release_holds_every_table_the_data_the_index_and_the_fit(tmp_path: Path) -> None:
    result = relative().compute(table())
    hi.release(result, tmp_path / "v1")
    names = {file.name for file in (tmp_path / "v1").iterdir()}
    assert names == {*texts(result), "data.csv", "index.toml", "fitted.json", "release.json"}
    assert hi.Index.read(tmp_path / "v1" / "index.toml") == relative()


def test_what_is_read_back_is_what_was_published_to_the_last_bit(tmp_path: Path) -> None:
    result = relative().compute(table())
    found = hi.release(result, tmp_path / "v1")
    labels = quarters(12)
    for name in ("series", "scores", "normalised"):
        read, made = getattr(found, name), getattr(result, name)
        pd.testing.assert_frame_equal(read, (made() if callable(made) else made), check_exact=True, check_names=False)
        assert read.index.tolist() == labels
    pd.testing.assert_series_equal(found.weights, result.weights, check_exact=True)
    parts = result.contributions(depth="indicators")
    pd.testing.assert_frame_equal(found.contributions, parts, check_exact=True, check_names=False)
    assert (found.name, found.time) == ("Small", result.provenance["time"])
    assert found.provenance["data_sha256"] == result.provenance["data_sha256"]
    assert found.choices["left.weights"] is None
    assert found.choices["normalise"] == "relative"


@pytest.mark.parametrize("kind", ["quarters", "panel", "cross-section", "own labels", "numbers as labels"])
def test_the_fit_of_a_release_gives_its_numbers_again(kind: str, tmp_path: Path) -> None:
    if kind in ("quarters", "panel"):
        index = relative(unit="unit" if kind == "panel" else None)
        frame: Any = table() if kind == "quarters" else panel(4, (7, 12), "unit")
    else:
        index = relative(base=None, fit_on=None).replace({"period": None})
        index = index.replace({"unit": "quarter"}) if kind == "cross-section" else index
        frame = table().set_index("quarter") if kind == "own labels" else table()
        frame = frame.drop(columns="quarter").set_axis(range(5, 17), axis=0) if kind == "numbers as labels" else frame
    result = index.compute(frame)
    found = hi.release(result, tmp_path / "v1")
    assert found.fitted is not None
    again = found.fitted.score(found.data)
    pd.testing.assert_frame_equal(again.series(), result.series(), check_exact=True, check_names=False)
    assert again.panel.labels.tolist() == result.panel.labels.tolist()


def test_missing_values_and_labels_of_groups_come_back(tmp_path: Path) -> None:
    index = relative(impute={"method": "group_mean", "groups": "region"}, fit_on=None)
    frame = table().assign(region=[1, 2] * 6)
    frame.loc[3, "a"] = np.nan
    result = index.compute(frame)
    found = hi.release(result, tmp_path / "v1")
    assert np.isnan(found.data["a"][3])
    assert found.data["region"].tolist() == [1, 2] * 6
    assert found.fitted is not None
    pd.testing.assert_frame_equal(found.fitted.score(found.data).series(), result.series(), check_names=False)


def test_files_are_read_only(tmp_path: Path) -> None:
    hi.release(relative().compute(table()), tmp_path / "v1")
    assert {file.stat().st_mode & 0o222 for file in (tmp_path / "v1").iterdir()} == {0}


def test_a_release_is_never_overwritten(tmp_path: Path) -> None:
    result = relative().compute(table())
    hi.release(result, tmp_path / "v1")
    before = {file.name: file.read_bytes() for file in (tmp_path / "v1").iterdir()}
    with pytest.raises(hi.DataError, match=r"v1: holds .* and 1\d more; a release needs a new folder"):
        hi.release(result, tmp_path / "v1")
    assert {file.name: file.read_bytes() for file in (tmp_path / "v1").iterdir()} == before
    (tmp_path / "file").write_text("x")
    with pytest.raises(hi.DataError, match="file: is a file"):
        hi.release(result, tmp_path / "file")
    (tmp_path / "empty").mkdir()
    assert hi.release(result, tmp_path / "empty").name == "Small"


@pytest.mark.skipif(os.name != "posix", reason="permissions of another kind")
@pytest.mark.parametrize("mode", [0o700, 0o750, 0o2770])
def test_an_empty_folder_keeps_its_permissions(mode: int, tmp_path: Path) -> None:
    folder = tmp_path / "v1"
    folder.mkdir()
    folder.chmod(mode)
    hi.release(two_levels().compute(table()), folder)
    assert stat.S_IMODE(folder.stat().st_mode) == mode


def test_nothing_is_left_of_a_release_that_cannot_be_written(tmp_path: Path) -> None:
    bad = two_levels(normalise="z_score", base=None).compute(table())
    object.__setattr__(bad.setting, "base", "1990")
    with pytest.raises(hi.DataError):
        hi.release(bad, tmp_path / "v1")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("x")
    with pytest.raises(hi.DataError, match="cannot write to"):
        hi.release(relative().compute(table()), tmp_path / "file" / "v1")


@pytest.mark.parametrize("name", ["series.csv", "data.csv", "index.toml", "fitted.json", "provenance.json"])
def test_an_edited_file_is_named(name: str, tmp_path: Path) -> None:
    hi.release(relative().compute(table()), tmp_path / "v1")
    edit(tmp_path / "v1" / name, b"1", b"2")
    for ask in (hi.Release.read, lambda folder: hi.revisions(folder, folder)):
        with pytest.raises(hi.DataError, match=f"v1: {name} is not what was released; a release is never edited"):
            ask(tmp_path / "v1")


def test_all_that_is_wrong_with_a_release_is_said_at_once(tmp_path: Path) -> None:
    hi.release(relative().compute(table()), tmp_path / "v1")
    edit(tmp_path / "v1" / "scores.csv", b"1", b"2")
    (tmp_path / "v1" / "weights.csv").unlink()
    (tmp_path / "v1" / "note.txt").write_text("")
    with pytest.raises(hi.DataError) as error:
        hi.Release.read(tmp_path / "v1")
    said = str(error.value)
    assert all(why in said for why in ("scores.csv is not", "weights.csv is missing", "note.txt does not belong"))


def test_an_edited_manifest_is_refused(tmp_path: Path) -> None:
    hi.release(relative().compute(table()), tmp_path / "v1")
    edit(tmp_path / "v1" / "release.json", b'"Small"', b'"Large"')
    with pytest.raises(hi.DataError, match=r"release\.json is not what was released"):
        hi.Release.read(tmp_path / "v1")
    with pytest.raises(hi.DataError, match="no such folder"):
        hi.Release.read(tmp_path / "v2")
    (tmp_path / "v2").mkdir()
    with pytest.raises(hi.DataError, match=r"no release: it has no release\.json"):
        hi.Release.read(tmp_path / "v2")
    (tmp_path / "v2" / "release.json").write_text("{}")
    with pytest.raises(hi.DataError, match="not that of a release"):
        hi.Release.read(tmp_path / "v2")


def sealed(manifest: dict[str, Any]) -> bytes:
    """Return a manifest as it is written, under a seal that fits."""
    return json.dumps({**manifest, "sha256": release._seal(manifest)}).encode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": None}, "does not say its version"),
        ({"version": "1"}, "does not say its version"),
        ({"version": 9}, "format 9, this package reads 1; use a later one"),
        ({"files": None}, "not what was released"),
        ({"files": {"data.csv": 3}}, "not what was released"),
        ({"files": {}}, "not what was released"),
        ({"rows": "unit"}, "not what was released"),
        ({"levels": "two"}, "not what was released"),
        ({"labels": []}, "not what was released"),
        ({"name": 3}, "not what was released"),
        ({"time": None}, "not what was released"),
    ],
)
def test_a_manifest_of_another_shape_is_refused(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    file = tmp_path / "v1" / "release.json"
    manifest = dict(hi.release(relative().compute(table()), tmp_path / "v1").manifest)
    file.chmod(0o644)
    file.write_bytes(sealed({**manifest, **change}))
    with pytest.raises(hi.DataError, match=said):
        hi.Release.read(tmp_path / "v1")
    file.write_bytes(sealed({name: one for name, one in manifest.items() if name not in change}))
    with pytest.raises(hi.DataError, match=r"v1: release\.json"):
        hi.Release.read(tmp_path / "v1")


BEGUN = b'{"format": "hengdian_index release"'
MANIFESTS = [b"[" * 100_000, b"{}", b"[]", b"null", b"\xff", b"", b'{"format":' * 5000, b"1e999", b"9" * 5000, b'"x"']
MANIFESTS += [BEGUN + end for end in (b"}", b', "version": 1}', b', "version": 1, "a": "\\ud800"}')]
MANIFESTS += [BEGUN + b', "version": 1, "a": ' + b"[" * n + b"]" * n + b"}" for n in (900, 100_000)]


@pytest.mark.parametrize("content", MANIFESTS, ids=range(len(MANIFESTS)))
def test_a_manifest_of_any_bytes_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "release.json").write_bytes(content)
    with pytest.raises(hi.DataError, match=r"release\.json"):
        hi.Release.read(tmp_path)
    (tmp_path / "fitted.json").write_bytes(content.replace(b"release", b"fit"))
    with pytest.raises(hi.DataError, match=r"fitted\.json"):
        hi.Fitted.load(tmp_path / "fitted.json")


def test_the_second_of_two_releases_at_once_is_told_to_take_a_new_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, fill = relative().compute(table()), release._fill

    def overtaken(*asked: Any) -> None:
        fill(*asked)
        monkeypatch.setattr(release, "_fill", fill)
        hi.release(result, tmp_path / "v1")

    monkeypatch.setattr(release, "_fill", overtaken)
    with pytest.raises(hi.DataError, match=r"v1: holds .*; a release needs a new folder, it is never overwritten"):
        hi.release(result, tmp_path / "v1")
    assert hi.Release.read(tmp_path / "v1").name == "Small"
    assert [one.name for one in tmp_path.iterdir()] == ["v1"]


def test_a_function_without_a_name_is_released_without_index_and_fit(tmp_path: Path) -> None:
    result = relative(normalise=lambda x, fit_on=None: x / (x if fit_on is None else fit_on)[0]).compute(table())
    found = hi.release(result, tmp_path / "v1")
    absent = json.loads((tmp_path / "v1" / "release.json").read_text())["absent"]
    assert set(absent) == {"index.toml", "fitted.json"}
    assert (found.fitted, found.spec, found.choices) == (None, "", {})
    pd.testing.assert_frame_equal(found.series, result.series(), check_exact=True, check_names=False)


def test_an_index_whose_levels_do_not_split_is_released_without_that_table(tmp_path: Path) -> None:
    index = relative(aggregate={"method": "mean_min", "alpha": 0.5, "beta": 0.0})
    found = hi.release(index.compute(table()), tmp_path / "v1")
    assert "contributions_to_level.csv" not in found.files
    assert "contributions_to_change.csv" in found.files


def test_a_release_cannot_be_changed(tmp_path: Path) -> None:
    found = hi.release(relative().compute(table()), tmp_path / "v1")
    with pytest.raises(AttributeError):
        found.folder = Path()  # type: ignore[misc]


class TestRefit:
    """FAULTS 30: learning again says what it would move before it does so."""

    def test_the_same_rows_move_nothing(self) -> None:
        fitted = relative().fit(table().head(8))
        again = fitted.refit(table(12))
        assert again.score(table()).series().equals(fitted.score(table()).series())
        assert [entry for entry in again.log if entry.step == "refit"] == []

    def test_rows_that_move_history_are_refused(self) -> None:
        fitted = two_levels(fit_on=None).fit(table().head(8))
        old, new = fitted.score(table()).series(), two_levels().fit(table()).score(table()).series()
        moved = int((np.abs(new / old - 1) > 1e-12).to_numpy().sum())
        row, column = np.unravel_index(int((new - old).abs().to_numpy().argmax()), old.shape)
        one, other = float(old.iloc[row, column]), float(new.iloc[row, column])
        with pytest.raises(hi.DataError) as error:
            fitted.refit(table())
        said = str(error.value)
        assert f"{moved} of 36 published numbers would move" in said
        assert f"the largest {old.columns[column]}, {old.index[row]}: {one:.2f} -> {other:.2f}" in said
        assert "revise=True" in said

    def test_revise_does_it_and_notes_it(self) -> None:
        again = two_levels(fit_on=None).fit(table().head(8)).refit(table(), revise=True)
        pd.testing.assert_frame_equal(again.score(table()).series(), two_levels().compute(table()).series())
        assert next(entry.why for entry in again.log if entry.step == "refit").startswith("3")
        assert again.score(table()).log["step"].tolist().count("refit") == 1

    def test_fit_on_is_that_of_the_fit_unless_another_is_given(self) -> None:
        fitted = two_levels().fit(table().head(8), fit_on="2001:2002")
        assert fitted.refit(table()).rows["fit_on"] == "2001:2002"
        assert fitted.refit(table(), fit_on="2003", revise=True).rows["fit_on"] == "2003"

    def test_new_units_do_not_hinder_it(self) -> None:
        index = relative(unit="unit", fit_on="2001")
        frame = panel(4, (7, 12), "unit")
        fitted = index.fit(frame)
        late = frame[frame["unit"] == 7].assign(unit=99)
        with pytest.raises(hi.DataError, match=r"published numbers would move, the largest .*, (7|12), 2001Q"):
            fitted.refit(pd.concat([frame, late], ignore_index=True))
