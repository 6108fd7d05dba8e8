"""What a fit does to one row, as arithmetic in the row's columns: the one source of expressions and of SQL.

Beside the functions of arithmetic (`_maths.arithmetic`) its trees hold conditions (`and`, `or`, `not`, comparisons) and
known(x)       x is not missing
finite(x)      x is a number, neither missing nor infinite
infinite(x)    x is infinite
lost(x)        x is there and no finite number
default(x, c)  c where x is missing
least(...), greatest(...)  of the values that are there
of(unit, u, c, "group") the number in c at the place that the unit has in u, a column of numbers for each group
refused("why") no value where an engine finds that out, an error where it can raise one
None           no value
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hengdian_index._batches.choices import needing_all
from hengdian_index._maths.arithmetic import (
    Arithmetic,
    arithmetic_of,
    bound,
    calculable,
    expanded,
    filled,
    first,
    joined,
    names,
    number,
    parsed,
    simplified,
)
from hengdian_index._maths.maps import Chain, Map, Rounded
from hengdian_index._maths.means import Pair
from hengdian_index._maths.own_means import Censored, Limit, Mirrored, Own, limit_of
from hengdian_index._methods.decorators import kernel
from hengdian_index._methods.figures import known_to, numeric
from hengdian_index._methods.registry import lines_of
from hengdian_index._scoring.fields import rounding_of
from hengdian_index._scoring.preparation import Preparation
from hengdian_index._scoring.tree import Branch, Leaf, Setting, Tree
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE
from hengdian_index._words.said import Joined, Said
from hengdian_index._words.said import joined as row_of
from hengdian_index.errors import SpecError, listed, raise_all

Trees = Mapping[str, ast.expr]

_BATCHES = Said("fitted.score(rows, out='folder') scores it by batches")

# Functions of arithmetic that engines of tables have not.
_LACKING = ("normal_quantile", "normal_share", "round", "round_even")

NOTHING: ast.expr = ast.Constant(None)


@dataclass(frozen=True, slots=True)
class Check:
    """Rows that are refused: where `tree` holds, what is said of them, and after which step it can be asked.

    Step 0 are the columns of the table, 1 the normalised indicators, and so on up the tree.
    """

    where: Said
    why: Said
    tree: ast.expr
    step: int

    @property
    def said(self) -> Said:
        """What is wrong with them, and where."""
        return row_of([self.where, self.why], "heads")


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps from the columns of a table to the scores of a tree.

    `steps` are trees by the name of the column that they give, in the names of the steps before; those of the first are
    the columns of the table. `normalised`, `groups` and `levels`, which are there where the fit knows the base, say
    which column holds what; other columns are on the way. A score of a group lies `between` those of its children;
    one that is rescaled between none, so that its range follows from its own arithmetic.
    """

    labels: tuple[str, ...]
    columns: tuple[str, ...]
    steps: tuple[Trees, ...]
    normalised: Mapping[str, str]
    groups: tuple[str, ...]
    levels: tuple[str, ...]
    between: Mapping[str, tuple[str, ...]]
    checks: tuple[Check, ...]

    @property
    def watched(self) -> set[str]:
        """Columns of the table of which a missing value may be refused."""
        said = {one.id for check in self.checks for one in _missing(check.tree)}
        made = {name: tree for name, tree in self.steps[0].items() if name in said}
        return {one.id for tree in made.values() for one in ast.walk(tree) if isinstance(one, ast.Name)} | said

    @property
    def answer(self) -> tuple[str, ...]:
        """Columns of the scores and levels."""
        return (*self.groups, *self.levels)


def plan(
    tree: Tree,
    setting: Setting,
    preparation: Preparation,
    maps: Mapping[str, Map],
    weights: Mapping[str, Array],
    bases: Mapping[Any, Array] | None,
) -> Plan:
    """Return the steps of a fit; `bases` are the levels of each unit in the base period.

    Raises
    ------
    SpecError
        Each choice that is no arithmetic in the columns of one row, by name.
    """
    faults = needing_all(tree, setting)
    told = [_head(fault) for fault in faults]
    alone = list(_together(tree, setting))
    taken = {*tree.groups, *(label for label in (setting.unit, setting.period) if label is not None)}
    normalised = {code: free(f"{code}_normalised", taken) for code in tree.codes}
    first, checks = dict[str, ast.expr](), list[Check]()
    for leaf in tree.leaves:
        found = _values(leaf, (preparation.treatments.get(leaf.code), maps[leaf.code]), alone)
        if found is not None:
            first[normalised[leaf.code]], own = found
            score = ast.Name(normalised[leaf.code])
            why = Said("its score is too large a number; rescale the unit")
            too_large = Check(own[0].where, why, _overflow(score), 1)
            checks += [*own, too_large]
    steps: list[dict[str, ast.expr]] = [first]
    level, between = dict.fromkeys(normalised.values(), 0), dict[str, tuple[str, ...]]()
    for branch in tree.branches:
        name = free(f"{branch.code}_aggregated", taken) if branch.presented else branch.code
        group = _Group.of(tree, branch, name, normalised, weights.get(branch.code), alone)
        if group is None:
            continue
        between[group.name] = group.children
        at = 1 + max(level.get(child, 0) for child in group.children)
        for trees in group.steps(taken):
            steps += [{}] * (at + 1 - len(steps))
            steps[at] = {**steps[at], **trees}
            level |= dict.fromkeys(trees, at)
            at += 1
        checks += [replace(one, step=level[group.name] + (one.step > 0)) for one in group.checks()]
        if branch.presented:
            shown = _presented(branch, group.name, alone)
            steps += [{}] * (at + 1 - len(steps))
            steps[at] = {**steps[at], branch.code: shown}
            level[branch.code], between[branch.code] = at, ()
            why = Said("its rescaled score is too large a number; rescale the columns")
            checks.append(Check(_group(branch), why, _overflow(ast.Name(branch.code)), at))
    levels = _levels(tree, setting, bases, alone)
    last = {free(f"{group}_level", taken): level for group, level in levels.items()}
    faults += [row_of([one, _BATCHES], "clauses") for one in dict.fromkeys(alone) if _head(one) not in told]
    raise_all(SpecError, faults)
    sizes = [leaf.denominator for leaf in tree.leaves if leaf.denominator is not None]
    labels = tuple(label for label in (setting.unit, setting.period) if label is not None)
    columns = tuple(dict.fromkeys((*tree.codes, *sizes)))
    every = (*steps, last) if last else tuple(steps)
    return Plan(labels, columns, every, normalised, tree.groups, tuple(last), between, tuple(checks))


def _levels(tree: Tree, setting: Setting, bases: Mapping[Any, Array] | None, faults: list[Said]) -> Trees:
    """Return the level of each group, its score over that of its unit in the base; missing without one above 0."""
    if not bases or setting.to is None:
        return {}
    means = np.array(list(bases.values()))
    multiples = setting.to / np.where(means > 0, means, np.nan)
    units: list[Any] = [getattr(unit, "item", lambda own=unit: own)() for unit in bases]
    column = None if None in bases else setting.unit
    if column is not None and len({type(unit) for unit in units} & {str, int}) != 1:
        faults.append(
            Said("base: units are texts or whole numbers for an expression, not {units}", units=listed(units))
        )
        return {}
    found: dict[str, ast.expr] = {}
    for group, own in zip(tree.groups, multiples.T.tolist(), strict=True):
        numbers = tuple(one if one == one else None for one in own)
        factor: ast.expr = ast.Constant(numbers[0])
        if column is not None:
            known = [ast.Constant(part) for part in (tuple(units), numbers, group)]  # type: ignore[arg-type]
            factor = ast.Call(ast.Name("of"), [ast.Name(column), *known], [])
        found[group] = ast.BinOp(ast.Name(group), ast.Mult(), factor)
    return found


def _head(fault: Said) -> Said:
    """Return what a fault is about: the part of the index that it begins with, or the whole of it."""
    return fault.items[0] if isinstance(fault, Joined) and fault.kind == "heads" else fault


def _group(branch: Branch) -> Said:
    return Said("group {code!r}", code=branch.code)


def _together(tree: Tree, setting: Setting) -> Iterable[Said]:
    """Yield the choices that see one row, and are no arithmetic in its columns."""
    for leaf in tree.leaves:
        steps = ("build", "impute", "impute_scores", "start", "end")
        for step in (step.partition("_")[0] for step in steps if getattr(leaf, step) is not None):
            why = Said("{field} is no expression of the columns of a row", field=step)
            yield row_of([Said("indicator {code!r}", code=leaf.code), why], "heads")
    for branch in tree.branches:
        if branch.impute is not None:
            why = Said("{field} is no expression of the columns of a row", field="impute")
            yield row_of([_group(branch), why], "heads")
        if branch.weighing is not None:
            yield row_of([_group(branch), Said("weights of each row are no expression")], "heads")
        if branch.weights_since:
            yield row_of([_group(branch), Said("weights that change with time are no expression")], "heads")
    if setting.weights_form != "plain":
        why = Said("levels in other periods are no expression of the columns of a row")
        yield row_of(["weights_form = 'shares'", why], "heads")
    if setting.units is not None or setting.exclude:
        why = Said("an expression leaves out no rows; leave them out before, and take out the field")
        yield row_of(["units, exclude", why], "heads")
    if (setting.data or {}).get("missing_marks"):
        why = Said("an expression reads what is missing as such; mend the table with hi.tidy")
        yield row_of(["[data] missing_marks", why], "heads")


def free(name: str, taken: set[str]) -> str:
    """Return a name that no other column has, and take it."""
    while name in taken:
        name = f"{name}_"
    taken.add(name)
    return name


def _values(leaf: Leaf, maps: Sequence[Map | None], faults: list[Said]) -> tuple[ast.expr, list[Check]] | None:
    """Return the score of an indicator in the columns of the table, and what is refused; None with a fault."""
    x: ast.expr = ast.Name(leaf.code)
    where = Said("indicator {code!r}", code=leaf.code)
    parts = [part for one in maps if one is not None for part in (one.maps if isinstance(one, Chain) else (one,))]
    infinity = Said("infinity is no value; mend it or leave it out")
    checks = [Check(where, infinity, _call("infinite", x), 0)]
    good, refused = [_call("finite", x)], [(checks[0].tree, infinity)]
    if leaf.denominator is not None:
        size = ast.Name(leaf.denominator)
        above = _both(_call("finite", size), _above_0(size))
        bad = _both(_call("finite", x), _either(_call("not_known", size), _not(above)))
        why = Said(
            "its denominator {column!r} is not a number above 0 where there is a value to divide",
            column=leaf.denominator,
        )
        checks.append(Check(where, why, bad, 0))
        good.append(above)
        refused.append((bad, why))
        x = ast.BinOp(x, ast.Div(), size)
    for part in parts:
        found = arithmetic_of(part)
        if found is None or not calculable(found.tree, _LACKING) or set(names(found.tree)) - {"x", *found.numbers}:
            faults.append(row_of([where, _no_arithmetic(_called(leaf, part))], "heads"))
            return None
        if found.positive:
            inside = filled(bound(parsed(found.positive), found.numbers), {"x": x})
            why = Said("the value must lie where its curve or quotient has one, above 0")
            bad = _both(*good, _not(_above_0(inside)))
            checks.append(Check(where, why, bad, 0))
            good.append(_above_0(inside))
            refused.append((bad, why))
        x = filled(simplified(_rounded(found)), {"x": x})
    rest = NOTHING
    for bad, why in reversed(refused):
        rest = ast.IfExp(bad, _refused(row_of([where, why], "heads")), rest)
    return ast.IfExp(_both(*good), x, rest), checks


def _no_arithmetic(method: str) -> Said:
    return Said("{method} is no arithmetic in one value", method=method)


def _called(leaf: Leaf, part: Map) -> str:
    if isinstance(part, Rounded):
        return "round"
    treated = leaf.treat is not None and type(part).__module__.startswith("hengdian_index.treat")
    return (leaf.treat if treated and leaf.treat is not None else leaf.normalise).method.name


def _rounded(found: Arithmetic) -> ast.expr:
    """Return the tree of a map, its numbers filled in; of steps, limits moved by what is rounding."""
    tree = bound(found.tree, found.numbers)
    return tree if found.rounding is None else _moved(tree, found.rounding)


def _moved(tree: ast.expr, rounding: float) -> ast.expr:
    """Return a tree with the limits of comparisons moved: a value that differs by rounding alone stands on one."""
    if not isinstance(tree, ast.IfExp):
        return tree
    test = tree.test
    assert isinstance(test, ast.Compare)
    limit = first(ast.literal_eval(test.comparators[0]))
    margin = TOLERANCE * (rounding + abs(limit)) * (1 if isinstance(test.ops[0], ast.Gt) else -1)
    moved = ast.Compare(test.left, test.ops, [ast.Constant(limit + margin)])
    return ast.IfExp(moved, tree.body, _moved(tree.orelse, rounding))


@dataclass(frozen=True, slots=True)
class _Group:
    """A group whose score is arithmetic: the columns of its children, their weights, what is wanted of them."""

    branch: Branch
    name: str
    children: tuple[str, ...]
    weights: tuple[float, ...]
    tree: ast.expr
    pair: Pair | None
    limit: Limit | None
    propagated: tuple[str, ...]
    needed: tuple[str, ...]

    @classmethod
    def of(
        cls,
        tree: Tree,
        branch: Branch,
        name: str,
        normalised: Mapping[str, str],
        weights: Array | None,
        faults: list[Said],
    ) -> _Group | None:
        """Return a group as arithmetic, its score by name; None, with a fault, for one that is none."""
        method, options = branch.aggregate.method, branch.aggregate.complete()
        where = _group(branch)
        if weights is None or np.ndim(weights) != 1:
            return None  # A fault of its own.
        scorer = kernel(method, branch.aggregate.options, branch.children)
        pair = scorer if isinstance(scorer, Pair) else None
        lines = lines_of(method.traits, options)
        extreme = [line.expression for line in lines] in (["min(z)"], ["max(z)"])
        row_wise = pair is not None or extreme or isinstance(scorer, Censored)
        if not known_to(lines, {"w", "z", "k", *numeric(options)}) or not lines or not row_wise:
            why = Said("{method} is no mean of the scores of one row", method=method.name)
            faults.append(row_of([where, why], "heads"))
            return None
        if isinstance(pair, Own) and pair.trees is None:
            why = Said("{method} is a mean by functions of Python that are no arithmetic", method=method.name)
            faults.append(row_of([where, why], "heads"))
            return None
        if pair is not None and pair.whole is not None:
            why = Said("{method} of a power so near 0 is computed otherwise than it is written", method=method.name)
            faults.append(row_of([where, why], "heads"))
            return None
        own = {leaf.code: leaf.missing for leaf in tree.leaves if leaf.missing is not None}
        rules = {normalised.get(c, c): own.get(c, branch.missing.rule) for c in branch.children}
        return cls(
            branch,
            name,
            tuple(rules),
            tuple(np.asarray(weights, dtype=np.float64).tolist()),
            bound(joined(lines), numeric(options)),
            pair,
            limit_of(scorer),
            tuple(child for child, rule in rules.items() if rule == "propagate"),
            tuple(child for child, rule in rules.items() if rule == "raise"),
        )

    @property
    def counted(self) -> list[tuple[str, float]]:
        """The children that have a weight."""
        return [(child, weight) for child, weight in zip(self.children, self.weights, strict=True) if weight > 0]

    @property
    def least(self) -> int:
        """How many children a row needs for a score."""
        k = len(self.children)
        return next(n for n in range(1, k + 1) if n / k >= self.branch.missing.coverage - TOLERANCE)

    @property
    def complete(self) -> bool:
        """Whether a row needs all children."""
        return self.least == len(self.children) or set(self.propagated) == set(self.children)

    def kept(self) -> ast.expr:
        """Return where a row has a score."""
        if self.complete:
            return _both(*(_call("known", ast.Name(child)) for child in self.children))
        parts = [_call("known", ast.Name(child)) for child in self.propagated]
        if self.least > 1:
            there = [_there(child, 1.0) for child in self.children]
            parts.append(ast.Compare(_call("sum", *there), [ast.Gt()], [ast.Constant(self.least - 0.5)]))
        if self.least <= len(self.children) - len(self.counted) + 1:
            some = [_call("known", ast.Name(child)) for child, _ in self.counted]
            parts.append(_either(*some))
        return _both(*parts)

    def outside(self, child: str) -> ast.expr | None:
        """Return where the score of a child lies outside the domain of the mean."""
        if isinstance(self.pair, Own):
            return self.pair.astray(ast.Name(child))
        if self.limit is None:
            return None
        return ast.Compare(ast.Name(child), [_BEYOND[self.limit.beyond]], [ast.Constant(self.limit.value)])

    def checks(self) -> Iterable[Check]:
        """Yield the rows that are refused, at step 0 before the score and at 1 after it."""
        where = _group(self.branch)
        for child in self.needed:
            why = Said(
                "{child!r} is missing, and the rule is 'raise'; fill it, or choose 'reweight' or 'propagate'",
                child=child,
            )
            yield Check(where, why, _call("not_known", ast.Name(child)), 0)
        for child in self.children:
            outside = self.outside(child)
            if outside is not None:
                bad = _both(_call("known", ast.Name(child)), outside, self.kept())
                yield Check(where, Said("{child!r}: {why}", child=child, why=self._domain), bad, 0)
        why = Said("the score is no finite number; rescale the columns")
        yield Check(where, why, _overflow(self._score), 1)

    @property
    def _score(self) -> ast.expr:
        return ast.Name(self.name)

    @property
    def _domain(self) -> Said:
        if isinstance(self.pair, Own):
            return self.pair.why
        assert self.limit is not None
        return self.limit.why

    def steps(self, taken: set[str]) -> Iterable[Trees]:
        """Yield the score, after the columns that it takes on the way."""
        before = dict[str, ast.expr]()
        z = [ast.Name(child) for child, _ in self.counted]
        values: list[ast.expr] = list(z)
        size: ast.expr | None = None
        if self.pair is not None and self.pair.anchor != "none":
            name = free(f"{self.branch.code}_size", taken)
            which = "greatest" if self.pair.anchor == "largest" else "least"
            before[name] = _call(which, *z)
            size = ast.Name(name)
            values = [ast.BinOp(one, ast.Div(), size) for one in z]
        shares: list[ast.expr] = [ast.Constant(weight) for _, weight in self.counted]
        total: ast.expr | None = None
        if not self.complete and "w" in names(self.tree):
            name = free(f"{self.branch.code}_weight", taken)
            before[name] = _call("sum", *(_there(child, weight) for child, weight in self.counted))
            total = ast.Name(name)
        if before:
            yield before
        score = _averaged(self.tree, shares, values, total, gaps=not self.complete)
        score = filled(score, {"k": _count(self.children) if not self.complete else number(len(self.children))})
        if size is not None:
            score = ast.BinOp(size, ast.Mult(), score)
        if isinstance(self.pair, Mirrored) and self.pair.zero_is_limit:
            top = ast.Constant(self.pair.top)
            score = ast.IfExp(ast.Compare(_call("greatest", *z), [ast.Lt()], [top]), score, top)
        elif self.pair is not None and (size is not None or self.pair.zero_is_limit):
            # A part of 0 gives 0 where that is the limit; of a largest of 0 nothing can be measured by it.
            positive = size if size is not None else _call("least", *z)
            score = ast.IfExp(_above_0(positive), score, ast.Constant(0.0))
        outside = [one for one in map(self.outside, self.children) if one is not None]
        if outside:
            refused = _refused(row_of([_group(self.branch), self._domain], "heads"))
            score = ast.IfExp(_either(*outside), refused, score)
        score = ast.IfExp(self.kept(), score, NOTHING)
        for child in self.needed:
            why = Said("{child!r} is missing, and the rule is 'raise'", child=child)
            refused = _refused(row_of([_group(self.branch), why], "heads"))
            score = ast.IfExp(_call("not_known", ast.Name(child)), refused, score)
        yield {self.name: score}


def _presented(branch: Branch, name: str, faults: list[Said]) -> ast.expr:
    """Return the score of a group rescaled and rounded, from the column of what is aggregated."""
    score: ast.expr = ast.Name(name)
    scaling = branch.scaling
    parts = list(scaling.maps) if isinstance(scaling, Chain) else [] if scaling is None else [scaling]
    rounding = rounding_of(branch)
    for part in [*parts, *([] if rounding is None else [rounding])]:
        found = arithmetic_of(part)
        if found is None or not calculable(found.tree, _LACKING) or set(names(found.tree)) - {"x", *found.numbers}:
            what = "round" if part is rounding else branch.rescale.method.name if branch.rescale else ""
            faults.append(row_of([_group(branch), _no_arithmetic(what)], "heads"))
            return NOTHING
        inside = filled(bound(parsed(found.positive), found.numbers), {"x": score}) if found.positive else None
        after = filled(simplified(_rounded(found)), {"x": score})
        must = Said("the score must lie where its curve or quotient has one, above 0")
        why = row_of([_group(branch), must], "heads")
        score = after if inside is None else ast.IfExp(_above_0(inside), after, _refused(why))
    return ast.IfExp(_call("known", ast.Name(name)), score, NOTHING)


def _averaged(
    tree: ast.expr, weights: list[ast.expr], values: list[ast.expr], total: ast.expr | None, *, gaps: bool
) -> ast.expr:
    """Return a mean with a term for each part; of those that are there, which share the total weight, where not all."""
    sums = dict[str, ast.expr]()
    for call in (one for one in ast.walk(tree) if isinstance(one, ast.Call) and gaps):
        assert isinstance(call.func, ast.Name)
        if len(call.args) != 1 or call.func.id not in _NEUTRAL:
            continue
        what, inner = call.func.id, call.args[0]
        parts = {"w": weights, "z": values}
        plain = total is not None and _shared(what, inner)
        if total is not None and not plain:
            parts["w"] = [ast.BinOp(weight, ast.Div(), total) for weight in weights]
        neutral = _NEUTRAL[what]
        terms = [expanded(inner, parts, j) for j in range(len(weights))]
        if neutral is None:
            sums[ast.unparse(call)] = _call({"min": "least", "max": "greatest"}[what], *terms)
            continue
        whole = _call(what, *(_call("default", term, ast.Constant(neutral)) for term in terms))
        if plain and total is not None:
            # The weights share their sum: once for all terms.
            one: ast.expr = ast.BinOp(ast.Constant(1.0), ast.Div(), total)
            whole = ast.BinOp(whole, ast.Div(), total) if what == "sum" else ast.BinOp(whole, ast.Pow(), one)
        sums[ast.unparse(call)] = whole
    return _spread(expanded(tree, {"w": weights, "z": values}, sums=sums))


_BEYOND: Mapping[str, ast.cmpop] = {"<": ast.Lt(), "<=": ast.LtE(), ">": ast.Gt(), ">=": ast.GtE()}
_NEUTRAL: Mapping[str, float | None] = {"sum": 0.0, "prod": 1.0, "min": None, "max": None}


def _shared(what: str, term: ast.expr) -> bool:
    """Return whether weights share their sum once for all terms: of w f and w / f in a sum, of f ** w in a product."""
    if not isinstance(term, ast.BinOp):
        return False
    by_weight = isinstance(term.op, ast.Pow) if what == "prod" else isinstance(term.op, (ast.Mult, ast.Div))
    weight, other = (term.right, term.left) if what == "prod" else (term.left, term.right)
    return by_weight and what in ("sum", "prod") and ast.unparse(weight) == "w" and "w" not in names(other)


def _spread(tree: ast.expr) -> ast.expr:
    """Return a mean whose extremes over the parts are called so."""
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in ("min", "max"):
        return _call({"min": "least", "max": "greatest"}[tree.func.id], *tree.args)
    return tree


def _there(child: str, weight: float) -> ast.expr:
    return ast.IfExp(_call("known", ast.Name(child)), ast.Constant(weight), ast.Constant(0.0))


def _count(children: Iterable[str]) -> ast.expr:
    return _call("sum", *(_there(child, 1.0) for child in children))


def _call(name: str, *parts: ast.expr) -> ast.expr:
    if name == "not_known":
        return _not(_call("known", *parts))
    return ast.Call(ast.Name(name), list(parts), [])


def _refused(why: Said) -> ast.expr:
    return ast.Call(ast.Name("refused"), [ast.Constant(why)], [])


def _not(one: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), one)


def _both(*parts: ast.expr) -> ast.expr:
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), list(parts))


def _either(*parts: ast.expr) -> ast.expr:
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.Or(), list(parts))


def _missing(tree: ast.expr) -> Iterable[ast.Name]:
    """Yield the columns of which a condition asks whether a value is missing."""
    for one in ast.walk(tree):
        if isinstance(one, ast.UnaryOp) and isinstance(one.operand, ast.Call):
            yield from (part for part in one.operand.args if isinstance(part, ast.Name))


def is_nothing(tree: ast.expr) -> bool:
    """Return whether a tree has no value whatever the row is; what is refused has none."""
    if isinstance(tree, ast.IfExp):
        return is_nothing(tree.body) and is_nothing(tree.orelse)
    refused = isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "refused"
    return refused or (isinstance(tree, ast.Constant) and tree.value is None)


def _above_0(x: ast.expr) -> ast.expr:
    return ast.Compare(x, [ast.Gt()], [ast.Constant(0.0)])


def _overflow(score: ast.expr) -> ast.expr:
    return _call("lost", score)
