"""Keys `registry.*`."""

from settings.types.model import Model
from settings.types.text import Flag


class RegistrySettings(Model):
    """The image repository. GKE only."""

    create: Flag = False
    """Whether the stack creates the Artifact Registry repository `images.repository`, which must be in
    `gcp.project`."""
