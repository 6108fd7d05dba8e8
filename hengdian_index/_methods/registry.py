"""The registry: what a method declares about itself, how it is found by name, how its options are checked."""

from __future__ import annotations

import inspect
import json
import math
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, wraps
from pkgutil import resolve_name
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from hengdian_index._maths.arithmetic import Line
from hengdian_index._maths.arithmetic import faults as arithmetic_faults
from hengdian_index._maths.notation import latex_of
from hengdian_index._methods.aliases import meant
from hengdian_index._methods.traits import DECLARED
from hengdian_index._words.catalogue import LANGUAGES
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import Fault, OptionError, SpecError, cause, fewer, raise_all, shown, suggestion

P = ParamSpec("P")
R = TypeVar("R")

# What a function is shown: one table (n, k), any number of tables (..., n, k), what these have to tell, or none at all.
Sees: TypeAlias = Literal["rows", "stacks", "statistics", "judgement"]

FAMILIES: dict[str, dict[str, Method]] = {
    "normalise": {},
    "weights": {},
    "aggregate": {},
    "treat": {},
    "impute": {},
    "climate": {},
}

# Parameters that every function of a family may have and that are no choices of the user's spec.
_SHARED = {"normalise": ("direction", "fit_on"), "impute": ("fit_on",), "climate": ("fit_on", "names", "periods")}


# What arithmetic gives, and what it may name besides options and columns.
ARITHMETIC = {"normalise": ("z", "x"), "aggregate": ("y", "w", "z", "k"), "climate": ("x",)}

# What is run first, by its name there and in the processes that are started from it.
_MAIN = {"__main__", "__mp_main__"}

# No array holds an integer of this size.
_BEYOND = 2**63


# Values of options that cannot change, and how many sets of them are known to be right.
_PLAIN = (bool, int, float, str, type(None))
_REMEMBERED = 64


@dataclass(frozen=True, eq=False)
class Method:
    """One method: its function, the family it belongs to, and what it declares about itself.

    `traits` are declarations that the gate, the law tests and the documentation read: `unit_free`,
    `monotone`, `gives` (the interval of its scores), `laws` and `domain` of an aggregation; `formula` in LaTeX, or
    a function of the options that gives it, `arithmetic` or `figures`, from which explanation and spreadsheet formula
    follow, `chinese`, what a statement of the method calls it, `example`, values for options that must be given, and
    `words` of its options by language.
    """

    family: str
    name: str
    function: Callable[..., Any]
    sees: Sees
    traits: Mapping[str, Any] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Method) and (self.family, self.function) == (other.family, other.function)

    def __hash__(self) -> int:
        return hash((self.family, self.function))

    def __reduce__(self) -> Any:
        if self.registered:
            return opened, (self.family, self.name, self.function.__module__)
        return Method, (self.family, self.name, self.function, self.sees, dict(self.traits))

    @property
    def registered(self) -> bool:
        """Whether the name stands for this method, so that it can be written to a file and read back."""
        return FAMILIES[self.family].get(self.name) == self

    @property
    def identity(self) -> str:
        """What tells this method from every other: its name, and of a function without one its code."""
        return self.name if self.registered else code_of(self.function, self.name)

    @cached_property
    def options(self) -> dict[str, inspect.Parameter]:
        """Options a user may give: the keyword-only parameters that are the method's own, and the `second`."""
        shared, second = _SHARED.get(self.family, ()), self.traits.get("second")
        parameters = {name: p for name, p in parameters_of(self.function).items() if name not in shared}
        return {name: p for name, p in parameters.items() if p.kind is p.KEYWORD_ONLY or name == second}

    @cached_property
    def judgements(self) -> tuple[str, ...]:
        """Names of what a spec gives besides the options: judgements, or the columns an indicator is built of."""
        if "columns" in self.traits:
            return tuple(self.traits["columns"])
        parameters = parameters_of(self.function).values()
        return tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY) if self.sees == "judgement" else ()

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """Those of the judgements that have no default."""
        parameters = parameters_of(self.function)
        return tuple(name for name in self.judgements if parameters[name].default is inspect.Parameter.empty)

    @cached_property
    def takes_direction(self) -> bool:
        """Whether the function applies the direction itself instead of seeing turned data."""
        return "direction" in parameters_of(self.function)

    @cached_property
    def hints(self) -> dict[str, Any]:
        """Type of each option, from the annotations."""
        return hints_of(self.function)

    def faults(self, options: Mapping[str, Any]) -> list[Said]:
        """Return what is wrong with a set of options: unknown names, words or types, then the method's own check."""
        unknown = [name for name in options if name not in self.options]
        told = [
            Fault(Said("unknown option {name!r}{guess}", name=name, guess=suggestion(name, self.options)))
            for name in unknown
        ]
        found = [fault.message for fault in fewer(told, Said("unknown options"))]
        for name, value in options.items():
            if name in self.options and not _fits(value, self.hints.get(name, Any)):
                found.append(joined([name, _expected(value, self.hints[name])], "heads"))
        check = self.traits.get("check")
        if check and not found:
            settled = self.settled(options)
            complete = {p.name: settled.get(p.name, p.default) for p in self.options.values()}
            told = [] if any(v is inspect.Parameter.empty for v in complete.values()) else check(**complete)
            # A user's own method says it in a plain text.
            found += [one if isinstance(one, Said) else joined([one], "whole") for one in told]
        return found

    def absent(self, options: Mapping[str, Any]) -> list[Said]:
        """Return a fault for each option that must be given and is not."""
        needed = [p.name for p in self.options.values() if p.default is p.empty and p.name not in options]
        example = self.traits.get("example", {})
        such = {name: json.dumps(value) for name, value in example.items()}
        return [_lacking(name, such.get(name)) for name in needed]

    def declared(self, trait: str, options: Mapping[str, Any], default: Any = None) -> Any:
        """Return what the method declares: a value, or what a function of all its options gives."""
        value = self.traits.get(trait, default)
        every = {p.name: options.get(p.name, p.default) for p in self.options.values()}
        return value(**every) if callable(value) else value

    def settled(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options with the integers that no array holds as floats, where a float does."""
        return {name: _settled(value, self.hints.get(name, Any)) for name, value in options.items()}

    def demand(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options as the function takes them; raise an `OptionError` with every fault of them."""
        plain = all(type(value) in _PLAIN for value in options.values())
        # 1, 1.0 and True are equal, and not equally right.
        key = tuple((name, type(value), value) for name, value in options.items()) if plain else None
        if key is not None and key in self._right:
            return dict(self._right[key])
        faults = self.faults(options) + self.absent(options)
        if faults:
            raise_all(OptionError, [joined([self.name, fault], "heads") for fault in faults])
        settled = self.settled(options)
        if key is not None and len(self._right) < _REMEMBERED:
            self._right[key] = dict(settled)
        return settled

    @cached_property
    def _right(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        """Sets of options without a fault: an index asks for the same of each indicator."""
        return {}


def code_of(function: Callable[..., Any], name: str = "") -> str:
    """Return what tells a function without a registered name from every other: where it stands, and its code."""
    if isinstance(own := getattr(function, "identity", None), str):
        return own
    code = getattr(function, "__code__", None)
    said = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', name)}"
    return f"{said} {code.co_code.hex()} {code.co_names} {code.co_consts}" if code else said


def parameters_of(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return the parameters of a function, none for those of C that do not tell."""
    try:
        return inspect.signature(function).parameters
    except ValueError:
        return {}


def typed(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that refuses options of another type than it declares, as the methods of the families do.

    Examples
    --------
    >>> from hengdian_index._methods.registry import typed
    >>> @typed
    ... def doubled(x, *, times: int = 2):
    ...     return times * x
    >>> doubled(1, times=None)
    Traceback (most recent call last):
    hengdian_index.errors.OptionError: doubled: times: a whole number is needed, not None
    """
    signature, known = inspect.signature(function), dict[str, Any]()

    @wraps(function)
    def checked(*args: P.args, **options: P.kwargs) -> R:
        if not known:
            known.update(hints_of(function))
        bound = signature.bind(*args, **options)
        given = bound.arguments
        # What is no number, or not one of its words, says the function itself, with the limits it sets.
        judged = {name: value for name, value in given.items() if not _left(value, known.get(name, Any))}
        faults = [name for name, value in judged.items() if not _fits(value, known.get(name, Any))]
        told = [joined([function.__name__, name, _expected(given[name], known[name])], "heads") for name in faults]
        raise_all(OptionError, told)
        bound.arguments.update({name: _settled(value, known.get(name, Any)) for name, value in judged.items()})
        return function(*bound.args, **bound.kwargs)

    return checked


def _left(value: Any, hint: Any) -> bool:
    """Return whether a value is of the right type, but perhaps none that is allowed: not a number, an unknown word."""
    if isinstance(value, str):
        return get_origin(hint) is Literal
    return isinstance(value, float) and math.isnan(value)


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the type of each parameter that has an annotation."""
    try:
        return get_type_hints(function)
    except (NameError, TypeError):
        return {}


def find(family: str, name: str) -> Method:
    """Return a registered method by its name or another that the field has for it, or say which was perhaps meant."""
    methods = FAMILIES[family]
    if name not in methods:
        own = meant(family, name, methods)
        if own is not None:
            return methods[own]
        raise SpecError(Said("no method {name!r}{guess}", name=name, guess=suggestion(name, methods)))
    return methods[name]


def opened(family: str, name: str, module: str) -> Method:
    """Return a registered method in a process that may not have met it: the module that registers it is imported.

    Raises
    ------
    SpecError
        A method of a user's that this process cannot find, or has from another module; said with what to do.
    """
    found, why = FAMILIES[family].get(name), ""
    if found is None:
        try:
            resolve_name(f"{module}:")
        except (ImportError, ValueError) as error:
            why = Said(" ({error})", error=cause(error))
        found = FAMILIES[family].get(name)
    if found is None:
        raise SpecError(
            Said(
                "{family}: method {name!r} is registered by the module {module!r}, which does not do so here{why}; "
                "put it into a module that every process can import, or register it in each before",
                family=family,
                name=name,
                module=module,
                why=why,
            )
        )
    own = found.function.__module__
    if not {own, module} <= _MAIN and own != module:
        raise SpecError(
            Said(
                "{family}: method {name!r} is of the module {module!r}, and here of {own!r}; rename one",
                family=family,
                name=name,
                module=module,
                own=own,
            )
        )
    return found


def resolve(family: str, method: Any) -> Method:
    """Return the method that a name, a registered function or any other function stands for."""
    if isinstance(method, str):
        return find(family, method)
    known = getattr(method, "method", None)
    if isinstance(known, Method):
        if known.family != family:
            raise SpecError(
                Said(
                    "{name!r} is a method of {own!r}, not of {family!r}",
                    name=known.name,
                    own=known.family,
                    family=family,
                )
            )
        return known
    return Method(family, getattr(method, "__name__", type(method).__name__), method, "rows")


def method_of(function: Any) -> Method | None:
    """Return the registered method of a function as it was written, None for any other."""
    every = (method for family in FAMILIES.values() for method in family.values())
    return next((method for method in every if method.function is function), None)


class Pickled:
    """A dataclass whose functions a pickle holds by their methods, since a decorator hides them from their module."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        parts = {one.name: getattr(self, one.name) for one in fields(self)}  # type: ignore[arg-type]
        return _unpickled, (type(self), {name: method_of(part) or part for name, part in parts.items()})


def _unpickled(kind: type[Any], parts: Mapping[str, Any]) -> Any:
    return kind(**{name: part.function if isinstance(part, Method) else part for name, part in parts.items()})


def lines_of(traits: Mapping[str, Any], options: Mapping[str, Any] | None = None) -> tuple[Line, ...]:
    """Return the lines of arithmetic that traits declare, those of a function only for its options; else none."""
    declared = traits.get("arithmetic")
    if callable(declared):
        declared = None if options is None else declared(**options)
    return (Line("", declared),) if isinstance(declared, str) else tuple(declared or ())


def _with_formula(family: str, traits: Mapping[str, Any]) -> dict[str, Any]:
    """Return the traits with the formula in LaTeX, that of the arithmetic where no other is given."""
    try:
        derived = {"formula": latex_of(lines, ARITHMETIC[family][0])} if (lines := lines_of(traits)) else {}
    except SyntaxError:
        derived = {}
    return {**derived, **traits}


def register(family: str, function: Callable[..., Any], sees: Sees, traits: Mapping[str, Any]) -> Method:
    """Enter a function under its own name; a name taken by another module is refused."""
    method = Method(family, function.__name__, function, sees, types.MappingProxyType(_with_formula(family, traits)))
    unknown = [name for name in traits if name not in DECLARED[family]]
    faults = [
        Said("{name}: no trait {one!r}{guess}", name=method.name, one=one, guess=suggestion(one, DECLARED[family]))
        for one in unknown
    ]
    raise_all(SpecError, [*faults, *_misplaced(method)])
    spoken = [lang for lang in method.traits.get("words", {}) if lang not in LANGUAGES]
    wrong = [Said("words: no {lang!r}{guess}", lang=lang, guess=suggestion(lang, LANGUAGES)) for lang in spoken]
    named = (*ARITHMETIC.get(family, ("",))[1:], *method.judgements, *method.options)
    wrong += [joined(["arithmetic", fault], "heads") for fault in arithmetic_faults(lines_of(method.traits), named)]
    raise_all(SpecError, [joined([method.name, fault], "heads") for fault in wrong])
    known = FAMILIES[family].get(method.name)
    if known is not None and known.function.__module__ != function.__module__:
        raise SpecError(
            Said(
                "{family} has a method {name!r} already; give the function another name",
                family=family,
                name=method.name,
            )
        )
    FAMILIES[family][method.name] = method
    return method


def _misplaced(method: Method) -> list[Said]:
    """Return a fault for each option that could be given by its place, where a spec could not name it."""
    parameters = parameters_of(method.function)
    placed = [
        name for name, p in parameters.items() if p.kind is p.POSITIONAL_OR_KEYWORD and name not in method.options
    ]
    data = 2 if method.family == "aggregate" else 1
    if method.judgements:
        return []
    call = f"{method.name}({', '.join(placed[:data])}, *, ...)"
    why = Said("an option is given by name alone; put a * before it: {call}", call=call)
    return [joined([method.name, name, why], "heads") for name in placed[data:]]


def _fits(value: Any, hint: Any) -> bool:
    """Return whether a value agrees with a simple annotation; what is not simple is left to the method."""
    origin = get_origin(hint)
    if origin is Literal:
        return any(type(value) is type(word) and value == word for word in get_args(hint))
    if origin in (Union, types.UnionType):
        return any(_fits(value, part) for part in get_args(hint))
    if hint is bool:
        return isinstance(value, (bool, np.bool_))
    if hint is str or hint is type(None):
        return isinstance(value, hint)
    if hint is int:
        return _is_integer(value) and abs(int(value)) < _BEYOND
    if hint is float:
        return _is_integer(value, (float, np.floating)) and not math.isnan(_float_of(value))
    return True


def _is_integer(value: Any, more: tuple[type, ...] = ()) -> bool:
    return isinstance(value, (int, np.integer, *more)) and not isinstance(value, bool)


def _float_of(value: Any) -> float:
    """Return a number as a float, NaN where it is beyond every float."""
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _settled(value: Any, hint: Any) -> Any:
    """Return an integer that no array holds as a float, where the hint takes one; any other value as it is."""
    large = _is_integer(value) and abs(int(value)) >= _BEYOND
    return float(value) if large and float in (hint, *get_args(hint)) else value


def _lacking(name: str, example: str | None) -> Said:
    """Return what is said of an option that must be given."""
    if example is None:
        return Said("option {name!r} is missing", name=name)
    return Said("option {name!r} is missing, such as {option} = {example}", name=name, option=name, example=example)


def _expected(value: Any, hint: Any) -> Said:
    """Return what is said of a value of another type than its option has."""
    if get_origin(hint) is Literal:
        return Said("no {value}{guess}", value=shown(value), guess=suggestion(value, get_args(hint)))
    if _is_integer(value) and {float, int} & {hint, *get_args(hint)} and abs(int(value)) >= _BEYOND:
        return Said("{value} is too large a number", value=shown(value))
    words = {float: Said("a number"), int: Said("a whole number"), bool: Said("true or false"), str: Said("a text")}
    kind = words.get(hint, str(hint).replace("typing.", ""))
    return Said("{kind} is needed, not {value}", kind=kind, value=shown(value))
