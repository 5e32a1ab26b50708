"""Spare capacity and pre-pulled images on the nodes of notebooks."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.scheduling import v1 as scheduling

from components.image_pulls import ImagePulls, ImagePullsArgs
from components.metadata import labels
from components.spare import Spare, SpareArgs
from settings import Settings

_PRIORITY: Final = -10
"""Below that of notebooks, which is 0. The cluster autoscaler makes no nodes for pods below -10.
Source: https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler (2026-11)."""


def has_capacity(settings: Settings) -> bool:
    """Return whether the stack has pods that notebooks preempt."""
    return bool(settings.notebook.spare) or settings.notebook.prepull


def priority_class(settings: Settings) -> str:
    """Return the name of the PriorityClass of these pods. It belongs to the cluster, and no other stack has it."""
    return f"{settings.notebooks_namespace}-low-priority"


@dataclass(frozen=True, kw_only=True)
class CapacityArgs:
    """Inputs of `Capacity`."""

    settings: Settings
    """The stack's settings: names, placeholders and images."""
    namespace: pulumi.Input[str]
    """Namespace of the notebooks, where the Secrets of registries are."""


class Capacity(pulumi.ComponentResource):
    """Placeholders and pulls of images, with a PriorityClass by which notebooks preempt them."""

    priority_class: pulumi.Output[str]
    """Name of the PriorityClass."""

    def __init__(self, name: str, args: CapacityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:capacity:Capacity", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        made = scheduling.PriorityClass(
            f"{name}-priority",
            metadata=meta.ObjectMetaArgs(name=priority_class(settings), labels=labels(settings, "capacity")),
            description=f"Pods in {settings.notebooks_namespace} that notebook servers preempt.",
            value=_PRIORITY,
            # They never end other pods.
            preemption_policy="Never",
            global_default=False,
            opts=child,
        )
        self.priority_class = class_name = made.metadata.name
        if settings.notebook.spare:
            spare = SpareArgs(settings=settings, namespace=args.namespace, priority_class=class_name)
            Spare(f"{name}-spare", spare, child)
        if settings.notebook.prepull:
            pulls = ImagePullsArgs(settings=settings, namespace=args.namespace, priority_class=class_name)
            ImagePulls(f"{name}-images", pulls, child)
        self.register_outputs({"priority_class": self.priority_class})
