"""Keys `notebook.*`."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.types.images import ImagePattern, ImageReference
from settings.types.machines import AcceleratorType
from settings.types.model import Model, over
from settings.types.names import ResourceName
from settings.types.quantity import Quantity
from settings.types.quota import QuotaName, amounts_fit
from settings.types.sizes import CpuBounds, MemoryBounds, Storage
from settings.types.text import Flag, WholeNumber

_HOME_STORAGE = Storage(size="10Gi")


_CPU = CpuBounds(default="0.5", min="0.1", max="4")


_SHORTEST_IDLE = 5


_MEMORY = MemoryBounds(default="1Gi", min="256Mi", max="8Gi")


def _never_or_long_enough(minutes: int) -> int:
    # The hub hears of activity once a minute: with less, servers in use would be stopped now and then.
    if 0 < minutes < _SHORTEST_IDLE:
        msg = f"is too short; the least is {_SHORTEST_IDLE}, and 0 means never"
        raise ValueError(msg)
    return minutes


class NotebookSettings(Model):
    """The notebook servers, and what the spawn form lets people choose."""

    image: Annotated[ImageReference, Field(validate_default=False)] = ""
    """Default image of the spawn form. Required unless `images.repository` is set."""
    images: tuple[ImageReference, ...] = ()
    """Further images that the spawn form offers."""
    allowed_images: tuple[ImagePattern, ...] = ("quay.io/jupyter/*",)
    """Patterns of images that people may enter in the spawn form; `*` matches `/` too. `notebook.image` and
    `notebook.images` are always allowed."""
    cpu: Annotated[CpuBounds, over(_CPU)] = _CPU
    """CPUs of a notebook server: default and bounds in the spawn form. `500m` is `0.5`."""
    memory: Annotated[MemoryBounds, over(_MEMORY)] = _MEMORY
    """Memory of a notebook server: default and bounds in the spawn form."""
    additional_resources: Mapping[ResourceName, Annotated[WholeNumber, Field(ge=1)]] = {"nvidia.com/gpu": 1}
    """Extended resources of nodes that people may request, each with its maximum."""
    accelerator: AcceleratorType | None = None
    """GPU type of servers that request nvidia.com/gpu, such as `nvidia-l4`: required for GPUs on Autopilot, optional on
    existing clusters. Not set: any GPU of the nodes."""
    quota: Annotated[Mapping[QuotaName, Quantity], AfterValidator(amounts_fit)] = {}
    """ResourceQuota for all notebook servers and homes together. Empty: no bound."""
    storage: Annotated[Storage, over(_HOME_STORAGE)] = _HOME_STORAGE
    """Home volume of each user, with the parts of `hub.storage`; `disk` may also be `filestore` (an NFS share, 10Gi to
    1Ti). An existing home keeps its kind of disk, and grows to the size at the next start of its server."""
    keep_homes: Flag = True
    """Whether `pulumi destroy` retains the home volumes and the notebooks' namespace, and removing a user retains the
    home."""
    start_timeout_seconds: Annotated[WholeNumber, Field(ge=30, le=3600)] = 600
    """Seconds that a server may take to start, including image pull and a new node. 30 to 3600."""
    idle_minutes: Annotated[WholeNumber, Field(ge=0), AfterValidator(_never_or_long_enough)] = 60
    """Minutes without activity after which a server is stopped. At least 5; 0 means never."""
