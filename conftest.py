"""Doctests compare numbers as numbers."""

from scipy_doctest.conftest import dt_config

dt_config.strict_check = False
