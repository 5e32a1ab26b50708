"""Checks of the real provider beyond names and types of inputs, for the resource types of this project.

From the schemas of terraform-provider-google (`ValidateFunc`, `ConflictsWith`, `ExactlyOneOf`, `AtLeastOneOf`), in
google/services/container/resource_container_cluster.go and its like.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, cast

from settings.types.places import is_zone, region_of
from tests.doubles.google import backups, maintenance
from tests.doubles.google.failure import Failure
from tests.doubles.google.wire import UNKNOWN, Properties, bare

CLUSTER = "gcp:container/cluster:Cluster"
NODE_POOL = "gcp:container/nodePool:NodePool"
FORWARDING_RULE = "gcp:compute/forwardingRule:ForwardingRule"
SECURITY_POLICY = "gcp:compute/securityPolicy:SecurityPolicy"
BACKUP_PLAN = "gcp:gkebackup/backupPlan:BackupPlan"
SQL_INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"

_RFC1035 = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"
_CERTIFICATES = r"[a-zA-Z][-_a-zA-Z0-9]{0,63}"
_CIDR28 = r"\d+\.\d+\.\d+\.\d+/28"
_IDENTITIES = r"(?!gcp-)[-a-z0-9]{4,32}"
FORMS: dict[str, dict[str, str]] = {
    CLUSTER: {
        "name": r"[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?",
        "privateClusterConfig.masterIpv4CidrBlock": _CIDR28,
    },
    "gcp:certificatemanager/certificate:Certificate": {"name": _CERTIFICATES},
    "gcp:certificatemanager/certificateMap:CertificateMap": {"name": _CERTIFICATES},
    "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": {"name": _CERTIFICATES},
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": {"name": _CERTIFICATES},
    BACKUP_PLAN: {"name": _RFC1035},
    "gcp:compute/address:Address": {"name": _RFC1035},
    "gcp:compute/globalAddress:GlobalAddress": {"name": _RFC1035},
    FORWARDING_RULE: {"name": _RFC1035},
    "gcp:compute/firewall:Firewall": {"name": _RFC1035},
    "gcp:compute/network:Network": {"name": _RFC1035},
    "gcp:compute/router:Router": {"name": _RFC1035},
    "gcp:compute/routerNat:RouterNat": {"name": _RFC1035},
    SECURITY_POLICY: {"name": _RFC1035},
    "gcp:compute/sSLPolicy:SSLPolicy": {"name": _RFC1035},
    "gcp:compute/subnetwork:Subnetwork": {"name": _RFC1035},
    # The API's rule; the provider passes everything on.
    NODE_POOL: {"name": r"[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?"},
    # <project>:<name> has at most 98 characters, and a project at most 30.
    SQL_INSTANCE: {"name": r"[a-z](?:[-a-z0-9]{0,65}[a-z0-9])?"},
    "gcp:sql/database:Database": {"name": r"[a-zA-Z_][-_a-zA-Z0-9]{0,62}"},
    "gcp:sql/user:User": {"name": r"[a-zA-Z_][-_a-zA-Z0-9]{0,62}"},
    "gcp:dns/recordSet:RecordSet": {"name": r"(?=.{1,254}$)([_a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+"},
    "gcp:serviceaccount/account:Account": {"accountId": r"[a-z][-a-z0-9]{4,28}[a-z0-9]"},
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": {"workloadIdentityPoolId": _IDENTITIES},
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": {
        "workloadIdentityPoolId": _IDENTITIES,
        "workloadIdentityPoolProviderId": _IDENTITIES,
    },
    "gcp:projects/iAMCustomRole:IAMCustomRole": {"roleId": r"[a-zA-Z0-9_.]{3,64}"},
    "gcp:storage/bucket:Bucket": {"name": r"[a-z0-9][-_.a-z0-9]{1,61}[a-z0-9]"},
    "gcp:artifactregistry/repository:Repository": {"repositoryId": _RFC1035},
}
"""By type, the regular expressions of inputs."""

_RANGE_NAMES = ("ipAllocationPolicy.clusterSecondaryRangeName", "ipAllocationPolicy.servicesSecondaryRangeName")
# `false` conflicts too: to the Terraform SDK, it is set.
_NOT_BESIDE_AUTOPILOT = (
    "addonsConfig.dnsCacheConfig",
    "addonsConfig.networkPolicyConfig",
    "addonsConfig.statefulHaConfig",
    "binaryAuthorization.enabled",
    "clusterAutoscaling.enabled",
    "clusterAutoscaling.resourceLimits",
    "defaultMaxPodsPerNode",
    "enableIntranodeVisibility",
    "enableShieldedNodes",
    "networkPolicy",
    "nodePools",
    "removeDefaultNodePool",
)
CONFLICTS: dict[str, dict[str, tuple[str, ...]]] = {
    CLUSTER: {
        **dict.fromkeys(_NOT_BESIDE_AUTOPILOT, ("enableAutopilot",)),
        "clusterIpv4Cidr": ("ipAllocationPolicy",),
        "ipAllocationPolicy.clusterIpv4CidrBlock": _RANGE_NAMES,
        "ipAllocationPolicy.servicesIpv4CidrBlock": _RANGE_NAMES,
    },
}
"""By type, inputs and those that conflict with them."""

ONE_OF: dict[str, dict[str, tuple[str, ...]]] = {
    CLUSTER: {
        "maintenancePolicy": ("dailyMaintenanceWindow", "recurringWindow", "recurringMaintenanceWindow"),
        "privateClusterConfig": (
            "enablePrivateEndpoint",
            "enablePrivateNodes",
            "masterIpv4CidrBlock",
            "privateEndpointSubnetwork",
            "masterGlobalAccessConfig",
        ),
    },
    SQL_INSTANCE: {"": ("settings", "clone")},
    "gcp:artifactregistry/repository:Repository": {
        "remoteRepositoryConfig": (
            *("aptRepository", "commonRepository", "dockerRepository", "mavenRepository", "npmRepository"),
            *("pythonRepository", "yumRepository"),
        )
    },
}
"""By type, objects (`""`: the inputs) of which one of several properties has to be set, if the object is set."""

MOST: dict[str, dict[str, int]] = {SECURITY_POLICY: {"rules.match.config.srcIpRanges": 10}}
"""By type, the maximum length of lists; a path may lead through lists."""

SSD_QUOTA_GB = 250
"""Quota for SSDs in a region of a new project: terraform-google-modules/terraform-google-kubernetes-engine#1795."""
_BOOT_DISK_GB = 100
"""GKE's default boot disk, of the kind `pd-balanced`, which is an SSD."""


def broken(token: str, inputs: Properties) -> Iterator[Failure]:
    """Yield the failures of the inputs of a resource."""
    plain = bare(inputs)
    for path, form in FORMS.get(token, {}).items():
        value = _at(plain, path)
        if isinstance(value, str) and UNKNOWN not in value and not re.fullmatch(form, value):
            yield Failure(path, f"is {value!r}, and has to match {form}")
    for path, others in CONFLICTS.get(token, {}).items():
        for other in others:
            if all(value is not None and value != UNKNOWN for value in (_at(plain, path), _at(plain, other))):
                yield Failure(path, f'Conflicting configuration arguments: "{path}": conflicts with {other}')
    for path, names in ONE_OF.get(token, {}).items():
        holder = _at(plain, path) if path else plain
        if isinstance(holder, dict) and not any(name in holder for name in names):
            yield Failure(path or names[0], f"one of {', '.join(names)} must be specified")
    yield from _too_many(token, plain)


def zones_refusal(pool: Properties, cluster: Properties) -> str | None:
    """Return Google's error for zones outside of the cluster's region; None if there is none.

    Source: "Nodes must be in the region of their regional cluster", docs of google_container_node_pool.
    """
    zones: list[str] = pool.get("nodeLocations") or []
    if outside := [zone for zone in zones if region_of(zone) != region_of(cluster["location"])]:
        return f"googleapi: Error 400: Locations {outside} are not in the region of the cluster., badRequest"
    return None


def address_refusal(rule: Properties, others: Iterable[Properties]) -> str | None:
    """Return Google's error for a forwarding rule with the address of another one; None if there is none."""
    address = rule.get("ipAddress")
    if address is None or not any(other.get("ipAddress") == address for other in others):
        return None
    return (
        f"googleapi: Error 400: Invalid value for field 'resource.IPAddress': '{address}'. Specified IP address is "
        "in-use and would result in a conflict., invalid"
    )


def refusal(token: str, inputs: Properties) -> str | None:
    """Return the Google API's error for a creation, beyond the provider's checks; None if there is none."""
    if token == CLUSTER and not any(inputs.get(name) for name in ("enableAutopilot", "initialNodeCount", "nodePools")):
        return "googleapi: Error 400: Cluster.initial_node_count must be greater than zero., badRequest"
    if token == CLUSTER:
        return (
            maintenance.refusal(inputs.get("maintenancePolicy") or {})
            or zones_refusal(inputs, inputs)
            or _quota_refusal(inputs)
        )
    if token == BACKUP_PLAN:
        return backups.refusal(inputs)
    return _sql_refusal(inputs) if token == SQL_INSTANCE else None


def _quota_refusal(cluster: Properties) -> str | None:
    """Return the error for a default pool whose boot disks exceed the quota of a new project; None if they do not."""
    node: Properties = cluster.get("nodeConfig") or {}
    if str(node.get("diskType", "pd-balanced")) == "pd-standard":
        return None
    zones = cluster.get("nodeLocations") or range(1 if is_zone(str(cluster.get("location"))) else 3)
    wanted = int(cluster.get("initialNodeCount") or 0) * len(zones) * int(node.get("diskSizeGb") or _BOOT_DISK_GB)
    if wanted <= SSD_QUOTA_GB:
        return None
    return (
        'googleapi: Error 403: Insufficient regional quota to satisfy request: resource "SSD_TOTAL_GB": request '
        f"requires '{wanted}.0' and is short '{wanted - SSD_QUOTA_GB}.0'. project has a quota of '{SSD_QUOTA_GB}.0' "
        f"with '{SSD_QUOTA_GB}.0' available., forbidden"
    )


def _sql_refusal(inputs: Properties) -> str | None:
    """Return the error of the Cloud SQL API by its documentation; None if there is none."""
    invalid, standby = "googleapi: Error 400: Invalid request: ", _at(inputs, "settings.availabilityType") == "REGIONAL"
    addresses: Properties = _at(inputs, "settings.ipConfiguration") or {}
    if not (addresses.get("ipv4Enabled", True) or addresses.get("privateNetwork") or is_behind_endpoint(addresses)):
        return f"{invalid}At least one of Public IP or Private IP or PSC connectivity must be enabled., invalid"
    if standby and not _at(inputs, "settings.backupConfiguration.pointInTimeRecoveryEnabled"):
        return f"{invalid}Point-in-time recovery must be enabled for a regional instance., invalid"
    return None


def is_behind_endpoint(addresses: Properties) -> bool:
    """Return whether an instance with this `ipConfiguration` uses Private Service Connect."""
    configs = cast("list[Properties]", addresses.get("pscConfigs") or [])
    return any(config.get("pscEnabled") for config in configs)


def _at(inputs: Properties, path: str) -> Any:  # noqa: ANN401 any JSON value
    value: Any = inputs
    for name in path.split("."):
        value = cast("Properties", value).get(name) if isinstance(value, dict) else None
    return value


def _too_many(token: str, inputs: Properties) -> Iterator[Failure]:
    for path, most in MOST.get(token, {}).items():
        for entries in _all_at(inputs, path):
            if isinstance(entries, list) and len(cast("list[Any]", entries)) > most:
                yield Failure(path, f"Too many list items: attribute supports {most} item maximum")


def _all_at(inputs: Properties, path: str) -> list[Any]:
    """Return all values at a path that may lead through lists."""
    found: list[Any] = [inputs]
    for name in path.split("."):
        flat = [item for value in found for item in _items(value)]
        found = [cast("Properties", item).get(name) for item in flat if isinstance(item, dict)]
    return found


def _items(value: Any) -> list[Any]:  # noqa: ANN401 any JSON value
    return cast("list[Any]", value) if isinstance(value, list) else [value]
