"""The limits of all notebooks together."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.metadata import labels
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class NotebookQuotaArgs:
    """Inputs of `NotebookQuota`."""

    settings: Settings
    """The stack's settings: limits and names."""
    namespace: pulumi.Input[str]
    """Namespace of the notebooks."""


class NotebookQuota(pulumi.ComponentResource):
    """A ResourceQuota of the notebooks' namespace. Users who would exceed it see that on the page of their server."""

    hard: pulumi.Output[Mapping[str, str]]
    """The limits by resource."""

    def __init__(self, name: str, args: NotebookQuotaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:quota:NotebookQuota", name, None, opts)
        settings = args.settings
        quota = core.ResourceQuota(
            f"{name}-quota",
            metadata=meta.ObjectMetaArgs(
                name=settings.name, namespace=args.namespace, labels=labels(settings, "notebooks")
            ),
            spec=core.ResourceQuotaSpecArgs(hard=settings.notebook.quota),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.hard = quota.spec.hard
        self.register_outputs({"hard": self.hard})
