"""`make doctor`: what the hub's pods need from the cluster."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.tools.doctor.recorded import (
    HUB,
    NOTEBOOKS,
    NOW,
    event,
    found,
    healthy,
    named,
    only,
    parsed,
    pod,
    titles,
)
from tools.doctor.facts import Claim, Conditioned, Named, Quota, Usage, Workload

PROXY = pod("tf-hub-proxy-1", "proxy")


def _node(name: str, ready: str, **pressure: str) -> dict[str, Any]:
    conditions = [{"type": kind, "status": status} for kind, status in {"Ready": ready, **pressure}.items()]
    return {"metadata": {"name": name}, "status": {"conditions": conditions}}


def _quota(namespace: str, hard: dict[str, str], used: dict[str, str]) -> tuple[Any, ...]:
    return parsed(Quota, {"metadata": named("small", namespace), "status": {"hard": hard, "used": used}})


def test_a_lost_node_is_an_error_only_if_there_is_no_other() -> None:
    both = healthy(nodes=parsed(Conditioned, _node("a", "True"), _node("b", "Unknown")))
    none = healthy(nodes=parsed(Conditioned, _node("a", "False")))
    assert only(both).startswith("warning\nNode b is not ready")
    assert only(none).startswith("error\nNode a is not ready")


def test_a_node_under_pressure_is_told() -> None:
    text = only(healthy(nodes=parsed(Conditioned, _node("a", "True", DiskPressure="True", PIDPressure="False"))))
    assert "Node a has DiskPressure" in text


def test_a_stack_that_is_not_there_is_one_finding() -> None:
    facts = healthy(namespace=None, pods=(), stateful_sets=(), deployments=(), services=(), policies=(), site=None)
    assert only(facts).startswith("error\nThere is no hub: the cluster has no namespace jupyterhub")


def test_deleted_objects_are_named_together_with_the_command_that_makes_them_again() -> None:
    facts = healthy()
    services = tuple(one for one in facts.services if one.metadata.name != "tf-hub-api")
    text = only(replace(facts, services=services, stateful_sets=()))
    assert "Objects of the stack are missing: StatefulSet tf-hub, Service tf-hub-api" in text
    assert "pulumi up --refresh" in text


def test_what_may_not_be_read_does_not_count_as_missing() -> None:
    unread = {"stateful_sets": "forbidden", "deployments": "forbidden", "pods": "forbidden", "services": "forbidden"}
    facts = healthy(stateful_sets=(), deployments=(), pods=(), services=(), unread=unread)
    assert titles(facts) == []


def test_a_hub_that_was_scaled_to_nothing_is_told_with_the_command() -> None:
    sets = parsed(Workload, {"metadata": named("tf-hub"), "spec": {"replicas": 0}})
    text = only(healthy(stateful_sets=sets, pods=(PROXY,)))
    assert "somebody has set its replicas to 0" in text
    assert "scale --replicas=1 statefulset/tf-hub" in text


def test_a_quota_that_refuses_the_hub_is_the_first_error() -> None:
    message = 'pods "tf-hub-0" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1'
    facts = healthy(
        pods=(PROXY,),
        quotas=_quota(HUB, {"pods": "1"}, {"pods": "1"}),
        events=(event("StatefulSet", "tf-hub", "FailedCreate", message),),
    )
    first, second = found(facts)
    assert first.finding.title == (
        "ResourceQuota small of namespace jupyterhub is used up: the pod of the hub is refused"
    )
    assert first.finding.why == ("pods: 1 of 1", f"FailedCreate: {message}")
    assert second.finding.title == "There is no pod tf-hub-0"
    assert second.follows == 1


def test_a_quota_that_refuses_the_proxy_is_before_it_too() -> None:
    message = "exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1"
    facts = healthy(
        pods=(pod(),),
        quotas=_quota(HUB, {"pods": "1"}, {"pods": "1"}),
        events=(event("ReplicaSet", "tf-hub-proxy-1", "FailedCreate", message),),
    )
    assert titles(facts) == [
        "ResourceQuota small of namespace jupyterhub is used up: the pod of the proxy is refused",
        "There is no pod of the proxy",
    ]


@pytest.mark.parametrize(
    ("used", "title"),
    [("900m", "is nearly used up"), ("1", "is used up: what is new is refused"), ("800m", None)],
)
def test_a_quota_of_notebooks_is_told_from_nine_tenths_on(used: str, title: str | None) -> None:
    facts = healthy(quotas=_quota(NOTEBOOKS, {"requests.cpu": "1"}, {"requests.cpu": used}))
    assert title is None or re.search(rf"^warning\nResourceQuota small .*{title}.*notebook\.quota", only(facts), re.S)
    assert title is not None or titles(facts) == []


@pytest.mark.parametrize(
    ("wanted", "classes", "reason"),
    [
        (None, [], "the cluster has no default one."),
        ("fast", ["slow"], "There is no StorageClass fast."),
        ("fast", ["fast"], "StorageClass fast has made no volume."),
    ],
)
def test_a_claim_without_a_volume_is_told_with_its_class(wanted: str | None, classes: list[str], reason: str) -> None:
    claim = {
        "metadata": named("tf-hub-database", creationTimestamp=(NOW - timedelta(hours=1)).isoformat()),
        "spec": {"storageClassName": wanted},
        "status": {"phase": "Pending"},
    }
    facts = healthy(
        claims=parsed(Claim, claim),
        classes=parsed(Named, *({"metadata": {"name": name}} for name in classes)),
        events=(event("PersistentVolumeClaim", "tf-hub-database", "ProvisioningFailed", "no room"),),
    )
    assert f"{reason}\nProvisioningFailed: no room" in only(facts)


def test_a_claim_that_waits_for_its_first_pod_is_no_finding() -> None:
    claim = {"metadata": named("claim-ada", NOTEBOOKS), "status": {"phase": "Pending"}}
    assert titles(healthy(claims=parsed(Claim, claim))) == []


def test_a_claim_whose_volume_is_gone_is_told() -> None:
    claim = {"metadata": named("claim-ada", NOTEBOOKS), "status": {"phase": "Lost"}}
    assert "Claim claim-ada has lost its volume" in only(healthy(claims=parsed(Claim, claim)))


def test_a_database_volume_is_told_before_it_is_full() -> None:
    text = only(healthy(usage={"tf-hub-database": Usage(used=950 * 2**20, capacity=1000 * 2**20)}))
    assert "The volume of claim tf-hub-database is 95% full\n950 of 1000 MiB are used." in text
    assert titles(healthy(usage={"tf-hub-database": Usage(used=500, capacity=1000)})) == []
