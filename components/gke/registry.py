"""The Artifact Registry repository of the images."""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import artifactregistry

from settings import ArtifactRegistry, Settings


@dataclass(frozen=True, kw_only=True)
class RegistryArgs:
    """Inputs of `Registry`."""

    settings: Settings
    """The stack's settings: project, whether to create the repository, protection."""
    place: ArtifactRegistry
    """Location, project and name of the repository."""
    reader: pulumi.Input[str] | None = None
    """E-mail of the nodes' service account, which gets the right to pull; None = it has it."""


class Registry(pulumi.ComponentResource):
    """The repository that `make -C docker push` pushes to, and the nodes' right to pull from it.

    Without `registry.create` it must exist: otherwise Google refuses the right to pull.
    """

    repository: pulumi.Output[str]
    """Name of the repository, without project and location; known once the nodes may pull."""

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/registry:Registry", name, None, opts)
        settings, place = args.settings, args.place
        parts: list[pulumi.CustomResource] = [self._repository(name, args)] if settings.registry.create else []
        if args.reader is not None:
            reader = artifactregistry.RepositoryIamMember(
                f"{name}-reader",
                project=None if place.project == settings.gcp.project else place.project,
                location=place.location,
                repository=place.repository,
                role="roles/artifactregistry.reader",
                member=pulumi.Output.concat("serviceAccount:", args.reader),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[*parts]),
            )
            parts.append(reader)
        self.repository = pulumi.Output.all(*(part.id for part in parts)).apply(lambda _: place.repository)
        self.register_outputs({"repository": self.repository})

    def _repository(self, name: str, args: RegistryArgs) -> "artifactregistry.Repository":
        return artifactregistry.Repository(
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
            opts=pulumi.ResourceOptions(parent=self, protect=args.settings.protect),
        )
