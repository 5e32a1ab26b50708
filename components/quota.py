"""The limits of all notebooks together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.capacity import has_capacity, priority_class
from components.metadata import labels
from settings import Settings

_OF_VOLUMES: Final = {"persistentvolumeclaims", "requests.storage"}
"""Limits that are not of pods."""


@dataclass(frozen=True, kw_only=True)
class NotebookQuotaArgs:
    """Inputs of `NotebookQuota`."""

    settings: Settings
    """The stack's settings: limits and names."""
    namespace: pulumi.Input[str]
    """Namespace of the notebooks."""


class NotebookQuota(pulumi.ComponentResource):
    """A ResourceQuota of the notebooks' namespace. Users who would exceed it see that on the page of their server.

    With placeholders or pulls of images, which are no notebooks and do not count, the limits of pods are in a second
    one, as the scope of a ResourceQuota leaves out what is not of pods.
    """

    hard: pulumi.Output[Mapping[str, str]]
    """The limits by resource."""

    def __init__(self, name: str, args: NotebookQuotaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:quota:NotebookQuota", name, None, opts)
        settings, limits = args.settings, args.settings.notebook.quota

        def quota(
            part: str, suffix: str, hard: Mapping[str, str], selector: core.ScopeSelectorArgs | None = None
        ) -> pulumi.Output[Mapping[str, str]]:
            made = core.ResourceQuota(
                f"{name}-{part}",
                metadata=meta.ObjectMetaArgs(
                    name=f"{settings.name}{suffix}", namespace=args.namespace, labels=labels(settings, "notebooks")
                ),
                spec=core.ResourceQuotaSpecArgs(hard=hard, scope_selector=selector),
                opts=pulumi.ResourceOptions(parent=self),
            )
            return made.spec.hard

        if not has_capacity(settings):
            self.hard = quota("quota", "", limits)
        else:
            volumes = {key: amount for key, amount in limits.items() if key in _OF_VOLUMES}
            pods = {key: amount for key, amount in limits.items() if key not in volumes}
            parts = [quota("quota", "", volumes)] if volumes else []
            if pods:
                parts.append(quota("pods", "-pods", pods, _notebooks_only(settings)))
            self.hard = pulumi.Output.all(*parts).apply(
                lambda found: {key: amount for part in found for key, amount in part.items()}
            )
        self.register_outputs({"hard": self.hard})


def _notebooks_only(settings: Settings) -> core.ScopeSelectorArgs:
    return core.ScopeSelectorArgs(
        match_expressions=[
            core.ScopedResourceSelectorRequirementArgs(
                scope_name="PriorityClass", operator="NotIn", values=[priority_class(settings)]
            )
        ]
    )
