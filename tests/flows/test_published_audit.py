"""The audit of a published index: the Technology Achievement Index of the Handbook, to the printed digit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi


@pytest.fixture(scope="module")
def audit(published: Path) -> hi.Audit:
    """Return the audit of the eight indicators in one group, standardised as in the Handbook."""
    table = pd.read_csv(published / "tai" / "data.csv")
    table[["telephones", "electricity"]] = np.log10(table[["telephones", "electricity"]])
    codes = [code for code in table.columns if code != "country"]
    index = hi.Index(
        unit="country",
        groups=[hi.Group("tai")],
        indicators=[hi.Indicator(code, "tai") for code in codes],
        normalise="z_score",
    )
    return hi.audit(index, table, draws=32)


def test_table_6_correlations(audit: hi.Audit, published: Path) -> None:
    printed = pd.read_csv(published / "tai" / "table_06_correlation.csv")
    printed = printed[printed["code_1"] != printed["code_2"]].set_index(["code_1", "code_2"])["correlation"]
    found = audit.measured.query("check == 'redundant'").set_index(["part", "other"])["value"]
    assert len(found) == 28
    for pair, r in found.items():
        assert r == pytest.approx(printed[pair] if pair in printed else printed[pair[::-1]], abs=0.005)
    told = audit.findings.query("check == 'negative' and verdict == 'look'").set_index(["part", "other"]).index
    below = {frozenset(pair) for pair, r in printed.items() if r < 0}
    assert {frozenset(pair) for pair in told} == below


def test_tables_7_and_11_components_and_alpha(audit: hi.Audit) -> None:
    found = audit.measured[audit.measured["group"] == "tai"].set_index("check")
    assert found.loc["first_component", "value"] == pytest.approx(0.419, abs=0.0005)
    assert found.loc["second_component", "value"] == pytest.approx(1.7, abs=0.05)
    assert found.loc["alpha", "value"] == pytest.approx(0.70, abs=0.005)
    verdicts = audit.verdicts[["alpha", "first_component", "second_component"]]
    assert verdicts.tolist() == ["pass", "look", "look"]
