"""TOML of an index, spoilt, and what it computes of a table."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pandas as pd
from fuzz._spoiling import spoilt

import hengdian_index as hi

SPECS = [
    """[index]
name = "cities"
unit = "city"
period = "year"
base = 2020
normalise = { method = "min_max", lower = 1, upper = 100 }
weights = "entropy"
new_units = "link"

[[group]]
code = "all"

[[group]]
code = "wealth"
parent = "all"
weight = 0.5
aggregate = { method = "power", p = 0.5 }

[[group]]
code = "health"
parent = "all"
weight = 0.5

[[indicator]]
code = "income"
parent = "wealth"
unit = "yuan"

[[indicator]]
code = "prices"
parent = "wealth"
direction = -1

[[indicator]]
code = "doctors"
parent = "health"
denominator = "people"
impute = "mean"
treat = { method = "winsorise", points = 1 }

[[indicator]]
code = "age"
parent = "health"
direction = { between = [40, 60], worst_low = 0, worst_high = 100 }
""",
    """[index]
unit = "city"
period = "year"
fit_on = ["p", "q", "r"]
to = 1000.0
normalise = "z_score"
aggregate = "arithmetic"
missing = "reweight"
coverage = 0.5

[[group]]
code = "all"
weights = { income = 2, prices = 1, age = 1 }
scope = "all"

[[indicator]]
code = "income"
parent = "all"
normalise = { method = "goalposts", low = 0, high = 9000 }

[[indicator]]
code = "prices"
parent = "all"
direction = { target = 7 }

[[indicator]]
code = "age"
parent = "all"
normalise = { method = "categorical", cuts = [30, 50, 70], scores = [0, 1, 2, 3], on = "value" }
""",
    '''[index]
period = "year"
unit = "city"
base = "2019:2020"
series = "ratio"
unit_coverage = 0.5

[[group]]
code = "all"
weights = { method = "ahp", matrix = [[1, 2, "3"], ["1/2", 1, 2], ["1/3", 0.5, 1]], items=["income", "prices", "age"] }
weights_since = { 2020 = { income = 1, prices = 2, age = 3 } }
name = """all
of them"""

[[indicator]]
code = "income"
parent = "all"
start = 2019
fit_on = "2019"

[[indicator]]
code = "prices"
parent = "all"
deseasonalise = "none"

[[indicator]]
code = "age"
parent = "all"
build = { method = "diffusion", up = "doctors", same = "people", down = "rest" }
''',
]
PIECES = (
    *(
        "[index]",
        "[[index]]",
        "[group]",
        "[[group]]\n",
        "[[indicator]]\n",
        "code = 'x'\n",
        "index = 3\n",
        "group = 3\n",
    ),
    *("9" * 400, "0x" + "f" * 5000, "1979-05-27T07:32:00Z", "07:32:00", "nan", "-inf", "1e400", "true", "[]", "{}"),
    *("[" * 900, "a." * 3000 + "a = 1\n", "{ a = " * 60, '"""', "'''", "= [1, 2]", '= { method = "rank" }', '"2020_1"'),
    *("parent = ", "weight = ", "direction = ", "normalise = ", "weights = ", "aggregate = ", "fit_on = ", "base = "),
    *('"geometric"', '"topsis"', '"pca"', '"critic"', '"copeland"', '"median"', '"symmetric"', '"log"', '"restate"'),
)


def trial(random: Random) -> tuple[object, Callable[[], object]]:
    """Return spoilt TOML and the call that reads it and computes the index of a table."""
    text = random.choice(SPECS)
    if random.random() < 0.5:
        text = _revalued(random, text)
    if random.random() < 0.3:
        lines = text.splitlines(keepends=True)
        for _ in range(random.choice([1, 1, 2, 3])):
            i, j = random.randrange(len(lines)), random.randrange(len(lines))
            lines[i], lines[j] = random.choice([(lines[j], lines[i]), (lines[j], lines[j]), ("", lines[j])])
        text = "".join(lines)
    if random.random() < 0.4:
        text = spoilt(random, text, PIECES)
    return text, lambda: hi.Index.from_toml(text).compute(TABLE).series()


def _revalued(random: Random, text: str) -> str:
    """Return TOML with the values of some keys exchanged for those of others, or for strange ones."""
    lines = text.splitlines()
    pairs = [i for i, line in enumerate(lines) if " = " in line and not line.startswith("weights")]
    for i in random.sample(pairs, random.choice([1, 1, 2, 3])):
        key, _, value = lines[i].partition(" = ")
        other = lines[random.choice(pairs)].partition(" = ")[2]
        lines[i] = f"{key} = {random.choice([other, other, random.choice(VALUES), value + '0'])}"
    return "\n".join(lines)


VALUES = (
    *("9" * 400, "0xff", "1979-05-27T07:32:00Z", "1979-05-27", "07:32:00", "nan", "inf", "-0.0", "1e308", "1e-308"),
    *("true", "[]", "{}", "[1, 2]", "[[1]]", '["a"]', "{ a = 1 }", '""', '" "', '"2020_1"', '"2019:"', "2019", "-1"),
    *(
        '{ method = "rank" }',
        "{ method = 3 }",
        '{ method = "power", p = 0 }',
        '{ method = "power", p = 1e308 }',
        '"pca"',
    ),
    *(
        '"z_score"',
        '"geometric"',
        '"topsis"',
        '"critic"',
        '"copeland"',
        '"median"',
        '"symmetric"',
        '"log"',
        '"restate"',
    ),
    *('"none"', '"period"', '"stl"', "{ target = 3 }", "{ between = [3, 1] }", "{ between = 3 }", '"raise"', '"city"'),
)
TABLE = pd.DataFrame(
    [
        [city, year, 100.0 * i + year - 2000, 7 - i, i % 3 + 1, 20 + 9 * i, 50 + i, 49 - i - i % 3]
        for i, (city, year) in enumerate((city, year) for year in (2019, 2020, 2021) for city in "pqrs")
    ],
    columns=["city", "year", "income", "prices", "doctors", "age", "people", "rest"],
)
