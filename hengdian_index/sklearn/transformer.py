"""An index as a transformer of scikit-learn: columns of indicators in, columns of scores out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Self, get_args

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from hengdian_index._index.fitted import Fitted
from hengdian_index._index.index import Index
from hengdian_index._scoring.fields import Group, Indicator
from hengdian_index._scoring.tree import Tree
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, SpecError, among, guess, raise_all, shown, suggestion

Output = Literal["scores", "levels", "normalised"]

# The choices that are parameters of their own; others are given by address.
_COMMON = ("normalise", "weights", "aggregate")


class IndexTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """An index as a step of scikit-learn: `fit` learns bounds and weights, `transform` scores with them frozen.

    Parameters
    ----------
    index : Index, optional
        Default: all columns of X as indicators of one group "index", in which more is better and all weigh the same.
    output : {"scores", "levels", "normalised"}
        What the columns of the answer are: scores of the groups, their levels (the base period is 100; the index names
        its base), or the normalised indicators.
    nodes : code or list of codes, optional
        Which groups (or indicators) these are; default: all, the whole first.
    normalise, weights, aggregate : choice, optional
        In place of that of the index. Groups and indicators with a choice of their own keep it; theirs are changed at
        their address, as in `choices`.
    choices : mapping, optional
        Any other changes to the index, by address as in `Index.replace`: `{"cluster.weights": "critic", "x3": None}`.

    Attributes
    ----------
    index_ : Index
        The index with the choices made.
    fitted_ : Fitted
        What it learnt.
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : array of str
        Their names, where X has names.

    Raises
    ------
    SpecError
        Choices that the index refuses, an address or a code that it has not; `output="levels"` without a base.
    DataError
        Data that the index refuses; levels of a table without the base period; rows that the index leaves out.

    Notes
    -----
    `set_params` takes addresses too, so that a search goes over choices at any place of the tree: in a pipeline whose
    step is called "index", `{"index__weights": ["equal", "critic"]}` or `{"index__cluster.weights": [...]}`. The
    columns of units and periods that an index names are columns of X, or levels of its pandas index; indicators are
    found by name in a table, by position in an array. Gaps are allowed and treated as the index says. A row's score
    depends on other rows of X only where the index says so: ranks within a period, methods that compare units, weights
    learnt in each period. A table with other columns than `fit` was given, or in another order, is refused.

    Proof: the scores of `Index.fit` and `Fitted.score`; scikit-learn's own `check_estimator`.

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> x = pd.DataFrame({"screens": [2.0, 4.0, 6.0], "seats": [10.0, 50.0, 30.0]}, index=["Aa", "Bo", "Cy"])
    >>> step = hi.sklearn.IndexTransformer(weights={"screens": 1, "seats": 3}).set_output(transform="pandas")
    >>> step.fit_transform(x)["index"].tolist()
    [0.0, 0.875, 0.625]
    """

    # What `fit` sets.
    index_: Index
    fitted_: Fitted
    n_features_in_: int
    feature_names_in_: NDArray[np.object_]

    def __init__(
        self,
        index: Index | None = None,
        *,
        output: Output = "scores",
        nodes: str | Sequence[str] | None = None,
        normalise: Any = None,
        weights: Any = None,
        aggregate: Any = None,
        choices: Mapping[str, Any] | None = None,
    ) -> None:
        self.index = index
        self.output = output
        self.nodes = nodes
        self.normalise = normalise
        self.weights = weights
        self.aggregate = aggregate
        self.choices = choices

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters; `deep` also each of `choices`, by its address."""
        own: dict[str, Any] = super().get_params(deep=deep)
        return {**self.choices, **own} if deep and isinstance(self.choices, Mapping) else own

    def set_params(self, **params: Any) -> Self:
        """Set parameters, and choices at addresses of the index: `set_params(**{"cluster.weights": "critic"})`."""
        own = super().get_params(deep=False)
        super().set_params(**{name: value for name, value in params.items() if name in own})
        addressed = {name: value for name, value in params.items() if name not in own}
        odd = [name for name in addressed if not _is_address(self.index, name)]
        faults = [
            Said(
                "set_params: {name!r} is neither a parameter ({own}) nor an address of the index{guess}",
                name=name,
                own=joined(list(own)),
                guess=guess(name, own),
            )
            for name in odd
        ]
        raise_all(SpecError, faults)
        if addressed:
            self.choices = {**(self.choices or {}), **addressed}
        return self

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803  # scikit-learn's name
        """Learn bounds, statistics and weights from the rows of X.

        Parameters
        ----------
        X : table or array (n, k)
        y : ignored

        Returns
        -------
        IndexTransformer
            Itself.
        """
        raise_all(SpecError, [*self._faults()])
        table = self._table(X, first=True)
        index = (self.index or self._drafted()).replace(self._changes())
        raise_all(SpecError, [*self._faults_of(index)])
        fitted = index.fit(table)
        if self.output == "levels" and index.series == "fixed" and fitted.base_levels is None:
            raise DataError(
                Said("output = 'levels': the rows that are learnt from have none of the base, {base}", base=index.base)
            )
        self._out = self._codes(fitted.tree)
        self.index_, self.fitted_ = index, fitted
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:  # noqa: N803  # scikit-learn's name
        """Return scores, levels or normalised indicators of the rows of X under what was learnt.

        Returns
        -------
        array (n, columns)
            Or a table, as `set_output` says.
        """
        check_is_fitted(self)
        table = self._table(X, first=False)
        result = self.fitted_.score(table)
        if result.panel.n != len(table):
            why = Said.of(
                len(table),
                "X has {n} row, the index takes {taken} of them; a transformer keeps every row: leave out units and "
                "totals before it",
                "X has {n} rows, the index takes {taken} of them; a transformer keeps every row: leave out units and "
                "totals before it",
                taken=result.panel.n,
            )
            raise DataError(why)
        found: pd.DataFrame = result.series() if self.output == "levels" else getattr(result, self.output)
        return np.asarray(found[self._out], dtype=np.float64)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the codes of what the columns of the answer are.

        Parameters
        ----------
        input_features : list of str, optional
            The names of the columns of X, which must be those of `fit`.
        """
        check_is_fitted(self)
        names = [] if input_features is None else [*input_features]
        if names and len(names) != self.n_features_in_:
            had = f"input_features should have length equal to number of features ({self.n_features_in_})"
            raise ValueError(f"{had}, got {len(names)}")
        if names and names != [*getattr(self, "feature_names_in_", names)]:
            raise ValueError("input_features is not equal to feature_names_in_")
        return np.array(self._out, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _faults(self) -> Iterator[Said]:
        """Yield what is wrong with the parameters alone."""
        if not (self.index is None or isinstance(self.index, Index)):
            yield Said("index: an hi.Index, or None for one of all columns, not {index}", index=shown(self.index))
        if not among(self.output, get_args(Output)):
            guess = suggestion(self.output, get_args(Output))
            yield Said("output: no {output!r}{guess}", output=self.output, guess=guess)
        if not (self.choices is None or isinstance(self.choices, Mapping)):
            yield Said("choices: a mapping from address to choice, not {choices}", choices=shown(self.choices))
            return
        for name in _COMMON:
            if getattr(self, name) is not None and name in (self.choices or {}):
                yield Said("{name}: chosen twice, also in choices; leave one of the two out", name=name)

    def _faults_of(self, index: Index) -> Iterator[Said]:
        """Yield what of an index no transformer can be."""
        if self.output == "levels" and index.base is None:
            yield Said("output = 'levels': the index names no base period; name it, or take the scores")
        form = index.data or {}
        for name in ("layout", "latest"):
            if form.get(name) not in (None, False, "wide"):
                given = repr(form[name])
                yield Said(
                    "data: {name} = {given} makes other rows of X; give X as hi.tidy makes it", name=name, given=given
                )

    def _changes(self) -> dict[str, Any]:
        common = {name: getattr(self, name) for name in _COMMON if getattr(self, name) is not None}
        return {**common, **(self.choices or {})}

    def _drafted(self) -> Index:
        """Return an index of all columns, as one group whose parts weigh the same."""
        codes = [*getattr(self, "feature_names_in_", (f"x{i}" for i in range(self.n_features_in_)))]
        whole = "index"
        while whole in codes:
            whole += "_"
        return Index(groups=[Group(whole)], indicators=[Indicator(code, whole) for code in codes])

    def _codes(self, tree: Tree) -> list[str]:
        """Return the codes of the columns of the answer."""
        known = tree.codes if self.output == "normalised" else tree.groups
        wanted = [self.nodes] if isinstance(self.nodes, str) else [*(known if self.nodes is None else self.nodes)]
        unknown = [(code, suggestion(code, known)) for code in wanted if not among(code, known)]
        faults = [
            Said("nodes: no indicator {code!r}{guess}", code=code, guess=guess)
            if self.output == "normalised"
            else Said("nodes: no group {code!r}{guess}", code=code, guess=guess)
            for code, guess in unknown
        ]
        raise_all(SpecError, faults)
        return wanted

    def _table(self, X: Any, *, first: bool) -> Any:  # noqa: N803
        """Return X as the index reads it, checked as scikit-learn checks it; `first` sets the columns for later."""
        names = _names(X)
        if names:
            validate_data(self, X, reset=first, skip_check_array=True)
            if hasattr(self, "feature_names_in_"):
                return X
        # What is learnt of one row alone is nothing.
        least = 2 if first and self.index is None else 1
        checks: dict[str, Any] = {"dtype": np.float64, "ensure_all_finite": "allow-nan", "ensure_min_samples": least}
        values = check_array(X, estimator=self, **checks) if names else validate_data(self, X, reset=first, **checks)
        known = getattr(self, "feature_names_in_", None)
        return values if known is None else pd.DataFrame(values, columns=known)


def _names(table: Any) -> list[str]:
    """Return the names of a table's columns; none of an array, or where they are numbers."""
    frame = nw.from_native(table, eager_only=True, pass_through=True)
    names = frame.columns if isinstance(frame, nw.DataFrame) else []
    return names if all(isinstance(name, str) for name in names) else []


def _is_address(index: Index | None, address: str) -> bool:
    """Return whether an index has an address; without one, whether any index can have it."""
    if index is None and "." in address:
        return True
    try:
        (index or _ANY).check_address(address)
    except SpecError:
        return False
    return True


_ANY = Index(groups=[Group("index")], indicators=[Indicator("x0", "index")])
