"""Effects of a change of each setting on a running stack, as docs/settings.md states them.

`tests/unit/tools/schema/test_effects.py` changes each setting under the recording monitor and holds that these are the
effects.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The effect of a change of one setting."""

    restarts: AbstractSet[str] = frozenset()
    """`hub`, `proxy`, or both: their pods are replaced."""
    replaces: AbstractSet[str] = frozenset()
    """Kinds of which a resource is replaced or deleted: those of Google Cloud, and those that hold people's work."""
    updates: AbstractSet[str] = frozenset()
    """Other kinds of which a resource changes. Kubernetes objects that hold no work count here even if they are
    replaced."""
    note: str = ""
    """What the resources do not show."""

    @property
    def text(self) -> str:
        """The effect in words."""
        restarts = {1: f"the {''.join(self.restarts)}", 2: "hub and proxy"}.get(len(self.restarts), "")
        parts = {
            "Restarts": restarts,
            "Replaces": ", ".join(sorted(self.replaces)),
            "Updates": ", ".join(sorted(self.updates)),
        }
        sentences = [f"{verb} {things}." for verb, things in parts.items() if things]
        return " ".join([*sentences, self.note]).strip() or "Restarts nothing."


HUB: Final = Effect(restarts={"hub"})
"""Effect of a change of each setting that `EFFECTS` does not list."""
ANOTHER_STACK: Final = Effect(note="Do not change it: create another stack.")
"""Effect of a change that would leave nothing of the stack as it is."""
_NOTHING: Final = Effect()
_PROXY: Final = Effect(restarts={"proxy"})
_CLUSTER: Final = Effect(updates={"Cluster"})
_BACKEND: Final = Effect(updates={"GCPBackendPolicy"})
_BACKUP: Final = Effect(updates={"BackupPlan"})
_ACCOUNT: Final = Effect(
    updates={"NetworkPolicy", "ServiceAccount"}, note="The policies only if there was none: the metadata server opens."
)
_BINDING: Final = Effect(updates={"ClusterRoleBinding"})
_POOL: Final = Effect(updates={"NodePool"})
_POLICIES: Final = Effect(updates={"NetworkPolicy"}, note="It applies to running pods at once.")
_MORE_ZONES: Final = Effect(
    updates={"NodePool", "StorageClass"}, note="Nothing moves, and the preview refuses the removal of a zone."
)
_OTHER_POOL: Final = Effect(replaces={"NodePool"})
_IN_USE: Final = Effect(updates={"Subnetwork"}, note="Google refuses the change while the cluster uses the range.")
_INSTANCE: Final = Effect(updates={"DatabaseInstance"}, note="Cloud SQL restarts the instance.")
_CERTIFICATE: Final = Effect(
    restarts={"hub"},
    replaces={"Certificate", "CertificateMapEntry", "DnsAuthorization", "RecordSet"},
    updates={"Gateway", "HTTPRoute"},
)

EFFECTS: Final[Mapping[str, Effect]] = {
    "name": ANOTHER_STACK,
    "namespace": ANOTHER_STACK,
    "protect": _CLUSTER,
    "gcp.project": ANOTHER_STACK,
    "cluster.mode": ANOTHER_STACK,
    "cluster.name": Effect(replaces={"Account", "Cluster", "IAMMember", "NodePool", "RepositoryIamMember"}),
    "cluster.location": ANOTHER_STACK,
    "cluster.autopilot": Effect(restarts={"hub", "proxy"}, replaces={"Cluster", "NodePool"}, updates={"StorageClass"}),
    "cluster.releaseChannel": _CLUSTER,
    "cluster.controlPlaneEndpoint": Effect(
        updates={"Cluster", "ClusterIdentity"},
        note="First enable the other endpoint: [GKE](gke.md#endpoint-of-the-control-plane).",
    ),
    "cluster.authorizedNetworks": _CLUSTER,
    "cluster.maintenanceStart": _CLUSTER,
    "cluster.maintenanceDays": _CLUSTER,
    "cluster.maintenanceHours": _CLUSTER,
    "cluster.maintenanceExclusions": _CLUSTER,
    "network.policies": Effect(note="Adds or removes the NetworkPolicies. Running notebooks lose other connections."),
    "network.privateRanges": _POLICIES,
    "network.nodeRange": Effect(replaces={"Cluster", "NodePool", "Subnetwork"}, note="The range may grow in place."),
    "network.podRange": _IN_USE,
    "network.serviceRange": _IN_USE,
    "network.controlPlaneRange": Effect(replaces={"Cluster", "NodePool"}),
    "nodes.zones": _MORE_ZONES,
    "nodes.core": _POOL,
    "nodes.core.spot": _OTHER_POOL,
    "nodes.user": _POOL,
    "nodes.user.spot": _OTHER_POOL,
    "nodes.gpu": _OTHER_POOL,
    "nodes.gpu.machineType": _POOL,
    "nodes.gpu.min": _POOL,
    "nodes.gpu.max": _POOL,
    "nodes.gpu.diskGb": _POOL,
    "nodes.podPidsLimit": _POOL,
    "nodes.imageStreaming": _POOL,
    "kubernetes.context": ANOTHER_STACK,
    "identity.hubServiceAccount": _ACCOUNT,
    "identity.notebookServiceAccount": _ACCOUNT,
    "registry.create": _NOTHING,
    "registry.remotes": Effect(
        restarts={"hub"},
        updates={"NodePool"},
        note="The first and the last one recreate the nodes for notebooks, and end the notebooks on them.",
    ),
    "clusterAdmin.user": _BINDING,
    "clusterAdmin.bindingName": _BINDING,
    "clusterAdmin.enabled": _NOTHING,
    "endpoint.type": Effect(
        restarts={"hub", "proxy"},
        replaces={"Address"},
        updates={"NetworkPolicy", "Service"},
        note="The hub gets another IP address.",
    ),
    "endpoint.address": Effect(restarts={"hub"}, replaces={"Address"}, updates={"Service"}),
    "endpoint.hostname": _CERTIFICATE,
    "endpoint.sourceRanges": Effect(updates={"GCPBackendPolicy"}, note="With a load balancer: updates Service."),
    "endpoint.internal": Effect(replaces={"Address"}, updates={"Service"}),
    "endpoint.dnsZone": Effect(replaces={"RecordSet"}),
    "endpoint.securityPolicy": _BACKEND,
    "endpoint.tlsSecret": _PROXY,
    "endpoint.tlsCertificate": _PROXY,
    "endpoint.tlsKey": _PROXY,
    "endpoint.certManager": Effect(
        updates={"Certificate"}, note="With a load balancer, the proxy has the new one soon."
    ),
    "endpoint.ingressClass": Effect(updates={"Ingress"}),
    "endpoint.gateway": Effect(updates={"HTTPRoute"}),
    "endpoint.annotations": Effect(updates={"Service"}, note="Or the Ingress, or the HTTPRoute."),
    "endpoint.loadBalancerClass": Effect(
        updates={"Service"}, note="The Service is replaced, and gets another address."
    ),
    "endpoint.nodePort": Effect(updates={"Service"}),
    "images.repository": Effect(restarts={"hub", "proxy"}, replaces={"RepositoryIamMember"}),
    "hub.storage": Effect(
        updates={"PersistentVolumeClaim", *_MORE_ZONES.updates},
        note="Node pools and StorageClass only to `regional`: the nodes get more zones.",
    ),
    "hub.keepDatabase": _NOTHING,
    "hub.baseUrl": Effect(
        restarts={"hub", "proxy"},
        note="All URLs change: running servers have to be started again, and the callback URL registered again.",
    ),
    "hub.packages": _NOTHING,
    "hub.services": Effect(
        restarts={"hub"}, updates={"NetworkPolicy"}, note="The policies only with another url or namespace."
    ),
    "hub.pod.disruptionBudget": _NOTHING,
    "hub.egress": _POLICIES,
    "hub.ingress": _POLICIES,
    "database.type": Effect(
        restarts={"hub"}, replaces={"Address", "Database", "DatabaseInstance", "ForwardingRule", "User"}
    ),
    "database.tier": _INSTANCE,
    "database.highAvailability": Effect(
        updates={"DatabaseInstance", *_MORE_ZONES.updates},
        note="Cloud SQL restarts the instance. The nodes get more zones.",
    ),
    "backup.days": Effect(
        updates={"BackupPlan"},
        note="The first value also updates Cluster. Without a value, the plan and its backups stay in Google Cloud.",
    ),
    "backup.start": _BACKUP,
    "backup.paused": _BACKUP,
    "monitoring.metrics": Effect(
        restarts={"hub"},
        updates={"Cluster", "NetworkPolicy"},
        note="The cluster only to or from `managed-prometheus`. Scrape objects and alerts are added or removed.",
    ),
    "monitoring.namespace": _POLICIES,
    "monitoring.labels": Effect(updates={"PodMonitor", "PrometheusRule"}),
    "monitoring.alerts": _NOTHING,
    "monitoring.logs": Effect(restarts={"hub", "proxy"}, note="Connections are interrupted for some seconds."),
    "pages.announcement": Effect(note="Pages show it within two minutes."),
    "pages.terms": Effect(restarts={"hub"}, note="Everybody accepts the new terms before the next start of a server."),
    "proxy.image": _PROXY,
    "proxy.resources": _PROXY,
    "proxy.pod": _PROXY,
    "proxy.pod.disruptionBudget": _NOTHING,
    "notebook.accelerator": Effect(restarts={"hub"}, updates={"StorageClass"}),
    "proxy.egress": _POLICIES,
    "notebook.internet": _POLICIES,
    "notebook.egress": _POLICIES,
    "notebook.prepull": Effect(note="With `notebook.quota`: updates ResourceQuota."),
    "notebook.spare": Effect(
        note="With `hours`: restarts the hub, and updates Role. The first entry updates ResourceQuota, if there is one."
    ),
    "notebook.quota": Effect(updates={"ResourceQuota"}),
    "notebook.keepHomes": Effect(restarts={"hub"}, updates={"Role"}),
    "notebook.storage": Effect(
        restarts={"hub"}, updates={"NodePool"}, note="The node pools only to `regional`: they get more zones."
    ),
    "notebook.storage.disk": Effect(
        restarts={"hub"}, updates={"Cluster"}, note="The cluster only to or from `filestore`."
    ),
    "notebook.secretEnvironment": Effect(
        restarts={"hub"}, note="Another value of a variable restarts nothing: servers that start afterwards have it."
    ),
    "notebook.scratch": Effect(restarts={"hub"}, note="On GKE, `disk` adds a StorageClass."),
    "notebook.folders": Effect(
        restarts={"hub"},
        note="`protect` refuses the removal of a folder with `storage`. `filestore` and `bucket` update Cluster.",
    ),
    "secrets.proxyTokenGeneration": Effect(
        restarts={"hub", "proxy"}, note="Connections are interrupted for some seconds."
    ),
    "secrets.databasePasswordGeneration": Effect(restarts={"hub"}, updates={"User"}),
    "iap.clientId": _BACKEND,
    "iap.clientSecret": _BACKEND,
    "iap.members": Effect(replaces={"WebTypeComputeIamMember"}),
    "auth.type": Effect(
        restarts={"hub", "proxy"}, updates={"GCPBackendPolicy"}, note="The proxy only to or from `iap`."
    ),
}
"""Effects by key, and by part of a key (`nodes.core.spot`) that has another effect than the whole."""


def effect_of(key: str) -> Effect:
    """Return the effect of a change of a key, or of a part of one."""
    return EFFECTS.get(key, HUB)
