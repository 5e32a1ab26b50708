"""The priority of pods that give way to notebooks."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.scheduling import v1 as scheduling

from components.metadata import labels
from settings import Settings

_PRIORITY: Final = -10
"""Below that of notebooks, 0. The cluster autoscaler makes no nodes for pods below -10.
Source: `expendable-pods-priority-cutoff`, which GKE does not change (2026-11)."""


@dataclass(frozen=True, kw_only=True)
class YieldingPriorityArgs:
    """Inputs of `YieldingPriority`."""

    settings: Settings
    """The stack's settings: names."""


class YieldingPriority(pulumi.ComponentResource):
    """A PriorityClass, which belongs to the whole cluster, for the pods that give way to notebooks."""

    class_name: pulumi.Output[str]
    """Name of the PriorityClass; known once it exists."""

    def __init__(self, name: str, args: YieldingPriorityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:yielding_priority:YieldingPriority", name, None, opts)
        settings = args.settings
        made = scheduling.PriorityClass(
            f"{name}-class",
            metadata=meta.ObjectMetaArgs(name=priority_class(settings), labels=labels(settings, "spare")),
            description=f"Pods in {settings.notebooks_namespace} that give way to notebook servers.",
            value=_PRIORITY,
            # They never end other pods.
            preemption_policy="Never",
            global_default=False,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.class_name = made.metadata.name
        self.register_outputs({"class_name": self.class_name})


def priority_class(settings: Settings) -> str:
    """Return the name of the PriorityClass, which no other stack of the cluster has."""
    return f"{settings.notebooks_namespace}-yielding"


def has_yielding_pods(settings: Settings) -> bool:
    """Return whether the stack has pods that give way to notebooks."""
    return bool(settings.notebook.spare) or settings.notebook.prepull
