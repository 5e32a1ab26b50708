"""New stack files, with comments: those of `make new` and of the migration from the Helm chart."""

import argparse
import json
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

import yaml

from settings.reading.keys import KEYS, full_key
from settings.reading.stack_file import text
from tools.errors import ToolError

_HEAD: Final = "# yaml-language-server: $schema=schemas/stack.schema.json\n"
_STACK: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_WIDTH: Final = 110
_SHORT: Final = 90
_ORDER: Final = {key: number for number, key in enumerate(KEYS)}


class _Dumper(yaml.SafeDumper):
    """YAML with texts of several lines as blocks."""


def _text(_: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def stack_name(name: str) -> str:
    """Return the name of a stack, for argparse."""
    if _STACK.fullmatch(name) is None:
        message = "a stack's name has letters, digits, '-', '_' and '.'"
        raise argparse.ArgumentTypeError(message)
    return name


def render(about: str, values: Mapping[str, object], comments: Mapping[str, str]) -> str:
    """Return the text of a stack file.

    Args:
        about: Comment at the top, in lines.
        values: The values by key, without prefix and secrets. They get the order of the settings.
        comments: Comments by key.
    """
    lines = [_HEAD, *(f"# {line}".rstrip() + "\n" for line in about.splitlines())]
    lines.append("config:\n" if values else "config: {}\n")
    for key in sorted(values, key=lambda key: _ORDER.get(key, -1)):
        comment = textwrap.wrap(comments.get(key, ""), _WIDTH, break_on_hyphens=False, break_long_words=False)
        lines += [f"  # {line}\n" for line in comment]
        lines += [f"  {line}" for line in text({full_key(key): _node(values[key])}).splitlines(keepends=True)]
    return "".join(lines)


def _node(value: object) -> yaml.Node:
    """Return a value as YAML: a short list or map in one line, as in the examples."""
    shown = json.dumps(value, ensure_ascii=False)
    is_short = len(shown) <= _SHORT and "\\n" not in shown
    written = yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=float("inf"), default_flow_style=is_short)
    return cast("yaml.Node", yaml.compose(written, Loader=yaml.BaseLoader))


def require_new(file: Path) -> None:
    """Raise a ToolError if the file is there already."""
    if file.exists() or file.is_symlink():
        message = f"{file} is there already. Choose another stack, or remove the file."
        raise ToolError(message)


def create(file: Path, content: str) -> None:
    """Write a new file, whole or not at all.

    Raises:
        ToolError: The file is there already, or cannot be written.
    """
    require_new(file)
    whole = file.with_name(f".{file.name}.new")
    try:
        whole.write_text(content, encoding="utf-8")
        whole.rename(file)
    except OSError as error:
        whole.unlink(missing_ok=True)
        message = f"{file} cannot be written: {error.strerror}."
        raise ToolError(message) from None
