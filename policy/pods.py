"""The pods that a resource makes, whatever kind of workload it is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

Properties = Mapping[str, Any]

_WAYS: Final = {
    "Pod": (),
    "PodTemplate": ("template",),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(
        ("DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"), ("spec", "template")
    ),
}
"""From a kind's properties to those of its pods."""
_KINDS: Final = re.compile(rf"kubernetes:(core|apps|batch)/\w+:({'|'.join(_WAYS)})")


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod, or the template of pods."""

    metadata: Properties
    spec: Properties

    @property
    def containers(self) -> Iterator[Properties]:
        """All of its containers: those that run first, and those that somebody adds to look into it, too."""
        for part in ("initContainers", "containers", "ephemeralContainers"):
            yield from cast("Sequence[Properties]", self.spec.get(part) or ())


def of(type_: str, props: Properties) -> Iterator[Pod]:
    """Returns the pod that a resource makes, if it makes some.

    Args:
        type_: Pulumi's, such as `kubernetes:apps/v1:Deployment`.
        props: The resource's properties.
    """
    found = _KINDS.fullmatch(type_)
    if found is None:
        return
    for step in _WAYS[found[2]]:
        props = as_map(props.get(step))
    yield Pod(metadata=as_map(props.get("metadata")), spec=as_map(props.get("spec")))


def as_map(value: object) -> Properties:
    """Returns the properties that stand here; none if there are none."""
    return cast("Properties", value) if isinstance(value, Mapping) else {}
