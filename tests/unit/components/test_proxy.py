import json
from typing import Any

import pytest

from tests.doubles.monitor import Record
from tests.stacks import pod_specs, record_hub
from tools.paths import CHECKOUT


def _proxy(hub: Record) -> dict[str, dict[str, Any]]:
    """All that is below the proxy's component."""
    component = hub.one("Proxy").urn
    return {resource.urn: resource.inputs for resource in hub.resources if resource.parent == component}


@pytest.mark.parametrize(
    "changes",
    [
        {"hub.image": "registry.example/foo/hub:2"},
        {"hub.resources": {"limits": {"memory": "2Gi"}}},
        {"hub.storage": {"size": "2Gi"}},
        {"hub.keepDatabase": False},
        {"notebook.image": "registry.example/foo/notebook:2"},
        {"notebook.idleMinutes": 5},
        {"notebook.memory": {"max": "16Gi"}},
        {"endpoint.address": "127.100.0.11"},
        {"publicUrl": "http://localhost:8000"},
        {"protect": False},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_nothing_that_concerns_others_restarts_the_proxy(changes: dict[str, object], hub: Record) -> None:
    assert len(_proxy(hub)) == 4
    assert _proxy(record_hub(changes)) == _proxy(hub)


@pytest.mark.parametrize(
    "changes", [{"proxy.image": "registry.example/foo/proxy:2"}, {"secrets.proxyTokenGeneration": 2}], ids=str
)
def test_what_concerns_the_proxy_reaches_it(changes: dict[str, object], hub: Record) -> None:
    assert _proxy(record_hub(changes)) != _proxy(hub)


def test_the_proxy_sends_what_it_does_not_know_to_the_hub(hub: Record) -> None:
    (container,) = pod_specs(hub)["tf-hub-proxy"]["containers"]
    url = json.loads(hub.one("ConfigMap").inputs["data"]["hub.json"])["hub_connect_url"]
    assert container["args"] == [
        "configurable-http-proxy",
        "--ip=",
        "--port=8000",
        "--api-ip=",
        "--api-port=8001",
        f"--default-target={url}",
        f"--error-target={url}/hub/error",
    ]


def test_a_proxy_stays_until_its_successor_has_taken_its_routes_over(hub: Record) -> None:
    strategy = hub.one("Deployment").inputs["spec"]["strategy"]
    (container,) = pod_specs(hub)["tf-hub-proxy"]["containers"]
    (other,) = [variable["value"] for variable in container["env"] if variable["name"] == "OTHER_PROXY"]
    assert strategy["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert other == json.loads(hub.one("ConfigMap").inputs["data"]["hub.json"])["proxy_api_url"]
    command = container["lifecycle"]["postStart"]["exec"]["command"]
    assert command == ["node", "/opt/proxy/copy-routes.mjs"]
    assert "proxy/copy-routes.mjs" in (CHECKOUT / "docker" / "proxy" / "Dockerfile").read_text()


def test_the_api_is_reached_inside_the_cluster_only(hub: Record) -> None:
    spec = hub.one("Service", "tf-hub-proxy-api").inputs["spec"]
    ports = {port["name"]: port["containerPort"] for port in pod_specs(hub)["tf-hub-proxy"]["containers"][0]["ports"]}
    assert spec["type"] == "ClusterIP"
    assert [(port["port"], ports[port["targetPort"]]) for port in spec["ports"]] == [(8001, 8001)]
