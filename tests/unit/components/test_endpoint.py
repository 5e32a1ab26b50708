from settings import EndpointSettings
from tests.doubles.monitor import UNKNOWN, Record
from tests.stacks import pod_specs, record_hub, record_settings, settings_with
from tools.review.offline.outputs import ADDRESS


def test_the_load_balancer_forwards_port_80_of_its_address_to_the_proxy(hub: Record) -> None:
    spec = hub.one("Service", "tf-hub-lb").inputs["spec"]
    assert (spec["type"], spec["loadBalancerIP"]) == ("LoadBalancer", "127.100.0.10")
    assert "loadBalancerSourceRanges" not in spec
    assert [(port["port"], port["targetPort"]) for port in spec["ports"]] == [(80, 8000)]
    assert spec["selector"] == hub.one("Deployment").inputs["spec"]["selector"]["matchLabels"]
    ports = pod_specs(hub)["tf-hub-proxy"]["containers"][0]["ports"]
    assert 8000 in [port["containerPort"] for port in ports]


def test_the_hub_url_is_that_of_the_settings(hub: Record) -> None:
    assert hub.outputs[hub.one("JupyterHub").urn]["hub_url"] == "http://127.100.0.10"
    elsewhere = record_hub({"publicUrl": "http://localhost:8000"})
    assert elsewhere.outputs[elsewhere.one("JupyterHub").urn]["hub_url"] == "http://localhost:8000"


def test_without_a_reserved_address_the_hub_url_is_that_of_the_service() -> None:
    # Not by `parse`, which refuses dummy sign-in at an unknown address.
    settings = settings_with().model_copy(update={"endpoint": EndpointSettings(), "public_url": None})
    hub = record_settings(settings)
    assert "loadBalancerIP" not in hub.one("Service", "tf-hub-lb").inputs["spec"]
    assert hub.outputs[hub.one("JupyterHub").urn]["hub_url"] == f"http://{ADDRESS}"


def test_the_hub_url_is_unknown_before_the_service_has_an_address() -> None:
    settings = settings_with().model_copy(update={"endpoint": EndpointSettings(), "public_url": None})
    hub = record_settings(settings, preview=True)
    assert hub.outputs[hub.one("JupyterHub").urn]["hub_url"] == UNKNOWN
