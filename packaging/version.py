"""Set the version of the next release in every file that has it: `python packaging/version.py 0.3.0 [2027-03-01]`.

The number stands in the package. CITATION.cff and the recipe repeat it, since they are read without the package, and
CHANGELOG.md gets a heading with the number and the date, below an empty "Unreleased".
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]


def set_version(root: Path, version: str, day: str) -> None:
    """Write version and date into the files of a tree, into all or none."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        sys.exit(f"{version!r} is no version such as 0.3.0")
    day = date.fromisoformat(day).isoformat()
    hatch = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    home = hatch["metadata"]["hooks"]["custom"]["home"]
    changed = {
        hatch["version"]["path"]: _line(r'__version__ = ".*"', f'__version__ = "{version}"'),
        "packaging/recipe.yaml": _line(r'  version: ".*"', f'  version: "{version}"'),
        "CITATION.cff": _cited(version, day, home),
        "CHANGELOG.md": _line("## Unreleased", f"## Unreleased\n\n## {version} - {day}"),
    }
    texts = {root / name: change((root / name).read_text(encoding="utf-8")) for name, change in changed.items()}
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")


def _line(pattern: str, line: str) -> Callable[[str], str]:
    """Return what puts a line in the place of the one line of a pattern."""

    def change(text: str) -> str:
        new, count = re.subn(f"^{pattern}$", lambda _: line, text, flags=re.M)
        return new if count == 1 else sys.exit(f"{count} lines are {pattern}, not one")

    return change


def _cited(version: str, day: str, home: str) -> Callable[[str], str]:
    """Return what writes version, date and, once there is one, the address of the repository at the end."""
    said = {"version": version, "date-released": f'"{day}"', "repository-code": home}

    def change(text: str) -> str:
        kept = [line for line in text.splitlines() if line.partition(":")[0] not in said]
        return "\n".join([*kept, *(f"{key}: {word}" for key, word in said.items() if word)]) + "\n"

    return change


if __name__ == "__main__":
    set_version(ROOT, sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else date.today().isoformat())
