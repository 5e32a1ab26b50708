"""Keys `registry.*`."""

from settings.types.model import Model
from settings.types.text import Flag


class RegistrySettings(Model):
    """Where images are kept, on Google Cloud only."""

    create: Flag = False
    """Whether the stack makes `images.repository`, which is then one of Artifact Registry in `gcp.project`."""
