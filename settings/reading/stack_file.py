"""The section `config:` of a stack file, with every scalar as it is written."""

import re
from pathlib import Path
from typing import Final, cast

import yaml

from settings.reading import as_written
from settings.reading.as_written import StackFileError

_OTHERWISE: Final = re.compile(
    r"[-+]?(?:0[0-9_]+|0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9]+_[0-9_]*)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?"
)
"""Whole numbers and dates that Pulumi passes to the program in another form: 0123 as 83, 1_000 as 1000."""


def read_config(path: Path) -> dict[str, object]:
    """Return the section `config:`, its keys as they are written; empty if there is none.

    Raises:
        StackFileError: As `as_written.read`, and for a number or date that Pulumi would pass in another form.
    """
    known: dict[int, object] = {}
    parts = as_written.read(path)
    section = as_written.keys(parts.get("config"))
    try:
        for node in parts.values():  # the other parts must be valid, too
            _content(node, known)
        return {key: _content(node, known) for key, node in section.items()}
    except RecursionError:
        msg = "the file has a list or map that contains itself"
        raise StackFileError(msg) from None


def key_lines(path: Path) -> dict[str, int]:
    """Return the line of each key of `config:` in a readable file."""
    section = as_written.read(path).get("config")
    if not isinstance(section, yaml.MappingNode):
        return {}
    return {key.value: key.start_mark.line + 1 for key, _ in section.value}


def _content(node: yaml.Node, known: dict[int, object]) -> object:
    """Return the value of a node. `known` caches nodes that aliases share."""
    if id(node) not in known:
        if isinstance(node, yaml.MappingNode):
            known[id(node)] = {key: _content(value, known) for key, value in as_written.keys(node).items()}
        elif isinstance(node, yaml.SequenceNode):
            known[id(node)] = [_content(item, known) for item in node.value]
        else:
            known[id(node)] = _text(cast("yaml.ScalarNode", node))
    return known[id(node)]


def _text(node: yaml.ScalarNode) -> str | None:
    if node.style is None and _OTHERWISE.fullmatch(node.value):
        where = as_written.place(node.start_mark)
        msg = f"the file has a number or date{where} that Pulumi hands on with other digits: put it in quotes"
        raise StackFileError(msg)
    return None if as_written.is_null(node) else node.value
