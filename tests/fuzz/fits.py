"""Saved fits with strange values, sealed anew, so that what they hold is all that keeps them out."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from fuzz._spoiling import TEXTS, spoilt
from fuzz.specs import SPECS, TABLE

import hengdian_index as hi

VALUES: list[Any] = [
    *TEXTS,
    *(None, True, 0, -1, 10**400, 2**63, 1e308, float("nan"), float("inf"), [], {}, [1], [[1], [1, 2]], {"$": "array"}),
    *({"$": "maps.Affine"}, {"$": "function"}, {"$": "os.system"}, {"$": 3}, {"$": "dict", "items": [[[], 1]]}),
    *(
        {"$": "float", "text": "1_0"},
        {"$": "float", "text": "x"},
        {"$": "dict", "items": 3},
        {"$": "date", "text": "x"},
    ),
    *({"$": "array", "dtype": "float64", "shape": [2, 10**9], "data": "AA=="}, {"$": "method", "family": "weights"}),
]


@cache
def _saved() -> list[dict[str, Any]]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for text in SPECS:
            path = Path(folder) / "fit.json"
            hi.Index.from_toml(text).fit(TABLE).save(path)
            found.append(json.loads(path.read_text(encoding="utf-8")))
    return found


def trial(random: Random) -> tuple[object, Callable[[], object]]:
    """Return the text of a spoilt fit and the call that loads it."""
    document = deepcopy(random.choice(_saved()))
    for _ in range(random.choice([1, 1, 2])):
        _spoil(random, document)
    document.pop("sha256", None)
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
    seal = sha256(text.encode()).hexdigest()
    whole = json.dumps({**document, "sha256": seal})
    if random.random() < 0.2:
        whole = spoilt(random, whole)

    def read() -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "fit.json"
            path.write_bytes(whole.encode("utf-8", "surrogatepass"))
            return hi.Fitted.load(path)

    return whole, read


def _spoil(random: Random, part: Any) -> None:
    """Change one value somewhere below a mapping or a list."""
    while True:
        places = list(part) if isinstance(part, dict) else range(len(part))
        if not places:
            return
        at = random.choice(list(places))
        if isinstance(part[at], (dict, list)) and part[at] and random.random() < 0.85:
            part = part[at]
            continue
        kind = random.random()
        if kind < 0.7:
            part[at] = random.choice(VALUES)
        elif kind < 0.85 and isinstance(part, dict):
            part[random.choice(["x", "$", "items", "text"])] = part.pop(at)
        else:
            del part[at]
        return
