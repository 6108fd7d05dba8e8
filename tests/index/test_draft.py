"""A draft of an index for a table: it computes at once, or says what must be decided; it never loses a file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._index.draft import new_index
from hengdian_index._tables.read_file import read_table
from hengdian_index._words.catalogue import words
from hengdian_index.cli import main

HEADINGS = "iso3,country,region,year,econ_gdp (EUR),econ_unemployment,env_emissions (t),env_woods"
LANDS = [("AUT", "Austria", "EU"), ("BEL", "Belgium", "EU"), ("CHL", "Chile", "SA"), ("NA", "Namibia", "AF")]


def lands(path: Path) -> Path:
    rows = [
        f"{code},{name},{region},{year},{9 + 3 * i + year % 7},{(2 * i + year) % 3},{3 + (7 * i + year) % 5},{20 + i}"
        for i, (code, name, region) in enumerate(LANDS)
        for year in (2019, 2020, 2021)
    ]
    path.write_text("\n".join([HEADINGS, *rows]) + "\n", encoding="utf-8")
    return path


def run(*words: Any) -> Result:
    return CliRunner().invoke(main, [*map(str, words)])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_draft_computes_at_once(tmp_path: Path, lang: Literal["en", "zh"]) -> None:
    data, path = lands(tmp_path / "lands.csv"), tmp_path / "my.toml"
    done = run("new", path, data, "--lang", lang)
    assert done.exit_code == 0, done.output
    compute = f"hengdian-index compute {path} {data}"
    assert (
        done.stdout.splitlines()[1:]
        == {
            "en": ["Choose the direction of econ_unemployment, env_emissions", f"Then: {compute}"],
            "zh": ["请选定方向的指标：econ_unemployment、env_emissions", f"下一步：{compute}"],
        }[lang]
    )
    index = hi.Index.read(path)
    root = words(lang, "draft")["root"]
    assert (index.unit, index.period, index.unit_names, index.base) == ("iso3", "year", "country", "2019")
    assert [(one.code, one.parent) for one in index.groups] == [(root, None), ("econ", root), ("env", root)]
    assert [(one.code, one.parent, one.unit, one.direction) for one in index.indicators] == [
        ("econ_gdp", "econ", "EUR", 1),
        ("econ_unemployment", "econ", "", 1),
        ("env_emissions", "env", "t", 1),
        ("env_woods", "env", "", 1),
    ]
    # NA is Namibia.
    assert index.compute(read_table(data, ["iso3"])).series().loc[("NA", 2020), root] > 0
    assert run("compute", path, data).exit_code == 0
    text = path.read_text(encoding="utf-8")
    for choice in ("normalise", "weights", "aggregate", "missing", "coverage", "base", "fit_on", "groups_of_units"):
        assert re.search(rf"^(# )?{choice} = ", text, flags=re.MULTILINE)


def test_every_choice_that_is_open_can_be_taken(tmp_path: Path) -> None:
    data, path = lands(tmp_path / "lands.csv"), tmp_path / "my.toml"
    new_index(path, data)
    text = path.read_text(encoding="utf-8")
    table = read_table(data, ["iso3"])
    lines = re.findall(r"^# (\w+ = .*)$", text, flags=re.MULTILINE)
    assert {line.partition(" ")[0] for line in lines} >= {
        "direction",
        "weights",
        "missing",
        "fit_on",
        "groups_of_units",
    }
    for line in lines:
        (name, value), *_ = tomllib.loads(line).items()
        # A key stands once: the one that is there makes way.
        kept = re.sub(rf"^{name} = .*\n", "", text, count=1, flags=re.MULTILINE)
        taken = (text if name == "direction" else kept).replace(f"# {line}", line, 1)
        index = hi.Index.from_toml(taken)
        found = {
            value == tomllib.loads(f"v = {one}")["v"] for one in re.findall(rf"^{name} = (.*)$", taken, re.MULTILINE)
        }
        assert True in found
        index.compute(table)
    for choice in ("normalise", "weights", "aggregate"):
        block = text.partition(f"# {choice}: ")[2].partition(f"\n{choice} = ")[0]
        methods = re.findall(r'^#   "(\w+)"  +\S', block, flags=re.MULTILINE)
        assert len(methods) > 8
        for method in methods:
            taken = re.sub(rf"^{choice} = .*$", f'{choice} = "{method}"', text, count=1, flags=re.MULTILINE)
            taken = re.sub(r"^base = .*\n", "", taken, flags=re.MULTILINE)
            told = refusal(taken, table)
            # A clash with another choice, or with these numbers, is told in full.
            assert not told or choice in told or method in told


def refusal(text: str, table: pd.DataFrame) -> str:
    try:
        hi.Index.from_toml(text).compute(table)
    except (hi.SpecError, hi.DataError) as error:
        return str(error)
    return ""


def test_what_must_be_decided_stands_in_the_draft(tmp_path: Path) -> None:
    data, path = tmp_path / "towns.csv", tmp_path / "towns.toml"
    data.write_text("town,people,crime\nUlm,1,2\nBonn,3,4\nTotal,4,6\nKiel,7,…\n", encoding="utf-8")
    done = run("new", path, data)
    assert done.exit_code == 0
    assert "To be decided: towns.csv line 4: a total or mean among the units: 'Total'" in done.stdout
    assert "missing_marks" in done.stdout
    text = path.read_text(encoding="utf-8")
    assert '\n# exclude = ["Total"]  # ' in text
    assert "# Before it computes, this must be decided:\n# - towns.csv" in text
    mended = text.replace("# exclude", "exclude").replace(
        "\n[[group]]", '\n[data]\nmissing_marks = ["…"]\n\n[[group]]', 1
    )
    path.write_text(mended, encoding="utf-8")
    assert run("compute", path, data).exit_code == 0


def test_a_base_that_gives_no_series_is_left_open(tmp_path: Path) -> None:
    data, path = tmp_path / "d.csv", tmp_path / "d.toml"
    # No unit but the last is there in the first year.
    data.write_text("town,year,x,y\na,2020,1,2\na,2021,2,3\nb,2020,3,5\nb,2021,3,4\nc,2019,2,2\nc,2021,5,5\n")
    made = new_index(path, data)
    assert made.open == []
    assert '\n# base = "2020"' in path.read_text(encoding="utf-8")
    assert hi.Index.read(path).base is None


def test_a_workbook_is_drafted_with_its_table(tmp_path: Path) -> None:
    data, path, plain = lands(tmp_path / "lands.csv"), tmp_path / "my.xlsx", tmp_path / "my.toml"
    done = run("new", path, data, "--lang", "zh")
    assert done.exit_code == 0, done.output
    new_index(plain, data, lang="zh")
    assert hi.Index.read(path) == hi.Index.read(plain)
    assert run("compute", path).exit_code == 0
    # From a workbook, too.
    assert run("new", tmp_path / "again.toml", path, "--lang", "zh").exit_code == 0
    again = hi.Index.read(tmp_path / "again.toml")
    assert again.replace({"name": "lands"}) == hi.Index.read(plain)


def test_no_file_is_lost(tmp_path: Path) -> None:
    data, path = lands(tmp_path / "lands.csv"), tmp_path / "my.toml"
    path.write_text("mine")
    for words_of in ((path, data), (tmp_path / "lands.csv", data), (tmp_path / "x.txt", data), (tmp_path / "y.toml",)):
        assert run("new", *words_of).exit_code == 2
    assert run("new", tmp_path / "no" / "y.toml", data).exit_code == 2
    assert run("new", tmp_path / "z.toml", tmp_path / "none.csv").exit_code == 2
    (tmp_path / "text.csv").write_text("a,b\nx,y\nz,w\n")
    done = run("new", tmp_path / "z.toml", tmp_path / "text.csv")
    assert done.exit_code == 2
    assert "text.csv: no column of numbers that differ; columns found: 'a', 'b'" in done.stderr
    assert path.read_text() == "mine"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["lands.csv", "my.toml", "text.csv"]
    assert run("new", path, data, "--force").exit_code == 0
    assert hi.Index.read(path).name == "lands"
    book = tmp_path / "b.xlsx"
    book.write_text("mine")
    assert run("new", book).exit_code == 2
    assert run("new", book, "--force").exit_code == 0
    assert hi.Index.read(book).groups


NAME = st.text(
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"]) | st.sampled_from("_:（）()/#\"'=[]\n"),
    min_size=1,
)


@given(names=st.lists(NAME, min_size=1, max_size=5, unique_by=str.strip), data=st.data())
def test_whatever_headings_say_the_draft_is_a_spec(tmp_path_factory: Any, names: list[str], data: Any) -> None:
    folder = tmp_path_factory.mktemp("draft")
    values = data.draw(st.lists(st.integers(0, 9), min_size=3 * len(names), max_size=3 * len(names)))
    frame = pd.DataFrame({name: values[3 * i : 3 * i + 3] for i, name in enumerate(names)}).assign(town=["a", "b", "c"])
    frame.to_csv(folder / "t.csv", index=False)
    try:
        made = new_index(folder / "t.toml", folder / "t.csv")
    except (hi.DataError, hi.SpecError):
        assert not (folder / "t.toml").exists()
        return
    index = hi.Index.read(folder / "t.toml")
    assert index == hi.Index(**made.head, groups=made.groups, indicators=made.indicators)
    assert made.open or index.compute(read_table(folder / "t.csv", ["town"])) is not None


FORMS = {
    "World Bank": (
        '"Data Source","World Development Indicators",\n\n"Country Name","Country Code","Indicator Name",'
        '"Indicator Code","2019","2020",\n"Chad","TCD","Water","W.1","3","5",\n"Mali","MLI","Water","W.1","4","8",\n',
        ["W.1"],
        {"layout": "years", "unit": "Country Code", "indicator": "Indicator Code"},
    ),
    "Eurostat": (
        "freq,unit,geo\\TIME_PERIOD\t2019 \t2020 \nA,PC,AT\t3.5 p\t5.1 \nA,PC,BE\t4.0 \t8.2 b\n",
        ["table"],
        {"layout": "years", "unit": "geo", "value": "table"},
    ),
    "long, of two sexes": (
        "land,year,indicator,sex,value\n"
        + "".join(
            f"{land},{year},{what},{sex},{i * 3 + year % 5 + j}\n"
            for i, (land, what) in enumerate((a, b) for a in ("Chad", "Mali") for b in ("life", "school"))
            for year in (2019, 2020)
            for j, sex in enumerate(("all", "women"))
        ),
        ["life", "school"],
        {"layout": "long", "unit": "land", "period": "year", "indicator": "indicator", "value": "value"},
    ),
    "the National Bureau of Statistics": (
        "数据库：分省年度数据\n指标：放映场次(万场)\n地区,2020年,2019年\n北京市,5,3\n河北省,8.5,4\n数据来源：国家统计局\n",
        ["放映场次"],
        {"layout": "years", "unit": "地区", "indicator": "指标"},
    ),
    "indicators in rows": ("指标,2020年,2019年\n银幕数(块),5,3\n票房(亿元),8.5,4\n", ["银幕数", "票房"], {}),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_table_of_another_form_is_drafted_as_what_it_holds(tmp_path: Path, form: str) -> None:
    text, codes, said = FORMS[form]
    data, path = tmp_path / ("table.tsv" if "\t" in text else "table.csv"), tmp_path / "my.toml"
    data.write_text(text, encoding="utf-8")
    made = new_index(path, data)
    index = hi.Index.read(path)
    assert ([one.code for one in index.indicators], made.open) == (codes, [])
    told = dict(index.data or {})
    where = told.pop("where", {})
    assert told == said
    assert where == ({"sex": "all"} if "sexes" in form else {})
    assert ("these rows are taken" in path.read_text(encoding="utf-8")) == ("sexes" in form)
    plain = hi.read(data, where=where or None)
    assert [name for name in plain.columns if name.split("(")[0] in codes]
    new_index(tmp_path / "my.xlsx", data)
    both = (hi.Index.read(path), read_table(data, []))
    assert both[0].compute(both[1]).scores.notna().all(axis=None)


@pytest.mark.parametrize("ending", [".toml", ".xlsx"])
def test_a_heading_of_two_rows_is_drafted_as_such(tmp_path: Path, ending: str) -> None:
    rows = [["季度", "规模", "", "环境"], ["", "企业数（家）", "收入（亿元）", "空置率（%）"]]
    rows += [[f"{2020 + i // 4}年第{i % 4 + 1}季度", 100 + i * i, 20 + 3 * i, 9 - i % 5] for i in range(8)]
    pd.DataFrame(rows).to_csv(tmp_path / "d.csv", index=False, header=False)
    made = new_index(tmp_path / f"i{ending}", tmp_path / "d.csv", lang="zh")
    assert [one["code"] for one in made.indicators] == ["企业数", "收入", "空置率"]
    index = hi.Index.read(tmp_path / f"i{ending}")
    result = index.compute(tmp_path / ("d.csv" if ending == ".toml" else "i.xlsx"))
    assert result.scores.notna().all(axis=None)


def test_a_table_that_no_heading_explains_is_refused_as_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("", encoding="utf-8")
    with pytest.raises(hi.DataError, match="it is empty"):
        new_index(tmp_path / "i.toml", tmp_path / "d.csv")


def test_indicators_to_decide_are_named_as_the_language_names_several(tmp_path: Path) -> None:
    pd.DataFrame({"年": [2020, 2021, 2022], "失业率": [4, 5, 6.5], "投诉量": [9, 7, 8]}).to_csv(
        tmp_path / "d.csv", index=False
    )
    assert "失业率、投诉量" in new_index(tmp_path / "i.toml", tmp_path / "d.csv", lang="zh").text
