"""What goes with a release: one version, a recipe with the same requirements, links that lead somewhere, kept names."""

from __future__ import annotations

import re
import runpy
import shutil
import sys
import tomllib
import warnings
from datetime import date
from functools import reduce
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.names import names

import hengdian_index as hi

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HOOK = PROJECT["tool"]["hatch"]["metadata"]["hooks"]["custom"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
KEPT = sorted((ROOT / "tests" / "kept").glob("*.names"))
VERSIONED = (PROJECT["tool"]["hatch"]["version"]["path"], "CITATION.cff", "packaging/recipe.yaml", "CHANGELOG.md")


def text_of(name: str, root: Path = ROOT) -> str:
    """Return the text of a file of the project."""
    return (root / name).read_text(encoding="utf-8")


def script(name: str) -> dict[str, Any]:
    """Return what a script of the folder `packaging` defines."""
    return runpy.run_path(str(ROOT / "packaging" / name))


def stated(root: Path) -> tuple[list[str], list[str]]:
    """Return the versions and the dates that the files of a tree state, those of the newest changes the last."""
    about, cited, recipe, changes = (text_of(name, root) for name in VERSIONED)
    newest = re.search(r"^## (\d\S*) - (\S+)$", changes, re.M)
    versions = [
        re.search(r'^__version__ = "(.*)"$', about, re.M)[1],
        re.search(r"^version: (\S+)$", cited, re.M)[1],
        re.search(r'^  version: "(.*)"$', recipe, re.M)[1],
        newest[1],
    ]
    return versions, [re.search(r'^date-released: "(.*)"$', cited, re.M)[1], newest[2]]


def test_version_and_date_are_the_same_wherever_they_stand() -> None:
    versions, dates = stated(ROOT)
    assert set(versions) == {hi.__version__}
    assert len({date.fromisoformat(one) for one in dates}) == 1


def tree(folder: Path) -> Path:
    """Return a copy of the files that have the version, in a folder."""
    for name in ("pyproject.toml", *VERSIONED):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def test_one_command_sets_the_version_in_all_of_them(tmp_path: Path) -> None:
    root = tree(tmp_path)
    script("version.py")["set_version"](root, "17.4.2", "2031-05-06")
    assert stated(root) == (["17.4.2"] * 4, ["2031-05-06"] * 2)
    before, after = text_of("CHANGELOG.md"), text_of("CHANGELOG.md", root)
    assert "## Unreleased\n\n## 17.4.2 - 2031-05-06\n" in after
    assert after.replace("\n## 17.4.2 - 2031-05-06\n", "", 1) == before
    assert "repository-code" not in text_of("CITATION.cff", root)
    (root / "pyproject.toml").write_text(
        text_of("pyproject.toml").replace('home = ""', 'home = "https://host.example/x"')
    )
    script("version.py")["set_version"](root, "17.4.3", "2031-05-07")
    assert stated(root)[0] == ["17.4.3"] * 4
    assert text_of("CITATION.cff", root).count("repository-code: https://host.example/x") == 1


@pytest.mark.parametrize(("version", "day"), [("0.3", "2031-05-06"), ("v0.3.0", "2031-05-06"), ("0.3.0", "6 May")])
def test_what_is_no_version_or_date_changes_nothing(tmp_path: Path, version: str, day: str) -> None:
    root = tree(tmp_path)
    with pytest.raises((SystemExit, ValueError)):
        script("version.py")["set_version"](root, version, day)
    assert [text_of(name, root) for name in VERSIONED] == [text_of(name) for name in VERSIONED]


def requirements(step: str) -> list[str]:
    """Return what the recipe requires in a step, each as pyproject.toml writes it."""
    lines = re.search(rf"^  {step}:\n((?:    - .*\n)+)", text_of("packaging/recipe.yaml"), re.M)[1].splitlines()
    return [line.removeprefix("    - ").replace(" ", "") for line in lines]


def test_the_recipe_requires_what_the_package_does() -> None:
    lowest = re.search(r'^  python_min: "(.*)"$', text_of("packaging/recipe.yaml"), re.M)[1]
    assert PROJECT["project"]["requires-python"] == f">={lowest}"
    assert requirements("run") == ["python>=${{python_min}}", *PROJECT["project"]["dependencies"]]
    assert [one for one in requirements("host") if not one.startswith(("python", "pip"))] == PROJECT["build-system"][
        "requires"
    ]
    assert f'"{PROJECT["project"]["description"]}"' in text_of("packaging/recipe.yaml")
    ((command, entry),) = PROJECT["project"]["scripts"].items()
    assert f"- {command} = {entry}\n" in text_of("packaging/recipe.yaml")


def test_the_recipe_of_a_release_has_its_source_and_where_it_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sdist = tmp_path / "x-1.tar.gz"
    sdist.write_bytes(b"abc")
    found = script("recipe.py")
    if not HOOK["home"]:
        with pytest.raises(SystemExit, match="home"):
            found["recipe"](sdist, "https://host.example/x-1.tar.gz")
    root = tree(tmp_path)
    (root / "pyproject.toml").write_text(
        re.sub('home = ".*"', 'home = "https://host.example/x"', text_of("pyproject.toml"))
    )
    monkeypatch.setitem(found["recipe"].__globals__, "ROOT", root)
    text = found["recipe"](sdist, "https://host.example/x-1.tar.gz")
    assert "path: .." not in text
    assert (
        "source:\n  url: https://host.example/x-1.tar.gz\n"
        "  sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"
    ) in text
    assert "  homepage: https://host.example/x\n  repository: https://host.example/x\n" in text


def test_classifiers_say_the_pythons_from_the_lowest_on_and_both_languages() -> None:
    told = PROJECT["project"]["classifiers"]
    minors = [int(one.rpartition(".")[2]) for one in told if re.search(r"Python :: 3\.\d+$", one)]
    assert PROJECT["project"]["requires-python"] == f">=3.{minors[0]}"
    assert {b - a for a, b in pairwise(minors)} == {1}
    assert {one.partition(" :: ")[2] for one in told if one.startswith("Natural")} == {
        "Chinese (Simplified)",
        "English",
    }
    assert "Operating System :: OS Independent" in told


def relative(text: str) -> list[str]:
    """Return the addresses of links and pictures in Markdown that are of the same repository."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return re.findall(r"\]\((?!\w+:|#)([^)\s]+)", prose) + re.findall(
        r"<(?:img|a) [^>]*(?:src|href)=\"(?!\w+:|#)([^\"]+)", prose
    )


def test_the_readme_links_to_files_that_are_there() -> None:
    assert [path for path in relative(README) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("home", ["", "https://host.example/who/what"])
def test_a_package_index_is_given_no_address_that_leads_nowhere(home: str) -> None:
    pytest.importorskip("hatchling")
    front_page = script("metadata.py")["front_page"]
    text = "# A\n\n![a chart](docs/a.svg)\n\nSee [the idea](docs/idea.md), [law](https://law.example).\n\n```python\nx[0](y)\n```\n"
    found = front_page(text, home, "1.2.3")
    assert relative(found) == relative(front_page(README, home, "1.2.3")) == []
    assert "[law](https://law.example)" in found
    assert "x[0](y)" in found
    if home:
        assert f"![a chart]({home}/raw/v1.2.3/docs/a.svg)" in found
        assert f"[the idea]({home}/blob/v1.2.3/docs/idea.md)" in found
    else:
        assert "# A\n\nSee the idea (`docs/idea.md`), " in found


@pytest.mark.parametrize("home", ["", "https://host.example/who/what/"])
def test_the_metadata_of_a_build_have_them(home: str) -> None:
    pytest.importorskip("hatchling")
    core: dict[str, Any] = {"version": "1.2.3"}
    script("metadata.py")["Metadata"](str(ROOT), {"home": home}).update(core)
    assert core["readme"]["content-type"] == "text/markdown"
    assert "pip install . && hengdian-index demo" in core["readme"]["text"]
    assert relative(core["readme"]["text"]) == []
    assert all(address.startswith(home.rstrip("/")) and "//" not in address[8:] for address in core["urls"].values())
    assert bool(core["urls"]) == bool(home)


def drawn(svg: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the heights of the one long line of a picture of levels, and those of its bars, both in points."""
    paths = [re.findall(r"[ML] (\S+) (\S+)", path) for path in re.findall(r'<path d="([^"]*)"', svg)]
    (line,) = [np.array(path, dtype=float)[:, 1] for path in paths if len(path) == 50]
    bars = re.findall(
        r'<path d="(M [^"]*)" clip-path="[^"]*" style="fill: #(?!000000)[0-9a-f]{6}; stroke: #ffffff', svg
    )
    sides = [np.array(re.findall(r"[ML] (\S+) (\S+)", bar), dtype=float)[:, 1] for bar in bars]
    return line, np.array([np.ptp(side) for side in sides])


@pytest.mark.parametrize("fresh", [False, True], ids=["committed", "drawn now"])
def test_the_picture_of_the_front_page_is_the_film_index(fresh: bool, tmp_path: Path) -> None:
    found = script("picture.py") if fresh or not Path(ROOT / "docs/_static/film.svg").exists() else None
    if found:
        pytest.importorskip("matplotlib").use("Agg")
        svg = found["write"](tmp_path / "film.svg").read_text(encoding="utf-8")
    else:
        svg = text_of("docs/_static/film.svg")
    index, table = hi.example("film_industry")
    result = index.compute(table)
    level = result.series()["film"].to_numpy()
    line, bars = drawn(svg)
    # Heights grow downwards, and the axis begins at 0.
    scale = np.ptp(line) / np.ptp(level)
    np.testing.assert_allclose(line.max() - line, (level - level.min()) * scale, atol=1e-3)
    parts = result.contributions(of="level").to_numpy()
    assert bars.size == 50 * 6
    np.testing.assert_allclose(np.sort(bars), np.sort(np.abs(parts).ravel()) * scale, atol=2e-2)


def reached(name: str) -> bool:
    """Return whether a name is there, also one that warns of its end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            reduce(getattr, name.split(".")[1:], hi)
        except AttributeError:
            return False
    return True


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_public_names_of_a_release_are_kept_with_what_they_take(path: Path) -> None:
    now = dict(names())
    lines = [re.fullmatch(r"([\w.]+)\((.*)\)", line).groups() for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 300
    assert [name for name, _ in lines if name not in now and not reached(name)] == []
    lost = {name: set(filter(None, words.split(", "))) - set(now.get(name, ())) for name, words in lines if name in now}
    assert {name: words for name, words in lost.items() if words} == {}


def test_the_names_of_this_version_are_kept() -> None:
    assert hi.__version__ in {path.stem for path in KEPT}


def steps() -> list[str]:
    """Return the lines of the checklist."""
    return re.findall(r"^- \[ \] (.*(?:\n  .*)*)", text_of("RELEASE.md"), re.M)


def test_each_line_of_the_checklist_is_a_command_whose_files_are_there() -> None:
    assert len(steps()) > 10
    commands = [re.match(r"`([^`]+)`", step) for step in steps()]
    assert None not in commands
    named = {
        word for command in commands for word in re.findall(r"(?:packaging|tests|docs|\.ci)/[\w./]*\w", command[1])
    }
    assert {"packaging/version.py", "packaging/recipe.py", ".ci/run", ".ci/package"} <= named
    assert [word for word in named if not (ROOT / word).exists() and not word.startswith("tests/kept/")] == []
    assert 'home = "' in text_of("RELEASE.md")


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files are those of Unix")
@pytest.mark.parametrize("name", ["run", "package"])
def test_scripts_of_a_release_can_be_run(name: str) -> None:
    assert (ROOT / ".ci" / name).stat().st_mode & 0o111
