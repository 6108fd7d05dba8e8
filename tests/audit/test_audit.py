"""What an audit says as a whole: values of the public functions, rows it cannot judge, text, page, command."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from click.testing import CliRunner
from support.audited import blocks, crossed, index_of, sound, table_of
from support.countries import countries
from support.countries import index as of_countries

import hengdian_index as hi
from hengdian_index._audit.audit import Thresholds
from hengdian_index._audit.registry import defaults
from hengdian_index.cli import main


def values(audit: hi.Audit, check: str, key: str = "part") -> dict[str, float]:
    """Return what a check measured, by part, group or unit."""
    own = audit.measured[audit.measured["check"] == check]
    return dict(zip(own[key], own["value"], strict=True))


@pytest.fixture(scope="module")
def case() -> tuple[hi.Index, pd.DataFrame, hi.Result, hi.Audit]:
    table = table_of(blocks((4, 3), (0.6, 0.4), 0.2), (4, 3), seed=3)
    table = table.assign(x1=table["x1"].mask(np.arange(60) % 9 == 0), y1=np.exp(0.5 * (table["y1"] - 20)))
    index = index_of(table)
    return index, table, index.compute(table), hi.audit(index, table, sizes=["people"], draws=128, rng=5)


def test_values_of_the_data(case) -> None:
    _, table, result, audit = case
    told = hi.diagnose.describe(result.raw)
    n = len(table)
    assert values(audit, "coverage_of_indicators") == pytest.approx(dict(told["n"] / n))
    assert values(audit, "zeros") == pytest.approx(dict(told["zeros"] / told["n"]))
    assert values(audit, "constant") == dict(told["unique"])
    assert values(audit, "outliers") == pytest.approx(dict(told["skew"].abs()))
    share = hi.diagnose.availability(result.raw)["share"]
    assert values(audit, "coverage_of_units", "unit") == pytest.approx(dict(share))
    r = table[["x1", "people"]].dropna().corr().iloc[0, 1]
    assert values(audit, "scale_effects")["x1"] == pytest.approx(r, abs=1e-12)


def test_values_of_correlations(case) -> None:
    _, _, result, audit = case
    whole = pd.concat([result.scores, result.normalised], axis=1)
    r = hi.diagnose.correlations(whole, pairwise=True).r
    for check in ("redundant", "negative", "against_parent", "not_heard", "dominated", "counted_twice"):
        own = audit.measured[audit.measured["check"] == check]
        assert len(own) == {"redundant": 10, "negative": 10, "dominated": 3, "counted_twice": 12}.get(check, 9)
        for line in own.itertuples():
            assert line.value == pytest.approx(r.loc[line.part, line.other], abs=1e-12), (check, line.part, line.other)
    assert values(audit, "misplaced")["x2"] == pytest.approx(r.loc["x2", "right"] - r.loc["x2", "left"], abs=1e-12)
    flagged = hi.diagnose.flags(whole[["y1", "y2", "y3", "right"]], {"right": ["y1", "y2", "y3"]}, high=0.3, low=0.1)
    found = hi.audit(case[0], case[1], redundant=0.3).findings.query("check == 'redundant' and group == 'right'")
    inside = flagged[(flagged["flag"] == "redundant") & (flagged["second"] != "right")]
    assert found["value"].tolist() == pytest.approx(inside["r"].tolist())


def test_values_of_groups(case) -> None:
    _, _, result, audit = case
    parts = {"all": result.scores[["left", "right"]]}
    parts |= {g: result.normalised.filter(regex=f"^{c}") for g, c in (("left", "x"), ("right", "y"))}
    d = hi.diagnose
    alpha = {g: d.cronbach_alpha(x, pairwise=True).alpha for g, x in parts.items()}
    assert values(audit, "alpha", "group") == pytest.approx(alpha)
    assert values(audit, "kmo", "group") == pytest.approx({g: d.kmo(parts[g]).overall for g in ("left", "right")})
    assert values(audit, "bartlett", "group") == pytest.approx({g: d.bartlett(x).p for g, x in parts.items()})
    components = {g: d.principal_components(parts[g]) for g in ("left", "right")}
    first = {g: c.percent[1] / 100 for g, c in components.items()}
    assert values(audit, "first_component", "group") == pytest.approx(first)
    assert values(audit, "second_component", "group") == pytest.approx(
        {g: c.eigenvalues[2] for g, c in components.items()}
    )


def test_values_of_weights_and_ranks(case) -> None:
    index, table, result, audit = case
    share = hi.weights.effective(result.scores["all"], result.normalised)["share"]
    assert values(audit, "effective_weights") == pytest.approx(dict(share / result.effective_weights))
    assert values(audit, "one_out") == pytest.approx(dict(hi.remove_one(index, table).mean_shift / 60))
    ranks = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=128, rng=5, progress=False).ranks
    assert values(audit, "rank_interval", "unit") == pytest.approx(dict((ranks["q95"] - ranks["q05"]) / 60))
    means = {name: index.replace({"aggregate": name}) for name in ("arithmetic", "geometric")}
    shift = hi.compare(means, table).mean_shift.iloc[0]
    assert audit.measured.query("check == 'other_mean'")["value"].tolist() == pytest.approx([shift / 60])


def test_correlations_in_closed_form() -> None:
    # Parts of one spread, all correlated r: alpha = k r / (1 + (k - 1) r), eigenvalues 1 + (k - 1) r and 1 - r.
    table = table_of(blocks((3, 4), (0.7, 0.4), 0.3), (3, 4))
    audit = hi.audit(index_of(table, normalise="none"), table, draws=8)
    assert values(audit, "alpha", "group")["left"] == pytest.approx(2.1 / 2.4)
    assert values(audit, "alpha", "group")["right"] == pytest.approx(1.6 / 2.2)
    assert values(audit, "first_component", "group")["right"] == pytest.approx(2.2 / 4)
    assert values(audit, "second_component", "group")["left"] == pytest.approx(0.3)
    assert values(audit, "not_heard")["x1"] == pytest.approx(np.sqrt(2.4 / 3))


def test_direction_comes_before_correlations() -> None:
    index, table = sound()
    turned = index.replace({"x1.direction": -1})
    assert crossed(hi.audit(turned, table.assign(x1=-table["x1"]), draws=64)) == set()
    assert "negative" in crossed(hi.audit(turned, table, draws=64))


def test_a_scale_that_reaches_0_is_lifted_for_the_geometric_mean() -> None:
    index, table = sound()
    lifted = hi.audit(index.replace({"normalise": "min_max"}), table, draws=8).measured.query("check == 'other_mean'")
    plain = hi.audit(index, table, draws=8).measured.query("check == 'other_mean'")
    assert lifted["value"].tolist() == plain["value"].tolist()
    assert lifted["why"].iloc[0].endswith("every indicator on 1 to 100")


def test_a_series_of_one_unit_has_no_ranks() -> None:
    index, table = hi.example("film_industry")
    audit = hi.audit(index, table)
    told = audit.findings.set_index("check")
    for check in ("coverage_of_units", "one_out", "rank_interval", "other_mean"):
        assert told.loc[check, "verdict"] == "not applicable"
        assert re.match("the rows are (periods )?of one unit; ", told.loc[check, "why"])
    assert audit.verdicts["redundant"] == "pass"


def test_a_panel_ranks_within_periods_and_counts_cells_of_a_unit() -> None:
    frames = [countries(8, seed).assign(year=2000 + seed) for seed in range(3)]
    table = pd.concat(frames, ignore_index=True)
    table.loc[table["who"] == "u2", ["a", "b"]] = np.nan
    index = of_countries().replace({"period": "year", "coverage": 0.4})
    audit = hi.audit(index, table, draws=32, coverage_of_units=0.6)
    assert audit.findings.query("check == 'coverage_of_units'")["unit"].tolist() == ["u2"]
    assert values(audit, "coverage_of_units", "unit")["u2"] == pytest.approx(0.5)
    assert values(audit, "one_out") == pytest.approx(dict(hi.remove_one(index, table).mean_shift / 8))
    some = hi.audit(index, table, draws=32, rows="2001")
    assert some.rows == 8
    assert values(some, "one_out") == pytest.approx(dict(hi.remove_one(index, table, rows="2001").mean_shift / 8))


def test_constant_and_nearly_empty_indicators_are_findings() -> None:
    index, table = sound()
    index = index.replace({"y3.coverage": 0.5})
    poor = table.assign(x1=5.0, y3=table["y3"].where(table.index < 6))
    with pytest.raises(hi.DataError):
        index.compute(poor)
    audit = hi.audit(index, poor, draws=32)
    failing = audit.findings.query("verdict == 'fail'").set_index("check")
    assert failing.loc["constant", "part"] == "x1"
    assert failing.loc["coverage_of_indicators", "part"] == "y3"
    assert "can only be computed without it" in failing.loc["constant", "why"]
    rest = index.replace({"x1": None, "y3": None}).compute(poor)
    share = hi.weights.effective(rest.scores["all"], rest.normalised)["share"]
    assert values(audit, "effective_weights") == pytest.approx(dict(share / rest.effective_weights))


def test_a_constant_that_the_index_takes_is_a_finding_too() -> None:
    index, table = sound()
    takes = index.replace({"x1.normalise": "none"})
    audit = hi.audit(takes, table.assign(x1=5.0), draws=32)
    assert audit.verdicts["constant"] == "fail"
    assert set(values(audit, "not_heard")) == {"left", "right", "x2", "x3", "y1", "y2", "y3"}


def test_indicators_that_depend_on_each_other_are_named_not_refused() -> None:
    index, table = sound()
    table = table.assign(x3=table["x1"] + table["x2"])
    told = hi.audit(index, table, draws=32).findings.query("check == 'kmo' and group == 'left'")
    assert told["verdict"].tolist() == ["not applicable"]
    assert "'x1', 'x2', 'x3' are dependent" in told["why"].iloc[0]


def test_one_indicator_and_hardly_any_rows() -> None:
    index = hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    audit = hi.audit(index, {"x": [1.0, 2.0]})
    told = audit.findings.set_index("check")
    assert told.loc["alpha", "why"].startswith("nothing to measure; it needs a group of two parts")
    assert told.loc["one_out", "why"] == "there are too few units (2); ranks compare three units or more"
    assert audit.passed
    two = hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all"), hi.Indicator("y", "all")])
    few = hi.audit(two, {"x": [1.0, 2.0], "y": [1.0, 3.0]}).verdicts
    assert few["redundant"] == "not applicable"


def test_denominators_are_sizes_and_screened_units_are_gone() -> None:
    index, table = sound()
    table = table.assign(x1=table["x1"] * table["people"])
    table.loc[4, ["x1", "x2", "y1", "y2"]] = np.nan
    index = index.replace({"x1.denominator": "people", "unit_coverage": 0.5})
    audit = hi.audit(index, table, draws=16)
    rest = table.drop(index=4)
    ratio = rest["x1"] / rest["people"]
    assert audit.rows == 59
    assert values(audit, "scale_effects")["x1"] == pytest.approx(np.corrcoef(ratio, rest["people"])[0, 1])
    assert values(audit, "scale_effects")["y2"] == pytest.approx(np.corrcoef(rest["y2"], rest["people"])[0, 1])
    more = hi.audit(index, table.assign(area=table["y2"] ** 2), draws=16, sizes=["area", "people"])
    assert {"area", "people"} == set(more.measured.query("check == 'scale_effects'")["other"])
    assert more.findings.query("check == 'scale_effects' and part == 'y2'")["verdict"].tolist() == ["look"]


@pytest.mark.parametrize("form", ["polars", "mapping"])
def test_any_table(form: str) -> None:
    index, table = sound()
    other = pl.from_pandas(table) if form == "polars" else table.to_dict(orient="list")
    wanted, found = (hi.audit(index, given, sizes=["people"], draws=16).measured for given in (table, other))
    pd.testing.assert_frame_equal(found, wanted)


def test_an_index_whose_content_changes_says_what_cannot_be_asked_of_it() -> None:
    frames = [countries(6, seed).assign(year=2000 + seed) for seed in range(4)]
    index = of_countries().replace({"period": "year", "d.start": "2002"})
    audit = hi.audit(index, pd.concat(frames, ignore_index=True), draws=16)
    told = audit.findings.query("check == 'one_out'")
    assert told["verdict"].tolist() == ["not applicable"]
    assert "content or weights change by period" in told["why"].iloc[0]
    assert audit.verdicts["effective_weights"] == "not applicable"
    assert audit.verdicts["rank_interval"] != "not applicable"


def test_type_checkers_know_the_thresholds_of_all_checks() -> None:
    assert list(Thresholds.__annotations__) == list(defaults())
    assert set(defaults()) < set(inspect.signature(hi.audit).parameters)


def test_nothing_is_changed() -> None:
    index, table = sound()
    before = table.copy(deep=True)
    hi.audit(index, table, sizes=["people"], draws=16)
    pd.testing.assert_frame_equal(table, before)


def test_lines_and_verdicts() -> None:
    index, table = sound()
    audit = hi.audit(index, table, draws=64, redundant=0.69, not_heard=0.95)
    own = audit.findings.query("check == 'redundant'")
    assert own["verdict"].tolist() == ["look"] * 6
    assert own["threshold"].unique().tolist() == ["|r| at most 0.69"]
    assert own["remedy"].str.len().min() > 0
    assert audit.findings.query("check == 'alpha'")["verdict"].tolist() == ["pass"]
    assert not audit.passed
    assert audit.summary().endswith("19 pass, 1 want a look, 1 fail, 2 not applicable. Failing: not heard.")
    assert audit.thresholds["redundant"] == 0.69
    assert audit.thresholds["alpha"] == 0.7
    assert audit.findings["source"].str.len().min() > 0
    assert list(audit.findings.columns[:6]) == ["check", "group", "part", "other", "unit", "value"]


def test_thresholds_that_are_none() -> None:
    index, table = sound()
    with pytest.raises(hi.SpecError, match="no threshold 'redundent'; did you mean 'redundant'"):
        hi.audit(index, table, redundent=0.9)
    with pytest.raises(hi.SpecError, match="redundant: a finite number, not nan"):
        hi.audit(index, table, redundant=float("nan"))
    with pytest.raises(hi.SpecError, match="sizes: a list of columns"):
        hi.audit(index, table, sizes="people")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    index, table = sound()
    index.write(tmp_path / "index.toml")
    table.to_csv(tmp_path / "data.csv", index=False)
    return tmp_path / "index.toml", tmp_path / "data.csv"


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["audit", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_command(files: tuple[Path, Path], tmp_path: Path) -> None:
    code, said, _ = run(*files, "--html", tmp_path / "audit.html", "--size", "people")
    assert code == 0
    assert "23 checks of the index over 60 rows: 22 pass, 0 want a look, 0 fail, 1 not applicable" in said
    assert (tmp_path / "audit.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert run(*files, "--threshold", "redundant=0.6")[0] == 0
    assert run(*files, "--threshold", "redundant=0.6", "--strict")[0] == 1
    assert run(*files, "--strict")[0] == 0
    assert run(*files, "--out", tmp_path / "zh.html", "--lang", "zh")[1].endswith(
        "21项通过，0项需留意，0项不通过，2项无法判断。\n"
    )
    assert '<html lang="zh-Hans">' in (tmp_path / "zh.html").read_text(encoding="utf-8")
    code, said, _ = run(*files, "--threshold", "not-heard=0.95")
    assert code == 1
    assert "Failing: not heard." in said


def test_bad_input_of_the_command_exits_with_2(files: tuple[Path, Path], tmp_path: Path) -> None:
    index, data = files
    code, said, errors = run(index, data, "--threshold", "redundent=1", "--threshold", "alpha=1")
    assert (code, said) == (2, "")
    assert "did you mean 'redundant'" in errors
    assert run(index, data, "--threshold", "alpha=much")[0] == 2
    assert run(index, data, "--threshold", "draws=3")[0] == 2
    code, _, errors = run(tmp_path / "no.toml", tmp_path / "no.csv")
    assert code == 2
    assert errors.count("no such file") == 2
    code, said, _ = run(index, data, "--html", tmp_path / "no" / "audit.html")
    assert (code, said) == (2, "")
    code, said, errors = run(index, data, "--size", "area")
    assert (code, said) == (2, "")
    assert errors == "DataError: sizes: no column 'area'; allowed: x1, x2, x3, y1, y2, y3, people\n"
    assert run(index, data, "--lang", "de")[0] == 2
