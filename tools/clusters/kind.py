"""A cluster of kind, in Docker: no root, no Go, nothing built but images that no registry has."""

import os
import shutil
from collections.abc import Mapping

from settings import Settings
from tools import commands, engine, paths
from tools.clusters import docker
from tools.clusters.cluster import Cluster, is_for_own_cluster
from tools.engine import Engine
from tools.errors import ToolError
from tools.local import api, host, layout
from tools.steps import say, step
from tools.waiting import wait_for

NAME = layout.NAME
"""The cluster's name in kind; its one container has the suffix `-control-plane`."""
FOLDER = paths.STATE / "kind"
KUBECONFIG = FOLDER / "kubeconfig"
"""A kubeconfig of its own: that of the user is not changed. It exists once the cluster is complete."""

_NODE = f"{NAME}-control-plane"
_MADE = FOLDER / "made"
"""Marker of a cluster that `make up` made, from before its creation."""
_NODE_PORT = 30080
_PORT = 8000
# kind's own default is the node image that its release was tested with, by digest. So none is set here.
_CONFIG = """\
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
    extraPortMappings:
      - {{ containerPort: {node_port}, hostPort: {port}, listenAddress: 127.0.0.1 }}
"""
_READY_SECONDS = 120


class Kind(Cluster):
    """The cluster of kind that `make up` makes."""

    name = "kind"
    description = f"the kind cluster {NAME}, in Docker on this machine"
    kubeconfig = KUBECONFIG

    def check(self) -> None:
        """Check that Docker answers, and kind is installed."""
        if reason := obstacle():
            message = (
                f"The kind cluster cannot be used here: {reason}.\nOther clusters: make up CLUSTER=<name>, docs/try.md"
            )
            raise ToolError(message)

    def overrides(self, settings: Settings) -> Mapping[str, str]:
        """Return a node port, which Docker forwards from 127.0.0.1, for an address of the local cluster."""
        if not is_for_own_cluster(settings):
            return {}
        # Docker binds the port to 127.0.0.1, which the rule of `dummy` cannot know.
        reachable = {"auth.allowAnyoneFromTheInternet": "true"} if settings.auth.type == "dummy" else {}
        return {
            "endpoint.address": "",
            "endpoint.type": "node-port",
            "endpoint.nodePort": str(_NODE_PORT),
            "publicUrl": f"http://127.0.0.1:{_port()}",
            **reachable,
        }

    def up(self, settings: Settings) -> tuple[Engine, Mapping[str, str]]:
        """Create or start the cluster, and load the images that no registry has."""
        self._start()
        found = docker.find(settings)
        for reference in found.built:
            _load(reference)
        return engine.find(), found.references

    def references(self, settings: Settings) -> Mapping[str, str]:
        """Find or build the images."""
        return docker.find(settings).references

    def require_up(self) -> None:
        """Raise a ToolError unless the API server answers."""
        if not (KUBECONFIG.exists() and api.answers(KUBECONFIG)):
            message = f"The kind cluster {NAME} is not running, and a preview needs its API server. Start it: make up"
            raise ToolError(message)

    def restart(self) -> None:
        """Start the container again, after a restart of Docker for example."""
        if not self.is_made():
            message = "There is no kind cluster of `make up`, and so nothing to destroy."
            raise ToolError(message)
        self._start()

    def _start(self) -> None:
        self.check()
        if self.is_gone():
            message = (
                f"The kind cluster {NAME} was deleted, and the hubs and homes in it, but not by `make down`. "
                "To forget the stack that was in it, and start again: make down && make up"
            )
            raise ToolError(message)
        exists = _exists()
        if exists and not _MADE.exists():
            message = (
                f"kind has a cluster {NAME} that `make up` did not make, or whose files in {FOLDER} are gone. "
                f"Use it as it is: make up CLUSTER=kind-{NAME}; or delete it: kind delete cluster --name {NAME}"
            )
            raise ToolError(message)
        if exists and not KUBECONFIG.exists():
            say("The creation of the kind cluster was interrupted: it starts again.")
            _delete()
            exists = False
        if not exists:
            _create()
        elif not _is_running():
            with step("Starting the kind cluster"):
                commands.run(["docker", "start", _NODE], doing=f"docker start {_NODE}")
                unanswered = f"The kind cluster does not answer. Look at its log: docker logs {_NODE}"
                wait_for(lambda: api.answers(KUBECONFIG), seconds=_READY_SECONDS, problem=lambda: unanswered, pause=1)

    def is_made(self) -> bool:
        """Return whether `make up` made it."""
        return _MADE.exists()

    def is_gone(self) -> bool:
        """Return whether the cluster was complete once and no longer exists."""
        return KUBECONFIG.exists() and not _exists()

    def down(self) -> None:
        """Delete the cluster, with the homes in it."""
        if not self.is_made():
            return
        self.check()
        if KUBECONFIG.exists() and _exists() and _is_running() and (others := api.hubs(KUBECONFIG)):
            say(f"The kind cluster goes on running, as it has other hubs: {', '.join(others)}.")
            say(f"To delete it with them: kind delete cluster --name {NAME} && rm -r {FOLDER}")
            return
        with step("Deleting the kind cluster, with the homes in it"):
            _delete()


def obstacle() -> str:
    """Return why kind cannot be used here; empty if it can."""
    if reason := docker.obstacle():
        return reason
    if shutil.which("kind") is None:
        return "kind is not installed: https://kind.sigs.k8s.io/docs/user/quick-start/#installation"
    return ""


def _load(reference: str) -> None:
    with step(f"Loading {reference}", always=False):
        commands.run(["kind", "load", "docker-image", reference, "--name", NAME], doing=f"Loading {reference}")


def _exists() -> bool:
    return NAME in commands.run(["kind", "get", "clusters"], doing="kind get clusters").split()


def _create() -> None:
    port = _wanted_port()
    if host.is_taken(port):
        message = (
            f"Port {port} of 127.0.0.1 is in use by another program, and the hub of the kind cluster needs it. "
            "End that program, or choose another port: make up HUB_PORT=8001"
        )
        raise ToolError(message)
    FOLDER.mkdir(parents=True, exist_ok=True)
    paths.STATE.chmod(0o700)  # other users of this machine must not read kubeconfig and state
    _MADE.touch()
    with step("Creating the kind cluster (the first time, Docker downloads its node image)"):
        command = [
            "kind",
            "create",
            "cluster",
            "--name",
            NAME,
            "--config",
            "-",
            "--kubeconfig",
            KUBECONFIG,
            "--wait",
            "3m",
        ]
        commands.run(command, stdin=_CONFIG.format(node_port=_NODE_PORT, port=port), doing="kind create cluster")


def _delete() -> None:
    commands.run(["kind", "delete", "cluster", "--name", NAME, "--kubeconfig", KUBECONFIG], doing="kind delete cluster")
    shutil.rmtree(FOLDER)


def _is_running() -> bool:
    command = ["docker", "container", "inspect", "--format", "{{.State.Running}}", _NODE]
    return commands.run(command, doing=f"docker container inspect {_NODE}").strip() == "true"


def _port() -> int:
    """Return the port of 127.0.0.1 that Docker forwards: that of the existing cluster, or the one to be."""
    binding = f'{{{{(index (index .HostConfig.PortBindings "{_NODE_PORT}/tcp") 0).HostPort}}}}'
    try:
        return int(commands.run(["docker", "container", "inspect", "--format", binding, _NODE]))
    except (ToolError, ValueError):
        return _wanted_port()


def _wanted_port() -> int:
    text = os.environ.get("HUB_PORT") or str(_PORT)
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        message = f"HUB_PORT: {text!r} is not a port; right ones look like 8001"
        raise ToolError(message)
    return int(text)
