"""Print the lowest version of everything that pyproject.toml names, as constraints for pip: `name==version`."""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path(__file__).parents[1].joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"]
asked = [*project["dependencies"], *(one for name in extras if name != "dev" for one in extras[name])]
others = [one for one in asked if not one.startswith(project["name"])]
floors = [re.fullmatch(r"([\w.-]+)(?:\[[\w,]*\])?>=([\d.]+)", one) for one in others]
if None in floors:
    sys.exit("pyproject.toml: a dependency is not of the form name>=version")
print("\n".join(sorted({f"{floor[1]}=={floor[2]}" for floor in floors})))
