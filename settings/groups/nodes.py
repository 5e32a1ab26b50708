"""Keys `nodes.*`."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from settings.google.disks import DiskType, boot_disk
from settings.types.machines import AcceleratorType, MachineType
from settings.types.model import Model, over
from settings.types.names import PoolName
from settings.types.text import Flag, WholeNumber


class NodePool(Model):
    """Machines of one kind, as many as are needed."""

    machine_type: MachineType
    """Compute Engine machine type, such as `e2-standard-4`."""
    min: Annotated[WholeNumber, Field(ge=0)] = 0
    """The fewest nodes, in all zones together; at most `max`."""
    max: Annotated[WholeNumber, Field(ge=1, le=15000)] = 10
    """The most nodes, in all zones together; at most 15000, as many as a GKE cluster has."""
    disk_gb: Annotated[WholeNumber, Field(ge=20, le=65536)] = 100
    """Size of each node's boot disk, in GB."""
    spot: Flag = False
    """Whether the nodes are cheap, and may be taken away at any time: notebooks on them end then."""

    @property
    def boot_disk(self) -> DiskType:
        """Kind of disk that the nodes boot from."""
        return boot_disk(self.machine_type)


class GpuPool(NodePool):
    """Nodes with GPUs."""

    name: PoolName
    """Name of the pool: unique, and not `core` or `user`."""
    accelerator: AcceleratorType
    """GPU type, such as `nvidia-l4` or `nvidia-tesla-t4`. It must fit the machine type and be available at
    `cluster.location`."""
    count: Annotated[WholeNumber, Field(ge=1)] = 1
    """GPUs per node: the number that the machine type has."""


_CORE = NodePool(machine_type="e2-standard-2", min=1, max=3, disk_gb=50)


_USER = NodePool(machine_type="e2-standard-8", min=0, max=10)


_GPU = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4"}


class NodesSettings(Model):
    """Node pools of a created cluster."""

    core: Annotated[NodePool, over(_CORE)] = _CORE
    """Node pool of a created cluster for hub, proxy and system pods. Omitted parts keep their defaults. `min` and `max`
    count the nodes of all zones together; Spot VMs (`spot`) are cheaper and can be preempted."""
    user: Annotated[NodePool, over(_USER)] = _USER
    """Node pool of a created cluster for notebooks, with the same parts."""
    gpu: Annotated[tuple[GpuPool, ...], Field(examples=[[_GPU]])] = ()
    """GPU node pools of a created cluster, with the same parts and `name`, `accelerator` (GPU type) and `count` (GPUs
    of a node)."""

    @property
    def pools(self) -> Mapping[str, NodePool]:
        """Every pool by its place in the stack config, such as `nodes.gpu[0]`."""
        gpu = {f"nodes.gpu[{index}]": pool for index, pool in enumerate(self.gpu)}
        return {"nodes.core": self.core, "nodes.user": self.user, **gpu}

    def gpu_types(self, accelerator: str | None) -> frozenset[str]:
        """Return the GPU types that notebooks can have; `accelerator` is `notebook.accelerator`."""
        return frozenset([*(pool.accelerator for pool in self.gpu), *([] if accelerator is None else [accelerator])])
