"""A stack file, `Pulumi.<stack>.yaml`: its values as the program gets them, and its YAML nodes.

The nodes keep each value as it is written, where PyYAML would read 22:30 as 1350. Code that writes a changed copy of a
stack file for Pulumi uses them.
"""

import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Final, cast

import yaml

_OTHERWISE: Final = re.compile(
    r"[-+]?(?:0[0-9_]+|0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9]+_[0-9_]*)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?"
)
"""Whole numbers and dates that Pulumi passes to the program in another form: 0123 as 83, 1_000 as 1000."""


class StackFileError(Exception):
    """The file cannot be read. The message says why, without any value, as it may be a secret."""


def read_config(path: Path) -> dict[str, object]:
    """Return the section `config:`, its keys as they are written; empty if there is none.

    Raises:
        StackFileError: As `read_nodes`, and for a number or date that Pulumi would pass in another form.
    """
    known: dict[int, object] = {}
    parts = read_nodes(path)
    section = members(parts.get("config"))
    try:
        for node in parts.values():  # the other parts must be valid, too
            _content(node, known)
        return {key: _content(node, known) for key, node in section.items()}
    except RecursionError:
        msg = "the file has a list or map that contains itself"
        raise StackFileError(msg) from None


def key_lines(path: Path) -> dict[str, int]:
    """Return the line of each key of `config:` in a readable file."""
    section = read_nodes(path).get("config")
    if not isinstance(section, yaml.MappingNode):
        return {}
    return {key.value: key.start_mark.line + 1 for key, _ in section.value}


def read_nodes(path: Path) -> dict[str, yaml.Node]:
    """Return the parts of a file by their keys, such as `config`. An empty file has none.

    Raises:
        StackFileError: The file does not exist, is not YAML, has a key twice, or is not a map.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except OSError as error:
        msg = f"the file cannot be read: {error.strerror}"
        raise StackFileError(msg) from None
    except yaml.MarkedYAMLError as error:
        msg = f"the file is not YAML: {error.problem}{_place(error.problem_mark)}"
        raise StackFileError(msg) from None
    except (yaml.YAMLError, UnicodeError, RecursionError):
        msg = "the file is not YAML: it must be text in UTF-8, without control characters and not deeply nested"
        raise StackFileError(msg) from None
    return members(root)


def members(node: yaml.Node | None) -> dict[str, yaml.Node]:
    """Return the values of a map by their keys; none if the node is null.

    Raises:
        StackFileError: The node is not a map, or has a key twice.
    """
    if node is None or _is_null(node):
        return {}
    if not isinstance(node, yaml.MappingNode):
        where = _place(node.start_mark)
        msg = f"the file is not a stack file{where}: a stack file has a line config: with the keys indented below it"
        raise StackFileError(msg)
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            msg = f"the file has a list or map as a key{_place(key.start_mark)}"
            raise StackFileError(msg)
        if key.value in found:
            msg = f"the file has {key.value!r} twice{_place(key.start_mark)}"
            raise StackFileError(msg)
        found[key.value] = value
    return found


def text(content: Mapping[str, object]) -> str:
    """Return the text of a file.

    Args:
        content: The values by their keys. Nodes, also those in maps, stay as they are written; other values become
            YAML.
    """
    written = StringIO()
    dumper = yaml.SafeDumper(written, width=float("inf"), allow_unicode=True)
    # Without resolvers, a value that has no quotes gets none.
    dumper.yaml_implicit_resolvers = {}
    dumper.open()
    dumper.serialize(_node(content))
    dumper.close()
    return written.getvalue()


def _node(value: object) -> yaml.Node:
    if isinstance(value, yaml.Node):
        return value
    if isinstance(value, Mapping):
        parts = cast("Mapping[str, object]", value)
        return yaml.MappingNode("tag:yaml.org,2002:map", [(_node(key), _node(part)) for key, part in parts.items()])
    return cast("yaml.Node", yaml.compose(yaml.safe_dump(value), Loader=yaml.BaseLoader))


def _content(node: yaml.Node, known: dict[int, object]) -> object:
    """Return the value of a node. `known` caches nodes that aliases share."""
    if id(node) not in known:
        if isinstance(node, yaml.MappingNode):
            known[id(node)] = {key: _content(value, known) for key, value in members(node).items()}
        elif isinstance(node, yaml.SequenceNode):
            known[id(node)] = [_content(item, known) for item in node.value]
        else:
            known[id(node)] = _text(cast("yaml.ScalarNode", node))
    return known[id(node)]


def _is_null(node: yaml.Node) -> bool:
    """Return whether a node is null."""
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value in {"", "~", "null", "Null", "NULL"}


def _place(mark: yaml.Mark | None) -> str:
    """Return the line and column of a mark, with a space before it."""
    return "" if mark is None else f" in line {mark.line + 1}, column {mark.column + 1}"


def _text(node: yaml.ScalarNode) -> str | None:
    if node.style is None and _OTHERWISE.fullmatch(node.value):
        where = _place(node.start_mark)
        msg = f"the file has a number or date{where} that Pulumi hands on with other digits: put it in quotes"
        raise StackFileError(msg)
    return None if _is_null(node) else node.value
