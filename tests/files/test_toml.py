"""The lines of a TOML text, against texts of which each value says by its own number where it stands."""

from __future__ import annotations

import re
import tomllib
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._files.toml import line_at, lines_of, read

# Decoys: what looks like a key, a table or an end, and stands in a text or a comment.
DECOYS = ["", "[group]", "[[group]]", "code = 1", "]", "}", "{ a = [", "# no", "x = [[", "\\\\", "'", '\\"', "''"]
NAMES = ["a", "b-c", "D_1", '"q r"', "'s.t'", '"u\\"v"', '"\\u00e9"', "7"]


class Writer:
    """Writes TOML at random; every number in it is another one, so that its line is found by looking for it."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.next, self.keys = draw, 1000, 0

    def pick(self, *of: Any) -> Any:
        return self.draw(st.sampled_from(of))

    def number(self) -> str:
        self.next += 1
        return str(self.next)

    def key(self) -> str:
        self.keys += 1
        parts = [self.pick(*NAMES) for _ in range(self.pick(0, 0, 0, 1, 2))]
        return self.pick(".", " . ").join([f"k{self.keys}", *parts])

    def space(self) -> str:
        """Return blanks, comments and line breaks, as an array may have between its items."""
        return "".join(self.pick("", " ", "\n", "\r\n", f" # {self.pick(*DECOYS)}\n", "\t") for _ in range(2))

    def text(self) -> str:
        inner = self.pick("\n", "\r\n", " ").join(self.pick(*DECOYS) for _ in range(3))
        plain = inner.replace("\n", " ").replace("\r", " ")
        literal = inner.replace("'", "")
        return self.pick(
            f'"""{inner}"""', f"'''{literal}'''", f"'''\n{literal}'''", f'"{plain}"', f"'{plain.replace(chr(39), '')}'"
        )

    def value(self, depth: int = 0) -> str:
        kind = self.pick("number", "number", "text", "array", "table") if depth < 3 else "number"
        if kind == "array":
            items = [self.value(depth + 1) for _ in range(self.pick(0, 1, 3))]
            if not items:
                return f"[{self.space()}]"
            return "[" + ",".join(f"{self.space()}{item}{self.space()}" for item in items) + self.pick("", ",") + "]"
        if kind == "table":
            pairs = [f"{self.key()} = {self.value(depth + 1)}" for _ in range(self.pick(0, 1, 2))]
            return "{ " + ", ".join(pairs) + " }"
        return self.number() if kind == "number" else self.text()

    def document(self) -> str:
        out = []
        for _ in range(self.pick(1, 3, 6)):
            head = self.pick(
                "", f"[t{self.next}]", f"[ t{self.next} . 'x y' ]", "[[items]]", "[[items.sub]]", "[[ more ]] # x"
            )
            self.next += 1
            if head == "[[items.sub]]" and not any(line.startswith("[[items]]") for line in out):
                head = "[[items]]"
            out.append(self.space() + head if head else "")
            out += [f"{self.pick('', '  ')}{self.key()} = {self.value()}" for _ in range(self.pick(0, 1, 3))]
        return "\n".join(out) + "\n"


@st.composite
def documents(draw: st.DrawFn) -> str:
    return Writer(draw).document()


def numbers(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], int]]:
    """Return every number with its place."""
    if isinstance(value, dict):
        return [found for key, part in value.items() for found in numbers(part, (*place, key))]
    if isinstance(value, list):
        return [found for i, part in enumerate(value) for found in numbers(part, (*place, i))]
    return [(place, value)] if isinstance(value, int) else []


@given(documents())
def test_every_value_is_on_the_line_where_its_number_stands(text: str) -> None:
    tables = tomllib.loads(text)
    lines = lines_of(text)
    for place, number in numbers(tables):
        (at,) = [i for i, line in enumerate(text.split("\n"), 1) if re.search(rf"(?<!\w){number}(?!\w)", line)]
        assert lines[place] == at
        assert line_at(lines, (*place, "below", 3)) == at
    assert read(text) == (tables, lines)


@given(documents(), st.integers(0, 10**6), st.sampled_from(['"""', "'", "[", "{", "]", "=", "\n", ".", "\\", "#", ""]))
def test_text_that_is_no_toml_is_walked_to_its_end(text: str, at: int, put: str) -> None:
    cut = at % len(text)
    lines = lines_of(text[:cut] + put + text[cut + 1 :])
    assert all(1 <= line <= text.count("\n") + 2 for line in lines.values())


def test_faults_below_texts_of_several_lines_and_arrays_have_their_line() -> None:
    text = (
        "[index]\nname = '''\n[[group]]\ncode = 1\n'''\nfit_on = [\n  '2001', # ]\n  '2002',\n]\n\n"
        "[[group]]\ncode = 'g'\n\n[[indicator]]\ncode = 'a'\nparent = 'g'\nweigt = 3\n"
    )
    with pytest.raises(hi.SpecError) as error:
        hi.Index.from_toml(text)
    assert str(error.value).startswith("index.toml:17: indicator 'a': unknown key 'weigt'")


def test_items_of_inline_arrays_have_their_line() -> None:
    text = "group = [\n  { code = 'g' },\n]\nindicator = [\n  { code = 'a', parent = 'g' },\n"
    text += "  { code = 'b', parent = 'h' },\n]\n"
    with pytest.raises(hi.SpecError) as error:
        hi.Index.from_toml(text)
    assert str(error.value).startswith("index.toml:6: indicator 'b': parent: no group 'h'")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("index = 7", "index.toml:1: index: write [index], once, not 7"),
        ("\n[[index]]\nname = 'x'", "index.toml:2: index: write [index], once, not [[index]]"),
        ("[group]\ncode = 'g'", "index.toml:1: group: write [[group]] for each group, not [group]"),
        ("group = 'g'", "index.toml:1: group: write [[group]] for each group, not 'g'"),
        ("[index]\nindicator = 3\n[indicator]\ncode = 'a'", "index.toml:3: indicator: write [[indicator]] for each"),
        ("[index]\n\ngroups = []", "index.toml:3: groups: write [[group]] for each"),
        ("group = [3]\n", "index.toml:1: group 1: hi.Group or a mapping of its fields, not 3"),
        (
            "[index]\nbase = " + "8" * 500,
            "index.toml: not valid TOML: base: an integer of more than 100 digits (at line 2)",
        ),
        (
            "[index]\nbase = 0x" + "f" * 9000,
            "index.toml: not valid TOML: base: an integer of more than 100 digits (at line 2)",
        ),
        ("[index]\nto = " + "8" * 5000, "index.toml: not valid TOML: an integer of more digits than a number has"),
        ("[index]\nbase = " + "[" * 800 + "]" * 800, "index.toml: not valid TOML: nested more than 50 deep"),
        ("[index]\nbase = " + "{a=" * 800, "index.toml: not valid TOML: nested more than 50 deep"),
        ("[index]\n" + "a." * 9000 + "a = 1", "index.toml: not valid TOML: nested more than 50 deep"),
        ("[" + "a." * 9000 + "a]", "index.toml: not valid TOML: nested more than 50 deep"),
    ],
    ids=lambda text: text[:25],
)
def test_a_wrong_shape_is_refused_by_name(text: str, told: str) -> None:
    began = process_time()
    with pytest.raises(hi.SpecError) as error:
        hi.Index.from_toml(text)
    assert told in [str(fault)[: len(told)] for fault in error.value.faults]
    assert process_time() - began < 5


READ = {("group.aggregate.p", "-inf")}


@pytest.mark.parametrize(
    "value", ["1979-05-27T07:32:00Z", "1979-05-27", "07:32:00", "nan", "-inf", "[[[1]]]", "{ z = 1 }"]
)
@pytest.mark.parametrize(
    "field",
    [
        *(
            "index.to",
            "index.coverage",
            "index.normalise",
            "index.unit",
            "index.name",
            "index.missing",
        ),
        *("group.weight", "group.aggregate", "group.weights", "group.scope", "indicator.direction", "indicator.weight"),
        *("indicator.impute", "indicator.treat", "indicator.build", "indicator.start", "indicator.denominator"),
        *("indicator.direction.target", "indicator.direction.between", "group.aggregate.p", "index.normalise.upper"),
    ],
)
def test_values_of_other_types_are_refused_with_their_line(field: str, value: str) -> None:
    methods = {"group.aggregate": "power", "index.normalise": "min_max"}
    table, *names = field.split(".")
    above = f"{table}.{names[0]}"
    inside = f"{{ {f'method = {methods[above]!r}, ' if above in methods else ''}{names[-1]} = {value} }}"
    own = {table: f"{names[0]} = {inside if len(names) > 1 else value}\n"}
    text = (
        "[index]\n"
        + own.get("index", "")
        + "[[group]]\ncode = 'g'\n[[group]]\ncode = 'h'\nparent = 'g'\n"
        + own.get("group", "")
        + "[[indicator]]\ncode = 'b'\nparent = 'g'\n[[indicator]]\ncode = 'a'\nparent = 'h'\n"
        + own.get("indicator", "")
    )
    line = text.split("\n").index(own[table].strip()) + 1
    if (field, value) in READ:
        hi.Index.from_toml(text)
        return
    with pytest.raises(hi.SpecError) as error:
        hi.Index.from_toml(text)
    assert str(error.value).startswith(f"index.toml:{line}: ")


@pytest.mark.parametrize(
    "part",
    [
        "[[group]]\ncode = 'g{i}'\n",
        "k{i} = [1, 2, {{ a = 'b' }}]\n",
        "[t{i}]\na.b.c = 1\n",
        "# {i}\n\n",
        "n = '''{i}'''\n",
    ],
)
def test_twice_the_text_takes_about_twice_the_time(part: str) -> None:
    def cost(n: int) -> float:
        text = "".join(part.format(i=i) for i in range(n))
        times = []
        for _ in range(3):
            began = process_time()
            lines_of(text)
            times.append(process_time() - began)
        return min(times)

    assert cost(8000) < 3 * cost(4000) + 0.02


PARTS = '[[group]]\ncode = "t"\n[[indicator]]\ncode = "a"\nparent = "t"\n'


@pytest.mark.parametrize(
    "said",
    [f"to = {'4' * 5000}", f"fit_on = {'[' * 60}{']' * 60}", f"{'.'.join('a' * 60)} = 1", f"base = {'{a = ' * 60}"],
)
def test_what_is_too_long_or_too_deep_has_its_line(said: str) -> None:
    with pytest.raises(hi.SpecError, match=r"\(at line 4\)"):
        hi.Index.from_toml(f'[index]\nname = "x"\nperiod = "q"\n{said}\n{PARTS}')


def test_a_wrong_period_of_later_weights_has_its_own_line() -> None:
    since = '[group.weights_since]\n2021 = { a = 1 }\n"20x2" = { a = 1 }\n2023 = { a = 1 }\n'
    text = f'[index]\nperiod = "q"\n[[group]]\ncode = "t"\n{since}[[indicator]]\ncode = "a"\nparent = "t"\n'
    with pytest.raises(hi.SpecError, match=r"index.toml:7: group 't': weights_since: cannot read '20x2'"):
        hi.Index.from_toml(text)
