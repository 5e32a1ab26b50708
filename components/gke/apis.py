"""The Google Cloud APIs that the stack calls."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_gcp import projects

from settings import Settings


def required_apis(settings: Settings) -> list[str]:
    """Return the APIs that the stack and its resources call, without `.googleapis.com`."""
    endpoint, names = settings.endpoint, ["compute", "container"]
    if settings.cluster.mode == "create":
        # The second changes the IAM policy of the project.
        names += ["iam", "cloudresourcemanager", "logging", "monitoring"]
    if endpoint.type == "gateway":
        names.append("certificatemanager")
    if settings.auth.type == "iap":
        # The second looks up the project number.
        names += ["iap", "cloudresourcemanager"]
    if endpoint.dns_zone is not None:
        names.append("dns")
    has_registry = settings.cluster.mode == "create" and settings.images.artifact_registry
    if settings.registry.create or settings.registry.remotes or has_registry:
        names.append("artifactregistry")
    if settings.registry.remotes or settings.streams_images:
        # Called by the nodes, not by the stack.
        names.append("containerfilesystem")
    if settings.notebook.uses_filestore:
        # Called by GKE's CSI driver, not by the stack.
        names.append("file")
    if settings.database.type == "cloud-sql":
        # The last two are for Private Service Connect.
        names += ["sqladmin", "servicedirectory", "dns"]
    if settings.backup.days is not None:
        names.append("gkebackup")
    return list(dict.fromkeys(names))


@dataclass(frozen=True, kw_only=True)
class EnabledApisArgs:
    """Inputs of `EnabledApis`."""

    settings: Settings
    """The stack's settings, from which the list follows."""


class EnabledApis(pulumi.ComponentResource):
    """Enabled APIs of the project. They stay enabled when the stack is destroyed, as others may use them."""

    enabled: pulumi.Output[Sequence[str]]
    """Full names of the APIs; known once they are enabled."""

    def __init__(self, name: str, args: EnabledApisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/apis:EnabledApis", name, None, opts)
        services = [
            projects.Service(
                f"{name}-{api}",
                service=f"{api}.googleapis.com",
                disable_on_destroy=False,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for api in required_apis(args.settings)
        ]
        self.enabled = pulumi.Output.all(*(service.service for service in services))
        self.register_outputs({"enabled": self.enabled})
