"""Access to a gateway: source ranges, and Identity-Aware Proxy."""

import json

import pytest

from tests.doubles.monitor import Record
from tests.stacks import GATEWAY, IAP, record_gke, text_of

_RANGES = [f"203.0.113.{number}/32" for number in range(23)]
_PEOPLE = {"auth.allowedUsers": ["Bob@example.org"], "auth.adminUsers": ["ada@example.org", "bob@example.org"]}


@pytest.fixture(scope="module")
def iap() -> Record:
    """A hub behind IAP, with members and named users."""
    return record_gke(GATEWAY, IAP, _PEOPLE)


@pytest.fixture(scope="module")
def armored() -> Record:
    """A hub with source ranges."""
    return record_gke(GATEWAY, {"endpoint.sourceRanges": _RANGES})


def _policy(record: Record) -> dict[str, object]:
    return record.one("GCPBackendPolicy").inputs["spec"]["default"]


def test_the_security_policy_allows_the_ranges_and_denies_the_rest(armored: Record) -> None:
    (policy,) = [resource for resource in armored.of("SecurityPolicy") if resource.custom]
    *allowed, last = policy.inputs["rules"]
    assert {rule["action"] for rule in allowed} == {"allow"}
    ranges = [rule["match"]["config"]["srcIpRanges"] for rule in allowed]
    assert [len(batch) for batch in ranges] == [10, 10, 3]
    assert [item for batch in ranges for item in batch] == _RANGES
    assert (last["action"], last["priority"], last["match"]["config"]["srcIpRanges"]) == ("deny(403)", 2**31 - 1, ["*"])
    priorities = [rule["priority"] for rule in policy.inputs["rules"]]
    assert priorities == sorted(set(priorities))


def test_the_gateway_uses_the_policy_and_is_deleted_before_it(armored: Record) -> None:
    (policy,) = [resource for resource in armored.of("SecurityPolicy") if resource.custom]
    assert _policy(armored)["securityPolicy"] == policy.answer["name"]
    assert policy.urn in armored.one("Gateway", "tf-hub").dependencies


def test_ranges_of_a_gateway_are_not_set_on_the_service(armored: Record) -> None:
    (service,) = [s for s in armored.kubernetes if s.inputs["metadata"].get("name") == "tf-hub-lb"]
    assert "loadBalancerSourceRanges" not in service.inputs["spec"]


def test_a_given_security_policy_is_used_and_none_is_created() -> None:
    record = record_gke(GATEWAY, {"endpoint.securityPolicy": "campus-only"})
    assert record.of("SecurityPolicy") == []
    assert _policy(record)["securityPolicy"] == "campus-only"


def test_without_ranges_and_iap_there_is_no_policy_and_no_iap() -> None:
    record = record_gke(GATEWAY)
    assert {"securityPolicy", "iap"} & set(_policy(record)) == set()
    assert record.of("WebTypeComputeIamMember") == []


def test_the_client_secret_of_iap_is_in_a_secret_only(iap: Record) -> None:
    (secret,) = [s for s in iap.of("Secret") if s.name == "tf-hub-iap-client"]
    assert _policy(iap)["iap"] == {
        "enabled": True,
        "clientID": "123-abc.apps.googleusercontent.com",
        "oauth2ClientSecret": {"name": secret.answer["metadata"]["name"]},
    }
    assert secret.inputs["stringData"] == {"key": "a-marker-of-iap"}
    assert secret.inputs["metadata"]["namespace"] == "jupyterhub"
    public = [resource.public for resource in iap.resources]
    assert "a-marker-of-iap" not in text_of(public)


def test_a_new_client_secret_of_iap_changes_the_backend_policy(iap: Record) -> None:
    other = record_gke(GATEWAY, IAP, {"iap.clientSecret": "renewed"})
    assert _policy(other)["iap"] != _policy(iap)["iap"]


def test_iap_grants_access_to_members_for_this_host_only(iap: Record) -> None:
    grants = [grant.inputs for grant in iap.of("WebTypeComputeIamMember")]
    assert sorted(grant["member"] for grant in grants) == [
        "domain:example.org",
        "group:physics@example.org",
        "user:ada@example.org",
        "user:bob@example.org",
    ]
    assert {grant["role"] for grant in grants} == {"roles/iap.httpsResourceAccessor"}
    assert {grant["condition"]["expression"] for grant in grants} == {'request.host == "hub.example.org"'}


def _sign_in(record: Record) -> dict[str, object]:
    return json.loads(record.one("ConfigMap").inputs["data"]["hub.json"])["sign_in"]


def test_the_audience_is_any_or_one_backend_service_of_the_project(iap: Record) -> None:
    assert _sign_in(iap)["iap"] == {"audience": "/projects/123456789012/global/backendServices/", "allow_all": True}
    exact = record_gke(GATEWAY, IAP, {"iap.backendService": "1234567890123456789"})
    assert _sign_in(exact)["iap"] == {
        "audience": "/projects/123456789012/global/backendServices/1234567890123456789",
        "allow_all": True,
    }


def test_without_members_only_named_users_get_access() -> None:
    record = record_gke(GATEWAY, IAP, _PEOPLE, {"iap.members": []})
    assert _sign_in(record)["iap"] == {"audience": "/projects/123456789012/global/backendServices/", "allow_all": False}
    assert {grant.inputs["member"] for grant in record.of("WebTypeComputeIamMember")} == {
        "user:bob@example.org",
        "user:ada@example.org",
    }


def test_without_iap_the_config_has_no_iap() -> None:
    assert _sign_in(record_gke(GATEWAY))["iap"] is None


def test_the_proxy_removes_the_iap_header_for_notebooks(iap: Record) -> None:
    def command(record: Record) -> list[str]:
        (container,) = record.one("Deployment").inputs["spec"]["template"]["spec"]["containers"]
        return container["args"]

    module = "--import=/opt/proxy/hub-only-headers.mjs"
    with_iap, usual = command(iap), command(record_gke(GATEWAY))
    assert with_iap.index(module) < with_iap.index("/opt/proxy/node_modules/.bin/configurable-http-proxy")
    assert [argument for argument in with_iap if argument != module] == usual


def test_the_apis_of_iap_are_enabled_first(iap: Record) -> None:
    services = {service.inputs.get("service", "") for service in iap.of("Service")}
    assert {"iap.googleapis.com", "cloudresourcemanager.googleapis.com"} <= services
    enabled = {service.urn for service in iap.of("Service") if service.type.startswith("gcp:")}
    for kind in ("PublicAddress", "IdentityAwareProxy"):
        assert enabled <= iap.one(kind).dependencies  # the children of a component are registered after it


def test_a_preview_of_a_new_stack_plans_iap() -> None:
    record = record_gke(GATEWAY, IAP, {"endpoint.sourceRanges": _RANGES}, preview=True)
    assert record.of("WebTypeComputeIamMember")
    assert record.one("StatefulSet")
