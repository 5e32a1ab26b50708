"""Keys `nodes.*`."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from settings.google.disks import DiskType, boot_disk
from settings.types.machines import AcceleratorType, MachineType
from settings.types.model import Model, over
from settings.types.names import PoolName
from settings.types.places import Zone
from settings.types.text import Flag, WholeNumber


class NodePool(Model):
    """An autoscaled node pool."""

    machine_type: MachineType
    """Compute Engine machine type, such as `e2-standard-4`. A change recreates the nodes, and ends the notebooks on
    them."""
    min: Annotated[WholeNumber, Field(ge=0)] = 0
    """Minimum number of nodes, in all zones together."""
    max: Annotated[WholeNumber, Field(ge=1, le=15000)] = 10
    """Maximum number of nodes, in all zones together. At most 15000, the limit of a GKE cluster."""
    disk_gb: Annotated[WholeNumber, Field(ge=20, le=65536)] = 100
    """Size of each node's boot disk in GB. 20 to 65536. A change recreates the nodes."""
    spot: Flag = False
    """Whether the nodes are Spot VMs: cheaper, but Google can stop them at any time, with the notebooks on them."""

    @property
    def boot_disk(self) -> DiskType:
        """Kind of the boot disks."""
        return boot_disk(self.machine_type)


class GpuPool(NodePool):
    """An autoscaled node pool with GPUs."""

    name: PoolName
    """Unique name, other than `core` and `user`. At most 22 characters."""
    accelerator: AcceleratorType
    """GPU type, such as `nvidia-l4`. It must fit the machine type and be available at `cluster.location`."""
    count: Annotated[WholeNumber, Field(ge=1)] = 1
    """Number of GPUs of each node, as the machine type has them."""


_CORE = NodePool(machine_type="e2-standard-2", min=1, max=3, disk_gb=50)
_USER = NodePool(machine_type="e2-standard-8", min=0, max=10, disk_gb=50)
_GPU = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4"}


class NodesSettings(Model):
    """Node pools of a created cluster, unless it is an Autopilot cluster."""

    zones: Annotated[tuple[Zone, ...], Field(examples=[["europe-west1-b", "europe-west1-c"]])] = ()
    """Zones of the nodes of a created cluster in a region. Add zones at any time; a removed one keeps the homes in it,
    which no node can use then. Default of a new stack: one zone, which has all GPU types of `nodes.gpu`; three zones if
    a volume is `regional`, or with `database.highAvailability`. Without this key, existing nodes stay in their
    zones."""
    core: Annotated[NodePool, over(_CORE)] = _CORE
    """Node pool of a created cluster for hub, proxy and system pods. Omitted parts keep their defaults."""
    user: Annotated[NodePool, over(_USER)] = _USER
    """Node pool of a created cluster for notebooks without GPUs. Omitted parts keep their defaults."""
    gpu: Annotated[tuple[GpuPool, ...], Field(examples=[[_GPU]])] = ()
    """Node pools of a created cluster for notebooks with GPUs."""
    pod_pids_limit: Annotated[WholeNumber, Field(ge=1024, le=4_194_304)] = 16384
    """Maximum number of processes and threads of each notebook in a created cluster. 1024 to 4194304. A change
    recreates the nodes for notebooks, and ends the notebooks on them."""

    image_streaming: Flag | None = None
    """Whether servers in a created cluster start while their image is still loaded, if it is in an Artifact Registry
    repository in the region of the cluster. Not set: with `registry.remotes`. A change recreates the nodes for
    notebooks, and ends the notebooks on them."""

    @property
    def pools(self) -> Mapping[str, NodePool]:
        """Every pool by its path in the stack config, such as `nodes.gpu[0]`."""
        gpu = {f"nodes.gpu[{index}]": pool for index, pool in enumerate(self.gpu)}
        return {"nodes.core": self.core, "nodes.user": self.user, **gpu}

    def gpu_types(self, accelerator: str | None) -> frozenset[str]:
        """Return the GPU types that notebooks can have; `accelerator` is `notebook.accelerator`."""
        return frozenset([*(pool.accelerator for pool in self.gpu), *([] if accelerator is None else [accelerator])])
