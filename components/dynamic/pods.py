"""Pods as the API server describes them, and why they do not run: for the wait for the hub, and for `make doctor`."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

_STARTING: Final = {None, "ContainerCreating", "PodInitializing", "CrashLoopBackOff"}
"""Reasons of waiting containers that may still start. After `CrashLoopBackOff`, the last exit is the reason."""


class Part(BaseModel):
    """A part of an object of the Kubernetes API, with the fields that are used."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        """Take null for absent, as Kubernetes does: empty lists are often null."""
        if not isinstance(value, Mapping):
            return value
        fields = cast("Mapping[str, object]", value)
        return {key: part for key, part in fields.items() if part is not None}


class Metadata(Part):
    """Metadata of an object."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}
    generation: int = 0
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None

    @property
    def component(self) -> str | None:
        """Its part of the hub, such as `proxy`."""
        return self.labels.get("app.kubernetes.io/component")


class Condition(Part):
    """A condition of a pod, a node or another object."""

    type: str
    status: str
    reason: str = ""
    message: str = ""


class Ended(Part):
    """The end of a container."""

    exit_code: int = 0
    reason: str = ""
    finished_at: datetime | None = None


class Waiting(Part):
    """The reason why a container does not run."""

    reason: str | None = None
    message: str | None = None


class State(Part):
    """A state of a container; a running one has neither part."""

    waiting: Waiting | None = None
    terminated: Ended | None = None


class Container(Part):
    """The status of a container."""

    name: str
    image: str = ""
    ready: bool = False
    restart_count: int = 0
    state: State = State()
    last_state: State = State()

    @property
    def ended(self) -> Ended | None:
        """Its last end; None if it never ended."""
        return self.state.terminated or self.last_state.terminated

    @property
    def stuck(self) -> Waiting | None:
        """The reason why it cannot start, such as an image that cannot be pulled; None if it may still start."""
        waiting = self.state.waiting
        return None if waiting is None or waiting.reason in _STARTING else waiting


class _Named(Part):
    name: str = ""


class _SecretSource(Part):
    secret_name: str = ""


class _ClaimSource(Part):
    claim_name: str = ""


class Volume(Part):
    """A volume of a pod."""

    name: str
    config_map: _Named | None = None
    secret: _SecretSource | None = None
    persistent_volume_claim: _ClaimSource | None = None


class _ContainerSpec(Part):
    name: str
    image: str = ""


class PodSpec(Part):
    """The spec of a pod."""

    node_name: str | None = None
    containers: tuple[_ContainerSpec, ...] = ()
    volumes: tuple[Volume, ...] = ()


class PodStatus(Part):
    """The status of a pod."""

    phase: str = ""
    reason: str = ""
    message: str = ""
    conditions: tuple[Condition, ...] = ()
    init_container_statuses: tuple[Container, ...] = ()
    container_statuses: tuple[Container, ...] = ()


class Pod(Part):
    """A pod."""

    metadata: Metadata = Metadata()
    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()

    @property
    def name(self) -> str:
        """Its name."""
        return self.metadata.name

    @property
    def ready(self) -> bool:
        """Whether it is ready."""
        return any(one.type == "Ready" and one.status == "True" for one in self.status.conditions)

    @property
    def container(self) -> Container | None:
        """Its first container, which is the only one of hub and proxy; None before a node has it."""
        return next(iter(self.status.container_statuses), None)

    @property
    def unscheduled(self) -> str | None:
        """The scheduler's message if no node takes the pod."""
        unfit = (one for one in self.status.conditions if one.type == "PodScheduled" and one.status == "False")
        return next((one.message for one in unfit), None)

    @property
    def lost_claim(self) -> str | None:
        """The scheduler's message if the pod waits for a claim that does not exist, which nothing will change."""
        message = self.unscheduled
        return message if message and re.search(r"persistentvolumeclaim .* not found", message) else None


def parsed(pod: object) -> Pod:
    """Return a pod of the Kubernetes client, a `V1Pod`."""
    from kubernetes.client.api_client import ApiClient  # noqa: PLC0415 slow to load, and previews do not need it

    content: Any = ApiClient().sanitize_for_serialization(pod)
    return Pod.model_validate(content)
