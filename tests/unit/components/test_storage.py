"""StorageClasses of homes and database on GKE."""

import json
from typing import Any

import pytest

from tests.doubles.monitor import UNKNOWN, Record
from tests.stacks import POSTGRESQL, record_gke, record_hub

_L4 = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4"}
_KEPT, _GONE = "jupyterhub-homes-pd-balanced", "jupyterhub-homes-pd-balanced-delete"


def _classes(record: Record) -> dict[str, dict[str, Any]]:
    return {made.inputs["metadata"]["name"]: made.inputs for made in record.of("StorageClass")}


def _home_class(record: Record) -> object:
    return json.loads(record.one("ConfigMap").inputs["data"]["hub.json"])["home_storage_class"]


def _zones(of: dict[str, Any]) -> object:
    ((requirement,),) = [term["matchLabelExpressions"] for term in of["allowedTopologies"]]
    assert requirement["key"] == "topology.gke.io/zone"
    return requirement["values"]


def test_homes_and_database_have_growing_retained_storage_classes() -> None:
    record = record_gke()
    classes = _classes(record)
    assert set(classes) == {_KEPT, "jupyterhub-database-pd-balanced"}
    for of in classes.values():
        assert of["provisioner"] == "pd.csi.storage.gke.io"
        assert of["parameters"] == {"type": "pd-balanced"}
        assert of["allowVolumeExpansion"] is True
        assert of["reclaimPolicy"] == "Retain"
        assert of["volumeBindingMode"] == "WaitForFirstConsumer"
        assert "allowedTopologies" not in of
    assert _home_class(record) == _KEPT
    claim = record.one("PersistentVolumeClaim").inputs["spec"]
    assert claim["storageClassName"] == "jupyterhub-database-pd-balanced"


def test_the_storage_classes_of_kept_volumes_are_retained() -> None:
    assert all(made.retain_on_delete for made in record_gke().of("StorageClass"))


def test_homes_that_are_not_kept_have_a_deleting_storage_class() -> None:
    record = record_gke({"notebook.keepHomes": False})
    (of,) = [made for made in record.of("StorageClass") if made.inputs["metadata"]["name"] == _GONE]
    assert of.inputs["reclaimPolicy"] == "Delete"
    assert not of.retain_on_delete
    assert _home_class(record) == _GONE


def test_the_storage_classes_wait_for_the_cluster_role_binding() -> None:
    record = record_gke()
    rights = record.one("ClusterRoleBinding").urn
    assert rights in record.one("StorageClasses").dependencies, "children are created after their component"


@pytest.mark.parametrize("mode", ["create", "existing"])
def test_a_regional_disk_is_restricted_to_zones_with_nodes(mode: str) -> None:
    storage = {"size": "20Gi", "disk": "pd-ssd", "regional": True}
    record = record_gke({"cluster.mode": mode, "notebook.storage": storage})
    of = _classes(record)["jupyterhub-homes-pd-ssd-regional"]
    assert of["parameters"] == {"type": "pd-ssd", "replication-type": "regional-pd"}
    assert _zones(of) == ["europe-west1-b", "europe-west1-c", "europe-west1-d"]


def test_homes_are_restricted_to_zones_with_every_gpu_type() -> None:
    zones = {"nodes.zones": ["europe-west1-b", "europe-west1-c", "europe-west1-d"]}
    classes = _classes(record_gke({"nodes.gpu": [_L4]}, zones))
    assert _zones(classes[_KEPT]) == ["europe-west1-b", "europe-west1-c"]
    assert _zones(_classes(record_gke({"nodes.gpu": [_L4]}))[_KEPT]) == ["europe-west1-b"]
    assert "allowedTopologies" not in classes["jupyterhub-database-pd-balanced"]


def test_homes_of_an_autopilot_cluster_are_in_zones_with_its_gpus() -> None:
    record = record_gke({"cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"})
    assert _zones(_classes(record)[_KEPT]) == ["europe-west1-b", "europe-west1-c"]
    assert json.loads(record.one("ConfigMap").inputs["data"]["hub.json"])["accelerator"] == "nvidia-l4"


def test_homes_of_a_zonal_cluster_are_in_its_zone() -> None:
    record = record_gke({"cluster.location": "europe-west1-b", "nodes.gpu": [_L4]})
    assert _zones(_classes(record)[_KEPT]) == ["europe-west1-b"]


def test_a_preview_of_a_new_stack_has_the_zones_of_homes() -> None:
    found = _classes(record_gke({"nodes.gpu": [_L4]}, preview=True))[_KEPT]
    assert _zones(found) == ["europe-west1-b"]
    autopilot = {"cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"}
    assert _zones(_classes(record_gke(autopilot, preview=True))[_KEPT]) == UNKNOWN


def test_a_class_that_the_stack_names_is_used_and_none_is_made() -> None:
    record = record_gke({"notebook.storage": {"storageClass": "own"}, "hub.storage": {"storageClass": "fast"}})
    assert _classes(record) == {}
    assert _home_class(record) == "own"
    assert record.one("PersistentVolumeClaim").inputs["spec"]["storageClassName"] == "fast"


def test_a_database_server_needs_no_storage_class() -> None:
    assert set(_classes(record_gke(POSTGRESQL))) == {_KEPT}


def test_outside_gke_the_default_storage_class_is_used() -> None:
    record = record_hub()
    assert _classes(record) == {}
    assert _home_class(record) is None
    assert "storageClassName" not in record.one("PersistentVolumeClaim").inputs["spec"]


def test_the_config_map_depends_on_the_storage_class() -> None:
    record = record_gke()
    (homes,) = [made for made in record.of("StorageClass") if made.inputs["metadata"]["name"] == _KEPT]
    assert homes.urn in record.one("ConfigMap").dependencies


def test_nodes_without_persistent_disk_support_boot_from_hyperdisk() -> None:
    storage = {"size": "10Gi", "disk": "hyperdisk-balanced"}
    changes = {"nodes.user": {"machineType": "n4-standard-8"}, "notebook.storage": storage}
    pools = {pool.name: pool.inputs["nodeConfig"]["diskType"] for pool in record_gke(changes).of("NodePool")}
    assert pools == {"gke-pools-core": "pd-balanced", "gke-pools-user": "hyperdisk-balanced"}
