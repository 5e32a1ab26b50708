"""A cluster that is there: Docker Desktop, minikube, k3d, colima, or any other context of the user's kubeconfig."""

from collections.abc import Mapping
from fnmatch import fnmatch
from typing import Any

from kubernetes.config import list_kube_config_contexts
from kubernetes.config.config_exception import ConfigException

from settings import Settings
from tools import commands, engine
from tools.clusters import docker
from tools.clusters.cluster import ExistingCluster, is_for_own_cluster
from tools.engine import Engine
from tools.errors import ToolError
from tools.steps import say, step

_LOADING: Mapping[str, tuple[str, ...]] = {
    # These share the images of Docker.
    "docker-desktop": (),
    "rancher-desktop": (),
    "colima*": (),
    "orbstack": (),
    "minikube": ("minikube", "image", "load", "{image}"),
    "k3d-*": ("k3d", "image", "import", "{image}", "--cluster", "{cluster}"),
    "kind-*": ("kind", "load", "docker-image", "{image}", "--name", "{cluster}"),
}
"""By a pattern of the context, the command that copies an image from Docker into the cluster."""


class Current(ExistingCluster):
    """The cluster of one context, chosen with `CLUSTER=current` or `CLUSTER=<context>`."""

    def __init__(self, context: str) -> None:
        """Take a context of the kubeconfig.

        Raises:
            ToolError: There is no such context.
        """
        contexts, current = _contexts()
        self.name = current if context == "current" else context
        if self.name not in contexts:
            there = f"Contexts: {', '.join(contexts)}" if contexts else "It has no contexts"
            problem = f"no context {context}" if context != "current" else "no current context"
            message = f"CLUSTER={context}: the kubeconfig has {problem}. {there}; or CLUSTER=kind or local: docs/try.md"
            raise ToolError(message)
        self.description = f"the cluster of your kubeconfig context {self.name}"

    def overrides(self, settings: Settings) -> Mapping[str, str]:
        """Return the context and, for an address of the local cluster, `kubectl port-forward` as the way in."""
        context = {"kubernetes.context": self.name}
        return {**context, "endpoint.address": "", "endpoint.type": "none"} if is_for_own_cluster(settings) else context

    def up(self, settings: Settings) -> tuple[Engine, Mapping[str, str]]:
        """Load the images that no registry has."""
        found = docker.find(settings)
        for reference in found.built:
            self._load(reference)
        return engine.find(), found.references

    def references(self, settings: Settings) -> Mapping[str, str]:
        """Find or build the images."""
        return docker.find(settings).references

    def down(self) -> None:
        """Say that the cluster, which is the user's, goes on running."""
        say(f"Your cluster {self.name} goes on running: `make up` did not make it.")

    def _load(self, reference: str) -> None:
        command = next((words for pattern, words in _LOADING.items() if fnmatch(self.name, pattern)), None)
        if command is None:
            message = (
                f"{reference} was built with Docker, and `make` cannot copy it into the cluster {self.name}. "
                "Push the images to a registry that it pulls from: make -C docker build push; docs/try.md"
            )
            raise ToolError(message)
        if command:
            values: dict[str, Any] = {"image": reference, "cluster": self.name.partition("-")[2]}
            with step(f"Loading {reference}", always=False):
                commands.run([word.format(**values) for word in command], doing=f"Loading {reference}")


def _contexts() -> tuple[list[str], str]:
    """Return the contexts of the kubeconfig, and the current one."""
    try:
        contexts, current = list_kube_config_contexts()
    except ConfigException:
        return [], ""
    return [one["name"] for one in contexts], current["name"] if current else ""
