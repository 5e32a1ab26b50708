"""Names of the package, and its schema."""

from pathlib import Path
from typing import Final

from components.dynamic.resource import PACKAGE

TYPE: Final = f"{PACKAGE}:index:JupyterHub"
"""Type of the component. It is not that of the component in it: the types of a package begin with its name."""
SCHEMA: Final = Path(__file__).parent / "schema.json"
"""The generated schema."""
VERSION: Final = (Path(__file__).parents[1] / "docker" / "VERSION").read_text(encoding="utf-8").strip()
"""Version of the package, as that of the whole project."""
