"""Published tables of multi-criteria methods, each as its case says, to the printed digit."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi

FOLDERS = sorted((Path(__file__).parents[1] / "reference").glob("mcdm_*"))


def checks() -> list[Any]:
    """Return every check of every case."""
    found = []
    for folder in FOLDERS:
        case = tomllib.loads((folder / "CASE.toml").read_text(encoding="utf-8"))
        found += [pytest.param(folder, one, id=f"{folder.name}: {one['what']}") for one in case["check"]]
    return found


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return a case's table, what it says of its columns, and its printed numbers."""
    data, expected = (pd.read_csv(folder / f"{name}.csv", index_col="alternative") for name in ("data", "expected"))
    return data, pd.read_csv(folder / "columns.csv", index_col="code"), expected


@pytest.mark.parametrize(("folder", "check"), checks())
def test_a_method_gives_the_printed_numbers(folder: Path, check: dict[str, Any]) -> None:
    x, columns, expected = read(folder)
    method = getattr(hi.aggregate, check["method"])
    w = hi.weights.critic(hi.normalise.min_max(x)) if check.get("weights") == "critic" else columns["weight"]
    options = {name: columns[name].to_dict() for name in ("q", "p", "low", "high") if name in columns}
    options |= {"direction": columns["direction"].to_dict(), **check.get("options", {})}
    field = check.get("field")
    found = getattr(method(x, w, details=True, **options), field) if field else method(x, w, **options)
    printed = expected[check["column"]]
    np.testing.assert_allclose(found * check.get("times", 1), printed, rtol=0, atol=check["tolerance"] * (1 + 1e-9))


def test_the_product_of_the_candidates_is_the_printed_one_but_for_its_common_factor(published: Path) -> None:
    x, _, expected = read(published / "mcdm_candidates")
    found = hi.aggregate.multimoora(x, details=True).product ** x.shape[1]
    printed = expected["product"]
    np.testing.assert_allclose(found / found.max(), printed / printed.max(), rtol=3e-4)


def test_a_cost_fed_as_its_negative_is_the_same_to_methods_of_differences(published: Path) -> None:
    x, columns, _ = read(published / "mcdm_alternatives")
    fed, direction = x.assign(c2=-x["c2"]), {"c2": -1}
    options = {name: columns[name].to_dict() for name in ("q", "p")} | {"preference": "linear"}
    for found, wanted in (
        (hi.aggregate.promethee(x, direction=direction, **options), hi.aggregate.promethee(fed, **options)),
        (hi.aggregate.electre(x, direction=direction, p=2, v=5), hi.aggregate.electre(fed, p=2, v=5)),
        (hi.aggregate.mabac(x, direction=direction), hi.aggregate.mabac(fed)),
        (hi.aggregate.moora(x, direction=direction), hi.aggregate.moora(fed)),
        (hi.aggregate.cocoso(x, direction=direction), hi.aggregate.cocoso(fed)),
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-12)
