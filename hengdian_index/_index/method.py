"""What a result tells of itself: a statement of the method, the path of one number, a card for a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from hengdian_index._present.statement.steps import Explanation


class Told:
    """A result that tells what was computed."""

    def method(
        self,
        lang: Literal["en", "zh"] = "en",
        form: Literal["markdown", "latex"] = "markdown",
        *,
        path: str | Path | None = None,
    ) -> str:
        """Return what was computed in words and formulas, with the numbers of this fit; for a paper's appendix.

        Parameters
        ----------
        lang : {"en", "zh"}
            English or Chinese.
        form : {"markdown", "latex"}
            Markdown with formulas between dollars, or LaTeX to be included in a document (Chinese: with ctex).
        path : path, optional
            Write it to this file as well; its ending decides on the form: .md, .tex, or .docx, which needs pandoc.

        Raises
        ------
        SpecError
            A language, form or ending that is not known; .docx without pandoc.
        DataError
            A file that cannot be written, or a pandoc that fails; what stood there before stays.

        Notes
        -----
        Numbers have fifteen significant digits: scores and series can be computed again from the statement alone (the
        proof, for the film index and a panel). Formulas are those that each method declares beside its function; a
        function of your own without `formula` is named. Of more than twelve units or periods the first twelve are
        listed; the statement says where the others are.
        """
        from hengdian_index._present.statement.method import statement
        from hengdian_index._words.document import rendered, written_to

        text = rendered(statement(self, lang), form)
        if path is not None:
            written_to(Path(path), statement(self, lang))
        return text

    def explain(self, unit: Any = None, period: Any = None, node: str | None = None) -> Explanation:
        """Return the path from the raw value to the score, step by step, each with its formula in numbers.

        Parameters
        ----------
        unit : unit or row label, optional
            Whose row; None where the rows have no units, or one.
        period : period, optional
            Default: the last that the unit has.
        node : str, optional
            Code of an indicator (its own steps, then the groups above it up to the root) or of a group (its
            children, then its own steps); default: the root.

        Raises
        ------
        SpecError, DataError
            No such node, unit or period.

        Notes
        -----
        A formula is arithmetic that Python takes as it stands (log, exp, min, max) and gives the value of its step; as
        text, with ten digits. Every aggregation of the package has one, those that compare rows too, also where some
        of the rows compared have gaps. A node that is not part of the index in the period asked for says so first, and
        from or until when it counts. The path ends with the level (through link factors, or the last steps of a
        chain), the base level of the row's own unit, and the series. A step without a formula depends on other rows, or
        is a function of your own, and says so. Proof: each formula is evaluated, for every aggregation and its options.
        """
        from hengdian_index._present.statement.path import explained

        return explained(self, unit, period, node)

    def _repr_html_(self) -> str:
        from hengdian_index._present.cards import of_result

        return of_result(self)
