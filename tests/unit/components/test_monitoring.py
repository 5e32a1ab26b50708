"""What reads the hub's metrics: token, scrape objects, alert rules, and the way through the NetworkPolicies."""

import re
from collections.abc import Mapping, Sequence

import pytest
import yaml

from components import alerts
from hub import contract_monitoring
from hub.contract import HubConfig
from tests.dashboard import QUERIES
from tests.doubles.monitor import SECRET, Record
from tests.stacks import CLOUD_SQL, GATEWAY, pod_specs, record_gke, record_hub, text_of
from tools.schema.generated import RULE_FILE

_OPERATOR: Mapping[str, object] = {
    "monitoring.metrics": "prometheus-operator",
    "monitoring.labels": {"release": "kube-prometheus-stack"},
}
_MANAGED: Mapping[str, object] = {"monitoring.metrics": "managed-prometheus"}
_OWN: Mapping[str, object] = {"monitoring.metrics": "prometheus"}
_TOKEN = f"{SECRET} tf-hub-secret-services-metrics.value"


@pytest.fixture(scope="module")
def operator() -> Record:
    return record_hub(_OPERATOR)


@pytest.fixture(scope="module")
def managed() -> Record:
    return record_gke(GATEWAY, _MANAGED)


def _tokens(of: Record) -> list[str]:
    """Return the Secrets with fixed names, by namespace and name. They have the token and nothing else."""
    found = [one.inputs for one in of.of("Secret") if "name" in one.inputs["metadata"]]
    for one in found:
        assert one["stringData"].keys() == {"token"}
        assert one["stringData"]["token"].startswith(_TOKEN)
    return ["{namespace}/{name}".format_map(one["metadata"]) for one in found]


def _readers(of: Record) -> set[str]:
    """Return the namespaces of others whose pods may connect to the hub."""
    (spec,) = [one.inputs["spec"] for one in of.of("NetworkPolicy") if one.inputs["metadata"]["name"] == "tf-hub-hub"]
    (rule,) = spec["ingress"]
    names = {peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for peer in rule["from"]}
    return {str(name) for name in names if "jupyterhub" not in str(name)}


def _hub_json(of: Record) -> HubConfig:
    (text,) = [one.inputs["data"]["hub.json"] for one in of.of("ConfigMap") if "hub.json" in one.inputs["data"]]
    return HubConfig.model_validate_json(text)


def test_without_metrics_there_is_no_token_and_nothing_reads_them(hub: Record) -> None:
    assert hub.of("Monitoring") == []
    assert not _hub_json(hub).monitoring.metrics
    assert "METRICS" not in text_of(pod_specs(hub))
    assert _readers(hub) == set()


@pytest.mark.parametrize("changes", [_OPERATOR, _OWN], ids=str)
def test_the_token_may_read_the_metrics_and_nothing_else(changes: Mapping[str, object]) -> None:
    (service,) = _hub_json(record_hub(changes)).services
    assert (service.name, service.scopes, service.has_page) == ("metrics", ("read:metrics",), False)


def test_the_operator_reads_the_port_of_the_hub_with_the_token_from_a_secret_beside(operator: Record) -> None:
    assert _tokens(operator) == ["jupyterhub/tf-hub-metrics"]
    monitor = operator.one("PodMonitor").inputs
    assert monitor["metadata"]["labels"]["release"] == "kube-prometheus-stack"
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("hub", "/hub/metrics")
    credentials = {"name": "tf-hub-metrics", "key": "token"}
    assert endpoint["authorization"] == {"type": "Bearer", "credentials": credentials}
    below = record_hub({**_OPERATOR, "hub.baseUrl": "/jupyter"}).one("PodMonitor").inputs
    assert below["spec"]["podMetricsEndpoints"][0]["path"] == "/jupyter/hub/metrics"
    pod = operator.one("StatefulSet").inputs["spec"]["template"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert "hub" in {port["name"] for port in pod["spec"]["containers"][0]["ports"]}
    assert _readers(operator) == {"monitoring"}


def test_googles_collectors_may_read_the_token_and_no_other_secret(managed: Record) -> None:
    (endpoint,) = managed.one("PodMonitoring").inputs["spec"]["endpoints"]
    assert endpoint["authorization"]["credentials"] == {"secret": {"name": "tf-hub-metrics", "key": "token"}}
    (role,) = [one for one in managed.of("Role") if one.inputs["metadata"]["name"] == "tf-hub-metrics"]
    (rule,) = role.inputs["rules"]
    assert rule["resourceNames"] == ["tf-hub-metrics"]
    (binding,) = [one for one in managed.of("RoleBinding") if one.inputs["metadata"]["name"] == "tf-hub-metrics"]
    subjects = {(one["name"], one["namespace"]) for one in binding.inputs["subjects"]}
    assert subjects == {("collector", "gke-gmp-system"), ("collector", "gmp-system")}
    assert _readers(managed) == {"gke-gmp-system", "gmp-system"}
    assert managed.one("Cluster").inputs["monitoringConfig"]["managedPrometheus"] == {"enabled": True}


def test_a_prometheus_of_ones_own_gets_the_token_in_its_namespace() -> None:
    own = record_hub({**_OWN, "monitoring.namespace": "observability"})
    assert _tokens(own) == ["observability/tf-hub-service-metrics"]
    assert own.of("Monitoring") == []
    assert _readers(own) == {"observability"}


@pytest.mark.parametrize("of", ["operator", "managed"])
def test_the_token_is_in_secrets_only(of: str, request: pytest.FixtureRequest) -> None:
    record: Record = request.getfixturevalue(of)
    others = [one.public for one in record.resources if one.kind != "Token"]
    assert "tf-hub-secret-services-metrics.value" not in text_of(others)


def test_only_the_operator_needs_its_definitions_to_be_there(operator: Record, managed: Record) -> None:
    definitions = operator.one("DefinitionsCheck").inputs["definitions"]
    assert definitions == ["podmonitors.monitoring.coreos.com", "prometheusrules.monitoring.coreos.com"]
    assert managed.of("DefinitionsCheck") == []
    without = record_hub({**_OPERATOR, "monitoring.alerts": False})
    assert without.one("DefinitionsCheck").inputs["definitions"] == definitions[:1]
    assert without.of("PrometheusRule") == []


def _alerts(of: Record, kind: str) -> set[str]:
    return set(alerts.names(of.one(kind).inputs["spec"]["groups"]))


def test_alerts_are_those_that_the_hub_can_have(operator: Record, managed: Record) -> None:
    of_all = {"JupyterHubDown", "JupyterHubUnhealthy", "JupyterHubStartsFail", "JupyterHubStartsSlow"}
    assert _alerts(operator, "PrometheusRule") == {*of_all, "JupyterHubDatabaseNearlyFull"}
    assert _alerts(managed, "Rules") == {*of_all, "JupyterHubDatabaseNearlyFull", "JupyterHubCertificateEnds"}
    with_server = record_gke(GATEWAY, _MANAGED, CLOUD_SQL)
    assert _alerts(with_server, "Rules") == {*of_all, "JupyterHubCertificateEnds"}


def test_the_hub_looks_at_its_certificate_where_there_is_https(operator: Record, managed: Record) -> None:
    assert _hub_json(managed).monitoring.public_url == "https://hub.example.org"
    assert _hub_json(operator).monitoring.public_url is None


def test_usage_is_counted_for_groups_that_the_hub_keeps() -> None:
    of_physics = {"monitoring.organizations": ["physics:staff"], "monitoring.usage": "users"}
    config = _hub_json(record_gke(GATEWAY, _MANAGED, of_physics))
    assert config.monitoring.groups == ("physics:staff",)
    assert config.monitoring.usage == "users"
    assert "physics:staff" in config.sign_in.github.groups


def test_a_log_in_json_is_one_of_hub_and_proxy(hub: Record) -> None:
    json_log = record_hub({"monitoring.logs": "json"})
    assert _hub_json(json_log).monitoring.logs == "json"
    (proxy,) = pod_specs(json_log)["tf-hub-proxy"]["containers"]
    assert "--import=/opt/proxy/json-log.mjs" in text_of(proxy)
    assert "json-log" not in text_of(pod_specs(hub))


_METRIC = re.compile(r"\b(?:jupyterhub|process|kubelet)_[a-z_]+|\bup\b")
_OF_JUPYTERHUB = {
    "jupyterhub_active_users",
    "jupyterhub_event_loop_interval_seconds_bucket",
    "jupyterhub_request_duration_seconds_bucket",
    "jupyterhub_running_servers",
    f"{contract_monitoring.STARTS}_bucket",
    f"{contract_monitoring.STARTS}_count",
}
_OF_HUB = {
    contract_monitoring.PROBLEM,
    contract_monitoring.STARTING,
    contract_monitoring.VOLUME,
    contract_monitoring.VOLUME_FREE,
    contract_monitoring.CERTIFICATE_END,
    *(f"{contract_monitoring.USAGE.format(kind)}_total" for kind in ("server", "cpu", "memory_byte", "gpu")),
}
_OF_OTHERS = {
    "up",
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "kubelet_volume_stats_capacity_bytes",
    "kubelet_volume_stats_used_bytes",
}


@pytest.mark.parametrize(
    "found",
    [[rule["expr"] for group in yaml.safe_load(RULE_FILE.read_text())["groups"] for rule in group["rules"]], QUERIES],
    ids=["alerts", "dashboard"],
)
def test_alerts_and_dashboard_name_only_metrics_that_there_are(found: Sequence[str]) -> None:
    assert len(found) > 5
    named = {name for expression in found for name in _METRIC.findall(re.sub(r'"[^"]*"', "", expression))}
    assert named - _OF_JUPYTERHUB - _OF_HUB - _OF_OTHERS == set()


def test_the_dashboard_shows_each_metric_of_the_hub() -> None:
    assert [name for name in _OF_HUB if not any(name in query for query in QUERIES)] == []
