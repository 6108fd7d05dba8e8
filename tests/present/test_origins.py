"""Where a result comes from, for people: the same entries in each language, in its words."""

from __future__ import annotations

import hengdian_index as hi
from hengdian_index._present.origins import origins
from hengdian_index._words.catalogue import words


def test_every_entry_has_its_name_and_value_in_chinese() -> None:
    for name in ("film_industry", "countries"):
        index, table = hi.example(name)
        result = index.compute(table)
        english, chinese = (origins(result, lang) for lang in ("en", "zh"))  # type: ignore[arg-type]
        assert [key for key, _ in english if words("en", "origin")[key] != key] == []
        assert [words("zh", "origin")[key] for key, _ in english] == [key for key, _ in chinese]
        found = dict(chinese)
        assert found["序列类型"] == "定基"
        assert found["权重的测算依据"] == "参数确定期"
        assert found["参数确定期的首行"].startswith(("1998Q1", "单位“AUS”", "期1998Q1", "时期1998Q1"))
        assert "time" not in dict(english)
