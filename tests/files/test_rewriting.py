"""An index written over a TOML file: comments, order and spelling stay, and what is written reads back equal."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._files import toml

TEXT = """\
# Towns: what the board decided.

# What holds everywhere.
[index]
name = "Towns"   # as printed
'period' = 'quarter'
normalise = { method = "min_max", lower = 1, upper = 9 }   # asked for by the reviewers
fit_on = [
    "2019",   # before the flood
    "2021",
]

[data]
missing_marks = ["—"] # the office's

# The whole.
[[group]]
code = "all"
# Two thirds, one third.
weights = { people = 2, land = 1 }   # 2021

[[group]]
code = "people"
parent = "all"
# Last of its kind.

# Woods and fields.
[[group]]   # since 2020
code = "land"
parent = "all"
[group.aggregate]   # uneven land is no good land
method = "power"
p = -1   # harmonic

# Doctors come first.
[[indicator]]
code = "doctors"
parent = "people"
unit = "per 1,000" # of all

# Deaths are counted late.
[[indicator]]
code = "deaths"
parent = "people"
direction = -1   # fewer is better
normalise.method = "min_max"
normalise.upper = 10   # of ten
# not yet: impute = "mean"

[[indicator]]
code = "woods"
parent = "land"

# Written by hand.
"""


MARKS = 'missing_marks = ["—"] # the office\'s'


def write(folder: Path, index: hi.Index, text: str = TEXT) -> str:
    path = folder / "towns.toml"
    path.write_bytes(text.encode())
    index.write(path)
    assert hi.Index.read(path) == index
    return path.read_bytes().decode()


def changed(old: str, new: str) -> tuple[list[str], list[str]]:
    """Return the lines that went and those that came."""
    lines = list(difflib.ndiff(old.splitlines(), new.splitlines()))
    return [one[2:] for one in lines if one[0] == "-"], [one[2:] for one in lines if one[0] == "+"]


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), TEXT.rstrip("\n") + "\n"])
def test_the_same_index_leaves_the_file(tmp_path: Path, text: str) -> None:
    assert write(tmp_path, hi.Index.from_toml(text), text) == text


@pytest.mark.parametrize(
    ("changes", "gone", "come"),
    [
        ({"name": "Cities"}, ['name = "Towns"   # as printed'], ['name = "Cities"   # as printed']),
        ({"period": "year"}, ["'period' = 'quarter'"], ["'period' = \"year\""]),
        (
            {"normalise": "rank"},
            ['normalise = { method = "min_max", lower = 1, upper = 9 }   # asked for by the reviewers'],
            ['normalise = "rank"   # asked for by the reviewers'],
        ),
        ({"base": "2019"}, [], ['base = "2019"']),
        ({"data": None}, ["", "[data]", MARKS], []),
        ({"data": {"missing_marks": [1]}}, [MARKS], ["missing_marks = [1] # the office's"]),
        ({"land.aggregate.p": 2}, ["p = -1   # harmonic"], ["p = 2   # harmonic"]),
        ({"land.aggregate": "geometric"}, ['method = "power"', "p = -1   # harmonic"], ['method = "geometric"']),
        ({"deaths.normalise.upper": 20}, ["normalise.upper = 10   # of ten"], ["normalise.upper = 20   # of ten"]),
        ({"deaths.normalise.lower": 5}, [], ["normalise.lower = 5"]),
        ({"deaths.normalise": None}, ['normalise.method = "min_max"', "normalise.upper = 10   # of ten"], []),
        ({"deaths.direction": 1}, ["direction = -1   # fewer is better"], ["direction = 1   # fewer is better"]),
        ({"doctors.treat": {"method": "log", "offset": "one"}}, [], ['treat = { method = "log", offset = "one" }']),
        ({"woods.unit": "km²"}, [], ['unit = "km²"']),
    ],
)  # fmt: skip
def test_a_change_is_a_change_of_its_line(
    tmp_path: Path, changes: dict[str, Any], gone: list[str], come: list[str]
) -> None:
    index = hi.Index.from_toml(TEXT)
    fields = {name: value for name, value in changes.items() if name in ("name", "period", "data")}
    index = index.model_copy(update=fields) if fields else index.replace(changes)
    assert changed(TEXT, write(tmp_path, index)) == (gone, come)


def parts(index: hi.Index, kind: str) -> list[dict[str, Any]]:
    return [one.model_dump() for one in getattr(index, kind)]


def test_parts_go_come_and_change_their_places(tmp_path: Path) -> None:
    index = hi.Index.from_toml(TEXT)
    doctors, deaths, woods = parts(index, "indicators")
    fields = {"code": "fields", "parent": "land"}
    gone, come = changed(TEXT, write(tmp_path, index.replace({"deaths": None})))
    assert come == []
    assert "# Deaths are counted late." in gone
    assert "# Doctors come first." not in gone
    text = write(tmp_path, index.model_copy(update={"indicators": [doctors, fields, deaths, woods]}))
    assert changed(TEXT, text) == ([], ["[[indicator]]", 'code = "fields"', 'parent = "land"', ""])
    assert text.index('"fields"') < text.index("# Deaths are counted late.")
    text = write(tmp_path, index.model_copy(update={"indicators": [fields, woods, deaths, doctors]}))
    for line in filter(None, map(str.strip, TEXT.splitlines())):
        assert line in text
    assert text.index("# Deaths are counted late.") < text.index("# Doctors come first.") < text.index("# Written by")
    # Another code in the same place is another name.
    renamed = index.model_copy(update={"indicators": [doctors, deaths, {**woods, "code": "forest"}]})
    assert changed(TEXT, write(tmp_path, renamed)) == (['code = "woods"'], ['code = "forest"'])
    text = write(tmp_path, index.model_copy(update={"indicators": [fields], "groups": parts(index, "groups")[:1]} | {
        "indicators": [{**fields, "parent": "all"}], "groups": [{"code": "all"}]}))  # fmt: skip
    assert "# Towns: what the board decided." in text
    assert "# Written by hand." in text


def test_tables_of_their_own_stay_while_they_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text("code,parent,direction\na,all,1\nb,all,-1\n")
    text = '# Short.\n[index]\nindicators = "i.csv"   # the list\n\n[[group]]\ncode = "all" # top\n'
    path = tmp_path / "towns.toml"
    path.write_text(text)
    index = hi.Index.read(path)
    assert write(tmp_path, index, text) == text
    named = write(tmp_path, index.replace({"normalise": "z_score"}), text)
    assert changed(text, named) == ([], ['normalise = "z_score"'])
    other = write(tmp_path, index.replace({"b.direction": 1}), text)
    assert "i.csv" not in other
    assert "# Short." in other
    assert 'code = "all" # top' in other


def test_a_file_that_is_no_index_is_written_anew(tmp_path: Path) -> None:
    index = hi.Index.from_toml(TEXT)
    for text in ("no toml = = 1\n", "", "\n", "[index]\nname = 'x'\nunknown = 3 # what\n", "group = 3\n"):
        write(tmp_path, index, text)
    path = tmp_path / "towns.toml"
    path.write_bytes(b"\xff\xfe\x00")
    index.write(path)
    assert hi.Index.read(path) == index


BLANK = st.sampled_from(["", "\n", "# note {}\n", "\n# note {}\n", "# note {}\n\n", "  # note {}\n"])
TAIL = st.sampled_from(["", "  # tail {}", "\t# tail {} ] } \" '"])
FIELDS: dict[str, list[Any]] = {
    "direction": [1, -1, {"between": [1, 5]}, {"target": 3}],
    "unit": ["t", "per # cent", "'", '"', "\\"],
    "weight": [1, 2.5],
    "normalise": ["z_score", {"method": "min_max", "upper": 5}, {"method": "goalposts", "low": 0, "high": 9}],
    "impute": ["none", "mean", {"method": "carry_forward", "limit": 2}],
    "coverage": [0.5, 1],
}


@st.composite
def indexes(draw: Any) -> dict[str, Any]:
    codes = draw(st.lists(st.sampled_from(["a", "b c", "名", "d.e", "x"]), min_size=1, max_size=4, unique=True))
    some = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in FIELDS.items()})
    weighed = draw(st.booleans())
    indicators = []
    for code in codes:
        fields = {name: value for name, value in draw(some).items() if name != "weight"}
        indicators.append({"code": code, "parent": "all", **fields, **({"weight": 2} if weighed else {})})
    head = draw(st.fixed_dictionaries({}, optional={"name": st.text(max_size=5), "normalise": st.just("rank")}))
    data = draw(st.sampled_from([{}, {"data": {"missing_marks": ["—"], "header_rows": 2}}]))
    return {**head, **data, "groups": [{"code": "all"}], "indicators": indicators}


@st.composite
def spelled(draw: Any, fields: dict[str, Any]) -> str:
    """Return an index as somebody may write it: with comments everywhere, dotted keys, tables within tables."""
    plain = hi.Index(**fields)._tables()
    out, n = "", iter(range(10_000))

    def note(kind: Any) -> str:
        return str(draw(kind)).replace("{}", str(next(n)))

    for name, content in plain.items():
        for item in content if isinstance(content, list) else [content]:
            out += note(BLANK) + (f"[[{name}]]" if isinstance(content, list) else f"[ {name} ]") + note(TAIL) + "\n"
            tables = ""
            for key, one in item.items():
                way = draw(st.sampled_from(["inline", "dotted", "table"])) if isinstance(one, dict) else "inline"
                if way == "inline":
                    out += note(BLANK) + toml.line(key, one).replace(" = ", "  =  ", 1) + note(TAIL) + "\n"
                elif way == "dotted":
                    for inner, part in one.items():
                        out += note(BLANK) + f"{key} . {toml.line(inner, part)}" + note(TAIL) + "\n"
                else:
                    tables += note(BLANK) + f"[{name}.{key}]" + note(TAIL) + "\n"
                    tables += "".join(toml.line(inner, part) + note(TAIL) + "\n" for inner, part in one.items())
            out += tables
    return out + note(BLANK)


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_is_written_over_reads_back_equal(tmp_path_factory: Any, data: Any) -> None:
    folder = tmp_path_factory.mktemp("over")
    before, after = data.draw(indexes()), data.draw(indexes())
    text = data.draw(spelled(before))
    assert hi.Index.from_toml(text) == hi.Index(**before)
    assert write(folder, hi.Index(**before), text) == text
    new = write(folder, hi.Index(**after), text)
    kept = {one["code"] for one in after["indicators"]}
    if kept >= {one["code"] for one in before["indicators"]} and ("data" in after or "data" not in before):
        # Comments on lines of their own stay, whatever changes below them.
        lines = [line.strip() for line in text.splitlines() if line.strip().startswith("# note")]
        assert [line for line in lines if line not in new] == []
