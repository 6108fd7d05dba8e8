"""The steps of a fit as SQL: one query whose parts are named, from the columns of a table to the scores."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hengdian_index._batches.plan import Plan
from hengdian_index._maths.arithmetic import constant
from hengdian_index._words.language import language
from hengdian_index._words.said import Said, joined, told
from hengdian_index.errors import SpecError, suggestion

# So many terms of a sum stand side by side; of more, each half is a sum: engines bound the depth of an expression.
_FLAT = 32
_UNIT = "base of unit"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between databases: the type of floats, and how their functions are called.

    `calls` are formats of a function's arguments in order, `{0}`; `raises` one of a text that becomes an error.
    """

    real: str
    calls: Mapping[str, str]
    raises: str


DIALECTS: Mapping[str, Dialect] = {
    "duckdb": Dialect(
        "DOUBLE",
        {
            "log": "ln({0})",
            "exp": "exp({0})",
            "abs": "abs({0})",
            "power": "pow({0}, {1})",
            "finite": "coalesce(isfinite({0}), false)",
            "infinite": "isinf({0})",
        },
        "error({0})",
    )
}


def dialect_of(name: str) -> Dialect:
    """Return a dialect by name."""
    if name not in DIALECTS:
        raise SpecError(
            Said(
                "dialect: no {name!r}{guess}; there is {names}",
                name=name,
                guess=suggestion(name, DIALECTS),
                names=joined(list(DIALECTS), quoted=True),
            )
        )
    return DIALECTS[name]


def query(plan: Plan, dialect: Dialect, table: str, columns: Sequence[str]) -> str:
    """Return the query of some columns of the last step, after the labels of the rows."""
    write = _Writing(dialect)
    numbers = [f"CAST({quoted(one)} AS {dialect.real}) AS {quoted(one)}" for one in plan.columns]
    labels = [quoted(one) for one in plan.labels]
    parts = [_select([*labels, *numbers], _table(table))]
    for at, trees in enumerate(plan.steps):
        source = f"step_{len(parts) - 1}"
        found = [f"{write(tree)} AS {quoted(name)}" for name, tree in trees.items()]
        before = labels if at == 0 else [f"{source}.*"]
        parts.append(_select([*before, *found], f"{source}{write.base(trees)}"))
        if at == 0:
            # An overflow may vanish on the way to a score, as in a minimum.
            kept = [f"{write.finite(name, plan)} AS {quoted(name)}" for name in trees]
            parts.append(_select([*labels, *kept], f"step_{len(parts) - 1}"))
    named = ",\n".join(f"step_{at} AS (\n{part}\n)" for at, part in enumerate(parts))
    last = [f"{write.finite(name, plan)} AS {quoted(name)}" for name in columns]
    return f"WITH {named}\n{_select([*labels, *last], f'step_{len(parts) - 1}')}"


def quoted(name: str) -> str:
    """Return the name of a column as SQL has it.

    Examples
    --------
    >>> from hengdian_index._batches.sql import quoted
    >>> print(quoted("a 1"))
    "a 1"
    """
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return a text as SQL has it."""
    return "'" + value.replace("'", "''") + "'"


def _table(name: str) -> str:
    """Return what the rows come from: a call or a query in brackets as it stands, a name quoted, part by part."""
    name = name.strip()
    return name if name.endswith(")") else ".".join(map(quoted, name.split(".")))


def _select(columns: list[str], source: str) -> str:
    listed = ",\n  ".join(columns)
    return f"SELECT\n  {listed}\nFROM {source}"


@dataclass(frozen=True, slots=True)
class _Writing:
    """Trees of a plan as SQL."""

    dialect: Dialect

    def __call__(self, tree: ast.expr) -> str:
        """Return a tree as an expression."""
        if isinstance(tree, ast.Name):
            return quoted(tree.id)
        if isinstance(tree, ast.Constant):
            return self._constant(tree)
        if isinstance(tree, ast.UnaryOp):
            return f"(NOT {self(tree.operand)})" if isinstance(tree.op, ast.Not) else f"(-{self(tree.operand)})"
        if isinstance(tree, ast.BoolOp):
            sign = " AND " if isinstance(tree.op, ast.And) else " OR "
            return f"({sign.join(map(self, tree.values))})"
        if isinstance(tree, ast.Compare):
            return f"({self(tree.left)} {_COMPARED[type(tree.ops[0])]} {self(tree.comparators[0])})"
        if isinstance(tree, ast.IfExp):
            return self._cases(tree)
        if isinstance(tree, ast.BinOp):
            parts = self(tree.left), self(tree.right)
            if isinstance(tree.op, ast.Pow):
                return self.dialect.calls["power"].format(*parts)
            return f"({f' {_SIGNS[type(tree.op)]} '.join(parts)})"
        assert isinstance(tree, ast.Call)
        assert isinstance(tree.func, ast.Name)
        return self._call(tree.func.id, tree.args)

    def finite(self, name: str, plan: Plan) -> str:
        """Return a column, an error where it is no finite number."""
        tree = ast.Call(ast.Name("lost"), [ast.Name(name)], [])
        said = next((one for one in plan.checks if ast.unparse(one.tree) == ast.unparse(tree)), None)
        if said is None:
            return quoted(name)
        refused = self.dialect.raises.format(text(told(said.said, language())))
        good = self.dialect.calls["finite"].format(quoted(name))
        return f"CASE WHEN {quoted(name)} IS NULL OR {good} THEN {quoted(name)} ELSE {refused} END"

    def base(self, trees: Mapping[str, ast.expr]) -> str:
        """Return the table of the numbers of each unit, joined, where trees ask for it; else nothing."""
        every = [one for tree in trees.values() for one in ast.walk(tree) if isinstance(one, ast.Call)]
        asked = [one.args for one in every if isinstance(one.func, ast.Name) and one.func.id == "of"]
        if not asked:
            return ""
        units, _, _ = _values(asked[0])
        columns = [_values(args)[1] for args in asked]
        rows = (f"({', '.join(map(self._value, row))})" for row in zip(units, *columns, strict=True))
        names = ", ".join([quoted(_UNIT), *(quoted(_values(args)[2]) for args in asked)])
        label = self(asked[0][0])
        label = f"CAST({label} AS VARCHAR)" if isinstance(units[0], str) else label
        return f"\nLEFT JOIN (VALUES {', '.join(rows)}) AS base({names}) ON base.{quoted(_UNIT)} = {label}"

    def _value(self, value: Any) -> str:
        return str(value) if isinstance(value, int) else self._constant(ast.Constant(value))

    def _constant(self, tree: ast.Constant) -> str:
        if tree.value is None:
            return "NULL"
        if isinstance(tree.value, str):
            return text(tree.value)
        value = float(constant(tree))
        digits = repr(value)
        # With an exponent a number is a float, without one a decimal of few digits.
        digits = digits if "e" in digits or not math.isfinite(value) else f"{digits}e0"
        return f"({digits})" if value < 0 else digits

    def _cases(self, tree: ast.expr) -> str:
        said = "CASE"
        while isinstance(tree, ast.IfExp):
            said += f" WHEN {self(tree.test)} THEN {self(tree.body)}"
            tree = tree.orelse
        nothing = isinstance(tree, ast.Constant) and tree.value is None
        return f"{said} END" if nothing else f"{said} ELSE {self(tree)} END"

    def _call(self, name: str, args: list[ast.expr]) -> str:
        if name in _LISTED:
            return _listed(_LISTED[name], list(map(self, args)))
        if name in _NAMED:
            return _NAMED[name](", ".join(map(self, args)))
        if name == "of":
            return f"base.{quoted(_values(args)[2])}"
        if name == "refused":
            return self.dialect.raises.format(self(args[0]))
        return self.dialect.calls[name].format(*map(self, args))


def _values(args: Sequence[ast.expr]) -> tuple[Any, Any, str]:
    """Return the units, their numbers and what the column of these is called."""
    found: list[Any] = [one.value for one in args[1:] if isinstance(one, ast.Constant)]
    units, numbers, group = found
    return units, numbers, f"base of {group}"


def _listed(sign: str, terms: list[str]) -> str:
    if len(terms) > _FLAT:
        half = len(terms) // 2
        terms = [_listed(sign, terms[:half]), _listed(sign, terms[half:])]
    return f"({f' {sign} '.join(terms)})"


_LISTED = {"sum": "+", "prod": "*"}
_NAMED: Mapping[str, Callable[[str], str]] = {
    "known": "({} IS NOT NULL)".format,
    "default": "coalesce({})".format,
    # In a map, whose value is there; over parts the missing ones are left out by both.
    "min": "least({})".format,
    "max": "greatest({})".format,
    "least": "least({})".format,
    "greatest": "greatest({})".format,
}
_SIGNS: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARED: Mapping[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
