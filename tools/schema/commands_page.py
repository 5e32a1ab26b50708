"""docs/commands.md: the targets of the Makefile with their help, and the modules that are commands."""

import ast
import re
from pathlib import Path
from typing import Final

from tools.paths import CHECKOUT

_HEAD: Final = """\
<!-- Written by `make schema` from the Makefile and the modules. Do not edit it. -->
# Commands

`make help` prints the first table. `STACK=<name>` uses `Pulumi.<name>.yaml` in place of `Pulumi.dev.yaml`. More about
the commands that run a stack: [operations](operations.md#commands). `make -C docker build push PROJECT_ID=<project>`
builds and pushes the images ([the first hub on GKE](gke.md)).

| command | does |
| --- | --- |"""
_MODULES: Final = """
These need the environment of `make environment`; each prints its options with `--help`.

| command | does |
| --- | --- |"""
COMMANDS: Final = (
    "migrate/__main__.py",
    "migrate/homes/__main__.py",
    "migrate/database/__main__.py",
    "tools/review/__main__.py",
)
"""The modules that people start."""


def page() -> str:
    """Return the page."""
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*## (.*)$", makefile, re.MULTILINE)
    lines = [_HEAD, *(f"| `make {target}` | {_cell(text)} |" for target, text in targets), _MODULES]
    return "\n".join([*lines, *(_row(CHECKOUT / module) for module in COMMANDS), ""])


def _row(file: Path) -> str:
    about = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    name = ".".join(file.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__main__")
    does = about.splitlines()[0].partition(": ")[2]
    return f"| `.venv/bin/python -m {name}` | {_cell(does)} |"


def _cell(text: str) -> str:
    return text.replace("$$", "$").replace("|", "&#124;").replace("<", "&lt;").rstrip(".")
