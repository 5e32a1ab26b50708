"""Types of the endpoint: Ingress, HTTPRoute, node port, load balancers of other clouds; and the base URL."""

import json
from typing import Any

import pytest

from tests.doubles.certificates import pair
from tests.doubles.monitor import Record
from tests.stacks import EXISTING, INGRESS, ROUTE, pod_specs, record_gke, record_hub

PATH = {"hub.baseUrl": "/jupyter/"}
NODE_PORT = {
    "auth.allowAnyoneFromTheInternet": True,
    "endpoint.type": "node-port",
    "endpoint.address": "",
    "publicUrl": "https://hub.example.org",
}
HOST = "hub.example.org"


@pytest.fixture(scope="module")
def ingress() -> Record:
    return record_hub(INGRESS)


@pytest.fixture(scope="module")
def route() -> Record:
    return record_hub(ROUTE)


def _exports(of: Record) -> dict[str, Any]:
    return of.outputs[of.one("JupyterHub").urn]


def _ingress(of: Record) -> dict[str, Any]:
    (found,) = [one for one in of.of("Ingress") if one.custom]
    return found.inputs


def _issued(of: Record) -> dict[str, Any]:
    (found,) = [one for one in of.of("Certificate") if one.type.startswith("kubernetes:")]
    return found.inputs


def _proxy(of: Record) -> dict[str, Any]:
    (container,) = pod_specs(of)["tf-hub-proxy"]["containers"]
    return container


def test_an_ingress_leads_to_the_service_of_the_proxy(ingress: Record) -> None:
    spec = _ingress(ingress)["spec"]
    service = ingress.one("Service", "tf-hub-lb").inputs["spec"]
    (rule,) = spec["rules"]
    (path,) = rule["http"]["paths"]
    assert (spec["ingressClassName"], rule["host"]) == ("traefik", HOST)
    assert (path["path"], path["pathType"]) == ("/", "Prefix")
    assert path["backend"]["service"] == {"name": "tf-hub-lb", "port": {"number": 80}}
    assert (service["type"], [port["port"] for port in service["ports"]]) == ("ClusterIP", [80])


def test_an_ingress_lets_uploads_and_websockets_through(ingress: Record) -> None:
    annotations = _ingress(ingress)["metadata"]["annotations"]
    assert annotations["nginx.ingress.kubernetes.io/proxy-body-size"] == "0"
    assert int(annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"]) >= 3600
    assert annotations["nginx.org/websocket-services"] == "tf-hub-lb"
    own = {"nginx.ingress.kubernetes.io/proxy-body-size": "10g", "example.org/team": "physics"}
    changed = _ingress(record_hub({**INGRESS, "endpoint.annotations": own}))["metadata"]["annotations"]
    assert own.items() <= changed.items()


def test_an_ingress_serves_the_certificate_and_the_proxy_does_not(ingress: Record) -> None:
    assert _ingress(ingress)["spec"]["tls"] == [{"hosts": [HOST], "secretName": "tf-hub-tls"}]
    assert "tls" not in {volume["name"] for volume in pod_specs(ingress)["tf-hub-proxy"]["volumes"]}
    assert _exports(ingress)["hub_url"] == f"https://{HOST}"
    assert _exports(ingress)["port_forward_command"].endswith("svc/tf-hub-lb 8000:80")


def test_the_certificate_of_the_config_is_that_of_the_ingress() -> None:
    certificate, key = pair(HOST)
    own: dict[str, object] = {
        "endpoint.certManager": {},
        "endpoint.tlsCertificate": certificate,
        "endpoint.tlsKey": key,
    }
    record = record_hub({**INGRESS, **own})
    (secret,) = [one for one in record.of("Secret") if one.inputs.get("type") == "kubernetes.io/tls"]
    assert _ingress(record)["spec"]["tls"][0]["secretName"] == secret.answer["metadata"]["name"]


def test_an_ingress_without_a_certificate_is_http_unless_the_public_url_says_more() -> None:
    without: dict[str, object] = {**INGRESS, "endpoint.certManager": {}}
    assert "tls" not in _ingress(record_hub(without))["spec"]
    assert _exports(record_hub(without))["hub_url"] == f"http://{HOST}"
    outside = record_hub({**without, "publicUrl": f"https://{HOST}"})
    assert "tls" not in _ingress(outside)["spec"]
    assert _exports(outside)["oauth_callback_url"] == f"https://{HOST}/hub/oauth_callback"


def test_lets_encrypt_asks_by_the_controller_of_the_ingress(ingress: Record) -> None:
    issuer = ingress.one("Issuer").inputs
    (solver,) = issuer["spec"]["acme"]["solvers"]
    assert solver == {"http01": {"ingress": {"ingressClassName": "traefik"}}}
    assert "staging" in issuer["spec"]["acme"]["server"]
    assert _issued(ingress)["spec"]["issuerRef"]["name"] == issuer["metadata"]["name"]
    assert "tf-hub-acme" in {one.inputs["metadata"]["name"] for one in ingress.of("NetworkPolicy")}


def test_a_load_balancer_waits_for_the_certificate_of_an_existing_issuer() -> None:
    by = {"endpoint.hostname": HOST, "endpoint.certManager": {"clusterIssuer": "campus"}}
    record = record_hub({"auth.allowAnyoneFromTheInternet": True, **by})
    assert record.of("Issuer") == record.of("CertificateCheck") == []
    assert record.one("IssuerCheck").inputs["cluster_issuer"] == "campus"
    spec = _issued(record)["spec"]
    assert spec["issuerRef"] == {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "campus"}
    (volume,) = [one for one in pod_specs(record)["tf-hub-proxy"]["volumes"] if one["name"] == "tls"]
    assert volume["secret"]["secretName"] == spec["secretName"]
    (certificate,) = [one for one in record.of("Certificate") if one.type.startswith("kubernetes:")]
    assert certificate.urn in record.one("Deployment").dependencies
    assert certificate.inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Ready"


def test_a_route_names_the_gateway_and_redirects_http(route: Record) -> None:
    spec = route.one("HTTPRoute", "tf-hub").inputs["spec"]
    assert spec["parentRefs"] == [{"name": "shared", "namespace": "infra", "sectionName": "https"}]
    assert spec["hostnames"] == [HOST]
    (rule,) = spec["rules"]
    assert rule["backendRefs"] == [{"name": "tf-hub-lb", "port": 80}]
    assert rule["timeouts"] == {"request": "0s"}, "Envoy Gateway would end each request after 15 s"
    (redirect,) = route.one("HTTPRoute", "tf-hub-redirect").inputs["spec"]["rules"]
    assert redirect["filters"][0]["requestRedirect"] == {"scheme": "https", "statusCode": 301}
    assert "backendRefs" not in redirect
    assert _exports(route)["hub_url"] == f"https://{HOST}"


def test_the_wait_for_a_route_knows_its_gateway_and_its_spec(route: Record) -> None:
    inputs = route.one("RouteCheck").inputs
    assert (inputs["gateway"], inputs["gateway_namespace"], inputs["listener"]) == ("shared", "infra", "https")
    assert json.loads(inputs["spec"]) == route.one("HTTPRoute", "tf-hub").inputs["spec"]
    alone = record_hub({**ROUTE, "endpoint.gateway": {"name": "shared"}})
    assert alone.one("RouteCheck").inputs["gateway_namespace"] == "jupyterhub"
    assert alone.of("HTTPRoute")[0].inputs["spec"]["parentRefs"] == [{"name": "shared"}]


def test_a_route_of_a_gateway_for_http_has_an_http_url() -> None:
    record = record_hub({**ROUTE, "publicUrl": f"http://{HOST}"})
    assert _exports(record)["hub_url"] == f"http://{HOST}"


def test_a_gateway_of_gke_that_is_there_gets_the_policies_of_the_own_one(gateway: Record) -> None:
    there: dict[str, object] = {
        **EXISTING,
        "nodes.gpu": [],
        **{key: value for key, value in ROUTE.items() if key != "endpoint.address"},
    }
    record = record_gke(there)
    for kind in ("HealthCheckPolicy", "GCPBackendPolicy"):
        assert record.one(kind).inputs["spec"] == gateway.one(kind).inputs["spec"]
    (rule,) = record.one("HTTPRoute", "tf-hub").inputs["spec"]["rules"]
    assert "timeouts" not in rule, "the GCPBackendPolicy has the limit"
    assert record.of("Gateway") == record.of("Address") == record.of("GlobalAddress") == []
    assert record.one("RouteCheck").inputs["kubeconfig"] == record.one("Rollout").inputs["kubeconfig"]


def test_a_gateway_on_gke_that_is_not_googles_gets_no_policies_of_google() -> None:
    shared = {"name": "shared", "namespace": "infra", "google": False}
    there = {key: value for key, value in ROUTE.items() if key != "endpoint.address"}
    record = record_gke({**EXISTING, "nodes.gpu": [], **there, "endpoint.gateway": shared})
    assert record.of("HealthCheckPolicy") == record.of("GCPBackendPolicy") == []
    assert "timeouts" in record.one("HTTPRoute").inputs["spec"]["rules"][0]


def test_a_node_port_is_one_of_each_node() -> None:
    record = record_hub({**NODE_PORT, "endpoint.nodePort": 30080})
    spec = record.one("Service", "tf-hub-lb").inputs["spec"]
    assert spec["type"] == "NodePort"
    assert [(port["port"], port["targetPort"], port["nodePort"]) for port in spec["ports"]] == [(80, 8000, 30080)]
    assert _exports(record)["hub_url"] == "https://hub.example.org"


def test_a_load_balancer_has_the_class_and_the_annotations_of_another_cloud() -> None:
    own = {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"}
    record = record_hub({"endpoint.annotations": own, "endpoint.loadBalancerClass": "service.k8s.aws/nlb"})
    service = record.one("Service", "tf-hub-lb").inputs
    assert service["spec"]["loadBalancerClass"] == "service.k8s.aws/nlb"
    assert own.items() <= service["metadata"]["annotations"].items()


@pytest.mark.parametrize("stack", [INGRESS, ROUTE], ids=["ingress", "http-route"])
def test_annotations_of_an_ingress_or_a_route_are_not_those_of_the_service(stack: dict[str, object]) -> None:
    record = record_hub({**stack, "endpoint.annotations": {"example.org/team": "physics"}})
    assert "example.org/team" not in record.one("Service", "tf-hub-lb").inputs["metadata"]["annotations"]
    objects = [one for one in (*record.of("Ingress"), *record.of("HTTPRoute")) if one.custom]
    assert objects
    assert all(one.inputs["metadata"]["annotations"]["example.org/team"] == "physics" for one in objects)


@pytest.mark.parametrize("stack", [INGRESS, ROUTE, NODE_PORT], ids=["ingress", "http-route", "node-port"])
def test_the_proxy_in_front_and_not_the_own_one_closes_idle_connections(stack: dict[str, object]) -> None:
    assert "--keep-alive-timeout=620000" in _proxy(record_hub(stack))["args"]


@pytest.mark.parametrize("stack", [INGRESS, ROUTE, NODE_PORT], ids=["ingress", "http-route", "node-port"])
def test_the_hub_learns_from_the_proxy_in_front_that_its_url_is_https(stack: dict[str, object]) -> None:
    assert "--no-x-forward" in _proxy(record_hub(stack))["args"]


def test_a_proxy_with_https_of_its_own_or_without_says_what_it_serves(hub: Record) -> None:
    own = {"auth.allowAnyoneFromTheInternet": True, "endpoint.hostname": HOST, "endpoint.tlsSecret": "hub-tls"}
    assert "--no-x-forward" not in _proxy(record_hub(own))["args"]
    assert "--no-x-forward" not in _proxy(hub)["args"]


def test_below_a_path_every_url_begins_with_it() -> None:
    record = record_hub({**INGRESS, **PATH})
    config = json.loads(record.one("ConfigMap").inputs["data"]["hub.json"])
    assert config["base_url"] == "/jupyter/"
    assert config["sign_in"]["callback_url"] == f"https://{HOST}/jupyter/hub/oauth_callback"
    assert _exports(record)["hub_url"] == f"https://{HOST}/jupyter"
    assert _exports(record)["oauth_callback_url"] == f"https://{HOST}/jupyter/hub/oauth_callback"
    assert _ingress(record)["spec"]["rules"][0]["http"]["paths"][0]["path"] == "/jupyter"
    assert f"--error-target={config['hub_connect_url']}/jupyter/hub/error" in _proxy(record)["args"]
    assert {"name": "HUB_ROUTE", "value": "/jupyter"} in _proxy(record)["env"]
    (hub,) = pod_specs(record)["tf-hub"]["containers"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert hub[probe]["httpGet"]["path"] == "/jupyter/hub/health?process"
    (rule,) = record_hub({**ROUTE, **PATH}).one("HTTPRoute", "tf-hub").inputs["spec"]["rules"]
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/jupyter"}}]


def test_without_a_path_the_proxy_is_as_before(hub: Record) -> None:
    assert "HUB_ROUTE" not in {variable["name"] for variable in _proxy(hub)["env"]}


@pytest.mark.parametrize("changes", [{}, {"endpoint.address": "203.0.113.7"}], ids=str)
def test_on_gke_the_url_of_an_address_has_the_path(changes: dict[str, object]) -> None:
    record = record_gke({**PATH, **changes})
    assert _exports(record)["hub_url"].endswith("/jupyter")
    assert _exports(record)["oauth_callback_url"] == f"{_exports(record)['hub_url']}/hub/oauth_callback"
