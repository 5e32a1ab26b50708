"""A hub that a real Prometheus reads: who may, usage of people and groups, alerts, and the log in JSON."""

import json
from base64 import b64decode
from collections.abc import Generator, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import httpx
import pytest
import yaml
from kubernetes.client import AppsV1Api, CoreV1Api, V1Namespace, V1ObjectMeta
from kubernetes.client.exceptions import ApiException

from components import alerts
from components.dynamic.api_client import end_of_log
from hub.contract_monitoring import METRICS_PATH, PROBLEM, USAGE, VOLUME_FREE
from settings import METRICS_SERVICE
from tests import dashboard
from tests.conftest import leave_out, make_stack, succeed
from tests.doubles import prometheus
from tests.doubles.prometheus import Prometheus
from tests.e2e.hub_settings import MONITORING_NAMESPACE, MONITORING_NOTEBOOKS, MONITORING_SETTINGS, PROMETHEUS_NAMESPACE
from tests.e2e.hubs import Hub, brought_up, forget, readable_texts, require_success
from tests.waiting import wait_until
from tools.engine import Engine
from tools.errors import ToolError
from tools.local import api

pytestmark = pytest.mark.scenario

_USED = f"{USAGE.format('server')}_total"
_NOT_HERE = (
    "jupyterhub_certificate_expiry",  # the hub has no https
    "kubelet_volume_stats",  # of the kubelet, which this Prometheus does not read
)
"""Metrics of the dashboard that this hub does not have."""


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


def _status(hub: Hub, token: str | None) -> int:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{hub.url}{METRICS_PATH}", headers=headers, timeout=60).status_code


def _token_of_prometheus() -> str:
    """Return the token in the namespace of Prometheus."""
    secret = CoreV1Api(api.connect()).read_namespaced_secret("tf-hub-service-metrics", PROMETHEUS_NAMESPACE)
    assert secret.data
    assert secret.data.keys() == {"token"}
    return b64decode(secret.data["token"]).decode()


def test_the_namespace_of_prometheus_has_the_token_and_nobody_reads_without_it(
    hub: Hub, tokens: Mapping[str, str]
) -> None:
    assert _token_of_prometheus() == tokens[METRICS_SERVICE]
    assert _status(hub, tokens[METRICS_SERVICE]) == 200
    assert {_status(hub, token) for token in (None, "a" * 64, tokens["tester"])} == {403}


def test_prometheus_reads_jupyterhubs_metrics_and_the_hubs(reader: Prometheus) -> None:
    wait_until(lambda: list(reader.ask("up").values()) == [1])
    wait_until(lambda: bool(reader.ask(VOLUME_FREE)))
    assert list(reader.ask(f"sum({PROBLEM})").values()) == [0]
    assert list(reader.ask("jupyterhub_running_servers").values()) == [0]
    # Before the first scrape, the hub is down for the rules, until their next evaluation.
    wait_until(lambda: reader.firing() == set())


def test_usage_is_counted_for_the_person_the_choice_and_the_group(
    hub: Hub, reader: Prometheus, tokens: Mapping[str, str]
) -> None:
    tester = tokens["tester"]
    assert _call(hub, tester, "POST", "/users/ada/server", {"choice": "small"}).status_code in {201, 202}
    query = f'{_USED}{{username="ada",choice="small",group="physics"}}'
    wait_until(lambda: any(value > 0 for value in reader.ask(query).values()), seconds=300)
    wait_until(lambda: any(value > 5 for value in reader.ask(f"sum(increase({query}[1m]))").values()), seconds=120)
    # A quarter of a CPU is guaranteed.
    assert [*reader.ask(f"sum({USAGE.format('cpu')}_total) / sum({_USED})").values()] == [0.25]
    _call(hub, tester, "DELETE", "/users/ada/server")


def test_starts_that_fail_fire_an_alert(hub: Hub, reader: Prometheus, tokens: Mapping[str, str]) -> None:
    people = ("bob", "cyd", "dan", "eve")
    for name in people:
        answer = _call(hub, tokens["tester"], "POST", f"/users/{name}/server", {"choice": "broken"})
        assert answer.status_code in {202, 503}, answer.text
    failed = 'sum(jupyterhub_server_spawn_duration_seconds_count{status="error"})'
    wait_until(lambda: any(value >= len(people) for value in reader.ask(failed).values()), seconds=300)
    wait_until(lambda: reader.firing() == {"JupyterHubStartsFail"})


@pytest.mark.parametrize("of", dashboard.QUERIES)
def test_each_query_of_the_dashboard_has_an_answer(reader: Prometheus, of: str) -> None:
    query = dashboard.query(of, namespace=MONITORING_NAMESPACE, hub="tf-hub", __rate_interval="1m", __range="10m")
    assert "$" not in query
    if any(name in query for name in _NOT_HERE):
        assert reader.ask(query) == {}
    else:
        wait_until(lambda: bool(reader.ask(query)))


def test_the_log_of_hub_and_proxy_has_one_object_a_line_and_no_token(hub: Hub, tokens: Mapping[str, str]) -> None:
    assert hub.url
    core = CoreV1Api(api.connect())
    found = core.list_namespaced_pod(MONITORING_NAMESPACE).items
    for name in (str(pod.metadata.name) for pod in found if pod.metadata):
        lines = end_of_log(core, name, MONITORING_NAMESPACE, previous=False, lines=100_000)
        first = next(index for index, line in enumerate(lines) if line.startswith("{"))
        assert [line for line in lines[first:] if not line.startswith('{"severity":')] == []
        assert all("message" in json.loads(line) for line in lines[first:])
    readable = readable_texts(MONITORING_NAMESPACE)
    assert [kind for kind, text in readable.items() for token in tokens.values() if token in text] == []


def test_a_hub_that_is_away_fires_an_alert(reader: Prometheus) -> None:
    apps = AppsV1Api(api.connect())
    apps.patch_namespaced_stateful_set_scale("tf-hub", MONITORING_NAMESPACE, {"spec": {"replicas": 0}})
    wait_until(lambda: "JupyterHubDown" in reader.firing(), seconds=120)
    apps.patch_namespaced_stateful_set_scale("tf-hub", MONITORING_NAMESPACE, {"spec": {"replicas": 1}})
    wait_until(lambda: "JupyterHubDown" not in reader.firing(), seconds=120)


def test_a_renewed_token_reads_and_the_old_one_does_not(
    hub: Hub, reader: Prometheus, tokens: Mapping[str, str]
) -> None:
    require_success(
        _with(hub, {"secrets.metricsTokenGeneration": 2}, "up", "--yes", "--skip-preview"), MONITORING_NAMESPACE
    )
    renewed = _token_of_prometheus()
    assert renewed != tokens[METRICS_SERVICE]
    wait_until(lambda: _status(hub, renewed) == 200)
    assert _status(hub, tokens[METRICS_SERVICE]) == 403
    wait_until(lambda: "JupyterHubDown" in reader.firing())
    reader.token_file.write_text(renewed)
    wait_until(lambda: "JupyterHubDown" not in reader.firing())


def _with(hub: Hub, changes: Mapping[str, object], *arguments: str) -> CompletedProcess[str]:
    """Run a command of Pulumi with changed settings."""
    file = hub.stack.folder / "settings.yaml"
    config = yaml.safe_load(file.read_text())["config"] | {f"jupyterhub:{key}": value for key, value in changes.items()}
    file.write_text(yaml.safe_dump({"config": config}))
    hub.stack.prepare(file, {})
    return hub.stack.run(*arguments)


def test_a_cluster_without_the_operator_is_told_in_the_preview(hub: Hub) -> None:
    done = _with(hub, {"monitoring.metrics": "prometheus-operator"}, "preview")
    assert done.returncode != 0
    assert "the cluster has no podmonitors.monitoring.coreos.com" in done.stdout
    with pytest.raises(ApiException, match="404"):  # nothing was made
        CoreV1Api(api.connect()).read_namespaced_secret("tf-hub-metrics", MONITORING_NAMESPACE)
