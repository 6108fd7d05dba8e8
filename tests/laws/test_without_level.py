"""An index whose base has no level, to = None: everything that tells of a result tells of its scores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import hengdian_index as hi

TOLD: dict[str, Callable[[Any, Path], Any]] = {
    "str": lambda result, _: str(result),
    "card": lambda result, _: result._repr_html_(),
    "method": lambda result, _: result.method(),
    "method zh": lambda result, _: result.method(lang="zh"),
    "excel": lambda result, folder: result.to_excel(folder / "result.xlsx"),
    "report": lambda result, folder: result.report(folder / "report.html"),
    "report zh": lambda result, folder: result.report(folder / "report.html", lang="zh"),
    "csv": lambda result, folder: result.to_csv(folder / "csv"),
    "lines": lambda result, _: result.plot.lines(),
    "release": lambda result, folder: hi.release(result, folder / "release"),
}


@pytest.fixture(scope="module", params=["film_industry", "countries"])
def case(request: pytest.FixtureRequest) -> tuple[hi.Index, pd.DataFrame]:
    """Return an example, its base without a level."""
    index, table = hi.example(request.param)
    return index.replace({"to": None}), table


@pytest.mark.parametrize("what", TOLD)
def test_all_that_tells_does(case: tuple[hi.Index, pd.DataFrame], what: str, tmp_path: Path) -> None:
    result = case[0].compute(case[1])
    TOLD[what](result, tmp_path)
    pd.testing.assert_frame_equal(result.series(), result.scores)


def test_it_goes_through_files(case: tuple[hi.Index, pd.DataFrame], tmp_path: Path) -> None:
    index, _ = case
    assert 'to = "none"' in index.to_toml()
    assert hi.Index.from_toml(index.to_toml()) == index
    for name in ("index.toml", "index.xlsx"):
        index.write(tmp_path / name)
        assert hi.Index.read(tmp_path / name).to is None


def test_its_statement_names_no_level(case: tuple[hi.Index, pd.DataFrame]) -> None:
    index, table = case
    assert "= 100" not in index.compute(table).method()
    assert "= 100" in index.replace({"to": 100}).compute(table).method()
