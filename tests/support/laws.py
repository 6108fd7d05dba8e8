"""What the law tests share: the variants of every registered method, and random tables to try them on.

A method joins the laws by existing: its own defaults, and each word of its Literal and bool options, are tried.
Only a method that cannot be called without options needs a line in `EXAMPLE_OPTIONS`.
"""

from contextlib import ExitStack, contextmanager
from typing import Literal, get_args, get_origin
from unittest.mock import patch

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, reject, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES
from hengdian_index.errors import DataError

# Examples of what a method cannot do without, each a full set of its required options; a judged method's
# judgements count as such. Other options stay out, but for words that need a companion. A function of k gives a
# value for k columns.
EXAMPLE_OPTIONS = {
    "ahp": [{"matrix": [[1, 3, 5], ["1/3", 1, 2], ["1/5", "1/2", 1]]}],
    "best_worst": [{"best": {"b": 1, "a": 2, "c": 8}, "worst": {"b": 8, "a": 4, "c": 1}}],
    "budget": [{"allocations": [[30, 70, 0], [50, 25, 25]]}],
    "combine": [{"weights": [{"b": 1.0, "a": 3.0, "c": 0.5}, {"a": 1.0, "b": 2.0, "c": 4.0}]}],
    "column": [{"column": {"b": [1.0, 4.0], "a": [3.0, 4.0], "c": [0.0, 2.0]}}],
    "counting": [{"cutoff": 0.4}, {"cutoff": 1.0}],
    "distance_to_target": [{"target": 35.0}],
    "efficacy": [{"low": 0.5, "high": 30.0}],
    "fixed": [{"values": {"b": 1.0, "a": 3.0, "c": 0.0}}],
    "goalposts": [{"low": 0.5, "high": 30.0}],
    "matched": [{"importance": 1.0}],
    "mean_min": [{"alpha": 0.6, "beta": 0.0}, {"alpha": 0.6, "beta": 2.0}],
    "piecewise": [{"at": [0.5, 8.0, 30.0], "scores": [0.0, 60.0, 100.0]}],
    "owa": [{"order_weights": lambda k: np.arange(1.0, k + 1)}],
    "power": [{"p": p} for p in (-np.inf, -2.0, -0.5, 0, 0.5, 1, 3.0, np.inf)],
    "rank_order": [{"order": ["b", "a", "c"]}, {"order": ["b", "a", "c"], "form": "exponent", "p": 2.0}],
    "quasi_arithmetic": [{"f": "log(z)", "inverse": "exp(y)"}, {"f": "z ** 3", "inverse": "u ** (1 / 3)"}],
    "spotis": [{"low": -1e4, "high": 2e6}],
    "swara": [{"s": [None, 0.2, 0.1]}],
}

# So many examples of a law are tried at night, at least.
NIGHTLY = 50


def law(examples=7):
    """Return the settings of a law: so many examples in an ordinary run, NIGHTLY at least in the nightly one.

    Refusing a table is a method's right, so many examples may be given up; one that refuses all of them fails.
    """
    at_night = settings.get_current_profile_name().startswith("nightly")
    health = [*settings().suppress_health_check, HealthCheck.filter_too_much]
    return settings(max_examples=max(examples, NIGHTLY) if at_night else examples, suppress_health_check=health)


LAW = law()


def own(family):
    """Return the package's methods of a family, without those that tests and examples register."""
    return [m for m in FAMILIES[family].values() if m.function.__module__.startswith("hengdian_index.")]


@contextmanager
def only_own():
    """Leave out the methods that tests and examples register, which a command would list."""
    with ExitStack() as block:
        for family, methods in FAMILIES.items():
            kept = {name: m for name, m in methods.items() if m in own(family)}
            block.enter_context(patch.dict(methods, kept, clear=True))
        yield


def public(method):
    """Return the function that users call."""
    return getattr(getattr(hi, method.family), method.name)


def required(method):
    """Return the names of what must be given beside the rows."""
    return [*method.judgements, *(p.name for p in method.options.values() if p.default is p.empty)]


def gaps_in_examples(family):
    """Return what EXAMPLE_OPTIONS lacks or has too much for a family, one message each."""
    lacking = [
        f"{m.name} cannot be called without {', '.join(required(m))}: add it to EXAMPLE_OPTIONS in support/laws.py"
        for m in own(family)
        if required(m) and m.name not in EXAMPLE_OPTIONS
    ]
    free = [m.name for m in own(family) if not required(m) and m.name in EXAMPLE_OPTIONS]
    return lacking + [
        f"{name} needs no options: take it out of EXAMPLE_OPTIONS in tests/support/laws.py" for name in free
    ]


def words(method):
    """Return every (option, value) that a Literal or bool annotation allows, without the defaults."""
    found = []
    for name, parameter in method.options.items():
        hint = method.hints.get(name)
        allowed = get_args(hint) if get_origin(hint) is Literal else (True, False) if hint is bool else ()
        found += [(name, value) for value in allowed if value != parameter.default and name != "details"]
    return found


def examples(method):
    """Return the example options of a method; none if a required one has no example yet."""
    return EXAMPLE_OPTIONS.get(method.name, []) if required(method) else [{}]


def variants(family, *, judged=False, having=lambda method, options: True):
    """Return pytest parameters (method, options) for every variant of a family's methods that has what is asked.

    A word that the method's own check refuses beside the other options is left out.
    """
    found = []
    for method in own(family):
        if (method.sees == "judgement") is not judged:
            continue
        for example in examples(method):
            for word in [{}, *({name: value} for name, value in words(method))]:
                said = (example if len(examples(method)) > 1 else {}) | word
                name = " ".join([method.name, *(f"{key}={value}" for key, value in said.items())])
                if not method.faults(_without_judgements(method, example | word)) and having(method, example | word):
                    found.append(pytest.param(method, example | word, id=name))
    return found


def _without_judgements(method, options):
    return {name: value for name, value in options.items() if name not in method.judgements}


def every(family, **which):
    """Return the decorator that runs a law for every such variant."""
    return pytest.mark.parametrize(("method", "options"), variants(family, **which))


def sized(options, k):
    """Return the options for k columns."""
    return {name: value(k) if callable(value) else value for name, value in options.items()}


def complete(method, options):
    """Return the options with the defaults filled in."""
    return {p.name: options.get(p.name, p.default) for p in method.options.values()}


def declared(method, trait, options):
    """Return whether, or what, a method declares: a value, or a function of its options."""
    value = method.traits.get(trait)
    return value(**complete(method, options)) if callable(value) else value


def declaring(trait):
    """Return the condition that a variant declares a trait."""
    return lambda method, options: bool(declared(method, trait, options))


def placed(method, options, x):
    """Return a table that lies in the domain a normalisation declares: as it is, or moved, and shrunk if it must be.

    The factor is a power of two, so that eighths stay exact and what differs stays different.
    """
    domain = declared(method, "domain", sized(options, np.shape(x)[-1])) if method.family == "normalise" else None
    values = np.asarray(x, dtype=np.float64)
    if domain is None or ((values > domain[0]) & (values < domain[1]) | np.isnan(values)).all():
        return x
    (low, high), least, most = domain, np.nanmin(values), np.nanmax(values)
    if np.isinf(high):
        return x + (low + 1 / 8 - least)
    return low + (x - least + 1 / 8) * (high - low) / 2.0 ** np.ceil(np.log2(most - least + 1 / 4))


def attempt(function, *data, **options):
    """Return the answer, or give this example up if the method refuses the table."""
    try:
        return function(*data, **options)
    except DataError:
        reject()


@st.composite
def tables(draw, *, rows=(6, 10), columns=(2, 4), sign=None, unique=False, gaps=False):
    """Draw a table (n, k) of eighths, so that no two different values lie close together.

    `sign` 1: above 0; 0: 0 or more; -1: of both signs; None: above 0 or of both signs. With `unique` no column
    holds a value twice. With `gaps` some values are missing, none of them in the first five rows.
    """
    n, k = draw(st.integers(*rows)), draw(st.integers(*columns))
    sign = draw(st.sampled_from([1, -1])) if sign is None else sign
    x = _digits(draw, n, k) * (n if unique else 1) + (np.arange(n)[:, np.newaxis] if unique else 0)
    x = (x + {1: 1, 0: 0, -1: -128 * (n if unique else 1)}[sign]) / 8.0
    if gaps:
        x[5:][_digits(draw, n - 5, k) > 180] = np.nan
    return x


def _digits(draw, n, k):
    """Draw whole numbers 0..255 as one string of bytes, which is much faster than one by one."""
    return np.frombuffer(draw(st.binary(min_size=n * k, max_size=n * k)), np.uint8).reshape(n, k).astype(float)


def weights_for(k):
    """Draw k positive weights, or equal ones."""
    return st.just(np.full(k, 1 / k)) | st.binary(min_size=k, max_size=k).map(
        lambda drawn: np.frombuffer(drawn, np.uint8) + 1.0
    ).map(lambda w: w / w.sum())


def orders(n):
    """Draw a permutation of n positions."""
    return st.permutations(range(n)).map(np.array)


def names(k):
    """Return free column names: a space, Chinese, a plain one ..."""
    return ["gross output", "指标", "c", "100%", "e"][:k]


def frames(x):
    """Return the same table as pandas (with odd row labels), polars and pyarrow, missing as each has it."""
    columns = {name: x[:, j] for j, name in enumerate(names(x.shape[1]))}
    pandas = pd.DataFrame(columns, index=pd.Index([f"unit {i}" for i in range(len(x))], name="unit"))
    polars = pl.DataFrame(columns).fill_nan(None)
    return {"pandas": pandas, "polars": polars, "pyarrow": polars.to_arrow()}


def numbers(answer):
    """Return a table, series or array of any kind as a float array, null as NaN."""
    if isinstance(answer, pa.Table):
        answer = pl.from_arrow(answer)
    if isinstance(answer, pa.ChunkedArray):
        answer = pl.Series(answer)
    if isinstance(answer, (pl.DataFrame, pl.Series)):
        nan = (
            answer.fill_null(np.nan)
            if isinstance(answer, pl.Series)
            else answer.with_columns(pl.all().fill_null(np.nan))
        )
        return nan.to_numpy()
    return np.asarray(answer, dtype=np.float64)


def close(found, wanted, tolerance=1e-12):
    """Assert equality within a tolerance relative to the largest number, NaN where NaN."""
    found, wanted = numbers(found), numbers(wanted)
    assert found.shape == wanted.shape
    size = np.nanmax(np.abs(wanted), initial=1e-300)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance * size, equal_nan=True)


def same(found, wanted):
    """Assert equality to the bit, NaN where NaN."""
    np.testing.assert_array_equal(numbers(found), numbers(wanted))


def frozen(x):
    """Return a copy that cannot be written to."""
    x = np.array(x)
    x.flags.writeable = False
    return x


def weights_of(k, least=1):
    """Return a strategy of k weights that sum to 1, in proportion to whole numbers from `least` to 9."""
    wholes = arrays(np.int64, k, elements=st.integers(least, 9))
    return wholes.filter(lambda w: w.sum() > 0).map(lambda w: w / w.sum())
