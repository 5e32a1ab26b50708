"""The differences between two sets of inputs, as the Google provider reports them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal, cast

from tests.doubles.google.wire import Properties, bare
from tools.review.offline.replacements import is_replacing


@dataclass(frozen=True, kw_only=True)
class Change:
    """One changed input."""

    path: str
    kind: Literal["ADD", "DELETE", "UPDATE"]
    replaces: bool
    """Whether the change replaces the resource."""


def changes(token: str, olds: Properties, news: Properties) -> list[Change]:
    """Return the changes, down to single values, in the order of the inputs' names."""
    return [
        Change(path=path, kind=_kind(old, new), replaces=is_replacing(token, path, old, new))
        for path, old, new in _differences(bare(olds), bare(news), "")
    ]


def _kind(old: object, new: object) -> Literal["ADD", "DELETE", "UPDATE"]:
    return "ADD" if old is None else "DELETE" if new is None else "UPDATE"


def _differences(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 any JSON values
    if old == new:
        return
    # To the Terraform provider, not set is the same as false, zero and empty.
    if isinstance(old or {}, dict) and isinstance(new or {}, dict):
        before, after = cast("Properties", old or {}), cast("Properties", new or {})
        for name in sorted({*before, *after}):
            if not name.startswith("__"):
                yield from _differences(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif isinstance(old or [], list) and isinstance(new or [], list):
        pairs = zip_longest(cast("list[Any]", old or []), cast("list[Any]", new or []))
        for index, (first, second) in enumerate(pairs):
            yield from _differences(first, second, f"{path}[{index}]")
    else:
        yield path, old, new
