"""The differences of a resource as lines of a diff, the same for a terminal and for a comment."""

import difflib
import json
from typing import Final

from review.model import Change, Resource
from review.states import is_made_up

_CONTEXT: Final = 1
"""Unchanged lines around a change of a file."""
_LONGEST: Final = 1000
"""Characters of a line, the rest of which nobody reads."""

VERBS: Final = {"create": "create", "update": "change", "replace": "replace", "delete": "delete"}
"""How an operation is called."""


def title(found: Resource) -> str:
    """Returns what becomes of which object: `change StatefulSet tf-hub`."""
    files = _files(found)
    kind = "provider" if found.type.startswith("pulumi:providers:") else found.kind
    what = f"{VERBS[found.operation]} {kind} {found.name}"
    if found.is_renewed:
        what = f"change {found.kind} {found.name} (a new one, which rolls what reads it)"
    return f"{what}: {', '.join(files)}" if files else what


def lines(found: Resource) -> list[str]:
    """Returns the difference, each line beginning with a space, `+`, `-` or `@`."""
    told = [
        line for change in found.changes for line in _change(change, whole=found.operation in {"update", "replace"})
    ]
    return [line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…" for line in told]


def _files(found: Resource) -> list[str]:
    if found.operation != "replace":
        return []
    names = [change.path.removeprefix("data[").removesuffix("]") for change in found.files]
    return [f"{len(names)} files"] if len(names) > 3 else names


def _change(change: Change, *, whole: bool) -> list[str]:
    old, new = _text(change.old), _text(change.new)
    if "\n" in old or "\n" in new:
        return _file(change, whole=whole)
    if old == new:
        return [f"  {change.path}: {old} (another one)"]
    if is_made_up(change.new) and is_made_up(change.old):
        return [f"! {change.path}: {new}"]
    removed = [] if change.old is None else [f"- {change.path}: {old}"]
    return removed + ([] if change.new is None else [f"+ {change.path}: {new}"])


def _file(change: Change, *, whole: bool) -> list[str]:
    """A file as a unified diff; of one that comes or goes with its object, the number of lines."""
    old, new = _text(change.old).splitlines(), _text(change.new).splitlines()
    if not whole:
        sign, count = ("+", len(new)) if change.old is None else ("-", len(old))
        return [f"{sign} {change.path}: {count} lines"]
    compared = list(difflib.unified_diff(old, new, n=_CONTEXT, lineterm=""))[2:]
    return [f"  {change.path}:", *(f"{line[:1]}   {line[1:]}" if line[:1] in "+- " else line for line in compared)]


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
