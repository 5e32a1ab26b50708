"""The differences of a resource as lines of a diff, for the terminal and for comments."""

import difflib
import json
from collections.abc import Sequence
from typing import Any, Final

import yaml
from yaml.resolver import Resolver

from tools.review.log.model import SECRET, UNKNOWN, VERBS, Change, Resource
from tools.review.log.resources import is_auto_name
from tools.review.show.markdown import visible

_CONTEXT: Final = 1
"""Unchanged lines around a change of a file."""
_YAML: Final[Any] = Resolver()
_OPENING: Final = ("{", "[", '"', "'")


def title(found: Resource) -> str:
    """Return operation, kind and name: `change StatefulSet tf-hub`."""
    files = _files(found)
    rolled = " (a new object; pods that use it roll)" if found.is_rolled else ""
    what = f"{VERBS[found.shown_operation]} {found.shown_kind} {found.name}{rolled}"
    return f"{what}: {', '.join(files)}" if files else what


def lines(found: Resource) -> list[str]:
    """Return the difference as lines that begin with a space, `+`, `-`, `!` or `@`.

    No line is shortened: two long lines may differ at their ends.
    """
    is_change = found.operation in {"update", "replace"}
    return [_visible(line) for change in found.changes for line in _change(change, whole=is_change)]


def export_lines(changes: Sequence[Change]) -> list[str]:
    """Return the difference of exports as such lines."""
    return [_visible(line) for change in changes for line in _change(change, whole=True)]


def _visible(line: str) -> str:
    # A name with a newline in it must not begin a line.
    return visible(line).replace("\n", "\\u000a")


def _files(found: Resource) -> list[str]:
    if found.operation != "replace":
        return []
    names = [change.path.removeprefix("data[").removesuffix("]") for change in found.files]
    return [f"{len(names)} files"] if len(names) > 3 else names


def _change(change: Change, *, whole: bool) -> list[str]:
    if any(isinstance(value, str) and "\n" in value for value in (change.old, change.new)):
        return _file(change, whole=whole)
    old, new = _text(change.old), _text(change.new)
    if old == new:
        return [f"  {change.path}: {old} (changed)"]
    if is_auto_name(change.new) and is_auto_name(change.old):
        return [f"! {change.path}: {new}"]
    removed = [] if change.old is None else [f"- {change.path}: {old}"]
    return removed + ([] if change.new is None else [f"+ {change.path}: {new}"])


def _file(change: Change, *, whole: bool) -> list[str]:
    """Return a unified diff of a file; of a file that is created or deleted with its object, the number of lines."""
    if not whole:
        sign, text = ("+", change.new) if change.old is None else ("-", change.old)
        count = len(str(text).splitlines())
        return [f"{sign} {change.path}: {count} line{'' if count == 1 else 's'}"]
    old, new = _lines(change.old), _lines(change.new)
    compared = list(difflib.unified_diff(old, new, n=_CONTEXT, lineterm=""))[2:]
    return [f"  {change.path}:", *(f"{line[:1]}   {line[1:]}" if line[:1] in "+- " else line for line in compared)]


def _lines(value: object) -> list[str]:
    """Return the lines of a file, with diff's marker if the last one has no newline."""
    text = value if isinstance(value, str) else _text(value)
    *ended, last = text.split("\n")
    return [*ended, last, "\\ No newline at end of file"] if last else ended


def _text(value: object) -> str:
    """Return a value as YAML: a string in quotes if YAML would read it as another type."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    is_text = _YAML.resolve(yaml.ScalarNode, value, (True, False)) == "tag:yaml.org,2002:str"
    is_plain = is_text and value == value.strip() and value[:1] not in _OPENING
    return value if is_plain or value in {SECRET, UNKNOWN} else json.dumps(value, ensure_ascii=False)
