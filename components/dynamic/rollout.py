"""Waits until the hub is rolled out, and reports why if it is not."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import pulumi
from pulumi import dynamic

from components.dynamic import hub_log
from components.dynamic.api_client import ApiClientArgs, api_client, end_of_log
from components.dynamic.pods import Pod, parsed
from components.dynamic.resource import Resource

if TYPE_CHECKING:
    from kubernetes.client import AppsV1Api, CoreV1Api, V1StatefulSetStatus

TIMEOUT_SECONDS: Final = 600
"""Time limit of a rollout, including image pull, a new node and an upgrade of the database."""

MAX_CRASHES: Final = 2
"""Number of exits after which the rollout fails. One may be bad luck, such as a proxy that starts late."""
_STUCK_SECONDS: Final = 60
"""Time for which a container may be unable to start, for example because its image cannot be pulled."""
HEALTH_SECONDS: Final = 30
"""Time limit for the hub's health after it is ready."""
POLL_SECONDS: Final = 0.5
"""Time between two requests."""
CREATE_AGAIN: Final = "create it again: pulumi up --refresh"
"""What to do if somebody deleted an object of the stack."""
LOG_LINES: Final = 30
"""Lines of the hub's log in an error. If an upgrade of the database fails, the reason is 20 lines before the end."""


class RolloutProvider(dynamic.ResourceProvider):
    """Waits for the rollout. It only reads."""

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Return once the hub runs.

        Raises:
            RolloutError: It does not. The state then holds no such resource, so the next `pulumi up` waits again.
        """
        wait(props)
        return dynamic.CreateResult(id_=f"{props['namespace']}/{props['name']}", outs=props)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        """Report a change, and so another wait, if the StatefulSet's generation has changed."""
        # Missing in some previews: if the StatefulSet is replaced, or the user may not do a server-side dry run.
        return dynamic.DiffResult(changes=_olds["generation"] != _news.get("generation"))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """Wait like `create`."""
        wait(_news)
        return dynamic.UpdateResult(outs=_news)


@dataclass(frozen=True, kw_only=True)
class RolloutArgs(ApiClientArgs):
    """Inputs of `Rollout`."""

    name: str
    """Name of the StatefulSet, which has one replica."""
    generation: pulumi.Input[int | None]
    """`metadata.generation` of the StatefulSet, which rises with each change of its spec."""


class Rollout(Resource, provider=RolloutProvider):
    """A finished rollout of the hub's StatefulSet.

    The Kubernetes provider's own wait often accepts the state before the change (pulumi-kubernetes#4094), and does not
    show the hub's log.
    """

    def __init__(self, name: str, args: RolloutArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, vars(args), opts)


class RolloutError(Exception):
    """The rollout failed. The text has the hub's log or the message of Kubernetes."""


def wait(props: dict[str, Any]) -> None:
    """Return once the StatefulSet's pod is ready in its newest revision.

    Args:
        props: The inputs of `Rollout`.

    Raises:
        RolloutError: See `wait_for`.
    """
    from kubernetes.client import AppsV1Api, CoreV1Api  # noqa: PLC0415 slow to load, and previews do not need it

    client = api_client(props)
    wait_for(
        HubPod(
            apps=AppsV1Api(client),
            core=CoreV1Api(client),
            namespace=props["namespace"],
            name=props["name"],
            generation=int(props["generation"]),
        )
    )


def wait_for(hub: "HubPod", *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Return once the hub runs and is healthy.

    Raises:
        RolloutError: It was deleted, crashed `MAX_CRASHES` times, cannot start, or took longer than `TIMEOUT_SECONDS`;
            or its database, its proxy or Kubernetes does not work for `HEALTH_SECONDS`.
    """
    for _ in range(int(TIMEOUT_SECONDS / POLL_SECONDS)):
        if hub.runs():
            _wait_for_health(hub, sleep)
            return
        if reason := hub.failure():
            raise RolloutError(f"The hub does not start.\n{reason}")
        sleep(POLL_SECONDS)
    raise RolloutError(f"The hub is not ready after {TIMEOUT_SECONDS} seconds.\n{hub.state()}")


def _wait_for_health(hub: "HubPod", sleep: Callable[[float], None]) -> None:
    health = None
    for _ in range(int(HEALTH_SECONDS / POLL_SECONDS)):
        health = hub.health()
        if health == hub_log.GOOD:
            return
        sleep(POLL_SECONDS)
    # A log level above INFO hides that all is well.
    if health:
        raise RolloutError(f"The hub runs, but does not work. {health}")


@dataclass(kw_only=True)
class HubPod:
    """The pod of the hub's StatefulSet, as seen in the Kubernetes API."""

    apps: "AppsV1Api"
    core: "CoreV1Api"
    namespace: str
    name: str
    """Name of the StatefulSet."""
    generation: int
    """Minimum generation of the StatefulSet: the status of an earlier one does not count."""
    _ends: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    """Observed exits of the container: UID of the pod and its restart count."""
    _stuck: int = 0
    """Number of polls in a row that found the pod unable to start."""

    def runs(self) -> bool:
        """Return whether the pod of the newest revision is ready."""
        status = self._status()
        return (
            status is not None
            and (status.observed_generation or 0) >= self.generation
            and status.current_revision == status.update_revision
            and status.ready_replicas == status.current_replicas == 1
        )

    def failure(self) -> str | None:
        """Return why the rollout cannot succeed; None if it still may."""
        pod = self._newest_pod()
        if pod is None:
            return None
        if lost := pod.lost_claim:
            return self._stuck_at(f"{lost}. If somebody deleted it, {CREATE_AGAIN}")
        container = pod.container
        if container is None:
            return None
        if ended := container.ended:
            self._ends.add((pod.metadata.uid, container.restart_count))
            if len(self._ends) >= MAX_CRASHES and not container.ready:
                return f"It exited with code {ended.exit_code}, {len(self._ends)} times. Its log:\n{self._log(pod)}"
        if waiting := container.stuck:
            return self._stuck_at(f"{waiting.reason}: {waiting.message}")
        self._stuck = 0
        return None

    def _stuck_at(self, reason: str) -> str | None:
        """Count a poll that found the pod unable to start, and return the reason once it was so for long enough."""
        self._stuck += 1
        return reason if self._stuck * POLL_SECONDS >= _STUCK_SECONDS else None

    def health(self) -> str | None:
        """Return what the hub last logged about its health: "good", or its problems; None if nothing yet."""
        from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 as above

        try:
            return hub_log.last_health(
                end_of_log(self.core, f"{self.name}-0", self.namespace, previous=False, lines=1000)
            )
        except ApiException:
            return None

    def state(self) -> str:
        """Return the messages of the pod's conditions, and the end of the hub's log."""
        pod = self._newest_pod()
        if pod is None:
            return f"There is no pod {self.name}-0: kubectl -n {self.namespace} describe statefulset {self.name}"
        conditions = [condition.message for condition in pod.status.conditions if condition.message]
        return "\n".join([*conditions, self._log(pod)])

    def _status(self) -> "V1StatefulSetStatus | None":
        from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 as above

        try:
            return self.apps.read_namespaced_stateful_set_status(self.name, self.namespace).status
        except ApiException as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            raise RolloutError(
                f"StatefulSet {self.name} does not exist: somebody deleted it. To fix it, {CREATE_AGAIN}"
            ) from None

    def _newest_pod(self) -> Pod | None:
        """Return the pod of the newest revision; None if there is none yet."""
        status = self._status()
        if status is None or (status.observed_generation or 0) < self.generation:
            return None
        of_revision = f"controller-revision-hash={status.update_revision}"
        found = self.core.list_namespaced_pod(self.namespace, label_selector=of_revision).items
        return parsed(found[0]) if found else None

    def _log(self, pod: Pod) -> str:
        from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 as above

        container = pod.container
        previous = bool(container and container.restart_count and not container.state.terminated)
        try:
            lines = end_of_log(self.core, f"{self.name}-0", self.namespace, previous=previous, lines=LOG_LINES)
        except ApiException:
            return "(there is no log)"
        return "\n".join(f"    {line}" for text in lines for line in hub_log.message(text).splitlines())
