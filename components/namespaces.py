"""The two namespaces of the stack: the hub's and the notebooks'."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.metadata import FIXED_FIELD_MANAGER, labels
from settings import Settings

_RESTRICTED = {
    f"pod-security.kubernetes.io/{mode}{suffix}": value
    for mode in ("enforce", "warn", "audit")
    for suffix, value in (("", "restricted"), ("-version", "latest"))
}


@dataclass(frozen=True, kw_only=True)
class NamespacesArgs:
    """Inputs of `Namespaces`."""

    settings: Settings
    """The stack's settings: names, protection, and whether volumes are kept."""


class Namespaces(pulumi.ComponentResource):
    """Namespaces for the hub and for the notebooks, both with the `restricted` Pod Security Standard enforced.

    Notebooks have a namespace of their own because whoever can create pods in a namespace can mount its Secrets.
    """

    hub: pulumi.Output[str]
    """Name of the namespace of hub and proxy; known once it exists."""
    notebooks: pulumi.Output[str]
    """Name of the namespace of the notebooks; known once it exists."""

    def __init__(self, name: str, args: NamespacesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:namespaces:Namespaces", name, None, opts)
        settings = args.settings

        def namespace(part: str, kubernetes_name: str, *, keep: bool) -> core.Namespace:
            return core.Namespace(
                f"{name}-{part}",
                metadata=meta.ObjectMetaArgs(
                    name=kubernetes_name,
                    labels={**labels(settings, part), **_RESTRICTED},
                    annotations=FIXED_FIELD_MANAGER,
                ),
                # Deleting a namespace deletes everything in it, claims included, so it is kept if they are.
                opts=pulumi.ResourceOptions(parent=self, protect=settings.protect, retain_on_delete=keep),
            )

        hub = namespace("hub", settings.namespace, keep=settings.hub.keep_database)
        notebooks = namespace("notebooks", settings.notebooks_namespace, keep=settings.notebook.keep_homes)
        self.hub = hub.metadata.name
        self.notebooks = notebooks.metadata.name
        self.register_outputs({"hub": self.hub, "notebooks": self.notebooks})
