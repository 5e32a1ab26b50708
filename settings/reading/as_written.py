"""A stack file as YAML nodes, which keep each value as it is written: PyYAML would read 22:30 as 1350.

Code that writes a changed copy of a stack file for Pulumi uses this module.
"""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import cast

import yaml


class StackFileError(Exception):
    """The file cannot be read. The message says why, without any value, as it may be a secret."""


def read(path: Path) -> dict[str, yaml.Node]:
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
        msg = f"the file is not YAML: {error.problem}{place(error.problem_mark)}"
        raise StackFileError(msg) from None
    except (yaml.YAMLError, UnicodeError, RecursionError):
        msg = "the file is not YAML: it must be text in UTF-8, without control characters and not deeply nested"
        raise StackFileError(msg) from None
    return keys(root)


def keys(node: yaml.Node | None) -> dict[str, yaml.Node]:
    """Return the values of a map by their keys; none if the node is null.

    Raises:
        StackFileError: The node is not a map, or has a key twice.
    """
    if node is None or is_null(node):
        return {}
    if not isinstance(node, yaml.MappingNode):
        where = place(node.start_mark)
        msg = f"the file is not a stack file{where}: a stack file has a line config: with the keys indented below it"
        raise StackFileError(msg)
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            msg = f"the file has a list or map as a key{place(key.start_mark)}"
            raise StackFileError(msg)
        if key.value in found:
            msg = f"the file has {key.value!r} twice{place(key.start_mark)}"
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


def is_null(node: yaml.Node) -> bool:
    """Return whether a node is null."""
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value in {"", "~", "null", "Null", "NULL"}


def place(mark: yaml.Mark | None) -> str:
    """Return the line and column of a mark, with a space before it."""
    return "" if mark is None else f" in line {mark.line + 1}, column {mark.column + 1}"


def _node(value: object) -> yaml.Node:
    if isinstance(value, yaml.Node):
        return value
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        return yaml.MappingNode("tag:yaml.org,2002:map", [(_node(key), _node(members[key])) for key in members])
    return cast("yaml.Node", yaml.compose(yaml.safe_dump(value), Loader=yaml.BaseLoader))
