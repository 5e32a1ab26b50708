"""Metrics of a running hub: who may read them, and what they say."""

from collections.abc import Generator, Mapping
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from hub.contract import HubConfig
from hub.contract_monitoring import METRICS_PATH, PROBLEM, STARTING, VOLUME, VOLUME_FREE, Monitoring
from hub.contract_services import Service, token_variable
from tests.unit.hub.running_hub import RunningHub, running

_TOKEN = "e" * 64
_READER = Service(
    name="metrics",
    url=None,
    display=True,
    redirect_url=None,
    skip_consent=False,
    scopes=("read:metrics",),
    sign_in_scopes=(),
    from_notebooks=False,
    users=(),
    groups=(),
)


@pytest.fixture
def hub(hub_config: HubConfig, tmp_path: Path) -> Generator[RunningHub]:
    monitoring = Monitoring(metrics=True, usage="users", groups=(), public_url=None, logs="text")
    config = hub_config.model_copy(update={"idle_minutes": 0, "services": (_READER,), "monitoring": monitoring})
    with running(tmp_path, config, environment={token_variable("metrics"): _TOKEN}) as hub:
        yield hub


def _read(hub: RunningHub, token: str = _TOKEN) -> httpx.Response:
    return httpx.get(f"{hub.url}{METRICS_PATH}", headers={"Authorization": f"Bearer {token}"}, timeout=60)


def _values(hub: RunningHub) -> Mapping[str, float]:
    families = text_string_to_metric_families(_read(hub).text)
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in families
        for sample in family.samples
    }


def test_only_the_token_of_the_stack_reads_the_metrics(hub: RunningHub) -> None:
    assert httpx.get(f"{hub.url}{METRICS_PATH}").status_code == 403
    assert _read(hub, "f" * 64).status_code == 403
    assert hub.visit("ada").get(METRICS_PATH).status_code == 403
    assert _read(hub).status_code == 200
    assert httpx.get(f"{hub.url}/hub/api/users", headers={"Authorization": f"token {_TOKEN}"}).status_code == 403


def test_the_metrics_are_those_of_jupyterhub_and_of_this_hub(hub: RunningHub) -> None:
    values = _values(hub)
    assert values["jupyterhub_running_servers"] == 0
    assert values[STARTING] == 0
    assert 0 < values[VOLUME_FREE] <= values[VOLUME]
    assert {name for name in values if name.startswith(PROBLEM)} == {
        f"{PROBLEM} {check}" for check in ("The database", "The proxy", "Kubernetes")
    }


def test_a_failing_check_is_a_metric(hub: RunningHub) -> None:
    httpx.get(f"{hub.url}/hub/health")
    while _values(hub)[f"{PROBLEM} Kubernetes"] == 0:
        pass
    assert _values(hub)[f"{PROBLEM} The database"] == 0


def test_a_server_that_somebody_waits_for_is_a_metric(hub: RunningHub) -> None:
    ada = hub.visit("ada")
    ada.call("POST", f"{ada.path}/server", {"image": "quay.io/jupyter/any:slow"})
    assert _values(hub)[STARTING] == 1
