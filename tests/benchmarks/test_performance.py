"""The command of the page on performance measures what it says, and the figures that are kept are such."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks import peers, performance, ratios

ROOT = Path(__file__).parents[2]
KEPT = json.loads((ROOT / "docs" / "about" / "performance.json").read_text(encoding="utf-8"))


def test_the_kept_figures_are_all_that_the_command_measures() -> None:
    assert KEPT["rows"] == 1_000_000
    assert KEPT["absent"] == []
    cases = {(one["method"], one["rows"], one["columns"]) for one in KEPT["peers"]}
    assert cases == {(method, *size) for method, size in product(performance.OURS, performance.SIZES)}
    assert {one["library"] for one in KEPT["peers"]} == {"hengdian_index", *peers.PEERS}
    assert len(KEPT["plain"]) > len(ratios.CASES) + 4
    assert set(KEPT["versions"]) >= {"python", "numpy", "pandas", *peers.PEERS}
    assert set(KEPT["load"]) == {"peers", "plain", "memory", "runs", "end"}


def test_kept_ratios_are_those_of_the_kept_times() -> None:
    for one in KEPT["plain"]:
        assert one["ratio"] == pytest.approx(one["elapsed"] / one["other"])
    ours = {(one["method"], one["rows"]): one for one in KEPT["peers"] if one["library"] == "hengdian_index"}
    for one in KEPT["peers"]:
        assert one["ratio"] == pytest.approx(ours[one["method"], one["rows"]]["elapsed"] / one["elapsed"])
        # A library may add a small number to what it takes a logarithm of.
        assert one["difference"] < 1e-3


def test_a_run_beside_others_measures_every_method(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(x: Any, w: Any) -> Any:
        yield "entropy", lambda: performance.OURS["entropy"](x, w) * 1.5

    monkeypatch.setattr(peers, "installed", lambda: {"other": "1.0"})
    monkeypatch.setitem(peers.PEERS, "other", other)
    monkeypatch.setattr(performance, "ROUNDS", 1)
    found = performance.beside_peers(0.0)
    assert {one["method"] for one in found if one["library"] == "hengdian_index"} == set(performance.OURS)
    (entropy, *_) = [one for one in found if one["library"] == "other"]
    assert entropy["difference"] == pytest.approx(0.5)
    assert all(one["elapsed"] > 0 for one in found)


@pytest.mark.parametrize("library", peers.PEERS)
def test_another_library_gives_our_numbers(library: str) -> None:
    pytest.importorskip(peers.LIBRARIES[library])
    x, w = np.random.default_rng(5).lognormal(size=(40, 6)), performance.weights(6)
    for method, function in peers.PEERS[library](x, w):
        ours = performance.OURS[method](x, w)
        np.testing.assert_allclose(np.asarray(function(), dtype=float), ours, rtol=1e-4, err_msg=method)
