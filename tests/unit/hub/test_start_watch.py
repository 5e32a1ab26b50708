from typing import Any

import pytest

from hub.errors import HubError
from hub.start_watch import PATIENCE_SECONDS, StartWatch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock."""
    now = [1000.0]
    monkeypatch.setattr("hub.start_watch.time.monotonic", lambda: now[0])
    return now


def pod(container: dict[str, Any] | None = None, **status: object) -> dict[str, Any]:
    """Return a pod with the status of its container."""
    statuses = {"containerStatuses": [{"name": "notebook", **container}]} if container else {}
    return {
        "metadata": {"name": "jupyter-ada"},
        "spec": {"containers": [{"image": "quay.io/jupyter/none:1"}]},
        "status": {"phase": "Pending", **statuses, **status},
    }


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return pod({"state": {"waiting": {"reason": reason, "message": message}}})


def ended(code: int, message: str = "", reason: str = "Error") -> dict[str, Any]:
    end = {"terminated": {"exitCode": code, "reason": reason, "message": message}}
    return pod({"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": end})


HEALTHY = [
    pod(),
    pod(phase="Pending", conditions=[{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]),
    waiting("ContainerCreating"),
    waiting("PodInitializing"),
    pod({"state": {"running": {}}}, phase="Running"),
]


@pytest.mark.parametrize("healthy", HEALTHY)
def test_a_slow_start_keeps_its_time(healthy: dict[str, Any], clock: list[float]) -> None:
    watch = StartWatch()
    for _ in range(100):
        watch.check(healthy, [])
        clock[0] += PATIENCE_SECONDS


@pytest.mark.parametrize(
    ("failing", "shown"),
    [
        (waiting("ErrImagePull", "not found"), "quay.io/jupyter/none:1 cannot be pulled (ErrImagePull)"),
        (waiting("ImagePullBackOff"), "cannot be pulled (ImagePullBackOff)"),
        (waiting("InvalidImageName"), "cannot be pulled (InvalidImageName)"),
        (waiting("CreateContainerConfigError", "no key"), "cannot run (CreateContainerConfigError). no key"),
        (waiting("CreateContainerError"), "cannot run (CreateContainerError)"),
        (waiting("RunContainerError", "exec: sh: not found"), "cannot run (RunContainerError). exec: sh: not found"),
        (waiting("CrashLoopBackOff"), "cannot run (CrashLoopBackOff)"),
        (ended(127, "\nno jupyterhub-singleuser\n"), "exit code 127. The last lines of its log: no jupyterhub"),
        (ended(137, reason="OOMKilled"), "needed more memory"),
        (
            pod({"state": {"running": {}}, "lastState": {"terminated": {"exitCode": 1}}}, phase="Running"),
            "ends with exit code 1",
        ),
    ],
)
def test_a_failing_container_is_given_up_after_a_minute_with_the_reason(
    failing: dict[str, Any], shown: str, clock: list[float]
) -> None:
    watch = StartWatch()
    watch.check(failing, [])
    clock[0] += PATIENCE_SECONDS - 1
    watch.check(failing, [])
    clock[0] += 1
    with pytest.raises(HubError) as caught:
        watch.check(failing, ["Kubernetes: warned"])
    assert shown in caught.value.jupyterhub_message
    assert caught.value.jupyterhub_message.endswith("Kubernetes: warned")


def test_a_container_that_recovers_starts_its_minute_again(clock: list[float]) -> None:
    watch = StartWatch()
    for _ in range(10):
        watch.check(waiting("ErrImagePull"), [])
        clock[0] += PATIENCE_SECONDS - 1
        watch.check(waiting("ErrImagePull"), [])
        watch.check(waiting("ContainerCreating"), [])


@pytest.mark.parametrize(
    ("hopeless", "shown"),
    [
        (None, "was deleted"),
        (pod() | {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}, "is being deleted"),
        (pod(phase="Failed", reason="Evicted", message="disk pressure"), "Evicted: disk pressure"),
        (pod(phase="Failed"), "has failed"),
        (pod({"state": {"terminated": {"exitCode": 0}}}, phase="Succeeded"), "ended at once"),
    ],
)
def test_a_pod_that_will_never_run_is_given_up_at_once(hopeless: dict[str, Any] | None, shown: str) -> None:
    watch = StartWatch()
    watch.check(pod(), [])
    with pytest.raises(HubError) as caught:
        watch.check(hopeless, [])
    assert shown in caught.value.jupyterhub_message


def test_a_pod_that_is_not_listed_yet_is_awaited() -> None:
    StartWatch().check(None, [])
