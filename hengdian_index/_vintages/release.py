"""An immutable release: everything that was published, the data and the fit it came from, sealed by hashes."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from hengdian_index._index.fitted import Fitted
from hengdian_index._index.result import Result
from hengdian_index._index.text import texts
from hengdian_index._system.about import __version__
from hengdian_index._system.written import RELEASING, alike, followed, new_folders, staged
from hengdian_index._tables.guard import csv_of, unguarded_cells
from hengdian_index._vintages.choices import choices
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, cause, listed, raise_all

FORMAT, VERSION = "hengdian_index release", 1
_MANIFEST, _FIT, _SPEC, _DATA = "release.json", "fitted.json", "index.toml", "data.csv"
_NEEDED = {_DATA, "scores.csv", "normalised.csv", "weights.csv", "log.csv", "provenance.json"}


@dataclass(frozen=True, eq=False)
class Release:
    """A release as it was read: its folder, what it says of itself, and its files, each as its hash demands.

    Rows carry (unit, period) as index, periods in ISO text.

    Attributes
    ----------
    folder : Path
        Where it stands.
    manifest : mapping
        What `release.json` says: the name, the time, the version of the package, the SHA-256 of every file.
    files : mapping
        Name of each file -> its bytes.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import hengdian_index as hi
    >>> index = hi.Index(groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total")])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     released = hi.release(index.compute({"a": [1.0, 2.0, 5.0]}), Path(folder) / "first")
    >>> released.scores["total"].tolist()
    [0.0, 0.25, 1.0]
    """

    folder: Path
    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]

    @classmethod
    def read(cls, folder: str | os.PathLike[str]) -> Release:
        """Return the release in a folder.

        Raises
        ------
        DataError
            No release there, one of a later format, or one of which files were edited, added or taken away: each
            named.
        """
        path = Path(folder)
        manifest = _manifest(path)
        sealed: dict[str, str] = manifest["files"]
        try:
            there = {file.name for file in path.iterdir() if not file.name.startswith(".")} - {_MANIFEST}
            files = {name: (path / name).read_bytes() for name in sealed if name in there}
        except OSError as error:
            raise DataError(Said("{path}: cannot be read: {error}", path=path, error=cause(error))) from None
        faults = [Said("{name} is missing", name=name) for name in sealed if name not in there]
        faults += [
            Said("{name} is not what was released", name=name)
            for name, data in files.items()
            if _hash(data) != sealed[name]
        ]
        faults += [Said("{name} does not belong to it", name=name) for name in sorted(there - set(sealed))]
        remedy = Said("a release is never edited; take an untouched copy, or make a new release")
        raise_all(
            DataError, [Said("{path}: {fault}; {remedy}", path=path, fault=fault, remedy=remedy) for fault in faults]
        )
        return cls(path, manifest, files)

    @property
    def name(self) -> str:
        """Name of the index."""
        return str(self.manifest["name"])

    @property
    def time(self) -> str:
        """When it was computed (UTC, ISO 8601)."""
        return str(self.manifest["time"])

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """Versions, hashes of spec and data, fit rows, base and time of the result."""
        return dict(json.loads(self.files["provenance.json"]))

    @property
    def spec(self) -> str:
        """The index as TOML text, empty if it could not be written."""
        return self.files.get(_SPEC, b"").decode("utf-8")

    @property
    def choices(self) -> dict[str, Any]:
        """Every choice of the index by its address."""
        return choices(self.spec) if self.spec else {}

    @cached_property
    def fitted(self) -> Fitted | None:
        """The frozen fit; None if it could not be saved."""
        return Fitted.load(self.folder / _FIT) if _FIT in self.files else None

    @cached_property
    def data(self) -> pd.DataFrame:
        """The raw data (n, columns) that were scored, with their unit and period columns; the fit scores them again."""
        frame = _text(self.files[_DATA])
        labels: dict[str, str] = self.manifest["labels"]
        for name in frame.columns:
            frame[name] = _restored(frame[name].tolist(), labels[name]) if name in labels else _numbers(frame[name])
        own = self.manifest["rows"].get("row")
        return frame.set_index(own) if own else frame

    @property
    def series(self) -> pd.DataFrame:
        """The published levels (n, groups); without base and periods the scores."""
        return self._rows("series.csv" if "series.csv" in self.files else "scores.csv")

    @property
    def scores(self) -> pd.DataFrame:
        """Scores of every group (n, groups)."""
        return self._rows("scores.csv")

    @property
    def normalised(self) -> pd.DataFrame:
        """Normalised indicators (n, k)."""
        return self._rows("normalised.csv")

    @property
    def contributions(self) -> pd.DataFrame:
        """Contribution of each indicator to the change of the root on the period before (n, k)."""
        if "contributions_to_change.csv" not in self.files:
            raise DataError(
                Said("{folder}: rows without periods have no change, so no contributions to it", folder=self.folder)
            )
        return self._rows("contributions_to_change.csv")

    @property
    def weights(self) -> pd.Series[float]:
        """Weights within each group, indexed by (group, child)."""
        frame = _text(self.files["weights.csv"])
        return _numbers(frame.set_index(["group", "child"])["weight"])

    @property
    def log(self) -> pd.DataFrame:
        """What was noted while fitting and scoring, as text."""
        return _text(self.files["log.csv"])

    def _rows(self, name: str) -> pd.DataFrame:
        """Return a table of numbers with the labels of the rows."""
        roles, data = self.manifest["rows"], self.data
        levels = int(self.manifest["levels"])
        frame = _text(self.files[name]).iloc[:, levels:].apply(_numbers)
        columns = [roles[role] for role in ("unit", "period") if role in roles]
        if not columns:
            return frame.set_axis(data.index, axis=0)
        names = [data[column] for column in columns]
        return frame.set_axis(pd.MultiIndex.from_arrays(names) if len(names) > 1 else pd.Index(names[0]), axis=0)

    def __repr__(self) -> str:
        return f"<Release of {self.name or 'an index'}, {self.time}: {self.folder}>"


def release(result: Result, folder: str | os.PathLike[str]) -> Release:
    """Write everything about a result to a new folder that is never changed again, and return it as a release.

    Parameters
    ----------
    result : Result
        What is published: `series`, `scores`, contributions, weights, log and provenance are written as CSV and JSON.
    folder : path
        Does not exist yet, or is empty.

    Returns
    -------
    Release
        Beside the tables the folder has `data.csv` (the raw values), `index.toml` and `fitted.json` (unless the index
        holds functions that are not registered; `release.json` then says so), and `release.json` with the SHA-256 of
        every file. Files are read-only; a file edited all the same is noticed when the release is read. Texts that a
        spreadsheet would compute stand behind an apostrophe, which reading takes off.

    Raises
    ------
    DataError
        A folder that holds something, or cannot be written: then nothing is written.

    Notes
    -----
    Releases kept side by side are the vintages of an index: `revisions(old, new)` compares two. Source: Croushore and
    Stark 2001, A real-time data set for macroeconomists, J. Econometrics 105. Proof: `tests/vintages/test_release.py`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import hengdian_index as hi
    >>> index = hi.Index(groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total")])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = hi.release(index.compute({"a": [1.0, 3.0, 2.0]}), Path(folder) / "2024-01")
    >>> found.scores["total"].tolist()
    [0.0, 1.0, 0.5]
    """
    if not isinstance(result, Result):
        raise SpecError(
            Said("release: a Result, what fitted.score(table) gives, not {name}", name=type(result).__name__)
        )
    path = Path(folder)
    try:
        target = followed(path)
        _need_new(path)
    except OSError as error:
        raise DataError(
            Said(
                "cannot write to {path}: {strerror}; choose another folder",
                path=path,
                strerror=cause(error, error.strerror or ""),
            )
        ) from None
    parts = {**texts(result), _DATA: _csv(result)}
    parts |= {_SPEC: result.setting.spec} if result.setting.spec else {}
    try:
        with new_folders(target.parent), staged(target.parent, RELEASING) as stage:
            inside = stage / "release"
            inside.mkdir()
            _fill(inside, parts, result)
            if target.exists():
                alike(inside, target.stat())
                target.rmdir()
            inside.rename(target)
    except OSError as error:
        # Another release may have come first.
        _need_new(path)
        raise DataError(
            Said(
                "cannot write to {path}: {strerror}; choose another folder",
                path=path,
                strerror=cause(error, error.strerror or ""),
            )
        ) from None
    return Release.read(path)


def data_of(result: Result) -> pd.DataFrame:
    """Return the raw data of a result (n, columns) as a table that its fit scores again: periods in ISO text."""
    panel = result.panel
    made = {leaf.code for leaf in result.tree.leaves if leaf.build is not None}
    columns: dict[str, Any] = {name: list(values) for name, values in panel.groups.items()}
    if panel.units is not None:
        columns[rows_of(result)["unit"]] = panel.units.tolist()
    if panel.periods is not None:
        columns[rows_of(result)["period"]] = panel.periods.text
    columns |= {name: panel.values[:, j] for j, name in enumerate(panel.columns) if name not in made}
    # What values were made of: the fit makes them again.
    columns |= panel.came
    own = rows_of(result).get("row")
    labels = pd.Index(panel.labels.tolist(), name=own, tupleize_cols=False) if own else None
    return pd.DataFrame(columns, index=labels)


def rows_of(result: Result) -> dict[str, str]:
    """Return the columns that say whose and when a row is, by role; a row with neither has a label."""
    setting, panel = result.setting, result.panel
    found = {"unit": setting.unit} if panel.units is not None else {}
    found |= {"period": setting.period} if panel.periods is not None else {}
    name = "row"
    while name in panel.columns:
        name += "_"
    return {role: str(column) for role, column in found.items()} or {"row": name}


def _csv(result: Result) -> str:
    return csv_of(data_of(result), index="row" in rows_of(result))


def _fill(folder: Path, parts: Mapping[str, str], result: Result) -> None:
    """Write the files of a release, the one that seals them last; all read-only."""
    absent = {} if _SPEC in parts else {_SPEC: "the index holds functions that are not registered"}
    for name, text in parts.items():
        (folder / name).write_bytes(text.encode("utf-8"))
    try:
        result.fitted.save(folder / _FIT)
    except SpecError as error:
        absent[_FIT] = str(error.said)
    sealed = {file.name: _hash(file.read_bytes()) for file in sorted(folder.iterdir())}
    data, frequency = data_of(result), result.panel.periods and result.panel.periods.frequency.name
    own = rows_of(result).get("row")
    named = [*result.panel.groups, *(c for role, c in rows_of(result).items() if role != "row")]
    labels = {name: _kind(data[name].tolist()) for name in named} | ({own: _kind(data.index.tolist())} if own else {})
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "package": __version__,
        "name": result.setting.name,
        "time": result.provenance["time"],
        "frequency": frequency,
        "rows": rows_of(result),
        "levels": result.panel.labels.nlevels,
        "labels": labels,
        "absent": absent,
        "files": sealed,
    }
    text = json.dumps({**manifest, "sha256": _seal(manifest)}, indent=2, ensure_ascii=False) + "\n"
    (folder / _MANIFEST).write_bytes(text.encode("utf-8"))
    for file in folder.iterdir():
        file.chmod(0o444)


def _manifest(folder: Path) -> dict[str, Any]:
    """Return what a release says of itself, checked to be what was written."""
    try:
        content = (folder / _MANIFEST).read_bytes()
    except (OSError, ValueError):
        # Not Path.exists, which raises for names that are too long.
        there = os.path.exists(folder)
        what = Said("no release: it has no {manifest}", manifest=_MANIFEST) if there else Said("no such folder")
        raise DataError(Said("{folder}: {what}; give the folder of a release", folder=folder, what=what)) from None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise DataError(
            Said(
                "{folder}: {manifest} is not that of a release; give the folder of a release",
                folder=folder,
                manifest=_MANIFEST,
            )
        )
    version = found.get("version")
    if not isinstance(version, int):
        raise DataError(
            Said(
                "{folder}: {manifest} does not say its version; take an untouched copy",
                folder=folder,
                manifest=_MANIFEST,
            )
        )
    if version != VERSION:
        raise DataError(
            Said(
                "{folder}: format {version}, this package reads {own}; use a later one",
                folder=folder,
                version=version,
                own=VERSION,
            )
        )
    try:
        whole = found.pop("sha256", None) == _seal(found) and _is_shaped(found)
    except (ValueError, RecursionError):
        whole = False
    if not whole:
        raise DataError(
            Said(
                "{folder}: {manifest} is not what was released; take an untouched copy",
                folder=folder,
                manifest=_MANIFEST,
            )
        )
    return found


def _is_shaped(manifest: Mapping[str, Any]) -> bool:
    """Return whether a manifest has all that a release is read by, each of its type."""
    kinds = {"name": str, "time": str, "levels": int}
    texts = [manifest.get(name) for name in ("files", "rows", "labels", "absent")]
    return (
        all(isinstance(manifest.get(name), kind) for name, kind in kinds.items())
        and all(isinstance(one, dict) and all(isinstance(text, str) for text in one.values()) for one in texts)
        and manifest["files"].keys() >= _NEEDED
    )


def _need_new(path: Path) -> None:
    if os.path.isdir(path) and (there := sorted(file.name for file in path.iterdir())):
        raise DataError(
            Said(
                "{path}: holds {names}; a release needs a new folder, it is never overwritten",
                path=path,
                names=listed(there, most=3),
            )
        )
    if os.path.exists(path) and not os.path.isdir(path):
        raise DataError(Said("{path}: is a file; a release needs a new folder", path=path))


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()


def _seal(manifest: Mapping[str, Any]) -> str:
    return _hash(json.dumps(manifest, sort_keys=True, ensure_ascii=False).encode("utf-8"))


def _kind(labels: Sequence[Any]) -> str:
    return "integer" if all(isinstance(one, int) and not isinstance(one, bool) for one in labels) else "text"


def _restored(labels: Sequence[str], kind: str) -> list[Any]:
    return [int(one) if kind == "integer" else one or None for one in labels]


def _text(data: bytes) -> pd.DataFrame:
    return unguarded_cells(pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False))


def _numbers(column: pd.Series[Any]) -> pd.Series[float]:
    """Return numbers from text, exactly; an empty text is a missing one."""
    return column.map(lambda text: float(text or "nan")).astype("float64")
