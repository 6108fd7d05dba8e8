"""Arguments and options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import click

from hengdian_index._words.language import language
from hengdian_index._words.said import Said, told

Data: TypeAlias = Path | tuple[Path, ...] | None
"""Where data are: a file or a folder, several files, or where the index is."""


def _one_or_several(given: tuple[Path, ...]) -> Data:
    return given if len(given) > 1 else given[0] if given else None


def several(metavar: str) -> Callable[[Any], Any]:
    """Take INDEX, DATA, which a workbook with a sheet of data need not name, and what is written."""

    def split(context: click.Context, parameter: click.Parameter, given: tuple[Path, ...]) -> tuple[Path, Data, Path]:
        if len(given) < 2 and not context.resilient_parsing:
            why = Said("{what} is needed; given: {n}", what=metavar, n=len(given))
            raise click.UsageError(told(why, language()))
        return given[0], _one_or_several(given[1:-1]), given[-1]

    return click.argument("files", nargs=-1, metavar=metavar, type=click.Path(path_type=Path), callback=split)


index = click.argument("index", type=click.Path(dir_okay=False, path_type=Path))
table = click.argument("data", type=click.Path(dir_okay=False, path_type=Path), required=False)
data = click.argument(
    "data",
    nargs=-1,
    type=click.Path(path_type=Path),
    callback=lambda _, parameter, given: _one_or_several(given),
)
fit_on = click.option("--fit-on", help="Periods, unit or label to learn bounds and weights from (overrides the index).")
base = click.option("--base", help="Period or span whose mean level is 100 (overrides the index).")
out = click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for every table as CSV, all or none."
)
doubt = click.option(
    "--doubt",
    "doubts",
    multiple=True,
    metavar="TOML",
    help="A doubt in the place of those of INDEX: 'weights = { noise = 0.25 }'.",
)
rng = click.option(
    "--rng", type=click.IntRange(min=0), default=0, show_default=True, help="Seed: the same seed, the same numbers."
)
node = click.option("--node", help="Group whose scores are asked for; default: the top.")
draws = click.option(
    "--draws", type=click.IntRange(min=1), default=1000, show_default=True, help="How many; best a power of 2."
)
