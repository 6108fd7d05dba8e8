"""What those who come are told is true: commands, folders, markers, forms, and the page on writing a method."""

from __future__ import annotations

import dataclasses
import inspect
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hengdian_index._maths import maps, stats
from hengdian_index._methods.registry import FAMILIES
from hengdian_index._methods.sample import Sample

ROOT = Path(__file__).parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
WRITING = (ROOT / "docs" / "howto" / "writing.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CHECKLIST = ["Formula", "Source", "Edge cases", "Laws", "Proof", "Words"]


def commands(text: str) -> list[list[str]]:
    """Return the commands of a page, in its blocks and in its words, each as a list of words."""
    blocks = re.findall(r"^```bash\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`((?:pytest|pip|ruff|mypy) [^`\n]+)`", text)
    return [shlex.split(one) for line in [*blocks, *inline] for one in re.split(r"\n|&&", line) if one.strip()]


def names_in(text: str) -> set[str]:
    """Return the words that stand in code spans."""
    return {name for span in re.findall(r"`([^`\n]+)`", text) for name in re.findall(r"\w+", span)}


def test_it_begins_with_five_commands() -> None:
    first = re.search(r"^```bash\n(.*?)^```", CONTRIBUTING, flags=re.MULTILINE | re.DOTALL)
    assert CONTRIBUTING.index("## ") > first.start()
    assert len(first[1].splitlines()) == 5


@pytest.mark.parametrize("page", [CONTRIBUTING, WRITING], ids=["CONTRIBUTING.md", "docs/howto/writing.md"])
def test_every_folder_marker_and_extra_of_a_command_is_there(page: str) -> None:
    told = PYPROJECT["tool"]["pytest"]["ini_options"]["markers"]
    markers = {re.match(r"\w+", line)[0] for line in told}
    assert commands(page)
    for program, *words in commands(page):
        assert program in {"python3", ".", "pip", "pre-commit", "pytest", "ruff", "mypy"}
        if program in {"pytest", "mypy"}:
            assert [word for word in words if "/" in word and not (ROOT / word).exists()] == []
        if program == "pytest" and "-m" in words:
            assert set(words[words.index("-m") + 1].split()) - {"and", "or", "not"} <= markers
        if program == "pip":
            extras = {name for word in words for name in re.findall(r"\w+", word.partition("[")[2])}
            assert extras <= set(PYPROJECT["project"]["optional-dependencies"])
    assert {re.match(r"-m (\w+)", span)[1] for span in re.findall(r"`(-m \w+)`", page)} <= markers


def test_every_folder_and_page_that_is_named_is_there() -> None:
    named = re.findall(r"`((?:hengdian_index|tests|docs)/[\w/.]*)`", CONTRIBUTING + WRITING)
    assert len(named) > 8
    assert [path for path in named if not (ROOT / path).exists()] == []
    linked = re.findall(r"\]\(([\w/.-]+\.md)\)", CONTRIBUTING)
    assert [path for path in linked if not (ROOT / path).exists()] == []


def test_the_checklist_of_a_method_is_the_same_everywhere() -> None:
    form = (ROOT / ".github/ISSUE_TEMPLATE/method.yml").read_text(encoding="utf-8")
    request = (ROOT / ".github/pull_request_template.md").read_text(encoding="utf-8")
    assert re.findall(r"^- \[ \] \*\*([\w ]+)\.\*\*", CONTRIBUTING, flags=re.MULTILINE) == CHECKLIST
    assert re.findall(r"^- \[ \] \*\*([\w ]+)\*\*", request, flags=re.MULTILINE) == CHECKLIST
    labels = re.findall(r"label: ([\w ]+)$", form, flags=re.MULTILINE)
    assert [label for label in labels if label in CHECKLIST] == CHECKLIST
    families = re.search(r"options: \[([\w, ]+)\]", form)[1].split(", ")
    assert set(FAMILIES) <= set(families)
    assert set(FAMILIES) <= names_in(CONTRIBUTING)


def test_the_page_on_methods_names_all_that_a_method_meets() -> None:
    told = names_in(WRITING)
    attributes = {field.name for field in dataclasses.fields(Sample)} | set(vars(Sample))
    assert {name for name in attributes if name[:1] != "_"} - {"chunks"} <= told
    measured = {name for name, kind in vars(stats).items() if inspect.isclass(kind) and "of" in vars(kind)}
    assert measured - {"Statistic"} <= told
    fitted = [name for name, kind in vars(maps).items() if inspect.isclass(kind) and kind.__module__ == maps.__name__]
    directions = {"Map", "Target", "Between"}
    assert {name for name in fitted if callable(getattr(maps, name).__dict__.get("__call__"))} - directions <= told


def test_the_page_on_methods_runs() -> None:
    cells = re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```", WRITING, flags=re.MULTILINE | re.DOTALL)
    subprocess.run([sys.executable, "-c", "\n".join(cells)], cwd=ROOT, check=True)


def test_the_forms_ask_what_they_say() -> None:
    yaml = pytest.importorskip("yaml")
    for form in sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")):
        read = yaml.safe_load(form.read_text(encoding="utf-8"))
        if form.name == "config.yml":
            continue
        assert {"name", "description", "body"} <= set(read)
        ids = [part["id"] for part in read["body"]]
        assert len(ids) == len(set(ids))
        assert {part["type"] for part in read["body"]} <= {"textarea", "input", "dropdown", "checkboxes", "markdown"}


def test_pre_commit_runs_what_the_checks_run() -> None:
    yaml = pytest.importorskip("yaml")
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entries = [shlex.split(hook["entry"]) for repository in config["repos"] for hook in repository["hooks"]]
    run = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert {"ruff", "mypy", "pytest"} <= {words[0] for words in entries}
    # At the beginning of a line, or of what a function of the shell does with a limit of time.
    ran = set(re.findall(r"^(?:\w+\(\) \{ timeout (?:\S+ )*?\d+ )?(\w+) ", run, flags=re.MULTILINE))
    assert [words for words in entries if words[0] not in ran] == []
    assert " ".join(next(words for words in entries if words[0] == "mypy")) in run
    assert [word for words in entries for word in words if "/" in word and not (ROOT / word).exists()] == []
