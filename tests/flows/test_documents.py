"""The papers around the code: one version everywhere, examples that read, nothing of a machine in any file."""

import re
import runpy
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "film_industry"

# In two halves, so that this file does not hold what it forbids.
FORBIDDEN = {
    "path of a machine": r"(?<![\w.])/(?:"
    + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers", "tm" + "p"])
    + r")/",
    "drive of a machine": r"\b[A-Z]:\\+Us" + "ers",
    "host of a package index": r"\b(?:"
    + "|".join(
        [
            "py" + r"pi\.org",
            "pythonho" + r"sted\.org",
            r"npm" + r"js\.(?:org|com)",
            "deb" + r"ian\.org",
            "crates" + r"\.io",
        ]
    )
    + r")\b",
}


def text_of(name):
    """Return the text of a file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def content(path):
    """Return the text of a file; of a workbook or archive, that of its parts, of a picture, what is text in it."""
    if path.suffix == ".png":
        return path.read_bytes().decode("ascii", errors="replace")
    if path.suffix not in (".xlsx", ".zip"):
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode("utf-8") for name in archive.namelist())


def pyproject():
    """Return the tables of pyproject.toml."""
    return tomllib.loads(text_of("pyproject.toml"))


def project():
    """Return the table [project] of pyproject.toml."""
    return pyproject()["project"]


def files():
    """Return the files of the project: those git knows or would take, else all that are not hidden."""
    asked = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    if (ROOT / ".git").exists() and shutil.which("git"):
        names = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split("\0")
        return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    found = (path for path in ROOT.rglob("*") if path.is_file())
    hidden = re.compile(r"/(\.(?!ci/|gitignore)|__pycache__/|_build/|generated/|jupyter_execute/|build/|dist/)")
    return [path for path in found if not hidden.search("/" + path.relative_to(ROOT).as_posix())]


def forbidden(text):
    """Return what a text must not hold, one (kind, found) each."""
    return [(kind, match) for kind, pattern in FORBIDDEN.items() for match in re.findall(pattern, text)]


def test_the_version_stands_in_one_place():
    assert "version" in project()["dynamic"]
    read = re.findall(r'^__version__ = "(\S+)"$', text_of(pyproject()["tool"]["hatch"]["version"]["path"]), re.M)
    assert read == [hi.__version__]
    # What is read without the package repeats it: tests/flows/test_release.py holds it equal.
    others = [path for path in files() if path.suffix in (".toml", ".py") and "__version__ = " not in content(path)]
    repeated = re.compile(rf"""^\W*version["']?\s*[:=]\s*["']?{re.escape(hi.__version__)}\b""", re.M)
    assert [path for path in others if repeated.search(content(path))] == []


def test_the_newest_changes_are_those_of_the_version():
    assert re.search(r"^## (\d\S*)", text_of("CHANGELOG.md"), re.M)[1] == hi.__version__


def test_the_readme_names_no_other_version():
    named = re.findall(r"hengdian[-_]index[ =v]+(\d+\.\d+\.\d+)", text_of("README.md"))
    assert set(named) <= {hi.__version__}


def test_every_command_of_the_readme_is_there():
    used = set(re.findall(r"\bhengdian-index ([a-z]+)", text_of("README.md")))
    from hengdian_index.cli import main

    assert used
    assert used <= set(main.commands)


def test_the_page_on_commands_has_each_of_them_and_options_that_are_there():
    from hengdian_index.cli import main

    page = text_of("docs/reference/command.md")
    assert set(re.findall(r"^\| `hengdian-index ([a-z]+)", page, flags=re.MULTILINE)) == set(main.commands)
    for line in re.findall(r"hengdian-index ([a-z]+ .*--.*)", page):
        name, *words = line.partition(" > ")[0].split("|")[0].split()
        known = {option for one in main.commands[name].params for option in one.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_the_doubts_on_the_page_on_commands_are_such():
    (block,) = re.findall(r"^```toml\n(.*?)^```", text_of("docs/reference/command.md"), flags=re.MULTILINE | re.DOTALL)
    power = {"method": "power", "p": 1}
    groups = [hi.Group("total"), hi.Group("supply", "total"), hi.Group("reach", "total", aggregate=power)]
    parts = [hi.Indicator(code, "supply" if code < "b" else "reach") for code in ("a", "awards", "exports", "films")]
    spec = hi.Index(groups=groups, indicators=parts).to_toml()
    found = hi.Index.from_toml(spec.replace("[[group]]", block + "\n[[group]]", 1))
    assert len(found.doubts) == len(re.findall(r"^[\w.]+ = ", block, flags=re.MULTILINE)) > 6
    rows = np.random.default_rng(2).uniform(1, 9, (12, 4))
    drawn = hi.uncertainty(found, pd.DataFrame(rows, columns=[part.code for part in parts]), draws=32)
    assert drawn.scores["nominal"].notna().all()


def test_one_licence_everywhere():
    assert project()["license"] == "BSD-3-Clause"
    assert "license: BSD-3-Clause" in text_of("CITATION.cff")
    assert text_of("LICENSE").startswith("BSD 3-Clause License")


def test_every_extra_that_all_gathers_exists():
    extras = project()["optional-dependencies"]
    gathered = re.search(r"\[(.*)\]", extras["all"][0])[1].split(",")
    assert set(gathered) == set(extras) - {"all", "docs", "test", "peers", "dev", "mutation"}


def test_the_example_files_say_the_same():
    index, table = hi.Index.read(EXAMPLE / "index.toml"), pd.read_csv(EXAMPLE / "data.csv")
    codes = {indicator.code for indicator in index.indicators}
    assert table.columns[0] == index.period == "quarter"
    assert codes == set(table.columns[1:])
    assert table.shape == (50, 16)
    assert not table.isna().any(axis=None)
    described = re.findall(r"^\| `(\w+)` \|", text_of("examples/film_industry/README.md"), re.M)
    assert described == list(table.columns)


def test_the_note_on_the_example_says_what_the_data_say():
    table = pd.read_csv(EXAMPLE / "data.csv", index_col="quarter")
    films = table["releases"].groupby(table.index.str[:4]).sum()
    note = text_of("examples/film_industry/README.md")
    assert (
        "144 films of 1998, 220 of 2006, then 164, 160\n  and 130 of 2007 to 2009 and 72 of the first half of 2010"
        in note
    )
    assert films[["1998", "2006", "2007", "2008", "2009", "2010"]].tolist() == [144, 220, 164, 160, 130, 72]
    assert table.loc["2009Q1", "releases"] == 21
    assert films.sum() == 2222
    share = 1 - table["us_gross_musd"] / table["ww_gross_musd"]
    np.testing.assert_allclose(table["overseas_share"], share, atol=1e-4)
    assert table.loc["1998Q1", "motion_picture_employment_k"] == round((361.2 + 369.0 + 368.2) / 3, 4)


def test_published_change_of_internationalisation():
    index = hi.Index(
        groups=[hi.Group("internationalisation")],
        indicators=[hi.Indicator("level", "internationalisation", normalise="none")],
        period="quarter",
    )
    result = index.compute({"quarter": ["2022Q1", "2022Q2"], "level": [104.05, 109.49]})
    assert round(result.changes().loc["2022Q2", "internationalisation"], 2) == 5.23
    assert round(109.49 / 1.0523, 2) == 104.05


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_holds_a_path_of_a_machine_or_a_host_of_an_index(path):
    assert forbidden(content(path)) == []


@pytest.mark.parametrize(
    "text",
    [
        "see /wo" + "rk/main/x.py",
        "`/ro" + "ot/dev`",
        "(/tm" + "p/x)",
        "C:" + "\\Us" + "ers",
        "https://py" + "pi.org/simple",
        "files.pythonho" + "sted.org",
    ],
)
def test_the_search_finds_what_is_forbidden(text):
    assert forbidden(text)


@pytest.mark.parametrize("text", ["framework/models", "../shared/reference", "a / b", "group.work/x", "C: 5"])
def test_the_search_leaves_other_words_alone(text):
    assert forbidden(text) == []


def test_a_picture_of_a_page_says_what_draws_it():
    nodes = pytest.importorskip("docutils.nodes", reason="docutils is not installed: there are no pages")
    show = runpy.run_path(str(ROOT / "docs/_ext/cells.py"))["_show"]
    code = 'result = index.compute(table)\nresult.plot.radar(unit="A");'
    pictures = [nodes.image(uri="a1b2.svg"), nodes.image(uri="c3d4.svg", alt="A chart")]
    cell = nodes.container("", nodes.literal_block(code, code), nodes.container("", *pictures), nb_element="cell_code")
    show(None, nodes.section("", nodes.title("", "Who is where"), cell))
    assert [one["alt"] for one in pictures] == ['Who is where: result.plot.radar(unit="A")', "A chart"]
