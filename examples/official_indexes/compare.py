"""Print three official indexes rebuilt from their components, the published figures and the differences."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import hengdian_index as hi

HERE = Path(__file__).parent

FIGURES = {
    "index": lambda result: result.scores,
    "growth": lambda result: result.changes(),
    "share of level": lambda result: result.contributions(of="level", share=True),
    "share of change": lambda result: result.contributions(of="change", share=True),
}


def compared(name: str) -> pd.DataFrame:
    """Return the published figures of an example with the rebuilt ones and rebuilt less published, one row each."""
    index, table = hi.example(name)
    result = index.compute(table)
    published = pd.read_csv(HERE / name / "published.csv")
    asked = {figure: FIGURES[figure](result) for figure in published["figure"].unique()}
    found = {figure: frame.rename_axis(columns="code").stack() for figure, frame in asked.items()}
    rebuilt = pd.concat(found, names=["figure"]).rename("rebuilt")
    both = published.join(rebuilt, on=rebuilt.index.names)
    return both.assign(difference=both["rebuilt"] - both["published"])


def main() -> None:
    """Print one table an index."""
    for name in ("new_drivers", "pmi", "pbc"):
        rows = compared(name)
        said = rows.drop(columns=["published", "rebuilt", "difference"])
        shown = said.loc[:, said.nunique() > 1].astype(str)
        shown["rebuilt"] = rows["rebuilt"].map("{:.3f}".format)
        shown["published"] = rows["published"].map("{:.1f}".format)
        shown["difference"] = (rows["difference"].round(3) + 0.0).map("{:+.3f}".format)
        print(name, shown.to_string(index=False), sep="\n", end="\n\n")


if __name__ == "__main__":
    main()
