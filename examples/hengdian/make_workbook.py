"""Write hengdian.xlsx, the workbook to fill in, from index.toml and data.csv: MADE-UP DATA 虚构数据."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import hengdian_index as hi

HERE = Path(__file__).parent


def main(path: Path = HERE / "hengdian.xlsx") -> None:
    """Write the workbook."""
    hi.Index.read(HERE / "index.toml").write(path, data=pd.read_csv(HERE / "data.csv"))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
