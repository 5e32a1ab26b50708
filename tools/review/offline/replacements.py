"""What cannot be changed in place, for a comparison without the providers, which know it best.

Kubernetes' part is what its API refuses, and what Pulumi replaces for that reason. Google's part is of the objects that
hold something, and a test holds it to the table by which the tests' stand-in for Google decides.
"""

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from typing import Final

from tools.review.log.model import Change

_PLACE: Final = r"name|project|location|region|zone"
_KUBERNETES: Final = {
    "StatefulSet": r"spec\.(selector|serviceName|podManagementPolicy|volumeClaimTemplates|revisionHistoryLimit)",
    "Deployment": r"spec\.selector",
    "PersistentVolumeClaim": r"spec\.(accessModes|storageClassName|volumeName|volumeMode|selector|dataSource)",
    "RoleBinding": r"roleRef",
    "ClusterRoleBinding": r"roleRef",
}
GOOGLE: Final[Mapping[str, tuple[str, ...]]] = {
    "gcp:container/cluster:Cluster": (
        "network",
        "subnetwork",
        "enableAutopilot",
        "datapathProvider",
        "ipAllocationPolicy.clusterSecondaryRangeName",
        "ipAllocationPolicy.servicesSecondaryRangeName",
        "privateClusterConfig.enablePrivateNodes",
        "privateClusterConfig.masterIpv4CidrBlock",
    ),
    "gcp:container/nodePool:NodePool": (
        "cluster",
        "nodeConfig.spot",
        "nodeConfig.guestAccelerators",
        "nodeConfig.serviceAccount",
    ),
    "gcp:compute/network:Network": (),
    "gcp:compute/router:Router": (),
    "gcp:compute/routerNat:RouterNat": (),
    "gcp:compute/subnetwork:Subnetwork": ("ipCidrRange", "network"),
    "gcp:compute/address:Address": ("addressType", "subnetwork", "networkTier"),
    "gcp:compute/globalAddress:GlobalAddress": ("addressType",),
    "gcp:sql/databaseInstance:DatabaseInstance": ("encryptionKeyName",),
    "gcp:sql/database:Database": ("instance",),
    "gcp:artifactregistry/repository:Repository": ("repositoryId", "format"),
    "gcp:certificatemanager/certificate:Certificate": ("managed",),
    "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": ("map", "hostname"),
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": ("domain",),
    "gcp:dns/managedZone:ManagedZone": ("dnsName", "visibility"),
    "gcp:dns/recordSet:RecordSet": ("managedZone", "type"),
}
"""By type, the inputs that Google cannot change, beside name and place."""


def replaces(type_: str, changes: Iterable[Change]) -> bool:
    """Returns whether these changes of a resource take a new one."""
    if type_.startswith("kubernetes:"):
        own = _KUBERNETES.get(type_.rpartition(":")[2])
        pattern = "|".join([r"metadata\.(name|namespace)", *([own] if own else [])])
    elif type_ in GOOGLE:
        pattern = "|".join([_PLACE, *map(re.escape, GOOGLE[type_])])
    else:
        return False
    return any(re.fullmatch(rf"({pattern})\b.*", change.path) and not _grows(change) for change in changes)


def _grows(change: Change) -> bool:
    """Whether it is a range of addresses that the old one is in: those may grow."""
    if change.path != "ipCidrRange":
        return False
    try:
        return IPv4Network(str(change.old)).subnet_of(IPv4Network(str(change.new)))
    except ValueError:
        return False
