"""The gateway of a hub on GKE: listeners, certificate, DNS records and policies."""

import json

from tests.doubles.monitor import Record
from tests.stacks import GATEWAY, record_gke, text_of
from tools.paths import CHECKOUT
from tools.review.offline.outputs import ADDRESS


def test_a_gateway_has_address_records_certificate_and_policies(gateway: Record) -> None:
    listeners = {item["name"]: item for item in gateway.one("Gateway", "tf-hub").inputs["spec"]["listeners"]}
    assert (listeners["https"]["port"], listeners["http"]["port"]) == (443, 80)
    assert {listener["hostname"] for listener in listeners.values()} == {"hub.example.org"}
    metadata = gateway.one("Gateway", "tf-hub").inputs["metadata"]
    assert metadata["annotations"]["networking.gke.io/certmap"] == gateway.one("CertificateMap").answer["name"]
    assert gateway.one("Gateway", "tf-hub").inputs["spec"]["addresses"] == [
        {"type": "NamedAddress", "value": gateway.one("GlobalAddress").answer["name"]}
    ]
    records = {record.inputs["name"]: record.inputs["rrdatas"] for record in gateway.of("RecordSet")}
    assert records == {
        "hub.example.org.": [ADDRESS],
        "_acme-challenge.hub.example.org.": ["proof.example."],
    }
    health = gateway.one("HealthCheckPolicy").inputs["spec"]["default"]["config"]["httpHealthCheck"]
    assert health == {"portSpecification": "USE_SERVING_PORT", "requestPath": "/_chp_healthz"}
    assert gateway.one("GCPBackendPolicy").inputs["spec"]["default"]["timeoutSec"] == 86_400


def test_the_load_balancer_accepts_tls_1_2_and_later_only(gateway: Record) -> None:
    policy = gateway.one("SSLPolicy")
    assert (policy.inputs["profile"], policy.inputs["minTlsVersion"]) == ("MODERN", "TLS_1_2")
    assert gateway.one("GCPGatewayPolicy").inputs["spec"] == {
        "targetRef": {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "tf-hub"},
        "default": {"sslPolicy": policy.answer["name"]},
    }
    # Google deletes no policy that is in use.
    assert policy.urn in gateway.one("Gateway", "tf-hub").dependencies


def test_the_certificate_waits_for_the_dns_records_of_its_authorization(gateway: Record) -> None:
    records = {record.urn for record in gateway.of("RecordSet")}
    certificate = next(resource for resource in gateway.of("Certificate") if resource.type.startswith("gcp:"))
    assert len(records) == 2
    assert records <= certificate.dependencies


def test_a_terminating_proxy_waits_for_connection_draining(gateway: Record) -> None:
    pod = gateway.one("Deployment").inputs["spec"]["template"]["spec"]
    drain = gateway.one("GCPBackendPolicy").inputs["spec"]["default"]["connectionDraining"]["drainingTimeoutSec"]
    wait = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert drain <= wait < pod["terminationGracePeriodSeconds"]
    behind_a_service = record_gke().one("Deployment").inputs["spec"]["template"]["spec"]
    assert behind_a_service["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"] < wait


def test_the_load_balancer_and_not_the_proxy_closes_idle_connections(gateway: Record) -> None:
    arguments = gateway.one("Deployment").inputs["spec"]["template"]["spec"]["containers"][0]["args"]
    (milliseconds,) = [text.partition("=")[2] for text in arguments if text.startswith("--keep-alive-timeout=")]
    assert int(milliseconds) > 600_000, "Google's load balancer has 600 s"


def test_the_http_listener_redirects_to_https(gateway: Record) -> None:
    (rule,) = gateway.one("HTTPRoute", "tf-hub-redirect").inputs["spec"]["rules"]
    assert rule["filters"][0]["requestRedirect"] == {"scheme": "https", "statusCode": 301}
    assert "backendRefs" not in rule


def test_the_gateway_sets_the_same_hsts_header_as_the_proxy(
    gateway: Record,
) -> None:
    (rule,) = gateway.one("HTTPRoute", "tf-hub").inputs["spec"]["rules"]
    (header,) = rule["filters"][0]["responseHeaderModifier"]["set"]
    assert f'setHeader("{header["name"]}", "{header["value"]}")' in (CHECKOUT / "docker/proxy/https.mjs").read_text()
    assert rule["backendRefs"], "a route to the hub"


def test_the_callback_url_of_a_gateway_is_https(gateway: Record) -> None:
    config = json.loads(gateway.one("ConfigMap").inputs["data"]["hub.json"])
    assert config["sign_in"]["callback_url"] == "https://hub.example.org/hub/oauth_callback"


def test_without_a_dns_zone_the_records_are_exported() -> None:
    record = record_gke(GATEWAY, {"endpoint.dnsZone": {}})
    assert record.of("RecordSet") == []
    assert record.outputs[record.one("JupyterHub").urn]["dns_records"] == [
        {"name": "hub.example.org.", "type": "A", "data": ADDRESS},
        {"name": "_acme-challenge.hub.example.org.", "type": "CNAME", "data": "proof.example."},
    ]


def test_a_preview_of_a_new_stack_plans_everything() -> None:
    record = record_gke(GATEWAY, preview=True)
    assert record.one("Gateway", "tf-hub")
    assert record.one("StatefulSet")
    assert "Calling __str__" not in text_of([resource.inputs for resource in record.resources])
