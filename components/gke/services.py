"""The Google Cloud APIs that the stack calls."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_gcp import projects

from settings import Settings


def needed(settings: Settings) -> list[str]:
    """Returns the APIs that the stack and what it makes call, without `.googleapis.com`."""
    endpoint, names = settings.endpoint, ["compute", "container"]
    if settings.cluster.mode == "create":
        # The second changes who may what in the project.
        names += ["iam", "cloudresourcemanager", "logging", "monitoring"]
    if endpoint.type == "gateway":
        names.append("certificatemanager")
    if settings.auth.type == "iap":
        # The second tells the project's number.
        names += ["iap", "cloudresourcemanager"]
    if endpoint.dns_zone is not None:
        names.append("dns")
    if settings.registry.create or (settings.cluster.mode == "create" and settings.images.artifact_registry):
        names.append("artifactregistry")
    if settings.notebook.storage.disk == "filestore":
        # GKE's driver calls it, not the stack.
        names.append("file")
    if settings.database.type == "cloud-sql":
        # The last two are what the private address needs.
        names += ["sqladmin", "servicedirectory", "dns"]
    return list(dict.fromkeys(names))


@dataclass(frozen=True, kw_only=True)
class ServicesArgs:
    """Inputs of `Services`."""

    settings: Settings
    """The stack's settings: what is asked of Google Cloud."""


class Services(pulumi.ComponentResource):
    """Enabled APIs of the project. They stay enabled when the stack goes, as others may use them too."""

    enabled: pulumi.Output[Sequence[str]]
    """Full names of the APIs; known once they are enabled."""

    def __init__(self, name: str, args: ServicesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/services:Services", name, None, opts)
        services = [
            projects.Service(
                f"{name}-{api}",
                service=f"{api}.googleapis.com",
                disable_on_destroy=False,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for api in needed(args.settings)
        ]
        self.enabled = pulumi.Output.all(*(service.service for service in services))
        self.register_outputs({"enabled": self.enabled})
