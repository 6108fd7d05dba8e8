"""The keys of a spec in TOML and the command, from the fields of the package and from click."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import Any

import click
from docstrings import told_of
from prose import escape
from rst import bullets, label, page, title

import hengdian_index as hi
from hengdian_index._files.spec_file import OWN
from hengdian_index._methods.registry import FAMILIES
from hengdian_index._scoring.fields import Choosable, inherited
from hengdian_index._tables.form import Form
from hengdian_index.cli import main

_DOCS = Path(__file__).parents[1]
_NOT_KEYS = ("groups", "indicators", *OWN)
_INTRO = """An index in a file: ``hengdian-index check my_index.toml data.csv`` says what is wrong with one, by line.
``[index]`` and ``[data]`` stand once, ``[[group]]`` and ``[[indicator]]`` once for each part, in any order. Only the
keys ``code`` of a group, and ``code`` and ``parent`` of an indicator, must be there. A choice of a method is a word,
``"entropy"``, or a table with its options, ``{ method = "entropy", zeros = "shift" }``; the options are on the page of
the method."""
_DOUBTS = """What could have been otherwise: an address on the left, on the right a list of alternatives or how it
varies. An address is a field of the index, or the code of a part and its field: ``normalise``, ``supply.aggregate``,
``aggregate.p``; ``weights``, ``units`` and ``data`` stand for all of them, and the code of a part alone for whether it
is there."""
# How a doubt is written, and the value of the package that it is read as.
_WAYS = {
    '["min_max", "z_score"]': "alternatives, all as likely",
    '["in", "out"]': "with and without a part",
    "{ noise = 0.25 }": "hi.Noise",
    "{ dirichlet = 100 }": "hi.Dirichlet",
    "{ normal = { relative = 0.02 } }": "hi.Normal",
    "{ uniform = [0.5, 2] }": "hi.Uniform",
    "{ bootstrap = true }": "hi.Bootstrap",
}


def toml_page() -> str:
    """Return the page of the keys: what each is, its default, what it does, where it is explained."""
    parts = [
        ("index", hi.Index, [one for one in _names(hi.Index) if one not in _NOT_KEYS]),
        ("data", Form, _names(Form)),
        ("group", hi.Group, _names(hi.Group)),
        ("indicator", hi.Indicator, _names(hi.Indicator)),
    ]
    shown = [_table(table, kind, names) for table, kind, names in parts]
    return page(label("toml-keys"), title("Keys of the TOML", "="), _INTRO, *shown[:2], _doubts(), *shown[2:])


def _names(kind: Any) -> list[str]:
    return [one.name for one in fields(kind)]


def _table(table: str, kind: Any, names: list[str]) -> str:
    head = f"[[{table}]]" if table in ("group", "indicator") else f"[{table}]"
    return "\n\n".join([label(f"toml-{table}"), title(head, "-"), *(_key(table, kind, name) for name in names)])


def _key(table: str, kind: Any, name: str) -> str:
    said, text = told_of(kind).entries.get(name, ("", ""))
    # What an index says of all its choices at once, a group says of each.
    own_type, own_text = told_of(hi.Group).entries.get(name, ("", "")) if kind is hi.Index and not said else ("", "")
    said = said or own_type.removesuffix(", optional")
    lines = [f".. confval:: {table}.{name}"]
    lines += [f"   :type: {escape(said)}"] * bool(said)
    default = _default(kind, name)
    lines += [f"   :default: ``{default}``"] * bool(default)
    notes = [escape(own_text), escape(text)]
    if kind is not Form:
        marks = kind.model_fields[name].metadata
        chosen = [one.family for one in marks if isinstance(one, Choosable)]
        notes += [f"The methods: :ref:`{family} <family-{family}>`." for family in chosen if family in FAMILIES]
        notes += ["Left out, that of the group or the index above."] * (name in inherited(kind))
    pages = explained_on(name)
    notes += [f"Explained on {' and '.join(f':doc:`/{one}`' for one in pages)}."] if pages else []
    body = "\n\n".join(note for note in notes if note)
    return "\n".join([*lines, "", *(f"   {line}".rstrip() for line in body.splitlines())])


def _default(kind: Any, name: str) -> str:
    found = next(one for one in fields(kind) if one.name == name).default
    if found is MISSING or found in (None, (), ""):
        return ""
    plain = found.plain() if hasattr(found, "plain") else found
    return "" if plain == {} else f'"{plain}"' if isinstance(plain, str) else str(plain).lower()


@cache
def _texts() -> dict[str, str]:
    """Return the pages that people wrote, by their place among the documents."""
    found = [file for door in ("start", "howto") for file in sorted((_DOCS / door).rglob("*.md"))]
    return {file.relative_to(_DOCS).with_suffix("").as_posix(): file.read_text(encoding="utf-8") for file in found}


def explained_on(name: str, most: int = 2) -> list[str]:
    """Return the pages that speak of a key most often, as code or as a line of a spec."""
    said = re.compile(rf"`[^`\n]*\b{name}\b[^`\n]*`|^\s*(?:\w+\.)?{name}\s*=|\b{name}=", re.M)
    counted = [(-len(said.findall(text)), place) for place, text in _texts().items() if not place.endswith("index")]
    return [place for count, place in sorted(counted)[:most] if count < 0]


def _doubts() -> str:
    ways = []
    for written, value in _WAYS.items():
        name = value.removeprefix("hi.")
        told = f":py:obj:`{value} <hengdian_index.{name}>`: {_first(getattr(hi, name))}" if name != value else value
        ways.append(f"``{written}``: {told}")
    return "\n\n".join([label("toml-doubts"), title("[doubts]", "-"), _DOUBTS, bullets(ways)])


def _first(value: Any) -> str:
    return escape(told_of(value).summary)


def commands() -> str:
    """Return every command with its arguments and options, in Markdown."""
    return "\n".join(_command(name, one) for name, one in main.commands.items())


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"hengdian-index {name}")
    usage = " ".join([f"hengdian-index {name}", *command.collect_usage_pieces(context)])
    lines = [
        f"### {name}",
        "",
        f"```text\n{usage}\n```",
        "",
        *(f"{markdown(one)}\n" for one in paragraphs(command.help or "")),
        "",
    ]
    lines += [f"```{{program}} hengdian-index {name}\n```", ""]
    for option in command.params:
        record = option.get_help_record(context)
        if record and isinstance(option, click.Option):
            # A colon fence, for the text may hold code.
            lines += [f"````{{option}} {record[0]}", markdown(record[1]), "````", ""]
    return "\n".join(lines)


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help, each on one line."""
    for paragraph in re.split(r"\n\s*\n", text.replace("\b", "").strip()):
        yield " ".join(paragraph.split())


def markdown(text: str) -> str:
    """Return a text as Markdown that shows it as it is."""
    return re.sub(r"([<>*_\[\]])", r"\\\1", text)
