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

    image: ImageReference
    """Image that the form proposes first; default from `images.repository`."""
    images: tuple[ImageReference, ...] = ()
    """Further images that the form proposes."""
    allowed_images: tuple[ImagePattern, ...] = ("quay.io/jupyter/*",)
    """Patterns of images that may be typed; `image` and `images` always may."""
    cpu: Annotated[CpuBounds, over(_CPU)] = _CPU
    """CPUs of a server."""
    memory: Annotated[MemoryBounds, over(_MEMORY)] = _MEMORY
    """Bytes of memory of a server."""
    additional_resources: Mapping[ResourceName, Annotated[WholeNumber, Field(ge=1)]] = {"nvidia.com/gpu": 1}
    """Other resources that may be asked for, each with the largest number."""
    accelerator: AcceleratorType | None = None
    """GPU type of whoever asks for `nvidia.com/gpu`, such as `nvidia-l4`; needed for that on Autopilot. None = whatever
    GPU the nodes have."""
    quota: Annotated[Mapping[QuotaName, Quantity], AfterValidator(amounts_fit)] = {}
    """What all servers and homes together may use, as the `hard` of a ResourceQuota; none = no bound."""
    storage: Annotated[Storage, over(_HOME_STORAGE)] = _HOME_STORAGE
    """Home volume of each user."""
    keep_homes: Flag = True
    """Whether home volumes, and so the notebooks' namespace, outlive `pulumi destroy` and the removal of a user."""
    start_timeout_seconds: Annotated[WholeNumber, Field(ge=30, le=3600)] = 600
    """Seconds that a server may take to start, image pull and new node included."""
    idle_minutes: Annotated[WholeNumber, Field(ge=0), AfterValidator(_never_or_long_enough)] = 60
    """Minutes without activity after which a server is stopped, at least 5; 0 = never."""
