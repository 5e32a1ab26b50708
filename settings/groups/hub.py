"""Keys `hub.*`."""

from typing import Annotated

from settings.types.images import ImageReference
from settings.types.model import Model, over
from settings.types.sizes import Limits, Requests, Resources, Storage
from settings.types.text import Flag, Text

_HUB_RESOURCES = Resources(requests=Requests(cpu="100m", memory="256Mi"), limits=Limits(memory="1Gi"))


_HUB_STORAGE = Storage(size="1Gi")


class HubSettings(Model):
    """The hub's pod and its volume."""

    image: ImageReference
    """Image with JupyterHub and KubeSpawner; default from `images.repository`."""
    resources: Annotated[Resources, over(_HUB_RESOURCES)] = _HUB_RESOURCES
    """CPU and memory of the hub's container."""
    storage: Annotated[Storage, over(_HUB_STORAGE)] = _HUB_STORAGE
    """Volume of an sqlite database."""
    keep_database: Flag = True
    """Whether `pulumi destroy` leaves the database: the hub's namespace with the volume, or Cloud SQL's instance."""
    extra_config: Text | None = None
    """Python that JupyterHub runs at the end of its configuration, as it would stand in `jupyterhub_config.py`."""
