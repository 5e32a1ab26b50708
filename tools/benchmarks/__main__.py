"""`make bench`: measures, prints a table and writes build/bench.json.

Needs the hub of `make up` to run. Every figure is a median; compared values are measured in turns, in one run.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from kubernetes.client import CoreV1Api
from rich.console import Console
from rich.table import Table

from tools import paths
from tools.benchmarks.figure import Figure
from tools.benchmarks.servers import starts_and_stops
from tools.commands import run
from tools.engine import Stack
from tools.errors import run_reporting_errors
from tools.local import api, cluster, deploy

RUNS = 5
RESULT = paths.CHECKOUT / "build" / "bench.json"
_NAMESPACE = "jupyterhub"
_ONE_OBJECT = """
import pulumi
from pulumi_kubernetes import Provider, core, meta

core.v1.ConfigMap(
    "one",
    metadata=meta.v1.ObjectMetaArgs(name="one", namespace="default"),
    data={"key": "value"},
    opts=pulumi.ResourceOptions(provider=Provider("cluster")),
)
"""
"""The minimum of any program for Kubernetes: it loads the SDK and starts the provider."""


def main() -> int:
    """Measure everything, the least disturbing first."""
    if not cluster.is_up():
        Console(stderr=True).print("error: the local cluster is not running. Start the hub with: make up")
        return 1
    figures = [
        *_previews(),
        _memory(),
        *starts_and_stops(deploy.existing("dev").output("hub_url")),
        _repeated_up(),
        _restart(),
    ]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(figure) | {"median": figure.median} for figure in figures], indent=2))
    table = Table("figure", "median", "lowest", "highest", "bound")
    for figure in figures:
        values = (figure.median, min(figure.values), max(figure.values))
        table.add_row(figure.name, *(f"{value:.2f} {figure.unit}".rstrip() for value in values), figure.bound)
    Console().print(table)
    return 0


def _seconds(act: Callable[[], object]) -> float:
    start = time.monotonic()
    act()
    return time.monotonic() - start


def _previews() -> list[Figure]:
    """Measure the preview of the dev stack, of a program with one object, and of an empty program, in turns."""
    dev = deploy.existing("dev")
    with tempfile.TemporaryDirectory() as folder:
        stacks = {
            "dev": dev,
            "one": _stack(Path(folder), "one", _ONE_OBJECT, dev),
            "empty": _stack(Path(folder), "empty", "", dev),
        }
        times: dict[str, list[float]] = {name: [] for name in stacks}
        for turn in range(RUNS + 1):  # the first turn only warms up
            for name, stack in stacks.items():
                command = stack.command("preview", "--non-interactive")
                taken = _seconds(lambda command=command, stack=stack: run(command, env=stack.environment))
                if turn:
                    times[name].append(taken)
    ratios = {
        name: [own / other for own, other in zip(times[name], times["empty"], strict=True)] for name in ("dev", "one")
    }
    return [
        Figure(name="pulumi preview of stack dev", values=times["dev"], unit="s"),
        Figure(name="pulumi preview of one ConfigMap", values=times["one"], unit="s"),
        Figure(name="pulumi preview of an empty program", values=times["empty"], unit="s"),
        Figure(name="stack dev to empty", values=ratios["dev"], bound="1.5"),
        Figure(name="one ConfigMap to empty", values=ratios["one"]),
    ]


def _stack(folder: Path, name: str, program: str, like: Stack) -> Stack:
    """Return a stack of another program, with the same engine and kubeconfig."""
    (folder / name).mkdir()
    (folder / name / "__main__.py").write_text(program)
    file = folder / f"Pulumi.{name}.yaml"
    file.write_text("config: {}\n")
    stack = Stack(name=name, engine=like.engine, folder=folder, kubeconfig=like.kubeconfig, program=folder / name)
    stack.prepare(file, {})
    return stack


def _memory() -> Figure:
    """Measure the memory of the hub's and the proxy's pods, from the kernel's statistics, without file cache."""
    values: list[float] = []
    for _ in range(RUNS):
        time.sleep(2)
        values.append(sum(_anonymous(uid) for uid in _pod_uids()) / 1024**2)
    return Figure(name="memory of hub and proxy pods, idle", values=values, unit="MiB", bound="350 MiB")


def _pod_uids() -> list[str]:
    pods = CoreV1Api(api.connect()).list_namespaced_pod(_NAMESPACE).items
    return [pod.metadata.uid for pod in pods if pod.metadata and pod.metadata.uid]


def _anonymous(uid: str) -> int:
    """Return the bytes of a pod's control group, version 1 or 2."""
    group = next(Path("/sys/fs/cgroup").glob(f"**/kubepods/**/pod{uid}/memory.stat"))
    counts = dict(line.split() for line in group.read_text().splitlines())
    return int(counts.get("total_rss") or counts["anon"])


def _up() -> None:
    run(["make", "up"], cwd=paths.CHECKOUT)


def _repeated_up() -> Figure:
    values = [_seconds(_up) for _ in range(RUNS)]
    return Figure(name="make up, everything running", values=values, unit="s", bound="20 s")


def _restart() -> Figure:
    """Measure the start of a stopped cluster with the stack's objects in it, until the hub's page responds."""
    values: list[float] = []
    for _ in range(RUNS):
        run([sys.executable, "-m", "tools.local", "down"], cwd=paths.CHECKOUT)
        values.append(_seconds(_up))
    return Figure(name="make up, from a stopped cluster", values=values, unit="s", bound="90 s")


if __name__ == "__main__":
    sys.exit(run_reporting_errors(main))
