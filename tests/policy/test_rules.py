"""The program keeps to the rules, and each rule finds what it is for."""

import pytest

from policy import rules
from policy.rules import RULES, Properties
from tests.doubles.monitor import Record
from tests.stacks import GATEWAY, record_gke, record_hub

GOOD: dict[str, object] = {
    "name": "hub",
    "image": "registry.example:5000/foo/hub:1",
    "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
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


def test_the_smallest_stack_and_the_whole_one_on_gke_keep_to_all() -> None:
    assert _violations(record_hub()) == []
    assert _violations(record_gke(GATEWAY)) == []


def test_a_good_workload_is_good() -> None:
    for rule in RULES:
        assert list(rule.check(DEPLOYMENT, _workload())) == []


def test_the_first_containers_are_looked_at_too() -> None:
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
def test_an_image_has_a_version(image: str, *, good: bool) -> None:
    assert (list(rules.pinned_image(DEPLOYMENT, _workload(image=image))) == []) is good


def test_a_container_says_what_it_needs() -> None:
    (told,) = rules.bounded_memory(DEPLOYMENT, _workload(resources={"requests": {"cpu": "1", "memory": "1"}}))
    assert told == "Container hub has no resources.limits.memory: set it."
    assert len(list(rules.bounded_memory(DEPLOYMENT, _workload(resources=None)))) == 3


@pytest.mark.parametrize("kind", ["ClusterRoleBinding", "RoleBinding"])
def test_nobody_binds_a_role_to_everybody(kind: str) -> None:
    type_ = f"kubernetes:rbac.authorization.k8s.io/v1:{kind}"
    assert list(rules.no_rights_for_everybody(type_, {"subjects": [{"name": "system:authenticated"}]}))
    assert list(rules.no_rights_for_everybody(type_, {"subjects": [{"name": "ada@example.org"}]})) == []


@pytest.mark.parametrize(
    ("spec", "annotations", "good"),
    [
        ({"type": "LoadBalancer"}, {}, False),
        ({"type": "LoadBalancer", "loadBalancerSourceRanges": ["203.0.113.0/24"]}, {}, True),
        ({"type": "LoadBalancer", "loadBalancerIP": "127.100.0.10"}, {}, True),
        ({"type": "LoadBalancer"}, {"networking.gke.io/load-balancer-type": "Internal"}, True),
        ({"type": "ClusterIP"}, {}, True),
    ],
)
def test_plain_http_is_not_for_everybody(spec: Properties, annotations: Properties, *, good: bool) -> None:
    props = {"spec": spec, "metadata": {"annotations": annotations}}
    assert (list(rules.narrow_entrance(SERVICE, props)) == []) is good


def test_a_cluster_without_protection_is_told() -> None:
    type_ = "gcp:container/cluster:Cluster"
    assert list(rules.kept_cluster(type_, {"deletionProtection": False}))
    assert list(rules.kept_cluster(type_, {"deletionProtection": True})) == []
