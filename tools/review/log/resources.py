"""The states of resources in the engine's events, and the differences of two states."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from tools.review.log.model import SECRET, UNKNOWN, Change, Properties, ResourceState

_IN_WORDS: Final = "next_steps"
"""Export that repeats others in words, so it is not shown."""
_MARK: Final = "4dabf18193072939515e22adb298388d"
"""Key by which the engine marks special values, such as secrets."""
_UNKNOWN_MARKS: Final = {
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # text
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # true or false
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # map
}
"""The engine's markers of unknown values."""
_INTERNAL: Final = {"__defaults", "__provider", "__meta"}
"""Keys that are not inputs; listed, because a file may be called `__init__.py`."""
_BOILERPLATE: Final = re.compile(r"apiVersion|kind|metadata\.labels\[app\.kubernetes\.io/.*\]")
"""Inputs of every new object."""
_NOISE: Final = re.compile(
    r"metadata\.annotations(\[(pulumi\.com/.*|kubectl\.kubernetes\.io/last-applied-configuration"
    r"|deployment\.kubernetes\.io/revision)\])?"
)
"""Annotations of tools. `last-applied-configuration` repeats the whole object, the data of a Secret included."""
_METADATA: Final = re.compile(r"(spec\.template\.)?metadata\.(labels|annotations)[.\[].*")
_BY_CONTROLLERS: Final = re.compile(
    r".*\[([\w.-]*\.)?(kubernetes\.io|k8s\.io|gke\.io|google\.com|googleapis\.com|pulumi\.com)/.*\]"
)
"""Labels and annotations of controllers of Kubernetes and Google, and of Pulumi."""
_BY_USERS: Final = re.compile(r".*\[(kubectl\.kubernetes\.io/restartedAt|pod-security\.kubernetes\.io/.*)\]")
"""Those of them that users set."""
_SUFFIX: Final = "-…"
"""Shown in place of the generated suffix of an auto-named resource."""
_NEW: Final = " (new)"
_ORDER: Final = " (order)"
"""Suffix of the path of the order of a list: it may matter, as for init containers."""
_STEPS: Final = re.compile(r'\["([^"]*)"\]|\[(\d+)\]|([^.\[\]"]+)')
"""The parts of a provider's path."""
_NAMED: Final = ("name", "key", "containerPort", "port", "mountPath")
"""Keys that identify an item of a list, so that an inserted item does not change all others."""


@dataclass(frozen=True)
class _Secret:
    """A secret of an exported state, to compare it. It is never shown."""

    text: str = field(repr=False)
    """The value as JSON."""


def read(state: Mapping[str, Any]) -> ResourceState:
    """Return a state of an event or of an exported stack, with placeholders for secrets and unknown values."""
    inputs = cast("dict[str, Any]", _plain(state.get("inputs") or {}))
    if "stringData" in inputs:  # a Secret: the API returns it as `data`
        inputs["data"] = inputs.pop("stringData")
    if state["type"] == "kubernetes:core/v1:Secret" and "data" in inputs:
        inputs["data"] = _by_key(inputs["data"])
    return ResourceState(
        urn=state["urn"],
        type=state["type"],
        inputs=inputs,
        protected=bool(state.get("protect")),
        retained=bool(state.get("retainOnDelete")),
        outputs=cast("dict[str, Any]", _plain(state.get("outputs") or {})),
    )


def _by_key(data: object) -> object:
    """Return the data of a Secret as a secret for each key; masked even if the program did not mark it as secret."""
    if not isinstance(data, _Secret):
        return SECRET
    return {key: _Secret(json.dumps(value)) for key, value in cast("Properties", json.loads(data.text)).items()}


def auto_names(olds: Iterable[ResourceState | None], news: Iterable[ResourceState | None]) -> dict[str, str]:
    """Return how to show each auto-generated name, with a mark for the new name of a replacement."""
    known = [state for state in olds if state and state.is_auto_named]
    before = {state.urn for state in known}
    shown = {state.given_name: f"{state.logical_name}{_SUFFIX}" for state in known}
    for state in news:
        if state and state.is_auto_named and state.given_name not in shown:
            shown[state.given_name] = f"{state.logical_name}{_SUFFIX}{_NEW if state.urn in before else ''}"
    return shown


def is_auto_name(value: object) -> bool:
    """Return whether a shown value is an auto-generated name."""
    return isinstance(value, str) and value.removesuffix(_NEW).endswith(_SUFFIX)


def changes(old: Properties, new: Properties, names: Mapping[str, str]) -> tuple[Change, ...]:
    """Return the differences of two sets of inputs.

    Args:
        old: Inputs before; empty for a new resource.
        new: Inputs after; empty for a deleted resource.
        names: Shown form of auto-generated names.
    """
    before, after = _leaves(renamed(old, names)), _leaves(renamed(new, names))
    is_change = bool(old and new)
    for path in {**before, **after}:
        if path.endswith(_ORDER):
            _reduce_order(before, after, path)
    return tuple(
        change
        for change in _differences(before, after)
        if not _NOISE.fullmatch(change.path)
        and (is_change or not _BOILERPLATE.fullmatch(change.path))
        and not (change.path in {"metadata.name", "name"} and change.new in names.values())
    )


def _differences(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Change]:
    """Yield the differences of values by path, in the order of the paths."""
    for path in sorted({**before, **after}, key=_natural):
        if before.get(path) != after.get(path):
            yield Change(path=path, old=_shown(before.get(path)), new=_shown(after.get(path)))


def _reduce_order(before: dict[str, object], after: dict[str, object], path: str) -> None:
    """Reduce two orders of a list to the items in both: added and removed items have changes of their own."""
    old, new = (cast("list[str]", leaves.pop(path, [])) for leaves in (before, after))
    before_both, after_both = [label for label in old if label in new], [label for label in new if label in old]
    if before_both != after_both:
        before[path], after[path] = ", ".join(before_both), ", ".join(after_both)


def secret_changes(old: Properties, new: Properties, differing: Iterable[str]) -> tuple[Change, ...]:
    """Return secrets that differ: masked inputs do not show it, the provider's detailed diff does.

    Args:
        old: Inputs before.
        new: Inputs after.
        differing: Differing paths by the provider: `spec.containers[0].env`, `data["a.b"]`.
    """
    found: dict[str, Change] = {}
    for place in differing:
        steps = [quoted or number or word for quoted, number, word in _STEPS.findall(place)]
        path, value = _at(new, steps)
        if _has_secret(value) and _has_secret(_at(old, steps)[1]):
            found[path] = Change(path=path, old=SECRET, new=SECRET)
    return tuple(found[path] for path in sorted(found, key=_natural))


def _at(inputs: Properties, steps: Sequence[str]) -> tuple[str, object]:
    """Return path and value at a place, or those of the secret around it."""
    path, value = "", cast("object", inputs)
    for step in steps:
        if value == SECRET:
            break
        if isinstance(value, Mapping):
            name = step if step in value or step != "stringData" else "data"
            path, value = _below(path, name), cast("Properties", value).get(name)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(cast("list[object]", value)):
            label, value = _labelled(cast("list[object]", value))[int(step)]
            path = f"{path}[{label}]"
        else:
            return path, None
    return path, value


def _has_secret(value: object) -> bool:
    return SECRET in _leaves(value, "it").values()


def _shown(value: object) -> object:
    return SECRET if isinstance(value, _Secret) else value


def manual_changes(old: ResourceState, new: ResourceState) -> tuple[Change, ...]:
    """Return labels and annotations that others changed, of those that the stack does not set."""
    own = {**_leaves(old.inputs), **_leaves(new.inputs)}
    return tuple(
        change
        for change in _differences(_leaves(old.outputs), _leaves(new.outputs))
        if change.path not in own
        and _METADATA.fullmatch(change.path)
        and (_BY_USERS.fullmatch(change.path) or not _BY_CONTROLLERS.fullmatch(change.path))
    )


def export_changes(old: Properties, new: Properties, names: Mapping[str, str]) -> tuple[Change, ...]:
    """Return the differences of two sets of exports, without unknown values."""
    before, after = ({name: value for name, value in exports.items() if name != _IN_WORDS} for exports in (old, new))
    return tuple(change for change in changes(before, after, names) if change.new != UNKNOWN)


def _plain(value: Any) -> Any:  # noqa: ANN401 any JSON value
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value)
        if _MARK in items:
            return _Secret(items["plaintext"]) if "plaintext" in items else SECRET
        return {key: _plain(item) for key, item in items.items() if key != "__provider"}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    return UNKNOWN if isinstance(value, str) and value in _UNKNOWN_MARKS else value


def renamed(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 any JSON value
    """Return a JSON value with the shown form of auto-generated names."""
    if isinstance(value, Mapping):
        return {key: renamed(item, names) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in cast("list[Any]", value)]
    return names.get(value, value) if isinstance(value, str) else value


def _leaves(value: object, path: str = "") -> dict[str, object]:
    """Return the values by path; an empty list or map is a value."""
    if isinstance(value, Mapping) and value:
        items = cast("Mapping[str, object]", value)
        named = {_below(path, key): item for key, item in items.items() if key not in _INTERNAL}
    elif isinstance(value, list) and value:
        labelled = _labelled(cast("list[object]", value))
        named = {f"{path}[{label}]": item for label, item in labelled}
        order = [label for label, _ in labelled]
        if not all(map(str.isdecimal, order)):
            return {**_inner(named), f"{path}{_ORDER}": order}
    else:
        return {path: value} if path else {}
    return _inner(named)


def _inner(named: Mapping[str, object]) -> dict[str, object]:
    return {inner: leaf for below, item in named.items() for inner, leaf in _leaves(item, below).items()}


def _below(path: str, key: str) -> str:
    if re.fullmatch(r"[A-Za-z_][\w-]*", key):
        return f"{path}.{key}" if path else key
    return f"{path}[{key}]"


def _labelled(items: list[object]) -> list[tuple[str, object]]:
    for part in _NAMED:
        labels = [cast("Properties", item).get(part) if isinstance(item, Mapping) else None for item in items]
        known = {str(label) for label in labels if isinstance(label, str | int) and label not in {SECRET, UNKNOWN}}
        if len(known) == len(labels):
            return [(str(label), item) for label, item in zip(labels, items, strict=True)]
    return [(str(index), item) for index, item in enumerate(items)]


def _natural(path: str) -> list[tuple[int, str]]:
    """Return a sort key that orders `[10]` after `[9]`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path)]


def diff_json(change: Change) -> tuple[Change, ...]:
    """Return the differences in a JSON file of a ConfigMap, by path in the file; none if it is not JSON."""
    try:
        contents = [json.loads(cast("str", text or "{}")) for text in (change.old, change.new)]
    except (TypeError, ValueError):
        return ()
    return changes(contents[0], contents[1], {}) if all(isinstance(content, dict) for content in contents) else ()
