"""Workbooks through LibreOffice: without the values that their formulas have, calculated, saved, and their cells."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from python_calamine import CalamineWorkbook
from support.workbooks import ALWAYS_CALCULATE

# Rows of cells of each sheet.
Cells: TypeAlias = dict[str, list[list[Any]]]


def bare(path: Path, target: Path) -> None:
    """Copy a workbook without the values that its formulas have."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb"</f><v>[^<]*</v>", b"</f>", old.read(name)))


def saved_by_office(folder: Path, files: list[Path] | None = None) -> list[Path]:
    """Let LibreOffice calculate and save workbooks, by default those of a folder, bare; return where they are then."""
    if files is None:
        (folder / "bare").mkdir()
        for path in folder.glob("*.xlsx"):
            bare(path, folder / "bare" / path.name)
        files = sorted((folder / "bare").glob("*.xlsx"))
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_CALCULATE)
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(folder / "saved"), *map(str, files)], check=True, timeout=300)
    return sorted((folder / "saved").glob("*.xlsx"))


def written_again(path: Path, ending: str) -> Path:
    """Let LibreOffice open a document and write it in another form; skip where its word processor is not there."""
    command = ["soffice", f"-env:UserInstallation={(path.parent / 'office').as_uri()}", "--headless"]
    convert = ["--convert-to", ending, "--outdir", str(path.parent / "again"), str(path)]
    done = subprocess.run([*command, *convert], check=True, timeout=300, capture_output=True, text=True)
    made = path.parent / "again" / f"{path.stem}.{ending.split(':')[0]}"
    if not made.exists():
        pytest.skip(f"LibreOffice has no program for documents: {done.stderr.strip() or done.stdout.strip()}")
    return made


def cells(path: Path) -> Cells:
    """Return the cells of each sheet that has any, without the blank ends of rows and sheets."""
    with CalamineWorkbook.from_path(path) as book:
        found = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    return {
        name: [row[: 1 + max((j for j, v in enumerate(row) if v != ""), default=-1)] for row in rows]
        for name, rows in found.items()
    }
