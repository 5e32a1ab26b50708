"""Keys `images.*`."""

import re
from typing import NamedTuple

from settings.types.images import ImageRepository
from settings.types.model import Model

_ARTIFACT_REGISTRY = re.compile(
    r"(?P<location>[-a-z0-9]+)-docker\.pkg\.dev/(?P<project>[^/]+)/(?P<repository>[^/]+)(?:/.+)?"
)


class ArtifactRegistry(NamedTuple):
    """A repository of Artifact Registry, `<location>-docker.pkg.dev/<project>/<repository>`."""

    location: str
    project: str
    repository: str


class ImagesSettings(Model):
    """Where the three images of this project are kept."""

    repository: ImageRepository | None = None
    """Repository of this project's images, such as `europe-west1-docker.pkg.dev/my-project-123/jupyterhub`. Images that
    are not set are `<repository>/hub`, `/proxy` and `/notebook`, tagged with docker/VERSION. The nodes of a created
    cluster may pull from an Artifact Registry repository."""

    @property
    def artifact_registry(self) -> ArtifactRegistry | None:
        """Where `repository` is, if it is one of Artifact Registry or a folder in one."""
        match = _ARTIFACT_REGISTRY.fullmatch(self.repository or "")
        return ArtifactRegistry(**match.groupdict()) if match else None
