"""The value classes show their fields and nothing else, and all that follows from the list of fields does."""

from __future__ import annotations

import inspect
import os
import pydoc
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from support.indexes import table, two_levels

import hengdian_index as hi
from hengdian_index._index.index import sheet_fields
from hengdian_index._scoring.fields import Part, choosable, inherited
from hengdian_index._scoring.tree import Leaf
from hengdian_index._tables.form import Form

ROOT = Path(hi.__file__).parents[1]
KINDS = {"index": hi.Index, "group": hi.Group, "indicator": hi.Indicator}


@pytest.mark.parametrize("kind", KINDS.values())
def test_a_value_class_is_shown_by_its_fields(kind: Any) -> None:
    shown = list(inspect.signature(kind).parameters)
    assert shown == list(kind.model_fields)
    assert set(shown) <= set(dir(kind))
    assert not {name for name in dir(kind) if name.startswith(("_", "model_")) or name in ("copy", "json", "construct")}
    text = pydoc.render_doc(kind, renderer=pydoc.plaintext)
    # Python 3.13 writes a parameter a line.
    assert f"{kind.__name__}({'code:str' if 'code' in shown else '*,groups'}" in re.sub(r"[\s|]+", "", text)
    for word in ("pydantic", "model_", "FieldInfo", "validator", "__"):
        assert word not in text
    documented = text.split("Parameters\n")[1].split("Raises\n")[0]
    assert [name for name in shown if name not in documented] == []


@pytest.mark.parametrize("which", KINDS)
def test_a_value_is_shown_as_its_class(which: str) -> None:
    index = two_levels()
    value = {"index": index, "group": index.groups[0], "indicator": index.indicators[0]}[which]
    assert dir(value) == dir(type(value))


def test_code_parent_and_name_may_be_given_by_place() -> None:
    assert hi.Indicator("a", "g", "A") == hi.Indicator(code="a", parent="g", name="A")
    with pytest.raises(hi.SpecError, match=r"Group: 4 fields are given by their place; only code, parent, name may be"):
        hi.Group("g", None, "G", 2.0)
    with pytest.raises(hi.SpecError, match="code is given twice"):
        hi.Group("g", code="g")
    with pytest.raises(hi.SpecError, match="nothing may be"):
        hi.Index([hi.Group("g")])  # type: ignore[misc]


@pytest.mark.parametrize("field", [f for f in hi.Index.model_fields if f not in ("groups", "indicators")])
def test_every_field_of_an_index_has_an_address(field: str) -> None:
    two_levels().check_address(field)


@pytest.mark.parametrize(("code", "kind"), [("left", hi.Group), ("a", hi.Indicator)])
def test_every_field_of_a_part_has_an_address_but_its_code(code: str, kind: Any) -> None:
    index = two_levels()
    for field in kind.model_fields:
        if field != "code":
            index.check_address(f"{code}.{field}")
    with pytest.raises(hi.SpecError, match="no address"):
        index.check_address(f"{code}.code")


def test_a_choice_takes_options_at_its_address_whatever_its_family() -> None:
    built = {"method": "balance", "up": "b", "down": "c"}
    index = hi.Index(
        period="m", groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g", build=built), hi.Indicator("d", "g")]
    )
    assert index.replace({"a.build.down": "e"}).indicators[0].build.options["down"] == "e"
    assert set(choosable(hi.Indicator)) == {"normalise", "treat", "impute", "build"}


def test_a_leaf_has_every_field_of_its_indicator() -> None:
    own = hi.Indicator("a", "left", unit="km", weight=2.0, treat="log", coverage=0.5)
    others = [hi.Indicator(code, "left", weight=1.0) for code in "bc"]
    index = hi.Index(groups=[hi.Group("left", normalise="rank")], indicators=[own, *others], impute="mean")
    leaf = index.tree.leaves[0]
    passed_down = inherited(hi.Indicator)
    same = [f.name for f in fields(hi.Indicator) if f.name not in passed_down]
    assert {name: getattr(leaf, name) for name in same} == {name: getattr(own, name) for name in same}
    assert (leaf.normalise.method.name, leaf.impute.method.name) == ("rank", "mean")
    assert {f.name for f in fields(Leaf)} == {*hi.Indicator.model_fields, "replaced_from", "impute_scores"}


def test_a_workbook_has_a_column_for_every_field(tmp_path: Path) -> None:
    for table_name, kind in KINDS.items():
        left = {"groups", "indicators", "data"} if kind is hi.Index else set()
        # The form of the table has rows of its own, behind the others.
        own = [*Form.rows().values()] if kind is hi.Index else []
        wanted = [name for name in kind.model_fields if name not in left]
        assert sorted(sheet_fields()[table_name]) == sorted([*wanted, *own])
    index = two_levels(weights="critic", weigh_on="fit_on")
    index.write(tmp_path / "index.xlsx", data=table())
    assert hi.Index.read(tmp_path / "index.xlsx") == index


@pytest.mark.parametrize(
    "made",
    [
        "hi.Indicator('a', 'total', normalise='min_max', treat='fence', impute='mean')",
        "hi.Group('total', weights='entropy', aggregate='geometric')",
    ],
)
def test_methods_are_known_to_the_first_value_that_a_program_makes(made: str) -> None:
    subprocess.run([sys.executable, "-c", f"import hengdian_index as hi; {made}"], check=True, cwd=ROOT)


NEW_FIELD = """
import hengdian_index as hi

table = {"year": ["2001", "2002", "2003"], "a": [1.0, 2.0, 3.0], "b": [3.0, 5.0, 1.0]}
noted = hi.Indicator("a", "g", footnote="from 2001 on")
index = hi.Index(period="year", groups=[hi.Group("g")], indicators=[noted, hi.Indicator("b", "g")])
assert hi.Index.from_toml(index.to_toml()) == index != index.replace({"a.footnote": None})
for lang in ("en", "zh"):
    index.write(f"index_{lang}.xlsx", data=table, lang=lang)
    assert hi.Index.read(f"index_{lang}.xlsx") == index
index.fit(table).save("fitted.json")
print(hi.Fitted.load("fitted.json").tree.leaves[0].footnote)
hi.release(index.compute(table), "v1")
print(hi.revisions("v1", index.replace({"a.footnote": "another"}).compute(table)).summary())
"""


def test_a_new_field_of_an_indicator_is_one_line(tmp_path: Path) -> None:
    package = Path(hi.__file__).parent
    shutil.copytree(package, tmp_path / package.name, ignore=shutil.ignore_patterns("__pycache__", "examples"))
    listed = tmp_path / package.name / "_scoring" / "fields.py"
    last = "    replaces: str | None = None\n"
    source = listed.read_text(encoding="utf-8")
    assert source.count(last) == 1
    listed.write_text(source.replace(last, f"{last}    footnote: str | None = None\n"), encoding="utf-8")
    (tmp_path / "try.py").write_text(NEW_FIELD, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "try.py"], capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": ""}
    )
    assert done.stderr == ""
    assert "from 2001 on\n" in done.stdout
    assert "a.footnote: from 2001 on -> another" in done.stdout


def test_what_is_made_of_checked_parts_is_not_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: set[type] = set()
    check: Any = Part.__dict__["_checked"].__func__
    monkeypatch.setattr(Part, "_checked", classmethod(lambda cls, given: checked.add(cls) or check(cls, given)))
    index = hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator("a", "all"), hi.Indicator("b", "all")])
    index.compute({"a": [1.0, 2.0, 4.0], "b": [3.0, 1.0, 2.0]})
    assert {hi.Group, hi.Indicator} <= checked <= {hi.Index, hi.Group, hi.Indicator}
