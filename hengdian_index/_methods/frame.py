"""The frame of the decorators: how each registers a function, and the form of it that users call and checkers see."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, ParamSpec, Protocol, TypedDict, TypeVar, overload

from hengdian_index._methods.registry import Method, Sees, hints_of, parameters_of, register

P = ParamSpec("P")
A_co = TypeVar("A_co", covariant=True)
F_co = TypeVar("F_co", covariant=True)


class FitRows(TypedDict, total=False):
    """What a method that learns takes besides its options.

    A function takes these by `**shared: Unpack[FitRows]`, for those who check types where it is called; the decorator
    keeps them for itself.
    """

    fit_on: Any


class Learning(FitRows, total=False):
    """What a normalisation takes besides, if it does not apply the direction itself."""

    direction: Any


class RowLabels(TypedDict, total=False):
    """What a treatment or an imputation that learns nothing takes besides."""

    unit: Any
    period: Any


class LabelledFit(FitRows, RowLabels, total=False):
    """What a treatment or an imputation takes besides."""


class Scoring(TypedDict, total=False):
    """What an aggregation takes besides."""

    w: Any
    missing: Literal["reweight", "propagate", "raise"]
    coverage: float


class Registered(Protocol[P]):
    """A registered function of its own parameters: judgements, or columns."""

    method: Method

    def __call__(self, *args: P.args, **options: P.kwargs) -> Any:
        """Return the weights, or one number a row."""


class Weighting(Protocol[P]):
    """A registered function of rows that gives weights."""

    method: Method

    def __call__(self, x: Any, /, *args: P.args, **options: P.kwargs) -> Any:
        """Return the weights."""


class Learnt(Protocol[P, A_co, F_co]):
    """A registered function of rows that learns, with all its parameters in its signature."""

    method: Method

    def __call__(self, x: Any, /, *args: P.args, **options: P.kwargs) -> A_co:
        """Return the answer for x."""

    def fit(self, x: Any, /, *args: P.args, **options: P.kwargs) -> F_co:
        """Return what is learnt from x, to be called on later rows."""


class OwnLearnt(Protocol[P, A_co, F_co]):
    """A user's function of rows, whose signature lacks what its family takes: with that its options go unchecked."""

    method: Method

    @overload
    def __call__(self, x: Any, /, *args: P.args, **options: P.kwargs) -> A_co: ...
    @overload
    def __call__(self, x: Any, /, *, fit_on: Any, **options: Any) -> A_co: ...
    @overload
    def __call__(self, x: Any, /, *, direction: Any, **options: Any) -> A_co: ...
    @overload
    def __call__(self, x: Any, /, *, unit: Any, **options: Any) -> A_co: ...
    @overload
    def __call__(self, x: Any, /, *, period: Any, **options: Any) -> A_co: ...

    @overload
    def fit(self, x: Any, /, *args: P.args, **options: P.kwargs) -> F_co: ...
    @overload
    def fit(self, x: Any, /, *, direction: Any, **options: Any) -> F_co: ...
    @overload
    def fit(self, x: Any, /, *, unit: Any, **options: Any) -> F_co: ...
    @overload
    def fit(self, x: Any, /, *, period: Any, **options: Any) -> F_co: ...


class Aggregation(Protocol[P]):
    """A registered aggregation with all its parameters in its signature."""

    method: Method

    @overload
    def __call__(self, x: Any, /, *args: P.args, **options: P.kwargs) -> Any: ...
    @overload
    def __call__(self, x: Any, w: Any, /, *args: P.args, **options: P.kwargs) -> Any: ...


class OwnAggregation(Protocol[P]):
    """A user's aggregation, whose signature lacks what its family takes: with that its options go unchecked."""

    method: Method

    @overload
    def __call__(self, x: Any, /, *args: P.args, **options: P.kwargs) -> Any: ...
    @overload
    def __call__(self, x: Any, w: Any, /, *args: P.args, **options: P.kwargs) -> Any: ...
    @overload
    def __call__(self, x: Any, /, *, w: Any, **options: Any) -> Any: ...
    @overload
    def __call__(self, x: Any, w: Any = ..., /, *, missing: str, **options: Any) -> Any: ...
    @overload
    def __call__(self, x: Any, w: Any = ..., /, *, coverage: float, **options: Any) -> Any: ...


class OwnComposition(Protocol[P]):
    """A composition that learns, whose signature lacks the rows to learn from."""

    method: Method

    @overload
    def __call__(self, *args: P.args, **options: P.kwargs) -> Any: ...
    @overload
    def __call__(self, *data: Any, fit_on: Any, **options: Any) -> Any: ...


def entering(
    family: str, publish: Callable[[Method], Any], function: Any, sees: Sees, traits: Mapping[str, Any]
) -> Any:
    """Return a function's public form, entered in the registry; or, without a function, the decorator that does so."""

    def enter(function: Callable[..., Any]) -> Any:
        return publish(register(family, function, sees, traits))

    return enter if function is None else enter(function)


def presented(
    public: Any, method: Method, told: str = "", hidden: Collection[str] = (), **attributes: Callable[..., Any]
) -> Any:
    """Return what is called in place of a method's function, with the signature and the text that users see.

    The signature has the data, what `public` itself takes besides but for `hidden`, and the options; `told` describes
    the parameters that are not the method's own.
    """
    own, second = parameters_of(method.function), method.traits.get("second")
    # A type is shown as what may be given, not by the name that the source has for it.
    types = hints_of(method.function)
    own = {name: p.replace(annotation=types.get(name, p.annotation)) for name, p in own.items()}
    placed = [*method.judgements, *([second] if second else [])]
    data = [own[name].replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in placed]
    taken = inspect.signature(public, follow_wrapped=False).parameters.values()
    shared = [
        p.replace(annotation=p.empty, kind=p.POSITIONAL_ONLY if p.name == "x" else p.kind)
        for p in taken
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and p.name not in (*hidden, *placed)
    ]
    options = [own[name] for name in method.options if name not in {one.name for one in (*data, *shared)}]
    public.__signature__ = inspect.Signature(sorted([*shared, *data, *options], key=lambda p: p.kind))
    public.__doc__ = _with_parameters(public.__doc__, told)
    public.method = method
    for name, value in attributes.items():
        setattr(public, name, value)
    return public


def _with_parameters(doc: str | None, told: str) -> str | None:
    """Return a numpydoc description with the parameters of every method of the family after its own."""
    parts = re.split(r"\n\n(?=[A-Z][a-z ]+\n-{3,}\n)", inspect.cleandoc(doc or ""))
    if not told or len(parts) == 1:
        return doc
    if not parts[1].startswith("Parameters\n"):
        parts.insert(1, "Parameters\n----------")
    parts[1] += told
    return "\n\n".join(parts)
