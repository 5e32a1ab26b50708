"""Model of an allowed notebook pod: an allowlist of fields and values.

Anything else is refused: other containers, host paths, host namespaces, Secrets, privileges, tokens, and fields that
future versions add. The model implies the `restricted` Pod Security Standard.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from hub import quantity

_Amount = Annotated[Decimal, BeforeValidator(lambda value: quantity.parse(str(value)))]
_NotRoot = Annotated[int, Field(gt=0)]
_Nothing = Annotated[list[object] | dict[str, object], Field(max_length=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class SeccompProfile(_Part):
    """System calls are filtered."""

    type: Literal["RuntimeDefault"]


class Capabilities(_Part):
    """None is left, and none can be added."""

    drop: tuple[Literal["ALL"]]


class PodSecurityContext(_Part):
    """Security of the whole pod."""

    run_as_non_root: Literal[True]
    seccomp_profile: SeccompProfile
    fs_group: _NotRoot
    fs_group_change_policy: str = "Always"


class SecurityContext(_Part):
    """Security of the container."""

    run_as_non_root: Literal[True]
    run_as_user: _NotRoot
    run_as_group: _NotRoot
    allow_privilege_escalation: Literal[False]
    capabilities: Capabilities
    seccomp_profile: SeccompProfile


class EnvVar(_Part):
    """A plain value: nothing is read from Secrets or ConfigMaps."""

    name: str
    value: str = ""


class Port(_Part):
    """A port of the pod, never of the machine."""

    name: str
    container_port: int


class Resources(_Part):
    """Amounts by name of the resource: CPUs, bytes or pieces."""

    requests: dict[str, _Amount]
    limits: dict[str, _Amount]


class VolumeMount(_Part):
    """Where a volume appears."""

    name: str
    mount_path: str


class Container(_Part):
    """The notebook server."""

    name: Literal["notebook"]
    image: str
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    args: list[str]
    env: list[EnvVar]
    ports: list[Port]
    resources: Resources
    security_context: SecurityContext
    volume_mounts: list[VolumeMount]
    lifecycle: _Nothing = []
    # The last lines of the log are shown to the user whose server does not start.
    termination_message_policy: Literal["File", "FallbackToLogsOnError"] = "File"


class PersistentVolumeClaim(_Part):
    """A claim in the same namespace."""

    claim_name: str


class Volume(_Part):
    """A persistent volume."""

    name: str
    persistent_volume_claim: PersistentVolumeClaim


class LocalObjectReference(_Part):
    """A Secret in the same namespace."""

    name: str


class Spec(_Part):
    """One container, without access to Kubernetes' API."""

    automount_service_account_token: Literal[False]
    service_account_name: str
    containers: Annotated[list[Container], Field(min_length=1, max_length=1)]
    security_context: PodSecurityContext
    volumes: list[Volume]
    restart_policy: str
    # Where the pod runs is the operator's to say, in hub.extraConfig. No choice of people comes here.
    node_selector: dict[str, str] = {}
    tolerations: list[dict[str, object]] = []
    affinity: dict[str, object] = {}
    priority_class_name: str = ""
    image_pull_secrets: list[LocalObjectReference] = []


class OwnerReference(_Part):
    """The object with which the pod goes."""

    api_version: Literal["v1"]
    kind: Literal["ServiceAccount"]
    name: str
    uid: str
    block_owner_deletion: Literal[False]


class Metadata(_Part):
    """Name, labels and owner."""

    name: str
    labels: dict[str, str]
    annotations: dict[str, str]
    owner_references: Annotated[list[OwnerReference], Field(min_length=1, max_length=1)]


class Pod(_Part):
    """A notebook's pod, as it is sent to Kubernetes."""

    api_version: Literal["v1"]
    kind: Literal["Pod"]
    metadata: Metadata
    spec: Spec
