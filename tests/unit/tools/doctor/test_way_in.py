"""`make doctor`: the way from a browser to the hub, and the NetworkPolicies."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.doubles.certificates import pair
from tests.stacks import INGRESS, OIDC, ROUTE, settings_with
from tests.unit.tools.doctor.recorded import ADDRESS, event, healthy, named, only, parsed, pod, titles
from tools.doctor.checks.way_in import registered
from tools.doctor.facts import Conditioned, Facts, Named, Service, Slice

HOST = "hub.example.org"
NAMED: Mapping[str, object] = {"endpoint.hostname": HOST, "auth.allowAnyoneFromTheInternet": True}
TLS: Mapping[str, object] = {**NAMED, "endpoint.tlsSecret": "hub-tls"}
CONDITIONS = [{"type": "Ready", "status": "False", "reason": "Failed", "message": "no such zone"}]


def _site(facts: Facts, **changes: Any) -> Facts:  # noqa: ANN401 values of fields
    assert facts.site
    return replace(facts, site=replace(facts.site, **changes))


def _https(certificate: str, **changes: Any) -> Facts:  # noqa: ANN401 as above
    # The checks compare with the real time.
    return _site(healthy(TLS, now=datetime.now(UTC)), certificate=certificate, **changes)


def test_a_service_whose_selector_was_changed_is_told() -> None:
    facts = healthy()
    none = {"metadata": named("x", labels={"kubernetes.io/service-name": "tf-hub-api"}), "endpoints": None}
    others = tuple(one for one in facts.slices if one.metadata.labels["kubernetes.io/service-name"] != "tf-hub-api")
    text = only(replace(facts, slices=(*others, *parsed(Slice, none))))
    assert "Service tf-hub-api leads to no pod, though the hub is ready" in text


def test_a_load_balancer_without_an_address_is_told_with_its_events() -> None:
    facts = healthy()
    services = tuple(Service.model_validate({"metadata": one.metadata.model_dump()}) for one in facts.services)
    events = (event("Service", "tf-hub-lb", "SyncLoadBalancerFailed", "quota"),)
    text = only(replace(facts, services=services, events=events, site=None))
    assert "Service tf-hub-lb has no address\nSyncLoadBalancerFailed: quota" in text


def test_another_address_than_the_one_of_the_stack_is_told() -> None:
    facts = replace(healthy(), settings=settings_with({"endpoint.address": "127.100.0.11"}))
    assert "has the address 127.100.0.10, and the stack file 127.100.0.11" in only(facts)


def test_an_ingress_that_no_controller_has_taken_is_told() -> None:
    ingress = parsed(Service, {"metadata": named("tf-hub")})
    issued = Conditioned.model_validate({"metadata": named("tf-hub-tls"), "status": {"conditions": []}})
    assert "No controller has written an address" in only(healthy(INGRESS, ingresses=ingress, issued=issued, site=None))


def test_a_certificate_that_is_not_issued_is_told_with_the_condition() -> None:
    address = {"status": {"loadBalancer": {"ingress": [{"ip": ADDRESS}]}}}
    ingress = parsed(Service, {"metadata": named("tf-hub"), **address})
    issued = Conditioned.model_validate({"metadata": named("tf-hub-tls"), "status": {"conditions": CONDITIONS}})
    text = only(healthy(INGRESS, ingresses=ingress, issued=issued, site=None))
    assert "cert-manager has not issued Certificate tf-hub-tls\nReady: Failed: no such zone" in text


def test_a_route_that_its_gateway_refuses_is_told_as_pulumi_up_tells_it() -> None:
    refused = {"type": "Accepted", "status": "False", "reason": "NoMatchingParent", "message": "no listener"}
    route = {
        "metadata": named("tf-hub"),
        "status": {"parents": [{"parentRef": {"name": "shared"}, "conditions": [refused]}]},
    }
    text = only(healthy(ROUTE, route=route, site=None))
    assert "Gateway shared in namespace infra does not accept HTTPRoute tf-hub: NoMatchingParent: no listener" in text
    assert text.endswith("endpoint.gateway.listener")


def test_a_missing_dns_record_is_told_with_the_record_to_create() -> None:
    facts = _site(healthy(NAMED), addresses=(), lookup_error="Name or service not known")
    text = only(facts)
    assert f"DNS has no address of {HOST}" in text
    assert f"Create the DNS record: {HOST}. A {ADDRESS}" in text


def test_a_dns_record_of_another_address_is_told_unless_a_hub_answers_there() -> None:
    elsewhere = _site(healthy(NAMED), addresses=("203.0.113.9",))
    assert titles(elsewhere) == [], "another proxy is in front of the hub"
    text = only(_site(elsewhere, version=None))
    assert f"DNS leads {HOST} to 203.0.113.9, where no hub answers; it is at {ADDRESS}" in text


@pytest.mark.parametrize(
    ("names", "valid", "text"),
    [
        ((HOST,), timedelta(days=-1), "error\nThe certificate of hub.example.org has expired on"),
        (("lab.example.org",), timedelta(days=60), "is not for endpoint.hostname, but for lab.example.org"),
        ((HOST,), timedelta(days=3), "warning\nThe certificate of hub.example.org expires on"),
    ],
)
def test_a_certificate_that_browsers_refuse_or_soon_will_is_told(
    names: tuple[str, ...], valid: timedelta, text: str
) -> None:
    found = only(_https(pair(*names, valid=valid)[0]))
    assert text in found
    assert "create secret tls hub-tls" in found


def test_a_chain_that_this_machine_does_not_accept_is_a_warning() -> None:
    certificate = pair(HOST, valid=timedelta(days=60))[0]
    text = only(_https(certificate, verify_error="unable to get local issuer certificate"))
    assert text.startswith("warning\nThe certificate of hub.example.org is not accepted by this machine")
    assert titles(_https(certificate)) == []


def test_a_renewed_certificate_that_is_not_served_is_told() -> None:
    served, renewed = (pair(HOST, valid=timedelta(days=60))[0] for _ in range(2))
    text = only(replace(_https(served), secret_certificate=renewed))
    assert "is not the one in Secret hub-tls" in text


def test_a_site_that_does_not_answer_is_told_and_a_restricted_one_only_as_a_warning() -> None:
    away = {"error": "timed out", "status": None, "version": None}
    assert only(_site(healthy(), **away)).startswith(f"error\nNothing answers at http://{ADDRESS}\ntimed out")
    restricted = healthy({"endpoint.sourceRanges": ["203.0.113.0/24"]})
    assert only(_site(restricted, **away)).startswith("warning")


def test_another_program_at_the_address_is_told() -> None:
    assert "Something else than the hub answers" in only(_site(healthy(), status=404, version=None))


def test_an_oauth_callback_of_another_url_is_told() -> None:
    facts = healthy({**OIDC, "endpoint.hostname": HOST})
    loaded = json.loads(facts.hub_files["hub.json"])
    loaded["sign_in"]["callback_url"] = "http://old.example.org/hub/oauth_callback"
    text = only(replace(facts, hub_files={**facts.hub_files, "hub.json": json.dumps(loaded)}))
    assert "The hub sends the OAuth callback http://old.example.org/hub/oauth_callback" in text
    assert registered(facts) == f"http://{HOST}/hub/oauth_callback"
    assert registered(healthy()) is None, "without OAuth there is none"


def test_missing_policies_are_named() -> None:
    facts = healthy()
    text = only(replace(facts, policies=tuple(one for one in facts.policies if one.metadata.name != "tf-hub-closed")))
    assert "NetworkPolicies are missing: tf-hub-closed" in text
    assert titles(healthy({"network.policies": False}, policies=())) == []


@pytest.mark.parametrize(
    ("plugins", "count"), [(["kube-flannel-ds"], 1), (["kube-flannel-ds", "calico-node"], 0), (["anetd"], 0), ([], 0)]
)
def test_a_plugin_that_ignores_policies_is_told(plugins: list[str], count: int) -> None:
    facts = healthy(plugins=parsed(Named, *({"metadata": {"name": name}} for name in plugins)))
    assert len(titles(facts)) == count


def test_a_url_without_an_answer_is_no_second_finding_while_a_pod_is_the_reason() -> None:
    facts = _site(healthy(), status=503, version=None)
    assert len(titles(replace(facts, pods=(pod(ready=False), *facts.pods[1:])))) == 1
