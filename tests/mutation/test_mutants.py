"""The numeric core holds against errors put into it on purpose: nearly all are noticed, the rest make no difference."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_at_least_ninety_two_mutants_in_a_hundred_are_noticed():
    pytest.importorskip("cosmic_ray")
    script = Path(__file__).parent / "mutants.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
