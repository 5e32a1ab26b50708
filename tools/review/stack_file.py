"""Stack files: their paths, and the lines of mistakes in them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import settings
from settings import SettingsError
from settings.reading.keys import PROJECT
from settings.reading.stack_file import StackFileError, key_lines, read_config
from tools.errors import ToolError
from tools.local.images import UNBUILT
from tools.review.log.model import Preview

_MISTAKE: Final = re.compile(r"^(  \* )([\w.-]+)(?=: )", re.MULTILINE)
"""Format of the settings' errors: `  * hub.image: is not set`."""
_TYPE_ERROR: Final = re.compile(r"(error: )?validating stack config: ")
"""Beginning of Pulumi's error for a value of another type than in `Pulumi.yaml`."""


def name_of(stack: str) -> str:
    """Return the name of a stack file, for a stack with or without organization."""
    return f"Pulumi.{stack.rpartition('/')[2]}.yaml"


def find(program: Path, stack: str) -> Path:
    """Return the readable stack file of a stack.

    Args:
        program: The folder of the program.
        stack: The stack, as in `Pulumi.<stack>.yaml`, with an organization or without.

    Raises:
        ToolError: It is missing or unreadable.
    """
    file = program / name_of(stack)
    if not file.exists():
        there = ", ".join(sorted(other.name for other in program.glob("Pulumi.*.yaml"))) or "none"
        message = (
            f"{file.name} is missing: stack {stack} has no settings without it. Stack files here: {there}.\n"
            f"Add the file, or remove {stack} from .github/stacks.json."
        )
        raise ToolError(message)
    try:
        read_config(file)
    except StackFileError as error:
        message = f"{file.name} cannot be used: {error}"
        raise ToolError(message) from None
    return file


def placed(preview: Preview, file: Path) -> Preview:
    """Return the preview with the line of the stack file in each message about a key.

    Pulumi's own type check ends at the first mistake: all mistakes replace it.
    """
    lines = key_lines(file)
    texts = [_placed(_all_mistakes(found.text, file), file.name, lines) for found in preview.diagnostics]
    messages = [replace(found, text=text) for found, text in zip(preview.diagnostics, texts, strict=True)]
    return replace(preview, diagnostics=tuple(messages))


def _all_mistakes(text: str, file: Path) -> str:
    if not _TYPE_ERROR.match(text):
        return text
    try:
        settings.from_file(file, defaults=UNBUILT)
    except SettingsError as error:
        return str(SettingsError(error.mistakes, where=file.name))
    return text


def _placed(text: str, name: str, lines: Mapping[str, int]) -> str:
    def place(found: re.Match[str]) -> str:
        parts = found[2].split(".")
        above = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
        line = next((lines[full] for key in above for full in (key, f"{PROJECT}:{key}") if full in lines), None)
        return found[0] if line is None else f"{found[0]} ({name}, line {line})"

    return _MISTAKE.sub(place, text)
