"""What a method of each family may declare about itself, besides what its decorator has a parameter for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypedDict

# A trait is a value, or a function of the method's options that gives it.
Flag: TypeAlias = bool | Callable[..., bool]
Words: TypeAlias = str | Callable[..., Any]


class Told(TypedDict, total=False):
    """What a method of any family may declare."""

    aliases: Sequence[str]
    formula: Words
    chinese: str
    example: Mapping[str, Any]
    words: Mapping[str, Mapping[str, str]]


class Traits(Told, total=False):
    """What a method may declare whose decorator has no parameter `check`."""

    check: Callable[..., Sequence[str]]


class NormalisingTraits(Traits, total=False):
    """What a normalisation may declare."""

    arithmetic: Any
    by_column: Sequence[str]
    domain: Sequence[float] | Callable[..., Any]
    ends: Sequence[float | None] | Callable[..., Any]
    fits_on_base: bool
    keeps_values: bool
    learns: Flag
    gives: Sequence[float | None] | Callable[..., Any]
    monotone: Flag
    normalises: bool
    of_distance: Callable[..., str]
    own_zero: bool
    takes_target: bool
    unit_free: Flag


class WeightingTraits(Traits, total=False):
    """What a weighting may declare."""

    by_column: Sequence[str]
    by_row: bool
    complete: bool
    consistency: Callable[..., Any]
    learns: bool
    matches: bool
    parts: str
    raw: bool
    shift_free: Flag
    unit_free: Flag
    without: Callable[..., Any]


class AggregatingTraits(Traits, total=False):
    """What an aggregation may declare."""

    arithmetic: Any
    domain: Words
    figures: Callable[..., Any]
    laws: str
    normalised: Mapping[str, Any]
    per_column: Mapping[str, Any]
    refers: bool
    set_wise: Flag
    takes_gaps: Flag
    total: str


class TreatingTraits(Traits, total=False):
    """What a treatment may declare."""

    limit: str
    monotone: Flag


class ImputingTraits(Traits, total=False):
    """What an imputation may declare."""

    across: bool
    provisional: bool


class ComposingTraits(Told, total=False):
    """What a composition of columns may declare."""

    arithmetic: Any
    figures: Callable[..., Any]


DECLARED: dict[str, tuple[str, ...]] = {
    "normalise": tuple(sorted(NormalisingTraits.__optional_keys__)),
    "weights": tuple(sorted(WeightingTraits.__optional_keys__)),
    "aggregate": tuple(sorted(AggregatingTraits.__optional_keys__)),
    "treat": tuple(sorted(TreatingTraits.__optional_keys__ | {"second", "needs"})),
    "impute": tuple(sorted(ImputingTraits.__optional_keys__ | {"second", "needs", "learns"})),
    "climate": tuple(
        sorted(ComposingTraits.__optional_keys__ | {"check", "columns", "table", "second", "along", "learns"})
    ),
}
"""The traits of each family, with those that are parameters of its decorator."""
