"""The API server accepts the custom resources of a hub by the rules that Google and the Prometheus Operator publish."""

import copy
from collections.abc import Callable, Generator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from kubernetes.client import CoreV1Api, CustomObjectsApi, V1Namespace, V1ObjectMeta
from kubernetes.client.api_client import ApiClient
from kubernetes.client.exceptions import ApiException

from hub import folders
from hub.contract_folders import Folder, People, Scratch
from tests.doubles.api_server import api_server
from tests.doubles.google import definitions
from tests.doubles.google.wire import received, sent
from tests.doubles.monitor import Record
from tests.hub_configs import HUB_CONFIG
from tests.stacks import GATEWAY, IAP, record_gke, record_hub
from tools.engine import Engine

_FOLDER = Folder(
    name="data",
    path="/data",
    claim="course-data",
    bucket=None,
    sub_path="people/{username}",
    people=None,
    writable=False,
    writers=People(users=(), groups=()),
)
_WITH_FOLDERS = HUB_CONFIG.model_copy(
    update={
        "shared_memory": "2Gi",
        "scratch": Scratch(path="/scratch", size="50Gi", storage_class="fast"),
        "folders": (
            _FOLDER,
            _FOLDER.model_copy(update={"name": "b", "path": "/b", "claim": None, "bucket": "results"}),
        ),
    }
)
_ADA: Any = SimpleNamespace(name="ada", admin=False, groups=[])
_PLURALS = {
    "Gateway": "gateways",
    "HTTPRoute": "httproutes",
    "HealthCheckPolicy": "healthcheckpolicies",
    "GCPBackendPolicy": "gcpbackendpolicies",
    "GCPGatewayPolicy": "gcpgatewaypolicies",
    "PodMonitoring": "podmonitorings",
    "Rules": "rules",
    "PodMonitor": "podmonitors",
    "PrometheusRule": "prometheusrules",
}
_OF_METRICS = {"PodMonitoring", "Rules", "PodMonitor", "PrometheusRule"}
_MANAGED = {"monitoring.metrics": "managed-prometheus"}
_OPERATOR = {"monitoring.metrics": "prometheus-operator"}


@pytest.fixture(scope="module")
def client(built_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Generator[ApiClient]:
    """A client of an API server with the custom resource definitions of GKE and of the Prometheus Operator."""
    assert built_engine
    installed = [*definitions.of_gke(), *definitions.of_prometheus_operator()]
    with (
        api_server("gke", tmp_path_factory.mktemp("gke") / "server") as server,
        definitions.installed(server.client, definitions=installed),
    ):
        yield server.client


def _refusal(client: ApiClient, made: Mapping[str, Any]) -> str:
    """Return the API server's reason to refuse an object; empty if it accepts it."""
    group, version = made["apiVersion"].split("/")
    body = {**made, "metadata": {**made["metadata"], "namespace": "default"}}
    try:
        CustomObjectsApi(client).create_namespaced_custom_object(
            group, version, "default", _PLURALS[made["kind"]], body, dry_run="All", field_validation="Strict"
        )
    except ApiException as error:
        return str(error.body)
    return ""


def _objects(record: Record) -> list[dict[str, Any]]:
    return [received(sent(resource.inputs)) for kind in _PLURALS for resource in record.of(kind) if resource.custom]


@pytest.mark.parametrize("changes", [{}, IAP, {"endpoint.sourceRanges": ["203.0.113.0/24"]}], ids=len)
def test_all_custom_resources_of_a_gateway_are_accepted(client: ApiClient, changes: Mapping[str, object]) -> None:
    objects = _objects(record_gke(GATEWAY, changes))
    assert {made["kind"] for made in objects} == {*_PLURALS} - _OF_METRICS
    assert [reason for made in objects if (reason := _refusal(client, made))] == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"port": 8000, "portSpecification": None}, "USE_SERVING_PORT"),
        ({"port": 8000}, "USE_SERVING_PORT"),
        ({"portSpecification": "USE_FIXED_PORT"}, "USE_FIXED_PORT"),
        ({"portName": "http", "portSpecification": "USE_NAMED_PORT", "port": 8000}, "USE_NAMED_PORT"),
        ({"path": "/"}, "unknown field"),
    ],
    ids=str,
)
def test_a_health_check_against_the_published_rules_is_refused(
    client: ApiClient, changes: Mapping[str, object], reason: str
) -> None:
    (made,) = [made for made in _objects(record_gke(GATEWAY)) if made["kind"] == "HealthCheckPolicy"]
    wrong = copy.deepcopy(made)
    check = wrong["spec"]["default"]["config"]["httpHealthCheck"]
    wrong["spec"]["default"]["config"]["httpHealthCheck"] = {
        name: value for name, value in {**check, **changes}.items() if value is not None
    }
    assert reason in _refusal(client, wrong)


@pytest.mark.parametrize(
    ("record", "kinds"),
    [
        (lambda: record_gke(GATEWAY, _MANAGED), {"PodMonitoring", "Rules"}),
        (lambda: record_hub(_OPERATOR), {"PodMonitor", "PrometheusRule"}),
    ],
    ids=["Google", "operator"],
)
def test_the_objects_that_let_a_prometheus_read_the_metrics_are_accepted(
    client: ApiClient, record: Callable[[], Record], kinds: set[str]
) -> None:
    objects = [made for made in _objects(record()) if made["kind"] in _OF_METRICS]
    assert {made["kind"] for made in objects} == kinds
    assert [reason for made in objects if (reason := _refusal(client, made))] == []
    for made in objects:
        (key,) = made["spec"].keys() & {"endpoints", "podMetricsEndpoints", "groups"}
        wrong = copy.deepcopy(made)
        wrong["spec"][key][0]["misspelled"] = True
        assert "unknown field" in _refusal(client, wrong)


def test_folders_of_all_kinds_are_accepted_under_the_restricted_standard(client: ApiClient) -> None:
    """The sidecar that GKE adds for a bucket is not in this pod."""
    core, name = CoreV1Api(client), "notebooks"
    enforced = {"pod-security.kubernetes.io/enforce": "restricted"}
    core.create_namespace(V1Namespace(metadata=V1ObjectMeta(name=name, labels=enforced)))
    volumes, mounts, annotations = folders.of(_ADA, "ada", _WITH_FOLDERS)
    assert [[*volume][1] for volume in volumes] == ["emptyDir", "ephemeral", "persistentVolumeClaim", "csi"]
    container = {
        "name": "notebook",
        "image": "notebook",
        "volumeMounts": mounts,
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    security = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    pod: Any = {
        "metadata": {"name": "jupyter-ada", "annotations": annotations},
        "spec": {"containers": [container], "volumes": volumes, "securityContext": security},
    }
    core.create_namespaced_pod(name, pod, field_validation="Strict", dry_run="All")
    root: Any = {**pod, "spec": {**pod["spec"], "volumes": [*volumes, {"name": "x", "hostPath": {"path": "/"}}]}}
    with pytest.raises(ApiException, match="violates PodSecurity"):
        core.create_namespaced_pod(name, root, field_validation="Strict", dry_run="All")


def test_a_health_check_that_takes_longer_than_its_interval_is_refused(client: ApiClient) -> None:
    (made,) = [made for made in _objects(record_gke(GATEWAY)) if made["kind"] == "HealthCheckPolicy"]
    wrong = copy.deepcopy(made)
    wrong["spec"]["default"]["timeoutSec"] = wrong["spec"]["default"]["checkIntervalSec"] + 1
    assert "longer than the time between checks" in _refusal(client, wrong)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"targetRef": {"group": "", "kind": "Service", "name": "tf-hub"}}, "kind"),
        ({"targetRef": {"group": "gateway.networking.k8s.io", "kind": "Gateway"}}, "name"),
        ({"default": {"sslpolicy": "modern"}}, "unknown field"),
    ],
    ids=str,
)
def test_a_tls_policy_that_would_have_no_effect_is_refused(
    client: ApiClient, changes: Mapping[str, object], reason: str
) -> None:
    (made,) = [made for made in _objects(record_gke(GATEWAY)) if made["kind"] == "GCPGatewayPolicy"]
    assert reason in _refusal(client, {**made, "spec": {**made["spec"], **changes}})
