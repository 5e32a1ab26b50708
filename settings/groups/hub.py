"""Keys `hub.*`."""

from typing import Annotated

from pydantic import Field

from settings.types.images import ImageReference
from settings.types.model import Model, over
from settings.types.sizes import Limits, Requests, Resources, Storage
from settings.types.text import Flag, Text

_HUB_RESOURCES = Resources(requests=Requests(cpu="100m", memory="256Mi"), limits=Limits(memory="1Gi"))


_HUB_STORAGE = Storage(size="1Gi")


class HubSettings(Model):
    """The hub's pod and its volume."""

    image: Annotated[ImageReference, Field(validate_default=False)] = ""
    """Image of the hub. Required unless `images.repository` is set."""
    resources: Annotated[Resources, over(_HUB_RESOURCES)] = _HUB_RESOURCES
    """CPU and memory of the hub. Omitted parts keep their defaults; `limits.cpu` is not set by default."""
    storage: Annotated[Storage, over(_HUB_STORAGE)] = _HUB_STORAGE
    """Volume of the hub's SQLite database. `storageClass`, if not set, is a StorageClass of the stack on GKE, with
    `disk` and `regional` (replicated in two zones), elsewhere the cluster's default. An existing volume keeps
    everything but its size, which may grow."""
    keep_database: Flag = True
    """Whether `pulumi destroy` retains the database: the hub's namespace with the volume, or the Cloud SQL instance."""
    extra_config: Text | None = None
    """Python code that JupyterHub runs at the end of its configuration, as in jupyterhub_config.py."""
