"""Usage of servers: what their pods hold of the nodes, by choice, group and user."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from jupyterhub.user import User

from hub import usage
from hub.pod_spawner import PodSpawner
from hub.usage import KEPT_SECONDS, Usage

_LARGE = {"cpu": "1500m", "memory": "1Gi", "nvidia.com/gpu": "2"}


class _Spawner(PodSpawner):
    """A spawner with a pod, or with none."""

    def __init__(self, pod: Mapping[str, Any] | None, choice: str | None) -> None:
        # KubeSpawner's own needs an event loop, for its client of Kubernetes.
        self.user_options = {} if choice is None else {"choice": choice}
        self._pod = pod

    def _listed_pod(self) -> Mapping[str, Any] | None:
        return self._pod


def _pod(uid: str, *, phase: str = "Running", node: str | None = "node-1") -> dict[str, Any]:
    spec = {"nodeName": node, "containers": [{"resources": {"requests": _LARGE}}]}
    return {"metadata": {"uid": uid}, "spec": spec, "status": {"phase": phase}}


def _user(name: str, pod: Mapping[str, Any] | None, *groups: str, choice: str | None = "large") -> User:
    of = [SimpleNamespace(name=group) for group in groups]
    return cast("User", SimpleNamespace(name=name, groups=of, spawners={"": _Spawner(pod, choice)}))


class _Clock:
    now: float = 1000

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


def _told(of: Usage) -> dict[tuple[str, ...], float]:
    """Return the counters of CPUs by the values of their labels."""
    (family,) = [family for family in of.collect() if family.name == "jupyterhub_usage_cpu_seconds"]
    return {tuple(sample.labels.values()): sample.value for sample in family.samples}


def test_a_server_counts_what_its_pod_requests_for_the_time_between_two_looks(clock: _Clock) -> None:
    counted, ada = Usage(by_user=True, groups=("physics",), clock=clock), _user("ada", _pod("1"), "physics")
    counted.count([ada])
    assert list(counted.collect())
    clock.now += 60
    counted.count([ada])
    sums = {family.name: [sample.value for sample in family.samples] for family in counted.collect()}
    assert sums == {
        "jupyterhub_usage_server_seconds": [60],
        "jupyterhub_usage_cpu_seconds": [90],
        "jupyterhub_usage_memory_byte_seconds": [60 * 2**30],
        "jupyterhub_usage_gpu_seconds": [120],
    }


def test_a_counter_is_told_as_0_first_since_prometheus_counts_increases(clock: _Clock) -> None:
    counted, ada = Usage(by_user=False, groups=(), clock=clock), _user("ada", _pod("1"))
    for _ in range(2):
        counted.count([ada])
        clock.now += 10
    assert _told(counted) == {("large", ""): 0}
    assert _told(counted) == {("large", ""): 15}


def test_people_of_a_group_are_counted_together_and_without_names(clock: _Clock) -> None:
    counted = Usage(by_user=False, groups=("maths", "physics"), clock=clock)
    people = [
        _user("ada", _pod("1"), "physics", "maths"),
        _user("bob", _pod("2"), "maths"),
        _user("eve", _pod("3"), "others"),
        _user("joe", _pod("4"), choice=None),
    ]
    counted.count(people)
    _told(counted)
    clock.now += 2
    counted.count(people)
    assert _told(counted) == {("large", "maths"): 6, ("large", ""): 3, ("free", ""): 3}


@pytest.mark.parametrize(
    "pod", [None, _pod("1", node=None, phase="Pending"), _pod("1", phase="Succeeded"), _pod("1", phase="Failed")]
)
def test_a_server_without_a_place_on_a_node_counts_nothing(clock: _Clock, pod: Mapping[str, Any] | None) -> None:
    counted = Usage(by_user=True, groups=(), clock=clock)
    counted.count([_user("ada", pod)])
    assert _told(counted) == {}


def test_a_counter_stays_for_an_hour_after_its_last_server(clock: _Clock) -> None:
    counted = Usage(by_user=True, groups=(), clock=clock)
    counted.count([_user("ada", _pod("1"))])
    clock.now += KEPT_SECONDS
    counted.count([])
    assert _told(counted).keys() == {("large", "", "ada")}
    clock.now += 1
    counted.count([])
    assert _told(counted) == {}


def test_the_groups_of_a_user_are_looked_up_once_for_a_pod(clock: _Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def groups_of(user: User) -> set[str]:
        asked.append(user.name)
        return {"physics"}

    monkeypatch.setattr(usage, "groups_of", groups_of)
    counted = Usage(by_user=False, groups=("physics",), clock=clock)
    for pod in ("1", "1", "2"):
        counted.count([_user("ada", _pod(pod))])
    assert asked == ["ada", "ada"]
