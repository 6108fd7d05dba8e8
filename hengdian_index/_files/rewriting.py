"""TOML text of a spec changed where its values change: comments, order and spelling of all else stay."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product, zip_longest
from typing import Any

from hengdian_index._files import toml

Place = toml.Place
Tables = Mapping[str, Any]

KINDS = ("group", "indicator")
_COMMENT = re.compile(r"[ \t]*#")


@dataclass
class _Entry:
    """A pair of a table: the comments and blank lines before it, its text, and the end of its line."""

    lead: str
    text: str
    tail: str
    place: Place


@dataclass
class _Block:
    """A table: the comments that stand right above its header, the header, its pairs, and the comments after them."""

    place: Place
    lead: str = ""
    header: str = ""
    entries: list[_Entry] = field(default_factory=list)
    after: str = ""

    def __str__(self) -> str:
        pairs = "".join(one.lead + one.text + one.tail for one in self.entries)
        return self.lead + self.header + pairs + self.after

    @property
    def owner(self) -> Place:
        """The table, or the one of several, that this is or is a part of."""
        return self.place[:2] if self.place[:1] and self.place[0] in KINDS else self.place[:1]


def rewritten(text: str, tables: Tables, before: Tables | None, holds: Callable[[str], bool]) -> str | None:
    """Return the text of a file with the values of an index in it; None where that cannot be done so.

    Parameters
    ----------
    text : str
        What the file has.
    tables : mapping
        The values as `toml.written` takes them.
    before : mapping, optional
        The same of the index that the file describes: what is equal there stays as it is spelled.
    holds : function
        Says of a text whether it is read as the index.
    """
    try:
        raw = tomllib.loads(text)
        # A table that the file names stays while it says the same, and a method in a table of its own remains one.
        for named, own in product((True, False), repeat=2):
            found = _File(text, raw, before, own).changed(tables, named)
            if holds(found):
                return found
    except (ValueError, RecursionError):
        pass
    return None


class _File:
    """A file as its tables, which are changed; with `own` a method in a table of its own stays in one."""

    def __init__(self, text: str, raw: Tables, before: Tables | None, own: bool) -> None:
        self.raw, self.before, self.own = raw, before, own
        self.blocks, self.foot = _blocks(text if text.endswith("\n") or not text else text + "\n")

    def changed(self, tables: Tables, named: bool) -> str:
        """Return the text with other values; with `named` tables in files of their own are left to them."""
        kept = {kind for kind in KINDS if named and self._names_a_file(kind)}
        if "indicator" in kept and "group" not in self.raw:
            # COINr's iMeta has both.
            kept |= {"group"} if "groups" not in {**self.raw, **self.raw.get("index", {})} else set()
        for name in dict.fromkeys([*self.raw, *tables]):
            if name in KINDS:
                if name not in kept:
                    self._change_several(name, tables[name])
            elif name in ("groups", "indicators"):
                self._drop((name,)) if name[:-1] not in kept else None
            else:
                self._change_single(name, tables.get(name), kept)
        return "".join(map(str, self.blocks)) + self.foot

    def _names_a_file(self, kind: str) -> bool:
        return f"{kind}s" in self.raw or f"{kind}s" in self.raw.get("index", {})

    def _change_single(self, name: str, new: Mapping[str, Any] | None, kept: set[str]) -> None:
        if new is None:
            self._drop((name,))
            self.blocks = [block for block in self.blocks if block.owner != (name,) or not block.header]
            return
        if not any(block.place == (name,) for block in self.blocks) and name not in self.raw:
            if not new:
                return
            at = max((i + 1 for i, one in enumerate(self.blocks) if one.owner == ("index",)), default=1)
            self.blocks.insert(at, _block((name,), f"[{name}]\n", new))
            return
        stay = {f"{kind}s": self.raw.get(name, {}).get(f"{kind}s") for kind in kept if name == "index"}
        new = {**new, **{key: value for key, value in stay.items() if value is not None}}
        self._change((name,), self.raw.get(name, {}), new, (self.before or {}).get(name) or {})

    def _change(self, place: Place, old: Any, new: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Change the values of a table that are others; `before` has those that the file stands for."""
        for key, value in new.items():
            same = key in old and (_equal(old[key], value) or (key in before and _equal(before[key], value)))
            if not same:
                self._set((*place, key), old.get(key), value)
        # What is new finds its place beside what goes.
        for key in old:
            if key not in new:
                self._drop((*place, key))

    def _set(self, place: Place, old: Any, value: Any) -> None:
        at = [one for block in self.blocks for one in block.entries if one.place == place]
        places = [one for block in self.blocks for one in (block.place, *(entry.place for entry in block.entries))]
        below = any(one[: len(place)] == place for one in places)
        if at:
            at[0].text = _pair(at[0].text, value)
        elif below:
            if self.own and isinstance(old, Mapping) and "method" in old and isinstance(value, str):
                value = {"method": value}
            if isinstance(value, Mapping) and value and isinstance(old, Mapping):
                self._change(place, old, value, {})
            else:
                self._drop(place)
                self._add(place, value)
        else:
            self._add(place, value)

    def _add(self, place: Place, value: Any) -> None:
        """Write a value that is new: in the table that holds it, else beside its dotted neighbours."""
        holder = next((block for block in self.blocks if block.place == place[:-1] and block.header), None)
        dotted = [
            (block, one) for block in self.blocks for one in block.entries if one.place[: len(place) - 1] == place[:-1]
        ]
        block, after = (holder, None) if holder is not None or not dotted else dotted[-1]
        if block is None:
            raise ValueError(f"no table holds {place}")
        keys = place[len(block.place) :]
        text = ".".join(toml.line(str(key), 0).removesuffix(" = 0") for key in keys)
        entry = _Entry("", f"{text} = {toml.line('v', value).removeprefix('v = ')}", "\n", place)
        block.entries.insert(len(block.entries) if after is None else block.entries.index(after) + 1, entry)

    def _drop(self, place: Place) -> None:
        """Take a value away with the comment on its line; comments on lines of their own stay."""
        for block in self.blocks:
            lead, kept = "", []
            for one in block.entries:
                if one.place[: len(place)] == place:
                    lead += one.lead
                    continue
                one.lead, lead = lead + one.lead, ""
                kept.append(one)
            block.entries, block.after = kept, lead + block.after
        left = list[_Block]()
        for block in self.blocks:
            if len(place) > 1 and block.place[: len(place)] == place:
                left[-1].after += (block.lead if block.lead.strip() else "") + block.after
            else:
                left.append(block)
        self.blocks = left

    def _change_several(self, kind: str, new: Sequence[Mapping[str, Any]]) -> None:
        """Change the tables of one kind, each known by its code: some go, some come, others stay in their place."""
        old, before = self.raw.get(kind, []), (self.before or {}).get(kind) or []
        if any(one.place[:1] == (kind,) and not block.header for block in self.blocks for one in block.entries):
            # All of them in one array.
            if not _equal(old, new) and not _equal(before, new):
                self._set((kind,), old, list(new))
            return
        was = {str(one.get("code")): i for i, one in enumerate(old)}
        pairs = [(i, one) for one in new if (i := was.get(str(one.get("code")))) is not None]
        if len(old) == len(new):
            # What has another code in the same place is called otherwise now.
            taken = {i for i, _ in pairs}
            codes = {str(one.get("code")) for _, one in pairs}
            pairs += [(i, one) for i, one in enumerate(new) if i not in taken and str(one.get("code")) not in codes]
        source = {id(one): i for i, one in pairs}
        for i, one in pairs:
            self._change((kind, i), old[i], one, before[i] if i < len(before) else {})
        self._arrange(kind, [(source.get(id(one)), one) for one in new])

    def _arrange(self, kind: str, wanted: Sequence[tuple[int | None, Mapping[str, Any]]]) -> None:
        units = dict[int, list[_Block]]()
        for block in self.blocks:
            if block.place[:1] == (kind,):
                units.setdefault(int(block.place[1]), []).append(block)
        first = {i: next(j for j, one in enumerate(self.blocks) if one is blocks[0]) for i, blocks in units.items()}
        kept = [i for i, _ in wanted if i is not None]
        slots = dict(zip(sorted(kept), kept, strict=True)) if kept != sorted(kept) else {i: i for i in kept}
        after = dict[int | None, list[_Block]]()
        last: int | None = None
        places = iter(sorted(kept))
        for i, one in wanted:
            if i is None:
                made = _block((kind, -1), f"[[{kind}]]\n", one)
                made.lead = made.lead or "\n"
                after.setdefault(last, []).append(made)
            else:
                last = next(places)
        out = list[_Block]()
        end = max(first.values(), default=len(self.blocks) - 1)
        for j, block in enumerate(self.blocks):
            at = next((i for i, start in first.items() if start == j), None)
            if block.place[:1] != (kind,):
                out.append(block)
            elif at is not None and at in slots:
                out += [*(after.pop(None, []) if not any(one.place[:1] == (kind,) for one in out) else [])]
                out += [*units[slots[at]], *after.pop(at, [])]
            if j == end:
                out += [one for more in after.values() for one in more]
                after = {}
        self.blocks = [*out, *(one for more in after.values() for one in more)]


def _blocks(text: str) -> tuple[list[_Block], str]:
    """Return the tables of a text in their order, the first without a header, and what stands below a blank line."""
    blocks, at = [_Block(())], 0
    for began, end, place, header in toml.parts_of(text):
        gap = text[at:began]
        block = blocks[-1]
        if at and not _ends_line(text, at):
            tail, gap = _line_and_rest(gap)
            block.entries[-1].tail = tail
        if header:
            block.after, lead = _above(gap)
            blocks.append(_Block(place, lead, text[began:end]))
        else:
            block.entries.append(_Entry(gap, text[began:end], "", place))
        at = end
    rest = text[at:]
    if at and not _ends_line(text, at):
        blocks[-1].entries[-1].tail, rest = _line_and_rest(rest)
    above, blank, foot = re.match(r"((?:[^\n]*\S[^\n]*\n)*)([ \t]*(?:\n|$))?(.*)", rest, re.DOTALL).groups("")  # type: ignore[union-attr]  # it matches any text
    blocks[-1].after += above
    return blocks, blank + foot


def _ends_line(text: str, at: int) -> bool:
    return text[at - 1] == "\n"


def _line_and_rest(gap: str) -> tuple[str, str]:
    line, end, rest = gap.partition("\n")
    return line + end, rest


def _above(gap: str) -> tuple[str, str]:
    """Return what belongs to the table above a gap, and the blank lines and comments of the one below it."""
    lines = gap.splitlines(keepends=True)
    n = len(lines)
    while n and _COMMENT.match(lines[n - 1]):
        n -= 1
    while n and not lines[n - 1].strip():
        n -= 1
    return "".join(lines[:n]), "".join(lines[n:])


def _block(place: Place, header: str, new: Mapping[str, Any]) -> _Block:
    entries = [_Entry("", toml.line(key, value), "\n", (*place, key)) for key, value in new.items()]
    return _Block(place, "\n", header, entries)


def _pair(text: str, value: Any) -> str:
    """Return a pair with another value, the key and the blanks around it as they are."""
    key = text[: _end_of_key(text)]
    blank = text[len(text.rstrip()) :]
    return f"{key}{toml.line('v', value).removeprefix('v = ')}{blank}"


def _end_of_key(text: str) -> int:
    """Return where the value of a pair begins."""
    quoted, i = "", 0
    while text[i] != "=" or quoted:
        if text[i] == "\\" and quoted == '"':
            i += 1
        elif text[i] in "\"'" and quoted in ("", text[i]):
            quoted = "" if quoted else text[i]
        i += 1
    i += 1
    return i + len(text[i:]) - len(text[i:].lstrip(" \t"))


def _equal(a: Any, b: Any) -> bool:
    """Return whether two values are the same to a spec: 2 is 2.0, true is no 1."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return list(a) == list(b) and all(_equal(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return all(_equal(one, other) for one, other in zip_longest(a, b, fillvalue=_equal))
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)
