"""Replacements by a change of each setting. docs/changes.md has the same list."""

from collections.abc import Mapping

import pytest

from settings.reading.keys import KEYS, SECRETS
from tests.doubles.google.replacements import changes
from tests.doubles.monitor import Record, Registration
from tests.setting_changes import BEFORE, ELSEWHERE, ON_GKE, ORDINARY, ordinary
from tests.stacks import CLOUD_SQL, IAP, record_gke

_SHARES: Mapping[str, object] = {"notebook.storage": {"size": "20Gi", "disk": "filestore"}}


@pytest.fixture(scope="module")
def base() -> Record:
    """The stack before the change."""
    return record_gke(BEFORE)


def _by_name(record: Record) -> dict[str, Registration]:
    return {resource.urn: resource for resource in record.resources if resource.custom}


def _replaced(before: Record, after: Record) -> set[str]:
    """Return the kinds of replaced or deleted resources of Google Cloud and of objects that hold data."""
    kept, kinds = _by_name(after), set[str]()
    for urn, old in _by_name(before).items():
        is_google, new = old.type.startswith("gcp:"), kept.get(urn)
        if is_google and new is not None:
            found = changes(old.type, old.inputs, new.inputs)
            if any(change.replaces and change.path.partition(".")[0] not in old.ignore_changes for change in found):
                kinds.add(old.kind)
        if old.kind in {"Namespace", "PersistentVolumeClaim"} and (new is None or _place(new) != _place(old)):
            kinds.add(old.kind)
        if old.kind == "StorageClass" and not (_is_same_class(old, new) if new else old.retain_on_delete):
            kinds.add(old.kind)
    return kinds


def _place(resource: Registration) -> tuple[object, ...]:
    """Return the immutable properties of a Kubernetes object that holds data."""
    metadata, spec = resource.inputs["metadata"], resource.inputs.get("spec", {})
    kept = "spec.storageClassName" in resource.ignore_changes
    storage_class = None if kept else spec.get("storageClassName")
    return metadata.get("name"), metadata.get("namespace"), storage_class, spec.get("accessModes")


def _is_same_class(old: Registration, new: Registration) -> bool:
    """Return whether all immutable properties of a StorageClass are unchanged."""
    return all(
        old.inputs.get(part) == new.inputs.get(part)
        for part in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")
    )


@pytest.mark.parametrize("key", ON_GKE)
def test_a_google_setting_replaces_exactly_the_listed_resources(key: str, base: Record) -> None:
    changed, replaced = ON_GKE[key]
    assert _replaced(base, record_gke(BEFORE, changed)) == replaced


@pytest.mark.parametrize("key", ORDINARY)
def test_an_ordinary_setting_replaces_nothing_that_holds_data(key: str, base: Record) -> None:
    assert _replaced(base, record_gke(BEFORE, ordinary(key))) == set()


def test_a_larger_size_expands_the_volume(base: Record) -> None:
    larger = record_gke(BEFORE, {"hub.storage": {"size": "5Gi"}})
    assert _replaced(base, larger) == set()
    assert larger.one("PersistentVolumeClaim").inputs["spec"]["resources"] == {"requests": {"storage": "5Gi"}}


@pytest.mark.parametrize("storage", [{"storageClass": "premium-rwo"}, {"size": "10Gi", "regional": True}])
def test_another_storage_class_does_not_replace_the_existing_volume(
    storage: Mapping[str, object], base: Record
) -> None:
    assert _replaced(base, record_gke(BEFORE, {"hub.storage": storage, "notebook.storage": storage})) == set()


def test_a_change_of_homes_to_shares_replaces_nothing(base: Record) -> None:
    shares = record_gke(BEFORE, _SHARES)
    assert _replaced(base, shares) == set()
    assert _replaced(shares, record_gke(BEFORE, {"notebook.storage": {"size": "200Gi", "disk": "filestore"}})) == set()
    assert _replaced(shares, record_gke(BEFORE, _SHARES, {"network.podRange": "10.12.0.0/14"})) == set()


def test_a_changed_storage_class_of_the_volume_claim_is_ignored() -> None:
    claim = record_gke().one("PersistentVolumeClaim")
    assert claim.inputs["spec"]["storageClassName"]
    assert "spec.storageClassName" in claim.ignore_changes


@pytest.mark.parametrize(("key", "kinds"), [("name", {"PersistentVolumeClaim"}), ("namespace", {"Namespace"})])
def test_another_name_or_namespace_replaces_what_holds_data(key: str, kinds: set[str], base: Record) -> None:
    assert kinds <= _replaced(base, record_gke(BEFORE, {key: "other"}))


def test_autopilot_replaces_the_cluster() -> None:
    autopilot = {"cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"}
    assert _replaced(record_gke(), record_gke(autopilot)) == {"Cluster"}


def test_an_internal_load_balancer_replaces_the_address() -> None:
    before = record_gke()
    assert _replaced(before, record_gke({"endpoint.internal": True})) == {"Address"}
    assert _replaced(before, record_gke({"endpoint.sourceRanges": ["203.0.113.0/24"]})) == set()


def test_a_certificate_replaces_no_address() -> None:
    before = record_gke({"endpoint.hostname": "hub.example.org"})
    after = record_gke({"endpoint.hostname": "hub.example.org", "endpoint.tlsSecret": "hub-tls"})
    assert _replaced(before, after) == set()


def test_other_ranges_and_members_of_a_gateway_replace_nothing() -> None:
    before = record_gke(BEFORE, IAP, {"endpoint.sourceRanges": ["203.0.113.0/24"]})
    after = record_gke(BEFORE, IAP, {"endpoint.sourceRanges": ["198.51.100.0/24"] * 12, "iap.backendService": 1234567})
    assert _replaced(before, after) == set()


@pytest.mark.parametrize(
    "changed",
    [
        {"database.tier": "db-custom-4-15360"},
        {"database.highAvailability": True},
        {"secrets.databasePasswordGeneration": 2},
        {"cluster.maintenanceStart": "05:00"},
        {"protect": False},
        {"hub.keepDatabase": False},
        {"endpoint.hostname": "lab.example.org"},
    ],
    ids=str,
)
def test_an_ordinary_change_does_not_replace_cloud_sql(changed: Mapping[str, object]) -> None:
    replaced = _replaced(record_gke(BEFORE, CLOUD_SQL), record_gke(BEFORE, CLOUD_SQL, changed))
    assert not replaced & {"DatabaseInstance", "Database", "User", "Address", "ForwardingRule"}


def test_another_region_replaces_cloud_sql() -> None:
    replaced = _replaced(
        record_gke(BEFORE, CLOUD_SQL), record_gke(BEFORE, CLOUD_SQL, {"cluster.location": "europe-west4"})
    )
    assert {"DatabaseInstance", "Address", "ForwardingRule"} <= replaced


def test_every_setting_is_in_the_table_of_replacements() -> None:
    assert set(KEYS) == {*ON_GKE, *ELSEWHERE, *ORDINARY, *SECRETS}
