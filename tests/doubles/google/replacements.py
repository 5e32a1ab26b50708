"""What changed between two sets of inputs, and which changes Google can only make by a new resource.

The table follows `ForceNew` in the schemas of terraform-provider-google, which pulumi-gcp bridges, as far as this
project uses the types: google/services/container/resource_container_cluster.go, node_config.go,
resource_container_node_pool.go; compute/resource_compute_*.go; sql/resource_sql_database_instance.go.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import zip_longest
from typing import Any, Literal, cast

from tests.doubles.google.wire import UNKNOWN, Properties, bare

EVERYWHERE = {"name", "project", "location", "region", "zone"}
"""They are what the resource is called and where it is: Google moves and renames nothing of what is listed below."""

_NODE_CONFIG = {
    "spot": "how a virtual machine is billed is fixed when it is made",
    "preemptible": "how a virtual machine is billed is fixed when it is made",
    "guestAccelerators": "accelerators belong to the pool's instance template",
    "serviceAccount": "belongs to the pool's instance template",
    "oauthScopes": "belong to the pool's instance template",
    "shieldedInstanceConfig": "belongs to the pool's instance template",
    "metadata": "belongs to the pool's instance template",
    "minCpuPlatform": "belongs to the pool's instance template",
    "localSsdCount": "disks of the instance template",
    "ephemeralStorageLocalSsdConfig": "disks of the instance template",
    "localNvmeSsdBlockConfig": "disks of the instance template",
    "secondaryBootDisks": "disks of the instance template",
    "bootDiskKmsKey": "disks are encrypted once",
    "enableConfidentialStorage": "disks are encrypted once",
    "confidentialNodes": "belongs to the pool's instance template",
    "advancedMachineFeatures": "belongs to the pool's instance template",
    "hostMaintenancePolicy": "belongs to the pool's instance template",
    "gvnic": "the network interface of the instance template",
    "reservationAffinity": "belongs to the pool's instance template",
    "soleTenantConfig": "where the nodes run",
    "nodeGroup": "where the nodes run",
    # In place, by a rolling update of the pool: machineType, diskSizeGb, diskType, imageType, labels, taints, tags.
}
_OF_NODES = {f"nodeConfig.{path}": reason for path, reason in _NODE_CONFIG.items()}
_ADDRESS: dict[str, str] = dict.fromkeys(
    ("address", "addressType", "description", "ipVersion", "network", "prefixLength", "purpose"),
    "an address is never changed, only its labels",
)

FORCED: dict[str, dict[str, str]] = {
    "gcp:container/cluster:Cluster": {
        "network": "a cluster stays in its network",
        "subnetwork": "a cluster stays in its network",
        "networkingMode": "routes or alias addresses, for the cluster's life",
        "clusterIpv4Cidr": "the range of pods is for the cluster's life",
        "ipAllocationPolicy.clusterIpv4CidrBlock": "the range of pods is for the cluster's life",
        "ipAllocationPolicy.clusterSecondaryRangeName": "the range of pods is for the cluster's life",
        "ipAllocationPolicy.podCidrOverprovisionConfig": "the range of pods is for the cluster's life",
        "ipAllocationPolicy.servicesIpv4CidrBlock": "the range of Services is for the cluster's life",
        "ipAllocationPolicy.servicesSecondaryRangeName": "the range of Services is for the cluster's life",
        # In place: ipAllocationPolicy.stackType and further ranges.
        "privateClusterConfig.enablePrivateNodes": "nodes keep their addresses",
        "privateClusterConfig.masterIpv4CidrBlock": "the control plane's range is for the cluster's life",
        "privateClusterConfig.privateEndpointSubnetwork": "the control plane's range is for the cluster's life",
        "masterAuth.clientCertificateConfig": "issued once",
        "enableAutopilot": "a cluster is of one mode for its life",
        "description": "the API has no call to change it",
        "datapathProvider": "the data plane is built with the cluster",
        "defaultMaxPodsPerNode": "fixes the nodes' pod ranges",
        "initialNodeCount": "only read when the cluster is made",
        "confidentialNodes": "for the cluster's life",
        "enableKubernetesAlpha": "for the cluster's life",
        "nodePools": "pools within a cluster are not managed singly",
        **_OF_NODES,
    },
    "gcp:container/nodePool:NodePool": {
        "cluster": "a pool belongs to one cluster",
        "initialNodeCount": "only read when the pool is made",
        "maxPodsPerNode": "fixes the pool's pod range",
        "placementPolicy": "belongs to the pool's instance template",
        "queuedProvisioning": "how nodes are obtained is fixed when the pool is made",
        **_OF_NODES,
    },
    "gcp:compute/network:Network": {
        "autoCreateSubnetworks": "the API has no call to change it",
        "description": "the API has no call to change it",
    },
    "gcp:compute/subnetwork:Subnetwork": {
        "ipCidrRange": "a range can grow, and nothing else",
        "network": "a subnetwork belongs to one network",
        "description": "the API has no call to change it",
    },
    # In place: what it denies, and to whom.
    "gcp:compute/firewall:Firewall": {"network": "a rule belongs to one network", "direction": "fixed when it is made"},
    "gcp:compute/address:Address": {
        **_ADDRESS,
        "subnetwork": "an address is never changed, only its labels",
        "networkTier": "an address is never changed, only its labels",
    },
    "gcp:compute/globalAddress:GlobalAddress": _ADDRESS,
    # In place: the rules and the description of a policy.
    "gcp:compute/securityPolicy:SecurityPolicy": {"type": "fixed when it is made"},
    "gcp:compute/forwardingRule:ForwardingRule": {
        **dict.fromkeys(
            ("ipAddress", "ipProtocol", "loadBalancingScheme", "network", "subnetwork", "noAutomateDnsZone"),
            "the API has calls to change labels and target alone",
        ),
        # In place: target, by a call of its own.
    },
    "gcp:sql/databaseInstance:DatabaseInstance": {
        # A newer databaseVersion is an upgrade in place.
        "encryptionKeyName": "the disk is encrypted once",
        "settings.collation": "fixed when it is made",
    },
    "gcp:sql/database:Database": {"instance": "a database belongs to one instance"},
    "gcp:sql/user:User": {"instance": "a user belongs to one instance", "host": "a part of the user's name"},
    "gcp:serviceaccount/account:Account": {"accountId": "its name"},
    "gcp:artifactregistry/repository:Repository": {"repositoryId": "its name", "format": "fixed when it is made"},
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": {"repository": "a grant is on one repository"},
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": {"domain": "what it is for", "type": "what it is"},
    "gcp:certificatemanager/certificate:Certificate": {"managed": "a certificate is for its domains", "scope": "fixed"},
    "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": {
        "map": "an entry belongs to one map",
        "hostname": "what the entry is for",
        "matcher": "what the entry is for",
    },
    "gcp:dns/managedZone:ManagedZone": {"dnsName": "what the zone is for", "visibility": "fixed when it is made"},
    "gcp:dns/recordSet:RecordSet": {"managedZone": "a record belongs to one zone", "type": "a part of its name"},
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": {"workloadIdentityPoolId": "its name"},
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": {
        "workloadIdentityPoolId": "a provider belongs to one pool",
        "workloadIdentityPoolProviderId": "its name",
    },
    "gcp:projects/iAMCustomRole:IAMCustomRole": {"roleId": "its name"},
    "gcp:kms/cryptoKey:CryptoKey": {"keyRing": "a key belongs to one ring", "purpose": "fixed when it is made"},
    "gcp:secretmanager/secret:Secret": {"secretId": "its name", "replication": "fixed when it is made"},
    "gcp:servicenetworking/connection:Connection": {"network": "what it connects", "service": "what it connects"},
    "gcp:projects/service:Service": {"service": "what it is"},
}
"""By type: the inputs that force a replacement, each with all that is in it, and why."""

_IAM_MEMBER = ("role", "member", "condition")


def _grew(old: object, new: object) -> bool:
    return isinstance(old, str) and isinstance(new, str) and IPv4Network(old).subnet_of(IPv4Network(new))


_EXCEPT: dict[tuple[str, str], Callable[[object, object], bool]] = {
    ("gcp:compute/subnetwork:Subnetwork", "ipCidrRange"): _grew,
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One input that is not as it was."""

    path: str
    kind: Literal["ADD", "DELETE", "UPDATE"]
    replaces: bool
    """Whether it takes a new resource."""


def changes(token: str, olds: Properties, news: Properties) -> list[Change]:
    """What changed, down to single values, in the order of the inputs' names."""
    return [
        Change(path=path, kind=_kind(old, new), replaces=_replaces(token, path, old, new))
        for path, old, new in _differences(bare(olds), bare(news), "")
    ]


def _replaces(token: str, path: str, old: object, new: object) -> bool:
    plain = re.sub(r"\[\d+\]", "", path)
    forced = {*EVERYWHERE, *FORCED.get(token, {}), *(_IAM_MEMBER if token.lower().endswith("iammember") else ())}
    if not any(plain == name or plain.startswith(f"{name}.") for name in forced):
        return False
    harmless = _EXCEPT.get((token, plain))
    return not (harmless and UNKNOWN not in {old, new} and harmless(old, new))


def _kind(old: object, new: object) -> Literal["ADD", "DELETE", "UPDATE"]:
    return "ADD" if old is None else "DELETE" if new is None else "UPDATE"


def _differences(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 any JSON values
    if old == new:
        return
    # To the Terraform provider, what is not set is the same as false, zero and empty: so these end here.
    if isinstance(old or {}, dict) and isinstance(new or {}, dict):
        before, after = cast("Properties", old or {}), cast("Properties", new or {})
        for name in sorted({*before, *after}):
            if not name.startswith("__"):
                yield from _differences(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif isinstance(old or [], list) and isinstance(new or [], list):
        pairs = zip_longest(cast("list[Any]", old or []), cast("list[Any]", new or []))
        for index, (first, second) in enumerate(pairs):
            yield from _differences(first, second, f"{path}[{index}]")
    else:
        yield path, old, new
