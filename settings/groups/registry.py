"""Keys `registry.*`."""

from typing import Annotated, Literal

from pydantic import Field

from settings.types.model import Model
from settings.types.text import Flag


class RegistrySettings(Model):
    """The image repository. GKE only."""

    create: Flag = False
    """Whether the stack creates the Artifact Registry repository `images.repository`, which must be in
    `gcp.project`."""
    remotes: Annotated[tuple[Literal["quay.io", "docker.io", "ghcr.io"], ...], Field(examples=[["quay.io"]])] = ()
    """Registries whose notebook images a created cluster pulls through Artifact Registry remote repositories in its
    region, which the stack creates. Servers on new nodes start while their image is still loaded (image streaming). The
    image references in settings and spawn form do not change."""
