"""Changes of each setting, and the resources that they replace. docs/changes.md has the same list."""

from collections.abc import Mapping
from typing import cast

from settings import SettingsError, parse
from settings.reading.keys import KEYS, PROJECT, SECRETS
from settings.reading.stack_file import read_config
from tests.corpus import FILES
from tests.stacks import GATEWAY, GKE, IAP

_L4 = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4", "max": 4}
_ADA = {"name": "a", "googleServiceAccount": "a-data@my-project-123.iam.gserviceaccount.com", "users": ["ada"]}
BEFORE: Mapping[str, object] = {**GKE, **GATEWAY, "nodes.gpu": [_L4]}
"""The settings before a change."""
_EVERYTHING = read_config(FILES / "everything.good.yaml")

_ZONE = {"name": "example-com", "domain": "example.com"}
_NAME = {"Certificate", "CertificateMapEntry", "DnsAuthorization", "RecordSet"}
ON_GKE: Mapping[str, tuple[Mapping[str, object], set[str]]] = {
    "cluster.name": ({"cluster.name": "other"}, {"Cluster", "Account"}),
    "cluster.location": ({"cluster.location": "europe-west4"}, {"Cluster", "Router", "RouterNat", "Subnetwork"}),
    "cluster.releaseChannel": ({"cluster.releaseChannel": "stable"}, set()),
    "cluster.authorizedNetworks": ({"cluster.authorizedNetworks": ["198.51.100.0/24"]}, set()),
    "cluster.maintenanceStart": ({"cluster.maintenanceStart": "05:00"}, set()),
    "network.nodeRange": ({"network.nodeRange": "10.1.0.0/20"}, {"Subnetwork"}),
    # In place for the provider; Google refuses it while the cluster uses the ranges.
    "network.podRange": ({"network.podRange": "10.12.0.0/14"}, set()),
    "network.serviceRange": ({"network.serviceRange": "10.9.0.0/20"}, set()),
    "network.controlPlaneRange": ({"network.controlPlaneRange": "172.16.1.0/28"}, {"Cluster"}),
    "nodes.core": ({"nodes.core": {"machineType": "e2-standard-4", "min": 2, "max": 5, "diskGb": 80}}, set()),
    "nodes.user": ({"nodes.user": {"machineType": "e2-standard-4", "min": 3, "max": 5, "diskGb": 80}}, set()),
    "nodes.gpu": ({"nodes.gpu": [{**_L4, "spot": True}]}, {"NodePool"}),
    "endpoint.hostname": ({"endpoint.hostname": "lab.example.org"}, _NAME),
    "endpoint.dnsZone": ({"endpoint.hostname": "hub.example.com", "endpoint.dnsZone": _ZONE}, _NAME),
    "endpoint.securityPolicy": ({"endpoint.securityPolicy": "policy"}, set()),
    "endpoint.sourceRanges": ({"endpoint.sourceRanges": ["203.0.113.0/24"]}, set()),
    "iap.clientId": (IAP, set()),
    "iap.members": ({**IAP, "iap.members": ["group:physics@example.org"]}, set()),
    "iap.backendService": ({**IAP, "iap.backendService": "1234567890123456789"}, set()),
    "identity.hubServiceAccount": (
        {"identity.hubServiceAccount": "jupyterhub@my-project-123.iam.gserviceaccount.com"},
        set(),
    ),
    "identity.notebookServiceAccount": (
        {"identity.notebookServiceAccount": "notebooks@my-project-123.iam.gserviceaccount.com"},
        set(),
    ),
    "identity.notebooks": ({"identity.notebooks": [_ADA]}, set()),
    "hub.storage": ({"hub.storage": {"size": "10Gi", "disk": "pd-ssd", "regional": True}}, set()),
    "notebook.storage": ({"notebook.storage": {"size": "10Gi", "disk": "pd-ssd", "regional": True}}, set()),
    "registry.create": ({"registry.create": True}, set()),
    "images.repository": ({"images.repository": f"{GKE['images.repository']}-2"}, {"RepositoryIamMember"}),
    "publicUrl": ({"publicUrl": "https://hub.example.org:8443"}, set()),
}
"""By setting: a change, and the kinds of the replaced resources."""
ELSEWHERE = {
    "gcp.project": "another project is another stack",
    "cluster.mode": "another mode is another stack",
    "cluster.autopilot": "another kind of cluster, below",
    "notebook.accelerator": "goes with cluster.autopilot, below",
    "endpoint.type": "below",
    "endpoint.address": "for load balancers, below",
    "endpoint.internal": "for load balancers, below",
    "endpoint.tlsSecret": "for load balancers, below",
    "endpoint.tlsCertificate": "for load balancers, with endpoint.tlsKey",
    "kubernetes.context": "not on GKE",
    "database.type": "below, and tests/e2e/test_postgres.py",
    "database.url": "goes with database.type",
    "database.tier": "with Cloud SQL, below",
    "database.highAvailability": "with Cloud SQL, below",
    "secrets.databasePasswordGeneration": "with Cloud SQL, below",
    "name": "below",
    "namespace": "below",
}
"""Settings with their own tests in tests/unit/components/test_replacements.py, and the reason."""
ORDINARY = sorted(set(KEYS) - set(ON_GKE) - set(ELSEWHERE) - SECRETS)
"""The other settings: they replace nothing that holds data."""
_FITTING: Mapping[str, Mapping[str, object]] = {
    "auth.type": {"auth.type": "dummy", "auth.allowAnyoneFromTheInternet": True},
    "notebook.additionalResources": {"notebook.additionalResources": {"nvidia.com/gpu": 1, "example.org/fpga": 1}},
}
"""Values for this stack, if those of everything.good.yaml are invalid in it."""

TAKES_ALONG: Mapping[str, set[str]] = {
    "cluster.name": {"NodePool", "IAMMember", "RepositoryIamMember"},
    "cluster.location": {"NodePool"},
    "network.nodeRange": {"Cluster", "NodePool"},
    "network.controlPlaneRange": {"NodePool"},
}
"""By setting, the kinds of dependents that the engine replaces too."""

_CERTIFICATE = {"Certificate", "CertificateMap", "CertificateMapEntry", "DnsAuthorization", "RecordSet"}
_AUTOPILOT: Mapping[str, object] = {"cluster.autopilot": True, "nodes.gpu": [], "notebook.additionalResources": {}}
ANOTHER_SHAPE: Mapping[str, tuple[Mapping[str, object], set[str]]] = {
    # Its node pools are deleted with it, which the JSON of the preview omits.
    "cluster.autopilot": (_AUTOPILOT, {"Cluster"}),
    # The Service is the API of Certificate Manager, which stays enabled.
    "endpoint.type": ({"endpoint.type": "load-balancer"}, {"GlobalAddress", "Service", *_CERTIFICATE}),
    # A firewall rule, an API and the driver are added; nothing is deleted.
    "notebook.storage": ({"notebook.storage": {"size": "20Gi", "disk": "filestore"}}, set()),
    "name": ({"name": "other"}, {"GlobalAddress", *_CERTIFICATE}),
    "namespace": ({"namespace": "other"}, set()),
}
"""Changes that add or remove resources: the kinds of replaced or deleted Google Cloud resources."""

LOAD_BALANCER: Mapping[str, tuple[Mapping[str, object], set[str]]] = {
    "endpoint.internal": ({"endpoint.internal": True}, {"Address"}),
    "endpoint.address": ({"endpoint.address": "203.0.113.77"}, {"Address"}),
}
"""Changes of a stack with a load balancer in place of the gateway, and the replaced kinds."""


def table() -> Mapping[str, tuple[Mapping[str, object], set[str]]]:
    """Return, by setting, a change of `BEFORE` and the kinds of Google Cloud resources that it replaces."""
    return {**{key: (ordinary(key), set[str]()) for key in ORDINARY}, **ON_GKE}


def ordinary(key: str) -> Mapping[str, object]:
    """Return a change of `BEFORE` in a setting that replaces nothing."""
    return _FITTING.get(key) or {key: _EVERYTHING[f"{PROJECT}:{key}"]}


def harmless(base: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the changes that replace no Google Cloud resource and are valid in a stack, merged into few changes.

    A merged change that replaces nothing shows that its parts replace nothing.

    Args:
        base: The values of the stack, by key.
    """
    changes = [values for key, (values, replaced) in table().items() if not replaced and key != "protect"]
    changes.append({"protect": not base.get("protect", True)})
    together: list[dict[str, object]] = []
    for change in changes:
        fitting = (one for one in together if not one.keys() & change.keys() and _fits({**base, **one, **change}))
        if (one := next(fitting, None)) is not None:
            one.update(change)
        elif _fits({**base, **change}):
            together.append(dict(change))
    return together


def _fits(values: Mapping[str, object]) -> bool:
    try:
        parse(values, encrypted=SECRETS)
    except SettingsError:
        return False
    return True


def changed(config: Mapping[str, object], *changes: Mapping[str, object]) -> dict[str, object]:
    """Return a stack's config with changes, by key. Secrets get an existing encrypted value."""
    result = dict(config)
    sealed = next(value for value in config.values() if is_sealed(value))
    for change in changes:
        result |= {f"{PROJECT}:{key}": sealed if value and key in SECRETS else value for key, value in change.items()}
    return result


def is_sealed(value: object) -> bool:
    """Return whether a value of a stack file is encrypted."""
    return isinstance(value, dict) and "secure" in cast("dict[str, object]", value)
