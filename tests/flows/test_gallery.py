"""The gallery: each published index as a spec, its figures beside the printed ones; the spec as TOML and workbook."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.office import Cells, cells, saved_by_office

import hengdian_index as hi

sys.path.append(str(Path(__file__).parents[2] / "docs" / "_ext"))
import gallery
from gallery import Case

CASES = gallery.cases()
# The longest spec of a page that a reader still takes in.
LONGEST = 40


def here(name: str) -> Case:
    """Return a case whose data are at hand, or skip the test by its name."""
    case = CASES[name]
    if case.folder is None:
        pytest.skip(
            f"the data of {name} are not here ({case.data}); set HENGDIAN_REFERENCE to the folder of reference cases"
        )
    return case


@pytest.fixture(scope="module")
def run() -> Any:
    """Return a function that gives the names of a case after it was computed, once for all tests."""
    known: dict[str, dict[str, Any]] = {}

    def names(name: str) -> dict[str, Any]:
        if name not in known:
            known[name] = here(name).run()
        return known[name]

    return names


def test_there_are_indexes_of_every_kind() -> None:
    assert len(CASES) >= 20
    assert {case.kind for case in CASES.values()} == set(gallery.KINDS)
    assert [name for name, case in CASES.items() if not case.check or not all(one.cells for one in case.check)] == []


@pytest.mark.parametrize("name", CASES)
def test_every_figure_is_the_printed_one(name: str, run: Any) -> None:
    for found in here(name).compared(run(name)):
        assert found.beyond.empty, f"{found.check.what}\n{found.beyond}"
        assert len(found.rows) == found.check.cells, found.check.what
        assert found.close == (found.check.cells if found.check.close < 0 else found.check.close), found.check.what


@pytest.mark.parametrize("name", CASES)
def test_a_spec_is_short_and_the_same_as_toml_and_as_workbook(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    assert len(case.path.read_text(encoding="utf-8").splitlines()) <= LONGEST or case.spec.startswith("..")
    index = case.index
    assert hi.Index.from_toml(index.to_toml()) == index
    index.write(tmp_path / "index.xlsx")
    assert hi.Index.read(tmp_path / "index.xlsx") == index


@pytest.mark.parametrize("name", CASES)
def test_a_spec_as_workbook_gives_the_same_scores(name: str, run: Any, tmp_path: Path) -> None:
    names = run(name)
    index, table = names["index"], names["table"]
    index.write(tmp_path / "index.xlsx", data=table)
    again = hi.Index.read(tmp_path / "index.xlsx").compute(tmp_path / "index.xlsx").scores
    # A workbook keeps what a cell shows of a number: 17 digits; labels of rows come back as text or numbers.
    np.testing.assert_allclose(again.to_numpy(), index.compute(table).scores.to_numpy(), rtol=1e-12, atol=1e-12)


@pytest.fixture(scope="module")
def office(run: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Cells, Cells]]:
    """Return the cells of each result as written, and as LibreOffice calculated them without the values of formulas."""
    folder = tmp_path_factory.mktemp("gallery")
    for name, case in CASES.items():
        if case.folder is not None:
            run(name)["result"].to_excel(folder / f"{name}.xlsx")
    saved = saved_by_office(folder)
    return {path.stem: (cells(folder / path.name), cells(path)) for path in saved}


@pytest.mark.office("soffice")
@pytest.mark.parametrize("name", CASES)
def test_the_workbook_of_a_result_is_calculated_to_the_same_numbers(
    name: str, run: Any, office: dict[str, tuple[Cells, Cells]]
) -> None:
    here(name)
    written, saved = office[name]
    assert list(saved) == list(written)
    for sheet, rows in written.items():
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                wanted = pytest.approx(value, rel=1e-9, abs=1e-9) if type(value) is float else value
                assert saved[sheet][i][j] == wanted, (sheet, i, j)
    scores: pd.DataFrame = run(name)["result"].scores
    at = [saved["scores"][0].index(code) for code in scores.columns]
    shown = [[row[j] if j < len(row) and row[j] != "" else np.nan for j in at] for row in saved["scores"][1:]]
    np.testing.assert_allclose(np.array(shown), scores, rtol=1e-9, atol=1e-9)


def test_a_page_says_what_agrees_and_a_case_without_data_what_was_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = gallery.pages()
    for name, case in CASES.items():
        page = texts[f"generated/gallery/{name}.md"]
        assert case.title in page
        assert f"`{name} " not in page
        assert all(check.what in page for check in case.check)
    one = CASES["topsis_tzeng"]
    assert re.search(r"^all 4 within half a printed unit, 5e-05\.", texts[f"generated/gallery/{one.name}.md"], re.M)
    monkeypatch.setattr(gallery, "roots", lambda: (Path("nowhere"),))
    away = gallery.pages()["generated/gallery/topsis_tzeng.md"]
    assert "were not here when this page was built" in away
    assert "| Closeness | all 4 | 5e-05 |" in away


def test_each_method_of_a_spec_leads_to_its_index() -> None:
    table = gallery.methods_table()
    for name, case in CASES.items():
        assert case.methods, name
        for family, method in case.methods:
            (row,) = [line for line in table.splitlines() if f"<hengdian_index.{family}.{method}>" in line]
            assert f"/generated/gallery/{name}>" in row
            assert case in gallery.methods_of(family, method)


def test_a_figure_that_is_not_there_is_no_agreement() -> None:
    case = CASES["topsis_tzeng"]
    names = {"found": pd.Series({"a": 1.0, "b": np.nan}), "printed": pd.Series({"a": 1.04, "b": 2.0})}
    check = gallery.Check("one", "found", "printed", 0.05)
    (compared,) = replace(case, check=(check,)).compared(names)
    assert (compared.close, list(compared.beyond.index)) == (1, [("b",)])
    with pytest.raises(KeyError, match=r"one: no figure for \[\('c',\)\]"):
        replace(case, check=(check,)).compared({**names, "printed": pd.Series({"c": 1.0})})
