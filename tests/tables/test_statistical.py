"""Tables of Stata and SPSS: labels of values for units, numbers elsewhere, what is missing by the user's own word."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table

INDEX = hi.Index(
    unit="town",
    period="when",
    coverage=0.4,
    groups=[hi.Group("g")],
    indicators=[hi.Indicator(c, "g") for c in ("a", "b")],
)
NAMES = {1: "Ulm", 2: "Bonn"}
FRAME = pd.DataFrame(
    {"town": [1, 1, 2, 2], "when": ["2020Q1", "2020Q2"] * 2, "a": [4.0, 5.0, 7.0, None], "b": [1, 2, 2, 3]}
)
EXPECTED = INDEX.compute(FRAME.assign(town=FRAME["town"].map(NAMES))).scores["g"]


def stata(path, **options):
    frame = FRAME.assign(when=pd.PeriodIndex(FRAME["when"], freq="Q").to_timestamp())
    sets = {"town": NAMES, "b": {1: "low", 2: "middle", 3: "high"}}
    frame.to_stata(path, write_index=False, convert_dates={"when": "tq"}, value_labels=sets, **options)
    return path


@pytest.mark.parametrize("version", [114, 118])
def test_stata_gives_units_by_their_labels_and_the_rest_as_numbers(tmp_path, version):
    result = INDEX.compute(read_table(stata(tmp_path / "t.dta", version=version), ["town"]))
    pd.testing.assert_series_equal(result.scores["g"], EXPECTED)
    assert "column 'town': 4 values read by their labels, the first 'Ulm'" in " ".join(e.why for e in result.entries)


@pytest.mark.parametrize(("letter", "text"), [("y", ["2019", "2020"]), ("m", ["2019-05", "2020-06"])])
def test_years_and_months_of_stata_are_periods(tmp_path, letter, text):
    dates = pd.to_datetime(["2019-01-01", "2020-01-01"] if letter == "y" else ["2019-05-01", "2020-06-01"])
    pd.DataFrame({"when": dates, "x": [1.0, 2.0]}).to_stata(
        tmp_path / "t.dta", write_index=False, convert_dates={"when": f"t{letter}"}
    )
    index = hi.Index(period="when", groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g")])
    assert index.compute(read_table(tmp_path / "t.dta")).panel.periods.text == text


def test_a_code_without_label_stays_what_it_is(tmp_path):
    frame = pd.DataFrame({"town": [1, 2, 9], "x": [1.0, 2.0, 3.0]})
    frame.to_stata(tmp_path / "t.dta", write_index=False, value_labels={"town": NAMES})
    assert read_table(tmp_path / "t.dta", ["town"])["town"].tolist() == ["Ulm", "Bonn", 9]
    assert read_table(tmp_path / "t.dta")["town"].tolist() == [1, 2, 9]


def test_spss_gives_units_by_their_labels_and_what_the_user_calls_missing_as_missing(tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat is not installed (the extra `spss`)")
    coded = FRAME.assign(a=FRAME["a"].fillna(-9))
    labels = {"town": NAMES, "b": {1: "low", 3: "high"}}
    pyreadstat.write_sav(coded, str(tmp_path / "t.sav"), variable_value_labels=labels, missing_ranges={"a": [-9]})
    pyreadstat.write_sav(
        coded, str(tmp_path / "t.zsav"), compress=True, variable_value_labels=labels, missing_ranges={"a": [-9]}
    )
    for ending in ("sav", "zsav"):
        result = INDEX.compute(read_table(tmp_path / f"t.{ending}", ["town"]))
        pd.testing.assert_series_equal(result.scores["g"], EXPECTED)


@pytest.mark.parametrize("ending", ["dta", "sav", "xls"])
def test_damage_and_absence_are_refused(tmp_path, ending):
    with pytest.raises(hi.DataError, match="no such file"):
        read_table(tmp_path / f"none.{ending}")
    pytest.importorskip(
        {"dta": "pandas", "sav": "pyreadstat", "xls": "xlrd"}[ending], reason="an extra is not installed"
    )
    for content in (b"", b"<html>", b"a,b\n1,2\n"):
        (tmp_path / f"t.{ending}").write_bytes(content)
        with pytest.raises(hi.DataError, match=rf"t\.{ending}: "):
            read_table(tmp_path / f"t.{ending}")


@pytest.mark.parametrize(("library", "extra", "name"), [("pyreadstat", "spss", "t.sav"), ("xlrd", "xls", "t.xls")])
def test_an_absent_library_is_named_with_the_line_that_installs_it(tmp_path, monkeypatch, library, extra, name):
    (tmp_path / name).write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(512))
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(hi.SpecError, match=rf"install {library}: pip install \"hengdian-index\[{extra}\]\""):
        read_table(tmp_path / name)
