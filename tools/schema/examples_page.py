"""docs/examples.md: the stack files in examples/, each with the comment at its top."""

import re
from pathlib import Path
from typing import Final

from tools.paths import CHECKOUT

_HEAD: Final = """\
<!-- Written by `make schema` from the first comment of each file. Do not edit it. -->
# Example stack files

Each is complete and tested: copy one to `Pulumi.<stack>.yaml`, and change it. [Settings](settings.md) has all keys.

| file | purpose |
| --- | --- |"""


def page() -> str:
    """Return the page."""
    files = sorted((CHECKOUT / "examples").glob("Pulumi.*.yaml"))
    return "\n".join(
        [_HEAD, *(f"| [{_name(file)}](../examples/{file.name}) | {_purpose(file)} |" for file in files), ""]
    )


def _name(file: Path) -> str:
    return file.name.removeprefix("Pulumi.").removesuffix(".yaml")


def _purpose(file: Path) -> str:
    """Return the comment between the modeline of editors and the first key."""
    comment = re.search(r"\A(?:# yaml-language-server.*\n)?((?:#.*\n)+)", file.read_text(encoding="utf-8"))
    return " ".join(re.sub(r"^# ?", "", comment[1], flags=re.MULTILINE).split()) if comment else ""
