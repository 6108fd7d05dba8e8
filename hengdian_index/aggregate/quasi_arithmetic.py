"""The quasi-arithmetic mean of any pair: a function that rises or falls throughout, and its inverse."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Unpack

import numpy as np

from hengdian_index._maths.arithmetic import Line, evaluated, filled, names, parsed
from hengdian_index._maths.arithmetic import faults as arithmetic_faults
from hengdian_index._maths.own_means import Own
from hengdian_index._maths.tracing import traced
from hengdian_index._methods.decorators import aggregating, scoring
from hengdian_index._methods.frame import Scoring
from hengdian_index._methods.registry import Method, code_of
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import SpecError, raise_all, shown

_LAWS = "MISB"


def _pair_faults(f: str, inverse: str) -> list[Said]:
    return [
        joined([option, fault], "heads") for option, text in (("f", f), ("inverse", inverse)) for fault in _faults(text)
    ]


def _faults(text: str) -> list[Said]:
    """Return what is wrong with a formula of one value."""
    try:
        tree = parsed(text)
    except SyntaxError:
        return arithmetic_faults([Line("", text)], ())
    known = names(tree)
    if wrong := arithmetic_faults([Line("", text)], known):
        return wrong
    if len(known) != 1:
        found = joined(known) or Said("none")
        return [Said("one name is needed, which stands for the value, as in 'log(z)'; found: {found}", found=found)]
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call)]
    called = [(one.func.id, len(one.args)) for one in calls if isinstance(one.func, ast.Name)]
    wide = {name for name, n in called if name in ("sum", "prod") or (name in ("min", "max") and n == 1)}
    why = Said("sum, prod, and min or max of one see all parts; a function of one value is needed")
    return [why] if wide else []


def _arithmetic(f: str, inverse: str) -> str:
    """Return the mean as one expression in the weights and the scores of a row."""
    of_one = _in(f, ast.Name("z"))
    return ast.unparse(_in(inverse, parsed(f"sum(w * ({ast.unparse(of_one)}))")))


def _in(text: str, value: ast.expr) -> ast.expr:
    tree = parsed(text)
    return filled(tree, {names(tree)[0]: value})


def _function(text: str) -> Callable[[Array], Array]:
    """Return an expression in one name as a function of an array."""
    tree = parsed(text)
    name = names(tree)[0]
    return lambda x: evaluated(tree, {name: x})


@aggregating(
    sees="statistics",
    laws=_LAWS,
    domain="real",
    check=_pair_faults,
    formula=r"y = f^{-1}\left(\sum_j w_j f(z_j)\right)",
    arithmetic=_arithmetic,
    chinese="拟算术平均",
)
def quasi_arithmetic(*, f: str, inverse: str, **shared: Unpack[Scoring]) -> Own:
    r"""Quasi-arithmetic mean of each row, by a pair of formulas.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, normalised.
    w : weights (k,), optional
        Rescaled to sum 1.
    f : str
        A formula in one name, such as "log(z)", "z ** 3" or "log(100/9 - z)": + - * / \**, log, exp, abs,
        normal_quantile, min and max of several. It rises, or falls, over all values.
    inverse : str
        Its inverse, in one name: "exp(y)", "y \** (1/3)", "100/9 - exp(y)".

    Raises
    ------
    DataError
        A value at which f is no finite number, or to which the inverse does not lead back.

    Notes
    -----
    Formula: y = f^-1(sum_j w_j f(z_j)). `hi.means` takes the pair as functions. Contributions are exact, to a change as
    of every such mean; to a level they are those of the change from a row of zeros where f has a number at 0, so that f
    and a + b f, which have one mean, have the same.

    INFORM's inverted geometric mean turns scores of 0 to 10 round onto 1 to 10, takes the geometric mean and turns that
    back, which is f = "log(100/9 - z)"; `geometric` has it as its option `reflect`.

    Source: Hardy, Littlewood & Polya 1934, chapter III; Kolmogorov 1930. Proof: the geometric, harmonic and power means
    by their pairs; INFORM's formula as its methodology writes it.

    **Symbols.** f: the function of a value, the option `f`; f^-1: the option `inverse`.

    **When to use.** A published index averages on another scale than its scores have: logarithms, powers, a mirror.

    **Pitfalls.** The curve of f decides how much low or high values count, and is hard to defend without a source.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.quasi_arithmetic([[3.0, 4.0, 5.0]], f="z ** 2", inverse="y ** 0.5").round(3)
    array([4.082])
    """
    z = ast.Name("z")
    return Own.of(_function(f), _function(inverse), (_in(f, z), _in(inverse, z)))


@dataclass(frozen=True, slots=True)
class _Made:
    """What gives the pair of functions where an index asks for it, and tells it from other pairs."""

    f: Callable[[Any], Any]
    inverse: Callable[[Any], Any]

    def __call__(self) -> Own:
        """Return the pair."""
        return Own.of(self.f, self.inverse)

    @property
    def identity(self) -> str:
        """What tells this pair from every other."""
        return f"means {code_of(self.f)} {code_of(self.inverse)}"

    @property
    def method(self) -> Method:
        """The method that it is."""
        called = (getattr(one, "__name__", type(one).__name__) for one in (self.f, self.inverse))
        traits = {"laws": _LAWS, "domain": "real", "formula": quasi_arithmetic.method.traits["formula"]}
        return Method("aggregate", f"means({', '.join(called)})", self, "statistics", traits)


@dataclass(frozen=True, slots=True)
class Mean:
    """A quasi-arithmetic mean: a function of rows, a choice of an index, and the pair of a registered function.

    Attributes
    ----------
    f, inverse : callable
        The function of a value, and its inverse.
    texts : tuple of two str, or None
        Both as formulas, where they are arithmetic.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> import numpy as np
    >>> hi.means(np.log, np.exp).texts
    ('log(z)', 'exp(y)')
    """

    f: Callable[[Any], Any]
    inverse: Callable[[Any], Any]
    texts: tuple[str, str] | None

    def __call__(
        self,
        x: Any,
        w: Any = None,
        *,
        missing: Literal["reweight", "propagate", "raise"] = "reweight",
        coverage: float = 0.65,
    ) -> Any:
        """Return the weighted mean of each row of x, as every aggregation does."""
        return scoring(self.method)(x, w, missing=missing, coverage=coverage, **self.options)

    @property
    def pair(self) -> Own:
        """The pair, as a mean of arrays."""
        made: Own = self.method.function(**self.options)
        return made

    @property
    def method(self) -> Method:
        """The method that an index chooses with it."""
        return _Made(self.f, self.inverse).method if self.texts is None else quasi_arithmetic.method

    @property
    def options(self) -> Mapping[str, Any]:
        """The options that an index chooses with it."""
        return {} if self.texts is None else dict(zip(("f", "inverse"), self.texts, strict=True))


def means(f: Callable[[Any], Any] | str, inverse: Callable[[Any], Any] | str) -> Mean:
    """Return the quasi-arithmetic mean of a pair, f^-1(sum_j w_j f(z_j)), for an index or to be called on rows.

    Parameters
    ----------
    f : callable or str
        A function of an array, `np.log` or `lambda z: np.log(10 - z)`, that rises or falls over all values; or a
        formula, as of `aggregate.quasi_arithmetic`.
    inverse : callable or str
        Its inverse.

    Returns
    -------
    Mean
        What `aggregate=` of an index or a group takes, and a function `mean(x, w)`. Of a pair that is arithmetic
        (operators, log, exp, sqrt, powers, min, max) formulas are made, so that it can be written to a file, told in a
        statement and calculated in a workbook. Any other pair works in Python alone; registered under a name,
        `@hi.aggregating(sees="statistics")` over a function that returns it, it can stand in a file.

    Raises
    ------
    SpecError
        What is neither a function nor a formula, or a function that takes no array.

    Notes
    -----
    Scores, contributions and refusals are those of `aggregate.quasi_arithmetic`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> import numpy as np
    >>> inverted = hi.means(lambda z: np.log(10 - z), lambda y: 10 - np.exp(y))
    >>> inverted([[2.0, 8.0]]).round(6)
    array([6.])
    >>> index = hi.Index(aggregate=inverted, groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    >>> index.aggregate
    <quasi_arithmetic{'f': 'log(10 - z)', 'inverse': '10 - exp(y)'}>
    """
    given = {"f": f, "inverse": inverse}
    wrong = [
        Said("{name}: a function or a formula, not {found}", name=name, found=shown(one))
        for name, one in given.items()
        if not _usable(one)
    ]
    texts = [one if isinstance(one, str) else None for one in given.values()]
    if not wrong and any(texts):
        wrong = _pair_faults(*(one or "z" for one in texts))
    raise_all(SpecError, [joined(["means", fault], "heads") for fault in wrong])
    read = [_function(one) if isinstance(one, str) else one for one in given.values()]
    for name, one in zip(given, read, strict=True):
        _refuse_scalars(name, one)
    known = [
        text if text is not None else traced(one, letter) for text, one, letter in zip(texts, read, "zy", strict=True)
    ]
    spoken = None not in known and not _pair_faults(*map(str, known))
    return Mean(read[0], read[1], (str(known[0]), str(known[1])) if spoken else None)


def _usable(one: Any) -> bool:
    return isinstance(one, str) or callable(one)


def _refuse_scalars(name: str, function: Callable[[Any], Any]) -> None:
    """Refuse a function that does not take an array, or gives no number for each of its values."""
    tried = np.array([0.25, 0.5])
    try:
        with np.errstate(all="ignore"):
            good = np.asarray(function(tried), dtype=np.float64).shape == tried.shape
    except Exception as error:  # whatever a user's function does
        raise SpecError(
            Said(
                "means: {name}: it takes no array; write it with NumPy, np.log instead of math.log ({kind}: {error})",
                name=name,
                kind=type(error).__name__,
                error=error,
            )
        ) from None
    if not good:
        raise SpecError(
            Said("means: {name}: a number for each value is needed, an array of the shape of its argument", name=name)
        )
