"""What a change of each setting may replace, by the inputs that the program asks for before and after."""

import pytest

from settings.keys import KEYS, SECRETS
from tests.gcp.replacements import changes
from tests.recorder import Record, Registration
from tests.setting_changes import BASE, DISKS, ELSEWHERE, ON_GKE, ORDINARY, ordinary
from tests.unit.components.stacks import record_gke


@pytest.fixture(scope="module")
def base() -> Record:
    """The stack before the change."""
    return record_gke(BASE)


def _by_name(record: Record) -> dict[str, Registration]:
    return {resource.urn: resource for resource in record.resources if resource.custom}


def _replaced(before: Record, after: Record) -> set[str]:
    """The kinds of which a resource is replaced or gone, as far as they are Google's or hold people's work."""
    kept, kinds = _by_name(after), set[str]()
    for urn, old in _by_name(before).items():
        is_google, new = old.type.startswith("gcp:"), kept.get(urn)
        if is_google and new is not None:
            found = changes(old.type, old.inputs, new.inputs)
            if any(change.replaces and change.path.partition(".")[0] not in old.ignore_changes for change in found):
                kinds.add(old.kind)
        if old.kind in {"Namespace", "PersistentVolumeClaim"} and (new is None or _place(new) != _place(old)):
            kinds.add(old.kind)
    return kinds


def _place(resource: Registration) -> tuple[object, ...]:
    """What can never change of a Kubernetes object that holds work."""
    metadata, spec = resource.inputs["metadata"], resource.inputs.get("spec", {})
    return metadata.get("name"), metadata.get("namespace"), spec.get("storageClassName"), spec.get("accessModes")


@pytest.mark.parametrize("key", ON_GKE)
def test_a_setting_of_google_cloud_replaces_what_is_listed_and_no_more(key: str, base: Record) -> None:
    changed, replaced = ON_GKE[key]
    assert _replaced(base, record_gke(BASE, changed)) == replaced


@pytest.mark.parametrize("key", ORDINARY)
def test_an_ordinary_setting_replaces_nothing_that_holds_work(key: str, base: Record) -> None:
    assert _replaced(base, record_gke(BASE, ordinary(key))) == DISKS.get(key, set())


def test_a_larger_volume_is_the_same_volume(base: Record) -> None:
    assert _replaced(base, record_gke(BASE, {"hub.storage": {"size": "5Gi"}})) == set()


@pytest.mark.parametrize(("key", "kinds"), [("name", {"PersistentVolumeClaim"}), ("namespace", {"Namespace"})])
def test_other_names_are_another_hub(key: str, kinds: set[str], base: Record) -> None:
    assert kinds <= _replaced(base, record_gke(BASE, {key: "other"}))


def test_autopilot_is_another_cluster() -> None:
    assert _replaced(record_gke(), record_gke({"cluster.autopilot": True})) == {"Cluster"}


def test_an_internal_load_balancer_has_another_address_and_ranges_change_none() -> None:
    before = record_gke()
    assert _replaced(before, record_gke({"endpoint.internal": True})) == {"Address"}
    assert _replaced(before, record_gke({"endpoint.sourceRanges": ["203.0.113.0/24"]})) == set()


def test_every_setting_is_looked_at() -> None:
    assert set(KEYS) == {*ON_GKE, *ELSEWHERE, *ORDINARY, *SECRETS}
