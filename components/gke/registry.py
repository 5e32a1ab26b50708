"""Where the images of this project are kept."""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import artifactregistry

from settings.sections import ArtifactRegistry


@dataclass(frozen=True, kw_only=True)
class RegistryArgs:
    """Inputs of `Registry`."""

    place: ArtifactRegistry
    """Where it is to be, in the project of the Google provider."""
    protect: bool
    """Whether Pulumi refuses to delete it."""
    reader: pulumi.Input[str] | None = None
    """E-mail of the nodes' service account, which may pull; none = it may already."""


class Registry(pulumi.ComponentResource):
    """An Artifact Registry repository, under the name that `make -C docker push` pushes to."""

    repository: pulumi.Output[str]
    """Id of the repository."""

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/registry:Registry", name, None, opts)
        repository = artifactregistry.Repository(
            f"{name}-repository",
            location=args.place.location,
            repository_id=args.place.repository,
            format="DOCKER",
            description="Images of JupyterHub: hub, proxy and notebook",
            cleanup_policies=[
                artifactregistry.RepositoryCleanupPolicyArgs(
                    id="keep-recent",
                    action="KEEP",
                    most_recent_versions=artifactregistry.RepositoryCleanupPolicyMostRecentVersionsArgs(keep_count=10),
                ),
                artifactregistry.RepositoryCleanupPolicyArgs(
                    id="delete-old-untagged",
                    action="DELETE",
                    condition=artifactregistry.RepositoryCleanupPolicyConditionArgs(
                        tag_state="UNTAGGED",
                        older_than="2592000s",  # 30 days
                    ),
                ),
            ],
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        if args.reader is not None:
            artifactregistry.RepositoryIamMember(
                f"{name}-reader",
                location=args.place.location,
                repository=repository.name,
                role="roles/artifactregistry.reader",
                member=pulumi.Output.concat("serviceAccount:", args.reader),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.repository = repository.id
        self.register_outputs({"repository": self.repository})
