"""Cells of the shell and of files: a page runs `%run ../_ext/cells.py` first, and shows them without their first line.

The command of a cell `%%bash` is run by the Python of the page, so that it needs neither a shell nor a PATH.
"""

from __future__ import annotations

import re

_SHOWN = re.compile(r"\A%%(?:(bash)|writefile .*\.(\w+))[^\n]*\n")


def setup(app):
    """Show the cells of all pages as what they hold."""
    app.connect("doctree-read", _show)
    return {"parallel_read_safe": True}


def _show(app, tree):
    """Take the magic's line from a cell, whose language is then that of the shell or of the file; name its pictures."""
    from docutils.nodes import Text, container, image, literal_block

    for cell in tree.findall(container):
        if cell.get("nb_element") == "cell_code":
            code = next(cell.findall(literal_block), None)
            for picture in [] if code is None else cell.findall(image):
                picture.attributes.setdefault("alt", _told(picture, code.astext()))
    for block in tree.findall(literal_block):
        found = _SHOWN.match(block.rawsource or block.astext())
        if found:
            held = block.astext()[found.end() :]
            block["language"] = found[1] or {"csv": "text", "txt": "text"}.get(found[2], found[2])
            block.rawsource, block[:] = held, [Text(held)]


def _told(picture, code):
    """Return what a picture is, for those who cannot see it: the heading above it and the line that draws it."""
    from docutils.nodes import section, title

    above = picture.parent
    while above is not None and not isinstance(above, section):
        above = above.parent
    heading = "" if above is None else next(above.findall(title)).astext() + ": "
    return heading + code.strip().splitlines()[-1].rstrip(";")


def _prepare():
    """Let a page work in an empty folder, with pictures that are the same at each build and tables that fit."""
    import os
    import tempfile

    import matplotlib.pyplot as plt
    import pandas as pd
    from IPython import get_ipython

    os.chdir(tempfile.mkdtemp())
    os.environ["COLUMNS"] = "90"
    shell = get_ipython()
    shell.run_line_magic("config", 'InlineBackend.figure_formats = ["svg"]')
    shell.register_magic_function(_bash, "cell", "bash")
    plt.rcParams.update(
        {"axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "hengdian_index", "figure.dpi": 90}
    )
    pd.options.display.max_columns = 20
    pd.options.display.max_colwidth = 90


def _bash(line, cell):
    """Run each command, print what it says, and stop at one that fails, but with --no-raise-error."""
    import shlex
    import subprocess
    import sys

    for command in re.sub(r"\\\n\s*", "", cell).splitlines():
        words = shlex.split(command, comments=True)
        if not words:
            continue
        program, *arguments = words
        if program != "hengdian-index":
            raise ValueError(f"{command!r}: a cell of the shell holds commands of this package alone")
        done = subprocess.run([sys.executable, "-m", "hengdian_index", *arguments], capture_output=True, text=True)
        print(done.stdout + done.stderr, end="")
        if done.returncode and "--no-raise-error" not in line:
            raise RuntimeError(f"{command!r} ended with status {done.returncode}")


if __name__ == "__main__":
    _prepare()
