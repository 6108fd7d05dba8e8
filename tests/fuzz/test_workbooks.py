"""The fuzzer of workbooks: a hundred inputs in the ordinary run, five minutes in the slow one."""

from __future__ import annotations

import pytest

pytest.importorskip("python_calamine", reason="python-calamine is not installed: no workbook can be read")
pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed: there are no workbooks to spoil")

from fuzz.workbooks import MOST_MEGABYTES, megabytes, run


def test_spoilt_workbooks_are_read_or_refused() -> None:
    found = run(seconds=60, seed=5, most=120)
    assert found.faults == []
    assert found.refused > 40


@pytest.mark.slow
def test_five_minutes_of_spoilt_workbooks_are_read_or_refused() -> None:
    before = megabytes()
    found = run(seconds=300, seed=6)
    assert found.faults == []
    assert found.inputs > 200
    assert megabytes() <= max(before, MOST_MEGABYTES)
