"""The words of a statement: nothing of Python in it, and in Chinese nothing of English."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args, get_origin

import numpy as np
import pytest
from support.laws import EXAMPLE_OPTIONS, own, placed, sized
from support.statements import bare, formulas_of, of_answers, results, weighed
from support.tables import table

import hengdian_index as hi
import hengdian_index._present.statement
from hengdian_index._methods.registry import FAMILIES, parameters_of
from hengdian_index._present.document import Code, Math
from hengdian_index._present.statement import phrases
from hengdian_index._present.statement.expressions import of_map
from hengdian_index._words.catalogue import LANGUAGES, words
from hengdian_index.series import deseasonalise

from support.indexes import two_levels  # isort: skip

WORDS = {lang: words(lang, "statement") for lang in LANGUAGES}
NAMES, FLAGS, VALUES, SYMBOLS = (words("en", room) for room in ("option", "option whole", "option value", "symbol"))

METHODS = [method for family in FAMILIES for method in own(family)]
each_method = pytest.mark.parametrize("method", METHODS, ids=lambda m: f"{m.family}.{m.name}")

# Names of methods, programs and schools that Chinese texts write in Latin letters, and SHA-256 in what stands for it.
PROPER = {
    *(
        "AHP",
        "AIJ",
        "AIP",
        "ARAS",
        "BWM",
        "CILOS",
        "COCOSO",
        "CODAS",
        "COPRAS",
        "CRITIC",
        "EDAS",
        "ELECTRE",
        "IDOCRIW",
        "II",
        "III",
        "LOPCOW",
        "MABAC",
        "MARCOS",
        "MEREC",
        "MOORA",
        "MULTIMOORA",
        "OWA",
        "PROMETHEE",
        "RSR",
        "SPOTIS",
        "SPSSAU",
        "SWARA",
        "TOPSIS",
        "VIKOR",
        "WASPAS",
    ),
    *("Box", "Cox", "Yeo", "Johnson", "STL", "ARIMA", "SEATS", "SHA", "NumPy", "Python", "pandas", "hengdian_index"),
    *("CI", "CR", "ln"),
}
REPR = re.compile(r"\b(True|False|None|nan|Target\(|Between\(|slice\()|[{}]|\['|= '|\('|\bdtype\b")
RESULTS = results()


def key_of(method: Any, name: str) -> str:
    """Return the key of the words for an option."""
    return f"{method.family}.{method.name}.{name}"


def brings(method: Any, key: str) -> bool:
    """Return whether a method brings a word of its own, in every language."""
    return all(key in method.traits.get("words", {}).get(lang, {}) for lang in LANGUAGES)


def latin(text: str) -> set[str]:
    """Return the Latin words in a text that are neither proper names nor periods and single letters."""
    found = set(re.findall(r"[A-Za-z_]{2,}", text))
    return found - PROPER


@pytest.mark.parametrize("name", RESULTS)
def test_chinese_statements_have_no_english(name: str) -> None:
    result = RESULTS[name]
    given = {str(unit) for unit in result.panel.unit_list()}
    assert latin(bare(result.method("zh"))) - given == set()


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_statements_have_no_python_values(name: str, lang: Any) -> None:
    text = RESULTS[name].method(lang)
    spans = re.sub(r"\$\$.*?\$\$|\$[^$]*\$", "", text, flags=re.S)
    assert not REPR.search(spans), REPR.search(spans)


@pytest.mark.parametrize("name", RESULTS)
def test_names_between_backquotes_are_codes_methods_and_attributes(name: str) -> None:
    result = RESULTS[name]
    methods = {method for family in FAMILIES.values() for method in family}
    known = {*result.tree.codes, *result.tree.groups, *result.panel.columns, *methods, "region", "b"}
    for code in re.findall(r"`([^`]*)`", result.method("zh")):
        assert code in known or re.fullmatch(r"[0-9a-f]{64}|result\.[\w.()]+", code), code


@each_method
def test_every_option_has_its_word(method: Any) -> None:
    for name in (*method.options, *method.judgements):
        key = key_of(method, name)
        # Details change nothing that is told.
        whole = any(one.startswith(f"{key} = ") for one in FLAGS)
        assert name == "details" or key in NAMES or whole or brings(method, name), key


@each_method
def test_every_word_that_an_option_may_take_has_its_word(method: Any) -> None:
    for name, hint in method.hints.items():
        for part in (hint, *get_args(hint)):
            if get_origin(part) is not None and name in method.options:
                for word in (
                    one for one in get_args(part) if isinstance(one, (str, int)) and not isinstance(one, bool)
                ):
                    key = f"{key_of(method, name)} = {word}"
                    own = brings(method, f"{name} = {word}")
                    assert key in {*VALUES, *FLAGS} or own or isinstance(word, int), key


def test_words_are_for_options_that_exist() -> None:
    taken = {key_of(method, name) for method in METHODS for name in (*method.options, *method.judgements)}
    taken |= {f"series.deseasonalise.{name}" for name in parameters_of(deseasonalise)}
    assert set(NAMES) | {key.partition(" = ")[0] for key in (*FLAGS, *VALUES)} <= taken


def test_an_option_has_the_words_of_its_own_method() -> None:
    build = {"method": "cycle", "x": ["p", "q"], "to": 90.0}
    index = hi.Index(
        period="month", groups=[hi.Group("g")], indicators=[hi.Indicator("c", "g", build=build)], normalise="none"
    )
    months = [f"2003-{month:02d}" for month in range(1, 9)]
    rows = {"month": months, "p": [7.0, 8, 9, 8, 10, 11, 10, 12], "q": [3.0, 3.5, 3.2, 4, 4.1, 4.6, 4.3, 5]}
    result = index.compute(rows)
    assert "; level of the base 90" in result.method()
    assert "基期水平为90" in result.method("zh")
    assert "reference" not in result.method()
    assert "参照" not in result.method("zh")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_method_that_is_not_registered_has_no_word_of_another(lang: Any) -> None:
    def efficacy(x: Any, *, ceiling: float = 3.0) -> Any:
        return x * ceiling

    result = two_levels(normalise={"method": efficacy, "ceiling": 4.0}, base=None).compute(table())
    assert re.search(r"`efficacy`.{1,2}`ceiling` 4", result.method(lang))


@each_method
def test_upright_words_in_formulas_are_explained(method: Any) -> None:
    for text in formulas_of(method):
        for name in re.findall(r"\\mathrm\{(\w+)\}", text):
            assert key_of(method, name) in {*SYMBOLS, *NAMES} or brings(method, name), name


@each_method
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_a_word_of_a_formula_stands_for_is_a_noun(method: Any, lang: Any) -> None:
    own_words = phrases.Vocabulary.of(lang, method)
    for text in formulas_of(method):
        said = "".join(piece for piece in phrases.symbols(lang, [(own_words, text)]) if isinstance(piece, str))
        assert not re.search(r"[:：]|为[、。]|为$| is(,|$)", said.removeprefix("其中")), said


@each_method
def test_options_in_chinese_have_no_latin_words(method: Any) -> None:
    given = {name: p.default for name, p in method.options.items() if p.default is not p.empty and name != "details"}
    for example in EXAMPLE_OPTIONS.get(method.name, [{}]):
        options = {**given, **sized(example, 3)}
        told = {k: v for k, v in options.items() if v is not None}
        said = phrases.options("zh", told, lambda choice: ("",), phrases.Vocabulary.of("zh", method))
        plain = "".join(piece for piece in said if isinstance(piece, str))
        assert latin(plain) == set(), plain
        assert not REPR.search(plain)


def test_words_of_one_language_differ_from_those_of_the_other() -> None:
    for room in ("option", "option whole", "option value", "symbol"):
        for key, said in words("zh", room).items():
            assert latin(said) == set(), key
            assert not re.search(r"[\u4e00-\u9fff]", words("en", room)[key])


@pytest.mark.parametrize(
    ("given", "en", "zh"),
    [
        (1, "larger is better", "越大越好"),
        (-1, "smaller is better", "越小越好"),
        (hi.Target(5), "best at 5, worse on both sides", "适度指标（最优值5）"),
        (hi.Between(1, 2.5), "best from 1 to 2.5, worse outside", "适度指标（最优区间1至2.5）"),
        (
            hi.Between(1, 2, 0, 4),
            "best from 1 to 2, worst at 0 and 4 and beyond",
            "适度指标（最优区间1至2，到0或4及以外为最差）",
        ),
    ],
    ids=str,
)
def test_directions_in_words(given: Any, en: str, zh: str) -> None:
    assert (phrases.direction("en", given), phrases.direction("zh", given)) == (en, zh)


@pytest.mark.parametrize(
    ("given", "en", "zh"),
    [
        ("1998Q1:2003Q4", "1998Q1 to 2003Q4", "1998Q1至2003Q4"),
        ("2001:", "2001 on", "2001起"),
        (":2003", "the first to 2003", "开始至2003"),
        (2001, "2001", "2001"),
        (("2001", "2003:2004"), "2001, 2003 to 2004", "2001、2003至2004"),
        ((True, False, True), "2 rows picked one by one", "逐一选定的2个样本"),
        (slice(0, 9), "rows 1 to 9 of the table, by position", "数据表的第1行至第9行"),
    ],
    ids=str,
)
def test_selections_of_rows_in_words(given: Any, en: str, zh: str) -> None:
    assert (phrases.rows("en", given), phrases.rows("zh", given)) == (en, zh)


def test_judgements_in_words() -> None:
    judged = {"method": "ahp", "matrix": {"a": {"b": 3, "c": 5}, "b": {"c": 2}}}
    result = weighed(judged).compute(table())
    assert "row over column: `a` (`b` 3, `c` 5), `b` (`c` 2); solved by the eigenvector" in result.method()
    found = hi.ahp.priorities(judged["matrix"])
    assert f"CR = {found.cr:.6g}." in result.method()
    combined = RESULTS["combined"].method()
    assert "`entropy` (zeros count as 0 ln 0 = 0); `fixed` (given `a` 1, `b` 2, `c` 1)" in combined


def test_a_list_of_matrices_is_told() -> None:
    matrix = [[1, 3, 5], ["1/3", 1, 2], ["1/5", "1/2", 1]]
    text = weighed({"method": "ahp", "matrix": [matrix, matrix]}).compute(table()).method("zh")
    assert not REPR.search(bare(text))


@pytest.mark.parametrize(
    "build",
    [
        {"method": "diffusion", "up": "up", "same": "same"},
        {"method": "balance", "up": "up", "down": "down"},
        {"method": "pmi", "components": ["up", "same"], "weights": {"up": 2, "same": 1}, "inverted": ["same"]},
        {"method": "confidence", "current": "up", "expected": "down"},
        {"method": "breadth", "x": ["p", "q"]},
        {"method": "cycle", "x": ["p", "q"]},
    ],
    ids=lambda build: str(build["method"]),
)
def test_built_indicators_are_told_in_chinese(build: Any) -> None:
    text = of_answers(build).method("zh")
    assert latin(bare(text)) == set()
    assert not REPR.search(bare(text))


@pytest.mark.parametrize("method", own("normalise"), ids=lambda m: m.name)
def test_every_normalisation_is_told_in_chinese(method: Any) -> None:
    for example in EXAMPLE_OPTIONS.get(method.name, [{}]):
        rows = table().set_index("quarter")
        rows = placed(method, example, rows).reset_index()
        result = two_levels(normalise={"method": method.name, **example}, base=None).compute(rows)
        text = result.method("zh")
        assert latin(bare(text)) == set()
        assert f"`{method.name}`" in text
        for leaf in result.tree.leaves:
            assert of_map(result.fitted.maps[leaf.code])


@pytest.mark.parametrize("method", own("treat"), ids=lambda m: m.name)
def test_every_treatment_is_told_in_chinese(method: Any) -> None:
    if method.name == "denominate":
        return
    needed = {"winsorise": {"points": 1}}.get(method.name, {})
    text = two_levels(treat={"method": method.name, **needed}).compute(table()).method("zh")
    assert latin(bare(text)) == set()


def test_pieces_of_an_option_of_a_user_keep_their_names() -> None:
    nobodys = phrases.Vocabulary("zh", "", {})
    said = phrases.options("zh", {"strength": 3.0, "kind": "soft"}, lambda choice: (), nobodys)
    assert said == [Code("strength"), " ", "3", "、", Code("kind"), " ", Code("soft")]
    known = phrases.Vocabulary("en", "normalise.min_max", {})
    assert phrases.symbols("en", [(known, r"z = \mathrm{lower} x")])[0] == Math(r"\mathrm{lower}")
    assert phrases.symbols("zh", [(nobodys, r"z = \mathrm{lower} x")]) == []


def test_every_sentence_is_used() -> None:
    package = Path(hengdian_index.__file__).parent
    files = [*package.glob("_present/*.py"), *package.glob("_present/statement/*.py"), *package.glob("_index/*.py")]

    code = "".join(path.read_text(encoding="utf-8") for path in files)
    composed = {"fixed", "ratio", "symmetric", "log", "refuse", "missing", "link", "restate", "own reweight"}
    composed |= {"own propagate", "own raise", "indicator counted", "group counted", "reweight", "propagate", "raise"}
    composed |= {"parent", "own parent"}
    assert [
        key for key in WORDS["en"] if f'"{key.removesuffix(" of years")}"' not in code and key not in composed
    ] == []


def told_in_both(result: hi.Result, name: str) -> None:
    """Assert that a statement names a method, has no English in Chinese, and no Python values in either language."""
    assert latin(bare(result.method("zh"))) == set()
    for lang in ("en", "zh"):
        text = result.method(lang)  # type: ignore[arg-type]
        assert f"`{name}`" in text
        assert not REPR.search(re.sub(r"\$\$.*?\$\$|\$[^$]*\$", "", text, flags=re.S))


@pytest.mark.parametrize("method", own("weights"), ids=lambda m: m.name)
def test_every_way_to_weigh_is_told(method: Any) -> None:
    # Columns with a part in common: others may go against each other, which not every weighting can bear.
    rows = table(24)
    rows = rows.assign(**{code: rows[code] + rows["a"] for code in "bc"})
    for example in EXAMPLE_OPTIONS.get(method.name, [{}]):
        told_in_both(weighed({"method": method.name, **sized(example, 3)}).compute(rows), method.name)


@pytest.mark.parametrize("method", own("aggregate"), ids=lambda m: m.name)
def test_every_aggregation_is_told(method: Any) -> None:
    for example in EXAMPLE_OPTIONS.get(method.name, [{}]):
        index = two_levels(base=None, aggregate={"method": method.name, **sized(example, 2)})
        # Scores that sum to 0 are none that a method of sizes takes at the top.
        told_in_both(index.replace({"all.aggregate": "arithmetic"}).compute(table()), method.name)


@pytest.mark.parametrize("method", own("impute"), ids=lambda m: m.name)
def test_every_imputation_is_told(method: Any) -> None:
    rows = table(24).assign(region=["r", "s"] * 12)
    rows.loc[[5, 9], "a"] = np.nan
    needed = {"groups": "region"} if method.name.startswith("group") else {}
    told_in_both(two_levels(impute={"method": method.name, **needed}).compute(rows), method.name)
