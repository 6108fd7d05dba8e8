"""The fuzzers of the readers: a few hundred inputs each in the ordinary run, five minutes each in the slow one."""

from __future__ import annotations

from itertools import count

import pytest
from fuzz.readers import READERS, run


@pytest.mark.parametrize("reader", READERS)
def test_spoilt_input_is_read_or_refused(reader):
    assert [str(finding) for finding in run(reader, range(200), seconds=20)] == []


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_five_minutes_of_spoilt_input_are_read_or_refused(reader):
    assert [str(finding) for finding in run(reader, count(200), seconds=300)] == []
