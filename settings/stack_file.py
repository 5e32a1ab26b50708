"""Reads the config section of a Pulumi stack file the way Pulumi does: every scalar is text, or none."""

from pathlib import Path
from typing import cast

import yaml

_NULLS = {"", "~", "null", "Null", "NULL"}


class StackFileError(Exception):
    """The file cannot be read. The text says why, and quotes no value, as that may be a secret."""


def read_config(path: Path) -> dict[str, object]:
    """Returns the section `config:`, its keys as they are written; empty if there is none.

    Raises:
        StackFileError: no such file, not YAML, a key that is there twice, or something else where a map belongs.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        if root is None:
            return {}
        config = _section(root)
        content = None if config is None else _content(config, {})
        _content(root, {})  # whatever else is in it has to be right as well
    except OSError as error:
        msg = f"the file cannot be read: {error.strerror}"
        raise StackFileError(msg) from None
    except yaml.MarkedYAMLError as error:
        msg = f"the file is not YAML: {error.problem}{_position(error.problem_mark)}"
        raise StackFileError(msg) from None
    except (yaml.YAMLError, UnicodeError, RecursionError):
        msg = "the file is not YAML: it must be text in UTF-8, without control characters and not deeply nested"
        raise StackFileError(msg) from None
    return cast("dict[str, object]", content or {})


def key_lines(path: Path) -> dict[str, int]:
    """Returns in which line of a file that can be read each key of `config:` is, as it is written."""
    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    config = None if root is None else _section(root)
    return {} if config is None else {key.value: key.start_mark.line + 1 for key, _ in config.value}


def _section(root: yaml.Node) -> yaml.MappingNode | None:
    """The section `config:`; None if there is none, or nothing in it."""
    document = _mapping(root)
    if document is None:
        return None
    return next((_mapping(value) for key, value in document.value if key.value == "config"), None)


def _mapping(node: yaml.Node) -> yaml.MappingNode | None:
    if isinstance(node, yaml.MappingNode):
        return node
    if isinstance(node, yaml.ScalarNode) and node.style is None and node.value in _NULLS:
        return None
    msg = f"the file is not a stack file: those have a line config: with the keys indented under it{_place(node)}"
    raise StackFileError(msg)


def _content(node: yaml.Node, known: dict[int, object]) -> object:
    """Returns what a node holds. `known` keeps what is shared by aliases, so that these cost nothing."""
    if id(node) not in known:
        if isinstance(node, yaml.MappingNode):
            known[id(node)] = _map(node, known)
        elif isinstance(node, yaml.SequenceNode):
            known[id(node)] = [_content(item, known) for item in node.value]
        else:
            is_plain = cast("yaml.ScalarNode", node).style is None
            known[id(node)] = None if is_plain and node.value in _NULLS else node.value
    return known[id(node)]


def _map(node: yaml.MappingNode, known: dict[int, object]) -> dict[str, object]:
    content: dict[str, object] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            msg = f"the file has a list or map as a key{_place(key)}"
            raise StackFileError(msg)
        if key.value in content:
            msg = f"the file has {key.value!r} twice{_place(key)}"
            raise StackFileError(msg)
        content[key.value] = _content(value, known)
    return content


def _place(node: yaml.Node) -> str:
    return _position(cast("yaml.Mark", node.start_mark))


def _position(mark: yaml.Mark | None) -> str:
    return "" if mark is None else f" in line {mark.line + 1}, column {mark.column + 1}"
