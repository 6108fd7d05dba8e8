"""How the tests themselves run: examples without a deadline, more of them at night, floors that stand once."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support.laws import law

ROOT = Path(__file__).parents[1]


@contextmanager
def at(profile: str) -> Iterator[None]:
    """Take the settings of a profile inside the block."""
    before = settings.get_current_profile_name()
    settings.load_profile(profile)
    try:
        yield
    finally:
        settings.load_profile(before)


@pytest.mark.parametrize("profile", ["ordinary", "nightly"])
def test_no_example_has_a_deadline(profile: str) -> None:
    assert settings.get_profile(profile).deadline is None
    assert HealthCheck.too_slow in settings.get_profile(profile).suppress_health_check


def test_no_test_sets_a_deadline_of_its_own() -> None:
    tests = Path(__file__).parent.rglob("test_*.py")
    assert [path.name for path in tests if re.search(r"deadline=(?!None\b)\w", path.read_text("utf-8"))] == []


def test_a_law_has_seven_examples_and_fifty_at_night() -> None:
    with at("ordinary"):
        assert [law(*n).max_examples for n in ((), (2,), (60,))] == [7, 2, 60]
    with at("nightly"):
        assert [law(*n).max_examples for n in ((), (2,), (60,))] == [50, 50, 60]
        assert law().deadline is None
        assert {HealthCheck.too_slow, HealthCheck.filter_too_much} <= set(law().suppress_health_check)
        assert not law().derandomize


def collected(*words: str) -> list[str]:
    """Return the names of the tests of one file that these words of the command line leave."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *words]
    file = "tests/treat/test_treat_laws.py"
    said = subprocess.run([*command, file], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [line for line in said.splitlines() if "::" in line]


def test_the_laws_run_by_day_and_at_night() -> None:
    by_day, at_night = collected(), collected("-m", "slow")
    laws = {name for name in by_day if "::test_the_order_of_the_values_is_kept[" in name}
    assert laws
    assert laws < set(at_night) < set(by_day)


def test_floors_are_of_one_form_and_stand_once() -> None:
    said = subprocess.run([sys.executable, ROOT / ".ci" / "floors.py"], capture_output=True, text=True, check=True)
    floors = dict(line.split("==") for line in said.stdout.split())
    assert len(floors) == len(said.stdout.split())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for one in project["dependencies"]:
        name, floor = one.split(">=")
        assert floors[name] == floor
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    assert {re.split(r"[\[>]", one)[0] for one in asked} - {project["name"]} <= set(floors)
