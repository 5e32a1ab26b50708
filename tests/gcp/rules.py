"""What the real provider checks beyond names and types, as far as this project uses the resource types.

From the schemas of terraform-provider-google (`ValidateFunc`, `ConflictsWith`, `ExactlyOneOf`, `AtLeastOneOf`), in
google/services/container/resource_container_cluster.go and its like.
"""

import re
from collections.abc import Iterator
from typing import Any, cast

from tests.gcp.failure import Failure
from tests.gcp.wire import UNKNOWN, Properties, bare

CLUSTER = "gcp:container/cluster:Cluster"
SQL_INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"

_RFC1035 = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"
_CIDR28 = r"\d+\.\d+\.\d+\.\d+/28"
FORMS: dict[str, dict[str, str]] = {
    CLUSTER: {
        "name": r"[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?",
        "privateClusterConfig.masterIpv4CidrBlock": _CIDR28,
    },
    "gcp:compute/address:Address": {"name": _RFC1035},
    "gcp:compute/globalAddress:GlobalAddress": {"name": _RFC1035},
    "gcp:compute/forwardingRule:ForwardingRule": {"name": _RFC1035},
    "gcp:compute/network:Network": {"name": _RFC1035},
    "gcp:compute/router:Router": {"name": _RFC1035},
    "gcp:compute/routerNat:RouterNat": {"name": _RFC1035},
    "gcp:compute/subnetwork:Subnetwork": {"name": _RFC1035},
    # The API's rule; the provider passes everything on.
    "gcp:container/nodePool:NodePool": {"name": r"[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?"},
    "gcp:serviceaccount/account:Account": {"accountId": r"[a-z][-a-z0-9]{4,28}[a-z0-9]"},
    "gcp:artifactregistry/repository:Repository": {"repositoryId": _RFC1035},
}
"""By type, the regular expressions that inputs have to match."""

_RANGE_NAMES = ("ipAllocationPolicy.clusterSecondaryRangeName", "ipAllocationPolicy.servicesSecondaryRangeName")
# A false beside them is a conflict too: to the Terraform SDK, what counts is whether it is set.
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
"""By type, inputs that cannot be set beside others."""

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
}
"""By type, objects (the inputs themselves without a name) in which one of several has to be set, if they are there."""


def broken(token: str, inputs: Properties) -> Iterator[Failure]:
    """The rules that the inputs of a resource break."""
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


def refusal(token: str, inputs: Properties) -> str | None:
    """What the Google API itself would say against making the resource, beside what the provider checks."""
    if token == CLUSTER and not any(inputs.get(name) for name in ("enableAutopilot", "initialNodeCount", "nodePools")):
        return "googleapi: Error 400: Cluster.initial_node_count must be greater than zero., badRequest"
    return _sql_refusal(inputs) if token == SQL_INSTANCE else None


def _sql_refusal(inputs: Properties) -> str | None:
    """What Cloud SQL says, in the API's documentation, about inputs that the provider passes on."""
    invalid, standby = "googleapi: Error 400: Invalid request: ", _at(inputs, "settings.availabilityType") == "REGIONAL"
    addresses: Properties = _at(inputs, "settings.ipConfiguration") or {}
    if not (addresses.get("ipv4Enabled", True) or addresses.get("privateNetwork") or is_behind_endpoint(addresses)):
        return f"{invalid}At least one of Public IP or Private IP or PSC connectivity must be enabled., invalid"
    if standby and not _at(inputs, "settings.backupConfiguration.pointInTimeRecoveryEnabled"):
        return f"{invalid}Point-in-time recovery must be enabled for a regional instance., invalid"
    return None


def is_behind_endpoint(addresses: Properties) -> bool:
    """Whether an instance with this `ipConfiguration` is reached by Private Service Connect."""
    configs = cast("list[Properties]", addresses.get("pscConfigs") or [])
    return any(config.get("pscEnabled") for config in configs)


def _at(inputs: Properties, path: str) -> Any:  # noqa: ANN401 any JSON value
    value: Any = inputs
    for name in path.split("."):
        value = cast("Properties", value).get(name) if isinstance(value, dict) else None
    return value
