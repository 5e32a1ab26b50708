"""A cluster that the stack file or KUBECONFIG names: `make` runs Pulumi there, and nothing else."""

import os
from collections.abc import Mapping

from settings import Settings
from tools import engine
from tools.clusters.cluster import ExistingCluster
from tools.engine import Engine


class Named(ExistingCluster):
    """The cluster of the stack file or of KUBECONFIG."""

    name = ""
    builds_images = False

    def __init__(self, settings: Settings) -> None:
        """Take the settings that name it."""
        self.description = _described(settings)

    def up(self, settings: Settings) -> tuple[Engine, Mapping[str, str]]:
        """Find the Pulumi CLI only: the images are set, and the cluster pulls them."""
        del settings
        return engine.find(), {}

    def references(self, settings: Settings) -> Mapping[str, str]:
        """Return nothing: all images are set."""
        del settings
        return {}


def _described(settings: Settings) -> str:
    cluster = settings.cluster
    if cluster.on_gke:
        which = "made by the stack" if cluster.mode == "create" else "looked up"
        return f"the GKE cluster {cluster.name} in {settings.gcp.project_id}, {cluster.location} ({which})"
    if settings.kubernetes.context is not None:
        return f"the kubeconfig context {settings.kubernetes.context} (kubernetes.context of the stack)"
    return f"the current context of {os.environ['KUBECONFIG']} (your KUBECONFIG)"
