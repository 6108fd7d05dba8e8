"""The script is no test: it needs the extra `mutation`."""

collect_ignore = ["mutants.py"]
