"""The table of replacing inputs matches the SDK, and diffs follow it."""

import functools
import typing
from typing import Any

import pytest

from tests.doubles.google import sdk
from tests.doubles.google.replacements import changes
from tests.doubles.google.wire import UNKNOWN, Properties
from tools.review.offline.replacements import REPLACING

CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
ADDRESS = "gcp:compute/globalAddress:GlobalAddress"
ACCOUNT = "gcp:serviceaccount/account:Account"
MEMBER = "gcp:projects/iAMMember:IAMMember"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
ENDPOINT = "gcp:compute/forwardingRule:ForwardingRule"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "a"}


def _inputs(path: str, value: object) -> Properties:
    """Return inputs with a value at one path."""
    return functools.reduce(lambda inner, name: {name: inner}, reversed(path.split(".")), typing.cast("Any", value))


@pytest.mark.parametrize(
    ("token", "path"),
    [(token, path) for token, paths in REPLACING.items() if token.startswith("gcp:") for path in sorted(paths)],
)
def test_every_path_of_the_table_is_an_input_of_its_type(token: str, path: str) -> None:
    arguments: Any = sdk.arguments_class(token)
    for name in path.split("."):
        known = sdk.inputs(arguments)
        assert name in known
        kind = known[name].type
        arguments = sdk.item_type(kind) if typing.get_args(kind) else kind


@pytest.mark.parametrize(
    ("token", "path", "old", "new"),
    [
        (CLUSTER, "name", "a", "b"),
        (CLUSTER, "location", "europe-west1", "europe-west4"),
        (CLUSTER, "project", "foo", "bar"),
        (CLUSTER, "network", "a", "b"),
        (CLUSTER, "network", "a", UNKNOWN),
        (CLUSTER, "subnetwork", "a", "b"),
        (CLUSTER, "enableAutopilot", True, None),
        (CLUSTER, "ipAllocationPolicy.clusterSecondaryRangeName", "a", "b"),
        (CLUSTER, "privateClusterConfig.masterIpv4CidrBlock", "172.16.0.0/28", "172.17.0.0/28"),
        (POOL, "nodeConfig.spot", False, True),
        (POOL, "nodeConfig.guestAccelerators", [], [{"type": "nvidia-l4"}]),
        (SUBNETWORK, "ipCidrRange", "10.0.0.0/20", "10.0.0.0/22"),
        (SUBNETWORK, "ipCidrRange", "10.0.0.0/20", UNKNOWN),
        (ADDRESS, "addressType", "EXTERNAL", "INTERNAL"),
        (ACCOUNT, "accountId", "a", "b"),
        (SQL, "region", "europe-west1", "europe-west4"),
        (ENDPOINT, "ipAddress", "10.0.0.7", "10.0.0.8"),
        (ENDPOINT, "target", "projects/a/serviceAttachments/a", "projects/a/serviceAttachments/b"),
        (MEMBER, "role", "roles/viewer", "roles/editor"),
    ],
)
def test_an_immutable_input_replaces_the_resource(token: str, path: str, old: object, new: object) -> None:
    (change,) = changes(token, _inputs(path, old), _inputs(path, new))
    assert change.path.startswith(path)
    assert change.replaces


@pytest.mark.parametrize(
    ("token", "path", "old", "new"),
    [
        (CLUSTER, "deletionProtection", True, False),
        (CLUSTER, "releaseChannel.channel", "REGULAR", "STABLE"),
        (CLUSTER, "privateClusterConfig.enablePrivateEndpoint", False, True),
        (POOL, "autoscaling.totalMaxNodeCount", 1, 2),
        (POOL, "nodeConfig.machineType", "e2-standard-2", "e2-standard-4"),
        (POOL, "nodeConfig.diskSizeGb", 50, 100),
        (POOL, "nodeConfig.labels", {"a": "b"}, {"a": "c"}),
        (SUBNETWORK, "ipCidrRange", "10.0.0.0/22", "10.0.0.0/20"),
        (SQL, "databaseVersion", "POSTGRES_16", "POSTGRES_17"),
        (SQL, "settings.tier", "db-g1-small", "db-custom-1-3840"),
        (SQL, "settings.availabilityType", "ZONAL", "REGIONAL"),
        (ENDPOINT, "labels.team", "a", "b"),
        (ACCOUNT, "description", "a", "b"),
    ],
)
def test_a_mutable_input_is_updated_in_place(token: str, path: str, old: object, new: object) -> None:
    found = changes(token, _inputs(path, old), _inputs(path, new))
    assert [change.replaces for change in found] == [False]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("enableAutopilot", None, False),
        ("nodeLocations", [], None),
        ("masterAuth.clientCertificateConfig", {"issueClientCertificate": False}, None),
        ("__defaults", ["name"], []),
        ("location", SECRET, "a"),
    ],
)
def test_an_equivalent_input_is_no_change(path: str, old: object, new: object) -> None:
    assert changes(CLUSTER, _inputs(path, old), _inputs(path, new)) == []


def test_a_change_has_the_path_of_the_value_and_its_kind() -> None:
    old = {"nodeConfig": {"taints": [{"key": "a"}], "machineType": "m"}}
    new = {"nodeConfig": {"taints": [{"key": "b"}, {"key": "c"}]}}
    assert [(change.path, change.kind) for change in changes(POOL, old, new)] == [
        ("nodeConfig.machineType", "DELETE"),
        ("nodeConfig.taints[0].key", "UPDATE"),
        ("nodeConfig.taints[1].key", "ADD"),
    ]
