"""The choices of the spawn page, as the hub reads them."""

from typing import Final

import settings as of_stack
from hub.contract import ACCELERATOR, GPU_RESOURCE
from hub.contract_choices import Choice, ChoiceImage, ChoiceSize
from settings import Settings, quantity

_MACHINE_TYPE: Final = "node.kubernetes.io/instance-type"
"""Kubernetes' node label with the machine type."""
_SPOT: Final = "cloud.google.com/gke-spot"
"""GKE's node label of Spot VMs."""


def notebook_choices(settings: Settings) -> tuple[Choice, ...]:
    """Return the choices of a stack, complete."""
    notebook = settings.notebook
    return tuple(
        Choice(
            name=choice.name,
            title=choice.title or choice.name,
            description=choice.description or "",
            images=tuple(
                ChoiceImage(image=image.image, title=image.title or image.image)
                for image in choice.images or (of_stack.ChoiceImage(image=notebook.image),)
            ),
            sizes=tuple(complete_size(size, settings) for size in notebook.sizes_of(choice)),
            default_url=choice.default_url,
            command=choice.command,
            home_path=choice.home_path,
            environment=dict(choice.environment),
            folders=choice.folders,
            max_hours=choice.max_hours,
            users=choice.users,
            groups=(*choice.organizations, *choice.groups),
        )
        for choice in notebook.choices
    )


def complete_size(size: of_stack.ChoiceSize, settings: Settings) -> ChoiceSize:
    """Return a size with numbers, and with the labels of its nodes."""
    return ChoiceSize(
        name=size.name,
        title=size.title or "",
        cpu=float(quantity.parse(str(size.cpu))),
        cpu_limit=float(quantity.parse(str(size.cpu_limit))),
        memory=int(quantity.parse(str(size.memory))),
        memory_limit=int(quantity.parse(str(size.memory_limit))),
        additional_resources=dict(sorted(size.additional_resources.items())),
        node_selector=_node_selector(size, settings),
    )


def _node_selector(size: of_stack.ChoiceSize, settings: Settings) -> dict[str, str]:
    """Return the labels of the nodes of a size. GKE and its autoscaler know those of the pools."""
    labels: dict[str, str] = {}
    if GPU_RESOURCE in size.additional_resources and (gpu := size.accelerator or settings.notebook.accelerator):
        labels[ACCELERATOR] = gpu
    for pool in settings.nodes.gpu:
        if pool.name == size.node_pool:
            labels |= {ACCELERATOR: pool.accelerator, _MACHINE_TYPE: pool.machine_type}
            labels |= {_SPOT: "true"} if pool.spot else {}
    return dict(sorted({**labels, **size.node_selector}.items()))
