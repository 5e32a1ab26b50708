"""Where the images of this project are kept."""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import artifactregistry

from settings import Settings


@dataclass(frozen=True, kw_only=True)
class RegistryArgs:
    """Inputs of `Registry`."""

    settings: Settings
    """The stack's settings: `images.repository` says where."""
    reader: pulumi.Input[str] | None = None
    """E-mail of the nodes' service account, which may pull; none = it may already."""


class Registry(pulumi.ComponentResource):
    """An Artifact Registry repository, under the name that `make -C docker push` pushes to."""

    repository: pulumi.Output[str]
    """Id of the repository."""

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/registry:Registry", name, None, opts)
        location, repository_id = args.settings.images.artifact_registry or ("", "")
        repository = artifactregistry.Repository(
            f"{name}-repository",
            location=location,
            repository_id=repository_id,
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
            opts=pulumi.ResourceOptions(parent=self, protect=args.settings.protect),
        )
        if args.reader is not None:
            artifactregistry.RepositoryIamMember(
                f"{name}-reader",
                location=location,
                repository=repository.name,
                role="roles/artifactregistry.reader",
                member=pulumi.Output.concat("serviceAccount:", args.reader),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.repository = repository.id
        self.register_outputs({"repository": self.repository})
