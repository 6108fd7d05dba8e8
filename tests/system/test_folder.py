"""A family finds its files by itself, and gives away what they are for and nothing else."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from dataclasses import is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES

TEN = ("normalise", "weights", "aggregate", "treat", "impute", "climate", "ahp", "series", "diagnose", "explain")

INIT = """
from typing import TYPE_CHECKING

from hengdian_index._system.folder import family
from hengdian_index.errors import suggestion

if TYPE_CHECKING:
    from crafts.pots import *
else:
    __all__, __getattr__, __dir__ = family(__name__, suggestion)
"""
POTS = """
import math as mathematics
from dataclasses import dataclass
from pathlib import Path

LARGEST = 3

@dataclass(frozen=True)
class Pot:
    '''A pot.'''
    size: int

@dataclass(frozen=True)
class Wheel:
    '''What makes pots, and is none of the answers.'''
    def __call__(self, size):
        return Pot(size)

def thrown(size):
    return Wheel()(size)

def _glazed(pot):
    return pot
"""
LISTED = "__all__ = ['sewn']\n\ndef sewn():\n    return 1\n\ndef cut():\n    return 2\n"
HELP = "def helped():\n    return 3\n"


@pytest.fixture
def crafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the family of a new folder."""
    folder = tmp_path / "crafts"
    folder.mkdir()
    for name, text in {"__init__": INIT, "pots": POTS, "clothes": LISTED, "_tools": HELP}.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("crafts")
    for name in [name for name in sys.modules if name.split(".")[0] == "crafts"]:
        del sys.modules[name]


def test_a_file_gives_what_it_lists_or_what_it_defines_and_a_helper_nothing(crafts: ModuleType) -> None:
    assert dir(crafts) == crafts.__all__ == ["Pot", "sewn", "thrown"]
    assert crafts.thrown(2) == crafts.Pot(2)
    for absent in ("mathematics", "Path", "LARGEST", "Wheel", "cut", "helped", "family", "suggestion", "TYPE_CHECKING"):
        assert not hasattr(crafts, absent)
    with pytest.raises(AttributeError, match="crafts has no method 'thown'; did you mean 'thrown'"):
        crafts.thown  # noqa: B018


@pytest.mark.parametrize("name", TEN)
def test_a_family_has_its_methods_and_answers_and_nothing_of_what_they_are_made_with(name: str) -> None:
    family = getattr(hi, name)
    package = family.__name__
    methods = FAMILIES.get(name, {}).items()
    assert {n for n, m in methods if m.function.__module__.startswith(f"{package}.")} <= set(dir(family))
    for given in dir(family):
        value = getattr(family, given)
        assert inspect.isfunction(value) or is_dataclass(value), given
        assert value.__module__.startswith(f"{package}."), given
        assert value.__doc__, given
    rest = {n for n in vars(family) if not n.startswith("__")} - set(dir(family))
    files = {path.stem for path in Path(family.__path__[0]).glob("*.py")}
    assert rest <= files, "only the files themselves stand beside what they give"
    with pytest.raises(AttributeError, match=f"^{name} has no method 'zzz'"):
        family.zzz  # noqa: B018


@pytest.mark.parametrize("name", TEN)
def test_help_of_a_family_tells_every_name_it_gives(name: str) -> None:
    script = f"import hengdian_index as hi; help(hi.{name})"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert [given for given in dir(getattr(hi, name)) if f"{given}" not in told] == []
    assert "numpy" not in told.split("PACKAGE CONTENTS")[0]


def test_a_new_file_in_a_family_is_found_without_a_line_anywhere(tmp_path: Path) -> None:
    new = (
        "from hengdian_index._methods.decorators import weighting\n"
        "from hengdian_index._maths.stats import Range\n\n"
        "@weighting(sees='statistics', unit_free=False, shift_free=True)\n"
        "def by_width(x, *, power: float = 1.0):\n"
        "    '''Weights in proportion to the range.'''\n"
        "    seen = x.measure(Range)\n"
        "    return (seen.hi - seen.lo) ** power\n"
    )
    (tmp_path / "width.py").write_text(new, encoding="utf-8")
    script = (
        "import importlib.util, sys, hengdian_index as hi\n"
        "spec = importlib.util.find_spec('hengdian_index.weights')\n"
        f"spec.submodule_search_locations.append({str(tmp_path)!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "sys.modules['hengdian_index.weights'] = module\n"
        "spec.loader.exec_module(module)\n"
        "hi.weights = module\n"
        "index = hi.Index(groups=[hi.Group('t', weights='by_width')],\n"
        "                 indicators=[hi.Indicator('a', 't'), hi.Indicator('b', 't')], normalise='none')\n"
        "print(hi.weights.by_width([[0.0, 0.0], [1.0, 3.0]]).tolist(), 'by_width' in dir(hi.weights))\n"
        "print(index.compute({'a': [0.0, 1.0], 'b': [0.0, 3.0]}).weights.tolist())\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert told.split("\n")[:2] == ["[0.25, 0.75] True", "[0.25, 0.75]"]
