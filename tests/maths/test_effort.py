"""What a computation would take is told before it starts: memory there is not, or a long wait."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

import hengdian_index as hi
from hengdian_index._maths import effort
from hengdian_index._maths.effort import estimate, memory_left
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError
from hengdian_index.log import journal


def test_memory_that_is_not_there_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "memory_left", lambda: 2e9)
    with pytest.raises(DataError) as error:
        estimate("aggregate", Said("a search of 9 rows"), 5e9, 7200, "take fewer")
    assert str(error.value) == (
        "a search of 9 rows needs 5.0 GB of memory, and 1.8 GB are free; it would take about 2 hours; take fewer"
    )


@pytest.mark.parametrize(("seconds", "told"), [(59, None), (61, "1 minute"), (7000, "2 hours"), (2e5, "2 days")])
def test_a_wait_of_more_than_a_minute_is_told_before_it_begins(seconds: float, told: str | None) -> None:
    with journal() as lines, warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        estimate("treat", Said("a loop"), 4e7, seconds, Said("take fewer"))
    wanted = [] if told is None else [f"a loop takes about {told} and 40.0 MB of memory; take fewer"]
    assert [line.why for line in lines] == wanted
    assert [str(one.message) for one in heard] == wanted


def test_the_least_of_what_system_and_container_leave_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit, used, system = (tmp_path / name for name in ("limit", "used", "system"))
    system.write_text("MemTotal: 9000 kB\nMemAvailable:    4000 kB\n")
    monkeypatch.setattr(effort, "_MEMORY", system)
    monkeypatch.setattr(effort, "_LIMITS", ((limit, used),))
    assert memory_left() == 4000 * 1024
    limit.write_text("max\n")
    used.write_text("12\n")
    assert memory_left() == 4000 * 1024
    limit.write_text("2000000\n")
    assert memory_left() == 2000000 - 12
    used.write_text("3000000\n")
    assert memory_left() == 0


LONG = {
    "kemeny": lambda x: hi.aggregate.kemeny(x),
    "outranking": lambda x: hi.aggregate.outranking(x),
    "copeland": lambda x: hi.aggregate.copeland(x),
    "benefit_of_the_doubt": lambda x: hi.aggregate.benefit_of_the_doubt(x),
    "neighbours": lambda x: hi.impute.neighbours(np.where(x > 8.5, np.nan, x)),
    "jrc": lambda x: hi.treat.jrc(np.exp(3 * x[:, 0]), max_points=None),
}


@pytest.mark.parametrize("name", LONG)
def test_methods_that_grow_with_pairs_of_rows_say_what_they_take(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(2).uniform(1, 9, (40, 3))
    monkeypatch.setattr(effort, "PATIENCE", 0.0)
    with pytest.warns(UserWarning, match=rf"^{name} of \d+ \w+.* takes about .* memory; "), journal() as lines:
        answer = LONG[name](x)
    assert answer is not None
    # A treatment's log is of the cells that it moves.
    assert name == "jrc" or any(line.why.startswith(f"{name} of ") for line in lines)
    monkeypatch.setattr(effort, "memory_left", lambda: 0.0)
    with pytest.raises(DataError, match=rf"{name} of \d+ \w+.* needs .* of memory, and .* are free"):
        LONG[name](x)


def test_twenty_thousand_rows_are_no_surprise_to_kemeny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "memory_left", lambda: 4e9)
    with pytest.raises(DataError, match=r"kemeny of 20000 rows needs 19\.2 GB .*about 2 minutes; copeland or borda"):
        hi.aggregate.kemeny(np.random.default_rng(0).random((20_000, 3)))


def test_what_it_takes_is_told_in_the_language_that_is_spoken() -> None:
    what, remedy = Said.of(20_000, "{n} row", "{n} rows"), Said.of(5, "{n} value", "{n} values")
    with hi.options(lang="zh"), pytest.warns(UserWarning, match="^20000行约需2小时、内存3.2 GB；5个数值$"):
        estimate("aggregate", what, 3.2e9, 7300.0, remedy)
