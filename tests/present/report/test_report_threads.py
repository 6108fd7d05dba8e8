"""Reports made in threads, of several results and in both languages, are those made alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.indexes import two_levels
from support.pages import towns
from support.tables import table

from hengdian_index.plot import save

pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")


def test_reports_made_in_threads_are_those_made_alone(tmp_path):
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    small = two_levels().compute(table())
    index, frame = towns("Cove")
    results = [small, index.compute(frame)]
    jobs = [(i, lang) for i in range(2) for lang in ("en", "zh")]
    alone = {job: results[job[0]].report(tmp_path / "alone.html", lang=job[1]).read_bytes() for job in jobs}
    shown, settings = plt.get_fignums(), dict(mpl.rcParams)
    start = threading.Barrier(4)

    def made(one):
        number, (i, lang) = one
        start.wait(60)
        return results[i].report(tmp_path / f"{number}.html", lang=lang).read_bytes()

    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(made, enumerate(jobs)))
    assert [page == alone[job] for page, job in zip(pages, jobs, strict=True)] == [True] * 4
    assert (plt.get_fignums(), dict(mpl.rcParams)) == (shown, settings)


def test_pictures_saved_in_threads_are_those_saved_alone(tmp_path):
    import matplotlib.pyplot as plt

    result = two_levels().compute(table())
    alone = save(result.plot.lines(), tmp_path / "alone.svg").read_bytes()

    def made(number):
        return save(result.plot.lines(), tmp_path / f"{number}.svg").read_bytes()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(made, range(8))) == {alone}
    plt.close("all")
