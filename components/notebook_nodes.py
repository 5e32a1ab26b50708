"""The nodes on which notebook servers run, and the images that they run there."""

import hashlib
import json
from typing import Final, NamedTuple

from components.gke.remote_repositories import remote_repositories
from components.notebook_choices import notebook_choices
from hub.contract import ACCELERATOR, DEDICATED, GPU_RESOURCE, NODE_PURPOSE, USER
from hub.image_rule import pulled_as
from settings import Settings, Toleration

GPU_TOLERATION: Final = Toleration(key=GPU_RESOURCE, operator="Exists", effect="NoSchedule")
"""That of the taint of nodes with GPUs. GKE adds it to pods that ask for GPUs."""


class NotebookNodes(NamedTuple):
    """Nodes of some servers, among those of all."""

    labels: tuple[tuple[str, str], ...] = ()
    """Their labels, in order."""
    have_gpus: bool = False
    """Whether they are the nodes of GKE with GPUs, on which no other servers run."""

    @property
    def key(self) -> str:
        """Name of these nodes in names and labels of objects."""
        if not self.labels:
            return "gpu" if self.have_gpus else "user"
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()[:8]


def node_selector(settings: Settings) -> dict[str, str]:
    """Return the labels of the nodes of all servers."""
    own = {NODE_PURPOSE: USER} if settings.cluster.makes_nodes else {}
    return {**own, **settings.notebook.node_selector}


def tolerations(settings: Settings) -> list[Toleration]:
    """Return the tolerations of all servers. Kubernetes itself adds that of the GPU taint to those with GPUs."""
    own = [Toleration(key=DEDICATED, value=USER, effect="NoSchedule")] if settings.cluster.makes_nodes else []
    return [*own, *settings.notebook.tolerations]


def pulled_image(image: str, settings: Settings) -> str:
    """Return the reference by which the hub lets nodes pull an image."""
    return pulled_as(image, remote_repositories(settings))


def images_by_nodes(settings: Settings) -> dict[NotebookNodes, tuple[str, ...]]:
    """Return the images that people can choose by the nodes that may run them, as nodes pull them."""
    notebook = settings.notebook
    found: dict[NotebookNodes, dict[str, None]] = {}

    def add(images: tuple[str, ...], labels: dict[str, str], *, gpus: bool) -> None:
        # Nodes elsewhere have no label in common that tells which have GPUs.
        nodes = NotebookNodes(tuple(sorted(labels.items())), gpus and settings.cluster.on_gke)
        found.setdefault(nodes, {}).update(dict.fromkeys(pulled_image(image, settings) for image in images))

    for choice in notebook_choices(settings):
        for size in choice.sizes:
            images = tuple(image.image for image in choice.images)
            add(images, size.node_selector, gpus=GPU_RESOURCE in size.additional_resources)
    if notebook.has_free_form:
        images = (notebook.image, *notebook.images)
        add(images, {}, gpus=False)
        if GPU_RESOURCE in notebook.additional_resources and settings.gpu_types:
            gpu = notebook.accelerator
            add(images, {} if gpu is None else {ACCELERATOR: gpu}, gpus=True)
    return {nodes: tuple(images) for nodes, images in found.items()}
