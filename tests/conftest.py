"""Shared by all tests: where the reference cases are, and how doctests print."""

from __future__ import annotations

import os
from pathlib import Path

# Tests run in parallel; BLAS threads of their own would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest

import hengdian_index.families  # noqa: F401  # fills the registry for the tests that walk it

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def published() -> Path:
    """Folder of the published cases, transcribed into the project."""
    return HERE / "reference"


@pytest.fixture(scope="session")
def software() -> Path:
    """Folder of numbers computed by other software; it is not part of the project."""
    folder = Path(os.environ.get("HENGDIAN_REFERENCE", HERE.parents[1] / "shared" / "reference")) / "software"
    if not folder.is_dir():
        pytest.skip(f"the software cases are not here ({folder}); set HENGDIAN_REFERENCE to their folder")
    return folder
