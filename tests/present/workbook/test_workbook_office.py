"""Workbooks in LibreOffice: every formula calculated by a spreadsheet program, and what it saves read back."""

from __future__ import annotations

import re
import shutil
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.office import bare, cells, saved_by_office
from support.workbooks import CASES, MAPS, mapped

import hengdian_index as hi
from hengdian_index._files.write_workbook import judgement_page, write_workbook
from hengdian_index._index.index import sheet_fields
from hengdian_index._index.template import new_workbook
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.workbook import read_sheets, tab

pytestmark = pytest.mark.office("soffice")

LANGUAGES = pytest.mark.parametrize(
    ("lang", "sheet", "first", "second"), [("en", "judgements", "supply", "demand"), ("zh", "判断", "供给", "需求")]
)
MADE = CASES | {f"map {name}": partial(mapped, **choices) for name, choices in MAPS.items()}
RESULTS = (
    "example",
    "panel",
    "gaps",
    "geometric groups",
    "content linked",
    "value shares of units",
    "units without a base",
    "one base, mean",
    "one base, weighted",
    *(f"map {name}" for name in MAPS),
)
IN_CHINESE = ("panel", "gaps", "content linked", "map prepared")
NUMBERS_OF_ITEMS = (3, 5, 9)
JUDGEMENTS = "xl/worksheets/sheet4.xml"


class Office:
    """Workbooks as they were written, without what the formulas had as value, and as LibreOffice saved them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bare").mkdir()
        self.results: dict[str, hi.Result] = {}
        for number, name in enumerate(RESULTS):
            self.results[name] = MADE[name]()
            self.results[name].to_excel(folder / f"r{number}.xlsx")
        self.names = {name: f"r{number}.xlsx" for number, name in enumerate(RESULTS)}
        for name in IN_CHINESE:
            self.results[name].to_excel(folder / f"zh_{self.names[name]}", lang="zh")
        index, frame = hi.example("film_industry")
        index.write(folder / "index.xlsx", data=frame, lang="zh")
        for lang in ("en", "zh"):
            new_workbook(folder / f"new_{lang}.xlsx", lang=lang)
        for path in folder.glob("*.xlsx"):
            bare(path, folder / "bare" / path.name)
        shutil.copy(folder / "bare" / "new_en.xlsx", folder / "bare" / "blank.xlsx")
        retyped(folder / "bare" / "blank.xlsx", "C2", "")
        for lang in ("en", "zh"):
            retyped(folder / "bare" / f"new_{lang}.xlsx", "C2", "<v>5</v>")
        for lang in ("en", "zh"):
            for k in NUMBERS_OF_ITEMS:
                named_by_hand(folder / f"items_{lang}_{k}.xlsx", lang, k)
                bare(folder / f"items_{lang}_{k}.xlsx", folder / "bare" / f"items_{lang}_{k}.xlsx")
        saved_by_office(folder, sorted((folder / "bare").glob("*.xlsx")))


def retyped(path: Path, cell: str, content: str) -> None:
    """Put other content into a cell of the judgements."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    pattern, filled = rf'(<c r="{cell}"[^>]*>).*?</c>', rf"\g<1>{content}</c>"
    parts[JUDGEMENTS], count = re.subn(pattern.encode(), filled.encode(), parts[JUDGEMENTS])
    assert count == 1
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def codes(lang: str, k: int) -> list[str]:
    return [("分" if lang == "zh" else "g") + str(i) for i in range(k)]


def named_by_hand(path: Path, lang: str, k: int) -> None:
    """Write an index of k groups whose new sheet of judgements somebody filled in: names, and the upper triangle.

    A judgement says that the weights of the groups are as 1, 1/2, 1/3 and so on.
    """
    sheet, names = tab("judgements", lang), codes(lang, k)
    weights = {"method": "ahp", "matrix": sheet}
    groups = [{"code": "top", "weights": weights}, *({"code": name, "parent": "top"} for name in names)]
    indicators = [{"code": f"x{name}", "parent": name} for name in names]
    data = {f"x{name}": [1.0, 2.0] for name in names}
    page = judgement_page(sheet, names[:2], {}, "row against column")
    write_workbook(path, {}, groups, indicators, fields=sheet_fields(), data=data, more=[page], lang=lang)
    typed = {f"A{i + 2}": f'<c r="A{i + 2}" t="inlineStr"><is><t>{name}</t></is></c>' for i, name in enumerate(names)}
    for i in range(k):
        for j in range(i + 1, k):
            cell = f"{chr(66 + j)}{i + 2}"
            typed[cell] = f'<c r="{cell}"><v>{(j + 1) / (i + 1)!r}</v></c>'
    typed_into(path, typed)


def typed_into(path: Path, typed: dict[str, str]) -> None:
    """Put cells into the sheet of judgements, each row in the order of its columns."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    def row(found: re.Match[str]) -> str:
        cells = {one[1]: one[0] for one in re.finditer(r'<c r="([A-Z]+[0-9]+)".*?(?:</c>|/>)', found[3])}
        cells |= {cell: text for cell, text in typed.items() if cell.lstrip("ABCDEFGHIJKLM") == found[2]}
        return found[1] + "".join(cells[cell] for cell in sorted(cells)) + "</row>"

    pattern = r'(<row r="([0-9]+)"[^>]*[^/>]>)(.*?)</row>'
    parts[JUDGEMENTS] = re.sub(pattern, row, parts[JUDGEMENTS].decode(), flags=re.DOTALL).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.mark.parametrize("name", RESULTS)
def test_every_cell_is_calculated_to_what_was_written(office: Office, name: str) -> None:
    """The formulas had no values when LibreOffice opened them, so every number that is there it calculated."""
    result, file = office.results[name], office.names[name]
    written, saved = cells(office.folder / file), cells(office.folder / "saved" / file)
    assert list(saved) == list(written)
    for sheet, rows in written.items():
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                assert saved[sheet][i][j] == (
                    pytest.approx(value, rel=1e-9, abs=1e-9) if type(value) is float else value
                )
    tables = {"scores": result.scores, **({"series": result.series()} if "series" in saved else {})}
    for sheet, frame in tables.items():
        at = [saved[sheet][0].index(code) for code in frame.columns]
        shown = [[row[j] if j < len(row) and row[j] != "" else np.nan for j in at] for row in saved[sheet][1:]]
        np.testing.assert_allclose(np.array(shown), frame, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", IN_CHINESE)
def test_a_result_in_chinese_is_calculated_too(office: Office, name: str) -> None:
    file = f"zh_{office.names[name]}"
    written, saved = cells(office.folder / file), cells(office.folder / "saved" / file)
    assert list(saved) == list(written)
    assert "得分" in saved
    for sheet, rows in written.items():
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                assert saved[sheet][i][j] == (
                    pytest.approx(value, rel=1e-9, abs=1e-9) if type(value) is float else value
                )


@pytest.mark.parametrize("k", NUMBERS_OF_ITEMS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_names_and_judgements_are_all_that_is_written_by_hand(office: Office, lang: str, k: int) -> None:
    """Headings, diagonal and reciprocals follow once a spreadsheet program calculates; what is not used stays blank."""
    path, names = office.folder / "saved" / f"items_{lang}_{k}.xlsx", codes(lang, k)
    sheet = read_sheets(path)["判断" if lang == "zh" else "judgements"]
    assert sheet.header == ("row against column", *names)
    for i, row in enumerate(sheet.rows):
        assert row[0] == names[i]
        assert row[1:] == tuple(pytest.approx((j + 1) / (i + 1), rel=1e-12) for j in range(k))
    weights = hi.Index.read(path).compute(read_table(path)).weights["top"]
    shares = 1 / np.arange(1, k + 1)
    np.testing.assert_allclose(weights[names], shares / shares.sum(), rtol=1e-9)
    with pytest.raises((hi.SpecError, hi.DataError), match=r"formulas without a stored value|公式没有保存计算结果"):
        hi.Index.read(office.folder / "bare" / f"items_{lang}_{k}.xlsx")


def test_an_index_and_its_data_survive_being_saved(office: Office) -> None:
    index, frame = hi.example("film_industry")
    assert hi.Index.read(office.folder / "saved" / "index.xlsx") == index
    pd.testing.assert_frame_equal(read_table(office.folder / "saved" / "index.xlsx"), frame, check_dtype=False)


@LANGUAGES
def test_the_reciprocal_follows_the_judgement(office: Office, lang: str, sheet: str, first: str, second: str) -> None:
    path, before = office.folder / "saved" / f"new_{lang}.xlsx", hi.Index.read(office.folder / f"new_{lang}.xlsx")
    assert [row[:3] for row in read_sheets(path)[sheet].rows] == [(first, 1, 5), (second, 0.2, 1)]
    index = hi.Index.read(path)
    judged = {"method": "ahp", "matrix": {first: {second: 5.0}, second: {first: 0.2}}}
    assert index == before.replace({f"{before.groups[0].code}.weights": judged})
    assert hi.Index.from_toml(index.to_toml()) == index
    weights = index.compute(read_table(path)).weights[before.groups[0].code]
    assert weights.tolist() == pytest.approx([5 / 6, 1 / 6], rel=1e-12)


def test_the_reciprocal_of_no_judgement_is_blank(office: Office) -> None:
    path = office.folder / "saved" / "blank.xlsx"
    assert [row[:3] for row in read_sheets(path)["judgements"].rows] == [("supply", 1, None), ("demand", None, 1)]
    with pytest.raises(hi.SpecError, match="sheet 'judgements': nothing is judged"):
        hi.Index.read(path)
