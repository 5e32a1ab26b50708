"""Waits until the hub that `pulumi up` asked for runs, and says why if it does not."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pulumi
from pulumi import dynamic

from components.api_client import api_client, end_of_log

if TYPE_CHECKING:
    from kubernetes.client import AppsV1Api, CoreV1Api, V1ContainerStatus, V1Pod

PATIENCE: Final = 600
"""Seconds in which the hub must run: image pull, new node and an upgrade of the database included."""

_CRASHES: Final = 2
"""How often the hub may end before it is taken for broken: once may be bad luck, such as a proxy that came late."""
_STUCK_SECONDS: Final = 60
"""How long a container may be kept from starting, by an image that cannot be pulled for example."""
_PAUSE: Final = 0.5
"""Seconds between two looks."""
_LINES: Final = 30
"""How much of the hub's log is told. If an upgrade of the database fails, the reason is 20 lines before the end."""


class RolloutProvider(dynamic.ResourceProvider):
    """Waits. It runs in a process of its own, and only looks.

    As with `TokenProvider`, the module and the name of this class must stay as they are, and an instance holds nothing.
    """

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Returns once the hub runs.

        Raises:
            RolloutError: It does not; nothing is recorded then, so that the next `pulumi up` waits again.
        """
        wait(props)
        return dynamic.CreateResult(id_=f"{props['namespace']}/{props['name']}", outs=props)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        """Asks to wait again if the StatefulSet has changed."""
        # It is unknown in some previews: of a StatefulSet that is replaced, and where nobody may try a change out.
        return dynamic.DiffResult(changes=_olds["generation"] != _news.get("generation"))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """As `create`."""
        wait(_news)
        return dynamic.UpdateResult(outs=_news)


@dataclass(frozen=True, kw_only=True)
class RolloutArgs:
    """Inputs of `Rollout`."""

    context: str | None
    """Context of the kubeconfig, as the provider has it; None is the current one."""
    kubeconfig: pulumi.Input[str] | None = None
    """A kubeconfig as JSON; None is the user's own. It holds no secret, but names the program that gets one."""
    namespace: pulumi.Input[str]
    """Namespace of the StatefulSet."""
    name: str
    """Name of the StatefulSet, which has one replica."""
    generation: pulumi.Input[int | None]
    """The StatefulSet's generation, which Kubernetes raises with each change of its spec."""


class Rollout(dynamic.Resource, module="jupyterhub", name="Rollout"):
    """That the pod of a StatefulSet runs as its spec now says.

    The Kubernetes provider's own wait is often content with what was true before the change (pulumi-kubernetes#4094),
    and tells nothing of what the hub printed.
    """

    def __init__(self, name: str, args: RolloutArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {
            "context": args.context,
            "kubeconfig": args.kubeconfig,
            "namespace": args.namespace,
            "name": args.name,
            "generation": args.generation,
        }
        super().__init__(RolloutProvider(), name, inputs, opts)


class RolloutError(Exception):
    """The hub does not run; the text says why, in the hub's or in Kubernetes' words."""


def wait(props: dict[str, Any]) -> None:
    """Returns once the StatefulSet's pod is ready in its newest form.

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
    """Returns once the hub runs.

    Raises:
        RolloutError: It ended again and again, cannot start, or took longer than `PATIENCE`.
    """
    for _ in range(int(PATIENCE / _PAUSE)):
        if hub.runs():
            return
        if reason := hub.why_broken():
            raise RolloutError(f"The hub does not start.\n{reason}")
        sleep(_PAUSE)
    raise RolloutError(f"The hub is not ready after {PATIENCE} seconds.\n{hub.state()}")


@dataclass(kw_only=True)
class HubPod:
    """The one pod of the hub's StatefulSet, as Kubernetes tells of it."""

    apps: "AppsV1Api"
    core: "CoreV1Api"
    namespace: str
    name: str
    """Of the StatefulSet."""
    generation: int
    """The StatefulSet's, at least: what is told of an earlier one does not count."""
    _ends: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    """Each end of the hub's container that was seen, by the pod's uid and its count of restarts."""
    _stuck: int = 0
    """How often in a row the container was found to be kept from starting."""

    def runs(self) -> bool:
        """Returns whether the pod is ready, and is the newest."""
        status = self.apps.read_namespaced_stateful_set_status(self.name, self.namespace).status
        return (
            status is not None
            and (status.observed_generation or 0) >= self.generation
            and status.current_revision == status.update_revision
            and status.ready_replicas == status.current_replicas == 1
        )

    def why_broken(self) -> str | None:
        """Returns why it makes no sense to wait any longer; None if it does."""
        pod = self._newest_pod()
        container = _container(pod)
        if pod is None or container is None or container.state is None:
            return None
        ended = container.state.terminated or (container.last_state.terminated if container.last_state else None)
        if ended is not None and pod.metadata:
            self._ends.add((str(pod.metadata.uid), container.restart_count))
            if len(self._ends) >= _CRASHES and not container.ready:
                return f"It ended with exit code {ended.exit_code}, {len(self._ends)} times. Its log:\n{self._log(pod)}"
        waiting = container.state.waiting
        if waiting is None or waiting.reason in {None, "ContainerCreating", "PodInitializing", "CrashLoopBackOff"}:
            self._stuck = 0
            return None
        self._stuck += 1
        return f"{waiting.reason}: {waiting.message}" if self._stuck * _PAUSE >= _STUCK_SECONDS else None

    def state(self) -> str:
        """Returns what Kubernetes says of the pod, and the end of the hub's log."""
        pod = self._newest_pod()
        if pod is None or pod.status is None:
            return f"There is no pod {self.name}-0: kubectl -n {self.namespace} describe statefulset {self.name}"
        conditions = [condition.message for condition in pod.status.conditions or [] if condition.message]
        return "\n".join([*conditions, self._log(pod)])

    def _newest_pod(self) -> "V1Pod | None":
        """The pod, if it is of the revision that is being rolled out."""
        status = self.apps.read_namespaced_stateful_set_status(self.name, self.namespace).status
        if status is None or (status.observed_generation or 0) < self.generation:
            return None
        of_revision = f"controller-revision-hash={status.update_revision}"
        return next(iter(self.core.list_namespaced_pod(self.namespace, label_selector=of_revision).items), None)

    def _log(self, pod: "V1Pod") -> str:
        from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 as above

        container = _container(pod)
        previous = bool(container and container.restart_count and not (container.state and container.state.terminated))
        try:
            lines = end_of_log(self.core, f"{self.name}-0", self.namespace, previous=previous, lines=_LINES)
        except ApiException:
            return "(there is no log)"
        return "\n".join(f"    {line}" for line in lines)


def _container(pod: "V1Pod | None") -> "V1ContainerStatus | None":
    return next(iter((pod.status.container_statuses if pod and pod.status else None) or []), None)
