"""Rules between inputs of the real provider and of the Google API."""

import pytest

from tests.doubles.google import rules, sdk
from tests.doubles.google.rules import CLUSTER, SECURITY_POLICY, SQL_INSTANCE
from tests.doubles.google.wire import UNKNOWN, Properties

ACCOUNT = "gcp:serviceaccount/account:Account"
NETWORK = "gcp:compute/network:Network"


def _policy(*ranges: int) -> Properties:
    """Return a policy with a rule for each number of ranges."""
    return {"rules": [{"match": {"config": {"srcIpRanges": ["203.0.113.0/24"] * count}}} for count in ranges]}


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        (CLUSTER, {"name": "x" * 41}, "name"),
        (CLUSTER, {"name": "Hub"}, "name"),
        (NETWORK, {"name": "hub-"}, "name"),
        (ACCOUNT, {"accountId": "hub"}, "accountId"),
        (
            CLUSTER,
            {"privateClusterConfig": {"masterIpv4CidrBlock": "172.16.0.0/24"}},
            "privateClusterConfig.masterIpv4CidrBlock",
        ),
        (CLUSTER, {"enableAutopilot": True, "removeDefaultNodePool": True}, "removeDefaultNodePool"),
        (CLUSTER, {"enableAutopilot": False, "removeDefaultNodePool": True}, "removeDefaultNodePool"),
        (CLUSTER, {"enableAutopilot": True, "enableShieldedNodes": True}, "enableShieldedNodes"),
        (CLUSTER, {"clusterIpv4Cidr": "10.4.0.0/14", "ipAllocationPolicy": {}}, "clusterIpv4Cidr"),
        (CLUSTER, {"privateClusterConfig": {}}, "privateClusterConfig"),
        (CLUSTER, {"maintenancePolicy": {"maintenanceExclusions": []}}, "maintenancePolicy"),
        (SQL_INSTANCE, {"databaseVersion": "POSTGRES_17"}, "settings"),
        (SECURITY_POLICY, _policy(1, 11), "rules.match.config.srcIpRanges"),
    ],
)
def test_a_violated_rule_is_reported_with_its_path(token: str, inputs: Properties, path: str) -> None:
    assert [failure.path for failure in rules.broken(token, inputs)] == [path]


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (CLUSTER, {"name": "x" * 40, "removeDefaultNodePool": True, "initialNodeCount": 1}),
        (CLUSTER, {"name": "hub", "enableAutopilot": True, "ipAllocationPolicy": {"clusterIpv4CidrBlock": "/14"}}),
        (CLUSTER, {"name": UNKNOWN, "enableAutopilot": UNKNOWN, "removeDefaultNodePool": True}),
        (CLUSTER, {"maintenancePolicy": {"dailyMaintenanceWindow": {"startTime": "03:00"}}}),
        (ACCOUNT, {"accountId": "tf-hub"}),
        (SQL_INSTANCE, {"settings": {"tier": "db-f1-micro"}}),
        (SECURITY_POLICY, _policy(10, 10)),
        (SECURITY_POLICY, {"rules": UNKNOWN}),
    ],
)
def test_inputs_that_meet_the_rules_are_accepted(token: str, inputs: Properties) -> None:
    assert list(rules.broken(token, inputs)) == []


def _inputs_of(token: str, path: str) -> bool:
    arguments = sdk.arguments_class(token)
    for name in path.split("."):
        if name not in sdk.inputs(arguments):
            return False
        arguments = sdk.inputs(arguments)[name].type
    return True


def test_every_path_of_the_rules_is_an_input_of_its_type() -> None:
    paths = [(token, path) for token, forms in rules.FORMS.items() for path in forms]
    for token, conflicts in rules.CONFLICTS.items():
        paths += [(token, path) for one, others in conflicts.items() for path in (one, *others)]
    for token, objects in rules.ONE_OF.items():
        paths += [(token, f"{path}.{name}".lstrip(".")) for path, names in objects.items() for name in names]
    assert [found for found in paths if not _inputs_of(*found)] == []


_PRIVATE = {"ipv4Enabled": False, "pscConfigs": [{"pscEnabled": True}]}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tier": "db-f1-micro"}, None),
        ({"ipConfiguration": _PRIVATE}, None),
        ({"ipConfiguration": {"ipv4Enabled": False}}, "At least one of Public IP or Private IP or PSC"),
        ({"availabilityType": "REGIONAL"}, "Point-in-time recovery"),
        ({"availabilityType": "REGIONAL", "backupConfiguration": {"pointInTimeRecoveryEnabled": True}}, None),
    ],
)
def test_an_unreachable_or_incomplete_instance_is_refused(settings: Properties, message: str | None) -> None:
    refusal = rules.refusal(SQL_INSTANCE, {"databaseVersion": "POSTGRES_17", "settings": settings})
    assert refusal is None if message is None else refusal is not None and message in refusal


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"name": "hub"}, True),
        ({"name": "hub", "location": "europe-west1-b", "initialNodeCount": 1}, False),
        ({"name": "hub", "enableAutopilot": True}, False),
    ],
)
def test_a_cluster_without_nodes_is_refused_by_the_api(inputs: Properties, refused: bool) -> None:  # noqa: FBT001 a parameter
    assert (rules.refusal(CLUSTER, inputs) is not None) is refused


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"location": "europe-west1"}, True),
        ({"location": "europe-west1", "nodeLocations": ["europe-west1-b", "europe-west1-c"]}, False),
        ({"location": "europe-west1-b"}, False),
        ({"location": "europe-west1", "nodeConfig": {"diskSizeGb": 50}}, False),
        ({"location": "europe-west1", "nodeConfig": {"diskType": "pd-standard"}}, False),
        ({"location": "europe-west1-b", "nodeConfig": {"diskSizeGb": 300}}, True),
    ],
)
def test_boot_disks_beyond_the_quota_of_a_new_project_are_refused(inputs: Properties, refused: bool) -> None:  # noqa: FBT001 a parameter
    refusal = rules.refusal(CLUSTER, {"name": "hub", "initialNodeCount": 1, **inputs})
    assert ("SSD_TOTAL_GB" in (refusal or "")) is refused
