"""Inputs that cannot change in place: a change of one replaces the resource.

The only table of these facts. The offline comparison reads it, and so do the tests' stand-in for the Google provider
and the tests of "what does a change of this setting replace?".

Google's part follows `ForceNew` in the schemas of terraform-provider-google, which pulumi-gcp bridges, for the types
that this project uses: google/services/container/resource_container_cluster.go, node_config.go,
resource_container_node_pool.go; compute/resource_compute_*.go (of a forwarding rule's target, in its CustomizeDiff);
sql/resource_sql_database_instance.go.
Kubernetes' part is what its API refuses to change, and what pulumi-kubernetes replaces for that reason.
"""

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from typing import Final

from tools.review.log.model import Change

EVERYWHERE: Final[Mapping[str, frozenset[str]]] = {
    "gcp": frozenset({"name", "project", "location", "region", "zone"}),
    "kubernetes": frozenset({"metadata.name", "metadata.namespace"}),
}
"""By provider, such inputs of every type: Google and Kubernetes rename and move nothing."""

# Fixed by the instance template of a pool. In place, by a rolling update: machineType, diskSizeGb, diskType, imageType,
# labels, taints, tags.
_NODE_CONFIG: Final = frozenset(
    f"nodeConfig.{name}"
    for name in (
        *("spot", "preemptible", "guestAccelerators", "serviceAccount", "oauthScopes", "shieldedInstanceConfig"),
        *("metadata", "minCpuPlatform", "localSsdCount", "ephemeralStorageLocalSsdConfig", "localNvmeSsdBlockConfig"),
        *("secondaryBootDisks", "bootDiskKmsKey", "enableConfidentialStorage", "confidentialNodes"),
        *("advancedMachineFeatures", "hostMaintenancePolicy", "gvnic", "reservationAffinity", "soleTenantConfig"),
        "nodeGroup",
    )
)
# An address can change its labels alone.
_ADDRESS: Final = frozenset(
    {"address", "addressType", "description", "ipVersion", "network", "prefixLength", "purpose"}
)

REPLACING: Final[Mapping[str, frozenset[str]]] = {
    "kubernetes:apps/v1:StatefulSet": frozenset(
        f"spec.{name}"
        for name in ("selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates", "revisionHistoryLimit")
    ),
    "kubernetes:apps/v1:Deployment": frozenset({"spec.selector"}),
    "kubernetes:core/v1:Service": frozenset({"spec.loadBalancerClass"}),
    "kubernetes:apps/v1:DaemonSet": frozenset({"spec.selector"}),
    "kubernetes:scheduling.k8s.io/v1:PriorityClass": frozenset({"value", "preemptionPolicy"}),
    "kubernetes:core/v1:PersistentVolumeClaim": frozenset(
        f"spec.{name}"
        for name in ("accessModes", "storageClassName", "volumeName", "volumeMode", "selector", "dataSource")
    ),
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": frozenset({"roleRef"}),
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": frozenset({"roleRef"}),
    # In place: ipAllocationPolicy.stackType and further ranges.
    "gcp:container/cluster:Cluster": frozenset(
        {
            *("network", "subnetwork", "networkingMode", "clusterIpv4Cidr", "enableAutopilot", "datapathProvider"),
            *("description", "defaultMaxPodsPerNode", "initialNodeCount", "confidentialNodes", "enableKubernetesAlpha"),
            *("nodePools", "masterAuth.clientCertificateConfig", "privateClusterConfig.enablePrivateNodes"),
            "privateClusterConfig.masterIpv4CidrBlock",
            "privateClusterConfig.privateEndpointSubnetwork",
            "ipAllocationPolicy.clusterIpv4CidrBlock",
            "ipAllocationPolicy.clusterSecondaryRangeName",
            "ipAllocationPolicy.podCidrOverprovisionConfig",
            "ipAllocationPolicy.servicesIpv4CidrBlock",
            "ipAllocationPolicy.servicesSecondaryRangeName",
        }
    )
    | _NODE_CONFIG,
    "gcp:container/nodePool:NodePool": frozenset(
        {"cluster", "initialNodeCount", "maxPodsPerNode", "placementPolicy", "queuedProvisioning"}
    )
    | _NODE_CONFIG,
    "gcp:gkebackup/backupPlan:BackupPlan": frozenset({"cluster"}),
    "gcp:compute/network:Network": frozenset({"autoCreateSubnetworks", "description"}),
    "gcp:compute/subnetwork:Subnetwork": frozenset({"ipCidrRange", "network", "description"}),
    # In place: the protocols that it denies, and their sources.
    "gcp:compute/firewall:Firewall": frozenset({"network", "direction"}),
    "gcp:compute/address:Address": _ADDRESS | {"subnetwork", "networkTier"},
    "gcp:compute/globalAddress:GlobalAddress": _ADDRESS,
    # In place: rules and description.
    "gcp:compute/securityPolicy:SecurityPolicy": frozenset({"type"}),
    # In place: profile, minTlsVersion, customFeatures.
    "gcp:compute/sSLPolicy:SSLPolicy": frozenset({"description"}),
    # In place: labels. `target` too, if it is not a service attachment.
    "gcp:compute/forwardingRule:ForwardingRule": frozenset(
        {"target", "ipAddress", "ipProtocol", "loadBalancingScheme", "network", "subnetwork", "noAutomateDnsZone"}
    ),
    # In place: a newer databaseVersion.
    "gcp:sql/databaseInstance:DatabaseInstance": frozenset({"encryptionKeyName", "settings.collation"}),
    "gcp:sql/database:Database": frozenset({"instance"}),
    "gcp:sql/user:User": frozenset({"instance", "host"}),
    "gcp:serviceaccount/account:Account": frozenset({"accountId"}),
    "gcp:artifactregistry/repository:Repository": frozenset(
        {"repositoryId", "format", "mode", "remoteRepositoryConfig"}
    ),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": frozenset({"repository"}),
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": frozenset({"domain", "type"}),
    "gcp:certificatemanager/certificate:Certificate": frozenset({"managed", "scope"}),
    "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": frozenset({"map", "hostname", "matcher"}),
    "gcp:dns/managedZone:ManagedZone": frozenset({"dnsName", "visibility"}),
    "gcp:dns/recordSet:RecordSet": frozenset({"managedZone", "type"}),
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": frozenset({"workloadIdentityPoolId"}),
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": frozenset(
        {"workloadIdentityPoolId", "workloadIdentityPoolProviderId"}
    ),
    "gcp:projects/iAMCustomRole:IAMCustomRole": frozenset({"roleId"}),
    "gcp:kms/cryptoKey:CryptoKey": frozenset({"keyRing", "purpose"}),
    "gcp:secretmanager/secret:Secret": frozenset({"secretId", "replication"}),
    "gcp:servicenetworking/connection:Connection": frozenset({"network", "service"}),
    "gcp:projects/service:Service": frozenset({"service"}),
}
"""By type, the inputs that force a replacement, each with all values below it."""
COMPUTED: Final[Mapping[str, frozenset[str]]] = {
    "gcp:container/cluster:Cluster": frozenset({"privateClusterConfig.masterIpv4CidrBlock"}),
}
"""By type, inputs that Google sets if they are not set: without them, the value stays (`Computed` in the schemas)."""
_IAM_MEMBER: Final = frozenset({"role", "member", "condition"})
_INDEX: Final = re.compile(r"\[[^\]]*\]| \(order\)$")
"""The part of a path that names an item of a list, or its order."""


def is_replacing(type_: str, path: str, old: object, new: object) -> bool:
    """Return whether a change of one input replaces the resource.

    Args:
        type_: Pulumi's type token.
        path: Path of the value: `nodeConfig.guestAccelerators[0].type`.
        old: The value before.
        new: The value after.
    """
    plain = _INDEX.sub("", path)
    if new is None and plain in COMPUTED.get(type_, frozenset()):
        return False
    forced = EVERYWHERE.get(type_.partition(":")[0], frozenset()) | REPLACING.get(type_, frozenset())
    if type_.lower().endswith("iammember"):
        forced |= _IAM_MEMBER
    if not any(plain == name or plain.startswith(f"{name}.") for name in forced):
        return False
    return not (plain == "ipCidrRange" and _grows(old, new))


def replaces(type_: str, changes: Iterable[Change]) -> bool:
    """Return whether one of these changes replaces the resource."""
    return any(is_replacing(type_, change.path, change.old, change.new) for change in changes)


def _grows(old: object, new: object) -> bool:
    """Return whether the new IP range contains the old one: the range of a subnetwork may grow in place."""
    try:
        return IPv4Network(str(old)).subnet_of(IPv4Network(str(new)))
    except ValueError:
        return False
