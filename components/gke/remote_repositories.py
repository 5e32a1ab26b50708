"""Artifact Registry remote repositories: caches of other registries in the region of the cluster."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import artifactregistry

from components.gke.cost_labels import cost_labels
from settings import Settings

_UPSTREAMS: Final = {"docker.io": "https://registry-1.docker.io"}
"""Addresses of registries that have another host than their images."""
_MONTH: Final = "2592000s"


@dataclass(frozen=True, kw_only=True)
class RemoteRepositoriesArgs:
    """Inputs of `RemoteRepositories`."""

    settings: Settings
    """The stack's settings: project, region, and the registries."""
    reader: pulumi.Input[str]
    """E-mail of the nodes' service account, which gets the right to pull."""


class RemoteRepositories(pulumi.ComponentResource):
    """A remote repository for each of `registry.remotes`, and the nodes' right to pull from it.

    They hold copies only, so they are not protected.
    """

    def __init__(self, name: str, args: RemoteRepositoriesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/remote_repositories:RemoteRepositories", name, None, opts)
        settings, region = args.settings, args.settings.cluster.region
        for host, repository in remote_repositories(settings).items():
            made = artifactregistry.Repository(
                f"{name}-{host}",
                location=region,
                repository_id=repository.rpartition("/")[2],
                format="DOCKER",
                mode="REMOTE_REPOSITORY",
                description=f"Images of {host} for notebooks",
                remote_repository_config=artifactregistry.RepositoryRemoteRepositoryConfigArgs(
                    common_repository=artifactregistry.RepositoryRemoteRepositoryConfigCommonRepositoryArgs(
                        uri=_UPSTREAMS.get(host, f"https://{host}")
                    )
                ),
                # An image that is still in use is copied again.
                cleanup_policies=[
                    artifactregistry.RepositoryCleanupPolicyArgs(
                        id="delete-old",
                        action="DELETE",
                        condition=artifactregistry.RepositoryCleanupPolicyConditionArgs(
                            tag_state="ANY", older_than=_MONTH
                        ),
                    )
                ],
                labels=cost_labels(settings),
                opts=pulumi.ResourceOptions(parent=self),
            )
            artifactregistry.RepositoryIamMember(
                f"{name}-{host}-reader",
                location=region,
                repository=made.repository_id,
                role="roles/artifactregistry.reader",
                member=pulumi.Output.concat("serviceAccount:", args.reader),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


def remote_repositories(settings: Settings) -> dict[str, str]:
    """Return the repositories by the host of their registry: `quay.io`."""
    place = f"{settings.cluster.region}-docker.pkg.dev/{settings.gcp.project_id}"
    return {host: f"{place}/{settings.cluster.name}-{host.replace('.', '-')}" for host in settings.registry.remotes}
