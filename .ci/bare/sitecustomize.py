"""Hides the fonts of the system from every Python that has this folder on its path; those of packages stay."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_walk = os.walk


def _walk_without_fonts(top: Any, *args: Any, **options: Any) -> Iterator[Any]:
    """Walk through a folder, but for folders of fonts outside of the environment, as if they were not there."""
    folder = Path(os.fsdecode(top)).absolute()
    if any(part.endswith("fonts") for part in folder.parts) and not folder.is_relative_to(sys.prefix):
        return iter(())
    return _walk(top, *args, **options)


os.walk = _walk_without_fonts
