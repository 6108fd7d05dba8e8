"""Shared by all tests: how many examples a law has, which programs are there, where the reference cases are."""

from __future__ import annotations

import os
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

# Tests run in parallel; BLAS threads of their own would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings
from support import browser, ears

import hengdian_index._scoring  # noqa: F401  # fills the registry for the tests that walk it

HERE = Path(__file__).parent
# A script of a user, which enters methods of its own as it is read: it is run, and read by type checkers.
collect_ignore = ["typing/user.py"]

# An example takes as long as it takes: no test fails because the machine is busy. Each night tries other examples.
# Where many environments must agree they try the same examples; elsewhere, and at night, others each time.
settings.register_profile(
    "ordinary", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=os.environ.get("CI") == "true"
)
settings.register_profile("nightly", settings.get_profile("ordinary"), derandomize=False)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the nightly examples where slow tests are asked for; before the laws are imported, which need to know."""
    at_night = re.search(r"(?<!not )(?<!not \()\bslow\b", config.option.markexpr)
    settings.load_profile("nightly" if at_night else "ordinary")
    config.pluginmanager.register(ears)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count the tests that draw examples among the slow ones, where these are asked for."""
    if settings.get_current_profile_name().startswith("nightly"):
        for item in items:
            if is_hypothesis_test(getattr(item, "obj", None)):
                item.add_marker("slow")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose program is not there: a browser, or those that a marker names; of clusters, packages too."""
    needed = [browser.NAMES for _ in item.iter_markers("browser")]
    needed += [mark.args for mark in item.iter_markers("office")]
    for names in needed:
        if not any(map(shutil.which, names)):
            pytest.skip(f"no {' or '.join(names)} on the PATH")
    for name in [name for mark in item.iter_markers("program") for name in mark.args]:
        if find_spec(name) is None and shutil.which(name) is None:
            pytest.skip(f"{name} is not installed")


@pytest.fixture(scope="session")
def published() -> Path:
    """Folder of the published cases, transcribed into the project."""
    return HERE / "reference"


@pytest.fixture
def tai(published: Path) -> pd.DataFrame:
    """Return the 23 countries of the Technology Achievement Index, logarithms where the Handbook takes them."""
    x = pd.read_csv(published / "tai" / "data.csv", index_col="country")
    return x.assign(**{name: np.log10(x[name]) for name in ("telephones", "electricity")})


@pytest.fixture(scope="session")
def software() -> Path:
    """Folder of numbers computed by other software; it is not part of the project."""
    folder = Path(os.environ.get("HENGDIAN_REFERENCE", HERE.parents[1] / "shared" / "reference")) / "software"
    if not folder.is_dir():
        pytest.skip(f"the software cases are not here ({folder}); set HENGDIAN_REFERENCE to their folder")
    return folder
