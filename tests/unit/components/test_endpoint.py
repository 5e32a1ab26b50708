from settings import EndpointSettings
from tests.doubles.monitor import UNKNOWN, Record
from tests.stacks import pod_specs, record_hub, record_settings, settings_with
from tools.review.offline.outputs import ADDRESS


def test_the_load_balancer_listens_on_port_80_of_the_reserved_address_for_the_proxy(hub: Record) -> None:
    spec = hub.one("Service", "tf-hub-lb").inputs["spec"]
    assert (spec["type"], spec["loadBalancerIP"]) == ("LoadBalancer", "127.100.0.10")
    assert "loadBalancerSourceRanges" not in spec
    assert [(port["port"], port["targetPort"]) for port in spec["ports"]] == [(80, 8000)]
    assert spec["selector"] == hub.one("Deployment").inputs["spec"]["selector"]["matchLabels"]
    ports = pod_specs(hub)["tf-hub-proxy"]["containers"][0]["ports"]
    assert 8000 in [port["containerPort"] for port in ports]


def test_the_url_is_the_one_of_the_settings(hub: Record) -> None:
    assert hub.outputs[hub.one("JupyterHub").urn]["url"] == "http://127.100.0.10"
    elsewhere = record_hub({"publicUrl": "http://localhost:8000"})
    assert elsewhere.outputs[elsewhere.one("JupyterHub").urn]["url"] == "http://localhost:8000"


def test_without_a_reserved_address_the_url_is_the_one_that_the_cluster_gave() -> None:
    # Not by `parse`: the only authenticator so far is refused without an address.
    settings = settings_with().model_copy(update={"endpoint": EndpointSettings(), "public_url": None})
    hub = record_settings(settings)
    assert "loadBalancerIP" not in hub.one("Service", "tf-hub-lb").inputs["spec"]
    assert hub.outputs[hub.one("JupyterHub").urn]["url"] == f"http://{ADDRESS}"


def test_before_the_cluster_gave_an_address_the_url_is_unknown() -> None:
    settings = settings_with().model_copy(update={"endpoint": EndpointSettings(), "public_url": None})
    hub = record_settings(settings, preview=True)
    assert hub.outputs[hub.one("JupyterHub").urn]["url"] == UNKNOWN
