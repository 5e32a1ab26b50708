"""A cluster of many nodes that run nothing: the real API server, controllers and scheduler, and kwok for the kubelets.

`Autoscaler` stands in for that of a cloud: it adds a node for pods that find no room, after some seconds.
"""

import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from kubernetes.client import V1Node, V1NodeStatus, V1ObjectMeta, V1Pod
from kubernetes.client.exceptions import ApiException
from kubernetes.utils import create_from_dict  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType] -- it has no types
from urllib3.exceptions import HTTPError

from tests.doubles.api_server import ApiServer, running
from tests.manifests import Manifest
from tools import toolchain
from tools.local import control_plane

_CONTROLLERS: Final = (
    "daemonset-controller",
    "deployment-controller",
    "node-lifecycle-controller",
    "replicaset-controller",
    "resourcequota-controller",
)
_STAGES: Final = Path(__file__).with_name("kwok.yaml")
_ROOM: Final = {"cpu": "8", "memory": "32Gi", "ephemeral-storage": "100Gi", "pods": "110"}
"""Of each node."""


@dataclass(kw_only=True, eq=False)
class Autoscaler(threading.Thread):
    """Adds nodes for pods that are pending for lack of room, as a cloud's cluster autoscaler does."""

    nodes: "ManyNodes"
    seconds: float
    """Time from the request for a node until it is there."""

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()

    def run(self) -> None:
        """Request nodes for the pending pods, beside those that are on their way, and add them when they are due."""
        due: list[float] = []
        while not self.ended.wait(1):
            with suppress(ApiException, HTTPError):
                now = time.monotonic()
                if arrived := sum(at <= now for at in due):
                    self.nodes.add(arrived)
                    due = due[arrived:]
                    continue  # the scheduler looks at them first
                missing = -(-len(self.nodes.pending()) // self.nodes.pods_of_node) - len(due)
                due += [now + self.seconds] * max(0, missing)


@dataclass(kw_only=True)
class ManyNodes:
    """The cluster."""

    server: ApiServer
    namespace: str
    """That of the pods."""
    pods_of_node: int
    """Number of the pods in question that fit on a node."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of each node."""
    count: int = 0

    def add(self, number: int) -> None:
        """Add nodes."""
        for index in range(self.count, self.count + number):
            name = f"node-{index}"
            labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": "a", **self.labels}
            metadata = V1ObjectMeta(name=name, labels=labels)
            self.server.core.create_node(
                V1Node(metadata=metadata, status=V1NodeStatus(capacity=_ROOM, allocatable=_ROOM))
            )
        self.count += number

    def remove_all(self) -> None:
        """Remove the nodes, whose pods may only be those of DaemonSets: their names come back."""
        self.server.core.delete_collection_node()
        self.count = 0

    def apply(self, *manifests: Manifest) -> None:
        """Create objects of any kind."""
        for one in manifests:
            create_from_dict(self.server.client, one)

    def pods(self, **labels: str) -> list[V1Pod]:
        """Return the pods with these labels."""
        selector = ",".join(f"{name}={value}" for name, value in labels.items())
        return list(self.server.core.list_namespaced_pod(self.namespace, label_selector=selector).items)

    def pending(self, **labels: str) -> list[V1Pod]:
        """Return the pods that the scheduler has found no room for."""

        def has_no_room(pod: V1Pod) -> bool:
            conditions = (pod.status.conditions if pod.status else None) or []
            unscheduled = [one for one in conditions if one.type == "PodScheduled" and one.status == "False"]
            # A pod that is to take the place of another needs no node.
            return bool(unscheduled) and not (pod.status and pod.status.nominated_node_name)

        return [pod for pod in self.pods(**labels) if has_no_room(pod)]

    def running(self, **labels: str) -> list[V1Pod]:
        """Return the pods that run."""
        return [pod for pod in self.pods(**labels) if pod.status and pod.status.phase == "Running"]

    def until(self, condition: Callable[[], bool], *, seconds: int = 300) -> None:
        """Fail with the pods by phase unless a condition becomes true in time."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                phases = [pod.status.phase for pod in self.pods() if pod.status]
                counts = {phase: phases.count(phase) for phase in set(phases)}
                pytest.fail(f"not within {seconds} s: {counts}, {self.count} nodes", pytrace=False)
            time.sleep(0.5)

    @contextmanager
    def autoscaled(self, seconds: float) -> Generator[None]:
        """Add nodes for pending pods while the block runs, each after some seconds."""
        autoscaler = Autoscaler(nodes=self, seconds=seconds)
        autoscaler.start()
        try:
            yield
        finally:
            autoscaler.ended.set()
            autoscaler.join()


@contextmanager
def many_nodes(server: ApiServer, folder: Path, nodes: ManyNodes) -> Generator[ManyNodes]:
    """Start scheduler, controllers and kwok for an API server, with their logs in `folder`.

    Raises:
        ToolError: Go is missing, or the build of kwok failed.
    """
    toolchain.build(toolchain.KWOK)
    kubeconfig = f"--kubeconfig={server.kubeconfig}"
    alone = ["--leader-elect=false", "--secure-port=0"]
    manager = control_plane.program("kube-controller-manager")
    controllers = [manager, kubeconfig, f"--controllers={','.join(_CONTROLLERS)}", *alone]
    scheduler = [control_plane.program("kube-scheduler"), kubeconfig, *alone]
    kwok = [toolchain.KWOK.programs / "kwok", kubeconfig, f"--config={_STAGES}", "--manage-all-nodes=true"]
    with (
        running(controllers, folder / "further-controllers.log"),
        running(scheduler, folder / "scheduler.log"),
        running(kwok, folder / "kwok.log"),
    ):
        yield nodes
