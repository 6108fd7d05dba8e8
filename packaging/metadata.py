"""What a package index is told that depends on where the project lives: its links, and the front page with addresses.

The address stands once, as `home` of this hook in pyproject.toml. While it is empty there are no links, and the front
page of the package has no picture and no link that would lead nowhere.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

# A picture or a link to a file of the repository; what is between three backticks is none.
_RELATIVE = re.compile(r"(!?)\[([^\[\]]*)\]\((?!\w+:|#)([^()\s]+)\)")
_FENCED = re.compile(r"(^```.*?^```$)", flags=re.M | re.S)


def links(home: str, version: str) -> dict[str, str]:
    """Return the links of a package index, none without an address."""
    if not home:
        return {}
    released = f"{home}/blob/v{version}"
    return {
        "Homepage": home,
        "Documentation": f"{released}/docs/index.md",
        "Changelog": f"{released}/CHANGELOG.md",
        "Issues": f"{home}/issues",
        "Source": home,
    }


def front_page(text: str, home: str, version: str) -> str:
    """Return the text of README.md with addresses that lead somewhere from any page."""

    def absolute(found: re.Match[str]) -> str:
        picture, name, path = found.groups()
        if home:
            return f"{picture}[{name}]({home}/{'raw' if picture else 'blob'}/v{version}/{path})"
        return "" if picture else f"{name} (`{path}`)"

    parts = _FENCED.split(text)
    parts[::2] = [_RELATIVE.sub(absolute, part) for part in parts[::2]]
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)) if not home else "".join(parts)


class Metadata(MetadataHookInterface):
    """Fills `urls` and `readme`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Write both into the metadata of a build."""
        home, version = self.config["home"].rstrip("/"), metadata["version"]
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata["urls"] = links(home, version)
        metadata["readme"] = {"content-type": "text/markdown", "text": front_page(text, home, version)}
