"""Files are written whole or not at all, and nothing else is left in their folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from hengdian_index.whole import whole


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with whole(path) as part:
        part.write_text("new")
        assert (part.suffix, path.read_text()) == (".txt", "old")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(TypeError), whole(path) as part, part.open("w") as file:
        file.writelines(["half", 2])  # type: ignore[list-item]
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(OSError, match=r"a\.txt"), whole(path / "below.txt") as part:
        part.write_text("nowhere")
