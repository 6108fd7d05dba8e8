"""The version of the package, which stands nowhere else, and how its extras are installed."""

__version__ = "0.2.0"


def install(extra: str) -> str:
    """Return the command that installs the packages of an extra.

    Examples
    --------
    >>> from hengdian_index._system.about import install
    >>> install("excel")
    'pip install "hengdian-index[excel]"'
    """
    return f'pip install "hengdian-index[{extra}]"'
