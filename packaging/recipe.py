"""The recipe of a release, for conda-forge: `python packaging/recipe.py SDIST ADDRESS > recipe.yaml`.

SDIST is the file that was uploaded and ADDRESS the one it is downloaded from; the hash is taken from the file.
"""

from __future__ import annotations

import sys
import tomllib
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]


def recipe(sdist: Path, address: str) -> str:
    """Return the text of the recipe with the sdist as its source, and where the project lives."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    home = project["tool"]["hatch"]["metadata"]["hooks"]["custom"]["home"]
    if not home:
        sys.exit(
            "pyproject.toml: `home` of [tool.hatch.metadata.hooks.custom] is empty; RELEASE.md says what belongs there"
        )
    source = f"  url: {address}\n  sha256: {sha256(sdist.read_bytes()).hexdigest()}\n"
    text = (ROOT / "packaging" / "recipe.yaml").read_text(encoding="utf-8")
    text = text[text.index("schema_version") :].replace("  path: ..\n", source)
    return text.replace("\nabout:\n", f"\nabout:\n  homepage: {home}\n  repository: {home}\n")


if __name__ == "__main__":
    print(recipe(Path(sys.argv[1]), sys.argv[2]), end="")
