"""Homes on Filestore shares: their StorageClass, and the requirements for cluster, network and project."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.doubles.google.rules import CLUSTER, broken
from tests.doubles.google.schema import failures
from tests.doubles.monitor import UNKNOWN, Record
from tests.stacks import EXISTING, record_gke

_L4 = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4"}
_AUTOPILOT: Mapping[str, object] = {"cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"}


def _record(*changes: Mapping[str, object], size: str = "20Gi", preview: bool = False) -> Record:
    return record_gke({"notebook.storage": {"size": size, "disk": "filestore"}}, *changes, preview=preview)


def _homes(record: Record) -> dict[str, Any]:
    (homes,) = [of.inputs for of in record.of("StorageClass") if "-homes-" in of.inputs["metadata"]["name"]]
    return homes


def _home_class(record: Record) -> object:
    """Return the StorageClass in the hub's config."""
    return json.loads(record.one("ConfigMap").inputs["data"]["hub.json"])["home_storage_class"]


def _apis(record: Record) -> set[str]:
    return {service.inputs["service"] for service in record.of("Service") if service.type.startswith("gcp:")}


def test_each_home_is_a_growing_retained_share() -> None:
    record = _record()
    homes = _homes(record)
    assert homes["metadata"]["name"] == _home_class(record) == "jupyterhub-homes-filestore-128gi"
    assert homes["provisioner"] == "filestore.csi.storage.gke.io"
    assert homes["parameters"] == {
        "tier": "enterprise",
        "multishare": "true",
        "max-volume-size": "128Gi",
        "network": "vpc",
        "instance-storageclass-label": "hub-jupyterhub-128gi",
    }
    assert (homes["allowVolumeExpansion"], homes["reclaimPolicy"]) == (True, "Retain")
    assert all(of.retain_on_delete for of in record.of("StorageClass"))


def test_shares_that_are_not_kept_have_a_deleting_storage_class() -> None:
    record = _record({"notebook.keepHomes": False})
    homes = _homes(record)
    assert homes["metadata"]["name"] == _home_class(record) == "jupyterhub-homes-filestore-128gi-delete"
    assert homes["reclaimPolicy"] == "Delete"


@pytest.mark.parametrize(
    ("size", "limit"),
    [("10Gi", "128Gi"), ("128Gi", "128Gi"), ("129Gi", "256Gi"), ("512Gi", "512Gi"), ("513Gi", "1Ti"), ("1Ti", "1Ti")],
)
def test_the_maximum_share_size_follows_from_the_size_of_homes(size: str, limit: str) -> None:
    homes = _homes(_record(size=size))
    assert homes["parameters"]["max-volume-size"] == limit
    assert homes["metadata"]["name"] == f"jupyterhub-homes-filestore-{limit.lower()}"


@pytest.mark.parametrize("size", ["10Gi", "200Gi", "300Gi", "1Ti"])
def test_shares_of_each_maximum_size_have_their_own_instances(size: str) -> None:
    """The driver finds instances by the label only; it does not compare their maximum number of shares."""
    namespace = "2026-" + "a" * 48
    parameters = _homes(_record({"namespace": namespace}, size=size))["parameters"]
    label = parameters["instance-storageclass-label"]
    assert re.fullmatch(r"[a-z][a-z0-9_-]{0,61}[a-z0-9]", label), "the pattern of the driver's webhook"
    assert namespace in label
    assert label.endswith(parameters["max-volume-size"].lower())


def test_shares_have_no_zone_restrictions() -> None:
    homes = _homes(_record({"nodes.gpu": [_L4]}))
    assert "allowedTopologies" not in homes


def test_the_database_stays_on_a_disk() -> None:
    claim = _record().one("PersistentVolumeClaim").inputs["spec"]
    assert claim["storageClassName"] == "jupyterhub-database-pd-balanced"


def test_shares_of_an_existing_cluster_are_in_its_network() -> None:
    record = _record(EXISTING)
    assert _homes(record)["parameters"]["network"] == "default"
    assert "file.googleapis.com" in _apis(record)
    assert record.of("Firewall") == [], "the network is not part of the stack"


def test_a_preview_of_a_new_stack_plans_the_storage_class_of_shares() -> None:
    assert _homes(_record(preview=True))["parameters"]["network"] == UNKNOWN


def test_a_created_cluster_has_the_filestore_driver_and_its_api() -> None:
    record = _record()
    assert record.one("Cluster").inputs["addonsConfig"]["gcpFilestoreCsiDriverConfig"] == {"enabled": True}
    assert "file.googleapis.com" in _apis(record)


def test_an_autopilot_cluster_gets_no_driver_config() -> None:
    record = _record(_AUTOPILOT)
    assert "addonsConfig" not in record.one("Cluster").inputs
    assert "file.googleapis.com" in _apis(record)
    assert len(record.of("Firewall")) == 1


def test_the_firewall_blocks_nfs_from_pods() -> None:
    firewall = _record({"network.podRange": "10.12.0.0/14"}).one("Firewall").inputs
    assert firewall["direction"] == "EGRESS"
    assert firewall["sourceRanges"] == ["10.12.0.0/14"]
    assert {denied["protocol"]: denied["ports"] for denied in firewall["denies"]} == {
        "tcp": ["111", "2049"],
        "udp": ["111", "2049"],
    }
    assert "destinationRanges" not in firewall, "instances may have any address"


def test_the_provider_accepts_the_inputs_of_filestore() -> None:
    record = _record()
    addons = {"addonsConfig": record.one("Cluster").inputs["addonsConfig"]}
    for token, inputs in ((CLUSTER, addons), (record.one("Firewall").type, record.one("Firewall").inputs)):
        assert [*failures(token, inputs), *broken(token, inputs)] == []


def test_without_filestore_there_is_no_firewall_driver_or_api() -> None:
    record = record_gke()
    assert record.of("Firewall") == []
    assert "gcpFilestoreCsiDriverConfig" not in record.one("Cluster").inputs["addonsConfig"]
    assert "file.googleapis.com" not in _apis(record)
