"""Parts of a notebook pod that the stack's settings grant to its user: environment, shared memory, scratch and folders.

They are in the JSON form of Kubernetes' API. The guard adds them to the pod, and accepts nothing else of their kinds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kubespawner.slugs import safe_slug

from hub import folders
from hub.contract import PERSON_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubernetes_asyncio.client import V1Pod
    from kubespawner import KubeSpawner

    from hub.contract import HubConfig

    Part = dict[str, Any]

_FIELD: Final = re.compile(rf"\{{({'|'.join(PERSON_FIELDS)})\}}")
_LONGEST_NAME: Final = 48
"""Length of a user's name in names of objects and paths, as in KubeSpawner. Longer names get a hash."""


@dataclass(frozen=True, kw_only=True)
class Grants:
    """The parts of one pod."""

    env: list[Part] = field(default_factory=list["Part"])
    volumes: list[Part] = field(default_factory=list["Part"])
    mounts: list[Part] = field(default_factory=list["Part"])
    annotations: dict[str, str] = field(default_factory=dict[str, str])

    def add_to(self, pod: V1Pod) -> None:
        """Add the parts to a pod. A variable that it has already, from `hub.extraConfig`, stays."""
        (container, *_) = pod.spec.containers
        own = container.env or []
        known = {variable.name for variable in own}
        container.env = [*own, *(variable for variable in self.env if variable["name"] not in known)]
        container.volume_mounts = [*(container.volume_mounts or []), *self.mounts]
        pod.spec.volumes = [*(pod.spec.volumes or []), *self.volumes]
        if self.annotations:
            pod.metadata.annotations = {**(pod.metadata.annotations or {}), **self.annotations}

    def without(self, manifest: Part) -> Part:
        """Return a pod's manifest without the parts; what is left is the pod of a hub without these settings."""
        spec = manifest["spec"]
        containers = [
            {**container, "env": _left(container, "env", self.env), "volumeMounts": self._left_mounts(container)}
            for container in spec["containers"]
        ]
        return {
            **manifest,
            "spec": {**spec, "containers": containers, "volumes": _left(spec, "volumes", self.volumes)},
        }

    def _left_mounts(self, container: Part) -> list[Part]:
        return _left(container, "volumeMounts", self.mounts)


def of(spawner: KubeSpawner, config: HubConfig) -> Grants:
    """Return the grants of a spawner's user. Nothing that the user sends has an influence on them."""
    user = spawner.user
    values = {
        "username": safe_slug(user.name, max_length=_LONGEST_NAME),
        "unescaped_username": user.name,
        "servername": safe_slug(spawner.name, max_length=_LONGEST_NAME) if spawner.name else "",
    }
    volumes, mounts, annotations = folders.of(user, values["username"], config)
    return Grants(env=_environment(values, config), volumes=volumes, mounts=mounts, annotations=annotations)


def _environment(values: Mapping[str, str], config: HubConfig) -> list[Part]:
    # Kubernetes expands `$(NAME)`, if NAME comes before: a setting may use it, a user's name must not.
    shown = {name: value.replace("$", "$$") for name, value in values.items()}
    secret = [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": of.secret, "key": of.key}}}
        for name, of in config.secret_environment.items()
    ]
    plain = [
        {"name": name, "value": _FIELD.sub(lambda match: shown[match[1]], value)}
        for name, value in config.environment.items()
    ]
    return [*secret, *plain]


def _left(owner: Part, name: str, granted: list[Part]) -> list[Part]:
    return [part for part in owner.get(name) or [] if part not in granted]
