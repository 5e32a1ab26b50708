"""A course: people start servers at the same time, at the real hub, on nodes that kwok makes.

`python -m tests.e2e.course` measures how long they wait without room and with it, for docs/capacity.md. Pods run as
soon as they have a node: the time for images and for the start of Jupyter comes on top.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
from kubernetes.client import V1Namespace, V1ObjectMeta

from hub.contract import HubConfig
from tests.doubles.api_server import api_server, free_port
from tests.doubles.monitor import Record
from tests.e2e.kubernetes_hub import TOKEN, KubernetesHub, kubernetes_hub
from tests.e2e.many_nodes import ManyNodes, many_nodes
from tests.manifests import manifest
from tests.stacks import record_hub

NAMESPACE = "jupyterhub-notebooks"
POOL = {"pool": "notebooks"}
_SERVERS_OF_NODE = 6
"""Servers of 1.25 CPUs on a node of 8."""
_NO_VOLUMES = """
c.KubeSpawner.storage_pvc_ensure = False
c.KubeSpawner.volumes = []
c.KubeSpawner.volume_mounts = []
"""
"""Nothing in this cluster makes volumes."""


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """How the people of a course got their servers."""

    seconds: list[float]
    """For each of them, the time from the first press of Start until the server is ready."""
    without_node: list[float]
    """For each of them, the time of the pod until it has a node."""
    refused: int
    """Number of starts that were refused for a limit, and tried again."""
    nodes: int
    """Number of nodes in the end."""

    def __str__(self) -> str:
        """Tell it in a line."""
        return (
            f"ready after {_told(self.seconds)}; pods without a node for {_told(self.without_node)}; "
            f"{self.refused} starts refused; {self.nodes} nodes in the end"
        )


def _told(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    most = ordered[int(len(ordered) * 0.9)]
    return f"{statistics.median(ordered):.0f} s (median), {most:.0f} s (90 %), {ordered[-1]:.0f} s (longest)"


async def attend(hub: KubernetesHub, people: int, seconds: float) -> tuple[list[float], int]:
    """Let people start their servers evenly over some seconds, and try again when the hub says so.

    Returns:
        For each of them, the time until the server is ready; and the number of refused starts.
    """
    names = [f"person-{index}" for index in range(people)]
    begun: dict[str, float] = {}
    ready: dict[str, float] = {}
    refused = 0
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{hub.port}/hub/api/",
        headers={"Authorization": f"token {TOKEN}"},
        timeout=1800,
        limits=httpx.Limits(max_connections=people),
    ) as client:

        async def start(name: str, after: float) -> None:
            nonlocal refused
            await asyncio.sleep(after)
            begun[name] = time.monotonic()
            while (answer := await client.post(f"users/{name}/server")).status_code == HTTPStatus.TOO_MANY_REQUESTS:
                refused += 1
                await asyncio.sleep(int(answer.headers["Retry-After"]))
            answer.raise_for_status()
            # As the page of a starting server does.
            async with client.stream("GET", f"users/{name}/server/progress") as events:
                told = [
                    json.loads(line.partition(":")[2]) async for line in events.aiter_lines() if line[:5] == "data:"
                ]
            assert told[-1].get("ready"), told[-1]
            ready[name] = time.monotonic()

        (await client.post("users", json={"usernames": names})).raise_for_status()
        async with asyncio.timeout(1800):
            starts = [start(name, index * seconds / people) for index, name in enumerate(names)]
            await asyncio.gather(*starts)
    return [ready[name] - begun[name] for name in names], refused


def _without_node(nodes: ManyNodes) -> Generator[float]:
    """Yield the time of each server's pod until it has a node."""
    for pod in nodes.running(component="singleuser-server"):
        assert pod.metadata
        assert pod.metadata.creation_timestamp
        assert pod.status
        scheduled = (one.last_transition_time for one in pod.status.conditions or [] if one.type == "PodScheduled")
        for at in filter(None, scheduled):
            yield (at - pod.metadata.creation_timestamp).total_seconds()


def stack_with_room(spare: int) -> Record:
    """Return a stack with servers of which few fit on a node, and with room for some."""
    changes = {
        "notebook.cpu": {"default": "1.25"},
        "notebook.nodeSelector": POOL,
        "notebook.spare": [{"servers": spare}] if spare else [],
    }
    return record_hub(changes)


def config_of(stack: Record) -> HubConfig:
    """Return the hub's settings."""
    return next(
        HubConfig.model_validate_json(one.inputs["data"]["hub.json"])
        for one in stack.of("ConfigMap")
        if "hub.json" in one.inputs["data"]
    )


def measure(folder: Path, *, people: int, seconds: float, spare: int, node_seconds: float) -> Attendance:
    """Return how the people of a course got their servers.

    Args:
        folder: Folder for data and logs.
        people: Their number.
        seconds: Time in which they come.
        spare: Number of servers that there is room for before.
        node_seconds: Time that a new node takes.
    """
    stack = stack_with_room(spare)
    with api_server("course", folder / "server") as server:
        nodes = ManyNodes(server=server, namespace=NAMESPACE, pods_of_node=_SERVERS_OF_NODE, labels=POOL)
        with (
            many_nodes(server, folder, nodes),
            kubernetes_hub(
                server,
                folder,
                port=free_port(),
                config=config_of(stack),
                has_nodes=True,
                extra_config=_NO_VOLUMES,
            ) as hub,
        ):
            server.core.create_namespace(V1Namespace(metadata=V1ObjectMeta(name="jupyterhub")))
            nodes.add(2)
            found = [manifest(one) for one in stack.kubernetes]
            nodes.apply(
                *(one for one in found if one["kind"] == "PriorityClass" or "-spare" in one["metadata"]["name"])
            )
            with nodes.autoscaled(1):
                nodes.until(lambda: len(nodes.running(**{"app.kubernetes.io/component": "spare"})) == spare)
            with nodes.autoscaled(node_seconds):
                waited, refused = asyncio.run(attend(hub, people, seconds))
            return Attendance(
                seconds=waited, without_node=list(_without_node(nodes)), refused=refused, nodes=nodes.count
            )


def main() -> None:
    """Measure, and print a line for each number of servers that there is room for."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=180, help="in which they come")
    parser.add_argument("--node-seconds", type=float, default=90, help="that a new node takes")
    parser.add_argument("--spare", type=int, nargs="+", default=[0, 60, 300])
    wanted = parser.parse_args()
    for spare in wanted.spare:
        with tempfile.TemporaryDirectory() as folder:
            seen = measure(
                Path(folder),
                people=wanted.people,
                seconds=wanted.seconds,
                spare=spare,
                node_seconds=wanted.node_seconds,
            )
        print(f"spare capacity for {spare}: {seen}", flush=True)


if __name__ == "__main__":
    main()
