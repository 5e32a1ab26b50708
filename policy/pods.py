"""Containers of a resource, whatever kind of workload it is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

Properties = Mapping[str, Any]

_PATHS: Final = {
    "Pod": (),
    "PodTemplate": ("template",),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(
        ("DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"), ("spec", "template")
    ),
}
"""Path from a kind's properties to those of its pods."""
_KINDS: Final = re.compile(rf"kubernetes:(core|apps|batch)/\w+:({'|'.join(_PATHS)})")


def containers(type_: str, props: Properties) -> Iterator[Properties]:
    """Return all containers of the pods that a resource makes, init and ephemeral containers included.

    Args:
        type_: Pulumi's type token, such as `kubernetes:apps/v1:Deployment`.
        props: The resource's properties.
    """
    found = _KINDS.fullmatch(type_)
    if found is None:
        return
    for step in _PATHS[found[2]]:
        props = as_map(props.get(step))
    for part in ("initContainers", "containers", "ephemeralContainers"):
        yield from cast("Sequence[Properties]", as_map(props.get("spec")).get(part) or ())


def as_map(value: object) -> Properties:
    """Return `value` if it is a mapping, else an empty one."""
    return cast("Properties", value) if isinstance(value, Mapping) else {}
