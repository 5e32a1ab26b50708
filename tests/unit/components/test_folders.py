"""Folders, scratch space and environment of notebook servers: what the stack makes, and what the hub knows of it."""

from collections.abc import Mapping
from typing import Any

import pytest

from hub.contract import HubConfig, SecretKey
from hub.contract_folders import People, Scratch
from tests.doubles.google.rules import CLUSTER, broken
from tests.doubles.google.schema import failures
from tests.doubles.monitor import Record
from tests.effects import effect
from tests.stacks import pod_specs, record_gke, record_hub, text_of

_SHARE = {"name": "teams", "path": "/teams", "storage": {"size": "200Gi", "disk": "filestore"}, "access": "write"}
_NFS = {"name": "own", "path": "/own", "subPath": "{username}", "storage": {"size": "1Gi", "storageClass": "nfs"}}
_CLAIM = {
    "name": "data",
    "path": "/data",
    "claim": "course-data",
    "users": ["Ada"],
    "organizations": ["physics:staff"],
    "writers": {"organizations": ["maths"], "admins": True},
}
_BUCKET = {"name": "results", "path": "/results", "bucket": "my-results"}
_PASSWORD = "a marker of the notebooks"  # noqa: S105 a marker that tests search for


def _folders(*folders: Mapping[str, object]) -> Mapping[str, object]:
    return {"notebook.folders": list(folders)}


def _config(record: Record) -> HubConfig:
    return HubConfig.model_validate_json(record.one("ConfigMap").inputs["data"]["hub.json"])


def _claims(record: Record) -> dict[str, Any]:
    """Return the claims of folders."""
    found = {claim.inputs["metadata"]["name"]: claim for claim in record.of("PersistentVolumeClaim")}
    return {name: claim for name, claim in found.items() if name.startswith("folder-")}


def _classes(record: Record) -> dict[str, Any]:
    return {made.inputs["metadata"]["name"]: made for made in record.of("StorageClass")}


def test_a_folder_of_the_stack_is_a_protected_and_kept_claim_of_many_nodes() -> None:
    record = record_hub(_folders(_NFS))
    (claim,) = _claims(record).values()
    assert claim.inputs["metadata"]["namespace"] == "jupyterhub-notebooks"
    assert claim.inputs["spec"] == {
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "nfs",
        "resources": {"requests": {"storage": "1Gi"}},
    }
    assert (claim.protect, claim.retain_on_delete) == (True, True)
    assert claim.ignore_changes == {"spec.storageClassName"}
    (folder,) = _config(record).folders
    assert (folder.claim, folder.sub_path, folder.people, folder.writable) == ("folder-own", "{username}", None, False)


def test_a_folder_is_kept_as_homes_are() -> None:
    record = record_gke(_folders(_SHARE), {"notebook.keepHomes": False})
    (claim,) = _claims(record).values()
    assert not claim.retain_on_delete
    assert claim.inputs["spec"]["storageClassName"] == "jupyterhub-folders-filestore-1ti-delete"


def test_a_larger_folder_is_expanded_and_nothing_is_replaced() -> None:
    larger = {**_SHARE, "storage": {"size": "300Gi", "disk": "filestore"}}
    found = effect(record_gke(_folders(_SHARE)), record_gke(_folders(larger)))
    assert (found.replaces, found.updates) == (set(), {"PersistentVolumeClaim"})


def test_a_folder_on_filestore_can_grow_to_the_largest_share() -> None:
    record = record_gke(_folders(_SHARE))
    made = _classes(record)["jupyterhub-folders-filestore-1ti"]
    assert made.inputs["parameters"]["max-volume-size"] == "1Ti"
    assert made.inputs["parameters"]["instance-storageclass-label"] == "hub-jupyterhub-1ti"
    assert (made.inputs["reclaimPolicy"], made.inputs["allowVolumeExpansion"]) == ("Retain", True)
    (claim,) = _claims(record).values()
    assert claim.inputs["spec"]["storageClassName"] == "jupyterhub-folders-filestore-1ti"
    assert made.urn in claim.dependencies


def test_a_folder_on_filestore_needs_what_homes_on_filestore_need() -> None:
    record = record_gke(_folders(_SHARE))
    assert len(record.of("Firewall")) == 1
    assert record.one("Cluster").inputs["addonsConfig"]["gcpFilestoreCsiDriverConfig"] == {"enabled": True}
    assert "file.googleapis.com" in text_of([service.inputs for service in record.of("Service")])


def test_a_bucket_makes_nothing_but_its_driver() -> None:
    record = record_gke(_folders(_BUCKET))
    addons = record.one("Cluster").inputs["addonsConfig"]
    assert addons["gcsFuseCsiDriverConfig"] == {"enabled": True}
    assert [*failures(CLUSTER, {"addonsConfig": addons}), *broken(CLUSTER, {"addonsConfig": addons})] == []
    assert (_claims(record), record.of("Firewall")) == ({}, [])
    (folder,) = _config(record).folders
    assert (folder.bucket, folder.claim) == ("my-results", None)


def test_the_hub_knows_the_people_of_a_folder_and_asks_for_their_groups() -> None:
    config = _config(record_gke(_folders(_CLAIM)))
    (folder,) = config.folders
    assert folder.claim == "course-data"
    assert folder.people == People(users=("ada",), groups=("physics:staff",))
    assert folder.writers == People(users=(), groups=("maths",), admins=True)
    assert config.sign_in.github.groups == ("physics:staff", "maths")


@pytest.mark.parametrize(
    ("scratch", "name"),
    [
        ({"size": "50Gi"}, "jupyterhub-scratch-pd-balanced-delete"),
        ({"size": "50Gi", "disk": "pd-ssd"}, "jupyterhub-scratch-pd-ssd-delete"),
    ],
    ids=str,
)
def test_scratch_space_on_gke_has_a_class_whose_disks_are_deleted(scratch: object, name: str) -> None:
    record = record_gke({"notebook.scratch": scratch})
    made = _classes(record)[name]
    assert (made.inputs["reclaimPolicy"], made.retain_on_delete) == ("Delete", False)
    assert _config(record).scratch == Scratch(path="/scratch", size="50Gi", storage_class=name)


@pytest.mark.parametrize("storage_class", [None, "fast"])
def test_scratch_space_elsewhere_has_the_class_that_the_settings_name(storage_class: str | None) -> None:
    record = record_hub({"notebook.scratch": {"size": "5Gi", "path": "/work", "storageClass": storage_class}})
    assert _classes(record) == {}
    assert _config(record).scratch == Scratch(path="/work", size="5Gi", storage_class=storage_class)


@pytest.fixture(scope="module")
def secret() -> Record:
    return record_hub({"notebook.secretEnvironment": {"DB_PASSWORD": _PASSWORD}})


def test_secret_variables_are_in_a_secret_of_the_notebooks_alone(secret: Record) -> None:
    (made,) = [one for one in secret.of("Secret") if one.inputs["metadata"]["namespace"] == "jupyterhub-notebooks"]
    assert made.inputs["metadata"]["name"] == "tf-hub-environment"
    assert made.inputs["stringData"] == {"DB_PASSWORD": _PASSWORD}
    assert _PASSWORD not in text_of([one.public for one in secret.resources])
    assert _PASSWORD not in text_of([one.inputs for one in secret.resources if one.urn != made.urn])
    assert _PASSWORD not in text_of(secret.outputs)
    assert _config(secret).secret_environment == {
        "DB_PASSWORD": SecretKey(secret="tf-hub-environment", key="DB_PASSWORD")  # noqa: S106 a name
    }


def test_another_value_of_a_secret_variable_restarts_nothing(secret: Record) -> None:
    another = record_hub({"notebook.secretEnvironment": {"DB_PASSWORD": "another"}})
    assert pod_specs(another) == pod_specs(secret)


def test_the_order_of_variables_does_not_matter() -> None:
    one = {
        "notebook.environment": {"A": "1", "B": "2"},
        "notebook.secretEnvironment": {"C": "secret 1", "D": "secret 2"},
    }
    other = {key: dict(reversed(values.items())) for key, values in one.items()}
    texts = [record_hub(values).one("ConfigMap").inputs["data"]["hub.json"] for values in (one, other)]
    assert texts[0] == texts[1]
