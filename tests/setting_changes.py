"""What a change of each setting may replace: for the tests of each layer. The same list stands in docs/gke.md."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from settings import SettingsError, parse
from settings.keys import KEYS, PROJECT, SECRETS
from tests.unit.components.stacks import GATEWAY, GKE

_L4 = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4", "max": 4}
BASE: Mapping[str, object] = {**GKE, **GATEWAY, "nodes.gpu": [_L4]}
"""The stack before the change."""
_EVERYTHING = yaml.safe_load((Path(__file__).parent / "configs" / "everything.good.yaml").read_text())["config"]

_ZONE = {"name": "example-com", "domain": "example.com"}
_NAME = {"Certificate", "CertificateMapEntry", "DnsAuthorization", "RecordSet"}
ON_GKE: Mapping[str, tuple[Mapping[str, object], set[str]]] = {
    "cluster.name": ({"cluster.name": "other"}, {"Cluster", "Account"}),
    "cluster.location": ({"cluster.location": "europe-west4"}, {"Cluster", "Router", "RouterNat", "Subnetwork"}),
    "cluster.releaseChannel": ({"cluster.releaseChannel": "stable"}, set()),
    "cluster.authorizedNetworks": ({"cluster.authorizedNetworks": ["198.51.100.0/24"]}, set()),
    "cluster.maintenanceStart": ({"cluster.maintenanceStart": "05:00"}, set()),
    "network.nodeRange": ({"network.nodeRange": "10.1.0.0/20"}, {"Subnetwork"}),
    # In place for the provider; Google refuses it as long as the cluster uses the ranges.
    "network.podRange": ({"network.podRange": "10.12.0.0/14"}, set()),
    "network.serviceRange": ({"network.serviceRange": "10.9.0.0/20"}, set()),
    "network.controlPlaneRange": ({"network.controlPlaneRange": "172.16.1.0/28"}, {"Cluster"}),
    "nodes.core": ({"nodes.core": {"machineType": "e2-standard-4", "min": 2, "max": 5, "diskGb": 80}}, set()),
    "nodes.user": ({"nodes.user": {"machineType": "e2-standard-4", "min": 3, "max": 5, "diskGb": 80}}, set()),
    "nodes.gpu": ({"nodes.gpu": [{**_L4, "spot": True}]}, {"NodePool"}),
    "endpoint.hostname": ({"endpoint.hostname": "lab.example.org"}, _NAME),
    "endpoint.dnsZone": ({"endpoint.hostname": "hub.example.com", "endpoint.dnsZone": _ZONE}, _NAME),
    "endpoint.securityPolicy": ({"endpoint.securityPolicy": "policy"}, set()),
    "identity.hubServiceAccount": (
        {"identity.hubServiceAccount": "jupyterhub@my-project-123.iam.gserviceaccount.com"},
        set(),
    ),
    "identity.notebookServiceAccount": (
        {"identity.notebookServiceAccount": "notebooks@my-project-123.iam.gserviceaccount.com"},
        set(),
    ),
    "registry.create": ({"registry.create": True}, set()),
    "images.repository": ({"images.repository": "registry.example.org/hub"}, set()),
    "publicUrl": ({"publicUrl": "https://hub.example.org:8443"}, set()),
}
"""By setting, a change of it, and the kinds of which a resource is replaced."""
ELSEWHERE = {
    "gcp.project": "another project is another stack",
    "cluster.mode": "another mode is another stack",
    "cluster.autopilot": "another kind of cluster, below",
    "endpoint.type": "below",
    "endpoint.address": "for load balancers, below",
    "endpoint.internal": "for load balancers, below",
    "endpoint.sourceRanges": "for load balancers, below",
    "kubernetes.context": "not on GKE",
    "database.type": "tests/e2e/test_postgres.py",
    "database.url": "goes with database.type",
    "name": "below",
    "namespace": "below",
}
"""Settings that are not looked at that way, and why."""
ORDINARY = sorted(set(KEYS) - set(ON_GKE) - set(ELSEWHERE) - SECRETS)
"""All others: they replace nothing of Google's."""

_FITTING: Mapping[str, Mapping[str, object]] = {
    "auth.type": {"auth.type": "dummy", "auth.allowAnyoneFromTheInternet": True},
    "notebook.additionalResources": {"notebook.additionalResources": {"nvidia.com/gpu": 1, "example.org/fpga": 1}},
}
"""Values that fit this stack, where those of everything.good.yaml do not."""

DISKS = {"hub.storage": {"PersistentVolumeClaim"}}
"""Another storage class is another disk; another size grows the one there is."""

TAKES_ALONG: Mapping[str, set[str]] = {
    "cluster.name": {"NodePool", "IAMMember"},
    "cluster.location": {"NodePool"},
    "network.nodeRange": {"Cluster", "NodePool"},
    "network.controlPlaneRange": {"NodePool"},
}
"""By setting, what goes too because it belongs to what is replaced, or is named after it. Only the engine knows."""

_CERTIFICATE = {"Certificate", "CertificateMap", "CertificateMapEntry", "DnsAuthorization", "RecordSet"}
ANOTHER_SHAPE: Mapping[str, tuple[Mapping[str, object], set[str]]] = {
    # The node pools go with it, which Pulumi shows to people and leaves out of its JSON.
    "cluster.autopilot": ({"cluster.autopilot": True, "nodes.gpu": []}, {"Cluster"}),
    # The Service is the API of Certificate Manager, which stays enabled.
    "endpoint.type": ({"endpoint.type": "load-balancer"}, {"GlobalAddress", "Service", *_CERTIFICATE}),
    "name": ({"name": "other"}, {"GlobalAddress", *_CERTIFICATE}),
    "namespace": ({"namespace": "other"}, set()),
}
"""Changes after which there are other resources: those that are replaced, or gone. Only the engine knows."""

LOAD_BALANCER: Mapping[str, tuple[Mapping[str, object], set[str]]] = {
    "endpoint.internal": ({"endpoint.internal": True}, {"Address"}),
    "endpoint.address": ({"endpoint.address": "203.0.113.77"}, {"Address"}),
}
"""Changes of a stack with a load balancer in place of the gateway, and what they replace or take away."""


def ordinary(key: str) -> Mapping[str, object]:
    """A change of a setting of `ORDINARY`."""
    return _FITTING.get(key) or {key: _EVERYTHING[f"{PROJECT}:{key}"]}


def harmless(base: Mapping[str, object]) -> list[dict[str, object]]:
    """The changes that replace nothing of Google's and no volume, in as few stacks as they go together in.

    What replaces nothing together replaces nothing alone.

    Args:
        base: The values that are to be changed, by key.
    """
    rows = (*ON_GKE.items(), *ANOTHER_SHAPE.items())
    changes = [values for key, (values, replaced) in rows if not replaced and key != "namespace"]
    changes += [ordinary(key) for key in ORDINARY if key not in {*DISKS, "protect"}]
    changes.append({"protect": not base.get("protect", True)})
    together: list[dict[str, object]] = []
    for change in changes:
        fitting = (one for one in together if not one.keys() & change.keys() and _fits({**base, **one, **change}))
        if (one := next(fitting, None)) is None:
            assert _fits({**base, **change}), change
            together.append(dict(change))
        else:
            one.update(change)
    return together


def _fits(values: Mapping[str, object]) -> bool:
    try:
        parse(values, encrypted=SECRETS)
    except SettingsError:
        return False
    return True
