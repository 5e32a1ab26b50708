"""The stand-in refuses invalid inputs as the real provider does."""

from typing import Any

import pytest

from tests.doubles.google import sdk
from tests.doubles.google.schema import configuration_failures, failures
from tests.doubles.google.wire import UNKNOWN, Properties

POOL = "gcp:container/nodePool:NodePool"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
GOOD: Properties = {
    "cluster": "jupyterhub",
    "autoscaling": {"totalMinNodeCount": 0, "totalMaxNodeCount": 10, "locationPolicy": "ANY"},
    "nodeConfig": {
        "machineType": "e2-standard-8",
        "diskSizeGb": 100,
        "spot": True,
        "labels": {"hub.jupyter.org/node-purpose": "user"},
        "taints": [{"key": "hub.jupyter.org/dedicated", "value": "user", "effect": "NO_SCHEDULE"}],
        "guestAccelerators": [{"type": "nvidia-l4", "count": 1}],
        "shieldedInstanceConfig": {"enableSecureBoot": True},
        "workloadMetadataConfig": {"mode": "GKE_METADATA"},
        "oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"],
    },
}


def _pool(**node_config: object) -> Properties:
    return {"cluster": "jupyterhub", "nodeConfig": node_config}


def test_valid_inputs_are_accepted() -> None:
    assert failures(POOL, GOOD) == []


@pytest.mark.parametrize(
    ("inputs", "path", "message"),
    [
        (
            _pool(shieldedInstanceConfig={"enableSecurBoot": True}),
            "nodeConfig.shieldedInstanceConfig.enableSecurBoot",
            "did you mean enableSecureBoot?",
        ),
        (_pool(machine_type="e2-standard-2"), "nodeConfig.machine_type", "did you mean machineType?"),
        ({"cluster": "jupyterhub", "qqq": 1}, "qqq", "is not an input of pulumi_gcp.container.NodePoolArgs"),
        (
            _pool(taints=[{"key": "a", "value": "b", "effect": "NoSchedule"}]),
            "nodeConfig.taints[0].effect",
            "NO_SCHEDULE",
        ),
        (_pool(taints=[{"key": "a", "value": "b"}]), "nodeConfig.taints[0].effect", "is missing"),
        (_pool(diskSizeGb="100"), "nodeConfig.diskSizeGb", "a whole number"),
        (_pool(diskSizeGb=100.5), "nodeConfig.diskSizeGb", "a whole number"),
        (_pool(diskSizeGb=True), "nodeConfig.diskSizeGb", "a whole number"),
        (_pool(spot="yes"), "nodeConfig.spot", "true or false"),
        (_pool(machineType=8), "nodeConfig.machineType", "a text"),
        (_pool(labels={"a": 1}), 'nodeConfig.labels["a"]', "a text"),
        (_pool(taints={"key": "a"}), "nodeConfig.taints", "a list"),
        (_pool(shieldedInstanceConfig=True), "nodeConfig.shieldedInstanceConfig", "an object"),
        ({"nodeCount": 1}, "cluster", "is missing"),
        ({"cluster": None}, "cluster", "is missing"),
    ],
)
def test_an_invalid_input_is_refused_with_its_path(inputs: Properties, path: str, message: str) -> None:
    (failure,) = failures(POOL, inputs)
    assert failure.path == path
    assert message in failure.reason


def test_all_mistakes_are_reported_at_once() -> None:
    wrong = failures(POOL, {"nodeConfig": {"spott": True, "diskSizeGb": "1"}})
    assert {failure.path for failure in wrong} == {"cluster", "nodeConfig.spott", "nodeConfig.diskSizeGb"}


@pytest.mark.parametrize("inputs", [_pool(spot=UNKNOWN, taints=UNKNOWN), {"cluster": UNKNOWN, "nodeConfig": UNKNOWN}])
def test_unknown_values_are_accepted(inputs: Properties) -> None:
    assert failures(POOL, inputs) == []


def test_secret_values_are_checked() -> None:
    assert failures(POOL, _pool(machineType=SECRET | {"value": "e2-standard-2"})) == []
    (failure,) = failures(POOL, _pool(spot=SECRET | {"value": "yes"}))
    assert failure.path == "nodeConfig.spot"


def test_a_type_missing_in_the_sdk_is_refused() -> None:
    with pytest.raises(sdk.UnknownTypeError, match="gcp:container/kluster:Kluster"):
        failures("gcp:container/kluster:Kluster", {})


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        ("gcp:container/cluster:Cluster", {"releaseChannel": {"channel": "REGULR"}}, "releaseChannel.channel"),
        ("gcp:compute/globalAddress:GlobalAddress", {"addressType": "PUBLIC"}, "addressType"),
        ("gcp:dns/managedZone:ManagedZone", {"dnsName": "example.org.", "visibility": "open"}, "visibility"),
    ],
)
def test_a_value_outside_the_documented_list_is_refused(token: str, inputs: Properties, path: str) -> None:
    (failure,) = failures(token, inputs)
    assert failure.path == path


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("gcp:container/cluster:Cluster", {"releaseChannel": {"channel": "REGULAR"}}),
        ("gcp:container/cluster:Cluster", {"datapathProvider": "ADVANCED_DATAPATH"}),
        ("gcp:compute/globalAddress:GlobalAddress", {"addressType": "INTERNAL", "purpose": "VPC_PEERING"}),
        ("gcp:compute/forwardingRule:ForwardingRule", {"loadBalancingScheme": ""}),
        (
            "gcp:sql/databaseInstance:DatabaseInstance",
            {"databaseVersion": "POSTGRES_17", "settings": {"tier": "db-f1-micro"}},
        ),
    ],
)
def test_a_documented_value_is_accepted(token: str, inputs: Properties) -> None:
    assert failures(token, inputs) == []


@pytest.mark.parametrize(
    ("configuration", "paths"),
    [
        ({"project": "foo", "region": "europe-west1", "version": "10.2.0"}, []),
        ({"defaultLabels": '{"app": "jupyterhub"}', "userProjectOverride": "true"}, []),
        ({"defaultLabels": '{"app": 1}'}, ['defaultLabels["app"]']),
        ({"projekt": "foo"}, ["projekt"]),
    ],
)
def test_the_provider_configuration_is_checked(configuration: dict[str, Any], paths: list[str]) -> None:
    assert [failure.path for failure in configuration_failures(configuration)] == paths
