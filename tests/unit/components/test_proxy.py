import json
import re
from typing import Any

import pytest

from tests.doubles.monitor import Record
from tests.stacks import pod_specs, record_hub
from tools.paths import CHECKOUT


def _proxy(hub: Record) -> dict[str, dict[str, Any]]:
    """Return the inputs of the children of the proxy's component, by URN."""
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
def test_unrelated_changes_do_not_restart_the_proxy(changes: dict[str, object], hub: Record) -> None:
    assert len(_proxy(hub)) == 5
    assert _proxy(record_hub(changes)) == _proxy(hub)


@pytest.mark.parametrize(
    "changes", [{"proxy.image": "registry.example/foo/proxy:2"}, {"secrets.proxyTokenGeneration": 2}], ids=str
)
def test_changes_of_the_proxy_restart_it(changes: dict[str, object], hub: Record) -> None:
    assert _proxy(record_hub(changes)) != _proxy(hub)


def test_the_proxy_sends_unknown_routes_to_the_hub(hub: Record) -> None:
    (container,) = pod_specs(hub)["tf-hub-proxy"]["containers"]
    url = json.loads(hub.one("ConfigMap").inputs["data"]["hub.json"])["hub_connect_url"]
    assert container["args"] == [
        "node",
        "--max-http-header-size=81920",
        "--import=/opt/proxy/pages.mjs",
        "/opt/proxy/node_modules/.bin/configurable-http-proxy",
        "--ip=",
        "--port=8000",
        "--api-ip=",
        "--api-port=8001",
        f"--default-target={url}",
        f"--error-target={url}/hub/error",
        "--storage-backend=/opt/proxy/routes.mjs",
    ]


def test_an_old_proxy_runs_until_the_new_one_has_its_routes(hub: Record) -> None:
    strategy = hub.one("Deployment").inputs["spec"]["strategy"]
    (container,) = pod_specs(hub)["tf-hub-proxy"]["containers"]
    (other,) = [variable["value"] for variable in container["env"] if variable["name"] == "OTHER_PROXY"]
    assert strategy["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert other == json.loads(hub.one("ConfigMap").inputs["data"]["hub.json"])["proxy_api_url"]


def test_a_restarted_container_finds_its_routes(hub: Record) -> None:
    pod = pod_specs(hub)["tf-hub-proxy"]
    (container,) = pod["containers"]
    (file,) = [variable["value"] for variable in container["env"] if variable["name"] == "ROUTES_FILE"]
    (mount,) = container["volumeMounts"]
    (volume,) = pod["volumes"]
    assert file == f"{mount['mountPath']}/routes.json"
    assert volume == {"name": mount["name"], "emptyDir": {"sizeLimit": "64Mi"}}


def test_the_image_has_each_module_that_the_proxy_imports(hub: Record) -> None:
    (container,) = pod_specs(hub)["tf-hub-proxy"]["containers"]
    modules = {match[1] for argument in container["args"] if (match := re.search(r"/opt/proxy/(\w+\.mjs)", argument))}
    assert modules == {"pages.mjs", "routes.mjs"}
    for file in ("proxy/Dockerfile", ".dockerignore"):
        assert all(f"proxy/{module}" in (CHECKOUT / "docker" / file).read_text() for module in modules)


def test_the_api_of_the_proxy_is_reachable_in_the_cluster_only(hub: Record) -> None:
    spec = hub.one("Service", "tf-hub-proxy-api").inputs["spec"]
    ports = {port["name"]: port["containerPort"] for port in pod_specs(hub)["tf-hub-proxy"]["containers"][0]["ports"]}
    assert spec["type"] == "ClusterIP"
    assert [(port["port"], ports[port["targetPort"]]) for port in spec["ports"]] == [(8001, 8001)]
