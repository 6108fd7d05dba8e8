"""Write into each family of methods the lines by which type checkers find its files; fail where one was missing.

A family finds its files by itself when it is imported. What reads the source only is told of them in `__init__.py`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "hengdian_index"


def written(text: str, folder: Path) -> str:
    """Return the text of a family's `__init__.py` with a line for each of its files."""
    names = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    lines = "".join(f"    from {PACKAGE.name}.{folder.name}.{name} import *\n" for name in names)
    return re.sub(r"(?<=^if TYPE_CHECKING:\n)(    from .*\n)*(?=else:\n)", lambda _: lines, text, flags=re.M)


if __name__ == "__main__":
    changed = []
    for path in sorted(PACKAGE.glob("*/__init__.py")):
        text = path.read_text(encoding="utf-8")
        new = written(text, path.parent) if "family(__name__" in text else text
        if new != text:
            path.write_text(new, encoding="utf-8")
            changed.append(path.relative_to(PACKAGE.parent).as_posix())
    sys.exit(f"written, commit them: {', '.join(changed)}" if changed else 0)
