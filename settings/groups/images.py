"""Keys `images.*`."""

import re
from typing import NamedTuple

from settings.types.images import ImageRepository
from settings.types.model import Model

_ARTIFACT_REGISTRY = re.compile(
    r"(?P<location>[-a-z0-9]+)-docker\.pkg\.dev/(?P<project>[^/]+)/(?P<repository>[^/]+)(?:/.+)?"
)


class ArtifactRegistry(NamedTuple):
    """An Artifact Registry repository, `<location>-docker.pkg.dev/<project>/<repository>`."""

    location: str
    project: str
    repository: str


class ImagesSettings(Model):
    """The repository of this project's images."""

    repository: ImageRepository | None = None
    """Repository of the images `hub`, `proxy` and `notebook`, such as
    `europe-west1-docker.pkg.dev/my-project-123/jupyterhub`: the default of `hub.image` is `<repository>/hub:<version>`,
    with the version in docker/VERSION. The nodes of a created cluster get read access to an Artifact Registry
    repository."""

    @property
    def artifact_registry(self) -> ArtifactRegistry | None:
        """Artifact Registry repository of `repository`; None if it is another registry."""
        match = _ARTIFACT_REGISTRY.fullmatch(self.repository or "")
        return ArtifactRegistry(**match.groupdict()) if match else None
