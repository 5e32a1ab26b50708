"""Keys `registry.*`."""

from settings.types.model import Model
from settings.types.text import Flag


class RegistrySettings(Model):
    """Where images are kept, on Google Cloud only."""

    create: Flag = False
    """Whether the stack creates `images.repository`, which must be an Artifact Registry repository of `gcp.project`."""
