"""Parts of a notebook pod that only the stack's settings decide on: environment, shared memory, scratch and folders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kubernetes_asyncio.client import V1EnvVar, V1Volume, V1VolumeMount
from kubespawner.slugs import safe_slug
from kubespawner.utils import get_k8s_model

from hub import folders
from hub.contract import PERSON_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubernetes_asyncio.client import V1Pod
    from kubespawner import KubeSpawner

    from hub.contract import HubConfig
    from hub.contract_choices import Choice

_FIELD: Final = re.compile(rf"\{{({'|'.join(PERSON_FIELDS)})\}}")
_LONGEST_NAME: Final = 48
"""Length of a user's name in names of objects and paths, as in KubeSpawner. Longer names get a hash."""


def add_to(pod: V1Pod, spawner: KubeSpawner, config: HubConfig, *, choice: Choice | None = None) -> None:
    """Add the parts for a spawner's user to a pod that is checked: before, it has only its home and plain variables.

    Nothing that a user sends has an influence on them. A variable that the pod has already, from `hub.extraConfig`,
    stays. Those of the choice replace those of all servers.
    """
    values = {
        "username": safe_slug(spawner.user.name, max_length=_LONGEST_NAME),
        "unescaped_username": spawner.user.name,
        "servername": safe_slug(spawner.name, max_length=_LONGEST_NAME) if spawner.name else "",
    }
    (container,) = pod.spec.containers
    known = {variable.name for variable in container.env or []}
    added = [variable for variable in _environment(values, config, choice) if variable["name"] not in known]
    volumes, mounts, annotations = folders.of(
        spawner.user, values["username"], config, only=choice.folders if choice else None
    )
    container.env = [*(container.env or []), *(get_k8s_model(V1EnvVar, part) for part in added)]
    container.volume_mounts = [
        *(container.volume_mounts or []),
        *(get_k8s_model(V1VolumeMount, part) for part in mounts),
    ]
    pod.spec.volumes = [*(pod.spec.volumes or []), *(get_k8s_model(V1Volume, part) for part in volumes)]
    if annotations:
        pod.metadata.annotations = {**(pod.metadata.annotations or {}), **annotations}


def _environment(values: Mapping[str, str], config: HubConfig, choice: Choice | None) -> list[dict[str, Any]]:
    """Return the variables in the JSON form of Kubernetes' API, the secret ones first."""
    # Kubernetes expands `$(NAME)`, if NAME comes before: a setting may use it, a user's name must not.
    shown = {name: value.replace("$", "$$") for name, value in values.items()}
    secret = [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": of.secret, "key": of.key}}}
        for name, of in config.secret_environment.items()
    ]
    texts = {**config.environment, **(choice.environment if choice else {})}
    plain = [{"name": name, "value": _FIELD.sub(lambda match: shown[match[1]], value)} for name, value in texts.items()]
    return [*(one for one in secret if one["name"] not in texts), *plain]
