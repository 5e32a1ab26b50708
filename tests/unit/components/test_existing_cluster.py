"""An existing cluster must have the features that the settings need; all mistakes are reported at once."""

import json
from collections.abc import Mapping

import pulumi
import pytest

from tests.stacks import CLOUD_SQL, EXISTING, GATEWAY, record_gke

_UP_TO_DATE: Mapping[str, object] = {
    "enableAutopilot": False,
    "gatewayApiConfigs": [{"channel": "CHANNEL_STANDARD"}],
    "monitoringConfigs": [{"managedPrometheuses": [{"enabled": True}]}],
    "workloadIdentityConfigs": [{"workloadPool": "my-project-123.svc.id.goog"}],
    "addonsConfigs": [
        {
            "gcpFilestoreCsiDriverConfigs": [{"enabled": True}],
            "gcsFuseCsiDriverConfigs": [{"enabled": True}],
            "gkeBackupAgentConfigs": [{"enabled": True}],
        }
    ],
}
_HUB: Mapping[str, object] = {"identity.hubServiceAccount": "jupyterhub@my-project-123.iam.gserviceaccount.com"}
_NOTEBOOKS: Mapping[str, object] = {
    "identity.notebooks": [
        {"name": "a", "googleServiceAccount": "a-data@my-project-123.iam.gserviceaccount.com", "users": ["ada"]}
    ]
}
_SHARES: Mapping[str, object] = {"notebook.storage": {"size": "20Gi", "disk": "filestore"}}
_BUCKET: Mapping[str, object] = {"notebook.folders": [{"name": "a", "path": "/a", "bucket": "my-results"}]}
_FOLDER: Mapping[str, object] = {
    "notebook.folders": [{"name": "a", "path": "/a", "storage": {"size": "10Gi", "disk": "filestore"}}]
}
_REGIONAL: Mapping[str, object] = {"size": "10Gi", "regional": True}
_ALL: Mapping[str, object] = {
    **GATEWAY,
    **_HUB,
    "hub.storage": _REGIONAL,
    "monitoring.metrics": "managed-prometheus",
    "notebook.storage": _REGIONAL,
    "notebook.accelerator": "nvidia-l4",
}


def _endpoints(*, dns: bool, ip: bool) -> Mapping[str, object]:
    name = "gke-0123456789-123456789012.europe-west1.gke.goog"
    config = {
        "dnsEndpointConfigs": [{"endpoint": name, "allowExternalTraffic": dns}],
        "ipEndpointsConfigs": [{"enabled": ip}],
    }
    return {"controlPlaneEndpointsConfigs": [config]}


@pytest.mark.parametrize(
    ("cluster", "wanted", "expected"),
    [
        ({}, "", "https://127.0.0.1:9"),
        (_endpoints(dns=True, ip=True), "", "https://127.0.0.1:9"),
        (_endpoints(dns=True, ip=True), "dns", "https://gke-0123456789-123456789012.europe-west1.gke.goog"),
        (_endpoints(dns=True, ip=False), "", "https://gke-0123456789-123456789012.europe-west1.gke.goog"),
    ],
    ids=["unknown", "both", "both-and-dns", "dns-only"],
)
def test_a_cluster_is_reached_by_an_endpoint_that_is_on(
    cluster: Mapping[str, object], wanted: str, expected: str
) -> None:
    changes = {"cluster.controlPlaneEndpoint": wanted} if wanted else {}
    record = record_gke(EXISTING, changes, cluster={**_UP_TO_DATE, **cluster})
    (provider,) = [one for one in record.resources if one.type == "pulumi:providers:kubernetes"]
    found = json.loads(provider.inputs["kubeconfig"])["clusters"][0]["cluster"]
    assert found["server"] == expected
    assert ("certificate-authority-data" in found) == ("127.0.0.1" in expected), "the CA of the DNS endpoint is public"


def _mistakes(cluster: Mapping[str, object], *changes: Mapping[str, object]) -> list[str]:
    """Return the mistakes of a cluster for a stack with these changes."""
    try:
        record_gke(EXISTING, *changes, cluster={**_UP_TO_DATE, **cluster})
    except pulumi.RunError as error:
        return str(error).split("\n  * ")[1:]
    return []


def test_a_cluster_with_all_features_has_no_mistakes() -> None:
    assert _mistakes({}, _ALL) == []
    assert _mistakes({}, _SHARES) == []
    assert _mistakes({}, _FOLDER, _BUCKET) == []


def test_an_autopilot_cluster_has_all_features_built_in() -> None:
    autopilot = {"cluster.autopilot": True, "notebook.accelerator": "nvidia-l4", **_HUB, **_SHARES}
    unknown: Mapping[str, object] = {"enableAutopilot": True, "workloadIdentityConfigs": [], "addonsConfigs": []}
    assert _mistakes(unknown, autopilot) == []


def test_an_offline_comparison_reports_nothing_about_the_cluster() -> None:
    unknown = dict.fromkeys(_UP_TO_DATE)
    assert _mistakes(unknown, _ALL) == []
    assert _mistakes(unknown, _SHARES) == []
    assert _mistakes(unknown, {"cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"}) == []


@pytest.mark.parametrize(
    ("cluster", "changes", "problem", "fix"),
    [
        (
            {"enableAutopilot": True},
            {},
            "cluster.autopilot: the cluster is in mode Autopilot",
            "cluster.autopilot true",
        ),
        (
            {},
            {"cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"},
            "cluster.autopilot: the cluster is in mode Standard",
            "cluster.autopilot false",
        ),
        ({"gatewayApiConfigs": []}, GATEWAY, "endpoint.type: gateway", "--gateway-api=standard"),
        ({"gatewayApiConfigs": [{"channel": "CHANNEL_DISABLED"}]}, GATEWAY, "endpoint.type: gateway", "europe-west1"),
        (
            {"monitoringConfigs": [{"managedPrometheuses": [{"enabled": False}]}]},
            {"monitoring.metrics": "managed-prometheus"},
            "monitoring.metrics: needs Google Cloud Managed Service for Prometheus",
            "--enable-managed-prometheus",
        ),
        ({"workloadIdentityConfigs": []}, _HUB, "identity.hubServiceAccount: needs", "=my-project-123.svc.id.goog"),
        (
            {"workloadIdentityConfigs": [{"workloadPool": ""}]},
            _NOTEBOOKS,
            "identity.notebooks: needs",
            "=GKE_METADATA",
        ),
        ({"addonsConfigs": []}, _SHARES, "notebook.storage.disk: filestore needs", "GcpFilestoreCsiDriver=ENABLED"),
        ({"addonsConfigs": []}, _FOLDER, "notebook.folders: filestore needs", "GcpFilestoreCsiDriver=ENABLED"),
        (
            {"addonsConfigs": []},
            _BUCKET,
            "notebook.folders: a bucket needs",
            "--update-addons=GcsFuseCsiDriver=ENABLED",
        ),
        ({"workloadIdentityConfigs": []}, _BUCKET, "notebook.folders: needs Workload Identity", "=GKE_METADATA"),
        (
            {"addonsConfigs": [{"gcpFilestoreCsiDriverConfigs": [{"enabled": False}]}]},
            _SHARES,
            "notebook.storage.disk: filestore needs",
            "clusters update jupyterhub --location=europe-west1 --project=my-project-123",
        ),
        (
            {"addonsConfigs": [{"gkeBackupAgentConfigs": [{"enabled": False}]}]},
            {"backup.days": 14},
            "backup.days: needs the agent of Backup for GKE",
            "--update-addons=BackupRestore=ENABLED",
        ),
        (
            {"enableAutopilot": True, "addonsConfigs": []},
            {"backup.days": 14, "cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"},
            "backup.days: needs the agent of Backup for GKE",
            "--update-addons=BackupRestore=ENABLED",
        ),
        (
            _endpoints(dns=False, ip=False),
            {},
            "cluster.controlPlaneEndpoint: both endpoints of the cluster are off",
            "clusters update jupyterhub --location=europe-west1 --project=my-project-123 --enable-dns-access",
        ),
        (
            _endpoints(dns=False, ip=True),
            {"cluster.controlPlaneEndpoint": "dns"},
            "cluster.controlPlaneEndpoint: the DNS endpoint of the cluster accepts no requests",
            "--enable-dns-access",
        ),
        (
            _endpoints(dns=True, ip=False),
            {"cluster.controlPlaneEndpoint": "ip"},
            "cluster.controlPlaneEndpoint: the IP endpoint of the cluster is off",
            "pulumi config set cluster.controlPlaneEndpoint dns",
        ),
        (
            {"nodeLocations": ["europe-west1-b"]},
            {"hub.storage": _REGIONAL},
            "hub.storage.regional: needs nodes in two zones, but the cluster has them in europe-west1-b",
            "--node-locations",
        ),
        (
            {"nodeLocations": ["europe-west1-b", "europe-west1-d"]},
            {"notebook.accelerator": "nvidia-l4", "notebook.storage": _REGIONAL},
            "notebook.storage.regional: needs nodes in two zones with nvidia-l4",
            "pulumi config rm --path",
        ),
        (
            {"nodeLocations": ["europe-west1-d"]},
            {"notebook.accelerator": "nvidia-l4"},
            "notebook.accelerator: no zone of the cluster's nodes (europe-west1-d) has nvidia-l4",
            "europe-west1-b and europe-west1-c have",
        ),
    ],
    ids=[
        "is-autopilot",
        "is-not-autopilot",
        "no-gateway-api",
        "disabled-gateway-api",
        "no-managed-prometheus",
        "no-workload-identity",
        "no-workload-identity-for-users",
        "no-filestore-driver",
        "no-filestore-driver-for-folders",
        "no-driver-of-buckets",
        "no-workload-identity-for-buckets",
        "disabled-filestore-driver",
        "no-backup-agent",
        "no-backup-agent-in-autopilot",
        "no-endpoint",
        "no-dns-endpoint",
        "no-ip-endpoint",
        "one-zone-for-the-hub",
        "one-zone-for-homes-with-gpus",
        "no-zone-with-gpus",
    ],
)
def test_a_missing_feature_of_the_cluster_is_reported_with_key_and_fix(
    cluster: Mapping[str, object], changes: Mapping[str, object], problem: str, fix: str
) -> None:
    (mistake,) = _mistakes(cluster, changes)
    assert mistake.startswith(problem)
    assert fix in mistake


def test_an_unused_feature_may_be_missing() -> None:
    off = ("monitoringConfigs", "gatewayApiConfigs", "workloadIdentityConfigs", "addonsConfigs")
    bare: Mapping[str, object] = {**{name: [] for name in off}, "nodeLocations": ["europe-west1-d"]}
    assert _mistakes(bare) == []
    own = {"size": "10Gi", "storageClass": "fast"}
    assert _mistakes(bare, {"notebook.accelerator": "nvidia-l4", "notebook.storage": own}) == []


def test_regional_settings_without_disks_need_no_second_zone() -> None:
    one_zone = {"nodeLocations": ["europe-west1-d"]}
    assert _mistakes(one_zone, _SHARES, {"notebook.accelerator": "nvidia-l4"}) == []
    assert _mistakes(one_zone, CLOUD_SQL, {"hub.storage": _REGIONAL}) == []


def test_the_location_of_a_zonal_cluster_counts_as_node_location() -> None:
    zonal = {"cluster.location": "europe-west1-b", "notebook.accelerator": "nvidia-l4"}
    assert _mistakes({"nodeLocations": []}, zonal) == []


def test_all_missing_features_are_reported_at_once_with_the_cluster() -> None:
    cluster: Mapping[str, object] = {"enableAutopilot": False, "gatewayApiConfigs": [], "workloadIdentityConfigs": []}
    with pytest.raises(pulumi.RunError, match=r"existing cluster jupyterhub.* stack test has 5 mistakes") as raised:
        record_gke(
            EXISTING, _ALL, {"cluster.autopilot": True}, cluster={**cluster, "nodeLocations": ["europe-west1-b"]}
        )
    keys = [line.split(":")[0].strip(" *") for line in str(raised.value).splitlines()[1:]]
    assert keys == [
        "cluster.autopilot",
        "endpoint.type",
        "identity.hubServiceAccount",
        "hub.storage.regional",
        "notebook.storage.regional",
    ]
