"""What an index says of its own doubts: read, checked where it is built, written, and drawn without being named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.indexes import two_levels
from support.tables import table
from support.workbooks import edited

import hengdian_index as hi

HEAD = two_levels(normalise={"method": "min_max", "lower": 1, "upper": 2}).to_toml()

SAID = """
[doubts]
weights = { noise = 0.25 }
left.aggregate = ["arithmetic", { method = "power", p = 2 }]
"c" = ["in", "out"]
data = { normal = { relative = 0.01 } }
"""
MEANT = {
    "weights": hi.Noise(0.25),
    "left.aggregate": ["arithmetic", {"method": "power", "p": 2}],
    "c": [True, None],
    "data": hi.Normal(relative=0.01),
}


def spec(doubts: str) -> str:
    """Return the text of a spec with some doubts."""
    return HEAD.replace("[[group]]", f"{doubts.strip()}\n\n[[group]]", 1)


def test_words_of_a_file_are_the_values_of_python() -> None:
    index = hi.Index.from_toml(spec(SAID))
    assert index == hi.Index.from_toml(HEAD).replace({"doubts": MEANT})
    assert index.doubts["left.aggregate"] == ("arithmetic", {"method": "power", "p": 2})
    assert index.doubts["c"] == (True, None)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("weights = { dirichlet = 30 }", hi.Dirichlet(30)),
        ("left.weights = { noise = { share = 0.1 } }", hi.Noise(0.1)),
        ("a = { normal = 2 }", hi.Normal(sd=2)),
        ("data = { normal = { sd = 0.5 } }", hi.Normal(sd=0.5)),
        ('units = "bootstrap"', hi.Bootstrap()),
        ("units = { bootstrap = true }", hi.Bootstrap()),
        ("normalise.upper = { uniform = [1.5, 2] }", hi.Uniform(1.5, 2)),
        ("normalise.upper = { uniform = { low = 1.5, high = 2 } }", hi.Uniform(1.5, 2)),
    ],
)
def test_every_kind_of_doubt_has_a_word(said: str, meant: Any, tmp_path: Path) -> None:
    index = hi.Index.from_toml(spec(f"[doubts]\n{said}"))
    assert list(index.doubts.values()) == [meant]
    assert hi.Index.from_toml(index.to_toml()) == index
    index.write(tmp_path / "index.xlsx")
    assert hi.Index.read(tmp_path / "index.xlsx") == index


@pytest.mark.parametrize("ending", ["toml", "xlsx"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_doubts_come_back_from_files(ending: str, lang: Any, tmp_path: Path) -> None:
    index = hi.Index.from_toml(spec(SAID))
    index.write(tmp_path / f"index.{ending}", lang=lang)
    assert hi.Index.read(tmp_path / f"index.{ending}").doubts == index.doubts
    assert hi.Index.read(tmp_path / f"index.{ending}") == index


def test_a_saved_fit_has_the_doubts_in_its_spec(tmp_path: Path) -> None:
    index = hi.Index.from_toml(spec(SAID))
    index.fit(table()).save(tmp_path / "fit.json")
    assert hi.Index.from_toml(hi.Fitted.load(tmp_path / "fit.json").setting.spec) == index


def test_an_index_draws_its_own_doubts() -> None:
    index, rows = hi.Index.from_toml(spec(SAID)), table()
    own, given = hi.uncertainty(index, rows, draws=32), hi.uncertainty(hi.Index.from_toml(HEAD), rows, MEANT, draws=32)
    np.testing.assert_array_equal(own.drawn, given.drawn)
    other = hi.uncertainty(index, rows, {"weights": hi.Noise(0.1)}, draws=32)
    assert [factor.address for factor in other.study.factors] == ["weights"]
    with pytest.raises(hi.SpecError, match=r"\[doubts\] of the index: weights = \{ noise = 0.25 \}"):
        hi.uncertainty(hi.Index.from_toml(HEAD), rows)


def test_sensitivity_takes_the_doubts_too() -> None:
    index, rows = hi.Index.from_toml(spec(SAID)).replace({"doubts": {**MEANT, "data": hi.Normal(sd=0.0)}}), table()
    own = hi.sensitivity(index, rows, draws=16, resamples=10)
    given = hi.sensitivity(index.certain, rows, dict(index.doubts), draws=16, resamples=10)
    pd.testing.assert_series_equal(own.total, given.total)


def test_factors_of_a_study_may_be_said_in_words() -> None:
    index, rows = hi.Index.from_toml(HEAD), table()
    said = hi.uncertainty(index, rows, {"left": {"weights": {"noise": 0.2}}}, draws=16)
    meant = hi.uncertainty(index, rows, {"left.weights": hi.Noise(0.2)}, draws=16)
    np.testing.assert_array_equal(said.drawn, meant.drawn)


def test_doubts_change_no_number() -> None:
    index, rows = hi.Index.from_toml(spec(SAID)), table()
    pd.testing.assert_frame_equal(index.compute(rows).scores, index.certain.compute(rows).scores)


@pytest.mark.parametrize(
    ("line", "doubts", "why"),
    [
        (1, "wieghts = { noise = 0.25 }", "did you mean 'weights'"),
        (1, "weights = { nose = 0.25 }", "did you mean 'noise'"),
        (1, "weights = { noise = 1.5 }", "a share from 0 to below 1, not 1.5"),
        (1, "weights = { noise = 0.1, dirichlet = 3 }", r"\{ noise = 0.25 \}"),
        (1, "a = { normal = [1, 2, 3] }", r"\{ normal = \{ sd = 3 \} \}"),
        (2, 'left.aggregate = ["arithmetic",\n  "geometrc"]', "did you mean 'geometric'"),
        (2, "# why\nmissing.p = { uniform = [1, 2] }", "missing"),
        (1, 'c = ["in", "perhaps"]', r'\["in", "out"\]'),
        (1, "weights = {}", "a list of alternatives"),
        (1, 'exclude = [["x"], []]', "a study keeps its rows"),
    ],
)
def test_a_fault_is_found_where_the_index_is_built_with_its_line(line: int, doubts: str, why: str) -> None:
    text = spec(f"[doubts]\n{doubts}")
    above = text[: text.index("[doubts]")].count("\n") + 1
    with pytest.raises(hi.SpecError, match=rf"^index.toml:{above + line}: doubts: .*{why}"):
        hi.Index.from_toml(text)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(hi.SpecError) as caught:
        hi.Index.from_toml(spec('[doubts]\nweights = 3\nx.direction = [1, -1]\nto = "bootstrap"'))
    assert len(caught.value.faults) == 3


def test_doubts_of_a_workbook_are_refused_by_cell(tmp_path: Path) -> None:
    hi.Index.from_toml(spec("[doubts]\nweights = { noise = 0.25 }")).write(tmp_path / "index.xlsx")
    edited(tmp_path / "index.xlsx", "xl/sharedStrings.xml", "{ noise = 0.25 }", "{ noise = 7 }")
    with pytest.raises(hi.SpecError, match=r"'index' cell B\d+: doubts: 'weights': .*not 7"):
        hi.Index.read(tmp_path / "index.xlsx")


def test_what_a_change_takes_out_is_doubted_no_more() -> None:
    index = hi.Index.from_toml(spec(SAID))
    assert list(index.replace({"c": None}).doubts) == ["weights", "left.aggregate", "data"]
    assert list(index.replace({"left": None}).doubts) == ["weights", "c", "data"]
    bent = index.replace({"doubts": {"normalise.upper": hi.Uniform(1.5, 2)}})
    assert bent.replace({"normalise": "z_score"}).doubts == {}
    with pytest.raises(hi.SpecError, match="doubts"):
        index.replace({"c": None, "doubts": MEANT})


def test_the_index_without_doubts_is_the_index_before_them() -> None:
    plain = hi.Index.from_toml(HEAD)
    assert plain.replace({"doubts": MEANT}).certain == plain
    assert plain.replace({"doubts": MEANT}) != plain
    assert plain.certain is plain
    assert plain.replace({"doubts": {}}) == plain


class Triangle:
    """A distribution of a user's own."""

    def ppf(self, u: Any) -> Any:
        return 1.5 + 0.5 * np.sqrt(u)


def test_a_distribution_of_ones_own_is_doubted_in_python_alone(tmp_path: Path) -> None:
    index = hi.Index.from_toml(HEAD).replace({"doubts": {"normalise.upper": Triangle()}})
    assert index == hi.Index.from_toml(HEAD).replace({"doubts": {"normalise.upper": Triangle()}})
    assert hi.uncertainty(index, table(), draws=8).parameters["normalise.upper"].between(1.5, 2).all()
    with pytest.raises(hi.SpecError, match="cannot be written to TOML"):
        index.to_toml()
    index.fit(table()).save(tmp_path / "fit.json")
    assert hi.Index.from_toml(hi.Fitted.load(tmp_path / "fit.json").setting.spec) == index.certain


def test_doubts_are_choices_that_revisions_name() -> None:
    plain = hi.Index.from_toml(HEAD)
    found = hi.revisions(plain.compute(table()), plain.replace({"doubts": {"weights": hi.Noise(0.2)}}).compute(table()))
    assert found.choices["address"].tolist() == ["doubts"]
    assert len(found.moved) == 0


def test_an_audit_does_not_mind_doubts() -> None:
    index, rows = hi.Index.from_toml(spec(SAID)), table()
    pd.testing.assert_frame_equal(hi.audit(index, rows).measured, hi.audit(index.certain, rows).measured)


def test_an_index_has_alternatives_where_its_doubts_list_some() -> None:
    index, rows = hi.Index.from_toml(spec(SAID)), table()
    found = hi.compare(index, rows)
    others = {"left.aggregate = {'method': 'power', 'p': 2}": {"left.aggregate": {"method": "power", "p": 2}}}
    others["c = out"] = {"c": None}
    assert list(found.scores) == ["as it is", *others]
    for name, changes in others.items():
        np.testing.assert_array_equal(found.scores[name], index.replace(changes).compute(rows).scores["all"])
    with pytest.raises(hi.SpecError, match="nothing to compare"):
        hi.compare(index.replace({"doubts": {"weights": hi.Noise(0.1), "left.aggregate": ["arithmetic"]}}), rows)
