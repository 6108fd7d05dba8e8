"""Files that an earlier version wrote are read, and score as they did then."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi

KEPT = sorted((Path(__file__).parents[1] / "kept").glob("*.zip"))

# Of several best orders a row scores its mean place in all; 0.1.0 took the first in the order of the rows.
ORDERED_ANEW = ("method aggregate kemeny",)


def members(ending: str) -> list[Any]:
    """Return (archive, name) of every kept file of a kind."""
    found = [(path, name) for path in KEPT for name in ZipFile(path).namelist() if name.endswith(ending)]
    return [pytest.param(path, name.removesuffix(ending), id=f"{path.stem} {name}") for path, name in found]


def text(archive: Path, name: str) -> str:
    """Return the text of a kept file."""
    with ZipFile(archive) as kept:
        return kept.read(name).decode("utf-8")


def as_saved(values: list[Any]) -> np.ndarray:
    """Return numbers as they were written, null as missing."""
    return np.array([[np.nan if cell is None else cell for cell in row] for row in values], dtype=np.float64)


@pytest.mark.parametrize(("archive", "name"), members(".want"))
def test_a_kept_fit_scores_as_it_did(archive: Path, name: str, tmp_path: Path) -> None:
    if "regression" in name:
        pytest.importorskip("sklearn", reason="scikit-learn is not installed (the extra `learn`)")
    file = tmp_path / "fitted.json"
    file.write_text(text(archive, f"{name}.json"), encoding="utf-8")
    want = json.loads(text(archive, f"{name}.want"))
    rows = pd.read_csv(io.StringIO(text(archive, f"{want['table']}.csv")))
    result = hi.Fitted.load(file).score(rows)
    if name in ORDERED_ANEW:
        np.testing.assert_allclose(result.scores.sum(), as_saved(want["scores"]).sum(axis=0), rtol=1e-12)
        return
    np.testing.assert_allclose(result.scores.to_numpy(), as_saved(want["scores"]), rtol=1e-12, atol=1e-12)
    if "series" in want:
        np.testing.assert_allclose(result.series().to_numpy(), as_saved(want["series"]), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("archive", "name"), members("/release.json"))
def test_a_kept_release_is_read_and_compared(archive: Path, name: str, tmp_path: Path) -> None:
    with ZipFile(archive) as kept:
        kept.extractall(tmp_path, [member for member in kept.namelist() if member.startswith(f"{name}/")])
    release = hi.Release.read(tmp_path / name)
    result = release.fitted.score(release.data)
    np.testing.assert_allclose(result.scores.to_numpy(), release.scores.to_numpy(), rtol=1e-12, atol=1e-12)
    assert hi.revisions(release, result).summary()
