"""Each rule of the policy pack finds its violations; the stacks of this program have none."""

import pytest

from policy import rules
from policy.rules import RULES, Properties
from tests.doubles.monitor import Record
from tests.stacks import GATEWAY, record_gke, record_hub

GOOD: dict[str, object] = {
    "name": "hub",
    "image": "registry.example:5000/foo/hub:1",
    "resources": {
        "requests": {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "64Mi"},
        "limits": {"memory": "1Gi", "ephemeral-storage": "1Gi"},
    },
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    },
}
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
SERVICE = "kubernetes:core/v1:Service"


def _violations(record: Record) -> list[tuple[str, str]]:
    return [
        (rule.name, found)
        for resource in record.resources
        for rule in RULES
        for found in rule.check(resource.type, resource.inputs)
    ]


def _workload(**changed: object) -> Properties:
    return {"spec": {"template": {"spec": {"containers": [{**GOOD, **changed}]}}}}


def test_the_stacks_of_this_program_have_no_violation() -> None:
    assert _violations(record_hub()) == []
    assert _violations(record_gke(GATEWAY)) == []
    capacity = {"notebook.spare": [{"servers": 2}], "notebook.prepull": True}
    assert _violations(record_gke(GATEWAY, capacity)) == []


def test_a_good_workload_has_no_violation() -> None:
    for rule in RULES:
        assert list(rule.check(DEPLOYMENT, _workload())) == []


def test_init_containers_are_checked_too() -> None:
    assert list(rules.pinned_image("kubernetes:core/v1:Pod", {"spec": {"initContainers": [{**GOOD, "image": "hub"}]}}))


@pytest.mark.parametrize(
    ("image", "good"),
    [
        ("hub", False),
        ("registry.example:5000/hub", False),
        ("foo/hub:latest", False),
        ("foo/hub:1", True),
        (f"foo/hub@sha256:{'0' * 64}", True),
        (f"foo/hub:latest@sha256:{'0' * 64}", True),
    ],
)
def test_an_image_without_a_version_is_a_violation(image: str, *, good: bool) -> None:
    assert (list(rules.pinned_image(DEPLOYMENT, _workload(image=image))) == []) is good


def test_missing_requests_and_limits_are_violations() -> None:
    (found,) = rules.bounded_memory(DEPLOYMENT, _workload(resources={"requests": {"cpu": "1", "memory": "1"}}))
    assert found == "Container hub has no resources.limits.memory: set it."
    assert len(list(rules.bounded_memory(DEPLOYMENT, _workload(resources=None)))) == 3
    (found,) = rules.bounded_storage(DEPLOYMENT, _workload(resources={"requests": {"ephemeral-storage": "1Gi"}}))
    assert found == "Container hub has no resources.limits.ephemeral-storage: set it."
    assert len(list(rules.bounded_storage(DEPLOYMENT, _workload(resources=None)))) == 2


@pytest.mark.parametrize("kind", ["ClusterRoleBinding", "RoleBinding"])
def test_a_binding_for_all_users_is_a_violation(kind: str) -> None:
    type_ = f"kubernetes:rbac.authorization.k8s.io/v1:{kind}"
    assert list(rules.no_rights_for_everybody(type_, {"subjects": [{"name": "system:authenticated"}]}))
    assert list(rules.no_rights_for_everybody(type_, {"subjects": [{"name": "ada@example.org"}]})) == []


HTTPS = {"name": "https", "port": 443, "targetPort": 8000}
REDIRECT = {"name": "http", "port": 80, "targetPort": 8080}
PLAIN = {"name": "http", "port": 80, "targetPort": 8000}


@pytest.mark.parametrize(
    ("ports", "plain"),
    [
        ([PLAIN], "80"),
        ([HTTPS, REDIRECT], None),
        ([REDIRECT, HTTPS], None),
        ([HTTPS], None),
        ([{"port": 443}], None),
        ([{"name": "web", "port": 443, "appProtocol": "https"}, REDIRECT], None),
        ([{"name": "https", "port": 8443, "targetPort": "https"}, {**REDIRECT, "targetPort": "redirect"}], None),
        ([HTTPS, PLAIN], "80"),
        ([{**HTTPS, "targetPort": "proxy"}, {**PLAIN, "targetPort": "proxy"}], "80"),
        ([HTTPS, {"name": "http", "port": 80}], "80"),
        ([HTTPS, REDIRECT, {"name": "api", "port": 8001}], "8001"),
        ([{"name": "http", "port": 443, "targetPort": 8000}], "443"),
        ([REDIRECT], "80"),
    ],
)
def test_a_public_load_balancer_without_https_is_a_violation(ports: list[Properties], plain: str | None) -> None:
    found = list(rules.https_only(SERVICE, {"spec": {"type": "LoadBalancer", "ports": ports}}))
    assert [text.partition(" is open")[0] for text in found] == ([] if plain is None else [f"Port {plain}"])


@pytest.mark.parametrize(
    ("spec", "annotations"),
    [
        ({"type": "LoadBalancer", "loadBalancerSourceRanges": ["203.0.113.0/24"]}, {}),
        ({"type": "LoadBalancer", "loadBalancerIP": "127.100.0.10"}, {}),
        ({"type": "LoadBalancer"}, {"networking.gke.io/load-balancer-type": "Internal"}),
        ({"type": "ClusterIP"}, {}),
    ],
)
def test_http_is_allowed_without_access_from_the_internet(spec: Properties, annotations: Properties) -> None:
    props = {"spec": {**spec, "ports": [PLAIN]}, "metadata": {"annotations": annotations}}
    assert list(rules.https_only(SERVICE, props)) == []


@pytest.mark.parametrize(
    ("protocols", "good"), [(["HTTPS", "HTTP"], True), (["HTTPS"], True), (["HTTP"], False), ([], False)]
)
def test_a_gateway_without_an_https_listener_is_a_violation(protocols: list[str], *, good: bool) -> None:
    type_ = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
    props = {"spec": {"listeners": [{"protocol": protocol} for protocol in protocols]}}
    assert (list(rules.https_only(type_, props)) == []) is good


def test_a_stack_with_https_on_its_load_balancer_has_no_violation() -> None:
    record = record_hub(
        {
            "auth.allowAnyoneFromTheInternet": True,
            "endpoint.address": "203.0.113.7",
            "endpoint.hostname": "hub.example.org",
            "endpoint.tlsSecret": "hub-tls",
        }
    )
    assert _violations(record) == []


def test_a_cluster_without_deletion_protection_is_a_violation() -> None:
    type_ = "gcp:container/cluster:Cluster"
    assert list(rules.protected_cluster(type_, {"deletionProtection": False}))
    assert list(rules.protected_cluster(type_, {"deletionProtection": True})) == []


_ALL: Properties = {"podSelector": {}}


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        (_ALL, 0),
        ({**_ALL, "ingress": [{"ports": [{"port": 80}]}], "egress": [{"ports": [{"port": 443}]}]}, 2),
        ({"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{"ports": [{"port": 80}]}]}, 0),
        ({**_ALL, "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]}, 0),
    ],
)
def test_a_network_policy_that_opens_a_whole_namespace_is_a_violation(spec: Properties, found: int) -> None:
    type_ = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
    assert len(list(rules.closed_network(type_, {"spec": spec}))) == found
