"""The directive `equivalents TOOL SECTION`: a table of howto/coming_from/TOOL.toml, or its `data` as code."""

from __future__ import annotations

from docutils import nodes
from docutils.statemachine import StringList
from equivalents import FOLDER, table, tool
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Equivalents(SphinxDirective):
    """Runs each row of a section and shows what it gives; a row that is not so fails the build."""

    required_arguments = 2
    optional_arguments = 10
    final_argument_whitespace = False

    def run(self) -> list[nodes.Node]:
        """Return the table, or the code that makes the data."""
        name, section, *heading = self.arguments
        path = FOLDER / f"{name}.toml"
        self.env.note_dependency(str(path))
        of = tool(name)
        if section == "data":
            code = nodes.literal_block(of.data.strip(), of.data.strip())
            code["language"] = "python"
            return [code]
        try:
            text = table(of, section, " ".join(heading) or name)
        except Exception as error:
            raise self.error(f"{type(error).__name__}: {error}") from error
        holder = nodes.container(classes=["equivalents"])
        self.state.nested_parse(StringList(text.splitlines(), source=str(path)), 0, holder)
        return [holder]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive and the style of its tables."""
    app.add_css_file("coming_from.css")
    app.add_directive("equivalents", Equivalents)
    return {"parallel_read_safe": True}
