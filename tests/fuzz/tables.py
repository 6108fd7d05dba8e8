"""CSV of a panel, spoilt, and the index of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from fuzz._spoiling import spoilt

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table

GROUPS = (hi.Group("all"),)
PARTS = (hi.Indicator("a", "all"), hi.Indicator("b", "all", direction=-1), hi.Indicator("c", "all"))
INDEXES = [
    hi.Index(groups=GROUPS, indicators=PARTS),
    hi.Index(groups=GROUPS, indicators=PARTS, unit="unit", normalise="z_score", weights="entropy"),
    hi.Index(groups=GROUPS, indicators=PARTS, unit="unit", period="when", base="2020", impute="mean"),
    hi.Index(groups=GROUPS, indicators=PARTS, unit="unit", period="when", fit_on="2020", normalise="rank"),
]
LINES = ["unit,when,a,b,c"] + [
    f"{u},{y},{i + 1.5},{9 - i},{i * i}"
    for i, (u, y) in enumerate((u, y) for y in (2020, 2021) for u in ("p", "q", "r"))
]
PIECES = (
    *(
        '"',
        '""',
        ",",
        ",,,,",
        "\n",
        "\n\n",
        "\r",
        "\r\n",
        ";",
        "\t",
        "\x00",
        "unit",
        "when",
        "a",
        "a ",
        "NA",
        "N/A",
        "#N/A",
    ),
    *("1,000", "1 000", "1.000,5", "2020_1", "1e999", "-1e999", "0x10", "True", "False", "1e-320", "１２", "٣", "½"),
    *(
        "sep=;\n",
        "2020Q1",
        "2020-13",
        "Infinity",
        "x" * 200_000,
        "\n" * 3000,
        "," * 5000,
        "9" * 4000,
        "unit,when,a,b,c\n",
    ),
)
CELLS = ("", " ", "0", "-3.5", "1e3", "NA", "2020", "2021", "2022", "p", "q", " p", "s", "1998Q1", "5e-324", "1.7e308")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gbk")


def trial(random: Random) -> tuple[object, Callable[[], object]]:
    """Return spoilt CSV and the call that reads it and computes an index of it."""
    lines = list(LINES)
    if random.random() < 0.3:
        random.shuffle(lines)
    for _ in range(random.choice([0, 1, 1, 3])):
        i = random.randrange(len(lines))
        cells = lines[i].split(",")
        cells[random.randrange(len(cells))] = random.choice([*CELLS, *cells, random.choice(PIECES)])
        lines[i] = ",".join(cells)
    text = random.choice(["\n", "\n", "\r\n"]).join(lines) + "\n"
    if random.random() < 0.4:
        text = spoilt(random, text, PIECES)
    encoding = ENCODINGS[0] if random.random() < 0.9 else random.choice(ENCODINGS)
    content = text.encode(encoding, "replace" if encoding == "gbk" else "surrogatepass")
    if random.random() < 0.1:
        at = random.randrange(len(content) + 1)
        content = content[:at] + random.randbytes(3) + content[at:]
    index, ending = random.choice(INDEXES), random.choice([".csv", ".csv", ".csv", ".tsv"])

    def read() -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"data{ending}"
            path.write_bytes(content.replace(b",", b"\t") if ending == ".tsv" else content)
            return index.compute(read_table(path, [name for name in (index.unit,) if name])).series()

    return content, read
