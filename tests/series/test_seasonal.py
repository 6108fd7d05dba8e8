"""Seasonal adjustment: what is removed, what is kept, what is refused."""

import os
import shutil
import sys
import tempfile
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW

from hengdian_index.errors import DataError, SpecError
from hengdian_index.series import deseasonalise

pytest.importorskip("statsmodels", reason="seasonal adjustment needs statsmodels")

NAN = float("nan")


def series(seasons=12, years=6, noise=0.0, seed=0):
    """Return a rising monthly or quarterly series with a seasonal pattern and noise."""
    rng = np.random.default_rng(seed)
    n = seasons * years
    values = 100 + 0.3 * np.arange(n) + np.tile(5 * rng.normal(size=seasons), years) + noise * rng.normal(size=n)
    return pd.Series(values, index=pd.period_range("2018-01", periods=n, freq={12: "M", 4: "Q"}[seasons]))


@LAW
@given(
    pattern=st.lists(st.floats(-50, 50), min_size=4, max_size=4), years=st.integers(2, 5), level=st.floats(-1e3, 1e3)
)
def test_a_pure_seasonal_pattern_is_removed(pattern, years, level):
    s = pd.Series(np.tile(pattern, years) + level, index=pd.period_range("2001Q1", periods=4 * years, freq="Q"))
    found = deseasonalise(s)
    np.testing.assert_allclose(found, level + np.mean(pattern), atol=1e-8)


@pytest.mark.parametrize("seasons", [4, 12])
def test_a_multiplied_pattern_on_exponential_growth_is_removed(seasons):
    n = seasons * 5
    trend, pattern = 50 * np.exp(0.01 * np.arange(n)), 1 + 0.3 * np.sin(2 * np.pi * np.arange(n) / seasons)
    pattern /= np.exp(np.log(pattern[:seasons]).mean())
    found = deseasonalise(trend * pattern, model="multiplicative", per_year=seasons, details=True)
    np.testing.assert_allclose(found.adjusted, trend, rtol=1e-6)
    np.testing.assert_allclose(found.seasonal, pattern, rtol=1e-6)


@pytest.mark.parametrize("seasons", [4, 12])
def test_additive_adjustment_keeps_sums_of_a_year_nearly_and_removes_most_of_the_seasons(seasons):
    s = series(seasons, years=8, noise=0.5)
    found = deseasonalise(s)
    yearly = (found - s).to_numpy().reshape(-1, seasons).sum(axis=1)
    assert np.abs(yearly).max() < 0.001 * s.to_numpy().reshape(-1, seasons).sum(axis=1).max()
    left, before = ((one - one.rolling(seasons).mean()).groupby(one.index.month).mean().std() for one in (found, s))
    assert left < before / 20


@pytest.mark.parametrize("model", ["additive", "multiplicative"])
def test_details_belong_together(model):
    s = series(noise=1.0).to_frame("a b")
    found = deseasonalise(s, model=model, details=True)
    whole = found.adjusted + found.seasonal if model == "additive" else found.adjusted * found.seasonal
    pd.testing.assert_frame_equal(whole, s)
    pd.testing.assert_frame_equal(found.raw, s)
    pd.testing.assert_frame_equal(deseasonalise(s, model=model), found.adjusted)


def test_it_is_the_stl_of_statsmodels_with_robust_weights():
    from statsmodels.tsa.seasonal import STL

    s = series(noise=1.0)
    for robust in (True, False):
        fitted = STL(s.to_numpy(), period=12, robust=robust).fit()
        np.testing.assert_allclose(deseasonalise(s, robust=robust), s - fitted.seasonal, rtol=1e-14)


def test_the_order_of_the_rows_does_not_matter():
    s = series(noise=1.0)
    mixed = s.sample(frac=1, random_state=1)
    pd.testing.assert_series_equal(deseasonalise(mixed).sort_index(), deseasonalise(s))


def test_columns_may_begin_and_end_at_different_times():
    s = pd.DataFrame({"a": series(noise=1.0), "b": series(noise=1.0, seed=1)})
    ragged = s.copy()
    ragged.iloc[:5, 0], ragged.iloc[-7:, 1] = NAN, NAN
    found = deseasonalise(ragged)
    np.testing.assert_allclose(found["a"].iloc[5:], deseasonalise(s["a"].iloc[5:]))
    np.testing.assert_allclose(found["b"].iloc[:-7], deseasonalise(s["b"].iloc[:-7]))
    assert found.isna().equals(ragged.isna())


def test_missing_values_and_periods_inside_are_named():
    s = series().to_frame("a")
    s.iloc[[3, 10]] = NAN
    with pytest.raises(DataError) as found:
        deseasonalise(s.drop(s.index[20:22]))
    assert [str(fault).split(";")[0] for fault in found.value.faults] == [
        "series: there is no row of 2019-09 to 2019-10",
        "series, 2018-04, column 'a': missing",
        "series, 2018-11, column 'a': missing",
    ]


@pytest.mark.parametrize(("seasons", "n"), [(12, 23), (4, 7)])
def test_less_than_two_full_years_are_refused(seasons, n):
    s = series(seasons).iloc[:n]
    with pytest.raises(DataError, match=f"{n} periods have a value; 2 full years are needed, {2 * seasons} periods"):
        deseasonalise(s)
    assert deseasonalise(series(seasons).iloc[: n + 1]).notna().all()


def test_a_series_without_seasons_or_values_is_refused():
    with pytest.raises(DataError, match="one period a year, and so no seasons"):
        deseasonalise(pd.Series(range(1, 9), index=range(2001, 2009)))
    with pytest.raises(DataError, match="0 periods have a value"):
        deseasonalise(series() * NAN)
    with pytest.raises(SpecError, match="say with per_year"):
        deseasonalise(np.ones(24))


def test_a_multiplicative_model_needs_values_above_0():
    s = series()
    s.iloc[2] = 0
    with pytest.raises(DataError, match="series, 2018-03: 0: a multiplicative model needs values above 0"):
        deseasonalise(s, model="multiplicative")


def test_wrong_choices_are_all_said_at_once():
    with pytest.raises(SpecError) as found:
        deseasonalise(series(), "stl13", model="multiplied")
    assert [str(fault).split(":")[0] for fault in found.value.faults] == ["method", "model"]
    with pytest.raises(SpecError, match="program: only method='x13' runs one"):
        deseasonalise(series(), program="x13as")
    with pytest.raises(SpecError, match="robust: an option of method='stl'"):
        deseasonalise(series(), "x13", robust=False)


@pytest.mark.parametrize(("method", "module"), [("stl", "statsmodels.tsa.seasonal"), ("x13", "statsmodels.tsa.x13")])
def test_without_statsmodels_the_extra_is_named(monkeypatch, method, module):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delattr(sys.modules["statsmodels.tsa"], module.split(".")[-1], raising=False)
    with pytest.raises(SpecError, match=r'pip install "hengdian-index\[seasonal\]"'):
        deseasonalise(series(), method)


def test_without_the_program_it_is_said_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("X13PATH", raising=False)
    with pytest.raises(SpecError, match="none on the PATH, and X13PATH is not set; install it"):
        deseasonalise(series(), "x13")
    monkeypatch.setenv("X13PATH", str(tmp_path / "nowhere"))
    with pytest.raises(SpecError, match=r"there is none at .*nowhere"):
        deseasonalise(series(), "x13")
    with pytest.raises(SpecError, match=r"there is none at .*elsewhere"):
        deseasonalise(series(), "x13", program=tmp_path / "elsewhere")


@pytest.mark.parametrize(
    ("s", "said"),
    [
        (np.ones(48), "series has no period labels; X-13 takes quarters and months"),
        (pd.Series(np.ones(12), index=[f"{y}H{h}" for y in range(2001, 2007) for h in (1, 2)]), "has half-years"),
        (series().iloc[:35], "35 periods have a value; 3 full years are needed, 36 periods"),
    ],
)
def test_what_x13_does_not_take_is_refused(s, said):
    with pytest.raises(DataError, match=said):
        deseasonalise(s, "x13", per_year=None if isinstance(s, pd.Series) else 12)


STAND_IN = """#!{python}
import re, sys
if len(sys.argv) > 2:
    spec, out = open(sys.argv[1] + ".spc").read(), sys.argv[2]
    values = [float(v) for v in re.search(r"data=\\(([^)]*)\\)", spec)[1].split()]
    times = 2 if "function=log" in spec else 3
    table = "date\\tvalue\\n----\\t-----\\n" + "".join(f"0\\t{{times * v}}\\n" for v in values)
    for ending in ("d11", "d12", "d13"):
        open(f"{{out}}.{{ending}}", "w").write(table)
    open(out + ".err", "w").write("x.spc: ERROR: stand-in says no" if values[0] < 0 else "")
    open(out + ".out", "w").write("")
"""


@pytest.fixture
def stand_in(tmp_path):
    """Return a program that answers like X-13 in form: twice the series in a logarithmic model, else thrice."""
    if os.name != "posix":
        pytest.skip("the stand-in for X-13 is a script with a shebang")
    path = tmp_path / "x13as"
    path.write_text(STAND_IN.format(python=sys.executable), encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("say", ["path", "text", "folder", "environment", "on the path"])
def test_the_program_is_found_wherever_it_is_named(monkeypatch, stand_in, say):
    program = {"path": stand_in, "text": str(stand_in), "folder": stand_in.parent}.get(say)
    monkeypatch.delenv("X13PATH", raising=False)
    if say == "environment":
        monkeypatch.setenv("X13PATH", str(stand_in.parent))
    if say == "on the path":
        monkeypatch.setenv("PATH", str(stand_in.parent), prepend=os.pathsep)
    s = series().iloc[::-1]
    np.testing.assert_allclose(deseasonalise(s, "x13", program=program), 3 * s)


def test_no_file_of_the_program_is_left_behind(monkeypatch, stand_in, tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    for s in (series(), -series()):
        with suppress(DataError):
            deseasonalise(s, "x13", program=stand_in)
        assert list(folder.iterdir()) == []


def test_the_model_reaches_the_program_and_its_refusal_comes_back(stand_in):
    s = pd.DataFrame({"a": series(4), "b": series(4, seed=1)})
    found = deseasonalise(s, "x13", program=stand_in, model="multiplicative", details=True)
    np.testing.assert_allclose(found.adjusted, 2 * s)
    np.testing.assert_allclose(found.seasonal, 0.5)
    with pytest.raises(DataError, match="from 2018Q1 on: ERROR: stand-in says no"):
        deseasonalise(-s, "x13", program=stand_in)


def test_the_real_x13_agrees_with_stl_on_a_clear_pattern():
    if not (os.environ.get("X13PATH") or shutil.which("x13as")):
        pytest.skip("the program X-13ARIMA-SEATS is not installed; put x13as on the PATH or set X13PATH")
    s = series(years=8, noise=0.2)
    np.testing.assert_allclose(deseasonalise(s, "x13"), deseasonalise(s), rtol=0.01)
