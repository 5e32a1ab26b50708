"""`make doctor`: why pods do not run."""

import re
from datetime import timedelta

import pytest

from components.dynamic.pods import Pod
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
    unscheduled,
    waiting,
)
from tools.doctor.facts import Workload

OUT_OF_MEMORY = {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": NOW.isoformat()}}
CRASHED = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": NOW.isoformat()}}
PROXY = pod("tf-hub-proxy-1", "proxy")


def _hub(**status: object) -> str:
    return only(healthy(pods=(pod(ready=False, status=status), PROXY)))


def test_nothing_is_found_where_all_is_well() -> None:
    assert titles(healthy()) == []


@pytest.mark.parametrize("reason", ["ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName"])
def test_an_image_that_cannot_be_pulled_is_named_with_its_key(reason: str) -> None:
    text = _hub(containerStatuses=waiting(reason, "not found"))
    assert "The image of pod tf-hub-0 cannot be pulled: registry.example/foo/hub:1" in text
    assert f"{reason}: not found" in text
    assert "Correct hub.image" in text


def test_a_deleted_secret_is_made_again_by_a_refresh() -> None:
    text = _hub(containerStatuses=waiting("CreateContainerConfigError", 'secret "tf-hub-secret-1" not found'))
    assert 'secret "tf-hub-secret-1" not found' in text
    assert "pulumi up --refresh" in text


def test_another_reason_of_the_kubelet_is_told_as_it_is() -> None:
    assert "RunContainerError: no such file" in _hub(containerStatuses=waiting("RunContainerError", "no such file"))


def test_a_crash_is_told_with_the_end_of_the_log() -> None:
    status = waiting("CrashLoopBackOff", "back-off", restartCount=3, lastState=CRASHED)
    facts = healthy(
        pods=(pod(ready=False, status={"containerStatuses": status}), PROXY),
        log=(),
        previous_log=("Traceback", "NameError: name 'foo' is not defined"),
    )
    text = only(facts)
    assert "exits with code 1 (starts until now: 4)" in text
    assert "NameError" in text
    assert "hub.extraConfig" in text


def test_the_end_of_the_present_container_is_told_before_its_restart() -> None:
    status = [{"name": "hub", "restartCount": 0, "state": CRASHED}]
    facts = healthy(pods=(pod(ready=False, status={"containerStatuses": status}), PROXY), log=("KeyError: 'NOT_SET'",))
    assert "exits with code 1 (starts until now: 1)\nKeyError: 'NOT_SET'" in only(facts)


def test_a_lack_of_memory_is_an_error_while_the_hub_is_away_and_a_warning_afterwards() -> None:
    status = waiting("CrashLoopBackOff", "back-off", restartCount=2, lastState=OUT_OF_MEMORY)
    away = only(healthy(pods=(pod(ready=False, status={"containerStatuses": status}), PROXY)))
    running = [{"name": "hub", "ready": True, "restartCount": 2, "lastState": OUT_OF_MEMORY}]
    back = only(healthy(pods=(pod(status={"containerStatuses": running}), PROXY)))
    assert away.startswith("error")
    assert back.startswith("warning")
    assert all("OOMKilled" in text and "Raise hub.resources (limits.memory)" in text for text in (away, back))


@pytest.mark.parametrize(
    ("message", "fix"),
    [
        ("0/1 nodes are available: 1 Insufficient cpu.", "lower hub.resources"),
        ("0/1 nodes are available: 1 node(s) had untolerated taint(s).", "hub.pod.nodeSelector"),
        ("1 node(s) had volume node affinity conflict", "docs/gke.md#zones-of-the-nodes"),
        ("pod has unbound immediate PersistentVolumeClaims", "get persistentvolumeclaims"),
        ('persistentvolumeclaim "tf-hub-database" not found', "pulumi up --refresh"),
    ],
)
def test_a_pod_without_a_node_is_told_with_what_makes_room(message: str, fix: str) -> None:
    text = _hub(**unscheduled(message))
    assert message in text
    assert fix in text


def test_a_pod_that_was_evicted_is_told_with_the_reason() -> None:
    text = _hub(phase="Failed", reason="Evicted", message="The node was low on resource: memory.")
    assert "has failed: Evicted\nThe node was low on resource: memory." in text


def test_a_running_pod_that_is_not_ready_is_told_with_its_events_and_log() -> None:
    events = (event("Pod", "tf-hub-0", "Unhealthy", "Readiness probe failed"),)
    text = only(healthy(pods=(pod(ready=False), PROXY), events=events, log=("waits for the database",)))
    assert text.startswith(
        "error\nPod tf-hub-0 is not ready\nUnhealthy: Readiness probe failed\nwaits for the database"
    )


def test_a_new_pod_is_given_time() -> None:
    text = only(healthy(pods=(pod(ready=False, age=timedelta(seconds=5)), PROXY)))
    assert text.startswith("warning\nPod tf-hub-0 is still starting")


def test_a_pod_of_a_lost_node_does_not_end() -> None:
    ending = pod(ready=False).model_dump(by_alias=True)
    ending["metadata"]["deletionTimestamp"] = NOW - timedelta(minutes=10)
    text = only(healthy(pods=(Pod.model_validate(ending), PROXY)))
    assert "Pod tf-hub-0 does not end" in text
    assert "docs/troubleshooting.md#lost-nodes" in text


def test_a_pod_that_is_refused_is_told_with_the_events_of_its_owner() -> None:
    events = (event("StatefulSet", "tf-hub", "FailedCreate", "violates PodSecurity"),)
    assert "There is no pod tf-hub-0\nFailedCreate: violates PodSecurity" in only(healthy(pods=(PROXY,), events=events))


def test_a_broken_rollout_of_a_proxy_that_still_serves_is_a_warning() -> None:
    new = pod(
        "tf-hub-proxy-2", "proxy", ready=False, status={"containerStatuses": waiting("ErrImagePull", "not found")}
    )
    assert only(healthy(pods=(pod(), PROXY, new))).startswith("warning\nThe image of pod tf-hub-proxy-2")
    assert only(healthy(pods=(pod(), new))).startswith("error")


def test_servers_with_the_same_reason_are_one_finding() -> None:
    servers = tuple(
        pod(f"jupyter-{number}", "singleuser-server", namespace=NOTEBOOKS, ready=False, status=unscheduled("no room"))
        for number in range(7)
    )
    text = only(healthy(notebook_pods=servers))
    assert text.startswith("warning\nNo node has a place for pod (jupyter-0, jupyter-1,")
    assert "and 2 more)" in text


def test_a_server_for_which_a_node_is_being_added_is_no_finding() -> None:
    new = pod(
        "jupyter-ada", "x", namespace=NOTEBOOKS, ready=False, age=timedelta(minutes=1), status=unscheduled("no room")
    )
    assert titles(healthy(notebook_pods=(new,))) == []


def test_placeholders_and_pre_pulled_images_are_told_as_such() -> None:
    spare = pod("tf-hub-spare-1", "spare", namespace=NOTEBOOKS, ready=False, status=unscheduled("Insufficient cpu"))
    failing = [{"name": "image-0", "state": {"waiting": {"reason": "ErrImagePull", "message": "not found"}}}]
    pull = pod("tf-hub-images-1", "images", namespace=NOTEBOOKS, ready=False, status={"initContainerStatuses": failing})
    refused = parsed(
        Workload,
        {
            "metadata": named("tf-hub-spare", NOTEBOOKS, labels={"app.kubernetes.io/component": "spare"}),
            "status": {"conditions": [{"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}]},
        },
    )
    facts = healthy(notebook_pods=(spare, pull))
    everything = titles(healthy(notebook_pods=(spare, pull), deployments=(*facts.deployments, *refused)))
    assert re.fullmatch(r"Placeholder: no node has a place for pod .*", everything[0])
    assert re.fullmatch(r"Pre-pulled images: the image of pod cannot be pulled: .*", everything[1])
    assert everything[2] == "Placeholder: Deployment tf-hub-spare cannot make its pods"


def test_what_explains_the_rest_is_first_and_the_rest_says_so() -> None:
    facts = healthy(
        nodes=(),
        pods=(pod(ready=False, status=unscheduled('persistentvolumeclaim "tf-hub-database" not found')), PROXY),
        log=("[E 2026] Health: The proxy does not answer: x.",),
        claims=(),
    )
    first, second = found(facts)
    assert "waits for a claim" in first.finding.title
    assert second.finding.title == "The hub runs, but does not work"
    assert (first.number, first.follows, second.follows) == (1, None, 1)


def test_errors_are_before_warnings() -> None:
    pull = pod("jupyter-ada", "x", namespace=HUB, ready=False)
    facts = healthy(notebook_pods=(pull,), log=("Health: The database is full: disk.",))
    assert [one.finding.severity for one in found(facts)] == ["error", "warning"]
