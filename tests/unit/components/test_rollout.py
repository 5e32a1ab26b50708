"""The wait for the hub ends with an error as soon as the hub cannot start."""

import base64
import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from kubernetes.client import (
    V1ContainerState,
    V1ContainerStateTerminated,
    V1ContainerStateWaiting,
    V1ContainerStatus,
    V1LabelSelector,
    V1ObjectMeta,
    V1Pod,
    V1PodCondition,
    V1PodList,
    V1PodStatus,
    V1PodTemplateSpec,
    V1StatefulSet,
    V1StatefulSetSpec,
    V1StatefulSetStatus,
)
from kubernetes.client.exceptions import ApiException

from components.dynamic import rollout
from components.dynamic.rollout import HubPod, RolloutError
from tests.doubles.monitor import Record

LOG = "Traceback\nNameError: name 'foo' is not defined"
HEALTHY = "[E 2026] Health: Kubernetes does not answer\n[I 2026] Health: good"
ENDED = V1ContainerState(terminated=V1ContainerStateTerminated(exit_code=1))
RESTARTING = V1ContainerState(waiting=V1ContainerStateWaiting(reason="CrashLoopBackOff", message="back-off"))
NO_IMAGE = V1ContainerState(waiting=V1ContainerStateWaiting(reason="ErrImageNeverPull", message="hub:9 is not here"))
RUNS = V1ContainerState()


def sets(*, observed: int = 2, current: str = "new", ready: int | None = 1) -> V1StatefulSet:
    status = V1StatefulSetStatus(
        replicas=1,
        observed_generation=observed,
        current_revision=current,
        update_revision="new",
        ready_replicas=ready,
        current_replicas=1,
    )
    return V1StatefulSet(
        spec=V1StatefulSetSpec(selector=V1LabelSelector(), template=V1PodTemplateSpec()), status=status
    )


def pod(state: V1ContainerState, *, restarts: int = 0, last: V1ContainerState | None = None) -> V1Pod:
    container = V1ContainerStatus(
        image="hub", image_id="", name="hub", ready=False, restart_count=restarts, state=state, last_state=last
    )
    condition = V1PodCondition(type="Ready", status="False", message="containers with unready status: [hub]")
    return V1Pod(
        metadata=V1ObjectMeta(uid="uid"), status=V1PodStatus(container_statuses=[container], conditions=[condition])
    )


class _Cluster:
    """Returns one state after the other, and the last one from then on."""

    def __init__(self, states: Sequence[tuple[V1StatefulSet, V1Pod | None]], log: str = LOG) -> None:
        self.states = list(states)
        self.log = log
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        if len(self.states) > 1:
            self.states.pop(0)

    def read_namespaced_stateful_set_status(self, _name: str, _namespace: str) -> V1StatefulSet:
        if not self.states:
            raise ApiException(status=404)
        return self.states[0][0]

    def list_namespaced_pod(self, _namespace: str, *, label_selector: str) -> V1PodList:
        assert label_selector == "controller-revision-hash=new"
        found = self.states[0][1]
        return V1PodList(items=[found] if found else [])

    def read_namespaced_pod_log(self, _name: str, _namespace: str, **_: object) -> SimpleNamespace:
        return SimpleNamespace(data=self.log.encode())

    def wait(self) -> None:
        this = cast("Any", self)
        rollout.wait_for(HubPod(apps=this, core=this, namespace="lab", name="tf-hub", generation=2), sleep=self.sleep)


def test_a_ready_hub_of_the_newest_revision_ends_the_wait() -> None:
    cluster = _Cluster([(sets(), None)], HEALTHY)
    cluster.wait()
    assert cluster.seconds == 0


def test_a_hub_that_is_ready_but_does_not_work_fails_the_update() -> None:
    cluster = _Cluster([(sets(), None)], f"{HEALTHY}\n[E 2026] Health: The database is full: database or disk is full")
    with pytest.raises(RolloutError, match=r"(?s)runs, but does not work.*The database is full") as caught:
        cluster.wait()
    assert cluster.seconds == rollout.HEALTH_SECONDS
    assert "Kubernetes" not in str(caught.value), "a problem that is over"


def test_the_health_and_the_end_of_a_log_in_json_are_read_as_messages() -> None:
    healthy = json.dumps({"severity": "INFO", "message": "Health: good", "logger": "JupyterHub"})
    _Cluster([(sets(), None)], healthy).wait()
    crashed = json.dumps({"message": "It failed\nNameError: name 'foo' is not defined"})
    cluster = _Cluster(
        [(sets(ready=None), pod(ENDED, restarts=2)), (sets(ready=None), pod(ENDED, restarts=3))], crashed
    )
    with pytest.raises(RolloutError, match=r"    It failed\n    NameError: name 'foo' is not defined$"):
        cluster.wait()


def test_a_hub_that_logs_no_health_does_not_fail_the_update() -> None:
    _Cluster([(sets(), None)]).wait()


@pytest.mark.parametrize("before", [sets(observed=1), sets(current="old"), sets(ready=None)])
def test_the_state_before_the_change_does_not_end_the_wait(before: V1StatefulSet) -> None:
    cluster = _Cluster([(before, None)] * 10 + [(sets(), None)], HEALTHY)
    cluster.wait()
    assert cluster.seconds == 5


def test_one_failed_start_does_not_end_the_wait() -> None:
    starting = sets(ready=None)
    states = [(starting, pod(ENDED)), (starting, pod(RESTARTING, restarts=0, last=ENDED)), (starting, pod(RUNS))]
    _Cluster([*states, (sets(), None)]).wait()


def test_a_second_failed_start_ends_the_wait_with_the_log() -> None:
    starting = sets(ready=None)
    states = [(starting, pod(ENDED)), (starting, pod(RUNS, restarts=1, last=ENDED))]
    cluster = _Cluster([*states, (starting, pod(ENDED, restarts=1))])
    with pytest.raises(
        RolloutError, match=r"(?s)does not start.*exited with code 1, 2 times.*name 'foo' is not defined"
    ):
        cluster.wait()
    assert cluster.seconds < 5


def test_a_missing_image_ends_the_wait_with_the_error_of_kubernetes() -> None:
    cluster = _Cluster([(sets(ready=None), pod(NO_IMAGE))])
    with pytest.raises(RolloutError, match="ErrImageNeverPull: hub:9 is not here"):
        cluster.wait()
    assert cluster.seconds < 61


def test_a_claim_that_somebody_deleted_ends_the_wait_with_the_fix() -> None:
    message = '0/1 nodes are available: persistentvolumeclaim "tf-hub-database" not found'
    condition = V1PodCondition(type="PodScheduled", status="False", message=message)
    cluster = _Cluster([(sets(ready=None), V1Pod(status=V1PodStatus(conditions=[condition])))])
    with pytest.raises(RolloutError, match=r'"tf-hub-database" not found.*pulumi up --refresh'):
        cluster.wait()
    assert cluster.seconds < 61


def test_a_hub_that_somebody_deleted_ends_the_wait_with_the_fix() -> None:
    cluster = _Cluster([])
    with pytest.raises(RolloutError, match=r"StatefulSet tf-hub does not exist.*pulumi up --refresh"):
        cluster.wait()


def test_a_timeout_is_reported_with_the_pod_condition_and_the_log() -> None:
    cluster = _Cluster([(sets(ready=None), pod(RUNS))])
    with pytest.raises(RolloutError, match=r"(?s)not ready after 600 seconds.*unready status.*NameError"):
        cluster.wait()
    assert cluster.seconds == rollout.TIMEOUT_SECONDS


def test_only_another_generation_updates_the_rollout() -> None:
    provider, state = rollout.RolloutProvider(), {"generation": 3.0, "namespace": "lab", "__provider": "old"}
    assert provider.diff("", state, {**state, "generation": 3, "__provider": "new"}).changes is False
    assert provider.diff("", state, {**state, "generation": 4}).changes is True
    assert provider.diff("", state, {"namespace": "lab"}).changes is True, "an unknown generation, as in some previews"


def test_a_preview_without_write_access_plans_the_rollout() -> None:
    """The API server then returns no new generation, and Pulumi omits the input."""
    provider = rollout.RolloutProvider()
    assert provider.diff("", {"generation": 3.0, "namespace": "lab"}, {"namespace": "lab"}).changes is True


def test_the_rollout_depends_on_proxy_and_hub(hub: Record) -> None:
    wait = hub.one("Rollout")
    assert hub.one("Deployment").urn in wait.dependencies
    assert hub.one("StatefulSet").urn in wait.dependencies
    assert b"components.dynamic.rollout" in base64.b64decode(str(wait.inputs["__provider"]))
