"""Pages and tables written from the registry of methods, so that a method is documented by existing."""

from __future__ import annotations

import inspect
import re
import runpy
import tomllib
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

from sphinx.application import Sphinx
from sphinx.util import logging

import hengdian_index as hi
from hengdian_index.methods import FAMILIES, Method

_LOG = logging.getLogger(__name__)
_PROJECT = Path(__file__).parents[2]
_LAWS = {
    "M": "rises with each value",
    "I": "equal values give that value",
    "H": "scales with the values",
    "T": "shifts with the values",
    "S": "order of the columns does not matter",
    "B": "between the smallest and the largest value",
}


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before Sphinx looks for its sources."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True}


def write_pages(app: Sphinx) -> None:
    """Write every generated page and table below `generated/`; what did not change is not touched."""
    folder = Path(app.srcdir) / "generated"
    texts = {f"api/{name}.rst": text for name, text in api_pages().items()}
    texts |= {f"parts/{family}.md": family_table(family) for family in FAMILIES}
    texts |= {"parts/axioms.md": axioms(), "parts/proofs.md": proofs(), "parts/cases.md": cases()}
    texts |= {"parts/layers.md": layers()}
    texts["parts/families.md"] = "\n\n".join(_family_section(family) for family in FAMILIES if own(family))
    for old in set(folder.rglob("*.*")) - {folder / name for name in texts}:
        old.unlink()
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def own(family: str) -> list[Method]:
    """Return the package's methods of a family by name, without those that examples register."""
    methods = FAMILIES[family].values()
    return sorted((m for m in methods if m.function.__module__.startswith("hengdian_index.")), key=lambda m: m.name)


def family_table(family: str) -> str:
    """Return the table of a family: method, first line, options, and the columns of what its methods declare."""
    methods = own(family)
    shown = [trait for trait in _TRAITS if any(trait in m.traits for m in methods)]
    judged = any(m.sees == "judgement" for m in methods)
    head = ["method", "what comes out", "options", *(["from"] if judged else []), *(_TRAITS[trait][0] for trait in shown)]
    rows = []
    for method in methods:
        learnt = ["judgement" if method.sees == "judgement" else "data"] if judged else []
        told = [_declared(method, trait, _TRAITS[trait][1]) for trait in shown]
        rows.append([_link(method), _first_line(method.function), _options(method), *learnt, *told])
    return _table(head, rows)


def axioms() -> str:
    """Return the table of the laws that each aggregation declares; the law tests hold it to them."""
    methods = [m for m in own("aggregate") if "laws" in m.traits]
    rows = [[_link(m), *("✓" if letter in m.traits["laws"] else "" for letter in _LAWS)] for m in methods]
    return _table(["method", *_LAWS.values()], rows)


def proofs() -> str:
    """Return the table method -> proof, from the sentence "Proof: ..." of the description; warn where there is none."""
    rows = []
    for family in FAMILIES:
        for method in own(family):
            proof = _proof(method.function)
            if not proof:
                _LOG.warning("%s.%s: its description has no sentence 'Proof: ...'", family, method.name)
            rows.append([_link(method, f"{family}.{method.name}"), proof])
    rows += [[_reference(f, f"ahp.{f.__name__}"), _proof(f)] for f in _functions(hi.ahp) if _proof(f)]
    return _table(["method", "proof"], rows)


def cases() -> str:
    """Return the table of the published cases that the tests hold: folder, title, source."""
    rows = []
    for path in sorted((_PROJECT / "tests" / "reference").glob("*/CASE.toml")):
        case = tomllib.loads(path.read_text(encoding="utf-8"))
        rows.append([f"`{path.parent.name}`", _cell(case["title"]), _cell(case["source"])])
    return _table(["case", "title", "source"], rows)


def layers() -> str:
    """Return the layers of the package from the top down, each module with its first line, as the layer test has them."""
    found = runpy.run_path(str(_PROJECT / "tests" / "test_layers.py"))["LAYERS"]
    lines = ['<div class="layers">']
    for layer in reversed(found):
        lines += ["<div>"]
        lines += [f"<p><code>{name}</code> {_html(_module_line(name))}</p>" for name in layer]
        lines += ["</div>"]
    return "\n".join([*lines, "</div>", ""])


def api_pages() -> dict[str, str]:
    """Return the pages of reference: one for the index and its helpers, one for each module of functions."""
    named = {name: getattr(hi, name) for name in hi.__all__}
    modules = {name: value for name, value in named.items() if isinstance(value, ModuleType)}
    modules |= {f: import_module(f"hengdian_index.{f}") for f in FAMILIES if own(f) and f not in modules}
    rest = {name: value for name, value in named.items() if name not in modules}
    return {"index": _index_page(rest), **{name: _module_page(name, module) for name, module in modules.items()}}


def _index_page(named: dict[str, Any]) -> str:
    errors = [v for v in named.values() if inspect.isclass(v) and issubclass(v, Exception)]
    values = [v for v in named.values() if inspect.isclass(v) and v not in errors]
    functions = [v for v in named.values() if not inspect.isclass(v)]
    order = {"Index": 0, "Group": 1, "Indicator": 2, "Fitted": 3, "Result": 4}
    values.sort(key=lambda v: (order.get(v.__name__, 9), v.__name__))
    parts = [_title("The index", "="), "Everything here is a name of ``hi`` after ``import hengdian_index as hi``."]
    parts += [_title(v.__name__, "-") + "\n\n" + _class(v) for v in values]
    parts += [_title("Functions and decorators", "-"), *map(_function, functions)]
    parts += [_title("Errors", "-"), *(f".. autoexception:: {_path(v)}" for v in errors)]
    return _page(parts)


def _module_page(name: str, module: ModuleType) -> str:
    parts = [_title(f"hi.{name}", "="), f".. automodule:: {module.__name__}"]
    parts += [f"{_title(f.__name__, '-')}\n\n{_function(f)}" for f in _functions(module)]
    details = list(_details(module))
    if details:
        parts.append(_title("What the functions return", "-"))
    parts += [f".. autoclass:: {_path(c)}\n   :no-members:" for c in details]
    return _page(parts)


def _functions(module: ModuleType) -> list[Callable[..., Any]]:
    """Return the public functions that were written in a module or in its folder."""
    found = {name: getattr(module, name) for name in vars(module) if not name.startswith("_")}
    mine = (f for f in found.values() if inspect.isfunction(f) and _is_of(f, module))
    return sorted(dict.fromkeys(mine), key=lambda f: f.__name__)


def _details(module: ModuleType) -> Iterator[type]:
    """Yield the values that the functions of a module return where more is told than the plain answer."""
    public = {f.__module__ for f in _functions(module)}
    classes = {v for name in public for v in vars(import_module(name)).values() if inspect.isclass(v)}
    told = (c for c in classes if _is_of(c, module) and hasattr(c, "__dataclass_fields__") and c.__name__[:1] != "_")
    yield from sorted((c for c in told if _tells_more(c)), key=lambda c: c.__name__)


def _tells_more(one: type) -> bool:
    fields = one.__dataclass_fields__  # type: ignore[attr-defined]  # a dataclass, the caller looked
    return "weights" in fields or "scores" in fields or not callable(getattr(one, "__call__", None))


def _is_of(value: Any, module: ModuleType) -> bool:
    return value.__module__ == module.__name__ or value.__module__.startswith(f"{module.__name__}.")


def _class(value: type) -> str:
    """Return a class with its own public members, and its fields where a model lists them."""
    members = [name for name, member in vars(value).items() if name[:1] != "_" and _documented(member)]
    lines = [f".. autoclass:: {_path(value)}", f"   :members: {', '.join(members)}" if members else "   :no-members:"]
    fields = getattr(value, "model_fields", None)
    if not fields:
        return "\n".join(lines)
    rows = [f"   * - ``{name}``\n     - {_default(f)}" for name, f in fields.items()]
    table = ["", ".. list-table::", "   :header-rows: 1", "", "   * - field", "     - default", *rows]
    return "\n".join([*lines, *table])


def _default(field: Any) -> str:
    if field.is_required():
        return "must be given"
    value = field.default.plain() if hasattr(field.default, "plain") else field.default
    return f"``{value!r}``"


def _documented(member: Any) -> bool:
    member = getattr(member, "__func__", member)
    return bool(getattr(member, "__doc__", None)) and (callable(member) or hasattr(member, "__get__"))


def _function(value: Callable[..., Any]) -> str:
    return f".. autofunction:: {_path(value)}"


def _path(value: Any) -> str:
    """Return where a reader finds a name: in its family's folder, or in the module that defines it."""
    family = value.__module__.split(".")[1]
    folder = import_module(f"hengdian_index.{family}")
    public = getattr(folder, value.__name__, None) is value if family in FAMILIES else False
    return f"hengdian_index.{family}.{value.__name__}" if public else f"{value.__module__}.{value.__name__}"


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _title(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}"


def _family_section(family: str) -> str:
    intro = inspect.getdoc(import_module(f"hengdian_index.{family}")) or ""
    return f"## {family}\n\n{intro.partition('. ')[0].splitlines()[0]}\n\n```{{include}} parts/{family}.md\n```"


def _link(method: Method, text: str = "") -> str:
    return f"{{py:func}}`{text or method.name} <hengdian_index.{method.family}.{method.name}>`"


def _reference(function: Callable[..., Any], text: str) -> str:
    return f"{{py:func}}`{text} <{_path(function)}>`"


def _first_line(value: Any) -> str:
    return _cell((inspect.getdoc(value) or "").partition("\n")[0])


def _module_line(name: str) -> str:
    if name in ("__main__", "cli"):
        text = (_PROJECT / "hengdian_index" / f"{name}.py").read_text(encoding="utf-8")
        return text.split('"""')[1].partition("\n")[0]
    module = hi if name == "__init__" else import_module(f"hengdian_index.{name}")
    return (inspect.getdoc(module) or "").partition("\n")[0]


def _proof(function: Any) -> str:
    """Return what follows "Proof:" in a description, to the end of the paragraph."""
    for paragraph in re.split(r"\n\s*\n", inspect.getdoc(function) or ""):
        found = re.search(r"\b[Pp]roof:\s+(.*)", " ".join(paragraph.split()))
        if found:
            return _cell(found[1])
    return ""


def _options(method: Method) -> str:
    """Return the options with their defaults, the other words of a choice behind them; what must be given is bold."""
    shown = [f"**{name}**" for name in method.judgements]
    for name, option in method.options.items():
        hint = method.hints.get(name)
        words = get_args(hint) if get_origin(hint) is Literal else ()
        others = ", ".join(f"`{_word(word)}`" for word in words if word != option.default)
        given = f"**{name}**" if option.default is option.empty else f"`{name}={_word(option.default)}`"
        shown.append(given + (f" ({others})" if others else ""))
    return "<br>".join(shown)


def _word(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _yes(value: Any) -> str:
    return "✓" if value else ""


def _interval(value: Any) -> str:
    if value is None:
        return ""
    low, high = value
    return "any number" if (low, high) == (float("-inf"), float("inf")) else f"{low:g} to {high:g}"


_TRAITS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "gives": ("scores of the fit rows", _interval),
    "domain": ("takes", str),
    "unit_free": ("unit of measure does not matter", _yes),
    "monotone": ("rises with the value", _yes),
    "fits_on_base": ("learns from the base", _yes),
}


def _declared(method: Method, trait: str, show: Callable[[Any], str]) -> str:
    """Return what a method declares: with its defaults, or which options it depends on."""
    value = method.traits.get(trait)
    if value is None:
        return ""
    if not callable(value):
        return show(value)
    given = {p.name: p.default for p in method.options.values() if p.default is not p.empty}
    try:
        plain = show(value(**given))
    except TypeError:
        return "by " + ", ".join(f"`{name}`" for name in inspect.signature(value).parameters)
    others = {}
    for name in given:
        hint = method.hints.get(name)
        for word in get_args(hint) if get_origin(hint) is Literal else (True, False) if hint is bool else ():
            told = show(value(**{**given, name: word}))
            if told != plain:
                others[f"`{name}={_word(word)}`"] = told
    differing = "".join(f"<br>{told or 'not'} with {option}" for option, told in others.items())
    return (plain or "set by the data" if trait == "gives" else plain) + differing


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)([|<>*$])", r"\\\1", text)


def _html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"
