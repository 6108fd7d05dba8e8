"""How pictures look: sizes for print, colours that the colour-blind tell apart, lines of Chinese, equal bytes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np

from hengdian_index._system.about import install
from hengdian_index._system.alone import ALONE
from hengdian_index._system.written import whole
from hengdian_index._tables.table import Array
from hengdian_index._words.language import language
from hengdian_index._words.said import Said, joined, told
from hengdian_index.errors import DataError, SpecError, cause

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")
T = TypeVar("T")

# Inches: the text width of an A4 page.
WIDTH = 6.5

# Okabe & Ito 2008, "Color Universal Design", the lightest last; black is for wholes, grey for what is no part.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442")
UP, DOWN = COLOURS[0], COLOURS[3]
WHOLE, REST, FAINT = "#000000", "#8C8C8C", "#D0D0D0"
HATCHES = ("", "////", "....", "\\\\\\\\")

_RC: dict[str, Any] = {
    "font.size": 8,
    "axes.titlesize": 9,
    "axes.labelsize": 8,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.xmargin": 0.02,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "hatch.linewidth": 0.5,
    "lines.linewidth": 1.4,
}

# Names are drawn as they are: a dollar or a backslash in them is no formula.
_PLAIN: dict[str, Any] = {"text.parse_math": False, "text.usetex": False, "axes.formatter.use_mathtext": False}

_SVG = {"svg.fonttype": "path", "svg.hashsalt": "hengdian_index"}

# Inches by which something may reach out of a figure: less than a dot of the screen.
_SLACK = 0.02

_UNSHOWN: ContextVar[bool] = ContextVar("unshown", default=False)

# Formats in which a picture has a title.
_TITLED = (".svg", ".pdf", ".png")

# What a format writes of the time of day unless told not to.
_DATES = {".svg": "Date", ".pdf": "CreationDate"}

_FAMILIES = (
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "Noto Serif CJK SC",
    "Songti SC",
    "SimSun",
    "Arial Unicode MS",
)

_FILES = re.compile("NotoSans(CJK|SC)|SourceHanSans|msyh|simhei|PingFang|wqy", re.IGNORECASE)

# Han, kana, hangul, full-width forms.
_RANGES = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0002fa1f"
WIDE = re.compile(f"[{_RANGES}]")

# No line ends with what opens, or begins with what closes or is the sign of a unit.
_OPEN = r"（《「『【〔〈“‘(\[{￥"
_CLOSE = r"）》」』】〕〉，。、；：？！”’％‰…—·～)\]},.;:!?%°′″℃"

_RUN = rf"[^\s{_RANGES}{_OPEN}{_CLOSE}]+"
_HAN = rf"(?![{_OPEN}{_CLOSE}])[{_RANGES}]"
# What stays together: a run of letters and digits with the marks inside it, a number with its counter ("第3个"), one
# character; each with what opens before it and what closes after it.
_ATOM = re.compile(
    rf"(?:[{_OPEN}]\s*)*(?:第?{_RUN}(?:[{_CLOSE}]+{_RUN})*(?:(?<=[0-9]){_HAN})?|{_HAN}|)(?:\s*[{_CLOSE}])*", re.DOTALL
)
_SPACE = re.compile(rf"((?<![{_OPEN}\s])[^\S\u00a0]+(?![{_CLOSE}\s]))")

# Of its width and height, axes keep at least this share.
_LEAST = 0.3

# Inches between what is drawn and the part of a neighbour.
_GAP = 0.04


def drawn(function: Callable[P, T]) -> Callable[P, T]:
    """Return a picture's function, drawing in the package's style; the user's own settings stay as they are."""

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> T:
        given: Any = kwargs.get("ax")
        with context(_PLAIN):
            room = room_of(given)
            picture = function(*args, **kwargs)
            if given is not None:
                in_family(picture)
                fit(picture, room)
            return picture

    return inside


def in_family(picture: Any) -> None:
    """Give the texts of axes that were made elsewhere a family that has Chinese, and take them as they are."""
    import matplotlib as mpl
    from matplotlib.text import Text

    for text in picture.findobj(Text):
        text.set_fontfamily(mpl.rcParams["font.family"])
        text.set_parse_math(False)
        text.set_usetex(False)


@contextmanager
def context(more: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Draw in the package's style inside the block, with more settings if there are some."""
    pyplot()
    import matplotlib as mpl

    with ALONE:
        family = chinese_family()
        settings: dict[Any, Any] = {**_RC, **_SVG, "font.family": ["DejaVu Sans", *([family] if family else [])]}
        settings |= more or {}
        # Not rc_context: it would undo the interactive mode that a notebook switches on with its first picture.
        before = {name: mpl.rcParams[name] for name in settings}
        try:
            mpl.rcParams.update(settings)
            yield
        finally:
            mpl.rcParams.update(before)


def pyplot() -> Any:
    """Return matplotlib.pyplot.

    Raises
    ------
    SpecError
        It is not installed.
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise SpecError(
            Said("plots need matplotlib, which is not installed: {install}", install=install("report"))
        ) from None
    return plt


def axes(ax: Axes | None, height: float, width: float = WIDTH, projection: str | None = None) -> Axes:
    """Return the axes to draw into: those given, or the axes of a new figure (inches)."""
    if ax is None:
        page = {"figsize": (width, height), "layout": "constrained"}
        figure = _unshown(page) if _UNSHOWN.get() else pyplot().figure(**page)
        made: Axes = figure.subplots(subplot_kw={"projection": projection})
        return made
    pyplot()
    from matplotlib.axes import Axes as Known

    if not isinstance(ax, Known):
        raise SpecError(Said("ax: axes of matplotlib, as of plt.subplots()[1], not {given}", given=type(ax).__name__))
    if projection is not None and ax.name != projection:
        remedy = f"plt.subplots(subplot_kw={{'projection': {projection!r}}})"
        raise SpecError(
            Said(
                "ax: this picture needs {projection} axes, {remedy}, not {given!r}",
                projection=projection,
                remedy=remedy,
                given=ax.name,
            )
        )
    _in_sizes(ax)
    return ax


def _in_sizes(ax: Axes) -> None:
    """Give the texts of axes that were made elsewhere the sizes and the look that those of a new figure have."""
    ax.title.set_fontsize(_RC["axes.titlesize"])
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set_fontsize(_RC["axes.labelsize"])
        axis.set_tick_params(labelsize=_RC["font.size"])
        getattr(axis.get_major_formatter(), "set_useMathText", bool)(False)
    in_family(ax)


@contextmanager
def unshown() -> Iterator[None]:
    """Draw into figures that pyplot does not know, so that no notebook shows them and nobody must close them."""
    token = _UNSHOWN.set(True)
    try:
        yield
    finally:
        _UNSHOWN.reset(token)


def _unshown(page: Mapping[str, Any]) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Made

    figure = Made(**page)
    FigureCanvasAgg(figure)
    return figure


def room_of(ax: Any) -> Array | None:
    """Return the part of the figure, its corners (2, 2) as shares, that axes have with half of what separates them.

    None where there are no axes of a grid, or where an engine of the figure lays them out.
    """
    place = getattr(ax, "get_subplotspec", lambda: None)()
    if place is None or ax.figure.figure.get_layout_engine() is not None:
        return None
    bottoms, tops, lefts, rights = place.get_gridspec().get_grid_positions(ax.figure)
    rows, columns = place.rowspan, place.colspan
    # Rows count from the top.
    across = _between(lefts, rights, columns.start, columns.stop - 1)
    down = _between(1 - tops, 1 - bottoms, rows.start, rows.stop - 1)
    return np.array([[across[0], 1 - down[1]], [across[1], 1 - down[0]]])


def _between(starts: Array, ends: Array, first: int, last: int) -> tuple[float, float]:
    """Return where the part of some places begins and ends: halfway to the next, at the edge of the figure."""
    low = (ends[first - 1] + starts[first]) / 2 if first else 0.0
    high = (ends[last] + starts[last + 1]) / 2 if last + 1 < len(starts) else 1.0
    return float(low), float(high)


def fit(ax: Any, room: Array | None) -> None:
    """Make axes smaller until all that is drawn around them is in their room, as far as they can be."""
    if room is None:
        return
    figure = ax.figure
    figure.figure.draw_without_rendering()
    shares = figure.transSubfigure.inverted()
    gap = _GAP / np.array([figure.bbox.width, figure.bbox.height]) * figure.figure.dpi
    for _ in range(2):
        box = ax.get_tightbbox()
        if box is None:
            return
        reach, place = shares.transform(box.get_points()), ax.get_position().get_points()
        low = np.maximum(place[0], place[0] + room[0] + gap - reach[0])
        high = np.minimum(place[1], place[1] + room[1] - gap - reach[1])
        least = _LEAST * (room[1] - room[0])
        short = high - low < least
        # What has no room reaches out to both sides alike.
        middle = np.clip((low + high) / 2, room[0] + least / 2, room[1] - least / 2)
        low, high = np.where(short, middle - least / 2, low), np.where(short, middle + least / 2, high)
        laid_out = ax.get_in_layout()
        ax.set_position((low[0], low[1], high[0] - low[0], high[1] - low[1]))
        ax.set_in_layout(laid_out)


def height_of(ax: Axes) -> float:
    """Return about how high (inches) axes are once titles and labels have their place."""
    box = ax.get_position()
    return float(ax.figure.get_window_extent().height / ax.figure.dpi * box.height)


def width_of(ax: Axes) -> float:
    """Return about how wide (inches) axes are once titles and labels have their place."""
    return float(ax.figure.get_window_extent().width / ax.figure.dpi * ax.get_position().width)


def save(picture: Axes | Figure, path: str | Path, *, dpi: float = 300) -> Path:
    """Write a picture to a file, its format by the ending; the same picture gives the same bytes.

    Parameters
    ----------
    picture : Axes or Figure
        What a plot returned, or a whole figure.
    path : path
        Ends in .svg, .pdf, .png or another ending that matplotlib knows.
    dpi : float
        Dots an inch, of formats that have dots.

    Returns
    -------
    Path

    Raises
    ------
    SpecError
        An ending that matplotlib does not know.
    DataError
        The file cannot be written.

    Notes
    -----
    What reaches out of the figure makes the picture larger; nothing is cut. SVG holds letters as outlines, so that it
    looks alike where the font is absent, and neither a date nor random names. SVG, PDF and PNG have as their title what
    the picture says in words: its titles, its axes, its key. Proof: two pictures of one result are the same bytes; what
    stands outside of the axes is in the file.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> from hengdian_index.plot import save
    >>> index, table = hi.example("film_industry")
    >>> save(index.compute(table).plot.lines(), "film.svg")  # doctest: +SKIP
    """
    pyplot()
    from matplotlib.figure import Figure

    path, figure = Path(path), picture
    while not isinstance(figure, Figure):
        # Up from axes and sub-figures; the declared type is that of the whole picture.
        figure = figure.figure  # type: ignore[assignment]
    ending = path.suffix.lower()
    known = sorted(figure.canvas.get_supported_filetypes())
    if ending[1:] not in known:
        raise SpecError(
            Said("path: no picture format {ending!r}; allowed: {known}", ending=ending, known=joined(known))
        )
    with context(), _placed(figure):
        try:
            facts: dict[str, str | None] = {_DATES[ending]: None} if ending in _DATES else {}
            facts |= {"Title": described(figure)} if ending in _TITLED else {}
            with whole(path) as part:
                figure.savefig(part, dpi=dpi, metadata=facts or None, bbox_inches=_whole(figure))
        except OSError as error:
            raise DataError(
                Said("cannot write {path}: {reason}", path=path, reason=cause(error, error.strerror or ""))
            ) from None
    return path


def described(figure: Figure) -> str:
    """Return what a picture says of itself in words, for those who cannot see it: its titles and what its axes are."""
    said: list[str] = []
    for ax in figure.axes:
        legend: Any = ax.get_legend()
        panels: list[Any] = list(ax.child_axes)
        said += [ax.get_title(), *(text.get_text() for text in ax.texts if not ax.axison)]
        said += [ax.get_xlabel(), ax.get_ylabel()] if ax.axison else []
        said += [text.get_text() for text in (legend.get_title(), *legend.get_texts())] if legend else []
        said += [panel.get_title(loc="left") for panel in panels]
    return "; ".join(dict.fromkeys(" ".join(text.split()) for text in said if text.strip()))


def _whole(figure: Figure) -> Any:
    """Return a box (inches) around a figure and all that reaches out of it; None where nothing does."""
    from matplotlib.transforms import Bbox

    figure.draw_without_rendering()
    page, drawn = figure.bbox_inches, figure.get_tightbbox()
    both = Bbox.union([page, drawn])
    return None if np.abs(np.subtract(both.extents, page.extents)).max() < _SLACK else both


@contextmanager
def _placed(figure: Figure) -> Iterator[None]:
    """Leave axes where they are once the block ends: a layout begins where the one before ended."""
    places = [(ax, ax.get_position(original=True), ax.get_in_layout()) for ax in figure.axes]
    try:
        yield
    finally:
        for ax, place, laid_out in places:
            ax.set_position(place)
            ax.set_in_layout(laid_out)


def colours(n: int) -> list[tuple[str, str]]:
    """Return n pairs of colour and hatch, all different up to 28."""
    return [(COLOURS[i % len(COLOURS)], HATCHES[i // len(COLOURS) % len(HATCHES)]) for i in range(n)]


_written: ContextVar[bool] = ContextVar("written", default=False)


@contextmanager
def as_text() -> Iterator[None]:
    """Say that names are written inside the block, and not drawn: no font is asked whether it has them."""
    token = _written.set(True)
    try:
        yield
    finally:
        _written.reset(token)


def readable(text: Any) -> str:
    """Return text as it can be drawn: with boxes for Chinese where no font has it, and a hint said once."""
    said = str(text)
    if _written.get() or chinese_family() is not None or not WIDE.search(said):
        return said
    _hint()
    return WIDE.sub("□", said)


def wrapped(text: Any, width: int = 24) -> str:
    """Return text broken into lines of about `width` letters; a Chinese character counts as two.

    Chinese without spaces is broken where it is longer than a line.
    """
    return readable(broken(str(text), width))


def size(text: str) -> int:
    """Return how many letters wide a text is, a Chinese character counted as two."""
    return len(text) + len(WIDE.findall(text))


def broken(text: str, width: int) -> str:
    r"""Return text in lines of about `width` letters; a word is broken, within Chinese, where it is wider than a line.

    Examples
    --------
    >>> from hengdian_index.plot.style import broken
    >>> broken("票房收入增长率（%）", 14)
    '票房收入增长率\n（%）'
    """
    lines = [""]
    for piece in _pieces(text, width):
        if lines[-1] and size(lines[-1].rstrip() + piece) > width and not piece.isspace():
            lines.append("")
        lines[-1] += piece if lines[-1] or not piece.isspace() else ""
    return "\n".join(line.strip() for line in lines)


def _pieces(text: str, width: int) -> Iterator[str]:
    """Yield what is set whole: words and the spaces between them, of words wider than a line their parts."""
    for word in _SPACE.split(text):
        yield from filter(None, [word] if size(word) <= width else _ATOM.findall(word))


class FontWarning(UserWarning):
    """A hint that no installed font has Chinese characters."""


@cache
def chinese_family() -> str | None:
    """Return the first font found that has Chinese: that of the extra `cjk`, or one of the system; None without any."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    packaged = find_spec("zhplot")
    for folder in (packaged and packaged.submodule_search_locations) or []:
        _add(Path(folder).rglob("*.ttf"))
    found = _known()
    if found is None:
        # matplotlib remembers the fonts of its first run; one installed since is only in the system's folders.
        _add(Path(file) for file in findSystemFonts() if _FILES.search(Path(file).name))
        found = _known()
    if found is None:
        named = [name for name in fontManager.get_font_names() if "CJK" in name]
        found = min(named, default=None)
    return found


def _known() -> str | None:
    from matplotlib.font_manager import fontManager

    names = set(fontManager.get_font_names())
    return next((family for family in _FAMILIES if family in names), None)


def _add(files: Iterable[Path]) -> None:
    from matplotlib.font_manager import fontManager

    for file in sorted(files):
        fontManager.addfont(file)


@cache
def _hint() -> None:
    hint = Said(
        "no installed font has Chinese characters, boxes stand for them; "
        "install one, such as fonts-noto-cjk, or: {install}",
        install=install("cjk"),
    )
    warnings.warn(told(hint, language()), FontWarning, stacklevel=2)
