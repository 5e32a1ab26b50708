"""What a change of each setting may replace. docs/changes.md has the same list."""

from collections.abc import Mapping

import pytest
import yaml

from settings.reading.keys import KEYS, PROJECT, SECRETS
from tests.corpus import FILES
from tests.doubles.google.replacements import changes
from tests.doubles.monitor import Record, Registration
from tests.stacks import CLOUD_SQL, GATEWAY, GKE, IAP, record_gke

_L4 = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4", "max": 4}
_ADA = {"name": "a", "googleServiceAccount": "a-data@my-project-123.iam.gserviceaccount.com", "users": ["ada"]}
_BASE: Mapping[str, object] = {**GKE, **GATEWAY, "nodes.gpu": [_L4]}
_SHARES: Mapping[str, object] = {"notebook.storage": {"size": "20Gi", "disk": "filestore"}}
_EVERYTHING = yaml.safe_load((FILES / "everything.good.yaml").read_text())["config"]

_ZONE = {"name": "example-com", "domain": "example.com"}
_NAME = {"Certificate", "CertificateMapEntry", "DnsAuthorization", "RecordSet"}
_ON_GKE: Mapping[str, tuple[Mapping[str, object], set[str]]] = {
    "cluster.name": ({"cluster.name": "other"}, {"Cluster", "Account"}),
    "cluster.location": ({"cluster.location": "europe-west4"}, {"Cluster", "Router", "RouterNat", "Subnetwork"}),
    "cluster.releaseChannel": ({"cluster.releaseChannel": "stable"}, set()),
    "cluster.authorizedNetworks": ({"cluster.authorizedNetworks": ["198.51.100.0/24"]}, set()),
    "cluster.maintenanceStart": ({"cluster.maintenanceStart": "05:00"}, set()),
    "network.nodeRange": ({"network.nodeRange": "10.1.0.0/20"}, {"Subnetwork"}),
    # In place for the provider; Google refuses it as long as the cluster uses the ranges.
    "network.podRange": ({"network.podRange": "10.12.0.0/14"}, set()),
    "network.serviceRange": ({"network.serviceRange": "10.9.0.0/20"}, set()),
    "network.controlPlaneRange": ({"network.controlPlaneRange": "172.16.1.0/28"}, {"Cluster"}),
    "nodes.core": ({"nodes.core": {"machineType": "e2-standard-4", "min": 2, "max": 5, "diskGb": 80}}, set()),
    "nodes.user": ({"nodes.user": {"machineType": "e2-standard-4", "min": 3, "max": 5, "diskGb": 80}}, set()),
    "nodes.gpu": ({"nodes.gpu": [{**_L4, "spot": True}]}, {"NodePool"}),
    "endpoint.hostname": ({"endpoint.hostname": "lab.example.org"}, _NAME),
    "endpoint.dnsZone": ({"endpoint.hostname": "hub.example.com", "endpoint.dnsZone": _ZONE}, _NAME),
    "endpoint.securityPolicy": ({"endpoint.securityPolicy": "policy"}, set()),
    "endpoint.sourceRanges": ({"endpoint.sourceRanges": ["203.0.113.0/24"]}, set()),
    "iap.clientId": (IAP, set()),
    "iap.members": ({**IAP, "iap.members": ["group:physics@example.org"]}, set()),
    "iap.backendService": ({**IAP, "iap.backendService": "1234567890123456789"}, set()),
    "identity.hubServiceAccount": (
        {"identity.hubServiceAccount": "jupyterhub@my-project-123.iam.gserviceaccount.com"},
        set(),
    ),
    "identity.notebookServiceAccount": (
        {"identity.notebookServiceAccount": "notebooks@my-project-123.iam.gserviceaccount.com"},
        set(),
    ),
    "identity.notebooks": ({"identity.notebooks": [_ADA]}, set()),
    "hub.storage": ({"hub.storage": {"size": "10Gi", "disk": "pd-ssd", "regional": True}}, set()),
    "notebook.storage": ({"notebook.storage": {"size": "10Gi", "disk": "pd-ssd", "regional": True}}, set()),
    "registry.create": ({"registry.create": True}, set()),
    "images.repository": ({"images.repository": f"{GKE['images.repository']}-2"}, {"RepositoryIamMember"}),
    "publicUrl": ({"publicUrl": "https://hub.example.org:8443"}, set()),
}
_ELSEWHERE = {
    "gcp.project": "another project is another stack",
    "cluster.mode": "another mode is another stack",
    "cluster.autopilot": "another kind of cluster, below",
    "notebook.accelerator": "goes with cluster.autopilot, below",
    "endpoint.type": "below",
    "endpoint.address": "for load balancers, below",
    "endpoint.internal": "for load balancers, below",
    "endpoint.tlsSecret": "for load balancers, below",
    "endpoint.tlsCertificate": "for load balancers, with endpoint.tlsKey",
    "kubernetes.context": "not on GKE",
    "database.type": "below, and tests/e2e/test_postgres.py",
    "database.url": "goes with database.type",
    "database.tier": "with Cloud SQL, below",
    "database.highAvailability": "with Cloud SQL, below",
    "secrets.databasePasswordGeneration": "with Cloud SQL, below",
    "name": "below",
    "namespace": "below",
}
_ORDINARY = sorted(set(KEYS) - set(_ON_GKE) - set(_ELSEWHERE) - SECRETS)


def table() -> Mapping[str, tuple[Mapping[str, object], set[str]]]:
    """By setting, a change of `before()`, and the kinds of Google's that it replaces; for the tests of other layers."""
    ordinary = {key: _FITTING.get(key) or {key: _EVERYTHING[f"{PROJECT}:{key}"]} for key in _ORDINARY}
    return {**{key: (change, set[str]()) for key, change in ordinary.items()}, **_ON_GKE}


def before() -> Mapping[str, object]:
    """The settings before the change."""
    return _BASE


@pytest.fixture(scope="module")
def base() -> Record:
    """The stack before the change."""
    return record_gke(_BASE)


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
        if old.kind == "StorageClass" and not (_is_same_class(old, new) if new else old.retain_on_delete):
            kinds.add(old.kind)
    return kinds


def _place(resource: Registration) -> tuple[object, ...]:
    """What can never change of a Kubernetes object that holds work."""
    metadata, spec = resource.inputs["metadata"], resource.inputs.get("spec", {})
    kept = "spec.storageClassName" in resource.ignore_changes
    storage_class = None if kept else spec.get("storageClassName")
    return metadata.get("name"), metadata.get("namespace"), storage_class, spec.get("accessModes")


def _is_same_class(old: Registration, new: Registration) -> bool:
    """Whether a StorageClass is as it was in all that Kubernetes never changes of one."""
    return all(
        old.inputs.get(part) == new.inputs.get(part)
        for part in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")
    )


@pytest.mark.parametrize("key", _ON_GKE)
def test_a_setting_of_google_cloud_replaces_what_is_listed_and_no_more(key: str, base: Record) -> None:
    changed, replaced = _ON_GKE[key]
    assert _replaced(base, record_gke(_BASE, changed)) == replaced


@pytest.mark.parametrize("key", _ORDINARY)
def test_an_ordinary_setting_replaces_nothing_that_holds_work(key: str, base: Record) -> None:
    changed = _FITTING.get(key) or {key: _EVERYTHING[f"{PROJECT}:{key}"]}
    assert _replaced(base, record_gke(_BASE, changed)) == set()


_FITTING: Mapping[str, Mapping[str, object]] = {
    "auth.type": {"auth.type": "dummy", "auth.allowAnyoneFromTheInternet": True},
    "notebook.additionalResources": {"notebook.additionalResources": {"nvidia.com/gpu": 1, "example.org/fpga": 1}},
}
"""Values that fit this stack, where those of everything.good.yaml do not."""


def test_a_larger_volume_is_the_same_volume(base: Record) -> None:
    larger = record_gke(_BASE, {"hub.storage": {"size": "5Gi"}})
    assert _replaced(base, larger) == set()
    assert larger.one("PersistentVolumeClaim").inputs["spec"]["resources"] == {"requests": {"storage": "5Gi"}}


@pytest.mark.parametrize("storage", [{"storageClass": "premium-rwo"}, {"size": "10Gi", "regional": True}])
def test_another_class_is_for_other_volumes_and_not_for_the_one_that_is_there(
    storage: Mapping[str, object], base: Record
) -> None:
    assert _replaced(base, record_gke(_BASE, {"hub.storage": storage, "notebook.storage": storage})) == set()


def test_homes_may_go_on_as_shares_and_become_larger(base: Record) -> None:
    shares = record_gke(_BASE, _SHARES)
    assert _replaced(base, shares) == set()
    assert _replaced(shares, record_gke(_BASE, {"notebook.storage": {"size": "200Gi", "disk": "filestore"}})) == set()
    assert _replaced(shares, record_gke(_BASE, _SHARES, {"network.podRange": "10.12.0.0/14"})) == set()


def test_a_volume_of_a_stack_that_knew_no_classes_of_its_own_stays() -> None:
    claim = record_gke().one("PersistentVolumeClaim")
    assert claim.inputs["spec"]["storageClassName"]
    assert "spec.storageClassName" in claim.ignore_changes


@pytest.mark.parametrize(("key", "kinds"), [("name", {"PersistentVolumeClaim"}), ("namespace", {"Namespace"})])
def test_other_names_are_another_hub(key: str, kinds: set[str], base: Record) -> None:
    assert kinds <= _replaced(base, record_gke(_BASE, {key: "other"}))


def test_autopilot_is_another_cluster() -> None:
    autopilot = {"cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"}
    assert _replaced(record_gke(), record_gke(autopilot)) == {"Cluster"}


def test_an_internal_load_balancer_has_another_address_and_ranges_change_none() -> None:
    before = record_gke()
    assert _replaced(before, record_gke({"endpoint.internal": True})) == {"Address"}
    assert _replaced(before, record_gke({"endpoint.sourceRanges": ["203.0.113.0/24"]})) == set()


def test_a_certificate_changes_no_address() -> None:
    before = record_gke({"endpoint.hostname": "hub.example.org"})
    after = record_gke({"endpoint.hostname": "hub.example.org", "endpoint.tlsSecret": "hub-tls"})
    assert _replaced(before, after) == set()


def test_other_ranges_and_people_change_a_gateway_in_place() -> None:
    before = record_gke(_BASE, IAP, {"endpoint.sourceRanges": ["203.0.113.0/24"]})
    after = record_gke(_BASE, IAP, {"endpoint.sourceRanges": ["198.51.100.0/24"] * 12, "iap.backendService": 1234567})
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
def test_the_instance_of_cloud_sql_and_its_address_stay(changed: Mapping[str, object]) -> None:
    replaced = _replaced(record_gke(_BASE, CLOUD_SQL), record_gke(_BASE, CLOUD_SQL, changed))
    assert not replaced & {"DatabaseInstance", "Database", "User", "Address", "ForwardingRule"}


def test_another_region_is_another_instance() -> None:
    replaced = _replaced(
        record_gke(_BASE, CLOUD_SQL), record_gke(_BASE, CLOUD_SQL, {"cluster.location": "europe-west4"})
    )
    assert {"DatabaseInstance", "Address", "ForwardingRule"} <= replaced


def test_every_setting_is_looked_at() -> None:
    assert set(KEYS) == {*_ON_GKE, *_ELSEWHERE, *_ORDINARY, *SECRETS}
