"""How pictures look: sizes for print, colours that the colour-blind tell apart, a font for Chinese, equal bytes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from hengdian_index.errors import DataError, SpecError

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

_SVG = {"svg.fonttype": "path", "svg.hashsalt": "hengdian_index"}

# What a format writes of the time of day unless told not to.
_DATES = {".svg": "Date", ".pdf": "CreationDate"}

# Han, kana, hangul, full-width forms.
_RANGES = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0002fa1f"
_CHINESE = re.compile(f"[{_RANGES}]")
# No line begins with what closes, or ends with what opens.
_OPEN, _CLOSE = "（《「『【〔〈“‘", "）》」』】〕〉，。、；：！？”’％"
_PARTS = re.compile(f"[{_OPEN}]*(?:[{_RANGES}]|[^{_RANGES}]+)[{_CLOSE}]*")

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


def drawn(function: Callable[P, T]) -> Callable[P, T]:
    """Return a picture's function, drawing in the package's style; the user's own settings stay as they are."""

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> T:
        with context():
            picture = function(*args, **kwargs)
            if kwargs.get("ax") is not None:
                in_family(picture)
            return picture

    return inside


def in_family(picture: Any) -> None:
    """Give the texts of axes that were made elsewhere a family that has Chinese."""
    import matplotlib as mpl
    from matplotlib.text import Text

    for text in picture.findobj(Text):
        text.set_fontfamily(mpl.rcParams["font.family"])


@contextmanager
def context() -> Iterator[None]:
    """Draw in the package's style inside the block."""
    pyplot()
    import matplotlib as mpl

    family = chinese_family()
    settings: dict[Any, Any] = {**_RC, **_SVG, "font.family": ["DejaVu Sans", *([family] if family else [])]}
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
        raise SpecError('plots need matplotlib, which is not installed: pip install "hengdian-index[report]"') from None
    return plt


def axes(ax: Axes | None, height: float, width: float = WIDTH, projection: str | None = None) -> Axes:
    """Return the axes to draw into: those given, or the axes of a new figure (inches)."""
    if ax is None:
        made: Axes = pyplot().subplots(
            figsize=(width, height), layout="constrained", subplot_kw={"projection": projection}
        )[1]
        return made
    pyplot()
    from matplotlib.axes import Axes as Known

    if not isinstance(ax, Known):
        raise SpecError(f"ax: axes of matplotlib, as of plt.subplots()[1], not {type(ax).__name__}")
    if projection is not None and ax.name != projection:
        remedy = f"plt.subplots(subplot_kw={{'projection': {projection!r}}})"
        raise SpecError(f"ax: this picture needs {projection} axes, {remedy}, not {ax.name!r}")
    return ax


def height_of(ax: Axes) -> float:
    """Return about how high (inches) axes are once titles and labels have their place."""
    box = ax.get_position()
    return float(ax.figure.get_window_extent().height / ax.figure.dpi * box.height)


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
    SVG holds letters as outlines, so that it looks alike where the font is absent, and neither a date nor random names.
    Proof: two pictures of one result are the same bytes.

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
        figure = figure.figure  # type: ignore[assignment]
    ending = path.suffix.lower()
    known = sorted(figure.canvas.get_supported_filetypes())
    if ending[1:] not in known:
        raise SpecError(f"path: no picture format {ending!r}; allowed: {', '.join(known)}")
    with context(), _placed(figure):
        try:
            figure.savefig(path, dpi=dpi, metadata={_DATES[ending]: None} if ending in _DATES else None)
        except OSError as error:
            raise DataError(f"cannot write {path}: {error}") from None
    return path


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


def readable(text: Any) -> str:
    """Return text as it can be drawn: with boxes for Chinese where no font has it, and a hint said once."""
    said = str(text)
    if chinese_family() is not None or not _CHINESE.search(said):
        return said
    _hint()
    return _CHINESE.sub("□", said)


def wrapped(text: Any, width: int = 24) -> str:
    """Return text broken into lines of about `width` letters; a Chinese character counts as two.

    Chinese without spaces is broken where it is longer than a line.
    """
    words = re.findall(rf"[{_RANGES}]+|\s+|[^\s{_RANGES}]+", str(text))
    lines = [""]
    for piece in (part for word in words for part in ([word] if size(word) <= width else re.findall(_PARTS, word))):
        if lines[-1] and size(lines[-1].rstrip() + piece) > width and not piece.isspace():
            lines.append("")
        lines[-1] += piece if lines[-1] or not piece.isspace() else ""
    return readable("\n".join(line.strip() for line in lines))


def size(text: str) -> int:
    """Return how many letters wide a text is, a Chinese character counted as two."""
    return len(text) + len(_CHINESE.findall(text))


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
    remedy = 'install one, such as fonts-noto-cjk, or: pip install "hengdian-index[cjk]"'
    warnings.warn(f"no installed font has Chinese characters, boxes stand for them; {remedy}", stacklevel=2)
