"""The picture of the front page, the level of the film index and its parts: `python packaging/picture.py [FILE]`."""

from __future__ import annotations

import sys
from pathlib import Path

import hengdian_index as hi

PICTURE = Path(__file__).parents[1] / "docs" / "_static" / "film.svg"


def write(path: Path) -> Path:
    """Write the picture to a file; the same versions of all libraries and fonts give the same bytes."""
    index, table = hi.example("film_industry")
    return hi.plot.save(index.compute(table).plot.level(), path)


if __name__ == "__main__":
    print(write(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE))
