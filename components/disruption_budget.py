"""Protection of hub and proxy against evictions."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.policy import v1 as policy

from components.metadata import labels, selector
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class DisruptionBudgetArgs:
    """Inputs of `DisruptionBudget`."""

    settings: Settings
    """The stack's settings: names."""
    namespace: pulumi.Input[str]
    """Namespace of hub and proxy."""
    component: str
    """`hub` or `proxy`."""


class DisruptionBudget(pulumi.ComponentResource):
    """A PodDisruptionBudget of the one pod of hub or proxy, which therefore forbids to evict it.

    An update of the workload is no eviction, and neither is the end of a node.
    """

    budget_name: pulumi.Output[str]
    """Name of the PodDisruptionBudget."""

    def __init__(self, name: str, args: DisruptionBudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:disruption_budget:DisruptionBudget", name, None, opts)
        settings, component = args.settings, args.component
        budget = policy.PodDisruptionBudget(
            f"{name}-budget",
            metadata=meta.ObjectMetaArgs(
                name=f"{settings.name}-{component}", namespace=args.namespace, labels=labels(settings, component)
            ),
            spec=policy.PodDisruptionBudgetSpecArgs(
                max_unavailable=0,
                selector=meta.LabelSelectorArgs(match_labels=selector(settings, component)),
                # A pod that is not ready serves nobody, and must not hold up the drain of its node.
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.budget_name = budget.metadata.name
        self.register_outputs({"budget_name": self.budget_name})
