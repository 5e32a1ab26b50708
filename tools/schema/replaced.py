"""The resources that a change of each setting replaces or removes.

Only those of Google Cloud and those that hold people's work. `tests/unit/components/test_replacements.py` checks it.
"""

from collections.abc import Mapping
from typing import Final

_CERTIFICATE: Final = frozenset({"Certificate", "CertificateMapEntry", "DnsAuthorization", "RecordSet"})
_CLUSTER: Final = frozenset({"Cluster", "NodePool"})

REPLACED: Final[Mapping[str, frozenset[str]]] = {
    "cluster.name": _CLUSTER | {"Account", "IAMMember", "RepositoryIamMember"},
    "cluster.location": _CLUSTER | {"Router", "RouterNat", "Subnetwork"},
    "cluster.autopilot": _CLUSTER,
    "network.nodeRange": _CLUSTER | {"Subnetwork"},
    "network.controlPlaneRange": _CLUSTER,
    "nodes.gpu": frozenset({"NodePool"}),
    "images.repository": frozenset({"RepositoryIamMember"}),
    "endpoint.hostname": _CERTIFICATE,
    "endpoint.dnsZone": _CERTIFICATE,
    "endpoint.internal": frozenset({"Address"}),
    "endpoint.address": frozenset({"Address"}),
}
"""Kinds of resources by key. A key that is not here replaces nothing of these kinds."""

NOTES: Final[Mapping[str, str]] = {
    "name": "Another name is another hub, with a new volume and address.",
    "namespace": "Another namespace is another hub, with a new volume.",
    "gcp.project": "Do not change it: create another stack.",
    "cluster.mode": "Do not change it: create another stack.",
    "endpoint.type": "Another type replaces the address, and removes a gateway's certificate.",
    "network.podRange": "Google refuses a change while the cluster uses the range.",
    "network.serviceRange": "Google refuses a change while the cluster uses the range.",
    "database.type": "Another type removes the Cloud SQL instance.",
    "database.tier": "A change restarts the instance.",
    "database.highAvailability": "A change restarts the instance.",
}
"""Other effects of a change, by key."""
