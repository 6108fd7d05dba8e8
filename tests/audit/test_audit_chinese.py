"""What an audit finds is told in the language spoken; what it asks programs to read is not."""

from __future__ import annotations

import pytest
from support.ears import english_in

import hengdian_index as hi


@pytest.fixture(scope="module")
def found() -> hi.Audit:
    index = hi.Index(groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")])
    return hi.audit(index, {"a": [float(i) for i in range(12)], "b": [float(i * i) for i in range(12)]})


def test_findings_are_told_in_the_language_that_is_spoken(found: hi.Audit) -> None:
    english = found.findings
    with hi.options(lang="zh"):
        chinese = found.findings
        assert found.summary() == found.summary(lang="zh")
        assert found.to_text() == found.to_text(lang="zh")
    assert [text for name in ("why", "remedy") for text in chinese[name] if english_in(text)] == []
    same = ["check", "group", "part", "other", "value", "verdict"]
    assert english[same].equals(chinese[same])
    # What is a number alone is the same.
    alike = english["why"][english["why"] == chinese["why"]]
    assert not alike.str.contains("[a-z]{4}", regex=True).any()
    assert len(alike) < len(english) / 4
    assert found.summary() == found.summary(lang="en")


def test_refusals_are_told_in_chinese() -> None:
    with hi.options(lang="zh"), pytest.raises(hi.SpecError) as error:
        hi.audit(3, {})  # type: ignore[arg-type]
    with hi.options(lang="zh"):
        assert str(error.value) == "index：应为Index，不是int"
