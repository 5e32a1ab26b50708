"""Changes that must keep resources that hold data. tests/unit/tools/schema/test_effects.py has one of each setting."""

from collections.abc import Mapping

import pytest

from tests.doubles.monitor import Record
from tests.effects import effect
from tests.setting_changes import BEFORE
from tests.stacks import CLOUD_SQL, IAP, record_gke

_SHARES: Mapping[str, object] = {"notebook.storage": {"size": "20Gi", "disk": "filestore"}}


@pytest.fixture(scope="module")
def base() -> Record:
    """The stack before the change."""
    return record_gke(BEFORE)


def _replaced(before: Record, after: Record) -> set[str]:
    return set(effect(before, after).replaces)


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


def test_source_ranges_replace_no_address() -> None:
    assert _replaced(record_gke(), record_gke({"endpoint.sourceRanges": ["203.0.113.0/24"]})) == set()


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
