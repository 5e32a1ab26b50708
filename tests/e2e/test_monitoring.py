"""A hub that a real Prometheus reads: who may, usage of people and groups, alerts, and the log in JSON."""

import json
from collections.abc import Generator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from kubernetes.client import AppsV1Api, CoreV1Api, V1Namespace, V1ObjectMeta
from kubernetes.client.exceptions import ApiException

from components import alerts
from hub.contract_monitoring import METRICS_PATH, PROBLEM, USAGE, VOLUME_FREE
from tests.conftest import leave_out, make_stack, succeed
from tests.doubles import prometheus
from tests.doubles.prometheus import Prometheus
from tests.e2e.hubs import (
    MONITORING_NAMESPACE,
    MONITORING_NOTEBOOKS,
    MONITORING_SETTINGS,
    PROMETHEUS_NAMESPACE,
    Hub,
    brought_up,
    forget,
    wait_until,
)
from tools.engine import Engine
from tools.errors import ToolError
from tools.local import api
from tools.schema.generated import RULE_FILE

pytestmark = pytest.mark.scenario

_USED = f"{USAGE.format('server')}_total"


@pytest.fixture(scope="module")
def hub(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Hub]:
    folder = tmp_path_factory.mktemp("monitoring")
    settings = {**MONITORING_SETTINGS, **image_settings}
    stack = make_stack("monitoring", folder, built_engine, live_cluster, settings)
    forget(PROMETHEUS_NAMESPACE)
    core = CoreV1Api(api.connect())
    core.create_namespace(V1Namespace(metadata=V1ObjectMeta(name=PROMETHEUS_NAMESPACE)))
    with brought_up(stack, MONITORING_NAMESPACE, MONITORING_NOTEBOOKS) as hub:
        yield hub
    forget(PROMETHEUS_NAMESPACE)


@pytest.fixture(scope="module")
def tokens(hub: Hub) -> dict[str, str]:
    """The tokens of the services."""
    shown = succeed(hub.stack, "stack", "output", "service_tokens", "--show-secrets", "--json")
    return json.loads(shown)


@pytest.fixture(scope="module")
def reader(hub: Hub, tokens: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Generator[Prometheus]:
    """A Prometheus with the alert rules of the hub, which fire at once."""
    groups = alerts.groups("tf-hub", MONITORING_NAMESPACE, has_volume=True, has_certificate=False)
    at_once = [
        {**group, "interval": "1s", "rules": [{**rule, "for": "0s"} for rule in group["rules"]]} for group in groups
    ]
    try:
        with prometheus.running(
            tmp_path_factory.mktemp("prometheus"),
            job="tf-hub",
            target=hub.url.removeprefix("http://"),
            token=tokens["metrics"],
            labels={"namespace": MONITORING_NAMESPACE},
            rules=at_once,
        ) as found:
            yield found
    except ToolError as error:
        leave_out(str(error))


def _call(hub: Hub, token: str, method: str, path: str, body: Any = None) -> httpx.Response:  # noqa: ANN401 any JSON
    url = f"{hub.url}/hub/api{path}"
    return httpx.request(method, url, headers={"Authorization": f"token {token}"}, json=body, timeout=120)


def test_the_written_alert_rules_are_valid() -> None:
    try:
        assert prometheus.mistakes_in(RULE_FILE) == ""
    except ToolError as error:
        leave_out(str(error))


def test_the_namespace_of_prometheus_has_the_token(hub: Hub, tokens: Mapping[str, str]) -> None:
    assert hub.url
    secret = CoreV1Api(api.connect()).read_namespaced_secret("tf-hub-service-metrics", PROMETHEUS_NAMESPACE)
    assert secret.data
    assert set(secret.data) == {"token"}
    assert httpx.get(f"{hub.url}{METRICS_PATH}").status_code == 403
    bearer = {"Authorization": f"Bearer {tokens['metrics']}"}
    assert httpx.get(f"{hub.url}{METRICS_PATH}", headers=bearer).status_code == 200


def test_prometheus_reads_jupyterhubs_metrics_and_the_hubs(reader: Prometheus) -> None:
    wait_until(lambda: list(reader.ask("up").values()) == [1])
    wait_until(lambda: bool(reader.ask(VOLUME_FREE)))
    assert list(reader.ask(f"sum({PROBLEM})").values()) == [0]
    assert list(reader.ask("jupyterhub_running_servers").values()) == [0]
    assert reader.firing() == set()


def test_usage_is_counted_for_the_person_the_choice_and_the_group(
    hub: Hub, reader: Prometheus, tokens: Mapping[str, str]
) -> None:
    tester = tokens["tester"]
    assert _call(hub, tester, "POST", "/users/ada/server", {"choice": "small"}).status_code in {201, 202}
    query = f'{_USED}{{username="ada",choice="small",group="physics"}}'
    wait_until(lambda: any(value > 0 for value in reader.ask(query).values()), seconds=300)
    wait_until(lambda: any(value > 5 for value in reader.ask(f"sum(increase({query}[1m]))").values()), seconds=120)
    (cpus,) = reader.ask(f"sum(rate({USAGE.format('cpu')}_total[30s]))").values()
    assert 0.1 < cpus < 0.5, "a quarter of a CPU is guaranteed"
    _call(hub, tester, "DELETE", "/users/ada/server")


def test_a_failed_start_is_counted(hub: Hub, reader: Prometheus, tokens: Mapping[str, str]) -> None:
    _call(hub, tokens["tester"], "POST", "/users/bob/server", {"choice": "broken"})
    failed = 'sum(jupyterhub_server_spawn_duration_seconds_count{status="error"})'
    wait_until(lambda: any(value > 0 for value in reader.ask(failed).values()), seconds=300)


def test_the_log_of_hub_and_proxy_has_one_object_a_line(hub: Hub) -> None:
    assert hub.url
    core = CoreV1Api(api.connect())
    found = core.list_namespaced_pod(MONITORING_NAMESPACE).items
    for name in (str(pod.metadata.name) for pod in found if pod.metadata):
        lines = core.read_namespaced_pod_log(name, MONITORING_NAMESPACE).splitlines()
        first = next(index for index, line in enumerate(lines) if line.startswith("{"))
        assert all("severity" in json.loads(line) for line in lines[first:])


def test_a_hub_that_is_away_fires_an_alert(hub: Hub, reader: Prometheus) -> None:
    assert hub.url
    apps = AppsV1Api(api.connect())
    apps.patch_namespaced_stateful_set_scale("tf-hub", MONITORING_NAMESPACE, {"spec": {"replicas": 0}})
    wait_until(lambda: "JupyterHubDown" in reader.firing(), seconds=120)
    apps.patch_namespaced_stateful_set_scale("tf-hub", MONITORING_NAMESPACE, {"spec": {"replicas": 1}})
    wait_until(lambda: "JupyterHubDown" not in reader.firing(), seconds=120)


def test_a_cluster_without_the_operator_is_told_in_the_preview(hub: Hub) -> None:
    file = hub.stack.folder / "settings.yaml"
    config = yaml.safe_load(file.read_text())["config"] | {"jupyterhub:monitoring.metrics": "prometheus-operator"}
    file.write_text(yaml.safe_dump({"config": config}))
    hub.stack.prepare(file, {})
    done = hub.stack.run("preview")
    assert done.returncode != 0
    assert "the cluster has no podmonitors.monitoring.coreos.com" in done.stdout
    with suppress(ApiException):  # nothing was made
        CoreV1Api(api.connect()).read_namespaced_secret("tf-hub-metrics", MONITORING_NAMESPACE)
        pytest.fail("a Secret of the refused change exists")
