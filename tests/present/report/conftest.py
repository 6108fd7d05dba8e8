"""Results and their pages, made once for all tests of this folder."""

from __future__ import annotations

import pytest
from support.pages import NASTY, towns

import hengdian_index as hi


@pytest.fixture(scope="session", name="film")
def drawn_film():
    index, table = hi.example("film_industry")
    found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=32, progress=False)
    return index.compute(table), found


@pytest.fixture(scope="session", name="panel")
def drawn_towns():
    index, table = towns(NASTY)
    found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=32, progress=False)
    return index.compute(table), found


@pytest.fixture(scope="session")
def written(film, panel, tmp_path_factory):
    """Pages of both in both languages."""
    folder, cases = tmp_path_factory.mktemp("pages"), {"film": film, "panel": panel}
    return {
        (name, lang): result.report(folder / f"{name}_{lang}.html", lang=lang, uncertainty=found)
        for name, (result, found) in cases.items()
        for lang in ("en", "zh")
    }
