"""How pictures are made: into given axes, with the same bytes, in words that can be read, without warnings."""

from __future__ import annotations

import builtins
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index.plot import OF_COMPARISON, OF_RESULT, OF_UNCERTAINTY, save, style
from hengdian_index.plot.layout import apart

pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no plots")

OF_A_UNIT = {"level", "change", "waterfall", "radar"}


@pytest.fixture(params=["film", "towns"])
def every(request):
    """Every picture of a series, or of a panel of units, as (name, function)."""
    result = request.getfixturevalue(request.param)
    found = request.getfixturevalue("film_draws" if request.param == "film" else "draws")
    chosen = {name: {"unit": "横店"} if request.param == "towns" and name in OF_A_UNIT else {} for name in OF_RESULT}
    chosen["scatter"] = {"by": result.tree.codes[0]}
    pictures = [(name, lambda n=name, **more: getattr(result.plot, n)(**chosen[n], **more)) for name in OF_RESULT]
    pictures += [(name, getattr(found.plot, name)) for name in OF_UNCERTAINTY]
    pictures += [(name, getattr(request.getfixturevalue("compared").plot, name)) for name in OF_COMPARISON]
    return [*pictures, ("bars", request.getfixturevalue("shares").plot.bars)]


def test_every_picture_of_a_series_and_of_a_panel_draws_without_a_warning(every):
    for _, picture in every:
        picture().figure.canvas.draw()


def test_every_picture_draws_into_the_axes_given(every):
    import matplotlib.pyplot as plt

    for name, picture in every:
        _, ax = plt.subplots(subplot_kw={"projection": "polar" if name == "radar" else None})
        before = len(plt.get_fignums())
        assert picture(ax=ax) is ax
        assert len(plt.get_fignums()) == before
        plt.close("all")


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
def test_the_same_picture_is_the_same_bytes(film, tmp_path, ending):
    for name in ("one", "two"):
        for picture in ("lines", "level", "framework"):
            save(getattr(film.plot, picture)(), tmp_path / f"{name}-{picture}.{ending}", dpi=60)
    for picture in ("lines", "level", "framework"):
        one, two = ((tmp_path / f"{name}-{picture}.{ending}").read_bytes() for name in ("one", "two"))
        assert one == two


def test_svg_holds_outlines_and_no_date(film, tmp_path):
    text = save(film.plot.lines(), tmp_path / "lines.svg").read_text(encoding="utf-8")
    assert "<text" not in text
    assert "dc:date" not in text


def test_a_saved_picture_says_in_words_what_it_shows(towns, compared, tmp_path):
    from xml.etree import ElementTree

    from PIL import Image

    for ax, parts in (
        (towns.plot.ranking(), ["总指数, 2022", "score", "supply", "fame"]),
        (towns.plot.multiples(), ["总指数, 2019 = 100", *(f"{town} " for town in towns.panel.units)]),
        (
            compared.plot.shift("top"),
            ["top against as it is 总指数, 2022", "shift of the rank (− rises, + falls)", "falls"],
        ),
    ):
        root = ElementTree.fromstring(save(ax, tmp_path / "a.svg").read_text(encoding="utf-8"))
        (title,) = root.findall("{http://www.w3.org/2000/svg}title")
        assert [part for part in parts if part not in title.text] == []
        with Image.open(save(ax, tmp_path / "a.png", dpi=40)) as image:
            assert image.text["Title"] == title.text


@pytest.mark.parametrize("name", ["framework", "radar", "correlations"])
def test_a_picture_saved_again_is_the_same_bytes(film, tmp_path, name):
    """A layout begins where the one before ended, so each save starts from the same places."""
    ax = getattr(film.plot, name)()
    ax.figure.canvas.draw()
    first = save(ax, tmp_path / "picture.svg").read_bytes()
    assert save(ax, tmp_path / "picture.svg").read_bytes() == first


def test_save_takes_a_figure_and_says_what_is_wrong(film, tmp_path):
    figure = film.plot.framework().figure
    assert save(figure, tmp_path / "a.svg").read_bytes() == save(figure.axes[0], tmp_path / "b.svg").read_bytes()
    with pytest.raises(hi.SpecError, match=r"path: no picture format '.docx'; allowed: .*svg"):
        save(figure, tmp_path / "a.docx")
    with pytest.raises(hi.DataError, match="cannot write"):
        save(figure, tmp_path / "absent" / "a.svg")


def test_a_radar_asks_for_polar_axes(film):
    import matplotlib.pyplot as plt

    with pytest.raises(hi.SpecError, match=r"ax: this picture needs polar axes, plt.subplots\(.*not 'rectilinear'"):
        film.plot.radar(ax=plt.subplots()[1])


def test_the_settings_of_the_user_stay(film):
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    film.plot.lines()
    assert dict(mpl.rcParams) == before


def test_chinese_is_drawn_or_hinted_at_once(towns, monkeypatch):
    """Without a font: boxes, and one warning however many names there are."""
    if style.chinese_family() is not None:
        assert any("横店" in text.get_text() for text in towns.plot.ranking().get_yticklabels())
    monkeypatch.setattr(style, "chinese_family", lambda: None)
    style._hint.cache_clear()
    with pytest.warns(UserWarning, match=r'no installed font has Chinese.*pip install "hengdian-index\[cjk\]"') as said:
        ax = towns.plot.ranking()
    ax.figure.canvas.draw()
    assert len(said) == 1
    assert sum("□□" in text.get_text() for text in ax.get_yticklabels()) == 2
    assert ax.get_title() == "□□□, 2022"


def test_the_font_found_has_chinese():
    family = style.chinese_family()
    if family is None:
        pytest.skip("no font with Chinese is installed")
    from matplotlib.font_manager import findfont, get_font

    characters = get_font(findfont(family, fallback_to_default=False)).get_charmap()
    assert all(ord(character) in characters for character in "横店影视文化产业发展指数景气国际化")


def test_without_matplotlib_the_error_says_what_to_install(film, monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(hi.SpecError, match=re.escape('pip install "hengdian-index[report]"')):
        film.plot.lines()


def test_a_plot_that_is_none(film, draws, shares):
    with pytest.raises(AttributeError, match=r"no plot 'line'; did you mean 'lines'\?"):
        film.plot.line()
    assert dir(draws.plot) == ["rank_frequency", "rank_intervals", "score_intervals"]
    assert dir(shares.plot) == ["bars"]
    assert film.plot.lines.__doc__.startswith("Lines of the levels")


def test_rows_without_periods_have_a_ranking_but_no_lines():
    index = hi.Index(unit="who", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    result = index.compute({"who": ["A", "B", "C"], "x": [1.0, 2.0, 3.0]})
    assert [text.get_text() for text in result.plot.ranking().get_yticklabels()] == ["1  C", "2  B", "3  A"]
    with pytest.raises(hi.DataError, match="no period"):
        result.plot.lines()


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12), st.floats(0.01, 10))
def test_apart_moves_only_what_is_too_near(positions, gap):
    found = apart(positions, gap)
    order = np.argsort(positions, kind="stable")
    assert (np.diff(found[order]) >= gap - 1e-9).all()
    if len(positions) < 2 or np.diff(np.sort(positions)).min() >= gap:
        np.testing.assert_allclose(found, positions, atol=1e-9)
    np.testing.assert_allclose(found.mean(), np.mean(positions), atol=1e-9)


def test_names_break_between_words_and_long_chinese_anywhere():
    assert style.wrapped("Concentration of distributors", 16) == "Concentration of\ndistributors"
    assert style.wrapped("Internationalisation 国际化", 22) == "Internationalisation\n国际化"
    assert style.wrapped("横店影视文化产业发展指数", 10) == "横店影视文\n化产业发展\n指数"


def test_no_line_begins_with_what_closes_a_bracket_or_ends_with_what_opens_one():
    assert style.wrapped("影视文化企业数量（家）", 20) == "影视文化企业数量\n（家）"
    assert style.wrapped("影视文化企业数（家）", 18) == "影视文化企业数\n（家）"


def test_names_of_different_heights_keep_apart():
    found = apart([0.0, 0.1, 5.0], np.array([1.0, 3.0, 1.0]))
    np.testing.assert_allclose(found, [-0.95, 1.05, 5.0])


def test_up_to_28_parts_look_different():
    assert len(set(style.colours(28))) == 28


@pytest.mark.filterwarnings("error")
def test_axes_made_elsewhere_have_chinese_labels_too():
    if style.chinese_family() is None:
        pytest.skip("no font with Chinese is installed")
    import io

    import matplotlib.pyplot as plt

    index = hi.Index(
        unit="who",
        groups=[hi.Group("all", name="总指数")],
        indicators=[hi.Indicator("a", "all", name="票房"), hi.Indicator("b", "all", name="影院")],
    )
    result = index.compute({"who": ["横店", "北京", "上海"], "a": [1.0, 3.0, 2.0], "b": [5.0, 4.0, 1.0]})
    figure, (left, right) = plt.subplots(1, 2)
    result.plot.ranking(ax=left)
    result.plot.correlations(ax=right)
    figure.savefig(io.BytesIO())
    plt.close(figure)


def test_a_picture_leaves_all_settings_but_those_that_a_notebook_makes_meanwhile():
    """The first picture of a notebook switches the interactive mode on; what undoes that hides the second one."""
    import matplotlib as mpl

    before, interactive = dict(mpl.rcParams), mpl.is_interactive()
    try:
        with style.context():
            assert mpl.rcParams["axes.spines.top"] != before["axes.spines.top"]
            mpl.interactive(True)
        assert mpl.is_interactive()
        assert {**mpl.rcParams, "interactive": interactive} == before
    finally:
        mpl.interactive(interactive)
    with pytest.raises(ZeroDivisionError), style.context():
        _ = 1 / 0
    assert dict(mpl.rcParams) == before
