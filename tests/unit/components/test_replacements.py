"""Changes that must keep what holds people's work. tests/unit/tools/schema/test_effects.py has one of each setting."""

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


def test_a_larger_volume_is_the_same_volume(base: Record) -> None:
    larger = record_gke(BEFORE, {"hub.storage": {"size": "5Gi"}})
    assert _replaced(base, larger) == set()
    assert larger.one("PersistentVolumeClaim").inputs["spec"]["resources"] == {"requests": {"storage": "5Gi"}}


@pytest.mark.parametrize("storage", [{"storageClass": "premium-rwo"}, {"size": "10Gi", "regional": True}])
def test_another_class_is_for_other_volumes_and_not_for_the_one_that_is_there(
    storage: Mapping[str, object], base: Record
) -> None:
    assert _replaced(base, record_gke(BEFORE, {"hub.storage": storage, "notebook.storage": storage})) == set()


def test_homes_may_go_on_as_shares_and_become_larger(base: Record) -> None:
    shares = record_gke(BEFORE, _SHARES)
    assert _replaced(base, shares) == set()
    assert _replaced(shares, record_gke(BEFORE, {"notebook.storage": {"size": "200Gi", "disk": "filestore"}})) == set()
    assert _replaced(shares, record_gke(BEFORE, _SHARES, {"network.podRange": "10.12.0.0/14"})) == set()


def test_a_volume_of_a_stack_that_knew_no_classes_of_its_own_stays() -> None:
    claim = record_gke().one("PersistentVolumeClaim")
    assert claim.inputs["spec"]["storageClassName"]
    assert "spec.storageClassName" in claim.ignore_changes


def test_ranges_change_no_address() -> None:
    assert _replaced(record_gke(), record_gke({"endpoint.sourceRanges": ["203.0.113.0/24"]})) == set()


def test_a_certificate_changes_no_address() -> None:
    before = record_gke({"endpoint.hostname": "hub.example.org"})
    after = record_gke({"endpoint.hostname": "hub.example.org", "endpoint.tlsSecret": "hub-tls"})
    assert _replaced(before, after) == set()


def test_other_ranges_and_people_change_a_gateway_in_place() -> None:
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
def test_the_instance_of_cloud_sql_and_its_address_stay(changed: Mapping[str, object]) -> None:
    replaced = _replaced(record_gke(BEFORE, CLOUD_SQL), record_gke(BEFORE, CLOUD_SQL, changed))
    assert not replaced & {"DatabaseInstance", "Database", "User", "Address", "ForwardingRule"}


def test_another_region_is_another_instance() -> None:
    replaced = _replaced(
        record_gke(BEFORE, CLOUD_SQL), record_gke(BEFORE, CLOUD_SQL, {"cluster.location": "europe-west4"})
    )
    assert {"DatabaseInstance", "Address", "ForwardingRule"} <= replaced
