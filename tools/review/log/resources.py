"""The resources of a preview's events: what each is, and how two states of one differ."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from tools.review.log.model import SECRET, UNKNOWN, Change, Properties

_MARK: Final = "4dabf18193072939515e22adb298388d"
"""By this key the engine marks an object that stands for something else, such as a secret."""
_UNKNOWN_MARKS: Final = {
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # text
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # true or false
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # map
}
"""The engine's marks of what is not known yet."""
SEALED: Final = "__sealed"
"""By this key a provider that sees secrets (`recorder.py`) hands over a copy of the inputs with digests in their place,
each below the same key again."""
_OF_THE_ENGINE: Final = {"__defaults", "__provider", "__meta", SEALED}
"""Keys that are nobody's input. A file may be called `__init__.py`."""
_OF_NO_INTEREST: Final = re.compile(r"apiVersion|kind|metadata\.labels\[app\.kubernetes\.io/.*\]")
"""What every new object has."""
_NOISE: Final = re.compile(
    r"metadata\.annotations(\[(pulumi\.com/.*|kubectl\.kubernetes\.io/last-applied-configuration"
    r"|deployment\.kubernetes\.io/revision)\])?"
)
"""Annotations for the tools only. The second repeats the whole object, and of a Secret what is in it."""
_METADATA: Final = re.compile(r"(spec\.template\.)?metadata\.(labels|annotations)[.\[].*")
_BY_MACHINES: Final = re.compile(
    r".*\[([\w.-]*\.)?(kubernetes\.io|k8s\.io|gke\.io|google\.com|googleapis\.com|pulumi\.com)/.*\]"
)
"""Labels and annotations by which parts of Kubernetes, of Google and of Pulumi remember things."""
_BY_PEOPLE: Final = re.compile(r".*\[(kubectl\.kubernetes\.io/restartedAt|pod-security\.kubernetes\.io/.*)\]")
"""Those among them that somebody sets."""
_MADE_UP: Final = "-…"
"""Stands for the end of a name that Pulumi made up."""
_NEW: Final = " (new)"
_ORDER: Final = " (order)"
"""Ends the path of the order in which such items are: it may matter, as that of containers that run one by one."""
_STEPS: Final = re.compile(r'\["([^"]*)"\]|\[(\d+)\]|([^.\[\]"]+)')
"""The parts of a path as providers write it."""
_NAMED: Final = ("name", "key", "containerPort", "port", "mountPath")
"""By which of its parts an item of a list is known, so that another order or number of items is no change of each."""


@dataclass(frozen=True)
class _Sealed:
    """A secret of which only this is known, to compare it."""

    digest: str


@dataclass(frozen=True, kw_only=True)
class ResourceState:
    """A resource as it is, or as it will be."""

    urn: str
    type: str
    inputs: Properties
    protected: bool = False
    """Whether Pulumi refuses to delete or replace it."""
    retained: bool = False
    """Whether the object outlives its deletion from the stack."""
    outputs: Properties = field(default_factory=dict[str, Any])
    """What was seen of it."""

    @property
    def logical_name(self) -> str:
        """Its name in the program."""
        return self.urn.rpartition("::")[2]

    @property
    def given_name(self) -> str:
        """The object's own name, or if it has none its name in the program."""
        name = _map(self.inputs.get("metadata", self.inputs)).get("name")
        return name if isinstance(name, str) and name != UNKNOWN else self.logical_name

    @property
    def is_auto_named(self) -> bool:
        """Whether Pulumi made a part of the name up."""
        annotations = _map(_map(self.inputs.get("metadata")).get("annotations"))
        return annotations.get("pulumi.com/autonamed") == "true" or "name" in self.inputs.get("__defaults", ())

    @property
    def shown_name(self) -> str:
        """The object's own name, without what is made up."""
        return self.logical_name if self.is_auto_named else self.given_name


def read(state: Mapping[str, Any]) -> ResourceState:
    """Returns a state of the engine's events, its secrets and unknown values replaced."""
    written: Properties = state.get("inputs") or {}
    inputs = cast("dict[str, Any]", _plain(written.get(SEALED, written)))
    if "stringData" in inputs:  # a Secret, which the cluster gives back with `data`
        inputs["data"] = inputs.pop("stringData")
    if state["type"] == "kubernetes:core/v1:Secret" and "data" in inputs:
        # Whether or not the program remembers that these are secrets.
        is_sealed = all(isinstance(value, _Sealed) for value in _map(inputs["data"]).values())
        inputs["data"] = inputs["data"] if is_sealed and isinstance(inputs["data"], Mapping | _Sealed) else SECRET
    return ResourceState(
        urn=state["urn"],
        type=state["type"],
        inputs=inputs,
        protected=bool(state.get("protect")),
        retained=bool(state.get("retainOnDelete")),
        outputs=cast("dict[str, Any]", _plain(state.get("outputs") or {})),
    )


def made_up_names(olds: Iterable[ResourceState], news: Iterable[ResourceState]) -> dict[str, str]:
    """Returns how to show each name that Pulumi made up. Of one that replaces another it is told that it is new."""
    before = {state.urn: state.given_name for state in olds if state.is_auto_named}
    shown = {state.given_name: f"{state.logical_name}{_MADE_UP}" for state in olds if state.is_auto_named}
    for state in news:
        if state.is_auto_named and state.given_name not in shown:
            new = _NEW if state.urn in before else ""
            shown[state.given_name] = f"{state.logical_name}{_MADE_UP}{new}"
    return shown


def is_made_up(value: object) -> bool:
    """Whether the value is such a name, as it is shown."""
    return isinstance(value, str) and value.removesuffix(_NEW).endswith(_MADE_UP)


def changes(old: Properties, new: Properties, names: Mapping[str, str]) -> tuple[Change, ...]:
    """Returns how two sets of inputs differ.

    Args:
        old: The inputs as they are; empty for a new resource.
        new: The inputs as they will be; empty for one that goes.
        names: How to show names that Pulumi made up.
    """
    before, after = _leaves(renamed(old, names)), _leaves(renamed(new, names))
    is_change = bool(old and new)
    for path in {**before, **after}:
        if path.endswith(_ORDER):
            _forget_order_of_others(before, after, path)
    return tuple(
        Change(path=path, old=_shown(before.get(path)), new=_shown(after.get(path)))
        for path in sorted({**before, **after}, key=_natural)
        if before.get(path) != after.get(path)
        and not _NOISE.fullmatch(path)
        and (is_change or not _OF_NO_INTEREST.fullmatch(path))
        and not (path in {"metadata.name", "name"} and after.get(path) in names.values())
    )


def _forget_order_of_others(before: dict[str, object], after: dict[str, object], path: str) -> None:
    """Keep of two orders of a list only that of what is in both: that something comes or goes is told elsewhere."""
    old, new = (cast("list[str]", leaves.pop(path, [])) for leaves in (before, after))
    before_both, after_both = [label for label in old if label in new], [label for label in new if label in old]
    if before_both != after_both:
        before[path], after[path] = ", ".join(before_both), ", ".join(after_both)


def secret_changes(old: Properties, new: Properties, differing: Iterable[str]) -> tuple[Change, ...]:
    """Returns secrets that are in both sets of inputs and differ, which the inputs themselves do not say.

    Args:
        old: The inputs as they are.
        new: The inputs as they will be.
        differing: Where the provider says that they differ: `spec.containers[0].env`, `data["a.b"]`.
    """
    found: dict[str, Change] = {}
    for place in differing:
        steps = [quoted or number or word for quoted, number, word in _STEPS.findall(place)]
        path, value = _at(new, steps)
        if _has_secret(value) and _has_secret(_at(old, steps)[1]):
            found[path] = Change(path=path, old=SECRET, new=SECRET)
    return tuple(found[path] for path in sorted(found, key=_natural))


def _at(inputs: Properties, steps: Sequence[str]) -> tuple[str, object]:
    """The path of a place and what is there, or where the secret begins that it is in."""
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
    return SECRET if isinstance(value, _Sealed) else value


def manual_changes(known: ResourceState, there: ResourceState) -> tuple[Change, ...]:
    """Returns labels and annotations that are there otherwise than the stack knew, beside those that it sets."""
    before, after = _leaves(known.outputs), _leaves(there.outputs)
    own = {**_leaves(known.inputs), **_leaves(there.inputs)}
    return tuple(
        Change(path=path, old=_shown(before.get(path)), new=_shown(after.get(path)))
        for path in sorted({**before, **after}, key=_natural)
        if before.get(path) != after.get(path)
        and path not in own
        and _METADATA.fullmatch(path)
        and (_BY_PEOPLE.fullmatch(path) or not _BY_MACHINES.fullmatch(path))
    )


def exported(old: Properties, new: Properties, names: Mapping[str, str]) -> tuple[Change, ...]:
    """Returns how two sets of a stack's exports differ. What is not known yet is no difference."""
    return tuple(change for change in changes(_plain(old), _plain(new), names) if change.new != UNKNOWN)


def _map(value: object) -> Properties:
    return cast("Properties", value) if isinstance(value, Mapping) else {}


def _plain(value: Any) -> Any:  # noqa: ANN401 any JSON value
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value)
        if _MARK in items:
            return SECRET
        if SEALED in items and isinstance(items[SEALED], str):
            return _Sealed(items[SEALED])
        return {key: _plain(item) for key, item in items.items() if key != "__provider"}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    return UNKNOWN if isinstance(value, str) and value in _UNKNOWN_MARKS else value


def renamed(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 any JSON value
    """Returns a JSON value with names that Pulumi made up as they are shown."""
    if isinstance(value, Mapping):
        return {key: renamed(item, names) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in cast("list[Any]", value)]
    return names.get(value, value) if isinstance(value, str) else value


def _leaves(value: object, path: str = "") -> dict[str, object]:
    """The values by their paths; an empty list or map is a value."""
    if isinstance(value, Mapping) and value:
        items = cast("Mapping[str, object]", value)
        named = {_below(path, key): item for key, item in items.items() if key not in _OF_THE_ENGINE}
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
    """Sorts `[10]` behind `[9]`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path)]


def diff_json(change: Change) -> tuple[Change, ...]:
    """Returns what is different in a JSON file of a ConfigMap, by paths in the file; nothing if it is none."""
    contents: list[Properties] = []
    for text in (change.old, change.new):
        try:
            content: object = json.loads(text) if isinstance(text, str) else {}
        except ValueError:
            return ()
        if not isinstance(content, dict):
            return ()
        contents.append(cast("Properties", content))
    return changes(contents[0], contents[1], {})
