"""What is known about a running hub: objects of the Kubernetes API, the hub's log, and its site."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from components.dynamic.pods import Condition, Metadata, Part, Pod
from settings import Settings

_STARTING_SECONDS: Final = 120
"""Time after which a pod that does not start or end, or a claim without a volume, counts as stuck."""


class _Value(Part):
    value: str = ""


class _Conditions(Part):
    conditions: tuple[Condition, ...] = ()
    addresses: tuple[_Value, ...] = ()


class Conditioned(Part):
    """An object that says how it is in conditions: a node, a Gateway, a Certificate of cert-manager."""

    metadata: Metadata
    status: _Conditions = _Conditions()

    def unmet(self, *kinds: str) -> tuple[str, ...]:
        """Return the conditions of these kinds that are not true, with reason and message."""
        conditions = (one for one in self.status.conditions if one.type in kinds and one.status != "True")
        return tuple(f"{one.type}: {one.reason}: {one.message}" for one in conditions)


class _Of(Part):
    kind: str = ""
    name: str = ""


class Event(Part):
    """An event."""

    involved_object: _Of = _Of()
    type: str = "Normal"
    reason: str = ""
    message: str = ""
    last_timestamp: datetime | None = None
    event_time: datetime | None = None

    @property
    def at(self) -> datetime | None:
        """The time of its last occurrence."""
        return self.last_timestamp or self.event_time


class _ClaimSpec(Part):
    storage_class_name: str | None = None


class _Phase(Part):
    phase: str = ""


class Claim(Part):
    """A PersistentVolumeClaim."""

    metadata: Metadata
    spec: _ClaimSpec = _ClaimSpec()
    status: _Phase = _Phase()


class _QuotaStatus(Part):
    hard: Mapping[str, str] = {}
    used: Mapping[str, str] = {}


class Quota(Part):
    """A ResourceQuota."""

    metadata: Metadata
    status: _QuotaStatus = _QuotaStatus()


class Ingress(Part):
    """An address of a load balancer."""

    ip: str | None = None
    hostname: str | None = None


class _Balancer(Part):
    ingress: tuple[Ingress, ...] = ()


class _Balanced(Part):
    load_balancer: _Balancer = _Balancer()


class _ServiceSpec(Part):
    type: str = "ClusterIP"


class Service(Part):
    """A Service, or an Ingress, whose status has the same form."""

    metadata: Metadata
    spec: _ServiceSpec = _ServiceSpec()
    status: _Balanced = _Balanced()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Addresses or host names of its load balancer."""
        return tuple(address for one in self.status.load_balancer.ingress if (address := one.ip or one.hostname))


class _Readiness(Part):
    ready: bool = True


class _Endpoint(Part):
    conditions: _Readiness = _Readiness()


class Slice(Part):
    """An EndpointSlice of a Service."""

    metadata: Metadata
    endpoints: tuple[_Endpoint, ...] = ()


class _Replicas(Part):
    replicas: int = 0


class _WorkloadStatus(Part):
    ready_replicas: int = 0
    update_revision: str = ""
    conditions: tuple[Condition, ...] = ()


class Workload(Part):
    """A StatefulSet, a Deployment or a DaemonSet."""

    metadata: Metadata
    spec: _Replicas = _Replicas()
    status: _WorkloadStatus = _WorkloadStatus()


class _ClaimRef(Part):
    name: str = ""
    namespace: str = ""


class _VolumeStats(Part):
    used_bytes: int | None = None
    capacity_bytes: int | None = None
    pvc_ref: _ClaimRef | None = None


class _PodStats(Part):
    volume: tuple[_VolumeStats, ...] = ()


class Stats(Part):
    """What a kubelet has measured."""

    pods: tuple[_PodStats, ...] = ()

    def of_claims(self, namespace: str) -> dict[str, "Usage"]:
        """Return how full the volumes of a namespace are, by the name of the claim."""
        return {
            volume.pvc_ref.name: Usage(used=volume.used_bytes, capacity=volume.capacity_bytes)
            for pod in self.pods
            for volume in pod.volume
            if volume.pvc_ref and volume.pvc_ref.namespace == namespace
            if volume.used_bytes is not None and volume.capacity_bytes
        }


class Named(Part):
    """An object of which only the name counts, such as a NetworkPolicy."""

    metadata: Metadata


@dataclass(frozen=True, kw_only=True)
class Usage:
    """How full a volume is, in bytes."""

    used: int
    capacity: int


@dataclass(frozen=True, kw_only=True)
class Site:
    """The hub's public URL, as seen from this machine."""

    url: str
    """The URL, with the path of the hub."""
    host: str
    """Its host: a name or an IP address."""
    addresses: tuple[str, ...] = ()
    """IP addresses of the host, by DNS."""
    lookup_error: str | None = None
    """Why DNS has no address."""
    certificate: str | None = None
    """The certificate that is served, PEM; None with http, or if there is no connection."""
    verify_error: str | None = None
    """Why a program on this machine does not accept it."""
    status: int | None = None
    """HTTP status of `/hub/health`."""
    error: str | None = None
    """Why there was no answer."""
    version: str | None = None
    """Version of JupyterHub that answers; None = something else answers, or nothing."""
    text: str = ""
    """The health, if the hub tells it."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that is known. A list is empty if it could not be read; then `unread` has the reason."""

    settings: Settings
    """The stack file."""
    now: datetime
    """The time of the observation."""
    unread: Mapping[str, str] = field(default_factory=dict[str, str])
    """What could not be read, by the name of the field, and why."""
    namespace: Named | None = None
    """The hub's namespace; None = it does not exist."""
    nodes: tuple[Conditioned, ...] = ()
    pods: tuple[Pod, ...] = ()
    """Pods of hub and proxy."""
    notebook_pods: tuple[Pod, ...] = ()
    """Pods in the notebooks' namespace."""
    stateful_sets: tuple[Workload, ...] = ()
    deployments: tuple[Workload, ...] = ()
    services: tuple[Service, ...] = ()
    slices: tuple[Slice, ...] = ()
    ingresses: tuple[Service, ...] = ()
    claims: tuple[Claim, ...] = ()
    """Claims of both namespaces; so are the following."""
    quotas: tuple[Quota, ...] = ()
    events: tuple[Event, ...] = ()
    policies: tuple[Named, ...] = ()
    plugins: tuple[Named, ...] = ()
    """DaemonSets of the namespace kube-system, which has the network plugins of most clusters."""
    classes: tuple[Named, ...] = ()
    """StorageClasses."""
    usage: Mapping[str, Usage] = field(default_factory=dict[str, Usage])
    """How full the volumes of the hub's pod are, by the name of the claim."""
    log: tuple[str, ...] = ()
    """Last lines of the hub's log."""
    previous_log: tuple[str, ...] = ()
    """Last lines of its container before the last restart."""
    hub_files: Mapping[str, str] = field(default_factory=dict[str, str])
    """The ConfigMap that the hub's pod has loaded; empty = it is not known."""
    gateway: Conditioned | None = None
    """The Gateway of the stack, with `endpoint.type: gateway`."""
    route: Mapping[str, Any] | None = None
    """The HTTPRoute, with `endpoint.type: http-route`."""
    issued: Conditioned | None = None
    """The Certificate of cert-manager, with `endpoint.certManager`."""
    secret_certificate: str | None = None
    """The certificate in the Secret of `endpoint.tlsSecret`, PEM."""
    site: Site | None = None
    """The hub's URL; None = it has none, or it is not known."""

    @property
    def hub_pod(self) -> Pod | None:
        """The hub's pod."""
        return next((pod for pod in self.pods if pod.name == f"{self.settings.name}-0"), None)

    @property
    def hub_set(self) -> Workload | None:
        """The hub's StatefulSet."""
        return next((one for one in self.stateful_sets if one.metadata.name == self.settings.name), None)

    @property
    def serves(self) -> bool:
        """Whether hub and proxy are ready, as far as it is known."""
        ready = {pod.metadata.component for pod in self.pods if pod.ready}
        return "pods" in self.unread or {"hub", "proxy"} <= ready

    @property
    def public_addresses(self) -> tuple[str, ...]:
        """Addresses at which the cluster serves the hub, as far as it says so."""
        name, endpoint = self.settings.name, self.settings.endpoint
        if endpoint.type == "gateway":
            return tuple(one.value for one in (self.gateway.status.addresses if self.gateway else ()))
        if endpoint.type == "ingress":
            return next((one.addresses for one in self.ingresses if one.metadata.name == name), ())
        return next((one.addresses for one in self.services if one.metadata.name == f"{name}-lb"), ())

    def is_long_ago(self, time: datetime | None) -> bool:
        """Return whether something has had the time to start or to end since then; also if the time is not known."""
        return time is None or (self.now - time).total_seconds() > _STARTING_SECONDS

    def events_of(self, kind: str, name: str) -> tuple[str, ...]:
        """Return the latest warnings about an object, each message once, the newest last."""
        warnings = [
            one
            for one in self.events
            if one.type == "Warning" and one.involved_object.kind == kind and one.involved_object.name == name
        ]
        warnings.sort(key=lambda one: one.at.timestamp() if one.at else 0)
        return tuple(dict.fromkeys(f"{one.reason}: {' '.join(one.message.split())}" for one in warnings))[-3:]
